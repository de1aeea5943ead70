/* server/api/batch.c: many payloads in one request, one verdict each, in order.
 *
 * Payloads are read one after the other from the body, judged, and the verdict is written at once, so that memory is the body and the answer
 * and nothing that grows with their product. One snapshot of the contracts judges the batch, unless a schema must be
 * loaded on the way: what follows is then judged by the newest. What is cold, and what is long, runs on a control thread, so that no
 * other connection waits for it.
 *
 * A JSON answer is written verdicts first; the totals, which are known at the end, are then put in front. */
#include "server/internal/judge.h"

enum { INLINE_BYTES_MOST = 1 << 18 };

typedef struct batch {
    sl_request *request;
    sl_batch_reader reader;
    sl_judge_request wanted;
    sl_batch_options options;
    sl_batch_totals totals;
    size_t index;
    sl_buf *out;
    sl_json_writer writer;
    sl_verdict last;
    bool has_verdict;
} batch;

/* A valid item says what may differ between items; all else stands once, beside the list. */
static void put_item(batch *b, const sl_verdict *verdict)
{
    sl_json_put_object(&b->writer, NULL);
    if (b->options.only_refused)
        sl_json_put_integer(&b->writer, "index", (int64_t)b->index);
    if (verdict->is_valid) {
        sl_json_put_bool(&b->writer, "valid", true);
        sl_json_put_bool(&b->writer, "allowed", verdict->is_allowed);
        sl_json_put_integer(&b->writer, "schema_id", verdict->schema_id);
        sl_json_put_integer(&b->writer, "version", verdict->version);
    } else {
        sl_verdict_put(&b->writer, verdict);
    }
    sl_json_end_object(&b->writer);
}

static sl_status take_verdict(batch *b, const sl_verdict *verdict)
{
    b->last = *verdict;
    b->has_verdict = true;
    b->totals.allowed += verdict->is_allowed;
    b->totals.refused += !verdict->is_allowed;
    if (b->options.only_refused && verdict->is_allowed)
        return SL_OK;
    if (!b->options.is_protobuf)
        put_item(b, verdict);
    else if (!sl_batch_pack_verdict(verdict, b->index, b->out))
        return SL_NO_MEMORY;
    return sl_buf_status(b->out);
}

/* SL_OK when all is judged; else what stopped it, with `err`. */
static sl_status judge_all(batch *b, sl_guard *guard, sl_error *err)
{
    for (;; b->index++) {
        sl_verdict verdict;
        sl_status status = b->reader.next(&b->reader, &b->wanted.payload, err);
        if (status == SL_NOT_FOUND)
            return SL_OK;
        SL_TRY(status);
        if (b->index == SL_LIMIT_BATCH_ITEMS)
            return sl_error_set(err, SL_LIMIT, "more than %d payloads (limit BATCH_ITEMS)",
                                SL_LIMIT_BATCH_ITEMS);
        status = sl_judge(b->request, guard, &b->wanted, &verdict, err);
        if (status == SL_NOT_FOUND)
            return SL_CLOSED; /* no contract: told apart from the end of the payloads */
        SL_TRY(status);
        status = take_verdict(b, &verdict);
        if (status == SL_LIMIT)
            return sl_error_set(
                err, SL_LIMIT,
                "the answer would have more than %d bytes (limit "
                "BATCH_ANSWER_BYTES); send fewer payloads, or ask for ?only=refused",
                SL_LIMIT_BATCH_ANSWER_BYTES);
        SL_TRY(status);
    }
}

/* `{"allowed": …, "verdicts": ` in front of the list that is there already. */
static bool put_head_in_front(batch *b)
{
    sl_cleanup(sl_buf_done) sl_buf head = {0};
    sl_json_writer writer = sl_json_writer_of(&head);
    sl_json_put_object(&writer, NULL);
    sl_json_put_integer(&writer, "allowed", (int64_t)b->totals.allowed);
    sl_json_put_integer(&writer, "refused", (int64_t)b->totals.refused);
    sl_json_put_string(&writer, "topic", b->wanted.topic);
    if (b->has_verdict) {
        sl_json_put_string(&writer, "message_type", b->last.message_type);
        sl_json_put_string(&writer, "mode", sl_str_from(sl_mode_names[b->last.mode]));
    }
    if (b->has_verdict && b->last.owner)
        sl_api_put_owner(&writer, "owner", b->last.owner);
    sl_buf_append_literal(&head, ",\"verdicts\":");
    b->out->max = 0;
    if (head.has_failed || !sl_buf_reserve(b->out, head.len + 2))
        return false;
    memmove(b->out->data + head.len, b->out->data, b->out->len);
    memcpy(b->out->data, head.data, head.len);
    b->out->len += head.len;
    sl_buf_append_literal(b->out, "}\n");
    return true;
}

static void refuse(batch *b, sl_response *response, sl_status status, const sl_error *err)
{
    sl_request *request = b->request;
    switch (status) {
    case SL_CLOSED: sl_judge_refuse(request, response, SL_NOT_FOUND, err); return;
    case SL_LIMIT: sl_api_refuse(request, response, SL_PROBLEM_LIMIT, "%s", err->text); return;
    case SL_MALFORMED:
        sl_api_refuse(request, response, SL_PROBLEM_MALFORMED, "%s", err->text);
        return;
    default: sl_judge_refuse(request, response, status, err); return;
    }
}

/* A batch of nothing asks no contract, and a topic without one must be told all the same. The look into the store may block, so it is a control
 * thread's. SL_OK; SL_BUSY (hand over); SL_CLOSED (no contract); others with `err` filled. */
static sl_status find_topic(sl_request *request, sl_error *err)
{
    sl_contract contract;
    sl_problem problem = {0};
    if (!request->is_control)
        return SL_BUSY;
    sl_status status = sl_registry_contract_get(sl_app_registry(request), request->params[0],
                                                request->arena, &contract, &problem);
    if (status == SL_NOT_FOUND)
        return SL_CLOSED;
    return status == SL_OK ? SL_OK
                           : sl_error_set(err, status, "the topic's contract could not be read");
}

static void run(batch *b, sl_response *response)
{
    sl_error err = {0};
    sl_request *request = b->request;
    response->body.max = SL_LIMIT_BATCH_ANSWER_BYTES;
    b->out = &response->body;
    b->writer = sl_json_writer_of(b->out);
    if (!b->options.is_protobuf)
        sl_json_put_array(&b->writer, NULL);
    sl_guard guard = sl_registry_enter(sl_app_registry(request));
    sl_status status = judge_all(b, &guard, &err);
    bool is_written = true;
    if (status == SL_OK && b->options.is_protobuf) {
        is_written = sl_batch_pack_totals(b->has_verdict ? &b->last : NULL, b->wanted.topic,
                                          &b->totals, b->out);
    } else if (status == SL_OK) {
        sl_json_end_array(&b->writer);
        is_written = put_head_in_front(b);
    }
    sl_registry_leave(&guard);
    if (status == SL_OK && b->index == 0)
        status = find_topic(request, &err);
    if (status == SL_BUSY && !request->is_control) {
        sl_response_reset(response);
        response->action = SL_RESPONSE_HAND_OVER;
    } else if (status != SL_OK) {
        refuse(b, response, status, &err);
    } else if (!is_written) {
        sl_api_no_memory(request, response);
    } else {
        response->status = b->totals.refused ? 422 : 200;
        response->content_type =
            b->options.is_protobuf ? "application/x-protobuf" : "application/json";
    }
}

/* The answer's form: what Accept names, else that of the request. */
static bool wants_protobuf(sl_request *request)
{
    sl_str accept = sl_request_header(request, "Accept");
    if (sl_str_contains(accept, SL_STR("application/x-protobuf")))
        return true;
    return sl_str_equal_nocase(request->content_type, SL_STR("application/x-protobuf")) &&
           sl_media_is_accepted(accept, SL_STR("application/x-protobuf")) &&
           !sl_str_contains(accept, SL_STR("application/json"));
}

static bool read_only(sl_request *request, sl_response *response, bool *ret_only_refused)
{
    sl_str only = sl_request_query(request, "only");
    *ret_only_refused = sl_str_is(only, "refused");
    if (!only.data || *ret_only_refused)
        return true;
    sl_api_refuse(request, response, SL_PROBLEM_BAD_REQUEST,
                  "query parameter 'only' knows one value: refused");
    return false;
}

void sl_api_validate_batch(sl_request *request, sl_response *response)
{
    batch b = {.request = request};
    if (!sl_judge_read(request, response, &b.wanted) ||
        !read_only(request, response, &b.options.only_refused))
        return;
    if (request->body.len > INLINE_BYTES_MOST && !request->is_control) {
        response->action = SL_RESPONSE_HAND_OVER_HEAVY;
        return;
    }
    b.options.is_protobuf = wants_protobuf(request);
    if (sl_batch_open(request, response, &b.reader, &b.wanted, &b.options))
        run(&b, response);
    sl_batch_reader_done(&b.reader);
}
