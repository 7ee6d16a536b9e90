# SPDX-License-Identifier: Apache-2.0
"""Organisations and their settings."""

import concurrent.futures

import pytest

ROLES = {"owner", "admin", "facilitator", "member", "observer"}


def test_organisation_create__has_owner_roles_and_handle(world, sql):
    maria = world.person("Maria")
    acme = world.organisation(owner=maria, purpose="Tools that last", settings={"colour": "blue"}, governance_mode="guided")
    assert acme.data["settings"] == {"colour": "blue"} and acme["governance_mode"] == "guided"
    assert maria.get(f"/v1/organisations/{acme.handle}").json() == maria.get(acme.path).json() == acme.data
    [member] = maria.pages(f"{acme.path}/members")
    assert (member["role"], member["status"], member["display_name"]) == ("owner", "active", "Maria")
    roles = maria.pages(f"{acme.path}/roles", built_in="true")
    assert {role["key"] for role in roles if role["kind"] == "organisation"} == ROLES
    assert {"lead", "facilitator", "secretary", "representative", "member"} <= {r["key"] for r in roles if r["kind"] == "team"}
    assert sql.execute("select action from audit_log where organisation_id = %s", (acme.id,)).fetchall() == [
        ("organisation.created",)]


@pytest.mark.parametrize("handle", ["a", "-a", "a-", "A", "a b", "a/b", "ä", "a" * 33, ""])
def test_organisation_create__handle_form(world, handle):
    world.person().problem("POST", "/v1/organisations", {"handle": handle, "name": "X"}, status=422, code="invalid_body",
                           pointer="/handle")


def test_organisation_create__all_faults_at_once(world):
    problem = world.person().problem("POST", "/v1/organisations", {
        "name": " ", "governance_mode": "wild", "purpose": 7, "id": "x"}, status=422, code="invalid_body")
    assert {fault["pointer"] for fault in problem["errors"]} == {"/handle", "/name", "/governance_mode", "/purpose", "/id"}


def test_organisation_create__handle_is_unique(world):
    acme = world.organisation()
    world.person().problem("POST", "/v1/organisations", {"handle": acme.handle, "name": "X"}, status=409, code="already_exists",
                           pointer="/handle")
    # An id is a name of its organisation too, and as such can't be a handle: it is too long.
    world.person().problem("POST", "/v1/organisations", {"handle": acme.id, "name": "X"}, status=422, code="invalid_body",
                           pointer="/handle")


def test_organisation_create__one_of_many_gets_the_handle(world):
    people = [world.person() for _ in range(10)]
    body = {"handle": f"race-{world.tag}", "name": "X"}
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        statuses = sorted(pool.map(lambda p: p.post("/v1/organisations", body, expect=None).status_code, people))
    assert statuses == [201] + [409] * 9


def test_organisation_create__not_by_a_pinned_token(world):
    acme = world.organisation()
    pinned = world.service.client(acme.owner.subject, organisation=acme.id)
    pinned.problem("POST", "/v1/organisations", {"handle": f"p-{world.tag}", "name": "X"}, status=403, code="token_pinned")


def test_organisation_get__outsiders_see_nothing(world):
    acme = world.organisation()
    outsider = world.organisation().owner
    for path in (acme.path, f"/v1/organisations/{acme.handle}", "/v1/organisations/no-such"):
        outsider.problem("GET", path, status=404, code="not_found")
        outsider.problem("PATCH", path, {"name": "Taken"}, status=404, code="not_found")
        outsider.problem("DELETE", path, headers={"If-Match": '"1"'}, status=404, code="not_found")
    assert acme.owner.get(acme.path).json()["name"] == acme["name"]


def test_organisation_update__permission_and_rename(world):
    acme = world.organisation()
    people = acme.everyone()
    for role in ("facilitator", "member", "observer"):
        assert people[role].get(acme.path).json() == acme.data
        people[role].problem("PATCH", acme.path, {"name": "X"}, status=403, code="permission_denied")
    handle = f"new-{world.tag}"
    renamed = people["admin"].patch(acme.path, {"handle": handle, "name": "New"}).json()
    assert (renamed["handle"], renamed["name"], renamed["purpose"]) == (handle, "New", "")
    assert people["observer"].get(f"/v1/organisations/{handle}").json() == renamed
    people["observer"].problem("GET", f"/v1/organisations/{acme.handle}", status=404, code="not_found")
    world.organisation(handle=acme.handle)  # it is free again
    people["admin"].problem("PATCH", acme.path, {"handle": acme.handle}, status=409, code="already_exists", pointer="/handle")
    people["admin"].problem("PATCH", acme.path, {"handle": "X", "name": None, "version": 3}, status=422, code="invalid_body",
                            pointer="/name")


# RFC 7396, appendix A: those cases whose original and patch are objects.
MERGES = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


@pytest.mark.parametrize("original,patch,result", MERGES)
def test_organisation_update__settings_are_merged(world, original, patch, result):
    acme = world.organisation(settings=original)
    assert acme.owner.patch(acme.path, {"settings": patch}).json()["settings"] == result


def test_organisation_update__settings_are_bounded(world):
    acme = world.organisation()
    acme.owner.patch(acme.path, {"settings": {"a": "x" * 40000}})
    acme.owner.problem("PATCH", acme.path, {"settings": {"b": "x" * 40000}}, status=413, code="body_too_large")
    assert acme.owner.get(acme.path).json()["settings"].keys() == {"a"}


@pytest.mark.parametrize("language", ["german", "DE", "de-AT", "", 1, ["de"]])
def test_organisation_update__a_language_is_a_primary_tag(world, language):
    acme = world.organisation(settings={"language": "gsw"})
    acme.owner.problem("PATCH", acme.path, {"settings": {"language": language}}, status=422, code="invalid_body", pointer="/settings/language")
    assert acme.owner.patch(acme.path, {"settings": {"language": "de", "reminders": ["P2W"]}}).json()["settings"] == {"language": "de", "reminders": ["P2W"]}
    assert acme.owner.patch(acme.path, {"settings": {"language": None, "reminders": None}}).json()["settings"] == {}


def test_organisation_update__governed(world, sql):
    acme = world.organisation(governance_mode="governed")
    admin = acme.member("admin")
    admin.problem("PATCH", acme.path, {"governance_mode": "open"}, status=403, code="governed_structure")
    acme.owner.patch(acme.path, {"purpose": "By override"})
    assert sql.execute("select override from audit_log where organisation_id = %s and action = 'organisation.updated'",
                       (acme.id,)).fetchall() == [(True,)]
    acme.owner.patch(acme.path, {"governance_mode": "open"})
    admin.patch(acme.path, {"purpose": "As the roles say"})


def test_organisation_update__lost_updates_are_refused(world):
    acme = world.organisation()
    tag = acme.owner.etag(acme.path)
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        statuses = sorted(pool.map(lambda n: acme.owner.patch(
            acme.path, {"name": f"Name {n}"}, expect=None, headers={"If-Match": tag}).status_code, range(10)))
    assert statuses == [200] + [412] * 9


def test_organisation_delete__owners_with_the_current_tag(world, sql):
    acme = world.organisation()
    people = acme.everyone()
    acme.team(members=[people["member"]])
    account = acme.owner.post(f"{acme.path}/service-accounts", {"name": "Robot"}).json()
    tag = acme.owner.etag(acme.path)
    for role in ("admin", "facilitator", "member", "observer"):
        people[role].problem("DELETE", acme.path, headers={"If-Match": tag}, status=403, code="permission_denied")
    acme.owner.problem("DELETE", acme.path, status=428, code="precondition_required")
    acme.owner.problem("DELETE", acme.path, headers={"If-Match": '"99"'}, status=412, code="precondition_failed")
    other = world.organisation()
    acme.owner.delete(acme.path, headers={"If-Match": tag})
    acme.owner.problem("GET", acme.path, status=404, code="not_found")
    people["member"].problem("GET", f"/v1/organisations/{acme.handle}", status=404, code="not_found")
    assert acme.owner.pages("/v1/me/organisations") == []
    for table in ("organisation_names", "members", "roles", "teams", "team_members", "service_accounts"):
        assert sql.execute(f"select count(*) from {table} where organisation_id = %s", (acme.id,)).fetchone() == (0,), table
    assert sql.execute("select count(*) from people where id = %s", (account["id"],)).fetchone() == (0,)
    assert ("organisation.deleted",) in sql.execute("select action from audit_log where organisation_id = %s", (acme.id,)).fetchall()
    assert other.owner.get(other.path).json() == other.data
