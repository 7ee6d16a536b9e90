# SPDX-License-Identifier: Apache-2.0
"""The database stops, is restarted, hangs, has no room or no time: requests are answered in bounded time, and it mends by itself."""

import concurrent.futures
import contextlib
import json
import signal
import time

import psycopg
import pytest

import service as services
from world import World

STOPPED_SECONDS = 3   # nobody listens: that is known at once
FROZEN_SECONDS = 9    # a statement's second and two more, then two for a new connection; and a busy machine


@pytest.fixture
def service(start_service):
    """An instance of this test's own, with a free rate."""
    return start_service(COHELM_RATE_LIMIT="1000000")


def timed(call):
    began = time.monotonic()
    answer = call()
    return answer, time.monotonic() - began


def at_once(calls):
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def ready(service):
    return service.admin.get("/ready").status_code


def expect_unavailable(service, client, path, seconds, eventually):
    """Every request is answered 503 or 504 in time, whichever worker gets it; what needs no database works on."""
    calls = [lambda: timed(lambda: client.get(path, expect=(503, 504)))] * 16
    calls += [lambda: timed(lambda: client.post("/v1/organisations", {"handle": "xx", "name": "x"}, expect=(503, 504)))] * 8
    for answer, took in at_once(calls):
        assert took < seconds, took
        assert 1 <= int(answer.headers["retry-after"]) <= 5
        assert answer.json()["code"] in ("unavailable", "too_slow")
    eventually(lambda: ready(service) == 503, seconds)
    assert "database" in service.admin.get("/ready").text
    for page in ("/ready", "/live"):  # neither waits for the database
        assert max(timed(lambda: service.admin.get(page))[1] for _ in range(20)) < 0.5
    assert service.admin.get("/live").status_code == 200


def expect_all_well(service, acme, number):
    """Every worker answers, writes and reads."""
    made = at_once([lambda name=name: acme.owner.post(f"{acme.path}/teams", {"name": f"{number}-{name}", "kind": "circle"}, expect=201)
                    for name in range(24)])
    assert len({answer.json()["id"] for answer in made}) == 24
    assert {answer.status_code for answer in at_once([lambda: acme.owner.get(acme.path)] * 24)} == {200}


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT, signal.SIGKILL], ids=["fast", "immediate", "killed"])
def test_database__stops_and_comes_back(service, cluster, eventually, how):
    acme = World(service).organisation()
    expect_all_well(service, acme, 0)
    cluster.kill() if how == signal.SIGKILL else cluster.stop(how)
    for _ in range(2):
        expect_unavailable(service, acme.owner, acme.path, STOPPED_SECONDS, eventually)
    assert service.anonymous().get("/docs").status_code == 200
    cluster.start()
    assert eventually(lambda: ready(service) == 200) < 10
    eventually(lambda: acme.owner.get(acme.path, expect=(200, 503)).status_code == 200)
    time.sleep(1)  # each worker tries again within half a second of the first request after a failed try
    expect_all_well(service, acme, 1)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "immediate"])
def test_database__restarted_while_nobody_asks_nobody_notices(service, cluster, eventually, how):
    """A worker sees that its connection has died before it sends a statement on it, reads and writes alike."""
    acme = World(service).organisation()
    expect_all_well(service, acme, 0)
    cluster.stop(how)
    cluster.start()
    expect_all_well(service, acme, 1)
    eventually(lambda: ready(service) == 200)


def test_database__a_connection_ended_by_the_administrator_is_replaced(service, database):
    acme = World(service).organisation()
    for number in range(3):
        services.cluster("psql", "-qAtc", f"select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where datname = '{database.name}'")
        expect_all_well(service, acme, number)


def test_database__hangs(service, cluster, eventually):
    """Its processes are stopped: connections stay, and nothing answers."""
    acme = World(service).organisation()
    expect_all_well(service, acme, 0)
    cluster.freeze()
    expect_unavailable(service, acme.owner, acme.path, FROZEN_SECONDS, eventually)
    expect_unavailable(service, acme.owner, acme.path, FROZEN_SECONDS, eventually)
    cluster.thaw()
    eventually(lambda: ready(service) == 200)
    eventually(lambda: {answer.status_code for answer in at_once([lambda: acme.owner.get(acme.path, expect=(200, 503))] * 24)} == {200})
    expect_all_well(service, acme, 1)


def test_database__hangs_while_much_is_sent(service, cluster):
    """More than the socket's buffer takes: sending is bounded too."""
    acme = World(service).organisation()
    decision = {"title": "Long", "text": "x" * 20000, "framework": "schulze",
                "options": [{"key": f"o{number}", "title": "Long", "description": "x" * 4000} for number in range(100)]}
    accepted = acme.owner.request("POST", f"{acme.path}/decisions?validate_only=true", decision)
    assert accepted.status_code == 201, accepted.text[:500]
    cluster.freeze()
    calls = [lambda: timed(lambda: acme.owner.request("POST", f"{acme.path}/decisions", decision, expect=(503, 504)))] * 8
    assert max(took for _, took in at_once(calls)) < FROZEN_SECONDS


def test_database__hangs_when_the_service_is_told_to_stop(service, cluster):
    acme = World(service).organisation()
    cluster.freeze()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        pool.submit(acme.owner.get, acme.path, expect=(503, 504))
        time.sleep(0.2)
        _, took = timed(service.stop)
    assert took < 20


def test_database__has_no_connection_left(start_service, new_database, eventually):
    """Of sixteen connections some are refused: those there are serve all of their worker; with none at all it is 503, and mended when
    there is room."""
    database = new_database()

    def limit(connections):
        services.cluster("psql", "-qAtc", f"alter database \"{database.name}\" connection limit {connections}")

    limit(5)
    service = start_service(database.service_url, COHELM_RATE_LIMIT="1000000", COHELM_DB_CONNECTIONS="16")
    client = service.client()
    eventually(lambda: client.get("/v1/me", expect=(200, 503)).status_code == 200)
    for _ in range(20):
        answers = at_once([lambda: client.get("/v1/me", expect=(200, 503))] * 24)
        assert all(1 <= int(answer.headers["retry-after"]) <= 5 for answer in answers if answer.status_code == 503)
    assert 200 in {answer.status_code for answer in answers}
    limit(0)
    services.cluster("psql", "-qAtc", f"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{database.name}'")
    assert {answer.status_code for answer in at_once([lambda: client.get("/v1/me", expect=(200, 503))] * 24)} == {503}
    limit(-1)
    eventually(lambda: {answer.status_code for answer in at_once([lambda: client.get("/v1/me", expect=(200, 503))] * 24)} == {200})


@pytest.fixture
def locked(database):
    """locked(table): a transaction that keeps everybody from the table until the block ends."""
    @contextlib.contextmanager
    def lock(table, name=database):
        with psycopg.connect(name.owner_url) as owner:
            owner.execute(f"lock table {table} in access exclusive mode")
            yield owner
            owner.rollback()
    return lock


def test_database__a_lock_is_not_waited_for_long(service, locked):
    acme = World(service).organisation()
    with locked("teams"):
        answer, took = timed(lambda: acme.owner.get(f"{acme.path}/teams", expect=503))
        assert answer.json()["code"] == "busy" and took < 2
        answer, took = timed(lambda: acme.owner.post(f"{acme.path}/teams", {"name": "x", "kind": "circle"}, expect=503))
        assert answer.json()["code"] == "busy" and took < 2
    assert acme.owner.pages(f"{acme.path}/teams") == []


def test_database__a_statement_has_its_time(start_service, locked):
    service = start_service(COHELM_STATEMENT_TIMEOUT_MS="300", COHELM_LOCK_TIMEOUT_MS="60000")
    acme = World(service).organisation()
    with locked("teams"):
        answer, took = timed(lambda: acme.owner.get(f"{acme.path}/teams", expect=504))
        assert answer.json()["code"] == "too_slow" and 0.25 < took < 2
        acme.owner.post(f"{acme.path}/teams", {"name": "x", "kind": "circle"}, expect=504, headers={"Idempotency-Key": "a"})
    assert acme.owner.pages(f"{acme.path}/teams") == []
    answer = acme.owner.post(f"{acme.path}/teams", {"name": "x", "kind": "circle"}, expect=201, headers={"Idempotency-Key": "a"})
    assert "idempotency-replayed" not in answer.headers


def test_database__more_requests_than_workers_wait_their_turn(start_service, locked):
    """All workers wait for a lock; each request is answered after as many locks' times as stand before it, and none is forgotten."""
    service = start_service(COHELM_DB_CONNECTIONS="2", COHELM_RATE_LIMIT="1000000")
    acme = World(service).organisation()
    with locked("teams"):
        answers, took = timed(lambda: at_once([lambda: acme.owner.get(f"{acme.path}/teams", expect=503)] * 12))
    assert len(answers) == 12 and took < 12 * 0.25 / 2 + 3
    acme.owner.get(f"{acme.path}/teams")


def test_database__became_read_only(service, database, eventually):
    """As a primary that was made a standby: writes are refused as unavailable, and work when it is a primary again."""
    acme = World(service).organisation()
    kick = f"select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where datname = '{database.name}'"
    services.cluster("psql", "-qAtc", f"alter database \"{database.name}\" set default_transaction_read_only = on", "-c", kick)
    acme.owner.get(acme.path)
    answer = acme.owner.post(f"{acme.path}/teams", {"name": "x", "kind": "circle"}, expect=503)
    assert answer.json()["code"] == "unavailable"
    services.cluster("psql", "-qAtc", f"alter database \"{database.name}\" reset default_transaction_read_only")
    expect_all_well(service, acme, 0)


# ---- what a statement may end with ----

@pytest.fixture
def failing(database):
    """failing(state, times): from now on inserting a team fails with that SQLSTATE, for so many statements of this test."""
    @contextlib.contextmanager
    def fail(state, times):
        with psycopg.connect(database.owner_url, autocommit=True) as owner:
            owner.execute("create sequence failures; grant usage on failures to cohelm_service")  # counts what is rolled back, too
            owner.execute(f"create function fail() returns trigger language plpgsql as $$ begin if nextval('failures') <= {times} then "
                          f"raise exception 'a secret detail' using errcode = '{state}'; end if; return new; end $$")
            owner.execute("create trigger fail before insert on teams for each row execute function fail()")
            try:
                yield lambda: owner.execute("select last_value from failures").fetchone()[0]
            finally:
                owner.execute("drop trigger fail on teams; drop function fail; drop sequence failures")
    return fail


@pytest.mark.parametrize("state, status, code", [
    ("53100", 503, "unavailable"),     # the disk is full
    ("53200", 503, "unavailable"),     # out of memory
    ("55P03", 503, "busy"),            # lock not available
    ("57014", 504, "too_slow"),        # cancelled, as by a timeout
    ("58030", 500, "internal_error"),  # the disk is broken
    ("XX000", 500, "internal_error"), ("P0001", 500, "internal_error"), ("42501", 500, "internal_error")])
def test_statement__that_fails(service, failing, state, status, code):
    acme = World(service).organisation()
    before = acme.owner.get(f"{acme.path}/audit-log").json()
    team = {"name": "x", "kind": "circle"}
    with failing(state, 1000):
        for headers in ({}, {"Idempotency-Key": "a"}):
            problem = acme.owner.problem("POST", f"{acme.path}/teams", team, status=status, code=code, headers=headers)
            assert "secret" not in json.dumps(problem)
        assert acme.owner.get(f"{acme.path}/audit-log").json() == before
    if code in ("unavailable", "internal_error"):
        assert f"sqlstate={state}" in service.log()
    answer = acme.owner.post(f"{acme.path}/teams", team, expect=201, headers={"Idempotency-Key": "a"})
    assert "idempotency-replayed" not in answer.headers


@pytest.mark.parametrize("state", ["40001", "40P01"])
def test_statement__that_another_was_in_the_way_of_is_repeated(service, failing, state):
    acme = World(service).organisation()
    team = {"name": "x", "kind": "circle"}
    for headers in ({}, {"Idempotency-Key": "a"}):
        with failing(state, 2) as tries:
            acme.owner.post(f"{acme.path}/teams", team, expect=201, headers=headers)
            assert tries() == 3
    with failing(state, 1000) as tries:
        answer = acme.owner.post(f"{acme.path}/teams", team, expect=503)
        assert tries() == 3 and answer.headers["retry-after"]
    assert len(acme.owner.pages(f"{acme.path}/teams")) == 2
