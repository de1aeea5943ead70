/* base/findings.h: what a check of a schema found.
 *
 * Shared by schema (linking), compiler, compat and lint, and printed by server and cli. A finding is an answer, not an error:
 * the function that made it returned SL_OK. The list owns all its text. */
#pragma once

#include "base/arena.h"
#include "base/buf.h"

typedef enum sl_severity { SL_SEVERITY_ERROR, SL_SEVERITY_WARNING, SL_SEVERITY_INFO } sl_severity;

/* "error", "warning", "info" */
const char *sl_severity_name(sl_severity severity);

/* Where in a .proto file. Line and column count from 1; 0 is unknown (a descriptor without source info has no lines). */
typedef struct sl_location {
    sl_str file; /* import path; absent when no file is to blame */
    uint32_t line, column;
    uint32_t length; /* bytes from there that are to blame; 0 is unknown */
} sl_location;

typedef struct sl_finding {
    sl_str rule; /* FIELD_NO_DELETE; an id of a .def table */
    sl_severity severity;
    sl_location at;       /* in the new schema */
    sl_location previous; /* in the old one, where there is one */
    sl_str message;       /* what was found, with full names */
    sl_str why;           /* who breaks and how; may be absent */
    sl_str fix;           /* text to paste; may be absent */
    uint32_t cause;       /* findings with the same number (from 1) have one cause; 0: none given */
} sl_finding;

typedef struct sl_findings {
    SL_VEC(sl_finding) list;
    size_t error_count; /* of severity error, left-out ones counted */
    size_t left_out;    /* findings behind the bound, counted and not kept */
    size_t most;        /* the bound; 0: SL_LIMIT_FINDINGS */
    sl_arena arena;     /* the text of the list */
} sl_findings;

/* How many more the list keeps. */
size_t sl_findings_room(const sl_findings *findings);
/* Copy `finding` with its text into the list. SL_OK (also when it was only counted), SL_NO_MEMORY. */
SL_MUST_CHECK sl_status sl_findings_add(sl_findings *findings, const sl_finding *finding);
/* An error without fix: the common case of the linker. */
SL_MUST_CHECK sl_status sl_findings_error(sl_findings *findings, const char *rule, sl_location at,
                                          const char *format, ...) SL_PRINTF(4, 5);
void sl_findings_done(sl_findings *findings);

static inline bool sl_findings_have_errors(const sl_findings *findings)
{
    return findings->error_count > 0;
}
