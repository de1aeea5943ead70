/* registry/identity.c: when are two schemas the same?
 *
 * A schema is a main file and its references. Two fingerprints, each SHA-256 over a framed text; numbers are 8 bytes big-endian, every text
 * and every run of bytes is preceded by its length. "Bytes" of a file are its FileDescriptorProto serialized in canonical order without
 * source info; hash(file) is their SHA-256.
 *
 *   exact   "sluice.schema.exact.1"  ‖ bytes of the main file
 *           ‖ count of references ‖ for each, in the order of the file's imports: name ‖ subject ‖ version
 *           ‖ count of built-in files in the closure ‖ for each, by path: path ‖ hash(file)
 *   normal  "sluice.schema.normal.1" ‖ path of the main file
 *           ‖ count of files in the closure, main file included ‖ for each, by path: path ‖ hash(file)
 *
 * *Exact* decides: the same exact fingerprint is the same schema, with one id for ever, in whichever subject. *Normal* knows references by
 * content and finds a schema again whose imports are versions of other subjects. The guid is the first 16 bytes of exact.
 *
 * Both are stored and can never change: tests/registry/test_fixed.c pins them. A further form gets a new number in its first text. */
#include "registry/internal/register.h"

#include <stdlib.h>

bool sl_path_is_builtin(sl_str path)
{
    static const sl_str folders[] = {
        SL_STR_INIT("google/protobuf/"),
        SL_STR_INIT("google/type/"),
        SL_STR_INIT("confluent/"),
        SL_STR_INIT("buf/validate/"),
    };
    for (size_t i = 0; i < SL_ARRAY_LEN(folders); i++)
        if (sl_str_starts_with(path, folders[i]))
            return true;
    return false;
}

static int compare_paths(const void *a, const void *b)
{
    return sl_str_compare((*(const sl_file *const *)a)->path, (*(const sl_file *const *)b)->path);
}

/* Count, path and hash of the files that `file` reaches; only built-in ones, without the file itself, if asked. */
static sl_status put_closure(sl_buf *buf, const sl_schema *schema, const sl_file *file,
                             bool is_builtin_only)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    size_t count = sl_schema_file_count(schema), kept = 0;
    bool *marks = sl_arena_array(&arena, bool, count);
    const sl_file **files = sl_arena_array(&arena, const sl_file *, count);
    if (!marks || !files)
        return SL_NO_MEMORY;
    sl_schema_reachable(schema, file, marks);
    for (size_t i = 0; i < count; i++) {
        const sl_file *other = sl_schema_file_at(schema, i);
        bool is_wanted = !is_builtin_only || (other != file && sl_path_is_builtin(other->path));
        if (marks[other->index] && is_wanted)
            files[kept++] = other;
    }
    qsort(files, kept, sizeof *files, compare_paths);
    sl_frame_number(buf, kept);
    for (size_t i = 0; i < kept; i++) {
        sl_frame_text(buf, files[i]->path);
        sl_frame_text(buf, (sl_str){(const char *)files[i]->hash.bytes, SL_SHA256_SIZE});
    }
    return sl_buf_status(buf);
}

sl_status sl_identity_exact(const sl_schema *schema, const sl_file *file,
                            const sl_reference *references, size_t reference_count,
                            sl_sha256 *ret_hash)
{
    sl_cleanup(sl_buf_done) sl_buf buf = {0};
    sl_frame_text(&buf, SL_STR("sluice.schema.exact.1"));
    sl_frame_text(&buf, sl_bytes_str(file->serialized));
    sl_frame_number(&buf, reference_count);
    for (size_t i = 0; i < reference_count; i++) {
        sl_frame_text(&buf, references[i].name);
        sl_frame_text(&buf, references[i].subject);
        sl_frame_number(&buf, (uint64_t)references[i].version);
    }
    SL_TRY(put_closure(&buf, schema, file, true));
    return sl_sha256_of(sl_buf_bytes(&buf), ret_hash);
}

sl_status sl_identity_normal(const sl_schema *schema, const sl_file *file, sl_sha256 *ret_hash)
{
    sl_cleanup(sl_buf_done) sl_buf buf = {0};
    sl_frame_text(&buf, SL_STR("sluice.schema.normal.1"));
    sl_frame_text(&buf, file->path);
    SL_TRY(put_closure(&buf, schema, file, false));
    return sl_sha256_of(sl_buf_bytes(&buf), ret_hash);
}
