/* tests/json/test_parse.c: which texts are JSON, and what is said of those that are not.
 *
 * What must be refused and accepted follows RFC 8259; duplicate names, NUL and the limits are the house's own rules. */
#include "tests/support/tap_main.h"
#include "json/json.h"

#include <stdio.h>

static const struct {
    const char *name;
    const char *text;
    size_t len; /* 0: strlen */
    sl_status want;
    const char *says; /* part of the error text */
} cases[] = {
    {"object", "{\"a\": [1, 2.5, null, true, \"x\"]}", 0, SL_OK, NULL},
    {"scalar_at_the_root", "42", 0, SL_OK, NULL},
    {"space_around", " \t\r\n{} \n", 0, SL_OK, NULL},
    {"escapes", "\"\\u00e4\\ud83d\\ude00\\n\"", 0, SL_OK, NULL},
    {"brackets_in_strings_do_not_nest",
     "\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"", 0, SL_OK, NULL},
    {"escaped_quote_does_not_end_a_string", "[\"a\\\"[\", 1]", 0, SL_OK, NULL},
    {"empty", "", 0, SL_MALFORMED, "line 1"},
    {"open_object", "{\"a\": 1", 0, SL_MALFORMED, "line 1, column 7"},
    {"second_line", "{\n  \"a\": ,\n}", 0, SL_MALFORMED, "line 2, column 8"},
    {"trailing_comma", "[1,]", 0, SL_MALFORMED, "line 1, column 4"},
    {"two_documents", "{} {}", 0, SL_MALFORMED, "line 1, column 4"},
    {"single_quotes", "{'a': 1}", 0, SL_MALFORMED, "line 1, column 2"},
    {"comment", "// x\n{}", 0, SL_MALFORMED, "line 1, column 1"},
    {"duplicate_name", "{\"a\": 1, \"a\": 2}", 0, SL_MALFORMED, "duplicate object key"},
    {"nul_byte", "\"a\0b\"", 5, SL_MALFORMED, "line 1"},
    {"nul_escape", "\"a\\u0000b\"", 0, SL_MALFORMED, "\\u0000"},
    {"lone_surrogate", "\"\\ud83d\"", 0, SL_MALFORMED, "line 1"},
    {"bytes_that_are_not_utf8", "\"\xC3\x28\"", 0, SL_MALFORMED, "unable to decode byte 0xc3"},
    {"control_character", "\"a\nb\"", 0, SL_MALFORMED, "line 1"},
    {"integer_over_64_bits", "9223372036854775808", 0, SL_MALFORMED, "too big integer"},
    {"real_over_double", "1e999", 0, SL_MALFORMED, "real number overflow"},
    {"leading_zero", "012", 0, SL_MALFORMED, "line 1"},
    {"nan", "NaN", 0, SL_MALFORMED, "line 1"},
};

START_TEST(parses)
{
    sl_cleanup(sl_json_freep) sl_json *root = NULL;
    sl_error err = {0};
    sl_str text = {cases[_i].text, cases[_i].len ? cases[_i].len : strlen(cases[_i].text)};
    sl_status got = sl_json_parse(text, &root, &err);
    ck_assert_msg(got == cases[_i].want, "%s: got %s: %s", cases[_i].name, sl_status_name(got),
                  err.text);
    ck_assert_msg((root != NULL) == (got == SL_OK), "%s: root", cases[_i].name);
    if (cases[_i].says)
        ck_assert_msg(strstr(err.text, cases[_i].says) != NULL, "%s: says '%s'", cases[_i].name,
                      err.text);
}
END_TEST

static sl_status parse_nested(size_t levels, const char *open, const char *close, sl_error *err)
{
    sl_cleanup(sl_buf_done) sl_buf buf = {0};
    for (size_t i = 0; i < levels; i++)
        sl_buf_append_str(&buf, sl_str_from(open));
    sl_buf_append_byte(&buf, '0');
    for (size_t i = 0; i < levels; i++)
        sl_buf_append_str(&buf, sl_str_from(close));
    sl_cleanup(sl_json_freep) sl_json *root = NULL;
    return sl_json_parse(sl_buf_str(&buf), &root, err);
}

START_TEST(depth_is_limited)
{
    sl_error err = {0};
    ck_assert_int_eq(parse_nested(SL_LIMIT_JSON_DEPTH, "[", "]", &err), SL_OK);
    ck_assert_int_eq(parse_nested(SL_LIMIT_JSON_DEPTH, "{\"a\":", "}", &err), SL_OK);
    ck_assert_int_eq(parse_nested(SL_LIMIT_JSON_DEPTH + 1, "{\"a\":", "}", &err), SL_LIMIT);
    ck_assert_int_eq(parse_nested(10000, "[", "]", &err), SL_LIMIT);
    ck_assert_str_eq(err.text,
                     "line 1, column 65: nested deeper than 64 levels (limit JSON_DEPTH)");
}
END_TEST

START_TEST(count_of_values_is_limited)
{
    sl_cleanup(sl_buf_done) sl_buf buf = {0};
    char *to = sl_buf_reserve(&buf, 2 * (size_t)SL_LIMIT_JSON_VALUES + 1);
    ck_assert_ptr_nonnull(to);
    memset(to, ',', 2 * (size_t)SL_LIMIT_JSON_VALUES + 1);
    to[0] = '[';
    buf.len = 2 * (size_t)SL_LIMIT_JSON_VALUES + 1;
    sl_json *root = NULL;
    sl_error err = {0};
    ck_assert_int_eq(sl_json_parse(sl_buf_str(&buf), &root, &err), SL_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.text, "limit JSON_VALUES"));
    ck_assert_ptr_nonnull(strstr(err.text, "2000000"));
}
END_TEST

/* A length is enough to refuse it by: not a byte is read. */
START_TEST(size_is_limited)
{
    sl_json *root = NULL;
    sl_error err = {0};
    sl_str text = {"0", (size_t)SL_LIMIT_JSON_BYTES + 1};
    ck_assert_int_eq(sl_json_parse(text, &root, &err), SL_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.text, "limit JSON_BYTES"));
    ck_assert_ptr_nonnull(strstr(err.text, "100663296"));
}
END_TEST

START_TEST(values_read_back)
{
    sl_cleanup(sl_json_freep) sl_json *root = NULL;
    sl_error err = {0};
    sl_str text =
        SL_STR("{\"z\": \"ä\", \"b\": -9223372036854775808, \"a\": [true, false, null, 2.5]}");
    ck_assert_int_eq(sl_json_parse(text, &root, &err), SL_OK);

    ck_assert_int_eq(sl_json_kind_of(root), SL_JSON_OBJECT);
    ck_assert(sl_str_is(sl_json_string(sl_json_member(root, "z")), "ä"));
    ck_assert(sl_json_integer(sl_json_member(root, "b")) == INT64_MIN);
    ck_assert_ptr_null(sl_json_member(root, "y"));
    const sl_json *array = sl_json_member(root, "a");
    ck_assert_uint_eq(sl_json_array_count(array), 4);
    ck_assert(sl_json_bool(sl_json_array_at(array, 0)));
    ck_assert(!sl_json_bool(sl_json_array_at(array, 1)));
    ck_assert_int_eq(sl_json_kind_of(sl_json_array_at(array, 2)), SL_JSON_NULL);
    ck_assert_int_eq(sl_json_kind_of(sl_json_array_at(array, 3)), SL_JSON_REAL);
    ck_assert_ptr_null(sl_json_array_at(array, 4));
    /* Asked for the wrong kind. */
    ck_assert_uint_eq(sl_json_string(array).len, 0);
    ck_assert_int_eq(sl_json_integer(array), 0);
    ck_assert_uint_eq(sl_json_array_count(root), 0);
}
END_TEST

START_TEST(members_come_in_the_order_of_the_text)
{
    sl_cleanup(sl_json_freep) sl_json *root = NULL;
    sl_error err = {0};
    ck_assert_int_eq(sl_json_parse(SL_STR("{\"c\": 1, \"a\": 2, \"b\": 3}"), &root, &err), SL_OK);
    char seen[16] = "";
    size_t len = 0;
    void *iterator = NULL;
    sl_str name;
    const sl_json *value;
    while (sl_json_object_next(root, &iterator, &name, &value))
        len += (size_t)snprintf(seen + len, sizeof seen - len, "%.*s%d", SL_STR_ARG(name),
                                (int)sl_json_integer(value));
    ck_assert_str_eq(seen, "c1a2b3");
}
END_TEST

static Suite *parse_suite(void)
{
    Suite *suite = suite_create("parse");
    TCase *tcase = tcase_create("parse");
    tcase_add_loop_test(tcase, parses, 0, SL_ARRAY_LEN(cases));
    tcase_add_test(tcase, depth_is_limited);
    tcase_add_test(tcase, count_of_values_is_limited);
    tcase_add_test(tcase, size_is_limited);
    tcase_add_test(tcase, values_read_back);
    tcase_add_test(tcase, members_come_in_the_order_of_the_text);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(parse_suite)
