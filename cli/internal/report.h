/* cli/internal/report.h: findings in the form that a person, a program or a CI wants.
 *
 *   text    for people: file:line:col, the line itself with a mark below it, why, fix
 *   json    one object a line, as the server writes them
 *   github  workflow commands, which become annotations of a pull request
 *   gitlab  a Code Quality report
 *   sarif   SARIF 2.1.0
 *   junit   a test suite a file, a failed case a finding */
#pragma once

#include "base/base.h"

#include <stdio.h>

/* In the order of SL_REPORT_FORMATS. */
typedef enum sl_report_format {
    SL_REPORT_TEXT,
    SL_REPORT_JSON,
    SL_REPORT_GITHUB,
    SL_REPORT_GITLAB,
    SL_REPORT_SARIF,
    SL_REPORT_JUNIT,
} sl_report_format;
#define SL_REPORT_FORMATS "text|json|github|gitlab|sarif|junit"

typedef struct sl_report_source sl_report_source;
struct sl_report_source {
    /* The text of the file that findings know as `path`, and its name on disk; false if it is not at hand. */
    bool (*find)(const sl_report_source *self, sl_str path, sl_buf *ret_name, sl_buf *ret_text);
    const sl_report_source *previous; /* of the places where things were; NULL: this one */
};

/* Write all findings, and what belongs around them. `source` may be NULL. SL_OK, SL_NO_MEMORY; errors of the stream stay in it. */
SL_MUST_CHECK sl_status sl_report(FILE *to, sl_report_format format, const sl_findings *findings,
                                  const sl_report_source *source);
