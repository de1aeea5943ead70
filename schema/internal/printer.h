/* schema/internal/printer.h: what the parts of the printer share.
 *
 *   print.c           a file: head, imports, what stands at the top
 *   print_order.c     the order of the declarations of a scope
 *   print_message.c   messages, oneofs, extend blocks, ranges
 *   print_field.c     fields, maps, groups
 *   print_enum.c      enums; services and methods
 *   print_options.c   options as statements and in brackets
 *   print_value.c     values: literals and the text format
 *   print_names.c     names of types and extensions
 *   print_exact.c     what the text will not give back as it was
 *   print_comments.c  comments, and places in the source
 *   option_bytes.c    options in the one form that a compiler gives them
 *
 * Failure is kept in the printer, as in a buffer: functions go on and do no harm, and the status is looked at once, at the end. */
#pragma once

#include "schema/internal/option_types.h"
#include "schema/internal/schema_impl.h"
#include "schema/print.h"
#include "schema/spots.h"
#include "wire/wire.h"

typedef enum sl_print_rule {
#define RULE(id, severity, about) SL_##id,
#include "schema/print_rules.def"
#undef RULE
    SL_PRINT_RULE_COUNT
} sl_print_rule;

enum { SL_PRINT_PATH_MAX = 2 * SL_LIMIT_DESCRIPTOR_DEPTH + 8 };

typedef struct sl_printer {
    const sl_schema *schema;
    const sl_file *file;
    bool is_pretty;
    sl_buf *out;
    sl_findings *findings;
    sl_error *err;
    sl_status status;
    sl_arena scratch;
    const sl_message *option_types[SL_OPTION_TARGET_COUNT];
    sl_view view; /* what the file sees; open from the first question on */
    bool has_view;
    sl_str scope; /* full name of what is around: where the names of types are looked up from */
    uint32_t indent;
    uint32_t depth; /* of messages */

    sl_source_spots places; /* empty unless pretty */
    int32_t path[SL_PRINT_PATH_MAX];
    uint32_t path_len;
} sl_printer;

/* --- text --- */

#define sl_put(printer, literal) sl_buf_append_literal((printer)->out, "" literal)

static inline void sl_put_str(sl_printer *printer, sl_str text)
{
    sl_buf_append_str(printer->out, text);
}

void sl_put_indent(sl_printer *printer);
/* An empty line, unless there is one already or a block was just opened. */
void sl_put_gap(sl_printer *printer);
/* `text` in quotes. `is_text`: characters outside ASCII stay as they are if all of it is UTF-8. */
void sl_put_quoted(sl_buf *out, sl_bytes text, bool is_text);
/* The shortest decimal that reads back the same. */
void sl_put_real(sl_buf *out, double value, bool is_float);

/* --- failure and findings --- */

/* False, and the printer is failed. */
bool sl_print_no_memory(sl_printer *printer);
void *sl_print_alloc(sl_printer *printer, size_t count, size_t size); /* zeroed; NULL: failed */
void sl_print_tell(sl_printer *printer, sl_print_rule rule, const char *format, ...)
    SL_PRINTF(3, 4);
/* A finding of SL_TEXT_CANNOT_SAY, and a line that says the same. */
void sl_print_left_out(sl_printer *printer, const char *format, ...) SL_PRINTF(2, 3);

/* --- paths, places, comments --- */

void sl_path_push(sl_printer *printer, int32_t step);
void sl_path_push2(sl_printer *printer, int32_t step, uint32_t index);
void sl_path_pop(sl_printer *printer, uint32_t steps);
/* Where the element of the current path stands; NULL when nobody knows. */
const sl_source_spot *sl_print_place(sl_printer *printer);
/* The place of the path `step` below the current one, or of `step`, `index`. */
const sl_source_spot *sl_print_place_of(sl_printer *printer, int32_t step);
const sl_source_spot *sl_print_place_at(sl_printer *printer, int32_t step, uint32_t index);
/* Before and behind a declaration; `place` may be NULL. The latter ends its line. */
void sl_print_leading(sl_printer *printer, const sl_source_spot *place);
void sl_print_trailing(sl_printer *printer, const sl_source_spot *place);

/* --- names --- */

/* The name of a message, enum or extension. `scope` is where it is looked up from. */
void sl_print_type_name(sl_printer *printer, sl_str full_name);
void sl_print_extension_name(sl_printer *printer, sl_str full_name);
/* The name of what is extended, or of a method's type: here fields, values and methods that are called the same are in the way as well. */
void sl_print_message_name(sl_printer *printer, sl_str full_name);
/* Does `[name]` in the text format of a message `type` lead to the extension `full_name`? */
bool sl_print_resolves(const sl_printer *printer, sl_str scope, sl_str name, sl_str full_name);
bool sl_print_sees(sl_printer *printer, const sl_file *file);

/* --- options --- */

typedef struct sl_option_bytes {
    sl_bytes known; /* what text can say, in the order and form of a compiler */
    sl_bytes lost;  /* the rest; empty if nothing */
} sl_option_bytes;

/* Sort and normalise `options`, and tell what will not come back. `of` is the full name of the element. */
sl_option_bytes sl_print_take_options(sl_printer *printer, sl_option_target target,
                                      sl_bytes options, sl_str of);
/* A comment with what is lost, on lines of its own. */
void sl_print_lost_options(sl_printer *printer, const sl_option_bytes *options);
/* `option x = y;`, a line each. The current path is that of the options. True if there were any. */
bool sl_print_option_statements(sl_printer *printer, sl_option_target target,
                                const sl_option_bytes *options);
/* ` [x = y]`, or nothing. `extras` come first. */
void sl_print_option_brackets(sl_printer *printer, sl_option_target target,
                              const sl_option_bytes *options, const sl_str *extras,
                              size_t extra_count);
/* The value of `field`: a literal, or an aggregate over lines. */
void sl_print_value(sl_printer *printer, const sl_field *field, uint64_t number, sl_bytes bytes);
/* The next element of a packed field; false if there is none that is whole. */
bool sl_print_next_packed(sl_wire_reader *reader, sl_field_type type, uint64_t *ret_number);
/* An item of a message set as a field of the extension's number, with its content; `raw` stays the item's. False: it is none.
 * `ret_field` may be `item`. */
bool sl_option_set_item(const sl_wire_field *item, sl_wire_field *ret_field);
/* `bytes` normalised as a message `type`: what is known, and what is not, appended. False: they are no message. */
typedef struct sl_option_split {
    sl_printer *printer;
    bool has_source_only;
} sl_option_split;
bool sl_option_bytes_split(sl_option_split *split, const sl_message *type, sl_bytes bytes,
                           sl_buf *known, sl_buf *lost, uint32_t depth);

/* --- declarations --- */

typedef enum sl_print_kind {
    SL_PRINT_FIELD,
    SL_PRINT_ONEOF,
    SL_PRINT_EXTEND, /* extensions first … first + count - 1, of one message */
    SL_PRINT_MESSAGE,
    SL_PRINT_ENUM,
    SL_PRINT_SERVICE,
    SL_PRINT_EXTENSION_RANGES, /* ranges first … first + count - 1, in one statement */
    SL_PRINT_RESERVED_RANGES,
    SL_PRINT_RESERVED_NAMES,
} sl_print_kind;

typedef struct sl_print_item {
    sl_print_kind kind;
    uint32_t first, count;
    uint64_t position; /* in the source; 0: unknown */
    const sl_source_spot *place;
} sl_print_item;

/* What a scope declares: a file's top, or a message. */
typedef struct sl_print_scope {
    const sl_message *message; /* NULL: the file */
    const sl_message *messages;
    const sl_enum *enums;
    const sl_field *fields, *extensions;
    uint32_t message_count, enum_count, field_count, extension_count, service_count;
    SL_VEC(sl_print_item) items;
} sl_print_scope;

/* Fill `scope->items`. False: failed. */
bool sl_print_order(sl_printer *printer, sl_print_scope *scope);
void sl_print_scope_done(sl_print_scope *scope);
void sl_print_items(sl_printer *printer, const sl_print_scope *scope);

/* The nested message that is written with the field: of a map, or of a group; NULL for others. */
const sl_message *sl_print_owned_message(const sl_field *field);

void sl_print_message(sl_printer *printer, const sl_message *message);
/* ` {`, the content and `}`. */
void sl_print_message_body(sl_printer *printer, const sl_message *message,
                           const sl_source_spot *place);
void sl_print_field(sl_printer *printer, const sl_field *field);
void sl_print_enum(sl_printer *printer, const sl_enum *enumeration);
void sl_print_service(sl_printer *printer, const sl_service *service);
void sl_print_ranges(sl_printer *printer, const sl_range_proto *ranges, uint32_t count,
                     bool is_end_exclusive, int32_t most);
void sl_print_names(sl_printer *printer, const sl_str *names, uint32_t count);
void sl_print_visibility(sl_printer *printer, bool has_visibility, int32_t visibility, sl_str of);

/* --- what does not come back --- */

void sl_print_check_file(sl_printer *printer);
void sl_print_check_message(sl_printer *printer, const sl_message *message);
void sl_print_check_field(sl_printer *printer, const sl_field *field);
void sl_print_check_enum(sl_printer *printer, const sl_enum *enumeration);
void sl_print_check_service(sl_printer *printer, const sl_service *service);
/* A comment and a finding if there are unknown fields. */
void sl_print_unknown(sl_printer *printer, sl_bytes unknown, sl_str of);
