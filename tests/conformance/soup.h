/* tests/conformance/soup.h: random payloads that are nearly right, for an oracle to judge.
 *
 * Fields of plausible numbers with any wire type, nested in one another, their varints and lengths sometimes padded, over-long or a little
 * off. Damage to real payloads seldom gets that far in; this does. Repeatable by seed. */
#pragma once

#include "tests/conformance/corpora.h"

/* Append a few random fields, nested to at most `depth` levels. */
void soup_fields(sl_buf *buf, uint64_t *seed, uint32_t depth);

/* Append `levels` messages, one inside the other, around `core`: each is field `number`, as a group or with a length. */
void soup_nested(sl_buf *buf, uint32_t number, bool is_group, uint32_t levels, sl_bytes core);
