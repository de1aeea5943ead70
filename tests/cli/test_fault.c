/* tests/cli/test_fault.c: the Nth allocation of a subcommand fails, N = 1, 2, … until a run is untouched.
 *
 * Each time the answer is the right one, or there is none (exit status 3): never half an answer with a good status, and nothing leaks
 * (under the leak checker). What is said goes to /dev/null. */
#include "cli/cli.h"
#include "tests/support/tap_main.h"

#include "base/base.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOST_ALLOCATIONS = 20000, MOST_WORDS = 12, PATH_SIZE = 512 };

/* Words that begin with @ are files of examples/orders. Nobody listens on port 1. */
static const struct {
    const char *name;
    const char *words[MOST_WORDS];
    int want;
} cases[] = {
    {"good_payload",
     {"sluice", "validate", "--schema", "@v1.binpb", "--message", "orders.v1.OrderPlaced",
      "@good.bin"},
     SL_EXIT_CLEAN},
    {"bad_payload",
     {"sluice", "validate", "--schema", "@v1.binpb", "--message", "orders.v1.OrderPlaced",
      "@bad.bin"},
     SL_EXIT_FINDINGS},
    {"json_of_a_stream",
     {"sluice", "validate", "--schema", "@v1.binpb", "--message", "orders.v1.OrderPlaced",
      "--input=delimited", "--format=json", "@batch.delimited"},
     SL_EXIT_FINDINGS},
    {"no_server",
     {"sluice", "check", "--subject", "s", "--server", "http://127.0.0.1:1", "@v1.binpb"},
     SL_EXIT_NO_ANSWER},
};

/* Run with standard output and error on /dev/null. */
static int run_silently(char **words, int count)
{
    fflush(NULL);
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
    ck_assert(null >= 0 && out >= 0 && err >= 0);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    int got = sl_cli_run(count, words);
    fflush(NULL);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    close(out);
    close(err);
    close(null);
    return got;
}

static int run_case(int index)
{
    char paths[MOST_WORDS][PATH_SIZE];
    char *words[MOST_WORDS + 1] = {NULL};
    int count = 0;
    for (; count < MOST_WORDS && cases[index].words[count]; count++) {
        const char *word = cases[index].words[count];
        if (word[0] == '@')
            snprintf(paths[count], PATH_SIZE, "%s/examples/orders/%s", getenv("SLUICE_SOURCE_ROOT"),
                     word + 1);
        else
            snprintf(paths[count], PATH_SIZE, "%s", word);
        words[count] = paths[count];
    }
    return run_silently(words, count);
}

/* One allocation that fails may be made good (libcurl tries again); memory that is out for good may not. */
static void sweep(int index, bool is_persistent)
{
    uint64_t nth = 1;
    for (;; nth++) {
        ck_assert_msg(nth < MOST_ALLOCATIONS, "%s: no end of allocations", cases[index].name);
        sl_alloc_fault_arm(nth, is_persistent);
        int got = run_case(index);
        bool is_hit = sl_alloc_fault_hit();
        sl_alloc_fault_arm(0, false);
        bool is_right = is_hit ? got == SL_EXIT_NO_ANSWER : got == cases[index].want;
        is_right |= !is_persistent && got == cases[index].want;
        ck_assert_msg(is_right, "%s, allocation %llu: exit status %d", cases[index].name,
                      (unsigned long long)nth, got);
        if (!is_hit)
            break;
    }
    ck_assert_msg(nth > 5, "%s: allocations do not go through base/", cases[index].name);
}

START_TEST(memory_that_is_out_is_no_answer)
{
    sweep(_i, true);
}
END_TEST

START_TEST(failed_allocation_is_no_answer_or_made_good)
{
    sweep(_i, false);
}
END_TEST

static Suite *fault_suite(void)
{
    unsetenv("SLUICE_TOKEN");
    Suite *suite = suite_create("cli-fault");
    TCase *tcase = tcase_create("allocations");
    tcase_add_loop_test(tcase, memory_that_is_out_is_no_answer, 0, SL_ARRAY_LEN(cases));
    tcase_add_loop_test(tcase, failed_allocation_is_no_answer_or_made_good, 0, SL_ARRAY_LEN(cases));
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(fault_suite)
