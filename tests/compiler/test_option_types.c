/* tests/compiler/test_option_types.c: the printer's own table of options against the built-in descriptor.proto.
 *
 * Schemas without descriptor.proto are printed by schema/option_types.def, others by what they link. Both must mean the same, or one file would be
 * printed in two ways; so the messages are gone through side by side, from the options on, as far as their fields lead. */
#include "compiler/compiler.h"
#include "schema/internal/option_types.h"
#include "tests/support/tap_main.h"

enum { UNINTERPRETED_OPTION = 999 };

static sl_schema *compile(sl_str path, const char *text)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_resolver_freep) sl_resolver *chain = NULL;
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    sl_memory_file file = {path, sl_str_from(text)};
    sl_resolver *links[2];
    sl_schema *schema = NULL;
    sl_error err = {0};
    ck_assert_int_eq(sl_resolver_of_memory(&file, text ? 1 : 0, &links[0]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_built_ins(&links[1]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_chain(links, 2, &chain), SL_OK);
    sl_compile_request request = {chain, &path, 1, false};
    ck_assert_msg(sl_compile(&request, &compiled, &findings, &err) == SL_OK, "%s", err.text);
    ck_assert_ptr_nonnull(compiled);
    ck_assert_int_eq(sl_compiled_link(compiled, path, &schema, &findings, &err), SL_OK);
    ck_assert_ptr_nonnull(schema);
    return schema;
}

static void compare_values(const sl_enum *linked, const sl_enum *listed)
{
    for (uint32_t i = 0; i < linked->value_count; i++) {
        sl_str name = sl_option_type_value(listed, linked->values[i].number);
        ck_assert_msg(sl_str_equal(name, linked->values[i].name), "%.*s: %d is '%.*s' in the table",
                      SL_STR_ARG(linked->full_name), linked->values[i].number, SL_STR_ARG(name));
    }
}

/* `depth` ends it where a type leads back to itself; none does today. */
static uint32_t compare_messages(const sl_message *linked, const sl_message *listed, int depth)
{
    uint32_t compared = 0;
    ck_assert_int_lt(depth, 8);
    ck_assert(sl_str_equal(linked->full_name, listed->full_name));
    for (uint32_t i = 0; i < linked->field_count; i++) {
        const sl_field *want = &linked->fields[i];
        const sl_field *got = sl_option_type_field(listed, want->number);
        if (want->number == UNINTERPRETED_OPTION)
            continue;
        ck_assert_msg(got != NULL, "no row for %.*s", SL_STR_ARG(want->full_name));
        ck_assert_msg(sl_str_equal(got->name, want->name) && got->type == want->type &&
                          got->cardinality == want->cardinality,
                      "%.*s differs", SL_STR_ARG(want->full_name));
        ck_assert_msg(sl_option_type_is_source_only(got) == sl_option_type_is_source_only(want),
                      "retention of %.*s differs", SL_STR_ARG(want->full_name));
        ck_assert(!want->message == !got->message && !want->enumeration == !got->enumeration);
        compared++;
        if (want->message)
            compared += compare_messages(want->message, got->message, depth + 1);
        if (want->enumeration)
            compare_values(want->enumeration, got->enumeration);
    }
    return compared;
}

START_TEST(the_table_is_descriptor_proto)
{
    sl_cleanup(sl_schema_unrefp) sl_schema *with =
        compile(SL_STR("google/protobuf/descriptor.proto"), NULL);
    sl_cleanup(sl_schema_unrefp) sl_schema *without =
        compile(SL_STR("a.proto"), "syntax = \"proto3\";");
    uint32_t compared = 0;
    for (int target = 0; target < SL_OPTION_TARGET_COUNT; target++) {
        const sl_message *linked = sl_option_type(with, (sl_option_target)target);
        const sl_message *listed = sl_option_type(without, (sl_option_target)target);
        ck_assert(linked != listed && linked->field_count > 0);
        compared += compare_messages(linked, listed, 0);
    }
    ck_assert_uint_gt(compared, 100);
}
END_TEST

static Suite *option_types_suite(void)
{
    Suite *suite = suite_create("option_types");
    TCase *tcase = tcase_create("table");
    tcase_add_test(tcase, the_table_is_descriptor_proto);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(option_types_suite)
