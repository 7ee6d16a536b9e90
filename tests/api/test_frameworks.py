# SPDX-License-Identifier: Apache-2.0
"""Frameworks: built-in ones, copies and definitions of one's own, drafts and versions."""

import concurrent.futures
import copy
import json
import pathlib
import uuid

import pytest

NOBODY = str(uuid.UUID("01900000-0000-7000-8000-000000000000"))
BUILT_IN = {path.stem: json.loads(path.read_text())
            for path in (pathlib.Path(__file__).parents[2] / "sql" / "seed" / "frameworks").glob("*.json")}
HANDS = {
    "key": "hands", "name": "Show of hands", "purpose": "Quick votes.",
    "roles": [{"key": "proposer", "min": 1, "max": 1}, {"key": "voters", "min": 1}],
    "phases": [{"key": "vote", "duration": "P2D", "ballots": ["voters"], "ends": ["all_in", "deadline"]}],
    "rule": {"method": "majority"}, "review": "P6M",
}


def definition(**changes):
    return copy.deepcopy(HANDS) | changes


def frameworks(acme):
    return f"{acme.path}/frameworks"


def copied(acme, by=None, **fields):
    body = {"copy_of": {"framework": "consent"}, "key": "ours", **fields}
    return (by or acme.owner).post(frameworks(acme), body, expect=201).json()


def path_of(acme, framework):
    return f"{frameworks(acme)}/{framework['id']}"


# ---- reading ----

def test_framework_list__built_in_ones_are_there(world):
    acme = world.organisation()
    found = acme.member("observer").pages(frameworks(acme), limit=2)
    assert [item["key"] for item in found] == sorted(BUILT_IN)
    assert all(item["built_in"] and item["status"] == "published" and item["latest_version"] == 1 for item in found)
    assert {item["name"] for item in found} == {definition["name"] for definition in BUILT_IN.values()}
    assert not any("definition" in item for item in found)


def test_framework_list__filters_sorts_and_definitions(world):
    acme = world.organisation()
    first = copied(acme, key="b_first", name="Ours, 100% consent")
    second = copied(acme, key="a_second")
    acme.owner.post(f"{path_of(acme, first)}/publish")
    own = acme.owner.pages(frameworks(acme), built_in="false", include="definition")
    assert [item["key"] for item in own] == ["a_second", "b_first"]
    assert own[1]["definition"]["name"] == "Ours, 100% consent"
    for sort in ("key", "-created_at"):
        assert [item["key"] for item in acme.owner.pages(frameworks(acme), status="draft", sort=sort, limit=1)] == ["a_second"]
        assert [item["key"] for item in acme.owner.pages(frameworks(acme), q="100%", sort=sort)] == ["b_first"]
        assert len(acme.owner.pages(frameworks(acme), built_in="true", sort=sort, limit=2)) == len(BUILT_IN)
    newest = acme.owner.pages(frameworks(acme), sort="-created_at", limit=3)
    assert [item["id"] for item in newest[:2]] == [second["id"], first["id"]] and len(newest) == len(BUILT_IN) + 2


@pytest.mark.parametrize("key", sorted(BUILT_IN))
def test_framework_get__by_key_and_id(world, key):
    acme = world.organisation()
    by_key = acme.member().get(f"{frameworks(acme)}/{key}").json()
    assert by_key["definition"] == BUILT_IN[key]
    assert acme.owner.get(f"{frameworks(acme)}/{by_key['id'].upper()}").json() == by_key


def test_framework_get__of_another_organisation_is_unknown(world):
    acme, other = world.organisation(), world.organisation()
    theirs = copied(other)
    acme.owner.problem("GET", path_of(acme, theirs), status=404, code="not_found")
    acme.owner.problem("GET", f"{frameworks(acme)}/ours", status=404, code="not_found")
    acme.owner.problem("PATCH", path_of(acme, theirs), {"name": "X"}, status=404, code="not_found")
    acme.owner.problem("DELETE", path_of(acme, theirs), status=404, code="not_found")
    acme.owner.problem("POST", f"{path_of(acme, theirs)}/publish", status=404, code="not_found")
    acme.owner.problem("GET", f"{path_of(acme, theirs)}/versions", status=404, code="not_found")
    acme.owner.problem("POST", frameworks(acme), {"copy_of": {"framework": theirs["id"]}, "key": "x"},
                       status=422, code="invalid_reference", pointer="/copy_of/framework")


# ---- making ----

def test_framework_create__a_copy_under_another_name(world):
    acme = world.organisation()
    ours = copied(acme, name="Consent in our circles", purpose="Ours")
    assert ours["definition"] == BUILT_IN["consent"] | {"key": "ours", "name": "Consent in our circles", "purpose": "Ours"}
    assert (ours["key"], ours["name"], ours["purpose"]) == ("ours", "Consent in our circles", "Ours")
    assert (ours["built_in"], ours["status"], ours["latest_version"], ours["has_draft"]) == (False, "draft", None, True)
    assert ours["created_by"] == acme.owner.member_id


def test_framework_create__a_copy_of_a_version(world):
    acme = world.organisation()
    ours = copied(acme, name="First")
    acme.owner.post(f"{path_of(acme, ours)}/publish")
    acme.owner.patch(path_of(acme, ours), {"name": "Second"})
    drafted = acme.owner.post(frameworks(acme), {"copy_of": {"framework": "ours"}, "key": "c1"}, expect=201).json()
    assert drafted["name"] == "First", "what is published is copied, not a draft"
    acme.owner.post(f"{path_of(acme, ours)}/publish")
    assert acme.owner.post(frameworks(acme), {"copy_of": {"framework": ours["id"], "version": 1}, "key": "c2"},
                           expect=201).json()["name"] == "First"
    assert acme.owner.post(frameworks(acme), {"copy_of": {"framework": "ours"}, "key": "c3"}, expect=201).json()["name"] == "Second"
    acme.owner.problem("POST", frameworks(acme), {"copy_of": {"framework": "ours", "version": 3}, "key": "c4"},
                       status=422, code="invalid_reference", pointer="/copy_of/version")


def test_framework_create__a_definition(world):
    acme = world.organisation()
    own = acme.member("facilitator").post(frameworks(acme), {"definition": HANDS}, expect=201)
    assert own.json()["definition"] == HANDS and own.json()["key"] == "hands"
    assert acme.owner.get(own.headers["location"]).json() == own.json()


@pytest.mark.parametrize("body, pointer", [
    ({}, "/definition"), ({"key": "x"}, "/definition"),
    ({"definition": HANDS, "copy_of": {"framework": "consent"}}, "/copy_of"),
    ({"copy_of": {}}, "/copy_of/framework"), ({"copy_of": {"framework": "consent", "version": 0}, "key": "x"}, "/copy_of/version"),
    ({"copy_of": {"framework": "consent"}, "key": "No Key"}, "/key"), ({"definition": []}, "/definition"),
])
def test_framework_create__of_one_source(world, body, pointer):
    acme = world.organisation()
    acme.owner.problem("POST", frameworks(acme), body, status=422, code="invalid_body", pointer=pointer)


def test_framework_create__every_fault_of_a_definition_is_told(world):
    acme = world.organisation()
    broken = definition(
        roles=[{"key": "voters", "min": 3, "max": 2}, {"key": "voters"}],
        phases=[{"key": "vote", "duration": "2 days", "ballots": ["voters", "guests"], "ends": ["all_in", "sometime"]},
                {"key": "idle", "ends": ["deadline"]}],
        rule={"method": "majority", "threshold": [3, 2]}, surprise=1)
    problem = acme.owner.problem("POST", frameworks(acme), {"definition": broken}, status=422, code="framework_invalid")
    told = {fault["pointer"] for fault in problem["errors"]}
    assert told >= {f"/definition/{member}" for member in (
        "surprise", "roles/0/min", "roles/1/key", "phases/0/duration", "phases/0/ballots/1", "phases/0/ends/1", "rule/threshold")}
    assert any(pointer.startswith("/definition/phases/1") for pointer in told)
    assert len(acme.owner.pages(frameworks(acme))) == len(BUILT_IN)


def test_framework_create__keys_are_taken_once(world):
    acme, other = world.organisation(), world.organisation()
    copied(acme)
    for key in ("ours", "consent"):
        acme.owner.problem("POST", frameworks(acme), {"copy_of": {"framework": "majority"}, "key": key},
                           status=409, code="already_exists", pointer="/key")
    acme.owner.problem("POST", frameworks(acme), {"copy_of": {"framework": "majority"}}, status=409, code="already_exists")
    copied(other)


def test_framework_create__the_same_key_by_many_at_once(world):
    acme = world.organisation()
    body = {"copy_of": {"framework": "consent"}, "key": "ours"}
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        statuses = sorted(pool.map(lambda _: acme.owner.request("POST", frameworks(acme), body).status_code, range(20)))
    assert statuses == [201] + [409] * 19


@pytest.mark.parametrize("role", ["member", "observer"])
def test_framework_manage__is_for_facilitators_and_above(world, role):
    acme = world.organisation()
    ours = copied(acme)
    person = acme.member(role)
    for method, path, body in [("POST", frameworks(acme), {"definition": HANDS}), ("PATCH", path_of(acme, ours), {"name": "X"}),
                               ("POST", f"{path_of(acme, ours)}/publish", None), ("DELETE", path_of(acme, ours), None)]:
        assert person.problem(method, path, body, status=403, code="permission_denied")["permission"] == "framework.manage"
    assert acme.owner.get(path_of(acme, ours)).json() == ours


# ---- changing ----

def test_framework_update__merges_into_the_definition(world):
    acme = world.organisation()
    own = acme.owner.post(frameworks(acme), {"definition": HANDS}, expect=201).json()
    changed = acme.owner.patch(path_of(acme, own), {
        "name": "Hands up", "definition": {"rule": {"threshold": [2, 3]}, "review": None, "purpose": None}}).json()
    expected = definition(name="Hands up", rule={"method": "majority", "threshold": [2, 3]})
    del expected["review"], expected["purpose"]
    assert changed["definition"] == expected
    assert (changed["name"], changed["purpose"], changed["version"]) == ("Hands up", "", 2)
    assert acme.owner.get(path_of(acme, own)).json() == changed


def test_framework_update__what_can_not_work_is_refused(world):
    acme = world.organisation()
    own = acme.owner.post(frameworks(acme), {"definition": HANDS}, expect=201).json()
    acme.owner.problem("PATCH", path_of(acme, own), {"definition": {"rule": {"threshold": [5, 3]}}},
                       status=422, code="framework_invalid", pointer="/definition/rule/threshold")
    acme.owner.problem("PATCH", path_of(acme, own), {"definition": {"rule": None}}, status=422, code="framework_invalid")
    acme.owner.problem("PATCH", path_of(acme, own), {"definition": {"key": "feet"}}, status=422, code="invalid_body",
                       pointer="/definition/key")
    acme.owner.problem("PATCH", path_of(acme, own), {"key": "feet"}, status=422, code="invalid_body", pointer="/key")
    assert acme.owner.get(path_of(acme, own)).json() == own


def test_framework_update__of_an_older_version_is_refused(world):
    acme = world.organisation()
    ours = copied(acme)
    etag = acme.owner.etag(path_of(acme, ours))
    acme.owner.patch(path_of(acme, ours), {"name": "One"}, headers={"If-Match": etag})
    for method, path, body in [("PATCH", path_of(acme, ours), {"name": "Two"}), ("POST", f"{path_of(acme, ours)}/publish", None),
                               ("DELETE", path_of(acme, ours), None)]:
        acme.owner.problem(method, path, body, status=412, code="precondition_failed", headers={"If-Match": etag})


def test_framework__built_in_ones_stay(world):
    acme = world.organisation()
    for method, path, body in [("PATCH", "/consent", {"name": "X"}), ("DELETE", "/consent", None), ("POST", "/consent/publish", None)]:
        acme.owner.problem(method, frameworks(acme) + path, body, status=409, code="built_in")


# ---- versions ----

def test_framework_publish__makes_versions_that_stay(world):
    acme = world.organisation()
    ours = copied(acme, name="One")
    path = path_of(acme, ours)
    assert acme.owner.pages(f"{path}/versions") == []
    first = acme.owner.post(f"{path}/publish").json()
    assert (first["status"], first["latest_version"], first["has_draft"]) == ("published", 1, False)
    acme.owner.problem("POST", f"{path}/publish", status=409, code="conflict")
    drafted = acme.owner.patch(path, {"name": "Two"}).json()
    assert (drafted["latest_version"], drafted["has_draft"], drafted["definition"]["name"]) == (1, True, "Two")
    version = acme.member().get(f"{frameworks(acme)}/ours/versions/1").json()
    assert version["definition"] == ours["definition"] and version["published_by"] == acme.owner.member_id
    acme.owner.post(f"{path}/publish")
    acme.owner.patch(path, {"name": "Three"})
    acme.owner.post(f"{path}/publish")
    assert acme.owner.get(f"{path}/versions/1").json() == version
    listed = acme.owner.pages(f"{path}/versions", limit=1, include="definition")
    assert [(item["number"], item["definition"]["name"]) for item in listed] == [(3, "Three"), (2, "Two"), (1, "One")]
    assert not any("definition" in item for item in acme.owner.pages(f"{path}/versions"))
    acme.owner.problem("GET", f"{path}/versions/4", status=404, code="not_found")
    events = [event["type"] for event in acme.owner.pages(f"{acme.path}/events", resource_id=ours["id"])]
    assert events == ["framework.created", "framework.published"] + ["framework.updated", "framework.published"] * 2


def test_framework_publish__by_many_at_once_makes_one_version(world):
    acme = world.organisation()
    ours = copied(acme)
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        statuses = sorted(pool.map(
            lambda _: acme.owner.request("POST", f"{path_of(acme, ours)}/publish").status_code, range(20)))
    assert statuses == [200] + [409] * 19
    assert [item["number"] for item in acme.owner.pages(f"{path_of(acme, ours)}/versions")] == [1]


def test_framework_publish__is_a_change_of_structure(world):
    acme = world.organisation(governance_mode="governed")
    admin = acme.member("admin")
    ours = copied(acme, by=admin)
    admin.patch(path_of(acme, ours), {"name": "Drafts are free"})
    admin.problem("POST", f"{path_of(acme, ours)}/publish", status=403, code="governed_structure")
    admin.problem("DELETE", path_of(acme, ours), status=403, code="governed_structure")
    acme.owner.post(f"{path_of(acme, ours)}/publish")
    overrides = {entry["action"]: entry["override"] for entry in acme.owner.pages(f"{acme.path}/audit-log", resource_id=ours["id"])}
    assert overrides == {"framework.created": False, "framework.updated": False, "framework.published": True}


def test_framework_delete(world):
    acme = world.organisation()
    ours = copied(acme)
    acme.owner.post(f"{path_of(acme, ours)}/publish")
    acme.owner.delete(path_of(acme, ours))
    acme.owner.problem("GET", f"{frameworks(acme)}/ours", status=404, code="not_found")
    acme.owner.problem("DELETE", f"{frameworks(acme)}/ours", status=404, code="not_found")
    copied(acme)
    assert acme.owner.pages(f"{acme.path}/events", resource_id=ours["id"])[-1]["data"] == {"key": "ours", "name": ours["name"]}


def test_framework_delete__not_while_a_decision_uses_it(world):
    acme = world.organisation()
    ours = copied(acme)
    acme.owner.post(f"{path_of(acme, ours)}/publish")
    acme.decision(framework="ours")
    acme.owner.problem("DELETE", path_of(acme, ours), status=409, code="in_use")
    assert acme.owner.get(path_of(acme, ours)).json()["latest_version"] == 1


def test_framework_path__a_key_never_hides_an_id(world):
    acme = world.organisation()
    acme.owner.problem("GET", f"{frameworks(acme)}/{NOBODY}", status=404, code="not_found")
    acme.owner.problem("GET", f"{frameworks(acme)}/CONSENT", status=404, code="not_found")
