/* compiler/parse_range.c: extensions and reserved numbers and names.
 *
 *     extensions 100 to 199, 1000 to max [ options ];
 *     reserved 2, 9 to 11;    reserved "foo", "bar";    reserved foo, bar;   (the last in editions)
 *
 * In messages the end is exclusive in the descriptor, in enums inclusive. What `max` is in a message depends on an option that may come
 * later (message_set_wire_format), so it stays RANGE_MAX until the message ends. */
#include "compiler/internal/parser.h"

enum { RANGE_MAX = -1, FIELD_END_MOST = 536870912 };

typedef enum range_kind { RANGE_EXTENSION, RANGE_RESERVED, RANGE_ENUM } range_kind;

static int32_t max_of(range_kind kind)
{
    return kind == RANGE_ENUM ? INT32_MAX : RANGE_MAX;
}

static int32_t behind(range_kind kind, int32_t last)
{
    return kind == RANGE_ENUM ? last : (int32_t)((uint32_t)last + 1);
}

/* Extensions alone are checked here by protoc. */
static bool number_is_possible(sl_parser *parser, range_kind kind, int32_t number, sl_span span)
{
    if (kind != RANGE_EXTENSION || number != INT32_MAX)
        return true;
    sl_diag(parser->diags, &parser->unit->source, span, SL_DIAG_RANGE_NUMBER,
            sl_source_text(&parser->unit->source, span));
    return false;
}

static bool parse_end(sl_parser *parser, range_kind kind, sl_parsed_range *range, uint32_t place)
{
    uint32_t end_place = sl_places_begin1(parser->places, place, SL_AT_RANGE_END, &parser->lexer);
    if (sl_parser_try_word(parser, "max")) {
        range->proto.end = max_of(kind);
    } else {
        int32_t last;
        sl_span span = parser->lexer.token;
        if (!sl_parser_take_int32(parser, "a number or max", kind == RANGE_ENUM, &last) ||
            !number_is_possible(parser, kind, last, span))
            return false;
        range->proto.end = behind(kind, last);
    }
    sl_places_end(parser->places, end_place, &parser->lexer);
    return true;
}

static bool parse_range(sl_parser *parser, range_kind kind, sl_parsed_range *range, uint32_t place)
{
    int32_t start;
    sl_span first = parser->lexer.token;
    uint32_t start_place =
        sl_places_begin1(parser->places, place, SL_AT_RANGE_START, &parser->lexer);
    if (!sl_parser_take_int32(parser, "a number", kind == RANGE_ENUM, &start))
        return false;
    sl_places_end(parser->places, start_place, &parser->lexer);
    if (!number_is_possible(parser, kind, start, first))
        return false;
    range->proto.start = start;
    range->proto.has_start = range->proto.has_end = true;
    if (sl_parser_try_word(parser, "to")) {
        if (!parse_end(parser, kind, range, place))
            return false;
    } else {
        range->proto.end = behind(kind, start);
        /* protoc gives the end the place of the first token, '-' if the number is negative. */
        sl_places_add1(parser->places, place, SL_AT_RANGE_END, first);
    }
    range->mark.span = (sl_span){first.begin, parser->lexer.previous_end};
    sl_places_end(parser->places, place, &parser->lexer);
    return true;
}

/* --- extensions --- */

/* Every range of the statement has the options, and their places in its own path. The first has them by parsing. */
static void copy_option_places(sl_parser *parser, const uint32_t *range_places, size_t range_count,
                               uint32_t first, uint32_t end)
{
    sl_places *places = parser->places;
    for (size_t i = 1; i < range_count; i++) {
        uint32_t options_place = (uint32_t)places->records.count;
        for (uint32_t j = first; j < end; j++) {
            sl_place_record copy = places->records.items[j];
            copy.parent = j == first ? range_places[i] : options_place;
            if (!sl_parser_push(parser, &places->records, copy))
                return;
        }
    }
}

/* Each range of a statement has all of its options, so a short text can stand for very much: n ranges with n options are n times n. */
static bool count_options(sl_parser *parser, sl_span options, size_t range_count)
{
    size_t *bytes = &parser->unit->range_option_bytes;
    sl_diag_number room;
    *bytes += (size_t)(options.end - options.begin) * (range_count - 1);
    if (*bytes <= SL_LIMIT_RANGE_OPTION_BYTES)
        return true;
    sl_diag(parser->diags, &parser->unit->source, options, SL_DIAG_RANGE_OPTIONS_TOO_LARGE,
            sl_diag_i64(SL_LIMIT_RANGE_OPTION_BYTES, &room));
    return false;
}

static bool parse_extension_options(sl_parser *parser, size_t base, const uint32_t *range_places)
{
    size_t count = parser->extension_ranges.count - base;
    if (!sl_parser_at(parser, '['))
        return true;
    sl_option_list options = {0};
    sl_span text = parser->lexer.token;
    uint32_t place =
        sl_places_begin1(parser->places, range_places[0], SL_AT_RANGE_OPTIONS, &parser->lexer);
    sl_lexer_next(&parser->lexer);
    if (!sl_parse_option_brackets(parser, &options, place))
        return false;
    text.end = parser->lexer.previous_end;
    if (!count_options(parser, text, count))
        return false;
    sl_places_end(parser->places, place, &parser->lexer);
    if (parser->places)
        copy_option_places(parser, range_places, count, place,
                           (uint32_t)parser->places->records.count);
    for (size_t i = 0; i < count; i++)
        parser->extension_ranges.items[base + i].mark.options = options;
    return parser->status == SL_OK;
}

typedef SL_VEC(uint32_t) place_list;

static void place_list_done(place_list *list)
{
    sl_vec_done(list);
}

bool sl_parse_extensions(sl_parser *parser, uint32_t place)
{
    sl_cleanup(place_list_done) place_list range_places = {0};
    size_t base = parser->extension_ranges.count;
    sl_lexer_next(&parser->lexer);
    do {
        sl_parsed_range range = {0};
        size_t index = parser->extension_ranges.count - parser->scope.extension_ranges;
        uint32_t range_place =
            sl_places_begin1(parser->places, place, (int32_t)index, &parser->lexer);
        if (!parse_range(parser, RANGE_EXTENSION, &range, range_place) ||
            !sl_parser_push(parser, &parser->extension_ranges, range) ||
            !sl_parser_push(parser, &range_places, range_place))
            return false;
    } while (sl_parser_try(parser, ','));
    if (!parse_extension_options(parser, base, range_places.items) ||
        !sl_parser_take_end(parser, ';', place))
        return false;
    sl_places_end(parser->places, place, &parser->lexer);
    return true;
}

/* --- reserved --- */

static bool parse_reserved_name(sl_parser *parser, bool is_string)
{
    sl_parsed_name name = {.mark = parser->lexer.token};
    if (!is_string)
        return sl_parser_take_identifier(parser, "a name", &name.proto, &name.mark) &&
               sl_parser_push(parser, &parser->names, name);
    if (!sl_parser_take_string(parser, "a name in quotes", &name.proto))
        return false;
    name.mark.end = parser->lexer.previous_end;
    if (!sl_is_identifier(name.proto))
        sl_diag(parser->diags, &parser->unit->source, name.mark, SL_DIAG_RESERVED_NOT_A_NAME,
                name.proto);
    return sl_parser_push(parser, &parser->names, name);
}

static bool parse_reserved_names(sl_parser *parser, uint32_t place, bool is_string)
{
    do {
        size_t index = parser->names.count - parser->scope.names;
        uint32_t name_place =
            sl_places_begin1(parser->places, place, (int32_t)index, &parser->lexer);
        if (!parse_reserved_name(parser, is_string))
            return false;
        sl_places_end(parser->places, name_place, &parser->lexer);
    } while (sl_parser_try(parser, ','));
    return sl_parser_take_end(parser, ';', place);
}

static bool parse_reserved_numbers(sl_parser *parser, uint32_t place, range_kind kind)
{
    do {
        sl_parsed_range range = {0};
        size_t index = parser->reserved_ranges.count - parser->scope.reserved_ranges;
        uint32_t range_place =
            sl_places_begin1(parser->places, place, (int32_t)index, &parser->lexer);
        if (!parse_range(parser, kind, &range, range_place) ||
            !sl_parser_push(parser, &parser->reserved_ranges, range))
            return false;
    } while (sl_parser_try(parser, ','));
    return sl_parser_take_end(parser, ';', place);
}

bool sl_parse_reserved(sl_parser *parser, uint32_t parent, bool is_enum)
{
    uint32_t begin = parser->lexer.token.begin;
    sl_lexer_next(&parser->lexer);
    bool is_string = parser->lexer.kind == SL_TOKEN_STRING;
    bool is_name = is_string || parser->lexer.kind == SL_TOKEN_IDENTIFIER;
    if (is_name && is_string == sl_parser_is_editions(parser)) {
        sl_parser_tell_here(parser, is_string ? SL_DIAG_RESERVED_AS_STRING
                                              : SL_DIAG_RESERVED_AS_IDENTIFIER);
        return false;
    }
    int32_t name_step = is_enum ? SL_AT_ENUM_RESERVED_NAME : SL_AT_MESSAGE_RESERVED_NAME;
    int32_t range_step = is_enum ? SL_AT_ENUM_RESERVED_RANGE : SL_AT_MESSAGE_RESERVED_RANGE;
    uint32_t place =
        sl_places_begin1(parser->places, parent, is_name ? name_step : range_step, &parser->lexer);
    sl_places_start_at(parser->places, place, begin);
    bool is_read =
        is_name ? parse_reserved_names(parser, place, is_string)
                : parse_reserved_numbers(parser, place, is_enum ? RANGE_ENUM : RANGE_RESERVED);
    if (is_read)
        sl_places_end(parser->places, place, &parser->lexer);
    return is_read;
}

void sl_parse_range_maxima(sl_parser *parser, sl_parsed_message *message)
{
    const sl_option *option = sl_option_find(&message->mark.options, "message_set_wire_format");
    int32_t most = sl_option_is_true(option) ? INT32_MAX : FIELD_END_MOST;
    size_t first = parser->scope.extension_ranges;
    for (size_t i = first; i < parser->extension_ranges.count; i++)
        if (parser->extension_ranges.items[i].proto.end == RANGE_MAX)
            parser->extension_ranges.items[i].proto.end = most;
    first = parser->scope.reserved_ranges;
    for (size_t i = first; i < parser->reserved_ranges.count; i++)
        if (parser->reserved_ranges.items[i].proto.end == RANGE_MAX)
            parser->reserved_ranges.items[i].proto.end = most;
}
