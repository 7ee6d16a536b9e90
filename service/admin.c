/* SPDX-License-Identifier: Apache-2.0 */
#include "admin.h"

#include "service.h"

#include <string.h>

static void answer_text(struct response *response, int status, const char *text)
{
    response->status = status;
    response_header(response, "Content-Type", "text/plain; charset=utf-8");
    response_header(response, "Cache-Control", "no-store");
    buf_text(&response->body, text);
}

/* Ready: not draining, every issuer has keys, the database answers and has this version's schema.
 */
static const char *why_not_ready(const struct admin *admin, struct arena *arena)
{
    if (atomic_load(&admin->service->draining))
        return "draining\n";
    if (!issuers_ready(admin->service->issuers))
        return "an issuer has no keys yet\n";
    const char *why = readiness_why_not(admin->readiness, arena);
    return why ? arena_printf(arena, "%s\n", why) : NULL;
}

const struct response *admin_handle(void *worker, const struct request *request,
                                    struct arena *arena)
{
    const struct admin *admin = worker;
    struct response *response = arena_alloc(arena, sizeof *response);
    response_init(response, arena);
    if (strcmp(request->method_text, "GET") != 0 && strcmp(request->method_text, "HEAD") != 0) {
        response_header(response, "Allow", "GET, HEAD");
        answer_text(response, 405, "GET only\n");
    } else if (strcmp(request->target, "/live") == 0) {
        answer_text(response, 200, "alive\n");
    } else if (strcmp(request->target, "/ready") == 0) {
        const char *why = why_not_ready(admin, arena);
        answer_text(response, why ? 503 : 200, why ? why : "ready\n");
    } else if (strcmp(request->target, "/metrics") == 0) {
        response->status = 200;
        response_header(response, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        metrics_write(admin->service->metrics, &response->body);
    } else {
        answer_text(response, 404, "/live, /ready or /metrics\n");
    }
    return response;
}
