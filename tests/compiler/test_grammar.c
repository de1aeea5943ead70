/* tests/compiler/test_grammar.c: small files that are accepted or refused as protoc does.
 *
 * The cases and their form are in grammar/: syntax.cases has the form of one file, names.cases that of several; grammar_truth.py holds the
 * verdicts against protoc. Where protoc warns, there is a warning, and where it does not there is none, but for a file that does not say its
 * syntax. Each finding says its file, and each error in the text of a case its line. */
#include "compiler/compiler.h"
#include "tests/compiler/round_trip.h"
#include "tests/schema/corpus.h"
#include "tests/support/tap_main.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { CASES_MOST = 4000, CASE_FILES_MOST = 32, PARTS_MOST = 8 };

typedef struct grammar_case {
    char name[64];
    sl_str frame, text;
    bool is_accepted, is_warned;
} grammar_case;

static sl_buf file_texts[CASE_FILES_MOST];
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
    ret_case->is_warned = sl_str_is(verdict, "warn");
    ret_case->is_accepted = ret_case->is_warned || sl_str_is(verdict, "accept");
    ret_case->text = (sl_str){0};
    return ret_case->is_accepted || sl_str_is(verdict, "refuse");
}

static void read_cases(sl_str text)
{
    int first = case_count;
    while (text.len && case_count < CASES_MOST) {
        const char *newline = memchr(text.data, '\n', text.len);
        sl_str line = {text.data, newline ? (size_t)(newline - text.data) : text.len};
        size_t passed = line.len + (newline != NULL);
        if (read_head(line, &cases[case_count])) {
            cases[case_count++].text = (sl_str){text.data + passed, 0};
        } else if (case_count > first) {
            cases[case_count - 1].text.len += passed;
        }
        text = (sl_str){text.data + passed, text.len - passed};
    }
}

/* "<3*a# >" is "a1 a2 a3 ". Returns how much of `text` that took; 0: it does not begin so. */
static size_t append_repeated(sl_str text, sl_buf *buf)
{
    char *star = NULL;
    unsigned long times =
        text.data[0] == '<' && text.len > 1 ? strtoul(text.data + 1, &star, 10) : 0;
    const char *end = memchr(text.data, '>', text.len);
    if (times == 0 || !end || *star != '*')
        return 0;
    for (unsigned long i = 1; i <= times; i++)
        for (const char *at = star + 1; at < end; at++)
            if (*at == '#')
                sl_buf_printf(buf, "%lu", i);
            else
                sl_buf_append_byte(buf, (uint8_t)*at);
    return (size_t)(end - text.data) + 1;
}

/* <xHH> is a byte, <cut> and the newline behind it nothing, <N*…> a text N times. */
static void append_decoded(sl_str text, sl_buf *buf)
{
    for (size_t i = 0; i < text.len; i++) {
        sl_str rest = {text.data + i, text.len - i};
        size_t repeated = append_repeated(rest, buf);
        if (repeated > 0) {
            i += repeated - 1;
        } else if (sl_str_starts_with(rest, SL_STR("<cut>\n"))) {
            i += 5;
        } else if (rest.len >= 5 && rest.data[0] == '<' && rest.data[1] == 'x' &&
                   rest.data[4] == '>' && sl_hex_decode((sl_str){rest.data + 2, 2}, buf) == SL_OK) {
            i += 4;
        } else {
            sl_buf_append_byte(buf, (uint8_t)text.data[i]);
        }
    }
}

/* The first part of a case, in its frame. */
static void append_framed(const grammar_case *it, sl_str text, sl_buf *buf)
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
    append_decoded(text, buf);
    if (is_wrapped)
        sl_buf_append_literal(buf, "}\n");
}

/* Up to the next line "=== path"; false at the end. */
static bool next_part(sl_str *rest, sl_str *ret_path, sl_str *ret_text)
{
    sl_str line, text = *rest;
    if (!sl_str_starts_with(text, SL_STR("=== ")) || !sl_str_split(text, '\n', &line, &text))
        return false;
    *ret_path = (sl_str){line.data + 4, line.len - 4};
    size_t len = 0;
    while (len < text.len) {
        sl_str here = {text.data + len, text.len - len};
        if (sl_str_starts_with(here, SL_STR("=== ")))
            break;
        const char *newline = memchr(here.data, '\n', here.len);
        len += newline ? (size_t)(newline - here.data) + 1 : here.len;
    }
    *ret_text = (sl_str){text.data, len};
    *rest = (sl_str){text.data + len, text.len - len};
    return true;
}

typedef struct case_files {
    sl_memory_file files[PARTS_MOST];
    sl_buf texts[PARTS_MOST];
    size_t count;
} case_files;

static void case_files_done(case_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        sl_buf_done(&files->texts[i]);
}

static void read_parts(const grammar_case *it, case_files *files)
{
    const char *others = memmem(it->text.data, it->text.len, "\n=== ", 5);
    size_t main_len = others ? (size_t)(others + 1 - it->text.data) : it->text.len;
    sl_str rest = {it->text.data + main_len, it->text.len - main_len}, path, text;
    append_framed(it, (sl_str){it->text.data, main_len}, &files->texts[0]);
    files->files[0].path = SL_STR("case.proto");
    files->count = 1;
    while (next_part(&rest, &path, &text)) {
        ck_assert_uint_lt(files->count, PARTS_MOST);
        append_decoded(text, &files->texts[files->count]);
        files->files[files->count++].path = path;
    }
    for (size_t i = 0; i < files->count; i++)
        files->files[i].text = sl_buf_str(&files->texts[i]);
}

/* What protoc tells on its own log, or leaves to others to tell. */
static bool is_own_warning(const sl_finding *finding)
{
    return sl_str_is(finding->rule, "SYNTAX_MISSING");
}

static void check_findings(const grammar_case *it, const sl_findings *findings)
{
    size_t warnings = 0;
    for (size_t i = 0; i < findings->list.count; i++) {
        const sl_finding *finding = &findings->list.items[i];
        ck_assert_msg(finding->at.file.len > 0, "%s: no file", it->name);
        ck_assert(finding->message.len > 0);
        warnings += finding->severity == SL_SEVERITY_WARNING && !is_own_warning(finding);
    }
    const sl_finding *first = findings->list.count ? &findings->list.items[0] : NULL;
    if (it->is_accepted)
        ck_assert_msg((warnings > 0) == it->is_warned, "%s: protoc %s: %.*s", it->name,
                      it->is_warned ? "warns of it" : "does not warn of it",
                      SL_STR_ARG(first ? first->message : (sl_str){0}));
}

/* Compiles files->files[0] beside the others. */
static void compile(const grammar_case *it, const case_files *files, sl_compiled **ret_compiled,
                    sl_findings *findings)
{
    sl_cleanup(sl_resolver_freep) sl_resolver *chain = NULL;
    sl_resolver *resolvers[2];
    sl_error err = {0};
    sl_compile_request request = {
        .mains = &files->files[0].path, .main_count = 1, .with_source_info = true};
    ck_assert_int_eq(sl_resolver_of_memory(files->files, files->count, &resolvers[0]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_built_ins(&resolvers[1]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_chain(resolvers, 2, &chain), SL_OK);
    request.resolver = chain;
    ck_assert_msg(sl_compile(&request, ret_compiled, findings, &err) == SL_OK, "%s: %s", it->name,
                  err.text);
}

START_TEST(a_file_is_accepted_or_refused_as_protoc_does)
{
    const grammar_case *it = &cases[_i];
    sl_cleanup(case_files_done) case_files files = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    read_parts(it, &files);
    compile(it, &files, &compiled, &findings);
    const sl_finding *first = findings.list.count ? &findings.list.items[0] : NULL;
    ck_assert_msg((compiled != NULL) == it->is_accepted, "%s: %s %.*s", it->name,
                  it->is_accepted ? "protoc accepts it; here:" : "protoc refuses it",
                  SL_STR_ARG(first ? first->message : (sl_str){0}));
    ck_assert_msg((compiled != NULL) == (findings.error_count == 0), "%s", it->name);
    check_findings(it, &findings);
}
END_TEST

/* --- printing -------------------------------------------------------------------------------- */

/* A case with its files. */
typedef struct printed_case {
    const grammar_case *it;
    case_files *files;
} printed_case;

static void compile_again(void *context, sl_str text, sl_compiled **ret_compiled,
                          sl_findings *findings)
{
    printed_case *printed = context;
    printed->files->files[0].text = text;
    compile(printed->it, printed->files, ret_compiled, findings);
}

/* What text may say and no uploaded set may hold. */
static const char *const unlinked[] = {
    /* texts of descriptors are UTF-8; protoc does not mind */
    "json_name_not_utf8",
    "default_string_not_utf8",
    "default_string_raw_not_utf8",
    "default_string_not_utf8_2023",
    "string_invalid_utf8_in_reserved",
    /* a warning for text, and an error for a set, as for protoc --descriptor_set_in */
    "extension_number_twice_in_files",
    "extension_number_twice_in_unrelated_files",
    /* the feature that exports it is of source retention, so the descriptor does not say it any more: as for protoc */
    "nested_default_export_all_from_other_file",
};

static bool is_unlinked(const grammar_case *it)
{
    for (size_t i = 0; i < SL_ARRAY_LEN(unlinked); i++)
        if (strcmp(unlinked[i], it->name) == 0)
            return true;
    return false;
}

START_TEST(an_accepted_file_comes_back_from_its_printed_text)
{
    const grammar_case *it = &cases[_i];
    sl_cleanup(case_files_done) case_files files = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    if (!it->is_accepted)
        return;
    read_parts(it, &files);
    compile(it, &files, &compiled, &findings);
    ck_assert_ptr_nonnull(compiled);
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = round_trip_link(compiled);
    ck_assert_msg((schema == NULL) == is_unlinked(it), "%s %s", it->name,
                  schema ? "links: take it off the list" : "does not link");
    if (!schema)
        return;
    printed_case printed = {it, &files};
    round_trip_check(&(round_trip){sl_str_from(it->name), compile_again, &printed}, schema);
}
END_TEST

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_cases(const struct dirent *entry)
{
    return sl_str_ends_with(sl_str_from(entry->d_name), SL_STR(".cases"));
}

static void read_folder(void)
{
    char path[4096];
    struct dirent **entries = NULL;
    const char *root = getenv("SLUICE_SOURCE_ROOT");
    snprintf(path, sizeof path, "%s/tests/compiler/grammar", root ? root : ".");
    int count = scandir(path, &entries, is_cases, by_name);
    for (int i = 0; i < count; i++) {
        char file[4400];
        snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name);
        if (i < CASE_FILES_MOST && corpus_read_file(file, &file_texts[i]))
            read_cases(sl_buf_str(&file_texts[i]));
        free(entries[i]);
    }
    free(entries);
}

static Suite *grammar_suite(void)
{
    Suite *suite = suite_create("grammar");
    TCase *tcase = tcase_create("cases");
    read_folder();
    /* Without cases there is nothing to pass: the count is held by one that cannot be there. */
    tcase_add_loop_test(tcase, a_file_is_accepted_or_refused_as_protoc_does, 0,
                        case_count ? case_count : 1);
    tcase_add_loop_test(tcase, an_accepted_file_comes_back_from_its_printed_text, 0,
                        case_count ? case_count : 1);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(grammar_suite)
