# SPDX-License-Identifier: Apache-2.0
"""Requests that share a thread: one that waits holds nobody up; and the mode without fibers answers the same."""

import concurrent.futures
import time

import psycopg
import pytest

from world import World


def join(acme, team, **expect):
    """A plain statement, which runs on the thread of its connection, and locks the member."""
    return acme.owner.put(f"{acme.path}/teams/{team}/members/{acme.owner.member_id}", {}, **expect)


@pytest.fixture
def held(database):
    """held(member): another session holds the member's row until the test ends."""
    sessions = []

    def hold(member):
        sessions.append(psycopg.connect(database.owner_url))
        assert sessions[-1].execute("select id from members where id = %s for update", (member,)).fetchone()

    yield hold
    for session in sessions:
        session.close()


def make_team(acme, name="held"):
    return acme.owner.post(f"{acme.path}/teams", {"name": name, "kind": "circle"}, expect=201).json()["id"]


def test_fibers__a_request_that_waits_holds_nobody_up(start_service, held):
    service = start_service(COHELM_THREADS="1", COHELM_DB_CONNECTIONS="4", COHELM_LOCK_TIMEOUT_MS="600", COHELM_RATE_LIMIT="1000000")
    acme = World(service).organisation()
    team = make_team(acme)
    held(acme.owner.member_id)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        waiting = [pool.submit(join, acme, team, expect=(503, 504)) for _ in range(2)]
        time.sleep(0.2)
        read = 0
        while not any(one.done() for one in waiting):
            acme.owner.get(f"{acme.path}/teams/{team}")
            read += 1
    assert read >= 10  # with its only thread held, it would have been none


def test_fibers__reading_goes_on_while_all_connections_for_changes_wait(start_service, database):
    service = start_service(COHELM_THREADS="1", COHELM_DB_CONNECTIONS="3", COHELM_LOCK_TIMEOUT_MS="600", COHELM_RATE_LIMIT="1000000")
    acme = World(service).organisation()
    teams = [make_team(acme, f"held {n}") for n in range(6)]
    with psycopg.connect(database.owner_url) as session, concurrent.futures.ThreadPoolExecutor() as pool:
        session.execute("select from teams for update")
        waiting = [pool.submit(acme.owner.patch, f"{acme.path}/teams/{team}", {"purpose": "held"}, expect=(503, 504)) for team in teams]
        time.sleep(0.2)
        read = 0
        while not any(one.done() for one in waiting):
            acme.owner.get(f"{acme.path}/teams/{teams[0]}")
            acme.owner.get("/v1/me/calendar", headers={"Accept": "text/calendar"})  # an operation with a connection of its own
            read += 1
    assert read >= 5  # with all three connections held, it would have been none


def test_fibers__changes_of_one_thing_hold_one_connection(start_service, database):
    service = start_service(COHELM_THREADS="1", COHELM_DB_CONNECTIONS="3", COHELM_LOCK_TIMEOUT_MS="600", COHELM_RATE_LIMIT="1000000")
    acme = World(service).organisation()
    held_team, other = make_team(acme, "held"), make_team(acme, "free")
    with psycopg.connect(database.owner_url) as session, concurrent.futures.ThreadPoolExecutor() as pool:
        session.execute("select from teams where id = %s for update", (held_team,))
        waiting = [pool.submit(acme.owner.patch, f"{acme.path}/teams/{held_team}", {"purpose": "held"}, expect=(503, 504)) for _ in range(6)]
        time.sleep(0.2)
        changed = 0
        while not any(one.done() for one in waiting):
            acme.owner.patch(f"{acme.path}/teams/{other}", {"purpose": f"changed {changed}"})
            changed += 1
    assert changed >= 5


def test_fibers__who_finds_no_connection_in_time_is_told_to_come_again(start_service, held):
    service = start_service(COHELM_THREADS="1", COHELM_DB_CONNECTIONS="1", COHELM_LOCK_TIMEOUT_MS="600", COHELM_STATEMENT_TIMEOUT_MS="700",
                            COHELM_RATE_LIMIT="1000000")
    acme = World(service).organisation()
    teams = [make_team(acme, f"team {n}") for n in range(5)]
    held(acme.owner.member_id)
    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        answers = [one.result() for one in [pool.submit(join, acme, team, expect=(503, 504)) for team in teams]]
    assert {answer.headers["retry-after"] for answer in answers} <= {"1", "2", "3", "4", "5"}
    assert any("busy" in answer.json().get("detail", "") for answer in answers)
    acme.owner.get(f"{acme.path}/teams/{teams[0]}")


@pytest.mark.parametrize("settings", [
    {"COHELM_FIBERS": "off", "COHELM_DB_CONNECTIONS": "2"}, {"COHELM_THREADS": "1", "COHELM_DB_CONNECTIONS": "1"},
    {"COHELM_THREADS": "8", "COHELM_DB_CONNECTIONS": "3"}], ids=["threads", "one of each", "more threads than connections"])
def test_fibers__every_mode_answers_alike(start_service, settings):
    service = start_service(COHELM_RATE_LIMIT="1000000", **settings)
    acme = World(service).organisation()
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        made = list(pool.map(lambda n: acme.owner.post(f"{acme.path}/teams", {"name": f"t{n}", "kind": "circle"}, expect=201).json()["id"],
                             range(60)))
    assert sorted(team["id"] for team in acme.owner.pages(f"{acme.path}/teams")) == sorted(made)
    long = {"method": "approval", "options": ["A", "B"], "ballots": [{"approve": ["A"]}] * 9000}  # read and counted on another thread
    assert acme.owner.post("/v1/tallies", long, expect=200).json()["winners"] == ["A"]
    service.stop()
