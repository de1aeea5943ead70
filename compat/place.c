/* compat/place.c: where elements stand in their files.
 *
 * Each question walks the source info of a file, which may be megabytes, and a check may ask two thousand times. So all questions of a check
 * together search at most SL_LIMIT_LOCATE_BYTES; those behind that are answered with the file alone. Ordinary files never come near. */
#include "compat/internal/check.h"

/* Charge one search of the file's source info; false when there has been enough of it. */
static bool may_search(sl_check *check, const sl_file *file)
{
    size_t size = file->proto->source_info.len;
    if (size > SL_LIMIT_LOCATE_BYTES - check->searched)
        return false;
    check->searched += size;
    return true;
}

sl_location sl_place_of_file(const sl_file *file)
{
    return (sl_location){.file = file->path};
}

sl_location sl_place_of_statement(sl_check *check, const sl_file *file, int32_t number)
{
    return may_search(check, file) ? sl_file_locate(file, &number, 1) : sl_place_of_file(file);
}

sl_location sl_place_of_field(sl_check *check, const sl_field *field)
{
    const sl_field *map = sl_map_field_of(field);
    return may_search(check, field->file) ? sl_field_locate(map ? map : field)
                                          : sl_place_of_file(field->file);
}

sl_location sl_place_of_message(sl_check *check, const sl_message *message)
{
    const sl_field *map = message->is_map_entry ? sl_map_field_of_entry(message) : NULL;
    if (!may_search(check, message->file))
        return sl_place_of_file(message->file);
    return map ? sl_field_locate(map) : sl_message_locate(message);
}

sl_location sl_place_of_oneof(sl_check *check, const sl_oneof *oneof)
{
    const sl_file *file = oneof->parent->file;
    return may_search(check, file) ? sl_oneof_locate(oneof) : sl_place_of_file(file);
}

sl_location sl_place_of_enum(sl_check *check, const sl_enum *enumeration)
{
    const sl_file *file = enumeration->file;
    return may_search(check, file) ? sl_enum_locate(enumeration) : sl_place_of_file(file);
}

sl_location sl_place_of_value(sl_check *check, const sl_enum *enumeration,
                              const sl_enum_value *value)
{
    const sl_file *file = enumeration->file;
    return may_search(check, file) ? sl_enum_value_locate(enumeration, value)
                                   : sl_place_of_file(file);
}

sl_location sl_place_of_service(sl_check *check, const sl_service *service)
{
    const sl_file *file = service->file;
    return may_search(check, file) ? sl_service_locate(service) : sl_place_of_file(file);
}

sl_location sl_place_of_method(sl_check *check, const sl_method *method)
{
    const sl_file *file = method->parent->file;
    return may_search(check, file) ? sl_method_locate(method) : sl_place_of_file(file);
}

/* --- parts --- */

static sl_location part_or(sl_check *check, const sl_file *file, sl_element_path path, sl_part part,
                           sl_location element)
{
    for (size_t i = 0; i < SL_ARRAY_LEN(part.steps) && part.steps[i]; i++)
        sl_element_path_add(&path, part.steps[i]);
    sl_location found = may_search(check, file) ? sl_file_locate(file, path.numbers, path.len)
                                                : sl_place_of_file(file);
    return found.line > 0 ? found : element;
}

sl_location sl_place_in_field(sl_check *check, const sl_field *field, sl_part part)
{
    return part_or(check, field->file, sl_field_path(field), part, sl_place_of_field(check, field));
}

sl_location sl_place_in_message(sl_check *check, const sl_message *message, sl_part part)
{
    return part_or(check, message->file, sl_message_path(message), part,
                   sl_place_of_message(check, message));
}

sl_location sl_place_in_enum(sl_check *check, const sl_enum *enumeration, sl_part part)
{
    return part_or(check, enumeration->file, sl_enum_path(enumeration), part,
                   sl_place_of_enum(check, enumeration));
}

sl_location sl_place_in_value(sl_check *check, const sl_enum *enumeration,
                              const sl_enum_value *value, sl_part part)
{
    return part_or(check, enumeration->file, sl_enum_value_path(enumeration, value), part,
                   sl_place_of_value(check, enumeration, value));
}

sl_location sl_place_in_method(sl_check *check, const sl_method *method, sl_part part)
{
    return part_or(check, method->parent->file, sl_method_path(method), part,
                   sl_place_of_method(check, method));
}

sl_location sl_place_of_file_option(sl_check *check, const sl_file *file, int32_t number)
{
    sl_element_path path = {.numbers = {SL_AT_FILE_OPTIONS, number}, .len = 2};
    return may_search(check, file) ? sl_file_locate(file, path.numbers, path.len)
                                   : sl_place_of_file(file);
}

/* --- what is gone --- */

sl_location sl_place_of_gone(sl_check *check, const sl_message *old_parent, const sl_file *old_file,
                             const sl_file *new_file)
{
    const sl_schema *schema = check->new_schema;
    for (const sl_message *message = old_parent; message; message = message->parent) {
        sl_str name = new_file ? sl_check_rename(check, message->full_name, old_file, new_file)
                               : message->full_name;
        const sl_message *found = sl_schema_find_message(schema, name);
        if (found && (!new_file || found->file == new_file))
            return sl_place_of_message(check, found);
    }
    const sl_file *file = sl_schema_find_file(schema, old_file->path);
    return file ? sl_place_of_file(file) : (sl_location){0};
}
