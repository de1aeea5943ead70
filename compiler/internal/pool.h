/* compiler/internal/pool.h: the back end, seen from the pipeline.
 *
 * A pool knows every name of every file that is finished. Files enter it one at a time, each after all that it imports. */
#pragma once

#include "compiler/internal/unit.h"

typedef struct sl_pool sl_pool;

/* SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_pool_new(sl_pool **ret_pool);
void sl_pool_free(sl_pool *pool); /* accepts NULL */
SL_DEFINE_CLEANUP(sl_pool *, sl_pool_free)

/* Finish a parsed file: resolve its names against itself and its imports, interpret its options, check it, and keep its names for those who
 * import it. unit->proto is then what protoc writes, but for source info; unit options have their paths. The pool borrows unit->proto
 * and does not keep the rest of the unit.
 *
 *   is_main   unused imports are told only of files that were asked for
 *
 * A file with errors enters as well as it can, so that those who import it are not blamed for it. SL_OK; SL_NO_MEMORY; SL_LIMIT. */
SL_MUST_CHECK sl_status sl_pool_add_unit(sl_pool *pool, sl_unit *unit, bool is_main,
                                         sl_diags *diags, sl_error *err);

/* A file that came as a descriptor: its names, as they are. `file` is borrowed. SL_OK; SL_NO_MEMORY; SL_LIMIT. */
SL_MUST_CHECK sl_status sl_pool_add_proto(sl_pool *pool, const sl_file_proto *file, sl_diags *diags,
                                          sl_error *err);
