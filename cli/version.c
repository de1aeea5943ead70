/* cli/version.c: `sluice version`. */
#include "cli/internal/options.h"

#include <stdio.h>

int sl_cmd_version(const sl_command *command, sl_arguments arguments)
{
    static const sl_option_table table = {.most_arguments = 0};
    int exit_status;
    if (!sl_options_parse(command, &table, &arguments, NULL, &exit_status))
        return exit_status;
    printf("sluice %s\n", SLUICE_VERSION);
    return SL_EXIT_CLEAN;
}
