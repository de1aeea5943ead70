/* lint/words.c: names in words.
 *
 *   name          PascalCase    lower_snake_case
 *   FOO_BAR       FOOBAR        foo_bar
 *   HTTP2Server   HTTP2Server   http2_server     digits belong to the word before them
 *   OAuth2Token   OAuth2Token   o_auth2_token    the last of several capitals begins the next word
 *   foo__3d       Foo3d         foo_3d
 *
 * as `buf lint` splits them, which people's names have been fitted to; probed with thousands of identifiers. */
#include "lint/lint.h"

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* File names have dots and hyphens. */
static bool is_between(char c)
{
    return c == '_' || c == '.' || c == '-' || c == ' ';
}

static char to_upper(char c)
{
    return is_lower(c) ? (char)(c - 'a' + 'A') : c;
}

static char to_lower(char c)
{
    return is_upper(c) ? (char)(c - 'A' + 'a') : c;
}

void sl_lint_pascal_case(sl_str name, sl_buf *to)
{
    bool begins_word = true;
    for (size_t i = 0; i < name.len; i++) {
        if (!is_between(name.data[i]))
            sl_buf_append_byte(to, (uint8_t)(begins_word ? to_upper(name.data[i]) : name.data[i]));
        begins_word = is_between(name.data[i]);
    }
}

/* Does a word begin at this capital, without anything between it and the word before? */
static bool begins_word(sl_str name, size_t i)
{
    if (i == 0 || !is_upper(name.data[i]))
        return false;
    bool is_before_small = i + 1 < name.len && !is_upper(name.data[i + 1]) &&
                           !is_digit(name.data[i + 1]) && name.data[i + 1] != '_';
    return is_lower(name.data[i - 1]) || is_before_small;
}

static void snake_case(sl_str name, char (*convert)(char c), sl_buf *to)
{
    size_t begin = to->len;
    bool is_apart = false;
    for (size_t i = 0; i < name.len; i++) {
        is_apart |= is_between(name.data[i]) || begins_word(name, i);
        if (is_between(name.data[i]))
            continue;
        if (is_apart && to->len > begin)
            sl_buf_append_byte(to, '_');
        is_apart = false;
        sl_buf_append_byte(to, (uint8_t)convert(name.data[i]));
    }
}

void sl_lint_lower_snake_case(sl_str name, sl_buf *to)
{
    snake_case(name, to_lower, to);
}

void sl_lint_upper_snake_case(sl_str name, sl_buf *to)
{
    snake_case(name, to_upper, to);
}
