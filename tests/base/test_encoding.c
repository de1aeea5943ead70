/* tests/base/test_encoding.c: hashes and text forms of bytes.
 *
 * Vectors: SHA-256 from FIPS 180-2 appendix B, base64 from RFC 4648 section 10. */
#include "base/base.h"

#include "tests/support/tap_main.h"

/* clang-format off */
static const struct { const char *text, *hex; } sha256_cases[] = {
    {"",    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

static const struct { const char *plain, *base64, *base64url; } base64_cases[] = {
    {"", "", ""}, {"f", "Zg==", "Zg"}, {"fo", "Zm8=", "Zm8"}, {"foo", "Zm9v", "Zm9v"},
    {"foob", "Zm9vYg==", "Zm9vYg"}, {"fooba", "Zm9vYmE=", "Zm9vYmE"}, {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
    {"\xFB\xFF\xFE", "+//+", "-__-"},
};

static const char *const bad_base64[] = {
    "Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z===", "====", "Zm9v Zg==", "Zm-v", "Zg==Zg==", "Z=g=", "Zm9v\n",
};

static const char *const bad_hex[] = {"0", "0g", "abc", " 00", "0x00"};

static const char *const bad_guids[] = {
    "", "00112233-4455-6677-8899-aabbccddeef", "00112233-4455-6677-8899-aabbccddeeff0",
    "0011223344-55-6677-8899-aabbccddeeff", "00112233-4455-6677-8899-aabbccddeefg",
};
/* clang-format on */

START_TEST(sha256_is_the_standard_one)
{
    sl_cleanup(sl_buf_done) sl_buf hex = {0};
    sl_sha256 hash, in_parts;
    sl_bytes text = sl_str_bytes(sl_str_from(sha256_cases[_i].text));
    ck_assert_int_eq(sl_sha256_of(text, &hash), SL_OK);
    sl_hex_append(&hex, (sl_bytes){hash.bytes, sizeof hash.bytes});
    ck_assert(sl_str_is(sl_buf_str(&hex), sha256_cases[_i].hex));
    size_t half = text.len / 2;
    sl_bytes parts[] = {{text.data, half}, {text.data + half, text.len - half}};
    ck_assert_int_eq(sl_sha256_of_parts(parts, 2, &in_parts), SL_OK);
    ck_assert_mem_eq(hash.bytes, in_parts.bytes, sizeof hash.bytes);
}
END_TEST

START_TEST(base64_goes_both_ways)
{
    sl_cleanup(sl_buf_done) sl_buf text = {0}, url = {0}, back = {0};
    sl_str plain = sl_str_from(base64_cases[_i].plain);
    sl_base64_append(&text, sl_str_bytes(plain));
    ck_assert(sl_str_is(sl_buf_str(&text), base64_cases[_i].base64));
    sl_base64url_append(&url, sl_str_bytes(plain));
    ck_assert(sl_str_is(sl_buf_str(&url), base64_cases[_i].base64url));
    ck_assert_int_eq(sl_base64_decode(sl_buf_str(&text), &back), SL_OK);
    ck_assert(sl_str_equal(sl_buf_str(&back), plain));
}
END_TEST

START_TEST(base64_that_no_encoder_writes_is_malformed)
{
    sl_cleanup(sl_buf_done) sl_buf back = {0};
    ck_assert_msg(sl_base64_decode(sl_str_from(bad_base64[_i]), &back) == SL_MALFORMED, "'%s'",
                  bad_base64[_i]);
}
END_TEST

START_TEST(hex_goes_both_ways_and_refuses_the_rest)
{
    sl_cleanup(sl_buf_done) sl_buf back = {0};
    ck_assert_int_eq(sl_hex_decode(SL_STR("00fFa5"), &back), SL_OK);
    ck_assert_uint_eq(back.len, 3);
    ck_assert_mem_eq(back.data, "\x00\xff\xa5", 3);
    for (size_t i = 0; i < SL_ARRAY_LEN(bad_hex); i++)
        ck_assert_int_eq(sl_hex_decode(sl_str_from(bad_hex[i]), &back), SL_MALFORMED);
}
END_TEST

START_TEST(guid_goes_both_ways_and_refuses_the_rest)
{
    uint8_t guid[SL_GUID_SIZE];
    char text[SL_GUID_TEXT_SIZE + 1];
    ck_assert(sl_guid_parse(SL_STR("00112233-4455-6677-8899-AABBccddeeff"), guid));
    ck_assert_uint_eq(guid[15], 0xFF);
    sl_guid_format(guid, text);
    ck_assert_str_eq(text, "00112233-4455-6677-8899-aabbccddeeff");
    for (size_t i = 0; i < SL_ARRAY_LEN(bad_guids); i++)
        ck_assert(!sl_guid_parse(sl_str_from(bad_guids[i]), guid));
}
END_TEST

START_TEST(random_bytes_differ_and_comparison_sees_each_bit)
{
    uint8_t a[32], b[32];
    ck_assert_int_eq(sl_random_bytes(a, sizeof a), SL_OK);
    ck_assert_int_eq(sl_random_bytes(b, sizeof b), SL_OK);
    ck_assert(!sl_equal_constant_time(a, b, sizeof a));
    memcpy(b, a, sizeof a);
    ck_assert(sl_equal_constant_time(a, b, sizeof a));
    for (size_t bit = 0; bit < 8 * sizeof a; bit++) {
        b[bit / 8] ^= (uint8_t)(1 << bit % 8);
        ck_assert(!sl_equal_constant_time(a, b, sizeof a));
        b[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}
END_TEST

static Suite *encoding_suite(void)
{
    Suite *suite = suite_create("base-encoding");
    TCase *tcase = tcase_create("encoding");
    tcase_add_loop_test(tcase, sha256_is_the_standard_one, 0, (int)SL_ARRAY_LEN(sha256_cases));
    tcase_add_loop_test(tcase, base64_goes_both_ways, 0, (int)SL_ARRAY_LEN(base64_cases));
    tcase_add_loop_test(tcase, base64_that_no_encoder_writes_is_malformed, 0,
                        (int)SL_ARRAY_LEN(bad_base64));
    tcase_add_test(tcase, hex_goes_both_ways_and_refuses_the_rest);
    tcase_add_test(tcase, guid_goes_both_ways_and_refuses_the_rest);
    tcase_add_test(tcase, random_bytes_differ_and_comparison_sees_each_bit);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(encoding_suite)
