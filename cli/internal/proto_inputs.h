/* cli/internal/proto_inputs.h: files and folders of .proto text as arguments: which import paths they are, and below which roots. */
#pragma once

#include "cli/internal/options.h"
#include "compiler/compiler.h"

typedef struct sl_proto_inputs {
    SL_VEC(sl_str) roots; /* folders below which imports are found, in order */
    SL_VEC(sl_str)
    mains; /* import paths, in the order in which they were given; those of a folder sorted */
    sl_arena arena; /* keeps both */
} sl_proto_inputs;

void sl_proto_inputs_done(sl_proto_inputs *inputs);

/* Work out what is asked for.
 *
 *   roots      what was given as -I, each perhaps several with ':' between them. If nothing was given: the folders among the arguments, and
 *              the current one behind them
 *   arguments  files, by their path or by their import path, and folders: all .proto files below them
 *
 * A file must lie below a root, and the first root that has its import path must be the one it lies below, as protoc asks.
 * SL_EXIT_CLEAN, or a status to return: the complaint has been made. */
SL_MUST_CHECK int sl_proto_inputs_collect(const sl_command *command, const sl_option_list *roots,
                                          const sl_arguments *arguments, sl_proto_inputs *inputs);

/* The roots in order, the built-in files behind them. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_proto_inputs_resolver(const sl_proto_inputs *inputs,
                                                 sl_resolver **ret_resolver);

/* Where on disk the file with the import path `path` is: appended to `name`; false, and nothing, if it is in none of the roots. */
bool sl_proto_inputs_locate(const sl_proto_inputs *inputs, sl_str path, sl_buf *name);

/* "@FILE" among the words stands for the lines of FILE, as in protoc. Texts and the new list lie in `arena`. SL_EXIT_CLEAN, or a status
 * to return. */
SL_MUST_CHECK int sl_arguments_expand(sl_arguments *arguments, sl_arena *arena);
