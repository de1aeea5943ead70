/* compiler/compiler.h: .proto text to descriptors that are protoc's, byte for byte.
 *
 *   resolver ── text ──> lexer, parser ── units ──> linker (schema/), options, checks ──> descriptors
 *
 * compiler/compile.c is the way as a whole; docs/compiler.md follows one file along it.
 *
 * A bad file is an answer, not an error: compiling returns SL_OK and findings whose rules are the ids of compiler/diag.def (the text of a
 * file) and schema/link_rules.def (what files mean together), as many in one run as there are to be told. Columns count as
 * protoc's do, bytes with tab stops every 8, from 1; `length` is in bytes.
 *
 * protoc 36 is the judge of what is a good file and of every byte of its descriptor. */
#pragma once

#include "schema/schema.h"

/* --- where files come from --- */

/* A file that is compiled already. Immutable; lives as long as the program. */
typedef struct sl_prepared_file {
    sl_str path;
    sl_file_proto *proto; /* without source info */
    sl_bytes bytes;       /* the same, serialized */
    sl_bytes bytes_with_source_info;
} sl_prepared_file;

/* What a resolver found: text, or a descriptor (a registry keeps some files only so), or a file that is prepared. Exactly one is present. */
typedef struct sl_found_file {
    sl_buf text;       /* .proto source; owned by the caller of `find` */
    sl_buf descriptor; /* serialized FileDescriptorProto; owned by the caller of `find` */
    const sl_prepared_file *prepared;
    bool is_built_in; /* one of ours (google/protobuf/…), not the user's */
} sl_found_file;

typedef struct sl_resolver sl_resolver;

typedef struct sl_resolver_ops {
    /* Look `path` up, an import path with '/' between its parts and neither "." nor ".." among them.
     * SL_OK; SL_NOT_FOUND; SL_LIMIT (SL_LIMIT_SOURCE_BYTES); SL_IO, with a text that says why; SL_NO_MEMORY. */
    sl_status (*find)(sl_resolver *resolver, sl_str path, sl_found_file *ret_file, sl_error *err);
    void (*free)(sl_resolver *resolver);
    /* May be NULL. `path` was not found: append to `nearest` the path of a file that is there and may be meant, or nothing.
     * SL_OK; SL_NO_MEMORY. */
    sl_status (*nearest)(sl_resolver *resolver, sl_str path, sl_buf *nearest);
} sl_resolver_ops;

/* Other places subclass it: this is the first member of their struct. One thread at a time. */
struct sl_resolver {
    const sl_resolver_ops *ops;
};

static inline void sl_resolver_free(sl_resolver *resolver) /* accepts NULL */
{
    if (resolver)
        resolver->ops->free(resolver);
}
SL_DEFINE_CLEANUP(sl_resolver *, sl_resolver_free)

void sl_found_file_done(sl_found_file *file);

/* The first of `directories` that has the file, as protoc's -I; paths are copied. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_resolver_of_directories(const sl_str *directories, size_t count,
                                                   sl_resolver **ret_resolver);

typedef struct sl_memory_file {
    sl_str path, text;
} sl_memory_file;
/* Files that are at hand; `files` and what they point to are borrowed as long as the resolver lives. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_resolver_of_memory(const sl_memory_file *files, size_t count,
                                              sl_resolver **ret_resolver);

/* The first of `resolvers` that knows the file; they are owned by the chain on SL_OK, and by the caller otherwise.
 * SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_resolver_of_chain(sl_resolver *const *resolvers, size_t count,
                                             sl_resolver **ret_resolver);

/* The files that need not be brought: google/protobuf/…, google/type/…, confluent/…, buf/validate/validate.proto, as compiler/builtin/ has them.
 * The last of a chain, so that a file of the user's goes first. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_resolver_of_built_ins(sl_resolver **ret_resolver);

/* --- compiling --- */

typedef struct sl_compile_request {
    sl_resolver *resolver; /* the built-in files stand behind it, if it ends with them */
    const sl_str *mains;   /* import paths of the files that are asked for */
    size_t main_count;
    bool with_source_info;
} sl_compile_request;

typedef struct sl_compiled_file {
    sl_str path;
    sl_bytes bytes; /* a serialized FileDescriptorProto, as protoc writes it */
    bool is_main, is_built_in;
} sl_compiled_file;

/* Immutable; any thread may read it. */
typedef struct sl_compiled sl_compiled;

/* Compile the main files and all that they import.
 *
 *   ret_compiled  NULL if the findings have an error; else the caller frees it. There may be warnings beside it
 *   findings      sorted by file, line and column
 *
 * SL_OK; SL_LIMIT (the text names it: COMPILE_FILES, COMPILE_BYTES, IMPORT_DEPTH, SOURCE_BYTES, RANGE_OPTION_BYTES, and those of linking);
 * SL_IO (a file is there and cannot be read); SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_compile(const sl_compile_request *request, sl_compiled **ret_compiled,
                                   sl_findings *findings, sl_error *err);
void sl_compiled_free(sl_compiled *compiled); /* accepts NULL */
SL_DEFINE_CLEANUP(sl_compiled *, sl_compiled_free)

size_t sl_compiled_count(const sl_compiled *compiled);
/* In dependency order, which is the order of protoc --include_imports. */
const sl_compiled_file *sl_compiled_at(const sl_compiled *compiled, size_t index);
/* Append a serialized FileDescriptorSet: all files, or the main files only, in dependency order as well. */
void sl_compiled_write_set(const sl_compiled *compiled, bool with_imports, sl_buf *buf);
/* Link all files; `main` as for sl_schema_link(). Statuses and findings are those of sl_schema_link(). */
SL_MUST_CHECK sl_status sl_compiled_link(const sl_compiled *compiled, sl_str main,
                                         sl_schema **ret_schema, sl_findings *findings,
                                         sl_error *err);
