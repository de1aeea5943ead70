/* schema/descriptor_read.c: bytes to descriptor structs, generic over the table.
 *
 * Each message is walked twice: once to count (how many of each list, how many bytes of each joined part), once to fill lists that are
 * then of the right size. Sub-messages are skipped as one step while counting, so all in all every byte is looked at a bounded
 * number of times. Recursion goes only where messages hold messages, and is bounded by SL_LIMIT_DESCRIPTOR_DEPTH.
 *
 * What a parser of Protobuf does, this does: the last of several scalars wins, several parts of one sub-message are joined, lists of
 * numbers come packed or not, and a known field number with another wire type is an unknown field, kept with the others.
 *
 * Uploaded bytes expand: an empty field is two bytes on the wire and two hundred in memory. So all items of all lists count against
 * SL_LIMIT_SCHEMA_SYMBOLS before their memory is asked for. */
#include "schema/internal/descriptor_table.h"
#include "wire/wire.h"

#include <stdio.h>

typedef struct frame frame;
struct frame {
    const frame *outer; /* NULL at the file */
    const sl_proto_member *member;
    uint32_t index;
    uint32_t depth;
};

typedef struct proto_reader {
    sl_arena *arena;
    const uint8_t *begin; /* of the file, for offsets */
    size_t items;         /* of all lists so far */
    sl_error *err;
} proto_reader;

/* How much of each field a message has; index 0 stands for unknown fields. */
typedef struct field_tally {
    uint32_t items[SL_PROTO_NUMBER_MAX + 1];
    size_t bytes[SL_PROTO_NUMBER_MAX + 1];
} field_tally;

/* "message_type[3].field[2].name: ", outermost first, into `text`. */
static void path_text(const frame *at, const char *last, char *text, size_t size)
{
    const frame *frames[SL_LIMIT_DESCRIPTOR_DEPTH + 1];
    uint32_t count = 0;
    for (; at && at->member && count < SL_ARRAY_LEN(frames); at = at->outer)
        frames[count++] = at;
    size_t len = 0;
    text[0] = '\0';
    while (count > 0 && len < size) {
        const frame *one = frames[--count];
        len += (size_t)snprintf(text + len, size - len, "%s[%u]%s", one->member->name, one->index,
                                count > 0 || last ? "." : "");
    }
    if (last && len < size)
        snprintf(text + len, size - len, "%s", last);
}

/* One refusal: where (message path, byte in the file), what. */
static sl_status refuse(const proto_reader *reader, const frame *at, const sl_proto_member *member,
                        const uint8_t *byte, const char *what)
{
    char path[256];
    path_text(at, member ? member->name : NULL, path, sizeof path);
    return sl_error_set(reader->err, SL_MALFORMED, "%s%s%s at byte %zu", path, path[0] ? ": " : "",
                        what, (size_t)(byte - reader->begin));
}

static sl_status refuse_limit(const proto_reader *reader, const frame *at,
                              const sl_proto_member *member, const char *limit, uint32_t value)
{
    char path[256];
    path_text(at, member ? member->name : NULL, path, sizeof path);
    return sl_error_set(reader->err, SL_LIMIT, "%s: more than %s (%u) allows", path, limit, value);
}

static const char *why_malformed(sl_wire_reader before)
{
    sl_wire_tag tag;
    if (sl_wire_read_tag(&before, &tag) != SL_OK)
        return "no valid tag (cut off, field number 0, or wire type 6 or 7)";
    switch (tag.type) {
    case SL_WIRE_VARINT: return "varint is cut off or longer than 10 bytes";
    case SL_WIRE_LEN: return "length runs past the end";
    case SL_WIRE_I32:
    case SL_WIRE_I64: return "number is cut off";
    case SL_WIRE_SGROUP: return "group does not end as it began";
    case SL_WIRE_EGROUP: break;
    }
    return "end-group tag without a group";
}

/* SL_OK; SL_NOT_FOUND at the end; SL_MALFORMED and SL_LIMIT with the error told. */
static sl_status next_field(const proto_reader *reader, const frame *at, sl_wire_reader *wire,
                            sl_wire_field *ret_field)
{
    sl_wire_reader before = *wire;
    sl_status status = sl_wire_next_field(wire, SL_LIMIT_DESCRIPTOR_DEPTH, ret_field);
    if (status == SL_MALFORMED)
        return refuse(reader, at, NULL, before.at, why_malformed(before));
    if (status == SL_LIMIT)
        return sl_error_set(reader->err, SL_LIMIT,
                            "groups nested deeper than DESCRIPTOR_DEPTH (%d) at byte %zu",
                            SL_LIMIT_DESCRIPTOR_DEPTH, (size_t)(before.at - reader->begin));
    return status;
}

/* The member that `field` is read into; NULL if it is unknown, by its number or by its wire type. */
static const sl_proto_member *member_of(const sl_proto_table *table, const sl_wire_field *field)
{
    if (field->tag.number > SL_PROTO_NUMBER_MAX)
        return NULL;
    const sl_proto_member *member = &table->members[field->tag.number];
    sl_wire_type type = field->tag.type;
    switch (member->kind) {
    case SL_PROTO_NONE: return NULL;
    case SL_PROTO_INT32:
    case SL_PROTO_BOOL: return type == SL_WIRE_VARINT ? member : NULL;
    case SL_PROTO_INT32S: return type == SL_WIRE_VARINT || type == SL_WIRE_LEN ? member : NULL;
    case SL_PROTO_TEXT:
    case SL_PROTO_RAW:
    case SL_PROTO_TEXTS:
    case SL_PROTO_MESSAGES: break;
    }
    return type == SL_WIRE_LEN ? member : NULL;
}

/* Numbers in a packed list: each ends at a byte below 0x80. */
static uint32_t count_packed(sl_bytes bytes)
{
    uint32_t count = 0;
    for (size_t i = 0; i < bytes.len; i++)
        count += bytes.data[i] < 0x80;
    return count;
}

static sl_status count_fields(proto_reader *reader, sl_bytes bytes, const sl_proto_table *table,
                              const frame *at, field_tally *ret_tally)
{
    sl_wire_reader wire = sl_wire_reader_of(bytes);
    sl_wire_field field;
    sl_status status;
    while ((status = next_field(reader, at, &wire, &field)) == SL_OK) {
        const sl_proto_member *member = member_of(table, &field);
        uint32_t slot = member ? field.tag.number : 0;
        bool is_packed = member && member->kind == SL_PROTO_INT32S && field.tag.type == SL_WIRE_LEN;
        ret_tally->items[slot] += is_packed ? count_packed(field.bytes) : 1;
        ret_tally->bytes[slot] += member ? field.bytes.len : field.raw.len;
    }
    return status == SL_NOT_FOUND ? SL_OK : status;
}

/* Lists of the right size, still without items; room for parts that must be joined. */
static sl_status make_room(proto_reader *reader, const sl_proto_table *table,
                           const field_tally *tally, const frame *at, void *message)
{
    for (uint32_t number = 1; number <= SL_PROTO_NUMBER_MAX; number++) {
        const sl_proto_member *member = &table->members[number];
        size_t item_size = sl_proto_item_size(member);
        uint32_t count = tally->items[number];
        if (item_size == 0 || count == 0)
            continue;
        reader->items += count;
        if (reader->items > SL_LIMIT_SCHEMA_SYMBOLS)
            return refuse_limit(reader, at, member, "SCHEMA_SYMBOLS", SL_LIMIT_SCHEMA_SYMBOLS);
        void *items = sl_arena_calloc(reader->arena, count, item_size);
        if (!items)
            return sl_error_no_memory(reader->err);
        sl_proto_list_set(message, member, (sl_proto_list){items, 0});
    }
    return SL_OK;
}

/* Add one of `parts` parts of together `total` bytes to `*joined`: a single one is borrowed, several are copied behind each other. */
static sl_status join(proto_reader *reader, sl_bytes *joined, sl_bytes part, uint32_t parts,
                      size_t total)
{
    if (parts == 1) {
        *joined = part;
        return SL_OK;
    }
    uint8_t *data = (uint8_t *)joined->data;
    if (!data)
        data = sl_arena_alloc(reader->arena, total);
    if (!data)
        return sl_error_no_memory(reader->err);
    memcpy(data + joined->len, part.data, part.len);
    *joined = (sl_bytes){data, joined->len + part.len};
    return SL_OK;
}

static sl_status read_text(const proto_reader *reader, const frame *at,
                           const sl_proto_member *member, sl_bytes bytes, sl_str *ret_text)
{
    if (member->most && bytes.len > member->most)
        return refuse_limit(reader, at, member, member->limit, member->most);
    size_t bad = sl_utf8_find_invalid(bytes);
    if (bad != SIZE_MAX)
        return refuse(reader, at, member, bytes.data + bad, "text is not UTF-8");
    *ret_text = sl_bytes_str(bytes);
    return SL_OK;
}

static sl_status read_numbers(const proto_reader *reader, const frame *at,
                              const sl_proto_member *member, const sl_wire_field *field,
                              sl_proto_list *list)
{
    int32_t *items = list->items;
    if (field->tag.type == SL_WIRE_VARINT) {
        items[list->count++] = (int32_t)field->number_value;
        return SL_OK;
    }
    sl_wire_reader wire = sl_wire_reader_of(field->bytes);
    while (!sl_wire_at_end(&wire)) {
        uint64_t value;
        if (sl_wire_read_varint(&wire, &value) != SL_OK)
            return refuse(reader, at, member, wire.at, "varint is cut off or longer than 10 bytes");
        items[list->count++] = (int32_t)value;
    }
    return SL_OK;
}

static sl_status read_message(proto_reader *reader, sl_bytes bytes, const sl_proto_table *table,
                              const frame *at, void *message);

/* One more item into a list that has room for it. */
static sl_status read_item(proto_reader *reader, const frame *at, const sl_proto_member *member,
                           const sl_wire_field *field, void *message)
{
    sl_proto_list list = sl_proto_list_get(message, member);
    if (member->kind == SL_PROTO_INT32S) {
        SL_TRY(read_numbers(reader, at, member, field, &list));
    } else if (member->kind == SL_PROTO_TEXTS) {
        SL_TRY(read_text(reader, at, member, field->bytes, (sl_str *)list.items + list.count));
        list.count++;
    } else {
        frame inner = {at, member, list.count, at->depth + 1};
        if (inner.depth > SL_LIMIT_DESCRIPTOR_DEPTH)
            return refuse_limit(reader, at, member, "DESCRIPTOR_DEPTH", SL_LIMIT_DESCRIPTOR_DEPTH);
        uint8_t *item = (uint8_t *)list.items + (size_t)list.count * member->table->size;
        SL_TRY(read_message(reader, field->bytes, member->table, &inner, item));
        list.count++;
    }
    sl_proto_list_set(message, member, list);
    return SL_OK;
}

static sl_status read_member(proto_reader *reader, const frame *at, const sl_proto_member *member,
                             const sl_wire_field *field, const field_tally *tally, void *message)
{
    uint8_t *value = (uint8_t *)message + member->offset;
    uint8_t *has = (uint8_t *)message + member->has_offset;
    switch (member->kind) {
    case SL_PROTO_TEXT: return read_text(reader, at, member, field->bytes, (sl_str *)value);
    case SL_PROTO_RAW:
        return join(reader, (sl_bytes *)value, field->bytes, tally->items[field->tag.number],
                    tally->bytes[field->tag.number]);
    case SL_PROTO_INT32:
        *(int32_t *)value = (int32_t)field->number_value;
        *(bool *)has = true;
        return SL_OK;
    case SL_PROTO_BOOL:
        *(bool *)value = field->number_value != 0;
        *(bool *)has = true;
        return SL_OK;
    case SL_PROTO_TEXTS:
    case SL_PROTO_INT32S:
    case SL_PROTO_MESSAGES: return read_item(reader, at, member, field, message);
    case SL_PROTO_NONE: break;
    }
    return SL_OK;
}

/* `message` is zeroed, of the table's size. */
static sl_status read_message(proto_reader *reader, sl_bytes bytes, const sl_proto_table *table,
                              const frame *at, void *message)
{
    field_tally tally = {0};
    SL_TRY(count_fields(reader, bytes, table, at, &tally));
    SL_TRY(make_room(reader, table, &tally, at, message));

    sl_bytes *unknown = (sl_bytes *)((uint8_t *)message + table->unknown_offset);
    sl_wire_reader wire = sl_wire_reader_of(bytes);
    sl_wire_field field;
    sl_status status;
    while ((status = next_field(reader, at, &wire, &field)) == SL_OK) {
        const sl_proto_member *member = member_of(table, &field);
        if (member)
            SL_TRY(read_member(reader, at, member, &field, &tally, message));
        else
            SL_TRY(join(reader, unknown, field.raw, tally.items[0], tally.bytes[0]));
    }
    return status == SL_NOT_FOUND ? SL_OK : status;
}

sl_status sl_file_proto_read(sl_bytes bytes, sl_arena *arena, sl_file_proto **ret_file,
                             sl_error *err)
{
    sl_wire_reader wire = sl_wire_reader_of(bytes);
    proto_reader reader = {.arena = arena, .begin = wire.begin, .err = err};
    sl_file_proto *file = sl_arena_new(arena, sl_file_proto);
    if (!file)
        return sl_error_no_memory(err);
    frame top = {0};
    SL_TRY(read_message(&reader, bytes, &sl_proto_file_table, &top, file));
    *ret_file = file;
    return SL_OK;
}
