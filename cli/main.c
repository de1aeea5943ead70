/* cli/main.c: the program `sluice`. Everything is in sl_cli_run(), where tests reach it. */
#include "cli/cli.h"

int main(int argc, char **argv)
{
    return sl_cli_run(argc, argv);
}
