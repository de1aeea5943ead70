/* validate/internal/accept.h: tier 1. One pass over the bytes by a compiled table; it says "valid" or "not sure".
 *
 * "Valid" is what tier 2 (explain.h) would find too, and that is tested. "Not sure" means that the payload is wrong, or that
 * only merging can tell: then tier 2 looks. So nothing here knows paths, words or offsets, and nothing is ever allocated.
 *
 *   table of a type   required, dense_count, sparse_count …       32 bytes
 *     entries[0]      number 0: always a hole
 *     entries[1]      ┌ tag ─── other_tag ┬ op other_op inner_op bit ┬ (rules) ─┬ table or set ┐
 *                     └ 0 … 3    4 … 7    └ 8  9        10       11  └ 12 … 23 ─┴ 24 … 31 ─────┘
 *     …               by number, as far as the table is dense: 1 … 15, which are the tags of one byte, always
 *     …               then those with large numbers, sorted, up to 536870911
 *
 * Half a cache line an entry, and one multiplication-free look-up a field: the tag's first byte, without its wire type, is
 * the offset of the entry. The bytes of a rule are free until a message type has rules; presence bits that stand for
 * "zero is not allowed" are bits of `required` like any other. */
#pragma once

#include "validate/internal/plan.h"

typedef enum sl_accept_op {
#define ACCEPT_OP(suffix, label) SL_ACCEPT_##suffix,
#include "validate/internal/accept_ops.def"
#undef ACCEPT_OP
    SL_ACCEPT_OP_COUNT
} sl_accept_op;

typedef struct sl_accept_table sl_accept_table;

typedef struct sl_accept_entry {
    uint32_t tag;       /* number << 3 | wire type, in the form that a writer uses; 0: a hole */
    uint32_t other_tag; /* of a repeated scalar, the form that it does not use; else 0 */
    uint8_t op;         /* sl_accept_op for `tag` */
    uint8_t other_op;   /* for `other_tag` */
    uint8_t inner_op;   /* of TRACKED: what else to do */
    uint8_t bit;        /* of TRACKED: its bit in `required` */
    uint8_t reserved
        [12]; /* zero. Kept for value rules: index of the rule, of the counter, slot of the value */
    union {
        const sl_accept_table *table; /* of messages and groups */
        const sl_plan_enum *set;      /* of closed enums */
    };
} sl_accept_entry;

struct sl_accept_table {
    uint64_t required;    /* bits that must have been seen at the end of the message */
    uint32_t dense_count; /* at least SL_ACCEPT_DENSE_LEAST */
    uint32_t sparse_count;
    bool is_message_set;
    uint8_t reserved[15]; /* zero. Kept for value rules: how many counters and slots a frame has */
    sl_accept_entry entries[];
};

enum {
    SL_ACCEPT_DENSE_LEAST = 16,
    SL_ACCEPT_GROUP_BIT = 63, /* in a frame's `missing`: it is a group, and its end has not come */
    SL_ACCEPT_NEVER_BIT = 62, /* in `required`: more fields than bits, so always "not sure" */
    SL_ACCEPT_ALIGNMENT = 64,
};

/* A message that is open, outside the one that is being read: what to go on with behind that one. */
typedef struct sl_accept_frame {
    const uint8_t *end;
    const sl_accept_table *table;
    uint64_t missing;  /* bits of `required` that have not been seen */
    uint32_t group;    /* number of the group that is being read; unset if that is not a group */
    uint32_t reserved; /* unset. Kept for value rules: base of the counters and slots */
} sl_accept_frame;

typedef struct sl_accept_options {
    uint32_t max_depth; /* at most SL_LIMIT_PAYLOAD_DEPTH */
    bool rejects_unknown;
} sl_accept_options;

/* `payload` has SL_PAYLOAD_SLOP readable bytes behind its end. */
typedef bool sl_accept_function(const sl_accept_table *table, sl_bytes payload,
                                sl_accept_options options);

/* The same loop for several kinds of processor: what differs is how texts and packed varints are looked at. */
typedef struct sl_accept_variant {
    const char *name; /* "avx2", "ssse3", "scalar" */
    bool (*is_supported)(void);
    sl_accept_function *accept;
    bool (*is_text)(const uint8_t *at, uint64_t len); /* UTF-8? */
    bool (*are_varints)(const uint8_t *at,
                        uint64_t len); /* whole varints, each of at most ten bytes? */
} sl_accept_variant;

/* Best first; the last is always supported. */
extern const sl_accept_variant *const sl_accept_variants[];
extern const size_t sl_accept_variant_count;
extern const sl_accept_variant sl_accept_avx2, sl_accept_ssse3, sl_accept_scalar;
const sl_accept_variant *sl_accept_choose(void); /* the best that this processor supports */

/* True: valid. `options` have a max_depth within the limit. */
static inline bool sl_accept(const sl_plan *plan, sl_bytes payload,
                             const sl_validate_options *options)
{
    sl_accept_options used = {options->max_depth, options->unknown_fields == SL_UNKNOWN_REJECT};
    return plan->variant->accept(plan->root, payload, used);
}

/* --- for the loop: what is rare ---------------------------------------------------------------- */

typedef struct sl_accept_place {
    const uint8_t
        *at; /* the tag; afterwards what follows it or, if the value has been passed over, that */
    const uint8_t *end;
    const sl_accept_table *table;
    const sl_accept_entry *entry;
    uint32_t tag;
    uint32_t group; /* number of the group that may end here; 0: none may */
    uint32_t depth_left;
    bool rejects_unknown;
} sl_accept_place;

/* Any tag: over-long, of a large number, of the other form of a repeated field, or unknown. Returns what to do: NOTHING if it is none
 * or must not be decided here, PASSED behind an unknown value that the policy allows,
 * GROUP_END behind that tag. */
sl_accept_op sl_accept_look_up(sl_accept_place *place);

/* A length of three bytes and more: the number << 8 | its size; more than any payload has if it is none. */
uint64_t sl_accept_long_length(const uint8_t *at);

bool sl_accept_enum_has(const sl_plan_enum *set, const uint8_t *at);
bool sl_accept_packed_enum(const sl_plan_enum *set, const uint8_t *at, uint64_t len);
