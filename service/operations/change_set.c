/* SPDX-License-Identifier: Apache-2.0 */
#include "change_set.h"

#include "statements.gen.h"

#include <string.h>

bool change_set_read(struct call *call, const struct decision_case *decision, const char *if_match,
                     struct change_set *set)
{
    const char *const values[] = {decision->organisation_id, decision->id, decision->member_id,
                                  if_match};
    struct rows rows;
    *set = (struct change_set){0};
    if (!call_query(call, &STATEMENT_change_set_read, values, &rows) || !call_check(call, &rows))
        return false;
    set->exists = rows_json(&rows, 0, "changes", &set->changes, call->arena);
    (void)rows_json(&rows, 0, "reverse", &set->reverse, call->arena);
    set->status = rows_text(&rows, 0, "status", call->arena);
    set->authority = rows_text(&rows, 0, "authority", call->arena);
    set->authorised_by = rows_text(&rows, 0, "authorised_by", call->arena);
    set->revision = rows_int(&rows, 0, "revision", 0);
    const char *outcome = rows_text(&rows, 0, "outcome", call->arena);
    set->adopted = outcome && strcmp(outcome, "adopted") == 0;
    set->owner = rows_bool(&rows, 0, "owner");
    set->governed = rows_bool(&rows, 0, "governed");
    return true;
}

/* ---- who may let them take effect ---- */

static const char *text_of(struct call *call, const struct json *value)
{
    struct buf buf;
    buf_init(&buf, call->arena, SIZE_MAX);
    json_write(&buf, value);
    return buf_cstr(&buf);
}

bool change_set_authority(struct call *call, const struct decision_case *decision,
                          const struct json *changes, const char **authority)
{
    static const char permission[] = "change_set.open";
    const char *const values[] = {decision->organisation_id, decision->id, decision->member_id,
                                  text_of(call, changes)};
    struct rows rows;
    if (*authority && strcmp(*authority, "organisation") == 0)
        return true;
    if (!call_query(call, &STATEMENT_change_set_reach, values, &rows) || !call_check(call, &rows))
        return false;
    bool within = rows_bool(&rows, 0, "within_team");
    if (*authority && within)
        return true;
    bool allowed = principal_allows(&call->principal, permission);
    *authority = NULL;
    if (allowed && rows_bool(&rows, 0, "for_organisation"))
        *authority = "organisation";
    else if (allowed && within && rows_bool(&rows, 0, "for_team"))
        *authority = "team";
    if (*authority)
        return true;
    call->problem.permission = permission;
    return problem_set(&call->problem, PROBLEM_PERMISSION_DENIED,
                       "The decision changes the structure: that takes the permission %s.",
                       permission);
}

/* Whether the framework gives the elector anything to do. */
static bool takes_part(const struct framework *framework, const struct decide_elector *elector)
{
    framework_roles acting = 0;
    for (size_t i = 0; i < framework->phase_count; i++) {
        acting |= framework->phases[i].ballots;
        for (size_t j = 0; j < framework->phases[i].input_count; j++)
            acting |= framework->phases[i].inputs[j].by;
    }
    return (elector->roles & acting) != 0;
}

/* Else whoever may open such decisions could decide alone what only an owner may do. */
static bool decides_alone(const struct decision_case *decision)
{
    const struct decide_case *facts = &decision->facts;
    size_t count = 0;
    bool opener = false;
    for (size_t i = 0; i < facts->elector_count; i++) {
        if (!takes_part(&decision->framework, &facts->electors[i]))
            continue;
        count++;
        opener = opener || strcmp(facts->electors[i].member, decision->member_id) == 0;
    }
    return opener && count == 1;
}

void change_set_check_options(const struct decide_case *facts, const struct json *changes,
                              struct faults *faults)
{
    for (size_t i = 0; i < changes->list.count; i++) {
        const char *option = json_get_text(&changes->list.items[i], "option");
        bool known = !option;
        for (size_t j = 0; !known && j < facts->option_count; j++)
            known = strcmp(facts->options[j].key, option) == 0;
        if (!known)
            faults_add(faults, arena_printf(faults->arena, "/changes/%zu/option", i),
                       FAULT_UNKNOWN_OPTION, "The decision has no such option.");
    }
}

bool change_set_open(struct call *call, const struct decision_case *decision)
{
    struct change_set set;
    struct faults faults;
    struct rows rows;
    if (!change_set_read(call, decision, NULL, &set))
        return false;
    if (!set.exists)
        return true;
    if (!change_set_authority(call, decision, &set.changes, &set.authority))
        return false;
    faults_init(&faults, call->arena);
    /* some may have been taken out since the changes were proposed */
    change_set_check_options(&decision->facts, &set.changes, &faults);
    if (!set.owner && decides_alone(decision))
        faults_add(&faults, "/stakeholders", FAULT_SOLE_DECIDER,
                   "You would decide alone on what only an owner may change alone.");
    if (!problem_unless_clean(&call->problem, PROBLEM_DECISION_NOT_READY, &faults))
        return false;
    const char *const values[] = {decision->organisation_id, decision->id, set.authority,
                                  decision->member_id};
    return call_query(call, &STATEMENT_change_set_authorise, values, &rows);
}

bool change_set_answer(struct call *call, const struct decision_case *decision)
{
    const char *const ids[] = {decision->organisation_id, decision->id};
    struct rows rows;
    return call_query(call, &STATEMENT_change_set_show, ids, &rows) && call_check(call, &rows) &&
           call_answer_row(call, &rows);
}
