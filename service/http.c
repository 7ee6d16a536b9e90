/* SPDX-License-Identifier: Apache-2.0 */
#include "http.h"

#include "address.h"
#include "clock.h"
#include "log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <ulfius.h>
#include <unistd.h>

/* Enough for an 8 KiB target and 16 KiB of headers; more is refused by libmicrohttpd itself. */
#define CONNECTION_MEMORY ((size_t)32 * 1024)

#define QUIET_STEPS 30 /* of 10 ms, before connections are closed that nobody uses */

struct worker {
    struct http *http;
    void *context;
    struct _u_instance instance;
    struct arena arena;
    atomic_int connections;
    bool started;
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
    atomic_bool draining;
};

/* ---- one request ---- */

static struct request_header *find_header(struct request_header *headers, size_t count,
                                          const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(headers[i].name, name) == 0)
            return &headers[i];
    return NULL;
}

/* ulfius has joined repeated headers whose names are written alike; here `Host` and `hOST` become
 * one too, or a second value would hide behind the first. */
static size_t collect_headers(const struct _u_map *map, struct request_header *headers,
                              struct arena *arena)
{
    size_t count = 0;
    for (int i = 0; i < map->nb_values; i++) {
        const char *value = map->values[i] ? map->values[i] : "";
        struct request_header *known = find_header(headers, count, map->keys[i]);
        if (known)
            known->value = arena_printf(arena, "%s,%s", known->value, value);
        else
            headers[count++] = (struct request_header){map->keys[i], value};
    }
    return count;
}

/* ulfius copies only the first 16 bytes of the address, which is all of an IPv4 one and too little
 * of an IPv6 one. */
static const char *peer_address(const struct _u_request *from, struct arena *arena)
{
    if (!from->client_address || from->client_address->sa_family != AF_INET)
        return "unknown";
    struct sockaddr_in address;
    memcpy(&address, from->client_address, sizeof address);
    char *text = arena_alloc(arena, INET_ADDRSTRLEN);
    return inet_ntop(AF_INET, &address.sin_addr, text, INET_ADDRSTRLEN) ? text : "unknown";
}

/* The last address is the one that the proxy saw; those before it are what the client said. */
static const char *forwarded_address(const struct request *request, struct arena *arena)
{
    const char *list = request_header(request, "X-Forwarded-For");
    if (!list)
        return NULL;
    const char *comma = strrchr(list, ',');
    const char *last = comma ? comma + 1 : list;
    last += strspn(last, " \t");
    const char *address = arena_strndup(arena, last, strcspn(last, " \t"));
    unsigned char bytes[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, address, bytes) == 1 || inet_pton(AF_INET6, address, bytes) == 1
               ? address
               : NULL;
}

static const char *client_address(const struct worker *worker, const struct _u_request *from,
                                  const struct request *request, struct arena *arena)
{
    const char *peer = peer_address(from, arena);
    const char *proxy = worker->http->settings.trusted_proxy;
    if (!proxy || strcmp(peer, proxy) != 0)
        return peer;
    const char *forwarded = forwarded_address(request, arena);
    return forwarded ? forwarded : peer;
}

static void hand_over(const struct response *response, struct _u_response *to, bool close)
{
    to->status = response->status;
    for (size_t i = 0; i < response->header_count; i++)
        u_map_put(to->map_header, response->headers[i].name, response->headers[i].value);
    if (close || response->close)
        u_map_put(to->map_header, "Connection", "close");
    const void *body = response->static_body ? response->static_body : response->body.data;
    size_t len = response->static_body ? response->static_body_len : response->body.len;
    if (len &&
        ulfius_set_binary_body_response(to, (unsigned int)response->status, body, len) != U_OK)
        to->status = 500;
}

static int on_request(const struct _u_request *from, struct _u_response *to, void *data)
{
    struct worker *worker = data;
    struct arena *arena = &worker->arena;
    struct request *request = arena_alloc(arena, sizeof *request);
    struct response *response = arena_alloc(arena, sizeof *response);
    struct request_header *headers =
        arena_array(arena, (size_t)from->map_header->nb_values, sizeof *headers);
    request->protocol = from->http_protocol;
    request->method_text = from->http_verb;
    request->target = from->http_url;
    request->body = from->binary_body;
    request->body_len = from->binary_body_length;
    request->header_count = collect_headers(from->map_header, headers, arena);
    request->headers = headers;
    request->client_address = client_address(worker, from, request, arena);
    response_init(response, arena);
    worker->http->settings.handler(worker->context, request, response, arena);
    hand_over(response, to, atomic_load(&worker->http->draining));
    arena_reset(arena);
    return U_CALLBACK_COMPLETE;
}

/* ---- what libmicrohttpd tells ---- */

/* ulfius passes this text on as a format, which a client's URL could then fill; ours does not read
 * it. */
static void ignore_library_log(void *cls, const char *format, va_list args)
{
    (void)cls;
    (void)format;
    (void)args;
}

static void *on_request_line(void *cls, const char *uri, struct MHD_Connection *connection)
{
    struct worker *worker = cls;
    (void)connection;
    atomic_fetch_add(&worker->http->in_flight, 1);
    return ulfius_uri_logger(NULL, uri);
}

static void on_request_done(void *cls, struct MHD_Connection *connection, void **state,
                            enum MHD_RequestTerminationCode code)
{
    struct worker *worker = cls;
    mhd_request_completed(NULL, connection, state, code);
    atomic_fetch_sub(&worker->http->in_flight, 1);
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **state,
                          enum MHD_ConnectionNotificationCode code)
{
    struct worker *worker = cls;
    (void)connection;
    (void)state;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED)
        atomic_fetch_sub(&worker->connections, 1);
}

static bool worker_start(struct worker *worker)
{
    const struct http_settings *settings = &worker->http->settings;
    arena_init(&worker->arena);
    if (ulfius_init_instance(&worker->instance, worker->http->port, NULL, NULL) != U_OK)
        return false;
    worker->instance.max_post_body_size = settings->body_max + 1;
    worker->instance.check_utf8 = 0;
    worker->instance.allowed_post_processor = U_POST_PROCESS_NONE;
    if (ulfius_add_endpoint_by_val(&worker->instance, "*", NULL, "*", 0, on_request, worker) !=
            U_OK ||
        ulfius_set_default_endpoint(&worker->instance, on_request, worker) != U_OK)
        return false;
    size_t share = settings->max_connections / settings->workers + 1;
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)ignore_library_log, NULL},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_request_line, worker},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_request_done, worker},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, worker},
        {MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)settings->idle_timeout, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)share, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)CONNECTION_MEMORY, NULL},
        {MHD_OPTION_END, 0, NULL}};
    unsigned flags =
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ITC | MHD_USE_ERROR_LOG;
    worker->started =
        ulfius_start_framework_with_mhd_options(&worker->instance, flags, options) == U_OK;
    return worker->started;
}

static void worker_stop(struct worker *worker)
{
    if (worker->started)
        ulfius_stop_framework(&worker->instance);
    ulfius_clean_instance(&worker->instance);
    arena_release(&worker->arena);
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
    size_t share = http->settings.max_connections / http->settings.workers + 1;
    if ((size_t)atomic_load(&worker->connections) >= share) {
        close(fd);
        return true;
    }
    atomic_fetch_add(&worker->connections, 1);
    if (MHD_add_connection(worker->instance.mhd_daemon, fd, (struct sockaddr *)&address, len) !=
        MHD_YES)
        atomic_fetch_sub(&worker->connections, 1);
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
        workers[i].http = http;
        workers[i].context = settings->worker_contexts[i];
        if (!worker_start(&workers[i])) {
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
        if (http->workers[i].http)
            worker_stop(&http->workers[i]);
    close(http->wake);
    free(http->workers);
    free(http);
}

unsigned http_port(const struct http *http)
{
    return http->port;
}
