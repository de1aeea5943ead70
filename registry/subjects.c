/* registry/subjects.c: the lines that versions stand in, and the compatibility level of each.
 *
 * Tightening a level is free for whoever may register there; loosening it takes a promise back that readers rely on, so that is the
 * administrator's. A level is compared with the effective one: a subject without its own has the server's default. */
#include "registry/internal/core.h"
#include "json/json.h"

/* --- reading --------------------------------------------------------------------------------- */

static sl_status from_row(sl_registry *registry, sl_session *session, const sl_subject_row *row,
                          sl_arena *arena, sl_subject *ret_subject, sl_error *err)
{
    sl_contract_row key = {.subject = row->name}, *contracts;
    sl_version_row latest = {0};
    size_t count;
    sl_status status = sl_version_latest(session, row->name, arena, &latest, err);
    if (status != SL_OK && status != SL_NOT_FOUND)
        return status;
    sl_scan scan = {.key = &key, .equal_count = 1, .limit = 1};
    SL_TRY(sl_scan_contract_by_type(session, scan, arena, &contracts, &count, err));
    *ret_subject = (sl_subject){
        .name = row->name,
        .level = sl_effective_level(registry, row->level),
        .has_own_level = row->level >= 0,
        .latest_version = (int32_t)latest.number,
        /* Versions count from 1 without a gap and are never taken away. */
        .version_count = (uint32_t)latest.number,
        .topic = count ? contracts[0].topic : (sl_str){0},
    };
    return SL_OK;
}

static sl_status no_subject(sl_problem *problem, sl_str subject)
{
    return sl_refuse(problem, SL_PROBLEM_NO_SUBJECT, SL_NOT_FOUND,
                     "there is no subject '%.*s': register a schema under it", SL_STR_ARG(subject));
}

sl_status sl_registry_subject_get(sl_registry *registry, sl_str subject, sl_arena *arena,
                                  sl_subject *ret_subject, sl_problem *problem)
{
    sl_cleanup(sl_reader_give) sl_reader reader = {0};
    sl_subject_row row, key = {.name = subject};
    sl_error err = {0};
    SL_TRY(sl_reader_take(registry, &reader, problem));
    sl_status status = sl_get_subject_by_name(reader.session, &key, arena, &row, &err);
    if (status == SL_NOT_FOUND)
        return no_subject(problem, subject);
    if (status == SL_OK)
        status = from_row(registry, reader.session, &row, arena, ret_subject, &err);
    return status == SL_OK ? SL_OK : sl_refuse_status(problem, status, &err);
}

/* A page begins behind the cursor, or at the first name that could have the prefix. */
static sl_scan page_scan(const sl_subject_row *key, sl_str prefix, sl_str cursor, uint32_t limit)
{
    sl_scan scan = {.key = key, .limit = limit};
    if (cursor.data && sl_str_compare(cursor, prefix) >= 0)
        scan.bound = SL_SCAN_AFTER;
    else if (prefix.len)
        scan.bound = SL_SCAN_FROM;
    return scan;
}

sl_status sl_registry_subject_list(sl_registry *registry, sl_str prefix, sl_page page,
                                   sl_arena *arena, sl_subjects *ret_subjects, sl_problem *problem)
{
    sl_cleanup(sl_reader_give) sl_reader reader = {0};
    uint32_t limit = sl_page_limit(page);
    bool has_cursor = page.cursor.data && sl_str_compare(page.cursor, prefix) >= 0;
    sl_subject_row key = {.name = has_cursor ? page.cursor : prefix}, *rows;
    size_t count;
    sl_error err = {0};
    SL_TRY(sl_reader_take(registry, &reader, problem));
    sl_scan scan = page_scan(&key, prefix, page.cursor, limit + 1);
    sl_status status = sl_scan_subject_by_name(reader.session, scan, arena, &rows, &count, &err);
    sl_subject *items =
        status == SL_OK ? sl_arena_array(arena, sl_subject, SL_MIN(count, (size_t)limit)) : NULL;
    if (status == SL_OK && !items)
        status = sl_error_no_memory(&err);
    size_t shown = 0;
    for (; status == SL_OK && shown < count && shown < limit; shown++) {
        if (!sl_str_starts_with(rows[shown].name, prefix))
            break;
        status = from_row(registry, reader.session, &rows[shown], arena, &items[shown], &err);
    }
    if (status != SL_OK)
        return sl_refuse_status(problem, status, &err);
    bool has_more = shown == limit && count > limit && sl_str_starts_with(rows[limit].name, prefix);
    *ret_subjects = (sl_subjects){items, shown, has_more ? items[shown - 1].name : (sl_str){0}};
    return SL_OK;
}

/* --- the level ------------------------------------------------------------------------------- */

/* Any of the subject's contracts lets its side in; without one, everybody may who may write. */
sl_status sl_check_subject_side(sl_session *session, const sl_actor *actor, sl_str subject,
                                sl_arena *arena, sl_problem *problem)
{
    sl_contract_row *rows;
    size_t count;
    sl_error err = {0};
    sl_status status = sl_contracts_of_subject(session, subject, arena, &rows, &count, &err);
    if (status != SL_OK)
        return sl_refuse_status(problem, status, &err);
    sl_problem refusal = {0};
    for (size_t i = 0; i < count; i++) {
        status = sl_check_contract_side(session, actor, &rows[i], arena, &refusal);
        if (status != SL_FORBIDDEN)
            break;
    }
    if (status != SL_OK && problem)
        *problem = refusal;
    return status;
}

sl_status sl_check_level(const sl_registry *registry, const sl_actor *actor,
                         const sl_subject_row *row, sl_compat_level level, sl_problem *problem)
{
    sl_compat_level now = sl_effective_level(registry, row->level);
    if (actor->kind == SL_ACTOR_ADMIN || sl_compat_level_is_at_least(level, now))
        return SL_OK;
    return sl_refuse(problem, SL_PROBLEM_FORBIDDEN, SL_FORBIDDEN,
                     "subject '%.*s' is %s, and %s would promise its readers less: only an "
                     "administrator loosens",
                     SL_STR_ARG(row->name), sl_compat_level_name(now), sl_compat_level_name(level));
}

static void put_level(sl_buf *detail, sl_compat_level level)
{
    sl_json_writer writer = sl_json_writer_of(detail);
    sl_json_put_object(&writer, NULL);
    sl_json_put_string(&writer, "level", sl_str_from(sl_compat_level_name(level)));
    sl_json_end_object(&writer);
}

sl_status sl_subject_store_level(sl_tx *tx, const sl_actor *actor, sl_subject_row *row,
                                 sl_compat_level level)
{
    sl_cleanup(sl_buf_done) sl_buf detail = {0};
    if (row->level == (int64_t)level)
        return SL_OK;
    row->level = level;
    row->generation++;
    put_level(&detail, level);
    SL_TRY(sl_update_subject(tx->session, row, NULL));
    SL_TRY(sl_touch_subject(tx, row->name));
    return sl_change_append(tx, actor, SL_CHANGE_SUBJECT_LEVEL, "subject", row->name, &detail);
}

typedef struct level_job {
    const sl_actor *actor;
    sl_str subject;
    sl_compat_level level;
    sl_arena *arena; /* the caller's */
} level_job;

static sl_status set_level(sl_tx *tx, void *context, sl_problem *problem)
{
    level_job *job = context;
    sl_subject_row row, key = {.name = job->subject};
    sl_status status = sl_get_subject_by_name(tx->session, &key, tx->arena, &row, NULL);
    if (status == SL_NOT_FOUND)
        return no_subject(problem, job->subject);
    SL_TRY(status);
    SL_TRY(sl_check_subject_side(tx->session, job->actor, job->subject, job->arena, problem));
    SL_TRY(sl_check_level(tx->registry, job->actor, &row, job->level, problem));
    return sl_subject_store_level(tx, job->actor, &row, job->level);
}

sl_status sl_registry_subject_set_level(sl_registry *registry, const sl_actor *actor,
                                        sl_str subject, sl_compat_level level, sl_arena *arena,
                                        sl_problem *problem)
{
    SL_TRY(sl_check_writer(actor, problem));
    if ((unsigned)level >= SL_LEVEL_COUNT)
        return sl_refuse(problem, SL_PROBLEM_INVALID, SL_INVALID, "no such compatibility level");
    level_job job = {actor, subject, level, arena};
    return sl_writer_run(registry, set_level, &job, problem);
}
