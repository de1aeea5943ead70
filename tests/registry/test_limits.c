/* tests/registry/test_limits.c: every limit of the registry is met: what it allows goes through, one more is refused, and the refusal
 * names the limit and its value.
 *
 * Where the limit is far away (ten thousand versions, a thousand waiting writes) the state just below it is put in place, and the last steps
 * are real. Payloads under the policy `live` are in test_judge.c, chains of imports in test_register.c. */
#include "registry/internal/core.h"
#include "tests/registry/fixture.h"
#include "tests/support/tap_main.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>

static fixture f;

static void names_the_limit(const char *name, long value)
{
    char part[64], number[24];
    snprintf(part, sizeof part, "limit %s", name);
    snprintf(number, sizeof number, "%ld", value);
    ck_assert_msg(strstr(f.problem.error.text, part) != NULL, "%s is not in: %s", part,
                  f.problem.error.text);
    ck_assert_msg(strstr(f.problem.error.text, number) != NULL, "%s is not in: %s", number,
                  f.problem.error.text);
}

static sl_str text_of(size_t len)
{
    char *text = sl_arena_alloc(&f.arena, len);
    ck_assert_ptr_nonnull(text);
    memset(text, 'x', len);
    return (sl_str){text, len};
}

/* --- names and texts ------------------------------------------------------------------------- */

static sl_status take_reason(sl_str text, sl_problem *problem)
{
    return sl_check_text("a reason", text, problem);
}

static const struct {
    const char *name;
    size_t most;
    sl_status (*check)(sl_str text, sl_problem *problem);
} texts[] = {
    {"PRODUCER_NAME_BYTES", SL_LIMIT_PRODUCER_NAME_BYTES, sl_check_producer_name},
    {"TOPIC_NAME_BYTES", SL_LIMIT_TOPIC_NAME_BYTES, sl_check_topic_name},
    {"SUBJECT_NAME_BYTES", SL_LIMIT_SUBJECT_NAME_BYTES, sl_check_subject_name},
    {"TEXT_BYTES", SL_LIMIT_TEXT_BYTES, take_reason},
};

START_TEST(a_text_has_so_many_bytes)
{
    f = (fixture){0};
    OK(&f, texts[_i].check(text_of(texts[_i].most), &f.problem));
    REFUSED(&f, INVALID, texts[_i].check(text_of(texts[_i].most + 1), &f.problem));
    names_the_limit(texts[_i].name, (long)texts[_i].most);
    sl_arena_done(&f.arena);
}
END_TEST

/* --- lists ----------------------------------------------------------------------------------- */

static void create_producers(size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char name[32];
        snprintf(name, sizeof name, "p%04zu", i);
        sl_producer made, given = {.name = sl_str_from(name)};
        OK(&f,
           sl_registry_producer_create(f.registry, &admin, &given, &f.arena, &made, &f.problem));
    }
}

START_TEST(a_page_has_so_many_items)
{
    sl_producers page;
    fixture_open_bare(&f, 0, NULL);
    create_producers(SL_LIMIT_PAGE_ITEMS + 1);
    OK(&f, sl_registry_producer_list(f.registry, (sl_page){.limit = SL_LIMIT_PAGE_ITEMS + 1},
                                     &f.arena, &page, &f.problem));
    ck_assert_uint_eq(page.count, SL_LIMIT_PAGE_ITEMS);
    sl_page rest = {.cursor = page.items[page.count - 1].name, .limit = SL_LIMIT_PAGE_ITEMS};
    OK(&f, sl_registry_producer_list(f.registry, rest, &f.arena, &page, &f.problem));
    ck_assert_uint_eq(page.count, 1);
    fixture_close(&f);
}
END_TEST

START_TEST(a_contract_has_so_many_co_producers)
{
    static sl_str names[SL_LIMIT_CO_PRODUCERS + 1];
    sl_contract contract, claim = {.topic = SL_STR("orders"), .co_producers = names};
    fixture_open(&f, _i);
    must_register(&f, "orders-value", make_file(&f, "a.proto", "A", "id:1:i"));
    create_producers(SL_ARRAY_LEN(names));
    for (size_t i = 0; i < SL_ARRAY_LEN(names); i++)
        names[i] = sl_arena_printf(&f.arena, "p%04zu", i);
    claim.co_producer_count = SL_ARRAY_LEN(names);
    REFUSED(&f, LIMIT,
            sl_registry_claim(f.registry, &checkout, &claim, &f.arena, &contract, &f.problem));
    names_the_limit("CO_PRODUCERS", SL_LIMIT_CO_PRODUCERS);
    claim.co_producer_count = SL_LIMIT_CO_PRODUCERS;
    OK(&f, sl_registry_claim(f.registry, &checkout, &claim, &f.arena, &contract, &f.problem));
    ck_assert_uint_eq(contract.co_producer_count, SL_LIMIT_CO_PRODUCERS);
    fixture_close(&f);
}
END_TEST

START_TEST(a_producer_has_so_many_tokens)
{
    const sl_token wanted = {.producer = SL_STR("checkout"), .name = SL_STR("t")};
    sl_new_token made;
    fixture_open(&f, _i);
    for (int i = 0; i < SL_LIMIT_PRODUCER_TOKENS; i++)
        OK(&f, sl_registry_token_create(f.registry, &admin, &wanted, &f.arena, &made, &f.problem));
    REFUSED(&f, LIMIT,
            sl_registry_token_create(f.registry, &admin, &wanted, &f.arena, &made, &f.problem));
    names_the_limit("PRODUCER_TOKENS", SL_LIMIT_PRODUCER_TOKENS);
    OK(&f,
       sl_registry_token_revoke(f.registry, &admin, SL_STR("checkout"), made.token.id, &f.problem));
    OK(&f, sl_registry_token_create(f.registry, &admin, &wanted, &f.arena, &made, &f.problem));
    fixture_close(&f);
}
END_TEST

START_TEST(a_contract_takes_no_larger_payloads)
{
    sl_contract contract,
        claim = {.topic = SL_STR("orders"), .max_payload_bytes = SL_LIMIT_PAYLOAD_BYTES + 1};
    fixture_open(&f, _i);
    must_register(&f, "orders-value", make_file(&f, "a.proto", "A", "id:1:i"));
    REFUSED(&f, INVALID,
            sl_registry_claim(f.registry, &checkout, &claim, &f.arena, &contract, &f.problem));
    names_the_limit("PAYLOAD_BYTES", SL_LIMIT_PAYLOAD_BYTES);
    claim.max_payload_bytes--;
    OK(&f, sl_registry_claim(f.registry, &checkout, &claim, &f.arena, &contract, &f.problem));
    fixture_close(&f);
}
END_TEST

/* --- registering ----------------------------------------------------------------------------- */

START_TEST(a_set_has_so_many_bytes)
{
    static const uint8_t byte;
    fixture_open(&f, 0);
    /* It is refused by its length, before a byte is read. */
    sl_bytes set = {&byte, (size_t)SL_LIMIT_SET_BYTES + 1};
    REFUSED(&f, LIMIT, register_set(&f, &admin, "s", set));
    names_the_limit("SET_BYTES", SL_LIMIT_SET_BYTES);
    fixture_close(&f);
}
END_TEST

/* A tree of imports, two a file; the root comes last. */
static sl_bytes make_tree(size_t count)
{
    static file_spec specs[SL_LIMIT_REGISTER_FILES + 1];
    ck_assert_uint_le(count, SL_ARRAY_LEN(specs));
    for (size_t i = 0; i < count; i++) {
        sl_str path = sl_arena_printf(&f.arena, "f%zu.proto%c", i, '\0');
        sl_str name = sl_arena_printf(&f.arena, "M%zu%c", i, '\0');
        sl_str both =
            sl_arena_printf(&f.arena, "f%zu.proto|f%zu.proto%c", 2 * i + 1, 2 * i + 2, '\0');
        sl_str one = sl_arena_printf(&f.arena, "f%zu.proto%c", 2 * i + 1, '\0');
        specs[count - 1 - i] = (file_spec){
            .path = path.data,
            .message = name.data,
            .fields = "a:1:i",
            .import = 2 * i + 2 < count   ? both.data
                      : 2 * i + 1 < count ? one.data
                                          : NULL,
        };
    }
    return make_set(&f, specs, count);
}

START_TEST(a_registration_stores_so_many_files)
{
    fixture_open(&f, 0);
    REFUSED(&f, LIMIT, register_set(&f, &admin, "s", make_tree(SL_LIMIT_REGISTER_FILES + 1)));
    names_the_limit("REGISTER_FILES", SL_LIMIT_REGISTER_FILES);
    OK(&f, register_set(&f, &admin, "s", make_tree(SL_LIMIT_REGISTER_FILES)));
    fixture_close(&f);
}
END_TEST

/* The last number but one of subject s, under the schema of another subject. */
static sl_status insert_late_version(sl_tx *tx, void *context, sl_problem *problem)
{
    sl_version_row key = {.subject = SL_STR("other"), .number = 1}, row;
    (void)context;
    (void)problem;
    SL_TRY(sl_get_version_by_number(tx->session, &key, tx->arena, &row, NULL));
    row.subject = SL_STR("s");
    row.number = SL_LIMIT_SUBJECT_VERSIONS - 1;
    return sl_insert_version(tx->session, &row, NULL);
}

START_TEST(a_subject_has_so_many_versions)
{
    fixture_open(&f, _i);
    must_register(&f, "s", make_file(&f, "a.proto", "A", "id:1:i"));
    must_register(&f, "other", make_file(&f, "a.proto", "A", "id:1:i b:2:i"));
    OK(&f, sl_writer_run(f.registry, insert_late_version, NULL, &f.problem));
    sl_bytes last = make_file(&f, "a.proto", "A", "id:1:i b:2:i c:3:i");
    ck_assert_int_eq(must_register(&f, "s", last), SL_LIMIT_SUBJECT_VERSIONS);
    sl_bytes one_more = make_file(&f, "a.proto", "A", "id:1:i b:2:i c:3:i d:4:i");
    REFUSED(&f, LIMIT, register_set(&f, &admin, "s", one_more));
    names_the_limit("SUBJECT_VERSIONS", SL_LIMIT_SUBJECT_VERSIONS);
    ck_assert_int_eq(must_register(&f, "s", last), SL_LIMIT_SUBJECT_VERSIONS);
    fixture_close(&f);
}
END_TEST

/* A driver whose subjects have moved whenever the writer looks. */
static const sl_store_ops *real_ops;
static int restless_looks;

static sl_status restless_get(sl_session *session, sl_index_id index, const void *key,
                              sl_arena *arena, void *ret_row, sl_error *err)
{
    SL_TRY(real_ops->get(session, index, key, arena, ret_row, err));
    if (index == SL_INDEX_subject_by_name && session->kind == SL_SESSION_WRITER &&
        restless_looks > 0) {
        ((sl_subject_row *)ret_row)->generation += restless_looks;
        restless_looks--;
    }
    return SL_OK;
}

static const struct {
    int moves;
    bool fits;
} restless[] = {
    {SL_LIMIT_REGISTER_ATTEMPTS - 1, true},
    {SL_LIMIT_REGISTER_ATTEMPTS, false},
};

START_TEST(a_registration_is_tried_so_often)
{
    fixture_open(&f, 0);
    must_register(&f, "s", make_file(&f, "a.proto", "A", "id:1:i"));
    sl_store *store = f.registry->store;
    real_ops = store->ops;
    sl_store_ops ops = *real_ops;
    ops.get = restless_get;
    restless_looks = restless[_i].moves;
    store->ops = &ops;
    sl_bytes next = make_file(&f, "a.proto", "A", "id:1:i b:2:i");
    if (restless[_i].fits)
        OK(&f, register_set(&f, &admin, "s", next));
    else
        REFUSED(&f, BUSY, register_set(&f, &admin, "s", next));
    store->ops = real_ops;
    ck_assert_int_eq(restless_looks, 0);
    if (!restless[_i].fits)
        names_the_limit("REGISTER_ATTEMPTS", SL_LIMIT_REGISTER_ATTEMPTS);
    fixture_close(&f);
}
END_TEST

/* --- writing --------------------------------------------------------------------------------- */

enum { WRITERS = SL_LIMIT_WRITE_BATCH + 4 };

static atomic_bool is_held_up;
static atomic_int failed_count;

static sl_status do_nothing(sl_tx *tx, void *context, sl_problem *problem)
{
    (void)tx;
    (void)context;
    (void)problem;
    return SL_OK;
}

/* Holds the writer up until `*context` jobs wait behind it. */
static sl_status hold_up(sl_tx *tx, void *context, sl_problem *problem)
{
    const uint32_t *wanted = context;
    sl_writer *writer = &tx->registry->writer;
    (void)problem;
    atomic_store(&is_held_up, true);
    for (uint32_t waiting = 0; waiting < *wanted; sched_yield()) {
        pthread_mutex_lock(&writer->lock);
        waiting = writer->job_count;
        pthread_mutex_unlock(&writer->lock);
    }
    return SL_OK;
}

static void *hold_up_writer(void *wanted)
{
    if (sl_writer_run(f.registry, hold_up, wanted, NULL) != SL_OK)
        atomic_fetch_add(&failed_count, 1);
    return NULL;
}

static void *write_nothing(void *unused)
{
    (void)unused;
    if (sl_writer_run(f.registry, do_nothing, NULL, NULL) != SL_OK)
        atomic_fetch_add(&failed_count, 1);
    return NULL;
}

START_TEST(so_many_writes_share_a_transaction)
{
    static pthread_t threads[WRITERS];
    pthread_t holder;
    uint32_t wanted = WRITERS;
    sl_registry_stats before, after;
    fixture_open(&f, 0);
    is_held_up = false;
    failed_count = 0;
    sl_registry_get_stats(f.registry, &before);
    ck_assert_int_eq(pthread_create(&holder, NULL, hold_up_writer, &wanted), 0);
    while (!atomic_load(&is_held_up))
        sched_yield();
    for (size_t i = 0; i < WRITERS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, write_nothing, NULL), 0);
    for (size_t i = 0; i < WRITERS; i++)
        pthread_join(threads[i], NULL);
    pthread_join(holder, NULL);
    ck_assert_int_eq(failed_count, 0);
    sl_registry_get_stats(f.registry, &after);
    ck_assert_uint_eq(after.write_jobs - before.write_jobs, 1 + WRITERS);
    /* The holder's own, a full one, and the rest. */
    ck_assert_uint_eq(after.write_transactions - before.write_transactions, 3);
    fixture_close(&f);
}
END_TEST

START_TEST(so_many_writes_wait)
{
    fixture_open(&f, _i);
    sl_writer *writer = &f.registry->writer;
    pthread_mutex_lock(&writer->lock);
    writer->job_count += SL_LIMIT_WRITE_QUEUE;
    pthread_mutex_unlock(&writer->lock);
    REFUSED(&f, BUSY, sl_writer_run(f.registry, do_nothing, NULL, &f.problem));
    names_the_limit("WRITE_QUEUE", SL_LIMIT_WRITE_QUEUE);
    pthread_mutex_lock(&writer->lock);
    writer->job_count -= SL_LIMIT_WRITE_QUEUE;
    pthread_mutex_unlock(&writer->lock);
    OK(&f, sl_writer_run(f.registry, do_nothing, NULL, &f.problem));
    fixture_close(&f);
}
END_TEST

static Suite *limits_suite(void)
{
    Suite *suite = suite_create("limits");
    TCase *tcase = tcase_create("lists");
    tcase_add_loop_test(tcase, a_text_has_so_many_bytes, 0, SL_ARRAY_LEN(texts));
    tcase_add_test(tcase, a_page_has_so_many_items);
    tcase_add_loop_test(tcase, a_contract_has_so_many_co_producers, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, a_producer_has_so_many_tokens, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, a_contract_takes_no_larger_payloads, 0, TEMP_DRIVER_COUNT);
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("registering");
    tcase_add_test(tcase, a_set_has_so_many_bytes);
    tcase_add_test(tcase, a_registration_stores_so_many_files);
    tcase_add_loop_test(tcase, a_subject_has_so_many_versions, 0, TEMP_DRIVER_COUNT);
    tcase_add_loop_test(tcase, a_registration_is_tried_so_often, 0, SL_ARRAY_LEN(restless));
    suite_add_tcase(suite, tcase);
    tcase = tcase_create("writing");
    tcase_add_test(tcase, so_many_writes_share_a_transaction);
    tcase_add_loop_test(tcase, so_many_writes_wait, 0, TEMP_DRIVER_COUNT);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(limits_suite)
