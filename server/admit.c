/* server/admit.c: who calls, and how HTTP's own refusals are told.
 *
 * Identity is settled on the complete head, before the body is read, and without waiting: tokens are looked up in memory. What a known caller may do
 * is the registry's to say, at the use-case; here it is only asked whether a token is needed and whether the one that came is good. A
 * bad token is refused even where none is needed, since its sender believes to be somebody. */
#include "server/internal/api.h"

static bool refuse_identity(sl_request *request, sl_response *response, const char *challenge,
                            const char *text)
{
    sl_api_refuse(request, response, SL_PROBLEM_UNAUTHENTICATED, "%s", text);
    sl_response_header(response, "WWW-Authenticate", sl_str_from(challenge));
    return false;
}

static bool needs_token(const sl_request *request)
{
    if (request->route->auth == SL_AUTH_WRITE)
        return true;
    return request->route->auth == SL_AUTH_READ && sl_app(request)->is_auth_required;
}

bool sl_app_admit(sl_request *request, sl_response *response)
{
    sl_actor *actor = sl_arena_new(request->arena, sl_actor);
    if (!actor) {
        sl_api_no_memory(request, response);
        return false;
    }
    request->user = actor;
    sl_str header = sl_request_header(request, "Authorization"), scheme, token;
    if (!header.data && needs_token(request))
        return refuse_identity(request, response, "Bearer realm=\"sluice\"",
                               "send a token: Authorization: Bearer sl_…");
    request->is_anonymous = !header.data;
    if (!header.data)
        return true;
    if (!sl_str_split(header, ' ', &scheme, &token) ||
        !sl_str_equal_nocase(scheme, SL_STR("Bearer")))
        return refuse_identity(request, response, "Bearer realm=\"sluice\"",
                               "the Authorization header is not of the form: Bearer TOKEN");
    const sl_app_thread *thread = request->scratch;
    sl_status status = sl_registry_authenticate(sl_app_registry(request), thread->callers,
                                                sl_str_trim(token), request->arena, actor);
    if (status == SL_OK)
        return true;
    if (status == SL_UNAUTHENTICATED)
        return refuse_identity(request, response,
                               "Bearer realm=\"sluice\", error=\"invalid_token\"",
                               "the token is not known, has expired or was revoked");
    sl_api_no_memory(request, response);
    return false;
}

void sl_app_refuse(sl_request *request, sl_refusal why, sl_str detail, sl_response *response)
{
    static const struct {
        sl_problem_code code;
        const char *text;
    } table[] = {
        [SL_REFUSE_PATH] = {SL_PROBLEM_BAD_REQUEST, ""},
        [SL_REFUSE_QUERY] = {SL_PROBLEM_BAD_REQUEST, ""},
        [SL_REFUSE_FRAMING] = {SL_PROBLEM_FRAMING, ""},
        [SL_REFUSE_NO_ROUTE] = {SL_PROBLEM_NO_ROUTE, "GET /openapi.json lists all paths"},
        [SL_REFUSE_METHOD] = {SL_PROBLEM_NO_METHOD, ""},
        [SL_REFUSE_ACCEPT] = {SL_PROBLEM_NOT_ACCEPTABLE, ""},
        [SL_REFUSE_TOO_LARGE] = {SL_PROBLEM_TOO_LARGE, ""},
        [SL_REFUSE_TARGET] = {SL_PROBLEM_TARGET_TOO_LONG, ""},
        [SL_REFUSE_MEDIA_TYPE] = {SL_PROBLEM_MEDIA_TYPE, ""},
        [SL_REFUSE_HEAD] = {SL_PROBLEM_HEAD_TOO_LARGE, ""},
        [SL_REFUSE_CODING] = {SL_PROBLEM_CODING,
                              "send Transfer-Encoding: chunked, or Content-Length"},
        [SL_REFUSE_BUSY] = {SL_PROBLEM_BUSY, "too many requests wait already; try again shortly"},
        [SL_REFUSE_BODY_MEMORY] = {SL_PROBLEM_NO_MEMORY, "too many large bodies are under way"},
        [SL_REFUSE_DRAINING] = {SL_PROBLEM_BUSY, "the server is being stopped"},
    };
    sl_api_refuse(request, response, table[why].code, "%.*s",
                  SL_STR_ARG(detail.data ? detail : sl_str_from(table[why].text)));
}
