/* schema/print_value.c: values of options, as literals and in Protobuf's text format.
 *
 * An aggregate has one field a line, `name: value` or `name { … }`; extensions stand in brackets. google.protobuf.Any is written by its
 * two fields, which always gives the same bytes back; the expanded form need not. Text that is UTF-8 stays readable, all else is escaped. */
#include "schema/internal/field_type.h"
#include "schema/internal/printer.h"
#include "wire/wire.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* --- literals --- */

void sl_put_quoted(sl_buf *out, sl_bytes text, bool is_text)
{
    static const char special[] = "\n\r\t\"\\";
    static const char letters[] = "nrt\"\\";
    bool keeps_utf8 = is_text && sl_utf8_valid(text);
    sl_buf_append_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = (char)text.data[i];
        const char *at = c ? strchr(special, c) : NULL;
        bool is_plain = text.data[i] >= 0x80 ? keeps_utf8 : text.data[i] >= 0x20 && c != 0x7f;
        if (at)
            sl_buf_printf(out, "\\%c", letters[at - special]);
        else if (is_plain)
            sl_buf_append_byte(out, text.data[i]);
        else
            sl_buf_printf(out, "\\%03o", (unsigned)text.data[i]);
    }
    sl_buf_append_byte(out, '"');
}

/* A float is read as a double first, and that is made a float. */
static bool reads_back(const char *text, double value, bool is_float)
{
    double read = strtod(text, NULL);
    return is_float ? (float)read == (float)value : read == value;
}

void sl_put_real(sl_buf *out, double value, bool is_float)
{
    enum { FLOAT_DIGITS = 6, DOUBLE_DIGITS = 15, MOST_DIGITS = 17 };
    char text[40];
    if (isnan(value) || isinf(value)) {
        sl_buf_append_str(out, sl_str_from(signbit(value) ? "-" : ""));
        sl_buf_append_str(out, sl_str_from(isnan(value) ? "nan" : "inf"));
        return;
    }
    if (value == 0 && signbit(value)) { /* "-0" is the integer, which has no sign */
        sl_buf_append_literal(out, "-0.0");
        return;
    }
    for (int digits = is_float ? FLOAT_DIGITS : DOUBLE_DIGITS; digits <= MOST_DIGITS; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (reads_back(text, value, is_float))
            break;
    }
    sl_buf_append_str(out, sl_str_from(text));
}

static double real_of(sl_field_type type, uint64_t bits)
{
    double wide;
    float narrow;
    uint32_t half = (uint32_t)bits;
    memcpy(&wide, &bits, sizeof wide);
    memcpy(&narrow, &half, sizeof narrow);
    return type == SL_TYPE_FLOAT ? (double)narrow : wide;
}

static void put_number(sl_printer *printer, const sl_field *field, uint64_t number)
{
    sl_buf *out = printer->out;
    switch (field->type) {
    case SL_TYPE_FLOAT:
    case SL_TYPE_DOUBLE:
        sl_put_real(out, real_of(field->type, number), field->type == SL_TYPE_FLOAT);
        break;
    case SL_TYPE_BOOL: sl_buf_append_str(out, sl_str_from(number ? "true" : "false")); break;
    case SL_TYPE_INT32:
    case SL_TYPE_SFIXED32: sl_buf_printf(out, "%d", (int32_t)number); break;
    case SL_TYPE_SINT32:
        sl_buf_printf(out, "%d", (int32_t)sl_wire_zigzag_decode((uint32_t)number));
        break;
    case SL_TYPE_INT64:
    case SL_TYPE_SFIXED64: sl_buf_printf(out, "%lld", (long long)number); break;
    case SL_TYPE_SINT64:
        sl_buf_printf(out, "%lld", (long long)sl_wire_zigzag_decode(number));
        break;
    case SL_TYPE_UINT32:
    case SL_TYPE_FIXED32: sl_buf_printf(out, "%u", (uint32_t)number); break;
    default: sl_buf_printf(out, "%llu", (unsigned long long)number); break;
    }
}

static void put_enum(sl_printer *printer, const sl_field *field, uint64_t number)
{
    sl_str name = sl_option_type_value(field->enumeration, (int32_t)number);
    if (name.data)
        sl_put_str(printer, name);
    else
        sl_buf_printf(printer->out, "%d", (int32_t)number);
}

/* --- aggregates --- */

static void put_aggregate(sl_printer *printer, const sl_message *type, sl_bytes bytes);

/* A group goes by the name of its message, as the text format has it of old. */
static sl_str text_name(const sl_field *field)
{
    bool is_group = sl_print_owned_message(field) && !field->is_map;
    return is_group ? field->message->name : field->name;
}

static void put_name(sl_printer *printer, const sl_message *type, const sl_field *field)
{
    sl_put_indent(printer);
    if (!field->is_extension) {
        sl_put_str(printer, text_name(field));
        return;
    }
    if (!sl_print_resolves(printer, type->full_name, field->full_name, field->full_name))
        sl_print_tell(printer, SL_TEXT_CANNOT_SAY, "[%.*s] means something else inside of %.*s",
                      SL_STR_ARG(field->full_name), SL_STR_ARG(type->full_name));
    sl_put(printer, "[");
    sl_put_str(printer, field->full_name);
    sl_put(printer, "]");
}

static void put_entry(sl_printer *printer, const sl_message *type, const sl_field *field,
                      uint64_t number, sl_bytes bytes)
{
    put_name(printer, type, field);
    sl_put_str(printer, sl_str_from(sl_field_type_is_message(field->type) ? " " : ": "));
    sl_print_value(printer, field, number, bytes);
    sl_put(printer, "\n");
}

static void put_packed(sl_printer *printer, const sl_message *type, const sl_field *field,
                       sl_bytes bytes)
{
    sl_wire_reader reader = sl_wire_reader_of(bytes);
    uint64_t number = 0;
    while (!sl_wire_at_end(&reader) && sl_print_next_packed(&reader, field->type, &number))
        put_entry(printer, type, field, number, (sl_bytes){0});
}

static void put_aggregate(sl_printer *printer, const sl_message *type, sl_bytes bytes)
{
    sl_wire_reader reader = sl_wire_reader_of(bytes);
    sl_wire_field wire;
    if (bytes.len == 0) {
        sl_put(printer, "{}");
        return;
    }
    sl_put(printer, "{\n");
    printer->indent++;
    while (sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &wire) == SL_OK) {
        if (type->is_message_set && !sl_option_set_item(&wire, &wire))
            continue;
        const sl_field *field = sl_option_type_field(type, (int32_t)wire.tag.number);
        bool is_packed =
            field && wire.tag.type == SL_WIRE_LEN && sl_field_type_is_packable(field->type);
        if (is_packed)
            put_packed(printer, type, field, wire.bytes);
        else if (field)
            put_entry(printer, type, field, wire.number_value, wire.bytes);
    }
    printer->indent--;
    sl_put_indent(printer);
    sl_put(printer, "}");
}

bool sl_print_next_packed(sl_wire_reader *reader, sl_field_type type, uint64_t *ret_number)
{
    uint32_t half;
    switch (type) {
    case SL_TYPE_DOUBLE:
    case SL_TYPE_FIXED64:
    case SL_TYPE_SFIXED64: return sl_wire_read_fixed64(reader, ret_number) == SL_OK;
    case SL_TYPE_FLOAT:
    case SL_TYPE_FIXED32:
    case SL_TYPE_SFIXED32:
        if (sl_wire_read_fixed32(reader, &half) != SL_OK)
            return false;
        *ret_number = half;
        return true;
    default: return sl_wire_read_varint(reader, ret_number) == SL_OK;
    }
}

/* Options have been cut off at SL_LIMIT_DESCRIPTOR_DEPTH levels, so this ends. */
void sl_print_value(sl_printer *printer, const sl_field *field, uint64_t number, sl_bytes bytes)
{
    switch (field->type) {
    case SL_TYPE_MESSAGE:
    case SL_TYPE_GROUP: put_aggregate(printer, field->message, bytes); break;
    case SL_TYPE_STRING: sl_put_quoted(printer->out, bytes, true); break;
    case SL_TYPE_BYTES: sl_put_quoted(printer->out, bytes, false); break;
    case SL_TYPE_ENUM: put_enum(printer, field, number); break;
    default: put_number(printer, field, number); break;
    }
}
