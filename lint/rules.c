/* lint/rules.c: the table of rules, the names of categories, and sets of rules. */
#include "lint/internal/linter.h"

/* A category has the rules of those inside it. */
enum {
    IN_STANDARD = SL_LINT_STANDARD,
    IN_BASIC = SL_LINT_BASIC | SL_LINT_STANDARD,
    IN_MINIMAL = SL_LINT_MINIMAL | SL_LINT_BASIC | SL_LINT_STANDARD,
    IN_COMMENTS = SL_LINT_COMMENTS,
    IN_UNARY = SL_LINT_UNARY_RPC,
};

const sl_lint_row sl_lint_rows[SL_LINT_RULE_COUNT] = {
#define RULE(id, categories, applies, function, about) \
    [SL_LINT_RULE_##id] = {{#id, categories, about}, SL_LINT_##applies, {.applies = function}},
#include "lint/rules.def"
#undef RULE
};
_Static_assert((int)SL_LINT_RULE_COUNT <= (int)SL_LINT_RULES_MAX, "a set has a bit for every rule");

size_t sl_lint_rule_count(void)
{
    return SL_LINT_RULE_COUNT;
}

const sl_lint_rule *sl_lint_rule_at(size_t index)
{
    return index < SL_LINT_RULE_COUNT ? &sl_lint_rows[index].listed : NULL;
}

static const struct {
    const char *name;
    sl_lint_category category;
} names[] = {
    {"MINIMAL", SL_LINT_MINIMAL},     {"BASIC", SL_LINT_BASIC},
    {"STANDARD", SL_LINT_STANDARD},   {"COMMENTS", SL_LINT_COMMENTS},
    {"UNARY_RPC", SL_LINT_UNARY_RPC}, {"DEFAULT", SL_LINT_STANDARD},
};

const char *sl_lint_category_name(sl_lint_category category)
{
    for (size_t i = 0; i < SL_ARRAY_LEN(names); i++)
        if (names[i].category == category)
            return names[i].name;
    return "unknown";
}

bool sl_lint_rules_has(const sl_lint_rules *set, size_t index)
{
    return index < SL_LINT_RULE_COUNT && (set->bits >> index & 1);
}

sl_lint_rules sl_lint_rules_of(int categories)
{
    sl_lint_rules set = {0};
    for (size_t i = 0; i < SL_LINT_RULE_COUNT; i++)
        if (sl_lint_rows[i].listed.categories & categories)
            set.bits |= UINT64_C(1) << i;
    return set;
}

/* What `name` stands for; empty if for nothing. */
static sl_lint_rules rules_called(sl_str name)
{
    sl_lint_rules set = {0};
    for (size_t i = 0; i < SL_ARRAY_LEN(names); i++)
        if (sl_str_equal_nocase(name, sl_str_from(names[i].name)))
            return sl_lint_rules_of((int)names[i].category);
    for (size_t i = 0; i < SL_LINT_RULE_COUNT; i++)
        if (sl_str_is(name, sl_lint_rows[i].listed.id))
            set.bits |= UINT64_C(1) << i;
    return set;
}

bool sl_lint_rules_add(sl_lint_rules *set, sl_str name)
{
    sl_lint_rules called = rules_called(name);
    set->bits |= called.bits;
    return called.bits != 0;
}

bool sl_lint_rules_remove(sl_lint_rules *set, sl_str name)
{
    sl_lint_rules called = rules_called(name);
    set->bits &= ~called.bits;
    return called.bits != 0;
}
