/* compiler/draft.c: all files linked as they stand after parsing, with names as they were written.
 *
 * The linker is the one that uploaded descriptors meet; it takes the parser's structs without a detour over bytes, and asks here where things
 * stand, so that a finding points to the token that is to blame. The draft is what options and checks look names up in, and what
 * full names are taken from. It shares the structs of the units and lives no longer than they. */
#include "compiler/internal/built_ins.h"
#include "compiler/internal/compilation.h"

static sl_location locate(void *context, const sl_file *file, const int32_t *path, size_t path_len)
{
    sl_compilation *compilation = context;
    sl_loaded *loaded = sl_map_get(&compilation->by_path, file->path);
    if (!loaded || !loaded->has_text)
        return sl_file_locate(file, path, path_len);
    sl_unit *unit = &loaded->unit;
    if (sl_source_index_lines(&unit->source) != SL_OK)
        compilation->diags.no_memory = true;
    return sl_source_locate(&unit->source, sl_unit_span(unit, path, path_len));
}

static bool defines(const sl_file_proto *file, sl_str name)
{
    for (uint32_t i = 0; i < file->messages.count; i++)
        if (sl_str_equal(file->messages.items[i].name, name))
            return true;
    for (uint32_t i = 0; i < file->enums.count; i++)
        if (sl_str_equal(file->enums.items[i].name, name))
            return true;
    return false;
}

/* Many forget to import what every schema may import. */
static sl_str find_elsewhere(void *context, sl_str full_name)
{
    sl_str package, name;
    (void)context;
    if (!sl_str_split_last(full_name, '.', &package, &name))
        return (sl_str){0};
    for (size_t i = 0; i < sl_prepared_file_count; i++) {
        const sl_file_proto *file = sl_prepared_files[i].proto;
        if (sl_str_equal(file->package, package) && defines(file, name))
            return file->name;
    }
    return (sl_str){0};
}

/* It was linked when the program was built. */
static bool is_prepared(const sl_file_proto *file)
{
    for (size_t i = 0; i < sl_prepared_file_count; i++)
        if (sl_prepared_files[i].proto == file)
            return true;
    return false;
}

sl_status sl_compilation_link(sl_compilation *compilation, sl_file_proto *const *protos,
                              size_t count, sl_schema **ret_schema)
{
    bool *are_checked = sl_arena_array(&compilation->scratch, bool, count);
    if (!are_checked)
        return sl_error_no_memory(compilation->err);
    for (size_t i = 0; i < count; i++)
        are_checked[i] = is_prepared(protos[i]);
    sl_link_protos request = {.files = protos,
                              .file_count = count,
                              .are_checked = are_checked,
                              .locate = locate,
                              .find_elsewhere = find_elsewhere,
                              .context = compilation};
    return sl_schema_link_protos(&request, ret_schema, compilation->diags.findings,
                                 compilation->err);
}

sl_status sl_compilation_draft(sl_compilation *compilation, sl_schema **ret_schema)
{
    size_t count = compilation->files.count;
    sl_file_proto **protos = sl_arena_array(&compilation->scratch, sl_file_proto *, count);
    if (!protos)
        return sl_error_no_memory(compilation->err);
    for (size_t i = 0; i < count; i++)
        protos[i] = compilation->files.items[i]->unit.proto;
    return sl_compilation_link(compilation, protos, count, ret_schema);
}
