/* tests/validate/test_plan.c: how plans are laid out, and what compiling refuses. */
#include "tests/validate/walk_support.h"
#include "validate/internal/plan.h"

#include <stdio.h>
#include <stdlib.h>

static const sl_plan_type *root_of(const char *type)
{
    return &walk_plan(type)->messages.items[0];
}

START_TEST(every_field_is_found_by_its_number)
{
    static const char *const types[] = {"t2.Scalars", "t2.Repeated", "t2.Required", "t2.Wide",
                                        "t2.Set",     "t3.Order",    "t3.Maps",     "t23.All"};
    for (size_t t = 0; t < SL_ARRAY_LEN(types); t++) {
        const sl_plan_type *type = root_of(types[t]);
        const sl_message *message = type->message;
        size_t found = 0;
        for (uint32_t i = 0; i < message->field_count; i++)
            ck_assert_ptr_eq(sl_plan_find(type, (uint32_t)message->fields[i].number)->field,
                             &message->fields[i]);
        for (uint32_t i = 0; i < message->known_extension_count; i++)
            ck_assert_ptr_eq(
                sl_plan_find(type, (uint32_t)message->known_extensions[i]->number)->field,
                message->known_extensions[i]);
        for (uint32_t number = 0; number < 100000; number++)
            found += sl_plan_find(type, number) != NULL;
        for (size_t i = 0; i < sl_plan_entry_count(type); i++)
            found += type->entries[i].number >= 100000;
        ck_assert_uint_eq(found, message->field_count + message->known_extension_count);
    }
}
END_TEST

START_TEST(tables_are_linear_in_their_fields)
{
    const sl_plan_type *type = root_of("t2.Scalars");
    ck_assert_uint_eq(type->sparse_count, 5); /* 100 to 102, 20000, 536870911 */
    ck_assert_uint_le(type->dense_count, 13 + 4 * type->message->field_count + 4 * 3);
    ck_assert_ptr_nonnull(sl_plan_find(type, SL_FIELD_NUMBER_MAX));
    ck_assert_ptr_null(sl_plan_find(type, SL_FIELD_NUMBER_MAX - 1));
    ck_assert_ptr_null(sl_plan_find(type, 0));
}
END_TEST

static const struct {
    const char *type;
    bool reaches_required;
} reach_cases[] = {
    {"t2.Free", false},     {"t2.Groups", false},       {"t2.Node", false},  {"t2.Repeated", true},
    {"t2.Required", true},  {"t2.RequiredColor", true}, {"t2.Holder", true}, {"t2.Set", true},
    {"t2.FreeItem", false}, {"t2.Scalars", true},       {"t3.Order", false}, {"t3.Maps", false},
    {"t23.All", true},      {"t2.Wide", true},
};

START_TEST(types_that_reach_a_required_field_are_marked)
{
    ck_assert_msg(root_of(reach_cases[_i].type)->reaches_required ==
                      reach_cases[_i].reaches_required,
                  "%s", reach_cases[_i].type);
}
END_TEST

START_TEST(unknown_type_is_not_found)
{
    sl_error err = {0};
    sl_plan *plan = NULL;
    ck_assert_int_eq(sl_plan_compile(walk_schema(), SL_STR("t2.Nothing"), &plan, &err),
                     SL_NOT_FOUND);
    ck_assert_ptr_null(plan);
    ck_assert_ptr_nonnull(strstr(err.text, "t2.Nothing"));
}
END_TEST

/* message M0 { optional M1 next = 1; } and so on; the last refers to itself. */
static void put_chain(sl_buf *file, int count)
{
    sl_wire_put_len(file, 1, sl_str_bytes(SL_STR("chain.proto")));
    for (int i = 0; i < count; i++) {
        sl_cleanup(sl_buf_done) sl_buf message = {0}, field = {0};
        char name[16], next[16];
        snprintf(name, sizeof name, "M%d", i);
        snprintf(next, sizeof next, ".M%d", SL_MIN(i + 1, count - 1));
        sl_wire_put_len(&field, 1, sl_str_bytes(SL_STR("next")));
        sl_wire_put_tag(&field, 3, SL_WIRE_VARINT); /* number */
        sl_wire_put_varint(&field, 1);
        sl_wire_put_tag(&field, 4, SL_WIRE_VARINT);
        sl_wire_put_varint(&field, SL_LABEL_OPTIONAL);
        sl_wire_put_tag(&field, 5, SL_WIRE_VARINT);
        sl_wire_put_varint(&field, SL_TYPE_MESSAGE);
        sl_wire_put_len(&field, 6, sl_str_bytes(sl_str_from(next)));
        sl_wire_put_len(&message, 1, sl_str_bytes(sl_str_from(name)));
        sl_wire_put_len(&message, 2, sl_buf_bytes(&field));
        sl_wire_put_len(file, 4, sl_buf_bytes(&message));
    }
    ck_assert_int_eq(sl_buf_status(file), SL_OK);
}

START_TEST(types_that_a_plan_reaches_are_bounded)
{
    sl_cleanup(sl_buf_done) sl_buf file = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = NULL;
    sl_cleanup(sl_plan_unrefp) sl_plan *plan = NULL;
    sl_error err = {0};
    put_chain(&file, SL_LIMIT_PLAN_MESSAGES + 1);
    sl_bytes bytes = sl_buf_bytes(&file);
    ck_assert_int_eq(sl_schema_link(&bytes, 1, (sl_str){0}, &schema, &findings, &err), SL_OK);
    ck_assert_ptr_nonnull(schema);
    ck_assert_int_eq(sl_plan_compile(schema, SL_STR("M0"), &plan, &err), SL_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.text, "50000"));
    ck_assert_int_eq(sl_plan_compile(schema, SL_STR("M1"), &plan, &err), SL_OK);
    ck_assert_uint_eq(plan->messages.count, SL_LIMIT_PLAN_MESSAGES);
}
END_TEST

START_TEST(plan_counts_its_references_and_its_memory)
{
    sl_error err = {0};
    sl_plan *plan = NULL;
    ck_assert_int_eq(sl_plan_compile(walk_schema(), SL_STR("t3.Order"), &plan, &err), SL_OK);
    ck_assert_str_eq(sl_plan_message(plan)->full_name.data, "t3.Order");
    size_t entries = 0;
    for (size_t i = 0; i < plan->messages.count; i++)
        entries += sl_plan_entry_count(&plan->messages.items[i]);
    ck_assert_uint_ge(sl_plan_memory(plan), entries * sizeof(sl_plan_entry));
    sl_plan *shared = sl_plan_ref(plan);
    ck_assert_ptr_null(sl_plan_unref(plan));
    ck_assert_str_eq(sl_plan_message(shared)->full_name.data, "t3.Order");
    ck_assert_ptr_null(sl_plan_unref(shared));
    ck_assert_ptr_null(sl_plan_unref(NULL));
}
END_TEST

START_TEST(every_rule_has_an_id)
{
    for (int rule = 0; rule < SL_VIOLATION_RULE_COUNT; rule++) {
        const char *id = sl_violation_rule_id((sl_violation_rule)rule);
        ck_assert_msg(strchr(id, '.') != NULL, "%s", id);
        for (int other = 0; other < rule; other++)
            ck_assert_str_ne(id, sl_violation_rule_id((sl_violation_rule)other));
    }
    ck_assert_str_eq(sl_violation_rule_id(SL_VIOLATION_RULE_COUNT), "unknown");
    ck_assert(sl_violation_rule_is_policy(SL_VIOLATION_UNKNOWN));
    ck_assert(!sl_violation_rule_is_policy(SL_VIOLATION_TRUNCATED));
}
END_TEST

static Suite *plan_suite(void)
{
    Suite *suite = suite_create("plan");
    TCase *tcase = tcase_create("plan");
    tcase_add_test(tcase, every_field_is_found_by_its_number);
    tcase_add_test(tcase, tables_are_linear_in_their_fields);
    tcase_add_loop_test(tcase, types_that_reach_a_required_field_are_marked, 0,
                        SL_ARRAY_LEN(reach_cases));
    tcase_add_test(tcase, unknown_type_is_not_found);
    tcase_add_test(tcase, types_that_a_plan_reaches_are_bounded);
    tcase_add_test(tcase, plan_counts_its_references_and_its_memory);
    tcase_add_test(tcase, every_rule_has_an_id);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(plan_suite)
