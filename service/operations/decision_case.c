/* SPDX-License-Identifier: Apache-2.0 */
#include "decision_case.h"

#include "../job.h"
#include "decision_due.h"
#include "decision_fits.h"
#include "statements.gen.h"

#include <string.h>

/* ---- from rows to facts ---- */

/* Both statements that load a decision write the same rows; null should one write fewer columns. */
static const struct json *item(const struct json *list, size_t index)
{
    static const struct json nothing = {.type = JSON_NULL_VALUE};
    return index < list->list.count ? &list->list.items[index] : &nothing;
}

static const char *text(const struct json *list, size_t index)
{
    const struct json *value = item(list, index);
    return value->type == JSON_TEXT ? value->text.data : NULL;
}

/* 0 for null. */
static int64_t integer(const struct json *list, size_t index)
{
    const struct json *value = item(list, index);
    return value->type == JSON_INT ? value->integer : 0;
}

/* A list column; an empty one for null. */
static struct json list_of(struct call *call, const struct rows *rows, const char *name)
{
    struct json list = {.type = JSON_LIST};
    (void)rows_json(rows, 0, name, &list, call->arena);
    return list;
}

/* A role that the framework does not have is no bit; opening the draft refuses it. */
static framework_roles read_roles(const struct framework *framework, const struct json *roles)
{
    framework_roles bits = 0;
    for (size_t i = 0; i < roles->list.count; i++) {
        int role = framework_role_find(framework, text(roles, i));
        if (role >= 0)
            bits |= 1U << role;
    }
    return bits;
}

static void read_electors(struct decision_case *decision)
{
    const struct json *list = &decision->electors;
    struct decide_case *facts = &decision->facts;
    struct decide_elector *electors = arena_array(facts->arena, list->list.count, sizeof *electors);
    bool voted = false;
    for (size_t i = 0; i < list->list.count; i++) {
        const struct json *row = item(list, i);
        electors[i] =
            (struct decide_elector){.member = text(row, 0),
                                    .roles = read_roles(&decision->framework, item(row, 1)),
                                    .weight = item(row, 2)->integer,
                                    .notified = item(row, 3)->boolean,
                                    .voted = item(row, 4)->boolean,
                                    .left = item(row, 5)->boolean,
                                    .carried_by = text(row, 6),
                                    .left_at = integer(row, 7),
                                    .affected = item(row, 8)->boolean};
        voted = voted || electors[i].voted;
    }
    facts->electors = electors;
    facts->elector_count = list->list.count;
    if (voted)
        facts->changed_at = facts->now; /* nothing tells when a secret ballot was cast */
}

static void read_options(struct decide_case *facts, const struct json *list)
{
    struct decide_option *options = arena_array(facts->arena, list->list.count, sizeof *options);
    for (size_t i = 0; i < list->list.count; i++)
        options[i] = (struct decide_option){.key = text(item(list, i), 0),
                                            .title = text(item(list, i), 1),
                                            .member = text(item(list, i), 2),
                                            .argued = item(item(list, i), 3)->boolean};
    facts->options = options;
    facts->option_count = list->list.count;
}

static void read_inputs(struct decide_case *facts, const struct json *list)
{
    struct decide_input *inputs = arena_array(facts->arena, list->list.count, sizeof *inputs);
    for (size_t i = 0; i < list->list.count; i++) {
        const struct json *row = item(list, i);
        inputs[i] = (struct decide_input){.id = text(row, 0),
                                          .member = text(row, 1),
                                          .type = text(row, 2),
                                          .phase = text(row, 3),
                                          .round = item(row, 4)->integer,
                                          .subject = text(row, 5),
                                          .data = item(row, 6),
                                          .at = item(row, 7)->integer,
                                          .revision = facts->revision};
    }
    facts->inputs = inputs;
    facts->input_count = list->list.count;
}

static void read_ballots(struct decide_case *facts, const struct json *list)
{
    struct decide_ballot *ballots = arena_array(facts->arena, list->list.count, sizeof *ballots);
    for (size_t i = 0; i < list->list.count; i++) {
        const struct json *row = item(list, i);
        ballots[i] = (struct decide_ballot){.member = text(row, 0),
                                            .ballot = item(row, 1),
                                            .weight = item(row, 2)->integer,
                                            .count = item(row, 3)->integer,
                                            .revision = facts->revision};
    }
    facts->ballots = ballots;
    facts->ballot_count = list->list.count;
}

static void read_proxies(struct decide_case *facts, const struct json *list)
{
    struct proxy *proxies = arena_array(facts->arena, list->list.count, sizeof *proxies);
    for (size_t i = 0; i < list->list.count; i++) {
        const struct json *row = item(list, i);
        proxies[i] = (struct proxy){.truster = text(row, 0),
                                    .trustee = text(row, 1),
                                    .scope = integer(row, 2),
                                    .from = integer(row, 3),
                                    .until = integer(row, 4)};
    }
    facts->proxies = proxies;
    facts->proxy_count = list->list.count;
}

static void read_columns(struct call *call, const struct rows *rows, struct decision_case *decision)
{
    struct decide_case *facts = &decision->facts;
    const char *status = rows_text(rows, 0, "status", call->arena);
    const char *phase = rows_text(rows, 0, "phase", call->arena);
    const char *outcome = rows_text(rows, 0, "outcome", call->arena);
    int index = phase ? framework_phase_find(&decision->framework, phase) : 0;
    *facts = (struct decide_case){
        .arena = call->arena,
        .framework = &decision->framework,
        .status = strcmp(status, "draft") == 0  ? DECIDE_DRAFT
                  : strcmp(status, "open") == 0 ? DECIDE_OPEN
                                                : DECIDE_CLOSED,
        .phase = index > 0 ? (size_t)index : 0,
        .round = rows_int(rows, 0, "round", 1),
        .revision = rows_int(rows, 0, "revision", 1),
        .withdrawn = outcome && strcmp(outcome, "withdrawn") == 0,
        .opened_at = rows_time(rows, 0, "opened_at", 0),
        .phase_started_at = rows_time(rows, 0, "phase_started_at", 0),
        .due_at = rows_time(rows, 0, "phase_due_at", 0),
        .wanted_at = rows_time(rows, 0, "due_at", 0),
        .closed_at = rows_time(rows, 0, "closed_at", 0),
        .changed_at = rows_time(rows, 0, "changed_at", 0),
        .now = rows_time(rows, 0, "now", 0),
        .proposer = rows_text(rows, 0, "proposer_id", call->arena),
    };
}

/* `from`, `most`: whom else than the caller decision_load_ballot reads; NULL for the other one. */
static bool load(struct call *call, const struct statement *statement, const char *from,
                 const char *most, struct decision_case *decision)
{
    const char *const ids[] = {decision->organisation_id, decision->id, decision->member_id, from,
                               most};
    struct rows rows;
    struct faults faults;
    struct json options, inputs, ballots, proxies;
    faults_init(&faults, call->arena);
    if (!call_query(call, statement, ids, &rows) || !call_check(call, &rows))
        return false;
    if (!rows_json(&rows, 0, "definition", &decision->definition, call->arena) ||
        !framework_read(call->arena, &decision->definition, &decision->framework, &faults))
        return problem_set(&call->problem, PROBLEM_INTERNAL_ERROR, NULL);
    (void)rows_json(&rows, 0, "configuration", &decision->configuration, call->arena);
    read_columns(call, &rows, decision);
    decision->electors = list_of(call, &rows, "electors");
    options = list_of(call, &rows, "options");
    inputs = list_of(call, &rows, "inputs");
    ballots = list_of(call, &rows, "ballots");
    proxies = list_of(call, &rows, "proxies");
    read_electors(decision);
    read_options(&decision->facts, &options);
    read_inputs(&decision->facts, &inputs);
    read_ballots(&decision->facts, &ballots);
    read_proxies(&decision->facts, &proxies);
    return true;
}

bool decision_load(struct call *call, struct decision_case *decision)
{
    return load(call, &STATEMENT_decision_load, NULL, NULL, decision);
}

/* ---- what operations do with it ---- */

#define FAULTS_SHOWN "101" /* as many as a problem lists, and the caller */

static bool store_settlement(struct call *call, struct decision_case *decision)
{
    struct decide_step step;
    decide_settle(&decision->facts, &step);
    decision->settled = step.event_count > 0;
    return decision_store(call, decision, &step, &(struct decision_change){0});
}

bool decision_settle(struct call *call, struct decision_case *decision)
{
    return decision_load(call, decision) && store_settlement(call, decision);
}

/* A framework gives rights once the decision is open, and to its stakeholders only; which ones, the
 * engine says. Those who closed a decision may close it again. */
static bool framework_grants(const struct decision_case *decision)
{
    const struct decide_case *facts = &decision->facts;
    for (size_t i = 0; facts->status != DECIDE_DRAFT && i < facts->elector_count; i++)
        if (strcmp(facts->electors[i].member, decision->member_id) == 0)
            return true;
    return false;
}

bool decision_size(struct call *call, struct decision_case *decision, int64_t most)
{
    const char *const values[] = {decision->organisation_id, decision->id,
                                  arena_printf(call->arena, "%lld", (long long)most + 1),
                                  decision->member_id};
    struct rows rows;
    if (!call_query(call, &STATEMENT_decision_size, values, &rows))
        return false;
    decision->size = rows_int(&rows, 0, "size", 0);
    decision->is_draft = rows_bool(&rows, 0, "draft");
    decision->takes_part = rows_bool(&rows, 0, "takes_part");
    return true;
}

/* A large decision whose time has come is settled in the background, for which no request waits. */
static bool check_late(struct call *call, const struct rows *rows, struct decision_case *decision)
{
    if (call->job || !rows_bool(rows, 0, "late"))
        return true;
    if (!decision_size(call, decision, DECISION_LARGE))
        return false;
    if (decision->size <= DECISION_LARGE)
        return true;
    call->problem.retry_after = 5;
    return problem_set(&call->problem, PROBLEM_BUSY,
                       "The time of the decision has come, and its ballots are being counted.");
}

static bool lock(struct call *call, enum decision_right right, struct rows *rows,
                 struct decision_case *decision)
{
    *decision = (struct decision_case){0};
    if (!call_query(call, &STATEMENT_decision_lock, NULL, rows))
        return false;
    if ((right == BY_PERMISSION || !rows->count) && !call_check(call, rows))
        return false;
    decision->organisation_id = rows_text(rows, 0, "organisation_id", call->arena);
    decision->id = rows_text(rows, 0, "id", call->arena);
    decision->member_id = rows_text(rows, 0, "member_id", call->arena);
    decision->granted = rows_bool(rows, 0, "granted");
    decision->by_office = rows_bool(rows, 0, "by_office");
    return check_late(call, rows, decision);
}

/* Everything that decides about a large decision is long to read, so it is left to a job where the
 * operation may be one, and the caller may do it. Always false then. */
static bool take_now(struct call *call, const struct rows *rows, struct decision_case *decision)
{
    if (call->job || !call->operation->job)
        return true;
    if (!decision_size(call, decision, DECISION_ELECTORATE_MAX))
        return false;
    if (decision->size <= DECISION_LARGE)
        return true;
    if (!decision->granted && (decision->is_draft || !decision->takes_part))
        return call_check(call, rows);
    if (decision->is_draft && !decision_fits(call, decision->size))
        return false;
    (void)job_queue(call);
    return false;
}

bool decision_take(struct call *call, enum decision_right right, struct decision_case *decision)
{
    struct rows rows;
    return lock(call, right, &rows, decision) && take_now(call, &rows, decision) &&
           decision_settle(call, decision) && job_advance(call, 40) &&
           (framework_grants(decision) || call_check(call, &rows));
}

bool decision_ask(struct call *call, const struct decision_case *decision)
{
    const char *const ids[] = {decision->organisation_id, decision->id};
    struct rows rows;
    return call_query(call, &STATEMENT_settlement_ask, ids, &rows);
}

bool decision_take_ballot(struct call *call, struct decision_case *decision)
{
    struct rows rows;
    if (!lock(call, BY_PERMISSION, &rows, decision) ||
        !load(call, &STATEMENT_decision_load_ballot, decision->member_id, "8", decision))
        return false;
    decision->waits = decide_waits(&decision->facts, decision->member_id);
    if (!decision->waits) {
        if (!decision_size(call, decision, DECISION_LARGE))
            return false;
        decision->asks = decision->size > DECISION_LARGE;
        decision->facts.part = decision->asks && decide_takes_alone(&decision->facts);
        decision->waits = decision->facts.part;
    }
    return decision->waits || decision_settle(call, decision);
}

bool decision_look(struct call *call, struct decision_case *decision)
{
    static const char first[] = "00000000-0000-0000-0000-000000000000";
    if (!decision_size(call, decision, DECISION_LARGE))
        return false;
    if (decision->size <= DECISION_LARGE || decision->is_draft)
        return decision_load(call, decision);
    if (!load(call, &STATEMENT_decision_load_ballot, first, FAULTS_SHOWN, decision))
        return false;
    decision->facts.part =
        decision->facts.status == DECIDE_CLOSED || decide_takes_alone(&decision->facts);
    return decision->facts.part || decision_load(call, decision);
}

const char *decision_actor(const struct decision_case *decision)
{
    return decision->by_office ? NULL : decision->member_id;
}

/* What was settled goes with this transaction, so it is settled again in one of its own; should
 * that fail, the next who looks will do it. */
static void keep_settlement(struct call *call, const struct decision_case *decision)
{
    db_rollback(call->db);
    if (!decision_settle_due(call, decision->organisation_id, decision->id))
        problem_init(&call->problem, call->arena);
}

bool decision_refuse(struct call *call, const struct decision_case *decision,
                     const struct decide_refusal *refusal)
{
    if (decision->settled && !call->input.validate_only)
        keep_settlement(call, decision);
    if (refusal->code == PROBLEM_PERMISSION_DENIED)
        call->problem.permission = call->operation->permission;
    call->problem.faults = refusal->faults;
    return problem_set(&call->problem, refusal->code, "%s", refusal->detail);
}

bool decision_show(struct call *call, const struct decision_case *decision, struct rows *rows)
{
    const char *const ids[] = {decision->organisation_id, decision->id};
    return call_query(call, &STATEMENT_decision_show, ids, rows) && call_check(call, rows);
}

bool decision_answer(struct call *call, const struct decision_case *decision)
{
    struct rows rows;
    return decision_show(call, decision, &rows) && call_answer_row(call, &rows);
}

bool decision_answer_step(struct call *call, const struct decision_case *decision,
                          struct rows *before)
{
    return call->input.validate_only ? call_answer_row(call, before)
                                     : decision_answer(call, decision);
}
