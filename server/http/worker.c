/* server/http/worker.c: what each thread of the server keeps for itself.
 *
 * The library makes the threads, so a thread introduces itself with its first request. A thread serves one server for as long as it lives, so one
 * thread-local pointer is enough; the server's list is there to free everything at its end. Control threads are our own and get theirs
 * before they start. */
#include "server/http/internal/exchange.h"

static _Thread_local sl_worker *worker_here;

static void free_exchange(sl_exchange *exchange)
{
    sl_body_done(exchange);
    sl_buf_done(&exchange->response.body);
    sl_arena_done(&exchange->arena);
    sl_free(exchange);
}

static void free_worker(sl_worker *worker)
{
    while (worker->pool) {
        sl_exchange *exchange = worker->pool;
        worker->pool = exchange->next;
        free_exchange(exchange);
    }
    if (worker->scratch)
        worker->http->options.scratch_free(worker->scratch);
    sl_free(worker);
}

sl_worker *sl_worker_new(sl_http *http)
{
    sl_worker *worker = sl_zalloc(sizeof *worker);
    if (!worker)
        return NULL;
    worker->http = http;
    if (sl_random_bytes(&worker->id_prefix, sizeof worker->id_prefix) != SL_OK)
        worker->id_prefix = (uint32_t)sl_clock_monotonic_ns();
    if (http->options.scratch_new) {
        worker->scratch = http->options.scratch_new(http->options.context);
        if (!worker->scratch) {
            sl_free(worker);
            return NULL;
        }
    }
    pthread_mutex_lock(&http->workers_lock);
    worker->next = http->workers;
    http->workers = worker;
    pthread_mutex_unlock(&http->workers_lock);
    return worker;
}

sl_worker *sl_worker_here(sl_http *http)
{
    if (!worker_here)
        worker_here = sl_worker_new(http);
    return worker_here;
}

uint64_t sl_workers_in_flight(sl_http *http)
{
    uint64_t sum = 0;
    pthread_mutex_lock(&http->workers_lock);
    for (sl_worker *worker = http->workers; worker; worker = worker->next)
        sum += atomic_load_explicit(&worker->in_flight, memory_order_relaxed);
    pthread_mutex_unlock(&http->workers_lock);
    return sum;
}

void sl_workers_free(sl_http *http)
{
    while (http->workers) {
        sl_worker *worker = http->workers;
        http->workers = worker->next;
        free_worker(worker);
    }
}

enum { POOLED_MOST = 256, ARENA_KEPT_BYTES = 65536, ANSWER_KEPT_BYTES = 65536 };

/* One thread writes, others read: a plain add, without a lock on the bus. */
static void count_in_flight(sl_worker *worker, int by)
{
    uint64_t now = atomic_load_explicit(&worker->in_flight, memory_order_relaxed);
    atomic_store_explicit(&worker->in_flight, now + (uint64_t)by, memory_order_relaxed);
}

sl_exchange *sl_exchange_take(sl_worker *worker)
{
    sl_exchange *exchange = worker->pool;
    if (exchange) {
        worker->pool = exchange->next;
        worker->pooled--;
        exchange->next = NULL;
    } else {
        exchange = sl_zalloc(sizeof *exchange);
        if (!exchange)
            return NULL;
    }
    exchange->worker = worker;
    exchange->http = worker->http;
    exchange->stage = SL_STAGE_HEAD;
    count_in_flight(worker, 1);
    return exchange;
}

/* Keep the memory of usual requests, give back that of unusual ones. What lies between is forgotten field by field, since the query's
 * table, which its count makes empty, is most of the struct. */
static void empty(sl_exchange *exchange)
{
    sl_body_clear(exchange);
    sl_response_reset(&exchange->response);
    if (exchange->response.body.cap > ANSWER_KEPT_BYTES)
        sl_buf_done(&exchange->response.body);
    if (exchange->arena.used > ARENA_KEPT_BYTES)
        sl_arena_done(&exchange->arena);
    else
        sl_arena_reset(&exchange->arena);
    exchange->request = (sl_request){0};
    exchange->query.count = 0;
    exchange->raw_query = exchange->method_text = exchange->id = (sl_str){0};
    memset(exchange->known, 0, sizeof exchange->known);
    memset(exchange->is_twice, 0, sizeof exchange->is_twice);
    exchange->has_known = exchange->is_last = false;
    exchange->target_bytes = exchange->discarded = 0;
    exchange->began_ns = 0;
    exchange->connection = NULL;
    exchange->peer = NULL;
}

void sl_exchange_release(sl_exchange *exchange)
{
    sl_worker *worker = exchange->worker;
    count_in_flight(worker, -1);
    if (worker->pooled >= POOLED_MOST) {
        sl_body_clear(exchange);
        free_exchange(exchange);
        return;
    }
    empty(exchange);
    exchange->next = worker->pool;
    worker->pool = exchange;
    worker->pooled++;
}
