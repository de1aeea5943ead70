/* registry/store/memory.c: the reference driver: rows in memory, for tests and for trying things out.
 *
 * Rows are immutable blocks. An index is an array of pointers to them, sorted by its columns; every index of a table holds the same rows
 * (but for the retired ones, where only live ones count). A change replaces pointers and notes the old and the new row:
 *
 *     undo log   [ table | old row or NULL | new row or NULL | last id before ]  …
 *     savepoint  a length of the log
 *
 * Undoing walks the log backwards, so each index passes through sizes that it had before, and cannot need memory. Commit frees the old
 * rows. One lock: a writer holds it from begin to commit, a reader from begin to rollback or for one call.
 *
 * It does what the header of the store says and nothing for speed: an insert moves up to the whole index. */
#include "registry/store/drivers.h"
#include "registry/store/memory_table.h"

#include <pthread.h>

typedef struct memory_store {
    sl_store base;
    pthread_rwlock_t lock;
    sl_memory_rows rows;
} memory_store;

typedef struct memory_session {
    sl_session base;
    sl_memory_log log;
    size_t marks[SL_SAVEPOINTS_MOST];
} memory_session;

static memory_store *store_of(sl_session *session)
{
    return (memory_store *)session->store;
}

static sl_status memory_open(sl_str where, sl_store **ret_store, sl_error *err)
{
    if (where.len != 0)
        return sl_error_set(err, SL_INVALID, "the memory store has no path: write memory:");
    memory_store *store = sl_zalloc(sizeof *store);
    if (!store)
        return sl_error_no_memory(err);
    pthread_rwlockattr_t attr;
    pthread_rwlockattr_init(&attr);
    /* Readers come all the time: without this a writer might never get its turn. */
    pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&store->lock, &attr);
    pthread_rwlockattr_destroy(&attr);
    store->base.ops = &sl_memory_ops;
    *ret_store = &store->base;
    return SL_OK;
}

static void memory_close(sl_store *base)
{
    memory_store *store = (memory_store *)base;
    sl_memory_rows_done(&store->rows);
    pthread_rwlock_destroy(&store->lock);
    sl_free(store);
}

static const char *memory_library_version(void)
{
    return "";
}

static sl_status memory_session_open(sl_store *store, sl_session_kind kind,
                                     sl_session **ret_session, sl_error *err)
{
    (void)store;
    (void)kind;
    memory_session *session = sl_zalloc(sizeof *session);
    if (!session)
        return sl_error_no_memory(err);
    *ret_session = &session->base;
    return SL_OK;
}

static void memory_session_close(sl_session *base)
{
    memory_session *session = (memory_session *)base;
    sl_vec_done(&session->log);
    sl_free(session);
}

static sl_status memory_begin(sl_session *session, sl_error *err)
{
    (void)err;
    if (session->kind == SL_SESSION_WRITER)
        pthread_rwlock_wrlock(&store_of(session)->lock);
    else
        pthread_rwlock_rdlock(&store_of(session)->lock);
    return SL_OK;
}

static sl_status memory_commit(sl_session *session, sl_error *err)
{
    (void)err;
    sl_memory_forget(&((memory_session *)session)->log);
    pthread_rwlock_unlock(&store_of(session)->lock);
    return SL_OK;
}

static void memory_rollback(sl_session *session)
{
    sl_memory_undo(&store_of(session)->rows, &((memory_session *)session)->log, 0);
    pthread_rwlock_unlock(&store_of(session)->lock);
}

static sl_status memory_savepoint(sl_session *base, sl_error *err)
{
    (void)err;
    memory_session *session = (memory_session *)base;
    session->marks[base->savepoint_count] = session->log.count;
    return SL_OK;
}

static sl_status memory_release(sl_session *session, sl_error *err)
{
    (void)session;
    (void)err;
    return SL_OK;
}

static sl_status memory_undo(sl_session *base, sl_error *err)
{
    (void)err;
    memory_session *session = (memory_session *)base;
    sl_memory_undo(&store_of(base)->rows, &session->log, session->marks[base->savepoint_count - 1]);
    return SL_OK;
}

static sl_status memory_insert(sl_session *session, sl_table_id table, void *row, sl_error *err)
{
    return sl_memory_insert(&store_of(session)->rows, &((memory_session *)session)->log, table, row,
                            err);
}

static sl_status memory_update(sl_session *session, sl_table_id table, const void *row,
                               sl_error *err)
{
    return sl_memory_update(&store_of(session)->rows, &((memory_session *)session)->log, table, row,
                            err);
}

static sl_status memory_remove(sl_session *session, sl_table_id table, const void *key,
                               sl_error *err)
{
    return sl_memory_remove(&store_of(session)->rows, &((memory_session *)session)->log, table, key,
                            err);
}

/* Inside a transaction the session holds the lock already. */
static void lock_for_call(sl_session *session)
{
    if (!session->is_in_transaction)
        pthread_rwlock_rdlock(&store_of(session)->lock);
}

static void unlock_after_call(sl_session *session)
{
    if (!session->is_in_transaction)
        pthread_rwlock_unlock(&store_of(session)->lock);
}

static sl_status memory_get(sl_session *session, sl_index_id index, const void *key,
                            sl_arena *arena, void *ret_row, sl_error *err)
{
    lock_for_call(session);
    const void *row = sl_memory_find(&store_of(session)->rows, index, key);
    sl_status status =
        row ? sl_row_copy(&sl_tables[sl_indexes[index].table], row, arena, ret_row) : SL_NOT_FOUND;
    unlock_after_call(session);
    return status == SL_NO_MEMORY ? sl_error_no_memory(err) : status;
}

static sl_status memory_scan(sl_session *session, const sl_scan *scan, sl_arena *arena,
                             sl_rows *ret_rows, sl_error *err)
{
    lock_for_call(session);
    sl_status status = sl_memory_scan(&store_of(session)->rows, scan, arena, ret_rows);
    unlock_after_call(session);
    return status == SL_NO_MEMORY ? sl_error_no_memory(err) : status;
}

const sl_store_ops sl_memory_ops = {
    .version = SL_STORE_OPS_VERSION,
    .scheme = "memory",
    .open = memory_open,
    .close = memory_close,
    .library_version = memory_library_version,
    .session_open = memory_session_open,
    .session_close = memory_session_close,
    .begin = memory_begin,
    .commit = memory_commit,
    .rollback = memory_rollback,
    .savepoint = memory_savepoint,
    .release = memory_release,
    .undo = memory_undo,
    .insert = memory_insert,
    .update = memory_update,
    .remove = memory_remove,
    .get = memory_get,
    .scan = memory_scan,
};
