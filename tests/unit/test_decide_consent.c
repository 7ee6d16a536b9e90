/* SPDX-License-Identifier: Apache-2.0 */
/* Consent: FRAMEWORKS.md 3.2, and rules c, h and i where they meet it. */
#include "decision.h"

#define CONSENT "{}"
#define CONCERN "{\"text\": \"It may cost more.\"}"
#define ARGUED                                                                                     \
    "{\"arguments\": {\"harms_capacity\": \"a\", \"limits_responsibility\": \"b\", "               \
    "\"newly_caused\": \"c\", \"necessarily_follows\": \"d\"}}"
#define RULED(a, b, c, d)                                                                          \
    "{\"arguments_given\": {\"harms_capacity\": " a ", \"limits_responsibility\": " b              \
    ", \"newly_caused\": " c ", \"necessarily_follows\": " d "}}"
#define ALL_GIVEN RULED("true", "true", "true", "true")
#define ONE_LACKS RULED("true", "true", "true", "false")

/* Proposer p, facilitator f, members p, a, b; in the phase where they object, at NOON + 2 hours. */
static struct decision *consent_open(const char *overrides)
{
    struct decision *d = draft("consent", overrides);
    hold(d, "p", "proposer", 1);
    hold(d, "f", "facilitator", 1);
    hold(d, "p", "members", 1);
    hold(d, "a", "members", 1);
    hold(d, "b", "members", 1);
    open_now(d);
    return d;
}

static void move_on(struct decision *d, const char *member)
{
    struct decide_step step;
    d->facts.now += HOUR;
    EXPECT(decide_advance(&d->facts, member, NULL, 0, &step, &d->refusal));
    note_step(d, &step);
}

static struct decision *objecting(const char *overrides)
{
    struct decision *d = consent_open(overrides);
    move_on(d, "f");
    move_on(d, "f");
    EXPECT_TEXT(d->framework.phases[d->facts.phase].key, "object");
    EXPECT(d->facts.due_at == d->facts.now + 7 * DAYS);
    d->events[0] = '\0';
    return d;
}

static bool revise(struct decision *d, const char *member)
{
    struct decide_step step;
    d->facts.now += HOUR;
    if (!decide_revise(&d->facts, member, &step, &d->refusal))
        return false;
    note_step(d, &step);
    return true;
}

static const char *reason_of(struct decision *d)
{
    struct json *report = json_new(&d->arena, d->last.report);
    const char *reason = json_get_text(report, "reason");
    return reason ? reason : "";
}

TEST(consent__all_consenting_adopts_at_once)
{
    struct decision *d = objecting(NULL);
    EXPECT(give(d, "a", "consent", CONSENT, NULL) && give(d, "b", "consent", CONSENT, NULL));
    EXPECT(d->facts.status == DECIDE_OPEN);
    d->facts.now += HOUR;
    EXPECT(give(d, "p", "consent", CONSENT, NULL));
    EXPECT_TEXT(d->events, " no_objection:object");
    EXPECT_TEXT(outcome_of(d), "adopted");
    EXPECT(d->facts.closed_at == NOON + 3 * HOUR);
    expect_any_order(d);
    discard(d);
}

TEST(consent__concerns_do_not_stand_in_the_way_and_are_kept)
{
    struct decision *d = objecting(NULL);
    EXPECT(give(d, "a", "concern", CONCERN, NULL) && give(d, "b", "concern", CONCERN, NULL) &&
           give(d, "p", "consent", CONSENT, NULL));
    EXPECT_TEXT(outcome_of(d), "adopted");
    struct json report = json_of(&d->arena, d->last.report);
    EXPECT(json_get_int(json_get(&report, "consent"), "concerns", -1) == 2);
    const struct json *stances = json_get(&report, "stances");
    EXPECT(stances && stances->list.count == 3);
    EXPECT_TEXT(json_get_text(&stances->list.items[0], "member"), "a");
    EXPECT_TEXT(json_get_text(&stances->list.items[0], "stance"), "concern");
    EXPECT_TEXT(json_get_text(json_get(&stances->list.items[0], "data"), "text"),
                "It may cost more.");
    discard(d);
}

static struct decision *objected(const char *overrides, const char *objection)
{
    struct decision *d = objecting(overrides);
    EXPECT(give(d, "a", "objection", objection, NULL)); /* i0 */
    EXPECT(give(d, "b", "consent", CONSENT, NULL) && give(d, "p", "consent", CONSENT, NULL));
    return d;
}

TEST(consent__an_objection_is_open_until_ruled)
{
    struct decision *d = objected(NULL, ARGUED);
    EXPECT(d->facts.status == DECIDE_OPEN);
    EXPECT_TEXT(d->events, "");
    EXPECT(give(d, "f", "ruling", ALL_GIVEN, "i0"));
    EXPECT_TEXT(d->events, " all_in:integrate");
    expect_same_when_late(d, 11 * HOUR, 20);
    discard(d);
}

/* (a) to (d) must all be argued: of sixteen rulings one qualifies the objection. */
TEST(consent__holacracy_takes_all_four_arguments)
{
    static const char *const yes_no[] = {"false", "true"};
    for (unsigned n = 0; n < 16; n++) {
        struct decision *d = objected(NULL, ARGUED);
        const char *ruling =
            arena_printf(&d->arena,
                         "{\"arguments_given\": {\"harms_capacity\": %s, "
                         "\"limits_responsibility\": %s, \"newly_caused\": %s, "
                         "\"necessarily_follows\": %s}}",
                         yes_no[n & 1], yes_no[n >> 1 & 1], yes_no[n >> 2 & 1], yes_no[n >> 3]);
        EXPECT(give(d, "f", "ruling", ruling, "i0"));
        EXPECT_TEXT(d->events, n == 15 ? " all_in:integrate" : " no_objection:object");
        EXPECT_TEXT(outcome_of(d), n == 15 ? "" : "adopted");
        if (n != 15)
            expect_recount(d);
        discard(d);
    }
}

TEST(consent__a_broken_policy_always_qualifies)
{
    struct decision *d = objecting(NULL);
    EXPECT(give(d, "a", "objection", "{\"policy_broken\": \"Travel policy 3\"}", NULL));
    EXPECT(!give(d, "f", "ruling", ONE_LACKS, "i0"));
    EXPECT_TEXT(refused(d), "input_invalid");
    EXPECT(strstr(fault_lines(&d->arena, &d->refusal.faults), "/subject ruling_not_needed"));
    EXPECT(give(d, "b", "consent", CONSENT, NULL) && give(d, "p", "consent", CONSENT, NULL));
    EXPECT_TEXT(d->events, " all_in:integrate");
    discard(d);
}

TEST(consent__a_ruling_is_about_arguments_that_were_given)
{
    static const struct {
        const char *data, *subject, *faults;
    } cases[] = {
        {RULED("true", "true", "false", "false"), "i0",
         "/data/arguments_given/limits_responsibility ruling_contradicts"},
        {"{\"arguments_given\": {\"harms_capacity\": 1}, \"qualified\": true}", "i0",
         "/data/arguments_given/harms_capacity type\n"
         "/data/arguments_given/limits_responsibility required\n"
         "/data/arguments_given/newly_caused required\n"
         "/data/arguments_given/necessarily_follows required\n/data/qualified unknown_member"},
        {ONE_LACKS, "i9", "/subject subject_unknown"},
        {ONE_LACKS, NULL, "/subject subject_required"},
        {"{}", "i0", "/data/arguments_given required"},
    };
    struct decision *d = objecting(NULL);
    EXPECT(give(d, "a", "objection", "{\"arguments\": {\"harms_capacity\": \"It costs.\"}}", NULL));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        EXPECT(!give(d, "f", "ruling", cases[i].data, cases[i].subject));
        EXPECT_TEXT(refused(d), "input_invalid");
        EXPECT_TEXT(fault_lines(&d->arena, &d->refusal.faults), cases[i].faults);
    }
    EXPECT(!give(d, "b", "ruling", ONE_LACKS, "i0"));
    EXPECT_TEXT(refused(d), "permission_denied");
    EXPECT(give(d, "f", "ruling", RULED("true", "false", "false", "false"), "i0"));
    discard(d);
}

TEST(consent__objections_must_fit_the_test)
{
    static const struct {
        const char *test, *data, *faults;
    } cases[] = {
        {"holacracy", "{}", "/data/arguments reason_required"},
        {"holacracy", "{\"text\": \"No!\"}", "/data/arguments reason_required"},
        {"holacracy", "{\"arguments\": {\"taste\": \"x\"}}",
         "/data/arguments/taste unknown_member\n/data/arguments reason_required"},
        {"holacracy", "{\"arguments\": {\"newly_caused\": 3}, \"policy_broken\": \"P\"}",
         "/data/arguments/newly_caused type"},
        {"holacracy", ARGUED, ""},
        {"s3", "{}", "/data/kind required\n/data/text reason_required"},
        {"s3", "{\"kind\": \"mood\", \"text\": \"x\"}", "/data/kind enum"},
        {"s3", "{\"kind\": \"risk\", \"text\": \"It may rain.\"}", ""},
        {"s3", "{\"policy_broken\": \"x\", \"kind\": \"risk\", \"text\": \"x\"}",
         "/data/policy_broken unknown_member"},
        {"none", "{}", ""},
        {"none", "{\"text\": 1}", "/data/text type"},
        {"none", ARGUED, "/data/arguments unknown_member"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char rule[100];
        (void)snprintf(rule, sizeof rule, "{\"rule\": {\"objection_test\": \"%s\"}}",
                       cases[i].test);
        struct decision *d = objecting(rule);
        EXPECT(give(d, "a", "objection", cases[i].data, NULL) == !*cases[i].faults);
        EXPECT_TEXT(fault_lines(&d->arena, &d->refusal.faults), cases[i].faults);
        discard(d);
    }
}

TEST(consent__without_rulings_every_objection_qualifies)
{
    static const struct {
        const char *rule, *data;
    } cases[] = {{"{\"rule\": {\"objection_test\": \"none\"}}", "{}"},
                 {"{\"rule\": {\"objection_test\": \"s3\"}}",
                  "{\"kind\": \"improvement\", \"text\": \"Ask first.\"}"}};
    for (size_t i = 0; i < 2; i++) {
        struct decision *d = objected(cases[i].rule, cases[i].data);
        EXPECT_TEXT(d->events, " all_in:integrate");
        discard(d);
    }
}

TEST(consent__one_stance_per_member_the_newest_counts)
{
    struct decision *d = objecting(NULL);
    EXPECT(give(d, "a", "objection", ARGUED, NULL));
    EXPECT(give(d, "b", "consent", CONSENT, NULL) && give(d, "p", "consent", CONSENT, NULL));
    d->facts.now += HOUR;
    EXPECT(give(d, "a", "consent", CONSENT, NULL)); /* takes the objection back */
    EXPECT_TEXT(outcome_of(d), "adopted");
    expect_any_order(d);
    discard(d);
}

TEST(consent__newer_is_by_time_first)
{
    struct decision *d = objecting(NULL);
    EXPECT(give(d, "a", "objection", ARGUED, NULL));
    d->inputs[0].id = "z";
    d->facts.now += HOUR;
    EXPECT(give(d, "a", "concern", CONCERN, NULL));
    EXPECT(give(d, "b", "consent", CONSENT, NULL) && give(d, "p", "consent", CONSENT, NULL));
    EXPECT_TEXT(outcome_of(d), "adopted");
    discard(d);
}

TEST(consent__a_ruling_falls_with_the_objection_it_was_about)
{
    struct decision *d = objecting(NULL);
    EXPECT(give(d, "a", "objection", ARGUED, NULL));
    EXPECT(give(d, "f", "ruling", ONE_LACKS, "i0"));
    d->facts.now += HOUR;
    EXPECT(give(d, "a", "objection", ARGUED, NULL)); /* i2 */
    EXPECT(give(d, "b", "consent", CONSENT, NULL) && give(d, "p", "consent", CONSENT, NULL));
    EXPECT(d->facts.status == DECIDE_OPEN);
    EXPECT(!give(d, "f", "ruling", ONE_LACKS, "i0"));
    EXPECT_TEXT(fault_lines(&d->arena, &d->refusal.faults), "/subject subject_unknown");
    EXPECT(give(d, "f", "ruling", ONE_LACKS, "i2"));
    EXPECT_TEXT(outcome_of(d), "adopted");
    discard(d);
}

TEST(consent__integration_starts_all_consents_afresh)
{
    struct decision *d = objected(NULL, ARGUED);
    EXPECT(give(d, "f", "ruling", ALL_GIVEN, "i0"));
    EXPECT(!revise(d, "a"));
    EXPECT_TEXT(refused(d), "permission_denied");
    EXPECT(revise(d, "p"));
    EXPECT_TEXT(d->events, " all_in:integrate revised:object");
    EXPECT(d->facts.round == 2 && d->facts.revision == 2);
    EXPECT(d->facts.phase_started_at == d->facts.now && d->facts.due_at == d->facts.now + 7 * DAYS);
    settle(d);
    EXPECT(d->facts.status == DECIDE_OPEN); /* what was said to revision 1 is history */
    struct json data = json_of(&d->arena, CONSENT);
    EXPECT(!decide_check_input(&d->facts, "a", "consent", &data, NULL, 1, &d->refusal));
    EXPECT_TEXT(refused(d), "revision_outdated");
    EXPECT(!give(d, "f", "ruling", ALL_GIVEN, "i0"));
    EXPECT(give(d, "a", "consent", CONSENT, NULL) && give(d, "b", "consent", CONSENT, NULL) &&
           give(d, "p", "consent", CONSENT, NULL));
    EXPECT_TEXT(outcome_of(d), "adopted");
    expect_any_order(d);
    discard(d);
}

TEST(consent__escalates_after_the_last_round)
{
    struct decision *d =
        objected("{\"rule\": {\"max_rounds\": 2, \"fallback\": \"majority\"}}", ARGUED);
    EXPECT(give(d, "f", "ruling", ALL_GIVEN, "i0"));
    EXPECT(revise(d, "p"));
    EXPECT(give(d, "a", "objection", ARGUED, NULL)); /* i4 */
    EXPECT(give(d, "b", "consent", CONSENT, NULL) && give(d, "p", "consent", CONSENT, NULL));
    EXPECT(d->facts.status == DECIDE_OPEN);
    EXPECT(give(d, "f", "ruling", ALL_GIVEN, "i4"));
    EXPECT_TEXT(d->events, " all_in:integrate revised:object all_in:object");
    EXPECT_TEXT(outcome_of(d), "escalated");
    EXPECT_TEXT(reason_of(d), "max_rounds");
    struct json report = json_of(&d->arena, d->last.report);
    EXPECT_TEXT(json_get_text(&report, "fallback"), "majority");
    expect_any_order(d);
    discard(d);
}

TEST(consent__unruled_objections_stay_open_past_the_deadline)
{
    struct decision *d = objected(NULL, ARGUED);
    settle_at(d, d->facts.due_at);
    EXPECT_TEXT(d->events, " deadline:integrate");
    EXPECT(!give(d, "a", "consent", CONSENT, NULL));
    EXPECT_TEXT(refused(d), "phase_closed");
    expect_same_when_late(d, 11 * HOUR, 20);
    EXPECT(give(d, "f", "ruling", ONE_LACKS, "i0"));
    EXPECT_TEXT(d->events, " deadline:integrate no_objection:integrate");
    EXPECT_TEXT(outcome_of(d), "adopted");
    expect_recount(d);
    discard(d);
}

TEST(consent__the_last_round_waits_for_rulings_and_takes_no_new_text)
{
    struct decision *d = objected("{\"rule\": {\"max_rounds\": 1}}", ARGUED);
    settle_at(d, d->facts.due_at);
    EXPECT_TEXT(d->events, " deadline:integrate");
    EXPECT(!revise(d, "p"));
    EXPECT_TEXT(refused(d), "decision_state");
    EXPECT_TEXT(fault_lines(&d->arena, &d->refusal.faults), "/round rounds_exhausted");
    EXPECT(give(d, "f", "ruling", ALL_GIVEN, "i0"));
    EXPECT_TEXT(outcome_of(d), "escalated");
    EXPECT_TEXT(reason_of(d), "max_rounds");
    discard(d);
}

TEST(consent__escalates_when_nobody_integrates)
{
    static const struct {
        bool ruled;
        const char *reason;
    } cases[] = {{true, "objection_open"}, {false, "objection_unruled"}};
    for (size_t i = 0; i < 2; i++) {
        struct decision *d = objected(NULL, ARGUED);
        if (cases[i].ruled)
            EXPECT(give(d, "f", "ruling", ALL_GIVEN, "i0"));
        settle_at(d, NOON + 60 * DAYS);
        EXPECT_TEXT(outcome_of(d), "escalated");
        EXPECT_TEXT(reason_of(d), cases[i].reason);
        expect_recount(d);
        discard(d);
    }
}

/* Rule h and "silent past the limit". Members are p (who proposes), a and b. */
TEST(consent__silence)
{
    static const struct {
        const char *silence;
        const char *answered; /* members who consent */
        const char *notified;
        const char *outcome, *reason;
    } cases[] = {
        {"none", "pab", "pab", "adopted", ""},
        {"none", "pa", "pab", "escalated", "silence"},
        {"none", "", "pab", "escalated", "silence"},
        {"consent", "pa", "pab", "adopted", ""},
        {"consent", "pa", "", "adopted", ""},
        {"consent", "a", "", "adopted", ""},
        {"consent", "", "pab", "adopted", ""},
        {"consent", "", "b", "adopted", ""},
        {"consent", "", "p", "escalated", "nobody_notified"},
        {"consent", "", "", "escalated", "nobody_notified"},
        {"consent", "p", "", "escalated", "nobody_notified"},
        {"consent", "p", "p", "escalated", "nobody_notified"},
        {"consent", "p", "a", "adopted", ""},
    };
    static const char *const names[] = {"p", "a", "b"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char rule[100];
        (void)snprintf(rule, sizeof rule, "{\"rule\": {\"silence\": \"%s\"}}", cases[i].silence);
        struct decision *d = objecting(rule);
        elector_of(d, "f")->notified = false; /* not a member of the circle: never counts */
        for (size_t j = 0; j < 3; j++) {
            elector_of(d, names[j])->notified = strchr(cases[i].notified, names[j][0]);
            if (strchr(cases[i].answered, names[j][0]))
                EXPECT(give(d, names[j], "consent", CONSENT, NULL));
        }
        if (strlen(cases[i].answered) < 3) {
            settle_at(d, d->facts.due_at - 1);
            EXPECT(d->facts.status == DECIDE_OPEN); /* silence is none before its limit */
            expect_same_when_late(d, 11 * HOUR, 3);
        }
        settle_at(d, NOON + 30 * DAYS);
        EXPECT_TEXT(outcome_of(d), cases[i].outcome);
        EXPECT_TEXT(reason_of(d), cases[i].reason);
        expect_any_order(d);
        discard(d);
    }
}

TEST(consent__silence_is_nothing_before_its_limit)
{
    struct decision *d = objecting("{\"rule\": {\"silence\": \"consent\"}}");
    struct decide_result result;
    struct buf report;
    EXPECT(give(d, "a", "consent", CONSENT, NULL));
    buf_init(&report, &d->arena, 1 << 20);
    decide_count(&d->facts, &result, &report); /* if it ended now */
    EXPECT(result.outcome == OUTCOME_ESCALATED);
    EXPECT_TEXT(result.reason, "silence");
    discard(d);
}

TEST(consent__silence_counts_after_a_late_ruling_too)
{
    struct decision *d = objecting("{\"rule\": {\"silence\": \"consent\"}}");
    EXPECT(give(d, "a", "objection", ARGUED, NULL));
    settle_at(d, d->facts.due_at);
    EXPECT_TEXT(d->events, " deadline:integrate");
    EXPECT(give(d, "f", "ruling", ONE_LACKS, "i0"));
    EXPECT_TEXT(outcome_of(d), "adopted");
    expect_recount(d);
    discard(d);
}

TEST(consent__silence_does_not_outweigh_an_objection)
{
    struct decision *d = objecting("{\"rule\": {\"silence\": \"consent\"}}");
    EXPECT(give(d, "a", "objection", ARGUED, NULL));
    EXPECT(give(d, "f", "ruling", ALL_GIVEN, "i0"));
    settle_at(d, d->facts.due_at);
    EXPECT_TEXT(d->events, " deadline:integrate");
    settle_at(d, NOON + 60 * DAYS);
    EXPECT_TEXT(outcome_of(d), "escalated");
    discard(d);
}

TEST(consent__who_left_is_silent_and_not_waited_for)
{
    static const struct {
        const char *rule, *outcome;
    } cases[] = {{"{\"rule\": {\"silence\": \"none\"}}", "escalated"},
                 {"{\"rule\": {\"silence\": \"consent\"}}", "adopted"}};
    for (size_t i = 0; i < 2; i++) {
        struct decision *d = objecting(cases[i].rule);
        elector_of(d, "b")->left = true;
        EXPECT(give(d, "a", "consent", CONSENT, NULL) && give(d, "p", "consent", CONSENT, NULL));
        EXPECT_TEXT(d->events, " no_objection:object");
        EXPECT_TEXT(outcome_of(d), cases[i].outcome);
        expect_recount(d);
        elector_of(d, "b")->left = false; /* comes back when all is over */
        expect_recount(d);
        elector_of(d, "a")->left = true;
        expect_recount(d);
        discard(d);
    }
}

TEST(consent__rule_i_may_leave_the_proposer_out)
{
    struct decision *d = objecting("{\"rule\": {\"proposer_votes\": false}}");
    EXPECT(!give(d, "p", "consent", CONSENT, NULL));
    EXPECT_TEXT(refused(d), "permission_denied");
    EXPECT(give(d, "a", "consent", CONSENT, NULL) && give(d, "b", "consent", CONSENT, NULL));
    EXPECT_TEXT(outcome_of(d), "adopted");
    discard(d);
}

TEST(consent__a_phase_that_has_ended_is_not_ended_again)
{
    struct decision *d = consent_open(NULL);
    struct decide_step step;
    EXPECT(!decide_advance(&d->facts, "f", "react", 0, &step, &d->refusal));
    EXPECT_TEXT(refused(d), "decision_state");
    EXPECT(!decide_advance(&d->facts, "p", "clarify", 0, &step, &d->refusal));
    EXPECT_TEXT(refused(d), "permission_denied");
    EXPECT(decide_advance(&d->facts, "f", "clarify", 0, &step, &d->refusal));
    note_step(d, &step);
    EXPECT(!decide_advance(&d->facts, "f", "clarify", 0, &step, &d->refusal));
    EXPECT_TEXT(refused(d), "decision_state");
    EXPECT_TEXT(d->refusal.detail, "The current phase is react.");
    d->facts.now += 3 * DAYS; /* the deadline ends it */
    EXPECT(!decide_advance(&d->facts, "f", "react", 0, &step, &d->refusal));
    EXPECT_TEXT(refused(d), "decision_state");
    note_step(d, &step);
    EXPECT_TEXT(d->events, " opened:clarify advance:react deadline:object");
    discard(d);
}

TEST(consent__questions_are_answered_before_moving_on)
{
    struct decision *d = consent_open(NULL);
    struct decide_step step;
    EXPECT(give(d, "a", "question", "{\"text\": \"How much?\"}", NULL));
    EXPECT(!decide_advance(&d->facts, "p", NULL, 0, &step, &d->refusal));
    EXPECT_TEXT(refused(d), "permission_denied");
    EXPECT(!decide_advance(&d->facts, "f", NULL, 0, &step, &d->refusal));
    EXPECT_TEXT(refused(d), "phase_incomplete");
    EXPECT_TEXT(fault_lines(&d->arena, &d->refusal.faults), "/inputs/i0 input_missing");
    EXPECT(!give(d, "a", "consent", CONSENT, NULL));
    EXPECT_TEXT(refused(d), "decision_state");
    EXPECT(give(d, "p", "answer", "{\"text\": \"Ten.\"}", "i0"));
    elector_of(d, "f")->left = true;
    EXPECT(!decide_advance(&d->facts, "f", NULL, 0, &step, &d->refusal));
    EXPECT_TEXT(refused(d), "permission_denied");
    elector_of(d, "f")->left = false;
    move_on(d, "f");
    EXPECT_TEXT(d->events, " opened:clarify advance:react");
    EXPECT(!give(d, "b", "question", "{\"text\": \"Why?\"}", NULL));
    EXPECT_TEXT(refused(d), "phase_closed");
    EXPECT(!decide_close(&d->facts, "f", &step, &d->refusal));
    EXPECT_TEXT(refused(d), "decision_state"); /* there are phases to come */
    discard(d);
}

TEST(consent__the_deadline_does_not_wait_for_answers)
{
    struct decision *d = consent_open(NULL);
    EXPECT(give(d, "a", "question", "{\"text\": \"How much?\"}", NULL));
    expect_same_when_late(d, 13 * HOUR, 30);
    settle_at(d, NOON + 7 * DAYS);
    EXPECT_TEXT(d->events, " opened:clarify deadline:react deadline:object");
    EXPECT(d->facts.phase_started_at == NOON + 6 * DAYS);
    EXPECT(d->facts.due_at == NOON + 13 * DAYS);
    discard(d);
}

TEST(consent__a_text_improved_before_it_is_judged_is_no_new_round)
{
    struct decision *d = consent_open(NULL);
    EXPECT(give(d, "a", "question", "{\"text\": \"How much?\"}", NULL));
    EXPECT(revise(d, "p"));
    EXPECT(d->facts.revision == 2 && d->facts.round == 1);
    EXPECT_TEXT(d->events, " opened:clarify revised:clarify");
    move_on(d, "f"); /* the question was about revision 1 */
    EXPECT(!revise(d, "f"));
    EXPECT_TEXT(refused(d), "permission_denied");
    discard(d);
}

TEST(consent__the_text_is_fixed_while_it_is_judged)
{
    struct decision *d = objecting(NULL);
    EXPECT(!revise(d, "p"));
    EXPECT_TEXT(refused(d), "decision_state");
    discard(d);
}

TEST(consent__expires_and_can_be_withdrawn)
{
    struct decision *d = objected("{\"rule\": {\"expiry\": \"P10D\"}}", ARGUED);
    expect_same_when_late(d, 11 * HOUR, 20);
    settle_at(d, NOON + 30 * DAYS);
    EXPECT_TEXT(d->events, " deadline:integrate expiry:integrate");
    EXPECT_TEXT(outcome_of(d), "expired");
    EXPECT(d->facts.closed_at == NOON + 10 * DAYS);
    expect_recount(d);
    discard(d);
    d = consent_open("{\"rule\": {\"expiry\": \"P3D\"}}"); /* when clarifying ends too */
    settle_at(d, NOON + 3 * DAYS);
    EXPECT_TEXT(d->events, " opened:clarify expiry:clarify");
    EXPECT_TEXT(outcome_of(d), "expired");
    discard(d);
    d = objected(NULL, ARGUED);
    struct decide_step step;
    EXPECT(!decide_withdraw(&d->facts, "a", &step, &d->refusal));
    EXPECT(decide_withdraw(&d->facts, "p", &step, &d->refusal));
    note_step(d, &step);
    EXPECT_TEXT(outcome_of(d), "withdrawn");
    expect_recount(d);
    discard(d);
}

static bool waits_for(const struct decision *d, const char *member)
{
    struct decide_actions actions;
    decide_may(&d->facts, member, &actions);
    return actions.waiting;
}

TEST(consent__waits_for_whose_turn_it_is)
{
    struct decision *d = consent_open(NULL);
    struct decide_actions actions;
    EXPECT(!waits_for(d, "a") && !waits_for(d, "p"));
    EXPECT(give(d, "a", "question", "{\"text\": \"How much?\"}", NULL));
    EXPECT(waits_for(d, "p") && !waits_for(d, "a"));
    decide_may(&d->facts, "f", &actions);
    EXPECT(!actions.advance);
    EXPECT(give(d, "p", "answer", "{\"text\": \"Ten.\"}", "i0"));
    EXPECT(!waits_for(d, "p"));
    decide_may(&d->facts, "f", &actions);
    EXPECT(actions.advance && !actions.close && actions.input_count == 1);
    move_on(d, "f");
    move_on(d, "f");
    EXPECT(waits_for(d, "a") && waits_for(d, "b") && waits_for(d, "p") && !waits_for(d, "f"));
    EXPECT(give(d, "a", "objection", ARGUED, NULL)); /* i2 */
    EXPECT(!waits_for(d, "a") && waits_for(d, "f"));
    EXPECT(give(d, "f", "ruling", ALL_GIVEN, "i2"));
    EXPECT(!waits_for(d, "f"));
    EXPECT(give(d, "b", "consent", CONSENT, NULL) && give(d, "p", "consent", CONSENT, NULL));
    EXPECT_TEXT(d->framework.phases[d->facts.phase].key, "integrate");
    EXPECT(waits_for(d, "p") && !waits_for(d, "a") && !waits_for(d, "b") && !waits_for(d, "f"));
    discard(d);
}
