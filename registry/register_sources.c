/* registry/register_sources.c: sources become a descriptor set, which then goes the way of any other.
 *
 *   an import ── among the sources? ── a reference of the request? ── built in? ── a subject of this name?
 *
 * A subject brings the main file of its version, and with it the very files that version was linked with, so that a schema means here
 * what it meant there. Where two versions bring the same path, the one that was found first decides for all; what depends on the other
 * is then linked with it, and registered as a version of its own if that makes a difference.
 *
 * All happens on one reader's view of the store. */
#include "compiler/compiler.h"
#include "registry/internal/register.h"

/* --- files of the store ---------------------------------------------------------------------- */

typedef struct store_resolver {
    sl_resolver base;
    sl_session *session;
    sl_map files; /* path → sl_bytes, a serialized FileDescriptorProto */
    sl_arena arena;
    bool takes_subjects; /* a path that is not known is looked up as a subject */
} store_resolver;

static sl_status add_file(store_resolver *self, const sl_schema_file_row *listed, sl_error *err)
{
    sl_file_row row, key = {.sha256 = listed->sha256};
    sl_bytes *bytes = sl_arena_new(&self->arena, sl_bytes);
    if (!bytes)
        return sl_error_no_memory(err);
    sl_status status = sl_get_file_by_sha256(self->session, &key, &self->arena, &row, err);
    if (status == SL_NOT_FOUND)
        return sl_error_set(err, SL_CORRUPT, "the store has lost the file '%.*s'",
                            SL_STR_ARG(listed->path));
    SL_TRY(status);
    *bytes = row.bytes;
    status = sl_map_add(&self->files, listed->path, bytes, NULL);
    return status == SL_NO_MEMORY ? sl_error_no_memory(err) : SL_OK;
}

/* The files that schema `id` was linked with. */
static sl_status add_schema(store_resolver *self, int64_t id, sl_error *err)
{
    sl_schema_file_row key = {.schema_id = id}, *rows;
    sl_scan scan = {.key = &key, .equal_count = 1};
    size_t count;
    SL_TRY(sl_scan_schema_file_by_ordinal(self->session, scan, &self->arena, &rows, &count, err));
    for (size_t i = 0; i < count; i++)
        if (!sl_map_get(&self->files, rows[i].path))
            SL_TRY(add_file(self, &rows[i], err));
    return SL_OK;
}

/* The latest version of the subject that is called like the path. SL_NOT_FOUND. */
static sl_status add_subject(store_resolver *self, sl_str path, sl_error *err)
{
    sl_version_row row;
    SL_TRY(sl_version_latest(self->session, path, &self->arena, &row, err));
    return add_schema(self, row.schema_id, err);
}

static sl_status find_in_store(sl_resolver *base, sl_str path, sl_found_file *ret_file,
                               sl_error *err)
{
    store_resolver *self = (store_resolver *)base;
    const sl_bytes *bytes = sl_map_get(&self->files, path);
    if (!bytes && self->takes_subjects) {
        SL_TRY(add_subject(self, path, err));
        bytes = sl_map_get(&self->files, path);
    }
    if (!bytes)
        return SL_NOT_FOUND;
    *ret_file = (sl_found_file){0};
    sl_buf_append(&ret_file->descriptor, bytes->data, bytes->len);
    if (!ret_file->descriptor.has_failed)
        return SL_OK;
    sl_found_file_done(ret_file);
    return sl_error_no_memory(err);
}

static void free_store(sl_resolver *base)
{
    store_resolver *self = (store_resolver *)base;
    sl_map_done(&self->files);
    sl_arena_done(&self->arena);
    sl_free(self);
}

static sl_resolver *store_resolver_new(sl_session *session, bool takes_subjects)
{
    static const sl_resolver_ops ops = {.find = find_in_store, .free = free_store};
    store_resolver *self = sl_zalloc(sizeof *self);
    if (!self)
        return NULL;
    self->base.ops = &ops;
    self->session = session;
    self->takes_subjects = takes_subjects;
    return &self->base;
}

/* --- references ------------------------------------------------------------------------------ */

static sl_status add_reference(store_resolver *self, const sl_reference *reference,
                               sl_problem *problem)
{
    sl_version version;
    sl_version_row row;
    sl_error err = {0};
    SL_TRY(sl_version_row_find(self->session, reference->subject, reference->version, &self->arena,
                               &row, problem));
    sl_status status = sl_version_from_row(self->session, &row, &self->arena, &version, &err);
    if (status == SL_OK && !sl_str_equal(version.main, reference->name))
        return sl_refuse(problem, SL_PROBLEM_INVALID, SL_INVALID,
                         "the reference '%.*s' leads to '%.*s', the main file of version %d of "
                         "subject '%.*s': import it by that path",
                         SL_STR_ARG(reference->name), SL_STR_ARG(version.main), version.version,
                         SL_STR_ARG(reference->subject));
    if (status == SL_OK)
        status = add_schema(self, row.schema_id, &err);
    return status == SL_OK ? SL_OK : sl_refuse_status(problem, status, &err);
}

sl_str sl_registration_subject_of(const sl_registration *registration, sl_str path)
{
    const sl_register_request *request = registration->request;
    for (size_t i = 0; i < request->reference_count; i++)
        if (sl_str_equal(request->references[i].name, path))
            return request->references[i].subject;
    return path;
}

/* --- sources --------------------------------------------------------------------------------- */

sl_str sl_registration_text(const sl_registration *registration, sl_str path)
{
    const sl_register_request *request = registration->request;
    for (size_t i = 0; i < request->source_count; i++)
        if (sl_str_equal(request->sources[i].path, path))
            return request->sources[i].text;
    return (sl_str){0};
}

/* Where imports are looked for, in this order: sources, references, built-in files, subjects. */
enum { LINK_SOURCES, LINK_REFERENCES, LINK_BUILT_INS, LINK_SUBJECTS, LINK_COUNT };

static void links_done(sl_resolver *(*links)[LINK_COUNT])
{
    for (size_t i = 0; i < LINK_COUNT; i++)
        sl_resolver_free((*links)[i]);
}

/* `arena` outlives the links. */
static sl_status open_links(const sl_register_request *request, sl_session *session,
                            sl_arena *arena, sl_resolver *links[LINK_COUNT])
{
    sl_memory_file *files = sl_arena_array(arena, sl_memory_file, request->source_count);
    if (!files)
        return SL_NO_MEMORY;
    for (size_t i = 0; i < request->source_count; i++)
        files[i] = (sl_memory_file){request->sources[i].path, request->sources[i].text};
    SL_TRY(sl_resolver_of_memory(files, request->source_count, &links[LINK_SOURCES]));
    links[LINK_REFERENCES] = store_resolver_new(session, false);
    links[LINK_SUBJECTS] = store_resolver_new(session, true);
    if (!links[LINK_REFERENCES] || !links[LINK_SUBJECTS])
        return SL_NO_MEMORY;
    return sl_resolver_of_built_ins(&links[LINK_BUILT_INS]);
}

static sl_status open_resolver(const sl_register_request *request, sl_session *session,
                               sl_arena *arena, sl_resolver **ret_resolver, sl_problem *problem)
{
    sl_cleanup(links_done) sl_resolver *links[LINK_COUNT] = {0};
    if (open_links(request, session, arena, links) != SL_OK)
        return sl_refuse_no_memory(problem);
    for (size_t i = 0; i < request->reference_count; i++)
        SL_TRY(add_reference((store_resolver *)links[LINK_REFERENCES], &request->references[i],
                             problem));
    if (sl_resolver_of_chain(links, LINK_COUNT, ret_resolver) != SL_OK)
        return sl_refuse_no_memory(problem);
    memset(links, 0, sizeof links); /* the chain owns them now */
    return SL_OK;
}

static sl_status compile(const sl_compile_request *compile_request, sl_findings *findings,
                         sl_buf *set, sl_problem *problem)
{
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    sl_error err = {0};
    sl_status status = sl_compile(compile_request, &compiled, findings, &err);
    if (status != SL_OK)
        return sl_refuse_status(problem, status, &err);
    if (!compiled)
        return SL_OK;
    sl_compiled_write_set(compiled, true, set);
    return set->has_failed ? sl_refuse_no_memory(problem) : SL_OK;
}

sl_status sl_registration_compile(sl_registration *registration, sl_findings *findings, sl_buf *set,
                                  sl_problem *problem)
{
    const sl_register_request *request = registration->request;
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_cleanup(sl_reader_give) sl_reader reader = {0};
    sl_cleanup(sl_resolver_freep) sl_resolver *resolver = NULL;
    bool is_any_main = !request->main.data && request->source_count > 1;
    if (is_any_main && !request->message_type.data)
        return sl_refuse(problem, SL_PROBLEM_INVALID, SL_INVALID,
                         "there are %zu files: say which is the main one, by 'main' or by the "
                         "message type that it declares",
                         request->source_count);
    if (request->main.data && !sl_registration_text(registration, request->main).data)
        return sl_refuse(
            problem, SL_PROBLEM_INVALID, SL_INVALID, "the main file '%.*s' is not among the files",
            (int)SL_MIN(request->main.len, (size_t)SL_LIMIT_NAME_BYTES), request->main.data);
    sl_str *mains = sl_arena_array(&arena, sl_str, request->source_count);
    if (!mains)
        return sl_refuse_no_memory(problem);
    for (size_t i = 0; i < request->source_count; i++)
        mains[i] = request->sources[i].path;
    if (request->main.data)
        mains[0] = request->main;
    SL_TRY(sl_reader_take(registration->registry, &reader, problem));
    SL_TRY(open_resolver(request, reader.session, &arena, &resolver, problem));
    sl_compile_request compile_request = {
        .resolver = resolver,
        .mains = mains,
        .main_count = is_any_main ? request->source_count : 1,
        .with_source_info = true,
    };
    return compile(&compile_request, findings, set, problem);
}
