/* SPDX-License-Identifier: Apache-2.0 */
#include "http_fibers.h"

#include "fiber.h"
#include "log.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SPARE_LANES 128 /* opening one takes as long as some requests */
#define SPARE_ARENAS 64
#define SILENCE 200 /* milliseconds */

/* What serves one connection at a time: an instance of the HTTP library of its own. */
struct lane {
    struct http_fibers *fibers;
    struct http_instance *instance;
    bool open; /* has a connection */
    struct lane *next;
    struct lane *opened_before, *opened_after;
};

struct http_fibers {
    struct http_instance_settings settings;
    atomic_int *open;
    struct loop *loop;
    pthread_t thread;
    struct lane *lanes; /* all */
    struct lane *spare;
    size_t spare_count;
    struct arena arenas[SPARE_ARENAS];
    size_t spare_arenas;
    size_t busy; /* requests being answered */
};

struct arrival {
    struct http_fibers *fibers;
    int fd;
    socklen_t len;
    struct sockaddr_storage address;
};

/* ---- memory for requests ---- */

static struct arena *lend_arena(void *owner)
{
    struct http_fibers *fibers = ((struct lane *)owner)->fibers;
    struct arena *arena = malloc(sizeof *arena);
    if (!arena)
        abort();
    arena_init(arena);
    if (fibers->spare_arenas)
        *arena = fibers->arenas[--fibers->spare_arenas];
    fibers->busy++;
    return arena;
}

static void return_arena(void *owner, struct arena *arena)
{
    struct http_fibers *fibers = ((struct lane *)owner)->fibers;
    fibers->busy--;
    if (fibers->spare_arenas < SPARE_ARENAS) {
        arena_reset(arena);
        fibers->arenas[fibers->spare_arenas++] = *arena;
    } else {
        arena_release(arena);
    }
    free(arena);
}

/* ---- lanes ---- */

static void on_closed(void *owner)
{
    struct lane *lane = owner;
    lane->open = false;
    atomic_fetch_sub(lane->fibers->open, 1);
}

static void close_lane(struct lane *lane)
{
    struct http_fibers *fibers = lane->fibers;
    if (lane->instance)
        http_instance_close(lane->instance);
    if (lane->opened_after)
        lane->opened_after->opened_before = lane->opened_before;
    else
        fibers->lanes = lane->opened_before;
    if (lane->opened_before)
        lane->opened_before->opened_after = lane->opened_after;
    free(lane);
}

static struct lane *open_lane(struct http_fibers *fibers)
{
    struct lane *lane = calloc(1, sizeof *lane);
    if (!lane)
        abort();
    struct http_instance_settings settings = fibers->settings;
    lane->fibers = fibers;
    lane->opened_before = fibers->lanes;
    if (fibers->lanes)
        fibers->lanes->opened_after = lane;
    fibers->lanes = lane;
    settings.max_connections = 1;
    settings.owner = lane;
    settings.arena_lend = lend_arena;
    settings.arena_return = return_arena;
    settings.closed = on_closed;
    lane->instance = http_instance_open(&settings);
    if (lane->instance)
        return lane;
    close_lane(lane);
    return NULL;
}

static struct lane *take_lane(struct http_fibers *fibers)
{
    struct lane *lane = fibers->spare;
    if (!lane)
        return open_lane(fibers);
    fibers->spare = lane->next;
    fibers->spare_count--;
    return lane;
}

static void give_lane_back(struct lane *lane)
{
    struct http_fibers *fibers = lane->fibers;
    if (fibers->spare_count >= SPARE_LANES) {
        close_lane(lane);
        return;
    }
    lane->next = fibers->spare;
    fibers->spare = lane;
    fibers->spare_count++;
}

/* ---- a connection's life ---- */

/* Whether the client has gone is asked when it is silent, as busy ones need not be asked. */
static void wait_for_more(struct lane *lane, int milliseconds)
{
    int fd = http_instance_fd(lane->instance);
    bool is_long = milliseconds < 0 || milliseconds > SILENCE;
    if (fiber_wait_fd(fd, POLLIN, is_long ? SILENCE : milliseconds) || !is_long)
        return;
    if (!http_instance_leave(lane->instance))
        (void)fiber_wait_fd(fd, POLLIN, milliseconds < 0 ? -1 : milliseconds - SILENCE);
}

static void attend(struct lane *lane)
{
    while (lane->open) {
        int milliseconds = http_instance_run(lane->instance);
        if (lane->open && milliseconds)
            wait_for_more(lane, milliseconds);
        else if (lane->open)
            fiber_yield();
    }
}

static void serve(void *arg)
{
    struct arrival *arrival = arg;
    struct http_fibers *fibers = arrival->fibers;
    struct lane *lane = take_lane(fibers);
    bool good = lane != NULL;
    if (lane) {
        lane->open = true; /* first: it may end at once */
        good = http_instance_add(lane->instance, arrival->fd, (struct sockaddr *)&arrival->address,
                                 arrival->len);
    } else {
        close(arrival->fd);
    }
    free(arrival);
    if (good)
        attend(lane);
    else
        atomic_fetch_sub(fibers->open, 1);
    if (lane)
        give_lane_back(lane);
}

void http_fibers_add(struct http_fibers *fibers, int fd, const struct sockaddr *address,
                     socklen_t len)
{
    struct arrival *arrival = calloc(1, sizeof *arrival);
    if (!arrival)
        abort();
    arrival->fibers = fibers;
    arrival->fd = fd;
    arrival->len = len;
    memcpy(&arrival->address, address, len);
    loop_post(fibers->loop, serve, arrival);
}

/* ---- the thread ---- */

static void *run(void *arg)
{
    struct http_fibers *fibers = arg;
    log_gather();
    loop_run(fibers->loop, log_flush);
    while (fibers->busy)
        loop_run(fibers->loop, log_flush);
    return NULL;
}

struct http_fibers *http_fibers_start(const struct http_instance_settings *instance,
                                      atomic_int *open)
{
    struct http_fibers *fibers = calloc(1, sizeof *fibers);
    if (!fibers)
        abort();
    fibers->settings = *instance;
    fibers->open = open;
    fibers->loop = loop_new();
    loop_post(fibers->loop, instance->http->first_fiber, instance->context);
    if (pthread_create(&fibers->thread, NULL, run, fibers) != 0)
        abort();
    return fibers;
}

void http_fibers_stop(struct http_fibers *fibers)
{
    loop_stop(fibers->loop);
    pthread_join(fibers->thread, NULL);
    for (struct lane *lane = fibers->lanes, *next; lane; lane = next) {
        next = lane->opened_before;
        close_lane(lane);
    }
    for (size_t i = 0; i < fibers->spare_arenas; i++)
        arena_release(&fibers->arenas[i]);
    loop_free(fibers->loop);
    free(fibers);
}
