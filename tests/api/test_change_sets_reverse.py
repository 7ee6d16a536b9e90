# SPDX-License-Identifier: Apache-2.0
"""Every kind of change, made and undone again."""

import pytest

from changing import adopt, change, draft, names, propose, read
from deciding import at_once, events

CLIENTS = 15


@pytest.fixture
def acme(world):
    return world.organisation()


def snapshot(acme):
    """The structure without ids, versions and times of what deleting and making anew can't keep."""
    owner, teams = acme.owner, {}
    all_teams = {team["id"]: team for team in owner.pages(f"{acme.path}/teams")}
    for team in all_teams.values():
        members = owner.pages(f"{acme.path}/teams/{team['id']}/members")
        teams["/".join(all_teams[id]["name"] for id in team["path"])] = (
            team["purpose"], team["kind"], team["visibility"],
            sorted((m["member_id"], m["role"], m["starts_on"], m["ends_on"]) for m in members))
    roles = {(r["kind"], r["key"]): (r["name"], r["purpose"], sorted(r["permissions"])) for r in owner.pages(f"{acme.path}/roles")}
    organisation = {k: v for k, v in owner.get(acme.path).json().items() if k not in ("version", "updated_at")}
    members = {m["id"]: m["role"] for m in owner.pages(f"{acme.path}/members")}
    frameworks = {f["key"]: owner.get(f"{acme.path}/frameworks/{f['key']}").json()["definition"]
                  for f in owner.pages(f"{acme.path}/frameworks") if not f["built_in"]}
    return {"teams": teams, "roles": roles, "organisation": organisation, "members": members, "frameworks": frameworks}


def furnished(world):
    acme = world.organisation(settings={"colour": "blue", "deep": {"kept": 1, "gone": [1]}}, purpose="Before")
    a, b = acme.member(), acme.member()
    top = acme.team(name="Top", members=[(a, "lead"), b])
    acme.team(name="Below", parent_id=top.id)
    crew = acme.team(name="Crew", purpose="Sails", members=[a])
    acme.owner.put(f"{crew.path}/members/{b.member_id}", {"role": "secretary", "starts_on": "2026-01-01", "ends_on": "2030-12-31"})
    acme.owner.post(f"{acme.path}/roles", {"kind": "team", "key": "pilot", "name": "Pilot", "permissions": ["team.read"]})
    acme.owner.post(f"{acme.path}/roles", {"kind": "organisation", "key": "guest", "name": "Guest", "purpose": "Looks", "permissions": []})
    for key in ("ours", "theirs"):
        acme.owner.post(f"{acme.path}/frameworks", {"copy_of": {"framework": "majority"}, "key": key, "name": key.title()})
        acme.owner.post(f"{acme.path}/frameworks/{key}/publish")
    return acme, a, b, top, crew


def role_id(acme, key):
    return next(r["id"] for r in acme.owner.pages(f"{acme.path}/roles") if r["key"] == key)


def every_change(acme, a, b, top, crew):
    return [
        change("organisation_update", body={"name": "After", "settings": {"colour": None, "new": True, "deep": {"gone": None, "x": {}}}}),
        change("team_create", body={"name": "New", "kind": "circle"}, **{"as": "new"}),
        change("team_create", body={"name": "Newer", "kind": "working_group", "parent_id": "new"}, **{"as": "newer"}),
        change("team_member_put", {"team": "newer", "member": b.member_id}, {"role": "lead"}),
        change("team_member_put", {"team": top.id, "member": a.member_id}, {"role": "facilitator", "ends_on": "2031-01-01"}),
        change("team_member_delete", {"team": top.id, "member": b.member_id}),
        change("team_update", {"team": top.id}, {"parent_id": "new", "name": "Moved", "visibility": "private"}),
        change("team_member_delete", {"team": crew.id, "member": a.member_id}),
        change("team_delete", {"team": crew.id}),
        change("role_update", {"role": "guest"}, {"name": "Visitor", "permissions": ["team.read"]}),
        change("role_delete", {"role": role_id(acme, "pilot")}),
        change("role_create", body={"kind": "organisation", "key": "clerk", "name": "Clerk", "permissions": ["member.invite"]}),
        change("member_update", {"member": a.member_id}, {"role": "clerk"}),
        change("framework_update", {"framework": "ours"}, {"definition": {"rule": {"threshold": [2, 3]}, "review": "P1Y"}}),
        change("framework_publish", {"framework": "ours"}),
        change("framework_delete", {"framework": "theirs"}),
        change("framework_create", body={"copy_of": {"framework": "consent"}, "key": "mild", "name": "Mild"}, **{"as": "mild"}),
        change("framework_publish", {"framework": "mild"}),
    ]


def test_every_kind_of_change_is_made_and_undone(world):
    acme, a, b, top, crew = furnished(world)
    before = snapshot(acme)
    decision = draft(acme)
    propose(acme.owner, decision, *every_change(acme, a, b, top, crew))
    assert snapshot(acme) == before, "proposing has changed something"
    found = adopt(acme, decision)
    assert found["failure"] is None
    after = snapshot(acme)
    assert set(after["teams"]) == {"New", "New/Newer", "New/Moved", "New/Moved/Below"}
    assert after["teams"]["New/Moved/Below"][2] == "private"
    assert after["teams"]["New/Newer"][3] == [(b.member_id, "lead", None, None)]
    assert sorted(after["teams"]["New/Moved"][3]) == sorted([
        (acme.owner.member_id, "lead", None, None), (a.member_id, "facilitator", None, "2031-01-01")])
    assert after["organisation"]["settings"] == {"new": True, "deep": {"kept": 1, "x": {}}}
    assert (after["organisation"]["name"], after["members"][a.member_id]) == ("After", "clerk")
    assert after["roles"]["organisation", "guest"] == ("Visitor", "Looks", ["team.read"])
    assert ("team", "pilot") not in after["roles"]
    assert set(after["frameworks"]) == {"ours", "mild"}
    assert after["frameworks"]["ours"]["rule"]["threshold"] == [2, 3]
    undone = acme.owner.post(f"{decision.path}/changes/reverse", expect=200).json()
    assert (undone["status"], undone["reverse"]) == ("reversed", found["reverse"])
    assert undone["reversed_at"]
    assert snapshot(acme) == before
    acme.owner.problem("POST", f"{decision.path}/changes/reverse", status=409, code="decision_state")
    acme.owner.problem("POST", f"{decision.path}/changes/apply", status=409, code="decision_state")


def test_undoing_as_a_new_decision(world):
    """What `reverse` lists is a list of changes like any other."""
    acme, a, b, top, crew = furnished(world)
    before = snapshot(acme)
    decision, back = draft(acme), draft(acme)
    changes = every_change(acme, a, b, top, crew)
    for moved in changes:
        if moved["operation"] == "team_update":
            del moved["body"]["visibility"]
    propose(acme.owner, decision, *changes)
    reverse = adopt(acme, decision)["reverse"]
    assert snapshot(acme) != before
    propose(acme.owner, back, *reverse)
    assert adopt(acme, back)["status"] == "applied"
    assert snapshot(acme) == before


def test_a_decision_that_reverses_another(world):
    acme = world.organisation()
    acme.owner.patch(acme.path, {"governance_mode": "governed"})
    member, hidden = acme.member(), acme.team(name="Hidden", visibility="private")
    first, private, back, twice = draft(acme), draft(acme, team_id=hidden.id), draft(acme, by=member), draft(acme, by=member)
    propose(acme.owner, first, change("team_create", body={"name": "A", "kind": "circle"}))
    propose(acme.owner, private, change("organisation_update", body={"purpose": "Secret"}))

    def refused(person, at, **body):
        return person.problem("PUT", f"{at.path}/changes", body, status=422, code="changes_refused", pointer="/reverses")

    refused(member, back, reverses=first.id)
    adopt(acme, first)
    adopt(acme, private)
    for nothing in (private.id, back.id, "018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2b"):
        refused(member, back, reverses=nothing)
    for body in ({}, {"note": "?"}, {"reverses": first.id, "changes": [change("team_delete", {"team": hidden.id})]}):
        member.problem("PUT", f"{back.path}/changes", body, status=422, code="invalid_body", pointer="/changes")
    for decision in (back, twice):
        proposed = member.put(f"{decision.path}/changes", {"reverses": first.id}).json()
        assert (proposed["reverses"], proposed["changes"]) == (first.id, read(member, first)["reverse"])
    assert (adopt(acme, back)["status"], read(member, first)["status"]) == ("applied", "reversed")
    assert names(acme) == {"Hidden"}
    last = [e for e in events(acme, first) if e["type"] == "change_set.reversed"]
    assert [(e["actor_id"], e["decision_id"]) for e in last] == [(None, back.id)]
    failed = adopt(acme, twice)
    assert (failed["status"], failed["failure"]["errors"][0]["pointer"]) == ("failed", "/reverses")


def test_undoing_is_all_or_nothing(acme):
    decision = draft(acme)
    propose(acme.owner, decision, change("team_create", body={"name": "A", "kind": "circle"}),
            change("team_create", body={"name": "B", "kind": "circle"}))
    found = adopt(acme, decision)
    acme.team(name="Below", parent_id=found["resources"][0])
    problem = acme.owner.problem("POST", f"{decision.path}/changes/reverse", status=409, code="conflict", pointer="/reverse/1")
    assert len(problem["errors"]) == 1
    assert (names(acme), read(acme.owner, decision)["status"]) == ({"A", "B", "Below"}, "applied")


def test_in_a_governed_organisation_only_an_owner_undoes(acme):
    admin = acme.member("admin")
    acme.owner.patch(acme.path, {"governance_mode": "governed"})
    decision = draft(acme)
    propose(admin, decision, change("team_create", body={"name": "A", "kind": "circle"}))
    adopt(acme, decision, opener=admin)
    admin.problem("POST", f"{decision.path}/changes/reverse", status=403, code="governed_structure")
    acme.owner.post(f"{decision.path}/changes/reverse", expect=200)
    row, = acme.owner.pages(f"{acme.path}/audit-log", resource_id=decision.id, override="true")
    assert (row["action"], row["actor_id"]) == ("change_set.reversed", acme.owner.member_id)
    assert names(acme) == set()


def test_undone_once(acme):
    decision = draft(acme)
    propose(acme.owner, decision, change("organisation_update", body={"name": "After"}))
    adopt(acme, decision)
    answers = at_once([lambda: acme.owner.post(f"{decision.path}/changes/reverse", expect=(200, 409, 503)).status_code] * CLIENTS)
    assert answers.count(200) == 1
    assert [e["type"] for e in events(acme, decision)].count("change_set.reversed") == 1


@pytest.mark.parametrize("action", ["apply", "reverse"])
def test_a_request_that_is_repeated_does_it_once(acme, action):
    decision = draft(acme)
    propose(acme.owner, decision, change("team_create", body={"name": "A", "kind": "circle"}))
    adopt(acme, decision)
    path, key = f"{decision.path}/changes/{action}", {"Idempotency-Key": f"once-{decision.id}"}
    first = acme.owner.post(path, headers=key)
    again = acme.owner.post(path, headers=key)
    assert (again.json(), again.headers["idempotency-replayed"]) == (first.json(), "true")
    assert first.json()["status"] == {"apply": "applied", "reverse": "reversed"}[action]
    acme.owner.problem("POST", path + "?validate_only=false", status=422, code="idempotency_mismatch", headers=key)
    assert names(acme) == ({"A"} if action == "apply" else set())
