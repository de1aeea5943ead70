/* tests/conformance/test_descriptors.c: every file of google-proto-files, as protoc wrote it: read, linked, written back byte for byte.
 *
 * google/all.binpb holds 8,017 files and what they import, google/source.binpb the same with source info, google/alone/ the
 * package's own google/protobuf/ files (editions 2024 and 2026 among them), a set each. The truth is protoc's bytes. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "schema/schema.h"
#include "tests/conformance/corpora.h"
#include "tests/conformance/judge.h"
#include "tests/support/tap_main.h"

/* What the package is known to hold; fewer would mean that something was quietly left out. */
enum { FILES_AT_LEAST = 8017, SETS_ALONE = 31, TOLD = 10, DIRECTORY_DEPTH = 8 };

static sl_bytes all_set, source_set;

static sl_file_set_proto split(sl_bytes set, sl_arena *arena)
{
    sl_error err = {0};
    sl_file_set_proto files = {0};
    sl_status status = sl_file_set_read(set, arena, &files, &err);
    ck_assert_msg(status == SL_OK, "%s: %s", sl_status_name(status), err.text);
    return files;
}

/* True if reading `file` and writing it with (or without) source info gives `want`. */
static bool writes_back(sl_bytes file, bool with_source_info, sl_bytes want)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_cleanup(sl_buf_done) sl_buf written = {0};
    sl_error err = {0};
    sl_file_proto *proto = NULL;
    if (sl_file_proto_read(file, &arena, &proto, &err) != SL_OK) {
        fprintf(stderr, "not read: %s\n", err.text);
        return false;
    }
    sl_file_proto_write(proto, with_source_info, &written);
    if (sl_buf_status(&written) == SL_OK && sl_bytes_equal(sl_buf_bytes(&written), want))
        return true;
    fprintf(stderr, "written otherwise: %.*s\n", SL_STR_ARG(proto->name));
    return false;
}

static size_t count_changed(sl_bytes set, bool with_source_info, sl_bytes want_set)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_file_set_proto files = split(set, &arena);
    sl_file_set_proto wanted = split(want_set, &arena);
    ck_assert_uint_ge(files.files.count, FILES_AT_LEAST);
    ck_assert_uint_eq(files.files.count, wanted.files.count);

    size_t changed = 0;
    for (uint32_t i = 0; i < files.files.count && changed < TOLD; i++)
        changed += !writes_back(files.files.items[i], with_source_info, wanted.files.items[i]);
    printf("# %u files read and written back\n", files.files.count);
    fflush(stdout);
    return changed;
}

START_TEST(file_is_written_back_byte_for_byte)
{
    ck_assert_uint_eq(count_changed(all_set, true, all_set), 0);
}
END_TEST

START_TEST(file_with_source_info_is_written_back_byte_for_byte)
{
    ck_assert_uint_eq(count_changed(source_set, true, source_set), 0);
}
END_TEST

/* protoc with and without --include_source_info is the outside truth for leaving it out. */
START_TEST(leaving_source_info_out_gives_what_protoc_writes_without)
{
    ck_assert_uint_eq(count_changed(source_set, false, all_set), 0);
}
END_TEST

/* Link one set, and compare each linked file, and the set that is written from it, with protoc's bytes. */
static void check_linked(sl_bytes set, sl_bytes set_without_source_info)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = schema_from_set(set);
    sl_cleanup(sl_buf_done) sl_buf written = {0};
    sl_file_set_proto wanted = split(set_without_source_info, &arena);
    ck_assert_uint_eq(sl_schema_file_count(schema), wanted.files.count);

    size_t changed = 0;
    for (uint32_t i = 0; i < wanted.files.count && changed < TOLD; i++) {
        sl_error err = {0};
        sl_file_proto *proto = NULL;
        ck_assert(sl_file_proto_read(wanted.files.items[i], &arena, &proto, &err) == SL_OK);
        const sl_file *file = sl_schema_find_file(schema, proto->name);
        if (file && sl_bytes_equal(file->serialized, wanted.files.items[i]))
            continue;
        changed++;
        fprintf(stderr, "linked otherwise: %.*s\n", SL_STR_ARG(proto->name));
    }
    ck_assert_uint_eq(changed, 0);

    sl_schema_write_set(schema, true, &written);
    ck_assert(sl_buf_status(&written) == SL_OK);
    ck_assert_msg(sl_bytes_equal(sl_buf_bytes(&written), set), "the set is written otherwise");
}

START_TEST(set_is_linked_and_written_back_byte_for_byte)
{
    check_linked(all_set, all_set);
}
END_TEST

START_TEST(set_with_source_info_is_linked_and_written_back_byte_for_byte)
{
    check_linked(source_set, all_set);
}
END_TEST

/* The same set without source info, by the writer that the cases above have held against protoc. */
static void check_alone(const char *path, size_t *count)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = NULL;
    sl_cleanup(sl_buf_done) sl_buf written = {0};
    sl_bytes set = file_load(path);
    ck_assert_msg(set.data != NULL, "%s", path);
    sl_file_set_proto files = split(set, &arena);
    for (uint32_t i = 0; i < files.files.count; i++)
        ck_assert_msg(writes_back(files.files.items[i], true, files.files.items[i]), "%s", path);

    schema = schema_from_set(set);
    ck_assert_uint_eq(sl_schema_file_count(schema), files.files.count);
    sl_schema_write_set(schema, true, &written);
    ck_assert_msg(sl_bytes_equal(sl_buf_bytes(&written), set), "%s is written otherwise", path);
    ++*count;
}

static void walk_directory(const char *path, size_t depth, size_t *count)
{
    ck_assert_uint_lt(depth, DIRECTORY_DEPTH);
    DIR *dir = opendir(path);
    ck_assert_msg(dir != NULL, "%s", path);
    for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
        if (entry->d_name[0] == '.')
            continue;
        const char *inner = text_keep("%s/%s", path, entry->d_name);
        if (entry->d_type == DT_DIR)
            walk_directory(inner, depth + 1, count);
        else
            check_alone(inner, count);
    }
    closedir(dir);
}

START_TEST(sets_of_one_file_are_linked_and_written_back)
{
    size_t count = 0;
    walk_directory(corpora_path("google/alone"), 0, &count);
    ck_assert_uint_eq(count, SETS_ALONE);
}
END_TEST

static Suite *descriptors_suite(void)
{
    corpora_require("google");
    all_set = corpora_load("google/all.binpb");
    source_set = corpora_load("google/source.binpb");

    Suite *suite = suite_create("descriptors");
    TCase *tcase = tcase_create("google-proto-files");
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, file_is_written_back_byte_for_byte);
    tcase_add_test(tcase, file_with_source_info_is_written_back_byte_for_byte);
    tcase_add_test(tcase, leaving_source_info_out_gives_what_protoc_writes_without);
    tcase_add_test(tcase, set_is_linked_and_written_back_byte_for_byte);
    tcase_add_test(tcase, set_with_source_info_is_linked_and_written_back_byte_for_byte);
    tcase_add_test(tcase, sets_of_one_file_are_linked_and_written_back);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(descriptors_suite)
