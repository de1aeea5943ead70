/* cli/internal/remote.h: calling a server: where it is, who calls, and what is said when it refuses.
 *
 * A subcommand puts an sl_remote into its options, fills in a request, and gets the answer as parsed JSON;
 * refusals (problem+json, RFC 9457) have then been told to the person, and the exit status is all that is
 * left to return. */
#pragma once

#include "cli/internal/fetch.h"
#include "cli/internal/options.h"
#include "json/json.h"

enum { SL_REMOTE_TOKEN_SIZE = 256 };

typedef struct sl_remote {
    const char *server;     /* NULL: SLUICE_SERVER, else the default */
    const char *token_file; /* NULL: SLUICE_TOKEN, else none */
    int64_t timeout_s;
    int is_json; /* --format: 0 text, 1 json */
    char token[SL_REMOTE_TOKEN_SIZE];
} sl_remote;

#define SL_REMOTE_INIT   \
    {                    \
        .timeout_s = 60, \
    }

/* The rows of an option table that fill the sl_remote `member` of `type`. */
#define SL_REMOTE_OPTIONS(type, member)                                            \
    {"server", SL_OPTION_TEXT, offsetof(type, member.server), "URL",               \
     "the server; else SLUICE_SERVER, else http://127.0.0.1:8081"},                \
        {"token-file", SL_OPTION_TEXT, offsetof(type, member.token_file), "FILE",  \
         "file with the caller's token; else SLUICE_TOKEN, else none"},            \
        {"timeout", SL_OPTION_NUMBER, offsetof(type, member.timeout_s), "SECONDS", \
         "longest wait for an answer (60; 0 waits for ever)"},                     \
    {                                                                              \
        "format", SL_OPTION_CHOICE, offsetof(type, member.is_json), "text|json",   \
            "for people (text), or the server's own words (json)"                  \
    }

/* Parse the options of a subcommand that asks a server (`remote` lies in `into`), settle where the server is,
 * and read the token. True: go on. False: help was printed or a complaint made, and the subcommand returns
 * *ret_exit. */
SL_MUST_CHECK bool sl_remote_begin(const sl_command *command, const sl_option_table *table,
                                   sl_arguments *arguments, void *into, sl_remote *remote,
                                   int *ret_exit);
/* The second half alone: SL_EXIT_CLEAN, or a status to return. */
SL_MUST_CHECK int sl_remote_open(sl_remote *remote);

typedef struct sl_remote_request {
    const char *method;
    const sl_buf *path;       /* with query, from "/v1/…"; see sl_remote_path() */
    const sl_buf *json;       /* body of application/json, or NULL */
    const char *if_match;     /* an ETag, or NULL */
    const char *content_type; /* of another body */
    sl_bytes body;
    const char *accept; /* media type of the answer; NULL: JSON */
} sl_remote_request;

typedef struct sl_remote_answer {
    sl_fetch_answer http;
    sl_json *json; /* NULL when the body is empty, or of the type that was asked for */
} sl_remote_answer;
void sl_remote_answer_done(sl_remote_answer *answer);

/* Make the request. SL_EXIT_CLEAN with *ret_answer set: 2xx, or 422 with a verdict. Otherwise what was wrong
 * has been told, and the status to return is SL_EXIT_FINDINGS (the server said no: 409, 412, 422) or
 * SL_EXIT_NO_ANSWER (everything else). */
SL_MUST_CHECK int sl_remote_call(const sl_remote *remote, const sl_remote_request *request,
                                 sl_remote_answer *ret_answer);

/* The same for a subcommand that is done after it: `tell` prints the answer for people; with --format json
 * its body is printed as it came. */
SL_MUST_CHECK int sl_remote_run(const sl_remote *remote, const sl_remote_request *request,
                                void (*tell)(const sl_remote_answer *answer));

/* GET a list, page after page (`path` without a cursor): the objects in its member `items`, each told in a
 * line; with --format json, a body a line as it came. */
SL_MUST_CHECK int sl_remote_list(const sl_remote *remote, const sl_buf *path, const char *items,
                                 void (*tell)(const sl_json *item));

/* Append a path of literal and variable parts, in turn; variable ones are percent-encoded:
 *     sl_remote_path(&path, "/v1/topics/", topic, "/contract"); */
#define sl_remote_path(path, ...) \
    sl_remote_path_parts((path), (const char *const[]){__VA_ARGS__, NULL})
void sl_remote_path_parts(sl_buf *path, const char *const *parts);
/* Append "?name=value" or "&name=value"; nothing if `value` is NULL. */
void sl_remote_query(sl_buf *path, const char *name, const char *value);

/* The answer's body as it came, and an end of line, on standard output. */
void sl_remote_print_body(const sl_remote_answer *answer);

/* Members of objects: "", 0 or false when absent or of another kind. `object` may be NULL. */
sl_str sl_member_string(const sl_json *object, const char *name);
int64_t sl_member_integer(const sl_json *object, const char *name);
bool sl_member_bool(const sl_json *object, const char *name);
