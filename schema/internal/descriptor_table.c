/* schema/internal/descriptor_table.c: google/protobuf/descriptor.proto, as far as we know it by name.
 *
 * One table a message, one row a field, the row at the index of its field number. Reading, writing and canonical order all follow from
 * here; a field that a later Protobuf adds is one member in schema/descriptor.h and one row here. Until then it lands in
 * `unknown` and is written back behind the known ones, which is where protoc writes what it does not know.
 *
 * Names and paths have bounds so that a full name, which is a name for each level, stays printable. A default value is a value and
 * has none but the size of the upload. */
#include "schema/internal/descriptor_table.h"

#include <stddef.h>

#define NAME SL_LIMIT_NAME_BYTES, "NAME_BYTES"
#define FULL_NAME SL_LIMIT_FULL_NAME_BYTES, "FULL_NAME_BYTES"
#define FREE 0, NULL

#define TEXT(T, text, member, bound)                             \
    {                                                            \
        text, SL_PROTO_TEXT, offsetof(T, member), 0, bound, NULL \
    }
#define TEXTS(T, text, member, bound)                             \
    {                                                             \
        text, SL_PROTO_TEXTS, offsetof(T, member), 0, bound, NULL \
    }
#define RAW(T, text, member)                                   \
    {                                                          \
        text, SL_PROTO_RAW, offsetof(T, member), 0, FREE, NULL \
    }
#define INT32(T, text, member)                                                           \
    {                                                                                    \
        text, SL_PROTO_INT32, offsetof(T, member), offsetof(T, has_##member), FREE, NULL \
    }
#define BOOL(T, text, member)                                                           \
    {                                                                                   \
        text, SL_PROTO_BOOL, offsetof(T, member), offsetof(T, has_##member), FREE, NULL \
    }
#define INT32S(T, text, member)                                   \
    {                                                             \
        text, SL_PROTO_INT32S, offsetof(T, member), 0, FREE, NULL \
    }
#define MESSAGES(T, text, member, table)                                \
    {                                                                   \
        text, SL_PROTO_MESSAGES, offsetof(T, member), 0, FREE, &(table) \
    }

#define TABLE(text, T) .name = text, .size = sizeof(T), .unknown_offset = offsetof(T, unknown)

/* DescriptorProto.ExtensionRange; the two reserved ranges are the same without options. */
static const sl_proto_table extension_range_table = {
    TABLE("ExtensionRange", sl_range_proto),
    .members =
        {
            [1] = INT32(sl_range_proto, "start", start),
            [2] = INT32(sl_range_proto, "end", end),
            [3] = RAW(sl_range_proto, "options", options),
        },
};

static const sl_proto_table reserved_range_table = {
    TABLE("ReservedRange", sl_range_proto),
    .members =
        {
            [1] = INT32(sl_range_proto, "start", start),
            [2] = INT32(sl_range_proto, "end", end),
        },
};

static const sl_proto_table field_table = {
    TABLE("FieldDescriptorProto", sl_field_proto),
    .members =
        {
            [1] = TEXT(sl_field_proto, "name", name, NAME),
            [2] = TEXT(sl_field_proto, "extendee", extendee, FULL_NAME),
            [3] = INT32(sl_field_proto, "number", number),
            [4] = INT32(sl_field_proto, "label", label),
            [5] = INT32(sl_field_proto, "type", type),
            [6] = TEXT(sl_field_proto, "type_name", type_name, FULL_NAME),
            [7] = TEXT(sl_field_proto, "default_value", default_value, FREE),
            [8] = RAW(sl_field_proto, "options", options),
            [9] = INT32(sl_field_proto, "oneof_index", oneof_index),
            [10] = TEXT(sl_field_proto, "json_name", json_name, FULL_NAME),
            [17] = BOOL(sl_field_proto, "proto3_optional", proto3_optional),
        },
};

static const sl_proto_table oneof_table = {
    TABLE("OneofDescriptorProto", sl_oneof_proto),
    .members =
        {
            [1] = TEXT(sl_oneof_proto, "name", name, NAME),
            [2] = RAW(sl_oneof_proto, "options", options),
        },
};

static const sl_proto_table enum_value_table = {
    TABLE("EnumValueDescriptorProto", sl_enum_value_proto),
    .members =
        {
            [1] = TEXT(sl_enum_value_proto, "name", name, NAME),
            [2] = INT32(sl_enum_value_proto, "number", number),
            [3] = RAW(sl_enum_value_proto, "options", options),
        },
};

static const sl_proto_table enum_table = {
    TABLE("EnumDescriptorProto", sl_enum_proto),
    .members =
        {
            [1] = TEXT(sl_enum_proto, "name", name, NAME),
            [2] = MESSAGES(sl_enum_proto, "value", values, enum_value_table),
            [3] = RAW(sl_enum_proto, "options", options),
            [4] = MESSAGES(sl_enum_proto, "reserved_range", reserved_ranges, reserved_range_table),
            [5] = TEXTS(sl_enum_proto, "reserved_name", reserved_names, NAME),
            [6] = INT32(sl_enum_proto, "visibility", visibility),
        },
};

static const sl_proto_table message_table = {
    TABLE("DescriptorProto", sl_message_proto),
    .members =
        {
            [1] = TEXT(sl_message_proto, "name", name, NAME),
            [2] = MESSAGES(sl_message_proto, "field", fields, field_table),
            [3] = MESSAGES(sl_message_proto, "nested_type", messages, message_table),
            [4] = MESSAGES(sl_message_proto, "enum_type", enums, enum_table),
            [5] = MESSAGES(sl_message_proto, "extension_range", extension_ranges,
                           extension_range_table),
            [6] = MESSAGES(sl_message_proto, "extension", extensions, field_table),
            [7] = RAW(sl_message_proto, "options", options),
            [8] = MESSAGES(sl_message_proto, "oneof_decl", oneofs, oneof_table),
            [9] =
                MESSAGES(sl_message_proto, "reserved_range", reserved_ranges, reserved_range_table),
            [10] = TEXTS(sl_message_proto, "reserved_name", reserved_names, NAME),
            [11] = INT32(sl_message_proto, "visibility", visibility),
        },
};

static const sl_proto_table method_table = {
    TABLE("MethodDescriptorProto", sl_method_proto),
    .members =
        {
            [1] = TEXT(sl_method_proto, "name", name, NAME),
            [2] = TEXT(sl_method_proto, "input_type", input_type, FULL_NAME),
            [3] = TEXT(sl_method_proto, "output_type", output_type, FULL_NAME),
            [4] = RAW(sl_method_proto, "options", options),
            [5] = BOOL(sl_method_proto, "client_streaming", client_streaming),
            [6] = BOOL(sl_method_proto, "server_streaming", server_streaming),
        },
};

static const sl_proto_table service_table = {
    TABLE("ServiceDescriptorProto", sl_service_proto),
    .members =
        {
            [1] = TEXT(sl_service_proto, "name", name, NAME),
            [2] = MESSAGES(sl_service_proto, "method", methods, method_table),
            [3] = RAW(sl_service_proto, "options", options),
        },
};

const sl_proto_table sl_proto_file_table = {
    TABLE("FileDescriptorProto", sl_file_proto),
    .members =
        {
            [1] = TEXT(sl_file_proto, "name", name, FULL_NAME),
            [2] = TEXT(sl_file_proto, "package", package, FULL_NAME),
            [3] = TEXTS(sl_file_proto, "dependency", dependencies, FULL_NAME),
            [4] = MESSAGES(sl_file_proto, "message_type", messages, message_table),
            [5] = MESSAGES(sl_file_proto, "enum_type", enums, enum_table),
            [6] = MESSAGES(sl_file_proto, "service", services, service_table),
            [7] = MESSAGES(sl_file_proto, "extension", extensions, field_table),
            [8] = RAW(sl_file_proto, "options", options),
            [SL_PROTO_SOURCE_INFO] = RAW(sl_file_proto, "source_code_info", source_info),
            [10] = INT32S(sl_file_proto, "public_dependency", public_dependencies),
            [11] = INT32S(sl_file_proto, "weak_dependency", weak_dependencies),
            [12] = TEXT(sl_file_proto, "syntax", syntax, NAME),
            [14] = INT32(sl_file_proto, "edition", edition),
            [15] = TEXTS(sl_file_proto, "option_dependency", option_dependencies, FULL_NAME),
        },
};

sl_proto_list sl_proto_list_get(const void *message, const sl_proto_member *member)
{
    const uint8_t *at = (const uint8_t *)message + member->offset;
    sl_proto_list list;
    memcpy(&list.items, at, sizeof list.items);
    memcpy(&list.count, at + offsetof(sl_proto_list, count), sizeof list.count);
    return list;
}

void sl_proto_list_set(void *message, const sl_proto_member *member, sl_proto_list list)
{
    uint8_t *at = (uint8_t *)message + member->offset;
    memcpy(at, &list.items, sizeof list.items);
    memcpy(at + offsetof(sl_proto_list, count), &list.count, sizeof list.count);
}

size_t sl_proto_item_size(const sl_proto_member *member)
{
    switch (member->kind) {
    case SL_PROTO_TEXTS: return sizeof(sl_str);
    case SL_PROTO_INT32S: return sizeof(int32_t);
    case SL_PROTO_MESSAGES: return member->table->size;
    case SL_PROTO_NONE:
    case SL_PROTO_TEXT:
    case SL_PROTO_RAW:
    case SL_PROTO_INT32:
    case SL_PROTO_BOOL: break;
    }
    return 0;
}
