/* json/writer.c: JSON text straight into a buffer.
 *
 * No tree is built: an answer is written as it is known. The writer's whole state is one bit a level, "something stands here
 * already", which decides where a comma goes. That calls are properly nested is the caller's to get right; the tests of each
 * answer parse it back.
 *
 * Failures live in the buffer, which is checked once at the end of a document. */
#include "json/json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_DEPTH = 63 };

static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */

static void put_escape(sl_buf *buf, uint8_t byte)
{
    static const char *const short_forms[] = {
        ['"'] = "\\\"", ['\\'] = "\\\\", ['\b'] = "\\b", ['\f'] = "\\f",
        ['\n'] = "\\n", ['\r'] = "\\r",  ['\t'] = "\\t",
    };
    if (byte < SL_ARRAY_LEN(short_forms) && short_forms[byte])
        sl_buf_append(buf, short_forms[byte], 2);
    else
        sl_buf_printf(buf, "\\u%04x", byte);
}

/* Valid UTF-8, in runs between the bytes that need an escape. */
static void put_valid(sl_buf *buf, sl_str text)
{
    size_t start = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = (uint8_t)text.data[i];
        if (byte >= 0x20 && byte != '"' && byte != '\\')
            continue;
        sl_buf_append(buf, text.data + start, i - start);
        put_escape(buf, byte);
        start = i + 1;
    }
    sl_buf_append(buf, text.data + start, text.len - start);
}

static void put_quoted(sl_buf *buf, sl_str text)
{
    sl_buf_append_byte(buf, '"');
    while (text.len > 0) {
        size_t bad = sl_utf8_find_invalid(sl_str_bytes(text));
        size_t good = SL_MIN(bad, text.len);
        put_valid(buf, (sl_str){text.data, good});
        text.data += good;
        text.len -= good;
        if (text.len == 0)
            break;
        sl_buf_append_literal(buf, replacement);
        text.data++;
        text.len--;
    }
    sl_buf_append_byte(buf, '"');
}

static void put_comma(sl_json_writer *writer)
{
    uint64_t bit = 1ull << writer->depth;
    if (writer->has_item & bit)
        sl_buf_append_byte(writer->buf, ',');
    writer->has_item |= bit;
}

/* All that stands before a value. */
static void put_lead(sl_json_writer *writer, const char *name)
{
    if (writer->has_name) {
        writer->has_name = false;
        return;
    }
    put_comma(writer);
    if (!name)
        return;
    put_quoted(writer->buf, sl_str_from(name));
    sl_buf_append_byte(writer->buf, ':');
}

void sl_json_put_name(sl_json_writer *writer, sl_str name)
{
    put_comma(writer);
    put_quoted(writer->buf, name);
    sl_buf_append_byte(writer->buf, ':');
    writer->has_name = true;
}

static void put_open(sl_json_writer *writer, const char *name, char bracket)
{
    put_lead(writer, name);
    sl_buf_append_byte(writer->buf, (uint8_t)bracket);
    if (writer->depth == MOST_DEPTH) {
        writer->buf->has_failed = true;
        return;
    }
    writer->depth++;
    writer->has_item &= ~(1ull << writer->depth);
}

static void put_close(sl_json_writer *writer, char bracket)
{
    writer->depth -= writer->depth > 0;
    sl_buf_append_byte(writer->buf, (uint8_t)bracket);
}

void sl_json_put_object(sl_json_writer *writer, const char *name)
{
    put_open(writer, name, '{');
}

void sl_json_put_array(sl_json_writer *writer, const char *name)
{
    put_open(writer, name, '[');
}

void sl_json_end_object(sl_json_writer *writer)
{
    put_close(writer, '}');
}

void sl_json_end_array(sl_json_writer *writer)
{
    put_close(writer, ']');
}

void sl_json_put_string(sl_json_writer *writer, const char *name, sl_str value)
{
    put_lead(writer, name);
    put_quoted(writer->buf, value);
}

void sl_json_put_string_if(sl_json_writer *writer, const char *name, sl_str value)
{
    if (value.len > 0)
        sl_json_put_string(writer, name, value);
}

void sl_json_put_integer(sl_json_writer *writer, const char *name, int64_t value)
{
    put_lead(writer, name);
    sl_buf_printf(writer->buf, "%lld", (long long)value);
}

void sl_json_put_double(sl_json_writer *writer, const char *name, double value)
{
    if (!isfinite(value)) {
        sl_json_put_null(writer, name);
        return;
    }
    /* 15 digits are enough for most doubles and 17 for all. */
    char text[32];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    put_lead(writer, name);
    sl_buf_append_str(writer->buf, sl_str_from(text));
}

void sl_json_put_bool(sl_json_writer *writer, const char *name, bool value)
{
    put_lead(writer, name);
    sl_buf_append_str(writer->buf, value ? SL_STR("true") : SL_STR("false"));
}

void sl_json_put_null(sl_json_writer *writer, const char *name)
{
    put_lead(writer, name);
    sl_buf_append_literal(writer->buf, "null");
}

void sl_json_put_time(sl_json_writer *writer, const char *name, int64_t us)
{
    char text[SL_TIME_TEXT_SIZE];
    sl_time_format(us, text);
    sl_json_put_string(writer, name, sl_str_from(text));
}

void sl_json_put_base64(sl_json_writer *writer, const char *name, sl_bytes value)
{
    put_lead(writer, name);
    sl_buf_append_byte(writer->buf, '"');
    sl_base64_append(writer->buf, value);
    sl_buf_append_byte(writer->buf, '"');
}
