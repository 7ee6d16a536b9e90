/* SPDX-License-Identifier: Apache-2.0 */
/* Many straight-line activities on one thread. A fiber has a stack of its own; where it has to wait
 * it lets the other fibers of its thread run, so a thread that many requests share never stands
 * still for one of them. A fiber stays on the thread where it began. On a thread without fibers the
 * functions that wait simply block: code need not know which of the two it runs on. */
#ifndef COHELM_FIBER_H
#define COHELM_FIBER_H

#include <stdbool.h>

struct fiber;
struct loop; /* the fibers of one thread */

/* Never fails: without the memory or descriptors for it the process ends with one line. */
struct loop *loop_new(void);
/* After loop_run has returned. */
void loop_free(struct loop *loop);

/* Runs fibers on the calling thread until loop_stop and until what was offloaded is done; those
 * that wait then are left where they are. Called again, it lets each that is ready by then go on
 * once. `after_turn` (or NULL) is called whenever all that were ready have gone on. */
void loop_run(struct loop *loop, void (*after_turn)(void));

/* From any thread. loop_post begins a fiber; those posted before loop_stop begin before it holds.
 */
void loop_post(struct loop *loop, void (*run)(void *subject), void *subject);
void loop_stop(struct loop *loop);

/* Begins a fiber on the calling thread's loop. It first runs when the caller waits. */
void fiber_start(void (*run)(void *subject), void *subject);

/* Whether the caller is a fiber. */
bool fiber_is_one(void);

/* Lets the others run first. Fibers only. */
void fiber_yield(void);

/* Waits as poll(2) does for one descriptor: the events that came, 0 when the time is over.
 * `milliseconds` < 0: for ever. Errors of a descriptor come as events. */
int fiber_wait_fd(int fd, short events, int milliseconds);

/* Fibers of one thread that wait for each other. */
struct fiber_queue {
    struct fiber *first, *last;
};

/* Waits until it is this fiber's turn to be woken. False: the time is over. Fibers only. */
bool fiber_wait(struct fiber_queue *queue, int milliseconds);
/* Wakes the one that has waited longest; false when there is none. */
bool fiber_wake(struct fiber_queue *queue);

/* Runs `work` on another thread and waits for it, for what would keep the processor long. Not a
 * fiber, or no thread to be had: runs it at once. */
void fiber_offload(void (*work)(void *subject), void *subject);

#endif
