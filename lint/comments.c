/* lint/comments.c: rules about comments, and comments that let a rule pass.
 *
 *     // The state of an order.
 *     // sluice:ignore ENUM_VALUE_PREFIX older clients read these names
 *     enum State { … }
 *
 * A line counts if it stands in the comment right before the element, or before a message, enum or service around it, or before the file's package
 * or syntax statement for what concerns these. `buf:lint:ignore RULE` is heeded as buf does, which looks at how the line begins only. Ours wants
 * the rule as a word of its own, and a reason behind it: without one it lets nothing pass. */
#include "lint/internal/linter.h"

static const sl_str buf_mark = SL_STR_INIT("buf:lint:ignore");
static const sl_str our_mark = SL_STR_INIT("sluice:ignore");

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static sl_str trim(sl_str text)
{
    while (text.len > 0 && is_blank(text.data[0]))
        text = (sl_str){text.data + 1, text.len - 1};
    while (text.len > 0 && is_blank(text.data[text.len - 1]))
        text.len--;
    return text;
}

/* Takes the next line off `rest`, without blanks around it; false at the end. */
static bool next_line(sl_str *rest, sl_str *ret_line)
{
    if (!rest->data || rest->len == 0)
        return false;
    sl_str line = *rest, after = {0};
    sl_str_split(*rest, '\n', &line, &after);
    *ret_line = trim(line);
    *rest = after;
    return true;
}

/* --- comments that let pass --- */

static bool buf_lets_pass(sl_str line, sl_str rule)
{
    if (!sl_str_starts_with(line, buf_mark))
        return false;
    sl_str rest = {line.data + buf_mark.len, line.len - buf_mark.len};
    return rest.len > rule.len && rest.data[0] == ' ' &&
           sl_str_starts_with((sl_str){rest.data + 1, rest.len - 1}, rule);
}

static bool we_let_pass(sl_str line, sl_str rule)
{
    sl_str word, reason;
    if (!sl_str_starts_with(line, our_mark))
        return false;
    sl_str rest = trim((sl_str){line.data + our_mark.len, line.len - our_mark.len});
    return sl_str_split(rest, ' ', &word, &reason) && sl_str_equal(word, rule) &&
           trim(reason).len > 0;
}

static bool lets_pass(sl_str comment, sl_str rule)
{
    sl_str line;
    while (next_line(&comment, &line))
        if (buf_lets_pass(line, rule) || we_let_pass(line, rule))
            return true;
    return false;
}

bool sl_lint_is_ignored(sl_linter *linter, const sl_element_path *path)
{
    sl_str rule = sl_str_from(linter->rule->listed.id);
    sl_element_path outer = *path;
    for (; outer.len > 0; outer.len--)
        if (lets_pass(sl_lint_comment(linter, &outer), rule))
            return true;
    return false;
}

/* --- comments that should be there --- */

static bool has_comment(sl_linter *linter, const sl_element_path *path)
{
    sl_str line, comment = sl_lint_comment(linter, path);
    while (next_line(&comment, &line))
        if (line.len > 0 && !sl_str_starts_with(line, buf_mark) &&
            !sl_str_starts_with(line, our_mark))
            return true;
    return false;
}

static void ask_for_comment(sl_linter *linter, sl_element_path path, const char *what, sl_str name)
{
    sl_finding *finding =
        has_comment(linter, &path) ? NULL : sl_lint_add(linter, path, SL_LINT_PART(0));
    if (!finding)
        return;
    finding->message =
        sl_lint_text(linter, "%s %.*s has no comment before it", what, SL_STR_ARG(name));
    finding->fix = sl_lint_text(linter, "// %.*s …", SL_STR_ARG(name));
}

void lint_comment_enum(sl_linter *linter, const sl_enum *enumeration)
{
    ask_for_comment(linter, sl_enum_path(enumeration), "enum", enumeration->full_name);
}

void lint_comment_enum_value(sl_linter *linter, const sl_enum *enumeration)
{
    for (uint32_t i = 0; i < enumeration->value_count; i++) {
        const sl_enum_value *value = &enumeration->values[i];
        ask_for_comment(linter, sl_enum_value_path(enumeration, value), "value", value->full_name);
    }
}

void lint_comment_field(sl_linter *linter, const sl_field *field)
{
    if (field->proto->type != SL_TYPE_GROUP)
        ask_for_comment(linter, sl_field_path(field), "field", field->full_name);
}

void lint_comment_message(sl_linter *linter, const sl_message *message)
{
    ask_for_comment(linter, sl_message_path(message), "message", message->full_name);
}

void lint_comment_oneof(sl_linter *linter, const sl_oneof *oneof)
{
    ask_for_comment(linter, sl_oneof_path(oneof), "oneof", oneof->name);
}

void lint_comment_method(sl_linter *linter, const sl_method *method)
{
    ask_for_comment(linter, sl_method_path(method), "method", method->full_name);
}

void lint_comment_service(sl_linter *linter, const sl_service *service)
{
    ask_for_comment(linter, sl_service_path(service), "service", service->full_name);
}
