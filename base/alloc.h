/* base/alloc.h: the one door to the heap, so that one countdown can make any allocation fail.
 *
 * Nothing here aborts: every caller handles NULL. The fault sweep (tests/fault) arms the countdown with N = 1, 2, …
 * and expects, each time, the documented status, no leak, and a store that is as before or wholly after. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sizes in bytes; NULL when memory is out (or the countdown says so). Zero bytes give a valid, unique pointer. */
void *sl_alloc(size_t size) __attribute__((malloc, alloc_size(1)));
void *sl_zalloc(size_t size) __attribute__((malloc, alloc_size(1)));
void *sl_calloc(size_t count, size_t size) __attribute__((malloc, alloc_size(1, 2)));
/* On failure the old block is untouched. */
void *sl_realloc(void *block, size_t size) __attribute__((alloc_size(2)));
void sl_free(void *block); /* accepts NULL */

/* Let allocation number `nth` from now (counted over all threads, from 1) and, if `persistent`, all after it, fail. 0 disarms. */
void sl_alloc_fault_arm(uint64_t nth, bool persistent);
/* True if an allocation was made to fail since the countdown was armed. */
bool sl_alloc_fault_hit(void);
/* For libraries with their own allocator hooks: count one allocation, true if it must fail. */
bool sl_alloc_fault_take(void);
