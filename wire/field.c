/* wire/field.c: a message as a sequence of fields, for readers that are not in a hurry.
 *
 * Options, unknown fields and source info are walked here; payloads have their own loop in validate/. `raw` is what stands in the input,
 * tag and all, so that a field that nobody knows can be kept and written back as it was. */
#include "wire/internal/skip.h"

static sl_status read_value(sl_wire_reader *reader, uint32_t max_depth, sl_wire_field *field)
{
    uint32_t small = 0;
    switch (field->tag.type) {
    case SL_WIRE_VARINT: return sl_wire_read_varint(reader, &field->number_value);
    case SL_WIRE_I64: return sl_wire_read_fixed64(reader, &field->number_value);
    case SL_WIRE_LEN: return sl_wire_read_len(reader, &field->bytes);
    case SL_WIRE_I32:
        SL_TRY(sl_wire_read_fixed32(reader, &small));
        field->number_value = small;
        return SL_OK;
    case SL_WIRE_SGROUP:
        return sl_wire_skip_group(reader, field->tag.number, max_depth, &field->bytes);
    case SL_WIRE_EGROUP: break;
    }
    return SL_MALFORMED;
}

sl_status sl_wire_next_field(sl_wire_reader *reader, uint32_t max_depth, sl_wire_field *ret_field)
{
    if (sl_wire_at_end(reader))
        return SL_NOT_FOUND;
    sl_wire_field field = {0};
    const uint8_t *begin = reader->at;
    SL_TRY(sl_wire_read_tag(reader, &field.tag));
    if (field.tag.type == SL_WIRE_EGROUP) {
        reader->at = begin;
        return SL_MALFORMED;
    }
    SL_TRY(read_value(reader, max_depth, &field));
    field.raw = (sl_bytes){begin, (size_t)(reader->at - begin)};
    *ret_field = field;
    return SL_OK;
}

sl_status sl_wire_scan_flat(sl_bytes bytes, size_t max_fields)
{
    sl_wire_reader reader = sl_wire_reader_of(bytes);
    for (size_t count = 0; !sl_wire_at_end(&reader); count++) {
        sl_wire_tag tag;
        if (count == max_fields)
            return SL_LIMIT;
        SL_TRY(sl_wire_read_tag(&reader, &tag));
        if (tag.type == SL_WIRE_SGROUP)
            return SL_MALFORMED;
        SL_TRY(sl_wire_skip(&reader, tag, 0));
    }
    return SL_OK;
}
