/* compiler/internal/compilation.h: one run of the compiler, as its steps hand it to each other.
 *
 * compile.c has the order of the steps; each is one file. A step returns SL_OK also when it found something wrong: look at the
 * findings. Other statuses come with the error filled in. */
#pragma once

#include "compiler/compiler.h"
#include "compiler/internal/unit.h"

/* A file that is reached. */
typedef struct sl_loaded {
    sl_unit unit;
    sl_buf text;                      /* what unit.source points to; absent for a descriptor */
    sl_buf descriptor;                /* what unit.proto points to, if it was found so */
    const sl_prepared_file *prepared; /* where unit.proto is from; else NULL */
    bool is_main, is_built_in;
    bool has_text; /* it was parsed: there are marks, and options to interpret */
    bool is_open;  /* its imports are being read: who imports it now closes a circle */
} sl_loaded;

typedef struct sl_compilation {
    const sl_compile_request *request;
    sl_diags diags;
    sl_error *err;
    size_t errors_before;      /* that the findings had when we came */
    SL_VEC(sl_loaded *) files; /* in dependency order, once loading is over */
    sl_map by_path;            /* import path → sl_loaded, all that were found */
    size_t range_option_bytes; /* of all files */
    sl_map suggestions;        /* import path → sl_str that was meant by it; of those not found */
    size_t bytes;              /* of all texts */
    sl_arena arena;            /* descriptors */
    sl_arena scratch;          /* marks, and everything else */
    sl_schema *types;      /* where options messages are defined; NULL if no file has an option */
    sl_loaded *descriptor; /* the built-in descriptor.proto, if `types` is made of it; else NULL */
    sl_schema *draft;
} sl_compilation;

static inline bool sl_compilation_has_errors(const sl_compilation *compilation)
{
    return compilation->diags.findings->error_count > compilation->errors_before;
}

/* load.c: every file that the main files reach, parsed, imports first.
 * SL_OK; SL_LIMIT (COMPILE_FILES, COMPILE_BYTES, IMPORT_DEPTH, SOURCE_BYTES, RANGE_OPTION_BYTES); SL_IO; SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_compilation_load(sl_compilation *compilation);
void sl_loaded_free(sl_loaded *file);

/* suggest.c: "did you mean", for a path that is not found: one that `compilation` knows, or that the resolver can tell of. Absent in
 * *ret_path if there is nothing near; else in scratch. SL_OK, SL_NO_MEMORY. */
size_t sl_suggest_most(sl_str name); /* edits that a misspelt name may have */
SL_MUST_CHECK sl_status sl_compilation_suggest(sl_compilation *compilation, sl_str path,
                                               sl_str *ret_path);

/* draft.c: all files linked as they stand. *ret_schema NULL: the findings say why. SL_OK, SL_LIMIT, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_compilation_draft(sl_compilation *compilation, sl_schema **ret_schema);
/* The same for some of them. */
SL_MUST_CHECK sl_status sl_compilation_link(sl_compilation *compilation,
                                            sl_file_proto *const *protos, size_t count,
                                            sl_schema **ret_schema);

/* interpret.c: options of all files, before and after the draft; whether they may stand where they stand; and of one file, when all that looks
 * at them is over (options.h).
 * SL_OK, SL_LIMIT, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_compilation_plain_options(sl_compilation *compilation);
SL_MUST_CHECK sl_status sl_compilation_custom_options(sl_compilation *compilation);
SL_MUST_CHECK sl_status sl_compilation_check_options(sl_compilation *compilation);
SL_MUST_CHECK sl_status sl_compilation_strip_options(sl_compilation *compilation, sl_loaded *file);

/* locate.c: where in the text the element at `path` stands (SourceCodeInfo.Location.path); its name if it is an element, and the token
 * of the part if its last number is that of a part. {0, 0}: nowhere. */
sl_span sl_unit_span(const sl_unit *unit, const int32_t *path, size_t path_len);

/* Room for names, which are short and many; one for all files. */
typedef struct sl_name_pool {
    sl_arena *arena;
    char *texts;
    size_t texts_left;
} sl_name_pool;

/* finish.c: full type names and kinds of types into unit->proto, by what the draft says. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_unit_finish(sl_unit *unit, const sl_file *file, sl_name_pool *pool);
