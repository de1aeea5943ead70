/* cli/internal/options.h: the options of a subcommand, as a table.
 *
 * Each subcommand declares its options once; parsing (by getopt_long), help and "did you mean" are made from
 * the table. All options are long, and few have a letter too; `--help` and `-h` belong to every subcommand. Options and arguments may be
 * mixed; `--` ends the options. */
#pragma once

#include "base/base.h"
#include "cli/internal/command.h"

typedef enum sl_option_kind {
    SL_OPTION_TEXT,   /* const char * */
    SL_OPTION_LIST,   /* sl_option_list: may be given several times */
    SL_OPTION_NUMBER, /* int64_t, not negative */
    SL_OPTION_CHOICE, /* int: the place in `value`, "reject|allow", from 0 */
    SL_OPTION_WORD,   /* const char *, one of `value`, "reject|allow" */
    SL_OPTION_FLAG,   /* bool */
} sl_option_kind;

typedef struct sl_option {
    const char *name; /* without dashes */
    sl_option_kind kind;
    size_t offset;     /* of the member in the struct that is filled */
    const char *value; /* what stands behind it in the help; of a choice or word: what it may be */
    const char *help;
    bool is_required; /* TEXT and WORD only */
    char letter;      /* -o is the same as --out; 0: there is only the long form */
} sl_option;

enum { SL_OPTION_LIST_MAX = 256, SL_OPTIONS_MAX = 24 };

typedef struct sl_option_list {
    const char *items[SL_OPTION_LIST_MAX]; /* borrowed from argv */
    size_t count;
} sl_option_list;

/* What a subcommand takes. */
typedef struct sl_option_table {
    const sl_option *options;
    size_t count;                        /* at most SL_OPTIONS_MAX */
    int least_arguments, most_arguments; /* -1: any number */
    const char *notes;                   /* printed below the options; may be NULL */
    bool
        takes_underscores; /* --include_imports is --include-imports, for those who write as protoc does */
} sl_option_table;

/* Fill `into` by `table` from `arguments`, which are permuted, options first; what is no option is left in
 * them, in order. Members that no option names stay as they are, so defaults are set before. True: go on.
 * False: help was printed or a complaint made, and the subcommand returns *ret_exit. */
SL_MUST_CHECK bool sl_options_parse(const sl_command *command, const sl_option_table *table,
                                    sl_arguments *arguments, void *into, int *ret_exit);

/* Usage, summary, options and notes, on standard output. */
void sl_options_print_help(const sl_command *command, const sl_option_table *table);

/* Complain in the words of `format`, say how the subcommand is used, and return SL_EXIT_USAGE. */
int sl_usage_error(const sl_command *command, const char *format, ...) SL_PRINTF(2, 3);

#define SL_OPTION_TABLE(array) .options = (array), .count = SL_ARRAY_LEN(array)
