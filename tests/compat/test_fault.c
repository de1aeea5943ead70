/* tests/compat/test_fault.c: the Nth allocation of a check fails, N = 1, 2, … until a run is untouched.
 *
 * Each time the check says SL_NO_MEMORY or finds all that it finds undisturbed; leaks are the sanitizer's to find. */
#include "tests/compat/support.h"
#include "tests/support/tap_main.h"

static const char *const test_cases[] = {
    "FIELD_NO_DELETE/fail_deleted",
    "FIELD_SAME_ONEOF/fail_between_oneofs",
    "FIELD_SAME_DEFAULT/fail_bytes_changed",
    "FIELD_SAME_DEFAULT/fail_first_value_reordered",
    "FIELD_SAME_NAME/fail_map_renamed",
    "FIELD_WIRE_COMPATIBLE_TYPE/fail_enum_moved_subset",
    "ENUM_VALUE_SAME_NAME/fail_two_names_for_one_old",
    "ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED/fail_one_alias_reserved",
    "RESERVED_MESSAGE_NO_DELETE/fail_hole_in_a_range",
    "RESERVED_MESSAGE_NO_DELETE/fail_all_dropped",
    "RESERVED_ENUM_NO_DELETE/fail_name_dropped",
    "EXTENSION_NO_DELETE/fail_moved_into_a_message",
    "FILE_SAME_PACKAGE/fail_renamed_with_service",
    "RPC_SAME_REQUEST_TYPE/fail_renamed_but_identical",
    "RPC_SAME_IDEMPOTENCY_LEVEL/fail_changed",
    "PACKAGE_MESSAGE_NO_DELETE/fail_parents_deleted_too",
};

static void sweep(const char *test_case, const sl_schema *old, const sl_schema *new,
                  sl_compat_category category)
{
    sl_cleanup(sl_findings_done) sl_findings calm = {0};
    ck_assert_int_eq(sl_compat_check(old, new, category, SL_COMPAT_BOTH, &calm), SL_OK);
    for (uint64_t nth = 1;; nth++) {
        ck_assert_uint_lt(nth, 100000);
        sl_cleanup(sl_findings_done) sl_findings findings = {0};
        sl_alloc_fault_arm(nth, false);
        sl_status got = sl_compat_check(old, new, category, SL_COMPAT_BOTH, &findings);
        bool was_hit = sl_alloc_fault_hit();
        sl_alloc_fault_arm(0, false);
        if (got == SL_OK)
            ck_assert_msg(findings.list.count == calm.list.count &&
                              findings.error_count == calm.error_count,
                          "%s: allocation %llu failed and %zu of %zu findings are left", test_case,
                          (unsigned long long)nth, findings.list.count, calm.list.count);
        else
            ck_assert_int_eq(got, SL_NO_MEMORY);
        if (!was_hit)
            break;
    }
}

START_TEST(check_survives_every_failed_allocation)
{
    sl_cleanup(sl_schema_unrefp) sl_schema *old = load_side(test_cases[_i], "old");
    sl_cleanup(sl_schema_unrefp) sl_schema *new = load_side(test_cases[_i], "new");
    for (int category = SL_COMPAT_WIRE; category <= SL_COMPAT_FILE; category <<= 1)
        sweep(test_cases[_i], old, new, (sl_compat_category)category);
}
END_TEST

static Suite *fault_suite(void)
{
    Suite *suite = suite_create("fault");
    TCase *tcase = tcase_create("fault");
    tcase_add_loop_test(tcase, check_survives_every_failed_allocation, 0, SL_ARRAY_LEN(test_cases));
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(fault_suite)
