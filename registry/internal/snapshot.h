/* registry/internal/snapshot.h: the immutable image of all live contracts, and how readers hold on to it.
 *
 *   sl_snapshot ─┬─ shard ── topic → sl_binding ─┬─ version → sl_compiled (schema, plan), made when first needed
 *                │                               └─ sl_counts
 *                └─ sl_identity: tokens, admin
 *
 * Shards, bindings, identity and counts are shared between snapshots by reference count: a change makes one shard and one binding anew.
 * Everything but the two things that grow with use (a version's `compiled`, the counts) is never written after it is published. */
#pragma once

#include "registry/registry.h"
#include "registry/store/store.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    SL_CACHE_LINE = 64,
    SL_SHARD_COUNT = 256,
    SL_GUARD_SLOTS = 256, /* guards that may be held at once; one more waits for a place */
    SL_COUNT_STRIPES = 4,
};

/* A schema made ready for one message type. */
typedef struct sl_compiled {
    atomic_uint refs;
    sl_schema *schema;
    sl_plan *plan; /* NULL: the schema's main file has no such message type */
    size_t plan_bytes, schema_bytes;
} sl_compiled;

typedef struct sl_bound_version {
    int32_t number, schema_id;
    _Atomic(sl_compiled *) compiled; /* NULL: cold. Set once; the binding owns a share */
} sl_bound_version;

/* What was judged on a topic. Threads add in different stripes, so that they seldom fight over a cache line. */
typedef struct sl_count_stripe {
    _Atomic uint64_t valid, invalid_allowed, refused, bytes;
    char apart[SL_CACHE_LINE - 4 * sizeof(uint64_t)];
} sl_count_stripe;
typedef struct sl_counts {
    sl_count_stripe stripes[SL_COUNT_STRIPES];
    _Atomic uint64_t by_rule[SL_VIOLATION_RULE_COUNT];
    atomic_uint refs;
} sl_counts;

typedef struct sl_binding {
    atomic_uint refs;
    sl_contract contract; /* texts lie behind the struct, in the same block */
    bool is_owner_blocked;
    sl_counts *counts;
    size_t version_count;
    sl_bound_version *versions; /* live ones, by number */
} sl_binding;

/* Of `versions`, the oldest that the policy `live` tries. */
static inline size_t sl_binding_oldest_tried(const sl_binding *binding)
{
    size_t count = binding->version_count;
    return count > SL_LIMIT_LIVE_VERSIONS_TRIED ? count - SL_LIMIT_LIVE_VERSIONS_TRIED : 0;
}

typedef struct sl_shard {
    atomic_uint refs;
    sl_map bindings; /* topic → sl_binding, of which the shard owns a share */
} sl_shard;

typedef struct sl_known_token {
    sl_sha256 hash;
    int64_t expires_us; /* 0: never */
    sl_str producer;
    bool is_blocked;
} sl_known_token;
typedef struct sl_identity {
    atomic_uint refs;
    uint64_t serial; /* of no other identity of this process */
    bool has_admin;
    sl_sha256 admin;
    sl_known_token *tokens; /* not revoked, sorted by hash */
    size_t token_count;
    sl_arena arena;
} sl_identity;

typedef struct sl_snapshot sl_snapshot;
struct sl_snapshot {
    sl_shard *shards[SL_SHARD_COUNT]; /* NULL: empty */
    sl_identity *identity;
    size_t contract_count;
    sl_snapshot *next_retired;
};

/* A reader puts the snapshot that it uses into a slot; what lies in a slot is not freed. */
typedef struct sl_slot {
    _Alignas(SL_CACHE_LINE) _Atomic(sl_snapshot *) held;
} sl_slot;
typedef struct sl_snapshots {
    _Atomic(sl_snapshot *) current;
    sl_slot *slots; /* SL_GUARD_SLOTS, on whole cache lines of `slot_block` */
    void *slot_block;
    pthread_mutex_t retired_lock;
    sl_snapshot *retired;
    atomic_uint retired_count;
    _Atomic int64_t generation;
} sl_snapshots;

/* --- snapshots.c: publishing and holding ------------------------------------------------------ */

SL_MUST_CHECK sl_status sl_snapshots_init(sl_snapshots *snapshots);
void sl_snapshots_done(sl_snapshots *snapshots); /* no guard is held by then */
/* Takes `snapshot`; the one before is freed when its last reader leaves. Cannot fail. */
void sl_snapshots_publish(sl_snapshots *snapshots, sl_snapshot *snapshot);

static inline const sl_snapshot *sl_guard_snapshot(const sl_guard *guard)
{
    return guard->snapshot;
}

/* --- snapshot.c: the parts -------------------------------------------------------------------- */

/* An empty one, or one that shares all parts of `like`. NULL: no memory. */
sl_snapshot *sl_snapshot_new(const sl_snapshot *like);
sl_snapshot *sl_snapshot_free(sl_snapshot *snapshot); /* accepts NULL; returns NULL */
SL_DEFINE_CLEANUP(sl_snapshot *, sl_snapshot_free)
/* NULL when the topic has none. */
sl_binding *sl_snapshot_find(const sl_snapshot *snapshot, sl_str topic);
/* Put a binding (whose share is taken on SL_OK) into a snapshot that is not published yet, or take a topic out of it.
 * `like` is the snapshot that it was made from: shards shared with it are copied first. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_snapshot_set(sl_snapshot *snapshot, const sl_snapshot *like,
                                        sl_binding *binding);
SL_MUST_CHECK sl_status sl_snapshot_remove(sl_snapshot *snapshot, const sl_snapshot *like,
                                           sl_str topic);

/* A binding of its own block; `versions` by number, ascending. What `before` (may be NULL) has compiled and counted is taken over where it
 * still fits. NULL: no memory. */
typedef struct sl_binding_parts {
    sl_contract contract;
    bool is_owner_blocked;
    const sl_version_row *versions;
    size_t version_count;
} sl_binding_parts;
sl_binding *sl_binding_new(const sl_binding_parts *parts, const sl_binding *before);
sl_binding *sl_binding_ref(sl_binding *binding);
sl_binding *sl_binding_unref(sl_binding *binding);
SL_DEFINE_CLEANUP(sl_binding *, sl_binding_unref)

sl_identity *sl_identity_ref(sl_identity *identity);
sl_identity *sl_identity_unref(sl_identity *identity);
SL_DEFINE_CLEANUP(sl_identity *, sl_identity_unref)
sl_compiled *sl_compiled_ref(sl_compiled *compiled);
sl_compiled *sl_compiled_unref(sl_compiled *compiled);
SL_DEFINE_CLEANUP(sl_compiled *, sl_compiled_unref)

/* --- snapshot_build.c: from rows -------------------------------------------------------------- */

struct sl_tx;
/* Everything, at start. Reads no schema. */
SL_MUST_CHECK sl_status sl_snapshot_load(sl_registry *registry, sl_session *session,
                                         sl_snapshot **ret_snapshot, sl_error *err);
/* The current one with what `tx` touched made anew, from the rows that the transaction sees. */
SL_MUST_CHECK sl_status sl_snapshot_follow(struct sl_tx *tx, sl_snapshot **ret_snapshot,
                                           sl_error *err);
