/* schema/locate.c: where in its file an element stands.
 *
 * SourceCodeInfo is a long list of locations, each with the path of what it is about: [4, 2, 2, 0] is field 0 of message 2, by the field
 * numbers of descriptor.proto. It is kept raw, since it is large and hardly ever asked: each question walks the list once. */
#include "schema/internal/schema_impl.h"
#include "wire/wire.h"

/* --- reading source info --- */

/* Do the packed numbers begin with `want`, and end with it? */
static bool is_path(sl_bytes packed, const int32_t *want, size_t count)
{
    sl_wire_reader reader = sl_wire_reader_of(packed);
    for (size_t i = 0; i < count; i++) {
        uint64_t number;
        if (sl_wire_read_varint(&reader, &number) != SL_OK || (int32_t)number != want[i])
            return false;
    }
    return sl_wire_at_end(&reader);
}

/* Begin of a span; its numbers count from 0. */
static bool read_span(sl_bytes packed, sl_location *location)
{
    sl_wire_reader reader = sl_wire_reader_of(packed);
    uint64_t line, column;
    if (sl_wire_read_varint(&reader, &line) != SL_OK ||
        sl_wire_read_varint(&reader, &column) != SL_OK || line >= INT32_MAX || column >= INT32_MAX)
        return false;
    location->line = (uint32_t)line + 1;
    location->column = (uint32_t)column + 1;
    return true;
}

static bool read_location(sl_bytes bytes, const int32_t *path, size_t path_len,
                          sl_location *location)
{
    sl_wire_reader reader = sl_wire_reader_of(bytes);
    sl_wire_field field;
    sl_bytes found_path = {0}, span = {0};
    while (sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &field) == SL_OK) {
        if (field.tag.type != SL_WIRE_LEN)
            continue;
        if (field.tag.number == SL_LOCATION_PATH)
            found_path = field.bytes;
        else if (field.tag.number == SL_LOCATION_SPAN)
            span = field.bytes;
    }
    return is_path(found_path, path, path_len) && read_span(span, location);
}

sl_location sl_file_locate(const sl_file *file, const int32_t *path, size_t path_len)
{
    sl_location location = {.file = file->path};
    sl_wire_reader reader = sl_wire_reader_of(file->proto->source_info);
    sl_wire_field field;
    while (sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &field) == SL_OK)
        if (field.tag.number == SL_SOURCE_INFO_LOCATION && field.tag.type == SL_WIRE_LEN &&
            read_location(field.bytes, path, path_len, &location))
            break;
    return location;
}

/* --- paths --- */

void sl_element_path_add(sl_element_path *path, int32_t number)
{
    if (path->len < SL_ELEMENT_PATH_MAX)
        path->numbers[path->len++] = number;
}

static void step(sl_element_path *path, int32_t list, uint32_t index)
{
    path->numbers[path->len++] = list;
    path->numbers[path->len++] = (int32_t)index;
}

/* From the file down to `message`; nothing for NULL. Messages nest at most SL_LIMIT_DESCRIPTOR_DEPTH deep. */
sl_element_path sl_message_path(const sl_message *message)
{
    const sl_message *around[SL_LIMIT_DESCRIPTOR_DEPTH];
    sl_element_path path = {.len = 0};
    size_t depth = 0;
    for (; message && depth < SL_LIMIT_DESCRIPTOR_DEPTH; message = message->parent)
        around[depth++] = message;
    while (depth > 0) {
        const sl_message *next = around[--depth];
        step(&path, next->parent ? SL_AT_MESSAGE_MESSAGE : SL_AT_FILE_MESSAGE, next->index);
    }
    return path;
}

sl_element_path sl_field_path(const sl_field *field)
{
    sl_element_path path = sl_message_path(field->parent);
    if (!field->is_extension)
        step(&path, SL_AT_MESSAGE_FIELD, field->index);
    else
        step(&path, field->parent ? SL_AT_MESSAGE_EXTENSION : SL_AT_FILE_EXTENSION, field->index);
    return path;
}

sl_element_path sl_oneof_path(const sl_oneof *oneof)
{
    sl_element_path path = sl_message_path(oneof->parent);
    step(&path, SL_AT_MESSAGE_ONEOF, oneof->index);
    return path;
}

sl_element_path sl_enum_path(const sl_enum *enumeration)
{
    sl_element_path path = sl_message_path(enumeration->parent);
    step(&path, enumeration->parent ? SL_AT_MESSAGE_ENUM : SL_AT_FILE_ENUM, enumeration->index);
    return path;
}

sl_element_path sl_enum_value_path(const sl_enum *enumeration, const sl_enum_value *value)
{
    sl_element_path path = sl_enum_path(enumeration);
    step(&path, SL_AT_ENUM_VALUE, value->index);
    return path;
}

sl_element_path sl_service_path(const sl_service *service)
{
    sl_element_path path = {.len = 0};
    step(&path, SL_AT_FILE_SERVICE, service->index);
    return path;
}

sl_element_path sl_method_path(const sl_method *method)
{
    sl_element_path path = sl_service_path(method->parent);
    step(&path, SL_AT_SERVICE_METHOD, method->index);
    return path;
}

sl_element_path sl_symbol_path(const sl_symbol *symbol)
{
    switch (symbol->kind) {
    case SL_SYMBOL_MESSAGE: return sl_message_path(symbol->item);
    case SL_SYMBOL_ENUM: return sl_enum_path(symbol->item);
    case SL_SYMBOL_SERVICE: return sl_service_path(symbol->item);
    case SL_SYMBOL_EXTENSION:
    case SL_SYMBOL_FIELD: return sl_field_path(symbol->item);
    case SL_SYMBOL_ONEOF: return sl_oneof_path(symbol->item);
    case SL_SYMBOL_ENUM_VALUE: return sl_enum_value_path(symbol->owner, symbol->item);
    case SL_SYMBOL_METHOD: return sl_method_path(symbol->item);
    case SL_SYMBOL_PACKAGE: break;
    }
    return (sl_element_path){.numbers = {SL_AT_FILE_PACKAGE}, .len = 1};
}

/* --- elements --- */

static sl_location locate(const sl_file *file, sl_element_path path)
{
    return sl_file_locate(file, path.numbers, path.len);
}

sl_location sl_message_locate(const sl_message *message)
{
    return locate(message->file, sl_message_path(message));
}

sl_location sl_field_locate(const sl_field *field)
{
    return locate(field->file, sl_field_path(field));
}

sl_location sl_oneof_locate(const sl_oneof *oneof)
{
    return locate(oneof->parent->file, sl_oneof_path(oneof));
}

sl_location sl_enum_locate(const sl_enum *enumeration)
{
    return locate(enumeration->file, sl_enum_path(enumeration));
}

sl_location sl_enum_value_locate(const sl_enum *enumeration, const sl_enum_value *value)
{
    return locate(enumeration->file, sl_enum_value_path(enumeration, value));
}

sl_location sl_service_locate(const sl_service *service)
{
    return locate(service->file, sl_service_path(service));
}

sl_location sl_method_locate(const sl_method *method)
{
    return locate(method->parent->file, sl_method_path(method));
}
