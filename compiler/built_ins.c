/* compiler/built_ins.c: the files that every schema may import without bringing them.
 *
 * They are interfaces that other people's programs are compiled against, so they are written here from the names, numbers, types, options and
 * defaults of the originals and nothing else: a test has protoc compile both and compares the descriptors. What a user supplies goes first:
 * this resolver is the last of a chain.
 *
 * They are kept as what the compiler makes of their text (prepare_built_ins.c): nearly every schema imports some of them, and reading them anew
 * would take longer than the file that does. The text itself is what the program that prepares them finds. */
#include "compiler/internal/built_ins.h"
#include "compiler/internal/compilation.h"

static const sl_memory_file *find_built_in(sl_str path)
{
    size_t begin = 0, end = sl_built_in_file_count;
    while (begin < end) {
        size_t middle = begin + (end - begin) / 2;
        int order = sl_str_compare(path, sl_built_in_files[middle].path);
        if (order == 0)
            return &sl_built_in_files[middle];
        if (order < 0)
            end = middle;
        else
            begin = middle + 1;
    }
    return NULL;
}

static const sl_prepared_file *find_prepared(sl_str path)
{
    for (size_t i = 0; i < sl_prepared_file_count; i++)
        if (sl_str_equal(path, sl_prepared_files[i].path))
            return &sl_prepared_files[i];
    return NULL;
}

static sl_status built_ins_find(sl_resolver *resolver, sl_str path, sl_found_file *ret_file,
                                sl_error *err)
{
    (void)resolver;
    const sl_memory_file *file = find_built_in(path);
    sl_found_file found = {.text = {.max = SL_LIMIT_SOURCE_BYTES}, .is_built_in = true};
    if (!file)
        return SL_NOT_FOUND;
    found.prepared = find_prepared(path);
    if (found.prepared) {
        *ret_file = found;
        return SL_OK;
    }
    sl_buf_append_str(&found.text, file->text);
    if (found.text.has_failed) {
        sl_found_file_done(&found);
        return sl_error_no_memory(err);
    }
    *ret_file = found;
    return SL_OK;
}

static void built_ins_free(sl_resolver *resolver)
{
    sl_free(resolver);
}

static sl_status built_ins_nearest(sl_resolver *resolver, sl_str path, sl_buf *nearest)
{
    size_t most = sl_suggest_most(path);
    (void)resolver;
    for (size_t i = 0; i < sl_built_in_file_count; i++) {
        sl_str candidate = sl_built_in_files[i].path;
        size_t distance = sl_str_edit_distance(candidate, path);
        if (distance > most)
            continue;
        sl_buf_clear(nearest);
        sl_buf_append_str(nearest, candidate);
        most = distance > 0 ? distance - 1 : 0;
    }
    return sl_buf_status(nearest);
}

static const sl_resolver_ops built_ins_ops = {built_ins_find, built_ins_free, built_ins_nearest};

sl_status sl_resolver_of_built_ins(sl_resolver **ret_resolver)
{
    sl_resolver *self = sl_zalloc(sizeof *self);
    if (!self)
        return SL_NO_MEMORY;
    self->ops = &built_ins_ops;
    *ret_resolver = self;
    return SL_OK;
}
