/* registry/store/sqlite_setup.c: how SQLite is set: its memory, its safety, its answers.
 *
 * Durability before speed: WAL with synchronous=FULL, so that a commit that was answered is on disk. Writes are rare here, and several
 * share one commit. Safety against what lies in the file: defensive, schema not trusted, no extensions, no double-quoted strings.
 *
 * SQLite 3.7.0 to 3.51.2 can damage a WAL database when a checkpoint on one connection races a commit on another. Only the writer
 * checkpoints here (readers open the file read-only, with wal_autocheckpoint=0), and it does so on the one thread that also commits. */
#include "registry/store/sqlite_internal.h"

#include <pthread.h>

/* --- memory ---------------------------------------------------------------------------------- */

/* SQLite asks for the size of a block; it stands in front of it, in what alignment needs anyway. */
enum { HEADER_SIZE = 16 };

static void *take_block(int size)
{
    char *block = sl_alloc((size_t)size + HEADER_SIZE);
    if (!block)
        return NULL;
    memcpy(block, &size, sizeof size);
    return block + HEADER_SIZE;
}

static void free_block(void *block)
{
    if (block)
        sl_free((char *)block - HEADER_SIZE);
}

static void *resize_block(void *block, int size)
{
    char *moved = sl_realloc((char *)block - HEADER_SIZE, (size_t)size + HEADER_SIZE);
    if (!moved)
        return NULL;
    memcpy(moved, &size, sizeof size);
    return moved + HEADER_SIZE;
}

static int size_of_block(void *block)
{
    int size = 0;
    if (block)
        memcpy(&size, (char *)block - HEADER_SIZE, sizeof size);
    return size;
}

static int round_up(int size)
{
    return (size + 7) & ~7;
}

static int begin_memory(void *data)
{
    (void)data;
    return SQLITE_OK;
}

static void end_memory(void *data)
{
    (void)data;
}

static void configure_once(void)
{
    static const sqlite3_mem_methods methods = {take_block,    free_block, resize_block,
                                                size_of_block, round_up,   begin_memory,
                                                end_memory,    NULL};
    /* Refused when SQLite is in use already: it then keeps its own allocator, and works as well. */
    sqlite3_config(SQLITE_CONFIG_MALLOC, &methods);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3_config(SQLITE_CONFIG_URI, 0);
}

void sl_sqlite_use_base_allocator(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure_once);
}

/* --- answers --------------------------------------------------------------------------------- */

static sl_status status_of(int code)
{
    switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: return SL_EXISTS;
    case SQLITE_CONSTRAINT_FOREIGNKEY: return SL_NOT_FOUND;
    case SQLITE_CONSTRAINT_TRIGGER: return SL_CONFLICT;
    case SQLITE_IOERR_NOMEM: return SL_NO_MEMORY;
    default: break;
    }
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
    case SQLITE_TOOBIG:
    case SQLITE_MISMATCH: return SL_INVALID;
    case SQLITE_NOMEM: return SL_NO_MEMORY;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return SL_BUSY;
    case SQLITE_FULL: return SL_FULL;
    case SQLITE_CORRUPT: return SL_CORRUPT;
    case SQLITE_NOTADB: return SL_UNSUPPORTED;
    default: return SL_IO;
    }
}

sl_status sl_sqlite_fail(sqlite3 *db, int code, const char *doing, sl_error *err)
{
    sl_status status = status_of(code);
    if (status == SL_NO_MEMORY)
        return sl_error_no_memory(err);
    return sl_error_set(err, status, "%s: %s", doing,
                        db ? sqlite3_errmsg(db) : sqlite3_errstr(code));
}

sl_status sl_sqlite_exec(sqlite3 *db, const char *sql, sl_error *err)
{
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? SL_OK : sl_sqlite_fail(db, code, sql, err);
}

sl_status sl_sqlite_read_number(sqlite3 *db, const char *sql, int64_t *ret_number, sl_error *err)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        *ret_number = sqlite3_column_int64(statement, 0);
    sl_status status = code == SQLITE_ROW ? SL_OK : sl_sqlite_fail(db, code, sql, err);
    sqlite3_finalize(statement);
    return status;
}

/* --- settings -------------------------------------------------------------------------------- */

static sl_status set_switches(sqlite3 *db, sl_error *err)
{
    static const struct {
        int option, value;
        const char *name;
    } switches[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1, "defensive"},
        {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, "load_extension"},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, "trusted_schema"},
        {SQLITE_DBCONFIG_DQS_DDL, 0, "dqs_ddl"},
        {SQLITE_DBCONFIG_DQS_DML, 0, "dqs_dml"},
        {SQLITE_DBCONFIG_ENABLE_FKEY, 1, "foreign_keys"},
    };
    for (size_t i = 0; i < SL_ARRAY_LEN(switches); i++) {
        int is_set = -1;
        int code = sqlite3_db_config(db, switches[i].option, switches[i].value, &is_set);
        if (code != SQLITE_OK || is_set != switches[i].value)
            return sl_error_set(err, SL_UNSUPPORTED, "this SQLite cannot be set to %s=%d",
                                switches[i].name, switches[i].value);
    }
    return SL_OK;
}

sl_status sl_sqlite_set_up(sqlite3 *db, sl_session_kind kind, sl_error *err)
{
    static const char *const common[] = {
        "PRAGMA busy_timeout=5000",
        "PRAGMA cell_size_check=ON",
        NULL,
    };
    static const char *const writer[] = {
        "PRAGMA synchronous=FULL",
        "PRAGMA wal_autocheckpoint=1000",
        "PRAGMA journal_size_limit=67108864",
        NULL,
    };
    static const char *const reader[] = {
        "PRAGMA query_only=1",
        "PRAGMA wal_autocheckpoint=0",
        "PRAGMA mmap_size=134217728",
        NULL,
    };
    SL_TRY(set_switches(db, err));
    for (size_t i = 0; common[i]; i++)
        SL_TRY(sl_sqlite_exec(db, common[i], err));
    const char *const *own = kind == SL_SESSION_WRITER ? writer : reader;
    for (size_t i = 0; own[i]; i++)
        SL_TRY(sl_sqlite_exec(db, own[i], err));
    if (kind == SL_SESSION_READER)
        sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    return SL_OK;
}

sl_status sl_sqlite_set_wal(sqlite3 *db, sl_error *err)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, "PRAGMA journal_mode=WAL", -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    sl_status status = SL_OK;
    if (code != SQLITE_ROW)
        status = sl_sqlite_fail(db, code, "PRAGMA journal_mode=WAL", err);
    else if (!sl_str_is(sl_str_from((const char *)sqlite3_column_text(statement, 0)), "wal"))
        status = sl_error_set(
            err, SL_IO,
            "the file system cannot hold a write-ahead log: put the database on a local disk");
    sqlite3_finalize(statement);
    return status;
}
