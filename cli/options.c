/* cli/options.c: options of a subcommand, parsed and explained by one table.
 *
 * getopt_long does the parsing: it permutes, takes --name=value and --name value, and accepts a beginning
 * that only one option has. Its own messages are off; ours name the option as it was written, the one that
 * was meant, and how the subcommand is used. */
#include "cli/internal/options.h"

#include "cli/internal/say.h"

#include <getopt.h>

/* getopt_long gives back the place in the table plus this, above any letter. */
enum { OPTION_BASE = 256, HELP_COLUMN = 28 };

static const char *value_word(const sl_option *option)
{
    return option->kind == SL_OPTION_FLAG ? NULL : option->value;
}

static void print_option(const sl_option *option)
{
    const char *value = value_word(option);
    int width = option->letter ? printf("  -%c, ", option->letter) : printf("  ");
    width += printf("--%s%s%s", option->name, value ? " " : "", value ? value : "");
    if (width >= HELP_COLUMN)
        printf("\n%*s", HELP_COLUMN, "");
    else
        printf("%*s", HELP_COLUMN - width, "");
    printf("%s%s%s\n", option->help, option->is_required ? " (required)" : "",
           option->kind == SL_OPTION_LIST ? " (may be given several times)" : "");
}

static void print_usage(FILE *to, const sl_command *command)
{
    fprintf(to, "usage: sluice %s%s%s\n", command->name, command->usage[0] ? " " : "",
            command->usage);
}

void sl_options_print_help(const sl_command *command, const sl_option_table *table)
{
    print_usage(stdout, command);
    printf("\n%s\n\n", command->summary);
    for (size_t i = 0; i < table->count; i++)
        print_option(&table->options[i]);
    printf("  %-*s%s\n", HELP_COLUMN - 2, "--help", "this text");
    if (table->notes)
        printf("\n%s", table->notes);
}

int sl_usage_error(const sl_command *command, const char *format, ...)
{
    sl_error error = {0};
    va_list args;
    va_start(args, format);
    sl_error_vset(&error, SL_INVALID, format, args);
    va_end(args);
    sl_complain("%s", error.text);
    print_usage(stderr, command);
    fprintf(stderr, "try: sluice %s --help\n", command->name);
    return SL_EXIT_USAGE;
}

/* The place of `text` among "a|b|c", or -1. */
static int choice_index(const char *choices, const char *text)
{
    sl_str left = sl_str_from(choices), choice = {0};
    for (int index = 0; left.data; index++) {
        sl_str rest = {0};
        if (!sl_str_split(left, '|', &choice, &rest))
            choice = left;
        if (sl_str_is(choice, text))
            return index;
        left = rest;
    }
    return -1;
}

static bool store_choice(const sl_option *option, const char *text, void *member)
{
    int index = choice_index(option->value, text);
    if (index >= 0 && option->kind == SL_OPTION_CHOICE)
        *(int *)member = index;
    else if (index >= 0)
        *(const char **)member = text;
    return index >= 0;
}

static bool store_list(sl_option_list *list, const char *text)
{
    if (list->count == SL_OPTION_LIST_MAX)
        return false;
    list->items[list->count++] = text;
    return true;
}

/* Put what was given for `option` where it belongs; complains and returns false if it does not fit. */
static bool store_value(const sl_command *command, const sl_option *option, const char *text,
                        void *into)
{
    void *member = (char *)into + option->offset;
    switch (option->kind) {
    case SL_OPTION_TEXT: *(const char **)member = text; return true;
    case SL_OPTION_FLAG: *(bool *)member = true; return true;
    case SL_OPTION_LIST:
        if (store_list((sl_option_list *)member, text))
            return true;
        sl_usage_error(command, "option '--%s' may be given %d times at most", option->name,
                       SL_OPTION_LIST_MAX);
        return false;
    case SL_OPTION_NUMBER:
        if (sl_str_to_i64(sl_str_from(text), (int64_t *)member) && *(int64_t *)member >= 0)
            return true;
        sl_usage_error(command, "option '--%s' takes a number, not '%s'", option->name, text);
        return false;
    case SL_OPTION_CHOICE:
    case SL_OPTION_WORD:
        if (store_choice(option, text, member))
            return true;
        sl_usage_error(command, "option '--%s' takes one of %s, not '%s'", option->name,
                       option->value, text);
        return false;
    }
    return false;
}

/* getopt_long stopped at a long option, `word`, that it does not know, or that several begin with. */
static void complain_unknown(const sl_command *command, const sl_option_table *table,
                             const char *word)
{
    const char *names[SL_OPTIONS_MAX + 1];
    size_t count = 0;
    for (; count < table->count; count++)
        names[count] = table->options[count].name;
    names[count++] = "help";

    sl_str name = sl_str_from(word), value;
    (void)sl_str_split(name, '=', &name, &value);
    char text[64];
    snprintf(text, sizeof text, "%.*s", SL_STR_ARG(name));
    const char *meant = sl_nearest_name(text + 2, names, count);
    if (meant)
        sl_usage_error(command, "unknown option '%s'; did you mean '--%s'?", text, meant);
    else
        sl_usage_error(command, "unknown option '%s'", text);
}

/* What getopt_long found wrong, from what it returned (':' or '?'), its optopt and the word it stands behind. */
static void complain_option(const sl_command *command, const sl_option_table *table, int got,
                            const char *word)
{
    if (got == ':')
        sl_usage_error(command, "option '%s' needs a value", word);
    else if (optopt >= OPTION_BASE) /* a long option without a value, with one */
        sl_usage_error(command, "option '--%s' takes no value",
                       table->options[optopt - OPTION_BASE].name);
    else if (optopt == 'h')
        sl_usage_error(command, "option '--help' takes no value");
    else if (optopt != 0)
        sl_usage_error(command, "unknown option '-%c'; options are long, as in '--help'", optopt);
    else
        complain_unknown(command, table, word);
}

static void fill_getopt_table(const sl_option_table *table,
                              struct option ret_longs[SL_OPTIONS_MAX + 2],
                              char ret_letters[2 * SL_OPTIONS_MAX + 3])
{
    char *letter = ret_letters;
    *letter++ = ':';
    *letter++ = 'h';
    for (size_t i = 0; i < table->count; i++) {
        const sl_option *option = &table->options[i];
        int has_value = option->kind == SL_OPTION_FLAG ? no_argument : required_argument;
        ret_longs[i] = (struct option){option->name, has_value, NULL, OPTION_BASE + (int)i};
        if (!option->letter)
            continue;
        *letter++ = option->letter;
        if (has_value == required_argument)
            *letter++ = ':';
    }
    ret_longs[table->count] = (struct option){"help", no_argument, NULL, 'h'};
    ret_longs[table->count + 1] = (struct option){0};
    *letter = '\0';
}

/* The place in the table of what getopt_long gave back; -1 if it was not an option. */
static int place_of(const sl_option_table *table, int got)
{
    if (got >= OPTION_BASE)
        return got - OPTION_BASE;
    for (size_t i = 0; i < table->count; i++)
        if (table->options[i].letter == got && got != '?' && got != ':')
            return (int)i;
    return -1;
}

/* In the names of long options, up to "--". */
static void replace_underscores(const sl_arguments *arguments)
{
    for (int i = 1; i < arguments->count && strcmp(arguments->items[i], "--") != 0; i++) {
        char *word = arguments->items[i];
        if (word[0] != '-' || word[1] != '-')
            continue;
        for (; *word && *word != '='; word++)
            *word = *word == '_' ? '-' : *word;
    }
}

static bool check_argument_count(const sl_command *command, const sl_option_table *table,
                                 const sl_arguments *arguments)
{
    if (arguments->count < table->least_arguments) {
        sl_usage_error(command, "%s",
                       arguments->count == 0 ? "an argument is missing" : "too few arguments");
        return false;
    }
    if (table->most_arguments < 0 || arguments->count <= table->most_arguments)
        return true;
    sl_usage_error(command, "'%s' is one argument too many",
                   arguments->items[table->most_arguments]);
    return false;
}

static bool check_required(const sl_command *command, const sl_option_table *table,
                           const void *into)
{
    for (size_t i = 0; i < table->count; i++) {
        const sl_option *option = &table->options[i];
        if (!option->is_required || *(const char *const *)((const char *)into + option->offset))
            continue;
        sl_usage_error(command, "--%s is missing", option->name);
        return false;
    }
    return true;
}

bool sl_options_parse(const sl_command *command, const sl_option_table *table,
                      sl_arguments *arguments, void *into, int *ret_exit)
{
    struct option longs[SL_OPTIONS_MAX + 2];
    char letters[2 * SL_OPTIONS_MAX + 3];
    fill_getopt_table(table, longs, letters);
    if (table->takes_underscores)
        replace_underscores(arguments);
    optind = 0; /* glibc: start anew, also when a test calls several times */
    opterr = 0;
    *ret_exit = SL_EXIT_USAGE;

    int got;
    while ((got = getopt_long(arguments->count, arguments->items, letters, longs, NULL)) != -1) {
        if (got == 'h') {
            sl_options_print_help(command, table);
            *ret_exit = SL_EXIT_CLEAN;
            return false;
        }
        int place = place_of(table, got);
        if (place < 0) {
            complain_option(command, table, got, arguments->items[optind - 1]);
            return false;
        }
        if (!store_value(command, &table->options[place], optarg, into))
            return false;
    }
    arguments->items += optind;
    arguments->count -= optind;
    return check_required(command, table, into) && check_argument_count(command, table, arguments);
}
