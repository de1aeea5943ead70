/* compiler/parse_field.c: fields, with their types, maps and groups.
 *
 *     [label] TYPE name = NUMBER [ options ] ;
 *     [label] group Name = NUMBER [ options ] { … }        a message `Name` beside the field `name`
 *     map<KEY, VALUE> name = NUMBER [ options ] ;          a message `NameEntry` beside a repeated field
 *
 * A type that is no keyword is a name, kept as written. Source info is recorded in protoc's order, overlaps and all. */
#include "compiler/internal/parser.h"

typedef struct field_type {
    int32_t type; /* sl_field_type; 0: `name` */
    sl_str name;
    sl_span span;
} field_type;

static int32_t type_of_keyword(sl_str word)
{
    static const struct {
        sl_str word;
        int32_t type;
    } keywords[] = {
        {SL_STR_INIT("string"), SL_TYPE_STRING},     {SL_STR_INIT("int32"), SL_TYPE_INT32},
        {SL_STR_INIT("bool"), SL_TYPE_BOOL},         {SL_STR_INIT("int64"), SL_TYPE_INT64},
        {SL_STR_INIT("double"), SL_TYPE_DOUBLE},     {SL_STR_INIT("bytes"), SL_TYPE_BYTES},
        {SL_STR_INIT("float"), SL_TYPE_FLOAT},       {SL_STR_INIT("uint32"), SL_TYPE_UINT32},
        {SL_STR_INIT("uint64"), SL_TYPE_UINT64},     {SL_STR_INIT("fixed32"), SL_TYPE_FIXED32},
        {SL_STR_INIT("fixed64"), SL_TYPE_FIXED64},   {SL_STR_INIT("group"), SL_TYPE_GROUP},
        {SL_STR_INIT("sfixed32"), SL_TYPE_SFIXED32}, {SL_STR_INIT("sfixed64"), SL_TYPE_SFIXED64},
        {SL_STR_INIT("sint32"), SL_TYPE_SINT32},     {SL_STR_INIT("sint64"), SL_TYPE_SINT64},
    };
    for (size_t i = 0; i < SL_ARRAY_LEN(keywords); i++)
        if (sl_str_equal(word, keywords[i].word))
            return keywords[i].type;
    return 0;
}

static int32_t keyword_here(const sl_parser *parser)
{
    if (parser->lexer.kind != SL_TOKEN_IDENTIFIER)
        return 0;
    return type_of_keyword(sl_lexer_text(&parser->lexer));
}

bool sl_parse_type_name(sl_parser *parser, sl_str *ret_name, sl_span *ret_span)
{
    if (keyword_here(parser))
        return sl_parser_expected(parser, "the name of a message");
    uint32_t begin = parser->lexer.token.begin;
    sl_buf_clear(&parser->text);
    if (sl_parser_try(parser, '.'))
        sl_buf_append_byte(&parser->text, '.');
    for (;;) {
        if (parser->lexer.kind != SL_TOKEN_IDENTIFIER)
            return sl_parser_expected(parser, "the name of a type");
        sl_buf_append_str(&parser->text, sl_lexer_text(&parser->lexer));
        sl_lexer_next(&parser->lexer);
        if (!sl_parser_try(parser, '.'))
            break;
        sl_buf_append_byte(&parser->text, '.');
    }
    *ret_name = sl_parser_keep_buf(parser);
    *ret_span = (sl_span){begin, parser->lexer.previous_end};
    return parser->status == SL_OK;
}

static bool parse_type(sl_parser *parser, field_type *type)
{
    type->span = parser->lexer.token;
    type->type = keyword_here(parser);
    if (!type->type)
        return sl_parse_type_name(parser, &type->name, &type->span);
    if (type->type == SL_TYPE_GROUP && sl_parser_is_editions(parser))
        sl_parser_tell_here(parser, SL_DIAG_GROUP_IN_EDITION);
    sl_lexer_next(&parser->lexer);
    return true;
}

static void set_type(sl_parsed_field *field, const field_type *type)
{
    field->mark.type = type->span;
    field->proto.has_type = type->type != 0;
    field->proto.type = type->type;
    field->proto.type_name = type->name;
}

static void set_label(sl_parsed_field *field, sl_label label)
{
    field->proto.has_label = true;
    field->proto.label = (int32_t)label;
}

/* --- names --- */

/* "foo_bar" to "fooBar": an underscore goes, and the letter behind it is made upper case. */
static void append_camel_case(sl_str name, bool begins_upper, sl_buf *buf)
{
    bool is_next_upper = begins_upper;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        if (c == '_') {
            is_next_upper = true;
            continue;
        }
        if (is_next_upper && c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        sl_buf_append_byte(buf, (uint8_t)c);
        is_next_upper = false;
    }
}

static void derive_json_name(sl_parser *parser, sl_field_proto *field)
{
    if (field->json_name.data)
        return;
    bool is_camel = !memchr(field->name.data, '_', field->name.len);
    if (is_camel) {
        field->json_name = field->name;
        return;
    }
    sl_buf_clear(&parser->text);
    append_camel_case(field->name, false, &parser->text);
    field->json_name = sl_parser_keep_buf(parser);
}

/* --- maps --- */

static bool parse_map_type(sl_parser *parser, sl_parsed_field *field, field_type *key,
                           field_type *value)
{
    sl_diag_id id = field->proto.has_oneof_index ? SL_DIAG_MAP_IN_ONEOF
                    : field->proto.has_label     ? SL_DIAG_LABEL_ON_MAP
                                                 : SL_DIAG_MAP_AS_EXTENSION;
    if (field->proto.has_oneof_index || field->proto.has_label || field->proto.extendee.data) {
        sl_parser_tell_here(parser, id);
        return false;
    }
    set_label(field, SL_LABEL_REPEATED);
    return sl_parser_take(parser, '<') && parse_type(parser, key) && sl_parser_take(parser, ',') &&
           parse_type(parser, value) && sl_parser_take(parser, '>');
}

/* Features, and the enforce_utf8 of old, hold for what is in the map as well. */
static void copy_map_options(sl_parser *parser, const sl_parsed_field *field,
                             sl_parsed_field *entry_field)
{
    for (const sl_option *option = field->mark.options.first; option; option = option->next) {
        sl_str name = option->parts[0].name;
        bool is_plain = !option->parts[0].is_extension;
        bool is_features = is_plain && sl_str_is(name, "features");
        bool is_utf8 = is_plain && option->part_count == 1 && sl_str_is(name, "enforce_utf8") &&
                       entry_field->proto.type == SL_TYPE_STRING;
        if (!is_features && !is_utf8)
            continue;
        sl_option_list *list = &entry_field->mark.options;
        sl_option *copy = sl_arena_new(parser->scratch, sl_option);
        if (!copy) {
            sl_parser_no_memory(parser);
            return;
        }
        *copy = *option;
        copy->next = NULL;
        if (list->last)
            list->last->next = copy;
        else
            list->first = copy;
        list->last = copy;
        list->count++;
    }
}

static sl_parsed_field entry_field(sl_str name, int32_t number, const field_type *type)
{
    sl_parsed_field field = {
        .proto = {.name = name, .number = number, .has_number = true, .json_name = name},
        .mark = {.name = type->span, .number = type->span},
    };
    set_label(&field, SL_LABEL_OPTIONAL);
    set_type(&field, type);
    return field;
}

static bool add_map_entry(sl_parser *parser, sl_parsed_field *field, const field_type *key,
                          const field_type *value)
{
    static const uint8_t map_entry_is_true[] = {7 << 3, 1};
    sl_buf_clear(&parser->text);
    append_camel_case(field->proto.name, true, &parser->text);
    sl_buf_append_literal(&parser->text, "Entry");
    sl_parsed_message entry = {
        .proto = {.name = sl_parser_keep_buf(parser),
                  .options = {map_entry_is_true, sizeof map_entry_is_true}},
        .mark = {.name = field->mark.name, .is_map_entry = true},
    };
    field->proto.type_name = entry.proto.name;

    size_t base = parser->fields.count;
    sl_parsed_field key_field = entry_field(SL_STR("key"), 1, key);
    sl_parsed_field value_field = entry_field(SL_STR("value"), 2, value);
    copy_map_options(parser, field, &key_field);
    copy_map_options(parser, field, &value_field);
    if (!sl_parser_push(parser, &parser->fields, key_field) ||
        !sl_parser_push(parser, &parser->fields, value_field))
        return false;
    sl_parser_take_list(parser, &parser->fields, base, sl_parsed_field, &entry.proto.fields,
                        entry.mark.fields);
    return sl_parser_push(parser, &parser->messages, entry);
}

/* --- groups --- */

/* "Name" becomes the message, and "name" the field. */
static bool parse_group(sl_parser *parser, sl_parsed_field *field, sl_field_site site)
{
    size_t index = parser->messages.count - parser->scope.messages;
    sl_span name_span = field->mark.name;
    sl_parsed_message group = {
        .proto = {.name = field->proto.name},
        .mark = {.name = name_span, .is_group = true},
    };
    uint32_t place = sl_places_begin2(parser->places, site.parent, site.nested_step, (int32_t)index,
                                      &parser->lexer);
    sl_places_start_with(parser->places, place, site.place);
    sl_places_add1(parser->places, place, SL_AT_NAME, name_span);
    sl_places_add1(parser->places, site.place, SL_AT_FIELD_TYPE_NAME, name_span);

    if (group.proto.name.data[0] < 'A' || group.proto.name.data[0] > 'Z')
        sl_parser_tell(parser, name_span, SL_DIAG_GROUP_NAME);
    sl_buf_clear(&parser->text);
    for (size_t i = 0; i < group.proto.name.len; i++) {
        char c = group.proto.name.data[i];
        sl_buf_append_byte(&parser->text, (uint8_t)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c));
    }
    field->proto.name = sl_parser_keep_buf(parser);
    field->proto.type_name = group.proto.name;
    if (parser->status != SL_OK)
        return false;
    if (!sl_parser_at(parser, '{'))
        return sl_parser_expected(parser, "\"{\" and the body of the group");
    if (!sl_parse_message_block(parser, &group, place))
        return false;
    sl_places_end(parser->places, place, &parser->lexer);
    return sl_parser_push(parser, &parser->messages, group);
}

/* --- fields --- */

static bool parse_field_options(sl_parser *parser, sl_parsed_field *field, uint32_t place)
{
    if (!sl_parser_at(parser, '['))
        return true;
    uint32_t options_place =
        sl_places_begin1(parser->places, place, SL_AT_FIELD_OPTIONS, &parser->lexer);
    sl_lexer_next(&parser->lexer);
    do {
        bool is_read;
        if (sl_parser_at_word(parser, "default"))
            is_read = sl_parse_default(parser, field, place);
        else if (sl_parser_at_word(parser, "json_name"))
            is_read = sl_parse_json_name(parser, field, place);
        else
            is_read = sl_parse_option(parser, &field->mark.options, options_place, false);
        if (!is_read)
            return false;
    } while (sl_parser_try(parser, ','));
    if (!sl_parser_take(parser, ']'))
        return false;
    sl_places_end(parser->places, options_place, &parser->lexer);
    return true;
}

/* A label that was not written: optional, but in proto2 it must be. */
static void default_label(sl_parser *parser, sl_parsed_field *field)
{
    if (field->proto.has_label)
        return;
    if (parser->edition == SL_EDITION_PROTO2)
        sl_parser_tell_here(parser, SL_DIAG_LABEL_MISSING);
    set_label(field, SL_LABEL_OPTIONAL);
}

static bool parse_field_type(sl_parser *parser, sl_parsed_field *field, uint32_t place,
                             field_type map[2], bool *ret_is_map)
{
    uint32_t type_place = sl_places_begin(parser->places, place, &parser->lexer);
    field_type type = {.span = parser->lexer.token};
    bool is_map_word = sl_parser_try_word(parser, "map");
    *ret_is_map = is_map_word && sl_parser_at(parser, '<');
    if (*ret_is_map) {
        if (!parse_map_type(parser, field, &map[0], &map[1]))
            return false;
        field->mark.type = (sl_span){type.span.begin, parser->lexer.previous_end};
        sl_places_step(parser->places, type_place, SL_AT_FIELD_TYPE_NAME);
    } else {
        default_label(parser, field);
        type.name = SL_STR("map");
        if (!is_map_word && !parse_type(parser, &type))
            return false;
        if (type.type)
            type.name = (sl_str){0};
        set_type(field, &type);
        sl_places_step(parser->places, type_place,
                       type.type ? SL_AT_FIELD_TYPE : SL_AT_FIELD_TYPE_NAME);
    }
    sl_places_end(parser->places, type_place, &parser->lexer);
    return true;
}

static bool parse_name_and_number(sl_parser *parser, sl_parsed_field *field, uint32_t place)
{
    uint32_t name_place = sl_places_begin1(parser->places, place, SL_AT_NAME, &parser->lexer);
    if (!sl_parser_take_identifier(parser, "the name of the field", &field->proto.name,
                                   &field->mark.name))
        return false;
    sl_places_end(parser->places, name_place, &parser->lexer);
    if (!sl_parser_at(parser, '='))
        return sl_parser_expected(parser, "\"=\" and the field number");
    sl_lexer_next(&parser->lexer);
    uint32_t number_place =
        sl_places_begin1(parser->places, place, SL_AT_FIELD_NUMBER, &parser->lexer);
    field->mark.number = parser->lexer.token;
    if (!sl_parser_take_int32(parser, "a field number", false, &field->proto.number))
        return false;
    field->proto.has_number = true;
    sl_places_end(parser->places, number_place, &parser->lexer);
    return true;
}

bool sl_parse_field_without_label(sl_parser *parser, sl_parsed_field *field, sl_field_site site)
{
    field_type map[2] = {0};
    bool is_map;
    if (!parse_field_type(parser, field, site.place, map, &is_map) ||
        !parse_name_and_number(parser, field, site.place) ||
        !parse_field_options(parser, field, site.place))
        return false;
    if (field->proto.type == SL_TYPE_GROUP) {
        if (!parse_group(parser, field, site))
            return false;
    } else if (!sl_parser_take_end(parser, ';', site.place)) {
        return false;
    }
    sl_places_end(parser->places, site.place, &parser->lexer);
    if (is_map && !add_map_entry(parser, field, &map[0], &map[1]))
        return false;
    derive_json_name(parser, &field->proto);
    return parser->status == SL_OK;
}

static void parse_label(sl_parser *parser, sl_parsed_field *field, uint32_t place)
{
    bool is_optional = sl_parser_at_word(parser, "optional");
    bool is_required = sl_parser_at_word(parser, "required");
    if (!is_optional && !is_required && !sl_parser_at_word(parser, "repeated"))
        return;
    if (sl_parser_is_editions(parser) && (is_optional || is_required))
        sl_parser_tell_here(parser, is_optional ? SL_DIAG_LABEL_OPTIONAL_IN_EDITION
                                                : SL_DIAG_LABEL_REQUIRED_IN_EDITION);
    uint32_t label_place =
        sl_places_begin1(parser->places, place, SL_AT_FIELD_LABEL, &parser->lexer);
    sl_lexer_next(&parser->lexer);
    sl_places_end(parser->places, label_place, &parser->lexer);
    set_label(field, is_optional   ? SL_LABEL_OPTIONAL
                     : is_required ? SL_LABEL_REQUIRED
                                   : SL_LABEL_REPEATED);
    if (is_optional && parser->edition == SL_EDITION_PROTO3)
        field->proto.has_proto3_optional = field->proto.proto3_optional = true;
}

bool sl_parse_field(sl_parser *parser, sl_parsed_field *field, sl_field_site site)
{
    parse_label(parser, field, site.place);
    return sl_parse_field_without_label(parser, field, site);
}
