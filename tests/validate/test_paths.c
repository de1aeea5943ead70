/* tests/validate/test_paths.c: field paths, by a string of bad UTF-8 or a missing field at the end of each. */
#include "tests/validate/walk_support.h"

#define TAG_BAD "\x0a\x01\xff" /* Tag { name: bad } */

static const struct {
    const char *name, *type, *bytes;
    size_t len;
    const char *path;
} cases[] = {
    {"field", "t3.Order", BYTES("\x0a\x01\xff"), "id"},
    {"nested", "t3.Order", BYTES("\x1a\x03\x0a\x01\xff"), "main.sku"},
    {"index", "t3.Order", BYTES("\x12\x00\x12\x00\x12\x03\x0a\x01\xff"), "items[2].sku"},
    {"index_in_index", "t3.Order", BYTES("\x12\x00\x12\x07\x12\x00\x12\x03" TAG_BAD),
     "items[1].tags[1].name"},
    {"index_counts_over_other_fields", "t3.Order", BYTES("\x12\x00\x0a\x00\x12\x03\x0a\x01\xff"),
     "items[1].sku"},
    {"index_goes_on_in_the_second_part", "t3.Order",
     BYTES("\x1a\x04\x12\x00\x12\x00\x1a\x05\x12\x03" TAG_BAD), "main.tags[2].name"},
    {"index_goes_on_two_levels_down", "t3.Order",
     BYTES("\x5a\x04\x1a\x02\x12\x00\x5a\x07\x1a\x05\x12\x03" TAG_BAD), "nested.main.tags[1].name"},
    {"index_starts_anew_when_the_oneof_was_cleared", "t3.Order",
     BYTES("\x4a\x02\x12\x00\x52\x00\x4a\x05\x12\x03" TAG_BAD), "gift.tags[0].name"},
    {"index_goes_on_in_the_same_oneof_member", "t3.Order",
     BYTES("\x4a\x02\x12\x00\x4a\x05\x12\x03" TAG_BAD), "gift.tags[1].name"},
    {"elements_do_not_merge", "t3.Order", BYTES("\x12\x02\x12\x00\x12\x05\x12\x03" TAG_BAD),
     "items[1].tags[0].name"},
    {"key_int32", "t3.Maps",
     BYTES("\x0a\x10\x08\xfb\xff\xff\xff\xff\xff\xff\xff\xff\x01\x12\x03" TAG_BAD),
     "by_int32[-5].name"},
    {"key_int64", "t3.Maps", BYTES("\x12\x07\x08\x07\x12\x03" TAG_BAD), "by_int64[7].name"},
    {"key_uint32", "t3.Maps", BYTES("\x1a\x0b\x08\xff\xff\xff\xff\x0f\x12\x03" TAG_BAD),
     "by_uint32[4294967295].name"},
    {"key_uint64", "t3.Maps",
     BYTES("\x22\x10\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x12\x03" TAG_BAD),
     "by_uint64[18446744073709551615].name"},
    {"key_sint32", "t3.Maps", BYTES("\x2a\x07\x08\x05\x12\x03" TAG_BAD), "by_sint32[-3].name"},
    {"key_sint64", "t3.Maps", BYTES("\x32\x07\x08\x05\x12\x03" TAG_BAD), "by_sint64[-3].name"},
    {"key_fixed32", "t3.Maps", BYTES("\x3a\x0a\x0d\xff\xff\xff\xff\x12\x03" TAG_BAD),
     "by_fixed32[4294967295].name"},
    {"key_fixed64", "t3.Maps", BYTES("\x42\x0e\x09\1\0\0\0\0\0\0\0\x12\x03" TAG_BAD),
     "by_fixed64[1].name"},
    {"key_sfixed32", "t3.Maps", BYTES("\x4a\x0a\x0d\xff\xff\xff\xff\x12\x03" TAG_BAD),
     "by_sfixed32[-1].name"},
    {"key_sfixed64", "t3.Maps",
     BYTES("\x52\x0e\x09\xff\xff\xff\xff\xff\xff\xff\xff\x12\x03" TAG_BAD), "by_sfixed64[-1].name"},
    {"key_bool", "t3.Maps", BYTES("\x5a\x07\x08\x01\x12\x03" TAG_BAD), "by_bool[true].name"},
    {"key_bool_absent", "t3.Maps", BYTES("\x5a\x05\x12\x03" TAG_BAD), "by_bool[false].name"},
    {"key_string", "t3.Maps", BYTES("\x62\x08\x0a\x01k\x12\x03" TAG_BAD), "by_string[\"k\"].name"},
    {"key_string_absent", "t3.Maps", BYTES("\x62\x05\x12\x03" TAG_BAD), "by_string[\"\"].name"},
    {"key_escaped", "t3.Maps",
     BYTES("\x62\x0f\x0a\x08"
           "a\"\\\n\t\r\x01\x7f"
           "\x12\x03" TAG_BAD),
     "by_string[\"a\\\"\\\\\\n\\t\\r\\u0001\\u007f\"].name"},
    {"key_of_several_bytes", "t3.Maps", BYTES("\x62\x09\x0a\x02\xc3\xa4\x12\x03" TAG_BAD),
     "by_string[\"\xc3\xa4\"].name"},
    {"key_behind_the_value", "t3.Maps", BYTES("\x62\x08\x12\x03" TAG_BAD "\x0a\x01k"),
     "by_string[\"k\"].name"},
    {"map_in_map", "t3.Maps",
     BYTES("\x6a\x0f\x0a\x01"
           "a\x12\x0a\x62\x08\x0a\x01"
           "b\x12\x03" TAG_BAD),
     "maps[\"a\"].by_string[\"b\"].name"},
    {"map_in_repeated", "t3.Order", BYTES("\x12\x00\x12\x0a\x1a\x08\x0a\x01k\x12\x03" TAG_BAD),
     "items[1].attrs[\"k\"].name"},
    {"delimited", "t23.All", BYTES("\x1b\x08\x01\x1c\x1b\x08\x01\x1a\x01\xff\x1c"),
     "many[1].checked"},
    {"extension", "t2.Holder", BYTES("\xa2\x06\x02\x08\x01"), "[t2.ext_one].name"},
    {"repeated_extension_inside", "t2.Holder", BYTES("\x22\x05\xaa\x06\x02\x08\x01"),
     "inner.[t2.ext_many][0].name"},
    {"set_item", "t2.Set", BYTES("\x0b\x10\xe8\x07\x1a\x08\x08\x01\x1a\x04\xc2\x3e\x01\x10\x0c"),
     "[t2.SetItem.item].more.[t2.SetItem.item].color"},
};

START_TEST(path_says_where)
{
    sl_cleanup(sl_violations_done) sl_violations violations = {0};
    sl_bytes payload = {(const uint8_t *)cases[_i].bytes, cases[_i].len};
    ck_assert_msg(!walk_bytes(cases[_i].type, payload, SL_UNKNOWN_ALLOW, &violations), "%s: valid",
                  cases[_i].name);
    ck_assert_msg(sl_str_is(violations.items[0].path, cases[_i].path), "%s: '%s', want '%s': %s",
                  cases[_i].name, violations.items[0].path.data, cases[_i].path,
                  violations.items[0].message.data);
}
END_TEST

/* Wrap `inner` as field `number` of an outer message. */
static void wrap(sl_buf *buf, uint32_t number)
{
    sl_cleanup(sl_buf_done) sl_buf outer = {0};
    sl_wire_put_len(&outer, number, sl_buf_bytes(buf));
    sl_buf_clear(buf);
    sl_buf_append_str(buf, sl_buf_str(&outer));
    ck_assert_int_eq(sl_buf_status(buf), SL_OK);
}

/* nested.nested. … .id: 99 times 7 bytes. */
START_TEST(long_path_keeps_both_ends)
{
    sl_cleanup(sl_violations_done) sl_violations violations = {0};
    sl_cleanup(sl_buf_done) sl_buf buf = {0};
    sl_buf_append_literal(&buf, "\x0a\x01\xff");
    for (int i = 0; i < 99; i++)
        wrap(&buf, 11);
    ck_assert(!walk_bytes("t3.Order", sl_buf_bytes(&buf), SL_UNKNOWN_REJECT, &violations));
    sl_str path = violations.items[0].path;
    ck_assert_uint_eq(path.len, SL_LIMIT_VIOLATION_PATH_BYTES);
    ck_assert(sl_str_starts_with(path, SL_STR("nested.nested.")));
    ck_assert(sl_str_ends_with(path, SL_STR(".nested.nested.id")));
    ck_assert(sl_str_contains(path, SL_STR("...")));
}
END_TEST

/* A key of two-byte characters, `shift` bytes further on each time, so that both cuts fall on either half of one. */
START_TEST(long_path_is_cut_between_characters)
{
    sl_cleanup(sl_violations_done) sl_violations violations = {0};
    sl_cleanup(sl_buf_done) sl_buf key = {0}, entry = {0}, buf = {0};
    for (int i = 0; i < _i; i++)
        sl_buf_append_byte(&key, 'x');
    for (int i = 0; i < 1000; i++)
        sl_buf_append_literal(&key, "\xc3\xa4");
    sl_wire_put_len(&entry, 1, sl_buf_bytes(&key));
    sl_wire_put_len(&entry, 2, (sl_bytes){(const uint8_t *)TAG_BAD, 3});
    sl_wire_put_len(&buf, 12, sl_buf_bytes(&entry));
    ck_assert(!walk_bytes("t3.Maps", sl_buf_bytes(&buf), SL_UNKNOWN_REJECT, &violations));
    sl_str path = violations.items[0].path;
    ck_assert_uint_le(path.len, SL_LIMIT_VIOLATION_PATH_BYTES);
    ck_assert_uint_ge(path.len, SL_LIMIT_VIOLATION_PATH_BYTES - 4);
    ck_assert_msg(sl_utf8_valid(sl_str_bytes(path)), "%s", path.data);
    ck_assert(sl_str_ends_with(path, SL_STR("\"].name")));
}
END_TEST

static Suite *paths_suite(void)
{
    Suite *suite = suite_create("paths");
    TCase *tcase = tcase_create("paths");
    tcase_add_loop_test(tcase, path_says_where, 0, SL_ARRAY_LEN(cases));
    tcase_add_test(tcase, long_path_keeps_both_ends);
    tcase_add_loop_test(tcase, long_path_is_cut_between_characters, 0, 4);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(paths_suite)
