/* schema/default_text.c: defaults as text: which are valid, how compilers write them, and the bytes that escapes mean. */
#include "schema/default_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* --- what is valid --- */

static size_t digits_at(sl_str text, size_t at)
{
    size_t begin = at;
    while (at < text.len && text.data[at] >= '0' && text.data[at] <= '9')
        at++;
    return at - begin;
}

/* The largest value of the type, and whether it has a sign. */
static uint64_t range_of(sl_field_type type, bool *ret_is_signed)
{
    switch (type) {
    case SL_TYPE_UINT32:
    case SL_TYPE_FIXED32: *ret_is_signed = false; return UINT32_MAX;
    case SL_TYPE_UINT64:
    case SL_TYPE_FIXED64: *ret_is_signed = false; return UINT64_MAX;
    case SL_TYPE_INT32:
    case SL_TYPE_SINT32:
    case SL_TYPE_SFIXED32: *ret_is_signed = true; return INT32_MAX;
    default: *ret_is_signed = true; return INT64_MAX;
    }
}

static bool is_integer(sl_field_type type, sl_str text)
{
    bool is_signed;
    uint64_t most = range_of(type, &is_signed), value = 0;
    bool is_negative = is_signed && text.len > 0 && text.data[0] == '-';
    size_t at = is_negative, count = digits_at(text, at);
    if (count == 0 || at + count != text.len || (text.data[at] == '0' && count > 1))
        return false;
    for (; at < text.len; at++)
        if (__builtin_mul_overflow(value, (uint64_t)10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(text.data[at] - '0'), &value))
            return false;
    return value <= most + is_negative;
}

/* Digits with a point among them or none, and an exponent. */
static bool is_decimal(sl_str text)
{
    size_t at = text.len > 0 && text.data[0] == '-';
    size_t whole = digits_at(text, at), fraction = 0;
    at += whole;
    if (at < text.len && text.data[at] == '.') {
        fraction = digits_at(text, ++at);
        at += fraction;
    }
    if (whole + fraction == 0)
        return false;
    if (at < text.len && (text.data[at] == 'e' || text.data[at] == 'E')) {
        at++;
        at += at < text.len && (text.data[at] == '-' || text.data[at] == '+');
        size_t exponent = digits_at(text, at);
        if (exponent == 0)
            return false;
        at += exponent;
    }
    return at == text.len;
}

static double read_real(sl_field_type type, sl_str text)
{
    char copy[SL_LIMIT_DEFAULT_REAL_BYTES + 1];
    size_t len = SL_MIN(text.len, sizeof copy - 1);
    memcpy(copy, text.data, len);
    copy[len] = '\0';
    return type == SL_TYPE_FLOAT ? (double)strtof(copy, NULL) : strtod(copy, NULL);
}

static bool is_real(sl_field_type type, sl_str text)
{
    if (sl_str_is(text, "inf") || sl_str_is(text, "-inf") || sl_str_is(text, "nan"))
        return true;
    return text.len <= SL_LIMIT_DEFAULT_REAL_BYTES && is_decimal(text) &&
           !isinf(read_real(type, text));
}

bool sl_default_is_valid(sl_field_type type, sl_str text)
{
    switch (type) {
    case SL_TYPE_FLOAT:
    case SL_TYPE_DOUBLE: return is_real(type, text);
    case SL_TYPE_BOOL: return sl_str_is(text, "true") || sl_str_is(text, "false");
    case SL_TYPE_STRING:
    case SL_TYPE_BYTES:
    case SL_TYPE_ENUM: return true;
    case SL_TYPE_MESSAGE:
    case SL_TYPE_GROUP: return false;
    default: return is_integer(type, text);
    }
}

/* --- the usual form --- */

void sl_text_of_double(double value, sl_buf *buf)
{
    char text[40];
    if (isnan(value)) {
        sl_buf_append_literal(buf, "nan");
        return;
    }
    snprintf(text, sizeof text, "%.15g", value);
    if (!isinf(value) && strtod(text, NULL) != value)
        snprintf(text, sizeof text, "%.17g", value);
    sl_buf_append_str(buf, sl_str_from(text));
}

void sl_text_of_float(float value, sl_buf *buf)
{
    char text[40];
    if (isnan(value)) {
        sl_buf_append_literal(buf, "nan");
        return;
    }
    snprintf(text, sizeof text, "%.6g", (double)value);
    if (!isinf(value) && strtof(text, NULL) != value)
        snprintf(text, sizeof text, "%.9g", (double)value);
    sl_buf_append_str(buf, sl_str_from(text));
}

void sl_text_of_bytes(sl_str bytes, sl_buf *buf)
{
    static const char special[] = "\n\r\t\"'\\";
    static const char letters[] = "nrt\"'\\";
    for (size_t i = 0; i < bytes.len; i++) {
        char c = bytes.data[i];
        const char *at = c ? strchr(special, c) : NULL;
        if (at)
            sl_buf_printf(buf, "\\%c", letters[at - special]);
        else if ((uint8_t)c < 0x20 || (uint8_t)c >= 0x7F)
            sl_buf_printf(buf, "\\%03o", (unsigned)(uint8_t)c);
        else
            sl_buf_append_byte(buf, (uint8_t)c);
    }
}

void sl_default_put_usual(sl_field_type type, sl_str text, sl_buf *buf)
{
    sl_cleanup(sl_buf_done) sl_buf bytes = {0};
    if (type == SL_TYPE_BYTES) {
        sl_bytes_of_default(text, &bytes);
        if (bytes.has_failed)
            buf->has_failed = buf->no_memory = true;
        sl_text_of_bytes(sl_buf_str(&bytes), buf);
    } else if (type == SL_TYPE_FLOAT) {
        sl_text_of_float((float)read_real(type, text), buf);
    } else if (type == SL_TYPE_DOUBLE) {
        sl_text_of_double(read_real(type, text), buf);
    } else if (sl_str_is(text, "-0")) {
        sl_buf_append_literal(buf, "0");
    } else {
        sl_buf_append_str(buf, text);
    }
}

/* --- escapes --- */

static int octal_value(sl_str text, size_t *at)
{
    int value = 0;
    for (int i = 0; i < 3 && *at < text.len && text.data[*at] >= '0' && text.data[*at] <= '7'; i++)
        value = value * 8 + (text.data[(*at)++] - '0');
    return value;
}

static int hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

static int hex_value(sl_str text, size_t *at)
{
    int value = 0;
    for (; *at < text.len && hex_digit(text.data[*at]) >= 0; (*at)++)
        value = (value * 16 + hex_digit(text.data[*at])) & 0xff;
    return value;
}

void sl_bytes_of_default(sl_str text, sl_buf *out)
{
    static const char letters[] = "abfnrtv";
    static const char meanings[] = "\a\b\f\n\r\t\v";
    for (size_t i = 0; i < text.len;) {
        char c = text.data[i++];
        if (c != '\\' || i == text.len) {
            sl_buf_append_byte(out, (uint8_t)c);
            continue;
        }
        c = text.data[i];
        const char *letter = c ? strchr(letters, c) : NULL;
        if (c >= '0' && c <= '7') {
            sl_buf_append_byte(out, (uint8_t)octal_value(text, &i));
        } else if ((c == 'x' || c == 'X') && i + 1 < text.len && hex_digit(text.data[i + 1]) >= 0) {
            i++;
            sl_buf_append_byte(out, (uint8_t)hex_value(text, &i));
        } else {
            sl_buf_append_byte(out, (uint8_t)(letter ? meanings[letter - letters] : c));
            i++;
        }
    }
}
