/* tests/server/test_fault.c: the Nth allocation fails, N = 1, 2, …, until a request is answered untouched.
 *
 * Each request of the table is sent to a whole server in this process. With a failing allocation it is answered as usual (what failed
 * could be done without), with 503, or, where there was no memory even to take it in, by the end of the connection: never with anything
 * else, and the server serves on. Writes may have happened or not; each request of the table can be sent again.
 *
 * The countdown counts the allocations of all threads, so another thread's may take the failure; the sweep ends when none was hit. */
#include "server/server.h"
#include "tests/server/client.h"
#include "tests/support/tap_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define ADMIN "fault-admin-token-0123456789-0123456789"
#define AUTH "Host: t\r\nAuthorization: Bearer " ADMIN "\r\n"
#define AS_JSON AUTH "Content-Type: application/json\r\n"
#define AS_PROTOBUF AUTH "Content-Type: application/x-protobuf\r\n"
#define AS_DELIMITED AUTH "Content-Type: application/vnd.sluice.delimited\r\n"

enum { SWEEP_MOST = 20000 };

static sl_server *server;

static const struct {
    const char *name, *head; /* without Content-Length */
    const char *body, *file; /* one of the two; `file` is in examples/orders */
    int status;
    bool
        is_warm; /* all that it needs is there from requests before: nothing is allocated, so nothing can be refused */
} cases[] = {
    {"livez", "GET /livez HTTP/1.1\r\n" AUTH, "", NULL, 200, true},
    {"metrics", "GET /metrics HTTP/1.1\r\n" AUTH, "", NULL, 200},
    {"not_found", "GET /nothing HTTP/1.1\r\n" AUTH, "", NULL, 404, true},
    {"producer", "POST /v1/producers HTTP/1.1\r\n" AS_JSON,
     "{\"name\":\"checkout\",\"team\":\"t\"}", NULL, 200},
    {"token", "POST /v1/producers/checkout/tokens HTTP/1.1\r\n" AS_JSON, "{\"name\":\"x\"}", NULL,
     201},
    {"register", "POST /v1/subjects/orders.placed-value/versions HTTP/1.1\r\n" AS_PROTOBUF, NULL,
     "v1.binpb", 200},
    {"refused_change", "POST /v1/subjects/orders.placed-value/versions HTTP/1.1\r\n" AS_PROTOBUF,
     NULL, "v2-breaking.binpb", 409},
    {"not_a_schema", "POST /v1/subjects/orders.placed-value/versions HTTP/1.1\r\n" AS_PROTOBUF,
     "\xff", NULL, 422},
    {"claim", "PUT /v1/topics/orders.placed/contract HTTP/1.1\r\n" AS_JSON,
     "{\"producer\":\"checkout\",\"message_type\":\"orders.v1.OrderPlaced\"}", NULL, 200},
    {"amend", "PATCH /v1/topics/orders.placed/contract HTTP/1.1\r\nIf-Match: *\r\n" AS_JSON,
     "{\"unknown_fields\":\"reject\"}", NULL, 200},
    {"contract", "GET /v1/topics/orders.placed/contract HTTP/1.1\r\n" AUTH, "", NULL, 200, true},
    {"catalogue", "GET /v1/topics?q=orders HTTP/1.1\r\n" AUTH, "", NULL, 200, true},
    {"versions", "GET /v1/subjects/orders.placed-value/versions HTTP/1.1\r\n" AUTH, "", NULL, 200,
     true},
    {"descriptor", "GET /v1/subjects/orders.placed-value/versions/1/descriptor HTTP/1.1\r\n" AUTH,
     "", NULL, 200},
    {"changes", "GET /v1/changes HTTP/1.1\r\n" AUTH, "", NULL, 200, true},
    {"valid", "POST /v1/topics/orders.placed/validate HTTP/1.1\r\n" AS_PROTOBUF, NULL, "good.bin",
     200, true},
    {"not_valid", "POST /v1/topics/orders.placed/validate HTTP/1.1\r\n" AS_PROTOBUF, NULL,
     "bad.bin", 422},
    {"no_contract", "POST /v1/topics/none/validate HTTP/1.1\r\n" AS_PROTOBUF, "", NULL, 404, true},
    {"batch_delimited", "POST /v1/topics/orders.placed/validate:batch HTTP/1.1\r\n" AS_DELIMITED,
     NULL, "batch.delimited", 422},
    {"batch_json", "POST /v1/topics/orders.placed/validate:batch HTTP/1.1\r\n" AS_JSON,
     "{\"payloads\":[\"\",\"AA==\"]}", NULL, 422},
    {"batch_protobuf", "POST /v1/topics/orders.placed/validate:batch HTTP/1.1\r\n" AS_PROTOBUF,
     "\x0a\x01\xff\x0a\x01\x01", NULL, 422},
};

static void read_file(const char *name, sl_buf *buf)
{
    char path[512];
    const char *root = getenv("SLUICE_SOURCE_ROOT");
    snprintf(path, sizeof path, "%s/examples/orders/%s", root ? root : ".", name);
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s", path);
    char *to = sl_buf_reserve(buf, 65536);
    buf->len += fread(to, 1, 65536, file);
    fclose(file);
}

/* Head, length and body of a case. */
static void build(size_t i, sl_buf *text)
{
    sl_buf body = {0};
    if (cases[i].file)
        read_file(cases[i].file, &body);
    else
        sl_buf_append_str(&body, sl_str_from(cases[i].body));
    sl_buf_printf(text, "%sContent-Length: %zu\r\n\r\n", cases[i].head, body.len);
    sl_buf_append_str(text, sl_buf_str(&body));
    sl_buf_done(&body);
}

/* On a connection of its own, so that the end of one is told from the end of the next. With `nth`, the server's nth allocation from now fails, and
 * *ret_was_hit says whether there were that many; the client allocates nothing meanwhile. */
static char answer[4096];

/* The head, and as many bytes behind it as its Content-Length says. */
static bool is_whole(const char *text, size_t len)
{
    const char *body = strstr(text, "\r\n\r\n"), *length = strstr(text, "Content-Length: ");
    return body && length && (size_t)(text + len - (body + 4)) >= strtoul(length + 16, NULL, 10);
}

static int ask(const sl_buf *text, uint64_t nth, bool *ret_was_hit)
{
    size_t len = 0;
    int status = 0;
    answer[0] = '\0';
    sl_alloc_fault_arm(nth, false);
    client c = client_open(sl_server_port(server));
    client_send_bytes(&c, text->data, text->len);
    for (ssize_t got = 1; got > 0 && len < sizeof answer - 1 && !is_whole(answer, len);) {
        got = recv(c.fd, answer + len, sizeof answer - 1 - len, 0);
        len += (size_t)SL_MAX(got, (ssize_t)0);
        answer[len] = '\0';
    }
    *ret_was_hit = nth && sl_alloc_fault_hit();
    sl_alloc_fault_arm(0, false);
    client_close(&c);
    return sscanf(answer, "HTTP/1.1 %d", &status) == 1 ? status : 0;
}

static void ask_for(const char *name, int status)
{
    for (size_t i = 0; i < SL_ARRAY_LEN(cases); i++) {
        if (strcmp(cases[i].name, name) != 0)
            continue;
        sl_buf text = {0};
        build(i, &text);
        bool was_hit;
        int got = ask(&text, 0, &was_hit);
        ck_assert_msg(got == status, "%s: got %d", name, got);
        sl_buf_done(&text);
    }
}

static void start(void)
{
    sl_settings settings;
    sl_error err = {0};
    char *arguments[] = {(char[]){"--listen=127.0.0.1:0"}, (char[]){"--store=memory:"},
                         (char[]){"--threads=1"}, (char[]){"--control-threads=1"},
                         (char[]){"--log-level=error"}};
    char *environment[] = {(char[]){"SLUICE_ADMIN_TOKEN=" ADMIN}, NULL};
    /* Answers of 503 are logged as errors; thousands of them are expected here. */
    ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
    ck_assert_int_eq(sl_settings_load(5, arguments, environment, &settings, &err), SL_OK);
    ck_assert_msg(sl_server_start(&settings, &server, &err) == SL_OK, "%s", err.text);
    sl_settings_done(&settings);
    ask_for("register", 201);
    ask_for("producer", 201);
    ask_for("claim", 201);
    ask_for("valid", 200);
}

static void stop(void)
{
    sl_server_stop(server);
}

START_TEST(a_failing_allocation_is_an_answer)
{
    sl_buf text = {0};
    bool was_hit = true, has_refused = false;
    build((size_t)_i, &text);
    for (uint64_t nth = 1; was_hit; nth++) {
        ck_assert_uint_lt(nth, SWEEP_MOST);
        int status = ask(&text, nth, &was_hit);
        ck_assert_msg(status == cases[_i].status || (was_hit && (status == 503 || status == 0)),
                      "%s: allocation %llu failed, got %d", cases[_i].name, (unsigned long long)nth,
                      status);
        ck_assert_msg(status != 503 || strstr(answer, "/problems/out-of-memory"), "%s: %s",
                      cases[_i].name, answer);
        has_refused |= status == 503;
    }
    int status = ask(&text, 0, &was_hit);
    ck_assert_msg(status == cases[_i].status, "%s: afterwards %d", cases[_i].name, status);
    ck_assert_msg(has_refused != cases[_i].is_warm, "%s: %s", cases[_i].name,
                  has_refused ? "a warm request allocated" : "no failure was told");
    sl_buf_done(&text);
    ask_for("valid", 200);
}
END_TEST

/* The start itself: a server that could not be made leaves nothing behind. */
START_TEST(a_start_that_fails_leaves_nothing)
{
    char *arguments[] = {(char[]){"--listen=127.0.0.1:0"}, (char[]){"--store=memory:"}};
    sl_settings settings;
    sl_error err = {0};
    sl_status status = SL_NO_MEMORY;
    ck_assert_int_eq(sl_settings_load(2, arguments, NULL, &settings, &err), SL_OK);
    for (uint64_t nth = 1; status != SL_OK; nth++) {
        sl_server *started = NULL;
        ck_assert_uint_lt(nth, SWEEP_MOST);
        sl_alloc_fault_arm(nth, false);
        status = sl_server_start(&settings, &started, &err);
        bool was_hit = sl_alloc_fault_hit();
        sl_alloc_fault_arm(0, false);
        ck_assert_msg(status == SL_OK || (was_hit && (status == SL_NO_MEMORY || status == SL_IO)),
                      "allocation %llu: %s", (unsigned long long)nth, sl_status_name(status));
        sl_server_stop(started);
    }
    sl_settings_done(&settings);
}
END_TEST

static Suite *fault_suite(void)
{
    Suite *suite = suite_create("fault");
    TCase *requests = tcase_create("requests");
    tcase_add_checked_fixture(requests, start, stop);
    tcase_add_loop_test(requests, a_failing_allocation_is_an_answer, 0, SL_ARRAY_LEN(cases));
    suite_add_tcase(suite, requests);
    TCase *life = tcase_create("life");
    tcase_add_test(life, a_start_that_fails_leaves_nothing);
    suite_add_tcase(suite, life);
    return suite;
}

TAP_MAIN(fault_suite)
