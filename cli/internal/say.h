/* cli/internal/say.h: what the program says to people.
 *
 * Answers go to standard output, complaints to standard error with "sluice: " before them. Text that came
 * from a file or a server is printed through sl_say_text(), which writes control characters as \xNN: input
 * cannot move the cursor of a terminal or forge a line. */
#pragma once

#include "base/base.h"

#include <stdio.h>

/* "sluice: TEXT\n" on standard error; control characters escaped. */
void sl_complain(const char *format, ...) SL_PRINTF(1, 2);

/* One slice, control characters escaped. Absent prints nothing. */
void sl_say_text(FILE *to, sl_str text);

/* The same on standard output, with blanks up to `width` characters and at least two behind it. */
void sl_say_column(sl_str text, size_t width);

/* "NAME      TEXT" on a line of standard output; nothing if `text` is empty. */
void sl_say_row(const char *name, sl_str text);

/* The name of `names` that is meant by `word`, by edit distance; NULL if none is near enough to be meant. */
const char *sl_nearest_name(const char *word, const char *const *names, size_t count);
