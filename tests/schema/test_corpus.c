/* tests/schema/test_corpus.c: every descriptor of google-proto-files, as protoc 36 wrote it.
 *
 * 8,017 files are read, written back byte for byte, with and without source info, and linked. Where the bytes come from: scripts/corpora. */
#include "schema/schema.h"
#include "tests/schema/corpus.h"
#include "tests/schema/invariants.h"
#include "tests/support/tap_main.h"

#include <ftw.h>
#include <stdio.h>

enum { GOOGLE_FILES_AT_LEAST = 8017 };

static const char *const sets[] = {"google/all.binpb", "google/source.binpb"};

static void read_set(const char *name, sl_buf *set_bytes, sl_arena *arena, sl_file_set_proto *set)
{
    sl_error err = {0};
    ck_assert_msg(corpus_read_cached(name, set_bytes), "%s cannot be read", name);
    ck_assert_msg(sl_file_set_read(sl_buf_bytes(set_bytes), arena, set, &err) == SL_OK, "%s: %s",
                  name, err.text);
}

START_TEST(every_file_comes_back_byte_for_byte)
{
    sl_cleanup(sl_buf_done) sl_buf set_bytes = {0};
    sl_cleanup(sl_buf_done) sl_buf written = {0};
    sl_cleanup(sl_arena_done) sl_arena set_arena = {0};
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_file_set_proto set;
    read_set(sets[_i], &set_bytes, &set_arena, &set);
    ck_assert_uint_ge(set.files.count, GOOGLE_FILES_AT_LEAST);
    ck_assert_uint_eq(set.unknown.len, 0);

    for (uint32_t i = 0; i < set.files.count; i++) {
        sl_error err = {0};
        sl_file_proto *file = NULL;
        sl_arena_reset(&arena);
        ck_assert_msg(sl_file_proto_read(set.files.items[i], &arena, &file, &err) == SL_OK,
                      "file %u: %s", i, err.text);
        sl_buf_clear(&written);
        sl_file_proto_write(file, true, &written);
        ck_assert_int_eq(sl_buf_status(&written), SL_OK);
        ck_assert_msg(sl_bytes_equal(sl_buf_bytes(&written), set.files.items[i]),
                      "%.*s does not come back as it was", SL_STR_ARG(file->name));
    }
}
END_TEST

/* What is left when source info is not written is what protoc writes without it. */
START_TEST(without_source_info_it_is_what_protoc_writes_without)
{
    sl_cleanup(sl_buf_done) sl_buf all_bytes = {0};
    sl_cleanup(sl_buf_done) sl_buf source_bytes = {0};
    sl_cleanup(sl_buf_done) sl_buf written = {0};
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_file_set_proto all, source;
    read_set(sets[0], &all_bytes, &arena, &all);
    read_set(sets[1], &source_bytes, &arena, &source);
    ck_assert_uint_eq(all.files.count, source.files.count);

    for (uint32_t i = 0; i < all.files.count; i++) {
        sl_cleanup(sl_arena_done) sl_arena file_arena = {0};
        sl_file_proto *file = NULL;
        ck_assert_int_eq(sl_file_proto_read(source.files.items[i], &file_arena, &file, NULL),
                         SL_OK);
        sl_buf_clear(&written);
        sl_file_proto_write(file, false, &written);
        ck_assert_msg(sl_bytes_equal(sl_buf_bytes(&written), all.files.items[i]),
                      "%.*s differs from protoc's", SL_STR_ARG(file->name));
    }
}
END_TEST

static void tell(const sl_findings *findings)
{
    for (size_t i = 0; i < findings->list.count && i < 20; i++)
        fprintf(stderr, "%.*s: %.*s\n", SL_STR_ARG(findings->list.items[i].rule),
                SL_STR_ARG(findings->list.items[i].message));
}

/* protoc linked them before it wrote them: there is nothing to find, and the order of the set is a dependency order already. */
START_TEST(links_without_findings_and_comes_back)
{
    sl_cleanup(sl_buf_done) sl_buf set_bytes = {0};
    sl_cleanup(sl_buf_done) sl_buf written = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = NULL;
    sl_error err = {0};
    ck_assert(corpus_read_cached(sets[_i], &set_bytes));
    int64_t begin = sl_clock_monotonic_ns();
    sl_status status =
        sl_schema_link_set(sl_buf_bytes(&set_bytes), (sl_str){0}, &schema, &findings, &err);
    int64_t took = sl_clock_monotonic_ns() - begin;
    tell(&findings);
    ck_assert_msg(status == SL_OK && schema, "%s: %s, %zu findings", sl_status_name(status),
                  err.text, findings.error_count);
    fprintf(stderr, "%s: %zu files, %zu messages linked in %lld ms, %zu bytes held\n", sets[_i],
            sl_schema_file_count(schema), sl_schema_message_count(schema),
            (long long)(took / 1000000), sl_schema_memory(schema));

    const char *broken = schema_broken_invariant(schema);
    ck_assert_msg(!broken, "%s: %s", sets[_i], broken);
    sl_schema_write_set(schema, true, &written);
    ck_assert_int_eq(sl_buf_status(&written), SL_OK);
    ck_assert_uint_eq(written.len, set_bytes.len);
    ck_assert(sl_bytes_equal(sl_buf_bytes(&written), sl_buf_bytes(&set_bytes)));
}
END_TEST

/* google/protobuf/ and its own test files cannot be in one set, so protoc wrote each with what it imports. */
static int alone_count;

static int link_alone(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info, (void)walk;
    if (kind != FTW_F || !sl_str_ends_with(sl_str_from(path), SL_STR(".binpb")))
        return 0;
    sl_cleanup(sl_buf_done) sl_buf set_bytes = {0};
    sl_cleanup(sl_buf_done) sl_buf written = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = NULL;
    sl_error err = {0};
    ck_assert(corpus_read_file(path, &set_bytes));
    sl_bytes set = sl_buf_bytes(&set_bytes);
    ck_assert_int_eq(sl_schema_link_set(set, (sl_str){0}, &schema, &findings, &err), SL_OK);
    tell(&findings);
    ck_assert_msg(schema, "%s does not link", path);
    const char *broken = schema_broken_invariant(schema);
    ck_assert_msg(!broken, "%s: %s", path, broken);
    sl_schema_write_set(schema, true, &written);
    ck_assert_msg(sl_bytes_equal(sl_buf_bytes(&written), set), "%s does not come back", path);
    alone_count++;
    return 0;
}

START_TEST(files_of_protobuf_itself_link_and_come_back)
{
    char folder[4096];
    corpus_cached_path("google/alone", folder, sizeof folder);
    alone_count = 0;
    ck_assert_int_eq(nftw(folder, link_alone, 16, FTW_PHYS), 0);
    ck_assert_int_gt(alone_count, 0);
}
END_TEST

static Suite *corpus_suite(void)
{
    sl_cleanup(sl_buf_done) sl_buf probe = {0};
    if (!corpus_read_cached(sets[1], &probe))
        tap_skip_all("SLUICE_REQUIRE_CORPORA",
                     "google-proto-files is not there; run scripts/corpora");
    Suite *suite = suite_create("corpus");
    TCase *tcase = tcase_create("google-proto-files");
    tcase_set_timeout(tcase, 300);
    tcase_add_loop_test(tcase, every_file_comes_back_byte_for_byte, 0, SL_ARRAY_LEN(sets));
    tcase_add_test(tcase, without_source_info_it_is_what_protoc_writes_without);
    tcase_add_loop_test(tcase, links_without_findings_and_comes_back, 0, SL_ARRAY_LEN(sets));
    tcase_add_test(tcase, files_of_protobuf_itself_link_and_come_back);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(corpus_suite)
