/* SPDX-License-Identifier: Apache-2.0 */
#include "request.h"

#include "percent.h"

#include <string.h>
#include <strings.h>

static const char *const method_names[] = {
    [METHOD_GET] = "GET",         [METHOD_POST] = "POST",     [METHOD_PUT] = "PUT",
    [METHOD_PATCH] = "PATCH",     [METHOD_DELETE] = "DELETE", [METHOD_HEAD] = "HEAD",
    [METHOD_OPTIONS] = "OPTIONS",
};

enum method method_from_text(const char *text)
{
    for (size_t i = 0; i < sizeof method_names / sizeof *method_names; i++)
        if (strcmp(method_names[i], text) == 0) /* methods are case-sensitive, RFC 9110 9.1 */
            return (enum method)i;
    return METHOD_UNKNOWN;
}

const char *method_text(enum method method)
{
    return method < METHOD_UNKNOWN ? method_names[method] : "UNKNOWN";
}

const char *request_header(const struct request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (strcasecmp(request->headers[i].name, name) == 0)
            return request->headers[i].value;
    return NULL;
}

static bool is_dots(const char *segment)
{
    return strcmp(segment, ".") == 0 || strcmp(segment, "..") == 0;
}

static bool parse_path(struct request *request, struct arena *arena, struct problem *problem)
{
    const char *rest = request->path + 1;
    for (;;) {
        size_t len = strcspn(rest, "/");
        bool last = rest[len] == '\0';
        if (request->segment_count == REQUEST_SEGMENTS_MAX)
            return problem_set(problem, PROBLEM_MALFORMED_REQUEST,
                               "The path has more than %d segments.", REQUEST_SEGMENTS_MAX);
        if (len == 0 && !last)
            return problem_set(problem, PROBLEM_MALFORMED_REQUEST,
                               "The path has an empty segment.");
        const char *segment = percent_decode(arena, rest, len, false);
        if (!segment)
            return problem_set(problem, PROBLEM_MALFORMED_REQUEST,
                               "The path is not percent-encoded UTF-8 without NUL.");
        if (is_dots(segment))
            return problem_set(problem, PROBLEM_MALFORMED_REQUEST, "The path has a dot segment.");
        request->segments[request->segment_count++] = segment;
        if (last)
            return true;
        rest += len + 1;
    }
}

static bool parse_pair(struct request *request, struct arena *arena, const char *pair, size_t len,
                       struct problem *problem)
{
    if (request->query_count == REQUEST_QUERY_MAX)
        return problem_set(problem, PROBLEM_MALFORMED_REQUEST,
                           "The query has more than %d parameters.", REQUEST_QUERY_MAX);
    const char *equals = memchr(pair, '=', len);
    size_t name_len = equals ? (size_t)(equals - pair) : len;
    size_t value_at = equals ? name_len + 1 : len;
    struct query_pair *slot = &request->query[request->query_count++];
    slot->name = percent_decode(arena, pair, name_len, true);
    slot->value = percent_decode(arena, pair + value_at, len - value_at, true);
    if (!slot->name || !slot->value)
        return problem_set(problem, PROBLEM_MALFORMED_REQUEST,
                           "The query is not percent-encoded UTF-8 without NUL.");
    return true;
}

static size_t pairs_in(const char *query)
{
    size_t count = 1;
    for (; *query; query++)
        count += *query == '&';
    return count < REQUEST_QUERY_MAX ? count : REQUEST_QUERY_MAX;
}

static bool parse_query(struct request *request, struct arena *arena, const char *query,
                        struct problem *problem)
{
    request->query = arena_array(arena, pairs_in(query), sizeof *request->query);
    for (;;) {
        size_t len = strcspn(query, "&");
        /* `a=1&&b=2` and `a=1&`: nothing was said there. */
        if (len && !parse_pair(request, arena, query, len, problem))
            return false;
        if (!query[len])
            return true;
        query += len + 1;
    }
}

/* RFC 9112 section 3.2.2: a server takes the absolute form too, whose authority stands for Host. To
 * OPTIONS one without a path is the server itself (section 3.2.4). */
static const char *origin_form(enum method method, const char *target)
{
    size_t scheme = strncasecmp(target, "http://", 7) == 0    ? 7
                    : strncasecmp(target, "https://", 8) == 0 ? 8
                                                              : 0;
    size_t authority = scheme ? strcspn(target + scheme, "/?#") : 0;
    if (!authority)
        return target;
    target += scheme + authority;
    if (*target)
        return target;
    return method == METHOD_OPTIONS ? "*" : "/";
}

bool request_parse_target(struct request *request, struct arena *arena, struct problem *problem)
{
    request->target = origin_form(request->method, request->target);
    const char *target = request->target;
    size_t len = strnlen(target, REQUEST_TARGET_MAX + 1);
    request->path = target; /* so that a problem has an instance */
    request->segment_count = 0;
    request->query_count = 0;
    if (len > REQUEST_TARGET_MAX)
        return problem_set(problem, PROBLEM_URL_TOO_LONG,
                           "The request target has more than %d bytes.", REQUEST_TARGET_MAX);
    if (request->method == METHOD_OPTIONS && strcmp(target, "*") == 0)
        return true;
    if (target[0] != '/' || memchr(target, '#', len))
        return problem_set(problem, PROBLEM_MALFORMED_REQUEST,
                           "The request target must be a path, with a query if need be.");
    size_t path_len = strcspn(target, "?");
    request->path = arena_strndup(arena, target, path_len);
    return parse_path(request, arena, problem) &&
           (!target[path_len] || parse_query(request, arena, target + path_len + 1, problem));
}
