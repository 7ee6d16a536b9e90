/* SPDX-License-Identifier: Apache-2.0 */
#include "uuid.h"

#include "clock.h"
#include "crypto.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void write_text(const unsigned char bytes[16], char text[UUID_TEXT_LEN + 1])
{
    char digits[33];
    hex_encode(bytes, 16, digits);
    static const size_t groups[] = {8, 4, 4, 4, 12};
    const char *from = digits;
    for (size_t i = 0; i < 5; i++) {
        memcpy(text, from, groups[i]);
        from += groups[i];
        text += groups[i];
        *text++ = '-';
    }
    text[-1] = '\0';
}

void uuid_v7(char text[UUID_TEXT_LEN + 1])
{
    unsigned char random[8];
    if (!random_id_bytes(random, sizeof random)) {
        fprintf(stderr, "cohelm: no random bytes to be had\n");
        abort();
    }
    uint64_t tick = next_tick();
    uint64_t milliseconds = tick >> 12;
    random[0] = (unsigned char)((random[0] & 0x3f) | 0x80); /* the variant */
    unsigned char bytes[16];
    for (int i = 0; i < 6; i++)
        bytes[i] = (unsigned char)(milliseconds >> (40 - 8 * i));
    bytes[6] = (unsigned char)(0x70 | ((tick >> 8) & 0x0f)); /* the version */
    bytes[7] = (unsigned char)tick;
    memcpy(bytes + 8, random, sizeof random);
    write_text(bytes, text);
}
