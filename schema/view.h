/* schema/view.h: what one file sees of a schema, and what a name means there.
 *
 * Types are resolved while a schema is linked; what is asked here is what else may be named by C++'s rules, which is extensions in options
 * and in the text of their values. A file sees itself, what it imports, and what those files import publicly; of what comes by "import option" it
 * sees the fields. Names of anything count: a field that is called like an extension further out hides it.
 *
 * A view is made for one file and used by one thread; what it finds belongs to the schema. */
#pragma once

#include "schema/schema.h"

/* What of a file is seen. */
typedef enum sl_seen {
    SL_SEEN_NOTHING,
    SL_SEEN_FIELDS, /* by "import option": extensions, and fields by their full names */
    SL_SEEN_ALL,
} sl_seen;

typedef struct sl_view {
    const sl_schema *schema;
    const sl_file *file;
    uint8_t *sees;   /* sl_seen, by sl_file.index */
    sl_map packages; /* of the files that are seen, with the packages around each */
    sl_map others;   /* full names that the schema does not keep: see view.c */
    bool has_others;
    sl_buf spelled; /* room for names */
    sl_arena arena;
} sl_view;

/* What a name leads to. At most one of `field` and `message` is there; neither for everything else that has a name. */
typedef struct sl_view_answer {
    const sl_field *field; /* an extension, or any field by its full name */
    const sl_message *message;
    bool is_something;   /* the name means something */
    const sl_file *file; /* where that is defined; NULL for a package */
    const sl_file
        *hidden; /* nothing was found but in this file, which is not imported; else NULL */
    sl_str
        dead_end; /* the innermost scope that has the first part leads to this full name, which means nothing; valid until the next
                        question. Absent otherwise */
} sl_view_answer;

/* SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_view_open(const sl_schema *schema, const sl_file *file,
                                     sl_view *ret_view);
/* `name` as it is written, inside `scope` ("" at the top level). With a leading dot it is full. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_view_find(sl_view *view, sl_str scope, sl_str name,
                                     sl_view_answer *ret_answer);
/* Only the full name, without a leading dot. */
SL_MUST_CHECK sl_status sl_view_find_full(sl_view *view, sl_str full_name,
                                          sl_view_answer *ret_answer);
void sl_view_done(sl_view *view);
