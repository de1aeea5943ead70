/* server/server.h: the HTTP server as one thing that can be started, asked for its port, and stopped.
 *
 * The server owns its registry, its threads and its listening socket. It knows nothing of signals, terminals or arguments: that is
 * the caller's (cli/serve.c, tests). */
#pragma once

#include "registry/registry.h"
#include "server/settings.h"

typedef struct sl_server sl_server;

/* Open the store, make sure that there is an admin token, listen, and serve until sl_server_stop().
 *
 *   settings    copied where needed; may be freed after the call
 *   ret_server  set on SL_OK only; ended with sl_server_stop()
 *
 * SL_OK; what sl_registry_open() and sl_registry_ensure_admin() return (SL_BUSY: another server holds the store, SL_UNSUPPORTED: a newer
 * Sluice wrote it); SL_INVALID (address to listen on, admin token); SL_EXISTS (the address is in use); SL_IO; SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_server_start(const sl_settings *settings, sl_server **ret_server,
                                        sl_error *err);

/* The port that it listens on: the one asked for, or the one that the system chose for port 0. */
uint16_t sl_server_port(const sl_server *server);

/* "127.0.0.1:8081", "[::1]:8081". Borrowed. */
const char *sl_server_address(const sl_server *server);

/* The admin token that was drawn at this start, to be shown once; "" if there was one already or one was given. Borrowed. */
const char *sl_server_new_admin_token(const sl_server *server);

/* What is served: name and version of the store, "sqlite 3.40.1". Borrowed. */
const char *sl_server_store(const sl_server *server);

/* Stop in order: refuse new connections, say not ready, finish what is being answered (for at most `drain_timeout` of the settings), finish
 * queued writes, close the store. Blocks. Accepts NULL. Not to be called from a signal handler. */
void sl_server_stop(sl_server *server);
SL_DEFINE_CLEANUP(sl_server *, sl_server_stop)
