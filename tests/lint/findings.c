/* tests/lint/findings.c: print what is found in a descriptor set, for tests that ask buf the same.
 *
 *   lint_findings SET.binpb [RULE|CATEGORY]…
 *
 * A line each: RULE@path:line:column, 1:1 where there is no place. All files of the set are linted. Without rules: all of them. */
#include "lint/lint.h"

#include <stdio.h>
#include <stdlib.h>

static bool read_set(const char *path, sl_buf *set)
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        return false;
    size_t got = 1;
    while (got > 0) {
        char *to = sl_buf_reserve(set, 1 << 20);
        got = to ? fread(to, 1, 1 << 20, file) : 0;
        set->len += got;
    }
    fclose(file);
    return !set->has_failed;
}

static int fail(const char *what)
{
    fprintf(stderr, "lint_findings: %s\n", what);
    return 2;
}

static void print(const sl_findings *findings)
{
    for (size_t i = 0; i < findings->list.count; i++) {
        const sl_finding *finding = &findings->list.items[i];
        printf("%.*s@%.*s:%u:%u\n", SL_STR_ARG(finding->rule), SL_STR_ARG(finding->at.file),
               SL_MAX(finding->at.line, 1U), SL_MAX(finding->at.column, 1U));
    }
}

int main(int count, char **arguments)
{
    sl_cleanup(sl_buf_done) sl_buf set = {0};
    sl_cleanup(sl_findings_done) sl_findings findings = {.most = 1 << 24};
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = NULL;
    if (count < 2 || !read_set(arguments[1], &set) ||
        sl_schema_link_set(sl_buf_bytes(&set), (sl_str){0}, &schema, &findings, NULL) != SL_OK ||
        !schema)
        return fail("give a descriptor set that links");
    sl_lint_request request = {.schema = schema};
    for (int i = 2; i < count; i++)
        if (!sl_lint_rules_add(&request.rules, sl_str_from(arguments[i])))
            return fail(arguments[i]);
    for (size_t i = 0; i < sl_lint_rule_count() && count == 2; i++)
        if (!sl_lint_rules_add(&request.rules, sl_str_from(sl_lint_rule_at(i)->id)))
            return fail("a rule is not known by its id");
    bool *is_linted = malloc(sl_schema_file_count(schema) * sizeof *is_linted);
    if (!is_linted)
        return fail("no memory");
    memset(is_linted, true, sl_schema_file_count(schema) * sizeof *is_linted);
    request.is_linted = is_linted;
    sl_status status = sl_lint_run(&request, &findings);
    free(is_linted);
    if (status != SL_OK)
        return fail("no memory");
    print(&findings);
    return 0;
}
