/* schema/print_exact.c: what a compiler will not write as it stands in this descriptor.
 *
 * Descriptors that protoc wrote have nothing to find here: types in full, kinds, labels and JSON names set, map entries in the one form. Others, made
 * by hand or by tools, may leave out or add what makes no difference; that is told, so that nobody takes the bytes for the same. */
#include "schema/default_text.h"
#include "schema/internal/printer.h"

static bool is_full_name(sl_str written, sl_str full_name)
{
    return written.len == full_name.len + 1 && written.data[0] == '.' &&
           sl_str_ends_with(written, full_name);
}

static bool is_ascending(const int32_t *items, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++)
        if (items[i] <= items[i - 1])
            return false;
    return true;
}

void sl_print_check_file(sl_printer *printer)
{
    const sl_file_proto *proto = printer->file->proto;
    sl_edition edition = printer->file->edition;
    bool has_usual_syntax = edition == SL_EDITION_PROTO2
                                ? !proto->syntax.data && !proto->has_edition
                            : edition == SL_EDITION_PROTO3 ? !proto->has_edition
                                                           : sl_str_is(proto->syntax, "editions");
    if (!has_usual_syntax)
        sl_print_tell(printer, SL_TEXT_OTHER_FORM, "the syntax of %.*s is written in another way",
                      SL_STR_ARG(printer->file->path));
    if (proto->package.data && proto->package.len == 0)
        sl_print_tell(printer, SL_TEXT_OTHER_FORM, "the package of %.*s is empty, not absent",
                      SL_STR_ARG(printer->file->path));
    if (!is_ascending(proto->public_dependencies.items, proto->public_dependencies.count) ||
        !is_ascending(proto->weak_dependencies.items, proto->weak_dependencies.count))
        sl_print_tell(printer, SL_TEXT_OTHER_ORDER,
                      "the public or weak imports of %.*s are not in their order",
                      SL_STR_ARG(printer->file->path));
}

/* --- messages --- */

/* Is it called as protoc calls the oneof of a proto3 optional field: "_name", and an X before it for each shorter form that something else
 * has taken? `oneofs` has the names of all oneofs of the message. */
static bool is_synthetic_name(const sl_message *message, const sl_map *oneofs, sl_str name,
                              sl_str field)
{
    size_t plain_len = field.len + (field.data[0] != '_');
    bool has_field = sl_str_ends_with(name, field) && name.len >= plain_len;
    if (!has_field || name.data[name.len - plain_len] != '_')
        return false;
    for (size_t len = plain_len; len < name.len; len++) {
        sl_str shorter = {name.data + name.len - len, len};
        bool is_taken =
            sl_message_find_field_by_name(message, shorter) || sl_map_get(oneofs, shorter);
        if (!is_taken || name.data[name.len - len - 1] != 'X')
            return false;
    }
    return true;
}

/* Those of oneofs that text declares come first, then those that a compiler makes; each in the order of their fields. */
static bool are_oneofs_in_order(const sl_message *message)
{
    uint32_t next_field = 0;
    bool is_synthetic = false;
    for (uint32_t i = 0; i < message->oneof_count; i++) {
        const sl_oneof *oneof = &message->oneofs[i];
        if (oneof->field_count == 0 || (is_synthetic && !oneof->is_synthetic))
            return false;
        if (oneof->is_synthetic != is_synthetic) {
            is_synthetic = true;
            next_field = 0;
        }
        if (oneof->fields[0]->index < next_field)
            return false;
        next_field = oneof->fields[0]->index + 1;
    }
    return true;
}

static bool are_synthetic_oneofs_usual(sl_printer *printer, const sl_message *message)
{
    sl_cleanup(sl_map_done) sl_map names = {0};
    for (uint32_t i = 0; i < message->oneof_count; i++)
        if (sl_map_set(&names, message->oneofs[i].name, &names) != SL_OK)
            return sl_print_no_memory(printer);
    bool are_usual = true;
    for (uint32_t i = 0; i < message->oneof_count && are_usual; i++) {
        const sl_oneof *oneof = &message->oneofs[i];
        are_usual = !oneof->is_synthetic ||
                    (!oneof->proto->options.data && !oneof->proto->unknown.len &&
                     is_synthetic_name(message, &names, oneof->name, oneof->fields[0]->name));
    }
    return are_usual;
}

void sl_print_check_message(sl_printer *printer, const sl_message *message)
{
    if (!are_oneofs_in_order(message) || !are_synthetic_oneofs_usual(printer, message))
        sl_print_tell(printer, SL_TEXT_OTHER_ORDER,
                      "the oneofs of %.*s come back in another order, or with other names",
                      SL_STR_ARG(message->full_name));
}

/* --- fields --- */

static bool is_type_usual(const sl_field *field)
{
    const sl_field_proto *proto = field->proto;
    bool is_named = field->message || field->enumeration;
    sl_str name = field->message       ? field->message->full_name
                  : field->enumeration ? field->enumeration->full_name
                                       : (sl_str){0};
    if (!proto->has_type ||
        (is_named ? !is_full_name(proto->type_name, name) : proto->type_name.data != NULL))
        return false;
    bool is_edition = field->file->edition >= SL_EDITION_2023;
    return proto->type == (int32_t)field->type ||
           (is_edition && field->type == SL_TYPE_GROUP && proto->type == SL_TYPE_MESSAGE);
}

static bool is_label_usual(const sl_field *field)
{
    const sl_field_proto *proto = field->proto;
    bool is_edition = field->file->edition >= SL_EDITION_2023;
    int32_t usual = field->cardinality == SL_REPEATED                  ? SL_LABEL_REPEATED
                    : field->cardinality == SL_REQUIRED && !is_edition ? SL_LABEL_REQUIRED
                                                                       : SL_LABEL_OPTIONAL;
    bool is_proto3_optional = proto->has_proto3_optional && proto->proto3_optional;
    return proto->has_label && proto->label == usual &&
           proto->has_proto3_optional == is_proto3_optional;
}

/* The entry as a compiler makes it (its name has been checked by linking), but for the features that its fields may share with the map. */
static bool is_entry_usual(const sl_field *map)
{
    static const uint8_t options[] = {7 << 3, 1};
    const sl_message_proto *entry = map->message->proto;
    if (entry->fields.count != 2 || entry->unknown.len ||
        !sl_bytes_equal(entry->options, (sl_bytes){options, sizeof options}) ||
        entry->enums.count + entry->messages.count + entry->extension_ranges.count +
            entry->extensions.count + entry->oneofs.count + entry->reserved_ranges.count +
            entry->reserved_names.count ||
        entry->has_visibility)
        return false;
    for (uint32_t i = 0; i < entry->fields.count; i++) {
        const sl_field *field = &map->message->fields[i];
        const sl_field_proto *proto = field->proto;
        if (!sl_str_is(proto->name, i == 0 ? "key" : "value") || proto->number != (int32_t)i + 1 ||
            !sl_str_equal(proto->json_name, proto->name) || proto->default_value.data ||
            proto->unknown.len || !is_type_usual(field) || !is_label_usual(field))
            return false;
    }
    return true;
}

/* Features of the map are those of its key and value. */
static bool are_entry_options_usual(const sl_field *map)
{
    enum { FIELD_FEATURES = 21, FEATURES_TAG_BYTES = 2 };
    sl_bytes features;
    bool has_features = sl_options_find_bytes(map->proto->options, FIELD_FEATURES, &features);
    for (uint32_t i = 0; i < map->message->field_count; i++) {
        sl_bytes options = map->message->fields[i].proto->options, own;
        if (!has_features && options.data)
            return false;
        if (has_features &&
            (!sl_options_find_bytes(options, FIELD_FEATURES, &own) ||
             !sl_bytes_equal(features, own) ||
             options.len != features.len + FEATURES_TAG_BYTES + sl_wire_varint_size(features.len)))
            return false;
    }
    return true;
}

static void check_default(sl_printer *printer, const sl_field *field)
{
    sl_cleanup(sl_buf_done) sl_buf usual = {0};
    sl_str text = field->proto->default_value;
    if (!text.data)
        return;
    sl_default_put_usual(field->type, text, &usual);
    if (usual.has_failed)
        printer->status = sl_error_no_memory(printer->err);
    else if (!sl_str_equal(sl_buf_str(&usual), text))
        sl_print_tell(printer, SL_TEXT_OTHER_FORM, "the default of %.*s is written in another way",
                      SL_STR_ARG(field->full_name));
}

void sl_print_check_field(sl_printer *printer, const sl_field *field)
{
    check_default(printer, field);
    bool has_extendee =
        !field->is_extension || is_full_name(field->proto->extendee, field->extendee->full_name);
    if (!is_type_usual(field) || !is_label_usual(field) || !has_extendee)
        sl_print_tell(printer, SL_TEXT_OTHER_FORM,
                      "the type or label of %.*s is written in another way",
                      SL_STR_ARG(field->full_name));
    if (field->is_map && (!is_entry_usual(field) || !are_entry_options_usual(field)))
        sl_print_tell(printer, SL_TEXT_OTHER_FORM,
                      "the entry of the map %.*s is not quite a compiler's",
                      SL_STR_ARG(field->full_name));
}

/* --- enums and services --- */

void sl_print_check_enum(sl_printer *printer, const sl_enum *enumeration)
{
    for (uint32_t i = 0; i < enumeration->value_count; i++) {
        if (enumeration->values[i].proto->has_number)
            continue;
        sl_print_tell(printer, SL_TEXT_OTHER_FORM, "a value of %.*s has no number, which means 0",
                      SL_STR_ARG(enumeration->full_name));
        return;
    }
}

void sl_print_check_service(sl_printer *printer, const sl_service *service)
{
    for (uint32_t i = 0; i < service->method_count; i++) {
        const sl_method *method = &service->methods[i];
        const sl_method_proto *proto = method->proto;
        bool is_usual = is_full_name(proto->input_type, method->input->full_name) &&
                        is_full_name(proto->output_type, method->output->full_name) &&
                        proto->has_client_streaming == method->is_client_streaming &&
                        proto->has_server_streaming == method->is_server_streaming;
        if (!is_usual)
            sl_print_tell(printer, SL_TEXT_OTHER_FORM,
                          "the types or streams of %.*s are written in another way",
                          SL_STR_ARG(method->full_name));
    }
}
