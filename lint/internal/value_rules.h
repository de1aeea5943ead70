/* lint/internal/value_rules.h: a message of buf.validate rules, read from the bytes of an element's options.
 *
 * An option may be written in pieces, each of which is a field of its own:
 *
 *     [(buf.validate.field).string.min_len = 1, (buf.validate.field).required = true]
 *
 * so a message of rules is found by the path of numbers that leads to it, over all pieces: {1159, 14} is all that was said about
 * (buf.validate.field).string. The same path, behind that of the element's options, is where source info tells the place.
 *
 * Numbers of fields are those of buf/validate/validate.proto; all are below 64. Extensions of rules have higher ones and are passed over. */
#pragma once

#include "base/base.h"
#include "schema/schema.h"

enum {
    SL_VALUE_RULES_OPTION = 1159,      /* of fields and of messages */
    SL_PREDEFINED_RULES_OPTION = 1160, /* of extensions of rules */
    SL_VALUE_RULES_NUMBERS = 64,
    SL_VALUE_RULES_DEPTH = 8,
};

/* A path of field numbers from the options to a message of rules, or to one of its fields. */
typedef struct sl_rule_path {
    int32_t steps[SL_VALUE_RULES_DEPTH];
    size_t len;
} sl_rule_path;
#define SL_RULE_PATH(...)                   \
    ((sl_rule_path){.steps = {__VA_ARGS__}, \
                    .len = sizeof((int32_t[]){__VA_ARGS__}) / sizeof(int32_t)})

/* A path with a step more; one that is full stays as it is. */
sl_rule_path sl_rule_path_add(sl_rule_path path, int32_t step);

typedef struct sl_value_rule {
    uint64_t number; /* varint, or the bits of a fixed value: the last one */
    sl_bytes bytes;  /* the last length-delimited one; borrowed from the options */
    uint32_t order;  /* of the last one, among all fields of the message */
} sl_value_rule;

typedef struct sl_value_rules {
    uint64_t is_set; /* bit n: field n is there */
    sl_value_rule of[SL_VALUE_RULES_NUMBERS];
    uint32_t read; /* fields so far */
} sl_value_rules;

static inline bool sl_value_rules_has(const sl_value_rules *rules, int32_t number)
{
    return rules->is_set >> number & 1;
}

/* All that was said at that path. Options that are no Protobuf (linking refuses them) read as empty. */
sl_value_rules sl_value_rules_read(sl_bytes options, const sl_rule_path *path);

/* Of the members of a oneof that are set, only the last one counts: forget the others. `members` has their bits. */
void sl_value_rules_keep_last(sl_value_rules *rules, uint64_t members);

/* Items of a repeated length-delimited field, borrowed from the options; freed by sl_vec_done(). */
typedef SL_VEC(sl_bytes) sl_rule_items;

/* All items at that path, which must not be empty, over all pieces. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_value_rules_items(sl_bytes options, const sl_rule_path *path,
                                             sl_rule_items *items);
