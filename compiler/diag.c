/* compiler/diag.c: rows of diag.def with their arguments filled in. */
#include "compiler/internal/diag.h"

#include <stdio.h>

static const sl_diag_row rows[] = {
#define DIAG(id, severity, text, hint) [SL_DIAG_##id] = {#id, SL_SEVERITY_##severity, text, hint},
#include "compiler/diag.def"
#undef DIAG
};

const sl_diag_row *sl_diag_row_of(sl_diag_id id)
{
    return (unsigned)id < SL_DIAG_COUNT ? &rows[id] : NULL;
}

/* An argument may be as long as a file: what is shown of it is not. */
enum { ARGUMENT_MOST = 200 };

/* Text for people: any other byte than of UTF-8, and control characters, are shown as \xC3. */
static void append_shown(sl_buf *buf, sl_bytes argument)
{
    size_t begin = 0, invalid = sl_utf8_find_invalid(argument);
    for (size_t i = 0; i < argument.len; i++) {
        if (i != invalid && argument.data[i] >= 0x20 && argument.data[i] != 0x7F)
            continue;
        sl_buf_append(buf, argument.data + begin, i - begin);
        sl_buf_printf(buf, "\\x%02x", argument.data[i]);
        begin = i + 1;
        if (i == invalid) {
            sl_bytes rest = {argument.data + begin, argument.len - begin};
            size_t next = sl_utf8_find_invalid(rest);
            invalid = next == SIZE_MAX ? SIZE_MAX : begin + next;
        }
    }
    sl_buf_append(buf, argument.data + begin, argument.len - begin);
}

static void append_argument(sl_buf *buf, sl_str argument)
{
    if (argument.len <= ARGUMENT_MOST) {
        append_shown(buf, sl_str_bytes(argument));
        return;
    }
    size_t len = ARGUMENT_MOST;
    while (len > 0 && ((uint8_t)argument.data[len] & 0xC0) == 0x80)
        len--;
    append_shown(buf, (sl_bytes){(const uint8_t *)argument.data, len});
    sl_buf_append_literal(buf, "…");
}

/* "{0}" at `at`: the argument's number; -1 if there is none. */
static int placeholder(const char *at)
{
    return at[0] == '{' && at[1] >= '0' && at[1] < '0' + SL_DIAG_ARGS_MOST && at[2] == '}'
               ? at[1] - '0'
               : -1;
}

/* False if `format` names an absent argument. */
static bool fill(sl_buf *buf, const char *format, const sl_str *args, size_t arg_count)
{
    for (const char *at = format; *at; at++) {
        int argument = placeholder(at);
        if (argument < 0) {
            sl_buf_append_byte(buf, (uint8_t)*at);
            continue;
        }
        if ((size_t)argument >= arg_count || !args[argument].data)
            return false;
        append_argument(buf, args[argument]);
        at += 2;
    }
    return true;
}

void sl_diag_tell(sl_diags *diags, sl_source *source, sl_span at, sl_diag_id id, const sl_str *args,
                  size_t arg_count)
{
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    sl_cleanup(sl_buf_done) sl_buf hint = {0};
    sl_finding finding = {.rule = sl_str_from(rows[id].id), .severity = rows[id].severity};
    if (source && sl_source_index_lines(source) != SL_OK)
        diags->no_memory = true;
    if (source)
        finding.at = sl_source_locate(source, at);
    fill(&text, rows[id].text, args, arg_count);
    finding.message = sl_buf_str(&text);
    if (rows[id].hint && fill(&hint, rows[id].hint, args, arg_count))
        finding.fix = sl_buf_str(&hint);
    if (text.has_failed || hint.has_failed || sl_findings_add(diags->findings, &finding) != SL_OK)
        diags->no_memory = true;
}

sl_str sl_diag_i64(int64_t value, sl_diag_number *room)
{
    int len = snprintf(room->text, sizeof room->text, "%lld", (long long)value);
    return (sl_str){room->text, (size_t)len};
}

sl_str sl_diag_u64(uint64_t value, sl_diag_number *room)
{
    int len = snprintf(room->text, sizeof room->text, "%llu", (unsigned long long)value);
    return (sl_str){room->text, (size_t)len};
}
