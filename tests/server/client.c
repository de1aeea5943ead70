/* tests/server/client.c: see client.h. */
#include "tests/server/client.h"

#include "tests/support/tap_main.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

client client_open(uint16_t port)
{
    client c = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct timeval minute = {.tv_sec = 60};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ck_assert_int_ge(c.fd, 0);
    setsockopt(c.fd, SOL_SOCKET, SO_RCVTIMEO, &minute, sizeof minute);
    ck_assert_int_eq(connect(c.fd, (struct sockaddr *)&address, sizeof address), 0);
    return c;
}

void client_close(client *c)
{
    close(c->fd);
    sl_buf_done(&c->in);
    sl_buf_done(&c->head);
    sl_buf_done(&c->body);
}

void client_send_bytes(client *c, const void *data, size_t len)
{
    const char *at = data;
    while (len > 0) {
        ssize_t sent = send(c->fd, at, len, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        at += sent;
        len -= (size_t)sent;
    }
}

void client_send(client *c, const char *text)
{
    client_send_bytes(c, text, strlen(text));
}

static bool receive(client *c)
{
    char block[16384];
    ssize_t got = recv(c->fd, block, sizeof block, 0);
    if (got <= 0)
        return false;
    sl_buf_append(&c->in, block, (size_t)got);
    ck_assert(!c->in.has_failed);
    return true;
}

static void take(client *c, size_t len, sl_buf *to)
{
    sl_buf_clear(to);
    sl_buf_append(to, c->in.data, len);
    sl_buf_append_byte(to, 0);
    to->len--;
    memmove(c->in.data, c->in.data + len, c->in.len - len);
    c->in.len -= len;
}

static bool read_head(client *c)
{
    for (;;) {
        char *end = c->in.len ? memmem(c->in.data, c->in.len, "\r\n\r\n", 4) : NULL;
        if (end) {
            take(c, (size_t)(end - c->in.data) + 4, &c->head);
            return true;
        }
        if (!receive(c))
            return false;
    }
}

int client_read(client *c)
{
    c->status = 0;
    sl_buf_clear(&c->body);
    do {
        if (!read_head(c) || sscanf(c->head.data, "HTTP/1.1 %d", &c->status) != 1)
            return 0;
    } while (c->status == 100);
    size_t len = c->is_head ? 0 : strtoul(client_header(c, "Content-Length"), NULL, 10);
    c->is_head = false;
    while (c->in.len < len)
        if (!receive(c))
            return 0;
    take(c, len, &c->body);
    return c->status;
}

int client_ask(client *c, const char *text)
{
    client_send(c, text);
    return client_read(c);
}

const char *client_header(client *c, const char *name)
{
    static char value[1024];
    size_t name_len = strlen(name);
    for (const char *line = strstr(c->head.data, "\r\n"); line; line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, name, name_len) != 0 || line[2 + name_len] != ':')
            continue;
        const char *begin = line + 2 + name_len + 1;
        begin += strspn(begin, " ");
        snprintf(value, sizeof value, "%.*s", (int)strcspn(begin, "\r"), begin);
        return value;
    }
    return "";
}

const char *client_body(client *c)
{
    return c->body.len ? c->body.data : "";
}

bool client_at_end(client *c)
{
    return c->in.len == 0 && !receive(c);
}
