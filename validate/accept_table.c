/* validate/accept_table.c: a plan's tables for tier 1.
 *
 * All tables of a plan lie in one block, each on a cache line of its own, in the order in which the plan reaches the types: so a
 * message and what is inside it lie near each other. Sizes are added up first, so that tables can point to one another
 * whatever comes first.
 *
 *   block   [ … | root: head, entries | type 1: head, entries | … ]
 *               └ aligned */
#include "validate/internal/accept.h"

_Static_assert(sizeof(sl_accept_entry) == 32, "two entries a cache line");
_Static_assert(sizeof(sl_accept_table) == 32, "entries do not straddle cache lines");

static void free_pointers(const sl_accept_table ***tables)
{
    sl_free(*tables);
}

static uint32_t dense_count(const sl_plan_type *type)
{
    return SL_MAX(type->dense_count, (uint32_t)SL_ACCEPT_DENSE_LEAST);
}

/* Extensions of message sets may have numbers that no tag can hold; they are the last. */
static uint32_t sparse_count(const sl_plan_type *type)
{
    uint32_t count = type->sparse_count;
    while (count > 0 && type->entries[type->dense_count + count - 1].number > SL_FIELD_NUMBER_MAX)
        count--;
    return count;
}

static size_t table_size(const sl_plan_type *type)
{
    size_t entries = (size_t)dense_count(type) + sparse_count(type);
    size_t size = sizeof(sl_accept_table) + entries * sizeof(sl_accept_entry);
    return (size + SL_ACCEPT_ALIGNMENT - 1) & ~(size_t)(SL_ACCEPT_ALIGNMENT - 1);
}

static sl_accept_op accept_op(sl_op op, bool is_repeated)
{
    switch (op) {
    case SL_OP_NONE: break;
    case SL_OP_VARINT: return is_repeated ? SL_ACCEPT_VARINTS : SL_ACCEPT_VARINT;
    case SL_OP_FIXED32: return SL_ACCEPT_FIXED32;
    case SL_OP_FIXED64: return SL_ACCEPT_FIXED64;
    case SL_OP_ENUM: return SL_ACCEPT_ENUM;
    case SL_OP_BYTES: return SL_ACCEPT_BYTES;
    case SL_OP_STRING: return is_repeated ? SL_ACCEPT_STRINGS : SL_ACCEPT_STRING;
    case SL_OP_MESSAGE: return SL_ACCEPT_MESSAGE;
    case SL_OP_GROUP: return SL_ACCEPT_GROUP;
    case SL_OP_PACKED_VARINT: return SL_ACCEPT_PACKED_VARINT;
    case SL_OP_PACKED_FIXED32: return SL_ACCEPT_PACKED_FIXED32;
    case SL_OP_PACKED_FIXED64: return SL_ACCEPT_PACKED_FIXED64;
    case SL_OP_PACKED_ENUM: return SL_ACCEPT_PACKED_ENUM;
    }
    return SL_ACCEPT_NOTHING;
}

/* The form that a writer uses is found first. */
static void set_ops(const sl_plan_entry *from, sl_accept_entry *entry)
{
    bool is_repeated = from->flags & SL_ENTRY_REPEATED;
    uint32_t tag = from->number << 3 | from->wire_type;
    uint8_t op = (uint8_t)accept_op((sl_op)from->op, is_repeated);
    if (from->packed_op == SL_OP_NONE) {
        entry->tag = tag;
        entry->op = op;
        return;
    }
    uint32_t packed_tag = from->number << 3 | SL_WIRE_LEN;
    uint8_t packed_op = (uint8_t)accept_op((sl_op)from->packed_op, is_repeated);
    bool is_packed = from->field->is_packed;
    entry->tag = is_packed ? packed_tag : tag;
    entry->op = is_packed ? packed_op : op;
    entry->other_tag = is_packed ? tag : packed_tag;
    entry->other_op = is_packed ? op : packed_op;
}

static void set_tracked(const sl_plan_entry *from, sl_accept_entry *entry)
{
    entry->inner_op = from->op == SL_OP_ENUM ? SL_ACCEPT_ENUM_KNOWN : entry->op;
    entry->bit = (uint8_t)from->required;
    entry->op = SL_ACCEPT_TRACKED;
}

static void fill_table(const sl_plan *plan, const sl_plan_type *type,
                       const sl_accept_table *const *tables, sl_accept_table *table)
{
    bool has_bits = type->required_count <= SL_ACCEPT_NEVER_BIT;
    table->required = has_bits ? type->required_mask : UINT64_C(1) << SL_ACCEPT_NEVER_BIT;
    table->dense_count = dense_count(type);
    table->sparse_count = sparse_count(type);
    table->is_message_set = type->is_message_set;
    for (size_t i = 0; i < (size_t)type->dense_count + table->sparse_count; i++) {
        const sl_plan_entry *from = &type->entries[i];
        size_t moved = i < type->dense_count ? 0 : table->dense_count - type->dense_count;
        sl_accept_entry *entry = &table->entries[i + moved];
        if (from->number == 0)
            continue;
        set_ops(from, entry);
        if (has_bits && from->flags & SL_ENTRY_TRACKED)
            set_tracked(from, entry);
        if (from->op == SL_OP_MESSAGE || from->op == SL_OP_GROUP)
            entry->table = tables[from->target];
        else if (from->op == SL_OP_ENUM)
            entry->set = &plan->enums.items[from->target];
    }
}

sl_status sl_plan_build_tables(sl_plan *plan)
{
    sl_cleanup(free_pointers) const sl_accept_table **tables =
        sl_calloc(plan->messages.count, sizeof *tables);
    plan->tables_size = SL_ACCEPT_ALIGNMENT;
    for (size_t i = 0; i < plan->messages.count; i++)
        plan->tables_size += table_size(&plan->messages.items[i]);
    plan->tables = sl_zalloc(plan->tables_size);
    if (!tables || !plan->tables)
        return SL_NO_MEMORY;

    size_t past = (uintptr_t)plan->tables % SL_ACCEPT_ALIGNMENT;
    uint8_t *next = (uint8_t *)plan->tables + SL_ACCEPT_ALIGNMENT - past;
    for (size_t i = 0; i < plan->messages.count; i++) {
        tables[i] = (const sl_accept_table *)next;
        next += table_size(&plan->messages.items[i]);
    }
    for (size_t i = 0; i < plan->messages.count; i++)
        fill_table(plan, &plan->messages.items[i], tables, (sl_accept_table *)tables[i]);
    plan->root = tables[0];
    plan->variant = sl_accept_choose();
    return SL_OK;
}
