/* schema/print_message.c: messages with what they declare, and extend blocks.
 *
 * The statements come from print_order.c; here each gets its words. A message that belongs to a map or a group is not printed by itself: its
 * field prints it. */
#include "schema/internal/printer.h"

static sl_print_scope scope_of_message(const sl_message *message)
{
    return (sl_print_scope){
        .message = message,
        .messages = message->messages,
        .enums = message->enums,
        .fields = message->fields,
        .extensions = message->extensions,
        .message_count = message->message_count,
        .enum_count = message->enum_count,
        .field_count = message->field_count,
        .extension_count = message->extension_count,
    };
}

/* --- ranges --- */

void sl_print_ranges(sl_printer *printer, const sl_range_proto *ranges, uint32_t count,
                     bool is_end_exclusive, int32_t most)
{
    for (uint32_t i = 0; i < count; i++) {
        int64_t end = (int64_t)ranges[i].end - is_end_exclusive;
        if (i > 0)
            sl_put(printer, ", ");
        sl_buf_printf(printer->out, "%d", ranges[i].start);
        if (end == most && end != ranges[i].start)
            sl_put(printer, " to max");
        else if (end != ranges[i].start)
            sl_buf_printf(printer->out, " to %lld", (long long)end);
    }
}

static bool is_word(sl_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!is_letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return text.len > 0;
}

/* Identifiers in editions, strings before. */
void sl_print_names(sl_printer *printer, const sl_str *names, uint32_t count)
{
    bool is_edition = printer->file->edition >= SL_EDITION_2023;
    sl_put(printer, "reserved ");
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            sl_put(printer, ", ");
        if (is_edition && is_word(names[i]))
            sl_put_str(printer, names[i]);
        else
            sl_put_quoted(printer->out, sl_str_bytes(names[i]), true);
    }
}

/* Ends of message ranges are exclusive; `max` is the last number that there can be. */
static int32_t most_number(const sl_message *message)
{
    enum { LAST = 536870911 };
    return message->is_message_set ? INT32_MAX - 1 : LAST;
}

static void print_extension_ranges(sl_printer *printer, const sl_message *message,
                                   const sl_print_item *item)
{
    const sl_range_proto *ranges = &message->proto->extension_ranges.items[item->first];
    sl_option_bytes options =
        sl_print_take_options(printer, SL_OPTIONS_OF_RANGE, ranges[0].options, message->full_name);
    sl_print_lost_options(printer, &options);
    for (uint32_t i = 0; i < item->count; i++)
        sl_print_unknown(printer, ranges[i].unknown, message->full_name);
    sl_print_leading(printer, item->place);
    sl_put_indent(printer);
    sl_put(printer, "extensions ");
    sl_print_ranges(printer, ranges, item->count, true, most_number(message));
    sl_print_option_brackets(printer, SL_OPTIONS_OF_RANGE, &options, NULL, 0);
    sl_put(printer, ";");
    sl_print_trailing(printer, item->place);
}

static void print_reserved(sl_printer *printer, const sl_message *message,
                           const sl_print_item *item)
{
    const sl_message_proto *proto = message->proto;
    bool is_names = item->kind == SL_PRINT_RESERVED_NAMES;
    for (uint32_t i = 0; !is_names && i < item->count; i++)
        sl_print_unknown(printer, proto->reserved_ranges.items[item->first + i].unknown,
                         message->full_name);
    sl_print_leading(printer, item->place);
    sl_put_indent(printer);
    if (is_names) {
        sl_print_names(printer, &proto->reserved_names.items[item->first], item->count);
    } else {
        sl_put(printer, "reserved ");
        sl_print_ranges(printer, &proto->reserved_ranges.items[item->first], item->count, true,
                        most_number(message));
    }
    sl_put(printer, ";");
    sl_print_trailing(printer, item->place);
}

/* --- blocks of fields --- */

static void print_oneof(sl_printer *printer, const sl_message *message, const sl_print_item *item)
{
    const sl_oneof *oneof = &message->oneofs[item->first];
    sl_option_bytes options =
        sl_print_take_options(printer, SL_OPTIONS_OF_ONEOF, oneof->proto->options, oneof->name);
    sl_print_unknown(printer, oneof->proto->unknown, oneof->name);
    sl_print_lost_options(printer, &options);
    sl_print_leading(printer, item->place);
    sl_put_indent(printer);
    sl_put(printer, "oneof ");
    sl_put_str(printer, oneof->name);
    sl_put(printer, " {");
    sl_print_trailing(printer, item->place);
    printer->indent++;
    sl_path_push2(printer, SL_AT_MESSAGE_ONEOF, item->first);
    sl_path_push(printer, SL_AT_ONEOF_OPTIONS);
    sl_print_option_statements(printer, SL_OPTIONS_OF_ONEOF, &options);
    sl_path_pop(printer, 3);
    for (uint32_t i = 0; i < oneof->field_count; i++) {
        sl_path_push2(printer, SL_AT_MESSAGE_FIELD, oneof->fields[i]->index);
        sl_print_field(printer, oneof->fields[i]);
        sl_path_pop(printer, 2);
    }
    printer->indent--;
    sl_put_indent(printer);
    sl_put(printer, "}\n");
}

static void print_extend(sl_printer *printer, const sl_print_scope *scope,
                         const sl_print_item *item)
{
    int32_t step = scope->message ? SL_AT_MESSAGE_EXTENSION : SL_AT_FILE_EXTENSION;
    sl_print_leading(printer, item->place);
    sl_put_indent(printer);
    sl_put(printer, "extend ");
    sl_print_message_name(printer, scope->extensions[item->first].extendee->full_name);
    sl_put(printer, " {");
    sl_print_trailing(printer, item->place);
    printer->indent++;
    for (uint32_t i = 0; i < item->count; i++) {
        sl_path_push2(printer, step, item->first + i);
        sl_print_field(printer, &scope->extensions[item->first + i]);
        sl_path_pop(printer, 2);
    }
    printer->indent--;
    sl_put_indent(printer);
    sl_put(printer, "}\n");
}

/* --- all statements of a scope --- */

static bool is_block(sl_print_kind kind)
{
    return kind == SL_PRINT_ONEOF || kind == SL_PRINT_EXTEND || kind == SL_PRINT_MESSAGE ||
           kind == SL_PRINT_ENUM || kind == SL_PRINT_SERVICE;
}

static void print_item(sl_printer *printer, const sl_print_scope *scope, const sl_print_item *item)
{
    const sl_message *message = scope->message;
    int32_t message_step = message ? SL_AT_MESSAGE_MESSAGE : SL_AT_FILE_MESSAGE;
    int32_t enum_step = message ? SL_AT_MESSAGE_ENUM : SL_AT_FILE_ENUM;
    switch (item->kind) {
    case SL_PRINT_FIELD:
        sl_path_push2(printer, SL_AT_MESSAGE_FIELD, item->first);
        sl_print_field(printer, &scope->fields[item->first]);
        sl_path_pop(printer, 2);
        break;
    case SL_PRINT_ONEOF: print_oneof(printer, message, item); break;
    case SL_PRINT_EXTEND: print_extend(printer, scope, item); break;
    case SL_PRINT_MESSAGE:
        sl_path_push2(printer, message_step, item->first);
        sl_print_message(printer, &scope->messages[item->first]);
        sl_path_pop(printer, 2);
        break;
    case SL_PRINT_ENUM:
        sl_path_push2(printer, enum_step, item->first);
        sl_print_enum(printer, &scope->enums[item->first]);
        sl_path_pop(printer, 2);
        break;
    case SL_PRINT_SERVICE:
        sl_path_push2(printer, SL_AT_FILE_SERVICE, item->first);
        sl_print_service(printer, &printer->file->services[item->first]);
        sl_path_pop(printer, 2);
        break;
    case SL_PRINT_EXTENSION_RANGES: print_extension_ranges(printer, message, item); break;
    case SL_PRINT_RESERVED_RANGES:
    case SL_PRINT_RESERVED_NAMES: print_reserved(printer, message, item); break;
    }
}

void sl_print_items(sl_printer *printer, const sl_print_scope *scope)
{
    for (size_t i = 0; i < scope->items.count && printer->status == SL_OK; i++) {
        const sl_print_item *item = &scope->items.items[i];
        bool is_after_block = i > 0 && is_block(scope->items.items[i - 1].kind);
        if (!scope->message || (printer->is_pretty && (is_after_block || is_block(item->kind))))
            sl_put_gap(printer);
        print_item(printer, scope, item);
    }
}

/* --- messages --- */

void sl_print_visibility(sl_printer *printer, bool has_visibility, int32_t visibility, sl_str of)
{
    enum { LOCAL = 1, EXPORT = 2 };
    bool can_say = printer->file->edition >= SL_EDITION_2024;
    if (!has_visibility)
        return;
    if (can_say && visibility == LOCAL)
        sl_put(printer, "local ");
    else if (can_say && visibility == EXPORT)
        sl_put(printer, "export ");
    else
        sl_print_tell(printer, SL_TEXT_OTHER_FORM, "the visibility %d of %.*s is not written",
                      visibility, SL_STR_ARG(of));
}

void sl_print_message_body(sl_printer *printer, const sl_message *message,
                           const sl_source_spot *place)
{
    sl_cleanup(sl_print_scope_done) sl_print_scope scope = scope_of_message(message);
    sl_option_bytes options = sl_print_take_options(printer, SL_OPTIONS_OF_MESSAGE,
                                                    message->proto->options, message->full_name);
    sl_str outer = printer->scope;
    if (printer->depth + 1 == SL_LIMIT_SOURCE_DEPTH)
        sl_print_tell(printer, SL_TEXT_TOO_DEEP, "%.*s is nested deeper than %d levels",
                      SL_STR_ARG(message->full_name), SL_LIMIT_SOURCE_DEPTH - 1);
    sl_put(printer, " {");
    sl_print_trailing(printer, place);
    printer->indent++;
    printer->depth++;
    printer->scope = message->full_name;
    sl_print_check_message(printer, message);
    sl_print_unknown(printer, message->proto->unknown, message->full_name);
    sl_print_lost_options(printer, &options);
    sl_path_push(printer, SL_AT_MESSAGE_OPTIONS);
    bool has_options = sl_print_option_statements(printer, SL_OPTIONS_OF_MESSAGE, &options);
    sl_path_pop(printer, 1);
    if (has_options && printer->is_pretty)
        sl_put_gap(printer);
    size_t begin = printer->out->len;
    if (sl_print_order(printer, &scope))
        sl_print_items(printer, &scope);
    if (printer->out->len == begin && has_options && printer->is_pretty && begin > 0 &&
        !printer->out->has_failed)
        printer->out->len--; /* the gap had nothing behind it */
    printer->scope = outer;
    printer->depth--;
    printer->indent--;
    sl_put_indent(printer);
    sl_put(printer, "}\n");
}

void sl_print_message(sl_printer *printer, const sl_message *message)
{
    if (message->is_map_entry) {
        sl_print_left_out(printer, "the map entry %.*s belongs to no map",
                          SL_STR_ARG(message->full_name));
        return;
    }
    const sl_source_spot *place = sl_print_place(printer);
    sl_print_leading(printer, place);
    sl_put_indent(printer);
    sl_print_visibility(printer, message->proto->has_visibility, message->proto->visibility,
                        message->full_name);
    sl_put(printer, "message ");
    sl_put_str(printer, message->name);
    sl_print_message_body(printer, message, place);
}
