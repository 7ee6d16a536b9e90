/* SPDX-License-Identifier: Apache-2.0 */
#include "negotiate.h"

#include "service.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- framing ---- */

#define HEADERS_MAX ((size_t)12 * 1024)

/* RFC 9110 section 5.6.2. What is none would be read as a name by some and not by others:
 * `Content-Length : 5` hides the length from the HTTP library. */
static bool is_token(const char *text)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    size_t len = strlen(text);
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)text[i]) && !strchr(others, text[i]))
            return false;
    return len > 0;
}

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

/* Faults of the names, the sizes and the number of headers. */
static bool check_headers(struct call *call)
{
    static const char *const single[] = {"Host",         "Content-Length",  "Authorization",
                                         "Content-Type", "Idempotency-Key", "Transfer-Encoding",
                                         "X-Request-Id", "traceparent"};
    const struct request *request = &call->request;
    size_t size = 0;
    for (size_t i = 0; i < request->header_count; i++) {
        if (!is_token(request->headers[i].name))
            return refuse_framing(call, "The name of a header is malformed.");
        /* RFC 9112 section 2.2: to some readers a bare CR ends the line, to ours it does not. */
        if (strpbrk(request->headers[i].value, "\r\n"))
            return refuse_framing(call, "The value of a header has a line break.");
        size += strlen(request->headers[i].name) + strlen(request->headers[i].value) + 4;
    }
    if (size > HEADERS_MAX) {
        call->response.close = true;
        return problem_set(&call->problem, PROBLEM_HEADERS_TOO_LARGE,
                           "The headers may have %zu bytes together.", HEADERS_MAX);
    }
    for (size_t i = 0; i < sizeof single / sizeof *single; i++)
        if (is_repeated(call, single[i]))
            return refuse_framing(
                call,
                arena_printf(call->arena, "The header %s is given more than once.", single[i]));
    return true;
}

bool negotiate_framing(struct call *call)
{
    if (!check_headers(call))
        return false;
    /* RFC 9112 section 3.2 */
    const char *host = request_header(&call->request, "Host");
    if (strcmp(call->request.protocol, "HTTP/1.0") != 0 && !host)
        return refuse_framing(call, "The header Host is missing.");
    if (host && strpbrk(host, " \t\"#/<>?@\\^`{|}"))
        return refuse_framing(call, "The header Host names no host.");
    if (request_header(&call->request, "Transfer-Encoding") &&
        request_header(&call->request, "Content-Length"))
        return refuse_framing(call, "Transfer-Encoding and Content-Length exclude each other.");
    /* RFC 9112 section 6.1: who speaks 1.0 does not know it, and somebody between us may not. */
    if (request_header(&call->request, "Transfer-Encoding") &&
        strcmp(call->request.protocol, "HTTP/1.0") == 0)
        return refuse_framing(call, "HTTP/1.0 has no Transfer-Encoding.");
    if (call->request.body_len > REQUEST_BODY_MAX) {
        call->response.close = true;
        return problem_set(&call->problem, PROBLEM_BODY_TOO_LARGE, "The body may have %zu bytes.",
                           REQUEST_BODY_MAX);
    }
    if (call->request.is_cut) {
        call->problem.retry_after = 1;
        return problem_set(&call->problem, PROBLEM_UNAVAILABLE,
                           "Too many long requests come in just now.");
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

void negotiate_patch(struct call *call)
{
    if (call->route.allow && strstr(call->route.allow, "PATCH"))
        response_header(&call->response, "Accept-Patch",
                        "application/merge-patch+json, application/json");
}

bool negotiate_options(struct call *call)
{
    struct response *response = &call->response;
    response->status = 204;
    response_header(response, "Allow", call->route.allow);
    negotiate_patch(call);
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

/* ---- Accept, Accept-Encoding ---- */

struct choice {
    const char *name; /* as sent, `len` bytes: "text/html", "gzip", "*" */
    size_t len;
    int quality; /* in thousandths; 0 when it is refused or malformed */
};

/* RFC 9110 section 12.4.2: 0 to 1 with up to three digits. */
static int read_quality(const char *text)
{
    if (*text != '0' && *text != '1')
        return 0;
    int quality = (*text - '0') * 1000;
    text += text[1] == '.' ? 2 : 1;
    for (int unit = 100; unit && isdigit((unsigned char)*text); unit /= 10)
        quality += (*text++ - '0') * unit;
    return strchr(" \t;,", *text) && quality <= 1000 ? quality : 0;
}

/* The next `;` or `,` that is not inside a quoted string, or the end. */
static const char *find_separator(const char *p)
{
    bool quoted = false;
    for (; *p && (quoted || (*p != ';' && *p != ',')); p++) {
        if (*p == '"')
            quoted = !quoted;
        else if (quoted && *p == '\\' && p[1])
            p++;
    }
    return p;
}

/* Takes the first choice off the list; false when there is none left. */
static bool next_choice(const char **rest, struct choice *choice)
{
    const char *p = *rest + strspn(*rest, " \t,");
    if (!*p)
        return false;
    *choice = (struct choice){.name = p, .len = strcspn(p, " \t;,"), .quality = 1000};
    p = find_separator(p + choice->len);
    while (*p == ';') {
        p += 1 + strspn(p + 1, " \t");
        if ((*p == 'q' || *p == 'Q') && p[1] == '=')
            choice->quality = read_quality(p + 2);
        p = find_separator(p);
    }
    *rest = p;
    return true;
}

static bool is_named(const struct choice *choice, const char *name)
{
    return choice->len == strlen(name) && strncasecmp(choice->name, name, choice->len) == 0;
}

/* How specifically a range names the type: 0 not at all, 1 all types, 2 the main type, 3 exactly.
 */
static int specificity(const struct choice *range, const char *type)
{
    size_t main_len = strcspn(type, "/") + 1;
    if (is_named(range, "*/*"))
        return 1;
    if (range->len == main_len + 1 && range->name[main_len] == '*' &&
        strncasecmp(range->name, type, main_len) == 0)
        return 2;
    return is_named(range, type) ? 3 : 0;
}

/* The quality of a type under an Accept header: that of the most specific range that names it. */
static int quality(const char *accept, const char *type)
{
    int best = 0;
    int found = 0;
    for (struct choice range; next_choice(&accept, &range);) {
        int specific = specificity(&range, type);
        if (specific > best) {
            best = specific;
            found = range.quality;
        }
    }
    return found;
}

/* The quality of a coding that has two names, or of `*`, or -1 if neither is there. */
static int coding_quality(const struct call *call, const char *name, const char *other_name)
{
    const char *accept = request_header(&call->request, "Accept-Encoding");
    int others = -1;
    for (struct choice coding; accept && next_choice(&accept, &coding);) {
        if (is_named(&coding, name) || is_named(&coding, other_name))
            return coding.quality;
        if (is_named(&coding, "*"))
            others = coding.quality;
    }
    return others;
}

bool negotiate_gzip(const struct call *call)
{
    int gzip = coding_quality(call, "gzip", "x-gzip");
    return gzip > 0 && gzip >= coding_quality(call, "identity", "identity");
}

bool negotiate_identity(const struct call *call)
{
    return coding_quality(call, "identity", "identity") != 0;
}

/* ---- Prefer ---- */

static bool is_equal(const char *text, size_t len, const char *word)
{
    return strlen(word) == len && strncasecmp(text, word, len) == 0;
}

/* The value without the quotes that it may have; "" without one. */
static const char *preference_value(const char *p, size_t *len)
{
    p += strspn(p, " \t");
    *len = 0;
    if (*p != '=')
        return p;
    p += 1 + strspn(p + 1, " \t");
    *len = *p == '"' ? strcspn(p + 1, "\"") : strcspn(p, " \t;,");
    return *p == '"' ? p + 1 : p;
}

bool negotiate_prefers(const struct call *call, const char *name, const char *value)
{
    const char *p = request_header(&call->request, "Prefer");
    if (!p)
        return false;
    while (*(p += strspn(p, " \t,"))) {
        size_t name_len = strcspn(p, " \t=;,"), len;
        const char *given = preference_value(p + name_len, &len);
        if (is_equal(p, name_len, name))
            return is_equal(given, len, value); /* the first counts */
        do /* what follows a `;` says more of this preference and is none itself */
            p = find_separator(p + (*p == ';'));
        while (*p == ';');
    }
    return false;
}

bool negotiate_media_type(struct call *call)
{
    const char *accept = request_header(&call->request, "Accept");
    const char *const *produces = call->operation->produces;
    if (!produces)
        return true;
    call->response.media_type = produces[0];
    if (!accept || !accept[strspn(accept, " \t,")])
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
