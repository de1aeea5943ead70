/* registry/snapshots.c: one atomic pointer, and slots that say what is still read.
 *
 *   reader   slot := current; read current again: the same? then it is safe, else once more
 *   writer   current := new; the old one goes to the retired list; freed as soon as no slot holds it
 *
 * All accesses are sequentially consistent: either the reader's second look sees the new pointer, or the writer's look at the slots sees
 * the reader (hazard pointers: Michael, 2004). No reader waits for a writer. What a reader leaves behind it frees itself if nobody else
 * is about to, so that the last reader of an old snapshot ends it. */
#include "registry/internal/core.h"

#include <sched.h>

sl_status sl_snapshots_init(sl_snapshots *snapshots)
{
    sl_snapshot *empty = sl_snapshot_new(NULL);
    void *block = sl_calloc(SL_GUARD_SLOTS + 1, sizeof *snapshots->slots);
    if (!empty || !block) {
        sl_snapshot_free(empty);
        sl_free(block);
        return SL_NO_MEMORY;
    }
    uintptr_t first = (uintptr_t)block + SL_CACHE_LINE - 1;
    snapshots->slot_block = block;
    snapshots->slots = (sl_slot *)(first & ~(uintptr_t)(SL_CACHE_LINE - 1));
    pthread_mutex_init(&snapshots->retired_lock, NULL);
    atomic_store(&snapshots->current, empty);
    return SL_OK;
}

static void free_list(sl_snapshot *snapshot)
{
    while (snapshot) {
        sl_snapshot *next = snapshot->next_retired;
        sl_snapshot_free(snapshot);
        snapshot = next;
    }
}

void sl_snapshots_done(sl_snapshots *snapshots)
{
    if (!snapshots->slots)
        return;
    free_list(snapshots->retired);
    sl_snapshot_free(atomic_load(&snapshots->current));
    pthread_mutex_destroy(&snapshots->retired_lock);
    sl_free(snapshots->slot_block);
    snapshots->slots = NULL;
}

static bool is_held(const sl_snapshots *snapshots, const sl_snapshot *snapshot)
{
    for (size_t i = 0; i < SL_GUARD_SLOTS; i++)
        if (atomic_load(&snapshots->slots[i].held) == snapshot)
            return true;
    return false;
}

/* Under the lock: take what nobody holds out of the retired list. */
static sl_snapshot *take_unheld(sl_snapshots *snapshots)
{
    sl_snapshot *unheld = NULL, **link = &snapshots->retired;
    while (*link) {
        sl_snapshot *snapshot = *link;
        if (is_held(snapshots, snapshot)) {
            link = &snapshot->next_retired;
            continue;
        }
        *link = snapshot->next_retired;
        snapshot->next_retired = unheld;
        unheld = snapshot;
        atomic_fetch_sub(&snapshots->retired_count, 1);
    }
    return unheld;
}

void sl_snapshots_publish(sl_snapshots *snapshots, sl_snapshot *snapshot)
{
    sl_snapshot *old = atomic_exchange(&snapshots->current, snapshot);
    atomic_fetch_add(&snapshots->generation, 1);
    pthread_mutex_lock(&snapshots->retired_lock);
    old->next_retired = snapshots->retired;
    snapshots->retired = old;
    atomic_fetch_add(&snapshots->retired_count, 1);
    sl_snapshot *unheld = take_unheld(snapshots);
    pthread_mutex_unlock(&snapshots->retired_lock);
    free_list(unheld);
}

/* Threads begin their search for a slot at different places, each at the one that it had before. */
static size_t first_slot(void)
{
    static _Atomic size_t next_start;
    static _Thread_local size_t start; /* + 1; 0: not drawn yet */
    if (start == 0)
        start = atomic_fetch_add(&next_start, 1) % SL_GUARD_SLOTS + 1;
    return start - 1;
}

static sl_slot *claim_slot(sl_snapshots *snapshots, sl_snapshot **held)
{
    size_t at = first_slot();
    for (size_t tries = 1;; tries++, at = (at + 1) % SL_GUARD_SLOTS) {
        sl_slot *slot = &snapshots->slots[at];
        sl_snapshot *free_slot = NULL;
        *held = atomic_load(&snapshots->current);
        if (atomic_compare_exchange_strong(&slot->held, &free_slot, *held))
            return slot;
        if (tries % SL_GUARD_SLOTS == 0)
            sched_yield();
    }
}

sl_guard sl_registry_enter(sl_registry *registry)
{
    sl_snapshots *snapshots = &registry->snapshots;
    sl_snapshot *held;
    sl_slot *slot = claim_slot(snapshots, &held);
    for (sl_snapshot *current; (current = atomic_load(&snapshots->current)) != held;) {
        held = current;
        atomic_store(&slot->held, held);
    }
    return (sl_guard){.snapshot = held, .slot = slot, .registry = registry};
}

void sl_registry_leave(sl_guard *guard)
{
    if (!guard->slot)
        return;
    sl_snapshots *snapshots = &guard->registry->snapshots;
    atomic_store(&((sl_slot *)guard->slot)->held, NULL);
    guard->slot = NULL;
    if (atomic_load_explicit(&snapshots->retired_count, memory_order_relaxed) == 0 ||
        pthread_mutex_trylock(&snapshots->retired_lock) != 0)
        return;
    sl_snapshot *unheld = take_unheld(snapshots);
    pthread_mutex_unlock(&snapshots->retired_lock);
    free_list(unheld);
}
