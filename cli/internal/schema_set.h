/* cli/internal/schema_set.h: descriptor sets as arguments. */
#pragma once

#include "cli/internal/remote.h"

#define SL_SCHEMA_SET_NOTES                                                                        \
    "SET.binpb is a FileDescriptorSet with all imports, of which the last file is the main one:\n" \
    "  protoc -I DIR --include_imports --include_source_info -o SET.binpb FILE.proto\n"            \
    "  buf build -o SET.binpb\n"

/* Read the set at `path` ("-": standard input) into `set`, with room behind it as validation asks.
 * SL_EXIT_CLEAN, or a status to return: the complaint has been made. Source text is refused by its suffix,
 * with the command that makes a set of it. */
SL_MUST_CHECK int sl_schema_set_read(const sl_command *command, const char *path, sl_buf *set);
