/* fuzz/fuzz_lexer.c: any bytes as .proto text, to its tokens and their values.
 *
 * Besides not crashing: tokens lie behind each other inside the text and are of the form that their kind says; a value is not longer than its
 * token; an error is told exactly if the lexer says that it had one; a second reading, which tells nothing, sees the same tokens. */
#include "compiler/internal/lexer.h"
#include "fuzz/fuzz.h"
#include "schema/default_text.h"

static void look_at_value(sl_str token, sl_token_kind kind)
{
    sl_cleanup(sl_buf_done) sl_buf value = {0};
    uint64_t number = 0;
    switch (kind) {
    case SL_TOKEN_IDENTIFIER: fuzz_must(sl_is_identifier(token), "an identifier is one"); break;
    case SL_TOKEN_INTEGER:
        if (sl_token_integer(token, UINT32_MAX, &number))
            fuzz_must(number <= UINT32_MAX, "a number keeps its bound");
        if (sl_token_integer(token, UINT64_MAX, &number))
            sl_text_of_double(sl_token_float(token), &value);
        break;
    case SL_TOKEN_FLOAT:
        sl_text_of_double(sl_token_float(token), &value);
        sl_text_of_float((float)sl_token_float(token), &value);
        fuzz_must(value.len > 0, "a number has a text");
        break;
    case SL_TOKEN_STRING:
        sl_token_string(token, &value);
        fuzz_must(value.len <= token.len, "a string is not longer than its token");
        sl_buf_clear(&value);
        sl_text_of_bytes(token, &value);
        fuzz_must(value.len >= token.len, "escaped bytes are not fewer");
        break;
    case SL_TOKEN_SYMBOL: fuzz_must(token.len == 1, "a symbol is one byte"); break;
    default: fuzz_must(false, "a token has a kind");
    }
}

static void read_twice(sl_source *source)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_diags diags = {.findings = &findings};
    sl_span all = {0, (uint32_t)source->text.len};
    sl_lexer lexer, second;
    uint32_t end = 0;
    sl_lexer_start(&lexer, source, all, &diags);
    sl_lexer_start(&second, source, all, NULL);
    sl_lexer_skip_bom(&lexer);
    sl_lexer_skip_bom(&second);
    for (;;) {
        sl_lexer_next(&lexer);
        sl_lexer_next(&second);
        fuzz_must(lexer.kind == second.kind && lexer.token.begin == second.token.begin &&
                      lexer.token.end == second.token.end,
                  "a second reading sees the same");
        if (lexer.kind == SL_TOKEN_END)
            break;
        fuzz_must(lexer.token.begin >= end && lexer.token.end > lexer.token.begin &&
                      lexer.token.end <= all.end,
                  "tokens lie behind each other, inside the text");
        fuzz_must((lexer.symbol != 0) == (lexer.kind == SL_TOKEN_SYMBOL), "a symbol is known");
        end = lexer.token.end;
        look_at_value(sl_lexer_text(&lexer), lexer.kind);
    }
    fuzz_must(lexer.had_errors == second.had_errors, "and the same errors");
    fuzz_must(lexer.had_errors == (findings.error_count > 0), "each error is told");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    char *text = sl_alloc(len + 1); /* the text ends in a NUL that is not of it */
    if (!text)
        return 0;
    if (len)
        memcpy(text, bytes, len);
    text[len] = '\0';
    sl_source source = {.path = SL_STR("a.proto"), .text = {text, len}};
    read_twice(&source);
    sl_source_done(&source);
    sl_free(text);
    return 0;
}
