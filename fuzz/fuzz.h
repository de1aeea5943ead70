/* fuzz/fuzz.h: what a fuzz target is.
 *
 * A target is one function in fuzz/fuzz_<name>.c that does with the bytes what a stranger's bytes would meet, and ends the process
 * (abort, or a sanitizer) if something that must always hold does not. It is built twice:
 *
 *   replay     in every build, with replay.c: the files of fuzz/corpus/<name>/ and seeded damage of them, as the test fuzz-<name>
 *   libFuzzer  scripts/fuzz, which builds with clang, AddressSanitizer and UBSan, and says where it puts what it finds
 *
 * A new target is one row in tests/fuzz/meson.build. What libFuzzer finds becomes a file of the corpus. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* libFuzzer's own name. Returns 0. `bytes` has exactly `len` readable bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* What must always hold, or the process ends and says what did not. */
static inline void fuzz_must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}
