/* wire/wire.h: the Protobuf wire format and the Kafka envelope around it, without any schema.
 *
 * A reader walks borrowed bytes and never reads past their end; the walker of payloads has its own inner loop and shares
 * only the constants. Source of the format: the Protobuf encoding guide; of the envelope: Confluent's wire format. */
#pragma once

#include "base/base.h"

typedef enum sl_wire_type {
    SL_WIRE_VARINT = 0,
    SL_WIRE_I64 = 1,
    SL_WIRE_LEN = 2,
    SL_WIRE_SGROUP = 3,
    SL_WIRE_EGROUP = 4,
    SL_WIRE_I32 = 5,
} sl_wire_type;

enum {
    SL_FIELD_NUMBER_MAX = 536870911, /* 2^29 - 1 */
    SL_VARINT_MAX_BYTES = 10,
    SL_TAG_MAX_BYTES = 5,
};

/* "varint", "64-bit", "length-delimited", "start-group", "end-group", "32-bit"; "invalid" for 6 and 7. */
const char *sl_wire_type_name(uint32_t wire_type);

typedef struct sl_wire_reader {
    const uint8_t *begin, *at, *end; /* borrowed */
} sl_wire_reader;

typedef struct sl_wire_tag {
    uint32_t number; /* 1 … SL_FIELD_NUMBER_MAX */
    sl_wire_type type;
} sl_wire_tag;

/* Absent bytes read as empty ones. */
static inline sl_wire_reader sl_wire_reader_of(sl_bytes bytes)
{
    const uint8_t *begin = bytes.data ? bytes.data : (const uint8_t *)"";
    return (sl_wire_reader){begin, begin, begin + bytes.len};
}

static inline bool sl_wire_at_end(const sl_wire_reader *reader)
{
    return reader->at == reader->end;
}

static inline size_t sl_wire_offset(const sl_wire_reader *reader)
{
    return (size_t)(reader->at - reader->begin);
}

/* Each returns SL_OK, or SL_MALFORMED with the reader left at the start of what could not be read.
 *
 *   varint  at most 10 bytes; bits above 64 in the tenth byte are dropped, as C++ and upb do
 *   tag     at most 5 bytes and 32 bits, field number not 0, wire type not 6 or 7
 *   len     a varint length, at most INT32_MAX, and that many bytes; borrowed */
SL_MUST_CHECK sl_status sl_wire_read_varint(sl_wire_reader *reader, uint64_t *ret_value);
SL_MUST_CHECK sl_status sl_wire_read_tag(sl_wire_reader *reader, sl_wire_tag *ret_tag);
SL_MUST_CHECK sl_status sl_wire_read_fixed32(sl_wire_reader *reader, uint32_t *ret_value);
SL_MUST_CHECK sl_status sl_wire_read_fixed64(sl_wire_reader *reader, uint64_t *ret_value);
SL_MUST_CHECK sl_status sl_wire_read_len(sl_wire_reader *reader, sl_bytes *ret_bytes);

/* Pass over the value behind `tag`; groups to their matching end, nested to `max_depth` levels (at most
 * SL_LIMIT_PAYLOAD_DEPTH; a group right behind `tag` is the first) without recursion. Not SL_OK: the reader stands at what is wrong.
 * SL_OK, SL_MALFORMED, SL_LIMIT (nested deeper). */
SL_MUST_CHECK sl_status sl_wire_skip(sl_wire_reader *reader, sl_wire_tag tag, uint32_t max_depth);

/* One field of a message: its tag, and its value as raw bytes (for LEN without the length, for groups without the end tag). */
typedef struct sl_wire_field {
    sl_wire_tag tag;
    uint64_t number_value; /* VARINT, I32, I64 */
    sl_bytes bytes;        /* LEN: content; SGROUP: fields between the tags */
    sl_bytes raw;          /* tag and value as they stand */
} sl_wire_field;

/* SL_OK; SL_NOT_FOUND at the end; SL_MALFORMED; SL_LIMIT. An end-group tag is malformed here. Groups nest as in sl_wire_skip. */
SL_MUST_CHECK sl_status sl_wire_next_field(sl_wire_reader *reader, uint32_t max_depth,
                                           sl_wire_field *ret_field);

/* Is this a well-formed sequence of fields without groups, with at most `max_fields` of them? Run before protobuf-c's unpacker, whose
 * own checks are weaker. SL_OK, SL_MALFORMED, SL_LIMIT. */
SL_MUST_CHECK sl_status sl_wire_scan_flat(sl_bytes bytes, size_t max_fields);

/* Appending. Failure is kept in the buffer (see sl_buf). */
void sl_wire_put_varint(sl_buf *buf, uint64_t value);
void sl_wire_put_tag(sl_buf *buf, uint32_t number, sl_wire_type type);
void sl_wire_put_len(sl_buf *buf, uint32_t number, sl_bytes bytes);
size_t sl_wire_varint_size(uint64_t value); /* 1 … 10 */

static inline uint64_t sl_wire_zigzag_encode(int64_t value)
{
    return ((uint64_t)value << 1) ^ (uint64_t)(value >> 63);
}

static inline int64_t sl_wire_zigzag_decode(uint64_t value)
{
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

/* The Kafka envelope:  0x00 | schema id, 4 bytes big-endian | zigzag count, zigzag index … | payload
 * where a single 0x00 in place of the indexes means [0], the first message of the file. */
typedef struct sl_envelope {
    int32_t schema_id;
    uint32_t index_count;
    int32_t indexes[SL_LIMIT_MESSAGE_INDEXES];
    sl_bytes payload; /* borrowed from the input */
} sl_envelope;

/* SL_OK; SL_MALFORMED with a text that says which part is wrong; SL_LIMIT (more indexes than SL_LIMIT_MESSAGE_INDEXES). */
SL_MUST_CHECK sl_status sl_envelope_read(sl_bytes framed, sl_envelope *ret_envelope, sl_error *err);
/* Append the envelope of `schema_id` and `indexes`, without a payload. No indexes mean [0], and [0] is written in its short form. */
void sl_envelope_put(sl_buf *buf, int32_t schema_id, const int32_t *indexes, uint32_t index_count);
