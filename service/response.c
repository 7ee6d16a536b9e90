/* SPDX-License-Identifier: Apache-2.0 */
#include "response.h"

#include <assert.h>
#include <strings.h>

void response_init(struct response *response, struct arena *arena)
{
    *response = (struct response){.arena = arena};
    buf_init(&response->body, arena, RESPONSE_BODY_MAX);
}

void response_header(struct response *response, const char *name, const char *value)
{
    assert(response->header_count < RESPONSE_HEADERS_MAX);
    response->headers[response->header_count++] = (struct response_header){name, value};
}

const char *response_get_header(const struct response *response, const char *name)
{
    for (size_t i = 0; i < response->header_count; i++)
        if (strcasecmp(response->headers[i].name, name) == 0)
            return response->headers[i].value;
    return NULL;
}
