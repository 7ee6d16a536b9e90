/* SPDX-License-Identifier: Apache-2.0 */
/* The two clocks. Decision logic never reads them: it is given the time. */
#ifndef COHELM_CLOCK_H
#define COHELM_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Microseconds of a clock that only goes forward. */
static inline int64_t clock_monotonic(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Microseconds since 1970-01-01 UTC. */
static inline int64_t clock_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

#endif
