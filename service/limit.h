/* SPDX-License-Identifier: Apache-2.0 */
/* Request rates per principal: a fixed window, counted in this process. Bounded memory; safe from
 * any thread. */
#ifndef COHELM_LIMIT_H
#define COHELM_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

struct limiter;

/* `quota` requests in `window` seconds; a quota of 0 lets all through. */
struct limiter *limiter_new(int quota, int window);
void limiter_free(struct limiter *limiter);

struct limit_state {
    int quota, window;
    int remaining; /* after this request */
    int reset;     /* seconds until the window ends */
};

/* Counts one request of `key` at monotonic time `now` (microseconds). False: it is over the quota.
 */
bool limiter_admit(struct limiter *limiter, uint64_t key, int64_t now, struct limit_state *state);

#endif
