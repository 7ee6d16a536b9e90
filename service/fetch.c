/* SPDX-License-Identifier: Apache-2.0 */
#include "fetch.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

struct prefix {
    const char *address;
    int bits;
};

/* What is not globally reachable in the IANA IPv4 Special-Purpose Address Registry (RFC 6890), and
 * multicast. */
static const struct prefix special_ipv4[] = {
    {"0.0.0.0", 8},      {"10.0.0.0", 8},     {"100.64.0.0", 10}, {"127.0.0.0", 8},
    {"169.254.0.0", 16}, {"172.16.0.0", 12},  {"192.0.0.0", 24},  {"192.0.2.0", 24},
    {"192.88.99.0", 24}, {"192.168.0.0", 16}, {"198.18.0.0", 15}, {"198.51.100.0", 24},
    {"203.0.113.0", 24}, {"224.0.0.0", 4},    {"240.0.0.0", 4}};

/* Of IPv6 only 2000::/3 is assigned to the public; within it these are not: protocol assignments
 * with Teredo, documentation, 6to4. NAT64 (64:ff9b::/96), mapped addresses and all others lie
 * outside. */
static const struct prefix public_ipv6 = {"2000::", 3};
static const struct prefix special_ipv6[] = {
    {"2001::", 23}, {"2001:db8::", 32}, {"2002::", 16}, {"3fff::", 20}};

static bool has_prefix(int family, const void *address, const struct prefix *prefix)
{
    unsigned char start[16];
    const unsigned char *bytes = address;
    if (inet_pton(family, prefix->address, start) != 1)
        return true;
    int whole = prefix->bits / 8, rest = prefix->bits % 8;
    if (memcmp(bytes, start, (size_t)whole) != 0)
        return false;
    return !rest || (bytes[whole] ^ start[whole]) >> (8 - rest) == 0;
}

static bool has_any(int family, const void *address, const struct prefix *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (has_prefix(family, address, &list[i]))
            return true;
    return false;
}

bool fetch_address_is_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in ipv4;
        memcpy(&ipv4, address, sizeof ipv4);
        return !has_any(AF_INET, &ipv4.sin_addr, special_ipv4,
                        sizeof special_ipv4 / sizeof *special_ipv4);
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 ipv6;
        memcpy(&ipv6, address, sizeof ipv6);
        return has_prefix(AF_INET6, &ipv6.sin6_addr, &public_ipv6) &&
               !has_any(AF_INET6, &ipv6.sin6_addr, special_ipv6,
                        sizeof special_ipv6 / sizeof *special_ipv6);
    }
    return false;
}

static void prepare(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* libcurl initialises TLS libraries, which must not happen in two threads at once. */
static void prepare_once(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, prepare);
}

static const char *url_fault(CURLU *parts, const char *url, bool allow_private)
{
    char *scheme = NULL, *user = NULL, *password = NULL;
    const char *fault = NULL;
    if (curl_url_set(parts, CURLUPART_URL, url, 0) ||
        curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0))
        fault = "it is no absolute URL";
    else if (strcasecmp(scheme, "https") != 0 &&
             !(allow_private && strcasecmp(scheme, "http") == 0))
        fault = "only https is permitted";
    else if (!curl_url_get(parts, CURLUPART_USER, &user, 0) ||
             !curl_url_get(parts, CURLUPART_PASSWORD, &password, 0))
        fault = "user and password don't belong into a URL";
    curl_free(scheme);
    curl_free(user);
    curl_free(password);
    return fault;
}

bool fetch_url_is_fine(const char *url, bool allow_private, const char **why)
{
    prepare_once();
    CURLU *parts = curl_url();
    const char *fault = parts ? url_fault(parts, url, allow_private) : "out of memory";
    curl_url_cleanup(parts);
    if (fault)
        *why = fault;
    return !fault;
}

struct transfer {
    bool allow_private;
    bool refused; /* for its address */
    char *data;
    size_t len;
    size_t max;
    bool full;
};

static curl_socket_t open_socket(void *subject, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct transfer *transfer = subject;
    (void)purpose;
    if (!transfer->allow_private && !fetch_address_is_public(&address->addr)) {
        transfer->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t receive(char *data, size_t size, size_t count, void *subject)
{
    struct transfer *transfer = subject;
    size_t len = size * count;
    if (len > transfer->max - transfer->len) {
        transfer->full = true;
        return 0;
    }
    memcpy(transfer->data + transfer->len, data, len);
    transfer->len += len;
    return len;
}

static struct curl_slist *header_list(const char *const *headers)
{
    /* Without this libcurl waits a second for "100 Continue" before it sends a longer body. */
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    for (; headers && *headers; headers++)
        list = curl_slist_append(list, *headers);
    return list;
}

static void set_options(CURL *curl, const struct fetch *fetch, struct transfer *transfer,
                        struct curl_slist *headers)
{
    curl_easy_setopt(curl, CURLOPT_URL, fetch->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, fetch->allow_private ? "http,https" : "https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)fetch->timeout);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "cohelm");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, transfer);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
    if (fetch->body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)fetch->body_len);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, fetch->body);
    }
}

static const char *failure(const struct transfer *transfer, CURLcode code)
{
    if (transfer->refused)
        return "the address is not of the public internet";
    if (transfer->full)
        return "the answer is too long";
    return curl_easy_strerror(code);
}

bool fetch_run(struct arena *arena, const struct fetch *fetch, struct fetch_answer *answer,
               const char **why)
{
    if (!fetch_url_is_fine(fetch->url, fetch->allow_private, why))
        return false;
    struct transfer transfer = {.allow_private = fetch->allow_private,
                                .data = arena_alloc(arena, fetch->max + 1),
                                .max = fetch->max};
    struct curl_slist *headers = header_list(fetch->headers);
    CURL *curl = curl_easy_init();
    CURLcode code = CURLE_OUT_OF_MEMORY;
    long status = 0;
    if (curl && headers) {
        set_options(curl, fetch, &transfer, headers);
        code = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    }
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    if (code != CURLE_OK) {
        *why = arena_strdup(arena, failure(&transfer, code));
        return false;
    }
    *answer =
        (struct fetch_answer){.status = (int)status, .body = transfer.data, .len = transfer.len};
    return true;
}
