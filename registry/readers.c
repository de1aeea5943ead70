/* registry/readers.c: sessions for reading, lent and taken back.
 *
 * Opening one costs a file to be opened and statements to be prepared, so those that are done wait for the next caller. Never lent to two
 * threads at once. */
#include "registry/internal/core.h"

void sl_readers_init(sl_readers *readers)
{
    pthread_mutex_init(&readers->lock, NULL);
}

void sl_readers_done(sl_readers *readers)
{
    for (size_t i = 0; i < readers->idle_count; i++)
        sl_session_close(readers->idle[i]);
    pthread_mutex_destroy(&readers->lock);
}

static sl_session *take_idle(sl_readers *readers)
{
    pthread_mutex_lock(&readers->lock);
    sl_session *session = readers->idle_count ? readers->idle[--readers->idle_count] : NULL;
    pthread_mutex_unlock(&readers->lock);
    return session;
}

static void give_idle(sl_readers *readers, sl_session *session)
{
    pthread_mutex_lock(&readers->lock);
    if (readers->idle_count < SL_IDLE_READERS_MOST)
        readers->idle[readers->idle_count++] = sl_take(session);
    pthread_mutex_unlock(&readers->lock);
    sl_session_close(session);
}

sl_status sl_reader_take(sl_registry *registry, sl_reader *ret_reader, sl_problem *problem)
{
    sl_error err = {0};
    sl_session *session = take_idle(&registry->readers);
    sl_status status = SL_OK;
    if (!session)
        status = sl_session_open(registry->store, SL_SESSION_READER, &session, &err);
    if (status == SL_OK)
        status = sl_session_begin(session, &err);
    if (status != SL_OK) {
        sl_session_close(session);
        return sl_refuse_status(problem, status, &err);
    }
    *ret_reader = (sl_reader){registry, session};
    return SL_OK;
}

void sl_reader_give(sl_reader *reader)
{
    if (!reader->session)
        return;
    sl_session_rollback(reader->session);
    give_idle(&reader->registry->readers, reader->session);
    reader->session = NULL;
}
