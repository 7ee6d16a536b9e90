# SPDX-License-Identifier: Apache-2.0
"""Jobs: requests that are answered later. What they do happens once, whoever dies meanwhile, and only who asked sees it."""

import json

import psycopg
import pytest

from deciding import YES, at_once, causes, closed, finished, vote, wait_until
from test_large_votes import crowd
from world import World

ASYNC = {"Prefer": "respond-async"}
SCHULZE = {"method": "schulze", "options": ["A", "B", "C"], "electorate": 9,
           "ballots": [{"count": 5, "ranking": [["A"], ["C"], ["B"]]}, {"count": 2, "ranking": [["B"], ["A", "C"]]}]}
LARGE = 5000  # more stakeholders than that are for jobs


def large_draft(acme, sql, more=1, **fields):
    """A draft that takes a job to be opened; its first two voters have tokens."""
    a, b = acme.member(), acme.member()
    decision = acme.decision(by=a, stakeholders={"voters": [a, b]}, **fields)
    return a, b, decision, crowd(sql, acme, decision, LARGE - 2 + more)


def raw_member(text, name):
    """The bytes of a member of a JSON object that the service wrote last but some scalars."""
    begin = text.index(f'"{name}":') + len(name) + 3
    value, end = json.JSONDecoder().raw_decode(text[begin:])
    return text[begin:begin + end]


def test_a_tally_may_be_asked_for_as_a_job(world):
    maria = world.person("Maria")
    at_first = maria.post("/v1/tallies", SCHULZE, expect=200)
    assert "preference-applied" not in at_first.headers
    answer = maria.post("/v1/tallies", SCHULZE, headers=ASYNC, expect=202)
    assert answer.headers["preference-applied"] == "respond-async"
    begun = answer.json()
    assert (begun["operation"], begun["status"], begun["progress"], begun["result"]) == ("tally_compute", "queued", 0, None)
    job = finished(maria, answer)
    assert (job["status"], job["progress"], job["problem"]) == ("done", 100, None)
    assert job["created_at"] <= job["started_at"] <= job["finished_at"]
    assert raw_member(maria.get(answer.headers["location"]).text, "result") == at_first.text


def test_a_recount_as_a_job_gives_the_same_bytes(world):
    acme = world.organisation()
    a, b = acme.member(), acme.member()
    decision = acme.decision(by=a, stakeholders={"voters": [a, b]}, open=True)
    vote(a, decision, YES)
    vote(b, decision, YES)
    closed(a, decision, "adopted")
    at_first = a.post(f"{decision.path}/recount", expect=200)
    answer = a.post(f"{decision.path}/recount", headers=ASYNC, expect=202)
    assert finished(a, answer)["status"] == "done"
    assert raw_member(a.get(answer.headers["location"]).text, "result") == at_first.text


def test_what_is_wrong_is_said_at_once(world):
    acme = world.organisation()
    a = acme.member()
    decision = acme.decision(by=a, stakeholders={"voters": [a]}, open=True)
    a.problem("POST", "/v1/tallies", SCHULZE | {"seats": "many"}, status=422, code="invalid_body", pointer="/seats", headers=ASYNC)
    a.problem("POST", "/v1/tallies", SCHULZE | {"ballots": [{"ranking": [["D"]]}]}, status=422, code="tally_invalid",
              pointer="/ballots/0/ranking/0/0", headers=ASYNC)
    a.problem("POST", f"{decision.path}/recount", status=409, code="decision_state", headers=ASYNC)
    world.person().problem("POST", f"{decision.path}/recount", status=404, code="not_found", headers=ASYNC)


def test_nobody_else_sees_a_job(world):
    acme = world.organisation()
    maria, other = acme.member(), acme.member()
    path = maria.post("/v1/tallies", SCHULZE, headers=ASYNC, expect=202).headers["location"]
    for somebody in (other, acme.owner, world.person()):
        somebody.problem("GET", path, status=404, code="not_found")
        somebody.problem("DELETE", path, status=404, code="not_found")
    maria.get(path)
    pinned = maria.service.client(maria.subject, organisation=acme.id)
    pinned.problem("GET", path, status=404, code="not_found")
    own = pinned.post("/v1/tallies", SCHULZE, headers=ASYNC, expect=202).headers["location"]
    pinned.get(own)
    maria.get(own)
    maria.service.client(maria.subject, scope="decision.read").problem("GET", path, status=403, code="insufficient_scope")
    maria.service.client(maria.subject, scope="job.read").get(path)


def test_a_job_shows_while_its_organisation_does(world):
    acme = world.organisation()
    a = acme.member()
    decision = acme.decision(by=a, stakeholders={"voters": [a]}, open=True)
    vote(a, decision, YES)
    answer = a.post(f"{decision.path}/recount", headers=ASYNC, expect=202)
    finished(a, answer)
    acme.owner.patch(f"{acme.path}/members/{a.member_id}", {"status": "suspended"})
    a.problem("GET", answer.headers["location"], status=404, code="not_found")
    acme.owner.patch(f"{acme.path}/members/{a.member_id}", {"status": "active"})
    a.get(answer.headers["location"])


def test_a_job_is_deleted(world):
    maria = world.person("Maria")
    answer = maria.post("/v1/tallies", SCHULZE, headers=ASYNC, expect=202)
    finished(maria, answer)
    maria.delete(answer.headers["location"])
    maria.problem("GET", answer.headers["location"], status=404, code="not_found")
    maria.problem("DELETE", answer.headers["location"], status=404, code="not_found")


def test_the_same_key_makes_one_job(world):
    maria = world.person("Maria")
    headers = ASYNC | {"Idempotency-Key": "count-once"}
    first, second = (maria.post("/v1/tallies", SCHULZE, headers=headers, expect=202) for _ in range(2))
    assert second.headers["idempotency-replayed"] == "true"
    assert (second.headers["location"], second.text) == (first.headers["location"], first.text)
    maria.problem("POST", "/v1/tallies", SCHULZE | {"electorate": 10}, status=422, code="idempotency_mismatch", headers=headers)


def test_validate_only_makes_none(world, sql):
    maria = world.person("Maria")
    answer = maria.post("/v1/tallies?validate_only=true", SCHULZE, headers=ASYNC, expect=202)
    maria.problem("GET", answer.headers["location"], status=404, code="not_found")


def test_other_preferences_make_none(world):
    world.person().post("/v1/tallies", SCHULZE, headers={"Prefer": "return=minimal"}, expect=200)


def test_ten_jobs_of_a_person_may_wait(world, sql, database):
    """Jobs wait as long as nobody can read options; they do not keep others' from being asked for."""
    acme = world.organisation()
    a, b = acme.member(), acme.member()
    decision = acme.decision(by=a, stakeholders={"voters": [a, b]}, open=True)
    vote(a, decision, YES)
    vote(b, decision, YES)
    with psycopg.connect(database.owner_url) as holder:
        holder.execute("lock table decision_options in access exclusive mode")
        answers = at_once([lambda: a.post(f"{decision.path}/recount", headers=ASYNC, expect=(202, 429)) for _ in range(14)])
        assert sorted(answer.status_code for answer in answers) == [202] * 10 + [429] * 4
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert refused.json()["code"] == "too_many_jobs" and int(refused.headers["retry-after"]) > 0
        b.post(f"{decision.path}/recount", headers=ASYNC, expect=202)
        a.delete(next(answer for answer in answers if answer.status_code == 202).headers["location"])
    for answer in answers:
        if answer.status_code == 202:
            wait_until(lambda path=answer.headers["location"]: (found := a.get(path, expect=(200, 404))).status_code == 404
                       or found.json()["finished_at"])
    a.post("/v1/tallies", SCHULZE, headers=ASYNC, expect=202)


def test_what_is_finished_is_kept_within_bounds(world, sql):
    maria = world.person("Maria")
    paths = []
    for _ in range(3):
        answer = maria.post("/v1/tallies", SCHULZE, headers=ASYNC, expect=202)
        finished(maria, answer)
        paths.append(answer.headers["location"])
    sql.execute("insert into jobs (person_id, id, operation, target, request_id, status) select %s, ('01900000-0000-7000-8000-' || "
                "lpad(n::text, 12, '0'))::uuid, 'tally_compute', '/v1/tallies', 'x', 'done' from generate_series(1, 60) n", [maria.id])
    maria.post("/v1/tallies", SCHULZE, headers=ASYNC, expect=202)
    assert sql.execute("select count(*) from jobs where person_id = %s and operation = 'tally_compute' and target = '/v1/tallies' "
                       "and request_id = 'x'", [maria.id]).fetchone()[0] == 47
    for path in paths:
        maria.get(path)


def test_jobs_are_forgotten_after_a_day(world, sql, start_service):
    maria = world.person("Maria")
    old, new = (maria.post("/v1/tallies", SCHULZE, headers=ASYNC, expect=202) for _ in range(2))
    finished(maria, old)
    sql.execute("update jobs set created_at = created_at - interval '25 hours' where id = %s", [old.json()["id"]])
    start_service()  # each looks when it starts, and every ten minutes
    wait_until(lambda: maria.get(old.headers["location"], expect=(200, 404)).status_code == 404)
    maria.get(new.headers["location"])


# ---- what is too long for a request ----


def test_ranked_pairs_of_many_options_is_a_job(world):
    maria = world.person("Maria")
    options = [f"o{n}" for n in range(101)]
    tally = {"method": "ranked_pairs", "options": options, "ballots": [{"ranking": [[option] for option in options]}]}
    answer = maria.post("/v1/tallies", tally, expect=202)
    assert "preference-applied" not in answer.headers
    assert finished(maria, answer)["result"]["winners"] == ["o0"]
    few = tally | {"options": options[:100], "ballots": [{"ranking": [["o1"]]}]}
    assert maria.post("/v1/tallies", few, expect=200).json()["winners"] == ["o1"]
    maria.post("/v1/tallies", tally | {"method": "schulze"}, expect=200)


def test_a_large_decision_is_opened_counted_and_withdrawn_by_jobs(world, sql):
    acme = world.organisation()
    a, b, decision, ids = large_draft(acme, sql)
    acme.member().problem("POST", f"{decision.path}/open", status=403, code="permission_denied")
    job = finished(a, a.post(f"{decision.path}/open", expect=202))
    assert job["status"] == "done" and job["result"]["status"] == "open"
    assert job["result"] == a.get(decision.path).json()
    assert causes(acme, decision) == ["opened:vote"]
    again = finished(a, a.post(f"{decision.path}/open", expect=202))
    assert (again["status"], again["problem"]["code"]) == ("failed", "decision_state")
    assert again["problem"]["instance"] == f"{decision.path}/open"
    for step in ("advance", "close"):
        job = finished(acme.owner, acme.owner.post(f"{decision.path}/{step}", expect=202))
        assert (job["status"], job["problem"]["code"]) == ("failed", "phase_incomplete")
        assert len(job["problem"]["errors"]) == 100
    acme.member().problem("POST", f"{decision.path}/withdraw", status=403, code="permission_denied")
    job = finished(a, a.post(f"{decision.path}/withdraw", {"rationale": "No."}, expect=202))
    assert job["result"]["outcome"] == "withdrawn"
    assert a.get(f"{decision.path}/outcome").json()["rationale"] == "No."
    job = finished(b, b.post(f"{decision.path}/recount", expect=202))
    assert job["result"]["matches"] is True


def test_up_to_the_bound_a_request_does_it(world, sql):
    a, _, decision, _ = large_draft(world.organisation(), sql, more=0)
    a.post(f"{decision.path}/open", expect=200, headers=ASYNC)


def test_what_keeps_a_large_draft_from_opening(world, sql):
    acme = world.organisation()
    a, _, decision, ids = large_draft(acme, sql)
    sql.execute("update members set status = 'left', ended_at = now() where id = %s", [ids[0]])
    job = finished(a, a.post(f"{decision.path}/open", expect=202))
    assert (job["status"], job["problem"]["code"], job["problem"]["status"]) == ("failed", "decision_not_ready", 422)
    assert job["problem"]["errors"][0]["pointer"] == f"/stakeholders/{ids[0]}"
    assert a.get(decision.path).json()["status"] == "draft"


# ---- cancelled, killed: on a database of one's own, where statements wait long for locks ----


@pytest.fixture
def apart(new_database, start_service):
    """(database, start): instances that wait for locks."""
    database = new_database()
    return database, lambda: start_service(database_url=database.service_url, COHELM_LOCK_TIMEOUT_MS="60000", COHELM_SETTLE_SECONDS="1")


def running(person, path):
    """Until somebody works at it and has read what there is to read."""
    return wait_until(lambda: (found := person.get(path).json())["progress"] == 40 and found)


def test_a_job_is_cancelled_in_the_middle(apart):
    database, start = apart
    acme = World(start()).organisation()
    with psycopg.connect(database.owner_url, autocommit=True) as sql, psycopg.connect(database.owner_url) as holder:
        a, _, decision, _ = large_draft(acme, sql)
        holder.execute("lock table change_sets in access exclusive mode")
        path = a.post(f"{decision.path}/open", expect=202).headers["location"]
        assert running(a, path)["status"] == "running"
        a.delete(path)
        a.problem("GET", path, status=404, code="not_found")
        holder.rollback()
        wait_until(lambda: sql.execute("select count(*) from job_claims").fetchone()[0] == 0)
        assert a.get(decision.path).json()["status"] == "draft"
        assert causes(acme, decision) == []


def test_another_instance_does_what_a_killed_one_began(apart):
    database, start = apart
    first = start()
    acme = World(first).organisation()
    with psycopg.connect(database.owner_url, autocommit=True) as sql, psycopg.connect(database.owner_url) as holder:
        a, _, decision, _ = large_draft(acme, sql)
        holder.execute("lock table change_sets in access exclusive mode")
        path = a.post(f"{decision.path}/open", expect=202).headers["location"]
        running(a, path)
        second = start()
        first.kill()
        holder.rollback()
        there = second.client(a.subject)
        job = wait_until(lambda: (found := there.get(path).json())["finished_at"] and found)
        assert job["status"] == "done" and job["result"]["status"] == "open"
        assert sql.execute("select tries from jobs where id = %s", [job["id"]]).fetchone()[0] == 2
        assert sql.execute("select count(*) from events where resource_id = %s and type = 'decision.opened'",
                           [decision.id]).fetchone()[0] == 1
        first.process = None
        first.stop = lambda: None


def test_what_kills_instances_is_given_up(world, sql):
    maria = world.person("Maria")
    sql.execute("insert into jobs (person_id, id, operation, target, body, request_id, tries) values "
                "(%s, '01900000-0000-7000-8000-00000000000a', 'tally_compute', '/v1/tallies', %s, 'x', 3)", [maria.id, json.dumps(SCHULZE)])
    sql.execute("insert into job_claims values (%s, '01900000-0000-7000-8000-00000000000a')", [maria.id])
    job = wait_until(lambda: (found := maria.get("/v1/jobs/01900000-0000-7000-8000-00000000000a").json())["finished_at"] and found)
    assert (job["status"], job["problem"]["code"], job["problem"]["request_id"]) == ("failed", "internal_error", "x")
