/* schema/print_comments.c: the places of what is printed, and the comments that source info keeps.
 *
 * Without source info, or in the canonical form, there are no places, and everything that asks gets nothing.
 *
 * protoc attaches a comment by the lines around it: before a declaration it leads, behind it on the same line it trails, with empty lines
 * around it it is detached. They are laid out here so that it would attach them to the same things again. */
#include "schema/internal/printer.h"

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

const sl_source_spot *sl_print_place(sl_printer *printer)
{
    const sl_source_spot *place = NULL;
    if (printer->path_len > SL_PRINT_PATH_MAX)
        return NULL;
    if (sl_source_spots_find(&printer->places, printer->path, printer->path_len, &place) != SL_OK)
        sl_print_no_memory(printer);
    return place;
}

const sl_source_spot *sl_print_place_of(sl_printer *printer, int32_t step)
{
    sl_path_push(printer, step);
    const sl_source_spot *place = sl_print_place(printer);
    sl_path_pop(printer, 1);
    return place;
}

const sl_source_spot *sl_print_place_at(sl_printer *printer, int32_t step, uint32_t index)
{
    sl_path_push2(printer, step, index);
    const sl_source_spot *place = sl_print_place(printer);
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

void sl_print_leading(sl_printer *printer, const sl_source_spot *place)
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

void sl_print_trailing(sl_printer *printer, const sl_source_spot *place)
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
