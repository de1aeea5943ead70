/* tests/validate/test_strictness.c: every row of validate/strictness.def, by payloads on both sides of it.
 *
 * A payload is judged as a parser would, by both tiers. That the answers are those of C++ is held by tests/conformance. */
#include "tests/validate/walk_support.h"
#include "validate/internal/scan.h"

/* A parser's answer: the wire rule that is broken first, or VALID. */
typedef struct strict_case {
    int point; /* SL_STRICT_<suffix>, as STRICT_CASE() numbers them */
    const char *type, *bytes;
    size_t len;
    int rule;
} strict_case;

typedef enum strict_point {
#define STRICT(suffix, value, point, cpp, java, go, upb, here) POINT_##suffix,
#include "validate/strictness.def"
#undef STRICT
    POINT_COUNT
} strict_point;

static const char *const point_names[] = {
#define STRICT(suffix, value, point, cpp, java, go, upb, here) #suffix,
#include "validate/strictness.def"
#undef STRICT
};

#define REFUSED(suffix) SL_VIOLATION_##suffix
#define ZEROS_9 "\x80\x80\x80\x80\x80\x80\x80\x80\x80"
#define ID "\x08\x01"
#define NAME "\x12\x00"

static const strict_case cases[] = {
    {POINT_TAG_BYTES, "t2.Free", BYTES("\x88\x80\x80\x80\x00\x01"), VALID},
    {POINT_TAG_BYTES, "t2.Free", BYTES("\x88\x80\x80\x80\x80\x00\x01"), REFUSED(TAG)},
    {POINT_TAG_BITS, "t2.Scalars", BYTES("\xf8\xff\xff\xff\x0f\x01"), VALID},
    {POINT_TAG_BITS, "t2.Scalars", BYTES("\xf8\xff\xff\xff\x1f\x01"), REFUSED(TAG)},
    {POINT_FIELD_NUMBER_LEAST, "t2.Free", BYTES("\x00\x01"), REFUSED(TAG)},
    {POINT_FIELD_NUMBER_LEAST, "t2.Free", BYTES("\x08\x01"), VALID},
    {POINT_WIRE_TYPE_MOST, "t2.Free", BYTES("\x0e"), REFUSED(TAG)},
    {POINT_WIRE_TYPE_MOST, "t2.Free", BYTES("\x0f"), REFUSED(TAG)},
    {POINT_WIRE_TYPE_MOST, "t2.Free", BYTES("\xc5\x3e\x01\x02\x03\x04"), VALID},
    {POINT_WIRE_TYPE_OTHER, "t3.Order", BYTES("\x08\x01"), VALID},
    {POINT_WIRE_TYPE_OTHER, "t3.Order", BYTES("\x0d\x01\x02"), REFUSED(TRUNCATED)},
    {POINT_PACKED_EITHER_WAY, "t3.Order", BYTES("\x28\x01"), VALID},
    {POINT_PACKED_EITHER_WAY, "t2.Repeated", BYTES("\x0a\x02\x01\x02"), VALID},
    {POINT_PACKED_EITHER_WAY, "t2.Repeated", BYTES("\x0a\x02\x01\x82"), REFUSED(PACKED)},
    {POINT_VARINT_BYTES, "t3.Order", BYTES("\x30" ZEROS_9 "\x00"), VALID},
    {POINT_VARINT_BYTES, "t3.Order", BYTES("\x30" ZEROS_9 "\x80\x00"), REFUSED(VARINT)},
    {POINT_VARINT_BYTES, "t3.Order", BYTES("\x2a\x0a" ZEROS_9 "\x00"), VALID},
    {POINT_VARINT_BYTES, "t3.Order", BYTES("\x2a\x0b" ZEROS_9 "\x80\x00"), REFUSED(VARINT)},
    {POINT_VARINT_TENTH_BYTE, "t3.Order", BYTES("\x30" ZEROS_9 "\x01"), VALID},
    {POINT_VARINT_TENTH_BYTE, "t3.Order", BYTES("\x30" ZEROS_9 "\x7f"), VALID},
    {POINT_VARINT_LONGER_THAN_NEEDED, "t3.Order", BYTES("\x30\x81\x00"), VALID},
    {POINT_VARINT_WIDER_THAN_TYPE, "t3.Order", BYTES("\x30\xff\xff\xff\xff\xff\xff\x7f"), VALID},
    {POINT_LENGTH_BYTES, "t3.Order", BYTES("\x0a\x81\x80\x80\x80\x00x"), VALID},
    {POINT_LENGTH_BYTES, "t3.Order", BYTES("\x0a\x81\x80\x80\x80\x80\x00x"), REFUSED(LENGTH)},
    {POINT_LENGTH_MOST, "t3.Order", BYTES("\x0a\xff\xff\xff\xff\x07"), REFUSED(LENGTH)},
    {POINT_LENGTH_MOST, "t3.Order", BYTES("\x0a\x80\x80\x80\x80\x08"), REFUSED(LENGTH)},
    {POINT_LENGTH_MOST, "t3.Order", BYTES("\x0a\x81\x80\x80\x80\x10x"), REFUSED(LENGTH)},
    {POINT_LENGTH_PAST_END, "t3.Order", BYTES("\x0a\x01x"), VALID},
    {POINT_LENGTH_PAST_END, "t3.Order", BYTES("\x0a\x02x"), REFUSED(LENGTH)},
    {POINT_LENGTH_PAST_END, "t3.Order", BYTES("\x1a\x02\x0a\x01x"), REFUSED(LENGTH)},
    {POINT_PACKED_CUT, "t2.Repeated", BYTES("\x1a\x08\x01\x02\x03\x04\x05\x06\x07\x08"), VALID},
    {POINT_PACKED_CUT, "t2.Repeated", BYTES("\x1a\x05\x01\x02\x03\x04\x05"), REFUSED(PACKED)},
    {POINT_PACKED_CUT, "t3.Order", BYTES("\x2a\x01\x80"), REFUSED(PACKED)},
    {POINT_GROUP_MISMATCH, "t2.Node", BYTES("\x13\x14"), VALID},
    {POINT_GROUP_MISMATCH, "t2.Node", BYTES("\x13\x1c"), REFUSED(GROUP)},
    {POINT_GROUP_MISMATCH, "t2.Node", BYTES("\x13"), REFUSED(GROUP)},
    {POINT_GROUP_MISMATCH, "t2.Node", BYTES("\x14"), REFUSED(GROUP)},
    {POINT_GROUP_MISMATCH, "t2.Node", BYTES("\xc3\x3e\xcc\x3e"), REFUSED(GROUP)},
    {POINT_GROUP_ACROSS_MESSAGE, "t2.Node", BYTES("\x0a\x01\x13\x14"), REFUSED(GROUP)},
    {POINT_GROUP_ACROSS_MESSAGE, "t2.Node", BYTES("\x13\x0a\x01\x14"), REFUSED(GROUP)},
    {POINT_UTF8_VERIFY, "t3.Order", BYTES("\x0a\x02\xc3\xa9"), VALID},
    {POINT_UTF8_VERIFY, "t3.Order", BYTES("\x0a\x01\xff"), REFUSED(UTF8)},
    {POINT_UTF8_NONE, "t2.Required", BYTES(ID "\x12\x01\xff"), VALID},
    {POINT_REQUIRED_IN_PARTS, "t2.Required", BYTES(ID NAME "\x1a\x02" ID "\x1a\x02" NAME), VALID},
    {POINT_REQUIRED_MISSING, "t2.Required", BYTES(ID NAME "\x1a\x02" ID "\x1a\x02" ID),
     REFUSED(REQUIRED)},
    {POINT_REQUIRED_CLOSED_ENUM, "t2.RequiredColor", BYTES("\x08\x63"), REFUSED(REQUIRED)},
    {POINT_MAP_VALUE_ABSENT, "t2.Required", BYTES(ID NAME "\x4a\x03\x0a\x01k"), REFUSED(REQUIRED)},
    {POINT_MAP_VALUE_ABSENT, "t3.Order", BYTES("\x22\x03\x0a\x01k"), VALID},
    {POINT_SET_ITEM_TWICE, "t2.Set",
     BYTES("\x0b\x10\xe8\x07\x10\x05\x1a\x02\x08\x01\x1a\x01\x08\x0c"), VALID},
    {POINT_SET_ITEM_TWICE, "t2.Set", BYTES("\x0b\x10\xe8\x07\x1a\x01\x08\x1a\x02\x08\x01\x0c"),
     REFUSED(TRUNCATED)},
    {POINT_SET_TYPE_ZERO, "t2.Set", BYTES("\x0b\x10\x00\x1a\x00\x0c"), REFUSED(TAG)},
};

START_TEST(point_is_decided_as_the_table_says)
{
    const strict_case *row = &cases[_i];
    sl_cleanup(sl_violations_done) sl_violations violations = {0};
    walk_bytes(row->type, (sl_bytes){(const uint8_t *)row->bytes, row->len}, SL_UNKNOWN_ALLOW,
               &violations);
    int got = violations.count ? (int)violations.items[0].rule : VALID;
    ck_assert_msg(got == row->rule, "%s, row %d: got %s", point_names[row->point], _i,
                  got == VALID ? "valid" : sl_violation_rule_id((sl_violation_rule)got));
}
END_TEST

/* Depth and extensions have tests of their own, which build payloads (test_bounds.c, test_types.c). */
START_TEST(every_point_has_a_case)
{
    bool has_case[POINT_COUNT] = {[POINT_DEPTH] = true, [POINT_EXTENSION_KNOWN] = true};
    for (size_t i = 0; i < SL_ARRAY_LEN(cases); i++)
        has_case[cases[i].point] = true;
    for (int point = 0; point < POINT_COUNT; point++)
        ck_assert_msg(has_case[point], "%s has no case", point_names[point]);
}
END_TEST

static Suite *strictness_suite(void)
{
    Suite *suite = suite_create("strictness");
    TCase *tcase = tcase_create("strictness");
    tcase_add_loop_test(tcase, point_is_decided_as_the_table_says, 0, SL_ARRAY_LEN(cases));
    tcase_add_test(tcase, every_point_has_a_case);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(strictness_suite)
