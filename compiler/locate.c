/* compiler/locate.c: from the path of an element to its place in the text.
 *
 * The linker knows elements by paths of descriptor.proto field numbers, as source info does: [4, 2, 2, 0] is field 0 of message 2, and
 * [4, 2, 2, 0, 3] its number. Marks are a tree of the same shape, so a path is walked down it. A part that was not
 * written (a json_name, say) stands where the element's name does. */
#include "compiler/internal/compilation.h"
#include "compiler/internal/parser.h"

/* What is left of a path. */
typedef struct steps {
    const int32_t *at;
    size_t left;
} steps;

/* Take a list and an index below `count`; false: there is none. */
static bool take_item(steps *path, int32_t list, uint32_t count, uint32_t *ret_index)
{
    if (path->left < 2 || path->at[0] != list || path->at[1] < 0 || (uint32_t)path->at[1] >= count)
        return false;
    *ret_index = (uint32_t)path->at[1];
    path->at += 2;
    path->left -= 2;
    return true;
}

static int32_t part_of(const steps *path)
{
    return path->left > 0 ? path->at[0] : SL_AT_NAME;
}

static sl_span either(sl_span part, sl_span name)
{
    return part.end ? part : name;
}

static sl_span field_span(const sl_field_mark *field, int32_t part)
{
    switch (part) {
    case SL_AT_FIELD_EXTENDEE: return either(field->extendee, field->name);
    case SL_AT_FIELD_NUMBER: return either(field->number, field->name);
    case SL_AT_FIELD_TYPE:
    case SL_AT_FIELD_TYPE_NAME: return either(field->type, field->name);
    case SL_AT_FIELD_DEFAULT: return either(field->default_value, field->name);
    case SL_AT_FIELD_JSON_NAME: return either(field->json_name, field->name);
    default: return field->name;
    }
}

static sl_span enum_span(const sl_enum_mark *mark, const sl_enum_proto *proto, steps path)
{
    uint32_t index;
    if (take_item(&path, SL_AT_ENUM_VALUE, proto->values.count, &index))
        return part_of(&path) == SL_AT_VALUE_NUMBER ? mark->values[index].number
                                                    : mark->values[index].name;
    if (take_item(&path, SL_AT_ENUM_RESERVED_RANGE, proto->reserved_ranges.count, &index))
        return mark->reserved_ranges[index].span;
    if (take_item(&path, SL_AT_ENUM_RESERVED_NAME, proto->reserved_names.count, &index))
        return mark->reserved_names[index];
    return mark->name;
}

static sl_span message_span(const sl_message_mark *mark, const sl_message_proto *proto, steps path)
{
    uint32_t index;
    while (take_item(&path, SL_AT_MESSAGE_MESSAGE, proto->messages.count, &index)) {
        mark = &mark->messages[index];
        proto = &proto->messages.items[index];
    }
    if (take_item(&path, SL_AT_MESSAGE_FIELD, proto->fields.count, &index))
        return field_span(&mark->fields[index], part_of(&path));
    if (take_item(&path, SL_AT_MESSAGE_EXTENSION, proto->extensions.count, &index))
        return field_span(&mark->extensions[index], part_of(&path));
    if (take_item(&path, SL_AT_MESSAGE_ENUM, proto->enums.count, &index))
        return enum_span(&mark->enums[index], &proto->enums.items[index], path);
    if (take_item(&path, SL_AT_MESSAGE_ONEOF, proto->oneofs.count, &index))
        return mark->oneofs[index].name;
    if (take_item(&path, SL_AT_MESSAGE_EXTENSION_RANGE, proto->extension_ranges.count, &index))
        return mark->extension_ranges[index].span;
    if (take_item(&path, SL_AT_MESSAGE_RESERVED_RANGE, proto->reserved_ranges.count, &index))
        return mark->reserved_ranges[index].span;
    if (take_item(&path, SL_AT_MESSAGE_RESERVED_NAME, proto->reserved_names.count, &index))
        return mark->reserved_names[index];
    return mark->name;
}

static sl_span service_span(const sl_service_mark *mark, const sl_service_proto *proto, steps path)
{
    uint32_t index;
    if (!take_item(&path, SL_AT_SERVICE_METHOD, proto->methods.count, &index))
        return mark->name;
    const sl_method_mark *method = &mark->methods[index];
    switch (part_of(&path)) {
    case SL_AT_METHOD_INPUT: return either(method->input, method->name);
    case SL_AT_METHOD_OUTPUT: return either(method->output, method->name);
    default: return method->name;
    }
}

/* The path of import number `index`. */
static sl_span import_span(const sl_unit *unit, int32_t index)
{
    bool is_there = index >= 0 && (uint32_t)index < unit->proto->dependencies.count;
    return is_there ? unit->marks.dependencies[index] : (sl_span){0};
}

sl_span sl_unit_span(const sl_unit *unit, const int32_t *numbers, size_t count)
{
    const sl_file_mark *mark = &unit->marks;
    const sl_file_proto *proto = unit->proto;
    steps path = {numbers, count};
    uint32_t index;
    if (take_item(&path, SL_AT_FILE_MESSAGE, proto->messages.count, &index))
        return message_span(&mark->messages[index], &proto->messages.items[index], path);
    if (take_item(&path, SL_AT_FILE_ENUM, proto->enums.count, &index))
        return enum_span(&mark->enums[index], &proto->enums.items[index], path);
    if (take_item(&path, SL_AT_FILE_SERVICE, proto->services.count, &index))
        return service_span(&mark->services[index], &proto->services.items[index], path);
    if (take_item(&path, SL_AT_FILE_EXTENSION, proto->extensions.count, &index))
        return field_span(&mark->extensions[index], part_of(&path));
    if (take_item(&path, SL_AT_FILE_DEPENDENCY, proto->dependencies.count, &index))
        return mark->dependencies[index];
    if (take_item(&path, SL_AT_FILE_OPTION_DEPENDENCY, proto->option_dependencies.count, &index))
        return mark->option_dependencies[index];
    if (take_item(&path, SL_AT_FILE_PUBLIC_DEPENDENCY, proto->public_dependencies.count, &index))
        return import_span(unit, proto->public_dependencies.items[index]);
    if (take_item(&path, SL_AT_FILE_WEAK_DEPENDENCY, proto->weak_dependencies.count, &index))
        return import_span(unit, proto->weak_dependencies.items[index]);
    if (part_of(&path) == SL_AT_FILE_PACKAGE)
        return mark->package;
    return mark->syntax;
}
