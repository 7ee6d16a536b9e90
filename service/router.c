/* SPDX-License-Identifier: Apache-2.0 */
#include "router.h"

#include <string.h>

#define ARGUMENTS_MAX (sizeof((struct route *)NULL)->arguments / sizeof(const char *))

/* The node that the segments from `position` on lead to, or NULL. Literals stand before the
 * argument, so the first branch that leads to a path is the right one. An empty segment is no
 * argument: a trailing slash finds nothing. Depth is bounded by REQUEST_SEGMENTS_MAX. */
static const struct route_node *find(const struct route_node *node, const struct request *request,
                                     size_t position, struct route *route)
{
    if (position == request->segment_count)
        return node->methods ? node : NULL;
    const char *segment = request->segments[position];
    for (size_t i = 0; i < node->child_count; i++) {
        const struct route_node *child = &node->children[i];
        size_t arguments = route->argument_count;
        if (child->segment ? strcmp(child->segment, segment) != 0 : *segment == '\0')
            continue;
        if (!child->segment) {
            if (arguments == ARGUMENTS_MAX)
                continue;
            route->arguments[route->argument_count++] = segment;
        }
        const struct route_node *found = find(child, request, position + 1, route);
        if (found)
            return found;
        route->argument_count = arguments;
    }
    return NULL;
}

bool router_find(const struct request *request, struct route *route, struct problem *problem)
{
    *route = (struct route){0};
    if (request->method == METHOD_UNKNOWN)
        return problem_set(problem, PROBLEM_METHOD_UNKNOWN, NULL);
    if (!request->segment_count) { /* `*`, which only OPTIONS has: what there is at any path */
        route->allow = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
        return true;
    }
    const struct route_node *node = find(&route_root, request, 0, route);
    if (!node)
        return problem_set(problem, PROBLEM_NOT_FOUND, "There is nothing at this path.");
    route->allow = node->allow;
    if (request->method == METHOD_OPTIONS)
        return true;
    enum method method = request->method == METHOD_HEAD ? METHOD_GET : request->method;
    route->operation = node->methods[method];
    if (!route->operation)
        return problem_set(problem, PROBLEM_METHOD_NOT_ALLOWED, "This path has %s.", node->allow);
    return true;
}
