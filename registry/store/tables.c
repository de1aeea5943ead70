/* registry/store/tables.c: tables.def made into data, and what every driver does with a row.
 *
 * Columns of all tables stand in one array, in the order of tables.def; a table is a stretch of it. Enumerators for the stretches come
 * from the same file: each table's END closes the stretch that its TABLE opened, and gives back the number that it used itself. */
#include "registry/store/tables.h"

#include <stdio.h>

enum {
#define TABLE(name, flags) FIRST_##name, BEFORE_##name = FIRST_##name - 1,
#define COLUMN(table, kind, member) COLUMN_##table##_##member,
#define END(table, primary) BEHIND_##table, LAST_##table = BEHIND_##table - 1,
#define INDEX(name, table, which, columns)
#define FOREIGN(table, parent, columns)
#include "registry/store/tables.def"
#undef TABLE
#undef COLUMN
#undef END
    COLUMN_COUNT
};

const sl_column sl_columns[COLUMN_COUNT] = {
#define TABLE(name, flags)
#define COLUMN(table, kind, member) {#member, SL_COLUMN_##kind, offsetof(sl_##table##_row, member)},
#define END(table, primary)
#include "registry/store/tables.def"
#undef TABLE
#undef COLUMN
#undef END
};

const sl_table sl_tables[SL_TABLE_COUNT] = {
#define ASSIGNED SL_TABLE_ASSIGNED
#define IMMUTABLE SL_TABLE_IMMUTABLE
#define REMOVABLE SL_TABLE_REMOVABLE
#define TABLE(name, flags)                                                    \
    [SL_TABLE_##name] = {#name, flags, sizeof(sl_##name##_row), FIRST_##name, \
                         BEHIND_##name - FIRST_##name,
#define COLUMN(table, kind, member)
#define END(table, primary) \
    SL_INDEX_##primary      \
    }                       \
    ,
#include "registry/store/tables.def"
#undef TABLE
#undef COLUMN
#undef END
#undef INDEX
#undef FOREIGN
};

#define TABLE(name, flags) _Static_assert(sizeof(sl_##name##_row) <= SL_ROW_SIZE_MOST, "");
#define COLUMN(table, kind, member)
#define END(table, primary)
#define INDEX(name, table, which, columns)
#define FOREIGN(table, parent, columns)
#include "registry/store/tables.def"
#undef TABLE
#undef INDEX
#undef FOREIGN

#define TABLE(name, flags)
#define KEY1(table, a)           \
    {                            \
        1,                       \
        {                        \
            COLUMN_##table##_##a \
        }                        \
    }
#define KEY2(table, a, b)                              \
    {                                                  \
        2,                                             \
        {                                              \
            COLUMN_##table##_##a, COLUMN_##table##_##b \
        }                                              \
    }

const sl_index sl_indexes[SL_INDEX_COUNT] = {
#define UNIQUE true, false
#define UNIQUE_LIVE true, true
#define MANY false, false
#define INDEX(name, table, which, columns) {#name, SL_TABLE_##table, which, columns},
#define FOREIGN(table, parent, columns)
#include "registry/store/tables.def"
#undef INDEX
#undef FOREIGN
};

const sl_foreign sl_foreigns[] = {
#define INDEX(name, table, which, columns)
#define FOREIGN(table, parent, columns) {SL_TABLE_##table, SL_INDEX_##parent, columns},
#include "registry/store/tables.def"
};
const size_t sl_foreign_count = SL_ARRAY_LEN(sl_foreigns);

static int compare_column(const sl_column *column, const void *a, const void *b)
{
    if (column->kind == SL_COLUMN_I64) {
        int64_t left = *sl_column_i64(column, a), right = *sl_column_i64(column, b);
        return (left > right) - (left < right);
    }
    return sl_str_compare(sl_bytes_str(*sl_column_bytes(column, a)),
                          sl_bytes_str(*sl_column_bytes(column, b)));
}

int sl_index_compare(const sl_index *index, uint32_t first, uint32_t end, const void *a,
                     const void *b)
{
    for (uint32_t i = first; i < end; i++) {
        int order = compare_column(&sl_columns[index->list.columns[i]], a, b);
        if (order != 0)
            return order;
    }
    return 0;
}

bool sl_index_holds(const sl_index *index, const void *row)
{
    return !index->is_live_only ||
           *sl_column_i64(&sl_columns[COLUMN_contract_state], row) != SL_ROW_RETIRED;
}

sl_status sl_row_copy(const sl_table *table, const void *row, sl_arena *arena, void *ret_row)
{
    memcpy(ret_row, row, table->row_size);
    for (uint32_t i = 0; i < table->column_count; i++) {
        const sl_column *column = &sl_columns[table->first_column + i];
        if (column->kind == SL_COLUMN_I64)
            continue;
        sl_bytes *bytes = sl_column_bytes_in(column, ret_row);
        SL_TRY(sl_arena_copy_bytes(arena, *bytes, bytes));
    }
    return SL_OK;
}

void sl_row_describe(const sl_table *table, const void *row, char *ret_text, size_t size)
{
    const sl_column *column = &sl_columns[sl_indexes[table->primary].list.columns[0]];
    if (column->kind == SL_COLUMN_I64)
        snprintf(ret_text, size, "%s %lld", table->name, (long long)*sl_column_i64(column, row));
    else if (column->kind == SL_COLUMN_TEXT)
        snprintf(ret_text, size, "%s '%.*s'", table->name,
                 SL_STR_ARG(sl_bytes_str(*sl_column_bytes(column, row))));
    else
        snprintf(ret_text, size, "%s", table->name);
}
