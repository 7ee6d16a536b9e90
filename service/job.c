/* SPDX-License-Identifier: Apache-2.0 */
#include "job.h"

#include "bind.h"
#include "finish.h"
#include "log.h"
#include "negotiate.h"
#include "operate.h"
#include "render.h"
#include "statements.gen.h"

#include <string.h>

/* ---- a request becomes a job ---- */

static bool prefers_job(const struct call *call)
{
    return negotiate_prefers(call, "respond-async", "");
}

bool job_wanted(const struct call *call, bool is_long)
{
    return !call->job && call->operation->job && (is_long || prefers_job(call));
}

bool job_queue(struct call *call)
{
    const struct principal *principal = &call->principal;
    const struct request *request = &call->request;
    const char *const values[] = {
        principal->id,
        call->operation->id,
        request->target,
        request->body_len ? arena_strndup(call->arena, request->body, request->body_len) : NULL,
        *principal->organisation_id ? principal->organisation_id : NULL,
        principal->scope,
        arena_printf(call->arena, "%d", JOBS_WAITING_MAX),
        arena_printf(call->arena, "%d", JOBS_KEPT_MAX)};
    const struct render_choice all = {0};
    struct rows rows;
    if (!call_query(call, &STATEMENT_job_lock, values, &rows) ||
        !call_query(call, &STATEMENT_job_queue, values, &rows))
        return false;
    call->problem.retry_after = 5;
    if (!call_check(call, &rows))
        return false;
    call->problem.retry_after = 0;
    if (!render_row(&call->response.body, &rows, 0, &all))
        return problem_set(&call->problem, PROBLEM_INTERNAL_ERROR, NULL);
    response_header(
        &call->response, "Location",
        arena_printf(call->arena, "/v1/jobs/%s", rows_text(&rows, 0, "id", call->arena)));
    if (prefers_job(call))
        response_header(&call->response, "Preference-Applied", "respond-async");
    call->response.status = 202;
    call->deferred = true;
    return true;
}

/* ---- a job becomes a request again ---- */

bool job_advance(struct call *call, int percent)
{
    if (!call->job)
        return true;
    const char *const values[] = {call->job->person_id, call->job->id,
                                  arena_printf(call->arena, "%d", percent)};
    const char **parameters = bind_parameters(call, &STATEMENT_job_advance, values, false);
    struct rows rows;
    return db_run(call->job->notes, &STATEMENT_job_advance, parameters, call->arena, &rows, NULL,
                  &call->problem) &&
           (rows.count || problem_set(&call->problem, PROBLEM_NOT_FOUND, "The job was cancelled."));
}

/* The request as it came, for whom it came. */
static bool restore(struct call *call, const struct rows *rows)
{
    static const struct request_header headers[] = {{"Content-Type", "application/json"}};
    struct request *request = &call->request;
    const char *body = rows_text(rows, 0, "body", call->arena);
    *request = (struct request){.protocol = "HTTP/1.1",
                                .method_text = "POST",
                                .method = METHOD_POST,
                                .target = rows_text(rows, 0, "target", call->arena),
                                .body = body ? body : "",
                                .body_len = body ? strlen(body) : 0,
                                .client_address = "unknown",
                                .id = rows_text(rows, 0, "request_id", call->arena),
                                .headers = headers,
                                .header_count = body ? 1 : 0};
    call->signed_in = principal_init(&call->principal, call->job->person_id,
                                     rows_text(rows, 0, "organisation_id", call->arena),
                                     rows_text(rows, 0, "scope", call->arena), false);
    if (!call->signed_in || !request_parse_target(request, call->arena, &call->problem) ||
        !router_find(request, &call->route, &call->problem))
        return false;
    call->operation = call->route.operation;
    return negotiate_media_type(call) &&
           validate_request(call->operation, &call->route, request, call->arena, &call->input,
                            &call->problem) &&
           bind_prepare(call);
}

static bool hold(struct call *call, bool *held)
{
    const char *const values[] = {call->job->person_id, call->job->id};
    struct rows rows;
    *held = db_begin(call->db, &call->problem) &&
            call_query(call, &STATEMENT_job_hold, values, &rows) && rows.count;
    return *held;
}

/* `problem` NULL: it is done. False: it was taken back, or the database's. */
static bool finish(struct call *call, const char *result, const char *problem)
{
    const char *const values[] = {call->job->person_id, call->job->id, result, problem};
    struct rows rows;
    return call_query(call, &STATEMENT_job_finish, values, &rows) &&
           (rows.count || problem_set(&call->problem, PROBLEM_NOT_FOUND, "The job was cancelled."));
}

/* What may be otherwise the next time. */
static bool passes(const struct call *call)
{
    return call->repeat || call->problem.code == PROBLEM_UNAVAILABLE ||
           call->problem.code == PROBLEM_BUSY;
}

static bool run(struct call *call, bool *held)
{
    struct buf *body = &call->response.body;
    return hold(call, held) && operate_run(call) && finish(call, buf_cstr(body), NULL) &&
           db_commit(call->db, &call->repeat, &call->problem);
}

/* In a transaction of its own, as that of the job is undone. */
static bool fail(struct call *call)
{
    bool held;
    finish_problem(call);
    const char *problem = buf_cstr(&call->response.body);
    problem_init(&call->problem, call->arena);
    if (hold(call, &held) && finish(call, NULL, problem) &&
        db_commit(call->db, &call->repeat, &call->problem))
        return true;
    db_rollback(call->db);
    return false;
}

bool job_run_next(struct call *call, struct db *notes)
{
    struct rows rows;
    bool held = true;
    if (!call_query(call, &STATEMENT_job_take, NULL, &rows) || !rows.count)
        return false;
    struct job *job = arena_alloc(call->arena, sizeof *job);
    job->person_id = rows_text(&rows, 0, "person_id", call->arena);
    job->id = rows_text(&rows, 0, "job_id", call->arena);
    job->notes = notes;
    call->job = job;
    if (!rows_text(&rows, 0, "operation", call->arena))
        return true; /* taken back before anybody began */
    int64_t tries = rows_int(&rows, 0, "tries", 1);
    if (tries > JOB_TRIES_MAX)
        (void)problem_set(&call->problem, PROBLEM_INTERNAL_ERROR, NULL);
    if (restore(call, &rows) && tries <= JOB_TRIES_MAX && run(call, &held))
        return true;
    db_rollback(call->db);
    if (!held || (passes(call) && tries < JOB_TRIES_MAX))
        return false; /* somebody else is at it; or once more, later */
    log_error("a job has failed", "operation", call->operation ? call->operation->id : "",
              "problem", problem_kinds[call->problem.code].code, "id", call->request.id, NULL);
    return fail(call);
}
