/* registry/store/store.h: where rows are kept; the back door of the registry.
 *
 * A store is a struct of function pointers over one table of tables (tables.def), so that a driver is written once and not once a
 * table. `memory` is the reference, `sqlite` the default; tests/store/test_store.c holds every driver to what is said here.
 *
 *   store   opened once; gives sessions
 *   session one thread's access. At most one writer, any number of readers
 *   writer  begin … commit; inside, savepoints (nested up to 4). It sees its own rows at once, others see them after commit
 *   reader  each call sees what is committed; between begin and rollback all calls see one moment
 *
 * A reader's begin may hold up a writer's (the memory driver has one lock): no session waits for another thread between begin and end.
 *
 * When a write fails for want of space or I/O the driver may have to give up the whole transaction: then every later call in it, and
 * commit, return the same status, and rollback ends it. Nothing of it is stored.
 *
 * Rows that are read lie in the caller's arena. Statuses beyond those named: SL_NO_MEMORY, SL_IO, SL_FULL, SL_BUSY, SL_CORRUPT. */
#pragma once

#include "registry/store/rows.h"

typedef enum sl_table_id {
#define TABLE(name, flags) SL_TABLE_##name,
#define COLUMN(table, kind, member)
#define END(table, primary)
#define INDEX(name, table, which, columns)
#define FOREIGN(table, parent, columns)
#include "registry/store/tables.def"
#undef TABLE
#undef INDEX
    SL_TABLE_COUNT
} sl_table_id;

typedef enum sl_index_id {
#define TABLE(name, flags)
#define INDEX(name, table, which, columns) SL_INDEX_##name,
#include "registry/store/tables.def"
#undef TABLE
#undef COLUMN
#undef END
#undef INDEX
#undef FOREIGN
    SL_INDEX_COUNT
} sl_index_id;

typedef struct sl_store sl_store;
typedef struct sl_session sl_session;

typedef enum sl_session_kind { SL_SESSION_READER, SL_SESSION_WRITER } sl_session_kind;

/* Where a scan begins, in the columns behind the ones that must be equal. */
typedef enum sl_scan_bound {
    SL_SCAN_ALL,
    SL_SCAN_AFTER, /* strictly behind the key's */
    SL_SCAN_FROM   /* the key's and all behind */
} sl_scan_bound;

typedef struct sl_scan {
    sl_index_id index;
    const void *
        key; /* row of the index's table; only indexed columns are looked at. NULL when none is needed */
    uint32_t equal_count; /* so many leading columns of the index equal the key's */
    sl_scan_bound bound;
    bool is_descending; /* from the last; a bound then means "before" */
    uint32_t limit;     /* most rows; 0: no limit */
} sl_scan;

typedef struct sl_rows {
    void *items; /* an array of the table's rows */
    size_t count;
} sl_rows;

enum { SL_STORE_OPS_VERSION = 1, SL_SAVEPOINTS_MOST = 4 };

/* What a driver does. Called through the functions below, which have checked the session's state. */
typedef struct sl_store_ops {
    uint32_t version; /* SL_STORE_OPS_VERSION */
    const char *scheme;
    sl_status (*open)(sl_str where, sl_store **ret_store, sl_error *err);
    void (*close)(sl_store *store);
    const char *(*library_version)(void);
    sl_status (*session_open)(sl_store *store, sl_session_kind kind, sl_session **ret_session,
                              sl_error *err);
    void (*session_close)(sl_session *session);
    sl_status (*begin)(sl_session *session, sl_error *err);
    sl_status (*commit)(sl_session *session, sl_error *err);
    void (*rollback)(sl_session *session);
    sl_status (*savepoint)(sl_session *session, sl_error *err);
    sl_status (*release)(sl_session *session, sl_error *err);
    sl_status (*undo)(sl_session *session, sl_error *err);
    sl_status (*insert)(sl_session *session, sl_table_id table, void *row, sl_error *err);
    sl_status (*update)(sl_session *session, sl_table_id table, const void *row, sl_error *err);
    sl_status (*remove)(sl_session *session, sl_table_id table, const void *key, sl_error *err);
    sl_status (*get)(sl_session *session, sl_index_id index, const void *key, sl_arena *arena,
                     void *ret_row, sl_error *err);
    sl_status (*scan)(sl_session *session, const sl_scan *scan, sl_arena *arena, sl_rows *ret_rows,
                      sl_error *err);
} sl_store_ops;

/* Drivers put these first in their own structs. */
struct sl_store {
    const sl_store_ops *ops;
    bool has_writer; /* atomically set and cleared */
};
struct sl_session {
    sl_store *store;
    sl_session_kind kind;
    bool is_in_transaction;
    uint32_t savepoint_count;
    sl_status doom; /* not SL_OK: the transaction is lost for this reason */
};

/* Every driver of this build, NULL-terminated. */
extern const sl_store_ops *const sl_store_drivers[];

/* Open by URL: "memory:", "sqlite:PATH".
 * SL_OK; SL_INVALID (no such scheme, no path); SL_BUSY (another process holds it); SL_UNSUPPORTED (from a newer Sluice, or not Sluice's). */
SL_MUST_CHECK sl_status sl_store_open(sl_str url, sl_store **ret_store, sl_error *err);
/* All sessions are closed by then. Accepts NULL. */
void sl_store_close(sl_store *store);
SL_DEFINE_CLEANUP(sl_store *, sl_store_close)
const char *sl_store_name(const sl_store *store); /* "sqlite" */
const char *sl_store_library_version(
    const sl_store *store); /* "3.40.1"; "" if there is no library */

/* SL_OK; SL_CONFLICT (there is a writer already). */
SL_MUST_CHECK sl_status sl_session_open(sl_store *store, sl_session_kind kind,
                                        sl_session **ret_session, sl_error *err);
/* An open transaction is rolled back. Accepts NULL. */
void sl_session_close(sl_session *session);
SL_DEFINE_CLEANUP(sl_session *, sl_session_close)

/* SL_OK, SL_INVALID (already in one). */
SL_MUST_CHECK sl_status sl_session_begin(sl_session *session, sl_error *err);
/* On disk when it returns SL_OK; anything else: nothing of it is stored, and the transaction is over. (After SL_IO the log may hold it unsynced: if
 * the machine dies before the next write, it may come back, whole.) Readers end by rollback. */
SL_MUST_CHECK sl_status sl_session_commit(sl_session *session, sl_error *err);
void sl_session_rollback(sl_session *session); /* nothing to do without a transaction */
SL_MUST_CHECK sl_status sl_session_savepoint(sl_session *session, sl_error *err);
/* End the newest savepoint and keep, or undo, what was written since. */
SL_MUST_CHECK sl_status sl_session_release(sl_session *session, sl_error *err);
SL_MUST_CHECK sl_status sl_session_undo(sl_session *session, sl_error *err);

/* Writes need a writer inside a transaction (SL_INVALID otherwise), and rows that tables.def allows to change (SL_CONFLICT otherwise).
 *   insert  of an ASSIGNED table: id 0 is drawn and written into `row`. SL_EXISTS (a unique index is taken), SL_NOT_FOUND (what it refers to
 *           is not there), SL_INVALID (a value that the table refuses)
 *   update  the row with the same primary key, all columns. SL_NOT_FOUND, SL_EXISTS, SL_INVALID
 *   remove  by primary key. SL_NOT_FOUND */
SL_MUST_CHECK sl_status sl_row_insert(sl_session *session, sl_table_id table, void *row,
                                      sl_error *err);
SL_MUST_CHECK sl_status sl_row_update(sl_session *session, sl_table_id table, const void *row,
                                      sl_error *err);
SL_MUST_CHECK sl_status sl_row_remove(sl_session *session, sl_table_id table, const void *key,
                                      sl_error *err);
/* The row that equals `key` in all columns of a unique index. SL_OK, SL_NOT_FOUND. `err` is not filled when it is not found. */
SL_MUST_CHECK sl_status sl_row_get(sl_session *session, sl_index_id index, const void *key,
                                   sl_arena *arena, void *ret_row, sl_error *err);
/* Rows in the order of an index; texts and bytes compare as bytes. */
SL_MUST_CHECK sl_status sl_row_scan(sl_session *session, const sl_scan *scan, sl_arena *arena,
                                    sl_rows *ret_rows, sl_error *err);

/* The same with types: sl_insert_producer(), sl_update_producer(), sl_get_producer_by_name(), sl_scan_producer_by_name(). */
#define TABLE(name, flags)                                                                      \
    SL_MUST_CHECK static inline sl_status sl_insert_##name(sl_session *session,                 \
                                                           sl_##name##_row *row, sl_error *err) \
    {                                                                                           \
        return sl_row_insert(session, SL_TABLE_##name, row, err);                               \
    }                                                                                           \
    SL_MUST_CHECK static inline sl_status sl_update_##name(                                     \
        sl_session *session, const sl_##name##_row *row, sl_error *err)                         \
    {                                                                                           \
        return sl_row_update(session, SL_TABLE_##name, row, err);                               \
    }                                                                                           \
    SL_MUST_CHECK static inline sl_status sl_remove_##name(                                     \
        sl_session *session, const sl_##name##_row *key, sl_error *err)                         \
    {                                                                                           \
        return sl_row_remove(session, SL_TABLE_##name, key, err);                               \
    }
#define INDEX(name, table, which, columns)                                               \
    SL_MUST_CHECK static inline sl_status sl_get_##name(                                 \
        sl_session *session, const sl_##table##_row *key, sl_arena *arena,               \
        sl_##table##_row *ret_row, sl_error *err)                                        \
    {                                                                                    \
        return sl_row_get(session, SL_INDEX_##name, key, arena, ret_row, err);           \
    }                                                                                    \
    SL_MUST_CHECK static inline sl_status sl_scan_##name(                                \
        sl_session *session, sl_scan scan, sl_arena *arena, sl_##table##_row **ret_rows, \
        size_t *ret_count, sl_error *err)                                                \
    {                                                                                    \
        sl_rows rows;                                                                    \
        scan.index = SL_INDEX_##name;                                                    \
        SL_TRY(sl_row_scan(session, &scan, arena, &rows, err));                          \
        *ret_rows = rows.items;                                                          \
        *ret_count = rows.count;                                                         \
        return SL_OK;                                                                    \
    }
#define COLUMN(table, kind, member)
#define END(table, primary)
#define FOREIGN(table, parent, columns)
#include "registry/store/tables.def"
#undef TABLE
#undef COLUMN
#undef END
#undef INDEX
#undef FOREIGN
