/* tests/compiler/test_grammar.c: small files that are accepted or refused as protoc does.
 *
 * The cases and their form are in grammar/syntax.cases; grammar_truth.py holds its verdicts against protoc. The parser alone decides these. A
 * refused file has a place for its first error that lies in the file. */
#include "compiler/internal/unit.h"
#include "tests/schema/corpus.h"
#include "tests/support/tap_main.h"

#include <stdio.h>
#include <stdlib.h>

enum { CASES_MOST = 2000 };

typedef struct grammar_case {
    char name[64];
    sl_str frame, text;
    bool is_accepted;
} grammar_case;

static sl_buf file_text;
static grammar_case cases[CASES_MOST];
static int case_count;

/* "--- name | frame | verdict" */
static bool read_head(sl_str line, grammar_case *ret_case)
{
    sl_str name, rest, frame, verdict;
    if (!sl_str_starts_with(line, SL_STR("--- ")) || !sl_str_split(line, '|', &name, &rest) ||
        !sl_str_split(rest, '|', &frame, &verdict))
        return false;
    name = sl_str_trim((sl_str){name.data + 4, name.len - 4});
    verdict = sl_str_trim(verdict);
    snprintf(ret_case->name, sizeof ret_case->name, "%.*s", SL_STR_ARG(name));
    ret_case->frame = sl_str_trim(frame);
    ret_case->is_accepted = sl_str_is(verdict, "accept") || sl_str_is(verdict, "warn");
    ret_case->text = (sl_str){0};
    return ret_case->is_accepted || sl_str_is(verdict, "refuse");
}

static void read_cases(sl_str text)
{
    while (text.len && case_count < CASES_MOST) {
        const char *newline = memchr(text.data, '\n', text.len);
        sl_str line = {text.data, newline ? (size_t)(newline - text.data) : text.len};
        size_t passed = line.len + (newline != NULL);
        if (read_head(line, &cases[case_count])) {
            cases[case_count++].text = (sl_str){text.data + passed, 0};
        } else if (case_count) {
            cases[case_count - 1].text.len += passed;
        }
        text = (sl_str){text.data + passed, text.len - passed};
    }
}

/* <xHH> is a byte, <cut> and the newline behind it nothing. */
static void append_decoded(sl_str text, sl_buf *buf)
{
    for (size_t i = 0; i < text.len; i++) {
        sl_str rest = {text.data + i, text.len - i};
        if (sl_str_starts_with(rest, SL_STR("<cut>\n"))) {
            i += 5;
        } else if (rest.len >= 5 && rest.data[0] == '<' && rest.data[1] == 'x' &&
                   rest.data[4] == '>' && sl_hex_decode((sl_str){rest.data + 2, 2}, buf) == SL_OK) {
            i += 4;
        } else {
            sl_buf_append_byte(buf, (uint8_t)text.data[i]);
        }
    }
}

static void append_framed(const grammar_case *it, sl_buf *buf)
{
    sl_str edition = it->frame, wrap = {0};
    bool is_wrapped = sl_str_split(it->frame, '.', &edition, &wrap);
    if (sl_str_is(edition, "p2") || sl_str_is(edition, "p3"))
        sl_buf_printf(buf, "syntax = \"proto%c\"; ", edition.data[1]);
    else if (!sl_str_is(edition, "raw"))
        sl_buf_printf(buf, "edition = \"%.*s\"; ", SL_STR_ARG(edition));
    if (is_wrapped)
        sl_buf_append_str(buf, sl_str_is(wrap, "m")   ? SL_STR("message M { ")
                               : sl_str_is(wrap, "e") ? SL_STR("enum E { A = 0; ")
                                                      : SL_STR("message M {} service S { "));
    append_decoded(it->text, buf);
    if (is_wrapped)
        sl_buf_append_literal(buf, "}\n");
}

START_TEST(a_file_is_accepted_or_refused_as_protoc_does)
{
    const grammar_case *it = &cases[_i];
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_cleanup(sl_arena_done) sl_arena scratch = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_unit_done) sl_unit unit = {0};
    sl_diags diags = {.findings = &findings};
    append_framed(it, &text);
    sl_buf_append_byte(&text, 0);
    sl_source source = {.path = SL_STR("case.proto"), .text = {text.data, text.len - 1}};

    ck_assert_int_eq(sl_parse(source, true, &arena, &scratch, &diags, &unit), SL_OK);
    const sl_finding *first = findings.list.count ? &findings.list.items[0] : NULL;
    ck_assert_msg((findings.error_count == 0) == it->is_accepted, "%s: %s %.*s", it->name,
                  it->is_accepted ? "protoc accepts it; here:" : "protoc refuses it",
                  SL_STR_ARG(first ? first->message : (sl_str){0}));
    for (size_t i = 0; i < findings.list.count; i++) {
        const sl_finding *finding = &findings.list.items[i];
        ck_assert_str_eq(finding->at.file.data, "case.proto");
        ck_assert(finding->severity != SL_SEVERITY_ERROR || finding->at.line > 0);
        ck_assert(finding->message.len > 0);
    }
}
END_TEST

static Suite *grammar_suite(void)
{
    char path[4096];
    const char *root = getenv("SLUICE_SOURCE_ROOT");
    snprintf(path, sizeof path, "%s/tests/compiler/grammar/syntax.cases", root ? root : ".");
    Suite *suite = suite_create("grammar");
    TCase *tcase = tcase_create("syntax");
    if (corpus_read_file(path, &file_text))
        read_cases(sl_buf_str(&file_text));
    /* Without cases there is nothing to pass: the count is held by one that cannot be there. */
    tcase_add_loop_test(tcase, a_file_is_accepted_or_refused_as_protoc_does, 0,
                        case_count ? case_count : 1);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(grammar_suite)
