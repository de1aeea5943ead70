/* tests/base/test_text.c: slices, numbers, UTF-8 and times.
 *
 * UTF-8 cases are the borders of Unicode 15 table 3-7; times were made with `date -u -d @SECONDS`. */
#include "base/base.h"

#include "tests/support/tap_main.h"

/* clang-format off */
static const struct { const char *name, *bytes; size_t len, invalid_at; } utf8_cases[] = {
    {"empty_is_valid",                 "", 0, SIZE_MAX},
    {"ascii_is_valid",                 "hello, world", 12, SIZE_MAX},
    {"nul_is_valid",                   "a\0b", 3, SIZE_MAX},
    {"two_bytes_first",                "\xC2\x80", 2, SIZE_MAX},
    {"two_bytes_last",                 "\xDF\xBF", 2, SIZE_MAX},
    {"over_long_two_bytes",            "a\xC1\xBF", 3, 1},
    {"three_bytes_first",              "\xE0\xA0\x80", 3, SIZE_MAX},
    {"over_long_three_bytes",          "\xE0\x9F\xBF", 3, 0},
    {"before_surrogates",              "\xED\x9F\xBF", 3, SIZE_MAX},
    {"first_surrogate",                "xy\xED\xA0\x80", 5, 2},
    {"after_surrogates",               "\xEE\x80\x80", 3, SIZE_MAX},
    {"four_bytes_first",               "\xF0\x90\x80\x80", 4, SIZE_MAX},
    {"over_long_four_bytes",           "\xF0\x8F\xBF\xBF", 4, 0},
    {"last_code_point",                "\xF4\x8F\xBF\xBF", 4, SIZE_MAX},
    {"above_last_code_point",          "\xF4\x90\x80\x80", 4, 0},
    {"lead_byte_F5",                   "\xF5\x80\x80\x80", 4, 0},
    {"lone_continuation",              "abcdefgh\x80", 9, 8},
    {"cut_two_bytes",                  "\xC3", 1, 0},
    {"cut_three_bytes",                "\xE2\x82", 2, 0},
    {"cut_four_bytes",                 "\xF0\x9F\x98", 3, 0},
    {"second_byte_not_continuation",   "\xC3\x28", 2, 0},
    {"third_byte_not_continuation",    "\xE2\x82\x28", 3, 0},
    {"fourth_byte_not_continuation",   "\xF0\x9F\x98\x28", 4, 0},
    {"invalid_behind_eight_ascii",     "0123456789\xFF", 11, 10},
    {"mixed_text_is_valid",            "na\xC3\xAFve \xE2\x82\xAC \xF0\x9F\x98\x80 abcdefgh", 22, SIZE_MAX},
};

static const struct { const char *text; bool is_ok; int64_t value; } i64_cases[] = {
    {"0", true, 0}, {"-0", true, 0}, {"42", true, 42}, {"-42", true, -42},
    {"9223372036854775807", true, INT64_MAX}, {"9223372036854775808", false, 0},
    {"-9223372036854775808", true, INT64_MIN}, {"-9223372036854775809", false, 0},
    {"18446744073709551616", false, 0}, {"", false, 0}, {"-", false, 0}, {"+1", false, 0}, {" 1", false, 0},
    {"1 ", false, 0}, {"0x1", false, 0}, {"--1", false, 0},
};

static const struct { const char *text; bool is_ok; int64_t us; } time_cases[] = {
    {"1970-01-01T00:00:00Z", true, 0},
    {"1970-01-01T00:00:00.000001Z", true, 1},
    {"1969-12-31T23:59:59.999999Z", true, -1},
    {"2026-11-22T16:49:16.000123Z", true, INT64_C(1795366156000123)},
    {"2026-11-22T17:49:16.000123+01:00", true, INT64_C(1795366156000123)},
    {"2000-02-29T12:00:00Z", true, INT64_C(951825600000000)},
    {"1900-02-29T00:00:00Z", false, 0},
    {"2100-02-29T00:00:00Z", false, 0},
    {"2024-02-29T00:00:00Z", true, INT64_C(1709164800000000)},
    {"9999-12-31T23:59:59Z", true, INT64_C(253402300799000000)},
    {"0001-01-01T00:00:00Z", true, INT64_C(-62135596800000000)},
    {"2026-13-01T00:00:00Z", false, 0}, {"2026-00-01T00:00:00Z", false, 0}, {"2026-01-32T00:00:00Z", false, 0},
    {"2026-01-01T24:00:00Z", false, 0}, {"2026-01-01T00:60:00Z", false, 0}, {"2026-01-01T00:00:00", false, 0},
    {"2026-01-01", false, 0}, {"2026-01-01T00:00:00.Z", false, 0}, {"2026-01-01T00:00:00.1234567890Z", false, 0},
    {"2026-01-01T00:00:00Zx", false, 0}, {"", false, 0},
};
/* clang-format on */

START_TEST(utf8_is_judged_at_its_borders)
{
    sl_bytes bytes = {(const uint8_t *)utf8_cases[_i].bytes, utf8_cases[_i].len};
    ck_assert_msg(sl_utf8_find_invalid(bytes) == utf8_cases[_i].invalid_at, "%s: %zu, not %zu",
                  utf8_cases[_i].name, sl_utf8_find_invalid(bytes), utf8_cases[_i].invalid_at);
}
END_TEST

START_TEST(number_text_is_read_whole_or_refused)
{
    int64_t value = 77;
    bool is_ok = sl_str_to_i64(sl_str_from(i64_cases[_i].text), &value);
    ck_assert_msg(is_ok == i64_cases[_i].is_ok, "'%s'", i64_cases[_i].text);
    ck_assert_int_eq(value, is_ok ? i64_cases[_i].value : 77);
}
END_TEST

START_TEST(time_text_is_read_and_written_back)
{
    int64_t us = 77;
    bool is_ok = sl_time_parse(sl_str_from(time_cases[_i].text), &us);
    ck_assert_msg(is_ok == time_cases[_i].is_ok, "'%s'", time_cases[_i].text);
    if (!is_ok)
        return;
    ck_assert_msg(us == time_cases[_i].us, "'%s': %lld", time_cases[_i].text, (long long)us);
    char text[SL_TIME_TEXT_SIZE];
    int64_t again;
    sl_time_format(us, text);
    ck_assert(sl_time_parse(sl_str_from(text), &again));
    ck_assert_int_eq(again, us);
}
END_TEST

START_TEST(slices_compare_split_and_trim)
{
    sl_str before, after;
    ck_assert(sl_str_split(SL_STR("a=b=c"), '=', &before, &after));
    ck_assert(sl_str_is(before, "a") && sl_str_is(after, "b=c"));
    ck_assert(sl_str_split_last(SL_STR("a.b.c"), '.', &before, &after));
    ck_assert(sl_str_is(before, "a.b") && sl_str_is(after, "c"));
    ck_assert(!sl_str_split(SL_STR("abc"), '.', &before, &after));
    ck_assert(!sl_str_split((sl_str){0}, '.', &before, &after));
    ck_assert(sl_str_is(sl_str_trim(SL_STR(" \t x y\t ")), "x y"));
    ck_assert(sl_str_is(sl_str_trim(SL_STR("  ")), ""));
    ck_assert_int_lt(sl_str_compare(SL_STR("a"), SL_STR("ab")), 0);
    ck_assert_int_gt(sl_str_compare(SL_STR("b"), SL_STR("ab")), 0);
    ck_assert_int_eq(sl_str_compare(SL_STR(""), (sl_str){0}), 0);
    ck_assert(sl_str_equal_nocase(SL_STR("Content-Type"), SL_STR("content-tYPE")));
    ck_assert(!sl_str_equal_nocase(SL_STR("a["), SL_STR("a{")));
    ck_assert(sl_str_starts_with(SL_STR("sqlite:x"), SL_STR("sqlite:")));
    ck_assert(!sl_str_starts_with(SL_STR("sql"), SL_STR("sqlite:")));
    ck_assert(sl_str_ends_with(SL_STR("a.proto"), SL_STR(".proto")));
    ck_assert(sl_str_contains(SL_STR("orders.placed"), SL_STR("s.p")));
    ck_assert(!sl_str_contains(SL_STR("orders"), SL_STR("ordersx")));
}
END_TEST

START_TEST(error_text_is_cut_at_a_whole_character)
{
    char long_text[2 * SL_ERROR_TEXT_SIZE + 1];
    for (size_t i = 0; i < sizeof long_text - 1; i += 2)
        memcpy(long_text + i, "\xC3\xA9", 2);
    long_text[sizeof long_text - 1] = '\0';
    sl_error err = {0};
    ck_assert_int_eq(sl_error_set(&err, SL_INVALID, "x%s", long_text), SL_INVALID);
    ck_assert(sl_utf8_valid(sl_str_bytes(sl_str_from(err.text))));
    ck_assert_uint_ge(strlen(err.text), SL_ERROR_TEXT_SIZE - 4);
    ck_assert_int_eq(sl_error_set(&err, SL_INVALID, "%s", long_text), SL_INVALID);
    ck_assert(sl_utf8_valid(sl_str_bytes(sl_str_from(err.text))));
    ck_assert_int_eq(sl_error_set(NULL, SL_IO, "nobody listens"), SL_IO);
}
END_TEST

START_TEST(every_status_has_a_name_of_its_own)
{
    for (int i = 0; i < SL_STATUS_COUNT; i++)
        for (int k = 0; k < i; k++)
            ck_assert_str_ne(sl_status_name((sl_status)i), sl_status_name((sl_status)k));
    ck_assert_str_eq(sl_status_name(SL_STATUS_COUNT), "unknown");
    ck_assert_str_eq(sl_status_name(SL_NOT_FOUND), "not-found");
}
END_TEST

static Suite *text_suite(void)
{
    Suite *suite = suite_create("base-text");
    TCase *tcase = tcase_create("text");
    tcase_add_loop_test(tcase, utf8_is_judged_at_its_borders, 0, (int)SL_ARRAY_LEN(utf8_cases));
    tcase_add_loop_test(tcase, number_text_is_read_whole_or_refused, 0,
                        (int)SL_ARRAY_LEN(i64_cases));
    tcase_add_loop_test(tcase, time_text_is_read_and_written_back, 0,
                        (int)SL_ARRAY_LEN(time_cases));
    tcase_add_test(tcase, slices_compare_split_and_trim);
    tcase_add_test(tcase, error_text_is_cut_at_a_whole_character);
    tcase_add_test(tcase, every_status_has_a_name_of_its_own);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(text_suite)
