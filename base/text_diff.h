/* base/text_diff.h: what differs between two texts, line by line, in the unified form that patch and every review tool read. */
#pragma once

#include "base/buf.h"

typedef struct sl_text_diff {
    sl_str old_name, new_name; /* for the two lines at the top */
    sl_str old_text, new_text;
} sl_text_diff;

/* Append the unified diff, with three lines around each change; nothing where the texts are equal. It is a shortest one up to
 * SL_LIMIT_DIFF_EDITS lines removed and added; beyond, everything between the first and the last change is told as replaced.
 * SL_OK; SL_LIMIT (a text has more than SL_LIMIT_DIFF_BYTES or SL_LIMIT_DIFF_LINES); SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_text_diff_write(const sl_text_diff *diff, sl_buf *buf, sl_error *err);
