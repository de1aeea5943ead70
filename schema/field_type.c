/* schema/field_type.c: what can be said of a field's type without its schema. */
#include "schema/internal/field_type.h"

const char *sl_field_type_name(sl_field_type type)
{
    static const char *const names[SL_TYPE_COUNT] = {
        [SL_TYPE_DOUBLE] = "double",     [SL_TYPE_FLOAT] = "float",
        [SL_TYPE_INT64] = "int64",       [SL_TYPE_UINT64] = "uint64",
        [SL_TYPE_INT32] = "int32",       [SL_TYPE_FIXED64] = "fixed64",
        [SL_TYPE_FIXED32] = "fixed32",   [SL_TYPE_BOOL] = "bool",
        [SL_TYPE_STRING] = "string",     [SL_TYPE_GROUP] = "group",
        [SL_TYPE_MESSAGE] = "message",   [SL_TYPE_BYTES] = "bytes",
        [SL_TYPE_UINT32] = "uint32",     [SL_TYPE_ENUM] = "enum",
        [SL_TYPE_SFIXED32] = "sfixed32", [SL_TYPE_SFIXED64] = "sfixed64",
        [SL_TYPE_SINT32] = "sint32",     [SL_TYPE_SINT64] = "sint64",
    };
    bool is_known = type >= SL_TYPE_DOUBLE && type < SL_TYPE_COUNT;
    return is_known ? names[type] : "unknown";
}

sl_wire_type sl_field_type_wire(sl_field_type type)
{
    switch (type) {
    case SL_TYPE_DOUBLE:
    case SL_TYPE_FIXED64:
    case SL_TYPE_SFIXED64: return SL_WIRE_I64;
    case SL_TYPE_FLOAT:
    case SL_TYPE_FIXED32:
    case SL_TYPE_SFIXED32: return SL_WIRE_I32;
    case SL_TYPE_STRING:
    case SL_TYPE_BYTES:
    case SL_TYPE_MESSAGE: return SL_WIRE_LEN;
    case SL_TYPE_GROUP: return SL_WIRE_SGROUP;
    default: return SL_WIRE_VARINT;
    }
}

bool sl_field_type_is_packable(sl_field_type type)
{
    return !sl_field_type_is_message(type) && type != SL_TYPE_STRING && type != SL_TYPE_BYTES;
}

bool sl_field_type_is_map_key(sl_field_type type)
{
    return type != SL_TYPE_FLOAT && type != SL_TYPE_DOUBLE && type != SL_TYPE_BYTES &&
           type != SL_TYPE_ENUM && !sl_field_type_is_message(type);
}
