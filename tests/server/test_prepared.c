/* tests/server/test_prepared.c: a prepared answer is sent whole, even if its owner replaces it while it is on its way.
 *
 * One thread serves. A client asks for a prepared answer that is larger than the sockets' buffers and does not read; a second client's request then
 * makes the owner free it and write over its memory. What the first reads afterwards must be what it was answered. A library object
 * shared by all answers keeps itself alive; an answer that carries headers of its own (X-Request-Id), or that ends its connection because the
 * server stops, is built from a copy. Once the copy was missing. */
#include "server/http/http.h"
#include "tests/server/client.h"
#include "tests/support/tap_main.h"

#include <sys/socket.h>

enum { ANSWER_BYTES = 24 << 20 };

static sl_http *http;
static sl_prepared *prepared;
static char *text;

static void prepare(char letter)
{
    sl_prepared_free(prepared);
    memset(text, letter, ANSWER_BYTES);
    prepared = sl_prepared_new(200, "text/plain", (sl_str){text, ANSWER_BYTES});
    ck_assert_ptr_nonnull(prepared);
}

static void get(sl_request *request, sl_response *response)
{
    (void)request;
    response->prepared = prepared;
}

/* The owner's change, on the thread that also sends the answer: as a contract that is amended meanwhile. */
static void replace(sl_request *request, sl_response *response)
{
    (void)request;
    prepare('n');
    response->status = 204;
}

static void refuse(sl_request *request, sl_refusal why, sl_str detail, sl_response *response)
{
    (void)request;
    (void)why;
    (void)detail;
    response->status = 400;
}

static const sl_route routes[] = {
    {"get", SL_METHOD_GET, "/", get, SL_ROUTE_INLINE, 0, "", "text/plain", SL_BODY_NONE, "", ""},
    {"replace", SL_METHOD_GET, "/replace", replace, SL_ROUTE_INLINE, 0, "", "text/plain",
     SL_BODY_NONE, "", ""},
};

static void start(void)
{
    const sl_http_options options = {
        .routes = routes,
        .route_count = SL_ARRAY_LEN(routes),
        .refuse = refuse,
        .address = "127.0.0.1:0",
        .threads = 1,
        .control_threads = 1,
        .connections = 10,
        .idle_s = 60,
        .head_s = 60,
        .body_s = 60,
        .drain_s = 5,
    };
    sl_error err = {0};
    text = sl_alloc(ANSWER_BYTES);
    ck_assert_ptr_nonnull(text);
    prepare('o');
    ck_assert_msg(sl_http_start(&options, &http, &err) == SL_OK, "%s", err.text);
}

static void stop(void)
{
    sl_http_stop(http);
    sl_prepared_free(prepared);
    prepared = NULL;
    sl_free(text);
}

static const struct {
    const char *name, *request, *header, *value;
} cases[] = {
    {"as_it_is", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "X-Request-Id", ""},
    {"with_the_id_of_the_request", "GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: r1\r\n\r\n",
     "X-Request-Id", "r1"},
};

START_TEST(an_answer_on_its_way_is_not_its_owners_any_more)
{
    client slow = client_open(sl_http_port(http)), other = client_open(sl_http_port(http));
    char first;
    client_send(&slow, cases[_i].request);
    ck_assert_int_eq(recv(slow.fd, &first, 1, MSG_PEEK), 1); /* the answer has begun */
    ck_assert_int_eq(client_ask(&other, "GET /replace HTTP/1.1\r\nHost: a\r\n\r\n"), 204);
    ck_assert_int_eq(client_read(&slow), 200);
    ck_assert_str_eq(client_header(&slow, cases[_i].header), cases[_i].value);
    ck_assert_uint_eq(slow.body.len, ANSWER_BYTES);
    size_t own = strspn(client_body(&slow), "o");
    ck_assert_msg(own == ANSWER_BYTES, "%s: byte %zu is not of this answer", cases[_i].name, own);
    ck_assert_int_eq(client_ask(&other, cases[_i].request), 200);
    ck_assert_int_eq(client_body(&other)[ANSWER_BYTES - 1], 'n');
    client_close(&slow);
    client_close(&other);
}
END_TEST

static Suite *prepared_suite(void)
{
    Suite *suite = suite_create("prepared");
    TCase *tcase = tcase_create("owner");
    tcase_add_checked_fixture(tcase, start, stop);
    tcase_add_loop_test(tcase, an_answer_on_its_way_is_not_its_owners_any_more, 0,
                        SL_ARRAY_LEN(cases));
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(prepared_suite)
