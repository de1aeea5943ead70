/* cli/say.c: what the program says to people, and what a misspelt word was meant to be.
 *
 * Field paths, topic names and problem texts come from payloads, files and servers. Whatever they hold, a line stays a line: control
 * characters, DEL included, are shown as \xNN, and bytes that are not UTF-8 as they are, since terminals replace them. */
#include "cli/internal/say.h"

#include <stdarg.h>

/* Longest word that is compared, and the most edits that still count as meant. */
enum { WORD_MAX = 40, EDITS_MAX = 3 };

enum { COLUMN_GAP = 2, ROW_NAME_WIDTH = 16 };

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || (unsigned char)c == 0x7f;
}

void sl_say_text(FILE *to, sl_str text)
{
    size_t start = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!is_control(text.data[i]))
            continue;
        fwrite(text.data + start, 1, i - start, to);
        fprintf(to, "\\x%02x", (unsigned char)text.data[i]);
        start = i + 1;
    }
    if (start < text.len)
        fwrite(text.data + start, 1, text.len - start, to);
}

/* Characters of UTF-8 text, which is what most terminals show one cell each for. */
static size_t character_count(sl_str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += (text.data[i] & 0xC0) != 0x80;
    return count;
}

void sl_say_column(sl_str text, size_t width)
{
    size_t count = character_count(text);
    sl_say_text(stdout, text);
    printf("%*s", (int)(count < width ? width - count : 0) + COLUMN_GAP, "");
}

void sl_say_row(const char *name, sl_str text)
{
    if (text.len == 0)
        return;
    sl_say_column(sl_str_from(name), ROW_NAME_WIDTH);
    sl_say_text(stdout, text);
    putchar('\n');
}

void sl_complain(const char *format, ...)
{
    sl_error error = {0};
    va_list args;
    va_start(args, format);
    sl_error_vset(&error, SL_INVALID, format, args);
    va_end(args);
    fflush(stdout);
    fputs("sluice: ", stderr);
    sl_say_text(stderr, sl_str_from(error.text));
    fputc('\n', stderr);
}

/* Levenshtein distance with a swap of neighbours counted as one edit; words longer than WORD_MAX are nowhere near. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t a_len = strlen(a), b_len = strlen(b);
    size_t rows[3][WORD_MAX + 1];
    if (a_len > WORD_MAX || b_len > WORD_MAX)
        return SIZE_MAX;
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_len; j++)
        last[j] = j;
    memset(before, 0, sizeof rows[0]);
    for (size_t i = 1; i <= a_len; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            row[j] = SL_MIN(last[j], row[j - 1]) + 1;
            row[j] = SL_MIN(row[j], last[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = SL_MIN(row[j], before[j - 2] + 1);
        }
        size_t *oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    return last[b_len];
}

const char *sl_nearest_name(const char *word, const char *const *names, size_t count)
{
    /* A third of the word may be wrong, and never more than EDITS_MAX letters. */
    size_t most = SL_MIN(strlen(word) / 3 + 1, (size_t)EDITS_MAX);
    const char *nearest = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t distance = edit_distance(word, names[i]);
        if (distance > most)
            continue;
        most = distance - (distance > 0);
        nearest = names[i];
        if (distance == 0)
            break;
    }
    return nearest;
}
