/* tests/conformance/test_oracle.c: the proto2 and proto3 payloads of encode/, damaged in every way, against Protobuf's C++ parser.
 *
 * scripts/corpora asks protoc about a sample of damage, a process each. Here the same payloads are cut at every byte, flipped,
 * doubled, moved, spliced into one another, and read as every other type; random fields and deep nesting are added (soup.h). All
 * at once are given to oracle/parse_oracle, which is built on libprotobuf. Its verdicts and Sluice's must be the same, one by
 * one. Files with an edition are left to the sample: the system's libprotobuf may be too old for them. */
#include <stdio.h>

#include "tests/conformance/ask_oracle.h"
#include "tests/conformance/judge.h"
#include "tests/conformance/soup.h"
#include "tests/support/tap_main.h"

enum {
    FLIPS = 1500,
    BIT_FLIPS = 500,
    DOUBLED = 300,
    MOVED = 200,
    SPLICED = 400,
    PAYLOADS_MAX = 64,
    SOUPS = 1500,
    SOUP_DEPTH = 4,
    DEPTH_FROM = 40,
    DEPTH_TO = 110,
    SEED = 3621
};

static payload_judge legacy;
static payload_record originals[PAYLOADS_MAX];
static size_t original_count;
static sl_bytes records; /* everything that is asked */
static sl_bytes answers; /* one byte a record */

static void add(sl_buf *asked, sl_str type, sl_bytes payload)
{
    payload_record_append(asked, VERDICT_VALID, type, payload);
}

/* Every prefix, the whole included. */
static void add_cuts(sl_buf *asked, const payload_record *original)
{
    for (size_t len = 0; len <= original->payload.len; len++)
        add(asked, original->type, (sl_bytes){original->payload.data, len});
}

static void add_flips(sl_buf *asked, const payload_record *original, uint64_t *seed)
{
    sl_bytes payload = original->payload;
    uint8_t *copy = payload_copy(payload);
    for (size_t i = 0; payload.len && i < FLIPS + BIT_FLIPS; i++) {
        size_t at = random_below(seed, payload.len);
        uint8_t other =
            i < FLIPS ? (uint8_t)random_next(seed) : (uint8_t)(1U << random_below(seed, 8));
        copy[at] ^= other;
        add(asked, original->type, (sl_bytes){copy, payload.len});
        copy[at] = payload.data[at];
    }
    sl_free(copy);
}

/* front + [from, to) + back: a stretch written again, or somewhere else, or out of another payload. */
static void add_joined(sl_buf *asked, sl_str type, sl_bytes front, sl_bytes middle, sl_bytes back)
{
    sl_cleanup(sl_buf_done) sl_buf joined = {0};
    sl_buf_append(&joined, front.data, front.len);
    sl_buf_append(&joined, middle.data, middle.len);
    sl_buf_append(&joined, back.data, back.len);
    add(asked, type, sl_buf_bytes(&joined));
}

static sl_bytes slice(sl_bytes bytes, size_t from, size_t to)
{
    return (sl_bytes){bytes.data + from, to - from};
}

static void add_stretches(sl_buf *asked, const payload_record *original, uint64_t *seed)
{
    sl_bytes payload = original->payload;
    for (size_t i = 0; payload.len && i < DOUBLED + MOVED + SPLICED; i++) {
        const payload_record *donor = original;
        if (i >= DOUBLED + MOVED)
            donor = &originals[random_below(seed, original_count)];
        size_t from = random_below(seed, donor->payload.len + 1);
        size_t to = from + random_below(seed, donor->payload.len - from + 1);
        size_t at = i < DOUBLED ? to : random_below(seed, payload.len + 1);
        add_joined(asked, original->type, slice(payload, 0, at), slice(donor->payload, from, to),
                   slice(payload, at, payload.len));
    }
}

/* The payload of each type, read as every other: wrong wire types and unknown fields in plenty. */
static void add_strangers(sl_buf *asked, const payload_record *original)
{
    for (size_t i = 0; i < original_count; i++)
        add(asked, originals[i].type, original->payload);
}

/* Made up from nothing, for the type of each original. */
static void add_soups(sl_buf *asked, const payload_record *original, uint64_t *seed)
{
    for (size_t i = 0; i < SOUPS; i++) {
        sl_cleanup(sl_buf_done) sl_buf soup = {0};
        soup_fields(&soup, seed, SOUP_DEPTH);
        add(asked, original->type, sl_buf_bytes(&soup));
    }
}

/* Around the nesting limit, which is 100 for the C++ parser as well: known messages, known groups, and groups that nobody knows, alone and
 * inside one another. Depth is counted in levels of nesting, and by the parser, not by us. */
static void add_depths(sl_buf *asked)
{
    static const struct {
        sl_str type;
        uint32_t number;
        bool is_group;
    } ways[] = {
        {SL_STR_INIT("enc.p3.Recursive"), 1, false}, {SL_STR_INIT("enc.p3.Recursive"), 2, false},
        {SL_STR_INIT("enc.p2.Recursive"), 1, false}, {SL_STR_INIT("enc.p2.Recursive"), 4, true},
        {SL_STR_INIT("enc.p2.Recursive"), 9, true},  {SL_STR_INIT("enc.p3.Recursive"), 9, true},
        {SL_STR_INIT("enc.p2.Empty"), 1, true},      {SL_STR_INIT("enc.p2.Empty"), 1, false},
        {SL_STR_INIT("enc.p2.SetHolder"), 9, true},
    };
    for (size_t way = 0; way < SL_ARRAY_LEN(ways); way++) {
        for (uint32_t levels = DEPTH_FROM; levels <= DEPTH_TO; levels++) {
            sl_cleanup(sl_buf_done) sl_buf plain = {0};
            sl_cleanup(sl_buf_done) sl_buf core = {0};
            sl_cleanup(sl_buf_done) sl_buf mixed = {0};
            soup_nested(&plain, ways[way].number, ways[way].is_group, levels, (sl_bytes){0});
            add(asked, ways[way].type, sl_buf_bytes(&plain));
            soup_nested(&core, 77, true, levels / 2, (sl_bytes){0});
            soup_nested(&mixed, ways[way].number, ways[way].is_group, levels - levels / 2,
                        sl_buf_bytes(&core));
            add(asked, ways[way].type, sl_buf_bytes(&mixed));
        }
    }
}

START_TEST(every_damaged_payload_gets_the_verdict_of_the_cpp_parser)
{
    size_t counts[VERDICT_COUNT] = {0}, count = 0;
    sl_bytes rest = records;
    payload_record record;
    ck_assert_msg(answers.data != NULL, "the oracle did not answer");
    while (payload_record_next(&rest, &record)) {
        ck_assert_uint_lt(count, answers.len);
        uint8_t want = answers.data[count++];
        ck_assert_uint_lt(want, VERDICT_COUNT);
        counts[want]++;
        judge_compare(&legacy, &record, want);
    }
    ck_assert_uint_eq(count, answers.len);
    printf(
        "# %zu payloads of %zu types: %zu valid, of which policy refused %zu; %zu with unnamed fields; "
        "%zu malformed; %zu without a required field; "
        "%zu not compared: a tag of more than 32 bits\n",
        count, legacy.plan_count, counts[VERDICT_VALID], legacy.stricter, counts[VERDICT_UNNAMED],
        counts[VERDICT_MALFORMED], counts[VERDICT_MISSING_REQUIRED], legacy.wide_tags);
    fflush(stdout);
    for (verdict_word word = 0; word < VERDICT_COUNT; word++)
        ck_assert_uint_gt(counts[word], 1000);
    ck_assert_uint_eq(legacy.disagreed, 0);
}
END_TEST

static bool has_edition(sl_str type)
{
    return sl_str_starts_with(type, SL_STR("enc.e2"));
}

static void load_originals(void)
{
    sl_bytes rest = corpora_load("encode/payloads.bin");
    payload_record record;
    while (original_count < PAYLOADS_MAX && payload_record_next(&rest, &record))
        if (!has_edition(record.type))
            originals[original_count++] = record;
}

static Suite *oracle_suite(void)
{
    static sl_buf asked;
    uint64_t seed = SEED;
    corpora_require("encode");
    oracle_require();
    load_originals();
    for (size_t i = 0; i < original_count; i++) {
        add_cuts(&asked, &originals[i]);
        add_flips(&asked, &originals[i], &seed);
        add_stretches(&asked, &originals[i], &seed);
        add_strangers(&asked, &originals[i]);
    }
    for (size_t i = 0; i < original_count; i++)
        add_soups(&asked, &originals[i], &seed);
    add_depths(&asked);
    records = sl_buf_bytes(&asked);
    answers = oracle_ask(corpora_path("encode/schemas.binpb"), records, false);
    judge_start(&legacy, corpora_load("encode/schemas.binpb"));

    Suite *suite = suite_create("oracle");
    TCase *tcase = tcase_create("damage");
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, every_damaged_payload_gets_the_verdict_of_the_cpp_parser);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(oracle_suite)
