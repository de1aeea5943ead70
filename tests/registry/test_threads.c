/* tests/registry/test_threads.c: many threads at once. Run it under ThreadSanitizer, too: half of what it holds is that nothing races. */
#include "registry/internal/core.h"
#include "tests/registry/fixture.h"
#include "tests/support/tap_main.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>

enum { THREADS = 8, ROUNDS = 25 };

static fixture f;

/* Run `work` on THREADS threads; each gets its number. */
static void in_parallel(void *(*work)(void *number))
{
    pthread_t threads[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, work, (void *)i), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

/* --- claims ---------------------------------------------------------------------------------- */

static atomic_int winners, losers, others;

static void *claim_all(void *number)
{
    sl_arena arena = {0};
    const sl_actor *actor = (uintptr_t)number % 2 ? &checkout : &billing;
    for (int round = 0; round < ROUNDS; round++) {
        char topic[32];
        snprintf(topic, sizeof topic, "t%d", round);
        sl_contract contract, claim = {.topic = sl_str_from(topic)};
        sl_problem problem = {0};
        sl_status status =
            sl_registry_claim(f.registry, actor, &claim, &arena, &contract, &problem);
        bool is_told = problem.code == SL_PROBLEM_TOPIC_TAKEN && problem.owner.producer.len > 0;
        atomic_int *count = status == SL_OK && contract.is_new ? &winners
                            : status == SL_OK || is_told       ? &losers
                                                               : &others;
        atomic_fetch_add(count, 1);
    }
    sl_arena_done(&arena);
    return NULL;
}

START_TEST(exactly_one_claim_wins)
{
    winners = losers = others = 0;
    fixture_open(&f, _i);
    for (int round = 0; round < ROUNDS; round++) {
        char subject[32];
        snprintf(subject, sizeof subject, "t%d-value", round);
        must_register(&f, subject, make_file(&f, "a.proto", "A", "id:1:i"));
    }
    in_parallel(claim_all);
    ck_assert_int_eq(winners, ROUNDS);
    ck_assert_int_eq(losers, ROUNDS * (THREADS - 1));
    ck_assert_int_eq(others, 0);
    fixture_close(&f);
}
END_TEST

/* --- registering ----------------------------------------------------------------------------- */

static sl_bytes versions[ROUNDS];
static atomic_int new_count, wrong_count;
static atomic_int ids[ROUNDS], numbers[ROUNDS];

static void note(atomic_int *place, int value)
{
    int expected = 0;
    if (!atomic_compare_exchange_strong(place, &expected, value) && expected != value)
        atomic_fetch_add(&wrong_count, 1);
}

static void *register_all(void *number)
{
    for (size_t i = 0; i < ROUNDS; i++) {
        /* Each thread begins elsewhere, so that they meet in every way. */
        size_t at = (i + (uintptr_t)number * 3) % ROUNDS;
        sl_arena arena = {0};
        sl_register_answer answer = {0};
        sl_problem problem = {0};
        sl_register_request request = {.subject = SL_STR("s"), .descriptor_set = versions[at]};
        sl_status status =
            sl_registry_register(f.registry, &admin, &request, &arena, &answer, &problem);
        if (status == SL_OK) {
            atomic_fetch_add(&new_count, answer.is_new);
            note(&ids[at], answer.version.id);
            note(&numbers[at], answer.version.version);
        } else {
            fprintf(stderr, "%s\n", problem.error.text);
            atomic_fetch_add(&wrong_count, 1);
        }
        sl_findings_done(&answer.findings);
        sl_arena_done(&arena);
    }
    return NULL;
}

START_TEST(the_same_schema_gets_one_version_whoever_is_first)
{
    new_count = wrong_count = 0;
    fixture_open(&f, _i);
    for (int i = 0; i < ROUNDS; i++) {
        char fields[64];
        snprintf(fields, sizeof fields, "id:1:i f%d:%d:i", i, i + 2);
        versions[i] = make_file(&f, "a.proto", "A", fields);
        atomic_store(&ids[i], 0);
        atomic_store(&numbers[i], 0);
    }
    must_register(&f, "s", make_file(&f, "a.proto", "A", "id:1:i"));
    OK(&f, sl_registry_subject_set_level(f.registry, &admin, SL_STR("s"), SL_LEVEL_NONE, &f.arena,
                                         &f.problem));
    in_parallel(register_all);
    ck_assert_int_eq(wrong_count, 0);
    ck_assert_int_eq(new_count, ROUNDS);
    /* Version numbers have no gap. */
    bool seen[ROUNDS + 2] = {false};
    for (int i = 0; i < ROUNDS; i++) {
        ck_assert(numbers[i] >= 2 && numbers[i] <= ROUNDS + 1 && !seen[numbers[i]]);
        seen[numbers[i]] = true;
    }
    fixture_close(&f);
}
END_TEST

/* --- judging --------------------------------------------------------------------------------- */

static atomic_bool is_over;
static atomic_int judged_count;

static void judge_once(sl_violations *violations)
{
    static const uint8_t payload[2 + SL_PAYLOAD_SLOP] = {0x08, 0x01};
    sl_judge_request request = {
        .topic = SL_STR("orders"), .actor = &checkout, .payload = {payload, 2}};
    sl_verdict verdict;
    sl_guard guard = sl_registry_enter(f.registry);
    sl_status status = sl_registry_judge(f.registry, &guard, &request, violations, &verdict);
    bool is_right = status == SL_OK && verdict.is_valid && sl_str_is(verdict.topic, "orders") &&
                    sl_str_is(verdict.owner->producer, "checkout");
    sl_registry_leave(&guard);
    if (status == SL_BUSY && sl_registry_warm(f.registry, &request, NULL) == SL_OK)
        return;
    atomic_fetch_add(is_right ? &judged_count : &wrong_count, 1);
}

static void *judge_until_over(void *number)
{
    (void)number;
    sl_violations violations = {0};
    sl_registry_stats stats;
    while (!atomic_load(&is_over)) {
        judge_once(&violations);
        sl_registry_get_stats(f.registry, &stats);
    }
    sl_violations_done(&violations);
    return NULL;
}

static void change_contract(int round)
{
    sl_contract contract, claim = {.topic = SL_STR("orders"),
                                   .mode = round % 2 ? SL_MODE_WARN : SL_MODE_ENFORCE,
                                   .generation = round + 1};
    OK(&f, sl_registry_claim(f.registry, &checkout, &claim, &f.arena, &contract, &f.problem));
    char fields[64];
    snprintf(fields, sizeof fields, "id:1:i name:2:s f:%d:i", round + 3);
    must_register(&f, "orders-value", make_file(&f, "orders.proto", "A", fields));
}

START_TEST(judging_goes_on_while_snapshots_change)
{
    pthread_t threads[THREADS];
    is_over = false;
    wrong_count = judged_count = 0;
    fixture_open(&f, _i);
    claim_orders(&f, "orders", SL_MODE_ENFORCE);
    OK(&f, sl_registry_subject_set_level(f.registry, &admin, SL_STR("orders-value"), SL_LEVEL_NONE,
                                         &f.arena, &f.problem));
    for (size_t i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, judge_until_over, NULL), 0);
    for (int round = 0; round < ROUNDS; round++)
        change_contract(round);
    atomic_store(&is_over, true);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(wrong_count, 0);
    ck_assert_int_gt(judged_count, 0);
    fixture_close(&f);
}
END_TEST

/* A guard keeps what it sees, whatever is published meanwhile. */
START_TEST(a_guard_holds_its_snapshot)
{
    sl_verdict verdict;
    fixture_open(&f, _i);
    sl_judge_request request = {.topic = SL_STR("orders"),
                                .payload = payload_of(&f, "\x08\x01", 2)};
    claim_orders(&f, "orders", SL_MODE_ENFORCE);
    OK(&f, judge(&f, &request, &verdict));
    sl_guard guard = sl_registry_enter(f.registry);
    sl_contract_step step = {.topic = SL_STR("orders"), .action = SL_ACTION_RETIRE};
    sl_contract contract;
    OK(&f, sl_registry_contract_act(f.registry, &admin, &step, &f.arena, &contract, &f.problem));
    for (int i = 0; i < 5; i++)
        OK(&f, sl_registry_producer_block(f.registry, &admin, SL_STR("billing"), i % 2 == 0,
                                          SL_STR("why"), &f.problem));
    OK(&f, sl_registry_judge(f.registry, &guard, &request, &f.violations, &verdict));
    ck_assert(verdict.is_valid && sl_str_is(verdict.topic, "orders"));
    sl_registry_leave(&guard);
    ck_assert_int_eq(judge(&f, &request, &verdict), SL_NOT_FOUND);
    fixture_close(&f);
}
END_TEST

/* More guards at once on one thread than there are places for threads, taken while the snapshot changes: each holds the one that it was
 * taken under, whatever the others do, and every second of them is given back first. */
START_TEST(guards_nest)
{
    enum { GUARDS = 100, EACH = 10 };
    sl_guard guards[GUARDS];
    sl_verdict verdict;
    fixture_open(&f, _i);
    claim_orders(&f, "orders", SL_MODE_ENFORCE);
    sl_judge_request request = {
        .topic = SL_STR("orders"), .actor = &anonymous, .payload = payload_of(&f, "\x08\x01", 2)};
    OK(&f, judge(&f, &request, &verdict));
    for (size_t i = 0; i < GUARDS; i++) {
        if (i % EACH == 0)
            OK(&f, sl_registry_producer_block(f.registry, &admin, SL_STR("checkout"),
                                              i / EACH % 2 == 1, SL_STR("why"), &f.problem));
        guards[i] = sl_registry_enter(f.registry);
    }
    for (size_t i = 0; i < GUARDS; i += 2)
        sl_registry_leave(&guards[i]);
    for (size_t i = 1; i < GUARDS; i += 2) {
        OK(&f, sl_registry_judge(f.registry, &guards[i], &request, &f.violations, &verdict));
        ck_assert_msg(verdict.is_allowed == (i / EACH % 2 == 0), "guard %zu", i);
        ck_assert(i % EACH == 1 || guards[i].snapshot == guards[i - 2].snapshot);
        ck_assert(i % EACH != 1 || i == 1 || guards[i].snapshot != guards[i - 2].snapshot);
    }
    for (size_t i = 1; i < GUARDS; i += 2)
        sl_registry_leave(&guards[i]);
    fixture_close(&f);
}
END_TEST

/* --- group commit and waiting ----------------------------------------------------------------- */

static atomic_bool is_held_up;

/* A job that ends only when THREADS others wait behind it: they must then go together. */
static sl_status hold_up(sl_tx *tx, void *context, sl_problem *problem)
{
    (void)context;
    (void)problem;
    atomic_store(&is_held_up, true);
    sl_writer *writer = &tx->registry->writer;
    for (uint32_t waiting = 0; waiting < THREADS; sched_yield()) {
        pthread_mutex_lock(&writer->lock);
        waiting = writer->job_count;
        pthread_mutex_unlock(&writer->lock);
    }
    return SL_OK;
}

static void *hold_up_writer(void *unused)
{
    (void)unused;
    if (sl_writer_run(f.registry, hold_up, NULL, NULL) != SL_OK)
        atomic_fetch_add(&wrong_count, 1);
    return NULL;
}

/* Every second thread is refused, which must not take a neighbour down with it. */
static void *create_or_fail(void *number)
{
    sl_arena arena = {0};
    char name[32];
    bool is_refused = (uintptr_t)number % 2;
    snprintf(name, sizeof name, is_refused ? "checkout" : "p%d", (int)(uintptr_t)number);
    sl_producer made, given = {.name = sl_str_from(name), .team = SL_STR("other")};
    sl_status status = sl_registry_producer_create(f.registry, &admin, &given, &arena, &made, NULL);
    if (status != (is_refused ? SL_EXISTS : SL_OK))
        atomic_fetch_add(&wrong_count, 1);
    sl_arena_done(&arena);
    return NULL;
}

START_TEST(waiting_writes_share_one_transaction)
{
    sl_registry_stats before, after;
    pthread_t holder;
    wrong_count = 0;
    is_held_up = false;
    fixture_open(&f, _i);
    sl_registry_get_stats(f.registry, &before);
    ck_assert_int_eq(pthread_create(&holder, NULL, hold_up_writer, NULL), 0);
    /* The holder is being run, and not waiting itself. */
    while (!atomic_load(&is_held_up))
        sched_yield();
    in_parallel(create_or_fail);
    pthread_join(holder, NULL);
    ck_assert_int_eq(wrong_count, 0);
    sl_registry_get_stats(f.registry, &after);
    ck_assert_uint_eq(after.write_jobs - before.write_jobs, 1 + THREADS);
    ck_assert_uint_eq(after.write_transactions - before.write_transactions, 2);
    ck_assert_int_eq(after.change_seq - before.change_seq, THREADS / 2);
    fixture_close(&f);
}
END_TEST

static void *wait_for_change(void *number)
{
    (void)number;
    sl_arena arena = {0};
    sl_changes changes = {0};
    sl_change_query query = {.after = 2, .wait_ms = 60000};
    if (sl_registry_changes(f.registry, &query, &arena, &changes, NULL) == SL_OK &&
        changes.count == 1)
        atomic_fetch_add(&judged_count, 1);
    sl_arena_done(&arena);
    return NULL;
}

START_TEST(who_waits_for_a_change_gets_it)
{
    pthread_t thread;
    judged_count = 0;
    fixture_open(&f, _i);
    ck_assert_int_eq(pthread_create(&thread, NULL, wait_for_change, NULL), 0);
    sl_producer made, given = {.name = SL_STR("third")};
    OK(&f, sl_registry_producer_create(f.registry, &admin, &given, &f.arena, &made, &f.problem));
    pthread_join(thread, NULL);
    ck_assert_int_eq(judged_count, 1);
    fixture_close(&f);
}
END_TEST

static void *wait_until_closed(void *unused)
{
    (void)unused;
    sl_arena arena = {0};
    sl_changes changes;
    sl_change_query query = {.after = 1000, .wait_ms = 60000};
    if (sl_registry_changes(f.registry, &query, &arena, &changes, NULL) == SL_CLOSED)
        atomic_fetch_add(&judged_count, 1);
    sl_arena_done(&arena);
    return NULL;
}

START_TEST(closing_wakes_those_who_wait)
{
    pthread_t threads[THREADS];
    judged_count = 0;
    fixture_open(&f, _i);
    for (size_t i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, wait_until_closed, NULL), 0);
    for (uint32_t waiting = 0; waiting < THREADS; sched_yield()) {
        pthread_mutex_lock(&f.registry->writer.lock);
        waiting = f.registry->writer.callers;
        pthread_mutex_unlock(&f.registry->writer.lock);
    }
    sl_registry_close(f.registry);
    f.registry = NULL;
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    ck_assert_int_eq(judged_count, THREADS);
    fixture_close(&f);
}
END_TEST

/* --- a race that only the store can see --------------------------------------------------------- */

static sl_store_ops blind;
static const sl_store_ops *seeing;
static atomic_int blindness;

/* As if another node committed between our look and our insert: the topic's and the type's contracts are not seen for a while. */
static sl_status get_blindly(sl_session *session, sl_index_id index, const void *key,
                             sl_arena *arena, void *ret_row, sl_error *err)
{
    bool is_asked = index == SL_INDEX_contract_by_topic || index == SL_INDEX_contract_by_type;
    if (is_asked && atomic_fetch_sub(&blindness, 1) > 0)
        return SL_NOT_FOUND;
    return seeing->get(session, index, key, arena, ret_row, err);
}

START_TEST(the_index_decides_and_the_owner_is_told)
{
    static const struct {
        const char *topic, *subject;
        sl_problem_code code;
    } claims[] = {
        {"orders", "orders-value", SL_PROBLEM_TOPIC_TAKEN},
        {"another", "orders-value", SL_PROBLEM_TYPE_TAKEN},
    };
    fixture_open(&f, _i);
    claim_orders(&f, "orders", SL_MODE_ENFORCE);
    seeing = f.registry->store->ops;
    blind = *seeing;
    blind.get = get_blindly;
    for (size_t i = 0; i < SL_ARRAY_LEN(claims); i++) {
        sl_contract contract, claim = {.topic = sl_str_from(claims[i].topic),
                                       .subject = sl_str_from(claims[i].subject),
                                       .producer = SL_STR("billing")};
        sl_problem problem = {0};
        f.registry->store->ops = &blind;
        atomic_store(&blindness, 3); /* the topic twice, the type once */
        sl_status status =
            sl_registry_claim(f.registry, &admin, &claim, &f.arena, &contract, &problem);
        f.registry->store->ops = seeing;
        ck_assert_msg(status == SL_CONFLICT && problem.code == claims[i].code, "%s",
                      problem.error.text);
        ck_assert(sl_str_is(problem.owner.producer, "checkout"));
    }
    fixture_close(&f);
}
END_TEST

static Suite *threads_suite(void)
{
    Suite *suite = suite_create("threads");
    TCase *tcase = tcase_create("many");
    tcase_add_loop_test(tcase, exactly_one_claim_wins, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, the_same_schema_gets_one_version_whoever_is_first, 0,
                        TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, judging_goes_on_while_snapshots_change, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, a_guard_holds_its_snapshot, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, guards_nest, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, waiting_writes_share_one_transaction, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, who_waits_for_a_change_gets_it, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, closing_wakes_those_who_wait, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, the_index_decides_and_the_owner_is_told, 0, TEMP_DRIVER_COUNT);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(threads_suite)
