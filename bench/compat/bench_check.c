/* bench/compat/bench_check.c: how long a comparison takes, in one thread, in memory.
 *
 * Google's published schemas (8,000 files, from scripts/corpora) against themselves: every element has a partner and no rule objects, so
 * this is the cost of pairing and judging alone. The table has the median and the best of some runs at each category. */
#include "compat/compat.h"

#include <stdio.h>
#include <stdlib.h>

enum { RUNS = 11, SKIPPED = 77 };

static const sl_compat_category categories[] = {SL_COMPAT_WIRE, SL_COMPAT_WIRE_JSON,
                                                SL_COMPAT_PACKAGE, SL_COMPAT_FILE};

static _Noreturn void give_up(const char *what)
{
    fprintf(stderr, "bench_compat_check: %s\n", what);
    exit(EXIT_FAILURE);
}

/* Absent if there is no such file. */
static sl_bytes load(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return (sl_bytes){0};
    fseek(file, 0, SEEK_END);
    long len = ftell(file);
    rewind(file);
    uint8_t *bytes = len >= 0 ? sl_alloc((size_t)len) : NULL;
    if (!bytes || fread(bytes, 1, (size_t)len, file) != (size_t)len)
        give_up("the descriptor set cannot be read");
    fclose(file);
    return (sl_bytes){bytes, (size_t)len};
}

static sl_schema *link_schema(sl_bytes set)
{
    sl_cleanup(sl_findings_done) sl_findings findings = {0};
    sl_schema *schema = NULL;
    if (sl_schema_link_set(set, (sl_str){0}, &schema, &findings, NULL) != SL_OK || !schema)
        give_up("the descriptor set cannot be linked");
    return schema;
}

static int compare_times(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? -1 : left > right;
}

static void measure(const sl_schema *old, const sl_schema *new, sl_compat_category category)
{
    int64_t times[RUNS];
    size_t found = 0;
    for (size_t i = 0; i < RUNS; i++) {
        sl_cleanup(sl_findings_done) sl_findings findings = {0};
        int64_t begin = sl_clock_monotonic_ns();
        if (sl_compat_check(old, new, category, SL_COMPAT_BOTH, &findings) != SL_OK)
            give_up("no memory");
        times[i] = sl_clock_monotonic_ns() - begin;
        found = findings.error_count;
    }
    qsort(times, RUNS, sizeof times[0], compare_times);
    size_t messages = sl_schema_message_count(old);
    printf("%-12s %10zu %10.1f %10.1f %12.0f %10zu\n", sl_compat_category_name(category), messages,
           (double)times[RUNS / 2] / 1e6, (double)times[0] / 1e6,
           (double)times[RUNS / 2] / (double)messages, found);
}

int main(void)
{
    const char *given = getenv("SLUICE_CORPORA"), *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    char path[4096];
    if (given)
        snprintf(path, sizeof path, "%s/google/all.binpb", given);
    else if (cache)
        snprintf(path, sizeof path, "%s/sluice/corpora/google/all.binpb", cache);
    else
        snprintf(path, sizeof path, "%s/.cache/sluice/corpora/google/all.binpb", home ? home : "");
    sl_bytes set = load(path);
    if (!set.data) {
        fprintf(stderr, "no descriptor set of google-proto-files: run scripts/corpora\n");
        return SKIPPED;
    }
    sl_cleanup(sl_schema_unrefp) sl_schema *old = link_schema(set);
    sl_cleanup(sl_schema_unrefp) sl_schema *new = link_schema(set);
    sl_free((void *)(uintptr_t)set.data);

    printf("%-12s %10s %10s %10s %12s %10s\n", "category", "messages", "ms", "best ms",
           "ns a message", "findings");
    for (size_t i = 0; i < SL_ARRAY_LEN(categories); i++)
        measure(old, new, categories[i]);
    return EXIT_SUCCESS;
}
