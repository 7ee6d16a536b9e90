/* SPDX-License-Identifier: Apache-2.0 */
#include "http.h"

#include "address.h"
#include "clock.h"
#include "http_fibers.h"
#include "http_instance.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define QUIET_STEPS 30 /* of 10 ms, before connections are closed that nobody uses */

/* Serves its connections either by an instance with a thread of its own, or by fibers. */
struct worker {
    struct http_instance *instance;
    struct http_fibers *fibers;
    struct arena arena; /* of the instance's requests */
    atomic_int connections;
};

struct http {
    struct http_settings settings;
    struct worker *workers;
    int listener;
    int wake; /* eventfd that ends the accepting thread */
    unsigned port;
    pthread_t acceptor;
    bool accepting;
    atomic_int in_flight;
    atomic_size_t incoming, unsent;
    atomic_bool draining;
};

/* ---- workers ---- */

static struct arena *lend_arena(void *owner)
{
    return &((struct worker *)owner)->arena;
}

static void return_arena(void *owner, struct arena *arena)
{
    (void)owner;
    arena_reset(arena);
}

static void on_closed(void *owner)
{
    atomic_fetch_sub(&((struct worker *)owner)->connections, 1);
}

/* How many connections one worker takes. */
static size_t share(const struct http *http)
{
    return http->settings.max_connections / http->settings.workers + 1;
}

static bool worker_start(struct http *http, struct worker *worker, void *context)
{
    struct http_instance_settings settings = {.http = &http->settings,
                                              .port = http->port,
                                              .max_connections = share(http),
                                              .threaded = !http->settings.fibers,
                                              .context = context,
                                              .arena_lend = lend_arena,
                                              .arena_return = return_arena,
                                              .closed = on_closed,
                                              .owner = worker,
                                              .in_flight = &http->in_flight,
                                              .incoming = &http->incoming,
                                              .unsent = &http->unsent,
                                              .draining = &http->draining};
    arena_init(&worker->arena);
    if (http->settings.fibers)
        worker->fibers = http_fibers_start(&settings, &worker->connections);
    else
        worker->instance = http_instance_open(&settings);
    return worker->fibers || worker->instance;
}

static void worker_stop(struct worker *worker)
{
    if (worker->fibers)
        http_fibers_stop(worker->fibers);
    if (worker->instance)
        http_instance_close(worker->instance);
    arena_release(&worker->arena);
}

static void worker_add(struct worker *worker, int fd, const struct sockaddr *address, socklen_t len)
{
    atomic_fetch_add(&worker->connections, 1);
    if (worker->fibers)
        http_fibers_add(worker->fibers, fd, address, len);
    else if (!http_instance_add(worker->instance, fd, address, len))
        atomic_fetch_sub(&worker->connections, 1);
}

/* ---- accepting ---- */

static struct worker *least_loaded(struct http *http)
{
    struct worker *best = &http->workers[0];
    for (size_t i = 1; i < http->settings.workers; i++)
        if (atomic_load(&http->workers[i].connections) < atomic_load(&best->connections))
            best = &http->workers[i];
    return best;
}

/* False when there was none. */
static bool accept_one(struct http *http)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof address;
    int fd =
        accept4(http->listener, (struct sockaddr *)&address, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
        if (errno == EMFILE || errno == ENFILE) /* wait for some to close rather than spin */
            (void)poll(NULL, 0, 20);
        return false;
    }
    int on = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct worker *worker = least_loaded(http);
    if ((size_t)atomic_load(&worker->connections) < share(http))
        worker_add(worker, fd, (struct sockaddr *)&address, len);
    else
        close(fd);
    return true;
}

static void *accept_all(void *arg)
{
    struct http *http = arg;
    struct pollfd fds[] = {{.fd = http->listener, .events = POLLIN},
                           {.fd = http->wake, .events = POLLIN}};
    for (;;) {
        if (poll(fds, 2, -1) < 0)
            continue;
        if (fds[1].revents)
            break;
        if (fds[0].revents)
            (void)accept_one(http);
    }
    while (accept_one(http)) /* those whom the kernel has let in already */
        continue;
    return NULL;
}

static unsigned bound_port(int fd)
{
    struct sockaddr_in6 address = {0}; /* the port of an IPv4 address stands at the same place */
    socklen_t len = sizeof address;
    if (getsockname(fd, (struct sockaddr *)&address, &len) < 0)
        return 0;
    return ntohs(address.sin6_port);
}

static int open_listener(const char *listen_on, struct arena *arena, const char **why)
{
    struct addrinfo *found = address_find(listen_on);
    if (!found) {
        *why = arena_printf(arena, "%s is no address to listen on; write host:port", listen_on);
        return -1;
    }
    int on = 1;
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bool good = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
                bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, 4096) == 0;
    if (!good) {
        *why = arena_printf(arena, "can't listen on %s: %s", listen_on, strerror(errno));
        if (fd >= 0)
            close(fd);
        fd = -1;
    }
    freeaddrinfo(found);
    return fd;
}

/* ---- starting and stopping ---- */

struct http *http_start(const struct http_settings *settings, struct arena *arena, const char **why)
{
    int listener = open_listener(settings->listen, arena, why);
    if (listener < 0)
        return NULL;
    struct http *http = calloc(1, sizeof *http);
    struct worker *workers = calloc(settings->workers, sizeof *workers);
    if (!http || !workers)
        abort();
    http->settings = *settings;
    http->workers = workers;
    http->listener = listener;
    http->port = bound_port(listener);
    http->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    for (size_t i = 0; i < settings->workers; i++) {
        if (!worker_start(http, &workers[i], settings->worker_contexts[i])) {
            *why = "the HTTP library can't start a worker";
            http_stop(http, 0);
            return NULL;
        }
    }
    http->accepting = pthread_create(&http->acceptor, NULL, accept_all, http) == 0;
    return http;
}

void http_drain(struct http *http)
{
    atomic_store(&http->draining, true);
}

/* Closing a listener resets connections that the kernel has let in and nobody has accepted, with
 * the requests that came over them. So first nobody is let in any more: a filter drops segments
 * that begin a connection (SYN), as if they were lost, and leaves all others. */
static void let_nobody_in(int listener)
{
    struct sock_filter only_known[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, offsetof(struct tcphdr, th_flags)),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, TH_SYN, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
    };
    struct sock_fprog program = {.len = sizeof only_known / sizeof *only_known,
                                 .filter = only_known};
    (void)setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

static void stop_accepting(struct http *http)
{
    uint64_t one = 1;
    let_nobody_in(http->listener);
    if (http->accepting && write(http->wake, &one, sizeof one) == sizeof one)
        pthread_join(http->acceptor, NULL);
    http->accepting = false;
    if (http->listener >= 0)
        close(http->listener);
    http->listener = -1;
}

static int open_connections(const struct http *http)
{
    int count = 0;
    for (size_t i = 0; i < http->settings.workers; i++)
        count += atomic_load(&http->workers[i].connections);
    return count;
}

void http_stop(struct http *http, unsigned seconds)
{
    http_drain(http);
    stop_accepting(http);
    int64_t deadline = clock_monotonic() + (int64_t)seconds * 1000000;
    /* Clients whose connection is still open may be about to send, as they were not told yet that
     * it ends: nothing must come for a little while. */
    for (int quiet = 0; quiet < QUIET_STEPS && clock_monotonic() < deadline;) {
        quiet = atomic_load(&http->in_flight) ? 0 : quiet + 1;
        if (quiet && !open_connections(http))
            break;
        (void)poll(NULL, 0, 10);
    }
    for (size_t i = 0; i < http->settings.workers; i++)
        worker_stop(&http->workers[i]);
    close(http->wake);
    free(http->workers);
    free(http);
}

unsigned http_port(const struct http *http)
{
    return http->port;
}
