/* base/log.c: log lines. */
#include "base/base.h"

#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

enum { LINE_SIZE = 2048 };

static const char *const level_names[] = {"error", "warn", "info", "debug"};
static atomic_int most = SL_LOG_INFO;

void sl_log_set_level(sl_log_level level)
{
    atomic_store(&most, (int)level);
}

bool sl_log_is_on(sl_log_level level)
{
    return (int)level <= atomic_load_explicit(&most, memory_order_relaxed);
}

bool sl_log_level_parse(const char *name, sl_log_level *ret_level)
{
    for (size_t i = 0; i < SL_ARRAY_LEN(level_names); i++) {
        if (strcmp(name, level_names[i]) != 0)
            continue;
        *ret_level = (sl_log_level)i;
        return true;
    }
    return false;
}

static size_t escape_controls(const char *text, char *to, size_t size)
{
    size_t len = 0;
    for (; *text && len + 5 < size; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x20 || c == 0x7F)
            len += (size_t)snprintf(to + len, size - len, "\\x%02x", c);
        else
            to[len++] = (char)c;
    }
    return len;
}

void sl_log(sl_log_level level, const char *format, ...)
{
    if (!sl_log_is_on(level))
        return;
    char text[LINE_SIZE / 2], line[LINE_SIZE], when[SL_TIME_TEXT_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    sl_time_format(sl_clock_realtime_us(), when);
    size_t len = (size_t)snprintf(line, sizeof line, "%s %-5s ", when, level_names[level]);
    len += escape_controls(text, line + len, sizeof line - len);
    line[len++] = '\n';
    /* A log that cannot be written has nobody to be told of it. */
    ssize_t ignored __attribute__((unused)) = write(STDERR_FILENO, line, len);
}
