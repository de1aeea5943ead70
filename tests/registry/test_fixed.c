/* tests/registry/test_fixed.c: what is stored and can never change: fingerprints, and the chain of the history.
 *
 * The expected values were computed by a program of its own (Python, hashlib) from the forms that registry/identity.c and
 * registry/changes.c describe, over descriptors encoded by hand. If one of these fails, every stored schema would get a second id:
 * do not change the value, change the code back. */
#include "registry/internal/register.h"
#include "tests/registry/fixture.h"
#include "tests/support/tap_main.h"

static fixture f;

static const file_spec specs[] = {
    {.path = "common.proto", .message = "Common", .fields = "a:1:i"},
    {.path = "google/type/thing.proto", .message = "Thing", .fields = "b:1:s"},
    {.path = "main.proto",
     .message = "Main",
     .fields = "x:1:i",
     .import = "common.proto|google/type/thing.proto",
     .field_type = ".p.Common"},
};
static const sl_reference references[] = {
    {SL_STR_INIT("common.proto"), SL_STR_INIT("common.proto"), 7},
};

static void expect_hex(const sl_sha256 *hash, const char *want)
{
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    sl_hex_append(&text, (sl_bytes){hash->bytes, SL_SHA256_SIZE});
    ck_assert_msg(sl_str_is(sl_buf_str(&text), want), "%.*s", SL_STR_ARG(sl_buf_str(&text)));
}

START_TEST(fingerprints_are_fixed_for_ever)
{
    sl_schema *schema = NULL;
    sl_findings findings = {0};
    sl_sha256 hash;
    sl_bytes set = make_set(&f, specs, SL_ARRAY_LEN(specs));
    ck_assert_int_eq(sl_schema_link_set(set, (sl_str){0}, &schema, &findings, NULL), SL_OK);
    ck_assert_ptr_nonnull(schema);
    const sl_file *main = sl_schema_main_file(schema);
    const sl_file *common = sl_schema_find_file(schema, SL_STR("common.proto"));
    ck_assert_int_eq(sl_identity_exact(schema, common, NULL, 0, &hash), SL_OK);
    expect_hex(&hash, "c9b58a988b2ad9ce92eb8ef4760d5a20297fde879dd5f5f63d7540722b736b1d");
    ck_assert_int_eq(sl_identity_normal(schema, common, &hash), SL_OK);
    expect_hex(&hash, "86968994125deeaacabc13e1d78d3169a11b104ea5d9a73003d1f2aaae3afb18");
    ck_assert_int_eq(sl_identity_exact(schema, main, references, 1, &hash), SL_OK);
    expect_hex(&hash, "32447034a5aef36a4df1a102e3fb5695e72bf56dd00e55c05393277820f35996");
    ck_assert_int_eq(sl_identity_normal(schema, main, &hash), SL_OK);
    expect_hex(&hash, "7cb51e6db83dfbd2a14f296b7ebe5d98f87258e9729b139f7bc316614c5731e7");
    sl_schema_unref(schema);
    sl_findings_done(&findings);
    sl_arena_done(&f.arena);
}
END_TEST

START_TEST(the_guid_is_the_front_of_the_exact_fingerprint)
{
    fixture_open(&f, 0);
    must_register(&f, "any", make_set(&f, specs, 1));
    ck_assert_str_eq(f.answer.version.guid, "c9b58a98-8b2a-d9ce-92eb-8ef4760d5a20");
    fixture_close(&f);
}
END_TEST

START_TEST(the_chain_of_history_is_fixed_for_ever)
{
    sl_change_row first = {.seq = 1,
                           .at_us = 1700000000000000,
                           .actor = SL_STR("admin"),
                           .action = SL_STR("producer.create"),
                           .object = SL_STR("producer:checkout"),
                           .detail = SL_STR("{}")};
    sl_change_row second = {.seq = 2,
                            .at_us = 1700000000000001,
                            .actor = SL_STR("checkout"),
                            .action = SL_STR("contract.claim"),
                            .object = SL_STR("topic:orders"),
                            .detail = SL_STR("{\"mode\":\"enforce\"}")};
    sl_sha256 hash;
    ck_assert_int_eq(sl_change_hash(&first, (sl_bytes){0}, &hash), SL_OK);
    expect_hex(&hash, "a0f49d08aba19d57ea7b3c78c88b6c308c586aa4e3f2a5dad478ad0b1272c139");
    sl_sha256 before = hash;
    ck_assert_int_eq(sl_change_hash(&second, (sl_bytes){before.bytes, SL_SHA256_SIZE}, &hash),
                     SL_OK);
    expect_hex(&hash, "2c34652b3fb9e71762efb1ef1a2698f64985d99aa261434d39286ce510863601");
}
END_TEST

START_TEST(stored_history_is_chained)
{
    sl_change_row *rows;
    size_t count;
    sl_bytes before = {0};
    fixture_open(&f, 1);
    claim_orders(&f, "orders", SL_MODE_ENFORCE);
    claim_orders(&f, "other", SL_MODE_ENFORCE);
    sl_reader reader;
    OK(&f, sl_reader_take(f.registry, &reader, &f.problem));
    OK(&f, sl_scan_change_by_seq(reader.session, (sl_scan){0}, &f.arena, &rows, &count,
                                 &f.problem.error));
    ck_assert_uint_ge(count, 8);
    for (size_t i = 0; i < count; i++) {
        sl_sha256 hash;
        ck_assert_int_eq(sl_change_hash(&rows[i], before, &hash), SL_OK);
        ck_assert(sl_bytes_equal(rows[i].hash, (sl_bytes){hash.bytes, SL_SHA256_SIZE}));
        before = rows[i].hash;
    }
    sl_reader_give(&reader);
    fixture_close(&f);
}
END_TEST

/* Slugs are told to callers and never change; each is its own. */
START_TEST(problems_and_changes_are_told_apart)
{
    for (int i = 0; i < SL_PROBLEM_COUNT; i++)
        for (int j = 0; j < i; j++)
            ck_assert_str_ne(sl_problem_slug(i), sl_problem_slug(j));
    ck_assert_str_eq(sl_problem_slug(SL_PROBLEM_TOPIC_TAKEN), "topic-taken");
    ck_assert_int_eq(sl_problem_http_status(SL_PROBLEM_STALE), 412);
    ck_assert_str_eq(sl_problem_slug(SL_PROBLEM_COUNT), "internal");
}
END_TEST

static Suite *fixed_suite(void)
{
    Suite *suite = suite_create("fixed");
    TCase *tcase = tcase_create("for_ever");
    tcase_add_test(tcase, fingerprints_are_fixed_for_ever);
    tcase_add_test(tcase, the_guid_is_the_front_of_the_exact_fingerprint);
    tcase_add_test(tcase, the_chain_of_history_is_fixed_for_ever);
    tcase_add_test(tcase, stored_history_is_chained);
    tcase_add_test(tcase, problems_and_changes_are_told_apart);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(fixed_suite)
