/* server/http/control.c: threads that may block, the bounded queue to them, and requests that wait for something to happen.
 *
 *   worker ── reserve, suspend, push ──> queue ──> control thread ── handler ─┬─ resume ──> worker sends the answer
 *                                          ^                                  │
 *                                          └── woken, or time is up ── parked ┘
 *
 * A parked request costs no thread, so any number of long polls cannot starve the others. Nothing is lost between "there is no news" and
 * "wake me": the count of wakes is read before the handler runs, and one that has moved by the time it parks sends it back at once. */
#include "server/http/internal/exchange.h"

static void append(sl_control *control, sl_exchange *exchange)
{
    exchange->next = NULL;
    if (control->tail)
        control->tail->next = exchange;
    else
        control->head = exchange;
    control->tail = exchange;
}

static sl_exchange *pop(sl_control *control)
{
    sl_exchange *exchange = control->head;
    if (!exchange)
        return NULL;
    control->head = exchange->next;
    if (!control->head)
        control->tail = NULL;
    control->queued--;
    exchange->wakes_seen = control->wakes;
    exchange->next = NULL;
    return exchange;
}

bool sl_control_reserve(sl_http *http)
{
    sl_control *control = &http->control;
    pthread_mutex_lock(&control->lock);
    bool has_room = control->queued < SL_LIMIT_CONTROL_QUEUE && !control->is_stopping;
    if (has_room)
        control->queued++;
    pthread_mutex_unlock(&control->lock);
    return has_room;
}

void sl_control_push(sl_http *http, sl_exchange *exchange)
{
    sl_control *control = &http->control;
    pthread_mutex_lock(&control->lock);
    append(control, exchange);
    pthread_cond_signal(&control->has_work);
    pthread_mutex_unlock(&control->lock);
}

/* Out of the parked list and into the queue, past its bound: a parked request had its place there once. */
static void requeue(sl_control *control, sl_exchange **link)
{
    sl_exchange *exchange = *link;
    *link = exchange->next;
    control->parked_count--;
    control->queued++;
    append(control, exchange);
    pthread_cond_signal(&control->has_work);
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

static void *control_thread(void *argument)
{
    sl_worker *worker = argument;
    sl_http *http = worker->http;
    sl_control *control = &http->control;
    pthread_mutex_lock(&control->lock);
    for (;;) {
        sl_exchange *exchange = pop(control);
        if (exchange) {
            pthread_mutex_unlock(&control->lock);
            run(http, exchange, worker->scratch);
            pthread_mutex_lock(&control->lock);
            continue;
        }
        if (control->is_stopping && control->queued == 0 && control->parked_count == 0)
            break;
        pthread_cond_wait(&control->has_work, &control->lock);
    }
    pthread_cond_broadcast(&control->has_work);
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

sl_status sl_control_start(sl_http *http, sl_error *err)
{
    sl_control *control = &http->control;
    unsigned wanted = SL_MAX(http->options.control_threads, 1U);
    control->threads = sl_calloc(wanted, sizeof *control->threads);
    if (!control->threads)
        return sl_error_no_memory(err);
    for (unsigned i = 0; i < wanted; i++) {
        struct sl_control_thread *thread = &control->threads[i];
        thread->worker = sl_worker_new(http);
        if (!thread->worker)
            return sl_error_no_memory(err);
        int failed = pthread_create(&thread->thread, NULL, control_thread, thread->worker);
        if (failed)
            return sl_error_set(err, SL_IO, "thread %u of %u could not be started: %s", i + 1,
                                wanted, strerror(failed));
        control->thread_count++;
    }
    return SL_OK;
}

void sl_control_stop(sl_http *http)
{
    sl_control *control = &http->control;
    pthread_mutex_lock(&control->lock);
    control->is_stopping = true;
    wake_all(control, true);
    pthread_cond_broadcast(&control->has_work);
    pthread_mutex_unlock(&control->lock);
    for (unsigned i = 0; i < control->thread_count; i++)
        pthread_join(control->threads[i].thread, NULL);
    sl_free(control->threads);
    control->threads = NULL;
    control->thread_count = 0;
}
