/* compiler/source.c: byte offsets to lines and columns.
 *
 * The table of line starts costs one memchr() a line and is made only when somebody asks. Questions come mostly in the order of the text, so
 * the search begins where the last one ended and halves only when that is far off. Columns are bytes, but for tabs, which go to the
 * next multiple of 8: that is what protoc writes into source info, so editors and we agree through it. */
#include "compiler/internal/source.h"

enum { TAB_WIDTH = 8, NEAR_LINES = 8 };

sl_status sl_source_index_lines(sl_source *source)
{
    if (source->line_starts)
        return SL_OK;
    const char *at = source->text.data;
    const char *end = at + source->text.len;
    SL_VEC(uint32_t) starts = {0};
    sl_status status = sl_vec_push(&starts, 0);
    while (status == SL_OK && (at = memchr(at, '\n', (size_t)(end - at)))) {
        at++;
        status = sl_vec_push(&starts, (uint32_t)(at - source->text.data));
    }
    if (status != SL_OK) {
        sl_vec_done(&starts);
        return status;
    }
    source->line_starts = starts.items;
    source->line_count = (uint32_t)starts.count;
    source->last_line = 0;
    source->has_tabs = source->text.len && memchr(source->text.data, '\t', source->text.len);
    return SL_OK;
}

static bool is_on_line(const sl_source *source, uint32_t line, uint32_t offset)
{
    return source->line_starts[line] <= offset &&
           (line + 1 == source->line_count || offset < source->line_starts[line + 1]);
}

static uint32_t find_line(const sl_source *source, uint32_t offset)
{
    uint32_t near_end = SL_MIN(source->last_line + NEAR_LINES, source->line_count);
    for (uint32_t line = source->last_line; line < near_end; line++)
        if (is_on_line(source, line, offset))
            return line;
    uint32_t low = 0, high = source->line_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (source->line_starts[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static uint32_t column_with_tabs(const char *line, uint32_t len)
{
    uint32_t column = 0;
    for (uint32_t i = 0; i < len; i++)
        column = line[i] == '\t' ? (column / TAB_WIDTH + 1) * TAB_WIDTH : column + 1;
    return column;
}

sl_place sl_source_place(sl_source *source, uint32_t offset)
{
    if (sl_source_index_lines(source) != SL_OK)
        return (sl_place){0};
    source->last_line = find_line(source, offset);
    uint32_t start = source->line_starts[source->last_line];
    uint32_t column = offset - start;
    if (source->has_tabs)
        column = column_with_tabs(source->text.data + start, column);
    return (sl_place){source->last_line, column};
}

sl_location sl_source_locate(sl_source *source, sl_span span)
{
    sl_location location = {.file = source->path};
    if (span.end == 0)
        return location;
    sl_place place = sl_source_place(source, span.begin);
    const char *begin = source->text.data + span.begin;
    size_t len = span.end > span.begin ? span.end - span.begin : 0;
    const char *line_end = len ? memchr(begin, '\n', len) : NULL;
    location.line = place.line + 1;
    location.column = place.column + 1;
    location.length = (uint32_t)(line_end ? (size_t)(line_end - begin) : len);
    return location;
}

void sl_source_done(sl_source *source)
{
    sl_free(source->line_starts);
    source->line_starts = NULL;
    source->line_count = 0;
}
