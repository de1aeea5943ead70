/* schema/spots.c: source info, read once into a map.
 *
 * A location's path is the key, as the packed bytes in which it stands: nothing is decoded that nobody asks for. */
#include "schema/spots.h"

#include <stdlib.h>

static uint64_t position(uint64_t line, uint64_t column)
{
    return (line & UINT32_MAX) << 32 | (column & UINT32_MAX);
}

/* [line, column, end column], or [line, column, end line, end column]; from 0. */
static bool read_span(sl_bytes packed, sl_source_spot *place)
{
    sl_wire_reader reader = sl_wire_reader_of(packed);
    uint64_t numbers[4] = {0};
    size_t count = 0;
    while (count < 4 && !sl_wire_at_end(&reader))
        if (sl_wire_read_varint(&reader, &numbers[count++]) != SL_OK)
            return false;
    if (count < 3)
        return false;
    place->begin = position(numbers[0], numbers[1]) + 1;
    place->end = count == 3 ? position(numbers[0], numbers[2]) : position(numbers[2], numbers[3]);
    return true;
}

/* False if it is none. */
static bool read_location(sl_bytes bytes, sl_bytes *ret_path, sl_source_spot *place)
{
    sl_wire_reader reader = sl_wire_reader_of(bytes);
    sl_wire_field field;
    sl_bytes span = {0};
    *ret_path = (sl_bytes){(const uint8_t *)"", 0};
    place->raw = bytes;
    while (sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &field) == SL_OK) {
        if (field.tag.type != SL_WIRE_LEN)
            continue;
        if (field.tag.number == SL_LOCATION_PATH)
            *ret_path = field.bytes;
        else if (field.tag.number == SL_LOCATION_SPAN)
            span = field.bytes;
        else if (field.tag.number == SL_LOCATION_LEADING)
            place->leading = sl_bytes_str(field.bytes);
        else if (field.tag.number == SL_LOCATION_TRAILING)
            place->trailing = sl_bytes_str(field.bytes);
    }
    return read_span(span, place);
}

/* Chains are kept by their last item while they grow, in a map of their own. */
static sl_status add_place(sl_source_spots *places, sl_map *last, sl_bytes path,
                           const sl_source_spot *read)
{
    sl_source_spot *place = sl_arena_new(&places->arena, sl_source_spot);
    if (!place)
        return SL_NO_MEMORY;
    *place = *read;
    sl_str key = sl_bytes_str(path);
    sl_source_spot *before = sl_map_get(last, key);
    if (before)
        before->next = place;
    if ((!before && sl_map_set(&places->by_path, key, place) != SL_OK) ||
        sl_map_set(last, key, place) != SL_OK)
        return SL_NO_MEMORY;
    return SL_OK;
}

sl_status sl_source_spots_read(sl_source_spots *places, const sl_file *file)
{
    sl_cleanup(sl_map_done) sl_map last = {0};
    sl_wire_reader reader = sl_wire_reader_of(file->proto->source_info);
    sl_wire_field field;
    while (sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &field) == SL_OK) {
        sl_source_spot place = {0};
        sl_bytes path;
        if (field.tag.number == SL_SOURCE_INFO_LOCATION && field.tag.type == SL_WIRE_LEN &&
            read_location(field.bytes, &path, &place))
            SL_TRY(add_place(places, &last, path, &place));
    }
    return SL_OK;
}

static sl_status pack_path(sl_source_spots *places, const int32_t *path, size_t path_len)
{
    sl_buf_clear(&places->key);
    for (size_t i = 0; i < path_len; i++)
        sl_wire_put_varint(&places->key, (uint64_t)(int64_t)path[i]);
    return sl_buf_status(&places->key);
}

sl_status sl_source_spots_find(sl_source_spots *places, const int32_t *path, size_t path_len,
                               const sl_source_spot **ret_place)
{
    *ret_place = NULL;
    if (places->by_path.count == 0)
        return SL_OK;
    SL_TRY(pack_path(places, path, path_len));
    *ret_place = sl_map_get(&places->by_path, sl_buf_str(&places->key));
    return SL_OK;
}

static int compare_keys(const void *left, const void *right)
{
    const sl_map_entry *a = left, *b = right;
    return sl_str_compare(a->key, b->key);
}

static sl_status sort_places(sl_source_spots *places)
{
    size_t count = 0;
    places->sorted = sl_arena_array(&places->arena, sl_map_entry, places->by_path.count);
    if (!places->sorted)
        return SL_NO_MEMORY;
    for (const sl_map_entry *entry = NULL; (entry = sl_map_next(&places->by_path, entry));)
        places->sorted[count++] = *entry;
    qsort(places->sorted, count, sizeof *places->sorted, compare_keys);
    return SL_OK;
}

/* Packed numbers end by themselves, so a path begins with another exactly if its bytes do. */
sl_status sl_source_spots_find_below(sl_source_spots *places, const int32_t *path, size_t path_len,
                                     const sl_source_spot **ret_place)
{
    *ret_place = NULL;
    size_t count = places->by_path.count;
    if (count == 0)
        return SL_OK;
    if (!places->sorted)
        SL_TRY(sort_places(places));
    SL_TRY(pack_path(places, path, path_len));
    sl_str key = sl_buf_str(&places->key);
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (sl_str_compare(places->sorted[middle].key, key) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < count && sl_str_starts_with(places->sorted[low].key, key); low++) {
        const sl_source_spot *place = places->sorted[low].value;
        if (!*ret_place || place->begin < (*ret_place)->begin)
            *ret_place = place;
    }
    return SL_OK;
}

void sl_source_spots_done(sl_source_spots *places)
{
    sl_map_done(&places->by_path);
    sl_arena_done(&places->arena);
    sl_buf_done(&places->key);
}
