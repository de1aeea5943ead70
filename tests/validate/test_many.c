/* tests/validate/test_many.c: a stream of payloads gives the same answers however it is cut, and holds one payload at most.
 *
 * The stream holds payloads of t3.Order: {}, an id, an id that is not UTF-8, an id of 300 bytes, and a field the schema lacks. */
#include "tests/validate/walk_support.h"

#include <stdlib.h>

enum { ANSWERS_MOST = 64 };

typedef struct answers {
    sl_violations violations;
    size_t count;
    bool is_valid[ANSWERS_MOST];
    uint64_t stop_at; /* the judge fails at this one */
} answers;

static sl_status judge(void *context, uint64_t index, sl_bytes payload, sl_error *err)
{
    answers *told = context;
    ck_assert_uint_eq(index, told->count);
    if (index == told->stop_at)
        return sl_error_set(err, SL_IO, "stopped");
    static const sl_validate_options options = {.unknown_fields = SL_UNKNOWN_REJECT};
    ck_assert(told->count < ANSWERS_MOST);
    return sl_validate(walk_plan("t3.Order"), payload, &options, &told->violations,
                       &told->is_valid[told->count++]);
}

static sl_buf make_stream(void)
{
    sl_buf stream = {0}, long_id = {0};
    char letters[300];
    memset(letters, 'x', sizeof letters);
    sl_wire_put_len(&long_id, 1, (sl_bytes){(const uint8_t *)letters, sizeof letters});
    sl_buf_append_literal(&stream, "\0\x03\x0a\x01x\x04\x0a\x02\xc3\x28");
    sl_wire_put_varint(&stream, long_id.len);
    sl_buf_append(&stream, long_id.data, long_id.len);
    sl_buf_append_literal(&stream, "\x06\xf8\xff\xff\xff\x0f\x01\0");
    sl_buf_done(&long_id);
    return stream;
}

static const bool wanted[] = {true, true, false, true, false, true};

/* A chunk in a block that ends with its slop, so that a sanitizer sees what is read behind it. */
static sl_status feed(sl_many *many, const char *data, size_t len, bool is_end, sl_error *err)
{
    uint8_t *copy = malloc(len + SL_PAYLOAD_SLOP);
    ck_assert_ptr_nonnull(copy);
    if (len > 0)
        memcpy(copy, data, len);
    memset(copy + len, 0xff, SL_PAYLOAD_SLOP);
    sl_status status = sl_validate_many(many, (sl_bytes){copy, len}, is_end, err);
    free(copy);
    return status;
}

static void check_answers(const answers *told, size_t cut)
{
    ck_assert_msg(told->count == SL_ARRAY_LEN(wanted), "cut at %zu: %zu answers", cut, told->count);
    for (size_t i = 0; i < told->count; i++)
        ck_assert_msg(told->is_valid[i] == wanted[i], "cut at %zu: payload %zu", cut, i);
}

START_TEST(answers_do_not_depend_on_where_it_is_cut)
{
    sl_cleanup(sl_buf_done) sl_buf stream = make_stream();
    for (size_t cut = 0; cut <= stream.len; cut++) {
        static answers told;
        told = (answers){.stop_at = UINT64_MAX};
        sl_cleanup(sl_many_done) sl_many many = {.judge = judge, .context = &told};
        ck_assert_int_eq(feed(&many, stream.data, cut, false, NULL), SL_OK);
        ck_assert_int_eq(feed(&many, stream.data + cut, stream.len - cut, true, NULL), SL_OK);
        ck_assert_uint_eq(many.offset, stream.len);
        check_answers(&told, cut);
        sl_violations_done(&told.violations);
    }
}
END_TEST

START_TEST(bytes_may_come_one_by_one)
{
    sl_cleanup(sl_buf_done) sl_buf stream = make_stream();
    static answers told = {.stop_at = UINT64_MAX};
    sl_cleanup(sl_many_done) sl_many many = {.judge = judge, .context = &told};
    for (size_t i = 0; i < stream.len; i++)
        ck_assert_int_eq(feed(&many, stream.data + i, 1, false, NULL), SL_OK);
    ck_assert_int_eq(feed(&many, NULL, 0, true, NULL), SL_OK);
    check_answers(&told, stream.len);
    sl_violations_done(&told.violations);
}
END_TEST

static const struct {
    const char *name;
    const char *bytes;
    size_t len;
    sl_status want;
    const char *says;
} broken[] = {
    {"end_inside_a_length", BYTES("\0\x80"), SL_MALFORMED, "ends inside the length"},
    {"end_behind_a_length", BYTES("\0\x05"), SL_MALFORMED,
     "ends 0 bytes into a payload that claims 5"},
    {"end_inside_a_payload", BYTES("\0\x05\x0a\x03x"), SL_MALFORMED,
     "ends 3 bytes into a payload that claims 5"},
    {"length_of_eleven_bytes", BYTES("\0\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\0"), SL_MALFORMED,
     "before byte 11: the length of payload 1 is a varint of more than 10 bytes"},
    {"length_of_a_gibibyte", BYTES("\0\x80\x80\x80\x80\x04"), SL_LIMIT,
     "a payload of 1073741824 bytes; PAYLOAD_BYTES allows 67108864"},
};

START_TEST(stream_that_is_broken_ends_there)
{
    static answers told;
    told = (answers){.stop_at = UINT64_MAX};
    sl_error err = {0};
    sl_cleanup(sl_many_done) sl_many many = {.judge = judge, .context = &told};
    sl_status got = feed(&many, broken[_i].bytes, broken[_i].len, true, &err);
    ck_assert_msg(got == broken[_i].want, "%s: %s", broken[_i].name, sl_status_name(got));
    ck_assert_msg(strstr(err.text, broken[_i].says) != NULL, "%s: %s", broken[_i].name, err.text);
    ck_assert_uint_eq(told.count, 1);
    sl_violations_done(&told.violations);
}
END_TEST

START_TEST(what_is_held_is_what_has_come)
{
    static answers told = {.stop_at = UINT64_MAX};
    sl_cleanup(sl_many_done) sl_many many = {.judge = judge, .context = &told};
    ck_assert_int_eq(feed(&many, "\x80\x80\x80\x20xx", 6, false, NULL), SL_OK); /* claims 64 MiB */
    ck_assert_uint_eq(many.gathered.len, 2);
    ck_assert_uint_lt(many.gathered.cap, 4096);
}
END_TEST

START_TEST(judge_that_fails_ends_the_stream)
{
    sl_cleanup(sl_buf_done) sl_buf stream = make_stream();
    static answers told = {.stop_at = 2};
    sl_error err = {0};
    sl_cleanup(sl_many_done) sl_many many = {.judge = judge, .context = &told};
    ck_assert_int_eq(feed(&many, stream.data, stream.len, true, &err), SL_IO);
    ck_assert_uint_eq(told.count, 2);
    ck_assert_uint_eq(many.index, 2);
}
END_TEST

static Suite *many_suite(void)
{
    Suite *suite = suite_create("many");
    TCase *tcase = tcase_create("stream");
    tcase_add_test(tcase, answers_do_not_depend_on_where_it_is_cut);
    tcase_add_test(tcase, bytes_may_come_one_by_one);
    tcase_add_loop_test(tcase, stream_that_is_broken_ends_there, 0, SL_ARRAY_LEN(broken));
    tcase_add_test(tcase, what_is_held_is_what_has_come);
    tcase_add_test(tcase, judge_that_fails_ends_the_stream);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(many_suite)
