/* compiler/check_json.c: enum values that are written to JSON as something else than their name.
 *
 *   ARMOR_HACHI = 8 [(pb.enumvalue.json).string = "hachi"];
 *
 * What is read from JSON must lead back to one number: such a string is no other value's name or string, is not an integer with
 * another meaning, and is the same for all aliases. These are protoc's rules (edition 2026). The option is the extension pb.enumvalue.json of
 * google.protobuf.EnumValueOptions; an enum without it costs one look at each value's options. */
#include "compiler/internal/check.h"
#include "wire/wire.h"

enum { VALUE_JSON = 998, JSON_STRING = 1 };

/* data NULL: it has none. */
static sl_str json_string_of(const sl_enum_value *value)
{
    sl_bytes json, string;
    if (!sl_options_find_bytes(value->proto->options, VALUE_JSON, &json) ||
        !sl_options_find_bytes(json, JSON_STRING, &string))
        return (sl_str){0};
    return string.data ? sl_bytes_str(string) : SL_STR("");
}

static bool has_json_strings(const sl_check *check, const sl_enum *enumeration)
{
    bool has_some = false;
    for (uint32_t i = 0; i < enumeration->value_count && !has_some; i++)
        has_some = json_string_of(&enumeration->values[i]).data != NULL;
    const sl_message *options =
        has_some ? sl_schema_find_message(check->draft, SL_STR("google.protobuf.EnumValueOptions"))
                 : NULL;
    const sl_field *json = options ? sl_message_find_extension(options, VALUE_JSON) : NULL;
    return json && sl_str_is(json->full_name, "pb.enumvalue.json");
}

static void tell(sl_check *check, const sl_enum_mark *mark, const sl_enum_value *value,
                 const char *problem, sl_str other)
{
    sl_diag(check->diags, &check->unit->source, mark->values[value->index].name,
            SL_DIAG_JSON_STRING, value->name, sl_str_from(problem), other);
}

/* With space around and a sign in front, as protoc's parser of JSON takes it. */
static bool is_other_integer(sl_str text, int32_t number)
{
    int64_t value;
    sl_str trimmed = sl_str_trim(text);
    if (trimmed.len > 1 && trimmed.data[0] == '+' && trimmed.data[1] != '-')
        trimmed = (sl_str){trimmed.data + 1, trimmed.len - 1};
    return sl_str_to_i64(trimmed, &value) && value >= INT32_MIN && value <= INT32_MAX &&
           value != number;
}

static bool is_same(sl_str a, sl_str b)
{
    return (a.data == NULL) == (b.data == NULL) && sl_str_equal(a, b);
}

typedef struct json_names {
    sl_map names, strings; /* → sl_enum_value, the first with it */
} json_names;

static void check_string(sl_check *check, const sl_enum_mark *mark, const sl_enum_value *value,
                         json_names *known)
{
    void *first = NULL;
    sl_str string = json_string_of(value);
    if (!string.data)
        return;
    const sl_enum_value *named = sl_map_get(&known->names, string);
    if (memchr(string.data, 0, string.len))
        tell(check, mark, value, "has a NUL byte in it", (sl_str){0});
    if (is_other_integer(string, value->number))
        tell(check, mark, value, "is an integer that means another number", (sl_str){0});
    if (named && named->number != value->number)
        tell(check, mark, value, "is the name of another value", named->name);
    sl_status status = sl_map_add(&known->strings, string, (void *)value, &first);
    if (status == SL_NO_MEMORY)
        check->diags->no_memory = true;
    else if (status == SL_EXISTS && ((const sl_enum_value *)first)->number != value->number)
        tell(check, mark, value, "is that of another value", ((const sl_enum_value *)first)->name);
}

void sl_check_json_strings(sl_check *check, const sl_enum *enumeration, const sl_enum_mark *mark)
{
    json_names known = {0};
    if (!has_json_strings(check, enumeration))
        return;
    for (uint32_t i = 0; i < enumeration->value_count; i++)
        if (sl_map_set(&known.names, enumeration->values[i].name,
                       (void *)&enumeration->values[i]) != SL_OK)
            check->diags->no_memory = true;
    for (uint32_t i = 0; i < enumeration->value_count; i++) {
        const sl_enum_value *value = &enumeration->values[i];
        const sl_enum_value *first = sl_enum_find_value(enumeration, value->number);
        if (first && !is_same(json_string_of(first), json_string_of(value)))
            tell(check, mark, value, "is not that of the value that it is an alias of",
                 first->name);
        check_string(check, mark, value, &known);
    }
    sl_map_done(&known.names);
    sl_map_done(&known.strings);
}
