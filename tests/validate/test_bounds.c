/* tests/validate/test_bounds.c: depth, sizes, counts: what is bounded stays bounded, and what is cut is told. */
#include "tests/validate/walk_support.h"

#include <stdio.h>
#include <stdlib.h>

/* --- depth ------------------------------------------------------------------------------------- */

/* Wrapped from the inside out, in front of a block that is large enough. */
typedef struct nesting {
    uint8_t *block;
    size_t size, begin;
} nesting;

static void nest_done(nesting *nest)
{
    sl_free(nest->block);
}

static nesting nest_make(size_t size)
{
    nesting made = {sl_zalloc(size + SL_PAYLOAD_SLOP), size, size};
    ck_assert_ptr_nonnull(made.block);
    return made;
}

static sl_bytes nest_bytes(const nesting *nest)
{
    return (sl_bytes){nest->block + nest->begin, nest->size - nest->begin};
}

static void nest_put(nesting *nest, const void *bytes, size_t len)
{
    ck_assert_uint_ge(nest->begin, len);
    nest->begin -= len;
    memcpy(nest->block + nest->begin, bytes, len);
}

static void nest_message(nesting *nest, uint32_t number)
{
    sl_cleanup(sl_buf_done) sl_buf head = {0};
    sl_wire_put_tag(&head, number, SL_WIRE_LEN);
    sl_wire_put_varint(&head, nest->size - nest->begin);
    nest_put(nest, head.data, head.len);
}

/* The end tag goes in front of nothing here: ends are counted and appended by the caller. */
static sl_bytes nest_groups(uint8_t *to, size_t levels, uint32_t number)
{
    memset(to, (int)(number << 3 | SL_WIRE_SGROUP), levels);
    memset(to + levels, (int)(number << 3 | SL_WIRE_EGROUP), levels);
    return (sl_bytes){to, 2 * levels};
}

enum { FIELD_NEXT = 1, FIELD_DEEP = 2, FIELD_UNKNOWN = 9 };

static void check_depth(const char *type, sl_bytes payload, bool want_valid)
{
    sl_cleanup(sl_violations_done) sl_violations violations = {0};
    bool is_valid = walk_bytes(type, payload, SL_UNKNOWN_ALLOW, &violations);
    ck_assert(is_valid == want_valid);
    if (want_valid)
        return;
    ck_assert_int_eq((int)violations.items[0].rule, SL_VIOLATION_DEPTH);
    ck_assert_uint_eq(violations.count, 1);
}

static const struct {
    size_t levels;
    bool is_valid;
} depths[] = {{1, true}, {99, true}, {100, true}, {101, false}, {10000, false}};

START_TEST(messages_nest_to_the_limit)
{
    sl_cleanup(nest_done) nesting nest = nest_make(1 << 16);
    for (size_t i = 0; i < depths[_i].levels; i++)
        nest_message(&nest, FIELD_NEXT);
    check_depth("t2.Node", nest_bytes(&nest), depths[_i].is_valid);
}
END_TEST

START_TEST(unknown_groups_nest_to_the_limit)
{
    static uint8_t block[20000];
    check_depth("t2.Node", nest_groups(block, depths[_i].levels, FIELD_UNKNOWN),
                depths[_i].is_valid);
}
END_TEST

/* Each level of Node through its group and back is two: a hundred are fifty of each. */
START_TEST(groups_and_messages_count_alike)
{
    sl_cleanup(nest_done) nesting nest = nest_make(1 << 16);
    size_t levels = depths[_i].levels;
    static const uint8_t end = FIELD_DEEP << 3 | SL_WIRE_EGROUP,
                         start = FIELD_DEEP << 3 | SL_WIRE_SGROUP;
    for (size_t i = levels; i > 0; i--) {
        if (i % 2 == 0) {
            nest_message(&nest, FIELD_NEXT);
            continue;
        }
        sl_buf copy = {0};
        sl_buf_append(&copy, &start, 1);
        sl_buf_append(&copy, nest.block + nest.begin, nest.size - nest.begin);
        sl_buf_append(&copy, &end, 1);
        nest.begin = nest.size;
        nest_put(&nest, copy.data, copy.len);
        sl_buf_done(&copy);
    }
    check_depth("t2.Node", nest_bytes(&nest), depths[_i].is_valid);
}
END_TEST

/* Three unknown groups below 98 messages are one level too many; the walk's own limit can be set lower. */
START_TEST(known_and_unknown_levels_add_up)
{
    uint8_t groups[6];
    for (size_t levels = 2; levels <= 3; levels++) {
        sl_cleanup(nest_done) nesting nest = nest_make(1 << 12);
        sl_bytes unknown = nest_groups(groups, levels, FIELD_UNKNOWN);
        nest_put(&nest, unknown.data, unknown.len);
        for (int i = 0; i < 98; i++)
            nest_message(&nest, FIELD_NEXT);
        check_depth("t2.Node", nest_bytes(&nest), levels == 2);
    }
}
END_TEST

START_TEST(depth_can_be_limited_further)
{
    sl_cleanup(sl_violations_done) sl_violations violations = {0};
    sl_cleanup(nest_done) nesting nest = nest_make(1 << 12);
    for (uint32_t level = 0; level < 12; level++) {
        sl_validate_options options = {.max_depth = 10};
        bool is_valid = false;
        ck_assert_int_eq(
            sl_validate(walk_plan("t2.Node"), nest_bytes(&nest), &options, &violations, &is_valid),
            SL_OK);
        ck_assert(is_valid == (level <= 10));
        nest_message(&nest, FIELD_NEXT);
    }
}
END_TEST

/* C++ counts the item's group and the message in it; the field `more` around the next set is a third level. */
static void wrap_in_item(sl_buf *buf)
{
    sl_cleanup(sl_buf_done) sl_buf message = {0};
    sl_buf_append_literal(&message, "\x08\x01");
    if (buf->len)
        sl_wire_put_len(&message, 3, sl_buf_bytes(buf));
    sl_buf_clear(buf);
    sl_buf_append_literal(buf, "\x0b\x10\xe8\x07");
    sl_wire_put_len(buf, 3, sl_buf_bytes(&message));
    sl_buf_append_literal(buf, "\x0c");
    ck_assert_int_eq(sl_buf_status(buf), SL_OK);
}

static const struct {
    const char *innermost; /* in the last set */
    size_t len;
    int innermost_levels, items;
    const char *type; /* SetItem is one level more than Set */
} set_depths[] = {
    {BYTES(""), -1, 33, "t2.Set"},                        /* 98 */
    {BYTES(""), -1, 33, "t2.SetItem"},                    /* 99 */
    {BYTES("\xc2\x3e\x02\x08\x01"), 1, 33, "t2.Set"},     /* 100: an extension as a field */
    {BYTES(""), -1, 34, "t2.Set"},                        /* 101: the message in the item */
    {BYTES("\x0b\x10\x05\x1a\x00\x0c"), 1, 33, "t2.Set"}, /* 100: an item that nobody knows */
    {BYTES("\x0b\x10\x05\x1a\x00\x0c"), 1, 33, "t2.SetItem"},
};

START_TEST(set_items_are_two_levels)
{
    sl_cleanup(sl_buf_done) sl_buf buf = {0};
    sl_buf_append(&buf, set_depths[_i].innermost, set_depths[_i].len);
    for (int i = 0; i < set_depths[_i].items; i++)
        wrap_in_item(&buf);
    int depth = 3 * set_depths[_i].items + set_depths[_i].innermost_levels;
    if (strcmp(set_depths[_i].type, "t2.SetItem") == 0) {
        sl_cleanup(sl_buf_done) sl_buf message = {0};
        sl_buf_append_literal(&message, "\x08\x01");
        sl_wire_put_len(&message, 3, sl_buf_bytes(&buf));
        sl_buf_clear(&buf);
        sl_buf_append_str(&buf, sl_buf_str(&message));
        depth++;
    }
    check_depth(set_depths[_i].type, sl_buf_bytes(&buf), depth <= SL_LIMIT_PAYLOAD_DEPTH);
}
END_TEST

/* --- sizes ------------------------------------------------------------------------------------- */

/* What the text of a good payload looks like when it is cut after each byte: valid only where a field has just ended. */
static const char good[] = "\x0a\x03"
                           "abc"                                                /* id, 5 */
                           "\x12\x0c\x0a\x01s\x12\x07\x0a\x01n\x10\x80\x80\x01" /* items, 19 */
                           "\x22\x06\x0a\x01k\x12\x01v"                         /* attrs, 27 */
                           "\x2a\x03\x01\x80\x01"                               /* numbers, 32 */
                           "\x30\x01"                                           /* status, 34 */
                           "\x5a\x03\x0a\x01x";                                 /* nested, 39 */
static const size_t ends[] = {0, 5, 19, 27, 32, 34, 39};

START_TEST(payload_cut_after_each_byte)
{
    sl_cleanup(sl_violations_done) sl_violations violations = {0};
    bool is_end = false;
    for (size_t i = 0; i < SL_ARRAY_LEN(ends); i++)
        is_end |= ends[i] == (size_t)_i;
    bool is_valid = walk_bytes("t3.Order", (sl_bytes){(const uint8_t *)good, (size_t)_i},
                               SL_UNKNOWN_REJECT, &violations);
    ck_assert_msg(is_valid == is_end, "cut after %d bytes: %s", _i,
                  is_valid ? "valid" : violations.items[0].message.data);
}
END_TEST

/* --- counts ------------------------------------------------------------------------------------ */

START_TEST(violations_are_bounded_and_counted)
{
    sl_cleanup(sl_violations_done) sl_violations violations = {0};
    uint8_t payload[200];
    for (size_t i = 0; i < sizeof payload; i += 2)
        memcpy(payload + i, "\x38\x01", 2);
    ck_assert(!walk_bytes("t2.Free", (sl_bytes){payload, sizeof payload}, SL_UNKNOWN_REJECT,
                          &violations));
    ck_assert_uint_eq(violations.count, SL_LIMIT_VIOLATIONS);
    ck_assert_uint_eq(violations.left_out, sizeof payload / 2 - SL_LIMIT_VIOLATIONS);
    ck_assert_uint_eq(violations.items[31].offset, 62);
    ck_assert(
        walk_bytes("t2.Free", (sl_bytes){payload, sizeof payload}, SL_UNKNOWN_ALLOW, &violations));
    ck_assert_uint_eq(violations.count + violations.left_out, 0);
}
END_TEST

START_TEST(violations_come_in_the_order_of_their_offsets)
{
    static const char payload[] = "\x12\x02\x08\x01" /* many[0], without name */
                                  "\xc0\x06\x01"     /* unknown */
                                  "\x12\x02\x12\x00" /* many[1], without id */
                                  "\xc0\x06\x01";
    ck_assert_str_eq(
        walk_told("t2.Holder", (sl_bytes){(const uint8_t *)payload, sizeof payload - 1},
                  SL_UNKNOWN_REJECT),
        "many[0].name: field.required @2\n: field.unknown @4\nmany[1].id: field.required @9\n: field.unknown @11\n");
}
END_TEST

START_TEST(added_violations_are_kept_and_cleared)
{
    sl_cleanup(sl_violations_done) sl_violations violations = {0};
    for (int i = 0; i < 40; i++)
        ck_assert_int_eq(
            sl_violations_add(&violations, SL_VIOLATION_TOMBSTONE, 7, (sl_str){0}, "number %d", i),
            SL_OK);
    ck_assert_uint_eq(violations.count, SL_LIMIT_VIOLATIONS);
    ck_assert_uint_eq(violations.left_out, 8);
    ck_assert_str_eq(violations.items[31].message.data, "number 31");
    ck_assert_str_eq(violations.items[31].path.data, "");
    sl_violations_clear(&violations);
    ck_assert_uint_eq(violations.count + violations.left_out, 0);
}
END_TEST

static Suite *bounds_suite(void)
{
    Suite *suite = suite_create("bounds");
    TCase *tcase = tcase_create("bounds");
    tcase_add_loop_test(tcase, messages_nest_to_the_limit, 0, SL_ARRAY_LEN(depths));
    tcase_add_loop_test(tcase, unknown_groups_nest_to_the_limit, 0, SL_ARRAY_LEN(depths));
    tcase_add_loop_test(tcase, groups_and_messages_count_alike, 0, SL_ARRAY_LEN(depths));
    tcase_add_test(tcase, known_and_unknown_levels_add_up);
    tcase_add_test(tcase, depth_can_be_limited_further);
    tcase_add_loop_test(tcase, set_items_are_two_levels, 0, SL_ARRAY_LEN(set_depths));
    tcase_add_loop_test(tcase, payload_cut_after_each_byte, 0, sizeof good);
    tcase_add_test(tcase, violations_are_bounded_and_counted);
    tcase_add_test(tcase, violations_come_in_the_order_of_their_offsets);
    tcase_add_test(tcase, added_violations_are_kept_and_cleared);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(bounds_suite)
