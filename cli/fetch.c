/* cli/fetch.c: HTTP by libcurl, and the only file of the command line that sees it.
 *
 * One easy handle a request: a subcommand makes one or a few, and the handle's connection would be the only
 * thing to keep. (`sluice validate` with many files makes many; they go through one handle kept in `session`,
 * so that the connection is kept alive.)
 *
 * Deliberately not done: redirects (a bearer token must not wander), protocols other than HTTP, proxies for
 * the loopback. */
#include "cli/internal/fetch.h"

#include <curl/curl.h>
#include <strings.h>

enum { CONNECT_TIMEOUT_S = 10, HEADER_LINE_SIZE = 1024 };

SL_DEFINE_CLEANUP(struct curl_slist *, curl_slist_free_all)

static CURL *session; /* made at the first request, ended with the process */

/* libcurl's own memory comes through base/ as well, so that the fault sweep reaches it. */
static char *copy_text(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = sl_alloc(size);
    return copy ? memcpy(copy, text, size) : NULL;
}

static CURL *open_session(void)
{
    if (session) {
        curl_easy_reset(session);
        return session;
    }
    if (curl_global_init_mem(CURL_GLOBAL_DEFAULT, sl_alloc, sl_free, sl_realloc, copy_text,
                             sl_calloc) != CURLE_OK)
        return NULL;
    session = curl_easy_init();
    return session;
}

/* Once, when the process ends, so that leak checkers see a clean end. */
static __attribute__((destructor)) void close_session(void)
{
    if (!session)
        return;
    curl_easy_cleanup(session);
    curl_global_cleanup();
    session = NULL;
}

static size_t take_body(char *data, size_t size, size_t count, void *into)
{
    sl_buf *body = into;
    sl_buf_append(body, data, size * count);
    return body->has_failed ? 0 : size * count;
}

/* The value of header `name` if `line` is it, cut at `end`. */
static void take_value(sl_str line, sl_str name, char end, char ret_value[SL_FETCH_HEADER_SIZE])
{
    sl_str before, value, cut;
    if (!sl_str_split(line, ':', &before, &value) || !sl_str_equal_nocase(before, name))
        return;
    if (end && sl_str_split(value, end, &cut, &before))
        value = cut;
    value = sl_str_trim(value);
    snprintf(ret_value, SL_FETCH_HEADER_SIZE, "%.*s", SL_STR_ARG(value));
}

static size_t take_header(char *data, size_t size, size_t count, void *into)
{
    sl_fetch_answer *answer = into;
    sl_str line = {data, size * count};
    while (line.len > 0 && (line.data[line.len - 1] == '\n' || line.data[line.len - 1] == '\r'))
        line.len--;
    take_value(line, SL_STR("content-type"), ';', answer->content_type);
    take_value(line, SL_STR("etag"), 0, answer->etag);
    return size * count;
}

/* SL_OK; SL_INVALID (a value that would not stay inside its header); SL_NO_MEMORY. */
static sl_status add_header(struct curl_slist **headers, const char *name, const char *value,
                            sl_error *err)
{
    char line[HEADER_LINE_SIZE];
    int len = snprintf(line, sizeof line, "%s: %s", name, value);
    if (len < 0 || (size_t)len >= sizeof line || strpbrk(line, "\r\n"))
        return sl_error_set(err, SL_INVALID,
                            "the token, or the ETag, cannot stand in an HTTP header");
    struct curl_slist *longer = curl_slist_append(*headers, line);
    if (!longer)
        return sl_error_no_memory(err);
    *headers = longer;
    return SL_OK;
}

static sl_status make_headers(const sl_fetch_request *request, struct curl_slist **headers,
                              sl_error *err)
{
    char bearer[HEADER_LINE_SIZE] = "", accept[SL_FETCH_HEADER_SIZE];
    snprintf(accept, sizeof accept, "%s, application/problem+json",
             request->accept ? request->accept : "application/json");
    SL_TRY(add_header(headers, "Accept", accept, err));
    /* Empty, it switches off the round trip before large bodies, which only delays here. */
    SL_TRY(add_header(headers, "Expect", "", err));
    if (request->content_type)
        SL_TRY(add_header(headers, "Content-Type", request->content_type, err));
    if (request->if_match)
        SL_TRY(add_header(headers, "If-Match", request->if_match, err));
    if (!request->token)
        return SL_OK;
    snprintf(bearer, sizeof bearer, "Bearer %s", request->token);
    return add_header(headers, "Authorization", bearer, err);
}

/* Keep the loopback away from proxies of the environment. SL_OK, SL_NO_MEMORY. */
static sl_status set_proxy(CURL *curl, CURLU *parts, sl_error *err)
{
    char *host = NULL;
    if (curl_url_get(parts, CURLUPART_HOST, &host, 0) != CURLUE_OK)
        return sl_error_no_memory(err);
    bool is_loopback = strcasecmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 ||
                       strcmp(host, "[::1]") == 0;
    curl_free(host);
    if (is_loopback && curl_easy_setopt(curl, CURLOPT_PROXY, "") != CURLE_OK)
        return sl_error_no_memory(err);
    return SL_OK;
}

SL_DEFINE_CLEANUP(CURLU *, curl_url_cleanup)

/* SL_OK; SL_INVALID (not a URL of http or https); SL_NO_MEMORY. */
static sl_status set_url(CURL *curl, const char *url, sl_error *err)
{
    sl_cleanup(curl_url_cleanupp) CURLU *parts = curl_url();
    if (!parts)
        return sl_error_no_memory(err);
    bool is_http = strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "https://", 8) == 0;
    CURLUcode code = is_http ? curl_url_set(parts, CURLUPART_URL, url, 0) : CURLUE_BAD_SCHEME;
    if (code == CURLUE_OUT_OF_MEMORY)
        return sl_error_no_memory(err);
    if (code != CURLUE_OK)
        return sl_error_set(err, SL_INVALID,
                            "'%s' is not the URL of a server; it looks like http://HOST:PORT", url);
    SL_TRY(set_proxy(curl, parts, err));
    return curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK ? SL_OK : sl_error_no_memory(err);
}

static sl_status set_request(CURL *curl, const sl_fetch_request *request,
                             struct curl_slist *headers, sl_error *err)
{
    if (curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method) != CURLE_OK ||
        curl_easy_setopt(curl, CURLOPT_USERAGENT, "sluice/" SLUICE_VERSION) != CURLE_OK)
        return sl_error_no_memory(err);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_TIMEOUT_S);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)request->timeout_s);
    if (request->body.data) {
        curl_easy_setopt(curl, CURLOPT_POST, 1L);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body.data);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.len);
    }
    return SL_OK;
}

static sl_status no_answer(const sl_fetch_answer *answer, const sl_fetch_request *request,
                           CURLcode code, const char *said, sl_error *err)
{
    if (answer->body.no_memory || code == CURLE_OUT_OF_MEMORY)
        return sl_error_no_memory(err);
    if (answer->body.has_failed)
        return sl_error_set(err, SL_LIMIT, "the answer has more than JSON_BYTES = %d bytes",
                            SL_LIMIT_JSON_BYTES);
    return sl_error_set(err, SL_IO, "no answer from %s: %s", request->url,
                        said[0] ? said : curl_easy_strerror(code));
}

sl_status sl_fetch(const sl_fetch_request *request, sl_fetch_answer *ret_answer, sl_error *err)
{
    sl_cleanup(curl_slist_free_allp) struct curl_slist *headers = NULL;
    CURL *curl = open_session();
    if (!curl)
        return sl_error_no_memory(err);
    SL_TRY(make_headers(request, &headers, err));
    SL_TRY(set_url(curl, request->url, err));
    SL_TRY(set_request(curl, request, headers, err));

    char said[CURL_ERROR_SIZE] = "";
    sl_cleanup(sl_fetch_answer_done) sl_fetch_answer answer = {.body.max = SL_LIMIT_JSON_BYTES};
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, said);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer);
    CURLcode code = curl_easy_perform(curl);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
    if (code != CURLE_OK)
        return no_answer(&answer, request, code, said, err);

    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    answer.status = (int)status;
    *ret_answer = answer;
    answer = (sl_fetch_answer){0};
    return SL_OK;
}

void sl_fetch_answer_done(sl_fetch_answer *answer)
{
    sl_buf_done(&answer->body);
}
