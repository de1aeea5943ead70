/* registry/registry.h: subjects, versions, contracts, producers, tokens, and the judgement on payloads.
 *
 * One path for each use-case, whoever asks (HTTP, the command line, tests): the functions below. Those that read or write the store block and
 * belong on a control thread; sl_registry_judge() and what it needs never block, allocate only for violations, and belong on the
 * threads that serve HTTP. All functions may be called from any thread.
 *
 * Writes go through one writer thread: concurrent jobs share one transaction and one fsync, and a call returns after its commit is on disk.
 *
 * Who may do what: an administrator everything. A producer manages its own tokens, claims topics for itself, acts on its contracts, and
 * registers where no contract is or one on whose side it stands (its producer or a co-producer). Every write needs one of the two, and a
 * blocked producer writes nothing. Reading, checking and judging need no name; whether they do is the server's setting, and its business.
 * Every write leaves a line of history in the transaction of the write itself.
 *
 * Texts in results lie in the `arena` that the call was given. `problem` may be NULL.
 *
 * What every use-case that takes a `problem` can return, with the code and a text in it: SL_NO_MEMORY; from the store SL_IO, SL_FULL, SL_CORRUPT and
 * SL_BUSY; and, if it writes, SL_BUSY (too many writes wait), SL_CLOSED (the server is being stopped), SL_UNAUTHENTICATED (the caller has no
 * name) and SL_FORBIDDEN (not his, or he is blocked). Beside each function stands only what it returns besides. */
#pragma once

#include "compat/compat.h"
#include "validate/validate.h"

typedef struct sl_registry sl_registry;

typedef enum sl_problem_code {
#define PROBLEM(suffix, slug, http_status, title) SL_PROBLEM_##suffix,
#include "registry/problems.def"
#undef PROBLEM
    SL_PROBLEM_COUNT
} sl_problem_code;
const char *sl_problem_slug(sl_problem_code code);
const char *sl_problem_title(sl_problem_code code);
int sl_problem_http_status(sl_problem_code code);

/* Who owns a topic, and where to ask. */
typedef struct sl_owner {
    sl_str producer, team, chat, contact;
} sl_owner;

/* Why a use-case was refused. Zero-initialised is none. */
typedef struct sl_problem {
    sl_problem_code code;
    sl_error error; /* for people; what was wrong and what to do */
    sl_owner owner; /* where somebody else's right was in the way */
} sl_problem;

/* --- life ------------------------------------------------------------------------------------ */

typedef struct sl_registry_options {
    sl_str store;                  /* "memory:", "sqlite:PATH" */
    sl_compat_level default_level; /* of subjects that set none */
    sl_compat_category category;   /* rules that the levels run; 0: SL_COMPAT_CONTRACT */
    bool is_auth_required;         /* also for reading the catalogue and for validating */
    size_t max_payload_bytes;      /* of any payload; 0, or more: SL_LIMIT_PAYLOAD_BYTES */
} sl_registry_options;

/* SL_OK; SL_BUSY (another server holds the file); SL_UNSUPPORTED (written by a newer Sluice, or not a Sluice database); SL_IO; SL_FULL; SL_CORRUPT;
 * SL_INVALID (store URL); SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_registry_open(const sl_registry_options *options,
                                         sl_registry **ret_registry, sl_error *err);
/* Finishes queued writes, wakes those who wait for changes (SL_CLOSED), and waits for both to leave; no other call may be under way, and no
 * guard be held. Accepts NULL. */
void sl_registry_close(sl_registry *registry);
SL_DEFINE_CLEANUP(sl_registry *, sl_registry_close)

/* Make sure that there is an admin token. `given` (from the environment, at least 32 characters, all of ASCII and visible)
 * replaces the stored one when present; else, on an empty store, one is drawn and written to `ret_text` (for printing once);
 * otherwise `ret_text` is "".
 * SL_OK, SL_INVALID (given is too short, or no header could carry it), SL_IO, SL_FULL, SL_NO_MEMORY. */
enum { SL_TOKEN_TEXT_SIZE = 64 }; /* "sl_" + 43 base64url digits of 256 random bits, and a NUL */
SL_MUST_CHECK sl_status sl_registry_ensure_admin(sl_registry *registry, sl_str given,
                                                 char ret_text[SL_TOKEN_TEXT_SIZE], sl_error *err);

/* Is the store writable and the snapshot current? For /readyz. The error says what is not. */
SL_MUST_CHECK sl_status sl_registry_ready(sl_registry *registry, sl_error *err);

/* --- who calls ------------------------------------------------------------------------------- */

typedef enum sl_actor_kind { SL_ACTOR_ANONYMOUS, SL_ACTOR_PRODUCER, SL_ACTOR_ADMIN } sl_actor_kind;
typedef struct sl_actor {
    sl_actor_kind kind;
    sl_str producer; /* SL_ACTOR_PRODUCER */
    bool is_blocked;
} sl_actor;

/* What one thread remembers of tokens that were good, so that one that comes again is compared and not hashed. Whether it is still good (not
 * revoked, not expired, not blocked) is asked of the snapshot each time. Belongs to one thread at a time. NULL: no memory. */
typedef struct sl_callers sl_callers;
sl_callers *sl_callers_new(void);
void sl_callers_free(sl_callers *callers); /* wipes it; accepts NULL */

/* From a bearer token, in memory, in constant time for the comparison. `callers` may be NULL. Never blocks.
 * SL_OK; SL_UNAUTHENTICATED (unknown, expired, revoked); SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_registry_authenticate(sl_registry *registry, sl_callers *callers,
                                                 sl_str token, sl_arena *arena,
                                                 sl_actor *ret_actor);

/* --- producers and tokens (administrator; a producer manages its own tokens) ----------------- */

typedef struct sl_producer {
    sl_str name, team, chat, contact;
    bool is_blocked;
    sl_str block_reason;
    int64_t generation, created_us;
    bool is_new; /* answer of creating: it was not there before */
} sl_producer;

typedef struct sl_producers {
    sl_producer *items;
    size_t count;
    sl_str next_cursor;
} sl_producers;

/* Same particulars again: SL_OK, and the answer is not new. Names: [A-Za-z0-9][A-Za-z0-9._-]{0,127}.
 * SL_EXISTS (with other particulars), SL_INVALID (name or a text). */
SL_MUST_CHECK sl_status sl_registry_producer_create(sl_registry *registry, const sl_actor *actor,
                                                    const sl_producer *producer, sl_arena *arena,
                                                    sl_producer *ret_producer, sl_problem *problem);
/* SL_NOT_FOUND. */
SL_MUST_CHECK sl_status sl_registry_producer_get(sl_registry *registry, sl_str name,
                                                 sl_arena *arena, sl_producer *ret_producer,
                                                 sl_problem *problem);
/* Absent texts stay as they are, empty ones are taken away. generation 0: unconditional. SL_NOT_FOUND, SL_INVALID (a text), SL_STALE. */
SL_MUST_CHECK sl_status sl_registry_producer_amend(sl_registry *registry, const sl_actor *actor,
                                                   const sl_producer *changes, sl_arena *arena,
                                                   sl_producer *ret_producer, sl_problem *problem);
/* SL_NOT_FOUND, SL_INVALID (no reason, or one that is too long). */
SL_MUST_CHECK sl_status sl_registry_producer_block(sl_registry *registry, const sl_actor *actor,
                                                   sl_str name, bool is_blocked, sl_str reason,
                                                   sl_problem *problem);

/* Lists are paged: names after `cursor` (absent: from the start), at most `limit` (0: 100, most 1000). */
typedef struct sl_page {
    sl_str cursor;
    uint32_t limit;
} sl_page;
SL_MUST_CHECK sl_status sl_registry_producer_list(sl_registry *registry, sl_page page,
                                                  sl_arena *arena, sl_producers *ret_producers,
                                                  sl_problem *problem);

typedef struct sl_token {
    sl_str id, producer, name;
    int64_t created_us, expires_us, revoked_us; /* 0: never */
} sl_token;
typedef struct sl_tokens {
    sl_token *items;
    size_t count;
    sl_str next_cursor;
} sl_tokens;

/* The text is shown once; only its SHA-256 is stored. */
typedef struct sl_new_token {
    sl_token token;
    char text[SL_TOKEN_TEXT_SIZE];
} sl_new_token;
/* SL_NOT_FOUND (producer), SL_INVALID (name, or an end in the past), SL_LIMIT (PRODUCER_TOKENS). */
SL_MUST_CHECK sl_status sl_registry_token_create(sl_registry *registry, const sl_actor *actor,
                                                 const sl_token *token, sl_arena *arena,
                                                 sl_new_token *ret_token, sl_problem *problem);
/* SL_NOT_FOUND. Once more is SL_OK. */
SL_MUST_CHECK sl_status sl_registry_token_revoke(sl_registry *registry, const sl_actor *actor,
                                                 sl_str producer, sl_str id, sl_problem *problem);
/* Tokens of a producer, revoked ones too, in the order of their ids. SL_NOT_FOUND, SL_UNAUTHENTICATED, SL_FORBIDDEN. */
typedef struct sl_token_query {
    sl_str producer;
    sl_page page;
} sl_token_query;
SL_MUST_CHECK sl_status sl_registry_token_list(sl_registry *registry, const sl_actor *actor,
                                               const sl_token_query *query, sl_arena *arena,
                                               sl_tokens *ret_tokens, sl_problem *problem);

/* --- subjects and versions ------------------------------------------------------------------- */

typedef struct sl_reference {
    sl_str name, subject;
    int32_t version;
} sl_reference;

/* A .proto file as text. */
typedef struct sl_source_file {
    sl_str path; /* by which others import it */
    sl_str text;
} sl_source_file;

/* What is registered comes as a descriptor set, or as sources. Imports of sources that are neither among them nor built in are those that
 * `references` name, and else the latest versions of the subjects that are called like their paths. */
typedef struct sl_register_request {
    sl_str subject; /* or absent with `topic`, for checks */
    sl_str topic;   /* checks only: the subject of its contract */
    sl_bytes descriptor_set;
    const sl_source_file *sources; /* then descriptor_set is absent */
    size_t source_count;
    const sl_reference *references; /* of sources only; version SL_VERSION_LATEST: the latest */
    size_t reference_count;
    sl_str
        main; /* path of the main file; absent: by message_type, else the last file of a set, or the only source */
    sl_str message_type; /* absent, or a full name: its file is the main one */
    bool
        is_check; /* stop before the store transaction: the very same judgement, and nothing stored */
} sl_register_request;

typedef struct sl_version {
    sl_str subject;
    int32_t version, id;
    char guid[SL_GUID_TEXT_SIZE + 1];
    sl_str main;      /* path of the main file */
    sl_str *messages; /* full names of the main file's messages, top level first */
    size_t message_count;
    sl_reference *references;
    size_t reference_count;
    int64_t created_us;
    sl_str created_by;
} sl_version;

/* Zero-initialised; the caller ends the findings with sl_findings_done(), whatever the status. */
typedef struct sl_register_answer {
    sl_version version;
    bool is_new; /* false: the subject had this schema already */
    sl_findings findings;
} sl_register_answer;

/* Register, or check.
 *
 * SL_OK: stored (or would be). SL_CONFLICT (INCOMPATIBLE, CONTRACT_BROKEN) and SL_INVALID (NOT_A_SCHEMA …): the findings say why, nothing was
 * stored. SL_FORBIDDEN: the subject is under somebody else's contract. Findings also get warnings on success.
 * A check answers SL_OK and the findings even if they have errors: incompatibility is its answer. It needs no token; the version that it
 * tells of has id 0 unless the schema is known, and only a subject if the files do not make a schema. */
SL_MUST_CHECK sl_status sl_registry_register(sl_registry *registry, const sl_actor *actor,
                                             const sl_register_request *request, sl_arena *arena,
                                             sl_register_answer *answer, sl_problem *problem);

typedef struct sl_subject {
    sl_str name;
    sl_compat_level level;
    bool has_own_level;
    int32_t latest_version; /* 0: none yet */
    uint32_t version_count;
    sl_str topic; /* under contract here; absent if none */
} sl_subject;
typedef struct sl_subjects {
    sl_subject *items;
    size_t count;
    sl_str next_cursor;
} sl_subjects;
typedef struct sl_versions {
    sl_version *items;
    size_t count;
    sl_str next_cursor; /* a version's number */
} sl_versions;

SL_MUST_CHECK sl_status sl_registry_subject_list(sl_registry *registry, sl_str prefix, sl_page page,
                                                 sl_arena *arena, sl_subjects *ret_subjects,
                                                 sl_problem *problem);
/* SL_NOT_FOUND. */
SL_MUST_CHECK sl_status sl_registry_subject_get(sl_registry *registry, sl_str subject,
                                                sl_arena *arena, sl_subject *ret_subject,
                                                sl_problem *problem);
/* Tightening is free for the subject's producer (anyone where there is no contract), loosening is the administrator's. SL_NOT_FOUND, SL_INVALID. */
SL_MUST_CHECK sl_status sl_registry_subject_set_level(sl_registry *registry, const sl_actor *actor,
                                                      sl_str subject, sl_compat_level level,
                                                      sl_arena *arena, sl_problem *problem);
/* In the order of their numbers; a cursor that is no number is SL_INVALID (BAD_REQUEST). SL_NOT_FOUND. */
SL_MUST_CHECK sl_status sl_registry_version_list(sl_registry *registry, sl_str subject,
                                                 sl_page page, sl_arena *arena,
                                                 sl_versions *ret_versions, sl_problem *problem);
enum { SL_VERSION_LATEST = -1 };
/* SL_NOT_FOUND: NO_SUBJECT or NO_VERSION. */
SL_MUST_CHECK sl_status sl_registry_version_get(sl_registry *registry, sl_str subject,
                                                int32_t version, sl_arena *arena,
                                                sl_version *ret_version, sl_problem *problem);
/* The linked schema of a version, or of an id; the caller unrefs it. SL_NOT_FOUND. */
SL_MUST_CHECK sl_status sl_registry_version_schema(sl_registry *registry, sl_str subject,
                                                   int32_t version, sl_schema **ret_schema,
                                                   sl_problem *problem);
/* The main file of a version as .proto text, appended to `text`. SL_OK; SL_NOT_FOUND (NO_SUBJECT, NO_VERSION); SL_CORRUPT, SL_IO,
 * SL_NO_MEMORY. */
typedef enum sl_source_form {
    SL_SOURCE_SENT,     /* as it was sent; printed for people if it came as a descriptor */
    SL_SOURCE_PRETTY,   /* printed for people */
    SL_SOURCE_CANONICAL /* one text for one meaning */
} sl_source_form;
SL_MUST_CHECK sl_status sl_registry_version_text(sl_registry *registry, sl_str subject,
                                                 int32_t version, sl_source_form form, sl_buf *text,
                                                 sl_problem *problem);

/* What changed from one version of a subject to another: what the rules say, and the main files as text. */
typedef struct sl_diff_request {
    sl_str subject;
    int32_t from, to; /* numbers, or SL_VERSION_LATEST */
    sl_source_form form;
    sl_compat_rules rules;
    int directions; /* bits of sl_compat_direction */
} sl_diff_request;
typedef struct sl_diff_result {
    int32_t from, to; /* their numbers */
    sl_findings findings;
    sl_buf text; /* unified diff; empty where the texts are equal */
} sl_diff_result;
/* `ret_result` must be zero-initialised, and sl_diff_result_done() ends it whatever is returned. SL_OK; SL_NOT_FOUND (NO_SUBJECT, NO_VERSION);
 * SL_LIMIT (a text has more than SL_LIMIT_DIFF_BYTES or SL_LIMIT_DIFF_LINES). */
SL_MUST_CHECK sl_status sl_registry_version_diff(sl_registry *registry,
                                                 const sl_diff_request *request,
                                                 sl_diff_result *ret_result, sl_problem *problem);
void sl_diff_result_done(sl_diff_result *result);
SL_MUST_CHECK sl_status sl_registry_schema_get(sl_registry *registry, int32_t id,
                                               sl_schema **ret_schema, sl_problem *problem);

/* --- contracts ------------------------------------------------------------------------------- */

typedef enum sl_mode { SL_MODE_OFF, SL_MODE_OBSERVE, SL_MODE_WARN, SL_MODE_ENFORCE } sl_mode;
typedef enum sl_contract_state {
    SL_STATE_DRAFT,
    SL_STATE_ACTIVE,
    SL_STATE_DEPRECATED,
    SL_STATE_RETIRED
} sl_contract_state;
typedef enum sl_version_policy {
    SL_VERSIONS_LATEST,
    SL_VERSIONS_LIVE, /* any that is not deleted: the newest SL_LIMIT_LIVE_VERSIONS_TRIED, while they walk SL_LIMIT_LIVE_BYTES_WALKED together */
    SL_VERSIONS_PINNED
} sl_version_policy;
extern const char *const sl_mode_names[];           /* "off", "observe", "warn", "enforce", NULL */
extern const char *const sl_contract_state_names[]; /* "draft", …, NULL */

typedef struct sl_contract {
    sl_str topic, subject, message_type, producer;
    sl_str *co_producers;
    size_t co_producer_count;
    sl_mode mode;
    sl_unknown_policy unknown_fields;
    bool allows_tombstones, takes_json;
    sl_version_policy versions;
    int32_t pinned_version;    /* SL_VERSIONS_PINNED */
    int64_t max_payload_bytes; /* 0: the server's */
    sl_compat_level level;     /* of the subject; in a claim it counts if has_level */
    bool
        has_level; /* claim: set the subject's level. Without: FULL_TRANSITIVE if the subject has none of its own */
    bool
        starts_as_draft; /* claim: begin as a draft (observed, never refused) and not active. `state` is not read in a claim */
    sl_contract_state state;
    bool is_blocked;
    sl_str block_reason, offered_to;
    int64_t generation, created_us, updated_us;
    sl_owner owner;
    bool is_new; /* answer of claiming: the topic had no contract before */
} sl_contract;
typedef struct sl_contracts {
    sl_contract *items;
    size_t count;
    sl_str next_cursor;
} sl_contracts;

/* Claim a topic, or change the contract that the caller holds on it.
 *
 * Absent subject: TOPIC-value. Absent message type: the only message of the subject's main file. Absent producer: the caller. The
 * subject must have a version whose main file defines the message type. `contract->generation` is the one that the caller saw: 0
 * claims (refused as TOPIC_TAKEN or TYPE_TAKEN with the owner in `problem`; the same claim by the same producer again is SL_OK
 * and not new; another one by the same producer is PRECONDITION_NEEDED), otherwise amends (STALE if it moved on).
 *
 * SL_CONFLICT (TOPIC_TAKEN, TYPE_TAKEN, PRECONDITION_NEEDED, STATE); SL_STALE; SL_NOT_FOUND (no such subject, version, producer or
 * contract); SL_INVALID (a name, a text, a number, no such message type); SL_LIMIT (CO_PRODUCERS). */
SL_MUST_CHECK sl_status sl_registry_claim(sl_registry *registry, const sl_actor *actor,
                                          const sl_contract *contract, sl_arena *arena,
                                          sl_contract *ret_contract, sl_problem *problem);
/* SL_NOT_FOUND. */
SL_MUST_CHECK sl_status sl_registry_contract_get(sl_registry *registry, sl_str topic,
                                                 sl_arena *arena, sl_contract *ret_contract,
                                                 sl_problem *problem);
/* The catalogue: topics whose name, message type or owner contains `query`; owner and state filter exactly when present. */
typedef struct sl_contract_filter {
    sl_str query, owner;
    bool has_state;
    sl_contract_state state;
} sl_contract_filter;
SL_MUST_CHECK sl_status sl_registry_contract_list(sl_registry *registry,
                                                  const sl_contract_filter *filter, sl_page page,
                                                  sl_arena *arena, sl_contracts *ret_contracts,
                                                  sl_problem *problem);

typedef enum sl_contract_action {
    SL_ACTION_ACTIVATE,
    SL_ACTION_OFFER,  /* to: the new producer */
    SL_ACTION_ACCEPT, /* by the producer it was offered to */
    SL_ACTION_DEPRECATE,
    SL_ACTION_RETIRE,
    SL_ACTION_BLOCK, /* reason */
    SL_ACTION_UNBLOCK,
    SL_ACTION_COUNT
} sl_contract_action;
extern const char *const sl_contract_action_names[]; /* "activate", …, NULL */
typedef struct sl_contract_step {
    sl_str topic;
    sl_contract_action action;
    sl_str to, reason;
    int64_t generation; /* 0: unconditional */
} sl_contract_step;
/* SL_NOT_FOUND (contract, or the producer it is offered to); SL_STALE; SL_CONFLICT (STATE: the step does not lead there from here);
 * SL_INVALID (a text, or one that is missing). */
SL_MUST_CHECK sl_status sl_registry_contract_act(sl_registry *registry, const sl_actor *actor,
                                                 const sl_contract_step *step, sl_arena *arena,
                                                 sl_contract *ret_contract, sl_problem *problem);

/* --- history --------------------------------------------------------------------------------- */

typedef struct sl_change {
    int64_t seq, at_us;
    sl_str actor;  /* "admin", a producer's name, or "anonymous" */
    sl_str action; /* "schema.register", "contract.claim", … (registry/changes.def) */
    sl_str object; /* "subject:orders.placed-value", "topic:orders.placed", "producer:checkout" */
    sl_str detail; /* a JSON object */
} sl_change;
typedef struct sl_changes {
    sl_change *items;
    size_t count;
    int64_t last_seq;
} sl_changes;
/* Changes with seq > `after`, oldest first, at most `limit` (0: 100, most 1000). Waits up to `wait_ms` for one to come (0: not at all;
 * SL_LIMIT_CHANGES_WAIT_MS at most). */
typedef struct sl_change_query {
    int64_t after;
    uint32_t limit, wait_ms;
} sl_change_query;
SL_MUST_CHECK sl_status sl_registry_changes(sl_registry *registry, const sl_change_query *query,
                                            sl_arena *arena, sl_changes *ret_changes,
                                            sl_problem *problem);

/* --- judgement: the hot path ----------------------------------------------------------------- */

typedef enum sl_step {
    SL_STEP_IDENTITY,
    SL_STEP_CONTRACT,
    SL_STEP_SCHEMA,
    SL_STEP_DECODE,
    SL_STEP_RULES,
    SL_STEP_NONE
} sl_step;
const char *sl_step_name(sl_step step);

typedef struct sl_judge_request {
    sl_str topic;
    const sl_actor *actor;
    sl_bytes payload; /* SL_PAYLOAD_SLOP readable bytes behind it */
    bool is_framed;   /* Kafka envelope in front */
    int32_t version;  /* 0: by the envelope, else by the contract's policy */
} sl_judge_request;

/* Mode off judges nothing: valid, allowed, not counted. A draft judges as `observe`. Blocked producers and topics are refused in every mode.
 * An empty payload without an envelope is a tombstone: where the contract allows them it is valid and no schema is asked (it would also be the
 * encoding of an empty message; frame it to have it judged as one).
 * Slices point into the snapshot: they hold until the guard is left. */
typedef struct sl_verdict {
    bool is_valid, is_allowed;
    sl_step step; /* where it failed; SL_STEP_NONE when valid */
    sl_mode mode;
    sl_str topic, message_type;
    int32_t schema_id, version;
    const sl_owner *owner;
    sl_violations *violations; /* the caller's */
} sl_verdict;

/* A reader's place in the current snapshot. Enter, judge any number of payloads, leave; do not block in between. */
typedef struct sl_guard {
    const void *snapshot;
    void *slot;
    sl_registry *registry;
} sl_guard;
sl_guard sl_registry_enter(sl_registry *registry);
void sl_registry_leave(sl_guard *guard);

/* SL_OK with *verdict filled and counted. SL_NOT_FOUND: no contract on the topic. SL_BUSY: the schema is not in memory yet; leave the guard,
 * call sl_registry_warm() on a thread that may block, and judge again. SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_registry_judge(sl_registry *registry, const sl_guard *guard,
                                          const sl_judge_request *request,
                                          sl_violations *violations, sl_verdict *ret_verdict);
/* Load and compile what judging `request` needs. Blocks. SL_OK, SL_NOT_FOUND, or what the store said. */
SL_MUST_CHECK sl_status sl_registry_warm(sl_registry *registry, const sl_judge_request *request,
                                         sl_error *err);

/* Counters since start, for /metrics. `visit` is called once per topic under a guard; arrays are indexed by the enums. */
typedef struct sl_topic_counts {
    sl_str topic, producer;
    uint64_t valid, invalid_allowed, refused, bytes;
    uint64_t by_rule[SL_VIOLATION_RULE_COUNT];
} sl_topic_counts;
void sl_registry_visit_counts(sl_registry *registry,
                              void (*visit)(void *context, const sl_topic_counts *counts),
                              void *context);

typedef struct sl_registry_stats {
    uint64_t contracts, plans, plan_bytes, schema_bytes;
    uint64_t write_transactions, write_jobs; /* jobs / transactions is the group commit's width */
    int64_t change_seq, snapshot_generation;
    sl_str store, store_version; /* "sqlite", "3.40.1" */
} sl_registry_stats;
void sl_registry_get_stats(sl_registry *registry, sl_registry_stats *ret_stats);
