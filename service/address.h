/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses in settings: "127.0.0.1:8080", "[::1]:8080", "localhost:8080". */
#ifndef COHELM_ADDRESS_H
#define COHELM_ADDRESS_H

#include <netdb.h>

/* The socket addresses that the text names, to be given back with freeaddrinfo(); NULL when it
 * names none. The host can't be left out, so that nobody listens on every interface without saying
 * so. */
struct addrinfo *address_find(const char *text);

#endif
