/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "address.h"

#include <arpa/inet.h>

/* The first address found, as "family host port". */
static const char *find(const char *text)
{
    static char line[128];
    char host[64], port[16];
    struct addrinfo *found = address_find(text);
    if (!found)
        return NULL;
    bool good = getnameinfo(found->ai_addr, found->ai_addrlen, host, sizeof host, port, sizeof port,
                            NI_NUMERICHOST | NI_NUMERICSERV) == 0;
    (void)snprintf(line, sizeof line, "%d %s %s", found->ai_family == AF_INET6 ? 6 : 4,
                   good ? host : "?", good ? port : "?");
    freeaddrinfo(found);
    return line;
}

TEST(address_find__host_and_port)
{
    EXPECT_TEXT(find("127.0.0.1:8080"), "4 127.0.0.1 8080");
    EXPECT_TEXT(find("0.0.0.0:0"), "4 0.0.0.0 0");
    EXPECT_TEXT(find("[::1]:8081"), "6 ::1 8081");
    EXPECT_TEXT(find("[::]:80"), "6 :: 80");
}

TEST(address_find__what_is_none)
{
    static const char *const texts[] = {
        "", ":", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http!", "[]:8080", "[::1]"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        EXPECT(!find(texts[i]));
        if (find(texts[i]))
            printf("# %s\n", texts[i]);
    }
}

TEST(address_find__a_host_too_long)
{
    char text[400];
    memset(text, 'a', sizeof text);
    (void)snprintf(text + 300, sizeof text - 300, ":80");
    EXPECT(!find(text));
}
