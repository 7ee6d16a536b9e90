/* SPDX-License-Identifier: Apache-2.0 */
/* Key sets, as JSON and as PEM. A set that is accepted and written must be accepted again, with the
 * same first key. */
#include "keyset.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool fine, const char *what)
{
    if (!fine) {
        (void)fprintf(stderr, "%s\n", what);
        abort();
    }
}

static void write_and_read(struct arena *arena, const struct key_set *set, unsigned algorithms)
{
    char before[JWK_THUMBPRINT_LEN + 1], after[JWK_THUMBPRINT_LEN + 1];
    const char *why = "";
    struct buf buf;
    buf_init(&buf, arena, (size_t)1024 * 1024);
    key_set_write(set, &buf);
    struct key_set *again = key_set_parse(arena, buf.data, buf.len, algorithms, &why);
    /* OpenSSL looks for factors of a modulus at random, and an invented one may have small ones. */
    if (!again && strstr(why, "modulus"))
        return;
    need(again, why);
    jwk_thumbprint(key_set_first(set), before);
    jwk_thumbprint(key_set_first(again), after);
    need(strcmp(before, after) == 0, "another key came back");
    key_set_release(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const unsigned all = (1U << JWS_ALGORITHMS) - 1;
    struct arena arena;
    const char *why = NULL;
    arena_init(&arena);
    for (int symmetric = 0; symmetric < 2; symmetric++) {
        unsigned algorithms = symmetric ? JWS_SYMMETRIC : all & ~JWS_SYMMETRIC;
        struct key_set *set = key_set_parse(&arena, (const char *)data, size, algorithms, &why);
        need(set || why, "refused without a reason");
        if (set && !symmetric)
            write_and_read(&arena, set, algorithms);
        for (int a = 0; set && a < JWS_ALGORITHMS; a++)
            need(!jwk_verify(key_set_first(set), (enum jws_algorithm)a, "data", 4, data, size),
                 "a signature was forged");
        key_set_release(set);
    }
    why = NULL;
    struct key_set *set = key_set_from_pem(arena_strndup(&arena, (const char *)data, size), &why);
    need(set || why, "refused without a reason");
    if (set)
        write_and_read(&arena, set, 1U << JWS_ES256);
    key_set_release(set);
    arena_release(&arena);
    return 0;
}
