/* base/str.h: borrowed slices of text and of octets.
 *
 * A slice owns nothing and promises no terminator. `sl_str` is text (UTF-8 unless a comment says otherwise); `sl_bytes`
 * is octets of unknown meaning. data == NULL means "absent"; present but empty has a non-NULL data. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct sl_str {
    const char *data;
    size_t len; /* bytes */
} sl_str;

typedef struct sl_bytes {
    const uint8_t *data;
    size_t len;
} sl_bytes;

/* A slice of a string literal: SL_STR("latest"). In static tables: SL_STR_INIT. */
#define SL_STR(literal) ((sl_str){(literal), sizeof(literal) - 1})
#define SL_STR_INIT(literal)           \
    {                                  \
        (literal), sizeof(literal) - 1 \
    }

/* printf("%.*s", SL_STR_ARG(name)); a name longer than int can say is cut, not mangled. */
#define SL_STR_ARG(str) \
    (int)((str).len > INT32_MAX ? INT32_MAX : (str).len), ((str).data ? (str).data : "")

static inline sl_str sl_str_from(const char *text) /* NULL gives an absent slice */
{
    return (sl_str){text, text ? strlen(text) : 0};
}

static inline sl_bytes sl_str_bytes(sl_str str)
{
    return (sl_bytes){(const uint8_t *)str.data, str.len};
}

static inline sl_str sl_bytes_str(sl_bytes bytes)
{
    return (sl_str){(const char *)bytes.data, bytes.len};
}

static inline bool sl_bytes_equal(sl_bytes a, sl_bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool sl_str_equal(sl_str a, sl_str b)
{
    return sl_bytes_equal(sl_str_bytes(a), sl_str_bytes(b));
}

static inline bool sl_str_is(sl_str str, const char *text)
{
    return sl_str_equal(str, sl_str_from(text));
}

/* Bytewise order, a prefix first; for qsort and for merging sorted lists. */
int sl_str_compare(sl_str a, sl_str b);
/* ASCII letters only; for HTTP header names and media types. */
bool sl_str_equal_nocase(sl_str a, sl_str b);
bool sl_str_starts_with(sl_str str, sl_str prefix);
bool sl_str_ends_with(sl_str str, sl_str suffix);
bool sl_str_contains(sl_str str, sl_str part);

/* Split at the first (last) `separator`. False, and nothing set, if there is none. */
bool sl_str_split(sl_str str, char separator, sl_str *ret_before, sl_str *ret_after);
bool sl_str_split_last(sl_str str, char separator, sl_str *ret_before, sl_str *ret_after);
/* The next element of a list with `separator` between its elements, taken off its front. False at the end; an empty list has none. */
bool sl_str_next_element(sl_str *list, char separator, sl_str *ret_element);

/* ASCII space and tab off both ends. */
sl_str sl_str_trim(sl_str str);

/* Whole-slice decimal numbers; false on an empty slice, a stray byte or overflow. */
bool sl_str_to_i64(sl_str str, int64_t *ret_value);
bool sl_str_to_u64(sl_str str, uint64_t *ret_value);

/* Insertions, deletions, replacements and swaps of neighbours that make one of the other, for "did you mean". SIZE_MAX for names too long
 * to be misspelt ones. */
size_t sl_str_edit_distance(sl_str a, sl_str b);

/* Byte offset of the first byte that is not part of well-formed UTF-8 (Unicode 15, table 3-7: no surrogates, no
 * over-long forms, nothing above U+10FFFF), or SIZE_MAX when all is well. */
size_t sl_utf8_find_invalid(sl_bytes bytes);

static inline bool sl_utf8_valid(sl_bytes bytes)
{
    return sl_utf8_find_invalid(bytes) == SIZE_MAX;
}
