/* server/http/exchange.c: what HTTP asks of a request before and around its handler.
 *
 * A complete head meets, in this order: its framing, its size, its escapes, route, method, media types, query, length, and
 * admit(). The first that objects decides. A refused request may still have a body on its way: a short one is read and dropped,
 * so that the sender, who may not listen while it sends, gets the answer; for a long one the answer goes out at once and the
 * connection ends.
 *
 * OPTIONS is answered here, from the table of routes. HEAD is GET without the body, which the library leaves out. */
#include "server/http/internal/exchange.h"

#include <stdio.h>

const sl_str sl_known_headers[SL_KNOWN_HEADERS] = {
    [SL_HEADER_ACCEPT] = SL_STR_INIT("Accept"),
    [SL_HEADER_AUTHORIZATION] = SL_STR_INIT("Authorization"),
    [SL_HEADER_CONTENT_LENGTH] = SL_STR_INIT("Content-Length"),
    [SL_HEADER_CONTENT_TYPE] = SL_STR_INIT("Content-Type"),
    [SL_HEADER_EXPECT] = SL_STR_INIT("Expect"),
    [SL_HEADER_IF_MATCH] = SL_STR_INIT("If-Match"),
    [SL_HEADER_IF_NONE_MATCH] = SL_STR_INIT("If-None-Match"),
    [SL_HEADER_TRANSFER_ENCODING] = SL_STR_INIT("Transfer-Encoding"),
    [SL_HEADER_REQUEST_ID] = SL_STR_INIT("X-Request-Id"),
};

void sl_response_header(sl_response *response, const char *name, sl_str value)
{
    if (response->header_count == SL_RESPONSE_HEADERS || !value.data)
        return;
    response->headers[response->header_count].name = name;
    response->headers[response->header_count].value = value;
    response->header_count++;
}

void sl_response_reset(sl_response *response)
{
    /* Field by field: the headers, which their count makes empty, are most of the struct. */
    sl_buf_clear(&response->body);
    response->body.max = 0;
    response->status = 200;
    response->content_type = NULL;
    response->text = (sl_str){0};
    response->header_count = 0;
    response->prepared = NULL;
    response->action = SL_RESPONSE_SEND;
    response->park_until_ns = 0;
}

sl_http *sl_request_http(const sl_request *request)
{
    return ((const sl_exchange *)request)->http;
}

sl_str sl_request_query(const sl_request *request, const char *name)
{
    return sl_query_get(&((const sl_exchange *)request)->query, name);
}

/* --- refusing -------------------------------------------------------------------------------- */

void sl_exchange_refuse(sl_exchange *exchange, sl_refusal why, sl_str detail)
{
    sl_response_reset(&exchange->response);
    exchange->http->options.refuse(&exchange->request, why, detail, &exchange->response);
    if (why == SL_REFUSE_BUSY || why == SL_REFUSE_BODY_MEMORY || why == SL_REFUSE_DRAINING)
        sl_response_header(&exchange->response, "Retry-After", SL_STR("1"));
}

static bool refuse(sl_exchange *exchange, sl_refusal why, sl_str detail)
{
    sl_exchange_refuse(exchange, why, detail);
    return false;
}

/* --- the checks of a head -------------------------------------------------------------------- */

static bool is_known_param(const sl_route *route, sl_str name)
{
    return sl_media_in_list(route->query, name);
}

static bool check_query(sl_exchange *exchange)
{
    const sl_route *route = exchange->request.route;
    for (size_t i = 0; i < exchange->query.count; i++) {
        sl_str name = exchange->query.params[i].name;
        if (is_known_param(route, name))
            continue;
        sl_str text =
            sl_arena_printf(&exchange->arena, "there is no query parameter '%.*s' here; %s%s",
                            (int)SL_MIN(name.len, (size_t)64), name.data,
                            *route->query ? "known are: " : "none is known", route->query);
        return refuse(exchange, SL_REFUSE_QUERY, text);
    }
    return true;
}

static bool check_escapes(sl_exchange *exchange)
{
    if (exchange->raw_query.len == 0)
        return true;
    switch (sl_query_parse(exchange->raw_query, &exchange->arena, &exchange->query)) {
    case SL_OK: return true;
    case SL_LIMIT:
        return refuse(exchange, SL_REFUSE_QUERY,
                      sl_arena_printf(&exchange->arena,
                                      "more than %d query parameters (limit HTTP_QUERY_PARAMS)",
                                      SL_LIMIT_HTTP_QUERY_PARAMS));
    case SL_EXISTS:
        return refuse(exchange, SL_REFUSE_QUERY, SL_STR("a query parameter comes twice"));
    default:
        return refuse(exchange, SL_REFUSE_PATH,
                      SL_STR("the query has a percent-escape that is none, or is not UTF-8"));
    }
}

static bool answer_options(sl_exchange *exchange, const sl_match *match)
{
    sl_response_reset(&exchange->response);
    exchange->response.status = 204;
    sl_response_header(&exchange->response, "Allow", match->allow);
    return false;
}

static bool refuse_method(sl_exchange *exchange, const sl_match *match)
{
    sl_str detail =
        sl_arena_printf(&exchange->arena, "this path takes %.*s", SL_STR_ARG(match->allow));
    sl_exchange_refuse(exchange, SL_REFUSE_METHOD, detail);
    sl_response_header(&exchange->response, "Allow", match->allow);
    return false;
}

static bool check_route(sl_exchange *exchange, const sl_head *head)
{
    const sl_match *match;
    sl_request *request = &exchange->request;
    sl_status status = sl_router_match(&exchange->http->router, head->path, request, &match);
    if (status == SL_NOT_FOUND)
        return refuse(exchange, SL_REFUSE_NO_ROUTE, (sl_str){0});
    if (status != SL_OK)
        return refuse(exchange, SL_REFUSE_PATH,
                      SL_STR("the path has a percent-escape that is none, or is not UTF-8"));
    if (sl_str_is(head->method, "OPTIONS"))
        return answer_options(exchange, match);
    sl_str wanted = sl_str_is(head->method, "HEAD") ? SL_STR("GET") : head->method;
    for (sl_http_method method = 0; method < SL_METHOD_COUNT; method++) {
        if (!match->routes[method] || !sl_str_is(wanted, sl_http_method_name(method)))
            continue;
        request->route = match->routes[method];
        request->method = method;
        return true;
    }
    return refuse_method(exchange, match);
}

/* The media type of a Content-Type, without its parameters. */
static sl_str media_type_of(sl_str content_type)
{
    sl_str before, after;
    if (sl_str_split(content_type, ';', &before, &after))
        content_type = before;
    return content_type.data ? sl_str_trim(content_type) : SL_STR("");
}

static bool check_content_type(sl_exchange *exchange, bool has_body)
{
    sl_request *request = &exchange->request;
    const char *accepts = request->route->accepts;
    request->content_type = media_type_of(exchange->known[SL_HEADER_CONTENT_TYPE]);
    if (!*accepts || (request->content_type.len == 0 && !has_body))
        return true;
    if (request->content_type.len == 0 && sl_media_in_list(accepts, SL_STR("*")))
        return true;
    if (sl_media_in_list(accepts, request->content_type))
        return true;
    sl_str text = sl_arena_printf(
        &exchange->arena, "Content-Type '%.*s' is not taken here; take one of: %s",
        (int)SL_MIN(request->content_type.len, (size_t)100), request->content_type.data, accepts);
    return refuse(exchange, SL_REFUSE_MEDIA_TYPE, text);
}

static bool check_accept(sl_exchange *exchange)
{
    sl_str accept = exchange->known[SL_HEADER_ACCEPT];
    sl_str list = sl_str_from(exchange->request.route->produces), one, rest;
    if (accept.len == 0 || sl_str_is(accept, "*/*"))
        return true;
    while (list.len > 0) {
        if (!sl_str_split(list, ',', &one, &rest)) {
            one = list;
            rest = (sl_str){0};
        }
        if (sl_media_is_accepted(accept, sl_str_trim(one)))
            return true;
        list = rest;
    }
    sl_str text = sl_arena_printf(&exchange->arena, "this path answers with %s",
                                  exchange->request.route->produces);
    return refuse(exchange, SL_REFUSE_ACCEPT, text);
}

static bool refuse_too_large(sl_exchange *exchange, size_t limit)
{
    exchange->request.limit = limit;
    sl_str text = limit
                      ? sl_arena_printf(&exchange->arena, "at most %zu bytes are taken here", limit)
                      : SL_STR("no body is taken here");
    return refuse(exchange, SL_REFUSE_TOO_LARGE, text);
}

/* What the head says of the body. A length that is no number is the library's to refuse. */
typedef struct body_claim {
    bool is_chunked;
    bool is_endless; /* coded in a way that nobody here can find the end of */
    uint64_t length; /* 0 also when not said */
} body_claim;

static body_claim claim_of(const sl_exchange *exchange)
{
    body_claim claim = {0};
    sl_str coding = exchange->known[SL_HEADER_TRANSFER_ENCODING];
    claim.is_chunked = sl_str_equal_nocase(coding, SL_STR("chunked"));
    claim.is_endless = coding.data && !claim.is_chunked;
    if (!coding.data && !sl_str_to_u64(exchange->known[SL_HEADER_CONTENT_LENGTH], &claim.length))
        claim.length = 0;
    return claim;
}

static bool check_length(sl_exchange *exchange, body_claim claim)
{
    size_t limit = exchange->http->options.body_limits[exchange->request.route->body];
    if (claim.length > limit)
        return refuse_too_large(exchange, limit);
    exchange->body.limit = limit;
    if (!claim.is_chunked && claim.length == 0)
        return true;
    if (sl_body_begin(exchange, claim.length, limit) != SL_OK)
        return refuse(exchange, SL_REFUSE_BODY_MEMORY, (sl_str){0});
    return true;
}

static bool check_head_size(sl_exchange *exchange, const sl_head *head)
{
    if (exchange->target_bytes > SL_LIMIT_HTTP_TARGET_BYTES) {
        exchange->request.limit = SL_LIMIT_HTTP_TARGET_BYTES;
        return refuse(
            exchange, SL_REFUSE_TARGET,
            sl_arena_printf(
                &exchange->arena,
                "the request's target has %zu bytes; at most %d (limit HTTP_TARGET_BYTES)",
                exchange->target_bytes, SL_LIMIT_HTTP_TARGET_BYTES));
    }
    if (head->head_bytes > SL_LIMIT_HTTP_HEAD_BYTES) {
        exchange->request.limit = SL_LIMIT_HTTP_HEAD_BYTES;
        return refuse(
            exchange, SL_REFUSE_HEAD,
            sl_arena_printf(&exchange->arena,
                            "the request's head has %zu bytes; at most %d (limit HTTP_HEAD_BYTES)",
                            head->head_bytes, SL_LIMIT_HTTP_HEAD_BYTES));
    }
    return true;
}

/* Where the body ends must have one meaning, to us and to every proxy before us (RFC 9112 §6.1, §6.3); else a part of it could pass for a
 * request of somebody else's. So what is said twice or in two ways is refused, and nothing more is read from the connection. */
static bool check_framing(sl_exchange *exchange, body_claim claim)
{
    bool is_twice = exchange->is_twice[SL_HEADER_CONTENT_LENGTH] ||
                    exchange->is_twice[SL_HEADER_TRANSFER_ENCODING];
    bool is_both = exchange->known[SL_HEADER_CONTENT_LENGTH].data &&
                   exchange->known[SL_HEADER_TRANSFER_ENCODING].data;
    exchange->is_last = is_twice || is_both || claim.is_endless;
    if (is_both)
        return refuse(exchange, SL_REFUSE_FRAMING,
                      SL_STR("Content-Length and Transfer-Encoding: send one of them"));
    if (is_twice)
        return refuse(exchange, SL_REFUSE_FRAMING,
                      SL_STR("Content-Length or Transfer-Encoding comes twice"));
    if (claim.is_endless)
        return refuse(exchange, SL_REFUSE_CODING, (sl_str){0});
    return true;
}

static bool admit(sl_exchange *exchange)
{
    const sl_http_options *options = &exchange->http->options;
    return !options->admit || options->admit(&exchange->request, &exchange->response);
}

static bool check_head(sl_exchange *exchange, const sl_head *head, body_claim claim)
{
    bool has_body = claim.is_chunked || claim.length > 0;
    return check_framing(exchange, claim) && check_head_size(exchange, head) &&
           check_escapes(exchange) && check_route(exchange, head) && check_query(exchange) &&
           check_content_type(exchange, has_body) && check_accept(exchange) && admit(exchange) &&
           check_length(exchange, claim);
}

/* When does a refusal go out? With ANSWER before the body has come; the library closes the connection behind it, so only where reading on would
 * be worse: the body is long, its end is in doubt, or its sender waits for leave to send it. The library can do so for POST and PUT; under
 * another method a body without an end leaves nothing but to hang up. */
static sl_stage stage_of_refusal(const sl_exchange *exchange, body_claim claim)
{
    if (!sl_str_is(exchange->method_text, "POST") && !sl_str_is(exchange->method_text, "PUT"))
        return claim.is_endless ? SL_STAGE_DROP : SL_STAGE_DISCARD;
    bool is_long = !claim.is_chunked && claim.length > SL_LIMIT_HTTP_DISCARD_BYTES;
    if (is_long || exchange->is_last || exchange->known[SL_HEADER_EXPECT].len > 0)
        return SL_STAGE_ANSWER;
    return SL_STAGE_DISCARD;
}

void sl_exchange_begin(sl_exchange *exchange, const sl_head *head)
{
    sl_request *request = &exchange->request;
    exchange->began_ns = sl_clock_monotonic_ns();
    exchange->method_text = head->method;
    request->path = head->path;
    request->arena = &exchange->arena;
    request->context = exchange->http->options.context;
    request->scratch = exchange->worker->scratch;
    sl_response_reset(&exchange->response);

    body_claim claim = claim_of(exchange);
    if (check_head(exchange, head, claim)) {
        exchange->stage = SL_STAGE_BODY;
        return;
    }
    exchange->stage = stage_of_refusal(exchange, claim);
}

/* --- the body -------------------------------------------------------------------------------- */

/* An answer cannot go out in the middle of a body: drop the rest of it, within reason. */
static bool discard(sl_exchange *exchange, size_t len)
{
    exchange->stage = SL_STAGE_DISCARD;
    exchange->discarded += len;
    return exchange->discarded <= SL_LIMIT_HTTP_DISCARD_BYTES;
}

bool sl_exchange_feed(sl_exchange *exchange, const void *data, size_t len)
{
    if (exchange->stage != SL_STAGE_BODY)
        return discard(exchange, len);
    switch (sl_body_append(exchange, data, len)) {
    case SL_OK: return true;
    case SL_LIMIT: refuse_too_large(exchange, exchange->body.limit); break;
    default: sl_exchange_refuse(exchange, SL_REFUSE_BODY_MEMORY, (sl_str){0}); break;
    }
    sl_body_clear(exchange);
    return discard(exchange, len);
}

static void hand_over(sl_exchange *exchange, bool is_heavy)
{
    exchange->stage = SL_STAGE_CONTROL;
    exchange->lane = !is_heavy                        ? SL_LANE_QUICK
                     : exchange->request.is_anonymous ? SL_LANE_ANONYMOUS
                                                      : SL_LANE_HEAVY;
}

void sl_exchange_run(sl_exchange *exchange)
{
    if (exchange->stage == SL_STAGE_DISCARD) {
        exchange->stage = SL_STAGE_ANSWER;
        return;
    }
    sl_request *request = &exchange->request;
    exchange->stage = SL_STAGE_ANSWER;
    if (sl_body_bytes(exchange, &request->body) != SL_OK) {
        sl_exchange_refuse(exchange, SL_REFUSE_BODY_MEMORY, (sl_str){0});
        return;
    }
    if (request->route->kind != SL_ROUTE_INLINE) {
        hand_over(exchange, request->route->kind == SL_ROUTE_HEAVY);
        return;
    }
    request->route->handler(request, &exchange->response);
    if (exchange->response.action != SL_RESPONSE_SEND)
        hand_over(exchange, exchange->response.action == SL_RESPONSE_HAND_OVER_HEAVY);
}

/* --- identity and report --------------------------------------------------------------------- */

enum { REQUEST_ID_MOST = 128 };

static bool is_harmless(sl_str id)
{
    if (id.len == 0 || id.len > REQUEST_ID_MOST)
        return false;
    for (size_t i = 0; i < id.len; i++)
        if (id.data[i] <= ' ' || id.data[i] >= 0x7F || strchr("\"\\,;", id.data[i]))
            return false;
    return true;
}

sl_str sl_request_id(sl_request *request)
{
    sl_exchange *exchange = (sl_exchange *)request;
    if (exchange->id.data)
        return exchange->id;
    sl_str given = exchange->known[SL_HEADER_REQUEST_ID];
    sl_worker *worker = exchange->worker;
    if (is_harmless(given))
        (void)!sl_arena_copy_str(&exchange->arena, given, &exchange->id);
    else
        exchange->id =
            sl_arena_printf(&exchange->arena, "%08x-%08x", worker->id_prefix,
                            atomic_fetch_add_explicit(&worker->id_count, 1, memory_order_relaxed));
    return exchange->id.data ? exchange->id : SL_STR("");
}

void sl_exchange_report(sl_exchange *exchange, int status, size_t bytes_out, int64_t now_ns)
{
    const sl_http_options *options = &exchange->http->options;
    if (!options->done)
        return;
    sl_http_event event = {
        .route = exchange->request.route,
        .method = exchange->method_text,
        .path = exchange->request.path,
        .status = status,
        .bytes_in = exchange->request.body.len,
        .bytes_out = bytes_out,
        .duration_ns = now_ns - exchange->began_ns,
    };
    options->done(options->context, exchange->worker->scratch, &event);
}
