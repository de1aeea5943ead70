/* base/arena.h: memory with one lifetime.
 *
 * Blocks are carved from chunks that double up to a bound; single blocks cannot be freed. An arena is used by one thread at
 * a time; what lies in it may be read by many once it is no longer written. Zero-initialised is empty and usable:
 *     sl_cleanup(sl_arena_done) sl_arena arena = {0}; */
#pragma once

#include "base/status.h"
#include "base/str.h"

typedef struct sl_arena_chunk sl_arena_chunk;

typedef struct sl_arena {
    sl_arena_chunk *chunks; /* newest first */
    uint8_t *next;
    size_t left;
    size_t used;     /* bytes handed out since the last reset */
    size_t max;      /* most bytes that may be handed out; 0: no bound */
    bool has_failed; /* an allocation failed or `max` was reached; sticky until reset */
} sl_arena;

/* Uninitialised bytes, aligned for any type; NULL when memory is out or `max` is reached. */
void *sl_arena_alloc(sl_arena *arena, size_t size) __attribute__((alloc_size(2)));
/* Zeroed; NULL also when count * size overflows. */
void *sl_arena_calloc(sl_arena *arena, size_t count, size_t size);
/* Copies. A text copy has a NUL behind it. `*ret` untouched on failure. Absent stays absent. */
SL_MUST_CHECK sl_status sl_arena_copy_str(sl_arena *arena, sl_str str, sl_str *ret_copy);
SL_MUST_CHECK sl_status sl_arena_copy_bytes(sl_arena *arena, sl_bytes bytes, sl_bytes *ret_copy);
/* Formatted text with a NUL behind it; absent slice on failure. */
sl_str sl_arena_printf(sl_arena *arena, const char *format, ...) SL_PRINTF(2, 3);
/* Empty it for reuse; the newest chunk, which is usually the largest, is kept. */
void sl_arena_reset(sl_arena *arena);
void sl_arena_done(sl_arena *arena);

/* One zeroed T, or an array of them. */
#define sl_arena_new(arena, T) ((T *)sl_arena_calloc((arena), 1, sizeof(T)))
#define sl_arena_array(arena, T, count) ((T *)sl_arena_calloc((arena), (count), sizeof(T)))
