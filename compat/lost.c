/* compat/lost.c: message types that nothing reads any more.
 *
 * buf lets every message go at WIRE and WIRE_JSON, since what used it is told by the rules of fields. But a type that nothing uses is what
 * payloads are made of: when it goes, those that are out have no reader, and no other rule says a word. (A contract guards the type of
 * its topic besides, whatever the level; this is for subjects without one.) Confluent's registry refuses every deleted message. A part
 * that goes with its field, both reserved, is no loss, and is let go here as in buf.
 *
 *   survivors        what they are made of is part of something that is still compared: the rules of fields tell
 *   deleted, unused  lost, and told; its parts go with it
 *   deleted, in a circle of types that only use each other    the first of them is told
 *
 * Of a registered schema only the main file is looked at: payloads are made of its messages; of a tree, every file. Types of methods and of
 * extensions are parts, not payloads. Linear in the size of the old schema; a stack of its own, since types refer to each other without a
 * bound. */
#include "compat/internal/check.h"

typedef struct losses {
    sl_check *check;
    bool *is_part; /* by serial: something else that was looked at is made of it */
    bool *is_used; /* by serial: another message, a method or an extension has it as a type */
    SL_VEC(const sl_message *) due; /* parts whose own parts are not marked yet */
} losses;

static void losses_done(losses *l)
{
    sl_vec_done(&l->due);
}

/* --- what is part of what -------------------------------------------------------------------- */

static void mark_part(losses *l, const sl_message *message)
{
    if (!message || l->is_part[message->serial])
        return;
    l->is_part[message->serial] = true;
    (void)sl_check_failed(l->check, sl_vec_push(&l->due, message));
}

static void mark_types(losses *l, const sl_message *message)
{
    for (uint32_t i = 0; i < message->field_count; i++)
        mark_part(l, message->fields[i].message);
    for (uint32_t i = 0; i < message->known_extension_count; i++)
        mark_part(l, message->known_extensions[i]->message);
}

/* Everything that `message` is made of. */
static void mark_parts(losses *l, const sl_message *message)
{
    mark_types(l, message);
    while (l->due.count > 0 && !l->check->no_memory)
        mark_types(l, l->due.items[--l->due.count]);
}

static void mark_used(losses *l, const sl_message *user, const sl_message *type)
{
    if (type && type != user)
        l->is_used[type->serial] = true;
}

static void mark_users(losses *l, const sl_message *message)
{
    for (uint32_t i = 0; i < message->field_count; i++)
        mark_used(l, message, message->fields[i].message);
}

/* A type that is no payload by what it is used for. */
static void mark_as_part(losses *l, const sl_message *type)
{
    if (!type)
        return;
    l->is_used[type->serial] = l->is_part[type->serial] = true;
    mark_parts(l, type);
}

static void mark_extensions(losses *l, const sl_message *scope)
{
    for (uint32_t i = 0; i < scope->extension_count; i++)
        mark_as_part(l, scope->extensions[i].message);
}

static void mark_services(losses *l, const sl_service *service)
{
    for (uint32_t i = 0; i < service->method_count; i++) {
        mark_as_part(l, service->methods[i].input);
        mark_as_part(l, service->methods[i].output);
    }
}

/* --- who is gone ----------------------------------------------------------------------------- */

static bool survives(const losses *l, const sl_message *old)
{
    const sl_schema *schema = l->check->new_schema;
    if (sl_schema_find_message(schema, old->full_name))
        return true;
    /* Under the other package of its file, which is a finding of the file. */
    const sl_file *file = sl_schema_find_file(schema, old->file->path);
    return file && !sl_str_equal(file->package, old->file->package) &&
           sl_schema_find_message(schema,
                                  sl_check_rename(l->check, old->full_name, old->file, file));
}

/* What goes with an outer message is that one's loss, and entries and groups are no payloads. */
static bool could_be_payload(const losses *l, const sl_message *old)
{
    return !old->is_map_entry && !(old->parent && !survives(l, old->parent));
}

static void tell(losses *l, const sl_message *old)
{
    sl_check_lost_message(l->check, old, l->check->new_schema);
    l->is_part[old->serial] = true;
    mark_parts(l, old);
}

/* --- the walk: `visit` for each message that is looked at, outer ones first --------------------- */

typedef void visitor(losses *l, const sl_message *old);

static void visit_within(losses *l, const sl_message *old, visitor *visit)
{
    visit(l, old);
    for (uint32_t i = 0; i < old->message_count; i++)
        visit_within(l, &old->messages[i], visit);
}

/* Payloads are made of what the authors wrote, of which a registry looks at the main file. */
static bool is_judged(const sl_check *check, const sl_file *file)
{
    return check->is_tree ? sl_check_is_compared(check, check->old_schema, file)
                          : file == sl_schema_main_file(check->old_schema);
}

static void visit_all(losses *l, visitor *visit)
{
    const sl_schema *schema = l->check->old_schema;
    for (size_t i = 0; i < sl_schema_file_count(schema); i++) {
        const sl_file *file = sl_schema_file_at(schema, i);
        for (uint32_t k = 0;
             is_judged(l->check, file) && k < file->message_count && !l->check->no_memory; k++)
            visit_within(l, &file->messages[k], visit);
    }
}

/* What files say outside of messages. */
static void mark_top_level(losses *l)
{
    const sl_schema *schema = l->check->old_schema;
    for (size_t i = 0; i < sl_schema_file_count(schema); i++) {
        const sl_file *file = sl_schema_file_at(schema, i);
        if (!is_judged(l->check, file))
            continue;
        for (uint32_t k = 0; k < file->extension_count; k++)
            mark_as_part(l, file->extensions[k].message);
        for (uint32_t k = 0; k < file->service_count; k++)
            mark_services(l, &file->services[k]);
    }
}

static void mark_survivors(losses *l, const sl_message *old)
{
    if (survives(l, old))
        mark_parts(l, old);
}

static void tell_unused(losses *l, const sl_message *old)
{
    if (!l->is_used[old->serial] && !l->is_part[old->serial] && could_be_payload(l, old) &&
        !survives(l, old))
        tell(l, old);
}

static void tell_circles(losses *l, const sl_message *old)
{
    if (!l->is_part[old->serial] && could_be_payload(l, old) && !survives(l, old))
        tell(l, old);
}

void sl_check_losses(sl_check *check)
{
    size_t count = sl_schema_message_count(check->old_schema);
    if (!sl_check_has_rules(check, SL_KIND_lost_message) || count == 0)
        return;
    sl_cleanup(losses_done) losses l = {
        .check = check,
        .is_part = sl_arena_array(&check->arena, bool, count),
        .is_used = sl_arena_array(&check->arena, bool, count),
    };
    if (!l.is_part || !l.is_used) {
        check->no_memory = true;
        return;
    }
    visit_all(&l, mark_users);
    visit_all(&l, mark_survivors);
    visit_all(&l, mark_extensions);
    mark_top_level(&l);
    visit_all(&l, tell_unused);
    visit_all(&l, tell_circles);
}

void check_message_lost(sl_check *check, const sl_message *old, const sl_schema *new)
{
    (void)new;
    sl_finding *finding = sl_check_add(check, old);
    if (!finding)
        return;
    finding->at = sl_place_of_gone(check, old->parent, old->file, NULL);
    finding->previous = sl_place_of_message(check, old);
    finding->message =
        sl_check_text(check, "message %.*s was deleted, and payloads may be made of it",
                      SL_STR_ARG(old->full_name));
    finding->why = SL_STR("nothing in the new schema reads the payloads of this type that are out");
    sl_check_blame(check, sl_cause_of_message(check, old));
}
