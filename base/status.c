/* base/status.c: names of statuses, and error texts that never end in half a character. */
#include "base/base.h"

#include <stdio.h>
#include <string.h>

static const char *const names[SL_STATUS_COUNT] = {
#define STATUS(suffix, name, meaning) [SL_##suffix] = name,
#include "base/status.def"
#undef STATUS
};

const char *sl_status_name(sl_status status)
{
    return (unsigned)status < SL_STATUS_COUNT ? names[status] : "unknown";
}

/* vsnprintf cuts at a byte; step back to where the last whole UTF-8 sequence ends. */
static void trim_partial_character(char *text, size_t len)
{
    size_t back = 0;
    while (back < 3 && back < len && ((unsigned char)text[len - 1 - back] & 0xC0) == 0x80)
        back++;
    if (back == len)
        return;
    unsigned char lead = (unsigned char)text[len - 1 - back];
    size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (need > back + 1)
        text[len - 1 - back] = '\0';
}

sl_status sl_error_vset(sl_error *err, sl_status status, const char *format, va_list args)
{
    if (!err)
        return status;
    err->status = status;
    int written = vsnprintf(err->text, sizeof err->text, format, args);
    if (written < 0)
        err->text[0] = '\0';
    else if ((size_t)written >= sizeof err->text)
        trim_partial_character(err->text, strlen(err->text));
    return status;
}

sl_status sl_error_set(sl_error *err, sl_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    sl_error_vset(err, status, format, args);
    va_end(args);
    return status;
}

sl_status sl_error_no_memory(sl_error *err)
{
    return sl_error_set(err, SL_NO_MEMORY, "out of memory");
}
