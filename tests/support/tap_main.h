/* tests/support/tap_main.h: the main() of every C test.
 *
 * A test file fills a suite and names it once, at its end:
 *
 *     static Suite *varint_suite(void) { … }
 *     TAP_MAIN(varint_suite)
 *
 * The suite runs under check and speaks TAP on standard output: one line a case, which meson counts.
 * What the code under test writes belongs on standard error. */
#pragma once

#include <check.h>
#include <stdbool.h>

#define TAP_MAIN(...)                                        \
    int main(void)                                           \
    {                                                        \
        return tap_run((tap_suite_fn[]){__VA_ARGS__, NULL}); \
    }

typedef Suite *(*tap_suite_fn)(void);

/* Run the suites that the NULL-ended list makes, and return the exit status of the test program:
 * 0 all passed, 1 not. Takes no arguments from outside but check's own environment (CK_RUN_CASE, …). */
int tap_run(const tap_suite_fn *suites);

/* Say that this whole program is skipped, and why, and end it. Call it before any case has run, from
 * a suite's function or from a main() of one's own, when something outside is missing.
 *
 *   require  name of an environment variable, or NULL. If it is set and neither empty nor "0", what is
 *            missing was demanded: the program fails instead.
 *   why      printf format: what is missing and how to get it; one line. */
_Noreturn void tap_skip_all(const char *require, const char *why, ...)
    __attribute__((format(printf, 2, 3)));

/* Does this run want a sample (SLUICE_TEST_SAMPLE is set and not "0") where a test could ask about thousands of inputs? */
bool tap_samples(void);
