/* schema/option_bytes.c: options in the one form that a compiler gives them, apart from what text cannot say.
 *
 * protoc parses the options it has interpreted as a message of descriptor.proto with all extensions known, and writes that: fields by
 * number, singular ones once (the last scalar wins, messages are merged), repeated ones packed or not as their field says, varints in their
 * shortest form. The same is done here with any bytes, by the types of the schema. What has no type goes into a second message,
 * wrapped as it was, so that known and lost merged are the whole.
 *
 * In a message set each extension is an item, a group of its number and its bytes. Items are read as fields of that number, so all of
 * the above holds for them, and are written as items again.
 *
 * It is recursive over messages inside options, to SL_LIMIT_DESCRIPTOR_DEPTH levels; what is deeper counts as unknown. */
#include "schema/internal/field_type.h"
#include "schema/internal/printer.h"
#include "wire/wire.h"

#include <stdlib.h>

enum { SET_ITEM = 1, ITEM_TYPE_ID = 2, ITEM_MESSAGE = 3 };

typedef struct option_part {
    sl_wire_field field;
    uint32_t seq;
} option_part;

typedef SL_VEC(option_part) part_list;

static void part_list_done(part_list *parts)
{
    sl_vec_done(parts);
}

static int compare_parts(const void *left, const void *right)
{
    const option_part *a = left, *b = right;
    if (a->field.tag.number != b->field.tag.number)
        return a->field.tag.number < b->field.tag.number ? -1 : 1;
    return a->seq < b->seq ? -1 : a->seq > b->seq;
}

bool sl_option_set_item(const sl_wire_field *item, sl_wire_field *ret_field)
{
    sl_wire_reader reader = sl_wire_reader_of(item->bytes);
    sl_wire_field inner, id = {0}, content = {0};
    uint32_t count = 0;
    if (item->tag.number != SET_ITEM || item->tag.type != SL_WIRE_SGROUP)
        return false;
    for (; sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &inner) == SL_OK; count++) {
        if (inner.tag.number == ITEM_TYPE_ID && inner.tag.type == SL_WIRE_VARINT)
            id = inner;
        else if (inner.tag.number == ITEM_MESSAGE && inner.tag.type == SL_WIRE_LEN)
            content = inner;
    }
    bool is_whole = count == 2 && id.raw.data && content.raw.data && id.number_value > 0 &&
                    id.number_value <= INT32_MAX;
    if (!is_whole)
        return false;
    *ret_field = content;
    ret_field->tag.number = (uint32_t)id.number_value;
    ret_field->raw = item->raw;
    return true;
}

static bool read_parts(sl_option_split *split, const sl_message *type, sl_bytes bytes,
                       part_list *parts)
{
    sl_wire_reader reader = sl_wire_reader_of(bytes);
    for (;;) {
        option_part item = {.seq = (uint32_t)parts->count};
        sl_status status = sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &item.field);
        if (status == SL_NOT_FOUND)
            break;
        if (status != SL_OK)
            return false;
        if (type->is_message_set && !sl_option_set_item(&item.field, &item.field))
            item.field.tag.type = SL_WIRE_EGROUP; /* of no field's type, so it is lost */
        if (sl_vec_push(parts, item) != SL_OK)
            return sl_print_no_memory(split->printer);
    }
    if (parts->count > 1)
        qsort(parts->items, parts->count, sizeof(option_part), compare_parts);
    return true;
}

/* --- scalars --- */

static uint64_t normal_real(sl_field_type type, uint64_t bits)
{
    const uint64_t nan_of_double = UINT64_C(0x7ff8000000000000);
    const uint64_t nan_of_float = UINT64_C(0x7fc00000);
    bool is_float = type == SL_TYPE_FLOAT;
    uint64_t exponent = is_float ? UINT64_C(0x7f800000) : UINT64_C(0x7ff0000000000000);
    uint64_t fraction = is_float ? UINT64_C(0x007fffff) : UINT64_C(0x000fffffffffffff);
    uint64_t sign = bits & ~(exponent | fraction) & (is_float ? UINT32_MAX : UINT64_MAX);
    bool is_nan = (bits & exponent) == exponent && (bits & fraction) != 0;
    if (is_nan)
        return sign | (is_float ? nan_of_float : nan_of_double);
    return bits;
}

static uint64_t normal_number(sl_field_type type, uint64_t number)
{
    switch (type) {
    case SL_TYPE_BOOL: return number != 0;
    case SL_TYPE_INT32:
    case SL_TYPE_ENUM: return (uint64_t)(int64_t)(int32_t)number;
    case SL_TYPE_UINT32:
    case SL_TYPE_SINT32: return (uint32_t)number;
    case SL_TYPE_FLOAT:
    case SL_TYPE_DOUBLE: return normal_real(type, number);
    default: return number;
    }
}

static void put_number(sl_buf *out, sl_field_type type, uint64_t number)
{
    sl_wire_type wire = sl_field_type_wire(type);
    size_t size = wire == SL_WIRE_I64 ? 8 : 4;
    if (wire == SL_WIRE_VARINT) {
        sl_wire_put_varint(out, number);
        return;
    }
    for (size_t i = 0; i < size; i++)
        sl_buf_append_byte(out, (uint8_t)(number >> (8 * i)));
}

/* A name in text, or a number where the text format takes one. */
static bool can_say_enum(const sl_field *field, uint64_t number, uint32_t depth)
{
    if (sl_option_type_value(field->enumeration, (int32_t)number).data)
        return true;
    return depth > 0 && field->enumeration->value_count && !field->enumeration->is_closed;
}

typedef struct option_group {
    const sl_field *field;
    const option_part *parts;
    size_t count;
    uint32_t depth;
} option_group;

static void keep_lost(sl_buf *lost, const sl_wire_field *field)
{
    sl_buf_append(lost, field->raw.data, field->raw.len);
}

/* Elements of a packed part, or the one of another; appended to `numbers` in wire form. */
static bool take_numbers(const option_group *group, const option_part *part, sl_buf *numbers)
{
    const sl_wire_field *wire = &part->field;
    sl_field_type type = group->field->type;
    bool is_packed = wire->tag.type == SL_WIRE_LEN;
    sl_wire_reader reader = sl_wire_reader_of(wire->bytes);
    size_t begin = numbers->len;
    if (!is_packed) {
        uint64_t number = normal_number(type, wire->number_value);
        put_number(numbers, type, number);
        return type != SL_TYPE_ENUM || can_say_enum(group->field, number, group->depth);
    }
    while (!sl_wire_at_end(&reader)) {
        uint64_t number = 0;
        bool is_read = sl_print_next_packed(&reader, type, &number);
        number = normal_number(type, number);
        if (!is_read ||
            (type == SL_TYPE_ENUM && !can_say_enum(group->field, number, group->depth))) {
            numbers->len = begin;
            return false;
        }
        put_number(numbers, type, number);
    }
    return true;
}

static void put_numbers(const option_group *group, sl_bytes numbers, sl_buf *known)
{
    uint32_t number = (uint32_t)group->field->number;
    sl_wire_type wire = sl_field_type_wire(group->field->type);
    if (group->field->is_packed) {
        sl_wire_put_len(known, number, numbers);
        return;
    }
    sl_wire_reader reader = sl_wire_reader_of(numbers);
    while (!sl_wire_at_end(&reader)) {
        sl_wire_put_tag(known, number, wire);
        size_t begin = sl_wire_offset(&reader);
        if (sl_wire_skip(&reader, (sl_wire_tag){number, wire}, 0) != SL_OK)
            return;
        sl_buf_append(known, numbers.data + begin, sl_wire_offset(&reader) - begin);
    }
}

static void split_numbers(const option_group *group, sl_buf *known, sl_buf *lost)
{
    sl_cleanup(sl_buf_done) sl_buf numbers = {0};
    bool is_repeated = group->field->cardinality == SL_REPEATED;
    bool is_any = false;
    for (size_t i = 0; i < group->count; i++) {
        size_t begin = is_repeated ? numbers.len : 0;
        size_t before = numbers.len;
        bool is_taken = (group->parts[i].field.tag.type != SL_WIRE_LEN || is_repeated) &&
                        take_numbers(group, &group->parts[i], &numbers);
        if (!is_taken) {
            numbers.len = before;
            keep_lost(lost, &group->parts[i].field);
            continue;
        }
        is_any = true;
        if (begin == 0 && before > 0 && !is_repeated) { /* the last one wins */
            memmove(numbers.data, numbers.data + before, numbers.len - before);
            numbers.len -= before;
        }
    }
    if (numbers.has_failed) {
        known->has_failed = known->no_memory = true;
        return;
    }
    if (is_any && !(is_repeated && numbers.len == 0))
        put_numbers(group, sl_buf_bytes(&numbers), known);
}

/* --- messages --- */

static void put_message(const sl_field *field, const sl_buf *content, sl_buf *out)
{
    uint32_t number = (uint32_t)field->number;
    if (field->is_extension && field->extendee->is_message_set) {
        sl_wire_put_tag(out, SET_ITEM, SL_WIRE_SGROUP);
        sl_wire_put_tag(out, ITEM_TYPE_ID, SL_WIRE_VARINT);
        sl_wire_put_varint(out, number);
        sl_wire_put_len(out, ITEM_MESSAGE, sl_buf_bytes(content));
        sl_wire_put_tag(out, SET_ITEM, SL_WIRE_EGROUP);
        return;
    }
    if (field->type == SL_TYPE_MESSAGE) {
        sl_wire_put_len(out, number, sl_buf_bytes(content));
        return;
    }
    sl_wire_put_tag(out, number, SL_WIRE_SGROUP);
    sl_buf_append_str(out, sl_buf_str(content));
    sl_wire_put_tag(out, number, SL_WIRE_EGROUP);
}

static bool split_message(sl_option_split *split, const option_group *group, sl_bytes content,
                          sl_buf *known, sl_buf *lost)
{
    sl_cleanup(sl_buf_done) sl_buf inner_known = {0};
    sl_cleanup(sl_buf_done) sl_buf inner_lost = {0};
    if (!sl_option_bytes_split(split, group->field->message, content, &inner_known, &inner_lost,
                               group->depth + 1))
        return false;
    put_message(group->field, &inner_known, known);
    if (inner_lost.len)
        put_message(group->field, &inner_lost, lost);
    if (inner_known.has_failed || inner_lost.has_failed)
        known->has_failed = known->no_memory = true;
    return true;
}

static void split_messages(sl_option_split *split, const option_group *group, sl_buf *known,
                           sl_buf *lost)
{
    sl_cleanup(sl_buf_done) sl_buf merged = {0};
    bool is_repeated = group->field->cardinality == SL_REPEATED;
    for (size_t i = 0; i < group->count; i++) {
        const sl_wire_field *field = &group->parts[i].field;
        if (!is_repeated)
            sl_buf_append(&merged, field->bytes.data, field->bytes.len);
        else if (!split_message(split, group, field->bytes, known, lost))
            keep_lost(lost, field);
    }
    if (merged.has_failed)
        known->has_failed = known->no_memory = true;
    else if (!is_repeated && !split_message(split, group, sl_buf_bytes(&merged), known, lost))
        for (size_t i = 0; i < group->count; i++)
            keep_lost(lost, &group->parts[i].field);
}

static void split_texts(const option_group *group, sl_buf *known)
{
    bool is_repeated = group->field->cardinality == SL_REPEATED;
    for (size_t i = is_repeated ? 0 : group->count - 1; i < group->count; i++)
        sl_wire_put_len(known, (uint32_t)group->field->number, group->parts[i].field.bytes);
}

/* --- one message --- */

static bool is_of_type(const sl_field *field, const sl_wire_field *wire)
{
    sl_wire_type want = sl_field_type_wire(field->type);
    if (wire->tag.type == want)
        return true;
    return field->cardinality == SL_REPEATED && wire->tag.type == SL_WIRE_LEN &&
           sl_field_type_is_packable(field->type);
}

static const sl_field *usable_field(sl_option_split *split, const sl_message *type,
                                    const option_part *part)
{
    const sl_field *field = sl_option_type_field(type, (int32_t)part->field.tag.number);
    if (!field || !is_of_type(field, &part->field))
        return NULL;
    if (!field->is_extension)
        return field;
    if (!sl_print_sees(split->printer, field->file))
        return NULL;
    return field;
}

/* Parts from `first` on that have one number and can be told by one field. */
static size_t group_length(const part_list *parts, size_t first, const sl_field *field)
{
    size_t end = first + 1;
    while (end < parts->count &&
           parts->items[end].field.tag.number == parts->items[first].field.tag.number &&
           is_of_type(field, &parts->items[end].field))
        end++;
    return end - first;
}

static void split_group(sl_option_split *split, const option_group *group, sl_buf *known,
                        sl_buf *lost)
{
    split->has_source_only |= sl_option_type_is_source_only(group->field);
    switch (group->field->type) {
    case SL_TYPE_MESSAGE:
    case SL_TYPE_GROUP: split_messages(split, group, known, lost); break;
    case SL_TYPE_STRING:
    case SL_TYPE_BYTES: split_texts(group, known); break;
    default: split_numbers(group, known, lost); break;
    }
}

static const sl_oneof *oneof_of(const sl_field *field)
{
    return field && field->oneof && !field->oneof->is_synthetic ? field->oneof : NULL;
}

/* Of each oneof, by its index, one more than the seq of its last member: that one is set, and the others are not. */
static bool find_last_members(sl_option_split *split, const sl_message *type,
                              const part_list *parts, uint32_t **ret_last)
{
    if (type->oneof_count == 0)
        return true;
    uint32_t *last = sl_zalloc(type->oneof_count * sizeof *last);
    if (!last)
        return sl_print_no_memory(split->printer);
    for (size_t i = 0; i < parts->count; i++) {
        const sl_oneof *oneof = oneof_of(usable_field(split, type, &parts->items[i]));
        if (oneof && last[oneof->index] <= parts->items[i].seq)
            last[oneof->index] = parts->items[i].seq + 1;
    }
    *ret_last = last;
    return true;
}

static void free_numbers(uint32_t **numbers)
{
    sl_free(*numbers);
}

bool sl_option_bytes_split(sl_option_split *split, const sl_message *type, sl_bytes bytes,
                           sl_buf *known, sl_buf *lost, uint32_t depth)
{
    sl_cleanup(part_list_done) part_list parts = {0};
    sl_cleanup(free_numbers) uint32_t *last = NULL;
    if (depth >= SL_LIMIT_DESCRIPTOR_DEPTH || !read_parts(split, type, bytes, &parts) ||
        !find_last_members(split, type, &parts, &last))
        return false;
    for (size_t i = 0; i < parts.count;) {
        const sl_field *field = usable_field(split, type, &parts.items[i]);
        if (!field) {
            keep_lost(lost, &parts.items[i++].field);
            continue;
        }
        option_group group = {field, &parts.items[i], group_length(&parts, i, field), depth};
        const sl_oneof *oneof = oneof_of(field);
        i += group.count;
        if (!oneof || last[oneof->index] == group.parts[group.count - 1].seq + 1)
            split_group(split, &group, known, lost);
    }
    return !known->has_failed && !lost->has_failed ? true : sl_print_no_memory(split->printer);
}
