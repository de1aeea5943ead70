/* registry/contract_steps.c: the life of a contract after the claim.
 *
 *     draft ── activate ──▶ active ── deprecate ──▶ deprecated ──┐
 *       └───────────────────── retire ──────────────────────────┴─▶ retired      one way; retired frees topic and type
 *
 *     offer (owner) ── accept (the one it was offered to) ──▶ new producer       the only way to change hands
 *     block (owner or administrator) ◀──▶ unblock (administrator)
 *
 * Each step is one row of the table below: who may take it, from which states, and what it writes. */
#include "registry/internal/core.h"
#include "json/json.h"

const char *const sl_mode_names[] = {"off", "observe", "warn", "enforce", NULL};
const char *const sl_contract_state_names[] = {"draft", "active", "deprecated", "retired", NULL};
const char *const sl_contract_action_names[] = {"activate", "offer", "accept",  "deprecate",
                                                "retire",   "block", "unblock", NULL};

_Static_assert(SL_STATE_RETIRED == (int)SL_ROW_RETIRED, "the store knows the retired state");
_Static_assert(SL_ARRAY_LEN(sl_contract_action_names) == SL_ACTION_COUNT + 1, "a name for each");

typedef struct step_job {
    const sl_actor *actor;
    const sl_contract_step *step;
    sl_arena *arena;
    sl_contract contract;
} step_job;

/* --- effects --------------------------------------------------------------------------------- */

static sl_status activate(sl_tx *tx, const step_job *job, sl_contract_row *row, sl_problem *problem)
{
    (void)tx;
    (void)job;
    (void)problem;
    row->state = SL_STATE_ACTIVE;
    return SL_OK;
}

static sl_status deprecate(sl_tx *tx, const step_job *job, sl_contract_row *row,
                           sl_problem *problem)
{
    (void)tx;
    (void)job;
    (void)problem;
    row->state = SL_STATE_DEPRECATED;
    return SL_OK;
}

static sl_status retire(sl_tx *tx, const step_job *job, sl_contract_row *row, sl_problem *problem)
{
    (void)tx;
    (void)job;
    (void)problem;
    row->state = SL_STATE_RETIRED;
    row->offered_to = (sl_str){0};
    return SL_OK;
}

static sl_status offer(sl_tx *tx, const step_job *job, sl_contract_row *row, sl_problem *problem)
{
    sl_producer_row producer, key = {.name = job->step->to};
    if (job->step->to.len == 0 || sl_str_equal(job->step->to, row->producer))
        return sl_refuse(problem, SL_PROBLEM_INVALID, SL_INVALID,
                         "say to which other producer the topic is offered");
    sl_status status = sl_get_producer_by_name(tx->session, &key, tx->arena, &producer, NULL);
    if (status == SL_NOT_FOUND)
        return sl_refuse(problem, SL_PROBLEM_NO_PRODUCER, SL_NOT_FOUND,
                         "there is no producer '%.*s': an administrator creates it",
                         SL_STR_ARG(job->step->to));
    row->offered_to = job->step->to;
    return status;
}

static sl_status accept_offer(sl_tx *tx, const step_job *job, sl_contract_row *row,
                              sl_problem *problem)
{
    (void)job;
    if (!row->offered_to.data)
        return sl_refuse(problem, SL_PROBLEM_STATE, SL_CONFLICT,
                         "topic '%.*s' is not offered to anybody", SL_STR_ARG(row->topic));
    row->producer = row->offered_to;
    row->offered_to = (sl_str){0};
    /* Who was a co-producer is now the producer. */
    sl_co_producer_row co_producer = {row->id, row->producer};
    sl_status status = sl_remove_co_producer(tx->session, &co_producer, NULL);
    return status == SL_NOT_FOUND ? SL_OK : status;
}

static sl_status block(sl_tx *tx, const step_job *job, sl_contract_row *row, sl_problem *problem)
{
    (void)tx;
    if (job->step->reason.len == 0)
        return sl_refuse(problem, SL_PROBLEM_INVALID, SL_INVALID,
                         "say why: a block needs a reason");
    row->is_blocked = 1;
    row->block_reason = job->step->reason;
    return SL_OK;
}

static sl_status unblock(sl_tx *tx, const step_job *job, sl_contract_row *row, sl_problem *problem)
{
    (void)tx;
    (void)job;
    (void)problem;
    row->is_blocked = 0;
    row->block_reason = (sl_str){0};
    return SL_OK;
}

/* --- the table ------------------------------------------------------------------------------- */

enum { DRAFT = 1 << SL_STATE_DRAFT, ACTIVE = 1 << SL_STATE_ACTIVE, OLD = 1 << SL_STATE_DEPRECATED };
enum { LIVE = DRAFT | ACTIVE | OLD };
typedef enum right { OWNER, OFFERED, ADMIN } right;

static const struct {
    right right; /* and the administrator, always */
    int from;
    sl_change_kind kind;
    sl_status (*effect)(sl_tx *tx, const step_job *job, sl_contract_row *row, sl_problem *problem);
} steps[SL_ACTION_COUNT] = {
    [SL_ACTION_ACTIVATE] = {OWNER, DRAFT, SL_CHANGE_CONTRACT_ACTIVATE, activate},
    [SL_ACTION_OFFER] = {OWNER, LIVE, SL_CHANGE_CONTRACT_OFFER, offer},
    [SL_ACTION_ACCEPT] = {OFFERED, LIVE, SL_CHANGE_CONTRACT_ACCEPT, accept_offer},
    [SL_ACTION_DEPRECATE] = {OWNER, ACTIVE, SL_CHANGE_CONTRACT_DEPRECATE, deprecate},
    [SL_ACTION_RETIRE] = {OWNER, LIVE, SL_CHANGE_CONTRACT_RETIRE, retire},
    [SL_ACTION_BLOCK] = {OWNER, LIVE, SL_CHANGE_CONTRACT_BLOCK, block},
    [SL_ACTION_UNBLOCK] = {ADMIN, LIVE, SL_CHANGE_CONTRACT_UNBLOCK, unblock},
};

static sl_status check_right(sl_tx *tx, const step_job *job, const sl_contract_row *row,
                             sl_problem *problem)
{
    switch (steps[job->step->action].right) {
    case ADMIN:
        if (sl_check_admin(job->actor, "unblocking a topic", problem) == SL_OK)
            return SL_OK;
        sl_tell_owner(tx->session, row, job->arena, problem);
        return SL_FORBIDDEN;
    case OFFERED:
        if (row->offered_to.data && sl_actor_is(job->actor, row->offered_to))
            return SL_OK;
        if (job->actor->kind == SL_ACTOR_ADMIN)
            return SL_OK;
        sl_refuse(problem, SL_PROBLEM_FORBIDDEN, SL_FORBIDDEN,
                  "topic '%.*s' is not offered to producer '%.*s'", SL_STR_ARG(row->topic),
                  SL_STR_ARG(job->actor->producer));
        sl_tell_owner(tx->session, row, job->arena, problem);
        return SL_FORBIDDEN;
    default: return sl_check_contract_owner(tx->session, job->actor, row, job->arena, problem);
    }
}

static sl_status check_state(const step_job *job, const sl_contract_row *row, sl_problem *problem)
{
    const sl_contract_step *step = job->step;
    if (step->generation != 0 && step->generation != row->generation)
        return sl_refuse(
            problem, SL_PROBLEM_STALE, SL_STALE,
            "the contract on '%.*s' is at generation %lld, you saw %lld: read it again",
            SL_STR_ARG(row->topic), (long long)row->generation, (long long)step->generation);
    if (!(steps[step->action].from & 1 << row->state))
        return sl_refuse(problem, SL_PROBLEM_STATE, SL_CONFLICT,
                         "the contract on '%.*s' is %s, and from there it cannot %s",
                         SL_STR_ARG(row->topic), sl_contract_state_names[row->state],
                         sl_contract_action_names[step->action]);
    return SL_OK;
}

static void put_detail(sl_buf *detail, const sl_contract_step *step, const sl_contract_row *row)
{
    sl_json_writer writer = sl_json_writer_of(detail);
    sl_json_put_object(&writer, NULL);
    sl_json_put_string(&writer, "producer", row->producer);
    sl_json_put_string(&writer, "state", sl_str_from(sl_contract_state_names[row->state]));
    sl_json_put_string_if(&writer, "offered_to", row->offered_to);
    sl_json_put_string_if(&writer, "reason", step->reason);
    sl_json_put_integer(&writer, "generation", row->generation);
    sl_json_end_object(&writer);
}

static sl_status run_step(sl_tx *tx, void *context, sl_problem *problem)
{
    step_job *job = context;
    sl_contract_row row;
    sl_status status = sl_contract_find(tx->session, job->step->topic, tx->arena, &row, NULL);
    if (status == SL_NOT_FOUND)
        return sl_refuse(problem, SL_PROBLEM_NO_CONTRACT, SL_NOT_FOUND,
                         "topic '%.*s' has no contract", SL_STR_ARG(job->step->topic));
    SL_TRY(status);
    SL_TRY(check_right(tx, job, &row, problem));
    SL_TRY(check_state(job, &row, problem));
    SL_TRY(steps[job->step->action].effect(tx, job, &row, problem));
    row.generation++;
    row.updated_us = tx->now_us;
    SL_TRY(sl_update_contract(tx->session, &row, NULL));
    sl_cleanup(sl_buf_done) sl_buf detail = {0};
    put_detail(&detail, job->step, &row);
    sl_contract_write write = {job->actor, steps[job->step->action].kind, &detail, job->arena};
    return sl_contract_finish(tx, &write, &row, &job->contract);
}

sl_status sl_registry_contract_act(sl_registry *registry, const sl_actor *actor,
                                   const sl_contract_step *step, sl_arena *arena,
                                   sl_contract *ret_contract, sl_problem *problem)
{
    SL_TRY(sl_check_writer(actor, problem));
    SL_TRY(sl_check_text("a reason", step->reason, problem));
    if ((unsigned)step->action >= SL_ACTION_COUNT)
        return sl_refuse(problem, SL_PROBLEM_INVALID, SL_INVALID, "a contract has no such step");
    step_job job = {.actor = actor, .step = step, .arena = arena};
    SL_TRY(sl_writer_run(registry, run_step, &job, problem));
    *ret_contract = job.contract;
    return SL_OK;
}
