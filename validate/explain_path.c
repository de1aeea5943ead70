/* validate/explain_path.c: a trail as text, `items[2].attrs["k"].sku`.
 *
 *   .name             a field; the first has no dot
 *   [7]               its index, if it is repeated
 *   ["k"] [-5] [true] its key, if it is a map; texts are escaped as in JSON, bytes that are not UTF-8 as \xNN
 *   .[pkg.ext]        an extension, by its full name
 *
 * Indexes are those of the parsed message. That needs Protobuf's merging: if `order` came in two parts with two items each,
 * the first item of the second part is order.items[2]. So the bytes are read again from the top, level by level, each level being a
 * list of parts; parts of a oneof member that another member has cleared since do not count.
 *
 * A path longer than SL_LIMIT_VIOLATION_PATH_BYTES keeps its beginning and its end: text goes into `head` until that is full, and
 * from then on round and round in `tail`. */
#include "validate/internal/trail.h"

#include <stdarg.h>
#include <stdio.h>

/* --- text with a hole -------------------------------------------------------------------------- */

enum {
    GAP = 3,
    TAIL = SL_LIMIT_VIOLATION_PATH_BYTES / 2,
    HEAD = SL_LIMIT_VIOLATION_PATH_BYTES - TAIL - GAP
};

typedef struct path_text {
    char head[HEAD], tail[TAIL];
    size_t len; /* of all that was put, the part that is lost included */
} path_text;

static void put(path_text *text, const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++, text->len++) {
        if (text->len < HEAD)
            text->head[text->len] = data[i];
        else
            text->tail[(text->len - HEAD) % TAIL] = data[i];
    }
}

static void put_str(path_text *text, sl_str str)
{
    put(text, str.data, str.len);
}

static void put_format(path_text *text, const char *format, ...) SL_PRINTF(2, 3);
static void put_format(path_text *text, const char *format, ...)
{
    char number[32];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(number, sizeof number, format, args);
    va_end(args);
    put(text, number, (size_t)len);
}

static bool is_continuation(char byte)
{
    return ((uint8_t)byte & 0xC0) == 0x80;
}

static void add(sl_path_text *path, char byte)
{
    path->text[path->len++] = byte;
}

/* Both cuts move outward to a character's edge. */
static void finish(const path_text *text, sl_path_text *path)
{
    path->len = 0;
    bool has_hole = text->len > HEAD + TAIL;
    size_t head = SL_MIN(text->len, (size_t)HEAD);
    size_t tail = SL_MIN(text->len - head, (size_t)TAIL);
    size_t from = text->len - head - tail;
    for (size_t i = 0; i < head; i++)
        add(path, text->head[i]);
    if (has_hole) {
        size_t back = 0;
        while (back < 3 && is_continuation(path->text[path->len - 1 - back]))
            back++;
        if ((uint8_t)path->text[path->len - 1 - back] >= 0x80)
            path->len -= back + 1;
        for (int i = 0; i < GAP; i++)
            add(path, '.');
        for (; tail > 0 && is_continuation(text->tail[from % TAIL]); from++)
            tail--;
    }
    for (size_t i = 0; i < tail; i++)
        add(path, text->tail[(from + i) % TAIL]);
}

/* --- keys -------------------------------------------------------------------------------------- */

static void put_quoted(path_text *text, sl_str str)
{
    put(text, "\"", 1);
    bool is_utf8 = sl_utf8_valid(sl_str_bytes(str));
    for (size_t i = 0; i < str.len; i++) {
        uint8_t byte = (uint8_t)str.data[i];
        if (byte == '"' || byte == '\\')
            put_format(text, "\\%c", byte);
        else if (byte == '\n')
            put(text, "\\n", 2);
        else if (byte == '\t')
            put(text, "\\t", 2);
        else if (byte == '\r')
            put(text, "\\r", 2);
        else if (byte < 0x20 || byte == 0x7f)
            put_format(text, "\\u%04x", byte);
        else if (byte >= 0x80 && !is_utf8)
            put_format(text, "\\x%02X", byte);
        else
            put(text, (const char *)&byte, 1);
    }
    put(text, "\"", 1);
}

static void put_key(path_text *text, sl_map_key key)
{
    put(text, "[", 1);
    switch (key.type) {
    case SL_TYPE_STRING: put_quoted(text, key.text); break;
    case SL_TYPE_BOOL: put_str(text, key.number ? SL_STR("true") : SL_STR("false")); break;
    case SL_TYPE_UINT64:
    case SL_TYPE_FIXED64: put_format(text, "%llu", (unsigned long long)key.number); break;
    default: put_format(text, "%lld", (long long)(int64_t)key.number); break;
    }
    put(text, "]", 1);
}

/* --- indexes ----------------------------------------------------------------------------------- */

typedef struct part_list {
    SL_VEC(sl_bytes) list;
} part_list;

static void parts_done(part_list *parts)
{
    sl_vec_done(&parts->list);
}

static uint64_t count_varints(sl_bytes packed)
{
    uint64_t count = 0;
    for (size_t i = 0; i < packed.len; i++)
        count += packed.data[i] < 0x80;
    return count;
}

static uint64_t count_elements(const sl_occurrence *occurrence)
{
    switch (occurrence->op) {
    case SL_OP_PACKED_VARINT:
    case SL_OP_PACKED_ENUM: return count_varints(occurrence->content);
    case SL_OP_PACKED_FIXED32: return occurrence->content.len / 4;
    case SL_OP_PACKED_FIXED64: return occurrence->content.len / 8;
    default: return 1;
    }
}

static bool clears(const sl_occurrence *occurrence, const sl_plan_entry *entry)
{
    return occurrence->entry != entry && entry->field->oneof &&
           entry->field->oneof == occurrence->entry->field->oneof;
}

/* One step down: `list` holds the parts of the step's message, and from here on those of the field's. */
static sl_status descend(const sl_trail *trail, const sl_trail_step *step, part_list *list,
                         uint64_t *ret_index)
{
    sl_cleanup(parts_done) part_list found = {0};
    bool is_repeated = step->entry->flags & SL_ENTRY_REPEATED;
    *ret_index = 0;
    for (size_t i = 0; i < list->list.count; i++) {
        sl_bytes part = list->list.items[i];
        bool is_last = i + 1 == list->list.count;
        sl_wire_reader reader = {part.data, part.data, is_last ? step->at : part.data + part.len};
        sl_occurrence occurrence;
        while (sl_next_occurrence(trail->plan, step->type, &reader, &occurrence)) {
            if (clears(&occurrence, step->entry) || found.list.count >= SL_LIMIT_MERGE_PARTS)
                found.list.count = 0;
            if (occurrence.entry != step->entry)
                continue;
            *ret_index += count_elements(&occurrence);
            if (!is_repeated)
                SL_TRY(sl_vec_push(&found.list, occurrence.content));
        }
    }
    SL_TRY(sl_vec_push(&found.list, (sl_bytes){step->begin, 0}));
    part_list previous = *list;
    *list = found;
    found = previous;
    return SL_OK;
}

/* Behind the last index nobody needs the parts. */
static size_t count_steps_to_last_index(const sl_trail *trail)
{
    size_t count = trail->count;
    while (count > 0 && (trail->steps[count - 1].entry->flags &
                         (SL_ENTRY_REPEATED | SL_ENTRY_MAP)) != SL_ENTRY_REPEATED)
        count--;
    return count;
}

/* --- steps ------------------------------------------------------------------------------------- */

static void put_step(path_text *text, const sl_trail *trail, size_t at, uint64_t index)
{
    const sl_trail_step *step = &trail->steps[at];
    const sl_field *field = step->entry->field;
    if (step->type->message->is_map_entry)
        return; /* the key stands behind the map already */
    if (text->len)
        put(text, ".", 1);
    if (field->is_extension) {
        put(text, "[", 1);
        put_str(text, field->full_name);
        put(text, "]", 1);
    } else {
        put_str(text, field->name);
    }
    if (step->entry->flags & SL_ENTRY_MAP && step->end)
        put_key(text,
                sl_map_key_read(sl_plan_target(trail->plan, step->entry), step->begin, step->end));
    else if ((step->entry->flags & (SL_ENTRY_REPEATED | SL_ENTRY_MAP)) == SL_ENTRY_REPEATED)
        put_format(text, "[%llu]", (unsigned long long)index);
}

sl_status sl_trail_path(const sl_trail *trail, sl_path_text *ret_path)
{
    sl_cleanup(parts_done) part_list list = {0};
    path_text text = {.len = 0};
    size_t indexed = count_steps_to_last_index(trail);
    if (indexed)
        SL_TRY(sl_vec_push(&list.list, (sl_bytes){trail->payload, 0}));
    for (size_t i = 0; i < trail->count; i++) {
        uint64_t index = 0;
        if (i < indexed)
            SL_TRY(descend(trail, &trail->steps[i], &list, &index));
        if (i + 1 == trail->count)
            index += trail->element;
        put_step(&text, trail, i, index);
    }
    finish(&text, ret_path);
    return SL_OK;
}
