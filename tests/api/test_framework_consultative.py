# SPDX-License-Identifier: Apache-2.0
"""The consultative decision, from draft to outcome (FRAMEWORKS.md 2)."""

import pytest

from deciding import actions, causes, closed, elapse, refuse_input, say, state


class Consultation:
    """Decider d, consulted a and b; c has no part in it."""

    def __init__(self, world, options=None, **fields):
        self.acme = world.organisation()
        self.d, self.a, self.b, self.c = (self.acme.member(name=name) for name in ("Di", "Ann", "Bo", "Cy"))
        self.decision = self.acme.decision("consultative", by=self.d, options=options, open=True, **fields,
                                           stakeholders={"decider": [self.d], "consulted": [self.a, self.b]})


def test_the_decider_decides_after_everybody_answered(world):
    case = Consultation(world, options={"l": "Left", "r": "Right"})
    decision = case.decision
    assert actions(case.a, decision)["may"]["inputs"] == ["opinion"] and actions(case.a, decision)["waiting"]
    assert [m["pointer"] for m in actions(case.d, decision)["missing"]] == sorted(
        f"/stakeholders/{person.member_id}" for person in (case.a, case.b))
    assert actions(case.d, decision)["may"]["inputs"] == [] and not actions(case.d, decision)["waiting"]
    assert actions(case.a, decision)["due_at"] == case.a.get(decision.path).json()["phase_due_at"]
    refuse_input(case.d, decision, "decision_state", "decision", {"choice": "l", "rationale": "Now."})
    refuse_input(case.c, decision, "permission_denied", "opinion", {"text": "Me too"})
    refuse_input(case.d, decision, "permission_denied", "opinion", {"text": "Me too"})
    refuse_input(case.a, decision, "input_invalid", "opinion", {"text": " "}, pointer="/data/text")
    say(case.a, decision, "opinion", {"text": "Left is shorter."})
    assert state(case.d, decision)["phase"] == "consult"
    say(case.b, decision, "opinion", {"text": "Right is nicer."})
    assert state(case.d, decision)["phase"] == "decide"
    refuse_input(case.b, decision, "phase_closed", "opinion", {"text": "Both."})
    may = actions(case.d, decision)
    assert may["may"]["inputs"] == ["decision"] and may["waiting"]
    refuse_input(case.a, decision, "permission_denied", "decision", {"choice": "l", "rationale": "Mine."})
    refuse_input(case.d, decision, "input_invalid", "decision", {"choice": "l"}, pointer="/data/rationale")
    refuse_input(case.d, decision, "input_invalid", "decision", {"choice": "up", "rationale": "?"}, pointer="/data/choice")
    say(case.d, decision, "decision", {"choice": "r", "rationale": "Bo convinced me."})
    found = closed(case.a, decision, "adopted")
    assert (found["winners"], found["rationale"]) == (["r"], "Bo convinced me.")
    assert causes(case.acme, decision) == ["opened:consult", "all_in:decide", "decided:decide"]


def test_the_consult_deadline_sets_the_decider_free(world, sql):
    case = Consultation(world)
    say(case.a, case.decision, "opinion", {"text": "Yes."})
    elapse(sql, case.decision, "8 days")
    assert actions(case.d, case.decision)["may"]["inputs"] == ["decision"]
    say(case.d, case.decision, "decision", {"choice": "no", "rationale": "Too early."})
    assert closed(case.a, case.decision, "rejected")["report"]["decision"]["member"] == case.d.member_id
    assert causes(case.acme, case.decision) == ["opened:consult", "deadline:decide", "decided:decide"]


@pytest.mark.parametrize("asked", [True, False])
def test_without_a_decision_it_expires(world, sql, asked):
    case = Consultation(world)
    for person in (case.a, case.b) if asked else ():
        say(person, case.decision, "opinion", {"text": "Yes."})
    elapse(sql, case.decision, "31 days")
    assert closed(case.a, case.decision, "expired")["winners"] == []


def test_it_may_be_withdrawn_by_the_decider_only(world):
    case = Consultation(world)
    case.a.problem("POST", f"{case.decision.path}/withdraw", status=403, code="permission_denied")
    case.d.post(f"{case.decision.path}/withdraw", expect=200)
    closed(case.a, case.decision, "withdrawn")


def test_it_needs_one_decider_and_somebody_to_ask(world):
    acme = world.organisation()
    draft = acme.decision("consultative", stakeholders={"decider": [acme.owner, acme.member()]})
    problem = acme.owner.problem("POST", f"{draft.path}/open", status=422, code="decision_not_ready")
    assert {fault["code"] for fault in problem["errors"]} == {"role_too_many", "role_too_few", "phase_without_actor"}
