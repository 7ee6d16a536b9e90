/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"

#include "address.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define ANSWER_MAX 2048

static int open_connection(const char *admin_listen)
{
    struct addrinfo *found = address_find(admin_listen);
    if (!found) {
        errno = EADDRNOTAVAIL;
        return -1;
    }
    /* On Linux the time to send is also the time to connect. */
    const struct timeval wait = {.tv_sec = 2};
    int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait) == 0 &&
                setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait) == 0 &&
                connect(fd, found->ai_addr, found->ai_addrlen) == 0;
    int fault = errno;
    freeaddrinfo(found);
    if (good)
        return fd;
    if (fd >= 0)
        close(fd);
    errno = fault;
    return -1;
}

/* The answer as text; false when it broke off. */
static bool exchange(int fd, char answer[ANSWER_MAX])
{
    static const char request[] =
        "GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    size_t len = 0;
    ssize_t got = send(fd, request, sizeof request - 1, MSG_NOSIGNAL);
    while (got > 0 && len < ANSWER_MAX - 1) {
        got = recv(fd, answer + len, ANSWER_MAX - 1 - len, 0);
        if (got > 0)
            len += (size_t)got;
    }
    answer[len] = '\0';
    return got >= 0;
}

bool probe_ready(const char *admin_listen, struct arena *arena, const char **answer)
{
    char text[ANSWER_MAX];
    int fd = open_connection(admin_listen);
    bool answered = fd >= 0 && exchange(fd, text);
    if (!answered)
        *answer = arena_printf(arena, "no answer from %s: %s", admin_listen, strerror(errno));
    if (fd >= 0)
        close(fd);
    if (!answered)
        return false;
    const char *body = strstr(text, "\r\n\r\n");
    body = body ? body + 4 : "no HTTP";
    *answer = arena_strndup(arena, body, strcspn(body, "\r\n"));
    return strncmp(text, "HTTP/1.1 200 ", 13) == 0;
}
