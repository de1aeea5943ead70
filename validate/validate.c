/* validate/validate.c: one payload, one answer.
 *
 * The walk (walk.c) decides all that can be decided byte by byte. Only if it met a message that looked incomplete, and the wire
 * data was sound, is the payload looked at a second time with Protobuf's merging (required.c). Violations of both are put
 * in the order of their offsets. */
#include "validate/internal/walk.h"

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

sl_status sl_validate(const sl_plan *plan, sl_bytes payload, const sl_validate_options *options,
                      sl_violations *violations, bool *ret_valid)
{
    static const uint8_t nothing[SL_PAYLOAD_SLOP];
    sl_walk walk;
    sl_violations_clear(violations);
    uint32_t max_depth = options->max_depth ? options->max_depth : SL_LIMIT_PAYLOAD_DEPTH;
    if (!payload.data || payload.len == 0)
        payload = (sl_bytes){nothing, 0};

    /* Field by field: zeroing the frames would cost more than walking a small payload. */
    walk.plan = plan;
    walk.payload = payload;
    walk.violations = violations;
    walk.max_depth = SL_MIN(max_depth, (uint32_t)SL_LIMIT_PAYLOAD_DEPTH);
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
    *ret_valid = violations->count == 0;
    return SL_OK;
}
