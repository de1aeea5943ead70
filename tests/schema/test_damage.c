/* tests/schema/test_damage.c: bytes that were once a sound set, cut or changed.
 *
 * Whatever comes: no crash, no read past the end, and either findings or a schema that keeps its invariants and comes back from its own
 * bytes. Seeds are fixed; CK_RUN_CASE and the printed seed repeat one. */
#include "schema/schema.h"
#include "tests/schema/corpus.h"
#include "tests/schema/invariants.h"
#include "tests/support/tap_main.h"

#include <stdlib.h>

static const struct {
    const char *fixture;
    unsigned mutations;
    size_t cut_step; /* every cut of the small ones; some of the large */
} inputs[] = {
    {"proto2.binpb", 1200, 1},       {"proto3.binpb", 3000, 1},
    {"edition2023.binpb", 1200, 1},  {"edition2023_file.binpb", 3000, 1},
    {"edition2026.binpb", 1200, 3},  {"relative.binpb", 3000, 1},
    {"edition2024.binpb", 200, 997},
};

/* splitmix64 */
static uint64_t next_random(uint64_t *state)
{
    uint64_t value = *state += 0x9e3779b97f4a7c15;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
    value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
    return value ^ (value >> 31);
}

/* Link an exact copy of `bytes`; true if it linked. */
static bool try_link(sl_bytes bytes, const char *what, uint64_t which)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = NULL;
    sl_cleanup(sl_schema_unrefp) sl_schema *again = NULL;
    sl_cleanup(sl_buf_done) sl_buf written = {0};
    sl_error err = {0};
    uint8_t *copy = malloc(bytes.len ? bytes.len : 1);
    ck_assert_ptr_nonnull(copy);
    memcpy(copy, bytes.data, bytes.len);
    sl_status status =
        sl_schema_link_set((sl_bytes){copy, bytes.len}, (sl_str){0}, &schema, &findings, &err);
    free(copy);
    ck_assert_msg(status == SL_OK || (status == SL_LIMIT && err.text[0]), "%s %llu: %s: %s", what,
                  (unsigned long long)which, sl_status_name(status), err.text);
    if (!schema) {
        ck_assert(status != SL_OK || findings.error_count > 0);
        return false;
    }
    const char *broken = schema_broken_invariant(schema);
    ck_assert_msg(!broken, "%s %llu: %s", what, (unsigned long long)which, broken);

    sl_schema_write_set(schema, false, &written);
    status = sl_schema_link_set(sl_buf_bytes(&written), sl_schema_main_file(schema)->path, &again,
                                &findings, &err);
    ck_assert_msg(status == SL_OK && again, "%s %llu does not come back", what,
                  (unsigned long long)which);
    return true;
}

START_TEST(every_cut_is_survived)
{
    sl_cleanup(sl_buf_done) sl_buf set = {0};
    corpus_read_fixture(inputs[_i].fixture, &set);
    for (size_t len = 0; len < set.len; len += inputs[_i].cut_step)
        try_link((sl_bytes){sl_buf_bytes(&set).data, len}, "cut at", len);
    ck_assert(try_link(sl_buf_bytes(&set), "whole", 0));
}
END_TEST

START_TEST(changed_bytes_are_survived)
{
    sl_cleanup(sl_buf_done) sl_buf set = {0};
    corpus_read_fixture(inputs[_i].fixture, &set);
    unsigned linked = 0;
    for (uint64_t seed = 1; seed <= inputs[_i].mutations; seed++) {
        uint64_t state = seed;
        size_t at = next_random(&state) % set.len;
        char before = set.data[at];
        set.data[at] = (char)next_random(&state);
        linked += try_link(sl_buf_bytes(&set), "seed", seed);
        set.data[at] = before;
    }
    /* A test in which nothing links, or everything, would test less than it says. */
    ck_assert_uint_gt(linked, 0);
    ck_assert_uint_lt(linked, inputs[_i].mutations);
}
END_TEST

static Suite *damage_suite(void)
{
    Suite *suite = suite_create("damage");
    TCase *tcase = tcase_create("damage");
    tcase_set_timeout(tcase, 240);
    tcase_add_loop_test(tcase, every_cut_is_survived, 0, SL_ARRAY_LEN(inputs));
    tcase_add_loop_test(tcase, changed_bytes_are_survived, 0, SL_ARRAY_LEN(inputs));
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(damage_suite)
