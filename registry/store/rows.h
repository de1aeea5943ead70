/* registry/store/rows.h: the rows that a store keeps.
 *
 * Plain structs of three kinds of member: int64_t, sl_str and sl_bytes, so that a driver can read and write any of them by the table of
 * columns (tables.def). Truth values are 0 and 1. Absent texts and bytes stay absent, empty ones stay empty. Times are microseconds.
 * What the numbers mean (levels, modes, states) is the registry's business; the store only knows which state is SL_ROW_RETIRED. */
#pragma once

#include "base/base.h"

/* contract.state of a row that no longer holds its place in the unique indexes (SL_STATE_RETIRED of registry.h). */
enum { SL_ROW_RETIRED = 3 };

typedef struct sl_meta_row {
    sl_str key;
    sl_bytes value;
} sl_meta_row;

/* One line of history. `hash` is SHA-256 over the one before and this one's content: see registry/changes.c. */
typedef struct sl_change_row {
    int64_t seq, at_us;
    sl_str actor, action, object, detail;
    sl_bytes hash;
} sl_change_row;

/* A serialized FileDescriptorProto without source info, under its SHA-256. */
typedef struct sl_file_row {
    sl_bytes sha256, bytes;
} sl_file_row;

typedef struct sl_schema_row {
    int64_t id;
    sl_bytes exact, normal; /* fingerprints: registry/identity.c */
    sl_bytes guid;
    sl_str main;             /* path of the main file */
    sl_str messages;         /* full names in the main file, one a line, top level first */
    int64_t top_level_count; /* so many of them are at top level */
    int64_t created_us;
} sl_schema_row;

/* The closure of the main file, dependencies first, the main file last; `ordinal` counts from 0. */
typedef struct sl_schema_file_row {
    int64_t schema_id, ordinal;
    sl_str path;
    sl_bytes sha256;
} sl_schema_file_row;

typedef struct sl_schema_reference_row {
    int64_t schema_id, ordinal;
    sl_str name, subject;
    int64_t number; /* version */
} sl_schema_reference_row;

typedef struct sl_subject_row {
    sl_str name;
    int64_t level;      /* -1: the registry's default */
    int64_t generation; /* moves with every version, level and contract */
    int64_t created_us;
} sl_subject_row;

typedef struct sl_version_row {
    sl_str subject;
    int64_t number, schema_id, created_us;
    sl_str created_by;
} sl_version_row;

/* Raw SourceCodeInfo of the main file, as it came with this version, and its text if it came as that. */
typedef struct sl_version_source_row {
    sl_str subject;
    int64_t number;
    sl_bytes source_info;
    sl_str text; /* absent: it came as a descriptor */
} sl_version_source_row;

typedef struct sl_producer_row {
    sl_str name, team, chat, contact;
    int64_t is_blocked;
    sl_str block_reason;
    int64_t generation, created_us;
} sl_producer_row;

typedef struct sl_token_row {
    sl_str id, producer, name;
    sl_bytes hash; /* SHA-256 of the token's text */
    int64_t created_us, expires_us, revoked_us;
} sl_token_row;

typedef struct sl_contract_row {
    int64_t id;
    sl_str topic, subject, message_type, producer;
    int64_t mode, unknown_fields, allows_tombstones, takes_json, versions, pinned_version;
    int64_t max_payload_bytes, state, is_blocked;
    sl_str block_reason, offered_to;
    int64_t generation, created_us, updated_us;
} sl_contract_row;

typedef struct sl_co_producer_row {
    int64_t contract_id;
    sl_str producer;
} sl_co_producer_row;
