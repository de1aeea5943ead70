/* compat/gone.c: rules about messages, enums, services and extensions that are no longer where they were.
 *
 * FILE holds code to files: a type that moved to another file of its package is gone. PACKAGE holds it to packages. Binary and JSON
 * readers do not care where a type is declared; what uses one that goes is told by the rules of fields and methods, and one that nothing
 * uses by lost.c. */
#include "compat/internal/check.h"

typedef struct {
    const char *what;
    sl_str full_name;
    const sl_file *file;      /* the old one */
    const sl_message *parent; /* the old one; NULL at top level */
    const sl_file *elsewhere; /* the new file that has it under its full name; NULL if none */
    sl_location previous;
    sl_str why;
} gone_element;

/* `finding` is what sl_check_add() gave; `new_file` NULL: gone from the package. */
static void fill(sl_check *check, sl_finding *finding, const gone_element *gone,
                 const sl_file *new_file)
{
    sl_str from = new_file
                      ? new_file->path
                      : sl_check_text(check, "package \"%.*s\"", SL_STR_ARG(gone->file->package));
    finding->at = sl_place_of_gone(check, gone->parent, gone->file, new_file);
    finding->previous = gone->previous;
    finding->message = gone->elsewhere
                           ? sl_check_text(check, "%s %.*s was moved from %.*s to %.*s", gone->what,
                                           SL_STR_ARG(gone->full_name), SL_STR_ARG(from),
                                           SL_STR_ARG(gone->elsewhere->path))
                           : sl_check_text(check, "%s %.*s was deleted from %.*s", gone->what,
                                           SL_STR_ARG(gone->full_name), SL_STR_ARG(from));
    finding->why = gone->why;
}

static const char why_type[] =
    "code that names the type no longer builds, and new readers have nothing to read its old data with";

static void message_gone(sl_check *check, const sl_message *old, const sl_file *new_file)
{
    sl_finding *finding = sl_check_add(check, old);
    if (!finding)
        return;
    const sl_message *found = sl_schema_find_message(check->new_schema, old->full_name);
    gone_element gone = {
        .what = old->is_map_entry ? "map entry" : "message",
        .full_name = old->full_name,
        .file = old->file,
        .parent = old->parent,
        .elsewhere = found ? found->file : NULL,
        .previous = sl_place_of_message(check, old),
        .why = sl_str_from(why_type),
    };
    sl_check_blame(check, sl_cause_of_message(check, old));
    fill(check, finding, &gone, new_file);
}

static void enum_gone(sl_check *check, const sl_enum *old, const sl_file *new_file)
{
    sl_finding *finding = sl_check_add(check, old);
    if (!finding)
        return;
    const sl_enum *found = sl_schema_find_enum(check->new_schema, old->full_name);
    gone_element gone = {
        .what = "enum",
        .full_name = old->full_name,
        .file = old->file,
        .parent = old->parent,
        .elsewhere = found ? found->file : NULL,
        .previous = sl_place_of_enum(check, old),
        .why = sl_str_from(why_type),
    };
    sl_check_blame(check, sl_cause_of_enum(check, old));
    fill(check, finding, &gone, new_file);
}

static void service_gone(sl_check *check, const sl_service *old, const sl_file *new_file)
{
    sl_finding *finding = sl_check_add(check, old);
    if (!finding)
        return;
    const sl_service *found = sl_schema_find_service(check->new_schema, old->full_name);
    gone_element gone = {
        .what = "service",
        .full_name = old->full_name,
        .file = old->file,
        .elsewhere = found ? found->file : NULL,
        .previous = sl_place_of_service(check, old),
        .why = SL_STR(
            "code that names the service no longer builds; if it is gone, old callers of a new server are "
            "answered UNIMPLEMENTED"),
    };
    sl_check_blame(check, sl_cause_of_member(check, old->file, old));
    fill(check, finding, &gone, new_file);
}

static void extension_gone(sl_check *check, const sl_field *old, const sl_file *new_file)
{
    sl_finding *finding = sl_check_add(check, old);
    if (!finding)
        return;
    const sl_field *found = sl_schema_find_extension(check->new_schema, old->full_name);
    gone_element gone = {
        .what = "extension",
        .full_name = old->full_name,
        .file = old->file,
        .parent = old->parent,
        .elsewhere = found ? found->file : NULL,
        .previous = sl_place_of_field(check, old),
        .why = SL_STR(
            "code that names the extension no longer builds, and new readers do not see its value in old data"),
    };
    sl_check_blame(check, sl_cause_of_member(check, old->file, old));
    fill(check, finding, &gone, new_file);
    finding->fix =
        sl_check_text(check, "extend %.*s { %.*s }", SL_STR_ARG(old->extendee->full_name),
                      SL_STR_ARG(sl_declare_field(check, old)));
}

void check_message_gone_from_file(sl_check *check, const sl_message *old, const sl_file *new)
{
    message_gone(check, old, new);
}

void check_message_gone_from_package(sl_check *check, const sl_message *old, const sl_schema *new)
{
    (void)new;
    message_gone(check, old, NULL);
}

void check_enum_gone_from_file(sl_check *check, const sl_enum *old, const sl_file *new)
{
    enum_gone(check, old, new);
}

void check_enum_gone_from_package(sl_check *check, const sl_enum *old, const sl_schema *new)
{
    (void)new;
    enum_gone(check, old, NULL);
}

void check_service_gone_from_file(sl_check *check, const sl_service *old, const sl_file *new)
{
    service_gone(check, old, new);
}

void check_service_gone_from_package(sl_check *check, const sl_service *old, const sl_schema *new)
{
    (void)new;
    service_gone(check, old, NULL);
}

void check_extension_gone_from_file(sl_check *check, const sl_field *old, const sl_file *new)
{
    extension_gone(check, old, new);
}

void check_extension_gone_from_package(sl_check *check, const sl_field *old, const sl_schema *new)
{
    (void)new;
    extension_gone(check, old, NULL);
}
