/* server/http/http.h: the door of the HTTP back room: routes in, requests to handlers, answers out.
 *
 * What lies in front of this door (server/api) sees requests and responses and no HTTP library; what lies behind it (mhd.c) knows no
 * registry. Life of a request:
 *
 *   head  ─ route, method, media types, length, admit() ─┬─ refused: answer (a short body is read and dropped first)
 *                                                        └─ body gathers ─ handler ─┬─ answer
 *        on a worker thread (epoll), which must never wait                          ├─ to a control thread, connection suspended
 *                                                                                   └─ parked until sl_http_wake() or its time is up
 *
 * An INLINE route's handler runs on the worker that reads the connection; it may hand itself over to a control thread. A CONTROL route's handler
 * always runs on a control thread and may block. A HEAVY route's does so too, but on a lane of its own: what may keep a processor busy for
 * seconds has few threads, so that what is answered in a moment never waits behind it. The queues to those threads are bounded: when one is
 * full the answer is 503. */
#pragma once

#include "base/base.h"

typedef struct sl_http sl_http;
typedef struct sl_route sl_route;
typedef struct sl_request sl_request;
typedef struct sl_response sl_response;
typedef struct sl_prepared sl_prepared;

typedef enum sl_http_method {
    SL_METHOD_GET,
    SL_METHOD_POST,
    SL_METHOD_PUT,
    SL_METHOD_PATCH,
    SL_METHOD_DELETE,
    SL_METHOD_COUNT
} sl_http_method;
const char *sl_http_method_name(sl_http_method method);

/* --- routes ---------------------------------------------------------------------------------- */

typedef void sl_handler(sl_request *request, sl_response *response);

typedef enum sl_route_kind { SL_ROUTE_INLINE, SL_ROUTE_CONTROL, SL_ROUTE_HEAVY } sl_route_kind;

/* Largest body, as a class; the bytes of each are an option of the server. */
typedef enum sl_body_class {
    SL_BODY_NONE, /* a body is refused */
    SL_BODY_SMALL,
    SL_BODY_SCHEMA,
    SL_BODY_PAYLOAD,
    SL_BODY_BATCH,
    SL_BODY_CLASS_COUNT
} sl_body_class;

enum { SL_ROUTE_PARAMS = 4 };

/* A row of the table of routes. All pointers are static. A pattern's segments are literals or {names}: /v1/topics/{topic}/contract. */
struct sl_route {
    const char *name; /* of the handler; for metrics and as operationId */
    sl_http_method method;
    const char *pattern;
    sl_handler *handler;
    sl_route_kind kind;
    int auth; /* means something to admit() alone */
    const char *
        accepts; /* media types of a body, comma-separated; "" for none. "*" at the end: a body without a type is taken */
    const char *produces; /* media types of answers, comma-separated, the usual one first */
    sl_body_class body;
    const char *query; /* names of query parameters, comma-separated; others are refused */
    const char *summary;
};

/* --- requests -------------------------------------------------------------------------------- */

/* Everything borrowed holds until the answer has been sent. */
struct sl_request {
    const sl_route *route;
    sl_http_method method; /* HEAD comes as GET */
    sl_str path;           /* as sent */
    sl_str
        params[SL_ROUTE_PARAMS]; /* decoded, in the order of the pattern; valid UTF-8 without NUL */
    size_t param_count;
    sl_str content_type; /* media type alone, "" if none; compare without case */
    sl_bytes body;       /* `body_slop` readable bytes behind it */
    sl_arena *arena;     /* for what belongs to this request */
    void *context;       /* of the server's options */
    void *scratch;       /* of the thread that runs the handler; see sl_http_options */
    bool is_control;     /* on a control thread: may block */
    bool is_anonymous;   /* for admit() to set: heavy work for nobody in particular comes last */
    bool is_expired;     /* was parked, and its time is up */
    bool is_woken;       /* was parked, and sl_http_wake() came */
    int64_t parked_until_ns; /* was parked, until then; 0: never was */
    void *user;              /* for admit() to leave something to the handler */
    size_t limit;            /* the number that a refusal is about; 0: none */
};

/* The server that it came to, which may not have come back from sl_http_start() yet: requests come in as soon as it listens. */
sl_http *sl_request_http(const sl_request *request);
/* A header's value with blanks trimmed; absent if it was not sent. */
sl_str sl_request_header(const sl_request *request, const char *name);
/* The request's id: the client's X-Request-Id if it is harmless, else one of our own. NUL-terminated; "" when memory is out. Sent with
 * every answer that is not a prepared one. */
sl_str sl_request_id(sl_request *request);
/* A query parameter, decoded; absent if it was not sent. */
sl_str sl_request_query(const sl_request *request, const char *name);

/* Does an Accept header take `media_type`? Absent and empty take everything. RFC 9110 §12.5.1; "q=0" refuses. */
bool sl_media_is_accepted(sl_str accept, sl_str media_type);
/* Is `media_type` in the comma-separated `list`? */
bool sl_media_in_list(const char *list, sl_str media_type);

/* --- responses ------------------------------------------------------------------------------- */

enum { SL_RESPONSE_HEADERS = 8 };

typedef enum sl_response_action {
    SL_RESPONSE_SEND,
    SL_RESPONSE_HAND_OVER,       /* INLINE handlers: run me again on a control thread */
    SL_RESPONSE_HAND_OVER_HEAVY, /* the same, on the heavy lane */
    SL_RESPONSE_PARK, /* CONTROL handlers: run me again when woken, or at `park_until_ns` */
} sl_response_action;

struct sl_response {
    int status;               /* 200 when a handler begins */
    const char *content_type; /* static; NULL: none */
    sl_buf body;              /* sent unless `text` or `prepared` is set */
    sl_str text; /* sent in place of `body` when present: static, or in the request's arena */
    struct {
        const char *name; /* static */
        sl_str value;     /* static or in the request's arena; NUL-terminated */
    } headers[SL_RESPONSE_HEADERS];
    size_t header_count;
    const sl_prepared *
        prepared; /* sent in place of all above; borrowed until the next request of this thread's scratch */
    sl_response_action action;
    int64_t park_until_ns; /* monotonic */
};

/* Add a header; more than SL_RESPONSE_HEADERS are dropped. `value` is NUL-terminated and lives as long as the request. */
void sl_response_header(sl_response *response, const char *name, sl_str value);
/* Forget what a handler has written so far. */
void sl_response_reset(sl_response *response);

/* An answer that is built once and sent often: status, type and body are copied. NULL when memory is out. May be shared by threads; freed with
 * sl_prepared_free() once no handler can name it any more (answers under way keep it alive by themselves). */
sl_prepared *sl_prepared_new(int status, const char *content_type, sl_str body);
void sl_prepared_free(sl_prepared *prepared); /* accepts NULL */

/* --- the server ------------------------------------------------------------------------------ */

/* Why HTTP itself refuses a request. */
typedef enum sl_refusal {
    SL_REFUSE_PATH, /* 400: a bad percent-escape, NUL or bytes that are not UTF-8 in path or query */
    SL_REFUSE_QUERY, /* 400: a query parameter that the route does not have */
    SL_REFUSE_FRAMING, /* 400: where the body ends is said twice or in two ways; the connection ends */
    SL_REFUSE_NO_ROUTE,    /* 404 */
    SL_REFUSE_METHOD,      /* 405; Allow is set */
    SL_REFUSE_ACCEPT,      /* 406 */
    SL_REFUSE_TOO_LARGE,   /* 413 */
    SL_REFUSE_TARGET,      /* 414 */
    SL_REFUSE_MEDIA_TYPE,  /* 415 */
    SL_REFUSE_HEAD,        /* 431 */
    SL_REFUSE_CODING,      /* 501: a transfer coding other than chunked; the connection ends */
    SL_REFUSE_BUSY,        /* 503: the queue of the lane is full; Retry-After is set */
    SL_REFUSE_BODY_MEMORY, /* 503: too many bodies under way; Retry-After is set */
    SL_REFUSE_DRAINING,    /* 503: the server is stopping */
} sl_refusal;

/* Told when an answer is decided, before its bytes go out. `route` NULL: none matched. */
typedef struct sl_http_event {
    const sl_route *route;
    sl_str method, path;
    int status;
    size_t bytes_in, bytes_out;
    int64_t duration_ns; /* since the head was complete */
} sl_http_event;

typedef struct sl_http_options {
    const sl_route *routes;
    size_t route_count;
    void *context;
    /* May this request go on? False: `response` holds the refusal. On a worker thread, before the body is read. */
    bool (*admit)(sl_request *request, sl_response *response);
    /* Write the answer to a refusal: status, type and body. `detail` is for people and may be absent. */
    void (*refuse)(sl_request *request, sl_refusal why, sl_str detail, sl_response *response);
    /* Something of its own for each thread that runs handlers: made on the thread's first request, freed after its last. NULL: none. */
    void *(*scratch_new)(void *context);
    void (*scratch_free)(void *scratch);
    void (*done)(void *context, void *scratch, const sl_http_event *event);
    size_t body_limits[SL_BODY_CLASS_COUNT]; /* bytes */
    size_t body_slop;                        /* readable bytes behind a body */
    size_t body_memory;  /* bytes of bodies under way, all connections together */
    const char *address; /* "127.0.0.1:8081", "[::]:8081", "localhost:0" */
    unsigned threads;    /* 0: one a core */
    unsigned control_threads;
    unsigned heavy_threads;                   /* 0: one a core, at least 2 */
    unsigned connections, connections_per_ip; /* 0 for the latter: no bound */
    unsigned idle_s, head_s, body_s, drain_s;
} sl_http_options;

/* Listen and serve. `options` is copied; what it points to must live until sl_http_stop().
 * SL_OK; SL_INVALID (address); SL_EXISTS (address in use); SL_IO; SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_http_start(const sl_http_options *options, sl_http **ret_http,
                                      sl_error *err);
const char *sl_http_address(const sl_http *http); /* with the real port */
uint16_t sl_http_port(const sl_http *http);
/* From now on answers close their connections, and is_draining() is true. */
void sl_http_drain(sl_http *http);
bool sl_http_is_draining(const sl_http *http);
/* Run every parked request again. Any thread. */
void sl_http_wake(sl_http *http);
size_t sl_http_parked(sl_http *http);
/* Drain, give running requests up to drain_s, close, join, free. Accepts NULL. */
void sl_http_stop(sl_http *http);

/* Gauges for /metrics. */
typedef struct sl_http_stats {
    uint64_t connections, in_flight, parked, control_queue, heavy_queue, body_bytes, dropped_slow;
} sl_http_stats;
void sl_http_get_stats(sl_http *http, sl_http_stats *ret_stats);
