/* SPDX-License-Identifier: Apache-2.0 */
/* What PostgreSQL sends for an array is in src/backend/utils/adt/arrayfuncs.c, array_send. */
#include "render.h"

#include "test.h"

#include <stdlib.h>
#include <string.h>

/* The text of what was sent, in memory that ends where it ends; NULL when it is refused. */
static const char *array(struct arena *arena, const char *sent, size_t len)
{
    struct buf out;
    char *data = malloc(len);
    if (!data)
        abort();
    memcpy(data, sent, len);
    buf_init(&out, arena, SIZE_MAX);
    bool good = render_value(&out, COLUMN_INT4_ARRAY, data, len);
    free(data);
    return good ? buf_cstr(&out) : NULL;
}

#define ARRAY(arena, sent) array(arena, sent, sizeof sent - 1)
#define INT4 "\0\0\0\x17"
#define NO_NULLS "\0\0\0\0"

TEST(arrays_have_one_dimension_or_none)
{
    struct arena arena;
    arena_init(&arena);
    EXPECT_TEXT(ARRAY(&arena, "\0\0\0\0" NO_NULLS INT4), "[]");
    EXPECT_TEXT(ARRAY(&arena, "\0\0\0\1"
                              "\0\0\0\1" INT4 "\0\0\0\2\0\0\0\1"
                              "\0\0\0\4\0\0\0\7"
                              "\xff\xff\xff\xff"),
                "[7,null]");
    EXPECT(!ARRAY(&arena, "\0\0\0\2" NO_NULLS INT4 "\0\0\0\3\0\0\0\1\0\0\0\1\0\0\0\1"
                          "\0\0\0\4\0\0\0\7"
                          "\0\0\0\4\0\0\0\7"
                          "\0\0\0\4\0\0\0\7"));
    arena_release(&arena);
}
