/* server/internal/app.h: the server's own state, and what its handlers share. */
#pragma once

#include "registry/registry.h"
#include "server/http/http.h"
#include "server/internal/metrics.h"
#include "server/server.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct sl_watcher {
    pthread_t thread;
    atomic_bool is_stopping;
    bool is_running;
    int64_t seen; /* sequence number of the last change that was announced */
} sl_watcher;

struct sl_server {
    sl_registry *registry;
    sl_http *http; /* not for handlers, which may run before it is set: sl_request_http() */
    sl_metrics *metrics;
    sl_watcher watcher;
    bool is_auth_required;
    size_t max_payload, max_batch, max_body;
    char admin_token[SL_TOKEN_TEXT_SIZE];
    char store[64];
    sl_buf openapi; /* made once */
};

/* What a thread that runs handlers keeps: scratch of its requests, counters of its own, and answers that it gives again and again. */
typedef struct sl_api_cache sl_api_cache;
typedef struct sl_app_thread {
    sl_server *server;
    sl_violations violations;
    sl_metrics_thread *metrics; /* owned by the server's metrics */
    sl_api_cache *cache;
    sl_callers *callers;
} sl_app_thread;

static inline sl_server *sl_app(const sl_request *request)
{
    return request->context;
}

static inline sl_registry *sl_app_registry(const sl_request *request)
{
    return sl_app(request)->registry;
}

/* Who calls; never NULL behind admit(). */
static inline const sl_actor *sl_app_actor(const sl_request *request)
{
    return request->user;
}

/* --- routes.c -------------------------------------------------------------------------------- */

typedef enum sl_auth { SL_AUTH_OPEN, SL_AUTH_READ, SL_AUTH_WRITE } sl_auth;
extern const sl_route sl_routes[];
extern const size_t sl_route_count;
/* Place of a route in the table; sl_route_count for NULL. */
size_t sl_route_index(const sl_route *route);

#define ROUTE(handler, method, pattern, kind, auth, accepts, produces, body, query, summary) \
    sl_handler sl_api_##handler;
#include "server/routes.def"
#undef ROUTE

/* --- admit.c --------------------------------------------------------------------------------- */

bool sl_app_admit(sl_request *request, sl_response *response);
void sl_app_refuse(sl_request *request, sl_refusal why, sl_str detail, sl_response *response);

/* --- changes.c ------------------------------------------------------------------------------- */

/* Wake the long polls when something changes. SL_OK, SL_IO. */
SL_MUST_CHECK sl_status sl_watcher_start(sl_server *server, sl_error *err);
void sl_watcher_stop(sl_server *server);

/* --- openapi.c ------------------------------------------------------------------------------- */

/* Write the description of all routes. */
void sl_openapi_write(sl_buf *buf);

/* --- validate.c ------------------------------------------------------------------------------ */

sl_api_cache *sl_api_cache_new(void); /* NULL: no memory */
void sl_api_cache_free(sl_api_cache *cache);
