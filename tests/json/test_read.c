/* tests/json/test_read.c: objects read by a table of fields, and the texts that help who got one wrong. */
#include "tests/support/tap_main.h"
#include "json/json.h"

static const char *const modes[] = {"off", "observe", "warn", "enforce", NULL};

typedef struct {
    sl_str producer;
    int mode;
    bool json, has_json;
    int64_t days;
    const sl_json *files;
} request;

static const sl_json_field fields[] = {
    {"producer", SL_JSON_FIELD_STRING, offsetof(request, producer), .is_required = true},
    {"mode", SL_JSON_FIELD_ENUM, offsetof(request, mode), .names = modes},
    {"json", SL_JSON_FIELD_BOOL, offsetof(request, json),
     .seen_offset = offsetof(request, has_json)},
    {"expires_in_days", SL_JSON_FIELD_INT64, offsetof(request, days)},
    {"files", SL_JSON_FIELD_VALUE, offsetof(request, files)},
};

static const struct {
    const char *name;
    const char *text;
    const char *says; /* the whole error text; NULL: SL_OK */
} cases[] = {
    {"all",
     "{\"producer\": \"p\", \"mode\": \"warn\", \"json\": true, \"expires_in_days\": 9, \"files\": {}}",
     NULL},
    {"only_what_is_required", "{\"producer\": \"\"}", NULL},
    {"null_is_absent", "{\"producer\": \"p\", \"mode\": null, \"json\": null}", NULL},
    {"missing", "{}", "field 'producer' is missing"},
    {"required_null_is_missing", "{\"producer\": null}", "field 'producer' is missing"},
    {"letter_lost", "{\"prodcer\": \"p\"}", "unknown field 'prodcer'; did you mean 'producer'?"},
    {"letters_swapped", "{\"producre\": \"p\"}",
     "unknown field 'producre'; did you mean 'producer'?"},
    {"letter_too_many", "{\"modee\": 1}", "unknown field 'modee'; did you mean 'mode'?"},
    {"case_matters", "{\"Mode\": 1}", "unknown field 'Mode'; did you mean 'mode'?"},
    {"nothing_near", "{\"zebra\": 1}", "unknown field 'zebra'"},
    {"short_name_is_not_replaced_wholly", "{\"x\": 1}", "unknown field 'x'"},
    {"unknown_though_null", "{\"zebra\": null}", "unknown field 'zebra'"},
    {"long_unknown_is_cut",
     "{\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\": 1}",
     "unknown field 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'"},
    {"wrong_kind_of_text", "{\"producer\": []}", "field 'producer' must be a string, not an array"},
    {"wrong_kind_of_bool", "{\"json\": 1}", "field 'json' must be true or false, not an integer"},
    {"fraction", "{\"expires_in_days\": 1.5}",
     "field 'expires_in_days' must be an integer, not a number with a fraction or exponent"},
    {"wrong_enum", "{\"mode\": \"of\"}", "field 'mode' must be one of off, observe, warn, enforce"},
    {"wrong_kind_of_enum", "{\"mode\": 1}", "field 'mode' must be a string, not an integer"},
    {"not_an_object", "[]", "must be an object, not an array"},
};

START_TEST(reads)
{
    sl_cleanup(sl_json_freep) sl_json *root = NULL;
    sl_error err = {0};
    ck_assert_int_eq(sl_json_parse(sl_str_from(cases[_i].text), &root, &err), SL_OK);
    request got = {0};
    sl_status status = sl_json_read(root, fields, SL_ARRAY_LEN(fields), &got, &err);
    ck_assert_msg(status == (cases[_i].says ? SL_INVALID : SL_OK), "%s: %s", cases[_i].name,
                  sl_status_name(status));
    if (cases[_i].says)
        ck_assert_str_eq(err.text, cases[_i].says);
}
END_TEST

START_TEST(fills_the_struct)
{
    sl_cleanup(sl_json_freep) sl_json *root = NULL;
    sl_error err = {0};
    ck_assert_int_eq(sl_json_parse(sl_str_from(cases[0].text), &root, &err), SL_OK);
    request got = {.mode = -1};
    ck_assert_int_eq(sl_json_read(root, fields, SL_ARRAY_LEN(fields), &got, &err), SL_OK);
    ck_assert(sl_str_is(got.producer, "p"));
    ck_assert_int_eq(got.mode, 2);
    ck_assert(got.json && got.has_json);
    ck_assert(got.days == 9);
    ck_assert_int_eq(sl_json_kind_of(got.files), SL_JSON_OBJECT);
}
END_TEST

START_TEST(absent_leaves_the_struct_as_it_was)
{
    sl_cleanup(sl_json_freep) sl_json *root = NULL;
    sl_error err = {0};
    ck_assert_int_eq(sl_json_parse(SL_STR("{\"producer\": \"\"}"), &root, &err), SL_OK);
    request got = {.mode = 3, .json = true, .days = 30};
    ck_assert_int_eq(sl_json_read(root, fields, SL_ARRAY_LEN(fields), &got, &err), SL_OK);
    ck_assert_ptr_nonnull(got.producer.data);
    ck_assert_int_eq(got.mode, 3);
    ck_assert(got.json && !got.has_json);
    ck_assert(got.days == 30);
    ck_assert_ptr_null(got.files);
}
END_TEST

static Suite *read_suite(void)
{
    Suite *suite = suite_create("read");
    TCase *tcase = tcase_create("read");
    tcase_add_loop_test(tcase, reads, 0, SL_ARRAY_LEN(cases));
    tcase_add_test(tcase, fills_the_struct);
    tcase_add_test(tcase, absent_leaves_the_struct_as_it_was);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(read_suite)
