/* compiler/check_imports.c: imports that nothing in the file uses.
 *
 * A file is used when something that it defines is: a type of a field or method, what an extension extends, an extension by whose name an
 * option was set, also inside a value. Options mean that descriptor.proto is used, whose messages they are. All this stands in what was
 * linked, in the bytes of options and in their names, so it is read from there. An import that itself imports publicly may be there for that, and
 * one that is public is there for others: of those nothing is said. protoc does the same. */
#include "compiler/internal/check.h"
#include "compiler/internal/option_impl.h"

typedef struct import_use {
    sl_check *check;
    bool *is_used; /* by sl_file.index */
    bool has_options;
} import_use;

static void use_message(import_use *use, const sl_message *message)
{
    if (message)
        use->is_used[message->file->index] = true;
}

static void use_field(import_use *use, const sl_field *field)
{
    use_message(use, field->message);
    if (field->enumeration)
        use->is_used[field->enumeration->file->index] = true;
    if (field->is_extension)
        use_message(use, field->extendee);
}

static void use_fields(import_use *use, const sl_field *fields, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        use_field(use, &fields[i]);
}

/* Depth is that of the source. A map's types are those of its entry. */
static void use_messages(import_use *use, const sl_message *messages, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const sl_message *message = &messages[i];
        use_fields(use, message->fields, message->field_count);
        use_fields(use, message->extensions, message->extension_count);
        use_messages(use, message->messages, message->message_count);
    }
}

/* --- options --- */

enum { ANY_TYPE_URL = 1, ANY_VALUE = 2 };

static void use_option_bytes(import_use *use, const sl_message *message, sl_bytes bytes,
                             uint32_t depth);

static void use_any(import_use *use, sl_bytes bytes, uint32_t depth)
{
    sl_bytes url = {0}, value = {0};
    sl_str before, name;
    if (!sl_options_find_bytes(bytes, ANY_TYPE_URL, &url) ||
        !sl_str_split_last(sl_bytes_str(url), '/', &before, &name))
        return;
    const sl_message *message = sl_schema_find_message(use->check->draft, name);
    use_message(use, message);
    if (message && sl_options_find_bytes(bytes, ANY_VALUE, &value))
        use_option_bytes(use, message, value, depth + 1);
}

static void use_option_bytes(import_use *use, const sl_message *message, sl_bytes bytes,
                             uint32_t depth)
{
    sl_wire_reader reader = sl_wire_reader_of(bytes);
    sl_wire_field wire;
    if (depth > SL_LIMIT_OPTION_DEPTH)
        return;
    if (sl_str_is(message->full_name, "google.protobuf.Any"))
        use_any(use, bytes, depth);
    while (sl_option_next(&reader, message, &wire) == SL_OK) {
        const sl_field *field = sl_option_known_field(message, &wire);
        if (field && field->is_extension)
            use->is_used[field->file->index] = true;
        if (field && field->message)
            use_option_bytes(use, field->message, wire.bytes, depth + 1);
    }
}

/* The name of an enum value is looked for in the enum's file. Inside texts it is not. */
static void use_enum(import_use *use, const sl_message *message, const sl_option *option)
{
    const sl_field *field = NULL;
    if (option->kind != SL_OPTION_IDENTIFIER || !option->path)
        return;
    for (uint32_t i = 0; i < option->path_len && message; i++) {
        int32_t number = option->path[i];
        field = sl_message_find_field(message, number);
        if (!field)
            field = sl_message_find_extension(message, number);
        message = field ? field->message : NULL;
    }
    if (field && field->enumeration)
        use->is_used[field->enumeration->file->index] = true;
}

static bool use_options(void *context, const sl_element *element)
{
    import_use *use = context;
    const sl_message *message =
        sl_schema_find_message(use->check->draft, sl_element_options_name(element->kind));
    use->has_options = true;
    if (message)
        use_option_bytes(use, message, *element->bytes, 0);
    for (const sl_option *option = element->options->first; option && message;
         option = option->next)
        use_enum(use, message, option);
    return true;
}

/* --- what is left --- */

static void tell(import_use *use, const sl_file *import, sl_span at)
{
    bool is_descriptor = sl_str_is(import->path, "google/protobuf/descriptor.proto");
    if (use->is_used[import->index] || import->proto->public_dependencies.count > 0 ||
        (is_descriptor && use->has_options))
        return;
    sl_diag(use->check->diags, &use->check->unit->source, at, SL_DIAG_IMPORT_UNUSED, import->path);
}

static void tell_unused(import_use *use)
{
    const sl_file *file = use->check->file;
    const sl_file_mark *marks = &use->check->unit->marks;
    for (uint32_t i = 0; i < file->proto->public_dependencies.count; i++)
        use->is_used[file->imports[file->proto->public_dependencies.items[i]]->index] = true;
    for (uint32_t i = 0; i < file->import_count; i++)
        tell(use, file->imports[i], marks->dependencies[i]);
    for (uint32_t i = 0; i < file->proto->option_dependencies.count; i++) {
        const sl_file *import =
            sl_schema_find_file(use->check->draft, file->proto->option_dependencies.items[i]);
        if (import)
            tell(use, import, marks->option_dependencies[i]);
    }
}

sl_status sl_check_imports(sl_check *check)
{
    const sl_file *file = check->file;
    sl_status status = SL_OK;
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    if (file->import_count + file->option_import_count == 0)
        return SL_OK;
    import_use use = {.check = check,
                      .is_used = sl_arena_array(&arena, bool, sl_schema_file_count(check->draft))};
    if (!use.is_used)
        return SL_NO_MEMORY;
    use_messages(&use, file->messages, file->message_count);
    use_fields(&use, file->extensions, file->extension_count);
    for (uint32_t i = 0; i < file->service_count; i++)
        for (uint32_t j = 0; j < file->services[i].method_count; j++) {
            use_message(&use, file->services[i].methods[j].input);
            use_message(&use, file->services[i].methods[j].output);
        }
    sl_option_walk(check->unit, use_options, &use, &status);
    if (status != SL_OK)
        return status;
    tell_unused(&use);
    return SL_OK;
}
