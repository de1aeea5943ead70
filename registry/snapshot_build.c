/* registry/snapshot_build.c: the snapshot from rows: all of it at start, then what each transaction touched.
 *
 * At start every table is walked once in its own order, and no schema is read: a plan is made when a payload first asks for it. So
 * ten thousand contracts are ready in the time that forty thousand small rows take. */
#include "registry/internal/core.h"

#include <stdlib.h>

/* --- identity -------------------------------------------------------------------------------- */

static int compare_tokens(const void *a, const void *b)
{
    return memcmp(((const sl_known_token *)a)->hash.bytes, ((const sl_known_token *)b)->hash.bytes,
                  SL_SHA256_SIZE);
}

static sl_status add_token(sl_session *session, sl_identity *identity, const sl_token_row *row,
                           sl_arena *scratch, sl_error *err)
{
    sl_producer_row producer, key = {.name = row->producer};
    sl_known_token *token = &identity->tokens[identity->token_count];
    if (row->revoked_us != 0)
        return SL_OK;
    if (row->hash.len != SL_SHA256_SIZE)
        return sl_error_set(err, SL_CORRUPT, "token '%.*s' has no hash", SL_STR_ARG(row->id));
    SL_TRY(sl_get_producer_by_name(session, &key, scratch, &producer, err));
    if (sl_arena_copy_str(&identity->arena, row->producer, &token->producer) != SL_OK)
        return sl_error_no_memory(err);
    memcpy(token->hash.bytes, row->hash.data, SL_SHA256_SIZE);
    token->expires_us = row->expires_us;
    token->is_blocked = producer.is_blocked;
    identity->token_count++;
    return SL_OK;
}

static sl_status load_admin(sl_session *session, sl_identity *identity, sl_arena *scratch,
                            sl_error *err)
{
    sl_meta_row row, key = {.key = SL_STR(SL_META_ADMIN)};
    sl_status status = sl_get_meta_by_key(session, &key, scratch, &row, err);
    if (status == SL_NOT_FOUND)
        return SL_OK;
    SL_TRY(status);
    if (row.value.len != SL_SHA256_SIZE)
        return sl_error_set(err, SL_CORRUPT, "the stored admin token is no hash");
    memcpy(identity->admin.bytes, row.value.data, SL_SHA256_SIZE);
    identity->has_admin = true;
    return SL_OK;
}

static _Atomic uint64_t last_serial;

static sl_status load_identity(sl_session *session, sl_identity **ret_identity, sl_error *err)
{
    sl_cleanup(sl_arena_done) sl_arena scratch = {0};
    sl_cleanup(sl_identity_unrefp) sl_identity *identity = sl_zalloc(sizeof *identity);
    sl_token_row *rows;
    size_t count;
    if (!identity)
        return sl_error_no_memory(err);
    atomic_store(&identity->refs, 1);
    identity->serial = atomic_fetch_add(&last_serial, 1) + 1;
    SL_TRY(load_admin(session, identity, &scratch, err));
    SL_TRY(sl_scan_token_by_id(session, (sl_scan){0}, &scratch, &rows, &count, err));
    identity->tokens = sl_arena_array(&identity->arena, sl_known_token, count);
    if (!identity->tokens)
        return sl_error_no_memory(err);
    for (size_t i = 0; i < count; i++)
        SL_TRY(add_token(session, identity, &rows[i], &scratch, err));
    qsort(identity->tokens, identity->token_count, sizeof *identity->tokens, compare_tokens);
    *ret_identity = sl_take(identity);
    return SL_OK;
}

/* --- what a transaction touched -------------------------------------------------------------- */

static sl_status load_binding(sl_registry *registry, sl_session *session,
                              const sl_contract_row *row, const sl_binding *before,
                              sl_binding **ret_binding, sl_error *err)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_version_row *versions, version_key = {.subject = row->subject};
    sl_producer_row producer, producer_key = {.name = row->producer};
    sl_binding_parts parts = {0};
    SL_TRY(sl_contract_load(registry, session, row, &arena, &parts.contract, err));
    SL_TRY(sl_get_producer_by_name(session, &producer_key, &arena, &producer, err));
    SL_TRY(sl_scan_version_by_number(session, (sl_scan){.key = &version_key, .equal_count = 1},
                                     &arena, &versions, &parts.version_count, err));
    parts.versions = versions;
    parts.is_owner_blocked = producer.is_blocked;
    *ret_binding = sl_binding_new(&parts, before);
    return *ret_binding ? SL_OK : sl_error_no_memory(err);
}

static sl_status follow_topic(sl_tx *tx, sl_snapshot *snapshot, const sl_snapshot *like,
                              sl_str topic, sl_error *err)
{
    sl_cleanup(sl_binding_unrefp) sl_binding *binding = NULL;
    sl_contract_row row;
    sl_status status = sl_contract_find(tx->session, topic, tx->arena, &row, err);
    if (status == SL_NOT_FOUND)
        status = sl_snapshot_remove(snapshot, like, topic);
    else if (status == SL_OK)
        status = load_binding(tx->registry, tx->session, &row, sl_snapshot_find(like, topic),
                              &binding, err);
    if (status == SL_OK && binding)
        status = sl_snapshot_set(snapshot, like, binding);
    if (status == SL_OK)
        binding = NULL;
    return status == SL_NO_MEMORY ? sl_error_no_memory(err) : status;
}

sl_status sl_snapshot_follow(sl_tx *tx, sl_snapshot **ret_snapshot, sl_error *err)
{
    if (tx->topics.count == 0 && !tx->is_identity_touched)
        return SL_OK;
    /* Only this thread replaces the current one, so it needs no guard to read it. */
    const sl_snapshot *like = atomic_load(&tx->registry->snapshots.current);
    sl_cleanup(sl_snapshot_freep) sl_snapshot *snapshot = sl_snapshot_new(like);
    if (!snapshot)
        return sl_error_no_memory(err);
    for (size_t i = 0; i < tx->topics.count; i++)
        SL_TRY(follow_topic(tx, snapshot, like, tx->topics.items[i], err));
    if (tx->is_identity_touched) {
        sl_identity *identity = NULL;
        SL_TRY(load_identity(tx->session, &identity, err));
        sl_identity_unref(snapshot->identity);
        snapshot->identity = identity;
    }
    *ret_snapshot = sl_take(snapshot);
    return SL_OK;
}

/* --- everything, at start -------------------------------------------------------------------- */

enum { PAGE = 1000 };

/* A subject that has a contract: what its bindings need of it. */
typedef struct bulk_subject {
    int64_t level;
    SL_VEC(sl_version_row) versions;
} bulk_subject;

typedef struct bulk {
    sl_registry *registry;
    sl_session *session;
    sl_arena arena;
    sl_contract_row *contracts;
    size_t contract_count;
    sl_map producers;                 /* name → sl_producer_row */
    sl_map subjects;                  /* name → bulk_subject */
    sl_co_producer_row *co_producers; /* by contract */
    size_t co_producer_count;
} bulk;

static void bulk_done(bulk *all)
{
    for (const sl_map_entry *entry = NULL; (entry = sl_map_next(&all->subjects, entry));)
        sl_vec_done(&((bulk_subject *)entry->value)->versions);
    sl_map_done(&all->subjects);
    sl_map_done(&all->producers);
    sl_arena_done(&all->arena);
}

static sl_status load_producers(bulk *all, sl_error *err)
{
    sl_producer_row *rows;
    size_t count;
    SL_TRY(sl_scan_producer_by_name(all->session, (sl_scan){0}, &all->arena, &rows, &count, err));
    for (size_t i = 0; i < count; i++)
        if (sl_map_set(&all->producers, rows[i].name, &rows[i]) != SL_OK)
            return sl_error_no_memory(err);
    return SL_OK;
}

static sl_status load_contracts(bulk *all, sl_error *err)
{
    SL_TRY(sl_scan_contract_by_topic(all->session, (sl_scan){0}, &all->arena, &all->contracts,
                                     &all->contract_count, err));
    SL_TRY(sl_scan_co_producer_by_contract(all->session, (sl_scan){0}, &all->arena,
                                           &all->co_producers, &all->co_producer_count, err));
    for (size_t i = 0; i < all->contract_count; i++) {
        if (sl_map_get(&all->subjects, all->contracts[i].subject))
            continue;
        bulk_subject *subject = sl_arena_new(&all->arena, bulk_subject);
        if (!subject || sl_map_set(&all->subjects, all->contracts[i].subject, subject) != SL_OK)
            return sl_error_no_memory(err);
    }
    return SL_OK;
}

static sl_status load_levels(bulk *all, sl_error *err)
{
    sl_subject_row last = {0};
    for (size_t count = PAGE; count == PAGE;) {
        sl_subject_row *rows;
        sl_scan scan = {
            .key = &last, .bound = last.name.data ? SL_SCAN_AFTER : SL_SCAN_ALL, .limit = PAGE};
        SL_TRY(sl_scan_subject_by_name(all->session, scan, &all->arena, &rows, &count, err));
        for (size_t i = 0; i < count; i++) {
            bulk_subject *subject = sl_map_get(&all->subjects, rows[i].name);
            if (subject)
                subject->level = rows[i].level;
            last = rows[i];
        }
    }
    return SL_OK;
}

static sl_status load_versions(bulk *all, sl_error *err)
{
    sl_version_row last = {0};
    for (size_t count = PAGE; count == PAGE;) {
        sl_version_row *rows;
        sl_scan scan = {
            .key = &last, .bound = last.subject.data ? SL_SCAN_AFTER : SL_SCAN_ALL, .limit = PAGE};
        SL_TRY(sl_scan_version_by_number(all->session, scan, &all->arena, &rows, &count, err));
        for (size_t i = 0; i < count; i++) {
            bulk_subject *subject = sl_map_get(&all->subjects, rows[i].subject);
            if (subject && sl_vec_push(&subject->versions, rows[i]) != SL_OK)
                return sl_error_no_memory(err);
            last = rows[i];
        }
    }
    return SL_OK;
}

/* The stretch of co-producers of one contract, found by halving. */
static size_t first_co_producer(const bulk *all, int64_t contract_id)
{
    size_t low = 0, high = all->co_producer_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (all->co_producers[middle].contract_id < contract_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static sl_status list_co_producers(bulk *all, sl_contract_rows *rows)
{
    size_t first = first_co_producer(all, rows->contract->id), end = first;
    while (end < all->co_producer_count && all->co_producers[end].contract_id == rows->contract->id)
        end++;
    rows->co_producers = sl_arena_array(&all->arena, sl_str, end - first);
    if (!rows->co_producers)
        return SL_NO_MEMORY;
    for (size_t i = first; i < end; i++)
        rows->co_producers[i - first] = all->co_producers[i].producer;
    rows->co_producer_count = end - first;
    return SL_OK;
}

static sl_status add_contract(bulk *all, const sl_contract_row *row, sl_snapshot *snapshot,
                              sl_error *err)
{
    const bulk_subject *subject = sl_map_get(&all->subjects, row->subject);
    sl_contract_rows rows = {.contract = row,
                             .producer = sl_map_get(&all->producers, row->producer),
                             .level = subject->level};
    if (!rows.producer)
        return sl_error_set(err, SL_CORRUPT, "topic '%.*s' has a producer that is not there",
                            SL_STR_ARG(row->topic));
    if (list_co_producers(all, &rows) != SL_OK)
        return sl_error_no_memory(err);
    sl_binding_parts parts = {.contract = sl_contract_from_rows(all->registry, &rows),
                              .is_owner_blocked = rows.producer->is_blocked,
                              .versions = subject->versions.items,
                              .version_count = subject->versions.count};
    sl_cleanup(sl_binding_unrefp) sl_binding *binding = sl_binding_new(&parts, NULL);
    if (!binding || sl_snapshot_set(snapshot, NULL, binding) != SL_OK)
        return sl_error_no_memory(err);
    binding = NULL;
    return SL_OK;
}

sl_status sl_snapshot_load(sl_registry *registry, sl_session *session, sl_snapshot **ret_snapshot,
                           sl_error *err)
{
    sl_cleanup(bulk_done) bulk all = {.registry = registry, .session = session};
    sl_cleanup(sl_snapshot_freep) sl_snapshot *snapshot = sl_snapshot_new(NULL);
    if (!snapshot)
        return sl_error_no_memory(err);
    SL_TRY(load_identity(session, &snapshot->identity, err));
    SL_TRY(load_producers(&all, err));
    SL_TRY(load_contracts(&all, err));
    SL_TRY(load_levels(&all, err));
    SL_TRY(load_versions(&all, err));
    for (size_t i = 0; i < all.contract_count; i++)
        SL_TRY(add_contract(&all, &all.contracts[i], snapshot, err));
    *ret_snapshot = sl_take(snapshot);
    return SL_OK;
}
