/* cli/serve.c: `sluice serve`: settings, start, wait for a signal, stop.
 *
 * SIGINT, SIGTERM and SIGHUP are blocked before any thread is made, so that all threads inherit the mask and
 * only this one hears of them, by sigwait(): nothing runs inside a signal handler. The first stops the server in
 * order. From then on a SIGINT kills the program, as people expect of Ctrl-C pressed twice; the others do not,
 * because a supervisor may well send its SIGTERM behind the SIGINT that the terminal sent to all. */
#include "cli/internal/options.h"
#include "cli/internal/say.h"
#include "server/server.h"

#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

/* The first SQLite whose WAL checkpoint cannot race a commit (see the essay of registry/store/sqlite.c). */
static const int64_t sqlite_sound[] = {3, 51, 3};

static void print_help(const sl_command *command)
{
    sl_cleanup(sl_buf_done) sl_buf settings = {0};
    sl_settings_help(&settings);
    printf("usage: sluice %s [--SETTING VALUE]...\n\n%s\n\n", command->name, command->summary);
    printf(
        "Settings come from a file (--config FILE, or SLUICE_CONFIG; lines of key = value), from the\n"
        "environment (SLUICE_KEY) and from flags; of two, the later wins. Ctrl-C or SIGTERM stops the\n"
        "server: what runs is answered, what was written is on disk.\n\n");
    fwrite(sl_buf_str(&settings).data, 1, settings.len, stdout);
}

static bool wants_help(sl_arguments arguments)
{
    for (int i = 1; i < arguments.count; i++) {
        if (strcmp(arguments.items[i], "--help") == 0 || strcmp(arguments.items[i], "-h") == 0)
            return true;
    }
    return false;
}

/* "sqlite 3.40.1" is older than `sqlite_sound`; false for other stores and for what is no version. */
static bool is_old_sqlite(const char *store)
{
    sl_str rest = sl_str_from(store), part, name;
    if (!sl_str_split(rest, ' ', &name, &rest) || !sl_str_is(name, "sqlite"))
        return false;
    for (size_t i = 0; i < SL_ARRAY_LEN(sqlite_sound); i++) {
        int64_t number = 0;
        sl_str left = {0};
        if (!sl_str_split(rest, '.', &part, &left))
            part = rest;
        if (!sl_str_to_i64(part, &number))
            return false;
        if (number != sqlite_sound[i])
            return number < sqlite_sound[i];
        rest = left;
    }
    return false;
}

static void print_start(const sl_server *server)
{
    const char *token = sl_server_new_admin_token(server);
    printf("sluice %s serves http://%s (store: %s)\n", SLUICE_VERSION, sl_server_address(server),
           sl_server_store(server));
    if (token[0])
        printf("admin token, shown this once: %s\n", token);
    if (isatty(STDOUT_FILENO))
        printf("Ctrl-C stops it.\n");
    if (fflush(stdout) != 0 && token[0])
        sl_log(SL_LOG_ERROR, "the admin token could not be shown and is lost; start once with "
                             "SLUICE_ADMIN_TOKEN set to one of your own");
    if (is_old_sqlite(sl_server_store(server)))
        sl_log(
            SL_LOG_INFO,
            "this SQLite is older than 3.51.3, in which a checkpoint can race a commit of another "
            "connection: let no other program write to the database (Sluice itself has one writer)");
}

/* The folder that the database goes into, so that `sluice serve` runs in an empty one. Only that folder, not
 * those above it: the rest of a misspelt path is refused by the store, as is what cannot be made. */
static void make_store_folder(sl_str store)
{
    sl_str kind, path, folder, name;
    char text[PATH_MAX];
    if (!sl_str_split(store, ':', &kind, &path) || !sl_str_is(kind, "sqlite") ||
        !sl_str_split_last(path, '/', &folder, &name) || folder.len >= sizeof text)
        return;
    snprintf(text, sizeof text, "%.*s", SL_STR_ARG(folder));
    if (folder.len > 0 && mkdir(text, S_IRWXU) == 0)
        sl_log(SL_LOG_INFO, "made the folder %s", text);
}

static int exit_of(sl_status status)
{
    return status == SL_INVALID ? SL_EXIT_USAGE : SL_EXIT_NO_ANSWER;
}

static void block_stop_signals(sigset_t *ret_signals)
{
    sigemptyset(ret_signals);
    sigaddset(ret_signals, SIGINT);
    sigaddset(ret_signals, SIGTERM);
    sigaddset(ret_signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, ret_signals, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static void unblock_interrupt(void)
{
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    pthread_sigmask(SIG_UNBLOCK, &interrupt, NULL);
}

int sl_cmd_serve(const sl_command *command, sl_arguments arguments)
{
    if (wants_help(arguments)) {
        print_help(command);
        return SL_EXIT_CLEAN;
    }
    sl_cleanup(sl_settings_done) sl_settings settings = {0};
    sl_error error = {0};
    sl_status status =
        sl_settings_load(arguments.count - 1, arguments.items + 1, environ, &settings, &error);
    if (status != SL_OK) {
        sl_complain("%s", error.text);
        fprintf(stderr, "try: sluice serve --help\n");
        return exit_of(status);
    }
    sl_log_set_level(settings.log_level);

    sigset_t signals;
    block_stop_signals(&signals);
    make_store_folder(settings.store);
    sl_server *server = NULL;
    status = sl_server_start(&settings, &server, &error);
    if (status != SL_OK) {
        sl_complain("%s", error.text);
        return exit_of(status);
    }
    print_start(server);
    int got = 0;
    sigwait(&signals, &got);
    sl_log(SL_LOG_INFO, "stopping on SIG%s", sigabbrev_np(got));
    unblock_interrupt();
    sl_server_stop(server);
    return SL_EXIT_CLEAN;
}
