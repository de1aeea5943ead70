/* tests/support/tap_main.c: run check suites with TAP output, or skip them saying why.
 *
 * check writes TAP by itself when CK_TAP_LOG_FILE_NAME is "-"; tests/meson.build sets that. Started by
 * hand, without it, the program prints check's usual report instead, which is what a person wants. */
#include "tests/support/tap_main.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int tap_run(const tap_suite_fn *suites)
{
    SRunner *runner = NULL;
    for (const tap_suite_fn *suite = suites; *suite; suite++) {
        Suite *made = (*suite)();
        if (!runner)
            runner = srunner_create(made);
        else
            srunner_add_suite(runner, made);
    }
    if (!runner)
        tap_skip_all(NULL, "no suite was given");

    srunner_run_all(runner, CK_ENV);
    int run = srunner_ntests_run(runner);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);

    if (run == 0) {
        fprintf(stderr, "no case ran: a test that runs nothing cannot fail\n");
        return EXIT_FAILURE;
    }
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && *value && strcmp(value, "0") != 0;
}

bool tap_samples(void)
{
    return is_set("SLUICE_TEST_SAMPLE");
}

void tap_skip_all(const char *require, const char *why, ...)
{
    char text[512];
    va_list args;
    va_start(args, why);
    vsnprintf(text, sizeof text, why, args);
    va_end(args);

    if (require && is_set(require)) {
        printf("1..1\nnot ok 1 - demanded by %s=%s: %s\n", require, getenv(require), text);
        fflush(stdout);
        exit(EXIT_FAILURE);
    }
    printf("1..0 # SKIP %s\n", text);
    fflush(stdout);
    exit(EXIT_SUCCESS);
}
