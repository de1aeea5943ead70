/* tests/server/test_http.c: the HTTP room over real sockets, with a table of routes of its own.
 *
 * The registry is not here: each handler does one thing that a real one may do (answer at once, block, hand itself over, park). What is
 * expected of HTTP is RFC 9110 and 9112. */
#include "server/http/http.h"
#include "tests/server/client.h"
#include "tests/support/tap_main.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum { PAYLOAD_LIMIT = 5000 };

static sl_http *http;
static atomic_int handlers_running, scratches, control_runs;
static sl_prepared *prepared;

static void answer_text(sl_response *response, sl_str text)
{
    response->content_type = "text/plain";
    sl_buf_append_str(&response->body, text);
}

static void livez(sl_request *request, sl_response *response)
{
    (void)request;
    answer_text(response, SL_STR("alive"));
}

/* name, query, body, and whether the slop can be read. */
static void echo(sl_request *request, sl_response *response)
{
    volatile uint8_t sum = 0;
    for (size_t i = 0; i < 64; i++)
        sum = (uint8_t)(sum + request->body.data[request->body.len + i]);
    answer_text(response, request->params[0]);
    sl_buf_append_byte(&response->body, '|');
    sl_buf_append_str(&response->body, sl_request_query(request, "q"));
    sl_buf_append_byte(&response->body, '|');
    sl_buf_append_str(&response->body, sl_bytes_str(request->body));
}

static void control(sl_request *request, sl_response *response)
{
    atomic_fetch_add(&control_runs, 1);
    response->status = 201;
    answer_text(response, request->is_control ? SL_STR("control") : SL_STR("worker"));
}

static void hand_over(sl_request *request, sl_response *response)
{
    if (!request->is_control) {
        response->action = SL_RESPONSE_HAND_OVER;
        return;
    }
    answer_text(response, sl_bytes_str(request->body));
}

static void wait_for_news(sl_request *request, sl_response *response)
{
    if (request->is_woken || request->is_expired) {
        answer_text(response, request->is_woken ? SL_STR("woken") : SL_STR("expired"));
        return;
    }
    bool is_short = sl_str_is(sl_request_query(request, "for"), "moment");
    response->park_until_ns = sl_clock_monotonic_ns() + (is_short ? 0 : (int64_t)60000000000);
    response->action = SL_RESPONSE_PARK;
}

static void constant(sl_request *request, sl_response *response)
{
    (void)request;
    response->prepared = prepared;
}

#define ANY_TEXT "text/plain"
static const sl_route routes[] = {
    {"livez", SL_METHOD_GET, "/livez", livez, SL_ROUTE_INLINE, 0, "", ANY_TEXT, SL_BODY_NONE, "",
     ""},
    {"echo", SL_METHOD_POST, "/echo/{name}", echo, SL_ROUTE_INLINE, 0, "text/plain,*", ANY_TEXT,
     SL_BODY_PAYLOAD, "q", ""},
    {"put", SL_METHOD_PUT, "/echo/{name}", echo, SL_ROUTE_INLINE, 0, "application/json", ANY_TEXT,
     SL_BODY_PAYLOAD, "q", ""},
    {"patch", SL_METHOD_PATCH, "/echo/{name}", echo, SL_ROUTE_INLINE, 0, "application/json",
     ANY_TEXT, SL_BODY_PAYLOAD, "", ""},
    {"literal", SL_METHOD_GET, "/echo/literal", livez, SL_ROUTE_INLINE, 0, "", ANY_TEXT,
     SL_BODY_NONE, "", ""},
    {"control", SL_METHOD_POST, "/control", control, SL_ROUTE_CONTROL, 0, "*", ANY_TEXT,
     SL_BODY_SMALL, "", ""},
    {"hand_over", SL_METHOD_POST, "/over", hand_over, SL_ROUTE_INLINE, 0, "*", ANY_TEXT,
     SL_BODY_SMALL, "", ""},
    {"wait", SL_METHOD_GET, "/wait", wait_for_news, SL_ROUTE_CONTROL, 0, "", ANY_TEXT, SL_BODY_NONE,
     "for", ""},
    {"constant", SL_METHOD_POST, "/constant", constant, SL_ROUTE_INLINE, 0, "*", ANY_TEXT,
     SL_BODY_PAYLOAD, "", ""},
    {"secret", SL_METHOD_POST, "/secret", livez, SL_ROUTE_INLINE, 1, "*", ANY_TEXT, SL_BODY_PAYLOAD,
     "", ""},
};

static bool admit(sl_request *request, sl_response *response)
{
    if (request->route->auth == 0)
        return true;
    response->status = 401;
    answer_text(response, SL_STR("who?"));
    return false;
}

static void refuse(sl_request *request, sl_refusal why, sl_str detail, sl_response *response)
{
    static const int statuses[] = {
        [SL_REFUSE_PATH] = 400,        [SL_REFUSE_QUERY] = 400,    [SL_REFUSE_FRAMING] = 400,
        [SL_REFUSE_NO_ROUTE] = 404,    [SL_REFUSE_METHOD] = 405,   [SL_REFUSE_ACCEPT] = 406,
        [SL_REFUSE_TOO_LARGE] = 413,   [SL_REFUSE_TARGET] = 414,   [SL_REFUSE_MEDIA_TYPE] = 415,
        [SL_REFUSE_HEAD] = 431,        [SL_REFUSE_CODING] = 501,   [SL_REFUSE_BUSY] = 503,
        [SL_REFUSE_BODY_MEMORY] = 503, [SL_REFUSE_DRAINING] = 503,
    };
    (void)request;
    response->status = statuses[why];
    answer_text(response, detail);
}

static void *scratch_new(void *context)
{
    (void)context;
    atomic_fetch_add(&scratches, 1);
    return sl_alloc(1);
}

static void scratch_free(void *scratch)
{
    atomic_fetch_sub(&scratches, 1);
    sl_free(scratch);
}

static void done(void *context, void *scratch, const sl_http_event *event)
{
    (void)context;
    (void)event;
    ck_assert_ptr_nonnull(scratch);
    atomic_fetch_add(&handlers_running, 1);
}

static sl_http_options usual_options(void)
{
    return (sl_http_options){
        .routes = routes,
        .route_count = SL_ARRAY_LEN(routes),
        .admit = admit,
        .refuse = refuse,
        .scratch_new = scratch_new,
        .scratch_free = scratch_free,
        .done = done,
        .body_limits = {0, 1000, 1000, PAYLOAD_LIMIT, 1000},
        .body_slop = 64,
        .body_memory = 1 << 20,
        .address = "127.0.0.1:0",
        .threads = 2,
        .control_threads = 2,
        .connections = 100,
        .idle_s = 30,
        .head_s = 30,
        .body_s = 60,
        .drain_s = 5,
    };
}

static void start_with(const sl_http_options *options)
{
    sl_error err = {0};
    prepared = sl_prepared_new(200, "text/plain", SL_STR("prepared"));
    ck_assert_ptr_nonnull(prepared);
    ck_assert_msg(sl_http_start(options, &http, &err) == SL_OK, "%s", err.text);
}

static void start(void)
{
    sl_http_options options = usual_options();
    start_with(&options);
}

static void stop(void)
{
    sl_http_stop(http);
    http = NULL;
    sl_prepared_free(prepared);
    ck_assert_int_eq(atomic_load(&scratches), 0);
}

/* --- one request, one answer ----------------------------------------------------------------- */

static const struct {
    const char *name, *request;
    int status;
    const char *header, *value; /* expected of the answer; NULL: any */
    const char *body;           /* NULL: any */
} cases[] = {
    {"get", "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n", 200, "Content-Type", "text/plain", "alive"},
    {"unknown_path_is_404", "GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n", 404, NULL, NULL, NULL},
    {"trailing_slash_is_another_path", "GET /livez/ HTTP/1.1\r\nHost: a\r\n\r\n", 404, NULL, NULL,
     NULL},
    {"empty_parameter_is_404", "POST /echo/ HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 404,
     NULL, NULL, NULL},
    {"wrong_method_is_405_with_allow", "DELETE /echo/x HTTP/1.1\r\nHost: a\r\n\r\n", 405, "Allow",
     "POST, PUT, PATCH, OPTIONS", NULL},
    {"unknown_method_is_405", "BREW /livez HTTP/1.1\r\nHost: a\r\n\r\n", 405, "Allow",
     "GET, HEAD, OPTIONS", NULL},
    {"options_lists_methods", "OPTIONS /livez HTTP/1.1\r\nHost: a\r\n\r\n", 204, "Allow",
     "GET, HEAD, OPTIONS", ""},
    {"post_echoes",
     "POST /echo/x?q=1 HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc",
     200, NULL, NULL, "x|1|abc"},
    {"content_type_parameters_are_ignored",
     "POST /echo/x HTTP/1.1\r\nHost: a\r\nContent-Type: Text/Plain; charset=utf-8\r\nContent-Length: 3\r\n\r\nabc",
     200, NULL, NULL, "x||abc"},
    {"body_without_type_where_taken",
     "POST /echo/x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na", 200, NULL, NULL, "x||a"},
    {"body_without_type_where_not_taken_is_415",
     "PUT /echo/x HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na", 415, NULL, NULL, NULL},
    {"wrong_type_is_415",
     "POST /echo/x HTTP/1.1\r\nHost: a\r\nContent-Type: image/png\r\nContent-Length: 1\r\n\r\na",
     415, NULL, NULL, "Content-Type 'image/png' is not taken here; take one of: text/plain,*"},
    {"empty_body_needs_no_type", "PUT /echo/x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
     200, NULL, NULL, "x||"},
    {"unacceptable_is_406", "GET /livez HTTP/1.1\r\nHost: a\r\nAccept: image/png\r\n\r\n", 406,
     NULL, NULL, "this path answers with text/plain"},
    {"acceptable_by_range",
     "GET /livez HTTP/1.1\r\nHost: a\r\nAccept: image/png, text/*;q=0.1\r\n\r\n", 200, NULL, NULL,
     "alive"},
    {"escaped_slash_is_no_border",
     "POST /echo/a%2Fb HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 200, NULL, NULL, "a/b||"},
    {"escapes_are_decoded_once",
     "POST /echo/a%252Fb HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 200, NULL, NULL,
     "a%2Fb||"},
    {"literal_segments_may_be_escaped", "GET /liv%65z HTTP/1.1\r\nHost: a\r\n\r\n", 200, NULL, NULL,
     "alive"},
    {"literal_goes_before_parameter", "GET /echo/literal HTTP/1.1\r\nHost: a\r\n\r\n", 200, NULL,
     NULL, "alive"},
    {"bad_escape_is_400", "POST /echo/a%2 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 400,
     NULL, NULL, NULL},
    {"bad_hex_is_400", "POST /echo/a%zz HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 400,
     NULL, NULL, NULL},
    {"escaped_nul_is_400", "POST /echo/a%00 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 400,
     NULL, NULL, NULL},
    {"escaped_invalid_utf8_is_400",
     "POST /echo/%c3%28 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 400, NULL, NULL, NULL},
    {"bad_escape_on_unknown_path_is_400", "GET /no/such/%GG HTTP/1.1\r\nHost: a\r\n\r\n", 400, NULL,
     NULL, NULL},
    {"bad_escape_in_query_is_400",
     "POST /echo/x?q=%2 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 400, NULL, NULL, NULL},
    {"plus_in_query_is_space",
     "POST /echo/a+b?q=a+b%2B HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 200, NULL, NULL,
     "a+b|a b+|"},
    {"unknown_query_parameter_is_400",
     "POST /echo/x?w=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 400, NULL, NULL,
     "there is no query parameter 'w' here; known are: q"},
    {"repeated_query_parameter_is_400",
     "POST /echo/x?q=1&q=2 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 400, NULL, NULL,
     NULL},
    {"body_where_none_is_taken_is_413",
     "GET /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na", 413, NULL, NULL,
     "no body is taken here"},
    {"chunked_body",
     "POST /echo/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
     200, NULL, NULL, "x||abcde"},
    {"refused_before_the_body", "POST /secret HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
     401, NULL, NULL, "who?"},
    {"control_thread_answers", "POST /control HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
     201, NULL, NULL, "control"},
    {"worker_hands_over", "POST /over HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody", 200,
     NULL, NULL, "body"},
    {"prepared_answer", "POST /constant HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", 200,
     "Content-Type", "text/plain", "prepared"},
    {"prepared_answer_with_id",
     "POST /constant HTTP/1.1\r\nHost: a\r\nX-Request-Id: r1\r\nContent-Length: 0\r\n\r\n", 200,
     "X-Request-Id", "r1", "prepared"},
    {"request_id_is_echoed", "GET /livez HTTP/1.1\r\nHost: a\r\nX-Request-Id: abc-123\r\n\r\n", 200,
     "X-Request-Id", "abc-123", "alive"},
    {"expired_wait_is_run_again", "GET /wait?for=moment HTTP/1.1\r\nHost: a\r\n\r\n", 200, NULL,
     NULL, "expired"},
    {"no_host_is_400", "GET /livez HTTP/1.1\r\n\r\n", 400, NULL, NULL, NULL},
    {"no_http_ends_the_connection", "hello\r\n\r\n", 0, NULL, NULL, NULL},
};

START_TEST(answers)
{
    client c = client_open(sl_http_port(http));
    int status = client_ask(&c, cases[_i].request);
    ck_assert_msg(status == cases[_i].status, "%s: got %d %s", cases[_i].name, status,
                  client_body(&c));
    if (cases[_i].header) {
        const char *value = client_header(&c, cases[_i].header);
        ck_assert_msg(strcmp(value, cases[_i].value) == 0, "%s: got '%s'", cases[_i].name, value);
    }
    if (cases[_i].body)
        ck_assert_msg(strcmp(client_body(&c), cases[_i].body) == 0, "%s: got '%s'", cases[_i].name,
                      client_body(&c));
    client_close(&c);
}
END_TEST

/* --- connections ----------------------------------------------------------------------------- */

START_TEST(a_connection_is_kept_through_refusals)
{
    client c = client_open(sl_http_port(http));
    for (size_t i = 0; i < SL_ARRAY_LEN(cases); i++) {
        if (strstr(cases[i].name, "no_ht") || strstr(cases[i].name, "no_host"))
            continue;
        int status = client_ask(&c, cases[i].request);
        ck_assert_msg(status == cases[i].status, "%s: got %d", cases[i].name, status);
    }
    client_close(&c);
}
END_TEST

START_TEST(pipelined_requests_are_answered_in_order)
{
    client c = client_open(sl_http_port(http));
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    enum { COUNT = 100 };
    for (int i = 0; i < COUNT; i++)
        sl_buf_printf(&text, "POST /%s HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n%03d",
                      i % 3 == 0 ? "over" : "echo/x", i);
    client_send_bytes(&c, text.data, text.len);
    for (int i = 0; i < COUNT; i++) {
        char want[16];
        ck_assert_int_eq(client_read(&c), 200);
        snprintf(want, sizeof want, "%s%03d", i % 3 == 0 ? "" : "x||", i);
        ck_assert_str_eq(client_body(&c), want);
    }
    client_close(&c);
}
END_TEST

START_TEST(head_has_the_length_and_no_body)
{
    client c = client_open(sl_http_port(http));
    c.is_head = true;
    ck_assert_int_eq(client_ask(&c, "HEAD /livez HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
    ck_assert_str_eq(client_header(&c, "Content-Length"), "5");
    ck_assert_int_eq(client_ask(&c, "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
    ck_assert_str_eq(client_body(&c), "alive");
    client_close(&c);
}
END_TEST

START_TEST(generated_request_ids_differ)
{
    char first[64];
    client c = client_open(sl_http_port(http));
    client_ask(&c, "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n");
    snprintf(first, sizeof first, "%s", client_header(&c, "X-Request-Id"));
    ck_assert_uint_gt(strlen(first), 8);
    /* One that could break a header or a log line is not taken over. */
    client_ask(&c, "GET /livez HTTP/1.1\r\nHost: a\r\nX-Request-Id: a b\r\n\r\n");
    ck_assert_str_ne(client_header(&c, "X-Request-Id"), first);
    ck_assert_str_ne(client_header(&c, "X-Request-Id"), "a b");
    client_close(&c);
}
END_TEST

/* --- sizes ----------------------------------------------------------------------------------- */

static void send_body(client *c, size_t len)
{
    sl_cleanup(sl_buf_done) sl_buf body = {0};
    char *to = sl_buf_reserve(&body, len);
    memset(to, 'x', len);
    client_send_bytes(c, to, len);
}

START_TEST(body_of_the_limit_is_taken)
{
    client c = client_open(sl_http_port(http));
    char head[128];
    snprintf(head, sizeof head, "POST /echo/x HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n",
             PAYLOAD_LIMIT);
    client_send(&c, head);
    send_body(&c, PAYLOAD_LIMIT);
    ck_assert_int_eq(client_read(&c), 200);
    ck_assert_uint_eq(c.body.len, PAYLOAD_LIMIT + 3);
    client_close(&c);
}
END_TEST

START_TEST(larger_body_is_413_and_the_connection_lives)
{
    client c = client_open(sl_http_port(http));
    char head[128];
    snprintf(head, sizeof head, "POST /echo/x HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n",
             PAYLOAD_LIMIT + 1);
    client_send(&c, head);
    send_body(&c, PAYLOAD_LIMIT + 1);
    ck_assert_int_eq(client_read(&c), 413);
    ck_assert_str_eq(client_body(&c), "at most 5000 bytes are taken here");
    ck_assert_int_eq(client_ask(&c, "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
    client_close(&c);
}
END_TEST

START_TEST(huge_body_is_refused_before_it_is_read)
{
    client c = client_open(sl_http_port(http));
    ck_assert_int_eq(client_ask(&c, "POST /echo/x HTTP/1.1\r\nHost: a\r\n"
                                    "Content-Length: 1073741824\r\n\r\n"),
                     413);
    ck_assert(client_at_end(&c));
    client_close(&c);
}
END_TEST

START_TEST(expectation_of_a_large_body_is_refused_at_once)
{
    client c = client_open(sl_http_port(http));
    ck_assert_int_eq(client_ask(&c, "POST /echo/x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                                    "Content-Length: 6000\r\n\r\n"),
                     413);
    client_close(&c);
}
END_TEST

START_TEST(expectation_of_a_good_body_is_continued)
{
    client c = client_open(sl_http_port(http));
    client_send(&c, "POST /echo/x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                    "Content-Length: 3\r\n\r\n");
    char line[25] = "";
    ck_assert_int_eq(recv(c.fd, line, sizeof line, MSG_WAITALL), 25);
    ck_assert_int_eq(memcmp(line, "HTTP/1.1 100 Continue\r\n\r\n", 25), 0);
    ck_assert_int_eq(client_ask(&c, "abc"), 200);
    ck_assert_str_eq(client_body(&c), "x||abc");
    client_close(&c);
}
END_TEST

START_TEST(chunked_body_over_the_limit_is_413)
{
    client c = client_open(sl_http_port(http));
    client_send(&c, "POST /echo/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 10; i++) {
        client_send(&c, "3E8\r\n");
        send_body(&c, 1000);
        client_send(&c, "\r\n");
    }
    client_send(&c, "0\r\n\r\n");
    ck_assert_int_eq(client_read(&c), 413);
    ck_assert_int_eq(client_ask(&c, "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
    client_close(&c);
}
END_TEST

START_TEST(endless_chunks_end_the_connection)
{
    client c = client_open(sl_http_port(http));
    client_send(&c, "POST /echo/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 3000; i++) {
        client_send(&c, "3E8\r\n");
        send_body(&c, 1000);
        client_send(&c, "\r\n");
    }
    ck_assert_int_eq(client_read(&c), 0);
    client_close(&c);
}
END_TEST

static int ask_with_filler(const char *before, size_t filler, const char *after)
{
    client c = client_open(sl_http_port(http));
    client_send(&c, before);
    send_body(&c, filler);
    client_send(&c, after);
    int status = client_read(&c);
    client_close(&c);
    return status;
}

static const struct {
    const char *name, *before, *after;
    size_t filler;
    int status;
} head_cases[] = {
    {"long_header_is_taken", "GET /livez HTTP/1.1\r\nHost: a\r\nX: ", "\r\n\r\n", 12000, 200},
    {"longer_header_is_431", "GET /livez HTTP/1.1\r\nHost: a\r\nX: ", "\r\n\r\n", 13000, 431},
    {"header_beyond_memory_is_431", "GET /livez HTTP/1.1\r\nHost: a\r\nX: ", "\r\n\r\n", 60000,
     431},
    {"long_target_is_taken", "POST /echo/", " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
     7900, 200},
    {"longer_target_is_414", "POST /echo/", " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
     9000, 414},
};

START_TEST(head_sizes)
{
    int status =
        ask_with_filler(head_cases[_i].before, head_cases[_i].filler, head_cases[_i].after);
    ck_assert_msg(status == head_cases[_i].status, "%s: got %d", head_cases[_i].name, status);
}
END_TEST

START_TEST(bodies_under_way_are_bounded_together)
{
    sl_http_options options = usual_options();
    options.body_limits[SL_BODY_PAYLOAD] = 600000;
    options.body_memory = 1000000;
    start_with(&options);
    client first = client_open(sl_http_port(http)), second = client_open(sl_http_port(http));
    const char *head = "POST /echo/x HTTP/1.1\r\nHost: a\r\nContent-Length: 600000\r\n\r\n";
    client_send(&first, head);
    send_body(&first, 599999);
    client_send(&second, head);
    sl_http_stats stats = {0};
    while (stats.body_bytes < 599999)
        sl_http_get_stats(http, &stats);
    send_body(&second, 600000);
    ck_assert_int_eq(client_read(&second), 503);
    ck_assert_str_eq(client_header(&second, "Retry-After"), "1");
    send_body(&first, 1);
    ck_assert_int_eq(client_read(&first), 200);
    client_close(&first);
    client_close(&second);
    stop();
}
END_TEST

/* --- waiting --------------------------------------------------------------------------------- */

START_TEST(parked_requests_hold_no_thread_and_are_woken)
{
    enum { COUNT = 20 };
    client waiting[COUNT];
    for (int i = 0; i < COUNT; i++) {
        waiting[i] = client_open(sl_http_port(http));
        client_send(&waiting[i], "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    while (sl_http_parked(http) < COUNT)
        continue;
    client c = client_open(sl_http_port(http));
    ck_assert_int_eq(
        client_ask(&c, "POST /control HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n"), 201);
    client_close(&c);
    sl_http_wake(http);
    for (int i = 0; i < COUNT; i++) {
        ck_assert_int_eq(client_read(&waiting[i]), 200);
        ck_assert_str_eq(client_body(&waiting[i]), "woken");
        client_close(&waiting[i]);
    }
}
END_TEST

START_TEST(stop_answers_what_is_parked)
{
    start();
    client c = client_open(sl_http_port(http));
    client_send(&c, "GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
    while (sl_http_parked(http) < 1)
        continue;
    stop();
    ck_assert_int_eq(client_read(&c), 200);
    ck_assert_str_eq(client_body(&c), "expired");
    ck_assert_str_eq(client_header(&c, "Connection"), "close");
    client_close(&c);
}
END_TEST

/* --- clients that take their time ------------------------------------------------------------ */

static const struct {
    const char *name, *sent;
} slow_cases[] = {
    {"says_nothing", ""},
    {"stops_in_the_first_line", "GET /liv"},
    {"stops_in_a_header", "GET /livez HTTP/1.1\r\nHost"},
    {"stops_in_the_body", "POST /echo/x HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc"},
    {"stops_in_a_chunk",
     "POST /echo/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nA\r\nabc"},
    {"stops_in_a_refused_body", "POST /secret HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"},
};

START_TEST(a_client_that_stops_is_dropped)
{
    sl_http_options options = usual_options();
    options.idle_s = 1;
    start_with(&options);
    client c = client_open(sl_http_port(http));
    client_send(&c, slow_cases[_i].sent);
    while (!client_at_end(&c))
        sl_buf_clear(&c.in); /* a 408, if the library sends one */
    client_close(&c);
    stop();
}
END_TEST

/* One byte after the other, without a pause that the library would notice, until the server has had enough. */
START_TEST(a_client_that_drips_is_dropped)
{
    sl_http_options options = usual_options();
    options.idle_s = 1;
    options.head_s = options.body_s = _i == 0 ? 1 : 2;
    start_with(&options);
    client c = client_open(sl_http_port(http));
    client_send(&c, _i == 0 ? "GET /livez HTTP/1.1\r\nX: "
                            : "POST /echo/x HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\n\r\n");
    sl_http_stats stats = {0};
    struct timespec pause = {.tv_nsec = 20000000};
    while (stats.dropped_slow == 0) {
        client_send(&c, "x");
        nanosleep(&pause, NULL);
        sl_http_get_stats(http, &stats);
    }
    ck_assert_int_eq(client_read(&c), 0);
    client_close(&c);
    stop();
}
END_TEST

/* --- life ------------------------------------------------------------------------------------ */

static const struct {
    const char *name, *address;
    sl_status status;
} address_cases[] = {
    {"loopback", "127.0.0.1:0", SL_OK},
    {"localhost", "localhost:0", SL_OK},
    {"any", "0.0.0.0:0", SL_OK},
    {"no_port", "127.0.0.1", SL_INVALID},
    {"port_is_no_number", "127.0.0.1:http", SL_INVALID},
    {"port_is_too_large", "127.0.0.1:65536", SL_INVALID},
    {"name", "example.org:80", SL_INVALID},
    {"ipv6_without_brackets", "::1:80", SL_INVALID},
    {"empty", "", SL_INVALID},
};

START_TEST(addresses)
{
    sl_http_options options = usual_options();
    sl_error err = {0};
    sl_http *started = NULL;
    options.address = address_cases[_i].address;
    sl_status status = sl_http_start(&options, &started, &err);
    ck_assert_msg(status == address_cases[_i].status, "%s: got %s: %s", address_cases[_i].name,
                  sl_status_name(status), err.text);
    if (started)
        ck_assert_uint_gt(sl_http_port(started), 0);
    sl_http_stop(started);
}
END_TEST

START_TEST(second_server_on_one_port_is_told)
{
    sl_http_options options = usual_options();
    sl_error err = {0};
    sl_http *second = NULL;
    char address[32];
    snprintf(address, sizeof address, "127.0.0.1:%u", sl_http_port(http));
    options.address = address;
    ck_assert_int_eq(sl_http_start(&options, &second, &err), SL_EXISTS);
    ck_assert_ptr_nonnull(strstr(err.text, "stop the other server"));
}
END_TEST

START_TEST(two_routes_on_one_place_are_refused)
{
    static const sl_route twice[] = {
        {"a", SL_METHOD_GET, "/a/{x}", livez, SL_ROUTE_INLINE, 0, "", ANY_TEXT, SL_BODY_NONE, "",
         ""},
        {"b", SL_METHOD_GET, "/a/{y}", livez, SL_ROUTE_INLINE, 0, "", ANY_TEXT, SL_BODY_NONE, "",
         ""},
    };
    sl_http_options options = usual_options();
    sl_error err = {0};
    sl_http *started = NULL;
    options.routes = twice;
    options.route_count = 2;
    ck_assert_int_eq(sl_http_start(&options, &started, &err), SL_EXISTS);
}
END_TEST

static Suite *http_suite(void)
{
    Suite *suite = suite_create("http");
    TCase *shared = tcase_create("shared");
    tcase_add_checked_fixture(shared, start, stop);
    tcase_add_loop_test(shared, answers, 0, SL_ARRAY_LEN(cases));
    tcase_add_loop_test(shared, head_sizes, 0, SL_ARRAY_LEN(head_cases));
    tcase_add_test(shared, a_connection_is_kept_through_refusals);
    tcase_add_test(shared, pipelined_requests_are_answered_in_order);
    tcase_add_test(shared, head_has_the_length_and_no_body);
    tcase_add_test(shared, generated_request_ids_differ);
    tcase_add_test(shared, body_of_the_limit_is_taken);
    tcase_add_test(shared, larger_body_is_413_and_the_connection_lives);
    tcase_add_test(shared, huge_body_is_refused_before_it_is_read);
    tcase_add_test(shared, expectation_of_a_large_body_is_refused_at_once);
    tcase_add_test(shared, expectation_of_a_good_body_is_continued);
    tcase_add_test(shared, chunked_body_over_the_limit_is_413);
    tcase_add_test(shared, endless_chunks_end_the_connection);
    tcase_add_test(shared, parked_requests_hold_no_thread_and_are_woken);
    tcase_add_test(shared, second_server_on_one_port_is_told);
    suite_add_tcase(suite, shared);
    TCase *own = tcase_create("own");
    tcase_add_test(own, bodies_under_way_are_bounded_together);
    tcase_add_test(own, stop_answers_what_is_parked);
    tcase_add_loop_test(own, a_client_that_stops_is_dropped, 0, SL_ARRAY_LEN(slow_cases));
    tcase_add_loop_test(own, a_client_that_drips_is_dropped, 0, 2);
    tcase_add_loop_test(own, addresses, 0, SL_ARRAY_LEN(address_cases));
    tcase_add_test(own, two_routes_on_one_place_are_refused);
    suite_add_tcase(suite, own);
    return suite;
}

TAP_MAIN(http_suite)
