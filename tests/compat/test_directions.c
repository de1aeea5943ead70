/* tests/compat/test_directions.c: who breaks: new readers of old data (BACKWARD), old readers of new data (FORWARD).
 *
 * buf knows no directions, so what is wanted here is written by hand, from what a reader of one schema does with data of the other; the
 * reasons are in compat/rules.def. What holds for every pair is tested with every pair: both directions together find what
 * each finds alone. */
#include "tests/compat/support.h"
#include "tests/support/tap_main.h"

#include <stdio.h>

enum { B = SL_COMPAT_BACKWARD, F = SL_COMPAT_FORWARD };

static const struct {
    const char *claim;
    const char *test_case;
    bool is_swapped; /* new → old */
    sl_compat_category category;
    const char *rule;
    int breaks;
} claims[] = {
    {"new string readers refuse old bytes", "FIELD_WIRE_COMPATIBLE_TYPE/fail_bytes_to_string",
     false, SL_COMPAT_WIRE, "FIELD_WIRE_COMPATIBLE_TYPE", B},
    {"string to bytes is no finding", "FIELD_WIRE_COMPATIBLE_TYPE/fail_bytes_to_string", true,
     SL_COMPAT_WIRE, "FIELD_WIRE_COMPATIBLE_TYPE", 0},
    {"base64 and text differ both ways", "FIELD_WIRE_JSON_COMPATIBLE_TYPE/fail_string_to_bytes",
     false, SL_COMPAT_WIRE_JSON, "FIELD_WIRE_JSON_COMPATIBLE_TYPE", B | F},
    {"other encoding breaks both", "FIELD_WIRE_COMPATIBLE_TYPE/fail_packed_and_sint", false,
     SL_COMPAT_WIRE, "FIELD_WIRE_COMPATIBLE_TYPE", B | F},
    {"values lost with a moved enum: new readers lack them",
     "FIELD_WIRE_COMPATIBLE_TYPE/fail_enum_moved_subset", false, SL_COMPAT_WIRE,
     "FIELD_WIRE_COMPATIBLE_TYPE", B},
    {"values gained with a moved enum are no finding",
     "FIELD_WIRE_COMPATIBLE_TYPE/fail_enum_moved_subset", true, SL_COMPAT_WIRE,
     "FIELD_WIRE_COMPATIBLE_TYPE", 0},
    {"values renumbered with a moved enum: both",
     "FIELD_WIRE_COMPATIBLE_TYPE/fail_enum_moved_value_renumbered", false, SL_COMPAT_WIRE,
     "FIELD_WIRE_COMPATIBLE_TYPE", B | F},
    {"enum of another name: both", "FIELD_WIRE_COMPATIBLE_TYPE/fail_enum_renamed", false,
     SL_COMPAT_WIRE, "FIELD_WIRE_COMPATIBLE_TYPE", B | F},
    {"old readers keep one of many", "FIELD_WIRE_COMPATIBLE_CARDINALITY/fail_repeated_to_singular",
     true, SL_COMPAT_WIRE, "FIELD_WIRE_COMPATIBLE_CARDINALITY", F},
    {"new readers keep one of many", "FIELD_WIRE_COMPATIBLE_CARDINALITY/fail_repeated_to_singular",
     false, SL_COMPAT_WIRE, "FIELD_WIRE_COMPATIBLE_CARDINALITY", B},
    {"one and many differ in JSON both ways",
     "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY/fail_repeated_to_singular", false, SL_COMPAT_WIRE_JSON,
     "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY", B | F},
    {"new readers require what old data lacks",
     "FIELD_WIRE_COMPATIBLE_CARDINALITY/fail_legacy_required", false, SL_COMPAT_WIRE,
     "FIELD_WIRE_COMPATIBLE_CARDINALITY", B},
    {"old readers require what new data lacks",
     "FIELD_WIRE_COMPATIBLE_CARDINALITY/fail_legacy_required", true, SL_COMPAT_WIRE_JSON,
     "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY", F},
    {"required added", "MESSAGE_SAME_REQUIRED_FIELDS/fail_added", false, SL_COMPAT_WIRE,
     "MESSAGE_SAME_REQUIRED_FIELDS", B},
    {"required deleted", "MESSAGE_SAME_REQUIRED_FIELDS/fail_deleted", false, SL_COMPAT_WIRE,
     "MESSAGE_SAME_REQUIRED_FIELDS", F},
    {"became required", "MESSAGE_SAME_REQUIRED_FIELDS/fail_toggled", false, SL_COMPAT_WIRE,
     "MESSAGE_SAME_REQUIRED_FIELDS", B},
    {"no longer required", "MESSAGE_SAME_REQUIRED_FIELDS/fail_toggled", true, SL_COMPAT_WIRE,
     "MESSAGE_SAME_REQUIRED_FIELDS", F},
    {"into a oneof", "FIELD_SAME_ONEOF/fail_into_an_existing_oneof", false, SL_COMPAT_WIRE,
     "FIELD_SAME_ONEOF", B},
    {"out of a oneof", "FIELD_SAME_ONEOF/fail_out_of_a_oneof", false, SL_COMPAT_WIRE,
     "FIELD_SAME_ONEOF", F},
    {"between oneofs", "FIELD_SAME_ONEOF/fail_between_oneofs", false, SL_COMPAT_WIRE,
     "FIELD_SAME_ONEOF", B | F},
    {"number free for reuse", "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED/fail_deleted", false,
     SL_COMPAT_WIRE, "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED", B | F},
    {"value free for reuse", "ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED/fail_deleted", false,
     SL_COMPAT_WIRE, "ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED", B | F},
    {"value renamed: neither knows the other's name", "ENUM_VALUE_SAME_NAME/fail_renamed", false,
     SL_COMPAT_WIRE_JSON, "ENUM_VALUE_SAME_NAME", B | F},
    {"alias removed: old readers know what is left", "ENUM_VALUE_SAME_NAME/fail_alias_removed",
     false, SL_COMPAT_WIRE_JSON, "ENUM_VALUE_SAME_NAME", B},
    {"default changed", "FIELD_SAME_DEFAULT/fail_changed", false, SL_COMPAT_WIRE,
     "FIELD_SAME_DEFAULT", B | F},
    {"field renamed in JSON", "FIELD_SAME_NAME/fail_renamed", false, SL_COMPAT_WIRE_JSON,
     "FIELD_SAME_NAME", B | F},
    {"method deleted: new servers, old callers", "RPC_NO_DELETE/fail_deleted", false,
     SL_COMPAT_FILE, "RPC_NO_DELETE", B},
    {"message deleted: nothing reads old data", "MESSAGE_NO_DELETE/fail_deleted", false,
     SL_COMPAT_FILE, "MESSAGE_NO_DELETE", B},
    {"type of payloads deleted: nothing reads old payloads",
     "PAYLOAD_MESSAGE_NO_DELETE/fail_all_deleted", false, SL_COMPAT_CONTRACT,
     "PAYLOAD_MESSAGE_NO_DELETE", B},
};

static bool has_rule(const finding_texts *texts, const char *rule)
{
    char mark[128];
    snprintf(mark, sizeof mark, "%s@", rule);
    for (size_t i = 0; i < texts->count; i++) {
        if (strncmp(texts->items[i], mark, strlen(mark)) == 0)
            return true;
    }
    return false;
}

START_TEST(breaks_those_it_should)
{
    static finding_texts texts;
    sl_cleanup(sl_schema_unrefp) sl_schema *first = load_side(claims[_i].test_case, "old");
    sl_cleanup(sl_schema_unrefp) sl_schema *second = load_side(claims[_i].test_case, "new");
    const sl_schema *old = claims[_i].is_swapped ? second : first;
    const sl_schema *new = claims[_i].is_swapped ? first : second;
    for (int direction = B; direction <= F; direction++) {
        check_texts(old, new, claims[_i].category, direction, &texts);
        bool got = has_rule(&texts, claims[_i].rule);
        ck_assert_msg(got == ((claims[_i].breaks & direction) != 0), "%s: %s %s", claims[_i].claim,
                      direction == B ? "BACKWARD" : "FORWARD", got ? "objects" : "does not object");
    }
}
END_TEST

static bool has_text(const finding_texts *texts, const char *text)
{
    for (size_t i = 0; i < texts->count; i++) {
        if (strcmp(texts->items[i], text) == 0)
            return true;
    }
    return false;
}

static void assert_union(const char *test_case, const sl_schema *old, const sl_schema *new,
                         sl_compat_category category)
{
    static finding_texts both, backward, forward;
    check_texts(old, new, category, B | F, &both);
    check_texts(old, new, category, B, &backward);
    check_texts(old, new, category, F, &forward);
    for (size_t i = 0; i < both.count; i++)
        ck_assert_msg(has_text(&backward, both.items[i]) || has_text(&forward, both.items[i]),
                      "%s: %s is found only with both directions", test_case, both.items[i]);
    for (size_t i = 0; i < backward.count; i++)
        ck_assert_msg(has_text(&both, backward.items[i]), "%s: %s is not found with both",
                      test_case, backward.items[i]);
    for (size_t i = 0; i < forward.count; i++)
        ck_assert_msg(has_text(&both, forward.items[i]), "%s: %s is not found with both", test_case,
                      forward.items[i]);
}

START_TEST(both_is_the_union)
{
    size_t seen = 0;
    char *text = read_text(case_path("buf.txt"), NULL);
    for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
        if (strcmp(strsep(&line, " "), "case") != 0)
            continue;
        const char *test_case = strsep(&line, " ");
        bool is_swapped = strcmp(strsep(&line, " "), "swapped") == 0;
        sl_cleanup(sl_schema_unrefp) sl_schema *old =
            load_side(test_case, is_swapped ? "new" : "old");
        sl_cleanup(sl_schema_unrefp) sl_schema *new =
            load_side(test_case, is_swapped ? "old" : "new");
        for (int category = SL_COMPAT_WIRE; category <= SL_COMPAT_CONTRACT; category <<= 1)
            assert_union(test_case, old, new, (sl_compat_category)category);
        seen++;
    }
    sl_free(text);
    ck_assert_uint_gt(seen, 300);
}
END_TEST

START_TEST(no_direction_finds_nothing)
{
    static finding_texts texts;
    sl_cleanup(sl_schema_unrefp) sl_schema *old = load_side("FIELD_SAME_NAME/fail_renamed", "old");
    sl_cleanup(sl_schema_unrefp) sl_schema *new = load_side("FIELD_SAME_NAME/fail_renamed", "new");
    check_texts(old, new, SL_COMPAT_FILE, 0, &texts);
    ck_assert_uint_eq(texts.count, 0);
}
END_TEST

static Suite *directions_suite(void)
{
    Suite *suite = suite_create("directions");
    TCase *tcase = tcase_create("directions");
    tcase_set_timeout(tcase, 240);
    tcase_add_loop_test(tcase, breaks_those_it_should, 0, SL_ARRAY_LEN(claims));
    tcase_add_test(tcase, both_is_the_union);
    tcase_add_test(tcase, no_direction_finds_nothing);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(directions_suite)
