/* cli/register.c: `sluice register`: .proto text or a descriptor set under a subject.
 *
 * Either goes to the server as it is; what is wrong with it, and what it would break, the server's findings say. */
#include "cli/internal/schema_input.h"
#include "cli/internal/tell.h"

typedef struct register_options {
    sl_remote remote;
    const char *subject, *message, *main;
    sl_option_list roots;
} register_options;

static const sl_option options[] = {
    {"subject", SL_OPTION_TEXT, offsetof(register_options, subject), "NAME",
     "where the schema gets its next version; a topic's is TOPIC-value", true},
    {"message", SL_OPTION_TEXT, offsetof(register_options, message), "TYPE",
     "full name of the message: its file is the main one"},
    {"main", SL_OPTION_TEXT, offsetof(register_options, main), "PATH",
     "import path of the main file (else the file of --message, else the one that is named, or the last of the set)"},
    SL_SCHEMA_ROOTS_OPTION(register_options, roots),
    SL_REMOTE_OPTIONS(register_options, remote),
};

static const sl_option_table table = {
    SL_OPTION_TABLE(options),
    .least_arguments = 1,
    .most_arguments = -1,
    .notes = SL_SCHEMA_INPUT_NOTES,
};

static void print_version(const sl_remote_answer *answer)
{
    const sl_json *messages = sl_json_member(answer->json, "messages");
    bool is_new = answer->http.status == 201;
    sl_say_text(stdout, sl_member_string(answer->json, "subject"));
    printf(" version %lld, id %lld%s", (long long)sl_member_integer(answer->json, "version"),
           (long long)sl_member_integer(answer->json, "id"), is_new ? "" : " (known already)");
    for (size_t i = 0; messages && i < sl_json_array_count(messages); i++) {
        fputs(i == 0 ? ": " : ", ", stdout);
        sl_say_text(stdout, sl_json_string(sl_json_array_at(messages, i)));
    }
    putchar('\n');
    sl_print_findings(stdout, sl_json_member(answer->json, "findings"));
}

/* --message and --main go with the path, for a set as well. */
static void put_files(const register_options *given, const sl_schema_input *input, sl_buf *body)
{
    sl_json_writer writer = sl_json_writer_of(body);
    sl_json_put_object(&writer, NULL);
    sl_schema_input_put(input, given->main, &writer);
    sl_json_end_object(&writer);
}

int sl_cmd_register(const sl_command *command, sl_arguments arguments)
{
    register_options given = {.remote = SL_REMOTE_INIT};
    int exit_status;
    if (!sl_remote_begin(command, &table, &arguments, &given, &given.remote, &exit_status))
        return exit_status;

    sl_cleanup(sl_schema_input_done) sl_schema_input input = {0};
    sl_cleanup(sl_buf_done) sl_buf path = {0}, body = {0};
    exit_status = sl_schema_input_read(command, &given.roots, &arguments, &input);
    if (exit_status != SL_EXIT_CLEAN)
        return exit_status;

    sl_remote_path(&path, "/v1/subjects/", given.subject, "/versions");
    sl_remote_query(&path, "message", given.message);
    sl_remote_query(&path, "main", given.main);
    sl_remote_request request = {.method = "POST", .path = &path};
    if (sl_schema_input_is_text(&input)) {
        put_files(&given, &input, &body);
        request.json = &body;
    } else {
        request.content_type = "application/x-protobuf";
        request.body = sl_buf_bytes(&input.set);
    }
    return sl_remote_run(&given.remote, &request, print_version);
}
