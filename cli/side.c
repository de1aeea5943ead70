/* cli/side.c: from a word of the command line to a linked schema.
 *
 * Text, on disk or in a git revision, is compiled here; a set is linked as it is; a subject or a topic is fetched from a server as a set. Trees
 * have as many main files as there are .proto files: all are linked together, once. */
#include "cli/internal/side.h"

#include "cli/internal/input.h"
#include "cli/internal/say.h"

#include <sys/stat.h>

void sl_side_done(sl_side *side)
{
    sl_schema_unref(side->schema);
    sl_findings_done(&side->findings);
    sl_proto_inputs_done(&side->inputs);
    sl_resolver_free(side->resolver);
    sl_vec_done(&side->files);
    sl_arena_done(&side->arena);
}

static int tell_status(sl_status status, const sl_error *error)
{
    sl_complain("%s", error->text[0] ? error->text : sl_status_name(status));
    return SL_EXIT_NO_ANSWER;
}

/* --- text for findings ------------------------------------------------------------------------ */

static bool find_text(const sl_report_source *base, sl_str path, sl_buf *ret_name, sl_buf *ret_text)
{
    const sl_side *side = (const sl_side *)base;
    sl_cleanup(sl_found_file_done) sl_found_file found = {0};
    if (!side->resolver || side->resolver->ops->find(side->resolver, path, &found, NULL) != SL_OK ||
        !found.text.len)
        return false;
    if (side->revision) {
        sl_buf_printf(ret_name, "git:%s:%.*s", side->revision, SL_STR_ARG(path));
    } else if (!sl_proto_inputs_locate(&side->inputs, path, ret_name)) {
        return false;
    }
    sl_buf_append_str(ret_text, sl_buf_str(&found.text));
    return !ret_text->has_failed && !ret_name->has_failed;
}

/* --- sets ------------------------------------------------------------------------------------- */

static int link_set(sl_bytes set, sl_side *side)
{
    sl_error error = {0};
    sl_status status = sl_schema_link_set(set, (sl_str){0}, &side->schema, &side->findings, &error);
    return status == SL_OK ? SL_EXIT_CLEAN : tell_status(status, &error);
}

static int read_set(const char *path, sl_side *side)
{
    sl_cleanup(sl_buf_done) sl_buf set = {0};
    sl_error error = {0};
    sl_status status = sl_input_read_file(path, SL_LIMIT_TREE_SET_BYTES, &set, &error);
    side->is_tree = true;
    return status == SL_OK ? link_set(sl_buf_bytes(&set), side) : tell_status(status, &error);
}

/* --- text ------------------------------------------------------------------------------------- */

/* Compile `mains` through the side's resolver and link everything. */
static int compile(const sl_str *mains, size_t count, sl_side *side)
{
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    sl_compile_request request = {side->resolver, mains, count, .with_source_info = true};
    sl_error error = {0};
    sl_status status = sl_compile(&request, &compiled, &side->findings, &error);
    if (status == SL_OK && compiled)
        status =
            sl_compiled_link(compiled, mains[count - 1], &side->schema, &side->findings, &error);
    side->is_tree = count > 1;
    return status == SL_OK ? SL_EXIT_CLEAN : tell_status(status, &error);
}

int sl_side_open_files(const sl_side_request *request, const sl_arguments *arguments, sl_side *side)
{
    side->source.find = find_text;
    int exit_status =
        sl_proto_inputs_collect(request->command, request->roots, arguments, &side->inputs);
    if (exit_status != SL_EXIT_CLEAN)
        return exit_status;
    sl_error error = {0};
    sl_status status = sl_proto_inputs_resolver(&side->inputs, &side->resolver);
    if (status != SL_OK)
        return tell_status(status, &error);
    return compile(side->inputs.mains.items, side->inputs.mains.count, side);
}

static sl_status memory_resolver(sl_side *side)
{
    sl_cleanup(sl_resolver_freep) sl_resolver *files = NULL;
    sl_cleanup(sl_resolver_freep) sl_resolver *built_ins = NULL;
    SL_TRY(sl_resolver_of_memory(side->files.items, side->files.count, &files));
    SL_TRY(sl_resolver_of_built_ins(&built_ins));
    sl_resolver *const links[] = {files, built_ins};
    SL_TRY(sl_resolver_of_chain(links, SL_ARRAY_LEN(links), &side->resolver));
    files = built_ins = NULL;
    return SL_OK;
}

static int read_git(const sl_side_request *request, const char *spec, sl_side *side)
{
    int exit_status = sl_git_read(spec, request->beside, &side->arena, &side->files);
    if (exit_status != SL_EXIT_CLEAN)
        return exit_status;
    sl_error error = {0};
    side->revision = spec;
    sl_status status = memory_resolver(side);
    sl_str *mains = sl_arena_array(&side->arena, sl_str, side->files.count);
    if (status != SL_OK || !mains)
        return tell_status(SL_NO_MEMORY, &error);
    for (size_t i = 0; i < side->files.count; i++)
        mains[i] = side->files.items[i].path;
    return compile(mains, side->files.count, side);
}

/* --- a server's ------------------------------------------------------------------------------- */

static int fetch_version(const sl_remote *remote, const char *subject, const char *version,
                         sl_side *side)
{
    sl_cleanup(sl_buf_done) sl_buf path = {0};
    sl_cleanup(sl_remote_answer_done) sl_remote_answer answer = {0};
    sl_remote_path(&path, "/v1/subjects/", subject, "/versions/", version, "/descriptor");
    sl_remote_request request = {"GET", &path, .accept = "application/x-protobuf"};
    int exit_status = sl_remote_call(remote, &request, &answer);
    return exit_status == SL_EXIT_CLEAN ? link_set(sl_buf_bytes(&answer.http.body), side)
                                        : exit_status;
}

/* "orders-value", "orders-value@3" */
static int read_subject(const sl_side_request *request, const char *spec, sl_side *side)
{
    sl_str subject = sl_str_from(spec), version = SL_STR("latest");
    sl_str_split_last(sl_str_from(spec), '@', &subject, &version);
    sl_str name, number;
    if (sl_arena_copy_str(&side->arena, subject, &name) != SL_OK ||
        sl_arena_copy_str(&side->arena, version, &number) != SL_OK)
        return tell_status(SL_NO_MEMORY, &(sl_error){0});
    return fetch_version(request->remote, name.data, number.data, side);
}

static int read_topic(const sl_side_request *request, const char *topic, sl_side *side)
{
    sl_cleanup(sl_buf_done) sl_buf path = {0};
    sl_cleanup(sl_remote_answer_done) sl_remote_answer answer = {0};
    sl_remote_path(&path, "/v1/topics/", topic, "/contract");
    sl_remote_request asked = {"GET", &path};
    int exit_status = sl_remote_call(request->remote, &asked, &answer);
    if (exit_status != SL_EXIT_CLEAN)
        return exit_status;
    sl_str subject;
    if (sl_arena_copy_str(&side->arena, sl_member_string(answer.json, "subject"), &subject) !=
        SL_OK)
        return tell_status(SL_NO_MEMORY, &(sl_error){0});
    return fetch_version(request->remote, subject.data, "latest", side);
}

/* --- which of them ---------------------------------------------------------------------------- */

static const char *behind(const char *argument, const char *word)
{
    size_t len = strlen(word);
    return strncmp(argument, word, len) == 0 ? argument + len : NULL;
}

static bool is_text(const char *argument)
{
    struct stat about;
    return sl_str_ends_with(sl_str_from(argument), SL_STR(".proto")) ||
           (stat(argument, &about) == 0 && S_ISDIR(about.st_mode));
}

static int read_remote(const sl_side_request *request, const char *subject, const char *topic,
                       sl_side *side)
{
    int exit_status = sl_remote_open(request->remote);
    if (exit_status != SL_EXIT_CLEAN)
        return exit_status;
    return subject ? read_subject(request, subject, side) : read_topic(request, topic, side);
}

int sl_side_open(const sl_side_request *request, char *argument, sl_side *ret_side)
{
    const char *spec = NULL;
    ret_side->source.find = find_text;
    if ((spec = behind(argument, "git:")))
        return read_git(request, spec, ret_side);
    if ((spec = behind(argument, "subject:")))
        return read_remote(request, spec, NULL, ret_side);
    if ((spec = behind(argument, "topic:")))
        return read_remote(request, NULL, spec, ret_side);
    return is_text(argument) ? sl_side_open_files(request, &(sl_arguments){&argument, 1}, ret_side)
                             : read_set(argument, ret_side);
}

const bool *sl_side_mains(sl_side *side)
{
    size_t count = sl_schema_file_count(side->schema);
    bool *is_main = sl_arena_array(&side->arena, bool, count);
    if (!is_main)
        return NULL;
    for (size_t i = 0; i < side->inputs.mains.count; i++) {
        const sl_file *file = sl_schema_find_file(side->schema, side->inputs.mains.items[i]);
        if (file)
            is_main[file->index] = true;
    }
    for (size_t i = 0; i < side->files.count; i++) {
        const sl_file *file = sl_schema_find_file(side->schema, side->files.items[i].path);
        if (file)
            is_main[file->index] = true;
    }
    for (size_t i = 0; i < count && !side->resolver; i++)
        is_main[i] = !sl_str_starts_with(sl_schema_file_at(side->schema, i)->path,
                                         SL_STR("google/protobuf/"));
    return is_main;
}
