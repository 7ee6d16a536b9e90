# SPDX-License-Identifier: Apache-2.0
"""Exported records that anyone can check: `cohelm verify`, and the same hashes computed here in Python as the document describes them."""

import copy
import hashlib
import json
import pathlib

import pytest

from deciding import ABSTAIN, NO, YES, at_once, digested, events, say, unsigned, vote, wait_until
from test_decisions_consent import ARGUED, CRITERIA, Circle, ruling
from world import Resource

# Members of a record that may change after closing; all others are sealed.
UNSEALED = {"late_inputs", "status", "review_at", "team_name", "area_name", "proposer_name", "framework_name", "trail", "links", "digest", "signature"}
NOT_CHECKED = "its signature was not checked against a known key (--jwks)\n"
NONE = "it has no signature, as records exported by earlier versions have none\n"


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def export(person, decision):
    return person.get(f"{decision.path}/record").json()


def verify(service, record):
    return service.verify(json.dumps(record, ensure_ascii=False))


def verified(service, record):
    assert verify(service, record) == (0, f"verified\n{NOT_CHECKED}")
    return record


def verified_unsigned(service, record):
    """A record of a version without signatures."""
    assert verify(service, unsigned(record)) == (0, f"verified\n{NONE}")


# ---- decisions of several frameworks, closed ----

def majority(world, **fields):
    acme = world.organisation()
    voters = [acme.member() for _ in range(4)]
    decision = acme.decision("majority", by=voters[0], stakeholders={"voters": voters}, open=True, **fields)
    for voter, ballot in zip(voters, (YES, YES, NO, ABSTAIN)):
        vote(voter, decision, ballot)
    return acme, voters[0], decision


def secret_majority(world):
    return majority(world, secret=True)


def schulze(world):
    acme = world.organisation()
    voters = [acme.member() for _ in range(3)]
    stakeholders = [{"member_id": voter.member_id, "roles": ["voters"], "weight": 2 + number} for number, voter in enumerate(voters)]
    draft = {"title": "Grüße", "text": "“Where to?”\t\u0001\u007f\\", "framework": "schulze", "stakeholders": stakeholders,
             "options": [{"key": key, "title": key.upper()} for key in "abc"], "configuration": {"rule": {"quorum": [1, 2]}}}
    made = voters[0].post(f"{acme.path}/decisions", draft, expect=201).json()
    decision = Resource(f"{acme.path}/decisions/{made['id']}", made)
    voters[0].post(f"{decision.path}/open", expect=200)
    for voter, ranking in zip(voters, ([["a"], ["b", "c"]], [["b"], ["a"]], [["a"], ["c"]])):
        vote(voter, decision, {"ranking": ranking})
    return acme, voters[0], decision


def consent(world):
    """With a qualified objection that is integrated in a second revision."""
    circle = Circle(world)
    circle.all_consent(circle.p, circle.b)
    objection = say(circle.a, circle.decision, "objection", ARGUED)
    say(circle.f, circle.decision, "ruling", ruling(*CRITERIA), objection["id"])
    circle.revise(text="Second text", note="Ann's objection")
    circle.all_consent(circle.b, circle.p, circle.a)
    return circle.acme, circle.a, circle.decision


def withdrawn(world):
    circle = Circle(world, phase="clarify")
    circle.p.post(f"{circle.decision.path}/withdraw", expect=200)
    return circle.acme, circle.p, circle.decision


def single_decider(world):
    acme = world.organisation()
    a, b = acme.member(), acme.member()
    decision = acme.decision("single_decider", by=a, stakeholders={"decider": [a], "informed": [b]}, open=True, options={"x": "X", "y": "Y"})
    say(a, decision, "decision", {"choice": "x", "rationale": "It is shorter."})
    return acme, a, decision


def with_changes(world):
    """Changes of structure, made after the closing and undone again: the trail goes on."""
    acme = world.organisation()
    decision = acme.decision("majority", stakeholders={"voters": [acme.owner]})
    acme.owner.put(f"{decision.path}/changes", {"changes": [{"operation": "organisation_update", "body": {"name": "Ours"}}]})
    acme.owner.post(f"{decision.path}/open", expect=200)
    vote(acme.owner, decision, YES)
    acme.owner.post(f"{decision.path}/changes/reverse", expect=200)
    assert {"change_set.applied", "change_set.reversed"} <= {event["type"] for event in events(acme, decision)}
    return acme, acme.owner, decision


KINDS = [majority, secret_majority, schulze, consent, withdrawn, single_decider, with_changes]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_closed_decision_is_verified(world, service, kind):
    _, person, decision = kind(world)
    record = export(person, decision)
    assert record["outcome"]
    verified(service, record)


def test_from_a_file(world, service, tmp_path):
    _, person, decision = majority(world)
    path = tmp_path / "record.json"
    path.write_text(person.get(f"{decision.path}/record").text, encoding="utf-8")
    assert service.command("verify", str(path)).stdout == f"verified\n{NOT_CHECKED}"
    other = tmp_path / "other.json"
    other.write_text("{}", encoding="utf-8")
    answer = service.command("verify", str(path), str(other), check=False)
    assert answer.returncode == 1
    assert answer.stdout.startswith(f"{path}: verified\n{path}: {NOT_CHECKED}{other}: /digest: ")
    assert service.command("verify", str(path), "no/such.json", check=False).returncode == 2


# ---- the same, computed by somebody else ----

def chain(record):
    """The hashes of the trail as they must be."""
    before, hashes = b"", []
    for row in record["trail"]:
        if row["content"] is not None:
            assert sha256(row["content"].encode()) == row["digest"]
        before = hashlib.sha256(before + bytes.fromhex(row["digest"])).digest()
        hashes.append(before.hex())
    return hashes


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_chain_seal_and_digest_are_what_the_document_says(world, kind):
    _, person, decision = kind(world)
    record = export(person, decision)
    assert digested(record) == record
    assert chain(record) == [row["hash"] for row in record["trail"]]
    assert [row["number"] for row in record["trail"]] == list(range(1, len(record["trail"]) + 1))
    rows = [json.loads(row["content"]) for row in record["trail"] if row["content"]]
    assert [row["action"] for row in rows[:2]] == ["decision.created", "decision.opened"]
    assert [row["action"] for row in rows[-2:]] == ["decision.closed", "decision.sealed"]
    assert {row["resource_id"] for row in rows} == {decision.id}
    bare = copy.deepcopy(record)
    for item in bare["stakeholders"] + bare["inputs"]:
        del item["display_name"]
    sealed = {name: sha256(canonical(value)) for name, value in bare.items() if name not in UNSEALED}
    assert rows[-1]["data"]["members"] == sealed
    report = person.get(f"{decision.path}/count-report").content
    assert rows[-1]["data"]["count_report"] == sha256(report)


def test_every_audit_row_of_a_decision_is_in_the_chain_in_its_order(world):
    acme, person, decision = majority(world)
    rows = acme.owner.pages(f"{acme.path}/audit-log", resource_id=decision.id, sort="created_at")
    trail = export(person, decision)["trail"]
    assert len(rows) == len(trail) >= 8
    shown = [json.loads(row["content"])["id"] if row["content"] else None for row in trail]
    assert [row["id"] if not row["action"].startswith(("ballot", "input")) else None for row in rows] == shown
    sealed = [event for event in events(acme, decision) if event["type"] == "decision.sealed"]
    assert len(sealed) == 1 and sealed[0]["data"] == json.loads(trail[-1]["content"])["data"]


def test_drafts_chain_what_is_done_to_them(world):
    acme = world.organisation()
    member = acme.member()
    draft = acme.decision("schulze", by=member, stakeholders={"voters": [member]}, options={"a": "A", "b": "B"})
    member.patch(draft.path, {"title": "Another"})
    member.put(f"{draft.path}/options/c", {"title": "C"})
    member.delete(f"{draft.path}/options/c")
    member.put(f"{draft.path}/stakeholders/{acme.owner.member_id}", {"roles": ["voters"]})
    member.delete(f"{draft.path}/stakeholders/{acme.owner.member_id}")
    record = export(member, draft)
    assert chain(record) == [row["hash"] for row in record["trail"]]
    assert [json.loads(row["content"])["action"] for row in record["trail"]] == [
        "decision.created", "decision.updated", "decision_option.added", "decision_option.removed", "stakeholder.added", "stakeholder.removed"]


def test_the_chain_holds_when_many_write_at_once(world, service):
    acme = world.organisation()
    voters = [acme.member() for _ in range(8)]
    decision = acme.decision("majority", by=voters[0], stakeholders={"voters": voters}, options=None)
    at_once([lambda v=voter: v.get(decision.path) for voter in voters]
            + [lambda t=text: voters[0].patch(decision.path, {"title": t}) for text in "abcdefgh"])
    voters[0].post(f"{decision.path}/open", expect=200)
    at_once([lambda v=voter: vote(v, decision, YES) for voter in voters])
    record = export(voters[0], decision)
    assert record["outcome"] == "adopted"
    assert len(record["trail"]) == 1 + 8 + 1 + 8 + 2
    verified(service, record)


# ---- what is changed is found ----

def leaves(value, path=()):
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path


def inner(value, path=()):
    """The paths of all maps and lists."""
    if isinstance(value, (dict, list)):
        yield path
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from inner(item, (*path, key))


def at(value, path):
    for key in path:
        value = value[key]
    return value


def changed(value):
    if isinstance(value, bool) or value is None or value in ({}, []):
        return "x" if value is not True and value is not False else not value
    if isinstance(value, int):
        return value + 1
    if len(value) == 64 and set(value) <= set("0123456789abcdef"):
        return value[:-1] + ("0" if value[-1] != "0" else "1")
    return value + "x" if not value.endswith("Z") else value[:-2] + ("1Z" if value[-2] != "1" else "2Z")


def mutations(record):
    """(what was done, the record with it): each leaf changed and made null, each member and list item removed, each list item doubled and swapped
    with the next."""
    text = json.dumps(record)

    def but(path, change):
        other = json.loads(text)
        change(at(other, path))
        return other

    for path in leaves(record):
        *above, last = path
        yield ("changed", path), but(above, lambda place: place.__setitem__(last, changed(place[last])))
        if at(record, path) is not None:
            yield ("made null", path), but(above, lambda place: place.__setitem__(last, None))
    for path in inner(record):
        place = at(record, path)
        for key in place if isinstance(place, dict) else range(len(place)):
            yield ("removed", (*path, key)), but(path, lambda place: place.__delitem__(key))
        for index in range(len(place)) if isinstance(place, list) else ():
            yield ("doubled", (*path, index)), but(path, lambda place: place.insert(index, copy.deepcopy(place[index])))
            if index + 1 < len(place) and place[index] != place[index + 1]:
                yield ("swapped", (*path, index)), but(path, lambda place: place.insert(index, place.pop(index + 1)))


def verified_among(service, directory, many, *options):
    """What was done to those that verify: ought to be nothing. All are tried by one run of the command."""
    files = {str(directory / f"{number}.json"): what for number, (what, _) in enumerate(many)}
    for path, (_, record) in zip(files, many):
        pathlib.Path(path).write_text(json.dumps(record), encoding="utf-8")
    answer = service.command("verify", *options, *files, check=False)
    assert answer.returncode == 1 and answer.stderr == "", answer
    told = {}
    for line in answer.stdout.splitlines():
        path, _, text = line.partition(": ")
        told.setdefault(path, []).append(text)
    assert set(told) == set(files)
    return [files[path] for path, lines in told.items() if lines[0].startswith("verified")]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_changed_record_never_verifies(world, service, tmp_path, kind):
    _, person, decision = kind(world)
    record = verified(service, export(person, decision))
    many = list(mutations(record))
    assert len(many) > 200
    assert verified_among(service, tmp_path, many) == []


def not_sealed(record):
    """What whoever makes the digest anew, and leaves the signature out, may change: names and the status; rows left out at the end; and that the
    content of a row, whose digest stays, is not shown."""
    unseen = {("trail", number, "content") for number, row in enumerate(record["trail"]) if "decision.sealed" not in (row["content"] or "")}
    last = len(record["trail"]) - 1
    return unseen | {what[1] for what, _ in mutations(record) if what[1][0] in UNSEALED - {"trail"} or what[1][-1] == "display_name"
                     or what[1] == ("trail", last) and (*what[1], "content") in unseen}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_forger_who_makes_the_digest_anew_changes_only_what_is_not_sealed(world, service, tmp_path, kind):
    _, person, decision = kind(world)
    record = verified(service, export(person, decision))
    many = [(what, unsigned(other)) for what, other in mutations(record) if what[1][0] not in ("digest", "signature")]
    assert {what[1] for what in verified_among(service, tmp_path, many)} <= not_sealed(record)


def test_what_differs_is_named(world, service):
    _, person, decision = majority(world)
    record = export(person, decision)
    status, text = verify(service, unsigned(record | {"outcome": "rejected"}))
    assert status == 1 and "/outcome: the recount gives adopted" in text
    ballots = [ballot | {"ballot": NO} for ballot in record["ballots"]]
    status, text = verify(service, unsigned(record | {"ballots": ballots}))
    assert status == 1
    assert "/ballots: it is not what was sealed" in text and "/outcome: the recount gives rejected" in text
    assert "/count_report/tally: the recount gives another" in text
    trail = [row | {"content": row["content"].replace("decision.opened", "decision.op3ned")} if row["content"] else row
             for row in record["trail"]]
    status, text = verify(service, unsigned(record | {"trail": trail}))
    assert status == 1 and text == "/trail/1: the content does not have this digest\n"
    status, text = verify(service, unsigned(record | {"trail": record["trail"][:3] + record["trail"][4:]}))
    assert status == 1 and "/trail/3: the hash does not follow from the row before and this one\n" in text


def test_a_hash_known_from_the_markdown_record(world, service, tmp_path):
    """Somebody who makes all of it anew can't make the hash that was kept elsewhere."""
    _, person, decision = majority(world)
    markdown = person.get(f"{decision.path}/record", headers={"Accept": "text/markdown"}).text
    record = export(person, decision)
    (line,) = [line for line in markdown.splitlines() if "the last of the trail" in line]
    last = record["trail"][-1]
    assert line == f"* Hash of row {last['number']}, the last of the trail: `{last['hash']}`"
    path = tmp_path / "record.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    for row in (last, record["trail"][2]):
        assert service.command("verify", "--hash", row["hash"], str(path)).stdout == f"verified\n{NOT_CHECKED}"
    answer = service.command("verify", "--hash", "0" * 64, str(path), check=False)
    assert (answer.returncode, answer.stdout) == (1, f"/trail: no row has the hash {'0' * 64}\n")
    assert service.command("verify", "--hash", last["hash"], check=False).returncode == 2


def test_names_may_change_and_the_record_still_verifies(world, service):
    acme, person, decision = majority(world)
    person.patch("/v1/me", {"display_name": "Another Name"})
    acme.owner.delete(f"{acme.path}/members/{person.member_id}")
    verified(service, export(acme.owner, decision))


def sealed_before_areas(record):
    """As it would be if it had been closed before decisions had areas."""
    last = record["trail"][-1]
    row = json.loads(last["content"])
    for name in ("area_id", "delegation"):
        del row["data"]["members"][name]
    last["content"] = json.dumps(row)
    last["digest"] = sha256(last["content"].encode())
    last["hash"] = chain(record)[-1]
    return record


def test_what_an_earlier_seal_does_not_cover_must_be_nothing(world, service):
    acme, person, decision = majority(world)
    record = sealed_before_areas(export(person, decision))
    verified_unsigned(service, record)
    for name in ("area_id", "delegation"):
        for value in (acme.id, [], 0):
            assert f"/{name}: the seal does not cover it" in verify(service, unsigned(record | {name: value}))[1]
    del record["area_id"], record["delegation"]
    verified_unsigned(service, record)


@pytest.mark.parametrize("kind, name, bounds", [
    (majority, "stakeholders/0/weight", (1, 1000000)), (secret_majority, "ballots/0/count", (1, 2**53)),
    (majority, "ballots/0/revision", (1, 2**31 - 1)), (majority, "revision", (1, 2**31 - 1)), (majority, "round", (1, 2**31 - 1))],
    ids=lambda value: value if isinstance(value, str) else "")
def test_numbers_that_no_decision_can_have_are_not_counted_with(world, service, kind, name, bounds):
    """Their sums might not fit into 64 bits, or their products into 128."""
    _, person, decision = kind(world)
    record = export(person, decision)
    *path, last = [int(step) if step.isdigit() else step for step in name.split("/")]
    for value in (0, bounds[1] + 1, 2**63 - 1, -2**63):
        place = changed = copy.deepcopy(record)
        for step in path:
            place = place[step]
        place[last] = value
        status, text = verify(service, changed)
        assert status == 1 and f"/{name}: It must be a whole number from {bounds[0]} to {bounds[1]}.\n" in text


def test_rounds_that_never_were_are_not_played_again(world, service):
    """An election is counted round by round: a forged number would keep whoever verifies it busy until memory is out."""
    acme, person, decision = majority(world)
    record = export(person, decision)
    election = person.get(f"{acme.path}/frameworks/role_election/versions/1").json()["definition"]
    for place, stakeholder in enumerate(record["stakeholders"]):
        stakeholder["roles"] = ["members"] if place else ["facilitator"]
    forged = record | {"definition": election, "phase": "object"}
    for changes, told in (({"round": 2**31 - 1}, "/round: It must be a round to which the texts and inputs have led."),
                          ({"round": 3}, "/round: It must be a round to which the texts and inputs have led."),
                          ({"round": 2**31 - 1, "revision": 2**31 - 1}, "/revision: It must be the number of a text of the record.")):
        status, text = verify(service, forged | changes)
        assert status == 1 and told in text


def test_somebody_who_left_and_comes_back_changes_nothing(world, service):
    acme = world.organisation()
    voters = [acme.member() for _ in range(3)]
    decision = acme.decision("majority", by=voters[0], stakeholders={"voters": voters}, open=True)
    for voter in voters[:2]:
        vote(voter, decision, YES)
    acme.owner.delete(f"{acme.path}/members/{voters[2].member_id}")
    wait_until(lambda: voters[0].get(f"{decision.path}/status").json()["status"] != "open")
    record = verified(service, export(voters[0], decision))
    assert sum(person["left_at"] is not None for person in record["stakeholders"]) == 1
    acme.add(voters[2])
    again = verified(service, export(voters[0], decision))
    assert again["stakeholders"] == record["stakeholders"]
    assert acme.owner.post(f"{decision.path}/recount", expect=200).json()["matches"] is True


def test_what_is_not_closed_is_not_verified(world, service):
    acme = world.organisation()
    voters = [acme.member() for _ in range(4)]
    decision = acme.decision("majority", by=voters[0], stakeholders={"voters": voters}, open=True)
    status, text = verify(service, export(voters[0], decision))
    assert status == 1 and "/trail: no row seals the facts: the decision is not closed" in text


def hidden(world):
    """Two secret ballots, which nobody may see."""
    acme = world.organisation()
    voters = [acme.member() for _ in range(2)]
    decision = acme.decision("majority", by=voters[0], stakeholders={"voters": voters}, open=True, secret=True)
    for voter in voters:
        vote(voter, decision, YES)
    return acme, voters[0], decision


def test_hidden_ballots__all_but_the_count_is_verified(world, service, tmp_path):
    acme, person, decision = hidden(world)
    record = export(person, decision)
    assert record["outcome"] == "adopted" and record["ballots"] is None and record["count_report"] is None
    status, text = verify(service, record)
    assert status == 0 and text.startswith("verified, but for the count: fewer than three secret ballots")
    # neither the trail nor the seal tells how many have voted, or what
    actions = [json.loads(row["content"])["action"] for row in record["trail"]]
    assert actions == ["decision.created", "decision.opened", "decision.closed", "decision.sealed"]
    assert [event["data"]["count_report"] for event in events(acme, decision) if event["type"] == "decision.sealed"] == [None]
    many = [(what, unsigned(other)) for what, other in mutations(record) if what[1][0] not in ("digest", "signature")]
    assert {what[1] for what in verified_among(service, tmp_path, many)} <= not_sealed(record)


def test_changes_of_structure_are_part_of_the_record(world, service):
    acme = world.organisation()
    acme.team(name="Platform")
    owner, voter = acme.owner, acme.member()
    draft = acme.decision("majority", by=owner, stakeholders={"voters": [owner, voter]})
    owner.put(f"{draft.path}/changes", {"changes": [{"operation": "team_create", "body": {"name": "New", "kind": "functional"}}]})
    owner.post(f"{draft.path}/open", expect=200)
    for person in (owner, voter):
        vote(person, draft, YES)
    record = verified(service, export(owner, draft))
    assert [sets["changes"][0]["operation"] for sets in record["change_sets"]] == ["team_create"]
    record["change_sets"][0]["changes"][0]["body"]["name"] = "Newer"
    status, text = verify(service, unsigned(record))
    assert status == 1 and text == "/change_sets: it is not what was sealed when the decision closed\n"


def test_a_seal_from_before_there_were_follow_ups_still_holds(world, service):
    _, person, decision = majority(world)
    record = export(person, decision)
    before, seal = record["trail"][-2:]
    content = json.loads(seal["content"])
    del content["data"]["members"]["follow_up_id"]
    seal["content"] = json.dumps(content)
    seal["digest"] = sha256(seal["content"].encode())
    seal["hash"] = sha256(bytes.fromhex(before["hash"]) + bytes.fromhex(seal["digest"]))
    verified_unsigned(service, record)
    status, text = verify(service, unsigned(record | {"follow_up_id": record["id"]}))
    assert status == 1 and text == "/follow_up_id: the seal does not cover it\n"
    del record["follow_up_id"]
    verified_unsigned(service, record)


@pytest.mark.parametrize("text", ["", "{", "[]", "1", "{} {}", "\x00", "[" * 100])
def test_what_is_no_record_is_unreadable(service, text):
    status, output = service.verify(text)
    assert status == 2 and output.startswith("cohelm: -: ")


def test_a_file_that_is_not_there_is_unreadable(service):
    answer = service.command("verify", "no/such.json", check=False)
    assert answer.returncode == 2 and "no/such.json" in answer.stderr
    answer = service.command("verify", check=False)
    assert answer.returncode == 2 and "usage: cohelm verify" in answer.stderr
