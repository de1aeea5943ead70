/* cli/main.c: the program `sluice`. Everything but its first step is in sl_cli_run(), where tests reach it.
 *
 * A program started with one of descriptors 0, 1 and 2 closed would get the next file that it opens in that place: what is printed
 * would go into a lock file or a database. So a closed one is held by /dev/null, opened the wrong way round: a
 * write to "standard output" still fails, and is told, instead of vanishing. */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

static bool hold_standard_descriptors(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
            continue;
        if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return false;
    }
    return true;
}

int main(int argc, char **argv)
{
    return hold_standard_descriptors() ? sl_cli_run(argc, argv) : SL_EXIT_NO_ANSWER;
}
