/* server/internal/api.h: what the handlers of server/api/ share: reading requests, writing answers and problems. */
#pragma once

#include "server/internal/app.h"
#include "json/json.h"

/* --- problems: api/problem.c ------------------------------------------------------------------ */

/* Answer with problem+json (RFC 9457). `problem` says code, text and owner; findings may be NULL. What was written before is dropped. */
void sl_api_problem(sl_request *request, sl_response *response, const sl_problem *problem,
                    const sl_findings *findings);
/* The same from a code and a text. */
void sl_api_refuse(sl_request *request, sl_response *response, sl_problem_code code,
                   const char *format, ...) SL_PRINTF(4, 5);
void sl_api_no_memory(sl_request *request, sl_response *response);

/* --- reading: api/read.c ---------------------------------------------------------------------- */

/* Parse the body, which must be a JSON object (an empty body is {}), and fill `into` by `fields`. False: the answer is written.
 * `ret_root` owns what `into` borrows; the caller frees it. */
typedef struct sl_api_fields {
    const sl_json_field *fields;
    size_t count;
} sl_api_fields;
#define SL_API_FIELDS(table) ((sl_api_fields){(table), SL_ARRAY_LEN(table)})
SL_MUST_CHECK bool sl_api_read_json(sl_request *request, sl_response *response,
                                    sl_api_fields fields, void *into, sl_json **ret_root);

/* Query parameters; absent ones leave *ret as it is. False: the answer is written. */
SL_MUST_CHECK bool sl_api_query_number(sl_request *request, sl_response *response, const char *name,
                                       int64_t most, int64_t *ret);
SL_MUST_CHECK bool sl_api_query_bool(sl_request *request, sl_response *response, const char *name,
                                     bool *ret);
SL_MUST_CHECK bool sl_api_query_page(sl_request *request, sl_response *response, sl_page *ret_page);

/* The generation of an If-Match header: 0 if there is none or it is `*`. False: it is no ETag of ours; the answer is written. */
SL_MUST_CHECK bool sl_api_if_match(sl_request *request, sl_response *response,
                                   int64_t *ret_generation);

/* --- writing: api/write.c --------------------------------------------------------------------- */

/* Begin and end a JSON answer. End closes the object, or answers 503 if memory is out. */
sl_json_writer sl_api_begin(sl_response *response, int status);
void sl_api_end(sl_request *request, sl_response *response, sl_json_writer *writer);

/* ETag: "GENERATION". */
void sl_api_put_etag(sl_request *request, sl_response *response, int64_t generation);
/* For what never changes: ETag and Cache-Control. True if If-None-Match names it: the answer is 304 and nothing is left to do. */
SL_MUST_CHECK bool sl_api_immutable(sl_request *request, sl_response *response, const char *etag);

/* `name` NULL inside arrays. */
void sl_api_put_owner(sl_json_writer *writer, const char *name, const sl_owner *owner);
void sl_api_put_findings(sl_json_writer *writer, const sl_findings *findings);
void sl_api_put_violations(sl_json_writer *writer, const sl_violations *violations);
void sl_api_put_cursor(sl_json_writer *writer, sl_str next_cursor);
