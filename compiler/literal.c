/* compiler/literal.c: what number and string tokens mean.
 *
 * Nothing is told here: the lexer has said what is wrong with a token, and a bad one still has to mean something, so that reading can go on. */
#include "compiler/internal/char_class.h"
#include "compiler/internal/lexer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

bool sl_is_identifier(sl_str text)
{
    if (text.len == 0 || !sl_char_is(text.data[0], SL_CHAR_LETTER))
        return false;
    for (size_t i = 1; i < text.len; i++)
        if (!sl_char_is(text.data[i], SL_CHAR_WORD))
            return false;
    return true;
}

static uint32_t digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return (uint32_t)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (uint32_t)(c - 'a') + 10;
    if (c >= 'A' && c <= 'F')
        return (uint32_t)(c - 'A') + 10;
    return 36;
}

bool sl_token_integer(sl_str token, uint64_t most, uint64_t *ret_value)
{
    uint32_t base = 10;
    size_t i = 0;
    if (token.len > 1 && token.data[0] == '0') {
        bool is_hex = token.data[1] == 'x' || token.data[1] == 'X';
        base = is_hex ? 16 : 8;
        i = is_hex ? 2 : 1;
    }
    uint64_t value = 0;
    for (; i < token.len; i++) {
        uint32_t digit = digit_value(token.data[i]);
        if (digit >= base || __builtin_mul_overflow(value, (uint64_t)base, &value) ||
            __builtin_add_overflow(value, (uint64_t)digit, &value))
            return false;
    }
    if (value > most)
        return false;
    *ret_value = value;
    return true;
}

double sl_token_float(sl_str token)
{
    char text[64];
    if (token.len < sizeof text) {
        memcpy(text, token.data, token.len);
        text[token.len] = '\0';
        return strtod(text, NULL);
    }
    /* The source ends in a NUL and strtod() stops at the end of the number, which the token's end is. */
    return strtod(token.data, NULL);
}

/* --- strings --- */

static void append_utf8(uint32_t point, sl_buf *buf)
{
    if (point <= 0x7F) {
        sl_buf_append_byte(buf, (uint8_t)point);
    } else if (point <= 0x7FF) {
        sl_buf_append_byte(buf, (uint8_t)(0xC0 | point >> 6));
        sl_buf_append_byte(buf, (uint8_t)(0x80 | (point & 0x3F)));
    } else if (point <= 0xFFFF) {
        sl_buf_append_byte(buf, (uint8_t)(0xE0 | point >> 12));
        sl_buf_append_byte(buf, (uint8_t)(0x80 | (point >> 6 & 0x3F)));
        sl_buf_append_byte(buf, (uint8_t)(0x80 | (point & 0x3F)));
    } else if (point <= 0x10FFFF) {
        sl_buf_append_byte(buf, (uint8_t)(0xF0 | point >> 18));
        sl_buf_append_byte(buf, (uint8_t)(0x80 | (point >> 12 & 0x3F)));
        sl_buf_append_byte(buf, (uint8_t)(0x80 | (point >> 6 & 0x3F)));
        sl_buf_append_byte(buf, (uint8_t)(0x80 | (point & 0x3F)));
    } else {
        sl_buf_printf(buf, "\\U%08x", point);
    }
}

static bool read_hex(const char *at, const char *end, int digits, uint32_t *ret_value)
{
    uint32_t value = 0;
    if (end - at < digits)
        return false;
    for (int i = 0; i < digits; i++)
        value = value << 4 | (digit_value(at[i]) & 0xF);
    *ret_value = value;
    return true;
}

/* `at` is the u or U; returns what is behind the escape. A head surrogate joins a tail that follows it. */
static const char *append_unicode(const char *at, const char *end, sl_buf *buf)
{
    uint32_t point, tail;
    int digits = *at == 'u' ? 4 : 8;
    if (!read_hex(at + 1, end, digits, &point)) {
        sl_buf_append_byte(buf, (uint8_t)*at);
        return at + 1;
    }
    at += 1 + digits;
    bool is_head = point >= 0xD800 && point < 0xDC00;
    if (is_head && end - at >= 6 && at[0] == '\\' && at[1] == 'u' &&
        read_hex(at + 2, end, 4, &tail) && tail >= 0xDC00 && tail < 0xE000) {
        point = 0x10000 + ((point - 0xD800) << 10 | (tail - 0xDC00));
        at += 6;
    }
    append_utf8(point, buf);
    return at;
}

static const char *append_octal(const char *at, const char *end, sl_buf *buf)
{
    uint32_t value = 0;
    for (int i = 0; i < 3 && at < end && sl_char_is(*at, SL_CHAR_OCTAL); i++)
        value = value * 8 + digit_value(*at++);
    sl_buf_append_byte(buf, (uint8_t)value);
    return at;
}

static const char *append_hex(const char *at, const char *end, sl_buf *buf)
{
    uint32_t value = 0;
    for (int i = 0; i < 2 && at < end && sl_char_is(*at, SL_CHAR_HEX); i++)
        value = value * 16 + digit_value(*at++);
    sl_buf_append_byte(buf, (uint8_t)value);
    return at;
}

/* `at` is behind the backslash and before `end`. */
static const char *append_escape(const char *at, const char *end, sl_buf *buf)
{
    static const char letters[] = "abfnrtv";
    static const char meanings[] = "\a\b\f\n\r\t\v";
    const char *letter;
    if (sl_char_is(*at, SL_CHAR_OCTAL))
        return append_octal(at, end, buf);
    if (*at == 'x' || *at == 'X')
        return append_hex(at + 1, end, buf);
    if (*at == 'u' || *at == 'U')
        return append_unicode(at, end, buf);
    if (*at && (letter = strchr(letters, *at)))
        sl_buf_append_byte(buf, (uint8_t)meanings[letter - letters]);
    else
        sl_buf_append_byte(buf, (uint8_t)*at);
    return at + 1;
}

void sl_token_string(sl_str token, sl_buf *buf)
{
    if (token.len == 0)
        return;
    char quote = token.data[0];
    const char *at = token.data + 1;
    const char *end = token.data + token.len;
    if (end > at && end[-1] == quote)
        end--;
    while (at < end) {
        const char *backslash = memchr(at, '\\', (size_t)(end - at));
        const char *plain_end = backslash ? backslash : end;
        sl_buf_append(buf, at, (size_t)(plain_end - at));
        at = plain_end;
        if (backslash)
            at = backslash + 1 < end ? append_escape(backslash + 1, end, buf) : end;
    }
}
