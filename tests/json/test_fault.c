/* tests/json/test_fault.c: the Nth allocation fails, jansson's included, N = 1, 2, … until a run is untouched. */
#include "tests/support/tap_main.h"
#include "json/json.h"

static const char *const texts[] = {
    "{\"a\": [1, 2.5, null, true, \"x\"], \"b\": {\"c\": \"\\u00e4\"}}",
    "\"a string that is longer than the buffer that jansson starts with, so that the buffer must grow\"",
    "{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"j\":10,\"k\":11,\"l\":12}",
    "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]",
    "{\"a\": 1, \"a\": 2}",
    "[1, 2",
    "1234567890123456789012345678901234567890",
};

START_TEST(parse_survives_every_failed_allocation)
{
    sl_str text = sl_str_from(texts[_i]);
    sl_json *root = NULL;
    sl_status untouched = sl_json_parse(text, &root, NULL);
    sl_json_free(root);
    for (uint64_t nth = 1;; nth++) {
        ck_assert_uint_lt(nth, 10000);
        sl_error err = {0};
        root = NULL;
        sl_alloc_fault_arm(nth, false);
        sl_status got = sl_json_parse(text, &root, &err);
        bool was_hit = sl_alloc_fault_hit();
        sl_alloc_fault_arm(0, false);
        sl_json_free(root);
        ck_assert_msg(got == untouched || got == SL_NO_MEMORY, "%s: nth %llu: %s %s", texts[_i],
                      (unsigned long long)nth, sl_status_name(got), err.text);
        if (!was_hit)
            break;
    }
}
END_TEST

static Suite *fault_suite(void)
{
    Suite *suite = suite_create("fault");
    TCase *tcase = tcase_create("fault");
    tcase_add_loop_test(tcase, parse_survives_every_failed_allocation, 0, SL_ARRAY_LEN(texts));
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(fault_suite)
