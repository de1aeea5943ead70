/* json/json.h: reading and writing JSON; the only room that sees jansson.
 *
 * Reading: parse whole text into a tree with bounded depth and size, then fill a struct by a table of fields. Writing: stream into a buffer; the
 * writer puts commas and escapes, and never fails but through the buffer. */
#pragma once

#include "base/base.h"

typedef struct sl_json
    sl_json; /* one value of a parsed tree; borrowed from its document, ended with sl_json_free on the root */

/* Parse `text` (RFC 8259; duplicate keys refused, NUL refused, UTF-8 required; integers outside int64_t and reals outside double refused).
 * SL_OK; SL_MALFORMED (text says line and column); SL_LIMIT (SL_LIMIT_JSON_BYTES, _DEPTH or _VALUES); SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_json_parse(sl_str text, sl_json **ret_root, sl_error *err);
void sl_json_free(sl_json *root); /* accepts NULL; roots only */
SL_DEFINE_CLEANUP(sl_json *, sl_json_free)

typedef enum sl_json_kind {
    SL_JSON_NULL,
    SL_JSON_BOOL,
    SL_JSON_INTEGER,
    SL_JSON_REAL,
    SL_JSON_STRING,
    SL_JSON_ARRAY,
    SL_JSON_OBJECT
} sl_json_kind;
sl_json_kind sl_json_kind_of(const sl_json *value);
const char *sl_json_kind_name(sl_json_kind kind); /* "a string", "an array", … for messages */

/* Values of the kind asked for; zero, "" or NULL otherwise. Texts are borrowed. */
sl_str sl_json_string(const sl_json *value);
int64_t sl_json_integer(const sl_json *value);
bool sl_json_bool(const sl_json *value);
size_t sl_json_array_count(const sl_json *array);
const sl_json *sl_json_array_at(const sl_json *array, size_t index);
const sl_json *sl_json_member(const sl_json *object, const char *name); /* NULL when absent */
/* Walk an object in the order of the text: start with *iterator = NULL; false at the end. */
bool sl_json_object_next(const sl_json *object, void **iterator, sl_str *ret_name,
                         const sl_json **ret_value);

/* A table of the members that an object may have. Texts and values are borrowed from the tree. Kinds:
 *   STRING sl_str · BOOL bool · INT64 int64_t · ENUM int (names: NULL-terminated array; the index is stored) · VALUE const sl_json * */
typedef enum sl_json_field_kind {
    SL_JSON_FIELD_STRING,
    SL_JSON_FIELD_BOOL,
    SL_JSON_FIELD_INT64,
    SL_JSON_FIELD_ENUM,
    SL_JSON_FIELD_VALUE
} sl_json_field_kind;
typedef struct sl_json_field {
    const char *name;
    sl_json_field_kind kind;
    size_t offset; /* of the member in the struct */
    bool is_required;
    const char *const *names; /* ENUM only */
    ptrdiff_t
        seen_offset; /* of a bool (not the struct's first member) set to true when present; 0: none */
} sl_json_field;

/* Fill `into` from `object` by `fields`; members not in the table are refused by name (a misspelt field is an error, not silence).
 * null counts as absent. SL_OK; SL_INVALID with a text such as "field 'mode' must be one of off, observe, warn, enforce". */
SL_MUST_CHECK sl_status sl_json_read(const sl_json *object, const sl_json_field *fields,
                                     size_t field_count, void *into, sl_error *err);

typedef struct sl_json_writer {
    sl_buf *buf;       /* borrowed */
    uint64_t has_item; /* bit per level: something was written there */
    uint32_t depth;    /* up to 63; one level more fails the buffer */
    bool has_name;     /* the name of the next value is written already */
} sl_json_writer;

static inline sl_json_writer sl_json_writer_of(sl_buf *buf)
{
    return (sl_json_writer){.buf = buf};
}

/* `name` NULL inside arrays and at the root. */
void sl_json_put_object(sl_json_writer *writer, const char *name);
void sl_json_put_array(sl_json_writer *writer, const char *name);
void sl_json_end_object(sl_json_writer *writer);
void sl_json_end_array(sl_json_writer *writer);
void sl_json_put_string(sl_json_writer *writer, const char *name,
                        sl_str value); /* bytes that are not UTF-8 become U+FFFD */
void sl_json_put_string_if(sl_json_writer *writer, const char *name,
                           sl_str value); /* nothing when absent or empty */
void sl_json_put_integer(sl_json_writer *writer, const char *name, int64_t value);
/* The shortest decimal that reads back as `value`; null if it is not finite, for which JSON has no number. */
void sl_json_put_double(sl_json_writer *writer, const char *name, double value);
void sl_json_put_bool(sl_json_writer *writer, const char *name, bool value);
void sl_json_put_null(sl_json_writer *writer, const char *name);
void sl_json_put_time(sl_json_writer *writer, const char *name, int64_t us); /* RFC 3339 */
void sl_json_put_base64(sl_json_writer *writer, const char *name, sl_bytes value);
/* A member whose name is data: the next put takes it in place of its own (which is then NULL). */
void sl_json_put_name(sl_json_writer *writer, sl_str name);
/* A parsed value again, whatever it is. */
void sl_json_put_value(sl_json_writer *writer, const char *name, const sl_json *value);
/* A finding, as an object of an array or at the root. */
void sl_json_put_finding(sl_json_writer *writer, const sl_finding *finding);
