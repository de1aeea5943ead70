/* tests/validate/test_fault.c: the Nth allocation fails, N = 1, 2, … until a run is untouched; and a good payload needs none. */
#include "tests/validate/walk_support.h"

static const char *const types[] = {"t2.Scalars", "t2.Holder", "t2.Set", "t3.Maps", "t23.All"};

START_TEST(compile_survives_every_failed_allocation)
{
    sl_schema *schema = walk_schema();
    for (uint64_t nth = 1;; nth++) {
        sl_error err = {0};
        sl_plan *plan = NULL;
        ck_assert_uint_lt(nth, 10000);
        sl_alloc_fault_arm(nth, false);
        sl_status status = sl_plan_compile(schema, sl_str_from(types[_i]), &plan, &err);
        bool was_hit = sl_alloc_fault_hit();
        sl_alloc_fault_arm(0, false);
        ck_assert_int_eq(status, was_hit ? SL_NO_MEMORY : SL_OK);
        ck_assert((plan != NULL) == (status == SL_OK));
        ck_assert((err.text[0] != '\0') == (status != SL_OK));
        sl_plan_unref(plan);
        if (!was_hit)
            break;
    }
}
END_TEST

static sl_bytes with_slop(const char *bytes, size_t len)
{
    static uint8_t block[256];
    ck_assert_uint_le(len + SL_PAYLOAD_SLOP, sizeof block);
    memcpy(block, bytes, len);
    return (sl_bytes){block, len};
}

static const struct {
    const char *type, *bytes;
    size_t len;
} bad[] = {
    {"t3.Order",
     BYTES(
         "\x12\x00\x12\x03\x0a\x01\xff\x38\x01\x22\x06\x0a\x01k\x12\x01\xff\x1a\x07\x12\x00\x12\x03\x0a\x01\xff\x2a\x02\x01\x80")},
    {"t2.Holder",
     BYTES(
         "\x12\x02\x08\x01\x22\x04\x0a\x02\x08\x01\x22\x06\x12\x00\x0a\x02\x08\x01\x2a\x09\x0a\x01k\x12\x04\x0a\x02\x08\x01\xa2\x06\x00")},
    {"t2.Set", BYTES("\x0b\x10\xe8\x07\x1a\x02\x10\x03\x0c\x0b\x10\x05\x1a\x00\x0c")},
};

START_TEST(walk_survives_every_failed_allocation)
{
    const sl_plan *plan = walk_plan(bad[_i].type);
    sl_bytes payload = with_slop(bad[_i].bytes, bad[_i].len);
    sl_validate_options options = {.unknown_fields = SL_UNKNOWN_REJECT};
    for (uint64_t nth = 1;; nth++) {
        sl_cleanup(sl_violations_done) sl_violations violations = {0};
        bool is_valid = true;
        ck_assert_uint_lt(nth, 10000);
        sl_alloc_fault_arm(nth, false);
        sl_status status = sl_validate(plan, payload, &options, &violations, &is_valid);
        bool was_hit = sl_alloc_fault_hit();
        sl_alloc_fault_arm(0, false);
        ck_assert_int_eq(status, was_hit ? SL_NO_MEMORY : SL_OK);
        ck_assert(is_valid == (status != SL_OK));
        if (!was_hit)
            break;
        ck_assert_uint_ge(nth, 1);
    }
}
END_TEST

static const struct {
    const char *type, *bytes;
    size_t len;
} good[] = {
    {"t3.Order", BYTES("\x0a\x02id\x12\x03\x0a\x01s\x22\x06\x0a\x01k\x12\x01v\x2a\x02\x01\x02")},
    {"t2.Required",
     BYTES("\x08\x01\x12\x00\x22\x04\x08\x01\x12\x00\x4a\x09\x0a\x01k\x12\x04\x08\x01\x12\x00")},
    {"t2.Set", BYTES("\x0b\x10\xe8\x07\x1a\x02\x08\x01\x0c")},
    {"t2.Groups", BYTES("\x0b\x10\x01\x0c")},
};

START_TEST(good_payload_needs_no_allocation)
{
    const sl_plan *plan = walk_plan(good[_i].type);
    sl_bytes payload = with_slop(good[_i].bytes, good[_i].len);
    sl_validate_options options = {.unknown_fields = SL_UNKNOWN_REJECT};
    sl_cleanup(sl_violations_done) sl_violations violations = {0};
    bool is_valid = false;
    sl_alloc_fault_arm(1, true);
    sl_status status = sl_validate(plan, payload, &options, &violations, &is_valid);
    bool was_hit = sl_alloc_fault_hit();
    sl_alloc_fault_arm(0, false);
    ck_assert_int_eq(status, SL_OK);
    ck_assert(is_valid);
    ck_assert(!was_hit);
}
END_TEST

static Suite *fault_suite(void)
{
    Suite *suite = suite_create("fault");
    TCase *tcase = tcase_create("fault");
    tcase_add_loop_test(tcase, compile_survives_every_failed_allocation, 0, SL_ARRAY_LEN(types));
    tcase_add_loop_test(tcase, walk_survives_every_failed_allocation, 0, SL_ARRAY_LEN(bad));
    tcase_add_loop_test(tcase, good_payload_needs_no_allocation, 0, SL_ARRAY_LEN(good));
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(fault_suite)
