# SPDX-License-Identifier: Apache-2.0
"""Open ballots that show only after the end, where the rule says `results: closed`: in every answer, and in the trail."""

from deciding import NO, YES, closed, events, state, vote
from test_verify import export, verified

CLOSED = {"rule": {"results": "closed"}}


def hidden_vote(world, **fields):
    acme = world.organisation()
    a, b, c = (acme.member() for _ in range(3))
    return acme, (a, b, c), acme.decision(by=a, stakeholders={"voters": [a, b, c]}, configuration=CLOSED, open=True, **fields)


def markdown(person, decision):
    return person.get(f"{decision.path}/record", headers={"Accept": "text/markdown"}).text


def test_nobody_sees_others_ballots_before_the_end(world, service):
    acme, (a, b, c), decision = hidden_vote(world)
    before = markdown(a, decision)
    mine = vote(a, decision, YES)
    vote(b, decision, NO)
    for person in (a, c, acme.owner):
        person.problem("GET", f"{decision.path}/ballots", status=403, code="results_hidden")
        assert export(person, decision)["ballots"] == []
        assert '"choice"' not in person.get(f"{decision.path}/record").text
        assert markdown(person, decision) == before
        person.problem("GET", f"{decision.path}/count-report", status=409, code="decision_state")
    assert a.get(f"{decision.path}/ballots/me").json() == mine
    assert state(a, decision)["ballots_cast"] == 2  # how many is no secret
    vote(a, decision, NO)
    vote(c, decision, NO)
    closed(a, decision, "rejected")
    assert [ballot["ballot"] for ballot in c.pages(f"{decision.path}/ballots")] == [NO] * 3
    assert len(verified(service, export(c, decision))["ballots"]) == 3


def test_the_trail_says_who_voted_and_not_how(world, sql):
    acme, (a, b, _), decision = hidden_vote(world)
    vote(a, decision, YES)
    vote(a, decision, NO)
    vote(b, decision, YES)
    b.delete(f"{decision.path}/ballots/me")
    assert [e["type"] for e in events(acme, decision)][-4:] == ["ballot.cast", "ballot.changed", "ballot.cast", "ballot.withdrawn"]
    for table in ("events", "audit_log"):
        rows = sql.execute(f"select data from {table} where resource_id = %s and data ? 'member_id'", [decision.id]).fetchall()
        assert len(rows) >= 4 and not any("ballot" in data for (data,) in rows)


def test_otherwise_open_ballots_are_open(world):
    acme = world.organisation()
    a, b = acme.member(), acme.member()
    decision = acme.decision(by=a, stakeholders={"voters": [a, b]}, configuration={"rule": {"results": "open"}}, open=True)
    vote(a, decision, YES)
    assert [ballot["ballot"] for ballot in b.pages(f"{decision.path}/ballots")] == [YES]
    assert export(b, decision)["ballots"][0]["ballot"] == YES
    assert [e["data"]["ballot"] for e in events(acme, decision) if e["type"] == "ballot.cast"] == [YES]


def test_another_word_is_refused(world):
    acme = world.organisation()
    decision = acme.decision(stakeholders={"voters": [acme.owner]}, configuration={"rule": {"results": "later"}})
    acme.owner.problem("POST", f"{decision.path}/open", status=422, code="decision_not_ready", pointer="/configuration/rule/results")


def test_asking_whether_it_could_end_does_not_tell_how_it_would(world):
    """Somebody who may end the vote would else learn from each ballot how it was cast."""
    acme = world.organisation()
    people = [acme.member() for _ in range(4)]
    source = acme.owner.get(f"{acme.path}/frameworks/majority").json()["definition"] | {"key": "early"}
    source["phases"][0] |= {"advance": ["voters"], "ends": [*source["phases"][0]["ends"], "advance"]}
    acme.owner.post(f"{acme.path}/frameworks", {"definition": source}, expect=201)
    acme.owner.post(f"{acme.path}/frameworks/early/publish", expect=200)
    for fields in ({"secret": True}, {"configuration": CLOSED}):
        told = []
        for ballots in ([YES, NO, NO], [NO, YES, YES]):
            decision = acme.decision("early", by=people[0], stakeholders={"voters": people}, open=True, **fields)
            told.append([])
            for person, ballot in zip(people, ballots):
                vote(person, decision, ballot)
                for step in ("advance", "close"):
                    answer = people[0].post(f"{decision.path}/{step}", params={"validate_only": "true"}, expect=200)
                    found = answer.json()
                    assert found == people[0].get(decision.path).json()
                    told[-1].append((found["status"], found["phase"], found["outcome"], answer.headers["etag"]))
            assert people[0].post(f"{decision.path}/close", expect=200).json()["outcome"] == ("rejected" if ballots[0] == YES else "adopted")
        assert told[0] == told[1]
