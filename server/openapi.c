/* server/openapi.c: the API's description of itself, from the table of routes (OpenAPI 3.1).
 *
 * Paths, methods, parameters, media types, authorization and summaries come from routes.def, so that they cannot differ from what is served.
 * Bodies are described by media type; their members are in docs/reference/api.md. */
#include "server/internal/app.h"
#include "json/json.h"

static void put_parameter(sl_json_writer *writer, sl_str name, const char *in)
{
    sl_json_put_object(writer, NULL);
    sl_json_put_string(writer, "name", name);
    sl_json_put_string(writer, "in", sl_str_from(in));
    sl_json_put_bool(writer, "required", strcmp(in, "path") == 0);
    sl_json_put_object(writer, "schema");
    sl_json_put_string(writer, "type", SL_STR("string"));
    sl_json_end_object(writer);
    sl_json_end_object(writer);
}

static void put_parameters(sl_json_writer *writer, const sl_route *route)
{
    sl_str rest = sl_str_from(route->pattern), before, name;
    sl_json_put_array(writer, "parameters");
    while (sl_str_split(rest, '{', &before, &rest) && sl_str_split(rest, '}', &name, &rest))
        put_parameter(writer, name, "path");
    rest = sl_str_from(route->query);
    while (sl_str_next_element(&rest, ',', &name))
        put_parameter(writer, name, "query");
    sl_json_end_array(writer);
}

/* "content": one empty description a media type. */
static void put_content(sl_json_writer *writer, const char *media_types)
{
    sl_str rest = sl_str_from(media_types), type;
    sl_json_put_object(writer, "content");
    while (sl_str_next_element(&rest, ',', &type)) {
        if (sl_str_is(type, "*"))
            continue;
        sl_json_put_name(writer, type);
        sl_json_put_object(writer, NULL);
        sl_json_end_object(writer);
    }
    sl_json_end_object(writer);
}

static void put_responses(sl_json_writer *writer, const sl_route *route)
{
    sl_json_put_object(writer, "responses");
    sl_json_put_object(writer, "2XX");
    sl_json_put_string(writer, "description", SL_STR("The answer"));
    put_content(writer, route->produces);
    sl_json_end_object(writer);
    sl_json_put_object(writer, "default");
    sl_json_put_string(writer, "description",
                       SL_STR("A problem (RFC 9457), or a verdict that says no"));
    put_content(writer, "application/problem+json");
    sl_json_end_object(writer);
    sl_json_end_object(writer);
}

static void put_security(sl_json_writer *writer, const sl_route *route)
{
    if (route->auth == SL_AUTH_OPEN)
        return;
    sl_json_put_array(writer, "security");
    if (route->auth == SL_AUTH_READ) {
        /* Without a token, unless the server requires one. */
        sl_json_put_object(writer, NULL);
        sl_json_end_object(writer);
    }
    sl_json_put_object(writer, NULL);
    sl_json_put_array(writer, "bearer");
    sl_json_end_array(writer);
    sl_json_end_object(writer);
    sl_json_end_array(writer);
}

static const char *method_key(sl_http_method method)
{
    static const char *const names[] = {"get", "post", "put", "patch", "delete"};
    return names[method];
}

static void put_operation(sl_json_writer *writer, const sl_route *route)
{
    sl_json_put_object(writer, method_key(route->method));
    sl_json_put_string(writer, "operationId", sl_str_from(route->name));
    sl_json_put_string(writer, "summary", sl_str_from(route->summary));
    put_parameters(writer, route);
    if (*route->accepts) {
        sl_json_put_object(writer, "requestBody");
        put_content(writer, route->accepts);
        sl_json_end_object(writer);
    }
    put_responses(writer, route);
    put_security(writer, route);
    sl_json_end_object(writer);
}

/* Was this pattern written with an earlier route already? */
static bool is_repeated(size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (strcmp(sl_routes[i].pattern, sl_routes[index].pattern) == 0)
            return true;
    return false;
}

static void put_paths(sl_json_writer *writer)
{
    sl_json_put_object(writer, "paths");
    for (size_t i = 0; i < sl_route_count; i++) {
        if (is_repeated(i))
            continue;
        sl_json_put_name(writer, sl_str_from(sl_routes[i].pattern));
        sl_json_put_object(writer, NULL);
        for (size_t j = i; j < sl_route_count; j++)
            if (strcmp(sl_routes[i].pattern, sl_routes[j].pattern) == 0)
                put_operation(writer, &sl_routes[j]);
        sl_json_end_object(writer);
    }
    sl_json_end_object(writer);
}

void sl_openapi_write(sl_buf *buf)
{
    sl_json_writer writer = sl_json_writer_of(buf);
    sl_json_put_object(&writer, NULL);
    sl_json_put_string(&writer, "openapi", SL_STR("3.1.0"));
    sl_json_put_object(&writer, "info");
    sl_json_put_string(&writer, "title", SL_STR("Sluice"));
    sl_json_put_string(&writer, "version", SL_STR(SLUICE_VERSION));
    sl_json_put_string(&writer, "description",
                       SL_STR("Schema registry and payload validation for Protobuf on Kafka"));
    sl_json_end_object(&writer);
    put_paths(&writer);
    sl_json_put_object(&writer, "components");
    sl_json_put_object(&writer, "securitySchemes");
    sl_json_put_object(&writer, "bearer");
    sl_json_put_string(&writer, "type", SL_STR("http"));
    sl_json_put_string(&writer, "scheme", SL_STR("bearer"));
    sl_json_end_object(&writer);
    sl_json_end_object(&writer);
    sl_json_end_object(&writer);
    sl_json_end_object(&writer);
    sl_buf_append_byte(buf, '\n');
}
