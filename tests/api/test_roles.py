# SPDX-License-Identifier: Apache-2.0
"""Permissions and roles."""

import concurrent.futures

import pytest

CUSTOM = {"kind": "organisation", "key": "people_partner", "name": "People partner", "purpose": "Knows everyone",
          "permissions": ["organisation.read", "member.read", "member.invite"]}


def make(organisation, by=None, **fields):
    return (by or organisation.owner).post(f"{organisation.path}/roles", CUSTOM | fields, expect=201).json()


# ---- permissions ----

def test_permissions__are_those_of_the_document(world):
    maria = world.person()
    items = maria.pages("/v1/permissions", limit=7)
    document = maria.service.contract.document
    assert {item["name"]: item["about"] for item in items} == {name: entry["about"] for name, entry in document["x-permissions"].items()}
    scopes = document["components"]["securitySchemes"]["client_credentials"]["flows"]["clientCredentials"]["scopes"]
    assert {item["name"] for item in items} <= set(scopes)
    assert [item["name"] for item in items] == sorted(item["name"] for item in items)
    assert [item["name"] for item in maria.pages("/v1/permissions", q="ROLE.")] == ["role.manage", "role.read"]
    assert maria.pages("/v1/permissions", q="no such %") == []


# ---- reading ----

def test_roles__lists(world):
    acme = world.organisation()
    mine = [make(acme, key=f"role_{n}", name=f"Z {n}", kind="team" if n % 2 else "organisation") for n in range(5)]
    reader = acme.member("observer")
    items = reader.pages(f"{acme.path}/roles", limit=3)
    assert [(item["name"], item["id"]) for item in items] == sorted((item["name"], item["id"]) for item in items)
    assert [item for item in items if not item["built_in"]] == mine
    assert reader.pages(f"{acme.path}/roles", built_in="false", sort="-created_at", limit=2) == mine[::-1]
    assert reader.pages(f"{acme.path}/roles", built_in="false", kind="team") == [mine[1], mine[3]]
    assert reader.pages(f"{acme.path}/roles", q="z 3") == [mine[3]]
    assert {item["key"] for item in reader.pages(f"{acme.path}/roles", permission="owner.manage")} == {"owner"}
    newest = reader.pages(f"{acme.path}/roles", sort="-created_at", kind="organisation", built_in="true", permission="audit.read", q="a")
    assert {item["key"] for item in newest} <= {"owner", "admin"}


def test_roles__built_in_ones_nest(world):
    """So that an admin can give every role but owner, and nobody below can rise."""
    acme = world.organisation()
    grants = {item["key"]: set(item["permissions"]) for item in acme.owner.pages(f"{acme.path}/roles", kind="organisation")}
    assert grants["observer"] < grants["member"] < grants["facilitator"] < grants["admin"] < grants["owner"]
    assert grants["owner"] - grants["admin"] == {"owner.manage", "organisation.delete"}


def test_role_get__by_id_or_key(world):
    acme = world.organisation()
    role = make(acme)
    twin = make(acme, kind="team")
    assert acme.owner.get(f"{acme.path}/roles/people_partner").json() == role
    assert acme.owner.get(f"{acme.path}/roles/{role['id']}").json() == role
    assert acme.owner.get(f"{acme.path}/roles/{twin['id']}").json() == twin
    assert acme.owner.get(f"{acme.path}/roles/owner").json()["built_in"] is True
    for name in ("lead", "no_such", "018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2b"):
        acme.owner.problem("GET", f"{acme.path}/roles/{name}", status=404, code="not_found")
    outsider = world.organisation().owner
    outsider.problem("GET", f"{acme.path}/roles/owner", status=404, code="not_found")
    outsider.problem("GET", f"{acme.path}/roles", status=404, code="not_found")


# ---- making ----

def test_role_create__holds_at_once(world):
    acme = world.organisation()
    role = make(acme, by=acme.member("admin"))
    assert {name: role[name] for name in CUSTOM} == CUSTOM and role["built_in"] is False
    partner = acme.member("people_partner")
    partner.post(f"{acme.path}/members", {"email": f"x-{world.tag}@example.org", "role": "people_partner"}, expect=201)
    partner.problem("GET", f"{acme.path}/roles", status=403, code="permission_denied")
    # The next request knows of the change.
    acme.owner.patch(f"{acme.path}/roles/people_partner", {"permissions": ["organisation.read", "role.read"]})
    assert partner.get(f"{acme.path}/roles").json()["items"]
    partner.problem("GET", f"{acme.path}/members", status=403, code="permission_denied")


def test_role_create__permission(world):
    acme = world.organisation()
    for role in ("facilitator", "member", "observer"):
        acme.member(role).problem("POST", f"{acme.path}/roles", CUSTOM, status=403, code="permission_denied")
    world.organisation().owner.problem("POST", f"{acme.path}/roles", CUSTOM, status=404, code="not_found")


def test_role_create__every_unknown_permission_is_named(world):
    acme = world.organisation()
    problem = acme.member("admin").problem("POST", f"{acme.path}/roles", CUSTOM | {
        "permissions": ["team.read", "team.fly", "owner.manage", "nonsense"]}, status=422, code="invalid_reference")
    assert [(fault["pointer"], fault["code"]) for fault in problem["errors"]] == [
        ("/permissions/1", "unknown_reference"), ("/permissions/2", "not_held"), ("/permissions/3", "unknown_reference")]


def test_role_create__form(world):
    acme = world.organisation()
    problem = acme.owner.problem("POST", f"{acme.path}/roles", {
        "kind": "decision", "key": "Has Spaces", "permissions": ["team.read", "team.read"], "built_in": True},
        status=422, code="invalid_body")
    assert {fault["pointer"] for fault in problem["errors"]} == {"/kind", "/key", "/name", "/permissions/1", "/built_in"}


def test_role_create__nobody_grants_what_they_do_not_hold(world):
    acme = world.organisation()
    admin = acme.member("admin")
    problem = admin.problem("POST", f"{acme.path}/roles", CUSTOM | {"permissions": ["organisation.delete", "team.read", "owner.manage"]},
                            status=403, code="permission_denied")
    assert [(fault["pointer"], fault["code"]) for fault in problem["errors"]] == [
        ("/permissions/0", "not_held"), ("/permissions/2", "not_held")]
    assert acme.owner.pages(f"{acme.path}/roles", built_in="false") == []
    make(acme, permissions=["organisation.delete", "owner.manage"])


def test_role_create__key_is_unique_in_its_kind(world):
    acme = world.organisation()
    make(acme)
    make(acme, kind="team")
    for key in ("people_partner", "owner"):
        acme.owner.problem("POST", f"{acme.path}/roles", CUSTOM | {"key": key}, status=409, code="already_exists", pointer="/key")
    make(world.organisation())


# ---- changing ----

def test_role_update__only_what_is_added_must_be_held(world):
    acme = world.organisation()
    admin = acme.member("admin")
    make(acme, permissions=["organisation.delete", "team.read"])
    path = f"{acme.path}/roles/people_partner"
    changed = admin.patch(path, {"name": "New", "purpose": "", "permissions": ["organisation.delete", "member.read"]}).json()
    assert (changed["name"], changed["purpose"], changed["permissions"]) == ("New", "", ["organisation.delete", "member.read"])
    admin.problem("PATCH", path, {"permissions": ["member.read", "owner.manage"]}, status=403, code="permission_denied",
                  pointer="/permissions/1")
    admin.problem("PATCH", path, {"permissions": ["fly"]}, status=422, code="invalid_reference", pointer="/permissions/0")
    admin.problem("PATCH", path, {"key": "x"}, status=422, code="invalid_body", pointer="/key")
    acme.member("facilitator").problem("PATCH", path, {"name": "X"}, status=403, code="permission_denied")
    assert admin.get(path).json() == changed
    assert admin.patch(path, {"permissions": []}).json()["permissions"] == []


def test_role_update__if_match(world):
    acme = world.organisation()
    make(acme)
    path = f"{acme.path}/roles/people_partner"
    tag = acme.owner.etag(path)
    acme.owner.patch(path, {"name": "A"}, headers={"If-Match": tag})
    acme.owner.problem("PATCH", path, {"name": "B"}, headers={"If-Match": tag}, status=412, code="precondition_failed")
    acme.owner.problem("DELETE", path, headers={"If-Match": tag}, status=412, code="precondition_failed")
    tag = acme.owner.etag(path)
    acme.owner.delete(path, headers={"If-Match": tag})
    make(acme)
    assert acme.owner.etag(path) != tag


@pytest.mark.parametrize("key", ["owner", "admin", "facilitator", "member", "observer"])
def test_role__built_in_ones_stay(world, key):
    acme = world.organisation()
    path = f"{acme.path}/roles/{key}"
    acme.owner.problem("PATCH", path, {"permissions": []}, status=409, code="built_in")
    acme.owner.problem("DELETE", path, status=409, code="built_in")
    assert acme.owner.get(path).json()["permissions"]


def test_role__governed(world, sql):
    acme = world.organisation(governance_mode="governed")
    admin = acme.member("admin")
    admin.problem("POST", f"{acme.path}/roles", CUSTOM, status=403, code="governed_structure")
    role = make(acme)
    path = f"{acme.path}/roles/{role['id']}"
    admin.problem("PATCH", path, {"name": "X"}, status=403, code="governed_structure")
    admin.problem("DELETE", path, status=403, code="governed_structure")
    acme.owner.patch(path, {"name": "Y"})
    acme.owner.delete(path)
    assert sql.execute("select action, override from audit_log where organisation_id = %s and action like 'role.%%' order by at",
                       (acme.id,)).fetchall() == [("role.created", True), ("role.updated", True), ("role.deleted", True)]


# ---- deleting ----

def test_role_delete__not_while_somebody_has_it(world):
    acme = world.organisation()
    path = f"{acme.path}/roles/{make(acme)['id']}"
    partner = acme.member("people_partner")
    acme.owner.problem("DELETE", path, status=409, code="in_use")
    acme.owner.patch(f"{acme.path}/members/{partner.member_id}", {"status": "suspended"})
    acme.owner.problem("DELETE", path, status=409, code="in_use")
    acme.owner.delete(f"{acme.path}/members/{partner.member_id}")
    for role in ("facilitator", "observer"):
        acme.member(role).problem("DELETE", path, status=403, code="permission_denied")
    acme.owner.delete(path)
    acme.owner.problem("DELETE", path, status=404, code="not_found")
    left = acme.owner.get(f"{acme.path}/members/{partner.member_id}").json()
    assert (left["status"], left["role"]) == ("left", "observer")


def test_role_delete__not_while_a_team_has_it(world):
    acme = world.organisation()
    path = f"{acme.path}/roles/{make(acme, kind='team', key='scribe')['id']}"
    maria = acme.member()
    team = acme.team(members=[(maria, "scribe")])
    acme.owner.problem("DELETE", path, status=409, code="in_use")
    acme.owner.delete(f"{team.path}/members/{maria.member_id}")
    acme.owner.delete(path)


def test_role_delete__or_given_at_the_same_time(world):
    """Either it is given, and stays, or it goes, and isn't given."""
    acme = world.organisation()
    for n in range(10):
        role = make(acme, key=f"race_{n}")
        maria = acme.member()
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            deleted = pool.submit(acme.owner.delete, f"{acme.path}/roles/{role['id']}", expect=None)
            given = pool.submit(acme.owner.patch, f"{acme.path}/members/{maria.member_id}", {"role": role["key"]}, expect=None)
            invited = pool.submit(acme.owner.post, f"{acme.path}/members",
                                  {"email": f"r{n}-{world.tag}@example.org", "role": role["key"]}, expect=None)
        statuses = (deleted.result().status_code, given.result().status_code, invited.result().status_code)
        assert statuses in {(204, 422, 422), (409, 200, 201), (409, 200, 422), (409, 422, 201)}, statuses
