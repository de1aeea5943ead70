/* compiler/parse_default.c: [default = …] and [json_name = …], which look like options and are none.
 *
 * A default stands in the descriptor as text in one normal form, whatever form it was written in: integers in decimal, floats in the shortest of
 * the usual forms that reads back the same, bytes with C escapes. Where the field's type is a name, nobody knows yet whether it is an enum:
 * the token is taken as it stands, and the back end decides. */
#include "compiler/internal/parser.h"

static bool is_32_bit(int32_t type)
{
    return type == SL_TYPE_INT32 || type == SL_TYPE_SINT32 || type == SL_TYPE_SFIXED32 ||
           type == SL_TYPE_UINT32 || type == SL_TYPE_FIXED32;
}

static bool parse_integer(sl_parser *parser, int32_t type, bool is_signed)
{
    uint64_t most, value;
    uint32_t begin = parser->lexer.token.begin;
    bool is_negative = sl_parser_try(parser, '-');
    if (is_negative && !is_signed)
        sl_parser_tell(parser, (sl_span){begin, parser->lexer.token.end}, SL_DIAG_DEFAULT_NEGATIVE);
    if (is_signed)
        most = (is_32_bit(type) ? (uint64_t)INT32_MAX : (uint64_t)INT64_MAX) + is_negative;
    else
        most = is_32_bit(type) ? UINT32_MAX : UINT64_MAX;
    if (!sl_parser_take_integer(parser, "an integer as default", most, &value))
        return false;
    sl_buf_clear(&parser->text);
    sl_buf_printf(&parser->text, "%s%llu", is_negative && value ? "-" : "",
                  (unsigned long long)value);
    return true;
}

static bool parse_real(sl_parser *parser, int32_t type)
{
    double value;
    bool is_negative = sl_parser_try(parser, '-');
    if (!sl_parser_take_number(parser, "a number as default", &value))
        return false;
    if (is_negative)
        value = -value;
    sl_buf_clear(&parser->text);
    if (type == SL_TYPE_FLOAT)
        sl_text_of_float((float)value, &parser->text);
    else
        sl_text_of_double(value, &parser->text);
    return true;
}

static bool parse_bool(sl_parser *parser)
{
    bool is_true = sl_parser_at_word(parser, "true");
    if (!is_true && !sl_parser_at_word(parser, "false"))
        return sl_parser_expected(parser, "true or false");
    sl_lexer_next(&parser->lexer);
    sl_buf_clear(&parser->text);
    sl_buf_append_str(&parser->text, is_true ? SL_STR("true") : SL_STR("false"));
    return true;
}

static bool parse_text(sl_parser *parser, bool is_bytes)
{
    sl_str value;
    if (!sl_parser_take_string(parser, "a string as default", &value))
        return false;
    sl_buf_clear(&parser->text);
    if (is_bytes)
        sl_text_of_bytes(value, &parser->text);
    else
        sl_buf_append_str(&parser->text, value);
    return true;
}

/* Whatever stands there; an enum value's name, if the field's type turns out to be an enum. */
static bool parse_token(sl_parser *parser)
{
    sl_buf_clear(&parser->text);
    sl_buf_append_str(&parser->text, sl_lexer_text(&parser->lexer));
    sl_lexer_next(&parser->lexer);
    return true;
}

static bool parse_value(sl_parser *parser, const sl_field_proto *field)
{
    if (!field->has_type)
        return parse_token(parser);
    switch ((sl_field_type)field->type) {
    case SL_TYPE_INT32:
    case SL_TYPE_INT64:
    case SL_TYPE_SINT32:
    case SL_TYPE_SINT64:
    case SL_TYPE_SFIXED32:
    case SL_TYPE_SFIXED64: return parse_integer(parser, field->type, true);
    case SL_TYPE_UINT32:
    case SL_TYPE_UINT64:
    case SL_TYPE_FIXED32:
    case SL_TYPE_FIXED64: return parse_integer(parser, field->type, false);
    case SL_TYPE_FLOAT:
    case SL_TYPE_DOUBLE: return parse_real(parser, field->type);
    case SL_TYPE_BOOL: return parse_bool(parser);
    case SL_TYPE_STRING: return parse_text(parser, false);
    case SL_TYPE_BYTES: return parse_text(parser, true);
    default: sl_parser_tell_here(parser, SL_DIAG_DEFAULT_ON_MESSAGE); return false;
    }
}

bool sl_parse_default(sl_parser *parser, sl_parsed_field *field, uint32_t place)
{
    if (field->proto.default_value.data)
        sl_parser_tell_here(parser, SL_DIAG_DEFAULT_AGAIN);
    sl_lexer_next(&parser->lexer);
    if (!sl_parser_take(parser, '='))
        return false;
    uint32_t value_place =
        sl_places_begin1(parser->places, place, SL_AT_FIELD_DEFAULT, &parser->lexer);
    uint32_t begin = parser->lexer.token.begin;
    if (!parse_value(parser, &field->proto))
        return false;
    field->proto.default_value = sl_parser_keep_buf(parser);
    field->mark.default_value = (sl_span){begin, parser->lexer.previous_end};
    sl_places_end(parser->places, value_place, &parser->lexer);
    return parser->status == SL_OK;
}

bool sl_parse_json_name(sl_parser *parser, sl_parsed_field *field, uint32_t place)
{
    if (field->proto.json_name.data)
        sl_parser_tell_here(parser, SL_DIAG_JSON_NAME_AGAIN);
    uint32_t name_place =
        sl_places_begin1(parser->places, place, SL_AT_FIELD_JSON_NAME, &parser->lexer);
    sl_lexer_next(&parser->lexer);
    if (!sl_parser_take(parser, '='))
        return false;
    /* protoc records the value once more, under the same path. */
    uint32_t value_place = sl_places_begin(parser->places, name_place, &parser->lexer);
    uint32_t begin = parser->lexer.token.begin;
    if (!sl_parser_take_string(parser, "a string", &field->proto.json_name))
        return false;
    field->mark.json_name = (sl_span){begin, parser->lexer.previous_end};
    sl_places_end(parser->places, value_place, &parser->lexer);
    sl_places_end(parser->places, name_place, &parser->lexer);
    return true;
}
