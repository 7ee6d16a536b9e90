/* SPDX-License-Identifier: Apache-2.0 */
#include "handle.h"

#include "admit.h"
#include "bind.h"
#include "call.h"
#include "clock.h"
#include "fiber.h"
#include "finish.h"
#include "negotiate.h"
#include "operate.h"

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
        !validate_request(call->operation, &call->route, &call->request,
                          call->arena, /* request → input */
                          &call->input, &call->problem) ||
        !bind_prepare(call)) /* cursor, If-Match */
        return false;
    call->validated = clock_monotonic();
    bool good = operate(call); /* input → rows → bytes */
    call->queried = clock_monotonic();
    return good;
}

/* Reading a long body keeps the processor long. Other requests of the thread go on meanwhile. */
#define LONG_BODY ((size_t)64 * 1024)

static void answer_elsewhere(void *call)
{
    ((struct call *)call)->good = answer(call);
}

static bool answer_long(struct call *call)
{
    if (!call_take_db(call)) /* only here, as the pool belongs to this thread */
        return false;
    fiber_offload(answer_elsewhere, call);
    call_give_db_back(call);
    return call->good;
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
    if (!(request->body_len > LONG_BODY ? answer_long(call) : answer(call)))
        finish_problem(call);
    finish_headers(call);
    finish_encoding(call);
    finish_record(call); /* log line and metrics */
    return &call->response;
}
