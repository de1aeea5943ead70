/* cli/internal/report_impl.h: what the forms of a report share. */
#pragma once

#include "cli/internal/report.h"

/* The file that was looked up last: findings are sorted by file. */
typedef struct sl_report_file {
    sl_str path; /* borrowed */
    sl_buf name, text;
    bool is_there;
    uint32_t line;     /* the last one that was asked for; 0: none yet */
    size_t line_begin; /* of it, in the text */
} sl_report_file;

void sl_report_file_done(sl_report_file *file);
/* Fill `file` if it is another one; false if it is not at hand. */
bool sl_report_look_up(const sl_report_source *source, sl_str path, sl_report_file *file);
/* The name on disk, or the path itself. Valid until another file is looked up. */
sl_str sl_report_name(const sl_report_source *source, sl_str path, sl_report_file *file);

/* Failure stays in the buffer. */
void sl_report_json(sl_buf *out, const sl_findings *findings, const sl_report_source *source);
void sl_report_gitlab(sl_buf *out, const sl_findings *findings, const sl_report_source *source);
void sl_report_sarif(sl_buf *out, const sl_findings *findings, const sl_report_source *source);
void sl_report_junit(sl_buf *out, const sl_findings *findings, const sl_report_source *source);
