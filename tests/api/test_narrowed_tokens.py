# SPDX-License-Identifier: Apache-2.0
"""A token's scope narrows all that the roles give: also what an operation asks for besides its own permission."""

import pytest

from deciding import YES, vote


@pytest.fixture
def acme(world):
    return world.organisation()


def narrowed(person, scope):
    return person.service.client(person.subject, scope=scope)


def ids(rows):
    return {row["id"] for row in rows}


def test_private_teams_show_to_tokens_that_may_see_them(acme):
    team = acme.team(visibility="private", members=[acme.member()])
    decision, seen = acme.decision(team_id=team.id), acme.decision()
    acme.owner.put(f"{seen.path}/links/relates_to/{decision.id}")
    acme.owner.put(f"{seen.path}/stakeholder-groups/hidden", {"team_id": team.id, "roles": ["voters"]})
    read = "team.read decision.read member.read"
    admin = acme.member("admin")
    for scope, sees in ((None, True), (f"{read} team.read_private", True), ("team.* decision.*", True), (read, False)):
        caller = narrowed(admin, scope)
        assert (team.id in ids(caller.pages(f"{acme.path}/teams"))) is sees
        assert (decision.id in ids(caller.pages(f"{acme.path}/decisions"))) is sees
        assert bool(caller.pages(f"{seen.path}/links")) is sees
        assert bool(caller.pages(f"{seen.path}/stakeholder-groups")) is sees
        assert (decision.id in caller.get(f"{seen.path}/record").text) is sees
        for path in (team.path, f"{team.path}/members", decision.path, f"{decision.path}/record"):
            caller.get(path, expect=200 if sees else 404)


def test_private_teams_are_named_by_tokens_that_may_see_them(acme):
    team, area = acme.team(visibility="private"), acme.area()
    admin = acme.member("admin")
    writes = "team.create team.create_any team.update team.delete area.manage role.manage framework.manage decision.create decision.update"
    caller = narrowed(admin, writes)
    for method, path, body, pointer in (
            ("POST", f"{acme.path}/teams", {"name": "Below", "kind": "circle", "parent_id": team.id}, "/parent_id"),
            ("PATCH", acme.team().path, {"parent_id": team.id}, "/parent_id"),
            ("POST", f"{acme.path}/decisions", {"title": "In it", "framework": "majority", "team_id": team.id}, "/team_id"),
            ("PATCH", acme.decision().path, {"team_id": team.id}, "/team_id"),
            ("PUT", f"{acme.decision().path}/stakeholder-groups/hidden", {"team_id": team.id, "roles": ["voters"]}, "/team_id")):
        expected = 403 if method == "PATCH" and pointer == "/parent_id" else 422
        problem = caller.problem(method, path, body, status=expected, code="permission_denied" if expected == 403 else "invalid_reference")
        assert problem["permission"] == "team.read_private" if expected == 403 else problem["errors"][0]["pointer"] == pointer
        narrowed(admin, f"{writes} team.read_private").request(method, path, body, expect=(200, 201))
    role = acme.owner.post(f"{acme.path}/roles", {"kind": "team", "key": "keeper", "name": "Keeper", "permissions": []}).json()["id"]
    acme.owner.post(f"{acme.path}/frameworks", {"copy_of": {"framework": "majority"}, "key": "own"})
    acme.owner.post(f"{acme.path}/frameworks/own/publish")
    for path in (acme.team().path, area.path, f"{acme.path}/roles/{role}", f"{acme.path}/frameworks/own"):
        assert caller.problem("DELETE", path, status=403, code="permission_denied")["permission"] == "team.read_private"
        narrowed(admin, f"{writes} team.read_private").delete(path)


def test_others_proxies_show_to_tokens_that_may_see_them(acme):
    truster, trustee, facilitator = acme.member(), acme.member(), acme.member("facilitator")
    truster.put(f"{acme.path}/proxies/{acme.id}", {"trustee_id": trustee.member_id})
    decision = acme.decision(stakeholders={"voters": [truster, trustee]})
    chain = f"{decision.path}/proxy-chain?member_id={truster.member_id}"
    for scope, sees in (("proxy.* decision.read", True), ("proxy.read decision.read", False)):
        caller = narrowed(facilitator, scope)
        assert bool(caller.pages(f"{acme.path}/proxies")) is sees
        assert caller.get(chain, expect=200 if sees else 403).json().get("permission") == (None if sees else "proxy.read_all")


def test_what_an_office_may_besides_takes_the_scope_too(acme):
    lead = acme.member()
    team = acme.team(members=[(lead, "lead")])
    old = acme.decision(team_id=team.id, by=lead, stakeholders={"voters": [lead]}, open=True)
    vote(lead, old, YES)
    new = acme.decision(team_id=team.id, by=lead, stakeholders={"voters": [lead]})
    link = f"{new.path}/links/supersedes/{old.id}"
    for person in (lead, acme.owner):
        problem = narrowed(person, "decision.update decision.read").problem("PUT", link, status=403, code="permission_denied")
        assert problem["permission"] == "decision.review"
        narrowed(person, "decision.*").put(link)
    circle = {"name": "Circle", "kind": "circle"}
    narrowed(acme.owner, "team.create").problem("POST", f"{acme.path}/teams", circle, status=403, code="permission_denied")
    narrowed(acme.owner, "team.create team.create_any").post(f"{acme.path}/teams", circle)


@pytest.mark.parametrize("word", ['"', "\\", "),(", '\\"', "','", "(", "null", "é"])
def test_words_of_a_scope_that_mean_something_elsewhere(acme, word):
    team = acme.team(visibility="private")
    admin = acme.member("admin")
    narrowed(admin, f"team.read {word}").get(team.path, expect=404)
    narrowed(admin, f"team.read team.read_private {word}").get(team.path)
    narrowed(admin, f"{word} team.read team.read_private").get(team.path)


def test_owners_are_named_by_tokens_that_may(world, acme):
    second, third = acme.member("owner"), acme.member()
    caller = narrowed(acme.owner, "member.*")
    for method, path, body in (("POST", f"{acme.path}/members", {"email": world.person().email, "role": "owner"}),
                               ("PATCH", f"{acme.path}/members/{third.member_id}", {"role": "owner"}),
                               ("PATCH", f"{acme.path}/members/{second.member_id}", {"status": "suspended"}),
                               ("PATCH", f"{acme.path}/members/{second.member_id}", {"role": "member"}),
                               ("DELETE", f"{acme.path}/members/{second.member_id}", None)):
        assert caller.problem(method, path, body, status=403, code="permission_denied")["permission"] == "owner.manage"
    caller.post(f"{acme.path}/members", {"email": world.person().email, "role": "admin"}, expect=201)
    caller.patch(f"{acme.path}/members/{third.member_id}", {"role": "observer"})
    caller.patch(f"{acme.path}/members/{acme.owner.member_id}", {"title": "Founder"})
    naming = narrowed(acme.owner, "member.* owner.manage")
    naming.patch(f"{acme.path}/members/{third.member_id}", {"role": "owner"})
    naming.delete(f"{acme.path}/members/{second.member_id}")
