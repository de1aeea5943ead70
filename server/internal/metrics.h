/* server/internal/metrics.h: what is counted, and the Prometheus text that tells it.
 *
 * Each thread counts for itself and nobody waits for anybody: a scrape adds the threads up. */
#pragma once

#include "registry/registry.h"
#include "server/http/http.h"

typedef struct sl_metrics sl_metrics;
typedef struct sl_metrics_thread sl_metrics_thread;

typedef enum sl_metric {
#define METRIC(suffix, name, type, labels, help) SL_METRIC_##suffix,
#include "server/metrics.def"
#undef METRIC
    SL_METRIC_COUNT
} sl_metric;
const char *sl_metric_name(sl_metric metric);

/* NULL: no memory. */
sl_metrics *sl_metrics_new(void);
void sl_metrics_free(sl_metrics *metrics); /* with all threads' counters; accepts NULL */
/* Counters for one thread; they live as long as `metrics`. NULL: no memory. */
sl_metrics_thread *sl_metrics_thread_new(sl_metrics *metrics);

/* Count one answer, on the thread that the counters are of. */
void sl_metrics_answer(sl_metrics_thread *thread, const sl_http_event *event);

/* Where the numbers of a scrape come from besides. `http` may be NULL. */
typedef struct sl_metrics_sources {
    sl_registry *registry;
    sl_http *http;
} sl_metrics_sources;

/* Write everything in the text exposition format 0.0.4. */
void sl_metrics_write(sl_metrics *metrics, const sl_metrics_sources *sources, sl_buf *buf);

/* A label's value with backslash, quote and line feed escaped. */
void sl_metrics_put_label(sl_buf *buf, sl_str value);
