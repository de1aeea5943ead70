/* compiler/parser.c: what every part of the grammar leans on: taking tokens, telling what is wrong with them, getting back in step after an
 * error, and keeping what was read. */
#include "compiler/internal/parser.h"

#include <math.h>

/* --- telling --- */

bool sl_parser_no_memory(sl_parser *parser)
{
    parser->status = SL_NO_MEMORY;
    return false;
}

void sl_parser_tell(sl_parser *parser, sl_span at, sl_diag_id id)
{
    sl_diag_plain(parser->diags, &parser->unit->source, at, id);
}

void sl_parser_tell_here(sl_parser *parser, sl_diag_id id)
{
    sl_parser_tell(parser, parser->lexer.token, id);
}

static sl_str quoted_token(sl_parser *parser)
{
    sl_buf_clear(&parser->text);
    if (parser->lexer.kind == SL_TOKEN_END)
        return SL_STR("the end of the file");
    bool is_quoted = parser->lexer.kind == SL_TOKEN_STRING;
    if (!is_quoted)
        sl_buf_append_byte(&parser->text, '"');
    sl_buf_append_str(&parser->text, sl_lexer_text(&parser->lexer));
    if (!is_quoted)
        sl_buf_append_byte(&parser->text, '"');
    return sl_buf_str(&parser->text);
}

bool sl_parser_expected(sl_parser *parser, const char *what)
{
    if (parser->status != SL_OK)
        return false;
    sl_str found = quoted_token(parser);
    if (parser->text.has_failed)
        return sl_parser_no_memory(parser);
    sl_diag(parser->diags, &parser->unit->source, parser->lexer.token, SL_DIAG_EXPECTED,
            sl_str_from(what), found);
    return false;
}

bool sl_parser_end_inside(sl_parser *parser, const char *what, sl_span name)
{
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    if (parser->status != SL_OK)
        return false;
    sl_buf_append_str(&text, sl_str_from(what));
    if (name.end) {
        sl_buf_append_byte(&text, ' ');
        sl_buf_append_str(&text, sl_source_text(&parser->unit->source, name));
    }
    if (text.has_failed)
        return sl_parser_no_memory(parser);
    sl_diag(parser->diags, &parser->unit->source, parser->lexer.token, SL_DIAG_END_OF_FILE,
            sl_buf_str(&text));
    return false;
}

/* --- recovery --- */

/* From behind a '{' to behind its '}'. */
static void skip_block(sl_parser *parser)
{
    uint32_t depth = 1;
    while (!sl_parser_at_end(parser) && depth > 0) {
        depth += sl_parser_at(parser, '{');
        depth -= sl_parser_at(parser, '}');
        sl_lexer_next(&parser->lexer);
    }
}

void sl_parser_skip_statement(sl_parser *parser)
{
    while (!sl_parser_at_end(parser) && !sl_parser_at(parser, '}')) {
        char symbol = parser->lexer.symbol;
        sl_lexer_next(&parser->lexer);
        if (symbol == ';')
            return;
        if (symbol == '{') {
            skip_block(parser);
            return;
        }
    }
}

/* --- taking --- */

bool sl_parser_try(sl_parser *parser, char symbol)
{
    if (!sl_parser_at(parser, symbol))
        return false;
    sl_lexer_next(&parser->lexer);
    return true;
}

bool sl_parser_take(sl_parser *parser, char symbol)
{
    if (sl_parser_try(parser, symbol))
        return true;
    char what[] = {'"', symbol, '"', '\0'};
    return sl_parser_expected(parser, what);
}

bool sl_parser_take_word(sl_parser *parser, const char *word)
{
    if (sl_parser_at_word_of(parser, word, strlen(word))) {
        sl_lexer_next(&parser->lexer);
        return true;
    }
    return sl_parser_expected(parser, word);
}

bool sl_parser_try_end(sl_parser *parser, char symbol, uint32_t place)
{
    if (!sl_parser_at(parser, symbol) || parser->status != SL_OK)
        return false;
    sl_places_pass(parser->places, place, &parser->lexer);
    return true;
}

bool sl_parser_take_end(sl_parser *parser, char symbol, uint32_t place)
{
    if (sl_parser_try_end(parser, symbol, place))
        return true;
    char what[] = {'"', symbol, '"', '\0'};
    return sl_parser_expected(parser, what);
}

bool sl_parser_take_identifier(sl_parser *parser, const char *what, sl_str *ret_name,
                               sl_span *ret_span)
{
    if (parser->lexer.kind != SL_TOKEN_IDENTIFIER)
        return sl_parser_expected(parser, what);
    *ret_span = parser->lexer.token;
    *ret_name = sl_parser_keep(parser, sl_lexer_text(&parser->lexer));
    sl_lexer_next(&parser->lexer);
    return parser->status == SL_OK;
}

bool sl_parser_take_string(sl_parser *parser, const char *what, sl_str *ret_text)
{
    if (parser->lexer.kind != SL_TOKEN_STRING)
        return sl_parser_expected(parser, what);
    sl_buf_clear(&parser->text);
    while (parser->lexer.kind == SL_TOKEN_STRING) {
        sl_token_string(sl_lexer_text(&parser->lexer), &parser->text);
        sl_lexer_next(&parser->lexer);
    }
    *ret_text = sl_parser_keep_buf(parser);
    return parser->status == SL_OK;
}

static void tell_range(sl_parser *parser, uint64_t most)
{
    sl_diag_number room;
    sl_str most_text =
        most > INT64_MAX ? SL_STR("18446744073709551615") : sl_diag_i64((int64_t)most, &room);
    sl_diag(parser->diags, &parser->unit->source, parser->lexer.token, SL_DIAG_INTEGER_RANGE,
            sl_lexer_text(&parser->lexer), most_text);
}

bool sl_parser_take_integer(sl_parser *parser, const char *what, uint64_t most, uint64_t *ret_value)
{
    if (parser->lexer.kind != SL_TOKEN_INTEGER)
        return sl_parser_expected(parser, what);
    if (!sl_token_integer(sl_lexer_text(&parser->lexer), most, ret_value)) {
        tell_range(parser, most);
        *ret_value = 0;
    }
    sl_lexer_next(&parser->lexer);
    return true;
}

bool sl_parser_take_int32(sl_parser *parser, const char *what, bool may_be_negative,
                          int32_t *ret_value)
{
    uint64_t value;
    bool is_negative = may_be_negative && sl_parser_try(parser, '-');
    if (!sl_parser_take_integer(parser, what, (uint64_t)INT32_MAX + is_negative, &value))
        return false;
    *ret_value = (int32_t)(is_negative ? -(int64_t)value : (int64_t)value);
    return true;
}

bool sl_parser_take_number(sl_parser *parser, const char *what, double *ret_value)
{
    sl_str token = sl_lexer_text(&parser->lexer);
    uint64_t integer;
    if (parser->lexer.kind == SL_TOKEN_FLOAT) {
        *ret_value = sl_token_float(token);
    } else if (parser->lexer.kind == SL_TOKEN_INTEGER) {
        bool is_integer = sl_token_integer(token, UINT64_MAX, &integer);
        bool is_based = token.len > 1 && token.data[0] == '0';
        if (!is_integer && is_based)
            tell_range(parser, UINT64_MAX);
        *ret_value = is_integer ? (double)integer : is_based ? 0 : sl_token_float(token);
    } else if (sl_parser_at_word(parser, "inf")) {
        *ret_value = (double)INFINITY;
    } else if (sl_parser_at_word(parser, "nan")) {
        *ret_value = (double)NAN;
    } else {
        return sl_parser_expected(parser, what);
    }
    sl_lexer_next(&parser->lexer);
    return true;
}

/* --- keeping --- */

enum { TEXTS_LEAST = 256, TEXTS_MOST = 4096 };

/* Thousands of files may be in memory at once: small ones take small pieces. */
static size_t texts_chunk(const sl_parser *parser)
{
    size_t share = parser->unit->source.text.len / 16;
    return SL_MIN(SL_MAX(share, (size_t)TEXTS_LEAST), (size_t)TEXTS_MOST);
}

static sl_str keep_apart(sl_parser *parser, sl_str text)
{
    sl_str copy = {0};
    if (sl_arena_copy_str(parser->arena, text, &copy) != SL_OK)
        sl_parser_no_memory(parser);
    return copy;
}

/* Names are short and many: they share pieces of the arena without the arena's alignment between them. */
sl_str sl_parser_keep(sl_parser *parser, sl_str text)
{
    if (text.len == 0)
        return SL_STR("");
    if (text.len > parser->texts_left) {
        size_t size = texts_chunk(parser);
        if (text.len >= size / 4)
            return keep_apart(parser, text);
        parser->texts_left = 0;
        parser->texts = sl_arena_alloc(parser->arena, size);
        if (!parser->texts) {
            sl_parser_no_memory(parser);
            return (sl_str){0};
        }
        parser->texts_left = size;
    }
    char *copy = parser->texts;
    memcpy(copy, text.data, text.len);
    parser->texts += text.len;
    parser->texts_left -= text.len;
    return (sl_str){copy, text.len};
}

sl_str sl_parser_keep_buf(sl_parser *parser)
{
    if (parser->text.has_failed) {
        sl_parser_no_memory(parser);
        return (sl_str){0};
    }
    return sl_parser_keep(parser, sl_buf_str(&parser->text));
}

sl_taken sl_parser_take_top(sl_parser *parser, const void *items, size_t count,
                            sl_stack_shape shape)
{
    sl_taken taken = {0};
    if (count == 0)
        return taken;
    uint8_t *protos = sl_arena_alloc(parser->arena, count * shape.proto);
    uint8_t *marks = sl_arena_alloc(parser->scratch, count * shape.mark);
    if (!protos || !marks) {
        sl_parser_no_memory(parser);
        return taken;
    }
    const uint8_t *item = items;
    for (size_t i = 0; i < count; i++, item += shape.item) {
        memcpy(protos + i * shape.proto, item, shape.proto);
        memcpy(marks + i * shape.mark, item + shape.mark_offset, shape.mark);
    }
    return (sl_taken){protos, marks, (uint32_t)count};
}
