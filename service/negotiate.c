/* SPDX-License-Identifier: Apache-2.0 */
#include "negotiate.h"

#include "service.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- framing ---- */

/* The HTTP library joins repeated headers with a comma, and none of these may contain one. */
static bool is_repeated(const struct call *call, const char *name)
{
    const char *value = request_header(&call->request, name);
    return value && strchr(value, ',');
}

static bool refuse_framing(struct call *call, const char *why)
{
    call->response.close = true;
    return problem_set(&call->problem, PROBLEM_MALFORMED_REQUEST, "%s", why);
}

bool negotiate_framing(struct call *call)
{
    static const char *const single[] = {"Host",         "Content-Length",  "Authorization",
                                         "Content-Type", "Idempotency-Key", "Transfer-Encoding",
                                         "X-Request-Id", "traceparent"};
    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        if (is_repeated(call, single[i]))
            return refuse_framing(
                call,
                arena_printf(call->arena, "The header %s is given more than once.", single[i]));
    if (request_header(&call->request, "Transfer-Encoding") &&
        request_header(&call->request, "Content-Length"))
        return refuse_framing(call, "Transfer-Encoding and Content-Length exclude each other.");
    if (call->request.body_len > REQUEST_BODY_MAX) {
        call->response.close = true;
        return problem_set(&call->problem, PROBLEM_BODY_TOO_LARGE, "The body may have %zu bytes.",
                           REQUEST_BODY_MAX);
    }
    return true;
}

/* ---- OPTIONS and CORS ---- */

const char *negotiate_origin(const struct call *call)
{
    const char *origin = request_header(&call->request, "Origin");
    const char *const *allowed = call->service->cors_origins;
    for (; origin && allowed && *allowed; allowed++)
        if (strcmp(*allowed, origin) == 0)
            return *allowed;
    return NULL;
}

bool negotiate_options(struct call *call)
{
    struct response *response = &call->response;
    response->status = 204;
    response_header(response, "Allow", call->route.allow);
    if (negotiate_origin(call) && request_header(&call->request, "Access-Control-Request-Method")) {
        response_header(response, "Access-Control-Allow-Methods", call->route.allow);
        response_header(response, "Access-Control-Allow-Headers",
                        "Authorization, Content-Type, If-Match, If-None-Match, Idempotency-Key, "
                        "Prefer, X-Request-Id, "
                        "traceparent");
        response_header(response, "Access-Control-Max-Age", "600");
    }
    return true;
}

/* ---- Accept ---- */

/* How specifically a range like "text / *" (without blanks) names the type: 0 not at all, 1 all, 2
 * the main type, 3 exactly. */
static int specificity(const char *range, size_t len, const char *type)
{
    if (len == 3 && strncmp(range, "*/*", 3) == 0)
        return 1;
    const char *slash = strchr(type, '/');
    size_t main_len = (size_t)(slash - type) + 1;
    if (len == main_len + 1 && range[len - 1] == '*' && strncasecmp(range, type, main_len) == 0)
        return 2;
    return len == strlen(type) && strncasecmp(range, type, len) == 0 ? 3 : 0;
}

/* The quality of a type under an Accept header, in thousandths: that of the most specific range
 * that names it. */
static int quality(const char *accept, const char *type)
{
    int best = 0;
    int found = 0;
    for (const char *p = accept; *p;) {
        p += strspn(p, " \t,");
        size_t len = strcspn(p, ",");
        size_t range_len = strcspn(p, " \t;,");
        int specific = specificity(p, range_len, type);
        if (specific > best) {
            const char *q = memmem(p, len, "q=", 2);
            double value = q ? strtod(q + 2, NULL) : 1;
            best = specific;
            found = value >= 0 && value <= 1 ? (int)(value * 1000) : 0;
        }
        p += len;
    }
    return found;
}

bool negotiate_media_type(struct call *call)
{
    const char *accept = request_header(&call->request, "Accept");
    const char *const *produces = call->operation->produces;
    if (!produces)
        return true;
    call->response.media_type = produces[0];
    if (!accept || !*accept)
        return true;
    int best = 0;
    for (; *produces; produces++) {
        int q = quality(accept, *produces);
        if (q > best) {
            best = q;
            call->response.media_type = *produces;
        }
    }
    if (best)
        return true;
    return problem_set(&call->problem, PROBLEM_NOT_ACCEPTABLE, "This is answered as %s.",
                       call->operation->produces[0]);
}
