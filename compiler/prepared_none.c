/* compiler/prepared_none.c: the table of prepared files, for the program that makes it. */
#include "compiler/internal/built_ins.h"

const sl_prepared_file sl_prepared_files[1];
const size_t sl_prepared_file_count;
