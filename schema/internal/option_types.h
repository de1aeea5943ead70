/* schema/internal/option_types.h: what the bytes of options mean.
 *
 * Where a schema holds google/protobuf/descriptor.proto, its option messages are those of the schema, extensions included; where it does
 * not, they are made of schema/option_types.def, and there are no extensions, which could only come with that file. Either way they are an
 * sl_message with sl_fields; those made of the table have name, number, type, cardinality, message, enumeration and parent only. Immutable. */
#pragma once

#include "schema/schema.h"

/* Whose options. */
typedef enum sl_option_target {
    SL_OPTIONS_OF_FILE,
    SL_OPTIONS_OF_MESSAGE,
    SL_OPTIONS_OF_FIELD,
    SL_OPTIONS_OF_ONEOF,
    SL_OPTIONS_OF_ENUM,
    SL_OPTIONS_OF_ENUM_VALUE,
    SL_OPTIONS_OF_SERVICE,
    SL_OPTIONS_OF_METHOD,
    SL_OPTIONS_OF_RANGE,
    SL_OPTION_TARGET_COUNT
} sl_option_target;

/* google.protobuf.FileOptions and its kin; never NULL. */
const sl_message *sl_option_type(const sl_schema *schema, sl_option_target target);

/* A field or an extension of an option message, or of a message inside it; NULL when absent. */
const sl_field *sl_option_type_field(const sl_message *type, int32_t number);

/* The name first declared for `number`; absent if there is none. */
sl_str sl_option_type_value(const sl_enum *enumeration, int32_t number);

/* Is it kept in source only (retention = RETENTION_SOURCE)? */
bool sl_option_type_is_source_only(const sl_field *field);
