/* tests/validate/test_required.c: required fields under Protobuf's merge semantics.
 *
 * The rules are those of the encoding guide ("Last One Wins", oneof, maps) and of C++ IsInitialized(). Required is
 *   id = 1, name = 2, child = 3, children = 4, oneof { left = 5, right = 6, other = 7, hue = 8 }, by_name = 9, by_number = 10, box = 11 */
#include "tests/validate/walk_support.h"

#include <stdio.h>

/* A whole Required of six bytes, its two halves, and a Holder's field around each. */
#define WHOLE "\x08\x01\x12\x02no"
#define ID "\x08\x01"
#define NAME "\x12\x00"

static const struct {
    const char *name, *type, *bytes;
    size_t len;
    const char *told; /* as walk_told() writes it */
} cases[] = {
    {"present", "t2.Required", BYTES(WHOLE), ""},
    {"missing_both", "t2.Required", BYTES(""), "id: field.required @0\nname: field.required @0\n"},
    {"missing_one", "t2.Required", BYTES(ID), "name: field.required @0\n"},
    {"wrong_wire_type_sets_nothing", "t2.Required", BYTES("\x0a\x00" NAME),
     "id: field.required @0\n"},
    {"in_a_message", "t2.Holder", BYTES("\x0a\x02" ID), "one.name: field.required @2\n"},
    {"absent_message_lacks_nothing", "t2.Holder", BYTES(""), ""},
    {"two_parts_make_one", "t2.Holder", BYTES("\x0a\x02" ID "\x0a\x02" NAME), ""},
    {"two_parts_with_another_field_between", "t2.Holder",
     BYTES("\x0a\x02" ID "\x22\x00\x0a\x02" NAME), ""},
    {"two_parts_that_lack_the_same", "t2.Holder", BYTES("\x0a\x02" ID "\x0a\x02" ID),
     "one.name: field.required @2\n"},
    {"whole_then_empty", "t2.Holder", BYTES("\x0a\x06" WHOLE "\x0a\x00"), ""},
    {"empty_then_whole", "t2.Holder", BYTES("\x0a\x00\x0a\x06" WHOLE), ""},
    {"parts_two_levels_down", "t2.Holder", BYTES("\x22\x04\x0a\x02" ID "\x22\x04\x0a\x02" NAME),
     ""},
    {"repeated_elements_do_not_merge", "t2.Holder", BYTES("\x12\x02" ID "\x12\x02" NAME),
     "many[0].name: field.required @2\nmany[1].id: field.required @6\n"},
    {"repeated_elements_of_a_split_message", "t2.Holder",
     BYTES("\x22\x08\x12\x06" WHOLE "\x22\x0c\x12\x06" WHOLE "\x12\x02" ID),
     "inner.many[2].name: field.required @22\n"},
    {"element_in_the_first_of_two_parts", "t2.Holder", BYTES("\x22\x04\x12\x02" ID "\x22\x00"),
     "inner.many[0].name: field.required @4\n"},
    {"element_in_the_first_part_of_the_first_part", "t2.Holder",
     BYTES("\x22\x06\x22\x04\x12\x02" ID "\x22\x02\x22\x00"),
     "inner.inner.many[0].name: field.required @6\n"},
    {"message_in_the_first_of_two_parts", "t2.Holder",
     BYTES("\x22\x06\x22\x04\x0a\x02" ID "\x22\x00"), "inner.inner.one.name: field.required @6\n"},
    {"children_of_a_whole_message", "t2.Required", BYTES(WHOLE "\x22\x02" ID),
     "children[0].name: field.required @8\n"},
    {"child_split_over_parts_of_its_parent", "t2.Holder",
     BYTES("\x0a\x0a" WHOLE "\x1a\x02" ID "\x0a\x04\x1a\x02" NAME), ""},
    {"extension", "t2.Holder", BYTES("\xa2\x06\x02" ID), "[t2.ext_one].name: field.required @3\n"},
    {"extension_in_two_parts", "t2.Holder", BYTES("\xa2\x06\x02" ID "\xa2\x06\x02" NAME), ""},
    {"repeated_extension", "t2.Holder", BYTES("\xaa\x06\x06" WHOLE "\xaa\x06\x02" ID),
     "[t2.ext_many][1].name: field.required @12\n"},
    {"group", "t2.Required", BYTES(WHOLE "\x5b\x5c"), "box.size: field.required @7\n"},
    {"group_in_two_parts", "t2.Required", BYTES(WHOLE "\x5b\x5c\x5b\x08\x01\x5c"), ""},
    {"message_in_group", "t2.Required", BYTES(WHOLE "\x5b\x08\x01\x5a\x00\x5c"),
     "box.box.size: field.required @11\n"},
    /* oneof */
    {"oneof_member", "t2.Holder", BYTES("\x32\x04\x12\x02" ID),
     "a.many[0].name: field.required @4\n"},
    {"oneof_cleared_by_a_scalar", "t2.Holder", BYTES("\x32\x04\x12\x02" ID "\x42\x00"), ""},
    {"oneof_cleared_by_a_message", "t2.Holder", BYTES("\x32\x04\x12\x02" ID "\x3a\x00"), ""},
    {"oneof_cleared_and_set_again_starts_anew", "t2.Required",
     BYTES(WHOLE "\x2a\x02" ID "\x38\x01\x2a\x02" NAME), "left.id: field.required @14\n"},
    {"oneof_same_member_twice_merges", "t2.Required", BYTES(WHOLE "\x2a\x02" ID "\x2a\x02" NAME),
     ""},
    {"oneof_last_member_counts", "t2.Required", BYTES(WHOLE "\x2a\x06" WHOLE "\x32\x02" ID),
     "right.name: field.required @16\n"},
    {"oneof_cleared_by_a_closed_enum", "t2.Required", BYTES(WHOLE "\x2a\x02" ID "\x40\x05"), ""},
    {"oneof_not_cleared_by_a_number_outside_the_enum", "t2.Required",
     BYTES(WHOLE "\x2a\x02" ID "\x40\x06"), "left.name: field.required @8\n"},
    {"oneof_not_cleared_by_a_wrong_wire_type", "t2.Required", BYTES(WHOLE "\x2a\x02" ID "\x3a\x00"),
     "left.name: field.required @8\n"},
    {"oneof_in_two_parts_of_its_message", "t2.Holder",
     BYTES("\x22\x06\x32\x04\x12\x02" ID "\x22\x02\x42\x00"), ""},
    /* maps */
    {"map_value", "t2.Required", BYTES(WHOLE "\x4a\x07\x0a\x01k\x12\x02" ID),
     "by_name[\"k\"].name: field.required @13\n"},
    {"map_value_replaced_by_a_whole_one", "t2.Required",
     BYTES(WHOLE "\x4a\x07\x0a\x01k\x12\x02" ID "\x4a\x0b\x0a\x01k\x12\x06" WHOLE), ""},
    {"map_value_replaced_by_a_lacking_one", "t2.Required",
     BYTES(WHOLE "\x4a\x0b\x0a\x01k\x12\x06" WHOLE "\x4a\x07\x0a\x01k\x12\x02" ID),
     "by_name[\"k\"].name: field.required @26\n"},
    {"map_values_of_one_key_do_not_merge", "t2.Required",
     BYTES(WHOLE "\x4a\x07\x0a\x01k\x12\x02" ID "\x4a\x07\x0a\x01k\x12\x02" NAME),
     "by_name[\"k\"].id: field.required @22\n"},
    {"map_value_in_two_parts_merges", "t2.Required",
     BYTES(WHOLE "\x4a\x0b\x0a\x01k\x12\x02" ID "\x12\x02" NAME), ""},
    {"map_entry_without_value_is_an_empty_message", "t2.Required", BYTES(WHOLE "\x4a\x03\x0a\x01k"),
     "by_name[\"k\"].id: field.required @8\nby_name[\"k\"].name: field.required @8\n"},
    {"map_entry_without_value_replaced", "t2.Required",
     BYTES(WHOLE "\x4a\x03\x0a\x01k\x4a\x0b\x0a\x01k\x12\x06" WHOLE), ""},
    {"map_entry_without_value_of_a_type_without_own", "t2.Holder", BYTES("\x2a\x03\x0a\x01k"), ""},
    {"map_entry_without_key_has_the_default_key", "t2.Required",
     BYTES(WHOLE "\x52\x04\x12\x02" ID "\x52\x0a\x08\x00\x12\x06" WHOLE), ""},
    {"map_key_is_cut_to_32_bits", "t2.Required",
     BYTES(WHOLE "\x52\x06\x08\x01\x12\x02" ID "\x52\x0e\x08\x81\x80\x80\x80\x10\x12\x06" WHOLE),
     ""},
    {"map_key_bool_of_any_bit", "t2.Holder",
     BYTES("\x1a\x06\x08\x01\x12\x02" ID "\x1a\x0a\x08\x02\x12\x06" WHOLE), ""},
    {"map_last_of_two_keys_in_an_entry", "t2.Required",
     BYTES(WHOLE "\x52\x08\x08\x01\x08\x02\x12\x02" ID "\x52\x0a\x08\x02\x12\x06" WHOLE), ""},
    {"map_of_messages_that_lead_to_required", "t2.Holder",
     BYTES("\x2a\x09\x0a\x01k\x12\x04\x0a\x02" ID), "holders[\"k\"].one.name: field.required @9\n"},
    {"map_keys_out_of_order", "t2.Required",
     BYTES(WHOLE "\x4a\x07\x0a\x01z\x12\x02" ID "\x4a\x07\x0a\x01"
                 "b\x12\x02" ID "\x4a\x07\x0a\x01q\x12\x02" ID "\x4a\x0b\x0a\x01"
                 "b\x12\x06" WHOLE),
     "by_name[\"z\"].name: field.required @13\nby_name[\"q\"].name: field.required @31\n"},
    /* enums, sets, wide messages */
    {"closed_enum_in_the_set", "t2.RequiredColor", BYTES("\x08\x05"), ""},
    {"closed_enum_outside_the_set_is_absent", "t2.RequiredColor", BYTES("\x08\x06"),
     "color: field.required @0\n"},
    {"closed_enum_once_inside_once_outside", "t2.RequiredColor", BYTES("\x08\x05\x08\x06"), ""},
    {"set_item", "t2.Set", BYTES("\x0b\x10\xe8\x07\x1a\x00\x0c"),
     "[t2.SetItem.item].id: field.required @6\n"},
    {"set_item_in_two_parts", "t2.Set",
     BYTES("\x0b\x10\xe8\x07\x1a\x00\x0c\x0b\x1a\x02\x08\x01\x10\xe8\x07\x0c"), ""},
    {"set_item_merges_with_the_extension_field", "t2.Set",
     BYTES("\x0b\x10\xe8\x07\x1a\x00\x0c\xc2\x3e\x02\x08\x01"), ""},
    {"legacy_required", "t23.All", BYTES("\x0a\x00"), "plain.id: field.required @2\n"},
    {"legacy_required_in_delimited", "t23.All", BYTES("\x13\x14\x1b\x08\x01\x1c\x1b\x1c"),
     "delimited.id: field.required @1\nmany[1].id: field.required @7\n"},
    {"legacy_required_in_map", "t23.All", BYTES("\x42\x03\x0a\x01\xff"),
     "parts[\"\\xFF\"].id: field.required @2\n"},
    {"other_violations_are_told_too", "t23.All", BYTES("\x0a\x03\x1a\x01\xff"),
     "plain.id: field.required @2\nplain.checked: string.utf8 @4\n"},
    {"wrong_wire_data_hides_what_is_missing", "t2.Holder", BYTES("\x12\x02" ID "\x12"),
     "many[1]: wire.truncated @5\n"},
    {"wrong_wire_data_comes_first", "t2.Required", BYTES("\x08\x80"), "id: wire.truncated @1\n"},
};

START_TEST(required_fields_are_judged_after_merging)
{
    sl_bytes payload = {(const uint8_t *)cases[_i].bytes, cases[_i].len};
    const char *told = walk_told(cases[_i].type, payload, SL_UNKNOWN_ALLOW);
    ck_assert_msg(strcmp(told, cases[_i].told) == 0, "%s:\n%swant:\n%s", cases[_i].name, told,
                  cases[_i].told);
}
END_TEST

START_TEST(both_a_number_outside_the_enum_and_its_absence_are_told)
{
    ck_assert_str_eq(walk_told("t2.RequiredColor", (sl_bytes){(const uint8_t *)"\x08\x06", 2},
                               SL_UNKNOWN_REJECT),
                     "color: field.required @0\ncolor: enum.closed @1\n");
}
END_TEST

/* Seventy required fields are more than a word has bits. */
static void put_wide(sl_buf *buf, uint32_t left_out)
{
    for (uint32_t number = 1; number <= 70; number++) {
        if (number == left_out)
            continue;
        sl_wire_put_tag(buf, number, SL_WIRE_VARINT);
        sl_wire_put_varint(buf, number);
    }
    ck_assert_int_eq(sl_buf_status(buf), SL_OK);
}

START_TEST(more_required_fields_than_bits)
{
    sl_cleanup(sl_buf_done) sl_buf buf = {0};
    char want[64] = "";
    put_wide(&buf, (uint32_t)_i);
    if (_i)
        snprintf(want, sizeof want, "f%d: field.required @0\n", _i);
    ck_assert_str_eq(walk_told("t2.Wide", sl_buf_bytes(&buf), SL_UNKNOWN_REJECT), want);
}
END_TEST

START_TEST(all_of_a_wide_message_missing_is_counted)
{
    sl_cleanup(sl_violations_done) sl_violations violations = {0};
    ck_assert(
        !walk_bytes("t2.Wide", (sl_bytes){(const uint8_t *)"", 0}, SL_UNKNOWN_REJECT, &violations));
    ck_assert_uint_eq(violations.count, SL_LIMIT_VIOLATIONS);
    ck_assert_uint_eq(violations.left_out, 70 - SL_LIMIT_VIOLATIONS);
}
END_TEST

/* Setting a oneof member back and forth, and far more parts than may be held. */
static void put_parts(sl_buf *buf, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sl_buf_append(buf, i % 2 ? "\x32\x00" : "\x3a\x00", 2);
    ck_assert_int_eq(sl_buf_status(buf), SL_OK);
}

START_TEST(parts_are_bounded)
{
    sl_cleanup(sl_buf_done) sl_buf buf = {0};
    sl_buf_append_literal(&buf, "\x0a\x02" ID);
    put_parts(&buf, SL_LIMIT_MERGE_PARTS - 10);
    ck_assert_str_eq(walk_told("t2.Holder", sl_buf_bytes(&buf), SL_UNKNOWN_REJECT),
                     "one.name: field.required @2\n");
    put_parts(&buf, 20);
    const char *told = walk_told("t2.Holder", sl_buf_bytes(&buf), SL_UNKNOWN_REJECT);
    ck_assert_msg(strcmp(told, ": payload.parts @0\n") == 0, "%s", told);
}
END_TEST

/* The id is in the first part of each of `levels` trees inside each other, and `padding` bytes lie in the innermost. */
static void put_trees(sl_buf *buf, int levels, size_t padding)
{
    for (int i = 0; i < levels; i++)
        sl_buf_append_literal(buf, "\x08\x01\x13");
    sl_wire_put_tag(buf, 3, SL_WIRE_LEN);
    sl_wire_put_varint(buf, padding);
    char *at = sl_buf_reserve(buf, padding);
    ck_assert_ptr_nonnull(at);
    memset(at, 0, padding);
    buf->len += padding;
    for (int i = 0; i < levels; i++)
        sl_buf_append_byte(buf, 2 << 3 | SL_WIRE_EGROUP);
    ck_assert_int_eq(sl_buf_status(buf), SL_OK);
}

START_TEST(group_bytes_are_bounded)
{
    static const size_t padding = SL_LIMIT_MERGE_GROUP_BYTES / 2 / SL_LIMIT_PAYLOAD_DEPTH;
    sl_cleanup(sl_buf_done) sl_buf little = {0}, much = {0};
    put_trees(&little, SL_LIMIT_PAYLOAD_DEPTH, padding - 1000);
    put_trees(&much, SL_LIMIT_PAYLOAD_DEPTH, padding + 1000);
    const char *told = walk_told("t23.Tree", sl_buf_bytes(&little), SL_UNKNOWN_REJECT);
    ck_assert_msg(
        sl_str_ends_with(sl_str_from(told), SL_STR("tree.tree.id: field.required @300\n")), "%s",
        told);
    told = walk_told("t23.Tree", sl_buf_bytes(&much), SL_UNKNOWN_REJECT);
    ck_assert_str_eq(told, ": payload.parts @0\n");
}
END_TEST

static Suite *required_suite(void)
{
    Suite *suite = suite_create("required");
    TCase *tcase = tcase_create("required");
    tcase_add_loop_test(tcase, required_fields_are_judged_after_merging, 0, SL_ARRAY_LEN(cases));
    tcase_add_test(tcase, both_a_number_outside_the_enum_and_its_absence_are_told);
    tcase_add_loop_test(tcase, more_required_fields_than_bits, 0, 71);
    tcase_add_test(tcase, all_of_a_wide_message_missing_is_counted);
    tcase_add_test(tcase, parts_are_bounded);
    tcase_add_test(tcase, group_bytes_are_bounded);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(required_suite)
