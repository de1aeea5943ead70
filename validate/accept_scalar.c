/* validate/accept_scalar.c: tier 1 for any processor: eight bytes at a time, without vectors. */
#include "validate/internal/scan.h"

static inline bool is_text(const uint8_t *at, uint64_t len)
{
    return sl_utf8_find_invalid((sl_bytes){at, len}) == SIZE_MAX;
}

static bool are_varints(const uint8_t *at, uint64_t len)
{
    const uint8_t *end = at + len;
    while (at && at < end) {
        if (end - at >= 8 && (sl_load64(at) & SL_CONTINUATION_BITS) == 0)
            at += 8;
        else
            at = sl_scan_varint(at, end);
    }
    return at != NULL;
}

#define SL_ACCEPT_LOOP accept_loop
#include "validate/internal/accept_loop.h"

static bool is_supported(void)
{
    return true;
}

const sl_accept_variant sl_accept_scalar = {"scalar", is_supported, accept_loop, is_text,
                                            are_varints};
