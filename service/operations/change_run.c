/* SPDX-License-Identifier: Apache-2.0 */
#include "change_run.h"

#include "../operate.h"
#include "statements.gen.h"

#include <string.h>

struct running {
    struct change_run *run;
    struct principal authority;
    struct change_labels labels;
};

void change_run_init(struct change_run *run, struct call *call, const char *organisation_id,
                     const char *decision_id, const struct json *changes)
{
    size_t count = changes->list.count;
    *run = (struct change_run){.call = call,
                               .organisation_id = organisation_id,
                               .decision_id = decision_id,
                               .pointer = "/changes",
                               .changes = changes,
                               .refused = arena_array(call->arena, count, sizeof *run->refused),
                               .made = arena_array(call->arena, count, sizeof *run->made),
                               .reverse = arena_array(call->arena, count, sizeof *run->reverse)};
    faults_init(&run->faults, call->arena);
}

/* ---- one change as a call of its operation ---- */

static struct call *begin_call(const struct running *running, const struct change *change)
{
    const struct call *call = running->run->call;
    struct call *made = arena_alloc(call->arena, sizeof *made);
    *made = (struct call){.service = call->service,
                          .db = call->db,
                          .db_takers = call->db_takers,
                          .arena = call->arena,
                          .operation = change->operation,
                          .signed_in = true,
                          .principal = running->authority,
                          .adopted = true,
                          .started = call->started};
    problem_init(&made->problem, call->arena);
    response_init(&made->response, call->arena);
    made->request.id = call->request.id;
    if (change->if_match) {
        struct request_header *header = arena_alloc(call->arena, sizeof *header);
        *header = (struct request_header){"If-Match",
                                          arena_printf(call->arena, "\"%s\"", change->if_match)};
        made->request.headers = header;
        made->request.header_count = 1;
    }
    change->arguments[0] = running->run->organisation_id;
    made->input =
        (struct input){.values = change->arguments,
                       .lists = arena_array(call->arena, change->operation->parameter_count,
                                            sizeof *made->input.lists),
                       .has_body = change->has_body,
                       .body = change->body};
    return made;
}

static const char *path_text(const struct call *call, const struct change *change)
{
    struct buf buf;
    struct json_writer w;
    buf_init(&buf, call->arena, SIZE_MAX);
    jw_init(&w, &buf);
    jw_map(&w);
    for (size_t i = 1; i < change->operation->parameter_count; i++)
        if (change->arguments[i])
            jw_key_text(&w, change->operation->parameters[i].name, change->arguments[i]);
    jw_map_end(&w);
    return buf_cstr(&buf);
}

static bool find_reverse(const struct running *running, const struct change *change,
                         const char *resource_id, struct json *reverse)
{
    struct call *call = running->run->call;
    struct buf body;
    struct rows rows;
    buf_init(&body, call->arena, SIZE_MAX);
    if (change->has_body)
        json_write(&body, &change->body);
    const char *const values[] = {running->run->organisation_id, change->operation->id,
                                  path_text(call, change),
                                  change->has_body ? buf_cstr(&body) : NULL, resource_id};
    if (!call_query(call, &STATEMENT_change_reverse, values, &rows))
        return false;
    (void)rows_json(&rows, 0, "reverse", reverse, call->arena);
    return true;
}

/* ---- refusals ---- */

/* A fault of the operation's body points into the body of the change; one without a place says the
 * problem. */
static void add_faults(struct faults *all, const struct problem *problem, const char *pointer)
{
    struct arena *arena = all->arena;
    const struct faults *faults = &problem->faults;
    for (size_t i = 0; i < faults->count; i++) {
        const struct fault *fault = &faults->items[i];
        size_t count = all->count;
        faults_add(all, arena_printf(arena, "%s/body%s", pointer, fault->pointer),
                   FAULT_ITEM_REFUSED, "%s", fault->detail);
        if (all->count > count) /* there was room for it */
            all->items[count].code = fault->code;
    }
    if (faults->count)
        return;
    bool unknown = problem->code == PROBLEM_NOT_FOUND;
    bool changed = problem->code == PROBLEM_PRECONDITION_FAILED;
    const char *where = unknown ? "/path" : changed ? "/if_match" : "";
    faults_add(all, arena_printf(arena, "%s%s", pointer, where),
               unknown ? FAULT_UNKNOWN_REFERENCE : FAULT_ITEM_REFUSED, "%s",
               problem->detail ? problem->detail : problem_kinds[problem->code].title);
}

static void add_label(struct running *running, const char *name, const char *id)
{
    struct change_labels *labels = &running->labels;
    if (!name)
        return;
    labels->names[labels->count] = name;
    labels->ids[labels->count++] = id;
}

/* ---- what the caller does not see ---- */

/* Whether teams that some do not see, or what is theirs, may be why it was refused. */
static bool is_obstructed(const struct change *change, const struct problem *problem)
{
    bool obstructed = problem->code == PROBLEM_IN_USE;
    for (size_t i = 0; i < problem->faults.count; i++)
        obstructed =
            obstructed || strcmp(problem->faults.items[i].code, fault_codes[FAULT_TOO_DEEP]) == 0;
    return obstructed && !change->creates;
}

/* Tries the change again without what the caller does not see. */
static bool make_unseen(struct running *running, const struct change *change, struct call **made,
                        bool *refused)
{
    struct call *call = running->run->call;
    const char *const values[] = {change->operation->id, change->arguments[1]};
    struct rows rows;
    if (!db_rollback_to_savepoint(call->db, &call->problem) ||
        !call_query(call, &STATEMENT_change_set_aside, values, &rows))
        return false;
    *made = begin_call(running, change);
    *refused = !operate_run(*made);
    return true;
}

/* ---- all of them ---- */

/* Sets a mark, runs the operation and finds what undoes it. `*refused`: its faults were added.
 * False: the database failed. */
static bool make(struct running *running, const struct change *change, size_t index,
                 const char *pointer, bool *refused)
{
    struct change_run *run = running->run;
    struct call *call = run->call;
    struct json *reverse = &run->reverse[index];
    struct json_error error;
    if (!db_savepoint(call->db, &call->problem) ||
        (!change->creates && !find_reverse(running, change, NULL, reverse)))
        return false;
    struct call *made = begin_call(running, change);
    *refused = !operate_run(made);
    if (*refused && run->rehearsed && is_obstructed(change, &made->problem) &&
        !make_unseen(running, change, &made, refused))
        return false;
    if (*refused && (made->repeat || made->problem.status >= 500)) {
        call->problem = made->problem;
        call->repeat = call->repeat || made->repeat;
        return false;
    }
    if (*refused) {
        add_faults(&run->faults, &made->problem, pointer);
        if (run->obstacles && is_obstructed(change, &made->problem))
            add_faults(run->obstacles, &made->problem, pointer);
        return db_rollback_to_savepoint(call->db, &call->problem);
    }
    const struct buf *body = &made->response.body;
    if (body->len)
        (void)json_read(call->arena, body->data, body->len, &run->made[index], &error);
    const char *id = json_get_text(&run->made[index], "id");
    if (change->creates && !find_reverse(running, change, id, reverse))
        return false;
    *refused = reverse->type != JSON_LIST;
    if (*refused)
        faults_add(&run->faults, pointer, FAULT_TOO_DEEP, "What it replaces is nested too deeply.");
    return true;
}

static bool is_wanted(const struct change_run *run, const struct json *given)
{
    const char *option = json_get_text(given, "option");
    for (size_t i = 0; option && i < run->winner_count; i++)
        if (strcmp(run->winners[i], option) == 0)
            return true;
    return !option;
}

bool change_run(struct change_run *run)
{
    struct arena *arena = run->call->arena;
    size_t count = run->changes->list.count;
    struct running running = {.run = run,
                              .labels = {run->changes,
                                         arena_array(arena, count, sizeof(const char *)),
                                         arena_array(arena, count, sizeof(const char *)), 0}};
    if (!principal_init(&running.authority, run->decision_id, run->organisation_id, NULL, false))
        return problem_set(&run->call->problem, PROBLEM_INTERNAL_ERROR, NULL);
    for (size_t i = 0; i < count; i++) {
        const struct json *given = &run->changes->list.items[i];
        const char *pointer = arena_printf(arena, "%s/%zu", run->pointer, i);
        struct change change = {0};
        if (!is_wanted(run, given))
            continue;
        run->made[i] = run->reverse[i] = (struct json){.type = JSON_NULL_VALUE};
        run->refused[i] = run->refused[i] || !change_read(arena, given, pointer, &running.labels,
                                                          run->teams, &change, &run->faults);
        if (!run->refused[i] && !make(&running, &change, i, pointer, &run->refused[i]))
            return false;
        add_label(&running, json_get_text(given, "as"),
                  run->refused[i] ? NULL : json_get_text(&run->made[i], "id"));
    }
    return true;
}

const char *change_run_resources(const struct change_run *run)
{
    struct buf buf;
    struct json_writer w;
    buf_init(&buf, run->call->arena, SIZE_MAX);
    jw_init(&w, &buf);
    jw_list(&w);
    for (size_t i = 0; i < run->changes->list.count; i++) {
        const char *operation = json_get_text(&run->changes->list.items[i], "operation");
        bool creates = operation && strstr(operation, "_create");
        jw_text(&w, creates ? json_get_text(&run->made[i], "id") : NULL);
    }
    jw_list_end(&w);
    return buf_cstr(&buf);
}

/* A framework that was made and published goes with either of them, but once. */
static bool is_gone(const struct change_run *run, size_t index, const struct json *item)
{
    if (!json_is_text(json_get(item, "operation"), "framework_delete"))
        return false;
    for (size_t i = index + 1; i < run->changes->list.count; i++)
        for (size_t j = 0; run->reverse[i].type == JSON_LIST && j < run->reverse[i].list.count; j++)
            if (json_same(&run->reverse[i].list.items[j], item))
                return true;
    return false;
}

/* The last is undone first. */
const char *change_run_reverse(const struct change_run *run)
{
    struct buf buf;
    struct json_writer w;
    buf_init(&buf, run->call->arena, SIZE_MAX);
    jw_init(&w, &buf);
    jw_list(&w);
    for (size_t i = run->changes->list.count; i-- > 0;) {
        const struct json *reverse = &run->reverse[i];
        for (size_t j = 0; reverse->type == JSON_LIST && j < reverse->list.count; j++)
            if (!is_gone(run, i, &reverse->list.items[j]))
                jw_value(&w, &reverse->list.items[j]);
    }
    jw_list_end(&w);
    return buf_cstr(&buf);
}
