/* tests/compat/support.h: the pairs of tests/compat/cases, read back.
 *
 * Failures end the test (or, in a program that is none, the program). */
#pragma once

#include "compat/compat.h"

/* Link the descriptor set in a file. */
sl_schema *load_schema(const char *path);

/* One side of a case, "old" or "new". */
sl_schema *load_side(const char *test_case, const char *side);

/* `format`ted into a static buffer: a path below tests/compat/cases. */
const char *case_path(const char *format, ...) SL_PRINTF(1, 2);

/* Whole file, NUL behind it; the caller frees with sl_free(). Its length in *ret_len if that is not NULL. */
char *read_text(const char *path, size_t *ret_len);

/* "RULE@path:line:column", as in buf.txt: 1:1 where there is none, `-` for no file. */
void format_finding(const sl_finding *finding, char *to, size_t size);

/* Are these buf's words for what we say? */
bool is_same_finding(const char *theirs, const char *ours);

/* Sorted, as text. */
typedef struct finding_texts {
    size_t count;
    char items[1024][192];
} finding_texts;
void sort_texts(finding_texts *texts);
void check_texts(const sl_schema *old, const sl_schema *new, sl_compat_category category,
                 int directions, finding_texts *ret_texts);
