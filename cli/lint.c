/* cli/lint.c: `sluice lint`: what schemas should look like and do not.
 *
 * What does not compile is told instead, and is a finding like others: exit status 1. Imports are not linted. */
#include "lint/lint.h"
#include "cli/internal/say.h"
#include "cli/internal/side.h"

typedef struct lint_options {
    sl_option_list roots, use, except;
    const char *enum_zero_value_suffix, *service_suffix;
    bool allow_same, allow_empty_requests, allow_empty_responses, no_comment_ignores;
    sl_remote remote;
    int format;
} lint_options;

static const sl_option options[] = {
    {"use", SL_OPTION_LIST, offsetof(lint_options, use), "RULE|SET",
     "rules to run, or a set of them: STANDARD (the default), BASIC, MINIMAL, COMMENTS, UNARY_RPC"},
    {"except", SL_OPTION_LIST, offsetof(lint_options, except), "RULE|SET", "rules not to run"},
    {"enum-zero-value-suffix", SL_OPTION_TEXT, offsetof(lint_options, enum_zero_value_suffix),
     "TEXT", "how the value 0 of an enum ends; _UNSPECIFIED if not given"},
    {"service-suffix", SL_OPTION_TEXT, offsetof(lint_options, service_suffix), "TEXT",
     "how services end; Service if not given"},
    {"rpc-allow-same-request-response", SL_OPTION_FLAG, offsetof(lint_options, allow_same), NULL,
     "a method may have one type for both"},
    {"rpc-allow-google-protobuf-empty-requests", SL_OPTION_FLAG,
     offsetof(lint_options, allow_empty_requests), NULL,
     "google.protobuf.Empty may be the request of any method"},
    {"rpc-allow-google-protobuf-empty-responses", SL_OPTION_FLAG,
     offsetof(lint_options, allow_empty_responses), NULL,
     "google.protobuf.Empty may be the response of any method"},
    {"disallow-comment-ignores", SL_OPTION_FLAG, offsetof(lint_options, no_comment_ignores), NULL,
     "no comment lets a rule pass"},
    {"proto-path", SL_OPTION_LIST, offsetof(lint_options, roots), "DIR",
     "a folder below which files and imports are found; the folder that is linted if none is given",
     .letter = 'I'},
    {"format", SL_OPTION_CHOICE, offsetof(lint_options, format), SL_REPORT_FORMATS,
     "of findings: for people, for programs, or for a CI"},
    {"server", SL_OPTION_TEXT, offsetof(lint_options, remote.server), "URL",
     "of subject: and topic:; else SLUICE_SERVER, else http://127.0.0.1:8081"},
    {"token-file", SL_OPTION_TEXT, offsetof(lint_options, remote.token_file), "FILE",
     "file with the caller's token; else SLUICE_TOKEN, else none"},
};

static const sl_option_table table = {
    SL_OPTION_TABLE(options),
    .least_arguments = 1,
    .most_arguments = -1,
    .takes_underscores = true,
    .notes =
        "A line of the comment before an element lets one rule pass for it and what is inside it:\n"
        "  // sluice:ignore ENUM_VALUE_PREFIX older clients read these names\n"
        "The reason is asked for. `buf:lint:ignore RULE` is heeded as well.\n",
};

/* --- rules --- */

static int tell_unknown(const sl_command *command, const char *word)
{
    const char *names[SL_LINT_RULES_MAX + SL_LINT_CATEGORY_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < sl_lint_rule_count(); i++)
        names[count++] = sl_lint_rule_at(i)->id;
    for (int i = 0; i < SL_LINT_CATEGORY_COUNT; i++)
        names[count++] = sl_lint_category_name((sl_lint_category)(1 << i));
    const char *meant = sl_nearest_name(word, names, count);
    return meant
               ? sl_usage_error(command, "'%s' is no rule and no set of rules; did you mean '%s'?",
                                word, meant)
               : sl_usage_error(command, "'%s' is no rule and no set of rules", word);
}

static int choose_rules(const sl_command *command, const lint_options *given,
                        sl_lint_rules *ret_rules)
{
    *ret_rules = (sl_lint_rules){0};
    if (given->use.count == 0)
        *ret_rules = sl_lint_rules_of(SL_LINT_STANDARD);
    for (size_t i = 0; i < given->use.count; i++)
        if (!sl_lint_rules_add(ret_rules, sl_str_from(given->use.items[i])))
            return tell_unknown(command, given->use.items[i]);
    for (size_t i = 0; i < given->except.count; i++)
        if (!sl_lint_rules_remove(ret_rules, sl_str_from(given->except.items[i])))
            return tell_unknown(command, given->except.items[i]);
    return SL_EXIT_CLEAN;
}

/* --- linting --- */

static int no_memory(void)
{
    sl_complain("out of memory");
    return SL_EXIT_NO_ANSWER;
}

static int report(const lint_options *given, const sl_findings *findings, const sl_side *side)
{
    if (sl_report(stdout, (sl_report_format)given->format, findings, &side->source) != SL_OK)
        return no_memory();
    return sl_findings_have_errors(findings) ? SL_EXIT_FINDINGS : SL_EXIT_CLEAN;
}

static int lint(const lint_options *given, const sl_lint_rules *rules, sl_side *side)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {.most = SL_LIMIT_TREE_FINDINGS};
    sl_lint_request request = {
        .schema = side->schema,
        .is_linted = sl_side_mains(side),
        .rules = *rules,
        .enum_zero_value_suffix = sl_str_from(given->enum_zero_value_suffix),
        .service_suffix = sl_str_from(given->service_suffix),
        .rpc_allow_same_request_response = given->allow_same,
        .rpc_allow_empty_requests = given->allow_empty_requests,
        .rpc_allow_empty_responses = given->allow_empty_responses,
        .ignores_comments = given->no_comment_ignores,
    };
    if (!request.is_linted || sl_lint_run(&request, &findings) != SL_OK)
        return no_memory();
    return report(given, &findings, side);
}

int sl_cmd_lint(const sl_command *command, sl_arguments arguments)
{
    sl_cleanup(sl_side_done) sl_side side = {0};
    lint_options given = {.remote = SL_REMOTE_INIT};
    sl_lint_rules rules;
    int exit_status;
    if (!sl_options_parse(command, &table, &arguments, &given, &exit_status))
        return exit_status;
    exit_status = choose_rules(command, &given, &rules);
    if (exit_status != SL_EXIT_CLEAN)
        return exit_status;
    sl_side_request request = {.command = command, .roots = &given.roots, .remote = &given.remote};
    exit_status = arguments.count == 1 ? sl_side_open(&request, arguments.items[0], &side)
                                       : sl_side_open_files(&request, &arguments, &side);
    if (exit_status != SL_EXIT_CLEAN)
        return exit_status;
    return side.schema ? lint(&given, &rules, &side) : report(&given, &side.findings, &side);
}
