/* tests/conformance/corpora.h: the tables and files that scripts/corpora has prepared, and records of payloads.
 *
 * Loaded once, before the first case runs, and kept until the program ends. A payload is handed to the walker in a block of
 * its own, with exactly the readable bytes that the walker is promised, so that a sanitizer sees any read beyond them. */
#pragma once

#include "base/base.h"
#include "tests/support/random.h"

/* What is judged of a payload: the words and numbers of scripts/corpora.d/truth.py. */
typedef enum verdict_word {
    VERDICT_VALID = 0,
    VERDICT_MALFORMED = 1,
    VERDICT_MISSING_REQUIRED = 2,
    VERDICT_UNNAMED = 3, /* taken, with fields that have no name in the schema */
    VERDICT_COUNT
} verdict_word;

const char *verdict_name(
    verdict_word verdict); /* "valid", "malformed", "missing-required", "unnamed" */

/* One record of a .bin file; type and payload are borrowed from the file's bytes. */
typedef struct payload_record {
    uint8_t verdict;
    sl_str type;
    sl_bytes payload;
} payload_record;

/* Read the record at the front of `rest` and step over it. False at the end; a cut record ends the program. */
bool payload_record_next(sl_bytes *rest, payload_record *ret_record);
void payload_record_append(sl_buf *buf, verdict_word verdict, sl_str type, sl_bytes payload);

/* Skip the whole program unless `step` of scripts/corpora has been run (fail if SLUICE_REQUIRE_CORPORA is set). */
void corpora_require(const char *step);

/* The absolute path of `name` in the corpora folder; valid until the program ends. */
const char *corpora_path(const char *name);

/* The bytes of a file, with SL_PAYLOAD_SLOP readable bytes behind them; absent if there is no such file. Never freed. */
sl_bytes file_load(const char *path);
/* The same, but a file that is not there ends the program. */
sl_bytes corpora_load(const char *name);

/* Step over the next part of `rest`, which ends at `separator` or at the end. False when nothing is left. */
bool table_next_part(sl_str *rest, char separator, sl_str *ret_part);
/* The columns of a line, separated by tabs; returns how many were there, at most `max`. */
size_t table_split(sl_str line, sl_str *ret_columns, size_t max);

/* A copy of `payload` in a block of its own with exactly SL_PAYLOAD_SLOP bytes behind it, all 0xA5; free with sl_free(). */
uint8_t *payload_copy(sl_bytes payload);

/* Text formatted into memory that lives until the program ends. */
const char *text_keep(const char *format, ...) SL_PRINTF(1, 2);
