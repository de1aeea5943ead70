/* registry/store/drivers.h: the drivers by name, for the table in store.c. */
#pragma once

#include "registry/store/store.h"

extern const sl_store_ops sl_memory_ops; /* "memory:" keeps rows while it is open */
extern const sl_store_ops sl_sqlite_ops; /* "sqlite:PATH" */
