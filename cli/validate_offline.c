/* cli/validate_offline.c: payloads judged by a descriptor set, in this process.
 *
 * The same link, plan and walk as in the server. What only a contract knows cannot be judged here and is not:
 * who may write, tombstones, and whether the schema id in an envelope is one of the topic's. */
#include "cli/internal/schema_input.h"
#include "cli/internal/tell.h"
#include "cli/internal/validate.h"

typedef struct offline_judge {
    sl_judge base;
    const sl_validate_args *args;
    sl_schema *schema;
    sl_plan *plan;
    sl_buf payload;            /* or the chunk of a stream; kept for the next */
    sl_violations *violations; /* cleared by each walk */
} offline_judge;

static void offline_judge_done(offline_judge *judge)
{
    sl_plan_unref(judge->plan);
    sl_schema_unref(judge->schema);
    sl_buf_done(&judge->payload);
}

/* Open the envelope. SL_OK with *ret_step NULL (go on with *ret_payload), or set: the violation is told. */
static sl_status open_envelope(offline_judge *judge, sl_bytes framed, sl_bytes *ret_payload,
                               const char **ret_step, sl_error *err)
{
    sl_envelope envelope;
    sl_violations_clear(judge->violations);
    sl_status status = sl_envelope_read(framed, &envelope, err);
    if (status == SL_MALFORMED || status == SL_LIMIT) {
        *ret_step = "schema";
        return sl_violations_add(judge->violations, SL_VIOLATION_ENVELOPE, 0, SL_STR(""), "%s",
                                 err->text);
    }
    SL_TRY(status);
    const sl_message *want = sl_plan_message(judge->plan);
    const sl_message *got =
        sl_schema_message_at(judge->schema, envelope.indexes, envelope.index_count);
    if (got != want) {
        *ret_step = "schema";
        return sl_violations_add(judge->violations, SL_VIOLATION_ENVELOPE_INDEXES, 0, SL_STR(""),
                                 "the message indexes lead to %.*s, not to %.*s",
                                 SL_STR_ARG(got ? got->full_name : SL_STR("no message")),
                                 SL_STR_ARG(want->full_name));
    }
    *ret_payload = envelope.payload;
    return SL_OK;
}

/* Judge, tell and count one payload. */
static sl_status judge_payload(offline_judge *judge, sl_bytes payload,
                               const sl_payload_place *place, sl_verdict_tally *tally,
                               sl_error *err)
{
    const sl_validate_args *args = judge->args;
    const char *step = NULL;
    if (args->input == SL_INPUT_FRAMED)
        SL_TRY(open_envelope(judge, payload, &payload, &step, err));
    if (!step) {
        sl_validate_options options = {
            .unknown_fields =
                args->unknown_fields == SL_UNKNOWN_ALLOW ? SL_UNKNOWN_ALLOW : SL_UNKNOWN_REJECT,
        };
        bool is_valid = false;
        SL_TRY(sl_validate(judge->plan, payload, &options, judge->violations, &is_valid));
        step = is_valid ? NULL : "decode";
    }
    sl_verdict_count(tally, !step, !step);
    tally->has_gap |= !sl_verdict_tell_own(args->remote.is_json, place,
                                           sl_plan_message(judge->plan), step, judge->violations);
    return SL_OK;
}

typedef struct offline_stream {
    offline_judge *judge;
    const char *name;
    sl_verdict_tally *tally;
} offline_stream;

static sl_status judge_item(void *context, uint64_t index, sl_bytes payload, sl_error *err)
{
    offline_stream *stream = context;
    return judge_payload(stream->judge, payload, &(sl_payload_place){stream->name, (int64_t)index},
                         stream->tally, err);
}

/* Chunk by chunk, as they come: the input may be longer than memory. */
static sl_status judge_stream(offline_judge *judge, sl_input *input, sl_verdict_tally *tally,
                              sl_error *err)
{
    offline_stream stream = {judge, input->name, tally};
    sl_cleanup(sl_many_done) sl_many many = {.judge = judge_item, .context = &stream};
    for (bool is_end = false; !is_end;) {
        sl_error cause = {0};
        SL_TRY(sl_input_read_chunk(input, &judge->payload, &is_end, err));
        sl_status status = sl_validate_many(&many, sl_buf_bytes(&judge->payload), is_end, &cause);
        if (status != SL_OK)
            return sl_error_set(err, status, "'%s': %s", input->name,
                                cause.text[0] ? cause.text : sl_status_name(status));
    }
    return SL_OK;
}

static sl_status judge_whole(offline_judge *judge, sl_input *input, sl_verdict_tally *tally,
                             sl_error *err)
{
    SL_TRY(sl_input_read_all(input, SL_LIMIT_PAYLOAD_BYTES, &judge->payload, err));
    return judge_payload(judge, sl_buf_bytes(&judge->payload), &(sl_payload_place){input->name, -1},
                         tally, err);
}

static void judge_offline(sl_judge *base, sl_input *input, sl_verdict_tally *tally)
{
    offline_judge *judge = (offline_judge *)base;
    sl_error error = {0};
    sl_status status = judge->args->input == SL_INPUT_DELIMITED
                           ? judge_stream(judge, input, tally, &error)
                           : judge_whole(judge, input, tally, &error);
    if (status == SL_OK)
        return;
    sl_complain("%s", error.text[0] ? error.text : sl_status_name(status));
    tally->has_gap = true;
}

/* The message types of the main file, for whoever named one that is not there. */
static void tell_messages(const sl_schema *schema)
{
    const sl_file *main = sl_schema_main_file(schema);
    fputs("the messages of ", stderr);
    sl_say_text(stderr, main->path);
    fputs(" are:", stderr);
    for (uint32_t i = 0; i < main->message_count; i++) {
        fputc(' ', stderr);
        sl_say_text(stderr, main->messages[i].full_name);
    }
    fputc('\n', stderr);
}

static int prepare(const sl_command *command, offline_judge *judge)
{
    const sl_validate_args *args = judge->args;
    int exit_status =
        sl_schema_input_link(command, &args->roots, (char *)args->schema, &judge->schema);
    if (exit_status != SL_EXIT_CLEAN)
        return exit_status;

    sl_error error = {0};
    sl_status status =
        sl_plan_compile(judge->schema, sl_str_from(args->message), &judge->plan, &error);
    if (status == SL_OK)
        return SL_EXIT_CLEAN;
    if (status != SL_NOT_FOUND) {
        sl_complain("%s", error.text[0] ? error.text : sl_status_name(status));
        return SL_EXIT_NO_ANSWER;
    }
    sl_complain("'%s' has no message '%s'", args->schema, args->message);
    tell_messages(judge->schema);
    return SL_EXIT_USAGE;
}

int sl_validate_by_schema(const sl_command *command, sl_validate_args *args,
                          const sl_arguments *files)
{
    sl_cleanup(sl_violations_done) sl_violations violations = {0};
    sl_cleanup(offline_judge_done) offline_judge judge = {
        .base = {judge_offline},
        .args = args,
        .violations = &violations,
    };
    int exit_status = prepare(command, &judge);
    return exit_status == SL_EXIT_CLEAN ? sl_validate_inputs(&judge.base, args, files)
                                        : exit_status;
}
