/* cli/validate_remote.c: payloads judged by a server, by a topic's contract.
 *
 * A file is one request. A delimited stream is cut into batches of bounded size, so that neither this process
 * nor the server ever holds more than one of them; verdicts are told with the payload's place in the whole
 * stream. */
#include "cli/internal/say.h"
#include "cli/internal/validate.h"

/* Enough that a round trip does not matter, and little beside the server's own bounds. */
enum { BATCH_BYTES = 4 << 20, BATCH_PAYLOADS = 10000 };

typedef struct remote_judge {
    sl_judge base;
    const sl_validate_args *args;
    sl_buf path;    /* of the request, the same for all inputs */
    sl_buf payload; /* one, as read */
    sl_buf batch;   /* several, each behind its length */
} remote_judge;

static void remote_judge_done(remote_judge *judge)
{
    sl_buf_done(&judge->path);
    sl_buf_done(&judge->payload);
    sl_buf_done(&judge->batch);
}

static void tell_and_count(const remote_judge *judge, const sl_payload_place *place,
                           const sl_json *verdict, sl_verdict_tally *tally)
{
    tally->has_gap |= !sl_verdict_tell_servers(judge->args->remote.is_json, place, verdict);
    sl_verdict_count(tally, sl_member_bool(verdict, "valid"), sl_member_bool(verdict, "allowed"));
}

/* Post one input as one payload. False: it could not be judged, and the complaint was made. */
static bool judge_whole(remote_judge *judge, sl_input *input, sl_verdict_tally *tally)
{
    sl_error error = {0};
    if (sl_input_read_all(input, SL_LIMIT_PAYLOAD_BYTES, &judge->payload, &error) != SL_OK) {
        sl_complain("%s", error.text);
        return false;
    }
    sl_remote_request request = {
        .method = "POST",
        .path = &judge->path,
        .content_type = judge->args->input == SL_INPUT_FRAMED ? "application/vnd.kafka.protobuf"
                                                              : "application/x-protobuf",
        .body = sl_buf_bytes(&judge->payload),
    };
    sl_cleanup(sl_remote_answer_done) sl_remote_answer answer = {0};
    if (sl_remote_call(&judge->args->remote, &request, &answer) != SL_EXIT_CLEAN)
        return false;
    tell_and_count(judge, &(sl_payload_place){input->name, -1}, answer.json, tally);
    return true;
}

/* Post the batch, which begins with payload number `first` of the stream, and empty it. */
static bool judge_batch(remote_judge *judge, const char *name, int64_t first, int64_t count,
                        sl_verdict_tally *tally)
{
    if (judge->batch.has_failed) {
        sl_complain("not enough memory");
        return false;
    }
    sl_remote_request request = {
        .method = "POST",
        .path = &judge->path,
        .content_type = "application/vnd.sluice.delimited",
        .body = sl_buf_bytes(&judge->batch),
    };
    sl_cleanup(sl_remote_answer_done) sl_remote_answer answer = {0};
    if (sl_remote_call(&judge->args->remote, &request, &answer) != SL_EXIT_CLEAN)
        return false;
    const sl_json *verdicts = answer.json ? sl_json_member(answer.json, "verdicts") : NULL;
    if (!verdicts || (int64_t)sl_json_array_count(verdicts) != count) {
        sl_complain("the server did not judge each payload of the batch");
        return false;
    }
    for (int64_t i = 0; i < count; i++)
        tell_and_count(judge, &(sl_payload_place){name, first + i},
                       sl_json_array_at(verdicts, (size_t)i), tally);
    sl_buf_clear(&judge->batch);
    return true;
}

static bool judge_stream(remote_judge *judge, sl_input *input, sl_verdict_tally *tally)
{
    int64_t index = 0, first = 0;
    sl_error error = {0};
    sl_status status;
    sl_buf_clear(&judge->batch);
    while ((status = sl_input_read_delimited(input, &judge->payload, &error)) == SL_OK) {
        sl_wire_put_varint(&judge->batch, judge->payload.len);
        sl_buf_append_str(&judge->batch, sl_buf_str(&judge->payload));
        index++;
        if (judge->batch.len < BATCH_BYTES && index - first < BATCH_PAYLOADS)
            continue;
        if (!judge_batch(judge, input->name, first, index - first, tally))
            return false;
        first = index;
    }
    /* What came before a broken end is judged as well. */
    if (index > first && !judge_batch(judge, input->name, first, index - first, tally))
        return false;
    if (status != SL_NOT_FOUND)
        sl_complain("%s", error.text);
    return status == SL_NOT_FOUND;
}

static void judge_remote(sl_judge *base, sl_input *input, sl_verdict_tally *tally)
{
    remote_judge *judge = (remote_judge *)base;
    bool is_done = judge->args->input == SL_INPUT_DELIMITED ? judge_stream(judge, input, tally)
                                                            : judge_whole(judge, input, tally);
    tally->has_gap |= !is_done;
}

int sl_validate_by_server(const sl_command *command, sl_validate_args *args,
                          const sl_arguments *files)
{
    (void)command;
    sl_cleanup(remote_judge_done) remote_judge judge = {.base = {judge_remote}, .args = args};
    bool is_stream = args->input == SL_INPUT_DELIMITED;
    sl_remote_path(&judge.path, "/v1/topics/", args->topic,
                   is_stream ? "/validate:batch" : "/validate");
    if (args->version > 0) {
        char version[24];
        snprintf(version, sizeof version, "%lld", (long long)args->version);
        sl_remote_query(&judge.path, "version", version);
    }
    int exit_status = sl_remote_open(&args->remote);
    return exit_status == SL_EXIT_CLEAN ? sl_validate_inputs(&judge.base, args, files)
                                        : exit_status;
}
