# SPDX-License-Identifier: Apache-2.0
"""Votes of thousands: what a ballot costs does not grow with the electorate, and nothing is decided on a part of it."""

import hashlib
import json
import statistics
import time
import uuid

import psycopg
import pytest

import service as services
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


def tell(sql, acme, decision, action, table):
    """Audit rows of that for all stakeholders or ballots that have no tokens, and their links of the chain, as the service writes them."""
    place = [acme.id, decision.id]
    with sql.transaction():
        rows = sql.execute("insert into audit_log (organisation_id, id, actor_id, action, resource_id, data) "
                           f"select t.organisation_id, gen_random_uuid(), t.member_id, %s, t.decision_id, to_jsonb(t) from {table} t "
                           "join people p on p.id = t.member_id and p.issuer = 'crowd' where t.organisation_id = %s and t.decision_id = %s "
                           "returning id, audit_digest(audit_log)", [action, *place]).fetchall()
        length, last = sql.execute("select length, hash from audit_chains where organisation_id = %s and resource_id = %s", place).fetchone()
        hashes = []
        for _, digest in rows:
            last = hashlib.sha256(last + digest).digest()
            hashes.append(last)
        sql.execute("insert into audit_links (organisation_id, resource_id, number, audit_id, hash) "
                    "select %s, %s, %s + x.n, x.id, x.hash from unnest(%s::uuid[], %s::bytea[]) with ordinality x (id, hash, n)",
                    [*place, length, [id for id, _ in rows], hashes])
        sql.execute("update audit_chains set length = %s, hash = %s where organisation_id = %s and resource_id = %s",
                    [length + len(rows), last, *place])
    sql.execute("analyze audit_log, audit_links")


def cost(people, decision):
    """Milliseconds of a ballot, the median."""
    times = []
    for person in people:
        begun = time.perf_counter()
        vote(person, decision, YES)
        times.append(1000 * (time.perf_counter() - begun))
    return statistics.median(times)


@pytest.mark.skipif("tsan" in str(services.BINARY), reason="each memory access is watched, so reading costs more beside waiting than it does")
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


# ---- the record ----

SLICES = 9000  # stakeholders that are read in several slices

WHOLE = {
    "stakeholders": """
        select jsonb_agg(jsonb_build_object('member_id', s.member_id, 'display_name', m.display_name, 'roles', s.roles, 'level', s.level,
            'weight', s.weight, 'notified_at', utc_text(s.notified_at), 'left_at', utc_text(s.left_at)) order by s.member_id)
        from stakeholders s join members m on m.id = s.member_id where s.decision_id = %s""",
    "ballots": """
        select jsonb_agg(jsonb_build_object('member_id', b.member_id, 'revision', b.revision, 'ballot', b.ballot,
            'cast_at', utc_text(b.cast_at)) order by b.revision, b.member_id)
        from ballots b where b.decision_id = %s""",
    "trail": """
        select jsonb_agg(jsonb_build_object('number', k.number, 'content', case when l.action !~ '^(ballot|input)' then audit_content(l) end,
            'digest', encode(audit_digest(l), 'hex'), 'hash', encode(k.hash, 'hex')) order by k.number)
        from audit_links k join audit_log l on l.id = k.audit_id where k.resource_id = %s"""}


def fetch_record(person, decision, accept="application/json"):
    """As a client without the checks of the tests, which would take a minute."""
    return person.service.http.get(f"{decision.path}/record", headers={"Authorization": f"Bearer {person.token}", "Accept": accept})


def same_as_whole(sql, decision, text):
    """The record reads in slices what these statements give at once."""
    record = json.loads(text)
    for name, statement in WHOLE.items():
        assert record[name] == sql.execute(statement, [decision.id]).fetchone()[0], name


def test_a_small_record_says_what_one_statement_does(world, sql):
    acme = world.organisation()
    a, b = acme.member(), acme.member()
    decision = acme.decision(by=a, stakeholders={"voters": [a, b]}, open=True)
    assert '"ballots":[],"proxies":[],' in a.get(f"{decision.path}/record").text
    vote(a, decision, YES)
    with sql.transaction():  # no vote of ours has ballots on several revisions
        sql.execute("insert into decision_revisions (organisation_id, decision_id, number, title, text, note, author_id) select organisation_id, "
                    "decision_id, 2, title, text, 'Again.', author_id from decision_revisions where decision_id = %s", [decision.id])
        sql.execute("update decisions set revision = 2 where id = %s", [decision.id])
    vote(a, decision, YES)
    vote(b, decision, YES)
    text = a.get(f"{decision.path}/record").text
    assert [ballot["revision"] for ballot in json.loads(text)["ballots"]] == [1, 2, 2]
    assert '"inputs":[],"late_inputs":[],' in text
    same_as_whole(sql, decision, text)


def trail_length(sql, decision):
    return sql.execute("select length from audit_chains where resource_id = %s", [decision.id]).fetchone()[0]


def exported_at_once(people, decision):
    """Records of several who ask at the same time: one is read at a time, the others are told to come again."""
    answers = at_once([lambda p=p: fetch_record(p, decision) for p in people])
    good = [answer for answer in answers if answer.status_code == 200]
    refused = [answer for answer in answers if answer.status_code != 200]
    assert good and refused
    assert all(answer.status_code == 503 and answer.json()["code"] == "busy" and int(answer.headers["retry-after"]) > 0 for answer in refused)
    return good[0]


def test_what_may_be_opened_can_be_exported_and_verified(new_database, start_service):
    """Stakeholders added one by one, each a row of the trail that shows what it says. Several slices are like many: what one of them takes
    in the record is no more than opening reckons with (60 MB for all, where an answer has 64 MiB)."""
    database = new_database()
    service = start_service(database_url=database.service_url, COHELM_SETTLE_SECONDS="1")
    acme = World(service).organisation()
    people = [acme.member() for _ in range(3)]
    decision = acme.decision(by=people[0], stakeholders={"voters": people})
    with psycopg.connect(database.owner_url, autocommit=True) as sql:
        ids = crowd(sql, acme, decision, SLICES)
        tell(sql, acme, decision, "stakeholder.added", "stakeholders")
        rows = trail_length(sql, decision)
        finished(people[0], people[0].post(f"{decision.path}/open", expect=202))
        cast_by(sql, acme, decision, ids)
        tell(sql, acme, decision, "ballot.cast", "ballots")
        elapse(sql, decision, "8 days")
        wait_until(lambda: people[0].get(f"{decision.path}/status").json()["status"] != "open")
        record = exported_at_once(people, decision)
        same_as_whole(sql, decision, record.text)
    assert len(record.content) <= 560 * (SLICES + 3) + 900 * rows
    status, said = service.verify(record.text)
    assert status == 0 and said.startswith("verified\n"), said
    last = json.loads(record.text)["trail"][-1]
    document = fetch_record(people[0], decision, "text/markdown").text
    assert f"row {last['number']}, the last of the trail: `{last['hash']}`" in document
    assert document.count("| voters | yes |") == SLICES


def test_no_more_than_can_be_exported(new_database, start_service):
    database = new_database()
    service = start_service(database_url=database.service_url)
    acme = World(service).organisation()
    a = acme.member()
    decision = acme.decision(by=a, stakeholders={"voters": [a]})
    with psycopg.connect(database.owner_url, autocommit=True) as sql:
        crowd(sql, acme, decision, 42000)
        tell(sql, acme, decision, "stakeholder.added", "stakeholders")
        rows = trail_length(sql, decision)
    too_large(a, decision, (60_000_000 - 900 * rows) // 560)
