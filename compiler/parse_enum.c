/* compiler/parse_enum.c: enums and services. */
#include "compiler/internal/parser.h"

#include <stdlib.h>

/* --- enums --- */

static bool parse_value_options(sl_parser *parser, sl_option_list *list, uint32_t place)
{
    if (!sl_parser_at(parser, '['))
        return true;
    uint32_t options = sl_places_begin1(parser->places, place, SL_AT_VALUE_OPTIONS, &parser->lexer);
    sl_lexer_next(&parser->lexer);
    if (!sl_parse_option_brackets(parser, list, options))
        return false;
    sl_places_end(parser->places, options, &parser->lexer);
    return true;
}

static bool parse_value(sl_parser *parser, size_t base, uint32_t enum_place)
{
    sl_parsed_enum_value value = {0};
    uint32_t place = sl_places_begin2(parser->places, enum_place, SL_AT_ENUM_VALUE,
                                      (int32_t)(parser->values.count - base), &parser->lexer);
    uint32_t name_place = sl_places_begin1(parser->places, place, SL_AT_NAME, &parser->lexer);
    if (!sl_parser_take_identifier(parser, "the name of an enum value", &value.proto.name,
                                   &value.mark.name))
        return false;
    sl_places_end(parser->places, name_place, &parser->lexer);
    if (!sl_parser_at(parser, '='))
        return sl_parser_expected(parser, "\"=\" and the number of the enum value");
    sl_lexer_next(&parser->lexer);

    uint32_t number_place =
        sl_places_begin1(parser->places, place, SL_AT_VALUE_NUMBER, &parser->lexer);
    value.mark.number.begin = parser->lexer.token.begin;
    if (!sl_parser_take_int32(parser, "a number", true, &value.proto.number))
        return false;
    value.proto.has_number = true;
    value.mark.number.end = parser->lexer.previous_end;
    sl_places_end(parser->places, number_place, &parser->lexer);
    if (!parse_value_options(parser, &value.mark.options, place) ||
        !sl_parser_take_end(parser, ';', place))
        return false;
    sl_places_end(parser->places, place, &parser->lexer);
    return sl_parser_push(parser, &parser->values, value);
}

static bool parse_enum_statement(sl_parser *parser, sl_parsed_enum *enumeration, size_t base,
                                 uint32_t place)
{
    if (sl_parser_try_end(parser, ';', SL_PLACE_NONE))
        return true;
    if (sl_parser_at_word(parser, "reserved"))
        return sl_parse_reserved(parser, place, true);
    if (!sl_parser_at_word(parser, "option"))
        return parse_value(parser, base, place);
    uint32_t options = sl_places_begin1(parser->places, place, SL_AT_ENUM_OPTIONS, &parser->lexer);
    if (!sl_parse_option_statement(parser, &enumeration->mark.options, options))
        return false;
    sl_places_end(parser->places, options, &parser->lexer);
    return true;
}

static bool parse_enum_block(sl_parser *parser, sl_parsed_enum *enumeration, size_t base,
                             uint32_t place)
{
    if (!sl_parser_take_end(parser, '{', place))
        return false;
    while (!sl_parser_try_end(parser, '}', SL_PLACE_NONE)) {
        if (sl_parser_at_end(parser))
            return sl_parser_end_inside(parser, "enum", enumeration->mark.name);
        if (!parse_enum_statement(parser, enumeration, base, place))
            sl_parser_skip_statement(parser);
    }
    return true;
}

static int compare_numbers(const void *a, const void *b)
{
    int32_t first = *(const int32_t *)a, second = *(const int32_t *)b;
    return (first > second) - (first < second);
}

/* SL_OK or SL_NO_MEMORY. */
static sl_status find_alias(const sl_enum_proto *enumeration, bool *ret_has_alias)
{
    *ret_has_alias = false;
    int32_t *numbers = sl_calloc(enumeration->values.count + (size_t)1, sizeof *numbers);
    if (!numbers)
        return SL_NO_MEMORY;
    for (uint32_t i = 0; i < enumeration->values.count; i++)
        numbers[i] = enumeration->values.items[i].number;
    qsort(numbers, enumeration->values.count, sizeof *numbers, compare_numbers);
    for (uint32_t i = 1; i < enumeration->values.count; i++)
        *ret_has_alias |= numbers[i] == numbers[i - 1];
    sl_free(numbers);
    return SL_OK;
}

/* allow_alias says something only if it is true and used. */
static bool check_alias(sl_parser *parser, const sl_parsed_enum *enumeration)
{
    const sl_option *option = sl_option_find(&enumeration->mark.options, "allow_alias");
    bool has_alias;
    if (!option)
        return true;
    if (!sl_option_is_true(option)) {
        sl_diag(parser->diags, &parser->unit->source, option->name, SL_DIAG_ALIAS_FALSE,
                enumeration->proto.name);
        return false;
    }
    if (find_alias(&enumeration->proto, &has_alias) != SL_OK)
        return sl_parser_no_memory(parser);
    if (!has_alias)
        sl_diag(parser->diags, &parser->unit->source, option->name, SL_DIAG_ALIAS_UNUSED,
                enumeration->proto.name);
    return has_alias;
}

static void take_enum(sl_parser *parser, sl_parsed_enum *enumeration, size_t base,
                      const sl_scope *scope)
{
    sl_enum_proto *proto = &enumeration->proto;
    sl_enum_mark *mark = &enumeration->mark;
    sl_parser_take_list(parser, &parser->values, base, sl_parsed_enum_value, &proto->values,
                        mark->values);
    sl_parser_take_list(parser, &parser->reserved_ranges, scope->reserved_ranges, sl_parsed_range,
                        &proto->reserved_ranges, mark->reserved_ranges);
    sl_parser_take_list(parser, &parser->names, scope->names, sl_parsed_name,
                        &proto->reserved_names, mark->reserved_names);
}

bool sl_parse_enum(sl_parser *parser, uint32_t place, int32_t visibility)
{
    sl_parsed_enum enumeration = {
        .proto = {.visibility = visibility, .has_visibility = visibility != 0}};
    sl_lexer_next(&parser->lexer);
    uint32_t name_place = sl_places_begin1(parser->places, place, SL_AT_NAME, &parser->lexer);
    if (!sl_parser_take_identifier(parser, "the name of the enum", &enumeration.proto.name,
                                   &enumeration.mark.name))
        return false;
    sl_places_end(parser->places, name_place, &parser->lexer);

    size_t base = parser->values.count;
    sl_scope outer = parser->scope;
    parser->scope.reserved_ranges = parser->reserved_ranges.count;
    parser->scope.names = parser->names.count;
    bool is_read = parse_enum_block(parser, &enumeration, base, place);
    take_enum(parser, &enumeration, base, &parser->scope);
    parser->scope = outer;
    if (!is_read || parser->status != SL_OK || !check_alias(parser, &enumeration))
        return false;
    sl_places_end(parser->places, place, &parser->lexer);
    return sl_parser_push(parser, &parser->enums, enumeration);
}

/* --- services --- */

/* What stands in parentheses: [stream] Type. */
typedef struct method_side {
    sl_str *type;
    sl_span *span;
    bool *has_streaming, *streaming;
    int32_t type_step, streaming_step;
} method_side;

static bool parse_method_side(sl_parser *parser, const method_side *side, uint32_t place)
{
    if (!sl_parser_take(parser, '('))
        return false;
    if (sl_parser_at_word(parser, "stream")) {
        uint32_t stream_place =
            sl_places_begin1(parser->places, place, side->streaming_step, &parser->lexer);
        sl_lexer_next(&parser->lexer);
        *side->has_streaming = *side->streaming = true;
        sl_places_end(parser->places, stream_place, &parser->lexer);
    }
    uint32_t type_place = sl_places_begin1(parser->places, place, side->type_step, &parser->lexer);
    if (!sl_parse_type_name(parser, side->type, side->span))
        return false;
    sl_places_end(parser->places, type_place, &parser->lexer);
    return sl_parser_take(parser, ')');
}

static bool parse_method_block(sl_parser *parser, sl_parsed_method *method, uint32_t place)
{
    /* A block makes options, if empty ones. */
    method->proto.options = (sl_bytes){(const uint8_t *)"", 0};
    if (!sl_parser_take_end(parser, '{', place))
        return false;
    while (!sl_parser_try_end(parser, '}', SL_PLACE_NONE)) {
        if (sl_parser_at_end(parser))
            return sl_parser_end_inside(parser, "rpc", method->mark.name);
        if (sl_parser_try_end(parser, ';', SL_PLACE_NONE))
            continue;
        uint32_t options =
            sl_places_begin1(parser->places, place, SL_AT_METHOD_OPTIONS, &parser->lexer);
        if (sl_parse_option_statement(parser, &method->mark.options, options))
            sl_places_end(parser->places, options, &parser->lexer);
        else
            sl_parser_skip_statement(parser);
    }
    return true;
}

static bool parse_method(sl_parser *parser, size_t base, uint32_t service_place)
{
    sl_parsed_method method = {0};
    sl_method_proto *proto = &method.proto;
    uint32_t place = sl_places_begin2(parser->places, service_place, SL_AT_SERVICE_METHOD,
                                      (int32_t)(parser->methods.count - base), &parser->lexer);
    if (!sl_parser_take_word(parser, "rpc"))
        return false;
    uint32_t name_place = sl_places_begin1(parser->places, place, SL_AT_NAME, &parser->lexer);
    if (!sl_parser_take_identifier(parser, "the name of the method", &proto->name,
                                   &method.mark.name))
        return false;
    sl_places_end(parser->places, name_place, &parser->lexer);
    method_side input = {&proto->input_type,           &method.mark.input,
                         &proto->has_client_streaming, &proto->client_streaming,
                         SL_AT_METHOD_INPUT,           SL_AT_METHOD_CLIENT_STREAMING};
    method_side output = {&proto->output_type,          &method.mark.output,
                          &proto->has_server_streaming, &proto->server_streaming,
                          SL_AT_METHOD_OUTPUT,          SL_AT_METHOD_SERVER_STREAMING};
    if (!parse_method_side(parser, &input, place) || !sl_parser_take_word(parser, "returns") ||
        !parse_method_side(parser, &output, place))
        return false;
    bool is_read = sl_parser_at(parser, '{') ? parse_method_block(parser, &method, place)
                                             : sl_parser_take_end(parser, ';', place);
    sl_places_end(parser->places, place, &parser->lexer);
    return is_read && sl_parser_push(parser, &parser->methods, method);
}

static bool parse_service_statement(sl_parser *parser, sl_parsed_service *service, size_t base,
                                    uint32_t place)
{
    if (sl_parser_try_end(parser, ';', SL_PLACE_NONE))
        return true;
    if (!sl_parser_at_word(parser, "option"))
        return parse_method(parser, base, place);
    uint32_t options =
        sl_places_begin1(parser->places, place, SL_AT_SERVICE_OPTIONS, &parser->lexer);
    if (!sl_parse_option_statement(parser, &service->mark.options, options))
        return false;
    sl_places_end(parser->places, options, &parser->lexer);
    return true;
}

static bool parse_service_block(sl_parser *parser, sl_parsed_service *service, size_t base,
                                uint32_t place)
{
    if (!sl_parser_take_end(parser, '{', place))
        return false;
    while (!sl_parser_try_end(parser, '}', SL_PLACE_NONE)) {
        if (sl_parser_at_end(parser))
            return sl_parser_end_inside(parser, "service", service->mark.name);
        if (!parse_service_statement(parser, service, base, place))
            sl_parser_skip_statement(parser);
    }
    return true;
}

bool sl_parse_service(sl_parser *parser, uint32_t place)
{
    sl_parsed_service service = {0};
    sl_lexer_next(&parser->lexer);
    uint32_t name_place = sl_places_begin1(parser->places, place, SL_AT_NAME, &parser->lexer);
    if (!sl_parser_take_identifier(parser, "the name of the service", &service.proto.name,
                                   &service.mark.name))
        return false;
    sl_places_end(parser->places, name_place, &parser->lexer);
    size_t base = parser->methods.count;
    bool is_read = parse_service_block(parser, &service, base, place);
    sl_parser_take_list(parser, &parser->methods, base, sl_parsed_method, &service.proto.methods,
                        service.mark.methods);
    if (!is_read || parser->status != SL_OK)
        return false;
    sl_places_end(parser->places, place, &parser->lexer);
    return sl_parser_push(parser, &parser->services, service);
}
