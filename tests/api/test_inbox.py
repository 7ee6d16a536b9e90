# SPDX-License-Identifier: Apache-2.0
"""The inbox: what waits for a person in all organisations, and that it says the same as the decision itself."""

import pytest

from deciding import YES, actions, elapse, say, vote

CRITERIA = ("harms_capacity", "limits_responsibility", "newly_caused", "necessarily_follows")


def inbox(person, **filters):
    return person.pages("/v1/me/inbox", **filters)


def expected(person):
    """What is expected of somebody who has one decision at most; the decision's own actions must agree."""
    items = inbox(person)
    assert len(items) <= 1
    return items[0]["expected"] if items else []


def agrees(people, decision):
    """By name what is expected of each; the inbox and the engine must be of one mind."""
    found = {person.name: expected(person) for person in people}
    assert {name: bool(what) for name, what in found.items()} == {person.name: actions(person, decision)["waiting"] for person in people}
    return {name: what for name, what in found.items() if what}


def test_across_organisations_by_due_time(world):
    person = world.person("Maria")
    made = []
    for due in ("2031-03-01T00:00:00Z", None, "2031-01-01T00:00:00Z"):
        acme = world.organisation()
        acme.add(person)
        fields = {"due_at": due} if due else {"configuration": {"rule": {"expiry": None}}}
        kind = ("majority", {"voters": [person]}) if due else ("single_decider", {"decider": [person]})
        made.append((acme, acme.decision(kind[0], stakeholders=kind[1], open=True, **fields)))
        acme.decision("majority", stakeholders={"voters": [person]})  # a draft waits for nobody
    items = inbox(person, limit=1)
    assert [item["decision_id"] for item in items] == [made[i][1].id for i in (2, 0, 1)]
    assert [(item["organisation_name"], item["due_at"], item["expected"]) for item in items] == [
        (made[2][0]["name"], "2031-01-01T00:00:00Z", ["ballot"]), (made[0][0]["name"], "2031-03-01T00:00:00Z", ["ballot"]),
        (made[1][0]["name"], None, ["decision"])]
    assert [item["decision_id"] for item in inbox(person, organisation_id=made[0][0].id)] == [made[0][1].id]
    assert [item["decision_id"] for item in inbox(person, due_before="2031-02-01T00:00:00Z")] == [made[2][1].id]
    pinned = world.service.client(person.subject, organisation=made[1][0].id)
    assert [item["decision_id"] for item in inbox(pinned)] == [made[1][1].id]
    narrow = world.service.client(person.subject, scope="team.read")
    narrow.problem("GET", "/v1/me/inbox", status=403, code="insufficient_scope")
    vote(person, made[2][1], YES)
    assert len(inbox(person)) == 2
    made[0][0].owner.delete(f"{made[0][0].path}/members/{made[0][0].member_id(person)}")
    assert len(inbox(person)) == 1


def test_nobody_has_an_empty_inbox_by_mistake(world):
    assert inbox(world.person()) == []


@pytest.mark.parametrize("test", ["holacracy", "s3", "none"])
def test_consent__each_phase_waits_for_those_it_should(world, test):
    acme = world.organisation()
    p, f, a, b = people = [acme.member(name=name) for name in ("Pia", "Fay", "Ann", "Bo")]
    decision = acme.decision("consent", by=p, stakeholders={"members": [p, a, b], "facilitator": [f]}, open=True,
                             configuration={"rule": {"objection_test": test}})
    assert agrees(people, decision) == {}
    question = say(a, decision, "question", {"text": "Why?"})
    assert agrees(people, decision) == {"Pia": ["answer"]}
    say(p, decision, "answer", {"text": "So."}, question["id"])
    assert agrees(people, decision) == {}
    f.post(f"{decision.path}/advance")
    f.post(f"{decision.path}/advance")
    stances = ["concern", "consent", "objection"]
    assert agrees(people, decision) == {"Pia": stances, "Ann": stances, "Bo": stances}
    say(p, decision, "consent")
    data = {"holacracy": {"arguments": dict.fromkeys(CRITERIA, "Argued")}, "s3": {"kind": "risk", "text": "No"}, "none": {}}[test]
    objection = say(a, decision, "objection", data)
    assert agrees(people, decision) == {"Bo": stances} | ({"Fay": ["ruling"]} if test == "holacracy" else {})
    say(b, decision, "consent")
    if test == "holacracy":
        assert agrees(people, decision) == {"Fay": ["ruling"]}
        say(f, decision, "ruling", {"arguments_given": dict.fromkeys(CRITERIA, True)}, objection["id"])
    assert agrees(people, decision) == {"Pia": ["revision"]}
    p.post(f"{decision.path}/revisions", {"text": "Better"})
    assert agrees(people, decision) == {"Pia": stances, "Ann": stances, "Bo": stances}
    for person in (p, a, b):
        say(person, decision, "consent")
    assert agrees(people, decision) == {}


def test_a_policy_broken_waits_for_no_ruling(world):
    acme = world.organisation()
    p, f, a = people = [acme.member(name=name) for name in ("Pia", "Fay", "Ann")]
    decision = acme.decision("consent", by=p, stakeholders={"members": [p, a], "facilitator": [f]}, open=True)
    f.post(f"{decision.path}/advance")
    f.post(f"{decision.path}/advance")
    say(a, decision, "objection", {"policy_broken": "Ours"})
    assert "Fay" not in agrees(people, decision)


def test_a_proposer_shut_out_is_not_waited_for(world):
    acme = world.organisation()
    people = [acme.member(name=name) for name in ("Pia", "Ann")]
    decision = acme.decision(by=people[0], stakeholders={"voters": people}, open=True, configuration={"rule": {"proposer_votes": False}})
    assert agrees(people, decision) == {"Ann": ["ballot"]}


def test_what_is_over_waits_for_nobody(world, sql):
    acme = world.organisation()
    person = acme.member(name="Ann")
    decision = acme.decision(by=person, stakeholders={"voters": [person, acme.owner]}, open=True)
    assert agrees([person], decision) == {"Ann": ["ballot"]}
    elapse(sql, decision, "8 days")
    assert agrees([person], decision) == {}


def test_reviews__come_when_they_are_due(world, sql):
    acme = world.organisation()
    p, f, a = (acme.member(name=name) for name in "PFA")
    due = acme.decision("consent", by=p, title="Due", stakeholders={"members": [a], "facilitator": [f]}, open=True)
    f.post(f"{due.path}/advance")
    f.post(f"{due.path}/advance")
    say(a, due, "consent")
    later = acme.decision(by=p, stakeholders={"voters": [p]}, open=True)
    vote(p, later, YES)
    waiting = acme.decision(by=p, title="Open", stakeholders={"voters": [p]}, open=True)
    assert [item["decision_id"] for item in inbox(p)] == [waiting.id] and inbox(f) == []
    elapse(sql, due, "7 months")
    items = inbox(p, limit=1)
    assert [(item["decision_id"], item["expected"], item["roles"]) for item in items] == [
        (due.id, ["review"], ["proposer"]), (waiting.id, ["ballot"], ["proposer", "voters"])]
    assert p.get("/v1/me/inbox", headers={"Prefer": "count=exact"}).json()["count"] == 2
    assert items[0]["due_at"] == p.get(due.path).json()["review_at"]
    assert [item["decision_id"] for item in inbox(p, due_before=items[0]["due_at"])] == []
    assert [item["roles"] for item in inbox(f)] == [["facilitator"]] and inbox(a) == []
    f.post(f"{due.path}/review", {"verdict": "kept"}, expect=200)
    assert [item["decision_id"] for item in inbox(p)] == [waiting.id] and inbox(f) == []
