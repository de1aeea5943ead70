/* registry/store/store.c: what is the same for every driver: which one, and who may call what when.
 *
 * Drivers are called only in states that make sense, so none of them checks this again. A transaction that a driver had to give up is
 * `doomed`: the reason is kept and given to each later call, so that a caller that overlooked one answer gets it again. */
#include "registry/store/tables.h"

#include "registry/store/drivers.h"

const sl_store_ops *const sl_store_drivers[] = {&sl_memory_ops, &sl_sqlite_ops, NULL};

sl_status sl_store_open(sl_str url, sl_store **ret_store, sl_error *err)
{
    sl_str scheme, where;
    if (!sl_str_split(url, ':', &scheme, &where))
        return sl_error_set(err, SL_INVALID,
                            "'%.*s' is not a store: write sqlite:PATH or memory:", SL_STR_ARG(url));
    for (size_t i = 0; sl_store_drivers[i]; i++)
        if (sl_str_is(scheme, sl_store_drivers[i]->scheme))
            return sl_store_drivers[i]->open(where, ret_store, err);
    return sl_error_set(err, SL_INVALID, "no store is called '%.*s': write sqlite:PATH or memory:",
                        SL_STR_ARG(scheme));
}

void sl_store_close(sl_store *store)
{
    if (store)
        store->ops->close(store);
}

const char *sl_store_name(const sl_store *store)
{
    return store->ops->scheme;
}

const char *sl_store_library_version(const sl_store *store)
{
    return store->ops->library_version();
}

sl_status sl_session_open(sl_store *store, sl_session_kind kind, sl_session **ret_session,
                          sl_error *err)
{
    if (kind == SL_SESSION_WRITER &&
        __atomic_exchange_n(&store->has_writer, true, __ATOMIC_ACQ_REL))
        return sl_error_set(err, SL_CONFLICT, "the store has a writer already");
    sl_status status = store->ops->session_open(store, kind, ret_session, err);
    if (status == SL_OK) {
        (*ret_session)->store = store;
        (*ret_session)->kind = kind;
    } else if (kind == SL_SESSION_WRITER) {
        __atomic_store_n(&store->has_writer, false, __ATOMIC_RELEASE);
    }
    return status;
}

void sl_session_close(sl_session *session)
{
    if (!session)
        return;
    sl_store *store = session->store;
    bool is_writer = session->kind == SL_SESSION_WRITER;
    sl_session_rollback(session);
    store->ops->session_close(session);
    if (is_writer)
        __atomic_store_n(&store->has_writer, false, __ATOMIC_RELEASE);
}

sl_status sl_session_begin(sl_session *session, sl_error *err)
{
    if (session->is_in_transaction)
        return sl_error_set(err, SL_INVALID, "the session is in a transaction already");
    SL_TRY(session->store->ops->begin(session, err));
    session->is_in_transaction = true;
    session->savepoint_count = 0;
    session->doom = SL_OK;
    return SL_OK;
}

static sl_status doomed(const sl_session *session, sl_error *err)
{
    return sl_error_set(err, session->doom, "the transaction was given up before: %s",
                        sl_status_name(session->doom));
}

static sl_status check_in_transaction(const sl_session *session, sl_error *err)
{
    if (!session->is_in_transaction)
        return sl_error_set(err, SL_INVALID, "the session is not in a transaction");
    return session->doom == SL_OK ? SL_OK : doomed(session, err);
}

void sl_session_rollback(sl_session *session)
{
    if (!session->is_in_transaction)
        return;
    session->store->ops->rollback(session);
    session->is_in_transaction = false;
}

sl_status sl_session_commit(sl_session *session, sl_error *err)
{
    sl_status status = check_in_transaction(session, err);
    if (status == SL_OK)
        status = session->store->ops->commit(session, err);
    if (status == SL_OK)
        session->is_in_transaction = false;
    else
        sl_session_rollback(session);
    return status;
}

sl_status sl_session_savepoint(sl_session *session, sl_error *err)
{
    SL_TRY(check_in_transaction(session, err));
    if (session->savepoint_count == SL_SAVEPOINTS_MOST)
        return sl_error_set(err, SL_LIMIT, "savepoints nest %d deep at most", SL_SAVEPOINTS_MOST);
    SL_TRY(session->store->ops->savepoint(session, err));
    session->savepoint_count++;
    return SL_OK;
}

static sl_status end_savepoint(sl_session *session, bool is_kept, sl_error *err)
{
    SL_TRY(check_in_transaction(session, err));
    if (session->savepoint_count == 0)
        return sl_error_set(err, SL_INVALID, "the transaction has no savepoint");
    const sl_store_ops *ops = session->store->ops;
    SL_TRY(is_kept ? ops->release(session, err) : ops->undo(session, err));
    session->savepoint_count--;
    return SL_OK;
}

sl_status sl_session_release(sl_session *session, sl_error *err)
{
    return end_savepoint(session, true, err);
}

sl_status sl_session_undo(sl_session *session, sl_error *err)
{
    return end_savepoint(session, false, err);
}

static sl_status check_writable(const sl_session *session, sl_error *err)
{
    if (session->kind != SL_SESSION_WRITER)
        return sl_error_set(err, SL_INVALID, "a reader does not write");
    return check_in_transaction(session, err);
}

sl_status sl_row_insert(sl_session *session, sl_table_id table, void *row, sl_error *err)
{
    SL_TRY(check_writable(session, err));
    return session->store->ops->insert(session, table, row, err);
}

sl_status sl_row_update(sl_session *session, sl_table_id table, const void *row, sl_error *err)
{
    SL_TRY(check_writable(session, err));
    if (sl_tables[table].flags & SL_TABLE_IMMUTABLE)
        return sl_error_set(err, SL_CONFLICT, "rows of '%s' are never changed",
                            sl_tables[table].name);
    return session->store->ops->update(session, table, row, err);
}

sl_status sl_row_remove(sl_session *session, sl_table_id table, const void *key, sl_error *err)
{
    SL_TRY(check_writable(session, err));
    if (!(sl_tables[table].flags & SL_TABLE_REMOVABLE))
        return sl_error_set(err, SL_CONFLICT, "rows of '%s' are never removed",
                            sl_tables[table].name);
    return session->store->ops->remove(session, table, key, err);
}

static sl_status check_readable(const sl_session *session, sl_error *err)
{
    return session->is_in_transaction && session->doom != SL_OK ? doomed(session, err) : SL_OK;
}

sl_status sl_row_get(sl_session *session, sl_index_id index, const void *key, sl_arena *arena,
                     void *ret_row, sl_error *err)
{
    SL_TRY(check_readable(session, err));
    if (!sl_indexes[index].is_unique)
        return sl_error_set(err, SL_INVALID, "index '%s' is not unique: scan it",
                            sl_indexes[index].name);
    return session->store->ops->get(session, index, key, arena, ret_row, err);
}

sl_status sl_row_scan(sl_session *session, const sl_scan *scan, sl_arena *arena, sl_rows *ret_rows,
                      sl_error *err)
{
    SL_TRY(check_readable(session, err));
    uint32_t columns = sl_indexes[scan->index].list.count;
    bool needs_key = scan->equal_count > 0 || scan->bound != SL_SCAN_ALL;
    if (scan->equal_count > columns ||
        (scan->bound != SL_SCAN_ALL && scan->equal_count == columns) || (needs_key && !scan->key))
        return sl_error_set(err, SL_INVALID, "index '%s' cannot be scanned so",
                            sl_indexes[scan->index].name);
    return session->store->ops->scan(session, scan, arena, ret_rows, err);
}
