/* tests/compiler/test_options.c: options of small files, against verdicts and bytes that protoc 36 gave.
 *
 * The cases lie in tests/compiler/options (the head of values.cases says how they are written); options_truth.py records and checks what is said
 * of protoc. Imports come from the same folder. What is accepted is printed, too: the text compiles to the same bytes. */
#include "compiler/compiler.h"
#include "tests/compiler/round_trip.h"
#include "tests/schema/corpus.h"
#include "tests/support/tap_main.h"

#include <stdio.h>
#include <stdlib.h>

enum { CASES_MOST = 2000, HASH_DIGITS = 16, PRINT_RUNS = 8 };

static const char *const case_files[] = {"kinds", "names", "text", "values", "where"};

typedef struct option_case {
    sl_str name, frame, verdict, text;
} option_case;

static option_case cases[CASES_MOST];
static size_t case_count;
static sl_buf texts[SL_ARRAY_LEN(case_files)];
static char folder[4096];

/* --- reading cases --- */

static bool read_head(sl_str line, option_case *ret_case)
{
    sl_str rest = {line.data + 4, line.len - 4}, middle;
    if (!sl_str_starts_with(line, SL_STR("--- ")) ||
        !sl_str_split(rest, '|', &ret_case->name, &middle) ||
        !sl_str_split(middle, '|', &ret_case->frame, &ret_case->verdict))
        return false;
    ret_case->name = sl_str_trim(ret_case->name);
    ret_case->frame = sl_str_trim(ret_case->frame);
    ret_case->verdict = sl_str_trim(ret_case->verdict);
    return true;
}

static void read_cases(sl_str text)
{
    sl_str line, rest = text;
    option_case *open = NULL;
    while (sl_str_split(rest, '\n', &line, &rest)) {
        option_case head;
        if (case_count < CASES_MOST && line.len > 4 && read_head(line, &head)) {
            open = &cases[case_count++];
            *open = head;
            open->text = (sl_str){rest.data, 0};
        } else if (open) {
            open->text.len = (size_t)(rest.data - open->text.data);
        }
    }
}

/* --- frames --- */

static void append_start(sl_str edition, sl_buf *buf)
{
    if (edition.data[0] == 'p')
        sl_buf_printf(buf, "syntax = \"proto%c\"; ", edition.data[1]);
    else
        sl_buf_printf(buf, "edition = \"%.*s\"; ", SL_STR_ARG(edition));
}

/* "+a-b" */
static void append_imports(sl_str imports, sl_buf *buf)
{
    size_t at = 0;
    while (at < imports.len) {
        size_t end = at + 1;
        while (end < imports.len && imports.data[end] != '+' && imports.data[end] != '-')
            end++;
        sl_buf_printf(buf, " import %s\"%.*s.proto\";", imports.data[at] == '-' ? "option " : "",
                      (int)(end - at - 1), imports.data + at + 1);
        at = end;
    }
}

static const char *wrap_of(char kind)
{
    switch (kind) {
    case 'm': return "message M { ";
    case 'e': return "enum E { A = 0; ";
    case 's': return "message M {} service S { ";
    default: return "";
    }
}

static void append_framed(const option_case *it, sl_buf *buf)
{
    size_t at = 0;
    while (at < it->frame.len && !strchr("+- |", it->frame.data[at]))
        at++;
    sl_str imports = {it->frame.data + at, it->frame.len - at};
    sl_str edition = {it->frame.data, at}, package = SL_STR("t"), wrap = SL_STR(" ");
    sl_str_split(edition, '@', &edition, &package);
    sl_str_split(edition, '.', &edition, &wrap);
    append_start(edition, buf);
    if (package.len > 0)
        sl_buf_printf(buf, "package %.*s;", SL_STR_ARG(package));
    append_imports(imports, buf);
    sl_buf_printf(buf, "\n%s%.*s%s", wrap_of(wrap.data[0]), SL_STR_ARG(it->text),
                  wrap.data[0] == ' ' ? "" : "}\n");
}

/* --- judging --- */

static sl_resolver *open_files(const sl_memory_file *file)
{
    sl_resolver *links[3], *chain = NULL;
    sl_str shared = sl_str_from(folder);
    ck_assert_int_eq(sl_resolver_of_memory(file, 1, &links[0]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_directories(&shared, 1, &links[1]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_built_ins(&links[2]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_chain(links, 3, &chain), SL_OK);
    return chain;
}

static void check_findings(const option_case *it, const sl_findings *findings)
{
    for (size_t i = 0; i < findings->list.count; i++) {
        const sl_finding *finding = &findings->list.items[i];
        ck_assert_msg(finding->message.len > 0 && finding->at.line > 0, "%.*s: %.*s",
                      SL_STR_ARG(it->name), SL_STR_ARG(finding->message));
    }
}

static void compile(const option_case *it, sl_str text, sl_compiled **ret_compiled,
                    sl_findings *findings)
{
    sl_memory_file file = {SL_STR("case.proto"), text};
    sl_cleanup(sl_resolver_freep) sl_resolver *resolver = open_files(&file);
    sl_compile_request request = {resolver, &file.path, 1, true};
    sl_error err = {0};
    ck_assert_msg(sl_compile(&request, ret_compiled, findings, &err) == SL_OK, "%.*s: %s",
                  SL_STR_ARG(it->name), err.text);
}

START_TEST(options_are_those_of_protoc)
{
    const option_case *it = &cases[_i];
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    sl_cleanup(sl_buf_done) sl_buf verdict = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    append_framed(it, &text);
    compile(it, sl_buf_str(&text), &compiled, &findings);
    check_findings(it, &findings);
    sl_buf_append_literal(&verdict, "refuse");
    if (compiled) {
        sl_sha256 hash;
        size_t last = sl_compiled_count(compiled) - 1;
        ck_assert_int_eq(sl_sha256_of(sl_compiled_at(compiled, last)->bytes, &hash), SL_OK);
        sl_buf_clear(&verdict);
        sl_buf_append_literal(&verdict, "accept ");
        for (size_t i = 0; i < HASH_DIGITS / 2; i++)
            sl_buf_printf(&verdict, "%02x", hash.bytes[i]);
    }
    const sl_finding *first = findings.list.count ? &findings.list.items[0] : NULL;
    ck_assert_msg(sl_str_equal(sl_buf_str(&verdict), it->verdict),
                  "%.*s: protoc: %.*s; here: %.*s %.*s", SL_STR_ARG(it->name),
                  SL_STR_ARG(it->verdict), SL_STR_ARG(sl_buf_str(&verdict)),
                  SL_STR_ARG(first ? first->message : (sl_str){0}));
}
END_TEST

/* --- printing -------------------------------------------------------------------------------- */

static void compile_again(void *context, sl_str text, sl_compiled **ret_compiled,
                          sl_findings *findings)
{
    compile(context, text, ret_compiled, findings);
}

static void check_printed(option_case *it)
{
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    append_framed(it, &text);
    compile(it, sl_buf_str(&text), &compiled, &findings);
    if (!compiled)
        return; /* that it is to be so is the other test's claim */
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = round_trip_link(compiled);
    ck_assert_msg(schema != NULL, "%.*s does not link", SL_STR_ARG(it->name));
    round_trip_check(&(round_trip){it->name, compile_again, it}, schema);
}

START_TEST(accepted_options_come_back_from_text)
{
    for (size_t i = (size_t)_i; i < case_count; i += PRINT_RUNS)
        check_printed(&cases[i]);
}
END_TEST

static Suite *options_suite(void)
{
    char path[4200];
    const char *root = getenv("SLUICE_SOURCE_ROOT");
    snprintf(folder, sizeof folder, "%s/tests/compiler/options", root ? root : ".");
    Suite *suite = suite_create("options");
    TCase *tcase = tcase_create("options");
    for (size_t i = 0; i < SL_ARRAY_LEN(case_files); i++) {
        snprintf(path, sizeof path, "%s/%s.cases", folder, case_files[i]);
        if (corpus_read_file(path, &texts[i]))
            read_cases(sl_buf_str(&texts[i]));
    }
    /* Without cases there is nothing to pass: the count is held by one that cannot be there. */
    tcase_add_loop_test(tcase, options_are_those_of_protoc, 0, case_count ? (int)case_count : 1);
    tcase_add_loop_test(tcase, accepted_options_come_back_from_text, 0, PRINT_RUNS);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(options_suite)
