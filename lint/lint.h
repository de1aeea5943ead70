/* lint/lint.h: is a schema written as its users expect?
 *
 * One table of rules (rules.def), run over the elements of a linked schema. The vocabulary of rules, their categories, options and places are
 * `buf lint`'s. Nothing here says that a schema is wrong; a subject's policy, or a command line, says which rules matter.
 * Pure functions of an immutable schema: any thread. */
#pragma once

#include "schema/schema.h"

/* Named sets of rules, as bits. MINIMAL ⊂ BASIC ⊂ STANDARD; the others stand apart. */
typedef enum sl_lint_category {
    SL_LINT_MINIMAL = 1 << 0, /* packages and folders match */
    SL_LINT_BASIC = 1 << 1,   /* and names are cased as usual */
    SL_LINT_STANDARD =
        1 << 2, /* and schemas can grow; the default. DEFAULT is another name for it */
    SL_LINT_COMMENTS = 1 << 3,  /* everything has a comment */
    SL_LINT_UNARY_RPC = 1 << 4, /* no streams */
} sl_lint_category;
enum { SL_LINT_CATEGORY_COUNT = 5, SL_LINT_RULES_MAX = 64 };

const char *sl_lint_category_name(sl_lint_category category); /* "STANDARD"; never NULL */

/* A set of rules of rules.def, by index. {0} is empty. */
typedef struct sl_lint_rules {
    uint64_t bits;
} sl_lint_rules;

/* The rules of a category, or of several. */
sl_lint_rules sl_lint_rules_of(int categories);
/* Put the rule called `name` into the set, or those of the category called so; take them out of it. Ids are compared exactly, names of
 * categories in any case. False if nothing is called so: then the set is as it was. */
SL_MUST_CHECK bool sl_lint_rules_add(sl_lint_rules *set, sl_str name);
SL_MUST_CHECK bool sl_lint_rules_remove(sl_lint_rules *set, sl_str name);
bool sl_lint_rules_has(const sl_lint_rules *set, size_t index);

typedef struct sl_lint_request {
    const sl_schema *schema;
    const bool *
        is_linted; /* one a file of the schema, in its order; NULL: the main file only. Others count as imports */
    sl_lint_rules rules;
    sl_str enum_zero_value_suffix; /* absent: "_UNSPECIFIED" */
    sl_str service_suffix;         /* absent: "Service" */
    bool rpc_allow_same_request_response;
    bool rpc_allow_empty_requests, rpc_allow_empty_responses; /* google.protobuf.Empty */
    bool ignores_comments; /* comments that let a rule pass are not heeded */
} sl_lint_request;

/* Append what the rules object to, sorted by file, line, column and rule. All are errors. An element is let pass by a line
 * "sluice:ignore RULE reason" or "buf:lint:ignore RULE" of the comment before it or before what is around it.
 * SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_lint_run(const sl_lint_request *request, sl_findings *findings);

/* The table of rules, for documentation and for the test that each has its cases. */
typedef struct sl_lint_rule {
    const char *id;
    int categories; /* bits of sl_lint_category; 0: of none, to be named one by one */
    const char *about;
} sl_lint_rule;

size_t sl_lint_rule_count(void);
const sl_lint_rule *sl_lint_rule_at(size_t index);

/* Names as the rules want them: words begin at '_' and at a capital that begins a word; digits begin none. Appended to `to`. */
void sl_lint_pascal_case(sl_str name, sl_buf *to);
void sl_lint_lower_snake_case(sl_str name, sl_buf *to);
void sl_lint_upper_snake_case(sl_str name, sl_buf *to);
