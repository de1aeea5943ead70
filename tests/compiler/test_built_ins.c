/* tests/compiler/test_built_ins.c: the built-in files are there, whole, and stand behind a user's. That they are equal to the originals is what
 * tests/conformance/test_built_ins.py asks protoc. */
#include "compiler/internal/built_ins.h"
#include "compiler/internal/unit.h"
#include "tests/schema/corpus.h"
#include "tests/support/tap_main.h"

#include <stdio.h>
#include <stdlib.h>

static sl_resolver *built_ins;

static void set_up(void)
{
    ck_assert_int_eq(sl_resolver_of_built_ins(&built_ins), SL_OK);
}

static void tear_down(void)
{
    sl_resolver_free(built_ins);
}

/* The interface that clients of registries count on. */
static const char *const promised[] = {
    "buf/validate/validate.proto",
    "confluent/meta.proto",
    "confluent/type/decimal.proto",
    "confluent/type/variant.proto",
    "google/protobuf/any.proto",
    "google/protobuf/api.proto",
    "google/protobuf/compiler/plugin.proto",
    "google/protobuf/cpp_features.proto",
    "google/protobuf/descriptor.proto",
    "google/protobuf/duration.proto",
    "google/protobuf/empty.proto",
    "google/protobuf/field_mask.proto",
    "google/protobuf/go_features.proto",
    "google/protobuf/java_features.proto",
    "google/protobuf/source_context.proto",
    "google/protobuf/struct.proto",
    "google/protobuf/timestamp.proto",
    "google/protobuf/type.proto",
    "google/protobuf/wrappers.proto",
    "google/type/calendar_period.proto",
    "google/type/color.proto",
    "google/type/date.proto",
    "google/type/datetime.proto",
    "google/type/dayofweek.proto",
    "google/type/decimal.proto",
    "google/type/expr.proto",
    "google/type/fraction.proto",
    "google/type/interval.proto",
    "google/type/latlng.proto",
    "google/type/money.proto",
    "google/type/month.proto",
    "google/type/phone_number.proto",
    "google/type/postal_address.proto",
    "google/type/quaternion.proto",
    "google/type/timeofday.proto",
};

START_TEST(promised_file_is_there)
{
    sl_found_file file = {0};
    ck_assert_int_eq(built_ins->ops->find(built_ins, sl_str_from(promised[_i]), &file, NULL),
                     SL_OK);
    ck_assert(file.is_built_in);
    ck_assert_ptr_nonnull(file.prepared);
    ck_assert_uint_eq(file.text.len + file.descriptor.len, 0);
    sl_found_file_done(&file);
}
END_TEST

START_TEST(text_is_that_of_the_file)
{
    for (size_t i = 0; i < sl_built_in_file_count; i++) {
        sl_cleanup(sl_buf_done) sl_buf want = {0};
        sl_str name = sl_built_in_files[i].path;
        char path[4096];
        snprintf(path, sizeof path, "%s/compiler/builtin/%.*s", getenv("SLUICE_SOURCE_ROOT"),
                 SL_STR_ARG(name));
        ck_assert_msg(corpus_read_file(path, &want), "%s cannot be read", path);
        ck_assert_msg(sl_str_equal(sl_buf_str(&want), sl_built_in_files[i].text), "%s", path);
    }
}
END_TEST

/* As if a user had brought their text: both ways, and in the same order. */
static sl_compiled *compile_all(sl_resolver *resolver, bool with_source_info)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_compiled *compiled = NULL;
    sl_error err = {0};
    sl_str mains[SL_ARRAY_LEN(promised)];
    for (size_t i = 0; i < SL_ARRAY_LEN(promised); i++)
        mains[i] = sl_str_from(promised[i]);
    sl_compile_request request = {resolver, mains, SL_ARRAY_LEN(mains), with_source_info};
    ck_assert_int_eq(sl_compile(&request, &compiled, &findings, &err), SL_OK);
    ck_assert_ptr_nonnull(compiled);
    return compiled;
}

START_TEST(prepared_file_is_what_its_text_compiles_to)
{
    sl_cleanup(sl_resolver_freep) sl_resolver *texts = NULL;
    bool with_source_info = _i == 1;
    ck_assert_int_eq(sl_resolver_of_memory(sl_built_in_files, sl_built_in_file_count, &texts),
                     SL_OK);
    sl_cleanup(sl_compiled_freep) sl_compiled *want = compile_all(texts, with_source_info);
    sl_cleanup(sl_compiled_freep) sl_compiled *got = compile_all(built_ins, with_source_info);
    ck_assert_uint_eq(sl_compiled_count(got), sl_compiled_count(want));
    for (size_t i = 0; i < sl_compiled_count(want); i++) {
        const sl_compiled_file *left = sl_compiled_at(got, i), *right = sl_compiled_at(want, i);
        ck_assert(sl_str_equal(left->path, right->path));
        ck_assert_msg(sl_bytes_equal(left->bytes, right->bytes), "%.*s", SL_STR_ARG(left->path));
    }
}
END_TEST

static void parse_built_in(const sl_memory_file *file)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_cleanup(sl_arena_done) sl_arena scratch = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_unit_done) sl_unit unit = {0};
    sl_diags diags = {.findings = &findings};
    sl_source source = {.path = file->path, .text = file->text};
    ck_assert_int_eq(sl_parse(source, true, &arena, &scratch, &diags, &unit), SL_OK);
    ck_assert_msg(findings.list.count == 0, "%.*s: %.*s", SL_STR_ARG(file->path),
                  SL_STR_ARG(findings.list.items[0].message));
    for (uint32_t i = 0; i < unit.proto->dependencies.count; i++) {
        sl_found_file import = {0};
        ck_assert_int_eq(
            built_ins->ops->find(built_ins, unit.proto->dependencies.items[i], &import, NULL),
            SL_OK);
        sl_found_file_done(&import);
    }
}

START_TEST(files_parse_and_their_imports_are_there)
{
    for (size_t i = 0; i < sl_built_in_file_count; i++)
        parse_built_in(&sl_built_in_files[i]);
}
END_TEST

START_TEST(paths_are_sorted)
{
    for (size_t i = 1; i < sl_built_in_file_count; i++)
        ck_assert_int_lt(sl_str_compare(sl_built_in_files[i - 1].path, sl_built_in_files[i].path),
                         0);
}
END_TEST

static const char *const unknown[] = {
    "",
    "a.proto",
    "google/protobuf/any.prot",
    "google/protobuf/any.proto/",
    "google/protobuf/timestamp.protox",
    "zzz.proto",
    "./google/protobuf/any.proto",
};

START_TEST(other_path_is_not_found)
{
    sl_found_file file = {0};
    ck_assert_int_eq(built_ins->ops->find(built_ins, sl_str_from(unknown[_i]), &file, NULL),
                     SL_NOT_FOUND);
    ck_assert_ptr_null(file.text.data);
}
END_TEST

START_TEST(file_of_the_user_goes_first)
{
    static const sl_memory_file mine[] = {
        {SL_STR_INIT("google/type/date.proto"), SL_STR_INIT("syntax = \"proto3\";")}};
    sl_resolver *links[2] = {NULL}, *chain = NULL;
    ck_assert_int_eq(sl_resolver_of_memory(mine, 1, &links[0]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_built_ins(&links[1]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_chain(links, 2, &chain), SL_OK);
    sl_found_file file = {0};
    ck_assert_int_eq(chain->ops->find(chain, mine[0].path, &file, NULL), SL_OK);
    ck_assert(!file.is_built_in);
    ck_assert(sl_bytes_equal(sl_buf_bytes(&file.text), sl_str_bytes(mine[0].text)));
    sl_found_file_done(&file);
    ck_assert_int_eq(chain->ops->find(chain, SL_STR("google/type/month.proto"), &file, NULL),
                     SL_OK);
    ck_assert(file.is_built_in);
    sl_found_file_done(&file);
    sl_resolver_free(chain);
}
END_TEST

static Suite *built_ins_suite(void)
{
    Suite *suite = suite_create("built_ins");
    TCase *tcase = tcase_create("resolver");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, promised_file_is_there, 0, SL_ARRAY_LEN(promised));
    tcase_add_loop_test(tcase, other_path_is_not_found, 0, SL_ARRAY_LEN(unknown));
    tcase_add_test(tcase, text_is_that_of_the_file);
    tcase_add_loop_test(tcase, prepared_file_is_what_its_text_compiles_to, 0, 2);
    tcase_add_test(tcase, files_parse_and_their_imports_are_there);
    tcase_add_test(tcase, paths_are_sorted);
    tcase_add_test(tcase, file_of_the_user_goes_first);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(built_ins_suite)
