/* SPDX-License-Identifier: Apache-2.0 */
/* The answer to everything that goes wrong: one problem (RFC 9457) with a stable code and a list of
 * faults. The codes, their status, title and explanation are declared in openapi/problems.yaml; the
 * enums are generated from it. */
#ifndef COHELM_PROBLEM_H
#define COHELM_PROBLEM_H

#include "arena.h"
#include "buf.h"
#include "problems.gen.h" /* enum problem_code { PROBLEM_NOT_FOUND, … }, enum fault_code { FAULT_REQUIRED, … } */

#include <stdbool.h>
#include <stddef.h>

struct problem_kind {
    const char *code;  /* "not_found" */
    const char *title; /* "There is no such resource" */
    const char *about; /* the text of /problems/<code> */
    int status;
};

/* By enum problem_code, and by enum fault_code. Generated. */
extern const struct problem_kind problem_kinds[];
extern const size_t problem_kind_count;
extern const char *const fault_codes[];
extern const size_t fault_code_count;

/* Which problem a violated constraint is, sorted by constraint name. Generated. */
struct problem_constraint {
    const char *constraint;
    enum problem_code code;
    const char *pointer; /* of the member at fault, or NULL */
    const char *detail;
};
extern const struct problem_constraint problem_constraints[];
extern const size_t problem_constraint_count;

/* One thing wrong with what was sent. */
struct fault {
    const char *pointer; /* RFC 6901 into the body ("/options/0/key"); "query/limit", "path/team" or
                            "header/If-Match" elsewhere */
    const char *code;
    const char *detail; /* one sentence */
};

/* All faults of a request, in the order they were found; beyond FAULTS_MAX only counted. */
#define FAULTS_MAX 100

struct faults {
    struct arena *arena;
    struct fault *items;
    size_t count; /* at most FAULTS_MAX */
    size_t found; /* all of them */
};

void faults_init(struct faults *faults, struct arena *arena);

/* Adds a fault; `pointer` is copied. */
void faults_add(struct faults *faults, const char *pointer, enum fault_code code,
                const char *format, ...) __attribute__((format(printf, 4, 5)));

struct problem {
    struct arena *arena;
    bool set;
    enum problem_code code;
    int status;             /* from the registry */
    const char *detail;     /* one sentence that says what to do, or NULL */
    const char *permission; /* the permission that was missing, or NULL */
    int retry_after;        /* seconds, or 0 */
    struct faults faults;
};

void problem_init(struct problem *problem, struct arena *arena);

/* Sets the problem; to be called exactly once by the stage that fails. Always false, so that a
 * stage can `return problem_set(…)`. `format` may be NULL. The text is for the client: never SQL,
 * never a path. */
bool problem_set(struct problem *problem, enum problem_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* True if there are no faults; else sets `code` with all of them and is false. */
bool problem_unless_clean(struct problem *problem, enum problem_code code,
                          const struct faults *faults);

/* By the stable text of a code, as statements give it in `_code`. False if there is none of that
 * name. */
bool problem_code_find(const char *text, enum problem_code *code);

/* By constraint name, or NULL. */
const struct problem_constraint *problem_constraint_find(const char *name);

/* Writes application/problem+json. */
void problem_write(const struct problem *problem, const char *instance, const char *request_id,
                   struct buf *buf);

#endif
