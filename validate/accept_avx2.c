/* validate/accept_avx2.c: tier 1 for processors with AVX2 and BMI2. Built with the flags for it, so nothing here may run before
 * sl_accept_choose() has asked for the processor. */
#include "validate/internal/accept_avx2.h"

#include "validate/internal/accept_blocks.h"

#define SL_ACCEPT_LOOP accept_loop
#include "validate/internal/accept_loop.h"

static bool is_supported(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2");
}

const sl_accept_variant sl_accept_avx2 = {"avx2", is_supported, accept_loop, is_text, are_varints};
