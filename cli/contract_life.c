/* cli/contract_life.c: the verbs that move a contract on: `sluice contract activate`, `offer`, `accept`,
 * `deprecate`, `retire`, `block`, `unblock`.
 *
 * Each is one POST to the verb's own path, and they differ in what they must say: an offer says to whom, a
 * block says why. With --generation a step is taken only if the contract is still the one that was seen. */
#include "cli/internal/contract.h"
#include "cli/internal/say.h"

typedef struct step_options {
    sl_remote remote;
    const char *to, *reason;
    int64_t generation;
} step_options;

#define STEP_OPTIONS                                                          \
    {"generation", SL_OPTION_NUMBER, offsetof(step_options, generation), "N", \
     "only if this is still the contract's generation"},                      \
        SL_REMOTE_OPTIONS(step_options, remote)

static const sl_option plain_options[] = {STEP_OPTIONS};

static const sl_option offer_options[] = {
    {"to", SL_OPTION_TEXT, offsetof(step_options, to), "NAME",
     "the producer that is to take it over", true},
    STEP_OPTIONS,
};

static const sl_option block_options[] = {
    {"reason", SL_OPTION_TEXT, offsetof(step_options, reason), "TEXT",
     "why; it is recorded, and told to whoever is refused", true},
    STEP_OPTIONS,
};

static int take_step(const sl_command *command, sl_arguments arguments, const sl_option *options,
                     size_t option_count)
{
    const char *verb = arguments.items[0];
    sl_option_table table = {
        .options = options,
        .count = option_count,
        .least_arguments = 1,
        .most_arguments = 1,
    };
    step_options given = {.remote = SL_REMOTE_INIT};
    int exit_status;
    if (!sl_remote_begin(command, &table, &arguments, &given, &given.remote, &exit_status))
        return exit_status;

    sl_cleanup(sl_buf_done) sl_buf path = {0}, body = {0};
    sl_json_writer writer = sl_json_writer_of(&body);
    sl_json_put_object(&writer, NULL);
    sl_json_put_string_if(&writer, "to", sl_str_from(given.to));
    sl_json_put_string_if(&writer, "reason", sl_str_from(given.reason));
    sl_json_end_object(&writer);
    sl_remote_path(&path, "/v1/topics/", arguments.items[0], "/contract/", verb);

    char etag[32];
    snprintf(etag, sizeof etag, "\"%lld\"", (long long)given.generation);
    sl_remote_request request = {
        .method = "POST",
        .path = &path,
        .json = &body,
        .if_match = given.generation > 0 ? etag : NULL,
    };
    return sl_remote_run(&given.remote, &request, sl_print_contract);
}

#define STEP(verb, options)                                                       \
    int sl_cmd_contract_##verb(const sl_command *command, sl_arguments arguments) \
    {                                                                             \
        return take_step(command, arguments, options, SL_ARRAY_LEN(options));     \
    }

STEP(activate, plain_options)
STEP(offer, offer_options)
STEP(accept, plain_options)
STEP(deprecate, plain_options)
STEP(retire, plain_options)
STEP(block, block_options)
STEP(unblock, plain_options)
