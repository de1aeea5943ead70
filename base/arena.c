/* base/arena.c: chunks in a list, newest first.
 *
 *   chunk: [ header | block block block … | free ]
 *
 * A request larger than a chunk gets a chunk of its own. Chunks start at 4 KiB and double to 1 MiB, so that a small use
 * stays small and a large one makes few calls. */
#include "base/base.h"

#include <stdio.h>

enum { CHUNK_FIRST = 4096, CHUNK_MOST = 1 << 20, ALIGNMENT = 16 };

struct sl_arena_chunk {
    sl_arena_chunk *older;
    size_t size; /* usable bytes behind the header */
    _Alignas(ALIGNMENT) uint8_t bytes[];
};

static bool add_chunk(sl_arena *arena, size_t at_least)
{
    size_t size =
        arena->chunks ? SL_MIN(arena->chunks->size * 2, (size_t)CHUNK_MOST) : (size_t)CHUNK_FIRST;
    if (size < at_least)
        size = at_least;
    if (size > SIZE_MAX - sizeof(sl_arena_chunk))
        return false;
    sl_arena_chunk *chunk = sl_alloc(sizeof *chunk + size);
    if (!chunk)
        return false;
    chunk->older = arena->chunks;
    chunk->size = size;
    arena->chunks = chunk;
    arena->next = chunk->bytes;
    arena->left = size;
    return true;
}

void *sl_arena_alloc(sl_arena *arena, size_t size)
{
    size_t rounded = (SL_MAX(size, (size_t)1) + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    bool over =
        rounded < size || (arena->max && rounded > arena->max - SL_MIN(arena->used, arena->max));
    if (over || (rounded > arena->left && !add_chunk(arena, rounded))) {
        arena->has_failed = true;
        return NULL;
    }
    void *block = arena->next;
    arena->next += rounded;
    arena->left -= rounded;
    arena->used += rounded;
    return block;
}

void *sl_arena_calloc(sl_arena *arena, size_t count, size_t size)
{
    size_t total;
    if (__builtin_mul_overflow(count, size, &total)) {
        arena->has_failed = true;
        return NULL;
    }
    void *block = sl_arena_alloc(arena, total);
    if (block)
        memset(block, 0, total);
    return block;
}

sl_status sl_arena_copy_str(sl_arena *arena, sl_str str, sl_str *ret_copy)
{
    if (!str.data) {
        *ret_copy = str;
        return SL_OK;
    }
    char *copy = str.len < SIZE_MAX ? sl_arena_alloc(arena, str.len + 1) : NULL;
    if (!copy)
        return SL_NO_MEMORY;
    memcpy(copy, str.data, str.len);
    copy[str.len] = '\0';
    *ret_copy = (sl_str){copy, str.len};
    return SL_OK;
}

sl_status sl_arena_copy_bytes(sl_arena *arena, sl_bytes bytes, sl_bytes *ret_copy)
{
    sl_str copy;
    SL_TRY(sl_arena_copy_str(arena, sl_bytes_str(bytes), &copy));
    *ret_copy = sl_str_bytes(copy);
    return SL_OK;
}

sl_str sl_arena_printf(sl_arena *arena, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    char *text = len >= 0 ? sl_arena_alloc(arena, (size_t)len + 1) : NULL;
    if (text)
        vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    va_end(args);
    return (sl_str){text, text ? (size_t)len : 0};
}

static void free_chunks(sl_arena_chunk *chunk)
{
    while (chunk) {
        sl_arena_chunk *older = chunk->older;
        sl_free(chunk);
        chunk = older;
    }
}

void sl_arena_reset(sl_arena *arena)
{
    sl_arena_chunk *kept = arena->chunks;
    if (kept) {
        free_chunks(kept->older);
        kept->older = NULL;
        arena->next = kept->bytes;
        arena->left = kept->size;
    }
    arena->used = 0;
    arena->has_failed = false;
}

void sl_arena_done(sl_arena *arena)
{
    size_t max = arena->max;
    free_chunks(arena->chunks);
    *arena = (sl_arena){.max = max};
}
