/* server/http/mhd.c: libmicrohttpd, and the only file that knows it.
 *
 * The library calls, for each request, in this order and on one thread:
 *
 *   on_target      the first line is read: an exchange is taken from the pool, the query is put aside as it was sent
 *   on_request     once with the head, once a part of the body, once at its end; and once more after a suspended connection is resumed
 *   on_completed   the answer is out, or the client is gone: the exchange goes back
 *
 * When its memory for a connection runs out between the first two, the third never comes; so the connection remembers its exchange as well.
 *
 * Its own unescaping is switched off, since it would decode a path before it is split. A connection's memory is 16 KiB because
 * the library clears one and a half of it for every request; bodies gather in ours. Answers are sent from the exchange's buffer,
 * which outlives them, without a copy; prepared ones from an object of the library that is built once and shared.
 *
 * What the library refuses by itself (a head that does not fit its memory, a length that is no number, a request that is no HTTP) it answers with a
 * page of its own; our limits are lower than its, so that callers usually see ours. */
#include "server/http/internal/exchange.h"

#include <microhttpd.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTION_MEMORY = 16384, LOG_LINE = 512 };

struct sl_prepared {
    struct MHD_Response *response;
    int status;
    const char *content_type;
    sl_str body; /* owned by the response */
};

/* Could this be that header? Length and last letter tell most apart. */
static bool may_be(sl_str name, sl_str known)
{
    return name.len == known.len &&
           ((name.data[name.len - 1] ^ known.data[known.len - 1]) & ~0x20) == 0;
}

/* One header of the head. Of one that comes twice the first counts. */
static enum MHD_Result take_header(void *context, enum MHD_ValueKind kind, const char *name,
                                   size_t name_len, const char *value, size_t value_len)
{
    (void)kind;
    sl_exchange *exchange = context;
    sl_str given = {name, name_len};
    for (size_t i = 0; i < SL_KNOWN_HEADERS && value; i++) {
        if (!may_be(given, sl_known_headers[i]) || !sl_str_equal_nocase(given, sl_known_headers[i]))
            continue;
        exchange->is_twice[i] |= exchange->known[i].data != NULL;
        if (!exchange->is_twice[i])
            exchange->known[i] = sl_str_trim((sl_str){value, value_len});
        break;
    }
    return MHD_YES;
}

sl_str sl_request_header(const sl_request *request, const char *name)
{
    const sl_exchange *exchange = (const sl_exchange *)request;
    const char *value = NULL;
    sl_str wanted = sl_str_from(name);
    size_t len = 0;
    for (size_t i = 0; exchange->has_known && i < SL_KNOWN_HEADERS; i++)
        if (sl_str_equal(wanted, sl_known_headers[i]))
            return exchange->known[i];
    if (!exchange->connection ||
        MHD_lookup_connection_value_n(exchange->connection, MHD_HEADER_KIND, name, wanted.len,
                                      &value, &len) != MHD_YES ||
        !value)
        return (sl_str){0};
    return sl_str_trim((sl_str){value, len});
}

static sl_peer *peer_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

/* --- answers --------------------------------------------------------------------------------- */

static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
    /* A header that cannot be added for want of memory is left out: the status and the body still say what happened. */
    if (value)
        (void)MHD_add_response_header(response, name, value);
}

sl_prepared *sl_prepared_new(int status, const char *content_type, sl_str body)
{
    sl_prepared *prepared = sl_zalloc(sizeof *prepared);
    char *copy = sl_alloc(body.len);
    if (prepared && copy) {
        memcpy(copy, body.data, body.len);
        *prepared =
            (sl_prepared){.status = status, .content_type = content_type, .body = {copy, body.len}};
        prepared->response =
            MHD_create_response_from_buffer_with_free_callback(body.len, copy, sl_free);
    }
    if (!prepared || !prepared->response) {
        sl_free(prepared);
        sl_free(copy);
        return NULL;
    }
    add_header(prepared->response, "Content-Type", content_type);
    add_header(prepared->response, "X-Content-Type-Options", "nosniff");
    return prepared;
}

void sl_prepared_free(sl_prepared *prepared)
{
    if (!prepared)
        return;
    MHD_destroy_response(prepared->response);
    sl_free(prepared);
}

/* Make a prepared answer the exchange's own. Sent as it is, the library keeps it alive until it is out; its bytes in another response
 * would be read after its owner has replaced it. */
static void take_prepared(sl_response *answer)
{
    const sl_prepared *prepared = answer->prepared;
    sl_buf_clear(&answer->body);
    sl_buf_append_str(&answer->body, prepared->body);
    answer->status = prepared->status;
    answer->content_type = prepared->content_type;
    answer->text = (sl_str){0};
    answer->prepared = NULL;
}

static sl_str body_of(const sl_response *response)
{
    if (response->prepared)
        return response->prepared->body;
    return response->text.data ? response->text : sl_buf_str(&response->body);
}

static enum MHD_Result send_built(sl_exchange *exchange, sl_str body)
{
    const sl_response *answer = &exchange->response;
    struct MHD_Response *response = MHD_create_response_from_buffer(
        body.len, (void *)(uintptr_t)body.data, MHD_RESPMEM_PERSISTENT);
    if (!response)
        return MHD_NO;
    add_header(response, "Content-Type", answer->content_type);
    add_header(response, "X-Content-Type-Options", "nosniff");
    add_header(response, "X-Request-Id", sl_request_id(&exchange->request).data);
    for (size_t i = 0; i < answer->header_count; i++)
        add_header(response, answer->headers[i].name, answer->headers[i].value.data);
    if (exchange->is_last || sl_http_is_draining(exchange->http))
        add_header(response, "Connection", "close");
    enum MHD_Result result =
        MHD_queue_response(exchange->connection, (unsigned)answer->status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result send_answer(sl_exchange *exchange)
{
    sl_response *answer = &exchange->response;
    if (answer->prepared &&
        (sl_http_is_draining(exchange->http) || exchange->known[SL_HEADER_REQUEST_ID].data))
        take_prepared(answer);
    if (!answer->prepared && !answer->text.data && answer->body.has_failed)
        sl_exchange_refuse(exchange, SL_REFUSE_BODY_MEMORY, (sl_str){0});
    sl_str body = body_of(answer);
    exchange->stage = SL_STAGE_SENT;
    int64_t now_ns = sl_clock_monotonic_ns();
    sl_exchange_report(exchange, answer->prepared ? answer->prepared->status : answer->status,
                       body.len, now_ns);
    sl_peer_enter(exchange->peer, SL_PHASE_SEND, now_ns);
    if (answer->prepared)
        return MHD_queue_response(exchange->connection, (unsigned)answer->prepared->status,
                                  answer->prepared->response);
    return send_built(exchange, body);
}

/* --- what the library calls ------------------------------------------------------------------ */

/* Copy the query, unless the target is too long to be served. False: no memory. */
static bool take_query(sl_exchange *exchange, const char *target, const char *query)
{
    exchange->target_bytes = strlen(target);
    if (!query || exchange->target_bytes > SL_LIMIT_HTTP_TARGET_BYTES)
        return true;
    sl_str text = {query, exchange->target_bytes - (size_t)(query - target)};
    return sl_arena_copy_str(&exchange->arena, text, &exchange->raw_query) == SL_OK;
}

/* What the library forgot to complete goes back when its connection goes on or ends. */
static void hold(sl_peer *peer, sl_exchange *exchange)
{
    sl_exchange *forgotten = sl_peer_hold(peer, exchange);
    if (forgotten)
        sl_exchange_release(forgotten);
}

static void *on_target(void *context, const char *target, struct MHD_Connection *connection)
{
    sl_http *http = context;
    sl_worker *worker = sl_worker_here(http);
    sl_exchange *exchange = worker ? sl_exchange_take(worker) : NULL;
    const char *mark = strchr(target, '?');
    if (exchange && !take_query(exchange, target, mark ? mark + 1 : NULL)) {
        sl_exchange_release(exchange);
        exchange = NULL;
    }
    /* The buffer is the connection's and is split into arguments next. Many small ones would use up its memory, and the request would end
     * without an answer: show the library none. */
    if (mark && mark[1])
        ((char *)(uintptr_t)mark)[1] = '\0';
    sl_peer *peer = peer_of(connection);
    if (exchange) {
        exchange->connection = connection;
        exchange->peer = peer;
    }
    hold(peer, exchange);
    return exchange;
}

static size_t leave_escapes(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

static enum MHD_Result on_head(sl_exchange *exchange, const char *path, const char *method)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    sl_head head = {
        .path = sl_str_from(path),
        .method = sl_str_from(method),
        .head_bytes = info ? info->header_size : 0,
    };
    (void)MHD_get_connection_values_n(exchange->connection, MHD_HEADER_KIND, take_header, exchange);
    exchange->has_known = true;
    sl_exchange_begin(exchange, &head);
    if (exchange->stage == SL_STAGE_ANSWER)
        return send_answer(exchange);
    if (exchange->stage == SL_STAGE_DROP)
        return MHD_NO;
    sl_peer_enter(exchange->peer, SL_PHASE_BODY, exchange->began_ns);
    return MHD_YES;
}

static enum MHD_Result on_end(sl_exchange *exchange)
{
    sl_exchange_run(exchange);
    if (exchange->stage == SL_STAGE_CONTROL &&
        !sl_control_reserve(exchange->http, exchange->lane)) {
        exchange->stage = SL_STAGE_ANSWER;
        sl_exchange_refuse(
            exchange, sl_http_is_draining(exchange->http) ? SL_REFUSE_DRAINING : SL_REFUSE_BUSY,
            (sl_str){0});
    }
    if (exchange->stage == SL_STAGE_ANSWER)
        return send_answer(exchange);
    sl_peer_enter(exchange->peer, SL_PHASE_WORK, exchange->began_ns);
    MHD_suspend_connection(exchange->connection);
    sl_control_push(exchange->http, exchange);
    return MHD_YES;
}

void sl_mhd_resume(sl_exchange *exchange)
{
    exchange->stage = SL_STAGE_ANSWER;
    MHD_resume_connection(exchange->connection);
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection,
                                  const char *path, const char *method, const char *version,
                                  const char *part, size_t *part_len, void **state)
{
    (void)context;
    (void)connection;
    (void)version;
    sl_exchange *exchange = *state;
    if (!exchange)
        return MHD_NO;
    if (exchange->stage == SL_STAGE_HEAD)
        return on_head(exchange, path, method);
    if (*part_len > 0) {
        bool goes_on = sl_exchange_feed(exchange, part, *part_len);
        *part_len = 0;
        return goes_on ? MHD_YES : MHD_NO;
    }
    if (exchange->stage == SL_STAGE_ANSWER)
        return send_answer(exchange);
    return on_end(exchange);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode how)
{
    (void)context;
    (void)how;
    sl_exchange *exchange = *state;
    *state = NULL;
    sl_peer *peer = peer_of(connection);
    (void)sl_peer_hold(peer, NULL);
    sl_peer_enter(peer, SL_PHASE_HEAD, sl_clock_monotonic_coarse_ns());
    if (exchange)
        sl_exchange_release(exchange);
}

static void on_connection(void *context, struct MHD_Connection *connection, void **socket_context,
                          enum MHD_ConnectionNotificationCode code)
{
    sl_http *http = context;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        hold(*socket_context, NULL);
        sl_peer_close(http, *socket_context);
        *socket_context = NULL;
        return;
    }
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    *socket_context = info ? sl_peer_open(http, info->connect_fd) : NULL;
}

static SL_PRINTF(2, 0) void on_log(void *context, const char *format, va_list args)
{
    (void)context;
    char line[LOG_LINE];
    vsnprintf(line, sizeof line, format, args);
    sl_log(SL_LOG_DEBUG, "http: %s", line);
}

/* --- life ------------------------------------------------------------------------------------ */

static sl_status start_daemon(sl_http *http, sl_error *err)
{
    const sl_http_options *options = &http->options;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned threads = options->threads ? options->threads : (unsigned)SL_MAX(cores, 1L);
    struct MHD_OptionItem items[] = {
        {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)on_log, http},
        {MHD_OPTION_LISTEN_SOCKET, http->listen_fd, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, SL_MAX(options->connections, threads), NULL},
        {MHD_OPTION_PER_IP_CONNECTION_LIMIT, options->connections_per_ip, NULL},
        {MHD_OPTION_CONNECTION_TIMEOUT, options->idle_s, NULL},
        {MHD_OPTION_STRICT_FOR_CLIENT, 1, NULL},
        {MHD_OPTION_UNESCAPE_CALLBACK, (intptr_t)leave_escapes, NULL},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_target, http},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_completed, http},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, http},
        {threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO | MHD_ALLOW_SUSPEND_RESUME |
                     MHD_USE_ERROR_LOG;
    if (http->address[0] == '[')
        flags |= MHD_USE_IPv6;
    http->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, http, MHD_OPTION_ARRAY, items,
                                    MHD_OPTION_END);
    if (!http->daemon)
        return sl_error_set(err, SL_IO, "the HTTP server could not be started on %s",
                            http->address);
    return SL_OK;
}

static void init_locks(sl_http *http)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&http->deadlines.ends, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&http->deadlines.lock, NULL);
    pthread_mutex_init(&http->control.lock, NULL);
    pthread_cond_init(&http->control.has_quick, NULL);
    pthread_cond_init(&http->control.has_heavy, NULL);
    pthread_mutex_init(&http->workers_lock, NULL);
}

static sl_status start_all(sl_http *http, sl_error *err)
{
    const sl_http_options *options = &http->options;
    SL_TRY(sl_router_build(options->routes, options->route_count, &http->router, err));
    SL_TRY(sl_http_listen(http, err));
    SL_TRY(sl_control_start(http, err));
    SL_TRY(sl_deadlines_start(http, err));
    return start_daemon(http, err);
}

sl_status sl_http_start(const sl_http_options *options, sl_http **ret_http, sl_error *err)
{
    sl_http *http = sl_zalloc(sizeof *http);
    if (!http)
        return sl_error_no_memory(err);
    http->options = *options;
    http->listen_fd = -1;
    init_locks(http);
    sl_status status = start_all(http, err);
    if (status != SL_OK) {
        sl_http_stop(http);
        return status;
    }
    *ret_http = http;
    return SL_OK;
}

const char *sl_http_address(const sl_http *http)
{
    return http->address;
}

uint16_t sl_http_port(const sl_http *http)
{
    return http->port;
}

void sl_http_drain(sl_http *http)
{
    if (atomic_exchange(&http->is_draining, true) || !http->daemon)
        return;
    /* The library stops accepting, but may look at the socket until its threads have ended: shut down now, closed at the end. */
    (void)MHD_quiesce_daemon(http->daemon);
    (void)shutdown(http->listen_fd, SHUT_RDWR);
}

bool sl_http_is_draining(const sl_http *http)
{
    return atomic_load_explicit(&http->is_draining, memory_order_relaxed);
}

static void await_running(sl_http *http)
{
    const struct timespec pause = {.tv_nsec = 5000000};
    int64_t end = sl_clock_monotonic_ns() + (int64_t)http->options.drain_s * 1000000000;
    while (sl_workers_in_flight(http) > 0 && sl_clock_monotonic_ns() < end)
        nanosleep(&pause, NULL);
}

void sl_http_stop(sl_http *http)
{
    if (!http)
        return;
    sl_http_drain(http);
    sl_control_stop(
        http); /* resumes all that is suspended, which the library asks for before it stops */
    if (http->daemon) {
        await_running(http);
        MHD_stop_daemon(http->daemon);
    }
    sl_deadlines_stop(http);
    sl_workers_free(http);
    sl_router_done(&http->router);
    if (http->listen_fd >= 0)
        close(http->listen_fd);
    pthread_mutex_destroy(&http->deadlines.lock);
    pthread_cond_destroy(&http->deadlines.ends);
    pthread_mutex_destroy(&http->control.lock);
    pthread_cond_destroy(&http->control.has_quick);
    pthread_cond_destroy(&http->control.has_heavy);
    pthread_mutex_destroy(&http->workers_lock);
    sl_free(http);
}

void sl_http_get_stats(sl_http *http, sl_http_stats *ret_stats)
{
    pthread_mutex_lock(&http->control.lock);
    *ret_stats = (sl_http_stats){
        .parked = http->control.parked_count,
        .control_queue = http->control.lanes[SL_LANE_QUICK].queued,
        .heavy_queue = http->control.lanes[SL_LANE_HEAVY].queued +
                       http->control.lanes[SL_LANE_ANONYMOUS].queued,
    };
    pthread_mutex_unlock(&http->control.lock);
    ret_stats->connections = atomic_load(&http->connections);
    ret_stats->in_flight = sl_workers_in_flight(http);
    ret_stats->body_bytes = atomic_load(&http->body_bytes);
    ret_stats->dropped_slow = atomic_load(&http->dropped_slow);
}
