/* server/api/problem.c: refusals as problem+json (RFC 9457).
 *
 * One form for everything that is not an answer, from a bad escape in a path to a change that would break readers. `type` is a path of this
 * server that says what the slug means; `detail` says what was wrong here and what to do; `owner` whom to ask; `findings` and `limit` are for
 * programs. The HTTP status comes from the problem's row in registry/problems.def and from nowhere else. */
#include "server/internal/api.h"

#include <stdarg.h>

/* Enough for any problem without findings, and no allocation: the answer for "no memory" must not need any. */
static const char no_memory_text[] =
    "{\"type\":\"/problems/out-of-memory\",\"title\":\"Not enough memory for this request\",\"status\":503}";

#define PROBLEM_TYPE "application/problem+json"

void sl_api_no_memory(sl_request *request, sl_response *response)
{
    (void)request;
    sl_response_reset(response);
    response->status = 503;
    response->content_type = PROBLEM_TYPE;
    response->text = SL_STR(no_memory_text);
    sl_response_header(response, "Retry-After", SL_STR("1"));
}

static void put_head(sl_json_writer *writer, sl_request *request, sl_problem_code code)
{
    sl_str type = sl_arena_printf(request->arena, "/problems/%s", sl_problem_slug(code));
    sl_json_put_string(writer, "type", type);
    sl_json_put_string(writer, "title", sl_str_from(sl_problem_title(code)));
    sl_json_put_integer(writer, "status", sl_problem_http_status(code));
}

void sl_api_problem(sl_request *request, sl_response *response, const sl_problem *problem,
                    const sl_findings *findings)
{
    sl_response_reset(response);
    /* A use-case that fails without saying why is a defect of ours, not of the caller. */
    sl_problem_code code = problem->code == SL_PROBLEM_NONE ? SL_PROBLEM_INTERNAL : problem->code;
    response->status = sl_problem_http_status(code);
    response->content_type = PROBLEM_TYPE;
    sl_json_writer writer = sl_json_writer_of(&response->body);
    sl_json_put_object(&writer, NULL);
    put_head(&writer, request, code);
    sl_json_put_string_if(&writer, "detail", sl_str_from(problem->error.text));
    sl_json_put_string(&writer, "instance", request->path);
    sl_json_put_string_if(&writer, "request_id", sl_request_id(request));
    if (problem->owner.producer.len)
        sl_api_put_owner(&writer, "owner", &problem->owner);
    if (request->limit)
        sl_json_put_integer(&writer, "limit", (int64_t)request->limit);
    if (findings && (findings->list.count || findings->left_out))
        sl_api_put_findings(&writer, findings);
    sl_json_end_object(&writer);
    sl_buf_append_byte(&response->body, '\n');
    if (response->status == 503)
        sl_response_header(response, "Retry-After", SL_STR("1"));
    if (response->status >= 500)
        sl_log(SL_LOG_ERROR, "%.*s: %s: %s (request %.*s)", SL_STR_ARG(request->path),
               sl_problem_slug(code), problem->error.text, SL_STR_ARG(sl_request_id(request)));
    if (response->body.has_failed)
        sl_api_no_memory(request, response);
}

void sl_api_refuse(sl_request *request, sl_response *response, sl_problem_code code,
                   const char *format, ...)
{
    sl_problem problem = {.code = code};
    va_list args;
    va_start(args, format);
    (void)sl_error_vset(&problem.error, SL_INVALID, format, args);
    va_end(args);
    sl_api_problem(request, response, &problem, NULL);
}
