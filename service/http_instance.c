/* SPDX-License-Identifier: Apache-2.0 */
#include "http_instance.h"

#include <arpa/inet.h>
#include <limits.h>
#include <linux/tcp.h> /* that of the C library lacks tcpi_bytes_received */
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <ulfius.h>

/* Enough for an 8 KiB target and 12 KiB of headers; more is refused by libmicrohttpd itself, which
 * keeps this for each connection and clears it for each request. */
#define CONNECTION_MEMORY ((size_t)24 * 1024)

/* A request is kept until all of it has come, and only then is it known whose it is. All long ones
 * together get so much room. One that comes when the room is taken is cut where it becomes long. */
#define LONG_REQUEST ((size_t)64 * 1024)
#define LONG_REQUESTS_MAX ((size_t)128 * 1024 * 1024)

/* The one connection of an instance without a thread, and its request. */
struct connection {
    int fd; /* -1: there is none */
    enum { BETWEEN_REQUESTS, RECEIVING, ANSWERING } state;
    bool is_measured;
    int64_t before; /* bytes taken from it when the request was first measured, or fewer */
    size_t room;    /* that the request has as a long one */
    bool is_cut;    /* it is long and has none */
};

struct http_instance {
    struct http_instance_settings settings;
    struct _u_instance library;
    struct connection connection;
    size_t unsent; /* its part of that; with a thread it is not counted */
    bool started;
};

/* ---- long requests ---- */

static void begin_request(struct http_instance *instance)
{
    instance->connection = (struct connection){.fd = instance->connection.fd, .state = RECEIVING};
    instance->library.max_post_body_size = instance->settings.http->body_max + 1;
}

static void end_request(struct http_instance *instance)
{
    if (instance->connection.room)
        atomic_fetch_sub(instance->settings.incoming, instance->connection.room);
    instance->connection = (struct connection){.fd = instance->connection.fd};
}

/* Bytes that have come. */
static bool bytes_received(int fd, int64_t *bytes)
{
    struct tcp_info info = {0};
    socklen_t len = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
        return false;
    *bytes = (int64_t)info.tcpi_bytes_received;
    return true;
}

/* Bytes that have come and that nobody has taken yet. */
static bool bytes_waiting(int fd, int64_t *bytes)
{
    int waiting = 0;
    if (ioctl(fd, FIONREAD, &waiting) != 0)
        return false;
    *bytes = waiting;
    return true;
}

/* How much of the request has been taken, or somewhat more, as more may come between two questions.
 * In the library's turn that found the request it took no more than a connection may keep. */
static size_t length_so_far(struct connection *connection)
{
    int64_t received, waiting;
    if (!connection->is_measured) {
        connection->is_measured =
            bytes_received(connection->fd, &received) && bytes_waiting(connection->fd, &waiting);
        connection->before = connection->is_measured ? received - waiting : 0;
        return CONNECTION_MEMORY;
    }
    if (!bytes_waiting(connection->fd, &waiting) || !bytes_received(connection->fd, &received))
        return CONNECTION_MEMORY;
    return CONNECTION_MEMORY + (size_t)(received - waiting - connection->before);
}

/* Before each turn of the library. Most requests came whole in the first, and are not measured. */
static void measure(struct http_instance *instance)
{
    struct connection *connection = &instance->connection;
    if (connection->state != RECEIVING || connection->room || connection->is_cut)
        return;
    size_t len = length_so_far(connection);
    if (len <= LONG_REQUEST)
        return;
    size_t room = instance->settings.http->body_max;
    if (atomic_fetch_add(instance->settings.incoming, room) + room <= LONG_REQUESTS_MAX) {
        connection->room = room;
        return;
    }
    atomic_fetch_sub(instance->settings.incoming, room);
    connection->is_cut = true;
    /* Not less than is kept already, or the library would take nothing more and wait. */
    if (len < instance->library.max_post_body_size)
        instance->library.max_post_body_size = len;
}

/* ---- one request ---- */

static struct request_header *find_header(struct request_header *headers, size_t count,
                                          const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(headers[i].name, name) == 0)
            return &headers[i];
    return NULL;
}

/* Without the blanks behind it, which belong to no value (RFC 9110 section 5.5) and which the
 * library leaves. */
static const char *trim(const char *value, struct arena *arena)
{
    size_t len = strlen(value), end = len;
    while (end && (value[end - 1] == ' ' || value[end - 1] == '\t'))
        end--;
    return end == len ? value : arena_strndup(arena, value, end);
}

/* ulfius has joined repeated headers whose names are written alike; here `Host` and `hOST` become
 * one too, or a second value would hide behind the first. */
static size_t collect_headers(const struct _u_map *map, struct request_header *headers,
                              struct arena *arena)
{
    size_t count = 0;
    for (int i = 0; i < map->nb_values; i++) {
        const char *value = trim(map->values[i] ? map->values[i] : "", arena);
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

static const char *client_address(const struct http_instance *instance,
                                  const struct _u_request *from, const struct request *request,
                                  struct arena *arena)
{
    const char *peer = peer_address(from, arena);
    const char *proxy = instance->settings.http->trusted_proxy;
    if (!proxy || strcmp(peer, proxy) != 0)
        return peer;
    const char *forwarded = forwarded_address(request, arena);
    return forwarded ? forwarded : peer;
}

static void count_unsent(struct http_instance *instance, size_t len)
{
    if (instance->settings.threaded)
        return;
    atomic_fetch_add(instance->settings.unsent, len);
    atomic_fetch_sub(instance->settings.unsent, instance->unsent);
    instance->unsent = len;
}

/* The length of the body. */
static size_t hand_over(const struct response *response, struct _u_response *to, bool close)
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
    return len;
}

static int on_request(const struct _u_request *from, struct _u_response *to, void *data)
{
    struct http_instance *instance = data;
    const struct http_instance_settings *settings = &instance->settings;
    struct arena *arena = settings->arena_lend(settings->owner);
    instance->connection.state = ANSWERING;
    struct request_header *headers =
        arena_array(arena, (size_t)from->map_header->nb_values, sizeof *headers);
    struct request request = {.protocol = from->http_protocol,
                              .method_text = from->http_verb,
                              .target = from->http_url,
                              .body = from->binary_body,
                              .body_len = from->binary_body_length,
                              .is_cut = instance->connection.is_cut,
                              .unsent = settings->unsent,
                              .headers = headers};
    request.header_count = collect_headers(from->map_header, headers, arena);
    request.client_address = client_address(instance, from, &request, arena);
    const struct response *response = settings->http->handler(settings->context, &request, arena);
    count_unsent(instance, hand_over(response, to, atomic_load(settings->draining)));
    settings->arena_return(settings->owner, arena);
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
    struct http_instance *instance = cls;
    (void)connection;
    atomic_fetch_add(instance->settings.in_flight, 1);
    begin_request(instance);
    return ulfius_uri_logger(NULL, uri);
}

static void on_request_done(void *cls, struct MHD_Connection *connection, void **state,
                            enum MHD_RequestTerminationCode code)
{
    struct http_instance *instance = cls;
    mhd_request_completed(NULL, connection, state, code);
    end_request(instance);
    count_unsent(instance, 0);
    atomic_fetch_sub(instance->settings.in_flight, 1);
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **state,
                          enum MHD_ConnectionNotificationCode code)
{
    struct http_instance *instance = cls;
    (void)connection;
    (void)state;
    if (code != MHD_CONNECTION_NOTIFY_CLOSED)
        return;
    instance->connection.fd = -1;
    instance->settings.closed(instance->settings.owner);
}

/* ---- life ---- */

static bool start(struct http_instance *instance)
{
    const struct http_instance_settings *settings = &instance->settings;
    struct _u_instance *library = &instance->library;
    if (ulfius_init_instance(library, settings->port, NULL, NULL) != U_OK)
        return false;
    library->max_post_body_size = settings->http->body_max + 1;
    library->check_utf8 = 0;
    library->allowed_post_processor = U_POST_PROCESS_NONE;
    if (ulfius_add_endpoint_by_val(library, "*", NULL, "*", 0, on_request, instance) != U_OK ||
        ulfius_set_default_endpoint(library, on_request, instance) != U_OK)
        return false;
    struct MHD_OptionItem options[] = {
        {MHD_OPTION_EXTERNAL_LOGGER, (intptr_t)ignore_library_log, NULL},
        {MHD_OPTION_URI_LOG_CALLBACK, (intptr_t)on_request_line, instance},
        {MHD_OPTION_NOTIFY_COMPLETED, (intptr_t)on_request_done, instance},
        {MHD_OPTION_NOTIFY_CONNECTION, (intptr_t)on_connection, instance},
        {MHD_OPTION_CONNECTION_TIMEOUT, (intptr_t)settings->http->idle_timeout, NULL},
        {MHD_OPTION_CONNECTION_LIMIT, (intptr_t)settings->max_connections, NULL},
        {MHD_OPTION_CONNECTION_MEMORY_LIMIT, (intptr_t)CONNECTION_MEMORY, NULL},
        {MHD_OPTION_END, 0, NULL}};
    unsigned flags = MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ERROR_LOG;
    if (settings->threaded)
        flags |= MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ITC;
    instance->started = ulfius_start_framework_with_mhd_options(library, flags, options) == U_OK;
    return instance->started;
}

struct http_instance *http_instance_open(const struct http_instance_settings *settings)
{
    struct http_instance *instance = calloc(1, sizeof *instance);
    if (!instance)
        abort();
    instance->settings = *settings;
    instance->connection.fd = -1;
    if (start(instance))
        return instance;
    http_instance_close(instance);
    return NULL;
}

void http_instance_close(struct http_instance *instance)
{
    if (instance->started)
        ulfius_stop_framework(&instance->library);
    ulfius_clean_instance(&instance->library);
    free(instance);
}

bool http_instance_add(struct http_instance *instance, int fd, const struct sockaddr *address,
                       socklen_t len)
{
    if (!instance->settings.threaded)
        instance->connection = (struct connection){.fd = fd};
    return MHD_add_connection(instance->library.mhd_daemon, fd, address, len) == MHD_YES;
}

/* ---- without a thread ---- */

int http_instance_run(struct http_instance *instance)
{
    struct MHD_Daemon *daemon = instance->library.mhd_daemon;
    MHD_UNSIGNED_LONG_LONG milliseconds;
    do { /* a time of nothing: there is more to do at once */
        measure(instance);
        (void)MHD_run(daemon);
        if (MHD_get_timeout(daemon, &milliseconds) != MHD_YES)
            return -1;
    } while (!milliseconds);
    return milliseconds < INT_MAX ? (int)milliseconds : INT_MAX;
}

bool http_instance_leave(struct http_instance *instance)
{
    const struct connection *connection = &instance->connection;
    char byte;
    if (connection->fd < 0 || connection->state == ANSWERING ||
        recv(connection->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) != 0)
        return false;
    (void)shutdown(connection->fd, SHUT_RDWR); /* this the library notices */
    return true;
}

int http_instance_fd(const struct http_instance *instance)
{
    return MHD_get_daemon_info(instance->library.mhd_daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}
