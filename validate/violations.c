/* validate/violations.c: a bounded list that owns its text, and the names of the rules. */
#include "validate/validate.h"

#include <stdio.h>

enum { MESSAGE_TEXT_SIZE = 512 };

static const struct {
    const char *id;
    bool is_policy;
} rules[] = {
#define VIOLATION(suffix, id, is_policy, meaning) {id, is_policy},
#include "validate/rules.def"
#undef VIOLATION
};

const char *sl_violation_rule_id(sl_violation_rule rule)
{
    return (unsigned)rule < SL_ARRAY_LEN(rules) ? rules[rule].id : "unknown";
}

bool sl_violation_rule_is_policy(sl_violation_rule rule)
{
    return (unsigned)rule < SL_ARRAY_LEN(rules) && rules[rule].is_policy;
}

void sl_violations_clear(sl_violations *violations)
{
    violations->count = violations->left_out = 0;
    sl_arena_reset(&violations->arena);
}

void sl_violations_done(sl_violations *violations)
{
    violations->count = violations->left_out = 0;
    sl_arena_done(&violations->arena);
}

sl_status sl_violations_add(sl_violations *violations, sl_violation_rule rule, size_t offset,
                            sl_str path, const char *format, ...)
{
    if (violations->count == SL_LIMIT_VIOLATIONS) {
        violations->left_out++;
        return SL_OK;
    }
    char text[MESSAGE_TEXT_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);

    sl_violation violation = {.rule = rule, .offset = offset};
    sl_str given_path = path.data ? path : SL_STR("");
    SL_TRY(sl_arena_copy_str(&violations->arena, given_path, &violation.path));
    SL_TRY(sl_arena_copy_str(&violations->arena, sl_str_from(text), &violation.message));
    violations->items[violations->count++] = violation;
    return SL_OK;
}
