/* schema/internal/field_type.h: what can be said of a field's type without its schema. */
#pragma once

#include "schema/schema.h"

static inline bool sl_field_type_is_message(sl_field_type type)
{
    return type == SL_TYPE_MESSAGE || type == SL_TYPE_GROUP;
}

/* Does it take a type_name? */
static inline bool sl_field_type_is_named(sl_field_type type)
{
    return sl_field_type_is_message(type) || type == SL_TYPE_ENUM;
}

/* Integers, bools and strings (Protobuf language guide, "Maps"). */
bool sl_field_type_is_map_key(sl_field_type type);
