/* tests/schema/invariants.h: what every linked schema must keep to, whatever bytes it came from.
 *
 * Rooms above rely on these without a second look: types are there, lists are sorted and disjoint, maps are maps. */
#pragma once

#include "schema/schema.h"

/* NULL if all is well, else what is not. Touches every struct, so a sanitizer sees what is not there. */
const char *schema_broken_invariant(const sl_schema *schema);
