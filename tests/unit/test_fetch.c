/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "clock.h"
#include "fetch.h"
#include "server.h"

static struct arena arena;

static bool is_public(const char *text)
{
    struct sockaddr_storage storage = {0};
    struct sockaddr_in ipv4 = {.sin_family = AF_INET};
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &ipv4.sin_addr) == 1)
        memcpy(&storage, &ipv4, sizeof ipv4);
    else if (inet_pton(AF_INET6, text, &ipv6.sin6_addr) == 1)
        memcpy(&storage, &ipv6, sizeof ipv6);
    else
        EXPECT(false);
    return fetch_address_is_public((struct sockaddr *)&storage);
}

/* First and last of each range, and the neighbours outside. */
TEST(fetch_address_is_public__ranges)
{
    static const char *const private[] = {
        "0.0.0.0",           "0.255.255.255",    "10.0.0.0",     "10.255.255.255",
        "100.64.0.0",        "100.127.255.255",  "127.0.0.1",    "127.255.255.255",
        "169.254.0.0",       "169.254.169.254",  "172.16.0.0",   "172.31.255.255",
        "192.0.0.0",         "192.0.0.170",      "192.0.2.1",    "192.88.99.1",
        "192.168.0.0",       "192.168.255.255",  "198.18.0.0",   "198.19.255.255",
        "198.51.100.7",      "203.0.113.9",      "224.0.0.1",    "239.255.255.255",
        "240.0.0.1",         "255.255.255.255",  "::",           "::1",
        "::ffff:8.8.8.8",    "::ffff:127.0.0.1", "::8.8.8.8",    "64:ff9b::7f00:1",
        "64:ff9b::808:808",  "64:ff9b:1::1",     "100::1",       "2001::1",
        "2001:0:808:808::1", "2001:1ff:ffff::1", "2001:db8::1",  "2002:7f00:1::1",
        "2002:808:808::1",   "3fff::1",          "3fff:fff::1",  "5f00::1",
        "fc00::1",           "fdff::1",          "fe80::1",      "febf::1",
        "fec0::1",           "ff02::1",          "1fff:ffff::1", "4000::1"};
    static const char *const public[] = {
        "1.0.0.0",         "9.255.255.255",  "11.0.0.0",        "100.63.255.255", "100.128.0.0",
        "126.255.255.255", "128.0.0.1",      "169.253.255.255", "169.255.0.0",    "172.15.255.255",
        "172.32.0.0",      "192.0.1.0",      "192.0.3.0",       "192.88.98.255",  "192.167.255.255",
        "192.169.0.0",     "198.17.255.255", "198.20.0.0",      "198.51.99.255",  "203.0.114.0",
        "223.255.255.255", "8.8.8.8",        "2000::1",         "2001:200::1",    "2001:db7::1",
        "2001:db9::1",     "2003::1",        "2606:4700::1",    "3ffe:ffff::1",   "3fff:1000::1"};
    for (size_t i = 0; i < sizeof private / sizeof *private; i++) {
        if (is_public(private[i]))
            printf("# %s\n", private[i]);
        EXPECT(!is_public(private[i]));
    }
    for (size_t i = 0; i < sizeof public / sizeof *public; i++) {
        if (!is_public(public[i]))
            printf("# %s\n", public[i]);
        EXPECT(is_public(public[i]));
    }
    struct sockaddr_storage other = {.ss_family = AF_UNIX};
    EXPECT(!fetch_address_is_public((struct sockaddr *)&other));
}

TEST(fetch_url_is_fine__schemes_and_users)
{
    static const char *const bad[] = {"",
                                      "example.org",
                                      "//example.org/",
                                      "https://",

                                      "http://example.org/",
                                      "ftp://example.org/",
                                      "file:///etc/passwd",
                                      "gopher://example.org/",
                                      "javascript:alert(1)",
                                      "https://user@example.org/",
                                      "https://user:password@example.org/",
                                      "https://:password@example.org/",
                                      "https://exa mple.org/",
                                      "https://example.org:99999/",
                                      "https://[::1/"};
    const char *why = NULL;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        why = NULL;
        if (fetch_url_is_fine(bad[i], false, &why) || !why)
            printf("# %s\n", bad[i]);
        EXPECT(why);
    }
    EXPECT(fetch_url_is_fine("https://example.org/keys?x=1", false, &why));
    EXPECT(fetch_url_is_fine("HTTPS://[2606:4700::1]:8443/", false, &why));
    EXPECT(fetch_url_is_fine("http://keycloak:8080/certs", true, &why));
    EXPECT(!fetch_url_is_fine("ftp://keycloak/certs", true, &why));
}

static bool get(const char *url, bool allow_private, struct fetch_answer *answer, const char **why)
{
    struct fetch fetch = {.url = url, .max = 1000, .timeout = 5000, .allow_private = allow_private};
    return fetch_run(&arena, &fetch, answer, why);
}

/* In whatever notation and through whatever name: nothing reaches the server. */
TEST(fetch_run__refuses_private_addresses_in_any_notation)
{
    static const char *const hosts[] = {"127.0.0.1",  "localhost",          "127.1", "0x7f000001",
                                        "2130706433", "0177.0.0.1",         "0",     "127.0.0.2",
                                        "[::1]",      "[::ffff:127.0.0.1]", "[::]",  "[::7f00:1]",
                                        "LOCALHOST",  "127.0.0.1."};
    struct server server;
    server_start(&server, "HTTP/1.1 200 OK", "secret");
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        const char *why = "";
        struct fetch_answer answer;
        EXPECT(!get(arena_printf(&arena, "https://%s:%d/", hosts[i], server.port), false, &answer,
                    &why));
        bool right = strstr(why, "public internet") || strstr(why, "resolve");
        if (!right)
            printf("# %s: %s\n", hosts[i], why);
        EXPECT(right);
    }
    server_stop(&server);
    EXPECT(server.requests == 0 && !*server.request);
    arena_release(&arena);
}

TEST(fetch_run__reads_an_answer_of_any_status)
{
    struct server server;
    struct fetch_answer answer;
    const char *why = "";
    server_start(&server, "HTTP/1.1 200 OK", "hello");
    const char *url = arena_printf(&arena, "http://127.0.0.1:%d/path?q=1", server.port);
    EXPECT(get(url, true, &answer, &why));
    EXPECT(answer.status == 200 && answer.len == 5);
    EXPECT_TEXT(answer.body, "hello");
    server_set(&server, "HTTP/1.1 503 Later", "");
    EXPECT(get(url, true, &answer, &why) && answer.status == 503 && answer.len == 0);
    server_stop(&server);
    EXPECT(strncmp(server.request, "GET /path?q=1 HTTP/1.1\r\n", 24) == 0);
    EXPECT(!get(url, true, &answer, &why));
    arena_release(&arena);
}

TEST(fetch_run__does_not_follow_redirects)
{
    struct server server;
    struct fetch_answer answer;
    const char *why = "";
    server_start(&server, "", "");
    const char *head = arena_printf(
        &arena, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:%d/other", server.port);
    server_set(&server, head, "");
    EXPECT(get(arena_printf(&arena, "http://127.0.0.1:%d/", server.port), true, &answer, &why));
    EXPECT(answer.status == 302 && server_requests(&server) == 1);
    server_stop(&server);
    arena_release(&arena);
}

TEST(fetch_run__caps_the_answer)
{
    struct server server;
    struct fetch_answer answer;
    const char *why = "";
    server_start(&server, "HTTP/1.1 200 OK", "0123456789");
    const char *url = arena_printf(&arena, "http://127.0.0.1:%d/", server.port);
    server_repeat(&server, 100);
    EXPECT(get(url, true, &answer, &why) && answer.len == 1000);
    server_repeat(&server, 101);
    EXPECT(!get(url, true, &answer, &why));
    EXPECT_TEXT(why, "the answer is too long");
    server_stop(&server);
    arena_release(&arena);
}

TEST(fetch_run__gives_up_in_time)
{
    struct server server;
    struct fetch_answer answer;
    const char *why = "";
    server_start(&server, NULL, "");
    struct fetch fetch = {.url = arena_printf(&arena, "http://127.0.0.1:%d/", server.port),
                          .max = 10,
                          .timeout = 200,
                          .allow_private = true};
    int64_t start = clock_monotonic();
    EXPECT(!fetch_run(&arena, &fetch, &answer, &why));
    EXPECT(clock_monotonic() - start >= 200000 && clock_monotonic() - start < 5000000);
    EXPECT(strstr(why, "imeout") || strstr(why, "timed out"));
    server_stop(&server);
    arena_release(&arena);
}

TEST(fetch_run__posts_a_body_with_headers)
{
    struct server server;
    struct fetch_answer answer;
    const char *why = "";
    static const char *const headers[] = {"Content-Type: application/json", "X-Signature: abc",
                                          NULL};
    server_start(&server, "HTTP/1.1 204 No Content", "");
    struct fetch fetch = {.url = arena_printf(&arena, "http://127.0.0.1:%d/hook", server.port),
                          .headers = headers,
                          .body = "{}",
                          .body_len = 2,
                          .max = 10,
                          .timeout = 5000,
                          .allow_private = true};
    EXPECT(fetch_run(&arena, &fetch, &answer, &why) && answer.status == 204);
    server_stop(&server);
    EXPECT(strncmp(server.request, "POST /hook HTTP/1.1\r\n", 21) == 0);
    EXPECT(strstr(server.request, "X-Signature: abc\r\n"));
    EXPECT(strstr(server.request, "Content-Length: 2\r\n"));
    EXPECT(!strstr(server.request, "Expect"));
    arena_release(&arena);
}

/* A proxy of the environment would take the check of the address away. */
TEST(fetch_run__ignores_proxies_of_the_environment)
{
    struct server server;
    struct fetch_answer answer;
    const char *why = "";
    server_start(&server, "HTTP/1.1 200 OK", "direct");
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("https_proxy", "http://127.0.0.1:1", 1);
    EXPECT(get(arena_printf(&arena, "http://127.0.0.1:%d/", server.port), true, &answer, &why));
    EXPECT_TEXT(answer.body, "direct");
    unsetenv("http_proxy");
    unsetenv("https_proxy");
    server_stop(&server);
    arena_release(&arena);
}
