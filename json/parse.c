/* json/parse.c: text to tree, through jansson.
 *
 * jansson is solid but generous: it nests to 2,048 levels and builds as many values as memory holds. A text comes from a
 * stranger, so one pass over the bytes counts levels and values before jansson sees it; that pass knows strings and nothing else of the
 * grammar, and where the text is no JSON its counts are only an upper bound, which is all that a limit needs.
 *
 * The same counts say how much memory jansson can need; it is had before jansson begins (memory.c says why). */
#include "json/internal/memory.h"
#include "json/json.h"

#include <jansson.h>
#include <pthread.h>

/* What jansson 2.14 allocates at most, headers of memory.c included: for a value its node, its place in an array or its pair, and the table that an
 * object begins with; for a byte of text the buffer of the reader (which doubles), the token, and the copy in the tree. */
enum { BYTES_A_VALUE = 640, BYTES_A_BYTE = 8, BYTES_BESIDE = 4096 };

static void use_own_memory(void)
{
    json_set_alloc_funcs(sl_json_memory_take, sl_json_memory_give);
}

/* Where the pre-scan stands. Columns count characters from 1, as jansson's do. */
typedef struct {
    sl_str text;
    size_t at;
    uint32_t line, column;
    uint32_t depth;
    size_t values; /* upper bound */
} scan;

static void scan_byte(scan *s)
{
    uint8_t byte = (uint8_t)s->text.data[s->at++];
    if (byte == '\n') {
        s->line++;
        s->column = 0;
    } else if ((byte & 0xC0) != 0x80) {
        s->column++;
    }
}

/* Pass over a string, from its opening quote to its closing one or the end of the text. */
static void scan_string(scan *s)
{
    scan_byte(s);
    while (s->at < s->text.len && s->text.data[s->at] != '"') {
        if (s->text.data[s->at] == '\\' && s->at + 1 < s->text.len)
            scan_byte(s);
        scan_byte(s);
    }
    if (s->at < s->text.len)
        scan_byte(s);
}

static sl_status scan_token(scan *s, sl_error *err)
{
    char byte = s->text.data[s->at];
    if (byte == '"') {
        scan_string(s);
        return SL_OK;
    }
    scan_byte(s);
    if (byte == '[' || byte == '{') {
        s->values++;
        if (++s->depth > SL_LIMIT_JSON_DEPTH)
            return sl_error_set(
                err, SL_LIMIT,
                "line %u, column %u: nested deeper than %d levels (limit JSON_DEPTH)", s->line,
                s->column, SL_LIMIT_JSON_DEPTH);
    } else if (byte == ']' || byte == '}') {
        s->depth -= s->depth > 0;
    } else if (byte == ',') {
        s->values++;
    }
    return SL_OK;
}

static sl_status check_limits(sl_str text, size_t *ret_values, sl_error *err)
{
    if (text.len > SL_LIMIT_JSON_BYTES)
        return sl_error_set(err, SL_LIMIT, "%zu bytes of JSON; at most %d (limit JSON_BYTES)",
                            text.len, SL_LIMIT_JSON_BYTES);
    scan s = {.text = text, .line = 1, .values = 1};
    while (s.at < text.len)
        SL_TRY(scan_token(&s, err));
    if (s.values > SL_LIMIT_JSON_VALUES)
        return sl_error_set(err, SL_LIMIT, "about %zu JSON values; at most %d (limit JSON_VALUES)",
                            s.values, SL_LIMIT_JSON_VALUES);
    *ret_values = s.values;
    return SL_OK;
}

sl_status sl_json_parse(sl_str text, sl_json **ret_root, sl_error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, use_own_memory);

    size_t values = 0;
    SL_TRY(check_limits(text, &values, err));
    sl_json_memory *memory =
        sl_json_memory_begin(BYTES_BESIDE + values * BYTES_A_VALUE + text.len * BYTES_A_BYTE);
    if (!memory)
        return sl_error_no_memory(err);
    json_error_t error = {0};
    json_t *root = json_loadb(text.data ? text.data : "", text.len,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (sl_json_memory_end(memory)) {
        json_decref(root);
        return sl_error_no_memory(err);
    }
    if (root) {
        *ret_root = (sl_json *)root;
        return SL_OK;
    }
    return sl_error_set(err, SL_MALFORMED, "not JSON: line %d, column %d: %s",
                        SL_MAX(error.line, 1), SL_MAX(error.column, 0), error.text);
}

void sl_json_free(sl_json *root)
{
    json_decref((json_t *)root);
}
