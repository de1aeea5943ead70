/* json/internal/memory.h: all the memory of one parse, had before it begins. */
#pragma once

#include "base/base.h"

typedef struct sl_json_memory sl_json_memory;

/* Let jansson's allocations on this thread come from a block of `size` bytes, until sl_json_memory_end(). NULL: no memory.
 * What they fill lives until the last of them is freed, on whichever thread. */
sl_json_memory *sl_json_memory_begin(size_t size);
/* The parse is over. True if the block was too small and there was no more memory: what was parsed is not to be used. */
bool sl_json_memory_end(sl_json_memory *memory);

/* jansson's hooks. */
void *sl_json_memory_take(size_t size);
void sl_json_memory_give(void *block); /* accepts NULL */
