/* tests/schema/test_findings.c: what does not link, and what is said of it.
 *
 * The sets are the blocks of data/findings.txt, and beside ours stands protoc's own verdict on each (make_fixtures.py): the two agree but
 * for the blocks that are marked there. What no text format can write, malformed bytes, is written here by hand. */
#include "schema/internal/linker.h"
#include "tests/schema/corpus.h"
#include "tests/support/tap_main.h"
#include "wire/wire.h"

#include <stdio.h>

#define BYTES(literal) (literal), sizeof(literal) - 1

enum { CASES_MAX = 256 };

static struct {
    sl_str rule, name;
    sl_bytes set;
} cases[CASES_MAX];
static int case_count;
static sl_buf fixture;

static void load_cases(void)
{
    corpus_read_fixture("findings.binpb", &fixture);
    sl_wire_reader reader = sl_wire_reader_of(sl_buf_bytes(&fixture));
    sl_wire_field one, part;
    while (case_count < CASES_MAX && sl_wire_next_field(&reader, 1, &one) == SL_OK) {
        sl_wire_reader inner = sl_wire_reader_of(one.bytes);
        while (sl_wire_next_field(&inner, 1, &part) == SL_OK) {
            if (part.tag.number == 1)
                cases[case_count].rule = sl_bytes_str(part.bytes);
            else if (part.tag.number == 2)
                cases[case_count].name = sl_bytes_str(part.bytes);
            else if (part.tag.number == 4)
                cases[case_count].set = part.bytes;
        }
        case_count++;
    }
}

static const sl_finding *find_rule(const sl_findings *findings, sl_str rule)
{
    for (size_t i = 0; i < findings->list.count; i++)
        if (sl_str_equal(findings->list.items[i].rule, rule))
            return &findings->list.items[i];
    return NULL;
}

static void tell(const sl_findings *findings)
{
    for (size_t i = 0; i < findings->list.count; i++)
        fprintf(stderr, "    %.*s at %.*s: %.*s\n", SL_STR_ARG(findings->list.items[i].rule),
                SL_STR_ARG(findings->list.items[i].at.file),
                SL_STR_ARG(findings->list.items[i].message));
}

START_TEST(finds_what_is_wrong)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = NULL;
    sl_error err = {0};
    ck_assert_int_eq(sl_schema_link_set(cases[_i].set, (sl_str){0}, &schema, &findings, &err),
                     SL_OK);
    bool is_sound = sl_str_is(cases[_i].rule, "OK");
    const sl_finding *found = find_rule(&findings, cases[_i].rule);
    if (is_sound != (schema != NULL) || is_sound != (findings.error_count == 0) ||
        is_sound == (found != NULL)) {
        fprintf(stderr, "%.*s %.*s:\n", SL_STR_ARG(cases[_i].rule), SL_STR_ARG(cases[_i].name));
        tell(&findings);
        ck_abort_msg("%.*s: not as it should be", SL_STR_ARG(cases[_i].name));
    }
    if (!found)
        return;
    ck_assert_ptr_nonnull(found->why.data);
    ck_assert_msg(sl_str_contains(found->message, SL_STR("; ")), "says what to do: %.*s",
                  SL_STR_ARG(found->message));
}
END_TEST

START_TEST(every_rule_has_a_case)
{
    for (int rule = 0; rule < SL_LINK_RULE_COUNT; rule++) {
        const char *id = sl_link_rule_id((sl_link_rule)rule);
        /* Those are bytes; see below. What is too long is test_limits.c's. */
        bool is_found = strstr(id, "_MALFORMED") || rule == SL_LINK_MAIN_NOT_FOUND ||
                        rule == SL_LINK_NAME_TOO_LONG;
        for (int i = 0; i < case_count && !is_found; i++)
            is_found = sl_str_is(cases[i].rule, id);
        ck_assert_msg(is_found, "%s has no case in findings.txt", id);
    }
}
END_TEST

static const struct {
    const char *name, *bytes;
    size_t len;
    const char *rule, *text;
} malformed[] = {
    {"set_is_text", BYTES("syntax = \"proto3\";"), "DESCRIPTOR_SET_MALFORMED",
     "not a FileDescriptorSet"},
    {"set_is_cut_off",
     BYTES("\x0a\x05\x0a\x01"
           "a"),
     "DESCRIPTOR_SET_MALFORMED", "at byte 0 of 5"},
    {"length_of_1_GiB", BYTES("\x0a\x80\x80\x80\x80\x04"), "DESCRIPTOR_SET_MALFORMED", "cut off"},
    {"file_is_garbage",
     BYTES("\x0a\x05"
           "hello"),
     "DESCRIPTOR_MALFORMED", "file 0 of the set"},
    {"second_file_is_garbage",
     BYTES("\x0a\x03\x0a\x01"
           "a\x0a\x02\x22\x7f"),
     "DESCRIPTOR_MALFORMED", "file 1 of the set: length runs past the end at byte 0"},
    {"file_options",
     BYTES("\x0a\x06\x0a\x01"
           "a\x42\x01\x0c"),
     "OPTIONS_MALFORMED", "options of file 'a'"},
    {"message_options",
     BYTES("\x0a\x0b\x0a\x01"
           "a\x22\x06\x0a\x01M\x3a\x01\x08"),
     "OPTIONS_MALFORMED", "options of message 'M' are malformed at their byte"},
    {"features_are_cut_off",
     BYTES("\x0a\x16\x0a\x01"
           "a\x42\x04\x92\x03\x01\x08\x62\x08"
           "editions\x70\xe8\x07"),
     "OPTIONS_MALFORMED", "options of file 'a'"},
};

START_TEST(says_which_bytes_are_malformed)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = NULL;
    sl_error err = {0};
    sl_bytes set = {(const uint8_t *)malformed[_i].bytes, malformed[_i].len};
    ck_assert_int_eq(sl_schema_link_set(set, (sl_str){0}, &schema, &findings, &err), SL_OK);
    ck_assert_ptr_null(schema);
    const sl_finding *found = find_rule(&findings, sl_str_from(malformed[_i].rule));
    tell(&findings);
    ck_assert_msg(found && sl_str_contains(found->message, sl_str_from(malformed[_i].text)), "%s",
                  malformed[_i].name);
}
END_TEST

START_TEST(main_must_be_among_the_files)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = NULL;
    sl_error err = {0};
    sl_bytes set = {(const uint8_t *)"\x0a\x03\x0a\x01"
                                     "a",
                    5};
    ck_assert_int_eq(sl_schema_link_set(set, SL_STR("b"), &schema, &findings, &err), SL_OK);
    ck_assert_ptr_null(schema);
    ck_assert_ptr_nonnull(find_rule(&findings, SL_STR("MAIN_NOT_FOUND")));
}
END_TEST

/* Findings that the list had before do not count as ours. */
START_TEST(findings_of_others_do_not_stop_linking)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = NULL;
    sl_error err = {0};
    sl_bytes set = {(const uint8_t *)"\x0a\x03\x0a\x01"
                                     "a",
                    5};
    ck_assert_int_eq(sl_findings_error(&findings, "X", (sl_location){0}, "before"), SL_OK);
    ck_assert_int_eq(sl_schema_link_set(set, (sl_str){0}, &schema, &findings, &err), SL_OK);
    ck_assert_ptr_nonnull(schema);
}
END_TEST

static Suite *findings_suite(void)
{
    load_cases();
    Suite *suite = suite_create("findings");
    TCase *tcase = tcase_create("findings");
    tcase_add_loop_test(tcase, finds_what_is_wrong, 0, case_count);
    tcase_add_loop_test(tcase, says_which_bytes_are_malformed, 0, SL_ARRAY_LEN(malformed));
    tcase_add_test(tcase, every_rule_has_a_case);
    tcase_add_test(tcase, main_must_be_among_the_files);
    tcase_add_test(tcase, findings_of_others_do_not_stop_linking);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(findings_suite)
