/* bench/validate/bench_walk.c: how fast payloads are walked, in one thread, in memory.
 *
 *   bench_validate_walk [PART-OF-A-NAME]
 *
 * Payloads: long texts; the 22 MB descriptor set of google-proto-files as a google.protobuf.FileDescriptorSet, a large vector tile (both from
 * scripts/corpora), and those of ../shared/data/payloads beside the repository, whatever of these is there. Each is walked in slices
 * of some milliseconds; the table has the median and the best slice, since the best alone flatters and the mean is at the mercy of
 * whatever else runs. MB are 10^6 bytes. */
#include "validate/validate.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SLICES = 41, SLICE_NS = 4000000, NAME_MOST = 200, SKIPPED = 77 };

static const char tile[] =
    "npm/node_modules/@mapbox/mvt-fixtures/real-world/nepal/13-6036-3429.mvt";

static _Noreturn void give_up(const char *what, const char *which)
{
    fprintf(stderr, "bench_validate_walk: %s: %s\n", what, which);
    exit(EXIT_FAILURE);
}

/* With slop behind it; absent if there is no such file. */
static sl_bytes load(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file)
        return (sl_bytes){0};
    fseek(file, 0, SEEK_END);
    long len = ftell(file);
    rewind(file);
    uint8_t *bytes = sl_zalloc((size_t)len + SL_PAYLOAD_SLOP);
    if (!bytes || fread(bytes, 1, (size_t)len, file) != (size_t)len)
        give_up("cannot be read", path);
    fclose(file);
    return (sl_bytes){bytes, (size_t)len};
}

static sl_schema *link_schema(sl_bytes set, const char *name)
{
    sl_findings findings = {0};
    sl_error err = {0};
    sl_schema *schema = NULL;
    if (sl_schema_link_set(set, (sl_str){0}, &schema, &findings, &err) != SL_OK || !schema)
        give_up("cannot be linked", name);
    sl_findings_done(&findings);
    return schema;
}

static int compare_times(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? -1 : left > right;
}

/* Of the processor: what else the machine does must not count. */
static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int64_t time_walks(const sl_plan *plan, sl_bytes payload, size_t times, const char *name)
{
    static sl_violations violations;
    static const sl_validate_options options = {.unknown_fields = SL_UNKNOWN_ALLOW};
    int64_t begin = now();
    for (size_t i = 0; i < times; i++) {
        bool is_valid = false;
        if (sl_validate(plan, payload, &options, &violations, &is_valid) != SL_OK || !is_valid)
            give_up("not valid", name);
    }
    return SL_MAX(now() - begin, (int64_t)1);
}

static void measure(const char *name, const sl_plan *plan, sl_bytes payload)
{
    int64_t slices[SLICES];
    size_t times = (size_t)(SLICE_NS / time_walks(plan, payload, 1, name)) + 1;
    for (size_t i = 0; i < SLICES; i++)
        slices[i] = time_walks(plan, payload, times, name);
    qsort(slices, SLICES, sizeof slices[0], compare_times);
    double bytes = (double)payload.len * (double)times;
    double median = (double)slices[SLICES / 2], best = (double)slices[0];
    printf("%-42s %10zu %10.0f %10.0f %12.0f\n", name, payload.len, bytes / median * 1e3,
           bytes / best * 1e3, median / (double)times);
    fflush(stdout);
}

static void compile_and_measure(const char *name, sl_schema *schema, const char *type,
                                sl_bytes payload)
{
    sl_error err = {0};
    sl_cleanup(sl_plan_unrefp) sl_plan *plan = NULL;
    if (sl_plan_compile(schema, sl_str_from(type), &plan, &err) != SL_OK)
        give_up(name, err.text);
    measure(name, plan, payload);
}

static bool is_wanted(int count, char **arguments, const char *name)
{
    return count < 2 || strstr(name, arguments[1]);
}

/* A t3.Order whose id is `piece`, again and again, up to 64 KiB. */
static void run_text(const char *name, sl_schema *schema, const char *piece)
{
    enum { TEXT_BYTES = 1 << 16 };
    sl_cleanup(sl_buf_done) sl_buf text = {0}, payload = {0};
    while (text.len + strlen(piece) <= TEXT_BYTES)
        sl_buf_append_str(&text, sl_str_from(piece));
    sl_wire_put_len(&payload, 1, sl_buf_bytes(&text));
    if (!sl_buf_reserve(&payload, SL_PAYLOAD_SLOP))
        give_up("out of memory", name);
    compile_and_measure(name, schema, "t3.Order", sl_buf_bytes(&payload));
}

static size_t run_texts(const char *root, int count, char **arguments)
{
    char folder[4096];
    snprintf(folder, sizeof folder, "%s/tests/validate/schemas", root);
    sl_bytes set = load(folder, "schemas.binpb");
    if (!set.data || !is_wanted(count, arguments, "text of 64 KiB"))
        return 0;
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = link_schema(set, "schemas.binpb");
    run_text("text of 64 KiB, ASCII", schema, "sixteen letters.");
    run_text("text of 64 KiB, two and three bytes", schema, "\xc3\xa9\xe2\x82\xac\xe4\xb8\xad");
    return 2;
}

static size_t run_corpora(const char *folder, int count, char **arguments)
{
    size_t run = 0;
    sl_bytes set = load(folder, "google/all.binpb");
    if (set.data && is_wanted(count, arguments, "descriptor set")) {
        sl_cleanup(sl_schema_unrefp) sl_schema *schema = link_schema(set, "google/all.binpb");
        compile_and_measure("descriptor set of google-proto-files", schema,
                            "google.protobuf.FileDescriptorSet", set);
        run++;
    }
    sl_bytes tile_set = load(folder, "mvt/vector_tile.binpb"), payload = load(folder, tile);
    if (tile_set.data && payload.data && is_wanted(count, arguments, "vector tile")) {
        sl_cleanup(sl_schema_unrefp) sl_schema *schema = link_schema(tile_set, "vector_tile.binpb");
        compile_and_measure("vector tile", schema, "vector_tile.Tile", payload);
        run++;
    }
    return run;
}

/* A line a payload: file, type, bytes. */
static size_t run_shared(const char *folder, int count, char **arguments)
{
    sl_bytes set = load(folder, "schemas.binpb"), manifest = load(folder, "manifest.txt");
    if (!set.data || !manifest.data)
        return 0;
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = link_schema(set, "payloads/schemas.binpb");
    size_t run = 0;
    sl_str rest = sl_bytes_str(manifest), line;
    while (sl_str_split(rest, '\n', &line, &rest)) {
        char name[NAME_MOST], type[NAME_MOST], text[3 * NAME_MOST];
        snprintf(text, sizeof text, "%.*s", SL_STR_ARG(line));
        if (sscanf(text, "%199s %199s", name, type) != 2 || !is_wanted(count, arguments, name))
            continue;
        sl_bytes payload = load(folder, name);
        if (!payload.data)
            continue;
        compile_and_measure(name, schema, type, payload);
        run++;
    }
    return run;
}

int main(int count, char **arguments)
{
    const char *given = getenv("SLUICE_CORPORA"), *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME"), *root = getenv("SLUICE_SOURCE_ROOT");
    char corpora[4096], shared[4096];
    if (given)
        snprintf(corpora, sizeof corpora, "%s", given);
    else
        snprintf(corpora, sizeof corpora, "%s%s/sluice/corpora",
                 cache  ? cache
                 : home ? home
                        : "",
                 cache ? "" : "/.cache");
    snprintf(shared, sizeof shared, "%s/../shared/data/payloads", root ? root : ".");

    printf("%-42s %10s %10s %10s %12s\n", "payload", "bytes", "MB/s", "best MB/s", "ns a walk");
    size_t run = run_texts(root ? root : ".", count, arguments);
    run += run_corpora(corpora, count, arguments) + run_shared(shared, count, arguments);
    if (run == 0)
        fprintf(stderr, "no payloads: run scripts/corpora, or put data into ../shared/data\n");
    return run ? EXIT_SUCCESS : SKIPPED;
}
