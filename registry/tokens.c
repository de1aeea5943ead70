/* registry/tokens.c: credentials of producers: drawn, shown once, kept as a hash, listed, revoked. Who calls with one: callers.c. */
#include "registry/internal/tokens.h"

#include "registry/internal/core.h"
#include "json/json.h"

/* --- texts ----------------------------------------------------------------------------------- */

sl_status sl_token_draw(char ret_text[SL_TOKEN_TEXT_SIZE])
{
    uint8_t secret[32];
    sl_cleanup(sl_buf_done) sl_buf text = {.max = SL_TOKEN_TEXT_SIZE};
    SL_TRY(sl_random_bytes(secret, sizeof secret));
    sl_buf_append_literal(&text, "sl_");
    sl_base64url_append(&text, (sl_bytes){secret, sizeof secret});
    sl_buf_append_byte(&text, '\0');
    SL_TRY(sl_buf_status(&text));
    memcpy(ret_text, text.data, text.len);
    return SL_OK;
}

sl_status sl_token_hash(sl_str text, sl_sha256 *ret_hash)
{
    return sl_sha256_of(sl_str_bytes(text), ret_hash);
}

/* --- giving out and taking back --------------------------------------------------------------- */

static sl_status check_token_side(const sl_actor *actor, sl_str producer, sl_problem *problem)
{
    SL_TRY(sl_check_writer(actor, problem));
    if (actor->kind == SL_ACTOR_ADMIN || sl_actor_is(actor, producer))
        return SL_OK;
    return sl_refuse(problem, SL_PROBLEM_FORBIDDEN, SL_FORBIDDEN,
                     "tokens of producer '%.*s' are its own and the administrator's",
                     SL_STR_ARG(producer));
}

static sl_status no_producer(sl_problem *problem, sl_str name)
{
    return sl_refuse(problem, SL_PROBLEM_NO_PRODUCER, SL_NOT_FOUND,
                     "there is no producer '%.*s': an administrator creates it", SL_STR_ARG(name));
}

static sl_token token_of(const sl_token_row *row)
{
    return (sl_token){row->id,         row->producer,   row->name,
                      row->created_us, row->expires_us, row->revoked_us};
}

typedef struct create_job {
    const sl_actor *actor;
    sl_token_row row;
    sl_arena *arena;
    sl_token token;
} create_job;

static sl_status check_token_count(sl_tx *tx, sl_str producer, sl_problem *problem)
{
    sl_token_row *rows, key = {.producer = producer};
    size_t count, live = 0;
    sl_scan scan = {.key = &key, .equal_count = 1};
    SL_TRY(sl_scan_token_by_producer(tx->session, scan, tx->arena, &rows, &count, NULL));
    for (size_t i = 0; i < count; i++)
        live += rows[i].revoked_us == 0;
    if (live < SL_LIMIT_PRODUCER_TOKENS)
        return SL_OK;
    return sl_refuse(
        problem, SL_PROBLEM_LIMIT, SL_LIMIT,
        "producer '%.*s' has %d tokens, the most (limit PRODUCER_TOKENS): revoke one that is not used",
        SL_STR_ARG(producer), SL_LIMIT_PRODUCER_TOKENS);
}

static sl_status store_token(sl_tx *tx, void *context, sl_problem *problem)
{
    create_job *job = context;
    sl_producer_row producer, key = {.name = job->row.producer};
    sl_cleanup(sl_buf_done) sl_buf detail = {0};
    sl_status status = sl_get_producer_by_name(tx->session, &key, tx->arena, &producer, NULL);
    if (status == SL_NOT_FOUND)
        return no_producer(problem, key.name);
    SL_TRY(status);
    SL_TRY(check_token_count(tx, key.name, problem));
    job->row.created_us = tx->now_us;
    SL_TRY(sl_insert_token(tx->session, &job->row, NULL));
    sl_json_writer writer = sl_json_writer_of(&detail);
    sl_json_put_object(&writer, NULL);
    sl_json_put_string(&writer, "id", job->row.id);
    sl_json_put_string_if(&writer, "name", job->row.name);
    if (job->row.expires_us)
        sl_json_put_time(&writer, "expires", job->row.expires_us);
    sl_json_end_object(&writer);
    sl_touch_identity(tx);
    job->token = token_of(&job->row);
    return sl_change_append(tx, job->actor, SL_CHANGE_TOKEN_CREATE, "producer", key.name, &detail);
}

static sl_status draw_id(sl_arena *arena, sl_str *ret_id)
{
    uint8_t bytes[8];
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    SL_TRY(sl_random_bytes(bytes, sizeof bytes));
    sl_hex_append(&text, (sl_bytes){bytes, sizeof bytes});
    SL_TRY(sl_buf_status(&text));
    return sl_arena_copy_str(arena, sl_buf_str(&text), ret_id);
}

sl_status sl_registry_token_create(sl_registry *registry, const sl_actor *actor,
                                   const sl_token *token, sl_arena *arena, sl_new_token *ret_token,
                                   sl_problem *problem)
{
    sl_new_token made;
    sl_sha256 hash;
    SL_TRY(check_token_side(actor, token->producer, problem));
    SL_TRY(sl_check_text("a token's name", token->name, problem));
    if (token->expires_us < 0 ||
        (token->expires_us > 0 && token->expires_us <= sl_clock_realtime_us()))
        return sl_refuse(problem, SL_PROBLEM_INVALID, SL_INVALID,
                         "the token would have expired already");
    create_job job = {.actor = actor, .arena = arena};
    job.row = (sl_token_row){.expires_us = token->expires_us};
    sl_status status = draw_id(arena, &job.row.id);
    if (status == SL_OK)
        status = sl_token_draw(made.text);
    if (status == SL_OK)
        status = sl_token_hash(sl_str_from(made.text), &hash);
    if (status == SL_OK)
        status = sl_arena_copy_str(arena, token->producer, &job.row.producer);
    if (status == SL_OK)
        status = sl_arena_copy_str(arena, token->name, &job.row.name);
    if (status != SL_OK)
        return sl_refuse_status(problem, status, NULL);
    job.row.hash = (sl_bytes){hash.bytes, SL_SHA256_SIZE};
    SL_TRY(sl_writer_run(registry, store_token, &job, problem));
    made.token = job.token;
    *ret_token = made;
    return SL_OK;
}

typedef struct revoke_job {
    const sl_actor *actor;
    sl_str producer, id;
} revoke_job;

static sl_status revoke(sl_tx *tx, void *context, sl_problem *problem)
{
    revoke_job *job = context;
    sl_token_row row, key = {.id = job->id};
    sl_status status = sl_get_token_by_id(tx->session, &key, tx->arena, &row, NULL);
    if (status == SL_NOT_FOUND || (status == SL_OK && !sl_str_equal(row.producer, job->producer)))
        return sl_refuse(problem, SL_PROBLEM_NO_TOKEN, SL_NOT_FOUND,
                         "producer '%.*s' has no token '%.*s'", SL_STR_ARG(job->producer),
                         SL_STR_ARG(job->id));
    SL_TRY(status);
    if (row.revoked_us != 0)
        return SL_OK;
    row.revoked_us = tx->now_us;
    SL_TRY(sl_update_token(tx->session, &row, NULL));
    sl_touch_identity(tx);
    sl_cleanup(sl_buf_done) sl_buf detail = {0};
    sl_json_writer writer = sl_json_writer_of(&detail);
    sl_json_put_object(&writer, NULL);
    sl_json_put_string(&writer, "id", row.id);
    sl_json_end_object(&writer);
    return sl_change_append(tx, job->actor, SL_CHANGE_TOKEN_REVOKE, "producer", row.producer,
                            &detail);
}

sl_status sl_registry_token_revoke(sl_registry *registry, const sl_actor *actor, sl_str producer,
                                   sl_str id, sl_problem *problem)
{
    SL_TRY(check_token_side(actor, producer, problem));
    revoke_job job = {actor, producer, id};
    return sl_writer_run(registry, revoke, &job, problem);
}

sl_status sl_registry_token_list(sl_registry *registry, const sl_actor *actor,
                                 const sl_token_query *query, sl_arena *arena,
                                 sl_tokens *ret_tokens, sl_problem *problem)
{
    sl_cleanup(sl_reader_give) sl_reader reader = {0};
    sl_producer_row row, producer = {.name = query->producer};
    uint32_t limit = sl_page_limit(query->page);
    sl_token_row *rows, key = {.producer = query->producer, .id = query->page.cursor};
    size_t count;
    sl_error err = {0};
    sl_scan scan = {.key = &key,
                    .equal_count = 1,
                    .bound = key.id.data ? SL_SCAN_AFTER : SL_SCAN_ALL,
                    .limit = limit + 1};
    SL_TRY(check_token_side(actor, query->producer, problem));
    SL_TRY(sl_reader_take(registry, &reader, problem));
    sl_status status = sl_get_producer_by_name(reader.session, &producer, arena, &row, &err);
    if (status == SL_NOT_FOUND)
        return no_producer(problem, query->producer);
    if (status == SL_OK)
        status = sl_scan_token_by_producer(reader.session, scan, arena, &rows, &count, &err);
    if (status != SL_OK)
        return sl_refuse_status(problem, status, &err);
    size_t shown = SL_MIN(count, (size_t)limit);
    sl_token *items = sl_arena_array(arena, sl_token, shown);
    if (!items)
        return sl_refuse_no_memory(problem);
    for (size_t i = 0; i < shown; i++)
        items[i] = token_of(&rows[i]);
    *ret_tokens = (sl_tokens){items, shown, count > shown ? items[shown - 1].id : (sl_str){0}};
    return SL_OK;
}
