/* tests/compat/test_level.c: the seven levels, their names and their order.
 *
 * Names and meaning are Confluent's (Schema Registry, "Compatibility types"). */
#include "compat/compat.h"
#include "tests/support/tap_main.h"

static const struct {
    const char *name;
    sl_compat_level level;
    int directions;
    bool is_transitive;
} levels[] = {
    {"NONE", SL_LEVEL_NONE, 0, false},
    {"BACKWARD", SL_LEVEL_BACKWARD, SL_COMPAT_BACKWARD, false},
    {"BACKWARD_TRANSITIVE", SL_LEVEL_BACKWARD_TRANSITIVE, SL_COMPAT_BACKWARD, true},
    {"FORWARD", SL_LEVEL_FORWARD, SL_COMPAT_FORWARD, false},
    {"FORWARD_TRANSITIVE", SL_LEVEL_FORWARD_TRANSITIVE, SL_COMPAT_FORWARD, true},
    {"FULL", SL_LEVEL_FULL, SL_COMPAT_BOTH, false},
    {"FULL_TRANSITIVE", SL_LEVEL_FULL_TRANSITIVE, SL_COMPAT_BOTH, true},
};

START_TEST(level_reads_and_writes)
{
    sl_compat_level got = SL_LEVEL_COUNT;
    ck_assert(sl_compat_level_parse(sl_str_from(levels[_i].name), &got));
    ck_assert_int_eq(got, levels[_i].level);
    ck_assert_str_eq(sl_compat_level_name(got), levels[_i].name);
    ck_assert_int_eq(sl_compat_level_directions(got), levels[_i].directions);
    ck_assert_int_eq(sl_compat_level_is_transitive(got), levels[_i].is_transitive);
}
END_TEST

/* Row: from, column: to; 1 where the move promises at least as much. Written down by hand, in the order of `levels`. */
static const char *const at_least[] = {
    /*                    N B BT F FT U UT */
    /* NONE           */ "1111111",
    /* BACKWARD       */ "0110011",
    /* BACKWARD_TRANS */ "0010001",
    /* FORWARD        */ "0001111",
    /* FORWARD_TRANS  */ "0000101",
    /* FULL           */ "0000011",
    /* FULL_TRANS     */ "0000001",
};

START_TEST(order_is_partial)
{
    for (size_t to = 0; to < SL_LEVEL_COUNT; to++) {
        bool got = sl_compat_level_is_at_least((sl_compat_level)to, (sl_compat_level)_i);
        ck_assert_msg(got == (at_least[_i][to] == '1'), "%s to %s: got %d", levels[_i].name,
                      levels[to].name, got);
    }
}
END_TEST

START_TEST(names_in_any_case_and_no_others)
{
    sl_compat_level level = SL_LEVEL_COUNT;
    ck_assert(sl_compat_level_parse(SL_STR("full_transitive"), &level));
    ck_assert_int_eq(level, SL_LEVEL_FULL_TRANSITIVE);
    static const char *const wrong[] = {"",          "FULL ",      "FULLY",
                                        "BACKWARDS", "TRANSITIVE", "FULL-TRANSITIVE"};
    for (size_t i = 0; i < SL_ARRAY_LEN(wrong); i++)
        ck_assert_msg(!sl_compat_level_parse(sl_str_from(wrong[i]), &level), "'%s'", wrong[i]);
    ck_assert_str_eq(sl_compat_level_name(SL_LEVEL_COUNT), "unknown");
    ck_assert_int_eq(sl_compat_level_directions(SL_LEVEL_COUNT), 0);
    ck_assert(!sl_compat_level_is_at_least(SL_LEVEL_COUNT, SL_LEVEL_NONE));
}
END_TEST

START_TEST(categories_read_and_write)
{
    static const char *const names[] = {"WIRE", "WIRE_JSON", "PACKAGE", "FILE"};
    for (size_t i = 0; i < SL_ARRAY_LEN(names); i++) {
        sl_compat_category category;
        ck_assert(sl_compat_category_parse(sl_str_from(names[i]), &category));
        ck_assert_int_eq(category, 1 << i);
        ck_assert_str_eq(sl_compat_category_name(category), names[i]);
    }
    sl_compat_category category;
    ck_assert(!sl_compat_category_parse(SL_STR("WIRE-JSON"), &category));
    ck_assert_str_eq(sl_compat_category_name((sl_compat_category)0), "unknown");
}
END_TEST

static Suite *level_suite(void)
{
    Suite *suite = suite_create("level");
    TCase *tcase = tcase_create("level");
    tcase_add_loop_test(tcase, level_reads_and_writes, 0, SL_ARRAY_LEN(levels));
    tcase_add_loop_test(tcase, order_is_partial, 0, SL_ARRAY_LEN(at_least));
    tcase_add_test(tcase, names_in_any_case_and_no_others);
    tcase_add_test(tcase, categories_read_and_write);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(level_suite)
