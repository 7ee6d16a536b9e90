/* SPDX-License-Identifier: Apache-2.0 */
#include "fiber.h"

#include "clock.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#if __has_feature(thread_sanitizer)
#define __SANITIZE_THREAD__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#endif

/* Address space; memory is what is touched of it. Below lies a page that may not be touched. */
#ifdef __SANITIZE_ADDRESS__
#define STACK_SIZE ((size_t)1024 * 1024)
#else
#define STACK_SIZE ((size_t)256 * 1024)
#endif
#define EVENTS 64
#define SPARE_MAX 64 /* ended fibers that keep the memory of their stacks */

/* What a thread's own stack and a fiber's have in common: where to go on. */
struct place {
    ucontext_t context;
    void *stack; /* lowest address that may be used */
    size_t stack_size;
    void *shadow; /* of a sanitizer */
};

struct fiber {
    struct place place;
    void (*run)(void *subject);
    void *subject;
    struct fiber *next; /* in the one list it stands in: ready, a queue, spare */
    struct fiber *made_before;
    struct fiber *later, *sooner; /* among those that wait with a time limit */
    struct fiber_queue *queue;    /* that it waits in, or NULL */
    int fd;                       /* that it waits for, or -1 */
    int events;                   /* that came */
    int64_t deadline;             /* 0: none, and in no list of limits */
    bool ended;
};

struct task {
    void (*run)(void *subject);
    void *subject;
    struct task *next;
};

struct loop {
    struct place home;
    struct fiber *current;
    struct fiber_queue ready;
    struct fiber *limited; /* those that wait with a time limit, in no order */
    int64_t next_deadline; /* none of them is over before */
    struct fiber *spare;
    size_t spare_count;
    struct fiber *made; /* all of them */
    int epoll;
    int wake; /* eventfd; readable when there are tasks or it is to stop */
    pthread_mutex_t lock;
    struct task *tasks, **tasks_end;
    bool stopping; /* asked to, under `lock` */
    bool stopped;  /* has seen it */
};

static _Thread_local struct loop *this_loop;

static void *must(void *memory)
{
    if (!memory || memory == MAP_FAILED) {
        (void)fprintf(stderr, "cohelm: no memory for another fiber\n");
        abort();
    }
    return memory;
}

/* ---- changing stacks ---- */

/* `for_good`: the fiber that leaves has ended. */
static void change(struct place *from, struct place *to, bool for_good)
{
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_start_switch_fiber(for_good ? NULL : &from->shadow, to->stack, to->stack_size);
#endif
#ifdef __SANITIZE_THREAD__
    __tsan_switch_to_fiber(to->shadow, 0);
#endif
    if (for_good)
        (void)setcontext(&to->context);
    else
        (void)swapcontext(&from->context, &to->context);
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_finish_switch_fiber(from->shadow, NULL, NULL);
#endif
}

/* Where a fiber begins. Only here a sanitizer tells what the thread's own stack is. */
static void fiber_main(void)
{
    struct loop *loop = this_loop;
    struct fiber *fiber = loop->current;
#ifdef __SANITIZE_ADDRESS__
    const void *bottom;
    size_t size;
    __sanitizer_finish_switch_fiber(NULL, &bottom, &size);
    loop->home.stack = (void *)(uintptr_t)bottom;
    loop->home.stack_size = size;
#endif
    fiber->run(fiber->subject);
    fiber->ended = true;
    change(&fiber->place, &loop->home, true);
}

static struct fiber *make_fiber(void)
{
    long page = sysconf(_SC_PAGESIZE);
    struct fiber *fiber = must(calloc(1, sizeof *fiber));
    size_t size = STACK_SIZE + (size_t)page;
    char *memory = must(mmap(NULL, size, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0));
    if (mprotect(memory, (size_t)page, PROT_NONE) < 0)
        must(NULL);
    fiber->place.stack = memory + page;
    fiber->place.stack_size = STACK_SIZE;
    return fiber;
}

static void free_fiber(struct fiber *fiber)
{
    long page = sysconf(_SC_PAGESIZE);
    (void)munmap((char *)fiber->place.stack - page, STACK_SIZE + (size_t)page);
    free(fiber);
}

static void push(struct fiber_queue *queue, struct fiber *fiber)
{
    fiber->next = NULL;
    if (queue->last)
        queue->last->next = fiber;
    else
        queue->first = fiber;
    queue->last = fiber;
}

static struct fiber *pop(struct fiber_queue *queue)
{
    struct fiber *fiber = queue->first;
    if (fiber) {
        queue->first = fiber->next;
        if (!queue->first)
            queue->last = NULL;
    }
    return fiber;
}

static void take_out(struct fiber_queue *queue, struct fiber *fiber)
{
    struct fiber *before = NULL;
    for (struct fiber *f = queue->first; f != fiber; f = f->next)
        before = f;
    if (before)
        before->next = fiber->next;
    else
        queue->first = fiber->next;
    if (queue->last == fiber)
        queue->last = before;
}

static void set_up(struct place *place)
{
    (void)getcontext(&place->context);
    place->context.uc_stack.ss_sp = place->stack;
    place->context.uc_stack.ss_size = place->stack_size;
    place->context.uc_link = NULL;
    makecontext(&place->context, fiber_main, 0);
#ifdef __SANITIZE_THREAD__
    place->shadow = __tsan_create_fiber(0);
#endif
}

static void start(struct loop *loop, void (*run)(void *), void *subject)
{
    struct fiber *fiber = loop->spare;
    if (fiber) {
        loop->spare = fiber->next;
        loop->spare_count--;
    } else {
        fiber = make_fiber();
        fiber->made_before = loop->made;
        loop->made = fiber;
    }
    fiber->run = run;
    fiber->subject = subject;
    fiber->fd = -1;
    fiber->queue = NULL;
    fiber->deadline = 0;
    fiber->ended = false;
    set_up(&fiber->place);
    push(&loop->ready, fiber);
}

static void resume(struct loop *loop, struct fiber *fiber)
{
    loop->current = fiber;
    change(&loop->home, &fiber->place, false);
    loop->current = NULL;
    if (!fiber->ended)
        return;
#ifdef __SANITIZE_THREAD__
    __tsan_destroy_fiber(fiber->place.shadow);
#endif
    if (loop->spare_count >= SPARE_MAX)
        (void)madvise(fiber->place.stack, fiber->place.stack_size, MADV_DONTNEED);
    fiber->next = loop->spare;
    loop->spare = fiber;
    loop->spare_count++;
}

/* ---- waiting ---- */

static void limit(struct loop *loop, struct fiber *fiber, int milliseconds)
{
    fiber->deadline = 0;
    if (milliseconds < 0)
        return;
    fiber->deadline = clock_monotonic() + (int64_t)milliseconds * 1000;
    fiber->sooner = NULL;
    fiber->later = loop->limited;
    if (loop->limited)
        loop->limited->sooner = fiber;
    loop->limited = fiber;
    if (fiber->deadline < loop->next_deadline)
        loop->next_deadline = fiber->deadline;
}

static void unlimit(struct loop *loop, struct fiber *fiber)
{
    if (!fiber->deadline)
        return;
    fiber->deadline = 0;
    if (fiber->sooner)
        fiber->sooner->later = fiber->later;
    else
        loop->limited = fiber->later;
    if (fiber->later)
        fiber->later->sooner = fiber->sooner;
}

/* Ends a wait that has lasted too long. */
static void give_up(struct loop *loop, struct fiber *fiber)
{
    if (fiber->fd >= 0)
        (void)epoll_ctl(loop->epoll, EPOLL_CTL_DEL, fiber->fd, NULL);
    if (fiber->queue)
        take_out(fiber->queue, fiber);
    fiber->fd = -1;
    fiber->queue = NULL;
    fiber->events = 0;
    unlimit(loop, fiber);
    push(&loop->ready, fiber);
}

static void give_up_late_ones(struct loop *loop)
{
    int64_t now = clock_monotonic();
    if (now < loop->next_deadline)
        return;
    loop->next_deadline = INT64_MAX;
    for (struct fiber *fiber = loop->limited, *next; fiber; fiber = next) {
        next = fiber->later;
        if (fiber->deadline <= now)
            give_up(loop, fiber);
        else if (fiber->deadline < loop->next_deadline)
            loop->next_deadline = fiber->deadline;
    }
}

/* Leaves the fiber until something makes it ready. */
static void leave(struct loop *loop)
{
    change(&loop->current->place, &loop->home, false);
}

void fiber_yield(void)
{
    push(&this_loop->ready, this_loop->current);
    leave(this_loop);
}

int fiber_wait_fd(int fd, short events, int milliseconds)
{
    struct loop *loop = this_loop;
    struct pollfd one = {.fd = fd, .events = events};
    if (!fiber_is_one()) {
        int found = poll(&one, 1, milliseconds);
        return found > 0 ? one.revents : 0;
    }
    struct fiber *fiber = loop->current;
    /* of poll's events, those that are used have the same numbers here */
    struct epoll_event event = {.events = (uint32_t)events | EPOLLONESHOT, .data.ptr = fiber};
    if (epoll_ctl(loop->epoll, EPOLL_CTL_MOD, fd, &event) < 0 &&
        (errno != ENOENT || epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) < 0))
        return POLLNVAL;
    fiber->fd = fd;
    limit(loop, fiber, milliseconds);
    leave(loop);
    return fiber->events;
}

bool fiber_wait(struct fiber_queue *queue, int milliseconds)
{
    struct loop *loop = this_loop;
    struct fiber *fiber = loop->current;
    fiber->queue = queue;
    push(queue, fiber);
    limit(loop, fiber, milliseconds);
    leave(loop);
    return fiber->events != 0;
}

bool fiber_wake(struct fiber_queue *queue)
{
    struct fiber *fiber = pop(queue);
    if (!fiber)
        return false;
    fiber->queue = NULL;
    fiber->events = 1;
    unlimit(this_loop, fiber);
    push(&this_loop->ready, fiber);
    return true;
}

bool fiber_is_one(void)
{
    return this_loop && this_loop->current;
}

void fiber_start(void (*run)(void *subject), void *subject)
{
    start(this_loop, run, subject);
}

/* ---- the loop ---- */

struct loop *loop_new(void)
{
    struct loop *loop = must(calloc(1, sizeof *loop));
    struct epoll_event event = {.events = EPOLLIN};
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    loop->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    loop->tasks_end = &loop->tasks;
    loop->next_deadline = INT64_MAX;
    pthread_mutex_init(&loop->lock, NULL);
    if (loop->epoll < 0 || loop->wake < 0 ||
        epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->wake, &event) < 0)
        must(NULL);
    return loop;
}

void loop_free(struct loop *loop)
{
    for (struct fiber *fiber; (fiber = loop->made);) {
        loop->made = fiber->made_before;
        free_fiber(fiber);
    }
    close(loop->epoll);
    close(loop->wake);
    pthread_mutex_destroy(&loop->lock);
    free(loop);
}

static void ring(struct loop *loop)
{
    uint64_t one = 1;
    while (write(loop->wake, &one, sizeof one) < 0 && errno == EINTR)
        ;
}

void loop_post(struct loop *loop, void (*run)(void *subject), void *subject)
{
    struct task *task = must(calloc(1, sizeof *task));
    task->run = run;
    task->subject = subject;
    pthread_mutex_lock(&loop->lock);
    *loop->tasks_end = task;
    loop->tasks_end = &task->next;
    pthread_mutex_unlock(&loop->lock);
    ring(loop);
}

void loop_stop(struct loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    loop->stopping = true;
    pthread_mutex_unlock(&loop->lock);
    ring(loop);
}

/* Begins what others have posted. */
static void begin_tasks(struct loop *loop)
{
    uint64_t rung;
    while (read(loop->wake, &rung, sizeof rung) < 0 && errno == EINTR)
        ;
    pthread_mutex_lock(&loop->lock);
    struct task *tasks = loop->tasks;
    loop->stopped = loop->stopping;
    loop->tasks = NULL;
    loop->tasks_end = &loop->tasks;
    pthread_mutex_unlock(&loop->lock);
    while (tasks) {
        struct task *next = tasks->next;
        start(loop, tasks->run, tasks->subject);
        free(tasks);
        tasks = next;
    }
}

static int time_left(const struct loop *loop)
{
    if (loop->ready.first)
        return 0;
    if (loop->next_deadline == INT64_MAX)
        return -1;
    int64_t left = (loop->next_deadline - clock_monotonic()) / 1000 + 1;
    return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

/* Makes those ready for whom something has come. */
static void look(struct loop *loop)
{
    struct epoll_event events[EVENTS];
    int count = epoll_wait(loop->epoll, events, EVENTS, time_left(loop));
    for (int i = 0; i < count; i++) {
        struct fiber *fiber = events[i].data.ptr;
        if (!fiber) {
            begin_tasks(loop);
            continue;
        }
        fiber->fd = -1;
        fiber->events = (int)events[i].events;
        unlimit(loop, fiber);
        push(&loop->ready, fiber);
    }
    give_up_late_ones(loop);
}

void loop_run(struct loop *loop)
{
    this_loop = loop;
#ifdef __SANITIZE_THREAD__
    loop->home.shadow = __tsan_get_current_fiber();
#endif
    do {
        look(loop);
        struct fiber_queue now =
            loop->ready; /* those made ready meanwhile come after another look */
        loop->ready = (struct fiber_queue){0};
        for (struct fiber *fiber; (fiber = pop(&now));)
            resume(loop, fiber);
    } while (!loop->stopped);
    this_loop = NULL;
}

/* ---- work for another thread ---- */

struct offload {
    void (*work)(void *subject);
    void *subject;
    struct loop *loop;
    struct fiber_queue done;
    bool is_done;
};

static void report(void *arg)
{
    struct offload *offload = arg;
    offload->is_done = true;
    (void)fiber_wake(&offload->done);
}

static void *do_offloaded(void *arg)
{
    struct offload *offload = arg;
    offload->work(offload->subject);
    loop_post(offload->loop, report, offload);
    return NULL;
}

void fiber_offload(void (*work)(void *subject), void *subject)
{
    struct offload offload = {.work = work, .subject = subject, .loop = this_loop};
    pthread_t thread;
    if (!fiber_is_one() || pthread_create(&thread, NULL, do_offloaded, &offload) != 0) {
        work(subject);
        return;
    }
    while (!offload.is_done)
        (void)fiber_wait(&offload.done, -1);
    pthread_join(thread, NULL);
}
