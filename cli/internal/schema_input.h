/* cli/internal/schema_input.h: a schema as arguments: a descriptor set, or .proto text with all that it imports here. */
#pragma once

#include "cli/internal/proto_inputs.h"
#include "cli/internal/remote.h"

#define SL_SCHEMA_INPUT_NOTES                                                                                 \
    "FILE.proto is sent as text, with what it imports from the folders of -I; what is not found there the\n"  \
    "server looks for among the subjects that are called like the import. Of a folder, --message or --main\n" \
    "says which file is meant. SET.binpb is a FileDescriptorSet with all imports, the main file last:\n"      \
    "  sluice compile -I DIR --include-source-info -o SET.binpb FILE.proto\n"                                 \
    "  buf build -o SET.binpb\n"

/* The row of an option table for `-I`. */
#define SL_SCHEMA_ROOTS_OPTION(type, member)                                                      \
    {                                                                                             \
        "proto-path", SL_OPTION_LIST, offsetof(type, member), "DIR",                              \
            "a folder below which files and imports are found; the current one if none is given", \
            .letter = 'I'                                                                         \
    }

typedef struct sl_schema_input {
    sl_buf set;  /* a descriptor set, with room behind it as validation asks; else */
    sl_str main; /* import path of the only file that was named; absent if there were several */
    SL_VEC(sl_memory_file) files;
    sl_arena arena; /* keeps paths and texts */
} sl_schema_input;

void sl_schema_input_done(sl_schema_input *input);

static inline bool sl_schema_input_is_text(const sl_schema_input *input)
{
    return input->files.count > 0;
}

/* Read what the arguments name: .proto files and folders, or one set ("-": standard input).
 * SL_EXIT_CLEAN, or a status to return: the complaint has been made. */
SL_MUST_CHECK int sl_schema_input_read(const sl_command *command, const sl_option_list *roots,
                                       const sl_arguments *arguments, sl_schema_input *input);

/* The schema that `path` names, for use without a server: FILE.proto is compiled, a set is linked. What is wrong with it has been told, as far as
 * it is an error. SL_EXIT_CLEAN with *ret_schema set, or a status to return. */
SL_MUST_CHECK int sl_schema_input_link(const sl_command *command, const sl_option_list *roots,
                                       char *path, sl_schema **ret_schema);

/* Members `descriptor_set`, or `files` and, unless `main` is given and put by the caller, `main`. */
void sl_schema_input_put(const sl_schema_input *input, const char *main, sl_json_writer *writer);
