/* SPDX-License-Identifier: Apache-2.0 */
#include "../document.h"
#include "../render.h"
#include "change_set_ready.h"
#include "decision_case.h"
#include "decision_due.h"
#include "decision_ready.h"

#include <string.h>

static bool has_text(const char *const *texts, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(texts[i], text) == 0)
            return true;
    return false;
}

/* What the framework lets the caller do, and what an office does. */
static void find_actions(struct decision_case *decision, const char *const *held, size_t count,
                         struct decide_actions *actions)
{
    const struct decide_case *facts = &decision->facts;
    struct decide_step step;
    struct decide_refusal refusal;
    decide_may(facts, decision->member_id, actions);
    actions->vote = actions->vote && has_text(held, count, "ballot.cast");
    if (!has_text(held, count, "input.give"))
        actions->input_count = 0;
    if (has_text(held, count, "decision.update"))
        actions->options = actions->options || facts->status == DECIDE_DRAFT;
    if (has_text(held, count, "decision.advance")) {
        actions->advance = decide_advance(facts, NULL, NULL, 0, &step, &refusal);
        actions->close = facts->status == DECIDE_OPEN && decide_close(facts, NULL, &step, &refusal);
    }
    if (has_text(held, count, "decision.revise"))
        actions->revise = decide_revise(facts, NULL, &step, &refusal);
    if (has_text(held, count, "decision.withdraw"))
        actions->withdraw =
            facts->status == DECIDE_OPEN && decide_withdraw(facts, NULL, &step, &refusal);
}

/* What keeps the draft from being opened, or the phase from ending. */
static bool find_missing(struct call *call, struct decision_case *decision, struct faults *faults)
{
    struct decide_step step;
    struct decide_refusal refusal;
    struct json frozen, level;
    faults_init(faults, decision->facts.arena);
    if (decision->facts.status == DECIDE_DRAFT)
        return decision_ready(call, decision, &frozen, &level, faults);
    if (!decide_advance(&decision->facts, NULL, NULL, 0, &step, &refusal))
        *faults = refusal.faults;
    return true;
}

/* A draft with changes asks for more of whoever opens it. `*opens`: the caller may. */
static bool find_changes(struct call *call, const struct decision_case *decision, bool *opens,
                         struct faults *missing)
{
    struct change_set set;
    if (decision->facts.status != DECIDE_DRAFT) {
        *opens = false;
        return true;
    }
    if (!change_set_ready(call, decision, &set, missing))
        return false;
    *opens = *opens && (!set.exists || set.authority);
    return true;
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

static void write_missing(struct json_writer *w, const struct faults *faults)
{
    jw_key(w, "missing");
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

static void write_may(struct json_writer *w, bool opens, const struct decide_actions *actions)
{
    jw_key(w, "may");
    jw_map(w);
    jw_key_bool(w, "open", opens);
    jw_key_bool(w, "vote", actions->vote);
    jw_key_bool(w, "options", actions->options);
    write_texts(w, "inputs", actions->inputs, actions->input_count);
    jw_key_bool(w, "advance", actions->advance);
    jw_key_bool(w, "close", actions->close);
    jw_key_bool(w, "revise", actions->revise);
    jw_key_bool(w, "withdraw", actions->withdraw);
    jw_map_end(w);
}

bool decision_actions_get(struct call *call)
{
    struct decision_case decision = {0};
    struct decide_actions actions;
    struct faults missing;
    struct rows rows;
    struct json_writer w;
    struct buf due, body;
    size_t role_count, count;
    if (!decision_query(call, call->operation->statement, &rows) || !call_check(call, &rows))
        return false;
    const char *const *roles = rows_texts(&rows, 0, "roles", &role_count, call->arena);
    const char *const *held = rows_texts(&rows, 0, "permissions", &count, call->arena);
    decision.organisation_id = rows_text(&rows, 0, "organisation_id", call->arena);
    decision.id = rows_text(&rows, 0, "id", call->arena);
    decision.member_id = rows_text(&rows, 0, "member_id", call->arena);
    if (!decision_look(call, &decision))
        return false;
    const struct decide_case *facts = &decision.facts;
    find_actions(&decision, held, count, &actions);
    bool opens = has_text(held, count, "decision.open");
    if (!find_missing(call, &decision, &missing) ||
        !find_changes(call, &decision, &opens, &missing))
        return false;
    buf_init(&due, call->arena, SIZE_MAX);
    render_time(&due, facts->due_at);
    buf_init(&body, call->arena, RESPONSE_BODY_MAX);
    jw_init(&w, &body);
    jw_map(&w);
    jw_key_text(&w, "decision_id", decision.id);
    jw_key_text(&w, "member_id", decision.member_id);
    write_texts(&w, "roles", roles, role_count);
    jw_key_bool(&w, "waiting", actions.waiting);
    jw_key_text(&w, "due_at",
                facts->status == DECIDE_OPEN && facts->due_at ? buf_cstr(&due) : NULL);
    write_may(&w, opens, &actions);
    write_missing(&w, &missing);
    jw_map_end(&w);
    return document_answer(call, body.data, body.len, NULL);
}
