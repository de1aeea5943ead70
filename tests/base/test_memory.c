/* tests/base/test_memory.c: arenas, buffers, arrays and maps, and the countdown that makes allocations fail. */
#include "base/base.h"

#include "tests/support/tap_main.h"

#include <stdio.h>

START_TEST(arena_blocks_are_aligned_apart_and_keep_their_bytes)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    uint8_t *blocks[200];
    for (size_t i = 0; i < 200; i++) {
        blocks[i] = sl_arena_alloc(&arena, i * 37);
        ck_assert_ptr_nonnull(blocks[i]);
        ck_assert_uint_eq((uintptr_t)blocks[i] % 16, 0);
        memset(blocks[i], (int)i, i * 37);
    }
    for (size_t i = 0; i < 200; i++)
        for (size_t k = 0; k < i * 37; k++)
            ck_assert_uint_eq(blocks[i][k], (uint8_t)i);
    sl_arena_reset(&arena);
    ck_assert_uint_eq(arena.used, 0);
    ck_assert_ptr_nonnull(sl_arena_alloc(&arena, 1));
}
END_TEST

START_TEST(arena_maximum_is_kept_and_remembered)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {.max = 1000};
    ck_assert_ptr_nonnull(sl_arena_alloc(&arena, 900));
    ck_assert_ptr_null(sl_arena_alloc(&arena, 900));
    ck_assert(arena.has_failed);
    ck_assert_ptr_null(sl_arena_calloc(&arena, SIZE_MAX / 2, 16));
    volatile size_t absurd = SIZE_MAX; /* volatile: the compiler would refuse to build it */
    ck_assert_ptr_null(sl_arena_alloc(&arena, absurd));
    sl_arena_reset(&arena);
    ck_assert(!arena.has_failed);
    ck_assert_ptr_nonnull(sl_arena_alloc(&arena, 900));
}
END_TEST

START_TEST(arena_copies_keep_absent_absent_and_end_in_nul)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_str copy = SL_STR("before");
    ck_assert_int_eq(sl_arena_copy_str(&arena, (sl_str){0}, &copy), SL_OK);
    ck_assert_ptr_null(copy.data);
    ck_assert_int_eq(sl_arena_copy_str(&arena, SL_STR(""), &copy), SL_OK);
    ck_assert_ptr_nonnull(copy.data);
    ck_assert_int_eq(sl_arena_copy_str(&arena, (sl_str){"abcdef", 3}, &copy), SL_OK);
    ck_assert_str_eq(copy.data, "abc");
    ck_assert_str_eq(sl_arena_printf(&arena, "%s-%d", "v", 7).data, "v-7");
}
END_TEST

START_TEST(buffer_stays_failed_behind_its_maximum)
{
    sl_cleanup(sl_buf_done) sl_buf buf = {.max = 10};
    sl_buf_append_literal(&buf, "12345");
    sl_buf_printf(&buf, "%d", 67890);
    ck_assert_int_eq(sl_buf_status(&buf), SL_OK);
    ck_assert(sl_str_is(sl_buf_str(&buf), "1234567890"));
    sl_buf_append_byte(&buf, 'x');
    ck_assert_int_eq(sl_buf_status(&buf), SL_LIMIT);
    sl_buf_clear(&buf);
    sl_buf_append_byte(&buf, 'x');
    ck_assert_int_eq(sl_buf_status(&buf), SL_OK);
    ck_assert_uint_eq(buf.len, 1);
}
END_TEST

START_TEST(buffer_tells_memory_from_maximum)
{
    sl_cleanup(sl_buf_done) sl_buf buf = {.max = 1000};
    sl_alloc_fault_arm(1, false);
    sl_buf_append_literal(&buf, "x");
    sl_alloc_fault_arm(0, false);
    ck_assert_int_eq(sl_buf_status(&buf), SL_NO_MEMORY);
}
END_TEST

START_TEST(buffer_formats_texts_of_any_length)
{
    sl_cleanup(sl_buf_done) sl_buf buf = {0};
    for (int len = 0; len < 600; len += 7) {
        sl_buf_clear(&buf);
        sl_buf_printf(&buf, "%0*d|", len + 1, 5);
        ck_assert_uint_eq(buf.len, (size_t)len + 2);
        ck_assert_int_eq(buf.data[len], '5');
    }
}
END_TEST

START_TEST(map_finds_what_was_put_and_walks_in_order)
{
    enum { COUNT = 5000 };
    static char names[COUNT][16];
    sl_cleanup(sl_map_done) sl_map map = {0};
    for (size_t i = 0; i < COUNT; i++) {
        snprintf(names[i], sizeof names[i], "name.%zu", i);
        ck_assert_int_eq(sl_map_add(&map, sl_str_from(names[i]), names[i], NULL), SL_OK);
    }
    void *existing = NULL;
    ck_assert_int_eq(sl_map_add(&map, SL_STR("name.7"), names[0], &existing), SL_EXISTS);
    ck_assert_ptr_eq(existing, names[7]);
    for (size_t i = 0; i < COUNT; i += 2)
        ck_assert_ptr_eq(sl_map_remove(&map, sl_str_from(names[i])), names[i]);
    ck_assert_uint_eq(map.count, COUNT / 2);
    ck_assert_ptr_null(sl_map_get(&map, SL_STR("name.0")));
    ck_assert_ptr_eq(sl_map_get(&map, SL_STR("name.4999")), names[4999]);
    size_t expected = 1;
    for (const sl_map_entry *entry = NULL; (entry = sl_map_next(&map, entry)); expected += 2)
        ck_assert_ptr_eq(entry->value, names[expected]);
    ck_assert_uint_eq(expected, COUNT + 1);
    ck_assert_int_eq(sl_map_set(&map, SL_STR("name.1"), names[2]), SL_OK);
    ck_assert_ptr_eq(sl_map_get(&map, SL_STR("name.1")), names[2]);
    sl_map_clear(&map);
    ck_assert_ptr_null(sl_map_get(&map, SL_STR("name.1")));
    ck_assert_int_eq(sl_map_add(&map, SL_STR(""), names[0], NULL), SL_OK);
    ck_assert_ptr_eq(sl_map_get(&map, (sl_str){0}), names[0]);
}
END_TEST

START_TEST(map_is_unchanged_when_growing_fails)
{
    sl_cleanup(sl_map_done) sl_map map = {0};
    static const char *const keys[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};
    for (size_t i = 0; i < 8; i++)
        ck_assert_int_eq(sl_map_add(&map, sl_str_from(keys[i]), (void *)keys[i], NULL), SL_OK);
    for (uint64_t nth = 1; nth <= 2; nth++) {
        sl_alloc_fault_arm(nth, false);
        ck_assert_int_eq(sl_map_add(&map, SL_STR("i"), NULL, NULL), SL_NO_MEMORY);
        ck_assert(sl_alloc_fault_hit());
        sl_alloc_fault_arm(0, false);
        ck_assert_uint_eq(map.count, 8);
        ck_assert_ptr_eq(sl_map_get(&map, SL_STR("h")), keys[7]);
    }
}
END_TEST

START_TEST(array_grows_and_survives_a_failed_growth)
{
    SL_VEC(int) numbers = {0};
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(sl_vec_push(&numbers, i), SL_OK);
    while (numbers.count < numbers.cap)
        ck_assert_int_eq(sl_vec_push(&numbers, 0), SL_OK);
    sl_alloc_fault_arm(1, true);
    ck_assert_int_eq(sl_vec_push(&numbers, 1), SL_NO_MEMORY);
    ck_assert_int_eq(sl_vec_push(&numbers, 1), SL_NO_MEMORY);
    sl_alloc_fault_arm(0, false);
    ck_assert_uint_eq(numbers.count, numbers.cap);
    ck_assert_int_eq(numbers.items[99], 99);
    sl_vec_done(&numbers);
}
END_TEST

START_TEST(countdown_fails_the_nth_allocation_only)
{
    sl_alloc_fault_arm(2, false);
    void *first = sl_alloc(1), *second = sl_alloc(1), *third = sl_alloc(1);
    sl_alloc_fault_arm(0, false);
    ck_assert_ptr_nonnull(first);
    ck_assert_ptr_null(second);
    ck_assert_ptr_nonnull(third);
    sl_free(first);
    sl_free(third);
}
END_TEST

static Suite *memory_suite(void)
{
    Suite *suite = suite_create("base-memory");
    TCase *tcase = tcase_create("memory");
    tcase_add_test(tcase, arena_blocks_are_aligned_apart_and_keep_their_bytes);
    tcase_add_test(tcase, arena_maximum_is_kept_and_remembered);
    tcase_add_test(tcase, arena_copies_keep_absent_absent_and_end_in_nul);
    tcase_add_test(tcase, buffer_stays_failed_behind_its_maximum);
    tcase_add_test(tcase, buffer_tells_memory_from_maximum);
    tcase_add_test(tcase, buffer_formats_texts_of_any_length);
    tcase_add_test(tcase, map_finds_what_was_put_and_walks_in_order);
    tcase_add_test(tcase, map_is_unchanged_when_growing_fails);
    tcase_add_test(tcase, array_grows_and_survives_a_failed_growth);
    tcase_add_test(tcase, countdown_fails_the_nth_allocation_only);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(memory_suite)
