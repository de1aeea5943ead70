/* base/buf.c: buffers and arrays that double. */
#include "base/base.h"

#include <stdio.h>

char *sl_buf_reserve(sl_buf *buf, size_t len)
{
    if (buf->has_failed)
        return NULL;
    size_t need;
    if (__builtin_add_overflow(buf->len, len, &need) || (buf->max && need > buf->max)) {
        buf->has_failed = true;
        return NULL;
    }
    if (need > buf->cap || !buf->data) {
        size_t cap = SL_MAX(SL_MAX(buf->cap * 2, need), (size_t)64);
        char *data = sl_realloc(buf->data, cap);
        if (!data) {
            buf->has_failed = buf->no_memory = true;
            return NULL;
        }
        buf->data = data;
        buf->cap = cap;
    }
    return buf->data + buf->len;
}

void sl_buf_append(sl_buf *buf, const void *data, size_t len)
{
    char *to = len ? sl_buf_reserve(buf, len) : NULL;
    if (!to)
        return;
    memcpy(to, data, len);
    buf->len += len;
}

void sl_buf_append_str(sl_buf *buf, sl_str str)
{
    sl_buf_append(buf, str.data, str.len);
}

/* Short texts are formatted on the stack; longer ones, which are rare, in a block of their own. */
static SL_PRINTF(2, 0) void append_formatted(sl_buf *buf, const char *format, va_list args,
                                             va_list again)
{
    char small[256];
    int len = vsnprintf(small, sizeof small, format, args);
    if (len < 0) {
        buf->has_failed = true;
        return;
    }
    if ((size_t)len < sizeof small) {
        sl_buf_append(buf, small, (size_t)len);
        return;
    }
    char *large = sl_alloc((size_t)len + 1);
    if (!large) {
        buf->has_failed = buf->no_memory = true;
        return;
    }
    vsnprintf(large, (size_t)len + 1, format, again);
    sl_buf_append(buf, large, (size_t)len);
    sl_free(large);
}

void sl_buf_printf(sl_buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    append_formatted(buf, format, args, again);
    va_end(again);
    va_end(args);
}

sl_status sl_buf_status(const sl_buf *buf)
{
    if (!buf->has_failed)
        return SL_OK;
    return buf->no_memory ? SL_NO_MEMORY : SL_LIMIT;
}

void sl_buf_clear(sl_buf *buf)
{
    buf->len = 0;
    buf->has_failed = buf->no_memory = false;
}

void sl_buf_done(sl_buf *buf)
{
    sl_free(buf->data);
    *buf = (sl_buf){.max = buf->max};
}

bool sl_vec_grow(void **items, size_t *cap, size_t count, size_t item_size)
{
    if (count < *cap)
        return true;
    size_t grown = *cap ? *cap * 2 : 8, size;
    if (grown < *cap || __builtin_mul_overflow(grown, item_size, &size))
        return false;
    void *moved = sl_realloc(*items, size);
    if (!moved)
        return false;
    *items = moved;
    *cap = grown;
    return true;
}
