/* tests/compiler/test_compile.c: the pipeline on small files: what comes out, in which order, and what is told where.
 *
 * Orders of files are those that protoc 36 writes for the same inputs. */
#include "compiler/compiler.h"
#include "tests/support/tap_main.h"

#include <stdio.h>

enum { FILES_MOST = 6 };

/* A source tree in memory, the built-in files behind it. */
static sl_resolver *resolver_of(const sl_memory_file *files)
{
    sl_resolver *links[2], *chain;
    size_t count = 0;
    while (count < FILES_MOST && files[count].path.data)
        count++;
    ck_assert_int_eq(sl_resolver_of_memory(files, count, &links[0]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_built_ins(&links[1]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_chain(links, 2, &chain), SL_OK);
    return chain;
}

static sl_status compile(const sl_memory_file *files, const sl_str *mains, size_t main_count,
                         sl_compiled **ret_compiled, sl_findings *findings, sl_error *err)
{
    sl_cleanup(sl_resolver_freep) sl_resolver *resolver = resolver_of(files);
    sl_compile_request request = {.resolver = resolver, .mains = mains, .main_count = main_count};
    return sl_compile(&request, ret_compiled, findings, err);
}

#define FILE_OF(path, text)                     \
    {                                           \
        SL_STR_INIT(path), SL_STR_INIT("" text) \
    }

/* --- findings --- */

static const struct {
    const char *name;
    sl_memory_file files[FILES_MOST]; /* the first is the main one */
    const char *rule;
    const char *place; /* file:line:column+length of the first finding */
    const char *fix;   /* NULL: none is claimed */
} findings_cases[] = {
    {"missing_import_is_told_at_its_path",
     {FILE_OF("a.proto", "syntax = \"proto3\";\nimport \"gone/away.proto\";\n")},
     "IMPORT_NOT_FOUND",
     "a.proto:2:8+17",
     NULL},
    {"misspelt_import_is_told_with_what_was_meant",
     {FILE_OF("a.proto", "syntax = \"proto3\";\nimport \"google/protobuf/timestmp.proto\";\n")},
     "IMPORT_NOT_FOUND",
     "a.proto:2:8+32",
     "did you mean \"google/protobuf/timestamp.proto\"?"},
    {"import_from_the_wrong_folder_is_told_with_the_right_one",
     {FILE_OF("a.proto", "syntax = \"proto3\";\nimport \"x/b.proto\";\nimport \"b.proto\";\n"),
      FILE_OF("x/b.proto", "syntax = \"proto3\";\n")},
     "IMPORT_NOT_FOUND",
     "a.proto:3:8+9",
     "did you mean \"x/b.proto\"?"},
    {"circle_of_imports_is_told_as_a_chain",
     {FILE_OF("a.proto", "syntax = \"proto3\";\nimport \"b.proto\";\n"),
      FILE_OF("b.proto", "syntax = \"proto3\";\nimport \"a.proto\";\n")},
     "IMPORT_CIRCLE",
     "b.proto:2:8+9",
     NULL},
    {"a_file_that_imports_itself_is_a_circle",
     {FILE_OF("a.proto", "syntax = \"proto3\";\nimport \"a.proto\";\n")},
     "IMPORT_CIRCLE",
     "a.proto:2:8+9",
     NULL},
    {"undefined_type_is_told_at_its_name",
     {FILE_OF("a.proto", "syntax = \"proto3\";\nmessage A {\n  Nowhere b = 1;\n}\n")},
     "TYPE_NOT_FOUND",
     "a.proto:3:3+7",
     NULL},
    {"type_that_is_not_imported_is_told_at_its_name",
     {FILE_OF("a.proto", "syntax = \"proto3\";\nimport \"b.proto\";\nmessage A { C c = 1; }\n"),
      FILE_OF("b.proto", "syntax = \"proto3\";\nimport \"c.proto\";\n"),
      FILE_OF("c.proto", "syntax = \"proto3\";\nmessage C {}\n")},
     "TYPE_NOT_IMPORTED",
     "a.proto:3:13+1",
     "import \"c.proto\";"},
    {"number_that_is_taken_is_told_at_the_number",
     {FILE_OF("a.proto", "syntax = \"proto3\";\nmessage A {\n  int32 x = 1;\n  int32 y = 1;\n}\n")},
     "FIELD_NUMBER_DUPLICATE",
     "a.proto:4:13+1",
     "number 2 is free"},
    {"free_number_is_in_no_range",
     {FILE_OF("a.proto",
              "syntax = \"proto2\";\nmessage A {\n  reserved 1 to 4, 6; extensions 7 to 18999;\n"
              "  optional int32 x = 5;\n  optional int32 y = 5;\n}\n")},
     "FIELD_NUMBER_DUPLICATE",
     "a.proto:5:22+1",
     "number 20000 is free"},
    {"reserved_number_of_a_field_is_told_with_a_free_one",
     {FILE_OF("a.proto", "syntax = \"proto3\";\nmessage A { reserved 1 to 3; int32 x = 2; }\n")},
     "FIELD_NUMBER_RESERVED",
     "a.proto:2:40+1",
     "number 4 is free"},
    {"alias_by_accident_is_told_with_a_free_number",
     {FILE_OF("a.proto", "syntax = \"proto3\";\nenum E { reserved 2; Z = 0; Y = 1; X = 1; }\n")},
     "ENUM_VALUE_DUPLICATE",
     "a.proto:2:40+1",
     "number 3 is free"},
    {"unused_import_is_told_at_its_path",
     {FILE_OF("a.proto", "syntax = \"proto3\";\nimport \"b.proto\";\n"),
      FILE_OF("b.proto", "syntax = \"proto3\";\n")},
     "IMPORT_UNUSED",
     "a.proto:2:8+9",
     "remove it"},
    {"name_of_another_style_is_told_with_a_better_one",
     {FILE_OF("a.proto", "edition = \"2024\";\nmessage A { int32 fooBar_2 = 1; }\n")},
     "NAME_STYLE",
     "a.proto:2:19+8",
     "did you mean foo_bar2?"},
    {"reserved_number_of_an_enum_is_told_at_the_number",
     {FILE_OF("a.proto", "syntax = \"proto3\";\nenum E { reserved 5; Z = 0; Y = 5; }\n")},
     "ENUM_VALUE_RESERVED",
     "a.proto:2:33+1",
     "number 6 is free"},
    {"overlapping_range_is_told_at_the_range",
     {FILE_OF("a.proto", "syntax = \"proto3\";\nmessage A { reserved 1 to 5, 5 to 9; }\n")},
     "RANGE_OVERLAP",
     "a.proto:2:30+6",
     NULL},
    {"method_output_is_told_at_its_type",
     {FILE_OF("a.proto",
              "syntax = \"proto3\";\nmessage A {}\nservice S { rpc R(A) returns (Gone); }\n")},
     "TYPE_NOT_FOUND",
     "a.proto:3:31+4",
     NULL},
    {"default_that_its_enum_has_not_is_told_at_the_default",
     {FILE_OF("a.proto", "syntax = \"proto2\";\nenum E { Z = 0; }\n"
                         "message A { optional E e = 1 [default = Y]; }\n")},
     "DEFAULT_INVALID",
     "a.proto:3:41+1",
     NULL},
    {"misspelt_type_is_told_with_what_was_meant",
     {FILE_OF("a.proto", "syntax = \"proto3\";\npackage p.q;\nmessage Order { Oder o = 1; }\n")},
     "TYPE_NOT_FOUND",
     "a.proto:3:17+4",
     "did you mean 'Order'?"},
    {"type_in_another_scope_is_told_with_its_name_there",
     {FILE_OF("a.proto", "syntax = \"proto3\";\npackage p.q;\nmessage A { Inner o = 1; }\n"
                         "message B { message Inner {} }\n")},
     "TYPE_NOT_FOUND",
     "a.proto:3:13+5",
     "did you mean 'p.q.B.Inner'?"},
    {"type_of_a_built_in_file_is_told_with_its_import",
     {FILE_OF("a.proto", "syntax = \"proto3\";\nmessage A { google.protobuf.Timestamp t = 1; }\n")},
     "TYPE_NOT_FOUND",
     "a.proto:2:13+25",
     "import \"google/protobuf/timestamp.proto\";"},
    {"a_name_that_is_like_no_other_gets_no_hint",
     {FILE_OF("a.proto", "syntax = \"proto3\";\nmessage A { Elephant t = 1; }\n")},
     "TYPE_NOT_FOUND",
     "a.proto:2:13+8",
     ""},
    {"default_that_a_large_enum_has_not_is_told",
     {FILE_OF("a.proto",
              "syntax = \"proto2\"; enum E { A=0; B=1; C=2; D=3; F=4; G=5; H=6; I=7; J=8; K=9;"
              "L=10; M=11; N=12; O=13; P=14; Q=15; R=16; S=17; }\n"
              "message T { optional E a = 1 [default = S]; optional E b = 2 [default = T]; }\n")},
     "DEFAULT_INVALID",
     "a.proto:2:73+1",
     NULL},
    {"syntax_error_in_an_import_is_told_there",
     {FILE_OF("a.proto", "syntax = \"proto3\";\nimport \"b.proto\";\n"),
      FILE_OF("b.proto", "syntax = \"proto3\";\nmessage {}\n")},
     "EXPECTED",
     "b.proto:2:9+1",
     NULL},
};

START_TEST(is_told_where_it_stands)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    sl_error err = {0};
    const sl_memory_file *files = findings_cases[_i].files;
    const char *name = findings_cases[_i].name;
    char place[128];
    ck_assert_int_eq(compile(files, &files[0].path, 1, &compiled, &findings, &err), SL_OK);
    ck_assert_msg(findings.list.count > 0, "%s: nothing is told", name);
    const sl_finding *first = &findings.list.items[0];
    ck_assert((compiled == NULL) == (first->severity == SL_SEVERITY_ERROR));
    snprintf(place, sizeof place, "%.*s:%u:%u+%u", SL_STR_ARG(first->at.file), first->at.line,
             first->at.column, first->at.length);
    ck_assert_msg(sl_str_is(first->rule, findings_cases[_i].rule), "%s: %.*s: %.*s", name,
                  SL_STR_ARG(first->rule), SL_STR_ARG(first->message));
    ck_assert_msg(strcmp(place, findings_cases[_i].place) == 0, "%s: at %s", name, place);
    if (findings_cases[_i].fix)
        ck_assert_msg(sl_str_is(first->fix, findings_cases[_i].fix), "%s: fix: %.*s", name,
                      SL_STR_ARG(first->fix));
}
END_TEST

START_TEST(the_chain_of_a_circle_names_its_files)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_compiled *compiled = NULL;
    sl_error err = {0};
    const sl_memory_file files[FILES_MOST] = {
        FILE_OF("a.proto", "syntax = \"proto3\";\nimport \"b.proto\";\n"),
        FILE_OF("b.proto", "syntax = \"proto3\";\nimport \"c.proto\";\n"),
        FILE_OF("c.proto", "syntax = \"proto3\";\nimport \"b.proto\";\n"),
    };
    ck_assert_int_eq(compile(files, &files[0].path, 1, &compiled, &findings, &err), SL_OK);
    ck_assert_ptr_null(compiled);
    ck_assert(sl_str_contains(findings.list.items[0].message,
                              SL_STR("b.proto imports c.proto imports b.proto")));
}
END_TEST

START_TEST(errors_in_several_files_are_told_in_one_run_and_sorted)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_compiled *compiled = NULL;
    sl_error err = {0};
    const sl_memory_file files[FILES_MOST] = {
        FILE_OF("a.proto",
                "syntax = \"proto3\";\nimport \"b.proto\";\nmessage A { X x = 1; Y y; }\n"),
        FILE_OF("b.proto", "syntax = \"proto3\";\nmessage { }\nenum { }\n"),
    };
    ck_assert_int_eq(compile(files, &files[0].path, 1, &compiled, &findings, &err), SL_OK);
    ck_assert_ptr_null(compiled);
    ck_assert_uint_ge(findings.list.count, 3);
    ck_assert(sl_str_is(findings.list.items[0].at.file, "a.proto"));
    for (size_t i = 2; i < findings.list.count; i++)
        ck_assert_uint_ge(findings.list.items[i].at.line, findings.list.items[i - 1].at.line);
}
END_TEST

START_TEST(a_main_file_that_is_not_there_is_told)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_compiled *compiled = NULL;
    sl_error err = {0};
    const sl_memory_file files[FILES_MOST] = {FILE_OF("order.proto", "syntax = \"proto3\";\n")};
    const sl_str main = SL_STR("oder.proto");
    ck_assert_int_eq(compile(files, &main, 1, &compiled, &findings, &err), SL_OK);
    ck_assert_ptr_null(compiled);
    ck_assert_uint_eq(findings.list.count, 1);
    ck_assert(sl_str_is(findings.list.items[0].rule, "FILE_NOT_FOUND"));
    ck_assert(sl_str_is(findings.list.items[0].fix, "did you mean \"order.proto\"?"));
}
END_TEST

/* --- order --- */

static const sl_memory_file tree[FILES_MOST] = {
    FILE_OF("a.proto", "edition = \"2024\";\nimport \"b.proto\";\nimport option \"o.proto\";\n"
                       "message A { B b = 1; }\n"),
    FILE_OF("b.proto", "edition = \"2024\";\nimport public \"c.proto\";\nmessage B { C c = 1; }\n"),
    FILE_OF("c.proto", "edition = \"2024\";\nmessage C {}\n"),
    FILE_OF("o.proto", "edition = \"2024\";\nimport \"p.proto\";\nmessage O { P p = 1; }\n"),
    FILE_OF("p.proto", "edition = \"2024\";\nmessage P {}\n"),
};

static const struct {
    const char *name;
    sl_str mains[3];
    size_t main_count;
    bool with_imports;
    const char *want;
} order_cases[] = {
    {"imports_come_first", {SL_STR_INIT("a.proto")}, 1, true, "c b p o a "},
    {"mains_keep_their_order",
     {SL_STR_INIT("o.proto"), SL_STR_INIT("a.proto"), SL_STR_INIT("b.proto")},
     3,
     true,
     "p o c b a "},
    {"without_imports_the_mains_in_the_same_order",
     {SL_STR_INIT("a.proto"), SL_STR_INIT("b.proto"), SL_STR_INIT("a.proto")},
     3,
     false,
     "b a "},
};

START_TEST(files_are_written_in_protocs_order)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    sl_cleanup(sl_buf_done) sl_buf set = {0};
    sl_cleanup(sl_buf_done) sl_buf names = {0};
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_file_set_proto files;
    sl_error err = {0};
    ck_assert_int_eq(compile(tree, order_cases[_i].mains, order_cases[_i].main_count, &compiled,
                             &findings, &err),
                     SL_OK);
    ck_assert_msg(compiled, "%.*s", SL_STR_ARG(findings.list.items[0].message));
    sl_compiled_write_set(compiled, order_cases[_i].with_imports, &set);
    ck_assert_int_eq(sl_file_set_read(sl_buf_bytes(&set), &arena, &files, &err), SL_OK);
    for (uint32_t i = 0; i < files.files.count; i++) {
        sl_file_proto *file;
        ck_assert_int_eq(sl_file_proto_read(files.files.items[i], &arena, &file, &err), SL_OK);
        sl_buf_append(&names, file->name.data, 1);
        sl_buf_append_byte(&names, ' ');
    }
    ck_assert_msg(sl_str_is(sl_buf_str(&names), order_cases[_i].want), "%s: %.*s",
                  order_cases[_i].name, SL_STR_ARG(sl_buf_str(&names)));
}
END_TEST

START_TEST(what_is_compiled_links)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = NULL;
    sl_error err = {0};
    ck_assert_int_eq(compile(tree, &tree[0].path, 1, &compiled, &findings, &err), SL_OK);
    ck_assert_uint_eq(sl_compiled_count(compiled), 5);
    ck_assert(sl_compiled_at(compiled, 4)->is_main && !sl_compiled_at(compiled, 3)->is_main);
    ck_assert_int_eq(sl_compiled_link(compiled, SL_STR("a.proto"), &schema, &findings, &err),
                     SL_OK);
    ck_assert_ptr_nonnull(schema);
    const sl_message *message = sl_schema_find_message(schema, SL_STR("A"));
    ck_assert(sl_str_is(message->fields[0].proto->type_name, ".B"));
    ck_assert_int_eq(message->fields[0].proto->type, SL_TYPE_MESSAGE);
}
END_TEST

/* --- limits --- */

START_TEST(a_chain_of_imports_has_its_limit)
{
    enum { CHAIN = SL_LIMIT_IMPORT_DEPTH + 1 };
    static sl_memory_file files[CHAIN];
    static char paths[CHAIN][16], texts[CHAIN][64];
    for (int i = 0; i < CHAIN; i++) {
        int path_len = snprintf(paths[i], sizeof paths[i], "f%d.proto", i);
        int text_len =
            snprintf(texts[i], sizeof texts[i], "edition = \"2023\";%s%s%s",
                     i > 0 ? "import \"" : "", i > 0 ? paths[i - 1] : "", i > 0 ? "\";" : "");
        files[i] = (sl_memory_file){{paths[i], (size_t)path_len}, {texts[i], (size_t)text_len}};
    }
    sl_cleanup(sl_resolver_freep) sl_resolver *resolver = NULL;
    ck_assert_int_eq(sl_resolver_of_memory(files, CHAIN, &resolver), SL_OK);
    for (int at = CHAIN - 2; at < CHAIN; at++) {
        sl_cleanup(sl_findings_done) sl_findings findings = {0};
        sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
        sl_error err = {0};
        sl_compile_request request = {resolver, &files[at].path, 1, false};
        sl_status status = sl_compile(&request, &compiled, &findings, &err);
        ck_assert_int_eq(status, at < CHAIN - 1 ? SL_OK : SL_LIMIT);
        ck_assert_int_eq(compiled != NULL, at < CHAIN - 1);
        ck_assert(status == SL_OK || strstr(err.text, "IMPORT_DEPTH (256)"));
    }
}
END_TEST

static Suite *compile_suite(void)
{
    Suite *suite = suite_create("compile");
    TCase *tcase = tcase_create("compile");
    tcase_add_loop_test(tcase, is_told_where_it_stands, 0, SL_ARRAY_LEN(findings_cases));
    tcase_add_test(tcase, the_chain_of_a_circle_names_its_files);
    tcase_add_test(tcase, errors_in_several_files_are_told_in_one_run_and_sorted);
    tcase_add_test(tcase, a_main_file_that_is_not_there_is_told);
    tcase_add_loop_test(tcase, files_are_written_in_protocs_order, 0, SL_ARRAY_LEN(order_cases));
    tcase_add_test(tcase, what_is_compiled_links);
    tcase_add_test(tcase, a_chain_of_imports_has_its_limit);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(compile_suite)
