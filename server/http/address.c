/* server/http/address.c: from "HOST:PORT" to a listening socket.
 *
 * The host is a number, IPv4 or IPv6 in brackets, or "localhost"; names are not looked up, since a server that listens where a resolver
 * says is a surprise. The socket is made here and not by the library, so that what went wrong can be said. */
#include "server/http/internal/exchange.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

typedef union any_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} any_address;

static sl_status parse_host(sl_str host, uint16_t port, any_address *address, socklen_t *ret_len)
{
    char text[INET6_ADDRSTRLEN] = "";
    bool is_bracketed = host.len >= 2 && host.data[0] == '[' && host.data[host.len - 1] == ']';
    if (is_bracketed)
        host = (sl_str){host.data + 1, host.len - 2};
    if (sl_str_is(host, "localhost"))
        host = SL_STR("127.0.0.1");
    if (host.len >= sizeof text)
        return SL_INVALID;
    memcpy(text, host.data, host.len);
    *address = (any_address){0};
    if (!is_bracketed && inet_pton(AF_INET, text, &address->v4.sin_addr) == 1) {
        address->v4.sin_family = AF_INET;
        address->v4.sin_port = htons(port);
        *ret_len = sizeof address->v4;
        return SL_OK;
    }
    if (is_bracketed && inet_pton(AF_INET6, text, &address->v6.sin6_addr) == 1) {
        address->v6.sin6_family = AF_INET6;
        address->v6.sin6_port = htons(port);
        *ret_len = sizeof address->v6;
        return SL_OK;
    }
    return SL_INVALID;
}

static sl_status parse_address(const char *text, any_address *ret_address, socklen_t *ret_len,
                               sl_error *err)
{
    sl_str host, port_text;
    uint64_t port;
    bool is_right = sl_str_split_last(sl_str_from(text), ':', &host, &port_text) &&
                    sl_str_to_u64(port_text, &port) && port <= UINT16_MAX &&
                    parse_host(host, (uint16_t)port, ret_address, ret_len) == SL_OK;
    if (!is_right)
        return sl_error_set(
            err, SL_INVALID,
            "cannot listen on '%s': expected HOST:PORT with a numeric host, such as "
            "127.0.0.1:8081, 0.0.0.0:8081 or [::1]:8081",
            text);
    return SL_OK;
}

static sl_status name_address(sl_http *http)
{
    any_address address;
    socklen_t len = sizeof address;
    char host[INET6_ADDRSTRLEN] = "";
    if (getsockname(http->listen_fd, &address.any, &len) != 0)
        return SL_IO;
    if (address.any.sa_family == AF_INET) {
        http->port = ntohs(address.v4.sin_port);
        inet_ntop(AF_INET, &address.v4.sin_addr, host, sizeof host);
        snprintf(http->address, sizeof http->address, "%s:%u", host, http->port);
    } else {
        http->port = ntohs(address.v6.sin6_port);
        inet_ntop(AF_INET6, &address.v6.sin6_addr, host, sizeof host);
        snprintf(http->address, sizeof http->address, "[%s]:%u", host, http->port);
    }
    return SL_OK;
}

sl_status sl_http_listen(sl_http *http, sl_error *err)
{
    any_address address;
    socklen_t len = 0;
    int on = 1;
    SL_TRY(parse_address(http->options.address, &address, &len, err));
    http->listen_fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (http->listen_fd < 0)
        return sl_error_set(err, SL_IO, "cannot listen on %s: %m", http->options.address);
    /* A port in TIME_WAIT after a restart is free; one that somebody listens on is not. */
    setsockopt(http->listen_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(http->listen_fd, &address.any, len) != 0 || listen(http->listen_fd, BACKLOG) != 0) {
        sl_status status = errno == EADDRINUSE ? SL_EXISTS : SL_IO;
        return sl_error_set(err, status, "cannot listen on %s: %m%s", http->options.address,
                            status == SL_EXISTS ? "; stop the other server or choose another port"
                                                : "");
    }
    if (name_address(http) != SL_OK)
        return sl_error_set(err, SL_IO, "cannot listen on %s: %m", http->options.address);
    return SL_OK;
}
