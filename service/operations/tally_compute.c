/* SPDX-License-Identifier: Apache-2.0 */
#include "../decide/tally.h"
#include "../document.h"
#include "../job.h"

/* Of what fits into a request, only this takes longer than a few hundred milliseconds: its time
 * grows with the fourth power of the options. */
#define RANKED_PAIRS_OPTIONS 100

static bool is_long(const struct tally *tally)
{
    return tally->method == TALLY_RANKED_PAIRS && tally->option_count > RANKED_PAIRS_OPTIONS;
}

/* Stores nothing but, where it is long or the client prefers it, a job. */
bool tally_compute(struct call *call)
{
    struct tally tally;
    struct tally_result result;
    struct faults faults;
    faults_init(&faults, call->arena);
    if (!tally_read(call->arena, &call->input.body, &tally, &faults))
        return problem_unless_clean(&call->problem, PROBLEM_TALLY_INVALID, &faults);
    if (job_wanted(call, is_long(&tally)))
        return job_queue(call);
    tally_count(call->arena, &tally, &result);
    struct buf *body = &call->response.body;
    tally_write(&tally, &result, body);
    response_header(&call->response, "ETag", document_tag(call, body->data, body->len));
    call->response.status = call->operation->success;
    return true;
}
