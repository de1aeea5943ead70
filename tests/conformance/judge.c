/* tests/conformance/judge.c: see judge.h. */
#include "tests/conformance/judge.h"

#include "tests/validate/tiers.h"

#include <stdio.h>
#include <stdlib.h>

/* How many disagreements are told in full, and how many bytes of each payload. */
enum { TOLD = 25, TOLD_BYTES = 400 };

static _Noreturn void give_up(const char *what, const char *which)
{
    printf("Bail out! %s: %s\n", what, which);
    fflush(stdout);
    exit(EXIT_FAILURE);
}

sl_schema *schema_from_set(sl_bytes set)
{
    sl_findings findings = {0};
    sl_error err = {0};
    sl_schema *schema = NULL;
    if (sl_schema_link_set(set, (sl_str){0}, &schema, &findings, &err) != SL_OK)
        give_up("a descriptor set could not be linked", err.text);
    for (size_t i = 0; !schema && i < findings.list.count; i++)
        fprintf(stderr, "%.*s: %.*s: %.*s\n", SL_STR_ARG(findings.list.items[i].at.file),
                SL_STR_ARG(findings.list.items[i].rule),
                SL_STR_ARG(findings.list.items[i].message));
    if (!schema)
        give_up("a descriptor set was refused", "see standard error");
    sl_findings_done(&findings);
    return schema;
}

void judge_start(payload_judge *judge, sl_bytes set)
{
    memset(judge, 0, sizeof *judge);
    judge->schema = schema_from_set(set);
}

void judge_done(payload_judge *judge)
{
    for (size_t i = 0; i < judge->plan_count; i++)
        sl_plan_unref(judge->plans[i].plan);
    sl_schema_unref(judge->schema);
    sl_violations_done(&judge->violations);
    memset(judge, 0, sizeof *judge);
}

sl_plan *judge_plan(payload_judge *judge, sl_str type)
{
    for (size_t i = 0; i < judge->plan_count; i++)
        if (sl_str_equal(judge->plans[i].type, type))
            return judge->plans[i].plan;

    sl_error err = {0};
    sl_plan *plan = NULL;
    if (judge->plan_count == SL_ARRAY_LEN(judge->plans))
        give_up("too many message types for one judge", "raise the bound in judge.h");
    if (sl_plan_compile(judge->schema, type, &plan, &err) != SL_OK)
        give_up("no plan", err.text);
    judge->plans[judge->plan_count].type = sl_plan_message(plan)->full_name;
    judge->plans[judge->plan_count++].plan = plan;
    return plan;
}

/* Wire data that is wrong hides whatever else a parser would have said, as it does in protoc. */
static verdict_word parser_verdict(const sl_violations *violations)
{
    verdict_word worst = VERDICT_VALID;
    if (violations->left_out)
        give_up("violations were left out", "the parser's verdict cannot be told from the rest");
    for (size_t i = 0; i < violations->count; i++) {
        sl_violation_rule rule = violations->items[i].rule;
        if (sl_violation_rule_is_policy(rule))
            continue;
        if (rule != SL_VIOLATION_REQUIRED)
            return VERDICT_MALFORMED;
        worst = VERDICT_MISSING_REQUIRED;
    }
    return worst;
}

/* Both tiers together, as sl_validate() asks them, after each alone. The violations are those of the former. */
static bool ask(payload_judge *judge, const sl_plan *plan, sl_bytes bytes, sl_unknown_policy policy,
                bool *ret_is_sure)
{
    const sl_validate_options options = {.unknown_fields = policy};
    tier_answers answers = tiers_ask(plan, bytes, policy, &judge->violations);
    bool is_valid = false;
    if (answers.status != SL_OK ||
        sl_validate(plan, bytes, &options, &judge->violations, &is_valid) != SL_OK)
        give_up("a walk failed", "out of memory");
    if (!tiers_agree(answers) || is_valid != answers.is_valid)
        give_up("the tiers contradict one another", sl_plan_message(plan)->full_name.data);
    if (is_valid != (judge->violations.count == 0))
        give_up("a walk contradicts itself", "valid with violations, or the reverse");
    *ret_is_sure = answers.is_sure;
    return is_valid;
}

judgement judge_payload(payload_judge *judge, sl_str type, sl_bytes payload)
{
    sl_plan *plan = judge_plan(judge, type);
    uint8_t *copy = payload_copy(payload);
    sl_bytes bytes = {copy, payload.len};
    judgement said = {0};
    bool is_sure = false;

    bool is_valid = ask(judge, plan, bytes, SL_UNKNOWN_ALLOW, &is_sure);
    said.as_parser = is_valid ? VERDICT_VALID : parser_verdict(&judge->violations);
    said.is_unsure = is_valid && !is_sure;
    judge->unsure += said.is_unsure;
    said.valid = ask(judge, plan, bytes, SL_UNKNOWN_REJECT, &is_sure);
    sl_free(copy);
    judge->judged++;
    return said;
}

static void tell(payload_judge *judge, const payload_record *record, judgement said,
                 const char *want)
{
    if (++judge->disagreed > TOLD)
        return;
    fprintf(stderr, "%.*s: the oracle says %s; as a parser: %s; by all rules: %s\n",
            SL_STR_ARG(record->type), want, verdict_name(said.as_parser),
            said.valid ? "valid" : "not valid");
    for (size_t i = 0; i < judge->violations.count; i++) {
        const sl_violation *violation = &judge->violations.items[i];
        fprintf(stderr, "    %s at %zu, '%.*s': %.*s\n", sl_violation_rule_id(violation->rule),
                violation->offset, SL_STR_ARG(violation->path), SL_STR_ARG(violation->message));
    }
    fputs("    ", stderr);
    for (size_t i = 0; i < record->payload.len && i < TOLD_BYTES; i++)
        fprintf(stderr, "%02x", record->payload.data[i]);
    fprintf(stderr, " (%zu bytes)\n", record->payload.len);
}

/* Refused by the full rules, taken by the parser: then policy alone has spoken. */
static bool rules_follow_parser(const payload_judge *judge, judgement said)
{
    if (said.as_parser != VERDICT_VALID)
        return !said.valid;
    for (size_t i = 0; i < judge->violations.count; i++)
        if (!sl_violation_rule_is_policy(judge->violations.items[i].rule))
            return false;
    return said.valid == (judge->violations.count == 0);
}

/* Can the oracle's message have lost a field that is in the bytes? Only below a map, a oneof or a message set. `seen` has a place for each
 * message of the schema, so each is entered once. */
static bool may_forget(const sl_message *message, bool *seen)
{
    if (seen[message->serial])
        return false;
    seen[message->serial] = true;
    if (message->is_map_entry || message->is_message_set)
        return true;
    for (uint32_t i = 0; i < message->oneof_count; i++)
        if (!message->oneofs[i].is_synthetic)
            return true;
    for (uint32_t i = 0; i < message->field_count; i++)
        if (message->fields[i].message && may_forget(message->fields[i].message, seen))
            return true;
    for (uint32_t i = 0; i < message->known_extension_count; i++)
        if (message->known_extensions[i]->message &&
            may_forget(message->known_extensions[i]->message, seen))
            return true;
    return false;
}

static bool oracle_may_forget(payload_judge *judge, sl_str type)
{
    bool *seen = sl_zalloc(sl_schema_message_count(judge->schema));
    if (!seen)
        give_up("out of memory", "oracle_may_forget");
    bool may = may_forget(sl_plan_message(judge_plan(judge, type)), seen);
    sl_free(seen);
    return may;
}

/* The walk ended at a tag of five bytes whose fifth says more than 32 bits can hold. The bytes decide, not the message. */
static bool ends_at_wide_tag(const payload_judge *judge, sl_bytes payload)
{
    enum { TAG_BYTES = 5, FIFTH_MAX = 0x0F };
    const sl_violations *violations = &judge->violations;
    if (violations->count == 0)
        return false;
    const sl_violation *last = &violations->items[violations->count - 1];
    if (last->rule != SL_VIOLATION_TAG || last->offset + TAG_BYTES > payload.len)
        return false;
    const uint8_t *tag = payload.data + last->offset;
    return tag[0] & tag[1] & tag[2] & tag[3] & 0x80 && tag[4] > FIFTH_MAX && tag[4] < 0x80;
}

judgement judge_compare(payload_judge *judge, const payload_record *record, verdict_word want)
{
    judgement said = judge_payload(judge, record->type, record->payload);
    verdict_word want_of_parser = want == VERDICT_UNNAMED ? VERDICT_VALID : want;
    if (ends_at_wide_tag(judge, record->payload)) {
        judge->wide_tags++;
        return said;
    }
    bool is_right = said.as_parser == want_of_parser && rules_follow_parser(judge, said);
    if (want == VERDICT_UNNAMED && said.valid)
        is_right = false;
    if (want == VERDICT_VALID && !said.valid) {
        judge->stricter++;
        is_right = is_right && oracle_may_forget(judge, record->type);
    }
    if (!is_right)
        tell(judge, record, said, verdict_name(want));
    return said;
}

judgement judge_compare_refused(payload_judge *judge, const payload_record *record,
                                bool want_refused)
{
    judgement said = judge_payload(judge, record->type, record->payload);
    bool is_refused = said.as_parser != VERDICT_VALID;
    if (is_refused != want_refused || !rules_follow_parser(judge, said))
        tell(judge, record, said, want_refused ? "refused" : "accepted");
    return said;
}
