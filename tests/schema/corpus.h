/* tests/schema/corpus.h: files for schema tests. */
#pragma once

#include "base/base.h"

/* A whole file on the heap, to be freed with sl_buf_done(); false if it cannot be read. */
bool corpus_read_file(const char *path, sl_buf *ret_content);

/* Where `name` is below the folder of scripts/corpora. */
void corpus_cached_path(const char *name, char *ret_path, size_t size);

/* The content of `name` there. */
bool corpus_read_cached(const char *name, sl_buf *ret_content);

/* The same, for a path below tests/schema/data; ends the program if it is not there. */
void corpus_read_fixture(const char *name, sl_buf *ret_content);
