/* bench/http/bare.c: the least that libmicrohttpd can do with a POST: read the body, answer a constant.
 *
 * The yardstick for `sluice serve`: same library, same flags, same number of threads, no thought. Prints the port that it listens on; ends when its
 * standard input does. */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* As long as the verdict that it stands beside, so that both send the same number of bytes. */
enum { BODY_MOST = 4096 };

static char body[BODY_MOST];
static struct MHD_Response *answer;

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection,
                                  const char *path, const char *method, const char *version,
                                  const char *part, size_t *part_len, void **state)
{
    static int seen;
    (void)context;
    (void)path;
    (void)method;
    (void)version;
    (void)part;
    if (!*state) {
        *state = &seen;
        return MHD_YES;
    }
    if (*part_len > 0) {
        *part_len = 0;
        return MHD_YES;
    }
    return MHD_queue_response(connection, MHD_HTTP_OK, answer);
}

int main(int count, char **arguments)
{
    unsigned threads = count > 1 ? (unsigned)strtoul(arguments[1], NULL, 10) : 2;
    size_t body_len = count > 2 ? strtoul(arguments[2], NULL, 10) : 220;
    struct sockaddr_in address = {.sin_family = AF_INET};
    char rest[64];
    if (body_len > sizeof body)
        return 2;
    memset(body, 'x', body_len);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    answer = MHD_create_response_from_buffer(body_len, body, MHD_RESPMEM_PERSISTENT);
    if (!answer || MHD_add_response_header(answer, "Content-Type", "application/json") != MHD_YES)
        return 3;
    struct MHD_OptionItem items[] = {
        {MHD_OPTION_SOCK_ADDR, 0, &address},
        {threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_Daemon *daemon =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO, 0, NULL, NULL, on_request,
                         NULL, MHD_OPTION_ARRAY, items, MHD_OPTION_END);
    if (!daemon)
        return 3;
    printf("%u\n", MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    while (read(STDIN_FILENO, rest, sizeof rest) > 0)
        continue;
    MHD_stop_daemon(daemon);
    MHD_destroy_response(answer);
    return 0;
}
