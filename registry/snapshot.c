/* registry/snapshot.c: the parts of a snapshot, counted and shared.
 *
 * A change of one contract makes one binding and one of 256 shards anew; all else is shared with the snapshot before. References are only
 * counted by the writer's thread, by the few that free, and by warming: readers hold the whole snapshot and count nothing.
 *
 * A binding is one block: the struct, its versions, then its texts. */
#include "registry/internal/core.h"

/* --- counted parts --------------------------------------------------------------------------- */

static void take_share(atomic_uint *refs)
{
    atomic_fetch_add_explicit(refs, 1, memory_order_relaxed);
}

/* True for the last one. */
static bool drop_share(atomic_uint *refs)
{
    return atomic_fetch_sub_explicit(refs, 1, memory_order_acq_rel) == 1;
}

sl_compiled *sl_compiled_ref(sl_compiled *compiled)
{
    take_share(&compiled->refs);
    return compiled;
}

sl_compiled *sl_compiled_unref(sl_compiled *compiled)
{
    if (compiled && drop_share(&compiled->refs)) {
        sl_plan_unref(compiled->plan);
        sl_schema_unref(compiled->schema);
        sl_free(compiled);
    }
    return NULL;
}

static sl_counts *counts_of(const sl_binding *before, sl_str producer)
{
    if (before && sl_str_equal(before->contract.producer, producer)) {
        take_share(&before->counts->refs);
        return before->counts;
    }
    sl_counts *counts = sl_zalloc(sizeof *counts);
    if (counts)
        atomic_store(&counts->refs, 1);
    return counts;
}

static void counts_unref(sl_counts *counts)
{
    if (counts && drop_share(&counts->refs))
        sl_free(counts);
}

sl_identity *sl_identity_ref(sl_identity *identity)
{
    take_share(&identity->refs);
    return identity;
}

sl_identity *sl_identity_unref(sl_identity *identity)
{
    if (identity && drop_share(&identity->refs)) {
        sl_arena_done(&identity->arena);
        sl_free(identity);
    }
    return NULL;
}

/* --- bindings -------------------------------------------------------------------------------- */

enum { CONTRACT_TEXTS = 10 };

static void list_texts(sl_contract *contract, sl_str *ret_texts[CONTRACT_TEXTS])
{
    sl_str *const texts[CONTRACT_TEXTS] = {
        &contract->topic,          &contract->subject,    &contract->message_type,
        &contract->producer,       &contract->owner.team, &contract->owner.chat,
        &contract->owner.contact,  &contract->offered_to, &contract->block_reason,
        &contract->owner.producer,
    };
    memcpy(ret_texts, texts, sizeof texts);
}

static char *move_text(sl_str *text, char *to)
{
    if (text->len)
        memcpy(to, text->data, text->len);
    if (text->data)
        text->data = to;
    return to + text->len;
}

static size_t size_of_texts(sl_contract *contract)
{
    sl_str *texts[CONTRACT_TEXTS];
    size_t size = contract->co_producer_count * sizeof(sl_str);
    list_texts(contract, texts);
    for (size_t i = 0; i < CONTRACT_TEXTS; i++)
        size += texts[i]->len;
    for (size_t i = 0; i < contract->co_producer_count; i++)
        size += contract->co_producers[i].len;
    return size;
}

/* Make `contract` point into the block at `to`. */
static void move_texts(sl_contract *contract, char *to)
{
    sl_str *texts[CONTRACT_TEXTS];
    sl_str *names = (sl_str *)to;
    if (contract->co_producer_count)
        memcpy(names, contract->co_producers, contract->co_producer_count * sizeof *names);
    contract->co_producers = names;
    to += contract->co_producer_count * sizeof *names;
    list_texts(contract, texts);
    for (size_t i = 0; i < CONTRACT_TEXTS; i++)
        to = move_text(texts[i], to);
    for (size_t i = 0; i < contract->co_producer_count; i++)
        to = move_text(&names[i], to);
}

/* What the binding before has compiled of this schema for the same message type. */
static sl_compiled *compiled_before(const sl_binding *before, const sl_contract *contract,
                                    int32_t schema_id)
{
    if (!before || !sl_str_equal(before->contract.message_type, contract->message_type))
        return NULL;
    for (size_t i = 0; i < before->version_count; i++) {
        sl_compiled *compiled = atomic_load(&before->versions[i].compiled);
        if (before->versions[i].schema_id == schema_id && compiled)
            return sl_compiled_ref(compiled);
    }
    return NULL;
}

sl_binding *sl_binding_new(const sl_binding_parts *parts, const sl_binding *before)
{
    sl_contract contract = parts->contract;
    size_t versions_size = parts->version_count * sizeof(sl_bound_version);
    sl_binding *binding = sl_zalloc(sizeof *binding + versions_size + size_of_texts(&contract));
    if (!binding)
        return NULL;
    binding->counts = counts_of(before, contract.producer);
    if (!binding->counts) {
        sl_free(binding);
        return NULL;
    }
    atomic_store(&binding->refs, 1);
    binding->versions = (sl_bound_version *)(binding + 1);
    binding->version_count = parts->version_count;
    binding->is_owner_blocked = parts->is_owner_blocked;
    for (size_t i = 0; i < parts->version_count; i++) {
        binding->versions[i].number = (int32_t)parts->versions[i].number;
        binding->versions[i].schema_id = (int32_t)parts->versions[i].schema_id;
        atomic_store(&binding->versions[i].compiled,
                     compiled_before(before, &contract, binding->versions[i].schema_id));
    }
    move_texts(&contract, (char *)binding->versions + versions_size);
    binding->contract = contract;
    return binding;
}

sl_binding *sl_binding_ref(sl_binding *binding)
{
    take_share(&binding->refs);
    return binding;
}

sl_binding *sl_binding_unref(sl_binding *binding)
{
    if (!binding || !drop_share(&binding->refs))
        return NULL;
    for (size_t i = 0; i < binding->version_count; i++)
        sl_compiled_unref(atomic_load(&binding->versions[i].compiled));
    counts_unref(binding->counts);
    sl_free(binding);
    return NULL;
}

/* --- shards ---------------------------------------------------------------------------------- */

/* Any spread does: what stands against chosen names is the hash of the map inside. */
static size_t shard_of(sl_str topic)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < topic.len; i++)
        hash = (hash ^ (uint8_t)topic.data[i]) * 16777619u;
    return (hash ^ hash >> 16) % SL_SHARD_COUNT;
}

static sl_shard *shard_unref(sl_shard *shard)
{
    if (!shard || !drop_share(&shard->refs))
        return NULL;
    for (const sl_map_entry *entry = NULL; (entry = sl_map_next(&shard->bindings, entry));)
        sl_binding_unref(entry->value);
    sl_map_done(&shard->bindings);
    sl_free(shard);
    return NULL;
}
SL_DEFINE_CLEANUP(sl_shard *, shard_unref)

static sl_shard *copy_shard(const sl_shard *like)
{
    sl_cleanup(shard_unrefp) sl_shard *shard = sl_zalloc(sizeof *shard);
    if (!shard)
        return NULL;
    atomic_store(&shard->refs, 1);
    for (const sl_map_entry *entry = NULL; like && (entry = sl_map_next(&like->bindings, entry));) {
        if (sl_map_set(&shard->bindings, entry->key, entry->value) != SL_OK)
            return NULL;
        sl_binding_ref(entry->value);
    }
    return sl_take(shard);
}

/* The shard of `topic`, which this snapshot alone has. NULL: no memory. */
static sl_shard *own_shard(sl_snapshot *snapshot, const sl_snapshot *like, sl_str topic)
{
    size_t at = shard_of(topic);
    sl_shard *shared = snapshot->shards[at];
    if (shared && (!like || like->shards[at] != shared))
        return shared;
    sl_shard *own = copy_shard(shared);
    if (own) {
        shard_unref(shared);
        snapshot->shards[at] = own;
    }
    return own;
}

/* --- snapshots ------------------------------------------------------------------------------- */

sl_snapshot *sl_snapshot_new(const sl_snapshot *like)
{
    sl_snapshot *snapshot = sl_zalloc(sizeof *snapshot);
    if (!snapshot || !like)
        return snapshot;
    *snapshot = *like;
    snapshot->next_retired = NULL;
    for (size_t i = 0; i < SL_SHARD_COUNT; i++)
        if (snapshot->shards[i])
            take_share(&snapshot->shards[i]->refs);
    if (snapshot->identity)
        sl_identity_ref(snapshot->identity);
    return snapshot;
}

sl_snapshot *sl_snapshot_free(sl_snapshot *snapshot)
{
    if (!snapshot)
        return NULL;
    for (size_t i = 0; i < SL_SHARD_COUNT; i++)
        shard_unref(snapshot->shards[i]);
    sl_identity_unref(snapshot->identity);
    sl_free(snapshot);
    return NULL;
}

sl_binding *sl_snapshot_find(const sl_snapshot *snapshot, sl_str topic)
{
    const sl_shard *shard = snapshot->shards[shard_of(topic)];
    return shard ? sl_map_get(&shard->bindings, topic) : NULL;
}

sl_status sl_snapshot_remove(sl_snapshot *snapshot, const sl_snapshot *like, sl_str topic)
{
    if (!sl_snapshot_find(snapshot, topic))
        return SL_OK;
    sl_shard *shard = own_shard(snapshot, like, topic);
    if (!shard)
        return SL_NO_MEMORY;
    sl_binding_unref(sl_map_remove(&shard->bindings, topic));
    snapshot->contract_count--;
    return SL_OK;
}

/* The key lies in the binding, so an old binding leaves together with its key. */
sl_status sl_snapshot_set(sl_snapshot *snapshot, const sl_snapshot *like, sl_binding *binding)
{
    sl_str topic = binding->contract.topic;
    SL_TRY(sl_snapshot_remove(snapshot, like, topic));
    sl_shard *shard = own_shard(snapshot, like, topic);
    if (!shard)
        return SL_NO_MEMORY;
    SL_TRY(sl_map_set(&shard->bindings, topic, binding));
    snapshot->contract_count++;
    return SL_OK;
}
