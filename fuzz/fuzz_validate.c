/* fuzz/fuzz_validate.c: any bytes as a payload of any type of tests/validate/schemas.
 *
 *   input  | type, 1 byte | payload … |
 *
 * Besides not crashing: tier 1, in each variant, is sure only of what tier 2 finds valid; the two policies may differ only by
 * violations that are policy's; a violation lies inside the payload, has a path that is UTF-8 and within its limit, and a text;
 * they come in order; and what is told is counted. */
#include "fuzz/fuzz.h"
#include "tests/validate/tiers.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const types[] = {
    "t2.Scalars", "t2.Repeated", "t2.Required", "t2.Holder", "t2.RequiredColor",
    "t2.Free",    "t2.Groups",   "t2.Node",     "t2.Set",    "t2.Wide",
    "t3.Order",   "t3.Maps",     "t23.All",
};

static sl_plan *plans[SL_ARRAY_LEN(types)];

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "does not hold: %s\n", what);
    abort();
}

static void load_plans(void)
{
    static uint8_t set[1 << 16];
    const char *root = getenv("SLUICE_SOURCE_ROOT");
    char path[4096];
    snprintf(path, sizeof path, "%s/tests/validate/schemas/schemas.binpb", root ? root : ".");
    FILE *file = fopen(path, "rb");
    must(file != NULL, path);
    size_t len = fread(set, 1, sizeof set, file);
    fclose(file);

    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = NULL;
    must(sl_schema_link_set((sl_bytes){set, len}, (sl_str){0}, &schema, &findings, NULL) == SL_OK,
         "schemas.binpb is read");
    must(schema != NULL, "schemas.binpb is linked");
    for (size_t i = 0; i < SL_ARRAY_LEN(types); i++)
        must(sl_plan_compile(schema, sl_str_from(types[i]), &plans[i], NULL) == SL_OK, types[i]);
}

static bool judge(const sl_plan *plan, sl_bytes payload, sl_unknown_policy policy,
                  sl_violations *violations)
{
    sl_validate_options options = {.unknown_fields = policy};
    bool is_valid = false;
    must(sl_validate(plan, payload, &options, violations, &is_valid) == SL_OK,
         "it can be answered");
    must(is_valid == (violations->count == 0), "valid means without violations");
    tier_answers answers = tiers_ask(plan, payload, policy, violations);
    must(answers.status == SL_OK, "tier 2 can answer");
    must(tiers_agree(answers), "tier 1 is sure only of what tier 2 finds valid");
    must(is_valid == answers.is_valid, "the answer is that of tier 2");
    must(violations->left_out == 0 || violations->count == SL_LIMIT_VIOLATIONS,
         "left out is what does not fit");
    for (size_t i = 0; i < violations->count; i++) {
        const sl_violation *violation = &violations->items[i];
        must(violation->offset <= payload.len, "an offset lies in the payload");
        must(violation->path.len <= SL_LIMIT_VIOLATION_PATH_BYTES, "a path keeps its limit");
        must(sl_utf8_valid(sl_str_bytes(violation->path)), "a path is UTF-8");
        must(violation->message.len > 0, "a violation has a text");
        must(i == 0 || violations->items[i - 1].offset <= violation->offset, "offsets rise");
    }
    return is_valid;
}

static size_t count_wire_truth(const sl_violations *violations)
{
    size_t count = 0;
    for (size_t i = 0; i < violations->count; i++)
        count += !sl_violation_rule_is_policy(violations->items[i].rule);
    return count;
}

/* A block that ends with its slop, so that a sanitizer sees the first byte read behind that. */
static sl_bytes copy_payload(const uint8_t *bytes, size_t len)
{
    uint8_t *copy = malloc(len + SL_PAYLOAD_SLOP);
    must(copy != NULL, "there is memory");
    memcpy(copy, bytes, len);
    memset(copy + len, 0xA5, SL_PAYLOAD_SLOP);
    return (sl_bytes){copy, len};
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static sl_violations allowed, rejected;
    if (!plans[0])
        load_plans();
    if (len == 0)
        return 0;
    const sl_plan *plan = plans[bytes[0] % SL_ARRAY_LEN(types)];
    sl_bytes payload = copy_payload(bytes + 1, len - 1);
    bool is_allowed = judge(plan, payload, SL_UNKNOWN_ALLOW, &allowed);
    bool is_valid = judge(plan, payload, SL_UNKNOWN_REJECT, &rejected);
    must(is_allowed || !is_valid, "what a parser refuses the contract refuses");
    if (allowed.left_out == 0 && rejected.left_out == 0)
        must(count_wire_truth(&allowed) == count_wire_truth(&rejected),
             "policy does not change wire truth");
    free((void *)payload.data);
    return 0;
}
