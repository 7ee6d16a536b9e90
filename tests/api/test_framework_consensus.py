# SPDX-License-Identifier: Apache-2.0
"""Consensus, from draft to outcome (FRAMEWORKS.md 3.4)."""

import pytest

from deciding import actions, causes, closed, elapse, refuse_input, say, state

REASON = {"text": "It would close the school."}


class Poll:
    """Proposer p, members a, b, c; in the poll."""

    def __init__(self, world, **rule):
        self.acme = world.organisation()
        self.p, self.a, self.b, self.c = (self.acme.member(name=name) for name in ("Pia", "Ann", "Bo", "Cy"))
        self.decision = self.acme.decision("consensus", by=self.p, configuration={"rule": rule}, open=True,
                                           stakeholders={"members": [self.a, self.b, self.c]})
        self.advance()

    def advance(self):
        assert self.p.post(f"{self.decision.path}/advance", expect=200).json()["phase"] == "poll"

    def say(self, *positions):
        for person, position in zip((self.a, self.b, self.c), positions):
            say(person, self.decision, position, REASON if position == "block" else {})


def test_discussed_and_agreed(world):
    acme = world.organisation()
    p, a, b = acme.member(), acme.member(), acme.member()
    decision = acme.decision("consensus", by=p, stakeholders={"members": [a, b]}, open=True)
    assert actions(a, decision)["may"]["inputs"] == ["reaction"] and not actions(a, decision)["waiting"]
    assert actions(p, decision)["may"] | {"advance": True, "revise": True, "withdraw": True} == actions(p, decision)["may"]
    say(a, decision, "reaction", {"text": "And who pays?"})
    refuse_input(a, decision, "decision_state", "agree")
    a.problem("POST", f"{decision.path}/advance", status=403, code="permission_denied")
    p.post(f"{decision.path}/revisions", {"text": "We share the costs."}, expect=201)
    p.post(f"{decision.path}/advance", expect=200)
    assert actions(a, decision)["may"]["inputs"] == ["agree", "reservations", "stand_aside", "abstain", "block", "support"]
    assert actions(a, decision)["waiting"] and not actions(p, decision)["waiting"]
    assert a.get("/v1/me/inbox").json()["items"][0]["expected"] == ["abstain", "agree", "block", "reservations", "stand_aside"]
    refuse_input(p, decision, "permission_denied", "agree")
    say(a, decision, "block", REASON)
    assert [m["pointer"] for m in actions(p, decision)["missing"]] == [f"/stakeholders/{b.member_id}"]
    say(a, decision, "agree")
    say(b, decision, "reservations", {"text": "Only for a year."})
    found = closed(a, decision, "adopted")
    assert found["report"]["consensus"] == {"eligible": 2, "cast": 2, "agree": 1, "reservations": 1, "stand_aside": 0, "abstain": 0,
                                            "block": 0, "blocks_void": 0}
    assert causes(acme, decision) == ["opened:discuss", "revised:discuss", "advance:poll", "all_in:poll"]
    assert a.get("/v1/me/inbox").json()["items"] == []


@pytest.mark.parametrize("rule, positions, outcome, reason", [
    ({}, ["agree", "agree", "block"], "blocked", None),
    ({"max_blocks": 1}, ["agree", "agree", "block"], "adopted", None),
    ({}, ["agree", "stand_aside", "abstain"], "adopted", None),
    ({}, ["stand_aside", "abstain", "abstain"], "rejected", "nobody_agrees"),
    ({"stand_aside_cap": [1, 3]}, ["agree", "agree", "stand_aside"], "adopted", None),
    ({"stand_aside_cap": [1, 4]}, ["agree", "agree", "stand_aside"], "rejected", "stand_asides"),
    ({"threshold": [2, 3], "inclusive": True, "base": "cast"}, ["agree", "agree", "block"], "adopted", "supermajority"),
    ({"threshold": [2, 3], "base": "cast"}, ["agree", "agree", "block"], "blocked", None),
])
def test_the_outcome_follows_from_the_positions(world, rule, positions, outcome, reason):
    poll = Poll(world, **rule)
    poll.say(*positions)
    assert closed(poll.a, poll.decision, outcome)["report"]["reason"] == reason


def test_a_block_without_reason_is_void(world):
    poll = Poll(world)
    poll.say("agree", "agree")
    say(poll.c, poll.decision, "block", {"text": "  "})
    report = closed(poll.a, poll.decision, "adopted")["report"]
    assert (report["consensus"]["block"], report["consensus"]["blocks_void"], report["consensus"]["cast"]) == (0, 1, 2)
    assert [p["void"] for p in report["positions"] if p["position"] == "block"] == [True]


@pytest.mark.parametrize("supporters, outcome", [(1, "blocked"), (2, "adopted")])
def test_a_block_may_need_supporters(world, sql, supporters, outcome):
    poll = Poll(world, block_supporters=supporters)
    block = say(poll.a, poll.decision, "block", REASON)
    refuse_input(poll.p, poll.decision, "permission_denied", "support", {}, subject=block["id"])
    refuse_input(poll.b, poll.decision, "input_invalid", "support", pointer="/subject")
    say(poll.b, poll.decision, "support", {}, subject=block["id"])
    say(poll.a, poll.decision, "support", {}, subject=block["id"])
    agreed = say(poll.b, poll.decision, "agree")
    refuse_input(poll.c, poll.decision, "input_invalid", "support", {}, subject=agreed["id"], pointer="/subject")
    say(poll.c, poll.decision, "agree")
    assert closed(poll.a, poll.decision, outcome)["report"]["positions"][0]["supporters"] == 1


def test_too_few_at_the_deadline_is_no_quorum(world, sql):
    poll = Poll(world, quorum=[2, 3])
    poll.say("agree")
    elapse(sql, poll.decision, "8 days")
    closed(poll.a, poll.decision, "no_quorum")


def test_rule_h__nobody_answering_is_not_adoption(world, sql):
    poll = Poll(world, max_rounds=None)
    elapse(sql, poll.decision, "800 days")
    assert closed(poll.a, poll.decision, "rejected")["report"]["round"] == 1


def test_a_second_round_and_then_a_supermajority(world):
    poll = Poll(world, max_rounds=2, threshold=[2, 3], inclusive=True)
    poll.say("agree", "agree", "block")
    now = state(poll.a, poll.decision)
    assert (now["status"], now["phase"], now["round"], now["revision"]) == ("open", "discuss", 2, 1)
    poll.advance()
    # the same text, but what was said in the first round counts no more and can still be read
    assert actions(poll.a, poll.decision)["waiting"]
    assert len(poll.a.get("/v1/me/inbox").json()["items"]) == 1
    assert len(actions(poll.p, poll.decision)["missing"]) == 3
    poll.say("agree", "agree", "block")
    assert closed(poll.a, poll.decision, "adopted")["report"]["reason"] == "supermajority"
    assert sorted((i["round"], i["type"]) for i in poll.a.pages(f"{poll.decision.path}/inputs")) == [
        (1, "agree"), (1, "agree"), (1, "block"), (2, "agree"), (2, "agree"), (2, "block")]
    assert causes(poll.acme, poll.decision) == ["opened:discuss", "advance:poll", "all_in:discuss", "advance:poll", "all_in:poll"]


def test_a_round_is_moved_on_from_once(world):
    """Who names phase and round may ask again, late or twice, and skips no discussion of a later round."""
    poll = Poll(world, max_rounds=3)
    poll.say("agree", "agree", "block")
    path, first = f"{poll.decision.path}/advance", {"phase": "discuss", "round": 1}
    poll.p.problem("POST", path, first, status=409, code="decision_state")
    poll.p.problem("POST", path, {"round": 0}, status=422, code="invalid_body", pointer="/round")
    assert state(poll.a, poll.decision)["phase"] == "discuss"
    assert poll.p.post(path, first | {"round": 2}).json()["phase"] == "poll"
    poll.p.problem("POST", path, first | {"round": 2}, status=409, code="decision_state")
    assert causes(poll.acme, poll.decision) == ["opened:discuss", "advance:poll", "all_in:discuss", "advance:poll"]


def test_what_can_not_work_is_refused_with_every_fault(world):
    acme = world.organisation()
    draft = acme.decision("consensus", stakeholders={"members": [acme.member()]},
                          configuration={"rule": {"max_blocks": -1, "quorum": [3, 2], "stand_aside_cap": "few", "secret": True}})
    problem = acme.owner.problem("POST", f"{draft.path}/open", status=422, code="decision_not_ready")
    assert {(fault["pointer"], fault["code"]) for fault in problem["errors"]} == {
        ("/configuration/rule/max_blocks", "too_small"), ("/configuration/rule/quorum", "too_large"),
        ("/configuration/rule/stand_aside_cap", "type"), ("/configuration/rule/secret", "unknown_member")}
