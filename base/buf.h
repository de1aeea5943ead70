/* base/buf.h: a growing buffer with a maximum, and a growing array.
 *
 * Once an append to a buffer fails, for memory or for the maximum, it stays failed and later appends do nothing: write a whole
 * document and check once, at the end. */
#pragma once

#include "base/status.h"
#include "base/str.h"

typedef struct sl_buf {
    char *data; /* NULL until the first append; owned */
    size_t len, cap;
    size_t max;      /* most bytes; 0: no bound but memory */
    bool has_failed; /* content is then incomplete and must not be used */
    bool no_memory;  /* and memory was the cause */
} sl_buf;

void sl_buf_append(sl_buf *buf, const void *data, size_t len);
void sl_buf_append_str(sl_buf *buf, sl_str str);
void sl_buf_printf(sl_buf *buf, const char *format, ...) SL_PRINTF(2, 3);
/* Make room for `len` more bytes behind the content, and return where they go; add to buf->len what was written. NULL on failure. */
char *sl_buf_reserve(sl_buf *buf, size_t len);
/* SL_OK, SL_LIMIT if the maximum was the cause, SL_NO_MEMORY otherwise. */
sl_status sl_buf_status(const sl_buf *buf);
void sl_buf_clear(sl_buf *buf); /* empty, memory kept, no longer failed */
void sl_buf_done(sl_buf *buf);

/* Inline, for what is written byte by byte. */
static inline void sl_buf_append_byte(sl_buf *buf, uint8_t byte)
{
    if (buf->len < buf->cap && buf->max == 0 && !buf->has_failed)
        buf->data[buf->len++] = (char)byte;
    else
        sl_buf_append(buf, &byte, 1);
}

#define sl_buf_append_literal(buf, literal) sl_buf_append((buf), (literal), sizeof(literal) - 1)

static inline sl_str sl_buf_str(const sl_buf *buf)
{
    return (sl_str){buf->data ? buf->data : "", buf->len};
}

static inline sl_bytes sl_buf_bytes(const sl_buf *buf)
{
    return sl_str_bytes(sl_buf_str(buf));
}

/* A typed growing array: `SL_VEC(sl_field *) fields = {0};` Items are plain bytes; who pushed an owning pointer frees it. */
#define SL_VEC(T)          \
    struct {               \
        T *items;          \
        size_t count, cap; \
    }

/* SL_OK or SL_NO_MEMORY (the array is then as it was). */
#define sl_vec_push(vec, ...)                                                             \
    (sl_vec_grow((void **)&(vec)->items, &(vec)->cap, (vec)->count, sizeof *(vec)->items) \
         ? ((vec)->items[(vec)->count++] = (__VA_ARGS__), SL_OK)                          \
         : SL_NO_MEMORY)

/* Free the array; the items are the caller's. */
#define sl_vec_done(vec) (sl_free((vec)->items), (vec)->items = NULL, (vec)->count = (vec)->cap = 0)

/* Make room for one item behind `count`; false when memory is out. */
bool sl_vec_grow(void **items, size_t *cap, size_t count, size_t item_size);
