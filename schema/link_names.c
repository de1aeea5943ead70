/* schema/link_names.c: a late pass: names that are different, and become the same one in other languages and in JSON.
 *
 *   JSON names    two fields of a message have one name in JSON: both by derivation (a_b and aB), whether or not a json_name stands over it,
 *                 since field masks use only the derived one; or with json_name taken into account
 *   enum values   two values have one name once the enum's own is taken off and case and underscores are as in generated code
 *                 (FOO_BAR and BAR in enum Foo), and are no aliases
 *   reserved      one name reserved twice
 *
 * The rules, and where they only warn, are protoc's (CheckFieldJsonNameUniqueness, CheckEnumValueUniqueness): JSON that is only a best
 * effort may have conflicts as long as nobody chose the name; files with deprecated_legacy_json_field_conflicts are left alone, or warned
 * of. Each conflict is told against the first that has the name. Everything is a sort and a walk. */
#include "schema/internal/linker.h"

#include <stdlib.h>

enum { MESSAGE_LEGACY_JSON_CONFLICTS = 11, ENUM_LEGACY_JSON_CONFLICTS = 6 };

static bool option_is_set(sl_bytes options, uint32_t number)
{
    uint64_t value;
    return sl_options_find_varint(options, number, &value) && value != 0;
}

/* Names of one element at a time: reset behind it. */
typedef struct name_pass {
    sl_linker *linker;
    sl_arena arena;
} name_pass;

/* --- JSON names --- */

typedef struct json_name {
    sl_str name;
    const sl_field *field;
    bool is_custom;
} json_name;

static int by_json_name(const void *a, const void *b)
{
    const json_name *left = a, *right = b;
    int order = sl_str_compare(left->name, right->name);
    if (order != 0)
        return order;
    return left->field->index < right->field->index ? -1 : left->field->index > right->field->index;
}

static sl_symbol field_symbol(const sl_field *field)
{
    return sl_symbol_of(SL_SYMBOL_FIELD, field->file, field);
}

static sl_status tell_json_conflict(sl_linker *linker, const sl_message *message,
                                    const json_name *first, const json_name *second)
{
    sl_symbol symbol = field_symbol(second->field), other = field_symbol(first->field);
    bool is_best_effort = message->features.json_format != SL_JSON_ALLOW;
    bool are_custom = first->is_custom && second->is_custom;
    sl_severity severity = is_best_effort && !are_custom ? SL_SEVERITY_WARNING : SL_SEVERITY_ERROR;
    sl_link_place place = {
        severity,
        sl_link_locate_part(linker, &symbol,
                            second->is_custom ? SL_PART_FIELD_JSON_NAME : SL_PART_NAME),
        sl_link_locate_part(linker, &other,
                            first->is_custom ? SL_PART_FIELD_JSON_NAME : SL_PART_NAME)};
    return sl_link_finding_of(linker, SL_LINK_JSON_NAME_CONFLICT, &place,
                              "field '%.*s' has JSON name '%.*s', as '%.*s' has",
                              SL_STR_ARG(second->field->full_name), SL_STR_ARG(second->name),
                              SL_STR_ARG(first->field->name));
}

/* Conflicts between derived names were told in the first round, where none is custom. */
static sl_status check_json_round(sl_linker *linker, const sl_message *message, json_name *names,
                                  bool is_custom_round)
{
    uint32_t first = 0;
    qsort(names, message->field_count, sizeof *names, by_json_name);
    for (uint32_t i = 1; i < message->field_count; i++) {
        if (!sl_str_equal(names[first].name, names[i].name)) {
            first = i;
            continue;
        }
        if (is_custom_round && !names[first].is_custom && !names[i].is_custom)
            continue;
        SL_TRY(tell_json_conflict(linker, message, &names[first], &names[i]));
    }
    return SL_OK;
}

/* "[a.b]" is how JSON names an extension. */
static sl_status check_brackets(sl_linker *linker, const sl_field *field)
{
    sl_str name = field->json_name;
    if (!sl_str_starts_with(name, SL_STR("[")) || !sl_str_ends_with(name, SL_STR("]")))
        return SL_OK;
    sl_symbol symbol = field_symbol(field);
    return sl_link_finding(linker, SL_LINK_JSON_NAME_INVALID,
                           sl_link_locate_part(linker, &symbol, SL_PART_FIELD_JSON_NAME),
                           "field '%.*s' has JSON name '%.*s', which would be an extension",
                           SL_STR_ARG(field->full_name), SL_STR_ARG(name));
}

static sl_status check_json_names(name_pass *pass, const sl_message *message)
{
    sl_linker *linker = pass->linker;
    bool has_custom = false;
    if (option_is_set(message->proto->options, MESSAGE_LEGACY_JSON_CONFLICTS))
        return SL_OK;
    json_name *names = sl_arena_array(&pass->arena, json_name, message->field_count);
    if (!names)
        return sl_error_no_memory(linker->err);
    for (uint32_t i = 0; i < message->field_count; i++) {
        const sl_field *field = &message->fields[i];
        char *text = sl_arena_alloc(&pass->arena, field->name.len + 1);
        if (!text)
            return sl_error_no_memory(linker->err);
        names[i].field = field;
        names[i].name = (sl_str){text, sl_link_derive_json_name(field->name, text)};
        bool is_custom = !sl_str_equal(names[i].name, field->json_name);
        if (is_custom)
            SL_TRY(check_brackets(linker, field));
        has_custom = has_custom || is_custom;
    }
    SL_TRY(check_json_round(linker, message, names, false));
    for (uint32_t i = 0; i < message->field_count; i++) {
        names[i].is_custom = !sl_str_equal(names[i].name, names[i].field->json_name);
        names[i].name = names[i].field->json_name;
    }
    return has_custom ? check_json_round(linker, message, names, true) : SL_OK;
}

/* --- enum values --- */

typedef struct value_name {
    sl_str name;
    const sl_enum_value *value;
} value_name;

static int by_value_name(const void *a, const void *b)
{
    const value_name *left = a, *right = b;
    int order = sl_str_compare(left->name, right->name);
    if (order != 0)
        return order;
    return left->value->index < right->value->index ? -1 : left->value->index > right->value->index;
}

static char to_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static char to_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

/* `name` without the enum's name in front, case and underscores aside; as it is if nothing would be left. */
static sl_str strip_prefix(sl_str name, sl_str prefix)
{
    size_t at = 0, matched = 0;
    for (; at < name.len && matched < prefix.len; at++) {
        if (name.data[at] == '_')
            continue;
        while (matched < prefix.len && prefix.data[matched] == '_')
            matched++;
        if (matched == prefix.len)
            break;
        if (to_lower(name.data[at]) != to_lower(prefix.data[matched++]))
            return name;
    }
    while (matched < prefix.len && prefix.data[matched] == '_')
        matched++;
    while (at < name.len && name.data[at] == '_')
        at++;
    if (matched < prefix.len || at == name.len)
        return name;
    return (sl_str){name.data + at, name.len - at};
}

/* FOO_BAR → FooBar */
static size_t to_pascal_case(sl_str name, char *text)
{
    size_t len = 0;
    bool is_upper_next = true;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        if (c != '_')
            text[len++] = is_upper_next ? to_upper(c) : to_lower(c);
        is_upper_next = c == '_';
    }
    return len;
}

static sl_status tell_value_conflict(sl_linker *linker, const sl_enum *enumeration,
                                     const value_name *first, const value_name *second)
{
    sl_symbol symbol = {SL_SYMBOL_ENUM_VALUE, enumeration->file, second->value, enumeration};
    sl_symbol other = {SL_SYMBOL_ENUM_VALUE, enumeration->file, first->value, enumeration};
    bool is_legacy = enumeration->file->edition == SL_EDITION_PROTO2 &&
                     option_is_set(enumeration->proto->options, ENUM_LEGACY_JSON_CONFLICTS);
    sl_link_place place = {is_legacy ? SL_SEVERITY_WARNING : SL_SEVERITY_ERROR,
                           sl_link_locate_part(linker, &symbol, SL_PART_NAME),
                           sl_link_locate_part(linker, &other, SL_PART_NAME)};
    return sl_link_finding_of(
        linker, SL_LINK_ENUM_VALUE_CONFLICT, &place,
        "enum value '%.*s' is called '%.*s' without the name of its enum, as '%.*s' is",
        SL_STR_ARG(second->value->full_name), SL_STR_ARG(second->name),
        SL_STR_ARG(first->value->name));
}

static sl_status check_value_names(name_pass *pass, const sl_enum *enumeration)
{
    sl_linker *linker = pass->linker;
    uint32_t count = enumeration->value_count, first = 0;
    value_name *names = sl_arena_array(&pass->arena, value_name, count);
    if (!names)
        return sl_error_no_memory(linker->err);
    for (uint32_t i = 0; i < count; i++) {
        const sl_enum_value *value = &enumeration->values[i];
        sl_str stripped = strip_prefix(value->name, enumeration->name);
        char *text = sl_arena_alloc(&pass->arena, stripped.len + 1);
        if (!text)
            return sl_error_no_memory(linker->err);
        names[i] = (value_name){{text, to_pascal_case(stripped, text)}, value};
    }
    qsort(names, count, sizeof *names, by_value_name);
    for (uint32_t i = 1; i < count; i++) {
        if (!sl_str_equal(names[first].name, names[i].name))
            first = i;
        else if (names[first].value->number != names[i].value->number)
            SL_TRY(tell_value_conflict(linker, enumeration, &names[first], &names[i]));
    }
    return SL_OK;
}

/* --- reserved names --- */

typedef struct reserved_names {
    const sl_str *names;
    uint32_t count;
    const sl_symbol *symbol;
    sl_str of;
    sl_link_list list;
} reserved_names;

static sl_status check_reserved(sl_linker *linker, const reserved_names *reserved)
{
    if (reserved->count < 2)
        return SL_OK;
    sl_cleanup(sl_map_done) sl_map seen = {0};
    for (uint32_t i = 0; i < reserved->count; i++) {
        sl_str name = reserved->names[i];
        sl_status status = sl_map_add(&seen, name, (void *)reserved, NULL);
        if (status == SL_EXISTS)
            SL_TRY(sl_link_finding(linker, SL_LINK_RESERVED_TWICE,
                                   sl_link_locate_item(linker, reserved->symbol, reserved->list, i),
                                   "'%.*s' reserves the name '%.*s' twice",
                                   SL_STR_ARG(reserved->of), SL_STR_ARG(name)));
        else if (status != SL_OK)
            return sl_error_no_memory(linker->err);
    }
    return SL_OK;
}

/* --- the pass --- */

static sl_status check_enums(name_pass *pass, const sl_enum *enums, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const sl_enum *enumeration = &enums[i];
        sl_symbol symbol = sl_symbol_of(SL_SYMBOL_ENUM, enumeration->file, enumeration);
        reserved_names reserved = {enumeration->proto->reserved_names.items,
                                   enumeration->proto->reserved_names.count, &symbol,
                                   enumeration->full_name, SL_LIST_ENUM_RESERVED_NAME};
        SL_TRY(check_reserved(pass->linker, &reserved));
        SL_TRY(check_value_names(pass, enumeration));
        sl_arena_reset(&pass->arena);
    }
    return SL_OK;
}

static sl_status check_message(name_pass *pass, const sl_message *message)
{
    sl_symbol symbol = sl_symbol_of(SL_SYMBOL_MESSAGE, message->file, message);
    reserved_names reserved = {message->proto->reserved_names.items,
                               message->proto->reserved_names.count, &symbol, message->full_name,
                               SL_LIST_MESSAGE_RESERVED_NAME};
    SL_TRY(check_reserved(pass->linker, &reserved));
    SL_TRY(check_json_names(pass, message));
    sl_arena_reset(&pass->arena);
    return check_enums(pass, message->enums, message->enum_count);
}

static sl_status check_all(name_pass *pass)
{
    sl_linker *linker = pass->linker;
    for (size_t i = 0; i < linker->schema->file_count; i++) {
        const sl_file *file = linker->schema->ordered[i];
        if (!sl_link_is_checked(linker, file))
            SL_TRY(check_enums(pass, file->enums, file->enum_count));
    }
    for (size_t i = 0; i < linker->messages.count; i++)
        if (!sl_link_is_checked(linker, linker->messages.items[i]->file))
            SL_TRY(check_message(pass, linker->messages.items[i]));
    return SL_OK;
}

sl_status sl_link_names(sl_linker *linker)
{
    name_pass pass = {.linker = linker};
    sl_status status = check_all(&pass);
    sl_arena_done(&pass.arena);
    return status;
}
