/* tests/fault/test_registry_memory.c: the Nth allocation fails, N = 1, 2, … until a run is untouched.
 *
 * Each time: a documented status with a text, nothing leaked (AddressSanitizer counts), and a store that is as before or wholly after. SQLite's
 * allocations count, too: its memory comes through base/alloc.h. */
#include "tests/registry/fixture.h"
#include "tests/support/tap_main.h"

#include <stdio.h>

static fixture f;

/* More allocations than any of the use-cases makes: the sweep must end before. */
enum { SWEEP_MOST = 20000 };

static void expect_no_memory(sl_status status, uint64_t nth)
{
    ck_assert_msg(status == SL_NO_MEMORY, "allocation %llu: %s (%s)", (unsigned long long)nth,
                  sl_status_name(status), f.problem.error.text);
}

static int64_t change_seq(void)
{
    sl_registry_stats stats;
    sl_registry_get_stats(f.registry, &stats);
    return stats.change_seq;
}

/* --- opening --------------------------------------------------------------------------------- */

START_TEST(opening_fails_cleanly_or_opens)
{
    bool is_over = false;
    fixture_open(&f, _i);
    if (_i == 1)
        claim_orders(&f, "orders", SL_MODE_ENFORCE);
    sl_registry_close(f.registry);
    f.registry = NULL;
    sl_registry_options options = {.store = sl_str_from(f.temp.url)};
    for (uint64_t nth = 1; !is_over; nth++) {
        ck_assert_uint_lt(nth, SWEEP_MOST);
        sl_registry *registry = NULL;
        f.problem = (sl_problem){0};
        sl_alloc_fault_arm(nth, false);
        sl_status status = sl_registry_open(&options, &registry, &f.problem.error);
        is_over = !sl_alloc_fault_hit();
        sl_alloc_fault_arm(0, false);
        if (status != SL_OK)
            expect_no_memory(status, nth);
        sl_registry_close(registry);
    }
    fixture_close(&f);
}
END_TEST

START_TEST(creating_a_database_fails_cleanly_or_creates_it)
{
    bool is_over = false;
    for (uint64_t nth = 1; !is_over; nth += 7) {
        ck_assert_uint_lt(nth, SWEEP_MOST);
        memset(&f, 0, sizeof f);
        temp_store_make(&f.temp, "sqlite");
        sl_registry_options options = {.store = sl_str_from(f.temp.url)};
        sl_alloc_fault_arm(nth, false);
        sl_status status = sl_registry_open(&options, &f.registry, &f.problem.error);
        is_over = !sl_alloc_fault_hit();
        sl_alloc_fault_arm(0, false);
        if (status != SL_OK) {
            expect_no_memory(status, nth);
            /* What was begun is taken up again. */
            OK(&f, sl_registry_open(&options, &f.registry, &f.problem.error));
        }
        fixture_close(&f);
    }
}
END_TEST

/* --- use-cases ------------------------------------------------------------------------------- */

/* Runs number `nth` with names of its own, so that each does the whole work. *ret_changes: lines of history when it goes through. */
typedef sl_status (*use_case)(uint64_t nth, int64_t *ret_changes);

static sl_status create_producer(uint64_t nth, int64_t *ret_changes)
{
    char name[32];
    snprintf(name, sizeof name, "p%llu", (unsigned long long)nth);
    sl_producer made, given = {.name = sl_str_from(name), .team = SL_STR("team")};
    *ret_changes = 1;
    return sl_registry_producer_create(f.registry, &admin, &given, &f.arena, &made, &f.problem);
}

static sl_new_token token;

static sl_status create_token(uint64_t nth, int64_t *ret_changes)
{
    char name[32];
    snprintf(name, sizeof name, "p%llu", (unsigned long long)nth);
    sl_token given = {.producer = sl_str_from(name)};
    *ret_changes = 1;
    return sl_registry_token_create(f.registry, &admin, &given, &f.arena, &token, &f.problem);
}

/* A producer has only so many tokens: each round gets one of its own. */
static void prepare_producer(uint64_t nth)
{
    int64_t changes;
    OK(&f, create_producer(nth, &changes));
}

/* One that was not revoked the last time is there for the next: more of them would need more memory each round. */
static void prepare_token(uint64_t nth)
{
    int64_t changes;
    if (nth > 1 && token.token.id.len)
        return;
    prepare_producer(nth);
    OK(&f, create_token(nth, &changes));
}

static sl_status revoke_token(uint64_t nth, int64_t *ret_changes)
{
    (void)nth;
    *ret_changes = 1;
    SL_TRY(sl_registry_token_revoke(f.registry, &admin, token.token.producer, token.token.id,
                                    &f.problem));
    token.token.id.len = 0;
    return SL_OK;
}

static sl_bytes two_files(uint64_t nth)
{
    static char path[64];
    snprintf(path, sizeof path, "common%llu.proto", (unsigned long long)nth);
    const file_spec specs[] = {
        {.path = path, .message = "Common", .fields = "a:1:i"},
        {.path = "main.proto",
         .message = "Main",
         .fields = "x:1:i",
         .import = path,
         .field_type = ".p.Common"},
    };
    return make_set(&f, specs, SL_ARRAY_LEN(specs));
}

static sl_bytes prepared;
static char subject[64];

static sl_status register_two(uint64_t nth, int64_t *ret_changes)
{
    (void)nth;
    *ret_changes = 2;
    return register_set(&f, &admin, subject, prepared);
}

/* Text whose import is the latest version of a subject. */
static sl_status register_text(uint64_t nth, int64_t *ret_changes)
{
    (void)nth;
    sl_register_answer answer = {0};
    sl_source_file source = {SL_STR("text.proto"),
                             SL_STR("syntax = \"proto2\"; import \"shared.proto\";"
                                    "message Text { optional p.Shared shared = 1; }")};
    sl_register_request request = {
        .subject = sl_str_from(subject), .sources = &source, .source_count = 1};
    *ret_changes = 1;
    sl_status status =
        sl_registry_register(f.registry, &admin, &request, &f.arena, &answer, &f.problem);
    sl_findings_done(&answer.findings);
    return status;
}

static sl_status claim_topic(uint64_t nth, int64_t *ret_changes)
{
    char topic[32];
    snprintf(topic, sizeof topic, "t%llu", (unsigned long long)nth);
    sl_str helper = SL_STR("billing");
    sl_contract contract, claim = {.topic = sl_str_from(topic),
                                   .subject = sl_str_from(subject),
                                   .co_producers = &helper,
                                   .co_producer_count = 1};
    *ret_changes = 2;
    return sl_registry_claim(f.registry, &checkout, &claim, &f.arena, &contract, &f.problem);
}

static sl_status judge_cold(uint64_t nth, int64_t *ret_changes)
{
    (void)nth;
    sl_verdict verdict;
    sl_judge_request request = {.topic = sl_str_from(subject),
                                .payload = payload_of(&f, "\x48\x01", 2)};
    *ret_changes = 0;
    sl_guard guard = sl_registry_enter(f.registry);
    sl_status status = sl_registry_judge(f.registry, &guard, &request, &f.violations, &verdict);
    sl_registry_leave(&guard);
    if (status != SL_BUSY)
        return status;
    SL_TRY(sl_registry_warm(f.registry, &request, &f.problem.error));
    guard = sl_registry_enter(f.registry);
    status = sl_registry_judge(f.registry, &guard, &request, &f.violations, &verdict);
    sl_registry_leave(&guard);
    return status;
}

static void prepare_set(uint64_t nth)
{
    snprintf(subject, sizeof subject, "s%llu", (unsigned long long)nth);
    prepared = two_files(nth);
}

/* The subject is new each time, so that there is a version to store. */
static void prepare_import(uint64_t nth)
{
    const file_spec spec = {.path = "shared.proto", .message = "Shared", .fields = "a:1:i"};
    snprintf(subject, sizeof subject, "t%llu", (unsigned long long)nth);
    must_register(&f, "shared.proto", make_set(&f, &spec, 1));
}

static void prepare_subject(uint64_t nth)
{
    prepare_set(nth);
    must_register(&f, subject, prepared);
}

static void prepare_contract(uint64_t nth)
{
    char topic_subject[80];
    snprintf(subject, sizeof subject, "j%llu", (unsigned long long)nth);
    snprintf(topic_subject, sizeof topic_subject, "%s-value", subject);
    must_register(&f, topic_subject, two_files(1));
    sl_contract contract, claim = {.topic = sl_str_from(subject)};
    OK(&f, sl_registry_claim(f.registry, &checkout, &claim, &f.arena, &contract, &f.problem));
}

static const struct {
    const char *name;
    void (*prepare)(uint64_t nth); /* before the countdown is armed; may be NULL */
    use_case run;
} sweeps[] = {
    {"create_producer", NULL, create_producer},
    {"create_token", prepare_producer, create_token},
    {"revoke_token", prepare_token, revoke_token},
    {"register", prepare_set, register_two},
    {"register_text", prepare_import, register_text},
    {"claim", prepare_subject, claim_topic},
    {"judge", prepare_contract, judge_cold},
};

START_TEST(a_failed_use_case_changes_nothing)
{
    size_t at = (size_t)_i / TEMP_DRIVER_COUNT;
    bool is_over = false;
    fixture_open(&f, _i % TEMP_DRIVER_COUNT);
    for (uint64_t nth = 1; !is_over; nth++) {
        ck_assert_uint_lt(nth, SWEEP_MOST);
        if (sweeps[at].prepare)
            sweeps[at].prepare(nth);
        int64_t before = change_seq(), changes = 0;
        f.problem = (sl_problem){0};
        sl_alloc_fault_arm(nth, false);
        sl_status status = sweeps[at].run(nth, &changes);
        is_over = !sl_alloc_fault_hit();
        sl_alloc_fault_arm(0, false);
        if (status != SL_OK)
            expect_no_memory(status, nth);
        int64_t moved = change_seq() - before;
        ck_assert_msg(moved == (status == SL_OK ? changes : 0),
                      "%s: allocation %llu left %lld of %lld changes", sweeps[at].name,
                      (unsigned long long)nth, (long long)moved, (long long)changes);
        ck_assert_int_eq(sl_registry_ready(f.registry, &f.problem.error), SL_OK);
    }
    fixture_close(&f);
}
END_TEST

static Suite *memory_suite(void)
{
    Suite *suite = suite_create("registry_memory");
    TCase *tcase = tcase_create("sweep");
    tcase_set_timeout(tcase, 240);
    tcase_add_loop_test(tcase, opening_fails_cleanly_or_opens, 0, TEMP_DRIVER_COUNT);
    tcase_add_test(tcase, creating_a_database_fails_cleanly_or_creates_it);
    tcase_add_loop_test(tcase, a_failed_use_case_changes_nothing, 0,
                        (int)SL_ARRAY_LEN(sweeps) * TEMP_DRIVER_COUNT);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(memory_suite)
