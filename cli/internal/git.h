/* cli/internal/git.h: the .proto files of a git revision, read from its objects. The working tree and the index are left alone. */
#pragma once

#include "compiler/compiler.h"

typedef SL_VEC(sl_memory_file) sl_memory_files;

/* All files called *.proto at REVISION[:FOLDER], by their paths below FOLDER; folders and files whose names begin with a dot are passed over,
 * as in a folder on disk.
 *
 *   spec    "main", "v1.2:proto"; FOLDER counts from the top of the repository
 *   beside  a folder of the repository that is asked, and the FOLDER if `spec` names none; NULL: the current one
 *   arena   keeps paths and texts
 *
 * SL_EXIT_CLEAN, or a status to return: the complaint has been made. */
SL_MUST_CHECK int sl_git_read(const char *spec, const char *beside, sl_arena *arena,
                              sl_memory_files *ret_files);
