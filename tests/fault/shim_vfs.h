/* tests/fault/shim_vfs.h: SQLite's own file layer with a countdown: the Nth write, sync or truncation fails, or is the process's last. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

typedef enum shim_fault {
    SHIM_FULL,        /* no space: ENOSPC */
    SHIM_IO,          /* the device says no */
    SHIM_KILL_BEFORE, /* SIGKILL instead of the operation */
    SHIM_KILL_AFTER,  /* SIGKILL right behind it */
} shim_fault;

/* Become the default file layer. Call it before any database is opened. */
void shim_install(void);
/* Let operation number `nth` from now (from 1) and, if `persistent`, all after it, meet `fault`. 0 disarms. */
void shim_arm(uint64_t nth, shim_fault fault, bool persistent);
bool shim_hit(void);       /* since it was armed */
uint64_t shim_count(void); /* operations since it was armed */
