/* lint/value_rules.c: reads messages of buf.validate rules by their path.
 *
 *   options  … 1159 { 14 { 2: 1 } } … 1159 { 25: 1 } …
 *   path       1159   14            →  2 is set, to 1
 *
 * What is on the path is entered, all else is passed over; at its end the fields are taken. Recursion goes as deep as the path is long. */
#include "lint/internal/value_rules.h"

#include "wire/wire.h"

sl_rule_path sl_rule_path_add(sl_rule_path path, int32_t step)
{
    if (path.len < SL_ARRAY_LEN(path.steps))
        path.steps[path.len++] = step;
    return path;
}

static void take_field(sl_value_rules *rules, const sl_wire_field *field)
{
    rules->read++;
    if (field->tag.number >= SL_VALUE_RULES_NUMBERS)
        return;
    rules->is_set |= UINT64_C(1) << field->tag.number;
    sl_value_rule *rule = &rules->of[field->tag.number];
    *rule =
        (sl_value_rule){.number = field->number_value, .bytes = field->bytes, .order = rules->read};
}

static void read_at(sl_bytes message, const int32_t *steps, size_t step_count,
                    sl_value_rules *rules)
{
    sl_wire_reader reader = sl_wire_reader_of(message);
    sl_wire_field field;
    while (sl_wire_next_field(&reader, SL_LIMIT_PAYLOAD_DEPTH, &field) == SL_OK) {
        if (step_count == 0)
            take_field(rules, &field);
        else if (field.tag.number == (uint32_t)steps[0] && field.tag.type == SL_WIRE_LEN)
            read_at(field.bytes, steps + 1, step_count - 1, rules);
    }
}

sl_value_rules sl_value_rules_read(sl_bytes options, const sl_rule_path *path)
{
    sl_value_rules rules = {0};
    read_at(options, path->steps, path->len, &rules);
    return rules;
}

void sl_value_rules_keep_last(sl_value_rules *rules, uint64_t members)
{
    uint64_t set = rules->is_set & members;
    int32_t last = -1;
    for (int32_t i = 0; i < SL_VALUE_RULES_NUMBERS; i++)
        if (set >> i & 1 && (last < 0 || rules->of[i].order > rules->of[last].order))
            last = i;
    if (last >= 0)
        rules->is_set = (rules->is_set & ~members) | UINT64_C(1) << last;
}

static sl_status take_items(sl_bytes message, const int32_t *steps, size_t step_count,
                            sl_rule_items *items)
{
    sl_wire_reader reader = sl_wire_reader_of(message);
    sl_wire_field field;
    while (sl_wire_next_field(&reader, SL_LIMIT_PAYLOAD_DEPTH, &field) == SL_OK) {
        if (field.tag.number != (uint32_t)steps[0] || field.tag.type != SL_WIRE_LEN)
            continue;
        if (step_count > 1)
            SL_TRY(take_items(field.bytes, steps + 1, step_count - 1, items));
        else
            SL_TRY(sl_vec_push(items, field.bytes));
    }
    return SL_OK;
}

sl_status sl_value_rules_items(sl_bytes options, const sl_rule_path *path, sl_rule_items *items)
{
    return take_items(options, path->steps, path->len, items);
}
