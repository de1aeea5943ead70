/* compiler/option_check.c: what may be set where, and in which edition.
 *
 *   targets           a field of an options message, or of a message inside one, may say on which kinds of elements it can be set. protoc
 *                     looks at the files that it was asked to compile, and not into groups
 *   feature_support   says from which edition on a field or an enum value is there, is deprecated, and is gone. It holds for all files;
 *                     warnings are for those that were asked for
 *
 * Both are questions about fields that are set, so this is one walk over the bytes of each element's options, however they came about: by
 * name, inside a text, in an extension. What is found is told once for an option, at the option. */
#include "compiler/internal/option_check.h"

typedef struct check_state {
    sl_unit *unit;
    const sl_schema *draft, *types;
    sl_diags *diags;
    bool is_main;
    int32_t edition;
    const sl_element *element;
    int32_t path[SL_LIMIT_OPTION_DEPTH + 1];
    uint32_t path_len;
} check_state;

static const char *const kind_names[SL_ELEMENT_COUNT] = {
    [SL_ELEMENT_FILE] = "a file",
    [SL_ELEMENT_EXTENSION_RANGE] = "an extension range",
    [SL_ELEMENT_MESSAGE] = "a message",
    [SL_ELEMENT_FIELD] = "a field",
    [SL_ELEMENT_ONEOF] = "a oneof",
    [SL_ELEMENT_ENUM] = "an enum",
    [SL_ELEMENT_ENUM_VALUE] = "an enum value",
    [SL_ELEMENT_SERVICE] = "a service",
    [SL_ELEMENT_METHOD] = "a method",
};

/* --- where to tell it --- */

/* How far the option goes along the path at hand. */
static uint32_t shared_steps(const check_state *check, const sl_option *option)
{
    uint32_t shared = 0;
    while (shared < option->path_len && shared < check->path_len &&
           option->path[shared] == check->path[shared])
        shared++;
    return shared;
}

/* Findings that are only counted need no place. */
static sl_option *option_at_path(const check_state *check)
{
    sl_option *best = NULL;
    uint32_t most = 0;
    if (check->diags->findings->list.count >= SL_LIMIT_FINDINGS)
        return NULL;
    for (sl_option *option = check->element->options->first; option; option = option->next) {
        uint32_t shared = option->path ? shared_steps(check, option) : 0;
        if (shared > most) {
            most = shared;
            best = option;
        }
    }
    return best;
}

static void tell(check_state *check, sl_diag_id id, const sl_str *args, size_t arg_count)
{
    sl_option *option = option_at_path(check);
    if (option && option->is_told)
        return;
    if (option)
        option->is_told = true;
    sl_diag_tell(check->diags, &check->unit->source, option ? option->name : check->element->at, id,
                 args, arg_count);
}
#define tell_of(check, id, ...)                                \
    tell((check), SL_DIAG_##id, (const sl_str[]){__VA_ARGS__}, \
         sizeof((const sl_str[]){__VA_ARGS__}) / sizeof(sl_str))

/* --- targets --- */

enum { FIELD_TARGETS = 19 };

/* Is the element's kind among them? True also if there are none. */
static bool is_target(const sl_field *field, sl_element_kind kind)
{
    sl_wire_reader reader = sl_wire_reader_of(field->proto->options);
    sl_wire_field wire;
    bool has_targets = false;
    while (sl_wire_next_field(&reader, SL_LIMIT_PAYLOAD_DEPTH, &wire) == SL_OK) {
        if (wire.tag.number != FIELD_TARGETS || wire.tag.type != SL_WIRE_VARINT)
            continue;
        if (wire.number_value == kind)
            return true;
        has_targets = true;
    }
    return !has_targets;
}

/* "a file, a field" */
static void list_targets(const sl_field *field, sl_buf *list)
{
    sl_wire_reader reader = sl_wire_reader_of(field->proto->options);
    sl_wire_field wire;
    while (sl_wire_next_field(&reader, SL_LIMIT_PAYLOAD_DEPTH, &wire) == SL_OK) {
        bool is_one = wire.tag.number == FIELD_TARGETS && wire.tag.type == SL_WIRE_VARINT &&
                      wire.number_value > 0 && wire.number_value < SL_ELEMENT_COUNT;
        if (is_one && list->len > 0)
            sl_buf_append_literal(list, ", ");
        if (is_one)
            sl_buf_append_str(list, sl_str_from(kind_names[wire.number_value]));
    }
}

static void check_target(check_state *check, const sl_field *field)
{
    sl_cleanup(sl_buf_done) sl_buf list = {0};
    if (is_target(field, check->element->kind))
        return;
    list_targets(field, &list);
    if (sl_buf_status(&list) != SL_OK)
        check->diags->no_memory = true;
    tell_of(check, OPTION_TARGET, field->full_name, sl_str_from(kind_names[check->element->kind]),
            list.len > 0 ? sl_buf_str(&list) : (sl_str){0});
}

/* --- editions --- */

static void check_support(check_state *check, sl_str name, const sl_support *support)
{
    sl_edition_text own, other;
    sl_str edition = sl_edition_name(check->edition, &own);
    if (check->edition < support->introduced)
        tell_of(check, OPTION_TOO_EARLY, name, sl_edition_name(support->introduced, &other),
                edition);
    if (support->has_removed && check->edition >= support->removed) {
        tell_of(check, OPTION_REMOVED, name, sl_edition_name(support->removed, &other), edition,
                support->error);
    } else if (support->has_deprecated && check->edition >= support->deprecated && check->is_main) {
        tell_of(check, OPTION_DEPRECATED, name, sl_edition_name(support->deprecated, &other),
                edition, support->warning);
    }
}

static void check_value(check_state *check, const sl_field *field, uint64_t number)
{
    sl_support support;
    const sl_enum_value *value = sl_enum_find_value(field->enumeration, (int32_t)number);
    if (value && sl_support_read(value->proto->options, SL_SUPPORT_OF_VALUE, &support))
        check_support(check, value->full_name, &support);
}

static void check_values(check_state *check, const sl_field *field, const sl_wire_field *wire)
{
    uint64_t number;
    if (wire->tag.type != SL_WIRE_LEN) {
        check_value(check, field, wire->number_value);
        return;
    }
    sl_wire_reader reader = sl_wire_reader_of(wire->bytes);
    while (sl_wire_read_varint(&reader, &number) == SL_OK)
        check_value(check, field, number);
}

/* --- the walk --- */

static void check_message(check_state *check, const sl_message *message, sl_bytes bytes,
                          bool with_targets);

static void check_field(check_state *check, const sl_field *field, const sl_wire_field *wire,
                        bool with_targets)
{
    sl_support support;
    if (field->proto->options.len > 0 && with_targets)
        check_target(check, field);
    if (field->enumeration)
        check_values(check, field, wire);
    else if (field->message)
        check_message(check, field->message, wire->bytes,
                      with_targets && field->type == SL_TYPE_MESSAGE);
    if (field->proto->options.len > 0 &&
        sl_support_read(field->proto->options, SL_SUPPORT_OF_FIELD, &support))
        check_support(check, field->full_name, &support);
}

/* Depth is that of the options, which merging has bounded. */
static void check_message(check_state *check, const sl_message *message, sl_bytes bytes,
                          bool with_targets)
{
    sl_wire_reader reader = sl_wire_reader_of(bytes);
    sl_wire_field wire;
    if (check->path_len == SL_ARRAY_LEN(check->path))
        return;
    check->path_len++;
    while (sl_option_next(&reader, message, &wire) == SL_OK) {
        const sl_field *field = sl_option_known_field(message, &wire);
        check->path[check->path_len - 1] = (int32_t)wire.tag.number;
        if (field)
            check_field(check, field, &wire, with_targets);
    }
    check->path_len--;
}

static bool visit_element(void *context, const sl_element *element)
{
    check_state *check = context;
    sl_str name = sl_element_options_name(element->kind);
    const sl_message *message = sl_schema_find_message(check->draft, name);
    if (!message)
        message = sl_schema_find_message(check->types, name);
    check->element = element;
    if (message && !element->is_copy)
        check_message(check, message, *element->bytes, check->is_main);
    return !check->diags->no_memory;
}

static int32_t edition_of(const sl_file_proto *proto)
{
    if (proto->has_edition)
        return proto->edition;
    return sl_str_is(proto->syntax, "proto3") ? SL_EDITION_PROTO3 : SL_EDITION_PROTO2;
}

sl_status sl_options_check(sl_unit *unit, const sl_schema *draft, const sl_schema *types,
                           bool is_main, sl_diags *diags)
{
    sl_status status = SL_OK;
    check_state check = {.unit = unit,
                         .draft = draft,
                         .types = types,
                         .diags = diags,
                         .is_main = is_main,
                         .edition = edition_of(unit->proto)};
    sl_option_walk(unit, visit_element, &check, &status);
    if (status == SL_OK)
        status = sl_supports_check(unit, draft, diags);
    return diags->no_memory ? SL_NO_MEMORY : status;
}
