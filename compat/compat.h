/* compat/compat.h: what breaks between two versions of a schema.
 *
 * One pairing of old and new elements (files by path, messages, enums and services by full name, fields and values by number), one
 * table of rules (rules.def) run over the pairs. The vocabulary of rules and their semantics is `buf breaking`'s; the rule pages say
 * where Sluice differs. Pure functions of two immutable schemas: any thread. */
#pragma once

#include "schema/schema.h"

/* Who breaks. A rule of rules.def names the directions in which its findings count. */
typedef enum sl_compat_direction {
    SL_COMPAT_BACKWARD = 1, /* new readers of old data */
    SL_COMPAT_FORWARD = 2,  /* old readers of new data */
    SL_COMPAT_BOTH = 3,
} sl_compat_direction;

/* Named sets of rules, as bits. Strictness grows from WIRE to FILE; the first five are buf's, rule for rule. */
typedef enum sl_compat_category {
    SL_COMPAT_WIRE = 1 << 0,      /* binary readers */
    SL_COMPAT_WIRE_JSON = 1 << 1, /* and JSON readers */
    SL_COMPAT_PACKAGE = 1 << 2,   /* and generated code, by package */
    SL_COMPAT_FILE = 1 << 3,      /* and generated code, by file */
    SL_COMPAT_CSR =
        1 << 4, /* what a schema registry's readers need: names and types as well as both wires */
    SL_COMPAT_CONTRACT = 1 << 5, /* readers of payloads and callers, and nothing else */
} sl_compat_category;
enum { SL_COMPAT_CATEGORY_COUNT = 6, SL_COMPAT_RULES_MAX = 128 };

/* A set of rules of rules.def, by index. {0} is empty. */
typedef struct sl_compat_rules {
    uint64_t bits[SL_COMPAT_RULES_MAX / 64];
} sl_compat_rules;

/* Confluent's seven levels. */
typedef enum sl_compat_level {
    SL_LEVEL_NONE,
    SL_LEVEL_BACKWARD,
    SL_LEVEL_BACKWARD_TRANSITIVE,
    SL_LEVEL_FORWARD,
    SL_LEVEL_FORWARD_TRANSITIVE,
    SL_LEVEL_FULL,
    SL_LEVEL_FULL_TRANSITIVE,
    SL_LEVEL_COUNT
} sl_compat_level;

const char *sl_compat_level_name(sl_compat_level level); /* "FULL_TRANSITIVE"; never NULL */
bool sl_compat_level_parse(sl_str name, sl_compat_level *ret_level);
bool sl_compat_level_is_transitive(
    sl_compat_level level); /* compare with every live version, not just the latest */
int sl_compat_level_directions(sl_compat_level level); /* bits of sl_compat_direction; 0 for NONE */
/* Does `to` promise at least what `from` does? Tightening is free, loosening is an administrator's. */
bool sl_compat_level_is_at_least(sl_compat_level to, sl_compat_level from);

const char *sl_compat_category_name(sl_compat_category category);
bool sl_compat_category_parse(sl_str name, sl_compat_category *ret_category);

/* The rules of a category, or of several. */
sl_compat_rules sl_compat_rules_of(int categories);
/* Put the rule called `name` into the set, or those of the category called so; take them out of it. Ids are compared exactly, names of
 * categories in any case. False if nothing is called so: then the set is as it was. */
SL_MUST_CHECK bool sl_compat_rules_add(sl_compat_rules *set, sl_str name);
SL_MUST_CHECK bool sl_compat_rules_remove(sl_compat_rules *set, sl_str name);
bool sl_compat_rules_has(const sl_compat_rules *set, size_t index);

/* What is asked: does `new_schema` break whoever reads or writes what `old_schema` says? */
typedef struct sl_compat_request {
    const sl_schema *old_schema, *new_schema;
    sl_compat_rules rules;
    int directions; /* bits of sl_compat_direction */
    /* Files under google/protobuf/ come with every schema that imports them and are not the author's to change. False: they are compared
     * only as the main file. True: like any other, as buf does with the imports of its input. */
    bool compares_imports;
    /* False: the schemas are a main file each and what it imports, as they are registered; payloads are made of the messages of the main file.
     * True: they are trees of files, all of them their authors'. */
    bool is_tree;
    /* Of findings with one cause, keep the one whose rule stands first in rules.def. */
    bool one_per_cause;
} sl_compat_request;

/* Run the rules that break one of the directions, old against new; findings are appended in a stable order (file, line, column, rule).
 * SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_compat_run(const sl_compat_request *request, sl_findings *findings);
/* The same with all rules of one category, without imports; CONTRACT with one finding a cause. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_compat_check(const sl_schema *old_schema, const sl_schema *new_schema,
                                        sl_compat_category category, int directions,
                                        sl_findings *findings);

/* The table of rules, for documentation and for the test that each has its cases. */
typedef struct sl_compat_rule {
    const char *id;
    int categories; /* bits of sl_compat_category */
    int breaks;     /* bits of sl_compat_direction */
    const char *protects;
} sl_compat_rule;

size_t sl_compat_rule_count(void);
const sl_compat_rule *sl_compat_rule_at(size_t index);
