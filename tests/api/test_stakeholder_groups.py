# SPDX-License-Identifier: Apache-2.0
"""Stakeholders by team, teams below, role, or all: found when the decision opens, and frozen (FRAMEWORKS.md 1 a, g)."""

import pytest

from deciding import NO, YES, actions, at_once, closed, elapse, refuse_ballot, vote

NOBODY = "018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2b"


def put(person, decision, key, expect=200, **body):
    return person.put(f"{decision.path}/stakeholder-groups/{key}", body, expect=expect)


def listed(person, decision):
    return {s["member_id"]: s for s in person.pages(f"{decision.path}/stakeholders")}


def opened(person, decision):
    person.post(f"{decision.path}/open", expect=200)
    return listed(person, decision)


def ids(*people):
    return {person.member_id for person in people}


def test_a_group_is_put_changed_listed_and_taken_out(world):
    acme = world.organisation()
    team = acme.team()
    decision = acme.decision(stakeholders={"voters": [acme.owner]})
    first = put(acme.owner, decision, "all", roles=["voters"])
    assert first.json() | {"created_at": None} == {"key": "all", "team_id": None, "below": False, "role": None, "roles": ["voters"],
                                                   "level": "team", "weight": 1, "version": 1, "created_at": None}
    path = f"{decision.path}/stakeholder-groups"
    body = {"team_id": team.id, "below": True, "role": "lead", "roles": ["voters"], "level": "affected", "weight": 3}
    second = acme.owner.put(f"{path}/all", body, headers={"If-Match": first.headers["etag"]}).json()
    assert second | body == second and second["version"] == 2
    acme.owner.problem("PUT", f"{path}/all", body, status=412, code="precondition_failed", headers={"If-Match": first.headers["etag"]})
    acme.owner.problem("DELETE", f"{path}/all", status=412, code="precondition_failed", headers={"If-Match": first.headers["etag"]})
    put(acme.owner, decision, "zoo", roles=["voters"])
    assert [g["key"] for g in acme.owner.pages(path, limit=1)] == ["all", "zoo"]
    assert [g["key"] for g in acme.owner.pages(path, team_id=team.id)] == ["all"]
    acme.owner.delete(f"{path}/all")
    acme.owner.problem("DELETE", f"{path}/all", status=404, code="not_found")
    types = [e["type"] for e in acme.owner.pages(f"{acme.path}/events", resource_id=decision.id)]
    assert types[1:] == ["stakeholder_group.added", "stakeholder_group.updated", "stakeholder_group.added", "stakeholder_group.removed"]


def test_every_fault_is_told_and_nothing_leaks(world):
    acme = world.organisation()
    a = acme.member()
    hidden = acme.team(visibility="private")
    decision = acme.decision(by=a, stakeholders={"voters": [a]})
    path = f"{decision.path}/stakeholder-groups"
    for team in (hidden.id, NOBODY, world.organisation().team().id):
        problem = a.problem("PUT", f"{path}/g", {"team_id": team, "role": "choir", "roles": ["voters", "choir"]}, status=422, code="invalid_reference")
        assert [f["pointer"] for f in problem["errors"]] == ["/team_id", "/role", "/roles/1"]
    a.problem("PUT", f"{path}/g", {"below": True, "roles": ["voters"]}, status=422, code="invalid_body", pointer="/below")
    a.problem("PUT", f"{path}/g", {"roles": []}, status=422, code="invalid_body", pointer="/roles")
    watcher = acme.member("observer")
    watcher.problem("PUT", f"{path}/g", {"roles": ["voters"]}, status=403, code="permission_denied")
    watcher.problem("DELETE", f"{path}/g", status=403, code="permission_denied")
    put(acme.owner, decision, "secret", team_id=hidden.id, roles=["voters"])
    assert watcher.pages(path) == [] and len(acme.owner.pages(path)) == 1
    world.person().problem("GET", path, status=404, code="not_found")


def test_who_is_in_it_the_opening_says(world):
    acme = world.organisation()
    a, b, late, gone = (acme.member() for _ in range(4))
    team = acme.team(members=[a, gone])
    decision = acme.decision(by=a)
    assert "role_too_few" in [m["code"] for m in actions(a, decision)["missing"]]
    put(a, decision, "team", team_id=team.id, roles=["voters"])
    assert actions(a, decision)["missing"] == []  # counted already, although they are no stakeholders yet
    assert set(listed(a, decision)) == ids(a)
    acme.owner.put(f"{team.path}/members/{b.member_id}", {"role": "member"})
    acme.owner.delete(f"{team.path}/members/{gone.member_id}")
    found = opened(a, decision)
    assert set(found) == ids(a, b, acme.owner)
    assert found[a.member_id]["roles"] == ["proposer", "voters"] and all(s["notified_at"] for s in found.values())
    acme.owner.put(f"{team.path}/members/{late.member_id}", {"role": "member"})
    assert set(listed(a, decision)) == ids(a, b, acme.owner)
    refuse_ballot(late, decision, "permission_denied", YES)
    problem = a.problem("PUT", f"{decision.path}/stakeholder-groups/team", {"roles": ["voters"]}, status=409, code="decision_state")
    assert "frozen" in problem["detail"]
    a.problem("DELETE", f"{decision.path}/stakeholder-groups/team", status=409, code="decision_state")
    assert len(a.pages(f"{decision.path}/stakeholder-groups")) == 1


def test_rule_g__who_leaves_stays_in_the_denominator(world, sql):
    acme = world.organisation()
    a, b, c = (acme.member() for _ in range(3))
    team = acme.team(by=acme.owner, members=[a, b, c])
    decision = acme.decision(by=a, configuration={"rule": {"threshold": [1, 2], "base": "eligible", "inclusive": True}})
    put(a, decision, "team", team_id=team.id, role="member", roles=["voters"])
    assert set(opened(a, decision)) == ids(a, b, c)  # the owner leads the team
    vote(b, decision, YES)
    acme.owner.delete(f"{team.path}/members/{b.member_id}")
    acme.owner.delete(f"{acme.path}/members/{c.member_id}")
    vote(a, decision, NO)
    found = closed(a, decision, "rejected")
    assert found["report"]["tally"]["quorum"] == {"met": True, "cast": 2, "eligible": 3}


def test_teams_below_as_far_as_one_sees_them(world):
    acme = world.organisation()
    a, b, c, d = (acme.member() for _ in range(4))
    top = acme.team(members=[a])
    middle = acme.team(parent_id=top.id, members=[b])
    acme.team(parent_id=middle.id, members=[c])
    acme.team(parent_id=top.id, visibility="private", members=[d])
    stranger = acme.member()
    for person, below, expected in ((stranger, False, ids(a)), (stranger, True, ids(a, b, c)), (acme.owner, True, ids(a, b, c, d))):
        decision = acme.decision(by=person)
        put(person, decision, "team", team_id=top.id, below=below, role="member", roles=["voters"])
        voters = {member for member, s in opened(person, decision).items() if "voters" in s["roles"]}
        assert voters == expected


def test_by_role_or_everybody(world):
    acme = world.organisation()
    everyone = acme.everyone()
    suspended = acme.member()
    acme.owner.patch(f"{acme.path}/members/{suspended.member_id}", {"status": "suspended"})
    acme.owner.post(f"{acme.path}/service-accounts", {"name": "Robot", "role": "member"})
    decision = acme.decision(stakeholders={"voters": [everyone["observer"]]})
    put(acme.owner, decision, "members", role="member", roles=["voters"])
    assert set(opened(acme.owner, decision)) == ids(acme.owner, everyone["observer"], everyone["member"])
    decision = acme.decision()
    put(acme.owner, decision, "all", roles=["voters"])
    assert set(opened(acme.owner, decision)) == ids(*everyone.values())


def test_who_is_named_twice_stands_once(world):
    acme = world.organisation()
    a, b, c = (acme.member() for _ in range(3))
    team = acme.team(members=[b, c])
    decision = acme.decision("consent", by=a, stakeholders={"facilitator": [b]})
    acme.owner.put(f"{decision.path}/stakeholders/{b.member_id}", {"roles": ["facilitator"], "level": "affected", "weight": 7})
    put(a, decision, "one", team_id=team.id, role="member", roles=["members"], level="department", weight=2)
    put(a, decision, "two", team_id=team.id, role="member", roles=["members"], level="external", weight=5)
    found = opened(a, decision)
    assert (found[b.member_id]["roles"], found[b.member_id]["level"], found[b.member_id]["weight"]) == (["facilitator", "members"], "affected", 7)
    assert (found[c.member_id]["roles"], found[c.member_id]["level"], found[c.member_id]["weight"]) == (["members"], "department", 5)


def test_an_opening_that_fails_takes_nobody_in(world):
    acme = world.organisation()
    a = acme.member()
    decision = acme.decision("schulze", by=a)
    put(a, decision, "all", roles=["voters"])
    a.problem("POST", f"{decision.path}/open", status=422, code="decision_not_ready", pointer="/options")
    a.post(f"{decision.path}/open?validate_only=true", expect=422)
    assert set(listed(a, decision)) == set()


def test_fifty_join_while_it_opens(world):
    """Who is in the electorate has a vote, who is not has none: nothing in between."""
    acme = world.organisation()
    people = [acme.member() for _ in range(20)]
    team = acme.team(members=people[:5])
    decision = acme.decision(by=people[0])
    put(people[0], decision, "team", team_id=team.id, roles=["voters"])
    join = [lambda p=p: acme.owner.put(f"{team.path}/members/{p.member_id}", {"role": "member"}).status_code for p in people[5:]]
    at_once([*join[:8], lambda: people[0].post(f"{decision.path}/open", expect=200).status_code, *join[8:]])
    voters = {member for member, s in listed(people[0], decision).items() if "voters" in s["roles"]}
    for person in people:
        answer = person.request("PUT", f"{decision.path}/ballots/me", {"ballot": YES}, expect=(200, 403))
        assert (answer.status_code == 200) == (person.member_id in voters)
