/* schema/schema.h: an immutable, linked set of .proto files: one main file and all that it imports.
 *
 * Built in a private arena and published whole or dropped; nothing is half-linked. After that nobody writes to it, so any thread may
 * read it. The structs below are plain and read directly, since every room above needs nearly all of them: they are only ever const
 * outside this room. sl_schema itself is opaque and reference-counted; all pointers below live as long as it.
 *
 * `proto` in each struct is what the file says; everything else is what it means: names full, types resolved, features inherited
 * (Protobuf editions design: file → message → oneof → field, and edition defaults). */
#pragma once

#include "schema/descriptor.h"
#include "schema/descriptor_path.h"
#include "wire/wire.h"

typedef struct sl_schema sl_schema;
typedef struct sl_file sl_file;
typedef struct sl_message sl_message;
typedef struct sl_field sl_field;
typedef struct sl_oneof sl_oneof;
typedef struct sl_enum sl_enum;
typedef struct sl_service sl_service;

/* Resolved features (google.protobuf.FeatureSet), numbers as in descriptor.proto. */
typedef enum sl_presence {
    SL_PRESENCE_EXPLICIT = 1,
    SL_PRESENCE_IMPLICIT,
    SL_PRESENCE_LEGACY_REQUIRED
} sl_presence;
typedef enum sl_enum_type { SL_ENUM_TYPE_OPEN = 1, SL_ENUM_TYPE_CLOSED } sl_enum_type;
typedef enum sl_repeated_encoding {
    SL_REPEATED_PACKED = 1,
    SL_REPEATED_EXPANDED
} sl_repeated_encoding;
typedef enum sl_utf8_validation { SL_UTF8_VERIFY = 2, SL_UTF8_NONE } sl_utf8_validation;
typedef enum sl_message_encoding {
    SL_ENCODING_LENGTH_PREFIXED = 1,
    SL_ENCODING_DELIMITED
} sl_message_encoding;
typedef enum sl_json_format { SL_JSON_ALLOW = 1, SL_JSON_LEGACY_BEST_EFFORT } sl_json_format;

typedef struct sl_features {
    uint8_t field_presence;            /* sl_presence */
    uint8_t enum_type;                 /* sl_enum_type */
    uint8_t repeated_field_encoding;   /* sl_repeated_encoding */
    uint8_t utf8_validation;           /* sl_utf8_validation */
    uint8_t message_encoding;          /* sl_message_encoding */
    uint8_t json_format;               /* sl_json_format */
    uint8_t enforce_naming_style;      /* 1 STYLE2024, 2 STYLE_LEGACY, 3 STYLE2026 */
    uint8_t default_symbol_visibility; /* 1 EXPORT_ALL, 2 EXPORT_TOP_LEVEL, 3 LOCAL_ALL, 4 STRICT */
    uint8_t enforce_proto_limits;      /* 1 LEGACY_NO_EXPLICIT_LIMITS, 2 PROTO_LIMITS2026 */
} sl_features;

typedef enum sl_cardinality { SL_SINGULAR = 1, SL_REQUIRED, SL_REPEATED } sl_cardinality;

/* A field of a message, or an extension. */
struct sl_field {
    const sl_field_proto *proto;
    sl_str name, full_name, json_name;
    int32_t number;
    sl_field_type type;         /* resolved: SL_TYPE_GROUP also for editions' DELIMITED; never 0 */
    sl_cardinality cardinality; /* SL_REQUIRED: proto2 required or LEGACY_REQUIRED */
    bool
        has_presence; /* explicit presence, oneof members and messages included; false for repeated */
    bool is_packed;   /* how a writer encodes it; readers take both forms */
    bool is_utf8_checked; /* string whose bytes a parser must refuse if they are not UTF-8 */
    bool is_map;          /* repeated entry message with map_entry */
    bool is_extension;
    bool is_deprecated;
    uint32_t index; /* in its list: proto->… of the containing scope */
    sl_features features;
    const sl_file *file;
    const sl_message *parent;   /* message it is declared in; NULL for a top-level extension */
    const sl_message *extendee; /* extensions only */
    const sl_oneof *oneof;      /* synthetic ones included; NULL if none */
    const sl_message *message;  /* type of MESSAGE and GROUP fields */
    const sl_enum *enumeration; /* type of ENUM fields */
};

struct sl_oneof {
    const sl_oneof_proto *proto;
    sl_str name;
    const sl_message *parent;
    const sl_field *const *fields; /* in declaration order */
    uint32_t field_count, index;
    bool is_synthetic; /* made for a proto3 `optional` field */
    sl_features features;
};

typedef struct sl_range {
    int32_t start, end; /* both inclusive */
    const sl_range_proto *proto;
} sl_range;

struct sl_message {
    const sl_message_proto *proto;
    sl_str name, full_name;
    const sl_file *file;
    const sl_message *parent; /* NULL at top level */
    uint32_t index;           /* in its parent, or in its file */
    uint32_t serial; /* 0 … message_count - 1 over the whole schema; to index side tables */
    bool is_map_entry, is_message_set, is_deprecated;
    sl_features features;
    const sl_field *fields; /* declaration order */
    const sl_oneof *oneofs;
    const sl_message *messages;
    const sl_enum *enums;
    const sl_field *extensions; /* declared in this scope; they extend others */
    const sl_range *reserved_ranges, *extension_ranges; /* sorted by start */
    uint32_t field_count, oneof_count, message_count, enum_count, extension_count;
    uint32_t reserved_range_count, extension_range_count;
    const sl_field *const *by_number; /* fields sorted by number */
    const sl_field *const *by_name;   /* fields sorted by name */
    const sl_field *const
        *known_extensions; /* extensions of this message anywhere in the schema, sorted by number */
    uint32_t known_extension_count;
};

typedef struct sl_enum_value {
    const sl_enum_value_proto *proto;
    sl_str name;      /* short */
    sl_str full_name; /* in the scope around the enum, as in C++ */
    int32_t number;
    uint32_t index;
} sl_enum_value;

struct sl_enum {
    const sl_enum_proto *proto;
    sl_str name, full_name;
    const sl_file *file;
    const sl_message *parent;
    uint32_t index;
    bool is_closed, allows_alias, is_deprecated;
    sl_features features;
    const sl_enum_value *values;           /* declaration order */
    const sl_enum_value *const *by_number; /* sorted by number, then by declaration */
    const sl_range *reserved_ranges;       /* sorted by start */
    uint32_t value_count, reserved_range_count;
};

typedef struct sl_method {
    const sl_method_proto *proto;
    sl_str name, full_name;
    const sl_service *parent;
    uint32_t index;
    const sl_message *input, *output;
    bool is_client_streaming, is_server_streaming;
} sl_method;

struct sl_service {
    const sl_service_proto *proto;
    sl_str name, full_name;
    const sl_file *file;
    uint32_t index;
    const sl_method *methods;
    uint32_t method_count;
};

struct sl_file {
    const sl_file_proto *proto;
    sl_str path, package; /* package "" if none, never absent */
    sl_edition edition;   /* SL_EDITION_PROTO2 and _PROTO3 for files of syntax */
    sl_features features;
    bool is_lite;                         /* optimize_for = LITE_RUNTIME */
    uint32_t index;                       /* in the schema */
    const sl_file *const *imports;        /* in the order of proto->dependencies */
    const sl_file *const *option_imports; /* those of proto->option_dependencies that are there */
    const sl_message *messages;
    const sl_enum *enums;
    const sl_service *services;
    const sl_field *extensions;
    uint32_t import_count, option_import_count;
    uint32_t message_count, enum_count, service_count, extension_count;
    sl_bytes serialized; /* canonical bytes without source info; absent if linked from structs */
    sl_sha256 hash;      /* of `serialized` */
};

/* Link files into a schema.
 *
 *   files    serialized FileDescriptorProtos, in any order; copied
 *   main     path of the main file; absent: the last of `files`, which is where protoc puts it. Files that the main file does not reach
 *            are linked too (they were sent, so they must be right); sl_schema_prune() drops them. The same file twice is taken once
 *   findings what is wrong with them, with rule ids of schema/link_rules.def
 *
 * SL_OK with *ret_schema set: linked. SL_OK with *ret_schema NULL: the findings say why not.
 * SL_NO_MEMORY, SL_LIMIT (names the limit). `err` says more where the status is not SL_OK. */
SL_MUST_CHECK sl_status sl_schema_link(const sl_bytes *files, size_t file_count, sl_str main,
                                       sl_schema **ret_schema, sl_findings *findings,
                                       sl_error *err);

/* The same from a serialized FileDescriptorSet. Bytes that are none give a finding DESCRIPTOR_SET_MALFORMED. */
SL_MUST_CHECK sl_status sl_schema_link_set(sl_bytes set, sl_str main, sl_schema **ret_schema,
                                           sl_findings *findings, sl_error *err);

/* Files that are structs already, as a compiler has them. They are borrowed as long as the schema lives. */
typedef struct sl_link_protos {
    sl_file_proto *const *files; /* each path once */
    size_t file_count;
    /* By file: it has been linked before, in this very form, so what it can only do wrong by itself need not be looked for. NULL: none was. */
    const bool *are_checked;
    sl_str main; /* as above */
    /* Where in the text an element stands, asked for findings only: `path` as in SourceCodeInfo.Location.path, its last number perhaps
     * that of a part of the element (number, type_name, …). NULL: source info says. */
    sl_location (*locate)(void *context, const sl_file *file, const int32_t *path, size_t path_len);
    /* Path of a file that is not among these and defines `full_name`; absent if none is known. Asked for findings only. NULL: none ever is. */
    sl_str (*find_elsewhere)(void *context, sl_str full_name);
    void *context;
} sl_link_protos;

/* The same for structs. In the schema, `serialized` of each file is absent and `hash` is zero. */
SL_MUST_CHECK sl_status sl_schema_link_protos(const sl_link_protos *protos, sl_schema **ret_schema,
                                              sl_findings *findings, sl_error *err);

/* Mark the files that `file` needs: itself, all that it imports, and what those import. `marks` has sl_schema_file_count() items, by
 * sl_file.index; each is set to true or false. */
void sl_schema_reachable(const sl_schema *schema, const sl_file *file, bool *marks);

/* The schema of the main file and what it reaches, linked anew without the others; the same schema, one more share of it, if there are no
 * others. SL_OK, SL_NO_MEMORY, SL_LIMIT as sl_schema_link(). */
SL_MUST_CHECK sl_status sl_schema_prune(sl_schema *schema, sl_schema **ret_schema, sl_error *err);

sl_schema *sl_schema_ref(sl_schema *schema);
sl_schema *sl_schema_unref(sl_schema *schema); /* accepts NULL; always returns NULL */
SL_DEFINE_CLEANUP(sl_schema *, sl_schema_unref)

size_t sl_schema_file_count(const sl_schema *schema);
/* Files in dependency order: a file comes after all that it imports. */
const sl_file *sl_schema_file_at(const sl_schema *schema, size_t index);
const sl_file *sl_schema_main_file(const sl_schema *schema);
size_t sl_schema_message_count(const sl_schema *schema); /* nested ones and map entries included */
size_t sl_schema_memory(const sl_schema *schema);        /* bytes held */

/* By full name without a leading dot; NULL when absent. */
const sl_file *sl_schema_find_file(const sl_schema *schema, sl_str path);
const sl_message *sl_schema_find_message(const sl_schema *schema, sl_str full_name);
const sl_enum *sl_schema_find_enum(const sl_schema *schema, sl_str full_name);
const sl_service *sl_schema_find_service(const sl_schema *schema, sl_str full_name);
const sl_field *sl_schema_find_extension(const sl_schema *schema, sl_str full_name);

/* Of one message or enum; NULL when absent. Logarithmic. */
const sl_field *sl_message_find_field(const sl_message *message, int32_t number);
const sl_field *sl_message_find_extension(const sl_message *message, int32_t number);
const sl_field *sl_message_find_field_by_name(const sl_message *message, sl_str name);
const sl_enum_value *sl_enum_find_value(const sl_enum *enumeration,
                                        int32_t number); /* the first declared with it */
const sl_range *sl_range_find(const sl_range *ranges, uint32_t count, int32_t number);
bool sl_range_contains(const sl_range *ranges, uint32_t count, int32_t number);

/* Message indexes of the Kafka envelope: from the main file, [2, 0] is the first message inside the third. NULL if they lead nowhere. */
const sl_message *sl_schema_message_at(const sl_schema *schema, const int32_t *indexes,
                                       size_t count);
/* The reverse: how many indexes lead to `message`; 0 if it is not in the main file or deeper than SL_LIMIT_MESSAGE_INDEXES. */
size_t sl_message_indexes(const sl_schema *schema, const sl_message *message,
                          int32_t ret_indexes[SL_LIMIT_MESSAGE_INDEXES]);

/* Steps from the file to an element or to a part of it, as SourceCodeInfo.Location.path counts them (schema/descriptor_path.h). */
enum { SL_ELEMENT_PATH_MAX = 2 * SL_LIMIT_DESCRIPTOR_DEPTH + 14 };
typedef struct sl_element_path {
    int32_t numbers[SL_ELEMENT_PATH_MAX];
    size_t len;
} sl_element_path;

sl_element_path sl_message_path(const sl_message *message); /* NULL: the file itself */
sl_element_path sl_field_path(const sl_field *field);
sl_element_path sl_oneof_path(const sl_oneof *oneof);
sl_element_path sl_enum_path(const sl_enum *enumeration);
sl_element_path sl_enum_value_path(const sl_enum *enumeration, const sl_enum_value *value);
sl_element_path sl_service_path(const sl_service *service);
sl_element_path sl_method_path(const sl_method *method);
/* One step more, to a part. There is room for eight below any element; a step beyond is dropped. */
void sl_element_path_add(sl_element_path *path, int32_t number);

/* Where it stands, from source info; the file with line 0 where there is none. Scans the source info at each call:
 * for findings, not for loops. `path` is SourceCodeInfo.Location.path. */
sl_location sl_file_locate(const sl_file *file, const int32_t *path, size_t path_len);
sl_location sl_message_locate(const sl_message *message);
sl_location sl_field_locate(const sl_field *field);
sl_location sl_oneof_locate(const sl_oneof *oneof);
sl_location sl_enum_locate(const sl_enum *enumeration);
sl_location sl_enum_value_locate(const sl_enum *enumeration, const sl_enum_value *value);
sl_location sl_service_locate(const sl_service *service);
sl_location sl_method_locate(const sl_method *method);

/* Raw options: the last field `number` of a serialized options message. False when absent or of another wire type. */
bool sl_options_find_varint(sl_bytes options, uint32_t number, uint64_t *ret_value);
bool sl_options_find_bytes(sl_bytes options, uint32_t number, sl_bytes *ret_value);

/* How a single value of this type is written: SL_TYPE_GROUP begins with SL_WIRE_SGROUP. */
sl_wire_type sl_field_type_wire(sl_field_type type);
/* Numbers, bools and enums: everything that is not length-delimited by itself. */
bool sl_field_type_is_packable(sl_field_type type);
/* Is `field`, as an option, kept in source only (FieldOptions.retention)? */
bool sl_field_is_source_only(const sl_field *field);

/* Append a serialized FileDescriptorSet of all files in dependency order, as protoc --include_imports does; the main file is last unless
 * others import it. */
void sl_schema_write_set(const sl_schema *schema, bool with_source_info, sl_buf *buf);

#include "schema/default_text.h"
#include "schema/print.h"
#include "schema/spots.h"
#include "schema/view.h"
