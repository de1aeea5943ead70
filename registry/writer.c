/* registry/writer.c: one thread writes, and waiting jobs share its transactions.
 *
 *   callers   → queue → │ begin │ savepoint job release │ savepoint job release │ … │ snapshot made │ commit │ published │ → callers wake
 *
 * A commit costs an fsync, whatever is in it: while one is under way the next jobs gather, and go together. A job that fails undoes
 * its savepoint and nothing else. The new snapshot is made before the commit, from what the transaction sees, because after it nothing
 * may fail any more; it is published right after, so that whoever got an answer finds it true.
 *
 * Jobs live on their callers' stacks: the queue is as long as there are callers, and bounded on top of that. When a transaction is lost
 * (no space, I/O), the jobs that ran in it get that status, and those that had not run yet go into the next one. */
#include "registry/internal/core.h"

struct sl_job {
    sl_job_fn fn;
    void *context;
    sl_problem problem;
    sl_status status;
    bool is_done;
    pthread_cond_t done;
    sl_job *next;
};

/* --- the callers' side ----------------------------------------------------------------------- */

static sl_status enqueue(sl_writer *writer, sl_job *job)
{
    if (writer->is_stopping || !writer->is_running)
        return sl_refuse(&job->problem, SL_PROBLEM_BUSY, SL_CLOSED, "the server is shutting down");
    if (writer->job_count >= SL_LIMIT_WRITE_QUEUE)
        return sl_refuse(&job->problem, SL_PROBLEM_BUSY, SL_BUSY,
                         "%d writes wait already (limit WRITE_QUEUE): try again",
                         SL_LIMIT_WRITE_QUEUE);
    if (writer->last)
        writer->last->next = job;
    else
        writer->first = job;
    writer->last = job;
    writer->job_count++;
    pthread_cond_signal(&writer->has_jobs);
    return SL_OK;
}

/* Under the lock, as the last thing that a caller does with the writer. */
static void leave(sl_writer *writer)
{
    writer->callers--;
    if (writer->is_stopping)
        pthread_cond_broadcast(&writer->moved);
}

sl_status sl_writer_run(sl_registry *registry, sl_job_fn fn, void *context, sl_problem *problem)
{
    sl_writer *writer = &registry->writer;
    sl_job job = {.fn = fn, .context = context};
    pthread_cond_init(&job.done, NULL);
    pthread_mutex_lock(&writer->lock);
    writer->callers++;
    job.status = enqueue(writer, &job);
    while (job.status == SL_OK && !job.is_done)
        pthread_cond_wait(&job.done, &writer->lock);
    leave(writer);
    pthread_mutex_unlock(&writer->lock);
    pthread_cond_destroy(&job.done);
    if (problem && job.status != SL_OK)
        *problem = job.problem;
    return job.status;
}

static struct timespec deadline_in(uint32_t wait_ms)
{
    int64_t at = sl_clock_monotonic_ns() + (int64_t)wait_ms * 1000000;
    return (struct timespec){at / 1000000000, at % 1000000000};
}

sl_status sl_writer_wait(sl_registry *registry, int64_t seq, uint32_t wait_ms)
{
    sl_writer *writer = &registry->writer;
    struct timespec deadline = deadline_in(SL_MIN(wait_ms, (uint32_t)SL_LIMIT_CHANGES_WAIT_MS));
    pthread_mutex_lock(&writer->lock);
    writer->callers++;
    int code = 0;
    while (code == 0 && !writer->is_stopping && atomic_load(&writer->change_seq) <= seq)
        code = pthread_cond_timedwait(&writer->moved, &writer->lock, &deadline);
    sl_status status = writer->is_stopping ? SL_CLOSED : SL_OK;
    leave(writer);
    pthread_mutex_unlock(&writer->lock);
    return status;
}

/* --- one job --------------------------------------------------------------------------------- */

/* A job that was refused for its own reasons says nothing about the store; only what the store itself said counts. */
static bool is_store_failure(sl_status status)
{
    return status == SL_FULL || status == SL_IO || status == SL_CORRUPT || status == SL_BUSY;
}

/* What the snapshot must follow is also forgotten when the job is undone. */
static sl_status run_job(sl_tx *tx, sl_job *job, sl_error *err)
{
    size_t topic_count = tx->topics.count;
    bool is_identity_touched = tx->is_identity_touched, has_written = tx->has_written;
    int64_t last_seq = tx->last_seq;
    SL_TRY(sl_session_savepoint(tx->session, err));
    job->problem = (sl_problem){0};
    job->status = job->fn(tx, job->context, &job->problem);
    if (job->status != SL_OK && job->problem.code == SL_PROBLEM_NONE)
        sl_refuse_status(&job->problem, job->status, NULL);
    if (is_store_failure(job->status))
        tx->failure = job->problem.error;
    if (tx->session->doom != SL_OK)
        return sl_error_set(err, tx->session->doom, "%s", job->problem.error.text);
    if (job->status == SL_OK)
        return sl_session_release(tx->session, err);
    tx->topics.count = topic_count;
    tx->is_identity_touched = is_identity_touched;
    tx->has_written = has_written;
    tx->last_seq = last_seq;
    return sl_session_undo(tx->session, err);
}

/* --- one transaction ------------------------------------------------------------------------- */

static sl_status run_jobs(sl_tx *tx, sl_job *first, sl_job **ret_behind, sl_error *err)
{
    sl_status status = SL_OK;
    sl_job *job = first;
    for (uint32_t i = 0; job && i < SL_LIMIT_WRITE_BATCH && status == SL_OK; i++, job = job->next)
        status = run_job(tx, job, err);
    *ret_behind = job;
    return status;
}

static sl_status run_transaction(sl_tx *tx, sl_job *first, sl_job **ret_behind, sl_error *err)
{
    sl_cleanup(sl_snapshot_freep) sl_snapshot *snapshot = NULL;
    sl_status status = sl_session_begin(tx->session, err);
    *ret_behind = first->next;
    if (status != SL_OK)
        return status;
    status = run_jobs(tx, first, ret_behind, err);
    if (status == SL_OK)
        status = sl_snapshot_follow(tx, &snapshot, err);
    if (status == SL_OK)
        status = sl_session_commit(tx->session, err);
    sl_session_rollback(tx->session);
    if (status == SL_OK && snapshot)
        sl_snapshots_publish(&tx->registry->snapshots, sl_take(snapshot));
    return status;
}

/* Wake the callers of the jobs from `first` up to `behind`. Under the lock; a job is not touched after it is done. */
static uint32_t answer(sl_job *first, const sl_job *behind, sl_status status, const sl_error *err)
{
    uint32_t count = 0;
    for (sl_job *job = first, *next; job != behind; job = next, count++) {
        next = job->next;
        if (status != SL_OK && job->status == SL_OK) {
            job->status = status;
            sl_refuse_status(&job->problem, status, err);
        }
        job->is_done = true;
        pthread_cond_signal(&job->done);
    }
    return count;
}

static void note_outcome(sl_writer *writer, const sl_tx *tx, sl_status status, const sl_error *err)
{
    if (status == SL_OK && tx->last_seq)
        atomic_store(&writer->change_seq, tx->last_seq);
    if (is_store_failure(status))
        writer->last_failure = *err;
    else if (tx->failure.status != SL_OK)
        writer->last_failure = tx->failure;
    else if (status == SL_OK && tx->has_written)
        writer->last_failure = (sl_error){0};
    pthread_cond_broadcast(&writer->moved);
}

static sl_job *run_batch(sl_registry *registry, sl_job *first)
{
    sl_writer *writer = &registry->writer;
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_error err = {0};
    sl_job *behind = NULL;
    sl_tx tx = {.registry = registry,
                .session = writer->session,
                .arena = &arena,
                .now_us = sl_clock_realtime_us()};
    sl_status status = run_transaction(&tx, first, &behind, &err);
    pthread_mutex_lock(&writer->lock);
    note_outcome(writer, &tx, status, &err);
    atomic_fetch_add(&writer->transactions, 1);
    atomic_fetch_add(&writer->jobs, answer(first, behind, status, &err));
    pthread_mutex_unlock(&writer->lock);
    sl_vec_done(&tx.topics);
    return behind;
}

static void *write_until_stopped(void *data)
{
    sl_registry *registry = data;
    sl_writer *writer = &registry->writer;
    pthread_mutex_lock(&writer->lock);
    for (;;) {
        while (!writer->first && !writer->is_stopping)
            pthread_cond_wait(&writer->has_jobs, &writer->lock);
        sl_job *jobs = writer->first;
        if (!jobs)
            break;
        writer->first = writer->last = NULL;
        writer->job_count = 0;
        pthread_mutex_unlock(&writer->lock);
        while (jobs)
            jobs = run_batch(registry, jobs);
        pthread_mutex_lock(&writer->lock);
    }
    pthread_mutex_unlock(&writer->lock);
    return NULL;
}

/* --- life ------------------------------------------------------------------------------------ */

static void init_locks(sl_writer *writer)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&writer->lock, NULL);
    pthread_cond_init(&writer->has_jobs, NULL);
    pthread_cond_init(&writer->moved, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

sl_status sl_writer_start(sl_registry *registry, sl_error *err)
{
    init_locks(&registry->writer);
    int code = pthread_create(&registry->writer.thread, NULL, write_until_stopped, registry);
    if (code != 0)
        return sl_error_set(err, SL_NO_MEMORY, "cannot start the writer's thread: %s",
                            strerrordesc_np(code));
    registry->writer.is_running = true;
    return SL_OK;
}

static void stop_thread(sl_writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    writer->is_stopping = true;
    pthread_cond_signal(&writer->has_jobs);
    pthread_cond_broadcast(&writer->moved);
    pthread_mutex_unlock(&writer->lock);
    pthread_join(writer->thread, NULL);
    pthread_mutex_lock(&writer->lock);
    while (writer->callers > 0)
        pthread_cond_wait(&writer->moved, &writer->lock);
    pthread_mutex_unlock(&writer->lock);
    pthread_cond_destroy(&writer->moved);
    pthread_cond_destroy(&writer->has_jobs);
    pthread_mutex_destroy(&writer->lock);
    writer->is_running = false;
}

void sl_writer_stop(sl_registry *registry)
{
    if (registry->writer.is_running)
        stop_thread(&registry->writer);
    sl_session_close(registry->writer.session);
    registry->writer.session = NULL;
}

/* --- what the snapshot must follow ------------------------------------------------------------ */

sl_status sl_touch_topic(sl_tx *tx, sl_str topic)
{
    sl_str copy;
    SL_TRY(sl_arena_copy_str(tx->arena, topic, &copy));
    return sl_vec_push(&tx->topics, copy);
}

sl_status sl_touch_subject(sl_tx *tx, sl_str subject)
{
    sl_contract_row *rows;
    size_t count;
    SL_TRY(sl_contracts_of_subject(tx->session, subject, tx->arena, &rows, &count, NULL));
    for (size_t i = 0; i < count; i++)
        SL_TRY(sl_touch_topic(tx, rows[i].topic));
    return SL_OK;
}

sl_status sl_touch_producer(sl_tx *tx, sl_str producer)
{
    sl_contract_row key = {.producer = producer}, *rows;
    size_t count;
    sl_touch_identity(tx);
    SL_TRY(sl_scan_contract_by_producer(tx->session, (sl_scan){.key = &key, .equal_count = 1},
                                        tx->arena, &rows, &count, NULL));
    for (size_t i = 0; i < count; i++)
        SL_TRY(sl_touch_topic(tx, rows[i].topic));
    return SL_OK;
}

void sl_touch_identity(sl_tx *tx)
{
    tx->is_identity_touched = true;
}
