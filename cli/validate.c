/* cli/validate.c: `sluice validate`: who judges, and the inputs that are judged.
 *
 * --topic asks a server: its contract decides, and its counters count. --schema needs no server: a descriptor
 * set or .proto text and a message type decide, with no contract but --unknown-fields. Inputs are taken in order; one that
 * cannot be read does not keep the others from being judged, and makes the exit status 3. */
#include "cli/internal/validate.h"

#include "cli/internal/say.h"
#include "cli/internal/schema_input.h"

#include <unistd.h>

static const sl_option options[] = {
    {"topic", SL_OPTION_TEXT, offsetof(sl_validate_args, topic), "NAME",
     "judge by this topic's contract, on the server"},
    {"version", SL_OPTION_NUMBER, offsetof(sl_validate_args, version), "N",
     "with --topic: judge by this version of the schema"},
    {"schema", SL_OPTION_TEXT, offsetof(sl_validate_args, schema), "FILE",
     "judge by this descriptor set or FILE.proto, without a server"},
    SL_SCHEMA_ROOTS_OPTION(sl_validate_args, roots),
    {"message", SL_OPTION_TEXT, offsetof(sl_validate_args, message), "TYPE",
     "with --schema: full name of the message type"},
    {"unknown-fields", SL_OPTION_CHOICE, offsetof(sl_validate_args, unknown_fields), "reject|allow",
     "with --schema: fields that the schema does not have (reject)"},
    {"input", SL_OPTION_CHOICE, offsetof(sl_validate_args, input), "binary|framed|delimited",
     "a payload a file; the same in the Kafka envelope; many in a file, each behind its length"},
    SL_REMOTE_OPTIONS(sl_validate_args, remote),
};

static const sl_option_table table = {
    SL_OPTION_TABLE(options),
    .most_arguments = -1,
    .notes =
        "Without FILE, or for the FILE -, standard input is read. Delimited input is read payload by\n"
        "payload, so it may be longer than memory.\n"
        "Exit status: 0 all valid, 1 some are not, 3 something could not be read or judged.\n",
};

static void judge_input(sl_judge *judge, const char *path, const sl_validate_args *args,
                        sl_verdict_tally *total)
{
    sl_cleanup(sl_input_close) sl_input input = {0};
    sl_verdict_tally tally = {0};
    sl_error error = {0};
    if (sl_input_open(path, &input, &error) != SL_OK) {
        sl_complain("%s", error.text);
        total->has_gap = true;
        return;
    }
    judge->judge(judge, &input, &tally);
    if (args->input == SL_INPUT_DELIMITED && !args->remote.is_json)
        sl_verdict_tell_summary(input.name, &tally);
    total->judged += tally.judged;
    total->not_valid += tally.not_valid;
    total->refused += tally.refused;
    total->has_gap |= tally.has_gap;
}

int sl_validate_inputs(sl_judge *judge, const sl_validate_args *args, const sl_arguments *files)
{
    sl_verdict_tally total = {0};
    if (files->count == 0)
        judge_input(judge, "-", args, &total);
    for (int i = 0; i < files->count; i++)
        judge_input(judge, files->items[i], args, &total);
    return sl_verdict_exit(&total);
}

/* What does not go together is refused, not ignored. */
static int check_together(const sl_command *command, const sl_validate_args *args)
{
    if (!args->topic == !args->schema)
        return sl_usage_error(command,
                              "give --topic (a server judges) or --schema (this program does)");
    if (args->topic && (args->message || args->unknown_fields >= 0))
        return sl_usage_error(command, "%s goes with --schema; with --topic the contract says it",
                              args->message ? "--message" : "--unknown-fields");
    if (args->topic && args->roots.count > 0)
        return sl_usage_error(command, "--proto-path goes with --schema");
    if (args->schema && !args->message)
        return sl_usage_error(command, "--message is missing: which message type of %s?",
                              args->schema);
    if (args->schema && (args->version > 0 || args->remote.server || args->remote.token_file))
        return sl_usage_error(command, "%s goes with --topic; with --schema no server is asked",
                              args->version > 0     ? "--version"
                              : args->remote.server ? "--server"
                                                    : "--token-file");
    if (args->topic && args->version > 0 && args->input == SL_INPUT_FRAMED)
        return sl_usage_error(command, "--version: a framed payload names its schema itself");
    return SL_EXIT_CLEAN;
}

int sl_cmd_validate(const sl_command *command, sl_arguments arguments)
{
    sl_validate_args args = {.remote = SL_REMOTE_INIT, .unknown_fields = -1};
    int exit_status;
    if (!sl_options_parse(command, &table, &arguments, &args, &exit_status))
        return exit_status;
    exit_status = check_together(command, &args);
    if (exit_status != SL_EXIT_CLEAN)
        return exit_status;
    if (arguments.count == 0 && isatty(STDIN_FILENO))
        return sl_usage_error(command, "no FILE, and standard input is a terminal");
    return args.topic ? sl_validate_by_server(command, &args, &arguments)
                      : sl_validate_by_schema(command, &args, &arguments);
}
