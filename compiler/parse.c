/* compiler/parse.c: a file, from its first token to its last.
 *
 * Statements are read one after another; one that cannot be read is told and passed, so that a run finds many errors. Only a syntax or edition that
 * nobody knows ends the reading, since nothing behind it would mean what it says. */
#include "compiler/internal/parser.h"

typedef struct edition_name {
    sl_str name;
    int32_t edition;
} edition_name;

static const edition_name editions[] = {
    {SL_STR_INIT("2023"), SL_EDITION_2023},
    {SL_STR_INIT("2024"), SL_EDITION_2024},
    {SL_STR_INIT("2026"), SL_EDITION_2026},
};

static bool set_edition(sl_parser *parser, sl_str name, sl_span span)
{
    for (size_t i = 0; i < SL_ARRAY_LEN(editions); i++) {
        if (!sl_str_equal(name, editions[i].name))
            continue;
        parser->edition = editions[i].edition;
        parser->unit->proto->syntax = SL_STR("editions");
        parser->unit->proto->edition = editions[i].edition;
        parser->unit->proto->has_edition = true;
        return true;
    }
    sl_diag(parser->diags, &parser->unit->source, span, SL_DIAG_EDITION_UNKNOWN, name);
    return false;
}

static bool set_syntax(sl_parser *parser, sl_str name, sl_span span)
{
    if (sl_str_is(name, "proto2"))
        return true;
    if (sl_str_is(name, "proto3")) {
        parser->edition = SL_EDITION_PROTO3;
        parser->unit->proto->syntax = SL_STR("proto3");
        return true;
    }
    sl_str edition = {0};
    for (size_t i = 0; i < SL_ARRAY_LEN(editions); i++)
        if (sl_str_equal(name, editions[i].name))
            edition = name;
    sl_diag(parser->diags, &parser->unit->source, span, SL_DIAG_SYNTAX_UNKNOWN, name, edition);
    return false;
}

/* False: do not read on. */
static bool parse_syntax(sl_parser *parser, uint32_t root)
{
    sl_str name;
    bool is_edition = sl_parser_at_word(parser, "edition");
    parser->edition = SL_EDITION_PROTO2;
    if (!is_edition && !sl_parser_at_word(parser, "syntax")) {
        sl_parser_tell(parser, (sl_span){0}, SL_DIAG_SYNTAX_MISSING);
        return true;
    }
    uint32_t place = sl_places_begin1(parser->places, root, SL_AT_FILE_SYNTAX, &parser->lexer);
    sl_lexer_next(&parser->lexer);
    if (!sl_parser_take(parser, '='))
        return false;
    sl_span span = parser->lexer.token;
    if (!sl_parser_take_string(parser, is_edition ? "an edition in quotes" : "a syntax in quotes",
                               &name))
        return false;
    span.end = parser->lexer.previous_end;
    parser->unit->marks.syntax = span;
    if (!sl_parser_take_end(parser, ';', place))
        return false;
    sl_places_end(parser->places, place, &parser->lexer);
    return is_edition ? set_edition(parser, name, span) : set_syntax(parser, name, span);
}

/* --- statements --- */

static bool parse_package(sl_parser *parser, uint32_t root)
{
    sl_file_proto *file = parser->unit->proto;
    if (file->package.data)
        sl_parser_tell_here(parser, SL_DIAG_PACKAGE_AGAIN);
    uint32_t place = sl_places_begin1(parser->places, root, SL_AT_FILE_PACKAGE, &parser->lexer);
    sl_lexer_next(&parser->lexer);
    uint32_t begin = parser->lexer.token.begin;
    sl_buf_clear(&parser->text);
    for (;;) {
        if (parser->lexer.kind != SL_TOKEN_IDENTIFIER)
            return sl_parser_expected(parser, "the name of the package");
        sl_buf_append_str(&parser->text, sl_lexer_text(&parser->lexer));
        sl_lexer_next(&parser->lexer);
        if (!sl_parser_try(parser, '.'))
            break;
        sl_buf_append_byte(&parser->text, '.');
    }
    file->package = sl_parser_keep_buf(parser);
    parser->unit->marks.package = (sl_span){begin, parser->lexer.previous_end};
    if (!sl_parser_take_end(parser, ';', place))
        return false;
    sl_places_end(parser->places, place, &parser->lexer);
    return parser->status == SL_OK;
}

/* The quoted path and the ';'. */
static bool parse_import_path(sl_parser *parser, sl_parsed_name *import, uint32_t place)
{
    import->mark = parser->lexer.token;
    if (!sl_parser_take_string(parser, "the path of a file in quotes", &import->proto))
        return false;
    import->mark.end = parser->lexer.previous_end;
    if (!sl_parser_take_end(parser, ';', place))
        return false;
    sl_places_end(parser->places, place, &parser->lexer);
    return true;
}

static bool parse_option_import(sl_parser *parser, uint32_t root, uint32_t begin)
{
    sl_parsed_name import = {0};
    if (parser->edition < SL_EDITION_2024)
        sl_parser_tell_here(parser, SL_DIAG_IMPORT_OPTION_EARLY);
    uint32_t place = sl_places_begin2(parser->places, root, SL_AT_FILE_OPTION_DEPENDENCY,
                                      (int32_t)parser->option_dependencies.count, &parser->lexer);
    sl_places_start_at(parser->places, place, begin);
    sl_lexer_next(&parser->lexer);
    return parse_import_path(parser, &import, place) &&
           sl_parser_push(parser, &parser->option_dependencies, import);
}

static bool parse_import_kind(sl_parser *parser, uint32_t root)
{
    int32_t index = (int32_t)parser->dependencies.count;
    bool is_public = sl_parser_at_word(parser, "public");
    if (!is_public && !sl_parser_at_word(parser, "weak"))
        return true;
    if (!is_public && parser->edition >= SL_EDITION_2024)
        sl_parser_tell_here(parser, SL_DIAG_IMPORT_WEAK_LATE);
    size_t kind_index =
        is_public ? parser->public_dependencies.count : parser->weak_dependencies.count;
    uint32_t place = sl_places_begin2(
        parser->places, root, is_public ? SL_AT_FILE_PUBLIC_DEPENDENCY : SL_AT_FILE_WEAK_DEPENDENCY,
        (int32_t)kind_index, &parser->lexer);
    sl_lexer_next(&parser->lexer);
    sl_places_end(parser->places, place, &parser->lexer);
    return is_public ? sl_parser_push(parser, &parser->public_dependencies, index)
                     : sl_parser_push(parser, &parser->weak_dependencies, index);
}

static bool parse_import(sl_parser *parser, uint32_t root)
{
    sl_parsed_name import = {0};
    uint32_t begin = parser->lexer.token.begin;
    sl_lexer_next(&parser->lexer);
    if (sl_parser_at_word(parser, "option"))
        return parse_option_import(parser, root, begin);
    uint32_t place = sl_places_begin2(parser->places, root, SL_AT_FILE_DEPENDENCY,
                                      (int32_t)parser->dependencies.count, &parser->lexer);
    sl_places_start_at(parser->places, place, begin);
    if (parser->option_dependencies.count)
        sl_parser_tell_here(parser, SL_DIAG_IMPORT_AFTER_OPTION);
    return parse_import_kind(parser, root) && parse_import_path(parser, &import, place) &&
           sl_parser_push(parser, &parser->dependencies, import);
}

static bool parse_file_option(sl_parser *parser, uint32_t root)
{
    uint32_t place = sl_places_begin1(parser->places, root, SL_AT_FILE_OPTIONS, &parser->lexer);
    if (!sl_parse_option_statement(parser, &parser->unit->marks.options, place))
        return false;
    sl_places_end(parser->places, place, &parser->lexer);
    return true;
}

static bool parse_statement(sl_parser *parser, uint32_t root)
{
    int32_t visibility;
    sl_places *places = parser->places;
    const sl_lexer *lexer = &parser->lexer;
    if (sl_parser_try_end(parser, ';', SL_PLACE_NONE))
        return true;
    if (!sl_parse_visibility(parser, &visibility))
        return false;
    if (sl_parser_at_word(parser, "message"))
        return sl_parse_message(parser,
                                sl_places_begin2(places, root, SL_AT_FILE_MESSAGE,
                                                 (int32_t)parser->messages.count, lexer),
                                visibility);
    if (sl_parser_at_word(parser, "enum"))
        return sl_parse_enum(
            parser,
            sl_places_begin2(places, root, SL_AT_FILE_ENUM, (int32_t)parser->enums.count, lexer),
            visibility);
    if (sl_parser_at_word(parser, "service"))
        return sl_parse_service(parser, sl_places_begin2(places, root, SL_AT_FILE_SERVICE,
                                                         (int32_t)parser->services.count, lexer));
    if (sl_parser_at_word(parser, "extend"))
        return sl_parse_extend(parser, root,
                               sl_places_begin1(places, root, SL_AT_FILE_EXTENSION, lexer),
                               SL_AT_FILE_MESSAGE);
    if (sl_parser_at_word(parser, "import"))
        return parse_import(parser, root);
    if (sl_parser_at_word(parser, "package"))
        return parse_package(parser, root);
    if (sl_parser_at_word(parser, "option"))
        return parse_file_option(parser, root);
    return sl_parser_expected(parser, "a statement, as \"message\"");
}

static void parse_file(sl_parser *parser)
{
    sl_places_first_token(parser->places, &parser->lexer);
    uint32_t root = sl_places_begin(parser->places, SL_PLACE_NONE, &parser->lexer);
    if (!parse_syntax(parser, root))
        return;
    while (!sl_parser_at_end(parser)) {
        if (parse_statement(parser, root))
            continue;
        sl_parser_skip_statement(parser);
        if (sl_parser_at(parser, '}')) {
            sl_parser_tell_here(parser, SL_DIAG_BRACE_UNMATCHED);
            sl_lexer_next(&parser->lexer);
        }
    }
    sl_places_end(parser->places, root, &parser->lexer);
}

/* --- the unit --- */

#define TAKE_NUMBERS(parser, stack, list)                                                   \
    do {                                                                                    \
        (list)->count = (uint32_t)(stack)->count;                                           \
        (list)->items = sl_arena_array((parser)->arena, int32_t, (stack)->count);           \
        if (!(list)->items)                                                                 \
            sl_parser_no_memory(parser);                                                    \
        else if ((stack)->count)                                                            \
            memcpy((list)->items, (stack)->items, (stack)->count * sizeof *(stack)->items); \
    } while (0)

static void take_file(sl_parser *parser)
{
    sl_file_proto *proto = parser->unit->proto;
    sl_file_mark *marks = &parser->unit->marks;
    sl_parser_take_list(parser, &parser->dependencies, 0, sl_parsed_name, &proto->dependencies,
                        marks->dependencies);
    sl_parser_take_list(parser, &parser->option_dependencies, 0, sl_parsed_name,
                        &proto->option_dependencies, marks->option_dependencies);
    sl_parser_take_list(parser, &parser->messages, 0, sl_parsed_message, &proto->messages,
                        marks->messages);
    sl_parser_take_list(parser, &parser->enums, 0, sl_parsed_enum, &proto->enums, marks->enums);
    sl_parser_take_list(parser, &parser->services, 0, sl_parsed_service, &proto->services,
                        marks->services);
    sl_parser_take_list(parser, &parser->extensions, 0, sl_parsed_field, &proto->extensions,
                        marks->extensions);
    TAKE_NUMBERS(parser, &parser->public_dependencies, &proto->public_dependencies);
    TAKE_NUMBERS(parser, &parser->weak_dependencies, &proto->weak_dependencies);
}

static void parser_done(sl_parser *parser)
{
    sl_buf_done(&parser->text);
    sl_vec_done(&parser->fields);
    sl_vec_done(&parser->extensions);
    sl_vec_done(&parser->messages);
    sl_vec_done(&parser->enums);
    sl_vec_done(&parser->values);
    sl_vec_done(&parser->oneofs);
    sl_vec_done(&parser->extension_ranges);
    sl_vec_done(&parser->reserved_ranges);
    sl_vec_done(&parser->names);
    sl_vec_done(&parser->services);
    sl_vec_done(&parser->methods);
    sl_vec_done(&parser->dependencies);
    sl_vec_done(&parser->option_dependencies);
    sl_vec_done(&parser->public_dependencies);
    sl_vec_done(&parser->weak_dependencies);
    sl_vec_done(&parser->option_parts);
}

sl_status sl_parse(sl_source source, bool with_source_info, sl_arena *arena, sl_arena *scratch,
                   sl_diags *diags, sl_unit *ret_unit)
{
    sl_unit unit = {.source = source, .arena = arena, .scratch = scratch};
    sl_cleanup(parser_done)
        sl_parser parser = {.unit = ret_unit, .arena = arena, .scratch = scratch, .diags = diags};
    unit.proto = sl_arena_new(arena, sl_file_proto);
    unit.places = with_source_info ? sl_zalloc(sizeof *unit.places) : NULL;
    *ret_unit = unit;
    if (!unit.proto || (with_source_info && !unit.places) ||
        sl_arena_copy_str(arena, source.path, &unit.proto->name) != SL_OK)
        return SL_NO_MEMORY;
    parser.places = unit.places;
    sl_lexer_start(&parser.lexer, &ret_unit->source, (sl_span){0, (uint32_t)source.text.len},
                   diags);
    parse_file(&parser);
    take_file(&parser);
    sl_places_fit(unit.places);
    if (diags->no_memory || (unit.places && unit.places->no_memory))
        return SL_NO_MEMORY;
    return parser.status;
}

void sl_unit_done(sl_unit *unit)
{
    sl_source_done(&unit->source);
    sl_places_free(unit->places);
    unit->places = NULL;
}
