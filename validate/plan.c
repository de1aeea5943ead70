/* validate/plan.c: a plan's life, and its tables.
 *
 * Every type that the root reaches is compiled at once, breadth first: the list of types is its own queue. A type's entries are one array,
 * sorted by field number: first the dense part, where the number is the index, then the sparse part, which is searched. The dense part
 * goes as far as at least about a quarter of it is used, so that a table is linear in the number of its fields, whatever the
 * numbers are: 1 … 50 and 536870911 give 51 dense entries and one sparse.
 *
 * A plan holds no copy of a name: entries point to the schema's fields, and the plan keeps the schema alive. */
#include "validate/internal/accept.h"

#include <stdlib.h>

enum {
    DENSE_SPARE = 12,
    DENSE_USED_PER = 4,
    DENSE_MOST = 1 << 14,
    ENUM_SPARE_BITS = 256,
    ENUM_BITS_PER = 64
};

_Static_assert((int)DENSE_SPARE + (int)DENSE_USED_PER >= (int)SL_ACCEPT_DENSE_LEAST - 1,
               "tier 1 takes the numbers of one-byte tags for dense");

typedef struct builder {
    sl_plan *plan;
    uint32_t *index_of; /* by the message's serial: index in the plan + 1 */
    sl_map enum_index;  /* full name to index in the plan + 1 */
    sl_error *err;
} builder;

static void builder_done(builder *build)
{
    sl_free(build->index_of);
    sl_map_done(&build->enum_index);
}

static void free_memory(void *at)
{
    sl_free(*(void **)at);
}

/* --- fields to entries ------------------------------------------------------------------------- */

typedef struct wire_form {
    uint8_t wire_type, op, packed_op;
} wire_form;

static wire_form form_of(const sl_field *field)
{
    switch (field->type) {
    case SL_TYPE_DOUBLE:
    case SL_TYPE_FIXED64:
    case SL_TYPE_SFIXED64: return (wire_form){SL_WIRE_I64, SL_OP_FIXED64, SL_OP_PACKED_FIXED64};
    case SL_TYPE_FLOAT:
    case SL_TYPE_FIXED32:
    case SL_TYPE_SFIXED32: return (wire_form){SL_WIRE_I32, SL_OP_FIXED32, SL_OP_PACKED_FIXED32};
    case SL_TYPE_STRING:
        return (wire_form){SL_WIRE_LEN, field->is_utf8_checked ? SL_OP_STRING : SL_OP_BYTES,
                           SL_OP_NONE};
    case SL_TYPE_BYTES: return (wire_form){SL_WIRE_LEN, SL_OP_BYTES, SL_OP_NONE};
    case SL_TYPE_MESSAGE: return (wire_form){SL_WIRE_LEN, SL_OP_MESSAGE, SL_OP_NONE};
    case SL_TYPE_GROUP: return (wire_form){SL_WIRE_SGROUP, SL_OP_GROUP, SL_OP_NONE};
    case SL_TYPE_ENUM:
        if (field->enumeration->is_closed)
            return (wire_form){SL_WIRE_VARINT, SL_OP_ENUM, SL_OP_PACKED_ENUM};
        break;
    default: break;
    }
    return (wire_form){SL_WIRE_VARINT, SL_OP_VARINT, SL_OP_PACKED_VARINT};
}

static sl_status add_message(builder *build, const sl_message *message, uint32_t *ret_index)
{
    uint32_t *known = &build->index_of[message->serial];
    if (*known == 0) {
        size_t count = build->plan->messages.count;
        if (count >= SL_LIMIT_PLAN_MESSAGES)
            return sl_error_set(build->err, SL_LIMIT,
                                "'%.*s' reaches more than %d message types (limit PLAN_MESSAGES)",
                                SL_STR_ARG(build->plan->messages.items[0].message->full_name),
                                SL_LIMIT_PLAN_MESSAGES);
        SL_TRY(sl_vec_push(&build->plan->messages, (sl_plan_type){.message = message}));
        *known = (uint32_t)count + 1;
    }
    *ret_index = *known - 1;
    return SL_OK;
}

/* The window of bits covers all numbers if they lie close together, else those from 0 on that a small one can hold. */
static void place_window(const sl_enum *enumeration, sl_plan_enum *set)
{
    int64_t least = enumeration->by_number[0]->number;
    int64_t most = enumeration->by_number[enumeration->value_count - 1]->number;
    int64_t room = ENUM_SPARE_BITS + (int64_t)ENUM_BITS_PER * enumeration->value_count;
    set->has_others = most - least >= room;
    set->first = set->has_others ? 0 : (int32_t)least;
    set->bit_count = set->has_others ? ENUM_SPARE_BITS : (uint32_t)(most - least + 1);
}

static sl_status add_enum(builder *build, const sl_enum *enumeration, uint32_t *ret_index)
{
    void *known = sl_map_get(&build->enum_index, enumeration->full_name);
    if (known) {
        *ret_index = (uint32_t)((uintptr_t)known - 1);
        return SL_OK;
    }
    sl_plan_enum set = {.enumeration = enumeration};
    if (enumeration->value_count)
        place_window(enumeration, &set);
    uint64_t *bits = sl_arena_array(&build->plan->arena, uint64_t, set.bit_count / 64 + 1);
    if (!bits)
        return SL_NO_MEMORY;
    for (uint32_t i = 0; i < enumeration->value_count; i++) {
        int64_t bit = (int64_t)enumeration->by_number[i]->number - set.first;
        if (bit >= 0 && bit < set.bit_count)
            bits[bit / 64] |= UINT64_C(1) << (bit % 64);
    }
    set.bits = bits;
    size_t index = build->plan->enums.count;
    SL_TRY(sl_vec_push(&build->plan->enums, set));
    *ret_index = (uint32_t)index;
    return sl_map_set(&build->enum_index, enumeration->full_name, (void *)(uintptr_t)(index + 1));
}

static sl_status fill_entry(builder *build, const sl_field *field, sl_plan_entry *entry)
{
    wire_form form = form_of(field);
    bool is_repeated = field->cardinality == SL_REPEATED;
    *entry = (sl_plan_entry){
        .number = (uint32_t)field->number,
        .merge = (uint32_t)field->number,
        .wire_type = form.wire_type,
        .op = form.op,
        .packed_op = is_repeated ? form.packed_op : SL_OP_NONE,
        .flags =
            (uint8_t)((is_repeated ? SL_ENTRY_REPEATED : 0) | (field->is_map ? SL_ENTRY_MAP : 0)),
        .field = field,
    };
    if (entry->op == SL_OP_MESSAGE || entry->op == SL_OP_GROUP)
        return add_message(build, field->message, &entry->target);
    if (entry->op == SL_OP_ENUM)
        return add_enum(build, field->enumeration, &entry->target);
    return SL_OK;
}

/* --- tables ------------------------------------------------------------------------------------ */

/* Fields and known extensions in one list by number; both are sorted. `sorted` has room for all. */
static void merge_sorted(const sl_message *message, const sl_field **sorted)
{
    uint32_t own = 0, other = 0;
    for (uint32_t i = 0; i < message->field_count + message->known_extension_count; i++) {
        bool take_own =
            other == message->known_extension_count ||
            (own < message->field_count &&
             message->by_number[own]->number < message->known_extensions[other]->number);
        sorted[i] = take_own ? message->by_number[own++] : message->known_extensions[other++];
    }
}

/* One past the largest number that is still dense. */
static uint32_t dense_limit(const sl_field *const *sorted, uint32_t count)
{
    uint32_t limit = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t number = (uint32_t)sorted[i]->number;
        if (number < DENSE_MOST && number <= DENSE_SPARE + (uint64_t)DENSE_USED_PER * (i + 1))
            limit = (uint32_t)number + 1;
    }
    return limit;
}

static void number_required(sl_plan_type *type, sl_plan_entry *entry)
{
    const sl_field *field = entry->field;
    if (field->cardinality != SL_REQUIRED || field->is_extension)
        return;
    entry->required = type->required_count++;
    entry->flags |= SL_ENTRY_REQUIRED;
}

/* More required fields than bits: the last bit then stands for "look closer". */
static void assign_bits(sl_plan_type *type, sl_plan_entry *entries)
{
    bool is_wide = type->required_count > SL_REQUIRED_BITS;
    uint32_t tracked = is_wide ? SL_REQUIRED_BITS - 1 : type->required_count;
    for (size_t i = 0; i < sl_plan_entry_count(type); i++)
        if (entries[i].flags & SL_ENTRY_REQUIRED && entries[i].required < tracked)
            entries[i].flags |= SL_ENTRY_TRACKED;
    if (type->required_count >= SL_REQUIRED_BITS)
        type->required_mask = UINT64_MAX;
    else
        type->required_mask = (UINT64_C(1) << type->required_count) - 1;
}

/* `index`, not a pointer: adding types moves the list. */
static sl_status fill_table(builder *build, uint32_t index, const sl_field *const *sorted,
                            uint32_t count)
{
    sl_plan_type type = build->plan->messages.items[index];
    type.is_message_set = type.message->is_message_set;
    type.dense_count = dense_limit(sorted, count);
    uint32_t dense_fields = 0;
    while (dense_fields < count && (uint32_t)sorted[dense_fields]->number < type.dense_count)
        dense_fields++;
    type.sparse_count = count - dense_fields;

    sl_plan_entry *entries =
        sl_arena_array(&build->plan->arena, sl_plan_entry, sl_plan_entry_count(&type));
    if (!entries)
        return SL_NO_MEMORY;
    for (uint32_t i = 0; i < count; i++) {
        sl_plan_entry *entry = i < dense_fields ? &entries[sorted[i]->number]
                                                : &entries[type.dense_count + i - dense_fields];
        SL_TRY(fill_entry(build, sorted[i], entry));
        number_required(&type, entry);
    }
    assign_bits(&type, entries);
    type.entries = entries;
    build->plan->messages.items[index] = type;
    return SL_OK;
}

static sl_status build_type(builder *build, uint32_t index)
{
    const sl_message *message = build->plan->messages.items[index].message;
    uint32_t count = message->field_count + message->known_extension_count;
    sl_cleanup(free_memory) const sl_field **sorted = sl_calloc(count, sizeof *sorted);
    if (!sorted)
        return SL_NO_MEMORY;
    merge_sorted(message, sorted);
    return fill_table(build, index, sorted, count);
}

sl_status sl_plan_build(sl_plan *plan, const sl_message *root, sl_error *err)
{
    sl_cleanup(builder_done) builder build = {.plan = plan, .err = err};
    uint32_t index;
    build.index_of = sl_calloc(sl_schema_message_count(plan->schema), sizeof *build.index_of);
    if (!build.index_of)
        return SL_NO_MEMORY;
    SL_TRY(add_message(&build, root, &index));
    for (uint32_t i = 0; i < plan->messages.count; i++)
        SL_TRY(build_type(&build, i));
    SL_TRY(sl_plan_mark_required(plan));
    return sl_plan_build_tables(plan);
}

const sl_plan_entry *sl_plan_find_sparse(const sl_plan_type *type, uint32_t number)
{
    const sl_plan_entry *sparse = type->entries + type->dense_count;
    uint32_t from = 0, to = type->sparse_count;
    while (from < to) {
        uint32_t middle = from + (to - from) / 2;
        if (sparse[middle].number == number)
            return &sparse[middle];
        if (sparse[middle].number < number)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

/* --- life -------------------------------------------------------------------------------------- */

sl_status sl_plan_compile(sl_schema *schema, sl_str type, sl_plan **ret_plan, sl_error *err)
{
    const sl_message *root = sl_schema_find_message(schema, type);
    if (!root)
        return sl_error_set(
            err, SL_NOT_FOUND,
            "the schema has no message type '%.*s'; give its full name with the package",
            SL_STR_ARG(type));
    sl_cleanup(sl_plan_unrefp) sl_plan *plan = sl_zalloc(sizeof *plan);
    if (!plan)
        return sl_error_no_memory(err);
    atomic_init(&plan->references, 1);
    plan->schema = sl_schema_ref(schema);
    sl_status status = sl_plan_build(plan, root, err);
    if (status == SL_NO_MEMORY)
        return sl_error_no_memory(err);
    if (status != SL_OK)
        return status;
    *ret_plan = sl_take(plan);
    return SL_OK;
}

sl_plan *sl_plan_ref(sl_plan *plan)
{
    atomic_fetch_add_explicit(&plan->references, 1, memory_order_relaxed);
    return plan;
}

sl_plan *sl_plan_unref(sl_plan *plan)
{
    if (!plan || atomic_fetch_sub_explicit(&plan->references, 1, memory_order_acq_rel) != 1)
        return NULL;
    sl_vec_done(&plan->messages);
    sl_vec_done(&plan->enums);
    sl_arena_done(&plan->arena);
    sl_free(plan->tables);
    sl_schema_unref(plan->schema);
    sl_free(plan);
    return NULL;
}

const sl_message *sl_plan_message(const sl_plan *plan)
{
    return plan->messages.items[0].message;
}

size_t sl_plan_memory(const sl_plan *plan)
{
    return sizeof *plan + plan->arena.used + plan->tables_size +
           plan->messages.cap * sizeof *plan->messages.items +
           plan->enums.cap * sizeof *plan->enums.items;
}
