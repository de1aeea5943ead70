/* registry/internal/core.h: the registry's own state, and what its use-cases share. */
#pragma once

#include "registry/internal/snapshot.h"
#include "registry/internal/writer.h"
#include "registry/registry.h"
#include "registry/store/store.h"

#include <pthread.h>

/* Reader sessions that wait for use. A use-case takes one and gives it back; how many exist at once is how many callers there are. */
enum { SL_IDLE_READERS_MOST = 16 };
typedef struct sl_readers {
    pthread_mutex_t lock;
    sl_session *idle[SL_IDLE_READERS_MOST];
    size_t idle_count;
} sl_readers;

struct sl_registry {
    sl_registry_options options; /* `store` is not kept */
    sl_store *store;
    sl_readers readers;
    sl_writer writer;
    sl_snapshots snapshots;
};

/* --- refusals: problems.c -------------------------------------------------------------------- */

/* Fill `problem` (which may be NULL) and return `status`. */
sl_status sl_refuse(sl_problem *problem, sl_problem_code code, sl_status status, const char *format,
                    ...) SL_PRINTF(4, 5);
/* The problem for a status that came with its own text, from the store or a lower room. */
sl_status sl_refuse_status(sl_problem *problem, sl_status status, const sl_error *err);
sl_status sl_refuse_no_memory(sl_problem *problem);
/* May this caller write at all? SL_OK, SL_UNAUTHENTICATED, SL_FORBIDDEN (blocked). */
SL_MUST_CHECK sl_status sl_check_writer(const sl_actor *actor, sl_problem *problem);
SL_MUST_CHECK sl_status sl_check_admin(const sl_actor *actor, const char *what,
                                       sl_problem *problem);
bool sl_actor_is(const sl_actor *actor, sl_str producer); /* that very producer */
sl_str sl_actor_name(const sl_actor *actor);              /* for the history */

/* --- names: names.c -------------------------------------------------------------------------- */

/* SL_OK, SL_INVALID with a text that says the rule. */
SL_MUST_CHECK sl_status sl_check_producer_name(sl_str name, sl_problem *problem);
SL_MUST_CHECK sl_status sl_check_topic_name(sl_str name, sl_problem *problem);
SL_MUST_CHECK sl_status sl_check_subject_name(sl_str name, sl_problem *problem);
/* Teams, chat rooms, reasons: UTF-8 without control characters, SL_LIMIT_TEXT_BYTES; absent is fine. */
SL_MUST_CHECK sl_status sl_check_text(const char *what, sl_str text, sl_problem *problem);

/* --- reading: readers.c ---------------------------------------------------------------------- */

typedef struct sl_reader {
    sl_registry *registry;
    sl_session *session; /* inside a transaction: all calls see one moment */
} sl_reader;
SL_MUST_CHECK sl_status sl_reader_take(sl_registry *registry, sl_reader *ret_reader,
                                       sl_problem *problem);
void sl_reader_give(sl_reader *reader); /* zero-initialised: nothing to do */
void sl_readers_init(sl_readers *readers);
void sl_readers_done(sl_readers *readers);

/* Items of a page: 100 unless asked otherwise. */
static inline uint32_t sl_page_limit(sl_page page)
{
    return page.limit ? SL_MIN(page.limit, (uint32_t)SL_LIMIT_PAGE_ITEMS) : 100;
}

/* --- framed text, to be hashed: numbers are 8 bytes big-endian, every text comes behind its length. Fixed for ever --- */

static inline void sl_frame_number(sl_buf *buf, uint64_t number)
{
    for (int shift = 56; shift >= 0; shift -= 8)
        sl_buf_append_byte(buf, (uint8_t)(number >> shift));
}

static inline void sl_frame_text(sl_buf *buf, sl_str text)
{
    sl_frame_number(buf, text.len);
    sl_buf_append_str(buf, text);
}

/* --- history: changes.c ---------------------------------------------------------------------- */

typedef enum sl_change_kind {
#define CHANGE(suffix, action, meaning) SL_CHANGE_##suffix,
#include "registry/changes.def"
#undef CHANGE
    SL_CHANGE_COUNT
} sl_change_kind;

/* Append to the history, in the transaction of the change itself. `object` is "topic:", "subject:" … followed by `name`; `detail` is a
 * JSON object, or empty for {}. */
SL_MUST_CHECK sl_status sl_change_append(sl_tx *tx, const sl_actor *actor, sl_change_kind kind,
                                         const char *object, sl_str name, const sl_buf *detail);

/* The hash of a line, given that of the line before (empty for the first); fixed for ever, see changes.c. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_change_hash(const sl_change_row *row, sl_bytes before,
                                       sl_sha256 *ret_hash);

/* --- rows as the door shows them --------------------------------------------------------------- */

static inline sl_compat_level sl_effective_level(const sl_registry *registry, int64_t level)
{
    return level < 0 ? registry->options.default_level : (sl_compat_level)level;
}

/* The same from rows that are at hand; texts are borrowed from them. */
typedef struct sl_contract_rows {
    const sl_contract_row *contract;
    const sl_producer_row *producer;
    int64_t level; /* the subject's own; -1: none */
    sl_str *co_producers;
    size_t co_producer_count;
} sl_contract_rows;
sl_contract sl_contract_from_rows(const sl_registry *registry, const sl_contract_rows *rows);
/* A contract with its owner, co-producers and level. SL_OK, SL_CORRUPT, and what the store says. contract_rows.c */
SL_MUST_CHECK sl_status sl_contract_load(sl_registry *registry, sl_session *session,
                                         const sl_contract_row *row, sl_arena *arena,
                                         sl_contract *ret_contract, sl_error *err);
/* The live contract of a topic: SL_NOT_FOUND without a text. */
SL_MUST_CHECK sl_status sl_contract_find(sl_session *session, sl_str topic, sl_arena *arena,
                                         sl_contract_row *ret_row, sl_error *err);
/* Live contracts on a subject. */
SL_MUST_CHECK sl_status sl_contracts_of_subject(sl_session *session, sl_str subject,
                                                sl_arena *arena, sl_contract_row **ret_rows,
                                                size_t *ret_count, sl_error *err);
SL_MUST_CHECK sl_status sl_co_producers_load(sl_session *session, int64_t contract_id,
                                             sl_arena *arena, sl_str **ret_names, size_t *ret_count,
                                             sl_error *err);
SL_MUST_CHECK sl_status sl_owner_load(sl_session *session, sl_str producer, sl_arena *arena,
                                      sl_owner *ret_owner, sl_error *err);
/* Fill problem->owner with the producer of `row` (nothing where that fails), so that a refusal says whom to ask. */
void sl_tell_owner(sl_session *session, const sl_contract_row *row, sl_arena *arena,
                   sl_problem *problem);
/* May `actor` act for this contract: its producer, a co-producer, or an administrator? Fills the owner on refusal. */
SL_MUST_CHECK sl_status sl_check_contract_side(sl_session *session, const sl_actor *actor,
                                               const sl_contract_row *row, sl_arena *arena,
                                               sl_problem *problem);

/* Only its producer or an administrator. */
SL_MUST_CHECK sl_status sl_check_contract_owner(sl_session *session, const sl_actor *actor,
                                                const sl_contract_row *row, sl_arena *arena,
                                                sl_problem *problem);
/* A copy whose texts lie in `arena`. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_contract_copy(const sl_contract *contract, sl_arena *arena,
                                         sl_contract *ret_contract);
/* What a write to a contract ends with: the subject's generation moves (who may register has changed), the snapshot follows, history gets
 * its line, and the result is the contract as it now is, in the caller's `arena`. contract_rows.c */
typedef struct sl_contract_write {
    const sl_actor *actor;
    sl_change_kind kind;
    const sl_buf *detail;
    sl_arena *arena;
} sl_contract_write;
SL_MUST_CHECK sl_status sl_contract_finish(sl_tx *tx, const sl_contract_write *write,
                                           const sl_contract_row *row, sl_contract *ret_contract);
/* Is `message_type` one of the messages of this schema's main file? */
bool sl_version_has_message(const sl_version *version, sl_str message_type);

/* The same for a subject: a side of any contract on it; anybody where there is none. subjects.c */
SL_MUST_CHECK sl_status sl_check_subject_side(sl_session *session, const sl_actor *actor,
                                              sl_str subject, sl_arena *arena, sl_problem *problem);
/* May `actor` set this level on the subject? Tightening is free. SL_OK, SL_FORBIDDEN. */
SL_MUST_CHECK sl_status sl_check_level(const sl_registry *registry, const sl_actor *actor,
                                       const sl_subject_row *row, sl_compat_level level,
                                       sl_problem *problem);
/* Store it (and a line of history, and move row->generation) unless the subject has it already. */
SL_MUST_CHECK sl_status sl_subject_store_level(sl_tx *tx, const sl_actor *actor,
                                               sl_subject_row *row, sl_compat_level level);

/* One version with its schema's particulars. SL_NOT_FOUND without a text. versions.c */
SL_MUST_CHECK sl_status sl_version_load(sl_session *session, sl_str subject, int64_t number,
                                        sl_arena *arena, sl_version *ret_version, sl_error *err);
SL_MUST_CHECK sl_status sl_version_from_row(sl_session *session, const sl_version_row *row,
                                            sl_arena *arena, sl_version *ret_version,
                                            sl_error *err);
/* The row of a version, or of the latest (SL_VERSION_LATEST). SL_NOT_FOUND, refused in words, and what the store says. versions.c */
SL_MUST_CHECK sl_status sl_version_row_find(sl_session *session, sl_str subject, int32_t version,
                                            sl_arena *arena, sl_version_row *ret_row,
                                            sl_problem *problem);
/* Fill version->messages from a text with one a line, which they then point into. */
SL_MUST_CHECK sl_status sl_messages_split(sl_str text, sl_arena *arena, sl_version *version);
/* The newest version of a subject. SL_NOT_FOUND without a text. */
SL_MUST_CHECK sl_status sl_version_latest(sl_session *session, sl_str subject, sl_arena *arena,
                                          sl_version_row *ret_row, sl_error *err);

/* Key of the administrator's token in the table meta: the SHA-256 of its text. */
#define SL_META_ADMIN "admin_token"

/* Link a stored schema. `source_info` (raw SourceCodeInfo of the main file, may be absent) gives it lines. SL_OK, SL_NOT_FOUND, SL_CORRUPT,
 * and what the store says. schemas.c */
SL_MUST_CHECK sl_status sl_schema_load(sl_session *session, int64_t id, sl_bytes source_info,
                                       sl_schema **ret_schema, sl_error *err);
SL_MUST_CHECK sl_status sl_version_schema_load(sl_session *session, const sl_version_row *row,
                                               sl_schema **ret_schema, sl_error *err);
/* The main file of a version as text, appended. SL_OK, SL_NO_MEMORY, SL_CORRUPT, and what the store says. source_text.c */
SL_MUST_CHECK sl_status sl_version_text_write(sl_session *session, const sl_version_row *version,
                                              sl_source_form form, sl_buf *text, sl_error *err);
