# SPDX-License-Identifier: Apache-2.0
"""Reads of many requests are asked of the database together: each gets its own answer, and what befalls one of them befalls no other."""

import concurrent.futures
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


def test_reads__each_gets_its_own_answer(start_service, crowd):
    world = World(start_service(**ONE_THREAD))
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
    service = start_service(COHELM_LOCK_TIMEOUT_MS="300", COHELM_DB_CONNECTIONS="8", **ONE_THREAD)
    acme = World(service).organisation()
    team, = make_teams(acme, 1)
    stop = threading.Event()

    def read_roles():
        took = []
        while not stop.is_set():
            started = time.monotonic()
            acme.owner.get(f"{acme.path}/roles")
            took.append(time.monotonic() - started)
        return took

    with psycopg.connect(database.owner_url) as session:
        session.execute("lock table teams in access exclusive mode")
        readers = [crowd.submit(read_roles) for _ in range(8)]
        failing = [crowd.submit(acme.owner.get, f"{acme.path}/teams/{team}", expect=503) for _ in range(3)]
        assert [one.result().json()["code"] for one in failing] == ["busy"] * 3
        stop.set()
        took = [one for reader in readers for one in reader.result()]
        session.rollback()
    took.sort()
    assert took[len(took) // 2] < 0.15  # they went on while those three waited
    assert took[-1] < 2  # one that was asked behind those is asked again
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
