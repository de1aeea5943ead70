/* server/api/read.c: reading what a request says, or answering what it does not. */
#include "server/internal/api.h"

bool sl_api_read_json(sl_request *request, sl_response *response, sl_api_fields fields, void *into,
                      sl_json **ret_root)
{
    sl_error err = {0};
    sl_json *root = NULL;
    sl_str text = request->body.len ? sl_bytes_str(request->body) : SL_STR("{}");
    sl_status status = sl_json_parse(text, &root, &err);
    if (status == SL_OK && sl_json_kind_of(root) != SL_JSON_OBJECT) {
        status = sl_error_set(&err, SL_INVALID, "expected an object, got %s",
                              sl_json_kind_name(sl_json_kind_of(root)));
    } else if (status == SL_OK) {
        status = sl_json_read(root, fields.fields, fields.count, into, &err);
    }
    if (status == SL_OK) {
        *ret_root = root;
        return true;
    }
    sl_json_free(root);
    if (status == SL_NO_MEMORY)
        sl_api_no_memory(request, response);
    else
        sl_api_refuse(request, response,
                      status == SL_MALFORMED ? SL_PROBLEM_MALFORMED
                      : status == SL_LIMIT   ? SL_PROBLEM_LIMIT
                                             : SL_PROBLEM_INVALID,
                      "%s", err.text);
    return false;
}

static bool refuse_query(sl_request *request, sl_response *response, const char *name,
                         const char *wanted)
{
    sl_api_refuse(request, response, SL_PROBLEM_BAD_REQUEST, "query parameter '%s' must be %s",
                  name, wanted);
    return false;
}

bool sl_api_query_number(sl_request *request, sl_response *response, const char *name, int64_t most,
                         int64_t *ret)
{
    sl_str text = sl_request_query(request, name);
    int64_t value;
    if (!text.data)
        return true;
    if (!sl_str_to_i64(text, &value) || value < 0 || value > most) {
        sl_str wanted = sl_arena_printf(request->arena, "a number from 0 to %lld", (long long)most);
        return refuse_query(request, response, name, wanted.data ? wanted.data : "a number");
    }
    *ret = value;
    return true;
}

bool sl_api_query_bool(sl_request *request, sl_response *response, const char *name, bool *ret)
{
    sl_str text = sl_request_query(request, name);
    if (!text.data)
        return true;
    bool is_true = sl_str_is(text, "true");
    if (!is_true && !sl_str_is(text, "false"))
        return refuse_query(request, response, name, "true or false");
    *ret = is_true;
    return true;
}

enum { PAGE_MOST = 1000 };

bool sl_api_query_page(sl_request *request, sl_response *response, sl_page *ret_page)
{
    int64_t limit = 0;
    if (!sl_api_query_number(request, response, "limit", PAGE_MOST, &limit))
        return false;
    *ret_page = (sl_page){.cursor = sl_request_query(request, "cursor"), .limit = (uint32_t)limit};
    return true;
}

bool sl_api_if_match(sl_request *request, sl_response *response, int64_t *ret_generation)
{
    sl_str etag = sl_request_header(request, "If-Match");
    *ret_generation = 0;
    if (!etag.data || sl_str_is(etag, "*"))
        return true;
    if (etag.len > 2 && etag.data[0] == '"' && etag.data[etag.len - 1] == '"' &&
        sl_str_to_i64((sl_str){etag.data + 1, etag.len - 2}, ret_generation) && *ret_generation > 0)
        return true;
    /* An ETag that we never gave out matches nothing (RFC 9110 §13.1.1). */
    sl_api_refuse(request, response, SL_PROBLEM_STALE,
                  "If-Match is not an ETag of this server; read the thing again and send its ETag");
    return false;
}
