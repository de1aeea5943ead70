/* tests/compiler/test_mutants.c: good files with one token changed are accepted, warned of or refused as protoc does.
 *
 * scripts/corpora.d/mutants.py makes them and asks protoc 36 (its head says how they are chosen); each is compiled here in process. $SLUICE_MUTANTS
 * is how many of them are tried, the first 2000 if it is not set; `SLUICE_MUTANTS=20000 scripts/corpora` makes that many. There is no ledger: none
 * may differ. */
#include "compiler/compiler.h"
#include "tests/schema/corpus.h"
#include "tests/support/tap_main.h"

#include <stdio.h>
#include <stdlib.h>

enum { MUTANTS_BY_DEFAULT = 2000, TOLD_MOST = 40 };

typedef struct mutant {
    sl_str root, path, put, deed, verdict;
    int64_t offset, taken;
} mutant;

static sl_buf table;

static bool next_column(sl_str *line, sl_str *ret_column)
{
    sl_str rest = {0};
    bool is_last = !sl_str_split(*line, '\t', ret_column, &rest);
    if (is_last)
        *ret_column = *line;
    *line = rest;
    return ret_column->data != NULL;
}

static bool read_mutant(sl_str line, mutant *ret_mutant)
{
    sl_str offset, taken;
    return next_column(&line, &ret_mutant->root) && next_column(&line, &ret_mutant->path) &&
           next_column(&line, &offset) && next_column(&line, &taken) &&
           next_column(&line, &ret_mutant->put) && next_column(&line, &ret_mutant->deed) &&
           next_column(&line, &ret_mutant->verdict) && sl_str_to_i64(offset, &ret_mutant->offset) &&
           sl_str_to_i64(taken, &ret_mutant->taken);
}

/* The good file with its change. */
static void write_mutant(const mutant *it, const char *root, sl_buf *text)
{
    char path[8192];
    sl_cleanup(sl_buf_done) sl_buf good = {0};
    snprintf(path, sizeof path, "%s/%.*s", root, SL_STR_ARG(it->path));
    ck_assert_msg(corpus_read_file(path, &good), "%s cannot be read", path);
    size_t behind = (size_t)(it->offset + it->taken);
    ck_assert_uint_le(behind, good.len);
    sl_buf_append(text, good.data, (size_t)it->offset);
    if (it->put.len > 0)
        ck_assert_int_eq(sl_hex_decode(it->put, text), SL_OK);
    sl_buf_append(text, good.data + behind, good.len - behind);
}

static bool compiles(const mutant *it, const char *root, sl_findings *findings)
{
    sl_cleanup(sl_buf_done) sl_buf text = {0};
    sl_cleanup(sl_compiled_freep) sl_compiled *compiled = NULL;
    sl_cleanup(sl_resolver_freep) sl_resolver *chain = NULL;
    sl_resolver *resolvers[3];
    sl_error err = {0};
    sl_str folder = sl_str_from(root);
    write_mutant(it, root, &text);
    sl_memory_file file = {it->path, sl_buf_str(&text)};
    ck_assert_int_eq(sl_resolver_of_memory(&file, 1, &resolvers[0]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_directories(&folder, 1, &resolvers[1]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_built_ins(&resolvers[2]), SL_OK);
    ck_assert_int_eq(sl_resolver_of_chain(resolvers, 3, &chain), SL_OK);
    sl_compile_request request = {
        .resolver = chain, .mains = &it->path, .main_count = 1, .with_source_info = true};
    sl_status status = sl_compile(&request, &compiled, findings, &err);
    ck_assert_msg(status == SL_OK, "%.*s: %s", SL_STR_ARG(it->path), err.text);
    return compiled != NULL;
}

static const char *first_error(const sl_findings *findings)
{
    for (size_t i = 0; i < findings->list.count; i++)
        if (findings->list.items[i].severity == SL_SEVERITY_ERROR)
            return findings->list.items[i].message.data;
    return "nothing is wrong";
}

/* protoc tells of a missing syntax on its log, and not as a warning. */
static bool warns(const sl_findings *findings)
{
    for (size_t i = 0; i < findings->list.count; i++)
        if (findings->list.items[i].severity == SL_SEVERITY_WARNING &&
            !sl_str_is(findings->list.items[i].rule, "SYNTAX_MISSING"))
            return true;
    return false;
}

/* Does protoc say something else? */
static bool differs(const mutant *it)
{
    char root[4096], name[2048];
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    snprintf(name, sizeof name, "%.*s", SL_STR_ARG(it->root));
    corpus_cached_path(name, root, sizeof root);
    const char *verdict = "refuse";
    if (compiles(it, root, &findings))
        verdict = warns(&findings) ? "warn" : "accept";
    if (sl_str_is(it->verdict, verdict))
        return false;
    fprintf(stderr,
            "# %.*s %.*s at %lld, %lld bytes to '%.*s' (%.*s): protoc: %.*s; here: %s, %s\n",
            SL_STR_ARG(it->root), SL_STR_ARG(it->path), (long long)it->offset, (long long)it->taken,
            SL_STR_ARG(it->put), SL_STR_ARG(it->deed), SL_STR_ARG(it->verdict), verdict,
            first_error(&findings));
    return true;
}

static int64_t how_many(void)
{
    const char *wanted = getenv("SLUICE_MUTANTS");
    int64_t count = MUTANTS_BY_DEFAULT;
    if (wanted && wanted[0])
        ck_assert_msg(sl_str_to_i64(sl_str_from(wanted), &count), "SLUICE_MUTANTS is no number");
    return count;
}

START_TEST(mutants_are_accepted_or_refused_as_protoc_does)
{
    sl_str rest = sl_buf_str(&table), line;
    int64_t wanted = how_many(), tried = 0, different = 0;
    while (tried < wanted && sl_str_split(rest, '\n', &line, &rest)) {
        mutant it;
        ck_assert_msg(read_mutant(line, &it), "no mutant: %.*s", SL_STR_ARG(line));
        tried++;
        if (different < TOLD_MOST)
            different += differs(&it);
    }
    fprintf(stderr, "# %lld mutants, %lld otherwise than protoc\n", (long long)tried,
            (long long)different);
    ck_assert_msg(tried == wanted,
                  "there are %lld of %lld mutants; run SLUICE_MUTANTS=%lld scripts/corpora",
                  (long long)tried, (long long)wanted, (long long)wanted);
    ck_assert_int_eq(different, 0);
}
END_TEST

static Suite *mutants_suite(void)
{
    char path[4096];
    Suite *suite = suite_create("mutants");
    TCase *tcase = tcase_create("all");
    corpus_cached_path("mutants/mutants.tsv", path, sizeof path);
    if (!corpus_read_file(path, &table))
        tap_skip_all("SLUICE_REQUIRE_CORPORA", "the mutants are not there; run scripts/corpora");
    tcase_set_timeout(tcase, 1200);
    tcase_add_test(tcase, mutants_are_accepted_or_refused_as_protoc_does);
    suite_add_tcase(suite, tcase);
    return suite;
}

TAP_MAIN(mutants_suite)
