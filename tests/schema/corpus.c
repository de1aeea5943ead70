/* tests/schema/corpus.c: files for schema tests. */
#include "tests/schema/corpus.h"

#include <stdio.h>
#include <stdlib.h>

bool corpus_read_file(const char *path, sl_buf *ret_content)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    char block[65536];
    size_t len;
    sl_buf_clear(ret_content);
    while ((len = fread(block, 1, sizeof block, file)) > 0)
        sl_buf_append(ret_content, block, len);
    bool is_read = !ferror(file) && !ret_content->has_failed;
    fclose(file);
    return is_read;
}

void corpus_cached_path(const char *name, char *ret_path, size_t size)
{
    const char *folder = getenv("SLUICE_CORPORA");
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    if (folder && *folder)
        snprintf(ret_path, size, "%s/%s", folder, name);
    else if (cache && *cache)
        snprintf(ret_path, size, "%s/sluice/corpora/%s", cache, name);
    else
        snprintf(ret_path, size, "%s/.cache/sluice/corpora/%s", home ? home : "", name);
}

bool corpus_read_cached(const char *name, sl_buf *ret_content)
{
    char path[4096];
    corpus_cached_path(name, path, sizeof path);
    return corpus_read_file(path, ret_content);
}

void corpus_read_fixture(const char *name, sl_buf *ret_content)
{
    char path[4096];
    const char *root = getenv("SLUICE_SOURCE_ROOT");
    snprintf(path, sizeof path, "%s/tests/schema/data/%s", root ? root : ".", name);
    if (corpus_read_file(path, ret_content))
        return;
    fprintf(stderr, "%s cannot be read\n", path);
    exit(EXIT_FAILURE);
}
