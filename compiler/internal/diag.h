/* compiler/internal/diag.h: diagnostics, from the table compiler/diag.def into findings.
 *
 * Texts have {0}, {1}, … for arguments. A hint that names an absent argument is left out, so "did you mean \"{2}\"?" costs its
 * caller nothing when there is nothing to mean. */
#pragma once

#include "compiler/internal/source.h"

typedef enum sl_diag_id {
#define DIAG(id, severity, text, hint) SL_DIAG_##id,
#include "compiler/diag.def"
#undef DIAG
    SL_DIAG_COUNT
} sl_diag_id;

typedef struct sl_diag_row {
    const char *id;
    sl_severity severity;
    const char *text, *hint; /* hint may be NULL */
} sl_diag_row;

const sl_diag_row *sl_diag_row_of(sl_diag_id id);

/* Where diagnostics of one compilation go. Once memory is out it stays so: look at the end. */
typedef struct sl_diags {
    sl_findings *findings;
    bool no_memory;
} sl_diags;

enum { SL_DIAG_ARGS_MOST = 6 };

/* `source` may be NULL: then no file is blamed. */
void sl_diag_tell(sl_diags *diags, sl_source *source, sl_span at, sl_diag_id id, const sl_str *args,
                  size_t arg_count);

/* sl_diag(diags, source, span, SL_DIAG_NAME_TAKEN, name, other);  arguments are sl_str */
#define sl_diag(diags, source, at, id, ...)                                    \
    sl_diag_tell((diags), (source), (at), (id), (const sl_str[]){__VA_ARGS__}, \
                 sizeof((const sl_str[]){__VA_ARGS__}) / sizeof(sl_str))
#define sl_diag_plain(diags, source, at, id) sl_diag_tell((diags), (source), (at), (id), NULL, 0)

/* A number as an argument; the text lives in `room`. */
typedef struct sl_diag_number {
    char text[24];
} sl_diag_number;
sl_str sl_diag_i64(int64_t value, sl_diag_number *room);
sl_str sl_diag_u64(uint64_t value, sl_diag_number *room);
