/* compiler/compiler.h: .proto text to descriptors that are protoc's, byte for byte: the front end.
 *
 * The way of one file, each step one folder-mate and none knowing those behind it:
 *
 *   resolver ── text ──> lexer ── tokens ──> parser ── unit ──> source info
 *
 * The parser lowers while it reads: there is no syntax tree. What a file alone cannot say stands beside its descriptor in a `unit`
 * (internal/unit.h): type names as written, options not interpreted, and where in the text each thing stands. This door
 * gives where files come from; a unit is parsed by sl_parse() inside the room.
 *
 * A bad file is an answer, not an error: parsing returns SL_OK and findings whose rules are the ids of compiler/diag.def, as many in one
 * run as there are to be told. Columns count as protoc's do, bytes with tab stops every 8, from 1; `length` is in bytes.
 *
 * protoc 36 is the judge of what is a good file and of every byte of its descriptor. */
#pragma once

#include "schema/schema.h"

/* --- where files come from --- */

/* What a resolver found: text, or a descriptor (a registry keeps some files only so). Exactly one is present. */
typedef struct sl_found_file {
    sl_buf text;       /* .proto source; owned by the caller of `find` */
    sl_buf descriptor; /* serialized FileDescriptorProto; owned by the caller of `find` */
    bool is_built_in;  /* one of ours (google/protobuf/…), not the user's */
} sl_found_file;

typedef struct sl_resolver sl_resolver;

typedef struct sl_resolver_ops {
    /* Look `path` up, an import path with '/' between its parts and neither "." nor ".." among them.
     * SL_OK; SL_NOT_FOUND; SL_LIMIT (SL_LIMIT_SOURCE_BYTES); SL_IO, with a text that says why; SL_NO_MEMORY. */
    sl_status (*find)(sl_resolver *resolver, sl_str path, sl_found_file *ret_file, sl_error *err);
    void (*free)(sl_resolver *resolver);
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
