/* compiler/prepare_built_ins.c: a program of the build: compiles the built-in files and prints their descriptors as C.
 *
 * Nearly every schema imports some of them, and reading descriptor.proto and validate.proto anew takes several times as long as the file that
 * imports them. So the compiler, built without this table, compiles them once, and the binary carries what came out: as bytes, and as the structs
 * that linking wants, laid out by the C compiler. The bytes are there twice, with source info and without.
 *
 * Lists are printed before what they belong to, each under a number of its own. */
#include "compiler/internal/built_ins.h"

#include <stdio.h>

/* --- values --- */

static unsigned last_label;

static void put_literal(const void *data, size_t len)
{
    const uint8_t *bytes = data;
    putchar('"');
    for (size_t i = 0; i < len; i++) {
        uint8_t c = bytes[i];
        if (c == '"' || c == '\\' || c == '?')
            printf("\\%c", c);
        else if (c >= 0x20 && c < 0x7f)
            putchar(c);
        else
            printf("\\%03o", c);
    }
    putchar('"');
}

static void put_text(const char *member, sl_str text)
{
    if (!text.data)
        return;
    printf(".%s = {", member);
    put_literal(text.data, text.len);
    printf(", %zu}, ", text.len);
}

static void put_bytes(const char *member, sl_bytes bytes)
{
    if (!bytes.data)
        return;
    printf(".%s = {(const uint8_t *)", member);
    put_literal(bytes.data, bytes.len);
    printf(", %zu}, ", bytes.len);
}

static void put_number(const char *member, bool has, int32_t value)
{
    if (has)
        printf(".%s = %d, .has_%s = true, ", member, value, member);
}

static void put_list(const char *member, const char *type, unsigned label, uint32_t count)
{
    if (count > 0)
        printf(".%s = {(%s *)list%u, %u}, ", member, type, label, count);
}

/* Begin a list; its label. */
static unsigned open_list(const char *type)
{
    printf("static const %s list%u[] = {\n", type, ++last_label);
    return last_label;
}

static void close_list(void)
{
    printf("};\n");
}

static unsigned put_texts(const sl_str *texts, uint32_t count)
{
    unsigned label = count > 0 ? open_list("sl_str") : 0;
    for (uint32_t i = 0; i < count; i++) {
        printf("{");
        put_literal(texts[i].data, texts[i].len);
        printf(", %zu},\n", texts[i].len);
    }
    if (count > 0)
        close_list();
    return label;
}

static unsigned put_numbers(const int32_t *numbers, uint32_t count)
{
    unsigned label = count > 0 ? open_list("int32_t") : 0;
    for (uint32_t i = 0; i < count; i++)
        printf("%d,\n", numbers[i]);
    if (count > 0)
        close_list();
    return label;
}

/* --- elements; each returns the label of its list, 0 if it is empty --- */

static unsigned put_ranges(const sl_range_proto *ranges, uint32_t count)
{
    unsigned label = count > 0 ? open_list("sl_range_proto") : 0;
    for (uint32_t i = 0; i < count; i++) {
        printf("{");
        put_number("start", ranges[i].has_start, ranges[i].start);
        put_number("end", ranges[i].has_end, ranges[i].end);
        put_bytes("options", ranges[i].options);
        printf("},\n");
    }
    if (count > 0)
        close_list();
    return label;
}

static unsigned put_fields(const sl_field_proto *fields, uint32_t count)
{
    unsigned label = count > 0 ? open_list("sl_field_proto") : 0;
    for (uint32_t i = 0; i < count; i++) {
        const sl_field_proto *field = &fields[i];
        printf("{");
        put_text("name", field->name);
        put_text("extendee", field->extendee);
        put_text("type_name", field->type_name);
        put_text("default_value", field->default_value);
        put_text("json_name", field->json_name);
        put_number("number", field->has_number, field->number);
        put_number("label", field->has_label, field->label);
        put_number("type", field->has_type, field->type);
        put_number("oneof_index", field->has_oneof_index, field->oneof_index);
        put_number("proto3_optional", field->has_proto3_optional, field->proto3_optional);
        put_bytes("options", field->options);
        printf("},\n");
    }
    if (count > 0)
        close_list();
    return label;
}

static unsigned put_oneofs(const sl_oneof_proto *oneofs, uint32_t count)
{
    unsigned label = count > 0 ? open_list("sl_oneof_proto") : 0;
    for (uint32_t i = 0; i < count; i++) {
        printf("{");
        put_text("name", oneofs[i].name);
        put_bytes("options", oneofs[i].options);
        printf("},\n");
    }
    if (count > 0)
        close_list();
    return label;
}

static unsigned put_values(const sl_enum_value_proto *values, uint32_t count)
{
    unsigned label = count > 0 ? open_list("sl_enum_value_proto") : 0;
    for (uint32_t i = 0; i < count; i++) {
        printf("{");
        put_text("name", values[i].name);
        put_number("number", values[i].has_number, values[i].number);
        put_bytes("options", values[i].options);
        printf("},\n");
    }
    if (count > 0)
        close_list();
    return label;
}

static unsigned put_enums(const sl_enum_proto *enums, uint32_t count)
{
    enum { ENUMS_MOST = 256 };
    unsigned values[ENUMS_MOST], ranges[ENUMS_MOST], names[ENUMS_MOST];
    if (count == 0 || count > ENUMS_MOST)
        return 0;
    for (uint32_t i = 0; i < count; i++) {
        values[i] = put_values(enums[i].values.items, enums[i].values.count);
        ranges[i] = put_ranges(enums[i].reserved_ranges.items, enums[i].reserved_ranges.count);
        names[i] = put_texts(enums[i].reserved_names.items, enums[i].reserved_names.count);
    }
    unsigned label = open_list("sl_enum_proto");
    for (uint32_t i = 0; i < count; i++) {
        const sl_enum_proto *one = &enums[i];
        printf("{");
        put_text("name", one->name);
        put_list("values", "sl_enum_value_proto", values[i], one->values.count);
        put_bytes("options", one->options);
        put_list("reserved_ranges", "sl_range_proto", ranges[i], one->reserved_ranges.count);
        put_list("reserved_names", "sl_str", names[i], one->reserved_names.count);
        put_number("visibility", one->has_visibility, one->visibility);
        printf("},\n");
    }
    close_list();
    return label;
}

/* Labels of the lists of one message. */
typedef struct message_lists {
    unsigned fields, messages, enums, extension_ranges, extensions, oneofs, reserved_ranges,
        reserved_names;
} message_lists;

static unsigned put_messages(const sl_message_proto *messages, uint32_t count);

static message_lists put_lists(const sl_message_proto *message)
{
    return (message_lists){
        .fields = put_fields(message->fields.items, message->fields.count),
        .messages = put_messages(message->messages.items, message->messages.count),
        .enums = put_enums(message->enums.items, message->enums.count),
        .extension_ranges =
            put_ranges(message->extension_ranges.items, message->extension_ranges.count),
        .extensions = put_fields(message->extensions.items, message->extensions.count),
        .oneofs = put_oneofs(message->oneofs.items, message->oneofs.count),
        .reserved_ranges =
            put_ranges(message->reserved_ranges.items, message->reserved_ranges.count),
        .reserved_names = put_texts(message->reserved_names.items, message->reserved_names.count),
    };
}

static void put_message(const sl_message_proto *message, const message_lists *lists)
{
    printf("{");
    put_text("name", message->name);
    put_list("fields", "sl_field_proto", lists->fields, message->fields.count);
    put_list("messages", "sl_message_proto", lists->messages, message->messages.count);
    put_list("enums", "sl_enum_proto", lists->enums, message->enums.count);
    put_list("extension_ranges", "sl_range_proto", lists->extension_ranges,
             message->extension_ranges.count);
    put_list("extensions", "sl_field_proto", lists->extensions, message->extensions.count);
    put_bytes("options", message->options);
    put_list("oneofs", "sl_oneof_proto", lists->oneofs, message->oneofs.count);
    put_list("reserved_ranges", "sl_range_proto", lists->reserved_ranges,
             message->reserved_ranges.count);
    put_list("reserved_names", "sl_str", lists->reserved_names, message->reserved_names.count);
    put_number("visibility", message->has_visibility, message->visibility);
    printf("},\n");
}

static unsigned put_messages(const sl_message_proto *messages, uint32_t count)
{
    enum { MESSAGES_MOST = 256 };
    message_lists lists[MESSAGES_MOST];
    if (count == 0 || count > MESSAGES_MOST)
        return 0;
    for (uint32_t i = 0; i < count; i++)
        lists[i] = put_lists(&messages[i]);
    unsigned label = open_list("sl_message_proto");
    for (uint32_t i = 0; i < count; i++)
        put_message(&messages[i], &lists[i]);
    close_list();
    return label;
}

/* --- files --- */

/* No built-in file has a service. */
static bool put_file(const sl_file_proto *file, unsigned index)
{
    unsigned dependencies = put_texts(file->dependencies.items, file->dependencies.count);
    unsigned option_dependencies =
        put_texts(file->option_dependencies.items, file->option_dependencies.count);
    unsigned publics =
        put_numbers(file->public_dependencies.items, file->public_dependencies.count);
    unsigned messages = put_messages(file->messages.items, file->messages.count);
    unsigned enums = put_enums(file->enums.items, file->enums.count);
    unsigned extensions = put_fields(file->extensions.items, file->extensions.count);
    printf("static const sl_file_proto file%u = {", index);
    put_text("name", file->name);
    put_text("package", file->package);
    put_list("dependencies", "sl_str", dependencies, file->dependencies.count);
    put_list("messages", "sl_message_proto", messages, file->messages.count);
    put_list("enums", "sl_enum_proto", enums, file->enums.count);
    put_list("extensions", "sl_field_proto", extensions, file->extensions.count);
    put_bytes("options", file->options);
    put_list("public_dependencies", "int32_t", publics, file->public_dependencies.count);
    put_text("syntax", file->syntax);
    put_number("edition", file->has_edition, file->edition);
    put_list("option_dependencies", "sl_str", option_dependencies, file->option_dependencies.count);
    printf("};\n");
    return file->services.count == 0 && file->weak_dependencies.count == 0;
}

static sl_status put_row(const sl_compiled_file *file, const sl_file_proto *proto, size_t index,
                         sl_error *err)
{
    sl_cleanup(sl_buf_done) sl_buf bytes = {0};
    sl_file_proto_write(proto, false, &bytes);
    if (sl_buf_status(&bytes) != SL_OK)
        return sl_error_no_memory(err);
    printf("{");
    put_text("path", file->path);
    printf(".proto = (sl_file_proto *)&file%zu, ", index);
    put_bytes("bytes", sl_buf_bytes(&bytes));
    put_bytes("bytes_with_source_info", file->bytes);
    printf("},\n");
    return SL_OK;
}

static sl_status put_all(const sl_compiled *compiled, sl_error *err)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    size_t count = sl_compiled_count(compiled);
    sl_file_proto **files = sl_arena_array(&arena, sl_file_proto *, count);
    if (!files)
        return sl_error_no_memory(err);
    printf("/* Made by compiler/prepare_built_ins.c from compiler/builtin/. */\n"
           "#include \"compiler/internal/built_ins.h\"\n\n");
    for (size_t i = 0; i < count; i++) {
        SL_TRY(sl_file_proto_read(sl_compiled_at(compiled, i)->bytes, &arena, &files[i], err));
        if (!put_file(files[i], (unsigned)i))
            return sl_error_set(err, SL_INVALID, "%.*s has services or weak imports",
                                SL_STR_ARG(files[i]->name));
    }
    printf("const sl_prepared_file sl_prepared_files[] = {\n");
    for (size_t i = 0; i < count; i++)
        SL_TRY(put_row(sl_compiled_at(compiled, i), files[i], i, err));
    printf("};\nconst size_t sl_prepared_file_count = %zu;\n", count);
    return SL_OK;
}

static sl_status compile_all(sl_compiled **ret_compiled, sl_findings *findings, sl_error *err)
{
    sl_cleanup(sl_resolver_freep) sl_resolver *resolver = NULL;
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_str *mains = sl_arena_array(&arena, sl_str, sl_built_in_file_count);
    if (!mains)
        return sl_error_no_memory(err);
    for (size_t i = 0; i < sl_built_in_file_count; i++)
        mains[i] = sl_built_in_files[i].path;
    SL_TRY(sl_resolver_of_built_ins(&resolver));
    sl_compile_request request = {resolver, mains, sl_built_in_file_count, true};
    return sl_compile(&request, ret_compiled, findings, err);
}

int main(void)
{
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_error err = {0};
    sl_status status = compile_all(&compiled, &findings, &err);
    for (size_t i = 0; i < findings.list.count; i++) {
        const sl_finding *finding = &findings.list.items[i];
        fprintf(stderr, "%.*s:%u:%u: %.*s\n", SL_STR_ARG(finding->at.file), finding->at.line,
                finding->at.column, SL_STR_ARG(finding->message));
    }
    if (status == SL_OK && compiled)
        status = put_all(compiled, &err);
    if (status != SL_OK)
        fprintf(stderr, "%s\n", err.text);
    return status == SL_OK && compiled && fflush(stdout) == 0 ? 0 : 1;
}
