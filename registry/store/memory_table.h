/* registry/store/memory_table.h: rows, indexes and the undo log of the memory driver. No locks in here. */
#pragma once

#include "registry/store/tables.h"

/* Pointers to rows, in the order of the index. */
typedef SL_VEC(void *) sl_memory_index;

typedef struct sl_memory_rows {
    sl_memory_index indexes[SL_INDEX_COUNT];
    int64_t last_ids[SL_TABLE_COUNT];
} sl_memory_rows;

typedef struct sl_memory_change {
    sl_table_id table;
    void *old_row, *new_row; /* NULL: there was, or is, none */
    int64_t last_id;         /* before */
} sl_memory_change;
typedef SL_VEC(sl_memory_change) sl_memory_log;

void sl_memory_rows_done(sl_memory_rows *rows);

/* Statuses as in store.h. */
SL_MUST_CHECK sl_status sl_memory_insert(sl_memory_rows *rows, sl_memory_log *log,
                                         sl_table_id table, void *row, sl_error *err);
SL_MUST_CHECK sl_status sl_memory_update(sl_memory_rows *rows, sl_memory_log *log,
                                         sl_table_id table, const void *row, sl_error *err);
SL_MUST_CHECK sl_status sl_memory_remove(sl_memory_rows *rows, sl_memory_log *log,
                                         sl_table_id table, const void *key, sl_error *err);
/* NULL when there is none. */
const void *sl_memory_find(const sl_memory_rows *rows, sl_index_id index, const void *key);
SL_MUST_CHECK sl_status sl_memory_scan(const sl_memory_rows *rows, const sl_scan *scan,
                                       sl_arena *arena, sl_rows *ret_rows);

/* Take back all changes behind the first `mark`. Cannot fail. */
void sl_memory_undo(sl_memory_rows *rows, sl_memory_log *log, size_t mark);
/* Let the changes stand. */
void sl_memory_forget(sl_memory_log *log);
