/* registry/judge.c: may this payload go out on this topic? The hot path.
 *
 *   blocked?   producer, then topic      refused whatever the mode, so that an emergency stop stops
 *   mode off   judged no further: allowed, and not counted
 *   identity   is the caller a producer of the contract?     administrators and callers without a name pass (a server that
 *              demands authentication has turned the latter away before)
 *   contract   size; an empty unframed payload is a tombstone: allowed, or not, as the contract says. It would also be the encoding of a
 *              message without fields; who means that frames it, or allows tombstones
 *   schema     which version judges: the envelope's schema id, else the one asked for, else the contract's policy
 *   decode     the walk against that version's plan
 *
 * The first step that finds a violation ends it. Then the mode decides what a bad payload meets: `enforce` refuses it, `warn` and `observe`
 * let it go and count it; a draft observes. Nothing here waits, nothing allocates but for violations. */
#include "registry/internal/core.h"

const char *sl_step_name(sl_step step)
{
    static const char *const names[] = {"identity", "contract", "schema",
                                        "decode",   "rules",    "none"};
    return (unsigned)step < SL_ARRAY_LEN(names) ? names[step] : "unknown";
}

typedef struct judgement {
    size_t max_payload; /* of the server */
    const sl_binding *binding;
    const sl_judge_request *request;
    sl_violations *violations;
    sl_verdict *verdict;
    sl_bytes payload;  /* behind the envelope */
    bool is_done;      /* decided: no further step */
    bool is_hard;      /* refused whatever the mode */
    bool is_uncounted; /* mode off */
} judgement;

/* The step has found something: it is the last. */
static sl_status end_at(judgement *judged, sl_step step, sl_status added)
{
    judged->verdict->step = step;
    judged->is_done = true;
    return added;
}

#define REFUSE(judged, step, rule, ...) \
    end_at(judged, step, sl_violations_add((judged)->violations, rule, 0, SL_STR(""), __VA_ARGS__))

/* --- blocked, identity ----------------------------------------------------------------------- */

static bool is_caller_blocked(const judgement *judged)
{
    const sl_actor *actor = judged->request->actor;
    if (actor && actor->kind == SL_ACTOR_PRODUCER)
        return actor->is_blocked;
    /* Who does not say who he is speaks for the contract's producer. */
    return (!actor || actor->kind == SL_ACTOR_ANONYMOUS) && judged->binding->is_owner_blocked;
}

static sl_status judge_blocks(judgement *judged)
{
    const sl_contract *contract = &judged->binding->contract;
    judged->is_hard = true;
    if (is_caller_blocked(judged))
        return REFUSE(judged, SL_STEP_IDENTITY, SL_VIOLATION_PRODUCER_BLOCKED,
                      "the producer is blocked: ask the administrator");
    if (contract->is_blocked)
        return REFUSE(judged, SL_STEP_CONTRACT, SL_VIOLATION_TOPIC_BLOCKED,
                      "the topic is blocked: %.*s", SL_STR_ARG(contract->block_reason));
    judged->is_hard = false;
    judged->is_uncounted = judged->is_done = contract->mode == SL_MODE_OFF;
    return SL_OK;
}

static sl_status judge_identity(judgement *judged)
{
    const sl_actor *actor = judged->request->actor;
    const sl_contract *contract = &judged->binding->contract;
    if (!actor || actor->kind != SL_ACTOR_PRODUCER || sl_actor_is(actor, contract->producer))
        return SL_OK;
    for (size_t i = 0; i < contract->co_producer_count; i++)
        if (sl_actor_is(actor, contract->co_producers[i]))
            return SL_OK;
    return REFUSE(judged, SL_STEP_IDENTITY, SL_VIOLATION_PRODUCER,
                  "'%.*s' is not a producer of this topic; '%.*s' is", SL_STR_ARG(actor->producer),
                  SL_STR_ARG(contract->producer));
}

/* --- contract -------------------------------------------------------------------------------- */

static sl_status judge_contract(judgement *judged)
{
    const sl_contract *contract = &judged->binding->contract;
    size_t len = judged->request->payload.len;
    size_t most = judged->max_payload;
    if (contract->max_payload_bytes)
        most = SL_MIN(most, (size_t)contract->max_payload_bytes);
    if (len > most)
        return REFUSE(judged, SL_STEP_CONTRACT, SL_VIOLATION_TOO_LARGE,
                      "%zu bytes, and %zu is the most", len, most);
    if (len > 0 || judged->request->is_framed)
        return SL_OK;
    if (!contract->allows_tombstones)
        return REFUSE(judged, SL_STEP_CONTRACT, SL_VIOLATION_TOMBSTONE,
                      "an empty payload is a tombstone, and the contract does not allow them");
    judged->is_done = true;
    return SL_OK;
}

/* --- schema ---------------------------------------------------------------------------------- */

static sl_bound_version *version_by_id(const sl_binding *binding, int32_t schema_id)
{
    for (size_t i = binding->version_count; i-- > 0;)
        if (binding->versions[i].schema_id == schema_id)
            return &binding->versions[i];
    return NULL;
}

static sl_bound_version *version_by_number(const sl_binding *binding, int32_t number)
{
    for (size_t i = binding->version_count; i-- > 0;)
        if (binding->versions[i].number == number)
            return &binding->versions[i];
    return NULL;
}

/* Without an envelope: what was asked for, else the policy. NULL: there is no such version. */
static sl_bound_version *version_by_policy(const sl_binding *binding, int32_t asked)
{
    const sl_contract *contract = &binding->contract;
    if (asked > 0)
        return version_by_number(binding, asked);
    if (contract->versions == SL_VERSIONS_PINNED)
        return version_by_number(binding, contract->pinned_version);
    return binding->version_count ? &binding->versions[binding->version_count - 1] : NULL;
}

/* The plan of a version: SL_BUSY while it is cold; done with a violation when the version lacks the message type. */
static sl_status find_plan(judgement *judged, sl_bound_version *version,
                           const sl_compiled **ret_compiled)
{
    const sl_compiled *compiled = atomic_load_explicit(&version->compiled, memory_order_acquire);
    judged->verdict->version = version->number;
    judged->verdict->schema_id = version->schema_id;
    if (!compiled)
        return SL_BUSY;
    *ret_compiled = compiled;
    if (compiled->plan)
        return SL_OK;
    return REFUSE(judged, SL_STEP_SCHEMA, SL_VIOLATION_VERSION, "version %d has no message '%.*s'",
                  version->number, SL_STR_ARG(judged->verdict->message_type));
}

static sl_status check_indexes(judgement *judged, const sl_envelope *envelope,
                               const sl_compiled *compiled)
{
    static const int32_t first[] = {0};
    const int32_t *indexes = envelope->index_count ? envelope->indexes : first;
    uint32_t count = envelope->index_count ? envelope->index_count : 1;
    const sl_message *message = sl_schema_message_at(compiled->schema, indexes, count);
    if (message == sl_plan_message(compiled->plan))
        return SL_OK;
    sl_str name = message ? message->full_name : SL_STR("no message");
    return REFUSE(judged, SL_STEP_SCHEMA, SL_VIOLATION_ENVELOPE_INDEXES,
                  "the message indexes lead to %.*s; the contract is for %.*s", SL_STR_ARG(name),
                  SL_STR_ARG(judged->verdict->message_type));
}

static sl_status open_envelope(judgement *judged, const sl_compiled **ret_compiled)
{
    sl_envelope envelope;
    sl_error err;
    sl_status status = sl_envelope_read(judged->request->payload, &envelope, &err);
    if (status != SL_OK)
        return REFUSE(judged, SL_STEP_SCHEMA, SL_VIOLATION_ENVELOPE, "%s", err.text);
    sl_bound_version *version = version_by_id(judged->binding, envelope.schema_id);
    judged->verdict->schema_id = envelope.schema_id;
    if (!version || (judged->request->version > 0 && version->number != judged->request->version))
        return REFUSE(judged, SL_STEP_SCHEMA, SL_VIOLATION_ENVELOPE_SCHEMA,
                      "schema %d is not %s of subject '%.*s'", envelope.schema_id,
                      version ? "the version asked for" : "a version",
                      SL_STR_ARG(judged->binding->contract.subject));
    judged->payload = envelope.payload;
    SL_TRY(find_plan(judged, version, ret_compiled));
    return judged->is_done ? SL_OK : check_indexes(judged, &envelope, *ret_compiled);
}

static sl_status judge_schema(judgement *judged, const sl_compiled **ret_compiled)
{
    const sl_judge_request *request = judged->request;
    if (request->is_framed)
        return open_envelope(judged, ret_compiled);
    sl_bound_version *version = version_by_policy(judged->binding, request->version);
    if (version)
        return find_plan(judged, version, ret_compiled);
    return REFUSE(judged, SL_STEP_SCHEMA, SL_VIOLATION_VERSION,
                  "there is no such live version of subject '%.*s'",
                  SL_STR_ARG(judged->binding->contract.subject));
}

/* --- decode ---------------------------------------------------------------------------------- */

static sl_status walk(judgement *judged, const sl_compiled *compiled, bool *ret_valid)
{
    sl_validate_options options = {.unknown_fields = judged->binding->contract.unknown_fields};
    return sl_validate(compiled->plan, judged->payload, &options, judged->violations, ret_valid);
}

/* Policy `live`: the newest did not take it; does an older one? Its violations stay those of the newest. One payload is not walked without end:
 * so many versions are tried, and so many bytes walked. */
static sl_status walk_older(judgement *judged, const sl_compiled *newest, bool *ret_valid)
{
    const sl_binding *binding = judged->binding;
    size_t oldest = sl_binding_oldest_tried(binding), walked = judged->payload.len;
    for (size_t i = binding->version_count; i-- > oldest && !*ret_valid;) {
        sl_bound_version *version = &binding->versions[i];
        const sl_compiled *compiled =
            atomic_load_explicit(&version->compiled, memory_order_acquire);
        if (!compiled)
            return SL_BUSY;
        if (compiled == newest || !compiled->plan)
            continue;
        walked += judged->payload.len;
        if (walked > SL_LIMIT_LIVE_BYTES_WALKED)
            break;
        SL_TRY(walk(judged, compiled, ret_valid));
        if (*ret_valid) {
            judged->verdict->version = version->number;
            judged->verdict->schema_id = version->schema_id;
        }
    }
    return *ret_valid ? SL_OK : walk(judged, newest, ret_valid);
}

static sl_status judge_payload(judgement *judged, const sl_compiled *compiled)
{
    const sl_judge_request *request = judged->request;
    bool is_valid = false;
    SL_TRY(walk(judged, compiled, &is_valid));
    bool any_version = judged->binding->contract.versions == SL_VERSIONS_LIVE &&
                       !request->is_framed && request->version <= 0;
    if (!is_valid && any_version && judged->binding->version_count > 1)
        SL_TRY(walk_older(judged, compiled, &is_valid));
    if (!is_valid)
        judged->verdict->step = SL_STEP_DECODE;
    return SL_OK;
}

/* --- all ------------------------------------------------------------------------------------- */

static sl_status run_steps(judgement *judged)
{
    const sl_compiled *compiled = NULL;
    SL_TRY(judge_blocks(judged));
    if (!judged->is_done)
        SL_TRY(judge_identity(judged));
    if (!judged->is_done)
        SL_TRY(judge_contract(judged));
    if (!judged->is_done)
        SL_TRY(judge_schema(judged, &compiled));
    return judged->is_done ? SL_OK : judge_payload(judged, compiled);
}

static sl_mode effective_mode(const sl_contract *contract)
{
    return contract->state == SL_STATE_DRAFT ? SL_MIN(contract->mode, SL_MODE_OBSERVE)
                                             : contract->mode;
}

static void add(_Atomic uint64_t *count, uint64_t value)
{
    atomic_fetch_add_explicit(count, value, memory_order_relaxed);
}

static void count(const judgement *judged, size_t thread)
{
    sl_counts *counts = judged->binding->counts;
    sl_count_stripe *stripe = &counts->stripes[thread % SL_COUNT_STRIPES];
    const sl_verdict *verdict = judged->verdict;
    add(&stripe->bytes, judged->request->payload.len);
    add(verdict->is_valid     ? &stripe->valid
        : verdict->is_allowed ? &stripe->invalid_allowed
                              : &stripe->refused,
        1);
    if (verdict->is_valid)
        return;
    for (size_t i = 0; i < judged->violations->count; i++)
        add(&counts->by_rule[judged->violations->items[i].rule], 1);
}

sl_status sl_registry_judge(sl_registry *registry, const sl_guard *guard,
                            const sl_judge_request *request, sl_violations *violations,
                            sl_verdict *ret_verdict)
{
    const sl_binding *binding = sl_snapshot_find(guard->snapshot, request->topic);
    if (!binding)
        return SL_NOT_FOUND;
    const sl_contract *contract = &binding->contract;
    sl_verdict verdict = {.step = SL_STEP_NONE,
                          .mode = effective_mode(contract),
                          .topic = contract->topic,
                          .message_type = contract->message_type,
                          .owner = &contract->owner,
                          .violations = violations};
    judgement judged = {.max_payload = registry->options.max_payload_bytes,
                        .binding = binding,
                        .request = request,
                        .violations = violations,
                        .verdict = &verdict,
                        .payload = request->payload};
    sl_violations_clear(violations);
    SL_TRY(run_steps(&judged));
    verdict.is_valid = verdict.step == SL_STEP_NONE;
    verdict.is_allowed = verdict.is_valid || (!judged.is_hard && verdict.mode != SL_MODE_ENFORCE);
    if (!judged.is_uncounted)
        count(&judged, (size_t)((const sl_slot *)guard->slot - registry->snapshots.slots));
    *ret_verdict = verdict;
    return SL_OK;
}

/* --- what was counted ------------------------------------------------------------------------- */

static uint64_t read_count(const _Atomic uint64_t *count)
{
    return atomic_load_explicit(count, memory_order_relaxed);
}

static sl_topic_counts sum_counts(const sl_binding *binding)
{
    const sl_counts *counts = binding->counts;
    sl_topic_counts sum = {.topic = binding->contract.topic,
                           .producer = binding->contract.producer};
    for (size_t i = 0; i < SL_COUNT_STRIPES; i++) {
        sum.valid += read_count(&counts->stripes[i].valid);
        sum.invalid_allowed += read_count(&counts->stripes[i].invalid_allowed);
        sum.refused += read_count(&counts->stripes[i].refused);
        sum.bytes += read_count(&counts->stripes[i].bytes);
    }
    for (size_t i = 0; i < SL_VIOLATION_RULE_COUNT; i++)
        sum.by_rule[i] = read_count(&counts->by_rule[i]);
    return sum;
}

void sl_registry_visit_counts(sl_registry *registry,
                              void (*visit)(void *context, const sl_topic_counts *counts),
                              void *context)
{
    sl_cleanup(sl_registry_leave) sl_guard guard = sl_registry_enter(registry);
    const sl_snapshot *snapshot = sl_guard_snapshot(&guard);
    for (size_t i = 0; i < SL_SHARD_COUNT; i++) {
        const sl_shard *shard = snapshot->shards[i];
        for (const sl_map_entry *entry = NULL;
             shard && (entry = sl_map_next(&shard->bindings, entry));) {
            sl_topic_counts sum = sum_counts(entry->value);
            visit(context, &sum);
        }
    }
}
