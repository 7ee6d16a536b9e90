# SPDX-License-Identifier: Apache-2.0
"""Lazy consensus, from draft to outcome (FRAMEWORKS.md 3.5)."""

import datetime

import pytest

from deciding import actions, causes, closed, elapse, refuse_input, say, state

REASON = {"text": "The tests fail."}


class Window:
    """Proposer p; voters a, b, c."""

    def __init__(self, world, **rule):
        self.acme = world.organisation()
        self.p, self.a, self.b, self.c = (self.acme.member(name=name) for name in ("Pia", "Ann", "Bo", "Cy"))
        self.decision = self.acme.decision("lazy_consensus", by=self.p, configuration={"rule": rule}, open=True,
                                           stakeholders={"voters": [self.a, self.b, self.c]})

    def say(self, *answers):
        for person, answer in zip((self.a, self.b, self.c), answers):
            say(person, self.decision, answer, REASON if answer == "minus_one" else {})


def test_silence_adopts_at_the_end_of_the_window_and_not_before(world, sql):
    window = Window(world)
    assert actions(window.a, window.decision)["may"]["inputs"] == ["plus_one", "zero", "minus_one"]
    assert actions(window.p, window.decision)["may"]["inputs"] == []
    assert actions(window.p, window.decision)["may"]["withdraw"]
    refuse_input(window.p, window.decision, "permission_denied", "plus_one")
    window.say("plus_one", "plus_one", "plus_one")
    for path in ("advance", "close"):
        window.p.problem("POST", f"{window.decision.path}/{path}", status=403, code="permission_denied")
        window.acme.owner.problem("POST", f"{window.decision.path}/{path}", status=409, code="phase_incomplete")
    assert state(window.a, window.decision)["status"] == "open"
    elapse(sql, window.decision, "3 days")
    found = closed(window.a, window.decision, "adopted")
    assert found["report"]["lazy_consensus"]["plus_one"] == 3
    assert causes(window.acme, window.decision) == ["opened:window", "deadline:window"]
    refuse_input(window.a, window.decision, "phase_closed", "minus_one", REASON)


@pytest.mark.parametrize("rule, answers, outcome, reason", [
    ({}, [], "adopted", None),
    ({}, ["plus_one", "plus_one", "minus_one"], "rejected", "minus_one"),
    ({"fallback": "majority"}, ["plus_one", "minus_one"], "escalated", "minus_one"),
    ({"min_plus_ones": 2}, ["plus_one", "plus_one", "zero"], "adopted", None),
    ({"min_plus_ones": 2}, ["plus_one", "zero", "zero"], "rejected", "too_few_plus_ones"),
    ({"silence": "none"}, [], "rejected", "nobody_answered"),
    ({"silence": "none"}, ["zero"], "adopted", None),
])
def test_the_outcome_follows_from_the_answers(world, sql, rule, answers, outcome, reason):
    window = Window(world, **rule)
    window.say(*answers)
    elapse(sql, window.decision, "4 days")
    report = closed(window.a, window.decision, outcome)["report"]
    assert report["reason"] == reason
    assert report.get("fallback") == (rule.get("fallback") if outcome == "escalated" else None)


def test_a_minus_one_needs_a_reason_or_is_void(world, sql):
    window = Window(world)
    say(window.a, window.decision, "minus_one")
    elapse(sql, window.decision, "4 days")
    assert closed(window.a, window.decision, "adopted")["report"]["lazy_consensus"]["minus_one_void"] == 1


def test_a_minus_one_may_be_taken_back(world, sql):
    window = Window(world)
    window.say("minus_one")
    window.say("zero")
    elapse(sql, window.decision, "4 days")
    closed(window.a, window.decision, "adopted")


def test_rule_h__nobody_to_be_silent(world, sql):
    acme = world.organisation()
    decision = acme.decision("lazy_consensus", open=True)
    elapse(sql, decision, "4 days")
    assert closed(acme.owner, decision, "rejected")["report"]["reason"] == "nobody_notified"


def test_the_window_is_never_shortened(world):
    acme = world.organisation()
    soon = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=2)).isoformat()
    late = (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=9)).isoformat()
    voters = {"voters": [acme.member()]}
    shorter = acme.decision("lazy_consensus", stakeholders=voters, configuration={"phases": {"window": {"duration": "P2D"}}})
    acme.owner.problem("POST", f"{shorter.path}/open", status=422, code="decision_not_ready",
                       pointer="/configuration/phases/window/duration")
    sooner = acme.decision("lazy_consensus", stakeholders=voters, due_at=soon)
    problem = acme.owner.problem("POST", f"{sooner.path}/open", status=422, code="decision_not_ready", pointer="/due_at")
    assert problem["errors"][0]["code"] == "window_shortened"
    longer = acme.decision("lazy_consensus", stakeholders=voters, configuration={"phases": {"window": {"duration": "P5D"}}}, open=True)
    later = acme.decision("lazy_consensus", stakeholders=voters, due_at=late, open=True)
    for decision, days in ((longer, 5), (later, 9)):
        now = acme.owner.get(decision.path).json()
        length = datetime.datetime.fromisoformat(now["phase_due_at"]) - datetime.datetime.fromisoformat(now["opened_at"])
        assert round(length.total_seconds() / 86400) == days


def test_an_own_framework_can_not_end_its_window_early(world):
    acme = world.organisation()
    source = acme.owner.get(f"{acme.path}/frameworks/lazy_consensus").json()["definition"]
    source["key"] = "hasty"
    source["phases"][0]["ends"] = ["deadline", "advance"]
    source["phases"][0]["advance"] = ["proposer"]
    source["rule"]["expiry"] = "P1D"
    problem = acme.owner.problem("POST", f"{acme.path}/frameworks", {"definition": source}, status=422, code="framework_invalid")
    assert {(fault["pointer"], fault["code"]) for fault in problem["errors"]} == {
        ("/definition/phases/0/ends", "window_shortened"), ("/definition/rule/expiry", "unknown_member")}
