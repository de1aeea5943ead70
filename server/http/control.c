/* server/http/control.c: threads that may block, the bounded queues to them, and requests that wait for something to happen.
 *
 *   worker ── reserve, suspend, push ──> queue ──> control thread ── handler ─┬─ resume ──> worker sends the answer
 *                                          ^                                  │
 *                                          └── woken, or time is up ── parked ┘
 *
 * There are three queues and two kinds of thread. What is answered in a moment (quick) has threads of its own, so it never waits behind what may
 * keep a processor busy for seconds (heavy). Heavy work has few threads, since more of them would only take turns on the cores and
 * hold more memory. Of it, what nobody gave a name for waits until nothing else does, and leaves one heavy thread alone: whoever has a
 * token finds a thread soon, however many others ask.
 *
 * A parked request costs no thread, so any number of long polls cannot starve the others. Nothing is lost between "there is no news" and
 * "wake me": the count of wakes is read before the handler runs, and one that has moved by the time it parks sends it back at once. */
#include "server/http/internal/exchange.h"

#include <unistd.h>

enum { HEAVY_FEWEST = 2 };

static const size_t queue_limits[SL_LANE_COUNT] = {
    [SL_LANE_QUICK] = SL_LIMIT_CONTROL_QUEUE,
    [SL_LANE_HEAVY] = SL_LIMIT_HEAVY_QUEUE,
    [SL_LANE_ANONYMOUS] = SL_LIMIT_ANONYMOUS_QUEUE,
};

/* Put it into its lane's queue, and wake a thread that may take it. */
static void append(sl_control *control, sl_exchange *exchange)
{
    struct sl_queue *queue = &control->lanes[exchange->lane];
    exchange->next = NULL;
    if (queue->tail)
        queue->tail->next = exchange;
    else
        queue->head = exchange;
    queue->tail = exchange;
    pthread_cond_signal(exchange->lane == SL_LANE_QUICK ? &control->has_quick
                                                        : &control->has_heavy);
}

static sl_exchange *pop(sl_control *control, sl_lane lane)
{
    struct sl_queue *queue = &control->lanes[lane];
    sl_exchange *exchange = queue->head;
    if (!exchange)
        return NULL;
    queue->head = exchange->next;
    if (!queue->head)
        queue->tail = NULL;
    queue->queued--;
    queue->running++;
    exchange->wakes_seen = control->wakes;
    exchange->next = NULL;
    return exchange;
}

/* What this thread is to do next; NULL: nothing. */
static sl_exchange *next_for(sl_control *control, const sl_control_thread *thread)
{
    if (!thread->is_heavy)
        return pop(control, SL_LANE_QUICK);
    sl_exchange *exchange = pop(control, SL_LANE_HEAVY);
    /* One thread is kept for callers with a name, if there is more than one. */
    size_t most = SL_MAX(control->heavy_count - 1, 1U);
    bool may_run = control->lanes[SL_LANE_ANONYMOUS].running < most || control->is_stopping;
    if (exchange || !may_run)
        return exchange;
    return pop(control, SL_LANE_ANONYMOUS);
}

bool sl_control_reserve(sl_http *http, sl_lane lane)
{
    sl_control *control = &http->control;
    struct sl_queue *queue = &control->lanes[lane];
    pthread_mutex_lock(&control->lock);
    bool has_room = queue->queued < queue_limits[lane] && !control->is_stopping;
    if (has_room)
        queue->queued++;
    pthread_mutex_unlock(&control->lock);
    return has_room;
}

void sl_control_push(sl_http *http, sl_exchange *exchange)
{
    sl_control *control = &http->control;
    pthread_mutex_lock(&control->lock);
    append(control, exchange);
    pthread_mutex_unlock(&control->lock);
}

/* Out of the parked list and into the queue, past its bound: a parked request had its place there once. */
static void requeue(sl_control *control, sl_exchange **link)
{
    sl_exchange *exchange = *link;
    *link = exchange->next;
    control->parked_count--;
    control->lanes[exchange->lane].queued++;
    append(control, exchange);
}

/* The handler wants to wait. It is run again at once if something happened meanwhile, or if it may not wait. */
static void park(sl_http *http, sl_exchange *exchange)
{
    sl_control *control = &http->control;
    pthread_mutex_lock(&control->lock);
    bool is_news = control->wakes != exchange->wakes_seen;
    bool may_wait = control->parked_count < SL_LIMIT_PARKED_REQUESTS && !control->is_stopping &&
                    !atomic_load(&http->is_draining);
    exchange->request.parked_until_ns = exchange->response.park_until_ns;
    exchange->request.is_woken = is_news;
    exchange->request.is_expired = !is_news && !may_wait;
    exchange->next = control->parked;
    control->parked = exchange;
    control->parked_count++;
    if (is_news || !may_wait)
        requeue(control, &control->parked);
    pthread_mutex_unlock(&control->lock);
}

static void run(sl_http *http, sl_exchange *exchange, void *scratch)
{
    sl_request *request = &exchange->request;
    sl_response_reset(&exchange->response);
    request->is_control = true;
    request->scratch = scratch;
    request->route->handler(request, &exchange->response);
    if (exchange->response.action == SL_RESPONSE_PARK) {
        park(http, exchange);
        return;
    }
    sl_mhd_resume(exchange);
}

/* Under the lock. Another anonymous request may go now that one is done; its thread may be asleep. */
static void finish(sl_control *control, sl_lane lane)
{
    control->lanes[lane].running--;
    if (lane == SL_LANE_ANONYMOUS && control->lanes[lane].head)
        pthread_cond_signal(&control->has_heavy);
}

static bool is_empty(const sl_control *control)
{
    size_t left = control->parked_count;
    for (sl_lane lane = 0; lane < SL_LANE_COUNT; lane++)
        left += control->lanes[lane].queued;
    return left == 0;
}

static void *control_thread(void *argument)
{
    sl_control_thread *thread = argument;
    sl_http *http = thread->worker->http;
    sl_control *control = &http->control;
    pthread_mutex_lock(&control->lock);
    for (;;) {
        sl_exchange *exchange = next_for(control, thread);
        if (exchange) {
            sl_lane lane = exchange->lane;
            pthread_mutex_unlock(&control->lock);
            run(http, exchange, thread->worker->scratch);
            pthread_mutex_lock(&control->lock);
            finish(control, lane);
            continue;
        }
        if (control->is_stopping && is_empty(control))
            break;
        pthread_cond_wait(thread->is_heavy ? &control->has_heavy : &control->has_quick,
                          &control->lock);
    }
    pthread_cond_broadcast(&control->has_quick);
    pthread_cond_broadcast(&control->has_heavy);
    pthread_mutex_unlock(&control->lock);
    return NULL;
}

static void wake_all(sl_control *control, bool is_expired)
{
    while (control->parked) {
        control->parked->request.is_woken = !is_expired;
        control->parked->request.is_expired = is_expired;
        requeue(control, &control->parked);
    }
}

void sl_http_wake(sl_http *http)
{
    sl_control *control = &http->control;
    pthread_mutex_lock(&control->lock);
    control->wakes++;
    wake_all(control, false);
    pthread_mutex_unlock(&control->lock);
}

void sl_control_expire(sl_http *http, int64_t now_ns)
{
    sl_control *control = &http->control;
    bool is_draining = atomic_load(&http->is_draining);
    pthread_mutex_lock(&control->lock);
    for (sl_exchange **link = &control->parked; *link;) {
        if (!is_draining && (*link)->response.park_until_ns > now_ns) {
            link = &(*link)->next;
            continue;
        }
        (*link)->request.is_woken = false;
        (*link)->request.is_expired = true;
        requeue(control, link);
    }
    pthread_mutex_unlock(&control->lock);
}

size_t sl_http_parked(sl_http *http)
{
    pthread_mutex_lock(&http->control.lock);
    size_t count = http->control.parked_count;
    pthread_mutex_unlock(&http->control.lock);
    return count;
}

static sl_status start_thread(sl_http *http, bool is_heavy, sl_error *err)
{
    sl_control *control = &http->control;
    sl_control_thread *thread = &control->threads[control->thread_count];
    *thread = (sl_control_thread){.worker = sl_worker_new(http), .is_heavy = is_heavy};
    if (!thread->worker)
        return sl_error_no_memory(err);
    int failed = pthread_create(&thread->thread, NULL, control_thread, thread);
    if (failed)
        return sl_error_set(err, SL_IO, "control thread %u could not be started: %s",
                            control->thread_count + 1, strerror(failed));
    control->thread_count++;
    return SL_OK;
}

sl_status sl_control_start(sl_http *http, sl_error *err)
{
    sl_control *control = &http->control;
    unsigned quick = SL_MAX(http->options.control_threads, 1U);
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    control->heavy_count = http->options.heavy_threads
                               ? http->options.heavy_threads
                               : (unsigned)SL_MAX(cores, (long)HEAVY_FEWEST);
    control->threads = sl_calloc(quick + control->heavy_count, sizeof *control->threads);
    if (!control->threads)
        return sl_error_no_memory(err);
    for (unsigned i = 0; i < quick + control->heavy_count; i++)
        SL_TRY(start_thread(http, i >= quick, err));
    return SL_OK;
}

void sl_control_stop(sl_http *http)
{
    sl_control *control = &http->control;
    pthread_mutex_lock(&control->lock);
    control->is_stopping = true;
    wake_all(control, true);
    pthread_cond_broadcast(&control->has_quick);
    pthread_cond_broadcast(&control->has_heavy);
    pthread_mutex_unlock(&control->lock);
    for (unsigned i = 0; i < control->thread_count; i++)
        pthread_join(control->threads[i].thread, NULL);
    sl_free(control->threads);
    control->threads = NULL;
    control->thread_count = 0;
}
