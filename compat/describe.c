/* compat/describe.c: elements in words and as declarations to paste, and what to blame.
 *
 * Messages name things by their full names: "M" alone says nothing where every team has one. A fix is source text: mostly the old
 * declaration, written as the syntax of its file wants it (labels in proto2, identifiers reserved in editions); options that do not
 * bear on compatibility are left out, and what does not fit a line (groups) has no fix.
 *
 * A cause is the old element whose change explains a finding, so that findings which one edit made share a number. */
#include "compat/internal/check.h"

const sl_field *sl_map_field_of_entry(const sl_message *entry)
{
    for (uint32_t i = 0; entry->parent && i < entry->parent->field_count; i++) {
        if (entry->parent->fields[i].message == entry)
            return &entry->parent->fields[i];
    }
    return NULL;
}

const sl_field *sl_map_field_of(const sl_field *field)
{
    bool is_of_entry = !field->is_extension && field->parent->is_map_entry;
    return is_of_entry ? sl_map_field_of_entry(field->parent) : NULL;
}

/* --- words --- */

sl_str sl_describe_field(sl_check *check, const sl_field *field)
{
    const sl_field *map = sl_map_field_of(field);
    if (map)
        return sl_check_text(check, "%.*s of %.*s", SL_STR_ARG(field->name),
                             SL_STR_ARG(sl_describe_field(check, map)));
    if (field->is_extension)
        return sl_check_text(check, "extension %d \"%.*s\" of %.*s", field->number,
                             SL_STR_ARG(field->full_name), SL_STR_ARG(field->extendee->full_name));
    return sl_check_text(check, "field %d \"%.*s\" of %.*s", field->number, SL_STR_ARG(field->name),
                         SL_STR_ARG(field->parent->full_name));
}

sl_str sl_describe_type(sl_check *check, const sl_field *field)
{
    const char *type = sl_field_type_name(field->type);
    if (field->message)
        return sl_check_text(check, "%s %.*s", type, SL_STR_ARG(field->message->full_name));
    if (field->enumeration)
        return sl_check_text(check, "%s %.*s", type, SL_STR_ARG(field->enumeration->full_name));
    return sl_str_from(type);
}

sl_str sl_describe_range(sl_check *check, sl_range range, int32_t max)
{
    if (range.start == range.end)
        return sl_check_text(check, "%d", range.start);
    if (range.end == max)
        return sl_check_text(check, "%d to max", range.start);
    return sl_check_text(check, "%d to %d", range.start, range.end);
}

/* --- declarations --- */

static sl_str kept_text(sl_check *check, const sl_buf *buf)
{
    sl_str text = {0};
    sl_status status = sl_buf_status(buf) == SL_OK
                           ? sl_arena_copy_str(&check->arena, sl_buf_str(buf), &text)
                           : SL_NO_MEMORY;
    return sl_check_failed(check, status) ? (sl_str){0} : text;
}

static void put_type(sl_buf *buf, const sl_field *field)
{
    if (field->is_map) {
        sl_buf_append_literal(buf, "map<");
        put_type(buf, sl_message_find_field(field->message, 1));
        sl_buf_append_literal(buf, ", ");
        put_type(buf, sl_message_find_field(field->message, 2));
        sl_buf_append_literal(buf, ">");
    } else if (field->message) {
        sl_buf_append_str(buf, field->message->full_name);
    } else if (field->enumeration) {
        sl_buf_append_str(buf, field->enumeration->full_name);
    } else {
        sl_buf_append_str(buf, sl_str_from(sl_field_type_name(field->type)));
    }
}

static const char *label_of(const sl_field *field)
{
    if (field->is_map || (field->oneof && !field->oneof->is_synthetic))
        return "";
    if (field->cardinality == SL_REPEATED)
        return "repeated ";
    if (field->file->edition == SL_EDITION_PROTO2)
        return field->cardinality == SL_REQUIRED ? "required " : "optional ";
    return field->oneof ? "optional " : "";
}

/* The JSON name that a compiler makes of a name: each underscore gone, the letter behind it in upper case. */
static bool has_default_json_name(const sl_field *field)
{
    size_t at = 0;
    bool is_upper = false;
    for (size_t i = 0; i < field->name.len; i++) {
        char letter = field->name.data[i];
        if (letter == '_') {
            is_upper = true;
            continue;
        }
        if (is_upper && letter >= 'a' && letter <= 'z')
            letter = (char)(letter - 'a' + 'A');
        is_upper = false;
        if (at >= field->json_name.len || field->json_name.data[at++] != letter)
            return false;
    }
    return at == field->json_name.len;
}

static void put_string_literal(sl_buf *buf, sl_str text)
{
    sl_buf_append_byte(buf, '"');
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = (uint8_t)text.data[i];
        if (byte < 0x20 || byte == '"' || byte == '\\')
            sl_buf_printf(buf, "\\%03o", byte);
        else
            sl_buf_append_byte(buf, byte);
    }
    sl_buf_append_byte(buf, '"');
}

static void put_default(sl_buf *buf, const sl_field *field)
{
    sl_buf_append_literal(buf, "default = ");
    if (field->type == SL_TYPE_STRING)
        put_string_literal(buf, field->proto->default_value);
    else if (field->type == SL_TYPE_BYTES) /* escaped as it is stored */
        sl_buf_printf(buf, "\"%.*s\"", SL_STR_ARG(field->proto->default_value));
    else
        sl_buf_append_str(buf, field->proto->default_value);
}

static void put_options(sl_buf *buf, const sl_field *field, bool may_require)
{
    const char *lead = " [";
    if (!field->is_extension && !has_default_json_name(field)) {
        sl_buf_printf(buf, "%sjson_name = ", lead);
        put_string_literal(buf, field->json_name);
        lead = ", ";
    }
    if (field->proto->default_value.data) {
        sl_buf_append_str(buf, sl_str_from(lead));
        put_default(buf, field);
        lead = ", ";
    }
    bool is_legacy_required =
        field->cardinality == SL_REQUIRED && field->file->edition >= SL_EDITION_2023;
    if (is_legacy_required && may_require) {
        sl_buf_printf(buf, "%sfeatures.field_presence = LEGACY_REQUIRED", lead);
        lead = ", ";
    }
    if (lead[0] == ',')
        sl_buf_append_byte(buf, ']');
}

static sl_str declare(sl_check *check, const sl_field *field, bool may_require)
{
    if (field->type == SL_TYPE_GROUP)
        return (sl_str){0};
    sl_cleanup(sl_buf_done) sl_buf buf = {0};
    bool is_relaxed = !may_require && field->cardinality == SL_REQUIRED &&
                      field->file->edition == SL_EDITION_PROTO2;
    sl_buf_append_str(&buf, sl_str_from(is_relaxed ? "optional " : label_of(field)));
    put_type(&buf, field);
    sl_buf_printf(&buf, " %.*s = %d", SL_STR_ARG(field->name), field->number);
    put_options(&buf, field, may_require);
    sl_buf_append_byte(&buf, ';');
    return kept_text(check, &buf);
}

sl_str sl_declare_field(sl_check *check, const sl_field *field)
{
    const sl_field *map = sl_map_field_of(field);
    return declare(check, map ? map : field, true);
}

sl_str sl_declare_field_optional(sl_check *check, const sl_field *field)
{
    return declare(check, field, false);
}

sl_str sl_declare_method(sl_check *check, const sl_method *method)
{
    return sl_check_text(
        check, "rpc %.*s(%s%.*s) returns (%s%.*s);", SL_STR_ARG(method->name),
        method->is_client_streaming ? "stream " : "", SL_STR_ARG(method->input->full_name),
        method->is_server_streaming ? "stream " : "", SL_STR_ARG(method->output->full_name));
}

sl_str sl_declare_reserved_name(sl_check *check, const sl_file *file, sl_str name)
{
    if (file->edition >= SL_EDITION_2023)
        return name;
    return sl_check_text(check, "\"%.*s\"", SL_STR_ARG(name));
}

/* --- causes --- */

const void *sl_cause_of_member(const sl_check *check, const sl_file *file, const void *member)
{
    const sl_file *partner = sl_schema_find_file(check->new_schema, file->path);
    bool is_in_place = partner && sl_str_equal(partner->package, file->package);
    return is_in_place ? member : file;
}

/* `nearest` or the outermost message around it that is gone. */
static const void *outermost_gone(const sl_check *check, const sl_message *parent,
                                  const void *nearest)
{
    for (; parent; parent = parent->parent) {
        if (!sl_schema_find_message(check->new_schema, parent->full_name))
            nearest = parent;
    }
    return nearest;
}

const void *sl_cause_of_message(const sl_check *check, const sl_message *message)
{
    const void *cause = outermost_gone(check, message->parent, message);
    const sl_field *map =
        cause == message && message->is_map_entry ? sl_map_field_of_entry(message) : NULL;
    return sl_cause_of_member(check, message->file, map ? map : cause);
}

const void *sl_cause_of_enum(const sl_check *check, const sl_enum *enumeration)
{
    const void *cause = outermost_gone(check, enumeration->parent, enumeration);
    return sl_cause_of_member(check, enumeration->file, cause);
}
