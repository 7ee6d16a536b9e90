/* SPDX-License-Identifier: Apache-2.0 */
/* From a step of the engine to what decision_store.sql takes. */
#include "../decide/duration.h"
#include "../render.h"
#include "change_set.h"
#include "decision_case.h"
#include "decision_record.h"
#include "follow_up.h"
#include "statements.gen.h"

#include <string.h>

static void key_time(struct json_writer *w, struct arena *arena, const char *key, int64_t micros)
{
    struct buf buf;
    buf_init(&buf, arena, SIZE_MAX);
    if (micros)
        render_time(&buf, micros);
    jw_key_text(w, key, micros ? buf_cstr(&buf) : NULL);
}

/* What a person has caused has that person for its actor; the rest happens by itself. */
static const char *actor_of(const struct decision_case *decision, const struct decide_event *event)
{
    static const char *const by_person[] = {"opened", "advance", "revised", "withdrawn"};
    for (size_t i = 0; i < sizeof by_person / sizeof *by_person; i++)
        if (strcmp(event->cause, by_person[i]) == 0)
            return decision->member_id;
    return NULL;
}

/* When something happens by itself at the latest: the phase's end, or the time limit of all. */
static int64_t due_of(const struct decision_case *decision, const struct decide_step *step)
{
    const struct framework_rule *rule = &decision->framework.rule;
    int64_t expiry = rule->expires ? duration_add(step->opened_at, &rule->expiry) : 0;
    return expiry && (!step->due_at || expiry < step->due_at) ? expiry : step->due_at;
}

static bool takes_force(const struct decide_step *step)
{
    return step->status == DECIDE_CLOSED && step->outcome == OUTCOME_ADOPTED;
}

static int64_t review_of(const struct decision_case *decision, const struct decide_step *step)
{
    const struct framework *framework = &decision->framework;
    return takes_force(step) && framework->reviewed
               ? duration_add(step->closed_at, &framework->review)
               : 0;
}

/* The new revision that the step begins, or NULL. */
static const struct decide_event *revised(const struct decide_step *step)
{
    for (size_t i = 0; i < step->event_count; i++)
        if (step->events[i].kind == EVENT_REVISED)
            return &step->events[i];
    return NULL;
}

/* What was sent back is a new revision of the same text; the note says how it came about. */
static void write_same_text(struct json_writer *w, const struct decision_case *decision,
                            const struct decide_event *event)
{
    jw_key(w, "text");
    jw_map(w);
    jw_key_text(w, "note", event->cause);
    jw_key_text(w, "author_id",
                decision->member_id ? decision->member_id : decision->facts.proposer);
    jw_map_end(w);
}

static void write_text(struct json_writer *w, const struct decision_case *decision,
                       const struct json *text)
{
    jw_key(w, "text");
    jw_map(w);
    jw_key_text(w, "title", json_get_text(text, "title"));
    jw_key_text(w, "text", json_get_text(text, "text"));
    jw_key_text(w, "note", json_get_text(text, "note"));
    jw_key_text(w, "author_id", decision->member_id);
    jw_map_end(w);
}

static void write_facts(struct json_writer *w, const struct decision_case *decision,
                        const struct decide_step *step, const struct decision_change *change,
                        const struct follow_up *follow)
{
    struct arena *arena = decision->facts.arena;
    const struct decide_event *last = &step->events[step->event_count - 1];
    jw_map(w);
    jw_key_text(w, "status", takes_force(step) ? "in_force" : decide_status_text(step->status));
    jw_key_text(w, "phase", step->phase_key);
    jw_key_int(w, "round", step->round);
    jw_key_int(w, "revision", step->revision);
    key_time(w, arena, "opened_at", step->opened_at);
    key_time(w, arena, "phase_started_at", step->phase_started_at);
    key_time(w, arena, "phase_due_at", due_of(decision, step));
    key_time(w, arena, "closed_at", step->closed_at);
    jw_key_text(w, "outcome", decide_outcome_text(step->outcome));
    key_time(w, arena, "review_at", review_of(decision, step));
    jw_key(w, "winners");
    jw_list(w);
    for (size_t i = 0; i < step->winner_count; i++)
        jw_text(w, step->winners[i]);
    jw_list_end(w);
    jw_key_text(w, "rationale", change->rationale);
    jw_key_text(w, "closed_by", actor_of(decision, last));
    jw_key_text(w, "follow_up_id", follow->id);
    jw_key_bool(w, "opens", step->events[0].kind == EVENT_OPENED);
    if (change->definition) {
        jw_key(w, "definition");
        jw_value(w, change->definition);
        jw_key(w, "delegation");
        jw_value(w, change->delegation);
        jw_key_bool(w, "secret", decision->framework.rule.secret);
        if (decision->fallback_version)
            jw_key_int(w, "fallback_version", decision->fallback_version);
    }
    if (change->text)
        write_text(w, decision, change->text);
    else if (revised(step))
        write_same_text(w, decision, revised(step));
    jw_map_end(w);
}

static void write_event(struct call *call, struct json_writer *w,
                        const struct decision_case *decision, const struct decide_step *step,
                        const struct decide_event *event, const struct follow_up *follow)
{
    jw_map(w);
    jw_key_text(w, "id", call_new_id(call));
    jw_key_text(w, "actor_id", actor_of(decision, event));
    jw_key_text(w, "action",
                arena_printf(call->arena, "decision.%s", decide_event_text(event->kind)));
    jw_key(w, "data");
    jw_map(w);
    jw_key_text(w, "cause", event->cause);
    jw_key_text(w, "phase", event->phase);
    jw_key_int(w, "round", event->round);
    jw_key_int(w, "revision", event->revision);
    key_time(w, call->arena, "at", event->at);
    if (event->kind == EVENT_CLOSED) {
        jw_key(w, "winners");
        jw_list(w);
        for (size_t i = 0; i < step->winner_count; i++)
            jw_text(w, step->winners[i]);
        jw_list_end(w);
        if (follow->id)
            jw_key_text(w, "follow_up_id", follow->id);
        if (follow->obstacle)
            jw_key_text(w, "follow_up_obstacle", follow->obstacle);
    }
    jw_map_end(w);
    jw_map_end(w);
}

/* What a decision that was just adopted supersedes is in force no more. */
static bool supersede(struct call *call, const struct decision_case *decision)
{
    const char *const ids[] = {decision->organisation_id, decision->id};
    struct rows older, rows;
    if (!call_query(call, &STATEMENT_decision_superseded_lock, ids, &older))
        return false;
    for (size_t row = 0; row < older.count; row++) {
        const char *const values[] = {decision->organisation_id,
                                      rows_text(&older, row, "id", call->arena), decision->id};
        if (!call_query(call, &STATEMENT_decision_supersede, values, &rows))
            return false;
    }
    return true;
}

const char *decision_proxies_text(struct arena *arena, const struct decide_proxy *proxies,
                                  size_t count)
{
    struct buf buf;
    struct json_writer w;
    buf_init(&buf, arena, SIZE_MAX);
    jw_init(&w, &buf);
    jw_list(&w);
    for (size_t i = 0; i < count; i++) {
        const struct decide_proxy *proxy = &proxies[i];
        jw_map(&w);
        jw_key_text(&w, "truster_id", proxy->truster);
        jw_key_text(&w, "trustee_id", proxy->trustee);
        jw_key_text(&w, "voter_id", proxy->voter);
        jw_key_int(&w, "hops", proxy->hops);
        jw_key_text(&w, "ending", proxy->end);
        key_time(&w, arena, "given_at", proxy->since);
        jw_map_end(&w);
    }
    jw_list_end(&w);
    return count ? buf_cstr(&buf) : NULL;
}

bool decision_store(struct call *call, struct decision_case *decision,
                    const struct decide_step *step, const struct decision_change *change)
{
    struct buf facts, events;
    struct json_writer w;
    struct rows rows;
    struct follow_up follow;
    if (!step->event_count)
        return true;
    if (!follow_up_find(call, decision, step, &follow))
        return false;
    buf_init(&facts, call->arena, SIZE_MAX);
    jw_init(&w, &facts);
    write_facts(&w, decision, step, change, &follow);
    buf_init(&events, call->arena, SIZE_MAX);
    jw_init(&w, &events);
    jw_list(&w);
    for (size_t i = 0; i < step->event_count; i++)
        write_event(call, &w, decision, step, &step->events[i], &follow);
    jw_list_end(&w);
    const char *const values[] = {
        decision->organisation_id,
        decision->id,
        buf_cstr(&facts),
        buf_cstr(&events),
        step->report,
        decision_proxies_text(call->arena, step->proxies, step->proxy_count)};
    if (!call_query(call, &STATEMENT_decision_store, values, &rows))
        return false;
    decide_apply(&decision->facts, step);
    if (takes_force(step) && !supersede(call, decision))
        return false;
    if (step->status == DECIDE_CLOSED &&
        !decision_seal(call, decision->organisation_id, decision->id, step->report))
        return false;
    if (!follow_up_open(call, decision, &follow))
        return false;
    return !takes_force(step) ||
           change_set_make(call, decision->organisation_id, decision->id, NULL, false);
}
