# SPDX-License-Identifier: Apache-2.0
"""Inputs for the fuzzer to begin with, from the document: seeds.py OPENAPI.JSON DIRECTORY makes DIRECTORY/seeds."""

import json
import pathlib
import re
import shutil
import sys

HEADERS = """Host: a
Accept: text/html;q=0.5, application/json;q=0.25, */*;q=0.1
Accept-Encoding: br, gzip;q=0.5, *;q=0
If-Match: "1", W/"2", "a\\"
If-None-Match: "1", W/"1", *
Prefer: count=exact, server-timing
X-Request-Id: a.B_9-
traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
Transfer-Encoding: chunked
Content-Length: 2
"""


def bodies(document):
    """Operation and each body that the document shows for it."""
    for path in document["paths"].values():
        for operation in path.values():
            if not isinstance(operation, dict) or "requestBody" not in operation:
                continue
            for media, content in operation["requestBody"]["content"].items():
                shown = [content["example"]] if "example" in content else [entry["value"] for entry in content.get("examples", {}).values()]
                for value in shown or [{}]:
                    yield operation["operationId"], json.dumps(value) if media.endswith("json") else "grant_type=client_credentials&client_id=a%20b"


def words(node, found):
    """Names of members and values of enumerations, which the fuzzer would hardly guess."""
    if isinstance(node, dict):
        found.update(node.get("properties", {}))
        found.update(value for value in node.get("enum", []) if isinstance(value, str))
        for value in node.values():
            words(value, found)
    elif isinstance(node, list):
        for value in node:
            words(value, found)
    return found


def record(definition, options):
    """A decision by that framework as a record has it, with somebody in each role."""
    roles = {member: [role["key"] for number, role in enumerate(definition["roles"]) if role["max"] != 1 or number % 3 == place]
             for place, member in enumerate("abc")}
    phase = definition["phases"][-1]
    inputs = [entry["type"] for entry in phase.get("inputs", [])]
    at = {"phase": phase["key"], "round": 1, "revision": 1}
    content = json.dumps({"resource_id": "d", "action": "decision.sealed", "data": {"members": {"id": "0" * 64}, "count_report": "0" * 64}})
    return at | {
        "id": "d", "organisation_id": "o", "title": "T", "text": "T", "proposer_id": "a", "definition": definition, "secret": False,
        "due_at": None, "opened_at": "2026-03-01T09:30:00Z", "phase_started_at": "2026-03-01T09:30:00Z",
        "phase_due_at": "2026-03-08T09:30:00Z", "closed_at": "2026-03-08T09:30:00Z", "outcome": "adopted", "winners": ["x"],
        "options": [{"key": key, "title": key, "pros": ["p"], "cons": ["c"]} for key in options],
        "stakeholders": [{"member_id": member, "display_name": member, "roles": roles[member], "level": "affected", "weight": 1,
                          "notified_at": None, "left_at": None} for member in "abc"],
        "inputs": [{"id": str(number), "member_id": "a", "display_name": "a", "type": name, "subject": None,
                    "data": {"text": "t", "choice": "x"}, "created_at": "2026-03-02T09:30:00Z"} | at for number, name in enumerate(inputs)],
        "ballots": [{"member_id": member, "ballot": ballot, "revision": 1, "count": 1}
                    for member, ballot in zip("abc", ({"choice": "yes"}, {"ranking": [["x"], ["y"]]}, {"approve": ["x"]}))],
        "proxies": [{"truster_id": "b", "trustee_id": "a", "given_at": "2026-03-01T09:30:00Z"}],
        "count_report": {"method": "m"}, "signature": "e30.e30.AAAA", "digest": "0" * 64,
        "trail": [{"number": 1, "content": content, "digest": "0" * 64, "hash": "0" * 64}]}


def write(directory, name, text):
    directory.mkdir(parents=True, exist_ok=True)
    (directory / name).write_text(text)


def main():
    document = json.loads(pathlib.Path(sys.argv[1]).read_text())
    seeds = pathlib.Path(sys.argv[2]) / "seeds"
    shutil.rmtree(seeds, ignore_errors=True)
    for number, (operation, text) in enumerate(bodies(document)):
        write(seeds / "body", f"{operation}-{number}", f"{operation}\n{text}")
    for number, path in enumerate(document["paths"]):
        write(seeds / "target", str(number), path + "?limit=1&cursor=a%20b&q=%C3%A9+x")
    for name, line in enumerate(HEADERS.splitlines()):
        write(seeds / "headers", str(name), f"Host: a\n{line}\n")
    write(seeds / "headers", "all", HEADERS)
    write(seeds / "cursor", "parts", "\0".join(
        ["p2026-03-01T09:30:00Z", 'name "é"', "018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2b", "team_list\n4:acme"]))
    for path in pathlib.Path("sql/seed/frameworks").glob("*.json"):
        write(seeds / "framework", path.name, path.read_text())
        for options in ("", "xy"):
            write(seeds / "record", f"{path.stem}-{options}", json.dumps(record(json.loads(path.read_text()), options)))
    write(seeds / "record", "signature", "eyJhbGciOiJFUzI1NiIsImtpZCI6ImsifQ.eyJpc3MiOiJpIiwiaWF0IjoxfQ.AAAA")
    write(seeds / "markdown", "all", "# a *b*_c_ `d` [e](f) <g> &h; |i| ~j~ $k$\r\n1. l\n- m\x01\x7f\xc2\x85 \u2028 <!-- n -->")
    safe = sorted(word for word in words(document, set()) if re.fullmatch(r"[\w .:/+-]{1,60}", word, re.ASCII))
    write(seeds, "dictionary", "".join(f'"\\"{word}\\""\n' for word in safe))


if __name__ == "__main__":
    main()
