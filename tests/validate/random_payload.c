/* tests/validate/random_payload.c: see random_pair.h.
 *
 * The content of a message is a list of records, each a field with its tag. Records are drawn by the schema, then the list is changed as a
 * list (again, in another order), so that the structure survives. Damage to bytes comes last, and only to some payloads. */
#include "tests/validate/random_pair.h"
#include "wire/wire.h"

enum { DEPTH = 5, RECORDS_MOST = 48, REPEATED_MOST = 4, TEXT_PIECES = 6, FIELDS_MOST = 60 };

typedef struct record_list {
    size_t ends[RECORDS_MOST]; /* record i: [ends[i - 1], ends[i]) of the buffer */
    size_t count;
} record_list;

/* What bounds a payload: levels that may still be opened, and fields that may still be drawn. */
typedef struct payload_room {
    int levels;
    size_t fields;
} payload_room;

static void put_content(sl_buf *buf, const sl_message *message, uint64_t *seed, payload_room *room);

static void put_padded(sl_buf *buf, uint64_t value, uint64_t *seed, size_t most)
{
    size_t padding = random_below(seed, 40) == 0 ? random_below(seed, most) : 0;
    while (value >= 0x80 || padding > 0) {
        if (value < 0x80)
            padding--;
        sl_buf_append_byte(buf, (uint8_t)(value | 0x80));
        value >>= 7;
    }
    sl_buf_append_byte(buf, (uint8_t)value);
}

static void put_tag(sl_buf *buf, uint32_t number, uint32_t wire_type, uint64_t *seed)
{
    put_padded(buf, (uint64_t)number << 3 | wire_type, seed, 4);
}

static void put_len(sl_buf *buf, sl_bytes bytes, uint64_t *seed)
{
    put_padded(buf, bytes.len, seed, 4);
    sl_buf_append(buf, bytes.data, bytes.len);
}

static uint32_t wire_type_of(sl_field_type type)
{
    switch (type) {
    case SL_TYPE_DOUBLE:
    case SL_TYPE_FIXED64:
    case SL_TYPE_SFIXED64: return SL_WIRE_I64;
    case SL_TYPE_FLOAT:
    case SL_TYPE_FIXED32:
    case SL_TYPE_SFIXED32: return SL_WIRE_I32;
    case SL_TYPE_STRING:
    case SL_TYPE_BYTES:
    case SL_TYPE_MESSAGE: return SL_WIRE_LEN;
    case SL_TYPE_GROUP: return SL_WIRE_SGROUP;
    default: return SL_WIRE_VARINT;
    }
}

/* --- values ------------------------------------------------------------------------------------ */

static void put_text(sl_buf *buf, uint64_t *seed)
{
    static const char *const pieces[] = {"a",
                                         "some ASCII, longer than a block of thirty-two bytes",
                                         "\xc3\xa9",
                                         "\xe2\x82\xac",
                                         "\xf0\x9f\x8d\xb5",
                                         "\xed\xa0\x80",
                                         "\xff",
                                         "\xe2\x82"};
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    size_t right = random_below(seed, 16) ? 5 : SL_ARRAY_LEN(pieces);
    for (size_t i = random_below(seed, TEXT_PIECES); i > 0; i--)
        sl_buf_append_str(&text, sl_str_from(pieces[random_below(seed, right)]));
    put_len(buf, sl_buf_bytes(&text), seed);
}

static void put_scalar(sl_buf *buf, const sl_field *field, uint64_t *seed)
{
    uint64_t value = random_next(seed) >> random_below(seed, 64);
    uint32_t wire_type = wire_type_of(field->type);
    if (wire_type == SL_WIRE_I64)
        sl_buf_append(buf, &value, 8);
    else if (wire_type == SL_WIRE_I32)
        sl_buf_append(buf, &value, 4);
    else if (field->type == SL_TYPE_ENUM && random_below(seed, 16))
        put_padded(buf,
                   (uint64_t)(int64_t)field->enumeration
                       ->values[random_below(seed, field->enumeration->value_count)]
                       .number,
                   seed, 3);
    else
        put_padded(buf, random_below(seed, 2) ? value & 0x7f : value, seed, 3);
}

static void put_value(sl_buf *buf, const sl_field *field, uint64_t *seed, payload_room *room)
{
    sl_cleanup(sl_buf_done) sl_buf content = {0};
    switch (field->type) {
    case SL_TYPE_STRING:
    case SL_TYPE_BYTES: put_text(buf, seed); return;
    case SL_TYPE_MESSAGE:
        put_content(&content, field->message, seed, room);
        put_len(buf, sl_buf_bytes(&content), seed);
        return;
    case SL_TYPE_GROUP:
        put_content(buf, field->message, seed, room);
        put_tag(buf, (uint32_t)field->number, SL_WIRE_EGROUP, seed);
        return;
    default: put_scalar(buf, field, seed);
    }
}

static void put_packed(sl_buf *buf, const sl_field *field, uint64_t *seed)
{
    sl_cleanup(sl_buf_done) sl_buf content = {0};
    size_t most = random_below(seed, 8) ? REPEATED_MOST : 100;
    for (size_t i = random_below(seed, most); i > 0; i--)
        put_scalar(&content, field, seed);
    put_tag(buf, (uint32_t)field->number, SL_WIRE_LEN, seed);
    put_len(buf, sl_buf_bytes(&content), seed);
}

/* --- records ----------------------------------------------------------------------------------- */

static void end_record(record_list *list, const sl_buf *records)
{
    if (list->count < RECORDS_MOST)
        list->ends[list->count++] = records->len;
    else
        list->ends[RECORDS_MOST - 1] = records->len;
}

static bool is_scalar(const sl_field *field)
{
    return wire_type_of(field->type) != SL_WIRE_LEN && field->type != SL_TYPE_GROUP;
}

static void put_unknown(sl_buf *records, uint64_t *seed)
{
    uint32_t number = 1 + (uint32_t)random_below(seed, 40);
    put_tag(records, number, SL_WIRE_SGROUP, seed);
    put_tag(records, 3, SL_WIRE_I32, seed);
    sl_buf_append_literal(records, "\x01\x02\x03\x04");
    put_tag(records, number, SL_WIRE_EGROUP, seed);
}

static void put_field(sl_buf *records, record_list *list, const sl_field *field, uint64_t *seed,
                      payload_room *room)
{
    bool is_nested = field->type == SL_TYPE_MESSAGE || field->type == SL_TYPE_GROUP;
    size_t count = random_below(seed, 2);
    if (field->cardinality == SL_REQUIRED)
        count = random_below(seed, 24) != 0;
    else if (field->cardinality == SL_REPEATED)
        count = random_below(seed, REPEATED_MOST);
    else if (is_nested && count && random_below(seed, 4) == 0)
        count = 2; /* in parts, each of which may lack what the other has */
    if (room->levels == 0 && is_nested)
        count = 0;
    for (; count > 0 && room->fields > 0; count--) {
        room->fields--;
        if (field->cardinality == SL_REPEATED && is_scalar(field) && random_below(seed, 2)) {
            put_packed(records, field, seed);
        } else {
            put_tag(records, (uint32_t)field->number, wire_type_of(field->type), seed);
            put_value(records, field, seed, room);
        }
        end_record(list, records);
    }
}

static void append_record(sl_buf *buf, const sl_buf *records, const record_list *list, size_t index)
{
    size_t begin = index ? list->ends[index - 1] : 0;
    sl_buf_append(buf, records->data + begin, list->ends[index] - begin);
}

/* As they were drawn; or from another one on, and some twice. */
static void put_content(sl_buf *buf, const sl_message *message, uint64_t *seed, payload_room *room)
{
    sl_cleanup(sl_buf_done) sl_buf records = {0};
    record_list list = {.count = 0};
    room->levels--;
    for (uint32_t i = 0; i < message->field_count; i++)
        put_field(&records, &list, message->by_number[i], seed, room);
    room->levels++;
    if (random_below(seed, 24) == 0) {
        put_unknown(&records, seed);
        end_record(&list, &records);
    }
    size_t first = list.count && random_below(seed, 4) == 0 ? random_below(seed, list.count) : 0;
    bool repeats = random_below(seed, 8) == 0;
    for (size_t i = 0; i < list.count; i++) {
        append_record(buf, &records, &list, (first + i) % list.count);
        if (repeats && random_below(seed, 2))
            append_record(buf, &records, &list, random_below(seed, list.count));
    }
}

/* --- damage ------------------------------------------------------------------------------------ */

static void damage(sl_buf *buf, size_t begin, uint64_t *seed)
{
    size_t len = buf->len - begin;
    if (len == 0)
        return;
    size_t at = begin + random_below(seed, len);
    switch (random_below(seed, 4)) {
    case 0: buf->data[at] = (char)(buf->data[at] ^ (1U << random_below(seed, 8))); return;
    case 1: buf->data[at] = (char)random_next(seed); return;
    case 2: buf->len = at; return;
    default: memmove(buf->data + at, buf->data + at + 1, buf->len - at - 1); buf->len--;
    }
}

void random_payload(sl_buf *buf, const sl_message *message, uint64_t *seed)
{
    size_t begin = buf->len;
    payload_room room = {1 + (int)random_below(seed, DEPTH), 1 + random_below(seed, FIELDS_MOST)};
    put_content(buf, message, seed, &room);
    if (random_below(seed, 3) == 0)
        damage(buf, begin, seed);
}
