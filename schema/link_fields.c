/* schema/link_fields.c: the fourth pass: what a field is, now that its type and its features are known.
 *
 *   presence    singular and (message, extension, in a oneof, or the feature says so)
 *   packed      repeated, of a packable type, and the feature says so
 *   UTF-8       string, and the feature says so
 *   delimited   message, the feature says so, and no map has a part in it: map fields and the fields of their entries are always
 *               length-prefixed
 *   required    singular and the feature says so
 *
 * Files of syntax proto2 and proto3 say the same with labels, types and the option `packed`; those are turned into features first, so
 * that one rule serves all (as protoc does: InferLegacyProtoFeatures). */
#include "schema/default_text.h"
#include "schema/internal/field_type.h"
#include "schema/internal/linker.h"

enum { FIELD_PACKED = 2 };

static sl_symbol symbol_of(const sl_field *field)
{
    return sl_symbol_of(field->is_extension ? SL_SYMBOL_EXTENSION : SL_SYMBOL_FIELD, field->file,
                        field);
}

/* What of a field a rule is about. */
static sl_link_part part_of(sl_link_rule rule)
{
    switch (rule) {
    case SL_LINK_DEFAULT_INVALID: return SL_PART_FIELD_DEFAULT;
    case SL_LINK_TYPE_INVALID:
    case SL_LINK_ENUM_CLOSED_MISUSE:
    case SL_LINK_MAP_ENTRY_INVALID: return SL_PART_FIELD_TYPE_NAME;
    default: return SL_PART_NAME;
    }
}

/* "field 'a.B.c' " and `what`. */
static sl_status refuse(sl_linker *linker, sl_link_rule rule, const sl_field *field,
                        const char *what)
{
    sl_symbol symbol = symbol_of(field);
    sl_location at = sl_link_locate_part(linker, &symbol, part_of(rule));
    return sl_link_finding(linker, rule, at, "%s '%.*s' %s", sl_symbol_kind_name(symbol.kind),
                           SL_STR_ARG(field->full_name), what);
}

static bool is_repeated(const sl_field *field)
{
    return field->proto->label == SL_LABEL_REPEATED;
}

static bool is_of_edition(const sl_field *field)
{
    return field->file->edition >= SL_EDITION_2023;
}

static void infer_legacy_features(sl_field *field)
{
    sl_features *features = &field->features;
    uint64_t packed;
    if (field->proto->label == SL_LABEL_REQUIRED)
        features->field_presence = SL_PRESENCE_LEGACY_REQUIRED;
    if (field->type == SL_TYPE_GROUP)
        features->message_encoding = SL_ENCODING_DELIMITED;
    if (!sl_options_find_varint(field->proto->options, FIELD_PACKED, &packed))
        return;
    if (field->file->edition == SL_EDITION_PROTO2 && packed)
        features->repeated_field_encoding = SL_REPEATED_PACKED;
    if (field->file->edition == SL_EDITION_PROTO3 && !packed)
        features->repeated_field_encoding = SL_REPEATED_EXPANDED;
}

static sl_cardinality cardinality_of(const sl_field *field)
{
    if (is_repeated(field))
        return SL_REPEATED;
    bool is_required = field->features.field_presence == SL_PRESENCE_LEGACY_REQUIRED;
    return is_required ? SL_REQUIRED : SL_SINGULAR;
}

static void work_out(sl_field *field)
{
    const sl_features *features = &field->features;
    bool is_message = sl_field_type_is_message(field->type);
    field->cardinality = cardinality_of(field);
    field->is_map = is_repeated(field) && field->message && field->message->is_map_entry;
    bool is_part_of_map =
        field->is_map || (field->parent && field->parent->is_map_entry && !field->is_extension);
    if (field->type == SL_TYPE_MESSAGE && is_of_edition(field) && !is_part_of_map &&
        features->message_encoding == SL_ENCODING_DELIMITED)
        field->type = SL_TYPE_GROUP;
    field->has_presence =
        !is_repeated(field) && (is_message || field->is_extension || field->oneof ||
                                features->field_presence != SL_PRESENCE_IMPLICIT);
    field->is_packed = is_repeated(field) && sl_field_type_is_packable(field->type) &&
                       features->repeated_field_encoding == SL_REPEATED_PACKED;
    field->is_utf8_checked =
        field->type == SL_TYPE_STRING && features->utf8_validation == SL_UTF8_VERIFY;
}

/* --- what fields must keep to --- */

/* What proto3 may extend: the options messages of descriptor.proto. */
static bool is_options_message(sl_str full_name)
{
    static const char *const names[] = {
        "FileOptions",   "MessageOptions",   "FieldOptions",
        "EnumOptions",   "EnumValueOptions", "ServiceOptions",
        "MethodOptions", "OneofOptions",     "ExtensionRangeOptions",
    };
    sl_str package = SL_STR("google.protobuf.");
    if (!sl_str_starts_with(full_name, package))
        return false;
    sl_str name = {full_name.data + package.len, full_name.len - package.len};
    for (size_t i = 0; i < SL_ARRAY_LEN(names); i++)
        if (sl_str_is(name, names[i]))
            return true;
    return false;
}

static sl_status check_label(sl_linker *linker, const sl_field *field)
{
    const sl_field_proto *proto = field->proto;
    if (proto->has_label && (proto->label < SL_LABEL_OPTIONAL || proto->label > SL_LABEL_REPEATED))
        return refuse(linker, SL_LINK_LABEL_INVALID, field, "has a label that nobody knows");
    if (proto->label == SL_LABEL_REQUIRED && field->file->edition != SL_EDITION_PROTO2)
        return refuse(linker, SL_LINK_LABEL_INVALID, field,
                      "is required, and its syntax has no required");
    if (field->is_extension && field->cardinality == SL_REQUIRED)
        return refuse(linker, SL_LINK_LABEL_INVALID, field, "is an extension and required");
    if (field->proto->type == SL_TYPE_GROUP && field->file->edition == SL_EDITION_PROTO3)
        return refuse(linker, SL_LINK_PROTO3_INVALID, field, "is a group");
    if (field->extendee && field->file->edition == SL_EDITION_PROTO3 &&
        !is_options_message(field->extendee->full_name))
        return refuse(linker, SL_LINK_PROTO3_INVALID, field,
                      "extends something else than options, which proto3 cannot");
    if (field->proto->type == SL_TYPE_GROUP && is_of_edition(field))
        return refuse(linker, SL_LINK_TYPE_INVALID, field,
                      "is a group, which editions write as a message with "
                      "features.message_encoding = DELIMITED");
    return SL_OK;
}

static sl_status check_oneof(sl_linker *linker, const sl_field *field)
{
    const sl_field_proto *proto = field->proto;
    if (proto->has_oneof_index && field->is_extension)
        return refuse(linker, SL_LINK_ONEOF_INVALID, field, "is an extension in a oneof");
    if (proto->has_oneof_index && !field->oneof)
        return refuse(linker, SL_LINK_ONEOF_INVALID, field,
                      "is in a oneof that its message does not have");
    if (field->oneof && field->cardinality != SL_SINGULAR)
        return refuse(linker, SL_LINK_ONEOF_INVALID, field,
                      "is in a oneof, and is repeated or required");
    if (!proto->proto3_optional)
        return SL_OK;
    if (field->file->edition != SL_EDITION_PROTO3)
        return refuse(linker, SL_LINK_PROTO3_OPTIONAL_INVALID, field,
                      "is a proto3 optional field outside proto3");
    if (!field->is_extension && !field->oneof)
        return refuse(linker, SL_LINK_PROTO3_OPTIONAL_INVALID, field,
                      "is a proto3 optional field without its oneof");
    return SL_OK;
}

/* Values stand in the scope around their enum. Few are looked through; many fields may have a default from one enum of many. */
static sl_status has_value_named(sl_linker *linker, const sl_enum *enumeration, sl_str name,
                                 bool *ret_has)
{
    enum { FEW = 16 };
    *ret_has = false;
    for (uint32_t i = 0; i < SL_MIN(enumeration->value_count, (uint32_t)FEW) && !*ret_has; i++)
        *ret_has = sl_str_equal(enumeration->values[i].name, name);
    if (*ret_has || enumeration->value_count <= FEW)
        return SL_OK;
    sl_cleanup(sl_buf_done) sl_buf full_name = {0};
    size_t scope_len = enumeration->full_name.len - enumeration->name.len;
    sl_buf_append(&full_name, enumeration->full_name.data, scope_len);
    sl_buf_append_str(&full_name, name);
    if (sl_buf_status(&full_name) != SL_OK)
        return sl_error_no_memory(linker->err);
    const sl_symbol *symbol = sl_map_get(&linker->symbols, sl_buf_str(&full_name));
    *ret_has = symbol && symbol->kind == SL_SYMBOL_ENUM_VALUE && symbol->owner == enumeration;
    return SL_OK;
}

static sl_status check_default(sl_linker *linker, const sl_field *field)
{
    sl_str value = field->proto->default_value;
    if (!value.data)
        return SL_OK;
    if (is_repeated(field) || sl_field_type_is_message(field->type))
        return refuse(linker, SL_LINK_DEFAULT_INVALID, field,
                      "is repeated or a message, and has a default");
    if (field->file->edition == SL_EDITION_PROTO3)
        return refuse(linker, SL_LINK_PROTO3_INVALID, field, "has an explicit default");
    if (!field->has_presence)
        return refuse(linker, SL_LINK_DEFAULT_INVALID, field, "has a default and no presence");
    bool is_value = true;
    if (field->enumeration)
        SL_TRY(has_value_named(linker, field->enumeration, value, &is_value));
    if (!is_value)
        return refuse(linker, SL_LINK_DEFAULT_INVALID, field,
                      "has a default that its enum does not have");
    if (!sl_default_is_valid(field->type, value))
        return refuse(
            linker, SL_LINK_DEFAULT_INVALID, field,
            "has a default that is none of its type, or that not all readers take for the "
            "same: write it in decimal, as compilers do");
    return SL_OK;
}

static sl_status check_enum(sl_linker *linker, const sl_field *field)
{
    if (!field->enumeration || !field->enumeration->is_closed)
        return SL_OK;
    bool is_implicit = !is_repeated(field) && !field->has_presence;
    if (field->file->edition == SL_EDITION_PROTO3 || (is_of_edition(field) && is_implicit))
        return refuse(linker, SL_LINK_ENUM_CLOSED_MISUSE, field,
                      "has no presence, or is of proto3, and its enum is closed");
    return SL_OK;
}

/* by_name → ByNameEntry */
static bool is_entry_name(sl_str entry, sl_str name)
{
    sl_str suffix = SL_STR("Entry");
    size_t at = 0;
    bool is_upper_next = true;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        if (c != '_') {
            if (is_upper_next && c >= 'a' && c <= 'z')
                c = (char)(c - 'a' + 'A');
            if (at == entry.len || entry.data[at++] != c)
                return false;
        }
        is_upper_next = c == '_';
    }
    return sl_str_equal((sl_str){entry.data + at, entry.len - at}, suffix);
}

static sl_status check_map(sl_linker *linker, const sl_field *field)
{
    if (!field->message || !field->message->is_map_entry)
        return SL_OK;
    if (!field->is_map || field->is_extension || field->message->parent != field->parent)
        return refuse(linker, SL_LINK_MAP_ENTRY_INVALID, field,
                      "has a map entry for its type and is not a map field of the same message");
    if (!is_entry_name(field->message->name, field->name))
        return refuse(linker, SL_LINK_MAP_ENTRY_INVALID, field,
                      "has for its type the map entry of another field");
    return SL_OK;
}

static sl_status link_field(sl_linker *linker, sl_field *field)
{
    if (field->type == 0)
        return SL_OK;
    if (!is_of_edition(field))
        infer_legacy_features(field);
    work_out(field);
    SL_TRY(check_label(linker, field));
    SL_TRY(check_oneof(linker, field));
    SL_TRY(check_default(linker, field));
    SL_TRY(check_enum(linker, field));
    return check_map(linker, field);
}

static sl_status link_fields(sl_linker *linker, const sl_field *fields, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        SL_TRY(link_field(linker, (sl_field *)&fields[i]));
    return SL_OK;
}

sl_status sl_link_fields(sl_linker *linker)
{
    for (size_t i = 0; i < linker->schema->file_count; i++) {
        const sl_file *file = linker->schema->ordered[i];
        SL_TRY(link_fields(linker, file->extensions, file->extension_count));
    }
    for (size_t i = 0; i < linker->messages.count; i++) {
        const sl_message *message = linker->messages.items[i];
        SL_TRY(link_fields(linker, message->fields, message->field_count));
        SL_TRY(link_fields(linker, message->extensions, message->extension_count));
    }
    return SL_OK;
}
