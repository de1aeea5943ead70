/* base/alloc.c: malloc with a countdown.
 *
 * `countdown` is 0 when disarmed, which costs one relaxed load an allocation. The hot path does not allocate. */
#include "base/base.h"

#include <stdatomic.h>
#include <stdlib.h>

static atomic_uint_least64_t countdown;
static atomic_bool persist;
static atomic_bool hit;

void sl_alloc_fault_arm(uint64_t nth, bool persistent)
{
    atomic_store(&hit, false);
    atomic_store(&persist, persistent);
    atomic_store(&countdown, nth);
}

bool sl_alloc_fault_hit(void)
{
    return atomic_load(&hit);
}

bool sl_alloc_fault_take(void)
{
    uint64_t left = atomic_load_explicit(&countdown, memory_order_relaxed);
    if (__builtin_expect(left == 0, 1))
        return false;
    while (left > 1 && !atomic_compare_exchange_weak(&countdown, &left, left - 1)) {
    }
    if (left != 1)
        return false;
    if (!atomic_load(&persist))
        atomic_compare_exchange_strong(&countdown, &left, 0);
    atomic_store(&hit, true);
    return true;
}

void *sl_alloc(size_t size)
{
    return sl_alloc_fault_take() ? NULL : malloc(size ? size : 1);
}

void *sl_calloc(size_t count, size_t size)
{
    return sl_alloc_fault_take() ? NULL : calloc(count ? count : 1, size ? size : 1);
}

void *sl_zalloc(size_t size)
{
    return sl_calloc(1, size);
}

void *sl_realloc(void *block, size_t size)
{
    return sl_alloc_fault_take() ? NULL : realloc(block, size ? size : 1);
}

void sl_free(void *block)
{
    free(block);
}
