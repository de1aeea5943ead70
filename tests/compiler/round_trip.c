/* tests/compiler/round_trip.c: printed text comes back. */
#include "tests/compiler/round_trip.h"

#include <check.h>

sl_schema *round_trip_link(const sl_compiled *compiled)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_schema *schema = NULL;
    sl_error err = {0};
    ck_assert_int_eq(sl_compiled_link(compiled, SL_STR("case.proto"), &schema, &findings, &err),
                     SL_OK);
    return schema;
}

static void check_told(sl_str name, const sl_findings *told)
{
    for (size_t i = 0; i < told->list.count; i++)
        ck_assert_msg(sl_str_is(told->list.items[i].rule, "TEXT_OPTION_SOURCE_ONLY"), "%.*s: %.*s",
                      SL_STR_ARG(name), SL_STR_ARG(told->list.items[i].message));
}

static void check_form(const round_trip *trip, const sl_schema *schema, sl_print_form form)
{
    sl_cleanup(sl_buf_done) sl_buf printed = {0};
    sl_cleanup(sl_findings_done) sl_findings told = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_compiled_freep) sl_compiled *again = NULL;
    const sl_file *file = sl_schema_main_file(schema);
    sl_error err = {0};
    ck_assert_msg(sl_print_file(schema, file, form, &printed, &told, &err) == SL_OK, "%.*s: %s",
                  SL_STR_ARG(trip->name), err.text);
    check_told(trip->name, &told);
    trip->compile(trip->context, sl_buf_str(&printed), &again, &findings);
    sl_str first = findings.list.count ? findings.list.items[0].message : (sl_str){0};
    ck_assert_msg(again != NULL, "%.*s: %.*s\n%.*s", SL_STR_ARG(trip->name), SL_STR_ARG(first),
                  SL_STR_ARG(sl_buf_str(&printed)));
    sl_cleanup(sl_schema_unrefp) sl_schema *same = round_trip_link(again);
    ck_assert_ptr_nonnull(same);
    ck_assert_msg(sl_bytes_equal(sl_schema_main_file(same)->serialized, file->serialized),
                  "%.*s comes back in other bytes:\n%.*s", SL_STR_ARG(trip->name),
                  SL_STR_ARG(sl_buf_str(&printed)));
}

void round_trip_check(const round_trip *trip, const sl_schema *schema)
{
    check_form(trip, schema, SL_PRINT_CANONICAL);
    check_form(trip, schema, SL_PRINT_PRETTY);
}
