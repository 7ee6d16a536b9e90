/* SPDX-License-Identifier: Apache-2.0 */
#include "problem.h"

#include "json.h"

#include <assert.h>
#include <string.h>

void faults_init(struct faults *faults, struct arena *arena)
{
    *faults = (struct faults){.arena = arena};
}

void faults_add(struct faults *faults, const char *pointer, enum fault_code code,
                const char *format, ...)
{
    faults->found++;
    if (faults->count == FAULTS_MAX)
        return;
    if (!faults->items)
        faults->items = arena_array(faults->arena, FAULTS_MAX, sizeof *faults->items);
    va_list args;
    va_start(args, format);
    faults->items[faults->count++] = (struct fault){
        .pointer = arena_strdup(faults->arena, pointer),
        .code = fault_codes[code],
        .detail = arena_vprintf(faults->arena, format, args),
    };
    va_end(args);
}

void problem_init(struct problem *problem, struct arena *arena)
{
    *problem = (struct problem){.arena = arena};
    faults_init(&problem->faults, arena);
}

bool problem_set(struct problem *problem, enum problem_code code, const char *format, ...)
{
    assert(!problem->set);
    problem->set = true;
    problem->code = code;
    problem->status = problem_kinds[code].status;
    if (format) {
        va_list args;
        va_start(args, format);
        problem->detail = arena_vprintf(problem->arena, format, args);
        va_end(args);
    }
    return false;
}

bool problem_unless_clean(struct problem *problem, enum problem_code code,
                          const struct faults *faults)
{
    if (!faults->found)
        return true;
    problem->faults = *faults;
    if (faults->found > faults->count)
        return problem_set(problem, code, "%zu faults; the first %zu are listed.", faults->found,
                           faults->count);
    return problem_set(problem, code, "%s", faults->items[0].detail);
}

bool problem_code_find(const char *text, enum problem_code *code)
{
    for (size_t i = 0; i < problem_kind_count; i++)
        if (strcmp(problem_kinds[i].code, text) == 0) {
            *code = (enum problem_code)i;
            return true;
        }
    return false;
}

const struct problem_constraint *problem_constraint_find(const char *name)
{
    for (size_t i = 0; i < problem_constraint_count; i++)
        if (strcmp(problem_constraints[i].constraint, name) == 0)
            return &problem_constraints[i];
    return NULL;
}

/* Whether RFC 6749 section 5.2 knows the code: then clients look for it in `error`. */
static bool is_oauth_error(enum problem_code code)
{
    return code == PROBLEM_INVALID_REQUEST || code == PROBLEM_INVALID_CLIENT ||
           code == PROBLEM_UNAUTHORIZED_CLIENT || code == PROBLEM_UNSUPPORTED_GRANT_TYPE ||
           code == PROBLEM_INVALID_SCOPE;
}

static void write_faults(const struct faults *faults, struct json_writer *w)
{
    jw_key(w, "errors");
    jw_list(w);
    for (size_t i = 0; i < faults->count; i++) {
        jw_map(w);
        jw_key_text(w, "pointer", faults->items[i].pointer);
        jw_key_text(w, "code", faults->items[i].code);
        jw_key_text(w, "detail", faults->items[i].detail);
        jw_map_end(w);
    }
    jw_list_end(w);
}

void problem_write(const struct problem *problem, const char *instance, const char *request_id,
                   struct buf *buf)
{
    const struct problem_kind *kind = &problem_kinds[problem->code];
    struct json_writer w;
    jw_init(&w, buf);
    jw_map(&w);
    jw_key_text(&w, "type", arena_printf(problem->arena, "/problems/%s", kind->code));
    jw_key_text(&w, "title", kind->title);
    jw_key_int(&w, "status", problem->status);
    if (problem->detail)
        jw_key_text(&w, "detail", problem->detail);
    jw_key_text(&w, "instance", instance);
    jw_key_text(&w, "code", kind->code);
    jw_key_text(&w, "request_id", request_id);
    if (problem->permission)
        jw_key_text(&w, "permission", problem->permission);
    if (is_oauth_error(problem->code))
        jw_key_text(&w, "error", kind->code);
    write_faults(&problem->faults, &w);
    jw_map_end(&w);
}
