/* tests/conformance/test_payloads.c: the payloads of the benchmarks, whole and damaged, against Protobuf's C++ parser.
 *
 * ../shared/data/payloads, beside the repository. Each payload is valid, and tier 1 must be sure of it. Then it is cut at every byte
 * if it is small and at seeded places if not, and single bytes are changed; oracle/parse_oracle says what libprotobuf's
 * DynamicMessage makes of each, and Sluice must accept and refuse the same. The data lie outside and may be absent.
 *
 *   SLUICE_LONG=1   10,000 cuts and 100,000 changed bytes a payload, instead of one in 250
 *
 * Long payloads are lists of messages or texts, one after the other. They are damaged in windows of whole fields, some thousand bytes
 * around the place: what comes before and behind is untouched, and would only be parsed again each time. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/conformance/ask_oracle.h"
#include "tests/conformance/judge.h"
#include "tests/support/tap_main.h"

enum {
    PAYLOADS_MOST = 64,
    CUTS = 40,
    CHANGES = 400,
    LONG_BY = 250,
    WHOLE_MOST = 16 << 10, /* longer ones are damaged in windows */
    WINDOW = 4 << 10,
    WINDOWS = 4,
    SEED = 90210,
};

static payload_judge judges;
static payload_record payloads[PAYLOADS_MOST];
static const char *names[PAYLOADS_MOST];
static size_t payload_count;
static const char *schemas_path;

/* --- whole ------------------------------------------------------------------------------------- */

START_TEST(every_payload_is_valid_and_tier_1_is_sure)
{
    printf("# %-42s %10s  %s\n", "payload", "bytes", "tier 1");
    for (size_t i = 0; i < payload_count; i++) {
        judgement said = judge_payload(&judges, payloads[i].type, payloads[i].payload);
        printf("# %-42s %10zu  %s%s\n", names[i], payloads[i].payload.len,
               said.is_unsure ? "not sure" : "sure", said.valid ? "" : ", has unknown fields");
        ck_assert_msg(said.as_parser == VERDICT_VALID, "%s: not valid", names[i]);
    }
    fflush(stdout);
    ck_assert_uint_eq(judges.unsure, 0);
}
END_TEST

/* --- damaged ----------------------------------------------------------------------------------- */

static size_t times(size_t count)
{
    const char *flag = getenv("SLUICE_LONG");
    return flag && *flag && strcmp(flag, "0") != 0 ? count * LONG_BY : count;
}

typedef struct damage_list {
    SL_VEC(payload_change) changes;
} damage_list;

static void add_change(damage_list *list, size_t kept, size_t place, uint8_t change)
{
    payload_change made = {(uint32_t)kept, (uint32_t)place, change};
    ck_assert_int_eq(sl_vec_push(&list->changes, made), SL_OK);
}

/* A payload, or a window of one, and its changes: [first, end) of the list. */
typedef struct damaged_part {
    sl_bytes bytes;
    size_t first, end;
} damaged_part;

static void add_damage(damage_list *list, size_t len, size_t cuts, size_t changes, uint64_t *seed)
{
    if (len <= cuts)
        for (size_t kept = 0; kept <= len; kept++)
            add_change(list, kept, 0, 0);
    else
        for (size_t i = 0; i < cuts; i++)
            add_change(list, random_below(seed, len), 0, 0);
    for (size_t i = 0; i < changes; i++)
        add_change(list, len, random_below(seed, len), (uint8_t)(1 + random_below(seed, 255)));
}

/* Whole fields from the one that `place` lies in, about a window of them. */
static sl_bytes window_at(sl_bytes payload, size_t place)
{
    sl_wire_reader reader = sl_wire_reader_of(payload);
    const uint8_t *begin = payload.data;
    sl_wire_field field;
    while (sl_wire_next_field(&reader, SL_LIMIT_PAYLOAD_DEPTH, &field) == SL_OK) {
        if (reader.at <= payload.data + place)
            begin = reader.at;
        else if (reader.at - begin >= WINDOW)
            break;
    }
    return (sl_bytes){begin, (size_t)(reader.at - begin)};
}

static void compare_part(sl_str type, const damaged_part *part, const damage_list *list,
                         const uint8_t *wanted)
{
    uint8_t *copy = payload_copy(part->bytes);
    for (size_t i = part->first; i < part->end; i++) {
        const payload_change *change = &list->changes.items[i];
        payload_record changed = {wanted[i], type, {copy, change->kept}};
        copy[change->place] ^= change->change;
        judge_compare(&judges, &changed, wanted[i]);
        copy[change->place] ^= change->change;
    }
    sl_free(copy);
}

/* All parts are given to the oracle at once. */
START_TEST(damaged_payload_gets_the_verdict_of_the_cpp_parser)
{
    const payload_record *original = &payloads[_i];
    bool is_whole = original->payload.len <= WHOLE_MOST;
    size_t count = is_whole ? 1 : times(WINDOWS), wide_before = judges.wide_tags;
    size_t said[VERDICT_COUNT] = {0};
    uint64_t seed = SEED + (uint64_t)_i;
    damage_list list = {0};
    sl_cleanup(sl_buf_done) sl_buf asked = {0};
    damaged_part *parts = sl_calloc(count, sizeof *parts);
    ck_assert_ptr_nonnull(parts);
    for (size_t i = 0; i < count; i++) {
        damaged_part *part = &parts[i];
        *part = (damaged_part){original->payload, list.changes.count, 0};
        if (!is_whole)
            part->bytes = window_at(part->bytes, random_below(&seed, part->bytes.len));
        add_damage(&list, part->bytes.len, times(CUTS) / count, times(CHANGES) / count, &seed);
        part->end = list.changes.count;
        payload_record_append(&asked, VERDICT_VALID, original->type, part->bytes);
        payload_changes_append(&asked, list.changes.items + part->first,
                               (uint32_t)(part->end - part->first));
    }
    sl_bytes answers = oracle_ask(schemas_path, sl_buf_bytes(&asked), true);
    ck_assert_msg(answers.data != NULL, "the oracle did not answer");
    ck_assert_uint_eq(answers.len, list.changes.count);
    for (size_t i = 0; i < answers.len; i++) {
        ck_assert_uint_lt(answers.data[i], VERDICT_COUNT);
        said[answers.data[i]]++;
    }
    for (size_t i = 0; i < count; i++)
        compare_part(original->type, &parts[i], &list, answers.data);
    printf("# %-42s %7zu damaged: %zu valid, %zu with unnamed fields, %zu malformed, %zu without a "
           "required field, %zu not compared (a tag of more than 32 bits)\n",
           names[_i], answers.len, said[VERDICT_VALID], said[VERDICT_UNNAMED],
           said[VERDICT_MALFORMED], said[VERDICT_MISSING_REQUIRED], judges.wide_tags - wide_before);
    fflush(stdout);
    sl_free(parts);
    sl_vec_done(&list.changes);
    ck_assert_uint_eq(judges.disagreed, 0);
}
END_TEST

/* --- loading ----------------------------------------------------------------------------------- */

static const char *shared_path(const char *name)
{
    const char *root = getenv("SLUICE_SOURCE_ROOT");
    return text_keep("%s/../shared/data/payloads/%s", root && *root ? root : ".", name);
}

/* manifest.txt: file, type and bytes on each line. */
static void load_payloads(void)
{
    sl_bytes manifest = file_load(shared_path("manifest.txt"));
    if (!manifest.data)
        tap_skip_all(NULL, "%s is not there; it is kept beside the repository",
                     shared_path("manifest.txt"));
    sl_str rest = sl_bytes_str(manifest), line, name, type;
    while (payload_count < PAYLOADS_MOST && table_next_part(&rest, '\n', &line)) {
        table_next_part(&line, ' ', &name);
        table_next_part(&line, ' ', &type);
        names[payload_count] = text_keep("%.*s", SL_STR_ARG(name));
        sl_bytes payload = file_load(shared_path(names[payload_count]));
        if (!payload.data)
            tap_skip_all(NULL, "%s is in the manifest, and not there", names[payload_count]);
        payloads[payload_count++] = (payload_record){VERDICT_VALID, type, payload};
    }
}

static Suite *payloads_suite(void)
{
    load_payloads();
    schemas_path = shared_path("schemas.binpb");
    judge_start(&judges, file_load(schemas_path));
    oracle_require();

    Suite *suite = suite_create("payloads");
    TCase *tcase = tcase_create("whole");
    tcase_set_timeout(tcase, 300);
    tcase_add_test(tcase, every_payload_is_valid_and_tier_1_is_sure);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("damaged");
    tcase_set_timeout(tcase, 3600);
    tcase_add_loop_test(tcase, damaged_payload_gets_the_verdict_of_the_cpp_parser, 0,
                        (int)payload_count);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(payloads_suite)
