# SPDX-License-Identifier: Apache-2.0
"""Changes of structure that a decision makes when it is adopted (DOMAIN.md 4, 12)."""

import pytest

from changing import adopt, change, draft, names, propose, read, refuse
from deciding import NO, YES, actions, closed, events, say, state, vote


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


def test_a_lead_changes_only_what_is_still_the_teams(acme):
    """What was below the team when a lead opened the decision has another place when it is adopted."""
    lead = acme.member()
    crew, other = acme.team(name="Crew", members=[(lead, "lead")]), acme.team(name="Other")
    below = acme.team(name="Below", parent_id=crew.id)
    decision = draft(acme, by=lead, voters=[lead, acme.owner], team_id=crew.id)
    propose(lead, decision, change("team_update", {"team": crew.id}, {"name": "Watch"}), change("team_update", {"team": below.id}, {"name": "Ours"}))
    lead.post(f"{decision.path}/open", expect=200)
    acme.owner.patch(below.path, {"parent_id": other.id})
    for person in (lead, acme.owner):
        vote(person, decision, YES)
    found = read(lead, decision)
    assert (found["status"], [e["pointer"] for e in found["failure"]["errors"]]) == ("failed", ["/changes"])
    assert names(acme) == {"Crew", "Other", "Below"}
    acme.owner.patch(below.path, {"parent_id": crew.id})
    assert acme.owner.post(f"{decision.path}/changes/apply", expect=200).json()["status"] == "applied"
    assert names(acme) == {"Watch", "Other", "Ours"}


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


def deletions(*teams):
    return [change("team_delete", {"team": team.id}) for team in teams]


def test_a_private_team_in_the_way_does_not_show_to_whoever_proposes(acme):
    """What keeps a team from being deleted is told to those who see it, and found at last when the change is made."""
    member, insider, admin = acme.member(), acme.member(), acme.member("admin")
    crew, empty = acme.team(name="Crew"), acme.team(name="Empty")
    acme.team(name="Hidden", visibility="private", parent_id=crew.id, members=[insider])
    answers = [member.put(f"{draft(acme, by=member).path}/changes", {"changes": deletions(team)}, expect=200).json() for team in (crew, empty)]
    for answer in answers:
        for name in ("decision_id", "created_at", "updated_at", "changes"):
            del answer[name]
    assert answers[0] == answers[1]
    for after in (lambda team: change("team_update", {"team": team.id}, {"name": "A"}),
                  lambda team: change("team_create", body={"name": "A", "kind": "working_group", "parent_id": team.id}),
                  lambda team: change("team_member_put", {"team": team.id, "member": member.member_id}, {}),
                  lambda team: change("team_delete", {"team": team.id})):
        told = [member.problem("PUT", f"{draft(acme, by=member).path}/changes", {"changes": [*deletions(team), after(team)]}, status=422,
                               code="changes_refused")["errors"] for team in (crew, empty)]
        assert told[0] == told[1] and len(told[0]) == 1
    for person in (insider, admin, acme.owner):
        assert refuse(person, draft(acme, by=person), *deletions(crew)) == {("/changes/0", "item_refused")}
    decision = draft(acme, by=member)
    propose(member, decision, *deletions(crew))
    problem = admin.problem("POST", f"{decision.path}/open", status=422, code="decision_not_ready", pointer="/changes/0")
    assert [e["detail"] for e in problem["errors"]] == ["It is still in use"]
    assert adopt(acme, draft_with(acme, member, *deletions(empty)))["status"] == "applied"


def draft_with(acme, person, *changes):
    decision = draft(acme, by=person)
    propose(person, decision, *changes)
    return decision


def test_what_is_seen_in_the_way_of_a_deletion_is_told(acme):
    member = acme.member()
    crew, pilots, deciding = acme.team(name="Crew"), acme.team(name="Old pilots"), acme.team(name="Deciding")
    open_child = acme.team(name="Open", parent_id=crew.id)
    acme.decision(team_id=deciding.id)
    assert refuse(member, draft(acme, by=member), *deletions(crew, pilots, deciding)) == {
        ("/changes/0", "item_refused"), ("/changes/2", "item_refused")}
    propose(member, draft(acme, by=member), *deletions(open_child, crew))


def test_deleting_a_tree_with_something_hidden_below_shows_nothing_either(acme):
    """Below the child that the author sees is one that nobody else does: then the parent is not in use for the author."""
    member, insider = acme.member(), acme.member()
    crew = acme.team(name="Crew")
    child = acme.team(name="Child", parent_id=crew.id)
    acme.team(name="Hidden", visibility="private", parent_id=child.id, members=[insider])
    propose(member, draft(acme, by=member), *deletions(child, crew))
    assert refuse(member, draft(acme, by=member), *deletions(crew, child)) == {("/changes/0", "item_refused")}
    assert refuse(insider, draft(acme, by=insider), *deletions(child, crew)) == {("/changes/0", "item_refused"), ("/changes/1", "item_refused")}


def test_what_is_only_hidden_is_found_when_the_deletion_is_made(acme):
    """Also from whoever opens the decision: an office that may open it and does not read private teams."""
    acme.owner.post(f"{acme.path}/roles", {"kind": "organisation", "key": "opener", "name": "Opener", "permissions": [
        "organisation.read", "member.read", "team.read", "decision.read", "decision.create", "decision.update", "decision.open", "change_set.open"]})
    opener, insider = acme.member(), acme.member()
    acme.owner.patch(f"{acme.path}/members/{opener.member_id}", {"role": "opener"})
    crew = acme.team(name="Crew")
    hidden = acme.team(name="Hidden", visibility="private", parent_id=crew.id, members=[insider])
    decision = draft(acme, by=opener)
    propose(opener, decision, change("team_create", body={"name": "New", "kind": "circle"}), *deletions(crew))
    found = adopt(acme, decision, opener=opener)
    assert (found["status"], found["failure"]["errors"][0]["pointer"]) == ("failed", "/changes/1")
    assert names(acme) == {"Crew", "Hidden"} and acme.owner.get(hidden.path).json()["parent_id"] == crew.id
    acme.owner.delete(hidden.path)
    assert acme.owner.post(f"{decision.path}/changes/apply", expect=200).json()["status"] == "applied"
    assert names(acme) == {"New"}


def test_a_team_lead_who_opens_it_sees_what_is_in_the_way(acme):
    lead, member, insider = acme.member(), acme.member(), acme.member()
    crew = acme.team(name="Crew", members=[(lead, "lead"), member])
    circle = acme.team(name="Circle", parent_id=crew.id)
    acme.team(name="Hidden", visibility="private", parent_id=circle.id, members=[insider])
    outsider = acme.member()
    decision = draft(acme, by=outsider, team_id=crew.id, voters=[acme.owner, outsider])
    propose(outsider, decision, *deletions(circle))
    lead.problem("POST", f"{decision.path}/open", status=422, code="decision_not_ready", pointer="/changes/0")


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
    acme.owner.post(f"{decision.path}/open", expect=200)
    below = acme.team(name="Below", parent_id=parent.id)
    vote(acme.owner, decision, YES)
    found = read(acme.owner, decision)
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
