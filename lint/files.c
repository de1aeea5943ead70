/* lint/files.c: rules about a file by itself: its name, its first statement, its imports. */
#include "lint/internal/linter.h"

static sl_element_path import_path(uint32_t index)
{
    return (sl_element_path){.numbers = {SL_AT_FILE_DEPENDENCY, (int32_t)index}, .len = 2};
}

void lint_file_case(sl_linter *linter, const sl_file *file)
{
    sl_str folder, name = file->path, stem, extension;
    sl_str_split_last(file->path, '/', &folder, &name);
    if (!sl_str_split_last(name, '.', &stem, &extension))
        stem = name;
    sl_buf_clear(&linter->text);
    sl_lint_lower_snake_case(stem, &linter->text);
    sl_str wanted = sl_buf_str(&linter->text);
    sl_finding *finding = sl_str_equal(stem, wanted) ? NULL : sl_lint_add_file(linter);
    if (!finding)
        return;
    finding->message = sl_lint_text(linter, "file \"%.*s\" should be called \"%.*s.proto\"",
                                    SL_STR_ARG(name), SL_STR_ARG(wanted));
    finding->fix = sl_lint_text(linter, "%.*s.proto", SL_STR_ARG(wanted));
}

void lint_syntax(sl_linter *linter, const sl_file *file)
{
    if (file->proto->syntax.data || file->proto->has_edition)
        return;
    const int32_t syntax = SL_AT_FILE_SYNTAX;
    const sl_source_spot *spot = NULL;
    if (sl_lint_failed(linter, sl_source_spots_find(&linter->spots, &syntax, 1, &spot)) || spot)
        return;
    sl_finding *finding = sl_lint_add_file(linter);
    if (!finding)
        return;
    finding->message =
        sl_lint_text(linter, "%.*s does not say its syntax or edition, and is read as proto2",
                     SL_STR_ARG(file->path));
    finding->fix = SL_STR("syntax = \"proto2\";");
}

void lint_import_public(sl_linter *linter, const sl_file *file)
{
    const sl_file_proto *proto = file->proto;
    for (uint32_t i = 0; i < proto->public_dependencies.count; i++) {
        uint32_t index = (uint32_t)proto->public_dependencies.items[i];
        sl_finding *finding = sl_lint_add(linter, import_path(index), SL_LINT_PART(0));
        if (finding)
            finding->message = sl_lint_text(
                linter,
                "import \"%.*s\" is public: who imports this file gets that one too, and cannot see it",
                SL_STR_ARG(proto->dependencies.items[index]));
    }
}
