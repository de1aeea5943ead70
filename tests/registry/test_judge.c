/* tests/registry/test_judge.c: the steps of a judgement, what each mode makes of them, and what is counted. */
#include "tests/registry/fixture.h"
#include "tests/support/tap_main.h"

#include "wire/wire.h"
#include <stdio.h>

static fixture f;

/* Topic "orders": p.A {id int32 = 1, name string = 2}, by checkout. */
static void open_orders(int driver, sl_mode mode)
{
    fixture_open(&f, driver);
    claim_orders(&f, "orders", mode);
}

static void amend(sl_contract change)
{
    sl_contract contract;
    OK(&f, sl_registry_contract_get(f.registry, SL_STR("orders"), &f.arena, &contract, &f.problem));
    change.topic = SL_STR("orders");
    change.generation = contract.generation;
    OK(&f, sl_registry_claim(f.registry, &admin, &change, &f.arena, &contract, &f.problem));
}

static void act(sl_contract_action action, const char *reason)
{
    sl_contract contract;
    sl_contract_step step = {
        .topic = SL_STR("orders"), .action = action, .reason = sl_str_from(reason)};
    OK(&f, sl_registry_contract_act(f.registry, &admin, &step, &f.arena, &contract, &f.problem));
}

static sl_verdict judged(const sl_actor *actor, const char *bytes, size_t len, int32_t version)
{
    sl_verdict verdict = {0};
    sl_judge_request request = {.topic = SL_STR("orders"),
                                .actor = actor,
                                .payload = payload_of(&f, bytes, len),
                                .version = version};
    OK(&f, judge(&f, &request, &verdict));
    return verdict;
}

static sl_violation_rule first_rule(void)
{
    ck_assert_uint_ge(f.violations.count, 1);
    return f.violations.items[0].rule;
}

#define GOOD "\x08\x01", 2
#define BAD "\x12\x05x", 3

/* --- identity -------------------------------------------------------------------------------- */

static const sl_actor blocked = {SL_ACTOR_PRODUCER, SL_STR_INIT("checkout"), true};

static const struct {
    const char *name;
    const sl_actor *actor;
    int rule; /* -1: valid */
} callers[] = {
    {"its_producer", &checkout, -1},
    {"another_producer", &billing, SL_VIOLATION_PRODUCER},
    {"an_administrator", &admin, -1},
    {"without_a_name", &anonymous, -1},
    {"nobody_at_all", NULL, -1},
    {"a_blocked_producer", &blocked, SL_VIOLATION_PRODUCER_BLOCKED},
};

START_TEST(the_caller_is_judged_first)
{
    open_orders(0, SL_MODE_ENFORCE);
    sl_verdict verdict = judged(callers[_i].actor, GOOD, 0);
    ck_assert_msg(verdict.is_valid == (callers[_i].rule < 0), "%s", callers[_i].name);
    ck_assert_int_eq(verdict.step, callers[_i].rule < 0 ? SL_STEP_NONE : SL_STEP_IDENTITY);
    if (callers[_i].rule >= 0)
        ck_assert_int_eq((int)first_rule(), callers[_i].rule);
    ck_assert(sl_str_is(verdict.owner->chat, "#pay"));
    fixture_close(&f);
}
END_TEST

START_TEST(a_blocked_producer_is_refused_whatever_the_mode)
{
    open_orders(_i, SL_MODE_OBSERVE);
    OK(&f, sl_registry_producer_block(f.registry, &admin, SL_STR("checkout"), true, SL_STR("why"),
                                      &f.problem));
    sl_verdict verdict = judged(&anonymous, GOOD, 0);
    ck_assert(!verdict.is_valid && !verdict.is_allowed && verdict.step == SL_STEP_IDENTITY);
    ck_assert(judged(&admin, GOOD, 0).is_allowed);
    OK(&f, sl_registry_producer_block(f.registry, &admin, SL_STR("checkout"), false, (sl_str){0},
                                      &f.problem));
    ck_assert(judged(&anonymous, GOOD, 0).is_allowed);
    fixture_close(&f);
}
END_TEST

START_TEST(a_blocked_topic_is_refused_whatever_the_mode)
{
    open_orders(_i, SL_MODE_OFF);
    act(SL_ACTION_BLOCK, "on fire");
    sl_verdict verdict = judged(&checkout, GOOD, 0);
    ck_assert(!verdict.is_valid && !verdict.is_allowed && verdict.step == SL_STEP_CONTRACT);
    ck_assert_int_eq(first_rule(), SL_VIOLATION_TOPIC_BLOCKED);
    ck_assert(sl_str_contains(f.violations.items[0].message, SL_STR("on fire")));
    act(SL_ACTION_UNBLOCK, NULL);
    ck_assert(judged(&checkout, BAD, 0).is_allowed);
    fixture_close(&f);
}
END_TEST

/* --- modes ----------------------------------------------------------------------------------- */

static const struct {
    sl_mode mode;
    bool is_valid, is_allowed;
} modes[] = {
    {SL_MODE_OFF, true, true},
    {SL_MODE_OBSERVE, false, true},
    {SL_MODE_WARN, false, true},
    {SL_MODE_ENFORCE, false, false},
};

START_TEST(the_mode_decides_what_a_bad_payload_meets)
{
    open_orders(0, modes[_i].mode);
    sl_verdict verdict = judged(&checkout, BAD, 0);
    ck_assert_int_eq(verdict.is_valid, modes[_i].is_valid);
    ck_assert_int_eq(verdict.is_allowed, modes[_i].is_allowed);
    ck_assert_int_eq(verdict.mode, modes[_i].mode);
    fixture_close(&f);
}
END_TEST

START_TEST(a_draft_observes)
{
    sl_contract claim = {
        .topic = SL_STR("orders"), .mode = SL_MODE_ENFORCE, .starts_as_draft = true};
    sl_contract contract;
    fixture_open(&f, _i);
    must_register(&f, "orders-value", make_file(&f, "orders.proto", "A", "id:1:i name:2:s"));
    OK(&f, sl_registry_claim(f.registry, &checkout, &claim, &f.arena, &contract, &f.problem));
    ck_assert_int_eq(contract.state, SL_STATE_DRAFT);
    sl_verdict verdict = judged(&checkout, BAD, 0);
    ck_assert(!verdict.is_valid && verdict.is_allowed && verdict.mode == SL_MODE_OBSERVE);
    act(SL_ACTION_ACTIVATE, NULL);
    ck_assert(!judged(&checkout, BAD, 0).is_allowed);
    fixture_close(&f);
}
END_TEST

/* --- contract -------------------------------------------------------------------------------- */

START_TEST(tombstones_and_sizes_are_the_contracts)
{
    open_orders(_i, SL_MODE_ENFORCE);
    ck_assert(!judged(&checkout, "", 0, 0).is_valid);
    ck_assert_int_eq(first_rule(), SL_VIOLATION_TOMBSTONE);
    amend(
        (sl_contract){.mode = SL_MODE_ENFORCE, .allows_tombstones = true, .max_payload_bytes = 3});
    ck_assert(judged(&checkout, "", 0, 0).is_valid);
    ck_assert(judged(&checkout, GOOD, 0).is_valid);
    ck_assert(!judged(&checkout, "\x08\x80\x80\x00", 4, 0).is_valid);
    ck_assert_int_eq(first_rule(), SL_VIOLATION_TOO_LARGE);
    fixture_close(&f);
}
END_TEST

START_TEST(unknown_fields_are_the_contracts)
{
    open_orders(_i, SL_MODE_ENFORCE);
    ck_assert(!judged(&checkout, "\x48\x01", 2, 0).is_valid);
    ck_assert_int_eq(first_rule(), SL_VIOLATION_UNKNOWN);
    amend((sl_contract){.mode = SL_MODE_ENFORCE, .unknown_fields = SL_UNKNOWN_ALLOW});
    ck_assert(judged(&checkout, "\x48\x01", 2, 0).is_valid);
    fixture_close(&f);
}
END_TEST

START_TEST(a_topic_without_a_contract_is_not_found)
{
    sl_verdict verdict;
    open_orders(_i, SL_MODE_ENFORCE);
    sl_judge_request request = {.topic = SL_STR("nothing"), .payload = payload_of(&f, "", 0)};
    ck_assert_int_eq(judge(&f, &request, &verdict), SL_NOT_FOUND);
    ck_assert_int_eq(sl_registry_warm(f.registry, &request, &f.problem.error), SL_NOT_FOUND);
    request.topic = SL_STR("orders");
    act(SL_ACTION_RETIRE, NULL);
    ck_assert_int_eq(judge(&f, &request, &verdict), SL_NOT_FOUND);
    fixture_close(&f);
}
END_TEST

/* --- versions -------------------------------------------------------------------------------- */

/* v1 {id, name}, v2 adds more = 3, v3 has a required field 4 (level NONE let it in). */
static void three_versions(int driver)
{
    open_orders(driver, SL_MODE_ENFORCE);
    OK(&f, sl_registry_subject_set_level(f.registry, &admin, SL_STR("orders-value"), SL_LEVEL_NONE,
                                         &f.arena, &f.problem));
    must_register(&f, "orders-value",
                  make_file(&f, "orders.proto", "A", "id:1:i name:2:s more:3:i"));
    must_register(&f, "orders-value",
                  make_file(&f, "orders.proto", "A", "id:1:i name:2:s more:3:i must:4:r"));
}

static const struct {
    const char *name;
    sl_version_policy policy;
    int32_t pinned, asked;
    const char *payload;
    bool is_valid;
    int32_t judged_by;
} policies[] = {
    {"latest_demands_the_required_field", SL_VERSIONS_LATEST, 0, 0, "\x08\x01", false, 3},
    {"latest_takes_it", SL_VERSIONS_LATEST, 0, 0, "\x20\x01", true, 3},
    {"live_falls_back_to_an_older_one", SL_VERSIONS_LIVE, 0, 0, "\x18\x01", true, 2},
    {"live_prefers_the_newest", SL_VERSIONS_LIVE, 0, 0, "\x20\x01", true, 3},
    {"live_tells_of_the_newest", SL_VERSIONS_LIVE, 0, 0, "\x48\x01", false, 3},
    {"pinned_to_the_first", SL_VERSIONS_PINNED, 1, 0, "\x18\x01", false, 1},
    {"pinned_to_the_second", SL_VERSIONS_PINNED, 2, 0, "\x18\x01", true, 2},
    {"asked_for_by_number", SL_VERSIONS_LATEST, 0, 1, "\x08\x01", true, 1},
    {"asked_beats_pinned", SL_VERSIONS_PINNED, 1, 2, "\x18\x01", true, 2},
    {"asked_beats_live", SL_VERSIONS_LIVE, 0, 1, "\x18\x01", false, 1},
};

START_TEST(the_policy_picks_the_version)
{
    size_t at = (size_t)_i / TEMP_DRIVER_COUNT;
    three_versions(_i % TEMP_DRIVER_COUNT);
    amend((sl_contract){.mode = SL_MODE_ENFORCE,
                        .versions = policies[at].policy,
                        .pinned_version = policies[at].pinned});
    sl_verdict verdict = judged(&checkout, policies[at].payload, 2, policies[at].asked);
    ck_assert_msg(verdict.is_valid == policies[at].is_valid, "%s", policies[at].name);
    ck_assert_msg(verdict.version == policies[at].judged_by, "%s: by %d", policies[at].name,
                  verdict.version);
    fixture_close(&f);
}
END_TEST

/* Only the first version has field 3. It is tried as long as it is among the newest so many. */
START_TEST(live_tries_so_many_versions)
{
    open_orders(_i, SL_MODE_ENFORCE);
    OK(&f, sl_registry_subject_set_level(f.registry, &admin, SL_STR("orders-value"), SL_LEVEL_NONE,
                                         &f.arena, &f.problem));
    must_register(&f, "orders-value", make_file(&f, "orders.proto", "A", "id:1:i more:3:i"));
    for (int newer = 1; newer <= SL_LIMIT_LIVE_VERSIONS_TRIED; newer++) {
        char fields[64];
        snprintf(fields, sizeof fields, "id:1:i x:%d:i", newer + 20);
        must_register(&f, "orders-value", make_file(&f, "orders.proto", "A", fields));
        if (newer < SL_LIMIT_LIVE_VERSIONS_TRIED - 1)
            continue;
        amend((sl_contract){.mode = SL_MODE_ENFORCE, .versions = SL_VERSIONS_LIVE});
        sl_verdict verdict = judged(&checkout, "\x18\x01", 2, 0);
        ck_assert_int_eq(verdict.is_valid, newer < SL_LIMIT_LIVE_VERSIONS_TRIED);
    }
    fixture_close(&f);
}
END_TEST

/* The second version takes it; it is tried when two walks fit into what is walked at most. */
START_TEST(live_walks_so_many_bytes)
{
    static uint8_t payload[SL_LIMIT_LIVE_BYTES_WALKED / 2 + 2];
    static const uint8_t head[] = {0x18, 1, 0x12, 0xfa, 0xff, 0xff, 0x0f};
    _Static_assert(SL_LIMIT_LIVE_BYTES_WALKED == 64 << 20, "the length in `head` is by it");
    three_versions(_i);
    amend((sl_contract){.mode = SL_MODE_ENFORCE, .versions = SL_VERSIONS_LIVE});
    memset(payload, 'x', sizeof payload);
    memcpy(payload, head, sizeof head);
    /* The string of 2^25 - 6 bytes ends one byte over the half: 7 + 2^25 - 6. */
    ck_assert(!judged(&checkout, (const char *)payload, sizeof payload - 1, 0).is_valid);
    payload[3]--;
    ck_assert(judged(&checkout, (const char *)payload, sizeof payload - 2, 0).is_valid);
    fixture_close(&f);
}
END_TEST

START_TEST(a_version_that_is_not_there_is_a_violation)
{
    open_orders(_i, SL_MODE_ENFORCE);
    sl_verdict verdict = judged(&checkout, "\x08\x01", 2, 9);
    ck_assert(!verdict.is_valid && verdict.step == SL_STEP_SCHEMA);
    ck_assert_int_eq(first_rule(), SL_VIOLATION_VERSION);
    fixture_close(&f);
}
END_TEST

/* --- envelopes ------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    int32_t id; /* -1: no envelope at all */
    int32_t indexes[2];
    uint32_t index_count;
    int rule; /* -1: valid */
} envelopes[] = {
    {"the_first_message", 1, {0}, 0, -1},
    {"the_first_message_by_index", 1, {0}, 1, -1},
    {"an_older_version", 1, {0}, 1, -1},
    {"another_message", 1, {1}, 1, SL_VIOLATION_ENVELOPE_INDEXES},
    {"no_message", 1, {0, 5}, 2, SL_VIOLATION_ENVELOPE_INDEXES},
    {"a_schema_of_another_subject", 2, {0}, 1, SL_VIOLATION_ENVELOPE_SCHEMA},
    {"a_schema_that_is_not_there", 77, {0}, 1, SL_VIOLATION_ENVELOPE_SCHEMA},
    {"no_envelope", -1, {0}, 0, SL_VIOLATION_ENVELOPE},
};

static void open_two_messages(void)
{
    sl_contract contract,
        claim = {.topic = SL_STR("orders"), .message_type = SL_STR("p.A"), .mode = SL_MODE_ENFORCE};
    fixture_open(&f, 0);
    must_register(&f, "orders-value", make_file(&f, "orders.proto", "A|B", "id:1:i"));
    must_register(&f, "other-value", make_file(&f, "other.proto", "A|B", "id:1:i"));
    must_register(&f, "orders-value", make_file(&f, "orders.proto", "A|B", "id:1:i more:2:i"));
    OK(&f, sl_registry_claim(f.registry, &checkout, &claim, &f.arena, &contract, &f.problem));
}

START_TEST(an_envelope_must_lead_to_the_contracts_message)
{
    sl_cleanup(sl_buf_done) sl_buf framed = {0};
    sl_verdict verdict = {0};
    open_two_messages();
    if (envelopes[_i].id >= 0)
        sl_envelope_put(&framed, envelopes[_i].id, envelopes[_i].indexes,
                        envelopes[_i].index_count);
    sl_buf_append(&framed, "\x08\x01", 2);
    sl_judge_request request = {.topic = SL_STR("orders"),
                                .actor = &checkout,
                                .is_framed = true,
                                .payload = payload_of(&f, framed.data, framed.len)};
    OK(&f, judge(&f, &request, &verdict));
    ck_assert_msg(verdict.is_valid == (envelopes[_i].rule < 0), "%s", envelopes[_i].name);
    if (envelopes[_i].rule >= 0) {
        ck_assert_msg((int)first_rule() == envelopes[_i].rule, "%s: %s", envelopes[_i].name,
                      sl_violation_rule_id(first_rule()));
        ck_assert_int_eq(verdict.step, SL_STEP_SCHEMA);
    }
    fixture_close(&f);
}
END_TEST

/* --- counts ---------------------------------------------------------------------------------- */

static void remember(void *context, const sl_topic_counts *counts)
{
    *(sl_topic_counts *)context = *counts;
}

START_TEST(counts_survive_changes_of_the_contract)
{
    sl_topic_counts counts = {0};
    open_orders(_i, SL_MODE_ENFORCE);
    judged(&checkout, GOOD, 0);
    judged(&checkout, BAD, 0);
    amend((sl_contract){.mode = SL_MODE_OBSERVE});
    judged(&checkout, BAD, 0);
    amend((sl_contract){.mode = SL_MODE_OFF});
    judged(&checkout, BAD, 0);
    sl_registry_visit_counts(f.registry, remember, &counts);
    ck_assert(sl_str_is(counts.topic, "orders") && sl_str_is(counts.producer, "checkout"));
    ck_assert_uint_eq(counts.valid, 1);
    ck_assert_uint_eq(counts.refused, 1);
    ck_assert_uint_eq(counts.invalid_allowed, 1);
    ck_assert_uint_eq(counts.bytes, 2 + 3 + 3);
    ck_assert_uint_eq(counts.by_rule[SL_VIOLATION_LENGTH], 2);
    fixture_close(&f);
}
END_TEST

START_TEST(a_plan_is_made_once_and_kept_over_changes)
{
    sl_registry_stats stats;
    open_orders(_i, SL_MODE_ENFORCE);
    sl_registry_get_stats(f.registry, &stats);
    ck_assert(stats.contracts == 1 && stats.plans == 0);
    judged(&checkout, GOOD, 0);
    amend((sl_contract){.mode = SL_MODE_WARN});
    sl_registry_get_stats(f.registry, &stats);
    ck_assert(stats.plans == 1 && stats.plan_bytes > 0 && stats.schema_bytes > 0);
    sl_verdict verdict;
    sl_judge_request request = {.topic = SL_STR("orders"), .payload = payload_of(&f, GOOD)};
    sl_guard guard = sl_registry_enter(f.registry);
    ck_assert_int_eq(sl_registry_judge(f.registry, &guard, &request, &f.violations, &verdict),
                     SL_OK);
    sl_registry_leave(&guard);
    fixture_close(&f);
}
END_TEST

static Suite *judge_suite(void)
{
    Suite *suite = suite_create("judge");
    TCase *tcase = tcase_create("steps");
    tcase_add_loop_test(tcase, the_caller_is_judged_first, 0, SL_ARRAY_LEN(callers));
    tcase_add_loop_test(tcase, a_blocked_producer_is_refused_whatever_the_mode, 0,
                        TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, a_blocked_topic_is_refused_whatever_the_mode, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, the_mode_decides_what_a_bad_payload_meets, 0, SL_ARRAY_LEN(modes));
    tcase_add_loop_test(tcase, a_draft_observes, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, tombstones_and_sizes_are_the_contracts, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, unknown_fields_are_the_contracts, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, a_topic_without_a_contract_is_not_found, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, the_policy_picks_the_version, 0,
                        (int)SL_ARRAY_LEN(policies) * TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, live_tries_so_many_versions, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, live_walks_so_many_bytes, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, a_version_that_is_not_there_is_a_violation, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, an_envelope_must_lead_to_the_contracts_message, 0,
                        SL_ARRAY_LEN(envelopes));
    tcase_add_loop_test(tcase, counts_survive_changes_of_the_contract, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, a_plan_is_made_once_and_kept_over_changes, 0, TEMP_DRIVER_COUNT);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(judge_suite)
