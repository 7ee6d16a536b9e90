/* SPDX-License-Identifier: Apache-2.0 */
/* Stacks, and going from one to another. Private to fiber.c. */
#ifndef COHELM_FIBER_STACK_H
#define COHELM_FIBER_STACK_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <ucontext.h>

/* gcc defines these two by itself. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STACK_SANITIZED
#endif

/* Where a thread's own stack, or one made here, goes on. */
struct stack {
#ifdef STACK_SANITIZED
    ucontext_t context;
    void *shadow; /* what the sanitizer calls it */
#else
    void (*run)(void); /* where it begins */
    jmp_buf jump;      /* where it was left, if it was */
    bool left;
#endif
    void *memory; /* lowest address that may be used */
    size_t size;
};

/* The end of the process, with one line, unless there is `memory`. */
void *stack_must(void *memory);

/* Address space for a stack; memory is what is touched of it. */
void stack_make(struct stack *stack);
void stack_free(struct stack *stack);
/* Gives the memory back and keeps the address space. */
void stack_trim(struct stack *stack);

/* Prepares a stack, or one whose run has ended, to run `run`, which calls stack_arrive first and
 * never returns. */
void stack_begin(struct stack *stack, void (*run)(void));
void stack_ended(struct stack *stack);

/* The thread's own stack, before it is left for the first time; `run` says once where it came from.
 */
void stack_adopt(struct stack *own);
void stack_arrive(struct stack *own);

/* Leaves `from` and goes on where `to` was left; `for_good`: `from` has ended. */
void stack_change(struct stack *from, struct stack *to, bool for_good);

#endif
