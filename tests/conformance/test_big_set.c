/* tests/conformance/test_big_set.c: the 22 MB descriptor set of google-proto-files, itself a payload.
 *
 * It is valid as google.protobuf.FileDescriptorSet: with the schema of descriptor.proto alone if unknown fields are allowed (custom
 * options are unknown to it), and with the set's own schema, which knows all those options, even if they are not.
 *
 * A FileDescriptorSet is a list of length-prefixed files, so any cut is inside a file, and not valid, unless it falls exactly between two
 * files: then it is a smaller, valid set, and no parser could tell. One byte less can never fall there. */
#include <stdio.h>

#include "schema/schema.h"
#include "tests/conformance/judge.h"
#include "tests/support/tap_main.h"

enum { CUTS_AT_END = 32, CUTS_IN_LAST_FILE = 100, CUTS_ANYWHERE = 24, SEED = 22 };

static sl_bytes big_set;
static size_t last_file_at; /* where the last file's tag begins */
static sl_schema *descriptor_schema;
static sl_plan *plan;

static void tell(const sl_violations *violations)
{
    for (size_t i = 0; i < violations->count; i++) {
        const sl_violation *violation = &violations->items[i];
        fprintf(stderr, "%s at %zu, %.*s: %.*s\n", sl_violation_rule_id(violation->rule),
                violation->offset, SL_STR_ARG(violation->path), SL_STR_ARG(violation->message));
    }
}

/* The first `len` bytes of the set. What follows them is the rest of the set: a walker that reads on finds sense there. */
static bool is_valid(const sl_plan *by, size_t len, sl_unknown_policy unknown)
{
    const sl_validate_options options = {.unknown_fields = unknown};
    sl_violations violations = {0};
    bool valid = false;
    ck_assert(sl_validate(by, (sl_bytes){big_set.data, len}, &options, &violations, &valid) ==
              SL_OK);
    ck_assert(valid == (violations.count == 0));
    if (len == big_set.len)
        tell(&violations);
    sl_violations_done(&violations);
    return valid;
}

START_TEST(set_is_valid)
{
    ck_assert_uint_gt(big_set.len, 22000000);
    ck_assert(is_valid(plan, big_set.len, SL_UNKNOWN_ALLOW));
}
END_TEST

START_TEST(set_is_valid_by_all_rules_under_its_own_schema)
{
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = schema_from_set(big_set);
    sl_cleanup(sl_plan_unrefp) sl_plan *own_plan = NULL;
    sl_error err = {0};
    sl_status status =
        sl_plan_compile(schema, SL_STR("google.protobuf.FileDescriptorSet"), &own_plan, &err);
    ck_assert_msg(status == SL_OK, "%s", err.text);
    ck_assert(is_valid(own_plan, big_set.len, SL_UNKNOWN_REJECT));
}
END_TEST

START_TEST(one_byte_less_is_not_valid)
{
    ck_assert(!is_valid(plan, big_set.len - 1, SL_UNKNOWN_ALLOW));
}
END_TEST

START_TEST(cut_at_the_end_is_not_valid)
{
    ck_assert_uint_gt(big_set.len - last_file_at, CUTS_AT_END);
    for (size_t cut = 1; cut <= CUTS_AT_END; cut++)
        ck_assert_msg(!is_valid(plan, big_set.len - cut, SL_UNKNOWN_ALLOW), "%zu bytes cut off",
                      cut);
}
END_TEST

START_TEST(cut_inside_the_last_file_is_not_valid)
{
    uint64_t seed = SEED;
    size_t last_file_len = big_set.len - last_file_at;
    for (size_t i = 0; i < CUTS_IN_LAST_FILE; i++) {
        size_t len = last_file_at + 1 + random_below(&seed, last_file_len - 1);
        ck_assert_msg(!is_valid(plan, len, SL_UNKNOWN_ALLOW), "cut to %zu bytes", len);
    }
}
END_TEST

START_TEST(cut_between_two_files_is_a_smaller_valid_set)
{
    ck_assert(is_valid(plan, last_file_at, SL_UNKNOWN_ALLOW));
}
END_TEST

static bool is_between_files(const sl_file_set_proto *set, size_t at)
{
    for (uint32_t i = 0; i < set->files.count; i++) {
        const uint8_t *end = set->files.items[i].data + set->files.items[i].len;
        if ((size_t)(end - big_set.data) == at)
            return true;
    }
    return at == 0;
}

START_TEST(cut_anywhere_is_valid_only_between_two_files)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_file_set_proto set = {0};
    sl_error err = {0};
    uint64_t seed = SEED;
    ck_assert(sl_file_set_read(big_set, &arena, &set, &err) == SL_OK);
    for (size_t i = 0; i < CUTS_ANYWHERE; i++) {
        size_t len = random_below(&seed, big_set.len);
        ck_assert_msg(is_valid(plan, len, SL_UNKNOWN_ALLOW) == is_between_files(&set, len),
                      "cut to %zu bytes", len);
    }
}
END_TEST

static size_t find_last_file(void)
{
    sl_arena arena = {0};
    sl_file_set_proto set = {0};
    if (sl_file_set_read(big_set, &arena, &set, NULL) != SL_OK || set.files.count < 2)
        return 0;
    sl_bytes before = set.files.items[set.files.count - 2];
    size_t end = (size_t)(before.data + before.len - big_set.data);
    sl_arena_done(&arena);
    return end;
}

static Suite *big_set_suite(void)
{
    corpora_require("google");
    big_set = corpora_load("google/all.binpb");
    last_file_at = find_last_file();
    descriptor_schema =
        schema_from_set(corpora_load("google/alone/google/protobuf/descriptor.proto.binpb"));
    sl_error err = {0};
    if (sl_plan_compile(descriptor_schema, SL_STR("google.protobuf.FileDescriptorSet"), &plan,
                        &err) != SL_OK)
        ck_abort_msg("%s", err.text);

    Suite *suite = suite_create("big set");
    TCase *tcase = tcase_create("cuts");
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, set_is_valid);
    tcase_add_test(tcase, set_is_valid_by_all_rules_under_its_own_schema);
    tcase_add_test(tcase, one_byte_less_is_not_valid);
    tcase_add_test(tcase, cut_at_the_end_is_not_valid);
    tcase_add_test(tcase, cut_inside_the_last_file_is_not_valid);
    tcase_add_test(tcase, cut_between_two_files_is_a_smaller_valid_set);
    tcase_add_test(tcase, cut_anywhere_is_valid_only_between_two_files);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(big_set_suite)
