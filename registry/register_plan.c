/* registry/register_plan.c: what each file of a registration would become.
 *
 * Files are taken dependencies first, so a file's references are known when its turn comes: each import that is not built in is a
 * version of the subject named by its path, as Kafka's serializers register it, or by a reference of the request.
 * A file whose fingerprint the subject has already is that version; else it would be the next one. Reads only; what it read may move
 * until the transaction, which compares generations. */
#include "registry/internal/register.h"

/* --- messages -------------------------------------------------------------------------------- */

static void put_name(sl_buf *text, const sl_message *message)
{
    if (message->is_map_entry)
        return;
    if (text->len)
        sl_buf_append_byte(text, '\n');
    sl_buf_append_str(text, message->full_name);
}

sl_status sl_file_messages(const sl_file *file, sl_arena *arena, sl_str *ret_text)
{
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    SL_VEC(const sl_message *) queue = {0};
    sl_status status = SL_OK;
    for (uint32_t i = 0; i < file->message_count && status == SL_OK; i++)
        status = sl_vec_push(&queue, &file->messages[i]);
    for (size_t at = 0; at < queue.count && status == SL_OK; at++) {
        const sl_message *message = queue.items[at];
        put_name(&text, message);
        for (uint32_t i = 0; i < message->message_count && status == SL_OK; i++)
            status = sl_vec_push(&queue, &message->messages[i]);
    }
    sl_vec_done(&queue);
    SL_TRY(status);
    SL_TRY(sl_buf_status(&text));
    return sl_arena_copy_str(arena, sl_buf_str(&text), ret_text);
}

/* --- references ------------------------------------------------------------------------------ */

/* by_file: by sl_file.index; NULL for built-in files. */
static void add_references(sl_planned *planned, const sl_file *const *imports, uint32_t count,
                           sl_planned *const *by_file)
{
    for (uint32_t i = 0; i < count; i++) {
        const sl_planned *import = imports[i] ? by_file[imports[i]->index] : NULL;
        if (import)
            planned->references[planned->reference_count++] = (sl_reference){
                import->file->path, import->subject, (int32_t)import->version.number};
    }
}

static sl_status plan_references(sl_registration *registration, sl_planned *planned,
                                 sl_planned *const *by_file)
{
    const sl_file *file = planned->file;
    size_t most = (size_t)file->import_count + file->option_import_count;
    planned->references = sl_arena_array(&registration->arena, sl_reference, most);
    if (!planned->references)
        return SL_NO_MEMORY;
    add_references(planned, file->imports, file->import_count, by_file);
    add_references(planned, file->option_imports, file->option_import_count, by_file);
    return SL_OK;
}

/* --- place ----------------------------------------------------------------------------------- */

/* Is this very schema a version of the subject already? */
static sl_status find_version(sl_registration *registration, sl_session *session,
                              sl_planned *planned, sl_error *err)
{
    sl_schema_row schema, key = {.exact = {planned->exact.bytes, SL_SHA256_SIZE}};
    sl_status status = sl_get_schema_by_exact(session, &key, &registration->arena, &schema, err);
    if (status != SL_OK)
        return status;
    sl_version_row version_key = {.subject = planned->subject, .schema_id = schema.id};
    planned->version.schema_id = schema.id;
    return sl_get_version_by_schema(session, &version_key, &registration->arena, &planned->version,
                                    err);
}

static sl_status find_next_number(sl_registration *registration, sl_session *session,
                                  sl_planned *planned, sl_problem *problem)
{
    sl_version_row latest = {0};
    sl_error err = {0};
    sl_status status =
        sl_version_latest(session, planned->subject, &registration->arena, &latest, &err);
    if (status != SL_OK && status != SL_NOT_FOUND)
        return sl_refuse_status(problem, status, &err);
    if (latest.number >= SL_LIMIT_SUBJECT_VERSIONS)
        return sl_refuse(problem, SL_PROBLEM_LIMIT, SL_LIMIT,
                         "subject '%.*s' has %d versions, the most (limit SUBJECT_VERSIONS)",
                         SL_STR_ARG(planned->subject), SL_LIMIT_SUBJECT_VERSIONS);
    planned->version.subject = planned->subject;
    planned->version.number = latest.number + 1;
    planned->is_new = true;
    return SL_OK;
}

static sl_status plan_file(sl_registration *registration, sl_session *session, sl_planned *planned,
                           sl_planned *const *by_file, sl_problem *problem)
{
    sl_error err = {0};
    sl_subject_row key = {.name = planned->subject};
    SL_TRY(sl_check_subject_name(planned->subject, problem));
    sl_status status = plan_references(registration, planned, by_file);
    if (status == SL_OK)
        status = sl_identity_exact(registration->schema, planned->file, planned->references,
                                   planned->reference_count, &planned->exact);
    if (status == SL_OK)
        status = sl_identity_normal(registration->schema, planned->file, &planned->normal);
    if (status == SL_OK)
        status = sl_get_subject_by_name(session, &key, &registration->arena, &planned->subject_row,
                                        &err);
    if (status == SL_NOT_FOUND) {
        planned->subject_row = (sl_subject_row){.name = planned->subject, .level = -1};
        status = SL_OK;
    }
    if (status == SL_OK)
        status = find_version(registration, session, planned, &err);
    if (status == SL_NOT_FOUND)
        return find_next_number(registration, session, planned, problem);
    return status == SL_OK ? SL_OK : sl_refuse_status(problem, status, &err);
}

/* A schema lists every file that it reaches, so a chain of n imports makes n * n / 2 rows, and as many texts to hash.
 * Counted before the first is. */
static sl_status count_closure(const sl_schema *schema, const sl_file *file, bool *marks,
                               size_t *total, sl_problem *problem)
{
    size_t count = sl_schema_file_count(schema);
    sl_schema_reachable(schema, file, marks);
    for (size_t i = 0; i < count; i++)
        *total += marks[i];
    if (*total <= SL_LIMIT_REGISTER_CLOSURE_FILES)
        return SL_OK;
    return sl_refuse(
        problem, SL_PROBLEM_LIMIT, SL_LIMIT,
        "the imports of the %zu files reach more than %d files, added up over all of them "
        "(limit REGISTER_CLOSURE_FILES): "
        "split the schema, or import less",
        count, SL_LIMIT_REGISTER_CLOSURE_FILES);
}

static bool is_planned(const sl_schema *schema, const sl_file *file)
{
    return file == sl_schema_main_file(schema) || !sl_path_is_builtin(file->path);
}

static sl_status check_closures(sl_registration *registration, sl_problem *problem)
{
    const sl_schema *schema = registration->schema;
    size_t count = sl_schema_file_count(schema), total = 0;
    bool *marks = sl_arena_array(&registration->arena, bool, count);
    if (!marks)
        return sl_refuse_no_memory(problem);
    for (size_t i = 0; i < count; i++) {
        const sl_file *file = sl_schema_file_at(schema, i);
        if (is_planned(schema, file))
            SL_TRY(count_closure(schema, file, marks, &total, problem));
    }
    return SL_OK;
}

sl_status sl_registration_plan(sl_registration *registration, sl_session *session,
                               sl_problem *problem)
{
    const sl_schema *schema = registration->schema;
    const sl_file *main = sl_schema_main_file(schema);
    size_t count = sl_schema_file_count(schema);
    if (count > SL_LIMIT_REGISTER_FILES)
        return sl_refuse(problem, SL_PROBLEM_LIMIT, SL_LIMIT,
                         "the schema has %zu files, and %d is the most (limit REGISTER_FILES)",
                         count, SL_LIMIT_REGISTER_FILES);
    SL_TRY(check_closures(registration, problem));
    sl_planned **by_file = sl_arena_array(&registration->arena, sl_planned *, count);
    registration->planned = sl_arena_array(&registration->arena, sl_planned, count);
    if (!by_file || !registration->planned)
        return sl_refuse_no_memory(problem);
    for (size_t i = 0; i < count; i++) {
        const sl_file *file = sl_schema_file_at(schema, i);
        if (!is_planned(schema, file))
            continue;
        sl_planned *planned = &registration->planned[registration->planned_count++];
        planned->file = file;
        planned->subject = file == main ? registration->subject
                                        : sl_registration_subject_of(registration, file->path);
        if (file != main && sl_str_equal(planned->subject, registration->subject))
            return sl_refuse(problem, SL_PROBLEM_INVALID, SL_INVALID,
                             "subject '%.*s' is that of the import of this name: choose another",
                             SL_STR_ARG(registration->subject));
        by_file[file->index] = planned;
        SL_TRY(plan_file(registration, session, planned, by_file, problem));
    }
    return SL_OK;
}
