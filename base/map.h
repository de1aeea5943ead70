/* base/map.h: hash map from text to pointer.
 *
 * Open addressing over an array that keeps insertion order, so walking a map is deterministic. Keys are borrowed: they live as long
 * as the map (usually in an arena beside it). The hash is SipHash-1-3 with a per-process key, because keys come from strangers.
 * Not thread-safe while it is written. */
#pragma once

#include "base/status.h"
#include "base/str.h"

typedef struct sl_map_entry {
    sl_str key;
    void *value;
    uint64_t hash;
} sl_map_entry;

/* A part of the hash stands beside the index, so that passing over the entries of other keys does not fetch them. */
typedef struct sl_map_slot {
    uint32_t number; /* entry index + 1; 0 is free */
    uint32_t tag;    /* upper half of the entry's hash; the lower half chose the slot */
} sl_map_slot;

typedef struct sl_map {
    sl_map_entry *entries; /* in insertion order; a removed one has key.data == NULL */
    size_t count;          /* live entries */
    size_t used, cap;      /* entries taken, and room for */
    sl_map_slot *slots;
    size_t slot_count; /* power of two */
} sl_map;

/* NULL when absent. */
void *sl_map_get(const sl_map *map, sl_str key);
/* Add, or replace the value of an existing key (its key slice stays). SL_OK, SL_NO_MEMORY (map unchanged). */
SL_MUST_CHECK sl_status sl_map_set(sl_map *map, sl_str key, void *value);
/* Add only. SL_OK; SL_EXISTS with *ret_existing set (may be NULL); SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_map_add(sl_map *map, sl_str key, void *value, void **ret_existing);
/* Room for `count` entries in all, so that adding them moves nothing. SL_OK, SL_NO_MEMORY (map unchanged). */
SL_MUST_CHECK sl_status sl_map_reserve(sl_map *map, size_t count);
/* The removed value, or NULL. */
void *sl_map_remove(sl_map *map, sl_str key);
/* Forget all, keep the memory. */
void sl_map_clear(sl_map *map);
void sl_map_done(sl_map *map);

/* for (const sl_map_entry *entry = NULL; (entry = sl_map_next(&map, entry));) */
const sl_map_entry *sl_map_next(const sl_map *map, const sl_map_entry *previous);
