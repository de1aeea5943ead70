/* tests/fault/shim_vfs.c: a file layer in front of the "unix" one. Each file is the real file behind a struct of our own. */
#include "tests/fault/shim_vfs.h"

#include "registry/store/sqlite_internal.h"

#include <signal.h>
#include <stdatomic.h>

typedef struct shim_file {
    sqlite3_file base;
    sqlite3_file *real; /* behind this struct, in the same block */
} shim_file;

static sqlite3_vfs *unix_vfs;
static sqlite3_vfs shim;
static _Atomic uint64_t countdown, operations;
static atomic_int fault_kind;
static atomic_bool is_persistent, was_hit;

void shim_arm(uint64_t nth, shim_fault fault, bool persistent)
{
    atomic_store(&fault_kind, fault);
    atomic_store(&is_persistent, persistent);
    atomic_store(&was_hit, false);
    atomic_store(&operations, 0);
    atomic_store(&countdown, nth);
}

bool shim_hit(void)
{
    return atomic_load(&was_hit);
}

uint64_t shim_count(void)
{
    return atomic_load(&operations);
}

/* Is it this operation's turn? */
static bool take(void)
{
    atomic_fetch_add(&operations, 1);
    uint64_t left = atomic_load(&countdown);
    while (left > 1 && !atomic_compare_exchange_weak(&countdown, &left, left - 1)) {
    }
    if (left != 1)
        return false;
    if (!atomic_load(&is_persistent))
        atomic_store(&countdown, 0);
    atomic_store(&was_hit, true);
    return true;
}

/* SQLITE_OK: go on. `error` is what a failing device would make SQLite's own layer say. */
static int meet(bool is_turn, int error)
{
    if (!is_turn)
        return SQLITE_OK;
    if (atomic_load(&fault_kind) == SHIM_KILL_BEFORE)
        raise(SIGKILL);
    if (atomic_load(&fault_kind) == SHIM_FULL && error != SQLITE_IOERR_FSYNC)
        return SQLITE_FULL;
    return atomic_load(&fault_kind) == SHIM_KILL_AFTER ? SQLITE_OK : error;
}

static int finish(bool is_turn, int code)
{
    if (is_turn && atomic_load(&fault_kind) == SHIM_KILL_AFTER)
        raise(SIGKILL);
    return code;
}

#define REAL(file) (((shim_file *)(file))->real)

static int shim_close(sqlite3_file *file)
{
    return REAL(file)->pMethods ? REAL(file)->pMethods->xClose(REAL(file)) : SQLITE_OK;
}

static int shim_read(sqlite3_file *file, void *to, int len, sqlite3_int64 offset)
{
    return REAL(file)->pMethods->xRead(REAL(file), to, len, offset);
}

static int shim_write(sqlite3_file *file, const void *from, int len, sqlite3_int64 offset)
{
    bool is_turn = take();
    int code = meet(is_turn, SQLITE_IOERR_WRITE);
    if (code != SQLITE_OK)
        return code;
    return finish(is_turn, REAL(file)->pMethods->xWrite(REAL(file), from, len, offset));
}

static int shim_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    bool is_turn = take();
    int code = meet(is_turn, SQLITE_IOERR_TRUNCATE);
    if (code != SQLITE_OK)
        return code;
    return finish(is_turn, REAL(file)->pMethods->xTruncate(REAL(file), size));
}

static int shim_sync(sqlite3_file *file, int flags)
{
    bool is_turn = take();
    int code = meet(is_turn, SQLITE_IOERR_FSYNC);
    if (code != SQLITE_OK)
        return code;
    return finish(is_turn, REAL(file)->pMethods->xSync(REAL(file), flags));
}

static int shim_size(sqlite3_file *file, sqlite3_int64 *size)
{
    return REAL(file)->pMethods->xFileSize(REAL(file), size);
}

static int shim_lock(sqlite3_file *file, int level)
{
    return REAL(file)->pMethods->xLock(REAL(file), level);
}

static int shim_unlock(sqlite3_file *file, int level)
{
    return REAL(file)->pMethods->xUnlock(REAL(file), level);
}

static int shim_is_locked(sqlite3_file *file, int *result)
{
    return REAL(file)->pMethods->xCheckReservedLock(REAL(file), result);
}

static int shim_control(sqlite3_file *file, int op, void *argument)
{
    return REAL(file)->pMethods->xFileControl(REAL(file), op, argument);
}

static int shim_sector(sqlite3_file *file)
{
    return REAL(file)->pMethods->xSectorSize(REAL(file));
}

static int shim_traits(sqlite3_file *file)
{
    return REAL(file)->pMethods->xDeviceCharacteristics(REAL(file));
}

static int shim_shm_map(sqlite3_file *file, int page, int size, int extend, void volatile **to)
{
    return REAL(file)->pMethods->xShmMap(REAL(file), page, size, extend, to);
}

static int shim_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
    return REAL(file)->pMethods->xShmLock(REAL(file), offset, count, flags);
}

static void shim_shm_barrier(sqlite3_file *file)
{
    REAL(file)->pMethods->xShmBarrier(REAL(file));
}

static int shim_shm_unmap(sqlite3_file *file, int remove)
{
    return REAL(file)->pMethods->xShmUnmap(REAL(file), remove);
}

/* Version 2: no memory-mapped reading, which would go around us. */
static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = shim_close,
    .xRead = shim_read,
    .xWrite = shim_write,
    .xTruncate = shim_truncate,
    .xSync = shim_sync,
    .xFileSize = shim_size,
    .xLock = shim_lock,
    .xUnlock = shim_unlock,
    .xCheckReservedLock = shim_is_locked,
    .xFileControl = shim_control,
    .xSectorSize = shim_sector,
    .xDeviceCharacteristics = shim_traits,
    .xShmMap = shim_shm_map,
    .xShmLock = shim_shm_lock,
    .xShmBarrier = shim_shm_barrier,
    .xShmUnmap = shim_shm_unmap,
};

static int shim_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                     int *ret_flags)
{
    (void)vfs;
    shim_file *own = (shim_file *)file;
    own->real = (sqlite3_file *)(own + 1);
    own->real->pMethods = NULL;
    int code = unix_vfs->xOpen(unix_vfs, name, own->real, flags, ret_flags);
    own->base.pMethods = code == SQLITE_OK ? &methods : NULL;
    return code;
}

void shim_install(void)
{
    if (unix_vfs)
        return;
    sl_sqlite_use_base_allocator();
    unix_vfs = sqlite3_vfs_find("unix");
    shim = *unix_vfs;
    shim.zName = "shim";
    shim.szOsFile = (int)sizeof(shim_file) + unix_vfs->szOsFile;
    shim.xOpen = shim_open;
    sqlite3_vfs_register(&shim, 1);
}
