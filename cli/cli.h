/* cli/cli.h: the command line: one program, `sluice`, one file a subcommand.
 *
 * cli/commands.def is the table of subcommands; each parses its own options by a table (internal/options.h),
 * does its work and returns an exit status. Answers go to standard output, complaints to standard error. Runs
 * on the main thread only. */
#pragma once

/* What the program ends with, whatever the subcommand. */
typedef enum sl_exit {
    SL_EXIT_CLEAN = 0, /* done, or: nothing is wrong with what was asked about */
    SL_EXIT_FINDINGS =
        1, /* the answer is no: findings, violations, a refusal by the contract's rules */
    SL_EXIT_USAGE = 2,     /* the command line does not say what is needed */
    SL_EXIT_NO_ANSWER = 3, /* no answer: no server, no such file, no permission, no memory */
} sl_exit;

/* Run `sluice` with its arguments (argv[0] is the program's name) and return the exit status. Reads standard
 * input where a subcommand does, and the environment: SLUICE_SERVER, SLUICE_TOKEN and, for `serve`, the
 * settings. */
int sl_cli_run(int argc, char **argv);
