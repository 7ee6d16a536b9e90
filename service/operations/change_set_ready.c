/* SPDX-License-Identifier: Apache-2.0 */
#include "change_set_ready.h"

#include "statements.gen.h"

#include <string.h>

static const char *text_of(struct call *call, const struct json *value)
{
    struct buf buf;
    buf_init(&buf, call->arena, SIZE_MAX);
    json_write(&buf, value);
    return buf_cstr(&buf);
}

bool change_set_reach(struct call *call, const struct decision_case *decision,
                      const struct json *changes, const char **authority)
{
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
    bool allowed = principal_allows(&call->principal, CHANGE_SET_OPEN);
    *authority = NULL;
    if (allowed && rows_bool(&rows, 0, "for_organisation"))
        *authority = "organisation";
    else if (allowed && within && rows_bool(&rows, 0, "for_team"))
        *authority = "team";
    return true;
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
static bool decides_alone(const struct decision_case *decision, const char *member)
{
    const struct decide_case *facts = &decision->facts;
    size_t count = 0;
    bool opener = false;
    for (size_t i = 0; i < facts->elector_count; i++) {
        if (!takes_part(&decision->framework, &facts->electors[i]))
            continue;
        count++;
        opener = opener || strcmp(facts->electors[i].member, member) == 0;
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

void change_set_check(const struct decision_case *decision, const struct change_set *set,
                      const char *member, struct faults *faults)
{
    /* some may have been taken out since the changes were proposed */
    change_set_check_options(&decision->facts, &set->changes, faults);
    if (!set->owner && decides_alone(decision, member))
        faults_add(faults, "/stakeholders", FAULT_SOLE_DECIDER,
                   "Who lets the changes take effect would decide alone on what only an owner may "
                   "change alone.");
}

bool change_set_ready(struct call *call, const struct decision_case *decision,
                      struct change_set *set, struct faults *faults)
{
    if (!change_set_read(call, decision, NULL, set))
        return false;
    if (!set->exists)
        return true;
    change_set_check(decision, set, decision->member_id, faults);
    return change_set_reach(call, decision, &set->changes, &set->authority);
}
