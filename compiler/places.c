/* compiler/places.c: records of source info, and their encoding as SourceCodeInfo.
 *
 *   location = 1 { path = 1 packed, span = 2 packed, leading = 3, trailing = 4, leading_detached = 6 }
 *
 * A span has three numbers when it begins and ends on one line, else four. Options that were not interpreted, or that are
 * of source retention, have no location; nor has what held options of the latter kind alone. */
#include "compiler/internal/places.h"

#include "wire/wire.h"

static uint32_t push(sl_places *places, sl_place_record record)
{
    if (sl_vec_push(&places->records, record) != SL_OK) {
        places->no_memory = true;
        return SL_PLACE_NONE;
    }
    return (uint32_t)places->records.count - 1;
}

uint32_t sl_places_begin(sl_places *places, uint32_t parent, const sl_lexer *lexer)
{
    if (!places)
        return SL_PLACE_NONE;
    return push(places, (sl_place_record){.parent = parent, .span = {lexer->token.begin, 0}});
}

uint32_t sl_places_begin1(sl_places *places, uint32_t parent, int32_t step, const sl_lexer *lexer)
{
    if (!places)
        return SL_PLACE_NONE;
    return push(places, (sl_place_record){.parent = parent,
                                          .steps = {step},
                                          .step_count = 1,
                                          .span = {lexer->token.begin, 0}});
}

uint32_t sl_places_begin2(sl_places *places, uint32_t parent, int32_t step, int32_t second_step,
                          const sl_lexer *lexer)
{
    if (!places)
        return SL_PLACE_NONE;
    return push(places, (sl_place_record){.parent = parent,
                                          .steps = {step, second_step},
                                          .step_count = 2,
                                          .span = {lexer->token.begin, 0}});
}

uint32_t sl_places_add1(sl_places *places, uint32_t parent, int32_t step, sl_span span)
{
    if (!places)
        return SL_PLACE_NONE;
    return push(places, (sl_place_record){
                            .parent = parent, .steps = {step}, .step_count = 1, .span = span});
}

uint32_t sl_places_add_option(sl_places *places, uint32_t parent, const sl_option *option,
                              uint32_t begin)
{
    if (!places)
        return SL_PLACE_NONE;
    return push(places, (sl_place_record){.parent = parent, .span = {begin, 0}, .option = option});
}

static sl_place_record *record_at(sl_places *places, uint32_t record)
{
    return places && record < places->records.count ? &places->records.items[record] : NULL;
}

void sl_places_step(sl_places *places, uint32_t record, int32_t step)
{
    sl_place_record *it = record_at(places, record);
    if (it && it->step_count < SL_ARRAY_LEN(it->steps))
        it->steps[it->step_count++] = step;
}

void sl_places_start_at(sl_places *places, uint32_t record, uint32_t begin)
{
    sl_place_record *it = record_at(places, record);
    if (it)
        it->span.begin = begin;
}

void sl_places_start_with(sl_places *places, uint32_t record, uint32_t other)
{
    const sl_place_record *it = record_at(places, other);
    if (it)
        sl_places_start_at(places, record, it->span.begin);
}

void sl_places_end(sl_places *places, uint32_t record, const sl_lexer *lexer)
{
    sl_place_record *it = record_at(places, record);
    if (it)
        it->span.end = lexer->previous_end;
}

/* Thousands of files wait for their source info at once, and lists have grown by doubling. */
#define FIT(places, list)                                                           \
    do {                                                                            \
        size_t fit_size = SL_MAX((list)->count, (size_t)1) * sizeof *(list)->items; \
        void *fit = (list)->items ? sl_realloc((list)->items, fit_size) : NULL;     \
        if ((list)->items && !fit)                                                  \
            (places)->no_memory = true;                                             \
        if (fit)                                                                    \
            (list)->items = fit, (list)->cap = SL_MAX((list)->count, (size_t)1);    \
    } while (0)

void sl_places_fit(sl_places *places)
{
    if (!places)
        return;
    FIT(places, &places->records);
    FIT(places, &places->pieces);
    FIT(places, &places->attached);
    FIT(places, &places->detached);
    FIT(places, &places->upcoming_detached);
    FIT(places, &places->found_detached);
}

void sl_places_free(sl_places *places)
{
    if (!places)
        return;
    sl_vec_done(&places->records);
    sl_vec_done(&places->pieces);
    sl_vec_done(&places->attached);
    sl_vec_done(&places->detached);
    sl_vec_done(&places->upcoming_detached);
    sl_vec_done(&places->found_detached);
    sl_free(places);
}

/* --- encoding --- */

/* Steps of a record and of what is above it, last step first, up to one whose path is written already: *ret_written, NULL for none. False: an
 * option without a path, which is not written. */
static bool collect_path(const sl_places *places, const sl_place_record *record,
                         sl_buf *reversed_steps, const sl_place_record **ret_written)
{
    sl_buf_clear(reversed_steps);
    *ret_written = NULL;
    if (record->is_left_out)
        return false;
    for (;;) {
        if (record->option) {
            const sl_option *option = record->option;
            if (!option->path || option->is_stripped)
                return false;
            for (uint32_t i = option->path_len; i-- > 0;)
                sl_buf_append(reversed_steps, &option->path[i], sizeof option->path[i]);
        }
        for (uint32_t i = record->step_count; i-- > 0;)
            sl_buf_append(reversed_steps, &record->steps[i], sizeof record->steps[i]);
        if (record->parent == SL_PLACE_NONE)
            return true;
        record = &places->records.items[record->parent];
        if (record->path_len > 0) {
            *ret_written = record;
            return true;
        }
    }
}

/* What is above has its path in `info` already, so a path is a copy and the steps behind it. Returns its length; it ends where `location` does. */
static size_t put_path(const sl_buf *reversed_steps, const sl_place_record *written,
                       const sl_buf *info, sl_buf *location)
{
    size_t count = reversed_steps->len / sizeof(int32_t);
    size_t size = written ? written->path_len : 0;
    int32_t step;
    for (size_t i = count; i-- > 0;) {
        memcpy(&step, reversed_steps->data + i * sizeof step, sizeof step);
        size += sl_wire_varint_size((uint64_t)(int64_t)step);
    }
    if (size == 0)
        return 0;
    sl_wire_put_tag(location, SL_LOCATION_PATH, SL_WIRE_LEN);
    sl_wire_put_varint(location, size);
    if (written)
        sl_buf_append(location, info->data + written->path_at, written->path_len);
    for (size_t i = count; i-- > 0;) {
        memcpy(&step, reversed_steps->data + i * sizeof step, sizeof step);
        sl_wire_put_varint(location, (uint64_t)(int64_t)step);
    }
    return size;
}

static void put_span(sl_source *source, sl_span span, sl_buf *buf)
{
    sl_place begin = sl_source_place(source, span.begin);
    sl_place end = sl_source_place(source, span.end);
    uint32_t numbers[4] = {begin.line, begin.column};
    size_t count = 2, size = 0;
    if (end.line != begin.line)
        numbers[count++] = end.line;
    numbers[count++] = end.column;
    for (size_t i = 0; i < count; i++)
        size += sl_wire_varint_size(numbers[i]);
    sl_wire_put_tag(buf, SL_LOCATION_SPAN, SL_WIRE_LEN);
    sl_wire_put_varint(buf, size);
    for (size_t i = 0; i < count; i++)
        sl_wire_put_varint(buf, numbers[i]);
}

static void put_comment(const sl_unit *unit, sl_comment comment, uint32_t number, sl_buf *buf)
{
    const sl_span *pieces = unit->places->pieces.items + comment.first;
    size_t size = 0;
    for (uint32_t i = 0; i < comment.count; i++)
        size += pieces[i].end - pieces[i].begin;
    sl_wire_put_tag(buf, number, SL_WIRE_LEN);
    sl_wire_put_varint(buf, size);
    for (uint32_t i = 0; i < comment.count; i++)
        sl_buf_append_str(buf, sl_source_text(&unit->source, pieces[i]));
}

static void put_comments(const sl_unit *unit, uint32_t attached, sl_buf *buf)
{
    if (attached == 0)
        return;
    const sl_places *places = unit->places;
    const sl_attached_comments *comments = &places->attached.items[attached - 1];
    if (comments->leading.count)
        put_comment(unit, comments->leading, SL_LOCATION_LEADING, buf);
    if (comments->trailing.count)
        put_comment(unit, comments->trailing, SL_LOCATION_TRAILING, buf);
    for (uint32_t i = 0; i < comments->detached_count; i++)
        put_comment(unit, places->detached.items[comments->detached_first + i],
                    SL_LOCATION_DETACHED, buf);
}

/* Options stand right behind the place of the options they are among. */
static void leave_out_stripped(sl_places *places)
{
    for (size_t i = 0; i < places->records.count; i++) {
        const sl_place_record *record = &places->records.items[i];
        if (record->option && record->option->is_all_stripped)
            places->records.items[record->parent].is_left_out = true;
    }
}

/* Options have paths of their own, and nothing below them. */
static void remember_path(sl_place_record *record, size_t end, size_t len)
{
    if (record->option || end > UINT32_MAX || len > UINT16_MAX)
        return;
    record->path_at = (uint32_t)(end - len);
    record->path_len = (uint16_t)len;
}

static void put_records(sl_unit *unit, sl_buf *info, sl_buf *location, sl_buf *steps)
{
    const sl_places *places = unit->places;
    for (size_t i = 0; i < places->records.count && !info->has_failed; i++) {
        sl_place_record *record = &places->records.items[i];
        const sl_place_record *written;
        if (!collect_path(places, record, steps, &written))
            continue;
        sl_buf_clear(location);
        size_t path_len = put_path(steps, written, info, location), path_end = location->len;
        put_span(&unit->source, record->span, location);
        put_comments(unit, record->attached, location);
        sl_wire_put_len(info, SL_SOURCE_INFO_LOCATION, sl_buf_bytes(location));
        remember_path(record, info->len - location->len + path_end, path_len);
        if (steps->has_failed || location->has_failed)
            info->has_failed = info->no_memory = true;
    }
}

sl_status sl_unit_write_source_info(sl_unit *unit, sl_buf *info)
{
    sl_cleanup(sl_buf_done) sl_buf location = {0};
    sl_cleanup(sl_buf_done) sl_buf steps = {0};
    if (!unit->places)
        return SL_OK;
    SL_TRY(sl_source_index_lines(&unit->source));
    leave_out_stripped(unit->places);
    sl_buf_clear(info);
    put_records(unit, info, &location, &steps);
    SL_TRY(sl_buf_status(info));
    unit->proto->source_info = sl_buf_bytes(info);
    return SL_OK;
}
