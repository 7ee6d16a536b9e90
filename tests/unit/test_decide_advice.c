/* SPDX-License-Identifier: Apache-2.0 */
/* Consultative and advice: FRAMEWORKS.md 2 and 3.1. */
#include "decision.h"

#define ADVICE "{\"text\": \"Ask the neighbours first.\"}"
#define TAKEN "{\"value\": \"taken\", \"text\": \"So I did.\"}"
#define YES "{\"choice\": \"yes\", \"rationale\": \"All said so.\"}"
#define WHY "{\"text\": \"Nobody uses it yet.\"}"

/* Decider d; affected a, b; experts e, f. */
static struct decision *seeking(const char *overrides)
{
    struct decision *d = draft("advice", overrides);
    hold(d, "d", "decider", 1);
    hold(d, "a", "affected", 1);
    hold(d, "b", "affected", 1);
    hold(d, "e", "expert", 1);
    hold(d, "f", "expert", 1);
    open_now(d);
    d->events[0] = '\0';
    return d;
}

static bool move_on(struct decision *d, const char *member)
{
    struct decide_step step;
    d->facts.now += HOUR;
    bool done = decide_advance(&d->facts, member, NULL, 0, &step, &d->refusal);
    if (done)
        note_step(d, &step);
    return done;
}

static const char *phase_of(const struct decision *d)
{
    return d->framework.phases[d->facts.phase].key;
}

static const char *refusal_of(struct decision *d)
{
    return fault_lines(&d->arena, &d->refusal.faults);
}

TEST(consultative__not_before_all_answered_or_the_deadline)
{
    for (int answers = 0; answers <= 2; answers++) {
        struct decision *d = draft("consultative", NULL);
        hold(d, "d", "decider", 1);
        hold(d, "a", "consulted", 1);
        hold(d, "b", "consulted", 1);
        open_now(d);
        EXPECT(answers < 1 || give(d, "a", "opinion", ADVICE, NULL));
        EXPECT(answers < 2 || give(d, "b", "opinion", ADVICE, NULL));
        EXPECT(give(d, "d", "decision", YES, NULL) == (answers == 2));
        if (answers < 2) {
            EXPECT_TEXT(refused(d), "decision_state");
            expect_same_when_late(d, 7 * HOUR, 40);
            settle_at(d, NOON + 7 * DAYS);
            EXPECT(give(d, "d", "decision", YES, NULL));
        }
        EXPECT_TEXT(outcome_of(d), "adopted");
        expect_any_order(d);
        discard(d);
    }
}

TEST(consultative__who_left_is_not_waited_for)
{
    struct decision *d = draft("consultative", NULL);
    hold(d, "d", "decider", 1);
    hold(d, "a", "consulted", 1);
    hold(d, "b", "consulted", 1);
    open_now(d);
    EXPECT(give(d, "a", "opinion", ADVICE, NULL));
    elector_of(d, "b")->left = true;
    settle(d);
    EXPECT_TEXT(phase_of(d), "decide");
    discard(d);
}

TEST(advice__the_quotas_let_the_decider_move_on)
{
    struct decision *d = seeking(NULL);
    EXPECT(!move_on(d, "d"));
    EXPECT_TEXT(refused(d), "phase_incomplete");
    EXPECT_TEXT(refusal_of(d), "/quotas/affected quota_unmet\n/quotas/expert quota_unmet");
    EXPECT(give(d, "a", "advice", ADVICE, NULL));
    EXPECT(!move_on(d, "d"));
    EXPECT_TEXT(refusal_of(d), "/quotas/expert quota_unmet");
    EXPECT(give(d, "e", "advice", ADVICE, NULL));
    EXPECT(!move_on(d, "a"));
    EXPECT_TEXT(refused(d), "permission_denied");
    EXPECT(move_on(d, "d"));
    EXPECT_TEXT(phase_of(d), "respond");
    discard(d);
}

TEST(advice__quotas_are_configuration)
{
    struct decision *d = seeking("{\"rule\": {\"min_affected\": 2, \"min_expert\": 0}}");
    EXPECT(give(d, "a", "advice", ADVICE, NULL));
    EXPECT(!move_on(d, "d"));
    EXPECT_TEXT(refusal_of(d), "/quotas/affected quota_unmet");
    EXPECT(give(d, "b", "advice", ADVICE, NULL));
    EXPECT(move_on(d, "d"));
    discard(d);
}

TEST(advice__a_level_tags_as_a_role_does)
{
    struct decision *d = seeking(NULL);
    elector_of(d, "e")->affected = true;
    EXPECT(give(d, "e", "advice", ADVICE, NULL));
    EXPECT(move_on(d, "d"));
    elector_of(d, "d")->affected = true; /* who gives no advice by role is no adviser */
    EXPECT(!give(d, "d", "advice", ADVICE, NULL));
    discard(d);
}

TEST(advice__every_advice_is_answered_before_the_decision)
{
    struct decision *d = seeking(NULL);
    EXPECT(give(d, "a", "advice", ADVICE, NULL)); /* i0 */
    EXPECT(give(d, "e", "advice", ADVICE, NULL)); /* i1 */
    EXPECT(give(d, "d", "response", TAKEN, "i0"));
    EXPECT(move_on(d, "d"));
    EXPECT_TEXT(phase_of(d), "respond");
    EXPECT(!give(d, "d", "decision", YES, NULL));
    EXPECT_TEXT(refused(d), "decision_state");
    EXPECT(!give(d, "d", "response", "{\"value\": \"not_taken\"}", "i1"));
    EXPECT_TEXT(refusal_of(d), "/data/text reason_required");
    EXPECT(!give(d, "d", "response", "{\"value\": \"perhaps\", \"text\": \"?\"}", "i1"));
    EXPECT_TEXT(refusal_of(d), "/data/value enum");
    EXPECT(give(d, "d", "response", "{\"value\": \"not_taken\", \"text\": \"Too dear.\"}", "i1"));
    EXPECT_TEXT(phase_of(d), "decide");
    EXPECT(give(d, "d", "decision", YES, NULL));
    EXPECT_TEXT(outcome_of(d), "adopted");
    EXPECT_TEXT(d->events, " advance:respond all_in:decide decided:decide");
    expect_any_order(d);
    discard(d);
}

TEST(advice__other_words_need_another_answer)
{
    struct decision *d = seeking(NULL);
    EXPECT(give(d, "a", "advice", ADVICE, NULL) && give(d, "e", "advice", ADVICE, NULL));
    EXPECT(give(d, "d", "response", TAKEN, "i0") && give(d, "d", "response", TAKEN, "i1"));
    d->facts.now += HOUR;
    EXPECT(give(d, "a", "advice", WHY, NULL)); /* i4 */
    EXPECT(move_on(d, "d"));
    EXPECT_TEXT(phase_of(d), "respond");
    EXPECT(give(d, "d", "response", TAKEN, "i4"));
    EXPECT_TEXT(phase_of(d), "decide");
    discard(d);
}

TEST(advice__after_the_deadline_no_quota_holds)
{
    struct decision *d = seeking(NULL);
    EXPECT(give(d, "e", "advice", ADVICE, NULL));
    expect_same_when_late(d, 17 * HOUR, 70);
    settle_at(d, NOON + 7 * DAYS);
    EXPECT_TEXT(phase_of(d), "respond");
    EXPECT(give(d, "d", "response", TAKEN, "i0") && give(d, "d", "decision", YES, NULL));
    EXPECT_TEXT(outcome_of(d), "adopted");
    discard(d);
}

TEST(advice__without_any_advice_the_deadline_leads_to_the_decision)
{
    struct decision *d = seeking(NULL);
    settle_at(d, NOON + 7 * DAYS);
    EXPECT_TEXT(d->events, " deadline:respond all_in:decide");
    settle_at(d, NOON + 60 * DAYS);
    EXPECT_TEXT(outcome_of(d), "expired");
    expect_recount(d);
    discard(d);
}

TEST(advice__a_decider_who_advises_does_not_count)
{
    struct decision *d = draft("advice", NULL);
    struct decide_actions actions;
    struct faults faults;
    faults_init(&faults, &d->arena);
    hold(d, "d", "decider", 1);
    hold(d, "d", "expert", 1);
    hold(d, "a", "affected", 1);
    EXPECT(!decide_ready(&d->facts, &faults));
    EXPECT_TEXT(fault_lines(&d->arena, &faults), "/stakeholders role_too_few");
    hold(d, "e", "expert", 1);
    open_now(d);
    EXPECT(give(d, "d", "advice", ADVICE, NULL)); /* i0 */
    EXPECT(give(d, "a", "advice", ADVICE, NULL)); /* i1 */
    EXPECT(!move_on(d, "d"));
    EXPECT_TEXT(refusal_of(d), "/quotas/expert quota_unmet");
    EXPECT(give(d, "e", "advice", ADVICE, NULL)); /* i2: all are in */
    EXPECT_TEXT(phase_of(d), "respond");
    decide_may(&d->facts, "d", &actions);
    EXPECT(actions.waiting);
    EXPECT(give(d, "d", "response", TAKEN, "i1") && give(d, "d", "response", TAKEN, "i2"));
    EXPECT_TEXT(phase_of(d), "decide");
    discard(d);
}

/* Decider d, expert e, and nobody affected. */
static struct decision *alone(void)
{
    struct decision *d = draft("advice", NULL);
    hold(d, "d", "decider", 1);
    hold(d, "e", "expert", 1);
    open_now(d);
    return d;
}

TEST(advice__nobody_affected_must_be_declared)
{
    struct decision *d = alone();
    struct decide_actions actions;
    decide_may(&d->facts, "d", &actions);
    EXPECT(actions.waiting && !actions.advance);
    EXPECT(give(d, "e", "advice", ADVICE, NULL));
    EXPECT_TEXT(phase_of(d), "seek");
    EXPECT(!move_on(d, "d"));
    EXPECT_TEXT(refusal_of(d), "/quotas/affected input_missing");
    EXPECT(!give(d, "d", "declaration", "{}", NULL));
    EXPECT_TEXT(refusal_of(d), "/data/text reason_required");
    EXPECT(!give(d, "e", "declaration", WHY, NULL));
    EXPECT_TEXT(refused(d), "permission_denied");
    EXPECT(give(d, "d", "declaration", WHY, NULL));
    EXPECT_TEXT(phase_of(d), "respond"); /* all is in */
    EXPECT(give(d, "d", "response", TAKEN, "i0") && give(d, "d", "decision", YES, NULL));
    EXPECT_TEXT(outcome_of(d), "adopted");
    const struct json *declared = json_get(json_new(&d->arena, d->last.report), "declaration");
    EXPECT_TEXT(json_get_text(json_get(declared, "data"), "text"), "Nobody uses it yet.");
    expect_any_order(d);
    discard(d);
}

TEST(advice__the_deadline_does_not_replace_the_declaration)
{
    struct decision *d = alone();
    settle_at(d, NOON + 7 * DAYS);
    EXPECT_TEXT(phase_of(d), "respond");
    EXPECT(!give(d, "d", "decision", YES, NULL));
    EXPECT(give(d, "d", "declaration", WHY, NULL));
    EXPECT_TEXT(phase_of(d), "decide");
    EXPECT(give(d, "d", "decision", YES, NULL));
    discard(d);
}

TEST(advice__who_is_affected_and_left_can_not_be_asked)
{
    struct decision *d = seeking(NULL);
    EXPECT(!give(d, "d", "declaration", WHY, NULL));
    EXPECT_TEXT(refusal_of(d), "/type declaration_not_needed");
    elector_of(d, "a")->left = elector_of(d, "b")->left = true;
    EXPECT(give(d, "d", "declaration", WHY, NULL));
    EXPECT(give(d, "e", "advice", ADVICE, NULL));
    EXPECT(move_on(d, "d"));
    discard(d);
}

TEST(advice__no_veto_and_no_no)
{
    struct decision *d = seeking(NULL);
    struct decide_step step;
    settle_at(d, NOON + 7 * DAYS);
    EXPECT(!give(d, "d", "decision", "{\"choice\": \"no\", \"rationale\": \"?\"}", NULL));
    EXPECT_TEXT(refusal_of(d), "/data/choice unknown_option");
    EXPECT(decide_withdraw(&d->facts, "d", &step, &d->refusal));
    note_step(d, &step);
    EXPECT_TEXT(outcome_of(d), "withdrawn");
    expect_recount(d);
    discard(d);
}

TEST(advice__what_comes_late_is_for_the_review)
{
    struct decision *d = seeking(NULL);
    struct decide_actions actions;
    settle_at(d, NOON + 7 * DAYS);
    decide_may(&d->facts, "a", &actions);
    EXPECT(actions.input_count == 1 && !actions.waiting);
    EXPECT(give(d, "a", "advice", ADVICE, NULL));
    EXPECT_TEXT(d->inputs[0].phase, "review");
    EXPECT_TEXT(phase_of(d), "decide"); /* it waits for no answer */
    EXPECT(give(d, "d", "decision", YES, NULL));
    EXPECT(give(d, "b", "advice", ADVICE, NULL));
    EXPECT_TEXT(d->inputs[2].phase, "review");
    EXPECT(!give(d, "d", "advice", ADVICE, NULL));
    EXPECT_TEXT(refused(d), "permission_denied");
    EXPECT(!give(d, "b", "advice", ADVICE, "i0"));
    EXPECT_TEXT(refusal_of(d), "/subject subject_not_allowed");
    EXPECT(!give(d, "b", "advice", "{}", NULL));
    EXPECT(!give(d, "d", "response", TAKEN, "i2"));
    EXPECT_TEXT(refused(d), "phase_closed");
    expect_any_order(d);
    discard(d);
}

TEST(advice__nothing_to_review_where_nothing_was_decided)
{
    struct decision *d = seeking(NULL);
    settle_at(d, NOON + 60 * DAYS);
    EXPECT_TEXT(outcome_of(d), "expired");
    EXPECT(!give(d, "a", "advice", ADVICE, NULL));
    EXPECT_TEXT(refused(d), "phase_closed");
    discard(d);
}
