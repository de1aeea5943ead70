/* compiler/compile.c: the way from main files to descriptors. Read first.
 *
 *   load      the main files and all that they import, parsed, imports first         load.c, parse.c, …
 *   plain     options but for extensions, features among them                        interpret.c, options.c, option_*.c
 *   draft     all of them linked as they stand                                       draft.c, and schema/link.c
 *   custom    options that are extensions                                            the same as plain
 *   checks    what may be set where; what only text can have wrong                  option_check.c, check.c
 *   finish    names in full, kinds of types, source info, bytes                      finish.c, places.c
 *
 * A step that finds errors is the last one: what came behind would tell of their consequences only. Within a step, everything is told.
 *
 * Memory is of three kinds: `arena` keeps descriptors and `scratch` what is known of the text beside them, both until the end; texts
 * are freed as files are finished. What is handed out is bytes alone. */
#include "compiler/internal/check.h"
#include "compiler/internal/compilation.h"

#include "wire/wire.h"

#include <stdlib.h>

enum { SET_FILE = 1 }; /* FileDescriptorSet.file */

struct sl_compiled {
    sl_arena arena;
    sl_compiled_file *files;
    void **blocks; /* of the bytes of each file; NULL if they are the program's own */
    size_t count;
};

/* --- finish --- */

/* Buffers that serve one file after the other. */
typedef struct finish_buffers {
    sl_buf file, source_info;
    sl_name_pool names;
} finish_buffers;

static void finish_buffers_done(finish_buffers *buffers)
{
    sl_buf_done(&buffers->file);
    sl_buf_done(&buffers->source_info);
}

static sl_status write_file(sl_compilation *compilation, sl_loaded *file, const sl_file *linked,
                            finish_buffers *buffers)
{
    if (file->has_text) {
        SL_TRY(sl_unit_finish(&file->unit, linked, &buffers->names));
        SL_TRY(sl_compilation_strip_options(compilation, file));
        SL_TRY(sl_unit_write_source_info(&file->unit, &buffers->source_info));
    }
    sl_buf_clear(&buffers->file);
    sl_file_proto_write(file->unit.proto, compilation->request->with_source_info, &buffers->file);
    return sl_buf_status(&buffers->file);
}

/* The text is of no use any more. */
static void drop_text(sl_loaded *file)
{
    sl_unit_done(&file->unit);
    sl_buf_done(&file->text);
}

static sl_status write_one(sl_compilation *compilation, sl_loaded *file, sl_compiled *compiled,
                           finish_buffers *buffers)
{
    size_t index = compiled->count++;
    sl_compiled_file *out = &compiled->files[index];
    *out = (sl_compiled_file){.is_main = file->is_main, .is_built_in = file->is_built_in};
    if (file->prepared) {
        out->path = file->prepared->path;
        out->bytes = compilation->request->with_source_info ? file->prepared->bytes_with_source_info
                                                            : file->prepared->bytes;
        return SL_OK;
    }
    sl_str path = file->unit.proto->name;
    SL_TRY(sl_arena_copy_str(&compiled->arena, path, &out->path));
    SL_TRY(write_file(compilation, file, sl_schema_find_file(compilation->draft, path), buffers));
    /* A block of its own, which goes where the text was. */
    drop_text(file);
    file->unit.proto->source_info = (sl_bytes){0};
    sl_bytes written = sl_buf_bytes(&buffers->file);
    uint8_t *block = compiled->blocks[index] = sl_alloc(written.len);
    if (!block)
        return SL_NO_MEMORY;
    memcpy(block, written.data, written.len);
    out->bytes = (sl_bytes){block, written.len};
    return SL_OK;
}

static sl_status write_files(sl_compilation *compilation, sl_compiled *compiled)
{
    sl_cleanup(finish_buffers_done)
        finish_buffers buffers = {.names = {.arena = &compilation->arena}};
    compiled->files = sl_arena_array(&compiled->arena, sl_compiled_file, compilation->files.count);
    compiled->blocks = sl_arena_array(&compiled->arena, void *, compilation->files.count);
    if (!compiled->files || !compiled->blocks)
        return SL_NO_MEMORY;
    for (size_t i = 0; i < compilation->files.count; i++)
        SL_TRY(write_one(compilation, compilation->files.items[i], compiled, &buffers));
    return SL_OK;
}

static sl_status finish(sl_compilation *compilation, sl_compiled **ret_compiled)
{
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = sl_zalloc(sizeof *compiled);
    if (!compiled || write_files(compilation, compiled) != SL_OK)
        return sl_error_no_memory(compilation->err);
    *ret_compiled = sl_take(compiled);
    return SL_OK;
}

/* --- the way --- */

static sl_status check_units(sl_compilation *compilation)
{
    for (size_t i = 0; i < compilation->files.count; i++) {
        sl_loaded *file = compilation->files.items[i];
        if (file->has_text && sl_check_unit(&file->unit, compilation->draft, file->is_main,
                                            &compilation->diags) != SL_OK)
            return sl_error_no_memory(compilation->err);
    }
    return SL_OK;
}

static sl_status run(sl_compilation *compilation, sl_compiled **ret_compiled)
{
    SL_TRY(sl_compilation_load(compilation));
    if (sl_compilation_has_errors(compilation))
        return SL_OK;
    SL_TRY(sl_compilation_plain_options(compilation));
    if (sl_compilation_has_errors(compilation))
        return SL_OK;
    SL_TRY(sl_compilation_draft(compilation, &compilation->draft));
    if (sl_compilation_has_errors(compilation))
        return SL_OK;
    SL_TRY(sl_compilation_custom_options(compilation));
    if (sl_compilation_has_errors(compilation))
        return SL_OK;
    SL_TRY(sl_compilation_check_options(compilation));
    SL_TRY(check_units(compilation));
    if (sl_compilation_has_errors(compilation))
        return SL_OK;
    return finish(compilation, ret_compiled);
}

static void compilation_done(sl_compilation *compilation)
{
    for (const sl_map_entry *entry = NULL; (entry = sl_map_next(&compilation->by_path, entry));)
        sl_loaded_free(entry->value);
    sl_vec_done(&compilation->files);
    sl_map_done(&compilation->by_path);
    sl_map_done(&compilation->suggestions);
    sl_schema_unref(compilation->draft);
    sl_schema_unref(compilation->types);
    sl_loaded_free(compilation->descriptor);
    sl_arena_done(&compilation->arena);
    sl_arena_done(&compilation->scratch);
}

static int by_place(const void *a, const void *b)
{
    const sl_finding *left = a, *right = b;
    int order = sl_str_compare(left->at.file, right->at.file);
    if (order != 0)
        return order;
    if (left->at.line != right->at.line)
        return left->at.line < right->at.line ? -1 : 1;
    if (left->at.column != right->at.column)
        return left->at.column < right->at.column ? -1 : 1;
    order = sl_str_compare(left->rule, right->rule);
    return order != 0 ? order : sl_str_compare(left->message, right->message);
}

sl_status sl_compile(const sl_compile_request *request, sl_compiled **ret_compiled,
                     sl_findings *findings, sl_error *err)
{
    size_t findings_before = findings->list.count;
    sl_compiled *compiled = NULL;
    sl_cleanup(compilation_done) sl_compilation compilation = {
        .request = request,
        .diags = {.findings = findings},
        .err = err,
        .errors_before = findings->error_count,
    };
    sl_status status = run(&compilation, &compiled);
    if (status == SL_OK && compilation.diags.no_memory) {
        sl_compiled_free(compiled);
        return sl_error_no_memory(err);
    }
    if (status != SL_OK)
        return status;
    if (findings->list.count > findings_before)
        qsort(findings->list.items + findings_before, findings->list.count - findings_before,
              sizeof *findings->list.items, by_place);
    *ret_compiled = compiled;
    return SL_OK;
}

/* --- what came out --- */

void sl_compiled_free(sl_compiled *compiled)
{
    if (!compiled)
        return;
    for (size_t i = 0; i < compiled->count; i++)
        sl_free(compiled->blocks[i]);
    sl_arena_done(&compiled->arena);
    sl_free(compiled);
}

size_t sl_compiled_count(const sl_compiled *compiled)
{
    return compiled->count;
}

const sl_compiled_file *sl_compiled_at(const sl_compiled *compiled, size_t index)
{
    return &compiled->files[index];
}

void sl_compiled_write_set(const sl_compiled *compiled, bool with_imports, sl_buf *buf)
{
    for (size_t i = 0; i < compiled->count; i++)
        if (with_imports || compiled->files[i].is_main)
            sl_wire_put_len(buf, SET_FILE, compiled->files[i].bytes);
}

sl_status sl_compiled_link(const sl_compiled *compiled, sl_str main, sl_schema **ret_schema,
                           sl_findings *findings, sl_error *err)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_bytes *files = sl_arena_array(&arena, sl_bytes, compiled->count);
    if (!files)
        return sl_error_no_memory(err);
    for (size_t i = 0; i < compiled->count; i++)
        files[i] = compiled->files[i].bytes;
    return sl_schema_link(files, compiled->count, main, ret_schema, findings, err);
}
