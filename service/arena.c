/* SPDX-License-Identifier: Apache-2.0 */
#include "arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BLOCK ((size_t)3840) /* a plain read takes 3 to 3.5 KiB */

struct arena_block {
    struct arena_block *next;
    size_t used;
    size_t size;
    alignas(max_align_t) char data[];
};

struct arena_cleanup {
    struct arena_cleanup *next;
    void (*run)(void *);
    void *subject;
};

static _Noreturn void out_of_memory(size_t size)
{
    fprintf(stderr, "cohelm: out of memory (%zu bytes wanted)\n", size);
    abort();
}

static struct arena_block *block_new(size_t size)
{
    struct arena_block *block = malloc(sizeof *block + size);
    if (!block)
        out_of_memory(size);
    block->next = NULL;
    block->used = 0;
    block->size = size;
    return block;
}

void arena_init(struct arena *arena)
{
    *arena = (struct arena){0};
}

static size_t round_up(size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size > SIZE_MAX / 4)
        out_of_memory(size);
    return (size + align - 1) & ~(align - 1);
}

/* As arena_alloc, but what is in it is anything; `size` is rounded up. */
static void *take(struct arena *arena, size_t size)
{
    struct arena_block *block = arena->current;
    if (!block || block->size - block->used < size) {
        /* Each block doubles the one before it, so that a big request costs few mallocs. */
        size_t want = block ? block->size * 2 : FIRST_BLOCK;
        if (want > (size_t)8 * 1024 * 1024)
            want = (size_t)8 * 1024 * 1024;
        struct arena_block *fresh = block_new(want > size ? want : size);
        if (block)
            block->next = fresh;
        else
            arena->first = fresh;
        arena->current = block = fresh;
    }
    void *memory = block->data + block->used;
    block->used += size;
    return memory;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size = round_up(size);
    return memset(take(arena, size), 0, size);
}

void *arena_grow(struct arena *arena, void *memory, size_t size, size_t want)
{
    struct arena_block *block = arena->current;
    size_t old = round_up(size);
    size_t new = round_up(want);
    if (size && block->data + block->used == (char *)memory + old &&
        block->size - block->used >= new - old) {
        block->used += new - old; /* nothing was taken since: it goes on where it is */
        return memory;
    }
    void *moved = take(arena, new);
    return size ? memcpy(moved, memory, size) : moved;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    size_t total = 0;
    if (__builtin_mul_overflow(count, size, &total))
        out_of_memory(SIZE_MAX);
    return arena_alloc(arena, total);
}

char *arena_strndup(struct arena *arena, const char *text, size_t len)
{
    char *copy = arena_alloc(arena, len + 1);
    if (len)
        memcpy(copy, text, len);
    return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
    return arena_strndup(arena, text, strlen(text));
}

char *arena_vprintf(struct arena *arena, const char *format, va_list args)
{
    assert(format);
    char most[256]; /* fit in here, and are formatted once only */
    va_list again;
    va_copy(again, args);
    int written = vsnprintf(most, sizeof most, format, args);
    size_t len = written < 0 ? 0 : (size_t)written;
    char *text = len < sizeof most ? arena_strndup(arena, most, len) : arena_alloc(arena, len + 1);
    if (len >= sizeof most)
        (void)vsnprintf(text, len + 1, format, again);
    va_end(again);
    return text;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

void arena_defer(struct arena *arena, void (*cleanup)(void *), void *subject)
{
    struct arena_cleanup *entry = arena_alloc(arena, sizeof *entry);
    *entry = (struct arena_cleanup){.next = arena->cleanups, .run = cleanup, .subject = subject};
    arena->cleanups = entry;
}

static void run_cleanups(struct arena *arena)
{
    while (arena->cleanups) {
        struct arena_cleanup *entry = arena->cleanups;
        arena->cleanups = entry->next;
        entry->run(entry->subject);
    }
}

static void free_blocks(struct arena_block *block)
{
    while (block) {
        struct arena_block *next = block->next;
        free(block);
        block = next;
    }
}

void arena_reset(struct arena *arena)
{
    run_cleanups(arena);
    if (!arena->first)
        return;
    free_blocks(arena->first->next);
    arena->first->next = NULL;
    arena->first->used = 0;
    arena->current = arena->first;
}

void arena_release(struct arena *arena)
{
    run_cleanups(arena);
    free_blocks(arena->first);
    arena_init(arena);
}
