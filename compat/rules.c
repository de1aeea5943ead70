/* compat/rules.c: the table of rules, the names of categories, and sets of rules. */
#include "compat/internal/check.h"

enum {
    IN_WIRE = SL_COMPAT_WIRE,
    IN_WIRE_JSON = SL_COMPAT_WIRE_JSON,
    IN_PACKAGE = SL_COMPAT_PACKAGE,
    IN_FILE = SL_COMPAT_FILE,
    IN_CSR = SL_COMPAT_CSR,
    IN_CONTRACT = SL_COMPAT_CONTRACT,
    IN_SHARED = IN_WIRE | IN_WIRE_JSON | IN_PACKAGE | IN_FILE | IN_CSR,
    IN_ALL = IN_WIRE | IN_WIRE_JSON | IN_PACKAGE | IN_FILE | IN_CSR | IN_CONTRACT,
};

enum {
    BACKWARD = SL_COMPAT_BACKWARD,
    FORWARD = SL_COMPAT_FORWARD,
    BOTH = SL_COMPAT_BOTH,
};

const sl_rule sl_rules[SL_RULE_COUNT] = {
#define RULE(id, categories, breaks, applies, function, protects) \
    [SL_RULE_##                                                   \
        id] = {{#id, categories, breaks, protects}, SL_KIND_##applies, {.applies = function}},
#include "compat/rules.def"
#undef RULE
};

size_t sl_compat_rule_count(void)
{
    return SL_RULE_COUNT;
}

const sl_compat_rule *sl_compat_rule_at(size_t index)
{
    return index < SL_RULE_COUNT ? &sl_rules[index].listed : NULL;
}

static const struct {
    const char *name;
    sl_compat_category category;
} names[] = {
    {"WIRE", SL_COMPAT_WIRE},       {"WIRE_JSON", SL_COMPAT_WIRE_JSON},
    {"PACKAGE", SL_COMPAT_PACKAGE}, {"FILE", SL_COMPAT_FILE},
    {"CSR", SL_COMPAT_CSR},         {"CONTRACT", SL_COMPAT_CONTRACT},
};

const char *sl_compat_category_name(sl_compat_category category)
{
    for (size_t i = 0; i < SL_ARRAY_LEN(names); i++) {
        if (names[i].category == category)
            return names[i].name;
    }
    return "unknown";
}

bool sl_compat_category_parse(sl_str name, sl_compat_category *ret_category)
{
    for (size_t i = 0; i < SL_ARRAY_LEN(names); i++) {
        if (!sl_str_equal_nocase(name, sl_str_from(names[i].name)))
            continue;
        *ret_category = names[i].category;
        return true;
    }
    return false;
}

/* --- sets --- */

enum { WORD_BITS = 64 };
_Static_assert((int)SL_RULE_COUNT <= (int)SL_COMPAT_RULES_MAX, "a set has a bit for every rule");

bool sl_compat_rules_has(const sl_compat_rules *set, size_t index)
{
    return index < SL_RULE_COUNT && (set->bits[index / WORD_BITS] >> index % WORD_BITS & 1);
}

sl_compat_rules sl_compat_rules_of(int categories)
{
    sl_compat_rules set = {0};
    for (size_t i = 0; i < SL_RULE_COUNT; i++)
        if (sl_rules[i].listed.categories & categories)
            set.bits[i / WORD_BITS] |= UINT64_C(1) << i % WORD_BITS;
    return set;
}

/* What `name` stands for; empty if for nothing. */
static sl_compat_rules rules_called(sl_str name)
{
    sl_compat_category category;
    if (sl_compat_category_parse(name, &category))
        return sl_compat_rules_of((int)category);
    sl_compat_rules set = {0};
    for (size_t i = 0; i < SL_RULE_COUNT; i++)
        if (sl_str_is(name, sl_rules[i].listed.id))
            set.bits[i / WORD_BITS] |= UINT64_C(1) << i % WORD_BITS;
    return set;
}

bool sl_compat_rules_add(sl_compat_rules *set, sl_str name)
{
    sl_compat_rules called = rules_called(name);
    set->bits[0] |= called.bits[0];
    set->bits[1] |= called.bits[1];
    return (called.bits[0] | called.bits[1]) != 0;
}

bool sl_compat_rules_remove(sl_compat_rules *set, sl_str name)
{
    sl_compat_rules called = rules_called(name);
    set->bits[0] &= ~called.bits[0];
    set->bits[1] &= ~called.bits[1];
    return (called.bits[0] | called.bits[1]) != 0;
}
