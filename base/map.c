/* base/map.c: insertion-ordered open addressing.
 *
 *   slots    [ 0 | 3 | 0 | 1 | 2 | 0 … ]   entry index + 1 (and a part of its hash), linear probing
 *   entries  [ key,value,hash | … ]        in the order they came
 *
 * A removed entry keeps its slot (so that probes pass over it) and loses its key; growing compacts both arrays. */
#include "base/base.h"

static sl_map_entry *find(const sl_map *map, sl_str key, uint64_t hash)
{
    if (map->slot_count == 0)
        return NULL;
    for (size_t at = hash & (map->slot_count - 1);; at = (at + 1) & (map->slot_count - 1)) {
        sl_map_slot slot = map->slots[at];
        if (slot.number == 0)
            return NULL;
        if (slot.tag != hash >> 32)
            continue;
        sl_map_entry *entry = &map->entries[slot.number - 1];
        if (entry->hash == hash && entry->key.data && sl_str_equal(entry->key, key))
            return entry;
    }
}

static void place(sl_map_slot *slots, size_t slot_count, uint64_t hash, size_t index)
{
    size_t at = hash & (slot_count - 1);
    while (slots[at].number != 0)
        at = (at + 1) & (slot_count - 1);
    slots[at] = (sl_map_slot){(uint32_t)index + 1, (uint32_t)(hash >> 32)};
}

/* Room for `cap` entries; removed ones are left behind. */
static bool make_room(sl_map *map, size_t cap)
{
    size_t slot_count = 16;
    while (slot_count < cap * 2)
        slot_count *= 2;
    if (cap >= UINT32_MAX)
        return false;
    sl_map_entry *entries = sl_calloc(cap, sizeof *entries);
    sl_map_slot *slots = entries ? sl_calloc(slot_count, sizeof *slots) : NULL;
    if (!slots) {
        sl_free(entries);
        return false;
    }
    size_t used = 0;
    for (size_t i = 0; i < map->used; i++) {
        if (!map->entries[i].key.data)
            continue;
        entries[used] = map->entries[i];
        place(slots, slot_count, entries[used].hash, used);
        used++;
    }
    sl_free(map->entries);
    sl_free(map->slots);
    *map = (sl_map){entries, map->count, used, cap, slots, slot_count};
    return true;
}

sl_status sl_map_reserve(sl_map *map, size_t count)
{
    return count <= map->cap || make_room(map, count) ? SL_OK : SL_NO_MEMORY;
}

static sl_status insert(sl_map *map, sl_str key, uint64_t hash, void *value)
{
    if (map->used == map->cap && !make_room(map, SL_MAX(map->count * 2, (size_t)8)))
        return SL_NO_MEMORY;
    if (!key.data)
        key.data = "";
    map->entries[map->used] = (sl_map_entry){key, value, hash};
    place(map->slots, map->slot_count, hash, map->used);
    map->used++;
    map->count++;
    return SL_OK;
}

void *sl_map_get(const sl_map *map, sl_str key)
{
    const sl_map_entry *entry = find(map, key, sl_hash_str(key));
    return entry ? entry->value : NULL;
}

sl_status sl_map_set(sl_map *map, sl_str key, void *value)
{
    uint64_t hash = sl_hash_str(key);
    sl_map_entry *entry = find(map, key, hash);
    if (!entry)
        return insert(map, key, hash, value);
    entry->value = value;
    return SL_OK;
}

sl_status sl_map_add(sl_map *map, sl_str key, void *value, void **ret_existing)
{
    uint64_t hash = sl_hash_str(key);
    sl_map_entry *entry = find(map, key, hash);
    if (!entry)
        return insert(map, key, hash, value);
    if (ret_existing)
        *ret_existing = entry->value;
    return SL_EXISTS;
}

void *sl_map_remove(sl_map *map, sl_str key)
{
    sl_map_entry *entry = find(map, key, sl_hash_str(key));
    if (!entry)
        return NULL;
    void *value = entry->value;
    entry->key = (sl_str){0};
    entry->value = NULL;
    map->count--;
    return value;
}

void sl_map_clear(sl_map *map)
{
    if (map->slots)
        memset(map->slots, 0, map->slot_count * sizeof *map->slots);
    map->used = map->count = 0;
}

void sl_map_done(sl_map *map)
{
    sl_free(map->entries);
    sl_free(map->slots);
    *map = (sl_map){0};
}

const sl_map_entry *sl_map_next(const sl_map *map, const sl_map_entry *previous)
{
    const sl_map_entry *end = map->entries + map->used;
    for (const sl_map_entry *entry = previous ? previous + 1 : map->entries; entry < end; entry++)
        if (entry->key.data)
            return entry;
    return NULL;
}
