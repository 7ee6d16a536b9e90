/* SPDX-License-Identifier: Apache-2.0 */
/* RACI, DACI and RAPID: FRAMEWORKS.md 3.12. */
#include "decision.h"

#define SAYS(text) "{\"text\": \"" text "\"}"
#define VALUE(value, text) "{\"value\": \"" value "\", \"text\": \"" text "\"}"
#define ALONE(value) "{\"value\": \"" value "\"}"

static const char *phase_of(const struct decision *d)
{
    return d->framework.phases[d->facts.phase].key;
}

static bool move_on(struct decision *d, const char *member)
{
    struct decide_step step;
    if (!decide_advance(&d->facts, member, NULL, 0, &step, &d->refusal))
        return false;
    note_step(d, &step);
    settle(d);
    return true;
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

/* What keeps the phase from ending. */
static const char *missing_of(struct decision *d)
{
    struct decide_step step;
    EXPECT(!decide_advance(&d->facts, NULL, NULL, 0, &step, &d->refusal));
    return fault_lines(&d->arena, &d->refusal.faults);
}

static const char *refusal_of(struct decision *d)
{
    return fault_lines(&d->arena, &d->refusal.faults);
}

/* A member of the report as text. */
static const char *report_of(struct decision *d, const char *key)
{
    struct json *report = json_new(&d->arena, d->last.report);
    struct buf buf;
    struct json_writer w;
    buf_init(&buf, &d->arena, 100000);
    jw_init(&w, &buf);
    const struct json *value = json_get(report, key);
    if (!value)
        return "(absent)";
    jw_value(&w, value);
    return buf_cstr(&buf);
}

/* "code role member" of each finding, separated by commas. */
static const char *findings_of(struct decision *d)
{
    const struct json *list = json_get(json_new(&d->arena, d->last.report), "findings");
    const char *lines = "";
    for (size_t i = 0; i < list->list.count; i++) {
        const struct json *item = &list->list.items[i];
        const char *member = json_get_text(item, "member");
        lines = arena_printf(&d->arena, "%s%s%s %s %s", lines, i ? ", " : "",
                             json_get_text(item, "code"), json_get_text(item, "role"),
                             member ? member : "-");
    }
    return lines;
}

/* ---- RACI ---- */

#define ROW(task, r, a, c, i)                                                                      \
    "{\"task\": \"" task "\", \"responsible\": [" r "], \"accountable\": [" a                      \
    "], \"consulted\": [" c "], \"informed\": [" i "]}"
#define GOOD "{\"rows\": [" ROW("build", "\"r\"", "\"a\"", "\"c\", \"d\"", "\"i\"") "]}"

static struct decision *raci_open(bool others)
{
    struct decision *d = draft("raci", NULL);
    hold(d, "r", "responsible", 1);
    hold(d, "a", "accountable", 1);
    if (others) {
        hold(d, "c", "consulted", 1);
        hold(d, "d", "consulted", 1);
        hold(d, "i", "informed", 1);
    }
    open_now(d);
    return d;
}

TEST(raci__from_assignment_to_sign_off)
{
    struct decision *d = raci_open(true);
    EXPECT(!give(d, "r", "matrix", GOOD, NULL));
    EXPECT_TEXT(refused(d), "permission_denied");
    EXPECT(give(d, "a", "matrix", GOOD, NULL));
    EXPECT_TEXT(phase_of(d), "consult");
    EXPECT(!give(d, "r", "report", SAYS("Done."), NULL));
    EXPECT_TEXT(refused(d), "decision_state");
    EXPECT(give(d, "c", "opinion", SAYS("Use stone."), NULL));
    EXPECT_TEXT(phase_of(d), "consult"); /* not before all who are consulted are heard */
    EXPECT(give(d, "d", "opinion", SAYS("Use wood."), NULL));
    EXPECT(give(d, "r", "report", SAYS("Built."), NULL));
    EXPECT_TEXT(phase_of(d), "sign_off");
    EXPECT(give(d, "a", "verdict", ALONE("approve"), NULL));
    EXPECT_TEXT(phase_of(d), "inform");
    EXPECT(!give(d, "r", "notice", SAYS("It stands."), NULL));
    EXPECT(give(d, "a", "notice", SAYS("It stands."), NULL));
    EXPECT_TEXT(outcome_of(d), "adopted");
    EXPECT_TEXT(findings_of(d), "");
    EXPECT_TEXT(report_of(d, "informed"), "[\"i\"]");
    EXPECT_TEXT(d->events, " opened:assign all_in:consult all_in:do all_in:sign_off all_in:inform"
                           " all_in:inform");
    expect_recount(d);
    expect_any_order(d);
    discard(d);
}

TEST(raci__with_nobody_consulted_or_informed_their_phases_pass)
{
    struct decision *d = raci_open(false);
    EXPECT(
        give(d, "a", "matrix", "{\"rows\": [" ROW("build", "\"r\"", "\"a\"", "", "") "]}", NULL));
    EXPECT_TEXT(phase_of(d), "do");
    EXPECT(give(d, "r", "report", SAYS("Built."), NULL));
    EXPECT(give(d, "a", "verdict", ALONE("approve"), NULL));
    EXPECT_TEXT(outcome_of(d), "adopted");
    EXPECT_TEXT(findings_of(d), "");
    expect_recount(d);
    discard(d);
}

TEST(raci__every_breach_of_the_matrix_is_named)
{
    struct decision *d = raci_open(true);
    EXPECT_TEXT(missing_of(d), "/stakeholders/a input_missing");
    EXPECT(give(d, "a", "matrix",
                "{\"rows\": [" ROW("plan", "", "", "", "") ", " ROW(
                    "build", "\"r\"", "\"a\", \"r\"", "\"i\"", "\"nobody\"") "]}",
                NULL));
    EXPECT_TEXT(phase_of(d), "assign");
    EXPECT_TEXT(missing_of(d), "/matrix/rows/0/responsible responsible_missing\n"
                               "/matrix/rows/0/accountable accountable_missing\n"
                               "/matrix/rows/1/accountable accountable_several\n"
                               "/matrix/rows/1/accountable/1 role_not_held\n"
                               "/matrix/rows/1/consulted/0 role_not_held\n"
                               "/matrix/rows/1/informed/0 role_not_held");
    settle_at(d, NOON + 91 * DAYS);
    EXPECT_TEXT(outcome_of(d), "expired");
    EXPECT_TEXT(findings_of(d),
                "responsible_missing responsible -, accountable_missing accountable -, "
                "accountable_several accountable -, role_not_held accountable r, "
                "role_not_held consulted i, role_not_held informed nobody, "
                "consulted_not_heard consulted c, consulted_not_heard consulted d, "
                "work_not_reported responsible r, not_signed_off accountable a, "
                "informed_not_told informed i");
    expect_recount(d);
    discard(d);
}

TEST(raci__what_is_no_matrix_is_refused)
{
    struct decision *d = raci_open(true);
    EXPECT(!give(d, "a", "matrix", "{}", NULL));
    EXPECT_TEXT(refusal_of(d), "/data/rows required");
    EXPECT(!give(d, "a", "matrix", "{\"rows\": []}", NULL));
    EXPECT_TEXT(refusal_of(d), "/data/rows too_few");
    EXPECT(!give(d, "a", "matrix",
                 "{\"rows\": [{\"responsible\": \"r\", \"owner\": []}, 3, "
                 "{\"task\": \"x\", \"informed\": [7]}]}",
                 NULL));
    EXPECT_TEXT(refusal_of(d), "/data/rows/0/owner unknown_member\n/data/rows/0/task required\n"
                               "/data/rows/0/responsible type\n/data/rows/1 type\n"
                               "/data/rows/2/informed/0 type");
    discard(d);
}

TEST(raci__who_was_not_heard_in_time_is_a_finding)
{
    struct decision *d = raci_open(true);
    EXPECT(give(d, "a", "matrix", GOOD, NULL));
    EXPECT(give(d, "c", "opinion", SAYS("Use stone."), NULL));
    expect_same_when_late(d, DAYS, 9);
    settle_at(d, NOON + 7 * DAYS);
    EXPECT_TEXT(phase_of(d), "do");
    EXPECT(give(d, "r", "report", SAYS("Built."), NULL));
    EXPECT(give(d, "a", "verdict", VALUE("reject", "It leans."), NULL));
    EXPECT(give(d, "a", "notice", SAYS("It is torn down."), NULL));
    EXPECT_TEXT(outcome_of(d), "rejected");
    EXPECT_TEXT(findings_of(d), "consulted_not_heard consulted d");
    expect_recount(d);
    discard(d);
}

TEST(raci__exactly_one_accountable_and_somebody_responsible)
{
    struct decision *d = draft("raci", NULL);
    struct faults faults;
    faults_init(&faults, &d->arena);
    hold(d, "a", "accountable", 1);
    hold(d, "b", "accountable", 1);
    EXPECT(!decide_ready(&d->facts, &faults));
    EXPECT_TEXT(fault_lines(&d->arena, &faults),
                "/stakeholders role_too_few\n/stakeholders role_too_many\n"
                "/stakeholders phase_without_actor");
    discard(d);
}

/* ---- DACI ---- */

static struct decision *daci_open(const char *overrides)
{
    struct decision *d = draft("daci", overrides);
    hold(d, "d", "driver", 1);
    hold(d, "a", "approver", 1);
    hold(d, "c", "contributors", 1);
    hold(d, "i", "informed", 1);
    offer(d, "A");
    offer(d, "B");
    open_now(d);
    EXPECT(give(d, "d", "statement", SAYS("Where to meet."), NULL));
    return d;
}

#define RECOMMEND(option) "{\"choice\": \"" option "\", \"text\": \"It is nearer.\"}"

static void recommend(struct decision *d, const char *data)
{
    d->facts.now += HOUR;
    EXPECT_TEXT(phase_of(d), "contribute");
    EXPECT(move_on(d, "d"));
    EXPECT(give(d, "d", "recommendation", data, NULL));
    EXPECT_TEXT(phase_of(d), "approve");
}

TEST(daci__the_approver_approves_what_the_driver_recommends)
{
    struct decision *d = daci_open(NULL);
    EXPECT(give(d, "c", "opinion", SAYS("A has a garden."), NULL));
    EXPECT(!move_on(d, "c"));
    EXPECT_TEXT(refused(d), "permission_denied");
    EXPECT(move_on(d, "d"));
    EXPECT(!give(d, "d", "recommendation", "{\"text\": \"A\"}", NULL));
    EXPECT_TEXT(refusal_of(d), "/data/choice required");
    EXPECT(!give(d, "d", "recommendation", "{\"choice\": \"A\"}", NULL));
    EXPECT_TEXT(refusal_of(d), "/data/text reason_required");
    EXPECT(give(d, "d", "recommendation", RECOMMEND("A"), NULL));
    EXPECT(!give(d, "d", "verdict", ALONE("approve"), NULL));
    EXPECT_TEXT(refused(d), "permission_denied");
    EXPECT(give(d, "a", "verdict", ALONE("approve"), NULL));
    EXPECT_TEXT(d->facts.status == DECIDE_OPEN ? phase_of(d) : "", "inform");
    EXPECT(give(d, "d", "notice", SAYS("We meet at A."), NULL));
    EXPECT_TEXT(outcome_of(d), "adopted");
    EXPECT(d->last.winner_count == 1);
    EXPECT_TEXT(d->last.winners[0], "A");
    EXPECT_TEXT(report_of(d, "informed"), "[\"i\"]");
    expect_any_order(d);
    discard(d);
}

TEST(daci__a_rejection_needs_a_reason_and_wins_nothing)
{
    struct decision *d = daci_open(NULL);
    recommend(d, RECOMMEND("B"));
    EXPECT(!give(d, "a", "verdict", ALONE("reject"), NULL));
    EXPECT_TEXT(refusal_of(d), "/data/text reason_required");
    EXPECT(!give(d, "a", "verdict", VALUE("veto", "No."), NULL));
    EXPECT_TEXT(refusal_of(d), "/data/value enum");
    EXPECT(give(d, "a", "verdict", VALUE("reject", "Too far."), NULL));
    EXPECT(give(d, "d", "notice", SAYS("Not B."), NULL));
    EXPECT_TEXT(outcome_of(d), "rejected");
    EXPECT(d->last.winner_count == 0);
    expect_recount(d);
    discard(d);
}

TEST(daci__returned_at_most_max_returns_times)
{
    struct decision *d = daci_open("{\"rule\": {\"max_returns\": 1}}");
    recommend(d, RECOMMEND("A"));
    EXPECT(give(d, "a", "verdict", VALUE("return", "What does it cost?"), NULL));
    EXPECT_TEXT(phase_of(d), "contribute");
    EXPECT(d->facts.revision == 2 && d->facts.round == 2);
    EXPECT(strstr(d->events, " returned:contribute"));
    recommend(d, RECOMMEND("B"));
    EXPECT(!give(d, "a", "verdict", VALUE("return", "And B?"), NULL));
    EXPECT_TEXT(refusal_of(d), "/data/value rounds_exhausted");
    EXPECT(give(d, "a", "verdict", ALONE("approve"), NULL));
    EXPECT(give(d, "d", "notice", SAYS("We meet at B."), NULL));
    EXPECT_TEXT(d->last.winners[0], "B");
    EXPECT_TEXT(report_of(d, "returns"), "1");
    expect_recount(d);
    discard(d);
}

TEST(daci__the_driver_is_not_the_approver_unless_configured)
{
    static const struct {
        const char *overrides, *faults;
    } cases[] = {{NULL, "/stakeholders/d roles_not_separate"},
                 {"{\"rule\": {\"separate_roles\": null}}", ""},
                 {"{\"rule\": {\"separate_roles\": []}}", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct decision *d = draft("daci", cases[i].overrides);
        struct faults faults;
        faults_init(&faults, &d->arena);
        hold(d, "d", "driver", 1);
        hold(d, "d", "approver", 1);
        EXPECT(decide_ready(&d->facts, &faults) == !*cases[i].faults);
        EXPECT_TEXT(fault_lines(&d->arena, &faults), cases[i].faults);
        discard(d);
    }
}

TEST(daci__without_an_approval_it_expires)
{
    struct decision *d = daci_open(NULL);
    recommend(d, RECOMMEND("A"));
    settle_at(d, NOON + 90 * DAYS);
    EXPECT_TEXT(outcome_of(d), "expired");
    EXPECT_TEXT(report_of(d, "informed"), "[]");
    expect_recount(d);
    discard(d);
}

/* ---- RAPID ---- */

static struct decision *rapid_open(const char *overrides)
{
    struct decision *d = draft("rapid", overrides);
    hold(d, "r", "recommend", 1);
    hold(d, "n", "input", 1);
    hold(d, "a", "agree", 1);
    hold(d, "b", "agree", 1);
    hold(d, "d", "decide", 1);
    hold(d, "p", "perform", 1);
    offer(d, "A");
    offer(d, "B");
    open_now(d);
    EXPECT(give(d, "n", "opinion", SAYS("B is cheaper."), NULL));
    d->facts.now += HOUR;
    EXPECT(move_on(d, "r"));
    EXPECT(give(d, "r", "recommendation", RECOMMEND("A"), NULL));
    EXPECT_TEXT(phase_of(d), "agree");
    return d;
}

#define DECIDE(option) "{\"choice\": \"" option "\", \"rationale\": \"It holds.\"}"

static void perform(struct decision *d)
{
    EXPECT_TEXT(phase_of(d), "decide");
    EXPECT(give(d, "d", "decision", DECIDE("B"), NULL));
    EXPECT(!give(d, "d", "performers", "{\"members\": []}", NULL));
    EXPECT_TEXT(refusal_of(d), "/data/members too_few");
    EXPECT(!give(d, "d", "performers", "{\"members\": [\"p\", \"a\", \"z\"]}", NULL));
    EXPECT_TEXT(refusal_of(d), "/data/members/1 role_not_held\n/data/members/2 role_not_held");
    EXPECT(give(d, "d", "performers", "{\"members\": [\"p\"]}", NULL));
    EXPECT_TEXT(outcome_of(d), "adopted");
    EXPECT_TEXT(d->last.winners[0], "B");
    expect_recount(d);
}

TEST(rapid__all_agree)
{
    struct decision *d = rapid_open(NULL);
    EXPECT(!give(d, "d", "decision", DECIDE("B"), NULL));
    EXPECT_TEXT(refused(d), "decision_state");
    EXPECT(give(d, "a", "agreement", ALONE("agree"), NULL));
    EXPECT_TEXT(missing_of(d), "/stakeholders/b input_missing");
    EXPECT(give(d, "b", "agreement", ALONE("agree"), NULL));
    EXPECT(!give(d, "b", "agreement", VALUE("disagree", "I changed my mind."), NULL));
    EXPECT_TEXT(refused(d), "phase_closed"); /* agreement can't be withdrawn any more */
    perform(d);
    EXPECT_TEXT(report_of(d, "dissent"), "[]");
    EXPECT_TEXT(report_of(d, "escalation"), "null");
    expect_any_order(d);
    discard(d);
}

TEST(rapid__a_disagreement_holds_the_decision_until_it_is_amended)
{
    struct decision *d = rapid_open(NULL);
    EXPECT(!give(d, "a", "agreement", ALONE("disagree"), NULL));
    EXPECT_TEXT(refusal_of(d), "/data/text reason_required");
    EXPECT(give(d, "a", "agreement", VALUE("disagree", "The law forbids it."), NULL));
    EXPECT(give(d, "b", "agreement", ALONE("agree"), NULL));
    EXPECT_TEXT(phase_of(d), "agree");
    EXPECT_TEXT(missing_of(d), "/stakeholders/a agreement_missing");
    EXPECT(!revise(d, "a"));
    EXPECT(revise(d, "r"));
    EXPECT_TEXT(phase_of(d), "recommend");
    EXPECT(d->facts.round == 2);
    EXPECT(give(d, "r", "recommendation", RECOMMEND("B"), NULL));
    EXPECT_TEXT(missing_of(d), "/stakeholders/a input_missing\n/stakeholders/b input_missing");
    EXPECT(give(d, "a", "agreement", ALONE("agree"), NULL));
    EXPECT(give(d, "b", "agreement", ALONE("agree"), NULL));
    perform(d);
    discard(d);
}

TEST(rapid__escalated_with_the_dissent_on_record)
{
    struct decision *d = rapid_open(NULL);
    EXPECT(give(d, "a", "agreement", VALUE("disagree", "The law forbids it."), NULL));
    EXPECT(!give(d, "a", "escalation", SAYS("Decide."), NULL));
    EXPECT(give(d, "r", "escalation", SAYS("We can't settle it."), NULL));
    perform(d);
    EXPECT_TEXT(report_of(d, "dissent"),
                "[{\"member\":\"a\",\"value\":\"disagree\",\"text\":\"The law forbids it.\"},"
                "{\"member\":\"b\",\"value\":\"silent\",\"text\":null}]");
    discard(d);
}

TEST(rapid__who_recommends_and_must_agree_is_silent_when_escalating)
{
    struct decision *d = draft("rapid", NULL);
    hold(d, "r", "recommend", 1);
    hold(d, "r", "agree", 1);
    hold(d, "d", "decide", 1);
    hold(d, "p", "perform", 1);
    offer(d, "A");
    offer(d, "B");
    open_now(d);
    EXPECT(move_on(d, "r"));
    EXPECT(give(d, "r", "recommendation", RECOMMEND("A"), NULL));
    EXPECT(give(d, "r", "escalation", SAYS("I am torn."), NULL));
    perform(d);
    EXPECT_TEXT(report_of(d, "dissent"), "[{\"member\":\"r\",\"value\":\"silent\",\"text\":null}]");
    discard(d);
}

TEST(rapid__rounds_end)
{
    struct decision *d = rapid_open("{\"rule\": {\"max_rounds\": 1}}");
    EXPECT(give(d, "a", "agreement", VALUE("disagree", "No."), NULL));
    EXPECT(!revise(d, "r"));
    EXPECT_TEXT(refusal_of(d), "/round rounds_exhausted");
    EXPECT(give(d, "r", "escalation", SAYS("We can't settle it."), NULL));
    EXPECT_TEXT(phase_of(d), "decide");
    settle_at(d, NOON + 90 * DAYS);
    EXPECT_TEXT(outcome_of(d), "expired");
    expect_recount(d);
    discard(d);
}

TEST(rapid__nobody_must_agree_and_nothing_is_to_be_performed)
{
    struct decision *d = draft("rapid", NULL);
    hold(d, "r", "recommend", 1);
    hold(d, "d", "decide", 1);
    hold(d, "p", "perform", 1);
    open_now(d);
    EXPECT(move_on(d, "r"));
    EXPECT(give(d, "r", "recommendation", SAYS("We move."), NULL));
    EXPECT_TEXT(phase_of(d), "decide");
    EXPECT(give(d, "d", "decision", DECIDE("no"), NULL));
    EXPECT_TEXT(outcome_of(d), "rejected");
    expect_recount(d);
    discard(d);
}

TEST(rapid__who_left_need_not_agree)
{
    struct decision *d = rapid_open(NULL);
    EXPECT(give(d, "a", "agreement", ALONE("agree"), NULL));
    elector_of(d, "b")->left = true;
    settle_at(d, d->facts.now + HOUR);
    perform(d);
    discard(d);
}
