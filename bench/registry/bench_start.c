/* bench/registry/bench_start.c: from start to ready with ten thousand stored schemas and contracts, and what a judgement costs then.
 *
 *   bench_registry_start [COUNT]
 *
 * Fills a SQLite database through the use-cases (many threads, so that the writer's group commit is seen at work), then opens it in a
 * process of its own, several times, and tells the median time until the registry is ready, the resident memory, the cost of the
 * first judgement on a topic (its schema is read and compiled) and of the following ones. The files have been written just before, so
 * they are in the page cache: what is measured is the registry, not the disk. */
#include "registry/registry.h"
#include "wire/wire.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COUNT = 10000, THREADS = 64, RUNS = 7, JUDGEMENTS = 2000000 };

static char url[600];
static int total = COUNT;
static sl_registry *filled;
static atomic_int next_number;
static const sl_actor admin = {.kind = SL_ACTOR_ADMIN};

static _Noreturn void give_up(const char *what, const char *why)
{
    fprintf(stderr, "bench_registry_start: %s: %s\n", what, why);
    exit(EXIT_FAILURE);
}

/* --- filling --------------------------------------------------------------------------------- */

static void put_text(sl_buf *buf, uint32_t number, const char *text)
{
    sl_wire_put_len(buf, number, sl_str_bytes(sl_str_from(text)));
}

/* FieldDescriptorProto: name 1, number 3, label 4, type 5, json_name 10. */
static void put_field(sl_buf *message, int number)
{
    sl_buf field = {0};
    char name[32];
    snprintf(name, sizeof name, "field_%d", number);
    put_text(&field, 1, name);
    const uint64_t numbers[][2] = {{3, (uint64_t)number}, {4, 1}, {5, number % 2 ? 9 : 3}};
    for (size_t i = 0; i < SL_ARRAY_LEN(numbers); i++) {
        sl_wire_put_tag(&field, (uint32_t)numbers[i][0], SL_WIRE_VARINT);
        sl_wire_put_varint(&field, numbers[i][1]);
    }
    sl_wire_put_len(message, 2, sl_buf_bytes(&field));
    sl_buf_done(&field);
}

/* A set of one file with one message of 20 fields; the number makes each one different. */
static void put_set(sl_buf *set, int number)
{
    sl_buf file = {0}, message = {0};
    char path[64], package[64];
    snprintf(path, sizeof path, "events/e%d.proto", number);
    snprintf(package, sizeof package, "events.e%d", number);
    put_text(&message, 1, "Event");
    for (int i = 1; i <= 20; i++)
        put_field(&message, i);
    put_text(&file, 1, path);
    put_text(&file, 2, package);
    sl_wire_put_len(&file, 4, sl_buf_bytes(&message));
    put_text(&file, 12, "proto3");
    sl_wire_put_len(set, 1, sl_buf_bytes(&file));
    sl_buf_done(&message);
    sl_buf_done(&file);
}

static void fill_one(int number)
{
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_cleanup(sl_buf_done) sl_buf set = {0};
    sl_register_answer answer = {0};
    sl_problem problem = {0};
    char topic[64], subject[80];
    snprintf(topic, sizeof topic, "events.%d", number);
    snprintf(subject, sizeof subject, "%s-value", topic);
    put_set(&set, number);
    sl_register_request request = {.subject = sl_str_from(subject),
                                   .descriptor_set = sl_buf_bytes(&set)};
    if (sl_registry_register(filled, &admin, &request, &arena, &answer, &problem) != SL_OK)
        give_up(subject, problem.error.text);
    sl_findings_done(&answer.findings);
    sl_contract contract,
        claim = {.topic = sl_str_from(topic), .producer = SL_STR("bench"), .mode = SL_MODE_ENFORCE};
    if (sl_registry_claim(filled, &admin, &claim, &arena, &contract, &problem) != SL_OK)
        give_up(topic, problem.error.text);
}

static void *fill_many(void *unused)
{
    (void)unused;
    for (int number; (number = atomic_fetch_add(&next_number, 1)) < total;)
        fill_one(number);
    return NULL;
}

static sl_registry *open_registry(void)
{
    sl_registry *registry = NULL;
    sl_error err;
    sl_registry_options options = {.store = sl_str_from(url)};
    if (sl_registry_open(&options, &registry, &err) != SL_OK)
        give_up("opening", err.text);
    return registry;
}

static void fill(void)
{
    pthread_t threads[THREADS];
    sl_cleanup(sl_arena_done) sl_arena arena = {0};
    sl_problem problem = {0};
    sl_producer made, producer = {.name = SL_STR("bench"), .team = SL_STR("bench")};
    filled = open_registry();
    if (sl_registry_producer_create(filled, &admin, &producer, &arena, &made, &problem) != SL_OK)
        give_up("creating a producer", problem.error.text);
    int64_t begin = sl_clock_monotonic_ns();
    for (size_t i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, fill_many, NULL) != 0)
            give_up("starting threads", "refused");
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    double seconds = (double)(sl_clock_monotonic_ns() - begin) / 1e9;
    sl_registry_stats stats;
    sl_registry_get_stats(filled, &stats);
    printf("filled    %d schemas and contracts in %.1f s: %.0f writes/s, %.1f to a transaction\n",
           total, seconds, (double)stats.write_jobs / seconds,
           (double)stats.write_jobs / (double)stats.write_transactions);
    sl_registry_close(filled);
}

/* --- measuring ------------------------------------------------------------------------------- */

typedef struct measured {
    double start_ms, cold_us, warm_ns;
    long resident_kb;
} measured;

static sl_verdict judge(sl_registry *registry, const sl_judge_request *request)
{
    static sl_violations violations;
    sl_verdict verdict = {0};
    sl_guard guard = sl_registry_enter(registry);
    sl_status status = sl_registry_judge(registry, &guard, request, &violations, &verdict);
    sl_registry_leave(&guard);
    if (status == SL_BUSY && sl_registry_warm(registry, request, NULL) == SL_OK)
        return judge(registry, request);
    if (status != SL_OK || !verdict.is_valid)
        give_up("judging", sl_status_name(status));
    return verdict;
}

static long resident_kb(void)
{
    long size, pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file && fscanf(file, "%ld %ld", &size, &pages) != 2)
        pages = 0;
    if (file)
        fclose(file);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* In a process of its own, so that memory is the registry's and nothing is left over. */
static measured measure(void)
{
    static const uint8_t payload[64 + SL_PAYLOAD_SLOP] = "\x0a\x05hello\x10\x01";
    measured result;
    sl_judge_request request = {.topic = SL_STR("events.1"), .payload = {payload, 9}};
    int64_t begin = sl_clock_monotonic_ns();
    sl_registry *registry = open_registry();
    if (sl_registry_ready(registry, NULL) != SL_OK)
        give_up("opening", "not ready");
    result.start_ms = (double)(sl_clock_monotonic_ns() - begin) / 1e6;
    result.resident_kb = resident_kb();
    begin = sl_clock_monotonic_ns();
    judge(registry, &request);
    result.cold_us = (double)(sl_clock_monotonic_ns() - begin) / 1e3;
    begin = sl_clock_monotonic_ns();
    for (int i = 0; i < JUDGEMENTS; i++)
        judge(registry, &request);
    result.warm_ns = (double)(sl_clock_monotonic_ns() - begin) / JUDGEMENTS;
    sl_registry_close(registry);
    return result;
}

static measured measure_apart(void)
{
    int ends[2];
    measured result;
    if (pipe(ends) != 0)
        give_up("measuring", "no pipe");
    pid_t child = fork();
    if (child == 0) {
        result = measure();
        _exit(write(ends[1], &result, sizeof result) == sizeof result ? 0 : 1);
    }
    close(ends[1]);
    if (child < 0 || read(ends[0], &result, sizeof result) != sizeof result)
        give_up("measuring", "the process failed");
    close(ends[0]);
    waitpid(child, NULL, 0);
    return result;
}

static int by_start(const void *a, const void *b)
{
    double left = ((const measured *)a)->start_ms, right = ((const measured *)b)->start_ms;
    return (left > right) - (left < right);
}

static void remove_files(const char *folder)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", ".lock"};
    for (size_t i = 0; i < SL_ARRAY_LEN(suffixes); i++) {
        char path[600];
        snprintf(path, sizeof path, "%s/bench.db%s", folder, suffixes[i]);
        unlink(path);
    }
    rmdir(folder);
}

int main(int argc, char **argv)
{
    char folder[512];
    measured runs[RUNS];
    const char *base = getenv("TMPDIR");
    if (argc > 1)
        total = (int)strtol(argv[1], NULL, 10);
    snprintf(folder, sizeof folder, "%s/sluice-bench-XXXXXX", base ? base : "/tmp");
    if (total < 2 || !mkdtemp(folder))
        give_up("making a folder", folder);
    snprintf(url, sizeof url, "sqlite:%.500s/bench.db", folder);
    fill();
    for (int i = 0; i < RUNS; i++)
        runs[i] = measure_apart();
    qsort(runs, RUNS, sizeof runs[0], by_start);
    const measured *median = &runs[RUNS / 2];
    printf("start     %.1f ms to ready (median of %d; %.1f to %.1f), %ld KB resident\n",
           median->start_ms, RUNS, runs[0].start_ms, runs[RUNS - 1].start_ms, median->resident_kb);
    printf(
        "judgement %.0f us the first time on a topic, %.0f ns afterwards (9 bytes, one thread)\n",
        median->cold_us, median->warm_ns);
    remove_files(folder);
    return EXIT_SUCCESS;
}
