/* schema/link_files.c: the first pass: read the files, find what they import, put them in dependency order.
 *
 * The bytes are copied once, into the schema's arena; all texts of the descriptors are borrowed from that copy. The same file sent twice is
 * taken once; two different files under one path are refused, since nobody could say which one is meant.
 *
 * The order is that of protoc: depth first, a file behind all that it imports, else as they came, the main file as late as it can be.
 * Chains of imports may be as long as there are files, so the walk keeps its own stack. What a file imports for its options only
 * (`import option`, edition 2024) need not be there, because options stay raw; if it is there, it goes first too. */
#include "schema/internal/linker.h"

enum { FILE_DEPENDENCY = 3, FILE_PUBLIC_DEPENDENCY = 10, FILE_WEAK_DEPENDENCY = 11 };

static sl_location location_of(sl_linker *linker, const sl_file *file, int32_t list, uint32_t index)
{
    return sl_link_locate_path(linker, file, (int32_t[]){list, (int32_t)index}, 2);
}

/* A relative path with forward slashes that stays where it is put. */
static bool is_path_valid(sl_str path)
{
    if (path.len == 0 || path.data[0] == '/')
        return false;
    for (size_t i = 0; i < path.len; i++)
        if ((uint8_t)path.data[i] < 0x20 || path.data[i] == 0x7f || path.data[i] == '\\')
            return false;
    sl_str part, rest = path;
    while (sl_str_split(rest, '/', &part, &rest))
        if (part.len == 0 || sl_str_is(part, ".") || sl_str_is(part, ".."))
            return false;
    return rest.len > 0 && !sl_str_is(rest, ".") && !sl_str_is(rest, "..");
}

/* --- reading --- */

static sl_status add_file(sl_linker *linker, sl_bytes bytes, sl_file_proto *proto)
{
    sl_schema *schema = linker->schema;
    sl_file *file = sl_arena_new(&schema->arena, sl_file);
    if (!file)
        return sl_error_no_memory(linker->err);
    *file = (sl_file){.proto = proto,
                      .path = proto->name,
                      .package = proto->package.data ? proto->package : SL_STR(""),
                      .index = (uint32_t)linker->files.count,
                      .serialized = bytes};
    if (!is_path_valid(file->path))
        return sl_link_finding(linker, SL_LINK_FILE_NAME_INVALID, (sl_location){0},
                               "'%.*s' is no import path for a file", SL_STR_ARG(file->path));

    void *existing = NULL;
    sl_status status = sl_map_add(&schema->files, file->path, file, &existing);
    if (status == SL_EXISTS) {
        const sl_file *first = existing;
        if (bytes.data && sl_bytes_equal(first->serialized, bytes))
            return SL_OK;
        return sl_link_finding(linker, SL_LINK_FILE_DUPLICATE, (sl_location){.file = file->path},
                               "two different files have the path '%.*s'", SL_STR_ARG(file->path));
    }
    if (status != SL_OK || sl_vec_push(&linker->files, file) != SL_OK)
        return sl_error_no_memory(linker->err);
    return SL_OK;
}

static sl_status read_file(sl_linker *linker, sl_bytes bytes, size_t index)
{
    sl_error cause = {0};
    sl_file_proto *proto = NULL;
    sl_bytes copy;
    if (sl_arena_copy_bytes(&linker->schema->arena,
                            (sl_bytes){bytes.data ? bytes.data : (const uint8_t *)"", bytes.len},
                            &copy) != SL_OK)
        return sl_error_no_memory(linker->err);
    sl_status status = sl_file_proto_read(copy, &linker->schema->arena, &proto, &cause);
    if (status == SL_MALFORMED)
        return sl_link_finding(linker, SL_LINK_DESCRIPTOR_MALFORMED, (sl_location){0},
                               "file %zu of the set: %s", index, cause.text);
    if (status != SL_OK)
        return sl_error_set(linker->err, status, "file %zu of the set: %s", index, cause.text);
    return add_file(linker, copy, proto);
}

static sl_status read_files(sl_linker *linker, const sl_bytes *files, size_t count)
{
    const sl_link_protos *borrowed = linker->borrowed;
    for (size_t i = 0; i < count; i++)
        SL_TRY(borrowed ? add_file(linker, (sl_bytes){0}, borrowed->files[i])
                        : read_file(linker, files[i], i));
    return SL_OK;
}

/* `last` is absent if the files are structs, each of which is there once. */
static sl_status choose_main(sl_linker *linker, sl_str main, sl_bytes last)
{
    if (main.data) {
        linker->schema->main = sl_map_get(&linker->schema->files, main);
        if (linker->schema->main)
            return SL_OK;
        return sl_link_finding(linker, SL_LINK_MAIN_NOT_FOUND, (sl_location){0},
                               "the main file '%.*s' is not among the %zu files", SL_STR_ARG(main),
                               linker->files.count);
    }
    /* The last one that was sent, even if it had been sent before. */
    for (size_t i = linker->files.count; i-- > 0 && !linker->schema->main;)
        if (sl_bytes_equal(linker->files.items[i]->serialized, last))
            linker->schema->main = linker->files.items[i];
    return SL_OK;
}

/* --- imports --- */

/* `seen` holds, by file index, 1 + the index of the last file that imported it. */
static sl_status find_import(sl_linker *linker, const sl_file *file, uint32_t at, uint32_t *seen,
                             const sl_file **ret_import)
{
    sl_str path = file->proto->dependencies.items[at];
    const sl_file *import = sl_map_get(&linker->schema->files, path);
    if (!import)
        return sl_link_finding(linker, SL_LINK_IMPORT_MISSING,
                               location_of(linker, file, FILE_DEPENDENCY, at),
                               "%.*s imports '%.*s', which is not among the files",
                               SL_STR_ARG(file->path), SL_STR_ARG(path));
    *ret_import = import;
    if (seen[import->index] == file->index + 1)
        return sl_link_finding(
            linker, SL_LINK_IMPORT_TWICE, location_of(linker, file, FILE_DEPENDENCY, at),
            "%.*s imports '%.*s' twice", SL_STR_ARG(file->path), SL_STR_ARG(path));
    seen[import->index] = file->index + 1;
    return SL_OK;
}

static sl_status check_indexes(sl_linker *linker, const sl_file *file, int32_t list,
                               const int32_t *items, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (items[i] < 0 || (uint32_t)items[i] >= file->proto->dependencies.count)
            SL_TRY(sl_link_finding(linker, SL_LINK_IMPORT_INDEX, location_of(linker, file, list, i),
                                   "%.*s has %u imports, and one with index %d is to be %s",
                                   SL_STR_ARG(file->path), file->proto->dependencies.count,
                                   items[i], list == FILE_PUBLIC_DEPENDENCY ? "public" : "weak"));
    return SL_OK;
}

/* Only those that are there. */
static sl_status find_option_imports(sl_linker *linker, sl_file *file)
{
    const sl_file_proto *proto = file->proto;
    const sl_file **imports =
        sl_link_array(linker, const sl_file *, proto->option_dependencies.count);
    if (!imports)
        return sl_error_no_memory(linker->err);
    for (uint32_t i = 0; i < proto->option_dependencies.count; i++) {
        imports[file->option_import_count] =
            sl_map_get(&linker->schema->files, proto->option_dependencies.items[i]);
        file->option_import_count += imports[file->option_import_count] != NULL;
    }
    file->option_imports = imports;
    return SL_OK;
}

static sl_status find_imports(sl_linker *linker, sl_file *file, uint32_t *seen)
{
    const sl_file_proto *proto = file->proto;
    uint32_t count = proto->dependencies.count;
    const sl_file **imports = sl_link_array(linker, const sl_file *, count);
    if (!imports)
        return sl_error_no_memory(linker->err);
    for (uint32_t i = 0; i < count; i++)
        SL_TRY(find_import(linker, file, i, seen, &imports[i]));
    file->imports = imports;
    file->import_count = count;
    SL_TRY(check_indexes(linker, file, FILE_PUBLIC_DEPENDENCY, proto->public_dependencies.items,
                         proto->public_dependencies.count));
    SL_TRY(check_indexes(linker, file, FILE_WEAK_DEPENDENCY, proto->weak_dependencies.items,
                         proto->weak_dependencies.count));
    return find_option_imports(linker, file);
}

/* --- order --- */

typedef struct import_walk {
    sl_linker *linker;
    struct {
        sl_file *file;
        uint32_t next; /* import to go to; option imports behind the others */
    } * stack;
    size_t depth;
    uint8_t *state; /* by file index */
    bool is_cycle_told;
} import_walk;

enum { FILE_NEW, FILE_OPEN, FILE_DONE };

static sl_file *import_at(const sl_file *file, uint32_t at)
{
    const sl_file *import =
        at < file->import_count ? file->imports[at] : file->option_imports[at - file->import_count];
    return (sl_file *)import;
}

/* "a.proto imports b.proto imports a.proto", from the file on the stack that `again` closes the circle to. */
static sl_status tell_cycle(import_walk *walk, const sl_file *again)
{
    if (walk->is_cycle_told)
        return SL_OK;
    walk->is_cycle_told = true;
    sl_cleanup(sl_buf_done) sl_buf circle = {0};
    size_t at = walk->depth - 1;
    while (walk->stack[at].file != again)
        at--;
    for (; at < walk->depth; at++) {
        sl_buf_append_str(&circle, walk->stack[at].file->path);
        sl_buf_append_literal(&circle, " imports ");
    }
    sl_buf_append_str(&circle, again->path);
    if (sl_buf_status(&circle) != SL_OK)
        return sl_error_no_memory(walk->linker->err);
    const sl_file *from = walk->stack[walk->depth - 1].file;
    return sl_link_finding(
        walk->linker, SL_LINK_IMPORT_CYCLE,
        location_of(walk->linker, from, FILE_DEPENDENCY, walk->stack[walk->depth - 1].next - 1),
        "%.*s", SL_STR_ARG(sl_buf_str(&circle)));
}

static sl_status order_from(import_walk *walk, sl_file *start)
{
    sl_schema *schema = walk->linker->schema;
    if (walk->state[start->index] != FILE_NEW)
        return SL_OK;
    walk->stack[0].file = start;
    walk->stack[0].next = 0;
    walk->depth = 1;
    walk->state[start->index] = FILE_OPEN;
    while (walk->depth > 0) {
        sl_file *file = walk->stack[walk->depth - 1].file;
        uint32_t at = walk->stack[walk->depth - 1].next++;
        if (at == file->import_count + file->option_import_count) {
            walk->state[file->index] = FILE_DONE;
            schema->ordered[schema->file_count++] = file;
            walk->depth--;
            continue;
        }
        sl_file *import = import_at(file, at);
        if (walk->state[import->index] == FILE_OPEN)
            SL_TRY(tell_cycle(walk, import));
        if (walk->state[import->index] != FILE_NEW)
            continue;
        walk->state[import->index] = FILE_OPEN;
        walk->stack[walk->depth].file = import;
        walk->stack[walk->depth++].next = 0;
    }
    return SL_OK;
}

static sl_status order_files(sl_linker *linker)
{
    sl_schema *schema = linker->schema;
    size_t count = linker->files.count;
    import_walk walk = {.linker = linker};
    walk.stack = sl_arena_calloc(&linker->scratch, count, sizeof *walk.stack);
    walk.state = sl_arena_calloc(&linker->scratch, count, 1);
    schema->ordered = sl_arena_array(&schema->arena, sl_file *, count);
    bool has_checked = linker->borrowed && linker->borrowed->are_checked;
    if (has_checked)
        linker->are_checked = sl_arena_array(&linker->scratch, bool, count);
    if (!walk.stack || !walk.state || !schema->ordered || (has_checked && !linker->are_checked))
        return sl_error_no_memory(linker->err);
    for (size_t i = 0; i < count; i++)
        if (linker->files.items[i] != schema->main)
            SL_TRY(order_from(&walk, linker->files.items[i]));
    if (schema->main)
        SL_TRY(order_from(&walk, (sl_file *)schema->main));
    for (uint32_t i = 0; i < schema->file_count; i++) {
        if (linker->are_checked)
            linker->are_checked[i] = linker->borrowed->are_checked[schema->ordered[i]->index];
        schema->ordered[i]->index = i;
    }
    return SL_OK;
}

sl_status sl_link_collect(sl_linker *linker, const sl_bytes *files, size_t count, sl_str main)
{
    if (count == 0)
        return sl_link_finding(linker, SL_LINK_DESCRIPTOR_SET_EMPTY, (sl_location){0},
                               "there is no file");
    if (count > SL_LIMIT_SET_FILES)
        return sl_error_set(linker->err, SL_LIMIT, "%zu files, more than SET_FILES (%d) allows",
                            count, SL_LIMIT_SET_FILES);
    SL_TRY(read_files(linker, files, count));
    if (sl_link_has_errors(linker))
        return SL_OK;
    SL_TRY(choose_main(linker, main, files ? files[count - 1] : (sl_bytes){0}));

    uint32_t *seen = sl_arena_array(&linker->scratch, uint32_t, linker->files.count);
    linker->visible = sl_arena_array(&linker->scratch, uint32_t, linker->files.count);
    if (!seen || !linker->visible)
        return sl_error_no_memory(linker->err);
    for (size_t i = 0; i < linker->files.count; i++)
        SL_TRY(find_imports(linker, linker->files.items[i], seen));
    return sl_link_has_errors(linker) ? SL_OK : order_files(linker);
}
