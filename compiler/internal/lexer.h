/* compiler/internal/lexer.h: text to tokens, and tokens to values.
 *
 * A lexer stands at one token and knows the end of the one before it. No token is ever copied: it is a kind and a span. Lines are nobody's
 * business here but where a comment belongs to a line. The back end opens a second lexer over the text of an aggregate option value.
 *
 * What counts as a token, and what is said of a bad one, is protoc's io::Tokenizer. */
#pragma once

#include "compiler/internal/diag.h"

typedef enum sl_token_kind {
    SL_TOKEN_START, /* before the first */
    SL_TOKEN_END,
    SL_TOKEN_IDENTIFIER,
    SL_TOKEN_INTEGER, /* decimal, 0x…, 0… */
    SL_TOKEN_FLOAT,
    SL_TOKEN_STRING, /* with its quotes */
    SL_TOKEN_SYMBOL, /* one byte */
} sl_token_kind;

typedef struct sl_lexer {
    sl_source *source;
    sl_diags *diags;      /* NULL: say nothing (a text that was read before) */
    const char *at, *end; /* what is not read yet */
    sl_token_kind kind;   /* of the current token */
    char symbol;          /* SYMBOL: its byte; else 0 */
    sl_span token;
    uint32_t previous_end; /* of the token before; 0 at the first */
    uint32_t previous_begin;
    bool had_errors;
} sl_lexer;

/* Over all of `source`, or over a part of it that was lexed before (`diags` NULL). The first sl_lexer_next() goes to the first token. */
void sl_lexer_start(sl_lexer *lexer, sl_source *source, sl_span part, sl_diags *diags);
void sl_lexer_next(sl_lexer *lexer);

/* Before the first token: pass a UTF-8 byte order mark. */
void sl_lexer_skip_bom(sl_lexer *lexer);
/* Behind "//" or "/" "*": go to the end of the comment. False: the text ends first (told). */
void sl_lexer_line_comment(sl_lexer *lexer);
bool sl_lexer_block_comment(sl_lexer *lexer);

static inline sl_str sl_lexer_text(const sl_lexer *lexer)
{
    return sl_source_text(lexer->source, lexer->token);
}

/* A letter or '_', then letters, digits and '_'. */
bool sl_is_identifier(sl_str text);
/* The value of an INTEGER token; false if it is above `most` or not a number at all (089). */
bool sl_token_integer(sl_str token, uint64_t most, uint64_t *ret_value);
/* The value of a FLOAT or decimal INTEGER token. */
double sl_token_float(sl_str token);
/* Append the bytes that a STRING token means. */
void sl_token_string(sl_str token, sl_buf *buf);
