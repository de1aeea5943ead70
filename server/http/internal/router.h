/* server/http/internal/router.h: from a path to the routes that stand on it. */
#pragma once

#include "server/http/http.h"

typedef struct sl_router_node sl_router_node;

/* A tree of path segments, built once from the table of routes. Immutable afterwards; any thread may read it. */
typedef struct sl_router {
    sl_router_node *root;
    sl_arena arena;
} sl_router;

/* What one path offers. */
typedef struct sl_match {
    const sl_route *routes[SL_METHOD_COUNT]; /* NULL: not this method */
    sl_str allow;                            /* "GET, HEAD, OPTIONS, PUT"; for 405 and OPTIONS */
} sl_match;

/* SL_OK; SL_EXISTS (two routes with one method and path: a mistake in the table); SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_router_build(const sl_route *routes, size_t count, sl_router *ret_router,
                                        sl_error *err);
void sl_router_done(sl_router *router);

/* Find `path`, and fill the request's params. A literal segment goes before a parameter; parameters are never empty.
 * SL_OK with *ret_match borrowed; SL_NOT_FOUND; SL_INVALID (an escape in any segment); SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_router_match(const sl_router *router, sl_str path, sl_request *request,
                                        const sl_match **ret_match);
