/* server/internal/judge.h: what validate and validate:batch share. */
#pragma once

#include "server/internal/api.h"

/* A request's own part of every judgement on it: query parameters and content type. `payload` is left empty. False: the answer is written. */
SL_MUST_CHECK bool sl_judge_read(sl_request *request, sl_response *response,
                                 sl_judge_request *ret_wanted);

/* Judge under `guard`. What is cold is warmed where the thread may block; the guard is then left and entered again.
 * SL_OK; SL_BUSY (cold, and the thread may not block: hand over); SL_NOT_FOUND (no contract); others with `err` filled. */
SL_MUST_CHECK sl_status sl_judge(sl_request *request, sl_guard *guard,
                                 const sl_judge_request *wanted, sl_verdict *ret_verdict,
                                 sl_error *err);

/* Answer a judgement that did not come to be. */
void sl_judge_refuse(sl_request *request, sl_response *response, sl_status status,
                     const sl_error *err);

/* The members of a verdict. A valid one in a batch is short: what is the same for all its items stands beside the list. */
void sl_verdict_put(sl_json_writer *writer, const sl_verdict *verdict);

/* --- batch: how a format reads and writes ------------------------------------------------------- */

typedef struct sl_batch_reader sl_batch_reader;
struct sl_batch_reader {
    /* The next payload. SL_OK; SL_NOT_FOUND at the end; SL_MALFORMED (err says where); SL_NO_MEMORY. */
    sl_status (*next)(sl_batch_reader *reader, sl_bytes *ret_payload, sl_error *err);
    sl_bytes body; /* what is left of it */
    sl_bytes whole;
    sl_json *root; /* JSON */
    const sl_json *payloads;
    size_t index;
    sl_buf decoded; /* JSON: one payload and its slop */
    void *message;  /* protobuf: BatchRequest, in the request's arena */
};
void sl_batch_reader_done(sl_batch_reader *reader);

typedef struct sl_batch_options {
    bool only_refused;
    bool is_protobuf; /* the answer */
} sl_batch_options;

/* Open the body by its content type; a protobuf body may also set framed, version and only_refused. False: the answer is written. */
SL_MUST_CHECK bool sl_batch_open(sl_request *request, sl_response *response,
                                 sl_batch_reader *ret_reader, sl_judge_request *wanted,
                                 sl_batch_options *options);

/* Append one verdict of a protobuf answer. False: no memory. */
SL_MUST_CHECK bool sl_batch_pack_verdict(const sl_verdict *verdict, size_t index, sl_buf *buf);
typedef struct sl_batch_totals {
    uint64_t allowed, refused;
} sl_batch_totals;
/* Append what is beside the verdicts. `verdict`: of any item, NULL if there was none. False: no memory. */
SL_MUST_CHECK bool sl_batch_pack_totals(const sl_verdict *verdict, sl_str topic,
                                        const sl_batch_totals *totals, sl_buf *buf);
