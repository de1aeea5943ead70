/* compiler/resolver.c: where imported files come from: folders, memory, and several places in a row.
 *
 * An import path names a file below a root, never a way to it: a path with "..", ".", an empty part, a backslash or a NUL names nothing here, so no
 * import leads out of its folder by its text. */
#include "compiler/internal/compilation.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

void sl_found_file_done(sl_found_file *file)
{
    sl_buf_done(&file->text);
    sl_buf_done(&file->descriptor);
}

static bool is_import_path(sl_str path)
{
    sl_str part = {0}, rest = path;
    bool is_more = true;
    if (path.len == 0 || memchr(path.data, '\0', path.len) || memchr(path.data, '\\', path.len))
        return false;
    while (is_more) {
        sl_str all = rest;
        is_more = sl_str_split(all, '/', &part, &rest);
        if (!is_more)
            part = all;
        if (part.len == 0 || sl_str_is(part, ".") || sl_str_is(part, ".."))
            return false;
    }
    return true;
}

/* --- folders --- */

typedef struct directories {
    sl_resolver base;
    sl_arena arena;
    sl_str *paths;
    size_t count;
} directories;

static sl_status read_descriptor(int descriptor, size_t size, sl_str path, sl_buf *ret_text,
                                 sl_error *err)
{
    enum { AT_ONCE = 4096 };
    size_t want = size;
    ret_text->max = SL_LIMIT_SOURCE_BYTES;
    for (;;) {
        /* Two bytes more than the file has: its end is seen by the next call, and whoever parses it puts a NUL behind it. */
        want = SL_MIN(want + 2, SL_LIMIT_SOURCE_BYTES - ret_text->len);
        char *to = want ? sl_buf_reserve(ret_text, want) : NULL;
        if (!to)
            break;
        ssize_t got = read(descriptor, to, want);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return sl_error_set(err, SL_IO, "%.*s: %s", SL_STR_ARG(path), strerror(errno));
        if (got == 0)
            return SL_OK;
        ret_text->len += (size_t)got;
        size_t left = want - (size_t)got;
        want = left == 0 ? (size_t)AT_ONCE : left - SL_MIN(left, (size_t)2);
    }
    if (ret_text->no_memory)
        return sl_error_no_memory(err);
    return sl_error_set(err, SL_LIMIT, "%.*s is larger than %d bytes (limit SOURCE_BYTES)",
                        SL_STR_ARG(path), SL_LIMIT_SOURCE_BYTES);
}

/* SL_NOT_FOUND if there is no such file. */
static sl_status read_file(const char *name, sl_str path, sl_buf *ret_text, sl_error *err)
{
    struct stat about;
    /* A pipe would keep us waiting for somebody to write into it. */
    int descriptor = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG))
        return SL_NOT_FOUND;
    if (descriptor < 0)
        return sl_error_set(err, SL_IO, "%.*s: %s", SL_STR_ARG(path), strerror(errno));
    sl_status status;
    if (fstat(descriptor, &about) != 0)
        status = sl_error_set(err, SL_IO, "%.*s: %s", SL_STR_ARG(path), strerror(errno));
    else if (S_ISDIR(about.st_mode))
        status = SL_NOT_FOUND;
    else if (!S_ISREG(about.st_mode))
        status = sl_error_set(err, SL_IO, "%.*s is not a file", SL_STR_ARG(path));
    else
        status = read_descriptor(descriptor, (size_t)about.st_size, path, ret_text, err);
    close(descriptor);
    return status;
}

static sl_status directories_find(sl_resolver *resolver, sl_str path, sl_found_file *ret_file,
                                  sl_error *err)
{
    directories *self = (directories *)resolver;
    sl_cleanup(sl_buf_done) sl_buf name = {0};
    if (!is_import_path(path))
        return SL_NOT_FOUND;
    for (size_t i = 0; i < self->count; i++) {
        sl_buf_clear(&name);
        sl_buf_append_str(&name, self->paths[i].len ? self->paths[i] : SL_STR("."));
        sl_buf_append_byte(&name, '/');
        sl_buf_append_str(&name, path);
        sl_buf_append_byte(&name, '\0');
        SL_TRY(sl_buf_status(&name));
        sl_found_file file = {0};
        sl_status status = read_file(name.data, path, &file.text, err);
        if (status == SL_NOT_FOUND)
            continue;
        if (status == SL_OK)
            *ret_file = file;
        else
            sl_found_file_done(&file);
        return status;
    }
    return SL_NOT_FOUND;
}

/* The entry of the folder `name` that is nearest to `part`, appended to `nearest`; nothing if none is near. */
static sl_status nearest_entry(const char *name, sl_str part, sl_buf *nearest)
{
    DIR *folder = opendir(name);
    if (!folder)
        return SL_OK;
    size_t begin = nearest->len, most = sl_suggest_most(part), looked_at = 0;
    sl_str best = {0};
    const struct dirent *entry;
    while ((entry = readdir(folder)) && looked_at++ < SL_LIMIT_SUGGESTION_FILES) {
        sl_str candidate = sl_str_from(entry->d_name);
        size_t distance =
            entry->d_name[0] == '.' ? SIZE_MAX : sl_str_edit_distance(candidate, part);
        /* Of two that are as near the same one each time, whatever the order of the folder. */
        if (distance > most ||
            (distance == most && best.data && sl_str_compare(best, candidate) < 0))
            continue;
        nearest->len = begin;
        sl_buf_append_str(nearest, candidate);
        if (nearest->has_failed)
            break;
        best = (sl_str){nearest->data + begin, candidate.len};
        most = distance;
    }
    closedir(folder);
    return sl_buf_status(nearest);
}

/* Part by part: what is there under this name, or under one that is near. Empty again if a part has none. */
static sl_status nearest_below(sl_str root, sl_str path, sl_buf *nearest)
{
    sl_cleanup(sl_buf_done) sl_buf name = {0};
    bool is_more = true;
    while (is_more) {
        sl_str part = path;
        is_more = sl_str_split(path, '/', &part, &path);
        sl_buf_clear(&name);
        sl_buf_append_str(&name, root.len ? root : SL_STR("."));
        sl_buf_append_byte(&name, '/');
        sl_buf_append_str(&name, sl_buf_str(nearest));
        sl_buf_append_byte(&name, '\0');
        SL_TRY(sl_buf_status(&name));
        size_t begin = nearest->len;
        SL_TRY(nearest_entry(name.data, part, nearest));
        if (nearest->len == begin) {
            sl_buf_clear(nearest);
            return SL_OK;
        }
        if (is_more)
            sl_buf_append_byte(nearest, '/');
    }
    return sl_buf_status(nearest);
}

static sl_status directories_nearest(sl_resolver *resolver, sl_str path, sl_buf *nearest)
{
    directories *self = (directories *)resolver;
    for (size_t i = 0; i < self->count && nearest->len == 0 && is_import_path(path); i++)
        SL_TRY(nearest_below(self->paths[i], path, nearest));
    return SL_OK;
}

static void directories_free(sl_resolver *resolver)
{
    directories *self = (directories *)resolver;
    sl_arena_done(&self->arena);
    sl_free(self);
}

static const sl_resolver_ops directories_ops = {directories_find, directories_free,
                                                directories_nearest};

sl_status sl_resolver_of_directories(const sl_str *paths, size_t count, sl_resolver **ret_resolver)
{
    directories *self = sl_zalloc(sizeof *self);
    if (!self)
        return SL_NO_MEMORY;
    self->base.ops = &directories_ops;
    self->paths = sl_arena_array(&self->arena, sl_str, count);
    bool is_copied = self->paths != NULL;
    for (size_t i = 0; i < count && is_copied; i++)
        is_copied = sl_arena_copy_str(&self->arena, paths[i], &self->paths[i]) == SL_OK;
    if (!is_copied) {
        directories_free(&self->base);
        return SL_NO_MEMORY;
    }
    self->count = count;
    *ret_resolver = &self->base;
    return SL_OK;
}

/* --- memory --- */

typedef struct memory {
    sl_resolver base;
    sl_map files; /* path to const sl_memory_file */
} memory;

static sl_status memory_find(sl_resolver *resolver, sl_str path, sl_found_file *ret_file,
                             sl_error *err)
{
    const sl_memory_file *file = sl_map_get(&((memory *)resolver)->files, path);
    sl_found_file found = {.text = {.max = SL_LIMIT_SOURCE_BYTES}};
    if (!file)
        return SL_NOT_FOUND;
    if (file->text.len > SL_LIMIT_SOURCE_BYTES)
        return sl_error_set(err, SL_LIMIT, "%.*s is larger than %d bytes (limit SOURCE_BYTES)",
                            SL_STR_ARG(path), SL_LIMIT_SOURCE_BYTES);
    sl_buf_append_str(&found.text, file->text);
    if (found.text.has_failed) {
        sl_found_file_done(&found);
        return sl_error_no_memory(err);
    }
    *ret_file = found;
    return SL_OK;
}

static void memory_free(sl_resolver *resolver)
{
    memory *self = (memory *)resolver;
    sl_map_done(&self->files);
    sl_free(self);
}

static sl_status memory_nearest(sl_resolver *resolver, sl_str path, sl_buf *nearest)
{
    const sl_map *files = &((memory *)resolver)->files;
    size_t most = sl_suggest_most(path), looked_at = 0;
    for (const sl_map_entry *entry = NULL; (entry = sl_map_next(files, entry));) {
        if (looked_at++ >= SL_LIMIT_SUGGESTION_FILES)
            break;
        size_t distance = sl_str_edit_distance(entry->key, path);
        if (distance > most)
            continue;
        sl_buf_clear(nearest);
        sl_buf_append_str(nearest, entry->key);
        if (distance == 0)
            break;
        most = distance - 1;
    }
    return sl_buf_status(nearest);
}

static const sl_resolver_ops memory_ops = {memory_find, memory_free, memory_nearest};

sl_status sl_resolver_of_memory(const sl_memory_file *files, size_t count,
                                sl_resolver **ret_resolver)
{
    memory *self = sl_zalloc(sizeof *self);
    if (!self)
        return SL_NO_MEMORY;
    self->base.ops = &memory_ops;
    for (size_t i = 0; i < count; i++) {
        if (sl_map_set(&self->files, files[i].path, (void *)&files[i]) == SL_OK)
            continue;
        memory_free(&self->base);
        return SL_NO_MEMORY;
    }
    *ret_resolver = &self->base;
    return SL_OK;
}

/* --- several places --- */

typedef struct chain {
    sl_resolver base;
    size_t count;
    sl_resolver *links[];
} chain;

static sl_status chain_find(sl_resolver *resolver, sl_str path, sl_found_file *ret_file,
                            sl_error *err)
{
    chain *self = (chain *)resolver;
    for (size_t i = 0; i < self->count; i++) {
        sl_status status = self->links[i]->ops->find(self->links[i], path, ret_file, err);
        if (status != SL_NOT_FOUND)
            return status;
    }
    return SL_NOT_FOUND;
}

static void chain_free(sl_resolver *resolver)
{
    chain *self = (chain *)resolver;
    for (size_t i = 0; i < self->count; i++)
        sl_resolver_free(self->links[i]);
    sl_free(self);
}

/* The first that has something near. */
static sl_status chain_nearest(sl_resolver *resolver, sl_str path, sl_buf *nearest)
{
    chain *self = (chain *)resolver;
    for (size_t i = 0; i < self->count && nearest->len == 0; i++)
        if (self->links[i]->ops->nearest)
            SL_TRY(self->links[i]->ops->nearest(self->links[i], path, nearest));
    return SL_OK;
}

static const sl_resolver_ops chain_ops = {chain_find, chain_free, chain_nearest};

sl_status sl_resolver_of_chain(sl_resolver *const *resolvers, size_t count,
                               sl_resolver **ret_resolver)
{
    chain *self = sl_zalloc(sizeof *self + count * sizeof *resolvers);
    if (!self)
        return SL_NO_MEMORY;
    self->base.ops = &chain_ops;
    self->count = count;
    if (count)
        memcpy(self->links, resolvers, count * sizeof *resolvers);
    *ret_resolver = &self->base;
    return SL_OK;
}
