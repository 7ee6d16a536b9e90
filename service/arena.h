/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that lives as long as one request (or one start-up step) and is given back at once.
 * Owns its blocks; may not be shared between threads. There is no per-object free. */
#ifndef COHELM_ARENA_H
#define COHELM_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena_block;
struct arena_cleanup;

struct arena {
    struct arena_block *first; /* kept by arena_reset, so that a warm worker does not call malloc */
    struct arena_block *current; /* where the next allocation is tried */
    struct arena_cleanup *cleanups;
};

/* An empty arena; allocates nothing yet. Never fails. */
void arena_init(struct arena *arena);

/* Zeroed memory of `size` bytes, aligned for any type. Never returns NULL: what a client can make
 * us allocate is capped where its input is read, so running out of memory is the machine's fault,
 * and the process ends with one line on stderr (nothing acknowledged is lost: acknowledgement
 * follows commit). */
void *arena_alloc(struct arena *arena, size_t size);

/* `memory`, of `size` bytes from this arena (0: none yet), with room for `want` bytes, which is not
 * less; further bytes are anything. It may have moved. */
void *arena_grow(struct arena *arena, void *memory, size_t size, size_t want);

/* `count` zeroed elements of `size` bytes; an overflow of the product ends the process likewise. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* NUL-terminated copy of `len` bytes. */
char *arena_strndup(struct arena *arena, const char *text, size_t len);
char *arena_strdup(struct arena *arena, const char *text);

/* printf into the arena. */
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* Calls `cleanup(subject)` at the next reset or release; last registered, first called. */
void arena_defer(struct arena *arena, void (*cleanup)(void *), void *subject);

/* Runs the cleanups and forgets all allocations, keeping the first block. */
void arena_reset(struct arena *arena);

/* Runs the cleanups and gives all memory back; the arena is then as after arena_init. */
void arena_release(struct arena *arena);

#endif
