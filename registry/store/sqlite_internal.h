/* registry/store/sqlite_internal.h: what the files of the SQLite driver share. */
#pragma once

#include "registry/store/tables.h"

#include <sqlite3.h>

/* "SLUI": PRAGMA application_id of a Sluice database. */
enum { SL_SQLITE_APPLICATION_ID = 0x534C5549 };

typedef struct sl_sqlite_migration {
    int number;
    const char *name, *sql;
} sl_sqlite_migration;
extern const sl_sqlite_migration sl_sqlite_migrations[]; /* generated from migrations/sqlite */
extern const int sl_sqlite_migration_count;

enum { SL_SCAN_SHAPES = (SL_INDEX_COLUMNS_MOST + 1) * 3 * 2 };

/* One connection with its statements, which are prepared when first needed. */
typedef struct sl_sqlite_connection {
    sqlite3 *db;
    sqlite3_stmt *insert[SL_TABLE_COUNT], *update[SL_TABLE_COUNT], *remove[SL_TABLE_COUNT];
    sqlite3_stmt *get[SL_INDEX_COUNT];
    sqlite3_stmt *scan[SL_INDEX_COUNT][SL_SCAN_SHAPES];
} sl_sqlite_connection;

typedef struct sl_sqlite_session {
    sl_session base;
    sl_sqlite_connection *connection;
} sl_sqlite_session;

/* Let SQLite allocate through base/alloc.h, once a process and before its first use. */
void sl_sqlite_use_base_allocator(void);

/* Settings of a connection; the writer's journal mode is sl_sqlite_set_wal(). SL_OK, SL_IO, SL_NO_MEMORY … */
SL_MUST_CHECK sl_status sl_sqlite_set_up(sqlite3 *db, sl_session_kind kind, sl_error *err);
SL_MUST_CHECK sl_status sl_sqlite_set_wal(sqlite3 *db, sl_error *err);
/* Is it ours, and how old? Bring it up to date. SL_OK, SL_UNSUPPORTED, SL_CORRUPT, and what the store says. */
SL_MUST_CHECK sl_status sl_sqlite_migrate(sqlite3 *db, const char *path, sl_error *err);
/* The last call on `db` failed with `status`: when the file is to blame, say which and what helps. The status. */
sl_status sl_sqlite_refuse_file(sqlite3 *db, sl_status status, const char *path, sl_error *err);

/* The status for a result code of SQLite, with a text that names `doing`. */
sl_status sl_sqlite_fail(sqlite3 *db, int code, const char *doing, sl_error *err);
SL_MUST_CHECK sl_status sl_sqlite_exec(sqlite3 *db, const char *sql, sl_error *err);
/* The first column of the first row. */
SL_MUST_CHECK sl_status sl_sqlite_read_number(sqlite3 *db, const char *sql, int64_t *ret_number,
                                              sl_error *err);

void sl_sqlite_finalize(sl_sqlite_connection *connection); /* its statements; not the database */

/* Operations of sl_store_ops on rows. */
sl_status sl_sqlite_insert(sl_session *session, sl_table_id table, void *row, sl_error *err);
sl_status sl_sqlite_update(sl_session *session, sl_table_id table, const void *row, sl_error *err);
sl_status sl_sqlite_remove(sl_session *session, sl_table_id table, const void *key, sl_error *err);
sl_status sl_sqlite_get(sl_session *session, sl_index_id index, const void *key, sl_arena *arena,
                        void *ret_row, sl_error *err);
sl_status sl_sqlite_scan(sl_session *session, const sl_scan *scan, sl_arena *arena,
                         sl_rows *ret_rows, sl_error *err);
