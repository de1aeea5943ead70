/* tests/conformance/test_encode.c: payloads that protoc wrote, and their damage as protoc judged it.
 *
 * encode/payloads.bin is what protoc --encode wrote from tests/conformance/encode/, encode/mutations.bin the same payloads damaged and
 * judged by protoc --decode, editions included. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/conformance/judge.h"
#include "tests/support/tap_main.h"

enum { TYPES_AT_LEAST = 20, PAYLOADS_AT_LEAST = 40, MUTATIONS_AT_LEAST = 3000 };

static payload_judge encoded;
static sl_bytes payloads, mutations;

/* Judge all records against their verdicts; returns how many there were. */
static size_t compare_all(payload_judge *judge, sl_bytes records)
{
    size_t count = 0, counts[VERDICT_COUNT] = {0};
    payload_record record;
    while (payload_record_next(&records, &record)) {
        ck_assert_uint_lt(record.verdict, VERDICT_COUNT);
        judge_compare(judge, &record, record.verdict);
        counts[record.verdict]++;
        count++;
    }
    printf(
        "# %zu payloads of %zu types: %zu valid, of which policy refused %zu; %zu with unnamed fields; "
        "%zu malformed; %zu without a required field; "
        "%zu not compared: a tag of more than 32 bits\n",
        count, judge->plan_count, counts[VERDICT_VALID], judge->stricter, counts[VERDICT_UNNAMED],
        counts[VERDICT_MALFORMED], counts[VERDICT_MISSING_REQUIRED], judge->wide_tags);
    fflush(stdout);
    return count;
}

START_TEST(encoded_payload_gets_the_verdict_of_protoc)
{
    size_t count = compare_all(&encoded, payloads);
    ck_assert_uint_ge(count, PAYLOADS_AT_LEAST);
    ck_assert_uint_ge(encoded.plan_count, TYPES_AT_LEAST);
    ck_assert_uint_eq(encoded.disagreed, 0);
}
END_TEST

/* A correct encoder runs ahead of no schema and writes no wrong wire type: by all rules, too. */
START_TEST(encoded_payload_with_all_required_fields_is_valid_by_all_rules)
{
    sl_bytes rest = payloads;
    payload_record record;
    while (payload_record_next(&rest, &record)) {
        judgement said = judge_payload(&encoded, record.type, record.payload);
        ck_assert_msg(said.valid == (record.verdict == VERDICT_VALID), "%.*s",
                      SL_STR_ARG(record.type));
    }
}
END_TEST

START_TEST(damaged_payload_gets_the_verdict_of_protoc)
{
    size_t count = compare_all(&encoded, mutations);
    ck_assert_uint_ge(count, MUTATIONS_AT_LEAST);
    ck_assert_uint_eq(encoded.disagreed, 0);
}
END_TEST

static Suite *encode_suite(void)
{
    corpora_require("encode");
    payloads = corpora_load("encode/payloads.bin");
    mutations = corpora_load("encode/mutations.bin");
    judge_start(&encoded, corpora_load("encode/schemas.binpb"));

    Suite *suite = suite_create("encode");
    TCase *tcase = tcase_create("protoc");
    tcase_add_test(tcase, encoded_payload_gets_the_verdict_of_protoc);
    tcase_add_test(tcase, encoded_payload_with_all_required_fields_is_valid_by_all_rules);
    tcase_add_test(tcase, damaged_payload_gets_the_verdict_of_protoc);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(encode_suite)
