/* compiler/check_style.c: names as the feature enforce_naming_style wants them.
 *
 *   STYLE2024   messages, enums, services and methods in TitleCase, fields, oneofs and packages in lower_snake_case, enum values in
 *               UPPER_SNAKE_CASE; an underscore stands before a letter
 *   STYLE2026   the same, and no field or oneof whose name generated code makes of another's: has_foo beside foo, or "descriptor"
 *
 * The feature is inherited; what has it of its own and is not resolved by the linker (values, services, methods) is looked up in raw
 * options. */
#include "compiler/internal/check.h"

enum {
    FEATURE_NAMING_STYLE = 7,
    VALUE_FEATURES = 2,
    SERVICE_FEATURES = 34,
    METHOD_FEATURES = 35,
};

typedef enum letter_case { TITLE_CASE, LOWER_SNAKE_CASE, UPPER_SNAKE_CASE } letter_case;

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static char to_upper(char c)
{
    return is_lower(c) ? (char)(c - 'a' + 'A') : c;
}

static char to_lower(char c)
{
    return is_upper(c) ? (char)(c - 'A' + 'a') : c;
}

/* --- the case of letters --- */

static bool is_of_case(char c, letter_case wanted)
{
    switch (wanted) {
    case TITLE_CASE: return is_lower(c) || is_upper(c) || is_digit(c);
    case LOWER_SNAKE_CASE: return is_lower(c) || is_digit(c) || c == '_' || c == '.';
    case UPPER_SNAKE_CASE: return is_upper(c) || is_digit(c) || c == '_';
    }
    return false;
}

/* Dots are those of a package, whose name is judged as one. NULL: nothing is wrong with it. */
static const char *problem_of(sl_str name, letter_case wanted)
{
    static const char *const names[] = {"is not in TitleCase", "is not in lower_snake_case",
                                        "is not in UPPER_SNAKE_CASE"};
    for (size_t i = 0; i < name.len; i++)
        if (!is_of_case(name.data[i], wanted))
            return names[wanted];
    bool is_small = wanted == LOWER_SNAKE_CASE;
    if (name.len > 0 && !(is_small ? is_lower(name.data[0]) : is_upper(name.data[0])))
        return is_small ? "does not begin with a small letter"
                        : "does not begin with a capital letter";
    for (size_t i = 0; i < name.len; i++) {
        char next = i + 1 < name.len ? name.data[i + 1] : '\0';
        if (name.data[i] == '_' && !is_lower(next) && !is_upper(next))
            return "has an underscore that is not before a letter";
    }
    return NULL;
}

/* fooBar_2 → FooBar2, foo_bar2, FOO_BAR2 */
static void append_in_case(sl_buf *buf, sl_str name, letter_case wanted)
{
    bool is_start = true;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool is_hump =
            is_upper(c) && i > 0 && (is_lower(name.data[i - 1]) || is_digit(name.data[i - 1]));
        if (c == '_') {
            is_start = true;
            continue;
        }
        bool is_word = (is_start || is_hump) && (is_lower(c) || is_upper(c));
        if (wanted != TITLE_CASE && is_word && buf->len > 0 && c != '.')
            sl_buf_append_byte(buf, '_');
        if (wanted == TITLE_CASE)
            c = is_start ? to_upper(c) : c;
        else
            c = wanted == LOWER_SNAKE_CASE ? to_lower(c) : to_upper(c);
        sl_buf_append_byte(buf, (uint8_t)c);
        is_start = false;
    }
}

typedef struct style_name {
    const char *kind;
    sl_str name;
    letter_case wanted;
    uint8_t style;
} style_name;

/* A name that can be pasted, unless there is none or it would be no better. */
static void check_case(sl_check *check, const style_name *it, sl_span at)
{
    if (it->style != SL_STYLE_2024 && it->style != SL_STYLE_2026)
        return;
    const char *problem = problem_of(it->name, it->wanted);
    if (!problem)
        return;
    sl_buf_clear(&check->text);
    append_in_case(&check->text, it->name, it->wanted);
    sl_str better = sl_buf_str(&check->text);
    bool is_better =
        better.len > 0 && !problem_of(better, it->wanted) && !sl_str_contains(better, SL_STR("."));
    sl_diag(check->diags, &check->unit->source, at, SL_DIAG_NAME_STYLE, sl_str_from(it->kind),
            it->name, sl_str_from(problem), is_better ? better : (sl_str){0});
}

/* Of an element that is not linked with features: what it says itself, or what is around it. */
static uint8_t style_in(sl_bytes options, uint32_t number, uint8_t inherited)
{
    sl_bytes features;
    uint64_t style;
    if (!sl_options_find_bytes(options, number, &features) ||
        !sl_options_find_varint(features, FEATURE_NAMING_STYLE, &style))
        return inherited;
    return (uint8_t)style;
}

/* --- names that generated code makes --- */

static bool has_oneof(sl_check *check, const sl_message *message, sl_str name)
{
    if (check->of_oneofs != message) {
        sl_map_clear(&check->oneofs);
        check->of_oneofs = message;
        for (uint32_t i = 0; i < message->oneof_count; i++)
            if (sl_map_set(&check->oneofs, message->oneofs[i].name, (void *)message) != SL_OK)
                check->diags->no_memory = true;
    }
    return sl_map_get(&check->oneofs, name) != NULL;
}

static bool has_member(sl_check *check, const sl_message *message, sl_str name)
{
    return name.len > 0 &&
           (sl_message_find_field_by_name(message, name) || has_oneof(check, message, name));
}

/* The member that `name` is made of; absent if there is none. */
static sl_str made_of(sl_check *check, const sl_message *message, sl_str name)
{
    static const char *const prefixes[] = {"has_", "get_", "set_", "clear_"};
    sl_str suffix = SL_STR("_value");
    for (size_t i = 0; i < SL_ARRAY_LEN(prefixes); i++) {
        sl_str prefix = sl_str_from(prefixes[i]);
        sl_str rest = {name.data + prefix.len, name.len - prefix.len};
        if (sl_str_starts_with(name, prefix) && has_member(check, message, rest))
            return rest;
    }
    sl_str start = {name.data, name.len - suffix.len};
    if (sl_str_ends_with(name, suffix) && has_member(check, message, start))
        return start;
    return (sl_str){0};
}

static void check_member(sl_check *check, const sl_message *message, const style_name *it,
                         sl_span at)
{
    check_case(check, it, at);
    if (it->style != SL_STYLE_2026 || problem_of(it->name, it->wanted))
        return;
    sl_str other = message ? made_of(check, message, it->name) : (sl_str){0};
    if (other.data)
        sl_diag(check->diags, &check->unit->source, at, SL_DIAG_NAME_COLLISION,
                sl_str_from(it->kind), it->name, other);
    else if (sl_str_is(it->name, "descriptor"))
        sl_diag(check->diags, &check->unit->source, at, SL_DIAG_NAME_DESCRIPTOR,
                sl_str_from(it->kind));
}

/* --- elements --- */

void sl_check_package_style(sl_check *check)
{
    style_name name = {"package", check->file->package, LOWER_SNAKE_CASE,
                       check->file->features.enforce_naming_style};
    if (name.name.len > 0)
        check_case(check, &name, check->unit->marks.package);
}

void sl_check_message_style(sl_check *check, const sl_message *message, sl_span at)
{
    style_name name = {"message", message->name, TITLE_CASE,
                       message->features.enforce_naming_style};
    check_case(check, &name, at);
}

void sl_check_field_style(sl_check *check, const sl_field *field, sl_span at)
{
    style_name name = {field->is_extension ? "extension" : "field", field->name, LOWER_SNAKE_CASE,
                       field->features.enforce_naming_style};
    check_member(check, field->is_extension ? field->extendee : field->parent, &name, at);
}

void sl_check_oneof_style(sl_check *check, const sl_oneof *oneof, sl_span at)
{
    style_name name = {"oneof", oneof->name, LOWER_SNAKE_CASE,
                       oneof->features.enforce_naming_style};
    check_member(check, oneof->parent, &name, at);
}

void sl_check_enum_style(sl_check *check, const sl_enum *enumeration, const sl_enum_mark *mark)
{
    style_name name = {"enum", enumeration->name, TITLE_CASE,
                       enumeration->features.enforce_naming_style};
    check_case(check, &name, mark->name);
    for (uint32_t i = 0; i < enumeration->value_count; i++) {
        const sl_enum_value *value = &enumeration->values[i];
        style_name it = {"enum value", value->name, UPPER_SNAKE_CASE,
                         style_in(value->proto->options, VALUE_FEATURES, name.style)};
        check_case(check, &it, mark->values[i].name);
    }
}

void sl_check_service_style(sl_check *check, const sl_service *service, const sl_service_mark *mark)
{
    style_name name = {"service", service->name, TITLE_CASE,
                       style_in(service->proto->options, SERVICE_FEATURES,
                                service->file->features.enforce_naming_style)};
    check_case(check, &name, mark->name);
    for (uint32_t i = 0; i < service->method_count; i++) {
        const sl_method *method = &service->methods[i];
        style_name it = {"method", method->name, TITLE_CASE,
                         style_in(method->proto->options, METHOD_FEATURES, name.style)};
        check_case(check, &it, mark->methods[i].name);
    }
}
