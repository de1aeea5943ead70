/* compiler/parse_option.c: options as they are written.
 *
 *     option (a.b).c = VALUE;       [ (x) = VALUE, deprecated = true ]
 *
 * What a name means depends on files that may not be read yet, so nothing is interpreted. Of an aggregate value { … } only the extent is
 * kept: its tokens were all seen once (so what is wrong with them was told), and the back end reads them again. */
#include "compiler/internal/parser.h"

#include <math.h>

static bool parse_extension_name(sl_parser *parser, sl_option_part *part)
{
    const char *what = "the name of an extension";
    sl_str unused;
    sl_buf_clear(&parser->text);
    part->is_extension = true;
    sl_lexer_next(&parser->lexer);
    bool has_word = parser->lexer.kind == SL_TOKEN_IDENTIFIER;
    uint32_t begin = parser->lexer.token.begin;
    if (has_word) {
        sl_buf_append_str(&parser->text, sl_lexer_text(&parser->lexer));
        sl_lexer_next(&parser->lexer);
    }
    while (sl_parser_try(parser, '.')) {
        if (parser->lexer.kind != SL_TOKEN_IDENTIFIER)
            return sl_parser_expected(parser, what);
        sl_buf_append_byte(&parser->text, '.');
        sl_buf_append_str(&parser->text, sl_lexer_text(&parser->lexer));
        sl_lexer_next(&parser->lexer);
    }
    unused = sl_buf_str(&parser->text);
    part->span = (sl_span){begin, parser->lexer.previous_end};
    if (unused.len == 0)
        part->span = (sl_span){begin, begin};
    sl_str name = {0};
    if (sl_buf_status(&parser->text) != SL_OK ||
        sl_arena_copy_str(parser->scratch, unused, &name) != SL_OK)
        return sl_parser_no_memory(parser);
    part->name = name;
    return sl_parser_take(parser, ')');
}

static bool parse_name_part(sl_parser *parser)
{
    sl_option_part part = {0};
    if (sl_parser_at(parser, '(')) {
        if (!parse_extension_name(parser, &part))
            return false;
    } else {
        if (parser->lexer.kind != SL_TOKEN_IDENTIFIER)
            return sl_parser_expected(parser, "the name of an option");
        part.span = parser->lexer.token;
        part.name = sl_lexer_text(&parser->lexer);
        sl_lexer_next(&parser->lexer);
    }
    return sl_parser_push(parser, &parser->option_parts, part);
}

static bool parse_name(sl_parser *parser, sl_option *option)
{
    parser->option_parts.count = 0;
    option->name.begin = parser->lexer.token.begin;
    do {
        if (!parse_name_part(parser))
            return false;
    } while (sl_parser_try(parser, '.'));
    option->name.end = parser->lexer.previous_end;

    size_t size = parser->option_parts.count * sizeof(sl_option_part);
    option->parts = sl_arena_alloc(parser->scratch, size);
    if (!option->parts)
        return sl_parser_no_memory(parser);
    memcpy(option->parts, parser->option_parts.items, size);
    option->part_count = (uint32_t)parser->option_parts.count;
    return true;
}

/* From '{' to behind its '}'. */
static bool parse_aggregate(sl_parser *parser, sl_option *option)
{
    uint32_t depth = 0;
    option->kind = SL_OPTION_AGGREGATE;
    do {
        if (sl_parser_at_end(parser))
            return sl_parser_end_inside(parser, "the value of an option", (sl_span){0});
        depth += sl_parser_at(parser, '{');
        depth -= sl_parser_at(parser, '}');
        sl_lexer_next(&parser->lexer);
    } while (depth > 0);
    return true;
}

static bool parse_identifier_value(sl_parser *parser, sl_option *option, bool is_negative)
{
    sl_str word = sl_lexer_text(&parser->lexer);
    option->kind = SL_OPTION_IDENTIFIER;
    option->text = word;
    if (is_negative) {
        if (!sl_str_is(word, "inf") && !sl_str_is(word, "nan")) {
            sl_parser_tell_here(parser, SL_DIAG_MINUS_BEFORE_WORD);
            return false;
        }
        option->kind = SL_OPTION_DOUBLE;
        option->real = sl_str_is(word, "inf") ? -(double)INFINITY : (double)NAN;
    }
    sl_lexer_next(&parser->lexer);
    return true;
}

static bool parse_number_value(sl_parser *parser, sl_option *option, bool is_negative)
{
    uint64_t most = is_negative ? (uint64_t)INT64_MAX + 1 : UINT64_MAX;
    if (parser->lexer.kind == SL_TOKEN_INTEGER &&
        sl_token_integer(sl_lexer_text(&parser->lexer), most, &option->number)) {
        option->kind = is_negative ? SL_OPTION_NEGATIVE : SL_OPTION_POSITIVE;
        if (is_negative)
            option->number = -option->number;
        sl_lexer_next(&parser->lexer);
        return true;
    }
    option->kind = SL_OPTION_DOUBLE;
    if (!sl_parser_take_number(parser, "a number", &option->real))
        return false;
    if (is_negative)
        option->real = -option->real;
    return true;
}

static bool parse_string_value(sl_parser *parser, sl_option *option)
{
    option->kind = SL_OPTION_STRING;
    sl_buf_clear(&parser->text);
    while (parser->lexer.kind == SL_TOKEN_STRING) {
        sl_token_string(sl_lexer_text(&parser->lexer), &parser->text);
        sl_lexer_next(&parser->lexer);
    }
    if (sl_buf_status(&parser->text) != SL_OK ||
        sl_arena_copy_str(parser->scratch, sl_buf_str(&parser->text), &option->text) != SL_OK)
        return sl_parser_no_memory(parser);
    return true;
}

static bool parse_value(sl_parser *parser, sl_option *option)
{
    const char *what = "the value of the option";
    bool is_negative = sl_parser_try(parser, '-');
    switch (parser->lexer.kind) {
    case SL_TOKEN_IDENTIFIER: return parse_identifier_value(parser, option, is_negative);
    case SL_TOKEN_INTEGER:
    case SL_TOKEN_FLOAT: return parse_number_value(parser, option, is_negative);
    case SL_TOKEN_STRING:
        if (is_negative)
            return sl_parser_expected(parser, "a number");
        return parse_string_value(parser, option);
    case SL_TOKEN_SYMBOL:
        if (!sl_parser_at(parser, '{'))
            return sl_parser_expected(parser, what);
        return parse_aggregate(parser, option);
    case SL_TOKEN_START:
    case SL_TOKEN_END: break;
    }
    return sl_parser_expected(parser, what);
}

bool sl_parse_option(sl_parser *parser, sl_option_list *list, uint32_t place, bool is_statement)
{
    sl_option *option = sl_arena_new(parser->scratch, sl_option);
    if (!option)
        return sl_parser_no_memory(parser);
    parser->unit->has_options = true;
    uint32_t option_place =
        sl_places_add_option(parser->places, place, option, parser->lexer.token.begin);
    if (is_statement)
        sl_lexer_next(&parser->lexer);
    if (!parse_name(parser, option) || !sl_parser_take(parser, '='))
        return false;
    option->value.begin = parser->lexer.token.begin;
    if (!parse_value(parser, option))
        return false;
    option->value.end = parser->lexer.previous_end;
    if (is_statement && !sl_parser_take_end(parser, ';', option_place))
        return false;
    sl_places_end(parser->places, option_place, &parser->lexer);

    if (list->last)
        list->last->next = option;
    else
        list->first = option;
    list->last = option;
    list->count++;
    return true;
}

bool sl_parse_option_statement(sl_parser *parser, sl_option_list *list, uint32_t parent)
{
    if (!sl_parser_at_word(parser, "option"))
        return sl_parser_expected(parser, "\"option\"");
    return sl_parse_option(parser, list, parent, true);
}

bool sl_parse_option_brackets(sl_parser *parser, sl_option_list *list, uint32_t place)
{
    do {
        if (!sl_parse_option(parser, list, place, false))
            return false;
    } while (sl_parser_try(parser, ','));
    return sl_parser_take(parser, ']');
}

const sl_option *sl_option_find(const sl_option_list *list, const char *name)
{
    for (const sl_option *option = list->first; option; option = option->next)
        if (option->part_count == 1 && !option->parts[0].is_extension &&
            sl_str_is(option->parts[0].name, name))
            return option;
    return NULL;
}

bool sl_option_is_true(const sl_option *option)
{
    return option && option->kind == SL_OPTION_IDENTIFIER && sl_str_is(option->text, "true");
}
