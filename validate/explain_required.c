/* validate/explain_required.c: what is missing once everything is merged.
 *
 * A parser asks at the end: has the message that I built all its required fields, and have the messages below? So this needs what
 * a parser builds, but not the message itself. A message is here the list of its parts:
 *
 *   wire bytes   order{id}  items{…}  order{name}  items{}
 *   order        [ {id} {name} ]         singular: its parts are merged, so either may bring a field
 *   items        [ {…} ], [ {} ]         repeated: each for itself
 *
 * and by the same rules (Protobuf encoding guide, "Last One Wins"; C++ IsInitialized):
 *   oneof        the member that was set last stays; only its parts since another member was set count
 *   map          the last entry of a key counts; in it, value parts merge; without a value, the value is an empty message
 *   extension    like a field
 *   closed enum  a number outside it is no value: it sets nothing and clears nothing
 *
 * Checking goes from the outside in, so a message is looked at only if it is there in the end. Each level reads its own
 * fields again and steps over what lies inside them. Parts live on one stack, and those of a level are gone when it is done.
 *
 * This runs only if the walk met a message that lacked something in the part that it saw. Its memory is bounded by
 * SL_LIMIT_MERGE_PARTS and its time by SL_LIMIT_MERGE_GROUP_BYTES (a group must be read to be stepped over, so those inside
 * groups are read once a level). What goes beyond is refused as payload.parts. */
#include "validate/internal/explain.h"

typedef struct message_part {
    const sl_plan_entry *entry;
    const uint8_t *at; /* its tag */
    sl_bytes content;
    const char
        *key; /* of map entries: of a text its bytes, and `key_number` is their length; else NULL */
    uint64_t key_number;
    size_t within; /* index of the part, one level up, that this one lies in */
} message_part;

typedef struct required_check {
    sl_walk *walk;
    SL_VEC(message_part) parts;
    SL_VEC(uint64_t) seen; /* required bits of the level that is looked at */
    size_t group_bytes;
} required_check;

/* The message that a level looks at: parts [first, first + count) of the stack. */
typedef struct merged {
    const sl_plan_type *type;
    size_t first, count;
} merged;

static void check_done(required_check *check)
{
    sl_vec_done(&check->parts);
    sl_vec_done(&check->seen);
}

static sl_status check_message(required_check *check, merged message);

/* --- reading parts ----------------------------------------------------------------------------- */

static sl_wire_reader part_reader(const required_check *check, size_t index)
{
    return sl_wire_reader_of(check->parts.items[index].content);
}

static sl_status next_known(required_check *check, const sl_plan_type *type, sl_wire_reader *reader,
                            sl_occurrence *ret_occurrence)
{
    if (!sl_next_occurrence(check->walk->plan, type, reader, ret_occurrence))
        return SL_NOT_FOUND;
    if (ret_occurrence->op == SL_OP_GROUP)
        check->group_bytes += ret_occurrence->content.len;
    return check->group_bytes > SL_LIMIT_MERGE_GROUP_BYTES ? SL_LIMIT : SL_OK;
}

static sl_status push_part(required_check *check, const sl_occurrence *occurrence, size_t within)
{
    message_part part = {.within = within,

                         .entry = occurrence->entry,
                         .at = occurrence->at,
                         .content = occurrence->content};
    if (check->parts.count >= SL_LIMIT_MERGE_PARTS)
        return SL_LIMIT;
    if (part.entry->flags & SL_ENTRY_MAP) {
        const uint8_t *begin = part.content.data;
        sl_map_key key = sl_map_key_read(sl_plan_target(check->walk->plan, part.entry), begin,
                                         begin + part.content.len);
        bool is_text = key.type == SL_TYPE_STRING;
        part.key = is_text ? key.text.data : NULL;
        part.key_number = is_text ? key.text.len : key.number;
    }
    return sl_vec_push(&check->parts, part);
}

/* --- what is missing here ---------------------------------------------------------------------- */

static sl_status collect_seen(required_check *check, merged message)
{
    check->seen.count = 0;
    for (uint32_t i = 0; i <= message.type->required_count / 64; i++)
        SL_TRY(sl_vec_push(&check->seen, 0));
    for (size_t i = 0; i < message.count; i++) {
        sl_wire_reader reader = part_reader(check, message.first + i);
        sl_occurrence occurrence;
        sl_status status;
        while ((status = next_known(check, message.type, &reader, &occurrence)) == SL_OK) {
            uint32_t bit = occurrence.entry->required;
            if (occurrence.entry->flags & SL_ENTRY_REQUIRED)
                check->seen.items[bit / 64] |= UINT64_C(1) << (bit % 64);
        }
        if (status != SL_NOT_FOUND)
            return status;
    }
    return SL_OK;
}

static uint32_t count_missing(const required_check *check, const sl_plan_type *type)
{
    uint32_t missing = type->required_count;
    for (size_t i = 0; i < check->seen.count; i++)
        missing -= (uint32_t)__builtin_popcountll(check->seen.items[i]);
    return missing;
}

static const sl_plan_type *type_of_part(const required_check *check, const message_part *part)
{
    return part->entry ? sl_plan_target(check->walk->plan, part->entry)
                       : &check->walk->plan->messages.items[0];
}

/* From the payload down to part `index`. A message in parts has several ways down: the one through the part that the place lies in
 * is the way, and explain_path.c finds the others. */
static void trail_of_part(const required_check *check, size_t index, sl_trail *trail)
{
    const message_part *parts = check->parts.items;
    *trail = (sl_trail){.plan = check->walk->plan, .payload = check->walk->payload.data};
    for (size_t i = index; parts[i].entry; i = parts[i].within)
        trail->count++;
    size_t step = trail->count;
    for (size_t i = index; parts[i].entry; i = parts[i].within) {
        const message_part *part = &parts[i];
        trail->steps[--step] =
            (sl_trail_step){type_of_part(check, &parts[part->within]), part->entry, part->at,
                            part->content.data, part->content.data + part->content.len};
    }
}

static sl_status report_missing(const required_check *check, merged message,
                                const sl_plan_entry *entry)
{
    sl_trail trail;
    const uint8_t *begin = check->parts.items[message.first].content.data;
    trail_of_part(check, message.first + message.count - 1, &trail);
    trail.steps[trail.count++] = (sl_trail_step){message.type, entry, begin, begin, NULL};
    return sl_walk_add(check->walk, SL_VIOLATION_REQUIRED, begin, &trail,
                       "required field \"%.*s\" (%u, %s) of %.*s is missing",
                       SL_STR_ARG(entry->field->name), entry->number,
                       sl_field_type_name(entry->field->type),
                       SL_STR_ARG(message.type->message->full_name));
}

static sl_status check_own(required_check *check, merged message)
{
    if (message.type->required_count == 0)
        return SL_OK;
    SL_TRY(collect_seen(check, message));
    uint32_t missing = count_missing(check, message.type);
    for (size_t i = 0; missing > 0 && i < sl_plan_entry_count(message.type); i++) {
        const sl_plan_entry *entry = &message.type->entries[i];
        if (check->walk->violations->count == SL_LIMIT_VIOLATIONS)
            break;
        if (!(entry->flags & SL_ENTRY_REQUIRED) ||
            check->seen.items[entry->required / 64] >> (entry->required % 64) & 1)
            continue;
        SL_TRY(report_missing(check, message, entry));
        missing--;
    }
    check->walk->violations->left_out += missing;
    return SL_OK;
}

/* --- what is missing below --------------------------------------------------------------------- */

/* By what merges, then by key, then by place. */
static int compare_parts(const message_part *a, const message_part *b)
{
    if (a->entry->merge != b->entry->merge)
        return a->entry->merge < b->entry->merge ? -1 : 1;
    if (a->key_number != b->key_number)
        return a->key_number < b->key_number ? -1 : 1;
    int order = a->key ? memcmp(a->key, b->key, a->key_number) : 0;
    if (order != 0)
        return order;
    return a->at < b->at ? -1 : a->at > b->at;
}

static void sift_down(message_part *parts, size_t root, size_t count)
{
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && compare_parts(&parts[child], &parts[child + 1]) < 0)
            child++;
        if (compare_parts(&parts[root], &parts[child]) >= 0)
            return;
        message_part moved = parts[root];
        parts[root] = parts[child];
        parts[child] = moved;
    }
}

/* Heap sort: qsort() of the C library may allocate behind our back. Mostly the parts are in order already. */
static void sort_parts(message_part *parts, size_t count)
{
    size_t sorted = 1;
    while (sorted < count && compare_parts(&parts[sorted - 1], &parts[sorted]) < 0)
        sorted++;
    if (sorted >= count)
        return;
    for (size_t i = count / 2; i > 0; i--)
        sift_down(parts, i - 1, count);
    for (size_t i = count - 1; i > 0; i--) {
        message_part last = parts[i];
        parts[i] = parts[0];
        parts[0] = last;
        sift_down(parts, 0, i);
    }
}

static bool is_same_thing(const message_part *a, const message_part *b)
{
    return a->entry->merge == b->entry->merge && a->key_number == b->key_number &&
           (!a->key || memcmp(a->key, b->key, a->key_number) == 0);
}

/* Parts [first, first + count) are one message of the field that they have in common. */
static sl_status check_below(required_check *check, size_t first, size_t count)
{
    const sl_plan_type *type = type_of_part(check, &check->parts.items[first]);
    return check_message(check, (merged){type, first, count});
}

/* [first, end) have the same merge number and key: of these the last survives, and of a singular field what merges with it. */
static sl_status check_survivors(required_check *check, size_t first, size_t end)
{
    const message_part *parts = check->parts.items;
    const sl_plan_entry *entry = parts[end - 1].entry;
    if (!(entry->flags & SL_ENTRY_REACHES))
        return SL_OK;
    size_t live = end - 1;
    while (!(entry->flags & SL_ENTRY_MAP) && live > first && parts[live - 1].entry == entry)
        live--;
    return check_below(check, live, end - live);
}

/* Elements of repeated fields are checked at once, the rest is put on the stack. */
static sl_status take_part(required_check *check, const sl_occurrence *occurrence, size_t within)
{
    uint32_t flags = occurrence->entry->flags;
    if (!(flags & (SL_ENTRY_REACHES | SL_ENTRY_ONEOF)))
        return SL_OK;
    SL_TRY(push_part(check, occurrence, within));
    if ((flags & (SL_ENTRY_REPEATED | SL_ENTRY_MAP)) != SL_ENTRY_REPEATED)
        return SL_OK;
    SL_TRY(check_below(check, check->parts.count - 1, 1));
    check->parts.count--;
    return SL_OK;
}

static sl_status take_parts(required_check *check, merged message)
{
    for (size_t i = 0; i < message.count; i++) {
        sl_wire_reader reader = part_reader(check, message.first + i);
        sl_occurrence occurrence;
        sl_status status;
        while ((status = next_known(check, message.type, &reader, &occurrence)) == SL_OK)
            SL_TRY(take_part(check, &occurrence, message.first + i));
        if (status != SL_NOT_FOUND)
            return status;
    }
    return SL_OK;
}

/* In a map entry without a value, the value is an empty message. */
static sl_status add_default_value(required_check *check, merged message, size_t mark)
{
    enum { VALUE_NUMBER = 2 };
    if (!message.type->message->is_map_entry || check->parts.count > mark)
        return SL_OK;
    const uint8_t *begin = check->parts.items[message.first].content.data;
    sl_occurrence empty = {
        sl_plan_find(message.type, VALUE_NUMBER), SL_OP_MESSAGE, begin, {begin, 0}};
    return push_part(check, &empty, message.first);
}

static sl_status check_message(required_check *check, merged message)
{
    if (!message.type->reaches_required)
        return SL_OK;
    SL_TRY(check_own(check, message));
    size_t mark = check->parts.count;
    SL_TRY(take_parts(check, message));
    SL_TRY(add_default_value(check, message, mark));
    size_t end = check->parts.count;
    sort_parts(check->parts.items + mark, end - mark);
    for (size_t first = mark, next; first < end; first = next) {
        for (next = first + 1; next < end;) {
            if (!is_same_thing(&check->parts.items[first], &check->parts.items[next]))
                break;
            next++;
        }
        SL_TRY(check_survivors(check, first, next));
    }
    check->parts.count = mark;
    return SL_OK;
}

sl_status sl_check_required(sl_walk *walk)
{
    sl_cleanup(check_done) required_check check = {.walk = walk};
    SL_TRY(sl_vec_push(&check.parts,
                       (message_part){.at = walk->payload.data, .content = walk->payload}));
    sl_status status = check_message(&check, (merged){&walk->plan->messages.items[0], 0, 1});
    if (status != SL_LIMIT)
        return status;
    return sl_violations_add(
        walk->violations, SL_VIOLATION_PARTS, 0, SL_STR(""),
        "a required field is missing in one part of a message, and there are too many "
        "parts to merge (more than %d, limit MERGE_PARTS, or %d bytes of nested groups, "
        "limit MERGE_GROUP_BYTES)",
        SL_LIMIT_MERGE_PARTS, SL_LIMIT_MERGE_GROUP_BYTES);
}
