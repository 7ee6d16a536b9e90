/* SPDX-License-Identifier: Apache-2.0 */
#include "follow_up.h"

#include "../decide/fallback.h"
#include "change_set.h"
#include "decision_ready.h"
#include "statements.gen.h"

#include <string.h>

bool follow_up_find(struct call *call, const struct decision_case *decision,
                    const struct decide_step *step, struct follow_up *follow)
{
    const struct framework_fallback *fallback = &decision->framework.rule.fallback;
    const char *const values[] = {decision->organisation_id, decision->id, fallback->framework,
                                  arena_printf(call->arena, "%d", FALLBACK_CHAIN_MAX)};
    struct faults faults;
    struct rows rows;
    faults_init(&faults, call->arena);
    *follow = (struct follow_up){0};
    if (step->outcome != OUTCOME_ESCALATED || !fallback->framework)
        return true;
    if (!call_query(call, &STATEMENT_decision_fallback, values, &rows))
        return false;
    follow->obstacle = rows.count ? rows_text(&rows, 0, "obstacle", call->arena)
                                  : "The fallback framework is there no more.";
    if (!follow->obstacle &&
        (!rows_json(&rows, 0, "definition", &follow->definition, call->arena) ||
         !framework_read(call->arena, &follow->definition, &follow->framework, &faults)))
        follow->obstacle = "The fallback framework can't work any more.";
    if (follow->obstacle)
        return true;
    follow->framework_id = rows_text(&rows, 0, "framework_id", call->arena);
    follow->version = rows_text(&rows, 0, "number", call->arena);
    follow->id = call_new_id(call);
    return true;
}

static const char *roles_text(struct call *call, const struct decision_case *decision,
                              const struct follow_up *follow)
{
    struct fallback_role *roles;
    struct buf buf;
    struct json_writer w;
    size_t count = fallback_roles(call->arena, &decision->framework, &follow->framework, &roles);
    buf_init(&buf, call->arena, SIZE_MAX);
    jw_init(&w, &buf);
    jw_list(&w);
    for (size_t i = 0; i < count; i++) {
        jw_map(&w);
        jw_key_text(&w, "from", roles[i].from);
        jw_key_text(&w, "to", roles[i].to);
        jw_map_end(&w);
    }
    jw_list_end(&w);
    return buf_cstr(&buf);
}

static bool make(struct call *call, const struct decision_case *decision,
                 const struct follow_up *follow)
{
    const struct json *configuration = decision->framework.rule.fallback.configuration;
    struct buf buf;
    struct rows rows;
    buf_init(&buf, call->arena, SIZE_MAX);
    if (configuration)
        json_write(&buf, configuration);
    const char *const values[] = {decision->organisation_id,
                                  decision->id,
                                  follow->id,
                                  follow->framework_id,
                                  follow->version,
                                  configuration ? buf_cstr(&buf) : NULL,
                                  roles_text(call, decision, follow)};
    return call_query(call, &STATEMENT_decision_follow, values, &rows);
}

static bool leave_draft(struct call *call, const struct decision_case *draft,
                        const struct faults *faults)
{
    struct buf buf;
    struct json_writer w;
    struct rows rows;
    buf_init(&buf, call->arena, SIZE_MAX);
    jw_init(&w, &buf);
    jw_list(&w);
    for (size_t i = 0; i < faults->count; i++) {
        jw_map(&w);
        jw_key_text(&w, "pointer", faults->items[i].pointer);
        jw_key_text(&w, "code", faults->items[i].code);
        jw_key_text(&w, "detail", faults->items[i].detail);
        jw_map_end(&w);
    }
    jw_list_end(&w);
    const char *const values[] = {draft->organisation_id, draft->id, buf_cstr(&buf)};
    return call_query(call, &STATEMENT_decision_not_opened, values, &rows);
}

bool follow_up_open(struct call *call, const struct decision_case *decision,
                    const struct follow_up *follow)
{
    struct decision_case draft = {.organisation_id = decision->organisation_id, .id = follow->id};
    struct decide_step step;
    struct faults faults;
    struct json frozen, level;
    if (!follow->id)
        return true;
    faults_init(&faults, call->arena);
    if (!make(call, decision, follow) || !decision_load(call, &draft) ||
        !decision_ready(call, &draft, &frozen, &level, &faults) ||
        !change_set_follow(call, decision, &draft, &faults))
        return false;
    if (faults.found)
        return leave_draft(call, &draft, &faults);
    decide_open(&draft.facts, &step);
    return decision_store(call, &draft, &step,
                          &(struct decision_change){.definition = &frozen, .delegation = &level}) &&
           decision_settle(call, &draft);
}
