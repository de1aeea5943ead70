/* wire/writer.c: append values in their shortest form, as Protobuf's own encoders do.
 *
 * Nothing here fails by itself: a buffer that is full or out of memory keeps that to itself until it is asked (see base/buf.h). */
#include "wire/wire.h"

size_t sl_wire_varint_size(uint64_t value)
{
    unsigned bits = 64 - (unsigned)__builtin_clzll(value | 1);
    return (bits + 6) / 7;
}

void sl_wire_put_varint(sl_buf *buf, uint64_t value)
{
    if (value < 0x80) {
        sl_buf_append_byte(buf, (uint8_t)value);
        return;
    }
    uint8_t bytes[SL_VARINT_MAX_BYTES];
    size_t len = 0;
    while (value >= 0x80) {
        bytes[len++] = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    bytes[len++] = (uint8_t)value;
    sl_buf_append(buf, bytes, len);
}

void sl_wire_put_tag(sl_buf *buf, uint32_t number, sl_wire_type type)
{
    sl_wire_put_varint(buf, (uint64_t)number << 3 | type);
}

void sl_wire_put_len(sl_buf *buf, uint32_t number, sl_bytes bytes)
{
    sl_wire_put_tag(buf, number, SL_WIRE_LEN);
    sl_wire_put_varint(buf, bytes.len);
    sl_buf_append(buf, bytes.data, bytes.len);
}
