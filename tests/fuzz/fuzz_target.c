/* SPDX-License-Identifier: Apache-2.0 */
/* Request targets. What is accepted comes apart into text that is safe to use anywhere (UTF-8
 * without NUL, no dot segments) and leads to an operation or to nothing; what is refused has one
 * problem, whose answer can be read. */
#include "check.h"

#include "percent.h"
#include "request.h"
#include "router.h"

static struct request request;

static void check_parts(void)
{
    for (size_t i = 0; i < request.segment_count; i++) {
        const char *segment = request.segments[i];
        must(utf8_is_valid(segment, strlen(segment)), "a segment is no UTF-8");
        must(strcmp(segment, ".") != 0 && strcmp(segment, "..") != 0, "a dot segment came through");
        must(*segment || i + 1 == request.segment_count, "an empty segment came through");
    }
    for (size_t i = 0; i < request.query_count; i++) {
        must(utf8_is_valid(request.query[i].name, strlen(request.query[i].name)),
             "a name is no UTF-8");
        must(utf8_is_valid(request.query[i].value, strlen(request.query[i].value)),
             "a value is no UTF-8");
    }
    must(strlen(request.path) == strcspn(request.target, "?"), "the path is cut elsewhere");
}

static void find_route(struct problem *problem)
{
    for (int method = 0; method <= METHOD_UNKNOWN; method++) {
        struct route route;
        problem_init(problem, problem->arena);
        request.method = (enum method)method;
        bool found = router_find(&request, &route, problem);
        must(found != problem->set, "neither found nor refused, or both");
        must(!found || route.operation || method == METHOD_OPTIONS, "found nothing");
        for (size_t i = 0; found && i < route.argument_count; i++)
            must(route.arguments[i] && *route.arguments[i], "an argument is empty");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct problem problem;
    arena_init(&arena);
    problem_init(&problem, &arena);
    request = (struct request){.target = arena_strndup(&arena, (const char *)data, size)};
    if (request_parse_target(&request, &arena, &problem)) {
        must(!problem.set, "accepted with a problem");
        check_parts();
        find_route(&problem);
    } else {
        check_problem(&problem);
    }
    arena_release(&arena);
    return 0;
}
