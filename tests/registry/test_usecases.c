/* tests/registry/test_usecases.c: the main job on every driver, and who is refused what on the way. */
#include "tests/registry/fixture.h"
#include "tests/support/tap_main.h"

#include <stdio.h>

static fixture f;

static sl_contract contract_now(const char *topic)
{
    sl_contract contract = {0};
    OK(&f,
       sl_registry_contract_get(f.registry, sl_str_from(topic), &f.arena, &contract, &f.problem));
    return contract;
}

/* --- the main job ---------------------------------------------------------------------------- */

START_TEST(the_main_job_on_real_input)
{
    sl_contract contract;
    sl_verdict verdict;
    fixture_open(&f, _i);
    sl_bytes v1 = read_repository_file(&f, "examples/orders/v1.binpb");
    OK(&f, register_set(&f, &checkout, "orders.placed-value", v1));
    const sl_version *version = &f.answer.version;
    ck_assert(f.answer.is_new && version->id == 1 && version->version == 1);
    ck_assert(version->message_count > 0 && sl_str_is(version->created_by, "checkout"));

    sl_contract claim = {.topic = SL_STR("orders.placed"),
                         .message_type = SL_STR("orders.v1.OrderPlaced"),
                         .mode = SL_MODE_ENFORCE};
    OK(&f, sl_registry_claim(f.registry, &checkout, &claim, &f.arena, &contract, &f.problem));
    ck_assert(contract.is_new && contract.level == SL_LEVEL_FULL_TRANSITIVE &&
              contract.generation == 1);
    ck_assert(contract.state == SL_STATE_ACTIVE && sl_str_is(contract.owner.team, "payments"));

    sl_judge_request request = {.topic = SL_STR("orders.placed"), .actor = &checkout};
    request.payload = read_repository_file(&f, "examples/orders/good.bin");
    OK(&f, judge(&f, &request, &verdict));
    ck_assert(verdict.is_valid && verdict.is_allowed && verdict.version == 1);
    request.payload = read_repository_file(&f, "examples/orders/bad.bin");
    OK(&f, judge(&f, &request, &verdict));
    ck_assert(!verdict.is_valid && !verdict.is_allowed && verdict.step == SL_STEP_DECODE);
    ck_assert_int_eq(f.violations.items[0].rule, SL_VIOLATION_UTF8);

    sl_bytes breaking = read_repository_file(&f, "examples/orders/v2-breaking.binpb");
    ck_assert_int_eq(register_set(&f, &checkout, "orders.placed-value", breaking), SL_CONFLICT);
    ck_assert_int_eq(f.problem.code, SL_PROBLEM_INCOMPATIBLE);
    ck_assert_uint_ge(f.answer.findings.error_count, 2);
    ck_assert_uint_gt(f.answer.findings.list.items[0].at.line, 0);
    sl_bytes compatible = read_repository_file(&f, "examples/orders/v2-compatible.binpb");
    OK(&f, register_set(&f, &checkout, "orders.placed-value", compatible));
    ck_assert(f.answer.is_new && version->version == 2);
    request.payload = read_repository_file(&f, "examples/orders/unknown-field.bin");
    OK(&f, judge(&f, &request, &verdict));
    ck_assert(verdict.is_valid && verdict.version == 2);
    request.version = 1;
    OK(&f, judge(&f, &request, &verdict));
    ck_assert(!verdict.is_valid && verdict.version == 1);
    fixture_close(&f);
}
END_TEST

START_TEST(everything_is_there_after_reopening)
{
    fixture_open(&f, 1);
    claim_orders(&f, "orders", SL_MODE_WARN);
    fixture_reopen(&f);
    sl_contract contract = contract_now("orders");
    ck_assert(contract.mode == SL_MODE_WARN && sl_str_is(contract.message_type, "p.A"));
    sl_verdict verdict;
    sl_judge_request request = {.topic = SL_STR("orders"),
                                .payload = payload_of(&f, "\x08\x01", 2)};
    OK(&f, judge(&f, &request, &verdict));
    ck_assert(verdict.is_valid && verdict.mode == SL_MODE_WARN);
    fixture_close(&f);
}
END_TEST

/* --- producers and tokens -------------------------------------------------------------------- */

START_TEST(producers_are_created_once_and_amended)
{
    sl_producer made,
        given = {.name = SL_STR("checkout"), .team = SL_STR("payments"), .chat = SL_STR("#pay")};
    fixture_open(&f, _i);
    OK(&f, sl_registry_producer_create(f.registry, &admin, &given, &f.arena, &made, &f.problem));
    ck_assert(!made.is_new && made.generation == 1);
    given.team = SL_STR("others");
    REFUSED(&f, PRODUCER_EXISTS,
            sl_registry_producer_create(f.registry, &admin, &given, &f.arena, &made, &f.problem));
    REFUSED(
        &f, FORBIDDEN,
        sl_registry_producer_create(f.registry, &checkout, &given, &f.arena, &made, &f.problem));
    REFUSED(
        &f, UNAUTHENTICATED,
        sl_registry_producer_create(f.registry, &anonymous, &given, &f.arena, &made, &f.problem));
    sl_producer changes = {.name = SL_STR("checkout"), .contact = SL_STR("a@b"), .generation = 1};
    OK(&f, sl_registry_producer_amend(f.registry, &admin, &changes, &f.arena, &made, &f.problem));
    ck_assert(made.generation == 2 && sl_str_is(made.team, "payments") &&
              sl_str_is(made.contact, "a@b"));
    REFUSED(&f, STALE,
            sl_registry_producer_amend(f.registry, &admin, &changes, &f.arena, &made, &f.problem));
    REFUSED(&f, NO_PRODUCER,
            sl_registry_producer_get(f.registry, SL_STR("nobody"), &f.arena, &made, &f.problem));
    sl_producers list;
    OK(&f,
       sl_registry_producer_list(f.registry, (sl_page){.limit = 1}, &f.arena, &list, &f.problem));
    ck_assert(list.count == 1 && sl_str_is(list.next_cursor, "billing"));
    OK(&f, sl_registry_producer_list(f.registry, (sl_page){.cursor = list.next_cursor}, &f.arena,
                                     &list, &f.problem));
    ck_assert(list.count == 1 && sl_str_is(list.items[0].name, "checkout") &&
              !list.next_cursor.data);
    fixture_close(&f);
}
END_TEST

START_TEST(a_token_says_who_calls_until_it_is_revoked)
{
    sl_new_token made;
    sl_token given = {.producer = SL_STR("checkout"), .name = SL_STR("prod")};
    char *text = made.text;
    sl_actor actor;
    fixture_open(&f, _i);
    REFUSED(&f, FORBIDDEN,
            sl_registry_token_create(f.registry, &billing, &given, &f.arena, &made, &f.problem));
    OK(&f, sl_registry_token_create(f.registry, &checkout, &given, &f.arena, &made, &f.problem));
    ck_assert_uint_eq(strlen(text), 46);
    OK(&f, sl_registry_authenticate(f.registry, NULL, sl_str_from(text), &f.arena, &actor));
    ck_assert(actor.kind == SL_ACTOR_PRODUCER && sl_str_is(actor.producer, "checkout"));
    text[10] ^= 1;
    ck_assert_int_eq(
        sl_registry_authenticate(f.registry, NULL, sl_str_from(text), &f.arena, &actor),
        SL_UNAUTHENTICATED);
    text[10] ^= 1;
    sl_tokens tokens;
    OK(&f,
       sl_registry_token_list(f.registry, &checkout, &(sl_token_query){.producer = given.producer},
                              &f.arena, &tokens, &f.problem));
    ck_assert(tokens.count == 1 && sl_str_equal(tokens.items[0].id, made.token.id));
    OK(&f, sl_registry_producer_block(f.registry, &admin, SL_STR("checkout"), true, SL_STR("why"),
                                      &f.problem));
    OK(&f, sl_registry_authenticate(f.registry, NULL, sl_str_from(text), &f.arena, &actor));
    ck_assert(actor.is_blocked);
    OK(&f, sl_registry_token_revoke(f.registry, &admin, given.producer, made.token.id, &f.problem));
    ck_assert_int_eq(
        sl_registry_authenticate(f.registry, NULL, sl_str_from(text), &f.arena, &actor),
        SL_UNAUTHENTICATED);
    REFUSED(
        &f, NO_TOKEN,
        sl_registry_token_revoke(f.registry, &admin, SL_STR("billing"), made.token.id, &f.problem));
    given.expires_us = 1;
    REFUSED(&f, INVALID,
            sl_registry_token_create(f.registry, &admin, &given, &f.arena, &made, &f.problem));
    fixture_close(&f);
}
END_TEST

START_TEST(the_admin_token_is_shown_once_or_given)
{
    char first[SL_TOKEN_TEXT_SIZE], second[SL_TOKEN_TEXT_SIZE];
    sl_str given = SL_STR("0123456789abcdef0123456789abcdef");
    sl_actor actor;
    sl_error err = {0};
    fixture_open(&f, _i);
    OK(&f, sl_registry_ensure_admin(f.registry, (sl_str){0}, first, &err));
    ck_assert_uint_eq(strlen(first), 46);
    OK(&f, sl_registry_ensure_admin(f.registry, (sl_str){0}, second, &err));
    ck_assert_str_eq(second, "");
    OK(&f, sl_registry_authenticate(f.registry, NULL, sl_str_from(first), &f.arena, &actor));
    ck_assert_int_eq(actor.kind, SL_ACTOR_ADMIN);
    ck_assert_int_eq(sl_registry_ensure_admin(f.registry, SL_STR("short"), second, &err),
                     SL_INVALID);
    OK(&f, sl_registry_ensure_admin(f.registry, given, second, &err));
    ck_assert_str_eq(second, "");
    OK(&f, sl_registry_authenticate(f.registry, NULL, given, &f.arena, &actor));
    ck_assert_int_eq(
        sl_registry_authenticate(f.registry, NULL, sl_str_from(first), &f.arena, &actor),
        SL_UNAUTHENTICATED);
    fixture_close(&f);
}
END_TEST

/* --- contracts ------------------------------------------------------------------------------- */

static sl_status claim(const sl_actor *actor, sl_contract given)
{
    sl_contract contract;
    f.problem = (sl_problem){0};
    return sl_registry_claim(f.registry, actor, &given, &f.arena, &contract, &f.problem);
}

START_TEST(who_comes_second_is_told_who_owns_it)
{
    fixture_open(&f, _i);
    claim_orders(&f, "orders", SL_MODE_ENFORCE);
    REFUSED(&f, TOPIC_TAKEN, claim(&billing, (sl_contract){.topic = SL_STR("orders")}));
    ck_assert(sl_str_is(f.problem.owner.producer, "checkout"));
    ck_assert(sl_str_is(f.problem.owner.chat, "#pay"));
    REFUSED(&f, TYPE_TAKEN,
            claim(&billing,
                  (sl_contract){.topic = SL_STR("other"), .subject = SL_STR("orders-value")}));
    ck_assert(sl_str_is(f.problem.owner.team, "payments"));
    must_register(&f, "orders-value", make_file(&f, "orders.proto", "A|B", "id:1:i name:2:s"));
    REFUSED(&f, FORBIDDEN,
            claim(&billing, (sl_contract){.topic = SL_STR("other"),
                                          .subject = SL_STR("orders-value"),
                                          .message_type = SL_STR("p.B")}));
    OK(&f, claim(&checkout, (sl_contract){.topic = SL_STR("other"),
                                          .subject = SL_STR("orders-value"),
                                          .message_type = SL_STR("p.B")}));
    fixture_close(&f);
}
END_TEST

START_TEST(claims_that_say_too_little_or_too_much)
{
    fixture_open(&f, _i);
    REFUSED(&f, NO_SUBJECT, claim(&checkout, (sl_contract){.topic = SL_STR("orders")}));
    must_register(&f, "orders-value", make_file(&f, "orders.proto", "A|B", "id:1:i"));
    sl_contract given = {.topic = SL_STR("orders")};
    REFUSED(&f, INVALID, claim(&checkout, given));
    given.message_type = SL_STR("p.C");
    REFUSED(&f, NO_MESSAGE_TYPE, claim(&checkout, given));
    given.message_type = SL_STR("p.A");
    REFUSED(&f, UNAUTHENTICATED, claim(&anonymous, given));
    REFUSED(&f, INVALID, claim(&admin, given));
    given.producer = SL_STR("nobody");
    REFUSED(&f, NO_PRODUCER, claim(&admin, given));
    given.producer = SL_STR("billing");
    REFUSED(&f, FORBIDDEN, claim(&checkout, given));
    given.topic = SL_STR("no spaces");
    REFUSED(&f, INVALID, claim(&admin, given));
    given.topic = SL_STR("orders");
    given.versions = SL_VERSIONS_PINNED;
    REFUSED(&f, INVALID, claim(&admin, given));
    given.pinned_version = 2;
    REFUSED(&f, NO_VERSION, claim(&admin, given));
    given.pinned_version = 1;
    given.max_payload_bytes = -1;
    REFUSED(&f, INVALID, claim(&admin, given));
    given.max_payload_bytes = 100;
    given.generation = 7;
    REFUSED(&f, NO_CONTRACT, claim(&admin, given));
    given.generation = 0;
    given.has_level = true;
    given.level = SL_LEVEL_NONE;
    given.producer = SL_STR("checkout");
    REFUSED(&f, FORBIDDEN, claim(&checkout, given));
    OK(&f, claim(&admin, given));
    ck_assert_int_eq(contract_now("orders").level, SL_LEVEL_NONE);
    fixture_close(&f);
}
END_TEST

START_TEST(the_same_claim_again_is_the_same_contract)
{
    sl_contract given = {.topic = SL_STR("orders"), .mode = SL_MODE_WARN}, contract;
    fixture_open(&f, _i);
    claim_orders(&f, "orders", SL_MODE_WARN);
    OK(&f, sl_registry_claim(f.registry, &checkout, &given, &f.arena, &contract, &f.problem));
    ck_assert(!contract.is_new && contract.generation == 1 &&
              sl_str_is(contract.subject, "orders-value"));
    given.mode = SL_MODE_ENFORCE;
    REFUSED(&f, PRECONDITION_NEEDED, claim(&checkout, given));
    given.generation = 1;
    OK(&f, claim(&checkout, given));
    REFUSED(&f, STALE, claim(&checkout, given));
    given.generation = 2;
    REFUSED(&f, FORBIDDEN, claim(&billing, given));
    ck_assert(sl_str_is(f.problem.owner.producer, "checkout"));
    given.message_type = SL_STR("p.B");
    REFUSED(&f, STATE, claim(&checkout, given));
    ck_assert_int_eq(contract_now("orders").mode, SL_MODE_ENFORCE);
    fixture_close(&f);
}
END_TEST

START_TEST(co_producers_are_named_and_may_write)
{
    sl_str names[] = {SL_STR_INIT("billing"), SL_STR_INIT("nobody")};
    fixture_open(&f, _i);
    claim_orders(&f, "orders", SL_MODE_ENFORCE);
    sl_bytes wider = make_file(&f, "orders.proto", "A", "id:1:i name:2:s more:3:i");
    REFUSED(&f, FORBIDDEN, register_set(&f, &billing, "orders-value", wider));
    ck_assert(sl_str_is(f.problem.owner.producer, "checkout"));
    sl_contract given = {.topic = SL_STR("orders"),
                         .mode = SL_MODE_ENFORCE,
                         .generation = 1,
                         .co_producers = names,
                         .co_producer_count = 2};
    REFUSED(&f, NO_PRODUCER, claim(&checkout, given));
    /* What was written before the refusal was undone: the first of the two was there already. */
    ck_assert_uint_eq(contract_now("orders").co_producer_count, 0);
    ck_assert_int_eq(contract_now("orders").generation, 1);
    given.co_producer_count = 1;
    OK(&f, claim(&checkout, given));
    ck_assert_uint_eq(contract_now("orders").co_producer_count, 1);
    OK(&f, register_set(&f, &billing, "orders-value", wider));
    given.co_producer_count = 0;
    given.generation = 2;
    OK(&f, claim(&checkout, given));
    ck_assert_uint_eq(contract_now("orders").co_producer_count, 0);
    fixture_close(&f);
}
END_TEST

/* A step, who takes it, and what comes of it: a problem's slug or the state and producer afterwards. */
static const struct {
    sl_contract_action action;
    const sl_actor *actor;
    const char *to, *reason, *want;
} life[] = {
    {SL_ACTION_ACTIVATE, &billing, NULL, NULL, "forbidden"},
    {SL_ACTION_ACCEPT, &billing, NULL, NULL, "forbidden"},
    {SL_ACTION_DEPRECATE, &checkout, NULL, NULL, "wrong-state"},
    {SL_ACTION_ACTIVATE, &checkout, NULL, NULL, "active checkout"},
    {SL_ACTION_ACTIVATE, &checkout, NULL, NULL, "wrong-state"},
    {SL_ACTION_OFFER, &checkout, NULL, NULL, "invalid-request"},
    {SL_ACTION_OFFER, &checkout, "nobody", NULL, "no-such-producer"},
    {SL_ACTION_ACCEPT, &admin, NULL, NULL, "wrong-state"},
    {SL_ACTION_OFFER, &checkout, "billing", NULL, "active checkout"},
    {SL_ACTION_ACCEPT, &checkout, NULL, NULL, "forbidden"},
    {SL_ACTION_ACCEPT, &billing, NULL, NULL, "active billing"},
    {SL_ACTION_BLOCK, &checkout, NULL, "x", "forbidden"},
    {SL_ACTION_BLOCK, &billing, NULL, NULL, "invalid-request"},
    {SL_ACTION_BLOCK, &billing, NULL, "a bug", "active billing"},
    {SL_ACTION_UNBLOCK, &billing, NULL, NULL, "forbidden"},
    {SL_ACTION_UNBLOCK, &admin, NULL, NULL, "active billing"},
    {SL_ACTION_DEPRECATE, &billing, NULL, NULL, "deprecated billing"},
    {SL_ACTION_RETIRE, &anonymous, NULL, NULL, "unauthenticated"},
    {SL_ACTION_RETIRE, &billing, NULL, NULL, "retired billing"},
    {SL_ACTION_RETIRE, &billing, NULL, NULL, "no-contract"},
};

START_TEST(the_life_of_a_contract)
{
    fixture_open(&f, _i);
    must_register(&f, "orders-value", make_file(&f, "orders.proto", "A", "id:1:i"));
    OK(&f, claim(&checkout, (sl_contract){.topic = SL_STR("orders"), .starts_as_draft = true}));
    for (size_t i = 0; i < SL_ARRAY_LEN(life); i++) {
        sl_contract_step step = {.topic = SL_STR("orders"),
                                 .action = life[i].action,
                                 .to = sl_str_from(life[i].to),
                                 .reason = sl_str_from(life[i].reason)};
        sl_contract contract = {0};
        f.problem = (sl_problem){0};
        sl_status status = sl_registry_contract_act(f.registry, life[i].actor, &step, &f.arena,
                                                    &contract, &f.problem);
        char got[300];
        snprintf(got, sizeof got, "%s", sl_problem_slug(f.problem.code));
        if (status == SL_OK)
            snprintf(got, sizeof got, "%s %.*s", sl_contract_state_names[contract.state],
                     SL_STR_ARG(contract.producer));
        ck_assert_msg(strcmp(got, life[i].want) == 0, "step %zu (%s): %s, not %s: %s", i,
                      sl_contract_action_names[step.action], got, life[i].want,
                      f.problem.error.text);
    }
    /* The topic is free again, for anybody. */
    OK(&f, claim(&checkout, (sl_contract){.topic = SL_STR("orders")}));
    fixture_close(&f);
}
END_TEST

START_TEST(a_step_on_a_stale_view_is_refused)
{
    sl_contract contract;
    fixture_open(&f, _i);
    claim_orders(&f, "orders", SL_MODE_ENFORCE);
    sl_contract_step step = {
        .topic = SL_STR("orders"), .action = SL_ACTION_RETIRE, .generation = 9};
    REFUSED(
        &f, STALE,
        sl_registry_contract_act(f.registry, &checkout, &step, &f.arena, &contract, &f.problem));
    step.generation = 1;
    OK(&f, sl_registry_contract_act(f.registry, &checkout, &step, &f.arena, &contract, &f.problem));
    fixture_close(&f);
}
END_TEST

START_TEST(the_catalogue_finds_pages_and_filters)
{
    static const char *const topics[] = {"a", "b", "c", "d"};
    sl_contract_filter filter = {0};
    sl_contracts list;
    fixture_open(&f, _i);
    for (size_t i = 0; i < SL_ARRAY_LEN(topics); i++)
        claim_orders(&f, topics[i], SL_MODE_ENFORCE);
    OK(&f, sl_registry_contract_list(f.registry, &filter, (sl_page){.limit = 3}, &f.arena, &list,
                                     &f.problem));
    ck_assert(list.count == 3 && sl_str_is(list.next_cursor, "c"));
    OK(&f, sl_registry_contract_list(f.registry, &filter, (sl_page){.cursor = list.next_cursor},
                                     &f.arena, &list, &f.problem));
    ck_assert(list.count == 1 && sl_str_is(list.items[0].topic, "d") && !list.next_cursor.data);
    filter.query = SL_STR("nothing");
    OK(&f,
       sl_registry_contract_list(f.registry, &filter, (sl_page){0}, &f.arena, &list, &f.problem));
    ck_assert_uint_eq(list.count, 0);
    sl_contract_step step = {.topic = SL_STR("b"), .action = SL_ACTION_RETIRE};
    sl_contract retired;
    OK(&f, sl_registry_contract_act(f.registry, &admin, &step, &f.arena, &retired, &f.problem));
    filter = (sl_contract_filter){.owner = SL_STR("checkout")};
    OK(&f,
       sl_registry_contract_list(f.registry, &filter, (sl_page){0}, &f.arena, &list, &f.problem));
    ck_assert_uint_eq(list.count, 3);
    filter = (sl_contract_filter){.has_state = true, .state = SL_STATE_RETIRED};
    OK(&f,
       sl_registry_contract_list(f.registry, &filter, (sl_page){0}, &f.arena, &list, &f.problem));
    ck_assert(list.count == 1 && sl_str_is(list.items[0].topic, "b"));
    fixture_close(&f);
}
END_TEST

/* --- history --------------------------------------------------------------------------------- */

START_TEST(history_tells_all_in_order)
{
    static const char *const want[] = {"producer.create", "producer.create", "schema.register",
                                       "subject.level",   "contract.claim",  "producer.block"};
    sl_changes changes;
    fixture_open(&f, _i);
    claim_orders(&f, "orders", SL_MODE_ENFORCE);
    REFUSED(&f, TOPIC_TAKEN, claim(&billing, (sl_contract){.topic = SL_STR("orders")}));
    OK(&f, sl_registry_producer_block(f.registry, &admin, SL_STR("billing"), true, SL_STR("why"),
                                      &f.problem));
    OK(&f, sl_registry_changes(f.registry, &(sl_change_query){0, 0, 0}, &f.arena, &changes,
                               &f.problem));
    ck_assert_uint_eq(changes.count, SL_ARRAY_LEN(want));
    for (size_t i = 0; i < changes.count; i++) {
        ck_assert_int_eq(changes.items[i].seq, (int64_t)i + 1);
        ck_assert_msg(sl_str_is(changes.items[i].action, want[i]), "%zu: %.*s", i,
                      SL_STR_ARG(changes.items[i].action));
    }
    ck_assert(sl_str_is(changes.items[4].object, "topic:orders"));
    ck_assert(sl_str_is(changes.items[4].actor, "checkout"));
    ck_assert(sl_str_is(changes.items[5].detail, "{\"reason\":\"why\"}"));
    OK(&f, sl_registry_changes(f.registry, &(sl_change_query){4, 1, 0}, &f.arena, &changes,
                               &f.problem));
    ck_assert(changes.count == 1 && changes.last_seq == 5);
    OK(&f, sl_registry_changes(f.registry, &(sl_change_query){6, 0, 1}, &f.arena, &changes,
                               &f.problem));
    ck_assert(changes.count == 0 && changes.last_seq == 6);
    fixture_close(&f);
}
END_TEST

START_TEST(a_blocked_producer_does_not_write)
{
    sl_actor blocked = checkout;
    fixture_open(&f, _i);
    claim_orders(&f, "orders", SL_MODE_ENFORCE);
    blocked.is_blocked = true;
    REFUSED(&f, FORBIDDEN, claim(&blocked, (sl_contract){.topic = SL_STR("orders")}));
    REFUSED(&f, INVALID,
            sl_registry_producer_block(f.registry, &admin, SL_STR("checkout"), true, (sl_str){0},
                                       &f.problem));
    REFUSED(&f, FORBIDDEN,
            sl_registry_producer_block(f.registry, &checkout, SL_STR("billing"), true, SL_STR("x"),
                                       &f.problem));
    fixture_close(&f);
}
END_TEST

static Suite *usecases_suite(void)
{
    Suite *suite = suite_create("usecases");
    TCase *tcase = tcase_create("drivers");
    tcase_add_loop_test(tcase, the_main_job_on_real_input, 0, TEMP_DRIVER_COUNT);
    tcase_add_test(tcase, everything_is_there_after_reopening);
    tcase_add_loop_test(tcase, producers_are_created_once_and_amended, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, a_token_says_who_calls_until_it_is_revoked, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, the_admin_token_is_shown_once_or_given, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, who_comes_second_is_told_who_owns_it, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, claims_that_say_too_little_or_too_much, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, the_same_claim_again_is_the_same_contract, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, co_producers_are_named_and_may_write, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, the_life_of_a_contract, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, a_step_on_a_stale_view_is_refused, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, the_catalogue_finds_pages_and_filters, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, history_tells_all_in_order, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, a_blocked_producer_does_not_write, 0, TEMP_DRIVER_COUNT);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(usecases_suite)
