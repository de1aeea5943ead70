/* validate/validate.c: one payload, one answer, in two tiers.
 *
 *   accept    tier 1   accept.c, accept_loop.h: one pass by a compiled table; "valid", or "not sure"
 *   explain   tier 2   explain.c and what it calls: everything that is wrong, exactly, in words
 *
 * Bad payloads are rare, so the good ones pay nothing for the explanation of the bad. What both have in common is the plan
 * (plan.c), from which tier 1's tables are made (accept_table.c), and how single values are read (scan.h). */
#include "validate/internal/accept.h"
#include "validate/internal/explain.h"

sl_status sl_validate(const sl_plan *plan, sl_bytes payload, const sl_validate_options *options,
                      sl_violations *violations, bool *ret_valid)
{
    static const uint8_t nothing[SL_PAYLOAD_SLOP];
    sl_validate_options used = *options;
    if (used.max_depth == 0 || used.max_depth > SL_LIMIT_PAYLOAD_DEPTH)
        used.max_depth = SL_LIMIT_PAYLOAD_DEPTH;
    if (!payload.data || payload.len == 0)
        payload = (sl_bytes){nothing, 0};
    sl_violations_clear(violations);
    bool is_valid = sl_accept(plan, payload, &used);
    if (!is_valid) {
        SL_TRY(sl_explain(plan, payload, &used, violations));
        is_valid = violations->count == 0;
    }
    *ret_valid = is_valid;
    return SL_OK;
}
