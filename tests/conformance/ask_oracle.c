/* tests/conformance/ask_oracle.c: see ask_oracle.h. Questions and answers go through files of a folder of their own. */
#include "tests/conformance/ask_oracle.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/tap_main.h"

#define ORACLE "SLUICE_PARSE_ORACLE"

void oracle_require(void)
{
    const char *oracle = getenv(ORACLE);
    if (!oracle || !*oracle)
        tap_skip_all(
            "SLUICE_REQUIRE_CORPORA",
            "the oracle was not built: it needs g++ and libprotobuf-dev when meson configures");
}

static void append_u32(sl_buf *buf, uint32_t number)
{
    for (int shift = 0; shift < 32; shift += 8)
        sl_buf_append_byte(buf, (uint8_t)(number >> shift));
}

void payload_changes_append(sl_buf *buf, const payload_change *changes, uint32_t count)
{
    append_u32(buf, count);
    for (uint32_t i = 0; i < count; i++) {
        append_u32(buf, changes[i].kept);
        append_u32(buf, changes[i].place);
        append_u32(buf, changes[i].change);
    }
}

static bool write_file(const char *path, sl_bytes bytes)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        return false;
    bool is_written = fwrite(bytes.data, 1, bytes.len, file) == bytes.len;
    return fclose(file) == 0 && is_written;
}

sl_bytes oracle_ask(const char *schemas, sl_bytes asked, bool has_changes)
{
    const char *oracle = getenv(ORACLE);
    const char *temporary = getenv("TMPDIR");
    char dir[512];
    snprintf(dir, sizeof dir, "%s/sluice-oracle-XXXXXX",
             temporary && *temporary ? temporary : "/tmp");
    if (!mkdtemp(dir))
        return (sl_bytes){0};
    const char *asked_path = text_keep("%s/asked", dir);
    const char *answers_path = text_keep("%s/answers", dir);
    const char *arguments[] = {oracle, "--changes", schemas, asked_path, answers_path, NULL};
    if (!has_changes)
        memmove(arguments + 1, arguments + 2, sizeof arguments - 2 * sizeof arguments[0]);
    pid_t pid = 0;
    int status = -1;
    sl_bytes verdicts = {0};
    if (write_file(asked_path, asked) &&
        posix_spawn(&pid, oracle, NULL, NULL, (char *const *)arguments, environ) == 0 &&
        waitpid(pid, &status, 0) == pid && status == 0)
        verdicts = file_load(answers_path);
    unlink(asked_path);
    unlink(answers_path);
    rmdir(dir);
    return verdicts;
}
