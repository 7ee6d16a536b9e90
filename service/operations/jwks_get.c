/* SPDX-License-Identifier: Apache-2.0 */
#include "../document.h"
#include "../service.h"

bool jwks_get(struct call *call)
{
    struct buf buf;
    buf_init(&buf, call->arena, RESPONSE_BODY_MAX);
    key_set_write(signer_keys(call->service->signer), &buf);
    return document_answer(call, buf.data, buf.len, NULL);
}
