/* cli/git.c: what a git revision holds, asked of git itself.
 *
 *   rev-parse --show-prefix           where in the repository the folder lies
 *   rev-parse --verify REV^{commit}   the commit
 *   ls-tree -r -z -l COMMIT:FOLDER    names, object ids and sizes
 *   cat-file --batch                  the contents, all in one run
 *
 * Each is a child process without a shell, so no name is ever parsed as a command; ids go to it through a file, so it and we never wait for each
 * other. What it complains of is passed on. */
#include "cli/internal/git.h"

#include "cli/cli.h"
#include "cli/internal/say.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_WORDS = 12, LIST_BYTES = 64 << 20, COMPLAINT_BYTES = 1024 };

static int no_memory(void)
{
    sl_complain("out of memory");
    return SL_EXIT_NO_ANSWER;
}

/* --- running git --- */

typedef struct git_run {
    const char *words[MOST_WORDS]; /* behind "git -C FOLDER" */
    FILE *in;                      /* NULL: nothing */
    size_t most;                   /* bytes of output */
    sl_buf *out;
    char complaint[COMPLAINT_BYTES];
} git_run;

static void read_complaint(FILE *file, char *text)
{
    rewind(file);
    size_t len = fread(text, 1, COMPLAINT_BYTES - 1, file);
    while (len > 0 && text[len - 1] == '\n')
        len--;
    text[len] = '\0';
}

/* All that comes; false: more than `most`, or no memory. */
static bool read_output(int from, size_t most, sl_buf *out)
{
    for (;;) {
        char *to = sl_buf_reserve(out, 65536);
        ssize_t got = to ? read(from, to, 65536) : -1;
        if (got == 0)
            return true;
        if (got < 0 && to && errno == EINTR)
            continue;
        if (got < 0 || out->len + (size_t)got > most)
            return false;
        out->len += (size_t)got;
    }
}

static bool spawn(const char *folder, const git_run *run, int out, FILE *err, pid_t *ret_pid)
{
    const char *words[MOST_WORDS + 4] = {"git", "-C", folder};
    posix_spawn_file_actions_t actions;
    size_t count = 3;
    for (size_t i = 0; i < MOST_WORDS && run->words[i]; i++)
        words[count++] = run->words[i];
    posix_spawn_file_actions_init(&actions);
    if (run->in)
        posix_spawn_file_actions_adddup2(&actions, fileno(run->in), STDIN_FILENO);
    else
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, fileno(err), STDERR_FILENO);
    int failed = posix_spawnp(ret_pid, "git", &actions, NULL, (char *const *)words, environ);
    posix_spawn_file_actions_destroy(&actions);
    errno = failed;
    return failed == 0;
}

/* SL_OK: git ended well. SL_INVALID: it refused, see `complaint`. SL_LIMIT: more output than `most`. SL_IO: it could not be run; told. */
static sl_status run_git(const char *folder, git_run *run)
{
    int ends[2], how = 0;
    pid_t pid;
    FILE *err = tmpfile();
    if (!err || pipe2(ends, O_CLOEXEC) != 0) {
        sl_complain("cannot run git: %s", strerror(errno));
        if (err)
            fclose(err);
        return SL_IO;
    }
    bool is_running = spawn(folder, run, ends[1], err, &pid);
    int why = errno;
    close(ends[1]);
    bool is_whole = is_running && read_output(ends[0], run->most, run->out);
    close(ends[0]); /* who writes on meets a closed pipe, and ends */
    while (is_running && waitpid(pid, &how, 0) < 0 && errno == EINTR)
        continue;
    read_complaint(err, run->complaint);
    fclose(err);
    if (!is_running) {
        sl_complain("cannot run git: %s", strerror(why));
        return SL_IO;
    }
    if (!is_whole)
        return run->out->has_failed ? SL_NO_MEMORY : SL_LIMIT;
    return WIFEXITED(how) && WEXITSTATUS(how) == 0 ? SL_OK : SL_INVALID;
}

/* One line that git says, without its end, with a NUL behind it. */
static sl_status ask_git(const char *folder, git_run *run, sl_buf *line)
{
    run->most = SL_LIMIT_HTTP_TARGET_BYTES;
    run->out = line;
    SL_TRY(run_git(folder, run));
    if (line->len > 0 && line->data[line->len - 1] == '\n')
        line->len--;
    sl_buf_append_byte(line, '\0');
    return sl_buf_status(line);
}

static int tell_failure(sl_status status, const git_run *run, const char *what, const char *name)
{
    if (status == SL_NO_MEMORY)
        return no_memory();
    if (status == SL_LIMIT)
        sl_complain("%s '%s': more than %zu bytes", what, name, run->most);
    else if (status == SL_INVALID)
        sl_complain("%s '%s': %s", what, name,
                    run->complaint[0] ? run->complaint : "git knows nothing of that name");
    return SL_EXIT_NO_ANSWER;
}

/* --- what is in a folder --- */

typedef struct git_file {
    sl_str id, path; /* in the listing */
} git_file;

typedef SL_VEC(git_file) git_files;

static bool is_hidden(sl_str path)
{
    bool starts_part = true;
    for (size_t i = 0; i < path.len; i++) {
        if (starts_part && path.data[i] == '.')
            return true;
        starts_part = path.data[i] == '/';
    }
    return false;
}

/* "100644 blob ID    SIZE\tPATH"; false if it is no file of ours. */
static bool read_entry(sl_str entry, git_file *ret_file)
{
    sl_str about, mode, kind, rest;
    if (!sl_str_split(entry, '\t', &about, &ret_file->path) ||
        !sl_str_split(about, ' ', &mode, &rest) || !sl_str_split(rest, ' ', &kind, &rest) ||
        !sl_str_split(rest, ' ', &ret_file->id, &rest))
        return false;
    if (!sl_str_ends_with(ret_file->path, SL_STR(".proto")) || is_hidden(ret_file->path))
        return false;
    bool is_file = sl_str_is(mode, "100644") || sl_str_is(mode, "100755");
    if (!is_file)
        sl_complain("'%.*s' is a link or another repository there, and is not read",
                    SL_STR_ARG(ret_file->path));
    return is_file && sl_str_is(kind, "blob");
}

static sl_status read_listing(sl_str listing, git_files *files)
{
    sl_str entry, rest = listing;
    while (sl_str_split(rest, '\0', &entry, &rest)) {
        git_file file;
        if (!read_entry(entry, &file))
            continue;
        if (files->count >= SL_LIMIT_COMPILE_FILES)
            return SL_LIMIT;
        SL_TRY(sl_vec_push(files, file));
    }
    return SL_OK;
}

/* --- contents --- */

/* "ID blob SIZE\n", the bytes, "\n", and so on, in the order of the question. */
static bool take_content(sl_str *rest, sl_str id, sl_str *ret_text)
{
    sl_str head, found, kind, digits;
    if (!sl_str_split(*rest, '\n', &head, rest) || !sl_str_split(head, ' ', &found, &head) ||
        !sl_str_split(head, ' ', &kind, &digits) || !sl_str_equal(found, id) ||
        !sl_str_is(kind, "blob"))
        return false;
    size_t size = 0;
    for (size_t i = 0; i < digits.len && i < 12; i++)
        size = size * 10 + (size_t)(digits.data[i] - '0');
    if (size >= rest->len)
        return false;
    *ret_text = (sl_str){rest->data, size};
    *rest = (sl_str){rest->data + size + 1, rest->len - size - 1};
    return true;
}

static int read_contents(const char *folder, const git_files *files, sl_arena *arena,
                         sl_memory_files *ret_files)
{
    sl_cleanup(sl_buf_done) sl_buf out = {0};
    FILE *ids = tmpfile();
    for (size_t i = 0; ids && i < files->count; i++)
        fprintf(ids, "%.*s\n", SL_STR_ARG(files->items[i].id));
    if (!ids || fflush(ids) != 0 || fseek(ids, 0, SEEK_SET) != 0) {
        sl_complain("cannot write a temporary file: %s", strerror(errno));
        if (ids)
            fclose(ids);
        return SL_EXIT_NO_ANSWER;
    }
    git_run run = {{"cat-file", "--batch"}, ids, SL_LIMIT_COMPILE_BYTES, &out};
    sl_status status = run_git(folder, &run);
    fclose(ids);
    if (status != SL_OK)
        return tell_failure(status, &run, "the files of", folder);
    sl_str rest = sl_buf_str(&out);
    for (size_t i = 0; i < files->count; i++) {
        sl_str text;
        sl_memory_file file;
        if (!take_content(&rest, files->items[i].id, &text)) {
            sl_complain("git did not give '%.*s'; is the clone a partial one?",
                        SL_STR_ARG(files->items[i].path));
            return SL_EXIT_NO_ANSWER;
        }
        if (sl_arena_copy_str(arena, files->items[i].path, &file.path) != SL_OK ||
            sl_arena_copy_str(arena, text, &file.text) != SL_OK ||
            sl_vec_push(ret_files, file) != SL_OK)
            return no_memory();
    }
    return SL_EXIT_CLEAN;
}

/* --- the way through --- */

static int read_tree(const char *folder, const char *tree, const char *spec, sl_arena *arena,
                     sl_memory_files *ret_files)
{
    sl_cleanup(sl_buf_done) sl_buf listing = {0};
    git_files files = {0};
    git_run run = {{"ls-tree", "-r", "-z", "-l", "--full-tree", tree}, NULL, LIST_BYTES, &listing};
    sl_status status = run_git(folder, &run);
    if (status == SL_OK)
        status = read_listing(sl_buf_str(&listing), &files);
    int exit_status = SL_EXIT_CLEAN;
    if (status == SL_LIMIT && files.count > 0) {
        sl_complain("'git:%s' has more than %d .proto files (limit COMPILE_FILES)", spec,
                    SL_LIMIT_COMPILE_FILES);
        exit_status = SL_EXIT_NO_ANSWER;
    } else if (status != SL_OK) {
        exit_status = tell_failure(status, &run, "there is no folder for", spec);
    } else if (files.count == 0) {
        sl_complain("there is no .proto file in 'git:%s'", spec);
        exit_status = SL_EXIT_NO_ANSWER;
    } else {
        exit_status = read_contents(folder, &files, arena, ret_files);
    }
    sl_vec_done(&files);
    return exit_status;
}

/* "COMMIT:FOLDER", by which git knows the folder at that revision. */
static int name_tree(const char *folder, const char *spec, sl_buf *tree)
{
    sl_cleanup(sl_buf_done) sl_buf prefix = {0};
    sl_cleanup(sl_buf_done) sl_buf revision = {0};
    sl_cleanup(sl_buf_done) sl_buf asked = {0};
    const char *colon = strchr(spec, ':');
    sl_str name = {spec, colon ? (size_t)(colon - spec) : strlen(spec)};
    git_run run = {{"rev-parse", "--show-prefix"}};
    sl_status status = ask_git(folder, &run, &prefix);
    if (status != SL_OK)
        return tell_failure(status, &run, "no git repository at", folder);
    sl_buf_append_str(&asked, name);
    sl_buf_append_literal(&asked, "^{commit}");
    sl_buf_append_byte(&asked, '\0');
    if (sl_buf_status(&asked) != SL_OK)
        return no_memory();
    run = (git_run){{"rev-parse", "--verify", "--end-of-options", asked.data}};
    status = ask_git(folder, &run, &revision);
    if (status != SL_OK)
        return tell_failure(status, &run, "no revision for (in a shallow clone, fetch it first)",
                            spec);
    sl_str below = colon ? sl_str_from(colon + 1) : sl_str_from(prefix.data);
    while (below.len > 0 && below.data[below.len - 1] == '/')
        below.len--;
    sl_buf_append_str(tree, sl_str_from(revision.data));
    sl_buf_append_byte(tree, ':');
    if (!sl_str_is(below, "."))
        sl_buf_append_str(tree, below);
    sl_buf_append_byte(tree, '\0');
    return sl_buf_status(tree) == SL_OK ? SL_EXIT_CLEAN : no_memory();
}

int sl_git_read(const char *spec, const char *beside, sl_arena *arena, sl_memory_files *ret_files)
{
    sl_cleanup(sl_buf_done) sl_buf tree = {0};
    const char *folder = beside ? beside : ".";
    int exit_status = name_tree(folder, spec, &tree);
    return exit_status == SL_EXIT_CLEAN ? read_tree(folder, tree.data, spec, arena, ret_files)
                                        : exit_status;
}
