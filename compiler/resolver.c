/* compiler/resolver.c: where imported files come from: folders, memory, and several places in a row.
 *
 * An import path names a file below a root, never a way to it: a path with "..", ".", an empty part, a backslash or a NUL names nothing here, so no
 * import leads out of its folder by its text. */
#include "compiler/compiler.h"

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
    ret_text->max = SL_LIMIT_SOURCE_BYTES;
    for (;;) {
        /* One byte more than the file has, so that its end is seen by the same call. */
        size_t want = SL_MAX(size > ret_text->len ? size - ret_text->len : 0, (size_t)4095) + 1;
        if (ret_text->len + want > SL_LIMIT_SOURCE_BYTES)
            want = SL_LIMIT_SOURCE_BYTES - ret_text->len;
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
    }
    if (ret_text->no_memory)
        return sl_error_no_memory(err);
    return sl_error_set(err, SL_LIMIT, "%.*s is larger than %d bytes", SL_STR_ARG(path),
                        SL_LIMIT_SOURCE_BYTES);
}

/* SL_NOT_FOUND if there is no such file. */
static sl_status read_file(const char *name, sl_str path, sl_buf *ret_text, sl_error *err)
{
    struct stat about;
    int descriptor = open(name, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG))
        return SL_NOT_FOUND;
    if (descriptor < 0)
        return sl_error_set(err, SL_IO, "%.*s: %s", SL_STR_ARG(path), strerror(errno));
    sl_status status;
    if (fstat(descriptor, &about) != 0)
        status = sl_error_set(err, SL_IO, "%.*s: %s", SL_STR_ARG(path), strerror(errno));
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

static void directories_free(sl_resolver *resolver)
{
    directories *self = (directories *)resolver;
    sl_arena_done(&self->arena);
    sl_free(self);
}

static const sl_resolver_ops directories_ops = {directories_find, directories_free};

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
        return sl_error_set(err, SL_LIMIT, "%.*s is larger than %d bytes", SL_STR_ARG(path),
                            SL_LIMIT_SOURCE_BYTES);
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

static const sl_resolver_ops memory_ops = {memory_find, memory_free};

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

static const sl_resolver_ops chain_ops = {chain_find, chain_free};

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
