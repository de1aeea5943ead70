/* tests/compiler/test_limits.c: what the compiler refuses for its size or depth, and what it still takes. */
#include "compiler/compiler.h"
#include "compiler/internal/unit.h"
#include "tests/support/tap_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void expect_refused(sl_resolver *resolver)
{
    sl_found_file found = {0};
    sl_error err = {0};
    char number[24];
    ck_assert_int_eq(resolver->ops->find(resolver, SL_STR("large.proto"), &found, &err), SL_LIMIT);
    snprintf(number, sizeof number, "%d", SL_LIMIT_SOURCE_BYTES);
    ck_assert_msg(strstr(err.text, "limit SOURCE_BYTES") && strstr(err.text, number), "%s",
                  err.text);
}

START_TEST(a_file_in_memory_has_so_many_bytes)
{
    sl_cleanup(sl_resolver_freep) sl_resolver *resolver = NULL;
    /* Its length is enough to refuse it by: not a byte is read. */
    const sl_memory_file file = {SL_STR("large.proto"), {"x", (size_t)SL_LIMIT_SOURCE_BYTES + 1}};
    ck_assert_int_eq(sl_resolver_of_memory(&file, 1, &resolver), SL_OK);
    expect_refused(resolver);
}
END_TEST

START_TEST(a_file_in_a_folder_has_so_many_bytes)
{
    sl_cleanup(sl_resolver_freep) sl_resolver *resolver = NULL;
    char folder[] = "/tmp/sluice-limits-XXXXXX", path[64];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/large.proto", folder);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fclose(file);
    /* A hole: it takes no space. */
    ck_assert_int_eq(truncate(path, (off_t)SL_LIMIT_SOURCE_BYTES + 1), 0);
    sl_str directory = sl_str_from(folder);
    ck_assert_int_eq(sl_resolver_of_directories(&directory, 1, &resolver), SL_OK);
    expect_refused(resolver);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

/* protoc counts the file as a level: 31 messages inside one another are taken, 32 are not. */
static const struct {
    int messages;
    const char *rule; /* NULL: it is taken */
} nested[] = {
    {SL_LIMIT_SOURCE_DEPTH - 1, NULL},
    {SL_LIMIT_SOURCE_DEPTH, "MESSAGE_TOO_DEEP"},
    {10000, "MESSAGE_TOO_DEEP"},
};

START_TEST(messages_are_nested_so_deep)
{
    sl_arena arena = {0}, scratch = {0};
    sl_findings findings = {0};
    sl_diags diags = {.findings = &findings};
    sl_unit unit = {0};
    sl_buf text = {0};
    sl_buf_append_literal(&text, "syntax = \"proto3\";");
    for (int i = 0; i < nested[_i].messages; i++)
        sl_buf_append_literal(&text, "message M {");
    for (int i = 0; i < nested[_i].messages; i++)
        sl_buf_append_byte(&text, '}');
    sl_buf_append_byte(&text, '\0');
    sl_source source = {.path = SL_STR("a.proto"), .text = {text.data, text.len - 1}};
    ck_assert_int_eq(sl_parse(source, true, &arena, &scratch, &diags, &unit), SL_OK);
    if (!nested[_i].rule)
        ck_assert_uint_eq(findings.list.count, 0);
    else
        ck_assert(sl_str_is(findings.list.items[0].rule, nested[_i].rule));
    sl_unit_done(&unit);
    sl_findings_done(&findings);
    sl_arena_done(&arena);
    sl_arena_done(&scratch);
    sl_buf_done(&text);
}
END_TEST

static Suite *limits_suite(void)
{
    Suite *suite = suite_create("limits");
    TCase *tcase = tcase_create("source");
    tcase_add_test(tcase, a_file_in_memory_has_so_many_bytes);
    tcase_add_test(tcase, a_file_in_a_folder_has_so_many_bytes);
    tcase_add_loop_test(tcase, messages_are_nested_so_deep, 0, SL_ARRAY_LEN(nested));
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(limits_suite)
