/* tests/store/test_sqlite.c: what only the SQLite driver promises.
 *
 * Looks at the file with SQLite itself, from outside, as an operator or an attacker would. */
#include "registry/store/sqlite_internal.h"
#include "tests/store/temp_store.h"
#include "tests/support/tap_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static temp_store temp;
static sl_error err;

#define OK(call) ck_assert_msg((call) == SL_OK, "%s: %s", #call, err.text)

static sl_store *open_store(void)
{
    sl_store *store = NULL;
    OK(sl_store_open(sl_str_from(temp.url), &store, &err));
    return store;
}

static void make(void)
{
    temp_store_make(&temp, "sqlite");
    sl_sqlite_use_base_allocator();
}

static sqlite3 *open_outside(void)
{
    sqlite3 *db = NULL;
    ck_assert_int_eq(sqlite3_open(temp.path, &db), SQLITE_OK);
    return db;
}

static void run_outside(const char *sql)
{
    sqlite3 *db = open_outside();
    ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, "%s", sqlite3_errmsg(db));
    sqlite3_close(db);
}

START_TEST(a_second_server_is_refused_and_told_the_pid)
{
    make();
    sl_store *store = open_store(), *second = NULL;
    ck_assert_int_eq(sl_store_open(sl_str_from(temp.url), &second, &err), SL_BUSY);
    char pid[32];
    snprintf(pid, sizeof pid, "(pid %lld)", (long long)getpid());
    ck_assert_msg(strstr(err.text, pid) != NULL, "%s", err.text);
    sl_store_close(store);
    sl_store_close(open_store());
    temp_store_remove(&temp);
}
END_TEST

START_TEST(the_lock_ends_with_the_process)
{
    make();
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        sl_store *store = NULL;
        _exit(sl_store_open(sl_str_from(temp.url), &store, NULL) == SL_OK ? 0 : 1);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    sl_store_close(open_store());
    temp_store_remove(&temp);
}
END_TEST

/* One database has several names, and its lock file can be removed: it is still one database. */
typedef enum other_way { BY_SYMLINK, BY_HARD_LINK, WITHOUT_LOCK_FILE, OTHER_WAYS } other_way;

static void find_other_way(other_way way, char *url, size_t size)
{
    char alias[TEMP_PATH_SIZE + 8];
    snprintf(alias, sizeof alias, "%s%s", temp.path, way == WITHOUT_LOCK_FILE ? ".lock" : ".alias");
    snprintf(url, size, "sqlite:%s", way == WITHOUT_LOCK_FILE ? temp.path : alias);
    switch (way) {
    case BY_SYMLINK: ck_assert_int_eq(symlink(temp.path, alias), 0); break;
    case BY_HARD_LINK: ck_assert_int_eq(link(temp.path, alias), 0); break;
    default: ck_assert_int_eq(unlink(alias), 0); break;
    }
}

START_TEST(a_second_server_is_refused_by_whichever_way_it_comes)
{
    make();
    sl_store *store = open_store();
    char url[TEMP_PATH_SIZE + 16];
    find_other_way((other_way)_i, url, sizeof url);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        sl_store *second = NULL;
        bool is_refused = sl_store_open(sl_str_from(url), &second, &err) == SL_BUSY &&
                          strstr(err.text, "another server has the file") != NULL;
        _exit(is_refused ? 0 : 1);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    sl_store_close(store);
    OK(sl_store_open(sl_str_from(url), &store, &err));
    sl_store_close(store);
    temp_store_remove(&temp);
}
END_TEST

static const struct {
    const char *name, *sql, *text;
    sl_status want;
} foreign[] = {
    {"from_a_newer_sluice", "PRAGMA user_version=9999", "newer Sluice", SL_UNSUPPORTED},
    {"of_another_program", "PRAGMA application_id=7", "another program", SL_UNSUPPORTED},
    {"a_table_of_its_own", "PRAGMA application_id=0; PRAGMA user_version=0", "another program",
     SL_UNSUPPORTED},
    {"ours_of_layout_0", "PRAGMA user_version=0", "no valid layout number", SL_CORRUPT},
    {"ours_of_layout_less_than_0", "PRAGMA user_version=-5", "no valid layout number", SL_CORRUPT},
};

START_TEST(a_database_that_is_not_ours_is_refused_and_left_alone)
{
    make();
    sl_store_close(open_store());
    run_outside(foreign[_i].sql);
    sl_store *store = NULL;
    sl_status status = sl_store_open(sl_str_from(temp.url), &store, &err);
    ck_assert_msg(status == foreign[_i].want, "%s: %s", foreign[_i].name, sl_status_name(status));
    ck_assert_msg(strstr(err.text, foreign[_i].text) != NULL, "%s", err.text);
    temp_store_remove(&temp);
}
END_TEST

/* A database that the first layout left behind is brought up to date, and keeps what it has. */
START_TEST(an_older_layout_is_migrated)
{
    static const char rows[] =
        "INSERT INTO schema VALUES(1,zeroblob(32),zeroblob(32),zeroblob(16),'a','A',1,1);"
        "INSERT INTO subject VALUES('s',-1,1,1);"
        "INSERT INTO version VALUES('s',1,1,1,'admin');"
        "INSERT INTO version_source VALUES('s',1,x'0a00');";
    char mark[96];
    int64_t version;
    sl_session *reader = NULL;
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_version_source_row row, key = {.subject = SL_STR("s"), .number = 1};
    make();
    snprintf(mark, sizeof mark, "PRAGMA application_id=%d; PRAGMA user_version=1",
             SL_SQLITE_APPLICATION_ID);
    run_outside(sl_sqlite_migrations[0].sql);
    run_outside(rows);
    run_outside(mark);
    sl_store *store = open_store();
    OK(sl_session_open(store, SL_SESSION_READER, &reader, &err));
    OK(sl_session_begin(reader, &err));
    OK(sl_get_version_source_by_number(reader, &key, &arena, &row, &err));
    ck_assert_uint_eq(row.source_info.len, 2);
    ck_assert_ptr_null(row.text.data);
    sl_session_close(reader);
    sl_store_close(store);
    sqlite3 *db = open_outside();
    OK(sl_sqlite_read_number(db, "PRAGMA user_version", &version, &err));
    ck_assert_int_eq(version, sl_sqlite_migration_count);
    sqlite3_close(db);
    temp_store_remove(&temp);
}
END_TEST

START_TEST(a_file_that_is_no_database_is_refused_and_left_alone)
{
    make();
    FILE *file = fopen(temp.path, "w");
    for (int i = 0; i < 1000; i++)
        fprintf(file, "line %d of a text\n", i);
    fclose(file);
    struct stat before, after;
    ck_assert_int_eq(stat(temp.path, &before), 0);
    sl_store *store = NULL;
    ck_assert_int_eq(sl_store_open(sl_str_from(temp.url), &store, &err), SL_UNSUPPORTED);
    ck_assert_msg(strstr(err.text, "is not a database: name another path") != NULL, "%s", err.text);
    ck_assert_int_eq(stat(temp.path, &after), 0);
    ck_assert(before.st_size == after.st_size && before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
    temp_store_remove(&temp);
}
END_TEST

START_TEST(a_migration_that_fails_is_told_by_its_name)
{
    make();
    sqlite3 *db = open_outside();
    sqlite3_limit(db, SQLITE_LIMIT_COLUMN, 6);
    ck_assert_int_ne(sl_sqlite_migrate(db, temp.path, &err), SL_OK);
    ck_assert_msg(sl_str_starts_with(sl_str_from(err.text), SL_STR("migration 1 (")), "%s",
                  err.text);
    ck_assert_msg(strstr(err.text, "CREATE TABLE") == NULL, "%s", err.text);
    sqlite3_close(db);
    temp_store_remove(&temp);
}
END_TEST

START_TEST(only_the_owner_may_read_it)
{
    make();
    sl_store *store = open_store();
    static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
    for (size_t i = 0; i < SL_ARRAY_LEN(suffixes); i++) {
        char path[TEMP_PATH_SIZE + 8];
        struct stat info;
        snprintf(path, sizeof path, "%s%s", temp.path, suffixes[i]);
        ck_assert_msg(stat(path, &info) == 0, "no %s", path);
        ck_assert_msg((info.st_mode & 077) == 0, "%s has mode %o", path, (unsigned)info.st_mode);
    }
    sl_store_close(store);
    temp_store_remove(&temp);
}
END_TEST

/* What others find when they look into the file while the server runs. */
static const struct {
    const char *sql;
    int64_t want;
} facts[] = {
    {"PRAGMA application_id", SL_SQLITE_APPLICATION_ID},
    {"SELECT count(*) FROM pragma_table_list WHERE schema='main' AND strict=0 AND type='table' AND "
     "name NOT LIKE 'sqlite_%'",
     0},
    {"SELECT count(*) FROM pragma_foreign_key_check", 0},
};

START_TEST(the_file_says_what_it_is)
{
    make();
    sl_store *store = open_store();
    sqlite3 *db = open_outside();
    for (size_t i = 0; i < SL_ARRAY_LEN(facts); i++) {
        int64_t got = -1;
        OK(sl_sqlite_read_number(db, facts[i].sql, &got, &err));
        ck_assert_msg(got == facts[i].want, "%s: %lld", facts[i].sql, (long long)got);
    }
    int64_t version;
    OK(sl_sqlite_read_number(db, "PRAGMA user_version", &version, &err));
    ck_assert_int_eq(version, sl_sqlite_migration_count);
    sqlite3_close(db);
    sl_store_close(store);
    temp_store_remove(&temp);
}
END_TEST

static const struct {
    sl_session_kind kind;
    const char *sql;
    int64_t want;
} settings[] = {
    {SL_SESSION_WRITER, "PRAGMA synchronous", 2},
    {SL_SESSION_WRITER, "PRAGMA foreign_keys", 1},
    {SL_SESSION_WRITER, "PRAGMA trusted_schema", 0},
    {SL_SESSION_WRITER, "PRAGMA cell_size_check", 1},
    {SL_SESSION_WRITER, "PRAGMA wal_autocheckpoint", 1000},
    {SL_SESSION_WRITER, "PRAGMA busy_timeout", 5000},
    {SL_SESSION_READER, "PRAGMA query_only", 1},
    {SL_SESSION_READER, "PRAGMA wal_autocheckpoint", 0},
    {SL_SESSION_READER, "PRAGMA trusted_schema", 0},
};

START_TEST(connections_are_set_for_safety)
{
    make();
    sl_store *store = open_store();
    for (size_t i = 0; i < SL_ARRAY_LEN(settings); i++) {
        sl_session *session = NULL;
        OK(sl_session_open(store, settings[i].kind, &session, &err));
        int64_t got = -1;
        sqlite3 *db = ((sl_sqlite_session *)session)->connection->db;
        OK(sl_sqlite_read_number(db, settings[i].sql, &got, &err));
        ck_assert_msg(got == settings[i].want, "%s: %lld", settings[i].sql, (long long)got);
        ck_assert_int_ne(sqlite3_exec(db, "SELECT load_extension('x')", NULL, NULL, NULL),
                         SQLITE_OK);
        sl_session_close(session);
    }
    sl_store_close(store);
    temp_store_remove(&temp);
}
END_TEST

/* Every table that tables.def calls immutable refuses changes from anybody, in the file itself. */
START_TEST(triggers_keep_immutable_rows)
{
    static const char row_of_each[] =
        "INSERT INTO change VALUES(1,1,'a','b','c','{}',zeroblob(32));"
        "INSERT INTO file VALUES(zeroblob(32),x'00');"
        "INSERT INTO schema VALUES(1,zeroblob(32),zeroblob(32),zeroblob(16),'a','A',1,1);"
        "INSERT INTO schema_file VALUES(1,0,'a',zeroblob(32));"
        "INSERT INTO subject VALUES('s',-1,1,1);"
        "INSERT INTO version VALUES('s',1,1,1,'admin');"
        "INSERT INTO version_source VALUES('s',1,x'00',NULL);"
        "INSERT INTO schema_reference VALUES(1,0,'n','s',1);";
    make();
    sl_store_close(open_store());
    run_outside(row_of_each);
    sqlite3 *db = open_outside();
    int tried = 0;
    for (int i = 0; i < SL_TABLE_COUNT; i++) {
        const sl_table *table = &sl_tables[i];
        if (!(table->flags & SL_TABLE_IMMUTABLE))
            continue;
        const char *column = sl_columns[table->first_column].name;
        char sql[200];
        snprintf(sql, sizeof sql, "UPDATE %s SET %s=%s", table->name, column, column);
        ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_CONSTRAINT, "%s", sql);
        snprintf(sql, sizeof sql, "DELETE FROM %s", table->name);
        ck_assert_msg(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_CONSTRAINT, "%s", sql);
        tried++;
    }
    ck_assert_int_ge(tried, 7);
    sqlite3_close(db);
    temp_store_remove(&temp);
}
END_TEST

/* The files' closing state: the writer was last, so the log is gone and everything is in the one file. */
START_TEST(closing_leaves_one_file)
{
    make();
    sl_store *store = open_store();
    sl_session *reader = NULL;
    OK(sl_session_open(store, SL_SESSION_READER, &reader, &err));
    sl_session_close(reader);
    sl_store_close(store);
    char path[TEMP_PATH_SIZE + 8];
    snprintf(path, sizeof path, "%s-wal", temp.path);
    ck_assert_int_ne(access(path, F_OK), 0);
    temp_store_remove(&temp);
}
END_TEST

/* Every member of every row struct has its column: nothing is forgotten in tables.def. */
START_TEST(columns_cover_their_structs)
{
    for (int i = 0; i < SL_TABLE_COUNT; i++) {
        size_t size = 0;
        for (uint32_t j = 0; j < sl_tables[i].column_count; j++) {
            const sl_column *column = &sl_columns[sl_tables[i].first_column + j];
            size += column->kind == SL_COLUMN_I64 ? sizeof(int64_t) : sizeof(sl_bytes);
        }
        ck_assert_msg(size == sl_tables[i].row_size, "%s", sl_tables[i].name);
    }
}
END_TEST

static Suite *sqlite_suite(void)
{
    Suite *suite = suite_create("sqlite");
    TCase *tcase = tcase_create("file");
    tcase_add_test(tcase, a_second_server_is_refused_and_told_the_pid);
    tcase_add_loop_test(tcase, a_second_server_is_refused_by_whichever_way_it_comes, 0, OTHER_WAYS);
    tcase_add_test(tcase, the_lock_ends_with_the_process);
    tcase_add_loop_test(tcase, a_database_that_is_not_ours_is_refused_and_left_alone, 0,
                        SL_ARRAY_LEN(foreign));
    tcase_add_test(tcase, an_older_layout_is_migrated);
    tcase_add_test(tcase, a_file_that_is_no_database_is_refused_and_left_alone);
    tcase_add_test(tcase, a_migration_that_fails_is_told_by_its_name);
    tcase_add_test(tcase, only_the_owner_may_read_it);
    tcase_add_test(tcase, the_file_says_what_it_is);
    tcase_add_test(tcase, connections_are_set_for_safety);
    tcase_add_test(tcase, triggers_keep_immutable_rows);
    tcase_add_test(tcase, closing_leaves_one_file);
    tcase_add_test(tcase, columns_cover_their_structs);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(sqlite_suite)
