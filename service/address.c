/* SPDX-License-Identifier: Apache-2.0 */
#include "address.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* getaddrinfo takes larger numbers and cuts them to 16 bits. */
static bool is_port(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return !text[digits] && digits >= 1 && digits <= 5 && strtol(text, NULL, 10) <= UINT16_MAX;
}

/* Splits "host:port" or "[host]:port". */
static bool split(const char *text, char *host, size_t size, const char **port)
{
    const char *colon = strrchr(text, ':');
    if (!colon || !colon[1])
        return false;
    size_t len = (size_t)(colon - text);
    if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
        text++;
        len -= 2;
    }
    if (!len || len >= size)
        return false;
    memcpy(host, text, len);
    host[len] = '\0';
    *port = colon + 1;
    return is_port(*port);
}

struct addrinfo *address_find(const char *text)
{
    char host[256];
    const char *port = NULL;
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    if (!split(text, host, sizeof host, &port) || getaddrinfo(host, port, &hints, &found) != 0)
        return NULL;
    return found;
}
