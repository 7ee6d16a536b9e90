# SPDX-License-Identifier: Apache-2.0
"""Reads of many requests are asked of the database together: each gets its own answer, and what befalls one of them befalls no other."""

import concurrent.futures
import contextlib
import random
import threading
import time

import psycopg
import pytest

import service as services
from world import World

ONE_THREAD = {"COHELM_THREADS": "1", "COHELM_RATE_LIMIT": "1000000"}


def make_teams(acme, count):
    return [acme.owner.post(f"{acme.path}/teams", {"name": f"Team {n}", "kind": "circle"}, expect=201).json()["id"] for n in range(count)]


@pytest.fixture
def crowd():
    with concurrent.futures.ThreadPoolExecutor(40) as pool:
        yield pool


@pytest.fixture
def reading(database):
    """reading(team, what): whoever reads that team lets the server do `what` (PL/pgSQL) first, with `turn` counting from 1 how often."""
    @contextlib.contextmanager
    def read(team, what):
        with psycopg.connect(database.owner_url, autocommit=True) as owner:
            owner.execute("create sequence turns; grant usage on turns to cohelm_service")  # counts what is rolled back, too
            owner.execute(f"""create function on_read(id uuid) returns boolean language plpgsql as $$ declare turn int; begin
                if id = '{team}' then turn := nextval('turns'); {what}; end if; return true; end $$""")
            owner.execute("alter table teams enable row level security; create policy on_read on teams using (on_read(id))")
            try:
                yield lambda: owner.execute("select last_value from turns").fetchone()[0]
            finally:
                owner.execute("drop policy on_read on teams; alter table teams disable row level security")
                owner.execute("drop function on_read; drop sequence turns")
    return read


def waiting_in(database):
    """How many statements wait for a lock."""
    return f"select count(*) from pg_stat_activity where datname = '{database.name}' and wait_event_type = 'Lock'"


def timed(call):
    began = time.monotonic()
    return call(), time.monotonic() - began


@pytest.mark.parametrize("settings", [
    {}, {"COHELM_DB_CONNECTIONS": "1"}, {"COHELM_NAMED_STATEMENTS": "off", "COHELM_DB_CONNECTIONS": "2"}],
    ids=["", "one connection", "nothing prepared"])
def test_reads__each_gets_its_own_answer(start_service, crowd, settings):
    world = World(start_service(COHELM_STATEMENT_TIMEOUT_MS="10000", **settings, **ONE_THREAD))
    organisations = [world.organisation() for _ in range(3)]
    teams = [(acme, other, team) for acme, other in zip(organisations, organisations[1:] + organisations[:1]) for team in make_teams(acme, 10)]

    def read(place):
        acme, other, team = place
        assert acme.owner.get(f"{acme.path}/teams/{team}").json()["id"] == team
        other.owner.get(f"{acme.path}/teams/{team}", expect=404)
        assert len(list(acme.owner.pages(f"{acme.path}/teams?limit=3"))) == 10

    for done in [crowd.submit(read, random.choice(teams)) for _ in range(400)]:
        done.result()


def test_reads__one_that_fails_takes_nobody_along(start_service, database, crowd):
    service = start_service(COHELM_LOCK_TIMEOUT_MS="2000", COHELM_STATEMENT_TIMEOUT_MS="10000", COHELM_DB_CONNECTIONS="8", **ONE_THREAD)
    acme = World(service).organisation()
    team, = make_teams(acme, 1)
    stop = threading.Event()

    def read_roles():
        count = 0
        while not stop.is_set():
            acme.owner.get(f"{acme.path}/roles")
            count += 1
        return count

    with psycopg.connect(database.owner_url) as session, contextlib.ExitStack() as ending:
        ending.callback(stop.set)
        session.execute("lock table teams in access exclusive mode")
        readers = [crowd.submit(read_roles) for _ in range(8)]
        failing = [crowd.submit(acme.owner.get, f"{acme.path}/teams/{team}", expect=503) for _ in range(3)]
        while not int(services.cluster("psql", "-qAtc", waiting_in(database))):
            pass
        for other in [crowd.submit(acme.owner.get, f"{acme.path}/roles") for _ in range(40)]:
            other.result()
        assert not any(one.done() for one in failing)  # the others went on while those three waited
        assert [one.result().json()["code"] for one in failing] == ["busy"] * 3
        stop.set()
        assert all(reader.result() for reader in readers)  # those that were asked behind them, too, in the end
        session.rollback()
    acme.owner.get(f"{acme.path}/teams/{team}")


def test_reads__a_connection_that_dies_is_not_noticed(start_service, database, crowd):
    service = start_service(**ONE_THREAD)
    acme = World(service).organisation()
    team, = make_teams(acme, 1)
    stop = threading.Event()

    def read():
        count = 0
        while not stop.is_set():
            assert acme.owner.get(f"{acme.path}/teams/{team}").json()["id"] == team
            count += 1
        return count

    readers = [crowd.submit(read) for _ in range(20)]
    ended = 0
    for _ in range(20):
        time.sleep(0.05)
        ended += int(services.cluster("psql", "-qAtc", f"""select count(pg_terminate_backend(pid)) from pg_stat_activity
            where datname = '{database.name}' and query ~ 'access_team'"""))
    stop.set()
    assert sum(reader.result() for reader in readers) > 200
    assert ended > 5


def test_reads__one_that_met_another_change_is_asked_again(start_service, crowd, reading):
    """A standby ends a read by 40001 when it is in the way of what the primary has done; alone it is asked three times."""
    acme = World(start_service(**ONE_THREAD)).organisation()
    team, = make_teams(acme, 1)
    with reading(team, "if turn <= 2 then raise exception 'in the way' using errcode = '40001'; end if") as turns:
        assert acme.owner.get(f"{acme.path}/teams/{team}").json()["id"] == team
        assert turns() > 2
    with reading(team, "raise exception 'in the way' using errcode = '40001'"):
        assert acme.owner.get(f"{acme.path}/teams/{team}", expect=503).headers["retry-after"]


def test_reads__what_is_prepared_is_known_after_one_has_failed(start_service, crowd, reading):
    """Statements that were prepared, and those that were to be, when one before them failed."""
    service = start_service(COHELM_DB_CONNECTIONS="4", **ONE_THREAD)
    acme = World(service).organisation()
    bad, good = make_teams(acme, 2)
    paths = [f"{acme.path}{end}" for end in ("", "/teams", f"/teams/{good}", f"/teams/{good}/members", "/members", "/roles", "/decisions",
                                             "/frameworks", f"/members/{acme.owner.member_id}", "/events")]
    with reading(bad, "raise exception 'no' using errcode = '55P03'"):
        for round in range(6):
            asked = [crowd.submit(acme.owner.get, f"{acme.path}/teams/{bad}", expect=503) for _ in range(4)]
            asked += [crowd.submit(acme.owner.get, path, expect=(200, 503)) for path in random.sample(paths, len(paths))]
            for one in asked:
                one.result()
    for path in paths:
        acme.owner.get(path)
    assert "sqlstate=26000" not in service.log() and "sqlstate=42P05" not in service.log()


def test_reads__one_that_is_too_slow_is_refused_alone(start_service, crowd, reading):
    service = start_service(COHELM_STATEMENT_TIMEOUT_MS="400", COHELM_DB_CONNECTIONS="8", **ONE_THREAD)
    acme = World(service).organisation()
    slow, good = make_teams(acme, 2)
    with reading(slow, "perform pg_sleep(3)"):
        asked = [(crowd.submit(timed, lambda: acme.owner.get(f"{acme.path}/teams/{slow}", expect=504)),
                  crowd.submit(timed, lambda: acme.owner.get(f"{acme.path}/teams/{good}"))) for _ in range(3)]
        for late, other in asked:
            assert late.result()[0].json()["code"] == "too_slow"
            assert other.result()[1] < 3
    acme.owner.get(f"{acme.path}/teams/{slow}")


def test_reads__a_database_that_hangs_is_waited_for_once(start_service, cluster, crowd):
    """The reads that were asked together are not asked again one by one of a server that does not answer."""
    acme = World(start_service(COHELM_STATEMENT_TIMEOUT_MS="200", COHELM_DB_CONNECTIONS="8", **ONE_THREAD)).organisation()
    team, = make_teams(acme, 1)
    for one in [crowd.submit(acme.owner.get, f"{acme.path}/teams/{team}") for _ in range(40)]:
        one.result()  # every connection of the callers is there
    cluster.freeze()
    asked = [crowd.submit(timed, lambda: acme.owner.get(f"{acme.path}/teams/{team}", expect=(503, 504))) for _ in range(40)]
    took = [one.result()[1] for one in asked]
    assert max(took) < 2.2 + 1.5, sorted(took)  # the statement's time and two seconds, and a busy machine


def test_reads__those_that_wait_are_answered_when_the_service_stops(start_service, database, crowd):
    service = start_service(COHELM_LOCK_TIMEOUT_MS="600", COHELM_DB_CONNECTIONS="2", **ONE_THREAD)
    acme = World(service).organisation()
    team, = make_teams(acme, 1)
    with psycopg.connect(database.owner_url) as session:
        session.execute("lock table teams in access exclusive mode")
        asked = [crowd.submit(acme.owner.get, f"{acme.path}/teams/{team}", expect=(200, 503)) for _ in range(12)]
        while not int(services.cluster("psql", "-qAtc", waiting_in(database))):
            pass
        _, took = timed(service.stop)
        session.rollback()
    assert took < 15
    assert {one.result().status_code for one in asked} <= {200, 503}


def test_reads__slow_ones_of_one_person_leave_connections_for_others(start_service, database, crowd, reading):
    service = start_service(COHELM_DB_CONNECTIONS="4", **ONE_THREAD)
    world = World(service)
    acme, other = world.organisation(), world.organisation()
    slow, quick = make_teams(acme, 1)[0], make_teams(other, 1)[0]
    with reading(slow, "perform pg_sleep(0.3)"):
        waiting = [crowd.submit(acme.owner.get, f"{acme.path}/teams/{slow}", expect=(200, 503)) for _ in range(30)]
        took = []
        while not all(one.done() for one in waiting):
            took.append(timed(lambda: other.owner.get(f"{other.path}/teams/{quick}"))[1])
    assert sorted(took)[len(took) // 2] < 0.1 and len(took) >= 50
