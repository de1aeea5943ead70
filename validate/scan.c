/* validate/scan.c: over a value that no field of the schema takes. Both tiers do it here.
 *
 * An unknown group has no length: it ends with its end tag, and groups inside it with theirs. So they are followed, without recursion. */
#include "validate/internal/scan.h"

const uint8_t *sl_skip_plain(const uint8_t *at, const uint8_t *end, uint32_t wire_type)
{
    size_t len;
    switch (wire_type) {
    case SL_WIRE_VARINT: return sl_scan_varint(at, end);
    case SL_WIRE_I64: return end - at >= 8 ? at + 8 : NULL;
    case SL_WIRE_I32: return end - at >= 4 ? at + 4 : NULL;
    case SL_WIRE_LEN: at = sl_scan_length(at, end, &len); return at ? at + len : NULL;
    default: return NULL;
    }
}

static const uint8_t *fail(sl_fault *fault, const uint8_t *at, uint32_t group, bool is_too_deep)
{
    *fault = (sl_fault){at, group, is_too_deep};
    return NULL;
}

/* The numbers of the open groups are kept on a stack of our own, since an end tag must name the innermost. */
static const uint8_t *skip_group(const uint8_t *at, const uint8_t *end, uint32_t number,
                                 uint32_t depth_left, sl_fault *fault)
{
    uint32_t groups[SL_LIMIT_PAYLOAD_DEPTH + 1];
    uint32_t open = 0;
    groups[open++] = number;
    while (open > 0) {
        const uint8_t *tag_at = at;
        uint32_t tag;
        at = sl_scan_tag(at, end, &tag);
        if (!at || tag >> 3 == 0)
            return fail(fault, tag_at, groups[open - 1], false);
        if ((tag & 7) == SL_WIRE_EGROUP && tag >> 3 == groups[open - 1]) {
            open--;
        } else if ((tag & 7) == SL_WIRE_SGROUP) {
            if (open == depth_left)
                return fail(fault, tag_at, groups[open - 1], true);
            groups[open++] = tag >> 3;
        } else if (!(at = sl_skip_plain(at, end, tag & 7))) {
            return fail(fault, tag_at, groups[open - 1], false);
        }
    }
    return at;
}

const uint8_t *sl_skip_value(const uint8_t *at, const uint8_t *end, uint32_t tag,
                             uint32_t depth_left, sl_fault *fault)
{
    if ((tag & 7) != SL_WIRE_SGROUP)
        return sl_skip_plain(at, end, tag & 7);
    if (depth_left == 0) {
        fault->is_too_deep = true;
        return NULL;
    }
    return skip_group(at, end, tag >> 3, depth_left, fault);
}
