/* registry/internal/register.h: one registration on its way from bytes to rows.
 *
 *   register.c        the use-case: link, plan, judge, store, and again if the subject moved
 *   register_sources.c  text to a descriptor set, with imports from subjects
 *   register_plan.c   what each file would become: its references, identity, subject and version
 *   register_judge.c  may it: rights, compatibility, contracts
 *   register_store.c  the rows, inside the writer's transaction
 *   identity.c        fingerprints */
#pragma once

#include "registry/internal/core.h"

/* A file that is, or would become, a version of a subject: the main file, or an import that is not built in. */
typedef struct sl_planned {
    const sl_file *file;
    sl_str subject;
    sl_reference *references; /* direct imports, in the order of the file */
    size_t reference_count;
    sl_sha256 exact, normal;
    sl_subject_row subject_row; /* generation 0: the subject is not there yet */
    sl_version_row
        version; /* the one that is there; else number is the next, and schema_id 0 unless the schema is known */
    bool is_new; /* a version would be added */
} sl_planned;

typedef struct sl_registration {
    sl_registry *registry;
    const sl_actor *actor;
    const sl_register_request *request;
    const sl_findings *linked; /* what linking had to say; told with every attempt's own */
    sl_str subject;
    sl_arena arena;       /* of this attempt */
    sl_findings findings; /* of this attempt */
    sl_schema *schema;    /* main file and closure */
    sl_planned *planned;  /* dependencies first, the main file last */
    size_t planned_count;
    bool has_moved; /* a subject was changed by somebody else: plan again */
    sl_arena *result_arena;
    sl_version version; /* what became of the main file */
} sl_registration;

static inline sl_planned *sl_registration_main(const sl_registration *registration)
{
    return &registration->planned[registration->planned_count - 1];
}

/* google/protobuf/, google/type/, confluent/, buf/validate/: known to every reader, never registered as imports. */
bool sl_path_is_builtin(sl_str path);

/* The two fingerprints of `file` in `schema`; see identity.c for their exact form. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_identity_exact(const sl_schema *schema, const sl_file *file,
                                          const sl_reference *references, size_t reference_count,
                                          sl_sha256 *ret_hash);
SL_MUST_CHECK sl_status sl_identity_normal(const sl_schema *schema, const sl_file *file,
                                           sl_sha256 *ret_hash);

/* Full names of a file's messages, one a line: top level first, then level by level; map entries are left out. SL_OK, SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_file_messages(const sl_file *file, sl_arena *arena, sl_str *ret_text);

/* Compile the sources of the request into `set`, all imports and source info included. Without errors in `findings`, `set` is one.
 * The statuses of sl_compile(), and SL_INVALID where the request does not say which file is meant, or a reference leads elsewhere. */
SL_MUST_CHECK sl_status sl_registration_compile(sl_registration *registration,
                                                sl_findings *findings, sl_buf *set,
                                                sl_problem *problem);
/* The text of `path` among the sources; absent if it came as a descriptor. */
sl_str sl_registration_text(const sl_registration *registration, sl_str path);
/* Where the import `path` is registered: the subject that a reference names, else that of its path. */
sl_str sl_registration_subject_of(const sl_registration *registration, sl_str path);

SL_MUST_CHECK sl_status sl_registration_plan(sl_registration *registration, sl_session *session,
                                             sl_problem *problem);
/* SL_OK also when the findings have errors; `ret_code` then says of which kind. SL_FORBIDDEN and what the store says. */
SL_MUST_CHECK sl_status sl_registration_judge(sl_registration *registration, sl_session *session,
                                              sl_problem_code *ret_code, sl_problem *problem);
/* An sl_job_fn. SL_STALE with has_moved set when a subject is not as it was planned on. */
SL_MUST_CHECK sl_status sl_registration_store(sl_tx *tx, void *context, sl_problem *problem);
