/* schema/print.c: a file as text.
 *
 *     syntax = "proto3";
 *
 *     package orders.v1;
 *
 *     import public "money.proto";
 *
 *     option go_package = "example.com/orders";
 *
 *     message OrderPlaced { … }
 *
 * This is how the printer begins and what holds for all of it: one pass over the linked file, from the top, that appends to a buffer; a
 * path of descriptor.proto's field numbers that goes along, by which source info is asked; failure that is kept, not returned.
 * What text cannot give back is told where it is met. The order of declarations is print_order.c's affair: the lists of a
 * descriptor must come back in their order, and groups and maps have their messages in one list with others. */
#include "schema/internal/printer.h"

#include <stdio.h>

static const struct {
    const char *id, *about;
    sl_severity severity;
} rules[SL_PRINT_RULE_COUNT] = {
#define RULE(id, severity, about) {#id, about, SL_SEVERITY_##severity},
#include "schema/print_rules.def"
#undef RULE
};

bool sl_print_no_memory(sl_printer *printer)
{
    if (printer->status == SL_OK)
        printer->status = sl_error_no_memory(printer->err);
    return false;
}

void *sl_print_alloc(sl_printer *printer, size_t count, size_t size)
{
    void *items = sl_arena_calloc(&printer->scratch, count ? count : 1, size);
    if (!items)
        sl_print_no_memory(printer);
    return items;
}

static void add_finding(sl_printer *printer, sl_print_rule rule, sl_str text)
{
    sl_finding finding = {.rule = sl_str_from(rules[rule].id),
                          .severity = rules[rule].severity,
                          .at = {.file = printer->file->path},
                          .message = text,
                          .why = sl_str_from(rules[rule].about)};
    if (printer->status == SL_OK && sl_findings_add(printer->findings, &finding) != SL_OK)
        sl_print_no_memory(printer);
}

enum { TEXT_SIZE = 1280 };

/* Cut at a character's end. */
static SL_PRINTF(2, 0) sl_str format_text(char text[TEXT_SIZE], const char *format, va_list args)
{
    int len = vsnprintf(text, TEXT_SIZE, format, args);
    size_t used = SL_MIN((size_t)SL_MAX(len, 0), (size_t)TEXT_SIZE - 1);
    used = SL_MIN(used, sl_utf8_find_invalid((sl_bytes){(const uint8_t *)text, used}));
    return (sl_str){text, used};
}

void sl_print_tell(sl_printer *printer, sl_print_rule rule, const char *format, ...)
{
    char text[TEXT_SIZE];
    va_list args;
    va_start(args, format);
    add_finding(printer, rule, format_text(text, format, args));
    va_end(args);
}

void sl_print_left_out(sl_printer *printer, const char *format, ...)
{
    char text[TEXT_SIZE];
    va_list args;
    va_start(args, format);
    sl_str said = format_text(text, format, args);
    va_end(args);
    add_finding(printer, SL_TEXT_CANNOT_SAY, said);
    sl_put_indent(printer);
    sl_put(printer, "// left out: ");
    sl_put_quoted(printer->out, sl_str_bytes(said), true);
    sl_put(printer, "\n");
}

void sl_print_unknown(sl_printer *printer, sl_bytes unknown, sl_str of)
{
    if (unknown.len == 0)
        return;
    sl_print_tell(printer, SL_TEXT_UNKNOWN_FIELD,
                  "the descriptor of %.*s has %zu bytes of fields that are not known",
                  SL_STR_ARG(of), unknown.len);
    sl_put_indent(printer);
    sl_put(printer, "// left out: unknown fields ");
    sl_put_quoted(printer->out, unknown, false);
    sl_put(printer, "\n");
}

void sl_put_indent(sl_printer *printer)
{
    for (uint32_t i = 0; i < printer->indent; i++)
        sl_put(printer, "  ");
}

void sl_put_gap(sl_printer *printer)
{
    sl_str text = sl_buf_str(printer->out);
    if (!sl_str_ends_with(text, SL_STR("\n\n")) && !sl_str_ends_with(text, SL_STR("{\n")) &&
        text.len > 0)
        sl_put(printer, "\n");
}

/* --- the head of a file --- */

static const char *edition_text(sl_edition edition)
{
    switch (edition) {
    case SL_EDITION_2023: return "2023";
    case SL_EDITION_2024: return "2024";
    case SL_EDITION_2026: return "2026";
    default: return NULL;
    }
}

static void print_syntax(sl_printer *printer)
{
    sl_edition edition = printer->file->edition;
    const char *name = edition_text(edition);
    const sl_source_spot *place =
        sl_print_place_of(printer, name ? SL_AT_FILE_EDITION : SL_AT_FILE_SYNTAX);
    if (!place)
        place = sl_print_place_of(printer, SL_AT_FILE_SYNTAX);
    sl_print_leading(printer, place);
    if (name)
        sl_buf_printf(printer->out, "edition = \"%s\";", name);
    else
        sl_buf_printf(printer->out, "syntax = \"%s\";",
                      edition == SL_EDITION_PROTO3 ? "proto3" : "proto2");
    sl_print_trailing(printer, place);
}

static void print_package(sl_printer *printer)
{
    if (printer->file->package.len == 0)
        return;
    const sl_source_spot *place = sl_print_place_of(printer, SL_AT_FILE_PACKAGE);
    sl_put_gap(printer);
    sl_print_leading(printer, place);
    sl_put(printer, "package ");
    sl_put_str(printer, printer->file->package);
    sl_put(printer, ";");
    sl_print_trailing(printer, place);
}

/* What each import is: public, weak. In the scratch arena. */
enum { IMPORT_PUBLIC = 1, IMPORT_WEAK = 2 };

static uint8_t *import_kinds(sl_printer *printer)
{
    const sl_file_proto *proto = printer->file->proto;
    uint8_t *kinds = sl_print_alloc(printer, proto->dependencies.count, 1);
    if (!kinds)
        return NULL;
    for (uint32_t i = 0; i < proto->public_dependencies.count; i++)
        if ((uint32_t)proto->public_dependencies.items[i] < proto->dependencies.count)
            kinds[proto->public_dependencies.items[i]] |= IMPORT_PUBLIC;
    for (uint32_t i = 0; i < proto->weak_dependencies.count; i++)
        if ((uint32_t)proto->weak_dependencies.items[i] < proto->dependencies.count)
            kinds[proto->weak_dependencies.items[i]] |= IMPORT_WEAK;
    return kinds;
}

static void print_import(sl_printer *printer, sl_str kind, sl_str path, const sl_source_spot *place)
{
    sl_print_leading(printer, place);
    sl_put(printer, "import ");
    sl_put_str(printer, kind);
    sl_put_quoted(printer->out, sl_str_bytes(path), true);
    sl_put(printer, ";");
    sl_print_trailing(printer, place);
}

static void print_imports(sl_printer *printer)
{
    const sl_file_proto *proto = printer->file->proto;
    uint8_t *kinds = import_kinds(printer);
    if (!kinds || proto->dependencies.count + proto->option_dependencies.count == 0)
        return;
    sl_put_gap(printer);
    for (uint32_t i = 0; i < proto->dependencies.count; i++) {
        sl_str kind = kinds[i] & IMPORT_PUBLIC ? SL_STR("public ")
                      : kinds[i] & IMPORT_WEAK ? SL_STR("weak ")
                                               : SL_STR("");
        if (kinds[i] == (IMPORT_PUBLIC | IMPORT_WEAK))
            sl_print_left_out(printer, "the import of \"%.*s\" is weak, besides being public",
                              SL_STR_ARG(proto->dependencies.items[i]));
        print_import(printer, kind, proto->dependencies.items[i],
                     sl_print_place_at(printer, SL_AT_FILE_DEPENDENCY, i));
    }
    for (uint32_t i = 0; i < proto->option_dependencies.count; i++)
        print_import(printer, SL_STR("option "), proto->option_dependencies.items[i],
                     sl_print_place_at(printer, SL_AT_FILE_OPTION_DEPENDENCY, i));
}

static void print_file_options(sl_printer *printer)
{
    sl_option_bytes options = sl_print_take_options(
        printer, SL_OPTIONS_OF_FILE, printer->file->proto->options, printer->file->path);
    if (options.known.len + options.lost.len == 0)
        return;
    sl_put_gap(printer);
    sl_print_lost_options(printer, &options);
    sl_path_push(printer, SL_AT_FILE_OPTIONS);
    sl_print_option_statements(printer, SL_OPTIONS_OF_FILE, &options);
    sl_path_pop(printer, 1);
}

/* --- what stands at the top --- */

static sl_print_scope scope_of_file(const sl_file *file)
{
    return (sl_print_scope){
        .messages = file->messages,
        .enums = file->enums,
        .extensions = file->extensions,
        .message_count = file->message_count,
        .enum_count = file->enum_count,
        .extension_count = file->extension_count,
        .service_count = file->service_count,
    };
}

static void print_file(sl_printer *printer)
{
    sl_cleanup(sl_print_scope_done) sl_print_scope scope = scope_of_file(printer->file);
    sl_print_check_file(printer);
    print_syntax(printer);
    print_package(printer);
    print_imports(printer);
    print_file_options(printer);
    if (printer->file->proto->unknown.len) {
        sl_put_gap(printer);
        sl_print_unknown(printer, printer->file->proto->unknown, printer->file->path);
    }
    printer->scope = printer->file->package;
    if (sl_print_order(printer, &scope))
        sl_print_items(printer, &scope);
}

static void printer_done(sl_printer *printer)
{
    sl_arena_done(&printer->scratch);
    if (printer->has_view)
        sl_view_done(&printer->view);
    sl_source_spots_done(&printer->places);
}

sl_status sl_print_file(const sl_schema *schema, const sl_file *file, sl_print_form form,
                        sl_buf *buf, sl_findings *findings, sl_error *err)
{
    sl_cleanup(printer_done) sl_printer printer = {
        .schema = schema,
        .file = file,
        .is_pretty = form == SL_PRINT_PRETTY,
        .out = buf,
        .findings = findings,
        .err = err,
    };
    for (size_t i = 0; i < SL_OPTION_TARGET_COUNT; i++)
        printer.option_types[i] = sl_option_type(schema, (sl_option_target)i);
    if (printer.is_pretty && sl_source_spots_read(&printer.places, file) != SL_OK)
        return sl_error_no_memory(err);
    print_file(&printer);
    SL_TRY(printer.status);
    sl_status status = sl_buf_status(buf);
    if (status == SL_LIMIT)
        return sl_error_set(err, status, "the text of '%.*s' is longer than %zu bytes",
                            SL_STR_ARG(file->path), buf->max);
    return status == SL_OK ? SL_OK : sl_error_no_memory(err);
}
