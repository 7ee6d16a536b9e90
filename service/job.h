/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that are answered later (x-job): stored as they came, carried out in the background with
 * the rights that the principal has then, by any instance. What a job does and its result are
 * committed together, so a crash in the middle leaves nothing and the job is done again. */
#ifndef COHELM_JOB_H
#define COHELM_JOB_H

#include "call.h"

#define JOBS_WAITING_MAX 10 /* of one person, unfinished */
#define JOBS_KEPT_MAX 50    /* of one person, finished */
#define JOB_TRIES_MAX 3     /* by instances that died */

/* The job that a call carries out. */
struct job {
    const char *person_id;
    const char *id;
    struct db *notes; /* to say how far it is, outside its transaction */
};

/* Whether the operation is to queue itself as a job now that it has checked what was sent: the
 * client prefers that, or the work is `long`. False in a job. */
bool job_wanted(const struct call *call, bool is_long);

/* Queues the request as a job and answers 202. False: 429 too_many_jobs, or the database's. */
bool job_queue(struct call *call);

/* In a job notes how far it is, in percent; else nothing. False: it was taken back. */
bool job_advance(struct call *call, int percent);

/* Carries out the oldest job that nobody else is at. `call` has arena and connection, `notes` is
 * another connection. False: there was none, or it has to wait. */
bool job_run_next(struct call *call, struct db *notes);

#endif
