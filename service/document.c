/* SPDX-License-Identifier: Apache-2.0 */
#include "document.h"

#include "answer.h"
#include "crypto.h"

#define TAG_LEN 32

static const char *tag_of(struct call *call, const char *data, size_t len)
{
    unsigned char hash[SHA256_LEN];
    char text[2 * SHA256_LEN + 1];
    sha256(data, len, hash);
    hex_encode(hash, sizeof hash, text);
    return arena_strndup(call->arena, text, TAG_LEN);
}

const char *document_tag(struct call *call, const char *data, size_t len)
{
    return arena_printf(call->arena, "\"%s\"", tag_of(call, data, len));
}

bool document_answer(struct call *call, const char *data, size_t len, const char *tag)
{
    if (!tag)
        tag = tag_of(call, data, len);
    const char *etag = arena_printf(call->arena, "\"%.*s\"", TAG_LEN, tag);
    response_header(&call->response, "ETag", etag);
    call->response.status = answer_none_match(call, etag) ? 304 : 200;
    if (call->response.status == 304)
        return true;
    call->response.static_body = data;
    call->response.static_body_len = len;
    return true;
}

void document_headers(struct call *call)
{
    response_header(&call->response, "Content-Security-Policy",
                    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
                    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    response_header(&call->response, "Referrer-Policy", "no-referrer");
}
