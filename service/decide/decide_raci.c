/* SPDX-License-Identifier: Apache-2.0 */
/* RACI (FRAMEWORKS.md 3.12): each task has one accountable and somebody responsible, the consulted
 * are heard before, the informed told after, and the accountable signs off. Every breach is a
 * finding of the report, whatever the outcome. */
#include "decide_family.h"
#include "decide_matrix.h"

#include <string.h>

static size_t breaches(const struct decide_view *view, struct matrix_finding **findings)
{
    const struct decide_input *matrix = view_newest(view, "matrix");
    return matrix ? matrix_findings(view, matrix->data, findings) : 0;
}

static const char *detail_of(const struct matrix_finding *finding)
{
    switch (finding->code) {
    case FAULT_RESPONSIBLE_MISSING:
        return "Nobody is responsible for the task.";
    case FAULT_ACCOUNTABLE_MISSING:
        return "Nobody is accountable for the task.";
    case FAULT_ACCOUNTABLE_SEVERAL:
        return "More than one is accountable for the task.";
    default:
        return "The member does not hold this role in the decision.";
    }
}

/* A matrix that breaks a rule is as good as none. */
static size_t missing(const struct decide_view *view, size_t phase, struct faults *faults)
{
    struct matrix_finding *findings;
    if ((int)phase != view_phase_of(view, "matrix"))
        return 0;
    size_t count = breaches(view, &findings);
    for (size_t i = 0; faults && i < count; i++) {
        const char *at =
            arena_printf(view->arena, "/matrix/rows/%zu/%s", findings[i].row, findings[i].role);
        if (findings[i].member)
            at = arena_printf(view->arena, "%s/%zu", at, findings[i].index);
        faults_add(faults, at, findings[i].code, "%s", detail_of(&findings[i]));
    }
    return count;
}

static bool closes(const struct decide_view *view)
{
    struct matrix_finding *findings;
    return (int)view->facts.phase == view_phase_of(view, "matrix") &&
           (!view_newest(view, "matrix") || breaches(view, &findings));
}

static void count(const struct decide_view *view, struct decide_result *result,
                  struct json_writer *w)
{
    (void)w;
    result->outcome = view_verdict(view);
    if (result->outcome == OUTCOME_EXPIRED)
        result->reason = closes(view) ? "matrix_invalid" : "not_signed_off";
}

static void write_finding(struct json_writer *w, const char *code, const char *role,
                          const char *member)
{
    jw_map(w);
    jw_key_text(w, "code", code);
    jw_key_text(w, "role", role);
    jw_key_text(w, "member", member);
    jw_map_end(w);
}

static void write_matrix_findings(const struct decide_view *view, struct json_writer *w)
{
    struct matrix_finding *findings;
    size_t count = breaches(view, &findings);
    if (!view_newest(view, "matrix"))
        write_finding(w, "matrix_missing", "accountable", NULL);
    for (size_t i = 0; i < count; i++) {
        jw_map(w);
        jw_key_text(w, "code", fault_codes[findings[i].code]);
        jw_key_text(w, "role", findings[i].role);
        jw_key_text(w, "member", findings[i].member);
        jw_key_int(w, "row", (int64_t)findings[i].row);
        jw_key_text(w, "task", findings[i].task);
        jw_map_end(w);
    }
}

/* A finding for each member who was asked for an input of a type and has not given it. */
static void write_unsaid(const struct decide_view *view, struct json_writer *w, const char *type,
                         const char *code, const char *role)
{
    const struct decide_elector **asked;
    size_t count = view_askable(view, type, &asked);
    int phase = view_phase_of(view, type);
    for (size_t i = 0; i < count; i++) {
        const struct decide_input *input = view_input(view, (size_t)phase, asked[i]->member);
        if (!input || strcmp(input->type, type) != 0)
            write_finding(w, code, role, asked[i]->member);
    }
}

/* Who is to be told and was not: all, as long as there is no notice. */
static void write_untold(const struct decide_view *view, struct json_writer *w)
{
    int role = framework_role_find(view->framework, "informed");
    for (size_t i = 0; role >= 0 && i < view->elector_count; i++)
        if ((view->electors[i]->roles >> role & 1U) && !view_newest(view, "notice"))
            write_finding(w, "informed_not_told", "informed", view->electors[i]->member);
}

static void always(const struct decide_view *view, struct json_writer *w)
{
    view_write_input(w, "matrix", view_newest(view, "matrix"));
    jw_key(w, "findings");
    jw_list(w);
    write_matrix_findings(view, w);
    write_unsaid(view, w, "opinion", "consulted_not_heard", "consulted");
    write_unsaid(view, w, "report", "work_not_reported", "responsible");
    write_unsaid(view, w, "verdict", "not_signed_off", "accountable");
    write_untold(view, w);
    jw_list_end(w);
    view_write_said(view, w, "verdicts", "verdict");
    jw_key_int(w, "returns", view->facts.round - 1);
    view_write_addressed(view, w, "informed", "notice");
}

const struct decide_family family_raci = {
    .closes = closes, .missing = missing, .count = count, .always = always};
