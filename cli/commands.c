/* cli/commands.c: from the words of the command line to a subcommand, and the help that needs all of them.
 *
 * A name is looked up as two words first ("contract claim"), then as one. What is unknown is answered with
 * the name that was probably meant. After the subcommand, standard output is flushed and checked: an answer
 * that could not be written is no answer. */
#include "cli/internal/command.h"

#include "cli/internal/options.h"
#include "cli/internal/say.h"

#include <errno.h>
#include <stdio.h>

enum { NAME_COLUMN = 12, NAME_MAX_BYTES = 64, NAMES_MAX = 64 };

static const sl_command commands[] = {
#define GROUP(name, summary, usage) {name, sl_cmd_group, summary, usage},
#define COMMAND(name, function, summary, usage) {name, function, summary, usage},
#include "cli/commands.def"
#undef COMMAND
#undef GROUP
};
_Static_assert(SL_ARRAY_LEN(commands) <= NAMES_MAX, "names of all subcommands fit in a list");

size_t sl_command_count(void)
{
    return SL_ARRAY_LEN(commands);
}

const sl_command *sl_command_at(size_t index)
{
    return &commands[index];
}

const sl_command *sl_command_find(const char *name)
{
    for (size_t i = 0; i < SL_ARRAY_LEN(commands); i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

/* The verb of a group's command, or NULL: "claim" of "contract claim" in the group "contract". */
static const char *verb_in_group(const sl_command *command, const char *group)
{
    size_t len = strlen(group);
    bool is_verb = strncmp(command->name, group, len) == 0 && command->name[len] == ' ';
    return is_verb ? command->name + len + 1 : NULL;
}

static void print_overview(void)
{
    printf("usage: sluice SUBCOMMAND [OPTION...] [ARGUMENT...]\n\n");
    for (size_t i = 0; i < SL_ARRAY_LEN(commands); i++) {
        if (!strchr(commands[i].name, ' '))
            printf("  %-*s%s\n", NAME_COLUMN, commands[i].name, commands[i].summary);
    }
    printf(
        "\n"
        "Subcommands that ask a server find it by --server or SLUICE_SERVER (http://127.0.0.1:8081),\n"
        "and say who they are by --token-file or SLUICE_TOKEN.\n"
        "Exit status: 0 clean, 1 findings or violations, 2 wrong usage, 3 no answer.\n"
        "More: sluice SUBCOMMAND --help\n");
}

static void print_group(const sl_command *group)
{
    printf("usage: sluice %s %s\n\n%s\n\n", group->name, group->usage, group->summary);
    for (size_t i = 0; i < SL_ARRAY_LEN(commands); i++) {
        const char *verb = verb_in_group(&commands[i], group->name);
        if (verb)
            printf("  %-*s%s\n", NAME_COLUMN, verb, commands[i].summary);
    }
    printf("\nMore: sluice %s VERB --help\n", group->name);
}

/* Without arguments: what it is, and where to begin. */
static void print_welcome(void)
{
    printf(
        "sluice: the contract gate of a Kafka message bus. It stores Protobuf schemas, binds each topic to\n"
        "one message type and one producer, refuses changes that would break readers, and answers: may these\n"
        "bytes go out on this topic?\n\n"
        "Begin with:\n"
        "  sluice serve                                                     run the server\n"
        "  sluice register --subject orders.placed-value orders.binpb       register a schema\n"
        "  sluice validate --schema orders.binpb --message T payload.bin    judge a payload, no server needed\n\n"
        "All subcommands: sluice help\n");
}

static int complain_unknown_command(const char *word, const char *group)
{
    const char *names[NAMES_MAX];
    size_t count = 0;
    for (size_t i = 0; i < SL_ARRAY_LEN(commands); i++) {
        const char *name = group ? verb_in_group(&commands[i], group) : commands[i].name;
        if (name && !strchr(name, ' '))
            names[count++] = name;
    }
    const char *meant = sl_nearest_name(word, names, count);
    const char *space = group ? " " : "";
    const char *before = group ? group : "";
    if (meant)
        sl_complain("unknown subcommand '%s%s%s'; did you mean '%s%s%s'?", before, space, word,
                    before, space, meant);
    else
        sl_complain("unknown subcommand '%s%s%s'; 'sluice help%s%s' lists all", before, space, word,
                    space, before);
    return SL_EXIT_USAGE;
}

/* A group without one of its verbs behind it. */
int sl_cmd_group(const sl_command *command, sl_arguments arguments)
{
    const char *word = arguments.count > 1 ? arguments.items[1] : NULL;
    if (word && word[0] != '-')
        return complain_unknown_command(word, command->name);
    if (word && strcmp(word, "--help") != 0 && strcmp(word, "-h") != 0)
        return sl_usage_error(command, "'%s' comes before the verb", word);
    print_group(command);
    return word ? SL_EXIT_CLEAN : SL_EXIT_USAGE;
}

int sl_cmd_help(const sl_command *command, sl_arguments arguments)
{
    static const sl_option_table table = {.most_arguments = 2};
    int exit_status;
    if (!sl_options_parse(command, &table, &arguments, NULL, &exit_status))
        return exit_status;
    if (arguments.count == 0) {
        print_overview();
        return SL_EXIT_CLEAN;
    }
    char help[] = "--help";
    char *words[] = {(char *)"sluice", arguments.items[0], help, NULL, NULL};
    if (arguments.count == 2) {
        words[2] = arguments.items[1];
        words[3] = help;
    }
    return sl_cli_run(arguments.count + 2, words);
}

/* The command that the first words name, and how many words that took. */
static const sl_command *find_by_words(int argc, char **argv, int *ret_words)
{
    char name[NAME_MAX_BYTES];
    if (argc > 2) {
        int len = snprintf(name, sizeof name, "%s %s", argv[1], argv[2]);
        const sl_command *command = len < NAME_MAX_BYTES ? sl_command_find(name) : NULL;
        *ret_words = 2;
        if (command && !strchr(argv[1], ' '))
            return command;
    }
    *ret_words = 1;
    return strchr(argv[1], ' ') ? NULL : sl_command_find(argv[1]);
}

/* `sluice --help` and the like, as people try them. */
static char *alias_of(char *word)
{
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return (char *)"help";
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
        return (char *)"version";
    return word;
}

static int run_command(int argc, char **argv)
{
    if (argc < 2) {
        print_welcome();
        return SL_EXIT_CLEAN;
    }
    argv[1] = alias_of(argv[1]);
    int words = 0;
    const sl_command *command = find_by_words(argc, argv, &words);
    if (command)
        return command->run(command, (sl_arguments){argv + words, argc - words});
    if (argv[1][0] == '-') {
        sl_complain("'%s' comes before the subcommand; 'sluice help' lists all", argv[1]);
        return SL_EXIT_USAGE;
    }
    return complain_unknown_command(argv[1], NULL);
}

int sl_cli_run(int argc, char **argv)
{
    int exit_status = run_command(argc, argv);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return exit_status;
    sl_complain("the answer could not be written: %s", strerror(errno));
    return SL_EXIT_NO_ANSWER;
}
