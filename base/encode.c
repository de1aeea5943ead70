/* base/encode.c: hexadecimal, base64 and GUID text, strict when reading (RFC 4648 §3.3, §3.5). */
#include "base/base.h"

static const char hex_digits[] = "0123456789abcdef";
static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base64url_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void sl_hex_append(sl_buf *buf, sl_bytes bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        char pair[2] = {hex_digits[bytes.data[i] >> 4], hex_digits[bytes.data[i] & 15]};
        sl_buf_append(buf, pair, sizeof pair);
    }
}

int sl_hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

sl_status sl_hex_decode(sl_str text, sl_buf *buf)
{
    if (text.len % 2)
        return SL_MALFORMED;
    for (size_t i = 0; i < text.len; i += 2) {
        int high = sl_hex_value(text.data[i]), low = sl_hex_value(text.data[i + 1]);
        if (high < 0 || low < 0)
            return SL_MALFORMED;
        sl_buf_append_byte(buf, (uint8_t)(high << 4 | low));
    }
    return sl_buf_status(buf);
}

/* Up to three bytes to four digits; how many of the four mean something is bytes + 1. */
static void encode_triple(const uint8_t *bytes, size_t count, const char *digits, char ret_text[4])
{
    uint32_t bits = (uint32_t)bytes[0] << 16;
    if (count > 1)
        bits |= (uint32_t)bytes[1] << 8;
    if (count > 2)
        bits |= bytes[2];
    for (int i = 0; i < 4; i++)
        ret_text[i] = digits[bits >> (18 - 6 * i) & 63];
}

static void append_base64(sl_buf *buf, sl_bytes bytes, const char *digits, bool is_padded)
{
    for (size_t i = 0; i < bytes.len; i += 3) {
        size_t count = SL_MIN(bytes.len - i, (size_t)3);
        char text[4];
        encode_triple(bytes.data + i, count, digits, text);
        for (size_t pad = count + 1; pad < 4; pad++)
            text[pad] = '=';
        sl_buf_append(buf, text, is_padded ? 4 : count + 1);
    }
}

void sl_base64_append(sl_buf *buf, sl_bytes bytes)
{
    append_base64(buf, bytes, base64_digits, true);
}

void sl_base64url_append(sl_buf *buf, sl_bytes bytes)
{
    append_base64(buf, bytes, base64url_digits, false);
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* `digits` of the four characters count, the rest is padding. */
static sl_status decode_quad(const char *text, size_t digits, sl_buf *buf)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < 4; i++) {
        int value = i < digits ? base64_value(text[i]) : 0;
        if (value < 0)
            return SL_MALFORMED;
        bits = bits << 6 | (uint32_t)value;
    }
    uint8_t bytes[3] = {(uint8_t)(bits >> 16), (uint8_t)(bits >> 8), (uint8_t)bits};
    for (size_t i = digits - 1; i < 3; i++)
        if (bytes[i] != 0)
            return SL_MALFORMED;
    sl_buf_append(buf, bytes, digits - 1);
    return SL_OK;
}

sl_status sl_base64_decode(sl_str text, sl_buf *buf)
{
    if (text.len % 4)
        return SL_MALFORMED;
    for (size_t i = 0; i < text.len; i += 4) {
        size_t digits = 4;
        if (i + 4 == text.len) {
            digits -= text.data[i + 3] == '=';
            digits -= digits == 3 && text.data[i + 2] == '=';
        }
        SL_TRY(decode_quad(text.data + i, digits, buf));
    }
    return sl_buf_status(buf);
}

static bool is_dash_place(size_t at)
{
    return at == 8 || at == 13 || at == 18 || at == 23;
}

void sl_guid_format(const uint8_t guid[SL_GUID_SIZE], char ret_text[SL_GUID_TEXT_SIZE + 1])
{
    size_t digit = 0;
    for (size_t at = 0; at < SL_GUID_TEXT_SIZE; at++) {
        if (is_dash_place(at)) {
            ret_text[at] = '-';
            continue;
        }
        uint8_t byte = guid[digit / 2];
        ret_text[at] = hex_digits[digit % 2 ? byte & 15 : byte >> 4];
        digit++;
    }
    ret_text[SL_GUID_TEXT_SIZE] = '\0';
}

bool sl_guid_parse(sl_str text, uint8_t ret_guid[SL_GUID_SIZE])
{
    uint8_t guid[SL_GUID_SIZE] = {0};
    size_t digit = 0;
    if (text.len != SL_GUID_TEXT_SIZE)
        return false;
    for (size_t at = 0; at < text.len; at++) {
        if (is_dash_place(at)) {
            if (text.data[at] != '-')
                return false;
            continue;
        }
        int value = sl_hex_value(text.data[at]);
        if (value < 0)
            return false;
        guid[digit / 2] = (uint8_t)(guid[digit / 2] << 4 | value);
        digit++;
    }
    memcpy(ret_guid, guid, sizeof guid);
    return true;
}
