/* registry/internal/writer.h: the one thread that writes, and the transaction that a job runs in. */
#pragma once

#include "registry/registry.h"
#include "registry/store/store.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct sl_job sl_job;

/* What a job gets. It belongs to the writer's thread. */
typedef struct sl_tx {
    sl_registry *registry;
    sl_session *session;
    sl_arena *arena; /* lives until the transaction has ended */
    int64_t now_us;
    /* What the snapshot has to follow: told by sl_touch_…() */
    SL_VEC(sl_str) topics;
    bool is_identity_touched;
    int64_t last_seq; /* of the change that was appended last; 0: none */
    bool has_written; /* a commit of this proves that the store takes writes */
    sl_error failure; /* what the store said to a job of this transaction */
} sl_tx;

/* Runs inside a savepoint of a shared transaction. Not SL_OK: what it wrote is undone, the others' work is not. It may be run again by its
 * caller, so it changes nothing outside `context` that a second run would not set again. */
typedef sl_status (*sl_job_fn)(sl_tx *tx, void *context, sl_problem *problem);

typedef struct sl_writer {
    pthread_t thread;
    bool is_running;
    sl_session *session;
    pthread_mutex_t lock;
    pthread_cond_t has_jobs; /* for the writer's thread */
    pthread_cond_t
        moved; /* the change sequence has moved, the registry closes, or a caller has left it while it closes */
    sl_job *first, *last;
    uint32_t job_count;
    uint32_t
        callers; /* threads inside sl_writer_run() or sl_writer_wait(): closing waits for them */
    bool is_stopping;
    sl_error last_failure; /* status SL_OK: the last write went through */
    _Atomic int64_t change_seq;
    _Atomic uint64_t transactions, jobs;
} sl_writer;

/* Run `fn` on the writer's thread and wait until its commit is on disk and the snapshot shows it.
 * SL_OK; what `fn` returned; SL_BUSY (SL_LIMIT_WRITE_QUEUE jobs wait); SL_CLOSED; SL_FULL, SL_IO, SL_NO_MEMORY: nothing was stored. */
SL_MUST_CHECK sl_status sl_writer_run(sl_registry *registry, sl_job_fn fn, void *context,
                                      sl_problem *problem);

SL_MUST_CHECK sl_status sl_writer_start(sl_registry *registry, sl_error *err);
void sl_writer_stop(sl_registry *registry); /* finishes what is queued */

/* Tell what the snapshot must follow. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_touch_topic(sl_tx *tx, sl_str topic);
SL_MUST_CHECK sl_status sl_touch_subject(sl_tx *tx, sl_str subject); /* all topics on it */
SL_MUST_CHECK sl_status sl_touch_producer(sl_tx *tx,
                                          sl_str producer); /* all its topics, and its tokens */
void sl_touch_identity(sl_tx *tx);

/* Wait until the change sequence is above `seq` or `wait_ms` are over: SL_OK. SL_CLOSED: the registry closes, do not touch it any more. */
SL_MUST_CHECK sl_status sl_writer_wait(sl_registry *registry, int64_t seq, uint32_t wait_ms);
