/* cli/verdict.c: verdicts as they are shown.
 *
 * Two sources, one look: the validator of this process (offline) and a server. As JSON, a verdict is one
 * object on one line, with the input's name first; a server's verdict is passed on whole, so that members
 * which this version does not know are not lost. */
#include "cli/internal/verdict.h"

#include "cli/internal/remote.h"
#include "cli/internal/tell.h"

int sl_verdict_exit(const sl_verdict_tally *tally)
{
    if (tally->has_gap)
        return SL_EXIT_NO_ANSWER;
    return tally->not_valid > 0 ? SL_EXIT_FINDINGS : SL_EXIT_CLEAN;
}

void sl_verdict_count(sl_verdict_tally *tally, bool is_valid, bool is_allowed)
{
    tally->judged++;
    tally->not_valid += !is_valid;
    tally->refused += !is_allowed;
}

void sl_verdict_tell_summary(const char *input, const sl_verdict_tally *tally)
{
    printf("%s: %lld payloads, %lld valid, %lld refused\n", input, (long long)tally->judged,
           (long long)(tally->judged - tally->not_valid), (long long)tally->refused);
}

static void tell_place(const sl_payload_place *place, const char *what)
{
    sl_say_text(stdout, sl_str_from(place->input));
    if (place->index >= 0)
        printf("[%lld]", (long long)place->index);
    printf(": %s\n", what);
}

static void tell_violation(sl_str path, sl_str rule, sl_str message, int64_t offset)
{
    fputs("  ", stdout);
    if (path.len > 0) {
        sl_say_text(stdout, path);
        fputs(": ", stdout);
    }
    sl_say_text(stdout, message);
    fputs(" [", stdout);
    sl_say_text(stdout, rule);
    printf("] at byte %lld\n", (long long)offset);
}

static void tell_left_out(int64_t count)
{
    if (count > 0)
        printf("  and %lld more\n", (long long)count);
}

/* One line of JSON on standard output. */
static bool print_line(const sl_buf *line)
{
    if (line->has_failed) {
        sl_complain("not enough memory for a verdict");
        return false;
    }
    fwrite(line->data, 1, line->len, stdout);
    putchar('\n');
    return true;
}

static void put_place(sl_json_writer *writer, const sl_payload_place *place)
{
    sl_json_put_string(writer, "input", sl_str_from(place->input));
    if (place->index >= 0)
        sl_json_put_integer(writer, "index", place->index);
}

static void put_violations(sl_json_writer *writer, const sl_violations *violations)
{
    sl_json_put_array(writer, "violations");
    for (size_t i = 0; i < violations->count; i++) {
        const sl_violation *violation = &violations->items[i];
        sl_json_put_object(writer, NULL);
        sl_json_put_string(writer, "path", violation->path);
        sl_json_put_string(writer, "rule", sl_str_from(sl_violation_rule_id(violation->rule)));
        sl_json_put_integer(writer, "offset", (int64_t)violation->offset);
        sl_json_put_string(writer, "message", violation->message);
        sl_json_end_object(writer);
    }
    sl_json_end_array(writer);
    if (violations->left_out > 0)
        sl_json_put_integer(writer, "violations_left_out", (int64_t)violations->left_out);
}

bool sl_verdict_tell_own(bool is_json, const sl_payload_place *place, const sl_message *message,
                         const char *step, const sl_violations *violations)
{
    if (!is_json) {
        if (step || place->index < 0)
            tell_place(place, step ? "not valid" : "valid");
        for (size_t i = 0; step && i < violations->count; i++) {
            const sl_violation *violation = &violations->items[i];
            tell_violation(violation->path, sl_str_from(sl_violation_rule_id(violation->rule)),
                           violation->message, (int64_t)violation->offset);
        }
        tell_left_out(step ? (int64_t)violations->left_out : 0);
        return true;
    }
    sl_cleanup(sl_buf_done) sl_buf line = {0};
    sl_json_writer writer = sl_json_writer_of(&line);
    sl_json_put_object(&writer, NULL);
    put_place(&writer, place);
    sl_json_put_bool(&writer, "valid", !step);
    sl_json_put_bool(&writer, "allowed", !step);
    sl_json_put_string(&writer, "message_type", message->full_name);
    if (step)
        sl_json_put_string(&writer, "step", sl_str_from(step));
    if (step)
        put_violations(&writer, violations);
    sl_json_end_object(&writer);
    return print_line(&line);
}

static void tell_servers_text(const sl_payload_place *place, const sl_json *verdict)
{
    bool is_valid = sl_member_bool(verdict, "valid"),
         is_allowed = sl_member_bool(verdict, "allowed");
    if (is_valid && place->index >= 0)
        return;
    tell_place(place, is_valid     ? "valid"
                      : is_allowed ? "not valid; it may go out, since the contract does not enforce"
                                   : "not valid");
    const sl_json *violations = sl_json_member(verdict, "violations");
    for (size_t i = 0; violations && i < sl_json_array_count(violations); i++) {
        const sl_json *item = sl_json_array_at(violations, i);
        tell_violation(sl_member_string(item, "path"), sl_member_string(item, "rule"),
                       sl_member_string(item, "message"), sl_member_integer(item, "offset"));
    }
    tell_left_out(sl_member_integer(verdict, "violations_left_out"));
    if (!is_valid)
        sl_print_owner(stdout, sl_json_member(verdict, "owner"));
}

bool sl_verdict_tell_servers(bool is_json, const sl_payload_place *place, const sl_json *verdict)
{
    if (!is_json) {
        tell_servers_text(place, verdict);
        return true;
    }
    sl_cleanup(sl_buf_done) sl_buf line = {0};
    sl_json_writer writer = sl_json_writer_of(&line);
    sl_json_put_object(&writer, NULL);
    put_place(&writer, place);
    void *iterator = NULL;
    sl_str name;
    const sl_json *value;
    while (sl_json_object_next(verdict, &iterator, &name, &value)) {
        /* Ours counts from the start of the stream, the server's from the start of its batch. */
        if (sl_str_is(name, "index"))
            continue;
        sl_json_put_name(&writer, name);
        sl_json_put_value(&writer, NULL, value);
    }
    sl_json_end_object(&writer);
    return print_line(&line);
}
