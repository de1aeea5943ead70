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
 * Only the main file is looked at: payloads are made of its messages. Types of methods and of extensions are parts, not payloads. Linear in the
 * size of the old schema; a stack of its own, since types refer to each other without a bound. */
#include "compat/internal/check.h"

typedef struct losses {
    sl_check *check;
    const sl_file *new_file; /* of the main file's path; NULL if there is none */
    bool *is_part;           /* by serial: something else that was looked at is made of it */
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
    return l->new_file && !sl_str_equal(l->new_file->package, old->file->package) &&
           sl_schema_find_message(
               schema, sl_check_rename(l->check, old->full_name, old->file, l->new_file));
}

/* What goes with an outer message is that one's loss, and entries and groups are no payloads. */
static bool could_be_payload(const losses *l, const sl_message *old)
{
    return !old->is_map_entry && !(old->parent && !survives(l, old->parent));
}

/* Do the rules of packages tell it? They pass over the last message of a package that still has something else. */
static bool packages_tell(const sl_check *check, sl_str package)
{
    bool has_package = false, has_messages = false;
    if (!sl_check_has_rules(check, SL_KIND_message_gone_from_package))
        return false;
    for (size_t i = 0; i < sl_schema_file_count(check->new_schema); i++) {
        const sl_file *file = sl_schema_file_at(check->new_schema, i);
        bool is_same = sl_str_equal(file->package, package);
        has_package |= is_same;
        has_messages |= is_same && file->message_count > 0;
    }
    return !has_package || has_messages;
}

static void tell(losses *l, const sl_message *old)
{
    sl_check_lost_message(l->check, old, l->check->new_schema);
    l->is_part[old->serial] = true;
    mark_parts(l, old);
}

/* --- the walk: `visit` for each message of the main file, outer ones first --------------------- */

typedef void visitor(losses *l, const sl_message *old);

static void visit_within(losses *l, const sl_message *old, visitor *visit)
{
    visit(l, old);
    for (uint32_t i = 0; i < old->message_count; i++)
        visit_within(l, &old->messages[i], visit);
}

static void visit_all(losses *l, const sl_file *file, visitor *visit)
{
    for (uint32_t i = 0; i < file->message_count && !l->check->no_memory; i++)
        visit_within(l, &file->messages[i], visit);
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
    const sl_file *main = sl_schema_main_file(check->old_schema);
    size_t count = sl_schema_message_count(check->old_schema);
    if (!sl_check_has_rules(check, SL_KIND_lost_message) || count == 0 ||
        packages_tell(check, main->package))
        return;
    sl_cleanup(losses_done) losses l = {
        .check = check,
        .new_file = sl_schema_find_file(check->new_schema, main->path),
        .is_part = sl_arena_array(&check->arena, bool, count),
        .is_used = sl_arena_array(&check->arena, bool, count),
    };
    if (!l.is_part || !l.is_used) {
        check->no_memory = true;
        return;
    }
    visit_all(&l, main, mark_users);
    visit_all(&l, main, mark_survivors);
    visit_all(&l, main, mark_extensions);
    for (uint32_t i = 0; i < main->extension_count; i++)
        mark_as_part(&l, main->extensions[i].message);
    for (uint32_t i = 0; i < main->service_count; i++)
        mark_services(&l, &main->services[i]);
    visit_all(&l, main, tell_unused);
    visit_all(&l, main, tell_circles);
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
