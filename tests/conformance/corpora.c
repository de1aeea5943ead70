/* tests/conformance/corpora.c: see corpora.h. */
#include "tests/conformance/corpora.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/support/tap_main.h"
#include "validate/validate.h"

/* u8 verdict, u16 length of the type, u32 length of the payload */
enum { RECORD_HEAD = 7 };

/* Everything loaded stays until the program ends; reachable from here, so that it is no leak. */
static sl_arena kept;

static _Noreturn void give_up(const char *what, const char *which)
{
    printf("Bail out! %s: %s\n", what, which);
    fflush(stdout);
    exit(EXIT_FAILURE);
}

const char *verdict_name(verdict_word verdict)
{
    static const char *const names[VERDICT_COUNT] = {"valid", "malformed", "missing-required",
                                                     "unnamed"};
    return verdict < VERDICT_COUNT ? names[verdict] : "unknown";
}

bool payload_record_next(sl_bytes *rest, payload_record *ret_record)
{
    if (rest->len == 0)
        return false;
    const uint8_t *head = rest->data;
    if (rest->len < RECORD_HEAD)
        give_up("a record is cut short", "head");
    size_t type_len = (size_t)(head[1] | head[2] << 8);
    size_t payload_len =
        (size_t)head[3] | (size_t)head[4] << 8 | (size_t)head[5] << 16 | (size_t)head[6] << 24;
    if (rest->len - RECORD_HEAD < type_len + payload_len)
        give_up("a record is cut short", "body");

    const uint8_t *body = head + RECORD_HEAD;
    ret_record->verdict = head[0];
    ret_record->type = (sl_str){(const char *)body, type_len};
    ret_record->payload = (sl_bytes){body + type_len, payload_len};
    rest->data = body + type_len + payload_len;
    rest->len -= RECORD_HEAD + type_len + payload_len;
    return true;
}

void payload_record_append(sl_buf *buf, verdict_word verdict, sl_str type, sl_bytes payload)
{
    const uint8_t head[RECORD_HEAD] = {
        (uint8_t)verdict,
        (uint8_t)type.len,
        (uint8_t)(type.len >> 8),
        (uint8_t)payload.len,
        (uint8_t)(payload.len >> 8),
        (uint8_t)(payload.len >> 16),
        (uint8_t)(payload.len >> 24),
    };
    sl_buf_append(buf, head, sizeof head);
    sl_buf_append_str(buf, type);
    sl_buf_append(buf, payload.data, payload.len);
}

void corpora_require(const char *step)
{
    if (access(corpora_path(text_keep("stamps/%s", step)), R_OK) != 0)
        tap_skip_all("SLUICE_REQUIRE_CORPORA",
                     "the corpora are not there (no '%s' in %s); run scripts/corpora", step,
                     corpora_path(""));
}

const char *corpora_path(const char *name)
{
    const char *dir = getenv("SLUICE_CORPORA");
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    if (dir && *dir)
        return text_keep("%s/%s", dir, name);
    if (cache && *cache)
        return text_keep("%s/sluice/corpora/%s", cache, name);
    return text_keep("%s/.cache/sluice/corpora/%s", home ? home : "", name);
}

sl_bytes file_load(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return (sl_bytes){NULL, 0};
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    if (size < 0)
        give_up("cannot read", path);

    uint8_t *data = sl_arena_calloc(&kept, 1, (size_t)size + SL_PAYLOAD_SLOP);
    if (!data || fread(data, 1, (size_t)size, file) != (size_t)size)
        give_up("cannot read", path);
    fclose(file);
    return (sl_bytes){data, (size_t)size};
}

sl_bytes corpora_load(const char *name)
{
    sl_bytes bytes = file_load(corpora_path(name));
    if (!bytes.data)
        give_up("no such file; run scripts/corpora", corpora_path(name));
    return bytes;
}

bool table_next_part(sl_str *rest, char separator, sl_str *ret_part)
{
    sl_str before = {0}, after = {0};
    if (rest->len == 0)
        return false;
    if (!sl_str_split(*rest, separator, &before, &after)) {
        before = *rest;
        after = (sl_str){rest->data + rest->len, 0};
    }
    *ret_part = before;
    *rest = after;
    return true;
}

size_t table_split(sl_str line, sl_str *ret_columns, size_t max)
{
    size_t count = 0;
    while (count < max && table_next_part(&line, '\t', &ret_columns[count]))
        count++;
    return count;
}

uint8_t *payload_copy(sl_bytes payload)
{
    uint8_t *copy = sl_alloc(payload.len + SL_PAYLOAD_SLOP);
    if (!copy)
        give_up("out of memory", "payload");
    if (payload.len)
        memcpy(copy, payload.data, payload.len);
    memset(copy + payload.len, 0xA5, SL_PAYLOAD_SLOP);
    return copy;
}

const char *text_keep(const char *format, ...)
{
    char text[4096];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    char *copy =
        len < 0 || (size_t)len >= sizeof text ? NULL : sl_arena_alloc(&kept, (size_t)len + 1);
    if (!copy)
        give_up("out of memory", format);
    return memcpy(copy, text, (size_t)len + 1);
}
