/* tests/compiler/test_parse_corpus.c: the front end on every file of google-proto-files, against what protoc 36 wrote.
 *
 * Descriptors without options and with names as they were written, and all source info outside options, are the same bytes. */
#include "compiler/internal/unit.h"
#include "tests/compiler/normal_form.h"
#include "tests/schema/corpus.h"
#include "tests/support/tap_main.h"

#include <stdio.h>
#include <stdlib.h>

enum { TOLD_MOST = 20 };

typedef struct corpus_tally {
    uint32_t files, different, told;
} corpus_tally;

static void tell(corpus_tally *tally, sl_str name, const char *what)
{
    tally->different++;
    if (tally->told++ < TOLD_MOST)
        printf("# %.*s: %s\n", SL_STR_ARG(name), what);
}

static void keep_for_a_look(sl_str name, sl_bytes want, sl_bytes got)
{
    const char *folder = getenv("SLUICE_KEEP");
    char path[4096];
    if (!folder)
        return;
    const sl_bytes both[] = {want, got};
    for (size_t i = 0; i < 2; i++) {
        int len =
            snprintf(path, sizeof path, "%s/%.*s.%s", folder, SL_STR_ARG(name), i ? "got" : "want");
        for (int j = (int)strlen(folder) + 1; j < len; j++)
            path[j] = path[j] == '/' ? '_' : path[j];
        FILE *file = fopen(path, "wb");
        if (file) {
            fwrite(both[i].data, 1, both[i].len, file);
            fclose(file);
        }
    }
}

static bool compare_source_info(sl_file_proto *want, sl_file_proto *got)
{
    sl_cleanup(sl_buf_done) sl_buf want_info = {0};
    sl_cleanup(sl_buf_done) sl_buf got_info = {0};
    bool is_same = normal_form_of_source_info(want->source_info, &want_info) &&
                   normal_form_of_source_info(got->source_info, &got_info) &&
                   sl_bytes_equal(sl_buf_bytes(&want_info), sl_buf_bytes(&got_info));
    if (!is_same)
        keep_for_a_look(want->name, sl_buf_bytes(&want_info), sl_buf_bytes(&got_info));
    return is_same;
}

static void compare(corpus_tally *tally, sl_file_proto *want, sl_unit *unit)
{
    sl_cleanup(sl_buf_done) sl_buf want_bytes = {0};
    sl_cleanup(sl_buf_done) sl_buf got_bytes = {0};
    sl_cleanup(sl_buf_done) sl_buf info = {0};
    sl_error err = {0};
    ck_assert_int_eq(sl_unit_write_source_info(unit, &info), SL_OK);
    if (!normal_form_of_both(want, unit->proto, &err)) {
        tell(tally, want->name, err.text);
        return;
    }
    sl_file_proto_write(want, false, &want_bytes);
    sl_file_proto_write(unit->proto, false, &got_bytes);
    if (!sl_bytes_equal(sl_buf_bytes(&want_bytes), sl_buf_bytes(&got_bytes))) {
        keep_for_a_look(want->name, sl_buf_bytes(&want_bytes), sl_buf_bytes(&got_bytes));
        tell(tally, want->name, "the descriptor differs");
    } else if (!compare_source_info(want, unit->proto)) {
        tell(tally, want->name, "source info differs");
    }
}

static void parse_one(corpus_tally *tally, sl_file_proto *want)
{
    char path[4096];
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_cleanup(sl_arena_done) sl_arena scratch = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_unit_done) sl_unit unit = {0};
    sl_diags diags = {.findings = &findings};
    snprintf(path, sizeof path, "npm/node_modules/google-proto-files/%.*s", SL_STR_ARG(want->name));
    ck_assert_msg(corpus_read_cached(path, &text), "%s cannot be read", path);
    sl_buf_append_byte(&text, 0);
    sl_source source = {.path = want->name, .text = {text.data, text.len - 1}};
    tally->files++;
    ck_assert_int_eq(sl_parse(source, true, &arena, &scratch, &diags, &unit), SL_OK);
    if (findings.error_count) {
        const sl_finding *finding = &findings.list.items[0];
        char what[600];
        snprintf(what, sizeof what, "%u:%u: %.*s", finding->at.line, finding->at.column,
                 SL_STR_ARG(finding->message));
        tell(tally, want->name, what);
        return;
    }
    compare(tally, want, &unit);
}

START_TEST(every_file_is_parsed_as_protoc_parses_it)
{
    sl_cleanup(sl_buf_done) sl_buf set_bytes = {0};
    sl_cleanup(sl_arena_done) sl_arena set_arena = {0};
    sl_file_set_proto set;
    corpus_tally tally = {0};
    ck_assert(corpus_read_cached("google/source.binpb", &set_bytes));
    ck_assert_int_eq(sl_file_set_read(sl_buf_bytes(&set_bytes), &set_arena, &set, NULL), SL_OK);
    for (uint32_t i = 0; i < set.files.count; i++) {
        sl_cleanup(sl_arena_done) sl_arena arena = {0};
        sl_file_proto *want = NULL;
        ck_assert_int_eq(sl_file_proto_read(set.files.items[i], &arena, &want, NULL), SL_OK);
        parse_one(&tally, want);
    }
    printf("# %u files, %u different\n", tally.files, tally.different);
    ck_assert_uint_ge(tally.files, 8017);
    ck_assert_uint_eq(tally.different, 0);
}
END_TEST

static Suite *parse_corpus_suite(void)
{
    sl_cleanup(sl_buf_done) sl_buf probe = {0};
    if (!corpus_read_cached("google/source.binpb", &probe))
        tap_skip_all("SLUICE_REQUIRE_CORPORA",
                     "google-proto-files is not there; run scripts/corpora");
    Suite *suite = suite_create("parse_corpus");
    TCase *tcase = tcase_create("google-proto-files");
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, every_file_is_parsed_as_protoc_parses_it);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(parse_corpus_suite)
