/* compiler/internal/parser.h: what the files of the parser share.
 *
 * parse.c            file: syntax, package, imports, recovery
 * parse_message.c    message blocks, oneofs, extend; scopes
 * parse_field.c      fields, types, maps, groups
 * parse_default.c    the value of [default = …] and of json_name
 * parse_enum.c       enums and services
 * parse_range.c      extensions and reserved
 * parse_option.c     options, not interpreted
 *
 * A function that reads a statement returns false when it could not; it has told why, and its caller skips to the end of the statement and goes
 * on. When memory is out `status` says so, everything returns false, and every loop ends.
 *
 * How long a list is is not known before it ends. Elements are therefore gathered on stacks, one for each kind, which nest as the text does:
 * at the end of a block its elements are on top, and go to the arena in one piece, protos and marks apart. */
#pragma once

#include "compiler/internal/places.h"

typedef struct sl_parsed_field {
    sl_field_proto proto;
    sl_field_mark mark;
} sl_parsed_field;

typedef struct sl_parsed_message {
    sl_message_proto proto;
    sl_message_mark mark;
} sl_parsed_message;

typedef struct sl_parsed_enum {
    sl_enum_proto proto;
    sl_enum_mark mark;
} sl_parsed_enum;

typedef struct sl_parsed_enum_value {
    sl_enum_value_proto proto;
    sl_enum_value_mark mark;
} sl_parsed_enum_value;

typedef struct sl_parsed_oneof {
    sl_oneof_proto proto;
    sl_oneof_mark mark;
} sl_parsed_oneof;

typedef struct sl_parsed_range {
    sl_range_proto proto;
    sl_range_mark mark;
} sl_parsed_range;

typedef struct sl_parsed_name {
    sl_str proto;
    sl_span mark;
} sl_parsed_name;

typedef struct sl_parsed_service {
    sl_service_proto proto;
    sl_service_mark mark;
} sl_parsed_service;

typedef struct sl_parsed_method {
    sl_method_proto proto;
    sl_method_mark mark;
} sl_parsed_method;

/* How high the stacks were when a block began. */
typedef struct sl_scope {
    size_t fields, extensions, messages, enums, oneofs, extension_ranges, reserved_ranges, names;
} sl_scope;

typedef struct sl_parser {
    sl_lexer lexer;
    sl_unit *unit;
    sl_arena *arena, *scratch;
    sl_diags *diags;
    sl_places *places; /* NULL: no source info */
    sl_status status;
    int32_t edition; /* sl_edition */
    uint32_t depth;  /* messages that are open */
    sl_scope scope;  /* of the innermost block */
    char *texts;     /* room in the arena for names */
    size_t texts_left;
    sl_buf text; /* for putting names and strings together */
    SL_VEC(sl_parsed_field) fields;
    SL_VEC(sl_parsed_field) extensions;
    SL_VEC(sl_parsed_message) messages;
    SL_VEC(sl_parsed_enum) enums;
    SL_VEC(sl_parsed_enum_value) values;
    SL_VEC(sl_parsed_oneof) oneofs;
    SL_VEC(sl_parsed_range) extension_ranges;
    SL_VEC(sl_parsed_range) reserved_ranges;
    SL_VEC(sl_parsed_name) names; /* reserved ones */
    SL_VEC(sl_parsed_service) services;
    SL_VEC(sl_parsed_method) methods;
    SL_VEC(sl_parsed_name) dependencies;
    SL_VEC(sl_parsed_name) option_dependencies;
    SL_VEC(int32_t) public_dependencies;
    SL_VEC(int32_t) weak_dependencies;
    SL_VEC(sl_option_part) option_parts;
} sl_parser;

static inline bool sl_parser_is_editions(const sl_parser *parser)
{
    return parser->edition >= SL_EDITION_2023;
}

/* --- looking and taking --- */

static inline bool sl_parser_at_end(const sl_parser *parser)
{
    return parser->lexer.kind == SL_TOKEN_END || parser->status != SL_OK;
}

static inline bool sl_parser_at(const sl_parser *parser, char symbol)
{
    return parser->lexer.symbol == symbol;
}

static inline bool sl_parser_at_word_of(const sl_parser *parser, const char *word, size_t len)
{
    const sl_lexer *lexer = &parser->lexer;
    return lexer->kind == SL_TOKEN_IDENTIFIER && lexer->token.end - lexer->token.begin == len &&
           memcmp(lexer->source->text.data + lexer->token.begin, word, len) == 0;
}
#define sl_parser_at_word(parser, literal) \
    sl_parser_at_word_of((parser), (literal), sizeof(literal) - 1)

/* Pass it if it is there. */
bool sl_parser_try(sl_parser *parser, char symbol);
#define sl_parser_try_word(parser, literal) \
    (sl_parser_at_word((parser), (literal)) && (sl_lexer_next(&(parser)->lexer), true))

/* Pass it, or tell that it was expected and return false. */
bool sl_parser_take(sl_parser *parser, char symbol);
bool sl_parser_take_word(sl_parser *parser, const char *word);
/* '{', ';' or '}' that ends a declaration, with its comments. */
bool sl_parser_try_end(sl_parser *parser, char symbol, uint32_t place);
bool sl_parser_take_end(sl_parser *parser, char symbol, uint32_t place);
bool sl_parser_take_identifier(sl_parser *parser, const char *what, sl_str *ret_name,
                               sl_span *ret_span);
/* Adjacent literals joined, escapes decoded; on the arena of descriptors. */
bool sl_parser_take_string(sl_parser *parser, const char *what, sl_str *ret_text);
/* Out of range is told, and is taken as 0. */
bool sl_parser_take_integer(sl_parser *parser, const char *what, uint64_t most,
                            uint64_t *ret_value);
bool sl_parser_take_int32(sl_parser *parser, const char *what, bool may_be_negative,
                          int32_t *ret_value);
/* Integers, floats, inf and nan. */
bool sl_parser_take_number(sl_parser *parser, const char *what, double *ret_value);

/* --- telling --- */

/* At the current token: expected `what`, found the token. Returns false. */
bool sl_parser_expected(sl_parser *parser, const char *what);
void sl_parser_tell(sl_parser *parser, sl_span at, sl_diag_id id);
/* At the current token. */
void sl_parser_tell_here(sl_parser *parser, sl_diag_id id);
/* The file ended inside `what`. Returns false. */
bool sl_parser_end_inside(sl_parser *parser, const char *what, sl_span name);
/* Memory is out. Returns false. */
bool sl_parser_no_memory(sl_parser *parser);
/* Pass what is left of a statement that could not be read. */
void sl_parser_skip_statement(sl_parser *parser);

/* --- keeping --- */

/* A copy that lives as long as the descriptor; absent when memory is out (and told to status). */
sl_str sl_parser_keep(sl_parser *parser, sl_str text);
sl_str sl_parser_keep_buf(sl_parser *parser); /* parser->text */

/* Push on a stack; false when memory is out. */
#define sl_parser_push(parser, stack, ...) \
    (sl_vec_push((stack), __VA_ARGS__) == SL_OK || sl_parser_no_memory(parser))

/* The top of a stack, from `base`, as one array of protos in the arena and one of marks in scratch. */
typedef struct sl_taken {
    void *protos, *marks;
    uint32_t count;
} sl_taken;
typedef struct sl_stack_shape {
    size_t item, proto, mark, mark_offset; /* bytes */
} sl_stack_shape;
sl_taken sl_parser_take_top(sl_parser *parser, const void *items, size_t count,
                            sl_stack_shape shape);
#define SL_STACK_SHAPE(T)                                                         \
    ((sl_stack_shape){sizeof(T), sizeof(((T *)0)->proto), sizeof(((T *)0)->mark), \
                      offsetof(T, mark)})

/* list = { protos, count }, marks = …; the stack is cut to `base`. */
#define sl_parser_take_list(parser, stack, base, T, list, marks_list)                     \
    do {                                                                                  \
        sl_taken sl_top =                                                                 \
            sl_parser_take_top((parser), (stack)->items ? (stack)->items + (base) : NULL, \
                               (stack)->count - (base), SL_STACK_SHAPE(T));               \
        (list)->items = sl_top.protos;                                                    \
        (list)->count = sl_top.count;                                                     \
        (marks_list) = sl_top.marks;                                                      \
        (stack)->count = (base);                                                          \
    } while (0)

/* --- the grammar --- */

/* Where an element's source info goes, and what its own record is. */
typedef struct sl_field_site {
    uint32_t parent;     /* record of the message, or of the file */
    int32_t nested_step; /* field number of nested messages in the parent */
    uint32_t place;      /* record of the field */
} sl_field_site;

bool sl_parse_message(sl_parser *parser, uint32_t place, int32_t visibility);
/* From '{' to '}'. */
bool sl_parse_message_block(sl_parser *parser, sl_parsed_message *message, uint32_t place);
bool sl_parse_extend(sl_parser *parser, uint32_t parent, uint32_t place, int32_t nested_step);
bool sl_parse_visibility(sl_parser *parser, int32_t *ret_visibility);

bool sl_parse_field(sl_parser *parser, sl_parsed_field *field, sl_field_site site);
bool sl_parse_field_without_label(sl_parser *parser, sl_parsed_field *field, sl_field_site site);
bool sl_parse_default(sl_parser *parser, sl_parsed_field *field, uint32_t place);
bool sl_parse_json_name(sl_parser *parser, sl_parsed_field *field, uint32_t place);
/* A message or enum name, perhaps with dots. */
bool sl_parse_type_name(sl_parser *parser, sl_str *ret_name, sl_span *ret_span);

bool sl_parse_enum(sl_parser *parser, uint32_t place, int32_t visibility);
bool sl_parse_service(sl_parser *parser, uint32_t place);

bool sl_parse_extensions(sl_parser *parser, uint32_t place);
/* `reserved …;` of a message or, with `is_enum`, of an enum. */
bool sl_parse_reserved(sl_parser *parser, uint32_t parent, bool is_enum);
/* Ends of ranges that were written `max`. */
void sl_parse_range_maxima(sl_parser *parser, sl_parsed_message *message);

/* `option name = value;` */
bool sl_parse_option_statement(sl_parser *parser, sl_option_list *list, uint32_t parent);
/* `[name = value, …]`, if there is one. */
bool sl_parse_option_brackets(sl_parser *parser, sl_option_list *list, uint32_t parent);
/* `name = value` in brackets; `place` is of the options. */
bool sl_parse_option(sl_parser *parser, sl_option_list *list, uint32_t place, bool is_statement);
/* The option whose whole name is `name` and no extension's; NULL if there is none. */
const sl_option *sl_option_find(const sl_option_list *list, const char *name);
bool sl_option_is_true(const sl_option *option);
