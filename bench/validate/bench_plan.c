/* bench/validate/bench_plan.c: how long a plan takes to compile, and how large it is.
 *
 * google.protobuf.FileDescriptorSet; of all messages of google-proto-files (scripts/corpora) the one whose plan is largest; and messages
 * of 100 to 10,000 fields, of all scalar types, which show that both are linear. Time is the processor's, the median of several. */
#include "validate/internal/plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 9, SKIPPED = 77, PATH_MOST = 4096 };

static _Noreturn void give_up(const char *what, const char *which)
{
    fprintf(stderr, "bench_plan: %s: %s\n", what, which);
    exit(EXIT_FAILURE);
}

static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int compare_times(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return left < right ? -1 : left > right;
}

static sl_plan *compile(sl_schema *schema, sl_str type)
{
    sl_plan *plan = NULL;
    sl_error err = {0};
    if (sl_plan_compile(schema, type, &plan, &err) != SL_OK)
        give_up("no plan", err.text);
    return plan;
}

static void measure(const char *name, sl_schema *schema, sl_str type)
{
    int64_t times[ROUNDS];
    for (size_t i = 0; i < ROUNDS; i++) {
        int64_t begin = now();
        sl_plan_unref(compile(schema, type));
        times[i] = now() - begin;
    }
    qsort(times, ROUNDS, sizeof times[0], compare_times);
    sl_cleanup(sl_plan_unrefp) sl_plan *plan = compile(schema, type);
    size_t fields = 0;
    for (size_t i = 0; i < plan->messages.count; i++)
        fields += plan->messages.items[i].message->field_count;
    printf("%-58s %7zu %8zu %9.1f %9zu %8.0f %7.0f\n", name, plan->messages.count, fields,
           (double)times[ROUNDS / 2] / 1e3, sl_plan_memory(plan) / 1024,
           (double)times[ROUNDS / 2] / (double)fields,
           (double)sl_plan_memory(plan) / (double)fields);
    fflush(stdout);
}

/* --- schemas ----------------------------------------------------------------------------------- */

static sl_schema *link_file(sl_bytes file)
{
    sl_findings findings = {0};
    sl_schema *schema = NULL;
    if (sl_schema_link(&file, 1, (sl_str){0}, &schema, &findings, NULL) != SL_OK || !schema)
        give_up("cannot be linked", "a made file");
    sl_findings_done(&findings);
    return schema;
}

/* message Wide { optional int32 f1 = 1; … } with fields of the scalar types in turn. */
static sl_schema *make_wide(uint32_t count)
{
    static const sl_field_type types[] = {SL_TYPE_INT32, SL_TYPE_STRING, SL_TYPE_DOUBLE,
                                          SL_TYPE_BOOL,  SL_TYPE_BYTES,  SL_TYPE_FIXED32};
    sl_cleanup(sl_buf_done) sl_buf file = {0}, message = {0};
    sl_wire_put_len(&message, 1, sl_str_bytes(SL_STR("Wide")));
    for (uint32_t i = 1; i <= count; i++) {
        sl_cleanup(sl_buf_done) sl_buf field = {0};
        char name[16];
        snprintf(name, sizeof name, "f%u", i);
        sl_wire_put_len(&field, 1, sl_str_bytes(sl_str_from(name)));
        sl_wire_put_tag(&field, 3, SL_WIRE_VARINT); /* number */
        sl_wire_put_varint(&field, i < 19000 ? i : i + 1000);
        sl_wire_put_tag(&field, 4, SL_WIRE_VARINT);
        sl_wire_put_varint(&field, SL_LABEL_OPTIONAL);
        sl_wire_put_tag(&field, 5, SL_WIRE_VARINT);
        sl_wire_put_varint(&field, types[i % SL_ARRAY_LEN(types)]);
        sl_wire_put_len(&message, 2, sl_buf_bytes(&field));
    }
    sl_wire_put_len(&file, 1, sl_str_bytes(SL_STR("wide.proto")));
    sl_wire_put_len(&file, 4, sl_buf_bytes(&message));
    if (sl_buf_status(&file) != SL_OK)
        give_up("out of memory", "a made file");
    return link_file(sl_buf_bytes(&file));
}

static sl_schema *load_set(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    fseek(file, 0, SEEK_END);
    long len = ftell(file);
    rewind(file);
    uint8_t *bytes = sl_alloc((size_t)len);
    if (!bytes || fread(bytes, 1, (size_t)len, file) != (size_t)len)
        give_up("cannot be read", path);
    fclose(file);
    sl_findings findings = {0};
    sl_schema *schema = NULL;
    sl_bytes set = {bytes, (size_t)len};
    if (sl_schema_link_set(set, (sl_str){0}, &schema, &findings, NULL) != SL_OK || !schema)
        give_up("cannot be linked", path);
    sl_findings_done(&findings);
    sl_free(bytes);
    return schema;
}

/* Of the messages at the top of files, the one whose plan takes the most memory. */
static sl_str find_largest(sl_schema *schema)
{
    sl_str largest = {0};
    size_t most = 0;
    for (size_t i = 0; i < sl_schema_file_count(schema); i++) {
        const sl_file *file = sl_schema_file_at(schema, i);
        for (uint32_t k = 0; k < file->message_count; k++) {
            sl_plan *plan = compile(schema, file->messages[k].full_name);
            if (sl_plan_memory(plan) > most) {
                most = sl_plan_memory(plan);
                largest = file->messages[k].full_name;
            }
            sl_plan_unref(plan);
        }
    }
    return largest;
}

static void run_google(void)
{
    const char *given = getenv("SLUICE_CORPORA"), *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    char path[PATH_MOST];
    if (given)
        snprintf(path, sizeof path, "%s/google/all.binpb", given);
    else
        snprintf(path, sizeof path, "%s%s/sluice/corpora/google/all.binpb",
                 cache  ? cache
                 : home ? home
                        : "",
                 cache ? "" : "/.cache");
    sl_cleanup(sl_schema_unrefp) sl_schema *schema = load_set(path);
    if (!schema) {
        printf("# %s is not there: run scripts/corpora\n", path);
        return;
    }
    measure("google.protobuf.FileDescriptorSet", schema,
            SL_STR("google.protobuf.FileDescriptorSet"));
    sl_str largest = find_largest(schema);
    char name[PATH_MOST];
    snprintf(name, sizeof name, "%.*s", SL_STR_ARG(largest));
    measure(name, schema, largest);
}

int main(void)
{
    static const uint32_t widths[] = {100, 1000, 10000};
    printf("%-58s %7s %8s %9s %9s %8s %7s\n", "message", "types", "fields", "us", "KiB", "ns/field",
           "B/field");
    run_google();
    for (size_t i = 0; i < SL_ARRAY_LEN(widths); i++) {
        sl_cleanup(sl_schema_unrefp) sl_schema *schema = make_wide(widths[i]);
        char name[32];
        snprintf(name, sizeof name, "made, %u fields", widths[i]);
        measure(name, schema, SL_STR("Wide"));
    }
    return EXIT_SUCCESS;
}
