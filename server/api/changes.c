/* server/api/changes.c: the change feed, and the long poll on it.
 *
 * A request that finds news is answered at once; one that finds none is parked, which costs no thread. One thread of the server waits for the
 * registry's next change on behalf of all of them, and wakes them all: each then looks for itself. */
#include "server/internal/api.h"

#include <time.h>

enum {
    WAIT_MOST_S = SL_LIMIT_CHANGES_WAIT_MS / 1000,
    WATCH_MS = 500,
    WATCH_BATCH = 1000,
    RETRY_MS = 200
};

static void put_change(sl_json_writer *writer, const sl_change *change)
{
    sl_json *detail = NULL;
    sl_json_put_object(writer, NULL);
    sl_json_put_integer(writer, "seq", change->seq);
    sl_json_put_time(writer, "at", change->at_us);
    sl_json_put_string(writer, "actor", change->actor);
    sl_json_put_string(writer, "action", change->action);
    sl_json_put_string(writer, "object", change->object);
    if (change->detail.len && sl_json_parse(change->detail, &detail, NULL) == SL_OK)
        sl_json_put_value(writer, "detail", detail);
    sl_json_free(detail);
    sl_json_end_object(writer);
}

static void answer_changes(sl_request *request, sl_response *response, const sl_changes *changes)
{
    sl_json_writer writer = sl_api_begin(response, 200);
    sl_json_put_array(&writer, "changes");
    for (size_t i = 0; i < changes->count; i++)
        put_change(&writer, &changes->items[i]);
    sl_json_end_array(&writer);
    sl_json_put_integer(&writer, "last_seq", changes->last_seq);
    sl_api_end(request, response, &writer);
    sl_response_header(response, "Cache-Control", SL_STR("no-store"));
}

/* Wait until the end that was fixed when the request came; being woken for somebody else's news does not move it. */
static void park(sl_request *request, sl_response *response, int64_t wait_s)
{
    response->park_until_ns = request->parked_until_ns
                                  ? request->parked_until_ns
                                  : sl_clock_monotonic_ns() + wait_s * 1000000000;
    response->action = SL_RESPONSE_PARK;
}

void sl_api_changes(sl_request *request, sl_response *response)
{
    int64_t after = 0, limit = 0, wait_s = 0;
    sl_changes changes;
    sl_problem problem = {0};
    if (!sl_api_query_number(request, response, "after", INT64_MAX, &after) ||
        !sl_api_query_number(request, response, "limit", SL_LIMIT_PAGE_ITEMS, &limit) ||
        !sl_api_query_number(request, response, "wait", WAIT_MOST_S, &wait_s))
        return;
    sl_change_query query = {.after = after, .limit = (uint32_t)limit};
    if (sl_registry_changes(sl_app_registry(request), &query, request->arena, &changes, &problem) !=
        SL_OK) {
        sl_api_problem(request, response, &problem, NULL);
        return;
    }
    if (changes.count == 0 && wait_s > 0 && !request->is_expired)
        park(request, response, wait_s);
    else
        answer_changes(request, response, &changes);
}

/* --- the one who waits for all --------------------------------------------------------------- */

static void pause_ms(long ms)
{
    const struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&pause, NULL);
}

static void *watch(void *argument)
{
    sl_server *server = argument;
    sl_watcher *watcher = &server->watcher;
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    while (!atomic_load(&watcher->is_stopping)) {
        sl_changes changes;
        sl_arena_reset(&arena);
        sl_change_query query = {watcher->seen, WATCH_BATCH, WATCH_MS};
        sl_status status = sl_registry_changes(server->registry, &query, &arena, &changes, NULL);
        if (status != SL_OK) {
            pause_ms(RETRY_MS);
            continue;
        }
        if (changes.count == 0)
            continue;
        watcher->seen = changes.last_seq;
        sl_http_wake(server->http);
    }
    return NULL;
}

sl_status sl_watcher_start(sl_server *server, sl_error *err)
{
    sl_registry_stats stats = {0};
    sl_registry_get_stats(server->registry, &stats);
    server->watcher.seen = stats.change_seq;
    int failed = pthread_create(&server->watcher.thread, NULL, watch, server);
    if (failed)
        return sl_error_set(err, SL_IO, "a thread could not be started: %s", strerror(failed));
    server->watcher.is_running = true;
    return SL_OK;
}

void sl_watcher_stop(sl_server *server)
{
    if (!server->watcher.is_running)
        return;
    atomic_store(&server->watcher.is_stopping, true);
    pthread_join(server->watcher.thread, NULL);
    server->watcher.is_running = false;
}
