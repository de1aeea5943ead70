/* tests/conformance/test_shared.c: the payloads that Protobuf's own conformance runner sends.
 *
 * ../shared/data/conformance, beside the repository: each record has the answer that the runner wants of a parser, which is accept or
 * refuse; what else a contract may say of an accepted one is held to be policy alone. judge.c asks tier 1 alone, tier 2 alone and both; those
 * valid ones of which tier 1 is not sure are counted here. The data lie outside and may be absent. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/conformance/judge.h"
#include "tests/support/tap_main.h"

enum { PAYLOADS_AT_LEAST = 1000, PLANS_MOST = 64 };

static payload_judge runner;
static sl_bytes payloads;

static size_t plan_index(sl_str type)
{
    size_t i = 0;
    while (!sl_str_equal(runner.plans[i].type, type))
        i++;
    return i;
}

START_TEST(payload_is_accepted_or_refused_as_the_runner_wants)
{
    size_t count = 0, refused = 0, unsure[PLANS_MOST] = {0};
    sl_bytes rest = payloads;
    payload_record record;
    while (payload_record_next(&rest, &record)) {
        judgement said = judge_compare_refused(&runner, &record, record.verdict != 0);
        if (said.is_unsure)
            unsure[plan_index(record.type)]++;
        refused += record.verdict != 0;
        count++;
    }
    printf("# %zu payloads of %zu types, %zu to be refused\n", count, runner.plan_count, refused);
    printf("# %zu of the valid ones were left to tier 2:", runner.unsure);
    for (size_t i = 0; i < runner.plan_count; i++)
        if (unsure[i])
            printf(" %.*s %zu", SL_STR_ARG(runner.plans[i].type), unsure[i]);
    putchar('\n');
    fflush(stdout);
    ck_assert_uint_ge(count, PAYLOADS_AT_LEAST);
    ck_assert_uint_eq(runner.disagreed, 0);
}
END_TEST

static sl_bytes load(const char *name)
{
    const char *root = getenv("SLUICE_SOURCE_ROOT");
    const char *path =
        text_keep("%s/../shared/data/conformance/%s", root && *root ? root : ".", name);
    sl_bytes bytes = file_load(path);
    if (!bytes.data)
        tap_skip_all(NULL, "%s is not there; it is kept beside the repository", path);
    return bytes;
}

static Suite *shared_suite(void)
{
    payloads = load("payloads.bin");
    judge_start(&runner, load("schemas.binpb"));

    Suite *suite = suite_create("shared");
    TCase *tcase = tcase_create("conformance runner");
    tcase_add_test(tcase, payload_is_accepted_or_refused_as_the_runner_wants);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(shared_suite)
