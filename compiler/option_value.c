/* compiler/option_value.c: `option name = VALUE;` where the value is one token.
 *
 * Nothing is converted: a bool is `true` or `false`, an enum value is a name, a string is quoted, an integer has no point and fits.
 * In text format (option_text.c) other rules hold, as in protoc. */
#include "compiler/internal/option_impl.h"

#include <math.h>

enum { ENUM_INDEX_FROM = 64 }; /* values from which on names are indexed */

static bool takes_32_bits(const sl_field *field)
{
    switch (field->type) {
    case SL_TYPE_INT32:
    case SL_TYPE_SINT32:
    case SL_TYPE_SFIXED32:
    case SL_TYPE_UINT32:
    case SL_TYPE_FIXED32:
    case SL_TYPE_ENUM: return true;
    default: return false;
    }
}

static bool is_unsigned(const sl_field *field)
{
    switch (field->type) {
    case SL_TYPE_UINT32:
    case SL_TYPE_UINT64:
    case SL_TYPE_FIXED32:
    case SL_TYPE_FIXED64: return true;
    default: return false;
    }
}

sl_number_range sl_option_range(const sl_field *field)
{
    bool is_short = takes_32_bits(field);
    if (is_unsigned(field))
        return (sl_number_range){0, is_short ? UINT32_MAX : UINT64_MAX};
    return is_short ? (sl_number_range){(uint64_t)INT32_MAX + 1, INT32_MAX}
                    : (sl_number_range){(uint64_t)INT64_MAX + 1, INT64_MAX};
}

static void put_fixed(sl_buf *buf, uint64_t bits, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        sl_buf_append_byte(buf, (uint8_t)(bits >> 8 * i));
}

void sl_option_put_integer(sl_buf *buf, const sl_field *field, uint64_t number)
{
    uint32_t tag = (uint32_t)field->number;
    switch (field->type) {
    case SL_TYPE_FIXED32:
    case SL_TYPE_SFIXED32:
        sl_wire_put_tag(buf, tag, SL_WIRE_I32);
        put_fixed(buf, number, 4);
        return;
    case SL_TYPE_FIXED64:
    case SL_TYPE_SFIXED64:
        sl_wire_put_tag(buf, tag, SL_WIRE_I64);
        put_fixed(buf, number, 8);
        return;
    case SL_TYPE_SINT32: number = (uint32_t)sl_wire_zigzag_encode((int64_t)number); break;
    case SL_TYPE_SINT64: number = sl_wire_zigzag_encode((int64_t)number); break;
    default: break;
    }
    sl_wire_put_tag(buf, tag, SL_WIRE_VARINT);
    sl_wire_put_varint(buf, number);
}

void sl_option_put_float(sl_buf *buf, const sl_field *field, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    sl_wire_put_tag(buf, (uint32_t)field->number, SL_WIRE_I32);
    put_fixed(buf, bits, 4);
}

void sl_option_put_double(sl_buf *buf, const sl_field *field, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    sl_wire_put_tag(buf, (uint32_t)field->number, SL_WIRE_I64);
    put_fixed(buf, bits, 8);
}

/* --- enum values by name --- */

static const sl_enum_value *scan_values(const sl_enum *enumeration, sl_str name)
{
    for (uint32_t i = 0; i < enumeration->value_count; i++)
        if (sl_str_equal(enumeration->values[i].name, name))
            return &enumeration->values[i];
    return NULL;
}

static sl_map *index_values(sl_interpreter *in, const sl_enum *enumeration)
{
    sl_map *names = sl_arena_new(in->unit->scratch, sl_map);
    if (!names || sl_map_set(&in->enums, enumeration->full_name, names) != SL_OK) {
        sl_option_no_memory(in);
        return NULL;
    }
    for (uint32_t i = 0; i < enumeration->value_count; i++)
        if (sl_map_set(names, enumeration->values[i].name, (void *)&enumeration->values[i]) !=
            SL_OK) {
            sl_option_no_memory(in);
            return NULL;
        }
    return names;
}

const sl_enum_value *sl_option_enum_value(sl_interpreter *in, const sl_enum *enumeration,
                                          sl_str name)
{
    if (enumeration->value_count < ENUM_INDEX_FROM)
        return scan_values(enumeration, name);
    sl_map *names = sl_map_get(&in->enums, enumeration->full_name);
    if (!names)
        names = index_values(in, enumeration);
    return names ? sl_map_get(names, name) : NULL;
}

/* --- by type --- */

static bool put_integer(sl_interpreter *in, const sl_field *field, sl_buf *buf)
{
    const sl_option *option = in->option;
    sl_number_range range = sl_option_range(field);
    sl_diag_number least, most;
    bool is_positive = option->kind == SL_OPTION_POSITIVE && option->number <= range.most;
    bool is_negative =
        option->kind == SL_OPTION_NEGATIVE && !is_unsigned(field) && -option->number <= range.least;
    if (!is_positive && !is_negative) {
        sl_str type = sl_str_from(sl_field_type_name(field->type));
        return sl_option_refuse(in, option->value, OPTION_INTEGER, field->full_name, type,
                                sl_diag_i64(-(int64_t)range.least, &least),
                                sl_diag_u64(range.most, &most));
    }
    sl_option_put_integer(buf, field, option->number);
    return true;
}

/* A 64-bit integer becomes a float in one step, not by way of a double. */
static bool put_real(sl_interpreter *in, const sl_field *field, sl_buf *buf)
{
    const sl_option *option = in->option;
    double real = option->real;
    float single = (float)real;
    switch (option->kind) {
    case SL_OPTION_POSITIVE:
        real = (double)option->number;
        single = (float)option->number;
        break;
    case SL_OPTION_NEGATIVE:
        real = (double)(int64_t)option->number;
        single = (float)(int64_t)option->number;
        break;
    case SL_OPTION_DOUBLE: break;
    case SL_OPTION_IDENTIFIER:
        real = sl_str_is(option->text, "inf") ? (double)INFINITY : (double)NAN;
        single = (float)real;
        if (sl_str_is(option->text, "inf") || sl_str_is(option->text, "nan"))
            break;
        return sl_option_refuse(in, option->value, OPTION_NUMBER, field->full_name);
    default: return sl_option_refuse(in, option->value, OPTION_NUMBER, field->full_name);
    }
    if (field->type == SL_TYPE_FLOAT)
        sl_option_put_float(buf, field, single);
    else
        sl_option_put_double(buf, field, real);
    return true;
}

static bool put_bool(sl_interpreter *in, const sl_field *field, sl_buf *buf)
{
    const sl_option *option = in->option;
    bool is_true = option->kind == SL_OPTION_IDENTIFIER && sl_str_is(option->text, "true");
    bool is_false = option->kind == SL_OPTION_IDENTIFIER && sl_str_is(option->text, "false");
    if (!is_true && !is_false)
        return sl_option_refuse(in, option->value, OPTION_BOOL, field->full_name);
    sl_option_put_integer(buf, field, is_true);
    return true;
}

static bool put_enum(sl_interpreter *in, const sl_field *field, sl_buf *buf)
{
    const sl_option *option = in->option;
    const sl_enum *enumeration = field->enumeration;
    if (option->kind != SL_OPTION_IDENTIFIER)
        return sl_option_refuse(in, option->value, OPTION_ENUM, field->full_name,
                                sl_option_name_of_value(enumeration, option));
    const sl_enum_value *value = sl_option_enum_value(in, enumeration, option->text);
    if (in->status != SL_OK)
        return false;
    if (!value)
        return sl_option_refuse(in, option->value, OPTION_ENUM_VALUE, enumeration->full_name,
                                option->text,
                                sl_option_nearest_value(in, enumeration, option->text));
    sl_option_put_integer(buf, field, (uint64_t)(int64_t)value->number);
    return true;
}

/* A string of a file without UTF-8 validation, and bytes, take anything. */
static bool put_string(sl_interpreter *in, const sl_field *field, sl_buf *buf)
{
    const sl_option *option = in->option;
    if (option->kind != SL_OPTION_STRING)
        return sl_option_refuse(in, option->value, OPTION_STRING, field->full_name);
    if (field->is_utf8_checked && !sl_utf8_valid(sl_str_bytes(option->text)))
        return sl_option_refuse(in, option->value, OPTION_UTF8, field->full_name);
    sl_wire_put_len(buf, (uint32_t)field->number, sl_str_bytes(option->text));
    return true;
}

static bool put_message(sl_interpreter *in, const sl_field *field, sl_buf *buf)
{
    if (in->option->kind != SL_OPTION_AGGREGATE)
        return sl_option_refuse(in, in->option->value, OPTION_MESSAGE, field->full_name,
                                sl_source_text(&in->unit->source, in->option->name));
    return sl_option_put_text(in, field, buf);
}

bool sl_option_put_value(sl_interpreter *in, const sl_field *field, sl_buf *buf)
{
    switch (field->type) {
    case SL_TYPE_DOUBLE:
    case SL_TYPE_FLOAT: return put_real(in, field, buf);
    case SL_TYPE_BOOL: return put_bool(in, field, buf);
    case SL_TYPE_ENUM: return put_enum(in, field, buf);
    case SL_TYPE_STRING:
    case SL_TYPE_BYTES: return put_string(in, field, buf);
    case SL_TYPE_MESSAGE:
    case SL_TYPE_GROUP: return put_message(in, field, buf);
    default: return put_integer(in, field, buf);
    }
}
