/* json/copy.c: a parsed value, written again.
 *
 * For programs that pass on what somebody else said, with something of their own beside it. Depth is bounded: the tree came from
 * sl_json_parse(), and the writer fails its buffer beyond its own levels. */
#include "json/json.h"

#include <jansson.h>

static void put_object(sl_json_writer *writer, const char *name, const sl_json *object)
{
    void *iterator = NULL;
    sl_str member;
    const sl_json *value;
    sl_json_put_object(writer, name);
    while (sl_json_object_next(object, &iterator, &member, &value)) {
        sl_json_put_name(writer, member);
        sl_json_put_value(writer, NULL, value);
    }
    sl_json_end_object(writer);
}

static void put_array(sl_json_writer *writer, const char *name, const sl_json *array)
{
    sl_json_put_array(writer, name);
    for (size_t i = 0; i < sl_json_array_count(array); i++)
        sl_json_put_value(writer, NULL, sl_json_array_at(array, i));
    sl_json_end_array(writer);
}

void sl_json_put_value(sl_json_writer *writer, const char *name, const sl_json *value)
{
    switch (sl_json_kind_of(value)) {
    case SL_JSON_NULL: sl_json_put_null(writer, name); return;
    case SL_JSON_BOOL: sl_json_put_bool(writer, name, sl_json_bool(value)); return;
    case SL_JSON_INTEGER: sl_json_put_integer(writer, name, sl_json_integer(value)); return;
    case SL_JSON_REAL:
        sl_json_put_double(writer, name, json_real_value((const json_t *)value));
        return;
    case SL_JSON_STRING: sl_json_put_string(writer, name, sl_json_string(value)); return;
    case SL_JSON_ARRAY: put_array(writer, name, value); return;
    case SL_JSON_OBJECT: put_object(writer, name, value); return;
    }
}
