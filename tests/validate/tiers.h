/* tests/validate/tiers.h: what each tier says of a payload, and every variant of the first. */
#pragma once

#include "validate/internal/accept.h"
#include "validate/internal/explain.h"

typedef struct tier_answers {
    sl_status status;  /* of tier 2: SL_OK, SL_NO_MEMORY */
    bool is_sure;      /* tier 1 says "valid" */
    bool is_valid;     /* tier 2 says so; `violations` say why not */
    bool is_one_voice; /* all variants of tier 1 that this processor supports agree */
} tier_answers;

/* `payload` has data, and slop behind it. */
static inline tier_answers tiers_ask(const sl_plan *plan, sl_bytes payload,
                                     sl_unknown_policy policy, sl_violations *violations)
{
    const sl_validate_options options = {policy, SL_LIMIT_PAYLOAD_DEPTH};
    const sl_accept_options accept_options = {options.max_depth, policy == SL_UNKNOWN_REJECT};
    tier_answers answers = {.is_sure = sl_accept(plan, payload, &options), .is_one_voice = true};
    for (size_t i = 0; i < sl_accept_variant_count; i++) {
        const sl_accept_variant *variant = sl_accept_variants[i];
        if (variant->is_supported() &&
            variant->accept(plan->root, payload, accept_options) != answers.is_sure)
            answers.is_one_voice = false;
    }
    sl_violations_clear(violations);
    answers.status = sl_explain(plan, payload, &options, violations);
    answers.is_valid = violations->count == 0;
    return answers;
}

/* What must hold for every payload: tier 1 is sure only of what tier 2 finds valid. */
static inline bool tiers_agree(tier_answers answers)
{
    return answers.is_one_voice && (!answers.is_sure || answers.is_valid);
}
