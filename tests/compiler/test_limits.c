/* tests/compiler/test_limits.c: what the compiler refuses for its size or depth, and what it still takes. */
#include "compiler/compiler.h"
#include "compiler/internal/compilation.h"
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

/* protoc 36 takes the same hundred levels, and of one more fails a check of its own. */
static const struct {
    const char *name;
    int levels;
    bool is_in_name; /* option (o).r.r… = {}, or option (o) = { r { … */
    bool fits;
} options[] = {
    {"a_value_at_the_limit", SL_LIMIT_OPTION_DEPTH, false, true},
    {"a_value_above_it", SL_LIMIT_OPTION_DEPTH + 1, false, false},
    {"a_name_at_the_limit", SL_LIMIT_OPTION_DEPTH, true, true},
    {"a_name_above_it", SL_LIMIT_OPTION_DEPTH + 1, true, false},
};

static void put_option(sl_buf *text, int levels, bool is_in_name)
{
    sl_buf_append_literal(text, "option (o)");
    for (int i = 1; i < levels && is_in_name; i++)
        sl_buf_append_literal(text, ".r");
    sl_buf_append_literal(text, " = {");
    for (int i = 1; i < levels && !is_in_name; i++)
        sl_buf_append_literal(text, " r {");
    for (int i = 1; i < levels && !is_in_name; i++)
        sl_buf_append_byte(text, '}');
    sl_buf_append_literal(text, "};");
}

START_TEST(options_are_nested_so_deep)
{
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    sl_cleanup(sl_resolver_freep) sl_resolver *chain = NULL;
    sl_resolver *links[2];
    sl_error err = {0};
    sl_buf_append_literal(&text, "syntax = \"proto2\"; import \"google/protobuf/descriptor.proto\";"
                                 "message R { optional R r = 1; }"
                                 "extend google.protobuf.MessageOptions { optional R o = 50000; }"
                                 "message A { ");
    put_option(&text, options[_i].levels, options[_i].is_in_name);
    sl_buf_append_literal(&text, " }");
    const sl_memory_file file = {SL_STR("a.proto"), sl_buf_str(&text)};
    ck_assert_int_eq(sl_resolver_of_memory(&file, 1, &links[0]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_built_ins(&links[1]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_chain(links, 2, &chain), SL_OK);
    sl_compile_request request = {.resolver = chain, .mains = &file.path, .main_count = 1};
    ck_assert_int_eq(sl_compile(&request, &compiled, &findings, &err), SL_OK);
    ck_assert_msg((compiled != NULL) == options[_i].fits, "%s", options[_i].name);
    if (options[_i].fits)
        return;
    ck_assert(sl_str_is(findings.list.items[0].rule, "OPTION_TOO_DEEP"));
    ck_assert(sl_str_contains(findings.list.items[0].message, SL_STR("100 levels")));
}
END_TEST

/* Nothing is told of what is inside a full name that is too long: those names are too long because this one is. */
static const struct {
    int len;
    const char *limit;
} long_names[] = {{SL_LIMIT_NAME_BYTES + 1, "NAME_BYTES (512)"},
                  {SL_LIMIT_FULL_NAME_BYTES + 1, "FULL_NAME_BYTES (4096)"}};

START_TEST(a_name_that_is_too_long_has_a_place)
{
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    sl_cleanup(sl_resolver_freep) sl_resolver *resolver = NULL;
    sl_error err = {0};
    sl_buf_append_literal(&text, "syntax = \"proto3\";\n  message ");
    for (int i = 0; i < long_names[_i].len; i++)
        sl_buf_append_byte(&text, 'm');
    sl_buf_append_literal(&text, " { int32 a = 1; message A { int32 a = 1; } enum E { Z = 0; } }\n"
                                 "message A { enum E { Z = 0; } }\n");
    const sl_memory_file file = {SL_STR("a.proto"), sl_buf_str(&text)};
    ck_assert_int_eq(sl_resolver_of_memory(&file, 1, &resolver), SL_OK);
    sl_compile_request request = {.resolver = resolver, .mains = &file.path, .main_count = 1};
    ck_assert_int_eq(sl_compile(&request, &compiled, &findings, &err), SL_OK);
    ck_assert_ptr_null(compiled);
    ck_assert_uint_eq(findings.list.count, 1);
    const sl_finding *finding = &findings.list.items[0];
    ck_assert(sl_str_is(finding->rule, "NAME_TOO_LONG"));
    ck_assert(sl_str_contains(finding->message, sl_str_from(long_names[_i].limit)));
    ck_assert(sl_str_is(finding->at.file, "a.proto"));
    ck_assert_uint_eq(finding->at.line, 2);
    ck_assert_uint_eq(finding->at.column, 11);
    ck_assert_uint_eq(finding->at.length, (uint32_t)long_names[_i].len);
}
END_TEST

/* --- many files ------------------------------------------------------------------------------ */

static sl_status compile(const sl_memory_file *files, size_t count, const sl_str *mains,
                         size_t main_count, sl_error *err)
{
    sl_cleanup(sl_resolver_freep) sl_resolver *resolver = NULL;
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    ck_assert_int_eq(sl_resolver_of_memory(files, count, &resolver), SL_OK);
    sl_compile_request request = {.resolver = resolver, .mains = mains, .main_count = main_count};
    sl_status status = sl_compile(&request, &compiled, &findings, err);
    ck_assert_msg(status != SL_OK || compiled, "%.*s",
                  SL_STR_ARG(findings.list.count ? findings.list.items[0].message : SL_STR("")));
    return status;
}

static void names_the_limit(const sl_error *err, const char *name, int value)
{
    char part[64];
    snprintf(part, sizeof part, "%s (%d)", name, value);
    ck_assert_msg(strstr(err->text, part) != NULL, "%s", err->text);
}

START_TEST(a_compilation_reaches_so_many_files)
{
    static sl_memory_file files[SL_LIMIT_COMPILE_FILES + 1];
    static sl_str mains[SL_LIMIT_COMPILE_FILES + 1];
    sl_arena arena = {0};
    sl_error err = {0};
    for (size_t i = 0; i < SL_ARRAY_LEN(files); i++) {
        mains[i] = sl_arena_printf(&arena, "f%zu.proto", i);
        files[i] = (sl_memory_file){mains[i], SL_STR("syntax = \"proto3\";")};
    }
    ck_assert_int_eq(compile(files, SL_ARRAY_LEN(files), mains, SL_LIMIT_COMPILE_FILES, &err),
                     SL_OK);
    ck_assert_int_eq(compile(files, SL_ARRAY_LEN(files), mains, SL_LIMIT_COMPILE_FILES + 1, &err),
                     SL_LIMIT);
    names_the_limit(&err, "COMPILE_FILES", SL_LIMIT_COMPILE_FILES);
    sl_arena_done(&arena);
}
END_TEST

static const struct {
    size_t files;
    sl_status status;
} chains[] = {{SL_LIMIT_IMPORT_DEPTH, SL_OK}, {SL_LIMIT_IMPORT_DEPTH + 1, SL_LIMIT}};

START_TEST(imports_are_nested_so_deep)
{
    static sl_memory_file files[SL_LIMIT_IMPORT_DEPTH + 1];
    sl_arena arena = {0};
    sl_error err = {0};
    size_t count = chains[_i].files;
    for (size_t i = 0; i < count; i++) {
        files[i].path = sl_arena_printf(&arena, "f%zu.proto", i);
        files[i].text =
            i + 1 < count
                ? sl_arena_printf(&arena, "syntax = \"proto3\"; import \"f%zu.proto\";", i + 1)
                : SL_STR("syntax = \"proto3\";");
    }
    ck_assert_int_eq(compile(files, count, &files[0].path, 1, &err), chains[_i].status);
    if (chains[_i].status == SL_LIMIT)
        names_the_limit(&err, "IMPORT_DEPTH", SL_LIMIT_IMPORT_DEPTH);
    sl_arena_done(&arena);
}
END_TEST

static void compilation_done(sl_compilation *compilation)
{
    for (const sl_map_entry *entry = NULL; (entry = sl_map_next(&compilation->by_path, entry));)
        sl_loaded_free(entry->value);
    sl_vec_done(&compilation->files);
    sl_map_done(&compilation->by_path);
    sl_map_done(&compilation->suggestions);
    sl_arena_done(&compilation->arena);
    sl_arena_done(&compilation->scratch);
}

/* Half a gigabyte of text, of which all but the last file is only said to be there. */
static sl_status load_last(sl_str text, sl_error *err)
{
    sl_cleanup(sl_resolver_freep) sl_resolver *resolver = NULL;
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    const sl_memory_file file = {SL_STR("a.proto"), text};
    ck_assert_int_eq(sl_resolver_of_memory(&file, 1, &resolver), SL_OK);
    sl_compile_request request = {.resolver = resolver, .mains = &file.path, .main_count = 1};
    sl_compilation compilation = {.request = &request,
                                  .diags = {.findings = &findings},
                                  .err = err,
                                  .bytes = SL_LIMIT_COMPILE_BYTES - 18};
    sl_status status = sl_compilation_load(&compilation);
    compilation_done(&compilation);
    return status;
}

START_TEST(a_compilation_reaches_so_much_text)
{
    sl_error err = {0};
    ck_assert_int_eq(load_last(SL_STR("syntax = \"proto3\";"), &err), SL_OK);
    ck_assert_int_eq(load_last(SL_STR("syntax = \"proto3\";\n"), &err), SL_LIMIT);
    names_the_limit(&err, "COMPILE_BYTES", SL_LIMIT_COMPILE_BYTES);
}
END_TEST

/* So many files are looked through for the one that was meant: the last of these, where they come in order. */
static const struct {
    size_t files;
    bool is_found;
} near[] = {{SL_LIMIT_SUGGESTION_FILES, true}, {SL_LIMIT_SUGGESTION_FILES + 1, false}};

START_TEST(so_many_files_are_looked_through)
{
    static sl_memory_file files[SL_LIMIT_SUGGESTION_FILES + 1];
    sl_cleanup(sl_resolver_freep) sl_resolver *resolver = NULL;
    sl_cleanup(sl_buf_done) sl_buf found = {0};
    sl_arena arena = {0};
    size_t count = near[_i].files;
    for (size_t i = 0; i < count; i++)
        files[i].path = sl_arena_printf(&arena, "far/away/%zu", i);
    files[count - 1].path = SL_STR("orders.proto");
    ck_assert_int_eq(sl_resolver_of_memory(files, count, &resolver), SL_OK);
    ck_assert_int_eq(resolver->ops->nearest(resolver, SL_STR("order.proto"), &found), SL_OK);
    ck_assert_uint_eq(found.len, near[_i].is_found ? strlen("orders.proto") : 0);
    sl_arena_done(&arena);
}
END_TEST

/* Each misspelt name is looked for among all names; those behind the limit are told without what was meant. */
START_TEST(so_many_names_are_looked_through)
{
    enum { MESSAGES = 50000, MISSPELT = SL_LIMIT_HINT_NAMES / MESSAGES + 2 };
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    sl_cleanup(sl_resolver_freep) sl_resolver *resolver = NULL;
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_compiled *compiled = NULL;
    sl_error err = {0};
    sl_buf_append_literal(&text, "syntax = \"proto3\"; message Elephant { ");
    for (int i = 1; i <= MISSPELT; i++)
        sl_buf_printf(&text, "Elefant f%d = %d;\n", i, i);
    sl_buf_append_literal(&text, "}\n");
    for (int i = 1; i < MESSAGES; i++)
        sl_buf_printf(&text, "message M%d {}\n", i);
    sl_memory_file file = {SL_STR("a.proto"), sl_buf_str(&text)};
    ck_assert_int_eq(sl_resolver_of_memory(&file, 1, &resolver), SL_OK);
    sl_compile_request request = {resolver, &file.path, 1, false};
    ck_assert_int_eq(sl_compile(&request, &compiled, &findings, &err), SL_OK);
    ck_assert_uint_eq(findings.list.count, MISSPELT);
    ck_assert(sl_str_is(findings.list.items[0].fix, "did you mean 'Elephant'?"));
    ck_assert_ptr_null(findings.list.items[MISSPELT - 1].fix.data);
}
END_TEST

/* `ranges` extension ranges with one option of about `bytes`. */
static void put_ranges(sl_buf *text, const char *name, int ranges, int bytes)
{
    sl_buf_printf(text,
                  "syntax = \"proto2\"; import \"google/protobuf/descriptor.proto\"; message %s "
                  "{ extend google.protobuf.ExtensionRangeOptions { optional string x%s = %d; } "
                  "extensions 1",
                  name, name, 50000 + name[0]);
    for (int i = 1; i < ranges; i++)
        sl_buf_printf(text, ", %d", 2 * i + 1);
    sl_buf_printf(text, " [(%s.x%s) = \"", name, name);
    for (int i = 0; i < bytes; i++)
        sl_buf_append_byte(text, 'x');
    sl_buf_append_literal(text, "\"]; }\n");
}

static const struct {
    const char *name;
    int ranges[2]; /* in the main file and in the one that it imports */
    const char *rule;
    bool is_limit;
} range_options[] = {
    {"both_below", {16, 16}, NULL, false},
    {"one_above", {44, 1}, "RANGE_OPTIONS_TOO_LARGE", false},
    {"both_together_above", {28, 28}, NULL, true},
};

START_TEST(options_are_given_to_so_many_ranges)
{
    enum { OPTION_BYTES = 100000 };
    sl_cleanup(sl_buf_done) sl_buf first = {0};
    sl_cleanup(sl_buf_done) sl_buf second = {0};
    sl_cleanup(sl_resolver_freep) sl_resolver *chain = NULL;
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    sl_resolver *links[2];
    sl_error err = {0};
    put_ranges(&first, "A", range_options[_i].ranges[0], OPTION_BYTES);
    put_ranges(&second, "B", range_options[_i].ranges[1], OPTION_BYTES);
    sl_buf_append_literal(&first, "import \"b.proto\";\n");
    sl_memory_file files[] = {{SL_STR("a.proto"), sl_buf_str(&first)},
                              {SL_STR("b.proto"), sl_buf_str(&second)}};
    ck_assert_int_eq(sl_resolver_of_memory(files, SL_ARRAY_LEN(files), &links[0]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_built_ins(&links[1]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_chain(links, SL_ARRAY_LEN(links), &chain), SL_OK);
    sl_compile_request request = {chain, &files[0].path, 1, true};
    sl_status status = sl_compile(&request, &compiled, &findings, &err);
    if (range_options[_i].is_limit) {
        ck_assert_int_eq(status, SL_LIMIT);
        ck_assert_msg(strstr(err.text, "RANGE_OPTION_BYTES (4194304)"), "%s", err.text);
        return;
    }
    ck_assert_int_eq(status, SL_OK);
    ck_assert((compiled == NULL) == (range_options[_i].rule != NULL));
    if (range_options[_i].rule)
        ck_assert(sl_str_is(findings.list.items[0].rule, range_options[_i].rule));
}
END_TEST

START_TEST(so_many_imports_are_looked_for)
{
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    sl_cleanup(sl_resolver_freep) sl_resolver *resolver = NULL;
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_compiled *compiled = NULL;
    sl_error err = {0};
    sl_buf_append_literal(&text, "syntax = \"proto3\"; import public \"elephant.proto\";\n");
    for (int i = 0; i <= SL_LIMIT_SUGGESTED_IMPORTS; i++)
        sl_buf_printf(&text, "import \"folder%03d/elephant.proto\";\n", i);
    sl_memory_file files[] = {{SL_STR("a.proto"), sl_buf_str(&text)},
                              {SL_STR("elephant.proto"), SL_STR("syntax = \"proto3\";")}};
    ck_assert_int_eq(sl_resolver_of_memory(files, SL_ARRAY_LEN(files), &resolver), SL_OK);
    sl_compile_request request = {resolver, &files[0].path, 1, false};
    ck_assert_int_eq(sl_compile(&request, &compiled, &findings, &err), SL_OK);
    ck_assert_uint_eq(findings.list.count, SL_LIMIT_SUGGESTED_IMPORTS + 1);
    ck_assert(findings.list.items[0].fix.data != NULL);
    ck_assert(findings.list.items[SL_LIMIT_SUGGESTED_IMPORTS - 1].fix.data != NULL);
    ck_assert_ptr_null(findings.list.items[SL_LIMIT_SUGGESTED_IMPORTS].fix.data);
}
END_TEST

static Suite *limits_suite(void)
{
    Suite *suite = suite_create("limits");
    TCase *tcase = tcase_create("source");
    tcase_add_test(tcase, a_file_in_memory_has_so_many_bytes);
    tcase_add_test(tcase, a_file_in_a_folder_has_so_many_bytes);
    tcase_add_loop_test(tcase, messages_are_nested_so_deep, 0, SL_ARRAY_LEN(nested));
    tcase_add_loop_test(tcase, options_are_nested_so_deep, 0, SL_ARRAY_LEN(options));
    tcase_add_loop_test(tcase, a_name_that_is_too_long_has_a_place, 0, SL_ARRAY_LEN(long_names));
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("files");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_compilation_reaches_so_many_files);
    tcase_add_loop_test(tcase, imports_are_nested_so_deep, 0, SL_ARRAY_LEN(chains));
    tcase_add_test(tcase, a_compilation_reaches_so_much_text);
    tcase_add_loop_test(tcase, so_many_files_are_looked_through, 0, SL_ARRAY_LEN(near));
    tcase_add_test(tcase, so_many_names_are_looked_through);
    tcase_add_test(tcase, so_many_imports_are_looked_for);
    tcase_add_loop_test(tcase, options_are_given_to_so_many_ranges, 0, SL_ARRAY_LEN(range_options));
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(limits_suite)
