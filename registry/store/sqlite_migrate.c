/* registry/store/sqlite_migrate.c: is this file ours, and is it of our time?
 *
 *   application_id   0x534C5549 ("SLUI"), set with the first migration
 *   user_version     number of the last migration that was run
 *
 * An empty database becomes ours. Anything else without our mark is somebody else's and stays untouched; one with a higher version was
 * written by a newer Sluice, and guessing at its meaning would damage it. Migrations run in order, each in a transaction of its own. */
#include "registry/store/sqlite_internal.h"

#include <stdio.h>

/* One statement or script; a failure is told by `name`, since the script itself would fill the message. */
static sl_status run_part(sqlite3 *db, const char *sql, const char *name, sl_error *err)
{
    int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? SL_OK : sl_sqlite_fail(db, code, name, err);
}

static sl_status run_migration(sqlite3 *db, const sl_sqlite_migration *migration, sl_error *err)
{
    char mark[96], name[160];
    snprintf(name, sizeof name, "migration %d (%s)", migration->number, migration->name);
    snprintf(mark, sizeof mark, "PRAGMA application_id=%d; PRAGMA user_version=%d",
             SL_SQLITE_APPLICATION_ID, migration->number);
    SL_TRY(run_part(db, "BEGIN IMMEDIATE", name, err));
    sl_status status = run_part(db, migration->sql, name, err);
    if (status == SL_OK)
        status = run_part(db, mark, name, err);
    if (status == SL_OK)
        status = run_part(db, "COMMIT", name, err);
    if (status != SL_OK && !sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

sl_status sl_sqlite_refuse_file(sqlite3 *db, sl_status status, const char *path, sl_error *err)
{
    switch (sqlite3_errcode(db) & 0xff) {
    case SQLITE_NOTADB:
        return sl_error_set(err, SL_UNSUPPORTED,
                            "'%s' is not a database: name another path, or move the file away",
                            path);
    case SQLITE_CORRUPT:
        return sl_error_set(err, SL_CORRUPT, "'%s' is damaged (%s): restore a backup", path,
                            sqlite3_errmsg(db));
    default: return status;
    }
}

static sl_status check_ours(sqlite3 *db, const char *path, int64_t *ret_version, sl_error *err)
{
    int64_t id, tables;
    sl_status status = sl_sqlite_read_number(db, "PRAGMA application_id", &id, err);
    if (status == SL_OK)
        status = sl_sqlite_read_number(db, "PRAGMA user_version", ret_version, err);
    if (status == SL_OK)
        status = sl_sqlite_read_number(db, "SELECT count(*) FROM sqlite_schema", &tables, err);
    if (status != SL_OK)
        return sl_sqlite_refuse_file(db, status, path, err);
    bool is_new = id == 0 && *ret_version == 0 && tables == 0;
    if (!is_new && id != SL_SQLITE_APPLICATION_ID)
        return sl_error_set(err, SL_UNSUPPORTED,
                            "'%s' is a database of another program: name another path", path);
    if (!is_new && *ret_version < 1)
        return sl_error_set(err, SL_CORRUPT,
                            "'%s' has no valid layout number (%lld): restore a backup", path,
                            (long long)*ret_version);
    if (*ret_version > sl_sqlite_migration_count)
        return sl_error_set(
            err, SL_UNSUPPORTED,
            "'%s' was written by a newer Sluice (its layout is %lld, this program knows up to %d): run that "
            "version, or restore a backup",
            path, (long long)*ret_version, sl_sqlite_migration_count);
    return SL_OK;
}

sl_status sl_sqlite_migrate(sqlite3 *db, const char *path, sl_error *err)
{
    int64_t version;
    SL_TRY(check_ours(db, path, &version, err));
    SL_TRY(sl_sqlite_set_wal(db, err));
    for (int i = (int)version; i < sl_sqlite_migration_count; i++)
        SL_TRY(run_migration(db, &sl_sqlite_migrations[i], err));
    return SL_OK;
}
