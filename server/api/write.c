/* server/api/write.c: the parts that answers have in common. */
#include "server/internal/api.h"

sl_json_writer sl_api_begin(sl_response *response, int status)
{
    sl_response_reset(response);
    response->status = status;
    response->content_type = "application/json";
    sl_json_writer writer = sl_json_writer_of(&response->body);
    sl_json_put_object(&writer, NULL);
    return writer;
}

void sl_api_end(sl_request *request, sl_response *response, sl_json_writer *writer)
{
    sl_json_end_object(writer);
    sl_buf_append_byte(&response->body, '\n');
    if (response->body.has_failed)
        sl_api_no_memory(request, response);
}

void sl_api_put_etag(sl_request *request, sl_response *response, int64_t generation)
{
    sl_response_header(response, "ETag",
                       sl_arena_printf(request->arena, "\"%lld\"", (long long)generation));
}

/* Is `etag` one of a comma-separated list (RFC 9110 §13.1.2)? Weak comparison: W/ is passed over. */
static bool is_named(sl_str list, sl_str etag)
{
    if (sl_str_is(list, "*"))
        return true;
    while (list.len > 0) {
        sl_str one = list, rest = {0};
        if (!sl_str_split(list, ',', &one, &rest))
            one = list;
        one = sl_str_trim(one);
        if (sl_str_starts_with(one, SL_STR("W/")))
            one = (sl_str){one.data + 2, one.len - 2};
        if (sl_str_equal(one, etag))
            return true;
        list = rest;
    }
    return false;
}

bool sl_api_immutable(sl_request *request, sl_response *response, const char *etag)
{
    sl_str quoted = sl_arena_printf(request->arena, "\"%s\"", etag);
    /* Behind `require_auth` a shared cache must not hand out what it was shown. */
    sl_str cache = sl_app(request)->is_auth_required
                       ? SL_STR("private, max-age=31536000, immutable")
                       : SL_STR("public, max-age=31536000, immutable");
    sl_str wanted = sl_request_header(request, "If-None-Match");
    bool is_known = wanted.data && quoted.data && is_named(wanted, quoted);
    sl_response_reset(response);
    if (is_known)
        response->status = 304;
    sl_response_header(response, "ETag", quoted);
    sl_response_header(response, "Cache-Control", cache);
    return is_known;
}

void sl_api_put_owner(sl_json_writer *writer, const char *name, const sl_owner *owner)
{
    sl_json_put_object(writer, name);
    sl_json_put_string(writer, "producer", owner->producer);
    sl_json_put_string_if(writer, "team", owner->team);
    sl_json_put_string_if(writer, "chat", owner->chat);
    sl_json_put_string_if(writer, "contact", owner->contact);
    sl_json_end_object(writer);
}

void sl_api_put_findings(sl_json_writer *writer, const sl_findings *findings)
{
    sl_json_put_array(writer, "findings");
    for (size_t i = 0; i < findings->list.count; i++)
        sl_json_put_finding(writer, &findings->list.items[i]);
    sl_json_end_array(writer);
    if (findings->left_out)
        sl_json_put_integer(writer, "findings_left_out", (int64_t)findings->left_out);
}

void sl_api_put_violations(sl_json_writer *writer, const sl_violations *violations)
{
    sl_json_put_array(writer, "violations");
    for (size_t i = 0; i < violations->count; i++) {
        const sl_violation *violation = &violations->items[i];
        sl_json_put_object(writer, NULL);
        sl_json_put_string(writer, "path", violation->path);
        sl_json_put_string(writer, "rule", sl_str_from(sl_violation_rule_id(violation->rule)));
        sl_json_put_integer(writer, "offset", (int64_t)violation->offset);
        sl_json_put_string(writer, "message", violation->message);
        sl_json_end_object(writer);
    }
    sl_json_end_array(writer);
    if (violations->left_out)
        sl_json_put_integer(writer, "violations_left_out", (int64_t)violations->left_out);
}

void sl_api_put_cursor(sl_json_writer *writer, sl_str next_cursor)
{
    sl_json_put_string_if(writer, "next_cursor", next_cursor);
}
