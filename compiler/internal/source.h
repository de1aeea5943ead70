/* compiler/internal/source.h: the text of one file, and where in it things stand.
 *
 * Everything that has a place in the text is known by byte offsets; lines and columns are worked out only for what is told to a person or
 * written into source info, from a table of line starts that is made when it is first needed. Not thread-safe for that reason. */
#pragma once

#include "base/base.h"

/* [begin, end) in bytes. {0, 0} is "nowhere": it tells the file and no line. */
typedef struct sl_span {
    uint32_t begin, end;
} sl_span;

typedef struct sl_source {
    sl_str path; /* import path */
    sl_str text; /* text.data[text.len] is NUL; at most SL_LIMIT_SOURCE_BYTES; both borrowed */
    uint32_t *line_starts; /* owned; NULL until the first question */
    uint32_t line_count;
    uint32_t last_line; /* where the last question was answered: the next is usually near */
    bool has_tabs;      /* somewhere */
} sl_source;

typedef struct sl_place {
    uint32_t line, column; /* from 0; a tab goes to the next multiple of 8, as in protoc */
} sl_place;

/* SL_OK, SL_NO_MEMORY (then places are 0, 0). Called by those who ask for many places; sl_source_place() does it for itself. */
SL_MUST_CHECK sl_status sl_source_index_lines(sl_source *source);
sl_place sl_source_place(sl_source *source, uint32_t offset);
/* From 1, with length cut at the line's end. */
sl_location sl_source_locate(sl_source *source, sl_span span);
void sl_source_done(sl_source *source);

static inline sl_str sl_source_text(const sl_source *source, sl_span span)
{
    return (sl_str){source->text.data + span.begin, span.end - span.begin};
}
