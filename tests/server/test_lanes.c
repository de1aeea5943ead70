/* tests/server/test_lanes.c: what takes long does not hold up what takes a moment, and who has a name not who has none.
 *
 * Heavy handlers here run until the test opens a gate, so the heavy lane is full for exactly as long as the test wants; nothing is measured in
 * time. Whoever is answered while the gate is shut has not waited behind it. */
#include "server/http/http.h"
#include "tests/server/client.h"
#include "tests/support/tap_main.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { HEAVY_THREADS = 3, CLIENTS_MOST = HEAVY_THREADS + SL_LIMIT_HEAVY_QUEUE + 1 };

static sl_http *http;
static client clients[CLIENTS_MOST];
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static atomic_int entered;

static void pass_the_gate(sl_request *request, sl_response *response)
{
    ck_assert(request->is_control);
    atomic_fetch_add(&entered, 1);
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    sl_buf_append_str(&response->body, SL_STR("through"));
}

static void hand_over(sl_request *request, sl_response *response)
{
    if (request->is_control)
        pass_the_gate(request, response);
    else
        response->action = SL_RESPONSE_HAND_OVER_HEAVY;
}

static void quick(sl_request *request, sl_response *response)
{
    ck_assert(request->is_control);
    sl_buf_append_str(&response->body, SL_STR("quick"));
}

static void straight(sl_request *request, sl_response *response)
{
    ck_assert(!request->is_control);
    sl_buf_append_str(&response->body, SL_STR("straight"));
}

#define ROW(path, handler, kind)                                                      \
    {                                                                                 \
        path, SL_METHOD_GET, "/" path, handler, SL_ROUTE_##kind, 0, "", "text/plain", \
            SL_BODY_NONE, "", ""                                                      \
    }
static const sl_route routes[] = {
    ROW("heavy", pass_the_gate, HEAVY),
    ROW("over", hand_over, INLINE),
    ROW("quick", quick, CONTROL),
    ROW("straight", straight, INLINE),
};

static bool admit(sl_request *request, sl_response *response)
{
    (void)response;
    request->is_anonymous = !sl_request_header(request, "Authorization").data;
    return true;
}

static void refuse(sl_request *request, sl_refusal why, sl_str detail, sl_response *response)
{
    (void)request;
    (void)detail;
    response->status = why == SL_REFUSE_BUSY ? 503 : 400;
}

static void start(void)
{
    const sl_http_options options = {
        .routes = routes,
        .route_count = SL_ARRAY_LEN(routes),
        .admit = admit,
        .refuse = refuse,
        .body_memory = 1 << 20,
        .address = "127.0.0.1:0",
        .threads = 2,
        .control_threads = 1,
        .heavy_threads = HEAVY_THREADS,
        .connections = CLIENTS_MOST + 10,
        .idle_s = 600,
        .head_s = 600,
        .body_s = 600,
        .drain_s = 5,
    };
    sl_error err = {0};
    atomic_store(&entered, 0);
    ck_assert_msg(sl_http_start(&options, &http, &err) == SL_OK, "%s", err.text);
    pthread_mutex_lock(&gate);
}

static void stop(void)
{
    sl_http_stop(http);
}

static void send_one(client *c, const char *path, bool is_named)
{
    *c = client_open(sl_http_port(http));
    client_send(c, "GET /");
    client_send(c, path);
    client_send(c, " HTTP/1.1\r\nHost: a\r\n");
    client_send(c, is_named ? "Authorization: Bearer me\r\n\r\n" : "\r\n");
}

static uint64_t heavy_queue(void)
{
    sl_http_stats stats = {0};
    sl_http_get_stats(http, &stats);
    return stats.heavy_queue;
}

/* So many run, and so many wait. */
static void await(int running, uint64_t waiting)
{
    while (atomic_load(&entered) != running || heavy_queue() != waiting)
        sched_yield();
}

static void expect_now(const char *path, const char *body)
{
    client c;
    send_one(&c, path, false);
    ck_assert_int_eq(client_read(&c), 200);
    ck_assert_str_eq(client_body(&c), body);
    client_close(&c);
}

static void expect_busy(const char *path, bool is_named)
{
    client c;
    send_one(&c, path, is_named);
    ck_assert_int_eq(client_read(&c), 503);
    ck_assert_str_eq(client_header(&c, "Retry-After"), "1");
    client_close(&c);
}

static void expect_through(size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(client_read(&clients[i]), 200);
        ck_assert_str_eq(client_body(&clients[i]), "through");
        client_close(&clients[i]);
    }
}

static const char *const heavy_paths[] = {"heavy", "over"};

START_TEST(a_full_heavy_lane_holds_nobody_up_who_is_quick)
{
    enum { WAITING = 5 };
    for (size_t i = 0; i < HEAVY_THREADS + WAITING; i++)
        send_one(&clients[i], heavy_paths[_i], true);
    await(HEAVY_THREADS, WAITING);
    expect_now("quick", "quick");
    expect_now("straight", "straight");
    await(HEAVY_THREADS, WAITING);
    pthread_mutex_unlock(&gate);
    expect_through(HEAVY_THREADS + WAITING);
}
END_TEST

START_TEST(callers_without_a_name_leave_one_thread)
{
    enum { ANONYMOUS = 7 };
    for (size_t i = 0; i < ANONYMOUS; i++)
        send_one(&clients[i], heavy_paths[_i], false);
    await(HEAVY_THREADS - 1, ANONYMOUS - (HEAVY_THREADS - 1));
    send_one(&clients[ANONYMOUS], heavy_paths[_i], true);
    await(HEAVY_THREADS, ANONYMOUS - (HEAVY_THREADS - 1));
    pthread_mutex_unlock(&gate);
    expect_through(ANONYMOUS + 1);
    ck_assert_int_eq(atomic_load(&entered), ANONYMOUS + 1);
}
END_TEST

START_TEST(so_many_wait_for_heavy_work)
{
    bool is_named = _i == 0;
    size_t running = is_named ? HEAVY_THREADS : HEAVY_THREADS - 1;
    size_t waiting = is_named ? SL_LIMIT_HEAVY_QUEUE : SL_LIMIT_ANONYMOUS_QUEUE;
    for (size_t i = 0; i < running; i++)
        send_one(&clients[i], "heavy", is_named);
    await((int)running, 0);
    for (size_t i = running; i < running + waiting; i++)
        send_one(&clients[i], "heavy", is_named);
    await((int)running, waiting);
    expect_busy("heavy", is_named);
    expect_busy("over", is_named);
    expect_now("quick", "quick");
    pthread_mutex_unlock(&gate);
    expect_through(running + waiting);
}
END_TEST

START_TEST(a_full_queue_without_names_takes_callers_with_one)
{
    size_t anonymous = HEAVY_THREADS - 1 + SL_LIMIT_ANONYMOUS_QUEUE;
    for (size_t i = 0; i < HEAVY_THREADS - 1; i++)
        send_one(&clients[i], "heavy", false);
    await(HEAVY_THREADS - 1, 0);
    for (size_t i = HEAVY_THREADS - 1; i < anonymous; i++)
        send_one(&clients[i], "heavy", false);
    await(HEAVY_THREADS - 1, SL_LIMIT_ANONYMOUS_QUEUE);
    expect_busy("heavy", false);
    send_one(&clients[anonymous], "heavy", true);
    await(HEAVY_THREADS, SL_LIMIT_ANONYMOUS_QUEUE);
    pthread_mutex_unlock(&gate);
    expect_through(anonymous + 1);
}
END_TEST

START_TEST(stopping_answers_what_waits_for_heavy_work)
{
    enum { COUNT = 6 };
    for (size_t i = 0; i < COUNT; i++)
        send_one(&clients[i], "heavy", i % 2 == 0);
    while (atomic_load(&entered) != HEAVY_THREADS || heavy_queue() != COUNT - HEAVY_THREADS)
        sched_yield();
    sl_http_drain(http);
    pthread_mutex_unlock(&gate);
    expect_through(COUNT);
}
END_TEST

static Suite *lanes_suite(void)
{
    Suite *suite = suite_create("lanes");
    TCase *tcase = tcase_create("lanes");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, a_full_heavy_lane_holds_nobody_up_who_is_quick, 0,
                        SL_ARRAY_LEN(heavy_paths));
    tcase_add_loop_test(tcase, callers_without_a_name_leave_one_thread, 0,
                        SL_ARRAY_LEN(heavy_paths));
    tcase_add_loop_test(tcase, so_many_wait_for_heavy_work, 0, 2);
    tcase_add_test(tcase, a_full_queue_without_names_takes_callers_with_one);
    tcase_add_test(tcase, stopping_answers_what_waits_for_heavy_work);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(lanes_suite)
