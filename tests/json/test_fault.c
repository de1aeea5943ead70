/* tests/json/test_fault.c: the Nth allocation fails, jansson's included, N = 1, 2, … until a run is untouched. */
#include "tests/support/tap_main.h"
#include "json/json.h"

static const char *const texts[] = {
    "{\"a\": [1, 2.5, null, true, \"x\"], \"b\": {\"c\": \"\\u00e4\"}}",
    "\"a string that is longer than the buffer that jansson starts with, so that the buffer must grow\"",
    "{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"j\":10,\"k\":11,\"l\":12}",
    "[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]",
    "{\"message_type\": \"orders.v1.OrderPlaced\", \"unknown_fields\": \"reject\"}",
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

/* What a text begins and ends with, and what is repeated in between: each shape that could need the most memory for its bytes. */
static const struct {
    const char *name, *begin, *item, *end;
} shapes[] = {
    {"objects", "[{}", ",{}", "]"},
    {"pairs", "[{\"a\":1}", ",{\"a\":1}", "]"},
    {"arrays", "[[]", ",[]", "]"},
    {"arrays_of_one", "[[0]", ",[0]", "]"},
    {"numbers", "[1", ",1", "]"},
    {"reals", "[1.5", ",1.5", "]"},
    {"empty_strings", "[\"\"", ",\"\"", "]"},
    {"strings", "[\"0123456789abcdef\"", ",\"0123456789abcdef\"", "]"},
    {"one_string", "\"", "0123456789abcdef", "\""},
    {"escapes", "\"", "\\u00e4", "\""},
    {"blanks", "1", " ", ""},
};

/* One allocation is the whole of a parse: with it had, nothing can fail. */
START_TEST(memory_of_a_parse_is_reckoned_right)
{
    for (size_t count = 0; count < 70000; count = count * 8 + 1) {
        sl_buf text = {0};
        sl_json *root = NULL;
        sl_buf_append_str(&text, sl_str_from(shapes[_i].begin));
        for (size_t i = 0; i < count; i++)
            sl_buf_append_str(&text, sl_str_from(shapes[_i].item));
        sl_buf_append_str(&text, sl_str_from(shapes[_i].end));
        sl_alloc_fault_arm(2, true);
        sl_status status = sl_json_parse(sl_buf_str(&text), &root, NULL);
        bool was_hit = sl_alloc_fault_hit();
        sl_alloc_fault_arm(0, false);
        ck_assert_msg(status == SL_OK && !was_hit, "%s, %zu times: %s", shapes[_i].name, count,
                      sl_status_name(status));
        sl_json_free(root);
        sl_buf_done(&text);
    }
}
END_TEST

/* Many members in one object: its table grows. */
START_TEST(memory_of_a_large_object_is_reckoned_right)
{
    sl_buf text = {0};
    sl_json *root = NULL;
    sl_buf_append_byte(&text, '{');
    for (int i = 0; i < 50000; i++)
        sl_buf_printf(&text, "%s\"%x\":0", i ? "," : "", i);
    sl_buf_append_byte(&text, '}');
    sl_alloc_fault_arm(2, true);
    sl_status status = sl_json_parse(sl_buf_str(&text), &root, NULL);
    sl_alloc_fault_arm(0, false);
    ck_assert_int_eq(status, SL_OK);
    sl_json_free(root);
    sl_buf_done(&text);
}
END_TEST

static Suite *fault_suite(void)
{
    Suite *suite = suite_create("fault");
    TCase *tcase = tcase_create("fault");
    tcase_add_loop_test(tcase, parse_survives_every_failed_allocation, 0, SL_ARRAY_LEN(texts));
    tcase_add_loop_test(tcase, memory_of_a_parse_is_reckoned_right, 0, SL_ARRAY_LEN(shapes));
    tcase_add_test(tcase, memory_of_a_large_object_is_reckoned_right);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(fault_suite)
