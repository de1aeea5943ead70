/* cli/check.c: `sluice check`: what a registration would meet, without one.
 *
 * The server runs the very function that registers, up to the store. The answer is findings: exit status 1 if
 * one of them is an error. */
#include "cli/internal/schema_input.h"
#include "cli/internal/tell.h"

typedef struct check_options {
    sl_remote remote;
    const char *subject, *topic, *message, *main;
    sl_option_list roots;
} check_options;

static const sl_option options[] = {
    {"subject", SL_OPTION_TEXT, offsetof(check_options, subject), "NAME",
     "against the versions of this subject"},
    {"topic", SL_OPTION_TEXT, offsetof(check_options, topic), "NAME",
     "against the versions of the subject of this topic's contract"},
    {"message", SL_OPTION_TEXT, offsetof(check_options, message), "TYPE",
     "full name of the message: its file is the main one"},
    {"main", SL_OPTION_TEXT, offsetof(check_options, main), "PATH", "import path of the main file"},
    SL_SCHEMA_ROOTS_OPTION(check_options, roots),
    SL_REMOTE_OPTIONS(check_options, remote),
};

static const sl_option_table table = {
    SL_OPTION_TABLE(options),
    .least_arguments = 1,
    .most_arguments = -1,
    .notes = SL_SCHEMA_INPUT_NOTES,
};

static void put_request(const check_options *given, const sl_schema_input *input, sl_buf *body)
{
    sl_json_writer writer = sl_json_writer_of(body);
    sl_json_put_object(&writer, NULL);
    sl_json_put_string_if(&writer, "subject", sl_str_from(given->subject));
    sl_json_put_string_if(&writer, "topic", sl_str_from(given->topic));
    sl_json_put_string_if(&writer, "message_type", sl_str_from(given->message));
    sl_json_put_string_if(&writer, "main", sl_str_from(given->main));
    sl_schema_input_put(input, given->main, &writer);
    sl_json_end_object(&writer);
}

static int tell_answer(const check_options *given, const sl_remote_answer *answer)
{
    bool is_compatible = sl_member_bool(answer->json, "compatible");
    if (given->remote.is_json) {
        sl_remote_print_body(answer);
    } else {
        sl_print_findings(stdout, sl_json_member(answer->json, "findings"));
        printf("%s: %s\n", given->topic ? given->topic : given->subject,
               is_compatible ? "compatible" : "not compatible");
    }
    return is_compatible ? SL_EXIT_CLEAN : SL_EXIT_FINDINGS;
}

int sl_cmd_check(const sl_command *command, sl_arguments arguments)
{
    check_options given = {.remote = SL_REMOTE_INIT};
    int exit_status;
    if (!sl_remote_begin(command, &table, &arguments, &given, &given.remote, &exit_status))
        return exit_status;
    if (!given.subject == !given.topic)
        return sl_usage_error(command, "give either --subject or --topic");

    sl_cleanup(sl_schema_input_done) sl_schema_input input = {0};
    sl_cleanup(sl_buf_done) sl_buf path = {0}, body = {0};
    exit_status = sl_schema_input_read(command, &given.roots, &arguments, &input);
    if (exit_status != SL_EXIT_CLEAN)
        return exit_status;
    put_request(&given, &input, &body);
    sl_remote_path(&path, "/v1/check");
    sl_remote_request request = {"POST", &path, .json = &body};
    sl_cleanup(sl_remote_answer_done) sl_remote_answer answer = {0};
    exit_status = sl_remote_call(&given.remote, &request, &answer);
    return exit_status == SL_EXIT_CLEAN ? tell_answer(&given, &answer) : exit_status;
}
