# SPDX-License-Identifier: Apache-2.0
"""Votes of thousands: what a ballot costs does not grow with the electorate, and nothing is decided on a part of it."""

import statistics
import time
import uuid

import pytest

from deciding import NO, YES, at_once, causes, closed, elapse, refuse_ballot, state, vote

LARGE = 2000


def crowd(sql, acme, decision, count):
    """So many more voters of the draft, without tokens."""
    ids = sorted(str(uuid.UUID(int=uuid.uuid4().int & ~(0xF << 76) | 7 << 76)) for _ in range(count))
    with sql.transaction():
        sql.execute("insert into people (id, issuer, subject) select x, 'crowd', x::text from unnest(%s::uuid[]) x", [ids])
        sql.execute("insert into members (organisation_id, id, person_id, status, role) "
                    "select %s, x, x, 'active', 'member' from unnest(%s::uuid[]) x", [acme.id, ids])
        sql.execute("insert into stakeholders (organisation_id, decision_id, member_id, roles, id) "
                    "select %s, %s, x, '{voters}', x from unnest(%s::uuid[]) x", [acme.id, decision.id, ids])
    return ids


def cast_by(sql, acme, decision, ids, choice="yes"):
    """Their open ballots."""
    sql.execute("insert into ballots (organisation_id, decision_id, member_id, revision, id, ballot) "
                "select %s, %s, x, 1, x, jsonb_build_object('choice', %s::text) from unnest(%s::uuid[]) x",
                [acme.id, decision.id, choice, ids])


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
