/* registry/contract_rows.c: a contract as the door shows it, from the rows that make it up.
 *
 * Beside its own row that is: the producer, who says whom to ask; the co-producers; and the compatibility level, which is the
 * subject's, because it binds whoever registers there. */
#include "registry/internal/core.h"

sl_contract sl_contract_from_rows(const sl_registry *registry, const sl_contract_rows *rows)
{
    const sl_contract_row *row = rows->contract;
    const sl_producer_row *producer = rows->producer;
    return (sl_contract){
        .topic = row->topic,
        .subject = row->subject,
        .message_type = row->message_type,
        .producer = row->producer,
        .co_producers = rows->co_producers,
        .co_producer_count = rows->co_producer_count,
        .mode = (sl_mode)row->mode,
        .unknown_fields = (sl_unknown_policy)row->unknown_fields,
        .allows_tombstones = row->allows_tombstones,
        .takes_json = row->takes_json,
        .versions = (sl_version_policy)row->versions,
        .pinned_version = (int32_t)row->pinned_version,
        .max_payload_bytes = row->max_payload_bytes,
        .level = sl_effective_level(registry, rows->level),
        .has_level = rows->level >= 0,
        .state = (sl_contract_state)row->state,
        .is_blocked = row->is_blocked,
        .block_reason = row->block_reason,
        .offered_to = row->offered_to,
        .generation = row->generation,
        .created_us = row->created_us,
        .updated_us = row->updated_us,
        .owner = {producer->name, producer->team, producer->chat, producer->contact},
    };
}

sl_status sl_co_producers_load(sl_session *session, int64_t contract_id, sl_arena *arena,
                               sl_str **ret_names, size_t *ret_count, sl_error *err)
{
    sl_co_producer_row key = {.contract_id = contract_id}, *rows;
    size_t count;
    sl_scan scan = {.key = &key, .equal_count = 1};
    SL_TRY(sl_scan_co_producer_by_contract(session, scan, arena, &rows, &count, err));
    sl_str *names = sl_arena_array(arena, sl_str, count);
    if (!names)
        return sl_error_no_memory(err);
    for (size_t i = 0; i < count; i++)
        names[i] = rows[i].producer;
    *ret_names = names;
    *ret_count = count;
    return SL_OK;
}

/* A row that must be there because another refers to it. */
static sl_status must_be_there(sl_status status, const char *what, sl_error *err)
{
    if (status != SL_NOT_FOUND)
        return status;
    return sl_error_set(err, SL_CORRUPT, "the store refers to a %s that it does not have", what);
}

sl_status sl_contract_load(sl_registry *registry, sl_session *session, const sl_contract_row *row,
                           sl_arena *arena, sl_contract *ret_contract, sl_error *err)
{
    sl_producer_row producer, producer_key = {.name = row->producer};
    sl_subject_row subject, subject_key = {.name = row->subject};
    sl_contract_rows rows = {.contract = row, .producer = &producer};
    SL_TRY(must_be_there(sl_get_producer_by_name(session, &producer_key, arena, &producer, err),
                         "producer", err));
    SL_TRY(must_be_there(sl_get_subject_by_name(session, &subject_key, arena, &subject, err),
                         "subject", err));
    SL_TRY(sl_co_producers_load(session, row->id, arena, &rows.co_producers,
                                &rows.co_producer_count, err));
    rows.level = subject.level;
    *ret_contract = sl_contract_from_rows(registry, &rows);
    return SL_OK;
}

sl_status sl_contract_find(sl_session *session, sl_str topic, sl_arena *arena,
                           sl_contract_row *ret_row, sl_error *err)
{
    sl_contract_row key = {.topic = topic};
    return sl_get_contract_by_topic(session, &key, arena, ret_row, err);
}

sl_status sl_contracts_of_subject(sl_session *session, sl_str subject, sl_arena *arena,
                                  sl_contract_row **ret_rows, size_t *ret_count, sl_error *err)
{
    sl_contract_row key = {.subject = subject};
    return sl_scan_contract_by_type(session, (sl_scan){.key = &key, .equal_count = 1}, arena,
                                    ret_rows, ret_count, err);
}

sl_status sl_owner_load(sl_session *session, sl_str producer, sl_arena *arena, sl_owner *ret_owner,
                        sl_error *err)
{
    sl_producer_row row, key = {.name = producer};
    SL_TRY(sl_get_producer_by_name(session, &key, arena, &row, err));
    *ret_owner = (sl_owner){row.name, row.team, row.chat, row.contact};
    return SL_OK;
}

void sl_tell_owner(sl_session *session, const sl_contract_row *row, sl_arena *arena,
                   sl_problem *problem)
{
    if (problem && sl_owner_load(session, row->producer, arena, &problem->owner, NULL) != SL_OK)
        problem->owner = (sl_owner){0};
}

static bool is_listed(const sl_str *names, size_t count, sl_str name)
{
    for (size_t i = 0; i < count; i++)
        if (sl_str_equal(names[i], name))
            return true;
    return false;
}

static sl_status refuse_other(sl_session *session, const sl_contract_row *row, sl_arena *arena,
                              sl_problem *problem)
{
    sl_refuse(
        problem, SL_PROBLEM_FORBIDDEN, SL_FORBIDDEN,
        "topic '%.*s' is under contract to producer '%.*s': ask its owner, or an administrator",
        SL_STR_ARG(row->topic), SL_STR_ARG(row->producer));
    sl_tell_owner(session, row, arena, problem);
    return SL_FORBIDDEN;
}

sl_status sl_check_contract_side(sl_session *session, const sl_actor *actor,
                                 const sl_contract_row *row, sl_arena *arena, sl_problem *problem)
{
    sl_str *names;
    size_t count;
    sl_error err = {0};
    if (actor->kind == SL_ACTOR_ADMIN || sl_actor_is(actor, row->producer))
        return SL_OK;
    sl_status status = sl_co_producers_load(session, row->id, arena, &names, &count, &err);
    if (status != SL_OK)
        return sl_refuse_status(problem, status, &err);
    if (actor->kind == SL_ACTOR_PRODUCER && is_listed(names, count, actor->producer))
        return SL_OK;
    return refuse_other(session, row, arena, problem);
}

sl_status sl_check_contract_owner(sl_session *session, const sl_actor *actor,
                                  const sl_contract_row *row, sl_arena *arena, sl_problem *problem)
{
    if (actor->kind == SL_ACTOR_ADMIN || sl_actor_is(actor, row->producer))
        return SL_OK;
    return refuse_other(session, row, arena, problem);
}

sl_status sl_contract_copy(const sl_contract *contract, sl_arena *arena, sl_contract *ret_contract)
{
    sl_contract copy = *contract;
    sl_str *texts[] = {&copy.topic,          &copy.subject,      &copy.message_type,
                       &copy.producer,       &copy.block_reason, &copy.offered_to,
                       &copy.owner.producer, &copy.owner.team,   &copy.owner.chat,
                       &copy.owner.contact};
    for (size_t i = 0; i < SL_ARRAY_LEN(texts); i++)
        SL_TRY(sl_arena_copy_str(arena, *texts[i], texts[i]));
    copy.co_producers = sl_arena_array(arena, sl_str, copy.co_producer_count);
    if (!copy.co_producers)
        return SL_NO_MEMORY;
    for (size_t i = 0; i < copy.co_producer_count; i++)
        SL_TRY(sl_arena_copy_str(arena, contract->co_producers[i], &copy.co_producers[i]));
    *ret_contract = copy;
    return SL_OK;
}

sl_status sl_contract_finish(sl_tx *tx, const sl_contract_write *write, const sl_contract_row *row,
                             sl_contract *ret_contract)
{
    sl_subject_row subject, key = {.name = row->subject};
    sl_contract contract;
    SL_TRY(sl_get_subject_by_name(tx->session, &key, tx->arena, &subject, NULL));
    subject.generation++;
    SL_TRY(sl_update_subject(tx->session, &subject, NULL));
    SL_TRY(sl_touch_topic(tx, row->topic));
    SL_TRY(sl_change_append(tx, write->actor, write->kind, "topic", row->topic, write->detail));
    SL_TRY(sl_contract_load(tx->registry, tx->session, row, tx->arena, &contract, NULL));
    return sl_contract_copy(&contract, write->arena, ret_contract);
}
