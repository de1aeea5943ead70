/* schema/descriptor.h: a FileDescriptorProto as it was written.
 *
 * These structs say what the bytes say and no more: names as written, options as raw bytes, unknown fields kept. sl_schema (schema.h)
 * is what they mean once linked. The compiler builds them too; the writer turns them into bytes.
 *
 * One table (internal/descriptor_table.c) maps each struct to its message of google/protobuf/descriptor.proto; the reader and the writer
 * are generic over it. Bytes in protoc's order (known fields by number, then unknown ones) come back byte for byte; others
 * come back in that order with the same meaning.
 *
 * Everything lies in one arena. Optional texts: data == NULL is absent. Optional numbers and bools: `has_…`. */
#pragma once

#include "base/base.h"

/* google.protobuf.FieldDescriptorProto.Type */
typedef enum sl_field_type {
    SL_TYPE_DOUBLE = 1,
    SL_TYPE_FLOAT,
    SL_TYPE_INT64,
    SL_TYPE_UINT64,
    SL_TYPE_INT32,
    SL_TYPE_FIXED64,
    SL_TYPE_FIXED32,
    SL_TYPE_BOOL,
    SL_TYPE_STRING,
    SL_TYPE_GROUP,
    SL_TYPE_MESSAGE,
    SL_TYPE_BYTES,
    SL_TYPE_UINT32,
    SL_TYPE_ENUM,
    SL_TYPE_SFIXED32,
    SL_TYPE_SFIXED64,
    SL_TYPE_SINT32,
    SL_TYPE_SINT64,
    SL_TYPE_COUNT
} sl_field_type;

/* "int32", "message", …; "unknown" outside the enum. */
const char *sl_field_type_name(sl_field_type type);

typedef enum sl_label {
    SL_LABEL_OPTIONAL = 1,
    SL_LABEL_REQUIRED = 2,
    SL_LABEL_REPEATED = 3
} sl_label;

/* google.protobuf.Edition. Files of `syntax` have the legacy numbers. */
typedef enum sl_edition {
    SL_EDITION_UNKNOWN = 0,
    SL_EDITION_PROTO2 = 998,
    SL_EDITION_PROTO3 = 999,
    SL_EDITION_2023 = 1000,
    SL_EDITION_2024 = 1001,
    SL_EDITION_2026 = 1002,
} sl_edition;

/* A growing list in an arena would waste; counts are known before reading (one pass counts, one fills). */
#define SL_LIST(T)      \
    struct {            \
        T *items;       \
        uint32_t count; \
    }

typedef struct sl_range_proto {
    int32_t start, end; /* messages: end is exclusive; enums: inclusive */
    bool has_start, has_end;
    sl_bytes options; /* extension ranges only; raw ExtensionRangeOptions, absent if none */
    sl_bytes unknown;
} sl_range_proto;

typedef struct sl_field_proto {
    sl_str name, extendee, type_name, default_value, json_name;
    int32_t number, label, type, oneof_index;
    bool has_number, has_label, has_type, has_oneof_index, has_proto3_optional, proto3_optional;
    sl_bytes options; /* raw FieldOptions */
    sl_bytes unknown;
} sl_field_proto;

typedef struct sl_oneof_proto {
    sl_str name;
    sl_bytes options, unknown;
} sl_oneof_proto;

typedef struct sl_enum_value_proto {
    sl_str name;
    int32_t number;
    bool has_number;
    sl_bytes options, unknown;
} sl_enum_value_proto;

typedef struct sl_enum_proto {
    sl_str name;
    SL_LIST(sl_enum_value_proto) values;
    sl_bytes options;
    SL_LIST(sl_range_proto) reserved_ranges;
    SL_LIST(sl_str) reserved_names;
    int32_t visibility;
    bool has_visibility;
    sl_bytes unknown;
} sl_enum_proto;

typedef struct sl_message_proto sl_message_proto;
struct sl_message_proto {
    sl_str name;
    SL_LIST(sl_field_proto) fields;
    SL_LIST(sl_message_proto) messages;
    SL_LIST(sl_enum_proto) enums;
    SL_LIST(sl_range_proto) extension_ranges;
    SL_LIST(sl_field_proto) extensions;
    sl_bytes options;
    SL_LIST(sl_oneof_proto) oneofs;
    SL_LIST(sl_range_proto) reserved_ranges;
    SL_LIST(sl_str) reserved_names;
    int32_t visibility;
    bool has_visibility;
    sl_bytes unknown;
};

typedef struct sl_method_proto {
    sl_str name, input_type, output_type;
    sl_bytes options;
    bool has_client_streaming, client_streaming, has_server_streaming, server_streaming;
    sl_bytes unknown;
} sl_method_proto;

typedef struct sl_service_proto {
    sl_str name;
    SL_LIST(sl_method_proto) methods;
    sl_bytes options, unknown;
} sl_service_proto;

typedef struct sl_file_proto {
    sl_str name, package;
    SL_LIST(sl_str) dependencies;
    SL_LIST(sl_message_proto) messages;
    SL_LIST(sl_enum_proto) enums;
    SL_LIST(sl_service_proto) services;
    SL_LIST(sl_field_proto) extensions;
    sl_bytes options;
    sl_bytes source_info; /* raw SourceCodeInfo, absent if none */
    SL_LIST(int32_t) public_dependencies, weak_dependencies;
    sl_str syntax;
    int32_t edition;
    bool has_edition;
    SL_LIST(sl_str) option_dependencies;
    sl_bytes unknown;
} sl_file_proto;

typedef struct sl_file_set_proto {
    SL_LIST(sl_bytes) files; /* each a serialized FileDescriptorProto, borrowed from the input */
    sl_bytes unknown;
} sl_file_set_proto;

/* Split a serialized FileDescriptorSet into its files, without reading those. How large a set may be (SL_LIMIT_SET_BYTES) is for the one
 * who lets it in to say.
 * SL_OK; SL_MALFORMED (text says at which byte); SL_LIMIT (SL_LIMIT_SET_FILES); SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_file_set_read(sl_bytes set, sl_arena *arena, sl_file_set_proto *ret_set,
                                         sl_error *err);

/* Read one serialized FileDescriptorProto. Texts and raw bytes in the result are borrowed from `bytes`; lists lie in `arena`.
 * Checked here: wire format, UTF-8 of texts, depth, counts, name lengths. Not here: meaning (see link). A known field with another wire
 * type is an unknown field and is kept, as Protobuf's own parsers do; an enum number that nobody knows stays a number.
 * SL_OK; SL_MALFORMED (text says where: message path and byte offset); SL_LIMIT; SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_file_proto_read(sl_bytes bytes, sl_arena *arena,
                                           sl_file_proto **ret_file, sl_error *err);

/* Append `file` serialized, in field-number order, unknown fields last, as protoc does. `with_source_info` false leaves
 * source_code_info out. Failure is kept in the buffer. */
void sl_file_proto_write(const sl_file_proto *file, bool with_source_info, sl_buf *buf);
