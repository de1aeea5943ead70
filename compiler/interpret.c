/* compiler/interpret.c: the options of all files of a compilation.
 *
 * Plain options come before linking, since features are among them; custom options come after it, since they are extensions. Options of files
 * that came as descriptors are what they are.
 *
 * To interpret the first option of all one has to know google/protobuf/descriptor.proto: the user's if a file of the compilation imports
 * one, and else the built-in one, which does not become part of what is compiled. What was parsed is linked before its own
 * options are interpreted: none of them says what an options message is. */
#include "compiler/internal/compilation.h"
#include "compiler/internal/option_impl.h"

#define DESCRIPTOR_PATH SL_STR("google/protobuf/descriptor.proto")

static bool have_options(const sl_compilation *compilation)
{
    for (size_t i = 0; i < compilation->files.count; i++)
        if (compilation->files.items[i]->unit.has_options)
            return true;
    return false;
}

static bool has_all_messages(const sl_schema *schema)
{
    for (int kind = SL_ELEMENT_FILE; kind < SL_ELEMENT_COUNT; kind++)
        if (!sl_schema_find_message(schema, sl_element_options_name((sl_element_kind)kind)))
            return false;
    return true;
}

/* Only where there are no prepared files: in the program that makes them. */
static sl_status parse_built_in(sl_compilation *compilation, sl_found_file *found, sl_loaded *file)
{
    file->text = found->text;
    found->text = (sl_buf){0};
    file->text.max = 0;
    sl_buf_append_byte(&file->text, 0);
    SL_TRY(sl_buf_status(&file->text));
    sl_source source = {.path = DESCRIPTOR_PATH, .text = {file->text.data, file->text.len - 1}};
    return sl_parse(source, false, &compilation->arena, &compilation->scratch, &compilation->diags,
                    &file->unit);
}

static sl_status link_parsed(sl_compilation *compilation, sl_found_file *found)
{
    compilation->descriptor = sl_zalloc(sizeof *compilation->descriptor);
    if (!compilation->descriptor)
        return SL_NO_MEMORY;
    sl_unit *unit = &compilation->descriptor->unit;
    SL_TRY(parse_built_in(compilation, found, compilation->descriptor));
    SL_TRY(sl_compilation_link(compilation, &unit->proto, 1, &compilation->types));
    return sl_options_interpret_plain(unit, compilation->types, &compilation->diags);
}

static sl_status link_built_in(sl_compilation *compilation)
{
    sl_cleanup(sl_resolver_freep) sl_resolver *built_ins = NULL;
    sl_cleanup(sl_found_file_done) sl_found_file found = {0};
    SL_TRY(sl_resolver_of_built_ins(&built_ins));
    SL_TRY(built_ins->ops->find(built_ins, DESCRIPTOR_PATH, &found, compilation->err));
    if (found.prepared)
        return sl_compilation_link(compilation, &found.prepared->proto, 1, &compilation->types);
    return link_parsed(compilation, &found);
}

/* A file of that name need not be what it should be: protoc then takes its own, too. */
static sl_status link_types(sl_compilation *compilation)
{
    sl_loaded *own = sl_map_get(&compilation->by_path, DESCRIPTOR_PATH);
    if (!own)
        return link_built_in(compilation);
    if (own->unit.proto->dependencies.count > 0)
        SL_TRY(sl_compilation_draft(compilation, &compilation->types));
    else
        SL_TRY(sl_compilation_link(compilation, &own->unit.proto, 1, &compilation->types));
    if (sl_compilation_has_errors(compilation) || has_all_messages(compilation->types))
        return SL_OK;
    compilation->types = sl_schema_unref(compilation->types);
    return link_built_in(compilation);
}

static sl_status interpret_plain(sl_compilation *compilation)
{
    SL_TRY(link_types(compilation));
    if (sl_compilation_has_errors(compilation))
        return SL_OK;
    for (size_t i = 0; i < compilation->files.count; i++) {
        sl_unit *unit = &compilation->files.items[i]->unit;
        if (unit->has_options)
            SL_TRY(sl_options_interpret_plain(unit, compilation->types, &compilation->diags));
    }
    return SL_OK;
}

static sl_status interpret_custom(sl_compilation *compilation)
{
    for (size_t i = 0; i < compilation->files.count; i++) {
        sl_unit *unit = &compilation->files.items[i]->unit;
        if (unit->has_options)
            SL_TRY(sl_options_interpret_custom(unit, compilation->draft, compilation->types,
                                               &compilation->diags));
    }
    return SL_OK;
}

static sl_status check_options(sl_compilation *compilation)
{
    for (size_t i = 0; i < compilation->files.count; i++) {
        sl_loaded *file = compilation->files.items[i];
        if (file->unit.has_options)
            SL_TRY(sl_options_check(&file->unit, compilation->draft, compilation->types,
                                    file->is_main, &compilation->diags));
    }
    return SL_OK;
}

static sl_status with_text(sl_compilation *compilation, sl_status status)
{
    return status == SL_NO_MEMORY ? sl_error_no_memory(compilation->err) : status;
}

sl_status sl_compilation_plain_options(sl_compilation *compilation)
{
    if (!have_options(compilation))
        return SL_OK;
    return with_text(compilation, interpret_plain(compilation));
}

sl_status sl_compilation_custom_options(sl_compilation *compilation)
{
    return with_text(compilation, interpret_custom(compilation));
}

sl_status sl_compilation_check_options(sl_compilation *compilation)
{
    return with_text(compilation, check_options(compilation));
}

sl_status sl_compilation_strip_options(sl_compilation *compilation, sl_loaded *file)
{
    if (!file->unit.has_options)
        return SL_OK;
    return sl_options_strip(&file->unit, compilation->draft, compilation->types);
}
