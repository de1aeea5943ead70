/* registry/store/sqlite.c: the SQLite driver: one file, one writing connection, readers beside it.
 *
 *   PATH        the database, readable by its owner only
 *   PATH-wal    write-ahead log;  PATH-shm  its index
 *   PATH.lock   flock()ed while the store is open, so that a second server is told so; holds the pid. It stays behind
 *
 * A name is not the file: links give one database several, and the lock file can be removed. So the database itself is flock()ed as
 * well (SQLite's own locks are of another kind and do not meet it).
 *
 * The writing connection belongs to the store and is lent to the one writer session; it is closed last, which checkpoints and removes
 * the log. Connections are used by one thread at a time (NOMUTEX). */
#include "registry/store/drivers.h"
#include "registry/store/sqlite_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

typedef struct sqlite_store {
    sl_store base;
    int lock_fd;
    int file_fd; /* of the database: closing it drops SQLite's locks on the file, so it is closed after SQLite */
    sl_sqlite_connection writer;
    char path[]; /* NUL-terminated */
} sqlite_store;

/* --- locks ----------------------------------------------------------------------------------- */

static sl_status refuse_second(int fd, const char *path, sl_error *err)
{
    char pid[24] = "";
    ssize_t len = pread(fd, pid, sizeof pid - 1, 0);
    for (ssize_t i = 0; i < len; i++)
        if (pid[i] < '0' || pid[i] > '9')
            pid[i] = '\0';
    if (len <= 0 || pid[0] == '\0')
        return sl_error_set(err, SL_BUSY, "another server has '%s' open: stop it first", path);
    return sl_error_set(err, SL_BUSY, "another server (pid %s) has '%s' open: stop it first", pid,
                        path);
}

static sl_status write_pid(int fd, const char *path, sl_error *err)
{
    char text[24];
    int len = snprintf(text, sizeof text, "%lld\n", (long long)getpid());
    if (ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)len, 0) == len)
        return SL_OK;
    sl_status status = errno == ENOSPC || errno == EDQUOT ? SL_FULL : SL_IO;
    return sl_error_set(err, status, "cannot write '%s.lock': %m", path);
}

static sl_status take_lock(sqlite_store *store, sl_error *err)
{
    char path[4096];
    if ((size_t)snprintf(path, sizeof path, "%s.lock", store->path) >= sizeof path)
        return sl_error_set(err, SL_INVALID, "the path of the database is too long");
    store->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (store->lock_fd < 0)
        return sl_error_set(err, SL_IO,
                            "cannot open '%s': %m; the folder must exist and be writable", path);
    if (flock(store->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return SL_OK;
    if (errno == EWOULDBLOCK)
        return refuse_second(store->lock_fd, store->path, err);
    return sl_error_set(err, SL_IO, "cannot lock '%s': %m", path);
}

/* SQLite would create the file readable by all; the log files take over its mode. */
static sl_status lock_file(sqlite_store *store, sl_error *err)
{
    store->file_fd = open(store->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (store->file_fd < 0)
        return sl_error_set(err, SL_IO, "cannot open '%s': %m", store->path);
    if (flock(store->file_fd, LOCK_EX | LOCK_NB) == 0)
        return SL_OK;
    if (errno == EWOULDBLOCK)
        return sl_error_set(
            err, SL_BUSY,
            "another server has the file '%s' open, under another name or with its lock "
            "file removed: stop it first",
            store->path);
    return sl_error_set(err, SL_IO, "cannot lock '%s': %m", store->path);
}

/* --- opening and closing --------------------------------------------------------------------- */

static void sqlite_close(sl_store *base)
{
    sqlite_store *store = (sqlite_store *)base;
    sl_sqlite_finalize(&store->writer);
    sqlite3_close(store->writer.db);
    if (store->file_fd >= 0)
        close(store->file_fd);
    if (store->lock_fd >= 0)
        close(store->lock_fd);
    sl_free(store);
}

static sl_status open_connection(const char *path, sl_session_kind kind, sqlite3 **ret_db,
                                 sl_error *err)
{
    int mode = kind == SL_SESSION_WRITER ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    sqlite3 *db = NULL;
    int code = sqlite3_open_v2(path, &db, mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    sl_status status = SL_OK;
    if (code != SQLITE_OK)
        status = sl_sqlite_fail(db, code, path, err);
    if (status == SL_OK)
        status = sl_sqlite_set_up(db, kind, err);
    if (status != SL_OK) {
        sl_sqlite_refuse_file(db, status, path, err);
        sqlite3_close(db);
        return status;
    }
    *ret_db = db;
    return SL_OK;
}

static sl_status open_parts(sqlite_store *store, sl_error *err)
{
    SL_TRY(take_lock(store, err));
    SL_TRY(lock_file(store, err));
    SL_TRY(write_pid(store->lock_fd, store->path, err));
    SL_TRY(open_connection(store->path, SL_SESSION_WRITER, &store->writer.db, err));
    return sl_sqlite_migrate(store->writer.db, store->path, err);
}

static sl_status sqlite_open(sl_str where, sl_store **ret_store, sl_error *err)
{
    if (where.len == 0 || memchr(where.data, '\0', where.len) || where.data[0] == ':')
        return sl_error_set(err, SL_INVALID, "'sqlite:%.*s' names no file: write sqlite:PATH",
                            SL_STR_ARG(where));
    sl_sqlite_use_base_allocator();
    sqlite_store *store = sl_zalloc(sizeof *store + where.len + 1);
    if (!store)
        return sl_error_no_memory(err);
    store->base.ops = &sl_sqlite_ops;
    store->lock_fd = store->file_fd = -1;
    memcpy(store->path, where.data, where.len);
    sl_status status = open_parts(store, err);
    if (status != SL_OK) {
        sqlite_close(&store->base);
        return status;
    }
    *ret_store = &store->base;
    return SL_OK;
}

static const char *sqlite_library_version(void)
{
    return sqlite3_libversion();
}

/* --- sessions -------------------------------------------------------------------------------- */

static sl_status sqlite_session_open(sl_store *base, sl_session_kind kind, sl_session **ret_session,
                                     sl_error *err)
{
    sqlite_store *store = (sqlite_store *)base;
    sl_sqlite_session *session = sl_zalloc(sizeof *session);
    if (!session)
        return sl_error_no_memory(err);
    sl_status status = SL_OK;
    session->connection = &store->writer;
    if (kind == SL_SESSION_READER) {
        session->connection = sl_zalloc(sizeof *session->connection);
        status = session->connection
                     ? open_connection(store->path, kind, &session->connection->db, err)
                     : sl_error_no_memory(err);
    }
    if (status != SL_OK) {
        sl_free(session->connection);
        sl_free(session);
        return status;
    }
    *ret_session = &session->base;
    return SL_OK;
}

static void sqlite_session_close(sl_session *base)
{
    sl_sqlite_session *session = (sl_sqlite_session *)base;
    if (base->kind == SL_SESSION_READER) {
        sl_sqlite_finalize(session->connection);
        sqlite3_close(session->connection->db);
        sl_free(session->connection);
    }
    sl_free(session);
}

static sqlite3 *db_of(sl_session *session)
{
    return ((sl_sqlite_session *)session)->connection->db;
}

/* Space and I/O errors may make SQLite roll the whole transaction back by itself. */
static sl_status run(sl_session *session, const char *sql, sl_error *err)
{
    sl_status status = sl_sqlite_exec(db_of(session), sql, err);
    if (status != SL_OK && session->is_in_transaction && sqlite3_get_autocommit(db_of(session)))
        session->doom = status;
    return status;
}

static sl_status sqlite_begin(sl_session *session, sl_error *err)
{
    return run(session, session->kind == SL_SESSION_WRITER ? "BEGIN IMMEDIATE" : "BEGIN", err);
}

static sl_status sqlite_commit(sl_session *session, sl_error *err)
{
    return run(session, "COMMIT", err);
}

static void sqlite_rollback(sl_session *session)
{
    if (!sqlite3_get_autocommit(db_of(session)))
        sqlite3_exec(db_of(session), "ROLLBACK", NULL, NULL, NULL);
}

static sl_status sqlite_savepoint(sl_session *session, sl_error *err)
{
    return run(session, "SAVEPOINT s", err);
}

static sl_status sqlite_release(sl_session *session, sl_error *err)
{
    return run(session, "RELEASE s", err);
}

static sl_status sqlite_undo(sl_session *session, sl_error *err)
{
    return run(session, "ROLLBACK TO s; RELEASE s", err);
}

const sl_store_ops sl_sqlite_ops = {
    .version = SL_STORE_OPS_VERSION,
    .scheme = "sqlite",
    .open = sqlite_open,
    .close = sqlite_close,
    .library_version = sqlite_library_version,
    .session_open = sqlite_session_open,
    .session_close = sqlite_session_close,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .savepoint = sqlite_savepoint,
    .release = sqlite_release,
    .undo = sqlite_undo,
    .insert = sl_sqlite_insert,
    .update = sl_sqlite_update,
    .remove = sl_sqlite_remove,
    .get = sl_sqlite_get,
    .scan = sl_sqlite_scan,
};
