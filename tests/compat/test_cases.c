/* tests/compat/test_cases.c: every pair of tests/compat/cases, judged as buf judges it.
 *
 * cases/buf.txt holds what buf found, made by tests/compat/make_cases. For each case, old → new and new → old, and each category, the
 * findings must be buf's one for one: rule, file and line. At FILE and PACKAGE only the rules that our table has are compared; at WIRE
 * and WIRE_JSON it must have all that buf has. */
#include "tests/compat/support.h"
#include "tests/support/tap_main.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_CASES = 2000, MOST_RULES = 100 };

typedef struct {
    const char *name;      /* RULE/fail_something */
    const char *direction; /* forward, swapped */
    const char *findings;  /* RULE@path:line …; may be empty */
} truth_case;

typedef struct {
    const char *id;
    int categories;
} truth_rule;

static truth_case cases[MOST_CASES];
static size_t case_count;
static truth_rule rules[MOST_RULES];
static size_t rule_count;

/* buf's; but for the last, each is stricter than the one before. */
static const sl_compat_category categories[] = {
    SL_COMPAT_WIRE, SL_COMPAT_WIRE_JSON, SL_COMPAT_PACKAGE, SL_COMPAT_FILE, SL_COMPAT_CSR,
};
enum { ASCENDING = SL_ARRAY_LEN(categories) - 1 };

static const char *next_word(char **rest)
{
    const char *word = strsep(rest, " ");
    return word ? word : "";
}

/* Outside of any test, where check's own assertions have nowhere to go. */
static void require(bool is_true, const char *what)
{
    if (is_true)
        return;
    fprintf(stderr, "buf.txt: %s\n", what);
    exit(EXIT_FAILURE);
}

static void read_rule(char *rest)
{
    require(rule_count < MOST_RULES, "too many rules");
    truth_rule *rule = &rules[rule_count++];
    rule->id = next_word(&rest);
    while (rest) {
        sl_compat_category category;
        require(sl_compat_category_parse(sl_str_from(next_word(&rest)), &category),
                "unknown category");
        rule->categories |= (int)category;
    }
}

static void read_truth(void)
{
    static char *text;
    text = read_text(case_path("buf.txt"), NULL);
    for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
        const char *kind = next_word(&line);
        if (strcmp(kind, "rule") == 0)
            read_rule(line);
        if (strcmp(kind, "case") != 0)
            continue;
        require(case_count < MOST_CASES, "too many cases");
        truth_case *test_case = &cases[case_count++];
        test_case->name = next_word(&line);
        test_case->direction = next_word(&line);
        test_case->findings = line ? line : "";
    }
}

static const truth_rule *find_truth_rule(sl_str id)
{
    for (size_t i = 0; i < rule_count; i++) {
        if (sl_str_is(id, rules[i].id))
            return &rules[i];
    }
    return NULL;
}

static const sl_compat_rule *find_our_rule(sl_str id)
{
    for (size_t i = 0; i < sl_compat_rule_count(); i++) {
        if (sl_str_is(id, sl_compat_rule_at(i)->id))
            return sl_compat_rule_at(i);
    }
    return NULL;
}

static bool is_forward(const truth_case *test_case)
{
    return strcmp(test_case->direction, "forward") == 0;
}

/* What buf's findings of a case come to in one category. */
static void expected_texts(const truth_case *test_case, sl_compat_category category,
                           finding_texts *ret_texts)
{
    sl_cleanup(sl_buf_done) sl_buf copy = {0};
    sl_buf_append(&copy, test_case->findings, strlen(test_case->findings) + 1);
    ret_texts->count = 0;
    for (char *rest = copy.data, *word; (word = strsep(&rest, " "));) {
        sl_str id, place;
        if (!sl_str_split(sl_str_from(word), '@', &id, &place))
            continue;
        const truth_rule *rule = find_truth_rule(id);
        ck_assert_msg(rule != NULL, "buf.txt lists no rule %s", word);
        if (!(rule->categories & (int)category))
            continue;
        char *to = ret_texts->items[ret_texts->count++];
        snprintf(to, sizeof ret_texts->items[0], "%s", word);
    }
    sort_texts(ret_texts);
}

/* The first difference, for the message; NULL if there is none. */
static const char *find_difference(const finding_texts *want, const finding_texts *got)
{
    static char text[512];
    size_t most = SL_MAX(want->count, got->count);
    for (size_t i = 0; i < most; i++) {
        const char *a = i < want->count ? want->items[i] : "nothing more";
        const char *b = i < got->count ? got->items[i] : "nothing more";
        if (is_same_finding(a, b))
            continue;
        snprintf(text, sizeof text, "buf says %s, we say %s", a, b);
        return text;
    }
    return NULL;
}

START_TEST(findings_are_those_of_buf)
{
    static finding_texts want, got;
    const truth_case *test_case = &cases[_i];
    sl_cleanup(sl_schema_unrefp) sl_schema *first = load_side(test_case->name, "old");
    sl_cleanup(sl_schema_unrefp) sl_schema *second = load_side(test_case->name, "new");
    const sl_schema *old = is_forward(test_case) ? first : second;
    const sl_schema *new = is_forward(test_case) ? second : first;
    for (size_t i = 0; i < SL_ARRAY_LEN(categories); i++) {
        expected_texts(test_case, categories[i], &want);
        check_texts(old, new, categories[i], SL_COMPAT_BOTH, &got);
        const char *difference = find_difference(&want, &got);
        ck_assert_msg(difference == NULL, "%s %s at %s: %s", test_case->name, test_case->direction,
                      sl_compat_category_name(categories[i]), difference);
    }
}
END_TEST

/* For rules that buf does not have: do we find it, at WIRE? */
static bool finds_forward(const char *name, const char *mark)
{
    static finding_texts got;
    sl_cleanup(sl_schema_unrefp) sl_schema *old = load_side(name, "old");
    sl_cleanup(sl_schema_unrefp) sl_schema *new = load_side(name, "new");
    check_texts(old, new, SL_COMPAT_CONTRACT, SL_COMPAT_BOTH, &got);
    for (size_t i = 0; i < got.count; i++) {
        if (strncmp(got.items[i], mark, strlen(mark)) == 0)
            return true;
    }
    return false;
}

/* The name of a case says what becomes of the rule whose folder it is in. */
START_TEST(name_of_the_case_is_right)
{
    const truth_case *test_case = &cases[_i];
    if (!is_forward(test_case))
        return;
    sl_str rule, name;
    ck_assert(sl_str_split(sl_str_from(test_case->name), '/', &rule, &name));
    char mark[128];
    snprintf(mark, sizeof mark, "%.*s@", SL_STR_ARG(rule));
    bool is_found = strncmp(test_case->findings, mark, strlen(mark)) == 0;
    if (!find_truth_rule(rule))
        is_found = finds_forward(test_case->name, mark);
    snprintf(mark, sizeof mark, " %.*s@", SL_STR_ARG(rule));
    is_found = is_found || strstr(test_case->findings, mark) != NULL;
    bool is_fail = sl_str_starts_with(name, SL_STR("fail_"));
    ck_assert_msg(is_fail || sl_str_starts_with(name, SL_STR("pass_")), "%s", test_case->name);
    ck_assert_msg(is_found == is_fail, "%s: the rule %s", test_case->name,
                  is_found ? "objects" : "does not object");
}
END_TEST

START_TEST(every_rule_has_a_passing_and_a_failing_case)
{
    for (size_t i = 0; i < sl_compat_rule_count(); i++) {
        const char *id = sl_compat_rule_at(i)->id;
        size_t passing = 0, failing = 0;
        char pass[128], fail[128];
        snprintf(pass, sizeof pass, "%s/pass_", id);
        snprintf(fail, sizeof fail, "%s/fail_", id);
        for (size_t k = 0; k < case_count; k++) {
            passing += strncmp(cases[k].name, pass, strlen(pass)) == 0;
            failing += strncmp(cases[k].name, fail, strlen(fail)) == 0;
        }
        ck_assert_msg(passing > 0, "%s has no passing case", id);
        ck_assert_msg(failing > 0, "%s has no failing case", id);
    }
}
END_TEST

START_TEST(table_of_rules_is_that_of_buf)
{
    for (size_t i = 0; i < sl_compat_rule_count(); i++) {
        const sl_compat_rule *ours = sl_compat_rule_at(i);
        const truth_rule *theirs = find_truth_rule(sl_str_from(ours->id));
        ck_assert_int_ne(ours->breaks, 0);
        ck_assert_uint_gt(strlen(ours->protects), 0);
        if (ours->categories == SL_COMPAT_CONTRACT) {
            ck_assert_msg(theirs == NULL, "%s is buf's as well", ours->id);
            continue;
        }
        ck_assert_msg(theirs != NULL, "buf has no rule %s", ours->id);
        int shared = ours->categories & ~SL_COMPAT_CONTRACT;
        ck_assert_msg(shared == theirs->categories, "%s: categories %d, buf's are %d", ours->id,
                      shared, theirs->categories);
    }
    for (size_t i = 0; i < rule_count; i++) {
        ck_assert_msg(find_our_rule(sl_str_from(rules[i].id)) != NULL, "%s is missing",
                      rules[i].id);
    }
    ck_assert_ptr_null(sl_compat_rule_at(sl_compat_rule_count()));
}
END_TEST

static bool is_clean(const sl_schema *old, const sl_schema *new, sl_compat_category category,
                     int directions)
{
    static finding_texts texts;
    check_texts(old, new, category, directions, &texts);
    return texts.count == 0;
}

/* What is clean at a category is clean at every weaker one, in every direction. */
START_TEST(strictness_is_monotone)
{
    const truth_case *test_case = &cases[_i];
    sl_cleanup(sl_schema_unrefp) sl_schema *first = load_side(test_case->name, "old");
    sl_cleanup(sl_schema_unrefp) sl_schema *second = load_side(test_case->name, "new");
    const sl_schema *old = is_forward(test_case) ? first : second;
    const sl_schema *new = is_forward(test_case) ? second : first;
    for (int directions = SL_COMPAT_BACKWARD; directions <= SL_COMPAT_BOTH; directions++) {
        bool was_clean = true;
        for (size_t i = 0; i < ASCENDING; i++) {
            bool now_clean = is_clean(old, new, categories[i], directions);
            ck_assert_msg(was_clean || !now_clean,
                          "%s %s directions %d: clean at %s, not at a weaker category",
                          test_case->name, test_case->direction, directions,
                          sl_compat_category_name(categories[i]));
            was_clean = now_clean;
        }
        ck_assert_msg(!is_clean(old, new, SL_COMPAT_CSR, directions) ||
                          is_clean(old, new, SL_COMPAT_WIRE_JSON, directions),
                      "%s %s directions %d: clean at CSR, not at WIRE_JSON", test_case->name,
                      test_case->direction, directions);
    }
}
END_TEST

START_TEST(sets_of_rules_are_made_by_id_and_category)
{
    sl_compat_rules set = {0};
    ck_assert(sl_compat_rules_add(&set, SL_STR("wire_json")));
    ck_assert(!sl_compat_rules_add(&set, SL_STR("NO_SUCH_RULE")));
    ck_assert(!sl_compat_rules_add(&set, SL_STR("field_same_name")));
    ck_assert(sl_compat_rules_remove(&set, SL_STR("FIELD_SAME_NAME")));
    ck_assert(sl_compat_rules_add(&set, SL_STR("FIELD_NO_DELETE")));
    for (size_t i = 0; i < sl_compat_rule_count(); i++) {
        const sl_compat_rule *rule = sl_compat_rule_at(i);
        bool wanted =
            strcmp(rule->id, "FIELD_NO_DELETE") == 0 ||
            (strcmp(rule->id, "FIELD_SAME_NAME") != 0 && (rule->categories & SL_COMPAT_WIRE_JSON));
        ck_assert_msg(sl_compat_rules_has(&set, i) == wanted, "%s", rule->id);
    }
    ck_assert(!sl_compat_rules_has(&set, sl_compat_rule_count()));
    ck_assert(sl_compat_rules_remove(&set, SL_STR("WIRE_JSON")));
    ck_assert(sl_compat_rules_remove(&set, SL_STR("FIELD_NO_DELETE")));
    ck_assert_uint_eq(set.bits[0] | set.bits[1], 0);
}
END_TEST

/* The set decides, not a category: one rule alone finds what it finds. */
START_TEST(only_the_rules_of_the_set_are_run)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_schema_unrefp) sl_schema *old = load_side("FIELD_SAME_NAME/fail_renamed", "old");
    sl_cleanup(sl_schema_unrefp) sl_schema *new = load_side("FIELD_SAME_NAME/fail_renamed", "new");
    sl_compat_request request = {
        .old_schema = old, .new_schema = new, .directions = SL_COMPAT_BOTH};
    ck_assert_int_eq(sl_compat_run(&request, &findings), SL_OK);
    ck_assert_uint_eq(findings.list.count, 0);
    ck_assert(sl_compat_rules_add(&request.rules, SL_STR("FIELD_SAME_JSON_NAME")));
    ck_assert_int_eq(sl_compat_run(&request, &findings), SL_OK);
    ck_assert_uint_eq(findings.list.count, 1);
    ck_assert(sl_str_is(findings.list.items[0].rule, "FIELD_SAME_JSON_NAME"));
}
END_TEST

static Suite *cases_suite(void)
{
    read_truth();
    Suite *suite = suite_create("cases");
    TCase *table = tcase_create("table");
    tcase_add_test(table, every_rule_has_a_passing_and_a_failing_case);
    tcase_add_test(table, table_of_rules_is_that_of_buf);
    tcase_add_test(table, sets_of_rules_are_made_by_id_and_category);
    tcase_add_test(table, only_the_rules_of_the_set_are_run);
    suite_add_tcase(suite, table);
    TCase *tcase = tcase_create("cases");
    tcase_add_loop_test(tcase, findings_are_those_of_buf, 0, (int)case_count);
    tcase_add_loop_test(tcase, name_of_the_case_is_right, 0, (int)case_count);
    tcase_add_loop_test(tcase, strictness_is_monotone, 0, (int)case_count);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(cases_suite)
