/* SPDX-License-Identifier: Apache-2.0 */
/* Method and path to operation. */
#ifndef COHELM_ROUTER_H
#define COHELM_ROUTER_H

#include "operation.h"
#include "request.h"

/* Where a path leads. */
struct route {
    const struct operation *operation; /* NULL for OPTIONS */
    const char *allow;                 /* methods of the path, for Allow */
    const char *arguments[8];          /* values of the path parameters, in order of appearance */
    size_t argument_count;
};

/* Finds the operation of request->method and request->segments; a literal segment beats an argument
 * (with backtracking). HEAD finds the GET. False: 404 not_found, 405 method_not_allowed
 * (route->allow is set), 501 method_unknown. */
bool router_find(const struct request *request, struct route *route, struct problem *problem);

#endif
