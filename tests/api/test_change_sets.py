# SPDX-License-Identifier: Apache-2.0
"""Changes of structure that a decision makes when it is adopted (DOMAIN.md 4, 12)."""

import pytest

from deciding import NO, YES, at_once, closed, elapse, events, say, state, vote

CLIENTS = 20


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
    # Nor alone, whoever it is; an owner may do it anyway.
    own = acme.decision("single_decider", by=facilitator, stakeholders={"decider": [facilitator]}, options={"a": "A"})
    propose(facilitator, own, change("member_update", {"member": facilitator.member_id}, {"role": "owner"}))
    facilitator.problem("POST", f"{own.path}/open", status=422, code="decision_not_ready", pointer="/stakeholders")
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
