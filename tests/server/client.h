/* tests/server/client.h: HTTP as bytes on a loopback socket, for tests that send what no well-behaved client would. */
#pragma once

#include "base/base.h"

typedef struct client {
    int fd;
    sl_buf in;    /* received and not yet taken */
    sl_buf head;  /* of the last answer, with its first line */
    sl_buf body;  /* of the last answer */
    int status;   /* of the last answer; 0: the connection ended before one came */
    bool is_head; /* the next answer is to a HEAD request: it has no body */
} client;

/* Connect to 127.0.0.1:`port`; ends the test if that fails. A read that takes a minute fails it too. */
client client_open(uint16_t port);
void client_close(client *c);
/* Send text, or bytes. Errors are ignored: a server may hang up while we still send. */
void client_send(client *c, const char *text);
void client_send_bytes(client *c, const void *data, size_t len);
/* Read one answer into the client; returns its status, 0 at the end of the connection. */
int client_read(client *c);
/* Send and read. */
int client_ask(client *c, const char *text);
/* A header of the last answer, "" if it is not there. Valid until the next call. */
const char *client_header(client *c, const char *name);
/* The body as NUL-terminated text. */
const char *client_body(client *c);
/* True if the server has closed the connection and nothing more came. */
bool client_at_end(client *c);
