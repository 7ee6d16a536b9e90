# SPDX-License-Identifier: Apache-2.0
"""Changes of structure that a decision makes when it is adopted (DOMAIN.md 4, 12)."""

import time

import psycopg
import pytest

from deciding import NO, YES, actions, at_once, closed, elapse, events, say, state, vote
from world import World

CLIENTS = 15


def change(operation, path=None, body=None, **more):
    return {"operation": operation, **({"path": path} if path else {}), **({"body": body} if body is not None else {}), **more}


def propose(person, decision, *changes, **more):
    return person.put(f"{decision.path}/changes", {"changes": list(changes), **more}).json()


def refuse(person, decision, *changes):
    problem = person.problem("PUT", f"{decision.path}/changes", {"changes": list(changes)}, status=422, code="changes_refused")
    return {(fault["pointer"], fault["code"]) for fault in problem["errors"]}


def read(person, decision):
    return person.get(f"{decision.path}/changes").json()


def draft(acme, by=None, voters=None, **fields):
    return acme.decision("majority", by=by, stakeholders={"voters": voters or [acme.owner]}, **fields)


def adopt(acme, decision, opener=None):
    """Opens it and votes; it closes with the only vote."""
    (opener or acme.owner).post(f"{decision.path}/open", expect=200)
    vote(acme.owner, decision, YES)
    closed(acme.owner, decision, "adopted")
    return read(acme.owner, decision)


def wait_for(condition):
    """Waits for what the background does."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def names(acme):
    return {team["name"] for team in acme.owner.pages(f"{acme.path}/teams")}


@pytest.fixture
def acme(world):
    return world.organisation()


@pytest.mark.parametrize("mode", ["open", "guided", "governed"])
def test_a_member_proposes_and_adoption_changes_the_structure(world, mode):
    acme = world.organisation()
    member, other = acme.member(), acme.member()
    acme.owner.patch(acme.path, {"governance_mode": mode})
    decision = draft(acme, by=member, voters=[acme.owner])
    proposed = propose(member, decision,
                       change("team_create", body={"name": "Harbour", "kind": "circle"}, **{"as": "harbour"}),
                       change("team_create", body={"name": "Pilots", "kind": "functional", "parent_id": "harbour"}, **{"as": "pilots"}),
                       change("team_member_put", {"team": "pilots", "member": other.member_id}, {"role": "lead"}))
    assert (proposed["status"], proposed["authority"], proposed["author_id"]) == ("proposed", None, member.member_id)
    assert names(acme) == set()
    found = adopt(acme, decision)
    assert (found["status"], found["failure"], found["authority"]) == ("applied", None, "organisation")
    harbour, pilots, nothing = found["resources"]
    assert nothing is None
    team = member.get(f"{acme.path}/teams/{pilots}").json()
    assert (team["path"], team["created_by"]) == ([harbour, pilots], None)
    members = member.pages(f"{acme.path}/teams/{pilots}/members")
    assert [(m["member_id"], m["role"]) for m in members] == [(other.member_id, "lead")]
    assert member.pages(f"{acme.path}/teams/{harbour}/members") == []


def test_the_trail_names_the_decision(acme):
    decision = draft(acme)
    propose(acme.owner, decision, change("team_create", body={"name": "Harbour", "kind": "circle"}))
    team = adopt(acme, decision)["resources"][0]
    row, = acme.owner.pages(f"{acme.path}/audit-log", resource_id=team)
    assert (row["action"], row["actor_id"], row["decision_id"], row["override"]) == ("team.created", None, decision.id, False)
    assert [r["id"] for r in acme.owner.pages(f"{acme.path}/audit-log", decision_id=decision.id)] == [row["id"]]
    event, = acme.owner.pages(f"{acme.path}/events", resource_id=team)
    assert (event["type"], event["actor_id"], event["decision_id"]) == ("team.created", None, decision.id)
    types = [e["type"] for e in events(acme, decision)]
    assert types == ["decision.created", "change_set.proposed", "change_set.authorised", "decision.opened", "ballot.cast",
                     "decision.closed", "decision.sealed", "change_set.applied"]
    assert [e["decision_id"] for e in events(acme, decision)] == [None] * len(types)


def test_what_is_not_adopted_changes_nothing(acme):
    decision = draft(acme)
    propose(acme.owner, decision, change("team_create", body={"name": "Harbour", "kind": "circle"}))
    acme.owner.post(f"{decision.path}/open")
    vote(acme.owner, decision, NO)
    closed(acme.owner, decision, "rejected")
    assert (read(acme.owner, decision)["status"], names(acme)) == ("proposed", set())
    acme.owner.problem("POST", f"{decision.path}/changes/apply", status=409, code="decision_state")
    acme.owner.problem("POST", f"{decision.path}/changes/reverse", status=409, code="decision_state")
    assert names(acme) == set()


# ---- proposing ----

def test_every_fault_is_listed_at_once(acme):
    decision = draft(acme, options=None)
    member = acme.member()
    team = acme.team(name="There")
    nobody = "018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2b"
    faults = refuse(
        acme.owner, decision,
        change("team_create", {"team": team.id}, {"name": "", "kind": "gang"}),
        change("team_delete"),
        change("team_delete", {"team": team.id}, {}),
        change("team_update", {"team": nobody}, {"name": "X"}),
        change("team_member_put", {"team": team.id, "member": member.member_id}, {"role": "king"}),
        change("member_update", {"member": member.member_id}, {"role": "admin", "status": "suspended"}),
        change("role_create", body={"kind": "team", "key": "pilot", "name": "Pilot", "permissions": ["team.fly"]}, if_match="1"),
        change("framework_publish", {"framework": "consent"}),
        change("team_update", {"team": team.id}, {"parent_id": team.id}, option="b"),
        change("role_delete", {"role": "nothing"}, **{"as": "x"}))
    assert faults == {
        ("/changes/0/path/team", "unknown_member"), ("/changes/0/body/name", "too_short"), ("/changes/0/body/name", "pattern"),
        ("/changes/0/body/kind", "enum"),
        ("/changes/1/path/team", "required"), ("/changes/2/body", "unknown_member"),
        ("/changes/3/path/team", "unknown_reference"), ("/changes/4/body/role", "unknown_reference"),
        ("/changes/5/body/status", "unknown_member"), ("/changes/6/if_match", "unknown_member"),
        ("/changes/7", "item_refused"), ("/changes/8/option", "unknown_option"), ("/changes/8/body/parent_id", "cycle"),
        ("/changes/9/as", "unknown_member")}
    acme.owner.problem("GET", f"{decision.path}/changes", status=404, code="not_found")
    assert names(acme) == {"There"}


def test_the_form_of_the_list_is_checked_too(acme):
    decision = draft(acme)
    for body, pointer in [({"changes": []}, "/changes"), ({"changes": [{"operation": "member_create"}]}, "/changes/0/operation"),
                          ({"changes": [{"operation": "team_delete", "path": {"team": 1}}]}, "/changes/0/path/team"),
                          ({"changes": [{"operation": "organisation_delete"}]}, "/changes/0/operation"),
                          ({"changes": [{"operation": "team_delete"}] * 51}, "/changes")]:
        acme.owner.problem("PUT", f"{decision.path}/changes", body, status=422, code="invalid_body", pointer=pointer)


def test_labels(acme):
    decision = draft(acme)
    named = {"as": "harbour"}
    assert refuse(acme.owner, decision,
                  change("team_create", body={"name": "Harbour", "kind": "circle"}, **named),
                  change("team_create", body={"name": "Again", "kind": "circle"}, **named),
                  change("team_create", body={"name": "Below", "kind": "circle", "parent_id": "nowhere"})) == {
        ("/changes/1/as", "not_unique"), ("/changes/2/body/parent_id", "format"), ("/changes/2/body/parent_id", "unknown_reference")}
    # What depends on a refused change is not accused too.
    assert refuse(acme.owner, decision, change("team_create", body={"kind": "circle"}, **named),
                  change("team_delete", {"team": "harbour"})) == {("/changes/0/body/name", "required")}


def test_replacing_and_taking_out(acme):
    decision = draft(acme)
    first = propose(acme.owner, decision, change("team_create", body={"name": "A", "kind": "circle"}))
    second = propose(acme.owner, decision, change("team_create", body={"name": "B", "kind": "circle"}))
    assert (first["version"], second["version"], second["revision"]) == (1, 2, 1)
    acme.owner.delete(f"{decision.path}/changes")
    acme.owner.problem("GET", f"{decision.path}/changes", status=404, code="not_found")
    acme.owner.problem("DELETE", f"{decision.path}/changes", status=404, code="not_found")
    acme.owner.problem("POST", f"{decision.path}/changes/apply", status=404, code="not_found")
    acme.owner.problem("POST", f"{decision.path}/changes/reverse", status=404, code="not_found")
    adopted = acme.owner.post(f"{decision.path}/open").json()
    assert adopted["status"] == "open"
    vote(acme.owner, decision, YES)
    assert names(acme) == set()
    acme.owner.problem("PUT", f"{decision.path}/changes", {"changes": [change("team_delete", {"team": "x"})]}, status=409,
                       code="decision_state")
    acme.owner.problem("DELETE", f"{decision.path}/changes", status=409, code="decision_state")


# ---- who may ----

def test_outsiders_and_people_without_the_permission(world, acme):
    observer, member = acme.member("observer"), acme.member()
    decision = draft(acme)
    propose(acme.owner, decision, change("team_create", body={"name": "A", "kind": "circle"}))
    outsider = world.organisation().owner
    path, body = f"{decision.path}/changes", {"changes": [change("team_create", body={"name": "B", "kind": "circle"})]}
    for method, at, sent in [("GET", path, None), ("PUT", path, body), ("DELETE", path, None), ("POST", path + "/apply", None),
                             ("POST", path + "/reverse", None)]:
        outsider.problem(method, at, sent, status=404, code="not_found")
    assert read(observer, decision)["changes"][0]["body"]["name"] == "A"
    for person in (observer, member):
        for method, at, sent, permission in [("PUT", path, body, "decision.update"), ("DELETE", path, None, "decision.update"),
                                             ("POST", path + "/apply", None, "decision.advance"),
                                             ("POST", path + "/reverse", None, "change_set.reverse")]:
            assert person.problem(method, at, sent, status=403, code="permission_denied")["permission"] == permission
    assert read(acme.owner, decision)["version"] == 1


def test_a_member_can_not_open_what_they_propose(acme):
    """Who proposes chooses electorate and framework; so that nobody adopts their own wishes, somebody trusted opens the decision."""
    member, facilitator = acme.member(), acme.member("facilitator")
    decision = acme.decision("single_decider", by=member, stakeholders={"decider": [member]}, options={"a": "A"})
    role = {"kind": "organisation", "key": "king", "name": "King", "permissions": ["organisation.delete"]}
    propose(member, decision, change("role_create", body=role), change("member_update", {"member": member.member_id}, {"role": "owner"}))
    problem = member.problem("POST", f"{decision.path}/open", status=403, code="permission_denied")
    assert problem["permission"] == "change_set.open"
    assert (actions(member, decision)["may"]["open"], actions(facilitator, decision)["may"]["open"]) == (False, True)
    # Nor alone, whoever it is; an owner may do it anyway.
    own = acme.decision("single_decider", by=facilitator, stakeholders={"decider": [facilitator]}, options={"a": "A"})
    propose(facilitator, own, change("member_update", {"member": facilitator.member_id}, {"role": "owner"}))
    facilitator.problem("POST", f"{own.path}/open", status=422, code="decision_not_ready", pointer="/stakeholders")
    assert [(m["pointer"], m["code"]) for m in actions(facilitator, own)["missing"]] == [("/stakeholders", "sole_decider")]
    narrowed = facilitator.service.client(facilitator.subject, scope="decision.*")
    assert narrowed.problem("POST", f"{decision.path}/open", status=403, code="permission_denied")["permission"] == "change_set.open"
    facilitator.post(f"{decision.path}/open", expect=200)
    assert read(member, decision)["authorised_by"] == facilitator.member_id


def test_a_lead_opens_what_concerns_the_team_only(acme):
    lead, other = acme.member(), acme.member()
    acme.owner.patch(acme.path, {"governance_mode": "governed"})
    team = acme.team(name="Crew", members=[(lead, "lead")])
    elsewhere = acme.team(name="Elsewhere")
    create = change("team_create", body={"name": "Watch", "kind": "circle", "parent_id": team.id}, **{"as": "watch"})
    put = change("team_member_put", {"team": "watch", "member": other.member_id}, {})
    for changes, allowed in [([create, put], True), ([change("team_update", {"team": elsewhere.id}, {"name": "Ours"})], False),
                             ([create, change("organisation_update", body={"name": "Ours"})], False),
                             ([change("team_update", {"team": team.id}, {"parent_id": None})], False),
                             ([change("team_create", body={"name": "Top", "kind": "circle"})], False)]:
        decision = draft(acme, by=lead, voters=[lead, acme.owner], team_id=team.id)
        propose(lead, decision, *changes)
        if not allowed:
            lead.problem("POST", f"{decision.path}/open", status=403, code="permission_denied")
            continue
        lead.post(f"{decision.path}/open", expect=200)
        for person in (lead, acme.owner):
            vote(person, decision, YES)
        found = read(lead, decision)
        assert (found["status"], found["authority"]) == ("applied", "team")
    assert names(acme) == {"Crew", "Elsewhere", "Watch"}


def test_a_label_hides_what_has_that_id(acme):
    """Or a lead could name another team as if the changes made it."""
    lead = acme.member()
    team, elsewhere = acme.team(name="Crew", members=[(lead, "lead")]), acme.team(name="Elsewhere")
    decision = acme.decision("plurality", by=lead, stakeholders={"voters": [lead, acme.owner]}, options={"a": "A", "b": "B"},
                             team_id=team.id)
    rename = change("team_update", {"team": elsewhere.id}, {"name": "Ours"})
    create = change("team_create", body={"name": "Below", "kind": "circle", "parent_id": team.id}, **{"as": elsewhere.id})
    assert refuse(lead, decision, rename, create) == {("/changes/0/path/team", "unknown_reference")}
    assert refuse(lead, decision, create | {"option": "a"}, rename) == {("/changes/1/path/team", "unknown_reference")}
    propose(lead, decision, create, rename)
    lead.post(f"{decision.path}/open", expect=200)
    for person in (lead, acme.owner):
        vote(person, decision, {"choice": "b"})
    assert (read(lead, decision)["status"], names(acme)) == ("applied", {"Crew", "Elsewhere", "Ours"})


def test_what_holds_no_more_changes_nothing(acme):
    team, decision = acme.team(name="Crew"), draft(acme)
    propose(acme.owner, decision, change("team_update", {"team": team.id}, {"name": "Pilots"}, if_match="1"))
    acme.owner.patch(team.path, {"purpose": "Now"})
    assert adopt(acme, decision)["status"] == "failed"
    acme.owner.post(f"{decision.path}/review", {"verdict": "retired"}, expect=200)
    acme.owner.problem("POST", f"{decision.path}/changes/apply", status=409, code="decision_state")


def test_private_teams_do_not_show(acme):
    member, insider = acme.member(), acme.member()
    hidden = acme.team(name="Hidden", visibility="private", members=[insider])
    decision = draft(acme, by=member)
    nobody = "018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2b"
    answers = []
    for team in (hidden.id, nobody):
        changes = [change("team_delete", {"team": team}), change("team_create", body={"name": "B", "kind": "circle", "parent_id": team}),
                   change("team_member_put", {"team": team, "member": member.member_id}, {})]
        problem = member.problem("PUT", f"{decision.path}/changes", {"changes": changes}, status=422, code="changes_refused")
        answers.append(problem["errors"])
    assert answers[0] == answers[1]
    # Nor does somebody who sees it show it to everybody.
    open_one = draft(acme, by=insider)
    assert refuse(insider, open_one, change("team_update", {"team": hidden.id}, {"name": "Seen"})) == {
        ("/changes/0/path/team", "hidden_team")}
    own = draft(acme, by=insider, team_id=hidden.id)
    propose(insider, own, change("team_update", {"team": hidden.id}, {"name": "Still hidden"}))
    member.problem("GET", f"{own.path}/changes", status=404, code="not_found")
    assert adopt(acme, own)["status"] == "applied"


def test_ids_of_another_organisation_name_nothing(world, acme):
    other = world.organisation()
    team, stranger = other.team(name="Theirs"), other.member()
    ours = acme.team(name="Ours")
    decision = draft(acme)
    assert refuse(acme.owner, decision, change("team_delete", {"team": team.id}),
                  change("team_member_put", {"team": ours.id, "member": stranger.member_id}, {}),
                  change("team_update", {"team": ours.id}, {"parent_id": team.id})) == {
        ("/changes/0/path/team", "unknown_reference"), ("/changes/1/path", "unknown_reference"),
        ("/changes/2/body/parent_id", "unknown_reference")}
    assert names(other) == {"Theirs"}


# ---- when they can't be made ----

def test_one_that_no_longer_applies_fails_all_and_the_adoption_stands(acme):
    team, other = acme.team(name="Crew"), acme.member()
    decision = draft(acme)
    propose(acme.owner, decision,
            change("team_create", body={"name": "Harbour", "kind": "circle"}),
            change("team_update", {"team": team.id}, {"name": "Pilots"}),
            change("role_create", body={"kind": "team", "key": "pilot", "name": "Pilot", "permissions": []}))
    acme.owner.delete(team.path)
    found = adopt(acme, decision)
    assert (found["status"], found["resources"], found["reverse"], found["applied_at"]) == ("failed", None, None, None)
    assert [(e["pointer"], e["code"]) for e in found["failure"]["errors"]] == [("/changes/1/path", "unknown_reference")]
    assert names(acme) == set()
    assert "pilot" not in {role["key"] for role in other.pages(f"{acme.path}/roles")}
    assert [e["type"] for e in events(acme, decision)][-1] == "change_set.failed"
    assert acme.owner.pages(f"{acme.path}/audit-log", decision_id=decision.id) == []
    # Still so when somebody tries again.
    assert acme.owner.post(f"{decision.path}/changes/apply", expect=200).json()["status"] == "failed"
    assert names(acme) == set()
    acme.owner.problem("POST", f"{decision.path}/changes/reverse", status=409, code="decision_state")


def test_what_failed_is_made_once_the_reason_is_gone(acme):
    parent = acme.team(name="Crew")
    decision = draft(acme)
    propose(acme.owner, decision, change("team_delete", {"team": parent.id}))
    below = acme.team(name="Below", parent_id=parent.id)
    found = adopt(acme, decision)
    assert (found["status"], names(acme)) == ("failed", {"Crew", "Below"})
    assert found["failure"]["errors"][0]["pointer"] == "/changes/0"
    acme.owner.delete(below.path)
    found = acme.owner.post(f"{decision.path}/changes/apply", expect=200).json()
    assert (found["status"], found["failure"], names(acme)) == ("applied", None, set())
    again = acme.owner.post(f"{decision.path}/changes/apply", expect=200).json()
    assert again == found
    applied = [r for r in acme.owner.pages(f"{acme.path}/audit-log", resource_id=decision.id) if r["action"] == "change_set.applied"]
    assert [r["actor_id"] for r in applied] == [acme.owner.member_id]


def test_if_match_holds_until_adoption(acme):
    team = acme.team(name="Crew")
    decision = draft(acme)
    changes = [change("team_update", {"team": team.id}, {"name": "Pilots"}, if_match="7")]
    assert refuse(acme.owner, decision, *changes) == {("/changes/0/if_match", "item_refused")}
    changes[0]["if_match"] = acme.owner.etag(team.path).strip('"')
    propose(acme.owner, decision, *changes)
    acme.owner.patch(team.path, {"purpose": "Another one now"})
    assert adopt(acme, decision)["failure"]["errors"][0]["pointer"] == "/changes/0/if_match"
    assert names(acme) == {"Crew"}


def test_the_framework_that_was_proposed_is_published_and_no_other(acme):
    frameworks = f"{acme.path}/frameworks"
    acme.owner.post(frameworks, {"copy_of": {"framework": "majority"}, "key": "ours", "name": "Ours"})
    decisions = [draft(acme) for _ in range(2)]
    for decision in decisions:
        propose(acme.owner, decision, change("framework_publish", {"framework": "ours"}))
    assert adopt(acme, decisions[0])["status"] == "applied"
    assert acme.owner.get(f"{frameworks}/ours/versions/1").json()["published_by"] is None
    acme.owner.patch(f"{frameworks}/ours", {"name": "Slipped in"})
    assert adopt(acme, decisions[1])["status"] == "failed"
    assert acme.owner.get(f"{frameworks}/ours").json()["latest_version"] == 1


# ---- every kind, and back ----

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


# ---- options and revisions ----

def test_changes_go_with_the_option_that_wins(acme):
    decision = acme.decision("plurality", stakeholders={"voters": [acme.owner]}, options={"north": "North", "south": "South"})
    propose(acme.owner, decision,
            change("team_create", body={"name": "Harbour", "kind": "circle"}, **{"as": "harbour"}),
            change("team_create", body={"name": "North", "kind": "circle", "parent_id": "harbour"}, option="north"),
            change("team_create", body={"name": "South", "kind": "circle", "parent_id": "harbour"}, option="south"))
    acme.owner.post(f"{decision.path}/open")
    vote(acme.owner, decision, {"choice": "south"})
    closed_or_not = state(acme.owner, decision)
    assert closed_or_not["outcome"] == "adopted", closed_or_not
    found = read(acme.owner, decision)
    assert (found["status"], [bool(id) for id in found["resources"]]) == ("applied", [True, False, True])
    assert names(acme) == {"Harbour", "South"}


def test_each_option_is_tried_by_itself(acme):
    decision = acme.decision("plurality", stakeholders={"voters": [acme.owner]}, options={"a": "A", "b": "B", "c": "C"})
    team = acme.team(name="Crew")
    assert refuse(acme.owner, decision, change("team_create", body={"name": "X", "kind": "circle"}, option="a", **{"as": "x"}),
                  change("team_delete", {"team": "x"}, option="b")) == {("/changes/1/path/team", "unknown_reference")}
    propose(acme.owner, decision, change("team_delete", {"team": team.id}, option="a"),
            change("team_update", {"team": team.id}, {"name": "Stays"}, option="b"))
    acme.owner.delete(f"{decision.path}/options/b")
    acme.owner.problem("POST", f"{decision.path}/open", status=422, code="decision_not_ready", pointer="/changes/1/option")
    assert names(acme) == {"Crew"}


def test_changes_are_part_of_the_revision(acme):
    p, f, m = acme.member(), acme.member("facilitator"), acme.member()
    decision = acme.decision("consent", by=p, stakeholders={"facilitator": [f], "members": [m]})
    propose(p, decision, change("team_create", body={"name": "One", "kind": "circle"}))
    f.post(f"{decision.path}/open", expect=200)
    revised = propose(p, decision, change("team_create", body={"name": "Two", "kind": "circle"}), note="Two is better.")
    assert (revised["revision"], revised["authority"], revised["authorised_by"]) == (2, "organisation", f.member_id)
    assert p.get(f"{decision.path}/revisions/2").json()["note"] == "Two is better."
    p.post(f"{decision.path}/revisions", {"text": "The same changes, other words."})
    assert read(m, decision) == revised
    m.problem("PUT", f"{decision.path}/changes", {"changes": [change("team_create", body={"name": "X", "kind": "circle"})]},
              status=403, code="permission_denied")
    for _ in range(2):
        f.post(f"{decision.path}/advance")
    say(m, decision, "consent", revision=3)
    assert state(p, decision)["outcome"] == "adopted"
    assert (read(m, decision)["status"], names(acme)) == ("applied", {"Two"})


def test_changes_taken_out_of_an_open_decision(acme):
    p, f, m = acme.member(), acme.member("facilitator"), acme.member()
    decision = acme.decision("consent", by=p, stakeholders={"facilitator": [f], "members": [m]})
    propose(p, decision, change("team_create", body={"name": "One", "kind": "circle"}))
    f.post(f"{decision.path}/open")
    p.delete(f"{decision.path}/changes")
    assert p.get(decision.path).json()["revision"] == 2
    p.problem("GET", f"{decision.path}/changes", status=404, code="not_found")
    for _ in range(2):
        f.post(f"{decision.path}/advance")
    say(m, decision, "consent", revision=2)
    assert (state(p, decision)["outcome"], names(acme)) == ("adopted", set())


def test_changes_are_not_slipped_into_an_open_decision(acme):
    """Opened without changes, it was opened by the proposer alone: putting some in takes what opening with them takes."""
    p, m, f = acme.member(), acme.member(), acme.member("facilitator")
    decision = acme.decision("consent", by=p, stakeholders={"facilitator": [p], "members": [m]})
    p.post(f"{decision.path}/open", expect=200)
    body = {"changes": [change("member_update", {"member": p.member_id}, {"role": "owner"})]}
    assert p.problem("PUT", f"{decision.path}/changes", body, status=403, code="permission_denied")["permission"] == "change_set.open"
    assert p.get(decision.path).json()["revision"] == 1
    assert f.put(f"{decision.path}/changes", body).json()["authorised_by"] == f.member_id


# ---- deadlines and races ----

def test_a_deadline_makes_the_changes(world, sql):
    acme = world.organisation()
    member = acme.member()
    decision = draft(acme, voters=[acme.owner, member])
    propose(acme.owner, decision, change("team_create", body={"name": "A", "kind": "circle"}))
    acme.owner.post(f"{decision.path}/open")
    vote(acme.owner, decision, YES)
    elapse(sql, decision, "8 days")
    assert read(member, decision)["status"] == "applied"
    assert names(acme) == {"A"}


def test_what_the_database_can_not_do_now_is_left_and_the_adoption_stands(world, sql):
    """Somebody else holds the team while the decision closes."""
    acme = world.organisation()
    team, decision = acme.team(name="Crew"), draft(acme)
    propose(acme.owner, decision, change("team_create", body={"name": "New", "kind": "circle"}),
            change("team_update", {"team": team.id}, {"name": "Pilots"}))
    acme.owner.post(f"{decision.path}/open")
    with sql.transaction():
        sql.execute("select from teams where id = %s for update", [team.id])
        vote(acme.owner, decision, YES)
        closed(acme.owner, decision, "adopted")
        assert (read(acme.owner, decision)["status"], names(acme)) == ("proposed", {"Crew"})
        acme.owner.problem("POST", f"{decision.path}/changes/apply", status=503, code="busy")
    assert acme.owner.post(f"{decision.path}/changes/apply", expect=200).json()["status"] == "applied"
    assert names(acme) == {"New", "Pilots"}


def test_many_notice_the_deadline_and_the_changes_are_made_once(world, sql):
    acme = world.organisation()
    people = [acme.member() for _ in range(CLIENTS)]
    decision = draft(acme, voters=[acme.owner, *people])
    propose(acme.owner, decision, change("team_create", body={"name": "A", "kind": "circle"}))
    acme.owner.post(f"{decision.path}/open")
    vote(acme.owner, decision, YES)
    elapse(sql, decision, "8 days")
    # On a busy machine some wait too long for the lock and are told to come back.
    looks = [lambda p=p: p.request("GET", f"{decision.path}/changes", expect=(200, 503)) for p in people]
    looks += [lambda: acme.owner.request("POST", f"{decision.path}/changes/apply", expect=(200, 503))] * CLIENTS
    found = [answer.json() for answer in at_once(looks) if answer.status_code == 200]
    assert {answer["status"] for answer in found} == {"applied"}
    assert [team["name"] for team in acme.owner.pages(f"{acme.path}/teams")] == ["A"]
    assert [e["type"] for e in events(acme, decision)].count("change_set.applied") == 1


def test_decisions_that_contradict_each_other_close_at_once(acme):
    """Each is adopted; the structure follows one after the other, and never half."""
    a, b = acme.team(name="A"), acme.team(name="B")
    people = [acme.member() for _ in range(6)]
    decisions = [draft(acme, voters=[person]) for person in people]
    for number, decision in enumerate(decisions):
        below, above = (a, b) if number % 2 else (b, a)
        propose(acme.owner, decision, change("team_create", body={"name": f"Team {number}", "kind": "circle"}),
                change("team_update", {"team": below.id}, {"parent_id": above.id}))
        acme.owner.post(f"{decision.path}/open")
    for answer in at_once([lambda p=p, d=d: p.request("PUT", f"{d.path}/ballots/me", {"ballot": YES}, expect=(200, 503))
                           for p, d in zip(people, decisions)]):
        assert answer.status_code in (200, 503)
    for person, decision in zip(people, decisions):
        if state(person, decision)["status"] == "open":  # it waited too long for the others
            vote(person, decision, YES)
        closed(person, decision, "adopted")
        if read(person, decision)["status"] == "proposed":
            acme.owner.post(f"{decision.path}/changes/apply", expect=200)
    found = {number: read(acme.owner, decision)["status"] for number, decision in enumerate(decisions)}
    assert set(found.values()) == {"applied", "failed"}
    assert names(acme) == {"A", "B"} | {f"Team {number}" for number, status in found.items() if status == "applied"}
    assert len({number % 2 for number, status in found.items() if status == "applied"}) == 1, "A lies below B, or B below A"


def test_undone_once(acme):
    decision = draft(acme)
    propose(acme.owner, decision, change("organisation_update", body={"name": "After"}))
    adopt(acme, decision)
    answers = at_once([lambda: acme.owner.post(f"{decision.path}/changes/reverse", expect=(200, 409, 503)).status_code] * CLIENTS)
    assert answers.count(200) == 1
    assert [e["type"] for e in events(acme, decision)].count("change_set.reversed") == 1


def test_the_background_makes_the_changes_once(new_database, start_service):
    """Nobody looks, and several instances do."""
    database = new_database()
    services = [start_service(database.service_url, COHELM_SETTLE_SECONDS="1") for _ in range(2)]
    acme = World(services[0]).organisation()
    other = acme.member()
    decisions = [draft(acme, voters=[acme.owner, other], configuration={"phases": {"vote": {"duration": "PT3S"}}}) for _ in range(6)]
    for number, decision in enumerate(decisions):
        propose(acme.owner, decision, change("team_create", body={"name": f"Team {number}", "kind": "circle"}))
        acme.owner.post(f"{decision.path}/open")
        vote(acme.owner, decision, YES)
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        wait_for(lambda: connection.execute("select count(*) from decisions where status <> 'in_force'").fetchone() == (0,))
        rows = connection.execute("""
            select t.name, e.actor_id, e.decision_id = s.decision_id, s.status
            from events e
            join teams t on t.organisation_id = e.organisation_id and t.id = e.resource_id
            join change_sets s on s.organisation_id = e.organisation_id and s.resources ->> 0 = t.id::text
            where e.type = 'team.created'
            order by 1""").fetchall()
    assert rows == [(f"Team {number}", None, True, "applied") for number in range(len(decisions))]


def test_last_owner_stays(acme):
    member = acme.member()
    decision = draft(acme)
    assert refuse(acme.owner, decision, change("member_update", {"member": acme.owner.member_id}, {"role": "member"})) == {
        ("/changes/0", "item_refused")}
    propose(acme.owner, decision, change("member_update", {"member": member.member_id}, {"role": "owner"}),
            change("member_update", {"member": acme.owner.member_id}, {"role": "member"}))
    assert adopt(acme, decision)["status"] == "applied"
    assert member.get(acme.path).json()["id"] == acme.id
    roles = {m["id"]: m["role"] for m in member.pages(f"{acme.path}/members")}
    assert (roles[member.member_id], roles[acme.owner.member_id]) == ("owner", "member")


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
