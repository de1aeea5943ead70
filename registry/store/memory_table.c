/* registry/store/memory_table.c: sorted arrays of rows, changed only through the log.
 *
 * A change is first made possible (memory for the row, the log entry and a place in each index), then checked, then made: once it begins
 * to move pointers it cannot fail. */
#include "registry/store/memory_table.h"

/* --- one index ------------------------------------------------------------------------------- */

/* First place whose row is not before `key` (or, with `past`, is behind it), by the first `columns` of the index. */
static size_t search(const sl_memory_index *rows, const sl_index *index, uint32_t columns,
                     const void *key, bool past)
{
    size_t low = 0, high = rows->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = sl_index_compare(index, 0, columns, rows->items[middle], key);
        if (order < 0 || (past && order == 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void *find_in(const sl_memory_index *rows, const sl_index *index, const void *key)
{
    size_t at = search(rows, index, index->list.count, key, false);
    if (at == rows->count ||
        sl_index_compare(index, 0, index->list.count, rows->items[at], key) != 0)
        return NULL;
    return rows->items[at];
}

/* The caller has made room. Among equals, which only an index of MANY has, the newest stands last. */
static void attach(sl_memory_rows *rows, sl_table_id table, void *row)
{
    for (int i = 0; i < SL_INDEX_COUNT; i++) {
        const sl_index *index = &sl_indexes[i];
        if (index->table != table || !sl_index_holds(index, row))
            continue;
        sl_memory_index *list = &rows->indexes[i];
        size_t at = search(list, index, index->list.count, row, true);
        memmove(list->items + at + 1, list->items + at, (list->count - at) * sizeof *list->items);
        list->items[at] = row;
        list->count++;
    }
}

static void detach(sl_memory_rows *rows, sl_table_id table, const void *row)
{
    for (int i = 0; i < SL_INDEX_COUNT; i++) {
        const sl_index *index = &sl_indexes[i];
        if (index->table != table || !sl_index_holds(index, row))
            continue;
        sl_memory_index *list = &rows->indexes[i];
        size_t at = search(list, index, index->list.count, row, false);
        while (list->items[at] != row)
            at++;
        list->count--;
        memmove(list->items + at, list->items + at + 1, (list->count - at) * sizeof *list->items);
    }
}

/* --- one row --------------------------------------------------------------------------------- */

/* One block: the struct, then its texts. */
static void *make_row(const sl_table *table, const void *row)
{
    size_t size = table->row_size;
    for (uint32_t i = 0; i < table->column_count; i++) {
        const sl_column *column = &sl_columns[table->first_column + i];
        if (column->kind != SL_COLUMN_I64)
            size += sl_column_bytes(column, row)->len;
    }
    char *copy = sl_alloc(size);
    if (!copy)
        return NULL;
    memcpy(copy, row, table->row_size);
    char *text = copy + table->row_size;
    for (uint32_t i = 0; i < table->column_count; i++) {
        const sl_column *column = &sl_columns[table->first_column + i];
        sl_bytes *bytes = column->kind == SL_COLUMN_I64 ? NULL : sl_column_bytes_in(column, copy);
        if (!bytes || !bytes->data)
            continue;
        memcpy(text, bytes->data, bytes->len);
        bytes->data = (const uint8_t *)text;
        text += bytes->len;
    }
    return copy;
}

static sl_status check_unique(const sl_memory_rows *rows, sl_table_id table, const void *row,
                              const void *replaced, sl_error *err)
{
    for (int i = 0; i < SL_INDEX_COUNT; i++) {
        const sl_index *index = &sl_indexes[i];
        if (index->table != table || !index->is_unique || !sl_index_holds(index, row))
            continue;
        const void *there = find_in(&rows->indexes[i], index, row);
        if (there && there != replaced)
            return sl_error_set(err, SL_EXISTS, "a row of '%s' has this place already (%s)",
                                sl_tables[table].name, index->name);
    }
    return SL_OK;
}

/* True when a column of the reference is absent: then it refers to nothing. */
static bool fill_parent_key(const sl_foreign *foreign, const void *row, void *key)
{
    const sl_index *parent = &sl_indexes[foreign->parent];
    for (uint32_t i = 0; i < foreign->list.count; i++) {
        const sl_column *from = &sl_columns[foreign->list.columns[i]];
        const sl_column *to = &sl_columns[parent->list.columns[i]];
        if (from->kind == SL_COLUMN_I64) {
            *sl_column_i64_in(to, key) = *sl_column_i64(from, row);
            continue;
        }
        *sl_column_bytes_in(to, key) = *sl_column_bytes(from, row);
        if (!sl_column_bytes(from, row)->data)
            return true;
    }
    return false;
}

static sl_status check_foreign(const sl_memory_rows *rows, sl_table_id table, const void *row,
                               sl_error *err)
{
    for (size_t i = 0; i < sl_foreign_count; i++) {
        const sl_foreign *foreign = &sl_foreigns[i];
        _Alignas(16) char key[SL_ROW_SIZE_MOST] = {0};
        if (foreign->table != table || fill_parent_key(foreign, row, key))
            continue;
        if (!find_in(&rows->indexes[foreign->parent], &sl_indexes[foreign->parent], key))
            return sl_error_set(err, SL_NOT_FOUND,
                                "a row of '%s' refers to one that is not there (%s)",
                                sl_tables[table].name, sl_indexes[foreign->parent].name);
    }
    return SL_OK;
}

/* --- changes --------------------------------------------------------------------------------- */

static sl_status make_room(sl_memory_rows *rows, sl_memory_log *log, sl_table_id table)
{
    if (!sl_vec_grow((void **)&log->items, &log->cap, log->count, sizeof *log->items))
        return SL_NO_MEMORY;
    for (int i = 0; i < SL_INDEX_COUNT; i++) {
        sl_memory_index *list = &rows->indexes[i];
        if (sl_indexes[i].table == table &&
            !sl_vec_grow((void **)&list->items, &list->cap, list->count, sizeof *list->items))
            return SL_NO_MEMORY;
    }
    return SL_OK;
}

/* Replace `old_row` (may be NULL) by a copy of `row` (may be NULL). */
static sl_status change(sl_memory_rows *rows, sl_memory_log *log, sl_table_id table, void *old_row,
                        const void *row)
{
    SL_TRY(make_room(rows, log, table));
    void *new_row = row ? make_row(&sl_tables[table], row) : NULL;
    if (row && !new_row)
        return SL_NO_MEMORY;
    log->items[log->count++] = (sl_memory_change){table, old_row, new_row, rows->last_ids[table]};
    if (old_row)
        detach(rows, table, old_row);
    if (new_row)
        attach(rows, table, new_row);
    return SL_OK;
}

static sl_status changed(sl_status status, sl_error *err)
{
    return status == SL_OK ? SL_OK : sl_error_no_memory(err);
}

sl_status sl_memory_insert(sl_memory_rows *rows, sl_memory_log *log, sl_table_id table, void *row,
                           sl_error *err)
{
    int64_t *id = NULL, given = 0;
    if (sl_tables[table].flags & SL_TABLE_ASSIGNED) {
        id = sl_column_i64_in(&sl_columns[sl_tables[table].first_column], row);
        given = *id;
        if (given == 0)
            *id = rows->last_ids[table] + 1;
    }
    sl_status status = check_unique(rows, table, row, NULL, err);
    if (status == SL_OK)
        status = check_foreign(rows, table, row, err);
    if (status == SL_OK)
        status = changed(change(rows, log, table, NULL, row), err);
    if (id && status == SL_OK)
        rows->last_ids[table] = SL_MAX(rows->last_ids[table], *id);
    else if (id)
        *id = given;
    return status;
}

static sl_status find_primary(const sl_memory_rows *rows, sl_table_id table, const void *key,
                              void **ret_row, sl_error *err)
{
    sl_index_id primary = sl_tables[table].primary;
    *ret_row = find_in(&rows->indexes[primary], &sl_indexes[primary], key);
    if (*ret_row)
        return SL_OK;
    char name[128];
    sl_row_describe(&sl_tables[table], key, name, sizeof name);
    return sl_error_set(err, SL_NOT_FOUND, "no %s", name);
}

sl_status sl_memory_update(sl_memory_rows *rows, sl_memory_log *log, sl_table_id table,
                           const void *row, sl_error *err)
{
    void *old_row;
    SL_TRY(find_primary(rows, table, row, &old_row, err));
    SL_TRY(check_unique(rows, table, row, old_row, err));
    SL_TRY(check_foreign(rows, table, row, err));
    return changed(change(rows, log, table, old_row, row), err);
}

sl_status sl_memory_remove(sl_memory_rows *rows, sl_memory_log *log, sl_table_id table,
                           const void *key, sl_error *err)
{
    void *old_row;
    SL_TRY(find_primary(rows, table, key, &old_row, err));
    return changed(change(rows, log, table, old_row, NULL), err);
}

void sl_memory_undo(sl_memory_rows *rows, sl_memory_log *log, size_t mark)
{
    while (log->count > mark) {
        sl_memory_change *last = &log->items[--log->count];
        if (last->new_row)
            detach(rows, last->table, last->new_row);
        if (last->old_row)
            attach(rows, last->table, last->old_row);
        rows->last_ids[last->table] = last->last_id;
        sl_free(last->new_row);
    }
}

void sl_memory_forget(sl_memory_log *log)
{
    for (size_t i = 0; i < log->count; i++)
        sl_free(log->items[i].old_row);
    log->count = 0;
}

void sl_memory_rows_done(sl_memory_rows *rows)
{
    for (int i = 0; i < SL_TABLE_COUNT; i++) {
        sl_memory_index *primary = &rows->indexes[sl_tables[i].primary];
        for (size_t j = 0; j < primary->count; j++)
            sl_free(primary->items[j]);
    }
    for (int i = 0; i < SL_INDEX_COUNT; i++)
        sl_vec_done(&rows->indexes[i]);
}

/* --- reading --------------------------------------------------------------------------------- */

const void *sl_memory_find(const sl_memory_rows *rows, sl_index_id index, const void *key)
{
    return find_in(&rows->indexes[index], &sl_indexes[index], key);
}

/* The stretch [*ret_begin, *ret_end) of the index that `scan` asks for. */
static void find_stretch(const sl_memory_index *list, const sl_scan *scan, size_t *ret_begin,
                         size_t *ret_end)
{
    const sl_index *index = &sl_indexes[scan->index];
    size_t begin = 0, end = list->count;
    if (scan->equal_count > 0) {
        begin = search(list, index, scan->equal_count, scan->key, false);
        end = search(list, index, scan->equal_count, scan->key, true);
    }
    if (scan->bound != SL_SCAN_ALL) {
        bool past = (scan->bound == SL_SCAN_AFTER) != scan->is_descending;
        size_t at = search(list, index, index->list.count, scan->key, past);
        if (scan->is_descending)
            end = at;
        else
            begin = at;
    }
    *ret_begin = begin;
    *ret_end = end;
}

sl_status sl_memory_scan(const sl_memory_rows *rows, const sl_scan *scan, sl_arena *arena,
                         sl_rows *ret_rows)
{
    const sl_memory_index *list = &rows->indexes[scan->index];
    const sl_table *table = &sl_tables[sl_indexes[scan->index].table];
    size_t begin, end;
    find_stretch(list, scan, &begin, &end);
    size_t count = end > begin ? end - begin : 0;
    if (scan->limit && count > scan->limit)
        count = scan->limit;
    char *items = sl_arena_calloc(arena, count, table->row_size);
    if (!items)
        return SL_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const void *row = list->items[scan->is_descending ? end - 1 - i : begin + i];
        SL_TRY(sl_row_copy(table, row, arena, items + i * table->row_size));
    }
    *ret_rows = (sl_rows){items, count};
    return SL_OK;
}
