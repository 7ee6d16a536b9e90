# SPDX-License-Identifier: Apache-2.0
"""Requests that come twice (Idempotency-Key), that only ask (validate_only), and the end of the service while they are under way."""

import concurrent.futures
import contextlib
import json
import os
import secrets
import signal
import socket
import threading
import time

import psycopg
import pytest

from client import raw


def at_once(calls):
    """Runs all calls at the same time; their results."""
    barrier = threading.Barrier(len(calls))

    def run(call):
        barrier.wait()
        return call()

    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(run, call) for call in calls]]


def key():
    return {"Idempotency-Key": secrets.token_hex(16)}


def team(name="New"):
    return {"name": name, "kind": "functional"}


def count(acme):
    return len(acme.owner.pages(f"{acme.path}/teams"))


# ---- Idempotency-Key ----

def test_idempotency__the_answer_is_given_again(world):
    acme = world.organisation()
    headers = key()
    first = acme.owner.post(f"{acme.path}/teams", team(), expect=201, headers=headers | {"X-Request-Id": "first"})
    again = acme.owner.post(f"{acme.path}/teams", team(), expect=201, headers=headers | {"X-Request-Id": "again"})
    assert again.content == first.content and again.headers["idempotency-replayed"] == "true"
    for name in ("location", "etag", "content-type"):
        assert again.headers[name] == first.headers[name]
    assert "idempotency-replayed" not in first.headers and again.headers["x-request-id"] == "again"
    for name in ("ratelimit", "x-request-id", "etag", "location", "vary", "cache-control"):
        assert len(again.headers.get_list(name)) == 1, f"{name} comes twice"
    assert count(acme) == 1


def test_idempotency__the_answer_is_given_even_when_the_resource_has_gone(world):
    acme = world.organisation()
    headers = key()
    first = acme.owner.post(f"{acme.path}/teams", team(), headers=headers)
    acme.owner.delete(f"{acme.path}/teams/{first.json()['id']}")
    assert acme.owner.post(f"{acme.path}/teams", team(), headers=headers).content == first.content
    assert count(acme) == 0


def test_idempotency__a_key_belongs_to_one_request(world):
    acme = world.organisation()
    other = world.organisation(owner=acme.owner)
    headers = key()
    acme.owner.post(f"{acme.path}/teams", team(), headers=headers)
    for path, body in ((f"{acme.path}/teams", team("Another")), (f"{other.path}/teams", team()), (f"{acme.path}/teams?validate_only=true", team())):
        acme.owner.problem("POST", path, body, status=422, code="idempotency_mismatch", headers=headers)
    assert count(acme) == 1 and count(other) == 0


def test_idempotency__a_key_is_of_one_principal_and_one_operation(world):
    acme = world.organisation()
    admin = acme.member("admin")
    headers = key()
    made = [person.post(f"{acme.path}/teams", team(), expect=201, headers=headers).json()["id"] for person in (acme.owner, admin)]
    acme.owner.post(f"{acme.path}/roles", {"key": "scribe", "kind": "organisation", "name": "Scribe", "permissions": []}, expect=201, headers=headers)
    assert len(set(made)) == 2 == count(acme)


def test_idempotency__nothing_is_repeated_to_those_who_may_not_know_of_it_any_more(world):
    acme, other = world.organisation(), world.organisation()
    admin = acme.member("admin")
    headers = key()
    admin.post(f"{acme.path}/teams", team(), expect=201, headers=headers)
    pinned = world.service.client(admin.subject, organisation=other.id)
    pinned.problem("POST", f"{acme.path}/teams", team(), status=422, code="idempotency_mismatch", headers=headers)
    acme.owner.patch(f"{acme.path}/members/{admin.member_id}", {"status": "suspended"})
    admin.problem("POST", f"{acme.path}/teams", team(), status=404, code="not_found", headers=headers)
    acme.owner.patch(f"{acme.path}/members/{admin.member_id}", {"status": "active"})
    assert admin.post(f"{acme.path}/teams", team(), headers=headers).headers["idempotency-replayed"] == "true"


@pytest.mark.parametrize("refused, code", [({"name": "", "kind": "functional"}, 422), ({"name": "x", "kind": "functional", "parent_id":
                                            "01900000-0000-7000-8000-000000000000"}, 422)])
def test_idempotency__what_was_refused_may_be_tried_again(world, refused, code):
    acme = world.organisation()
    headers = key()
    acme.owner.post(f"{acme.path}/teams", refused, expect=code, headers=headers)
    assert "idempotency-replayed" not in acme.owner.post(f"{acme.path}/teams", team(), expect=201, headers=headers).headers


def test_idempotency__for_24_hours(world, sql):
    acme = world.organisation()
    headers = key()
    first = acme.owner.post(f"{acme.path}/teams", team(), headers=headers).json()["id"]

    def age(interval):
        moved = sql.execute("update idempotency_keys set created_at = now() - %s::interval where key = %s", (interval, headers["Idempotency-Key"]))
        assert moved.rowcount == 1

    age("23 hours 59 minutes")
    assert acme.owner.post(f"{acme.path}/teams", team(), headers=headers).json()["id"] == first
    age("24 hours 1 minute")
    assert acme.owner.post(f"{acme.path}/teams", team(), headers=headers).json()["id"] != first
    age("24 hours 1 minute")
    acme.owner.post(f"{acme.path}/teams", team("Another"), expect=201, headers=headers)


def test_idempotency__50_twins_make_one_change(world):
    acme = world.organisation()
    headers = key()
    answers = at_once([lambda: acme.owner.post(f"{acme.path}/teams", team(), expect=(201, 409), headers=headers)] * 50)
    made = {answer.content for answer in answers if answer.status_code == 201}
    assert len(made) == 1 and count(acme) == 1
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"idempotency_in_flight"}
    assert sum("idempotency-replayed" not in answer.headers for answer in answers if answer.status_code == 201) == 1
    assert acme.owner.post(f"{acme.path}/teams", team(), headers=headers).content in made


@pytest.mark.parametrize("wrong", ["", "a b", "a,b", "x" * 256, "é", "a\tb"])
def test_idempotency__a_key_that_is_none(service, world, wrong):
    acme = world.organisation()
    answer = service.http.post(f"{acme.path}/teams", json=team(), headers=[
        (b"Authorization", f"Bearer {acme.owner.token}".encode()), (b"Idempotency-Key", wrong.encode())])
    assert answer.status_code == 400 and answer.json()["code"] in ("invalid_parameter", "malformed_request")
    assert count(acme) == 0


def test_idempotency__the_longest_key(world):
    acme = world.organisation()
    headers = {"Idempotency-Key": "~!" + "x" * 253}
    assert len({acme.owner.post(f"{acme.path}/teams", team(), headers=headers).content for _ in range(2)}) == 1


# ---- validate_only ----

def test_validate_only__stores_nothing_at_all(world, sql):
    acme = world.organisation()
    one = acme.team(name="One")
    maria = acme.member()
    tables = [row[0] for row in sql.execute("select tablename from pg_tables where schemaname = 'public' order by 1")]

    def contents():
        """A number that changes with any row of any table that is about this organisation or these people."""
        found = {}
        for table in tables:
            columns = {row[0] for row in sql.execute("select attname from pg_attribute where attrelid = %s::regclass", (table,))}
            ids = {"organisation_id": acme.id, "person_id": acme.owner.id} if table == "idempotency_keys" else {"organisation_id": acme.id}
            for column, value in ids.items():
                if column in columns:
                    found[table] = sql.execute(f"select count(*), sum(hashtext(t::text)::bigint) from {table} t where {column} = %s", (value,)).fetchone()
        return found

    before = contents()
    assert len(before) > 5
    writes = [("POST", "teams", team("Two"), 201), ("PATCH", f"teams/{one.id}", {"name": "Other"}, 200), ("DELETE", f"teams/{one.id}", None, 204),
              ("PUT", f"teams/{one.id}/members/{maria.member_id}", {"role": "member"}, (200, 201)), ("DELETE", f"members/{maria.member_id}", None, 204),
              ("POST", "roles", {"key": "scribe", "kind": "organisation", "name": "Scribe", "permissions": []}, 201), ("POST", "members", {"email": "x@example.org", "role": "member"}, 201),
              ("POST", "members/batch", {"items": [{"email": f"{n}@example.org", "role": "member"} for n in range(3)]}, (200, 201)),
              ("POST", "frameworks", {"copy_of": {"framework": "consent"}, "key": "ours"}, 201)]
    for method, path, body, expect in writes:
        for headers in ({}, key()) if method == "POST" else ({},):
            acme.owner.request(method, f"{acme.path}/{path}?validate_only=true", body, expect=expect, headers=headers)
            assert contents() == before, (method, path)


def test_validate_only__does_every_check(world):
    acme = world.organisation()
    member = acme.member("observer")
    one = acme.team(name="One")
    ask = {"params": {"validate_only": "true"}}
    acme.owner.problem("POST", f"{acme.path}/teams", {"kind": "cube"}, status=422, code="invalid_body", **ask)
    member.problem("POST", f"{acme.path}/teams", team(), status=403, code="permission_denied", **ask)
    acme.owner.problem("PATCH", one.path, {"name": "x"}, status=412, code="precondition_failed", headers={"If-Match": '"0"'}, **ask)
    acme.owner.problem("DELETE", f"{acme.path}/members/{acme.owner.member_id}", status=409, code="last_owner", **ask)
    world.person().problem("POST", f"{acme.path}/teams", team(), status=404, code="not_found", **ask)
    for value in ("", "1", "yes", "TRUE"):
        acme.owner.problem("POST", f"{acme.path}/teams", team(), status=400, code="invalid_parameter", pointer="query/validate_only",
                           params={"validate_only": value})
    assert count(acme) == 1
    acme.owner.post(f"{acme.path}/teams", team(), params={"validate_only": "false"}, expect=201)
    assert count(acme) == 2


# ---- the end ----

class Load(threading.Thread):
    """Requests one after the other on one connection after another, each written at once; what became of each."""

    def __init__(self, address, request):
        super().__init__()
        self.address, self.data = address, request
        self.answered = self.lost = self.refused = 0
        self.stop = threading.Event()

    def run(self):
        while not self.stop.is_set():
            try:
                connection = socket.create_connection(self.address, timeout=10)
            except ConnectionRefusedError:
                self.refused += 1
                return
            except OSError:  # reset in the backlog: never accepted
                continue
            with connection:
                self.converse(connection)

    def converse(self, connection):
        while not self.stop.is_set():
            try:
                connection.sendall(self.data)
                answer = connection.recv(65536)
            except OSError:
                answer = b""
            if not answer:
                self.lost += 1
                return
            assert answer.startswith(b"HTTP/1.1 "), answer
            self.answered += 1
            if b"Connection: close" in answer:
                return


def test_drain__every_request_that_was_taken_is_answered(start_service):
    service = start_service(COHELM_RATE_LIMIT="0")
    token = service.client().token
    data = f"GET /v1/me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    load = [Load(service.address, data) for _ in range(12)]
    for thread in load:
        thread.start()
    while sum(thread.answered for thread in load) < 200:
        time.sleep(0.01)
    process = service.process
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(20) == 0
    for thread in load:
        thread.join(15)
        assert not thread.is_alive()
    service.process = None
    assert [thread.lost for thread in load] == [0] * len(load)
    assert all(thread.refused for thread in load)


def test_drain__a_long_request_is_waited_for(start_service, new_database):
    """One that waits for a lock when the end is told; meanwhile the service says that it is not ready."""
    database = new_database()
    service = start_service(database.service_url, COHELM_STATEMENT_TIMEOUT_MS="20000", COHELM_LOCK_TIMEOUT_MS="20000")
    client = service.client()
    client.get("/v1/me")
    with psycopg.connect(database.owner_url) as owner, concurrent.futures.ThreadPoolExecutor(1) as pool:
        owner.execute("lock table people in access exclusive mode")
        answer = pool.submit(client.get, "/v1/me")
        wait_until(lambda: waiting(database) >= 1)
        service.process.terminate()
        wait_until(lambda: ready(service) in (503, None))
        assert not answer.done()
        owner.rollback()
        assert answer.result(10).status_code == 200
    assert service.process.wait(20) == 0
    service.process = None


def test_drain__is_bounded(start_service, new_database):
    database = new_database()
    service = start_service(database.service_url, COHELM_STATEMENT_TIMEOUT_MS="4000", COHELM_LOCK_TIMEOUT_MS="4000", COHELM_DRAIN_SECONDS="1")
    client = service.client()
    client.get("/v1/me")
    with psycopg.connect(database.owner_url) as owner, concurrent.futures.ThreadPoolExecutor(1) as pool:
        owner.execute("lock table people in access exclusive mode")
        pool.submit(client.get, "/v1/me", expect=None)
        wait_until(lambda: waiting(database) >= 1)
        began = time.monotonic()
        service.process.terminate()
        assert service.process.wait(20) == 0
        assert time.monotonic() - began < 8
        service.process = None


def test_drain__half_a_request_does_not_keep_it(start_service):
    service = start_service(COHELM_DRAIN_SECONDS="2")
    with contextlib.ExitStack() as open_connections:
        for part in (b"", b"GET", b"GET /v1/me HTTP/1.1\r\n", b"GET /v1/me HTTP/1.1\r\nHost: a\r\n", b"POST /v1/tallies HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{"):
            connection = open_connections.enter_context(socket.create_connection(service.address))
            connection.sendall(part)
        time.sleep(0.2)
        began = time.monotonic()
        service.process.terminate()
        assert service.process.wait(20) == 0
        assert time.monotonic() - began < 6
        service.process = None


def test_drain__a_connection_that_broke_off_is_not_waited_for(start_service):
    """Those that end before their request is whole must not be counted for ever."""
    service = start_service(COHELM_DRAIN_SECONDS="10")
    for part in (b"GET", b"GET /v1/me HTTP/1.1\r\n", b"GET /v1/me HTTP/1.1\r\nHost: a\r\n", b"POST /v1/tallies HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{",
                 b"GET /v1/me HTTP/1.1\r\nX: " + b"a" * 70000, b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"):
        for _ in range(5):
            raw(service.address, part, 0.05)
    began = time.monotonic()
    service.stop()
    assert time.monotonic() - began < 3


def wait_until(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.01)


def waiting(database):
    """How many statements wait for a lock."""
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        return connection.execute("select count(*) from pg_locks where not granted").fetchone()[0]


def ready(service):
    try:
        return service.admin.get("/ready").status_code
    except Exception:  # the listener has closed
        return None
