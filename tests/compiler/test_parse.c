/* tests/compiler/test_parse.c: what is told of bad files, where, and with which hint; files from folders and memory; and a parse in which
 * every allocation fails in turn. */
#include "compiler/compiler.h"
#include "compiler/internal/unit.h"
#include "tests/support/tap_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct parsed_file {
    sl_arena arena, scratch;
    sl_findings findings;
    sl_unit unit;
} parsed_file;

static sl_status parse(sl_str text, parsed_file *parsed)
{
    sl_diags diags = {.findings = &parsed->findings};
    sl_source source = {.path = SL_STR("a/b.proto"), .text = text};
    return sl_parse(source, true, &parsed->arena, &parsed->scratch, &diags, &parsed->unit);
}

static void parsed_done(parsed_file *parsed)
{
    sl_unit_done(&parsed->unit);
    sl_findings_done(&parsed->findings);
    sl_arena_done(&parsed->arena);
    sl_arena_done(&parsed->scratch);
}

/* Every finding, in order: "RULE line:column+length" each, then hints that must be there. */
static const struct {
    const char *name, *text, *want, *fix;
} told[] = {
    {"what_is_expected_and_what_is_found", "syntax = \"proto3\";\nmessage M {\n  int32 a 1;\n}\n",
     "EXPECTED 3:11+1", NULL},
    {"errors_in_many_statements",
     "syntax = \"proto3\";\nmessage M {\n  int32 a;\n  int32 b = 2;\n  string = 3;\n}\nenum {}\nservice S { rpc (M) returns (M); }\n",
     "EXPECTED 3:10+1, EXPECTED 5:10+1, EXPECTED 7:6+1, EXPECTED 8:17+1", NULL},
    {"a_tab_goes_to_the_next_eighth_column",
     "syntax = \"proto3\";\n\tmessage M {\n \tint32 1 = 1;\n}\n", "EXPECTED 3:15+1", NULL},
    {"an_edition_given_as_syntax", "syntax = \"2023\";\n", "SYNTAX_UNKNOWN 1:10+6",
     "did you mean edition = \"2023\"?"},
    {"a_syntax_nobody_means", "syntax = \"proto1\";\n", "SYNTAX_UNKNOWN 1:10+8", ""},
    {"no_syntax_is_a_warning", "message M {}\n", "SYNTAX_MISSING 0:0+0",
     "begin it with: syntax = \"proto2\";"},
    {"a_string_without_an_end", "syntax = \"proto3;\nmessage M {}\n",
     "STRING_NOT_ENDED 1:10+8, EXPECTED 2:1+7", "add the closing \""},
    {"an_escape_nobody_knows", "syntax = \"proto3\";\noption java_package = \"\\d\";\n",
     "ESCAPE_INVALID 2:24+2", "write \\\\ for a backslash"},
    {"a_block_that_is_not_closed", "syntax = \"proto3\";\nmessage M {\n", "END_OF_FILE 3:1+0",
     "a } is missing"},
    {"a_brace_too_many", "syntax = \"proto3\";\nmessage M {}\n}\nmessage N {}\n",
     "EXPECTED 3:1+1, BRACE_UNMATCHED 3:1+1", NULL},
    {"a_label_in_an_edition", "edition = \"2023\";\nmessage M {\n  required int32 a = 1;\n}\n",
     "LABEL_REQUIRED_IN_EDITION 3:3+8", "use [features.field_presence = LEGACY_REQUIRED]"},
    {"a_number_that_is_too_large", "syntax = \"proto3\";\nmessage M { int32 a = 4294967296; }\n",
     "INTEGER_RANGE 2:23+10", NULL},
};

START_TEST(a_bad_file_is_told_where_and_what_to_do)
{
    sl_cleanup(parsed_done) parsed_file parsed = {0};
    sl_cleanup(sl_buf_done) sl_buf got = {0};
    ck_assert_int_eq(parse(sl_str_from(told[_i].text), &parsed), SL_OK);
    for (size_t i = 0; i < parsed.findings.list.count; i++) {
        const sl_finding *finding = &parsed.findings.list.items[i];
        sl_buf_printf(&got, "%s%.*s %u:%u+%u", i ? ", " : "", SL_STR_ARG(finding->rule),
                      finding->at.line, finding->at.column, finding->at.length);
    }
    ck_assert_msg(sl_str_is(sl_buf_str(&got), told[_i].want), "%s: got %.*s", told[_i].name,
                  SL_STR_ARG(sl_buf_str(&got)));
    sl_str fix = parsed.findings.list.items[0].fix;
    ck_assert_msg(!told[_i].fix || sl_str_is(fix, told[_i].fix), "%s: hint is '%.*s'",
                  told[_i].name, SL_STR_ARG(fix));
}
END_TEST

/* Bytes of a bad file come into the text of a finding, which goes to terminals and into JSON. */
START_TEST(text_of_a_finding_is_utf8_without_control_characters)
{
    sl_cleanup(parsed_done) parsed_file parsed = {0};
    ck_assert_int_eq(parse(SL_STR("syntax = \"\xFFp\xC3\xC3\xA9\x1B[m\";"), &parsed), SL_OK);
    ck_assert_uint_eq(parsed.findings.list.count, 1);
    sl_str message = parsed.findings.list.items[0].message;
    ck_assert_msg(sl_str_contains(message, SL_STR("\"\\xffp\\xc3\xC3\xA9\\x1b[m\"")), "%.*s",
                  SL_STR_ARG(message));
}
END_TEST

START_TEST(marks_stand_beside_their_protos)
{
    const char *text = "syntax = \"proto3\";\npackage p;\nmessage M {\n  map<string, N> all = 1 "
                       "[features.x = 1];\n  optional N one = 2;\n}\n";
    sl_cleanup(parsed_done) parsed_file parsed = {0};
    ck_assert_int_eq(parse(sl_str_from(text), &parsed), SL_OK);
    const sl_message_proto *message = &parsed.unit.proto->messages.items[0];
    const sl_message_mark *mark = &parsed.unit.marks.messages[0];
    ck_assert_uint_eq(message->fields.count, 2);
    ck_assert(sl_str_is(sl_source_text(&parsed.unit.source, mark->fields[1].name), "one"));
    ck_assert(sl_str_is(sl_source_text(&parsed.unit.source, mark->fields[1].type), "N"));
    ck_assert(sl_str_is(message->messages.items[0].name, "AllEntry"));
    ck_assert(mark->messages[0].is_map_entry);
    ck_assert_uint_eq(mark->messages[0].fields[1].options.count, 1);
    ck_assert_uint_eq(mark->fields[0].options.first->part_count, 2);
    ck_assert(sl_str_is(message->oneofs.items[0].name, "_one"));
    ck_assert_int_eq(message->fields.items[1].oneof_index, 0);
}
END_TEST

START_TEST(any_allocation_may_fail)
{
    const char *text =
        "edition = \"2024\"; // trailing\n\n// detached\n\n// leading\nimport \"x\"; import option "
        "\"y\";\npackage p;\noption (a.b).c = { x: 1 };\nexport message M {\n  string a_b = 1 [default = "
        "\"\\x41\", (z) = \"1\" \"2\"];\n  map<int32, M> m = 2;\n  oneof o { int32 c = 3; }\n  "
        "reserved r; reserved 9 to max;\n  extensions 100, 200 [verification = UNVERIFIED];\n  enum E { "
        "option allow_alias = true; A = 0; B = 0; }\n}\nextend M { int32 x = 100; }\nservice S { rpc "
        "R(M) returns (stream M) { option deprecated = true; } }\nbad\n";
    bool was_hit = true;
    for (uint64_t nth = 1; was_hit; nth++) {
        ck_assert_uint_lt(nth, 2000);
        sl_cleanup(parsed_done) parsed_file parsed = {0};
        sl_cleanup(sl_buf_done) sl_buf info = {0};
        sl_alloc_fault_arm(nth, false);
        sl_status status = parse(sl_str_from(text), &parsed);
        if (status == SL_OK)
            status = sl_unit_write_source_info(&parsed.unit, &info);
        was_hit = sl_alloc_fault_hit();
        sl_alloc_fault_arm(0, false);
        ck_assert_msg(status == (was_hit ? SL_NO_MEMORY : SL_OK), "allocation %llu: %s",
                      (unsigned long long)nth, sl_status_name(status));
    }
}
END_TEST

/* --- resolvers --- */

static const struct {
    const char *path;
    sl_status want;
} paths[] = {
    {"a/b.proto", SL_OK},
    {"missing.proto", SL_NOT_FOUND},
    {"a/../a/b.proto", SL_NOT_FOUND},
    {"./a/b.proto", SL_NOT_FOUND},
    {"a//b.proto", SL_NOT_FOUND},
    {"/a/b.proto", SL_NOT_FOUND},
    {"a\\b.proto", SL_NOT_FOUND},
    {"", SL_NOT_FOUND},
    {"a", SL_NOT_FOUND},
    {"a/b.proto/c", SL_NOT_FOUND},
};

START_TEST(a_folder_has_what_lies_below_it)
{
    char folder[] = "/tmp/sluice-resolver-XXXXXX", path[256], text[] = "message M {}";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "mkdir %s/a && printf '%s' >%s/a/b.proto", folder, text, folder);
    ck_assert_int_eq(system(path), 0);
    sl_cleanup(sl_resolver_freep) sl_resolver *resolver = NULL;
    sl_str folders[] = {SL_STR("/nowhere"), sl_str_from(folder)};
    ck_assert_int_eq(sl_resolver_of_directories(folders, 2, &resolver), SL_OK);

    sl_found_file file = {0};
    sl_error err = {0};
    sl_status status = resolver->ops->find(resolver, sl_str_from(paths[_i].path), &file, &err);
    snprintf(path, sizeof path, "rm -r %s", folder);
    ck_assert_int_eq(system(path), 0);
    ck_assert_msg(status == paths[_i].want, "'%s': %s", paths[_i].path, sl_status_name(status));
    ck_assert(status != SL_OK || sl_str_is(sl_buf_str(&file.text), text));
    sl_found_file_done(&file);
}
END_TEST

START_TEST(a_chain_asks_one_after_the_other)
{
    const sl_memory_file first[] = {{SL_STR("a"), SL_STR("1")}};
    const sl_memory_file second[] = {{SL_STR("a"), SL_STR("2")}, {SL_STR("b"), SL_STR("3")}};
    sl_resolver *links[2];
    sl_cleanup(sl_resolver_freep) sl_resolver *chain = NULL;
    ck_assert_int_eq(sl_resolver_of_memory(first, 1, &links[0]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_memory(second, 2, &links[1]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_chain(links, 2, &chain), SL_OK);
    sl_found_file a = {0}, b = {0}, c = {0};
    ck_assert_int_eq(chain->ops->find(chain, SL_STR("a"), &a, NULL), SL_OK);
    ck_assert_int_eq(chain->ops->find(chain, SL_STR("b"), &b, NULL), SL_OK);
    ck_assert_int_eq(chain->ops->find(chain, SL_STR("c"), &c, NULL), SL_NOT_FOUND);
    ck_assert(sl_str_is(sl_buf_str(&a.text), "1"));
    ck_assert(sl_str_is(sl_buf_str(&b.text), "3"));
    sl_found_file_done(&a);
    sl_found_file_done(&b);
}
END_TEST

static Suite *parse_suite(void)
{
    Suite *suite = suite_create("parse");
    TCase *tcase = tcase_create("told");
    tcase_add_loop_test(tcase, a_bad_file_is_told_where_and_what_to_do, 0, SL_ARRAY_LEN(told));
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("unit");
    tcase_add_test(tcase, text_of_a_finding_is_utf8_without_control_characters);
    tcase_add_test(tcase, marks_stand_beside_their_protos);
    tcase_add_test(tcase, any_allocation_may_fail);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("resolver");
    tcase_add_loop_test(tcase, a_folder_has_what_lies_below_it, 0, SL_ARRAY_LEN(paths));
    tcase_add_test(tcase, a_chain_asks_one_after_the_other);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(parse_suite)
