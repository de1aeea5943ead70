/* schema/link_options.c: a late pass: options that say of their element what it cannot have.
 *
 * Options are raw bytes here, and most of them are nobody's business. A few change what an element is, and protoc's linker holds those
 * to its type: packed, lazy, ctype, jstype, features that stand on the field itself, json_name, lite runtimes. Each field's options are
 * walked once. What features resolve to was worked out in link_fields.c; here is only what an author wrote where it means nothing. */
#include "schema/internal/field_type.h"
#include "schema/internal/linker.h"
#include "wire/wire.h"

enum {
    FIELD_CTYPE = 1,
    FIELD_PACKED = 2,
    FIELD_LAZY = 5,
    FIELD_JSTYPE = 6,
    FIELD_UNVERIFIED_LAZY = 15,
    FIELD_FEATURES = 21,
    JSTYPE_NORMAL = 0,
    FILE_OPTIMIZE_FOR = 9,
    FILE_CC_GENERIC_SERVICES = 16,
    FILE_JAVA_GENERIC_SERVICES = 17,
    FILE_JAVA_STRING_CHECK_UTF8 = 27,
    OPTIMIZE_LITE = 3,
};

/* What FieldOptions say; features by their own numbers, 0 where they are not stated. */
typedef struct field_options {
    bool has_ctype, has_packed, is_packed, is_lazy;
    uint64_t jstype;
    sl_features features;
} field_options;

static field_options read_options(sl_bytes options)
{
    field_options found = {0};
    sl_wire_reader reader = sl_wire_reader_of(options);
    sl_wire_field field;
    while (sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &field) == SL_OK) {
        if (field.tag.type != SL_WIRE_VARINT)
            continue;
        uint64_t value = field.number_value;
        switch (field.tag.number) {
        case FIELD_CTYPE: found.has_ctype = true; break;
        case FIELD_PACKED:
            found.has_packed = true;
            found.is_packed = value != 0;
            break;
        case FIELD_LAZY:
        case FIELD_UNVERIFIED_LAZY: found.is_lazy = found.is_lazy || value != 0; break;
        case FIELD_JSTYPE: found.jstype = value; break;
        default: break;
        }
    }
    sl_features_stated(options, FIELD_FEATURES, &found.features);
    return found;
}

static sl_status refuse(sl_linker *linker, sl_link_rule rule, const sl_field *field,
                        sl_link_part part, const char *what)
{
    sl_symbol_kind kind = field->is_extension ? SL_SYMBOL_EXTENSION : SL_SYMBOL_FIELD;
    sl_symbol symbol = sl_symbol_of(kind, field->file, field);
    return sl_link_finding(linker, rule, sl_link_locate_part(linker, &symbol, part), "%s '%.*s' %s",
                           sl_symbol_kind_name(kind), SL_STR_ARG(field->full_name), what);
}

static sl_status refuse_option(sl_linker *linker, const sl_field *field, const char *what)
{
    return refuse(linker, SL_LINK_OPTION_MISPLACED, field, SL_PART_FIELD_TYPE_NAME, what);
}

static sl_status refuse_feature(sl_linker *linker, const sl_field *field, const char *what)
{
    return refuse(linker, SL_LINK_FEATURE_INVALID, field, SL_PART_FIELD_OPTIONS, what);
}

/* --- fields --- */

static bool is_repeated(const sl_field *field)
{
    return field->cardinality == SL_REPEATED;
}

static bool is_packable(const sl_field *field)
{
    return is_repeated(field) && sl_field_type_is_packable(field->type);
}

static bool is_of_map(const sl_field *field)
{
    return field->is_map || (field->parent && field->parent->is_map_entry && !field->is_extension);
}

static bool is_map_with_string(const sl_field *field)
{
    if (!field->is_map || field->message->field_count != 2)
        return false;
    const sl_field *entry = field->message->fields;
    return entry[0].type == SL_TYPE_STRING || entry[1].type == SL_TYPE_STRING;
}

static bool is_64_bits(sl_field_type type)
{
    return type == SL_TYPE_INT64 || type == SL_TYPE_UINT64 || type == SL_TYPE_SINT64 ||
           type == SL_TYPE_FIXED64 || type == SL_TYPE_SFIXED64;
}

static sl_status check_options(sl_linker *linker, const sl_field *field,
                               const field_options *options)
{
    sl_edition edition = field->file->edition;
    if (options->has_packed && edition >= SL_EDITION_2023)
        SL_TRY(refuse_option(linker, field,
                             "has the option packed, which editions write as "
                             "features.repeated_field_encoding"));
    else if (options->is_packed && !is_packable(field))
        SL_TRY(refuse_option(linker, field, "is packed, and not a repeated number, bool or enum"));
    if (options->has_ctype && edition >= SL_EDITION_2024)
        SL_TRY(refuse_option(linker, field,
                             "has the option ctype, which edition 2024 replaced by "
                             "features.(pb.cpp).string_type"));
    if (options->is_lazy && field->type != SL_TYPE_MESSAGE)
        SL_TRY(refuse_option(linker, field, "is lazy, and no length-prefixed message"));
    if (options->jstype != JSTYPE_NORMAL && !is_64_bits(field->type))
        SL_TRY(refuse_option(linker, field, "has the option jstype, and no 64-bit integer type"));
    return SL_OK;
}

static sl_status check_presence(sl_linker *linker, const sl_field *field, uint8_t stated)
{
    if (field->oneof)
        return refuse_feature(linker, field, "is in a oneof and has features.field_presence");
    if (is_repeated(field))
        return refuse_feature(linker, field, "is repeated and has features.field_presence");
    if (field->is_extension && stated != SL_PRESENCE_LEGACY_REQUIRED)
        return refuse_feature(linker, field, "is an extension and has features.field_presence");
    if (field->message && stated == SL_PRESENCE_IMPLICIT)
        return refuse_feature(linker, field, "is a message and has implicit presence");
    return SL_OK;
}

static sl_status check_features(sl_linker *linker, const sl_field *field, const sl_features *stated)
{
    if (stated->field_presence)
        SL_TRY(check_presence(linker, field, stated->field_presence));
    if (stated->repeated_field_encoding && !is_repeated(field))
        SL_TRY(refuse_feature(linker, field,
                              "is not repeated and has features.repeated_field_encoding"));
    else if (stated->repeated_field_encoding == SL_REPEATED_PACKED && !is_packable(field))
        SL_TRY(refuse_feature(linker, field,
                              "has features.repeated_field_encoding = PACKED, and is no number, "
                              "bool or enum"));
    if (stated->utf8_validation && field->type != SL_TYPE_STRING && !is_map_with_string(field))
        SL_TRY(refuse_feature(linker, field, "has features.utf8_validation, and is no string"));
    if (stated->message_encoding && (!field->message || is_of_map(field)))
        SL_TRY(refuse_feature(linker, field, "has features.message_encoding, and is no message"));
    return SL_OK;
}

static sl_status check_json_name(sl_linker *linker, const sl_field *field)
{
    sl_str name = field->proto->json_name;
    if (!name.data)
        return SL_OK;
    if (memchr(name.data, 0, name.len))
        return refuse(linker, SL_LINK_JSON_NAME_INVALID, field, SL_PART_FIELD_JSON_NAME,
                      "has a json_name with a NUL byte in it");
    if (!field->is_extension)
        return SL_OK;
    char *derived = sl_arena_alloc(&linker->scratch, field->name.len + 1);
    if (!derived)
        return sl_error_no_memory(linker->err);
    if (sl_str_equal((sl_str){derived, sl_link_derive_json_name(field->name, derived)}, name))
        return SL_OK;
    return refuse(linker, SL_LINK_JSON_NAME_INVALID, field, SL_PART_FIELD_JSON_NAME,
                  "is an extension and has a json_name");
}

static sl_status check_field(sl_linker *linker, const sl_field *field)
{
    SL_TRY(check_json_name(linker, field));
    if (field->is_extension && field->extendee && field->file->is_lite &&
        !field->extendee->file->is_lite)
        SL_TRY(refuse(linker, SL_LINK_LITE_RUNTIME, field, SL_PART_FIELD_EXTENDEE,
                      "is in a file for the lite runtime, and what it extends is not"));
    if (field->proto->options.len == 0 || field->type == 0)
        return SL_OK;
    field_options options = read_options(field->proto->options);
    SL_TRY(check_options(linker, field, &options));
    /* Fields of a map entry have those of the map field, whatever they mean there. */
    bool is_of_entry = field->parent && field->parent->is_map_entry && !field->is_extension;
    if (field->file->edition < SL_EDITION_2023 || is_of_entry)
        return SL_OK;
    return check_features(linker, field, &options.features);
}

static sl_status check_fields(sl_linker *linker, const sl_field *fields, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        SL_TRY(check_field(linker, &fields[i]));
    return SL_OK;
}

/* --- files --- */

static bool option_is_set(sl_bytes options, uint32_t number)
{
    uint64_t value;
    return sl_options_find_varint(options, number, &value) && value != 0;
}

static sl_location locate_import(sl_linker *linker, const sl_file *file, uint32_t index)
{
    enum { FILE_DEPENDENCY = 3 };
    return sl_link_locate_path(linker, file, (int32_t[]){FILE_DEPENDENCY, (int32_t)index}, 2);
}

static sl_status check_lite(sl_linker *linker, const sl_file *file)
{
    for (uint32_t i = 0; i < file->import_count && !file->is_lite; i++)
        if (file->imports[i]->is_lite)
            SL_TRY(sl_link_finding(linker, SL_LINK_LITE_RUNTIME, locate_import(linker, file, i),
                                   "%.*s imports '%.*s', which is for the lite runtime, and is not "
                                   "for it itself",
                                   SL_STR_ARG(file->path), SL_STR_ARG(file->imports[i]->path)));
    sl_bytes options = file->proto->options;
    if (!file->is_lite || file->service_count == 0 ||
        (!option_is_set(options, FILE_CC_GENERIC_SERVICES) &&
         !option_is_set(options, FILE_JAVA_GENERIC_SERVICES)))
        return SL_OK;
    sl_symbol symbol = sl_symbol_of(SL_SYMBOL_SERVICE, file, &file->services[0]);
    return sl_link_finding(linker, SL_LINK_LITE_RUNTIME,
                           sl_link_locate_part(linker, &symbol, SL_PART_NAME),
                           "service '%.*s' is in a file for the lite runtime with generic services",
                           SL_STR_ARG(file->services[0].full_name));
}

/* No import is stated twice, as import and as import for options neither. */
static sl_status check_option_imports(sl_linker *linker, const sl_file *file)
{
    enum { FILE_OPTION_DEPENDENCY = 15 };
    const sl_file_proto *proto = file->proto;
    if (proto->option_dependencies.count == 0)
        return SL_OK;
    sl_cleanup(sl_map_done) sl_map seen = {0};
    for (uint32_t i = 0; i < proto->dependencies.count; i++)
        if (sl_map_set(&seen, proto->dependencies.items[i], (void *)file) != SL_OK)
            return sl_error_no_memory(linker->err);
    for (uint32_t i = 0; i < proto->option_dependencies.count; i++) {
        sl_str path = proto->option_dependencies.items[i];
        sl_status status = sl_map_add(&seen, path, (void *)file, NULL);
        int32_t place[] = {FILE_OPTION_DEPENDENCY, (int32_t)i};
        if (status == SL_EXISTS)
            SL_TRY(sl_link_finding(
                linker, SL_LINK_IMPORT_TWICE, sl_link_locate_path(linker, file, place, 2),
                "%.*s imports '%.*s' twice", SL_STR_ARG(file->path), SL_STR_ARG(path)));
        else if (status != SL_OK)
            return sl_error_no_memory(linker->err);
    }
    return SL_OK;
}

static sl_status check_file(sl_linker *linker, const sl_file *file)
{
    SL_TRY(check_lite(linker, file));
    SL_TRY(check_option_imports(linker, file));
    if (file->edition >= SL_EDITION_2023 &&
        option_is_set(file->proto->options, FILE_JAVA_STRING_CHECK_UTF8))
        SL_TRY(sl_link_finding(linker, SL_LINK_OPTION_MISPLACED, (sl_location){.file = file->path},
                               "%.*s has the option java_string_check_utf8, which editions write "
                               "as features.(pb.java).utf8_validation",
                               SL_STR_ARG(file->path)));
    return check_fields(linker, file->extensions, file->extension_count);
}

sl_status sl_link_element_options(sl_linker *linker)
{
    sl_schema *schema = linker->schema;
    for (size_t i = 0; i < schema->file_count; i++) {
        uint64_t optimize = 0;
        sl_options_find_varint(schema->ordered[i]->proto->options, FILE_OPTIMIZE_FOR, &optimize);
        schema->ordered[i]->is_lite = optimize == OPTIMIZE_LITE;
    }
    for (size_t i = 0; i < schema->file_count; i++)
        SL_TRY(check_file(linker, schema->ordered[i]));
    for (size_t i = 0; i < linker->messages.count; i++) {
        const sl_message *message = linker->messages.items[i];
        SL_TRY(check_fields(linker, message->fields, message->field_count));
        SL_TRY(check_fields(linker, message->extensions, message->extension_count));
    }
    return SL_OK;
}
