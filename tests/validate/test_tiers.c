/* tests/validate/test_tiers.c: tier 1 against tier 2, on random payloads of random schemas.
 *
 * Under both policies, tier 1 may be sure only of what tier 2 finds valid; and where no type has required fields, which is all that a part of
 * a message cannot tell, it must be sure of everything that is valid. What sl_validate() answers is what tier 2 says.
 *
 *   SLUICE_LONG=1   ten million pairs instead of a hundred thousand */
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/tap_main.h"
#include "tests/validate/random_pair.h"
#include "tests/validate/tiers.h"

enum { SCHEMAS = 1000, PAYLOADS = 100, LONG_BY = 100, CASES = 10, SEED = 1 };

typedef struct pair_counts {
    size_t valid, sure, refused;
} pair_counts;

static size_t times(size_t count)
{
    const char *flag = getenv("SLUICE_LONG");
    return flag && *flag && strcmp(flag, "0") != 0 ? count * LONG_BY : count;
}

static void tell(const sl_plan *plan, sl_bytes payload, uint64_t seed)
{
    fprintf(stderr, "schema of seed %llu:\n", (unsigned long long)seed);
    const sl_message *message = sl_plan_message(plan);
    for (uint32_t i = 0; i < message->field_count; i++)
        fprintf(stderr, "  %.*s %d, type %d\n", SL_STR_ARG(message->by_number[i]->name),
                message->by_number[i]->number, (int)message->by_number[i]->type);
    for (size_t i = 0; i < payload.len; i++)
        fprintf(stderr, "%02x", payload.data[i]);
    fputc('\n', stderr);
}

static void check_pair(const sl_plan *plan, sl_bytes payload, sl_unknown_policy policy,
                       uint64_t seed, pair_counts *counts)
{
    static sl_violations violations;
    const sl_validate_options options = {.unknown_fields = policy};
    tier_answers answers = tiers_ask(plan, payload, policy, &violations);
    bool is_valid = false;
    bool is_right = tiers_agree(answers) && answers.status == SL_OK &&
                    sl_validate(plan, payload, &options, &violations, &is_valid) == SL_OK &&
                    is_valid == answers.is_valid;
    if (!plan->messages.items[0].reaches_required)
        is_right = is_right && answers.is_sure == answers.is_valid;
    if (!is_right)
        tell(plan, payload, seed);
    ck_assert_msg(is_right, "policy %d: tier 1 is %s, tier 2 says %s; %s", (int)policy,
                  answers.is_sure ? "sure" : "not sure", answers.is_valid ? "valid" : "not valid",
                  answers.is_one_voice ? "all variants agree" : "its variants differ");
    counts->valid += answers.is_valid;
    counts->sure += answers.is_sure;
    counts->refused += !answers.is_valid;
}

/* In a block that ends with its slop. */
static void check_payload(const sl_plan *plan, const sl_buf *buf, uint64_t seed,
                          pair_counts *counts)
{
    uint8_t *block = malloc(buf->len + SL_PAYLOAD_SLOP);
    ck_assert_ptr_nonnull(block);
    if (buf->len)
        memcpy(block, buf->data, buf->len);
    memset(block + buf->len, 0xA5, SL_PAYLOAD_SLOP);
    check_pair(plan, (sl_bytes){block, buf->len}, SL_UNKNOWN_ALLOW, seed, counts);
    check_pair(plan, (sl_bytes){block, buf->len}, SL_UNKNOWN_REJECT, seed, counts);
    free(block);
}

START_TEST(tier_1_is_sure_only_of_what_tier_2_finds_valid)
{
    sl_cleanup(sl_buf_done) sl_buf buf = {0};
    pair_counts counts = {0};
    for (size_t i = 0; i < times(SCHEMAS) / CASES; i++) {
        uint64_t schema_seed = SEED + i * CASES + (uint64_t)_i, seed = schema_seed;
        sl_cleanup(sl_schema_unrefp) sl_schema *schema = random_schema(&seed);
        sl_cleanup(sl_plan_unrefp) sl_plan *plan = NULL;
        ck_assert_int_eq(sl_plan_compile(schema, SL_STR("r.M0"), &plan, NULL), SL_OK);
        for (size_t k = 0; k < PAYLOADS; k++) {
            sl_buf_clear(&buf);
            random_payload(&buf, sl_plan_message(plan), &seed);
            ck_assert_int_eq(sl_buf_status(&buf), SL_OK);
            check_payload(plan, &buf, schema_seed, &counts);
        }
    }
    printf("# %zu pairs, each by two policies: %zu valid, tier 1 sure of %zu; %zu refused\n",
           times(SCHEMAS) / CASES * PAYLOADS, counts.valid, counts.sure, counts.refused);
    fflush(stdout);
    ck_assert_uint_gt(counts.sure, counts.valid / 2);
    ck_assert_uint_gt(counts.refused, counts.valid / 10);
    ck_assert_uint_gt(counts.valid, counts.sure);
}
END_TEST

static Suite *tiers_suite(void)
{
    Suite *suite = suite_create("tiers");
    TCase *tcase = tcase_create("tiers");
    tcase_set_timeout(tcase, 3600);
    tcase_add_loop_test(tcase, tier_1_is_sure_only_of_what_tier_2_finds_valid, 0, CASES);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(tiers_suite)
