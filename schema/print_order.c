/* schema/print_order.c: in which order a scope declares what it has.
 *
 * Compiled again, each list of the descriptor must come out in its order. Most lists are independent of each other, so the canonical form
 * has a fixed order of kinds: ranges, then fields, extend blocks, messages, enums, services. But a map or a group is a field and a
 * message in one statement, and its message has a place in the list of nested messages. So fields go on until one owns a message before
 * which another message must come; then extensions, in the same way; then messages up to the owned one; and again. A oneof is one
 * statement: all its members, with the messages that they own in a row.
 *
 * A descriptor that no text could have given (members of a oneof apart, an owned message out of order) is printed all the same, and a
 * finding says that the order will not come back.
 *
 * In the pretty form, where source info knows the places, the statements are sorted by them if that keeps the lists in order. */
#include "schema/internal/printer.h"

#include <stdlib.h>

typedef struct scheduler {
    sl_printer *printer;
    sl_print_scope *scope;
    bool *is_owned;                       /* by message: a field or an extension declares it */
    bool *is_done;                        /* by message */
    bool *is_field_done;                  /* by field */
    const sl_source_spot **extend_places; /* by extension: the block around it; NULL: unknown */
    uint32_t next_field, next_extension, next_message;
    bool is_out_of_order;
} scheduler;

void sl_print_scope_done(sl_print_scope *scope)
{
    sl_vec_done(&scope->items);
}

static void add_item(scheduler *run, sl_print_kind kind, uint32_t first, uint32_t count)
{
    if (sl_vec_push(&run->scope->items,
                    (sl_print_item){.kind = kind, .first = first, .count = count}) != SL_OK)
        sl_print_no_memory(run->printer);
}

static bool is_lower_of(sl_str lower, sl_str name)
{
    if (lower.len != name.len)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        if (lower.data[i] != (c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c))
            return false;
    }
    return true;
}

const sl_message *sl_print_owned_message(const sl_field *field)
{
    const sl_message *message = field->message;
    if (!message || message->parent != field->parent || message->file != field->file)
        return NULL;
    if (field->is_map)
        return message;
    bool has_group_syntax = field->type == SL_TYPE_GROUP && field->file->edition < SL_EDITION_2023;
    bool begins_upper = message->name.data[0] >= 'A' && message->name.data[0] <= 'Z';
    return has_group_syntax && begins_upper && is_lower_of(field->name, message->name) ? message
                                                                                       : NULL;
}

static void mark_owned(scheduler *run, const sl_field *fields, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const sl_message *message = sl_print_owned_message(&fields[i]);
        if (message && run->is_owned[message->index])
            run->is_out_of_order = true;
        if (message)
            run->is_owned[message->index] = true;
    }
}

/* Messages that are done, or that text cannot hold, are passed. */
static void pass_done(scheduler *run)
{
    while (run->next_message < run->scope->message_count && run->is_done[run->next_message])
        run->next_message++;
}

/* --- whether a statement can come now, and that it has come --- */

/* `*next` is the message that must come next; it goes on over what the field owns. */
static bool fits(const scheduler *run, const sl_field *field, uint32_t *next)
{
    const sl_message *message = sl_print_owned_message(field);
    if (!message)
        return true;
    while (*next < run->scope->message_count && run->is_done[*next])
        (*next)++;
    if (message->index != *next)
        return false;
    (*next)++;
    return true;
}

static void finish(scheduler *run, const sl_field *field)
{
    const sl_message *message = sl_print_owned_message(field);
    if (message)
        run->is_done[message->index] = true;
    if (!field->is_extension)
        run->is_field_done[field->index] = true;
    pass_done(run);
}

static const sl_oneof *real_oneof(const sl_field *field)
{
    return field->oneof && !field->oneof->is_synthetic ? field->oneof : NULL;
}

/* --- fields --- */

static bool oneof_fits(const scheduler *run, const sl_oneof *oneof)
{
    uint32_t next = run->next_message;
    for (uint32_t i = 0; i < oneof->field_count; i++)
        if (!fits(run, oneof->fields[i], &next))
            return false;
    return true;
}

static void add_oneof(scheduler *run, const sl_oneof *oneof)
{
    for (uint32_t i = 0; i < oneof->field_count; i++) {
        if (oneof->fields[i]->index != oneof->fields[0]->index + i)
            run->is_out_of_order = true;
        finish(run, oneof->fields[i]);
    }
    add_item(run, SL_PRINT_ONEOF, oneof->index, 1);
}

/* One field or oneof; false if its turn has not come, unless it is forced. */
static bool add_next_field(scheduler *run, bool is_forced)
{
    const sl_field *field = &run->scope->fields[run->next_field];
    const sl_oneof *oneof = real_oneof(field);
    uint32_t next = run->next_message;
    if (!run->is_field_done[run->next_field]) {
        if (!is_forced && !(oneof ? oneof_fits(run, oneof) : fits(run, field, &next)))
            return false;
        if (oneof)
            add_oneof(run, oneof);
        else
            add_item(run, SL_PRINT_FIELD, run->next_field, 1);
        finish(run, field);
    }
    run->next_field++;
    return true;
}

/* --- extensions --- */

/* Blocks and extensions both stand in the order of the file. */
static void find_extend_places(scheduler *run)
{
    sl_printer *printer = run->printer;
    int32_t step = run->scope->message ? SL_AT_MESSAGE_EXTENSION : SL_AT_FILE_EXTENSION;
    const sl_source_spot *block = sl_print_place_of(printer, step);
    for (uint32_t i = 0; block && i < run->scope->extension_count; i++) {
        const sl_source_spot *place = sl_print_place_at(printer, step, i);
        while (place && block->next && block->next->begin <= place->begin)
            block = block->next;
        run->extend_places[i] = place ? block : NULL;
    }
}

static bool add_next_extension(scheduler *run, bool is_forced)
{
    sl_print_scope *scope = run->scope;
    uint32_t index = run->next_extension;
    const sl_field *extension = &scope->extensions[index];
    uint32_t next = run->next_message;
    if (!is_forced && !fits(run, extension, &next))
        return false;
    sl_print_item *last = scope->items.count ? &scope->items.items[scope->items.count - 1] : NULL;
    bool is_joined = last && last->kind == SL_PRINT_EXTEND && last->first + last->count == index &&
                     scope->extensions[index - 1].extendee == extension->extendee &&
                     run->extend_places[index - 1] == run->extend_places[index];
    if (is_joined)
        last->count++;
    else
        add_item(run, SL_PRINT_EXTEND, index, 1);
    finish(run, extension);
    run->next_extension++;
    return true;
}

/* --- the whole scope --- */

static bool add_next_message(scheduler *run)
{
    pass_done(run);
    if (run->next_message >= run->scope->message_count || run->is_owned[run->next_message])
        return false;
    run->is_done[run->next_message] = true;
    add_item(run, SL_PRINT_MESSAGE, run->next_message++, 1);
    return true;
}

/* Nothing fits: one statement all the same. False when all is done. */
static bool force_one(scheduler *run)
{
    bool has_field = run->next_field < run->scope->field_count;
    if (!has_field && run->next_extension >= run->scope->extension_count)
        return false;
    run->is_out_of_order = true;
    return has_field ? add_next_field(run, true) : add_next_extension(run, true);
}

static void schedule(scheduler *run)
{
    const sl_print_scope *scope = run->scope;
    do {
        bool is_moving = true;
        while (is_moving && run->printer->status == SL_OK) {
            is_moving = false;
            while (run->next_field < scope->field_count && add_next_field(run, false))
                is_moving = true;
            while (run->next_extension < scope->extension_count && add_next_extension(run, false))
                is_moving = true;
            while (add_next_message(run))
                is_moving = true;
        }
    } while (run->printer->status == SL_OK && force_one(run));
}

/* Groups of ranges that one statement declares. Options belong to the statement, so ranges share one only if theirs are the same, and
 * in the canonical form only if they have none. */
static void add_ranges(scheduler *run, sl_print_kind kind, const sl_range_proto *ranges,
                       uint32_t count, int32_t step)
{
    sl_printer *printer = run->printer;
    const sl_source_spot *statement = sl_print_place_of(printer, step);
    for (uint32_t i = 0; i < count; i++) {
        sl_print_item *last =
            run->scope->items.count ? &run->scope->items.items[run->scope->items.count - 1] : NULL;
        const sl_source_spot *place = statement ? sl_print_place_at(printer, step, i) : NULL;
        bool is_same = last && i > 0 && sl_bytes_equal(ranges[i - 1].options, ranges[i].options) &&
                       (printer->is_pretty || ranges[i].options.len == 0);
        bool is_past = false;
        while (place && statement->next && statement->next->begin <= place->begin) {
            statement = statement->next;
            is_past = true;
        }
        if (is_same && !is_past)
            last->count++;
        else
            add_item(run, kind, i, 1);
        if (statement && run->scope->items.count) {
            last = &run->scope->items.items[run->scope->items.count - 1];
            last->place = statement;
            last->position = statement->begin;
        }
    }
}

static void add_names(scheduler *run, uint32_t count)
{
    sl_printer *printer = run->printer;
    const sl_source_spot *statement = sl_print_place_of(printer, SL_AT_MESSAGE_RESERVED_NAME);
    for (uint32_t i = 0; i < count; i++) {
        const sl_source_spot *place =
            statement ? sl_print_place_at(printer, SL_AT_MESSAGE_RESERVED_NAME, i) : NULL;
        bool is_past = i == 0;
        while (place && statement->next && statement->next->begin <= place->begin) {
            statement = statement->next;
            is_past = true;
        }
        if (is_past)
            add_item(run, SL_PRINT_RESERVED_NAMES, i, 1);
        else
            run->scope->items.items[run->scope->items.count - 1].count++;
        if (statement && run->scope->items.count) {
            sl_print_item *last = &run->scope->items.items[run->scope->items.count - 1];
            last->place = statement;
            last->position = statement->begin;
        }
    }
}

static void add_reserved(scheduler *run)
{
    const sl_message *message = run->scope->message;
    if (!message)
        return;
    const sl_message_proto *proto = message->proto;
    add_ranges(run, SL_PRINT_RESERVED_RANGES, proto->reserved_ranges.items,
               proto->reserved_ranges.count, SL_AT_MESSAGE_RESERVED_RANGE);
    if (run->printer->status == SL_OK)
        add_names(run, proto->reserved_names.count);
    if (run->printer->status == SL_OK)
        add_ranges(run, SL_PRINT_EXTENSION_RANGES, proto->extension_ranges.items,
                   proto->extension_ranges.count, SL_AT_MESSAGE_EXTENSION_RANGE);
}

/* --- the order of the source --- */

static const sl_source_spot *place_of_item(const scheduler *run, const sl_print_item *item)
{
    sl_printer *printer = run->printer;
    bool is_nested = run->scope->message != NULL;
    switch (item->kind) {
    case SL_PRINT_FIELD: return sl_print_place_at(printer, SL_AT_MESSAGE_FIELD, item->first);
    case SL_PRINT_ONEOF: return sl_print_place_at(printer, SL_AT_MESSAGE_ONEOF, item->first);
    case SL_PRINT_EXTEND: return run->extend_places[item->first];
    case SL_PRINT_MESSAGE:
        return sl_print_place_at(printer, is_nested ? SL_AT_MESSAGE_MESSAGE : SL_AT_FILE_MESSAGE,
                                 item->first);
    case SL_PRINT_ENUM:
        return sl_print_place_at(printer, is_nested ? SL_AT_MESSAGE_ENUM : SL_AT_FILE_ENUM,
                                 item->first);
    case SL_PRINT_SERVICE: return sl_print_place_at(printer, SL_AT_FILE_SERVICE, item->first);
    default: return item->place;
    }
}

static int compare_positions(const void *left, const void *right)
{
    const sl_print_item *a = left, *b = right;
    return a->position < b->position ? -1 : a->position > b->position;
}

/* Does each list come in its order? */
static bool is_ascending(const sl_print_scope *scope, const sl_print_item *items, size_t count)
{
    uint32_t next[SL_PRINT_RESERVED_NAMES + 1] = {0};
    uint32_t next_field = 0, next_message = 0;
    for (size_t i = 0; i < count; i++) {
        const sl_print_item *item = &items[i];
        const sl_field *field = item->kind == SL_PRINT_FIELD ? &scope->fields[item->first]
                                : item->kind == SL_PRINT_ONEOF
                                    ? scope->message->oneofs[item->first].fields[0]
                                : item->kind == SL_PRINT_EXTEND ? &scope->extensions[item->first]
                                                                : NULL;
        uint32_t fields = item->kind == SL_PRINT_ONEOF
                              ? scope->message->oneofs[item->first].field_count
                              : item->count;
        if (item->first < next[item->kind])
            return false;
        next[item->kind] = item->first + 1;
        if (item->kind == SL_PRINT_MESSAGE && item->first < next_message)
            return false;
        if (item->kind == SL_PRINT_MESSAGE)
            next_message = item->first + 1;
        if (field && item->kind != SL_PRINT_EXTEND && field->index < next_field)
            return false;
        if (field && item->kind != SL_PRINT_EXTEND)
            next_field = field->index + fields;
        for (uint32_t k = 0; field && k < fields; k++) {
            const sl_message *owned = sl_print_owned_message(&field[k]);
            if (owned && owned->index < next_message)
                return false;
            if (owned)
                next_message = owned->index + 1;
        }
    }
    return true;
}

static void sort_by_source(scheduler *run)
{
    sl_print_scope *scope = run->scope;
    size_t count = scope->items.count;
    bool is_known = true;
    for (size_t i = 0; i < count; i++) {
        sl_print_item *item = &scope->items.items[i];
        item->place = place_of_item(run, item);
        item->position = item->place ? item->place->begin : 0;
        is_known = is_known && item->place;
    }
    if (!is_known || run->is_out_of_order || count < 2)
        return;
    sl_print_item *sorted = sl_print_alloc(run->printer, count, sizeof *sorted);
    if (!sorted)
        return;
    memcpy(sorted, scope->items.items, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_positions);
    if (is_ascending(scope, sorted, count))
        memcpy(scope->items.items, sorted, count * sizeof *sorted);
}

bool sl_print_order(sl_printer *printer, sl_print_scope *scope)
{
    scheduler run = {.printer = printer, .scope = scope};
    run.is_owned = sl_print_alloc(printer, scope->message_count, sizeof(bool));
    run.is_done = sl_print_alloc(printer, scope->message_count, sizeof(bool));
    run.is_field_done = sl_print_alloc(printer, scope->field_count, sizeof(bool));
    run.extend_places = sl_print_alloc(printer, scope->extension_count, sizeof(sl_source_spot *));
    if (printer->status != SL_OK)
        return false;
    find_extend_places(&run);
    mark_owned(&run, scope->fields, scope->field_count);
    mark_owned(&run, scope->extensions, scope->extension_count);
    add_reserved(&run);
    schedule(&run);
    for (uint32_t i = 0; i < scope->enum_count; i++)
        add_item(&run, SL_PRINT_ENUM, i, 1);
    for (uint32_t i = 0; i < scope->service_count; i++)
        add_item(&run, SL_PRINT_SERVICE, i, 1);
    if (run.is_out_of_order)
        sl_print_tell(printer, SL_TEXT_OTHER_ORDER,
                      "in %.*s, fields, oneofs or nested messages come back in another order",
                      SL_STR_ARG(scope->message ? scope->message->full_name : printer->file->path));
    if (printer->is_pretty && printer->status == SL_OK)
        sort_by_source(&run);
    return printer->status == SL_OK;
}
