/* SPDX-License-Identifier: Apache-2.0 */
#include "arena.h"
#include "test.h"

#include <stddef.h>
#include <stdint.h>

TEST(alloc__is_zeroed_aligned_and_apart)
{
    struct arena arena;
    arena_init(&arena);
    char *last = NULL;
    for (size_t size = 1; size < 5000; size += 37) {
        char *memory = arena_alloc(&arena, size);
        EXPECT((uintptr_t)memory % _Alignof(max_align_t) == 0);
        for (size_t i = 0; i < size; i++)
            EXPECT(memory[i] == 0);
        memset(memory, 0xff, size);
        EXPECT(!last || last[0] == (char)0xff);
        last = memory;
    }
    arena_release(&arena);
}

TEST(alloc__is_zeroed_again_after_a_reset)
{
    struct arena arena;
    arena_init(&arena);
    char *before = arena_alloc(&arena, 100);
    memset(before, 0xff, 100);
    arena_reset(&arena);
    char *after = arena_alloc(&arena, 100);
    EXPECT(after == before); /* the first block is kept */
    EXPECT(after[0] == 0 && after[99] == 0);
    arena_release(&arena);
}

TEST(alloc__larger_than_a_block)
{
    struct arena arena;
    arena_init(&arena);
    (void)arena_alloc(&arena, 10);
    char *large = arena_alloc(&arena, (size_t)20 * 1024 * 1024);
    large[20 * 1024 * 1024 - 1] = 1;
    char *small = arena_alloc(&arena, 10);
    EXPECT(small[0] == 0);
    arena_release(&arena);
    EXPECT(arena.first == NULL && arena.cleanups == NULL);
}

TEST(texts__are_copies_that_end)
{
    struct arena arena;
    arena_init(&arena);
    char text[] = "abcdef";
    char *part = arena_strndup(&arena, text, 3), *all = arena_strdup(&arena, text);
    text[0] = 'x';
    EXPECT_TEXT(part, "abc");
    EXPECT_TEXT(all, "abcdef");
    EXPECT_TEXT(arena_strndup(&arena, "", 0), "");
    EXPECT_TEXT(arena_printf(&arena, "%s-%d", part, 42), "abc-42");
    EXPECT_TEXT(arena_printf(&arena, "%s", ""), "");
    arena_release(&arena);
}

static char order[8];
static size_t ran;

static void note(void *subject)
{
    order[ran++] = *(const char *)subject;
}

TEST(defer__last_registered_is_called_first_and_once)
{
    struct arena arena;
    char a = 'a', b = 'b', c = 'c';
    arena_init(&arena);
    arena_defer(&arena, note, &a);
    arena_defer(&arena, note, &b);
    arena_reset(&arena);
    EXPECT(ran == 2);
    arena_defer(&arena, note, &c);
    arena_release(&arena);
    arena_release(&arena);
    EXPECT_TEXT(order, "bac");
}
