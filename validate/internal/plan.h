/* validate/internal/plan.h: what a plan is made of.
 *
 *   sl_plan
 *     messages ─► [ root | type 1 | type 2 | … ]        one a reachable message type; types name each other by index
 *                    │
 *                    └► entries ─► [ 0 | 1 | 2 | … dense, by field number | sparse, sorted by number ]
 *                                                                               │
 *     enums    ─► [ set of a closed enum | … ]  ◄── target ─────────────────────┘   (of a message: an index into messages)
 *
 * These are tier 2's tables, which know the names of everything; those of tier 1 (accept.h) are made from them.
 *
 * An entry says what must be known when its tag is met: which wire type it wants, how to pass over the value, how to do so if it comes
 * packed. Extensions that the schema knows are entries like any other. */
#pragma once

#include "validate/validate.h"

#include <stdatomic.h>

/* How a value is passed over. */
typedef enum sl_op {
    SL_OP_NONE, /* not in this form */
    SL_OP_VARINT,
    SL_OP_FIXED32,
    SL_OP_FIXED64,
    SL_OP_ENUM, /* closed; an open one is a varint */
    SL_OP_BYTES,
    SL_OP_STRING, /* whose UTF-8 is checked; otherwise it is bytes */
    SL_OP_MESSAGE,
    SL_OP_GROUP,
    SL_OP_PACKED_VARINT,
    SL_OP_PACKED_FIXED32,
    SL_OP_PACKED_FIXED64,
    SL_OP_PACKED_ENUM,
} sl_op;

typedef enum sl_entry_flag {
    SL_ENTRY_REPEATED = 1, /* maps included */
    SL_ENTRY_MAP = 2,
    SL_ENTRY_REQUIRED = 4,
    SL_ENTRY_TRACKED = 8,  /* has a bit in required_mask of its message */
    SL_ENTRY_REACHES = 16, /* a message with required fields, in itself or below */
    SL_ENTRY_ONEOF =
        32, /* of a oneof in which some member has REACHES: setting it may clear that one */
} sl_entry_flag;

typedef struct sl_plan_entry {
    uint32_t number; /* 0: hole of the dense part. Extensions of message sets go up to INT32_MAX */
    uint32_t
        target; /* of messages and groups: index of the type; of closed enums: index of the set */
    uint32_t required; /* REQUIRED: 0, 1, … within the message; the bit, if TRACKED */
    uint32_t merge;    /* what merges: the field's number, or of a oneof that of its first member */
    uint8_t wire_type;
    uint8_t op;        /* sl_op for wire_type */
    uint8_t packed_op; /* sl_op for SL_WIRE_LEN of a repeated scalar, else NONE */
    uint8_t flags;     /* sl_entry_flag */
    const sl_field *field;
} sl_plan_entry;

typedef struct sl_plan_type {
    const sl_message *message;
    sl_plan_entry *entries; /* dense_count by number, then sparse_count sorted by number */
    uint32_t dense_count, sparse_count;
    uint32_t required_count;
    bool reaches_required; /* has required fields, or a type below has */
    bool is_message_set;
    /* What must be seen in one piece of wire data for it to be complete without a closer look. In a map entry that is the value, if its type
     * has required fields: an absent value is an empty message. If there are more than 64, a bit that is never seen. */
    uint64_t required_mask;
} sl_plan_type;

/* The numbers of a closed enum: a bit each from `first`; those outside the window by search. */
typedef struct sl_plan_enum {
    const sl_enum *enumeration;
    const uint64_t *bits;
    int32_t first;
    uint32_t bit_count;
    bool has_others; /* some numbers lie outside the window */
} sl_plan_enum;

struct sl_plan {
    atomic_uint references;
    sl_schema *schema;
    SL_VEC(sl_plan_type) messages;
    SL_VEC(sl_plan_enum) enums;
    sl_arena arena;
    const struct sl_accept_variant *variant; /* tier 1: chosen when the plan is compiled */
    const struct sl_accept_table *root;
    void *tables; /* one block of all tables of tier 1; `root` is the first in it */
    size_t tables_size;
};

enum {
    SL_REQUIRED_BITS = 64,
    SL_MESSAGE_SET_ITEM = 1,
    SL_MESSAGE_SET_TYPE_TAG = 2 << 3 | SL_WIRE_VARINT,
    SL_MESSAGE_SET_MESSAGE_TAG = 3 << 3 | SL_WIRE_LEN,
};

/* Fill plan->messages and ->enums from `root`. SL_OK, SL_LIMIT, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_plan_build(sl_plan *plan, const sl_message *root, sl_error *err);

/* Mark the types from which a required field can be reached, and the entries that lead there. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_plan_mark_required(sl_plan *plan);

/* Make the tables of tier 1 from the finished ones of tier 2. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_plan_build_tables(sl_plan *plan);

/* Behind the dense part; NULL when absent. */
const sl_plan_entry *sl_plan_find_sparse(const sl_plan_type *type, uint32_t number);

static inline const sl_plan_entry *sl_plan_find(const sl_plan_type *type, uint32_t number)
{
    if (number < type->dense_count) {
        const sl_plan_entry *entry = &type->entries[number];
        return entry->number ? entry : NULL;
    }
    return type->sparse_count ? sl_plan_find_sparse(type, number) : NULL;
}

static inline size_t sl_plan_entry_count(const sl_plan_type *type)
{
    return (size_t)type->dense_count + type->sparse_count;
}

static inline const sl_plan_type *sl_plan_target(const sl_plan *plan, const sl_plan_entry *entry)
{
    return &plan->messages.items[entry->target];
}

/* NONE: this field in this wire type is an unknown field (Protobuf encoding guide; all parsers). */
static inline sl_op sl_entry_op(const sl_plan_entry *entry, uint32_t wire_type)
{
    if (wire_type == entry->wire_type)
        return (sl_op)entry->op;
    return wire_type == SL_WIRE_LEN ? (sl_op)entry->packed_op : SL_OP_NONE;
}

/* Is the number, cut to 32 bits as all parsers do, in the set? */
static inline bool sl_plan_enum_has(const sl_plan_enum *set, uint64_t value)
{
    int32_t number = (int32_t)(uint32_t)value;
    int64_t bit = (int64_t)number - set->first;
    if (bit >= 0 && bit < set->bit_count)
        return set->bits[bit / 64] >> (bit % 64) & 1;
    return set->has_others && sl_enum_find_value(set->enumeration, number);
}
