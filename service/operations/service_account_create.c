/* SPDX-License-Identifier: Apache-2.0 */
#include "../call.h"
#include "../service.h"
#include "statements.gen.h"

/* The person of a service account is known by the issuer that signs its tokens: this service. */
bool service_account_create(struct call *call)
{
    struct rows rows;
    const char *values[] = {call->service->config.public_url};
    return call_query(call, call->operation->statement, values, &rows) && call_check(call, &rows) &&
           call_answer_row(call, &rows);
}
