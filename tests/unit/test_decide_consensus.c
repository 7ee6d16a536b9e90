/* SPDX-License-Identifier: Apache-2.0 */
/* Consensus: FRAMEWORKS.md 3.4. */
#include "decision.h"

#define WHY "{\"text\": \"It would end our support for schools.\"}"

/* Proposer p; members a to e, and p where it is asked for. In the poll, at NOON + 1 hour. */
static struct decision *polling(const char *overrides)
{
    static const char *const members[] = {"a", "b", "c", "d", "e"};
    struct decision *d = draft("consensus", overrides);
    struct decide_step step;
    hold(d, "p", "proposer", 1);
    for (size_t i = 0; i < 5; i++)
        hold(d, members[i], "members", 1);
    open_now(d);
    d->facts.now += HOUR;
    EXPECT(decide_advance(&d->facts, "p", NULL, 0, &step, &d->refusal));
    note_step(d, &step);
    EXPECT_TEXT(d->framework.phases[d->facts.phase].key, "poll");
    d->events[0] = '\0';
    return d;
}

/* One letter for each of a to e: A agree, R reservations, S stand aside, O abstain, B block,
 * V block without a reason, - says nothing. */
static void say_all(struct decision *d, const char *positions)
{
    static const char *const members[] = {"a", "b", "c", "d", "e"};
    for (size_t i = 0; positions[i]; i++) {
        const char *type = positions[i] == 'A'   ? "agree"
                           : positions[i] == 'R' ? "reservations"
                           : positions[i] == 'S' ? "stand_aside"
                           : positions[i] == 'O' ? "abstain"
                                                 : "block";
        if (positions[i] != '-')
            EXPECT(give(d, members[i], type, positions[i] == 'B' ? WHY : "{}", NULL));
    }
}

static const char *report_text(struct decision *d, const char *key)
{
    const char *text = json_get_text(json_new(&d->arena, d->last.report), key);
    return text ? text : "";
}

static int64_t counted(struct decision *d, const char *key)
{
    return json_get_int(json_get(json_new(&d->arena, d->last.report), "consensus"), key, -1);
}

/* Outcome and reason at the deadline, or before it when all have answered. */
TEST(consensus__the_rule)
{
    static const struct {
        const char *rule, *positions, *outcome, *reason;
    } cases[] = {
        {"{}", "AAAAA", "adopted", ""},
        {"{}", "A----", "adopted", ""},
        {"{}", "ARSOO", "adopted", ""},
        {"{}", "ASSSS", "adopted", ""},
        {"{}", "AAAAB", "blocked", ""},
        {"{\"max_blocks\": 1}", "AAAAB", "adopted", ""},
        {"{\"max_blocks\": 1}", "AAABB", "blocked", ""},
        /* a block without reason is void, and no vote */
        {"{}", "AAAAV", "adopted", ""},
        {"{\"quorum\": [1, 1]}", "AAAAV", "no_quorum", ""},
        /* at least one agrees */
        {"{}", "RRRRR", "rejected", "nobody_agrees"},
        {"{}", "OOSSO", "rejected", "nobody_agrees"},
        {"{}", "-----", "rejected", "nobody_agrees"},
        /* quorum: cast * d >= n * eligible; abstaining counts */
        {"{\"quorum\": [3, 5]}", "AA---", "no_quorum", ""},
        {"{\"quorum\": [3, 5]}", "AAO--", "adopted", ""},
        {"{\"quorum\": [3, 5]}", "AB---", "no_quorum", ""},
        {"{\"minimum\": 4}", "AAA--", "no_quorum", ""},
        {"{\"minimum\": 3}", "AAA--", "adopted", ""},
        /* stand-asides * d <= n * cast */
        {"{\"stand_aside_cap\": [1, 3]}", "AAS--", "adopted", ""},
        {"{\"stand_aside_cap\": [1, 3]}", "ASS--", "rejected", "stand_asides"},
        {"{\"stand_aside_cap\": [2, 5]}", "AAASS", "adopted", ""},
        {"{\"stand_aside_cap\": [1, 5]}", "AAASS", "rejected", "stand_asides"},
        {"{\"stand_aside_cap\": [0, 1]}", "AAAAS", "rejected", "stand_asides"},
        /* a supermajority after the last round: yes is agreed, no is blocked */
        {"{\"threshold\": [3, 4], \"base\": \"cast\", \"inclusive\": true}", "AARBO", "blocked",
         ""},
        {"{\"threshold\": [3, 5], \"base\": \"cast\", \"inclusive\": true}", "AARBO", "adopted",
         "supermajority"},
        {"{\"threshold\": [3, 5], \"base\": \"cast\"}", "AARBO", "blocked", ""},
        {"{\"threshold\": [3, 5], \"base\": \"yes_no\"}", "AARBO", "adopted", "supermajority"},
        {"{\"threshold\": [1, 2], \"base\": \"eligible\", \"quorum\": [4, 5]}", "AAB--",
         "no_quorum", ""},
        {"{\"threshold\": [1, 2]}", "OOSSO", "rejected", "nobody_agrees"},
        /* or another framework after it; only abstentions and stand-asides stay a rejection */
        {"{\"fallback\": \"majority\"}", "AARBO", "escalated", "max_rounds"},
        {"{\"fallback\": \"majority\"}", "BBBBB", "escalated", "max_rounds"},
        {"{\"fallback\": \"majority\"}", "AARSO", "adopted", ""},
        {"{\"fallback\": \"majority\"}", "OOSSO", "rejected", "nobody_agrees"},
        {"{\"fallback\": \"majority\", \"stand_aside_cap\": [1, 3]}", "ASS--", "escalated",
         "max_rounds"},
        {"{\"fallback\": \"majority\", \"quorum\": [3, 5]}", "AB---", "no_quorum", ""},
        {"{\"fallback\": \"majority\"}", "-----", "rejected", "nobody_agrees"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char overrides[200];
        (void)snprintf(overrides, sizeof overrides, "{\"rule\": %s}", cases[i].rule);
        struct decision *d = polling(overrides);
        say_all(d, cases[i].positions);
        EXPECT((d->facts.status == DECIDE_CLOSED) == !strchr(cases[i].positions, '-'));
        settle_at(d, d->facts.now + 7 * DAYS);
        if (strcmp(outcome_of(d), cases[i].outcome) != 0)
            printf("# case %zu\n", i);
        EXPECT_TEXT(outcome_of(d), cases[i].outcome);
        EXPECT_TEXT(report_text(d, "reason"), cases[i].reason);
        expect_any_order(d);
        discard(d);
    }
}

TEST(consensus__the_report_counts_positions_and_voids)
{
    struct decision *d = polling(NULL);
    say_all(d, "ARSOV");
    EXPECT(counted(d, "eligible") == 5 && counted(d, "cast") == 4);
    EXPECT(counted(d, "agree") == 1 && counted(d, "reservations") == 1 &&
           counted(d, "stand_aside") == 1 && counted(d, "abstain") == 1);
    EXPECT(counted(d, "block") == 0 && counted(d, "blocks_void") == 1);
    EXPECT(!strstr(d->last.report, "tally"));
    discard(d);
}

TEST(consensus__weights_do_not_count)
{
    struct decision *d = polling("{\"rule\": {\"quorum\": [3, 5]}}");
    elector_of(d, "a")->weight = 100;
    say_all(d, "AA---");
    settle_at(d, d->facts.now + 7 * DAYS);
    EXPECT_TEXT(outcome_of(d), "no_quorum");
    discard(d);
}

TEST(consensus__a_block_may_need_supporters)
{
    static const char rule[] = "{\"rule\": {\"block_supporters\": 2}}";
    struct decision *d = polling(rule);
    say_all(d, "B"); /* i0 */
    EXPECT(give(d, "b", "support", "{}", "i0"));
    EXPECT(give(d, "b", "support", "{}", "i0")); /* once only */
    EXPECT(give(d, "a", "support", "{}", "i0")); /* not oneself */
    EXPECT(give(d, "b", "agree", "{}", NULL) && give(d, "c", "agree", "{}", NULL));
    EXPECT(!give(d, "p", "support", "{}", "i0"));
    EXPECT_TEXT(refused(d), "permission_denied");
    struct decision *other = polling(rule);
    settle_at(d, d->facts.now + 7 * DAYS);
    EXPECT_TEXT(outcome_of(d), "adopted");
    EXPECT(counted(d, "blocks_void") == 1);
    say_all(other, "BAA");
    EXPECT(give(other, "b", "support", "{}", "i0") && give(other, "e", "support", WHY, "i0"));
    EXPECT(!give(other, "d", "support", "{}", "i1"));
    EXPECT_TEXT(fault_lines(&other->arena, &other->refusal.faults), "/subject subject_unknown");
    settle_at(other, other->facts.now + 7 * DAYS);
    EXPECT_TEXT(outcome_of(other), "blocked");
    expect_any_order(other);
    discard(other);
    discard(d);
}

TEST(consensus__support_is_for_the_block_that_was_read)
{
    struct decision *d = polling("{\"rule\": {\"block_supporters\": 1}}");
    say_all(d, "B"); /* i0 */
    EXPECT(give(d, "b", "support", "{}", "i0"));
    d->facts.now += HOUR;
    EXPECT(give(d, "a", "block", "{\"text\": \"Another reason.\"}", NULL)); /* i2 */
    EXPECT(give(d, "c", "agree", "{}", NULL));
    settle_at(d, d->facts.now + 7 * DAYS);
    EXPECT_TEXT(outcome_of(d), "adopted");
    discard(d);
}

TEST(consensus__another_round_until_the_last)
{
    struct decision *d = polling("{\"rule\": {\"max_rounds\": 2}}");
    struct decide_step step;
    say_all(d, "AAAAB");
    EXPECT_TEXT(d->events, " all_in:discuss");
    EXPECT(d->facts.round == 2 && d->facts.revision == 1 && d->facts.status == DECIDE_OPEN);
    expect_same_when_late(d, 13 * HOUR, 20);
    EXPECT(decide_revise(&d->facts, "p", &step, &d->refusal));
    note_step(d, &step);
    EXPECT(d->facts.round == 2 && d->facts.revision == 2);
    EXPECT(!decide_advance(&d->facts, "p", "discuss", 1, &step, &d->refusal));
    EXPECT(d->refusal.code == PROBLEM_DECISION_STATE);
    EXPECT(!decide_advance(&d->facts, "p", NULL, 3, &step, &d->refusal));
    EXPECT(decide_advance(&d->facts, "p", "discuss", 2, &step, &d->refusal));
    note_step(d, &step);
    EXPECT(!decide_revise(&d->facts, "p", &step, &d->refusal));
    say_all(d, "AAAAB");
    EXPECT_TEXT(outcome_of(d), "blocked");
    EXPECT(counted(d, "agree") == 4);
    expect_any_order(d);
    discard(d);
}

/* What was said in the first round counts no more, though the text is the same. */
TEST(consensus__positions_start_afresh_in_each_round)
{
    struct decision *d = polling("{\"rule\": {\"max_rounds\": 2}}");
    struct decide_step step;
    say_all(d, "AAAAB");
    EXPECT(decide_advance(&d->facts, "p", NULL, 0, &step, &d->refusal));
    note_step(d, &step);
    EXPECT(!give(d, "b", "support", "{}", "i4"));
    EXPECT_TEXT(fault_lines(&d->arena, &d->refusal.faults), "/subject subject_unknown");
    say_all(d, "----A");
    EXPECT(d->facts.status == DECIDE_OPEN);
    settle_at(d, d->facts.now + 7 * DAYS);
    EXPECT_TEXT(outcome_of(d), "adopted");
    EXPECT(counted(d, "cast") == 1);
    expect_any_order(d);
    discard(d);
}

TEST(consensus__the_threshold_is_for_the_last_round_only)
{
    struct decision *d =
        polling("{\"rule\": {\"max_rounds\": 2, \"threshold\": [3, 4], \"inclusive\": true}}");
    struct decide_step step;
    say_all(d, "AAAAB");
    EXPECT_TEXT(d->events, " all_in:discuss");
    EXPECT(decide_advance(&d->facts, "p", NULL, 0, &step, &d->refusal));
    note_step(d, &step);
    say_all(d, "AARBO");
    EXPECT_TEXT(outcome_of(d), "adopted");
    EXPECT_TEXT(report_text(d, "reason"), "supermajority");
    const struct json *tally = json_get(json_new(&d->arena, d->last.report), "tally");
    EXPECT_TEXT(json_get_text(tally, "outcome"), "adopted");
    discard(d);
}

/* Otherwise rounds without anybody in them would go on for ever. */
TEST(consensus__no_new_round_where_nobody_took_part)
{
    struct decision *d = polling("{\"rule\": {\"max_rounds\": null}}");
    settle_at(d, d->facts.now + 1000 * DAYS);
    EXPECT_TEXT(outcome_of(d), "rejected");
    EXPECT(d->facts.round == 1);
    discard(d);
}

TEST(consensus__who_left_stays_in_the_denominator)
{
    struct decision *d = polling("{\"rule\": {\"quorum\": [4, 5]}}");
    say_all(d, "AAA");
    elector_of(d, "d")->left = elector_of(d, "e")->left = true;
    settle(d);
    EXPECT_TEXT(d->events, " all_in:poll");
    EXPECT_TEXT(outcome_of(d), "no_quorum");
    discard(d);
}
