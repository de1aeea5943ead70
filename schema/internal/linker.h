/* schema/internal/linker.h: the passes that make a schema out of files, and what they share.
 *
 * schema/link.c runs them in this order. A pass returns SL_OK also when it found something wrong; later passes run as long as what they
 * rely on holds. Other statuses: SL_NO_MEMORY, and SL_LIMIT where said, with the error filled in.
 *
 *   collect   link_files.c       bytes → sl_file_proto, imports, dependency order
 *   build     link_build.c       sl_file, sl_message, … with full names and features; every name in the symbol table
 *   resolve   link_resolve.c     type names → types
 *   fields    link_fields.c      presence, packedness, …, and what fields must keep to
 *   messages  link_messages.c    numbers, ranges, oneofs, maps; sorted indexes
 *   enums     link_enums.c       values and ranges
 *   extend    link_extensions.c  extensions known of each message
 *   names     link_names.c       names that become one in JSON and in generated code
 *   options   link_options.c     what options say that their elements cannot have
 *   declare   link_declarations.c  extensions that their message has declared */
#pragma once

#include "schema/internal/schema_impl.h"

enum {
    SL_NUMBER_MAX = 536870911,   /* 2^29 - 1, the largest field number */
    SL_NUMBER_OWN_FIRST = 19000, /* those that Protobuf keeps for itself */
    SL_NUMBER_OWN_LAST = 19999,
};

typedef enum sl_link_rule {
#define RULE(id, why, advice) SL_LINK_##id,
#include "schema/link_rules.def"
#undef RULE
    SL_LINK_RULE_COUNT
} sl_link_rule;

enum { SL_LINK_HINT_SIZE = 512 };

const char *sl_link_rule_id(sl_link_rule rule);

/* Names are many and short: they are packed into blocks of their own instead of being rounded up one by one. */
typedef struct sl_text_pool {
    sl_arena *arena;
    char *next;
    size_t left;
} sl_text_pool;

typedef struct sl_linker {
    sl_schema *schema;              /* under construction; nobody else sees it */
    const sl_link_protos *borrowed; /* files that came as structs; NULL: they came as bytes */
    sl_findings *findings;
    bool *are_checked;            /* by file index; NULL: none is */
    char hint[SL_LINK_HINT_SIZE]; /* fix of the next finding; "": none */
    sl_error *err;
    size_t errors_before; /* errors that `findings` had when we came */
    sl_text_pool texts;   /* in the schema's arena */

    sl_arena scratch;              /* gone when linking is over */
    sl_map symbols;                /* full name → sl_symbol: everything that has a full name */
    SL_VEC(sl_file *) files;       /* in the order they came */
    SL_VEC(sl_message *) messages; /* by serial */
    size_t symbol_count, name_bytes, lookup_bytes, locate_bytes, import_steps,
        hint_names; /* against limits */

    /* What the file at hand sees: stamps by file index. See link_resolve.c. */
    uint32_t *visible;
    sl_symbol **packages; /* by file index; NULL without a package */
    uint32_t stamp;
    bool is_closed; /* public imports of imports are stamped too */
} sl_linker;

/* Add a finding: the message is the formatted text and the rule's advice. SL_OK or SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_link_finding(sl_linker *linker, sl_link_rule rule, sl_location at,
                                        const char *format, ...) SL_PRINTF(4, 5);
/* The same with the place of the other party. */
SL_MUST_CHECK sl_status sl_link_finding_pair(sl_linker *linker, sl_link_rule rule, sl_location at,
                                             sl_location previous, const char *format, ...)
    SL_PRINTF(5, 6);
/* The same with a severity. Warnings are told only of source text, to the one who can change it. */
typedef struct sl_link_place {
    sl_severity severity;
    sl_location at, previous;
} sl_link_place;
SL_MUST_CHECK sl_status sl_link_finding_of(sl_linker *linker, sl_link_rule rule,
                                           const sl_link_place *place, const char *format, ...)
    SL_PRINTF(4, 5);
/* The next finding gets the formatted text as its fix: "did you mean 'Order'?". One that is too long is left out. */
void sl_link_hint(sl_linker *linker, const char *format, ...) SL_PRINTF(2, 3);

/* What was meant by `name`, which leads nowhere from `scope`: for the next finding. */
void sl_link_hint_type(sl_linker *linker, sl_str scope, sl_str name);
/* The same, but first whether a file that is not here defines it. */
void sl_link_hint_elsewhere(sl_linker *linker, sl_str scope, sl_str name);
/* The smallest number that no field, range or reservation has. `cached` is negative before the first question about a message. */
void sl_link_hint_field_number(sl_linker *linker, const sl_message *message, int64_t *cached);
/* The next one behind all values. */
void sl_link_hint_enum_number(sl_linker *linker, const sl_enum *enumeration);
/* The import of `path`, to paste. */
void sl_link_hint_import(sl_linker *linker, sl_str path);

/* What of an element is to blame: its field in descriptor.proto. Source text has a token for each; in descriptors, whose source info is
 * searched from its beginning each time, the element as a whole is located. */
typedef enum sl_link_part {
    SL_PART_NAME = SL_AT_NAME,
    SL_PART_FIELD_EXTENDEE = SL_AT_FIELD_EXTENDEE,
    SL_PART_FIELD_NUMBER = SL_AT_FIELD_NUMBER,
    SL_PART_FIELD_LABEL = SL_AT_FIELD_LABEL,
    SL_PART_FIELD_TYPE_NAME = SL_AT_FIELD_TYPE_NAME,
    SL_PART_FIELD_DEFAULT = SL_AT_FIELD_DEFAULT,
    SL_PART_FIELD_OPTIONS = SL_AT_FIELD_OPTIONS,
    SL_PART_FIELD_JSON_NAME = SL_AT_FIELD_JSON_NAME,
    SL_PART_VALUE_NUMBER = SL_AT_VALUE_NUMBER,
    SL_PART_METHOD_INPUT = SL_AT_METHOD_INPUT,
    SL_PART_METHOD_OUTPUT = SL_AT_METHOD_OUTPUT,
} sl_link_part;

/* Where (a part of) the symbol stands, for a finding: without a line when the finding will only be counted, or when finding lines has taken
 * SL_LIMIT_LOCATE_BYTES already. */
sl_location sl_link_locate(sl_linker *linker, const sl_symbol *symbol);
sl_location sl_link_locate_part(sl_linker *linker, const sl_symbol *symbol, sl_link_part part);
/* Lists of an element whose items have no names: their fields in descriptor.proto. */
typedef enum sl_link_list {
    SL_LIST_MESSAGE_EXTENSION_RANGE = SL_AT_MESSAGE_EXTENSION_RANGE,
    SL_LIST_MESSAGE_RESERVED_RANGE = SL_AT_MESSAGE_RESERVED_RANGE,
    SL_LIST_MESSAGE_RESERVED_NAME = SL_AT_MESSAGE_RESERVED_NAME,
    SL_LIST_ENUM_RESERVED_RANGE = SL_AT_ENUM_RESERVED_RANGE,
    SL_LIST_ENUM_RESERVED_NAME = SL_AT_ENUM_RESERVED_NAME,
} sl_link_list;
sl_location sl_link_locate_item(sl_linker *linker, const sl_symbol *symbol, sl_link_list list,
                                uint32_t index);
/* Of a file: its import `index`, say. */
sl_location sl_link_locate_path(sl_linker *linker, const sl_file *file, const int32_t *path,
                                size_t len);
bool sl_link_has_errors(const sl_linker *linker);

/* Was `file` linked before, so that checks of it alone would only repeat themselves? */
static inline bool sl_link_is_checked(const sl_linker *linker, const sl_file *file)
{
    return linker->are_checked && linker->are_checked[file->index];
}

/* Text of `len` bytes that lives as long as the schema, with a NUL behind it; NULL when memory is out. */
char *sl_link_text(sl_linker *linker, size_t len);

/* Zeroed items in the schema's arena; NULL when memory is out. Most lists of most elements are empty, and an empty one costs nothing:
 * it is a pointer to a common place, which nobody reads or writes. */
void *sl_link_items(sl_linker *linker, size_t count, size_t size);
#define sl_link_array(linker, T, count) ((T *)sl_link_items((linker), (count), sizeof(T)))

/* --- passes --- */

/* Files as bytes, or, if linker->borrowed, as structs. `main` absent: the last file. Sets schema->files, ->ordered and ->main, and of each
 * file proto, path, imports, index. */
SL_MUST_CHECK sl_status sl_link_collect(sl_linker *linker, const sl_bytes *files, size_t count,
                                        sl_str main);
/* Also SL_LIMIT (SCHEMA_SYMBOLS, NAMES_BYTES). */
SL_MUST_CHECK sl_status sl_link_build(sl_linker *linker);
SL_MUST_CHECK sl_status sl_link_resolve(sl_linker *linker);
SL_MUST_CHECK sl_status sl_link_fields(sl_linker *linker);
SL_MUST_CHECK sl_status sl_link_messages(sl_linker *linker);
SL_MUST_CHECK sl_status sl_link_enums(sl_linker *linker);
SL_MUST_CHECK sl_status sl_link_extensions(sl_linker *linker);
SL_MUST_CHECK sl_status sl_link_names(sl_linker *linker);
SL_MUST_CHECK sl_status sl_link_element_options(sl_linker *linker);
SL_MUST_CHECK sl_status sl_link_declarations(sl_linker *linker);

/* --- shared by passes --- */

/* A symbol that is not an enum value. */
static inline sl_symbol sl_symbol_of(sl_symbol_kind kind, const sl_file *file, const void *item)
{
    return (sl_symbol){.kind = kind, .file = file, .item = item};
}

/* Enter `symbol` under `full_name`, which lives as long as the schema; a second meaning of the name is a finding. Also SL_LIMIT
 * (SCHEMA_SYMBOLS). */
SL_MUST_CHECK sl_status sl_link_declare(sl_linker *linker, sl_str full_name,
                                        const sl_symbol *symbol);

/* order_id → orderId, as protoc derives it. `text` has room for `name`. The length. */
size_t sl_link_derive_json_name(sl_str name, char *text);

/* Is `symbol`, of full name `of`, to blame for options that are no serialized message? Then there is a finding. */
SL_MUST_CHECK sl_status sl_link_options(sl_linker *linker, sl_bytes options,
                                        const sl_symbol *symbol, sl_str of);

/* Defaults of `edition`; false if this build does not know it. */
bool sl_features_default(sl_edition edition, sl_features *ret_features);

/* Merge FeatureSets that stand as field `number` in `options` over `features`. Findings: FEATURE_INVALID. */
typedef struct sl_features_source {
    sl_bytes options;
    uint32_t number;
    const sl_symbol *symbol; /* whose options they are */
    sl_str of;               /* its full name */
} sl_features_source;
SL_MUST_CHECK sl_status sl_features_merge(sl_linker *linker, const sl_features_source *source,
                                          sl_features *features);
/* What FeatureSets at field `number` of `options` themselves say: 0 where they do not. */
void sl_features_stated(sl_bytes options, uint32_t number, sl_features *ret_stated);

/* Ranges with both ends inclusive, sorted by start, in the schema's arena. Findings: RANGE_INVALID, RANGE_OVERLAP. */
typedef struct sl_range_source {
    const sl_range_proto *protos;
    uint32_t count;
    int32_t least, most; /* bounds of both ends, inclusive */
    bool is_end_exclusive;
    sl_link_list list;       /* which list of the symbol they are */
    const sl_symbol *symbol; /* the message or enum */
    sl_str of;               /* its full name */
    const char *kind;        /* "reserved range" */
} sl_range_source;
SL_MUST_CHECK sl_status sl_link_ranges(sl_linker *linker, const sl_range_source *source,
                                       const sl_range **ret_ranges);
