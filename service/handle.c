/* SPDX-License-Identifier: Apache-2.0 */
#include "handle.h"

#include "admit.h"
#include "bind.h"
#include "call.h"
#include "clock.h"
#include "db_pool.h"
#include "fiber.h"
#include "finish.h"
#include "negotiate.h"
#include "operate.h"

/* Reading a long body keeps the processor long. Other requests of the thread go on meanwhile. */
#define LONG_BODY ((size_t)64 * 1024)

static void validate(void *arg)
{
    struct call *call = arg;
    call->good = validate_request(call->operation, &call->route, &call->request, call->arena,
                                  &call->input, &call->problem);
}

/* The long bodies of one person are read one after the other: a thread for each of them would cost
 * as many processors, and memory, as one cares to ask for. */
static bool validate_elsewhere(struct call *call)
{
    const char *reader =
        arena_printf(call->arena, "body/%s", call->signed_in ? call->principal.id : "");
    (void)db_pool_take_turn(call->pool, reader, NULL);
    fiber_offload(validate, call);
    db_pool_end_turn(call->pool, reader);
    return call->good;
}

static bool read_input(struct call *call)
{
    if (call->request.body_len > LONG_BODY && fiber_is_one())
        return validate_elsewhere(call);
    validate(call);
    return call->good;
}

/* The stages, in their order. Each reads what the ones before it made; the first that fails has set
 * the problem. */
static bool answer(struct call *call)
{
    if (!negotiate_framing(call) || /* is it sound HTTP */
        !request_parse_target(&call->request, call->arena,
                              &call->problem) ||                    /* URL → path, query */
        !router_find(&call->request, &call->route, &call->problem)) /* path → operation */
        return false;
    if (call->request.method == METHOD_OPTIONS)
        return negotiate_options(call);
    call->operation = call->route.operation;
    if (!admit_principal(call) || /* token → principal */
        !admit_rate(call) || !admit_scope(call))
        return false;
    call->authenticated = clock_monotonic();
    if (!negotiate_media_type(call) || /* Accept → media type */
        !read_input(call) ||           /* request → input */
        !bind_prepare(call))           /* cursor, If-Match */
        return false;
    call->validated = clock_monotonic();
    bool good = operate(call); /* input → rows → bytes */
    call->queried = clock_monotonic();
    return good;
}

/* Each answer stays in memory until its client has read it or is silent for too long. When clients
 * have left so much unread, all together, nothing long is added; but what has been changed is said.
 */
#define UNREAD_MAX ((size_t)128 * 1024 * 1024)
#define LONG_ANSWER ((size_t)64 * 1024)

static bool may_be_sent(struct call *call)
{
    const struct response *response = &call->response;
    size_t len = response->static_body ? response->static_body_len : response->body.len;
    if (len <= LONG_ANSWER || !call->operation || call->operation->method != METHOD_GET ||
        call->operation->admission == ADMIT_PUBLIC || !call->request.unsent ||
        atomic_load(call->request.unsent) <= UNREAD_MAX)
        return true;
    call->problem.retry_after = 5;
    return problem_set(&call->problem, PROBLEM_UNAVAILABLE,
                       "Clients have too much to read just now. Ask for less at once.");
}

const struct response *handle(void *worker, const struct request *request, struct arena *arena)
{
    struct handler *handler = worker;
    struct call *call = arena_alloc(arena, sizeof *call);
    call->service = handler->service;
    call->pool = handler->pool;
    call->reads = handler->reads;
    call->arena = arena;
    call->request = *request;
    call->request.method = method_from_text(request->method_text);
    call->started = clock_monotonic();
    problem_init(&call->problem, arena);
    response_init(&call->response, arena);

    finish_identify(call); /* request id and trace, before anything can fail */
    if (!answer(call) || !may_be_sent(call))
        finish_problem(call);
    finish_headers(call);
    finish_encoding(call);
    finish_record(call); /* log line and metrics */
    return &call->response;
}
