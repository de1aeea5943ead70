/* schema/link_build.c: the second pass: a struct for everything that has a name.
 *
 * Goes down each file as it is nested and gives every element its full name, its place, its inherited features, and an entry in the symbol
 * table. What an element refers to by name is not looked at: all names must be there first.
 *
 * Depth is that of the descriptor, which its reader has bounded. Features are inherited here, because this is the one pass that walks from
 * the outside in; what they make of a field is worked out in link_fields.c, once its type is known. */
#include "schema/internal/linker.h"

/* Numbers of `features` and others in the options messages of descriptor.proto. */
enum {
    FILE_FEATURES = 50,
    MESSAGE_FEATURES = 12,
    FIELD_FEATURES = 21,
    ONEOF_FEATURES = 1,
    ENUM_FEATURES = 7,
    MESSAGE_MESSAGE_SET = 1,
    MESSAGE_MAP_ENTRY = 7,
    ENUM_ALLOW_ALIAS = 2,
    OPTION_DEPRECATED = 3, /* of messages, fields and enums */
};

/* Where an element is declared. */
typedef struct build_scope {
    const sl_file *file;
    const sl_message *parent; /* NULL at the top level */
    sl_str name;              /* full name of the scope; "" without a package */
    const sl_features *features;
} build_scope;

static bool option_is_set(sl_bytes options, uint32_t number)
{
    uint64_t value;
    return sl_options_find_varint(options, number, &value) && value != 0;
}

/* --- names --- */

static bool is_identifier(sl_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!is_letter && !(i > 0 && c >= '0' && c <= '9'))
            return false;
    }
    return name.len > 0;
}

static sl_status join_name(sl_linker *linker, sl_str outer, sl_str name, sl_str *ret_full_name)
{
    size_t len = outer.len + (outer.len > 0) + name.len;
    linker->name_bytes += len;
    if (linker->name_bytes > SL_LIMIT_NAMES_BYTES)
        return sl_error_set(linker->err, SL_LIMIT,
                            "the full names of the files have more than NAMES_BYTES (%d) allows",
                            SL_LIMIT_NAMES_BYTES);
    char *text = sl_link_text(linker, len);
    if (!text)
        return sl_error_no_memory(linker->err);
    memcpy(text, outer.data, outer.len);
    if (outer.len > 0)
        text[outer.len] = '.';
    if (name.len > 0)
        memcpy(text + len - name.len, name.data, name.len);
    *ret_full_name = (sl_str){text, len};
    return SL_OK;
}

/* Name of a new element in `outer`: checked, joined, declared; and its options are looked at. Below a name that is too long, nothing has a
 * name of its own: what is wrong was told above. */
static sl_status name_element(sl_linker *linker, sl_str outer, sl_str name, const sl_symbol *symbol,
                              sl_str *ret_full_name)
{
    enum { SHOWN = 64 };
    *ret_full_name = outer;
    if (outer.len > SL_LIMIT_FULL_NAME_BYTES)
        return SL_OK;
    SL_TRY(join_name(linker, outer, name, ret_full_name));
    if (ret_full_name->len > SL_LIMIT_FULL_NAME_BYTES)
        return sl_link_finding(
            linker, SL_LINK_NAME_TOO_LONG, sl_link_locate_part(linker, symbol, SL_PART_NAME),
            "the full name '%.*s…' has %zu bytes, more than "
            "FULL_NAME_BYTES (%d) allows",
            SHOWN, ret_full_name->data, ret_full_name->len, SL_LIMIT_FULL_NAME_BYTES);
    if (name.len > SL_LIMIT_NAME_BYTES)
        SL_TRY(sl_link_finding(linker, SL_LINK_NAME_TOO_LONG,
                               sl_link_locate_part(linker, symbol, SL_PART_NAME),
                               "the name '%.*s…' has %zu bytes, more than NAME_BYTES (%d) allows",
                               SHOWN, name.data, name.len, SL_LIMIT_NAME_BYTES));
    if (!is_identifier(name))
        return sl_link_finding(linker, SL_LINK_NAME_INVALID, sl_link_locate(linker, symbol),
                               "'%.*s' in '%.*s' is no name for a %s", SL_STR_ARG(name),
                               SL_STR_ARG(outer), sl_symbol_kind_name(symbol->kind));
    return sl_link_declare(linker, *ret_full_name, symbol);
}

size_t sl_link_derive_json_name(sl_str name, char *text)
{
    size_t len = 0;
    bool is_upper_next = false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        if (c != '_')
            text[len++] = is_upper_next && c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        is_upper_next = c == '_';
    }
    return len;
}

static sl_status derive_json_name(sl_linker *linker, sl_field *field)
{
    if (field->proto->json_name.data) {
        field->json_name = field->proto->json_name;
        return SL_OK;
    }
    char *text = sl_link_text(linker, field->name.len);
    if (!text)
        return sl_error_no_memory(linker->err);
    size_t len = sl_link_derive_json_name(field->name, text);
    text[len] = '\0';
    field->json_name = (sl_str){text, len};
    return SL_OK;
}

/* --- options and features, together: most elements have neither --- */

static sl_status read_features(sl_linker *linker, sl_bytes options, uint32_t number,
                               const sl_symbol *symbol, sl_str of, sl_features *features)
{
    if (options.len == 0)
        return SL_OK;
    SL_TRY(sl_link_options(linker, options, symbol, of));
    sl_features_source source = {options, number, symbol, of};
    return sl_features_merge(linker, &source, features);
}

/* --- fields and oneofs --- */

static sl_status build_field(sl_linker *linker, const build_scope *scope, sl_field *field,
                             sl_symbol_kind kind)
{
    const sl_field_proto *proto = field->proto;
    sl_symbol symbol = sl_symbol_of(kind, scope->file, field);
    field->name = proto->name.data ? proto->name : SL_STR("");
    field->number = proto->number;
    field->file = scope->file;
    field->parent = scope->parent;
    field->is_extension = kind == SL_SYMBOL_EXTENSION;
    field->features = *scope->features;
    SL_TRY(name_element(linker, scope->name, field->name, &symbol, &field->full_name));
    SL_TRY(derive_json_name(linker, field));

    /* An index that leads nowhere is told by link_fields.c. */
    if (kind == SL_SYMBOL_FIELD && proto->has_oneof_index && proto->oneof_index >= 0 &&
        (uint32_t)proto->oneof_index < scope->parent->oneof_count) {
        field->oneof = &scope->parent->oneofs[proto->oneof_index];
        field->features = field->oneof->features;
    }
    field->is_deprecated = option_is_set(proto->options, OPTION_DEPRECATED);
    return read_features(linker, proto->options, FIELD_FEATURES, &symbol, field->full_name,
                         &field->features);
}

static sl_status build_fields(sl_linker *linker, const build_scope *scope,
                              const sl_field_proto *protos, uint32_t count, sl_symbol_kind kind,
                              const sl_field **ret_fields)
{
    sl_field *fields = sl_link_array(linker, sl_field, count);
    if (!fields)
        return sl_error_no_memory(linker->err);
    for (uint32_t i = 0; i < count; i++) {
        fields[i].proto = &protos[i];
        fields[i].index = i;
        SL_TRY(build_field(linker, scope, &fields[i], kind));
    }
    *ret_fields = fields;
    return SL_OK;
}

static sl_status build_oneofs(sl_linker *linker, const build_scope *scope, sl_message *message)
{
    uint32_t count = message->proto->oneofs.count;
    sl_oneof *oneofs = sl_link_array(linker, sl_oneof, count);
    if (!oneofs)
        return sl_error_no_memory(linker->err);
    for (uint32_t i = 0; i < count; i++) {
        const sl_oneof_proto *proto = &message->proto->oneofs.items[i];
        sl_oneof *oneof = &oneofs[i];
        *oneof = (sl_oneof){.proto = proto,
                            .name = proto->name.data ? proto->name : SL_STR(""),
                            .parent = message,
                            .index = i,
                            .features = *scope->features};
        sl_symbol symbol = sl_symbol_of(SL_SYMBOL_ONEOF, scope->file, oneof);
        sl_str full_name;
        SL_TRY(name_element(linker, scope->name, oneof->name, &symbol, &full_name));
        SL_TRY(read_features(linker, proto->options, ONEOF_FEATURES, &symbol, full_name,
                             &oneof->features));
    }
    message->oneofs = oneofs;
    message->oneof_count = count;
    return SL_OK;
}

/* --- enums --- */

/* `outer` is the full name of the scope around the enum. */
static sl_status build_values(sl_linker *linker, sl_str outer, sl_enum *enumeration)
{
    uint32_t count = enumeration->proto->values.count;
    sl_enum_value *values = sl_link_array(linker, sl_enum_value, count);
    if (!values)
        return sl_error_no_memory(linker->err);
    for (uint32_t i = 0; i < count; i++) {
        const sl_enum_value_proto *proto = &enumeration->proto->values.items[i];
        sl_enum_value *value = &values[i];
        *value = (sl_enum_value){.proto = proto,
                                 .name = proto->name.data ? proto->name : SL_STR(""),
                                 .number = proto->number,
                                 .index = i};
        sl_symbol symbol = {SL_SYMBOL_ENUM_VALUE, enumeration->file, value, enumeration};
        SL_TRY(name_element(linker, outer, value->name, &symbol, &value->full_name));
        SL_TRY(sl_link_options(linker, proto->options, &symbol, value->full_name));
    }
    enumeration->values = values;
    enumeration->value_count = count;
    return SL_OK;
}

static sl_status build_enums(sl_linker *linker, const build_scope *scope,
                             const sl_enum_proto *protos, uint32_t count, const sl_enum **ret_enums)
{
    sl_enum *enums = sl_link_array(linker, sl_enum, count);
    if (!enums)
        return sl_error_no_memory(linker->err);
    for (uint32_t i = 0; i < count; i++) {
        const sl_enum_proto *proto = &protos[i];
        sl_enum *one = &enums[i];
        *one = (sl_enum){.proto = proto,
                         .name = proto->name.data ? proto->name : SL_STR(""),
                         .file = scope->file,
                         .parent = scope->parent,
                         .index = i,
                         .features = *scope->features};
        sl_symbol symbol = sl_symbol_of(SL_SYMBOL_ENUM, scope->file, one);
        SL_TRY(name_element(linker, scope->name, one->name, &symbol, &one->full_name));
        SL_TRY(read_features(linker, proto->options, ENUM_FEATURES, &symbol, one->full_name,
                             &one->features));
        one->is_closed = one->features.enum_type == SL_ENUM_TYPE_CLOSED;
        one->allows_alias = option_is_set(proto->options, ENUM_ALLOW_ALIAS);
        one->is_deprecated = option_is_set(proto->options, OPTION_DEPRECATED);
        SL_TRY(build_values(linker, scope->name, one));
    }
    *ret_enums = enums;
    return SL_OK;
}

/* --- messages --- */

static sl_status build_messages(sl_linker *linker, const build_scope *outer,
                                const sl_message_proto *protos, uint32_t count,
                                const sl_message **ret_messages);

static sl_status build_children(sl_linker *linker, sl_message *message)
{
    const sl_message_proto *proto = message->proto;
    build_scope inner = {message->file, message, message->full_name, &message->features};
    SL_TRY(build_oneofs(linker, &inner, message));
    SL_TRY(build_fields(linker, &inner, proto->fields.items, proto->fields.count, SL_SYMBOL_FIELD,
                        &message->fields));
    message->field_count = proto->fields.count;
    SL_TRY(build_fields(linker, &inner, proto->extensions.items, proto->extensions.count,
                        SL_SYMBOL_EXTENSION, &message->extensions));
    message->extension_count = proto->extensions.count;
    SL_TRY(build_enums(linker, &inner, proto->enums.items, proto->enums.count, &message->enums));
    message->enum_count = proto->enums.count;
    SL_TRY(build_messages(linker, &inner, proto->messages.items, proto->messages.count,
                          &message->messages));
    message->message_count = proto->messages.count;
    return SL_OK;
}

static sl_status build_message(sl_linker *linker, const build_scope *scope, sl_message *message)
{
    const sl_message_proto *proto = message->proto;
    sl_symbol symbol = sl_symbol_of(SL_SYMBOL_MESSAGE, scope->file, message);
    message->name = proto->name.data ? proto->name : SL_STR("");
    message->file = scope->file;
    message->parent = scope->parent;
    message->features = *scope->features;
    message->serial = (uint32_t)linker->messages.count;
    if (sl_vec_push(&linker->messages, message) != SL_OK)
        return sl_error_no_memory(linker->err);
    SL_TRY(name_element(linker, scope->name, message->name, &symbol, &message->full_name));
    SL_TRY(read_features(linker, proto->options, MESSAGE_FEATURES, &symbol, message->full_name,
                         &message->features));
    for (uint32_t i = 0; i < proto->extension_ranges.count; i++)
        SL_TRY(sl_link_options(linker, proto->extension_ranges.items[i].options, &symbol,
                               message->full_name));
    message->is_map_entry = option_is_set(proto->options, MESSAGE_MAP_ENTRY);
    message->is_message_set = option_is_set(proto->options, MESSAGE_MESSAGE_SET);
    message->is_deprecated = option_is_set(proto->options, OPTION_DEPRECATED);
    return build_children(linker, message);
}

static sl_status build_messages(sl_linker *linker, const build_scope *outer,
                                const sl_message_proto *protos, uint32_t count,
                                const sl_message **ret_messages)
{
    sl_message *messages = sl_link_array(linker, sl_message, count);
    if (!messages)
        return sl_error_no_memory(linker->err);
    for (uint32_t i = 0; i < count; i++) {
        messages[i].proto = &protos[i];
        messages[i].index = i;
        SL_TRY(build_message(linker, outer, &messages[i]));
    }
    *ret_messages = messages;
    return SL_OK;
}

/* --- services --- */

static sl_status build_methods(sl_linker *linker, sl_service *service)
{
    uint32_t count = service->proto->methods.count;
    sl_method *methods = sl_link_array(linker, sl_method, count);
    if (!methods)
        return sl_error_no_memory(linker->err);
    for (uint32_t i = 0; i < count; i++) {
        const sl_method_proto *proto = &service->proto->methods.items[i];
        sl_method *method = &methods[i];
        *method = (sl_method){.proto = proto,
                              .name = proto->name.data ? proto->name : SL_STR(""),
                              .parent = service,
                              .index = i,
                              .is_client_streaming = proto->client_streaming,
                              .is_server_streaming = proto->server_streaming};
        sl_symbol symbol = sl_symbol_of(SL_SYMBOL_METHOD, service->file, method);
        SL_TRY(name_element(linker, service->full_name, method->name, &symbol, &method->full_name));
        SL_TRY(sl_link_options(linker, proto->options, &symbol, method->full_name));
    }
    service->methods = methods;
    service->method_count = count;
    return SL_OK;
}

static sl_status build_services(sl_linker *linker, sl_file *file)
{
    uint32_t count = file->proto->services.count;
    sl_service *services = sl_link_array(linker, sl_service, count);
    if (!services)
        return sl_error_no_memory(linker->err);
    for (uint32_t i = 0; i < count; i++) {
        const sl_service_proto *proto = &file->proto->services.items[i];
        sl_service *service = &services[i];
        *service = (sl_service){.proto = proto,
                                .name = proto->name.data ? proto->name : SL_STR(""),
                                .file = file,
                                .index = i};
        sl_symbol symbol = sl_symbol_of(SL_SYMBOL_SERVICE, file, service);
        SL_TRY(name_element(linker, file->package, service->name, &symbol, &service->full_name));
        SL_TRY(sl_link_options(linker, proto->options, &symbol, service->full_name));
        SL_TRY(build_methods(linker, service));
    }
    file->services = services;
    file->service_count = count;
    return SL_OK;
}

/* --- files --- */

static sl_status read_edition(sl_linker *linker, sl_file *file)
{
    const sl_file_proto *proto = file->proto;
    sl_location at = {.file = file->path};
    if (sl_str_is(proto->syntax, "editions")) {
        file->edition = (sl_edition)proto->edition;
        if (file->edition >= SL_EDITION_2023 && sl_features_default(file->edition, &file->features))
            return SL_OK;
        return sl_link_finding(
            linker, SL_LINK_EDITION_UNKNOWN, at,
            "%.*s has edition %d, which this build does not know (it knows 2023, "
            "2024 and 2026)",
            SL_STR_ARG(file->path), proto->edition);
    }
    bool is_proto3 = sl_str_is(proto->syntax, "proto3");
    if ((proto->syntax.len > 0 && !is_proto3 && !sl_str_is(proto->syntax, "proto2")) ||
        proto->has_edition)
        return sl_link_finding(linker, SL_LINK_SYNTAX_UNKNOWN, at, "%.*s has syntax '%.*s'%s",
                               SL_STR_ARG(file->path), SL_STR_ARG(proto->syntax),
                               proto->has_edition ? " and an edition, which needs 'editions'" : "");
    file->edition = is_proto3 ? SL_EDITION_PROTO3 : SL_EDITION_PROTO2;
    sl_features_default(file->edition, &file->features);
    return SL_OK;
}

/* "a.b.c" declares a, a.b and a.b.c. */
static sl_status declare_package(sl_linker *linker, const sl_file *file)
{
    enum { PACKAGE_BYTES_MOST = 511, PACKAGE_DOTS_MOST = 100 }; /* protoc's numbers */
    sl_symbol symbol = sl_symbol_of(SL_SYMBOL_PACKAGE, file, NULL);
    sl_str package = file->package;
    size_t begin = 0, dots = 0;
    for (size_t i = 0; i < package.len; i++)
        dots += package.data[i] == '.';
    if (package.len > PACKAGE_BYTES_MOST || dots > PACKAGE_DOTS_MOST)
        return sl_link_finding(linker, SL_LINK_PACKAGE_TOO_LONG, sl_link_locate(linker, &symbol),
                               "a package has at most %d bytes and %d dots; this one has %zu and "
                               "%zu",
                               PACKAGE_BYTES_MOST, PACKAGE_DOTS_MOST, package.len, dots);
    while (package.len > 0 && begin <= package.len) {
        const char *dot = memchr(package.data + begin, '.', package.len - begin);
        size_t end = dot ? (size_t)(dot - package.data) : package.len;
        sl_str name = {package.data, end};
        if (!is_identifier((sl_str){package.data + begin, end - begin}))
            return sl_link_finding(linker, SL_LINK_NAME_INVALID, sl_link_locate(linker, &symbol),
                                   "'%.*s' is no name for a package", SL_STR_ARG(package));
        SL_TRY(sl_link_declare(linker, name, &symbol));
        symbol.outer = sl_map_get(&linker->schema->names, name);
        begin = end + 1;
    }
    linker->packages[file->index] = symbol.outer;
    return SL_OK;
}

static sl_status build_file(sl_linker *linker, sl_file *file)
{
    const sl_file_proto *proto = file->proto;
    sl_symbol symbol = sl_symbol_of(SL_SYMBOL_PACKAGE, file, NULL);
    SL_TRY(read_edition(linker, file));
    if (sl_link_has_errors(linker) && file->features.field_presence == 0)
        return SL_OK;
    SL_TRY(
        read_features(linker, proto->options, FILE_FEATURES, &symbol, file->path, &file->features));
    if (file->features.field_presence == SL_PRESENCE_LEGACY_REQUIRED)
        SL_TRY(sl_link_finding(linker, SL_LINK_FEATURE_INVALID, (sl_location){.file = file->path},
                               "%.*s makes every field required by default",
                               SL_STR_ARG(file->path)));
    SL_TRY(declare_package(linker, file));

    build_scope top = {file, NULL, file->package, &file->features};
    SL_TRY(build_messages(linker, &top, proto->messages.items, proto->messages.count,
                          &file->messages));
    file->message_count = proto->messages.count;
    SL_TRY(build_enums(linker, &top, proto->enums.items, proto->enums.count, &file->enums));
    file->enum_count = proto->enums.count;
    SL_TRY(build_fields(linker, &top, proto->extensions.items, proto->extensions.count,
                        SL_SYMBOL_EXTENSION, &file->extensions));
    file->extension_count = proto->extensions.count;
    return build_services(linker, file);
}

/* --- how many names there will be, so that tables are made once --- */

typedef struct name_counts {
    size_t kept, all; /* packages apart */
} name_counts;

static void count_enums(const sl_enum_proto *enums, uint32_t count, name_counts *counts)
{
    counts->kept += count;
    for (uint32_t i = 0; i < count; i++)
        counts->all += 1 + (size_t)enums[i].values.count;
}

static void count_messages(const sl_message_proto *messages, uint32_t count, name_counts *counts)
{
    for (uint32_t i = 0; i < count; i++) {
        const sl_message_proto *message = &messages[i];
        counts->kept += 1 + (size_t)message->extensions.count;
        counts->all +=
            1 + (size_t)message->extensions.count + message->fields.count + message->oneofs.count;
        count_enums(message->enums.items, message->enums.count, counts);
        count_messages(message->messages.items, message->messages.count, counts);
    }
}

static void count_file(const sl_file_proto *file, name_counts *counts)
{
    counts->kept += (size_t)file->services.count + file->extensions.count;
    counts->all += (size_t)file->services.count + file->extensions.count;
    for (uint32_t i = 0; i < file->services.count; i++)
        counts->all += file->services.items[i].methods.count;
    count_enums(file->enums.items, file->enums.count, counts);
    count_messages(file->messages.items, file->messages.count, counts);
}

static sl_status reserve_names(sl_linker *linker)
{
    enum { PACKAGES = 16 };
    name_counts counts = {.kept = PACKAGES, .all = PACKAGES};
    for (size_t i = 0; i < linker->schema->file_count; i++)
        count_file(linker->schema->ordered[i]->proto, &counts);
    counts.kept = SL_MIN(counts.kept, (size_t)SL_LIMIT_SCHEMA_SYMBOLS);
    counts.all = SL_MIN(counts.all, (size_t)SL_LIMIT_SCHEMA_SYMBOLS);
    if (sl_map_reserve(&linker->schema->names, counts.kept) != SL_OK ||
        sl_map_reserve(&linker->symbols, counts.all) != SL_OK)
        return sl_error_no_memory(linker->err);
    return SL_OK;
}

sl_status sl_link_build(sl_linker *linker)
{
    sl_schema *schema = linker->schema;
    SL_TRY(reserve_names(linker));
    linker->packages = sl_arena_array(&linker->scratch, sl_symbol *, schema->file_count);
    if (!linker->packages)
        return sl_error_no_memory(linker->err);
    for (size_t i = 0; i < schema->file_count; i++)
        SL_TRY(build_file(linker, schema->ordered[i]));
    schema->message_count = linker->messages.count;
    return SL_OK;
}
