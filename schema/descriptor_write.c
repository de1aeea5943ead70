/* schema/descriptor_write.c: descriptor structs to bytes, generic over the table.
 *
 * Known fields by number, then the unknown ones as they came: the order in which protoc and every Protobuf runtime for C++ write, so
 * that what they wrote comes back byte for byte. Lists of numbers are written expanded, since descriptor.proto is proto2.
 *
 * The length of a message is not known before it is written. One byte is left for it, which is right for most, and the content is moved up
 * when it turns out that the length needs more. */
#include "schema/internal/descriptor_table.h"
#include "wire/wire.h"

static void write_message(const void *message, const sl_proto_table *table, uint32_t left_out,
                          sl_buf *buf);

static void write_submessage(const void *message, const sl_proto_table *table, uint32_t number,
                             sl_buf *buf)
{
    sl_wire_put_tag(buf, number, SL_WIRE_LEN);
    size_t at = buf->len;
    sl_buf_append_byte(buf, 0);
    write_message(message, table, 0, buf);
    if (buf->has_failed)
        return;

    size_t len = buf->len - at - 1;
    size_t more = sl_wire_varint_size(len) - 1;
    if (more > 0) {
        if (!sl_buf_reserve(buf, more))
            return;
        memmove(buf->data + at + 1 + more, buf->data + at + 1, len);
    }
    buf->len = at;
    sl_wire_put_varint(buf, len);
    buf->len += len;
}

static void write_list(const void *message, const sl_proto_member *member, uint32_t number,
                       sl_buf *buf)
{
    sl_proto_list list = sl_proto_list_get(message, member);
    const uint8_t *item = list.items;
    size_t size = sl_proto_item_size(member);
    for (uint32_t i = 0; i < list.count; i++, item += size) {
        if (member->kind == SL_PROTO_MESSAGES) {
            write_submessage(item, member->table, number, buf);
        } else if (member->kind == SL_PROTO_TEXTS) {
            sl_wire_put_len(buf, number, sl_str_bytes(*(const sl_str *)item));
        } else {
            sl_wire_put_tag(buf, number, SL_WIRE_VARINT);
            sl_wire_put_varint(buf, (uint64_t)(int64_t) * (const int32_t *)item);
        }
    }
}

static void write_bytes(sl_bytes bytes, uint32_t number, sl_buf *buf)
{
    if (bytes.data)
        sl_wire_put_len(buf, number, bytes);
}

static void write_number(const void *has, uint64_t value, uint32_t number, sl_buf *buf)
{
    if (!*(const bool *)has)
        return;
    sl_wire_put_tag(buf, number, SL_WIRE_VARINT);
    sl_wire_put_varint(buf, value);
}

static void write_member(const void *message, const sl_proto_member *member, uint32_t number,
                         sl_buf *buf)
{
    const uint8_t *value = (const uint8_t *)message + member->offset;
    const uint8_t *has = (const uint8_t *)message + member->has_offset;
    switch (member->kind) {
    case SL_PROTO_NONE: return;
    case SL_PROTO_TEXT: write_bytes(sl_str_bytes(*(const sl_str *)value), number, buf); return;
    case SL_PROTO_RAW: write_bytes(*(const sl_bytes *)value, number, buf); return;
    case SL_PROTO_INT32:
        write_number(has, (uint64_t)(int64_t) * (const int32_t *)value, number, buf);
        return;
    case SL_PROTO_BOOL: write_number(has, *(const bool *)value, number, buf); return;
    case SL_PROTO_TEXTS:
    case SL_PROTO_INT32S:
    case SL_PROTO_MESSAGES: write_list(message, member, number, buf); return;
    }
}

/* All but field `left_out` (0: all). */
static void write_message(const void *message, const sl_proto_table *table, uint32_t left_out,
                          sl_buf *buf)
{
    for (uint32_t number = 1; number <= SL_PROTO_NUMBER_MAX; number++)
        if (number != left_out)
            write_member(message, &table->members[number], number, buf);
    const sl_bytes *unknown = (const sl_bytes *)((const uint8_t *)message + table->unknown_offset);
    sl_buf_append(buf, unknown->data, unknown->len);
}

void sl_file_proto_write(const sl_file_proto *file, bool with_source_info, sl_buf *buf)
{
    write_message(file, &sl_proto_file_table, with_source_info ? 0 : SL_PROTO_SOURCE_INFO, buf);
}
