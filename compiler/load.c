/* compiler/load.c: from the main files to every file that they reach, parsed and in dependency order.
 *
 * Depth first, imports before the file, `import option`s behind the others, main files as they were given: the order in which protoc writes a
 * descriptor set. Imports may nest as deep as SL_LIMIT_IMPORT_DEPTH, so the walk keeps its own stack. A file with errors stays in, since others
 * may be told of in the same run; whoever comes after loading looks at the findings first. */
#include "compiler/internal/compilation.h"

/* One file on the way down. */
typedef struct visit {
    sl_loaded *file;
    uint32_t next; /* import to go to */
} visit;

typedef struct import_walk {
    sl_compilation *compilation;
    SL_VEC(visit) stack;
} import_walk;

void sl_loaded_free(sl_loaded *file)
{
    if (!file)
        return;
    sl_unit_done(&file->unit);
    sl_buf_done(&file->text);
    sl_buf_done(&file->descriptor);
    sl_free(file);
}
SL_DEFINE_CLEANUP(sl_loaded *, sl_loaded_free)

/* --- one file --- */

static sl_status limit_reached(sl_compilation *compilation, const char *what, const char *limit,
                               int value)
{
    return sl_error_set(compilation->err, SL_LIMIT, "%s more than %s (%d) allows", what, limit,
                        value);
}

static sl_status count_file(sl_compilation *compilation, const sl_found_file *found)
{
    size_t size = found->text.len + found->descriptor.len +
                  (found->prepared ? found->prepared->bytes.len : 0);
    if (compilation->by_path.count >= SL_LIMIT_COMPILE_FILES)
        return limit_reached(compilation, "the compilation reaches more files:", "COMPILE_FILES",
                             SL_LIMIT_COMPILE_FILES);
    if (size > SL_LIMIT_COMPILE_BYTES - compilation->bytes)
        return limit_reached(compilation, "the compilation reaches more text:", "COMPILE_BYTES",
                             SL_LIMIT_COMPILE_BYTES);
    compilation->bytes += size;
    return SL_OK;
}

/* A file that is above the limit by itself has a finding. */
static sl_status count_range_options(sl_compilation *compilation, const sl_unit *unit)
{
    if (unit->range_option_bytes > SL_LIMIT_RANGE_OPTION_BYTES)
        return SL_OK;
    compilation->range_option_bytes += unit->range_option_bytes;
    if (compilation->range_option_bytes <= SL_LIMIT_RANGE_OPTION_BYTES)
        return SL_OK;
    return limit_reached(compilation,
                         "the options of extension ranges take more bytes:", "RANGE_OPTION_BYTES",
                         SL_LIMIT_RANGE_OPTION_BYTES);
}

static sl_status parse_text(sl_compilation *compilation, sl_str path, sl_loaded *file)
{
    file->has_text = true;
    file->text.max = 0;
    sl_buf_append_byte(&file->text, 0);
    if (file->text.has_failed)
        return sl_error_no_memory(compilation->err);
    sl_source source = {.path = path, .text = {file->text.data, file->text.len - 1}};
    sl_status status = sl_parse(source, compilation->request->with_source_info, &compilation->arena,
                                &compilation->scratch, &compilation->diags, &file->unit);
    if (status != SL_OK)
        return status == SL_NO_MEMORY ? sl_error_no_memory(compilation->err) : status;
    return count_range_options(compilation, &file->unit);
}

static sl_status read_descriptor(sl_compilation *compilation, sl_str path, sl_loaded *file)
{
    sl_error cause = {0};
    file->unit.source = (sl_source){.path = path, .text = SL_STR("")};
    file->unit.arena = &compilation->arena;
    file->unit.scratch = &compilation->scratch;
    sl_status status = sl_file_proto_read(sl_buf_bytes(&file->descriptor), &compilation->arena,
                                          &file->unit.proto, &cause);
    if (status == SL_OK) {
        file->unit.proto->name = path;
        return SL_OK;
    }
    if (status != SL_MALFORMED)
        return sl_error_set(compilation->err, status, "%.*s: %s", SL_STR_ARG(path), cause.text);
    file->unit.proto = sl_arena_new(&compilation->arena, sl_file_proto);
    if (!file->unit.proto)
        return sl_error_no_memory(compilation->err);
    sl_diag(&compilation->diags, &file->unit.source, (sl_span){0}, SL_DIAG_DESCRIPTOR_UNREADABLE,
            sl_str_from(cause.text));
    return SL_OK;
}

static void take_prepared(sl_compilation *compilation, sl_str path, sl_loaded *file)
{
    file->unit.source = (sl_source){.path = path, .text = SL_STR("")};
    file->unit.arena = &compilation->arena;
    file->unit.scratch = &compilation->scratch;
    file->unit.proto = file->prepared->proto;
}

/* Into `file`, whatever was found. */
static sl_status take_found(sl_compilation *compilation, sl_str path, sl_found_file *found,
                            sl_loaded *file)
{
    file->is_built_in = found->is_built_in;
    if (found->prepared) {
        file->prepared = found->prepared;
        take_prepared(compilation, path, file);
        return SL_OK;
    }
    file->text = found->text;
    file->descriptor = found->descriptor;
    *found = (sl_found_file){0};
    return file->text.data ? parse_text(compilation, path, file)
                           : read_descriptor(compilation, path, file);
}

/* Find and parse. *ret_file NULL: there is no such file. */
static sl_status add_file(sl_compilation *compilation, sl_str path, sl_loaded **ret_file)
{
    sl_cleanup(sl_found_file_done) sl_found_file found = {0};
    sl_cleanup(sl_loaded_freep) sl_loaded *file = sl_zalloc(sizeof *file);
    sl_str name;
    sl_resolver *resolver = compilation->request->resolver;
    *ret_file = NULL;
    if (!file || sl_arena_copy_str(&compilation->arena, path, &name) != SL_OK)
        return sl_error_no_memory(compilation->err);
    sl_status status = resolver->ops->find(resolver, path, &found, compilation->err);
    if (status == SL_NOT_FOUND)
        return SL_OK;
    SL_TRY(status);
    SL_TRY(count_file(compilation, &found));
    SL_TRY(take_found(compilation, name, &found, file));
    if (sl_map_add(&compilation->by_path, name, file, NULL) != SL_OK)
        return sl_error_no_memory(compilation->err);
    *ret_file = sl_take(file);
    return SL_OK;
}

/* --- what cannot be imported --- */

static sl_span import_span(const sl_loaded *importer, uint32_t index)
{
    uint32_t count = importer->unit.proto->dependencies.count;
    if (!importer->has_text)
        return (sl_span){0};
    return index < count ? importer->unit.marks.dependencies[index]
                         : importer->unit.marks.option_dependencies[index - count];
}

static sl_status tell_missing(sl_compilation *compilation, const visit *from, sl_str path)
{
    sl_str meant;
    SL_TRY(sl_compilation_suggest(compilation, path, &meant));
    sl_diag(&compilation->diags, &from->file->unit.source, import_span(from->file, from->next - 1),
            SL_DIAG_IMPORT_NOT_FOUND, path, meant);
    return SL_OK;
}

static sl_status tell_no_main(sl_compilation *compilation, sl_str path)
{
    sl_str meant;
    sl_source source = {.path = path, .text = SL_STR("")};
    SL_TRY(sl_compilation_suggest(compilation, path, &meant));
    sl_diag(&compilation->diags, &source, (sl_span){0}, SL_DIAG_FILE_NOT_FOUND, path, meant);
    sl_source_done(&source);
    return SL_OK;
}

/* "a.proto imports b.proto imports a.proto" */
static sl_status tell_cycle(const import_walk *walk, const sl_loaded *again)
{
    sl_compilation *compilation = walk->compilation;
    sl_cleanup(sl_buf_done) sl_buf circle = {0};
    const visit *from = &walk->stack.items[walk->stack.count - 1];
    size_t at = walk->stack.count - 1;
    while (walk->stack.items[at].file != again)
        at--;
    for (; at < walk->stack.count; at++) {
        sl_buf_append_str(&circle, walk->stack.items[at].file->unit.source.path);
        sl_buf_append_literal(&circle, " imports ");
    }
    sl_buf_append_str(&circle, again->unit.source.path);
    if (sl_buf_status(&circle) != SL_OK)
        return sl_error_no_memory(compilation->err);
    sl_diag(&compilation->diags, &from->file->unit.source, import_span(from->file, from->next - 1),
            SL_DIAG_IMPORT_CIRCLE, sl_buf_str(&circle));
    return SL_OK;
}

/* --- the walk --- */

static sl_status enter(import_walk *walk, sl_loaded *file)
{
    if (walk->stack.count >= SL_LIMIT_IMPORT_DEPTH)
        return limit_reached(walk->compilation, "imports are nested deeper:", "IMPORT_DEPTH",
                             SL_LIMIT_IMPORT_DEPTH);
    file->is_open = true;
    if (sl_vec_push(&walk->stack, (visit){file, 0}) != SL_OK)
        return sl_error_no_memory(walk->compilation->err);
    return SL_OK;
}

static sl_status leave(import_walk *walk, sl_loaded *file)
{
    walk->stack.count--;
    file->is_open = false;
    if (sl_vec_push(&walk->compilation->files, file) != SL_OK)
        return sl_error_no_memory(walk->compilation->err);
    return SL_OK;
}

static sl_status go_to_import(import_walk *walk, sl_str path)
{
    sl_compilation *compilation = walk->compilation;
    sl_loaded *import = sl_map_get(&compilation->by_path, path);
    if (import)
        return import->is_open ? tell_cycle(walk, import) : SL_OK;
    SL_TRY(add_file(compilation, path, &import));
    if (import)
        return enter(walk, import);
    return tell_missing(compilation, &walk->stack.items[walk->stack.count - 1], path);
}

static sl_status walk_from(import_walk *walk, sl_loaded *file)
{
    SL_TRY(enter(walk, file));
    while (walk->stack.count > 0) {
        visit *top = &walk->stack.items[walk->stack.count - 1];
        const sl_file_proto *proto = top->file->unit.proto;
        uint32_t index = top->next++;
        if (index < proto->dependencies.count)
            SL_TRY(go_to_import(walk, proto->dependencies.items[index]));
        else if (index - proto->dependencies.count < proto->option_dependencies.count)
            SL_TRY(go_to_import(
                walk, proto->option_dependencies.items[index - proto->dependencies.count]));
        else
            SL_TRY(leave(walk, top->file));
    }
    return SL_OK;
}

static sl_status load_main(sl_compilation *compilation, sl_str path, sl_loaded **ret_file)
{
    import_walk walk = {.compilation = compilation};
    *ret_file = sl_map_get(&compilation->by_path, path);
    if (*ret_file)
        return SL_OK;
    SL_TRY(add_file(compilation, path, ret_file));
    if (!*ret_file)
        return SL_OK;
    sl_status status = walk_from(&walk, *ret_file);
    sl_vec_done(&walk.stack);
    return status;
}

sl_status sl_compilation_load(sl_compilation *compilation)
{
    const sl_compile_request *request = compilation->request;
    for (size_t i = 0; i < request->main_count; i++) {
        sl_loaded *file = NULL;
        SL_TRY(load_main(compilation, request->mains[i], &file));
        if (file)
            file->is_main = true;
        else
            SL_TRY(tell_no_main(compilation, request->mains[i]));
    }
    return SL_OK;
}
