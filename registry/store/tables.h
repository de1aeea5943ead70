/* registry/store/tables.h: tables.def as data, for drivers. */
#pragma once

#include "registry/store/store.h"

typedef enum sl_column_kind { SL_COLUMN_I64, SL_COLUMN_TEXT, SL_COLUMN_BLOB } sl_column_kind;

typedef struct sl_column {
    const char *name;
    sl_column_kind kind;
    size_t offset; /* in the row */
} sl_column;

enum {
    SL_TABLE_ASSIGNED = 1 << 0,
    SL_TABLE_IMMUTABLE = 1 << 1,
    SL_TABLE_REMOVABLE = 1 << 2,
};

typedef struct sl_table {
    const char *name;
    int flags;
    size_t row_size;
    uint32_t first_column, column_count; /* in sl_columns */
    sl_index_id primary;
} sl_table;

enum { SL_INDEX_COLUMNS_MOST = 2, SL_ROW_SIZE_MOST = 384 };

typedef struct sl_column_list {
    uint32_t count;
    uint32_t columns[SL_INDEX_COLUMNS_MOST]; /* in sl_columns */
} sl_column_list;

typedef struct sl_index {
    const char *name;
    sl_table_id table;
    bool is_unique, is_live_only;
    sl_column_list list;
} sl_index;

typedef struct sl_foreign {
    sl_table_id table;
    sl_index_id parent;
    sl_column_list list;
} sl_foreign;

extern const sl_column sl_columns[];
extern const sl_table sl_tables[SL_TABLE_COUNT];
extern const sl_index sl_indexes[SL_INDEX_COUNT];
extern const sl_foreign sl_foreigns[];
extern const size_t sl_foreign_count;

static inline const int64_t *sl_column_i64(const sl_column *column, const void *row)
{
    return (const int64_t *)((const char *)row + column->offset);
}

/* Text and bytes have one layout: pointer and length. */
static inline const sl_bytes *sl_column_bytes(const sl_column *column, const void *row)
{
    return (const sl_bytes *)((const char *)row + column->offset);
}

static inline int64_t *sl_column_i64_in(const sl_column *column, void *row)
{
    return (int64_t *)((char *)row + column->offset);
}

static inline sl_bytes *sl_column_bytes_in(const sl_column *column, void *row)
{
    return (sl_bytes *)((char *)row + column->offset);
}

/* Order of two rows by the columns from `first` up to `end` of an index. */
int sl_index_compare(const sl_index *index, uint32_t first, uint32_t end, const void *a,
                     const void *b);
/* Does the index hold this row? False for a retired row and an index of live ones. */
bool sl_index_holds(const sl_index *index, const void *row);
/* Copy `row` with its texts. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_row_copy(const sl_table *table, const void *row, sl_arena *arena,
                                    void *ret_row);
/* "subject 'orders'", "schema 7": a row's primary key, for messages. */
void sl_row_describe(const sl_table *table, const void *row, char *ret_text, size_t size);
