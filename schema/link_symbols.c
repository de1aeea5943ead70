/* schema/link_symbols.c: one name, one meaning.
 *
 * Everything with a full name is entered here while structs are built: packages and each of their prefixes, messages, fields, oneofs, enums,
 * enum values (in the scope around their enum, as in C++), services, methods and extensions. Only what others can refer to, or ask
 * for, is kept when linking is over; fields are most of the names and are found through their message. */
#include "schema/internal/linker.h"
#include "wire/wire.h"

const char *sl_symbol_kind_name(sl_symbol_kind kind)
{
    static const char *const names[] = {
        [SL_SYMBOL_PACKAGE] = "package",     [SL_SYMBOL_MESSAGE] = "message",
        [SL_SYMBOL_ENUM] = "enum",           [SL_SYMBOL_SERVICE] = "service",
        [SL_SYMBOL_EXTENSION] = "extension", [SL_SYMBOL_FIELD] = "field",
        [SL_SYMBOL_ONEOF] = "oneof",         [SL_SYMBOL_ENUM_VALUE] = "enum value",
        [SL_SYMBOL_METHOD] = "method",
    };
    return names[kind];
}

sl_location sl_link_locate_path(sl_linker *linker, const sl_file *file, const int32_t *path,
                                size_t len)
{
    const sl_link_protos *borrowed = linker->borrowed;
    if (linker->findings->list.count >= SL_LIMIT_FINDINGS)
        return (sl_location){.file = file->path};
    if (borrowed && borrowed->locate)
        return borrowed->locate(borrowed->context, file, path, len);
    linker->locate_bytes += file->proto->source_info.len;
    if (linker->locate_bytes > SL_LIMIT_LOCATE_BYTES)
        return (sl_location){.file = file->path};
    return sl_file_locate(file, path, len);
}

static sl_location locate(sl_linker *linker, const sl_symbol *symbol, const int32_t *steps,
                          size_t count)
{
    sl_element_path path = sl_symbol_path(symbol);
    bool is_text = linker->borrowed && linker->borrowed->locate;
    if (symbol->kind == SL_SYMBOL_PACKAGE && !is_text)
        return (sl_location){.file = symbol->file->path};
    for (size_t i = 0; i < count && is_text; i++)
        path.numbers[path.len++] = steps[i];
    return sl_link_locate_path(linker, symbol->file, path.numbers, path.len);
}

sl_location sl_link_locate(sl_linker *linker, const sl_symbol *symbol)
{
    return locate(linker, symbol, NULL, 0);
}

sl_location sl_link_locate_part(sl_linker *linker, const sl_symbol *symbol, sl_link_part part)
{
    return locate(linker, symbol, (int32_t[]){(int32_t)part}, 1);
}

sl_location sl_link_locate_item(sl_linker *linker, const sl_symbol *symbol, sl_link_list list,
                                uint32_t index)
{
    return locate(linker, symbol, (int32_t[]){(int32_t)list, (int32_t)index}, 2);
}

static bool is_kept(sl_symbol_kind kind)
{
    return kind <= SL_SYMBOL_EXTENSION;
}

static sl_status tell_duplicate(sl_linker *linker, sl_str full_name, const sl_symbol *symbol,
                                const sl_symbol *first)
{
    sl_location there = sl_link_locate(linker, first);
    const char *hint = symbol->kind == SL_SYMBOL_ENUM_VALUE || first->kind == SL_SYMBOL_ENUM_VALUE
                           ? " (enum values are siblings of their enum, not children of it)"
                           : "";
    return sl_link_finding_pair(linker, SL_LINK_SYMBOL_DUPLICATE, sl_link_locate(linker, symbol),
                                there, "%s '%.*s' is already a %s in %.*s%s",
                                sl_symbol_kind_name(symbol->kind), SL_STR_ARG(full_name),
                                sl_symbol_kind_name(first->kind), SL_STR_ARG(there.file), hint);
}

sl_status sl_link_declare(sl_linker *linker, sl_str full_name, const sl_symbol *symbol)
{
    if (++linker->symbol_count > SL_LIMIT_SCHEMA_SYMBOLS)
        return sl_error_set(linker->err, SL_LIMIT,
                            "the files define more than SCHEMA_SYMBOLS (%d) names",
                            SL_LIMIT_SCHEMA_SYMBOLS);
    bool keep = is_kept(symbol->kind);
    sl_symbol *copy = sl_arena_new(keep ? &linker->schema->arena : &linker->scratch, sl_symbol);
    if (!copy)
        return sl_error_no_memory(linker->err);
    *copy = *symbol;

    void *first = NULL;
    sl_status status = sl_map_add(&linker->symbols, full_name, copy, &first);
    if (status == SL_EXISTS) {
        bool are_packages = symbol->kind == SL_SYMBOL_PACKAGE &&
                            ((const sl_symbol *)first)->kind == SL_SYMBOL_PACKAGE;
        return are_packages ? SL_OK : tell_duplicate(linker, full_name, symbol, first);
    }
    if (status == SL_OK && keep)
        status = sl_map_add(&linker->schema->names, full_name, copy, NULL);
    return status == SL_OK ? SL_OK : sl_error_no_memory(linker->err);
}

sl_status sl_link_options(sl_linker *linker, sl_bytes options, const sl_symbol *symbol, sl_str of)
{
    sl_wire_reader reader = sl_wire_reader_of(options);
    sl_wire_field field;
    sl_status status = sl_link_is_checked(linker, symbol->file) ? SL_NOT_FOUND : SL_OK;
    while (status == SL_OK)
        status = sl_wire_next_field(&reader, SL_LIMIT_DESCRIPTOR_DEPTH, &field);
    if (status == SL_NOT_FOUND)
        return SL_OK;
    bool is_file = symbol->kind == SL_SYMBOL_PACKAGE; /* packages have no options of their own */
    return sl_link_finding(linker, SL_LINK_OPTIONS_MALFORMED, sl_link_locate(linker, symbol),
                           "the options of %s '%.*s' are malformed at their byte %zu of %zu",
                           is_file ? "file" : sl_symbol_kind_name(symbol->kind), SL_STR_ARG(of),
                           sl_wire_offset(&reader), options.len);
}
