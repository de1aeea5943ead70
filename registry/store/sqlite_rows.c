/* registry/store/sqlite_rows.c: rows to SQL and back, by the table of columns.
 *
 * A statement is written from tables.def when it is first needed, and kept with its connection. Names in SQL come from that table only;
 * all that comes from a caller is bound. A scan has as many statements as it has shapes: columns that are equal, bound, direction. */
#include "registry/store/sqlite_internal.h"

static sl_sqlite_connection *connection_of(sl_session *session)
{
    return ((sl_sqlite_session *)session)->connection;
}

/* --- writing SQL ----------------------------------------------------------------------------- */

static void put_columns(sl_buf *sql, const sl_table *table)
{
    for (uint32_t i = 0; i < table->column_count; i++)
        sl_buf_printf(sql, "%s%s", i ? ", " : "", sl_columns[table->first_column + i].name);
}

/* "a = ? AND b = ?" */
static void put_equals(sl_buf *sql, const sl_column_list *list, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        sl_buf_printf(sql, "%s%s = ?", i ? " AND " : "", sl_columns[list->columns[i]].name);
}

static void put_insert(sl_buf *sql, const sl_table *table)
{
    sl_buf_printf(sql, "INSERT INTO %s (", table->name);
    put_columns(sql, table);
    sl_buf_append_literal(sql, ") VALUES (");
    for (uint32_t i = 0; i < table->column_count; i++)
        sl_buf_append_str(sql, i ? SL_STR(", ?") : SL_STR("?"));
    sl_buf_append_literal(sql, ")");
}

/* All columns are set, then the key is compared, so the key is bound twice. */
static void put_update(sl_buf *sql, const sl_table *table)
{
    sl_buf_printf(sql, "UPDATE %s SET ", table->name);
    for (uint32_t i = 0; i < table->column_count; i++)
        sl_buf_printf(sql, "%s%s = ?", i ? ", " : "", sl_columns[table->first_column + i].name);
    sl_buf_append_literal(sql, " WHERE ");
    put_equals(sql, &sl_indexes[table->primary].list, sl_indexes[table->primary].list.count);
}

static void put_select(sl_buf *sql, const sl_table *table)
{
    sl_buf_append_literal(sql, "SELECT ");
    put_columns(sql, table);
    sl_buf_printf(sql, " FROM %s WHERE ", table->name);
}

static void put_get(sl_buf *sql, const sl_index *index)
{
    put_select(sql, &sl_tables[index->table]);
    put_equals(sql, &index->list, index->list.count);
    if (index->is_live_only)
        sl_buf_printf(sql, " AND state <> %d", SL_ROW_RETIRED);
}

static void put_bound(sl_buf *sql, const sl_index *index, const sl_scan *scan)
{
    static const char *const operators[2][2] = {{">", ">="}, {"<", "<="}};
    uint32_t first = scan->equal_count, end = index->list.count;
    sl_buf_append_literal(sql, " AND (");
    for (uint32_t i = first; i < end; i++)
        sl_buf_printf(sql, "%s%s", i > first ? ", " : "", sl_columns[index->list.columns[i]].name);
    sl_buf_printf(sql, ") %s (", operators[scan->is_descending][scan->bound == SL_SCAN_FROM]);
    for (uint32_t i = first; i < end; i++)
        sl_buf_append_str(sql, i > first ? SL_STR(", ?") : SL_STR("?"));
    sl_buf_append_literal(sql, ")");
}

static void put_scan(sl_buf *sql, const sl_index *index, const sl_scan *scan)
{
    put_select(sql, &sl_tables[index->table]);
    sl_buf_append_str(sql, scan->equal_count ? SL_STR("") : SL_STR("1"));
    put_equals(sql, &index->list, scan->equal_count);
    if (scan->bound != SL_SCAN_ALL)
        put_bound(sql, index, scan);
    if (index->is_live_only)
        sl_buf_printf(sql, " AND state <> %d", SL_ROW_RETIRED);
    for (uint32_t i = 0; i < index->list.count; i++)
        sl_buf_printf(sql, "%s%s%s", i ? ", " : " ORDER BY ",
                      sl_columns[index->list.columns[i]].name, scan->is_descending ? " DESC" : "");
    sl_buf_append_literal(sql, " LIMIT ?");
}

/* --- statements ------------------------------------------------------------------------------ */

static sl_status fail(sl_session *session, int code, const char *doing, sl_error *err)
{
    sqlite3 *db = connection_of(session)->db;
    sl_status status = sl_sqlite_fail(db, code, doing, err);
    if (session->is_in_transaction && sqlite3_get_autocommit(db))
        session->doom = status;
    return status;
}

static sl_status prepare(sl_session *session, const sl_buf *sql, sqlite3_stmt **statement,
                         sl_error *err)
{
    if (sl_buf_status(sql) != SL_OK)
        return sl_error_no_memory(err);
    int code = sqlite3_prepare_v3(connection_of(session)->db, sql->data, (int)sql->len,
                                  SQLITE_PREPARE_PERSISTENT, statement, NULL);
    return code == SQLITE_OK ? SL_OK : fail(session, code, "preparing a statement", err);
}

void sl_sqlite_finalize(sl_sqlite_connection *connection)
{
    for (int i = 0; i < SL_TABLE_COUNT; i++) {
        sqlite3_finalize(connection->insert[i]);
        sqlite3_finalize(connection->update[i]);
        sqlite3_finalize(connection->remove[i]);
    }
    for (int i = 0; i < SL_INDEX_COUNT; i++) {
        sqlite3_finalize(connection->get[i]);
        for (int j = 0; j < SL_SCAN_SHAPES; j++)
            sqlite3_finalize(connection->scan[i][j]);
    }
}

/* Slices that are bound must live until the statement is reset. */
static int bind(sqlite3_stmt *statement, int at, const sl_column *column, const void *row)
{
    if (column->kind == SL_COLUMN_I64)
        return sqlite3_bind_int64(statement, at, *sl_column_i64(column, row));
    const sl_bytes *bytes = sl_column_bytes(column, row);
    if (!bytes->data)
        return sqlite3_bind_null(statement, at);
    if (column->kind == SL_COLUMN_TEXT)
        return sqlite3_bind_text64(statement, at, (const char *)bytes->data, bytes->len,
                                   SQLITE_STATIC, SQLITE_UTF8);
    return sqlite3_bind_blob64(statement, at, bytes->data, bytes->len, SQLITE_STATIC);
}

static int bind_row(sqlite3_stmt *statement, const sl_table *table, const void *row)
{
    int code = SQLITE_OK;
    for (uint32_t i = 0; i < table->column_count && code == SQLITE_OK; i++)
        code = bind(statement, (int)i + 1, &sl_columns[table->first_column + i], row);
    return code;
}

static int bind_list(sqlite3_stmt *statement, int at, const sl_column_list *list, uint32_t count,
                     const void *row)
{
    int code = SQLITE_OK;
    for (uint32_t i = 0; i < count && code == SQLITE_OK; i++)
        code = bind(statement, at + (int)i, &sl_columns[list->columns[i]], row);
    return code;
}

/* Run a statement that gives no rows, and leave it ready for the next time. */
static sl_status finish(sl_session *session, sqlite3_stmt *statement, int bound, const char *doing,
                        sl_error *err)
{
    int code = bound == SQLITE_OK ? sqlite3_step(statement) : bound;
    sl_status status = code == SQLITE_DONE ? SL_OK : fail(session, code, doing, err);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return status;
}

/* --- writing rows ---------------------------------------------------------------------------- */

sl_status sl_sqlite_insert(sl_session *session, sl_table_id id, void *row, sl_error *err)
{
    const sl_table *table = &sl_tables[id];
    sqlite3_stmt **statement = &connection_of(session)->insert[id];
    if (!*statement) {
        sl_cleanup(sl_buf_done) sl_buf sql = {0};
        put_insert(&sql, table);
        SL_TRY(prepare(session, &sql, statement, err));
    }
    int64_t *assigned = table->flags & SL_TABLE_ASSIGNED
                            ? sl_column_i64_in(&sl_columns[table->first_column], row)
                            : NULL;
    int bound = bind_row(*statement, table, row);
    if (bound == SQLITE_OK && assigned && *assigned == 0)
        bound = sqlite3_bind_null(*statement, 1);
    SL_TRY(finish(session, *statement, bound, table->name, err));
    if (assigned)
        *assigned = sqlite3_last_insert_rowid(connection_of(session)->db);
    return SL_OK;
}

static sl_status check_one_changed(sl_session *session, const sl_table *table, const void *row,
                                   sl_error *err)
{
    if (sqlite3_changes(connection_of(session)->db) == 1)
        return SL_OK;
    char name[128];
    sl_row_describe(table, row, name, sizeof name);
    return sl_error_set(err, SL_NOT_FOUND, "no %s", name);
}

sl_status sl_sqlite_update(sl_session *session, sl_table_id id, const void *row, sl_error *err)
{
    const sl_table *table = &sl_tables[id];
    const sl_column_list *key = &sl_indexes[table->primary].list;
    sqlite3_stmt **statement = &connection_of(session)->update[id];
    if (!*statement) {
        sl_cleanup(sl_buf_done) sl_buf sql = {0};
        put_update(&sql, table);
        SL_TRY(prepare(session, &sql, statement, err));
    }
    int bound = bind_row(*statement, table, row);
    if (bound == SQLITE_OK)
        bound = bind_list(*statement, (int)table->column_count + 1, key, key->count, row);
    SL_TRY(finish(session, *statement, bound, table->name, err));
    return check_one_changed(session, table, row, err);
}

sl_status sl_sqlite_remove(sl_session *session, sl_table_id id, const void *row, sl_error *err)
{
    const sl_table *table = &sl_tables[id];
    const sl_column_list *key = &sl_indexes[table->primary].list;
    sqlite3_stmt **statement = &connection_of(session)->remove[id];
    if (!*statement) {
        sl_cleanup(sl_buf_done) sl_buf sql = {0};
        sl_buf_printf(&sql, "DELETE FROM %s WHERE ", table->name);
        put_equals(&sql, key, key->count);
        SL_TRY(prepare(session, &sql, statement, err));
    }
    int bound = bind_list(*statement, 1, key, key->count, row);
    SL_TRY(finish(session, *statement, bound, table->name, err));
    return check_one_changed(session, table, row, err);
}

/* --- reading rows ---------------------------------------------------------------------------- */

static sl_status read_bytes(sqlite3_stmt *statement, int at, sl_column_kind kind, sl_arena *arena,
                            sl_bytes *ret_bytes)
{
    *ret_bytes = (sl_bytes){0};
    if (sqlite3_column_type(statement, at) == SQLITE_NULL)
        return SL_OK;
    const void *data = kind == SL_COLUMN_TEXT ? (const void *)sqlite3_column_text(statement, at)
                                              : sqlite3_column_blob(statement, at);
    size_t len = (size_t)sqlite3_column_bytes(statement, at);
    if (!data && len > 0)
        return SL_NO_MEMORY;
    return sl_arena_copy_bytes(arena, (sl_bytes){data ? data : (const void *)"", len}, ret_bytes);
}

static sl_status read_row(sqlite3_stmt *statement, const sl_table *table, sl_arena *arena,
                          void *ret_row)
{
    for (uint32_t i = 0; i < table->column_count; i++) {
        const sl_column *column = &sl_columns[table->first_column + i];
        if (column->kind == SL_COLUMN_I64)
            *sl_column_i64_in(column, ret_row) = sqlite3_column_int64(statement, (int)i);
        else
            SL_TRY(read_bytes(statement, (int)i, column->kind, arena,
                              sl_column_bytes_in(column, ret_row)));
    }
    return SL_OK;
}

sl_status sl_sqlite_get(sl_session *session, sl_index_id id, const void *key, sl_arena *arena,
                        void *ret_row, sl_error *err)
{
    const sl_index *index = &sl_indexes[id];
    const sl_table *table = &sl_tables[index->table];
    sqlite3_stmt **statement = &connection_of(session)->get[id];
    if (!*statement) {
        sl_cleanup(sl_buf_done) sl_buf sql = {0};
        put_get(&sql, index);
        SL_TRY(prepare(session, &sql, statement, err));
    }
    int code = bind_list(*statement, 1, &index->list, index->list.count, key);
    if (code == SQLITE_OK)
        code = sqlite3_step(*statement);
    sl_status status = SL_NOT_FOUND;
    if (code == SQLITE_ROW) {
        _Alignas(16) char row[SL_ROW_SIZE_MOST] = {0};
        status = read_row(*statement, table, arena, row);
        if (status == SL_OK)
            memcpy(ret_row, row, table->row_size);
        else
            sl_error_no_memory(err);
    } else if (code != SQLITE_DONE) {
        status = fail(session, code, table->name, err);
    }
    sqlite3_reset(*statement);
    sqlite3_clear_bindings(*statement);
    return status;
}

/* Rows gather in a block of their own, since their number is not known before. */
static sl_status read_rows(sl_session *session, sqlite3_stmt *statement, const sl_table *table,
                           sl_arena *arena, sl_rows *ret_rows, sl_error *err)
{
    sl_rows rows = {0};
    size_t cap = 0;
    sl_status status = SL_OK;
    int code;
    while (status == SL_OK && (code = sqlite3_step(statement)) != SQLITE_DONE) {
        if (code != SQLITE_ROW) {
            status = fail(session, code, table->name, err);
        } else if (!sl_vec_grow(&rows.items, &cap, rows.count, table->row_size)) {
            status = sl_error_no_memory(err);
        } else {
            char *row = (char *)rows.items + rows.count++ * table->row_size;
            memset(row, 0, table->row_size);
            if (read_row(statement, table, arena, row) != SL_OK)
                status = sl_error_no_memory(err);
        }
    }
    void *items = status == SL_OK ? sl_arena_calloc(arena, rows.count, table->row_size) : NULL;
    if (items && rows.count)
        memcpy(items, rows.items, rows.count * table->row_size);
    sl_free(rows.items);
    if (status == SL_OK && !items)
        return sl_error_no_memory(err);
    *ret_rows = (sl_rows){items, rows.count};
    return status;
}

static sl_status prepare_scan(sl_session *session, const sl_scan *scan, sqlite3_stmt **ret,
                              sl_error *err)
{
    uint32_t shape = (scan->equal_count * 3 + (uint32_t)scan->bound) * 2 + scan->is_descending;
    sqlite3_stmt **statement = &connection_of(session)->scan[scan->index][shape];
    if (!*statement) {
        sl_cleanup(sl_buf_done) sl_buf sql = {0};
        put_scan(&sql, &sl_indexes[scan->index], scan);
        SL_TRY(prepare(session, &sql, statement, err));
    }
    *ret = *statement;
    return SL_OK;
}

sl_status sl_sqlite_scan(sl_session *session, const sl_scan *scan, sl_arena *arena,
                         sl_rows *ret_rows, sl_error *err)
{
    const sl_index *index = &sl_indexes[scan->index];
    const sl_table *table = &sl_tables[index->table];
    sqlite3_stmt *statement;
    SL_TRY(prepare_scan(session, scan, &statement, err));
    uint32_t keyed = scan->bound != SL_SCAN_ALL ? index->list.count : scan->equal_count;
    int bound = bind_list(statement, 1, &index->list, keyed, scan->key);
    if (bound == SQLITE_OK)
        bound = sqlite3_bind_int64(statement, (int)keyed + 1,
                                   scan->limit ? (sqlite3_int64)scan->limit : -1);
    sl_status status = bound == SQLITE_OK
                           ? read_rows(session, statement, table, arena, ret_rows, err)
                           : fail(session, bound, table->name, err);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return status;
}
