/* server/http/body.c: where a body gathers.
 *
 *   data: [ body, up to cap | slop ]
 *
 * The buffer is sized once from Content-Length; a chunked body doubles up to its limit. A claim costs nothing: the kernel gives pages as
 * bytes arrive, and what is counted against the bound of all connections is what has arrived, not what was announced. Small bodies are
 * not counted (there are at most as many as connections) and their buffers stay with the exchange. */
#include "server/http/internal/exchange.h"

enum { KEPT_BYTES = 65536, FIRST_BYTES = 4096, UNCOUNTED_BYTES = 16384 };

static sl_status grow(sl_exchange *exchange, size_t cap)
{
    sl_body *body = &exchange->body;
    size_t slop = exchange->http->options.body_slop;
    if (cap <= body->cap && body->data)
        return SL_OK;
    uint8_t *data = sl_realloc(body->data, cap + slop);
    if (!data)
        return SL_NO_MEMORY;
    /* The slop is read by wide loads whose result does not depend on it; zeros keep sanitizers and readers calm. */
    memset(data + cap, 0, slop);
    body->data = data;
    body->cap = cap;
    return SL_OK;
}

sl_status sl_body_begin(sl_exchange *exchange, size_t declared, size_t limit)
{
    exchange->body.limit = limit;
    return grow(exchange,
                SL_MIN(SL_MAX(declared, (size_t)FIRST_BYTES), SL_MAX(limit, (size_t)FIRST_BYTES)));
}

static bool account(sl_exchange *exchange)
{
    sl_body *body = &exchange->body;
    sl_http *http = exchange->http;
    if (body->len <= UNCOUNTED_BYTES)
        return true;
    size_t more = body->len - body->accounted;
    size_t before = atomic_fetch_add_explicit(&http->body_bytes, more, memory_order_relaxed);
    body->accounted = body->len;
    return before + more <= http->options.body_memory;
}

sl_status sl_body_append(sl_exchange *exchange, const void *data, size_t len)
{
    sl_body *body = &exchange->body;
    if (len > body->limit - SL_MIN(body->len, body->limit))
        return SL_LIMIT;
    size_t need = body->len + len;
    if (need > body->cap)
        SL_TRY(grow(exchange, SL_MIN(SL_MAX(body->cap * 2, need), body->limit)));
    memcpy(body->data + body->len, data, len);
    body->len = need;
    return account(exchange) ? SL_OK : SL_BUSY;
}

sl_status sl_body_bytes(sl_exchange *exchange, sl_bytes *ret_bytes)
{
    SL_TRY(grow(exchange, SL_MAX(exchange->body.cap, (size_t)FIRST_BYTES)));
    *ret_bytes = (sl_bytes){exchange->body.data, exchange->body.len};
    return SL_OK;
}

void sl_body_clear(sl_exchange *exchange)
{
    sl_body *body = &exchange->body;
    if (body->accounted)
        atomic_fetch_sub_explicit(&exchange->http->body_bytes, body->accounted,
                                  memory_order_relaxed);
    body->len = body->accounted = 0;
    if (body->cap > KEPT_BYTES)
        sl_body_done(exchange);
}

void sl_body_done(sl_exchange *exchange)
{
    sl_free(exchange->body.data);
    exchange->body = (sl_body){0};
}
