# SPDX-License-Identifier: Apache-2.0
"""Areas: who makes, changes, moves and deletes them, decisions in them, and change sets that change them."""

import random
import uuid

import pytest

from changing import adopt, change, draft, propose, refuse
from deciding import YES, at_once, closed, vote

NOBODY = str(uuid.UUID("01900000-0000-7000-8000-000000000000"))


def names(items):
    return [item["name"] for item in items]


def read(acme, area):
    return acme.owner.get(area.path).json()


def reopened(person, acme, decision):
    return person.post(f"{acme.path}/decisions/{decision.id}/reopen", expect=201).json()


# ---- making ----

@pytest.mark.parametrize("role, mode, status", [
    ("owner", "open", 201), ("admin", "guided", 201), ("admin", "governed", 403), ("owner", "governed", 201),
    ("facilitator", "open", 403), ("member", "open", 403), ("observer", "open", 403),
])
def test_area_create__who_may(world, role, mode, status):
    acme = world.organisation(governance_mode=mode)
    person = acme.owner if role == "owner" else acme.member(role)
    answer = person.post(f"{acme.path}/areas", {"name": "Hiring"}, expect=status).json()
    if status == 201:
        [entry] = acme.owner.pages(f"{acme.path}/audit-log", resource_id=answer["id"])
        assert (entry["action"], entry["override"]) == ("area.created", mode == "governed")
        assert [event["type"] for event in acme.owner.pages(f"{acme.path}/events", resource_id=answer["id"])] == ["area.created"]
    else:
        assert answer["code"] == ("governed_structure" if mode == "governed" else "permission_denied")
        assert acme.owner.pages(f"{acme.path}/areas") == []


def test_area_create__a_tree(world):
    acme = world.organisation()
    made = acme.owner.post(f"{acme.path}/areas", {"name": "Hiring", "purpose": "Who works here"}, expect=201)
    hiring = made.json()
    assert made.headers["location"].endswith(f"{acme.path}/areas/{hiring['id']}") and made.headers["etag"] == '"1"'
    assert (hiring["parent_id"], hiring["path"], hiring["name"], hiring["purpose"]) == (None, [hiring["id"]], "Hiring", "Who works here")
    assert (hiring["created_by"], hiring["version"]) == (acme.owner.member_id, 1)
    contractors = acme.area("Contractors", hiring["id"])
    assert (contractors["parent_id"], contractors["path"]) == (hiring["id"], [hiring["id"], contractors.id])
    assert acme.member("observer").get(contractors.path).json() == contractors.data


def test_area_create__names_differ_among_siblings(world):
    acme = world.organisation()
    hiring, spending = acme.area("Hiring"), acme.area("Spending")
    acme.area("Contractors", hiring.id)
    acme.area("Contractors", spending.id)
    for body in ({"name": "Hiring"}, {"name": "Contractors", "parent_id": hiring.id}):
        acme.owner.problem("POST", f"{acme.path}/areas", body, status=409, code="already_exists", pointer="/name")
    acme.owner.problem("PATCH", spending.path, {"name": "Hiring"}, status=409, code="already_exists", pointer="/name")
    acme.owner.problem("PATCH", acme.area("Contractors").path, {"parent_id": spending.id}, status=409, code="already_exists", pointer="/name")
    world.organisation().area("Hiring")


def test_area_create__refused(world):
    acme, other = world.organisation(), world.organisation()
    for parent in (NOBODY, other.area().id):
        acme.owner.problem("POST", f"{acme.path}/areas", {"name": "X", "parent_id": parent}, status=422, code="invalid_reference",
                           pointer="/parent_id")
    area = acme.area()
    for _ in range(31):
        area = acme.area(parent_id=area.id)
    assert len(area["path"]) == 32
    acme.owner.problem("POST", f"{acme.path}/areas", {"name": "X", "parent_id": area.id}, status=422, code="invalid_body", pointer="/parent_id")
    acme.owner.problem("PATCH", acme.area().path, {"parent_id": area.id}, status=422, code="invalid_body", pointer="/parent_id")
    acme.member().problem("POST", f"{acme.path}/areas", {"name": "X", "parent_id": NOBODY}, status=403, code="permission_denied")


# ---- finding ----

@pytest.mark.parametrize("sort, order", [("name", lambda area: (area["name"].encode(), area["id"])),
                                         ("-created_at", lambda area: -uuid.UUID(area["id"]).int)])
def test_area_list__pages_filters_and_sorts(world, sort, order):
    acme = world.organisation()
    root = acme.area("Root")
    made = [acme.area(name, root.id) for name in ("delta", "alpha", "charlie 100%", "bravo", "al_ha")]
    below = acme.area("Below", made[0].id)
    acme.area("Elsewhere")
    find = lambda **filters: acme.owner.pages(f"{acme.path}/areas", sort=sort, **filters)
    every = find(limit=2)
    assert len(every) == 8 and every == sorted(every, key=order)
    assert {area["id"] for area in find(parent_id=root.id, limit=2)} == {area.id for area in made}
    assert {area["id"] for area in find(root=made[0].id)} == {made[0].id, below.id}
    assert len(find(root=root.id, limit=3)) == 7
    assert names(find(q="100%")) == ["charlie 100%"] and names(find(q="L_H")) == ["al_ha"]
    page = acme.owner.get(f"{acme.path}/areas", params={"limit": 1, "sort": sort}).json()
    acme.owner.problem("GET", f"{acme.path}/areas", params={"cursor": page["next_cursor"], "sort": sort, "q": "a"}, status=400,
                       code="invalid_cursor")


# ---- changing ----

def test_area_update__changes_what_is_named_and_nothing_else(world):
    acme = world.organisation()
    area = acme.area("Old", purpose="Why")
    changed = acme.owner.patch(area.path, {"name": "Young"}, headers={"If-Match": '"1"'}).json()
    assert changed == area.data | {"name": "Young", "version": 2, "updated_at": changed["updated_at"]} == read(acme, area)
    acme.owner.problem("PATCH", area.path, {"purpose": ""}, status=412, code="precondition_failed", headers={"If-Match": '"1"'})
    acme.owner.problem("PATCH", area.path, {"path": []}, status=422, code="invalid_body", pointer="/path")
    acme.member().problem("PATCH", area.path, {"name": "X"}, status=403, code="permission_denied")


def test_area_update__in_a_governed_organisation_only_an_owner_overrides(world):
    acme = world.organisation()
    admin, area = acme.member("admin"), acme.area()
    acme.owner.patch(acme.path, {"governance_mode": "governed"})
    admin.problem("PATCH", area.path, {"name": "X"}, status=403, code="governed_structure")
    admin.problem("PATCH", area.path, {"parent_id": None}, status=403, code="governed_structure")
    admin.problem("DELETE", area.path, status=403, code="governed_structure")
    acme.owner.patch(area.path, {"name": "Overridden"})
    assert [entry["action"] for entry in acme.owner.pages(f"{acme.path}/audit-log", resource_id=area.id, override="true")] == ["area.updated"]


def test_area_update__a_move_takes_along_what_is_below(world):
    acme = world.organisation()
    a, b = acme.area("A"), acme.area("B")
    c = acme.area("C", a.id)
    d = acme.area("D", c.id)
    e = acme.area("E", d.id)
    moved = acme.owner.patch(c.path, {"parent_id": b.id}).json()
    assert (moved["parent_id"], moved["path"]) == (b.id, [b.id, c.id])
    assert read(acme, e)["path"] == [b.id, c.id, d.id, e.id]
    assert (read(acme, d)["version"], read(acme, d)["parent_id"]) == (2, c.id)
    assert acme.owner.patch(c.path, {"parent_id": None}).json()["path"] == [c.id]
    assert acme.owner.patch(c.path, {"parent_id": None}).json()["path"] == [c.id]
    assert (read(acme, a)["version"], read(acme, e)["version"]) == (1, 3)
    told = acme.owner.pages(f"{acme.path}/events", type="area.updated", resource_id=e.id)
    assert [event["data"]["path"] for event in told] == [[b.id, c.id, d.id, e.id], [c.id, d.id, e.id]]


def test_area_update__no_cycles_and_no_parent_from_elsewhere(world):
    acme, other = world.organisation(), world.organisation()
    a = acme.area()
    b = acme.area(parent_id=a.id)
    for parent in (a.id, b.id):
        problem = acme.owner.problem("PATCH", a.path, {"parent_id": parent}, status=422, code="invalid_body", pointer="/parent_id")
        assert problem["errors"][0]["code"] == "cycle"
    for parent in (other.area().id, NOBODY):
        acme.owner.problem("PATCH", a.path, {"parent_id": parent}, status=422, code="invalid_reference", pointer="/parent_id")
    assert read(acme, a) == a.data


def test_area_update__moves_and_new_areas_at_once_leave_every_path_right(world, sql):
    acme = world.organisation()
    dice = random.Random(7)
    areas = [acme.area() for _ in range(6)]

    def move():
        one, two = dice.sample(areas, 2)
        return acme.owner.request("PATCH", one.path, {"parent_id": dice.choice([two.id, two.id, None])}).status_code

    def create():
        body = {"name": str(dice.random()), "parent_id": dice.choice(areas).id}
        return acme.owner.request("POST", f"{acme.path}/areas", body).status_code

    for _ in range(4):
        statuses = at_once([dice.choice([move, create, create]) for _ in range(40)])
        assert set(statuses) <= {200, 201, 422, 503} and {200, 201} <= set(statuses)
    wrong = sql.execute("""
        with recursive tree as (
            select a.organisation_id, a.id, array[a.id] as path from areas a where a.parent_id is null
            union all
            select a.organisation_id, a.id, t.path || a.id
            from tree t join areas a on a.organisation_id = t.organisation_id and a.parent_id = t.id
        )
        select a.id from areas a left join tree t on t.organisation_id = a.organisation_id and t.id = a.id
        where a.organisation_id = %s and a.path is distinct from t.path""", [acme.id]).fetchall()
    assert wrong == []


# ---- deleting ----

def test_area_delete(world):
    acme = world.organisation()
    parent, proposing = acme.area("Gone"), acme.area()
    child = acme.area(parent_id=parent.id)
    decision = acme.decision(area_id=proposing.id)
    for area, detail in ((parent, "areas below"), (proposing, "decisions")):
        assert detail in acme.owner.problem("DELETE", area.path, status=409, code="in_use")["detail"]
    acme.member().problem("DELETE", child.path, status=403, code="permission_denied")
    acme.owner.problem("DELETE", child.path, status=412, code="precondition_failed", headers={"If-Match": '"9"'})
    acme.owner.delete(child.path)
    acme.owner.delete(parent.path, headers={"If-Match": '"1"'})
    acme.owner.problem("GET", parent.path, status=404, code="not_found")
    acme.owner.problem("DELETE", parent.path, status=404, code="not_found")
    event = acme.owner.pages(f"{acme.path}/events", resource_id=parent.id)[-1]
    assert (event["type"], event["data"]["name"]) == ("area.deleted", "Gone")
    acme.owner.delete(decision.path)
    acme.owner.delete(proposing.path)


@pytest.mark.parametrize("using", ["areas", "decisions", "levels"])
def test_area_delete__and_a_use_of_it_at_once(world, using):
    acme = world.organisation()
    team = acme.team()
    for _ in range(10):
        area = acme.area()
        method, path, body = {
            "areas": ("POST", f"{acme.path}/areas", {"name": "N", "parent_id": area.id}),
            "decisions": ("POST", f"{acme.path}/decisions", {"title": "T", "framework": "majority", "area_id": area.id}),
            "levels": ("PUT", f"{team.path}/delegation-levels/{area.id}", {"level": 1, "delegator_id": acme.owner.member_id}),
        }[using]
        used, deleted = at_once([lambda: acme.owner.request(method, path, body), lambda: acme.owner.request("DELETE", area.path)])
        assert (used.status_code // 100, deleted.status_code) in [(2, 409), (4, 204)], (used.text, deleted.text)
        assert deleted.status_code == 204 or deleted.json()["code"] == "in_use"
        assert used.status_code in (200, 201) or used.status_code == (404 if using == "levels" else 422)


# ---- decisions in an area ----

def test_a_decision_lies_in_an_area(world):
    acme, other = world.organisation(), world.organisation()
    hiring = acme.area("Hiring")
    contractors = acme.area("Contractors", hiring.id)
    voters = {"voters": [acme.owner]}
    decision = acme.decision(stakeholders=voters, area_id=contractors.id)
    plain = acme.decision(stakeholders=voters)
    assert (decision["area_id"], plain["area_id"]) == (contractors.id, None)
    for id in (NOBODY, other.area().id):
        acme.owner.problem("POST", f"{acme.path}/decisions", {"title": "X", "framework": "majority", "area_id": id}, status=422,
                           code="invalid_reference", pointer="/area_id")
        acme.owner.problem("PATCH", decision.path, {"area_id": id}, status=422, code="invalid_reference", pointer="/area_id")
    assert acme.owner.patch(decision.path, {"area_id": None}).json()["area_id"] is None
    assert acme.owner.patch(decision.path, {"title": "Same place"}).json()["area_id"] is None
    assert acme.owner.patch(decision.path, {"area_id": contractors.id}).json()["area_id"] == contractors.id
    assert acme.owner.patch(decision.path, {"title": "Same place"}).json()["area_id"] == contractors.id
    for sort in ("-created_at", "due_at"):
        find = lambda area: [d["id"] for d in acme.owner.pages(f"{acme.path}/decisions", area_id=area.id, sort=sort)]
        assert find(contractors) == [decision.id] and find(hiring) == []
    assert acme.owner.post(f"{decision.path}/open").json()["area_id"] == contractors.id
    acme.owner.problem("PATCH", decision.path, {"area_id": hiring.id}, status=409, code="decision_state")
    vote(acme.owner, decision, YES)
    closed(acme.owner, decision, "adopted")
    assert acme.owner.get(decision.path).json()["area_id"] == contractors.id
    assert acme.owner.patch(contractors.path, {"name": "Freelancers"})
    record = acme.owner.get(f"{decision.path}/record").json()
    assert (record["area_id"], record["area_name"]) == (contractors.id, "Freelancers")
    again = reopened(acme.owner, acme, decision)
    assert again["area_id"] == contractors.id
    reviewed = acme.owner.post(f"{decision.path}/review", {"verdict": "kept"}, expect=200).json()
    assert reviewed["area_id"] == contractors.id


# ---- by decision ----

def test_a_decision_changes_areas_and_is_undone(world):
    acme = world.organisation()
    hiring = acme.area("Hiring", purpose="Who works here")
    spending, idle = acme.area("Spending"), acme.area("Idle", purpose="Nothing", parent_id=hiring.id)
    acme.owner.patch(acme.path, {"governance_mode": "governed"})

    def shown():
        found = acme.owner.pages(f"{acme.path}/areas")
        by_id = {area["id"]: area for area in found}
        return {"/".join(by_id[id]["name"] for id in area["path"]): area["purpose"] for area in found}

    before = shown()
    decision = draft(acme)
    propose(acme.owner, decision,
            change("area_create", body={"name": "Money", "purpose": "All of it"}, **{"as": "money"}),
            change("area_create", body={"name": "Travel", "parent_id": "money"}, **{"as": "travel"}),
            change("area_update", {"area": spending.id}, {"parent_id": "money", "name": "Purchases"}),
            change("area_update", {"area": "travel"}, {"purpose": "By train"}),
            change("area_delete", {"area": idle.id}))
    assert shown() == before
    changes = adopt(acme, decision)
    assert changes["status"] == "applied", changes
    assert shown() == {"Hiring": "Who works here", "Money": "All of it", "Money/Purchases": "", "Money/Travel": "By train"}
    [entry] = acme.owner.pages(f"{acme.path}/audit-log", resource_id=idle.id, action="area.deleted")
    assert (entry["decision_id"], entry["actor_id"]) == (decision.id, None)
    acme.owner.post(f"{decision.path}/changes/reverse", expect=200)
    assert shown() == before


def test_a_decision_can_t_change_areas_wrongly(world):
    acme, other = world.organisation(), world.organisation()
    a = acme.area("A")
    b = acme.area("B", a.id)
    decision = draft(acme)
    found = refuse(acme.owner, decision,
                   change("area_update", {"area": a.id}, {"parent_id": b.id}),
                   change("area_delete", {"area": a.id}),
                   change("area_create", body={"name": "A"}),
                   change("area_create", body={"name": "C", "parent_id": other.area().id}),
                   change("area_update", {"area": acme.team().id}, {"name": "D"}))
    assert found == {("/changes/0/body/parent_id", "cycle"), ("/changes/1", "item_refused"), ("/changes/2/body/name", "not_unique"),
                     ("/changes/3/body/parent_id", "unknown_reference"), ("/changes/4/path", "unknown_reference")}, found


def test_a_team_alone_does_not_change_areas(world):
    acme = world.organisation()
    lead = acme.member()
    team = acme.team(members=[(lead, "lead"), acme.owner])
    decision = draft(acme, by=lead, voters=[lead, acme.owner], team_id=team.id)
    propose(lead, decision, change("area_create", body={"name": "Ours"}))
    lead.problem("POST", f"{decision.path}/open", status=403, code="permission_denied")
