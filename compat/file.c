/* compat/file.c: rules about files and packages. */
#include "compat/internal/check.h"

/* Fields of FileDescriptorProto. */
enum { FILE_PACKAGE = 2, FILE_SYNTAX = 12, FILE_EDITION = 14 };

void check_file_deleted(sl_check *check, const sl_file *old, const sl_schema *new)
{
    (void)new;
    sl_finding *finding = sl_check_add(check, old);
    if (!finding)
        return;
    finding->previous = sl_place_of_file(old);
    finding->message = sl_check_text(check, "file %.*s was deleted", SL_STR_ARG(old->path));
    finding->why = SL_STR("files that import it no longer build");
    finding->fix = sl_check_text(check, "import \"%.*s\";", SL_STR_ARG(old->path));
}

void check_package_deleted(sl_check *check, const sl_file *old, const sl_schema *new)
{
    sl_finding *finding = sl_check_add(check, old);
    if (!finding)
        return;
    (void)new;
    finding->previous = sl_place_of_statement(check, old, FILE_PACKAGE);
    finding->message = sl_check_text(check, "package \"%.*s\" was deleted: no file has it any more",
                                     SL_STR_ARG(old->package));
    finding->why = SL_STR("code that names anything in the package no longer builds");
}

void check_file_package(sl_check *check, const sl_file *old, const sl_file *new)
{
    sl_finding *finding =
        sl_str_equal(old->package, new->package) ? NULL : sl_check_add(check, old);
    if (!finding)
        return;
    finding->at = sl_place_of_statement(check, new, FILE_PACKAGE);
    finding->previous = sl_place_of_statement(check, old, FILE_PACKAGE);
    finding->message =
        sl_check_text(check, "%.*s changed its package from \"%.*s\" to \"%.*s\"",
                      SL_STR_ARG(new->path), SL_STR_ARG(old->package), SL_STR_ARG(new->package));
    finding->why = SL_STR(
        "every full name in the file is another: in Any, in calls of methods and in contracts, which then "
        "name types that are not there");
    if (old->package.len > 0)
        finding->fix = sl_check_text(check, "package %.*s;", SL_STR_ARG(old->package));
}

/* Editions count as one syntax. */
static const char *syntax_of(const sl_file *file)
{
    if (file->edition == SL_EDITION_PROTO2)
        return "proto2";
    return file->edition == SL_EDITION_PROTO3 ? "proto3" : "editions";
}

void check_file_syntax(sl_check *check, const sl_file *old, const sl_file *new)
{
    const char *from = syntax_of(old), *to = syntax_of(new);
    sl_finding *finding = strcmp(from, to) == 0 ? NULL : sl_check_add(check, old);
    if (!finding)
        return;
    bool is_edition = new->edition >= SL_EDITION_2023;
    finding->at = sl_place_of_statement(check, new, is_edition ? FILE_EDITION : FILE_SYNTAX);
    finding->previous = sl_place_of_file(old);
    finding->message = sl_check_text(check, "%.*s changed its syntax from %s to %s",
                                     SL_STR_ARG(new->path), from, to);
    finding->why = SL_STR("generated code follows the syntax: accessors and defaults may differ");
    if (old->edition < SL_EDITION_2023)
        finding->fix = sl_check_text(check, "syntax = \"%s\";", from);
}
