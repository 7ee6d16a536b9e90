# SPDX-License-Identifier: Apache-2.0
"""Consent through all its phases, and the single decider (FRAMEWORKS.md 2, 3.2)."""

import datetime

import pytest

from deciding import actions, causes, closed, elapse, events, refuse_input, say, state

CRITERIA = ("harms_capacity", "limits_responsibility", "newly_caused", "necessarily_follows")
ARGUED = {"arguments": {criterion: "Because." for criterion in CRITERIA}}
HALF_ARGUED = {"arguments": {"harms_capacity": "It costs us two people."}}


def ruling(*given):
    return {"arguments_given": {criterion: criterion in given for criterion in CRITERIA}}


def days_between(earlier, later):
    moments = [datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) for text in (earlier, later)]
    return round((moments[1] - moments[0]).total_seconds() / 86400)


class Circle:
    """A consent decision: proposer p, facilitator f, members p, a, b."""

    def __init__(self, world, configuration=None, phase="object"):
        self.acme = world.organisation()
        self.p, self.f, self.a, self.b = (self.acme.member(name=name) for name in ("Pia", "Fay", "Ann", "Bo"))
        self.decision = self.acme.decision("consent", by=self.p, text="First text", configuration=configuration or {}, open=True,
                                           stakeholders={"members": [self.p, self.a, self.b], "facilitator": [self.f]})
        while state(self.f, self.decision)["phase"] != phase:
            self.f.post(f"{self.decision.path}/advance", expect=200)

    def all_consent(self, *people):
        for person in people or (self.p, self.a, self.b):
            say(person, self.decision, "consent")

    def revise(self, expect=201, by=None, **fields):
        return (by or self.p).post(f"{self.decision.path}/revisions", fields or {"text": "Another text"}, expect=expect).json()


def test_all_consent_and_it_is_adopted(world):
    circle = Circle(world, phase="clarify")
    question = say(circle.a, circle.decision, "question", {"text": "Until when?"})
    circle.f.problem("POST", f"{circle.decision.path}/advance", status=409, code="phase_incomplete", pointer=f"/inputs/{question['id']}")
    refuse_input(circle.a, circle.decision, "permission_denied", "answer", {"text": "I answer myself"}, question["id"])
    refuse_input(circle.p, circle.decision, "input_invalid", "answer", {"text": "What?"}, pointer="/subject")
    refuse_input(circle.a, circle.decision, "decision_state", "consent")
    say(circle.p, circle.decision, "answer", {"text": "June"}, question["id"])
    circle.a.problem("POST", f"{circle.decision.path}/advance", status=403, code="permission_denied")
    assert circle.f.post(f"{circle.decision.path}/advance").json()["phase"] == "react"
    refuse_input(circle.a, circle.decision, "phase_closed", "question", {"text": "Too late?"})
    say(circle.b, circle.decision, "reaction", {"text": "Good."})
    assert circle.f.post(f"{circle.decision.path}/advance").json()["phase"] == "object"
    circle.f.problem("POST", f"{circle.decision.path}/advance", status=403, code="permission_denied")
    circle.acme.owner.problem("POST", f"{circle.decision.path}/advance", status=409, code="phase_incomplete",
                              pointer=f"/stakeholders/{circle.b.member_id}")
    circle.all_consent(circle.p, circle.a)
    assert state(circle.a, circle.decision)["status"] == "open"
    say(circle.b, circle.decision, "concern", {"text": "Watch the costs."})
    found = closed(circle.a, circle.decision, "adopted")
    assert found["report"]["consent"] | {"silence_consents": False} == {
        "given": 3, "silent": 0, "concerns": 1, "objections_qualified": 0, "objections_unruled": 0, "silence_consents": False}
    assert causes(circle.acme, circle.decision) == [
        "opened:clarify", "advance:react", "advance:object", "no_objection:object"]
    refuse_input(circle.b, circle.decision, "phase_closed", "objection", ARGUED)


def test_a_step_repeated_by_its_key_is_taken_once(world):
    circle, other = Circle(world, phase="clarify"), Circle(world, phase="clarify")
    key = {"Idempotency-Key": "the-step"}
    first = circle.f.post(f"{circle.decision.path}/advance", headers=key)
    again = circle.f.post(f"{circle.decision.path}/advance", headers=key)
    assert first.json() == again.json() and state(circle.f, circle.decision)["phase"] == "react"
    circle.f.problem("POST", f"{other.decision.path}/advance", status=404, code="not_found", headers=key)  # of an organisation that is not theirs


def test_a_qualified_objection_is_integrated_in_a_second_revision(world):
    circle = Circle(world)
    circle.all_consent(circle.p, circle.b)
    objection = say(circle.a, circle.decision, "objection", ARGUED)
    assert state(circle.f, circle.decision)["phase"] == "object"
    assert actions(circle.f, circle.decision)["waiting"]
    refuse_input(circle.f, circle.decision, "input_invalid", "ruling", {"arguments_given": {"harms_capacity": True}}, objection["id"],
                 pointer="/data/arguments_given/newly_caused")
    refuse_input(circle.a, circle.decision, "permission_denied", "ruling", ruling(*CRITERIA), objection["id"])
    made = say(circle.f, circle.decision, "ruling", ruling(*CRITERIA), objection["id"])
    logged = [e for e in circle.acme.owner.pages(f"{circle.acme.path}/audit-log", resource_id=circle.decision.id)
              if e["action"] == "input.given" and e["data"]["type"] == "ruling"]
    assert [(e["actor_id"], e["data"]["id"]) for e in logged] == [(circle.f.member_id, made["id"])]
    assert state(circle.f, circle.decision)["phase"] == "integrate"
    assert actions(circle.p, circle.decision)["waiting"] and not actions(circle.a, circle.decision)["waiting"]
    circle.a.problem("POST", f"{circle.decision.path}/revisions", {"text": "Mine"}, status=403, code="permission_denied")
    revision = circle.revise(text="Second text", note="Ann's objection")
    assert (revision["number"], revision["text"], revision["author_id"]) == (2, "Second text", circle.p.member_id)
    now = circle.a.get(circle.decision.path).json()
    assert (now["phase"], now["round"], now["revision"], now["text"], now["title"]) == ("object", 2, 2, "Second text", circle.decision["title"])
    # rule c: what was said about the first text is history
    assert len(circle.a.pages(f"{circle.decision.path}/inputs", revision=1)) == 4
    refuse_input(circle.b, circle.decision, "revision_outdated", "consent", revision=1)
    circle.all_consent(circle.b, circle.p)
    assert state(circle.a, circle.decision)["status"] == "open"
    say(circle.a, circle.decision, "consent", revision=2)
    found = closed(circle.a, circle.decision, "adopted")
    assert (found["report"]["round"], found["report"]["revision"]) == (2, 2)
    assert [r["text"] for r in circle.a.pages(f"{circle.decision.path}/revisions", limit=1)] == ["Second text", "First text"]
    assert [r["number"] for r in circle.a.pages(f"{circle.decision.path}/revisions", author_id=circle.a.member_id)] == []
    markdown = circle.a.get(f"{circle.decision.path}/record", headers={"Accept": "text/markdown"}).text
    assert "* Revision 2: Ann's objection" in markdown and "* objection (revision 1, Ann, " in markdown


def test_a_revision_without_a_note_is_listed_without_words(world):
    circle = Circle(world, phase="clarify")
    circle.revise()
    markdown = circle.a.get(f"{circle.decision.path}/record", headers={"Accept": "text/markdown"}).text
    assert "\n* Revision 2\n" in markdown


def test_a_member_that_is_not_taken_is_refused_with_those_that_are(world):
    circle = Circle(world)
    unknown = circle.p.problem("POST", f"{circle.decision.path}/revisions", {"text": "Second", "txt": "?"}, status=422, code="invalid_body")
    (fault,) = unknown["errors"]
    assert (fault["pointer"], fault["code"]) == ("/txt", "unknown_member") and "text" in fault["detail"].split(": ")[1].rstrip(".").split(", ")


def test_an_objection_without_all_arguments_does_not_qualify(world):
    circle = Circle(world)
    circle.all_consent(circle.p, circle.b)
    refuse_input(circle.a, circle.decision, "input_invalid", "objection", {}, pointer="/data/arguments")
    objection = say(circle.a, circle.decision, "objection", HALF_ARGUED)
    refuse_input(circle.f, circle.decision, "input_invalid", "ruling", ruling("harms_capacity", "newly_caused"), objection["id"],
                 pointer="/data/arguments_given/newly_caused")
    say(circle.f, circle.decision, "ruling", ruling("harms_capacity"), objection["id"])
    found = closed(circle.a, circle.decision, "adopted")
    stance = next(s for s in found["report"]["stances"] if s["member"] == circle.a.member_id)
    assert (stance["stance"], stance["qualified"]) == ("objection", False)


def test_a_broken_policy_always_qualifies(world):
    circle = Circle(world)
    circle.all_consent(circle.p, circle.b)
    objection = say(circle.a, circle.decision, "objection", {"policy_broken": "No decision on Fridays."})
    assert state(circle.a, circle.decision)["phase"] == "integrate"
    refuse_input(circle.f, circle.decision, "input_invalid", "ruling", ruling(), objection["id"], pointer="/subject")


def test_moving_on_from_a_phase_by_its_name(world, sql):
    circle = Circle(world, phase="clarify")
    path = f"{circle.decision.path}/advance"
    circle.f.problem("POST", path, {"phase": "react"}, status=409, code="decision_state")
    circle.f.problem("POST", path, {"phase": "no_such_phase"}, status=409, code="decision_state")
    circle.f.problem("POST", path, {"phase": 1}, status=422, code="invalid_body", pointer="/phase")
    circle.a.problem("POST", path, {"phase": "clarify"}, status=403, code="permission_denied")
    assert state(circle.f, circle.decision)["phase"] == "clarify"
    assert circle.f.post(path, {"phase": "clarify"}).json()["phase"] == "react"
    circle.f.problem("POST", path, {"phase": "clarify"}, status=409, code="decision_state")
    elapse(sql, circle.decision, "3 days")
    # the deadline has ended it, and nobody has looked yet; in the next one the facilitator has no right to move on
    circle.f.problem("POST", path, {"phase": "react"}, status=409, code="decision_state")
    assert causes(circle.acme, circle.decision) == ["opened:clarify", "advance:react", "deadline:object"]
    circle.p.post(f"{circle.decision.path}/withdraw", expect=200)
    circle.f.problem("POST", path, {"phase": "object"}, status=409, code="decision_state")


def test_rule_b__one_stance_that_may_be_replaced(world):
    circle = Circle(world)
    first = say(circle.a, circle.decision, "objection", ARGUED)
    second = say(circle.a, circle.decision, "consent", {"text": "I was wrong."})
    assert second["version"] == 2 and second["id"] > first["id"]
    assert [i["id"] for i in circle.a.pages(f"{circle.decision.path}/inputs")] == [second["id"]]
    circle.a.problem("GET", f"{circle.decision.path}/inputs/{first['id']}", status=404, code="not_found")
    refuse_input(circle.f, circle.decision, "input_invalid", "ruling", ruling(*CRITERIA), first["id"], pointer="/subject")
    circle.all_consent(circle.p, circle.b)
    closed(circle.a, circle.decision, "adopted")
    assert [e["type"] for e in events(circle.acme, circle.decision) if e["type"].startswith("input")][:2] == ["input.given", "input.replaced"]


def test_rule_b__an_answer_and_a_ruling_stand_beside_each_other(world):
    acme = world.organisation()
    source = acme.owner.get(f"{acme.path}/frameworks/consent").json()["definition"] | {"key": "answered"}
    source["phases"] = source["phases"][2:]
    source["phases"][0]["inputs"].append({"type": "answer", "by": ["facilitator"], "on": "objection"})
    acme.owner.post(f"{acme.path}/frameworks", {"key": "answered", "name": "Answered", "definition": source})
    acme.owner.post(f"{acme.path}/frameworks/answered/publish")
    p, f, a = acme.member(), acme.member(), acme.member()
    decision = acme.decision("answered", by=p, stakeholders={"proposer": [p], "facilitator": [f], "members": [p, a]}, open=True)
    objection = say(a, decision, "objection", HALF_ARGUED)
    ruled = say(f, decision, "ruling", ruling("harms_capacity"), objection["id"])
    say(f, decision, "answer", {"text": "Both are kept."}, objection["id"])
    answered = say(f, decision, "answer", {"text": "Both are kept on."}, objection["id"])
    assert (ruled["version"], answered["version"]) == (1, 2)
    assert [i["id"] for i in a.pages(f"{decision.path}/inputs")] == [objection["id"], ruled["id"], answered["id"]]
    say(p, decision, "consent")
    stance = next(s for s in closed(a, decision, "adopted")["report"]["stances"] if s["member"] == a.member_id)
    assert stance["ruling"]["id"] == ruled["id"]


def test_after_the_last_round_it_escalates(world):
    circle = Circle(world, {"rule": {"max_rounds": 2, "objection_test": "none", "fallback": "majority"}})
    for round in (1, 2):
        circle.all_consent(circle.p, circle.b)
        say(circle.a, circle.decision, "objection", {"text": "No."})
        if round == 1:
            assert circle.revise()["number"] == 2
    found = closed(circle.p, circle.decision, "escalated")
    assert (found["report"]["reason"], found["report"]["fallback"], found["report"]["round"]) == ("max_rounds", "majority", 2)
    circle.p.problem("POST", f"{circle.decision.path}/revisions", {"text": "Third"}, status=409, code="decision_state")


@pytest.mark.parametrize("silence, outcome, reason", [("consent", "adopted", None), ("none", "escalated", "silence")])
def test_rule_h__silence_is_consent_only_where_the_framework_says_so(world, sql, silence, outcome, reason):
    circle = Circle(world, {"rule": {"silence": silence}})
    say(circle.p, circle.decision, "consent")
    elapse(sql, circle.decision, "8 days")
    assert closed(circle.p, circle.decision, outcome)["report"]["reason"] == reason


def test_the_s3_test_wants_its_own_kind_of_objection(world):
    circle = Circle(world, {"rule": {"objection_test": "s3"}})
    refuse_input(circle.a, circle.decision, "input_invalid", "objection", {"text": "No."}, pointer="/data/kind")
    refuse_input(circle.a, circle.decision, "input_invalid", "objection", {"kind": "mood", "text": "No."}, pointer="/data/kind")
    circle.all_consent(circle.p, circle.b)
    say(circle.a, circle.decision, "objection", {"kind": "risk", "text": "It may rain."})
    assert state(circle.a, circle.decision)["phase"] == "integrate"


def test_phases_end_by_their_deadlines_one_after_the_other(world, sql):
    circle = Circle(world, phase="clarify")
    elapse(sql, circle.decision, "40 days")
    assert closed(circle.p, circle.decision, "escalated")["report"]["reason"] == "silence"
    assert causes(circle.acme, circle.decision) == ["opened:clarify", "deadline:react", "deadline:object", "deadline:object"]
    opened = events(circle.acme, circle.decision)[1]["data"]["at"]
    ended = circle.p.get(circle.decision.path).json()
    assert days_between(opened, ended["closed_at"]) == 3 + 3 + 7 - 40  # the opening itself was not moved in the events


def test_rule_c__a_new_text_while_it_is_clarified_begins_no_round(world):
    circle = Circle(world, phase="clarify")
    circle.revise(title="Better title")
    now = circle.a.get(circle.decision.path).json()
    assert (now["phase"], now["round"], now["revision"], now["title"], now["text"]) == ("clarify", 1, 2, "Better title", "First text")
    circle.p.problem("POST", f"{circle.decision.path}/revisions", {}, status=422, code="invalid_body")


def test_withdrawal(world):
    circle = Circle(world)
    circle.a.problem("POST", f"{circle.decision.path}/withdraw", status=403, code="permission_denied")
    first = circle.p.post(f"{circle.decision.path}/withdraw", {"rationale": "Overtaken."}).json()
    assert (first["status"], first["outcome"]) == ("closed", "withdrawn")
    assert circle.p.post(f"{circle.decision.path}/withdraw").json() == first
    assert closed(circle.a, circle.decision, "withdrawn")["rationale"] == "Overtaken."
    assert circle.a.get(f"{circle.decision.path}/outcome").json()["closed_by"] == circle.p.member_id
    assert causes(circle.acme, circle.decision)[-1] == "withdrawn:object"
    circle.p.problem("POST", f"{circle.decision.path}/open", status=409, code="decision_state")


def test_rule_g__nobody_waits_for_who_left_and_silence_stays(world):
    circle = Circle(world)
    circle.acme.owner.delete(f"{circle.acme.path}/members/{circle.b.member_id}")
    circle.all_consent(circle.p, circle.a)
    assert closed(circle.a, circle.decision, "escalated")["report"]["consent"]["silent"] == 1
    circle.b.problem("GET", circle.decision.path, status=404, code="not_found")


def test_leaving_after_the_end_changes_no_count(world):
    circle = Circle(world, {"rule": {"silence": "consent", "objection_test": "none"}})
    circle.all_consent()
    closed(circle.a, circle.decision, "adopted")
    circle.acme.owner.delete(f"{circle.acme.path}/members/{circle.b.member_id}")
    closed(circle.a, circle.decision, "adopted")


# ---- the single decider ----

def single(world, **fields):
    acme = world.organisation()
    decider, told = acme.member(), acme.member()
    fields = {"options": {"l": "Left", "r": "Right"}, **fields}
    return acme, decider, told, acme.decision("single_decider", by=decider, open=True,
                                              stakeholders={"decider": [decider], "informed": [told]}, **fields)


def test_the_decider_decides(world):
    acme, decider, told, decision = single(world)
    refuse_input(told, decision, "permission_denied", "decision", {"choice": "l", "rationale": "Mine"})
    refuse_input(decider, decision, "input_invalid", "decision", {"choice": "up", "rationale": "High"}, pointer="/data/choice")
    refuse_input(decider, decision, "input_invalid", "decision", {"choice": "l"}, pointer="/data/rationale")
    refuse_input(decider, decision, "input_invalid", "advice", {"text": "Left"}, pointer="/type")
    say(decider, decision, "decision", {"choice": "l", "rationale": "The sea"})
    found = closed(told, decision, "adopted")
    assert (found["winners"], found["rationale"], found["closed_by"]) == (["l"], "The sea", None)
    assert causes(acme, decision) == ["opened:decide", "decided:decide"]


def test_without_a_decision_it_expires(world, sql):
    _, decider, told, decision = single(world)
    elapse(sql, decision, "31 days")
    late = {"type": "decision", "data": {"choice": "l", "rationale": "Late"}}
    for _ in range(2):
        decider.problem("POST", f"{decision.path}/inputs", late, status=409, code="phase_closed", headers={"Idempotency-Key": "late"})
    # the refusal has settled it: no reader has looked yet; a repetition by key is refused alike
    assert sql.execute("select outcome from outcomes where decision_id = %s", [decision.id]).fetchall() == [("expired",)]
    closed(told, decision, "expired")


@pytest.mark.parametrize("choice, outcome", [("yes", "adopted"), ("no", "rejected")])
def test_without_options_the_proposal_is_decided(world, choice, outcome):
    _, decider, _, decision = single(world, options={})
    say(decider, decision, "decision", {"choice": choice, "rationale": "So be it"})
    closed(decider, decision, outcome)
