/* tests/server/test_tables.c: the tables of routes and metrics hold together, and what is made from them names every row. */
#include "server/internal/app.h"
#include "tests/support/tap_main.h"
#include "json/json.h"

#include <ctype.h>
#include <stdio.h>

/* --- routes ---------------------------------------------------------------------------------- */

START_TEST(route_is_whole)
{
    const sl_route *route = &sl_routes[_i];
    bool takes_body = *route->accepts != '\0';
    ck_assert_msg(route->pattern[0] == '/', "%s", route->name);
    ck_assert_msg(*route->summary != '\0', "%s: no summary", route->name);
    ck_assert_msg(*route->produces != '\0', "%s: no answer", route->name);
    ck_assert_msg(takes_body == (route->body != SL_BODY_NONE), "%s: media types and bound",
                  route->name);
    ck_assert_msg(!takes_body ||
                      (route->method != SL_METHOD_GET && route->method != SL_METHOD_DELETE),
                  "%s: a body where none is understood", route->name);
    ck_assert_msg(route->method == SL_METHOD_GET || route->auth != SL_AUTH_OPEN,
                  "%s: open to anyone and not a GET", route->name);
    size_t params = 0;
    for (const char *c = route->pattern; *c; c++)
        params += *c == '{';
    ck_assert_uint_le(params, SL_ROUTE_PARAMS);
}
END_TEST

START_TEST(routes_have_their_own_names_and_places)
{
    for (size_t i = 0; i < sl_route_count; i++) {
        ck_assert_uint_eq(sl_route_index(&sl_routes[i]), i);
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(sl_routes[i].name, sl_routes[j].name);
    }
}
END_TEST

START_TEST(openapi_names_every_route)
{
    sl_buf text = {0};
    sl_json *root = NULL;
    sl_error err = {0};
    sl_openapi_write(&text);
    ck_assert_msg(sl_json_parse(sl_buf_str(&text), &root, &err) == SL_OK, "%s", err.text);
    static const char *const methods[] = {"get", "post", "put", "patch", "delete"};
    for (size_t i = 0; i < sl_route_count; i++) {
        const sl_json *path = sl_json_member(sl_json_member(root, "paths"), sl_routes[i].pattern);
        ck_assert_msg(path != NULL, "%s", sl_routes[i].pattern);
        const sl_json *operation = sl_json_member(path, methods[sl_routes[i].method]);
        ck_assert_msg(operation != NULL, "%s", sl_routes[i].name);
        ck_assert(
            sl_str_is(sl_json_string(sl_json_member(operation, "operationId")), sl_routes[i].name));
    }
    sl_json_free(root);
    sl_buf_done(&text);
}
END_TEST

START_TEST(openapi_survives_failing_memory)
{
    for (uint64_t nth = 1;; nth++) {
        sl_buf text = {0};
        sl_alloc_fault_arm(nth, true);
        sl_openapi_write(&text);
        bool was_hit = sl_alloc_fault_hit();
        sl_alloc_fault_arm(0, false);
        ck_assert_int_eq(text.has_failed, was_hit);
        sl_buf_done(&text);
        if (!was_hit)
            break;
    }
}
END_TEST

/* --- metrics --------------------------------------------------------------------------------- */

START_TEST(metric_name_follows_the_conventions)
{
    static const char *const types[] = {
#define METRIC(suffix, name, type, labels, help) #type,
#include "server/metrics.def"
#undef METRIC
    };
    const char *name = sl_metric_name((sl_metric)_i);
    size_t len = strlen(name);
    for (const char *c = name; *c; c++)
        ck_assert_msg(islower((unsigned char)*c) || *c == '_', "%s", name);
    ck_assert_msg(strncmp(name, "sluice_", 7) == 0 || strncmp(name, "process_", 8) == 0, "%s",
                  name);
    bool is_total = len > 6 && strcmp(name + len - 6, "_total") == 0;
    ck_assert_msg(is_total == (strcmp(types[_i], "counter") == 0), "%s", name);
}
END_TEST

static sl_registry *open_registry(void)
{
    sl_registry *registry = NULL;
    sl_error err = {0};
    const sl_registry_options options = {.store = SL_STR("memory:"), .category = SL_COMPAT_WIRE};
    ck_assert_msg(sl_registry_open(&options, &registry, &err) == SL_OK, "%s", err.text);
    return registry;
}

static const char *write_metrics(sl_metrics *metrics, sl_buf *buf)
{
    sl_registry *registry = open_registry();
    const sl_metrics_sources sources = {.registry = registry};
    sl_metrics_write(metrics, &sources, buf);
    sl_buf_append_byte(buf, 0);
    ck_assert(!buf->has_failed);
    sl_registry_close(registry);
    return buf->data;
}

/* Also one that has no number yet: alerts are written before anything goes wrong. */
START_TEST(metrics_text_has_every_row)
{
    sl_buf buf = {0};
    sl_metrics *metrics = sl_metrics_new();
    const char *text = write_metrics(metrics, &buf);
    for (sl_metric metric = 0; metric < SL_METRIC_COUNT; metric++) {
        char line[128];
        snprintf(line, sizeof line, "# TYPE %s ", sl_metric_name(metric));
        ck_assert_msg(strstr(text, line) != NULL, "%s", line);
    }
    sl_metrics_free(metrics);
    sl_buf_done(&buf);
}
END_TEST

START_TEST(threads_are_added_up)
{
    sl_buf buf = {0};
    sl_metrics *metrics = sl_metrics_new();
    sl_metrics_thread *threads[] = {sl_metrics_thread_new(metrics), sl_metrics_thread_new(metrics)};
    const sl_route *validate = NULL;
    for (size_t i = 0; i < sl_route_count; i++)
        if (sl_routes[i].handler == sl_api_validate)
            validate = &sl_routes[i];
    sl_http_event event = {.route = validate, .status = 200, .bytes_in = 10, .duration_ns = 20000};
    for (int i = 0; i < 5; i++)
        sl_metrics_answer(threads[i % 2], &event);
    event.status = 299; /* none of those that are counted by themselves */
    event.duration_ns = 7000000000;
    sl_metrics_answer(threads[0], &event);
    event.route = NULL;
    event.status = 404;
    sl_metrics_answer(threads[1], &event);
    const char *text = write_metrics(metrics, &buf);
    static const char *const wanted[] = {
        "sluice_http_requests_total{route=\"validate\",status=\"200\"} 5\n",
        "sluice_http_requests_total{route=\"validate\",status=\"0\"} 1\n",
        "sluice_http_requests_total{route=\"\",status=\"404\"} 1\n",
        "sluice_http_request_body_bytes_total 70\n",
        "sluice_http_request_duration_seconds_bucket{route=\"validate\",le=\"1e-05\"} 0\n",
        "sluice_http_request_duration_seconds_bucket{route=\"validate\",le=\"2.5e-05\"} 5\n",
        "sluice_http_request_duration_seconds_bucket{route=\"validate\",le=\"1\"} 5\n",
        "sluice_http_request_duration_seconds_bucket{route=\"validate\",le=\"+Inf\"} 6\n",
        "sluice_http_request_duration_seconds_count{route=\"validate\"} 6\n",
        "sluice_http_request_duration_seconds_sum{route=\"validate\"} 7.000100000\n",
    };
    for (size_t i = 0; i < SL_ARRAY_LEN(wanted); i++)
        ck_assert_msg(strstr(text, wanted[i]) != NULL, "missing: %s", wanted[i]);
    sl_metrics_free(metrics);
    sl_buf_done(&buf);
}
END_TEST

START_TEST(labels_are_escaped)
{
    sl_buf buf = {0};
    sl_metrics_put_label(&buf, SL_STR("a\"b\\c\nd"));
    ck_assert(sl_str_is(sl_buf_str(&buf), "a\\\"b\\\\c\\nd"));
    sl_buf_done(&buf);
}
END_TEST

static Suite *tables_suite(void)
{
    Suite *suite = suite_create("tables");
    TCase *tcase = tcase_create("tables");
    tcase_add_loop_test(tcase, route_is_whole, 0, (int)sl_route_count);
    tcase_add_test(tcase, routes_have_their_own_names_and_places);
    tcase_add_test(tcase, openapi_names_every_route);
    tcase_add_test(tcase, openapi_survives_failing_memory);
    tcase_add_loop_test(tcase, metric_name_follows_the_conventions, 0, SL_METRIC_COUNT);
    tcase_add_test(tcase, metrics_text_has_every_row);
    tcase_add_test(tcase, threads_are_added_up);
    tcase_add_test(tcase, labels_are_escaped);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(tables_suite)
