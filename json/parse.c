/* json/parse.c: text to tree, through jansson.
 *
 * jansson is solid but generous: it nests to 2,048 levels and builds as many values as memory holds. A text comes from a
 * stranger, so one pass over the bytes counts levels and values before jansson sees it; that pass knows strings and nothing else of the
 * grammar, and where the text is no JSON its counts are only an upper bound, which is all that a limit needs.
 *
 * jansson allocates through base/alloc.h. It reports some failed allocations as "invalid token", so the allocator hook
 * remembers, per thread, that it said no, and that is what decides between SL_NO_MEMORY and SL_MALFORMED. */
#include "json/json.h"

#include <jansson.h>
#include <pthread.h>

static _Thread_local bool has_no_memory;

static void *allocate(size_t size)
{
    void *block = sl_alloc(size);
    if (!block)
        has_no_memory = true;
    return block;
}

static void use_base_allocator(void)
{
    json_set_alloc_funcs(allocate, sl_free);
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

static sl_status check_limits(sl_str text, sl_error *err)
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
    return SL_OK;
}

sl_status sl_json_parse(sl_str text, sl_json **ret_root, sl_error *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, use_base_allocator);

    SL_TRY(check_limits(text, err));
    has_no_memory = false;
    json_error_t error = {0};
    json_t *root = json_loadb(text.data ? text.data : "", text.len,
                              JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (root) {
        *ret_root = (sl_json *)root;
        return SL_OK;
    }
    if (has_no_memory)
        return sl_error_no_memory(err);
    return sl_error_set(err, SL_MALFORMED, "not JSON: line %d, column %d: %s",
                        SL_MAX(error.line, 1), SL_MAX(error.column, 0), error.text);
}

void sl_json_free(sl_json *root)
{
    json_decref((json_t *)root);
}
