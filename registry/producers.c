/* registry/producers.c: services that write, each of a team with a chat room; and the emergency stop.
 *
 * Producers are never removed: contracts and history name them. */
#include "registry/internal/core.h"
#include "json/json.h"

static sl_producer producer_of(const sl_producer_row *row)
{
    return (sl_producer){
        .name = row->name,
        .team = row->team,
        .chat = row->chat,
        .contact = row->contact,
        .is_blocked = row->is_blocked,
        .block_reason = row->block_reason,
        .generation = row->generation,
        .created_us = row->created_us,
    };
}

/* Rows that a job read lie in the transaction's arena; results lie in the caller's. */
static sl_status copy_producer(const sl_producer_row *row, sl_arena *arena,
                               sl_producer *ret_producer)
{
    sl_producer producer = producer_of(row);
    sl_str *texts[] = {&producer.name, &producer.team, &producer.chat, &producer.contact,
                       &producer.block_reason};
    for (size_t i = 0; i < SL_ARRAY_LEN(texts); i++)
        SL_TRY(sl_arena_copy_str(arena, *texts[i], texts[i]));
    *ret_producer = producer;
    return SL_OK;
}

static sl_status no_producer(sl_problem *problem, sl_str name)
{
    return sl_refuse(problem, SL_PROBLEM_NO_PRODUCER, SL_NOT_FOUND,
                     "there is no producer '%.*s': an administrator creates it", SL_STR_ARG(name));
}

static sl_status find(sl_session *session, sl_str name, sl_arena *arena, sl_producer_row *ret_row,
                      sl_problem *problem)
{
    sl_producer_row key = {.name = name};
    sl_error err = {0};
    sl_status status = sl_get_producer_by_name(session, &key, arena, ret_row, &err);
    if (status == SL_NOT_FOUND)
        return no_producer(problem, name);
    return status == SL_OK ? SL_OK : sl_refuse_status(problem, status, &err);
}

static sl_status check_texts(const sl_producer *producer, sl_problem *problem)
{
    SL_TRY(sl_check_text("a team", producer->team, problem));
    SL_TRY(sl_check_text("a chat room", producer->chat, problem));
    return sl_check_text("a contact", producer->contact, problem);
}

static void put_particulars(sl_buf *detail, const sl_producer_row *row)
{
    sl_json_writer writer = sl_json_writer_of(detail);
    sl_json_put_object(&writer, NULL);
    sl_json_put_string_if(&writer, "team", row->team);
    sl_json_put_string_if(&writer, "chat", row->chat);
    sl_json_put_string_if(&writer, "contact", row->contact);
    sl_json_end_object(&writer);
}

/* --- create ---------------------------------------------------------------------------------- */

typedef struct producer_job {
    const sl_actor *actor;
    const sl_producer *given;
    sl_arena *arena;
    sl_producer producer;
    bool is_new;
} producer_job;

/* Absent and empty say the same here. */
static bool is_same(const sl_producer_row *row, const sl_producer *producer)
{
    return sl_str_equal(row->team, producer->team) && sl_str_equal(row->chat, producer->chat) &&
           sl_str_equal(row->contact, producer->contact);
}

static sl_status create(sl_tx *tx, void *context, sl_problem *problem)
{
    producer_job *job = context;
    sl_producer_row key = {.name = job->given->name}, row;
    sl_status status = sl_get_producer_by_name(tx->session, &key, tx->arena, &row, NULL);
    job->is_new = status == SL_NOT_FOUND;
    if (status == SL_OK && is_same(&row, job->given))
        return copy_producer(&row, job->arena, &job->producer);
    if (status == SL_OK)
        return sl_refuse(problem, SL_PROBLEM_PRODUCER_EXISTS, SL_EXISTS,
                         "producer '%.*s' exists with other particulars: PATCH changes them",
                         SL_STR_ARG(row.name));
    if (status != SL_NOT_FOUND)
        return status;
    row = (sl_producer_row){.name = job->given->name,
                            .team = job->given->team,
                            .chat = job->given->chat,
                            .contact = job->given->contact,
                            .generation = 1,
                            .created_us = tx->now_us};
    sl_cleanup(sl_buf_done) sl_buf detail = {0};
    put_particulars(&detail, &row);
    SL_TRY(sl_insert_producer(tx->session, &row, NULL));
    SL_TRY(copy_producer(&row, job->arena, &job->producer));
    return sl_change_append(tx, job->actor, SL_CHANGE_PRODUCER_CREATE, "producer", row.name,
                            &detail);
}

sl_status sl_registry_producer_create(sl_registry *registry, const sl_actor *actor,
                                      const sl_producer *producer, sl_arena *arena,
                                      sl_producer *ret_producer, sl_problem *problem)
{
    SL_TRY(sl_check_admin(actor, "creating a producer", problem));
    SL_TRY(sl_check_producer_name(producer->name, problem));
    SL_TRY(check_texts(producer, problem));
    producer_job job = {.actor = actor, .given = producer, .arena = arena};
    SL_TRY(sl_writer_run(registry, create, &job, problem));
    job.producer.is_new = job.is_new;
    *ret_producer = job.producer;
    return SL_OK;
}

/* --- amend ----------------------------------------------------------------------------------- */

static void take_text(sl_str *text, sl_str given)
{
    if (given.data)
        *text = given;
}

static sl_status amend(sl_tx *tx, void *context, sl_problem *problem)
{
    producer_job *job = context;
    sl_producer_row row;
    SL_TRY(find(tx->session, job->given->name, tx->arena, &row, problem));
    if (job->given->generation != 0 && job->given->generation != row.generation)
        return sl_refuse(problem, SL_PROBLEM_STALE, SL_STALE,
                         "producer '%.*s' is at generation %lld, you saw %lld: read it again",
                         SL_STR_ARG(row.name), (long long)row.generation,
                         (long long)job->given->generation);
    take_text(&row.team, job->given->team);
    take_text(&row.chat, job->given->chat);
    take_text(&row.contact, job->given->contact);
    row.generation++;
    sl_cleanup(sl_buf_done) sl_buf detail = {0};
    put_particulars(&detail, &row);
    SL_TRY(sl_update_producer(tx->session, &row, NULL));
    SL_TRY(sl_touch_producer(tx, row.name));
    SL_TRY(copy_producer(&row, job->arena, &job->producer));
    return sl_change_append(tx, job->actor, SL_CHANGE_PRODUCER_AMEND, "producer", row.name,
                            &detail);
}

sl_status sl_registry_producer_amend(sl_registry *registry, const sl_actor *actor,
                                     const sl_producer *changes, sl_arena *arena,
                                     sl_producer *ret_producer, sl_problem *problem)
{
    SL_TRY(sl_check_admin(actor, "changing a producer", problem));
    SL_TRY(check_texts(changes, problem));
    producer_job job = {.actor = actor, .given = changes, .arena = arena};
    SL_TRY(sl_writer_run(registry, amend, &job, problem));
    *ret_producer = job.producer;
    return SL_OK;
}

/* --- block ----------------------------------------------------------------------------------- */

typedef struct block_job {
    const sl_actor *actor;
    sl_str name, reason;
    bool is_blocked;
} block_job;

static sl_status block(sl_tx *tx, void *context, sl_problem *problem)
{
    block_job *job = context;
    sl_producer_row row;
    SL_TRY(find(tx->session, job->name, tx->arena, &row, problem));
    row.is_blocked = job->is_blocked;
    row.block_reason = job->is_blocked ? job->reason : (sl_str){0};
    row.generation++;
    sl_cleanup(sl_buf_done) sl_buf detail = {0};
    sl_json_writer writer = sl_json_writer_of(&detail);
    sl_json_put_object(&writer, NULL);
    sl_json_put_string_if(&writer, "reason", job->reason);
    sl_json_end_object(&writer);
    SL_TRY(sl_update_producer(tx->session, &row, NULL));
    SL_TRY(sl_touch_producer(tx, row.name));
    return sl_change_append(tx, job->actor,
                            job->is_blocked ? SL_CHANGE_PRODUCER_BLOCK : SL_CHANGE_PRODUCER_UNBLOCK,
                            "producer", row.name, &detail);
}

sl_status sl_registry_producer_block(sl_registry *registry, const sl_actor *actor, sl_str name,
                                     bool is_blocked, sl_str reason, sl_problem *problem)
{
    SL_TRY(sl_check_admin(actor, "blocking and unblocking a producer", problem));
    SL_TRY(sl_check_text("a reason", reason, problem));
    if (is_blocked && reason.len == 0)
        return sl_refuse(problem, SL_PROBLEM_INVALID, SL_INVALID,
                         "say why: a block needs a reason");
    block_job job = {actor, name, reason, is_blocked};
    return sl_writer_run(registry, block, &job, problem);
}

/* --- reading --------------------------------------------------------------------------------- */

sl_status sl_registry_producer_get(sl_registry *registry, sl_str name, sl_arena *arena,
                                   sl_producer *ret_producer, sl_problem *problem)
{
    sl_cleanup(sl_reader_give) sl_reader reader = {0};
    sl_producer_row row;
    SL_TRY(sl_reader_take(registry, &reader, problem));
    SL_TRY(find(reader.session, name, arena, &row, problem));
    *ret_producer = producer_of(&row);
    return SL_OK;
}

sl_status sl_registry_producer_list(sl_registry *registry, sl_page page, sl_arena *arena,
                                    sl_producers *ret_producers, sl_problem *problem)
{
    sl_cleanup(sl_reader_give) sl_reader reader = {0};
    uint32_t limit = sl_page_limit(page);
    sl_producer_row key = {.name = page.cursor}, *rows;
    size_t count;
    sl_error err = {0};
    sl_scan scan = {
        .key = &key, .bound = page.cursor.data ? SL_SCAN_AFTER : SL_SCAN_ALL, .limit = limit + 1};
    SL_TRY(sl_reader_take(registry, &reader, problem));
    sl_status status = sl_scan_producer_by_name(reader.session, scan, arena, &rows, &count, &err);
    if (status != SL_OK)
        return sl_refuse_status(problem, status, &err);
    size_t shown = SL_MIN(count, (size_t)limit);
    sl_producer *items = sl_arena_array(arena, sl_producer, shown);
    if (!items)
        return sl_refuse_no_memory(problem);
    for (size_t i = 0; i < shown; i++)
        items[i] = producer_of(&rows[i]);
    *ret_producers =
        (sl_producers){items, shown, count > shown ? items[shown - 1].name : (sl_str){0}};
    return SL_OK;
}
