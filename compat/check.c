/* compat/check.c: choosing the rules, gathering what they find, and handing it over in order.
 *
 *   rules by kind  [ file: r r | message: r r r | field: r r r r … ]     only those of the category and directions asked for
 *
 * Rules are run pair by pair, so findings come in the order of the old schema; they are sorted by place in the new one, and then
 * causes are numbered as they appear. Only as many as the caller's list has room for (sl_findings_room()) are written out,
 * since each costs text and a search through source info; the rest is counted. Which ones are first does not depend on
 * anything but the two schemas. */
#include "compat/internal/check.h"

#include <stdlib.h>

static void choose_rules(sl_check *check, const sl_compat_rules *rules)
{
    uint32_t count = 0;
    for (int kind = 0; kind < SL_KIND_COUNT; kind++) {
        check->rules_begin[kind] = count;
        for (size_t i = 0; i < SL_RULE_COUNT; i++) {
            const sl_rule *rule = &sl_rules[i];
            bool is_wanted = (int)rule->kind == kind && sl_compat_rules_has(rules, i) &&
                             (rule->listed.breaks & check->directions);
            if (is_wanted)
                check->rules[count++] = rule;
        }
    }
    check->rules_begin[SL_KIND_COUNT] = count;
}

#define KIND(name, old_type, new_type)                                                             \
    void sl_check_##name(sl_check *check, const old_type *old, const new_type *new)                \
    {                                                                                              \
        uint32_t end = check->rules_begin[SL_KIND_##name + 1];                                     \
        for (uint32_t i = check->rules_begin[SL_KIND_##name]; i < end && !check->no_memory; i++) { \
            check->rule = check->rules[i];                                                         \
            check->rule->run.name(check, old, new);                                                \
        }                                                                                          \
    }
#include "compat/kinds.def"
#undef KIND

bool sl_check_failed(sl_check *check, sl_status status)
{
    if (status == SL_NO_MEMORY)
        check->no_memory = true;
    return status == SL_NO_MEMORY;
}

sl_finding *sl_check_add(sl_check *check, const void *cause)
{
    if (check->no_memory)
        return NULL;
    if (check->pending.count >= check->room) {
        check->left_out++;
        return NULL;
    }
    sl_pending pending = {
        .finding = {.rule = sl_str_from(check->rule->listed.id), .severity = SL_SEVERITY_ERROR},
        .cause = cause,
        .rank = (size_t)(check->rule - sl_rules),
        .order = check->pending.count,
    };
    if (sl_check_failed(check, sl_vec_push(&check->pending, pending)))
        return NULL;
    return &check->pending.items[check->pending.count - 1].finding;
}

void sl_check_blame(sl_check *check, const void *cause)
{
    if (check->pending.count > 0)
        check->pending.items[check->pending.count - 1].cause = cause;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_pending(const void *left, const void *right)
{
    const sl_pending *a = left, *b = right;
    int order = sl_str_compare(a->finding.at.file, b->finding.at.file);
    if (order == 0)
        order = compare_numbers(a->finding.at.line, b->finding.at.line);
    if (order == 0)
        order = compare_numbers(a->finding.at.column, b->finding.at.column);
    if (order == 0)
        order = sl_str_compare(a->finding.rule, b->finding.rule);
    return order ? order : compare_numbers(a->order, b->order);
}

/* Causes count on from those of an earlier comparison in the same list. */
static uint32_t last_cause(const sl_findings *findings)
{
    uint32_t last = 0;
    for (size_t i = 0; i < findings->list.count; i++)
        last = SL_MAX(last, findings->list.items[i].cause);
    return last;
}

/* Of those with one cause, the rule that stands first in rules.def tells it best. */
static sl_status number_causes(sl_check *check, uint32_t last)
{
    sl_cleanup(sl_map_done) sl_map best_of = {0}; /* cause → its best finding so far */
    for (size_t i = 0; i < check->pending.count; i++) {
        sl_pending *pending = &check->pending.items[i];
        sl_str key = {(const char *)&pending->cause, sizeof pending->cause};
        sl_pending *best = sl_map_get(&best_of, key);
        pending->finding.cause = best ? best->finding.cause : ++last;
        if (best && best->rank <= pending->rank)
            continue;
        if (best)
            best->is_best = false;
        pending->is_best = true;
        SL_TRY(sl_map_set(&best_of, key, pending));
    }
    return SL_OK;
}

static sl_status publish(sl_check *check, sl_findings *findings)
{
    if (check->no_memory || check->arena.has_failed)
        return SL_NO_MEMORY;
    if (check->pending.count > 0)
        qsort(check->pending.items, check->pending.count, sizeof *check->pending.items,
              compare_pending);
    SL_TRY(number_causes(check, last_cause(findings)));
    for (size_t i = 0; i < check->pending.count; i++) {
        const sl_pending *pending = &check->pending.items[i];
        if (!check->one_per_cause || pending->is_best)
            SL_TRY(sl_findings_add(findings, &pending->finding));
    }
    findings->left_out += check->left_out;
    findings->error_count += check->left_out;
    return SL_OK;
}

static void check_done(sl_check *check)
{
    sl_check_names_done(check);
    sl_map_done(&check->alike);
    sl_arena_done(&check->arena);
    sl_vec_done(&check->pending);
}

sl_status sl_compat_run(const sl_compat_request *request, sl_findings *findings)
{
    sl_cleanup(check_done) sl_check check = {
        .old_schema = request->old_schema,
        .new_schema = request->new_schema,
        .directions = request->directions,
        .compares_imports = request->compares_imports,
        .is_tree = request->is_tree,
        .one_per_cause = request->one_per_cause,
        .room = sl_findings_room(findings),
    };
    choose_rules(&check, &request->rules);
    sl_check_schemas(&check);
    sl_check_losses(&check);
    return publish(&check, findings);
}

sl_status sl_compat_check(const sl_schema *old_schema, const sl_schema *new_schema,
                          sl_compat_category category, int directions, sl_findings *findings)
{
    sl_compat_request request = {
        .old_schema = old_schema,
        .new_schema = new_schema,
        .rules = sl_compat_rules_of((int)category),
        .directions = directions,
        .one_per_cause = category == SL_COMPAT_CONTRACT,
    };
    return sl_compat_run(&request, findings);
}
