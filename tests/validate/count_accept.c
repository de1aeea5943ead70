/* tests/validate/count_accept.c: lets valgrind count the instructions of tier 1 on each payload.
 *
 *   count_accept SET.binpb MANIFEST FOLDER     a payload a line of the manifest: file, message type
 *
 * Run under callgrind by test_counts.py. Each payload is accepted once before it counts, so that memory is touched and symbols are bound;
 * then the counters are set to zero, it is accepted again, and they are written out under the payload's name. */
#include "validate/internal/accept.h"

#include <stdio.h>
#include <stdlib.h>
#include <valgrind/callgrind.h>

enum { NAME_MOST = 200, LINE_MOST = 512, SKIPPED = 77 };

static _Noreturn void give_up(const char *what, const char *which)
{
    fprintf(stderr, "count_accept: %s: %s\n", what, which);
    exit(EXIT_FAILURE);
}

/* With slop behind it. */
static sl_bytes load(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        give_up("cannot be opened", path);
    fseek(file, 0, SEEK_END);
    long len = ftell(file);
    rewind(file);
    uint8_t *bytes = sl_zalloc((size_t)len + SL_PAYLOAD_SLOP);
    if (!bytes || fread(bytes, 1, (size_t)len, file) != (size_t)len)
        give_up("cannot be read", path);
    fclose(file);
    return (sl_bytes){bytes, (size_t)len};
}

static void count(const char *name, const sl_plan *plan, sl_bytes payload)
{
    const sl_validate_options options = {SL_UNKNOWN_ALLOW, SL_LIMIT_PAYLOAD_DEPTH};
    bool was_sure = sl_accept(plan, payload, &options);
    CALLGRIND_START_INSTRUMENTATION;
    CALLGRIND_ZERO_STATS;
    bool is_sure = sl_accept(plan, payload, &options);
    CALLGRIND_DUMP_STATS_AT(name);
    CALLGRIND_STOP_INSTRUMENTATION;
    if (!was_sure || !is_sure)
        give_up("tier 1 is not sure", name);
    sl_free((void *)payload.data);
}

static sl_schema *link_schema(const char *path)
{
    sl_findings findings = {0};
    sl_error err = {0};
    sl_schema *schema = NULL;
    sl_bytes set = load(path);
    if (sl_schema_link_set(set, (sl_str){0}, &schema, &findings, &err) != SL_OK || !schema)
        give_up("cannot be linked", path);
    sl_findings_done(&findings);
    sl_free((void *)set.data);
    return schema;
}

int main(int count_of_arguments, char **arguments)
{
    if (count_of_arguments != 4)
        give_up("usage", "count_accept SET.binpb MANIFEST FOLDER");
    if (strcmp(sl_accept_choose()->name, "avx2") != 0) {
        fprintf(stderr, "count_accept: the counts are those of AVX2, which is not there\n");
        return SKIPPED;
    }
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = link_schema(arguments[1]);
    FILE *manifest = fopen(arguments[2], "r");
    char line[LINE_MOST], name[NAME_MOST], type[NAME_MOST], path[LINE_MOST + NAME_MOST];
    if (!manifest)
        give_up("cannot be opened", arguments[2]);
    while (fgets(line, sizeof line, manifest)) {
        if (sscanf(line, "%199s %199s", name, type) != 2)
            continue;
        sl_cleanup(sl_plan_unrefp) sl_plan *plan = NULL;
        sl_error err = {0};
        if (sl_plan_compile(schema, sl_str_from(type), &plan, &err) != SL_OK)
            give_up(type, err.text);
        snprintf(path, sizeof path, "%.511s/%s", arguments[3], name);
        count(name, plan, load(path));
    }
    fclose(manifest);
    return EXIT_SUCCESS;
}
