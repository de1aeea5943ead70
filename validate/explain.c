/* validate/explain.c: tier 2, one payload.
 *
 * The walk (explain_walk.c) finds all that can be seen byte by byte. Only if it met a message that looked incomplete, and the wire
 * data was sound, is the payload looked at a second time with Protobuf's merging (explain_required.c). Violations of both are put
 * in the order of their offsets. */
#include "validate/internal/explain.h"

static void sort_by_offset(sl_violations *violations)
{
    sl_violation *items = violations->items;
    for (size_t i = 1; i < violations->count; i++) {
        sl_violation moved = items[i];
        size_t at = i;
        for (; at > 0 && items[at - 1].offset > moved.offset; at--)
            items[at] = items[at - 1];
        items[at] = moved;
    }
}

sl_status sl_explain(const sl_plan *plan, sl_bytes payload, const sl_validate_options *options,
                     sl_violations *violations)
{
    sl_walk walk;
    /* Field by field: zeroing the frames would cost more than walking a small payload. */
    walk.plan = plan;
    walk.payload = payload;
    walk.violations = violations;
    walk.max_depth = options->max_depth;
    walk.rejects_unknown = options->unknown_fields == SL_UNKNOWN_REJECT;
    walk.is_broken = walk.is_incomplete = false;
    walk.status = SL_OK;
    walk.open = 1;
    walk.frames[0] = (sl_frame){.type = &plan->messages.items[0],
                                .begin = payload.data,
                                .end = payload.data + payload.len,
                                .at = payload.data};
    SL_TRY(sl_walk_run(&walk));
    if (walk.is_incomplete && !walk.is_broken)
        SL_TRY(sl_check_required(&walk));
    sort_by_offset(violations);
    return SL_OK;
}
