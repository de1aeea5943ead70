/* cli/tell.c: findings, owners and problems in the form for people.
 *
 * A finding begins with file:line:col, which editors and CI logs make a link of. What is unknown is left out:
 * a descriptor without source info has no lines. All texts come from files or from a server, so all of them
 * go through sl_say_text(). */
#include "cli/internal/tell.h"

#include "cli/internal/remote.h"

static void tell_location(FILE *to, const sl_location *at)
{
    sl_say_text(to, at->file);
    if (at->line)
        fprintf(to, ":%u", at->line);
    if (at->line && at->column)
        fprintf(to, ":%u", at->column);
}

static void tell_note(FILE *to, const char *label, sl_str text)
{
    if (text.len == 0)
        return;
    fprintf(to, "    %s: ", label);
    sl_say_text(to, text);
    fputc('\n', to);
}

void sl_print_finding_head(FILE *to, const sl_finding *finding)
{
    if (finding->at.file.len > 0) {
        tell_location(to, &finding->at);
        fputs(": ", to);
    }
    if (finding->severity != SL_SEVERITY_ERROR)
        fprintf(to, "%s: ", sl_severity_name(finding->severity));
    sl_say_text(to, finding->message);
    fputs(" [", to);
    sl_say_text(to, finding->rule);
    fputs("]\n", to);
}

void sl_print_finding_notes(FILE *to, const sl_finding *finding)
{
    tell_note(to, "why", finding->why);
    if (finding->previous.file.len > 0) {
        fputs("    was: ", to);
        tell_location(to, &finding->previous);
        fputc('\n', to);
    }
    tell_note(to, "fix", finding->fix);
}

void sl_print_finding(FILE *to, const sl_finding *finding)
{
    sl_print_finding_head(to, finding);
    sl_print_finding_notes(to, finding);
}

static sl_location location_of(const sl_json *object)
{
    return (sl_location){
        .file = sl_member_string(object, "file"),
        .line = (uint32_t)sl_member_integer(object, "line"),
        .column = (uint32_t)sl_member_integer(object, "column"),
    };
}

static sl_severity severity_of(sl_str name)
{
    for (int i = SL_SEVERITY_ERROR; i <= SL_SEVERITY_INFO; i++) {
        if (sl_str_is(name, sl_severity_name((sl_severity)i)))
            return (sl_severity)i;
    }
    return SL_SEVERITY_ERROR;
}

size_t sl_print_findings(FILE *to, const sl_json *findings)
{
    size_t count = findings ? sl_json_array_count(findings) : 0;
    for (size_t i = 0; i < count; i++) {
        const sl_json *item = sl_json_array_at(findings, i);
        sl_finding finding = {
            .rule = sl_member_string(item, "rule"),
            .severity = severity_of(sl_member_string(item, "severity")),
            .at = location_of(item),
            .previous = location_of(sl_json_member(item, "previous")),
            .message = sl_member_string(item, "message"),
            .why = sl_member_string(item, "why"),
            .fix = sl_member_string(item, "fix"),
        };
        sl_print_finding(to, &finding);
    }
    return count;
}

void sl_print_owner(FILE *to, const sl_json *owner)
{
    sl_str producer = sl_member_string(owner, "producer"), team = sl_member_string(owner, "team");
    sl_str chat = sl_member_string(owner, "chat"), contact = sl_member_string(owner, "contact");
    if (producer.len == 0)
        return;
    fputs("  owner: ", to);
    sl_say_text(to, producer);
    if (team.len > 0) {
        fputs(" (team ", to);
        sl_say_text(to, team);
        fputc(')', to);
    }
    if (chat.len > 0 || contact.len > 0)
        fputs("; ask ", to);
    if (chat.len > 0) {
        fputs("in ", to);
        sl_say_text(to, chat);
    }
    if (chat.len > 0 && contact.len > 0)
        fputs(" or ", to);
    sl_say_text(to, contact);
    fputc('\n', to);
}

void sl_print_problem(const sl_json *problem)
{
    sl_str title = sl_member_string(problem, "title"), detail = sl_member_string(problem, "detail");
    fflush(stdout);
    fputs("sluice: ", stderr);
    sl_say_text(stderr, title);
    if (title.len > 0 && detail.len > 0)
        fputs(": ", stderr);
    sl_say_text(stderr, detail);
    fputc('\n', stderr);
    sl_print_findings(stderr, sl_json_member(problem, "findings"));
    sl_print_owner(stderr, sl_json_member(problem, "owner"));
}
