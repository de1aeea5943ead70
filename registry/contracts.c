/* registry/contracts.c: claiming a topic, and amending the claim.
 *
 * One call does both, told apart by the generation that the caller saw: none claims, one amends. All is decided inside the transaction; the
 * unique indexes of the store decide once more, so that two callers, or two nodes, cannot both win. Who comes second is told who owns it.
 *
 * What is never changed by amending: topic, subject, message type (readers would be lost; retire the contract and claim anew) and the
 * producer (offered and accepted: contract_steps.c). */
#include "registry/internal/core.h"
#include "json/json.h"

#include <stdlib.h>

typedef struct claim_job {
    const sl_actor *actor;
    const sl_contract *claim;
    sl_arena *arena;
    /* what is absent in the claim, filled in */
    sl_str subject, message_type, producer;
    sl_subject_row subject_row;
    sl_contract contract;
    bool is_new;
} claim_job;

/* --- what the claim says --------------------------------------------------------------------- */

static sl_status check_claim(const sl_contract *claim, sl_problem *problem)
{
    SL_TRY(sl_check_topic_name(claim->topic, problem));
    if (claim->subject.data)
        SL_TRY(sl_check_subject_name(claim->subject, problem));
    if ((unsigned)claim->mode > SL_MODE_ENFORCE || (unsigned)claim->versions > SL_VERSIONS_PINNED ||
        (unsigned)claim->unknown_fields > SL_UNKNOWN_ALLOW ||
        (claim->has_level && (unsigned)claim->level >= SL_LEVEL_COUNT))
        return sl_refuse(problem, SL_PROBLEM_INVALID, SL_INVALID,
                         "a policy of the contract is none of the known ones");
    if (claim->versions == SL_VERSIONS_PINNED && claim->pinned_version < 1)
        return sl_refuse(problem, SL_PROBLEM_INVALID, SL_INVALID,
                         "say which version the contract is pinned to");
    if (claim->max_payload_bytes < 0 || claim->max_payload_bytes > SL_LIMIT_PAYLOAD_BYTES)
        return sl_refuse(
            problem, SL_PROBLEM_INVALID, SL_INVALID,
            "the largest payload is between 0 (the server's) and %d bytes (limit PAYLOAD_BYTES)",
            SL_LIMIT_PAYLOAD_BYTES);
    if (claim->co_producer_count > SL_LIMIT_CO_PRODUCERS)
        return sl_refuse(problem, SL_PROBLEM_LIMIT, SL_LIMIT,
                         "a contract has at most %d co-producers (limit CO_PRODUCERS)",
                         SL_LIMIT_CO_PRODUCERS);
    return SL_OK;
}

static sl_status fill_producer(sl_tx *tx, claim_job *job, sl_problem *problem)
{
    sl_producer_row row, key = {0};
    job->producer = job->claim->producer.data ? job->claim->producer : job->actor->producer;
    if (!job->producer.data)
        return sl_refuse(problem, SL_PROBLEM_INVALID, SL_INVALID,
                         "say which producer the contract is for");
    if (job->actor->kind != SL_ACTOR_ADMIN && !sl_actor_is(job->actor, job->producer))
        return sl_refuse(problem, SL_PROBLEM_FORBIDDEN, SL_FORBIDDEN,
                         "producer '%.*s' claims for itself only",
                         SL_STR_ARG(job->actor->producer));
    key.name = job->producer;
    sl_status status = sl_get_producer_by_name(tx->session, &key, tx->arena, &row, NULL);
    if (status == SL_NOT_FOUND)
        return sl_refuse(problem, SL_PROBLEM_NO_PRODUCER, SL_NOT_FOUND,
                         "there is no producer '%.*s': an administrator creates it",
                         SL_STR_ARG(job->producer));
    return status;
}

static sl_status fill_subject(sl_tx *tx, claim_job *job, sl_problem *problem)
{
    job->subject = job->claim->subject;
    if (!job->subject.data)
        job->subject = sl_arena_printf(tx->arena, "%.*s-value", SL_STR_ARG(job->claim->topic));
    if (!job->subject.data)
        return SL_NO_MEMORY;
    sl_subject_row key = {.name = job->subject};
    sl_status status =
        sl_get_subject_by_name(tx->session, &key, tx->arena, &job->subject_row, NULL);
    if (status == SL_NOT_FOUND)
        return sl_refuse(problem, SL_PROBLEM_NO_SUBJECT, SL_NOT_FOUND,
                         "there is no subject '%.*s': register the schema there first",
                         SL_STR_ARG(job->subject));
    return status;
}

/* Without a type in the claim: the only one at top level of the schema's main file. */
static sl_status only_message(sl_tx *tx, const sl_version *version, sl_str *ret_type,
                              sl_problem *problem)
{
    sl_schema_row schema, key = {.id = version->id};
    SL_TRY(sl_get_schema_by_id(tx->session, &key, tx->arena, &schema, NULL));
    if (schema.top_level_count != 1 || version->message_count == 0)
        return sl_refuse(problem, SL_PROBLEM_INVALID, SL_INVALID,
                         "'%.*s' has %lld messages: say which one the contract is for",
                         SL_STR_ARG(version->main), (long long)schema.top_level_count);
    *ret_type = version->messages[0];
    return SL_OK;
}

/* The version that judges must have the type in its main file, or no payload could ever be valid. */
static sl_status fill_message_type(sl_tx *tx, claim_job *job, sl_problem *problem)
{
    const sl_contract *claim = job->claim;
    int64_t number =
        claim->versions == SL_VERSIONS_PINNED ? claim->pinned_version : SL_VERSION_LATEST;
    sl_version version;
    sl_status status =
        sl_version_load(tx->session, job->subject, number, tx->arena, &version, NULL);
    if (status == SL_NOT_FOUND)
        return sl_refuse(problem, SL_PROBLEM_NO_VERSION, SL_NOT_FOUND,
                         "subject '%.*s' has no version%s", SL_STR_ARG(job->subject),
                         number == SL_VERSION_LATEST ? " yet" : " of this number");
    SL_TRY(status);
    job->message_type = claim->message_type;
    if (!job->message_type.data)
        SL_TRY(only_message(tx, &version, &job->message_type, problem));
    if (!sl_version_has_message(&version, job->message_type))
        return sl_refuse(problem, SL_PROBLEM_NO_MESSAGE_TYPE, SL_INVALID,
                         "version %d of subject '%.*s' defines no message '%.*s' in its main file "
                         "'%.*s'",
                         version.version, SL_STR_ARG(job->subject), SL_STR_ARG(job->message_type),
                         SL_STR_ARG(version.main));
    return SL_OK;
}

/* --- co-producers ---------------------------------------------------------------------------- */

static int compare_names(const void *a, const void *b)
{
    return sl_str_compare(*(const sl_str *)a, *(const sl_str *)b);
}

/* The claim's co-producers in the order of the store. */
static sl_status sorted_co_producers(sl_tx *tx, const sl_contract *claim, sl_str **ret_names)
{
    size_t count = claim->co_producer_count;
    sl_str *names = sl_arena_array(tx->arena, sl_str, count);
    if (!names)
        return SL_NO_MEMORY;
    if (count) {
        memcpy(names, claim->co_producers, count * sizeof *names);
        qsort(names, count, sizeof *names, compare_names);
    }
    *ret_names = names;
    return SL_OK;
}

static sl_status store_co_producers(sl_tx *tx, const claim_job *job, int64_t contract_id,
                                    sl_problem *problem)
{
    sl_str *names, *old;
    size_t old_count;
    SL_TRY(sl_co_producers_load(tx->session, contract_id, tx->arena, &old, &old_count, NULL));
    for (size_t i = 0; i < old_count; i++) {
        sl_co_producer_row row = {contract_id, old[i]};
        SL_TRY(sl_remove_co_producer(tx->session, &row, NULL));
    }
    SL_TRY(sorted_co_producers(tx, job->claim, &names));
    for (size_t i = 0; i < job->claim->co_producer_count; i++) {
        sl_co_producer_row row = {contract_id, names[i]};
        if (sl_str_equal(names[i], job->producer))
            return sl_refuse(problem, SL_PROBLEM_INVALID, SL_INVALID,
                             "'%.*s' is the producer itself, not a co-producer",
                             SL_STR_ARG(names[i]));
        sl_status status = sl_insert_co_producer(tx->session, &row, NULL);
        if (status == SL_NOT_FOUND)
            return sl_refuse(problem, SL_PROBLEM_NO_PRODUCER, SL_NOT_FOUND,
                             "there is no producer '%.*s': an administrator creates it",
                             SL_STR_ARG(names[i]));
        if (status == SL_EXISTS)
            return sl_refuse(problem, SL_PROBLEM_INVALID, SL_INVALID,
                             "co-producer '%.*s' is named twice", SL_STR_ARG(names[i]));
        SL_TRY(status);
    }
    return SL_OK;
}

/* --- the row --------------------------------------------------------------------------------- */

static void put_policies(const sl_contract *claim, sl_contract_row *row)
{
    row->mode = claim->mode;
    row->unknown_fields = claim->unknown_fields;
    row->allows_tombstones = claim->allows_tombstones;
    row->takes_json = claim->takes_json;
    row->versions = claim->versions;
    row->pinned_version = claim->versions == SL_VERSIONS_PINNED ? claim->pinned_version : 0;
    row->max_payload_bytes = claim->max_payload_bytes;
}

static bool has_same_policies(const sl_contract *claim, const sl_contract_row *row)
{
    sl_contract_row wanted = *row;
    put_policies(claim, &wanted);
    return memcmp(&wanted, row, sizeof wanted) == 0;
}

static sl_status is_same_claim(sl_tx *tx, const claim_job *job, const sl_contract_row *row,
                               bool *ret_is_same)
{
    sl_str *names, *wanted;
    size_t count;
    SL_TRY(sl_co_producers_load(tx->session, row->id, tx->arena, &names, &count, NULL));
    SL_TRY(sorted_co_producers(tx, job->claim, &wanted));
    bool is_same = sl_str_equal(row->producer, job->producer) &&
                   sl_str_equal(row->subject, job->subject) &&
                   sl_str_equal(row->message_type, job->message_type) &&
                   has_same_policies(job->claim, row) && count == job->claim->co_producer_count &&
                   (!job->claim->has_level || job->subject_row.level == (int64_t)job->claim->level);
    for (size_t i = 0; is_same && i < count; i++)
        is_same = sl_str_equal(names[i], wanted[i]);
    *ret_is_same = is_same;
    return SL_OK;
}

static void put_detail(sl_buf *detail, const sl_contract_row *row)
{
    sl_json_writer writer = sl_json_writer_of(detail);
    sl_json_put_object(&writer, NULL);
    sl_json_put_string(&writer, "subject", row->subject);
    sl_json_put_string(&writer, "message_type", row->message_type);
    sl_json_put_string(&writer, "producer", row->producer);
    sl_json_put_string(&writer, "mode", sl_str_from(sl_mode_names[row->mode]));
    sl_json_put_string(&writer, "state", sl_str_from(sl_contract_state_names[row->state]));
    sl_json_put_integer(&writer, "generation", row->generation);
    sl_json_end_object(&writer);
}

static sl_status finish(sl_tx *tx, claim_job *job, sl_change_kind kind, const sl_contract_row *row)
{
    sl_cleanup(sl_buf_done) sl_buf detail = {0};
    put_detail(&detail, row);
    sl_contract_write write = {job->actor, kind, &detail, job->arena};
    return sl_contract_finish(tx, &write, row, &job->contract);
}

/* A contract brings the strictest level along, unless the claim or the subject says another. */
static sl_status store_level(sl_tx *tx, claim_job *job, bool is_claim, sl_problem *problem)
{
    const sl_contract *claim = job->claim;
    sl_compat_level level = claim->has_level ? claim->level : SL_LEVEL_FULL_TRANSITIVE;
    if (!claim->has_level && (!is_claim || job->subject_row.level >= 0))
        return SL_OK;
    SL_TRY(sl_check_level(tx->registry, job->actor, &job->subject_row, level, problem));
    return sl_subject_store_level(tx, job->actor, &job->subject_row, level);
}

/* --- claiming -------------------------------------------------------------------------------- */

static sl_status refuse_taken(sl_tx *tx, claim_job *job, const sl_contract_row *row,
                              sl_problem_code code, sl_problem *problem)
{
    sl_refuse(problem, code, SL_CONFLICT,
              "topic '%.*s' is under contract to producer '%.*s' for %.*s: ask its owner",
              SL_STR_ARG(row->topic), SL_STR_ARG(row->producer), SL_STR_ARG(row->message_type));
    sl_tell_owner(tx->session, row, job->arena, problem);
    return SL_CONFLICT;
}

/* Topic and type are free? Asked before the insert, and again when the store's own indexes refuse it. */
static sl_status check_free(sl_tx *tx, claim_job *job, sl_problem *problem)
{
    sl_contract_row row, key = {.topic = job->claim->topic,
                                .subject = job->subject,
                                .message_type = job->message_type};
    sl_status status = sl_get_contract_by_topic(tx->session, &key, tx->arena, &row, NULL);
    if (status == SL_OK)
        return refuse_taken(tx, job, &row, SL_PROBLEM_TOPIC_TAKEN, problem);
    if (status == SL_NOT_FOUND)
        status = sl_get_contract_by_type(tx->session, &key, tx->arena, &row, NULL);
    if (status == SL_OK)
        return refuse_taken(tx, job, &row, SL_PROBLEM_TYPE_TAKEN, problem);
    return status == SL_NOT_FOUND ? SL_OK : status;
}

static sl_status insert_claim(sl_tx *tx, claim_job *job, sl_problem *problem)
{
    sl_contract_row row = {
        .topic = job->claim->topic,
        .subject = job->subject,
        .message_type = job->message_type,
        .producer = job->producer,
        .state = job->claim->starts_as_draft ? SL_STATE_DRAFT : SL_STATE_ACTIVE,
        .generation = 1,
        .created_us = tx->now_us,
        .updated_us = tx->now_us,
    };
    put_policies(job->claim, &row);
    SL_TRY(check_free(tx, job, problem));
    sl_status status =
        sl_check_subject_side(tx->session, job->actor, job->subject, job->arena, problem);
    if (status != SL_OK)
        return status;
    SL_TRY(store_level(tx, job, true, problem));
    status = sl_insert_contract(tx->session, &row, NULL);
    if (status == SL_EXISTS) {
        SL_TRY(check_free(tx, job, problem));
        return SL_BUSY;
    }
    SL_TRY(status);
    SL_TRY(store_co_producers(tx, job, row.id, problem));
    job->is_new = true;
    return finish(tx, job, SL_CHANGE_CONTRACT_CLAIM, &row);
}

/* Somebody has the topic already, and the claim names no generation. */
static sl_status meet_contract(sl_tx *tx, claim_job *job, const sl_contract_row *row,
                               sl_problem *problem)
{
    bool is_same;
    if (!sl_str_equal(row->producer, job->producer))
        return refuse_taken(tx, job, row, SL_PROBLEM_TOPIC_TAKEN, problem);
    SL_TRY(is_same_claim(tx, job, row, &is_same));
    if (!is_same)
        return sl_refuse(
            problem, SL_PROBLEM_PRECONDITION_NEEDED, SL_CONFLICT,
            "producer '%.*s' has topic '%.*s' under another contract: to change it, say "
            "which generation you saw (it is at %lld)",
            SL_STR_ARG(row->producer), SL_STR_ARG(row->topic), (long long)row->generation);
    sl_contract contract;
    SL_TRY(sl_contract_load(tx->registry, tx->session, row, tx->arena, &contract, NULL));
    return sl_contract_copy(&contract, job->arena, &job->contract);
}

static sl_status claim_topic(sl_tx *tx, claim_job *job, sl_problem *problem)
{
    sl_contract_row row;
    sl_status status = sl_contract_find(tx->session, job->claim->topic, tx->arena, &row, NULL);
    if (status != SL_OK && status != SL_NOT_FOUND)
        return status;
    bool is_taken = status == SL_OK;
    SL_TRY(fill_producer(tx, job, problem));
    if (is_taken && !sl_str_equal(row.producer, job->producer))
        return refuse_taken(tx, job, &row, SL_PROBLEM_TOPIC_TAKEN, problem);
    SL_TRY(fill_subject(tx, job, problem));
    SL_TRY(fill_message_type(tx, job, problem));
    return is_taken ? meet_contract(tx, job, &row, problem) : insert_claim(tx, job, problem);
}

/* --- amending -------------------------------------------------------------------------------- */

static sl_status check_unchanged(const char *what, sl_str given, sl_str there, const char *instead,
                                 sl_problem *problem)
{
    if (!given.data || sl_str_equal(given, there))
        return SL_OK;
    return sl_refuse(problem, SL_PROBLEM_STATE, SL_CONFLICT,
                     "the %s of a contract stays '%.*s': %s", what, SL_STR_ARG(there), instead);
}

static sl_status check_amendment(sl_tx *tx, claim_job *job, const sl_contract_row *row,
                                 sl_problem *problem)
{
    const sl_contract *claim = job->claim;
    SL_TRY(sl_check_contract_owner(tx->session, job->actor, row, job->arena, problem));
    if (claim->generation != row->generation)
        return sl_refuse(
            problem, SL_PROBLEM_STALE, SL_STALE,
            "the contract on '%.*s' is at generation %lld, you saw %lld: read it again",
            SL_STR_ARG(row->topic), (long long)row->generation, (long long)claim->generation);
    SL_TRY(check_unchanged("subject", claim->subject, row->subject, "retire it and claim anew",
                           problem));
    SL_TRY(check_unchanged("message type", claim->message_type, row->message_type,
                           "retire it and claim anew", problem));
    return check_unchanged("producer", claim->producer, row->producer,
                           "offer it, and let the other accept", problem);
}

static sl_status amend_contract(sl_tx *tx, claim_job *job, sl_problem *problem)
{
    sl_contract_row row;
    sl_contract filled = *job->claim;
    sl_status status = sl_contract_find(tx->session, job->claim->topic, tx->arena, &row, NULL);
    if (status == SL_NOT_FOUND)
        return sl_refuse(problem, SL_PROBLEM_NO_CONTRACT, SL_NOT_FOUND,
                         "topic '%.*s' has no contract", SL_STR_ARG(job->claim->topic));
    SL_TRY(status);
    SL_TRY(check_amendment(tx, job, &row, problem));
    filled.subject = row.subject;
    filled.message_type = row.message_type;
    filled.producer = job->producer = row.producer;
    job->claim = &filled;
    status = fill_subject(tx, job, problem);
    if (status == SL_OK)
        status = fill_message_type(tx, job, problem);
    if (status == SL_OK)
        status = store_level(tx, job, false, problem);
    if (status == SL_OK)
        status = store_co_producers(tx, job, row.id, problem);
    if (status != SL_OK)
        return status;
    put_policies(&filled, &row);
    row.generation++;
    row.updated_us = tx->now_us;
    SL_TRY(sl_update_contract(tx->session, &row, NULL));
    return finish(tx, job, SL_CHANGE_CONTRACT_AMEND, &row);
}

/* --- the door -------------------------------------------------------------------------------- */

static sl_status run_claim(sl_tx *tx, void *context, sl_problem *problem)
{
    claim_job *job = context;
    const sl_contract *claim = job->claim;
    job->is_new = false;
    sl_status status =
        claim->generation ? amend_contract(tx, job, problem) : claim_topic(tx, job, problem);
    job->claim = claim;
    return status;
}

sl_status sl_registry_claim(sl_registry *registry, const sl_actor *actor,
                            const sl_contract *contract, sl_arena *arena, sl_contract *ret_contract,
                            sl_problem *problem)
{
    SL_TRY(sl_check_writer(actor, problem));
    SL_TRY(check_claim(contract, problem));
    claim_job job = {.actor = actor, .claim = contract, .arena = arena};
    SL_TRY(sl_writer_run(registry, run_claim, &job, problem));
    job.contract.is_new = job.is_new;
    *ret_contract = job.contract;
    return SL_OK;
}
