/* SPDX-License-Identifier: Apache-2.0 */
#include "metrics.h"

#include "clock.h"
#include "operation.h"

#include <stdatomic.h>
#include <stdlib.h>

static const int64_t bounds[] = {500,   1000,   2500,   5000,   10000,  25000,
                                 50000, 100000, 250000, 500000, 1000000};
static const char *const bound_texts[] = {"0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025",
                                          "0.05",   "0.1",   "0.25",   "0.5",   "1"};
#define BOUND_COUNT (sizeof bounds / sizeof *bounds)

struct series {
    atomic_uint_fast64_t classes[6]; /* by status / 100 */
    atomic_uint_fast64_t buckets[BOUND_COUNT + 1];
    atomic_uint_fast64_t micros;
};

struct metrics {
    int64_t started;
    struct series *series; /* by operation; the last is for requests without a route */
};

struct metrics *metrics_new(void)
{
    struct metrics *metrics = calloc(1, sizeof *metrics);
    if (metrics)
        metrics->series = calloc(operation_count + 1, sizeof *metrics->series);
    if (!metrics || !metrics->series)
        abort();
    metrics->started = clock_now();
    return metrics;
}

void metrics_free(struct metrics *metrics)
{
    if (metrics)
        free(metrics->series);
    free(metrics);
}

static void add(atomic_uint_fast64_t *counter, uint64_t value)
{
    atomic_fetch_add_explicit(counter, value, memory_order_relaxed);
}

static uint64_t get(const atomic_uint_fast64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

void metrics_count(struct metrics *metrics, size_t operation, int status, int64_t micros)
{
    struct series *series =
        &metrics->series[operation < operation_count ? operation : operation_count];
    size_t bucket = 0;
    while (bucket < BOUND_COUNT && micros > bounds[bucket])
        bucket++;
    add(&series->classes[status / 100 < 6 ? status / 100 : 5], 1);
    add(&series->buckets[bucket], 1);
    add(&series->micros, (uint64_t)micros);
}

static void write_labels(struct buf *buf, size_t number)
{
    bool known = number < operation_count;
    buf_printf(buf, "operation=\"%s\",route=\"%s\"", known ? operations[number]->id : "none",
               known ? operations[number]->path : "none");
}

static void write_counts(struct buf *buf, const struct series *series, size_t number)
{
    for (int i = 1; i < 6; i++) {
        uint64_t count = get(&series->classes[i]);
        if (!count)
            continue;
        buf_text(buf, "cohelm_requests_total{");
        write_labels(buf, number);
        buf_printf(buf, ",status=\"%dxx\"} %llu\n", i, (unsigned long long)count);
    }
}

static void write_histogram(struct buf *buf, const struct series *series, size_t number)
{
    uint64_t below = 0;
    for (size_t i = 0; i <= BOUND_COUNT; i++)
        below += get(&series->buckets[i]);
    if (!below)
        return;
    below = 0;
    for (size_t i = 0; i <= BOUND_COUNT; i++) {
        below += get(&series->buckets[i]);
        buf_text(buf, "cohelm_request_seconds_bucket{");
        write_labels(buf, number);
        buf_printf(buf, ",le=\"%s\"} %llu\n", i < BOUND_COUNT ? bound_texts[i] : "+Inf",
                   (unsigned long long)below);
    }
    uint64_t micros = get(&series->micros);
    buf_text(buf, "cohelm_request_seconds_sum{");
    write_labels(buf, number);
    buf_printf(buf, "} %llu.%06llu\n", (unsigned long long)(micros / 1000000),
               (unsigned long long)(micros % 1000000));
    buf_text(buf, "cohelm_request_seconds_count{");
    write_labels(buf, number);
    buf_printf(buf, "} %llu\n", (unsigned long long)below);
}

void metrics_write(const struct metrics *metrics, struct buf *buf)
{
    buf_printf(buf,
               "# HELP cohelm_start_time_seconds When the process started.\n"
               "# TYPE cohelm_start_time_seconds gauge\n"
               "cohelm_start_time_seconds %lld\n",
               (long long)(metrics->started / 1000000));
    buf_text(buf, "# HELP cohelm_requests_total Answered requests by operation and status class.\n"
                  "# TYPE cohelm_requests_total counter\n");
    for (size_t i = 0; i <= operation_count; i++)
        write_counts(buf, &metrics->series[i], i);
    buf_text(buf, "# HELP cohelm_request_seconds Time from the request being read to its answer.\n"
                  "# TYPE cohelm_request_seconds histogram\n");
    for (size_t i = 0; i <= operation_count; i++)
        write_histogram(buf, &metrics->series[i], i);
}
