/* server/http/router.c: a tree of path segments.
 *
 *   (root) ─ v1 ─┬─ topics ─ {} ─┬─ validate        POST
 *                │               └─ contract        GET PUT PATCH
 *                └─ subjects ─ {} ─ versions ─ {}   GET
 *
 * One step down a segment: first the literal children, then the one parameter. There is no way back up, so matching costs a
 * comparison per sibling and segment, whatever the path; the table's test holds that no two routes stand on one place. */
#include "server/http/internal/router.h"

#include "server/http/internal/path.h"

struct sl_router_node {
    sl_str literal; /* of this node; absent for a parameter */
    sl_router_node *children, *next;
    sl_router_node *param;
    sl_match match;
};

const char *sl_http_method_name(sl_http_method method)
{
    static const char *const names[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    return (size_t)method < SL_ARRAY_LEN(names) ? names[method] : "";
}

/* The next segment of a path that begins with a slash; false at its end. */
static bool next_segment(sl_str *path, sl_str *ret_segment)
{
    if (path->len == 0 || path->data[0] != '/')
        return false;
    const char *begin = path->data + 1;
    size_t left = path->len - 1;
    const char *slash = left ? memchr(begin, '/', left) : NULL;
    size_t len = slash ? (size_t)(slash - begin) : left;
    *ret_segment = (sl_str){begin, len};
    *path = (sl_str){begin + len, left - len};
    return true;
}

static sl_router_node *find_literal(const sl_router_node *node, sl_str segment)
{
    for (sl_router_node *child = node->children; child; child = child->next)
        if (sl_str_equal(child->literal, segment))
            return child;
    return NULL;
}

static sl_router_node *descend(sl_router *router, sl_router_node *node, sl_str segment)
{
    bool is_param = sl_str_starts_with(segment, SL_STR("{"));
    sl_router_node *child = is_param ? node->param : find_literal(node, segment);
    if (child)
        return child;
    child = sl_arena_new(&router->arena, sl_router_node);
    if (!child)
        return NULL;
    if (is_param) {
        node->param = child;
        return child;
    }
    child->literal = segment;
    child->next = node->children;
    node->children = child;
    return child;
}

static sl_status add_route(sl_router *router, const sl_route *route, sl_error *err)
{
    sl_router_node *node = router->root;
    sl_str path = sl_str_from(route->pattern), segment;
    while (next_segment(&path, &segment)) {
        node = descend(router, node, segment);
        if (!node)
            return sl_error_no_memory(err);
    }
    if (node->match.routes[route->method])
        return sl_error_set(err, SL_EXISTS, "two routes for %s %s",
                            sl_http_method_name(route->method), route->pattern);
    node->match.routes[route->method] = route;
    return SL_OK;
}

static sl_status write_allow(sl_router *router, sl_router_node *node)
{
    char text[64] = "";
    size_t len = 0;
    for (sl_http_method method = 0; method < SL_METHOD_COUNT; method++) {
        if (!node->match.routes[method])
            continue;
        const char *names[] = {sl_http_method_name(method),
                               method == SL_METHOD_GET ? "HEAD" : NULL};
        for (size_t i = 0; i < SL_ARRAY_LEN(names) && names[i]; i++) {
            size_t name_len = strlen(names[i]);
            memcpy(text + len, names[i], name_len);
            memcpy(text + len + name_len, ", ", 2);
            len += name_len + 2;
        }
    }
    memcpy(text + len, "OPTIONS", 7);
    return sl_arena_copy_str(&router->arena, (sl_str){text, len + 7}, &node->match.allow);
}

/* Every node that a route stands on gets its Allow text; the tree is as deep as the longest pattern. */
static sl_status finish(sl_router *router, sl_router_node *node)
{
    SL_TRY(write_allow(router, node));
    if (node->param)
        SL_TRY(finish(router, node->param));
    for (sl_router_node *child = node->children; child; child = child->next)
        SL_TRY(finish(router, child));
    return SL_OK;
}

sl_status sl_router_build(const sl_route *routes, size_t count, sl_router *ret_router,
                          sl_error *err)
{
    *ret_router = (sl_router){0};
    ret_router->root = sl_arena_new(&ret_router->arena, sl_router_node);
    sl_status status = ret_router->root ? SL_OK : sl_error_no_memory(err);
    for (size_t i = 0; i < count && status == SL_OK; i++)
        status = add_route(ret_router, &routes[i], err);
    if (status == SL_OK && finish(ret_router, ret_router->root) != SL_OK)
        status = sl_error_no_memory(err);
    if (status != SL_OK)
        sl_router_done(ret_router);
    return status;
}

void sl_router_done(sl_router *router)
{
    sl_arena_done(&router->arena);
    router->root = NULL;
}

static bool has_route(const sl_match *match)
{
    for (sl_http_method method = 0; method < SL_METHOD_COUNT; method++)
        if (match->routes[method])
            return true;
    return false;
}

/* One segment down; NULL if the path leads nowhere. */
static const sl_router_node *step(const sl_router_node *node, sl_str segment, sl_request *request)
{
    const sl_router_node *child = find_literal(node, segment);
    if (child)
        return child;
    if (!node->param || segment.len == 0 || request->param_count == SL_ROUTE_PARAMS)
        return NULL;
    request->params[request->param_count++] = segment;
    return node->param;
}

sl_status sl_router_match(const sl_router *router, sl_str path, sl_request *request,
                          const sl_match **ret_match)
{
    const sl_router_node *node = router->root;
    sl_str rest = path, raw, segment;
    request->param_count = 0;
    while (next_segment(&rest, &raw)) {
        /* All segments are decoded, also behind the place where the path leads nowhere: a bad escape is 400, not 404. */
        SL_TRY(sl_path_decode(raw, false, request->arena, &segment));
        if (node)
            node = step(node, segment, request);
    }
    if (!node || path.len == 0 || !has_route(&node->match))
        return SL_NOT_FOUND;
    *ret_match = &node->match;
    return SL_OK;
}
