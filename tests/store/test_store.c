/* tests/store/test_store.c: what registry/store/store.h promises, held against every driver.
 *
 * Each case runs once a driver. A driver is right when it passes this file; what is special to one has a file of its own. */
#include "registry/store/store.h"
#include "tests/store/temp_store.h"
#include "tests/support/tap_main.h"

#include <stdio.h>

static temp_store temp;
static sl_store *store;
static sl_session *writer;
static sl_arena arena;
static sl_error err;

#define OK(call) ck_assert_msg((call) == SL_OK, "%s: %s", #call, err.text)
#define GIVES(status, call)                                                                        \
    do {                                                                                           \
        sl_status given_ = (call);                                                                 \
        ck_assert_msg(given_ == (status), "%s: %s (%s)", #call, sl_status_name(given_), err.text); \
    } while (0)

static void open_store(int driver)
{
    temp_store_make(&temp, temp_drivers[driver]);
    OK(sl_store_open(sl_str_from(temp.url), &store, &err));
    OK(sl_session_open(store, SL_SESSION_WRITER, &writer, &err));
}

static void close_store(void)
{
    sl_session_close(writer);
    sl_store_close(store);
    sl_arena_done(&arena);
    temp_store_remove(&temp);
}

static void reopen_store(void)
{
    sl_session_close(writer);
    sl_store_close(store);
    OK(sl_store_open(sl_str_from(temp.url), &store, &err));
    OK(sl_session_open(store, SL_SESSION_WRITER, &writer, &err));
}

static sl_producer_row producer_of(const char *name)
{
    return (sl_producer_row){.name = sl_str_from(name), .generation = 1, .created_us = 7};
}

static sl_subject_row subject_of(const char *name)
{
    return (sl_subject_row){.name = sl_str_from(name), .level = -1, .generation = 1};
}

static sl_contract_row contract_of(const char *topic, const char *type)
{
    return (sl_contract_row){.topic = sl_str_from(topic),
                             .subject = SL_STR("orders-value"),
                             .message_type = sl_str_from(type),
                             .producer = SL_STR("checkout"),
                             .generation = 1,
                             .state = 1};
}

static void add_producer(const char *name)
{
    sl_producer_row row = producer_of(name);
    OK(sl_insert_producer(writer, &row, &err));
}

static void add_subject(const char *name)
{
    sl_subject_row row = subject_of(name);
    OK(sl_insert_subject(writer, &row, &err));
}

static bool has_producer(sl_session *session, const char *name)
{
    sl_producer_row key = producer_of(name), row;
    sl_status status = sl_get_producer_by_name(session, &key, &arena, &row, &err);
    ck_assert_msg(status == SL_OK || status == SL_NOT_FOUND, "%s", err.text);
    return status == SL_OK;
}

/* 32 bytes that depend on `seed`. */
static sl_bytes hash_of(uint8_t seed)
{
    uint8_t *bytes = sl_arena_alloc(&arena, SL_SHA256_SIZE);
    memset(bytes, seed, SL_SHA256_SIZE);
    return (sl_bytes){bytes, SL_SHA256_SIZE};
}

static sl_schema_row schema_of(uint8_t seed)
{
    return (sl_schema_row){.exact = hash_of(seed),
                           .normal = hash_of((uint8_t)(seed + 1)),
                           .guid = {hash_of(seed).data, SL_GUID_SIZE},
                           .main = SL_STR("a.proto"),
                           .messages = SL_STR("A\nB"),
                           .top_level_count = 2};
}

/* --- rows ------------------------------------------------------------------------------------ */

START_TEST(a_row_comes_back_as_it_was_written)
{
    open_store(_i);
    OK(sl_session_begin(writer, &err));
    sl_producer_row row = {.name = SL_STR("checkout"),
                           .team = SL_STR("payments \xc3\xa9\xf0\x9f\x92\xb6"),
                           .chat = SL_STR(""),
                           .is_blocked = 1,
                           .block_reason = SL_STR("it's \"quoted\"; DROP TABLE producer"),
                           .generation = INT64_MAX,
                           .created_us = INT64_MIN};
    OK(sl_insert_producer(writer, &row, &err));
    OK(sl_session_commit(writer, &err));
    if (_i != 0)
        reopen_store();

    sl_producer_row got, key = {.name = SL_STR("checkout")};
    OK(sl_get_producer_by_name(writer, &key, &arena, &got, &err));
    ck_assert(sl_str_equal(got.name, row.name) && sl_str_equal(got.team, row.team));
    ck_assert(got.chat.data != NULL && got.chat.len == 0);
    ck_assert_msg(got.contact.data == NULL, "an absent text came back present");
    ck_assert(sl_str_equal(got.block_reason, row.block_reason));
    ck_assert_int_eq(got.generation, INT64_MAX);
    ck_assert_int_eq(got.created_us, INT64_MIN);
    close_store();
}
END_TEST

START_TEST(large_and_empty_bytes_come_back)
{
    open_store(_i);
    size_t size = 3 << 20;
    uint8_t *large = sl_arena_alloc(&arena, size);
    for (size_t i = 0; i < size; i++)
        large[i] = (uint8_t)(i * 31);
    sl_file_row rows[] = {{hash_of(1), {large, size}}, {hash_of(2), {(const uint8_t *)"", 0}}};
    OK(sl_session_begin(writer, &err));
    for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
        OK(sl_insert_file(writer, &rows[i], &err));
    OK(sl_session_commit(writer, &err));
    for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
        sl_file_row got;
        OK(sl_get_file_by_sha256(writer, &rows[i], &arena, &got, &err));
        ck_assert(got.bytes.data != NULL && sl_bytes_equal(got.bytes, rows[i].bytes));
    }
    close_store();
}
END_TEST

START_TEST(ids_count_from_one_and_are_drawn_by_the_store)
{
    open_store(_i);
    OK(sl_session_begin(writer, &err));
    for (int64_t want = 1; want <= 3; want++) {
        sl_schema_row row = schema_of((uint8_t)(10 * want));
        OK(sl_insert_schema(writer, &row, &err));
        ck_assert_int_eq(row.id, want);
    }
    sl_schema_row again = schema_of(10);
    GIVES(SL_EXISTS, sl_insert_schema(writer, &again, &err));
    ck_assert_int_eq(again.id, 0);
    sl_schema_row given = schema_of(90);
    given.id = 100;
    OK(sl_insert_schema(writer, &given, &err));
    sl_schema_row next = schema_of(120);
    OK(sl_insert_schema(writer, &next, &err));
    ck_assert_int_eq(next.id, 101);
    close_store();
}
END_TEST

START_TEST(update_replaces_all_columns)
{
    open_store(_i);
    OK(sl_session_begin(writer, &err));
    add_producer("checkout");
    sl_producer_row row = producer_of("checkout");
    row.team = SL_STR("payments");
    row.generation = 2;
    OK(sl_update_producer(writer, &row, &err));
    sl_producer_row got;
    OK(sl_get_producer_by_name(writer, &row, &arena, &got, &err));
    ck_assert(sl_str_is(got.team, "payments"));
    ck_assert_int_eq(got.generation, 2);
    sl_producer_row nobody = producer_of("nobody");
    GIVES(SL_NOT_FOUND, sl_update_producer(writer, &nobody, &err));
    close_store();
}
END_TEST

START_TEST(only_removable_rows_are_removed)
{
    open_store(_i);
    OK(sl_session_begin(writer, &err));
    add_producer("checkout");
    add_producer("billing");
    add_subject("orders-value");
    sl_contract_row contract = contract_of("orders", "Order");
    OK(sl_insert_contract(writer, &contract, &err));
    sl_co_producer_row row = {contract.id, SL_STR("billing")};
    OK(sl_insert_co_producer(writer, &row, &err));
    OK(sl_remove_co_producer(writer, &row, &err));
    GIVES(SL_NOT_FOUND, sl_remove_co_producer(writer, &row, &err));
    sl_producer_row producer = producer_of("billing");
    GIVES(SL_CONFLICT, sl_remove_producer(writer, &producer, &err));
    ck_assert(has_producer(writer, "billing"));
    close_store();
}
END_TEST

START_TEST(immutable_rows_are_not_changed)
{
    open_store(_i);
    OK(sl_session_begin(writer, &err));
    sl_schema_row row = schema_of(1);
    OK(sl_insert_schema(writer, &row, &err));
    row.main = SL_STR("b.proto");
    GIVES(SL_CONFLICT, sl_update_schema(writer, &row, &err));
    GIVES(SL_CONFLICT, sl_remove_schema(writer, &row, &err));
    sl_change_row change = {.actor = SL_STR("admin"),
                            .action = SL_STR("a"),
                            .object = SL_STR("o"),
                            .detail = SL_STR("{}"),
                            .hash = hash_of(1)};
    OK(sl_insert_change(writer, &change, &err));
    GIVES(SL_CONFLICT, sl_update_change(writer, &change, &err));
    GIVES(SL_CONFLICT, sl_remove_change(writer, &change, &err));
    close_store();
}
END_TEST

/* --- unique and foreign ---------------------------------------------------------------------- */

static void prepare_contracts(void)
{
    OK(sl_session_begin(writer, &err));
    add_producer("checkout");
    add_subject("orders-value");
}

static const struct {
    const char *name;
    const char *topic, *type;
    int64_t first_state, second_state;
    sl_status want;
} contract_pairs[] = {
    {"two_topics_two_types", "b", "B", 1, 1, SL_OK},
    {"one_topic_twice_is_refused", "a", "B", 1, 1, SL_EXISTS},
    {"one_type_twice_is_refused", "b", "A", 1, 1, SL_EXISTS},
    {"a_draft_holds_its_topic", "a", "B", 0, 1, SL_EXISTS},
    {"a_deprecated_one_holds_its_type", "b", "A", 2, 0, SL_EXISTS},
    {"retiring_frees_topic_and_type", "a", "A", 3, 1, SL_OK},
    {"two_may_be_retired", "a", "A", 3, 3, SL_OK},
};

static void try_pair(int driver, size_t pair)
{
    open_store(driver);
    prepare_contracts();
    sl_contract_row first = contract_of("a", "A");
    first.state = contract_pairs[pair].first_state;
    OK(sl_insert_contract(writer, &first, &err));
    sl_contract_row second = contract_of(contract_pairs[pair].topic, contract_pairs[pair].type);
    second.state = contract_pairs[pair].second_state;
    sl_status got = sl_insert_contract(writer, &second, &err);
    ck_assert_msg(got == contract_pairs[pair].want, "%s: %s", contract_pairs[pair].name,
                  sl_status_name(got));
    close_store();
}

START_TEST(at_most_one_live_contract)
{
    try_pair(_i % TEMP_DRIVER_COUNT, (size_t)_i / TEMP_DRIVER_COUNT);
}
END_TEST

START_TEST(retiring_moves_a_row_out_of_the_live_indexes)
{
    open_store(_i);
    prepare_contracts();
    sl_contract_row row = contract_of("a", "A"), got;
    OK(sl_insert_contract(writer, &row, &err));
    OK(sl_get_contract_by_topic(writer, &row, &arena, &got, &err));
    ck_assert_int_eq(got.id, row.id);
    row.state = SL_ROW_RETIRED;
    OK(sl_update_contract(writer, &row, &err));
    GIVES(SL_NOT_FOUND, sl_get_contract_by_topic(writer, &row, &arena, &got, &err));
    OK(sl_get_contract_by_id(writer, &row, &arena, &got, &err));
    sl_contract_row again = contract_of("a", "A");
    OK(sl_insert_contract(writer, &again, &err));
    /* The first may not come back to life while the second holds its place. */
    row.state = 1;
    GIVES(SL_EXISTS, sl_update_contract(writer, &row, &err));
    close_store();
}
END_TEST

START_TEST(references_must_lead_somewhere)
{
    open_store(_i);
    prepare_contracts();
    sl_contract_row row = contract_of("a", "A");
    row.producer = SL_STR("nobody");
    GIVES(SL_NOT_FOUND, sl_insert_contract(writer, &row, &err));
    row = contract_of("a", "A");
    row.subject = SL_STR("nothing-value");
    GIVES(SL_NOT_FOUND, sl_insert_contract(writer, &row, &err));
    row = contract_of("a", "A");
    OK(sl_insert_contract(writer, &row, &err));
    row.offered_to = SL_STR("nobody");
    GIVES(SL_NOT_FOUND, sl_update_contract(writer, &row, &err));
    sl_version_row version = {.subject = SL_STR("orders-value"),
                              .number = 1,
                              .schema_id = 9,
                              .created_by = SL_STR("admin")};
    GIVES(SL_NOT_FOUND, sl_insert_version(writer, &version, &err));
    sl_schema_row schema = schema_of(1);
    OK(sl_insert_schema(writer, &schema, &err));
    sl_schema_reference_row reference = {schema.id, 0, SL_STR("b.proto"), SL_STR("b.proto"), 1};
    GIVES(SL_NOT_FOUND, sl_insert_schema_reference(writer, &reference, &err));
    close_store();
}
END_TEST

/* --- scans ----------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    sl_scan scan;
    const char *subject;
    int64_t number;
    const char *want; /* subject and version of each row, in order */
} scans[] = {
    {"all_in_order", {0}, "", 0, "a1 a2 a3 b1 b2 c1 "},
    {"all_backwards", {.is_descending = true}, "", 0, "c1 b2 b1 a3 a2 a1 "},
    {"limited", {.limit = 2}, "", 0, "a1 a2 "},
    {"one_subject", {.equal_count = 1}, "b", 0, "b1 b2 "},
    {"one_subject_backwards", {.equal_count = 1, .is_descending = true, .limit = 1}, "a", 0, "a3 "},
    {"nothing_there", {.equal_count = 1}, "x", 0, ""},
    {"both_equal", {.equal_count = 2}, "a", 2, "a2 "},
    {"after", {.equal_count = 1, .bound = SL_SCAN_AFTER}, "a", 1, "a2 a3 "},
    {"from", {.equal_count = 1, .bound = SL_SCAN_FROM}, "a", 2, "a2 a3 "},
    {"before", {.equal_count = 1, .bound = SL_SCAN_AFTER, .is_descending = true}, "a", 3, "a2 a1 "},
    {"up_to", {.equal_count = 1, .bound = SL_SCAN_FROM, .is_descending = true}, "a", 2, "a2 a1 "},
    {"after_across_columns", {.bound = SL_SCAN_AFTER}, "a", 3, "b1 b2 c1 "},
    {"from_a_key_that_is_not_there", {.bound = SL_SCAN_FROM}, "aa", 0, "b1 b2 c1 "},
    {"before_across_columns",
     {.bound = SL_SCAN_AFTER, .is_descending = true},
     "b",
     2,
     "b1 a3 a2 a1 "},
    {"behind_the_last", {.bound = SL_SCAN_AFTER}, "c", 1, ""},
};

static void add_versions(void)
{
    static const struct {
        const char *subject;
        int64_t count;
    } subjects[] = {{"c", 1}, {"a", 3}, {"b", 2}};
    OK(sl_session_begin(writer, &err));
    uint8_t seed = 0;
    for (size_t i = 0; i < SL_ARRAY_LEN(subjects); i++) {
        add_subject(subjects[i].subject);
        for (int64_t number = subjects[i].count; number > 0; number--) {
            sl_schema_row schema = schema_of(seed += 2);
            OK(sl_insert_schema(writer, &schema, &err));
            sl_version_row row = {.subject = sl_str_from(subjects[i].subject),
                                  .number = number,
                                  .schema_id = schema.id,
                                  .created_by = SL_STR("admin")};
            OK(sl_insert_version(writer, &row, &err));
        }
    }
    OK(sl_session_commit(writer, &err));
}

START_TEST(scan_gives_rows_in_index_order)
{
    size_t at = (size_t)_i / TEMP_DRIVER_COUNT;
    open_store(_i % TEMP_DRIVER_COUNT);
    add_versions();
    sl_version_row key = {.subject = sl_str_from(scans[at].subject), .number = scans[at].number};
    sl_version_row *rows;
    size_t count;
    sl_scan scan = scans[at].scan;
    scan.key = &key;
    OK(sl_scan_version_by_number(writer, scan, &arena, &rows, &count, &err));
    sl_cleanup(sl_buf_done) sl_buf got = {0};
    for (size_t i = 0; i < count; i++)
        sl_buf_printf(&got, "%.*s%lld ", SL_STR_ARG(rows[i].subject), (long long)rows[i].number);
    ck_assert_msg(sl_str_is(sl_buf_str(&got), scans[at].want), "%s: got '%.*s'", scans[at].name,
                  SL_STR_ARG(sl_buf_str(&got)));
    close_store();
}
END_TEST

START_TEST(text_is_ordered_by_its_bytes)
{
    static const char *const names[] = {"B", "a", "a-", "a.b", "aB", "b", "\xc3\xa9"};
    open_store(_i);
    OK(sl_session_begin(writer, &err));
    for (size_t i = SL_ARRAY_LEN(names); i-- > 0;)
        add_producer(names[i]);
    sl_producer_row *rows;
    size_t count;
    OK(sl_scan_producer_by_name(writer, (sl_scan){0}, &arena, &rows, &count, &err));
    ck_assert_uint_eq(count, SL_ARRAY_LEN(names));
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(sl_str_is(rows[i].name, names[i]), "place %zu: '%.*s'", i,
                      SL_STR_ARG(rows[i].name));
    close_store();
}
END_TEST

START_TEST(impossible_scans_are_refused)
{
    open_store(_i);
    sl_rows rows;
    sl_version_row key = {.subject = SL_STR("a")};
    const sl_scan wrong[] = {
        {.index = SL_INDEX_version_by_number, .key = &key, .equal_count = 3},
        {.index = SL_INDEX_version_by_number, .equal_count = 1},
        {.index = SL_INDEX_version_by_number, .bound = SL_SCAN_FROM},
        {.index = SL_INDEX_version_by_number, .key = &key, .equal_count = 2, .bound = SL_SCAN_FROM},
    };
    for (size_t i = 0; i < SL_ARRAY_LEN(wrong); i++)
        GIVES(SL_INVALID, sl_row_scan(writer, &wrong[i], &arena, &rows, &err));
    sl_schema_row schema = schema_of(1), got;
    GIVES(SL_INVALID, sl_get_schema_by_normal(writer, &schema, &arena, &got, &err));
    close_store();
}
END_TEST

/* --- transactions ---------------------------------------------------------------------------- */

START_TEST(rollback_leaves_nothing)
{
    open_store(_i);
    OK(sl_session_begin(writer, &err));
    add_producer("kept");
    sl_schema_row schema = schema_of(1);
    OK(sl_insert_schema(writer, &schema, &err));
    OK(sl_session_commit(writer, &err));

    OK(sl_session_begin(writer, &err));
    add_producer("dropped");
    sl_producer_row kept = producer_of("kept");
    kept.team = SL_STR("changed");
    OK(sl_update_producer(writer, &kept, &err));
    sl_session_rollback(writer);
    ck_assert(!has_producer(writer, "dropped"));
    sl_producer_row got;
    OK(sl_get_producer_by_name(writer, &kept, &arena, &got, &err));
    ck_assert(got.team.data == NULL);
    close_store();
}
END_TEST

START_TEST(undo_takes_back_to_the_savepoint_and_no_further)
{
    open_store(_i);
    OK(sl_session_begin(writer, &err));
    add_producer("one");
    OK(sl_session_savepoint(writer, &err));
    add_producer("two");
    OK(sl_session_savepoint(writer, &err));
    add_producer("three");
    OK(sl_session_undo(writer, &err));
    ck_assert(has_producer(writer, "two") && !has_producer(writer, "three"));
    OK(sl_session_savepoint(writer, &err));
    add_producer("four");
    OK(sl_session_release(writer, &err));
    OK(sl_session_undo(writer, &err));
    ck_assert(has_producer(writer, "one") && !has_producer(writer, "two"));
    ck_assert(!has_producer(writer, "four"));
    OK(sl_session_commit(writer, &err));
    ck_assert(has_producer(writer, "one"));
    close_store();
}
END_TEST

/* Insert, update and remove over and over, undoing by a fixed pattern; at the end what was committed is there and nothing else. */
START_TEST(undo_restores_every_index)
{
    open_store(_i);
    OK(sl_session_begin(writer, &err));
    for (int i = 0; i < 200; i++) {
        char name[16];
        snprintf(name, sizeof name, "p%03d", (i * 37) % 200);
        OK(sl_session_savepoint(writer, &err));
        add_producer(name);
        sl_producer_row row = producer_of(name);
        row.generation = i + 2;
        OK(sl_update_producer(writer, &row, &err));
        OK(i % 3 == 0 ? sl_session_release(writer, &err) : sl_session_undo(writer, &err));
    }
    OK(sl_session_commit(writer, &err));
    sl_producer_row *rows;
    size_t count;
    OK(sl_scan_producer_by_name(writer, (sl_scan){0}, &arena, &rows, &count, &err));
    ck_assert_uint_eq(count, 67);
    for (size_t i = 0; i < count; i++) {
        sl_producer_row got;
        OK(sl_get_producer_by_name(writer, &rows[i], &arena, &got, &err));
        ck_assert_int_eq((got.generation - 2) % 3, 0);
        ck_assert(i == 0 || sl_str_compare(rows[i - 1].name, rows[i].name) < 0);
    }
    close_store();
}
END_TEST

START_TEST(a_failed_insert_leaves_the_transaction_as_it_was)
{
    open_store(_i);
    OK(sl_session_begin(writer, &err));
    add_producer("one");
    sl_producer_row again = producer_of("one");
    GIVES(SL_EXISTS, sl_insert_producer(writer, &again, &err));
    add_producer("two");
    OK(sl_session_commit(writer, &err));
    ck_assert(has_producer(writer, "one") && has_producer(writer, "two"));
    close_store();
}
END_TEST

START_TEST(calls_out_of_place_are_refused)
{
    open_store(_i);
    sl_session *second, *reader;
    GIVES(SL_CONFLICT, sl_session_open(store, SL_SESSION_WRITER, &second, &err));
    sl_producer_row row = producer_of("one");
    GIVES(SL_INVALID, sl_insert_producer(writer, &row, &err));
    GIVES(SL_INVALID, sl_session_commit(writer, &err));
    GIVES(SL_INVALID, sl_session_savepoint(writer, &err));
    OK(sl_session_begin(writer, &err));
    GIVES(SL_INVALID, sl_session_begin(writer, &err));
    GIVES(SL_INVALID, sl_session_undo(writer, &err));
    for (int i = 0; i < SL_SAVEPOINTS_MOST; i++)
        OK(sl_session_savepoint(writer, &err));
    GIVES(SL_LIMIT, sl_session_savepoint(writer, &err));
    sl_session_rollback(writer);
    sl_session_rollback(writer);
    OK(sl_session_open(store, SL_SESSION_READER, &reader, &err));
    OK(sl_session_begin(reader, &err));
    GIVES(SL_INVALID, sl_insert_producer(reader, &row, &err));
    sl_session_close(reader);
    sl_session_close(writer);
    OK(sl_session_open(store, SL_SESSION_WRITER, &writer, &err));
    close_store();
}
END_TEST

START_TEST(readers_see_what_is_committed)
{
    open_store(_i);
    sl_session *reader;
    OK(sl_session_open(store, SL_SESSION_READER, &reader, &err));
    ck_assert(!has_producer(reader, "one"));
    OK(sl_session_begin(writer, &err));
    add_producer("one");
    ck_assert(has_producer(writer, "one"));
    OK(sl_session_commit(writer, &err));
    ck_assert(has_producer(reader, "one"));
    OK(sl_session_begin(reader, &err));
    ck_assert(has_producer(reader, "one"));
    sl_session_rollback(reader);
    sl_session_close(reader);
    close_store();
}
END_TEST

START_TEST(a_store_of_an_unknown_kind_is_refused)
{
    static const char *const urls[] = {"",         "sqlite",  "oracle:x",
                                       "memory:x", "sqlite:", "sqlite::memory:"};
    sl_store *none = NULL;
    for (size_t i = 0; i < SL_ARRAY_LEN(urls); i++) {
        GIVES(SL_INVALID, sl_store_open(sl_str_from(urls[i]), &none, &err));
        ck_assert(none == NULL && err.text[0] != '\0');
    }
    GIVES(SL_IO, sl_store_open(SL_STR("sqlite:/no/such/folder/a.db"), &none, &err));
}
END_TEST

static Suite *store_suite(void)
{
    Suite *suite = suite_create("store");
    TCase *tcase = tcase_create("contract");
    tcase_add_loop_test(tcase, a_row_comes_back_as_it_was_written, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, large_and_empty_bytes_come_back, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, ids_count_from_one_and_are_drawn_by_the_store, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, update_replaces_all_columns, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, only_removable_rows_are_removed, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, immutable_rows_are_not_changed, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, at_most_one_live_contract, 0,
                        (int)SL_ARRAY_LEN(contract_pairs) * TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, retiring_moves_a_row_out_of_the_live_indexes, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, references_must_lead_somewhere, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, scan_gives_rows_in_index_order, 0,
                        (int)SL_ARRAY_LEN(scans) * TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, text_is_ordered_by_its_bytes, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, impossible_scans_are_refused, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, rollback_leaves_nothing, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, undo_takes_back_to_the_savepoint_and_no_further, 0,
                        TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, undo_restores_every_index, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, a_failed_insert_leaves_the_transaction_as_it_was, 0,
                        TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, calls_out_of_place_are_refused, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, readers_see_what_is_committed, 0, TEMP_DRIVER_COUNT);
    tcase_add_test(tcase, a_store_of_an_unknown_kind_is_refused);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(store_suite)
