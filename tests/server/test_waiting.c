/* tests/server/test_waiting.c: how many requests may wait, for a control thread or for a change.
 *
 * Each of the two bounds is filled by as many connections, and one more: that one is told at once (503), or answered at once (as if its time
 * were over), and whoever waited is served in the end. */
#include "server/http/http.h"
#include "tests/server/client.h"
#include "tests/support/tap_main.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/resource.h>

enum {
    CLIENTS_MOST = 1 + SL_MAX(SL_LIMIT_CONTROL_QUEUE, SL_LIMIT_PARKED_REQUESTS),
    FILES_NEEDED = 2 * CLIENTS_MOST + 100 /* both ends of each connection are in this process */
};

static sl_http *http;
static client clients[CLIENTS_MOST];
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static atomic_int entered;

/* Runs until the test opens the gate. */
static void pass_the_gate(sl_request *request, sl_response *response)
{
    (void)request;
    atomic_fetch_add(&entered, 1);
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    sl_buf_append_str(&response->body, SL_STR("through"));
}

static void wait_for_news(sl_request *request, sl_response *response)
{
    if (request->is_woken || request->is_expired) {
        sl_buf_append_str(&response->body, request->is_woken ? SL_STR("woken") : SL_STR("expired"));
        return;
    }
    response->park_until_ns = sl_clock_monotonic_ns() + (int64_t)600 * 1000000000;
    response->action = SL_RESPONSE_PARK;
}

static const sl_route routes[] = {
    {"gate", SL_METHOD_GET, "/gate", pass_the_gate, SL_ROUTE_CONTROL, 0, "", "text/plain",
     SL_BODY_NONE, "", ""},
    {"wait", SL_METHOD_GET, "/wait", wait_for_news, SL_ROUTE_CONTROL, 0, "", "text/plain",
     SL_BODY_NONE, "", ""},
};

static void refuse(sl_request *request, sl_refusal why, sl_str detail, sl_response *response)
{
    (void)request;
    (void)detail;
    response->status = why == SL_REFUSE_BUSY ? 503 : 400;
}

static void start(void)
{
    struct rlimit files;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &files), 0);
    files.rlim_cur = SL_MIN(files.rlim_max, (rlim_t)SL_MAX(files.rlim_cur, (rlim_t)FILES_NEEDED));
    ck_assert_msg(files.rlim_cur >= FILES_NEEDED,
                  "this test opens %d files; allow them: ulimit -Hn", FILES_NEEDED);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &files), 0);
    const sl_http_options options = {
        .routes = routes,
        .route_count = SL_ARRAY_LEN(routes),
        .refuse = refuse,
        .body_memory = 1 << 20,
        .address = "127.0.0.1:0",
        .threads = 2,
        .control_threads = 1,
        .connections = CLIENTS_MOST + 10,
        .idle_s = 600,
        .head_s = 600,
        .body_s = 600,
        .drain_s = 5,
    };
    sl_error err = {0};
    ck_assert_msg(sl_http_start(&options, &http, &err) == SL_OK, "%s", err.text);
}

static void ask(size_t first, size_t behind, const char *path)
{
    for (size_t i = first; i < behind; i++) {
        clients[i] = client_open(sl_http_port(http));
        client_send(&clients[i], "GET ");
        client_send(&clients[i], path);
        client_send(&clients[i], " HTTP/1.1\r\nHost: a\r\n\r\n");
    }
}

static void expect(size_t first, size_t behind, const char *body)
{
    for (size_t i = first; i < behind; i++) {
        int status = client_read(&clients[i]);
        ck_assert_msg(status == 200, "client %zu: got %d", i, status);
        ck_assert_str_eq(client_body(&clients[i]), body);
        client_close(&clients[i]);
    }
}

START_TEST(so_many_wait_for_a_control_thread)
{
    enum { RUNNING = 1, WAITING = SL_LIMIT_CONTROL_QUEUE };
    sl_http_stats stats = {0};
    start();
    pthread_mutex_lock(&gate);
    ask(0, RUNNING, "/gate");
    while (atomic_load(&entered) < RUNNING)
        sched_yield();
    ask(RUNNING, RUNNING + WAITING, "/gate");
    while (stats.control_queue < WAITING) {
        sched_yield();
        sl_http_get_stats(http, &stats);
    }
    client one_more = client_open(sl_http_port(http));
    ck_assert_int_eq(client_ask(&one_more, "GET /gate HTTP/1.1\r\nHost: a\r\n\r\n"), 503);
    ck_assert_str_eq(client_header(&one_more, "Retry-After"), "1");
    client_close(&one_more);
    pthread_mutex_unlock(&gate);
    expect(0, RUNNING + WAITING, "through");
    ck_assert_int_eq(atomic_load(&entered), RUNNING + WAITING);
    sl_http_stop(http);
}
END_TEST

START_TEST(so_many_wait_for_a_change)
{
    enum { WAITING = SL_LIMIT_PARKED_REQUESTS };
    start();
    ask(0, WAITING, "/wait");
    while (sl_http_parked(http) < WAITING)
        sched_yield();
    ask(WAITING, WAITING + 1, "/wait");
    expect(WAITING, WAITING + 1, "expired");
    ck_assert_uint_eq(sl_http_parked(http), WAITING);
    sl_http_wake(http);
    expect(0, WAITING, "woken");
    sl_http_stop(http);
}
END_TEST

static Suite *waiting_suite(void)
{
    Suite *suite = suite_create("waiting");
    TCase *tcase = tcase_create("bounds");
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, so_many_wait_for_a_control_thread);
    tcase_add_test(tcase, so_many_wait_for_a_change);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(waiting_suite)
