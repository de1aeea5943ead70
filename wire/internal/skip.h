/* wire/internal/skip.h: skipping a group, with the place of its end. */
#pragma once

#include "wire/wire.h"

/* From behind the start tag of group `number` to behind its end tag. `*ret_content` is what lies between the two: the end tag cannot be
 * found from behind, since content may end in bytes that look like the start of a varint.
 * SL_OK, SL_MALFORMED, SL_LIMIT; see sl_wire_skip() for `max_depth`. */
SL_MUST_CHECK sl_status sl_wire_skip_group(sl_wire_reader *reader, uint32_t number,
                                           uint32_t max_depth, sl_bytes *ret_content);
