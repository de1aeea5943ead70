/* tests/schema/test_fault.c: the Nth allocation fails, N = 1, 2, …, until a run is untouched.
 *
 * Reading, linking, writing, printing and pruning must each time answer SL_NO_MEMORY, leave the result as it was and leak nothing (the address
 * sanitizer counts). A run with findings is swept too: telling them allocates. */
#include "schema/print.h"
#include "tests/schema/corpus.h"
#include "tests/support/tap_main.h"

enum { SWEEP_MAX = 5000 };

static const struct {
    const char *fixture, *main;
    bool links;
} inputs[] = {
    {"edition2026.binpb", "proto3.proto", true}, /* pruned: its main file needs no other */
    {"proto2.binpb", NULL, true},
    {"relative.binpb", NULL, true},
    {"findings.binpb", NULL, false}, /* not a set at all, and read as one: a finding */
};

static sl_status print_main(const sl_schema *schema, sl_print_form form)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    sl_error err = {0};
    sl_status status =
        sl_print_file(schema, sl_schema_main_file(schema), form, &text, &findings, &err);
    ck_assert(status == SL_OK ? text.len > 0 : err.text[0] != '\0');
    return status;
}

/* Everything once. SL_OK and *ret_linked, or the first other status. */
static sl_status run_once(sl_bytes set, sl_str main, bool *ret_linked)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = NULL;
    sl_cleanup(sl_schema_unrefp) sl_schema *pruned = NULL;
    sl_cleanup(sl_buf_done) sl_buf written = {0};
    sl_error err = {0};
    sl_status status = sl_schema_link_set(set, main, &schema, &findings, &err);
    ck_assert(status == SL_OK || (!schema && err.text[0] != '\0'));
    SL_TRY(status);
    *ret_linked = schema != NULL;
    if (!schema)
        return findings.error_count > 0 ? SL_OK : SL_INVALID;
    sl_schema_write_set(schema, true, &written);
    SL_TRY(sl_buf_status(&written));
    SL_TRY(print_main(schema, SL_PRINT_CANONICAL));
    SL_TRY(print_main(schema, SL_PRINT_PRETTY));
    status = sl_schema_prune(schema, &pruned, &err);
    ck_assert(status == SL_OK || (!pruned && err.text[0] != '\0'));
    return status;
}

START_TEST(the_nth_allocation_fails)
{
    sl_cleanup(sl_buf_done) sl_buf set = {0};
    corpus_read_fixture(inputs[_i].fixture, &set);
    for (uint64_t nth = 1; nth <= SWEEP_MAX; nth++) {
        bool linked = false;
        sl_alloc_fault_arm(nth, _i % 2 == 1);
        sl_status status = run_once(sl_buf_bytes(&set), sl_str_from(inputs[_i].main), &linked);
        bool is_hit = sl_alloc_fault_hit();
        sl_alloc_fault_arm(0, false);
        if (!is_hit) {
            ck_assert_int_eq(status, SL_OK);
            ck_assert(linked == inputs[_i].links);
            ck_assert_uint_gt(nth, inputs[_i].links ? 20 : 1);
            return;
        }
        ck_assert_msg(status == SL_NO_MEMORY, "%s: allocation %llu fails: %s", inputs[_i].fixture,
                      (unsigned long long)nth, sl_status_name(status));
    }
    ck_abort_msg("%s: more than %d allocations", inputs[_i].fixture, SWEEP_MAX);
}
END_TEST

static Suite *fault_suite(void)
{
    Suite *suite = suite_create("fault");
    TCase *tcase = tcase_create("fault");
    tcase_add_loop_test(tcase, the_nth_allocation_fails, 0, SL_ARRAY_LEN(inputs));
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(fault_suite)
