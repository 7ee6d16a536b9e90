/* SPDX-License-Identifier: Apache-2.0 */
/* A request as it came, parsed from its raw target: nothing here was decoded, joined or dropped by
 * the HTTP library. */
#ifndef COHELM_REQUEST_H
#define COHELM_REQUEST_H

#include "arena.h"
#include "operation.h"
#include "problem.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REQUEST_SEGMENTS_MAX 16
#define REQUEST_QUERY_MAX 64
#define REQUEST_TARGET_MAX 8192
#define REQUEST_BODY_MAX ((size_t)1024 * 1024)

struct query_pair {
    const char *name;  /* percent-decoded UTF-8 without NUL */
    const char *value; /* likewise; "" when there is no '=' */
};

struct request_header {
    const char *name;  /* in any case */
    const char *value; /* of a header that was sent more than once all values, joined by ',' */
};

struct request {
    const char *protocol; /* "HTTP/1.1" */
    const char *method_text;
    enum method method;
    const char *target;                         /* as sent; once it is parsed in origin-form */
    const char *path;                           /* the target up to '?', as sent */
    const char *segments[REQUEST_SEGMENTS_MAX]; /* percent-decoded UTF-8 without NUL */
    size_t segment_count;
    struct query_pair *query;
    size_t query_count;
    const char *body;
    size_t body_len;
    bool is_cut; /* the end of its body was thrown away, as there was no room for it */
    const char *client_address;  /* text, or "unknown" */
    const atomic_size_t *unsent; /* bytes of all answers that clients have yet to read, or NULL */
    const char *id;              /* X-Request-Id, accepted or made */
    const struct request_header *headers;
    size_t header_count;
};

enum method method_from_text(const char *text);
const char *method_text(enum method method);

/* The value of a header, its name in any case, or NULL. */
const char *request_header(const struct request *request, const char *name);

/* Parses `target` (origin-form, or absolute-form, which becomes that: RFC 9112 section 3.2) into
 * path, segments and query. False: 400 malformed_request for a bad percent-encoding, NUL, invalid
 * UTF-8, too many segments or pairs, an empty or dot segment inside; 414 url_too_long. A single
 * trailing slash is kept as an empty last segment, so that it finds no route. `OPTIONS *` (section
 * 3.2.4) has no segments. */
bool request_parse_target(struct request *request, struct arena *arena, struct problem *problem);

#endif
