/* compiler/internal/option_impl.h: what the files about options share.
 *
 *   options.c        the passes: every element of a unit, and its options
 *   option_walk.c    the elements of a unit that have options
 *   option_name.c    a name → the fields that it goes through
 *   option_value.c   a value of one token → a field on the wire
 *   option_text.c    { a value in text format } → a message on the wire
 *   option_any.c     names in brackets inside such a text: extensions, and Any
 *   option_set.c     what is set already
 *   option_merge.c   fields in any order → the bytes that protoc writes
 *   option_check.c   what may be set where, and in which edition
 *   option_support.c what fields and enum values say about editions
 *   option_strip.c   what is of source retention goes
 *   option_hint.c    "did you mean"
 *
 * Values are written to buffers as they are read, in wire format and in the order of the text; option_merge.c brings a whole message into
 * protoc's form. A function that returns false has told why, or memory is out and `status` says so. */
#pragma once

#include "compiler/internal/lexer.h"
#include "compiler/internal/options.h"
#include "wire/wire.h"

/* --- elements (option_walk.c) --- */

/* google.protobuf.FieldOptions.OptionTargetType */
typedef enum sl_element_kind {
    SL_ELEMENT_FILE = 1,
    SL_ELEMENT_EXTENSION_RANGE,
    SL_ELEMENT_MESSAGE,
    SL_ELEMENT_FIELD,
    SL_ELEMENT_ONEOF,
    SL_ELEMENT_ENUM,
    SL_ELEMENT_ENUM_VALUE,
    SL_ELEMENT_SERVICE,
    SL_ELEMENT_METHOD,
    SL_ELEMENT_COUNT
} sl_element_kind;

typedef struct sl_element {
    sl_element_kind kind;
    sl_option_list *options;
    sl_bytes *bytes; /* proto->options */
    sl_str scope; /* where names in its options begin: what is around it. Valid during the visit */
    sl_span at;   /* its name */
    bool
        is_copy; /* a field of a map entry: its options are some of the map field's, where they are told of */
} sl_element;

/* "google.protobuf.FileOptions", … */
sl_str sl_element_options_name(sl_element_kind kind);

/* Every element that has options, in the order of the text but for kinds. `visit` returns false to stop. False: it did, or memory is out
 * (told by *ret_status). */
typedef bool sl_element_visit(void *context, const sl_element *element);
bool sl_option_walk(sl_unit *unit, sl_element_visit *visit, void *context, sl_status *ret_status);

/* --- what is set already (option_set.c) --- */

typedef struct sl_option_set {
    sl_arena arena;
    sl_map nodes; /* (parent, number) → node: a field that is set, or lies around one */
    bool no_memory;
} sl_option_set;

/* The fields that an option's name goes through; the last one gets the value. */
typedef struct sl_option_path {
    const sl_field *fields[SL_LIMIT_OPTION_DEPTH + 1];
    uint32_t count;
} sl_option_path;

/* False if something is set there already: at the end of `path`, or inside it. Else it is set from now on; *ret_index counts the
 * values of a repeated field. */
bool sl_option_set_add(sl_option_set *set, const sl_option_path *path, uint32_t *ret_index);
/* The message that was set at `path` has these fields. */
void sl_option_set_content(sl_option_set *set, const sl_option_path *path, sl_bytes content);
void sl_option_set_clear(sl_option_set *set);
void sl_option_set_done(sl_option_set *set);

/* --- merging (option_merge.c) --- */

typedef struct sl_merge_entry {
    const sl_field *field; /* NULL: unknown */
    uint32_t number;       /* UINT32_MAX: unknown */
    uint32_t order;
    bool is_dropped;
    sl_wire_field wire;
} sl_merge_entry;

typedef struct sl_merger {
    bool strips_source; /* leave out what is of source retention */
    sl_arena *scratch;
    SL_VEC(sl_merge_entry) entries; /* of the messages that are open */
    sl_map required;                /* full name of a message → its required fields */
    /* What went wrong. */
    const sl_field *missing; /* a required field that is not there; merging went on */
    bool is_too_deep, no_memory;
} sl_merger;

/* Append to `out` what protoc writes for `bytes`, a message of type `message` that lies `depth` levels below its options message.
 * False: see the merger. */
bool sl_merge_message(sl_merger *merger, const sl_message *message, sl_bytes bytes, uint32_t depth,
                      sl_buf *out);
void sl_merger_done(sl_merger *merger);

/* sl_wire_next_field() inside a message of that type: an item of a message set is told as the field that it holds (LEN). */
sl_status sl_option_next(sl_wire_reader *reader, const sl_message *message,
                         sl_wire_field *ret_wire);
/* The field or extension that a field on the wire is; NULL if the message has none, or of another kind. */
const sl_field *sl_option_known_field(const sl_message *message, const sl_wire_field *wire);

/* --- one unit --- */

typedef struct sl_interpreter {
    sl_unit *unit;
    const sl_schema *types, *draft; /* draft NULL: the plain pass */
    sl_view view;                   /* of the file, from the first question on */
    bool has_view;
    sl_diags *diags;
    sl_status status;

    /* The element at hand, and its option. */
    const sl_message *message; /* its options message */
    sl_str scope;
    sl_option *option;
    bool is_copy;
    uint32_t depth;                      /* messages around the option's value */
    bool is_quiet;                       /* it was told of in the plain pass */
    bool is_partly;                      /* something was left for the custom pass */
    sl_option_set plain_set, custom_set; /* protoc does not compare the two */
    sl_buf options, value,
        text; /* options: of the element so far; text: of the value, not in order */
    sl_merger merger;
    sl_map enums; /* full name of a large enum → its values by name */
} sl_interpreter;

static inline bool sl_option_no_memory(sl_interpreter *in)
{
    in->status = SL_NO_MEMORY;
    return false;
}

/* Say it, unless it was said in the plain pass. Returns false. */
bool sl_option_tell(sl_interpreter *in, sl_span at, sl_diag_id id, const sl_str *args,
                    size_t arg_count);
#define sl_option_refuse(in, at, id, ...)                                   \
    sl_option_tell((in), (at), SL_DIAG_##id, (const sl_str[]){__VA_ARGS__}, \
                   sizeof((const sl_str[]){__VA_ARGS__}) / sizeof(sl_str))

/* Merge into `out`; what is wrong is told at the option. */
bool sl_option_merge(sl_interpreter *in, const sl_message *message, sl_bytes bytes, uint32_t depth,
                     sl_buf *out);

/* --- names (option_name.c) --- */

bool sl_option_resolve(sl_interpreter *in, sl_option_path *ret_path);
/* What `name` means in the file, from `scope` outwards. */
bool sl_option_look_up(sl_interpreter *in, sl_str scope, sl_str name, sl_view_answer *ret_answer);

/* --- values (option_value.c, option_text.c) --- */

/* Append `field` with the value of the option to `buf`. */
bool sl_option_put_value(sl_interpreter *in, const sl_field *field, sl_buf *buf);
/* The same with the message that the option's text says. */
bool sl_option_put_text(sl_interpreter *in, const sl_field *field, sl_buf *buf);

/* What an integer field takes, or an enum field as a number: from -least to most. */
typedef struct sl_number_range {
    uint64_t least, most;
} sl_number_range;
sl_number_range sl_option_range(const sl_field *field);

/* NULL if there is none, or memory is out. */
const sl_enum_value *sl_option_enum_value(sl_interpreter *in, const sl_enum *enumeration,
                                          sl_str name);

/* Tag and value as the field's type wants them; negative numbers in two's complement. */
void sl_option_put_integer(sl_buf *buf, const sl_field *field, uint64_t number);
void sl_option_put_float(sl_buf *buf, const sl_field *field, float value);
void sl_option_put_double(sl_buf *buf, const sl_field *field, double value);

/* A message field: its tag, then its content is written, then its end; the length is put in before it. */
size_t sl_option_open(sl_buf *buf, const sl_field *field);
void sl_option_close(sl_buf *buf, const sl_field *field, size_t begin);

static inline bool sl_type_is_message(const sl_field *field)
{
    return field->type == SL_TYPE_MESSAGE || field->type == SL_TYPE_GROUP;
}

/* --- hints (option_hint.c): absent if nothing is near --- */

sl_str sl_option_nearest_field(const sl_interpreter *in, const sl_message *message, sl_str name);
sl_str sl_option_nearest_value(const sl_interpreter *in, const sl_enum *enumeration, sl_str name);
sl_str sl_option_nearest_extension(const sl_interpreter *in, const sl_message *message,
                                   sl_str name);
/* The value that has the number which was written instead. */
sl_str sl_option_name_of_value(const sl_enum *enumeration, const sl_option *option);
