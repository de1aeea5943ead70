/* tests/base/test_text_diff.c: a diff turns the old text into the new one, and no shorter one does.
 *
 * Outside truth: the diff is applied by what POSIX says of the unified form (diff -u), not by the code that wrote it; the least
 * number of lines removed and added follows from the longest common subsequence, by its textbook table. */
#include "base/base.h"

#include "tests/support/tap_main.h"

#include <stdio.h>
#include <stdlib.h>

static uint32_t seed = 20260;
static uint32_t draw(uint32_t below)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % below;
}

static sl_status diff_of(sl_str old_text, sl_str new_text, sl_buf *buf, sl_error *err)
{
    const sl_text_diff diff = {SL_STR("s@1"), SL_STR("s@2"), old_text, new_text};
    return sl_text_diff_write(&diff, buf, err);
}

static const struct {
    const char *name, *old_text, *new_text, *want;
} cases[] = {
    {"equal_texts_have_none", "a\nb\n", "a\nb\n", ""},
    {"empty_texts_have_none", "", "", ""},
    {"a_changed_line", "a\nb\nc\n", "a\nx\nc\n",
     "--- s@1\n+++ s@2\n@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"},
    {"everything_is_new", "", "a\n", "--- s@1\n+++ s@2\n@@ -0,0 +1 @@\n+a\n"},
    {"everything_is_gone", "a\nb\n", "", "--- s@1\n+++ s@2\n@@ -1,2 +0,0 @@\n-a\n-b\n"},
    {"three_lines_around_a_change", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n",
     "--- s@1\n+++ s@2\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n"},
    {"six_lines_between_make_one_hunk", "a\n1\n2\n3\n4\n5\n6\nb\n", "1\n2\n3\n4\n5\n6\n",
     "--- s@1\n+++ s@2\n@@ -1,8 +1,6 @@\n-a\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n"},
    {"seven_lines_between_make_two", "a\n1\n2\n3\n4\n5\n6\n7\nb\n", "1\n2\n3\n4\n5\n6\n7\n",
     "--- s@1\n+++ s@2\n@@ -1,4 +1,3 @@\n-a\n 1\n 2\n 3\n@@ -6,4 +5,3 @@\n 5\n 6\n 7\n-b\n"},
    {"a_last_line_without_newline", "a\nb", "a\nb\n",
     "--- s@1\n+++ s@2\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n"},
};

/* As `diff -u` of GNU diffutils prints them. */
START_TEST(is_written_as_diff_writes_it)
{
    sl_cleanup(sl_buf_done) sl_buf buf = {0};
    sl_error err = {0};
    ck_assert_int_eq(
        diff_of(sl_str_from(cases[_i].old_text), sl_str_from(cases[_i].new_text), &buf, &err),
        SL_OK);
    ck_assert_msg(sl_str_is(sl_buf_str(&buf), cases[_i].want), "%s: %.*s", cases[_i].name,
                  SL_STR_ARG(sl_buf_str(&buf)));
}
END_TEST

/* Put the lines of `diff` over `old_text`; the result is `made`. Returns lines removed and added. */
static size_t apply(sl_str old_text, sl_str diff, sl_buf *made)
{
    size_t edits = 0, at = 0, line_number = 1;
    sl_str rest = diff, line;
    while (sl_str_split(rest, '\n', &line, &rest)) {
        char mark = line.len ? line.data[0] : '?';
        if (sl_str_starts_with(line, SL_STR("--- s")) || sl_str_starts_with(line, SL_STR("+++ s")))
            continue;
        if (mark == '@') {
            char head[64]; /* "@@ -FIRST,COUNT +…", as a string */
            snprintf(head, sizeof head, "%.*s", SL_STR_ARG(line));
            unsigned long first = strtoul(head + 4, NULL, 10);
            bool is_none = strncmp(head + 3, "-0", 2) == 0;
            for (; !is_none && line_number < first; line_number++) {
                size_t end = at;
                while (old_text.data[end++] != '\n')
                    ;
                sl_buf_append(made, old_text.data + at, end - at);
                at = end;
            }
            continue;
        }
        sl_str text = {line.data + 1, line.len}; /* with its newline */
        edits += mark != ' ';
        if (mark != '-')
            sl_buf_append_str(made, text);
        if (mark == '+')
            continue;
        ck_assert_msg(at + text.len <= old_text.len &&
                          memcmp(old_text.data + at, text.data, text.len) == 0,
                      "line %zu of the old text is another", line_number);
        at += text.len;
        line_number++;
    }
    sl_buf_append(made, old_text.data + at, old_text.len - at);
    return edits;
}

/* Lines are single letters here. */
static size_t least_edits(sl_str a, sl_str b)
{
    static size_t common[64][64];
    size_t n = a.len / 2, m = b.len / 2;
    for (size_t i = 0; i <= n; i++)
        for (size_t j = 0; j <= m; j++) {
            common[i][j] = 0;
            if (i > 0 && j > 0)
                common[i][j] = a.data[2 * (i - 1)] == b.data[2 * (j - 1)]
                                   ? common[i - 1][j - 1] + 1
                                   : SL_MAX(common[i - 1][j], common[i][j - 1]);
        }
    return n + m - 2 * common[n][m];
}

static void draw_text(sl_buf *text, uint32_t letters)
{
    for (uint32_t i = draw(60); i > 0; i--)
        sl_buf_printf(text, "%c\n", 'a' + (int)draw(letters));
}

START_TEST(turns_old_into_new_and_is_shortest)
{
    for (int round = 0; round < 20000; round++) {
        sl_cleanup(sl_buf_done) sl_buf old_text = {0};
        sl_cleanup(sl_buf_done) sl_buf new_text = {0};
        sl_cleanup(sl_buf_done) sl_buf diff = {0};
        sl_cleanup(sl_buf_done) sl_buf made = {0};
        sl_error err = {0};
        draw_text(&old_text, 1 + (uint32_t)round % 9);
        draw_text(&new_text, 1 + (uint32_t)round % 9);
        ck_assert_int_eq(diff_of(sl_buf_str(&old_text), sl_buf_str(&new_text), &diff, &err), SL_OK);
        size_t edits = apply(sl_buf_str(&old_text), sl_buf_str(&diff), &made);
        ck_assert_msg(sl_str_equal(sl_buf_str(&made), sl_buf_str(&new_text)), "round %d: %.*s",
                      round, SL_STR_ARG(sl_buf_str(&diff)));
        ck_assert_uint_eq(edits, least_edits(sl_buf_str(&old_text), sl_buf_str(&new_text)));
    }
}
END_TEST

/* More edits than are looked for: still a diff that turns one into the other. */
START_TEST(texts_that_differ_much_are_replaced)
{
    sl_cleanup(sl_buf_done) sl_buf old_text = {0};
    sl_cleanup(sl_buf_done) sl_buf new_text = {0};
    sl_cleanup(sl_buf_done) sl_buf diff = {0};
    sl_cleanup(sl_buf_done) sl_buf made = {0};
    sl_error err = {0};
    for (int i = 0; i < SL_LIMIT_DIFF_EDITS; i++) {
        sl_buf_printf(&old_text, "old %d\nsame\n", i);
        sl_buf_printf(&new_text, "new %d\nsame\n", i);
    }
    ck_assert_int_eq(diff_of(sl_buf_str(&old_text), sl_buf_str(&new_text), &diff, &err), SL_OK);
    size_t edits = apply(sl_buf_str(&old_text), sl_buf_str(&diff), &made);
    ck_assert(sl_str_equal(sl_buf_str(&made), sl_buf_str(&new_text)));
    ck_assert_uint_eq(edits, 2 * (2 * SL_LIMIT_DIFF_EDITS - 1)); /* the last "same" is kept */
}
END_TEST

START_TEST(larger_texts_are_refused)
{
    sl_cleanup(sl_buf_done) sl_buf lines = {0};
    sl_cleanup(sl_buf_done) sl_buf bytes = {0};
    sl_cleanup(sl_buf_done) sl_buf diff = {0};
    sl_error err = {0};
    for (int i = 0; i < SL_LIMIT_DIFF_LINES; i++)
        sl_buf_append_byte(&lines, '\n');
    ck_assert_int_eq(diff_of(sl_buf_str(&lines), SL_STR(""), &diff, &err), SL_OK);
    sl_buf_append_byte(&lines, '\n');
    ck_assert_int_eq(diff_of(sl_buf_str(&lines), SL_STR(""), &diff, &err), SL_LIMIT);
    ck_assert_msg(strstr(err.text, "100000") && strstr(err.text, "DIFF_LINES"), "%s", err.text);
    for (int i = 0; i <= SL_LIMIT_DIFF_BYTES; i++)
        sl_buf_append_byte(&bytes, 'x');
    ck_assert_int_eq(diff_of(SL_STR(""), sl_buf_str(&bytes), &diff, &err), SL_LIMIT);
    ck_assert_msg(strstr(err.text, "4194304") && strstr(err.text, "DIFF_BYTES"), "%s", err.text);
}
END_TEST

START_TEST(failing_memory_is_told)
{
    for (uint64_t nth = 1;; nth++) {
        sl_buf diff = {0};
        sl_error err = {0};
        sl_alloc_fault_arm(nth, false);
        sl_status status = diff_of(SL_STR("a\nb\nc\n"), SL_STR("b\nc\nd\n"), &diff, &err);
        bool was_hit = sl_alloc_fault_hit();
        sl_alloc_fault_arm(0, false);
        ck_assert_int_eq(status, was_hit ? SL_NO_MEMORY : SL_OK);
        sl_buf_done(&diff);
        if (!was_hit)
            break;
    }
}
END_TEST

static Suite *text_diff_suite(void)
{
    Suite *suite = suite_create("text_diff");
    TCase *tcase = tcase_create("text_diff");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, is_written_as_diff_writes_it, 0, (int)SL_ARRAY_LEN(cases));
    tcase_add_test(tcase, turns_old_into_new_and_is_shortest);
    tcase_add_test(tcase, texts_that_differ_much_are_replaced);
    tcase_add_test(tcase, larger_texts_are_refused);
    tcase_add_test(tcase, failing_memory_is_told);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(text_diff_suite)
