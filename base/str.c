/* base/str.c: slices compared, split and read as numbers. */
#include "base/base.h"

int sl_str_compare(sl_str a, sl_str b)
{
    size_t shorter = SL_MIN(a.len, b.len);
    int order = shorter ? memcmp(a.data, b.data, shorter) : 0;
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool sl_str_equal_nocase(sl_str a, sl_str b)
{
    if (a.len != b.len)
        return false;
    /* Mostly both are spelt as the standard does. */
    if (a.len == 0 || memcmp(a.data, b.data, a.len) == 0)
        return true;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.data[i]) != lower(b.data[i]))
            return false;
    return true;
}

bool sl_str_starts_with(sl_str str, sl_str prefix)
{
    return str.len >= prefix.len &&
           (prefix.len == 0 || memcmp(str.data, prefix.data, prefix.len) == 0);
}

bool sl_str_ends_with(sl_str str, sl_str suffix)
{
    return str.len >= suffix.len && (suffix.len == 0 || memcmp(str.data + str.len - suffix.len,
                                                               suffix.data, suffix.len) == 0);
}

bool sl_str_contains(sl_str str, sl_str part)
{
    if (part.len == 0)
        return true;
    return str.len >= part.len && memmem(str.data, str.len, part.data, part.len) != NULL;
}

static bool split_at(sl_str str, const char *at, sl_str *ret_before, sl_str *ret_after)
{
    if (!at)
        return false;
    size_t before = (size_t)(at - str.data);
    *ret_before = (sl_str){str.data, before};
    *ret_after = (sl_str){at + 1, str.len - before - 1};
    return true;
}

bool sl_str_split(sl_str str, char separator, sl_str *ret_before, sl_str *ret_after)
{
    const char *at = str.len ? memchr(str.data, separator, str.len) : NULL;
    return split_at(str, at, ret_before, ret_after);
}

bool sl_str_split_last(sl_str str, char separator, sl_str *ret_before, sl_str *ret_after)
{
    const char *at = str.len ? memrchr(str.data, separator, str.len) : NULL;
    return split_at(str, at, ret_before, ret_after);
}

bool sl_str_next_element(sl_str *list, char separator, sl_str *ret_element)
{
    if (list->len == 0)
        return false;
    sl_str rest = {0};
    if (!sl_str_split(*list, separator, ret_element, &rest))
        *ret_element = *list;
    *list = rest;
    return true;
}

sl_str sl_str_trim(sl_str str)
{
    while (str.len && (str.data[0] == ' ' || str.data[0] == '\t')) {
        str.data++;
        str.len--;
    }
    while (str.len && (str.data[str.len - 1] == ' ' || str.data[str.len - 1] == '\t'))
        str.len--;
    return str;
}

bool sl_str_to_u64(sl_str str, uint64_t *ret_value)
{
    uint64_t value = 0;
    if (str.len == 0)
        return false;
    for (size_t i = 0; i < str.len; i++) {
        if (str.data[i] < '0' || str.data[i] > '9')
            return false;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(str.data[i] - '0'), &value))
            return false;
    }
    *ret_value = value;
    return true;
}

bool sl_str_to_i64(sl_str str, int64_t *ret_value)
{
    bool negative = str.len > 0 && str.data[0] == '-';
    uint64_t magnitude;
    if (negative)
        str = (sl_str){str.data + 1, str.len - 1};
    if (!sl_str_to_u64(str, &magnitude) || magnitude > (uint64_t)INT64_MAX + negative)
        return false;
    *ret_value = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
    return true;
}
