# SPDX-License-Identifier: Apache-2.0
"""What tests of decisions have in common: saying, voting, letting time pass, and the recount that every closed decision must stand."""

import concurrent.futures
import hashlib
import json
import pathlib
import tempfile
import threading
import time

YES, NO, ABSTAIN = ({"choice": choice} for choice in ("yes", "no", "abstain"))
EVERYBODY = 8


def say(person, decision, type, data=None, subject=None, expect=201, **fields):
    body = {"type": type, "data": data or {}, **({"subject": subject} if subject else {}), **fields}
    answer = person.post(f"{decision.path}/inputs", body, expect=expect).json()
    same_inboxes(person, decision)
    return answer


def refuse_input(person, decision, code, type, data=None, subject=None, pointer=None, **fields):
    status = {"permission_denied": 403, "input_invalid": 422}.get(code, 409)
    body = {"type": type, "data": data or {}, **({"subject": subject} if subject else {}), **fields}
    return person.problem("POST", f"{decision.path}/inputs", body, status=status, code=code, pointer=pointer)


def vote(person, decision, ballot, **fields):
    answer = person.put(f"{decision.path}/ballots/me", {"ballot": ballot, **fields}).json()
    same_inboxes(person, decision)
    return answer


def refuse_ballot(person, decision, code, ballot, pointer=None, **fields):
    status = {"permission_denied": 403, "ballot_invalid": 422}.get(code, 409)
    return person.problem("PUT", f"{decision.path}/ballots/me", {"ballot": ballot, **fields}, status=status, code=code, pointer=pointer)


def state(person, decision):
    same_inboxes(person, decision)
    return person.get(f"{decision.path}/status").json()


def actions(person, decision):
    same_inboxes(person, decision)
    return person.get(f"{decision.path}/actions").json()


def wait_until(found, seconds=60):
    """What `found` gives once it is true."""
    deadline = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.05)
    return value


def finished(person, answer):
    """The job that a request was answered with, once it is done or has failed."""
    assert answer.status_code == 202, answer.text
    job = answer.json()
    assert answer.headers["location"] == f"/v1/jobs/{job['id']}"
    return wait_until(lambda: (found := person.get(f"/v1/jobs/{job['id']}").json())["finished_at"] and found)


def same_inboxes(person, decision):
    """inbox_list.sql says in SQL whom the engine waits for (view_owes). That both say the same is looked at whenever a test says,
    votes or reads something of a decision, for all its people if they are few. What races on purpose is left alone."""
    if threading.current_thread() is not threading.main_thread():
        return
    people = getattr(decision, "people", [])
    for each in [person, *(other for other in people if other is not person)] if len(people) <= EVERYBODY else [person]:
        same_inbox(each, decision)


def same_inbox(person, decision):
    organisation, id = decision.path.split("/")[3::2]

    def said():
        answer = person.get(f"{decision.path}/actions", expect=None)
        return answer.json() if answer.status_code == 200 else None  # has left, or sees nothing of it

    def found():
        items = [item for item in person.pages("/v1/me/inbox", organisation_id=organisation, limit=100) if item["decision_id"] == id]
        return [what for item in items for what in item["expected"] if what != "review"]

    before, inbox = said(), found()
    while before and before["waiting"] != bool(inbox):
        after = said()
        assert after != before, f"{person.name}: the engine says waiting={before['waiting']}, the inbox {inbox}"
        before, inbox = after, found()  # it was settled in the background between the two


def elapse(sql, decision, time):
    """Lets time pass: everything about the decision happened that much earlier. `time` is an interval of PostgreSQL."""
    moved = {"decisions": ("id", ["opened_at", "phase_started_at", "phase_due_at", "due_at", "remind_at", "closed_at", "review_at"]), "inputs": ("decision_id", ["created_at"]),
             "ballots": ("decision_id", ["cast_at"]), "stakeholders": ("decision_id", ["notified_at"]), "outcomes": ("decision_id", ["closed_at"])}
    with sql.transaction():
        for table, (key, columns) in moved.items():
            changes = ", ".join(f"{column} = {column} - %(time)s::interval" for column in columns)
            sql.execute(f"update {table} set {changes} where {key} = %(id)s", {"time": time, "id": decision.id})
        sql.execute("update proxies set updated_at = updated_at - %(time)s::interval where truster_id in "
                    "(select member_id from stakeholders where decision_id = %(id)s)", {"time": time, "id": decision.id})


def events(acme, decision):
    return acme.owner.pages(f"{acme.path}/events", resource_id=decision.id)


def causes(acme, decision):
    """cause:phase of all that happened to the decision as a whole."""
    return [f"{e['data']['cause']}:{e['data']['phase']}" for e in events(acme, decision) if "cause" in e["data"]]


def closed(person, decision, outcome):
    """The outcome of a decision that must be closed with it; a recount must give the stored report, byte for byte,
    and `cohelm verify` must find nothing wrong with its record."""
    found = person.get(f"{decision.path}/outcome").json()
    assert found["outcome"] == outcome, found
    report = person.get(f"{decision.path}/count-report")
    recount = person.post(f"{decision.path}/recount", expect=200)
    assert recount.json()["matches"] is True
    assert (recount.json()["outcome"], recount.json()["winners"]) == (outcome, found["winners"])
    assert f'"count_report":{report.text}' in recount.text
    assert report.json()["outcome"] == outcome
    assert json.loads(report.text)["winners"] == found["winners"]
    record = person.get(f"{decision.path}/record")
    counted = record.json()["ballots"] is not None  # fewer than three secret ballots are hidden
    status, text = person.service.verify(record.text)
    assert status == 0 and text.startswith("verified\n" if counted else "verified, but for the count"), text
    assert mutated_verified(person.service, record.json()) == []
    return found | {"report": report.json()}


def digested(record):
    """The record with the digest that it should have (canonical JSON, see the document)."""
    bare = {key: value for key, value in record.items() if key != "digest"} | ({"signature": None} if "signature" in record else {})
    text = json.dumps(bare, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return record | {"digest": hashlib.sha256(text.encode()).hexdigest()}


def unsigned(record):
    """The record as it was exported before there were signatures: whoever has no key for one can still make that."""
    return digested({key: value for key, value in record.items() if key != "signature"})


def mutated_verified(service, record):
    """Which of some changes to the record, made by somebody who makes its digest anew and leaves the signature out, `cohelm verify` does not notice."""
    changes = {"outcome": "rejected" if record["outcome"] == "adopted" else "adopted", "winners": [*record["winners"], "x"],
               "rationale": "Another.", "closed_at": "2020-01-01T00:00:00Z", "text": record["text"] + "!",
               "definition": record["definition"] | {"review": "P1D"}, "stakeholders": record["stakeholders"][1:],
               "trail": record["trail"][:1] + record["trail"][2:]}
    for name in ("options", "inputs", "ballots", "proxies", "revisions", "change_sets"):
        if record[name]:
            changes[name] = record[name][:-1]
    if record["count_report"]:
        changes["count_report"] = record["count_report"] | {"reason": "another"}
    with tempfile.TemporaryDirectory() as directory:
        files = {f"{directory}/{name}.json": name for name in changes}
        for path, name in files.items():
            pathlib.Path(path).write_text(json.dumps(unsigned(record | {name: changes[name]})), encoding="utf-8")
        printed = service.command("verify", *files, check=False).stdout
    return [name for path, name in files.items() if f"{path}: verified" in printed or f"{path}: /" not in printed]


def at_once(calls):
    """Runs all calls at the same time; their results."""
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]
