/* compiler/option_any.c: names in brackets inside the text of a value, and what is passed over.
 *
 *     [pkg.ext]: 1                               an extension of the message; what the name means is looked for from the message's own
 *                                                scope outwards. In a message set the name of a message stands for its extension
 *     [type.googleapis.com/pkg.Message] { … }    in google.protobuf.Any: its type and its value, which is serialized on its own
 *
 * In the plain pass neither can be looked up. What they say is passed over and the option is marked, so that the custom pass reads it again. */
#include "compiler/internal/option_text.h"

/* --- what is passed over --- */

static bool skip_message(sl_text *text);
static bool read_bracket_name(sl_text *text, sl_str *ret_name, sl_span *ret_span);

static bool skip_scalar(sl_text *text)
{
    bool is_negative = sl_text_try(text, '-');
    sl_str token = sl_text_token(text);
    if (text->lexer.kind == SL_TOKEN_STRING && !is_negative) {
        while (text->lexer.kind == SL_TOKEN_STRING)
            sl_text_next(text);
        return true;
    }
    bool is_word = text->lexer.kind == SL_TOKEN_IDENTIFIER;
    bool is_number = text->lexer.kind == SL_TOKEN_INTEGER || text->lexer.kind == SL_TOKEN_FLOAT;
    bool is_float_word = sl_str_equal_nocase(token, SL_STR("inf")) ||
                         sl_str_equal_nocase(token, SL_STR("infinity")) ||
                         sl_str_equal_nocase(token, SL_STR("nan"));
    if (!is_number && (!is_word || (is_negative && !is_float_word)))
        return sl_text_expected(text, "a value");
    sl_text_next(text);
    return true;
}

static bool skip_one(sl_text *text)
{
    if (text->lexer.symbol == '{' || text->lexer.symbol == '<')
        return skip_message(text);
    if (!sl_text_try(text, '['))
        return skip_scalar(text);
    if (sl_text_try(text, ']'))
        return true;
    if (!sl_text_enter(text))
        return false;
    do {
        if (!skip_one(text))
            return false;
        if (sl_text_try(text, ']')) {
            text->depth--;
            return true;
        }
    } while (sl_text_take(text, ',', "\",\" or \"]\""));
    return false;
}

/* Without a colon it is a message. */
bool sl_text_skip_value(sl_text *text)
{
    return sl_text_try(text, ':') ? skip_one(text) : skip_message(text);
}

static bool skip_field(sl_text *text)
{
    sl_str name;
    sl_span span;
    if (text->lexer.symbol == '[') {
        if (!read_bracket_name(text, &name, &span))
            return false;
    } else if (text->lexer.kind == SL_TOKEN_IDENTIFIER) {
        sl_text_next(text);
    } else {
        return sl_text_expected(text, "the name of a field");
    }
    if (!sl_text_skip_value(text))
        return false;
    if (!sl_text_try(text, ';'))
        sl_text_try(text, ',');
    return true;
}

static bool skip_message(sl_text *text)
{
    char end;
    if (!sl_text_open(text, &end) || !sl_text_enter(text))
        return false;
    while (text->lexer.symbol != '}' && text->lexer.symbol != '>')
        if (!skip_field(text))
            return false;
    text->depth--;
    return sl_text_take(text, end, end == '}' ? "}" : ">");
}

/* --- names --- */

static bool is_full_name(sl_str name)
{
    sl_str part, rest = name;
    bool has_more;
    do {
        part = rest;
        has_more = sl_str_split(rest, '.', &part, &rest);
        if (!sl_is_identifier(part))
            return false;
    } while (has_more);
    return true;
}

/* What may stand in the name of a type with the place where it is described (RFC 3986, without what the lexer would not let through). */
static bool is_name_token(const sl_text *text)
{
    switch (text->lexer.kind) {
    case SL_TOKEN_IDENTIFIER:
    case SL_TOKEN_INTEGER:
    case SL_TOKEN_FLOAT: return true;
    case SL_TOKEN_SYMBOL:
        return text->lexer.symbol && strchr("./-~!$&()*+,;=%", text->lexer.symbol) != NULL;
    default: return false;
    }
}

/* From '[' to behind ']'. */
static bool read_bracket_name(sl_text *text, sl_str *ret_name, sl_span *ret_span)
{
    sl_interpreter *in = text->in;
    sl_str before, name;
    sl_text_next(text);
    *ret_span = sl_text_place(text);
    sl_buf_clear(&text->string);
    while (is_name_token(text)) {
        ret_span->end = text->lexer.token.end;
        sl_buf_append_str(&text->string, sl_lexer_text(&text->lexer));
        sl_text_next(text);
    }
    if (sl_buf_status(&text->string) != SL_OK ||
        sl_arena_copy_str(in->unit->scratch, sl_buf_str(&text->string), ret_name) != SL_OK)
        return sl_option_no_memory(in);
    name = *ret_name;
    sl_str_split_last(*ret_name, '/', &before, &name);
    if (text->lexer.symbol == ']' && !is_full_name(name))
        return sl_option_refuse(in, *ret_span, OPTION_NOT_A_NAME, *ret_name);
    return sl_text_take(text, ']', "]");
}

/* --- Any --- */

static bool is_any(const sl_message *message)
{
    const sl_field *url = sl_message_find_field(message, 1);
    const sl_field *value = sl_message_find_field(message, 2);
    return sl_str_is(message->full_name, "google.protobuf.Any") && url && value &&
           url->type == SL_TYPE_STRING && value->type == SL_TYPE_BYTES;
}

static bool find_any_type(sl_text *text, sl_str url, sl_span at, const sl_message **ret_type)
{
    sl_interpreter *in = text->in;
    sl_str prefix, name;
    sl_view_answer answer;
    if (!sl_str_split_last(url, '/', &prefix, &name))
        return sl_option_refuse(in, at, OPTION_ANY_PREFIX, url);
    if (!sl_str_is(prefix, "type.googleapis.com") && !sl_str_is(prefix, "type.googleprod.com"))
        return sl_option_refuse(in, at, OPTION_ANY_PREFIX, name);
    if (!sl_option_look_up(in, SL_STR(""), name, &answer))
        return false;
    if (!answer.message)
        return sl_option_refuse(in, at, OPTION_ANY_TYPE, name,
                                answer.hidden ? answer.hidden->path : (sl_str){0});
    *ret_type = answer.message;
    return true;
}

/* The value goes behind what is in in->text, is put in order from there, and comes back as bytes. */
static bool read_any_value(sl_text *text, const sl_message *type, sl_buf *value)
{
    sl_interpreter *in = text->in;
    size_t begin = in->text.len;
    char end;
    sl_text_try(text, ':');
    if (!sl_text_open(text, &end) || !sl_text_message(text, type, end))
        return false;
    if (sl_buf_status(&in->text) != SL_OK)
        return sl_option_no_memory(in);
    sl_bytes all = sl_buf_bytes(&in->text);
    sl_bytes content = {all.data + begin, all.len - begin};
    if (!sl_option_merge(in, type, content, 0, value))
        return false;
    in->text.len = begin;
    return true;
}

static bool read_any(sl_text *text, const sl_message *message, sl_str url, sl_span at)
{
    sl_interpreter *in = text->in;
    const sl_message *type = NULL;
    sl_cleanup(sl_buf_done) sl_buf value = {0};
    if (!find_any_type(text, url, at, &type) || !read_any_value(text, type, &value))
        return false;
    sl_wire_put_len(&in->text, (uint32_t)sl_message_find_field(message, 1)->number,
                    sl_str_bytes(url));
    sl_wire_put_len(&in->text, (uint32_t)sl_message_find_field(message, 2)->number,
                    sl_buf_bytes(&value));
    return true;
}

/* --- extensions --- */

/* The extension of a message set that is declared in a message and has its type. */
static const sl_field *own_extension(const sl_message *item, const sl_message *set)
{
    for (uint32_t i = 0; i < item->extension_count; i++) {
        const sl_field *extension = &item->extensions[i];
        if (extension->extendee == set && extension->message == item &&
            extension->type == SL_TYPE_MESSAGE && extension->cardinality != SL_REPEATED)
            return extension;
    }
    return NULL;
}

static bool find_extension(sl_text *text, const sl_message *message, sl_str name, sl_span at,
                           const sl_field **ret_field)
{
    sl_interpreter *in = text->in;
    sl_str scope = {"", 0}, last;
    sl_view_answer answer;
    sl_str_split_last(message->full_name, '.', &scope, &last);
    if (!sl_option_look_up(in, scope, name, &answer))
        return false;
    const sl_field *field = answer.field;
    if (answer.message && message->is_message_set)
        field = own_extension(answer.message, message);
    const sl_message *owner = field && field->is_extension ? field->extendee
                              : field                      ? field->parent
                                                           : NULL;
    bool is_of_message = owner == message;
    if (!is_of_message && answer.hidden)
        return sl_option_refuse(in, at, OPTION_NOT_IMPORTED, name, answer.hidden->path);
    if (!is_of_message)
        return sl_option_refuse(in, at, OPTION_TEXT_EXTENSION, name, message->full_name,
                                sl_option_nearest_extension(in, message, name));
    *ret_field = field;
    return true;
}

bool sl_text_bracket(sl_text *text, const sl_message *message, const sl_field **ret_field,
                     bool *ret_is_done)
{
    sl_interpreter *in = text->in;
    sl_str name;
    sl_span at;
    if (!read_bracket_name(text, &name, &at))
        return false;
    if (!in->draft) {
        in->is_partly = true;
        return true;
    }
    if (!is_any(message))
        return find_extension(text, message, name, at, ret_field);
    *ret_is_done = true;
    return read_any(text, message, name, at);
}
