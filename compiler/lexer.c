/* compiler/lexer.c: the tokens of .proto text.
 *
 * One loop over a table of character classes. The text ends in a NUL, which is in no class, so runs of characters need no test for the end;
 * a NUL before the end is a character like other control characters: not allowed, told once for each run of them. After an error the
 * lexer goes on with what protoc's would go on with, so that one slip gives one finding and the parser sees the tokens around it.
 *
 * Bytes above 0x7F are allowed in strings and comments only. */
#include "compiler/internal/lexer.h"

#include "compiler/internal/char_class.h"

#include <stdio.h>

const uint8_t sl_char_classes[256] = {
    ['\t'] = SL_CHAR_SPACE,
    ['\n'] = SL_CHAR_SPACE,
    ['\v'] = SL_CHAR_SPACE,
    ['\f'] = SL_CHAR_SPACE,
    ['\r'] = SL_CHAR_SPACE,
    [' '] = SL_CHAR_SPACE,
    ['0' ... '7'] = SL_CHAR_DIGIT | SL_CHAR_HEX | SL_CHAR_OCTAL | SL_CHAR_WORD,
    ['8' ... '9'] = SL_CHAR_DIGIT | SL_CHAR_HEX | SL_CHAR_WORD,
    ['A' ... 'F'] = SL_CHAR_LETTER | SL_CHAR_HEX | SL_CHAR_WORD,
    ['G' ... 'Z'] = SL_CHAR_LETTER | SL_CHAR_WORD,
    ['_'] = SL_CHAR_LETTER | SL_CHAR_WORD,
    ['a' ... 'f'] = SL_CHAR_LETTER | SL_CHAR_HEX | SL_CHAR_WORD,
    ['g' ... 'z'] = SL_CHAR_LETTER | SL_CHAR_WORD,
};

static uint32_t offset_of(const sl_lexer *lexer, const char *at)
{
    return (uint32_t)(at - lexer->source->text.data);
}

static void tell(sl_lexer *lexer, const char *begin, const char *end, sl_diag_id id,
                 sl_str argument)
{
    lexer->had_errors = true;
    if (lexer->diags)
        sl_diag_tell(lexer->diags, lexer->source,
                     (sl_span){offset_of(lexer, begin), offset_of(lexer, end)}, id, &argument, 1);
}

void sl_lexer_start(sl_lexer *lexer, sl_source *source, sl_span part, sl_diags *diags)
{
    *lexer = (sl_lexer){.source = source,
                        .diags = diags,
                        .at = source->text.data + part.begin,
                        .end = source->text.data + part.end,
                        .kind = SL_TOKEN_START};
}

void sl_lexer_skip_bom(sl_lexer *lexer)
{
    if (lexer->at == lexer->end || (uint8_t)*lexer->at != 0xEF)
        return;
    if (lexer->end - lexer->at >= 3 && memcmp(lexer->at, "\xEF\xBB\xBF", 3) == 0) {
        lexer->at += 3;
        return;
    }
    tell(lexer, lexer->at, lexer->at + 1, SL_DIAG_NOT_UTF8_BOM, (sl_str){0});
    lexer->at++;
}

void sl_lexer_line_comment(sl_lexer *lexer)
{
    const char *at = lexer->at;
    size_t left = (size_t)(lexer->end - at);
    const char *line_end = memchr(at, '\n', left);
    size_t len = line_end ? (size_t)(line_end - at) : left;
    const char *nul = memchr(at, '\0', len);
    lexer->at = nul ? nul : line_end ? line_end + 1 : lexer->end;
}

bool sl_lexer_block_comment(sl_lexer *lexer)
{
    const char *begin = lexer->at - 2;
    const char *at = lexer->at;
    for (; *at; at++) {
        if (at[0] == '*' && at[1] == '/') {
            lexer->at = at + 2;
            return true;
        }
        if (at[0] == '/' && at[1] == '*')
            tell(lexer, at, at + 2, SL_DIAG_COMMENT_NESTED, (sl_str){0});
    }
    lexer->at = at;
    tell(lexer, begin, begin + 2, SL_DIAG_COMMENT_NOT_ENDED, (sl_str){0});
    return false;
}

/* --- numbers --- */

static const char *skip_class(const char *at, uint8_t class)
{
    while (sl_char_is(*at, class))
        at++;
    return at;
}

static const char *decimal_number(sl_lexer *lexer, const char *at, bool begins_with_point,
                                  bool *is_float)
{
    at = skip_class(at, SL_CHAR_DIGIT);
    *is_float = begins_with_point;
    if (!begins_with_point && *at == '.') {
        *is_float = true;
        at = skip_class(at + 1, SL_CHAR_DIGIT);
    }
    if (*at != 'e' && *at != 'E')
        return at;
    *is_float = true;
    at++;
    if (*at == '-' || *at == '+')
        at++;
    if (!sl_char_is(*at, SL_CHAR_DIGIT))
        tell(lexer, lexer->at, at, SL_DIAG_NUMBER_EXPONENT, (sl_str){0});
    return skip_class(at, SL_CHAR_DIGIT);
}

static const char *based_number(sl_lexer *lexer, const char *at)
{
    if (*at == 'x' || *at == 'X') {
        const char *digits = at + 1;
        at = skip_class(digits, SL_CHAR_HEX);
        if (at == digits)
            tell(lexer, lexer->at, at, SL_DIAG_NUMBER_HEX_EMPTY, (sl_str){0});
        return at;
    }
    at = skip_class(at, SL_CHAR_OCTAL);
    if (!sl_char_is(*at, SL_CHAR_DIGIT))
        return at;
    at = skip_class(at, SL_CHAR_DIGIT);
    tell(lexer, lexer->at, at, SL_DIAG_NUMBER_OCTAL, (sl_str){0});
    return at;
}

/* lexer->at is the first character of the number. */
static const char *number(sl_lexer *lexer)
{
    const char *at = lexer->at;
    bool is_float = false;
    bool is_based =
        *at == '0' && (at[1] == 'x' || at[1] == 'X' || sl_char_is(at[1], SL_CHAR_DIGIT));
    if (is_based)
        at = based_number(lexer, at + 1);
    else
        at = decimal_number(lexer, at + (*at == '.'), *at == '.', &is_float);

    if (sl_char_is(*at, SL_CHAR_LETTER))
        tell(lexer, lexer->at, at + 1, SL_DIAG_NUMBER_RUNS_INTO_WORD, (sl_str){0});
    else if (*at == '.')
        tell(lexer, lexer->at, at + 1,
             is_float ? SL_DIAG_NUMBER_TWO_POINTS : SL_DIAG_NUMBER_POINT_IN_INTEGER, (sl_str){0});
    lexer->kind = is_float ? SL_TOKEN_FLOAT : SL_TOKEN_INTEGER;
    return at;
}

/* --- strings --- */

static const char *hex_digits(const char *at, int most)
{
    while (most-- > 0 && sl_char_is(*at, SL_CHAR_HEX))
        at++;
    return at;
}

static const char *unicode_escape(sl_lexer *lexer, const char *at)
{
    const char *digits = at + 1;
    if (*at == 'u') {
        at = hex_digits(digits, 4);
        if (at - digits < 4)
            tell(lexer, digits - 2, at, SL_DIAG_ESCAPE_UNICODE,
                 SL_STR("\\u needs four hexadecimal digits"));
        return at;
    }
    at = digits;
    if (at[0] == '0' && at[1] == '0' && (at[2] == '0' || at[2] == '1'))
        at = hex_digits(at + 3, 5);
    if (at - digits < 8)
        tell(lexer, digits - 2, at, SL_DIAG_ESCAPE_UNICODE,
             SL_STR("\\U needs eight hexadecimal digits, at most 0010FFFF"));
    return at;
}

/* `at` is behind the backslash. */
static const char *escape(sl_lexer *lexer, const char *at)
{
    if (*at && strchr("abfnrtv\\?'\"01234567", *at))
        return at + 1;
    if (*at == 'x' || *at == 'X') {
        if (!sl_char_is(at[1], SL_CHAR_HEX))
            tell(lexer, at - 1, at + 1, SL_DIAG_ESCAPE_HEX, (sl_str){0});
        return at + 1;
    }
    if (*at == 'u' || *at == 'U')
        return unicode_escape(lexer, at);
    const char *end = *at && *at != '\n' ? at + 1 : at;
    tell(lexer, at - 1, end, SL_DIAG_ESCAPE_INVALID, (sl_str){at - 1, (size_t)(end - at + 1)});
    return at;
}

/* lexer->at is the opening quote. */
static const char *string(sl_lexer *lexer)
{
    char quote = *lexer->at;
    const char *at = lexer->at + 1;
    lexer->kind = SL_TOKEN_STRING;
    for (;;) {
        while (*at != quote && *at != '\\' && *at != '\n' && *at != '\0')
            at++;
        if (*at == quote)
            return at + 1;
        if (*at == '\\') {
            at = escape(lexer, at + 1);
            continue;
        }
        tell(lexer, lexer->at, at, SL_DIAG_STRING_NOT_ENDED, (sl_str){lexer->at, 1});
        return at;
    }
}

/* --- the rest --- */

static const char *invalid_characters(sl_lexer *lexer)
{
    char text[8];
    const char *at = lexer->at;
    snprintf(text, sizeof text, "0x%02X", (unsigned)(uint8_t)*at);
    tell(lexer, at, at + 1, SL_DIAG_INVALID_CHARACTER, sl_str_from(text));
    while (at < lexer->end && (uint8_t)*at < ' ')
        at++;
    return at;
}

static const char *symbol(sl_lexer *lexer)
{
    if ((uint8_t)*lexer->at >= 0x80) {
        char text[8];
        snprintf(text, sizeof text, "0x%02X", (unsigned)(uint8_t)*lexer->at);
        tell(lexer, lexer->at, lexer->at + 1, SL_DIAG_INVALID_CHARACTER, sl_str_from(text));
    }
    lexer->kind = SL_TOKEN_SYMBOL;
    lexer->symbol = *lexer->at;
    return lexer->at + 1;
}

static const char *token(sl_lexer *lexer)
{
    const char *at = lexer->at;
    if (sl_char_is(*at, SL_CHAR_LETTER)) {
        lexer->kind = SL_TOKEN_IDENTIFIER;
        return skip_class(at, SL_CHAR_WORD);
    }
    if (sl_char_is(*at, SL_CHAR_DIGIT))
        return number(lexer);
    if (*at == '"' || *at == '\'')
        return string(lexer);
    if (*at != '.' || !sl_char_is(at[1], SL_CHAR_DIGIT))
        return symbol(lexer);
    bool is_behind_word =
        lexer->kind == SL_TOKEN_IDENTIFIER && lexer->previous_end == offset_of(lexer, at);
    if (is_behind_word)
        tell(lexer, at, at + 1, SL_DIAG_POINT_AFTER_WORD, (sl_str){0});
    return number(lexer);
}

/* Pass space and comments. */
static void skip_to_token(sl_lexer *lexer)
{
    for (;;) {
        lexer->at = skip_class(lexer->at, SL_CHAR_SPACE);
        if (lexer->at[0] == '/' && lexer->at[1] == '/') {
            lexer->at += 2;
            sl_lexer_line_comment(lexer);
        } else if (lexer->at[0] == '/' && lexer->at[1] == '*') {
            lexer->at += 2;
            sl_lexer_block_comment(lexer);
        } else if (lexer->at < lexer->end && (uint8_t)*lexer->at < ' ') {
            lexer->at = invalid_characters(lexer);
        } else {
            return;
        }
    }
}

void sl_lexer_next(sl_lexer *lexer)
{
    lexer->previous_begin = lexer->token.begin;
    lexer->previous_end = lexer->token.end;
    skip_to_token(lexer);
    uint32_t begin = offset_of(lexer, lexer->at);
    lexer->symbol = '\0';
    if (lexer->at >= lexer->end) {
        lexer->kind = SL_TOKEN_END;
        lexer->token = (sl_span){begin, begin};
        return;
    }
    lexer->at = token(lexer);
    lexer->token = (sl_span){begin, offset_of(lexer, lexer->at)};
}
