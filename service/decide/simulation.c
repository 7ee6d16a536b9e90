/* SPDX-License-Identifier: Apache-2.0 */
#include "simulation.h"

#include <string.h>

/* One on its way. Engine calls allocate in the scratch arena; what lasts is copied out of it. */
struct run {
    struct simulation *simulation;
    struct simulated *out;
    struct decide_case facts;
    struct decide_input *inputs;
    struct decide_ballot *ballots;
    size_t event_room, phase_room;
};

/* ---- out of the scratch arena ---- */

static void keep_faults(struct arena *arena, const struct faults *from, struct faults *to)
{
    *to = *from;
    to->arena = arena;
    to->items = arena_array(arena, from->count, sizeof *to->items);
    for (size_t i = 0; i < from->count; i++)
        to->items[i] =
            (struct fault){arena_strdup(arena, from->items[i].pointer), from->items[i].code,
                           arena_strdup(arena, from->items[i].detail)};
}

static void keep_refusal(struct run *run, size_t index, const struct decide_refusal *refusal)
{
    struct arena *arena = run->simulation->arena;
    struct decide_refusal *kept = &run->out->refusals[index];
    kept->code = refusal->code;
    kept->detail = arena_strdup(arena, refusal->detail);
    keep_faults(arena, &refusal->faults, &kept->faults);
}

/* The array with room for one more element. */
static void *grown(struct arena *arena, void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return items;
    *room = *room ? 2 * *room : 16;
    void *more = arena_array(arena, *room, size);
    if (count)
        memcpy(more, items, count * size);
    return more;
}

/* ---- what the electorate may do ---- */

static struct decide_actions *look(struct run *run, struct faults *missing)
{
    struct simulation *simulation = run->simulation;
    struct arena *arena = simulation->arena;
    struct decide_actions *actions = arena_array(arena, simulation->elector_count, sizeof *actions);
    for (size_t i = 0; i < simulation->elector_count; i++) {
        decide_may(&run->facts, simulation->electors[i].member, &actions[i]);
        const char **types = arena_array(arena, actions[i].input_count, sizeof *types);
        for (size_t j = 0; j < actions[i].input_count; j++)
            types[j] = arena_strdup(arena, actions[i].inputs[j]);
        actions[i].inputs = types;
        arena_reset(simulation->scratch);
    }
    struct decide_step step;
    struct decide_refusal refusal;
    faults_init(missing, arena);
    if (!decide_advance(&run->facts, NULL, NULL, 0, &step, &refusal))
        keep_faults(arena, &refusal.faults, missing);
    arena_reset(simulation->scratch);
    return actions;
}

/* ---- what happens ---- */

static void end_phase(struct run *run, const struct decide_event *event)
{
    if (!run->out->phase_count)
        return;
    struct simulated_phase *phase = &run->out->phases[run->out->phase_count - 1];
    phase->ended_at = event->at;
    phase->ended_by = event->cause;
}

static void note_event(struct run *run, const struct decide_event *event)
{
    struct simulated *out = run->out;
    struct arena *arena = run->simulation->arena;
    out->events =
        grown(arena, out->events, out->event_count, &run->event_room, sizeof *out->events);
    out->events[out->event_count++] = *event;
    end_phase(run, event);
    if (event->kind == EVENT_CLOSED)
        return;
    out->phases =
        grown(arena, out->phases, out->phase_count, &run->phase_room, sizeof *out->phases);
    out->phases[out->phase_count++] = (struct simulated_phase){.key = event->phase,
                                                               .round = event->round,
                                                               .revision = event->revision,
                                                               .started_at = event->at};
}

static void note_result(struct run *run, const struct decide_step *step)
{
    struct arena *arena = run->simulation->arena;
    struct simulated *out = run->out;
    const char **winners = arena_array(arena, step->winner_count, sizeof *winners);
    for (size_t i = 0; i < step->winner_count; i++)
        winners[i] = arena_strdup(arena, step->winners[i]);
    out->result = (struct decide_result){
        .outcome = step->outcome, .winners = winners, .winner_count = step->winner_count};
    out->report = arena_strndup(arena, step->report, step->report_len);
    out->report_len = step->report_len;
}

static void store(struct run *run, const struct decide_step *step)
{
    int64_t revision = run->facts.revision;
    for (size_t i = 0; i < step->event_count; i++)
        note_event(run, &step->events[i]);
    if (step->event_count)
        decide_apply(&run->facts, step);
    if (step->event_count && step->status == DECIDE_CLOSED)
        note_result(run, step);
    for (size_t i = 0; run->facts.revision != revision && i < run->simulation->elector_count; i++) {
        run->simulation->electors[i].voted = false;
        run->simulation->electors[i].carried_by = NULL;
    }
    arena_reset(run->simulation->scratch);
}

/* When something happens by itself at the latest, INT64_MAX: never. */
static int64_t next_due(const struct run *run)
{
    const struct framework_rule *rule = &run->simulation->framework->rule;
    int64_t due = run->facts.due_at ? run->facts.due_at : INT64_MAX;
    int64_t expiry = rule->expires ? duration_add(run->facts.opened_at, &rule->expiry) : INT64_MAX;
    return due < expiry ? due : expiry;
}

static void settle(struct run *run)
{
    struct decide_step step;
    decide_settle(&run->facts, &step);
    store(run, &step);
    struct simulated_phase *phase =
        run->out->phase_count ? &run->out->phases[run->out->phase_count - 1] : NULL;
    if (run->facts.status == DECIDE_OPEN && phase && !phase->actions) {
        phase->due_at = next_due(run) < INT64_MAX ? next_due(run) : 0;
        phase->actions = look(run, &phase->missing);
    }
}

/* Lets what is due until then happen, one thing after the other. */
static void pass_time(struct run *run, int64_t until)
{
    while (run->facts.status == DECIDE_OPEN && next_due(run) <= until) {
        size_t before = run->out->event_count;
        run->facts.now = next_due(run);
        settle(run);
        if (run->out->event_count == before)
            break;
    }
    run->facts.now = until;
    settle(run);
}

/* ---- what people do ---- */

/* Steps are few, so their number in eight digits is an id that sorts by age. */
static const char *input_id(struct run *run, int64_t index)
{
    return arena_printf(run->simulation->arena, "%08lld", (long long)index);
}

static bool give_input(struct run *run, const struct simulation_step *step, size_t index,
                       struct decide_refusal *refusal)
{
    int64_t revision = step->revision ? step->revision : run->facts.revision;
    const char *subject = step->subject >= 0 ? input_id(run, step->subject) : NULL;
    if (!decide_check_input(&run->facts, step->member, step->type, step->data, subject, revision,
                            refusal))
        return false;
    run->inputs[run->facts.input_count++] =
        (struct decide_input){.id = input_id(run, (int64_t)index),
                              .member = step->member,
                              .type = step->type,
                              .revision = run->facts.revision,
                              .phase = decide_input_phase(&run->facts, step->type),
                              .round = run->facts.round,
                              .subject = subject,
                              .data = step->data,
                              .at = run->facts.now};
    return true;
}

static struct decide_elector *elector_of(struct run *run, const char *member)
{
    struct simulation *simulation = run->simulation;
    for (size_t i = 0; member && i < simulation->elector_count; i++)
        if (strcmp(simulation->electors[i].member, member) == 0)
            return &simulation->electors[i];
    return NULL;
}

static void add_ballot(struct run *run, const char *member, const struct json *ballot,
                       int64_t weight)
{
    size_t place = run->facts.ballot_count;
    for (size_t i = 0; member && i < run->facts.ballot_count; i++)
        if (strcmp(run->ballots[i].member, member) == 0)
            place = i;
    run->ballots[place] = (struct decide_ballot){.member = member,
                                                 .ballot = ballot,
                                                 .weight = weight,
                                                 .count = 1,
                                                 .revision = run->facts.revision};
    run->facts.ballot_count += place == run->facts.ballot_count;
}

/* It is detached from who casts it at once, and so are those that it carries. */
static void cast_secret(struct run *run, const struct simulation_step *step)
{
    const struct decide_proxy *carried;
    struct decide_elector *elector = elector_of(run, step->member);
    size_t count = run->simulation->framework->rule.proxy.allowed
                       ? decide_carries(&run->facts, step->member, &carried)
                       : 0;
    for (size_t i = 0; i < count; i++) {
        struct decide_elector *truster = elector_of(run, carried[i].truster);
        truster->voted = true;
        truster->carried_by = elector->member;
        add_ballot(run, NULL, step->ballot, truster->weight);
    }
    elector->voted = true;
    add_ballot(run, NULL, step->ballot, elector->weight);
}

static bool cast_ballot(struct run *run, const struct simulation_step *step,
                        struct decide_refusal *refusal)
{
    int64_t revision = step->revision ? step->revision : run->facts.revision;
    if (!decide_check_ballot(&run->facts, step->member, step->ballot, revision, refusal))
        return false;
    if (run->simulation->framework->rule.secret)
        cast_secret(run, step);
    else
        add_ballot(run, step->member, step->ballot, 0);
    run->facts.changed_at = run->facts.now;
    return true;
}

static bool put_option(struct run *run, const struct simulation_step *step,
                       struct decide_refusal *refusal)
{
    struct decide_option *options = run->simulation->options;
    size_t place = 0;
    if (!decide_check_option(&run->facts, step->member, step->option.key, refusal))
        return false;
    while (place < run->facts.option_count && strcmp(options[place].key, step->option.key) != 0)
        place++;
    bool replaced = place < run->facts.option_count;
    const char *member = replaced ? options[place].member : step->member;
    options[place] = step->option;
    options[place].member = member;
    run->facts.option_count += !replaced;
    return true;
}

static bool leave(struct run *run, const struct simulation_step *step,
                  struct decide_refusal *refusal)
{
    struct decide_elector *elector = elector_of(run, step->member);
    if (elector) {
        elector->left = true;
        elector->left_at = run->facts.now;
        return true;
    }
    *refusal = (struct decide_refusal){.code = PROBLEM_NOT_FOUND,
                                       .detail = "There is no such member in the electorate."};
    faults_init(&refusal->faults, run->simulation->scratch);
    return false;
}

static bool act(struct run *run, const struct simulation_step *step, struct decide_refusal *refusal)
{
    struct decide_step happened = {.event_count = 0};
    bool accepted = false;
    switch (step->action) {
    case SIMULATE_INPUT:
        return give_input(run, step, (size_t)(step - run->simulation->steps), refusal);
    case SIMULATE_BALLOT:
        return cast_ballot(run, step, refusal);
    case SIMULATE_OPTION:
        return put_option(run, step, refusal);
    case SIMULATE_LEAVE:
        return leave(run, step, refusal);
    case SIMULATE_ADVANCE:
        accepted = decide_advance(&run->facts, step->member, NULL, 0, &happened, refusal);
        break;
    case SIMULATE_CLOSE:
        accepted = decide_close(&run->facts, step->member, &happened, refusal);
        break;
    case SIMULATE_REVISE:
        accepted = decide_revise(&run->facts, step->member, &happened, refusal);
        break;
    case SIMULATE_WITHDRAW:
        accepted = decide_withdraw(&run->facts, step->member, &happened, refusal);
        break;
    }
    if (accepted)
        store(run, &happened);
    return accepted;
}

static void take_step(struct run *run, size_t index)
{
    struct decide_refusal refusal;
    pass_time(run, run->simulation->steps[index].at);
    run->out->accepted[index] = act(run, &run->simulation->steps[index], &refusal);
    if (!run->out->accepted[index])
        keep_refusal(run, index, &refusal);
    arena_reset(run->simulation->scratch);
    settle(run);
}

/* ---- all of it ---- */

static void begin(struct run *run)
{
    struct simulation *simulation = run->simulation;
    struct arena *arena = simulation->arena;
    run->inputs = arena_array(arena, simulation->step_count, sizeof *run->inputs);
    run->ballots = arena_array(arena, simulation->step_count * (simulation->elector_count + 1),
                               sizeof *run->ballots);
    run->out->accepted = arena_array(arena, simulation->step_count, sizeof *run->out->accepted);
    run->out->refusals = arena_array(arena, simulation->step_count, sizeof *run->out->refusals);
    run->facts = (struct decide_case){.arena = simulation->scratch,
                                      .framework = simulation->framework,
                                      .round = 1,
                                      .revision = 1,
                                      .wanted_at = simulation->wanted_at,
                                      .now = simulation->starts_at,
                                      .proposer = simulation->proposer,
                                      .electors = simulation->electors,
                                      .elector_count = simulation->elector_count,
                                      .options = simulation->options,
                                      .option_count = simulation->option_count,
                                      .proxies = simulation->proxies,
                                      .proxy_count = simulation->proxy_count,
                                      .inputs = run->inputs,
                                      .ballots = run->ballots};
}

void simulate(struct simulation *simulation, struct simulated *simulated)
{
    struct run run = {.simulation = simulation, .out = simulated};
    struct decide_step step;
    *simulated = (struct simulated){0};
    begin(&run);
    faults_init(&simulated->obstacles, simulation->arena);
    faults_init(&simulated->missing, simulation->arena);
    simulated->opened = decide_ready(&run.facts, &simulated->obstacles);
    arena_reset(simulation->scratch);
    if (simulated->opened) {
        for (size_t i = 0; i < simulation->elector_count; i++)
            simulation->electors[i].notified = true;
        decide_open(&run.facts, &step);
        store(&run, &step);
        settle(&run);
        for (size_t i = 0; i < simulation->step_count; i++)
            take_step(&run, i);
        pass_time(&run, simulation->ends_at);
        simulated->actions = look(&run, &simulated->missing);
    }
    simulated->last = run.facts;
}
