/* tests/wire/test_reader.c: the wire format as the Protobuf encoding guide describes it.
 *
 * The bytes of each case are written by hand from the guide; every input lies in a heap block of its own size, so that a read past its
 * end is seen by the address sanitizer. */
#include "tests/support/tap_main.h"
#include "wire/wire.h"

#include <stdlib.h>

#define BYTES(literal) (literal), sizeof(literal) - 1

/* An exact copy on the heap. */
static sl_bytes exact(const char *bytes, size_t len)
{
    uint8_t *copy = malloc(len ? len : 1);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, bytes, len);
    return (sl_bytes){copy, len};
}

static void release(sl_bytes bytes)
{
    free((void *)bytes.data);
}

static const struct {
    const char *name, *bytes;
    size_t len;
    sl_status want;
    uint64_t value;
    size_t offset;
} varints[] = {
    {"one_byte", BYTES("\x01"), SL_OK, 1, 1},
    {"two_bytes_150", BYTES("\x96\x01"), SL_OK, 150, 2},
    {"minus_one_is_ten_bytes", BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), SL_OK, UINT64_MAX,
     10},
    {"over_long_zero", BYTES("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"), SL_OK, 0, 10},
    {"bits_above_64_are_dropped", BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f"), SL_OK,
     UINT64_MAX, 10},
    {"eleven_bytes_are_malformed", BYTES("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"),
     SL_MALFORMED, 0, 0},
    {"truncated_varint_is_malformed", BYTES("\x80"), SL_MALFORMED, 0, 0},
    {"empty_is_malformed", BYTES(""), SL_MALFORMED, 0, 0},
};

START_TEST(reads_varint)
{
    sl_bytes input = exact(varints[_i].bytes, varints[_i].len);
    sl_wire_reader reader = sl_wire_reader_of(input);
    uint64_t value = 0;
    sl_status got = sl_wire_read_varint(&reader, &value);
    ck_assert_msg(got == varints[_i].want && value == varints[_i].value &&
                      sl_wire_offset(&reader) == varints[_i].offset,
                  "%s: %s, %llu, at %zu", varints[_i].name, sl_status_name(got),
                  (unsigned long long)value, sl_wire_offset(&reader));
    release(input);
}
END_TEST

static const struct {
    const char *name, *bytes;
    size_t len;
    sl_status want;
    uint32_t number;
    sl_wire_type type;
} tags[] = {
    {"field_1_varint", BYTES("\x08"), SL_OK, 1, SL_WIRE_VARINT},
    {"field_2_len", BYTES("\x12"), SL_OK, 2, SL_WIRE_LEN},
    {"largest_number", BYTES("\xfd\xff\xff\xff\x0f"), SL_OK, SL_FIELD_NUMBER_MAX, SL_WIRE_I32},
    {"over_long_tag", BYTES("\x88\x80\x80\x80\x00"), SL_OK, 1, SL_WIRE_VARINT},
    {"number_0_is_malformed", BYTES("\x02"), SL_MALFORMED, 0, 0},
    {"wire_type_6_is_malformed", BYTES("\x0e"), SL_MALFORMED, 0, 0},
    {"wire_type_7_is_malformed", BYTES("\x0f"), SL_MALFORMED, 0, 0},
    {"more_than_32_bits_is_malformed", BYTES("\x88\x80\x80\x80\x10"), SL_MALFORMED, 0, 0},
    {"six_bytes_are_malformed", BYTES("\x88\x80\x80\x80\x80\x00"), SL_MALFORMED, 0, 0},
    {"truncated_tag_is_malformed", BYTES("\x88"), SL_MALFORMED, 0, 0},
};

START_TEST(reads_tag)
{
    sl_bytes input = exact(tags[_i].bytes, tags[_i].len);
    sl_wire_reader reader = sl_wire_reader_of(input);
    sl_wire_tag tag = {0};
    sl_status got = sl_wire_read_tag(&reader, &tag);
    ck_assert_msg(got == tags[_i].want && tag.number == tags[_i].number &&
                      tag.type == tags[_i].type,
                  "%s: %s, %u:%u", tags[_i].name, sl_status_name(got), tag.number, tag.type);
    ck_assert_uint_eq(sl_wire_offset(&reader), got == SL_OK ? tags[_i].len : 0);
    release(input);
}
END_TEST

static const struct {
    const char *name, *bytes;
    size_t len;
    uint32_t depth;
    sl_status want;
    sl_wire_type type;
    uint64_t number_value;
    const char *content;
    size_t content_len;
} fields[] = {
    {"varint", BYTES("\x08\x96\x01"), 0, SL_OK, SL_WIRE_VARINT, 150, BYTES("")},
    {"fixed64", BYTES("\x09\x01\x02\x03\x04\x05\x06\x07\x08"), 0, SL_OK, SL_WIRE_I64,
     0x0807060504030201, BYTES("")},
    {"fixed32", BYTES("\x0d\x01\x02\x03\xff"), 0, SL_OK, SL_WIRE_I32, 0xff030201, BYTES("")},
    {"string", BYTES("\x12\x07testing"), 0, SL_OK, SL_WIRE_LEN, 0, BYTES("testing")},
    {"empty_string", BYTES("\x12\x00"), 0, SL_OK, SL_WIRE_LEN, 0, BYTES("")},
    {"empty_group", BYTES("\x0b\x0c"), 1, SL_OK, SL_WIRE_SGROUP, 0, BYTES("")},
    {"group_in_group", BYTES("\x0b\x13\x14\x0c"), 2, SL_OK, SL_WIRE_SGROUP, 0, BYTES("\x13\x14")},
    {"group_that_ends_in_high_bytes", BYTES("\x0b\x12\x02\xff\xff\x0c"), 1, SL_OK, SL_WIRE_SGROUP,
     0, BYTES("\x12\x02\xff\xff")},
    {"group_with_over_long_end_tag", BYTES("\x0b\x8c\x80\x00"), 1, SL_OK, SL_WIRE_SGROUP, 0,
     BYTES("")},
    {"group_with_all_types", BYTES("\x0b\x08\x01\x09........\x12\x01x\x0d....\x0c"), 1, SL_OK,
     SL_WIRE_SGROUP, 0, BYTES("\x08\x01\x09........\x12\x01x\x0d....")},
    {"no_field_at_the_end", BYTES(""), 1, SL_NOT_FOUND, 0, 0, NULL, 0},
    {"length_past_the_end", BYTES("\x12\x08testing"), 1, SL_MALFORMED, 0, 0, NULL, 0},
    {"length_of_1_GiB", BYTES("\x12\x80\x80\x80\x80\x04testing"), 1, SL_MALFORMED, 0, 0, NULL, 0},
    {"length_above_INT32_MAX", BYTES("\x12\x80\x80\x80\x80\x08testing"), 1, SL_MALFORMED, 0, 0,
     NULL, 0},
    {"length_of_64_bits", BYTES("\x12\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01testing"), 1,
     SL_MALFORMED, 0, 0, NULL, 0},
    {"truncated_fixed32", BYTES("\x0d\x01\x02\x03"), 1, SL_MALFORMED, 0, 0, NULL, 0},
    {"truncated_fixed64", BYTES("\x09\x01\x02\x03\x04\x05\x06\x07"), 1, SL_MALFORMED, 0, 0, NULL,
     0},
    {"end_group_alone", BYTES("\x0c"), 1, SL_MALFORMED, 0, 0, NULL, 0},
    {"group_with_another_end", BYTES("\x0b\x14"), 1, SL_MALFORMED, 0, 0, NULL, 0},
    {"group_without_end", BYTES("\x0b\x08\x01"), 1, SL_MALFORMED, 0, 0, NULL, 0},
    {"groups_crossed", BYTES("\x0b\x13\x0c\x14"), 2, SL_MALFORMED, 0, 0, NULL, 0},
    {"group_deeper_than_told", BYTES("\x0b\x13\x14\x0c"), 1, SL_LIMIT, 0, 0, NULL, 0},
    {"no_group_at_depth_0", BYTES("\x0b\x0c"), 0, SL_LIMIT, 0, 0, NULL, 0},
};

START_TEST(reads_field)
{
    sl_bytes input = exact(fields[_i].bytes, fields[_i].len);
    sl_wire_reader reader = sl_wire_reader_of(input);
    sl_wire_field field = {0};
    sl_status got = sl_wire_next_field(&reader, fields[_i].depth, &field);
    ck_assert_msg(got == fields[_i].want, "%s: %s", fields[_i].name, sl_status_name(got));
    if (got == SL_OK) {
        sl_bytes want = {(const uint8_t *)fields[_i].content, fields[_i].content_len};
        ck_assert_msg(field.tag.type == fields[_i].type &&
                          field.number_value == fields[_i].number_value &&
                          sl_bytes_equal(field.bytes, want) && sl_bytes_equal(field.raw, input) &&
                          sl_wire_at_end(&reader),
                      "%s: %s, %zu bytes of content", fields[_i].name,
                      sl_wire_type_name(field.tag.type), field.bytes.len);
    }
    release(input);
}
END_TEST

/* No prefix of a field is a field, and no cut crashes. */
START_TEST(every_truncation_is_malformed)
{
    for (size_t len = 1; len < fields[_i].len && fields[_i].want == SL_OK; len++) {
        sl_bytes input = exact(fields[_i].bytes, len);
        sl_wire_reader reader = sl_wire_reader_of(input);
        sl_wire_field field;
        sl_status got = sl_wire_next_field(&reader, fields[_i].depth, &field);
        ck_assert_msg(got == SL_MALFORMED, "%s: the first %zu bytes: %s", fields[_i].name, len,
                      sl_status_name(got));
        release(input);
    }
}
END_TEST

START_TEST(ten_thousand_groups_are_refused_by_the_limit)
{
    enum { LEVELS = 10000 };
    char bytes[LEVELS];
    memset(bytes, 0x0b, LEVELS);
    sl_bytes input = exact(bytes, LEVELS);
    sl_wire_reader reader = sl_wire_reader_of(input);
    sl_wire_field field;
    ck_assert_int_eq(sl_wire_next_field(&reader, UINT32_MAX, &field), SL_LIMIT);
    release(input);
}
END_TEST

static const struct {
    const char *name, *bytes;
    size_t len, max_fields;
    sl_status want;
} flats[] = {
    {"empty_is_flat", BYTES(""), 0, SL_OK},
    {"two_fields", BYTES("\x08\x01\x12\x01x"), 2, SL_OK},
    {"one_field_too_many", BYTES("\x08\x01\x12\x01x"), 1, SL_LIMIT},
    {"a_group_is_refused", BYTES("\x0b\x0c"), 2, SL_MALFORMED},
    {"an_end_tag_is_refused", BYTES("\x0c"), 2, SL_MALFORMED},
    {"truncated", BYTES("\x08\x01\x12\x02x"), 2, SL_MALFORMED},
};

START_TEST(scans_flat)
{
    sl_bytes input = exact(flats[_i].bytes, flats[_i].len);
    sl_status got = sl_wire_scan_flat(input, flats[_i].max_fields);
    ck_assert_msg(got == flats[_i].want, "%s: %s", flats[_i].name, sl_status_name(got));
    release(input);
}
END_TEST

START_TEST(what_is_written_reads_back)
{
    static const uint64_t values[] = {0,     1,          127,        128,        16383,
                                      16384, UINT32_MAX, 1ULL << 62, 1ULL << 63, UINT64_MAX};
    for (size_t i = 0; i < SL_ARRAY_LEN(values); i++) {
        sl_cleanup(sl_buf_done) sl_buf buf = {0};
        sl_wire_put_tag(&buf, SL_FIELD_NUMBER_MAX, SL_WIRE_VARINT);
        sl_wire_put_varint(&buf, values[i]);
        sl_wire_put_len(&buf, 3, sl_str_bytes(SL_STR("abc")));
        ck_assert_uint_eq(buf.len, 5 + sl_wire_varint_size(values[i]) + 5);

        sl_wire_reader reader = sl_wire_reader_of(sl_buf_bytes(&buf));
        sl_wire_field field;
        ck_assert_int_eq(sl_wire_next_field(&reader, 0, &field), SL_OK);
        ck_assert(field.number_value == values[i] && field.tag.number == SL_FIELD_NUMBER_MAX);
        ck_assert_int_eq(sl_wire_next_field(&reader, 0, &field), SL_OK);
        ck_assert(sl_str_is(sl_bytes_str(field.bytes), "abc"));
        ck_assert_int_eq(sl_wire_next_field(&reader, 0, &field), SL_NOT_FOUND);
    }
}
END_TEST

/* The table of the encoding guide, "Signed Integers". */
START_TEST(zigzag_is_the_guides_table)
{
    static const struct {
        int64_t number;
        uint64_t encoded;
    } pairs[] = {{0, 0},
                 {-1, 1},
                 {1, 2},
                 {-2, 3},
                 {0x7fffffff, 0xfffffffe},
                 {-0x80000000LL, 0xffffffff},
                 {INT64_MAX, UINT64_MAX - 1},
                 {INT64_MIN, UINT64_MAX}};
    for (size_t i = 0; i < SL_ARRAY_LEN(pairs); i++) {
        ck_assert(sl_wire_zigzag_encode(pairs[i].number) == pairs[i].encoded);
        ck_assert(sl_wire_zigzag_decode(pairs[i].encoded) == pairs[i].number);
    }
}
END_TEST

START_TEST(absent_bytes_are_an_empty_message)
{
    sl_wire_reader reader = sl_wire_reader_of((sl_bytes){0});
    sl_wire_field field;
    ck_assert_int_eq(sl_wire_next_field(&reader, 0, &field), SL_NOT_FOUND);
    ck_assert_str_eq(sl_wire_type_name(5), "32-bit");
    ck_assert_str_eq(sl_wire_type_name(6), "invalid");
}
END_TEST

static Suite *reader_suite(void)
{
    Suite *suite = suite_create("reader");
    TCase *tcase = tcase_create("wire");
    tcase_add_loop_test(tcase, reads_varint, 0, SL_ARRAY_LEN(varints));
    tcase_add_loop_test(tcase, reads_tag, 0, SL_ARRAY_LEN(tags));
    tcase_add_loop_test(tcase, reads_field, 0, SL_ARRAY_LEN(fields));
    tcase_add_loop_test(tcase, every_truncation_is_malformed, 0, SL_ARRAY_LEN(fields));
    tcase_add_loop_test(tcase, scans_flat, 0, SL_ARRAY_LEN(flats));
    tcase_add_test(tcase, ten_thousand_groups_are_refused_by_the_limit);
    tcase_add_test(tcase, what_is_written_reads_back);
    tcase_add_test(tcase, zigzag_is_the_guides_table);
    tcase_add_test(tcase, absent_bytes_are_an_empty_message);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(reader_suite)
