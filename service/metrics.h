/* SPDX-License-Identifier: Apache-2.0 */
/* Counters by operation, in Prometheus' text format. Safe from any thread; counting never waits. */
#ifndef COHELM_METRICS_H
#define COHELM_METRICS_H

#include "buf.h"

#include <stdint.h>

struct metrics;

struct metrics *metrics_new(void);
void metrics_free(struct metrics *metrics);

/* One answered request; `operation` is its number, or SIZE_MAX when no route was found. */
void metrics_count(struct metrics *metrics, size_t operation, int status, int64_t micros);

/* Text exposition format 0.0.4. */
void metrics_write(const struct metrics *metrics, struct buf *buf);

#endif
