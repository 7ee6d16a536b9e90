# SPDX-License-Identifier: Apache-2.0
"""What must hold for every operation alike, tried once for each, around a request that a test makes anyway:

- GET: the ETag of the answer, sent back as If-None-Match, is answered 304.
- A write was answered with the same status with ?validate_only=true just before, which stored nothing: it could still be done.
- One that succeeds was answered 412 with an If-Match that names another version.
- A POST that succeeds gives the same answer again for the same Idempotency-Key, and 422 when the key comes with another request.

So an operation is covered without anyone writing a test for it. Requests from other threads than the main one are left
alone: they race on purpose."""

import secrets
import threading
import urllib.parse

ATTEMPTS = 3  # for an operation that tests call only to see it refused
OTHER_VERSION = '"no-such-version"'
STEERING = {"if-match", "if-none-match", "idempotency-key", "prefer"}

done = {}


def wanted(client, operation, method, path, sent, options):
    """Whether this request is one to rehearse: plain, and its operation was not done yet."""
    if operation is None or operation.method != method.lower() or threading.current_thread() is not threading.main_thread():
        return False
    plain = not STEERING & {name.lower() for name in sent} and "validate_only" not in path + str(options.get("params", ""))
    return plain and client.service.rehearse and done.get(operation.id, 0) < ATTEMPTS


def takes(operation, contract, name):
    return any(contract.resolve(parameter)["name"] == name for parameter in operation.definition.get("parameters", []))


def with_query(path, query):
    return f"{path}{'&' if urllib.parse.urlsplit(path).query else '?'}{query}"


def rehearse(operation, contract, method, path, sent, options, send):
    """Does the request with all that belongs to it; the answer is that of the request itself. `send` sends and checks one."""
    if method == "GET":
        return rehearse_read(operation, method, path, sent, options, send)
    trial = stale = key = None
    if takes(operation, contract, "validate_only"):
        trial = send(method, with_query(path, "validate_only=true"), sent, options)
    if takes(operation, contract, "If-Match"):
        stale = send(method, path, sent | {"If-Match": OTHER_VERSION}, options)
    if takes(operation, contract, "Idempotency-Key"):
        key = {"Idempotency-Key": secrets.token_hex(16)}
    answer = send(method, path, sent | (key or {}), options)
    name = f"{operation.id} ({method} {path})"
    done[operation.id] = ATTEMPTS if answer.is_success else done.get(operation.id, 0) + 1
    assert trial is None or trial.status_code == answer.status_code, (
        f"{name}: validate_only said {trial.status_code}, the request itself {answer.status_code}\n{trial.text}\n{answer.text}")
    if not answer.is_success:
        return answer
    assert stale is None or stale.status_code == 412, f"{name}: If-Match of another version was answered {stale.status_code}"
    if key:
        again = send(method, path, sent | key, options)
        assert "idempotency-replayed" not in answer.headers, f"{name}: the first answer claims to be a replay"
        assert again.headers.get("idempotency-replayed") == "true", f"{name}: the same Idempotency-Key did it again"
        for part in ("status_code", "content"):
            assert getattr(again, part) == getattr(answer, part), f"{name}: the replay has another {part}"
        for header in ("location", "etag", "content-type"):
            assert again.headers.get(header) == answer.headers.get(header), f"{name}: the replay has another {header}"
        other = send(method, with_query(path, "validate_only=false"), sent | key, options)
        assert other.status_code == 422 and other.json()["code"] == "idempotency_mismatch", (
            f"{name}: the key of another request was answered {other.status_code}\n{other.text}")
    return answer


def rehearse_read(operation, method, path, sent, options, send):
    answer = send(method, path, sent, options)
    if answer.status_code == 200 and "etag" in answer.headers:
        done[operation.id] = ATTEMPTS
        again = send(method, path, sent | {"If-None-Match": answer.headers["etag"]}, options)
        # What a clock or another member changed meanwhile has another ETag, and is then answered anew.
        assert again.status_code == 304 or again.headers.get("etag") != answer.headers["etag"], (
            f"{operation.id}: the ETag just given is not answered 304")
    return answer
