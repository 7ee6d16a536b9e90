/* SPDX-License-Identifier: Apache-2.0 */
/* An HTTP server on the loopback address that gives the answer a test has set, byte by byte. */
#ifndef COHELM_SERVER_H
#define COHELM_SERVER_H

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct server {
    pthread_t thread;
    pthread_mutex_t lock;
    int listener;
    int port;
    const char *head; /* status line and headers; NULL: accepts and never answers */
    const char *body;
    size_t repeat;      /* how many times the body is sent */
    int requests;       /* answered so far */
    char request[4096]; /* the last one */
};

static void server_answer(struct server *server, int client)
{
    char request[4096], head[512];
    ssize_t got = recv(client, request, sizeof request - 1, 0);
    pthread_mutex_lock(&server->lock);
    if (got > 0) {
        request[got] = '\0';
        memcpy(server->request, request, (size_t)got + 1);
    }
    const char *first = server->head, *body = server->body;
    size_t repeat = server->repeat;
    if (first)
        server->requests++;
    pthread_mutex_unlock(&server->lock);
    if (!first) {
        while (recv(client, request, sizeof request, 0) > 0) /* until the client gives up */
            ;
        return;
    }
    int len = snprintf(head, sizeof head, "%s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
                       first, strlen(body) * repeat);
    (void)send(client, head, (size_t)len, MSG_NOSIGNAL);
    while (repeat-- && send(client, body, strlen(body), MSG_NOSIGNAL) > 0)
        ;
}

static void *server_run(void *subject)
{
    struct server *server = subject;
    int client;
    while ((client = accept(server->listener, NULL, NULL)) >= 0) {
        server_answer(server, client);
        close(client);
    }
    return NULL;
}

static void server_set(struct server *server, const char *head, const char *body)
{
    pthread_mutex_lock(&server->lock);
    server->head = head;
    server->body = body;
    server->repeat = 1;
    pthread_mutex_unlock(&server->lock);
}

__attribute__((unused)) static void server_repeat(struct server *server, size_t repeat)
{
    pthread_mutex_lock(&server->lock);
    server->repeat = repeat;
    pthread_mutex_unlock(&server->lock);
}

static void server_start(struct server *server, const char *head, const char *body)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof address;
    *server = (struct server){.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    pthread_mutex_init(&server->lock, NULL);
    server_set(server, head, body);
    int failed = bind(server->listener, (struct sockaddr *)&address, len) ||
                 listen(server->listener, 16) ||
                 getsockname(server->listener, (struct sockaddr *)&address, &len) ||
                 pthread_create(&server->thread, NULL, server_run, server);
    assert(!failed);
    (void)failed;
    server->port = ntohs(address.sin_port);
}

__attribute__((unused)) static int server_requests(struct server *server)
{
    pthread_mutex_lock(&server->lock);
    int requests = server->requests;
    pthread_mutex_unlock(&server->lock);
    return requests;
}

static void server_stop(struct server *server)
{
    (void)shutdown(server->listener, SHUT_RDWR);
    pthread_join(server->thread, NULL);
    close(server->listener);
    pthread_mutex_destroy(&server->lock);
}

#endif
