/* cli/internal/side.h: one side of a comparison: a schema, and its text for whoever looks at a finding. */
#pragma once

#include "cli/internal/git.h"
#include "cli/internal/proto_inputs.h"
#include "cli/internal/remote.h"
#include "cli/internal/report.h"

/* How a side may be named. */
#define SL_SIDE_FORMS "DIR|FILE.proto|SET.binpb|git:REF[:DIR]|subject:S[@N]|topic:T"

typedef struct sl_side_request {
    const sl_command *command;
    const sl_option_list *roots; /* of -I; for files on disk */
    sl_remote *remote;           /* for subject: and topic: */
    const char *beside;          /* a folder on disk that git: belongs to; NULL: the current one */
} sl_side_request;

typedef struct sl_side {
    sl_report_source source; /* finds texts by import path; must not move once the side is open */
    sl_schema *schema;       /* all files; NULL: the findings say why not */
    bool is_tree;            /* many main files, not one schema as it is registered */
    sl_findings findings;    /* of compiling or linking */
    sl_proto_inputs inputs;
    sl_resolver *resolver;
    sl_memory_files files;
    const char *revision; /* as it was given behind "git:"; NULL: files are on disk */
    sl_arena arena;
} sl_side;

void sl_side_done(sl_side *side);

/* Read, compile and link what `argument` names, with source info. SL_EXIT_CLEAN, perhaps with findings instead of a schema; or a status to
 * return: the complaint has been made. */
SL_MUST_CHECK int sl_side_open(const sl_side_request *request, char *argument, sl_side *ret_side);
/* The same for several folders and files on disk. */
SL_MUST_CHECK int sl_side_open_files(const sl_side_request *request, const sl_arguments *arguments,
                                     sl_side *ret_side);

/* Which files of the schema are the authors', by index: those that were named, or lie in the folder; of a set or a version all but google/protobuf/.
 * In the side's arena; NULL: no memory. */
const bool *sl_side_mains(sl_side *side);
