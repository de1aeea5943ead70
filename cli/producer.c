/* cli/producer.c: `sluice producer`: the services that write topics, with the team and the chat room where to
 * ask. */
#include "cli/internal/remote.h"
#include "cli/internal/tell.h"

typedef struct producer_options {
    sl_remote remote;
    const char *team, *chat, *contact, *reason;
} producer_options;

static void tell_producer(const sl_remote_answer *answer)
{
    const sl_json *producer = answer->json;
    sl_say_row("producer", sl_member_string(producer, "name"));
    sl_say_row("team", sl_member_string(producer, "team"));
    sl_say_row("chat", sl_member_string(producer, "chat"));
    sl_say_row("contact", sl_member_string(producer, "contact"));
    if (sl_member_bool(producer, "blocked"))
        sl_say_row("blocked", sl_member_string(producer, "block_reason"));
    sl_say_row("created", sl_member_string(producer, "created"));
}

static const sl_option create_options[] = {
    {"team", SL_OPTION_TEXT, offsetof(producer_options, team), "TEAM",
     "the team that it belongs to", true},
    {"chat", SL_OPTION_TEXT, offsetof(producer_options, chat), "ROOM",
     "the chat room to ask in, such as #payments"},
    {"contact", SL_OPTION_TEXT, offsetof(producer_options, contact), "ADDRESS",
     "another way to reach the team"},
    SL_REMOTE_OPTIONS(producer_options, remote),
};

int sl_cmd_producer_create(const sl_command *command, sl_arguments arguments)
{
    static const sl_option_table table = {
        SL_OPTION_TABLE(create_options),
        .least_arguments = 1,
        .most_arguments = 1,
    };
    producer_options given = {.remote = SL_REMOTE_INIT};
    int exit_status;
    if (!sl_remote_begin(command, &table, &arguments, &given, &given.remote, &exit_status))
        return exit_status;

    sl_cleanup(sl_buf_done) sl_buf path = {0}, body = {0};
    sl_json_writer writer = sl_json_writer_of(&body);
    sl_json_put_object(&writer, NULL);
    sl_json_put_string_if(&writer, "name", sl_str_from(arguments.items[0]));
    sl_json_put_string_if(&writer, "team", sl_str_from(given.team));
    sl_json_put_string_if(&writer, "chat", sl_str_from(given.chat));
    sl_json_put_string_if(&writer, "contact", sl_str_from(given.contact));
    sl_json_end_object(&writer);
    sl_remote_path(&path, "/v1/producers");
    return sl_remote_run(&given.remote, &(sl_remote_request){"POST", &path, .json = &body},
                         tell_producer);
}

static const sl_option plain_options[] = {SL_REMOTE_OPTIONS(producer_options, remote)};

int sl_cmd_producer_show(const sl_command *command, sl_arguments arguments)
{
    static const sl_option_table table = {
        SL_OPTION_TABLE(plain_options),
        .least_arguments = 1,
        .most_arguments = 1,
    };
    producer_options given = {.remote = SL_REMOTE_INIT};
    int exit_status;
    if (!sl_remote_begin(command, &table, &arguments, &given, &given.remote, &exit_status))
        return exit_status;
    sl_cleanup(sl_buf_done) sl_buf path = {0};
    sl_remote_path(&path, "/v1/producers/", arguments.items[0]);
    return sl_remote_run(&given.remote, &(sl_remote_request){"GET", &path}, tell_producer);
}

static void tell_item(const sl_json *producer)
{
    sl_say_column(sl_member_string(producer, "name"), 24);
    sl_say_column(sl_member_string(producer, "team"), 16);
    sl_say_column(sl_member_string(producer, "chat"), 16);
    sl_say_text(stdout, sl_member_string(producer, "contact"));
    puts(sl_member_bool(producer, "blocked") ? "  BLOCKED" : "");
}

int sl_cmd_producer_list(const sl_command *command, sl_arguments arguments)
{
    static const sl_option_table table = {SL_OPTION_TABLE(plain_options)};
    producer_options given = {.remote = SL_REMOTE_INIT};
    int exit_status;
    if (!sl_remote_begin(command, &table, &arguments, &given, &given.remote, &exit_status))
        return exit_status;
    sl_cleanup(sl_buf_done) sl_buf path = {0};
    sl_remote_path(&path, "/v1/producers");
    return sl_remote_list(&given.remote, &path, "producers", tell_item);
}

static const sl_option block_options[] = {
    {"reason", SL_OPTION_TEXT, offsetof(producer_options, reason), "TEXT",
     "why; it is recorded, and told to whoever is refused", true},
    SL_REMOTE_OPTIONS(producer_options, remote),
};

static int act(const sl_command *command, const sl_option_table *table, sl_arguments arguments,
               const char *verb)
{
    producer_options given = {.remote = SL_REMOTE_INIT};
    int exit_status;
    if (!sl_remote_begin(command, table, &arguments, &given, &given.remote, &exit_status))
        return exit_status;
    sl_cleanup(sl_buf_done) sl_buf path = {0}, body = {0};
    sl_json_writer writer = sl_json_writer_of(&body);
    sl_json_put_object(&writer, NULL);
    sl_json_put_string_if(&writer, "reason", sl_str_from(given.reason));
    sl_json_end_object(&writer);
    sl_remote_path(&path, "/v1/producers/", arguments.items[0], "/", verb);
    return sl_remote_run(&given.remote, &(sl_remote_request){"POST", &path, .json = &body},
                         tell_producer);
}

int sl_cmd_producer_block(const sl_command *command, sl_arguments arguments)
{
    static const sl_option_table table = {
        SL_OPTION_TABLE(block_options),
        .least_arguments = 1,
        .most_arguments = 1,
    };
    return act(command, &table, arguments, "block");
}

int sl_cmd_producer_unblock(const sl_command *command, sl_arguments arguments)
{
    static const sl_option_table table = {
        SL_OPTION_TABLE(plain_options),
        .least_arguments = 1,
        .most_arguments = 1,
    };
    return act(command, &table, arguments, "unblock");
}
