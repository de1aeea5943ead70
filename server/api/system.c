/* server/api/system.c: what is asked about the server itself. */
#include "server/internal/api.h"

void sl_api_livez(sl_request *request, sl_response *response)
{
    (void)request;
    response->content_type = "application/json";
    response->text = SL_STR("{\"status\":\"ok\"}\n");
}

void sl_api_readyz(sl_request *request, sl_response *response)
{
    sl_error err = {0};
    if (sl_http_is_draining(sl_request_http(request))) {
        sl_api_refuse(request, response, SL_PROBLEM_BUSY, "the server is being stopped");
        return;
    }
    if (sl_registry_ready(sl_app_registry(request), &err) != SL_OK) {
        sl_api_refuse(request, response, SL_PROBLEM_UNAVAILABLE, "%s", err.text);
        return;
    }
    response->content_type = "application/json";
    response->text = SL_STR("{\"status\":\"ok\"}\n");
}

void sl_api_metrics(sl_request *request, sl_response *response)
{
    const sl_server *server = sl_app(request);
    const sl_metrics_sources sources = {.registry = server->registry,
                                        .http = sl_request_http(request)};
    response->content_type = "text/plain; version=0.0.4; charset=utf-8";
    sl_metrics_write(server->metrics, &sources, &response->body);
    if (response->body.has_failed)
        sl_api_no_memory(request, response);
}

void sl_api_openapi(sl_request *request, sl_response *response)
{
    response->content_type = "application/json";
    response->text = sl_buf_str(&sl_app(request)->openapi);
}

void sl_api_problem_type(sl_request *request, sl_response *response)
{
    for (sl_problem_code code = 0; code < SL_PROBLEM_COUNT; code++) {
        if (!sl_str_is(request->params[0], sl_problem_slug(code)))
            continue;
        sl_json_writer writer = sl_api_begin(response, 200);
        sl_json_put_string(&writer, "type", request->path);
        sl_json_put_string(&writer, "title", sl_str_from(sl_problem_title(code)));
        sl_json_put_integer(&writer, "status", sl_problem_http_status(code));
        sl_api_end(request, response, &writer);
        return;
    }
    sl_api_refuse(request, response, SL_PROBLEM_NO_ROUTE, "there is no problem of this name");
}

void sl_api_about(sl_request *request, sl_response *response)
{
    const sl_server *server = sl_app(request);
    sl_registry_stats stats = {0};
    sl_registry_get_stats(server->registry, &stats);
    sl_json_writer writer = sl_api_begin(response, 200);
    sl_json_put_string(&writer, "name", SL_STR("sluice"));
    sl_json_put_string(&writer, "version", SL_STR(SLUICE_VERSION));
    sl_json_put_object(&writer, "store");
    sl_json_put_string(&writer, "kind", stats.store);
    sl_json_put_string_if(&writer, "version", stats.store_version);
    sl_json_end_object(&writer);
    sl_json_put_bool(&writer, "require_auth", server->is_auth_required);
    sl_json_put_object(&writer, "limits");
    sl_json_put_integer(&writer, "payload_bytes", (int64_t)server->max_payload);
    sl_json_put_integer(&writer, "batch_bytes", (int64_t)server->max_batch);
    sl_json_put_integer(&writer, "batch_items", SL_LIMIT_BATCH_ITEMS);
    sl_json_put_integer(&writer, "schema_body_bytes", (int64_t)server->max_body);
    sl_json_put_integer(&writer, "payload_depth", SL_LIMIT_PAYLOAD_DEPTH);
    sl_json_end_object(&writer);
    sl_json_put_array(&writer, "schema_inputs");
    sl_json_put_string(&writer, NULL, SL_STR("descriptor_set"));
    sl_json_end_array(&writer);
    sl_json_put_string(&writer, "openapi", SL_STR("/openapi.json"));
    sl_api_end(request, response, &writer);
}
