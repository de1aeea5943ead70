/* tests/schema/invariants.c: see the header. */
#include "tests/schema/invariants.h"
#include "schema/internal/field_type.h"

static const char *check_field(const sl_field *field)
{
    bool is_message = sl_field_type_is_message(field->type);
    if (field->type < SL_TYPE_DOUBLE || field->type >= SL_TYPE_COUNT)
        return "a field has no type";
    if (is_message != (field->message != NULL) ||
        (field->type == SL_TYPE_ENUM) != (field->enumeration != NULL))
        return "a field's type and its type's struct do not fit";
    if (field->is_extension != (field->extendee != NULL) || !field->file || !field->name.data ||
        !field->json_name.data || field->full_name.len < field->name.len)
        return "a field lacks something";
    if (field->cardinality < SL_SINGULAR || field->cardinality > SL_REPEATED)
        return "a field has no cardinality";
    if (field->has_presence && field->cardinality == SL_REPEATED)
        return "a repeated field has presence";
    if (field->is_packed && (field->cardinality != SL_REPEATED || is_message))
        return "a packed field cannot be packed";
    if (field->is_map && (!field->message->is_map_entry || field->type != SL_TYPE_MESSAGE))
        return "a map field has no entry";
    if (field->number < 1 || (field->number > 536870911 && !field->is_extension))
        return "a field number is out of range";
    return NULL;
}

static const char *check_fields(const sl_field *fields, uint32_t count)
{
    const char *what = NULL;
    for (uint32_t i = 0; i < count && !what; i++)
        what = check_field(&fields[i]);
    return what;
}

static const char *check_ranges(const sl_range *ranges, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (ranges[i].end < ranges[i].start || (i > 0 && ranges[i].start <= ranges[i - 1].end))
            return "ranges are not sorted and disjoint";
    return NULL;
}

static const char *check_order(const sl_field *const *fields, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++)
        if (fields[i]->number <= fields[i - 1]->number)
            return "fields are not sorted by number";
    return NULL;
}

static const char *check_enum(const sl_enum *enumeration)
{
    if (enumeration->value_count == 0)
        return "an enum has no value";
    for (uint32_t i = 0; i < enumeration->value_count; i++)
        if (!sl_enum_find_value(enumeration, enumeration->values[i].number))
            return "a value is not found by its number";
    return check_ranges(enumeration->reserved_ranges, enumeration->reserved_range_count);
}

static const char *check_parts(const sl_schema *schema, const sl_message *message)
{
    for (uint32_t i = 0; i < message->oneof_count; i++)
        if (message->oneofs[i].field_count == 0 || message->oneofs[i].parent != message)
            return "a oneof has no field";
    for (uint32_t i = 0; i < message->field_count; i++)
        if (!sl_message_find_field_by_name(message, message->fields[i].name))
            return "a field is not found by its name";
    for (uint32_t i = 0; i < message->known_extension_count; i++)
        if (message->known_extensions[i]->extendee != message)
            return "an extension is listed at another message";
    if (message->is_map_entry && (message->field_count != 2 || !message->parent))
        return "a map entry is none";
    if (sl_schema_find_message(schema, message->full_name) != message ||
        message->serial >= sl_schema_message_count(schema))
        return "a message is not found by its name";
    return NULL;
}

static const char *check_messages(const sl_schema *schema, const sl_message *messages,
                                  uint32_t count);

static const char *check_message(const sl_schema *schema, const sl_message *message)
{
    const char *what = check_fields(message->fields, message->field_count);
    if (!what)
        what = check_fields(message->extensions, message->extension_count);
    if (!what)
        what = check_order(message->by_number, message->field_count);
    if (!what)
        what = check_order(message->known_extensions, message->known_extension_count);
    if (!what)
        what = check_ranges(message->reserved_ranges, message->reserved_range_count);
    if (!what)
        what = check_ranges(message->extension_ranges, message->extension_range_count);
    if (!what)
        what = check_parts(schema, message);
    for (uint32_t i = 0; i < message->enum_count && !what; i++)
        what = check_enum(&message->enums[i]);
    return what ? what : check_messages(schema, message->messages, message->message_count);
}

static const char *check_messages(const sl_schema *schema, const sl_message *messages,
                                  uint32_t count)
{
    const char *what = NULL;
    for (uint32_t i = 0; i < count && !what; i++)
        what = check_message(schema, &messages[i]);
    return what;
}

static const char *check_file(const sl_schema *schema, const sl_file *file)
{
    for (uint32_t i = 0; i < file->import_count; i++)
        if (!file->imports[i] || file->imports[i]->index >= file->index)
            return "an import does not come before";
    for (uint32_t s = 0; s < file->service_count; s++)
        for (uint32_t m = 0; m < file->services[s].method_count; m++)
            if (!file->services[s].methods[m].input || !file->services[s].methods[m].output)
                return "a method has no type";
    const char *what = check_fields(file->extensions, file->extension_count);
    for (uint32_t i = 0; i < file->enum_count && !what; i++)
        what = check_enum(&file->enums[i]);
    return what ? what : check_messages(schema, file->messages, file->message_count);
}

const char *schema_broken_invariant(const sl_schema *schema)
{
    const char *what = NULL;
    if (!sl_schema_main_file(schema))
        return "there is no main file";
    for (size_t i = 0; i < sl_schema_file_count(schema) && !what; i++)
        what = check_file(schema, sl_schema_file_at(schema, i));
    return what;
}
