/* compiler/internal/unit.h: one parsed file, as the front end hands it to the back end.
 *
 * `proto` is what protoc's own parser would have made, in the structs of schema/descriptor.h: groups are messages, maps have their entry
 * messages, proto3 optional fields their oneofs (behind the real ones), JSON names are derived, `max` is a number. Left open:
 *
 *   type_name, extendee, input_type, output_type   as written ("Foo", "a.Foo", ".a.b.Foo"). A field with a type name has no `type`,
 *                                                  but for groups, which have both
 *   default_value                                  of enum fields: the token as written, whatever it is (its mark says where)
 *   options                                        absent, but for map entries (map_entry = true is there already) and methods with a
 *                                                  block (empty)
 *   source_info                                    absent
 *
 * Beside it stand the marks: a tree of the same shape, item i of a list of marks belonging to item i of the list of protos. A mark says
 * where in the text its element stands and which options were written on it. Everything but `proto` lies in `scratch` and is gone once
 * the file is finished. Spans are byte offsets (source.h). */
#pragma once

#include "compiler/internal/diag.h"
#include "schema/schema.h"

/* One part of an option's name: `(a.b.ext)` or `field`. */
typedef struct sl_option_part {
    sl_str name; /* without parentheses; an extension's may begin with '.' */
    bool is_extension;
    sl_span span;
} sl_option_part;

typedef enum sl_option_kind {
    SL_OPTION_IDENTIFIER, /* text; `true`, `inf`, `FOO` */
    SL_OPTION_POSITIVE,   /* number: fits uint64 */
    SL_OPTION_NEGATIVE,   /* number: int64 below or equal 0, two's complement */
    SL_OPTION_DOUBLE,     /* real; -inf and -nan too, and integers that fit neither */
    SL_OPTION_STRING,     /* text: escapes decoded, adjacent literals joined; any bytes */
    SL_OPTION_AGGREGATE,  /* value span: from '{' to '}', to be read again with a lexer */
} sl_option_kind;

/* How far the back end is with it. */
typedef enum sl_option_state {
    SL_OPTION_NEW,
    SL_OPTION_LATER, /* needs the custom pass, wholly or in part */
    SL_OPTION_DONE,
    SL_OPTION_FAILED, /* and told */
} sl_option_state;

typedef struct sl_option sl_option;
struct sl_option {
    sl_option *next; /* on the same element, in the order of the text */
    sl_option_part *parts;
    uint32_t part_count; /* at least 1 */
    sl_option_kind kind;
    uint64_t number;
    double real;
    sl_str text;
    sl_span name, value;

    /* The back end's answer: the path below the element's options field that protoc writes into source info, the index of a
     * repeated option included. NULL: not interpreted. */
    const int32_t *path;
    uint32_t path_len;
    sl_option_state state;
    bool is_told;     /* of what is wrong with it where it stands */
    bool is_stripped; /* of source retention: neither in the descriptor nor in source info */
    bool
        is_all_stripped; /* so is every option of the element, which is then without options, and their place too */
};

/* Options are shared by the ranges of one `extensions 1, 2 [ … ];`, and some by a map field and its entry's fields: the lists
 * are then equal in content and must be interpreted for each element. `path` is the same for all. */
typedef struct sl_option_list {
    sl_option *first, *last;
    uint32_t count;
    bool has_custom; /* some are for the custom pass */
} sl_option_list;

typedef struct sl_field_mark {
    sl_span name, number, type, extendee, default_value,
        json_name; /* the last two {0, 0} if absent */
    sl_option_list options;
} sl_field_mark;

typedef struct sl_oneof_mark {
    sl_span name; /* of the field for a synthetic one */
    sl_option_list options;
} sl_oneof_mark;

typedef struct sl_range_mark {
    sl_span span;
    sl_option_list options;
} sl_range_mark;

typedef struct sl_enum_value_mark {
    sl_span name, number;
    sl_option_list options;
} sl_enum_value_mark;

typedef struct sl_enum_mark {
    sl_span name;
    sl_option_list options;
    sl_enum_value_mark *values;
    sl_range_mark *reserved_ranges;
    sl_span *reserved_names;
} sl_enum_mark;

typedef struct sl_message_mark sl_message_mark;
struct sl_message_mark {
    sl_span name; /* of the field for a map entry */
    sl_option_list options;
    sl_field_mark *fields, *extensions;
    sl_message_mark *messages;
    sl_enum_mark *enums;
    sl_oneof_mark *oneofs;
    sl_range_mark *extension_ranges, *reserved_ranges;
    sl_span *reserved_names;
    bool is_map_entry, is_group;
};

typedef struct sl_method_mark {
    sl_span name, input, output;
    sl_option_list options;
} sl_method_mark;

typedef struct sl_service_mark {
    sl_span name;
    sl_option_list options;
    sl_method_mark *methods;
} sl_service_mark;

typedef struct sl_file_mark {
    sl_span syntax, package;
    sl_option_list options;
    sl_span *dependencies, *option_dependencies; /* the quoted paths */
    sl_message_mark *messages;
    sl_enum_mark *enums;
    sl_service_mark *services;
    sl_field_mark *extensions;
} sl_file_mark;

typedef struct sl_unit {
    sl_source source;
    sl_file_proto *proto;      /* in `arena` */
    sl_file_mark marks;        /* in `scratch` */
    struct sl_places *places;  /* source info to be; NULL if not asked for */
    bool has_options;          /* there is an option somewhere, besides defaults and JSON names */
    size_t range_option_bytes; /* against the limit: see parse_range.c */
    sl_arena *arena;           /* keeps proto */
    sl_arena *scratch;         /* keeps the rest; may be reset after the file is finished */
} sl_unit;

/* Parse `source` into a unit. What is wrong with the text is told to `diags`; protoc refuses a file exactly when this or the back end
 * tells an error. proto->syntax is absent for proto2 (also when not stated), as protoc writes it.
 *
 *   source   moved into the unit; texts of the unit are borrowed from it or lie in an arena. Descriptor texts all lie in `arena`
 *
 * SL_OK; SL_NO_MEMORY; SL_LIMIT. */
SL_MUST_CHECK sl_status sl_parse(sl_source source, bool with_source_info, sl_arena *arena,
                                 sl_arena *scratch, sl_diags *diags, sl_unit *ret_unit);
void sl_unit_done(sl_unit *unit);

/* When options have their paths: encode source info into `info` (cleared first), and let proto->source_info borrow it from there. It is the
 * larger part of most files, and nobody needs it for longer than the file is written. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_unit_write_source_info(sl_unit *unit, sl_buf *info);
