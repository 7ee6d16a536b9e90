# SPDX-License-Identifier: Apache-2.0
"""Secret ballots: cast once, hidden below three, and detached from their voters in every table."""

import hashlib
import itertools
import json

from deciding import NO, YES, actions, closed, elapse, events, refuse_ballot, state, vote

VOTES = [YES, NO, YES, YES, NO]


def secret_vote(world, count, **fields):
    acme = world.organisation()
    voters = [acme.member() for _ in range(count)]
    return acme, voters, acme.decision(by=voters[0], stakeholders={"voters": voters}, secret=True, open=True, **fields)


def test_a_secret_ballot_is_final(world):
    acme, voters, decision = secret_vote(world, 4)
    path = f"{decision.path}/ballots/me"
    voters[0].problem("GET", path, status=404, code="not_found")
    voters[0].problem("PUT", path, {"ballot": YES}, status=412, code="precondition_failed", headers={"If-Match": '"cast-1"'})
    answer = vote(voters[0], decision, YES)
    assert (answer["secret"], answer["ballot"], answer["cast_at"]) == (True, None, None)
    assert voters[0].get(path).json() == answer
    refuse_ballot(voters[0], decision, "ballot_final", NO)
    refuse_ballot(voters[0], decision, "ballot_final", YES)
    voters[0].problem("DELETE", path, status=409, code="ballot_final")
    refuse_ballot(voters[1], decision, "ballot_invalid", {"choice": "perhaps"}, pointer="/ballot/choice")
    assert not actions(voters[0], decision)["waiting"] and not actions(voters[0], decision)["may"]["vote"]
    for person in (voters[0], acme.owner):
        person.problem("GET", f"{decision.path}/ballots", status=403, code="ballots_secret")
    assert voters[0].pages("/v1/me/inbox") == [] and len(voters[1].pages("/v1/me/inbox")) == 1


def test_counts_show_from_three_on(world, sql):
    _, voters, decision = secret_vote(world, 5)
    shown = []
    for voter, ballot in zip(voters[:4], VOTES):
        vote(voter, decision, ballot)
        shown.append(state(voters[0], decision)["ballots_cast"])
    assert shown == [None, None, 3, 4]
    assert voters[0].get(f"{decision.path}/record").json()["ballots"] is None
    assert actions(voters[0], decision)["missing"][-1]["pointer"] == "/ballots"
    elapse(sql, decision, "8 days")
    report = closed(voters[0], decision, "adopted")["report"]
    assert (report["tally"]["report"]["yes"], report["tally"]["report"]["no"]) == (3, 1)
    record = voters[0].get(f"{decision.path}/record").json()
    assert record["ballots"] == [{"revision": 1, "ballot": NO, "count": 1}, {"revision": 1, "ballot": YES, "count": 3}]


def test_what_fewer_than_three_said_stays_hidden_after_the_end(world, sql):
    _, voters, decision = secret_vote(world, 5)
    vote(voters[0], decision, YES)
    vote(voters[1], decision, YES)
    elapse(sql, decision, "8 days")
    assert voters[0].get(f"{decision.path}/outcome").json()["outcome"] == "adopted"
    voters[0].problem("GET", f"{decision.path}/count-report", status=403, code="participation_hidden")
    recount = voters[0].post(f"{decision.path}/recount").json()
    assert recount["matches"] is True and recount["count_report"] is None
    record = voters[0].get(f"{decision.path}/record").json()
    assert record["ballots"] is None and record["count_report"] is None
    assert state(voters[0], decision)["ballots_cast"] is None
    assert "How it was counted" not in voters[0].get(f"{decision.path}/record", headers={"Accept": "text/markdown"}).text


def test_the_trail_says_who_took_part_and_nothing_else(world):
    acme, voters, decision = secret_vote(world, 3)
    for voter, ballot in zip(voters, VOTES):
        vote(voter, decision, ballot)
    closed(voters[0], decision, "adopted")
    audit = [entry for entry in acme.owner.pages(f"{acme.path}/audit-log", resource_id=decision.id) if entry["action"].startswith("ballot")]
    feed = [event for event in events(acme, decision) if event["type"].startswith("ballot")]
    for rows in (audit, feed):
        assert sorted(row["actor_id"] for row in rows) == sorted(voter.member_id for voter in voters)
        assert all(row["data"] == {"decision_id": decision.id, "revision": 1, "secret": True} for row in rows)


def test_nothing_in_the_tables_leads_from_a_ballot_to_a_voter(world, sql):
    """Looked at after each vote: not which row came last, nor which transaction, place, time or id it has."""
    _, voters, decision = secret_vote(world, 6)
    for number, (voter, ballot) in enumerate(zip(voters[:5], VOTES), 1):
        vote(voter, decision, ballot)
        rows = sql.execute("select to_jsonb(b) - 'organisation_id', b.xmin::text, b.ctid::text from secret_ballots b "
                           "where decision_id = %s order by b.hash", [decision.id]).fetchall()
        assert sum(row[0]["count"] for row in rows) == number
        assert {frozenset(row[0]) for row in rows} == {frozenset({"decision_id", "revision", "weight", "hash", "ballot", "count"})}
        for row in rows:
            text = json.dumps(row[0]["ballot"], separators=(",", ":"))
            assert row[0]["hash"] == "\\x" + hashlib.sha256(text.encode()).hexdigest()
        assert len({row[1] for row in rows}) == 1  # every row looks as if it had been written last
        places = [tuple(map(int, row[2].strip("()").split(","))) for row in rows]
        assert places == sorted(places)  # in the order of the hashes, not of the votes
    columns = {name for (name,) in sql.execute("select column_name from information_schema.columns where table_name = 'secret_voters'")}
    assert columns == {"organisation_id", "decision_id", "revision", "member_id"}
    assert sql.execute("select count(*) from ballots where decision_id = %s", [decision.id]).fetchone() == (0,)
    stored = sql.execute("select string_agg(data::text, '') from (select data from events where resource_id = %(id)s union all "
                         "select data from audit_log where resource_id = %(id)s) d", {"id": decision.id}).fetchone()[0]
    assert '"choice"' not in stored
    kept = sql.execute("select count(*) from idempotency_keys where convert_from(body, 'UTF8') like %s and operation like 'ballot%%'",
                       [f"%{decision.id}%"]).fetchone()
    assert kept == (0,)


def test_the_order_of_votes_leaves_no_trace(world, sql):
    """The same ballots cast in two orders leave the same rows, but for the ids of their decisions."""
    left = []
    for order in ([0, 1, 2, 3, 4], [4, 1, 3, 0, 2]):
        _, voters, decision = secret_vote(world, 6)
        for index in order:
            vote(voters[index], decision, VOTES[index])
        left.append(sql.execute("select weight, hash, ballot, count from secret_ballots where decision_id = %s", [decision.id]).fetchall())
    assert left[0] == left[1] and len(left[0]) == 2


def test_weights_count_and_equal_ballots_share_a_row(world, sql):
    acme = world.organisation()
    voters = [acme.member() for _ in range(4)]
    decision = acme.decision("schulze", by=voters[0], secret=True, options={"x": "X", "y": "Y"})
    for voter, weight in zip(voters, itertools.chain([5], itertools.repeat(1))):
        voters[0].put(f"{decision.path}/stakeholders/{voter.member_id}", {"roles": ["voters"], "weight": weight})
    voters[0].post(f"{decision.path}/open")
    for voter, ranking in zip(voters, ([["x"], ["y"]], [["y"], ["x"]], [["y"], ["x"]], [["y"], ["x"]])):
        vote(voter, decision, {"ranking": ranking})
    assert sorted(sql.execute("select weight, count from secret_ballots where decision_id = %s", [decision.id]).fetchall()) == [(1, 3), (5, 1)]
    found = closed(voters[0], decision, "adopted")
    assert found["winners"] == ["x"] and found["report"]["tally"]["report"]["pairwise"]["x"]["y"] == 5
