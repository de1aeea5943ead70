/* compiler/option_walk.c: every element of a unit that can have options, with the scope in which names in its options are looked up.
 *
 * That scope is what is around the element: of a field its message, of a message what is around that, of an enum value what is around its
 * enum (values are siblings of their enum), of an extension range what is around its message. */
#include "compiler/internal/option_impl.h"

typedef struct walk_state {
    sl_element_visit *visit;
    void *context;
    sl_buf scope;
    bool is_copy;
} walk_state;

sl_str sl_element_options_name(sl_element_kind kind)
{
    static const char *const names[SL_ELEMENT_COUNT] = {
        [SL_ELEMENT_FILE] = "google.protobuf.FileOptions",
        [SL_ELEMENT_EXTENSION_RANGE] = "google.protobuf.ExtensionRangeOptions",
        [SL_ELEMENT_MESSAGE] = "google.protobuf.MessageOptions",
        [SL_ELEMENT_FIELD] = "google.protobuf.FieldOptions",
        [SL_ELEMENT_ONEOF] = "google.protobuf.OneofOptions",
        [SL_ELEMENT_ENUM] = "google.protobuf.EnumOptions",
        [SL_ELEMENT_ENUM_VALUE] = "google.protobuf.EnumValueOptions",
        [SL_ELEMENT_SERVICE] = "google.protobuf.ServiceOptions",
        [SL_ELEMENT_METHOD] = "google.protobuf.MethodOptions",
    };
    return sl_str_from(names[kind]);
}

static bool visit_one(walk_state *walk, sl_element_kind kind, sl_option_list *options,
                      sl_bytes *bytes, sl_span at)
{
    if (options->count == 0)
        return true;
    sl_element element = {kind, options, bytes, sl_buf_str(&walk->scope), at, walk->is_copy};
    return walk->visit(walk->context, &element);
}

/* Names inside `name` from now on; what to go back to afterwards. */
static size_t enter(walk_state *walk, sl_str name)
{
    size_t outer = walk->scope.len;
    if (outer > 0)
        sl_buf_append_byte(&walk->scope, '.');
    sl_buf_append_str(&walk->scope, name);
    return outer;
}

static bool visit_fields(walk_state *walk, sl_field_proto *protos, sl_field_mark *marks,
                         uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!visit_one(walk, SL_ELEMENT_FIELD, &marks[i].options, &protos[i].options,
                       marks[i].name))
            return false;
    return true;
}

static bool visit_enums(walk_state *walk, sl_enum_proto *protos, sl_enum_mark *marks,
                        uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        sl_enum_proto *proto = &protos[i];
        if (!visit_one(walk, SL_ELEMENT_ENUM, &marks[i].options, &proto->options, marks[i].name))
            return false;
        for (uint32_t j = 0; j < proto->values.count; j++) {
            sl_enum_value_mark *mark = &marks[i].values[j];
            if (!visit_one(walk, SL_ELEMENT_ENUM_VALUE, &mark->options,
                           &proto->values.items[j].options, mark->name))
                return false;
        }
    }
    return true;
}

static bool visit_messages(walk_state *walk, sl_message_proto *protos, sl_message_mark *marks,
                           uint32_t count);

static bool visit_inside(walk_state *walk, sl_message_proto *proto, sl_message_mark *mark)
{
    if (!visit_fields(walk, proto->fields.items, mark->fields, proto->fields.count) ||
        !visit_fields(walk, proto->extensions.items, mark->extensions, proto->extensions.count))
        return false;
    for (uint32_t i = 0; i < proto->oneofs.count; i++)
        if (!visit_one(walk, SL_ELEMENT_ONEOF, &mark->oneofs[i].options,
                       &proto->oneofs.items[i].options, mark->oneofs[i].name))
            return false;
    return visit_enums(walk, proto->enums.items, mark->enums, proto->enums.count) &&
           visit_messages(walk, proto->messages.items, mark->messages, proto->messages.count);
}

static bool visit_messages(walk_state *walk, sl_message_proto *protos, sl_message_mark *marks,
                           uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        sl_message_proto *proto = &protos[i];
        if (!visit_one(walk, SL_ELEMENT_MESSAGE, &marks[i].options, &proto->options, marks[i].name))
            return false;
        for (uint32_t j = 0; j < proto->extension_ranges.count; j++) {
            sl_range_mark *mark = &marks[i].extension_ranges[j];
            if (!visit_one(walk, SL_ELEMENT_EXTENSION_RANGE, &mark->options,
                           &proto->extension_ranges.items[j].options, mark->span))
                return false;
        }
        size_t outer = enter(walk, proto->name);
        walk->is_copy = marks[i].is_map_entry;
        if (!visit_inside(walk, proto, &marks[i]))
            return false;
        walk->is_copy = false;
        walk->scope.len = outer;
    }
    return true;
}

static bool visit_services(walk_state *walk, sl_unit *unit)
{
    for (uint32_t i = 0; i < unit->proto->services.count; i++) {
        sl_service_proto *proto = &unit->proto->services.items[i];
        sl_service_mark *mark = &unit->marks.services[i];
        if (!visit_one(walk, SL_ELEMENT_SERVICE, &mark->options, &proto->options, mark->name))
            return false;
        size_t outer = enter(walk, proto->name);
        for (uint32_t j = 0; j < proto->methods.count; j++)
            if (!visit_one(walk, SL_ELEMENT_METHOD, &mark->methods[j].options,
                           &proto->methods.items[j].options, mark->methods[j].name))
                return false;
        walk->scope.len = outer;
    }
    return true;
}

static bool visit_all(walk_state *walk, sl_unit *unit)
{
    sl_file_proto *proto = unit->proto;
    sl_file_mark *marks = &unit->marks;
    enter(walk, proto->package);
    return visit_one(walk, SL_ELEMENT_FILE, &marks->options, &proto->options, marks->package) &&
           visit_messages(walk, proto->messages.items, marks->messages, proto->messages.count) &&
           visit_enums(walk, proto->enums.items, marks->enums, proto->enums.count) &&
           visit_fields(walk, proto->extensions.items, marks->extensions,
                        proto->extensions.count) &&
           visit_services(walk, unit);
}

bool sl_option_walk(sl_unit *unit, sl_element_visit *visit, void *context, sl_status *ret_status)
{
    walk_state walk = {.visit = visit, .context = context};
    bool is_good = visit_all(&walk, unit);
    if (sl_buf_status(&walk.scope) != SL_OK)
        *ret_status = SL_NO_MEMORY;
    is_good = is_good && *ret_status == SL_OK;
    sl_buf_done(&walk.scope);
    return is_good;
}
