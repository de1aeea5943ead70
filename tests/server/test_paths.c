/* tests/server/test_paths.c: percent-escapes, queries, media types and the tree of routes, without a socket. */
#include "server/http/internal/path.h"
#include "server/http/internal/router.h"
#include "tests/support/tap_main.h"

/* --- escapes (RFC 3986 §2.1) ------------------------------------------------------------------ */

static const struct {
    const char *name, *raw;
    bool plus_is_space;
    sl_status status;
    const char *text;
} escapes[] = {
    {"plain", "orders.placed-value", false, SL_OK, "orders.placed-value"},
    {"empty", "", false, SL_OK, ""},
    {"slash", "a%2Fb", false, SL_OK, "a/b"},
    {"lower_case_hex", "a%2fb", false, SL_OK, "a/b"},
    {"decoded_once", "%2525", false, SL_OK, "%25"},
    {"utf8", "%C3%A9", false, SL_OK, "\xC3\xA9"},
    {"plus_in_a_path_is_a_plus", "a+b", false, SL_OK, "a+b"},
    {"plus_in_a_form_is_a_space", "a+b%2B", true, SL_OK, "a b+"},
    {"cut_after_percent", "a%", false, SL_INVALID, NULL},
    {"cut_after_one_digit", "a%2", false, SL_INVALID, NULL},
    {"not_hex", "%GG", false, SL_INVALID, NULL},
    {"half_hex", "%2G", false, SL_INVALID, NULL},
    {"nul", "a%00b", false, SL_INVALID, NULL},
    {"overlong_utf8", "%C0%AF", false, SL_INVALID, NULL},
    {"raw_invalid_utf8", "\xFF", false, SL_INVALID, NULL},
};

START_TEST(decodes)
{
    sl_arena arena = {0};
    sl_str text = {0};
    sl_status status =
        sl_path_decode(sl_str_from(escapes[_i].raw), escapes[_i].plus_is_space, &arena, &text);
    ck_assert_msg(status == escapes[_i].status, "%s: got %s", escapes[_i].name,
                  sl_status_name(status));
    if (status == SL_OK)
        ck_assert_msg(sl_str_is(text, escapes[_i].text), "%s: got '%.*s'", escapes[_i].name,
                      SL_STR_ARG(text));
    sl_arena_done(&arena);
}
END_TEST

START_TEST(a_text_without_escapes_is_not_copied)
{
    sl_arena arena = {0};
    sl_str raw = SL_STR("orders"), text;
    ck_assert_int_eq(sl_path_decode(raw, false, &arena, &text), SL_OK);
    ck_assert_ptr_eq(text.data, raw.data);
    ck_assert_uint_eq(arena.used, 0);
}
END_TEST

START_TEST(failing_memory_is_told)
{
    sl_arena arena = {0};
    sl_str text;
    sl_alloc_fault_arm(1, false);
    ck_assert_int_eq(sl_path_decode(SL_STR("%41"), false, &arena, &text), SL_NO_MEMORY);
    sl_alloc_fault_arm(0, false);
    sl_arena_done(&arena);
}
END_TEST

static const struct {
    const char *name, *raw;
    sl_status status;
    size_t count;
    const char *a; /* value of `a`; NULL: absent */
} queries[] = {
    {"empty", "", SL_OK, 0, NULL},
    {"one", "a=1", SL_OK, 1, "1"},
    {"two", "b=2&a=1", SL_OK, 2, "1"},
    {"no_value", "a", SL_OK, 1, ""},
    {"empty_value", "a=", SL_OK, 1, ""},
    {"equals_in_value", "a=b=c", SL_OK, 1, "b=c"},
    {"empty_parts", "&&a=1&", SL_OK, 1, "1"},
    {"escaped_name", "%61=x", SL_OK, 1, "x"},
    {"escaped_ampersand", "a=x%26y", SL_OK, 1, "x&y"},
    {"bad_escape_in_name", "%6=x", SL_INVALID, 0, NULL},
    {"bad_escape_in_value", "a=%", SL_INVALID, 0, NULL},
    {"twice", "a=1&%61=2", SL_EXISTS, 0, NULL},
    {"sixteen", "a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p", SL_OK, 16, ""},
    {"seventeen", "a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p&q", SL_LIMIT, 0, NULL},
};

START_TEST(parses_query)
{
    sl_arena arena = {0};
    sl_query query;
    sl_status status = sl_query_parse(sl_str_from(queries[_i].raw), &arena, &query);
    ck_assert_msg(status == queries[_i].status, "%s: got %s", queries[_i].name,
                  sl_status_name(status));
    if (status == SL_OK) {
        ck_assert_msg(query.count == queries[_i].count, "%s: got %zu", queries[_i].name,
                      query.count);
        sl_str a = sl_query_get(&query, "a");
        ck_assert_int_eq(a.data != NULL, queries[_i].a != NULL);
        if (a.data)
            ck_assert_msg(sl_str_is(a, queries[_i].a), "%s: got '%.*s'", queries[_i].name,
                          SL_STR_ARG(a));
    }
    sl_arena_done(&arena);
}
END_TEST

/* --- Accept (RFC 9110 §12.5.1) ------------------------------------------------------------------ */

static const struct {
    const char *name, *accept, *type;
    bool want;
} accepts[] = {
    {"absent_takes_all", "", "application/json", true},
    {"exact", "application/json", "application/json", true},
    {"case_does_not_matter", "Application/JSON", "application/json", true},
    {"other_type", "text/html", "application/json", false},
    {"any", "*/*", "application/json", true},
    {"any_subtype", "application/*", "application/json", true},
    {"other_any_subtype", "text/*", "application/json", false},
    {"second_of_list", "text/html, application/json", "application/json", true},
    {"with_parameter", "application/json;charset=utf-8", "application/json", true},
    {"quality_zero_refuses", "application/json;q=0", "application/json", false},
    {"quality_zero_with_fraction_refuses", "application/json; q=0.000", "application/json", false},
    {"low_quality_takes", "application/json; q=0.1", "application/json", true},
    {"exact_refusal_goes_before_range", "*/*, application/json;q=0", "application/json", false},
    {"exact_goes_before_refused_range", "*/*;q=0, application/json", "application/json", true},
    {"range_goes_before_any", "*/*, application/*;q=0", "application/json", false},
};

START_TEST(accepts_media_type)
{
    bool got = sl_media_is_accepted(sl_str_from(accepts[_i].accept), sl_str_from(accepts[_i].type));
    ck_assert_msg(got == accepts[_i].want, "%s", accepts[_i].name);
}
END_TEST

/* --- routes ----------------------------------------------------------------------------------- */

static void nothing(sl_request *request, sl_response *response)
{
    (void)request;
    (void)response;
}

#define PLAIN(name_, method_, pattern_)                                                       \
    {                                                                                         \
        .name = name_, .method = SL_METHOD_##method_, .pattern = pattern_, .handler = nothing \
    }
static const sl_route routes[] = {
    PLAIN("list", GET, "/v1/topics"),
    PLAIN("get", GET, "/v1/topics/{topic}/contract"),
    PLAIN("put", PUT, "/v1/topics/{topic}/contract"),
    PLAIN("act", POST, "/v1/topics/{topic}/contract/{action}"),
    PLAIN("batch", POST, "/v1/topics/{topic}/validate:batch"),
    PLAIN("special", GET, "/v1/topics/special/contract"),
};

static const struct {
    const char *name, *path;
    sl_status status;
    sl_http_method method;
    const char *route; /* NULL: none for this method */
    const char *allow;
    const char *params[2];
} matches[] = {
    {"literal", "/v1/topics", SL_OK, SL_METHOD_GET, "list", "GET, HEAD, OPTIONS", {NULL}},
    {"parameter",
     "/v1/topics/a/contract",
     SL_OK,
     SL_METHOD_PUT,
     "put",
     "GET, HEAD, PUT, OPTIONS",
     {"a"}},
    {"two_parameters",
     "/v1/topics/a/contract/offer",
     SL_OK,
     SL_METHOD_POST,
     "act",
     "POST, OPTIONS",
     {"a", "offer"}},
    {"colon_is_a_letter",
     "/v1/topics/a/validate:batch",
     SL_OK,
     SL_METHOD_POST,
     "batch",
     "POST, OPTIONS",
     {"a"}},
    {"other_method",
     "/v1/topics/a/contract",
     SL_OK,
     SL_METHOD_POST,
     NULL,
     "GET, HEAD, PUT, OPTIONS",
     {"a"}},
    {"literal_before_parameter",
     "/v1/topics/special/contract",
     SL_OK,
     SL_METHOD_GET,
     "special",
     "GET, HEAD, OPTIONS",
     {NULL}},
    {"escaped_slash",
     "/v1/topics/a%2Fb/contract",
     SL_OK,
     SL_METHOD_GET,
     "get",
     "GET, HEAD, PUT, OPTIONS",
     {"a/b"}},
    {"escaped_literal", "/v1/topi%63s", SL_OK, SL_METHOD_GET, "list", "GET, HEAD, OPTIONS", {NULL}},
    {"inner_node_is_no_route", "/v1/topics/a", SL_NOT_FOUND, 0, NULL, NULL, {NULL}},
    {"empty_parameter", "/v1/topics//contract", SL_NOT_FOUND, 0, NULL, NULL, {NULL}},
    {"trailing_slash", "/v1/topics/", SL_NOT_FOUND, 0, NULL, NULL, {NULL}},
    {"too_long", "/v1/topics/a/contract/offer/x", SL_NOT_FOUND, 0, NULL, NULL, {NULL}},
    {"root", "/", SL_NOT_FOUND, 0, NULL, NULL, {NULL}},
    {"star", "*", SL_NOT_FOUND, 0, NULL, NULL, {NULL}},
    {"empty", "", SL_NOT_FOUND, 0, NULL, NULL, {NULL}},
    {"bad_escape", "/v1/topics/%/contract", SL_INVALID, 0, NULL, NULL, {NULL}},
    {"bad_escape_behind_nowhere", "/nowhere/%zz", SL_INVALID, 0, NULL, NULL, {NULL}},
};

START_TEST(matches_route)
{
    sl_router router;
    sl_arena arena = {0};
    sl_request request = {.arena = &arena};
    const sl_match *match = NULL;
    ck_assert_int_eq(sl_router_build(routes, SL_ARRAY_LEN(routes), &router, NULL), SL_OK);
    sl_status status = sl_router_match(&router, sl_str_from(matches[_i].path), &request, &match);
    ck_assert_msg(status == matches[_i].status, "%s: got %s", matches[_i].name,
                  sl_status_name(status));
    if (status == SL_OK) {
        const sl_route *route = match->routes[matches[_i].method];
        ck_assert_int_eq(route != NULL, matches[_i].route != NULL);
        if (route)
            ck_assert_str_eq(route->name, matches[_i].route);
        ck_assert_str_eq(match->allow.data, matches[_i].allow);
        for (size_t i = 0; i < 2 && matches[_i].params[i]; i++)
            ck_assert_msg(sl_str_is(request.params[i], matches[_i].params[i]), "%s: param %zu",
                          matches[_i].name, i);
    }
    sl_router_done(&router);
    sl_arena_done(&arena);
}
END_TEST

START_TEST(every_failing_allocation_of_a_router_is_told)
{
    sl_router router;
    sl_status status = SL_NO_MEMORY;
    for (uint64_t nth = 1; status != SL_OK; nth++) {
        ck_assert_uint_lt(nth, 100);
        sl_alloc_fault_arm(nth, false);
        status = sl_router_build(routes, SL_ARRAY_LEN(routes), &router, NULL);
        sl_alloc_fault_arm(0, false);
        ck_assert(status == SL_OK || status == SL_NO_MEMORY);
    }
    sl_router_done(&router);
}
END_TEST

static Suite *paths_suite(void)
{
    Suite *suite = suite_create("paths");
    TCase *tcase = tcase_create("paths");
    tcase_add_loop_test(tcase, decodes, 0, SL_ARRAY_LEN(escapes));
    tcase_add_test(tcase, a_text_without_escapes_is_not_copied);
    tcase_add_test(tcase, failing_memory_is_told);
    tcase_add_loop_test(tcase, parses_query, 0, SL_ARRAY_LEN(queries));
    tcase_add_loop_test(tcase, accepts_media_type, 0, SL_ARRAY_LEN(accepts));
    tcase_add_loop_test(tcase, matches_route, 0, SL_ARRAY_LEN(matches));
    tcase_add_test(tcase, every_failing_allocation_of_a_router_is_told);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(paths_suite)
