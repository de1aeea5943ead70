/* lint/internal/protovalidate.h: what the parts of the rule PROTOVALIDATE share: a message of rules under judgement, and objections to it. */
#pragma once

#include "lint/internal/linter.h"
#include "lint/internal/value_rules.h"

typedef struct sl_ruled {
    sl_linter *linter;
    const sl_field *field; /* that carries the rules */
    const sl_field *value; /* that they are about: the field, or the key or value of its map */
    sl_rule_path path;     /* of the FieldRules, from the field's options */
    bool is_list;          /* they are about a repeated field as a whole */
} sl_ruled;

/* A finding about the rule at `path`. NULL: memory is out, or a comment lets it pass. */
sl_finding *sl_rule_object(const sl_ruled *ruled, sl_rule_path path);
/* The same, at most one where both stand at one place. */
void sl_rule_object_both(const sl_ruled *ruled, sl_rule_path one, sl_rule_path other, sl_str text);
/* "(buf.validate.field).string.min_len" */
sl_str sl_rule_name(const sl_ruled *ruled, sl_rule_path path);

/* Rules for one kind of value, that stand at `path` and fit the field. `number` is that of the kind in FieldRules. */
void sl_rule_check_values(const sl_ruled *ruled, int32_t number, sl_rule_path path);
