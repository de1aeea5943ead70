/* tests/wire/test_envelope.c: the Kafka envelope as Confluent's documentation of its wire format lays it out. */
#include "tests/support/tap_main.h"
#include "wire/wire.h"

#include <stdlib.h>

#define BYTES(literal) (literal), sizeof(literal) - 1

static const struct {
    const char *name, *bytes;
    size_t len;
    sl_status want;
    int32_t id;
    uint32_t count;
    int32_t indexes[3];
    const char *payload;
    const char *text; /* a part of the refusal */
} cases[] = {
    {"short_form_is_the_first_message", BYTES("\0\0\0\0\x07\0pay"), SL_OK, 7, 1, {0}, "pay", NULL},
    {"long_form_of_the_first_message",
     BYTES("\0\0\0\0\x07\x02\0pay"),
     SL_OK,
     7,
     1,
     {0},
     "pay",
     NULL},
    {"nested_message",
     BYTES("\0\x01\x02\x03\x04\x04\x04\x02pay"),
     SL_OK,
     0x01020304,
     2,
     {2, 1},
     "pay",
     NULL},
    {"empty_payload", BYTES("\0\0\0\0\x01\0"), SL_OK, 1, 1, {0}, "", NULL},
    {"no_bytes", BYTES(""), SL_MALFORMED, .text = "no bytes"},
    {"another_magic_byte", BYTES("\x01\0\0\0\x01\0"), SL_MALFORMED, .text = "magic byte is 0x01"},
    {"cut_in_the_id", BYTES("\0\0\0\0"), SL_MALFORMED, .text = "4 bytes"},
    {"cut_before_the_indexes", BYTES("\0\0\0\0\x01"), SL_MALFORMED, .text = "byte 5"},
    {"negative_count", BYTES("\0\0\0\0\x01\x01"), SL_MALFORMED, .text = "count of message indexes"},
    {"fewer_indexes_than_told", BYTES("\0\0\0\0\x01\x04\x02"), SL_MALFORMED,
     .text = "index 2 of 2"},
    {"negative_index", BYTES("\0\0\0\0\x01\x02\x01"), SL_MALFORMED, .text = "index 1 of 1"},
    {"index_above_32_bits", BYTES("\0\0\0\0\x01\x02\x80\x80\x80\x80\x10"), SL_MALFORMED,
     .text = "index 1 of 1"},
    {"too_many_indexes", BYTES("\0\0\0\0\x01\x42"), SL_LIMIT, .text = "MESSAGE_INDEXES (32)"},
    {"count_of_64_bits", BYTES("\0\0\0\0\x01\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"), SL_LIMIT,
     .text = "MESSAGE_INDEXES"},
};

START_TEST(reads_envelope)
{
    uint8_t *input = malloc(cases[_i].len ? cases[_i].len : 1);
    ck_assert_ptr_nonnull(input);
    memcpy(input, cases[_i].bytes, cases[_i].len);
    sl_envelope envelope = {0};
    sl_error err = {0};
    sl_status got = sl_envelope_read((sl_bytes){input, cases[_i].len}, &envelope, &err);
    ck_assert_msg(got == cases[_i].want, "%s: %s: %s", cases[_i].name, sl_status_name(got),
                  err.text);
    if (got != SL_OK) {
        ck_assert_msg(strstr(err.text, cases[_i].text) != NULL, "%s: %s", cases[_i].name, err.text);
    } else {
        ck_assert_int_eq(envelope.schema_id, cases[_i].id);
        ck_assert_uint_eq(envelope.index_count, cases[_i].count);
        for (uint32_t i = 0; i < envelope.index_count; i++)
            ck_assert_int_eq(envelope.indexes[i], cases[_i].indexes[i]);
        ck_assert(sl_str_is(sl_bytes_str(envelope.payload), cases[_i].payload));
    }
    free(input);
}
END_TEST

static const struct {
    const char *name;
    int32_t id;
    uint32_t count;
    int32_t indexes[3];
    const char *bytes;
    size_t len;
} written[] = {
    {"no_indexes", 7, 0, {0}, BYTES("\0\0\0\0\x07\0")},
    {"first_message_is_short", 7, 1, {0}, BYTES("\0\0\0\0\x07\0")},
    {"second_message", -2, 1, {1}, BYTES("\0\xff\xff\xff\xfe\x02\x02")},
    {"first_in_first_is_long", 1, 2, {0, 0}, BYTES("\0\0\0\0\x01\x04\0\0")},
    {"large_index", 1, 1, {300}, BYTES("\0\0\0\0\x01\x02\xd8\x04")},
};

START_TEST(writes_envelope)
{
    sl_cleanup(sl_buf_done) sl_buf buf = {0};
    sl_envelope_put(&buf, written[_i].id, written[_i].indexes, written[_i].count);
    ck_assert_msg(buf.len == written[_i].len && memcmp(buf.data, written[_i].bytes, buf.len) == 0,
                  "%s: %zu bytes", written[_i].name, buf.len);
    sl_envelope envelope;
    ck_assert_int_eq(sl_envelope_read(sl_buf_bytes(&buf), &envelope, NULL), SL_OK);
    ck_assert_int_eq(envelope.schema_id, written[_i].id);
    ck_assert_uint_eq(envelope.index_count, SL_MAX(written[_i].count, 1U));
}
END_TEST

static Suite *envelope_suite(void)
{
    Suite *suite = suite_create("envelope");
    TCase *tcase = tcase_create("envelope");
    tcase_add_loop_test(tcase, reads_envelope, 0, SL_ARRAY_LEN(cases));
    tcase_add_loop_test(tcase, writes_envelope, 0, SL_ARRAY_LEN(written));
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(envelope_suite)
