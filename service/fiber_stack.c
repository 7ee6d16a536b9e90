/* SPDX-License-Identifier: Apache-2.0 */
/* Hardened, longjmp refuses to leave one stack for another. */
#undef _FORTIFY_SOURCE

#include "fiber_stack.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#define STACK_SIZE ((size_t)1024 * 1024)
#else
#define STACK_SIZE ((size_t)256 * 1024)
#endif
#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#endif

void *stack_must(void *memory)
{
    if (!memory || memory == MAP_FAILED) {
        (void)fprintf(stderr, "cohelm: no memory for another fiber\n");
        abort();
    }
    return memory;
}

/* Below lies a page that may not be touched, so that a stack that overflows ends the process. */
static size_t guard_size(void)
{
    return (size_t)sysconf(_SC_PAGESIZE);
}

void stack_make(struct stack *stack)
{
    char *memory = stack_must(mmap(NULL, guard_size() + STACK_SIZE, PROT_READ | PROT_WRITE,
                                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0));
    if (mprotect(memory, guard_size(), PROT_NONE) < 0)
        stack_must(NULL);
    stack->memory = memory + guard_size();
    stack->size = STACK_SIZE;
}

void stack_free(struct stack *stack)
{
    (void)munmap((char *)stack->memory - guard_size(), guard_size() + stack->size);
}

void stack_trim(struct stack *stack)
{
    (void)madvise(stack->memory, stack->size, MADV_DONTNEED);
}

static void make_context(ucontext_t *context, const struct stack *stack, void (*run)(void))
{
    (void)getcontext(context);
    context->uc_stack.ss_sp = stack->memory;
    context->uc_stack.ss_size = stack->size;
    context->uc_link = NULL;
    makecontext(context, run, 0);
}

void stack_begin(struct stack *stack, void (*run)(void))
{
#ifdef STACK_SANITIZED
    make_context(&stack->context, stack, run);
#else
    stack->run = run;
    stack->left = false;
#endif
#ifdef __SANITIZE_THREAD__
    stack->shadow = __tsan_create_fiber(0);
#endif
}

void stack_ended(struct stack *stack)
{
#ifdef __SANITIZE_THREAD__
    __tsan_destroy_fiber(stack->shadow);
#endif
#ifdef STACK_SANITIZED
    stack->shadow = NULL;
#endif
    (void)stack;
}

void stack_adopt(struct stack *own)
{
#ifdef __SANITIZE_THREAD__
    own->shadow = __tsan_get_current_fiber();
#endif
    own->size = 0;
}

void stack_arrive(struct stack *own)
{
#ifdef __SANITIZE_ADDRESS__
    const void *memory;
    __sanitizer_finish_switch_fiber(NULL, &memory, &own->size);
    own->memory = (void *)(uintptr_t)memory;
#endif
    (void)own;
}

#ifdef STACK_SANITIZED
/* The sanitizers know of contexts; of a jump they think that it only goes back. */
static void jump(struct stack *from, struct stack *to)
{
    (void)swapcontext(&from->context, &to->context);
}
#else
/* A context also holds the mask of signals, so changing it costs a system call, and it is large.
 * Our fibers never change the mask: only to a stack that has not run yet is gone by a context. */
static void jump(struct stack *from, struct stack *to)
{
    from->left = true;
    if (_setjmp(from->jump) != 0)
        return;
    if (to->left)
        _longjmp(to->jump, 1);
    ucontext_t context;
    make_context(&context, to, to->run);
    (void)setcontext(&context);
}
#endif

void stack_change(struct stack *from, struct stack *to, bool for_good)
{
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_start_switch_fiber(for_good ? NULL : &from->shadow, to->memory, to->size);
#endif
#ifdef __SANITIZE_THREAD__
    __tsan_switch_to_fiber(to->shadow, 0);
#endif
    (void)for_good;
    jump(from, to);
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_finish_switch_fiber(from->shadow, NULL, NULL);
#endif
}
