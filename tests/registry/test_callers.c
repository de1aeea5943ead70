/* tests/registry/test_callers.c: who calls: by hash and by memory, when tokens end, and what a clock that is set back does to them. */
#include "tests/registry/fixture.h"
#include "tests/support/tap_main.h"

#include <stdio.h>

static fixture f;
static sl_callers *callers;

enum { SECOND = 1000000, HOUR_S = 3600 };

static void setup(void)
{
    callers = sl_callers_new();
    ck_assert_ptr_nonnull(callers);
}

static void teardown(void)
{
    sl_callers_free(callers);
    sl_clock_shift_realtime(0);
}

static sl_new_token make_token(const char *producer, int64_t expires_us)
{
    sl_new_token made;
    sl_token given = {.producer = sl_str_from(producer), .expires_us = expires_us};
    OK(&f, sl_registry_token_create(f.registry, &admin, &given, &f.arena, &made, &f.problem));
    return made;
}

static sl_status ask(sl_callers *memory, const char *text, sl_actor *ret_actor)
{
    return sl_registry_authenticate(f.registry, memory, sl_str_from(text), &f.arena, ret_actor);
}

/* Known or not: the same with and without a memory, and the second time as the first. */
static void expect(const char *text, bool is_known)
{
    sl_actor actor;
    sl_status want = is_known ? SL_OK : SL_UNAUTHENTICATED;
    ck_assert_int_eq(ask(NULL, text, &actor), want);
    for (int times = 0; times < 3; times++)
        ck_assert_int_eq(ask(callers, text, &actor), want);
}

/* --- memory ---------------------------------------------------------------------------------- */

/* Hashing asks libcrypto for memory, so where there is none, only what needs no hash can be answered. */
START_TEST(a_token_that_comes_again_is_not_hashed)
{
    sl_actor actor;
    fixture_open(&f, _i);
    sl_new_token made = make_token("checkout", 0);
    expect(made.text, true);
    sl_alloc_fault_arm(1, true);
    sl_status without = ask(NULL, made.text, &actor), with = ask(callers, made.text, &actor);
    sl_alloc_fault_arm(0, false);
    ck_assert_int_eq(without, SL_NO_MEMORY);
    ck_assert_int_eq(with, SL_OK);
    ck_assert(actor.kind == SL_ACTOR_PRODUCER && sl_str_is(actor.producer, "checkout"));
    fixture_close(&f);
}
END_TEST

START_TEST(a_remembered_token_ends_with_its_revocation)
{
    fixture_open(&f, _i);
    sl_new_token gone = make_token("checkout", 0), stays = make_token("checkout", 0);
    expect(gone.text, true);
    expect(stays.text, true);
    OK(&f,
       sl_registry_token_revoke(f.registry, &admin, SL_STR("checkout"), gone.token.id, &f.problem));
    expect(gone.text, false);
    expect(stays.text, true);
    fixture_close(&f);
}
END_TEST

START_TEST(a_block_holds_from_the_next_request_on)
{
    sl_actor actor;
    fixture_open(&f, _i);
    sl_new_token made = make_token("checkout", 0);
    expect(made.text, true);
    for (int blocked = 1; blocked >= 0; blocked--) {
        OK(&f, sl_registry_producer_block(f.registry, &admin, SL_STR("checkout"), blocked,
                                          SL_STR("why"), &f.problem));
        ck_assert_int_eq(ask(callers, made.text, &actor), SL_OK);
        ck_assert_int_eq(actor.is_blocked, blocked);
    }
    fixture_close(&f);
}
END_TEST

START_TEST(a_replaced_admin_token_is_forgotten)
{
    char old[SL_TOKEN_TEXT_SIZE], none[SL_TOKEN_TEXT_SIZE];
    sl_actor actor;
    fixture_open(&f, _i);
    OK(&f, sl_registry_ensure_admin(f.registry, (sl_str){0}, old, &f.problem.error));
    expect(old, true);
    ck_assert(ask(callers, old, &actor) == SL_OK && actor.kind == SL_ACTOR_ADMIN);
    OK(&f, sl_registry_ensure_admin(f.registry, SL_STR("0123456789abcdef0123456789abcdef"), none,
                                    &f.problem.error));
    expect(old, false);
    expect("0123456789abcdef0123456789abcdef", true);
    fixture_close(&f);
}
END_TEST

/* More tokens than a memory has places, of two producers, in an order in which they push each other out. */
START_TEST(many_tokens_are_never_taken_for_one_another)
{
    enum { EACH = 90 };
    static char texts[2 * EACH][SL_TOKEN_TEXT_SIZE];
    fixture_open(&f, _i);
    for (size_t i = 0; i < SL_ARRAY_LEN(texts); i++) {
        sl_new_token made = make_token(i % 2 ? "checkout" : "billing", 0);
        memcpy(texts[i], made.text, sizeof made.text);
    }
    for (size_t i = 0; i < 3 * SL_ARRAY_LEN(texts); i++) {
        size_t at = i * 7 % SL_ARRAY_LEN(texts);
        sl_actor actor;
        ck_assert_int_eq(ask(callers, texts[at], &actor), SL_OK);
        ck_assert(sl_str_is(actor.producer, at % 2 ? "checkout" : "billing"));
        texts[at][20] ^= 1;
        ck_assert_int_eq(ask(callers, texts[at], &actor), SL_UNAUTHENTICATED);
        texts[at][20] ^= 1;
    }
    fixture_close(&f);
}
END_TEST

/* --- time ------------------------------------------------------------------------------------ */

START_TEST(a_token_ends_when_it_expires)
{
    fixture_open(&f, _i);
    int64_t end = sl_clock_realtime_us() + (int64_t)HOUR_S * SECOND;
    sl_new_token made = make_token("checkout", end), endless = make_token("checkout", 0);
    ck_assert_int_eq(made.token.expires_us, end);
    expect(made.text, true);
    sl_clock_shift_realtime((int64_t)(HOUR_S - 60) * SECOND);
    expect(made.text, true);
    sl_clock_shift_realtime((int64_t)HOUR_S * SECOND);
    expect(made.text, false);
    expect(endless.text, true);
    sl_clock_shift_realtime((int64_t)20 * 366 * 24 * HOUR_S * SECOND);
    expect(made.text, false);
    expect(endless.text, true);
    fixture_close(&f);
}
END_TEST

START_TEST(an_expired_token_is_gone_after_a_restart_too)
{
    fixture_open(&f, 1);
    sl_new_token made = make_token("checkout", sl_clock_realtime_us() + (int64_t)HOUR_S * SECOND);
    fixture_reopen(&f);
    expect(made.text, true);
    sl_clock_shift_realtime((int64_t)HOUR_S * SECOND);
    fixture_reopen(&f);
    expect(made.text, false);
    fixture_close(&f);
}
END_TEST

START_TEST(a_clock_set_back_gives_a_token_its_time_again)
{
    fixture_open(&f, _i);
    sl_clock_shift_realtime((int64_t)2 * HOUR_S * SECOND);
    sl_new_token made = make_token("checkout", sl_clock_realtime_us() + (int64_t)HOUR_S * SECOND);
    expect(made.text, true);
    sl_clock_shift_realtime(0);
    expect(made.text, true);
    sl_clock_shift_realtime((int64_t)3 * HOUR_S * SECOND);
    expect(made.text, false);
    sl_clock_shift_realtime(0);
    expect(made.text, true);
    fixture_close(&f);
}
END_TEST

/* What orders the history is its sequence; times are what the clock said. Nobody who follows the feed misses a line. */
START_TEST(history_keeps_its_order_when_the_clock_goes_back)
{
    sl_changes before, after;
    fixture_open(&f, _i);
    OK(&f, sl_registry_changes(f.registry, &(sl_change_query){0}, &f.arena, &before, &f.problem));
    sl_clock_shift_realtime((int64_t)-24 * HOUR_S * SECOND);
    make_token("checkout", 0);
    make_token("billing", 0);
    OK(&f, sl_registry_changes(f.registry, &(sl_change_query){.after = before.last_seq}, &f.arena,
                               &after, &f.problem));
    ck_assert_uint_eq(after.count, 2);
    ck_assert_int_eq(after.items[0].seq, before.last_seq + 1);
    ck_assert_int_eq(after.items[1].seq, before.last_seq + 2);
    ck_assert_int_lt(after.items[0].at_us, before.items[before.count - 1].at_us);
    fixture_close(&f);
}
END_TEST

/* A wait is of so many milliseconds, whatever the clock on the wall does meanwhile. */
START_TEST(a_wait_ends_whatever_the_clock_says)
{
    sl_changes changes;
    fixture_open(&f, _i);
    sl_clock_shift_realtime((int64_t)-24 * HOUR_S * SECOND);
    sl_change_query query = {.after = 1000000, .wait_ms = 20};
    OK(&f, sl_registry_changes(f.registry, &query, &f.arena, &changes, &f.problem));
    ck_assert_uint_eq(changes.count, 0);
    fixture_close(&f);
}
END_TEST

static Suite *callers_suite(void)
{
    Suite *suite = suite_create("callers");
    TCase *memory = tcase_create("memory"), *time = tcase_create("time");
    tcase_add_checked_fixture(memory, setup, teardown);
    tcase_add_loop_test(memory, a_token_that_comes_again_is_not_hashed, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(memory, a_remembered_token_ends_with_its_revocation, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(memory, a_block_holds_from_the_next_request_on, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(memory, a_replaced_admin_token_is_forgotten, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(memory, many_tokens_are_never_taken_for_one_another, 0, TEMP_DRIVER_COUNT);
    suite_add_tcase(suite, memory);
    tcase_add_checked_fixture(time, setup, teardown);
    tcase_add_loop_test(time, a_token_ends_when_it_expires, 0, TEMP_DRIVER_COUNT);
    tcase_add_test(time, an_expired_token_is_gone_after_a_restart_too);
    tcase_add_loop_test(time, a_clock_set_back_gives_a_token_its_time_again, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(time, history_keeps_its_order_when_the_clock_goes_back, 0,
                        TEMP_DRIVER_COUNT);
    tcase_add_loop_test(time, a_wait_ends_whatever_the_clock_says, 0, TEMP_DRIVER_COUNT);
    suite_add_tcase(suite, time);
    return suite;
}

TAP_MAIN(callers_suite)
