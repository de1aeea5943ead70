/* cli/internal/fetch.h: one HTTP request and its answer.
 *
 * The only part of the command line that knows libcurl. A status of 400 or above is an answer like any other;
 * errors are for requests that got none. Call from one thread. */
#pragma once

#include "base/base.h"

typedef struct sl_fetch_request {
    const char *method;       /* "GET", … */
    const char *url;          /* http:// or https:// */
    const char *content_type; /* of `body`; NULL with an absent body */
    const char *if_match;     /* an ETag, or NULL */
    const char *accept;       /* media type of the answer; NULL: application/json */
    const char *
        token; /* bearer token, or NULL; never sent anywhere but to `url`: redirects are not followed */
    sl_bytes body;     /* borrowed; absent: none */
    int64_t timeout_s; /* for the whole exchange; 0: none */
} sl_fetch_request;

enum { SL_FETCH_HEADER_SIZE = 128 };

typedef struct sl_fetch_answer {
    int status;
    char content_type[SL_FETCH_HEADER_SIZE]; /* without parameters, lower case; "" if none */
    char etag[SL_FETCH_HEADER_SIZE];         /* as sent, quotes included; "" if none */
    sl_buf body;
} sl_fetch_answer;

/* SL_OK: an answer came. SL_IO: none came, the text says why (refused, timed out, not HTTP …); SL_INVALID:
 * the URL is none; SL_LIMIT: the answer has more than SL_LIMIT_JSON_BYTES; SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_fetch(const sl_fetch_request *request, sl_fetch_answer *ret_answer,
                                 sl_error *err);
void sl_fetch_answer_done(sl_fetch_answer *answer);
