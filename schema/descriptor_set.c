/* schema/descriptor_set.c: a FileDescriptorSet is only a list of files, so it is split before any of them is read.
 *
 * Each file is then read, hashed and stored by itself. Fields of the set that are not `file` (tools hang their own there) are kept. */
#include "schema/descriptor.h"
#include "wire/wire.h"

enum { SET_FILE = 1 };

static bool is_file(const sl_wire_field *field)
{
    return field->tag.number == SET_FILE && field->tag.type == SL_WIRE_LEN;
}

/* Count files and bytes of other fields; the set is sound after this. */
static sl_status survey(sl_bytes set, uint32_t *ret_files, size_t *ret_unknown, sl_error *err)
{
    sl_wire_reader reader = sl_wire_reader_of(set);
    sl_wire_field field;
    uint32_t files = 0;
    size_t unknown = 0;
    while (!sl_wire_at_end(&reader)) {
        size_t at = sl_wire_offset(&reader);
        sl_status status = sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &field);
        if (status != SL_OK)
            return sl_error_set(
                err, status, "not a FileDescriptorSet: file %u, at byte %zu of %zu, is %s", files,
                at, set.len, status == SL_LIMIT ? "nested too deep" : "cut off or malformed");
        if (!is_file(&field)) {
            unknown += field.raw.len;
            continue;
        }
        if (++files > SL_LIMIT_SET_FILES)
            return sl_error_set(err, SL_LIMIT, "more files in the set than SET_FILES (%d) allows",
                                SL_LIMIT_SET_FILES);
    }
    *ret_files = files;
    *ret_unknown = unknown;
    return SL_OK;
}

sl_status sl_file_set_read(sl_bytes set, sl_arena *arena, sl_file_set_proto *ret_set, sl_error *err)
{
    uint32_t files = 0;
    size_t unknown_len = 0;
    SL_TRY(survey(set, &files, &unknown_len, err));

    sl_file_set_proto result = {0};
    result.files.items = sl_arena_array(arena, sl_bytes, files);
    uint8_t *unknown = unknown_len ? sl_arena_alloc(arena, unknown_len) : NULL;
    if (!result.files.items || (unknown_len && !unknown))
        return sl_error_no_memory(err);

    sl_wire_reader reader = sl_wire_reader_of(set);
    sl_wire_field field;
    size_t filled = 0;
    while (sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &field) == SL_OK) {
        if (is_file(&field)) {
            result.files.items[result.files.count++] = field.bytes;
            continue;
        }
        memcpy(unknown + filled, field.raw.data, field.raw.len);
        filled += field.raw.len;
    }
    result.unknown = (sl_bytes){unknown, unknown_len};
    *ret_set = result;
    return SL_OK;
}
