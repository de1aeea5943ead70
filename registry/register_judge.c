/* registry/register_judge.c: may this schema become a version?
 *
 *   rights         a side of the contract, where the subject is under one; an administrator always
 *   compatibility  by the subject's level, against its latest version or, transitively, all of them, the newest first
 *   contracts      the message type of each live contract on the subject is still defined in the main file
 *
 * All three are asked for the main file and for each import that would become a new version: an import's subject has a level and
 * readers of its own. */
#include "registry/internal/register.h"

/* --- findings -------------------------------------------------------------------------------- */

typedef struct comparison {
    sl_registration *registration;
    const sl_planned *planned;
    sl_schema *schema; /* of the planned file alone */
    sl_map seen;       /* findings told already, by text */
} comparison;

/* What broke against a newer version is not told again for each older one. */
static sl_status add_once(comparison *compared, const sl_finding *finding, int64_t number)
{
    sl_arena *arena = &compared->registration->arena;
    sl_finding told = *finding;
    sl_str key = sl_arena_printf(arena, "%.*s %.*s:%u:%u %.*s", SL_STR_ARG(finding->rule),
                                 SL_STR_ARG(finding->at.file), finding->at.line, finding->at.column,
                                 SL_STR_ARG(finding->message));
    if (!key.data)
        return SL_NO_MEMORY;
    sl_status status = sl_map_add(&compared->seen, key, compared, NULL);
    if (status == SL_EXISTS)
        return SL_OK;
    SL_TRY(status);
    told.message = sl_arena_printf(arena, "%.*s (against version %lld)",
                                   SL_STR_ARG(finding->message), (long long)number);
    return told.message.data ? sl_findings_add(&compared->registration->findings, &told)
                             : SL_NO_MEMORY;
}

/* --- compatibility --------------------------------------------------------------------------- */

static sl_status compare_with(comparison *compared, sl_session *session, const sl_version_row *row,
                              int directions, sl_error *err)
{
    sl_cleanup(sl_schema_unrefp) sl_schema *old = NULL;
    sl_cleanup(sl_findings_done) sl_findings found = {0};
    SL_TRY(sl_version_schema_load(session, row, &old, err));
    SL_TRY(sl_compat_check(old, compared->schema,
                           compared->registration->registry->options.category, directions, &found));
    for (size_t i = 0; i < found.list.count; i++)
        SL_TRY(add_once(compared, &found.list.items[i], row->number));
    return SL_OK;
}

/* The file with what it reaches as a schema of its own, source info and all. */
static sl_status link_alone(sl_registration *registration, const sl_file *file,
                            sl_schema **ret_schema, sl_error *err)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_arena *arena = &registration->arena;
    size_t count = sl_schema_file_count(registration->schema), kept = 0;
    bool *marks = sl_arena_array(arena, bool, count);
    sl_bytes *files = sl_arena_array(arena, sl_bytes, count);
    if (!marks || !files)
        return SL_NO_MEMORY;
    if (file == sl_schema_main_file(registration->schema)) {
        *ret_schema = sl_schema_ref(registration->schema);
        return SL_OK;
    }
    sl_schema_reachable(registration->schema, file, marks);
    for (size_t i = 0; i < count; i++) {
        const sl_file *other = sl_schema_file_at(registration->schema, i);
        sl_cleanup(sl_buf_done) sl_buf bytes = {0};
        if (!marks[other->index])
            continue;
        sl_file_proto_write(other->proto, true, &bytes);
        SL_TRY(sl_buf_status(&bytes));
        SL_TRY(sl_arena_copy_bytes(arena, sl_buf_bytes(&bytes), &files[kept++]));
    }
    SL_TRY(sl_schema_link(files, kept, file->path, ret_schema, &findings, err));
    return *ret_schema ? SL_OK : SL_CORRUPT;
}

static sl_status judge_compatibility(sl_registration *registration, sl_session *session,
                                     const sl_planned *planned, sl_error *err)
{
    sl_compat_level level = sl_effective_level(registration->registry, planned->subject_row.level);
    int directions = sl_compat_level_directions(level);
    sl_version_row key = {.subject = planned->subject}, *versions;
    size_t count;
    if (directions == 0 || planned->version.number == 1)
        return SL_OK;
    sl_scan scan = {.key = &key,
                    .equal_count = 1,
                    .is_descending = true,
                    .limit = sl_compat_level_is_transitive(level) ? 0 : 1};
    SL_TRY(sl_scan_version_by_number(session, scan, &registration->arena, &versions, &count, err));
    comparison compared = {.registration = registration, .planned = planned};
    sl_status status = link_alone(registration, planned->file, &compared.schema, err);
    for (size_t i = 0; i < count && status == SL_OK; i++)
        status = compare_with(&compared, session, &versions[i], directions, err);
    sl_schema_unref(compared.schema);
    sl_map_done(&compared.seen);
    return status;
}

/* --- contracts ------------------------------------------------------------------------------- */

static sl_status judge_contracts(sl_registration *registration, sl_session *session,
                                 const sl_planned *planned, sl_problem_code *code,
                                 sl_problem *problem)
{
    sl_contract_row *rows;
    size_t count;
    sl_error err = {0};
    sl_status status = sl_contracts_of_subject(session, planned->subject, &registration->arena,
                                               &rows, &count, &err);
    for (size_t i = 0; i < count && status == SL_OK; i++) {
        const sl_message *message =
            sl_schema_find_message(registration->schema, rows[i].message_type);
        if (message && message->file == planned->file)
            continue;
        status = sl_findings_error(&registration->findings, "CONTRACT_MESSAGE_TYPE",
                                   (sl_location){.file = planned->file->path},
                                   "message '%.*s', which topic '%.*s' is under contract for, is "
                                   "not defined in '%.*s' any more",
                                   SL_STR_ARG(rows[i].message_type), SL_STR_ARG(rows[i].topic),
                                   SL_STR_ARG(planned->file->path));
        *code = SL_PROBLEM_CONTRACT_BROKEN;
        sl_tell_owner(session, &rows[i], registration->result_arena, problem);
    }
    return status == SL_OK ? SL_OK : sl_refuse_status(problem, status, &err);
}

/* --- all ------------------------------------------------------------------------------------- */

/* Whoever checks without saying who he is learns what the rules say of the schema, and not whether he might register it. */
static sl_status judge_rights(sl_registration *registration, sl_session *session,
                              const sl_planned *planned, sl_problem *problem)
{
    if (registration->request->is_check && registration->actor->kind == SL_ACTOR_ANONYMOUS)
        return SL_OK;
    return sl_check_subject_side(session, registration->actor, planned->subject,
                                 registration->result_arena, problem);
}

sl_status sl_registration_judge(sl_registration *registration, sl_session *session,
                                sl_problem_code *ret_code, sl_problem *problem)
{
    sl_error err = {0};
    *ret_code = SL_PROBLEM_NONE;
    for (size_t i = 0; i < registration->planned_count; i++) {
        const sl_planned *planned = &registration->planned[i];
        if (!planned->is_new)
            continue;
        SL_TRY(judge_rights(registration, session, planned, problem));
        sl_status status = judge_compatibility(registration, session, planned, &err);
        if (status != SL_OK)
            return sl_refuse_status(problem, status, &err);
        if (*ret_code == SL_PROBLEM_NONE && sl_findings_have_errors(&registration->findings))
            *ret_code = SL_PROBLEM_INCOMPATIBLE;
        SL_TRY(judge_contracts(registration, session, planned, ret_code, problem));
    }
    return SL_OK;
}
