/* schema/print_comments.c: source info, read once into a map, and the comments that it keeps.
 *
 * A location's path is the key, as the packed bytes in which it stands; locations of one path (several `extend` or `reserved`) are a
 * chain. Without source info, or in the canonical form, the map is empty, and everything that asks it gets nothing.
 *
 * protoc attaches a comment by the lines around it: before a declaration it leads, behind it on the same line it trails, with empty lines
 * around it it is detached. They are laid out here so that it would attach them to the same things again. */
#include "schema/internal/printer.h"

/* --- reading --- */

static uint64_t position(uint64_t line, uint64_t column)
{
    return (line & UINT32_MAX) << 32 | (column & UINT32_MAX);
}

/* [line, column, end column], or [line, column, end line, end column]; from 0. */
static bool read_span(sl_bytes packed, sl_place *place)
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
static bool read_location(sl_bytes bytes, sl_bytes *ret_path, sl_place *place)
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
static bool add_place(sl_printer *printer, sl_map *last, sl_bytes path, const sl_place *read)
{
    sl_place *place = sl_arena_new(&printer->scratch, sl_place);
    if (!place)
        return sl_print_no_memory(printer);
    *place = *read;
    sl_str key = sl_bytes_str(path);
    sl_place *before = sl_map_get(last, key);
    if (before)
        before->next = place;
    if ((!before && sl_map_set(&printer->places, key, place) != SL_OK) ||
        sl_map_set(last, key, place) != SL_OK)
        return sl_print_no_memory(printer);
    return true;
}

sl_status sl_print_places_read(sl_printer *printer)
{
    sl_cleanup(sl_map_done) sl_map last = {0};
    sl_wire_reader reader = sl_wire_reader_of(printer->file->proto->source_info);
    sl_wire_field field;
    while (sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &field) == SL_OK) {
        sl_place place = {0};
        sl_bytes path;
        if (field.tag.number == SL_SOURCE_INFO_LOCATION && field.tag.type == SL_WIRE_LEN &&
            read_location(field.bytes, &path, &place) && !add_place(printer, &last, path, &place))
            return printer->status;
    }
    return SL_OK;
}

/* --- paths --- */

/* A path that is longer than elements lie deep is nobody's; its steps are counted and not kept. */
void sl_path_push(sl_printer *printer, int32_t step)
{
    if (printer->path_len < SL_PRINT_PATH_MAX)
        printer->path[printer->path_len] = step;
    printer->path_len++;
}

void sl_path_push2(sl_printer *printer, int32_t step, uint32_t index)
{
    sl_path_push(printer, step);
    sl_path_push(printer, (int32_t)index);
}

void sl_path_pop(sl_printer *printer, uint32_t steps)
{
    printer->path_len -= steps;
}

const sl_place *sl_print_place(sl_printer *printer)
{
    if (printer->places.count == 0 || printer->path_len > SL_PRINT_PATH_MAX)
        return NULL;
    sl_buf_clear(&printer->key);
    for (uint32_t i = 0; i < printer->path_len; i++)
        sl_wire_put_varint(&printer->key, (uint64_t)(int64_t)printer->path[i]);
    if (printer->key.has_failed) {
        sl_print_no_memory(printer);
        return NULL;
    }
    return sl_map_get(&printer->places, sl_buf_str(&printer->key));
}

const sl_place *sl_print_place_of(sl_printer *printer, int32_t step)
{
    sl_path_push(printer, step);
    const sl_place *place = sl_print_place(printer);
    sl_path_pop(printer, 1);
    return place;
}

const sl_place *sl_print_place_at(sl_printer *printer, int32_t step, uint32_t index)
{
    sl_path_push2(printer, step, index);
    const sl_place *place = sl_print_place(printer);
    sl_path_pop(printer, 2);
    return place;
}

/* --- comments --- */

/* Source info comes from anybody, and text is UTF-8 without NUL: what is neither becomes U+FFFD. */
static void put_comment_line(sl_printer *printer, const char *line, size_t len)
{
    sl_bytes rest = {(const uint8_t *)line, len};
    while (rest.len) {
        size_t valid = SL_MIN(sl_utf8_find_invalid(rest), rest.len);
        const uint8_t *nul = memchr(rest.data, 0, valid);
        size_t good = nul ? (size_t)(nul - rest.data) : valid;
        sl_buf_append(printer->out, rest.data, good);
        if (good == rest.len)
            return;
        sl_put(printer, "\xEF\xBF\xBD");
        rest = (sl_bytes){rest.data + good + 1, rest.len - good - 1};
    }
}

/* A line for each of the comment's; the text has the newline of its last line, as protoc keeps it. */
static void put_comment(sl_printer *printer, sl_str text)
{
    while (text.len) {
        const char *end = memchr(text.data, '\n', text.len);
        size_t len = end ? (size_t)(end - text.data) : text.len;
        sl_put_indent(printer);
        sl_put(printer, "//");
        put_comment_line(printer, text.data, len);
        sl_put(printer, "\n");
        len += end != NULL;
        text = (sl_str){text.data + len, text.len - len};
    }
}

/* An empty line even at the begin of a block: else the comment would belong to what opened it. */
static void put_empty_line(sl_printer *printer)
{
    sl_str text = sl_buf_str(printer->out);
    if (text.len && !sl_str_ends_with(text, SL_STR("\n\n")))
        sl_put(printer, "\n");
}

void sl_print_leading(sl_printer *printer, const sl_place *place)
{
    if (!place)
        return;
    sl_wire_reader reader = sl_wire_reader_of(place->raw);
    sl_wire_field field;
    while (sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &field) == SL_OK) {
        if (field.tag.number != SL_LOCATION_DETACHED || field.tag.type != SL_WIRE_LEN)
            continue;
        put_empty_line(printer);
        put_comment(printer, sl_bytes_str(field.bytes));
        sl_put(printer, "\n");
    }
    if (place->leading.len) {
        sl_put_gap(printer);
        put_comment(printer, place->leading);
    }
}

void sl_print_trailing(sl_printer *printer, const sl_place *place)
{
    sl_str text = place ? place->trailing : (sl_str){0};
    const char *end = text.len ? memchr(text.data, '\n', text.len) : NULL;
    if (text.len == 0) {
        sl_put(printer, "\n");
        return;
    }
    if (!end || end + 1 == text.data + text.len) {
        sl_put(printer, " //");
        put_comment_line(printer, text.data, end ? (size_t)(end - text.data) : text.len);
        sl_put(printer, "\n");
        return;
    }
    sl_put(printer, "\n");
    put_comment(printer, text);
    sl_put(printer, "\n");
}
