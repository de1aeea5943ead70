/* cli/breaking.c: `sluice breaking`: what a change of schemas breaks, without a server.
 *
 * Both sides are compiled or linked here and held against each other by compat/, by the rules that --use names. What does not compile is a finding
 * of the new side, since a pull request may have broken it; an old side that does not compile leaves nothing to compare with. */
#include "cli/internal/say.h"
#include "cli/internal/side.h"
#include "compat/compat.h"

typedef struct breaking_options {
    sl_option_list roots, use, except;
    const char *against;
    sl_remote remote;
    int directions; /* place in DIRECTIONS */
    int format;
    bool with_imports;
} breaking_options;

#define DIRECTIONS "both|backward|forward"

static const sl_option options[] = {
    {"against", SL_OPTION_TEXT, offsetof(breaking_options, against), SL_SIDE_FORMS,
     "the schemas as they were", .is_required = true},
    {"use", SL_OPTION_LIST, offsetof(breaking_options, use), "RULE|SET",
     "rules to run, or a set of them: CONTRACT (the default), WIRE, WIRE_JSON, PACKAGE, FILE, CSR"},
    {"except", SL_OPTION_LIST, offsetof(breaking_options, except), "RULE|SET", "rules not to run"},
    {"direction", SL_OPTION_CHOICE, offsetof(breaking_options, directions), DIRECTIONS,
     "who must not break: readers of the new schemas (backward), of the old ones (forward), or both"},
    {"with-imports", SL_OPTION_FLAG, offsetof(breaking_options, with_imports), NULL,
     "compare google/protobuf/ as well, as buf does"},
    {"proto-path", SL_OPTION_LIST, offsetof(breaking_options, roots), "DIR",
     "a folder below which files and imports are found; the folder that is compared if none is given",
     .letter = 'I'},
    {"format", SL_OPTION_CHOICE, offsetof(breaking_options, format), SL_REPORT_FORMATS,
     "of findings: for people, for programs, or for a CI"},
    {"server", SL_OPTION_TEXT, offsetof(breaking_options, remote.server), "URL",
     "of subject: and topic:; else SLUICE_SERVER, else http://127.0.0.1:8081"},
    {"token-file", SL_OPTION_TEXT, offsetof(breaking_options, remote.token_file), "FILE",
     "file with the caller's token; else SLUICE_TOKEN, else none"},
};

static const sl_option_table table = {
    SL_OPTION_TABLE(options),
    .least_arguments = 1,
    .most_arguments = 1,
    .notes =
        "A folder is compared with all .proto files below it. git:REF is the same folder at that revision, read\n"
        "from git's objects; git:REF:DIR another one, named from the top of the repository. subject:S is the\n"
        "latest version that a server has, subject:S@N version N, topic:T that of the topic's contract.\n"
        "  sluice breaking proto --against git:main\n"
        "  sluice breaking new.binpb --against old.binpb --use FILE --except FILE_SAME_GO_PACKAGE\n",
};

/* --- rules --- */

static int tell_unknown(const sl_command *command, const char *word)
{
    const char *names[SL_COMPAT_RULES_MAX + SL_COMPAT_CATEGORY_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < sl_compat_rule_count(); i++)
        names[count++] = sl_compat_rule_at(i)->id;
    for (int i = 0; i < SL_COMPAT_CATEGORY_COUNT; i++)
        names[count++] = sl_compat_category_name((sl_compat_category)(1 << i));
    const char *meant = sl_nearest_name(word, names, count);
    return meant
               ? sl_usage_error(command, "'%s' is no rule and no set of rules; did you mean '%s'?",
                                word, meant)
               : sl_usage_error(command, "'%s' is no rule and no set of rules", word);
}

static int choose_rules(const sl_command *command, const breaking_options *given,
                        sl_compat_rules *ret_rules)
{
    *ret_rules = (sl_compat_rules){0};
    if (given->use.count == 0)
        *ret_rules = sl_compat_rules_of(SL_COMPAT_CONTRACT);
    for (size_t i = 0; i < given->use.count; i++)
        if (!sl_compat_rules_add(ret_rules, sl_str_from(given->use.items[i])))
            return tell_unknown(command, given->use.items[i]);
    for (size_t i = 0; i < given->except.count; i++)
        if (!sl_compat_rules_remove(ret_rules, sl_str_from(given->except.items[i])))
            return tell_unknown(command, given->except.items[i]);
    return SL_EXIT_CLEAN;
}

/* --- the comparison --- */

static int report(const breaking_options *given, const sl_findings *findings, const sl_side *side)
{
    if (sl_report(stdout, (sl_report_format)given->format, findings, &side->source) != SL_OK) {
        sl_complain("out of memory");
        return SL_EXIT_NO_ANSWER;
    }
    return sl_findings_have_errors(findings) ? SL_EXIT_FINDINGS : SL_EXIT_CLEAN;
}

/* An old side that is none: its findings, and why that ends here. */
static int report_old(const breaking_options *given, const sl_side *old)
{
    sl_complain("'%s' does not make a schema, so there is nothing to compare with", given->against);
    sl_status status = sl_report(stderr, SL_REPORT_TEXT, &old->findings, &old->source);
    if (status != SL_OK)
        sl_complain("%s", sl_status_name(status));
    return SL_EXIT_NO_ANSWER;
}

static int compare(const breaking_options *given, const sl_compat_rules *rules, const sl_side *old,
                   const sl_side *new)
{
    static const int directions[] = {SL_COMPAT_BOTH, SL_COMPAT_BACKWARD, SL_COMPAT_FORWARD};
    sl_cleanup(sl_findings_done) sl_findings findings = {.most = SL_LIMIT_TREE_FINDINGS};
    sl_compat_request request = {
        .old_schema = old->schema,
        .new_schema = new->schema,
        .rules = *rules,
        .directions = directions[given->directions],
        .compares_imports = given->with_imports,
        .is_tree = old->is_tree || new->is_tree,
        .one_per_cause = given->use.count == 0,
    };
    if (sl_compat_run(&request, &findings) != SL_OK) {
        sl_complain("out of memory");
        return SL_EXIT_NO_ANSWER;
    }
    sl_side shown = *new; /* borrows; it knows where things were */
    shown.source.previous = &old->source;
    return report(given, &findings, &shown);
}

static int open_both(const sl_side_request *request, const breaking_options *given, char *current,
                     sl_side *old, sl_side *new)
{
    int exit_status = sl_side_open(request, current, new);
    if (exit_status != SL_EXIT_CLEAN)
        return exit_status;
    if (!new->schema)
        return report(given, &new->findings, new);
    exit_status = sl_side_open(request, (char *)given->against, old);
    if (exit_status == SL_EXIT_CLEAN && !old->schema)
        exit_status = report_old(given, old);
    return exit_status;
}

/* The folder that `argument` is or lies in, for git:; NULL if it is not on disk. */
static const char *folder_of(const char *argument, sl_buf *folder)
{
    sl_str before, after, path = sl_str_from(argument);
    if (sl_str_starts_with(path, SL_STR("git:")))
        return NULL;
    sl_buf_append_str(folder, path);
    if (sl_str_ends_with(path, SL_STR(".proto")) || sl_str_ends_with(path, SL_STR(".binpb"))) {
        sl_buf_clear(folder);
        bool has_folder = sl_str_split_last(path, '/', &before, &after);
        sl_buf_append_str(folder, has_folder ? before : SL_STR("."));
    }
    sl_buf_append_byte(folder, '\0');
    return folder->has_failed ? NULL : folder->data;
}

int sl_cmd_breaking(const sl_command *command, sl_arguments arguments)
{
    sl_cleanup(sl_side_done) sl_side old = {0};
    sl_cleanup(sl_side_done) sl_side new = {0};
    sl_cleanup(sl_buf_done) sl_buf folder = {0};
    breaking_options given = {.remote = SL_REMOTE_INIT};
    sl_compat_rules rules;
    int exit_status;
    if (!sl_options_parse(command, &table, &arguments, &given, &exit_status))
        return exit_status;
    exit_status = choose_rules(command, &given, &rules);
    if (exit_status != SL_EXIT_CLEAN)
        return exit_status;
    sl_side_request request = {
        .command = command,
        .roots = &given.roots,
        .remote = &given.remote,
        .beside = folder_of(arguments.items[0], &folder),
    };
    exit_status = open_both(&request, &given, arguments.items[0], &old, &new);
    return old.schema && new.schema ? compare(&given, &rules, &old, &new) : exit_status;
}
