/* compat/pair.c: which old element stands against which new one.
 *
 *   files             by path
 *   messages, enums, services    by full name, over all files of both schemas
 *   fields            by number, in paired messages
 *   extensions        by (full name of the extendee, number)
 *   methods           by name, in paired services
 *
 * One walk over the old schema; every partner is looked up by hash or by merging lists that are sorted by number, so the walk is linear
 * in the size of both schemas. An element without a partner is told to the rules as deleted or gone; an element that only the new schema
 * has breaks nobody and is not looked at. Where a message has no partner its fields are not looked at either, nor is anything in
 * it but the types it holds.
 *
 * Protobuf's own files, google/protobuf/, come with every schema that imports them and are not the author's to change: they are
 * compared only as the main file.
 *
 * Recursion follows the nesting of messages, which the reader of descriptors bounds (SL_LIMIT_DESCRIPTOR_DEPTH). */
#include "compat/internal/check.h"

/* What a package of the new schema still has. */
typedef struct {
    bool has_messages, has_enums, has_extensions;
} package_content;

typedef struct {
    sl_check *check;
    sl_map new_packages;                /* name → package_content */
    sl_map old_packages;                /* names seen so far */
    const sl_file *old_file, *new_file; /* of the walk; new_file NULL if there is none */
    const package_content
        *package; /* in the new schema, of the old file's package; NULL if it is gone */
} walk;

bool sl_check_is_compared(const sl_check *check, const sl_schema *schema, const sl_file *file)
{
    return check->compares_imports || !sl_str_starts_with(file->path, SL_STR("google/protobuf/")) ||
           file == sl_schema_main_file(schema);
}

/* --- packages --- */

static bool message_has_extensions(const sl_message *message)
{
    bool has = message->extension_count > 0;
    for (uint32_t i = 0; i < message->message_count && !has; i++)
        has = message_has_extensions(&message->messages[i]);
    return has;
}

static bool message_has_enums(const sl_message *message)
{
    bool has = message->enum_count > 0;
    for (uint32_t i = 0; i < message->message_count && !has; i++)
        has = message_has_enums(&message->messages[i]);
    return has;
}

static void note_content(package_content *content, const sl_file *file)
{
    content->has_messages |= file->message_count > 0;
    content->has_enums |= file->enum_count > 0;
    content->has_extensions |= file->extension_count > 0;
    for (uint32_t i = 0; i < file->message_count && !content->has_enums; i++)
        content->has_enums = message_has_enums(&file->messages[i]);
    for (uint32_t i = 0; i < file->message_count && !content->has_extensions; i++)
        content->has_extensions = message_has_extensions(&file->messages[i]);
}

static void note_new_packages(walk *w)
{
    sl_check *check = w->check;
    for (size_t i = 0; i < sl_schema_file_count(check->new_schema); i++) {
        const sl_file *file = sl_schema_file_at(check->new_schema, i);
        package_content *content = sl_map_get(&w->new_packages, file->package);
        if (!content) {
            content = sl_arena_new(&check->arena, package_content);
            if (!content ||
                sl_check_failed(check, sl_map_set(&w->new_packages, file->package, content))) {
                check->no_memory = true;
                return;
            }
        }
        note_content(content, file);
    }
}

static void visit_package(walk *w)
{
    sl_status added = sl_map_add(&w->old_packages, w->old_file->package, w, NULL);
    if (sl_check_failed(w->check, added) || added == SL_EXISTS || w->package)
        return;
    sl_check_deleted_package(w->check, w->old_file, w->check->new_schema);
}

/* --- gone from the file, gone from the package --- */

/* The name under which the new file would hold what the old one called `full_name`. */
static sl_str name_in_new_file(walk *w, sl_str full_name)
{
    return sl_check_rename(w->check, full_name, w->old_file, w->new_file);
}

/* Is something that was found under its old full name in the package where it was? */
static bool is_in_package(const walk *w, const sl_file *found_in)
{
    return found_in && sl_str_equal(found_in->package, w->old_file->package);
}

static void visit_message_place(walk *w, const sl_message *old, const sl_message *new)
{
    const sl_schema *schema = w->check->new_schema;
    if (w->package && w->package->has_messages && !is_in_package(w, new ? new->file : NULL))
        sl_check_message_gone_from_package(w->check, old, schema);
    if (!w->new_file || (new &&new->file == w->new_file))
        return;
    const sl_message *found = sl_schema_find_message(schema, name_in_new_file(w, old->full_name));
    if (!found || found->file != w->new_file)
        sl_check_message_gone_from_file(w->check, old, w->new_file);
}

static void visit_enum_place(walk *w, const sl_enum *old, const sl_enum *new)
{
    const sl_schema *schema = w->check->new_schema;
    if (w->package && w->package->has_enums && !is_in_package(w, new ? new->file : NULL))
        sl_check_enum_gone_from_package(w->check, old, schema);
    if (!w->new_file || (new &&new->file == w->new_file))
        return;
    const sl_enum *found = sl_schema_find_enum(schema, name_in_new_file(w, old->full_name));
    if (!found || found->file != w->new_file)
        sl_check_enum_gone_from_file(w->check, old, w->new_file);
}

static void visit_service_place(walk *w, const sl_service *old, const sl_service *new)
{
    const sl_schema *schema = w->check->new_schema;
    if (w->package && !is_in_package(w, new ? new->file : NULL))
        sl_check_service_gone_from_package(w->check, old, schema);
    if (!w->new_file || (new &&new->file == w->new_file))
        return;
    const sl_service *found = sl_schema_find_service(schema, name_in_new_file(w, old->full_name));
    if (!found || found->file != w->new_file)
        sl_check_service_gone_from_file(w->check, old, w->new_file);
}

static void visit_extension_place(walk *w, const sl_field *old)
{
    const sl_schema *schema = w->check->new_schema;
    const sl_field *new = sl_schema_find_extension(schema, old->full_name);
    if (w->package && w->package->has_extensions && !is_in_package(w, new ? new->file : NULL))
        sl_check_extension_gone_from_package(w->check, old, schema);
    if (!w->new_file || (new &&new->file == w->new_file))
        return;
    const sl_field *found = sl_schema_find_extension(schema, name_in_new_file(w, old->full_name));
    if (!found || found->file != w->new_file)
        sl_check_extension_gone_from_file(w->check, old, w->new_file);
}

/* --- elements --- */

static void visit_fields(sl_check *check, const sl_message *old, const sl_message *new)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < old->field_count; i++) {
        const sl_field *field = old->by_number[i];
        while (at < new->field_count &&new->by_number[at]->number < field->number)
            at++;
        if (at < new->field_count &&new->by_number[at]->number == field->number)
            sl_check_field(check, field, new->by_number[at]);
        else
            sl_check_deleted_field(check, field, new);
    }
}

static void visit_oneofs(sl_check *check, const sl_message *old, const sl_message *new)
{
    if (old->oneof_count == 0 || !sl_check_has_rules(check, SL_KIND_deleted_oneof))
        return;
    sl_cleanup(sl_map_done) sl_map names = {0};
    for (uint32_t i = 0; i < new->oneof_count; i++) {
        const sl_oneof *oneof = &new->oneofs[i];
        if (!oneof->is_synthetic && sl_check_failed(check, sl_map_set(&names, oneof->name, &names)))
            return;
    }
    for (uint32_t i = 0; i < old->oneof_count; i++) {
        const sl_oneof *oneof = &old->oneofs[i];
        if (!oneof->is_synthetic && !sl_map_get(&names, oneof->name))
            sl_check_deleted_oneof(check, oneof, new);
    }
}

static void visit_extension(walk *w, const sl_field *old)
{
    const sl_message *extendee =
        sl_schema_find_message(w->check->new_schema, old->extendee->full_name);
    const sl_field *new = extendee ? sl_message_find_extension(extendee, old->number) : NULL;
    if (new)
        sl_check_field(w->check, old, new);
    const sl_field *named = sl_schema_find_extension(w->check->new_schema, old->full_name);
    if (named)
        sl_check_named_extension(w->check, old, named);
    visit_extension_place(w, old);
}

static void visit_enum(walk *w, const sl_enum *old)
{
    const sl_enum *new = sl_schema_find_enum(w->check->new_schema, old->full_name);
    if (new)
        sl_check_enumeration(w->check, old, new);
    visit_enum_place(w, old, new);
}

static void visit_message(walk *w, const sl_message *old)
{
    const sl_message *new = sl_schema_find_message(w->check->new_schema, old->full_name);
    if (new) {
        sl_check_message(w->check, old, new);
        visit_fields(w->check, old, new);
        visit_oneofs(w->check, old, new);
    }
    visit_message_place(w, old, new);
    for (uint32_t i = 0; i < old->enum_count; i++)
        visit_enum(w, &old->enums[i]);
    for (uint32_t i = 0; i < old->extension_count; i++)
        visit_extension(w, &old->extensions[i]);
    for (uint32_t i = 0; i < old->message_count; i++)
        visit_message(w, &old->messages[i]);
}

static void visit_methods(sl_check *check, const sl_service *old, const sl_service *new)
{
    sl_cleanup(sl_map_done) sl_map methods = {0};
    for (uint32_t i = 0; i < new->method_count; i++) {
        sl_method *method = (sl_method *)(uintptr_t) & new->methods[i];
        if (sl_check_failed(check, sl_map_set(&methods, method->name, method)))
            return;
    }
    for (uint32_t i = 0; i < old->method_count; i++) {
        const sl_method *method = &old->methods[i];
        const sl_method *partner = sl_map_get(&methods, method->name);
        if (partner)
            sl_check_method(check, method, partner);
        else
            sl_check_deleted_method(check, method, new);
    }
}

static void visit_service(walk *w, const sl_service *old)
{
    const sl_service *new = sl_schema_find_service(w->check->new_schema, old->full_name);
    if (new)
        visit_methods(w->check, old, new);
    else
        sl_check_lost_service(w->check, old, w->check->new_schema);
    visit_service_place(w, old, new);
}

static void visit_file(walk *w, const sl_file *old)
{
    sl_check *check = w->check;
    w->old_file = old;
    w->new_file = sl_schema_find_file(check->new_schema, old->path);
    w->package = sl_map_get(&w->new_packages, old->package);
    if (w->new_file)
        sl_check_file(check, old, w->new_file);
    else
        sl_check_deleted_file(check, old, check->new_schema);
    visit_package(w);

    for (uint32_t i = 0; i < old->enum_count; i++)
        visit_enum(w, &old->enums[i]);
    for (uint32_t i = 0; i < old->extension_count; i++)
        visit_extension(w, &old->extensions[i]);
    for (uint32_t i = 0; i < old->message_count; i++)
        visit_message(w, &old->messages[i]);
    for (uint32_t i = 0; i < old->service_count; i++)
        visit_service(w, &old->services[i]);
}

static void walk_done(walk *w)
{
    sl_map_done(&w->new_packages);
    sl_map_done(&w->old_packages);
}

void sl_check_schemas(sl_check *check)
{
    sl_cleanup(walk_done) walk w = {.check = check};
    note_new_packages(&w);
    for (size_t i = 0; i < sl_schema_file_count(check->old_schema) && !check->no_memory; i++) {
        const sl_file *file = sl_schema_file_at(check->old_schema, i);
        if (sl_check_is_compared(check, check->old_schema, file))
            visit_file(&w, file);
    }
}
