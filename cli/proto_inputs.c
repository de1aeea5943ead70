/* cli/proto_inputs.c: from what a person writes to import paths.
 *
 * A file has one name to its importers: its path below a root. `sluice compile -I proto proto/orders/v1/order.proto` therefore compiles
 * "orders/v1/order.proto". Who gives a folder and no -I means that folder as the root, which is how repositories of .proto files
 * are laid out. Paths are compared as text, with "." and doubled slashes taken out. Symbolic links are followed, as build systems lay
 * trees of them; a circle of them ends. */
#include "cli/internal/proto_inputs.h"

#include "cli/internal/input.h"
#include "cli/internal/say.h"

#include <errno.h>
#include <fts.h>
#include <sys/stat.h>

enum { ARGUMENT_FILE_BYTES = 16 << 20 };

void sl_proto_inputs_done(sl_proto_inputs *inputs)
{
    sl_vec_done(&inputs->roots);
    sl_vec_done(&inputs->mains);
    sl_arena_done(&inputs->arena);
}

static int no_memory(void)
{
    sl_complain("out of memory");
    return SL_EXIT_NO_ANSWER;
}

/* --- paths --- */

/* Without "." and empty parts, but for the slash that an absolute path begins with; "" for the current folder. */
static sl_str tidy(sl_arena *arena, sl_str path)
{
    char *text = sl_arena_alloc(arena, path.len + 1);
    size_t len = 0;
    sl_str part, rest = path;
    if (!text)
        return (sl_str){0};
    if (path.len > 0 && path.data[0] == '/')
        text[len++] = '/';
    for (bool is_more = true; is_more;) {
        part = rest;
        is_more = sl_str_split(rest, '/', &part, &rest);
        if (part.len == 0 || sl_str_is(part, "."))
            continue;
        if (len > 0 && text[len - 1] != '/')
            text[len++] = '/';
        memcpy(text + len, part.data, part.len);
        len += part.len;
    }
    text[len] = '\0';
    return (sl_str){text, len};
}

static bool file_kind(const char *path, mode_t *ret_kind)
{
    struct stat about;
    if (stat(path[0] ? path : ".", &about) != 0)
        return false;
    *ret_kind = about.st_mode & S_IFMT;
    return true;
}

/* `path` below `root`; false if it is not below it. */
static bool path_below(sl_str root, sl_str path, sl_str *ret_rest)
{
    size_t skip = root.len + (root.len > 0 && root.data[root.len - 1] != '/');
    bool is_relative = path.len > 0 && path.data[0] != '/';
    if (root.len == 0 ? !is_relative : path.len <= skip || !sl_str_starts_with(path, root))
        return false;
    if (skip > root.len && path.data[root.len] != '/')
        return false;
    *ret_rest = (sl_str){path.data + skip, path.len - skip};
    return !sl_str_starts_with(*ret_rest, SL_STR("../"));
}

static void join(sl_str root, sl_str path, sl_buf *name)
{
    sl_buf_append_str(name, root);
    if (root.len > 0 && root.data[root.len - 1] != '/')
        sl_buf_append_byte(name, '/');
    sl_buf_append_str(name, path);
}

static bool is_below(sl_str root, sl_str path)
{
    sl_cleanup(sl_buf_done) sl_buf name = {0};
    mode_t kind;
    join(root, path, &name);
    sl_buf_append_byte(&name, '\0');
    return !name.has_failed && file_kind(name.data, &kind);
}

bool sl_proto_inputs_locate(const sl_proto_inputs *inputs, sl_str path, sl_buf *name)
{
    for (size_t i = 0; i < inputs->roots.count; i++) {
        if (!is_below(inputs->roots.items[i], path))
            continue;
        join(inputs->roots.items[i], path, name);
        return true;
    }
    return false;
}

/* --- roots --- */

static int add_root(sl_proto_inputs *inputs, sl_str text)
{
    mode_t kind;
    sl_str root = tidy(&inputs->arena, text);
    if (!root.data || sl_vec_push(&inputs->roots, root) != SL_OK)
        return no_memory();
    if (!file_kind(root.data, &kind) || kind != S_IFDIR)
        sl_complain("'%.*s' is no folder; nothing is imported from there", SL_STR_ARG(text));
    return SL_EXIT_CLEAN;
}

static int add_roots(sl_proto_inputs *inputs, const sl_option_list *given)
{
    for (size_t i = 0; i < given->count; i++) {
        sl_str root, rest = sl_str_from(given->items[i]);
        for (bool is_more = true; is_more;) {
            root = rest;
            is_more = sl_str_split(rest, ':', &root, &rest);
            int exit_status = add_root(inputs, root);
            if (exit_status != SL_EXIT_CLEAN)
                return exit_status;
        }
    }
    return SL_EXIT_CLEAN;
}

static int default_roots(sl_proto_inputs *inputs, const sl_arguments *arguments)
{
    mode_t kind;
    for (int i = 0; i < arguments->count; i++) {
        if (!file_kind(arguments->items[i], &kind) || kind != S_IFDIR)
            continue;
        int exit_status = add_root(inputs, sl_str_from(arguments->items[i]));
        if (exit_status != SL_EXIT_CLEAN)
            return exit_status;
    }
    return add_root(inputs, SL_STR("."));
}

/* --- files --- */

static int add_main(sl_proto_inputs *inputs, sl_str path)
{
    return sl_vec_push(&inputs->mains, path) == SL_OK ? SL_EXIT_CLEAN : no_memory();
}

/* A file that is there. */
static int add_file(const sl_command *command, sl_proto_inputs *inputs, sl_str file)
{
    for (size_t i = 0; i < inputs->roots.count; i++) {
        sl_str path;
        if (!path_below(inputs->roots.items[i], file, &path))
            continue;
        for (size_t before = 0; before < i; before++)
            if (is_below(inputs->roots.items[before], path))
                return sl_usage_error(
                    command,
                    "'%.*s' is hidden: '%.*s' is found in '%.*s' first; change the order of -I",
                    SL_STR_ARG(file), SL_STR_ARG(path), SL_STR_ARG(inputs->roots.items[before]));
        return add_main(inputs, path);
    }
    return sl_usage_error(command,
                          "'%.*s' lies below none of the folders of -I, so it has no import path",
                          SL_STR_ARG(file));
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* A file of a folder; names that begin with a dot are nobody's schemas. */
static int add_entry(const sl_command *command, sl_proto_inputs *inputs, FTS *walk, FTSENT *entry)
{
    if (entry->fts_level > 0 && entry->fts_name[0] == '.') {
        fts_set(walk, entry, FTS_SKIP);
        return SL_EXIT_CLEAN;
    }
    if (entry->fts_info == FTS_DNR || entry->fts_info == FTS_ERR) {
        sl_complain("cannot read '%s': %s", entry->fts_path, strerror(entry->fts_errno));
        return SL_EXIT_NO_ANSWER;
    }
    bool is_file = entry->fts_info == FTS_F;
    if (!is_file || !sl_str_ends_with(sl_str_from(entry->fts_name), SL_STR(".proto")))
        return SL_EXIT_CLEAN;
    sl_str file = tidy(&inputs->arena, sl_str_from(entry->fts_path));
    return file.data ? add_file(command, inputs, file) : no_memory();
}

static int add_folder(const sl_command *command, sl_proto_inputs *inputs, char *folder)
{
    char *const folders[] = {folder, NULL};
    size_t before = inputs->mains.count;
    int exit_status = SL_EXIT_CLEAN;
    FTSENT *entry;
    FTS *walk = fts_open(folders, FTS_LOGICAL | FTS_NOCHDIR, by_name);
    if (!walk) {
        sl_complain("cannot read '%s': %s", folder, strerror(errno));
        return SL_EXIT_NO_ANSWER;
    }
    while (exit_status == SL_EXIT_CLEAN && (entry = fts_read(walk)))
        exit_status = add_entry(command, inputs, walk, entry);
    fts_close(walk);
    if (exit_status == SL_EXIT_CLEAN && inputs->mains.count == before)
        return sl_usage_error(command, "there is no .proto file below '%s'", folder);
    return exit_status;
}

static int add_argument(const sl_command *command, sl_proto_inputs *inputs, char *argument)
{
    mode_t kind;
    sl_str file = tidy(&inputs->arena, sl_str_from(argument));
    if (!file.data)
        return no_memory();
    if (!file_kind(argument, &kind)) /* an import path, or a finding */
        return add_main(inputs, file);
    return kind == S_IFDIR ? add_folder(command, inputs, argument)
                           : add_file(command, inputs, file);
}

int sl_proto_inputs_collect(const sl_command *command, const sl_option_list *roots,
                            const sl_arguments *arguments, sl_proto_inputs *inputs)
{
    int exit_status =
        roots->count > 0 ? add_roots(inputs, roots) : default_roots(inputs, arguments);
    for (int i = 0; i < arguments->count && exit_status == SL_EXIT_CLEAN; i++)
        exit_status = add_argument(command, inputs, arguments->items[i]);
    return exit_status;
}

sl_status sl_proto_inputs_resolver(const sl_proto_inputs *inputs, sl_resolver **ret_resolver)
{
    sl_cleanup(sl_resolver_freep) sl_resolver *folders = NULL;
    sl_cleanup(sl_resolver_freep) sl_resolver *built_ins = NULL;
    SL_TRY(sl_resolver_of_directories(inputs->roots.items, inputs->roots.count, &folders));
    SL_TRY(sl_resolver_of_built_ins(&built_ins));
    sl_resolver *const links[] = {folders, built_ins};
    SL_TRY(sl_resolver_of_chain(links, SL_ARRAY_LEN(links), ret_resolver));
    folders = built_ins = NULL;
    return SL_OK;
}

/* --- @FILE --- */

typedef SL_VEC(char *) words;

static int add_lines(words *list, const char *path, sl_arena *arena)
{
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    sl_error error = {0};
    if (sl_input_read_file(path, ARGUMENT_FILE_BYTES, &text, &error) != SL_OK) {
        sl_complain("%s", error.text);
        return SL_EXIT_NO_ANSWER;
    }
    sl_str line, rest = sl_buf_str(&text);
    for (bool is_more = true; is_more;) {
        line = rest;
        is_more = sl_str_split(rest, '\n', &line, &rest);
        if (line.len > 0 && line.data[line.len - 1] == '\r')
            line.len--;
        sl_str copy;
        if (line.len == 0)
            continue;
        if (sl_arena_copy_str(arena, line, &copy) != SL_OK ||
            sl_vec_push(list, (char *)copy.data) != SL_OK)
            return no_memory();
    }
    return SL_EXIT_CLEAN;
}

int sl_arguments_expand(sl_arguments *arguments, sl_arena *arena)
{
    words list = {0};
    int exit_status = SL_EXIT_CLEAN;
    for (int i = 0; i < arguments->count && exit_status == SL_EXIT_CLEAN; i++) {
        char *word = arguments->items[i];
        if (i > 0 && word[0] == '@')
            exit_status = add_lines(&list, word + 1, arena);
        else if (sl_vec_push(&list, word) != SL_OK)
            exit_status = no_memory();
    }
    if (exit_status == SL_EXIT_CLEAN && sl_vec_push(&list, NULL) != SL_OK)
        exit_status = no_memory();
    if (exit_status == SL_EXIT_CLEAN) {
        char **items = sl_arena_array(arena, char *, list.count);
        if (items) {
            memcpy(items, list.items, list.count * sizeof *items);
            *arguments = (sl_arguments){items, (int)list.count - 1};
        } else {
            exit_status = no_memory();
        }
    }
    sl_vec_done(&list);
    return exit_status;
}
