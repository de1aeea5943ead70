/* tests/compiler/test_print.c: schemas as text, and back.
 *
 * The fixtures of tests/schema/data hold what Protobuf's language has. The canonical text of each is fixed for ever, since schemas are told
 * apart by it: a test that fails here asks for a new form, not for new files in tests/schema/data/print. */
#include "compiler/compiler.h"
#include "schema/print.h"
#include "tests/schema/corpus.h"
#include "tests/support/tap_main.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const fixtures[] = {
    "edition2023.proto", "edition2024.proto", "edition2026.proto", "edition2023_file.proto",
    "options.proto",     "proto2.proto",      "proto3.proto",      "public.proto",
};

/* --- compiling and printing ------------------------------------------------------------------ */

static void tell(const sl_findings *findings)
{
    for (size_t i = 0; i < findings->list.count; i++) {
        const sl_finding *finding = &findings->list.items[i];
        printf("# %.*s:%u:%u %.*s: %.*s\n", SL_STR_ARG(finding->at.file), finding->at.line,
               finding->at.column, SL_STR_ARG(finding->rule), SL_STR_ARG(finding->message));
    }
}

/* `text` stands for `path`; other files come from the fixtures and the built-in ones. */
static sl_schema *compile(sl_str path, sl_str text)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_resolver_freep) sl_resolver *chain = NULL;
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    char folder[4096];
    const char *root = getenv("SLUICE_SOURCE_ROOT");
    sl_memory_file file = {path, text};
    sl_resolver *links[3];
    sl_schema *schema = NULL;
    sl_error err = {0};
    snprintf(folder, sizeof folder, "%s/tests/schema/data", root ? root : ".");
    sl_str directory = sl_str_from(folder);
    ck_assert_int_eq(sl_resolver_of_memory(&file, 1, &links[0]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_directories(&directory, 1, &links[1]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_built_ins(&links[2]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_chain(links, 3, &chain), SL_OK);
    sl_compile_request request = {chain, &path, 1, .with_source_info = true};
    ck_assert_msg(sl_compile(&request, &compiled, &findings, &err) == SL_OK, "%s", err.text);
    if (!compiled) {
        tell(&findings);
        printf("%.*s\n", SL_STR_ARG(text));
    }
    ck_assert_ptr_nonnull(compiled);
    ck_assert_int_eq(sl_compiled_link(compiled, path, &schema, &findings, &err), SL_OK);
    ck_assert_ptr_nonnull(schema);
    return schema;
}

static void print_main(const sl_schema *schema, sl_print_form form, sl_findings *findings,
                       sl_buf *text)
{
    sl_error err = {0};
    ck_assert_msg(sl_print_file(schema, sl_schema_main_file(schema), form, text, findings, &err) ==
                      SL_OK,
                  "%s", err.text);
}

static void print_exactly(const sl_schema *schema, sl_print_form form, sl_buf *text)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    print_main(schema, form, &findings, text);
    tell(&findings);
    ck_assert_uint_eq(findings.list.count, 0);
}

static sl_schema *compile_fixture(const char *name)
{
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    corpus_read_fixture(name, &text);
    return compile(sl_str_from(name), sl_buf_str(&text));
}

static bool is_same_descriptor(const sl_schema *a, const sl_schema *b)
{
    return sl_bytes_equal(sl_schema_main_file(a)->serialized, sl_schema_main_file(b)->serialized);
}

/* --- fixtures -------------------------------------------------------------------------------- */

START_TEST(both_forms_compile_to_the_same_descriptor)
{
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = compile_fixture(fixtures[_i]);
    for (int form = SL_PRINT_CANONICAL; form <= SL_PRINT_PRETTY; form++) {
        sl_cleanup(sl_buf_done) sl_buf text = {0};
        print_exactly(schema, (sl_print_form)form, &text);
        sl_cleanup(sl_schema_unrefp) sl_schema *again =
            compile(sl_schema_main_file(schema)->path, sl_buf_str(&text));
        ck_assert_msg(is_same_descriptor(schema, again), "%s:\n%.*s", fixtures[_i],
                      SL_STR_ARG(sl_buf_str(&text)));
    }
}
END_TEST

START_TEST(the_canonical_text_is_fixed)
{
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = compile_fixture(fixtures[_i]);
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    sl_cleanup(sl_buf_done) sl_buf want = {0};
    char name[256];
    snprintf(name, sizeof name, "print/%s", fixtures[_i]);
    print_exactly(schema, SL_PRINT_CANONICAL, &text);
    const char *keep = getenv("SLUICE_WRITE_PRINTED");
    if (keep) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", keep, fixtures[_i]);
        FILE *file = fopen(path, "wb");
        ck_assert_ptr_nonnull(file);
        fwrite(text.data, 1, text.len, file);
        fclose(file);
    }
    corpus_read_fixture(name, &want);
    ck_assert_msg(sl_str_equal(sl_buf_str(&text), sl_buf_str(&want)), "%s is printed as\n%.*s",
                  fixtures[_i], SL_STR_ARG(sl_buf_str(&text)));
}
END_TEST

START_TEST(what_was_printed_is_printed_the_same)
{
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = compile_fixture(fixtures[_i]);
    for (int form = SL_PRINT_CANONICAL; form <= SL_PRINT_PRETTY; form++) {
        sl_cleanup(sl_buf_done) sl_buf first = {0};
        sl_cleanup(sl_buf_done) sl_buf second = {0};
        print_exactly(schema, (sl_print_form)form, &first);
        sl_cleanup(sl_schema_unrefp) sl_schema *again =
            compile(sl_schema_main_file(schema)->path, sl_buf_str(&first));
        print_exactly(again, (sl_print_form)form, &second);
        ck_assert_msg(sl_str_equal(sl_buf_str(&first), sl_buf_str(&second)),
                      "%s\n%.*s\n-- then --\n%.*s", fixtures[_i], SL_STR_ARG(sl_buf_str(&first)),
                      SL_STR_ARG(sl_buf_str(&second)));
    }
}
END_TEST

/* --- comments -------------------------------------------------------------------------------- */

static const char commented[] = "// detached from all\n"
                                "\n"
                                "// about the syntax\n"
                                "syntax = \"proto3\"; // behind it\n"
                                "\n"
                                "package a.b;\n"
                                "\n"
                                "/* block\n"
                                " * of lines */\n"
                                "message M {\n"
                                "  // detached inside\n"
                                "\n"
                                "  // of the enum, which stands first\n"
                                "  enum E {\n"
                                "    ZERO = 0; // of zero\n"
                                "  }\n"
                                "\n"
                                "  // of the field\n"
                                "  E e = 1; // behind the field\n"
                                "}\n";

START_TEST(comments_and_order_are_kept_by_the_pretty_form)
{
    static const char *const wanted[] = {
        "// detached from all\n\n// about the syntax\nsyntax = \"proto3\"; // behind it\n",
        "// detached inside\n\n  // of the enum, which stands first\n  enum E {\n",
        "ZERO = 0; // of zero\n",
        "// of the field\n  E e = 1; // behind the field\n",
        " block\n",
    };
    sl_cleanup(sl_schema_unrefp) sl_schema *schema =
        compile(SL_STR("commented.proto"), SL_STR(commented));
    sl_cleanup(sl_buf_done) sl_buf pretty = {0};
    sl_cleanup(sl_buf_done) sl_buf canonical = {0};
    print_exactly(schema, SL_PRINT_PRETTY, &pretty);
    print_exactly(schema, SL_PRINT_CANONICAL, &canonical);
    sl_buf_append_byte(&pretty, 0);
    sl_buf_append_byte(&canonical, 0);
    for (size_t i = 0; i < SL_ARRAY_LEN(wanted); i++)
        ck_assert_msg(strstr((char *)pretty.data, wanted[i]), "no '%s' in:\n%s", wanted[i],
                      (char *)pretty.data);
    ck_assert_msg(!strstr((char *)canonical.data, "//"), "%s", (char *)canonical.data);
    ck_assert(strstr((char *)canonical.data, "  .a.b.M.E e = 1;\n"));
}
END_TEST

/* --- what text cannot give back -------------------------------------------------------------- */

/* Changes to a descriptor after which its text says less, or says it in another way. */
static void unknown_option(sl_file_proto *file)
{
    file->messages.items[0].options = (sl_bytes){(const uint8_t *)"\x88\xb5\x18\x07", 4};
}

static void unknown_field(sl_file_proto *file)
{
    file->messages.items[0].unknown = (sl_bytes){(const uint8_t *)"\xb8\x3e\x01", 3};
}

static void public_and_weak(sl_file_proto *file)
{
    static int32_t first = 0;
    file->public_dependencies.items = file->weak_dependencies.items = &first;
    file->public_dependencies.count = file->weak_dependencies.count = 1;
}

static void too_deep(sl_file_proto *file)
{
    enum { LEVELS = 40 };
    static sl_message_proto levels[LEVELS];
    for (size_t i = 0; i < LEVELS; i++) {
        levels[i] = (sl_message_proto){.name = SL_STR("D")};
        if (i + 1 < LEVELS) {
            levels[i].messages.items = &levels[i + 1];
            levels[i].messages.count = 1;
        }
    }
    file->messages.items[0].messages.items = levels;
    file->messages.items[0].messages.count = 1;
}

static void options_out_of_order(sl_file_proto *file)
{
    /* deprecated, then no_standard_descriptor_accessor */
    file->messages.items[0].options = (sl_bytes){(const uint8_t *)"\x18\x01\x10\x01", 4};
}

static void source_only_option(sl_file_proto *file)
{
    file->options = (sl_bytes){(const uint8_t *)"\x92\x03\x02\x38\x02", 5}; /* STYLE_LEGACY */
}

static void relative_type(sl_file_proto *file)
{
    file->messages.items[0].fields.items[0].type_name = SL_STR("M");
}

/* The first field gets a type and a default that a compiler writes otherwise. */
static void change_default(sl_file_proto *file, int32_t type, sl_str text)
{
    sl_field_proto *field = &file->messages.items[0].fields.items[0];
    field->type = type;
    field->type_name = (sl_str){0};
    field->default_value = text;
}

static void default_minus_zero(sl_file_proto *file)
{
    change_default(file, SL_TYPE_INT32, SL_STR("-0"));
}

static void default_with_zeros(sl_file_proto *file)
{
    change_default(file, SL_TYPE_DOUBLE, SL_STR("1.500"));
}

static void default_too_precise(sl_file_proto *file)
{
    change_default(file, SL_TYPE_FLOAT, SL_STR("0.10000000000000001"));
}

static void default_in_hex_escapes(sl_file_proto *file)
{
    change_default(file, SL_TYPE_BYTES, SL_STR("\\x41"));
}

static void public_imports_backwards(sl_file_proto *file)
{
    static int32_t both[] = {1, 0};
    file->public_dependencies.items = both;
    file->public_dependencies.count = 2;
}

static void synthetic_oneof_without_underscore(sl_file_proto *file)
{
    file->messages.items[0].oneofs.items[0].name = SL_STR("Xa");
}

static void synthetic_oneof_with_needless_x(sl_file_proto *file)
{
    file->messages.items[0].oneofs.items[0].name = SL_STR("X_a");
}

static const char proto3[] = "syntax = \"proto3\"; message M { optional int32 a = 1; }";
static const char proto2[] =
    "syntax = \"proto2\";"
    "import \"google/protobuf/any.proto\"; import \"google/protobuf/empty.proto\";"
    "message M { optional M m = 1; optional google.protobuf.Any a = 2; optional google.protobuf.Empty e = 3; }";
static const char edition[] = "edition = \"2024\"; message M { M m = 1; }";

static const struct {
    const char *rule, *source;
    void (*change)(sl_file_proto *file);
    bool compiles;
} inexact[] = {
    {"TEXT_OPTION_UNKNOWN", proto2, unknown_option, true},
    {"TEXT_UNKNOWN_FIELD", proto2, unknown_field, true},
    {"TEXT_CANNOT_SAY", proto2, public_and_weak, true},
    {"TEXT_TOO_DEEP", proto2, too_deep, false},
    {"TEXT_OPTION_FORM", proto2, options_out_of_order, true},
    {"TEXT_OPTION_SOURCE_ONLY", edition, source_only_option, true},
    {"TEXT_OTHER_FORM", proto2, relative_type, true},
    {"TEXT_OTHER_FORM", proto2, default_minus_zero, true},
    {"TEXT_OTHER_FORM", proto2, default_with_zeros, true},
    {"TEXT_OTHER_FORM", proto2, default_too_precise, true},
    {"TEXT_OTHER_FORM", proto2, default_in_hex_escapes, true},
    {"TEXT_OTHER_ORDER", proto2, public_imports_backwards, true},
    {"TEXT_OTHER_ORDER", proto3, synthetic_oneof_without_underscore, true},
    {"TEXT_OTHER_ORDER", proto3, synthetic_oneof_with_needless_x, true},
};

static sl_schema *link_changed(const sl_schema *schema, void (*change)(sl_file_proto *file))
{
    size_t count = sl_schema_file_count(schema);
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_cleanup(sl_buf_done) sl_buf changed = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_bytes *files = sl_arena_array(&arena, sl_bytes, count);
    sl_file_proto *proto = NULL;
    sl_schema *ret = NULL;
    sl_error err = {0};
    for (size_t i = 0; i < count; i++)
        files[i] = sl_schema_file_at(schema, i)->serialized;
    ck_assert_int_eq(sl_file_proto_read(files[count - 1], &arena, &proto, &err), SL_OK);
    change(proto);
    sl_file_proto_write(proto, false, &changed);
    files[count - 1] = sl_buf_bytes(&changed);
    ck_assert_int_eq(sl_schema_link(files, count, (sl_str){0}, &ret, &findings, &err), SL_OK);
    if (!ret)
        tell(&findings);
    ck_assert_ptr_nonnull(ret);
    return ret;
}

START_TEST(what_does_not_come_back_is_told)
{
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_schema_unrefp) sl_schema *plain =
        compile(SL_STR("m.proto"), sl_str_from(inexact[_i].source));
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = link_changed(plain, inexact[_i].change);
    print_main(schema, SL_PRINT_CANONICAL, &findings, &text);
    bool is_told = false;
    for (size_t i = 0; i < findings.list.count; i++)
        is_told |= sl_str_is(findings.list.items[i].rule, inexact[_i].rule);
    if (!is_told)
        tell(&findings);
    ck_assert_msg(is_told, "%s:\n%.*s", inexact[_i].rule, SL_STR_ARG(sl_buf_str(&text)));
    if (!inexact[_i].compiles)
        return;
    sl_cleanup(sl_schema_unrefp) sl_schema *again = compile(SL_STR("m.proto"), sl_buf_str(&text));
    ck_assert(!is_same_descriptor(schema, again));
}
END_TEST

START_TEST(oneofs_that_make_way_come_back)
{
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = compile(
        SL_STR("m.proto"),
        SL_STR("syntax = \"proto3\";"
               "message M { optional int32 a = 1; optional int32 _a = 2; oneof X_a { int32 b = 3; }"
               " optional int32 X_c = 4; optional int32 c = 5; }"));
    print_main(schema, SL_PRINT_CANONICAL, &findings, &text);
    tell(&findings);
    ck_assert_uint_eq(findings.list.count, 0);
    sl_cleanup(sl_schema_unrefp) sl_schema *again = compile(SL_STR("m.proto"), sl_buf_str(&text));
    ck_assert(is_same_descriptor(schema, again));
}
END_TEST

static Suite *print_suite(void)
{
    Suite *suite = suite_create("print");
    TCase *tcase = tcase_create("print");
    tcase_add_loop_test(tcase, both_forms_compile_to_the_same_descriptor, 0,
                        SL_ARRAY_LEN(fixtures));
    tcase_add_loop_test(tcase, the_canonical_text_is_fixed, 0, SL_ARRAY_LEN(fixtures));
    tcase_add_loop_test(tcase, what_was_printed_is_printed_the_same, 0, SL_ARRAY_LEN(fixtures));
    tcase_add_test(tcase, comments_and_order_are_kept_by_the_pretty_form);
    tcase_add_loop_test(tcase, what_does_not_come_back_is_told, 0, SL_ARRAY_LEN(inexact));
    tcase_add_test(tcase, oneofs_that_make_way_come_back);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(print_suite)
