/* server/metrics.c: counters by thread, added up when they are asked for.
 *
 * A counter is written by one thread and read by the scrape: relaxed atomics cost nothing on the way of a request. Names, types and
 * help come from metrics.def; a metric whose numbers are all absent still shows its name, so that alerts can be written before anything
 * went wrong. */
#include "server/internal/metrics.h"

#include "server/internal/app.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

/* Statuses that are counted by themselves; the last place is for any other. */
static const int statuses[] = {200, 201, 204, 304, 400, 401, 403, 404, 405, 406, 409,
                               412, 413, 414, 415, 422, 428, 431, 500, 503, 0};

/* Upper bounds of the latency histogram in nanoseconds; 0 is +Inf. */
static const int64_t bounds[] = {10000,     25000,      50000,   100000,   250000,
                                 500000,    1000000,    2500000, 10000000, 50000000,
                                 250000000, 1000000000, 0};

enum {
    STATUSES = SL_ARRAY_LEN(statuses),
    BUCKETS = SL_ARRAY_LEN(bounds),
    ROUTES_MOST = 64,
    TIMED_MOST = 2,
};

static const char *const timed_routes[TIMED_MOST] = {"validate", "validate_batch"};

typedef atomic_uint_fast64_t counter;

typedef struct histogram {
    counter buckets[BUCKETS], sum_ns;
} histogram;

struct sl_metrics_thread {
    counter requests[ROUTES_MOST][STATUSES];
    counter bytes_in, bytes_out;
    histogram durations[TIMED_MOST];
    sl_metrics_thread *next;
};

struct sl_metrics {
    pthread_mutex_t lock;
    sl_metrics_thread *threads;
    int64_t start_us;
};

static const struct {
    const char *name, *type, *help;
} metrics_table[] = {
#define METRIC(suffix, name, type, labels, help) {name, #type, help},
#include "server/metrics.def"
#undef METRIC
};

const char *sl_metric_name(sl_metric metric)
{
    return metrics_table[metric].name;
}

sl_metrics *sl_metrics_new(void)
{
    sl_metrics *metrics = sl_zalloc(sizeof *metrics);
    if (!metrics)
        return NULL;
    pthread_mutex_init(&metrics->lock, NULL);
    metrics->start_us = sl_clock_realtime_us();
    return metrics;
}

void sl_metrics_free(sl_metrics *metrics)
{
    if (!metrics)
        return;
    while (metrics->threads) {
        sl_metrics_thread *thread = metrics->threads;
        metrics->threads = thread->next;
        sl_free(thread);
    }
    pthread_mutex_destroy(&metrics->lock);
    sl_free(metrics);
}

sl_metrics_thread *sl_metrics_thread_new(sl_metrics *metrics)
{
    sl_metrics_thread *thread = sl_zalloc(sizeof *thread);
    if (!thread)
        return NULL;
    pthread_mutex_lock(&metrics->lock);
    thread->next = metrics->threads;
    metrics->threads = thread;
    pthread_mutex_unlock(&metrics->lock);
    return thread;
}

/* --- counting -------------------------------------------------------------------------------- */

/* One thread writes a counter, so adding needs no lock on the bus: others see the old number or the new one. */
static void add(counter *to, uint64_t value)
{
    uint64_t before = atomic_load_explicit(to, memory_order_relaxed);
    atomic_store_explicit(to, before + value, memory_order_relaxed);
}

static size_t status_index(int status)
{
    size_t i = 0;
    while (statuses[i] != status && statuses[i] != 0)
        i++;
    return i;
}

static void observe(histogram *into, int64_t duration_ns)
{
    size_t i = 0;
    while (bounds[i] != 0 && duration_ns > bounds[i])
        i++;
    add(&into->buckets[i], 1);
    add(&into->sum_ns, (uint64_t)duration_ns);
}

void sl_metrics_answer(sl_metrics_thread *thread, const sl_http_event *event)
{
    _Static_assert(sizeof timed_routes / sizeof *timed_routes == TIMED_MOST, "one histogram each");
    size_t route = SL_MIN(sl_route_index(event->route), (size_t)ROUTES_MOST - 1);
    add(&thread->requests[route][status_index(event->status)], 1);
    add(&thread->bytes_in, event->bytes_in);
    add(&thread->bytes_out, event->bytes_out);
    if (!event->route)
        return;
    if (event->route->handler == sl_api_validate)
        observe(&thread->durations[0], event->duration_ns);
    else if (event->route->handler == sl_api_validate_batch)
        observe(&thread->durations[1], event->duration_ns);
}

/* --- telling --------------------------------------------------------------------------------- */

void sl_metrics_put_label(sl_buf *buf, sl_str value)
{
    for (size_t i = 0; i < value.len; i++) {
        char c = value.data[i];
        if (c == '\\' || c == '"')
            sl_buf_append_byte(buf, '\\');
        if (c == '\n')
            sl_buf_append_literal(buf, "\\n");
        else
            sl_buf_append_byte(buf, (uint8_t)c);
    }
}

static void put_head(sl_buf *buf, sl_metric metric)
{
    sl_buf_printf(buf, "# HELP %s %s\n# TYPE %s %s\n", metrics_table[metric].name,
                  metrics_table[metric].help, metrics_table[metric].name,
                  metrics_table[metric].type);
}

static void put_number(sl_buf *buf, sl_metric metric, uint64_t value)
{
    put_head(buf, metric);
    sl_buf_printf(buf, "%s %llu\n", metrics_table[metric].name, (unsigned long long)value);
}

static void put_seconds(sl_buf *buf, sl_metric metric, double value)
{
    put_head(buf, metric);
    sl_buf_printf(buf, "%s %.6f\n", metrics_table[metric].name, value);
}

/* {name="value", with the opening brace for the first. */
static void put_pair(sl_buf *buf, bool is_first, const char *name, sl_str value)
{
    sl_buf_printf(buf, "%s%s=\"", is_first ? "{" : ",", name);
    sl_metrics_put_label(buf, value);
    sl_buf_append_byte(buf, '"');
}

static uint64_t sum_requests(const sl_metrics *metrics, size_t route, size_t status)
{
    uint64_t sum = 0;
    for (const sl_metrics_thread *thread = metrics->threads; thread; thread = thread->next)
        sum += atomic_load_explicit(&thread->requests[route][status], memory_order_relaxed);
    return sum;
}

static void put_requests(const sl_metrics *metrics, sl_buf *buf)
{
    put_head(buf, SL_METRIC_REQUESTS);
    for (size_t route = 0; route <= sl_route_count && route < ROUTES_MOST; route++) {
        for (size_t status = 0; status < STATUSES; status++) {
            uint64_t count = sum_requests(metrics, route, status);
            if (count == 0)
                continue;
            sl_buf_append_str(buf, sl_str_from(sl_metric_name(SL_METRIC_REQUESTS)));
            put_pair(buf, true, "route",
                     sl_str_from(route < sl_route_count ? sl_routes[route].name : ""));
            sl_buf_printf(buf, ",status=\"%d\"} %llu\n", statuses[status],
                          (unsigned long long)count);
        }
    }
}

static void put_durations_of(const sl_metrics *metrics, size_t timed, sl_buf *buf)
{
    const char *name = sl_metric_name(SL_METRIC_DURATION);
    uint64_t count = 0, sum_ns = 0;
    for (size_t i = 0; i < BUCKETS; i++) {
        for (const sl_metrics_thread *thread = metrics->threads; thread; thread = thread->next)
            count +=
                atomic_load_explicit(&thread->durations[timed].buckets[i], memory_order_relaxed);
        sl_buf_printf(buf, "%s_bucket{route=\"%s\",le=\"", name, timed_routes[timed]);
        if (bounds[i])
            sl_buf_printf(buf, "%g\"} %llu\n", (double)bounds[i] / 1e9, (unsigned long long)count);
        else
            sl_buf_printf(buf, "+Inf\"} %llu\n", (unsigned long long)count);
    }
    for (const sl_metrics_thread *thread = metrics->threads; thread; thread = thread->next)
        sum_ns += atomic_load_explicit(&thread->durations[timed].sum_ns, memory_order_relaxed);
    sl_buf_printf(buf, "%s_sum{route=\"%s\"} %.9f\n", name, timed_routes[timed],
                  (double)sum_ns / 1e9);
    sl_buf_printf(buf, "%s_count{route=\"%s\"} %llu\n", name, timed_routes[timed],
                  (unsigned long long)count);
}

static void put_http(sl_metrics *metrics, sl_http *http, sl_buf *buf)
{
    uint64_t bytes_in = 0, bytes_out = 0;
    pthread_mutex_lock(&metrics->lock);
    put_requests(metrics, buf);
    put_head(buf, SL_METRIC_DURATION);
    for (size_t i = 0; i < TIMED_MOST; i++)
        put_durations_of(metrics, i, buf);
    for (const sl_metrics_thread *thread = metrics->threads; thread; thread = thread->next) {
        bytes_in += atomic_load_explicit(&thread->bytes_in, memory_order_relaxed);
        bytes_out += atomic_load_explicit(&thread->bytes_out, memory_order_relaxed);
    }
    pthread_mutex_unlock(&metrics->lock);
    put_number(buf, SL_METRIC_BYTES_IN, bytes_in);
    put_number(buf, SL_METRIC_BYTES_OUT, bytes_out);
    sl_http_stats stats = {0};
    if (http)
        sl_http_get_stats(http, &stats);
    put_number(buf, SL_METRIC_CONNECTIONS, stats.connections);
    put_number(buf, SL_METRIC_IN_FLIGHT, stats.in_flight);
    put_number(buf, SL_METRIC_PARKED, stats.parked);
    put_number(buf, SL_METRIC_QUEUE, stats.control_queue);
    put_number(buf, SL_METRIC_HEAVY_QUEUE, stats.heavy_queue);
    put_number(buf, SL_METRIC_BODY_BYTES, stats.body_bytes);
    put_number(buf, SL_METRIC_DROPPED_SLOW, stats.dropped_slow);
}

/* The registry visits topic by topic, the format wants metric by metric: three buffers, one a metric. */
typedef struct topic_texts {
    sl_buf validations, bytes, violations;
} topic_texts;

static void topic_texts_done(topic_texts *texts)
{
    sl_buf_done(&texts->validations);
    sl_buf_done(&texts->bytes);
    sl_buf_done(&texts->violations);
}

static void put_topic(sl_buf *buf, sl_metric metric, const sl_topic_counts *counts)
{
    sl_buf_append_str(buf, sl_str_from(sl_metric_name(metric)));
    put_pair(buf, true, "topic", counts->topic);
}

static void visit_topic(void *context, const sl_topic_counts *counts)
{
    topic_texts *texts = context;
    const struct {
        const char *result;
        uint64_t count;
    } results[] = {{"valid", counts->valid},
                   {"allowed", counts->invalid_allowed},
                   {"refused", counts->refused}};
    for (size_t i = 0; i < SL_ARRAY_LEN(results); i++) {
        put_topic(&texts->validations, SL_METRIC_VALIDATIONS, counts);
        put_pair(&texts->validations, false, "producer", counts->producer);
        sl_buf_printf(&texts->validations, ",result=\"%s\"} %llu\n", results[i].result,
                      (unsigned long long)results[i].count);
    }
    put_topic(&texts->bytes, SL_METRIC_VALIDATED_BYTES, counts);
    put_pair(&texts->bytes, false, "producer", counts->producer);
    sl_buf_printf(&texts->bytes, "} %llu\n", (unsigned long long)counts->bytes);
    for (sl_violation_rule rule = 0; rule < SL_VIOLATION_RULE_COUNT; rule++) {
        if (counts->by_rule[rule] == 0)
            continue;
        put_topic(&texts->violations, SL_METRIC_VIOLATIONS, counts);
        put_pair(&texts->violations, false, "rule", sl_str_from(sl_violation_rule_id(rule)));
        sl_buf_printf(&texts->violations, "} %llu\n", (unsigned long long)counts->by_rule[rule]);
    }
}

static void put_part(sl_buf *buf, sl_metric metric, const sl_buf *part)
{
    put_head(buf, metric);
    sl_buf_append_str(buf, sl_buf_str(part));
    buf->has_failed |= part->has_failed;
    buf->no_memory |= part->no_memory;
}

static void put_registry(sl_registry *registry, sl_buf *buf)
{
    sl_cleanup(topic_texts_done) topic_texts texts = {0};
    sl_registry_visit_counts(registry, visit_topic, &texts);
    put_part(buf, SL_METRIC_VALIDATIONS, &texts.validations);
    put_part(buf, SL_METRIC_VALIDATED_BYTES, &texts.bytes);
    put_part(buf, SL_METRIC_VIOLATIONS, &texts.violations);
    sl_registry_stats stats = {0};
    sl_registry_get_stats(registry, &stats);
    put_head(buf, SL_METRIC_BUILD_INFO);
    sl_buf_append_str(buf, sl_str_from(sl_metric_name(SL_METRIC_BUILD_INFO)));
    put_pair(buf, true, "version", SL_STR(SLUICE_VERSION));
    put_pair(buf, false, "store", stats.store);
    put_pair(buf, false, "store_version", stats.store_version);
    sl_buf_append_literal(buf, "} 1\n");
    put_number(buf, SL_METRIC_CONTRACTS, stats.contracts);
    put_number(buf, SL_METRIC_PLANS, stats.plans);
    put_number(buf, SL_METRIC_PLAN_BYTES, stats.plan_bytes);
    put_number(buf, SL_METRIC_SCHEMA_BYTES, stats.schema_bytes);
    put_number(buf, SL_METRIC_WRITE_TRANSACTIONS, stats.write_transactions);
    put_number(buf, SL_METRIC_WRITE_JOBS, stats.write_jobs);
    put_number(buf, SL_METRIC_CHANGE_SEQ, (uint64_t)stats.change_seq);
    put_number(buf, SL_METRIC_SNAPSHOT, (uint64_t)stats.snapshot_generation);
}

static uint64_t resident_bytes(void)
{
    unsigned long long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file)
        return 0;
    if (fscanf(file, "%llu %llu", &size, &resident) != 2)
        resident = 0;
    fclose(file);
    return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static uint64_t open_fds(void)
{
    uint64_t count = 0;
    DIR *folder = opendir("/proc/self/fd");
    if (!folder)
        return 0;
    for (const struct dirent *entry; (entry = readdir(folder));)
        count += entry->d_name[0] != '.';
    closedir(folder);
    return count - 1; /* the folder itself */
}

static void put_process(const sl_metrics *metrics, sl_buf *buf)
{
    struct rusage usage = {0};
    struct rlimit files = {0};
    getrusage(RUSAGE_SELF, &usage);
    getrlimit(RLIMIT_NOFILE, &files);
    put_number(buf, SL_METRIC_MEMORY, resident_bytes());
    put_seconds(buf, SL_METRIC_CPU,
                (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                    (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
    put_number(buf, SL_METRIC_OPEN_FDS, open_fds());
    put_number(buf, SL_METRIC_MAX_FDS, files.rlim_cur);
    put_seconds(buf, SL_METRIC_START_TIME, (double)metrics->start_us / 1e6);
}

void sl_metrics_write(sl_metrics *metrics, const sl_metrics_sources *sources, sl_buf *buf)
{
    put_registry(sources->registry, buf);
    put_http(metrics, sources->http, buf);
    put_process(metrics, buf);
}
