/* tests/validate/walk_support.h: payloads as tables, walked against the schemas of tests/validate/schemas. */
#pragma once

#include "tests/support/tap_main.h"
#include "validate/validate.h"

/* A row: these bytes of this type give this one violation; rule VALID gives none. */
enum { VALID = -1 };
typedef struct walk_case {
    const char *name, *type;
    const char *bytes;
    size_t len;
    int rule;
    const char *path;
    size_t offset;
} walk_case;

/* The bytes of a string literal, which may hold zeros. */
#define BYTES(literal) (literal), sizeof(literal) - 1

/* Plans live until the process ends. Anything that goes wrong ends the test. */
sl_schema *walk_schema(void);
sl_plan *walk_plan(const char *type);

/* Walk a copy of the bytes in a block that ends with its slop, so that a sanitizer sees the first byte read behind that. Both tiers
 * are asked, and must agree. */
bool walk_bytes(const char *type, sl_bytes payload, sl_unknown_policy policy,
                sl_violations *violations);

/* Walk the row by `policy` and compare. */
void walk_check(const walk_case *row, sl_unknown_policy policy);

/* "path: rule @offset" of each violation, a line each: for comparing several at once. The text lives until the next call. */
const char *walk_told(const char *type, sl_bytes payload, sl_unknown_policy policy);
