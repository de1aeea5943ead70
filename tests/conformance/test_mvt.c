/* tests/conformance/test_mvt.c: real vector tiles, and hand-made faulty ones, under vector_tile.proto 2.1.
 *
 * mvt/verdicts.tsv says of each tile what protoc --decode made of it; `unnamed` is a message that it took although fields remained which
 * it could not name (numbers that the schema does not have, wrong wire types, values outside the closed enum GeomType). A
 * fixture's author may call a tile invalid for its geometry, which no Protobuf schema can see; its fault lies in the Protobuf layer if,
 * and only if, protoc's verdict is not `valid`. A contract that rejects unknown fields must then refuse it, and else take it. */
#include <stdio.h>

#include "tests/conformance/judge.h"
#include "tests/support/tap_main.h"

/* path, group, verdict, what the author says, description */
enum { COLUMNS = 5, TILES_MAX = 512, REAL_WORLD_TILES = 207, FIXTURES = 74 };

typedef struct vector_tile {
    const char *path;
    sl_str name; /* the last two parts of the path */
    sl_str group, author, text;
    sl_bytes payload;
    verdict_word want;
} vector_tile;

static vector_tile tiles[TILES_MAX];
static size_t tile_count;
static payload_judge under_contract;

static void check_group(const char *group, size_t want_count)
{
    size_t count = 0;
    for (size_t i = 0; i < tile_count; i++) {
        if (!sl_str_is(tiles[i].group, group))
            continue;
        const payload_record record = {.type = SL_STR("vector_tile.Tile"),
                                       .payload = tiles[i].payload};
        judgement said = judge_compare(&under_contract, &record, tiles[i].want);
        bool is_faulty = tiles[i].want != VERDICT_VALID;
        ck_assert_msg(said.valid == !is_faulty, "%s: %s", tiles[i].path,
                      said.valid ? "valid" : "not valid");
        count++;
    }
    ck_assert_uint_eq(under_contract.disagreed, 0);
    ck_assert_uint_eq(count, want_count);
}

START_TEST(real_world_tile_gets_the_verdict_of_protoc)
{
    check_group("real-world", REAL_WORLD_TILES);
}
END_TEST

START_TEST(compressed_real_world_tile_gets_the_verdict_of_protoc_once_unpacked)
{
    check_group("compressed", 4);
}
END_TEST

START_TEST(fixture_is_refused_if_and_only_if_its_fault_is_protobufs)
{
    check_group("fixture", FIXTURES);
}
END_TEST

/* The table of all fixtures; a report, and a check that no fixture is left out of it. */
START_TEST(table_of_fixtures_is_printed)
{
    size_t printed = 0;
    printf("# %-7s  %-7s  %-16s  %-9s  %s\n", "fixture", "author", "protoc", "sluice",
           "first violation");
    for (size_t i = 0; i < tile_count; i++) {
        const vector_tile *tile = &tiles[i];
        if (!sl_str_is(tile->group, "fixture"))
            continue;
        judgement said = judge_payload(&under_contract, SL_STR("vector_tile.Tile"), tile->payload);
        const sl_violation *first = under_contract.violations.items;
        printf("# %-7.*s  %-7.*s  %-16s  %-9s", SL_STR_ARG(tile->name), SL_STR_ARG(tile->author),
               verdict_name(tile->want), said.valid ? "valid" : "not valid");
        if (!said.valid)
            printf("  %s at byte %zu, %.*s: %.*s", sl_violation_rule_id(first->rule), first->offset,
                   SL_STR_ARG(first->path), SL_STR_ARG(first->message));
        putchar('\n');
        printed++;
    }
    fflush(stdout);
    ck_assert_uint_eq(printed, FIXTURES);
}
END_TEST

static vector_tile tile_from(const sl_str columns[COLUMNS])
{
    sl_str folder = {0}, file = {0}, above = {0};
    vector_tile tile = {
        .path = corpora_path(text_keep("%.*s", SL_STR_ARG(columns[0]))),
        .group = columns[1],
        .author = columns[3],
        .text = columns[4],
        .want = VERDICT_COUNT,
    };
    if (sl_str_split_last(columns[0], '/', &folder, &file))
        sl_str_split_last(folder, '/', &above, &tile.name);
    for (verdict_word word = 0; word < VERDICT_COUNT; word++)
        if (sl_str_is(columns[2], verdict_name(word)))
            tile.want = word;
    tile.payload = file_load(tile.path);
    return tile;
}

START_TEST(table_of_verdicts_is_whole)
{
    ck_assert_uint_eq(tile_count, REAL_WORLD_TILES + 4 + FIXTURES);
    for (size_t i = 0; i < tile_count; i++)
        ck_assert_msg(tiles[i].want < VERDICT_COUNT && tiles[i].payload.data && tiles[i].text.len,
                      "line %zu: %s", i + 1, tiles[i].path);
}
END_TEST

static void load_tiles(void)
{
    sl_str rest = sl_bytes_str(corpora_load("mvt/verdicts.tsv"));
    sl_str line = {0};
    while (tile_count < TILES_MAX && table_next_part(&rest, '\n', &line)) {
        sl_str columns[COLUMNS] = {0};
        table_split(line, columns, COLUMNS);
        tiles[tile_count++] = tile_from(columns);
    }
}

static Suite *mvt_suite(void)
{
    corpora_require("mvt");
    load_tiles();
    judge_start(&under_contract, corpora_load("mvt/vector_tile.binpb"));

    Suite *suite = suite_create("mvt");
    TCase *tcase = tcase_create("tiles");
    tcase_add_test(tcase, table_of_verdicts_is_whole);
    tcase_add_test(tcase, real_world_tile_gets_the_verdict_of_protoc);
    tcase_add_test(tcase, compressed_real_world_tile_gets_the_verdict_of_protoc_once_unpacked);
    tcase_add_test(tcase, fixture_is_refused_if_and_only_if_its_fault_is_protobufs);
    tcase_add_test(tcase, table_of_fixtures_is_printed);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(mvt_suite)
