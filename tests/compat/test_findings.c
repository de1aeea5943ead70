/* tests/compat/test_findings.c: what findings say: message, why, fix, place, cause, order, and how many. */
#include "compat/compat.h"
#include "tests/compat/support.h"
#include "tests/support/tap_main.h"
#include "wire/wire.h"

#include <stdio.h>

static const struct {
    const char *test_case;
    sl_compat_category category;
    const char *rule; /* the first finding of it */
    const char *message;
    const char *fix; /* NULL: none */
    uint32_t line, previous_line;
} cases[] = {
    {"FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED/fail_deleted", SL_COMPAT_WIRE_JSON,
     "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED",
     "field 2 \"y\" of a.v1.M was deleted without reserving its number",
     "reserved 2; reserved \"y\";", 5, 7},
    {"FIELD_NO_DELETE_UNLESS_NAME_RESERVED/fail_number_reserved", SL_COMPAT_WIRE_JSON,
     "FIELD_NO_DELETE_UNLESS_NAME_RESERVED",
     "field 2 \"y\" of a.v1.M was deleted without reserving its name", "reserved \"y\";", 5, 7},
    {"FIELD_NO_DELETE/fail_deleted", SL_COMPAT_FILE, "FIELD_NO_DELETE",
     "field 2 \"y\" of a.v1.M was deleted", "string y = 2;", 5, 7},
    {"FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED/fail_nested_message", SL_COMPAT_WIRE,
     "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED",
     "field 2 \"y\" of a.v1.A.B.M was deleted without reserving its number",
     "reserved 2; reserved \"y\";", 7, 9},
    {"FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED/fail_group_deleted", SL_COMPAT_FILE, "FIELD_NO_DELETE",
     "field 2 \"g\" of a.v1.M was deleted", NULL, 5, 7},
    {"FIELD_SAME_JSON_NAME/fail_json_names_swapped", SL_COMPAT_WIRE_JSON, "FIELD_SAME_JSON_NAME",
     "JSON name of field 1 \"x\" of a.v1.M changed from \"x\" to \"y\"", "string x = 1;", 6, 6},
    {"FIELD_SAME_JSON_NAME/fail_set", SL_COMPAT_WIRE_JSON, "FIELD_SAME_JSON_NAME",
     "JSON name of field 1 \"x_y\" of a.v1.M changed from \"xY\" to \"other\"", "string x_y = 1;",
     6, 6},
    {"FIELD_SAME_TYPE/fail_map_values", SL_COMPAT_WIRE, "FIELD_WIRE_COMPATIBLE_TYPE",
     "value of field 3 \"f3\" of a.v1.M changed its type from int32 to sint32",
     "map<int32, int32> f3 = 3;", 12, 12},
    {"FIELD_SAME_NAME/fail_extension_renamed", SL_COMPAT_FILE, "FIELD_SAME_NAME",
     "extension 100 \"a.v1.e\" of a.v1.M was renamed to \"a.v1.f\"", "optional string e = 100;", 9,
     9},
    {"FIELD_SAME_NAME/fail_map_renamed", SL_COMPAT_WIRE, "FIELD_WIRE_COMPATIBLE_TYPE",
     "field 1 \"bar\" of a.v1.M changed its type from message a.v1.M.FooEntry to message a.v1.M.BarEntry",
     "map<string, string> foo = 1;", 6, 6},
    {"FIELD_WIRE_COMPATIBLE_TYPE/fail_enum_renamed", SL_COMPAT_WIRE, "FIELD_WIRE_COMPATIBLE_TYPE",
     "field 1 \"x\" of a.v1.M changed its type from enum a.v1.E to enum a.v1.F", "a.v1.E x = 1;",
     10, 10},
    {"FIELD_WIRE_COMPATIBLE_CARDINALITY/fail_repeated_to_singular", SL_COMPAT_WIRE,
     "FIELD_WIRE_COMPATIBLE_CARDINALITY",
     "field 1 \"x\" of a.v1.M changed from repeated to singular without presence",
     "repeated int32 x = 1;", 6, 6},
    {"FIELD_WIRE_COMPATIBLE_CARDINALITY/fail_legacy_required", SL_COMPAT_WIRE,
     "FIELD_WIRE_COMPATIBLE_CARDINALITY",
     "field 1 \"x\" of a.v1.M changed from singular with presence to required", "string x = 1;", 6,
     6},
    {"MESSAGE_SAME_REQUIRED_FIELDS/fail_added", SL_COMPAT_WIRE, "MESSAGE_SAME_REQUIRED_FIELDS",
     "required field 2 \"y\" of a.v1.M was added", "optional string y = 2;", 7, 0},
    {"MESSAGE_SAME_REQUIRED_FIELDS/fail_toggled", SL_COMPAT_WIRE, "MESSAGE_SAME_REQUIRED_FIELDS",
     "field 1 \"x\" of a.v1.M became required", "optional string x = 1;", 6, 6},
    {"FIELD_SAME_DEFAULT/fail_string_changed", SL_COMPAT_WIRE, "FIELD_SAME_DEFAULT",
     "default of field 1 \"x\" of a.v1.M changed from \"a\" to \"b\"",
     "optional string x = 1 [default = \"a\"];", 6, 6},
    {"FIELD_SAME_DEFAULT/fail_first_value_reordered", SL_COMPAT_WIRE, "FIELD_SAME_DEFAULT",
     "default of field 1 \"x\" of a.v1.M changed from \"A\", the first value of a.v1.E to \"B\", the first value of a.v1.E",
     "optional a.v1.E x = 1;", 10, 10},
    {"FIELD_SAME_ONEOF/fail_out_of_a_oneof", SL_COMPAT_WIRE, "FIELD_SAME_ONEOF",
     "field 1 \"x\" of a.v1.M was moved out of oneof \"o\"", "oneof o { string x = 1; }", 6, 7},
    {"ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED/fail_deleted", SL_COMPAT_WIRE,
     "ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED",
     "value 1 \"A\" of enum a.v1.E was deleted without reserving its number",
     "reserved 1; reserved \"A\";", 5, 7},
    {"ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED/fail_one_alias_reserved", SL_COMPAT_WIRE_JSON,
     "ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED",
     "value 1 \"A\" of enum a.v1.E was deleted without reserving its name",
     "reserved 1; reserved \"B\";", 5, 8},
    {"ENUM_VALUE_SAME_NAME/fail_alias_removed", SL_COMPAT_WIRE_JSON, "ENUM_VALUE_SAME_NAME",
     "value 1 of enum a.v1.E lost its name \"B\" and is called \"A\"", "B = 1;", 7, 9},
    {"RESERVED_MESSAGE_NO_DELETE/fail_hole_in_a_range", SL_COMPAT_WIRE,
     "RESERVED_MESSAGE_NO_DELETE", "a.v1.M no longer reserves 6, 9", "reserved 6, 9;", 5, 5},
    {"RESERVED_MESSAGE_NO_DELETE/fail_max_shrunk", SL_COMPAT_WIRE, "RESERVED_MESSAGE_NO_DELETE",
     "a.v1.M no longer reserves 536870911", "reserved 536870911;", 5, 5},
    {"RESERVED_ENUM_NO_DELETE/fail_negative_range_shrunk", SL_COMPAT_WIRE,
     "RESERVED_ENUM_NO_DELETE", "enum a.v1.E no longer reserves -10", "reserved -10;", 5, 5},
    {"RPC_SAME_CLIENT_STREAMING/fail_removed", SL_COMPAT_WIRE, "RPC_SAME_CLIENT_STREAMING",
     "method a.v1.S.Do changed from streaming to single requests",
     "rpc Do(stream a.v1.Q) returns (a.v1.A);", 8, 8},
    {"FILE_SAME_PACKAGE/fail_renamed", SL_COMPAT_WIRE, "FILE_SAME_PACKAGE",
     "case.proto changed its package from \"a.v1\" to \"a.v2\"", "package a.v1;", 3, 3},
    {"MESSAGE_NO_DELETE/fail_moved_to_another_file", SL_COMPAT_FILE, "MESSAGE_NO_DELETE",
     "message a.v1.D was moved from dep.proto to main.proto", NULL, 0, 5},
    {"PACKAGE_ENUM_NO_DELETE/fail_nested_deleted", SL_COMPAT_PACKAGE, "PACKAGE_ENUM_NO_DELETE",
     "enum a.v1.A.B.D was deleted from package \"a.v1\"", NULL, 6, 7},
    {"FILE_NO_DELETE/fail_deleted", SL_COMPAT_FILE, "FILE_NO_DELETE", "file dep.proto was deleted",
     "import \"dep.proto\";", 0, 0},
};

static const sl_finding *find_rule(const sl_findings *findings, const char *rule)
{
    for (size_t i = 0; i < findings->list.count; i++) {
        if (sl_str_is(findings->list.items[i].rule, rule))
            return &findings->list.items[i];
    }
    return NULL;
}

START_TEST(says_what_was_found)
{
    sl_cleanup(sl_schema_unrefp) sl_schema *old = load_side(cases[_i].test_case, "old");
    sl_cleanup(sl_schema_unrefp) sl_schema *new = load_side(cases[_i].test_case, "new");
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    ck_assert_int_eq(sl_compat_check(old, new, cases[_i].category, SL_COMPAT_BOTH, &findings),
                     SL_OK);
    const sl_finding *finding = find_rule(&findings, cases[_i].rule);
    ck_assert_msg(finding != NULL, "%s: no finding", cases[_i].test_case);
    ck_assert_msg(sl_str_is(finding->message, cases[_i].message), "%s: says '%.*s'",
                  cases[_i].test_case, SL_STR_ARG(finding->message));
    if (cases[_i].fix)
        ck_assert_msg(sl_str_is(finding->fix, cases[_i].fix), "%s: fix '%.*s'", cases[_i].test_case,
                      SL_STR_ARG(finding->fix));
    else
        ck_assert_msg(!finding->fix.data, "%s: fix '%.*s'", cases[_i].test_case,
                      SL_STR_ARG(finding->fix));
    ck_assert_msg(finding->at.line == cases[_i].line, "%s: line %u", cases[_i].test_case,
                  finding->at.line);
    ck_assert_msg(finding->previous.line == cases[_i].previous_line, "%s: previous line %u",
                  cases[_i].test_case, finding->previous.line);
    ck_assert_uint_gt(finding->why.len, 0);
    ck_assert_int_eq(finding->severity, SL_SEVERITY_ERROR);
}
END_TEST

/* How many causes the findings of a case come down to. */
static const struct {
    const char *test_case;
    sl_compat_category category;
    size_t findings;
    uint32_t causes;
} causes[] = {
    {"FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED/fail_deleted", SL_COMPAT_WIRE_JSON, 2, 1},
    {"FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED/fail_two_deleted", SL_COMPAT_WIRE_JSON, 2, 2},
    {"FIELD_SAME_NAME/fail_map_renamed", SL_COMPAT_FILE, 4, 1},
    {"FIELD_SAME_NAME/fail_numbers_swapped", SL_COMPAT_WIRE_JSON, 4, 2},
    {"FIELD_SAME_ONEOF/fail_two_fields_into_a_new_oneof", SL_COMPAT_WIRE, 2, 1},
    {"FIELD_SAME_ONEOF/fail_oneof_renamed", SL_COMPAT_FILE, 3, 1},
    {"FIELD_WIRE_COMPATIBLE_TYPE/fail_message_renamed", SL_COMPAT_FILE, 2, 1},
    {"MESSAGE_SAME_REQUIRED_FIELDS/fail_toggled", SL_COMPAT_WIRE, 2, 1},
    {"MESSAGE_NO_DELETE/fail_parents_deleted_too", SL_COMPAT_FILE, 3, 1},
    {"FILE_SAME_PACKAGE/fail_renamed", SL_COMPAT_PACKAGE, 2, 1},
    {"RPC_SAME_REQUEST_TYPE/fail_renamed_but_identical", SL_COMPAT_FILE, 2, 1},
};

START_TEST(findings_of_one_cause_share_its_number)
{
    sl_cleanup(sl_schema_unrefp) sl_schema *old = load_side(causes[_i].test_case, "old");
    sl_cleanup(sl_schema_unrefp) sl_schema *new = load_side(causes[_i].test_case, "new");
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    ck_assert_int_eq(sl_compat_check(old, new, causes[_i].category, SL_COMPAT_BOTH, &findings),
                     SL_OK);
    uint32_t last = 0;
    for (size_t i = 0; i < findings.list.count; i++) {
        uint32_t cause = findings.list.items[i].cause;
        ck_assert_msg(cause >= 1 && cause <= last + 1, "%s: causes are not numbered as they appear",
                      causes[_i].test_case);
        last = SL_MAX(last, cause);
    }
    ck_assert_msg(findings.list.count == causes[_i].findings && last == causes[_i].causes,
                  "%s: %zu findings, %u causes", causes[_i].test_case, findings.list.count, last);
}
END_TEST

START_TEST(findings_are_appended_in_order_and_causes_count_on)
{
    const char *test_case = "FIELD_SAME_TYPE/fail_matrix_of_repeated";
    sl_cleanup(sl_schema_unrefp) sl_schema *old = load_side(test_case, "old");
    sl_cleanup(sl_schema_unrefp) sl_schema *new = load_side(test_case, "new");
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    ck_assert_int_eq(sl_compat_check(old, new, SL_COMPAT_FILE, SL_COMPAT_BOTH, &findings), SL_OK);
    size_t count = findings.list.count;
    ck_assert_uint_eq(count, 272);
    for (size_t i = 1; i < count; i++)
        ck_assert_uint_le(findings.list.items[i - 1].at.line, findings.list.items[i].at.line);
    ck_assert_int_eq(sl_compat_check(old, new, SL_COMPAT_FILE, SL_COMPAT_BOTH, &findings), SL_OK);
    ck_assert_uint_eq(findings.list.count, 2 * count);
    ck_assert_uint_eq(findings.list.items[count].cause, count + 1);
}
END_TEST

static void put_varint_field(sl_buf *buf, uint32_t number, uint64_t value)
{
    sl_wire_put_tag(buf, number, SL_WIRE_VARINT);
    sl_wire_put_varint(buf, value);
}

/* SourceCodeInfo that says that message 0 stands in line 3, behind `padding` bytes that say nothing. */
static void put_source_info(sl_buf *file, size_t padding)
{
    sl_cleanup(sl_buf_done) sl_buf info = {0};
    sl_cleanup(sl_buf_done) sl_buf location = {0};
    sl_wire_put_len(&location, 1, sl_str_bytes(SL_STR("\x04\x00")));
    sl_wire_put_len(&location, 2, sl_str_bytes(SL_STR("\x02\x00\x05")));
    sl_wire_put_tag(&info, 15, SL_WIRE_LEN);
    sl_wire_put_varint(&info, padding);
    char *blank = sl_buf_reserve(&info, padding);
    ck_assert_ptr_nonnull(blank);
    memset(blank, 0, padding);
    info.len += padding;
    sl_wire_put_len(&info, 1, sl_buf_bytes(&location));
    sl_wire_put_len(file, 9, sl_buf_bytes(&info));
}

/* A FileDescriptorProto "m.proto" with a message M of `fields` fields of type int32, by hand; with source info if `padding` is not 0. */
static sl_schema *make_schema(uint32_t fields, size_t padding)
{
    sl_cleanup(sl_buf_done) sl_buf message = {0};
    sl_cleanup(sl_buf_done) sl_buf file = {0};
    sl_wire_put_len(&message, 1, sl_str_bytes(SL_STR("M")));
    for (uint32_t i = 1; i <= fields; i++) {
        char name[16];
        snprintf(name, sizeof name, "f%u", i);
        sl_cleanup(sl_buf_done) sl_buf field = {0};
        sl_wire_put_len(&field, 1, sl_str_bytes(sl_str_from(name)));
        put_varint_field(&field, 3, i);
        put_varint_field(&field, 4, SL_LABEL_OPTIONAL);
        put_varint_field(&field, 5, SL_TYPE_INT32);
        sl_wire_put_len(&message, 2, sl_buf_bytes(&field));
    }
    sl_wire_put_len(&file, 1, sl_str_bytes(SL_STR("m.proto")));
    sl_wire_put_len(&file, 4, sl_buf_bytes(&message));
    if (padding > 0)
        put_source_info(&file, padding);

    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_bytes bytes = sl_buf_bytes(&file);
    sl_schema *schema = NULL;
    ck_assert_int_eq(sl_schema_link(&bytes, 1, (sl_str){0}, &schema, &findings, NULL), SL_OK);
    ck_assert_ptr_nonnull(schema);
    return schema;
}

START_TEST(more_than_the_limit_is_counted)
{
    sl_cleanup(sl_schema_unrefp) sl_schema *old = make_schema(SL_LIMIT_FINDINGS + 500, 0);
    sl_cleanup(sl_schema_unrefp) sl_schema *new = make_schema(0, 0);
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    ck_assert_int_eq(sl_compat_check(old, new, SL_COMPAT_WIRE, SL_COMPAT_BOTH, &findings), SL_OK);
    ck_assert_uint_eq(findings.list.count, SL_LIMIT_FINDINGS);
    ck_assert_uint_eq(findings.left_out, 500);
    ck_assert_uint_eq(findings.error_count, SL_LIMIT_FINDINGS + 500);
    /* A second comparison finds the list full. */
    ck_assert_int_eq(sl_compat_check(old, new, SL_COMPAT_WIRE, SL_COMPAT_BOTH, &findings), SL_OK);
    ck_assert_uint_eq(findings.list.count, SL_LIMIT_FINDINGS);
    ck_assert_uint_eq(findings.left_out, SL_LIMIT_FINDINGS + 1000);
    ck_assert_uint_eq(findings.error_count, 2 * (SL_LIMIT_FINDINGS + 500));
}
END_TEST

/* A file with megabytes of source info is not searched for each of a thousand findings. */
START_TEST(search_for_lines_is_bounded)
{
    const size_t padding = 32 << 20;
    const size_t located = SL_LIMIT_LOCATE_BYTES / (padding + 16);
    sl_cleanup(sl_schema_unrefp) sl_schema *old = make_schema(2 * (uint32_t)located, 0);
    sl_cleanup(sl_schema_unrefp) sl_schema *new = make_schema(0, padding);
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    ck_assert_int_eq(sl_compat_check(old, new, SL_COMPAT_WIRE, SL_COMPAT_BOTH, &findings), SL_OK);
    ck_assert_uint_eq(findings.list.count, 2 * located);
    size_t with_line = 0;
    for (size_t i = 0; i < findings.list.count; i++) {
        ck_assert(sl_str_is(findings.list.items[i].at.file, "m.proto"));
        with_line += findings.list.items[i].at.line == 3;
    }
    ck_assert_uint_eq(with_line, located);
}
END_TEST

START_TEST(a_schema_is_compatible_with_itself)
{
    static finding_texts texts;
    sl_cleanup(sl_schema_unrefp) sl_schema *schema =
        load_side("FIELD_WIRE_COMPATIBLE_TYPE/fail_matrix", "old");
    check_texts(schema, schema, SL_COMPAT_FILE, SL_COMPAT_BOTH, &texts);
    ck_assert_uint_eq(texts.count, 0);
}
END_TEST

static Suite *findings_suite(void)
{
    Suite *suite = suite_create("findings");
    TCase *tcase = tcase_create("findings");
    tcase_add_loop_test(tcase, says_what_was_found, 0, SL_ARRAY_LEN(cases));
    tcase_add_loop_test(tcase, findings_of_one_cause_share_its_number, 0, SL_ARRAY_LEN(causes));
    tcase_add_test(tcase, findings_are_appended_in_order_and_causes_count_on);
    tcase_add_test(tcase, more_than_the_limit_is_counted);
    tcase_add_test(tcase, search_for_lines_is_bounded);
    tcase_add_test(tcase, a_schema_is_compatible_with_itself);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(findings_suite)
