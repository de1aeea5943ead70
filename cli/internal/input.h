/* cli/internal/input.h: files and standard input, read with a bound. */
#pragma once

#include "base/base.h"

#include <stdio.h>

/* An open file, or standard input for the name "-". */
typedef struct sl_input {
    FILE *file;
    const char *name; /* as it is shown: the path, or "stdin" */
} sl_input;

/* SL_OK; SL_NOT_FOUND, SL_IO with a text. */
SL_MUST_CHECK sl_status sl_input_open(const char *path, sl_input *ret_input, sl_error *err);
void sl_input_close(sl_input *input); /* accepts a zeroed one */

/* The rest of the input into `buf` (cleared first), at most `max` bytes, with SL_PAYLOAD_SLOP zero bytes
 * behind them that buf->len does not count. SL_OK; SL_LIMIT (longer than `max`); SL_IO; SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_input_read_all(sl_input *input, size_t max, sl_buf *buf, sl_error *err);

/* One payload of a length-delimited stream: a varint length, and that many bytes, into `buf` as above. Only
 * one payload is held at a time. SL_OK; SL_NOT_FOUND at the end of the stream; SL_MALFORMED (a length that is
 * none, or the stream ends inside a payload); SL_LIMIT (longer than SL_LIMIT_PAYLOAD_BYTES); SL_IO;
 * SL_NO_MEMORY. After any but SL_OK the stream cannot be read on. */
SL_MUST_CHECK sl_status sl_input_read_delimited(sl_input *input, sl_buf *buf, sl_error *err);

/* What has come by now, at least a byte and at most some 64 KiB, into `buf` as above; waits only if nothing has. *ret_is_end: nothing
 * was left. Not to be mixed with the others. SL_OK; SL_IO; SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_input_read_chunk(sl_input *input, sl_buf *buf, bool *ret_is_end,
                                            sl_error *err);

/* Open, read all, close. */
SL_MUST_CHECK sl_status sl_input_read_file(const char *path, size_t max, sl_buf *buf,
                                           sl_error *err);
