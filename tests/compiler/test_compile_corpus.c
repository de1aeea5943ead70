/* tests/compiler/test_compile_corpus.c: whole trees of published .proto files, compiled in one run, against the bytes that protoc 36 wrote for
 * them, without and with source info.
 *
 * Every file must be there, in protoc's order, and the same to the byte. What protoc refuses is refused. There is no ledger of
 * differences: there are none. */
#include "compiler/compiler.h"
#include "tests/schema/corpus.h"
#include "tests/support/tap_main.h"

#include <stdio.h>
#include <stdlib.h>

enum { TOLD_MOST = 20, ROOTS_MOST = 16 };

static const struct {
    const char *name;
    const char *roots; /* a file with one folder a line, or a folder, below the corpora */
    const char *list, *all, *source;
    uint32_t files; /* at least */
} trees[] = {
    {"google-proto-files", "npm/node_modules/google-proto-files", "google/together.txt",
     "google/all.binpb", "google/source.binpb", 8017},
    {"grpc-js-xds", "trees/xds/roots.txt", "trees/xds/compiled.txt", "trees/xds/all.binpb",
     "trees/xds/source.binpb", 490},
    {"google-ads-node", "trees/ads/roots.txt", "trees/ads/compiled.txt", "trees/ads/all.binpb",
     "trees/ads/source.binpb", 800},
    {"temporal", "trees/temporal/roots.txt", "trees/temporal/compiled.txt",
     "trees/temporal/all.binpb", "trees/temporal/source.binpb", 90},
};

typedef SL_VEC(sl_str) str_list;

static void split_lines(sl_str text, str_list *lines)
{
    sl_str line, rest = text;
    while (sl_str_split(rest, '\n', &line, &rest))
        if (line.len > 0)
            ck_assert_int_eq(sl_vec_push(lines, line), SL_OK);
    if (rest.len > 0)
        ck_assert_int_eq(sl_vec_push(lines, rest), SL_OK);
}

static sl_resolver *open_roots(const char *roots)
{
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    char paths[ROOTS_MOST][4096];
    sl_str folders[ROOTS_MOST];
    str_list names = {0};
    sl_resolver *links[2], *chain = NULL;
    if (sl_str_ends_with(sl_str_from(roots), SL_STR(".txt"))) {
        ck_assert(corpus_read_cached(roots, &text));
        split_lines(sl_buf_str(&text), &names);
    } else {
        ck_assert_int_eq(sl_vec_push(&names, sl_str_from(roots)), SL_OK);
    }
    ck_assert_uint_le(names.count, ROOTS_MOST);
    for (size_t i = 0; i < names.count; i++) {
        char name[2048];
        snprintf(name, sizeof name, "%.*s", SL_STR_ARG(names.items[i]));
        corpus_cached_path(name, paths[i], sizeof paths[i]);
        folders[i] = sl_str_from(paths[i]);
    }
    ck_assert_int_eq(sl_resolver_of_directories(folders, names.count, &links[0]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_built_ins(&links[1]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_chain(links, 2, &chain), SL_OK);
    sl_vec_done(&names);
    return chain;
}

/* For a look at what differs: both sides go into the folder that SLUICE_KEEP names. */
static void keep(sl_str path, sl_bytes want, sl_bytes got)
{
    const char *folder = getenv("SLUICE_KEEP");
    const sl_bytes both[] = {want, got};
    for (size_t i = 0; folder && i < 2; i++) {
        char name[4096];
        int len =
            snprintf(name, sizeof name, "%s/%.*s.%s", folder, SL_STR_ARG(path), i ? "got" : "want");
        for (int j = (int)strlen(folder) + 1; j < len; j++)
            name[j] = name[j] == '/' ? '_' : name[j];
        FILE *file = fopen(name, "wb");
        if (file) {
            fwrite(both[i].data, 1, both[i].len, file);
            fclose(file);
        }
    }
}

/* A built-in file has our own comments and lines. */
static uint32_t count_different(const sl_file_set_proto *want, const sl_compiled *compiled,
                                bool with_source_info)
{
    uint32_t different = 0;
    for (uint32_t i = 0; i < want->files.count; i++) {
        const sl_compiled_file *file = sl_compiled_at(compiled, i);
        bool is_other_text = with_source_info && file->is_built_in;
        if (is_other_text || sl_bytes_equal(want->files.items[i], file->bytes))
            continue;
        if (different++ < TOLD_MOST)
            printf("# %.*s differs\n", SL_STR_ARG(file->path));
        keep(file->path, want->files.items[i], file->bytes);
    }
    return different;
}

static sl_compiled *compile(const char *roots, const str_list *mains, bool with_source_info)
{
    sl_cleanup(sl_resolver_freep) sl_resolver *resolver = open_roots(roots);
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_compiled *compiled = NULL;
    sl_error err = {0};
    sl_compile_request request = {.resolver = resolver,
                                  .mains = mains->items,
                                  .main_count = mains->count,
                                  .with_source_info = with_source_info};
    sl_status status = sl_compile(&request, &compiled, &findings, &err);
    ck_assert_msg(status == SL_OK, "%s", err.text);
    for (size_t i = 0, told = 0; i < findings.list.count && told < TOLD_MOST; i++) {
        const sl_finding *finding = &findings.list.items[i];
        if (finding->severity != SL_SEVERITY_ERROR)
            continue;
        told++;
        printf("# %.*s:%u:%u: %.*s\n", SL_STR_ARG(finding->at.file), finding->at.line,
               finding->at.column, SL_STR_ARG(finding->message));
    }
    ck_assert_ptr_nonnull(compiled);
    return compiled;
}

static void compare_tree(size_t tree, bool with_source_info)
{
    sl_cleanup(sl_buf_done) sl_buf list = {0};
    sl_cleanup(sl_buf_done) sl_buf set_bytes = {0};
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    str_list mains = {0};
    sl_file_set_proto want;
    const char *path = with_source_info ? trees[tree].source : trees[tree].all;
    ck_assert_msg(corpus_read_cached(trees[tree].list, &list), "run scripts/corpora");
    ck_assert(corpus_read_cached(path, &set_bytes));
    ck_assert_int_eq(sl_file_set_read(sl_buf_bytes(&set_bytes), &arena, &want, NULL), SL_OK);
    split_lines(sl_buf_str(&list), &mains);
    ck_assert_uint_ge(mains.count, trees[tree].files);

    sl_cleanup(sl_compiled_freep) sl_compiled *compiled =
        compile(trees[tree].roots, &mains, with_source_info);
    ck_assert_uint_eq(sl_compiled_count(compiled), want.files.count);
    uint32_t different = count_different(&want, compiled, with_source_info);
    printf("# %s: %u files, %u different\n", trees[tree].name, want.files.count, different);
    ck_assert_uint_eq(different, 0);
    sl_vec_done(&mains);
}

START_TEST(descriptors_are_those_of_protoc)
{
    compare_tree((size_t)_i, false);
}
END_TEST

START_TEST(source_info_is_that_of_protoc)
{
    compare_tree((size_t)_i, true);
}
END_TEST

/* --- Protobuf's own files, which define the same names and so go one by one --- */

static const char own_root[] = "npm/node_modules/google-proto-files";

static void compile_alone(const char *roots, sl_str path, bool with_source_info,
                          sl_compiled **ret_compiled)
{
    sl_cleanup(sl_resolver_freep) sl_resolver *resolver = open_roots(roots);
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_error err = {0};
    sl_compile_request request = {resolver, &path, 1, with_source_info};
    ck_assert_msg(sl_compile(&request, ret_compiled, &findings, &err) == SL_OK, "%s", err.text);
    if (*ret_compiled || findings.list.count == 0)
        return;
    printf("# %.*s:%u: %.*s\n", SL_STR_ARG(findings.list.items[0].at.file),
           findings.list.items[0].at.line, SL_STR_ARG(findings.list.items[0].message));
}

static void is_as_protoc_has_it(sl_str path)
{
    char name[4096];
    sl_cleanup(sl_buf_done) sl_buf set_bytes = {0};
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    sl_file_set_proto want;
    snprintf(name, sizeof name, "google/alone/%.*s.binpb", SL_STR_ARG(path));
    ck_assert_msg(corpus_read_cached(name, &set_bytes), "%s", name);
    ck_assert_int_eq(sl_file_set_read(sl_buf_bytes(&set_bytes), &arena, &want, NULL), SL_OK);
    compile_alone(own_root, path, true, &compiled);
    ck_assert_msg(compiled, "%.*s is refused", SL_STR_ARG(path));
    ck_assert_uint_eq(sl_compiled_count(compiled), want.files.count);
    ck_assert_uint_eq(count_different(&want, compiled, true), 0);
}

START_TEST(protobufs_own_files_are_taken_or_refused_one_by_one)
{
    sl_cleanup(sl_buf_done) sl_buf all = {0};
    sl_cleanup(sl_buf_done) sl_buf failing = {0};
    sl_cleanup(sl_map_done) sl_map refused = {0};
    str_list files = {0}, failing_files = {0};
    uint32_t taken = 0;
    ck_assert(corpus_read_cached("google/files.txt", &all));
    ck_assert(corpus_read_cached("google/failing.txt", &failing));
    split_lines(sl_buf_str(&all), &files);
    split_lines(sl_buf_str(&failing), &failing_files);
    for (size_t i = 0; i < failing_files.count; i++) {
        sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
        compile_alone(own_root, failing_files.items[i], false, &compiled);
        ck_assert_msg(!compiled, "%.*s is taken", SL_STR_ARG(failing_files.items[i]));
        ck_assert_int_eq(sl_map_set(&refused, failing_files.items[i], &refused), SL_OK);
    }
    for (size_t i = 0; i < files.count; i++) {
        if (!sl_str_starts_with(files.items[i], SL_STR("google/protobuf/")) ||
            sl_map_get(&refused, files.items[i]))
            continue;
        is_as_protoc_has_it(files.items[i]);
        taken++;
    }
    printf("# %u taken, %zu refused\n", taken, failing_files.count);
    ck_assert_uint_ge(taken, 29);
    ck_assert_uint_ge(failing_files.count, 3);
    sl_vec_done(&files);
    sl_vec_done(&failing_files);
}
END_TEST

/* --- files of other packages that protoc refuses, each compiled alone --- */

START_TEST(what_protoc_refuses_of_a_tree_is_refused)
{
    enum { FAILING = 102 };
    sl_cleanup(sl_buf_done) sl_buf failing = {0};
    str_list files = {0};
    uint32_t taken = 0;
    ck_assert_msg(corpus_read_cached("trees/xds/failing.txt", &failing), "run scripts/corpora");
    split_lines(sl_buf_str(&failing), &files);
    for (size_t i = 0; i < files.count; i++) {
        sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
        compile_alone("trees/xds/roots.txt", files.items[i], false, &compiled);
        if (compiled)
            printf("# taken: %.*s\n", SL_STR_ARG(files.items[i]));
        taken += compiled != NULL;
    }
    ck_assert_uint_eq(taken, 0);
    ck_assert_uint_eq(files.count, FAILING);
    sl_vec_done(&files);
}
END_TEST

static Suite *compile_corpus_suite(void)
{
    sl_cleanup(sl_buf_done) sl_buf probe = {0};
    if (!corpus_read_cached("google/together.txt", &probe))
        tap_skip_all("SLUICE_REQUIRE_CORPORA", "corpora are not there; run scripts/corpora");
    Suite *suite = suite_create("compile_corpus");
    TCase *tcase = tcase_create("trees");
    tcase_set_timeout(tcase, 300);
    tcase_add_loop_test(tcase, descriptors_are_those_of_protoc, 0, SL_ARRAY_LEN(trees));
    tcase_add_loop_test(tcase, source_info_is_that_of_protoc, 0, SL_ARRAY_LEN(trees));
    tcase_add_test(tcase, protobufs_own_files_are_taken_or_refused_one_by_one);
    tcase_add_test(tcase, what_protoc_refuses_of_a_tree_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(compile_corpus_suite)
