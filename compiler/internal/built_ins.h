/* compiler/internal/built_ins.h: the files of compiler/builtin/ as the build has put them into the binary. */
#pragma once

#include "compiler/compiler.h"

/* Sorted by path (sl_str_compare), each path once. */
extern const sl_memory_file sl_built_in_files[];
extern const size_t sl_built_in_file_count;

/* The same files compiled, in dependency order. None in the program that makes the table (prepare_built_ins.c). */
extern const sl_prepared_file sl_prepared_files[];
extern const size_t sl_prepared_file_count;
