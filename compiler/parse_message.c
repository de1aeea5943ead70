/* compiler/parse_message.c: messages and what stands in them, oneofs, extend blocks.
 *
 * A block opens a scope: its elements go on top of the parser's stacks, and the counts since the scope opened are the indexes that source
 * info wants. When the block ends, what it gathered moves to the arena and the stacks are as they were, also after errors. */
#include "compiler/internal/parser.h"

static void open_scope(sl_parser *parser)
{
    parser->scope = (sl_scope){
        .fields = parser->fields.count,
        .extensions = parser->extensions.count,
        .messages = parser->messages.count,
        .enums = parser->enums.count,
        .oneofs = parser->oneofs.count,
        .extension_ranges = parser->extension_ranges.count,
        .reserved_ranges = parser->reserved_ranges.count,
        .names = parser->names.count,
    };
}

static void close_scope(sl_parser *parser, const sl_scope *outer)
{
    const sl_scope *scope = &parser->scope;
    parser->fields.count = scope->fields;
    parser->extensions.count = scope->extensions;
    parser->messages.count = scope->messages;
    parser->enums.count = scope->enums;
    parser->oneofs.count = scope->oneofs;
    parser->extension_ranges.count = scope->extension_ranges;
    parser->reserved_ranges.count = scope->reserved_ranges;
    parser->names.count = scope->names;
    parser->scope = *outer;
}

static void take_scope(sl_parser *parser, sl_parsed_message *message)
{
    const sl_scope *scope = &parser->scope;
    sl_message_proto *proto = &message->proto;
    sl_message_mark *mark = &message->mark;
    sl_parser_take_list(parser, &parser->fields, scope->fields, sl_parsed_field, &proto->fields,
                        mark->fields);
    sl_parser_take_list(parser, &parser->extensions, scope->extensions, sl_parsed_field,
                        &proto->extensions, mark->extensions);
    sl_parser_take_list(parser, &parser->messages, scope->messages, sl_parsed_message,
                        &proto->messages, mark->messages);
    sl_parser_take_list(parser, &parser->enums, scope->enums, sl_parsed_enum, &proto->enums,
                        mark->enums);
    sl_parser_take_list(parser, &parser->oneofs, scope->oneofs, sl_parsed_oneof, &proto->oneofs,
                        mark->oneofs);
    sl_parser_take_list(parser, &parser->extension_ranges, scope->extension_ranges, sl_parsed_range,
                        &proto->extension_ranges, mark->extension_ranges);
    sl_parser_take_list(parser, &parser->reserved_ranges, scope->reserved_ranges, sl_parsed_range,
                        &proto->reserved_ranges, mark->reserved_ranges);
    sl_parser_take_list(parser, &parser->names, scope->names, sl_parsed_name,
                        &proto->reserved_names, mark->reserved_names);
}

/* --- the oneofs of proto3's optional fields --- */

/* Only names that begin with '_' or 'X' can meet one that is made. */
static bool add_name(sl_map *names, sl_str name)
{
    if (name.len == 0 || (name.data[0] != '_' && name.data[0] != 'X'))
        return true;
    return sl_map_set(names, name, names) == SL_OK;
}

static bool collect_names(sl_parser *parser, sl_map *names)
{
    for (size_t i = parser->scope.fields; i < parser->fields.count; i++)
        if (!add_name(names, parser->fields.items[i].proto.name))
            return sl_parser_no_memory(parser);
    for (size_t i = parser->scope.oneofs; i < parser->oneofs.count; i++)
        if (!add_name(names, parser->oneofs.items[i].proto.name))
            return sl_parser_no_memory(parser);
    return true;
}

/* "_name", or with as many X before it as it takes. */
static bool add_synthetic_oneof(sl_parser *parser, sl_parsed_field *field, sl_map *names)
{
    sl_buf_clear(&parser->text);
    if (field->proto.name.data[0] != '_')
        sl_buf_append_byte(&parser->text, '_');
    sl_buf_append_str(&parser->text, field->proto.name);
    sl_str name = sl_parser_keep_buf(parser);
    while (parser->status == SL_OK && sl_map_get(names, name)) {
        sl_buf_clear(&parser->text);
        sl_buf_append_byte(&parser->text, 'X');
        sl_buf_append_str(&parser->text, name);
        name = sl_parser_keep_buf(parser);
    }
    if (parser->status != SL_OK)
        return false;
    if (names->count && sl_map_set(names, name, names) != SL_OK)
        return sl_parser_no_memory(parser);
    field->proto.oneof_index = (int32_t)(parser->oneofs.count - parser->scope.oneofs);
    field->proto.has_oneof_index = true;
    sl_parsed_oneof oneof = {.proto = {.name = name}, .mark = {.name = field->mark.name}};
    return sl_parser_push(parser, &parser->oneofs, oneof);
}

static bool add_synthetic_oneofs(sl_parser *parser)
{
    sl_cleanup(sl_map_done) sl_map names = {0};
    bool has_names = false;
    for (size_t i = parser->scope.fields; i < parser->fields.count; i++) {
        if (!parser->fields.items[i].proto.proto3_optional)
            continue;
        if (!has_names && !collect_names(parser, &names))
            return false;
        has_names = true;
        if (!add_synthetic_oneof(parser, &parser->fields.items[i], &names))
            return false;
    }
    return true;
}

/* --- oneofs --- */

static bool parse_oneof_field(sl_parser *parser, uint32_t message_place, size_t oneof_index)
{
    sl_parsed_field field = {
        .proto = {.label = SL_LABEL_OPTIONAL,
                  .has_label = true,
                  .oneof_index = (int32_t)oneof_index,
                  .has_oneof_index = true},
    };
    bool has_label = sl_parser_at_word(parser, "required") ||
                     sl_parser_at_word(parser, "optional") || sl_parser_at_word(parser, "repeated");
    if (has_label) {
        sl_diag(parser->diags, &parser->unit->source, parser->lexer.token, SL_DIAG_LABEL_IN_ONEOF,
                sl_lexer_text(&parser->lexer));
        sl_lexer_next(&parser->lexer);
    }
    size_t index = parser->fields.count - parser->scope.fields;
    uint32_t place = sl_places_begin2(parser->places, message_place, SL_AT_MESSAGE_FIELD,
                                      (int32_t)index, &parser->lexer);
    sl_field_site site = {message_place, SL_AT_MESSAGE_MESSAGE, place};
    if (sl_parse_field_without_label(parser, &field, site))
        return sl_parser_push(parser, &parser->fields, field);
    sl_parser_skip_statement(parser);
    return true;
}

static bool parse_oneof_body(sl_parser *parser, sl_oneof_mark *mark, uint32_t message_place,
                             uint32_t place, size_t index)
{
    do {
        if (sl_parser_at_end(parser))
            return sl_parser_end_inside(parser, "oneof", mark->name);
        if (!sl_parser_at_word(parser, "option")) {
            if (!parse_oneof_field(parser, message_place, index))
                return false;
            continue;
        }
        uint32_t options =
            sl_places_begin1(parser->places, place, SL_AT_ONEOF_OPTIONS, &parser->lexer);
        if (!sl_parse_option_statement(parser, &mark->options, options))
            return false;
        sl_places_end(parser->places, options, &parser->lexer);
    } while (!sl_parser_try_end(parser, '}', SL_PLACE_NONE));
    return true;
}

static bool parse_oneof(sl_parser *parser, uint32_t message_place)
{
    sl_parsed_oneof oneof = {0};
    size_t index = parser->oneofs.count - parser->scope.oneofs;
    uint32_t place = sl_places_begin2(parser->places, message_place, SL_AT_MESSAGE_ONEOF,
                                      (int32_t)index, &parser->lexer);
    sl_lexer_next(&parser->lexer);
    uint32_t name_place = sl_places_begin1(parser->places, place, SL_AT_NAME, &parser->lexer);
    if (!sl_parser_take_identifier(parser, "the name of the oneof", &oneof.proto.name,
                                   &oneof.mark.name))
        return false;
    sl_places_end(parser->places, name_place, &parser->lexer);
    if (!sl_parser_take_end(parser, '{', place))
        return false;

    /* The fields of the oneof refer to it by index, so it takes its place first; its options come with its body. */
    if (!sl_parser_push(parser, &parser->oneofs, oneof))
        return false;
    bool is_read = parse_oneof_body(parser, &oneof.mark, message_place, place, index);
    parser->oneofs.items[parser->scope.oneofs + index].mark = oneof.mark;
    sl_places_end(parser->places, place, &parser->lexer);
    return is_read;
}

/* --- extend --- */

/* `nested_step` tells the file's extensions from a message's. */
bool sl_parse_extend(sl_parser *parser, uint32_t parent, uint32_t place, int32_t nested_step)
{
    sl_str extendee;
    sl_span span;
    sl_lexer_next(&parser->lexer);
    if (!sl_parse_type_name(parser, &extendee, &span) || !sl_parser_take_end(parser, '{', place))
        return false;
    do {
        if (sl_parser_at_end(parser))
            return sl_parser_end_inside(parser, "extend", span);
        sl_parsed_field field = {.proto = {.extendee = extendee}, .mark = {.extendee = span}};
        size_t index = parser->extensions.count - parser->scope.extensions;
        uint32_t field_place =
            sl_places_begin1(parser->places, place, (int32_t)index, &parser->lexer);
        sl_places_add1(parser->places, field_place, SL_AT_FIELD_EXTENDEE, span);
        sl_field_site site = {parent, nested_step, field_place};
        if (sl_parse_field(parser, &field, site)) {
            if (!sl_parser_push(parser, &parser->extensions, field))
                return false;
        } else {
            sl_parser_skip_statement(parser);
        }
    } while (!sl_parser_try_end(parser, '}', SL_PLACE_NONE));
    sl_places_end(parser->places, place, &parser->lexer);
    return true;
}

/* --- messages --- */

/* `export` or `local`: keywords from edition 2024 on; before it, types of these names. */
bool sl_parse_visibility(sl_parser *parser, int32_t *ret_visibility)
{
    enum { LOCAL = 1, EXPORT = 2 };
    bool is_export = sl_parser_at_word(parser, "export");
    *ret_visibility = 0;
    if (parser->edition < SL_EDITION_2024 || (!is_export && !sl_parser_at_word(parser, "local")))
        return true;
    sl_span span = parser->lexer.token;
    sl_lexer_next(&parser->lexer);
    *ret_visibility = is_export ? EXPORT : LOCAL;
    if (sl_parser_at_word(parser, "message") || sl_parser_at_word(parser, "enum"))
        return true;
    sl_parser_tell(parser, span, SL_DIAG_VISIBILITY_MISPLACED);
    return false;
}

static bool parse_message_option(sl_parser *parser, sl_parsed_message *message, uint32_t place)
{
    uint32_t options =
        sl_places_begin1(parser->places, place, SL_AT_MESSAGE_OPTIONS, &parser->lexer);
    if (!sl_parse_option_statement(parser, &message->mark.options, options))
        return false;
    sl_places_end(parser->places, options, &parser->lexer);
    return true;
}

static bool parse_message_field(sl_parser *parser, uint32_t message_place)
{
    sl_parsed_field field = {0};
    size_t index = parser->fields.count - parser->scope.fields;
    uint32_t place = sl_places_begin2(parser->places, message_place, SL_AT_MESSAGE_FIELD,
                                      (int32_t)index, &parser->lexer);
    sl_field_site site = {message_place, SL_AT_MESSAGE_MESSAGE, place};
    return sl_parse_field(parser, &field, site) && sl_parser_push(parser, &parser->fields, field);
}

/* `message` or `enum` with what may stand before it. */
static bool parse_nested_type(sl_parser *parser, uint32_t message_place, int32_t visibility)
{
    bool is_message = sl_parser_at_word(parser, "message");
    size_t index = is_message ? parser->messages.count - parser->scope.messages
                              : parser->enums.count - parser->scope.enums;
    uint32_t place = sl_places_begin2(parser->places, message_place,
                                      is_message ? SL_AT_MESSAGE_MESSAGE : SL_AT_MESSAGE_ENUM,
                                      (int32_t)index, &parser->lexer);
    return is_message ? sl_parse_message(parser, place, visibility)
                      : sl_parse_enum(parser, place, visibility);
}

static bool parse_message_statement(sl_parser *parser, sl_parsed_message *message, uint32_t place)
{
    int32_t visibility;
    if (sl_parser_try_end(parser, ';', SL_PLACE_NONE))
        return true;
    if (!sl_parse_visibility(parser, &visibility))
        return false;
    if (sl_parser_at_word(parser, "message") || sl_parser_at_word(parser, "enum"))
        return parse_nested_type(parser, place, visibility);
    if (sl_parser_at_word(parser, "oneof"))
        return parse_oneof(parser, place);
    if (sl_parser_at_word(parser, "option"))
        return parse_message_option(parser, message, place);
    if (sl_parser_at_word(parser, "reserved"))
        return sl_parse_reserved(parser, place, false);
    if (sl_parser_at_word(parser, "extensions"))
        return sl_parse_extensions(
            parser,
            sl_places_begin1(parser->places, place, SL_AT_MESSAGE_EXTENSION_RANGE, &parser->lexer));
    if (sl_parser_at_word(parser, "extend"))
        return sl_parse_extend(
            parser, place,
            sl_places_begin1(parser->places, place, SL_AT_MESSAGE_EXTENSION, &parser->lexer),
            SL_AT_MESSAGE_MESSAGE);
    return parse_message_field(parser, place);
}

static bool parse_statements(sl_parser *parser, sl_parsed_message *message, uint32_t place)
{
    while (!sl_parser_try_end(parser, '}', SL_PLACE_NONE)) {
        if (sl_parser_at_end(parser))
            return sl_parser_end_inside(parser, "message", message->mark.name);
        if (!parse_message_statement(parser, message, place))
            sl_parser_skip_statement(parser);
    }
    return true;
}

static bool check_message(sl_parser *parser, const sl_parsed_message *message)
{
    const sl_option *option = sl_option_find(&message->mark.options, "map_entry");
    if (!option)
        return true;
    sl_parser_tell(parser, option->name, SL_DIAG_MAP_ENTRY_BY_HAND);
    return false;
}

static bool parse_block_in_scope(sl_parser *parser, sl_parsed_message *message, uint32_t place)
{
    if (!parse_statements(parser, message, place))
        return false;
    sl_parse_range_maxima(parser, message);
    if (!check_message(parser, message))
        return false;
    bool has_optional = parser->edition == SL_EDITION_PROTO3 && !message->mark.is_group;
    if (has_optional && !add_synthetic_oneofs(parser))
        return false;
    take_scope(parser, message);
    return parser->status == SL_OK;
}

bool sl_parse_message_block(sl_parser *parser, sl_parsed_message *message, uint32_t place)
{
    sl_diag_number room;
    if (parser->depth >= SL_LIMIT_SOURCE_DEPTH - 1) {
        sl_diag(parser->diags, &parser->unit->source, message->mark.name, SL_DIAG_MESSAGE_TOO_DEEP,
                sl_diag_i64(SL_LIMIT_SOURCE_DEPTH - 1, &room));
        return false;
    }
    if (!sl_parser_take_end(parser, '{', place))
        return false;
    sl_scope outer = parser->scope;
    open_scope(parser);
    parser->depth++;
    bool is_read = parse_block_in_scope(parser, message, place);
    parser->depth--;
    close_scope(parser, &outer);
    return is_read;
}

bool sl_parse_message(sl_parser *parser, uint32_t place, int32_t visibility)
{
    sl_parsed_message message = {
        .proto = {.visibility = visibility, .has_visibility = visibility != 0}};
    sl_lexer_next(&parser->lexer);
    uint32_t name_place = sl_places_begin1(parser->places, place, SL_AT_NAME, &parser->lexer);
    if (!sl_parser_take_identifier(parser, "the name of the message", &message.proto.name,
                                   &message.mark.name))
        return false;
    sl_places_end(parser->places, name_place, &parser->lexer);
    if (!sl_parse_message_block(parser, &message, place))
        return false;
    sl_places_end(parser->places, place, &parser->lexer);
    return sl_parser_push(parser, &parser->messages, message);
}
