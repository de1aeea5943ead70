/* server/server.c: the parts put together, and taken apart in the opposite order.
 *
 *   start   registry → admin token → metrics, openapi → HTTP → watcher of changes
 *   stop    HTTP says that it is stopping → watcher → HTTP finishes what runs → registry finishes its writes
 *
 * The HTTP room is given a table of routes and four functions: who may come in, how a refusal is told, what each thread keeps, and who counts. */
#include "server/internal/app.h"

#include <stdio.h>

static void thread_free(void *scratch)
{
    sl_app_thread *thread = scratch;
    sl_violations_done(&thread->violations);
    sl_api_cache_free(thread->cache);
    sl_callers_free(thread->callers);
    sl_free(thread);
}

static void *thread_new(void *context)
{
    sl_server *server = context;
    sl_app_thread *thread = sl_zalloc(sizeof *thread);
    if (!thread)
        return NULL;
    thread->server = server;
    thread->metrics = sl_metrics_thread_new(server->metrics);
    thread->cache = sl_api_cache_new();
    thread->callers = sl_callers_new();
    if (thread->metrics && thread->cache && thread->callers)
        return thread;
    thread_free(thread);
    return NULL;
}

static void count(void *context, void *scratch, const sl_http_event *event)
{
    (void)context;
    const sl_app_thread *thread = scratch;
    sl_metrics_answer(thread->metrics, event);
    if (!sl_log_is_on(SL_LOG_DEBUG))
        return;
    sl_log(SL_LOG_DEBUG, "%.*s %.*s status=%d in=%zu out=%zu us=%lld", SL_STR_ARG(event->method),
           SL_STR_ARG(event->path), event->status, event->bytes_in, event->bytes_out,
           (long long)(event->duration_ns / 1000));
}

static sl_status start_http(sl_server *server, const sl_settings *settings, const char *address,
                            sl_error *err)
{
    const sl_http_options options = {
        .routes = sl_routes,
        .route_count = sl_route_count,
        .context = server,
        .admit = sl_app_admit,
        .refuse = sl_app_refuse,
        .scratch_new = thread_new,
        .scratch_free = thread_free,
        .done = count,
        .body_limits =
            {
                [SL_BODY_NONE] = 0,
                [SL_BODY_SMALL] = SL_LIMIT_HTTP_SMALL_BODY_BYTES,
                [SL_BODY_SCHEMA] = server->max_body,
                [SL_BODY_PAYLOAD] = server->max_payload,
                [SL_BODY_BATCH] = server->max_batch,
            },
        .body_slop = SL_PAYLOAD_SLOP,
        .body_memory = settings->max_body_memory,
        .address = address,
        .threads = (unsigned)settings->threads,
        .control_threads = (unsigned)settings->control_threads,
        .heavy_threads = (unsigned)settings->heavy_threads,
        .connections = (unsigned)settings->max_connections,
        .connections_per_ip = (unsigned)settings->max_connections_per_ip,
        .idle_s = (unsigned)settings->idle_timeout,
        .head_s = (unsigned)settings->header_timeout,
        .body_s = (unsigned)settings->body_timeout,
        .drain_s = (unsigned)settings->drain_timeout,
    };
    return sl_http_start(&options, &server->http, err);
}

static sl_status open_registry(sl_server *server, const sl_settings *settings, sl_error *err)
{
    const sl_registry_options options = {
        .store = settings->store,
        .default_level = settings->default_compatibility,
        .category = settings->compatibility_rules,
        .is_auth_required = settings->require_auth,
        .max_payload_bytes = server->max_payload,
    };
    sl_registry_stats stats = {0};
    SL_TRY(sl_registry_open(&options, &server->registry, err));
    sl_registry_get_stats(server->registry, &stats);
    snprintf(server->store, sizeof server->store, "%.*s%s%.*s", SL_STR_ARG(stats.store),
             stats.store_version.len ? " " : "", SL_STR_ARG(stats.store_version));
    return SL_OK;
}

static sl_status start_all(sl_server *server, const sl_settings *settings, sl_error *err)
{
    char address[128];
    if (settings->listen.len >= sizeof address)
        return sl_error_set(err, SL_INVALID, "the address to listen on is too long");
    memcpy(address, settings->listen.data, settings->listen.len);
    address[settings->listen.len] = '\0';
    server->is_auth_required = settings->require_auth;
    server->max_payload = settings->max_payload;
    server->max_batch = settings->max_batch;
    server->max_body = settings->max_body;
    SL_TRY(open_registry(server, settings, err));
    server->metrics = sl_metrics_new();
    sl_openapi_write(&server->openapi);
    if (!server->metrics || server->openapi.has_failed)
        return sl_error_no_memory(err);
    SL_TRY(start_http(server, settings, address, err));
    SL_TRY(sl_watcher_start(server, err));
    /* Last: a token that is drawn here is shown to the caller, and a start that fails behind it would lose it. */
    sl_str given = settings->admin_token.len ? settings->admin_token : (sl_str){0};
    return sl_registry_ensure_admin(server->registry, given, server->admin_token, err);
}

sl_status sl_server_start(const sl_settings *settings, sl_server **ret_server, sl_error *err)
{
    sl_server *server = sl_zalloc(sizeof *server);
    if (!server)
        return sl_error_no_memory(err);
    sl_status status = start_all(server, settings, err);
    if (status != SL_OK) {
        sl_server_stop(server);
        return status;
    }
    *ret_server = server;
    return SL_OK;
}

uint16_t sl_server_port(const sl_server *server)
{
    return sl_http_port(server->http);
}

const char *sl_server_address(const sl_server *server)
{
    return sl_http_address(server->http);
}

const char *sl_server_new_admin_token(const sl_server *server)
{
    return server->admin_token;
}

const char *sl_server_store(const sl_server *server)
{
    return server->store;
}

void sl_server_stop(sl_server *server)
{
    if (!server)
        return;
    if (server->http)
        sl_http_drain(server->http);
    sl_watcher_stop(server);
    sl_http_stop(server->http);
    sl_registry_close(server->registry);
    sl_metrics_free(server->metrics);
    sl_buf_done(&server->openapi);
    sl_free(server);
}
