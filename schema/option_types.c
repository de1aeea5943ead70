/* schema/option_types.c: the messages of options, from the schema or from schema/option_types.def.
 *
 * The table becomes structs of the same kind as a linked schema has, so that who reads options knows one kind of type only. They are
 * small: a look-up walks all rows. */
#include "schema/internal/option_types.h"

enum {
#define MESSAGE(id, full_name) MESSAGE_##id,
#include "schema/option_types.def"
    MESSAGE_COUNT
};

enum {
#define ENUM(id, full_name) ENUM_##id,
#include "schema/option_types.def"
    ENUM_COUNT
};

static const sl_message messages[MESSAGE_COUNT] = {
#define MESSAGE(id, full) \
    [MESSAGE_##id] = {.name = SL_STR_INIT(full), .full_name = SL_STR_INIT(full)},
#include "schema/option_types.def"
};

static const sl_enum enums[ENUM_COUNT] = {
#define ENUM(id, full) [ENUM_##id] = {.name = SL_STR_INIT(full), .full_name = SL_STR_INIT(full)},
#include "schema/option_types.def"
};

/* clang-format off */
#define FIELD(of, of_number, text, of_cardinality, of_type) \
    .parent = &messages[MESSAGE_##of], .number = (of_number), .name = SL_STR_INIT(text), \
    .cardinality = SL_##of_cardinality, .type = SL_TYPE_##of_type
/* clang-format on */

static const sl_field fields[] = {
#define SCALAR(of, number, name, cardinality, type) {FIELD(of, number, name, cardinality, type)},
#define ENUM_FIELD(of, number, name, cardinality, id) \
    {FIELD(of, number, name, cardinality, ENUM), .enumeration = &enums[ENUM_##id]},
#define MESSAGE_FIELD(of, number, name, cardinality, id) \
    {FIELD(of, number, name, cardinality, MESSAGE), .message = &messages[MESSAGE_##id]},
#include "schema/option_types.def"
};

static const struct {
    const sl_enum *enumeration;
    int32_t number;
    sl_str name;
} values[] = {
#define VALUE(of, number, name) {&enums[ENUM_##of], (number), SL_STR_INIT(name)},
#include "schema/option_types.def"
};

static const struct {
    const sl_message *message;
    int32_t number;
} source_only[] = {
#define SOURCE_ONLY(of, number) {&messages[MESSAGE_##of], (number)},
#include "schema/option_types.def"
};

_Static_assert((int)MESSAGE_ExtensionRangeOptions == (int)SL_OPTIONS_OF_RANGE,
               "the messages of options come first, in the order of sl_option_target");

const sl_message *sl_option_type(const sl_schema *schema, sl_option_target target)
{
    const sl_message *linked = sl_schema_find_message(schema, messages[target].full_name);
    return linked ? linked : &messages[target];
}

static bool is_of_table(const sl_message *type)
{
    return (uintptr_t)type >= (uintptr_t)messages &&
           (uintptr_t)type < (uintptr_t)(messages + MESSAGE_COUNT);
}

const sl_field *sl_option_type_field(const sl_message *type, int32_t number)
{
    if (!is_of_table(type)) {
        const sl_field *field = sl_message_find_field(type, number);
        return field ? field : sl_message_find_extension(type, number);
    }
    for (size_t i = 0; i < SL_ARRAY_LEN(fields); i++)
        if (fields[i].parent == type && fields[i].number == number)
            return &fields[i];
    return NULL;
}

sl_str sl_option_type_value(const sl_enum *enumeration, int32_t number)
{
    if (enumeration->value_count) {
        const sl_enum_value *value = sl_enum_find_value(enumeration, number);
        return value ? value->name : (sl_str){0};
    }
    for (size_t i = 0; i < SL_ARRAY_LEN(values); i++)
        if (values[i].enumeration == enumeration && values[i].number == number)
            return values[i].name;
    return (sl_str){0};
}

bool sl_option_type_is_source_only(const sl_field *field)
{
    if (field->proto)
        return sl_field_is_source_only(field);
    for (size_t i = 0; i < SL_ARRAY_LEN(source_only); i++)
        if (source_only[i].message == field->parent && source_only[i].number == field->number)
            return true;
    return false;
}
