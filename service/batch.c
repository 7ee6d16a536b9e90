/* SPDX-License-Identifier: Apache-2.0 */
#include "batch.h"

#include "render.h"

#include <stdio.h>
#include <string.h>

/* One item as the operation sees it: the same call with another body. */
static bool run_item(struct call *call, const struct json *item, struct rows *rows)
{
    const struct operation *batch = call->operation;
    struct json whole = call->input.body;
    call->operation = batch->batch_of;
    call->input.body = *item;
    bool good = call_query(call, batch->batch_of->statement, NULL, rows) && call_check(call, rows);
    call->operation = batch;
    call->input.body = whole;
    return good;
}

/* Faults of an item point into the batch. An item without a fault of its own gets one that says its
 * problem. */
static void collect_faults(struct faults *all, const struct problem *problem, size_t index)
{
    char prefix[32];
    (void)snprintf(prefix, sizeof prefix, "/items/%zu", index);
    const struct faults *faults = &problem->faults;
    for (size_t i = 0; i < faults->count; i++) {
        const char *pointer = arena_printf(all->arena, "%s%s", prefix, faults->items[i].pointer);
        size_t count = all->count;
        faults_add(all, pointer, FAULT_ITEM_REFUSED, "%s", faults->items[i].detail);
        if (all->count > count) /* there was room for it */
            all->items[count].code = faults->items[i].code;
    }
    if (!faults->count)
        faults_add(all, prefix, FAULT_ITEM_REFUSED, "%s",
                   problem->detail ? problem->detail : problem_kinds[problem->code].title);
}

static void write_success(struct json_writer *w, const struct rows *rows, bool bare, int status)
{
    struct render_choice choice = {0};
    if (bare) {
        struct buf row;
        buf_init(&row, w->buf->arena, RESPONSE_BODY_MAX);
        render_row(&row, rows, 0, &choice);
        jw_raw(w, row.data, row.len);
        return;
    }
    jw_map(w);
    jw_key_int(w, "status", status);
    jw_key(w, "body");
    render_row(w->buf, rows, 0, &choice);
    w->comma = true;
    jw_map_end(w);
}

static void write_failure(struct json_writer *w, const struct call *call,
                          const struct problem *problem)
{
    jw_map(w);
    jw_key_int(w, "status", problem->status);
    jw_key(w, "problem");
    problem_write(problem, call->request.path, call->request.id, w->buf);
    w->comma = true;
    jw_map_end(w);
}

/* A failure of the world (503, 504, deadlock) ends the batch, and so does a path that names nothing
 * for the caller, which holds for all items; what is wrong with one item does not. */
static bool ends_all(const struct call *call)
{
    return call->problem.status >= 500 || call->problem.code == PROBLEM_NOT_FOUND || call->repeat;
}

static bool run_items(struct call *call, const struct json *items, bool atomic,
                      struct json_writer *w)
{
    struct faults all;
    enum problem_code first = PROBLEM_INVALID_BODY;
    const char *permission = NULL;
    bool failed = false;
    faults_init(&all, call->arena);
    for (size_t i = 0; i < items->list.count; i++) {
        struct rows rows;
        if (!db_savepoint(call->db, &call->problem))
            return false;
        if (run_item(call, &items->list.items[i], &rows)) {
            write_success(w, &rows, atomic, call->operation->batch_of->success);
            continue;
        }
        if (ends_all(call))
            return false;
        struct problem problem = call->problem;
        problem_init(&call->problem, call->arena);
        if (!db_rollback_to_savepoint(call->db, &call->problem))
            return false;
        if (!failed) {
            first = problem.code;
            permission = problem.permission;
        }
        failed = true;
        collect_faults(&all, &problem, i);
        if (!atomic)
            write_failure(w, call, &problem);
    }
    call->problem.permission = atomic ? permission : NULL;
    return !atomic || problem_unless_clean(&call->problem, first, &all);
}

bool batch_run(struct call *call)
{
    const struct json *items = json_get(&call->input.body, "items");
    bool atomic = json_get_bool(&call->input.body, "atomic", true);
    struct json_writer w;
    jw_init(&w, &call->response.body);
    jw_map(&w);
    jw_key(&w, "items");
    jw_list(&w);
    if (!run_items(call, items, atomic, &w))
        return false;
    jw_list_end(&w);
    jw_map_end(&w);
    call->response.status = atomic ? call->operation->success : 207;
    return true;
}
