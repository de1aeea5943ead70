/* tests/compiler/test_option_findings.c: what is told of wrong options: which rule, where, and what to do.
 *
 * Whether a file is wrong at all, protoc says (test_options.c). Here every rule about options has a case, and a rule without one fails. */
#include "compiler/compiler.h"
#include "compiler/internal/diag.h"
#include "tests/support/tap_main.h"

#include <stdio.h>
#include <stdlib.h>

/* `text` stands on the second line, behind the syntax and its imports: "p2+e3". */
static const struct {
    const char *frame, *text, *want, *fix;
} told[] = {
    {"p2", "option java_pakage = \"x\";", "OPTION_UNKNOWN 2:8+11",
     "did you mean \"java_package\"?"},
    {"p2", "option zzzzzzzzzzz = \"x\";", "OPTION_UNKNOWN 2:8+11", ""},
    {"p2", "message M { optional int32 a = 1 [deprected = true]; }", "OPTION_UNKNOWN 2:35+9",
     "did you mean \"deprecated\"?"},
    {"p2+e3", "option (e.i46) = 1;", "OPTION_UNKNOWN_EXTENSION 2:9+5", "did you mean (e.i64)?"},
    {"p2+e3", "option (x.u32) = 1;", "OPTION_UNKNOWN_EXTENSION 2:9+5", "did you mean (e.u32)?"},
    {"p2", "option (e.i46) = 1;", "OPTION_UNKNOWN_EXTENSION 2:9+5", ""},
    {"p2+through", "option (e.i) = 1;", "OPTION_NOT_IMPORTED 2:9+3", "import \"e3.proto\";"},
    {"p2+scope", "package f3; message M { optional int32 a = 1 [(f3.foo) = 1]; message f3 {} }",
     "OPTION_DEAD_END 2:48+6", "begin it with a dot: (.f3.foo)"},
    {"p2+scope", "message M { optional int32 a = 1 [(f3.msg) = 1]; }",
     "OPTION_OTHER_MESSAGE 2:36+6", "it belongs to google.protobuf.MessageOptions"},
    {"2023+google/protobuf/descriptor",
     "message F { bool x = 1; } extend google.protobuf.FeatureSet { F f = 9995; } "
     "option features.(f).x = true;",
     "OPTION_OWN_FEATURE 2:94+1", "move its definition to a file of its own"},
    {"p2", "option () = 1;", "OPTION_NO_NAME 2:8+2", ""},
    {"p2", "option uninterpreted_option = { };", "OPTION_RESERVED 2:8+20", ""},
    {"p2", "option java_package.x = 1;", "OPTION_NOT_A_MESSAGE 2:8+12", ""},
    {"p2+e3", "option (e.rp).i = 1;", "OPTION_REPEATED_PART 2:9+4",
     "give each as a whole: (e.rp) = { … }"},
    {"p2+e3", "option (e.i) = 1; option (e.i) = 2;", "OPTION_SET_TWICE 2:26+5", ""},
    {"p2+e3", "option (e.p) = { oi: 1 }; option (e.p).oi = 2;", "OPTION_SET_TWICE 2:34+8", ""},
    {"p2+e3", "option (e.i) = 2147483648;", "OPTION_INTEGER 2:16+10", ""},
    {"p2+e3", "option (e.f) = x;", "OPTION_NUMBER 2:16+1", ""},
    {"p2", "option deprecated = 1;", "OPTION_BOOL 2:21+1", ""},
    {"p2", "option optimize_for = 1;", "OPTION_ENUM 2:23+1", "did you mean SPEED?"},
    {"p2", "option optimize_for = \"SPEED\";", "OPTION_ENUM 2:23+7", ""},
    {"p2", "option optimize_for = SPED;", "OPTION_ENUM_VALUE 2:23+4", "did you mean SPEED?"},
    {"p2+e2", "option (e.q) = { c: 3 };", "OPTION_ENUM_NUMBER 2:21+1", ""},
    {"p2+e3", "option (e.p) = { e: BB };", "OPTION_ENUM_VALUE 2:21+2", "did you mean B?"},
    {"p2", "option java_package = x;", "OPTION_STRING 2:23+1", ""},
    {"p2+e3", "option (e.s) = \"\\xff\" \"a\";", "OPTION_UTF8 2:16+10",
     "use a bytes field for other data"},
    {"p2+e3", "option (e.p) = { s: \"\\xff\" \"a\" };", "OPTION_UTF8 2:21+10",
     "use a bytes field for other data"},
    {"p2+e3", "option (e.p) = 1;", "OPTION_MESSAGE 2:16+1",
     "write (e.p) = { … }, or set its fields one by one: (e.p).field = …"},
    {"p2+e2", "option (e.sub) = { a: 1 };", "OPTION_REQUIRED 2:18+8", ""},
    {"p2+e2", "option (e.sub).a = 1;", "OPTION_REQUIRED 2:20+1", ""},
    {"p2+e3", "option (e.p) = { i 1 };", "OPTION_TEXT 2:20+1", ""},
    {"p2+e3", "option (e.p) = { i: };", "OPTION_TEXT 2:21+1", ""},
    {"p2+e3", "option (e.p) = { i: 99999999999 };", "OPTION_TEXT_RANGE 2:21+11", ""},
    {"p2+e3", "option (e.p) = { p { ii: 1 } };", "OPTION_UNKNOWN 2:22+2", "did you mean \"i\"?"},
    {"p2+e3", "option (e.p) = { oi: 1 oi: 1 };", "OPTION_FIELD_TWICE 2:24+2", ""},
    {"p2+e3", "option (e.p) = { o1: 1 o2: \"\" };", "OPTION_ONEOF_TWICE 2:24+2", ""},
    {"p2+e3", "option (e.p) = { any { [type.googleapis.com/e.] { } } };",
     "OPTION_NOT_A_NAME 2:25+22", ""},
    {"p2+e2", "option (e.q) = { [e.qq]: 1 };", "OPTION_TEXT_EXTENSION 2:19+4",
     "did you mean [e.qe]?"},
    {"p2+e3", "option (e.any) = { [e.P] { } };", "OPTION_ANY_PREFIX 2:21+3",
     "write [type.googleapis.com/e.P]"},
    {"p2+e3", "option (e.any) = { [type.googleapis.com/e.PP] { } };", "OPTION_ANY_TYPE 2:21+24",
     ""},
    {"p2+through+anys", "option (anys) = { [type.googleapis.com/e.P] { } };",
     "OPTION_ANY_TYPE 2:20+23", "import \"e3.proto\";"},
    {"2023", "message M { option features.field_presence = EXPLICIT; }", "OPTION_TARGET 2:20+23",
     "it is for a field, a file"},
    {"2023", "option features = { field_presence: EXPLICIT enforce_naming_style: STYLE2024 };",
     "OPTION_TOO_EARLY 2:8+8", ""},
    {"2024", "option cc_enable_arenas = true; option java_multiple_files = true;",
     "OPTION_REMOVED 2:40+19", NULL},
    {"2023+life", "option (l.fdep) = 1;", "OPTION_DEPRECATED 2:8+8", "use something else"},
    {"2023", "message M { map<int32, int32> a = 1 [features.nope = OPEN]; }",
     "OPTION_UNKNOWN 2:47+4", NULL},
    {"2023", "message M { map<int32, int32> a = 1 [features.enum_type = OPEN]; }",
     "OPTION_TARGET 2:38+18", "it is for an enum, a file"},
    {"2023",
     "message M { int32 a = 1 [feature_support = { edition_introduced: EDITION_2024 "
     "edition_deprecated: EDITION_2023 deprecation_warning: \"x\" }]; }",
     "SUPPORT_DEPRECATED_EARLY 2:19+1", ""},
    {"2023", "message M { int32 a = 1 [feature_support = { edition_deprecated: EDITION_2023 }]; }",
     "SUPPORT_NO_WARNING 2:19+1", "add a deprecation_warning"},
    {"2023", "message M { int32 a = 1 [feature_support = { deprecation_warning: \"x\" }]; }",
     "SUPPORT_WARNING_ALONE 2:19+1", "add edition_deprecated"},
    {"2023",
     "message M { int32 a = 1 [feature_support = { edition_deprecated: EDITION_2024 "
     "deprecation_warning: \"x\" edition_removed: EDITION_2023 removal_error: \"x\" }]; }",
     "SUPPORT_DEPRECATED_LATE 2:19+1", ""},
    {"2023",
     "message M { int32 a = 1 [feature_support = { edition_introduced: EDITION_2024 "
     "edition_removed: EDITION_2023 removal_error: \"x\" }]; }",
     "SUPPORT_REMOVED_EARLY 2:19+1", ""},
    {"2023", "enum E { A = 0 [feature_support = { edition_removed: EDITION_2023 }]; }",
     "SUPPORT_NO_ERROR 2:10+1", "add a removal_error"},
    {"2023", "enum E { A = 0 [feature_support = { removal_error: \"x\" }]; }",
     "SUPPORT_ERROR_ALONE 2:10+1", "add edition_removed"},
    {"2023",
     "enum E { A = 0 [feature_support = { edition_introduced: EDITION_2023 }]; } message M { E e "
     "= 1 [feature_support = { edition_introduced: EDITION_2024 }]; }",
     "SUPPORT_OF_VALUE 2:90+1", ""},
    /* Several at once, each once. */
    {"p2+e3", "option (e.i) = x; option (e.s) = 1; option (e.p) = { i: x s: 1 };",
     "OPTION_INTEGER 2:16+1, OPTION_STRING 2:34+1, OPTION_TEXT 2:57+1", NULL},
    {"p2", "message M { extensions 1, 3, 5 [nope = 1]; }", "OPTION_UNKNOWN 2:33+4", ""},
    {"2023", "option features = { field_presence: NOPE [pb.cpp] { string_type: NOPE } };",
     "OPTION_ENUM_VALUE 2:37+4", ""},
};

static const sl_memory_file extra[] = {
    {SL_STR_INIT("anys.proto"),
     SL_STR_INIT("syntax = \"proto3\"; import \"google/protobuf/descriptor.proto\"; import "
                 "\"google/protobuf/any.proto\"; extend google.protobuf.FileOptions { "
                 "google.protobuf.Any anys = 50000; }")},
};

static sl_resolver *open_files(const sl_memory_file *file)
{
    char folder[4096];
    const char *root = getenv("SLUICE_SOURCE_ROOT");
    snprintf(folder, sizeof folder, "%s/tests/compiler/options", root ? root : ".");
    sl_str shared = sl_str_from(folder);
    sl_resolver *links[4], *chain = NULL;
    ck_assert_int_eq(sl_resolver_of_memory(file, 1, &links[0]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_memory(extra, SL_ARRAY_LEN(extra), &links[1]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_directories(&shared, 1, &links[2]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_built_ins(&links[3]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_chain(links, 4, &chain), SL_OK);
    return chain;
}

static void append_file(const char *frame, const char *text, sl_buf *buf)
{
    sl_str name, rest = sl_str_from(frame);
    if (frame[0] == 'p')
        sl_buf_printf(buf, "syntax = \"proto%c\";", frame[1]);
    else
        sl_buf_printf(buf, "edition = \"%.4s\";", frame);
    if (sl_str_split(rest, '+', &name, &rest))
        do {
            name = rest;
            bool has_more = sl_str_split(rest, '+', &name, &rest);
            sl_buf_printf(buf, " import \"%.*s.proto\";", SL_STR_ARG(name));
            rest = has_more ? rest : (sl_str){0};
        } while (rest.len > 0);
    sl_buf_printf(buf, "\n%s\n", text);
}

/* Compile `text` and list what is told of options: "RULE line:column+length, …". */
static void compile(const char *frame, const char *text, sl_findings *findings, sl_buf *list)
{
    sl_cleanup(sl_buf_done) sl_buf source = {0};
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    append_file(frame, text, &source);
    sl_memory_file file = {SL_STR("case.proto"), sl_buf_str(&source)};
    sl_cleanup(sl_resolver_freep) sl_resolver *resolver = open_files(&file);
    sl_compile_request request = {resolver, &file.path, 1, false};
    ck_assert_int_eq(sl_compile(&request, &compiled, findings, NULL), SL_OK);
    for (size_t i = 0; i < findings->list.count; i++) {
        const sl_finding *finding = &findings->list.items[i];
        if (sl_str_starts_with(finding->rule, SL_STR("OPTION_")) ||
            sl_str_starts_with(finding->rule, SL_STR("SUPPORT_")))
            sl_buf_printf(list, "%s%.*s %u:%u+%u", list->len ? ", " : "", SL_STR_ARG(finding->rule),
                          finding->at.line, finding->at.column, finding->at.length);
    }
}

static const sl_finding *first_of_options(const sl_findings *findings)
{
    for (size_t i = 0; i < findings->list.count; i++)
        if (sl_str_starts_with(findings->list.items[i].rule, SL_STR("OPTION_")) ||
            sl_str_starts_with(findings->list.items[i].rule, SL_STR("SUPPORT_")))
            return &findings->list.items[i];
    return NULL;
}

START_TEST(a_wrong_option_is_told_where_and_what_to_do)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_buf_done) sl_buf list = {0};
    compile(told[_i].frame, told[_i].text, &findings, &list);
    ck_assert_msg(sl_str_is(sl_buf_str(&list), told[_i].want), "%s: %.*s", told[_i].text,
                  SL_STR_ARG(sl_buf_str(&list)));
    const sl_finding *first = first_of_options(&findings);
    ck_assert_msg(!told[_i].fix || sl_str_is(first->fix, told[_i].fix), "%s: '%.*s'", told[_i].text,
                  SL_STR_ARG(first->fix));
}
END_TEST

static bool has_case(sl_str rule)
{
    for (size_t i = 0; i < SL_ARRAY_LEN(told); i++) {
        const char *at = strstr(told[i].want, rule.data);
        if (at && at[rule.len] == ' ')
            return true;
    }
    return false;
}

/* Deeper than limits let: made, not written. */
static bool is_elsewhere(sl_str rule)
{
    return sl_str_is(rule, "OPTION_TOO_DEEP");
}

START_TEST(every_rule_about_options_has_a_case)
{
    uint32_t count = 0;
    for (int id = 0; id < SL_DIAG_COUNT; id++) {
        sl_str rule = sl_str_from(sl_diag_row_of((sl_diag_id)id)->id);
        bool is_ours = sl_str_starts_with(rule, SL_STR("OPTION_")) ||
                       sl_str_starts_with(rule, SL_STR("SUPPORT_"));
        count += is_ours;
        ck_assert_msg(!is_ours || is_elsewhere(rule) || has_case(rule), "%s", rule.data);
    }
    ck_assert_uint_gt(count, 30);
}
END_TEST

/* --- depth: protoc reads what it wrote with parsers that go 100 messages deep --- */

static void append_nested(sl_buf *buf, uint32_t levels, bool is_text)
{
    sl_buf_append_literal(buf, "option (e.p)");
    if (is_text)
        sl_buf_append_literal(buf, " = { ");
    for (uint32_t i = 1; i < levels; i++)
        sl_buf_append_str(buf, is_text ? SL_STR("p { ") : SL_STR(".p"));
    sl_buf_append_str(buf, is_text ? SL_STR("i: 1") : SL_STR(".i = 1"));
    for (uint32_t i = 0; is_text && i < levels; i++)
        sl_buf_append_literal(buf, " }");
    sl_buf_append(buf, ";", 2);
}

static const struct {
    uint32_t levels;
    bool is_text;
    const char *want;
} depths[] = {
    {SL_LIMIT_OPTION_DEPTH, true, ""},
    {SL_LIMIT_OPTION_DEPTH, false, ""},
    {SL_LIMIT_OPTION_DEPTH + 1, true, "OPTION_TOO_DEEP"},
    {SL_LIMIT_OPTION_DEPTH + 1, false, "OPTION_TOO_DEEP"},
    {200000, true, "OPTION_TOO_DEEP"},
    {200000, false, "OPTION_TOO_DEEP"},
};

START_TEST(messages_nest_up_to_the_limit)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_buf_done) sl_buf list = {0};
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    append_nested(&text, depths[_i].levels, depths[_i].is_text);
    compile("p2+e3", text.data, &findings, &list);
    ck_assert_msg(sl_str_starts_with(sl_buf_str(&list), sl_str_from(depths[_i].want)), "%u: %.*s",
                  depths[_i].levels, SL_STR_ARG(sl_buf_str(&list)));
    ck_assert_uint_eq(findings.error_count, depths[_i].want[0] != '\0');
    ck_assert(!depths[_i].want[0] ||
              sl_str_contains(findings.list.items[0].message, SL_STR("100 levels")));
}
END_TEST

static Suite *option_findings_suite(void)
{
    Suite *suite = suite_create("option_findings");
    TCase *tcase = tcase_create("told");
    tcase_add_loop_test(tcase, a_wrong_option_is_told_where_and_what_to_do, 0, SL_ARRAY_LEN(told));
    tcase_add_test(tcase, every_rule_about_options_has_a_case);
    tcase_add_loop_test(tcase, messages_nest_up_to_the_limit, 0, SL_ARRAY_LEN(depths));
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(option_findings_suite)
