# SPDX-License-Identifier: Apache-2.0
"""What one client can ask for, others must not wait for: database connections, turns, threads, the processor."""

import concurrent.futures
import contextlib
import json
import pathlib
import socket
import time

import psycopg
import pytest

from client import MERGE_PATCH
from deciding import elapse
from world import World

PATIENT = {"COHELM_THREADS": "1", "COHELM_LOCK_TIMEOUT_MS": "600", "COHELM_RATE_LIMIT": "1000000"}


@pytest.fixture
def crowd():
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        yield pool


def make_team(acme, name):
    return acme.owner.post(f"{acme.path}/teams", {"name": name, "kind": "circle"}, expect=201).json()["id"]


def long(body):
    """JSON of more than 64 KiB: it is read on another thread."""
    return (json.dumps(body) + " " * 70000).encode()


def while_waiting(waiting, one_thing):
    """How often `one_thing` is done before the first of those that wait is answered."""
    time.sleep(0.2)
    done = 0
    while not any(one.done() for one in waiting):
        one_thing(done)
        done += 1
    for one in waiting:
        one.result()
    return done


def test_starving__long_changes_of_one_thing_hold_one_connection(start_service, database, crowd):
    service = start_service(COHELM_DB_CONNECTIONS="3", **PATIENT)
    acme = World(service).organisation()
    held, other = make_team(acme, "held"), make_team(acme, "free")

    def change_held():
        acme.owner.request("PATCH", f"{acme.path}/teams/{held}", content=long({"purpose": "held"}), headers={"Content-Type": MERGE_PATCH},
                           expect=(503, 504))

    with psycopg.connect(database.owner_url) as session:
        session.execute("select from teams where id = %s for update", (held,))
        waiting = [crowd.submit(change_held) for _ in range(6)]
        changed = while_waiting(waiting, lambda n: acme.owner.patch(f"{acme.path}/teams/{other}", {"purpose": f"changed {n}"}))
    assert changed >= 5


def test_starving__a_long_body_needs_no_connection_to_be_refused(start_service, database, crowd):
    """Who has no token, and what is no JSON, is told so also while all connections for changes are lent."""
    service = start_service(COHELM_DB_CONNECTIONS="3", **PATIENT)
    acme = World(service).organisation()
    teams = [make_team(acme, f"held {n}") for n in range(6)]

    def refuse(_):
        path = f"{acme.path}/teams"
        service.anonymous().request("POST", path, content=long({}), headers={"Content-Type": "application/json"}, expect=401)
        acme.owner.request("POST", path, content=b"{" + long({}), headers={"Content-Type": "application/json"}, expect=400)

    with psycopg.connect(database.owner_url) as session:
        session.execute("select from teams for update")
        waiting = [crowd.submit(acme.owner.patch, f"{acme.path}/teams/{team}", {"purpose": "held"}, expect=(503, 504)) for team in teams]
        refused = while_waiting(waiting, refuse)
    assert refused >= 5


def test_starving__organisations_share_no_turns(start_service, database, crowd):
    """What has the same key in both of them is two things."""
    service = start_service(COHELM_DB_CONNECTIONS="3", **PATIENT)
    world = World(service)
    acme, other = world.organisation(), world.organisation()
    for one in acme, other:
        one.owner.post(f"{one.path}/roles", {"kind": "organisation", "key": "chair", "name": "Chair", "permissions": []}, expect=201)

    def change(one, purpose, **expect):
        return one.owner.patch(f"{one.path}/roles/chair", {"purpose": purpose}, **expect)

    with psycopg.connect(database.owner_url) as session:
        session.execute("select from roles where organisation_id = %s and key = 'chair' for update", (acme["id"],))
        waiting = [crowd.submit(change, acme, "held", expect=(503, 504)) for _ in range(6)]
        changed = while_waiting(waiting, lambda n: change(other, f"changed {n}"))
    assert changed >= 5


@pytest.mark.parametrize("what", ["", "/actions"], ids=["plain", "logic"])
def test_starving__readers_of_what_is_due_hold_one_connection(start_service, database, sql, crowd, what):
    """A decision whose time has come is settled by who reads it: for that they wait for its lock, and others must be able to read meanwhile."""
    service = start_service(COHELM_DB_CONNECTIONS="3", COHELM_SETTLE_SECONDS="3600", **PATIENT)
    acme = World(service).organisation()
    voter = acme.member()
    decision = acme.decision(stakeholders={"voters": [voter]}, open=True)
    team = make_team(acme, "free")
    elapse(sql, decision, "400 days")

    def read(_):
        acme.owner.get(f"{acme.path}/teams/{team}")
        acme.owner.get("/v1/me/calendar", headers={"Accept": "text/calendar"})

    with psycopg.connect(database.owner_url) as session:
        session.execute("select from decisions where id = %s for update", (decision.id,))
        waiting = [crowd.submit(acme.owner.get, decision.path + what, expect=(503, 504)) for _ in range(8)]
        assert while_waiting(waiting, read) >= 5
    assert acme.owner.get(decision.path).json()["status"] == "closed"


def invitations(count, tag=""):
    return {"items": [{"email": f"person{n}{tag}@example.org", "role": "member"} for n in range(count)]}


def test_starving__batches_of_one_person_hold_one_connection(start_service, database, crowd):
    service = start_service(COHELM_DB_CONNECTIONS="3", **PATIENT)
    world = World(service)
    acme, other = world.organisation(), world.organisation()
    team = make_team(other, "free")
    with psycopg.connect(database.owner_url) as session:
        session.execute("select from roles where organisation_id = %s for update", (acme["id"],))
        waiting = [crowd.submit(acme.owner.post, f"{acme.path}/members/batch", invitations(3, n), expect=(503, 504)) for n in range(6)]
        changed = while_waiting(waiting, lambda n: other.owner.patch(f"{other.path}/teams/{team}", {"purpose": f"changed {n}"}))
    assert changed >= 5


def test_starving__the_largest_batches_at_once_take_seconds(start_service, crowd):
    """The time of one grew with the square of its items, and two in one organisation made each other ten times as slow."""
    service = start_service(**PATIENT)
    acme = World(service).organisation()
    people = [acme.owner, acme.member("admin"), acme.member("admin")]
    began = time.monotonic()
    made = [crowd.submit(person.post, f"{acme.path}/members/batch", invitations(1000, n), expect=201) for n, person in enumerate(people)]
    assert all(len(one.result().json()["items"]) == 1000 for one in made)
    assert time.monotonic() - began < 10


@pytest.fixture
def library(start_service, crowd):
    """An organisation on a service of its own, with 50 decisions whose texts are as long as they may be: 10 MB as JSON."""
    service = start_service(COHELM_THREADS="1", COHELM_STATEMENT_TIMEOUT_MS="10000", COHELM_RATE_LIMIT="1000000")
    acme = World(service).organisation()
    list(crowd.map(lambda _: acme.decision(text='"' * 100000), range(50)))
    return acme


def test_starving__a_page_of_large_items_has_fewer(library):
    """It is written on the thread that all share, and kept until it is read."""
    path = f"{library.path}/decisions"
    first = library.owner.get(f"{path}?limit=200&include=text")
    assert 1 <= len(first.json()["items"]) < 20 and len(first.content) < 4 * 1024 * 1024
    everything = library.owner.pages(path, limit=200, include="text")
    assert [one["id"] for one in everything] == [one["id"] for one in library.owner.pages(path, limit=200)]
    assert all(len(one["text"]) == 100000 for one in everything)


def test_starving__unread_answers_have_room_for_so_much(library, eventually):
    """Hundreds of answers that nobody reads filled the memory. Over a bound no long ones are given, and short ones as ever."""
    service, owner, reader = library.owner.service, library.owner, library.member()
    large = f"{library.path}/decisions?limit=200&include=text"
    request = f"GET {large} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {owner.token}\r\n\r\n".encode()
    with contextlib.ExitStack() as stack:
        for _ in range(400):
            connection = stack.enter_context(socket.create_connection(service.address))
            connection.sendall(request * 8)  # the kernel takes some of them
        eventually(lambda: "to read" in reader.get(large, expect=(200, 503)).json().get("detail", ""))
        refused = reader.get(large, expect=503)
        assert refused.json()["code"] == "unavailable" and refused.headers["retry-after"] == "5"
        reader.get(f"{library.path}/decisions")
        status = pathlib.Path(f"/proc/{service.process.pid}/status").read_text()
        assert int(status.split("VmHWM:")[1].split()[0]) < 600 * 1024  # of 800 MiB that were asked for
    eventually(lambda: reader.get(large, expect=(200, 503)).status_code == 200)
