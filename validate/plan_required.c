/* validate/plan_required.c: which types can lack something.
 *
 * Only proto2 `required` and editions' LEGACY_REQUIRED make a payload incomplete, and most schemas have neither. A type "reaches" a
 * required field if it has one or if a field of it leads to a type that does; only then is presence worth tracking.
 *
 * The graph of types has cycles, so the mark is spread backwards along the edges from the types that have required fields
 * themselves, each type entering the work list once: linear in types and fields. Edges are kept reversed, grouped by target:
 *
 *   first    [ 0 | 2 | 2 | 5 ]      where the users of type 0, 1, 2 begin
 *   users    [ a b | c d e ]        indexes of types */
#include "validate/internal/plan.h"

typedef struct user_lists {
    uint32_t *first; /* one more than there are types */
    uint32_t *of;
    uint32_t *work; /* types to spread from */
} user_lists;

static void users_done(user_lists *users)
{
    sl_free(users->first);
    sl_free(users->of);
    sl_free(users->work);
}

static bool leads_on(const sl_plan_entry *entry)
{
    return entry->op == SL_OP_MESSAGE || entry->op == SL_OP_GROUP;
}

/* first[target] becomes the number of its uses; their sum is returned. */
static uint32_t count_uses(const sl_plan *plan, uint32_t *first)
{
    uint32_t total = 0;
    for (size_t i = 0; i < plan->messages.count; i++) {
        const sl_plan_type *type = &plan->messages.items[i];
        for (size_t k = 0; k < sl_plan_entry_count(type); k++) {
            if (!leads_on(&type->entries[k]))
                continue;
            first[type->entries[k].target]++;
            total++;
        }
    }
    return total;
}

/* Counts become ends; then each use steps its target's end back by one, which leaves the beginnings. */
static void fill_users(const sl_plan *plan, user_lists *users)
{
    size_t count = plan->messages.count;
    for (size_t i = 1; i <= count; i++)
        users->first[i] += users->first[i - 1];
    for (size_t i = 0; i < count; i++) {
        const sl_plan_type *type = &plan->messages.items[i];
        for (size_t k = 0; k < sl_plan_entry_count(type); k++)
            if (leads_on(&type->entries[k]))
                users->of[--users->first[type->entries[k].target]] = (uint32_t)i;
    }
}

static void spread(sl_plan *plan, const user_lists *users)
{
    size_t waiting = 0;
    for (size_t i = 0; i < plan->messages.count; i++) {
        if (plan->messages.items[i].required_count == 0)
            continue;
        plan->messages.items[i].reaches_required = true;
        users->work[waiting++] = (uint32_t)i;
    }
    while (waiting > 0) {
        uint32_t index = users->work[--waiting];
        for (uint32_t i = users->first[index]; i < users->first[index + 1]; i++) {
            sl_plan_type *user = &plan->messages.items[users->of[i]];
            if (user->reaches_required)
                continue;
            user->reaches_required = true;
            users->work[waiting++] = users->of[i];
        }
    }
}

static void mark_oneof(const sl_plan_type *type, const sl_plan_entry *member)
{
    const sl_oneof *oneof = member->field->oneof;
    for (uint32_t i = 0; i < oneof->field_count; i++) {
        const sl_plan_entry *sibling = sl_plan_find(type, (uint32_t)oneof->fields[i]->number);
        sl_plan_entry *entry = &type->entries[sibling - type->entries];
        entry->flags |= SL_ENTRY_ONEOF;
        entry->merge = (uint32_t)oneof->fields[0]->number;
    }
}

static void mark_entries(const sl_plan *plan, sl_plan_type *type)
{
    for (size_t k = 0; k < sl_plan_entry_count(type); k++) {
        sl_plan_entry *entry = &type->entries[k];
        if (!leads_on(entry) || !sl_plan_target(plan, entry)->reaches_required)
            continue;
        entry->flags |= SL_ENTRY_REACHES;
        if (entry->field->oneof && !entry->field->is_extension)
            mark_oneof(type, entry);
        if (type->message->is_map_entry && sl_plan_target(plan, entry)->required_count) {
            entry->flags |= SL_ENTRY_TRACKED;
            type->required_mask = 1;
        }
    }
}

sl_status sl_plan_mark_required(sl_plan *plan)
{
    sl_cleanup(users_done) user_lists users = {0};
    size_t count = plan->messages.count;
    users.first = sl_calloc(count + 1, sizeof *users.first);
    users.work = sl_calloc(count, sizeof *users.work);
    if (!users.first || !users.work)
        return SL_NO_MEMORY;
    users.of = sl_calloc(count_uses(plan, users.first), sizeof *users.of);
    if (!users.of)
        return SL_NO_MEMORY;
    fill_users(plan, &users);
    spread(plan, &users);
    for (size_t i = 0; i < count; i++)
        if (plan->messages.items[i].reaches_required)
            mark_entries(plan, &plan->messages.items[i]);
    return SL_OK;
}
