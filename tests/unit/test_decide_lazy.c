/* SPDX-License-Identifier: Apache-2.0 */
/* Lazy consensus: FRAMEWORKS.md 3.5, and rule h where it meets it. */
#include "decision.h"

#define WHY "{\"text\": \"The tests fail on Mondays.\"}"

/* Proposer p; voters p, a, b, c. */
static struct decision *window(const char *overrides)
{
    static const char *const voters[] = {"p", "a", "b", "c"};
    struct decision *d = draft("lazy_consensus", overrides);
    hold(d, "p", "proposer", 1);
    for (size_t i = 0; i < 4; i++)
        hold(d, voters[i], "voters", 1);
    open_now(d);
    return d;
}

static const char *reason_of(struct decision *d)
{
    const char *reason = json_get_text(json_new(&d->arena, d->last.report), "reason");
    return reason ? reason : "";
}

/* One letter for each of p, a, b, c: + 0 - for answers, v for a -1 without reason, . for none. */
static void say_all(struct decision *d, const char *answers)
{
    static const char *const voters[] = {"p", "a", "b", "c"};
    for (size_t i = 0; answers[i]; i++) {
        const char *type = answers[i] == '+'   ? "plus_one"
                           : answers[i] == '0' ? "zero"
                                               : "minus_one";
        if (answers[i] != '.')
            EXPECT(give(d, voters[i], type, answers[i] == '-' ? WHY : "{}", NULL));
    }
}

TEST(lazy__the_rule)
{
    static const struct {
        const char *rule, *answers, *outcome, *reason;
    } cases[] = {
        {"{}", "....", "adopted", ""},
        {"{}", "++++", "adopted", ""},
        {"{}", "0000", "adopted", ""},
        {"{}", "+++-", "rejected", "minus_one"},
        {"{}", "-...", "rejected", "minus_one"},
        {"{\"fallback\": \"majority\"}", "+++-", "escalated", "minus_one"},
        {"{\"fallback\": \"majority\"}", "++++", "adopted", ""},
        /* a -1 without a reason is void */
        {"{}", "+++v", "adopted", ""},
        {"{\"fallback\": \"majority\"}", "vvvv", "adopted", ""},
        {"{\"min_plus_ones\": 2}", "+.0.", "rejected", "too_few_plus_ones"},
        {"{\"min_plus_ones\": 2}", "+.+.", "adopted", ""},
        {"{\"min_plus_ones\": 2}", "....", "rejected", "too_few_plus_ones"},
        {"{\"min_plus_ones\": 2}", "++v.", "adopted", ""},
        {"{\"min_plus_ones\": 2}", "++-.", "rejected", "minus_one"},
        /* rule h: nobody answering, or nobody but the proposer, is adoption only where silence is
         * consent */
        {"{\"silence\": \"none\"}", "....", "rejected", "nobody_answered"},
        {"{\"silence\": \"none\"}", "+...", "rejected", "nobody_answered"},
        {"{\"silence\": \"none\"}", "...v", "rejected", "nobody_answered"},
        {"{\"silence\": \"none\"}", ".0..", "adopted", ""},
        {"{\"silence\": \"none\", \"min_plus_ones\": 1}", "+0..", "adopted", ""},
        {"{\"proposer_votes\": false, \"min_plus_ones\": 1}", ".0..", "rejected",
         "too_few_plus_ones"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char overrides[200];
        (void)snprintf(overrides, sizeof overrides, "{\"rule\": %s}", cases[i].rule);
        struct decision *d = window(overrides);
        say_all(d, cases[i].answers);
        settle_at(d, NOON + 3 * DAYS - 1);
        EXPECT(d->facts.status == DECIDE_OPEN);
        expect_same_when_late(d, 5 * HOUR, 6);
        settle_at(d, NOON + 3 * DAYS);
        if (strcmp(outcome_of(d), cases[i].outcome) != 0)
            printf("# case %zu\n", i);
        EXPECT_TEXT(outcome_of(d), cases[i].outcome);
        EXPECT_TEXT(reason_of(d), cases[i].reason);
        EXPECT(d->facts.closed_at == NOON + 3 * DAYS);
        expect_any_order(d);
        discard(d);
    }
}

TEST(lazy__rule_h_somebody_else_must_have_been_told)
{
    struct decision *d = window(NULL);
    for (size_t i = 1; i < 4; i++)
        d->electors[i].notified = false;
    struct decision *alone = draft("lazy_consensus", NULL);
    hold(alone, "p", "proposer", 1);
    open_now(alone);
    settle_at(d, NOON + 3 * DAYS);
    settle_at(alone, NOON + 3 * DAYS);
    EXPECT_TEXT(outcome_of(d), "rejected");
    EXPECT_TEXT(reason_of(d), "nobody_notified");
    EXPECT_TEXT(outcome_of(alone), "rejected");
    EXPECT_TEXT(reason_of(alone), "nobody_notified");
    discard(d);
    discard(alone);
}

TEST(lazy__a_minus_one_may_be_taken_back_while_the_window_is_open)
{
    struct decision *d = window(NULL);
    say_all(d, "...-");
    d->facts.now += HOUR;
    EXPECT(give(d, "c", "zero", "{}", NULL));
    settle_at(d, NOON + 3 * DAYS);
    EXPECT_TEXT(outcome_of(d), "adopted");
    EXPECT(!give(d, "c", "minus_one", WHY, NULL));
    EXPECT_TEXT(refused(d), "phase_closed");
    expect_any_order(d);
    discard(d);
}

TEST(lazy__nobody_can_end_the_window_before_its_time)
{
    struct decision *d = window(NULL);
    struct decide_step step;
    say_all(d, "++++");
    EXPECT(d->facts.status == DECIDE_OPEN);
    EXPECT(!decide_advance(&d->facts, NULL, NULL, 0, &step, &d->refusal));
    EXPECT_TEXT(refused(d), "phase_incomplete");
    EXPECT(!decide_close(&d->facts, NULL, &step, &d->refusal));
    EXPECT_TEXT(refused(d), "phase_incomplete");
    EXPECT(d->facts.due_at == NOON + 3 * DAYS);
    discard(d);
}

static const char *configured(const char *overrides)
{
    static char lines[500];
    struct arena arena;
    struct json frozen;
    struct faults faults;
    arena_init(&arena);
    faults_init(&faults, &arena);
    struct json definition = definition_of(&arena, "lazy_consensus");
    (void)framework_configure(&arena, &definition, json_new(&arena, overrides), &frozen, &faults);
    (void)snprintf(lines, sizeof lines, "%s", fault_lines(&arena, &faults));
    arena_release(&arena);
    return lines;
}

TEST(lazy__a_decision_may_only_lengthen_the_window)
{
    EXPECT_TEXT(configured("{\"phases\": {\"window\": {\"duration\": \"P2D\"}}}"),
                "/phases/window/duration window_shortened");
    EXPECT_TEXT(configured("{\"phases\": {\"window\": {\"duration\": \"PT71H59M\"}}}"),
                "/phases/window/duration window_shortened");
    EXPECT_TEXT(configured("{\"phases\": {\"window\": {\"duration\": \"PT72H\"}}}"), "");
    EXPECT_TEXT(configured("{\"phases\": {\"window\": {\"duration\": \"P1M\"}}}"), "");
    EXPECT_TEXT(configured("{\"phases\": {\"window\": {\"duration\": null}}}"),
                "/phases/0/ends phase_without_end\n/phases/0/ends window_shortened");
    EXPECT_TEXT(configured("{\"rule\": {\"expiry\": \"P1D\"}}"), "/rule/expiry unknown_member");
}

TEST(lazy__a_time_that_is_wanted_may_only_lengthen_the_window)
{
    struct faults faults;
    struct decision *d = draft("lazy_consensus", NULL);
    hold(d, "p", "proposer", 1);
    faults_init(&faults, &d->arena);
    d->facts.wanted_at = NOON + 3 * DAYS - 1;
    EXPECT(!decide_ready(&d->facts, &faults));
    EXPECT_TEXT(fault_lines(&d->arena, &faults), "/due_at window_shortened");
    d->facts.wanted_at = NOON + 9 * DAYS;
    open_now(d);
    EXPECT(d->facts.due_at == NOON + 9 * DAYS);
    discard(d);
}

/* The window opens after a phase of questions: the time that was wanted would leave it a day. */
TEST(lazy__a_time_that_is_wanted_leaves_a_later_window_whole)
{
    struct decision *d =
        draft("{\"key\": \"k\", \"name\": \"K\", \"roles\": [{\"key\": \"voters\"}], \"phases\": "
              "[{\"key\": \"ask\", \"duration\": \"P3D\", \"inputs\": [{\"type\": \"question\", "
              "\"by\": [\"voters\"]}], \"ends\": [\"deadline\"]}, {\"key\": \"window\", "
              "\"duration\": \"P3D\", \"inputs\": [{\"type\": \"minus_one\", \"by\": "
              "[\"voters\"]}], \"ends\": [\"deadline\"]}], \"rule\": {\"method\": "
              "\"lazy_consensus\", \"silence\": \"consent\"}}",
              NULL);
    hold(d, "a", "voters", 1);
    d->facts.wanted_at = NOON + 4 * DAYS;
    open_now(d);
    settle_at(d, NOON + 5 * DAYS);
    EXPECT(d->facts.status == DECIDE_OPEN && d->facts.due_at == NOON + 6 * DAYS);
    settle_at(d, NOON + 6 * DAYS);
    EXPECT(d->facts.status == DECIDE_CLOSED && d->facts.closed_at == NOON + 6 * DAYS);
    discard(d);
    d = draft("lazy_consensus", NULL);
    hold(d, "p", "proposer", 1);
    d->facts.wanted_at = NOON + 9 * DAYS;
    open_now(d);
    EXPECT(d->facts.due_at == NOON + 9 * DAYS);
    discard(d);
}
