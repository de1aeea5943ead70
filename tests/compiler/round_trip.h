/* tests/compiler/round_trip.h: a compiled case is printed in both forms, and compiled again to the same bytes. */
#pragma once

#include "compiler/compiler.h"

typedef struct round_trip {
    sl_str name; /* of the case, for messages */
    /* Compile the case with `text` in the place of its "case.proto". */
    void (*compile)(void *context, sl_str text, sl_compiled **ret_compiled, sl_findings *findings);
    void *context;
} round_trip;

/* The case's own schema, main file "case.proto"; NULL if it does not link. */
sl_schema *round_trip_link(const sl_compiled *compiled);

/* What a compiler wrote has nothing to be told of but options that are kept in source only, which is told even where it does not matter
 * any more. Fails the test otherwise. */
void round_trip_check(const round_trip *trip, const sl_schema *schema);
