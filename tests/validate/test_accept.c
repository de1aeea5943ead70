/* tests/validate/test_accept.c: tier 1 by itself, in each variant that this processor supports.
 *
 * That it is sure only of what tier 2 finds valid, every other test of payloads holds (walk_support.c). Here: that it *is* sure where it
 * should be, and that the parts of which the variants differ agree with a plain reading of their definition. */
#include "tests/validate/tiers.h"
#include "tests/validate/walk_support.h"

#include <stdlib.h>

/* A block that ends with its slop; the last byte of the slop is the last that can be read. */
static sl_bytes with_slop(const void *bytes, size_t len)
{
    uint8_t *block = malloc(len + SL_PAYLOAD_SLOP);
    ck_assert_ptr_nonnull(block);
    memcpy(block, bytes, len);
    memset(block + len, 0xff, SL_PAYLOAD_SLOP);
    return (sl_bytes){block, len};
}

static void drop(sl_bytes bytes)
{
    free((void *)bytes.data);
}

/* False where the processor has no such instructions: there the variant is never chosen. */
static bool is_there(const sl_accept_variant *variant)
{
    return variant->is_supported();
}

/* --- texts ------------------------------------------------------------------------------------- */

static void check_text(const uint8_t *text, size_t len)
{
    bool want = sl_utf8_find_invalid((sl_bytes){text, len}) == SIZE_MAX;
    for (size_t i = 0; i < sl_accept_variant_count; i++) {
        const sl_accept_variant *variant = sl_accept_variants[i];
        if (is_there(variant) && variant->is_text(text, len) != want)
            ck_abort_msg("%s: %zu bytes, %02x %02x %02x %02x …: not %s", variant->name, len,
                         text[0], text[1], text[2], text[3], want ? "UTF-8" : "refused");
    }
}

/* Both ends of every range of Unicode 15 table 3-7, and their neighbours. */
static const uint8_t edges[] = {0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf,
                                0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
                                0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf8, 0xff};
enum { EDGES = sizeof edges };

START_TEST(every_sequence_of_four_edges_is_judged_as_by_the_table)
{
    uint8_t block[4 + SL_PAYLOAD_SLOP];
    memset(block, 0x80, sizeof block);
    for (size_t i = 0; i < (size_t)EDGES * EDGES * EDGES * EDGES; i++) {
        block[0] = edges[i % EDGES];
        block[1] = edges[i / EDGES % EDGES];
        block[2] = edges[i / (EDGES * EDGES) % EDGES];
        block[3] = edges[i / (EDGES * EDGES * EDGES)];
        for (size_t len = i < EDGES * EDGES ? 1 : 3; len <= 4; len++)
            check_text(block, len);
    }
}
END_TEST

/* Each in every place around the borders of blocks, among ASCII and among other characters. */
static const char *const pieces[] = {"\xc3\xa9",
                                     "\xe2\x82\xac",
                                     "\xf0\x9f\x8d\xb5",
                                     "\xf4\x8f\xbf\xbf",
                                     "\xc3",
                                     "\xe2\x82",
                                     "\xf0\x9f\x8d",
                                     "\xed\xa0\x80",
                                     "\xc0\x80",
                                     "\xf4\x90\x80\x80",
                                     "\xe0\x9f\xbf",
                                     "\xf0\x8f\xbf",
                                     "\x80",
                                     "\xff",
                                     "\xe2\x82\xac\xac",
                                     "\xf0\x9f\x8d\xb5\x80"};

START_TEST(piece_is_judged_alike_at_every_place)
{
    const char *piece = pieces[_i];
    size_t size = strlen(piece);
    for (size_t before = 0; before <= 140; before++) {
        for (size_t after = 0; after <= 70; after++) {
            uint8_t text[256 + SL_PAYLOAD_SLOP];
            size_t len = before + size + after;
            memset(text, 'a', sizeof text);
            memcpy(text + before, piece, size);
            memset(text + len, 0xbf, SL_PAYLOAD_SLOP);
            check_text(text, len);
            for (size_t i = 0; i + 1 < before; i += 2)
                memcpy(text + i, "\xc3\xa9", 2);
            check_text(text, len);
        }
    }
}
END_TEST

/* --- packed varints ---------------------------------------------------------------------------- */

static bool are_whole_varints(const uint8_t *at, size_t len)
{
    size_t size = 0;
    for (size_t i = 0; i < len; i++) {
        if (++size > SL_VARINT_MAX_BYTES)
            return false;
        if (at[i] < 0x80)
            size = 0;
    }
    return size == 0;
}

static void check_varints(const uint8_t *bytes, size_t len)
{
    bool want = are_whole_varints(bytes, len);
    for (size_t i = 0; i < sl_accept_variant_count; i++) {
        const sl_accept_variant *variant = sl_accept_variants[i];
        if (is_there(variant))
            ck_assert_msg(variant->are_varints(bytes, len) == want, "%s: %zu bytes: not %d",
                          variant->name, len, want);
    }
}

/* A varint of `size` bytes in every place around the borders of 64 bytes, among short ones. */
START_TEST(long_varint_is_judged_alike_at_every_place)
{
    for (size_t before = 0; before <= 140; before++) {
        for (size_t after = 0; after <= 70; after += 7) {
            uint8_t bytes[256 + SL_PAYLOAD_SLOP];
            size_t size = (size_t)_i, len = before + size + after;
            memset(bytes, 0x01, sizeof bytes);
            memset(bytes + before, 0x80, size - 1);
            memset(bytes + len, 0x80, SL_PAYLOAD_SLOP);
            check_varints(bytes, len);
            check_varints(bytes, len - after - (size > 1));
            if (before > 0)
                memset(bytes, 0x80, before - 1);
            check_varints(bytes, len);
        }
    }
}
END_TEST

START_TEST(random_bytes_are_judged_as_by_the_definition)
{
    uint64_t state = 5;
    for (size_t round = 0; round < 40000; round++) {
        uint8_t bytes[300 + SL_PAYLOAD_SLOP];
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        size_t len = (state >> 33) % 300;
        uint32_t more_in_16 = 1 + (uint32_t)(state >> 59) % 15;
        for (size_t i = 0; i < sizeof bytes; i++) {
            state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            bytes[i] = (state >> 40) % 16 < more_in_16 ? 0x80 : 0x01;
        }
        if (len > 0)
            bytes[len - 1] &= round % 8 ? 0x7f : 0xff;
        check_varints(bytes, len);
    }
}
END_TEST

/* --- sure -------------------------------------------------------------------------------------- */

/* What tier 1 must decide by itself: if it is not sure of these, good payloads pay for the bad. */
static const struct {
    const char *name, *type, *bytes;
    size_t len;
    sl_unknown_policy policy;
} sure[] = {
    {"empty", "t3.Order", BYTES(""), SL_UNKNOWN_REJECT},
    {"number_of_two_bytes", "t2.Scalars", BYTES("\x80\x01\x01\x88\x01\x00"), SL_UNKNOWN_ALLOW},
    {"number_behind_the_dense_ones", "t2.Scalars", BYTES("\x80\xe2\x09\x01"), SL_UNKNOWN_REJECT},
    {"largest_number", "t2.Scalars", BYTES("\xf8\xff\xff\xff\x0f\x01"), SL_UNKNOWN_REJECT},
    {"tag_longer_than_need_be", "t3.Order", BYTES("\x8a\x80\x00\x01x\x92\x80\x80\x00\x00"),
     SL_UNKNOWN_REJECT},
    {"packed_field_one_by_one", "t3.Order", BYTES("\x28\x01\x28\x80\x01\x28\x02\x28\x03"),
     SL_UNKNOWN_REJECT},
    {"expanded_field_packed", "t2.Repeated", BYTES("\x0a\x03\x01\x80\x01"), SL_UNKNOWN_REJECT},
    {"negative_number", "t2.Scalars", BYTES("\x18\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
     SL_UNKNOWN_REJECT},
    {"groups", "t2.Groups", BYTES("\x0b\x10\x01\x1b\x20\x00\x1c\x0c\x2b\x08\x01\x2c"),
     SL_UNKNOWN_ALLOW},
    {"map", "t3.Order", BYTES("\x22\x06\x0a\x01k\x12\x01v\x22\x00"), SL_UNKNOWN_REJECT},
    {"oneof_set_twice", "t3.Order", BYTES("\x52\x01x\x4a\x00\x52\x01y"), SL_UNKNOWN_REJECT},
    {"message_in_two_parts", "t3.Order", BYTES("\x1a\x03\x0a\x01x\x1a\x03\x0a\x01y"),
     SL_UNKNOWN_REJECT},
    {"required_fields", "t2.Required",
     BYTES("\x08\x01\x12\x01x\x1a\x05\x12\x01y\x08\x00\x5b\x08\x01\x5c"), SL_UNKNOWN_REJECT},
    {"unknown_fields_allowed", "t2.Free",
     BYTES("\xc0\x3e\x01\xc1\x3e--------\xc2\x3e\x02xx\xc5\x3e----\xc3\x3e\x08\x01\xc4\x3e"),
     SL_UNKNOWN_ALLOW},
    {"wrong_wire_type_allowed", "t3.Order", BYTES("\x0d----\x08\x01"), SL_UNKNOWN_ALLOW},
    {"enum_number_outside_allowed", "t2.Groups", BYTES("\x0b\x1b\x20\x63\x1c\x0c"),
     SL_UNKNOWN_ALLOW},
    {"text_of_many_blocks", "t3.Order",
     BYTES(
         "\x0a\x82\x01"
         "0123456789012345678901234567890123456789012345678901234567890123456789"
         "012345678901234567890123456789\xc3\xa9\xe2\x82\xac\xf0\x9f\x8d\xb5---------------------"),
     SL_UNKNOWN_REJECT},
};

START_TEST(is_sure)
{
    sl_cleanup(sl_violations_done) sl_violations violations = {0};
    sl_bytes payload = with_slop(sure[_i].bytes, sure[_i].len);
    tier_answers answers =
        tiers_ask(walk_plan(sure[_i].type), payload, sure[_i].policy, &violations);
    ck_assert_msg(answers.is_valid, "%s: %s: %s", sure[_i].name,
                  sl_violation_rule_id(violations.items[0].rule), violations.items[0].message.data);
    ck_assert_msg(answers.is_sure && answers.is_one_voice, "%s: not sure", sure[_i].name);
    drop(payload);
}
END_TEST

/* --- not sure ---------------------------------------------------------------------------------- */

/* What is valid, or not, for reasons that only tier 2 knows. */
static const struct {
    const char *name, *type, *bytes;
    size_t len;
    sl_unknown_policy policy;
    bool is_valid;
} unsure[] = {
    {"unknown_fields_refused", "t2.Free", BYTES("\xc0\x3e\x01"), SL_UNKNOWN_REJECT, false},
    {"enum_number_outside_refused", "t2.Groups", BYTES("\x0b\x1b\x20\x63\x1c\x0c"),
     SL_UNKNOWN_REJECT, false},
    {"required_fields_in_two_parts", "t2.Required",
     BYTES("\x08\x01\x12\x01x\x1a\x03\x12\x01y\x1a\x02\x08\x00"), SL_UNKNOWN_REJECT, true},
    {"map_value_missing_that_has_required_fields", "t2.Required",
     BYTES("\x08\x01\x12\x01x\x4a\x03\x0a\x01k"), SL_UNKNOWN_REJECT, false},
    {"message_set_item", "t2.Set", BYTES("\x0b\x10\xe8\x07\x1a\x02\x08\x01\x0c"), SL_UNKNOWN_REJECT,
     true},
    {"message_set_item_allowed", "t2.Set", BYTES("\x0b\x10\xe8\x07\x1a\x02\x08\x01\x0c"),
     SL_UNKNOWN_ALLOW, true},
    {"group_ends_the_message_around_it", "t2.Node", BYTES("\x13\x0a\x01\x14"), SL_UNKNOWN_ALLOW,
     false},
    {"group_has_no_end", "t2.Node", BYTES("\x13"), SL_UNKNOWN_ALLOW, false},
    {"group_ends_twice", "t2.Node", BYTES("\x13\x14\x14"), SL_UNKNOWN_ALLOW, false},
    {"tag_zero", "t3.Order", BYTES("\x00"), SL_UNKNOWN_ALLOW, false},
    {"tag_zero_of_two_bytes", "t3.Order", BYTES("\x80\x00"), SL_UNKNOWN_ALLOW, false},
    {"tag_cut_by_the_end", "t2.Scalars", BYTES("\x80"), SL_UNKNOWN_ALLOW, false},
    {"value_cut_by_the_end", "t3.Order", BYTES("\x30"), SL_UNKNOWN_ALLOW, false},
    {"value_reaches_past_its_message", "t3.Order", BYTES("\x1a\x03\x12\x01\x0a\x00"),
     SL_UNKNOWN_ALLOW, false},
    {"length_of_six_bytes", "t3.Order", BYTES("\x0a\x80\x80\x80\x80\x80\x00"), SL_UNKNOWN_ALLOW,
     false},
    {"length_above_int32", "t3.Order", BYTES("\x0a\x80\x80\x80\x80\x08"), SL_UNKNOWN_ALLOW, false},
    {"varint_of_eleven_bytes", "t3.Order",
     BYTES("\x30\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"), SL_UNKNOWN_ALLOW, false},
};

START_TEST(is_not_sure)
{
    sl_cleanup(sl_violations_done) sl_violations violations = {0};
    sl_bytes payload = with_slop(unsure[_i].bytes, unsure[_i].len);
    tier_answers answers =
        tiers_ask(walk_plan(unsure[_i].type), payload, unsure[_i].policy, &violations);
    ck_assert_msg(answers.is_valid == unsure[_i].is_valid, "%s: tier 2", unsure[_i].name);
    ck_assert_msg(!answers.is_sure && answers.is_one_voice, "%s: sure", unsure[_i].name);
    drop(payload);
}
END_TEST

/* More required fields than bits: tier 1 leaves them all to tier 2. */
START_TEST(more_required_fields_than_bits)
{
    sl_cleanup(sl_violations_done) sl_violations violations = {0};
    sl_cleanup(sl_buf_done) sl_buf buf = {0};
    const sl_message *message = sl_plan_message(walk_plan("t2.Wide"));
    ck_assert_uint_gt(message->field_count, SL_ACCEPT_NEVER_BIT);
    for (uint32_t i = 0; i < message->field_count; i++) {
        sl_wire_put_tag(&buf, (uint32_t)message->by_number[i]->number, SL_WIRE_VARINT);
        sl_wire_put_varint(&buf, 1);
    }
    sl_bytes payload = with_slop(buf.data, buf.len);
    tier_answers answers = tiers_ask(walk_plan("t2.Wide"), payload, SL_UNKNOWN_REJECT, &violations);
    ck_assert(answers.is_valid && !answers.is_sure);
    drop(payload);
}
END_TEST

START_TEST(best_variant_that_the_processor_supports_is_chosen)
{
    const sl_accept_variant *chosen = sl_accept_choose();
    size_t i = 0;
    while (sl_accept_variants[i] != chosen)
        ck_assert(!sl_accept_variants[i++]->is_supported());
    ck_assert(chosen->is_supported());
    ck_assert_ptr_eq(walk_plan("t3.Order")->variant, chosen);
    ck_assert(sl_accept_variants[sl_accept_variant_count - 1]->is_supported());
}
END_TEST

static Suite *accept_suite(void)
{
    Suite *suite = suite_create("accept");
    TCase *tcase = tcase_create("texts");
    tcase_add_test(tcase, every_sequence_of_four_edges_is_judged_as_by_the_table);
    tcase_add_loop_test(tcase, piece_is_judged_alike_at_every_place, 0, SL_ARRAY_LEN(pieces));
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("packed");
    tcase_add_loop_test(tcase, long_varint_is_judged_alike_at_every_place, 1, 13);
    tcase_add_test(tcase, random_bytes_are_judged_as_by_the_definition);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("sure");
    tcase_add_loop_test(tcase, is_sure, 0, SL_ARRAY_LEN(sure));
    tcase_add_loop_test(tcase, is_not_sure, 0, SL_ARRAY_LEN(unsure));
    tcase_add_test(tcase, more_required_fields_than_bits);
    tcase_add_test(tcase, best_variant_that_the_processor_supports_is_chosen);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(accept_suite)
