# SPDX-License-Identifier: Apache-2.0
"""Votes of thousands: what a ballot costs does not grow with the electorate, and nothing is decided on a part of it."""

import statistics
import time
import uuid

import psycopg
import pytest

from deciding import NO, YES, actions, at_once, causes, closed, elapse, finished, refuse_ballot, state, vote, wait_until
from world import World

LARGE = 2000
BACKGROUND = 5001  # what is counted in the background
MOST = 100000  # stakeholders of one decision


def crowd(sql, acme, decision, count):
    """So many more voters of the draft, without tokens."""
    ids = sorted(str(uuid.UUID(int=uuid.uuid4().int & ~(0xF << 76) | 7 << 76)) for _ in range(count))
    with sql.transaction():
        sql.execute("insert into people (id, issuer, subject) select x, 'crowd', x::text from unnest(%s::uuid[]) x", [ids])
        sql.execute("insert into members (organisation_id, id, person_id, status, role) "
                    "select %s, x, x, 'active', 'member' from unnest(%s::uuid[]) x", [acme.id, ids])
        sql.execute("insert into stakeholders (organisation_id, decision_id, member_id, roles, id) "
                    "select %s, %s, x, '{voters}', x from unnest(%s::uuid[]) x", [acme.id, decision.id, ids])
    sql.execute("analyze people, members, stakeholders")  # as autovacuum would soon
    return ids


def cast_by(sql, acme, decision, ids, choice="yes"):
    """Their open ballots."""
    sql.execute("insert into ballots (organisation_id, decision_id, member_id, revision, id, ballot) "
                "select %s, %s, x, 1, x, jsonb_build_object('choice', %s::text) from unnest(%s::uuid[]) x",
                [acme.id, decision.id, choice, ids])
    sql.execute("analyze ballots")


def cost(people, decision):
    """Milliseconds of a ballot, the median."""
    times = []
    for person in people:
        begun = time.perf_counter()
        vote(person, decision, YES)
        times.append(1000 * (time.perf_counter() - begun))
    return statistics.median(times)


@pytest.mark.parametrize("secret", [False, True])
def test_a_ballot_costs_the_same_in_a_large_electorate(world, sql, secret):
    """Small and large vote take turns, so that a busy machine disturbs both alike."""
    acme = world.organisation()
    people = [acme.member() for _ in range(12)]
    small = acme.decision(by=people[0], stakeholders={"voters": [*people, acme.owner]}, secret=secret, open=True)
    large = acme.decision(by=people[0], stakeholders={"voters": people}, secret=secret)
    crowd(sql, acme, large, LARGE)
    people[0].post(f"{large.path}/open", expect=200)
    sql.execute("analyze stakeholders, members, ballots, secret_voters")
    costs = [(cost([person], small), cost([person], large)) for person in people]
    few, many = (statistics.median(column) for column in zip(*costs))
    assert many < 3 * few + 5, f"{few:.1f} ms with 13 voters, {many:.1f} ms with {LARGE + 12}"


def test_near_the_end_too(world, sql):
    """All but a few have voted; the last one closes, with every ballot counted."""
    acme = world.organisation()
    people = [acme.member() for _ in range(6)]
    decision = acme.decision(by=people[0], stakeholders={"voters": people})
    ids = crowd(sql, acme, decision, LARGE)
    people[0].post(f"{decision.path}/open", expect=200)
    cast_by(sql, acme, decision, ids)
    vote(people[0], decision, NO)
    people[0].delete(f"{decision.path}/ballots/me")
    answers = at_once([lambda p=p: vote(p, decision, NO) for p in people])
    assert len(answers) == 6
    found = closed(people[0], decision, "adopted")
    assert found["report"]["tally"]["quorum"] == {"met": True, "cast": LARGE + 6, "eligible": LARGE + 6}
    assert causes(acme, decision) == ["opened:vote", "all_in:vote"]


def test_those_who_are_looked_at_may_have_left(world, sql):
    """More of them than are looked at: then everything is, and whoever is last still closes."""
    acme = world.organisation()
    a, b = acme.member(), acme.member()
    decision = acme.decision(by=a, stakeholders={"voters": [a, b]})
    ids = crowd(sql, acme, decision, 40)
    a.post(f"{decision.path}/open", expect=200)
    vote(a, decision, YES)
    sql.execute("update members set status = 'left', ended_at = now() where id = any (%s::uuid[])", [ids])
    assert state(a, decision)["status"] == "open"
    vote(b, decision, YES)
    assert closed(a, decision, "adopted")["report"]["tally"]["quorum"]["cast"] == 2


def test_who_does_not_vote_is_not_waited_for(world, sql):
    """Only stakeholders that this phase lets vote, and not the proposer where the rule shuts them out."""
    acme = world.organisation()
    a, b, c = (acme.member() for _ in range(3))
    decision = acme.decision(by=c, stakeholders={"voters": [a, b, c]}, configuration={"rule": {"proposer_votes": False}}, open=True)
    vote(a, decision, YES)
    refuse_ballot(acme.owner, decision, "permission_denied", YES)
    refuse_ballot(c, decision, "permission_denied", YES)
    vote(b, decision, YES)
    closed(a, decision, "adopted")


def test_the_deadline_holds_for_a_ballot_among_many(world, sql):
    acme = world.organisation()
    a = acme.member()
    decision = acme.decision(by=a, stakeholders={"voters": [a]})
    crowd(sql, acme, decision, 100)
    a.post(f"{decision.path}/open", expect=200)
    refuse_ballot(a, decision, "ballot_invalid", {"choice": "perhaps"}, pointer="/ballot/choice")
    refuse_ballot(a, decision, "revision_outdated", YES, revision=2)
    vote(a, decision, YES)
    elapse(sql, decision, "7 days")
    refuse_ballot(a, decision, "phase_closed", NO)
    closed(a, decision, "adopted")


# ---- more than a request looks at ----


def large_vote(acme, sql, by_hand=3, size=BACKGROUND, **fields):
    """An open vote, some of whose voters have tokens; (those, decision, ids of the others)."""
    people = [acme.member() for _ in range(by_hand)]
    decision = acme.decision(by=people[0], stakeholders={"voters": people}, **fields)
    ids = crowd(sql, acme, decision, size - by_hand)
    finished(people[0], people[0].post(f"{decision.path}/open", expect=202))
    return people, decision, ids


def test_the_last_ballot_of_a_large_vote_closes_it_in_the_background(world, sql):
    acme = world.organisation()
    (a, b, c), decision, ids = large_vote(acme, sql)
    cast_by(sql, acme, decision, ids)
    vote(a, decision, NO)
    vote(b, decision, NO)
    assert sql.execute("select count(*) from settlements where decision_id = %s", [decision.id]).fetchone()[0] == 0
    a.delete(f"{decision.path}/ballots/me")
    vote(a, decision, NO)
    vote(c, decision, NO)
    wait_until(lambda: state(a, decision)["status"] != "open")
    assert causes(acme, decision) == ["opened:vote", "all_in:vote"]
    assert sql.execute("select count(*) from settlements where decision_id = %s", [decision.id]).fetchone()[0] == 0
    found = a.get(f"{decision.path}/count-report").json()
    assert found["tally"]["quorum"] == {"met": True, "cast": BACKGROUND, "eligible": BACKGROUND}
    assert found["outcome"] == "adopted"


@pytest.mark.parametrize("secret", [False, True])
def test_an_early_end_of_a_large_vote(world, sql, secret):
    """Looked at after each ballot, but not by whoever casts it: until it is certain it goes on."""
    acme = world.organisation()
    people, decision, ids = large_vote(acme, sql, secret=secret, configuration={"rule": {"early_close": True}})
    half = BACKGROUND // 2  # with that many more there is no majority yet
    if secret:
        sql.execute("insert into secret_voters (organisation_id, decision_id, member_id, revision) select %s, %s, x, 1 from unnest(%s::uuid[]) x",
                    [acme.id, decision.id, ids[:half - 1]])
        sql.execute("insert into secret_ballots (organisation_id, decision_id, revision, weight, hash, ballot, count) values "
                    "(%s, %s, 1, 1, sha256('{\"choice\":\"yes\"}'), '{\"choice\": \"yes\"}', %s)", [acme.id, decision.id, half - 1])
    else:
        cast_by(sql, acme, decision, ids[:half - 1])
    asked = "select version from settlements where decision_id = %s"
    vote(people[0], decision, YES)
    wait_until(lambda: not sql.execute(asked, [decision.id]).fetchone())
    assert state(people[0], decision)["status"] == "open"
    vote(people[1], decision, YES)
    wait_until(lambda: state(people[0], decision)["status"] != "open")
    assert causes(acme, decision) == ["opened:vote", "certain:vote"]
    refuse_ballot(people[2], decision, "phase_closed", NO)


def test_a_large_vote_says_what_may_be_done(world, sql):
    """As a small one does, from a part of it."""
    acme = world.organisation()
    (a, b, c), decision, ids = large_vote(acme, sql)
    small = acme.decision(by=a, stakeholders={"voters": [a, b, c]}, open=True)
    bare = {"decision_id", "due_at", "missing"}

    def same(person):
        found, expected = ({key: value for key, value in actions(person, d).items() if key not in bare} for d in (decision, small))
        assert found == expected

    for person in (a, b, acme.owner):
        same(person)
    missing = [fault["pointer"].rsplit("/", 1)[1] for fault in actions(b, decision)["missing"]]
    assert missing == sorted([*ids, *(p.member_id for p in (a, b, c))])[:100]
    vote(a, decision, YES)
    vote(a, small, YES)
    same(a)
    same(b)
    cast_by(sql, acme, decision, ids)
    pointers = [fault["pointer"] for fault in actions(a, decision)["missing"]]
    assert sorted(pointers) == sorted(fault["pointer"] for fault in actions(a, small)["missing"]) and len(pointers) == 2
    for d in (decision, small):
        vote(b, d, YES)
        vote(c, d, YES)
    wait_until(lambda: state(a, decision)["status"] == "in_force")
    for person in (a, b, acme.owner):
        same(person)


def test_the_deadline_of_a_large_vote(new_database, start_service):
    """Nobody waits for the count: reads show the vote as it was, ballots are refused, and the background closes it."""
    database = new_database()
    service = start_service(database_url=database.service_url, COHELM_SETTLE_SECONDS="3600")
    acme = World(service).organisation()
    with psycopg.connect(database.owner_url, autocommit=True) as sql:
        (a, b, c), decision, ids = large_vote(acme, sql)
        cast_by(sql, acme, decision, ids[:3000])
        vote(a, decision, YES)
        elapse(sql, decision, "8 days")
    assert a.get(f"{decision.path}/status").json()["status"] == "open"
    assert [item["id"] for item in a.pages(f"{acme.path}/decisions", status="open")] == [decision.id]
    refused = b.request("PUT", f"{decision.path}/ballots/me", {"ballot": NO}, expect=503)
    assert refused.json()["code"] == "busy" and int(refused.headers["retry-after"]) > 0
    a.problem("POST", f"{decision.path}/close", status=503, code="busy")
    a.problem("GET", f"{decision.path}/outcome", status=409, code="decision_state")
    start_service(database_url=database.service_url, COHELM_SETTLE_SECONDS="1")
    wait_until(lambda: a.get(f"{decision.path}/status").json()["status"] != "open")
    refuse_ballot(b, decision, "phase_closed", NO)
    report = a.get(f"{decision.path}/count-report").json()
    assert report["outcome"] == "adopted" and report["tally"]["quorum"]["cast"] == 3001
    job = finished(b, b.post(f"{decision.path}/recount", expect=202))
    assert job["result"]["matches"] is True and job["result"]["count_report"] == report
    assert causes(acme, decision) == ["opened:vote", "deadline:vote"]


# ---- the most ----


def too_large(person, decision, most):
    answer = person.post(f"{decision.path}/open", expect=(202, 422))
    problem = finished(person, answer)["problem"] if answer.status_code == 202 else answer.json()
    assert problem["code"] == "decision_not_ready"
    assert [(fault["pointer"], fault["code"]) for fault in problem["errors"]] == [("/stakeholders", "electorate_too_large")]
    assert str(most) in problem["errors"][0]["detail"]
    return answer.status_code


def test_as_many_as_may_be(new_database, start_service):
    """A hundred thousand open, vote and are counted; one more is refused at once."""
    database = new_database()
    service = start_service(database_url=database.service_url, COHELM_SETTLE_SECONDS="1")
    acme = World(service).organisation()
    a, b = acme.member(), acme.member()
    decision = acme.decision(by=a, stakeholders={"voters": [a, b]})
    with psycopg.connect(database.owner_url, autocommit=True) as sql:
        ids = crowd(sql, acme, decision, MOST - 1)
        assert too_large(a, decision, MOST) == 422
        sql.execute("delete from stakeholders where member_id = %s", [ids.pop()])
        finished(a, a.post(f"{decision.path}/open", expect=202))
        assert state(a, decision)["status"] == "open"
        cast_by(sql, acme, decision, ids)
        vote(a, decision, NO)
        assert actions(b, decision)["waiting"] is True
        elapse(sql, decision, "8 days")
    wait_until(lambda: a.get(f"{decision.path}/status").json()["status"] != "open")
    job = finished(a, a.post(f"{decision.path}/recount", expect=202))
    assert job["result"]["matches"] is True
    assert job["result"]["count_report"]["tally"]["quorum"]["cast"] == MOST - 1


@pytest.mark.parametrize("most, fields", [
    (10000, {"framework": "lazy_consensus"}),
    (10000, {"secret": True, "configuration": {"rule": {"proxy": {"allowed": True}}}}),
    (10000, {"framework": "schulze", "secret": True, "options": {f"o{n}": "An option" for n in range(20)}}),
    (2000000 // 150, {"framework": "schulze", "options": {f"o{n}": "An option" for n in range(150)}}),
], ids=["inputs", "secret proxies", "secret rankings", "many options"])
def test_fewer_where_each_step_looks_at_all(world, sql, most, fields):
    acme = world.organisation()
    a = acme.member()
    decision = acme.decision(by=a, stakeholders={"voters": [a]}, **fields)
    ids = crowd(sql, acme, decision, most)
    too_large(a, decision, most)
    sql.execute("delete from stakeholders where decision_id = %s and member_id = %s", [decision.id, ids[0]])
    assert finished(a, a.post(f"{decision.path}/open", expect=202))["status"] == "done"
    a.post(f"{decision.path}/withdraw", expect=202)
