/* server/http/deadlines.c: no client may take for ever.
 *
 * The library ends a connection on which nothing moves; a client that sends one byte now and then moves for ever. So each connection knows what it
 * is doing (waiting for or reading a head, reading a body, working, sending) and since when, and one thread looks four times a second and shuts
 * down the socket of those that are late. The library then sees the end of the stream and cleans up as after any lost client.
 *
 * Who works (a handler on a control thread) is not timed: that time is ours. The same thread tells the parked that their time is up. */
#include "server/http/internal/exchange.h"

#include <errno.h>
#include <sys/socket.h>
#include <time.h>

enum { TICK_MS = 250, NANOSECONDS = 1000000000 };

struct sl_peer {
    int fd;
    atomic_int phase;
    atomic_int_fast64_t since_ns;
    sl_exchange *exchange; /* under way; of the connection's thread */
    sl_peer *previous, *next;
};

sl_peer *sl_peer_open(sl_http *http, int fd)
{
    sl_peer *peer = sl_zalloc(sizeof *peer);
    if (!peer)
        return NULL;
    peer->fd = fd;
    sl_peer_enter(peer, SL_PHASE_HEAD, sl_clock_monotonic_ns());
    pthread_mutex_lock(&http->deadlines.lock);
    peer->next = http->deadlines.peers;
    if (peer->next)
        peer->next->previous = peer;
    http->deadlines.peers = peer;
    pthread_mutex_unlock(&http->deadlines.lock);
    atomic_fetch_add_explicit(&http->connections, 1, memory_order_relaxed);
    return peer;
}

void sl_peer_close(sl_http *http, sl_peer *peer)
{
    if (!peer)
        return;
    pthread_mutex_lock(&http->deadlines.lock);
    if (peer->next)
        peer->next->previous = peer->previous;
    if (peer->previous)
        peer->previous->next = peer->next;
    else
        http->deadlines.peers = peer->next;
    pthread_mutex_unlock(&http->deadlines.lock);
    atomic_fetch_sub_explicit(&http->connections, 1, memory_order_relaxed);
    sl_free(peer);
}

void sl_peer_enter(sl_peer *peer, sl_phase phase, int64_t now_ns)
{
    if (!peer)
        return;
    atomic_store_explicit(&peer->since_ns, now_ns, memory_order_relaxed);
    atomic_store_explicit(&peer->phase, (int)phase, memory_order_relaxed);
}

sl_exchange *sl_peer_hold(sl_peer *peer, sl_exchange *exchange)
{
    if (!peer)
        return NULL;
    sl_exchange *before = peer->exchange;
    peer->exchange = exchange;
    return before;
}

/* Nanoseconds that a phase may last; 0: any time. */
static int64_t most_ns(const sl_http_options *options, int phase)
{
    switch (phase) {
    case SL_PHASE_HEAD: return NANOSECONDS * ((int64_t)options->idle_s + options->head_s);
    case SL_PHASE_BODY:
    case SL_PHASE_SEND: return NANOSECONDS * (int64_t)options->body_s;
    default: return 0;
    }
}

static void drop_late(sl_http *http)
{
    int64_t now = sl_clock_monotonic_ns();
    for (sl_peer *peer = http->deadlines.peers; peer; peer = peer->next) {
        int phase = atomic_load_explicit(&peer->phase, memory_order_relaxed);
        int64_t most = most_ns(&http->options, phase);
        int64_t since = atomic_load_explicit(&peer->since_ns, memory_order_relaxed);
        if (most == 0 || now - since <= most)
            continue;
        shutdown(peer->fd, SHUT_RDWR);
        sl_peer_enter(peer, SL_PHASE_WORK, now); /* once is enough */
        atomic_fetch_add_explicit(&http->dropped_slow, 1, memory_order_relaxed);
    }
}

static struct timespec next_tick(void)
{
    struct timespec when;
    clock_gettime(CLOCK_MONOTONIC, &when);
    when.tv_nsec += TICK_MS * 1000000L;
    if (when.tv_nsec >= 1000000000L) {
        when.tv_nsec -= 1000000000L;
        when.tv_sec++;
    }
    return when;
}

static void *deadlines_thread(void *argument)
{
    sl_http *http = argument;
    sl_deadlines *deadlines = &http->deadlines;
    pthread_mutex_lock(&deadlines->lock);
    while (!deadlines->is_stopping) {
        struct timespec when = next_tick();
        pthread_cond_timedwait(&deadlines->ends, &deadlines->lock, &when);
        drop_late(http);
        pthread_mutex_unlock(&deadlines->lock);
        sl_control_expire(http, sl_clock_monotonic_ns());
        pthread_mutex_lock(&deadlines->lock);
    }
    pthread_mutex_unlock(&deadlines->lock);
    return NULL;
}

sl_status sl_deadlines_start(sl_http *http, sl_error *err)
{
    int failed = pthread_create(&http->deadlines.thread, NULL, deadlines_thread, http);
    if (failed)
        return sl_error_set(err, SL_IO, "a thread could not be started: %s", strerror(failed));
    http->deadlines.is_running = true;
    return SL_OK;
}

void sl_deadlines_stop(sl_http *http)
{
    if (!http->deadlines.is_running)
        return;
    pthread_mutex_lock(&http->deadlines.lock);
    http->deadlines.is_stopping = true;
    pthread_cond_signal(&http->deadlines.ends);
    pthread_mutex_unlock(&http->deadlines.lock);
    pthread_join(http->deadlines.thread, NULL);
    http->deadlines.is_running = false;
}
