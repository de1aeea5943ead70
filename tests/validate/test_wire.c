/* tests/validate/test_wire.c: bytes that are no message, whatever the contract says.
 *
 * Expectations are those of Protobuf's C++ parser (its wire_format and parse_context sources), where validate/internal/scan.h does not say
 * otherwise. tests/conformance holds the same to the parser itself. */
#include "tests/validate/walk_support.h"

#define TRUNCATED SL_VIOLATION_TRUNCATED
#define LENGTH SL_VIOLATION_LENGTH
#define GROUP SL_VIOLATION_GROUP
#define PACKED SL_VIOLATION_PACKED
#define TAG SL_VIOLATION_TAG
#define VARINT SL_VIOLATION_VARINT

static const walk_case cases[] = {
    {"empty_payload", "t2.Scalars", BYTES(""), VALID},
    /* varints */
    {"varint", "t2.Scalars", BYTES("\x18\x01"), VALID},
    {"varint_of_two_bytes", "t2.Scalars", BYTES("\x18\x80\x01"), VALID},
    {"varint_of_ten_bytes", "t2.Scalars", BYTES("\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
     VALID},
    {"bits_above_64_are_dropped", "t2.Scalars",
     BYTES("\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), VALID},
    {"overlong_zero", "t2.Scalars", BYTES("\x18\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"), VALID},
    {"varint_of_eleven_bytes", "t2.Scalars",
     BYTES("\x18\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"), VARINT, "f_int32", 1},
    {"varint_of_ten_bytes_that_goes_on", "t2.Scalars",
     BYTES("\x18\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80"), VARINT, "f_int32", 1},
    {"varint_without_value", "t2.Scalars", BYTES("\x18"), TRUNCATED, "f_int32", 1},
    {"varint_cut", "t2.Scalars", BYTES("\x18\x80"), TRUNCATED, "f_int32", 1},
    {"varint_cut_after_nine_bytes", "t2.Scalars", BYTES("\x18\x80\x80\x80\x80\x80\x80\x80\x80\x80"),
     TRUNCATED, "f_int32", 1},
    {"closed_enum_cut", "t2.Scalars", BYTES("\x80\x01\x80"), TRUNCATED, "f_enum", 2},
    /* tags */
    {"overlong_tag", "t2.Scalars", BYTES("\x98\x80\x80\x80\x00\x01"), VALID},
    {"tag_of_six_bytes", "t2.Scalars", BYTES("\x98\x80\x80\x80\x80\x00\x01"), TAG, "", 0},
    {"tag_above_32_bits", "t2.Scalars", BYTES("\x98\x80\x80\x80\x10\x01"), TAG, "", 0},
    {"tag_cut", "t2.Scalars", BYTES("\x18\x01\x80"), TRUNCATED, "", 2},
    {"field_number_0", "t2.Scalars", BYTES("\x00\x01"), TAG, "", 0},
    {"field_number_0_with_length", "t2.Scalars", BYTES("\x02\x01\x01"), TAG, "", 0},
    {"field_number_0_overlong", "t2.Scalars", BYTES("\x80\x00\x01"), TAG, "", 0},
    {"wire_type_6", "t2.Scalars", BYTES("\x1e\x01"), TAG, "", 0},
    {"wire_type_7", "t2.Scalars", BYTES("\x1f\x01"), TAG, "", 0},
    {"wire_type_7_of_a_message", "t2.Scalars", BYTES("\x8a\x01\x02\x1f\x01"), TAG, "f_message", 3},
    {"largest_field_number", "t2.Scalars", BYTES("\xf8\xff\xff\xff\x0f\x01"), VALID},
    {"large_field_number_in_the_sparse_part", "t2.Scalars", BYTES("\x80\xe2\x09\x01"), VALID},
    /* fixed width */
    {"fixed64", "t2.Scalars", BYTES("\x09\1\2\3\4\5\6\7\x08"), VALID},
    {"fixed64_cut", "t2.Scalars", BYTES("\x09\1\2\3\4\5\6\7"), TRUNCATED, "f_double", 1},
    {"fixed32", "t2.Scalars", BYTES("\x15\1\2\3\4"), VALID},
    {"fixed32_cut", "t2.Scalars", BYTES("\x15\1\2\3"), TRUNCATED, "f_float", 1},
    {"fixed32_without_value", "t2.Scalars", BYTES("\x15"), TRUNCATED, "f_float", 1},
    /* lengths */
    {"length_0", "t2.Scalars", BYTES("\x7a\x00"), VALID},
    {"overlong_length", "t2.Scalars", BYTES("\x7a\x81\x80\x80\x80\x00x"), VALID},
    {"length_of_six_bytes", "t2.Scalars", BYTES("\x7a\x81\x80\x80\x80\x80\x00x"), LENGTH, "f_bytes",
     1},
    {"length_past_the_end", "t2.Scalars", BYTES("\x7a\x03xx"), LENGTH, "f_bytes", 1},
    {"length_of_a_gibibyte", "t2.Scalars", BYTES("\x7a\x80\x80\x80\x80\x04xx"), LENGTH, "f_bytes",
     1},
    {"length_above_int32", "t2.Scalars", BYTES("\x7a\x80\x80\x80\x80\x08xx"), LENGTH, "f_bytes", 1},
    {"length_of_all_ones", "t2.Scalars", BYTES("\x7a\xff\xff\xff\xff\x0fxx"), LENGTH, "f_bytes", 1},
    {"length_cut", "t2.Scalars", BYTES("\x7a\x80"), TRUNCATED, "f_bytes", 1},
    {"length_past_the_parent", "t2.Scalars", BYTES("\x8a\x01\x03\x7a\x02xx"), LENGTH,
     "f_message.f_bytes", 4},
    {"message_past_the_end", "t2.Scalars", BYTES("\x8a\x01\x03\x18\x01"), LENGTH, "f_message", 2},
    {"varint_past_the_parent", "t2.Scalars", BYTES("\x8a\x01\x02\x18\x80\x01"), TRUNCATED,
     "f_message.f_int32", 4},
    {"fixed32_past_the_parent", "t2.Scalars", BYTES("\x8a\x01\x03\x15\1\2\3\4"), TRUNCATED,
     "f_message.f_float", 4},
    {"message_of_length_0", "t2.Scalars", BYTES("\x8a\x01\x00"), VALID},
    /* packed */
    {"packed", "t2.Repeated", BYTES("\x12\x04\x01\x80\x01\x02"), VALID},
    {"packed_of_nothing", "t2.Repeated", BYTES("\x12\x00\x1a\x00\x22\x00\x32\x00"), VALID},
    {"packed_comes_expanded", "t2.Repeated", BYTES("\x10\x01\x10\x80\x01"), VALID},
    {"expanded_comes_packed", "t2.Repeated", BYTES("\x0a\x02\x01\x02\x08\x01"), VALID},
    {"packed_of_twelve_one_byte_elements", "t2.Repeated",
     BYTES("\x12\x0c\1\2\3\4\5\6\7\x08\x09\x0a\x0b\x0c"), VALID},
    {"packed_ends_inside_an_element", "t2.Repeated", BYTES("\x12\x02\x01\x80\x01"), PACKED,
     "packed[1]", 3},
    {"packed_index_counts_on", "t2.Repeated", BYTES("\x10\x01\x12\x02\x01\x02\x12\x03\x01\x02\x80"),
     PACKED, "packed[5]", 10},
    {"packed_element_of_eleven_bytes", "t2.Repeated",
     BYTES("\x12\x0d\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x01"), VARINT, "packed[1]", 3},
    {"packed_past_the_end", "t2.Repeated", BYTES("\x12\x04\x01\x02"), LENGTH, "packed[0]", 1},
    {"packed_fixed32", "t2.Repeated", BYTES("\x1a\x08\1\2\3\4\5\6\7\x08"), VALID},
    {"packed_fixed32_of_seven_bytes", "t2.Repeated", BYTES("\x1a\x07\1\2\3\4\5\6\7"), PACKED,
     "packed_fixed32[1]", 6},
    {"packed_double_of_nine_bytes", "t2.Repeated", BYTES("\x22\x09\1\2\3\4\5\6\7\x08\x09"), PACKED,
     "packed_double[1]", 10},
    {"packed_enum_ends_inside_an_element", "t2.Repeated", BYTES("\x32\x03\x00\x01\x85"), PACKED,
     "packed_colors[2]", 4},
    /* groups */
    {"group", "t2.Groups", BYTES("\x0b\x10\x01\x0c"), VALID},
    {"group_of_nothing", "t2.Groups", BYTES("\x0b\x0c"), VALID},
    {"group_in_group", "t2.Groups", BYTES("\x0b\x1b\x20\x01\x1c\x10\x01\x0c"), VALID},
    {"repeated_group", "t2.Groups", BYTES("\x2b\x2c\x2b\x08\x01\x2c"), VALID},
    {"group_end_overlong", "t2.Groups", BYTES("\x0b\x8c\x00"), VALID},
    {"group_without_end", "t2.Groups", BYTES("\x0b\x10\x01"), GROUP, "single", 3},
    {"group_ends_with_another_number", "t2.Groups", BYTES("\x0b\x10\x01\x14"), GROUP, "single", 3},
    {"group_ends_its_parent", "t2.Groups", BYTES("\x0b\x1b\x0c"), GROUP, "single.inner", 2},
    {"end_group_without_start", "t2.Groups", BYTES("\x0c"), GROUP, "", 0},
    {"group_without_end_in_a_message", "t2.Node", BYTES("\x0a\x01\x13\x14"), GROUP, "next.deep", 3},
    {"end_group_inside_a_message_in_a_group", "t2.Node", BYTES("\x13\x0a\x01\x14"), GROUP,
     "deep.node", 3},
    {"set_item_without_end", "t2.Set", BYTES("\x0b\x10\xe8\x07"), GROUP, "", 4},
    {"set_item_with_type_id_0", "t2.Set", BYTES("\x0b\x10\xe8\x07\x10\x00\x1a\x02\x08\x01\x0c"),
     TAG, "", 4},
    {"set_item_with_a_cut_message", "t2.Set", BYTES("\x0b\x1a\x03\x08\x0c"), LENGTH, "", 2},
    {"set_item_whose_message_is_cut", "t2.Set", BYTES("\x0b\x10\xe8\x07\x1a\x01\x08\x0c"),
     TRUNCATED, "[t2.SetItem.item].id", 7},
    {"delimited_field", "t23.All", BYTES("\x13\x08\x01\x14"), VALID},
    {"delimited_field_without_end", "t23.All", BYTES("\x13\x08\x01"), GROUP, "delimited", 3},
    {"message_inside_group_may_not_pass_it", "t2.Node", BYTES("\x13\x0a\x02\x14"), LENGTH,
     "deep.node", 2},
};

START_TEST(wire_data_is_judged_alike_by_both_policies)
{
    walk_check(&cases[_i], SL_UNKNOWN_REJECT);
    walk_check(&cases[_i], SL_UNKNOWN_ALLOW);
}
END_TEST

/* Unknown values must be well-formed too, allowed or not. */
static const walk_case unknown_cases[] = {
    {"unknown_varint", "t2.Free", BYTES("\x38\x80\x01"), VALID},
    {"unknown_varint_cut", "t2.Free", BYTES("\x38\x80"), TRUNCATED, "", 1},
    {"unknown_varint_of_eleven_bytes", "t2.Free",
     BYTES("\x38\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"), VARINT, "", 1},
    {"unknown_fixed64_cut", "t2.Free", BYTES("\x39\x01"), TRUNCATED, "", 1},
    {"unknown_fixed32_cut", "t2.Free", BYTES("\x3d\x01"), TRUNCATED, "", 1},
    {"unknown_length_past_the_end", "t2.Free", BYTES("\x3a\x02x"), LENGTH, "", 1},
    {"unknown_content_is_not_looked_into", "t2.Free", BYTES("\x3a\x02\xff\xff"), VALID},
    {"unknown_group", "t2.Free", BYTES("\x3b\x08\x01\x3b\x12\x01x\x3c\x3c"), VALID},
    {"unknown_group_without_end", "t2.Free", BYTES("\x3b\x08\x01"), GROUP, "", 3},
    {"unknown_group_ends_with_another_number", "t2.Free", BYTES("\x3b\x08\x01\x44"), GROUP, "", 3},
    {"unknown_group_with_a_cut_value", "t2.Free", BYTES("\x3b\x08\x80"), TRUNCATED, "", 2},
    {"unknown_group_with_field_number_0", "t2.Free", BYTES("\x3b\x00\x01\x3c"), TAG, "", 1},
    {"unknown_group_with_wire_type_6", "t2.Free", BYTES("\x3b\x0e\x3c"), TAG, "", 1},
    {"unknown_group_with_a_length_past_the_end", "t2.Free", BYTES("\x3b\x12\x05x\x3c"), LENGTH, "",
     2},
    {"unknown_in_a_message", "t2.Free", BYTES("\x12\x02\x38\x80\x01"), TRUNCATED, "free", 3},
    {"wrong_wire_type_cut", "t2.Free", BYTES("\x08\x80"), TRUNCATED, "", 1},
};

START_TEST(unknown_fields_must_be_well_formed)
{
    walk_check(&unknown_cases[_i], SL_UNKNOWN_ALLOW);
}
END_TEST

static Suite *wire_suite(void)
{
    Suite *suite = suite_create("wire");
    TCase *tcase = tcase_create("wire");
    tcase_add_loop_test(tcase, wire_data_is_judged_alike_by_both_policies, 0, SL_ARRAY_LEN(cases));
    tcase_add_loop_test(tcase, unknown_fields_must_be_well_formed, 0, SL_ARRAY_LEN(unknown_cases));
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(wire_suite)
