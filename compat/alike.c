/* compat/alike.c: are two types the same but for what they are called?
 *
 * Messages are alike if they have the same fields: number, JSON name, type, cardinality, presence, default and oneofs, and the types of these
 * are alike in turn.
 * Bytes and JSON do not say what a message is called, so where a field's type is replaced by one that is alike, readers read on. Types refer to
 * each other in circles: a pair that is under way is taken to be alike until a difference is found, which is the greatest answer that holds
 * (coinduction). Extensions belong to a message by its name, so messages with extension ranges are alike to none.
 *
 *   due      pairs to look at; each is taken up once
 *   alike    pairs of earlier questions that were found alike, for good
 *
 * Every question may walk the types again until it meets a difference. All questions of a check together take SL_LIMIT_ALIKE_STEPS
 * fields; behind that types with other names are told apart. */
#include "compat/internal/check.h"

typedef struct pair {
    const sl_message *old, *new;
} pair;

typedef struct question {
    sl_check *check;
    sl_map seen; /* pair → itself */
    SL_VEC(pair) due;
} question;

static void question_done(question *q)
{
    sl_map_done(&q->seen);
    sl_vec_done(&q->due);
}

/* --- enums --- */

static bool are_enums_alike(sl_check *check, const sl_enum *old, const sl_enum *new)
{
    return old->is_closed == new->is_closed && !sl_check_enum_missing(check, old, new) &&
           !sl_check_enum_missing(check, new, old);
}

/* --- messages --- */

static bool ask(question *q, const sl_message *old, const sl_message *new)
{
    pair asked = {old, new};
    sl_str key = {(const char *)&asked, sizeof asked};
    if (sl_map_get(&q->check->alike, key) || sl_map_get(&q->seen, key))
        return true;
    pair *kept = sl_arena_new(&q->check->arena, pair);
    if (!kept) {
        q->check->no_memory = true;
        return false;
    }
    *kept = asked;
    key.data = (const char *)kept;
    return !sl_check_failed(q->check, sl_map_set(&q->seen, key, kept)) &&
           !sl_check_failed(q->check, sl_vec_push(&q->due, asked));
}

static sl_str oneof_name(const sl_field *field)
{
    return field->oneof && !field->oneof->is_synthetic ? field->oneof->name : (sl_str){0};
}

static bool are_fields_alike(question *q, const sl_field *old, const sl_field *new)
{
    if (old->number != new->number || old->type != new->type ||
        old->cardinality != new->cardinality || old->has_presence != new->has_presence ||
        old->is_map != new->is_map || !sl_str_equal(old->json_name, new->json_name) ||
        !sl_str_equal(oneof_name(old), oneof_name(new)) ||
        !sl_str_equal(old->proto->default_value, new->proto->default_value))
        return false;
    if (old->message)
        return ask(q, old->message, new->message);
    return !old->enumeration || are_enums_alike(q->check, old->enumeration, new->enumeration);
}

static bool are_contents_alike(question *q, pair of)
{
    if (of.old->field_count != of.new->field_count || of.old->extension_range_count > 0 ||
        of.new->extension_range_count > 0 || of.old->is_map_entry != of.new->is_map_entry)
        return false;
    for (uint32_t i = 0; i < of.old->field_count; i++) {
        if (q->check->alike_steps >= SL_LIMIT_ALIKE_STEPS ||
            !are_fields_alike(q, of.old->by_number[i], of.new->by_number[i]))
            return false;
        q->check->alike_steps++;
    }
    return true;
}

static void keep_answer(question *q)
{
    for (const sl_map_entry *entry = NULL; (entry = sl_map_next(&q->seen, entry));)
        if (sl_check_failed(q->check, sl_map_set(&q->check->alike, entry->key, entry->value)))
            return;
}

bool sl_check_are_alike(sl_check *check, const sl_message *old, const sl_message *new)
{
    if (sl_str_equal(old->full_name, new->full_name))
        return true; /* a pair of its own, that the rules look at */
    sl_cleanup(question_done) question q = {.check = check};
    if (!ask(&q, old, new))
        return false;
    while (q.due.count > 0 && !check->no_memory)
        if (!are_contents_alike(&q, q.due.items[--q.due.count]))
            return false;
    keep_answer(&q);
    return !check->no_memory;
}

bool sl_check_are_types_alike(sl_check *check, const sl_field *old, const sl_field *new)
{
    if (old->message && new->message)
        return sl_check_are_alike(check, old->message, new->message);
    return old->enumeration && new->enumeration &&
           (sl_str_equal(old->enumeration->full_name, new->enumeration->full_name) ||
            are_enums_alike(check, old->enumeration, new->enumeration));
}
