/* validate/accept_ssse3.c: tier 1 for processors with SSSE3. Built with the flags for it, so nothing here may run before
 * sl_accept_choose() has asked for the processor. */
#include "validate/internal/accept_ssse3.h"

#include "validate/internal/accept_blocks.h"

#define SL_ACCEPT_LOOP accept_loop
#include "validate/internal/accept_loop.h"

static bool is_supported(void)
{
    return __builtin_cpu_supports("ssse3");
}

const sl_accept_variant sl_accept_ssse3 = {"ssse3", is_supported, accept_loop, is_text,
                                           are_varints};
