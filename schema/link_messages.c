/* schema/link_messages.c: the fifth pass: what the fields of one message must keep to among each other, and the message's indexes.
 *
 * After it, numbers and names of fields are sorted and unique, ranges are sorted and disjoint, oneofs know their members, and a map entry
 * is one: rooms above look things up by binary search and never ask again. Everything is a sort and a walk, so a message with
 * a million fields takes no longer than a million messages with one. */
#include "schema/internal/field_type.h"
#include "schema/internal/linker.h"

#include <stdlib.h>

static sl_symbol message_symbol(const sl_message *message)
{
    return sl_symbol_of(SL_SYMBOL_MESSAGE, message->file, message);
}

static sl_symbol field_symbol(const sl_field *field)
{
    return sl_symbol_of(SL_SYMBOL_FIELD, field->file, field);
}

static sl_status refuse(sl_linker *linker, sl_link_rule rule, const sl_message *message,
                        const char *what)
{
    sl_symbol symbol = message_symbol(message);
    return sl_link_finding(linker, rule, sl_link_locate(linker, &symbol), "message '%.*s' %s",
                           SL_STR_ARG(message->full_name), what);
}

/* --- sorted fields --- */

typedef int (*field_order)(const void *, const void *);

static int by_number(const void *a, const void *b)
{
    const sl_field *left = *(const sl_field *const *)a, *right = *(const sl_field *const *)b;
    if (left->number != right->number)
        return left->number < right->number ? -1 : 1;
    return left->index < right->index ? -1 : left->index > right->index;
}

static int by_name(const void *a, const void *b)
{
    const sl_field *left = *(const sl_field *const *)a, *right = *(const sl_field *const *)b;
    return sl_str_compare(left->name, right->name);
}

/* Pointers to the fields of `message`, sorted; usually they are already. */
static sl_status sort_fields(sl_linker *linker, const sl_message *message, sl_arena *arena,
                             field_order order, const sl_field *const **ret_sorted)
{
    uint32_t count = message->field_count;
    const sl_field **sorted = sl_arena_array(arena, const sl_field *, count);
    if (!sorted)
        return sl_error_no_memory(linker->err);
    bool is_sorted = true;
    for (uint32_t i = 0; i < count; i++) {
        sorted[i] = &message->fields[i];
        is_sorted = is_sorted && (i == 0 || order(&sorted[i - 1], &sorted[i]) <= 0);
    }
    if (!is_sorted)
        qsort(sorted, count, sizeof *sorted, order);
    *ret_sorted = sorted;
    return SL_OK;
}

/* --- numbers and names --- */

/* `free_number`: see sl_link_hint_field_number(). */
static sl_status check_number(sl_linker *linker, const sl_message *message, const sl_field *field,
                              int64_t *free_number)
{
    sl_symbol symbol = field_symbol(field);
    sl_link_part part = SL_PART_FIELD_NUMBER;
    int32_t number = field->number;
    bool is_own = number >= SL_NUMBER_OWN_FIRST && number <= SL_NUMBER_OWN_LAST;
    bool is_invalid = number < 1 || number > SL_NUMBER_MAX || is_own;
    const sl_range *extension =
        sl_range_find(message->extension_ranges, message->extension_range_count, number);
    const sl_range *taken = extension;
    if (!taken)
        taken = sl_range_find(message->reserved_ranges, message->reserved_range_count, number);
    if (is_invalid || taken)
        sl_link_hint_field_number(linker, message, free_number);
    if (is_invalid)
        return sl_link_finding(linker, SL_LINK_FIELD_NUMBER_INVALID,
                               sl_link_locate_part(linker, &symbol, part),
                               "field '%.*s' has number %d%s", SL_STR_ARG(field->full_name), number,
                               is_own ? ", which Protobuf keeps for itself" : "");
    if (!taken)
        return SL_OK;
    return sl_link_finding(
        linker, SL_LINK_FIELD_NUMBER_RESERVED, sl_link_locate_part(linker, &symbol, part),
        "field '%.*s' has number %d, which is %s (%d to %d)", SL_STR_ARG(field->full_name), number,
        extension ? "in an extension range" : "reserved", taken->start, taken->end);
}

static sl_status check_numbers(sl_linker *linker, const sl_message *message)
{
    int64_t free_number = -1;
    for (uint32_t i = 0; i < message->field_count; i++) {
        const sl_field *field = message->by_number[i];
        SL_TRY(check_number(linker, message, field, &free_number));
        const sl_field *before = i > 0 ? message->by_number[i - 1] : NULL;
        if (!before || before->number != field->number)
            continue;
        sl_symbol symbol = field_symbol(field), first = field_symbol(before);
        sl_link_hint_field_number(linker, message, &free_number);
        SL_TRY(sl_link_finding_pair(linker, SL_LINK_FIELD_NUMBER_DUPLICATE,
                                    sl_link_locate_part(linker, &symbol, SL_PART_FIELD_NUMBER),
                                    sl_link_locate_part(linker, &first, SL_PART_FIELD_NUMBER),
                                    "field '%.*s' has number %d, as '%.*s' has",
                                    SL_STR_ARG(field->full_name), field->number,
                                    SL_STR_ARG(before->name)));
    }
    return SL_OK;
}

static sl_status check_reserved_names(sl_linker *linker, const sl_message *message)
{
    for (uint32_t i = 0; i < message->proto->reserved_names.count; i++) {
        const sl_field *field =
            sl_message_find_field_by_name(message, message->proto->reserved_names.items[i]);
        if (!field)
            continue;
        sl_symbol symbol = field_symbol(field);
        SL_TRY(sl_link_finding(linker, SL_LINK_FIELD_NAME_RESERVED, sl_link_locate(linker, &symbol),
                               "field '%.*s' has a reserved name", SL_STR_ARG(field->full_name)));
    }
    return SL_OK;
}

/* --- ranges --- */

static sl_status link_ranges(sl_linker *linker, sl_message *message)
{
    const sl_message_proto *proto = message->proto;
    sl_symbol symbol = message_symbol(message);
    sl_range_source source = {.protos = proto->reserved_ranges.items,
                              .count = proto->reserved_ranges.count,
                              .least = 1,
                              .most = INT32_MAX - 1,
                              .is_end_exclusive = true,
                              .list = SL_LIST_MESSAGE_RESERVED_RANGE,
                              .symbol = &symbol,
                              .of = message->full_name,
                              .kind = "reserved range"};
    SL_TRY(sl_link_ranges(linker, &source, &message->reserved_ranges));
    message->reserved_range_count = source.count;

    source.protos = proto->extension_ranges.items;
    source.count = proto->extension_ranges.count;
    source.most = message->is_message_set ? INT32_MAX - 1 : SL_NUMBER_MAX;
    source.list = SL_LIST_MESSAGE_EXTENSION_RANGE;
    source.kind = "extension range";
    SL_TRY(sl_link_ranges(linker, &source, &message->extension_ranges));
    message->extension_range_count = source.count;
    if (source.count > 0 && message->file->edition == SL_EDITION_PROTO3)
        return refuse(linker, SL_LINK_PROTO3_INVALID, message, "has an extension range");
    if (message->is_message_set && message->file->edition == SL_EDITION_PROTO3)
        return refuse(linker, SL_LINK_PROTO3_INVALID, message, "is a message set");
    return SL_OK;
}

/* Both lists are sorted and each is disjoint in itself: walk them side by side. */
static sl_status check_range_kinds(sl_linker *linker, const sl_message *message)
{
    uint32_t r = 0, e = 0;
    while (r < message->reserved_range_count && e < message->extension_range_count) {
        const sl_range *reserved = &message->reserved_ranges[r];
        const sl_range *extension = &message->extension_ranges[e];
        if (reserved->end < extension->start)
            r++;
        else if (extension->end < reserved->start)
            e++;
        else
            return refuse(linker, SL_LINK_RANGE_OVERLAP, message,
                          "has an extension range and a reserved range with a common number");
    }
    return SL_OK;
}

/* --- oneofs --- */

static sl_status link_oneof(sl_linker *linker, sl_oneof *oneof, const sl_message *message)
{
    sl_symbol symbol = sl_symbol_of(SL_SYMBOL_ONEOF, message->file, oneof);
    const sl_field *only = oneof->field_count == 1 ? oneof->fields[0] : NULL;
    oneof->is_synthetic = only && only->proto->proto3_optional;
    if (oneof->field_count == 0)
        return sl_link_finding(linker, SL_LINK_ONEOF_INVALID, sl_link_locate(linker, &symbol),
                               "oneof '%.*s' of '%.*s' has no field", SL_STR_ARG(oneof->name),
                               SL_STR_ARG(message->full_name));
    for (uint32_t i = 0; i < oneof->field_count && !only; i++)
        if (oneof->fields[i]->proto->proto3_optional)
            return sl_link_finding(linker, SL_LINK_PROTO3_OPTIONAL_INVALID,
                                   sl_link_locate(linker, &symbol),
                                   "oneof '%.*s' of '%.*s' has a proto3 optional field and others",
                                   SL_STR_ARG(oneof->name), SL_STR_ARG(message->full_name));
    return SL_OK;
}

/* One array for all oneofs of the message, cut into pieces: count, then place. */
static sl_status link_oneofs(sl_linker *linker, sl_message *message)
{
    sl_oneof *oneofs = (sl_oneof *)message->oneofs;
    const sl_field **members = sl_link_array(linker, const sl_field *, message->field_count);
    if (!members)
        return sl_error_no_memory(linker->err);
    for (uint32_t i = 0; i < message->field_count; i++)
        if (message->fields[i].oneof)
            oneofs[message->fields[i].oneof->index].field_count++;
    size_t next = 0;
    for (uint32_t i = 0; i < message->oneof_count; i++) {
        oneofs[i].fields = members + next;
        next += oneofs[i].field_count;
        oneofs[i].field_count = 0;
    }
    for (uint32_t i = 0; i < message->field_count; i++) {
        const sl_field *field = &message->fields[i];
        if (!field->oneof)
            continue;
        sl_oneof *oneof = &oneofs[field->oneof->index];
        if (oneof->field_count > 0 && message->fields[i - 1].oneof != oneof)
            return refuse(linker, SL_LINK_ONEOF_INVALID, message,
                          "has a oneof whose fields do not stand one behind the other");
        ((const sl_field **)oneof->fields)[oneof->field_count++] = field;
    }
    for (uint32_t i = 0; i < message->oneof_count; i++)
        SL_TRY(link_oneof(linker, &oneofs[i], message));
    return SL_OK;
}

/* --- maps and message sets --- */

static bool is_entry_field(const sl_message *entry, uint32_t index, const char *name)
{
    const sl_field *field = &entry->fields[index];
    return field->number == (int32_t)index + 1 && sl_str_is(field->name, name) &&
           field->cardinality == SL_SINGULAR && !field->oneof;
}

static sl_status check_map_entry(sl_linker *linker, const sl_message *message)
{
    bool is_entry = message->parent && message->field_count == 2 && message->message_count == 0 &&
                    message->enum_count == 0 && message->extension_count == 0 &&
                    message->extension_range_count == 0 && message->oneof_count == 0 &&
                    is_entry_field(message, 0, "key") && is_entry_field(message, 1, "value");
    if (!is_entry)
        return refuse(linker, SL_LINK_MAP_ENTRY_INVALID, message,
                      "is marked as a map entry and does not have the form of one");
    const sl_field *key = &message->fields[0], *value = &message->fields[1];
    if (key->type != 0 && !sl_field_type_is_map_key(key->type))
        return refuse(linker, SL_LINK_MAP_ENTRY_INVALID, message,
                      "is a map entry whose key is a float, bytes, an enum or a message");
    if (value->type == SL_TYPE_GROUP)
        return refuse(linker, SL_LINK_MAP_ENTRY_INVALID, message,
                      "is a map entry whose value is a group");
    if (value->enumeration && value->enumeration->value_count > 0 &&
        value->enumeration->values[0].number != 0)
        return refuse(linker, SL_LINK_MAP_ENTRY_INVALID, message,
                      "is a map entry whose value is an enum that does not begin with 0");
    return SL_OK;
}

static sl_status link_message(sl_linker *linker, sl_message *message)
{
    sl_arena *arena = &linker->schema->arena;
    SL_TRY(sort_fields(linker, message, arena, by_number, &message->by_number));
    SL_TRY(sort_fields(linker, message, arena, by_name, &message->by_name));
    SL_TRY(link_ranges(linker, message));
    SL_TRY(check_range_kinds(linker, message));
    SL_TRY(check_numbers(linker, message));
    SL_TRY(check_reserved_names(linker, message));
    SL_TRY(link_oneofs(linker, message));
    if (message->is_map_entry)
        SL_TRY(check_map_entry(linker, message));
    if (message->is_message_set && message->field_count > 0)
        return refuse(linker, SL_LINK_MESSAGE_SET_INVALID, message,
                      "is a message set and has fields");
    return SL_OK;
}

sl_status sl_link_messages(sl_linker *linker)
{
    for (size_t i = 0; i < linker->messages.count; i++)
        SL_TRY(link_message(linker, linker->messages.items[i]));
    return SL_OK;
}
