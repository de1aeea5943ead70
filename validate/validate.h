/* validate/validate.h: may these bytes go out?
 *
 * A plan is a message type compiled into tables; a payload is walked against it without building the message. What Protobuf's own
 * parsers do is "wire truth"; what a contract adds (unknown fields, closed enums) is policy, and each violation's rule says which
 * of the two spoke. Plans are immutable and shared between threads; a walk uses only its own stack and the caller's violations. */
#pragma once

#include "schema/schema.h"
#include "wire/wire.h"

typedef struct sl_plan sl_plan;

/* Compile `type`, and every message type it reaches, into a plan.
 *
 *   schema   linked schema; the plan takes its own reference
 *   type     full name without a leading dot, e.g. "orders.v1.OrderPlaced"
 *   ret_plan set on SL_OK only; the caller ends it with sl_plan_unref()
 *
 * Returns SL_OK, SL_NOT_FOUND (no such message in the schema), SL_LIMIT (SL_LIMIT_PLAN_MESSAGES), SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_plan_compile(sl_schema *schema, sl_str type, sl_plan **ret_plan,
                                        sl_error *err);
sl_plan *sl_plan_ref(sl_plan *plan);
sl_plan *sl_plan_unref(sl_plan *plan); /* accepts NULL; always returns NULL */
SL_DEFINE_CLEANUP(sl_plan *, sl_plan_unref)
const sl_message *sl_plan_message(const sl_plan *plan);
size_t sl_plan_memory(const sl_plan *plan); /* bytes, without the schema */

/* validate/rules.def: every rule id a walk can break, e.g. "wire.truncated", "string.utf8", "field.unknown". */
typedef enum sl_violation_rule {
#define VIOLATION(suffix, id, is_policy, meaning) SL_VIOLATION_##suffix,
#include "validate/rules.def"
#undef VIOLATION
    SL_VIOLATION_RULE_COUNT
} sl_violation_rule;
const char *sl_violation_rule_id(sl_violation_rule rule); /* "unknown" outside the enum */
/* A parser would have taken it; the contract does not. */
bool sl_violation_rule_is_policy(sl_violation_rule rule);

typedef struct sl_violation {
    sl_violation_rule rule;
    size_t offset;  /* byte of the payload (behind an envelope, counted from the payload's start) */
    sl_str path;    /* "items[2].sku", "attrs[\"k\"]"; "" for the payload as a whole */
    sl_str message; /* what is wrong, with values */
} sl_violation;

/* Bounded by SL_LIMIT_VIOLATIONS; zero-initialised is empty. Texts lie in the arena of the list. */
typedef struct sl_violations {
    sl_violation items[SL_LIMIT_VIOLATIONS];
    size_t count, left_out;
    sl_arena arena;
} sl_violations;
void sl_violations_clear(sl_violations *violations); /* memory kept */
void sl_violations_done(sl_violations *violations);
/* For the steps before the walk (envelope, contract). SL_OK (also when only counted), SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_violations_add(sl_violations *violations, sl_violation_rule rule,
                                          size_t offset, sl_str path, const char *format, ...)
    SL_PRINTF(5, 6);

typedef enum sl_unknown_policy { SL_UNKNOWN_REJECT, SL_UNKNOWN_ALLOW } sl_unknown_policy;

typedef struct sl_validate_options {
    /* Also for what parsers keep as an unknown field: a known number with another wire type, a number outside a closed enum. */
    sl_unknown_policy unknown_fields;
    /* Levels below the payload itself; 0 or more than SL_LIMIT_PAYLOAD_DEPTH: that. */
    uint32_t max_depth;
} sl_validate_options;

/* Walk `payload`.
 *
 *   payload      at least SL_PAYLOAD_SLOP readable bytes lie behind its end (their content does not matter)
 *   violations   cleared first, then filled when the answer is no
 *   ret_valid    the answer, by `options`
 *
 * Wrong wire data ends the walk at its violation, since what follows cannot be trusted; other violations are collected, and told
 * in the order of their offsets. A missing required field is told at the first byte of the content of the message that lacks it.
 * Indexes in paths are those of the parsed message. A payload that breaks nothing is walked without an allocation, unless a
 * message came in parts of which one lacks a required field. Merge semantics are Protobuf's: a singular sub-message that comes
 * twice is one (required fields may come in either part), the last member of a oneof wins, a repeated map key replaces.
 * SL_OK, SL_NO_MEMORY. */
enum { SL_PAYLOAD_SLOP = 64 };
SL_MUST_CHECK sl_status sl_validate(const sl_plan *plan, sl_bytes payload,
                                    const sl_validate_options *options, sl_violations *violations,
                                    bool *ret_valid);

/* --- many payloads ----------------------------------------------------------------------------- */

/* Judges one payload of a stream: the contract's way, or by a plan alone. `payload` has its slop, and is the caller's until the function returns.
 * Not SL_OK ends the stream; a payload that is not valid is no reason for that. */
typedef sl_status sl_many_judge(void *context, uint64_t index, sl_bytes payload, sl_error *err);

/* A stream of payloads, each behind its length as a varint. Fill the first three, zero the rest. */
typedef struct sl_many {
    sl_many_judge *judge;
    void *context;
    size_t payload_most; /* bytes of one payload; 0 or more than SL_LIMIT_PAYLOAD_BYTES: that */
    uint64_t index;      /* of the payload that is being read, from 0: so many have been judged */
    uint64_t offset;     /* bytes of the stream taken so far */
    uint64_t length;     /* what follows is the walk's own */
    uint32_t length_bytes;
    bool has_length;
    sl_buf gathered;
} sl_many;

/* Judge what is complete by now, in order. What is not, waits for the next chunk; no more than one payload is ever held, and of that
 * only what has come.
 *
 *   chunk    the next bytes of the stream, cut anywhere, with SL_PAYLOAD_SLOP readable bytes behind them
 *   is_end   nothing follows
 *
 * SL_OK; SL_MALFORMED (a length that is none; the end inside a payload), SL_LIMIT (PAYLOAD_BYTES), SL_NO_MEMORY, or what `judge` returned. After any
 * but SL_OK the stream cannot be gone on with. */
SL_MUST_CHECK sl_status sl_validate_many(sl_many *many, sl_bytes chunk, bool is_end, sl_error *err);
void sl_many_done(sl_many *many);
