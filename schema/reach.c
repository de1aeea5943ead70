/* schema/reach.c: what one file of a schema needs.
 *
 * An upload may hold more than its main file: protoc writes every file that it was given. What is stored and compared is the main file and what
 * it imports, so that a neighbour's change does not look like one of ours. Files stand in dependency order, imports first, so one
 * walk from the file backwards marks all that it reaches. */
#include "schema/internal/schema_impl.h"

void sl_schema_reachable(const sl_schema *schema, const sl_file *file, bool *marks)
{
    memset(marks, 0, schema->file_count * sizeof *marks);
    marks[file->index] = true;
    for (size_t i = (size_t)file->index + 1; i-- > 0;) {
        const sl_file *at = schema->ordered[i];
        for (uint32_t k = 0; marks[i] && k < at->import_count; k++)
            marks[at->imports[k]->index] = true;
        for (uint32_t k = 0; marks[i] && k < at->option_import_count; k++)
            marks[at->option_imports[k]->index] = true;
    }
}

/* Files that are marked, written behind each other; slices of `buf` in `files`. */
static sl_status write_marked(const sl_schema *schema, const bool *marks, sl_buf *buf,
                              sl_bytes *files, size_t *ret_count)
{
    size_t count = 0, offset = 0;
    for (size_t i = 0; i < schema->file_count; i++) {
        if (!marks[i])
            continue;
        size_t before = buf->len;
        sl_file_proto_write(schema->ordered[i]->proto, true, buf);
        files[count++].len = buf->len - before;
    }
    SL_TRY(sl_buf_status(buf));
    for (size_t i = 0; i < count; offset += files[i].len, i++)
        files[i].data = (const uint8_t *)sl_buf_str(buf).data + offset;
    *ret_count = count;
    return SL_OK;
}

static bool is_all(const bool *marks, size_t count)
{
    return memchr(marks, false, count) == NULL;
}

sl_status sl_schema_prune(sl_schema *schema, sl_schema **ret_schema, sl_error *err)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_cleanup(sl_buf_done) sl_buf buf = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    bool *marks = sl_arena_array(&arena, bool, schema->file_count);
    sl_bytes *files = sl_arena_array(&arena, sl_bytes, schema->file_count);
    size_t count = 0;
    if (!marks || !files)
        return sl_error_no_memory(err);
    sl_schema_reachable(schema, schema->main, marks);
    if (is_all(marks, schema->file_count)) {
        *ret_schema = sl_schema_ref(schema);
        return SL_OK;
    }
    if (write_marked(schema, marks, &buf, files, &count) != SL_OK)
        return sl_error_no_memory(err);
    sl_schema *pruned = NULL;
    SL_TRY(sl_schema_link(files, count, schema->main->path, &pruned, &findings, err));
    if (!pruned)
        return sl_error_set(err, SL_CORRUPT, "what '%.*s' reaches does not link by itself",
                            SL_STR_ARG(schema->main->path));
    *ret_schema = pruned;
    return SL_OK;
}
