/* SPDX-License-Identifier: Apache-2.0 */
#include "../decide/tally.h"
#include "../document.h"

/* Stores nothing. */
bool tally_compute(struct call *call)
{
    struct tally tally;
    struct tally_result result;
    struct faults faults;
    faults_init(&faults, call->arena);
    if (!tally_read(call->arena, &call->input.body, &tally, &faults))
        return problem_unless_clean(&call->problem, PROBLEM_TALLY_INVALID, &faults);
    tally_count(call->arena, &tally, &result);
    struct buf *body = &call->response.body;
    tally_write(&tally, &result, body);
    response_header(&call->response, "ETag", document_tag(call, body->data, body->len));
    call->response.status = call->operation->success;
    return true;
}
