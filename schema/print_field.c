/* schema/print_field.c: fields and extensions, maps and groups.
 *
 *     [label] .full.Type name = NUMBER [default = …, json_name = …, options];
 *     map<key, value> name = NUMBER […];
 *     [label] group Name = NUMBER […] { … }
 *
 * The label is written where the syntax of the file has it; the JSON name where it is not the one that follows from the name. */
#include "schema/default_text.h"
#include "schema/internal/printer.h"

static const char *label_of(const sl_printer *printer, const sl_field *field)
{
    sl_edition edition = printer->file->edition;
    if (field->oneof && !field->oneof->is_synthetic)
        return "";
    if (field->cardinality == SL_REPEATED)
        return "repeated ";
    if (edition >= SL_EDITION_2023)
        return "";
    if (edition == SL_EDITION_PROTO3)
        return field->proto->proto3_optional ? "optional " : "";
    return field->cardinality == SL_REQUIRED ? "required " : "optional ";
}

static void print_type(sl_printer *printer, const sl_field *field)
{
    if (field->message)
        sl_print_type_name(printer, field->message->full_name);
    else if (field->enumeration)
        sl_print_type_name(printer, field->enumeration->full_name);
    else
        sl_put_str(printer, sl_str_from(sl_field_type_name(field->type)));
}

static void print_map_type(sl_printer *printer, const sl_message *entry)
{
    sl_put(printer, "map<");
    print_type(printer, &entry->fields[0]);
    sl_put(printer, ", ");
    print_type(printer, &entry->fields[1]);
    sl_put(printer, ">");
}

/* --- default and JSON name --- */

static void put_default(const sl_field *field, sl_buf *out)
{
    sl_cleanup(sl_buf_done) sl_buf bytes = {0};
    sl_str text = field->proto->default_value;
    sl_buf_append_literal(out, "default = ");
    if (field->type == SL_TYPE_STRING) {
        sl_put_quoted(out, sl_str_bytes(text), true);
    } else if (field->type == SL_TYPE_BYTES) {
        sl_bytes_of_default(text, &bytes);
        if (bytes.has_failed)
            out->has_failed = out->no_memory = true;
        sl_put_quoted(out, sl_buf_bytes(&bytes), false);
    } else {
        sl_buf_append_str(out, text);
    }
}

/* "foo_bar" to "fooBar", as protoc derives it. */
static bool is_derived_json_name(sl_str json_name, sl_str name)
{
    size_t at = 0;
    bool is_upper = false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        if (c == '_') {
            is_upper = true;
            continue;
        }
        if (is_upper && c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        is_upper = false;
        if (at >= json_name.len || json_name.data[at++] != c)
            return false;
    }
    return at == json_name.len;
}

static bool take_text(sl_printer *printer, const sl_buf *buf, sl_str *ret_text)
{
    if (buf->has_failed || sl_arena_copy_str(&printer->scratch, sl_buf_str(buf), ret_text) != SL_OK)
        return sl_print_no_memory(printer);
    return true;
}

/* What stands in the brackets and is no option; how many. */
static size_t take_extras(sl_printer *printer, const sl_field *field, sl_str extras[2])
{
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    const sl_field_proto *proto = field->proto;
    size_t count = 0;
    if (proto->default_value.data) {
        put_default(field, &text);
        if (take_text(printer, &text, &extras[count]))
            count++;
    }
    bool has_own_json_name = proto->json_name.data && !field->is_extension &&
                             !is_derived_json_name(proto->json_name, proto->name);
    if (has_own_json_name) {
        sl_buf_clear(&text);
        sl_buf_append_literal(&text, "json_name = ");
        sl_put_quoted(&text, sl_str_bytes(proto->json_name), true);
        if (take_text(printer, &text, &extras[count]))
            count++;
    } else if (!proto->json_name.data) {
        sl_print_tell(printer, SL_TEXT_OTHER_FORM, "%.*s has no JSON name yet; it gets one",
                      SL_STR_ARG(field->full_name));
    } else if (!is_derived_json_name(proto->json_name, proto->name)) {
        sl_print_left_out(printer, "the JSON name \"%.*s\" of the extension %.*s",
                          SL_STR_ARG(proto->json_name), SL_STR_ARG(field->full_name));
    }
    return count;
}

/* --- groups --- */

/* Its message is element `index` of the messages of the scope around; the path of that is the field's but for the last two steps. */
static void print_group_body(sl_printer *printer, const sl_field *field, const sl_message *group)
{
    int32_t path[2] = {printer->path[printer->path_len - 2], printer->path[printer->path_len - 1]};
    const sl_source_spot *place = sl_print_place(printer);
    sl_path_pop(printer, 2);
    sl_path_push2(printer, field->parent ? SL_AT_MESSAGE_MESSAGE : SL_AT_FILE_MESSAGE,
                  group->index);
    sl_print_message_body(printer, group, place);
    sl_path_pop(printer, 2);
    sl_path_push2(printer, path[0], (uint32_t)path[1]);
}

static bool is_lost_group(const sl_printer *printer, const sl_field *field)
{
    return field->type == SL_TYPE_GROUP && printer->file->edition < SL_EDITION_2023 &&
           !sl_print_owned_message(field);
}

void sl_print_field(sl_printer *printer, const sl_field *field)
{
    sl_str extras[2];
    if (is_lost_group(printer, field)) {
        sl_print_left_out(printer, "%.*s is a group whose message %.*s is not its own",
                          SL_STR_ARG(field->full_name), SL_STR_ARG(field->message->full_name));
        return;
    }
    const sl_message *owned = sl_print_owned_message(field);
    const sl_source_spot *place = sl_print_place(printer);
    bool is_group = owned && !field->is_map;
    sl_print_check_field(printer, field);
    sl_option_bytes options = sl_print_take_options(printer, SL_OPTIONS_OF_FIELD,
                                                    field->proto->options, field->full_name);
    sl_print_unknown(printer, field->proto->unknown, field->full_name);
    sl_print_lost_options(printer, &options);
    size_t extra_count = take_extras(printer, field, extras);
    sl_print_leading(printer, place);
    sl_put_indent(printer);
    if (!field->is_map)
        sl_put_str(printer, sl_str_from(label_of(printer, field)));
    if (field->is_map)
        print_map_type(printer, field->message);
    else if (is_group)
        sl_put(printer, "group");
    else
        print_type(printer, field);
    sl_put(printer, " ");
    sl_put_str(printer, is_group ? owned->name : field->name);
    sl_buf_printf(printer->out, " = %d", field->number);
    sl_path_push(printer, SL_AT_FIELD_OPTIONS);
    sl_print_option_brackets(printer, SL_OPTIONS_OF_FIELD, &options, extras, extra_count);
    sl_path_pop(printer, 1);
    if (is_group) {
        print_group_body(printer, field, owned);
        return;
    }
    sl_put(printer, ";");
    sl_print_trailing(printer, place);
}
