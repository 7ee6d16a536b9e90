# SPDX-License-Identifier: Apache-2.0
"""Many at once on one decision: 50 clients each (API.md 4.6)."""

import collections

import pytest

from deciding import NO, YES, at_once, causes, closed, elapse, events, state

CLIENTS = 50


@pytest.fixture
def crowd(world):
    """An organisation with 50 members."""
    acme = world.organisation()
    return acme, [acme.member() for _ in range(CLIENTS)]


def try_vote(person, decision, ballot):
    return person.request("PUT", f"{decision.path}/ballots/me", {"ballot": ballot}, expect=(200, 409)).status_code


def statuses(answers):
    return dict(collections.Counter(answers))


def stored(sql, decision):
    return sql.execute("select count(*) from ballots where decision_id = %s", [decision.id]).fetchone()[0]


@pytest.mark.parametrize("secret", [False, True])
def test_all_vote_at_once_and_the_last_one_closes(crowd, secret):
    """Nobody's vote is lost, and whoever is last closes: no vote may think another one still missing."""
    acme, people = crowd
    decision = acme.decision(stakeholders={"voters": people}, secret=secret, open=True)
    votes = [YES if number % 3 else NO for number in range(CLIENTS)]
    answers = at_once([lambda p=p, v=v: try_vote(p, decision, v) for p, v in zip(people, votes)])
    assert statuses(answers) == {200: CLIENTS}
    found = closed(acme.owner, decision, "adopted")
    assert (found["report"]["tally"]["report"]["yes"], found["report"]["tally"]["report"]["no"]) == (votes.count(YES), votes.count(NO))
    assert causes(acme, decision) == ["opened:vote", "all_in:vote"]


@pytest.mark.parametrize("secret", [False, True])
def test_one_person_votes_fifty_times_at_once(world, sql, secret):
    acme = world.organisation()
    person = acme.member()
    decision = acme.decision(by=person, stakeholders={"voters": [person, acme.owner]}, secret=secret, open=True)
    answers = at_once([lambda: try_vote(person, decision, YES)] * CLIENTS)
    assert statuses(answers) == ({200: 1, 409: CLIENTS - 1} if secret else {200: CLIENTS})
    table = "secret_ballots" if secret else "ballots"
    assert sql.execute(f"select count(*) from {table} where decision_id = %s", [decision.id]).fetchone() == (1,)
    assert acme.owner.request("PUT", f"{decision.path}/ballots/me", {"ballot": NO}).status_code == 200
    found = sql.execute("select count_report::jsonb #> '{tally,quorum,cast}' from outcomes where decision_id = %s", [decision.id]).fetchone()
    assert found == (2,)


def test_a_vote_at_the_closing_instant_is_counted_or_refused(crowd, sql):
    """The deadline passes while everybody votes: what was accepted is counted, and nothing else."""
    acme, people = crowd
    decision = acme.decision(stakeholders={"voters": [*people, acme.owner]}, open=True)

    def end():
        elapse(sql, decision, "7 days")
        return None

    answers = at_once([lambda p=p: try_vote(p, decision, YES) for p in people[:25]] + [end]
                      + [lambda p=p: try_vote(p, decision, YES) for p in people[25:]])
    accepted = answers.count(200)
    outcome = acme.owner.get(f"{decision.path}/outcome").json()["outcome"]
    found = closed(acme.owner, decision, outcome)
    assert found["report"]["tally"]["quorum"]["cast"] == accepted == stored(sql, decision)
    assert outcome == ("adopted" if accepted else "rejected")


def chaired(acme, chair, voters):
    acme.owner.post(f"{acme.path}/frameworks", {"key": "chaired", "name": "Chaired", "definition": {
        "key": "chaired", "name": "Chaired", "roles": [{"key": "chair", "min": 1, "max": 1}, {"key": "voters", "min": 1}],
        "phases": [{"key": "vote", "ballots": ["voters"], "advance": ["chair"], "ends": ["advance"]}], "rule": {"method": "majority"}}})
    acme.owner.post(f"{acme.path}/frameworks/chaired/publish")
    return acme.decision("chaired", by=chair, stakeholders={"chair": [chair], "voters": voters}, open=True)


def test_fifty_close_at_once(crowd):
    """Rule j: closed once, one outcome, one event, and everybody is told so."""
    acme, people = crowd
    decision = chaired(acme, people[0], people)
    try_vote(people[1], decision, YES)
    answers = at_once([lambda: people[0].post(f"{decision.path}/close", expect=200)] * CLIENTS)
    assert len({answer.text for answer in answers}) == 1
    closed(people[0], decision, "adopted")
    assert [e["type"] for e in events(acme, decision)].count("decision.closed") == 1


def test_fifty_end_the_same_phase_at_once(crowd):
    """One of them ends it, and nobody the phases after it."""
    acme, people = crowd
    decision = acme.decision("consent", stakeholders={"proposer": [people[0]], "facilitator": [people[1]], "members": people[:3]}, open=True)
    ends = [lambda p=p: p.request("POST", f"{decision.path}/advance", {"phase": "clarify"}, expect=(200, 409))
            for p in (acme.owner, people[1]) for _ in range(CLIENTS // 2)]
    answers = at_once(ends)
    assert statuses(answer.status_code for answer in answers) == {200: 1, 409: CLIENTS - 1}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"decision_state"}
    assert causes(acme, decision) == ["opened:clarify", "advance:react"]


def test_votes_while_somebody_closes(crowd, sql):
    acme, people = crowd
    decision = chaired(acme, acme.owner, people)
    close = [lambda: acme.owner.post(f"{decision.path}/close", expect=200).status_code]
    answers = at_once([lambda p=p: try_vote(p, decision, YES) for p in people[:25]] + close
                      + [lambda p=p: try_vote(p, decision, YES) for p in people[25:]])
    accepted = answers[:25].count(200) + answers[26:].count(200)
    outcome = acme.owner.get(f"{decision.path}/outcome").json()["outcome"]
    assert closed(acme.owner, decision, outcome)["report"]["tally"]["quorum"]["cast"] == accepted == stored(sql, decision)


def test_fifty_open_at_once(world):
    acme = world.organisation()
    decision = acme.decision(stakeholders={"voters": [acme.owner]})
    answers = at_once([lambda: acme.owner.request("POST", f"{decision.path}/open", expect=(200, 409)).status_code] * CLIENTS)
    assert statuses(answers) == {200: 1, 409: CLIENTS - 1}
    assert [e["type"] for e in events(acme, decision)].count("decision.opened") == 1


def test_fifty_notice_the_deadline_at_once(world, sql):
    acme = world.organisation()
    person = acme.member()
    decision = acme.decision(stakeholders={"voters": [person]}, open=True)
    elapse(sql, decision, "8 days")
    looks = [lambda: person.get(decision.path).json()["status"], lambda: state(person, decision)["status"],
             lambda: person.get(f"{acme.path}/decisions").json()["items"][0]["status"], lambda: try_vote(person, decision, YES),
             lambda: person.get(f"{decision.path}/record").json()["status"]]
    answers = at_once(looks * (CLIENTS // len(looks)))
    assert statuses(answers) == {"closed": 40, 409: 10}
    assert [e["type"] for e in events(acme, decision)].count("decision.closed") == 1
    closed(person, decision, "rejected")


def test_changes_of_the_draft_while_it_opens(crowd):
    """Whatever was accepted before the opening belongs to it, and nothing after."""
    acme, people = crowd
    decision = acme.decision(stakeholders={"voters": [acme.owner]})

    def add(person):
        path = f"{decision.path}/stakeholders/{person.member_id}"
        return acme.owner.request("PUT", path, {"roles": ["voters"]}, expect=(200, 409)).status_code

    opening = [lambda: acme.owner.post(f"{decision.path}/open", expect=200).status_code]
    answers = at_once([lambda p=p: add(p) for p in people[:25]] + opening + [lambda p=p: add(p) for p in people[25:]])
    added = answers[:25].count(200) + answers[26:].count(200)
    listed = acme.owner.pages(f"{decision.path}/stakeholders")
    assert len(listed) == added + 1
    assert all(stakeholder["notified_at"] for stakeholder in listed)


def test_a_text_is_revised_while_stances_are_given(world):
    """A stance counts on the text it was given on: 25 revise, 25 consent."""
    acme = world.organisation()
    p, f, a = (acme.member() for _ in range(3))
    decision = acme.decision("consent", by=p, stakeholders={"members": [a, acme.owner], "facilitator": [f]}, open=True)
    revise = [lambda: p.request("POST", f"{decision.path}/revisions", {"text": "New"}, expect=201).status_code]
    ask = [lambda: a.request("POST", f"{decision.path}/inputs", {"type": "question", "data": {"text": "?"}, "revision": 1},
                             expect=(201, 409)).status_code]
    answers = at_once((revise + ask) * 25)
    assert answers.count(201) + answers.count(409) == CLIENTS
    assert len(a.pages(f"{decision.path}/revisions")) == 26
    assert {i["revision"] for i in a.pages(f"{decision.path}/inputs")} <= {1}
