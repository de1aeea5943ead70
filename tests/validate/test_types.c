/* tests/validate/test_types.c: bytes that are a message, but not of this type: UTF-8, unknown fields, wire types, closed enums.
 *
 * What a parser makes of each is Protobuf's documented behaviour (encoding guide; enum guide; C++ wire_format). */
#include "tests/validate/walk_support.h"

#define UTF8 SL_VIOLATION_UTF8
#define UNKNOWN SL_VIOLATION_UNKNOWN
#define WIRE_TYPE SL_VIOLATION_WIRE_TYPE
#define ENUM SL_VIOLATION_ENUM_CLOSED

/* Wire truth: the same under both policies. */
static const walk_case utf8_cases[] = {
    {"ascii", "t3.Order",
     BYTES("\x0a\x03"
           "abc"),
     VALID},
    {"empty_text", "t3.Order", BYTES("\x0a\x00"), VALID},
    {"two_byte_character", "t3.Order", BYTES("\x0a\x02\xc3\xa4"), VALID},
    {"four_byte_character", "t3.Order", BYTES("\x0a\x04\xf0\x9f\x98\x80"), VALID},
    {"stray_byte", "t3.Order",
     BYTES("\x0a\x03"
           "a\xff"
           "b"),
     UTF8, "id", 3},
    {"lead_without_continuation", "t3.Order", BYTES("\x0a\x02\xc3\x28"), UTF8, "id", 2},
    {"character_cut_by_the_length", "t3.Order", BYTES("\x0a\x02\xe2\x82\x0a\x00"), UTF8, "id", 2},
    {"surrogate", "t3.Order", BYTES("\x0a\x03\xed\xa0\x80"), UTF8, "id", 2},
    {"overlong_slash", "t3.Order", BYTES("\x0a\x02\xc0\xaf"), UTF8, "id", 2},
    {"bytes_are_not_text", "t3.Order", BYTES("\x3a\x02\xff\xff"), VALID},
    {"repeated_text", "t3.Order",
     BYTES("\x42\x01"
           "a\x42\x01\xff"),
     UTF8, "texts[1]", 5},
    {"text_in_repeated_message", "t3.Order", BYTES("\x12\x00\x12\x03\x0a\x01\xff"), UTF8,
     "items[1].sku", 6},
    {"map_key", "t3.Order", BYTES("\x22\x03\x0a\x01\xff"), UTF8, "attrs[\"\\xFF\"]", 4},
    {"map_value", "t3.Order",
     BYTES("\x22\x06\x0a\x01"
           "k\x12\x01\xff"),
     UTF8, "attrs[\"k\"]", 7},
    {"text_in_oneof_that_is_cleared_later", "t3.Order", BYTES("\x52\x01\xff\x4a\x00"), UTF8, "note",
     2},
    {"proto2_text_is_not_checked", "t2.Scalars", BYTES("\x72\x01\xff"), VALID},
    {"proto2_extension_text_is_not_checked", "t2.Scalars", BYTES("\xa2\x06\x01\xff"), VALID},
    {"edition_text_is_checked", "t23.All", BYTES("\x0a\x05\x08\x01\x1a\x01\xff"), UTF8,
     "plain.checked", 6},
    {"feature_turns_the_check_off", "t23.All", BYTES("\x0a\x05\x08\x01\x12\x01\xff"), VALID},
};

/* Policy: refused by REJECT, taken by ALLOW. */
static const walk_case policy_cases[] = {
    {"unknown_varint", "t2.Free", BYTES("\x38\x01"), UNKNOWN, "", 0},
    {"unknown_after_known", "t2.Free", BYTES("\x0a\x01x\x3d\1\2\3\4"), UNKNOWN, "", 3},
    {"unknown_in_a_message", "t2.Free", BYTES("\x12\x02\x38\x01"), UNKNOWN, "free", 2},
    {"unknown_group_is_one_violation", "t2.Free", BYTES("\x3b\x08\x01\x08\x02\x3c"), UNKNOWN, "",
     0},
    {"unknown_largest_number", "t2.Free", BYTES("\xf8\xff\xff\xff\x0f\x01"), UNKNOWN, "", 0},
    {"unknown_beside_the_largest_known_number", "t2.Scalars", BYTES("\xf0\xff\xff\xff\x0f\x01"),
     UNKNOWN, "", 0},
    {"reserved_number", "t2.Scalars", BYTES("\x90\x03\x01"), UNKNOWN, "", 0},
    {"hole_in_the_dense_part", "t2.Scalars", BYTES("\x98\x01\x01"), UNKNOWN, "", 0},
    {"unknown_in_the_sparse_part", "t2.Scalars", BYTES("\x88\xe2\x09\x01"), UNKNOWN, "", 0},
    {"extension_nobody_declared", "t2.Scalars", BYTES("\xc0\x06\x01"), UNKNOWN, "", 0},
    {"unknown_in_a_map_entry", "t3.Order", BYTES("\x22\x05\x0a\x01k\x18\x01"), UNKNOWN,
     "attrs[\"k\"]", 5},
    {"unknown_in_a_group", "t2.Groups", BYTES("\x0b\x18\x01\x0c"), WIRE_TYPE, "single.inner", 1},
    {"length_for_a_varint", "t2.Scalars", BYTES("\x1a\x01\x01"), WIRE_TYPE, "f_int32", 0},
    {"varint_for_a_text", "t2.Scalars", BYTES("\x70\x01"), WIRE_TYPE, "f_string", 0},
    {"fixed32_for_a_fixed64", "t2.Scalars", BYTES("\x0d\1\2\3\4"), WIRE_TYPE, "f_double", 0},
    {"group_for_a_message", "t2.Scalars", BYTES("\x8b\x01\x8c\x01"), WIRE_TYPE, "f_message", 0},
    {"message_for_a_group", "t2.Groups", BYTES("\x0a\x00"), WIRE_TYPE, "single", 0},
    {"message_for_a_delimited_field", "t23.All", BYTES("\x12\x00"), WIRE_TYPE, "delimited", 0},
    {"packed_for_a_singular_field", "t2.Scalars", BYTES("\x18\x01\x1a\x01\x01"), WIRE_TYPE,
     "f_int32", 2},
    {"varint_for_packed_fixed32", "t2.Repeated", BYTES("\x18\x01"), WIRE_TYPE, "packed_fixed32[0]",
     0},
    {"map_key_of_another_type", "t3.Order", BYTES("\x22\x02\x08\x01"), WIRE_TYPE, "attrs[\"\"]", 2},
    {"map_key_of_another_width", "t3.Maps", BYTES("\x0a\x05\x0d\1\0\0\0"), WIRE_TYPE, "by_int32[0]",
     2},
    {"closed_enum", "t2.Scalars", BYTES("\x80\x01\x02"), ENUM, "f_enum", 2},
    {"closed_enum_repeated", "t2.Repeated", BYTES("\x28\x01\x28\x05\x28\x02"), ENUM, "colors[2]",
     5},
    {"closed_enum_repeated_comes_packed", "t2.Repeated", BYTES("\x28\x01\x2a\x03\x00\x01\x02"),
     ENUM, "colors[3]", 6},
    {"closed_enum_packed", "t2.Repeated", BYTES("\x32\x03\x00\x06\x05"), ENUM, "packed_colors[1]",
     3},
    {"closed_enum_packed_comes_expanded", "t2.Repeated", BYTES("\x30\x00\x30\x06"), ENUM,
     "packed_colors[1]", 3},
    {"closed_enum_in_a_group", "t2.Groups", BYTES("\x0b\x1b\x20\x02\x1c\x0c"), ENUM,
     "single.inner.color", 3},
    {"closed_enum_by_feature", "t23.All", BYTES("\x38\x02"), ENUM, "closed", 1},
    {"closed_enum_of_an_extension", "t2.Scalars", BYTES("\xaa\x06\x02\x01\x03"), ENUM,
     "[t2.ext_colors][1]", 4},
    {"sparse_enum_other_number", "t2.Scalars", BYTES("\x90\x01\x04"), ENUM, "f_sparse", 2},
    {"sparse_enum_beyond", "t2.Scalars", BYTES("\x90\x01\x81\xa8\xd6\xb9\x07"), ENUM, "f_sparse",
     2},
    {"set_item_of_an_unknown_type", "t2.Set", BYTES("\x0b\x10\x05\x1a\x00\x0c"), UNKNOWN, "", 0},
    {"set_item_without_a_type", "t2.Set", BYTES("\x0b\x1a\x00\x0c"), UNKNOWN, "", 0},
    {"set_item_without_a_message", "t2.Set", BYTES("\x0b\x10\xe8\x07\x0c"), UNKNOWN, "", 0},
    {"set_item_with_an_unknown_field", "t2.Set",
     BYTES("\x0b\x10\x80\xa8\xd6\xb9\x07\x20\x01\x1a\x00\x0c"), UNKNOWN, "", 7},
    {"set_item_with_an_overlong_tag", "t2.Set",
     BYTES("\x0b\x10\x80\xa8\xd6\xb9\x07\x9a\x00\x01\xff\x1a\x00\x0c"), UNKNOWN, "", 7},
    {"set_with_an_unknown_field", "t2.Set", BYTES("\x28\x01"), UNKNOWN, "", 0},
    {"closed_enum_in_a_set_item", "t2.Set",
     BYTES("\x0b\x10\x80\xa8\xd6\xb9\x07\x1a\x04\x08\x01\x08\x02\x0c"), ENUM,
     "[t2.FreeItem.free_item].colors[1]", 12},
};

/* Taken by both. */
static const walk_case good_cases[] = {
    {"all_scalars", "t2.Scalars",
     BYTES(
         "\x09\1\2\3\4\5\6\7\x08\x15\1\2\3\4\x18\x01\x20\x01\x28\x01\x30\x01\x38\x01\x40\x01\x4d\1\2\3\4\x51\1\2\3\4\5\6\7\x08"
         "\x5d\1\2\3\4\x61\1\2\3\4\5\6\7\x08\x68\x01\x72\x01x\x7a\x01x\x80\x01\x05\x8a\x01\x02\x18\x01\x90\x01\x03"),
     VALID},
    {"singular_field_twice", "t2.Scalars", BYTES("\x18\x01\x18\x02"), VALID},
    {"fields_in_any_order", "t2.Scalars", BYTES("\x30\x01\x18\x02"), VALID},
    {"closed_enum_negative", "t2.Scalars",
     BYTES("\x80\x01\xf9\xff\xff\xff\xff\xff\xff\xff\xff\x01"), VALID},
    {"closed_enum_is_cut_to_32_bits", "t2.Scalars", BYTES("\x80\x01\x85\x80\x80\x80\x10"), VALID},
    {"sparse_enum_high", "t2.Scalars", BYTES("\x90\x01\x80\xa8\xd6\xb9\x07"), VALID},
    {"sparse_enum_low", "t2.Scalars", BYTES("\x90\x01\x80\xd8\xa9\xc6\xf8\xff\xff\xff\xff\x01"),
     VALID},
    {"open_enum", "t3.Order", BYTES("\x30\x63"), VALID},
    {"open_enum_by_feature", "t23.All", BYTES("\x30\x63"), VALID},
    {"known_extension", "t2.Scalars", BYTES("\xa2\x06\x01x\xa8\x06\x05\xaa\x06\x02\x00\x01"),
     VALID},
    {"map_entry_of_nothing", "t3.Order", BYTES("\x22\x00"), VALID},
    {"map_entry_value_first", "t3.Order", BYTES("\x22\x06\x12\x01v\x0a\x01k"), VALID},
    {"map_key_twice", "t3.Order", BYTES("\x22\x06\x0a\x01j\x0a\x01k"), VALID},
    {"set_item", "t2.Set", BYTES("\x0b\x10\xe8\x07\x1a\x02\x08\x01\x0c"), VALID},
    {"set_item_message_first", "t2.Set", BYTES("\x0b\x1a\x02\x08\x01\x10\xe8\x07\x0c"), VALID},
    {"set_item_as_an_extension_field", "t2.Set", BYTES("\xc2\x3e\x02\x08\x01"), VALID},
    {"set_item_of_a_type_above_field_numbers", "t2.Set",
     BYTES("\x0b\x10\x80\xa8\xd6\xb9\x07\x1a\x02\x08\x01\x0c"), VALID},
    {"set_item_with_two_types_is_of_the_first", "t2.Set",
     BYTES("\x0b\x10\xe8\x07\x10\x05\x1a\x02\x08\x01\x0c"), VALID},
    {"set_in_a_set_item", "t2.Set",
     BYTES("\x0b\x10\xe8\x07\x1a\x0d\x08\x01\x1a\x09\x0b\x10\xe8\x07\x1a\x02\x08\x01\x0c\x0c"),
     VALID},
};

START_TEST(utf8_is_wire_truth)
{
    walk_check(&utf8_cases[_i], SL_UNKNOWN_REJECT);
    walk_check(&utf8_cases[_i], SL_UNKNOWN_ALLOW);
}
END_TEST

START_TEST(policy_decides_on_what_parsers_keep_as_unknown)
{
    walk_case allowed = policy_cases[_i];
    walk_check(&policy_cases[_i], SL_UNKNOWN_REJECT);
    allowed.rule = VALID;
    walk_check(&allowed, SL_UNKNOWN_ALLOW);
    ck_assert(sl_violation_rule_is_policy((sl_violation_rule)policy_cases[_i].rule));
}
END_TEST

START_TEST(good_payloads_are_valid)
{
    walk_check(&good_cases[_i], SL_UNKNOWN_REJECT);
    walk_check(&good_cases[_i], SL_UNKNOWN_ALLOW);
}
END_TEST

/* A person is to see the value and what was allowed. */
static const struct {
    const char *type, *bytes;
    size_t len;
    const char *message;
} message_cases[] = {
    {"t3.Order", BYTES("\x0a\x02\xc3\x28"),
     "bytes 0xC3 0x28 at 0 of 2 are not valid UTF-8; encode the text as UTF-8"},
    {"t3.Order", BYTES("\x22\x03\x0a\x01\xff"),
     "map key: byte 0xFF at 0 of 1 is not valid UTF-8; encode the text as UTF-8"},
    {"t2.Scalars", BYTES("\x90\x03\x01"),
     "unknown field 50 (varint): t2.Scalars has reserved that number; register the version that has it, or let the contract allow unknown fields"},
    {"t2.Scalars", BYTES("\x80\x01\x02"),
     "2 is not in the closed enum t2.Color, which has 4 values from -7 (NEGATIVE) to 5 (BLUE)"},
    {"t2.Scalars", BYTES("\x7a\x80\x80\x80\x80\x04xx"),
     "length 1073741824, but only 2 bytes are left in what holds it"},
    {"t2.RequiredColor", BYTES(""),
     "required field \"color\" (1, enum) of t2.RequiredColor is missing"},
};

START_TEST(messages_name_values_and_limits)
{
    sl_cleanup(sl_violations_done) sl_violations violations = {0};
    sl_bytes payload = {(const uint8_t *)message_cases[_i].bytes, message_cases[_i].len};
    ck_assert(!walk_bytes(message_cases[_i].type, payload, SL_UNKNOWN_REJECT, &violations));
    ck_assert_str_eq(violations.items[0].message.data, message_cases[_i].message);
}
END_TEST

static Suite *types_suite(void)
{
    Suite *suite = suite_create("types");
    TCase *tcase = tcase_create("types");
    tcase_add_loop_test(tcase, utf8_is_wire_truth, 0, SL_ARRAY_LEN(utf8_cases));
    tcase_add_loop_test(tcase, policy_decides_on_what_parsers_keep_as_unknown, 0,
                        SL_ARRAY_LEN(policy_cases));
    tcase_add_loop_test(tcase, good_payloads_are_valid, 0, SL_ARRAY_LEN(good_cases));
    tcase_add_loop_test(tcase, messages_name_values_and_limits, 0, SL_ARRAY_LEN(message_cases));
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(types_suite)
