/* wire/reader.c: one value at a time off borrowed bytes.
 *
 * Every function looks at how much is left before it reads, and moves the reader only when the whole value was there. So after a
 * failure the offset of the reader is the offset of what was wrong, which is what a message wants to tell.
 *
 * Leniency follows the field's standard parsers. A varint may be longer than it need be (a zero in ten bytes is a zero), because C++,
 * upb and Go all take it. A tag may be over-long too, but it must fit 32 bits: upb, Go and Java refuse a sixth byte and a
 * field number above 2^29 - 1. A length above INT32_MAX is refused before it is compared with what is left. */
#include "wire/wire.h"

const char *sl_wire_type_name(uint32_t wire_type)
{
    static const char *const names[] = {"varint",      "64-bit",    "length-delimited",
                                        "start-group", "end-group", "32-bit"};
    return wire_type < SL_ARRAY_LEN(names) ? names[wire_type] : "invalid";
}

static size_t left(const sl_wire_reader *reader)
{
    return (size_t)(reader->end - reader->at);
}

/* A varint of at most `max_bytes`. */
static sl_status read_varint(sl_wire_reader *reader, size_t max_bytes, uint64_t *ret_value)
{
    size_t most = SL_MIN(left(reader), max_bytes);
    uint64_t value = 0;
    for (size_t i = 0; i < most; i++) {
        uint64_t byte = reader->at[i];
        value |= (byte & 0x7f) << (7 * i);
        if (byte < 0x80) {
            reader->at += i + 1;
            *ret_value = value;
            return SL_OK;
        }
    }
    return SL_MALFORMED;
}

sl_status sl_wire_read_varint(sl_wire_reader *reader, uint64_t *ret_value)
{
    return read_varint(reader, SL_VARINT_MAX_BYTES, ret_value);
}

sl_status sl_wire_read_tag(sl_wire_reader *reader, sl_wire_tag *ret_tag)
{
    sl_wire_reader ahead = *reader;
    uint64_t value;
    SL_TRY(read_varint(&ahead, SL_TAG_MAX_BYTES, &value));
    uint32_t wire_type = value & 7;
    if (value > UINT32_MAX || value >> 3 == 0 || wire_type > SL_WIRE_I32)
        return SL_MALFORMED;
    *ret_tag = (sl_wire_tag){(uint32_t)(value >> 3), (sl_wire_type)wire_type};
    *reader = ahead;
    return SL_OK;
}

sl_status sl_wire_read_fixed32(sl_wire_reader *reader, uint32_t *ret_value)
{
    if (left(reader) < 4)
        return SL_MALFORMED;
    const uint8_t *at = reader->at;
    *ret_value =
        (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
    reader->at += 4;
    return SL_OK;
}

sl_status sl_wire_read_fixed64(sl_wire_reader *reader, uint64_t *ret_value)
{
    if (left(reader) < 8)
        return SL_MALFORMED;
    uint32_t low = 0, high = 0;
    SL_TRY(sl_wire_read_fixed32(reader, &low));
    SL_TRY(sl_wire_read_fixed32(reader, &high));
    *ret_value = (uint64_t)high << 32 | low;
    return SL_OK;
}

sl_status sl_wire_read_len(sl_wire_reader *reader, sl_bytes *ret_bytes)
{
    sl_wire_reader ahead = *reader;
    uint64_t len;
    SL_TRY(sl_wire_read_varint(&ahead, &len));
    if (len > INT32_MAX || len > left(&ahead))
        return SL_MALFORMED;
    *ret_bytes = (sl_bytes){ahead.at, (size_t)len};
    reader->at = ahead.at + len;
    return SL_OK;
}
