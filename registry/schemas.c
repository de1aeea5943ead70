/* registry/schemas.c: stored files back into a linked schema.
 *
 * Files are stored without source info. Where a version brought some for its main file, it is appended to the file's bytes as the field that
 * it was (source_code_info = 9 of FileDescriptorProto): a serialized message followed by another field is a serialized message. */
#include "registry/internal/core.h"
#include "wire/wire.h"

enum { SOURCE_CODE_INFO = 9 };

static sl_status read_file(sl_session *session, const sl_schema_file_row *file, sl_arena *arena,
                           sl_bytes *ret_bytes, sl_error *err)
{
    sl_file_row row, key = {.sha256 = file->sha256};
    sl_status status = sl_get_file_by_sha256(session, &key, arena, &row, err);
    if (status == SL_NOT_FOUND)
        return sl_error_set(err, SL_CORRUPT, "the store has lost the file '%.*s'",
                            SL_STR_ARG(file->path));
    SL_TRY(status);
    *ret_bytes = row.bytes;
    return SL_OK;
}

static sl_status add_source_info(sl_bytes *file, sl_bytes source_info, sl_arena *arena,
                                 sl_error *err)
{
    sl_cleanup(sl_buf_done) sl_buf buf = {0};
    if (source_info.len == 0)
        return SL_OK;
    sl_buf_append(&buf, file->data, file->len);
    sl_wire_put_len(&buf, SOURCE_CODE_INFO, source_info);
    if (sl_buf_status(&buf) != SL_OK ||
        sl_arena_copy_bytes(arena, sl_buf_bytes(&buf), file) != SL_OK)
        return sl_error_no_memory(err);
    return SL_OK;
}

static sl_status link_files(int64_t id, const sl_bytes *files, size_t count, sl_str main,
                            sl_schema **ret_schema, sl_error *err)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_schema *schema = NULL;
    SL_TRY(sl_schema_link(files, count, main, &schema, &findings, err));
    if (!schema)
        return sl_error_set(err, SL_CORRUPT, "schema %lld does not link any more: %.*s",
                            (long long)id,
                            SL_STR_ARG(findings.list.count ? findings.list.items[0].message
                                                           : SL_STR("no reason given")));
    *ret_schema = schema;
    return SL_OK;
}

sl_status sl_schema_load(sl_session *session, int64_t id, sl_bytes source_info,
                         sl_schema **ret_schema, sl_error *err)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_schema_row row, key = {.id = id};
    sl_schema_file_row file_key = {.schema_id = id}, *files;
    size_t count;
    sl_status status = sl_get_schema_by_id(session, &key, &arena, &row, err);
    if (status == SL_NOT_FOUND)
        return sl_error_set(err, SL_NOT_FOUND, "there is no schema %lld", (long long)id);
    SL_TRY(status);
    SL_TRY(sl_scan_schema_file_by_ordinal(session, (sl_scan){.key = &file_key, .equal_count = 1},
                                          &arena, &files, &count, err));
    sl_bytes *bytes = sl_arena_array(&arena, sl_bytes, count);
    if (!bytes)
        return sl_error_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        SL_TRY(read_file(session, &files[i], &arena, &bytes[i], err));
        if (sl_str_equal(files[i].path, row.main))
            SL_TRY(add_source_info(&bytes[i], source_info, &arena, err));
    }
    return link_files(id, bytes, count, row.main, ret_schema, err);
}

sl_status sl_version_schema_load(sl_session *session, const sl_version_row *row,
                                 sl_schema **ret_schema, sl_error *err)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_version_source_row source = {0}, key = {.subject = row->subject, .number = row->number};
    sl_status status = sl_get_version_source_by_number(session, &key, &arena, &source, err);
    if (status != SL_OK && status != SL_NOT_FOUND)
        return status;
    return sl_schema_load(session, row->schema_id, source.source_info, ret_schema, err);
}
