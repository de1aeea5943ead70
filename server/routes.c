/* server/routes.c: routes.def as the table that the HTTP room takes. */
#include "server/internal/app.h"

/* Media types, by the names that routes.def gives to lists of them. */
#define JSON "application/json"
#define JSON_PATCH "application/json,application/merge-patch+json"
#define TEXT "text/plain"
#define PAYLOAD "application/x-protobuf,application/octet-stream,application/vnd.kafka.protobuf,*"
#define BATCH "application/vnd.sluice.delimited,application/json,application/x-protobuf"
#define VERDICTS "application/json,application/x-protobuf"
#define SCHEMA "application/x-protobuf,application/octet-stream,application/json,text/x-protobuf"
#define SOURCE "text/x-protobuf"
#define DESCRIPTOR "application/x-protobuf"

const sl_route sl_routes[] = {
#define ROUTE(handler_, method_, pattern_, kind_, auth_, accepts_, produces_, body_, query_, \
              summary_)                                                                      \
    {                                                                                        \
        .name = #handler_,                                                                   \
        .method = SL_METHOD_##method_,                                                       \
        .pattern = pattern_,                                                                 \
        .handler = sl_api_##handler_,                                                        \
        .kind = SL_ROUTE_##kind_,                                                            \
        .auth = SL_AUTH_##auth_,                                                             \
        .accepts = accepts_,                                                                 \
        .produces = produces_,                                                               \
        .body = SL_BODY_##body_,                                                             \
        .query = query_,                                                                     \
        .summary = summary_,                                                                 \
    },
#include "server/routes.def"
#undef ROUTE
};

const size_t sl_route_count = SL_ARRAY_LEN(sl_routes);

size_t sl_route_index(const sl_route *route)
{
    return route ? (size_t)(route - sl_routes) : sl_route_count;
}
