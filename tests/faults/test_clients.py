# SPDX-License-Identifier: Apache-2.0
"""Clients that mean harm or know no better: many, slow, silent, with bodies that are made to cost."""

import concurrent.futures
import contextlib
import json
import pathlib
import resource
import socket
import statistics
import time

import pytest

from client import raw
from world import World

MEBIBYTE = 1024 * 1024


@pytest.fixture(scope="module", autouse=True)
def many_files():
    """This process holds the clients' side."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def connect(service, stack, data=b""):
    connection = stack.enter_context(socket.create_connection(service.address, timeout=5))
    if data:
        connection.sendall(data)
    return connection


def closed(connection, seconds=0.0):
    """Whether the service has ended it."""
    connection.settimeout(seconds)
    try:
        return connection.recv(65536) == b""
    except (TimeoutError, BlockingIOError):
        return False
    except ConnectionResetError:
        return True


def slowest(client, requests=60):
    """Seconds of the slowest of the requests, but for three."""
    times = []
    for _ in range(requests):
        began = time.monotonic()
        client.get("/v1/me")
        times.append(time.monotonic() - began)
    return sorted(times)[-4]


# ---- many, slow, silent ----

def test_clients__a_thousand_silent_ones_slow_nobody_down(start_service):
    service = start_service(COHELM_RATE_LIMIT="1000000")
    client = service.client()
    alone = slowest(client)
    with contextlib.ExitStack() as stack:
        silent = [connect(service, stack) for _ in range(500)]
        silent += [connect(service, stack, b"GET /v1/me HTTP/1.1\r\nHost: a\r\n") for _ in range(500)]
        assert slowest(client) < max(1, 10 * alone)
        assert not any(closed(connection) for connection in silent[::50])
        assert service.admin.get("/ready").status_code == 200
    assert memory(service)["VmRSS"] < 200 * MEBIBYTE


def test_clients__a_byte_a_second_slows_nobody_down(start_service):
    service = start_service(COHELM_RATE_LIMIT="1000000")
    client = service.client()
    alone = slowest(client)
    body = json.dumps({"handle": "slow", "name": "Slow"}).encode()
    head = (f"POST /v1/organisations HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {client.token}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n").encode()
    with contextlib.ExitStack() as stack:
        slow = [(connect(service, stack), b"GET /v1/me HTTP/1.1\r\n") for _ in range(100)]
        slow += [(connect(service, stack, head), body) for _ in range(100)]
        for second in range(3):
            for connection, data in slow:
                connection.sendall(data[second:second + 1])
            assert slowest(client) < max(1, 10 * alone)
        last, data = slow[-1]
        last.sendall(data[3:])
        assert last.recv(65536).startswith(b"HTTP/1.1 201 ")


def test_clients__who_do_not_read_their_answers_slow_nobody_down(start_service):
    service = start_service(COHELM_RATE_LIMIT="1000000")
    client = service.client()
    alone = slowest(client)
    request = b"GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n"
    with contextlib.ExitStack() as stack:
        for _ in range(50):
            connection = connect(service, stack)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(request * 20)
        assert slowest(client) < max(1, 10 * alone)


def test_clients__over_the_number_of_connections_are_sent_away(start_service, eventually):
    service = start_service(COHELM_MAX_CONNECTIONS="16")
    request = b"GET /docs HTTP/1.1\r\nHost: a\r\n\r\n"
    with contextlib.ExitStack() as stack:
        connections = [connect(service, stack) for _ in range(80)]
        time.sleep(0.3)
        kept = [connection for connection in connections if not closed(connection)]
        assert 16 <= len(kept) <= 24
        for connection in kept:
            connection.settimeout(5)
            connection.sendall(request)
            assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
    eventually(lambda: raw(service.address, request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")).status == 200)


def test_clients__silent_for_too_long_are_sent_away(start_service):
    service = start_service(COHELM_IDLE_TIMEOUT="1")
    with contextlib.ExitStack() as stack:
        parts = [b"", b"GET", b"GET /docs HTTP/1.1\r\nHost: a\r\n", b"POST /v1/tallies HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{"]
        connections = [connect(service, stack, part) for part in parts]
        for connection in connections:
            assert closed(connection, 6)


def test_clients__more_than_there_are_file_descriptors(start_service, eventually):
    """The limit that the process starts with is too low: it raises it, or it would take nobody any more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    try:
        service = start_service(COHELM_RATE_LIMIT="1000000")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    client = service.client()
    with contextlib.ExitStack() as stack:
        for _ in range(600):
            connect(service, stack)
        assert slowest(client) < 1
        assert raw(service.address, b"GET /docs HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").status == 200


# ---- bodies that cost ----

def memory(service):
    """Bytes by the names of /proc/PID/status."""
    lines = pathlib.Path(f"/proc/{service.process.pid}/status").read_text().splitlines()
    return {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines if line.startswith(("VmRSS", "VmHWM"))}


def fill(start, unit, end, size=MEBIBYTE):
    """`start`, as many `unit` as fit, `end`; never more than `size` bytes."""
    return start + unit * ((size - len(start) - len(end)) // len(unit)) + end


HOSTILE = {
    "numbers": fill(b"[1", b",1", b"]"),
    "empty lists": fill(b"[[]", b",[]", b"]"),
    "empty maps": fill(b"[{}", b",{}", b"]"),
    "deep lists": fill(b"[0", b"," + b"[" * 31 + b"]" * 31, b"]"),
    "deeper than allowed": fill(b"", b"[", b""),
    "many members": b"{" + b",".join(b'"%d":1' % number for number in range(95000)) + b"}",
    "unknown members": b'{"handle":"x","name":"x",' + b",".join(b'"%d":[]' % number for number in range(85000)) + b"}",
    "one long text": fill(b'{"name":"', b"a", b'"}'),
    "escapes": fill(b'{"name":"', rb"\u00e9", b'"}'),
    "one long number": fill(b'{"name":', b"9", b"}"),
    "long fraction": fill(b'{"name":0.', b"1", b"}"),
    "huge exponent": b'{"name":1e' + b"9" * 100000 + b"}",
    "long key": fill(b'{"', b"k", b'":1}'),
    "same key": fill(b'{"a":1', b',"a":1', b"}"),
    "white space": fill(b"{", b" ", b"}"),
    "nulls": fill(b"[null", b",null", b"]"),
}


def test_bodies__made_to_cost_do_not(start_service):
    """All kinds, several at once, again and again: each is answered as a fault of the client, and memory has an end."""
    service = start_service(COHELM_RATE_LIMIT="1000000")
    world = World(service)
    acme = world.organisation()
    targets = ["/v1/organisations", f"{acme.path}/teams", f"{acme.path}/decisions", f"{acme.path}/frameworks", f"{acme.path}/members/batch", "/v1/tallies"]

    def send(body, path):
        began = time.monotonic()
        answer = acme.owner.request("POST", path, content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (400, 422), (path, answer.text[:300])
        return time.monotonic() - began

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        took = list(pool.map(lambda pair: send(*pair), [(body, path) for path in targets for body in HOSTILE.values()]))
    assert statistics.median(took) < 1 and max(took) < 5
    assert memory(service)["VmHWM"] < 1024 * MEBIBYTE  # all workers at once with the worst there is
    acme.owner.get("/v1/me")
    assert memory(service)["VmRSS"] < 64 * MEBIBYTE   # and nothing is kept


def test_bodies__many_faults_are_told_in_bounded_space(start_service):
    service = start_service()
    acme = World(service).organisation()
    answer = acme.owner.request("POST", f"{acme.path}/teams", content=HOSTILE["unknown members"], headers={"Content-Type": "application/json"}, expect=422)
    assert 10 <= len(answer.json()["errors"]) <= 1000 and len(answer.content) < MEBIBYTE
    assert "85" in answer.json()["detail"]  # how many there are


def test_bodies__the_largest_batch(start_service):
    service = start_service(COHELM_RATE_LIMIT="1000000")
    acme = World(service).organisation()
    items = [{"email": f"person{number}@example.org", "role": "member"} for number in range(1001)]
    acme.owner.problem("POST", f"{acme.path}/members/batch", {"items": items}, status=422, code="invalid_body", pointer="/items")
    answer = acme.owner.post(f"{acme.path}/members/batch", {"items": items[:1000]}, expect=(200, 201))
    assert len(answer.json()["items"]) == 1000


def test_bodies__that_never_end_have_room_for_so_much(start_service, eventually):
    """Nobody knows yet whose they are. Over a bound they are thrown away and answered so; what is short is taken as ever."""
    service = start_service()
    acme = World(service).organisation()
    body = json.dumps({"name": "x" * 200000}).encode()

    def ask(size):
        return acme.owner.request("POST", f"{acme.path}/teams", content=body[:size], headers={"Content-Type": "application/json"}, expect=(400, 422, 503))

    head = f"POST /v1/organisations HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: {MEBIBYTE}\r\n\r\n".encode()
    with contextlib.ExitStack() as stack:
        connections = [connect(service, stack, head + b"x" * (MEBIBYTE - 1)) for _ in range(400)]
        eventually(lambda: ask(None).status_code == 503)
        refused = ask(None)
        assert refused.json()["code"] == "unavailable" and refused.headers["retry-after"] == "1"
        assert ask(30000).json()["code"] == "malformed_json"
        acme.team()
        assert memory(service)["VmHWM"] < 256 * MEBIBYTE  # of 400 that were sent
        answers = []
        for connection in connections:
            connection.sendall(b"x")
            answers.append(connection.recv(65536)[:12])
        taken, thrown_away = answers.count(b"HTTP/1.1 401"), answers.count(b"HTTP/1.1 503")
        assert taken + thrown_away == 400 and 120 <= taken <= 128  # some room went to what was asked above
    assert ask(None).json()["code"] == "invalid_body"
    with contextlib.ExitStack() as stack:  # who goes away leaves the room to others
        eventually(lambda: connect(service, stack, head + b"x" * (MEBIBYTE - 1)) and ask(None).status_code == 503)
    eventually(lambda: ask(None).status_code == 422)


def test_answers__that_are_broken_off_leave_nothing_behind(start_service):
    """The client goes as soon as it has asked."""
    service = start_service(COHELM_RATE_LIMIT="1000000")
    client = service.client()
    request = f"GET /openapi.json HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {client.token}\r\n\r\n".encode()
    before = None
    for round_ in range(4):
        for _ in range(250):
            with socket.create_connection(service.address) as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                connection.sendall(request)
        client.get("/v1/me")
        before = before or memory(service)["VmHWM"]
    assert memory(service)["VmHWM"] < before + 16 * MEBIBYTE


# ---- who has said all ----

def test_clients__who_have_ended_their_side_are_answered_and_left(start_service):
    """The end may come together with the last bytes, or a little later: hence several times."""
    service = start_service()
    request = b"GET /v1/me HTTP/1.1\r\nHost: a\r\n\r\n"
    for sent, answers in ((request, 1), (request * 3, 3), (request + request[:-2], 1), (b"POST" + request[3:-2] + b"Content-Length: 9\r\n\r\n1234", 0), (b"", 0)):
        for _ in range(5):
            with contextlib.ExitStack() as stack:
                connection = connect(service, stack, sent)
                connection.shutdown(socket.SHUT_WR)
                connection.settimeout(3)
                found = b"".join(iter(lambda: connection.recv(65536), b""))  # noqa: B023
            assert found.count(b"HTTP/1.1 401") == found.count(b"HTTP/1.1") == answers, (sent, found)


def test_clients__who_end_their_side_get_all_of_a_long_answer(start_service):
    service = start_service()
    document = service.anonymous().get("/openapi.json").content
    with contextlib.ExitStack() as stack:
        connection = stack.enter_context(socket.socket())
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(service.address)
        connection.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        time.sleep(0.5)
        connection.settimeout(3)
        found = b"".join(iter(lambda: connection.recv(1024), b""))
    assert found.endswith(document) and len(document) > 100000
