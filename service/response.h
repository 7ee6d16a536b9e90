/* SPDX-License-Identifier: Apache-2.0 */
/* What goes back to the client. */
#ifndef COHELM_RESPONSE_H
#define COHELM_RESPONSE_H

#include "arena.h"
#include "buf.h"

#define RESPONSE_HEADERS_MAX 32

/* The most an answer may have; lists are capped by `limit`, so only a fault of ours comes near. */
#define RESPONSE_BODY_MAX ((size_t)64 * 1024 * 1024)

struct response_header {
    const char *name;
    const char *value;
};

struct response {
    struct arena *arena;
    int status;              /* 0: as the operation declares */
    const char *media_type;  /* NULL: application/json */
    struct buf body;         /* writes go here */
    const void *static_body; /* instead of `body`: bytes that live as long as the process */
    size_t static_body_len;
    struct response_header headers[RESPONSE_HEADERS_MAX];
    size_t header_count;
    bool close; /* end the connection after this answer */
};

void response_init(struct response *response, struct arena *arena);

/* Sets a header; `value` must live as long as the arena. */
void response_header(struct response *response, const char *name, const char *value);

/* The value of a header that was set, or NULL. */
const char *response_get_header(const struct response *response, const char *name);

#endif
