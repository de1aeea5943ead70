/* registry/catalogue.c: who writes what: contracts for reading, one and many.
 *
 * Live contracts are listed by topic. Retired ones show where a topic has nothing else: its newest contract, if that is retired. */
#include "registry/internal/core.h"

sl_status sl_registry_contract_get(sl_registry *registry, sl_str topic, sl_arena *arena,
                                   sl_contract *ret_contract, sl_problem *problem)
{
    sl_cleanup(sl_reader_give) sl_reader reader = {0};
    sl_contract_row row;
    sl_error err = {0};
    SL_TRY(sl_reader_take(registry, &reader, problem));
    sl_status status = sl_contract_find(reader.session, topic, arena, &row, &err);
    if (status == SL_NOT_FOUND)
        return sl_refuse(problem, SL_PROBLEM_NO_CONTRACT, SL_NOT_FOUND,
                         "topic '%.*s' has no contract: its producer claims it", SL_STR_ARG(topic));
    if (status == SL_OK)
        status = sl_contract_load(registry, reader.session, &row, arena, ret_contract, &err);
    return status == SL_OK ? SL_OK : sl_refuse_status(problem, status, &err);
}

enum { STRETCH = 256 }; /* rows that are looked through at once */

typedef struct listing {
    sl_registry *registry;
    sl_session *session;
    const sl_contract_filter *filter;
    sl_arena *arena;
    sl_contract *items;
    size_t count, limit;
    bool is_full;
} listing;

static bool matches(const sl_contract_filter *filter, const sl_contract_row *row)
{
    if (filter->has_state && row->state != (int64_t)filter->state)
        return false;
    if (filter->owner.data && !sl_str_equal(row->producer, filter->owner))
        return false;
    return filter->query.len == 0 || sl_str_contains(row->topic, filter->query) ||
           sl_str_contains(row->message_type, filter->query) ||
           sl_str_contains(row->producer, filter->query);
}

static sl_status add(listing *list, const sl_contract_row *row, sl_error *err)
{
    if (!matches(list->filter, row))
        return SL_OK;
    if (list->count == list->limit) {
        list->is_full = true;
        return SL_OK;
    }
    return sl_contract_load(list->registry, list->session, row, list->arena,
                            &list->items[list->count++], err);
}

static sl_status list_live(listing *list, sl_str cursor, sl_error *err)
{
    sl_contract_row key = {.topic = cursor};
    for (size_t count = STRETCH; count == STRETCH && !list->is_full;) {
        sl_contract_row *rows;
        sl_scan scan = {
            .key = &key, .bound = key.topic.data ? SL_SCAN_AFTER : SL_SCAN_ALL, .limit = STRETCH};
        SL_TRY(sl_scan_contract_by_topic(list->session, scan, list->arena, &rows, &count, err));
        for (size_t i = 0; i < count && !list->is_full; i++)
            SL_TRY(add(list, &rows[i], err));
        if (count)
            key = rows[count - 1];
    }
    return SL_OK;
}

/* Topics come in order and each topic's contracts by age, so the newest of a topic is the last before the next topic. */
static sl_status list_retired(listing *list, sl_str cursor, sl_error *err)
{
    sl_contract_row key = {.topic = cursor, .id = INT64_MAX}, newest = {0};
    for (size_t count = STRETCH; count == STRETCH && !list->is_full;) {
        sl_contract_row *rows;
        sl_scan scan = {
            .key = &key, .bound = key.topic.data ? SL_SCAN_AFTER : SL_SCAN_ALL, .limit = STRETCH};
        SL_TRY(sl_scan_contract_history(list->session, scan, list->arena, &rows, &count, err));
        for (size_t i = 0; i < count && !list->is_full; i++) {
            if (newest.topic.data && !sl_str_equal(newest.topic, rows[i].topic))
                SL_TRY(add(list, &newest, err));
            newest = rows[i];
        }
        if (count)
            key = rows[count - 1];
    }
    return newest.topic.data && !list->is_full ? add(list, &newest, err) : SL_OK;
}

sl_status sl_registry_contract_list(sl_registry *registry, const sl_contract_filter *filter,
                                    sl_page page, sl_arena *arena, sl_contracts *ret_contracts,
                                    sl_problem *problem)
{
    sl_cleanup(sl_reader_give) sl_reader reader = {0};
    sl_error err = {0};
    SL_TRY(sl_reader_take(registry, &reader, problem));
    listing list = {.registry = registry,
                    .session = reader.session,
                    .filter = filter,
                    .arena = arena,
                    .limit = sl_page_limit(page)};
    list.items = sl_arena_array(arena, sl_contract, list.limit);
    if (!list.items)
        return sl_refuse_no_memory(problem);
    bool is_retired = filter->has_state && filter->state == SL_STATE_RETIRED;
    sl_status status =
        is_retired ? list_retired(&list, page.cursor, &err) : list_live(&list, page.cursor, &err);
    if (status != SL_OK)
        return sl_refuse_status(problem, status, &err);
    sl_str next = list.is_full ? list.items[list.count - 1].topic : (sl_str){0};
    *ret_contracts = (sl_contracts){list.items, list.count, next};
    return SL_OK;
}
