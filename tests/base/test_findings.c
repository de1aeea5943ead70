/* tests/base/test_findings.c: the list of findings is bounded, owns its text, and survives failing memory. */
#include "base/base.h"

#include "tests/support/tap_main.h"

#include <stdio.h>

START_TEST(findings_own_their_text)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    char file[] = "a/b.proto", message[] = "gone";
    sl_finding finding = {.rule = SL_STR("RULE"),
                          .severity = SL_SEVERITY_WARNING,
                          .at = {sl_str_from(file), 3, 4},
                          .message = sl_str_from(message)};
    ck_assert_int_eq(sl_findings_add(&findings, &finding), SL_OK);
    memset(file, 'x', sizeof file - 1);
    memset(message, 'x', sizeof message - 1);
    ck_assert(sl_str_is(findings.list.items[0].at.file, "a/b.proto"));
    ck_assert(sl_str_is(findings.list.items[0].message, "gone"));
    ck_assert_ptr_null(findings.list.items[0].fix.data);
    ck_assert(!sl_findings_have_errors(&findings));
    ck_assert_int_eq(sl_findings_error(&findings, "OTHER", (sl_location){0}, "%d of %d", 1, 2),
                     SL_OK);
    ck_assert(sl_findings_have_errors(&findings));
    ck_assert(sl_str_is(findings.list.items[1].message, "1 of 2"));
}
END_TEST

START_TEST(findings_behind_the_limit_are_counted)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    for (int i = 0; i < SL_LIMIT_FINDINGS + 5; i++)
        ck_assert_int_eq(sl_findings_error(&findings, "R", (sl_location){0}, "%d", i), SL_OK);
    ck_assert_uint_eq(findings.list.count, SL_LIMIT_FINDINGS);
    ck_assert_uint_eq(findings.left_out, 5);
    ck_assert_uint_eq(findings.error_count, SL_LIMIT_FINDINGS + 5);
}
END_TEST

START_TEST(a_failed_addition_leaves_the_list_as_it_was)
{
    for (uint64_t nth = 1;; nth++) {
        sl_cleanup(sl_findings_done) sl_findings findings = {0};
        sl_alloc_fault_arm(nth, false);
        sl_status status = sl_findings_error(&findings, "R", (sl_location){0}, "text");
        bool was_hit = sl_alloc_fault_hit();
        sl_alloc_fault_arm(0, false);
        ck_assert_int_eq(status, was_hit ? SL_NO_MEMORY : SL_OK);
        ck_assert_uint_eq(findings.list.count, was_hit ? 0 : 1);
        ck_assert_uint_eq(findings.error_count, was_hit ? 0 : 1);
        if (!was_hit)
            break;
    }
}
END_TEST

static Suite *findings_suite(void)
{
    Suite *suite = suite_create("base-findings");
    TCase *tcase = tcase_create("findings");
    tcase_add_test(tcase, findings_own_their_text);
    tcase_add_test(tcase, findings_behind_the_limit_are_counted);
    tcase_add_test(tcase, a_failed_addition_leaves_the_list_as_it_was);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(findings_suite)
