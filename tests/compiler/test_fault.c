/* tests/compiler/test_fault.c: the Nth allocation fails, N = 1, 2, …, until a compilation is untouched.
 *
 * Each time the answer is SL_NO_MEMORY with a text and no descriptors, and nothing leaks (the address sanitizer counts).
 * Compilations with findings are swept too, since telling them allocates. */
#include "compiler/compiler.h"
#include "tests/support/tap_main.h"

enum { SWEEP_MAX = 20000, FILES = 2 };

static const struct {
    const char *name;
    sl_memory_file files[FILES]; /* the first is the main one */
    bool compiles;
} inputs[] = {
    {"plain",
     {{SL_STR_INIT("a.proto"),
       SL_STR_INIT(
           "syntax = \"proto3\"; // trailing\npackage p;\nimport \"b.proto\";\n"
           "/* leading */ message A { B b = 1; map<string, int32> m = 2; optional int32 o = 3;\n"
           " oneof x { string s = 4; } enum E { Z = 0; } reserved 9, 10 to 12; }\n"
           "service S { rpc R(A) returns (stream B); }\n")},
      {SL_STR_INIT("b.proto"), SL_STR_INIT("syntax = \"proto3\"; package p; message B {}")}},
     true},
    {"options",
     {{SL_STR_INIT("a.proto"),
       SL_STR_INIT(
           "edition = \"2023\"; import \"b.proto\"; option features.field_presence = IMPLICIT;\n"
           "message A { option (m) = { n: 1 list: [2, 3] }; string s = 1 [(f) = \"x\", deprecated = true]; }")},
      {SL_STR_INIT("b.proto"),
       SL_STR_INIT("edition = \"2023\"; import \"google/protobuf/descriptor.proto\";\n"
                   "message M { int32 n = 1; repeated int32 list = 2; }\n"
                   "extend google.protobuf.MessageOptions { M m = 50000; }\n"
                   "extend google.protobuf.FieldOptions { string f = 50000; }")}},
     true},
    {"every_kind_of_option",
     {{SL_STR_INIT("a.proto"),
       SL_STR_INIT(
           "edition = \"2023\"; package p; import \"b.proto\"; import \"google/protobuf/cpp_features.proto\";\n"
           "option features.(pb.cpp).string_type = VIEW; option java_package = \"j\";\n"
           "option (m) = { n: 1 s: \"a\" 'b' e: TWO any { [type.googleapis.com/p.M] { n: 2 } }\n"
           "  map { key: \"k\" value { n: 3 } } [p.x]: 4 set { [p.M.item] { n: 5 } } g < n: 6 > # hash\n"
           "  list: [1, 2] src: 7 gone { a: [1, { }] } };\n"
           "option (m).in.n = 1; option (m).in.list = 2; option (m).in.list = 3; option (src) = 1;\n"
           "message A { extensions 1 to 9 [(p.r) = 1]; oneof o { option (short) = 2; int32 f = 10; } }")},
      {SL_STR_INIT("b.proto"),
       SL_STR_INIT(
           "edition = \"2023\"; package p; import \"google/protobuf/descriptor.proto\"; import "
           "\"google/protobuf/any.proto\";\n"
           "enum E { ZERO = 0; TWO = 2; }\n"
           "message Set { option message_set_wire_format = true; extensions 4 to max; }\n"
           "message M { int32 n = 1; string s = 2; E e = 3; google.protobuf.Any any = 4; map<string, M> map = 5;\n"
           "  Set set = 6; M g = 7 [features.message_encoding = DELIMITED]; repeated int32 list = 8; M in = 9;\n"
           "  int32 src = 10 [retention = RETENTION_SOURCE]; reserved gone; extensions 100;\n"
           "  extend Set { M item = 5; } }\n"
           "extend M { int32 x = 100; }\n"
           "extend google.protobuf.FileOptions { M m = 50000; int32 src = 50001 [retention = RETENTION_SOURCE]; }\n"
           "extend google.protobuf.OneofOptions { int32 short = 50000; }\n"
           "extend google.protobuf.ExtensionRangeOptions { int32 r = 50000; }")}},
     true},
    {"wrong_text",
     {{SL_STR_INIT("a.proto"),
       SL_STR_INIT("syntax = \"proto3\"; message A { int32 x 1; string s = \"; }")},
      {SL_STR_INIT("b.proto"), SL_STR_INIT("")}},
     false},
    {"wrong_imports",
     {{SL_STR_INIT("a.proto"),
       SL_STR_INIT(
           "syntax = \"proto3\"; import \"c.proto\"; import \"b.proto\"; import \"x/b.proto\";")},
      {SL_STR_INIT("b.proto"), SL_STR_INIT("syntax = \"proto3\"; import \"a.proto\";")}},
     false},
    {"wrong_meaning",
     {{SL_STR_INIT("a.proto"),
       SL_STR_INIT(
           "syntax = \"proto3\"; import \"b.proto\"; message A { Bb x = 1; B y = 1; int32 x = 2; }")},
      {SL_STR_INIT("b.proto"), SL_STR_INIT("syntax = \"proto3\"; message B {}")}},
     false},
    {"wrong_options",
     {{SL_STR_INIT("a.proto"),
       SL_STR_INIT(
           "syntax = \"proto3\"; message A { int32 x = 1 [(gone) = 2, deprected = true]; }")},
      {SL_STR_INIT("b.proto"), SL_STR_INIT("")}},
     false},
    {"options_in_wrong_places",
     {{SL_STR_INIT("a.proto"),
       SL_STR_INIT("edition = \"2023\"; option features.enforce_naming_style = STYLE2024;\n"
                   "message A { option features.field_presence = IMPLICIT;\n"
                   "  int32 x = 1 [feature_support = { edition_deprecated: EDITION_2023 }]; }")},
      {SL_STR_INIT("b.proto"), SL_STR_INIT("")}},
     false},
    {"wrong_values",
     {{SL_STR_INIT("a.proto"),
       SL_STR_INIT(
           "syntax = \"proto2\"; import \"b.proto\"; option (b) = { e: ZER n: x };\n"
           "option optimize_for = SPED; option (b).nn = 3; option (b).n = \"x\"; option (b).m.n = 1;")},
      {SL_STR_INIT("b.proto"),
       SL_STR_INIT(
           "syntax = \"proto2\"; import \"google/protobuf/descriptor.proto\"; enum E { ZERO = 0; }\n"
           "message B { optional E e = 1; optional int32 n = 2; optional B m = 3; required int32 r = 4; }\n"
           "extend google.protobuf.FileOptions { optional B b = 50000; }")}},
     false},
};

/* The whole way, resolvers included. SL_OK with *ret_compiles, or the first other status. */
static sl_status run_once(const sl_memory_file *files, bool *ret_compiles)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_resolver_freep) sl_resolver *memory = NULL;
    sl_cleanup(sl_resolver_freep) sl_resolver *built_ins = NULL;
    sl_cleanup(sl_resolver_freep) sl_resolver *chain = NULL;
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = NULL;
    sl_cleanup(sl_buf_done) sl_buf set = {0};
    sl_error err = {0};
    SL_TRY(sl_resolver_of_memory(files, FILES, &memory));
    SL_TRY(sl_resolver_of_built_ins(&built_ins));
    sl_resolver *const links[] = {memory, built_ins};
    SL_TRY(sl_resolver_of_chain(links, 2, &chain));
    memory = built_ins = NULL;
    sl_compile_request request = {chain, &files[0].path, 1, true};
    sl_status status = sl_compile(&request, &compiled, &findings, &err);
    ck_assert(status == SL_OK || (!compiled && err.text[0] != '\0'));
    SL_TRY(status);
    *ret_compiles = compiled != NULL;
    if (!compiled)
        return findings.error_count > 0 ? SL_OK : SL_INVALID;
    sl_compiled_write_set(compiled, true, &set);
    SL_TRY(sl_buf_status(&set));
    return sl_compiled_link(compiled, files[0].path, &schema, &findings, &err);
}

START_TEST(the_nth_allocation_fails)
{
    const char *name = inputs[_i / 2].name;
    for (uint64_t nth = 1; nth <= SWEEP_MAX; nth++) {
        bool compiles = false;
        sl_alloc_fault_arm(nth, _i % 2 == 1);
        sl_status status = run_once(inputs[_i / 2].files, &compiles);
        bool is_hit = sl_alloc_fault_hit();
        sl_alloc_fault_arm(0, false);
        if (!is_hit) {
            ck_assert_int_eq(status, SL_OK);
            ck_assert_msg(compiles == inputs[_i / 2].compiles, "%s", name);
            ck_assert_uint_gt(nth, 20);
            return;
        }
        ck_assert_msg(status == SL_NO_MEMORY, "%s: allocation %llu fails: %s", name,
                      (unsigned long long)nth, sl_status_name(status));
    }
    ck_abort_msg("%s: more than %d allocations", name, SWEEP_MAX);
}
END_TEST

static Suite *fault_suite(void)
{
    Suite *suite = suite_create("fault");
    TCase *tcase = tcase_create("fault");
    tcase_set_timeout(tcase, 120);
    tcase_add_loop_test(tcase, the_nth_allocation_fails, 0, 2 * SL_ARRAY_LEN(inputs));
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(fault_suite)
