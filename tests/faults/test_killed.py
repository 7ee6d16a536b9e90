# SPDX-License-Identifier: Apache-2.0
"""kill -9 under write load, of the service and of the database: what was acknowledged is there, and is answered the same again;
what was not can be repeated, and is then there once."""

import secrets
import threading
import time

import httpx
import psycopg
import pytest

from world import World

WRITERS = 16
WRITES_BEFORE = 300


class Writer(threading.Thread):
    """Makes teams, each under a key of its own. `acknowledged` is {name: (key, answer)}, `unknown` {name: key}."""

    def __init__(self, acme, number):
        super().__init__()
        self.acme, self.number = acme, number
        self.acknowledged, self.unknown, self.failure = {}, {}, None
        self.stop = threading.Event()

    def run(self):
        try:
            while not self.stop.is_set():
                self.write(f"{self.number}-{len(self.acknowledged) + len(self.unknown)}")
        except BaseException as failure:  # told by the test
            self.failure = failure

    def write(self, name):
        key = secrets.token_hex(16)
        try:
            answer = post(self.acme, name, key, expect=(201, 503))
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code == 201:
            self.acknowledged[name] = (key, answer)
        else:
            self.unknown[name] = key
            self.stop.wait(0.05)


def post(acme, name, key, expect=201):
    return acme.owner.post(f"{acme.path}/teams", {"name": name, "kind": "circle"}, expect=expect, headers={"Idempotency-Key": key})


@pytest.fixture
def service(start_service):
    return start_service(COHELM_RATE_LIMIT="1000000")


def teams(database, acme):
    with psycopg.connect(database.owner_url) as owner:
        return dict(owner.execute("select name, id::text from teams where organisation_id = %s", (acme.id,)).fetchall())


def expect_nothing_lost(database, acme, writers):
    for writer in writers:
        writer.stop.set()
    for writer in writers:
        writer.join(60)
        assert not writer.is_alive() and writer.failure is None, writer.failure
    acknowledged = {name: entry for writer in writers for name, entry in writer.acknowledged.items()}
    unknown = {name: key for writer in writers for name, key in writer.unknown.items()}
    assert len(acknowledged) >= WRITES_BEFORE and unknown
    stored = teams(database, acme)
    assert not {name for name, (_, answer) in acknowledged.items() if stored.get(name) != answer.json()["id"]}
    for name, (key, first) in acknowledged.items():
        again = post(acme, name, key)
        assert again.headers["idempotency-replayed"] == "true" and again.content == first.content
        assert again.headers["location"] == first.headers["location"] and again.headers["etag"] == first.headers["etag"]
    for name, key in unknown.items():
        answer = post(acme, name, key)
        assert name not in stored or answer.json()["id"] == stored[name]
    with psycopg.connect(database.owner_url) as owner:
        made, different = owner.execute("select count(*), count(distinct name) from teams where organisation_id = %s", (acme.id,)).fetchone()
        logged = owner.execute("select count(*) from audit_log where organisation_id = %s and action = 'team.created'", (acme.id,)).fetchone()[0]
    assert made == different == logged == len(acknowledged) + len(unknown)


def write_until_some_are_there(acme, eventually):
    writers = [Writer(acme, number) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    eventually(lambda: sum(len(writer.acknowledged) for writer in writers) >= WRITES_BEFORE, 60)
    return writers


def test_killed__the_service_under_write_load(service, database, eventually):
    acme = World(service).organisation()
    writers = write_until_some_are_there(acme, eventually)
    service.kill()
    eventually(lambda: all(writer.unknown for writer in writers))
    service.start()
    expect_nothing_lost(database, acme, writers)


def test_killed__the_database_under_write_load(service, database, cluster, eventually):
    acme = World(service).organisation()
    writers = write_until_some_are_there(acme, eventually)
    cluster.kill()
    eventually(lambda: all(writer.unknown for writer in writers))
    cluster.start()
    eventually(lambda: acme.owner.get(acme.path, expect=(200, 503)).status_code == 200)
    time.sleep(1)  # each worker tries again within half a second of the first request after a failed try
    expect_nothing_lost(database, acme, writers)
