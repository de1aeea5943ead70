/* tests/validate/random_pair.h: random schemas, and random payloads of them that are nearly right.
 *
 * For holding two readers of payloads against each other: what makes them differ is seldom in fixtures. Repeatable by seed. */
#pragma once

#include "schema/schema.h"
#include "tests/support/random.h"

/* A linked schema whose main message is "r.M0": proto2 or proto3, a few messages that contain one another, every type of field,
 * required fields, oneofs, maps, groups, closed enums, packed and expanded, small numbers and large. Ends the test on failure. */
sl_schema *random_schema(uint64_t *seed);

/* Append a payload of `message`. Fields come in any order, again, in the other form, and in parts; some payloads then get a
 * byte changed, cut out or put in, or their end cut off. */
void random_payload(sl_buf *buf, const sl_message *message, uint64_t *seed);
