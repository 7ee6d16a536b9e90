/* SPDX-License-Identifier: Apache-2.0 */
/* What fuzz targets demand besides that nothing breaks. Included once per program. */
#ifndef COHELM_FUZZ_CHECK_H
#define COHELM_FUZZ_CHECK_H

#include "json.h"
#include "problem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool condition, const char *what)
{
    if (condition)
        return;
    (void)fprintf(stderr, "%s\n", what);
    abort();
}

/* The problem is set, and its answer is JSON. */
static void check_problem(const struct problem *problem)
{
    struct json answer;
    struct json_error error;
    struct buf buf;
    must(problem->set && problem->status >= 400 && problem->status < 600,
         "refused without a problem");
    buf_init(&buf, problem->arena, SIZE_MAX);
    problem_write(problem, "/", "id", &buf);
    must(json_read(problem->arena, buf.data, buf.len, &answer, &error), "the problem is no JSON");
    must(json_get_int(&answer, "status", 0) == problem->status, "the problem lost its status");
}

#endif
