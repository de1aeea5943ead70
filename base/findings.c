/* base/findings.c: a bounded list that owns its text. */
#include "base/base.h"

#include <stdio.h>

const char *sl_severity_name(sl_severity severity)
{
    static const char *const names[] = {"error", "warning", "info"};
    return (unsigned)severity < SL_ARRAY_LEN(names) ? names[severity] : "unknown";
}

static sl_status copy_text(sl_arena *arena, sl_finding *finding)
{
    sl_str *texts[] = {&finding->rule,    &finding->at.file, &finding->previous.file,
                       &finding->message, &finding->why,     &finding->fix};
    for (size_t i = 0; i < SL_ARRAY_LEN(texts); i++)
        SL_TRY(sl_arena_copy_str(arena, *texts[i], texts[i]));
    return SL_OK;
}

size_t sl_findings_room(const sl_findings *findings)
{
    size_t most = findings->most ? findings->most : SL_LIMIT_FINDINGS;
    return most - SL_MIN(findings->list.count, most);
}

sl_status sl_findings_add(sl_findings *findings, const sl_finding *finding)
{
    sl_finding copy = *finding;
    if (sl_findings_room(findings) == 0) {
        findings->left_out++;
    } else {
        SL_TRY(copy_text(&findings->arena, &copy));
        SL_TRY(sl_vec_push(&findings->list, copy));
    }
    findings->error_count += finding->severity == SL_SEVERITY_ERROR;
    return SL_OK;
}

sl_status sl_findings_error(sl_findings *findings, const char *rule, sl_location at,
                            const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    sl_finding finding = {.rule = sl_str_from(rule),
                          .severity = SL_SEVERITY_ERROR,
                          .at = at,
                          .message = sl_str_from(text)};
    return sl_findings_add(findings, &finding);
}

void sl_findings_done(sl_findings *findings)
{
    sl_vec_done(&findings->list);
    sl_arena_done(&findings->arena);
    findings->error_count = findings->left_out = 0;
}
