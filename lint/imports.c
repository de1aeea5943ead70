/* lint/imports.c: is every import used?
 *
 * A file uses another if it names something of it: as the type of a field, an extendee, the type of a method, or a custom option, also deep in the
 * value of one. An import is used if the file that it names is, or one that comes with it by public imports. Everything is read off the
 * linked schema, so descriptor sets are judged like text. A public import is there for others and is not asked. */
#include "lint/internal/linter.h"
#include "wire/wire.h"

/* Marks by index of a file: `round` is the file that is asked about, so that nothing need be cleared between files. */
typedef struct used_files {
    sl_linter *linter;
    uint32_t *used, *visited;
    uint32_t round;
} used_files;

static void use_file(used_files *used, const sl_file *file)
{
    if (file)
        used->used[file->index] = used->round;
}

/* --- options --- */

/* Extensions in the bytes of a message, and in the messages inside it. */
static void use_extensions(used_files *used, const sl_message *type, sl_bytes bytes, int depth)
{
    sl_wire_reader reader = sl_wire_reader_of(bytes);
    sl_wire_field read;
    while (depth < SL_LIMIT_OPTION_DEPTH &&
           sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &read) == SL_OK) {
        const sl_field *field = sl_message_find_field(type, (int32_t)read.tag.number);
        if (!field) {
            field = sl_message_find_extension(type, (int32_t)read.tag.number);
            use_file(used, field ? field->file : NULL);
        }
        if (field && field->message &&
            (read.tag.type == SL_WIRE_LEN || read.tag.type == SL_WIRE_SGROUP))
            use_extensions(used, field->message, read.bytes, depth + 1);
    }
}

static void use_options(used_files *used, const char *type, sl_bytes options)
{
    const sl_schema *schema = used->linter->request->schema;
    const sl_message *message =
        options.len ? sl_schema_find_message(schema, sl_str_from(type)) : NULL;
    if (message)
        use_extensions(used, message, options, 0);
}

/* --- what a file names --- */

static void use_field(used_files *used, const sl_field *field)
{
    use_file(used, field->message ? field->message->file : NULL);
    use_file(used, field->enumeration ? field->enumeration->file : NULL);
    use_file(used, field->extendee ? field->extendee->file : NULL);
    use_options(used, "google.protobuf.FieldOptions", field->proto->options);
}

static void use_enum(used_files *used, const sl_enum *enumeration)
{
    use_options(used, "google.protobuf.EnumOptions", enumeration->proto->options);
    for (uint32_t i = 0; i < enumeration->value_count; i++)
        use_options(used, "google.protobuf.EnumValueOptions",
                    enumeration->values[i].proto->options);
}

/* Nesting is bounded by SL_LIMIT_DESCRIPTOR_DEPTH. */
static void use_message(used_files *used, const sl_message *message)
{
    use_options(used, "google.protobuf.MessageOptions", message->proto->options);
    for (uint32_t i = 0; i < message->field_count; i++)
        use_field(used, &message->fields[i]);
    for (uint32_t i = 0; i < message->extension_count; i++)
        use_field(used, &message->extensions[i]);
    for (uint32_t i = 0; i < message->oneof_count; i++)
        use_options(used, "google.protobuf.OneofOptions", message->oneofs[i].proto->options);
    for (uint32_t i = 0; i < message->extension_range_count; i++)
        use_options(used, "google.protobuf.ExtensionRangeOptions",
                    message->extension_ranges[i].proto->options);
    for (uint32_t i = 0; i < message->enum_count; i++)
        use_enum(used, &message->enums[i]);
    for (uint32_t i = 0; i < message->message_count; i++)
        use_message(used, &message->messages[i]);
}

static void use_service(used_files *used, const sl_service *service)
{
    use_options(used, "google.protobuf.ServiceOptions", service->proto->options);
    for (uint32_t i = 0; i < service->method_count; i++) {
        use_file(used, service->methods[i].input->file);
        use_file(used, service->methods[i].output->file);
        use_options(used, "google.protobuf.MethodOptions", service->methods[i].proto->options);
    }
}

static void use_all(used_files *used, const sl_file *file)
{
    use_options(used, "google.protobuf.FileOptions", file->proto->options);
    for (uint32_t i = 0; i < file->message_count; i++)
        use_message(used, &file->messages[i]);
    for (uint32_t i = 0; i < file->enum_count; i++)
        use_enum(used, &file->enums[i]);
    for (uint32_t i = 0; i < file->extension_count; i++)
        use_field(used, &file->extensions[i]);
    for (uint32_t i = 0; i < file->service_count; i++)
        use_service(used, &file->services[i]);
}

/* --- imports --- */

static bool is_public(const sl_file *file, uint32_t index)
{
    for (uint32_t i = 0; i < file->proto->public_dependencies.count; i++)
        if (file->proto->public_dependencies.items[i] == (int32_t)index)
            return true;
    return false;
}

/* The file or one that it imports publicly, each of which is looked at once. Chains are bounded by SL_LIMIT_IMPORT_DEPTH. */
static bool is_reached(used_files *used, const sl_file *file, int depth)
{
    const sl_file_proto *proto = file->proto;
    if (used->used[file->index] == used->round)
        return true;
    if (used->visited[file->index] == used->round || depth >= SL_LIMIT_IMPORT_DEPTH)
        return false;
    used->visited[file->index] = used->round;
    for (uint32_t i = 0; i < proto->public_dependencies.count; i++) {
        uint32_t index = (uint32_t)proto->public_dependencies.items[i];
        if (index < file->import_count && is_reached(used, file->imports[index], depth + 1)) {
            use_file(used, file);
            return true;
        }
    }
    return false;
}

void lint_import_used(sl_linter *linter, const sl_file *file)
{
    size_t count = sl_schema_file_count(linter->request->schema);
    if (!linter->marks)
        linter->marks = sl_arena_array(&linter->arena, uint32_t, 2 * count);
    if (!linter->marks || file->import_count == 0)
        return;
    used_files used = {linter, linter->marks, linter->marks + count, file->index + 1};
    use_all(&used, file);
    for (uint32_t i = 0; i < file->import_count; i++) {
        if (is_public(file, i) || is_reached(&used, file->imports[i], 0))
            continue;
        sl_element_path path = {.numbers = {SL_AT_FILE_DEPENDENCY, (int32_t)i}, .len = 2};
        sl_finding *finding = sl_lint_add(linter, path, SL_LINT_PART(0));
        if (finding)
            finding->message = sl_lint_text(linter, "import \"%.*s\" is not used",
                                            SL_STR_ARG(file->imports[i]->path));
    }
}
