/* schema/options.c: single answers out of raw options.
 *
 * Options stay bytes, because most of them are custom and their meaning lies in files that need not be here. What Protobuf itself gives a
 * meaning (packed, deprecated, map_entry, …) is looked up where it is needed. As in any parser, the last of several scalars wins. */
#include "schema/schema.h"

#include <string.h>

/* Most options are long texts and are asked for numbers that they do not have: where the first byte of the tag is nowhere, the tag is not. A tag that
 * is longer than it needs to be begins with the same bits, and a bit that says that it goes on. */
static bool may_have(sl_bytes options, uint8_t first)
{
    return memchr(options.data, first, options.len) ||
           memchr(options.data, first | 0x80, options.len);
}

static bool find_last(sl_bytes options, uint32_t number, sl_wire_type type,
                      sl_wire_field *ret_field)
{
    bool is_found = false;
    if (options.len == 0 || !may_have(options, (uint8_t)((number << 3 | type) & 0x7f)))
        return false;
    sl_wire_reader reader = sl_wire_reader_of(options);
    sl_wire_field field;
    while (sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &field) == SL_OK) {
        if (field.tag.number != number || field.tag.type != type)
            continue;
        *ret_field = field;
        is_found = true;
    }
    return is_found;
}

bool sl_options_find_varint(sl_bytes options, uint32_t number, uint64_t *ret_value)
{
    sl_wire_field field;
    if (!find_last(options, number, SL_WIRE_VARINT, &field))
        return false;
    *ret_value = field.number_value;
    return true;
}

bool sl_options_find_bytes(sl_bytes options, uint32_t number, sl_bytes *ret_value)
{
    sl_wire_field field;
    if (!find_last(options, number, SL_WIRE_LEN, &field))
        return false;
    *ret_value = field.bytes;
    return true;
}

bool sl_field_is_source_only(const sl_field *field)
{
    enum { FIELD_RETENTION = 17, RETENTION_SOURCE = 2 };
    uint64_t retention;
    return sl_options_find_varint(field->proto->options, FIELD_RETENTION, &retention) &&
           retention == RETENTION_SOURCE;
}
