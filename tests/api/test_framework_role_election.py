# SPDX-License-Identifier: Apache-2.0
"""Electing somebody to a role, from draft to outcome (FRAMEWORKS.md 3.3)."""

import datetime

from deciding import actions, causes, closed, elapse, refuse_input, say, state

RISK = {"kind": "risk", "text": "They leave in May."}


class Election:
    """Facilitator f; members a, b, c, d."""

    def __init__(self, world, **rule):
        self.acme = world.organisation()
        self.f, self.a, self.b, self.c, self.d = (self.acme.member(name=name) for name in ("Fay", "Ann", "Bo", "Cy", "Di"))
        self.members = [self.a, self.b, self.c, self.d]
        self.decision = self.acme.decision("role_election", by=self.f, configuration={"rule": rule}, open=True,
                                           stakeholders={"facilitator": [self.f], "members": self.members})

    def nominate(self, person, nominee, text="They listen."):
        return say(person, self.decision, "nomination", {"nominee": nominee.member_id, "text": text})

    def nominate_all(self, *nominees):
        """One of each member, then their reasons; in the change round."""
        for person, nominee in zip(self.members, nominees):
            self.nominate(person, nominee)
        for person in self.members:
            say(person, self.decision, "reason", {"text": "Because."})
        assert state(self.f, self.decision)["phase"] == "change"

    def advance(self):
        return self.f.post(f"{self.decision.path}/advance", expect=200).json()["phase"]

    def consent(self, nominee, objector=None):
        """All others, then the nominee."""
        for person in [p for p in self.members if p is not nominee] + [nominee]:
            say(person, self.decision, "objection", RISK) if person is objector else say(person, self.decision, "consent")


def test_nominated_in_private_and_elected_for_a_term(world):
    case = Election(world, term="P6M")
    decision = case.decision
    assert actions(case.a, decision)["may"]["inputs"] == ["nomination"] and actions(case.a, decision)["waiting"]
    assert not actions(case.f, decision)["waiting"] and len(actions(case.f, decision)["missing"]) == 4
    assert case.a.get("/v1/me/inbox").json()["items"][0]["expected"] == ["nomination"]
    refuse_input(case.f, decision, "permission_denied", "nomination", {"nominee": case.a.member_id})
    refuse_input(case.a, decision, "input_invalid", "nomination", {"nominee": case.f.member_id}, pointer="/data/nominee")
    given = [case.nominate(person, case.b, "The hidden reason") for person in (case.a, case.b, case.c)]
    for person in (case.d, case.f, case.acme.owner):
        assert person.pages(f"{decision.path}/inputs") == [] and person.get(f"{decision.path}/record").json()["inputs"] == []
        person.problem("GET", f"{decision.path}/inputs/{given[0]['id']}", status=404, code="not_found")
    assert case.a.pages(f"{decision.path}/inputs") == [given[0]]
    for trail in ("audit-log", "events"):
        seen = str(case.acme.owner.pages(f"{case.acme.path}/{trail}", resource_id=decision.id))
        assert "The hidden reason" not in seen and "nominee" not in seen
    case.nominate(case.d, case.c)
    assert state(case.f, decision)["phase"] == "reasons" and len(case.f.pages(f"{decision.path}/inputs")) == 4
    for person in case.members:
        say(person, decision, "reason", {"text": "Because."})
    case.nominate(case.d, case.b, "You convinced me.")
    case.a.problem("POST", f"{decision.path}/advance", status=403, code="permission_denied")
    assert case.advance() == "object"
    refuse_input(case.b, decision, "input_invalid", "consent", pointer="/type")
    assert actions(case.b, decision)["may"]["inputs"] == []
    assert actions(case.a, decision)["may"]["inputs"] == ["consent", "concern", "objection"]
    assert case.a.get(decision.path).json()["phase_due_at"] == actions(case.a, decision)["due_at"]
    case.consent(case.b)
    found = closed(case.a, decision, "adopted")
    assert found["report"]["elected"] == [case.b.member_id]
    assert found["report"]["rounds"][0]["counts"] == {case.b.member_id: 4}
    assert found["assignment"] == found["report"]["assignment"] and found["assignment"]["member_id"] == case.b.member_id
    start, end = (datetime.datetime.fromisoformat(found["assignment"][key]) for key in ("starts_at", "ends_at"))
    assert start == datetime.datetime.fromisoformat(found["closed_at"]) and 181 <= (end - start).days <= 184
    assert causes(case.acme, decision) == [
        "opened:nominate", "all_in:reasons", "all_in:change", "advance:object", "no_objection:object"]


def test_an_objection_brings_the_next_candidate(world):
    case = Election(world)
    case.nominate_all(case.b, case.b, case.c, case.b)
    case.advance()
    case.consent(case.b, objector=case.a)
    now = state(case.f, case.decision)
    assert (now["status"], now["phase"], now["round"]) == ("open", "object", 2)
    assert actions(case.c, case.decision)["may"]["inputs"] == [] and actions(case.b, case.decision)["may"]["inputs"] != []
    assert len(case.a.get("/v1/me/inbox").json()["items"]) == 1
    case.consent(case.c)
    found = closed(case.a, case.decision, "adopted")
    assert [r["candidate"] for r in found["report"]["rounds"]] == [case.b.member_id, case.c.member_id]
    assert found["assignment"]["member_id"] == case.c.member_id
    assert len(case.a.pages(f"{case.decision.path}/inputs", phase="object")) == 8


def test_without_another_candidate_nobody_is_elected(world):
    case = Election(world)
    case.nominate_all(case.b, case.b, case.b, case.b)
    case.advance()
    case.consent(case.b, objector=case.b)
    found = closed(case.a, case.decision, "rejected")
    assert (found["report"]["reason"], found["assignment"]) == ("no_candidate", None)


def test_a_tie_goes_to_the_sole_self_nominator(world):
    case = Election(world)
    case.nominate_all(case.b, case.b, case.a, case.a)
    case.advance()
    case.consent(case.b)
    assert closed(case.a, case.decision, "adopted")["report"]["rounds"][0]["tie_break"] == "self_nomination"


def test_a_tie_goes_to_the_incumbent(world):
    case = Election(world)
    other = case.acme.decision("role_election", by=case.f, open=True, stakeholders={"facilitator": [case.f], "members": case.members},
                               configuration={"rule": {"incumbent": case.a.member_id, "tie_break": "lot", "seed": "7"}})
    case.decision = other
    case.nominate_all(case.b, case.a, case.a, case.b)
    case.advance()
    case.consent(case.a)
    report = closed(case.a, other, "adopted")["report"]
    assert (report["rounds"][0]["tie_break"], report["elected"]) == ("incumbent", [case.a.member_id])
    assert sorted(report["rounds"][0]["tied"]) == sorted([case.a.member_id, case.b.member_id])


def test_a_tie_goes_to_the_lot_and_a_recount_draws_the_same(world):
    case = Election(world, tie_break="lot", seed="2026-11-23")
    case.nominate_all(case.b, case.a, case.a, case.b)
    assert case.advance() == "object"
    nominee = case.a if actions(case.a, case.decision)["may"]["inputs"] == [] else case.b
    case.consent(nominee)
    assert closed(case.a, case.decision, "adopted")["report"]["rounds"][0]["tie_break"] == "lot"


def test_a_tie_is_renominated_among_the_tied(world):
    case = Election(world)
    case.nominate_all(case.b, case.a, case.a, case.b)
    assert case.advance() == "nominate" and state(case.f, case.decision)["round"] == 2
    refuse_input(case.a, case.decision, "input_invalid", "nomination", {"nominee": case.c.member_id}, pointer="/data/nominee")
    assert len(case.f.pages(f"{case.decision.path}/inputs", type="nomination")) == 4, "those of the first round are shown"
    case.nominate(case.a, case.b)
    assert len(case.f.pages(f"{case.decision.path}/inputs", type="nomination")) == 4, "those of the second are not yet"
    for person in (case.b, case.c, case.d):
        case.nominate(person, case.a)
    for person in case.members:
        say(person, case.decision, "reason", {"text": "Because."})
    assert case.advance() == "object"
    case.consent(case.a)
    assert closed(case.a, case.decision, "adopted")["report"]["elected"] == [case.a.member_id]


def test_rule_f__a_tie_that_stays_is_tied(world):
    case = Election(world, max_rounds=1)
    case.nominate_all(case.b, case.a, case.a, case.b)
    case.advance()
    report = closed(case.a, case.decision, "tied")["report"]
    assert len(report["rounds"][0]["tied"]) == 2 and report["rounds"][0]["tie_break"] is None


def test_nobody_nominating_and_nobody_consenting_elect_nobody(world, sql):
    case = Election(world)
    elapse(sql, case.decision, "100 days")
    assert closed(case.a, case.decision, "rejected")["report"]["reason"] == "nobody_nominated"
    case = Election(world)
    case.nominate_all(case.b, case.b, case.b, case.b)
    case.advance()
    elapse(sql, case.decision, "8 days")
    assert closed(case.a, case.decision, "escalated")["report"]["reason"] == "silence"
