/* server/http/path.c: percent-escapes, decoded once and strictly.
 *
 * A path is split at its slashes before it is decoded, so that %2F is a character of a subject's name and never a border; what is
 * decoded is not decoded again. Most paths hold no escape at all, and those are not copied. */
#include "server/http/internal/path.h"

static bool needs_decoding(sl_str raw, bool plus_is_space)
{
    return raw.len &&
           (memchr(raw.data, '%', raw.len) || (plus_is_space && memchr(raw.data, '+', raw.len)));
}

/* The decoded length, or SIZE_MAX for an escape that is none. */
static size_t decode_into(sl_str raw, bool plus_is_space, char *to)
{
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.data[i];
        if (c == '%') {
            int high = i + 2 < raw.len ? sl_hex_value(raw.data[i + 1]) : -1;
            int low = i + 2 < raw.len ? sl_hex_value(raw.data[i + 2]) : -1;
            if (high < 0 || low < 0)
                return SIZE_MAX;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        to[len++] = c;
    }
    return len;
}

sl_status sl_path_decode(sl_str raw, bool plus_is_space, sl_arena *arena, sl_str *ret_text)
{
    sl_str text = raw;
    if (needs_decoding(raw, plus_is_space)) {
        char *to = sl_arena_alloc(arena, raw.len + 1);
        if (!to)
            return SL_NO_MEMORY;
        size_t len = decode_into(raw, plus_is_space, to);
        if (len == SIZE_MAX)
            return SL_INVALID;
        to[len] = '\0';
        text = (sl_str){to, len};
    }
    if (text.len && memchr(text.data, '\0', text.len))
        return SL_INVALID;
    if (!sl_utf8_valid(sl_str_bytes(text)))
        return SL_INVALID;
    *ret_text = text;
    return SL_OK;
}

static sl_status add_param(sl_str raw, sl_arena *arena, sl_query *query)
{
    sl_str name = raw, value = SL_STR("");
    if (query->count == SL_LIMIT_HTTP_QUERY_PARAMS)
        return SL_LIMIT;
    if (!sl_str_split(raw, '=', &name, &value))
        name = raw;
    SL_TRY(sl_path_decode(name, true, arena, &name));
    SL_TRY(sl_path_decode(value, true, arena, &value));
    for (size_t i = 0; i < query->count; i++)
        if (sl_str_equal(query->params[i].name, name))
            return SL_EXISTS;
    query->params[query->count].name = name;
    query->params[query->count].value = value;
    query->count++;
    return SL_OK;
}

sl_status sl_query_parse(sl_str raw, sl_arena *arena, sl_query *ret_query)
{
    ret_query->count = 0;
    while (raw.len > 0) {
        sl_str one = raw, rest = {0};
        if (!sl_str_split(raw, '&', &one, &rest))
            one = raw;
        if (one.len > 0)
            SL_TRY(add_param(one, arena, ret_query));
        raw = rest;
    }
    return SL_OK;
}

sl_str sl_query_get(const sl_query *query, const char *name)
{
    for (size_t i = 0; i < query->count; i++)
        if (sl_str_is(query->params[i].name, name))
            return query->params[i].value;
    return (sl_str){0};
}
