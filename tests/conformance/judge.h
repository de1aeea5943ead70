/* tests/conformance/judge.h: what Sluice says of a payload, in the oracle's words, and how far the two agree.
 *
 * Every payload is walked twice, as README.md says: once as a parser would judge it, once by all rules; and each time by tier 1
 * alone, in every variant, by tier 2 alone, and by both as the program does. */
#pragma once

#include "tests/conformance/corpora.h"
#include "validate/validate.h"

/* The plans of one schema, compiled when first asked for. Zero-initialised with a schema is usable. */
typedef struct payload_judge {
    sl_schema *schema;
    struct {
        sl_str type;
        sl_plan *plan;
    } plans[64];
    size_t plan_count;
    sl_violations violations; /* of the last walk */
    size_t judged;            /* payloads so far */
    size_t unsure;            /* valid as a parser would judge it, but tier 1 was not sure */
    size_t stricter;          /* refused, where the oracle said `valid`: by policy alone */
    size_t wide_tags;         /* refused for a tag of more than 32 bits, whatever the oracle said */
    size_t disagreed;         /* with the oracle; the first of them are told on standard error */
} payload_judge;

typedef struct judgement {
    verdict_word as_parser; /* rules of policy set aside; never VERDICT_UNNAMED */
    bool valid;             /* by all rules */
    bool is_unsure;         /* valid as a parser, but tier 1 was not sure */
} judgement;

/* Link a FileDescriptorSet; ends the program, telling the findings, if that fails. */
sl_schema *schema_from_set(sl_bytes set);

/* The judge for a set. Ends the program on failure; judge_done() frees it. */
void judge_start(payload_judge *judge, sl_bytes set);
void judge_done(payload_judge *judge);

/* The plan for `type`; ends the program if there is none. */
sl_plan *judge_plan(payload_judge *judge, sl_str type);

/* Walk `payload` under both policies. The violations of the walk by all rules are left in `judge`. */
judgement judge_payload(payload_judge *judge, sl_str type, sl_bytes payload);

/* Walk, and compare with the oracle. Differences are counted and told:
 *
 *   valid             as a parser: valid. By all rules: valid, too, or refused by policy alone: an unknown field in a map entry, or in
 *                     a oneof member that a later one has replaced, is in the bytes but not in the oracle's message. Types
 *                     that reach no map, oneof or message set have no such excuse
 *   unnamed           as a parser: valid. By all rules: refused, by policy alone
 *   malformed, missing-required   as a parser: the same. By all rules: refused
 *
 * One difference is known and wanted: a tag of five bytes that holds more than 32 bits. The C++ parser drops the bits above, upb and Go
 * refuse it, and so does Sluice; no encoder writes one. Those are counted apart. */
judgement judge_compare(payload_judge *judge, const payload_record *record, verdict_word want);
/* The same where the oracle only says accepted or refused. */
judgement judge_compare_refused(payload_judge *judge, const payload_record *record,
                                bool want_refused);
