/* tests/registry/test_refusals.c: what a refusal says and leaves behind: the owner, the server's bound, tokens that nobody could send. */
#include "registry/internal/core.h"
#include "tests/registry/fixture.h"
#include "tests/support/tap_main.h"

static fixture f;

static void owner_is_told(void)
{
    ck_assert(sl_str_is(f.problem.owner.producer, "checkout"));
    ck_assert(sl_str_is(f.problem.owner.team, "payments"));
    ck_assert(sl_str_is(f.problem.owner.chat, "#pay"));
}

START_TEST(a_refused_level_names_the_owner)
{
    fixture_open(&f, _i);
    claim_orders(&f, "orders", SL_MODE_ENFORCE);
    REFUSED(&f, FORBIDDEN,
            sl_registry_subject_set_level(f.registry, &billing, SL_STR("orders-value"),
                                          SL_LEVEL_FULL_TRANSITIVE, &f.arena, &f.problem));
    owner_is_told();
    fixture_close(&f);
}
END_TEST

START_TEST(a_refused_step_names_the_owner)
{
    static const sl_contract_action actions[] = {SL_ACTION_ACCEPT, SL_ACTION_UNBLOCK,
                                                 SL_ACTION_RETIRE};
    sl_contract contract;
    fixture_open(&f, 0);
    claim_orders(&f, "orders", SL_MODE_ENFORCE);
    sl_contract_step step = {.topic = SL_STR("orders"), .action = actions[_i]};
    REFUSED(&f, FORBIDDEN,
            sl_registry_contract_act(f.registry, &billing, &step, &f.arena, &contract, &f.problem));
    owner_is_told();
    fixture_close(&f);
}
END_TEST

/* The server's bound holds for every payload; a contract may set a lower one, and none above it. */
static const struct {
    int64_t of_contract;
    size_t len;
    bool is_valid;
} bounds[] = {
    {0, 8, true}, {0, 9, false}, {100, 9, false}, {4, 4, true}, {4, 5, false},
};

START_TEST(no_payload_is_larger_than_the_server_takes)
{
    static const char payload[] = "\x08\x01\x08\x01\x08\x01\x08\x01\x08";
    const sl_registry_options options = {.store = SL_STR("memory:"), .max_payload_bytes = 8};
    sl_contract contract;
    sl_verdict verdict;
    fixture_open_bare(&f, 0, &options);
    sl_producer producer = {.name = SL_STR("checkout")}, made;
    OK(&f, sl_registry_producer_create(f.registry, &admin, &producer, &f.arena, &made, &f.problem));
    must_register(&f, "orders-value", make_file(&f, "a.proto", "A", "id:1:i"));
    sl_contract claim = {.topic = SL_STR("orders"),
                         .message_type = SL_STR("p.A"),
                         .producer = SL_STR("checkout"),
                         .mode = SL_MODE_ENFORCE,
                         .max_payload_bytes = bounds[_i].of_contract};
    OK(&f, sl_registry_claim(f.registry, &admin, &claim, &f.arena, &contract, &f.problem));
    sl_judge_request request = {.topic = SL_STR("orders"),
                                .payload = payload_of(&f, payload, bounds[_i].len)};
    OK(&f, judge(&f, &request, &verdict));
    bool is_too_large = f.violations.count > 0 && verdict.step == SL_STEP_CONTRACT &&
                        f.violations.items[0].rule == SL_VIOLATION_TOO_LARGE;
    ck_assert(is_too_large == !bounds[_i].is_valid);
    fixture_close(&f);
}
END_TEST

static const char *const unsendable[] = {
    "0123456789abcdef 0123456789abcdef",        "0123456789abcdef0123456789abcdef\n",
    "\t0123456789abcdef0123456789abcdef",       "0123456789abcdef0123456789abcdef\x7f",
    "0123456789abcdef0123456789abcdef\xc3\xa9",
};

START_TEST(an_admin_token_that_no_request_could_carry_is_refused)
{
    char text[SL_TOKEN_TEXT_SIZE];
    sl_error err = {0};
    fixture_open(&f, 0);
    ck_assert_int_eq(sl_registry_ensure_admin(f.registry, sl_str_from(unsendable[_i]), text, &err),
                     SL_INVALID);
    ck_assert_msg(strstr(err.text, "no request could carry it") != NULL, "%s", err.text);
    fixture_close(&f);
}
END_TEST

/* --- what an undone job leaves --------------------------------------------------------------- */

static sl_status write_and_refuse(sl_tx *tx, void *context, sl_problem *problem)
{
    (void)context;
    SL_TRY(sl_change_append(tx, &admin, SL_CHANGE_ADMIN_TOKEN, "token", SL_STR("admin"), NULL));
    ck_assert(tx->has_written);
    return sl_refuse(problem, SL_PROBLEM_INVALID, SL_INVALID, "refused after it wrote");
}

/* Only a write that went through proves that the store takes writes again. */
START_TEST(an_undone_job_proves_nothing_of_the_store)
{
    fixture_open(&f, _i);
    f.registry->writer.last_failure.status = SL_FULL;
    REFUSED(&f, INVALID, sl_writer_run(f.registry, write_and_refuse, NULL, &f.problem));
    pthread_mutex_lock(&f.registry->writer.lock);
    sl_status failure = f.registry->writer.last_failure.status;
    pthread_mutex_unlock(&f.registry->writer.lock);
    ck_assert_int_eq(failure, SL_FULL);
    fixture_close(&f);
}
END_TEST

static Suite *refusals_suite(void)
{
    Suite *suite = suite_create("refusals");
    TCase *tcase = tcase_create("refusals");
    tcase_add_loop_test(tcase, a_refused_level_names_the_owner, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, a_refused_step_names_the_owner, 0, 3);
    tcase_add_loop_test(tcase, no_payload_is_larger_than_the_server_takes, 0, SL_ARRAY_LEN(bounds));
    tcase_add_loop_test(tcase, an_admin_token_that_no_request_could_carry_is_refused, 0,
                        SL_ARRAY_LEN(unsendable));
    tcase_add_loop_test(tcase, an_undone_job_proves_nothing_of_the_store, 0, TEMP_DRIVER_COUNT);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(refusals_suite)
