/* wire/envelope.c: the frame that Kafka's Protobuf serializers put around a payload.
 *
 *   0x00 | id: 4 bytes, big-endian | count: zigzag varint | index: zigzag varint, count times | payload
 *
 * The indexes say which message of the schema's file the payload is: [2, 0] is the first message inside the third. Nearly always it is
 * the first of the file, [0], and for that a count of 0 stands alone (Confluent wire format, "Protobuf"). We write that short form,
 * and read the long one too. */
#include "wire/wire.h"

enum { ENVELOPE_MAGIC = 0, ENVELOPE_HEAD = 5 };

static sl_status read_zigzag(sl_wire_reader *reader, int64_t *ret_value)
{
    uint64_t raw;
    SL_TRY(sl_wire_read_varint(reader, &raw));
    *ret_value = sl_wire_zigzag_decode(raw);
    return SL_OK;
}

static sl_status read_indexes(sl_wire_reader *reader, sl_envelope *envelope, sl_error *err)
{
    int64_t count = 0;
    size_t at = sl_wire_offset(reader);
    if (read_zigzag(reader, &count) != SL_OK || count < 0)
        return sl_error_set(err, SL_MALFORMED,
                            "envelope: the count of message indexes at byte %zu is not a "
                            "non-negative zigzag varint",
                            at);
    if (count > SL_LIMIT_MESSAGE_INDEXES)
        return sl_error_set(err, SL_LIMIT,
                            "envelope: %lld message indexes, more than MESSAGE_INDEXES (%d)",
                            (long long)count, SL_LIMIT_MESSAGE_INDEXES);
    for (int64_t i = 0; i < count; i++) {
        int64_t index = 0;
        at = sl_wire_offset(reader);
        if (read_zigzag(reader, &index) != SL_OK || index < 0 || index > INT32_MAX)
            return sl_error_set(err, SL_MALFORMED,
                                "envelope: message index %lld of %lld, at byte %zu, is not a "
                                "non-negative zigzag varint of 32 bits",
                                (long long)i + 1, (long long)count, at);
        envelope->indexes[i] = (int32_t)index;
    }
    envelope->index_count = count == 0 ? 1 : (uint32_t)count;
    return SL_OK;
}

sl_status sl_envelope_read(sl_bytes framed, sl_envelope *ret_envelope, sl_error *err)
{
    if (framed.len == 0)
        return sl_error_set(err, SL_MALFORMED, "envelope: no bytes; a frame begins with 0x00");
    if (framed.data[0] != ENVELOPE_MAGIC)
        return sl_error_set(err, SL_MALFORMED,
                            "envelope: the magic byte is 0x%02X and must be 0x00; was the payload "
                            "sent without a frame?",
                            framed.data[0]);
    if (framed.len < ENVELOPE_HEAD)
        return sl_error_set(err, SL_MALFORMED,
                            "envelope: %zu bytes; magic byte and schema id alone need %d",
                            framed.len, ENVELOPE_HEAD);

    sl_envelope envelope = {0};
    const uint8_t *id = framed.data + 1;
    envelope.schema_id = (int32_t)((uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 |
                                   (uint32_t)id[2] << 8 | (uint32_t)id[3]);
    sl_wire_reader reader = sl_wire_reader_of(framed);
    reader.at += ENVELOPE_HEAD;
    SL_TRY(read_indexes(&reader, &envelope, err));
    envelope.payload = (sl_bytes){reader.at, (size_t)(reader.end - reader.at)};
    *ret_envelope = envelope;
    return SL_OK;
}

void sl_envelope_put(sl_buf *buf, int32_t schema_id, const int32_t *indexes, uint32_t index_count)
{
    uint32_t id = (uint32_t)schema_id;
    uint8_t head[ENVELOPE_HEAD] = {ENVELOPE_MAGIC, (uint8_t)(id >> 24), (uint8_t)(id >> 16),
                                   (uint8_t)(id >> 8), (uint8_t)id};
    sl_buf_append(buf, head, sizeof head);
    bool is_first = index_count == 0 || (index_count == 1 && indexes[0] == 0);
    sl_wire_put_varint(buf, is_first ? 0 : sl_wire_zigzag_encode(index_count));
    for (uint32_t i = 0; !is_first && i < index_count; i++)
        sl_wire_put_varint(buf, sl_wire_zigzag_encode(indexes[i]));
}
