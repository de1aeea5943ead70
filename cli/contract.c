/* cli/contract.c: `sluice contract claim`, `amend`, `show` and `list`: what a topic's contract says.
 *
 * Claiming and amending share their options: what is not given is left to the server (when claiming: its
 * defaults; when amending: as it was). An amendment is guarded: the contract is read first, and its ETag goes
 * along, so that a change in between is refused and not overwritten. */
#include "cli/internal/contract.h"

#include "cli/internal/tell.h"

typedef struct contract_options {
    sl_remote remote;
    const char *producer, *subject, *message, *mode, *unknown_fields, *tombstones;
    const char *versions, *compatibility;
    sl_option_list co_producers;
    int64_t max_payload_bytes;
    bool is_draft;
} contract_options;

#define POLICY_OPTIONS                                                                         \
    {"mode", SL_OPTION_WORD, offsetof(contract_options, mode), "off|observe|warn|enforce",     \
     "what a bad payload meets"},                                                              \
        {"unknown-fields", SL_OPTION_WORD, offsetof(contract_options, unknown_fields),         \
         "reject|allow", "fields that the schema does not have"},                              \
        {"tombstones", SL_OPTION_WORD, offsetof(contract_options, tombstones), "allow|reject", \
         "empty payloads, which delete a key"},                                                \
        {"versions", SL_OPTION_TEXT, offsetof(contract_options, versions), "latest|live|N",    \
         "which version of the schema judges"},                                                \
        {"compatibility", SL_OPTION_TEXT, offsetof(contract_options, compatibility), "LEVEL",  \
         "NONE, BACKWARD, FORWARD or FULL, or one of these with _TRANSITIVE"},                 \
        {"max-payload-bytes", SL_OPTION_NUMBER, offsetof(contract_options, max_payload_bytes), \
         "N", "largest payload (else the server's bound)"},                                    \
        {"co-producer", SL_OPTION_LIST, offsetof(contract_options, co_producers), "NAME",      \
         "another service that may write the topic"},                                          \
        SL_REMOTE_OPTIONS(contract_options, remote)

static const sl_option claim_options[] = {
    {"producer", SL_OPTION_TEXT, offsetof(contract_options, producer), "NAME",
     "the service that writes the topic (else the one that the token is of)"},
    {"subject", SL_OPTION_TEXT, offsetof(contract_options, subject), "NAME",
     "where the schema is registered (TOPIC-value)"},
    {"draft", SL_OPTION_FLAG, offsetof(contract_options, is_draft), NULL,
     "begin as a draft: payloads are judged and counted, and none is refused"},
    {"message", SL_OPTION_TEXT, offsetof(contract_options, message), "TYPE",
     "full name of the message type (else the only one of the subject's main file)"},
    POLICY_OPTIONS,
};

static const sl_option amend_options[] = {POLICY_OPTIONS};

static const sl_option show_options[] = {SL_REMOTE_OPTIONS(contract_options, remote)};

static void put_versions(sl_json_writer *writer, const char *versions)
{
    int64_t number = 0;
    if (versions && sl_str_to_i64(sl_str_from(versions), &number))
        sl_json_put_integer(writer, "versions", number);
    else
        sl_json_put_string_if(writer, "versions", sl_str_from(versions));
}

static void put_contract(const contract_options *given, sl_buf *body)
{
    sl_json_writer writer = sl_json_writer_of(body);
    sl_json_put_object(&writer, NULL);
    sl_json_put_string_if(&writer, "producer", sl_str_from(given->producer));
    sl_json_put_string_if(&writer, "subject", sl_str_from(given->subject));
    sl_json_put_string_if(&writer, "message_type", sl_str_from(given->message));
    sl_json_put_string_if(&writer, "state", given->is_draft ? SL_STR("draft") : (sl_str){0});
    sl_json_put_string_if(&writer, "mode", sl_str_from(given->mode));
    sl_json_put_string_if(&writer, "unknown_fields", sl_str_from(given->unknown_fields));
    sl_json_put_string_if(&writer, "tombstones", sl_str_from(given->tombstones));
    put_versions(&writer, given->versions);
    sl_json_put_string_if(&writer, "compatibility", sl_str_from(given->compatibility));
    if (given->max_payload_bytes > 0)
        sl_json_put_integer(&writer, "max_payload_bytes", given->max_payload_bytes);
    if (given->co_producers.count > 0) {
        sl_json_put_array(&writer, "co_producers");
        for (size_t i = 0; i < given->co_producers.count; i++)
            sl_json_put_string(&writer, NULL, sl_str_from(given->co_producers.items[i]));
        sl_json_end_array(&writer);
    }
    sl_json_end_object(&writer);
}

static void tell_value(const char *label, const sl_json *value)
{
    if (!value)
        return;
    switch (sl_json_kind_of(value)) {
    case SL_JSON_STRING: sl_say_row(label, sl_json_string(value)); return;
    case SL_JSON_BOOL:
        sl_say_row(label, sl_json_bool(value) ? SL_STR("yes") : SL_STR("no"));
        return;
    case SL_JSON_INTEGER: {
        char text[24];
        snprintf(text, sizeof text, "%lld", (long long)sl_json_integer(value));
        sl_say_row(label, sl_str_from(text));
        return;
    }
    default: return;
    }
}

void sl_print_contract(const sl_remote_answer *answer)
{
    /* In the order in which people ask. */
    static const struct {
        const char *label, *member;
    } rows[] = {
        {"topic", "topic"},
        {"message type", "message_type"},
        {"subject", "subject"},
        {"state", "state"},
        {"mode", "mode"},
        {"unknown fields", "unknown_fields"},
        {"tombstones", "tombstones"},
        {"versions", "versions"},
        {"compatibility", "compatibility"},
        {"blocked", "blocked"},
        {"block reason", "block_reason"},
        {"offered to", "offered_to"},
        {"generation", "generation"},
        {"updated", "updated"},
    };
    for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
        tell_value(rows[i].label, sl_json_member(answer->json, rows[i].member));
    sl_print_owner(stdout, sl_json_member(answer->json, "owner"));
}

/* GET the contract only to learn the generation that an amendment is based on. */
static int read_etag(const sl_remote *remote, const sl_buf *path,
                     char ret_etag[SL_FETCH_HEADER_SIZE])
{
    sl_cleanup(sl_remote_answer_done) sl_remote_answer answer = {0};
    int exit_status = sl_remote_call(remote, &(sl_remote_request){"GET", path}, &answer);
    if (exit_status == SL_EXIT_CLEAN)
        memcpy(ret_etag, answer.http.etag, SL_FETCH_HEADER_SIZE);
    return exit_status;
}

int sl_cmd_contract_claim(const sl_command *command, sl_arguments arguments)
{
    static const sl_option_table table = {
        SL_OPTION_TABLE(claim_options),
        .least_arguments = 1,
        .most_arguments = 1,
    };
    contract_options given = {.remote = SL_REMOTE_INIT};
    int exit_status;
    if (!sl_remote_begin(command, &table, &arguments, &given, &given.remote, &exit_status))
        return exit_status;
    sl_cleanup(sl_buf_done) sl_buf path = {0}, body = {0};
    sl_remote_path(&path, "/v1/topics/", arguments.items[0], "/contract");
    put_contract(&given, &body);
    return sl_remote_run(&given.remote, &(sl_remote_request){"PUT", &path, .json = &body},
                         sl_print_contract);
}

int sl_cmd_contract_amend(const sl_command *command, sl_arguments arguments)
{
    static const sl_option_table table = {
        SL_OPTION_TABLE(amend_options),
        .least_arguments = 1,
        .most_arguments = 1,
    };
    contract_options given = {.remote = SL_REMOTE_INIT};
    int exit_status;
    if (!sl_remote_begin(command, &table, &arguments, &given, &given.remote, &exit_status))
        return exit_status;
    sl_cleanup(sl_buf_done) sl_buf path = {0}, body = {0};
    char etag[SL_FETCH_HEADER_SIZE] = "";
    sl_remote_path(&path, "/v1/topics/", arguments.items[0], "/contract");
    put_contract(&given, &body);
    exit_status = read_etag(&given.remote, &path, etag);
    if (exit_status != SL_EXIT_CLEAN)
        return exit_status;
    sl_remote_request request = {
        .method = "PATCH",
        .path = &path,
        .json = &body,
        .if_match = etag[0] ? etag : NULL,
    };
    return sl_remote_run(&given.remote, &request, sl_print_contract);
}

int sl_cmd_contract_show(const sl_command *command, sl_arguments arguments)
{
    static const sl_option_table table = {
        SL_OPTION_TABLE(show_options),
        .least_arguments = 1,
        .most_arguments = 1,
    };
    contract_options given = {.remote = SL_REMOTE_INIT};
    int exit_status;
    if (!sl_remote_begin(command, &table, &arguments, &given, &given.remote, &exit_status))
        return exit_status;
    sl_cleanup(sl_buf_done) sl_buf path = {0};
    sl_remote_path(&path, "/v1/topics/", arguments.items[0], "/contract");
    return sl_remote_run(&given.remote, &(sl_remote_request){"GET", &path}, sl_print_contract);
}

typedef struct list_options {
    sl_remote remote;
    const char *query, *owner, *state;
} list_options;

static const sl_option catalogue_options[] = {
    {"query", SL_OPTION_TEXT, offsetof(list_options, query), "TEXT",
     "topics whose name, message type or owner contains this"},
    {"owner", SL_OPTION_TEXT, offsetof(list_options, owner), "NAME", "topics of this producer"},
    {"state", SL_OPTION_WORD, offsetof(list_options, state), "draft|active|deprecated|retired",
     "topics in this state"},
    SL_REMOTE_OPTIONS(list_options, remote),
};

static void tell_item(const sl_json *contract)
{
    sl_say_column(sl_member_string(contract, "topic"), 32);
    sl_say_column(sl_member_string(contract, "state"), 10);
    sl_say_column(sl_member_string(contract, "mode"), 8);
    sl_say_column(sl_member_string(contract, "producer"), 16);
    sl_say_text(stdout, sl_member_string(contract, "message_type"));
    puts(sl_member_bool(contract, "blocked") ? "  BLOCKED" : "");
}

int sl_cmd_contract_list(const sl_command *command, sl_arguments arguments)
{
    static const sl_option_table table = {SL_OPTION_TABLE(catalogue_options)};
    list_options given = {.remote = SL_REMOTE_INIT};
    int exit_status;
    if (!sl_remote_begin(command, &table, &arguments, &given, &given.remote, &exit_status))
        return exit_status;
    sl_cleanup(sl_buf_done) sl_buf path = {0};
    sl_remote_path(&path, "/v1/topics");
    sl_remote_query(&path, "q", given.query);
    sl_remote_query(&path, "owner", given.owner);
    sl_remote_query(&path, "state", given.state);
    return sl_remote_list(&given.remote, &path, "topics", tell_item);
}
