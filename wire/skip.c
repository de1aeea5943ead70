/* wire/skip.c: pass over a value whose field nobody knows.
 *
 * All but groups are one step. A group ends at the end-group tag with its own number, and groups nest, so the numbers of the open ones
 * are kept on a small fixed stack: no recursion, hence no input can overflow ours. Its size is SL_LIMIT_PAYLOAD_DEPTH; a caller's
 * larger bound is cut to it. */
#include "wire/internal/skip.h"

static sl_status skip_plain(sl_wire_reader *reader, sl_wire_type type)
{
    uint64_t number;
    uint32_t small;
    sl_bytes bytes;
    switch (type) {
    case SL_WIRE_VARINT: return sl_wire_read_varint(reader, &number);
    case SL_WIRE_I64: return sl_wire_read_fixed64(reader, &number);
    case SL_WIRE_I32: return sl_wire_read_fixed32(reader, &small);
    case SL_WIRE_LEN: return sl_wire_read_len(reader, &bytes);
    case SL_WIRE_SGROUP:
    case SL_WIRE_EGROUP: break;
    }
    return SL_MALFORMED;
}

sl_status sl_wire_skip_group(sl_wire_reader *reader, uint32_t number, uint32_t max_depth,
                             sl_bytes *ret_content)
{
    const uint8_t *begin = reader->at, *end_tag = reader->at;
    uint32_t open[SL_LIMIT_PAYLOAD_DEPTH];
    uint32_t most = SL_MIN(max_depth, (uint32_t)SL_LIMIT_PAYLOAD_DEPTH);
    uint32_t depth = 0;
    if (most == 0)
        return SL_LIMIT;
    open[depth++] = number;
    while (depth > 0) {
        sl_wire_reader before = *reader;
        sl_wire_tag tag;
        SL_TRY(sl_wire_read_tag(reader, &tag));
        if (tag.type == SL_WIRE_SGROUP) {
            if (depth == most)
                return SL_LIMIT;
            open[depth++] = tag.number;
        } else if (tag.type == SL_WIRE_EGROUP) {
            if (tag.number != open[depth - 1]) {
                *reader = before;
                return SL_MALFORMED;
            }
            depth--;
            end_tag = before.at;
        } else {
            SL_TRY(skip_plain(reader, tag.type));
        }
    }
    *ret_content = (sl_bytes){begin, (size_t)(end_tag - begin)};
    return SL_OK;
}

sl_status sl_wire_skip(sl_wire_reader *reader, sl_wire_tag tag, uint32_t max_depth)
{
    sl_bytes content;
    if (tag.type == SL_WIRE_SGROUP)
        return sl_wire_skip_group(reader, tag.number, max_depth, &content);
    return skip_plain(reader, tag.type);
}
