/* compiler/internal/option_text.h: what option_text.c and option_any.c share: a reader that stands at one token of a value. */
#pragma once

#include "compiler/internal/option_impl.h"

typedef struct sl_text {
    sl_interpreter *in;
    sl_lexer lexer;
    uint32_t depth; /* messages around what is read, those of the option's name included */
    sl_buf string;
} sl_text;

void sl_text_next(sl_text *text);
/* Pass it if it is there. */
bool sl_text_try(sl_text *text, char symbol);
/* Pass it, or tell that `what` was expected and return false. */
bool sl_text_take(sl_text *text, char symbol, const char *what);
bool sl_text_expected(sl_text *text, const char *what);
sl_str sl_text_token(const sl_text *text);
sl_span sl_text_place(const sl_text *text);
/* '{' or '<'; *ret_end is what closes it. */
bool sl_text_open(sl_text *text, char *ret_end);
/* One level deeper; its caller leaves it by text->depth--. False, and told: too deep. */
bool sl_text_enter(sl_text *text);

/* Fields up to `end` and it, or with '\0' up to the end of the value, appended to in->text. */
bool sl_text_message(sl_text *text, const sl_message *message, char end);

/* option_any.c: at '['. An extension's name gives *ret_field; an Any with its value is read whole and sets *ret_is_done. Neither: in the
 * plain pass, which leaves both for later. */
bool sl_text_bracket(sl_text *text, const sl_message *message, const sl_field **ret_field,
                     bool *ret_is_done);
/* Pass what stands behind a name that means nothing. */
bool sl_text_skip_value(sl_text *text);
