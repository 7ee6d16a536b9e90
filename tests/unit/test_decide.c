/* SPDX-License-Identifier: Apache-2.0 */
/* What holds for all frameworks (FRAMEWORKS.md section 1, rules a to l), and the single decider. */
#include "decision.h"

/* Proposer p, who votes, and voters a to d. */
static struct decision *vote_draft(const char *overrides)
{
    static const char *const voters[] = {"p", "a", "b", "c", "d"};
    struct decision *d = draft("majority", overrides);
    hold(d, "p", "proposer", 1);
    for (size_t i = 0; i < 5; i++)
        hold(d, voters[i], "voters", 1);
    return d;
}

static struct decision *vote_open(const char *overrides)
{
    struct decision *d = vote_draft(overrides);
    open_now(d);
    return d;
}

#define YES "{\"choice\": \"yes\"}"
#define NO "{\"choice\": \"no\"}"
#define ABSTAIN "{\"choice\": \"abstain\"}"

TEST(decide_open__starts_the_first_phase_and_its_time)
{
    struct decision *d = vote_open(NULL);
    EXPECT(d->facts.status == DECIDE_OPEN && d->facts.phase == 0);
    EXPECT(d->facts.round == 1 && d->facts.revision == 1);
    EXPECT(d->facts.opened_at == NOON && d->facts.due_at == NOON + 7 * DAYS);
    EXPECT_TEXT(d->events, " opened:vote");
    discard(d);
}

TEST(decide_open__the_time_wanted_ends_the_last_phase)
{
    struct decision *d = vote_draft(NULL);
    d->facts.wanted_at = NOON + 2 * DAYS;
    open_now(d);
    EXPECT(d->facts.due_at == NOON + 2 * DAYS);
    discard(d);
    d = vote_draft(NULL);
    d->facts.wanted_at = NOON; /* too late to want anything */
    open_now(d);
    EXPECT(d->facts.due_at == NOON + 7 * DAYS);
    discard(d);
    d = draft("consent", NULL); /* there are phases before the last one */
    hold(d, "p", "proposer", 1);
    hold(d, "f", "facilitator", 1);
    hold(d, "a", "members", 1);
    d->facts.wanted_at = NOON + 2 * DAYS;
    open_now(d);
    EXPECT(d->facts.due_at == NOON + 3 * DAYS);
    discard(d);
}

TEST(decide_ready__tells_every_obstacle)
{
    struct decision *d = draft("majority", NULL);
    struct faults faults;
    faults_init(&faults, &d->arena);
    offer(d, "A");
    hold(d, "p", "proposer", 1);
    hold(d, "q", "proposer", 0);
    EXPECT(!decide_ready(&d->facts, &faults));
    EXPECT_TEXT(fault_lines(&d->arena, &faults),
                "/stakeholders role_too_many\n/stakeholders role_too_few\n"
                "/stakeholders/q weight_not_positive\n/options options_not_allowed\n"
                "/stakeholders phase_without_actor");
    discard(d);
}

TEST(decide_ready__options_fit_the_method)
{
    static const struct {
        const char *framework, *overrides, *options, *faults;
    } cases[] = {
        {"schulze", NULL, "A", "/options options_too_few"},
        {"schulze", NULL, "AB", ""},
        {"approval", NULL, "", "/options options_too_few"},
        {"approval", NULL, "AB", ""},
        {"approval", "{\"rule\": {\"seats\": 2}}", "ABC", ""},
        {"schulze", "{\"rule\": {\"status_quo\": \"B\"}}", "AB", ""},
        {"schulze", "{\"rule\": {\"status_quo\": \"Z\"}}", "AB",
         "/configuration/rule/status_quo unknown_option"},
    };
    static const char *const names[] = {"A", "B", "C"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct decision *d = draft(cases[i].framework, cases[i].overrides);
        struct faults faults;
        faults_init(&faults, &d->arena);
        hold(d, "a", "voters", 1);
        for (size_t j = 0; j < strlen(cases[i].options); j++)
            offer(d, names[j]);
        EXPECT(decide_ready(&d->facts, &faults) == !*cases[i].faults);
        EXPECT_TEXT(fault_lines(&d->arena, &faults), cases[i].faults);
        discard(d);
    }
}

TEST(decide_ready__shutting_out_the_proposer_may_leave_nobody)
{
    struct decision *d = draft("majority", "{\"rule\": {\"proposer_votes\": false}}");
    struct faults faults;
    faults_init(&faults, &d->arena);
    hold(d, "p", "proposer", 1);
    hold(d, "p", "voters", 1);
    EXPECT(!decide_ready(&d->facts, &faults));
    EXPECT_TEXT(fault_lines(&d->arena, &faults), "/stakeholders phase_without_actor");
    discard(d);
}

/* ---- a single decider ---- */

static struct decision *decider_open(const char *overrides, bool options)
{
    struct decision *d = draft("single_decider", overrides);
    hold(d, "x", "decider", 1);
    hold(d, "y", "informed", 1);
    if (options) {
        offer(d, "A");
        offer(d, "B");
    }
    open_now(d);
    return d;
}

#define CHOOSE(option) "{\"choice\": \"" option "\", \"rationale\": \"It is cheaper.\"}"

TEST(decider__decides_and_the_decision_closes)
{
    struct decision *d = decider_open(NULL, true);
    d->facts.now += HOUR;
    EXPECT(give(d, "x", "decision", CHOOSE("B"), NULL));
    EXPECT(d->facts.status == DECIDE_CLOSED && d->facts.closed_at == NOON + HOUR);
    EXPECT_TEXT(d->events, " opened:decide decided:decide");
    EXPECT_TEXT(outcome_of(d), "adopted");
    EXPECT(d->last.winner_count == 1);
    EXPECT_TEXT(d->last.winners[0], "B");
    struct json report = json_of(&d->arena, d->last.report);
    EXPECT_TEXT(json_get_text(json_get(&report, "decision"), "rationale"), "It is cheaper.");
    expect_recount(d);
    discard(d);
}

TEST(decider__expires_at_the_time_set_and_not_when_seen)
{
    struct decision *d = decider_open("{\"rule\": {\"expiry\": \"P2D\"}}", true);
    settle_at(d, NOON + 2 * DAYS - 1);
    EXPECT(d->facts.status == DECIDE_OPEN);
    settle_at(d, NOON + 9 * DAYS);
    EXPECT_TEXT(outcome_of(d), "expired");
    EXPECT(d->facts.closed_at == NOON + 2 * DAYS && d->last.winner_count == 0);
    EXPECT(!give(d, "x", "decision", CHOOSE("A"), NULL));
    EXPECT_TEXT(refused(d), "phase_closed");
    expect_recount(d);
    discard(d);
}

TEST(decider__without_options_adopts_or_rejects_the_proposal)
{
    static const struct {
        const char *choice, *outcome;
    } cases[] = {{CHOOSE("yes"), "adopted"}, {CHOOSE("no"), "rejected"}};
    for (size_t i = 0; i < 2; i++) {
        struct decision *d = decider_open(NULL, false);
        EXPECT(give(d, "x", "decision", cases[i].choice, NULL));
        EXPECT_TEXT(outcome_of(d), cases[i].outcome);
        discard(d);
    }
}

TEST(decider__an_option_may_be_called_no)
{
    struct decision *d = decider_open(NULL, true);
    d->options[1].key = "no";
    EXPECT(give(d, "x", "decision", CHOOSE("no"), NULL));
    EXPECT_TEXT(outcome_of(d), "adopted");
    discard(d);
}

TEST(decider__free_choice_is_configuration)
{
    struct decision *d = decider_open(NULL, true);
    EXPECT(!give(d, "x", "decision", CHOOSE("C"), NULL));
    EXPECT_TEXT(fault_lines(&d->arena, &d->refusal.faults), "/data/choice unknown_option");
    discard(d);
    d = decider_open("{\"rule\": {\"free_choice\": true}}", true);
    EXPECT(give(d, "x", "decision", CHOOSE("C"), NULL));
    EXPECT_TEXT(outcome_of(d), "adopted");
    discard(d);
}

TEST(decider__each_refusal_names_the_field)
{
    static const struct {
        const char *member, *type, *data, *subject, *code, *faults;
    } cases[] = {
        {"y", "decision", CHOOSE("A"), NULL, "permission_denied", ""},
        {"z", "decision", CHOOSE("A"), NULL, "permission_denied", ""},
        {"x", "question", "{\"text\": \"Why?\"}", NULL, "input_invalid",
         "/type input_type_unexpected"},
        {"x", "decision", "{}", NULL, "input_invalid",
         "/data/choice required\n/data/rationale reason_required"},
        {"x", "decision", "{\"choice\": 7, \"rationale\": \" \", \"colour\": 1}", NULL,
         "input_invalid",
         "/data/choice type\n/data/rationale reason_required\n/data/colour unknown_member"},
        {"x", "decision", "[]", NULL, "input_invalid", "/data type"},
        {"x", "decision", CHOOSE("A"), "i0", "input_invalid", "/subject subject_not_allowed"},
    };
    struct decision *d = decider_open(NULL, true);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        EXPECT(!give(d, cases[i].member, cases[i].type, cases[i].data, cases[i].subject));
        EXPECT_TEXT(refused(d), cases[i].code);
        EXPECT_TEXT(fault_lines(&d->arena, &d->refusal.faults), cases[i].faults);
    }
    discard(d);
}

/* ---- rules of all frameworks ---- */

TEST(rule_a__the_frozen_electorate_votes_and_nobody_else)
{
    struct decision *d = vote_open(NULL);
    EXPECT(!vote(d, "newcomer", YES));
    EXPECT_TEXT(refused(d), "permission_denied");
    discard(d);
}

TEST(rule_b__a_ballot_may_be_replaced_until_the_phase_closes)
{
    struct decision *d = vote_open(NULL);
    EXPECT(vote(d, "a", YES) && vote(d, "b", YES) && vote(d, "c", NO));
    EXPECT(vote(d, "a", NO));
    EXPECT(d->facts.ballot_count == 3);
    settle_at(d, NOON + 7 * DAYS);
    EXPECT_TEXT(outcome_of(d), "rejected");
    EXPECT(!vote(d, "a", YES));
    EXPECT_TEXT(refused(d), "phase_closed");
    discard(d);
}

TEST(rule_b__a_secret_ballot_is_final)
{
    struct decision *d = vote_open("{\"rule\": {\"secret\": true}}");
    EXPECT(vote(d, "a", YES));
    EXPECT(!vote(d, "a", NO));
    EXPECT_TEXT(refused(d), "ballot_final");
    EXPECT(vote(d, "b", YES));
    discard(d);
}

TEST(rule_c__inputs_on_earlier_revisions_do_not_count)
{
    struct decision *d = vote_open(NULL);
    EXPECT(vote(d, "a", YES));
    struct json ballot = json_of(&d->arena, YES);
    EXPECT(!decide_check_ballot(&d->facts, "b", &ballot, 0, &d->refusal));
    EXPECT_TEXT(refused(d), "revision_outdated");
    d->ballots[0].revision = 0;
    struct decide_actions actions;
    decide_may(&d->facts, "a", &actions);
    EXPECT(actions.waiting);
    settle_at(d, NOON + 7 * DAYS);
    struct json report = json_of(&d->arena, d->last.report);
    EXPECT(json_get_int(json_get(json_get(&report, "tally"), "quorum"), "cast", -1) == 0);
    discard(d);
}

TEST(rule_e__a_recount_gives_the_same_bytes_in_any_order)
{
    struct decision *d = vote_open("{\"rule\": {\"quorum\": [1, 2]}}");
    EXPECT(vote(d, "d", YES) && vote(d, "b", NO) && vote(d, "a", YES) && vote(d, "c", ABSTAIN));
    settle_at(d, NOON + 8 * DAYS);
    EXPECT_TEXT(outcome_of(d), "adopted");
    expect_any_order(d);
    discard(d);
}

static struct decision *approval_open(const char *overrides)
{
    struct decision *d = draft("approval", overrides);
    hold(d, "a", "voters", 1);
    hold(d, "b", "voters", 1);
    hold(d, "c", "voters", 1);
    offer(d, "A");
    offer(d, "B");
    offer(d, "C");
    open_now(d);
    return d;
}

#define APPROVE(option) "{\"approve\": [\"" option "\"]}"

TEST(rule_f__a_tie_is_named_and_broken_only_by_the_configured_rule)
{
    struct decision *d = approval_open(NULL);
    EXPECT(vote(d, "a", APPROVE("A")) && vote(d, "b", APPROVE("B")));
    settle_at(d, NOON + 7 * DAYS);
    EXPECT_TEXT(outcome_of(d), "tied");
    EXPECT(d->last.winner_count == 2);
    expect_recount(d);
    discard(d);
    d = approval_open("{\"rule\": {\"tie_break\": \"lot\", \"seed\": \"2023-11-15\"}}");
    EXPECT(vote(d, "a", APPROVE("A")) && vote(d, "b", APPROVE("B")));
    settle_at(d, NOON + 7 * DAYS);
    EXPECT_TEXT(outcome_of(d), "adopted");
    EXPECT(d->last.winner_count == 1);
    struct json report = json_of(&d->arena, d->last.report);
    const struct json *ties = json_get(json_get(&report, "tally"), "ties");
    EXPECT(ties && ties->list.count == 1);
    EXPECT_TEXT(json_get_text(&ties->list.items[0], "broken_by"), "lot");
    EXPECT_TEXT(json_get_text(&ties->list.items[0], "seed"), "2023-11-15");
    expect_recount(d);
    discard(d);
}

TEST(rule_g__who_left_stays_in_the_denominator_and_a_vote_cast_stays)
{
    /* 2 of 5 have voted; two of the others left: 2/5 is short of a half, 2/3 would not be */
    struct decision *d = vote_open("{\"rule\": {\"quorum\": [1, 2]}}");
    EXPECT(vote(d, "a", YES) && vote(d, "b", YES));
    elector_of(d, "b")->left = elector_of(d, "c")->left = elector_of(d, "d")->left = true;
    EXPECT(!vote(d, "c", YES));
    EXPECT_TEXT(refused(d), "permission_denied");
    settle_at(d, NOON + 7 * DAYS);
    EXPECT_TEXT(outcome_of(d), "no_quorum");
    struct json report = json_of(&d->arena, d->last.report);
    const struct json *quorum = json_get(json_get(&report, "tally"), "quorum");
    EXPECT(json_get_int(quorum, "cast", -1) == 2 && json_get_int(quorum, "eligible", -1) == 5);
    discard(d);
}

TEST(rule_g__who_left_can_do_nothing)
{
    struct decision *d = decider_open(NULL, true);
    struct decide_actions actions;
    struct decide_step step;
    elector_of(d, "x")->left = true;
    EXPECT(!give(d, "x", "decision", CHOOSE("A"), NULL));
    EXPECT_TEXT(refused(d), "permission_denied");
    EXPECT(!decide_withdraw(&d->facts, "x", &step, &d->refusal));
    EXPECT_TEXT(refused(d), "permission_denied");
    decide_may(&d->facts, "x", &actions);
    EXPECT(!actions.waiting && !actions.withdraw && !actions.input_count);
    discard(d);
}

TEST(rule_g__nobody_waits_for_who_left)
{
    struct decision *d = vote_open(NULL);
    elector_of(d, "d")->left = true;
    EXPECT(vote(d, "a", YES) && vote(d, "b", YES) && vote(d, "c", NO) && vote(d, "p", YES));
    EXPECT(d->facts.status == DECIDE_CLOSED);
    EXPECT_TEXT(d->events, " opened:vote all_in:vote");
    discard(d);
}

TEST(rule_h__nobody_voting_is_never_adoption)
{
    static const char *const rules[] = {
        "{}", "{\"rule\": {\"threshold\": [0, 1], \"inclusive\": true}}",
        "{\"rule\": {\"threshold\": [1, 2], \"inclusive\": true}}",
        "{\"rule\": {\"threshold\": [0, 1], \"inclusive\": true, \"base\": \"eligible\"}}"};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        struct decision *d = vote_open(rules[i]);
        settle_at(d, NOON + 7 * DAYS);
        EXPECT_TEXT(outcome_of(d), "rejected");
        expect_recount(d);
        discard(d);
    }
    struct decision *d = approval_open("{\"rule\": {\"tie_break\": \"lot\", \"seed\": \"s\"}}");
    settle_at(d, NOON + 7 * DAYS);
    EXPECT_TEXT(outcome_of(d), "rejected");
    EXPECT(d->last.winner_count == 0);
    discard(d);
}

TEST(rule_i__whether_the_proposer_votes_is_configuration)
{
    struct decision *d = vote_open(NULL);
    EXPECT(vote(d, "p", YES));
    discard(d);
    d = vote_open("{\"rule\": {\"proposer_votes\": false, \"quorum\": [1, 1]}}");
    EXPECT(!vote(d, "p", YES));
    EXPECT_TEXT(refused(d), "permission_denied");
    EXPECT(vote(d, "a", YES) && vote(d, "b", YES) && vote(d, "c", NO) && vote(d, "d", YES));
    EXPECT_TEXT(outcome_of(d), "adopted"); /* all four of four */
    discard(d);
}

TEST(rule_j__closing_twice_is_closing_once)
{
    struct decision *d = vote_open(NULL);
    struct decide_step step;
    settle_at(d, NOON + 7 * DAYS);
    EXPECT_TEXT(d->events, " opened:vote deadline:vote");
    settle_at(d, NOON + 9 * DAYS);
    EXPECT(decide_close(&d->facts, "p", &step, &d->refusal));
    EXPECT(step.event_count == 0 && step.closed_at == NOON + 7 * DAYS);
    EXPECT_TEXT(d->events, " opened:vote deadline:vote");
    EXPECT(!decide_advance(&d->facts, "p", NULL, 0, &step, &d->refusal));
    EXPECT_TEXT(refused(d), "decision_state");
    EXPECT(!decide_withdraw(&d->facts, "p", &step, &d->refusal));
    EXPECT_TEXT(refused(d), "decision_state");
    discard(d);
}

TEST(decide_settle__late_is_as_good_as_punctual)
{
    struct decision *d = vote_open(NULL);
    EXPECT(vote(d, "a", YES));
    expect_same_when_late(d, 7 * HOUR, 10);
    EXPECT(vote(d, "b", NO) && vote(d, "c", NO) && vote(d, "d", NO));
    struct json ballot = json_of(&d->arena, NO);
    d->ballots[d->facts.ballot_count++] =
        (struct decide_ballot){.member = "p", .ballot = &ballot, .revision = 1};
    d->facts.changed_at = d->facts.now += 5 * HOUR;
    expect_same_when_late(d, 7 * HOUR, 10);
    settle_at(d, NOON + 6 * DAYS);
    EXPECT(d->facts.closed_at == NOON + 5 * HOUR);
    discard(d);
}

TEST(decide_settle__what_comes_at_the_closing_instant_comes_too_late)
{
    struct decision *d = vote_open("{\"rule\": {\"early_close\": true}}");
    EXPECT(vote(d, "a", YES) && vote(d, "b", YES));
    struct json ballot = json_of(&d->arena, YES);
    d->ballots[d->facts.ballot_count++] =
        (struct decide_ballot){.member = "c", .ballot = &ballot, .revision = 1};
    d->facts.changed_at = NOON + 7 * DAYS;
    settle_at(d, NOON + 7 * DAYS);
    EXPECT_TEXT(d->events, " opened:vote deadline:vote");
    discard(d);
}

TEST(decide_check__the_closing_instant_belongs_to_nobody)
{
    struct decision *d = vote_open(NULL);
    d->facts.now = NOON + 7 * DAYS - 1;
    EXPECT(vote(d, "a", YES));
    d->facts.now = NOON + 7 * DAYS;
    EXPECT(!vote(d, "b", YES));
    EXPECT_TEXT(refused(d), "phase_closed");
    discard(d);
}

TEST(decide_close__tells_all_that_is_missing)
{
    struct decision *d = vote_open(NULL);
    struct decide_step step;
    EXPECT(vote(d, "a", YES) && vote(d, "b", NO));
    EXPECT(!decide_close(&d->facts, "a", &step, &d->refusal));
    EXPECT_TEXT(refused(d), "permission_denied");
    EXPECT(!decide_close(&d->facts, NULL, &step, &d->refusal));
    EXPECT_TEXT(refused(d), "phase_incomplete");
    EXPECT_TEXT(fault_lines(&d->arena, &d->refusal.faults),
                "/stakeholders/c ballot_missing\n/stakeholders/d ballot_missing\n"
                "/stakeholders/p ballot_missing");
    EXPECT(step.event_count == 0);
    discard(d);
    d = vote_open("{\"rule\": {\"secret\": true}}");
    EXPECT(vote(d, "a", YES));
    EXPECT(!decide_close(&d->facts, NULL, &step, &d->refusal));
    EXPECT_TEXT(fault_lines(&d->arena, &d->refusal.faults), "/ballots ballot_missing");
    discard(d);
}

TEST(decide_close__somebody_without_the_right_learns_only_that)
{
    struct decision *d = draft("consent", NULL);
    struct decide_step step;
    hold(d, "p", "proposer", 1);
    hold(d, "f", "facilitator", 1);
    hold(d, "a", "members", 1);
    open_now(d);
    EXPECT(!decide_close(&d->facts, "a", &step, &d->refusal));
    EXPECT(d->refusal.code == PROBLEM_PERMISSION_DENIED);
    EXPECT(!decide_close(&d->facts, "f", &step, &d->refusal));
    EXPECT(d->refusal.code == PROBLEM_DECISION_STATE);
    discard(d);
}

TEST(decide_withdraw__closes_for_those_who_may)
{
    struct decision *d = vote_open(NULL);
    struct decide_step step;
    EXPECT(vote(d, "a", YES));
    EXPECT(!decide_withdraw(&d->facts, "a", &step, &d->refusal));
    EXPECT_TEXT(refused(d), "permission_denied");
    EXPECT(decide_withdraw(&d->facts, "p", &step, &d->refusal));
    note_step(d, &step);
    EXPECT_TEXT(outcome_of(d), "withdrawn");
    EXPECT_TEXT(d->events, " opened:vote withdrawn:vote");
    expect_recount(d);
    EXPECT(decide_withdraw(&d->facts, "p", &step, &d->refusal) && step.event_count == 0);
    discard(d);
}

TEST(decide_revise__is_refused_where_the_text_is_fixed)
{
    struct decision *d = vote_open(NULL);
    struct decide_step step;
    EXPECT(!decide_revise(&d->facts, "p", &step, &d->refusal));
    EXPECT_TEXT(refused(d), "permission_denied");
    EXPECT(!decide_revise(&d->facts, NULL, &step, &d->refusal));
    EXPECT_TEXT(refused(d), "decision_state");
    discard(d);
}

TEST(decide_check__nothing_is_accepted_before_the_opening)
{
    struct decision *d = vote_draft(NULL);
    struct decide_step step;
    EXPECT(!vote(d, "a", YES));
    EXPECT_TEXT(refused(d), "decision_state");
    EXPECT(!decide_close(&d->facts, NULL, &step, &d->refusal));
    EXPECT(!decide_advance(&d->facts, NULL, NULL, 0, &step, &d->refusal));
    EXPECT(!decide_withdraw(&d->facts, NULL, &step, &d->refusal));
    settle(d);
    EXPECT(d->facts.status == DECIDE_DRAFT);
    discard(d);
}

TEST(decide_may__says_who_is_waited_for)
{
    struct decision *d = vote_open(NULL);
    struct decide_actions actions;
    decide_may(&d->facts, "a", &actions);
    EXPECT(actions.vote && actions.waiting && !actions.withdraw && !actions.input_count);
    EXPECT(actions.due_at == NOON + 7 * DAYS);
    EXPECT(vote(d, "a", YES));
    decide_may(&d->facts, "a", &actions);
    EXPECT(actions.vote && !actions.waiting);
    decide_may(&d->facts, "p", &actions);
    EXPECT(actions.withdraw && !actions.revise && !actions.close && !actions.advance);
    decide_may(&d->facts, "stranger", &actions);
    EXPECT(!actions.vote && !actions.waiting);
    d->facts.now = NOON + 7 * DAYS; /* nobody has settled, and yet it is over */
    decide_may(&d->facts, "b", &actions);
    EXPECT(!actions.vote && !actions.waiting);
    discard(d);
    d = vote_open("{\"rule\": {\"secret\": true}}");
    EXPECT(vote(d, "a", YES));
    decide_may(&d->facts, "a", &actions);
    EXPECT(!actions.vote && !actions.waiting);
    discard(d);
}

TEST(decide_participation__of_secret_ballots_shows_from_three_on)
{
    struct decision *d = vote_open("{\"rule\": {\"secret\": true}}");
    int64_t count;
    EXPECT(vote(d, "a", YES) && vote(d, "b", YES));
    EXPECT(!decide_participation(&d->facts, &count));
    EXPECT(vote(d, "c", NO));
    EXPECT(decide_participation(&d->facts, &count) && count == 3);
    discard(d);
    d = vote_open(NULL);
    EXPECT(vote(d, "a", YES));
    EXPECT(decide_participation(&d->facts, &count) && count == 1);
    discard(d);
}

/* ---- another framework is only data ---- */

static struct decision *consultative_open(void)
{
    static const char definition[] =
        "{\"key\": \"consultative\", \"name\": \"Consultative\", \"roles\": [{\"key\": "
        "\"decider\", \"min\": 1, \"max\": 1}, {\"key\": \"consulted\", \"min\": 1}], "
        "\"phases\": [{\"key\": \"consult\", \"duration\": \"P5D\", \"inputs\": [{\"type\": "
        "\"opinion\", \"by\": [\"consulted\"], \"required\": true}], \"advance\": [\"decider\"], "
        "\"ends\": [\"all_in\", \"deadline\", \"advance\"]}, {\"key\": \"decide\", \"inputs\": "
        "[{\"type\": \"response\", \"by\": [\"decider\"], \"on\": \"opinion\"}, {\"type\": "
        "\"decision\", \"by\": [\"decider\"], \"required\": true, \"reason\": true}], "
        "\"ends\": [\"decided\"]}], \"rule\": {\"method\": \"single_decider\", \"expiry\": "
        "\"P30D\"}}";
    struct decision *d = draft(definition, NULL);
    hold(d, "x", "decider", 1);
    hold(d, "a", "consulted", 1);
    hold(d, "b", "consulted", 1);
    open_now(d);
    return d;
}

TEST(framework_as_data__no_decision_before_all_consulted_answered)
{
    struct decision *d = consultative_open();
    struct decide_step step;
    EXPECT(!give(d, "x", "decision", CHOOSE("yes"), NULL));
    EXPECT_TEXT(refused(d), "decision_state");
    EXPECT(give(d, "a", "opinion", "{\"text\": \"Good\"}", NULL));
    EXPECT(!decide_advance(&d->facts, "x", NULL, 0, &step, &d->refusal));
    EXPECT_TEXT(refused(d), "phase_incomplete");
    EXPECT_TEXT(fault_lines(&d->arena, &d->refusal.faults), "/stakeholders/b input_missing");
    d->facts.now += HOUR;
    EXPECT(give(d, "b", "opinion", "{\"text\": \"Bad\"}", NULL));
    EXPECT_TEXT(d->events, " opened:consult all_in:decide");
    EXPECT(!give(d, "a", "opinion", "{\"text\": \"Hm\"}", NULL));
    EXPECT_TEXT(refused(d), "phase_closed");
    EXPECT(give(d, "x", "response", "{\"value\": \"partly\"}", "i1"));
    EXPECT(!give(d, "x", "response", "{\"value\": \"maybe\"}", "i9"));
    EXPECT_TEXT(fault_lines(&d->arena, &d->refusal.faults),
                "/subject subject_unknown\n/data/value enum");
    EXPECT(give(d, "x", "decision", CHOOSE("yes"), NULL));
    EXPECT_TEXT(outcome_of(d), "adopted");
    expect_any_order(d);
    discard(d);
}

TEST(framework_as_data__or_before_the_consult_deadline)
{
    struct decision *d = consultative_open();
    expect_same_when_late(d, 5 * HOUR, 40);
    settle_at(d, NOON + 6 * DAYS);
    EXPECT_TEXT(d->events, " opened:consult deadline:decide");
    EXPECT(d->facts.phase_started_at == NOON + 5 * DAYS);
    settle_at(d, NOON + 60 * DAYS);
    EXPECT_TEXT(outcome_of(d), "expired");
    EXPECT(d->facts.closed_at == NOON + 30 * DAYS);
    expect_recount(d);
    discard(d);
}
