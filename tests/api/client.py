# SPDX-License-Identifier: Apache-2.0
"""A caller of the service. Every answer it gets is checked against the contract before a test sees it."""

import json
import socket

import rehearsal

MERGE_PATCH = "application/merge-patch+json"


class Client:
    """One principal, or none without `token`. Safe to use from several threads."""

    def __init__(self, service, token=None, subject=None):
        self.service = service
        self.token = token
        self.subject = subject

    def request(self, method, path, body=None, expect=None, headers=None, **options):
        """Sends `body` as JSON unless `content` is given. `expect` is the status (or statuses) that the answer must have.
        `path` may be a link of the service, which begins with its public URL."""
        path = path.removeprefix(self.service.public_url)
        sent = {}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            options["content"] = json.dumps(body)
            sent["Content-Type"] = MERGE_PATCH if method == "PATCH" else "application/json"
        sent.update(headers or {})
        operation = self.service.contract.operation(method, path.split("?")[0])
        if rehearsal.wanted(self, operation, method, path, sent, options):
            answer = rehearsal.rehearse(operation, self.service.contract, method, path, sent, options, self.send)
        else:
            answer = self.send(method, path, sent, options)
        wanted = (expect,) if isinstance(expect, int) else expect
        assert not wanted or answer.status_code in wanted, (
            f"{method} {path}: {answer.status_code} instead of {expect}\n{answer.text[:2000]}")
        return answer

    def send(self, method, path, headers, options):
        answer = self.service.http.request(method, path, headers=headers, **options)
        self.service.contract.check(answer.request, answer)
        return answer

    def get(self, path, expect=200, **options):
        return self.request("GET", path, expect=expect, **options)

    def post(self, path, body=None, expect=(200, 201), **options):
        return self.request("POST", path, body, expect=expect, **options)

    def put(self, path, body=None, expect=200, **options):
        return self.request("PUT", path, body, expect=expect, **options)

    def patch(self, path, body, expect=200, **options):
        return self.request("PATCH", path, body, expect=expect, **options)

    def delete(self, path, expect=204, **options):
        return self.request("DELETE", path, expect=expect, **options)

    def problem(self, method, path, body=None, *, status, code, pointer=None, **options):
        """A request that must fail with that problem and, if `pointer` is given, name that fault among others."""
        problem = self.request(method, path, body, expect=status, **options).json()
        assert problem["code"] == code, f"{method} {path}: {problem}"
        if pointer is not None:
            assert pointer in [fault["pointer"] for fault in problem.get("errors", [])], f"{method} {path}: {problem}"
        return problem

    def pages(self, path, **params):
        """All items of a list, by following `Link: …; rel="next"` as a client should."""
        items = []
        answer = self.get(path, params=params)
        while True:
            items += answer.json()["items"]
            following = answer.links.get("next")
            if not following:
                return items
            answer = self.get(following["url"])

    def etag(self, path):
        return self.get(path).headers["etag"]


class RawAnswer:
    def __init__(self, data):
        head, _, self.body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split(" ")[1]) if lines[0].startswith("HTTP/") else None
        self.headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:])}


def raw(address, data, timeout=5):
    """Sends bytes that no HTTP library would, and reads until the service closes or is silent. `status` None: no answer.

    `address` is (host, port), e.g. service.address; put `Connection: close` into the request to get the answer at once."""
    received = b""
    with socket.create_connection(address, timeout=timeout) as connection:
        connection.settimeout(timeout)
        connection.sendall(data)
        try:
            while chunk := connection.recv(65536):
                received += chunk
        except (TimeoutError, ConnectionResetError):
            pass
    return RawAnswer(received)
