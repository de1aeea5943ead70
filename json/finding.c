/* json/finding.c: a finding as every JSON of the program has it: the server's answers and the reports of the command line.
 *
 * The form is public and may only grow: `rule`, `severity`, `file`, `line`, `column`, `length`, `previous`, `message`, `why`, `cause`, `fix`. What
 * is not known is left out. */
#include "json/json.h"

static void put_location(sl_json_writer *writer, const sl_location *at)
{
    sl_json_put_string_if(writer, "file", at->file);
    if (at->line)
        sl_json_put_integer(writer, "line", at->line);
    if (at->column)
        sl_json_put_integer(writer, "column", at->column);
    if (at->length)
        sl_json_put_integer(writer, "length", at->length);
}

void sl_json_put_finding(sl_json_writer *writer, const sl_finding *finding)
{
    sl_json_put_object(writer, NULL);
    sl_json_put_string(writer, "rule", finding->rule);
    sl_json_put_string(writer, "severity", sl_str_from(sl_severity_name(finding->severity)));
    put_location(writer, &finding->at);
    if (finding->previous.file.len > 0) {
        sl_json_put_object(writer, "previous");
        put_location(writer, &finding->previous);
        sl_json_end_object(writer);
    }
    sl_json_put_string(writer, "message", finding->message);
    sl_json_put_string_if(writer, "why", finding->why);
    if (finding->cause)
        sl_json_put_integer(writer, "cause", finding->cause);
    sl_json_put_string_if(writer, "fix", finding->fix);
    sl_json_end_object(writer);
}
