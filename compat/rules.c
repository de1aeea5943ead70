/* compat/rules.c: the table of rules, and the names of categories. */
#include "compat/internal/check.h"

enum {
    IN_WIRE = SL_COMPAT_WIRE,
    IN_WIRE_JSON = SL_COMPAT_WIRE_JSON,
    IN_PACKAGE = SL_COMPAT_PACKAGE,
    IN_FILE = SL_COMPAT_FILE,
    IN_ALL = IN_WIRE | IN_WIRE_JSON | IN_PACKAGE | IN_FILE,
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
} categories[] = {
    {"WIRE", SL_COMPAT_WIRE},
    {"WIRE_JSON", SL_COMPAT_WIRE_JSON},
    {"PACKAGE", SL_COMPAT_PACKAGE},
    {"FILE", SL_COMPAT_FILE},
};

const char *sl_compat_category_name(sl_compat_category category)
{
    for (size_t i = 0; i < SL_ARRAY_LEN(categories); i++) {
        if (categories[i].category == category)
            return categories[i].name;
    }
    return "unknown";
}

bool sl_compat_category_parse(sl_str name, sl_compat_category *ret_category)
{
    for (size_t i = 0; i < SL_ARRAY_LEN(categories); i++) {
        if (!sl_str_equal_nocase(name, sl_str_from(categories[i].name)))
            continue;
        *ret_category = categories[i].category;
        return true;
    }
    return false;
}
