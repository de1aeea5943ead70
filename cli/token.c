/* cli/token.c: `sluice token`: credentials of producers.
 *
 * The server shows a token once. `create` prints it alone on standard output, so that a script can take it,
 * and everything about it on standard error; --out puts it into a file that only its owner can read. That
 * file is opened before the token is asked for: a token that could not be kept would be lost. */
#include "cli/internal/remote.h"
#include "cli/internal/tell.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct token_options {
    sl_remote remote;
    const char *producer, *name, *out;
    int64_t expires_in_days;
} token_options;

#define PRODUCER_OPTION                                                        \
    {                                                                          \
        "producer", SL_OPTION_TEXT, offsetof(token_options, producer), "NAME", \
            "whose token it is", true                                          \
    }

static const sl_option create_options[] = {
    PRODUCER_OPTION,
    {"name", SL_OPTION_TEXT, offsetof(token_options, name), "NAME", "what it is for, such as prod"},
    {"expires-in-days", SL_OPTION_NUMBER, offsetof(token_options, expires_in_days), "N",
     "days until it ends (never)"},
    {"out", SL_OPTION_TEXT, offsetof(token_options, out), "FILE",
     "write it to this new file, for its owner's eyes only"},
    SL_REMOTE_OPTIONS(token_options, remote),
};

static void put_request(const token_options *given, sl_buf *body)
{
    sl_json_writer writer = sl_json_writer_of(body);
    sl_json_put_object(&writer, NULL);
    sl_json_put_string_if(&writer, "name", sl_str_from(given->name));
    if (given->expires_in_days > 0)
        sl_json_put_integer(&writer, "expires_in_days", given->expires_in_days);
    sl_json_end_object(&writer);
}

/* The token into `file`, and the file onto the disk. */
static bool write_out(int file, sl_str token)
{
    return write(file, token.data, token.len) == (ssize_t)token.len && write(file, "\n", 1) == 1 &&
           fsync(file) == 0;
}

static int tell_created(const token_options *given, const sl_remote_answer *answer, int file)
{
    sl_str token = sl_member_string(answer->json, "token");
    if (file >= 0 && !write_out(file, token)) {
        sl_complain("'%s' could not be written: %s; revoke this token: %.*s", given->out,
                    strerror(errno), SL_STR_ARG(sl_member_string(answer->json, "id")));
        return SL_EXIT_NO_ANSWER;
    }
    if (given->remote.is_json && file < 0) {
        sl_remote_print_body(answer);
        return SL_EXIT_CLEAN;
    }
    if (file < 0) {
        sl_say_text(stdout, token);
        putchar('\n');
        fflush(stdout);
    }
    fputs("token ", stderr);
    sl_say_text(stderr, sl_member_string(answer->json, "id"));
    fprintf(stderr, " of %s %s\n", given->producer,
            file < 0 ? "is above; it is not shown again" : "is in the file");
    return SL_EXIT_CLEAN;
}

static int create_token(const token_options *given, int file)
{
    sl_cleanup(sl_buf_done) sl_buf path = {0}, body = {0};
    put_request(given, &body);
    sl_remote_path(&path, "/v1/producers/", given->producer, "/tokens");
    sl_cleanup(sl_remote_answer_done) sl_remote_answer answer = {0};
    int exit_status =
        sl_remote_call(&given->remote, &(sl_remote_request){"POST", &path, .json = &body}, &answer);
    return exit_status == SL_EXIT_CLEAN ? tell_created(given, &answer, file) : exit_status;
}

int sl_cmd_token_create(const sl_command *command, sl_arguments arguments)
{
    static const sl_option_table table = {SL_OPTION_TABLE(create_options)};
    token_options given = {.remote = SL_REMOTE_INIT};
    int exit_status;
    if (!sl_remote_begin(command, &table, &arguments, &given, &given.remote, &exit_status))
        return exit_status;
    if (!given.out)
        return create_token(&given, -1);

    int file = open(given.out, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (file < 0) {
        sl_complain("cannot make '%s': %s", given.out, strerror(errno));
        return SL_EXIT_NO_ANSWER;
    }
    exit_status = create_token(&given, file);
    if (close(file) != 0 || exit_status != SL_EXIT_CLEAN)
        unlink(given.out);
    return exit_status;
}

static void tell_item(const sl_json *token)
{
    sl_say_column(sl_member_string(token, "id"), 24);
    sl_say_column(sl_member_string(token, "name"), 16);
    sl_str expires = sl_member_string(token, "expires"),
           revoked = sl_member_string(token, "revoked");
    if (revoked.len > 0)
        printf("revoked %.*s\n", SL_STR_ARG(revoked));
    else if (expires.len > 0)
        printf("until %.*s\n", SL_STR_ARG(expires));
    else
        puts("no end");
}

static const sl_option plain_options[] = {PRODUCER_OPTION,
                                          SL_REMOTE_OPTIONS(token_options, remote)};

int sl_cmd_token_list(const sl_command *command, sl_arguments arguments)
{
    static const sl_option_table table = {SL_OPTION_TABLE(plain_options)};
    token_options given = {.remote = SL_REMOTE_INIT};
    int exit_status;
    if (!sl_remote_begin(command, &table, &arguments, &given, &given.remote, &exit_status))
        return exit_status;
    sl_cleanup(sl_buf_done) sl_buf path = {0};
    sl_remote_path(&path, "/v1/producers/", given.producer, "/tokens");
    return sl_remote_list(&given.remote, &path, "tokens", tell_item);
}

static void tell_revoked(const sl_remote_answer *answer)
{
    (void)answer;
    puts("revoked");
}

int sl_cmd_token_revoke(const sl_command *command, sl_arguments arguments)
{
    static const sl_option_table table = {
        SL_OPTION_TABLE(plain_options),
        .least_arguments = 1,
        .most_arguments = 1,
    };
    token_options given = {.remote = SL_REMOTE_INIT};
    int exit_status;
    if (!sl_remote_begin(command, &table, &arguments, &given, &given.remote, &exit_status))
        return exit_status;
    sl_cleanup(sl_buf_done) sl_buf path = {0};
    sl_remote_path(&path, "/v1/producers/", given.producer, "/tokens/", arguments.items[0]);
    return sl_remote_run(&given.remote, &(sl_remote_request){"DELETE", &path}, tell_revoked);
}
