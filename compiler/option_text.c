/* compiler/option_text.c: the value of an option as a message in text format.
 *
 *     option (a) = { name: "x" size: 3; tags: ["p", "q"] inner < on: true > [pkg.ext]: 1 };
 *
 * The parser has passed over the text once, so its tokens are good; they are read again here from the same source, with a second
 * lexer. Fields go to the wire as they come and are put in order afterwards. The grammar is that of Protobuf's text format as protoc's own
 * parser reads it, which differs from `name = value`: bools may be 1 or t, enum values may be numbers, a float may not be hexadecimal.
 * One thing surprises: '#' begins a comment up to the end of its line, though for the braces around it there is none.
 *
 * The first error ends the value. Messages nest to SL_LIMIT_OPTION_DEPTH. */
#include "compiler/internal/option_text.h"

#include <math.h>

void sl_text_next(sl_text *text)
{
    sl_lexer *lexer = &text->lexer;
    sl_lexer_next(lexer);
    while (lexer->symbol == '#') {
        const char *at = lexer->source->text.data + lexer->token.begin;
        const char *end = memchr(at, '\n', (size_t)(lexer->end - at));
        uint32_t line_end = (uint32_t)((end ? end : lexer->end) - lexer->source->text.data);
        while (lexer->kind != SL_TOKEN_END && lexer->token.begin < line_end)
            sl_lexer_next(lexer);
    }
}

bool sl_text_try(sl_text *text, char symbol)
{
    if (text->lexer.symbol != symbol)
        return false;
    sl_text_next(text);
    return true;
}

sl_str sl_text_token(const sl_text *text)
{
    return text->lexer.kind == SL_TOKEN_END ? SL_STR("the end of the value")
                                            : sl_lexer_text(&text->lexer);
}

sl_span sl_text_place(const sl_text *text)
{
    sl_span end = text->in->option->value;
    return text->lexer.kind == SL_TOKEN_END ? (sl_span){end.end - 1, end.end} : text->lexer.token;
}

bool sl_text_expected(sl_text *text, const char *what)
{
    return sl_option_refuse(text->in, sl_text_place(text), OPTION_TEXT, sl_str_from(what),
                            sl_text_token(text));
}

bool sl_text_take(sl_text *text, char symbol, const char *what)
{
    return sl_text_try(text, symbol) || sl_text_expected(text, what);
}

bool sl_text_open(sl_text *text, char *ret_end)
{
    bool is_angle = text->lexer.symbol == '<';
    if (!is_angle && text->lexer.symbol != '{')
        return sl_text_expected(text, "{");
    sl_text_next(text);
    *ret_end = is_angle ? '>' : '}';
    return true;
}

/* --- scalars --- */

static bool refuse_range(sl_text *text, const sl_field *field)
{
    return sl_option_refuse(text->in, sl_text_place(text), OPTION_TEXT_RANGE, sl_text_token(text),
                            sl_str_from(sl_field_type_name(field->type)), field->full_name);
}

static bool read_integer(sl_text *text, const sl_field *field, uint64_t *ret_number)
{
    sl_number_range range = sl_option_range(field);
    bool is_negative = range.least > 0 && sl_text_try(text, '-');
    if (text->lexer.kind != SL_TOKEN_INTEGER)
        return sl_text_expected(text, "an integer");
    if (!sl_token_integer(sl_lexer_text(&text->lexer), is_negative ? range.least : range.most,
                          ret_number))
        return refuse_range(text, field);
    if (is_negative)
        *ret_number = -*ret_number;
    sl_text_next(text);
    return true;
}

static bool is_word(sl_str token, const char *a, const char *b, const char *c)
{
    return sl_str_is(token, a) || sl_str_is(token, b) || (c && sl_str_is(token, c));
}

static bool read_bool(sl_text *text, const sl_field *field, uint64_t *ret_number)
{
    sl_str token = sl_text_token(text);
    if (text->lexer.kind == SL_TOKEN_INTEGER) {
        if (!sl_token_integer(token, 1, ret_number))
            return refuse_range(text, field);
    } else if (text->lexer.kind != SL_TOKEN_IDENTIFIER) {
        return sl_text_expected(text, "true or false");
    } else if (is_word(token, "true", "True", "t")) {
        *ret_number = 1;
    } else if (is_word(token, "false", "False", "f")) {
        *ret_number = 0;
    } else {
        return sl_text_expected(text, "true or false");
    }
    sl_text_next(text);
    return true;
}

static bool read_enum(sl_text *text, const sl_field *field, uint64_t *ret_number)
{
    sl_interpreter *in = text->in;
    const sl_enum *enumeration = field->enumeration;
    const sl_enum_value *value;
    sl_span at = sl_text_place(text);
    sl_str token = sl_text_token(text);
    if (text->lexer.kind == SL_TOKEN_IDENTIFIER) {
        value = sl_option_enum_value(in, enumeration, token);
        if (in->status != SL_OK)
            return false;
        if (!value)
            return sl_option_refuse(in, at, OPTION_ENUM_VALUE, enumeration->full_name, token,
                                    sl_option_nearest_value(in, enumeration, token));
        *ret_number = (uint64_t)(int64_t)value->number;
        sl_text_next(text);
        return true;
    }
    if (text->lexer.kind != SL_TOKEN_INTEGER && text->lexer.symbol != '-')
        return sl_text_expected(text, "a value of the enum, by name or number");
    if (!read_integer(text, field, ret_number))
        return false;
    value = sl_enum_find_value(enumeration, (int32_t)*ret_number);
    if (!value && enumeration->is_closed)
        return sl_option_refuse(
            in, at, OPTION_ENUM_NUMBER, enumeration->full_name,
            sl_source_text(&in->unit->source, (sl_span){at.begin, text->lexer.previous_end}));
    return true;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_float_word(sl_str token, double *ret_real)
{
    if (sl_str_equal_nocase(token, SL_STR("inf")) || sl_str_equal_nocase(token, SL_STR("infinity")))
        *ret_real = (double)INFINITY;
    else if (sl_str_equal_nocase(token, SL_STR("nan")))
        *ret_real = (double)NAN;
    else
        return false;
    return true;
}

static bool read_real(sl_text *text, double *ret_real)
{
    bool is_negative = sl_text_try(text, '-');
    sl_str token = sl_text_token(text);
    uint64_t number;
    if (text->lexer.kind == SL_TOKEN_INTEGER) {
        if (token.len > 1 && token.data[0] == '0')
            return sl_text_expected(text, "a decimal number");
        *ret_real =
            sl_token_integer(token, UINT64_MAX, &number) ? (double)number : sl_token_float(token);
    } else if (text->lexer.kind == SL_TOKEN_FLOAT) {
        *ret_real = sl_token_float(token);
    } else if (text->lexer.kind != SL_TOKEN_IDENTIFIER || !is_float_word(token, ret_real)) {
        return sl_text_expected(text, "a number");
    }
    if (is_negative)
        *ret_real = -*ret_real;
    sl_text_next(text);
    return true;
}

static bool read_string(sl_text *text, const sl_field *field)
{
    sl_interpreter *in = text->in;
    sl_span at = sl_text_place(text);
    if (text->lexer.kind != SL_TOKEN_STRING)
        return sl_text_expected(text, "a string");
    sl_buf_clear(&text->string);
    while (text->lexer.kind == SL_TOKEN_STRING) {
        sl_token_string(sl_lexer_text(&text->lexer), &text->string);
        at.end = text->lexer.token.end;
        sl_text_next(text);
    }
    if (sl_buf_status(&text->string) != SL_OK)
        return sl_option_no_memory(in);
    if (field->is_utf8_checked && !sl_utf8_valid(sl_buf_bytes(&text->string)))
        return sl_option_refuse(in, at, OPTION_UTF8, field->full_name);
    sl_wire_put_len(&in->text, (uint32_t)field->number, sl_buf_bytes(&text->string));
    return true;
}

static bool read_scalar(sl_text *text, const sl_field *field)
{
    sl_buf *buf = &text->in->text;
    uint64_t number = 0;
    double real = 0;
    bool is_good;
    switch (field->type) {
    case SL_TYPE_STRING:
    case SL_TYPE_BYTES: return read_string(text, field);
    case SL_TYPE_DOUBLE:
    case SL_TYPE_FLOAT:
        if (!read_real(text, &real))
            return false;
        if (field->type == SL_TYPE_FLOAT)
            sl_option_put_float(buf, field, (float)real);
        else
            sl_option_put_double(buf, field, real);
        return true;
    case SL_TYPE_BOOL: is_good = read_bool(text, field, &number); break;
    case SL_TYPE_ENUM: is_good = read_enum(text, field, &number); break;
    default: is_good = read_integer(text, field, &number); break;
    }
    if (is_good)
        sl_option_put_integer(buf, field, number);
    return is_good;
}

/* --- what a message has already --- */

enum { FEW = 16 };

/* Fields and oneofs. Most messages have few, which are compared one by one. */
typedef struct seen_list {
    const void *few[FEW];
    uint32_t count;
    sl_map many;
} seen_list;

static void seen_done(seen_list *seen)
{
    sl_map_done(&seen->many);
}

static bool has_seen(const seen_list *seen, const void *item)
{
    for (uint32_t i = 0; i < seen->count; i++)
        if (seen->few[i] == item)
            return true;
    return seen->count == FEW &&
           sl_map_get(&seen->many, (sl_str){(const char *)&item, sizeof item});
}

static bool see(sl_interpreter *in, seen_list *seen, const void *item)
{
    if (seen->count < FEW) {
        seen->few[seen->count++] = item;
        return true;
    }
    sl_str key = {0};
    if (sl_arena_copy_str(in->unit->scratch, (sl_str){(const char *)&item, sizeof item}, &key) !=
            SL_OK ||
        sl_map_set(&seen->many, key, (void *)item) != SL_OK)
        return sl_option_no_memory(in);
    return true;
}

static bool may_be_set(sl_text *text, const seen_list *seen, const sl_field *field, sl_span at)
{
    if (field->cardinality == SL_REPEATED)
        return true;
    if (has_seen(seen, field))
        return sl_option_refuse(text->in, at, OPTION_FIELD_TWICE, field->full_name);
    if (field->oneof && has_seen(seen, field->oneof))
        return sl_option_refuse(text->in, at, OPTION_ONEOF_TWICE, field->full_name,
                                field->oneof->name);
    return true;
}

/* A zero in a field without presence is as good as nothing. */
static bool is_nothing(const sl_interpreter *in, const sl_field *field, size_t begin)
{
    sl_bytes all = sl_buf_bytes(&in->text);
    sl_wire_reader reader = sl_wire_reader_of((sl_bytes){all.data + begin, all.len - begin});
    sl_wire_field wire;
    if (field->has_presence || sl_wire_next_field(&reader, SL_LIMIT_PAYLOAD_DEPTH, &wire) != SL_OK)
        return false;
    return wire.tag.type == SL_WIRE_LEN ? wire.bytes.len == 0 : wire.number_value == 0;
}

static bool see_field(sl_interpreter *in, seen_list *seen, const sl_field *field, size_t begin)
{
    if (field->cardinality == SL_REPEATED || is_nothing(in, field, begin))
        return true;
    return see(in, seen, field) && (!field->oneof || see(in, seen, field->oneof));
}

/* --- fields --- */

static bool read_message_value(sl_text *text, const sl_field *field)
{
    sl_buf *buf = &text->in->text;
    char end;
    if (!sl_text_open(text, &end))
        return false;
    size_t begin = sl_option_open(buf, field);
    if (!sl_text_message(text, field->message, end))
        return false;
    sl_option_close(buf, field, begin);
    return true;
}

static bool read_value(sl_text *text, const sl_field *field)
{
    return sl_type_is_message(field) ? read_message_value(text, field) : read_scalar(text, field);
}

static bool read_list(sl_text *text, const sl_field *field)
{
    if (sl_text_try(text, ']'))
        return true;
    do {
        if (!read_value(text, field))
            return false;
        if (sl_text_try(text, ']'))
            return true;
    } while (sl_text_take(text, ',', "\",\" or \"]\""));
    return false;
}

/* Behind the name. */
static bool read_field_value(sl_text *text, const sl_field *field)
{
    bool has_colon = sl_text_try(text, ':');
    if (!has_colon && !sl_type_is_message(field))
        return sl_text_expected(text, ":");
    if (field->cardinality == SL_REPEATED && sl_text_try(text, '['))
        return read_list(text, field);
    return read_value(text, field);
}

/* The field of a group may also be called by the name of its message. */
static const sl_field *find_group(const sl_message *message, sl_str name)
{
    char text[SL_LIMIT_NAME_BYTES];
    if (name.len > sizeof text)
        return NULL;
    for (size_t i = 0; i < name.len; i++)
        text[i] = lower(name.data[i]);
    const sl_field *field = sl_message_find_field_by_name(message, (sl_str){text, name.len});
    if (!field || field->type != SL_TYPE_GROUP || !sl_str_equal(field->message->name, name))
        return NULL;
    return field->message->file == field->file && field->message->parent == field->parent ? field
                                                                                          : NULL;
}

static bool is_reserved(const sl_message *message, sl_str name)
{
    for (uint32_t i = 0; i < message->proto->reserved_names.count; i++)
        if (sl_str_equal(message->proto->reserved_names.items[i], name))
            return true;
    return false;
}

/* *ret_field NULL: the name is reserved, and what it says is passed over. */
static bool read_name(sl_text *text, const sl_message *message, const sl_field **ret_field)
{
    sl_str name = sl_text_token(text);
    if (text->lexer.kind != SL_TOKEN_IDENTIFIER)
        return sl_text_expected(text, "the name of a field");
    *ret_field = sl_message_find_field_by_name(message, name);
    if (!*ret_field)
        *ret_field = find_group(message, name);
    if (!*ret_field && !is_reserved(message, name))
        return sl_option_refuse(text->in, sl_text_place(text), OPTION_UNKNOWN, message->full_name,
                                name, sl_option_nearest_field(text->in, message, name));
    sl_text_next(text);
    return true;
}

static void pass_separator(sl_text *text)
{
    if (!sl_text_try(text, ';'))
        sl_text_try(text, ',');
}

static bool read_field(sl_text *text, const sl_message *message, seen_list *seen)
{
    sl_interpreter *in = text->in;
    const sl_field *field = NULL;
    sl_span at = sl_text_place(text);
    size_t begin = in->text.len;
    bool is_done = false;
    if (text->lexer.symbol == '[') {
        if (!sl_text_bracket(text, message, &field, &is_done))
            return false;
    } else if (!read_name(text, message, &field)) {
        return false;
    }
    if (is_done) {
        /* An Any says both of its fields at once. */
        for (uint32_t i = 0; i < message->field_count; i++)
            if (!may_be_set(text, seen, &message->fields[i], at) ||
                !see(in, seen, &message->fields[i]))
                return false;
    } else if (!field) {
        if (!sl_text_skip_value(text))
            return false;
    } else if (!may_be_set(text, seen, field, at) || !read_field_value(text, field) ||
               !see_field(in, seen, field, begin)) {
        return false;
    }
    pass_separator(text);
    return in->status == SL_OK;
}

bool sl_text_enter(sl_text *text)
{
    sl_diag_number most;
    if (text->depth == SL_LIMIT_OPTION_DEPTH)
        return sl_option_refuse(text->in, sl_text_place(text), OPTION_TOO_DEEP,
                                sl_diag_i64(SL_LIMIT_OPTION_DEPTH, &most));
    text->depth++;
    return true;
}

bool sl_text_message(sl_text *text, const sl_message *message, char end)
{
    sl_cleanup(seen_done) seen_list seen = {.count = 0};
    if (!sl_text_enter(text))
        return false;
    while (text->lexer.symbol != '}' && text->lexer.symbol != '>' &&
           (end || text->lexer.kind != SL_TOKEN_END))
        if (!read_field(text, message, &seen))
            return false;
    text->depth--;
    if (!end)
        return text->lexer.kind == SL_TOKEN_END || sl_text_expected(text, "the name of a field");
    return sl_text_take(text, end, end == '}' ? "}" : ">");
}

bool sl_option_put_text(sl_interpreter *in, const sl_field *field, sl_buf *buf)
{
    sl_span inside = {in->option->value.begin + 1, in->option->value.end - 1};
    sl_text text = {.in = in, .depth = in->depth};
    sl_buf_clear(&in->text);
    sl_lexer_start(&text.lexer, &in->unit->source, inside, NULL);
    sl_text_next(&text);
    bool is_good = sl_text_message(&text, field->message, '\0');
    sl_buf_done(&text.string);
    if (!is_good)
        return false;
    if (sl_buf_status(&in->text) != SL_OK)
        return sl_option_no_memory(in);
    size_t begin = sl_option_open(buf, field);
    if (!sl_option_merge(in, field->message, sl_buf_bytes(&in->text), in->depth + 1, buf))
        return false;
    sl_option_close(buf, field, begin);
    return true;
}
