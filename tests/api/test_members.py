# SPDX-License-Identifier: Apache-2.0
"""Members: inviting, profile, roles, leaving."""

import concurrent.futures
import time
import uuid

import pytest

OUTSIDE_ID = "018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2b"


def path_of(member, organisation):
    return f"{organisation.path}/members/{member.member_id}"


def address(world):
    return f"guest-{next(world.numbers)}-{world.tag}@example.org"


def statuses(calls):
    """The statuses of requests sent at the same time, sorted."""
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return sorted(future.result().status_code for future in [pool.submit(call) for call in calls])


# ---- reading ----

def test_members__lists(world):
    acme = world.organisation(owner=world.person("Olga"))
    names = ["Anna", "Bert", "Cleo", "Dora 100%", "Emil"]
    people = [acme.member("member" if n % 2 else "facilitator", name) for n, name in enumerate(names)]
    reader = acme.member("observer", "Zita")
    items = reader.pages(f"{acme.path}/members", limit=2)
    assert [item["display_name"] for item in items] == [*names, "Olga", "Zita"]
    newest = reader.pages(f"{acme.path}/members", sort="-created_at", limit=3)
    assert [item["display_name"] for item in newest] == ["Zita", *names[::-1], "Olga"]
    for sort in ("display_name", "-created_at"):
        def found(**filters):
            return {item["display_name"] for item in reader.pages(f"{acme.path}/members", sort=sort, limit=1, **filters)}
        assert found(role="owner,facilitator") == {"Olga", "Anna", "Cleo", "Emil"}
        assert found(q="100%") == {"Dora 100%"} and found(q="%%") == set() and found(q="ERT") == {"Bert"}
        assert found(q=people[0].email) == {"Anna"}
        assert found(status="suspended,left") == set() and found(status="active") == {*names, "Olga", "Zita"}
        assert found(kind="service") == set() and found(kind="human", role="observer") == {"Zita"}
    total = reader.get(f"{acme.path}/members?limit=1&role=member", headers={"Prefer": "count=exact"}).json()
    assert len(total["items"]) == 1 and total["next_cursor"]


def test_members__of_a_team_but_not_of_a_hidden_one(world):
    acme = world.organisation()
    maria, otto = acme.member(name="Maria"), acme.member(name="Otto")
    open_team = acme.team(members=[maria])
    hidden = acme.team(members=[maria, otto], visibility="private")
    outsider = acme.member("observer")

    def found(reader, team, sort="display_name"):
        return {item["id"] for item in reader.pages(f"{acme.path}/members", team_id=team, sort=sort)}

    for sort in ("display_name", "-created_at"):
        assert found(outsider, open_team.id, sort) == {maria.member_id, acme.owner.member_id}
        assert found(outsider, hidden.id, sort) == found(outsider, OUTSIDE_ID, sort) == set()
        assert found(otto, hidden.id, sort) == {maria.member_id, otto.member_id, acme.owner.member_id}


def test_member_get__within_the_organisation(world):
    acme, other = world.organisation(), world.organisation()
    maria, stranger = acme.member("observer"), other.member()
    member = maria.get(path_of(acme.owner, acme)).json()
    assert (member["role"], member["status"], member["kind"], member["email"]) == ("owner", "active", "human", acme.owner.email)
    for method, body in (("GET", None), ("PATCH", {"title": "X"}), ("DELETE", None)):
        acme.owner.problem(method, f"{acme.path}/members/{stranger.member_id}", body, status=404, code="not_found")
        stranger.problem(method, path_of(maria, acme), body, status=404, code="not_found")
        acme.owner.problem(method, f"{acme.path}/members/not-an-id", body, status=404, code="not_found")
    assert stranger.get(path_of(stranger, other)).json()["title"] is None


# ---- inviting ----

def test_member_create__is_an_invitation(world, sql):
    acme = world.organisation()
    email = address(world)
    answer = acme.member("admin").post(f"{acme.path}/members", {
        "email": email, "role": "facilitator", "display_name": "Guest", "title": "T", "function": "F", "location": "L",
        "time_zone": "UTC"}, expect=201)
    member = answer.json()
    assert answer.headers["location"] == f"{acme.path}/members/{member['id']}"
    assert (member["status"], member["role"], member["email"], member["display_name"]) == ("invited", "facilitator", email, "Guest")
    assert (member["title"], member["function"], member["location"], member["time_zone"]) == ("T", "F", "L", "UTC")
    assert acme.owner.get(answer.headers["location"]).json() == member
    [(data,)] = sql.execute("select data from events where organisation_id = %s and resource_id = %s", (acme.id, member["id"]))
    assert data["status"] == "invited" and data["email"] == email


@pytest.mark.parametrize("role", ["facilitator", "member", "observer"])
def test_member_create__permission(world, role):
    acme = world.organisation()
    acme.member(role).problem("POST", f"{acme.path}/members", {"email": address(world)}, status=403, code="permission_denied")


def test_member_create__says_all_that_is_wrong(world):
    acme = world.organisation()
    path = f"{acme.path}/members"
    acme.owner.problem("POST", path, {"role": "member"}, status=422, code="invalid_body", pointer="/email")
    person = world.person().get("/v1/me").json()["id"]
    acme.owner.problem("POST", path, {"email": address(world), "person_id": person}, status=422, code="invalid_body",
                       pointer="/person_id")
    problem = acme.owner.problem("POST", path, {"person_id": OUTSIDE_ID, "role": "no_such"}, status=422, code="invalid_reference")
    assert {fault["pointer"] for fault in problem["errors"]} == {"/person_id", "/role"}
    problem = acme.owner.problem("POST", path, {"email": "no address", "status": "active", "time_zone": "a b"}, status=422,
                                 code="invalid_body")
    assert {fault["pointer"] for fault in problem["errors"]} == {"/email", "/status", "/time_zone"}
    # A team's role is none of the organisation's.
    acme.owner.problem("POST", path, {"email": address(world), "role": "lead"}, status=422, code="invalid_reference", pointer="/role")


def test_member_create__nobody_gives_more_than_they_have(world):
    acme = world.organisation()
    problem = acme.member("admin").problem("POST", f"{acme.path}/members", {"email": address(world), "role": "owner"}, status=403,
                                           code="permission_denied")
    assert problem["permission"] == "owner.manage"
    acme.owner.post(f"{acme.path}/roles", {"kind": "organisation", "key": "recruiter", "name": "R",
                                           "permissions": ["organisation.read", "member.invite"]}, expect=201)
    recruiter = acme.member("recruiter")
    recruiter.problem("POST", f"{acme.path}/members", {"email": address(world), "role": "member"}, status=403,
                      code="permission_denied")
    recruiter.post(f"{acme.path}/members", {"email": address(world), "role": "recruiter"}, expect=201)


def test_member_create__once_for_each(world):
    acme = world.organisation()
    path = f"{acme.path}/members"
    email = address(world)
    acme.owner.post(path, {"email": email}, expect=201)
    acme.owner.problem("POST", path, {"email": email.upper()}, status=409, code="already_exists", pointer="/email")
    maria = acme.member()
    person = maria.get("/v1/me").json()["id"]
    acme.owner.problem("POST", path, {"email": maria.email.title()}, status=409, code="already_exists")
    acme.owner.problem("POST", path, {"person_id": person}, status=409, code="already_exists")
    acme.owner.patch(path_of(maria, acme), {"status": "suspended"})
    acme.owner.problem("POST", path, {"person_id": person}, status=409, code="already_exists")
    world.organisation().owner.post("/v1/organisations", {"handle": f"z-{world.tag}", "name": "Z"}, expect=201)


def test_member_create__once_however_many_ask_at_once(world):
    acme = world.organisation()
    email, person = address(world), world.person().get("/v1/me").json()["id"]
    for body in ({"email": email}, {"person_id": person}):
        assert statuses([lambda: acme.owner.post(f"{acme.path}/members", body, expect=None)] * 10) == [201] + [409] * 9


def test_member_create__a_service_account_is_nobody_to_invite(world):
    acme, other = world.organisation(), world.organisation()
    account = other.owner.post(f"{other.path}/service-accounts", {"name": "Robot"}).json()
    acme.owner.problem("POST", f"{acme.path}/members", {"person_id": account["id"]}, status=422, code="invalid_reference",
                       pointer="/person_id")


def test_member_create__governed(world, sql):
    acme = world.organisation(governance_mode="governed")
    admin = acme.member("admin")
    for role in ("member", "observer"):
        admin.post(f"{acme.path}/members", {"email": address(world), "role": role}, expect=201)
    admin.problem("POST", f"{acme.path}/members", {"email": address(world), "role": "facilitator"}, status=403,
                  code="governed_structure")
    assert sql.execute("select override from audit_log where organisation_id = %s and action = 'member.invited' order by at",
                       (acme.id,)).fetchall() == [(True,), (False,), (False,)]


# ---- many at once ----

def test_member_batch__all_or_none(world):
    acme = world.organisation()
    path = f"{acme.path}/members/batch"
    invited = [{"email": address(world)} for _ in range(3)]
    answer = acme.owner.post(path, {"items": invited}, expect=(200, 201)).json()
    assert len(answer["items"]) == 3
    assert {item["email"] for item in acme.owner.pages(f"{acme.path}/members", status="invited")} == {i["email"] for i in invited}
    bad = [{"email": address(world)}, invited[0], {"email": address(world), "role": "no_such"}]
    problem = acme.owner.request("POST", path, {"items": bad}, expect=(409, 422)).json()
    pointers = [fault["pointer"] for fault in problem["errors"]]
    assert len(pointers) == 2 and pointers[0].startswith("/items/1") and pointers[1] == "/items/2/role"
    assert len(acme.owner.pages(f"{acme.path}/members", status="invited")) == 3


def test_member_batch__each_by_itself(world):
    acme = world.organisation()
    taken = address(world)
    acme.owner.post(f"{acme.path}/members", {"email": taken}, expect=201)
    answer = acme.owner.request("POST", f"{acme.path}/members/batch", {"atomic": False, "items": [
        {"email": address(world)}, {"email": taken}, {"role": "member"}, {"email": address(world), "role": "observer"}]}, expect=207)
    assert [item["status"] for item in answer.json()["items"]] == [201, 409, 422, 201]
    assert len(acme.owner.pages(f"{acme.path}/members", status="invited")) == 3


def test_member_batch__each_fault_keeps_its_code_beyond_those_that_are_listed(world):
    acme = world.organisation()
    taken = {"email": address(world)}
    acme.owner.post(f"{acme.path}/members", taken, expect=201)
    bad = [{"email": address(world), "role": "no_such"} for _ in range(100)]
    problem = acme.owner.problem("POST", f"{acme.path}/members/batch", {"items": [*bad, taken]}, status=422, code="invalid_reference")
    assert [(fault["pointer"], fault["code"]) for fault in problem["errors"]] == [
        (f"/items/{n}/role", "unknown_reference") for n in range(100)]


def test_member_batch__does_not_exist_for_strangers(world):
    """Nor where each item is answered by itself."""
    acme = world.organisation()
    for atomic in (True, False):
        world.person().problem("POST", f"{acme.path}/members/batch", {"items": [{"email": address(world)}] * 2, "atomic": atomic},
                               status=404, code="not_found")


def test_member_batch__limits_and_permission(world):
    acme = world.organisation()
    path = f"{acme.path}/members/batch"
    many = [{"email": f"m{n}-{world.tag}@example.org"} for n in range(1000)]
    for body in ({"items": []}, {"items": [*many, {"email": address(world)}]}):
        acme.owner.problem("POST", path, body, status=422, code="invalid_body", pointer="/items")
    for body in ({"items": many[:2]}, {"items": many[:2], "atomic": False}):
        acme.member().problem("POST", path, body, status=403, code="permission_denied") if body.get("atomic", True) else None
        world.organisation().owner.problem("POST", path, {"items": many[:2]}, status=404, code="not_found")
    acme.owner.post(path, {"items": many}, expect=(200, 201))
    assert len(acme.owner.pages(f"{acme.path}/members", status="invited", limit=200)) == 1000


# ---- changing ----

PROFILE = {"display_name": "New name", "title": "T", "function": "F", "location": "L", "time_zone": "Europe/Vienna"}


def test_member_update__own_profile_without_permission(world):
    acme = world.organisation()
    for role in ("observer", "member", "facilitator"):
        maria = acme.member(role)
        changed = maria.patch(path_of(maria, acme), PROFILE).json()
        assert {name: changed[name] for name in PROFILE} == PROFILE and changed["role"] == role
        assert maria.patch(path_of(maria, acme), {"title": None}).json()["title"] is None
        for beyond in ({"role": "admin"}, {"role": role}, {"status": "suspended"}, {"status": "active", "title": "X"}):
            problem = maria.problem("PATCH", path_of(maria, acme), beyond, status=403, code="permission_denied")
            assert problem["permission"] == "member.update"
        maria.problem("PATCH", path_of(acme.owner, acme), {"title": "X"}, status=403, code="permission_denied")
        assert maria.get(path_of(maria, acme)).json()["role"] == role


def test_member_update__form(world):
    acme = world.organisation()
    problem = acme.owner.problem("PATCH", path_of(acme.owner, acme), {
        "email": "x@example.org", "status": "left", "display_name": None, "person_id": OUTSIDE_ID}, status=422, code="invalid_body")
    assert {fault["pointer"] for fault in problem["errors"]} == {"/email", "/status", "/display_name", "/person_id"}
    acme.owner.problem("PATCH", path_of(acme.owner, acme), {"role": "no_such"}, status=422, code="invalid_reference", pointer="/role")


def test_member_update__role_and_status_by_admins(world):
    acme = world.organisation()
    admin, maria = acme.member("admin"), acme.member()
    assert admin.patch(path_of(maria, acme), {"role": "facilitator", "title": "Chair"}).json()["role"] == "facilitator"
    assert admin.patch(path_of(maria, acme), {"status": "suspended"}).json()["status"] == "suspended"
    for path in (acme.path, path_of(maria, acme), f"{acme.path}/teams"):
        maria.problem("GET", path, status=404, code="not_found")
    assert admin.patch(path_of(maria, acme), {"status": "active"}).json()["status"] == "active"
    assert maria.get(path_of(maria, acme)).json()["title"] == "Chair"


def test_member_update__owners_are_made_and_unmade_by_owners(world):
    acme = world.organisation()
    admin, maria, second = acme.member("admin"), acme.member(), acme.member("owner")
    for target, body in ((maria, {"role": "owner"}), (admin, {"role": "owner"}), (second, {"role": "member"}),
                         (second, {"status": "suspended"}), (second, {"role": "owner"})):
        problem = admin.problem("PATCH", path_of(target, acme), body, status=403, code="permission_denied")
        assert problem["permission"] == "owner.manage"
    problem = admin.problem("DELETE", path_of(second, acme), status=403, code="permission_denied")
    assert problem["permission"] == "owner.manage"
    admin.patch(path_of(second, acme), {"title": "An owner's title"})
    assert acme.owner.patch(path_of(maria, acme), {"role": "owner"}).json()["role"] == "owner"
    assert maria.patch(path_of(acme.owner, acme), {"role": "observer"}).json()["role"] == "observer"
    acme.owner.problem("PATCH", path_of(acme.owner, acme), {"role": "owner"}, status=403, code="permission_denied")


def test_member_update__not_above_oneself(world):
    acme = world.organisation()
    acme.owner.post(f"{acme.path}/roles", {"kind": "organisation", "key": "clerk", "name": "Clerk", "permissions": [
        "organisation.read", "member.read", "member.update", "member.remove"]}, expect=201)
    clerk, maria, second = acme.member("clerk"), acme.member(), acme.member("clerk")
    for target, body in ((clerk, {"role": "admin"}), (maria, {"status": "suspended"}), (maria, {"role": "clerk"}),
                         (second, {"role": "member"})):
        clerk.problem("PATCH", path_of(target, acme), body, status=403, code="permission_denied")
    clerk.problem("DELETE", path_of(maria, acme), status=403, code="permission_denied")
    clerk.patch(path_of(maria, acme), {"location": "Linz"})
    clerk.patch(path_of(second, acme), {"status": "suspended"})
    clerk.delete(path_of(second, acme))


def test_member_update__only_acceptance_makes_a_member_active(world):
    acme = world.organisation()
    invited = acme.owner.post(f"{acme.path}/members", {"email": address(world)}).json()
    path = f"{acme.path}/members/{invited['id']}"
    for status in ("active", "suspended"):
        acme.owner.problem("PATCH", path, {"status": status}, status=409, code="conflict")
    assert acme.owner.patch(path, {"role": "observer", "title": "Soon"}).json()["status"] == "invited"
    acme.owner.delete(path)
    acme.owner.problem("PATCH", path, {"title": "X"}, status=409, code="conflict")
    acme.owner.problem("DELETE", path, status=409, code="conflict")


def test_member_update__governed(world, sql):
    acme = world.organisation(governance_mode="governed")
    admin, maria = acme.member("admin"), acme.member()
    admin.problem("PATCH", path_of(maria, acme), {"role": "observer"}, status=403, code="governed_structure")
    admin.patch(path_of(maria, acme), {"status": "suspended"})
    admin.patch(path_of(admin, acme), {"title": "Own"})
    acme.owner.patch(path_of(maria, acme), {"role": "observer"})
    assert sql.execute("select override from audit_log where organisation_id = %s and action = 'member.updated' order by at",
                       (acme.id,)).fetchall() == [(False,), (False,), (True,)]


def test_member_update__if_match(world):
    acme = world.organisation()
    tag = acme.owner.etag(path_of(acme.owner, acme))
    assert statuses([lambda: acme.owner.patch(path_of(acme.owner, acme), {"title": "X"}, expect=None,
                                              headers={"If-Match": tag})] * 8) == [200] + [412] * 7
    acme.member("owner")
    acme.owner.problem("DELETE", path_of(acme.owner, acme), headers={"If-Match": tag}, status=412, code="precondition_failed")


def test_member__scope_narrows(world):
    acme = world.organisation()
    narrow = world.service.client(acme.owner.subject, scope="member.read")
    assert narrow.get(f"{acme.path}/members").json()["items"]
    problem = narrow.problem("POST", f"{acme.path}/members", {"email": address(world)}, status=403, code="insufficient_scope")
    assert problem["permission"] == "member.invite"


# ---- leaving ----

def test_member_delete__leaving_needs_no_permission(world, sql):
    acme = world.organisation()
    maria, otto = acme.member("observer"), acme.member()
    one, two = acme.team(members=[maria, otto]), acme.team(members=[(maria, "lead")])
    otto.problem("DELETE", path_of(maria, acme), status=403, code="permission_denied")
    maria.delete(path_of(maria, acme))
    for path in (acme.path, path_of(maria, acme)):
        maria.problem("GET", path, status=404, code="not_found")
    left = otto.get(path_of(maria, acme)).json()
    assert left["status"] == "left" and left["ended_at"] and left["display_name"] == "Observer"
    assert [item["member_id"] for item in otto.pages(f"{one.path}/members") if item["member_id"] != acme.owner.member_id] == [
        otto.member_id]
    events = sql.execute("select type, resource_id::text from events where organisation_id = %s and actor_id = %s "
                         "and type in ('member.left', 'team_member.removed')", (acme.id, maria.member_id)).fetchall()
    assert sorted(events) == sorted([("member.left", maria.member_id), ("team_member.removed", one.id),
                                     ("team_member.removed", two.id)])
    acme.owner.problem("DELETE", path_of(maria, acme), status=409, code="conflict")
    # Back again, but not back in the teams.
    acme.owner.post(f"{acme.path}/members", {"person_id": left["person_id"]}, expect=201)
    maria.post(f"/v1/me/invitations/{maria.member_id}/accept")
    assert maria.pages(f"{acme.path}/members", team_id=one.id, q="Observer") == []


def test_member_delete__by_admins(world, sql):
    acme = world.organisation()
    admin, maria = acme.member("admin"), acme.member()
    admin.delete(path_of(maria, acme))
    maria.problem("GET", acme.path, status=404, code="not_found")
    invited = admin.post(f"{acme.path}/members", {"email": address(world)}).json()
    admin.delete(f"{acme.path}/members/{invited['id']}")
    assert sql.execute("select count(*) from events where organisation_id = %s and type = 'member.removed'",
                       (acme.id,)).fetchone() == (2,)


def test_member__the_last_owner_stays(world):
    acme = world.organisation()
    owner, second = acme.owner, acme.member("owner")
    owner.patch(path_of(second, acme), {"status": "suspended"})  # and so counts no more
    path = path_of(owner, acme)
    for body in ({"role": "admin"}, {"status": "suspended"}, {"role": "member", "status": "active"}):
        owner.problem("PATCH", path, body, status=409, code="last_owner")
    owner.problem("DELETE", path, status=409, code="last_owner")
    owner.patch(path, {"role": "owner", "status": "active", "title": "Still"})
    owner.post(f"{acme.path}/members", {"email": address(world), "role": "owner"}, expect=201)  # who may never accept
    owner.problem("DELETE", path, status=409, code="last_owner")
    owner.patch(path_of(second, acme), {"status": "active"})
    owner.delete(path)
    second.problem("DELETE", path_of(second, acme), status=409, code="last_owner")


@pytest.mark.parametrize("way", ["leave", "demote oneself", "suspend oneself", "demote the next", "remove the next", "mixed"])
def test_member__one_owner_stays_when_all_go_at_once(world, sql, way):
    acme = world.organisation()
    owners = [acme.owner] + [acme.member("owner") for _ in range(3)]

    def go(n):
        own, following = path_of(owners[n], acme), path_of(owners[(n + 1) % len(owners)], acme)
        ways = {
            "leave": lambda: owners[n].delete(own, expect=None),
            "demote oneself": lambda: owners[n].patch(own, {"role": "member"}, expect=None),
            "suspend oneself": lambda: owners[n].patch(own, {"status": "suspended"}, expect=None),
            "demote the next": lambda: owners[n].patch(following, {"role": "member"}, expect=None),
            "remove the next": lambda: owners[n].delete(following, expect=None)}
        return ways[way] if way != "mixed" else list(ways.values())[n % len(ways)]

    # Each request has begun, and so has seen all owners, before the first one can end; but for one, as two about one member take turns and a
    # worker has three connections for changes.
    waiting = len(owners) - 1
    with concurrent.futures.ThreadPoolExecutor(len(owners)) as pool:
        with sql.transaction():
            sql.execute("select from members where organisation_id = %s for update", (acme.id,))
            requests = [pool.submit(go(n)) for n in range(len(owners))]
            deadline = time.monotonic() + 5
            while sql.execute("select count(*) from pg_locks where not granted and locktype in ('transactionid', 'tuple')"
                              ).fetchone()[0] < waiting:
                assert time.monotonic() < deadline
                time.sleep(0.01)
        found = sorted(request.result().status_code for request in requests)
    assert set(found) <= {200, 204, 403, 404, 409}, found
    remaining = [owner for owner in owners if owner.get(acme.path, expect=(200, 404)).status_code == 200]
    roles = [remaining[0].get(path_of(owner, acme)).json() for owner in owners]
    assert [(member["role"], member["status"]) for member in roles].count(("owner", "active")) >= 1
    if way in ("leave", "demote oneself", "suspend oneself"):
        assert found.count(409) == 1 and [(m["role"], m["status"]) for m in roles].count(("owner", "active")) == 1


def test_member__the_same_one_leaves_once(world):
    acme = world.organisation()
    maria = acme.member()
    assert statuses([lambda: acme.owner.delete(path_of(maria, acme), expect=None)] * 8) == [204] + [409] * 7
    assert str(uuid.UUID(maria.member_id)) == maria.member_id
