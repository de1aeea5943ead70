/* json/tree.c: looking at a parsed tree.
 *
 * A sl_json is jansson's json_t under another name, so that no header shows jansson. Nothing here takes a reference: values
 * live as long as their root, and a tree is only read, from any number of threads. */
#include "json/json.h"

#include <jansson.h>

static json_t *json_of(const sl_json *value)
{
    return (json_t *)(uintptr_t)value;
}

sl_json_kind sl_json_kind_of(const sl_json *value)
{
    switch (json_typeof(json_of(value))) {
    case JSON_OBJECT: return SL_JSON_OBJECT;
    case JSON_ARRAY: return SL_JSON_ARRAY;
    case JSON_STRING: return SL_JSON_STRING;
    case JSON_INTEGER: return SL_JSON_INTEGER;
    case JSON_REAL: return SL_JSON_REAL;
    case JSON_TRUE:
    case JSON_FALSE: return SL_JSON_BOOL;
    case JSON_NULL: break;
    }
    return SL_JSON_NULL;
}

const char *sl_json_kind_name(sl_json_kind kind)
{
    static const char *const names[] = {
        [SL_JSON_NULL] = "null",          [SL_JSON_BOOL] = "a boolean",
        [SL_JSON_INTEGER] = "an integer", [SL_JSON_REAL] = "a number with a fraction or exponent",
        [SL_JSON_STRING] = "a string",    [SL_JSON_ARRAY] = "an array",
        [SL_JSON_OBJECT] = "an object",
    };
    return (unsigned)kind < SL_ARRAY_LEN(names) ? names[kind] : "unknown";
}

sl_str sl_json_string(const sl_json *value)
{
    if (!json_is_string(json_of(value)))
        return SL_STR("");
    return (sl_str){json_string_value(json_of(value)), json_string_length(json_of(value))};
}

int64_t sl_json_integer(const sl_json *value)
{
    return json_integer_value(json_of(value));
}

bool sl_json_bool(const sl_json *value)
{
    return json_is_true(json_of(value));
}

size_t sl_json_array_count(const sl_json *array)
{
    return json_array_size(json_of(array));
}

const sl_json *sl_json_array_at(const sl_json *array, size_t index)
{
    return (const sl_json *)json_array_get(json_of(array), index);
}

const sl_json *sl_json_member(const sl_json *object, const char *name)
{
    return (const sl_json *)json_object_get(json_of(object), name);
}

bool sl_json_object_next(const sl_json *object, void **iterator, sl_str *ret_name,
                         const sl_json **ret_value)
{
    json_t *json = json_of(object);
    *iterator = *iterator ? json_object_iter_next(json, *iterator) : json_object_iter(json);
    if (!*iterator)
        return false;
    *ret_name = sl_str_from(json_object_iter_key(*iterator));
    *ret_value = (const sl_json *)json_object_iter_value(*iterator);
    return true;
}
