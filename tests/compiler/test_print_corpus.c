/* tests/compiler/test_print_corpus.c: published schemas as protoc compiled them, printed, and compiled again: the same bytes.
 *
 * Both forms are printed of every file; the pretty one has source info to keep comments and order by. The printed tree is compiled in one run, so
 * files import each other's printed text. A file that would not come back has a finding of the printer, by its promise: here there are none. */
#include "compiler/compiler.h"
#include "schema/print.h"
#include "tests/schema/corpus.h"
#include "tests/support/tap_main.h"

#include <stdio.h>

enum { TOLD_MOST = 20 };

static const struct {
    const char *name, *set; /* with source info */
    sl_print_form form;
    uint32_t files; /* at least */
} cases[] = {
    {"google_canonical", "google/source.binpb", SL_PRINT_CANONICAL, 8017},
    {"google_pretty", "google/source.binpb", SL_PRINT_PRETTY, 8017},
    {"xds_canonical", "trees/xds/source.binpb", SL_PRINT_CANONICAL, 490},
    {"xds_pretty", "trees/xds/source.binpb", SL_PRINT_PRETTY, 490},
    {"ads_canonical", "trees/ads/source.binpb", SL_PRINT_CANONICAL, 800},
    {"ads_pretty", "trees/ads/source.binpb", SL_PRINT_PRETTY, 800},
    {"temporal_canonical", "trees/temporal/source.binpb", SL_PRINT_CANONICAL, 90},
    {"temporal_pretty", "trees/temporal/source.binpb", SL_PRINT_PRETTY, 90},
};

static sl_schema *link_set(const char *name)
{
    sl_cleanup(sl_buf_done) sl_buf set = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_error err = {0};
    sl_schema *schema = NULL;
    ck_assert_msg(corpus_read_cached(name, &set), "%s: run scripts/corpora", name);
    ck_assert_int_eq(sl_schema_link_set(sl_buf_bytes(&set), (sl_str){0}, &schema, &findings, &err),
                     SL_OK);
    ck_assert_ptr_nonnull(schema);
    return schema;
}

static void tell(const sl_findings *findings)
{
    for (size_t i = 0; i < findings->list.count && i < TOLD_MOST; i++) {
        const sl_finding *finding = &findings->list.items[i];
        printf("# %.*s:%u:%u %.*s: %.*s\n", SL_STR_ARG(finding->at.file), finding->at.line,
               finding->at.column, SL_STR_ARG(finding->rule), SL_STR_ARG(finding->message));
    }
}

/* Text of every file; each in a buffer of its own, freed by the caller. */
static void print_all(const sl_schema *schema, sl_print_form form, sl_buf *texts)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_error err = {0};
    for (size_t i = 0; i < sl_schema_file_count(schema); i++) {
        const sl_file *file = sl_schema_file_at(schema, i);
        ck_assert_msg(sl_print_file(schema, file, form, &texts[i], &findings, &err) == SL_OK, "%s",
                      err.text);
    }
    tell(&findings);
    ck_assert_uint_eq(findings.list.count, 0);
}

static sl_compiled *compile_all(const sl_schema *schema, const sl_buf *texts)
{
    size_t count = sl_schema_file_count(schema);
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_cleanup(sl_resolver_freep) sl_resolver *resolver = NULL;
    sl_memory_file *files = sl_arena_array(&arena, sl_memory_file, count);
    sl_str *mains = sl_arena_array(&arena, sl_str, count);
    sl_compiled *compiled = NULL;
    sl_error err = {0};
    for (size_t i = 0; i < count; i++) {
        mains[i] = sl_schema_file_at(schema, i)->path;
        files[i] = (sl_memory_file){mains[i], sl_buf_str(&texts[i])};
    }
    ck_assert_int_eq(sl_resolver_of_memory(files, count, &resolver), SL_OK);
    sl_compile_request request = {.resolver = resolver, .mains = mains, .main_count = count};
    ck_assert_msg(sl_compile(&request, &compiled, &findings, &err) == SL_OK, "%s", err.text);
    if (!compiled)
        tell(&findings);
    ck_assert_ptr_nonnull(compiled);
    return compiled;
}

START_TEST(printed_text_compiles_to_the_same_bytes)
{
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = link_set(cases[_i].set);
    size_t count = sl_schema_file_count(schema), different = 0, bytes = 0;
    sl_buf *texts = sl_calloc(count, sizeof *texts);
    ck_assert_uint_ge(count, cases[_i].files);
    print_all(schema, cases[_i].form, texts);
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = compile_all(schema, texts);
    ck_assert_uint_eq(sl_compiled_count(compiled), count);
    for (size_t i = 0; i < count; i++) {
        const sl_compiled_file *got = sl_compiled_at(compiled, i);
        const sl_file *want = sl_schema_find_file(schema, got->path);
        ck_assert_ptr_nonnull(want);
        bytes += texts[i].len;
        if (sl_bytes_equal(want->serialized, got->bytes))
            continue;
        if (different++ < TOLD_MOST)
            printf("# %.*s differs\n", SL_STR_ARG(got->path));
    }
    printf("# %s: %zu files, %zu bytes of text, %zu different\n", cases[_i].name, count, bytes,
           different);
    ck_assert_uint_eq(different, 0);
    for (size_t i = 0; i < count; i++)
        sl_buf_done(&texts[i]);
    sl_free(texts);
}
END_TEST

static Suite *print_corpus_suite(void)
{
    sl_cleanup(sl_buf_done) sl_buf probe = {0};
    if (!corpus_read_cached("google/together.txt", &probe))
        tap_skip_all("SLUICE_REQUIRE_CORPORA", "corpora are not there; run scripts/corpora");
    Suite *suite = suite_create("print_corpus");
    TCase *tcase = tcase_create("trees");
    tcase_set_timeout(tcase, 300);
    tcase_add_loop_test(tcase, printed_text_compiles_to_the_same_bytes, 0, SL_ARRAY_LEN(cases));
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(print_corpus_suite)
