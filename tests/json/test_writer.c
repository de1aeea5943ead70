/* tests/json/test_writer.c: what the writer writes, byte for byte, and that it reads back. */
#include "tests/support/tap_main.h"
#include "json/json.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

START_TEST(writes_a_document)
{
    sl_cleanup(sl_buf_done) sl_buf buf = {0};
    sl_json_writer writer = sl_json_writer_of(&buf);
    sl_json_put_object(&writer, NULL);
    sl_json_put_string(&writer, "a", SL_STR("x"));
    sl_json_put_string_if(&writer, "empty", SL_STR(""));
    sl_json_put_string_if(&writer, "absent", (sl_str){0});
    sl_json_put_array(&writer, "list");
    sl_json_put_integer(&writer, NULL, INT64_MIN);
    sl_json_put_bool(&writer, NULL, true);
    sl_json_put_null(&writer, NULL);
    sl_json_put_object(&writer, NULL);
    sl_json_end_object(&writer);
    sl_json_put_array(&writer, NULL);
    sl_json_end_array(&writer);
    sl_json_end_array(&writer);
    sl_json_put_name(&writer, SL_STR("k\"1"));
    sl_json_put_object(&writer, NULL);
    sl_json_put_name(&writer, SL_STR("k2"));
    sl_json_put_bool(&writer, NULL, false);
    sl_json_end_object(&writer);
    sl_json_put_time(&writer, "at", 1000000);
    sl_json_put_base64(&writer, "bytes", (sl_bytes){(const uint8_t *)"\x00\xFF", 2});
    sl_json_end_object(&writer);

    ck_assert_int_eq(sl_buf_status(&buf), SL_OK);
    sl_buf_append_byte(&buf, 0);
    ck_assert_str_eq(
        buf.data,
        "{\"a\":\"x\",\"list\":[-9223372036854775808,true,null,{},[]],"
        "\"k\\\"1\":{\"k2\":false},\"at\":\"1970-01-01T00:00:01.000000Z\",\"bytes\":\"AP8=\"}");
}
END_TEST

static const struct {
    const char *name;
    const char *text;
    size_t len;
    const char *want;
} strings[] = {
    {"plain", "abc", 3, "\"abc\""},
    {"empty", "", 0, "\"\""},
    {"quotes_and_backslash", "a\"b\\c", 5, "\"a\\\"b\\\\c\""},
    {"short_escapes", "\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\""},
    {"control_characters", "\x00\x1f\x7f", 3, "\"\\u0000\\u001f\x7f\""},
    {"utf8_stays", "\xC3\xA4\xF0\x9F\x98\x80", 6, "\"\xC3\xA4\xF0\x9F\x98\x80\""},
    {"one_bad_byte", "a\xFFz", 3, "\"a\xEF\xBF\xBDz\""},
    {"bad_at_the_end", "a\xC3", 2, "\"a\xEF\xBF\xBD\""},
    {"surrogate", "\xED\xA0\x80", 3, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
};

START_TEST(escapes)
{
    sl_cleanup(sl_buf_done) sl_buf buf = {0};
    sl_json_writer writer = sl_json_writer_of(&buf);
    sl_json_put_string(&writer, NULL, (sl_str){strings[_i].text, strings[_i].len});
    ck_assert_int_eq(sl_buf_status(&buf), SL_OK);
    ck_assert_msg(sl_str_is(sl_buf_str(&buf), strings[_i].want), "%s: got %.*s", strings[_i].name,
                  SL_STR_ARG(sl_buf_str(&buf)));
}
END_TEST

static const struct {
    double value;
    const char *want;
} doubles[] = {
    {0.1, "0.1"},       {1.0, "1"},
    {-0.0, "-0"},       {1.0 / 3, "0.3333333333333333"},
    {1e300, "1e+300"},  {DBL_MAX, "1.7976931348623157e+308"},
    {INFINITY, "null"}, {NAN, "null"},
};

START_TEST(doubles_are_short_and_exact)
{
    sl_cleanup(sl_buf_done) sl_buf buf = {0};
    sl_json_writer writer = sl_json_writer_of(&buf);
    sl_json_put_double(&writer, NULL, doubles[_i].value);
    sl_buf_append_byte(&buf, 0);
    ck_assert_str_eq(buf.data, doubles[_i].want);
    if (isfinite(doubles[_i].value))
        ck_assert(strtod(buf.data, NULL) == doubles[_i].value);
}
END_TEST

START_TEST(level_64_fails_the_buffer)
{
    sl_cleanup(sl_buf_done) sl_buf buf = {0};
    sl_json_writer writer = sl_json_writer_of(&buf);
    for (int i = 0; i < 63; i++)
        sl_json_put_array(&writer, NULL);
    ck_assert_int_eq(sl_buf_status(&buf), SL_OK);
    sl_json_put_array(&writer, NULL);
    ck_assert_int_ne(sl_buf_status(&buf), SL_OK);
}
END_TEST

START_TEST(every_byte_pair_reads_back)
{
    for (unsigned pair = 0; pair < 0x10000; pair++) {
        char text[] = {(char)(pair >> 8), (char)pair};
        sl_cleanup(sl_buf_done) sl_buf buf = {0};
        sl_json_writer writer = sl_json_writer_of(&buf);
        sl_json_put_string(&writer, NULL, (sl_str){text, 2});
        bool has_nul = !text[0] || !text[1];
        sl_cleanup(sl_json_freep) sl_json *root = NULL;
        sl_status got = sl_json_parse(sl_buf_str(&buf), &root, NULL);
        ck_assert_msg(got == (has_nul ? SL_MALFORMED : SL_OK), "%04x: %s", pair,
                      sl_status_name(got));
        if (root && sl_utf8_valid((sl_bytes){(uint8_t *)text, 2}))
            ck_assert_msg(sl_str_equal(sl_json_string(root), (sl_str){text, 2}), "%04x", pair);
    }
}
END_TEST

static Suite *writer_suite(void)
{
    Suite *suite = suite_create("writer");
    TCase *tcase = tcase_create("writer");
    tcase_add_test(tcase, writes_a_document);
    tcase_add_loop_test(tcase, escapes, 0, SL_ARRAY_LEN(strings));
    tcase_add_loop_test(tcase, doubles_are_short_and_exact, 0, SL_ARRAY_LEN(doubles));
    tcase_add_test(tcase, level_64_fails_the_buffer);
    tcase_add_test(tcase, every_byte_pair_reads_back);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(writer_suite)
