/* validate/internal/walk.h: the state of one walk over one payload.
 *
 *   frames   [ root | items | attrs entry | … ]      messages and known groups that are open, outermost first
 *
 * Three files share it: walk.c goes over the bytes and only says "here"; explain.c looks again and says what and where, in words;
 * required.c decides, by merging, what is missing. */
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

/* Where wire data is wrong: at this tag, or right behind it. */
typedef struct sl_fault {
    const uint8_t *at;
    uint32_t group;   /* the innermost group that is open there; 0: none */
    bool is_too_deep; /* the message or group that begins here is one level too deep */
} sl_fault;

/* A field and the place of its tag, for paths; entry NULL: the message of the innermost frame itself. */
typedef struct sl_place {
    const sl_plan_entry *entry;
    const uint8_t *at;
    uint64_t element; /* of a packed field */
} sl_place;

/* Walk from the frames that are open to the end. The answer is in the walk: violations, is_broken, is_incomplete.
 * SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_walk_run(sl_walk *walk);

/* Pass over the value behind `tag`, at `at`, which nobody knows; groups to their end. NULL with `*fault` set. `depth_left`: levels
 * that may still be opened. */
const uint8_t *sl_skip_value(const uint8_t *at, const uint8_t *end, uint32_t tag,
                             uint32_t depth_left, sl_fault *fault);

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
