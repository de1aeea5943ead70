/* compiler/option_merge.c: fields in the order in which options were written → the bytes that protoc writes for them.
 *
 * protoc appends what each option says to the options message, reads the whole with a schema that has everything, and writes it again. What
 * that does to the bytes is done here, in one walk over them, message by message:
 *
 *   known fields by number, extensions among them; unknown fields behind, as they came
 *   parts of a singular message joined; of a singular scalar the last; of a oneof what the last one set belongs to
 *   zeros of fields without presence left out, but for the fields of map entries, which are always both there
 *   repeated numbers packed or not as their feature says
 *   members of message sets as items:  1 { 2: number 3: message }
 *
 * Entries of the messages that are open lie on one stack. The depth of messages is bounded, and each byte is moved at most once for each
 * level it lies in. */
#include "compiler/internal/option_impl.h"

#include <stdlib.h>

enum {
    SET_ITEM = 1,
    SET_NUMBER = 2,
    SET_MESSAGE = 3,
};

typedef struct required_list {
    uint32_t count;
    const sl_field *fields[];
} required_list;

void sl_merger_done(sl_merger *merger)
{
    sl_vec_done(&merger->entries);
    sl_map_done(&merger->required);
}

static bool fail_memory(sl_merger *merger)
{
    merger->no_memory = true;
    return false;
}

/* --- reading --- */

const sl_field *sl_option_known_field(const sl_message *message, const sl_wire_field *wire)
{
    const sl_field *field = sl_message_find_field(message, (int32_t)wire->tag.number);
    if (!field)
        field = sl_message_find_extension(message, (int32_t)wire->tag.number);
    if (!field || wire->tag.type == sl_field_type_wire(field->type))
        return field;
    bool is_packed = field->cardinality == SL_REPEATED && wire->tag.type == SL_WIRE_LEN;
    return is_packed && sl_field_type_is_packable(field->type) ? field : NULL;
}

/* An item of a message set stands for the field that it holds. Those may have numbers that do not fit into a tag. */
static void unwrap_item(sl_wire_field *wire)
{
    sl_wire_reader reader = sl_wire_reader_of(wire->bytes);
    sl_wire_field part;
    uint64_t number = 0;
    sl_bytes content = {0};
    while (sl_wire_next_field(&reader, SL_LIMIT_PAYLOAD_DEPTH, &part) == SL_OK) {
        if (part.tag.number == SET_NUMBER && part.tag.type == SL_WIRE_VARINT)
            number = part.number_value;
        if (part.tag.number == SET_MESSAGE && part.tag.type == SL_WIRE_LEN)
            content = part.bytes;
    }
    if (number == 0 || number > INT32_MAX || !content.data)
        return;
    wire->tag = (sl_wire_tag){(uint32_t)number, SL_WIRE_LEN};
    wire->bytes = content;
}

sl_status sl_option_next(sl_wire_reader *reader, const sl_message *message, sl_wire_field *ret_wire)
{
    sl_status status = sl_wire_next_field(reader, SL_LIMIT_PAYLOAD_DEPTH, ret_wire);
    if (status == SL_OK && message->is_message_set && ret_wire->tag.number == SET_ITEM &&
        ret_wire->tag.type == SL_WIRE_SGROUP)
        unwrap_item(ret_wire);
    return status;
}

static bool push_entries(sl_merger *merger, const sl_message *message, sl_bytes bytes)
{
    sl_wire_reader reader = sl_wire_reader_of(bytes);
    sl_merge_entry entry = {0};
    while (sl_option_next(&reader, message, &entry.wire) == SL_OK) {
        entry.field = sl_option_known_field(message, &entry.wire);
        entry.number = entry.field ? entry.wire.tag.number : UINT32_MAX;
        if (sl_vec_push(&merger->entries, entry) != SL_OK)
            return fail_memory(merger);
        entry.order++;
    }
    return true;
}

static uint32_t oneof_of(const sl_merge_entry *entry)
{
    const sl_field *field = entry->field;
    return field && field->oneof && !field->is_extension ? field->oneof->index : UINT32_MAX;
}

static int by_oneof(const void *a, const void *b)
{
    const sl_merge_entry *left = a, *right = b;
    uint32_t left_oneof = oneof_of(left), right_oneof = oneof_of(right);
    if (left_oneof != right_oneof)
        return left_oneof < right_oneof ? -1 : 1;
    return left->order < right->order ? -1 : left->order > right->order;
}

/* Of each oneof only what belongs to its last member, and came behind the last other one, counts. Sorted by oneof and walked from the end,
 * each has its last member first. */
static void drop_cleared(sl_merger *merger, size_t base)
{
    sl_merge_entry *entries = merger->entries.items + base;
    size_t count = merger->entries.count - base, members = 0, kept = 0;
    for (size_t i = 0; i < count; i++)
        members += oneof_of(&entries[i]) != UINT32_MAX;
    if (members < 2)
        return;
    qsort(entries, count, sizeof *entries, by_oneof);
    const sl_field *last = NULL;
    uint32_t oneof = UINT32_MAX;
    bool is_over = false;
    for (size_t i = count; i-- > 0;) {
        if (oneof_of(&entries[i]) != oneof) {
            oneof = oneof_of(&entries[i]);
            last = entries[i].field;
            is_over = false;
        }
        is_over = oneof != UINT32_MAX && (is_over || entries[i].field != last);
        entries[i].is_dropped = is_over;
    }
    for (size_t i = 0; i < count; i++)
        if (!entries[i].is_dropped)
            entries[kept++] = entries[i];
    merger->entries.count = base + kept;
}

static int by_number(const void *a, const void *b)
{
    const sl_merge_entry *left = a, *right = b;
    if (left->number != right->number)
        return left->number < right->number ? -1 : 1;
    return left->order < right->order ? -1 : left->order > right->order;
}

static void sort_entries(sl_merger *merger, size_t base)
{
    sl_merge_entry *entries = merger->entries.items;
    size_t count = merger->entries.count - base;
    for (size_t i = 1; i < count; i++)
        if (entries[base + i - 1].number > entries[base + i].number) {
            qsort(entries + base, count, sizeof *entries, by_number);
            return;
        }
}

/* --- required fields --- */

static const required_list *required_of(sl_merger *merger, const sl_message *message)
{
    required_list *list = sl_map_get(&merger->required, message->full_name);
    if (list)
        return list;
    uint32_t count = 0;
    for (uint32_t i = 0; i < message->field_count; i++)
        count += message->fields[i].cardinality == SL_REQUIRED;
    list = sl_arena_alloc(merger->scratch, sizeof *list + count * sizeof list->fields[0]);
    if (!list || sl_map_set(&merger->required, message->full_name, list) != SL_OK)
        return NULL;
    list->count = 0;
    for (uint32_t i = 0; i < message->field_count; i++)
        if (message->fields[i].cardinality == SL_REQUIRED)
            list->fields[list->count++] = &message->fields[i];
    return list;
}

static bool has_entry(const sl_merger *merger, size_t base, int32_t number)
{
    size_t low = base, high = merger->entries.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (merger->entries.items[middle].number < (uint32_t)number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < merger->entries.count && merger->entries.items[low].number == (uint32_t)number;
}

static bool look_for_required(sl_merger *merger, const sl_message *message, size_t base)
{
    const required_list *list = required_of(merger, message);
    if (!list)
        return fail_memory(merger);
    for (uint32_t i = 0; i < list->count && !merger->missing; i++)
        if (!has_entry(merger, base, list->fields[i]->number))
            merger->missing = list->fields[i];
    return true;
}

/* --- writing --- */

static bool is_item(const sl_field *field)
{
    return field->is_extension && field->extendee && field->extendee->is_message_set;
}

size_t sl_option_open(sl_buf *buf, const sl_field *field)
{
    if (is_item(field)) {
        sl_wire_put_tag(buf, SET_ITEM, SL_WIRE_SGROUP);
        sl_wire_put_tag(buf, SET_NUMBER, SL_WIRE_VARINT);
        sl_wire_put_varint(buf, (uint64_t)field->number);
        sl_wire_put_tag(buf, SET_MESSAGE, SL_WIRE_LEN);
        return buf->len;
    }
    sl_wire_put_tag(buf, (uint32_t)field->number,
                    field->type == SL_TYPE_GROUP ? SL_WIRE_SGROUP : SL_WIRE_LEN);
    return buf->len;
}

/* Put the length of what stands behind `begin` before it. */
static void insert_length(sl_buf *buf, size_t begin)
{
    size_t len = buf->has_failed ? 0 : buf->len - begin;
    size_t room = sl_wire_varint_size(len);
    if (!sl_buf_reserve(buf, room))
        return;
    memmove(buf->data + begin + room, buf->data + begin, len);
    buf->len = begin;
    sl_wire_put_varint(buf, len);
    buf->len += len;
}

void sl_option_close(sl_buf *buf, const sl_field *field, size_t begin)
{
    if (field->type == SL_TYPE_GROUP)
        sl_wire_put_tag(buf, (uint32_t)field->number, SL_WIRE_EGROUP);
    else
        insert_length(buf, begin);
    if (is_item(field))
        sl_wire_put_tag(buf, SET_ITEM, SL_WIRE_EGROUP);
}

/* Groups are passed over by what strips (protoc: StripMessage looks into messages only). */
static bool merge_content(sl_merger *merger, const sl_field *field, sl_bytes content,
                          uint32_t depth, sl_buf *out)
{
    bool strips_source = merger->strips_source;
    if (depth + 1 > SL_LIMIT_OPTION_DEPTH) {
        merger->is_too_deep = true;
        return false;
    }
    merger->strips_source = strips_source && field->type != SL_TYPE_GROUP;
    bool is_good = sl_merge_message(merger, field->message, content, depth + 1, out);
    merger->strips_source = strips_source;
    return is_good;
}

static bool put_message(sl_merger *merger, const sl_field *field, sl_bytes content, uint32_t depth,
                        sl_buf *out)
{
    size_t begin = sl_option_open(out, field);
    if (!merge_content(merger, field, content, depth, out))
        return false;
    sl_option_close(out, field, begin);
    return true;
}

/* The parts of a singular message are one after the other what it is. */
static bool put_parts(sl_merger *merger, size_t first, size_t count, uint32_t depth, sl_buf *out)
{
    const sl_field *field = merger->entries.items[first].field;
    sl_cleanup(sl_buf_done) sl_buf joined = {0};
    for (size_t i = first; i < first + count; i++)
        sl_buf_append_str(&joined, sl_bytes_str(merger->entries.items[i].wire.bytes));
    if (sl_buf_status(&joined) != SL_OK)
        return fail_memory(merger);
    return put_message(merger, field, sl_buf_bytes(&joined), depth, out);
}

static bool put_messages(sl_merger *merger, size_t first, size_t count, uint32_t depth, sl_buf *out)
{
    const sl_field *field = merger->entries.items[first].field;
    if (field->cardinality != SL_REPEATED && count > 1)
        return put_parts(merger, first, count, depth, out);
    for (size_t i = first; i < first + count; i++)
        if (!put_message(merger, field, merger->entries.items[i].wire.bytes, depth, out))
            return false;
    return true;
}

static void put_scalar(sl_buf *out, const sl_field *field, const sl_wire_field *wire, bool with_tag)
{
    sl_wire_type type = sl_field_type_wire(field->type);
    if (with_tag)
        sl_wire_put_tag(out, (uint32_t)field->number, type);
    if (type == SL_WIRE_LEN) {
        sl_wire_put_varint(out, wire->bytes.len);
        sl_buf_append_str(out, sl_bytes_str(wire->bytes));
        return;
    }
    if (type == SL_WIRE_VARINT) {
        sl_wire_put_varint(out, wire->number_value);
        return;
    }
    for (uint32_t i = 0; i < (type == SL_WIRE_I64 ? 8U : 4U); i++)
        sl_buf_append_byte(out, (uint8_t)(wire->number_value >> 8 * i));
}

/* The numbers of one packed field, one after the other. */
static void put_packed_ones(sl_buf *out, const sl_field *field, sl_bytes packed, bool with_tag)
{
    sl_wire_type type = sl_field_type_wire(field->type);
    sl_wire_reader reader = sl_wire_reader_of(packed);
    sl_wire_field one = {.tag = {(uint32_t)field->number, type}};
    while (!sl_wire_at_end(&reader)) {
        uint32_t half = 0;
        sl_status status = type == SL_WIRE_VARINT ? sl_wire_read_varint(&reader, &one.number_value)
                           : type == SL_WIRE_I64  ? sl_wire_read_fixed64(&reader, &one.number_value)
                                                  : sl_wire_read_fixed32(&reader, &half);
        if (status != SL_OK)
            return;
        if (type == SL_WIRE_I32)
            one.number_value = half;
        put_scalar(out, field, &one, with_tag);
    }
}

static void put_repeated(sl_merger *merger, size_t first, size_t count, sl_buf *out)
{
    const sl_merge_entry *entries = merger->entries.items;
    const sl_field *field = entries[first].field;
    bool is_packed = field->is_packed;
    if (is_packed)
        sl_wire_put_tag(out, (uint32_t)field->number, SL_WIRE_LEN);
    size_t begin = out->len;
    for (size_t i = first; i < first + count; i++) {
        if (sl_field_type_is_packable(field->type) && entries[i].wire.tag.type == SL_WIRE_LEN)
            put_packed_ones(out, field, entries[i].wire.bytes, !is_packed);
        else
            put_scalar(out, field, &entries[i].wire, !is_packed);
    }
    if (is_packed)
        insert_length(out, begin);
}

static bool is_zero(const sl_wire_field *wire)
{
    return wire->tag.type == SL_WIRE_LEN ? wire->bytes.len == 0 : wire->number_value == 0;
}

/* `count` entries of one field. */
static bool put_run(sl_merger *merger, const sl_message *message, size_t first, size_t count,
                    uint32_t depth, sl_buf *out)
{
    const sl_field *field = merger->entries.items[first].field;
    if (merger->strips_source && sl_field_is_source_only(field))
        return true;
    if (sl_type_is_message(field))
        return put_messages(merger, first, count, depth, out);
    if (field->cardinality == SL_REPEATED) {
        put_repeated(merger, first, count, out);
        return true;
    }
    const sl_wire_field *last = &merger->entries.items[first + count - 1].wire;
    if (field->has_presence || message->is_map_entry || !is_zero(last))
        put_scalar(out, field, last, true);
    return true;
}

static size_t run_length(const sl_merger *merger, size_t first)
{
    const sl_merge_entry *entries = merger->entries.items;
    size_t end = first + 1;
    while (end < merger->entries.count && entries[end].field == entries[first].field)
        end++;
    return end - first;
}

/* What a map entry does not say is the zero of its type; of a closed enum the first value. */
static void put_default(sl_buf *out, const sl_field *field)
{
    sl_wire_field zero = {.bytes = {(const uint8_t *)"", 0}};
    if (sl_type_is_message(field)) {
        size_t begin = sl_option_open(out, field);
        sl_option_close(out, field, begin);
        return;
    }
    if (field->enumeration && field->enumeration->value_count > 0)
        zero.number_value = (uint64_t)(int64_t)field->enumeration->values[0].number;
    put_scalar(out, field, &zero, true);
}

static bool put_entries(sl_merger *merger, const sl_message *message, size_t base, uint32_t depth,
                        sl_buf *out)
{
    size_t at = base;
    for (; at < merger->entries.count && merger->entries.items[at].field;) {
        size_t count = run_length(merger, at);
        if (!put_run(merger, message, at, count, depth, out))
            return false;
        at += count;
    }
    for (; at < merger->entries.count; at++)
        sl_buf_append_str(out, sl_bytes_str(merger->entries.items[at].wire.raw));
    return true;
}

static bool put_map_entry(sl_merger *merger, const sl_message *message, size_t base, uint32_t depth,
                          sl_buf *out)
{
    for (uint32_t i = 0; i < message->field_count; i++) {
        const sl_field *field = message->by_number[i];
        size_t at = base;
        while (at < merger->entries.count && merger->entries.items[at].field != field)
            at++;
        if (at == merger->entries.count)
            put_default(out, field);
        else if (!put_run(merger, message, at, run_length(merger, at), depth, out))
            return false;
    }
    return true;
}

bool sl_merge_message(sl_merger *merger, const sl_message *message, sl_bytes bytes, uint32_t depth,
                      sl_buf *out)
{
    size_t base = merger->entries.count;
    if (!push_entries(merger, message, bytes))
        return false;
    if (message->oneof_count > 0)
        drop_cleared(merger, base);
    sort_entries(merger, base);
    bool is_good = look_for_required(merger, message, base) &&
                   (message->is_map_entry ? put_map_entry(merger, message, base, depth, out)
                                          : put_entries(merger, message, base, depth, out));
    merger->entries.count = base;
    return is_good;
}
