/* cli/remote.c: calling a server and telling its refusals.
 *
 * The server's address and the caller's token are settled once, in this order: option, environment, default.
 * The exit status of a refusal follows from what the refusal is about: the contract's rules said no (409,
 * 412, 422: findings), or nobody got as far as them. */
#include "cli/internal/remote.h"

#include "cli/internal/input.h"
#include "cli/internal/tell.h"

#include <stdlib.h>

#define DEFAULT_SERVER "http://127.0.0.1:8081"

enum { SL_REMOTE_CURSOR_SIZE = 1024 };

enum { HTTP_CONFLICT = 409, HTTP_STALE = 412, HTTP_UNPROCESSABLE = 422, HTTP_REFUSED_FROM = 400 };

static int take_token(sl_remote *remote, sl_str token, const char *origin)
{
    while (token.len > 0 && strchr(" \t\r\n", token.data[token.len - 1]))
        token.len--;
    if (token.len == 0 || token.len >= SL_REMOTE_TOKEN_SIZE) {
        sl_complain("%s does not hold a token", origin);
        return SL_EXIT_USAGE;
    }
    memcpy(remote->token, token.data, token.len);
    remote->token[token.len] = 0;
    return SL_EXIT_CLEAN;
}

int sl_remote_open(sl_remote *remote)
{
    const char *from_env = getenv("SLUICE_SERVER");
    if (!remote->server)
        remote->server = from_env && from_env[0] ? from_env : DEFAULT_SERVER;
    if (!remote->token_file) {
        const char *token = getenv("SLUICE_TOKEN");
        return token && token[0] ? take_token(remote, sl_str_from(token), "SLUICE_TOKEN")
                                 : SL_EXIT_CLEAN;
    }
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    sl_error error = {0};
    if (sl_input_read_file(remote->token_file, SL_REMOTE_TOKEN_SIZE, &text, &error) != SL_OK) {
        sl_complain("%s", error.text);
        return SL_EXIT_NO_ANSWER;
    }
    return take_token(remote, sl_buf_str(&text), remote->token_file);
}

bool sl_remote_begin(const sl_command *command, const sl_option_table *table,
                     sl_arguments *arguments, void *into, sl_remote *remote, int *ret_exit)
{
    if (!sl_options_parse(command, table, arguments, into, ret_exit))
        return false;
    *ret_exit = sl_remote_open(remote);
    return *ret_exit == SL_EXIT_CLEAN;
}

void sl_remote_answer_done(sl_remote_answer *answer)
{
    sl_fetch_answer_done(&answer->http);
    sl_json_free(answer->json);
    *answer = (sl_remote_answer){0};
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("-._~", c));
}

/* RFC 3986 §2.1: everything but the unreserved characters. */
static void append_encoded(sl_buf *path, const char *text)
{
    for (; *text; text++) {
        if (is_unreserved(*text))
            sl_buf_append_byte(path, (uint8_t)*text);
        else
            sl_buf_printf(path, "%%%02X", (unsigned char)*text);
    }
}

void sl_remote_path_parts(sl_buf *path, const char *const *parts)
{
    for (size_t i = 0; parts[i]; i++) {
        if (i % 2 == 0)
            sl_buf_append_str(path, sl_str_from(parts[i]));
        else
            append_encoded(path, parts[i]);
    }
}

void sl_remote_query(sl_buf *path, const char *name, const char *value)
{
    if (!value)
        return;
    sl_buf_append_byte(path, sl_str_contains(sl_buf_str(path), SL_STR("?")) ? '&' : '?');
    append_encoded(path, name);
    sl_buf_append_byte(path, '=');
    append_encoded(path, value);
}

/* "http://HOST:PORT" and the path, without a doubled slash between them. */
static void put_url(sl_buf *url, const sl_remote *remote, const sl_remote_request *request)
{
    sl_str server = sl_str_from(remote->server);
    while (server.len > 0 && server.data[server.len - 1] == '/')
        server.len--;
    sl_buf_append_str(url, server);
    sl_buf_append_str(url, sl_buf_str(request->path));
    sl_buf_append_byte(url, 0);
}

static bool is_problem(const sl_remote_answer *answer)
{
    return strcmp(answer->http.content_type, "application/problem+json") == 0;
}

/* Tell a refusal and return the exit status that it means. */
static int refused(const sl_remote *remote, const sl_remote_answer *answer)
{
    int status = answer->http.status;
    if (!is_problem(answer) || !answer->json) {
        sl_complain("%s answered %d and did not say why; is it a Sluice server?", remote->server,
                    status);
        return SL_EXIT_NO_ANSWER;
    }
    if (remote->is_json)
        sl_remote_print_body(answer);
    else
        sl_print_problem(answer->json);
    bool is_no = status == HTTP_CONFLICT || status == HTTP_STALE || status == HTTP_UNPROCESSABLE;
    return is_no ? SL_EXIT_FINDINGS : SL_EXIT_NO_ANSWER;
}

/* Fetch, and parse what came; SL_OK whatever the HTTP status. */
/* Has the answer the type that the request names? */
static bool is_as_asked(const sl_remote_request *request, const sl_remote_answer *answer)
{
    return request->accept && strcmp(answer->http.content_type, request->accept) == 0;
}

static sl_status exchange(const sl_remote *remote, const sl_remote_request *request,
                          sl_remote_answer *answer, sl_error *err)
{
    sl_cleanup(sl_buf_done) sl_buf url = {0};
    put_url(&url, remote, request);
    bool has_failed =
        url.has_failed || request->path->has_failed || (request->json && request->json->has_failed);
    if (has_failed)
        return sl_error_no_memory(err);
    sl_fetch_request fetch = {
        .method = request->method,
        .url = url.data,
        .content_type = request->json ? "application/json" : request->content_type,
        .if_match = request->if_match,
        .accept = request->accept,
        .token = remote->token[0] ? remote->token : NULL,
        .body = request->json ? sl_buf_bytes(request->json) : request->body,
        .timeout_s = remote->timeout_s,
    };
    SL_TRY(sl_fetch(&fetch, &answer->http, err));
    if (answer->http.body.len == 0 || is_as_asked(request, answer))
        return SL_OK;
    sl_status status = sl_json_parse(sl_buf_str(&answer->http.body), &answer->json, err);
    /* Not JSON: refused() and the check below say so in terms of the server. */
    return status == SL_MALFORMED ? SL_OK : status;
}

int sl_remote_call(const sl_remote *remote, const sl_remote_request *request,
                   sl_remote_answer *ret_answer)
{
    sl_cleanup(sl_remote_answer_done) sl_remote_answer answer = {0};
    sl_error error = {0};
    if (exchange(remote, request, &answer, &error) != SL_OK) {
        sl_complain("%s", error.text);
        if (error.status == SL_IO)
            fprintf(stderr,
                    "`sluice serve` runs a server; --server or SLUICE_SERVER says where it is\n");
        return error.status == SL_INVALID ? SL_EXIT_USAGE : SL_EXIT_NO_ANSWER;
    }
    bool is_verdict = answer.http.status == HTTP_UNPROCESSABLE && !is_problem(&answer);
    if (answer.http.status >= HTTP_REFUSED_FROM && !(is_verdict && answer.json))
        return refused(remote, &answer);
    if (answer.http.status >= 300 && !is_verdict) {
        sl_complain("%s answered %d: it has moved, or is not a Sluice server", remote->server,
                    answer.http.status);
        return SL_EXIT_NO_ANSWER;
    }
    if (!answer.json && answer.http.body.len > 0 && !is_as_asked(request, &answer)) {
        sl_complain("%s answered with something other than JSON; is it a Sluice server?",
                    remote->server);
        return SL_EXIT_NO_ANSWER;
    }
    *ret_answer = answer;
    answer = (sl_remote_answer){0};
    return SL_EXIT_CLEAN;
}

int sl_remote_run(const sl_remote *remote, const sl_remote_request *request,
                  void (*tell)(const sl_remote_answer *answer))
{
    sl_cleanup(sl_remote_answer_done) sl_remote_answer answer = {0};
    int exit_status = sl_remote_call(remote, request, &answer);
    if (exit_status != SL_EXIT_CLEAN)
        return exit_status;
    if (remote->is_json)
        sl_remote_print_body(&answer);
    else
        tell(&answer);
    return SL_EXIT_CLEAN;
}

/* Tell one page. The cursor of the next goes into `cursor`, "" after the last. */
static int list_page(const sl_remote *remote, const sl_buf *path, const char *items,
                     void (*tell)(const sl_json *item), char cursor[SL_REMOTE_CURSOR_SIZE])
{
    sl_cleanup(sl_remote_answer_done) sl_remote_answer answer = {0};
    int exit_status = sl_remote_call(remote, &(sl_remote_request){"GET", path}, &answer);
    if (exit_status != SL_EXIT_CLEAN)
        return exit_status;
    const sl_json *list = answer.json ? sl_json_member(answer.json, items) : NULL;
    size_t count = list ? sl_json_array_count(list) : 0;
    if (remote->is_json)
        sl_remote_print_body(&answer);
    for (size_t i = 0; i < count && !remote->is_json; i++)
        tell(sl_json_array_at(list, i));
    sl_str next = sl_member_string(answer.json, "next_cursor");
    snprintf(cursor, SL_REMOTE_CURSOR_SIZE, "%.*s", SL_STR_ARG(next));
    return SL_EXIT_CLEAN;
}

int sl_remote_list(const sl_remote *remote, const sl_buf *path, const char *items,
                   void (*tell)(const sl_json *item))
{
    char cursor[SL_REMOTE_CURSOR_SIZE] = "";
    do {
        sl_cleanup(sl_buf_done) sl_buf page = {0};
        sl_buf_append_str(&page, sl_buf_str(path));
        sl_remote_query(&page, "cursor", cursor[0] ? cursor : NULL);
        int exit_status = list_page(remote, &page, items, tell, cursor);
        if (exit_status != SL_EXIT_CLEAN)
            return exit_status;
    } while (cursor[0]);
    return SL_EXIT_CLEAN;
}

void sl_remote_print_body(const sl_remote_answer *answer)
{
    sl_str body = sl_buf_str(&answer->http.body);
    while (body.len > 0 && body.data[body.len - 1] == '\n')
        body.len--;
    if (body.len == 0)
        return;
    fwrite(body.data, 1, body.len, stdout);
    fputc('\n', stdout);
}

sl_str sl_member_string(const sl_json *object, const char *name)
{
    return object ? sl_json_string(sl_json_member(object, name)) : SL_STR("");
}

int64_t sl_member_integer(const sl_json *object, const char *name)
{
    return object ? sl_json_integer(sl_json_member(object, name)) : 0;
}

bool sl_member_bool(const sl_json *object, const char *name)
{
    return object && sl_json_bool(sl_json_member(object, name));
}
