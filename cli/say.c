/* cli/say.c: what the program says to people, and what a misspelt word was meant to be.
 *
 * Field paths, topic names and problem texts come from payloads, files and servers. Whatever they hold, a
 * line stays a line and a cursor stays where it is: control characters, and bytes that are not UTF-8, are shown
 * as \xNN. */
#include "cli/internal/say.h"

#include <stdarg.h>

enum { EDITS_MAX = 3, COLUMN_GAP = 2, ROW_NAME_WIDTH = 16 };

/* Bytes at the start of valid UTF-8 `text` that are a control character: U+0000 to U+001F, U+007F, and U+0080 to U+009F,
 * which some terminals obey as well. */
static size_t control_len(sl_str text)
{
    uint8_t byte = (uint8_t)text.data[0];
    if (byte < 0x20 || byte == 0x7f)
        return 1;
    return byte == 0xC2 && (uint8_t)text.data[1] < 0xA0 ? 2 : 0;
}

static void say_escaped(FILE *to, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        fprintf(to, "\\x%02x", (unsigned char)bytes[i]);
}

static void say_valid(FILE *to, sl_str text)
{
    size_t start = 0;
    for (size_t i = 0; i < text.len;) {
        size_t len = control_len((sl_str){text.data + i, text.len - i});
        if (len == 0) {
            i++;
            continue;
        }
        fwrite(text.data + start, 1, i - start, to);
        say_escaped(to, text.data + i, len);
        start = i += len;
    }
    if (start < text.len)
        fwrite(text.data + start, 1, text.len - start, to);
}

void sl_say_text(FILE *to, sl_str text)
{
    while (text.len > 0) {
        size_t valid = SL_MIN(sl_utf8_find_invalid(sl_str_bytes(text)), text.len);
        say_valid(to, (sl_str){text.data, valid});
        if (valid == text.len)
            return;
        say_escaped(to, text.data + valid, 1);
        text = (sl_str){text.data + valid + 1, text.len - valid - 1};
    }
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

const char *sl_nearest_name(const char *word, const char *const *names, size_t count)
{
    /* A third of the word may be wrong, and never more than EDITS_MAX letters. */
    size_t most = SL_MIN(strlen(word) / 3 + 1, (size_t)EDITS_MAX);
    const char *nearest = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t distance = sl_str_edit_distance(sl_str_from(word), sl_str_from(names[i]));
        if (distance > most)
            continue;
        most = distance - (distance > 0);
        nearest = names[i];
        if (distance == 0)
            break;
    }
    return nearest;
}
