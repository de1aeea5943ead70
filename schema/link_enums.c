/* schema/link_enums.c: the sixth pass: values and ranges of enums; and ranges in general, which messages share.
 *
 * Of several values with one number (aliases) the first that is declared is the one that the number stands for, in JSON as in messages. */
#include "schema/internal/linker.h"

#include <stdlib.h>

/* --- ranges --- */

static int by_start(const void *a, const void *b)
{
    const sl_range *left = a, *right = b;
    return left->start < right->start ? -1 : left->start > right->start;
}

/* Both ends inclusive; false if the range is none. */
static bool read_range(const sl_range_source *source, const sl_range_proto *proto,
                       sl_range *ret_range)
{
    int64_t end = (int64_t)proto->end - source->is_end_exclusive;
    if (proto->start < source->least || end > source->most || end < proto->start)
        return false;
    *ret_range = (sl_range){proto->start, (int32_t)end, proto};
    return true;
}

static sl_location locate_range(sl_linker *linker, const sl_range_source *source,
                                const sl_range_proto *proto)
{
    return sl_link_locate_item(linker, source->symbol, source->list,
                               (uint32_t)(proto - source->protos));
}

static sl_status check_overlap(sl_linker *linker, const sl_range_source *source,
                               const sl_range *ranges, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++)
        if (ranges[i].start <= ranges[i - 1].end)
            SL_TRY(sl_link_finding(
                linker, SL_LINK_RANGE_OVERLAP, locate_range(linker, source, ranges[i].proto),
                "%s %d to %d of '%.*s' overlaps %d to %d", source->kind, ranges[i].start,
                ranges[i].end, SL_STR_ARG(source->of), ranges[i - 1].start, ranges[i - 1].end));
    return SL_OK;
}

sl_status sl_link_ranges(sl_linker *linker, const sl_range_source *source,
                         const sl_range **ret_ranges)
{
    sl_range *ranges = sl_link_array(linker, sl_range, source->count);
    if (!ranges)
        return sl_error_no_memory(linker->err);
    *ret_ranges = ranges;
    uint32_t sound = 0;
    for (uint32_t i = 0; i < source->count; i++) {
        const sl_range_proto *proto = &source->protos[i];
        if (read_range(source, proto, &ranges[sound])) {
            sound++;
            continue;
        }
        SL_TRY(sl_link_finding(linker, SL_LINK_RANGE_INVALID, locate_range(linker, source, proto),
                               "%s of '%.*s' begins at %d and ends %s %d", source->kind,
                               SL_STR_ARG(source->of), proto->start,
                               source->is_end_exclusive ? "before" : "at", proto->end));
    }
    qsort(ranges, sound, sizeof *ranges, by_start);
    return check_overlap(linker, source, ranges, sound);
}

/* --- values --- */

static int by_number(const void *a, const void *b)
{
    const sl_enum_value *left = *(const sl_enum_value *const *)a;
    const sl_enum_value *right = *(const sl_enum_value *const *)b;
    if (left->number != right->number)
        return left->number < right->number ? -1 : 1;
    return left->index < right->index ? -1 : left->index > right->index;
}

static sl_symbol value_symbol(const sl_enum *enumeration, const sl_enum_value *value)
{
    return (sl_symbol){SL_SYMBOL_ENUM_VALUE, enumeration->file, value, .owner = enumeration};
}

static sl_status sort_values(sl_linker *linker, sl_enum *enumeration)
{
    uint32_t count = enumeration->value_count;
    const sl_enum_value **sorted = sl_link_array(linker, const sl_enum_value *, count);
    if (!sorted)
        return sl_error_no_memory(linker->err);
    for (uint32_t i = 0; i < count; i++)
        sorted[i] = &enumeration->values[i];
    qsort(sorted, count, sizeof *sorted, by_number);
    enumeration->by_number = sorted;
    return SL_OK;
}

static sl_status check_value(sl_linker *linker, const sl_enum *enumeration, uint32_t at)
{
    const sl_enum_value *value = enumeration->by_number[at];
    const sl_enum_value *before = at > 0 ? enumeration->by_number[at - 1] : NULL;
    sl_symbol symbol = value_symbol(enumeration, value);
    const sl_range *reserved = sl_range_find(enumeration->reserved_ranges,
                                             enumeration->reserved_range_count, value->number);
    if (reserved) {
        sl_link_hint_enum_number(linker, enumeration);
        SL_TRY(sl_link_finding(linker, SL_LINK_ENUM_VALUE_RESERVED,
                               sl_link_locate_part(linker, &symbol, SL_PART_VALUE_NUMBER),
                               "enum value '%.*s' has number %d, which is reserved (%d to %d)",
                               SL_STR_ARG(value->full_name), value->number, reserved->start,
                               reserved->end));
    }
    if (!before || before->number != value->number || enumeration->allows_alias)
        return SL_OK;
    sl_symbol first = value_symbol(enumeration, before);
    sl_link_hint_enum_number(linker, enumeration);
    return sl_link_finding_pair(linker, SL_LINK_ENUM_VALUE_DUPLICATE,
                                sl_link_locate_part(linker, &symbol, SL_PART_VALUE_NUMBER),
                                sl_link_locate_part(linker, &first, SL_PART_VALUE_NUMBER),
                                "enum value '%.*s' has number %d, as '%.*s' has",
                                SL_STR_ARG(value->full_name), value->number,
                                SL_STR_ARG(before->name));
}

/* A reserved name is looked for among the short names of the values; most enums reserve none. */
static sl_status check_reserved_names(sl_linker *linker, const sl_enum *enumeration)
{
    if (enumeration->proto->reserved_names.count == 0)
        return SL_OK;
    sl_cleanup(sl_map_done) sl_map names = {0};
    for (uint32_t i = 0; i < enumeration->value_count; i++)
        if (sl_map_set(&names, enumeration->values[i].name, (void *)&enumeration->values[i]) !=
            SL_OK)
            return sl_error_no_memory(linker->err);
    for (uint32_t i = 0; i < enumeration->proto->reserved_names.count; i++) {
        sl_str name = enumeration->proto->reserved_names.items[i];
        const sl_enum_value *value = sl_map_get(&names, name);
        if (!value)
            continue;
        sl_symbol symbol = value_symbol(enumeration, value);
        SL_TRY(sl_link_finding(linker, SL_LINK_ENUM_VALUE_RESERVED, sl_link_locate(linker, &symbol),
                               "enum value '%.*s' has a reserved name",
                               SL_STR_ARG(value->full_name)));
    }
    return SL_OK;
}

static sl_status link_enum(sl_linker *linker, sl_enum *enumeration)
{
    sl_symbol symbol = sl_symbol_of(SL_SYMBOL_ENUM, enumeration->file, enumeration);
    const sl_enum_proto *proto = enumeration->proto;
    sl_range_source source = {.protos = proto->reserved_ranges.items,
                              .count = proto->reserved_ranges.count,
                              .least = INT32_MIN,
                              .most = INT32_MAX,
                              .list = SL_LIST_ENUM_RESERVED_RANGE,
                              .symbol = &symbol,
                              .of = enumeration->full_name,
                              .kind = "reserved range"};
    SL_TRY(sl_link_ranges(linker, &source, &enumeration->reserved_ranges));
    enumeration->reserved_range_count = source.count;
    SL_TRY(sort_values(linker, enumeration));
    if (enumeration->value_count == 0)
        return sl_link_finding(linker, SL_LINK_ENUM_EMPTY, sl_link_locate(linker, &symbol),
                               "enum '%.*s' has no value", SL_STR_ARG(enumeration->full_name));
    if (!enumeration->is_closed && enumeration->values[0].number != 0)
        SL_TRY(sl_link_finding(linker, SL_LINK_ENUM_FIRST_NOT_ZERO, sl_link_locate(linker, &symbol),
                               "enum '%.*s' is open and begins with %d",
                               SL_STR_ARG(enumeration->full_name), enumeration->values[0].number));
    for (uint32_t i = 0; i < enumeration->value_count; i++)
        SL_TRY(check_value(linker, enumeration, i));
    return check_reserved_names(linker, enumeration);
}

static sl_status link_enums(sl_linker *linker, const sl_enum *enums, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        SL_TRY(link_enum(linker, (sl_enum *)&enums[i]));
    return SL_OK;
}

sl_status sl_link_enums(sl_linker *linker)
{
    for (size_t i = 0; i < linker->schema->file_count; i++) {
        const sl_file *file = linker->schema->ordered[i];
        SL_TRY(link_enums(linker, file->enums, file->enum_count));
    }
    for (size_t i = 0; i < linker->messages.count; i++) {
        const sl_message *message = linker->messages.items[i];
        SL_TRY(link_enums(linker, message->enums, message->enum_count));
    }
    return SL_OK;
}
