/* registry/changes.c: the history, which is audit trail and change feed in one.
 *
 * A line is written in the transaction of what it tells, so neither can be there without the other. Lines are chained:
 *
 *     hash = SHA-256( hash of the line before (32 zero bytes for the first)
 *                     ‖ seq ‖ at_us, 8 bytes big-endian each
 *                     ‖ actor ‖ action ‖ object ‖ detail, each preceded by its length in 8 bytes big-endian )
 *
 * so a line that was changed or taken out shows, unless all behind it were written anew. The form is fixed: a test pins it. */
#include "registry/internal/core.h"

static const char *const actions[SL_CHANGE_COUNT] = {
#define CHANGE(suffix, action, meaning) [SL_CHANGE_##suffix] = action,
#include "registry/changes.def"
#undef CHANGE
};

sl_status sl_change_hash(const sl_change_row *row, sl_bytes before, sl_sha256 *ret_hash)
{
    static const uint8_t zeros[SL_SHA256_SIZE];
    sl_cleanup(sl_buf_done) sl_buf buf = {0};
    sl_buf_append(&buf, before.len ? before.data : zeros, SL_SHA256_SIZE);
    sl_frame_number(&buf, (uint64_t)row->seq);
    sl_frame_number(&buf, (uint64_t)row->at_us);
    sl_frame_text(&buf, row->actor);
    sl_frame_text(&buf, row->action);
    sl_frame_text(&buf, row->object);
    sl_frame_text(&buf, row->detail);
    SL_TRY(sl_buf_status(&buf));
    return sl_sha256_of(sl_buf_bytes(&buf), ret_hash);
}

static sl_status last_change(sl_session *session, sl_arena *arena, sl_change_row *ret_row,
                             sl_error *err)
{
    sl_change_row *rows;
    size_t count;
    sl_scan scan = {.is_descending = true, .limit = 1};
    SL_TRY(sl_scan_change_by_seq(session, scan, arena, &rows, &count, err));
    *ret_row = count ? rows[0] : (sl_change_row){0};
    return SL_OK;
}

sl_status sl_change_append(sl_tx *tx, const sl_actor *actor, sl_change_kind kind,
                           const char *object, sl_str name, const sl_buf *detail)
{
    sl_change_row before;
    sl_sha256 hash;
    bool has_detail = detail && detail->len > 0;
    if (detail)
        SL_TRY(sl_buf_status(detail));
    SL_TRY(last_change(tx->session, tx->arena, &before, NULL));
    sl_change_row row = {
        .seq = before.seq + 1,
        .at_us = tx->now_us,
        .actor = sl_actor_name(actor),
        .action = sl_str_from(actions[kind]),
        .object = sl_arena_printf(tx->arena, "%s:%.*s", object, SL_STR_ARG(name)),
        .detail = has_detail ? sl_buf_str(detail) : SL_STR("{}"),
    };
    if (!row.object.data)
        return SL_NO_MEMORY;
    SL_TRY(sl_change_hash(&row, before.hash, &hash));
    row.hash = (sl_bytes){hash.bytes, SL_SHA256_SIZE};
    SL_TRY(sl_insert_change(tx->session, &row, NULL));
    tx->last_seq = row.seq;
    tx->has_written = true;
    return SL_OK;
}

static sl_status read_changes(sl_registry *registry, int64_t after, uint32_t limit, sl_arena *arena,
                              sl_changes *ret_changes, sl_problem *problem)
{
    sl_cleanup(sl_reader_give) sl_reader reader = {0};
    sl_change_row key = {.seq = after}, *rows;
    size_t count;
    sl_error err = {0};
    sl_scan scan = {.key = &key, .bound = SL_SCAN_AFTER, .limit = limit};
    SL_TRY(sl_reader_take(registry, &reader, problem));
    sl_status status = sl_scan_change_by_seq(reader.session, scan, arena, &rows, &count, &err);
    if (status != SL_OK)
        return sl_refuse_status(problem, status, &err);
    sl_change *items = sl_arena_array(arena, sl_change, count);
    if (!items)
        return sl_refuse_no_memory(problem);
    for (size_t i = 0; i < count; i++)
        items[i] = (sl_change){rows[i].seq,    rows[i].at_us,  rows[i].actor,
                               rows[i].action, rows[i].object, rows[i].detail};
    *ret_changes = (sl_changes){items, count, count ? items[count - 1].seq : after};
    return SL_OK;
}

sl_status sl_registry_changes(sl_registry *registry, const sl_change_query *query, sl_arena *arena,
                              sl_changes *ret_changes, sl_problem *problem)
{
    uint32_t limit = sl_page_limit((sl_page){.limit = query->limit});
    bool must_wait =
        query->wait_ms > 0 && atomic_load(&registry->writer.change_seq) <= query->after;
    if (must_wait && sl_writer_wait(registry, query->after, query->wait_ms) == SL_CLOSED)
        return sl_refuse(problem, SL_PROBLEM_BUSY, SL_CLOSED, "the server is shutting down");
    return read_changes(registry, query->after, limit, arena, ret_changes, problem);
}
