/* compiler/comments.c: which comment belongs to what.
 *
 * As protoc's tokenizer decides it, since its answers are in every descriptor with source info. Passing the end of a declaration:
 *
 *     int32 a = 1;  // on the same line: trails `a`; nothing on later lines joins it
 *     // on the next line, a blank line below: trails `a` too
 *
 *     // between blank lines: detached
 *
 *     // right above the next token: leads `b`; but at "}" it is flushed like one with a blank line below
 *     int32 b = 2;
 *
 * Line comments in a row are one comment; a block comment is always one of its own. If the next token is on the very line where the
 * declaration or its trailing comment ended, a lone comment could belong to either and is detached.
 *
 * A comment is kept as pieces of the text: what is left out (the "//", the blanks and the star at the start of a line of a block comment)
 * lies between them. */
#include "compiler/internal/char_class.h"
#include "compiler/internal/places.h"

typedef struct comment_collector {
    sl_places *places;
    sl_lexer *lexer;
    sl_comment current, trailing;
    uint32_t flushed; /* comments that were given a place */
    bool has_current, is_line, has_trailing, can_trail;
} comment_collector;

static void add_piece(comment_collector *collector, const char *begin, const char *end)
{
    const char *text = collector->lexer->source->text.data;
    sl_span piece = {(uint32_t)(begin - text), (uint32_t)(end - text)};
    if (begin == end)
        return;
    if (sl_vec_push(&collector->places->pieces, piece) != SL_OK) {
        collector->places->no_memory = true;
        return;
    }
    collector->current.count++;
}

static void flush(comment_collector *collector)
{
    sl_places *places = collector->places;
    if (!collector->has_current)
        return;
    if (collector->can_trail) {
        collector->trailing = collector->current;
        collector->has_trailing = true;
        collector->can_trail = false;
    } else if (sl_vec_push(&places->found_detached, collector->current) != SL_OK) {
        places->no_memory = true;
    }
    collector->has_current = false;
    collector->flushed++;
}

static void begin_comment(comment_collector *collector, bool is_line)
{
    bool is_more = collector->has_current && collector->is_line && is_line;
    if (is_more)
        return;
    flush(collector);
    collector->has_current = true;
    collector->is_line = is_line;
    collector->current = (sl_comment){(uint32_t)collector->places->pieces.count, 0};
}

static void read_line_comment(comment_collector *collector)
{
    sl_lexer *lexer = collector->lexer;
    begin_comment(collector, true);
    lexer->at += 2;
    const char *begin = lexer->at;
    sl_lexer_line_comment(lexer);
    add_piece(collector, begin, lexer->at);
}

static const char *skip_blanks(const char *at)
{
    while (sl_char_is(*at, SL_CHAR_SPACE) && *at != '\n')
        at++;
    return at;
}

static void read_block_comment(comment_collector *collector)
{
    sl_lexer *lexer = collector->lexer;
    begin_comment(collector, false);
    lexer->at += 2;
    const char *begin = lexer->at;
    bool is_ended = sl_lexer_block_comment(lexer);
    const char *end = is_ended ? lexer->at - 2 : lexer->at;
    const char *newline;
    while (begin < end && (newline = memchr(begin, '\n', (size_t)(end - begin)))) {
        add_piece(collector, begin, newline + 1);
        begin = skip_blanks(newline + 1);
        begin += *begin == '*';
    }
    if (begin < end)
        add_piece(collector, begin, end);
}

/* Push the trailing comment in front of the detached ones. */
static void detach_trailing(comment_collector *collector)
{
    sl_places *places = collector->places;
    sl_comment trailing = collector->trailing;
    if (sl_vec_push(&places->found_detached, trailing) != SL_OK) {
        places->no_memory = true;
        return;
    }
    sl_comment *items = places->found_detached.items;
    memmove(items + 1, items, (places->found_detached.count - 1) * sizeof *items);
    items[0] = trailing;
    collector->trailing = (sl_comment){0};
}

static void detach_lone_comment(comment_collector *collector)
{
    if (collector->flushed + collector->has_current != 1)
        return;
    if (collector->has_trailing)
        detach_trailing(collector);
    flush(collector);
}

static bool closes_scope(const sl_lexer *lexer)
{
    return lexer->kind == SL_TOKEN_END || lexer->symbol == '}' || lexer->symbol == ']' ||
           lexer->symbol == ')';
}

/* What stands between the lexer and the next token on the line of the declaration. True: go on with the lines below; false: the next token is on
 * the same line and nothing is between. `*ret_is_same_line` is true while no line has ended since the declaration or its comment did. */
static bool read_same_line(comment_collector *collector, bool *ret_is_same_line)
{
    sl_lexer *lexer = collector->lexer;
    lexer->at = skip_blanks(lexer->at);
    if (lexer->at[0] == '/' && lexer->at[1] == '/') {
        read_line_comment(collector);
        flush(collector);
        *ret_is_same_line = false;
        return true;
    }
    if (lexer->at[0] == '/' && lexer->at[1] == '*') {
        read_block_comment(collector);
        lexer->at = skip_blanks(lexer->at);
        flush(collector);
        *ret_is_same_line = true;
        return true;
    }
    if (*lexer->at != '\n')
        return false;
    lexer->at++;
    *ret_is_same_line = false;
    return true;
}

/* The lines below, up to the next token. */
static void read_lines(comment_collector *collector, bool is_same_line)
{
    sl_lexer *lexer = collector->lexer;
    for (;;) {
        lexer->at = skip_blanks(lexer->at);
        if (lexer->at[0] == '/' && lexer->at[1] == '/') {
            read_line_comment(collector);
            is_same_line = false;
        } else if (lexer->at[0] == '/' && lexer->at[1] == '*') {
            const char *begin = lexer->at;
            read_block_comment(collector);
            lexer->at = skip_blanks(lexer->at);
            bool has_line_end = *lexer->at == '\n';
            lexer->at += has_line_end;
            if (has_line_end || memchr(begin, '\n', (size_t)(lexer->at - begin)))
                is_same_line = false;
        } else if (*lexer->at == '\n') {
            lexer->at++;
            is_same_line = false;
            flush(collector);
            collector->can_trail = false;
        } else {
            break;
        }
    }
    sl_lexer_next(lexer);
    if (closes_scope(lexer))
        flush(collector);
    if (is_same_line && lexer->kind != SL_TOKEN_END)
        detach_lone_comment(collector);
}

/* Whatever comment is left leads the next token. */
static sl_comment leading_of(const comment_collector *collector)
{
    return collector->has_current ? collector->current : (sl_comment){0};
}

void sl_places_first_token(sl_places *places, sl_lexer *lexer)
{
    sl_lexer_skip_bom(lexer);
    if (!places) {
        sl_lexer_next(lexer);
        return;
    }
    comment_collector collector = {.places = places, .lexer = lexer};
    read_lines(&collector, false);
    places->upcoming_leading = leading_of(&collector);
    for (size_t i = 0; i < places->found_detached.count; i++)
        if (sl_vec_push(&places->upcoming_detached, places->found_detached.items[i]) != SL_OK)
            places->no_memory = true;
    places->found_detached.count = 0;
}

static void attach(sl_places *places, uint32_t record, sl_comment leading, sl_comment trailing)
{
    sl_attached_comments attached = {leading, trailing, (uint32_t)places->detached.count,
                                     (uint32_t)places->upcoming_detached.count};
    if (!leading.count && !trailing.count && !attached.detached_count)
        return;
    for (size_t i = 0; i < places->upcoming_detached.count; i++)
        if (sl_vec_push(&places->detached, places->upcoming_detached.items[i]) != SL_OK)
            places->no_memory = true;
    if (sl_vec_push(&places->attached, attached) != SL_OK)
        places->no_memory = true;
    else if (record < places->records.count)
        places->records.items[record].attached = (uint32_t)places->attached.count;
}

void sl_places_pass(sl_places *places, uint32_t record, sl_lexer *lexer)
{
    if (!places) {
        sl_lexer_next(lexer);
        return;
    }
    bool is_closing = lexer->symbol == '}';
    bool is_same_line = true;
    comment_collector collector = {.places = places, .lexer = lexer, .can_trail = true};
    places->found_detached.count = 0;
    if (read_same_line(&collector, &is_same_line))
        read_lines(&collector, is_same_line);
    else
        sl_lexer_next(lexer);

    if (record != SL_PLACE_NONE)
        attach(places, record, places->upcoming_leading, collector.trailing);
    places->upcoming_leading = leading_of(&collector);
    if (record != SL_PLACE_NONE || is_closing)
        places->upcoming_detached.count = 0;
    for (size_t i = 0; i < places->found_detached.count; i++)
        if (sl_vec_push(&places->upcoming_detached, places->found_detached.items[i]) != SL_OK)
            places->no_memory = true;
    places->found_detached.count = 0;
}
