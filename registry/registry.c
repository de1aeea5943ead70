/* registry/registry.c: opening and closing, the administrator's token, readiness, figures. */
#include "registry/internal/core.h"

#include "registry/internal/tokens.h"

/* --- life ------------------------------------------------------------------------------------ */

static sl_status load_change_seq(sl_registry *registry, sl_error *err)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_change_row *rows;
    size_t count;
    sl_scan scan = {.is_descending = true, .limit = 1};
    SL_TRY(sl_scan_change_by_seq(registry->writer.session, scan, &arena, &rows, &count, err));
    atomic_store(&registry->writer.change_seq, count ? rows[0].seq : 0);
    return SL_OK;
}

static sl_status open_parts(sl_registry *registry, sl_str store, sl_error *err)
{
    sl_snapshot *snapshot = NULL;
    if (sl_snapshots_init(&registry->snapshots) != SL_OK)
        return sl_error_no_memory(err);
    SL_TRY(sl_store_open(store, &registry->store, err));
    SL_TRY(sl_session_open(registry->store, SL_SESSION_WRITER, &registry->writer.session, err));
    SL_TRY(load_change_seq(registry, err));
    SL_TRY(sl_snapshot_load(registry, registry->writer.session, &snapshot, err));
    sl_snapshots_publish(&registry->snapshots, snapshot);
    return sl_writer_start(registry, err);
}

sl_status sl_registry_open(const sl_registry_options *options, sl_registry **ret_registry,
                           sl_error *err)
{
    sl_registry *registry = sl_zalloc(sizeof *registry);
    if (!registry)
        return sl_error_no_memory(err);
    registry->options = *options;
    registry->options.store = (sl_str){0};
    if (registry->options.category == 0)
        registry->options.category = SL_COMPAT_CONTRACT;
    if (registry->options.max_payload_bytes == 0 ||
        registry->options.max_payload_bytes > SL_LIMIT_PAYLOAD_BYTES)
        registry->options.max_payload_bytes = SL_LIMIT_PAYLOAD_BYTES;
    sl_readers_init(&registry->readers);
    sl_status status = open_parts(registry, options->store, err);
    if (status != SL_OK) {
        sl_registry_close(registry);
        return status;
    }
    *ret_registry = registry;
    return SL_OK;
}

void sl_registry_close(sl_registry *registry)
{
    if (!registry)
        return;
    sl_writer_stop(registry);
    sl_snapshots_done(&registry->snapshots);
    sl_readers_done(&registry->readers);
    sl_store_close(registry->store);
    sl_free(registry);
}

/* --- the administrator ----------------------------------------------------------------------- */

typedef struct admin_job {
    bool is_given; /* replace what is there */
    sl_sha256 hash;
    bool is_stored; /* this hash is now the administrator's, and was not before */
} admin_job;

static sl_status store_admin(sl_tx *tx, void *context, sl_problem *problem)
{
    (void)problem;
    admin_job *job = context;
    sl_meta_row row = {.key = SL_STR(SL_META_ADMIN)}, stored;
    sl_status status = sl_get_meta_by_key(tx->session, &row, tx->arena, &stored, NULL);
    if (status != SL_OK && status != SL_NOT_FOUND)
        return status;
    row.value = (sl_bytes){job->hash.bytes, SL_SHA256_SIZE};
    job->is_stored =
        status == SL_NOT_FOUND || (job->is_given && !sl_bytes_equal(row.value, stored.value));
    if (!job->is_stored)
        return SL_OK;
    SL_TRY(status == SL_OK ? sl_update_meta(tx->session, &row, NULL)
                           : sl_insert_meta(tx->session, &row, NULL));
    sl_touch_identity(tx);
    sl_actor admin = {.kind = SL_ACTOR_ADMIN};
    return sl_change_append(tx, &admin, SL_CHANGE_ADMIN_TOKEN, "token", SL_STR("admin"), NULL);
}

enum { ADMIN_TOKEN_LEAST = 32 };

/* What a client can send behind `Bearer ` and a server reads back unchanged. */
static bool is_sendable(sl_str token)
{
    for (size_t i = 0; i < token.len; i++)
        if (token.data[i] < 0x21 || token.data[i] > 0x7e)
            return false;
    return true;
}

sl_status sl_registry_ensure_admin(sl_registry *registry, sl_str given,
                                   char ret_text[SL_TOKEN_TEXT_SIZE], sl_error *err)
{
    char text[SL_TOKEN_TEXT_SIZE] = "";
    admin_job job = {.is_given = given.data != NULL};
    sl_problem problem = {0};
    if (job.is_given && given.len < ADMIN_TOKEN_LEAST)
        return sl_error_set(err, SL_INVALID,
                            "the admin token has %zu characters; it needs at least %d", given.len,
                            ADMIN_TOKEN_LEAST);
    if (job.is_given && !is_sendable(given))
        return sl_error_set(err, SL_INVALID,
                            "the admin token has a blank, a control character or a character "
                            "outside ASCII: no request could carry it");
    sl_status status = job.is_given ? SL_OK : sl_token_draw(text);
    if (status == SL_OK)
        status = sl_token_hash(job.is_given ? given : sl_str_from(text), &job.hash);
    if (status != SL_OK)
        return sl_error_set(err, status, "cannot make an admin token: %s", sl_status_name(status));
    status = sl_writer_run(registry, store_admin, &job, &problem);
    if (status != SL_OK)
        return sl_error_set(err, status, "%s", problem.error.text);
    memcpy(ret_text, job.is_stored && !job.is_given ? text : "",
           job.is_stored && !job.is_given ? sizeof text : 1);
    return SL_OK;
}

/* --- readiness and figures ------------------------------------------------------------------- */

static sl_status write_probe(sl_tx *tx, void *context, sl_problem *problem)
{
    (void)context;
    (void)problem;
    sl_meta_row row = {.key = SL_STR("probe"),
                       .value = {(const uint8_t *)&tx->now_us, sizeof tx->now_us}};
    sl_status status = sl_update_meta(tx->session, &row, NULL);
    if (status == SL_NOT_FOUND)
        status = sl_insert_meta(tx->session, &row, NULL);
    tx->has_written = status == SL_OK;
    return status;
}

/* Only a write can show that writing works again after it has failed, so one is tried then; otherwise nothing is asked of the disk. */
sl_status sl_registry_ready(sl_registry *registry, sl_error *err)
{
    sl_writer *writer = &registry->writer;
    sl_problem problem = {0};
    pthread_mutex_lock(&writer->lock);
    bool has_failed = writer->last_failure.status != SL_OK;
    bool is_stopping = writer->is_stopping;
    pthread_mutex_unlock(&writer->lock);
    if (is_stopping)
        return sl_error_set(err, SL_CLOSED, "the server is shutting down");
    if (!has_failed)
        return SL_OK;
    sl_status status = sl_writer_run(registry, write_probe, NULL, &problem);
    if (status != SL_OK)
        return sl_error_set(err, status, "the store cannot be written: %s", problem.error.text);
    return SL_OK;
}

static void add_compiled(const sl_binding *binding, sl_registry_stats *stats)
{
    for (size_t i = 0; i < binding->version_count; i++) {
        const sl_compiled *compiled = atomic_load(&binding->versions[i].compiled);
        if (!compiled)
            continue;
        stats->plans += compiled->plan != NULL;
        stats->plan_bytes += compiled->plan_bytes;
        stats->schema_bytes += compiled->schema_bytes;
    }
}

void sl_registry_get_stats(sl_registry *registry, sl_registry_stats *ret_stats)
{
    sl_writer *writer = &registry->writer;
    sl_registry_stats stats = {
        .write_transactions = atomic_load(&writer->transactions),
        .write_jobs = atomic_load(&writer->jobs),
        .change_seq = atomic_load(&writer->change_seq),
        .snapshot_generation = atomic_load(&registry->snapshots.generation),
        .store = sl_str_from(sl_store_name(registry->store)),
        .store_version = sl_str_from(sl_store_library_version(registry->store)),
    };
    sl_cleanup(sl_registry_leave) sl_guard guard = sl_registry_enter(registry);
    const sl_snapshot *snapshot = sl_guard_snapshot(&guard);
    stats.contracts = snapshot->contract_count;
    for (size_t i = 0; i < SL_SHARD_COUNT; i++) {
        const sl_shard *shard = snapshot->shards[i];
        for (const sl_map_entry *entry = NULL;
             shard && (entry = sl_map_next(&shard->bindings, entry));)
            add_compiled(entry->value, &stats);
    }
    *ret_stats = stats;
}
