/* SPDX-License-Identifier: Apache-2.0 */
#include "fiber.h"

#include "clock.h"
#include "fiber_stack.h"
#include "helper.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define EVENTS 64
#define SPARE_MAX 64 /* ended fibers that keep the memory of their stacks */

struct fiber {
    struct stack stack;
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
    struct stack home; /* the thread's own */
    struct fiber *current;
    struct fiber_queue ready;
    struct fiber *limited; /* those that wait with a time limit, in no order */
    int64_t next_deadline; /* none of them is over before */
    struct fiber *spare;
    size_t spare_count;
    struct fiber *made;     /* all of them */
    size_t offloaded;       /* fibers whose work a helper does */
    struct helper *helpers; /* those that have none to do */
    int epoll;
    int wake; /* eventfd; readable when there are tasks or it is to stop */
    pthread_mutex_t lock;
    struct task *tasks, **tasks_end;
    bool stopping; /* asked to, under `lock` */
    bool stopped;  /* has seen it */
};

static _Thread_local struct loop *this_loop;

/* ---- fibers ---- */

static void fiber_main(void)
{
    struct loop *loop = this_loop;
    struct fiber *fiber = loop->current;
    stack_arrive(&loop->home);
    fiber->run(fiber->subject);
    fiber->ended = true;
    stack_change(&fiber->stack, &loop->home, true);
}

static struct fiber *make_fiber(struct loop *loop)
{
    struct fiber *fiber = stack_must(calloc(1, sizeof *fiber));
    stack_make(&fiber->stack);
    fiber->made_before = loop->made;
    loop->made = fiber;
    return fiber;
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

static void start(struct loop *loop, void (*run)(void *), void *subject)
{
    struct fiber *fiber = loop->spare;
    if (fiber) {
        loop->spare = fiber->next;
        loop->spare_count--;
    } else {
        fiber = make_fiber(loop);
    }
    fiber->run = run;
    fiber->subject = subject;
    fiber->fd = -1;
    fiber->queue = NULL;
    fiber->deadline = 0;
    fiber->ended = false;
    stack_begin(&fiber->stack, fiber_main);
    push(&loop->ready, fiber);
}

static void resume(struct loop *loop, struct fiber *fiber)
{
    loop->current = fiber;
    stack_change(&loop->home, &fiber->stack, false);
    loop->current = NULL;
    if (!fiber->ended)
        return;
    stack_ended(&fiber->stack);
    if (loop->spare_count >= SPARE_MAX)
        stack_trim(&fiber->stack);
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
    stack_change(&loop->current->stack, &loop->home, false);
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
    struct loop *loop = stack_must(calloc(1, sizeof *loop));
    struct epoll_event event = {.events = EPOLLIN};
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    loop->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    loop->tasks_end = &loop->tasks;
    loop->next_deadline = INT64_MAX;
    pthread_mutex_init(&loop->lock, NULL);
    if (loop->epoll < 0 || loop->wake < 0 ||
        epoll_ctl(loop->epoll, EPOLL_CTL_ADD, loop->wake, &event) < 0)
        stack_must(NULL);
    return loop;
}

void loop_free(struct loop *loop)
{
    helpers_free(loop->helpers);
    for (struct fiber *fiber; (fiber = loop->made);) {
        loop->made = fiber->made_before;
        stack_free(&fiber->stack);
        free(fiber);
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
    struct task *task = stack_must(calloc(1, sizeof *task));
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

void loop_run(struct loop *loop, void (*after_turn)(void))
{
    this_loop = loop;
    stack_adopt(&loop->home);
    do {
        look(loop);
        struct fiber_queue now =
            loop->ready; /* those made ready meanwhile come after another look */
        loop->ready = (struct fiber_queue){0};
        for (struct fiber *fiber; (fiber = pop(&now));)
            resume(loop, fiber);
        if (after_turn)
            after_turn();
    } while (!loop->stopped || loop->offloaded);
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

static void do_offloaded(void *arg)
{
    struct offload *offload = arg;
    offload->work(offload->subject);
    loop_post(offload->loop, report, offload);
}

void fiber_offload(void (*work)(void *subject), void *subject)
{
    struct loop *loop = this_loop;
    struct offload offload = {.work = work, .subject = subject, .loop = loop};
    struct helper *helper = fiber_is_one() ? helper_take(&loop->helpers) : NULL;
    if (!helper) {
        work(subject);
        return;
    }
    loop->offloaded++;
    helper_begin(helper, do_offloaded, &offload);
    while (!offload.is_done)
        (void)fiber_wait(&offload.done, -1);
    helper_give_back(&loop->helpers, helper);
    loop->offloaded--; /* only here, so that its owner takes what was made */
}
