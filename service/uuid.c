/* SPDX-License-Identifier: Apache-2.0 */
#include "uuid.h"

#include "clock.h"
#include "crypto.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* Milliseconds << 12 | sequence: RFC 9562 section 6.2, method 1, with rand_a as the counter. A
 * clock that stands still or goes back only counts on. */
static _Atomic uint64_t last_tick;

static uint64_t next_tick(void)
{
    uint64_t now = (uint64_t)(clock_now() / 1000) << 12;
    uint64_t last = atomic_load_explicit(&last_tick, memory_order_relaxed);
    uint64_t next;
    do {
        next = now > last ? now : last + 1;
    } while (!atomic_compare_exchange_weak_explicit(&last_tick, &last, next, memory_order_relaxed,
                                                    memory_order_relaxed));
    return next;
}

void uuid_v7(char text[UUID_TEXT_LEN + 1])
{
    unsigned char random[8];
    if (!random_bytes(random, sizeof random)) {
        fprintf(stderr, "cohelm: no random bytes to be had\n");
        abort();
    }
    uint64_t tick = next_tick();
    uint64_t milliseconds = tick >> 12;
    random[0] = (unsigned char)((random[0] & 0x3f) | 0x80); /* the variant */
    (void)snprintf(text, UUID_TEXT_LEN + 1, "%08x-%04x-7%03x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                   (unsigned)(milliseconds >> 16), (unsigned)(milliseconds & 0xffff),
                   (unsigned)(tick & 0xfff), random[0], random[1], random[2], random[3], random[4],
                   random[5], random[6], random[7]);
}
