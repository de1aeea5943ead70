/* compiler/suggest.c: the path that was meant by one that names no file.
 *
 * Three mistakes are common: a letter is wrong, the import begins in the wrong folder, and the file is known under a longer or a shorter
 * path. So the files that are loaded already are looked through for such paths, and the resolver is asked for what it has nearby.
 * Answers are kept, since one missing file may be imported by many; and after SUGGESTED_IMPORTS of them no more are looked for, since each
 * is compared with every file. */
#include "compiler/internal/compilation.h"

static bool is_tail(sl_str path, sl_str tail)
{
    return path.len > tail.len && sl_str_ends_with(path, tail) &&
           path.data[path.len - tail.len - 1] == '/';
}

size_t sl_suggest_most(sl_str name)
{
    enum { MOST = 3 };
    return SL_MIN(name.len / 4 + 1, (size_t)MOST);
}

/* Of the files that were found. */
static sl_str find_known(const sl_compilation *compilation, sl_str path)
{
    sl_str nearest = {0};
    size_t most = sl_suggest_most(path);
    for (const sl_map_entry *entry = NULL; (entry = sl_map_next(&compilation->by_path, entry));) {
        sl_str known = entry->key;
        if (is_tail(known, path) || is_tail(path, known))
            return known;
        size_t distance = sl_str_edit_distance(known, path);
        if (distance <= most) {
            nearest = known;
            most = distance > 0 ? distance - 1 : 0;
        }
    }
    return nearest;
}

static sl_status find(sl_compilation *compilation, sl_str path, sl_str *ret_path)
{
    sl_resolver *resolver = compilation->request->resolver;
    sl_cleanup(sl_buf_done) sl_buf nearest = {0};
    sl_str found = find_known(compilation, path);
    if (!found.data && resolver->ops->nearest) {
        SL_TRY(resolver->ops->nearest(resolver, path, &nearest));
        SL_TRY(sl_buf_status(&nearest));
        if (nearest.len > 0)
            found = sl_buf_str(&nearest);
    }
    return sl_arena_copy_str(&compilation->scratch, found, ret_path);
}

sl_status sl_compilation_suggest(sl_compilation *compilation, sl_str path, sl_str *ret_path)
{
    sl_str *known = sl_map_get(&compilation->suggestions, path);
    if (!known && compilation->suggestions.count >= SL_LIMIT_SUGGESTED_IMPORTS) {
        *ret_path = (sl_str){0};
        return SL_OK;
    }
    if (!known) {
        sl_str key;
        known = sl_arena_new(&compilation->scratch, sl_str);
        if (!known || find(compilation, path, known) != SL_OK ||
            sl_arena_copy_str(&compilation->scratch, path, &key) != SL_OK ||
            sl_map_set(&compilation->suggestions, key, known) != SL_OK)
            return sl_error_no_memory(compilation->err);
    }
    *ret_path = *known;
    return SL_OK;
}
