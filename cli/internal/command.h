/* cli/internal/command.h: a subcommand, and the table of all of them. */
#pragma once

#include "cli/cli.h"

#include <stddef.h>

typedef struct sl_command sl_command;

/* Words of the command line; borrowed from argv. */
typedef struct sl_arguments {
    char **items;
    int count;
} sl_arguments;

/* `arguments` begin with the last word of the subcommand's name; returns an sl_exit. */
typedef int sl_command_fn(const sl_command *command, sl_arguments arguments);

struct sl_command {
    const char *name; /* "register", or "contract claim" */
    sl_command_fn *run;
    const char *summary; /* one line, no full stop */
    const char *usage;   /* what follows the name */
};

/* The functions named in the table. */
#define GROUP(name, summary, usage)
#define COMMAND(name, function, summary, usage) sl_command_fn function;
#include "cli/commands.def"
#undef COMMAND
#undef GROUP
sl_command_fn sl_cmd_group;

size_t sl_command_count(void);
const sl_command *sl_command_at(size_t index); /* in the order of the table */
/* By its whole name; NULL when there is none. */
const sl_command *sl_command_find(const char *name);
