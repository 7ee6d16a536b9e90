/* SPDX-License-Identifier: Apache-2.0 */
#include "../decide/fallback.h"
#include "../document.h"
#include "../render.h"
#include "follow_up_check.h"
#include "simulation_body.h"

#include <string.h>

struct writer {
    struct json_writer w;
    struct arena *arena;
    const struct simulation *simulation;
};

static void key_time(struct writer *out, const char *key, int64_t micros)
{
    struct buf text;
    buf_init(&text, out->arena, SIZE_MAX);
    if (micros)
        render_time(&text, micros);
    jw_key_text(&out->w, key, micros ? buf_cstr(&text) : NULL);
}

static void write_faults(struct json_writer *w, const char *key, const struct faults *faults)
{
    jw_key(w, key);
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

static void write_texts(struct json_writer *w, const char *key, const char *const *texts,
                        size_t count)
{
    jw_key(w, key);
    jw_list(w);
    for (size_t i = 0; i < count; i++)
        jw_text(w, texts[i]);
    jw_list_end(w);
}

static bool same_actions(const struct decide_actions *a, const struct decide_actions *b)
{
    bool same = a->vote == b->vote && a->options == b->options && a->advance == b->advance &&
                a->close == b->close && a->revise == b->revise && a->withdraw == b->withdraw &&
                a->waiting == b->waiting && a->input_count == b->input_count;
    for (size_t i = 0; same && i < a->input_count; i++)
        same = strcmp(a->inputs[i], b->inputs[i]) == 0;
    return same;
}

/* Those who may do the same stand together, by the first of them. */
static void write_who(struct writer *out, const struct decide_actions *actions)
{
    struct json_writer *w = &out->w;
    size_t count = actions ? out->simulation->elector_count : 0;
    bool *done = arena_array(out->arena, count, sizeof *done);
    jw_key(w, "who");
    jw_list(w);
    for (size_t i = 0; i < count; i++) {
        if (done[i])
            continue;
        jw_map(w);
        jw_key(w, "members");
        jw_list(w);
        for (size_t j = i; j < count; j++) {
            if (done[j] || !same_actions(&actions[i], &actions[j]))
                continue;
            done[j] = true;
            jw_text(w, out->simulation->electors[j].member);
        }
        jw_list_end(w);
        jw_key_bool(w, "waiting", actions[i].waiting);
        jw_key_bool(w, "vote", actions[i].vote);
        jw_key_bool(w, "options", actions[i].options);
        write_texts(w, "inputs", actions[i].inputs, actions[i].input_count);
        jw_key_bool(w, "advance", actions[i].advance);
        jw_key_bool(w, "close", actions[i].close);
        jw_key_bool(w, "revise", actions[i].revise);
        jw_key_bool(w, "withdraw", actions[i].withdraw);
        jw_map_end(w);
    }
    jw_list_end(w);
}

static void write_problem(struct json_writer *w, enum problem_code code, const char *detail,
                          const struct faults *faults)
{
    jw_key(w, "problem");
    jw_map(w);
    jw_key_text(w, "code", problem_kinds[code].code);
    jw_key_text(w, "detail", detail);
    write_faults(w, "errors", faults);
    jw_map_end(w);
}

static void write_steps(struct writer *out, const struct simulated *simulated)
{
    struct json_writer *w = &out->w;
    jw_key(w, "steps");
    jw_list(w);
    for (size_t i = 0; simulated->opened && i < out->simulation->step_count; i++) {
        const struct decide_refusal *refusal = &simulated->refusals[i];
        jw_map(w);
        key_time(out, "at", out->simulation->steps[i].at);
        jw_key_bool(w, "accepted", simulated->accepted[i]);
        if (simulated->accepted[i]) {
            jw_key(w, "problem");
            jw_null(w);
        } else {
            write_problem(w, refusal->code, refusal->detail, &refusal->faults);
        }
        jw_map_end(w);
    }
    jw_list_end(w);
}

static void write_events(struct writer *out, const struct simulated *simulated)
{
    struct json_writer *w = &out->w;
    jw_key(w, "events");
    jw_list(w);
    for (size_t i = 0; i < simulated->event_count; i++) {
        const struct decide_event *event = &simulated->events[i];
        jw_map(w);
        jw_key_text(w, "type",
                    arena_printf(out->arena, "decision.%s", decide_event_text(event->kind)));
        jw_key_text(w, "cause", event->cause);
        jw_key_text(w, "phase", event->phase);
        jw_key_int(w, "round", event->round);
        jw_key_int(w, "revision", event->revision);
        key_time(out, "at", event->at);
        jw_map_end(w);
    }
    jw_list_end(w);
}

static void write_phases(struct writer *out, const struct simulated *simulated)
{
    struct json_writer *w = &out->w;
    jw_key(w, "phases");
    jw_list(w);
    for (size_t i = 0; i < simulated->phase_count; i++) {
        const struct simulated_phase *phase = &simulated->phases[i];
        jw_map(w);
        jw_key_text(w, "phase", phase->key);
        jw_key_int(w, "round", phase->round);
        jw_key_int(w, "revision", phase->revision);
        key_time(out, "started_at", phase->started_at);
        key_time(out, "due_at", phase->due_at);
        write_who(out, phase->actions);
        write_faults(w, "missing", &phase->missing);
        key_time(out, "ended_at", phase->ended_at);
        jw_key_text(w, "ended_by", phase->ended_by);
        jw_map_end(w);
    }
    jw_list_end(w);
}

/* The end of the clock: how things stand then, and what came out. */
static void write_end(struct writer *out, const struct simulated *simulated)
{
    struct json_writer *w = &out->w;
    const struct decide_case *last = &simulated->last;
    key_time(out, "ends_at", out->simulation->ends_at);
    jw_key_text(w, "status", decide_status_text(last->status));
    write_who(out, last->status == DECIDE_OPEN ? simulated->actions : NULL);
    write_faults(w, "missing", simulated->opened ? &simulated->missing : &simulated->obstacles);
    jw_key_text(w, "outcome", decide_outcome_text(simulated->result.outcome));
    write_texts(w, "winners", simulated->result.winners, simulated->result.winner_count);
    jw_key(w, "count_report");
    if (simulated->report)
        jw_raw(w, simulated->report, simulated->report_len);
    else
        jw_null(w);
}

/* What would open now that the decision escalates. `next`: as follow_up_check gives it. */
static void write_follow_up(struct writer *out, const struct framework *framework,
                            const struct rows *next)
{
    struct json_writer *w = &out->w;
    struct json definition;
    struct framework to;
    struct faults faults;
    struct fallback_role *roles = NULL;
    size_t count = 0;
    faults_init(&faults, out->arena);
    jw_key(w, "follow_up");
    if (!next->count || !rows_json(next, 0, "definition", &definition, out->arena) ||
        !framework_read(out->arena, &definition, &to, &faults)) {
        jw_null(w);
        return;
    }
    count = fallback_roles(out->arena, framework, &to, &roles);
    jw_map(w);
    jw_key_text(w, "framework_key", rows_text(next, 0, "key", out->arena));
    jw_key_text(w, "framework_name", rows_text(next, 0, "name", out->arena));
    jw_key_int(w, "framework_version", rows_int(next, 0, "number", 0));
    jw_key(w, "roles");
    jw_list(w);
    for (size_t i = 0; i < count; i++) {
        jw_map(w);
        jw_key_text(w, "from", roles[i].from);
        jw_key_text(w, "to", roles[i].to);
        jw_map_end(w);
    }
    jw_list_end(w);
    jw_map_end(w);
}

static bool answer(struct call *call, const struct rows *rows, const struct simulation *simulation,
                   const struct simulated *simulated, const struct rows *next)
{
    struct writer out = {.arena = call->arena, .simulation = simulation};
    struct buf *body = &call->response.body;
    int64_t version = rows_int(rows, 0, "number", 0);
    jw_init(&out.w, body);
    jw_map(&out.w);
    jw_key_text(&out.w, "framework_key", rows_text(rows, 0, "key", call->arena));
    jw_key(&out.w, "framework_version");
    if (version)
        jw_int(&out.w, version);
    else
        jw_null(&out.w);
    jw_key_bool(&out.w, "opened", simulated->opened);
    write_steps(&out, simulated);
    write_events(&out, simulated);
    write_phases(&out, simulated);
    write_end(&out, simulated);
    write_follow_up(&out, simulation->framework, next);
    jw_map_end(&out.w);
    response_header(&call->response, "ETag", document_tag(call, body->data, body->len));
    call->response.status = call->operation->success;
    return true;
}

static void release(void *arena)
{
    arena_release(arena);
}

/* Stores nothing. */
bool framework_simulate(struct call *call)
{
    struct json definition;
    struct framework framework;
    struct simulation simulation;
    struct simulated simulated;
    struct faults faults;
    struct rows rows;
    faults_init(&faults, call->arena);
    if (!call_query(call, call->operation->statement, NULL, &rows) || !call_check(call, &rows))
        return false;
    if (!rows_json(&rows, 0, "definition", &definition, call->arena))
        return problem_set(&call->problem, PROBLEM_INTERNAL_ERROR, NULL);
    if (!simulation_body_read(call, &definition, &framework, &simulation, &faults))
        return problem_unless_clean(&call->problem, PROBLEM_INVALID_BODY, &faults);
    simulation.scratch = arena_alloc(call->arena, sizeof *simulation.scratch);
    arena_init(simulation.scratch);
    arena_defer(call->arena, release, simulation.scratch);
    simulate(&simulation, &simulated);
    struct rows next = {0};
    if (simulated.result.outcome == OUTCOME_ESCALATED &&
        !follow_up_check(call, rows_text(&rows, 0, "organisation_id", call->arena), &framework, "",
                         &next, &faults))
        return false;
    if (faults.found)
        next = (struct rows){0};
    return answer(call, &rows, &simulation, &simulated, &next);
}
