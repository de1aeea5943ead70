/* tests/validate/walk_support.c: see walk_support.h. */
#include "tests/validate/walk_support.h"

#include "tests/validate/tiers.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_PLANS = 32 };

static sl_bytes read_file(const char *path)
{
    const char *root = getenv("SLUICE_SOURCE_ROOT");
    char full[4096];
    snprintf(full, sizeof full, "%s/%s", root ? root : ".", path);
    FILE *file = fopen(full, "rb");
    ck_assert_msg(file != NULL, "%s cannot be opened", full);
    static uint8_t bytes[1 << 16];
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    ck_assert_uint_lt(len, sizeof bytes);
    return (sl_bytes){bytes, len};
}

sl_schema *walk_schema(void)
{
    static sl_schema *schema;
    if (schema)
        return schema;
    sl_findings findings = {0};
    sl_error err = {0};
    sl_status status = sl_schema_link_set(read_file("tests/validate/schemas/schemas.binpb"),
                                          (sl_str){0}, &schema, &findings, &err);
    ck_assert_msg(status == SL_OK && schema, "schemas.binpb: %s %s", err.text,
                  findings.list.count ? findings.list.items[0].message.data : "");
    sl_findings_done(&findings);
    return schema;
}

sl_plan *walk_plan(const char *type)
{
    static sl_plan *plans[MOST_PLANS];
    static size_t count;
    for (size_t i = 0; i < count; i++)
        if (sl_str_is(sl_plan_message(plans[i])->full_name, type))
            return plans[i];
    sl_error err = {0};
    ck_assert_uint_lt(count, MOST_PLANS);
    sl_status status = sl_plan_compile(walk_schema(), sl_str_from(type), &plans[count], &err);
    ck_assert_msg(status == SL_OK, "%s: %s", type, err.text);
    return plans[count++];
}

bool walk_bytes(const char *type, sl_bytes payload, sl_unknown_policy policy,
                sl_violations *violations)
{
    sl_validate_options options = {.unknown_fields = policy};
    bool is_valid = false;
    uint8_t *copy = sl_alloc(payload.len + SL_PAYLOAD_SLOP);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, payload.data, payload.len);
    memset(copy + payload.len, 0xA5, SL_PAYLOAD_SLOP);
    sl_bytes bytes = {copy, payload.len};
    tier_answers answers = tiers_ask(walk_plan(type), bytes, policy, violations);
    ck_assert_msg(tiers_agree(answers), "%s: the tiers do not agree", type);
    sl_status status = sl_validate(walk_plan(type), bytes, &options, violations, &is_valid);
    sl_free(copy);
    ck_assert_msg(status == SL_OK, "%s: %s", type, sl_status_name(status));
    ck_assert(is_valid == (violations->count == 0));
    ck_assert(is_valid == answers.is_valid);
    return is_valid;
}

void walk_check(const walk_case *row, sl_unknown_policy policy)
{
    sl_cleanup(sl_violations_done) sl_violations violations = {0};
    bool is_valid = walk_bytes(row->type, (sl_bytes){(const uint8_t *)row->bytes, row->len}, policy,
                               &violations);
    const sl_violation *first = &violations.items[0];
    if (row->rule == VALID) {
        ck_assert_msg(is_valid, "%s: %s at %zu, '%s': %s", row->name,
                      sl_violation_rule_id(first->rule), first->offset, first->path.data,
                      first->message.data);
        return;
    }
    ck_assert_msg(!is_valid, "%s: valid, and should not be", row->name);
    ck_assert_msg((int)first->rule == row->rule, "%s: got %s: %s", row->name,
                  sl_violation_rule_id(first->rule), first->message.data);
    ck_assert_msg(sl_str_is(first->path, row->path), "%s: path '%s', want '%s'", row->name,
                  first->path.data, row->path);
    ck_assert_msg(first->offset == row->offset, "%s: offset %zu, want %zu: %s", row->name,
                  first->offset, row->offset, first->message.data);
    ck_assert_msg(violations.count == 1, "%s: also %s at %zu, '%s'", row->name,
                  sl_violation_rule_id(violations.items[1].rule), violations.items[1].offset,
                  violations.items[1].path.data);
    ck_assert_uint_gt(first->message.len, 0);
}

const char *walk_told(const char *type, sl_bytes payload, sl_unknown_policy policy)
{
    static char told[1 << 16];
    sl_cleanup(sl_violations_done) sl_violations violations = {0};
    walk_bytes(type, payload, policy, &violations);
    size_t len = 0;
    told[0] = '\0';
    for (size_t i = 0; i < violations.count; i++)
        len += (size_t)snprintf(
            told + len, sizeof told - len, "%s: %s @%zu\n", violations.items[i].path.data,
            sl_violation_rule_id(violations.items[i].rule), violations.items[i].offset);
    return told;
}
