/* SPDX-License-Identifier: Apache-2.0 */
/* A decision in memory, as operations would keep it: checks, stores, settles and applies. For the
 * tests of decide/. */
#ifndef COHELM_TEST_DECISION_H
#define COHELM_TEST_DECISION_H

#include "decide/decide.h"
#include "test.h"

#include <inttypes.h>

#define MANY 64
#define HOUR (INT64_C(3600) * 1000000)
#define DAYS (24 * HOUR)
#define NOON (INT64_C(1700049600) * 1000000) /* 2023-11-15T12:00:00Z */

struct decision {
    struct arena arena;
    struct framework framework;
    struct decide_case facts;
    struct decide_elector electors[MANY];
    struct decide_option options[MANY];
    struct decide_input inputs[MANY];
    struct decide_ballot ballots[MANY];
    struct proxy proxies[MANY];
    struct decide_step last; /* the newest step with events, then applied */
    struct decide_refusal refusal;
    char events[2000]; /* "cause:phase" of all events, each with a space before it */
};

__attribute__((unused)) static struct json json_of(struct arena *arena, const char *text)
{
    struct json value = {.type = JSON_NULL_VALUE};
    struct json_error error;
    if (!json_read(arena, text, strlen(text), &value, &error)) {
        printf("# not JSON: %s\n# %s\n", text, error.message);
        exit(2);
    }
    return value;
}

__attribute__((unused)) static struct json *json_new(struct arena *arena, const char *text)
{
    struct json *value = arena_alloc(arena, sizeof *value);
    *value = json_of(arena, text);
    return value;
}

/* A built-in definition. */
__attribute__((unused)) static struct json definition_of(struct arena *arena, const char *key)
{
    char text[20000];
    FILE *file = fopen(arena_printf(arena, "sql/seed/frameworks/%s.json", key), "rb");
    if (!file) {
        printf("# run from the top of the tree: no framework %s\n", key);
        exit(2);
    }
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    (void)fclose(file);
    return json_of(arena, text);
}

__attribute__((unused)) static void print_faults(const struct faults *faults)
{
    for (size_t i = 0; i < faults->count; i++)
        printf("#   %s %s: %s\n", faults->items[i].pointer, faults->items[i].code,
               faults->items[i].detail);
}

/* "pointer code" of each fault, a line each. */
__attribute__((unused)) static const char *fault_lines(struct arena *arena,
                                                       const struct faults *faults)
{
    const char *lines = "";
    for (size_t i = 0; i < faults->count; i++)
        lines = arena_printf(arena, "%s%s%s %s", lines, i ? "\n" : "", faults->items[i].pointer,
                             faults->items[i].code);
    return lines;
}

/* A draft by a definition, given as JSON text or as the key of a built-in one, and the
 * configuration of the decision (NULL: none). */
__attribute__((unused)) static struct decision *draft(const char *framework, const char *overrides)
{
    struct decision *d = calloc(1, sizeof *d);
    if (!d)
        exit(2);
    arena_init(&d->arena);
    struct faults faults;
    faults_init(&faults, &d->arena);
    struct json definition =
        framework[0] == '{' ? json_of(&d->arena, framework) : definition_of(&d->arena, framework);
    struct json *frozen = arena_alloc(&d->arena, sizeof *frozen);
    if (!framework_configure(&d->arena, &definition,
                             overrides ? json_new(&d->arena, overrides) : NULL, frozen, &faults) ||
        !framework_read(&d->arena, frozen, &d->framework, &faults)) {
        print_faults(&faults);
        exit(2);
    }
    d->facts = (struct decide_case){.arena = &d->arena,
                                    .framework = &d->framework,
                                    .status = DECIDE_DRAFT,
                                    .now = NOON,
                                    .electors = d->electors,
                                    .options = d->options,
                                    .inputs = d->inputs,
                                    .ballots = d->ballots,
                                    .proxies = d->proxies};
    return d;
}

__attribute__((unused)) static void discard(struct decision *d)
{
    arena_release(&d->arena);
    free(d);
}

/* The member holds the role from now on, with that weight; roles of one member add up. */
__attribute__((unused)) static void hold(struct decision *d, const char *member, const char *role,
                                         int64_t weight)
{
    int bit = framework_role_find(&d->framework, role);
    struct decide_elector *elector = d->electors;
    while (elector->member && strcmp(elector->member, member) != 0)
        elector++;
    if (!elector->member)
        d->facts.elector_count++;
    if (bit < 0) {
        printf("# no role %s\n", role);
        exit(2);
    }
    elector->member = member;
    elector->weight = weight;
    elector->notified = true;
    elector->roles |= 1U << bit;
    if (strcmp(role, "proposer") == 0)
        d->facts.proposer = member;
}

__attribute__((unused)) static struct decide_elector *elector_of(struct decision *d,
                                                                 const char *member)
{
    for (size_t i = 0; i < d->facts.elector_count; i++)
        if (strcmp(d->electors[i].member, member) == 0)
            return &d->electors[i];
    return NULL;
}

__attribute__((unused)) static void offer(struct decision *d, const char *option)
{
    d->options[d->facts.option_count++] = (struct decide_option){.key = option, .title = option};
}

static void note_step(struct decision *d, const struct decide_step *step)
{
    for (size_t i = 0; i < step->event_count; i++) {
        size_t used = strlen(d->events);
        (void)snprintf(d->events + used, sizeof d->events - used, " %s:%s", step->events[i].cause,
                       step->events[i].phase);
    }
    if (step->event_count)
        d->last = *step;
    decide_apply(&d->facts, step);
}

__attribute__((unused)) static void open_now(struct decision *d)
{
    struct decide_step step;
    struct faults faults;
    faults_init(&faults, &d->arena);
    if (!decide_ready(&d->facts, &faults)) {
        print_faults(&faults);
        exit(2);
    }
    decide_open(&d->facts, &step);
    note_step(d, &step);
}

__attribute__((unused)) static void settle(struct decision *d)
{
    struct decide_step step;
    decide_settle(&d->facts, &step);
    note_step(d, &step);
}

__attribute__((unused)) static void settle_at(struct decision *d, int64_t now)
{
    d->facts.now = now;
    settle(d);
}

/* The truster trusts the trustee (NULL: nobody) from now on. */
__attribute__((unused)) static void entrust(struct decision *d, const char *truster,
                                            const char *trustee, int64_t scope)
{
    d->proxies[d->facts.proxy_count++] = (struct proxy){truster, trustee, scope, d->facts.now, 0};
}

/* Gives an input if it is accepted; "i<n>" is its id, n from 0. */
__attribute__((unused)) static bool give(struct decision *d, const char *member, const char *type,
                                         const char *data, const char *subject)
{
    struct json *value = json_new(&d->arena, data);
    if (!decide_check_input(&d->facts, member, type, value, subject, d->facts.revision,
                            &d->refusal))
        return false;
    size_t n = d->facts.input_count++;
    d->inputs[n] = (struct decide_input){.id = arena_printf(&d->arena, "i%zu", n),
                                         .member = member,
                                         .type = type,
                                         .revision = d->facts.revision,
                                         .phase = decide_input_phase(&d->facts, type),
                                         .round = d->facts.round,
                                         .subject = subject,
                                         .data = value,
                                         .at = d->facts.now};
    d->facts.changed_at = d->facts.now;
    settle(d);
    return true;
}

/* Casts a ballot if it is accepted, in place of the member's earlier one. */
__attribute__((unused)) static bool vote(struct decision *d, const char *member, const char *ballot)
{
    struct json *value = json_new(&d->arena, ballot);
    if (!decide_check_ballot(&d->facts, member, value, d->facts.revision, &d->refusal))
        return false;
    bool secret = d->framework.rule.secret;
    size_t n = 0;
    while (n < d->facts.ballot_count && (secret || strcmp(d->ballots[n].member, member) != 0))
        n++;
    if (n == d->facts.ballot_count)
        d->facts.ballot_count++;
    d->ballots[n] = (struct decide_ballot){.member = secret ? NULL : member,
                                           .ballot = value,
                                           .weight = secret ? elector_of(d, member)->weight : 0,
                                           .revision = d->facts.revision};
    elector_of(d, member)->voted = secret;
    d->facts.changed_at = d->facts.now;
    settle(d);
    return true;
}

__attribute__((unused)) static const char *outcome_of(const struct decision *d)
{
    const char *text = decide_outcome_text(d->last.outcome);
    return text ? text : "";
}

__attribute__((unused)) static const char *refused(const struct decision *d)
{
    return problem_kinds[d->refusal.code].code;
}

/* The stored report equals that of a recount, also years later. */
__attribute__((unused)) static void expect_recount(struct decision *d)
{
    struct decide_result result;
    struct buf report;
    buf_init(&report, &d->arena, 1 << 20);
    d->facts.now += 1000 * DAYS;
    decide_count(&d->facts, &result, &report);
    EXPECT_TEXT(buf_cstr(&report), d->last.report);
    EXPECT(result.outcome == d->last.outcome);
    settle(d);
    d->facts.now -= 1000 * DAYS;
}

/* Whoever looks late sees what a punctual one saw: from the facts as they are, settling at any t1
 * and then at t2 gives what settling at t2 gives. */
__attribute__((unused)) static void expect_same_when_late(const struct decision *d, int64_t step,
                                                          int64_t days)
{
    for (int64_t t1 = d->facts.now; t1 <= d->facts.now + days * DAYS; t1 += step) {
        struct decide_case once = d->facts, twice = d->facts;
        struct decide_step at_once, first, second;
        once.now = d->facts.now + days * DAYS;
        decide_settle(&once, &at_once);
        twice.now = t1;
        decide_settle(&twice, &first);
        decide_apply(&twice, &first);
        twice.now = once.now;
        decide_settle(&twice, &second);
        const struct decide_step *closing = second.event_count ? &second : &first;
        EXPECT(first.event_count + second.event_count == at_once.event_count);
        EXPECT(second.status == at_once.status && second.phase == at_once.phase);
        EXPECT(second.phase_started_at == at_once.phase_started_at);
        EXPECT(second.due_at == at_once.due_at && second.closed_at == at_once.closed_at);
        EXPECT(closing->outcome == at_once.outcome);
        if (at_once.report)
            EXPECT_TEXT(closing->report, at_once.report);
    }
}

static uint32_t random_state = 1;

__attribute__((unused)) static size_t random_below(size_t n)
{
    random_state = random_state * 1664525U + 1013904223U; /* Numerical Recipes */
    return (random_state >> 8) % n;
}

#define SHUFFLE(items, count)                                                                      \
    for (size_t shuffled = (count); shuffled > 1; shuffled--) {                                    \
        size_t other = random_below(shuffled);                                                     \
        __typeof__((items)[0]) kept = (items)[shuffled - 1];                                       \
        (items)[shuffled - 1] = (items)[other];                                                    \
        (items)[other] = kept;                                                                     \
    }

/* The order in which facts are read does not matter. */
__attribute__((unused)) static void expect_any_order(struct decision *d)
{
    for (int i = 0; i < 20; i++) {
        SHUFFLE(d->inputs, d->facts.input_count);
        SHUFFLE(d->ballots, d->facts.ballot_count);
        SHUFFLE(d->electors, d->facts.elector_count);
        expect_recount(d);
    }
}

#endif
