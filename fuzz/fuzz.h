/* fuzz/fuzz.h: what a fuzz target is.
 *
 * A target is one function in fuzz/fuzz_<name>.c that does with the bytes what a stranger's bytes would meet, and ends the process
 * (abort, or a sanitizer) if something that must always hold does not. It is built twice:
 *
 *   replay     in every build, with replay.c: the files of fuzz/corpus/<name>/ and seeded damage of them, as the test fuzz-<name>
 *   libFuzzer  CC=clang-14 meson setup build-fuzz -Dfuzzers=true -Db_sanitize=address,undefined -Db_lundef=false \
 *                  -Dc_args=-fsanitize=fuzzer-no-link
 *              SLUICE_SOURCE_ROOT=. build-fuzz/fuzz/fuzz_<name> fuzz/corpus/<name>
 *
 * A new target is one row in tests/fuzz/meson.build. What libFuzzer finds becomes a file of the corpus. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* libFuzzer's own name. Returns 0. `bytes` has exactly `len` readable bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);
