/* validate/internal/explain.h: tier 2. Everything that is wrong with a payload, in words, with path and offset.
 *
 * It runs only if tier 1 (accept.h) is not sure, and is exact: what merging makes good is not told. A walk's state:
 *
 *   frames   [ root | items | attrs entry | … ]      messages and known groups that are open, outermost first
 *
 * Files: explain_walk.c goes over the bytes and only says "here"; explain_words.c looks again and says what and where;
 * explain_required.c decides, by merging, what is missing; explain_path.c makes paths (trail.h). */
#pragma once

#include "validate/internal/scan.h"
#include "validate/internal/trail.h"

typedef struct sl_frame {
    const sl_plan_type *type;
    const uint8_t *begin, *end; /* content; of a group: as far as it may go */
    const uint8_t *at;          /* its tag */
    const uint8_t *resume;      /* message-set items: where the set goes on; else NULL */
    const sl_plan_entry *entry; /* the field of the frame below; NULL for the root */
    uint64_t seen;              /* TRACKED fields that have come */
    uint32_t group;             /* field number, 0 if it is not a group */
    uint32_t depth;             /* 0 for the root */
} sl_frame;

typedef struct sl_walk {
    const sl_plan *plan;
    sl_bytes payload;
    sl_violations *violations;
    uint32_t max_depth; /* at most SL_LIMIT_PAYLOAD_DEPTH */
    bool rejects_unknown;
    bool is_broken; /* wrong wire data ended the walk */
    bool
        is_incomplete; /* some message lacked a required field in the part that was seen; merging decides */
    sl_status
        status;  /* why a function of the walk returned NULL or false: SL_OK for wrong wire data */
    size_t open; /* frames in use */
    sl_frame frames[SL_LIMIT_PAYLOAD_DEPTH + 1];
} sl_walk;

/* A field and the place of its tag, for paths; entry NULL: the message of the innermost frame itself. */
typedef struct sl_place {
    const sl_plan_entry *entry;
    const uint8_t *at;
    uint64_t element; /* of a packed field */
} sl_place;

/* All violations, in the order of their offsets; `violations` has been cleared. The payload has data and slop behind it.
 * SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_explain(const sl_plan *plan, sl_bytes payload,
                                   const sl_validate_options *options, sl_violations *violations);

/* Walk from the frames that are open to the end. The answer is in the walk: violations, is_broken, is_incomplete.
 * SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_walk_run(sl_walk *walk);

/* Each adds a violation (or counts it) and returns false when memory is out, with walk->status set. */
bool sl_report_utf8(sl_walk *walk, const sl_place *place, sl_bytes text, size_t invalid);
bool sl_report_unknown(sl_walk *walk, const uint8_t *at, uint32_t tag);
bool sl_report_wire_type(sl_walk *walk, const sl_place *place, uint32_t wire_type);
bool sl_report_enum(sl_walk *walk, const sl_place *place, const uint8_t *at, uint64_t value);
bool sl_report_set_item(sl_walk *walk, const uint8_t *at, const sl_set_item *item);
/* A message-set item with type id 0, which C++ takes for wrong wire data: ends the walk. */
void sl_report_type_zero(sl_walk *walk, const uint8_t *at);
/* Find out what is wrong at `fault`, tell it, and end the walk. */
void sl_report_fault(sl_walk *walk, const sl_fault *fault);

/* What remains when merging is done: report each required field that is missing from the merged message.
 * SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_check_required(sl_walk *walk);

/* The path is made only if the violation will be kept. */
SL_MUST_CHECK sl_status sl_walk_add(sl_walk *walk, sl_violation_rule rule, const uint8_t *where,
                                    const sl_trail *trail, const char *format, ...) SL_PRINTF(5, 6);
