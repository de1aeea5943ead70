/* server/http/internal/exchange.h: one request and its answer, from the first line to the last byte, and the server around it.
 *
 * An exchange is pooled by the worker that reads its connection: its arena and buffers keep their memory from one request to the next. At any
 * moment one thread owns it: the worker, or, while its connection is suspended, whoever holds it in the control queue. */
#pragma once

#include "server/http/http.h"
#include "server/http/internal/path.h"
#include "server/http/internal/router.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct sl_exchange sl_exchange;
typedef struct sl_worker sl_worker;
typedef struct sl_peer sl_peer;

typedef enum sl_stage {
    SL_STAGE_HEAD,    /* nothing is decided */
    SL_STAGE_BODY,    /* the body gathers */
    SL_STAGE_DISCARD, /* refused; the body is dropped, then the answer goes out */
    SL_STAGE_CONTROL, /* suspended: queued, running on a control thread, or parked */
    SL_STAGE_ANSWER,  /* the answer is ready */
    SL_STAGE_SENT,    /* and has been handed to the library */
    SL_STAGE_DROP,    /* no answer can go out: the connection ends */
} sl_stage;

/* Where requests wait for a control thread. */
typedef enum sl_lane {
    SL_LANE_QUICK, /* reads and writes of one thing: for the control threads */
    SL_LANE_HEAVY, /* schemas linked and compared, long payloads: for the heavy threads */
    SL_LANE_ANONYMOUS, /* the same for callers without a name: for all heavy threads but one, when no other waits */
    SL_LANE_COUNT
} sl_lane;

/* Headers that nearly every request is asked for: gathered in one pass over the head. */
typedef enum sl_known_header {
    SL_HEADER_ACCEPT,
    SL_HEADER_AUTHORIZATION,
    SL_HEADER_CONTENT_LENGTH,
    SL_HEADER_CONTENT_TYPE,
    SL_HEADER_EXPECT,
    SL_HEADER_IF_MATCH,
    SL_HEADER_IF_NONE_MATCH,
    SL_HEADER_TRANSFER_ENCODING,
    SL_HEADER_REQUEST_ID,
    SL_KNOWN_HEADERS
} sl_known_header;
extern const sl_str sl_known_headers[SL_KNOWN_HEADERS];

typedef struct sl_body {
    uint8_t *data;
    size_t len, cap; /* cap without the slop */
    size_t limit;
    size_t accounted; /* of sl_http.body_bytes */
} sl_body;

struct sl_exchange {
    sl_request request; /* first: handlers hold a pointer to it */
    sl_response response;
    sl_query query;
    sl_arena arena;
    sl_body body;
    sl_str raw_query;
    sl_str known[SL_KNOWN_HEADERS];  /* values, trimmed; absent if not sent */
    bool is_twice[SL_KNOWN_HEADERS]; /* the header came again */
    bool has_known;                  /* `known` is filled */
    bool is_last;  /* where this request ends is in doubt: the connection ends behind its answer */
    sl_peer *peer; /* the connection, for its deadlines; may be NULL */
    sl_str method_text;
    sl_str id; /* absent until it is asked for */
    size_t target_bytes, discarded;
    sl_stage stage;
    int64_t began_ns;
    sl_lane lane;        /* that it waits in, or runs from, when the stage is CONTROL */
    uint64_t wakes_seen; /* sl_control.wakes when the handler was last run */
    void *connection;    /* of the library */
    sl_http *http;
    sl_worker *worker;
    sl_exchange *next; /* in a pool, the queue, or the parked */
};

/* A thread that reads connections or runs handlers: its pool, and what the handlers keep for it. */
struct sl_worker {
    sl_http *http;
    sl_exchange *pool; /* touched by this thread only */
    size_t pooled;
    atomic_uint_fast64_t in_flight; /* written by this thread only: no cache line is fought for */
    void *scratch;
    uint32_t id_prefix; /* of generated request ids */
    atomic_uint id_count;
    sl_worker *next;
};

typedef struct sl_control_thread {
    pthread_t thread;
    sl_worker *worker;
    bool is_heavy;
} sl_control_thread;

typedef struct sl_control {
    pthread_mutex_t lock;
    pthread_cond_t has_quick, has_heavy; /* for the threads of either kind */
    sl_control_thread *threads;
    unsigned thread_count, heavy_count;
    struct sl_queue {
        sl_exchange *head, *tail;
        size_t queued;  /* reserved places included */
        size_t running; /* taken out and not finished */
    } lanes[SL_LANE_COUNT];
    sl_exchange *parked;
    size_t parked_count;
    uint64_t wakes;
    bool is_stopping;
} sl_control;

typedef struct sl_deadlines {
    pthread_mutex_t lock;
    pthread_cond_t ends;
    pthread_t thread;
    sl_peer *peers; /* open connections */
    bool is_running, is_stopping;
} sl_deadlines;

struct sl_http {
    sl_http_options options;
    sl_router router;
    sl_control control;
    sl_deadlines deadlines;
    pthread_mutex_t workers_lock;
    sl_worker *workers;
    void *daemon; /* of the library */
    int listen_fd;
    uint16_t port;
    char address[96];
    atomic_bool is_draining;
    atomic_size_t body_bytes;
    atomic_uint_fast64_t connections, dropped_slow;
};

/* --- exchange.c ------------------------------------------------------------------------------ */

/* A zeroed or recycled exchange of this worker; NULL when memory is out. */
sl_exchange *sl_exchange_take(sl_worker *worker);
/* Back to the pool of its worker: to be called on that worker's thread, or when it has ended. */
void sl_exchange_release(sl_exchange *exchange);

/* What the library knows of a complete head. */
typedef struct sl_head {
    sl_str path, method;
    size_t head_bytes;
} sl_head;
/* Decide on a complete head: stage becomes BODY (go on), DISCARD or ANSWER with the refusal in the response, or DROP. */
void sl_exchange_begin(sl_exchange *exchange, const sl_head *head);
/* A part of the body. False: drop the connection. */
bool sl_exchange_feed(sl_exchange *exchange, const void *data, size_t len);
/* The body is complete: run the handler here. Stage becomes ANSWER, or CONTROL when the exchange wants a control thread. */
void sl_exchange_run(sl_exchange *exchange);
/* Fill the response with a refusal. */
void sl_exchange_refuse(sl_exchange *exchange, sl_refusal why, sl_str detail);
/* Tell `done` of the answer that is decided at `now_ns`. */
void sl_exchange_report(sl_exchange *exchange, int status, size_t bytes_out, int64_t now_ns);

/* --- body.c ---------------------------------------------------------------------------------- */

/* Make room for a body of `declared` bytes (0: unknown), at most `limit`. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_body_begin(sl_exchange *exchange, size_t declared, size_t limit);
/* SL_OK, SL_LIMIT (the body's), SL_BUSY (the bodies' of all connections), SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_body_append(sl_exchange *exchange, const void *data, size_t len);
/* The body with its slop. SL_OK, SL_NO_MEMORY (an empty body needs slop as well). */
SL_MUST_CHECK sl_status sl_body_bytes(sl_exchange *exchange, sl_bytes *ret_bytes);
/* Empty it; a large buffer is given back. */
void sl_body_clear(sl_exchange *exchange);
void sl_body_done(sl_exchange *exchange);

/* --- worker.c -------------------------------------------------------------------------------- */

/* A worker in the server's list; NULL when memory is out. */
sl_worker *sl_worker_new(sl_http *http);
/* The calling thread's worker, made at its first call; NULL when memory is out. */
sl_worker *sl_worker_here(sl_http *http);
/* Requests under way, all workers together. */
uint64_t sl_workers_in_flight(sl_http *http);
/* Free all; no thread of the server runs any more. */
void sl_workers_free(sl_http *http);

/* --- control.c ------------------------------------------------------------------------------- */

SL_MUST_CHECK sl_status sl_control_start(sl_http *http, sl_error *err);
/* Take a place in the queue of a lane; false when it is full. Followed by sl_control_push(). */
bool sl_control_reserve(sl_http *http, sl_lane lane);
/* Hand over a suspended exchange, to the lane that it names. */
void sl_control_push(sl_http *http, sl_exchange *exchange);
/* Queue what is parked and whose time is up. */
void sl_control_expire(sl_http *http, int64_t now_ns);
/* Run what is queued, then end the threads. */
void sl_control_stop(sl_http *http);

/* --- deadlines.c ----------------------------------------------------------------------------- */

typedef enum sl_phase { SL_PHASE_HEAD, SL_PHASE_BODY, SL_PHASE_WORK, SL_PHASE_SEND } sl_phase;

SL_MUST_CHECK sl_status sl_deadlines_start(sl_http *http, sl_error *err);
void sl_deadlines_stop(sl_http *http);
/* A connection opens, with its socket; NULL when memory is out. It closes before its socket does. */
sl_peer *sl_peer_open(sl_http *http, int fd);
void sl_peer_close(sl_http *http, sl_peer *peer);
/* `now_ns`: monotonic; the caller has usually read the clock anyway. Accepts a NULL peer. */
void sl_peer_enter(sl_peer *peer, sl_phase phase, int64_t now_ns);
/* Remember the connection's exchange (NULL: none) and give the one before. On the connection's thread; accepts NULL for `peer`. */
sl_exchange *sl_peer_hold(sl_peer *peer, sl_exchange *exchange);

/* --- address.c ------------------------------------------------------------------------------- */

/* Listen on http->options.address; fills listen_fd, port and address. SL_OK, SL_INVALID, SL_EXISTS, SL_IO. */
SL_MUST_CHECK sl_status sl_http_listen(sl_http *http, sl_error *err);

/* --- mhd.c ----------------------------------------------------------------------------------- */

/* Let the worker go on with a suspended exchange; it is no longer the caller's. */
void sl_mhd_resume(sl_exchange *exchange);
