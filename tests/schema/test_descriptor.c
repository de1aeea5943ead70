/* tests/schema/test_descriptor.c: descriptors read and written, field by field.
 *
 * Inputs are written by hand with the encoding guide beside google/protobuf/descriptor.proto; real ones are test_corpus.c's. Every input
 * lies in a heap block of its own size, so that the address sanitizer sees a read past its end. */
#include "schema/descriptor.h"
#include "tests/support/tap_main.h"
#include "wire/wire.h"

#include <stdlib.h>

#define BYTES(literal) (literal), sizeof(literal) - 1

/* Read an exact copy of `bytes`, write it, and give both results. */
static sl_status round_trip(sl_bytes bytes, sl_buf *ret_written, sl_error *err)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    uint8_t *copy = malloc(bytes.len ? bytes.len : 1);
    ck_assert_ptr_nonnull(copy);
    if (bytes.len)
        memcpy(copy, bytes.data, bytes.len);
    sl_file_proto *file = NULL;
    sl_status status = sl_file_proto_read((sl_bytes){copy, bytes.len}, &arena, &file, err);
    if (status == SL_OK)
        sl_file_proto_write(file, true, ret_written);
    free(copy);
    return status;
}

/* `want` NULL: as it came. */
static const struct {
    const char *name, *bytes;
    size_t len;
    const char *want;
    size_t want_len;
} kept[] = {
    {"empty_file", BYTES(""), NULL, 0},
    {"name_and_package",
     BYTES("\x0a\x01"
           "a"
           "\x12\x01"
           "b"),
     NULL, 0},
    {"empty_name_is_present", BYTES("\x0a\x00"), NULL, 0},
    {"order_is_by_number",
     BYTES("\x12\x01"
           "b"
           "\x0a\x01"
           "a"),
     BYTES("\x0a\x01"
           "a"
           "\x12\x01"
           "b")},
    {"last_scalar_wins",
     BYTES("\x0a\x01"
           "a"
           "\x0a\x01"
           "b"),
     BYTES("\x0a\x01"
           "b")},
    {"options_are_joined",
     BYTES("\x42\x02\x50\x01\x0a\x01"
           "a"
           "\x42\x02\x48\x02"),
     BYTES("\x0a\x01"
           "a"
           "\x42\x04\x50\x01\x48\x02")},
    {"packed_numbers_are_written_expanded", BYTES("\x52\x03\x00\x01\x02"),
     BYTES("\x50\x00\x50\x01\x50\x02")},
    {"packed_and_expanded_mixed", BYTES("\x50\x07\x52\x01\x08"), BYTES("\x50\x07\x50\x08")},
    {"unknown_fields_go_last_in_their_order",
     BYTES("\xa2\x06\x01x\x0a\x01"
           "a"
           "\x98\x06\x05"),
     BYTES("\x0a\x01"
           "a"
           "\xa2\x06\x01x\x98\x06\x05")},
    {"wrong_wire_type_is_unknown",
     BYTES("\x08\x05\x12\x01"
           "b"),
     BYTES("\x12\x01"
           "b"
           "\x08\x05")},
    {"text_in_place_of_a_list_is_a_list",
     BYTES("\x1a\x01"
           "a"
           "\x1a\x01"
           "b"),
     NULL, 0},
    {"unknown_group_is_kept", BYTES("\xa3\x06\x08\x01\xa4\x06"), NULL, 0},
    {"negative_enum_value",
     BYTES("\x2a\x10\x12\x0e\x0a\x01z\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"), NULL, 0},
    {"unknown_inside_a_field",
     BYTES("\x22\x08\x12\x06\x0a\x01"
           "f"
           "\xa0\x06\x01"),
     NULL, 0},
    {"edition",
     BYTES("\x62\x08"
           "editions"
           "\x70\xe8\x07"),
     NULL, 0},
};

START_TEST(comes_back)
{
    sl_cleanup(sl_buf_done) sl_buf written = {0};
    sl_error err = {0};
    sl_bytes input = {(const uint8_t *)kept[_i].bytes, kept[_i].len};
    ck_assert_msg(round_trip(input, &written, &err) == SL_OK, "%s: %s", kept[_i].name, err.text);
    sl_bytes want = {(const uint8_t *)kept[_i].want, kept[_i].want_len};
    ck_assert_msg(sl_bytes_equal(sl_buf_bytes(&written), kept[_i].want ? want : input),
                  "%s: %zu bytes came back", kept[_i].name, written.len);
}
END_TEST

static const struct {
    const char *name, *bytes;
    size_t len;
    sl_status want;
    const char *text;
} refused[] = {
    {"garbage", BYTES("hello, world"), SL_MALFORMED, "end-group tag without a group at byte 2"},
    {"length_past_the_end",
     BYTES("\x0a\x05"
           "a"),
     SL_MALFORMED, "length runs past the end at byte 0"},
    {"length_of_1_GiB", BYTES("\x0a\x80\x80\x80\x80\x04"), SL_MALFORMED,
     "length runs past the end"},
    {"nested_says_where",
     BYTES("\x0a\x01"
           "a"
           "\x22\x00\x22\x05\x12\x03\x0a\x05"
           "f"),
     SL_MALFORMED, "message_type[1].field[0]: length runs past the end at byte 9"},
    {"name_not_utf8",
     BYTES("\x22\x04\x0a\x02"
           "a\xff"),
     SL_MALFORMED, "message_type[0].name: text is not UTF-8 at byte 5"},
    {"reserved_name_not_utf8", BYTES("\x22\x03\x52\x01\xc0"), SL_MALFORMED, "reserved_name: text"},
    {"field_number_0", BYTES("\x00\x00"), SL_MALFORMED, "no valid tag"},
    {"end_group", BYTES("\x0c"), SL_MALFORMED, "end-group tag without a group"},
    {"group_not_closed", BYTES("\x0b"), SL_MALFORMED, "group does not end"},
    {"packed_cut_off", BYTES("\x52\x02\x01\x80"), SL_MALFORMED,
     "public_dependency: varint is cut off"},
    {"varint_cut_off", BYTES("\x70\xe8"), SL_MALFORMED, "varint is cut off"},
};

START_TEST(is_refused_with_its_place)
{
    sl_cleanup(sl_buf_done) sl_buf written = {0};
    sl_error err = {0};
    sl_status got =
        round_trip((sl_bytes){(const uint8_t *)refused[_i].bytes, refused[_i].len}, &written, &err);
    ck_assert_msg(got == refused[_i].want && strstr(err.text, refused[_i].text), "%s: %s: %s",
                  refused[_i].name, sl_status_name(got), err.text);
}
END_TEST

/* `levels` messages inside each other, as nested_type. */
static void nest(sl_buf *buf, uint32_t levels)
{
    sl_cleanup(sl_buf_done) sl_buf inner = {0};
    for (uint32_t i = 0; i < levels; i++) {
        sl_cleanup(sl_buf_done) sl_buf outer = {0};
        sl_wire_put_len(&outer, i + 1 == levels ? 4 : 3, sl_buf_bytes(&inner));
        sl_buf swap = inner;
        inner = outer;
        outer = swap;
    }
    sl_buf_append(buf, inner.data, inner.len);
}

START_TEST(nesting_has_its_limit)
{
    static const struct {
        uint32_t levels;
        sl_status want;
    } depths[] = {{SL_LIMIT_DESCRIPTOR_DEPTH, SL_OK},
                  {SL_LIMIT_DESCRIPTOR_DEPTH + 1, SL_LIMIT},
                  {10000, SL_LIMIT}};
    sl_cleanup(sl_buf_done) sl_buf input = {0};
    sl_cleanup(sl_buf_done) sl_buf written = {0};
    sl_error err = {0};
    nest(&input, depths[_i].levels);
    sl_status got = round_trip(sl_buf_bytes(&input), &written, &err);
    ck_assert_msg(got == depths[_i].want, "%u levels: %s: %s", depths[_i].levels,
                  sl_status_name(got), err.text);
    if (got == SL_OK)
        ck_assert(sl_bytes_equal(sl_buf_bytes(&input), sl_buf_bytes(&written)));
    else
        ck_assert_ptr_nonnull(strstr(err.text, "DESCRIPTOR_DEPTH (64)"));
}
END_TEST

START_TEST(long_names_have_their_limit)
{
    sl_cleanup(sl_buf_done) sl_buf name = {0};
    sl_cleanup(sl_buf_done) sl_buf message = {0};
    sl_cleanup(sl_buf_done) sl_buf input = {0};
    sl_cleanup(sl_buf_done) sl_buf written = {0};
    sl_error err = {0};
    for (int i = 0; i < SL_LIMIT_NAME_BYTES + _i; i++)
        sl_buf_append_byte(&name, 'x');
    sl_wire_put_len(&message, 1, sl_buf_bytes(&name));
    sl_wire_put_len(&input, 4, sl_buf_bytes(&message));
    sl_status got = round_trip(sl_buf_bytes(&input), &written, &err);
    ck_assert_int_eq(got, _i == 0 ? SL_OK : SL_LIMIT);
    ck_assert(_i == 0 || strstr(err.text, "message_type[0].name: more than NAME_BYTES (512)"));
}
END_TEST

/* Two bytes on the wire are a struct in memory: they are counted before there is memory for them. */
START_TEST(many_empty_items_have_their_limit)
{
    sl_cleanup(sl_buf_done) sl_buf input = {0};
    sl_error err = {0};
    char *to = sl_buf_reserve(&input, 2 * (SL_LIMIT_SCHEMA_SYMBOLS + 1));
    ck_assert_ptr_nonnull(to);
    for (size_t i = 0; i <= SL_LIMIT_SCHEMA_SYMBOLS; i++)
        memcpy(to + 2 * i, "\x1a", 2);
    input.len = 2 * (SL_LIMIT_SCHEMA_SYMBOLS + 1);
    ck_assert_int_eq(round_trip(sl_buf_bytes(&input), &input, &err), SL_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.text, "SCHEMA_SYMBOLS (1000000)"));
}
END_TEST

static const struct {
    const char *name, *bytes;
    size_t len;
    sl_status want;
    uint32_t files;
    size_t unknown;
} set_cases[] = {
    {"empty_set", BYTES(""), SL_OK, 0, 0},
    {"two_files", BYTES("\x0a\x00\x0a\x02\x12\x00"), SL_OK, 2, 0},
    {"unknown_field_is_kept", BYTES("\x0a\x00\x12\x01x\x0a\x00\x18\x01"), SL_OK, 2, 5},
    {"cut_off", BYTES("\x0a\x00\x0a\x02\x12"), SL_MALFORMED, 0, 0},
    {"text", BYTES("syntax = \"proto3\";"), SL_MALFORMED, 0, 0},
};

START_TEST(splits_a_set)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_file_set_proto set = {0};
    sl_error err = {0};
    sl_bytes input = {(const uint8_t *)set_cases[_i].bytes, set_cases[_i].len};
    sl_status got = sl_file_set_read(input, &arena, &set, &err);
    ck_assert_msg(got == set_cases[_i].want && set.files.count == set_cases[_i].files &&
                      set.unknown.len == set_cases[_i].unknown,
                  "%s: %s, %u files: %s", set_cases[_i].name, sl_status_name(got), set.files.count,
                  err.text);
}
END_TEST

START_TEST(a_set_of_too_many_files)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_cleanup(sl_buf_done) sl_buf input = {0};
    sl_file_set_proto set;
    sl_error err = {0};
    for (int i = 0; i <= SL_LIMIT_SET_FILES; i++)
        sl_wire_put_len(&input, 1, (sl_bytes){0});
    ck_assert_int_eq(sl_file_set_read(sl_buf_bytes(&input), &arena, &set, &err), SL_LIMIT);
    ck_assert_ptr_nonnull(strstr(err.text, "SET_FILES (20000)"));
}
END_TEST

static Suite *descriptor_suite(void)
{
    Suite *suite = suite_create("descriptor");
    TCase *tcase = tcase_create("descriptor");
    tcase_add_loop_test(tcase, comes_back, 0, SL_ARRAY_LEN(kept));
    tcase_add_loop_test(tcase, is_refused_with_its_place, 0, SL_ARRAY_LEN(refused));
    tcase_add_loop_test(tcase, nesting_has_its_limit, 0, 3);
    tcase_add_loop_test(tcase, long_names_have_their_limit, 0, 2);
    tcase_add_test(tcase, many_empty_items_have_their_limit);
    tcase_add_loop_test(tcase, splits_a_set, 0, SL_ARRAY_LEN(set_cases));
    tcase_add_test(tcase, a_set_of_too_many_files);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(descriptor_suite)
