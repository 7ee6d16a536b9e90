/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "probe.h"
#include "server.h"

static struct arena arena;
static struct server server;

/* Asks a server that gives that answer, or nobody. */
static bool ask(const char *head, const char *body, const char **answer)
{
    arena_init(&arena);
    server_start(&server, head, body);
    bool ready = probe_ready(arena_printf(&arena, "127.0.0.1:%d", server.port), &arena, answer);
    server_stop(&server);
    return ready;
}

TEST(probe_ready__asks_for_ready)
{
    const char *answer = NULL;
    EXPECT(ask("HTTP/1.1 200 OK", "ready\n", &answer));
    EXPECT_TEXT(answer, "ready");
    EXPECT(strncmp(server.request, "GET /ready HTTP/1.1\r\nHost: ", 27) == 0);
    arena_release(&arena);
}

TEST(probe_ready__says_why_not)
{
    const char *answer = NULL;
    EXPECT(!ask("HTTP/1.1 503 Service Unavailable", "draining\n", &answer));
    EXPECT_TEXT(answer, "draining");
    arena_release(&arena);
}

TEST(probe_ready__not_http)
{
    const char *answer = NULL;
    EXPECT(!ask("SSH-2.0-OpenSSH_9.2", "", &answer));
    arena_release(&arena);
}

TEST(probe_ready__an_answer_longer_than_it_reads)
{
    arena_init(&arena);
    const char *answer = NULL;
    char body[4096];
    memset(body, 'x', sizeof body - 1);
    body[sizeof body - 1] = '\0';
    server_start(&server, "HTTP/1.1 503 Service Unavailable", body);
    EXPECT(!probe_ready(arena_printf(&arena, "127.0.0.1:%d", server.port), &arena, &answer));
    EXPECT(strlen(answer) > 1000 && strspn(answer, "x") == strlen(answer));
    server_stop(&server);
    arena_release(&arena);
}

TEST(probe_ready__does_not_wait_for_ever)
{
    const char *answer = NULL;
    EXPECT(!ask(NULL, "", &answer));
    EXPECT(strncmp(answer, "no answer from 127.0.0.1:", 25) == 0);
    arena_release(&arena);
}

TEST(probe_ready__nobody_listens)
{
    const char *answer = NULL;
    arena_init(&arena);
    server_start(&server, "HTTP/1.1 200 OK", "ready\n");
    server_stop(&server);
    const char *address = arena_printf(&arena, "127.0.0.1:%d", server.port);
    EXPECT(!probe_ready(address, &arena, &answer));
    EXPECT_TEXT(answer, arena_printf(&arena, "no answer from %s: Connection refused", address));
    EXPECT(!probe_ready("8081", &arena, &answer));
    EXPECT_TEXT(answer, "no answer from 8081: Cannot assign requested address");
    arena_release(&arena);
}
