/* lint/packages.c: rules about packages: what they are called, where their files lie, and what these have in common.
 *
 * Files are grouped once, by package and by folder. A group that is not of one mind is told at every file of it. */
#include "lint/internal/linter.h"

/* --- options that the files of a package share --- */

typedef struct shared_option {
    const char *name;
    uint32_t number; /* in FileOptions */
    bool is_bool;
} shared_option;

enum { CSHARP, GO, JAVA_FILES, JAVA, PHP, RUBY, SWIFT, OPTION_COUNT };

static const shared_option shared_options[OPTION_COUNT] = {
    [CSHARP] = {"csharp_namespace", 37, false},
    [GO] = {"go_package", 11, false},
    [JAVA_FILES] = {"java_multiple_files", 10, true},
    [JAVA] = {"java_package", 1, false},
    [PHP] = {"php_namespace", 41, false},
    [RUBY] = {"ruby_package", 45, false},
    [SWIFT] = {"swift_prefix", 39, false},
};

/* Absent if it is not written. */
static sl_str option_value(const sl_file *file, const shared_option *option)
{
    uint64_t number;
    sl_bytes text;
    if (option->is_bool)
        return !sl_options_find_varint(file->proto->options, option->number, &number) ? (sl_str){0}
               : number ? SL_STR("true")
                        : SL_STR("false");
    return sl_options_find_bytes(file->proto->options, option->number, &text) ? sl_bytes_str(text)
                                                                              : (sl_str){0};
}

static bool is_same_option(const sl_file *a, const sl_file *b, const shared_option *option)
{
    sl_str left = option_value(a, option), right = option_value(b, option);
    return !left.data == !right.data && sl_str_equal(left, right);
}

/* --- groups --- */

sl_str sl_lint_folder(const sl_file *file)
{
    sl_str folder = SL_STR(""), name;
    sl_str_split_last(file->path, '/', &folder, &name);
    return folder;
}

static sl_lint_group *group_of(sl_linter *linter, sl_map *groups, sl_str name, const sl_file *file)
{
    sl_lint_group *group = sl_map_get(groups, name);
    if (group)
        return group;
    group = sl_arena_new(&linter->arena, sl_lint_group);
    if (!group || sl_lint_failed(linter, sl_map_set(groups, name, group)))
        return NULL;
    group->first = file;
    return group;
}

static void group_file(sl_linter *linter, const sl_file *file)
{
    sl_lint_group *package = group_of(linter, &linter->packages, file->package, file);
    sl_lint_group *folder = group_of(linter, &linter->folders, sl_lint_folder(file), file);
    if (!package || !folder)
        return;
    package->is_mixed |= !sl_str_equal(sl_lint_folder(package->first), sl_lint_folder(file));
    folder->is_mixed |= !sl_str_equal(folder->first->package, file->package);
    for (uint32_t i = 0; i < OPTION_COUNT; i++)
        if (!is_same_option(package->first, file, &shared_options[i]))
            package->mixed_options |= 1U << i;
}

void sl_lint_group_files(sl_linter *linter)
{
    const sl_schema *schema = linter->request->schema;
    for (size_t i = 0; i < sl_schema_file_count(schema) && !linter->no_memory; i++)
        if (sl_lint_is_linted(linter, sl_schema_file_at(schema, i)))
            group_file(linter, sl_schema_file_at(schema, i));
}

/* --- where files lie --- */

static sl_finding *add_at_package(sl_linter *linter)
{
    return sl_lint_add(linter, (sl_element_path){.len = 0}, SL_LINT_PART(SL_AT_FILE_PACKAGE));
}

void lint_directory_same_package(sl_linter *linter, const sl_file *file)
{
    const sl_lint_group *folder = sl_map_get(&linter->folders, sl_lint_folder(file));
    sl_finding *finding = folder && folder->is_mixed ? add_at_package(linter) : NULL;
    if (finding)
        finding->message = sl_lint_text(
            linter, "folder \"%.*s\" has files of several packages, of \"%.*s\" among them",
            SL_STR_ARG(sl_lint_folder(file)), SL_STR_ARG(file->package));
}

void lint_package_same_directory(sl_linter *linter, const sl_file *file)
{
    const sl_lint_group *package = sl_map_get(&linter->packages, file->package);
    sl_finding *finding =
        file->package.len && package && package->is_mixed ? add_at_package(linter) : NULL;
    if (finding)
        finding->message = sl_lint_text(
            linter, "package \"%.*s\" has files in several folders, in \"%.*s\" among them",
            SL_STR_ARG(file->package), SL_STR_ARG(sl_lint_folder(file)));
}

void lint_package_directory_match(sl_linter *linter, const sl_file *file)
{
    sl_str folder = sl_lint_folder(file), package = file->package;
    bool is_match = folder.len == package.len;
    for (size_t i = 0; i < package.len && is_match; i++)
        is_match = folder.data[i] == (package.data[i] == '.' ? '/' : package.data[i]);
    sl_finding *finding = package.len && !is_match ? add_at_package(linter) : NULL;
    if (!finding)
        return;
    sl_buf_clear(&linter->text);
    for (size_t i = 0; i < package.len; i++)
        sl_buf_append_byte(&linter->text, package.data[i] == '.' ? '/' : (uint8_t)package.data[i]);
    sl_str wanted = sl_buf_str(&linter->text);
    finding->message = sl_lint_text(
        linter, "a file of package \"%.*s\" should lie in \"%.*s\", and lies in \"%.*s\"",
        SL_STR_ARG(package), SL_STR_ARG(wanted), SL_STR_ARG(folder));
    finding->fix = sl_lint_text(linter, "%.*s", SL_STR_ARG(wanted));
}

/* --- what packages are called --- */

void lint_package_defined(sl_linter *linter, const sl_file *file)
{
    sl_finding *finding = file->package.len ? NULL : sl_lint_add_file(linter);
    if (finding)
        finding->message = sl_lint_text(linter, "%.*s has no package, so its names are everybody's",
                                        SL_STR_ARG(file->path));
}

void lint_package_case(sl_linter *linter, const sl_file *file)
{
    sl_str part, rest = file->package;
    sl_buf_clear(&linter->text);
    for (bool is_more = file->package.len > 0; is_more;) {
        part = rest;
        is_more = sl_str_split(rest, '.', &part, &rest);
        sl_lint_lower_snake_case(part, &linter->text);
        if (is_more)
            sl_buf_append_byte(&linter->text, '.');
    }
    sl_str wanted = sl_buf_str(&linter->text);
    sl_finding *finding = sl_str_equal(wanted, file->package) ? NULL : add_at_package(linter);
    if (!finding)
        return;
    finding->message = sl_lint_text(linter, "package \"%.*s\" should be called \"%.*s\"",
                                    SL_STR_ARG(file->package), SL_STR_ARG(wanted));
    finding->fix = sl_lint_text(linter, "package %.*s;", SL_STR_ARG(wanted));
}

/* --- versions --- */

typedef enum { NO_VERSION, STABLE, UNSTABLE } version;

/* Takes a number without sign off the front; false if there is none. `least` is what it must be. */
static bool take_number(sl_str *text, unsigned least)
{
    size_t len = 0;
    unsigned value = 0;
    while (len < text->len && text->data[len] >= '0' && text->data[len] <= '9' && len < 9)
        value = value * 10 + (unsigned)(text->data[len++] - '0');
    if (len == 0 || value < least)
        return false;
    *text = (sl_str){text->data + len, text->len - len};
    return true;
}

static bool take_word(sl_str *text, const char *word)
{
    size_t len = strlen(word);
    if (!sl_str_starts_with(*text, sl_str_from(word)))
        return false;
    *text = (sl_str){text->data + len, text->len - len};
    return true;
}

/* v1; v1test…; v1alpha, v1beta2; v1p1alpha, v1p2beta3 */
static version version_of(sl_str part)
{
    if (!take_word(&part, "v") || !take_number(&part, 1))
        return NO_VERSION;
    if (part.len == 0)
        return STABLE;
    if (take_word(&part, "test"))
        return UNSTABLE;
    if (take_word(&part, "p") && !take_number(&part, 1))
        return NO_VERSION;
    if (!take_word(&part, "alpha") && !take_word(&part, "beta"))
        return NO_VERSION;
    return part.len == 0 || (take_number(&part, 1) && part.len == 0) ? UNSTABLE : NO_VERSION;
}

static version version_of_package(sl_str package)
{
    sl_str before, last;
    return sl_str_split_last(package, '.', &before, &last) ? version_of(last) : NO_VERSION;
}

void lint_package_version(sl_linter *linter, const sl_file *file)
{
    bool is_versioned = file->package.len == 0 || version_of_package(file->package) != NO_VERSION;
    sl_finding *finding = is_versioned ? NULL : add_at_package(linter);
    if (!finding)
        return;
    finding->message = sl_lint_text(
        linter,
        "package \"%.*s\" should end in a version, as \"%.*s.v1\" does: a break can then live beside it",
        SL_STR_ARG(file->package), SL_STR_ARG(file->package));
    finding->fix = sl_lint_text(linter, "package %.*s.v1;", SL_STR_ARG(file->package));
}

static sl_element_path import_path(uint32_t index)
{
    return (sl_element_path){.numbers = {SL_AT_FILE_DEPENDENCY, (int32_t)index}, .len = 2};
}

void lint_stable_imports(sl_linter *linter, const sl_file *file)
{
    for (uint32_t i = 0; version_of_package(file->package) == STABLE && i < file->import_count;
         i++) {
        const sl_file *imported = file->imports[i];
        if (!sl_lint_is_linted(linter, imported) ||
            version_of_package(imported->package) != UNSTABLE)
            continue;
        sl_finding *finding = sl_lint_add(linter, import_path(i), SL_LINT_PART(0));
        if (finding)
            finding->message = sl_lint_text(
                linter, "package \"%.*s\" is stable and imports \"%.*s\" of \"%.*s\", which is not",
                SL_STR_ARG(file->package), SL_STR_ARG(imported->path),
                SL_STR_ARG(imported->package));
    }
}

void lint_package_no_import_cycle(sl_linter *linter, const sl_file *file)
{
    for (uint32_t i = 0; i < file->import_count; i++) {
        const sl_file *imported = file->imports[i];
        if (!sl_lint_is_circle(linter, file, imported))
            continue;
        sl_finding *finding = sl_lint_add(linter, import_path(i), SL_LINT_PART(0));
        if (finding)
            finding->message = sl_lint_text(
                linter, "package \"%.*s\" imports package \"%.*s\", which leads back to it",
                SL_STR_ARG(file->package), SL_STR_ARG(imported->package));
    }
}

/* --- options --- */

static void lint_option(sl_linter *linter, const sl_file *file, uint32_t index)
{
    const shared_option *option = &shared_options[index];
    const sl_lint_group *package = sl_map_get(&linter->packages, file->package);
    if (!file->package.len || !package || !(package->mixed_options >> index & 1))
        return;
    sl_finding *finding = sl_lint_add(linter, (sl_element_path){.len = 0},
                                      SL_LINT_PART(SL_AT_FILE_OPTIONS, (int32_t)option->number));
    sl_str value = option_value(file, option);
    if (finding)
        finding->message =
            value.data
                ? sl_lint_text(
                      linter,
                      "option %s is \"%.*s\" here, and otherwise in other files of package \"%.*s\"",
                      option->name, SL_STR_ARG(value), SL_STR_ARG(file->package))
                : sl_lint_text(
                      linter,
                      "option %s is missing here, and set in other files of package \"%.*s\"",
                      option->name, SL_STR_ARG(file->package));
}

#define SHARED(function, index)                                       \
    void lint_same_##function(sl_linter *linter, const sl_file *file) \
    {                                                                 \
        lint_option(linter, file, index);                             \
    }
SHARED(csharp_namespace, CSHARP)
SHARED(go_package, GO)
SHARED(java_multiple_files, JAVA_FILES)
SHARED(java_package, JAVA)
SHARED(php_namespace, PHP)
SHARED(ruby_package, RUBY)
SHARED(swift_prefix, SWIFT)
#undef SHARED
