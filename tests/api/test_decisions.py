# SPDX-License-Identifier: Apache-2.0
"""Decisions as documents: making, changing, deleting, listing and reading them; options and stakeholders; what opening freezes."""

import datetime
import re
import uuid

import pytest

from deciding import NO, YES, actions, closed, elapse, events, say, state, vote

NOBODY = "01900000-0000-7000-8000-000000000000"


def options(*keys):
    return [{"key": key, "title": f"Option {key}"} for key in keys]


def propose(person, acme, expect=201, **fields):
    return person.post(f"{acme.path}/decisions", {"title": "New", "framework": "majority", **fields}, expect=expect).json()


def refuse(person, acme, code, *pointers, status=422, **fields):
    problem = person.problem("POST", f"{acme.path}/decisions", {"title": "New", "framework": "majority", **fields}, status=status, code=code)
    assert [fault["pointer"] for fault in problem["errors"]] == list(pointers)


def included(person, decision, name):
    return person.get(f"{decision.path}?include={name}").json()[name]


def roles(person, decision):
    return {item["member_id"]: item["roles"] for item in included(person, decision, "stakeholders")}


def soon(**delta):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(**delta)).strftime("%Y-%m-%dT%H:%M:%SZ")


# ---- making a draft ----

def test_decision_create__one_request_makes_a_complete_draft(world):
    acme = world.organisation()
    a, b, c, d = (acme.member(name=name) for name in "ABCD")
    team = acme.team(members=[b, c])
    due = soon(days=3)
    answer = a.post(f"{acme.path}/decisions", {
        "title": "Where", "text": "The lease ends.", "framework": "schulze", "team_id": team.id, "secret": True, "due_at": due,
        "configuration": {"rule": {"strength": "margins"}, "phases": {"vote": {"duration": "P2D"}}}, "options": options("x", "y"),
        "stakeholders": [{"member_id": d.member_id, "roles": ["voters"], "weight": 3, "level": "affected"}],
        "electorate": {"team_id": team.id, "roles": ["voters"]}}, expect=201)
    made = answer.json()
    assert answer.headers["location"].endswith(f"/decisions/{made['id']}")
    assert (made["status"], made["secret"], made["due_at"], made["text"]) == ("draft", True, due, "The lease ends.")
    assert (made["framework_key"], made["framework_version"], made["proposer_id"]) == ("schulze", 1, a.member_id)
    read = a.get(f"{acme.path}/decisions/{made['id']}?include=options,stakeholders,revisions").json()
    assert [(o["key"], o["position"]) for o in read["options"]] == [("x", 1), ("y", 2)]
    assert [(s["display_name"], s["roles"], s["weight"], s["level"]) for s in read["stakeholders"]] == [
        ("B", ["voters"], 1, "team"), ("C", ["voters"], 1, "team"), ("D", ["voters"], 3, "affected"), ("Owner", ["voters"], 1, "team")]
    assert [(r["number"], r["text"]) for r in read["revisions"]] == [(1, "The lease ends.")]
    created = acme.owner.pages(f"{acme.path}/audit-log", resource_id=made["id"])
    assert [(entry["action"], entry["actor_id"]) for entry in created] == [("decision.created", a.member_id)]


def test_decision_create__the_proposer_takes_the_role_unless_it_is_given(world):
    acme = world.organisation()
    a, b = acme.member(), acme.member()
    assert roles(a, acme.decision("consent", by=a)) == {a.member_id: ["proposer"]}
    assert roles(a, acme.decision("consent", by=a, stakeholders={"members": [a]})) == {a.member_id: ["members", "proposer"]}
    assert roles(a, acme.decision("consent", by=a, stakeholders={"proposer": [b]})) == {b.member_id: ["proposer"]}
    assert roles(a, acme.decision("single_decider", by=a)) == {}


def test_decision_create__an_electorate_takes_in_the_teams_below(world):
    acme = world.organisation()
    a, b, c, outside = (acme.member() for _ in range(4))
    top = acme.team(members=[a])
    acme.team(parent_id=top.id, members=[b])
    acme.team(parent_id=top.id, members=[c], visibility="private")
    owner_and_a = {a.member_id, acme.owner.member_id}
    electorate = {"team_id": top.id, "roles": ["voters"]}
    below = electorate | {"below": True}

    def electors(person, electorate):
        decision = acme.decision("schulze", by=person, electorate=electorate)
        return roles(person, decision).keys()

    assert electors(a, electorate) == owner_and_a
    assert electors(outside, below) == owner_and_a | {b.member_id}
    assert electors(a, below) == owner_and_a | {b.member_id, c.member_id}


def test_decision_create__tells_every_wrong_reference(world):
    acme, other = world.organisation(), world.organisation()
    hidden = acme.team(visibility="private")
    person, stranger = acme.member(), other.member()
    stakeholder = {"member_id": stranger.member_id, "roles": ["voters"]}
    refuse(person, acme, "invalid_reference", "/framework", framework="no_such")
    refuse(person, acme, "invalid_reference", "/framework", framework=other.framework_id("majority"))
    refuse(person, acme, "invalid_reference", "/framework", framework_version=2)
    refuse(person, acme, "invalid_reference", "/team_id", "/electorate/team_id", "/stakeholders/0/member_id", "/stakeholders/1/member_id",
           "/stakeholders/1/roles/0", team_id=hidden.id, electorate={"team_id": NOBODY, "roles": ["voters"]},
           stakeholders=[stakeholder, {"member_id": NOBODY, "roles": ["nobody"]}])
    refuse(person, acme, "invalid_body", "/stakeholders/1/member_id", "/electorate/roles/0", "/options/1/key", options=options("x", "x"),
           stakeholders=[{"member_id": person.member_id, "roles": ["voters"]}, {"member_id": person.member_id, "roles": ["proposer"]}],
           electorate={"team_id": acme.team().id, "roles": ["choir"]})
    assert acme.owner.pages(f"{acme.path}/decisions") == []


def test_decision_create__a_draft_framework_is_none(world):
    acme = world.organisation()
    acme.owner.post(f"{acme.path}/frameworks", {"copy_of": {"framework": "majority"}, "key": "ours", "name": "Ours"})
    refuse(acme.owner, acme, "invalid_reference", "/framework", framework="ours")
    acme.owner.post(f"{acme.path}/frameworks/ours/publish")
    assert propose(acme.owner, acme, framework="ours")["framework_key"] == "ours"
    assert propose(acme.owner, acme, framework=acme.framework_id("ours"))["framework_key"] == "ours"


@pytest.mark.parametrize("secret, configured, stored", [(None, None, False), (True, None, True), (None, True, True), (False, True, False)])
def test_decision_create__secret_is_said_once(world, secret, configured, stored):
    acme = world.organisation()
    fields = {} if secret is None else {"secret": secret}
    if configured is not None:
        fields["configuration"] = {"rule": {"secret": configured}}
    decision = acme.decision(stakeholders={"voters": [acme.owner]}, **fields)
    assert decision["secret"] is stored
    opened = acme.owner.post(f"{decision.path}/open").json()
    assert opened["secret"] is stored
    assert included(acme.owner, decision, "definition")["rule"].get("secret", False) is stored


# ---- changing and deleting it ----

def test_decision_update__changes_a_draft(world):
    acme = world.organisation()
    person = acme.member()
    team = acme.team()
    decision = acme.decision(by=person, text="Old", configuration={"rule": {"quorum": [1, 2]}, "review": "P1M"})
    patch = {"title": "Newer", "text": "New", "team_id": team.id, "configuration": {"rule": {"quorum": None, "minimum": 2}}, "secret": True}
    changed = person.patch(decision.path, patch).json()
    assert (changed["title"], changed["text"], changed["team_id"], changed["secret"]) == ("Newer", "New", team.id, True)
    assert changed["configuration"] == {"rule": {"minimum": 2}, "review": "P1M"}
    assert (changed["version"], changed["revision"]) == (2, 1)
    changed = person.patch(decision.path, {"framework": "schulze", "team_id": None, "due_at": soon(days=1)}).json()
    assert (changed["framework_key"], changed["team_id"], changed["title"]) == ("schulze", None, "Newer")
    assert person.get(f"{decision.path}/revisions/1").json()["text"] == "New"
    assert person.patch(decision.path, {"due_at": None}).json()["due_at"] is None
    person.problem("PATCH", decision.path, {"framework": "none", "team_id": NOBODY}, status=422, code="invalid_reference", pointer="/team_id")
    person.problem("PATCH", decision.path, {"framework_version": 7}, status=422, code="invalid_reference", pointer="/framework_version")
    person.problem("PATCH", decision.path, {"status": "closed"}, status=422, code="invalid_body", pointer="/status")
    acme.member().problem("PATCH", decision.path, {"title": "Mine"}, status=403, code="permission_denied")


def test_decision_update__an_outdated_version_is_refused(world):
    acme = world.organisation()
    decision = acme.decision()
    tag = acme.owner.etag(decision.path)
    acme.owner.put(f"{decision.path}/options/x", {"title": "X"})
    acme.owner.problem("PATCH", decision.path, {"title": "Late"}, status=412, code="precondition_failed", headers={"If-Match": tag})
    acme.owner.problem("DELETE", decision.path, status=412, code="precondition_failed", headers={"If-Match": tag})
    acme.owner.patch(decision.path, {"title": "In time"}, headers={"If-Match": acme.owner.etag(decision.path)})


def test_decision_delete__drafts_only(world):
    acme = world.organisation()
    person = acme.member()
    draft = acme.decision(by=person, stakeholders={"voters": [person]}, options={"x": "X"})
    acme.member("facilitator").problem("DELETE", draft.path, status=403, code="permission_denied")
    person.delete(draft.path)
    person.problem("GET", draft.path, status=404, code="not_found")
    assert events(acme, draft)[-1]["type"] == "decision.deleted"
    opened = acme.decision(by=person, stakeholders={"voters": [person]}, open=True)
    person.problem("DELETE", opened.path, status=409, code="decision_state")


def test_options__of_a_draft(world):
    acme = world.organisation()
    person = acme.member()
    decision = acme.decision("schulze", by=person, stakeholders={"voters": [person]})
    path = f"{decision.path}/options"
    for key in ("b", "a", "c"):
        person.put(f"{path}/{key}", {"title": key.upper()})
    person.put(f"{path}/c", {"title": "Sea", "description": "Wet", "position": 1})
    person.put(f"{path}/b", {"title": "Bee"})
    assert [(o["key"], o["title"], o["position"], o["version"]) for o in person.pages(path, limit=1)] == [
        ("b", "Bee", 1, 2), ("c", "Sea", 1, 2), ("a", "A", 2, 1)]
    assert [o["key"] for o in person.pages(path, q="se")] == ["c"]
    tag = person.put(f"{path}/a", {"title": "Ay"}).headers["etag"]
    person.delete(f"{path}/a", headers={"If-Match": tag})
    person.problem("DELETE", f"{path}/a", status=404, code="not_found")
    assert person.put(f"{path}/a", {"title": "Again"}).headers["etag"] != tag
    person.problem("PUT", f"{path}/-", {"title": "Bad"}, status=404, code="not_found")
    acme.member().problem("PUT", f"{path}/d", {"title": "D"}, status=403, code="permission_denied")
    person.post(f"{decision.path}/open")
    person.problem("PUT", f"{path}/d", {"title": "D"}, status=409, code="decision_state")
    person.problem("DELETE", f"{path}/a", status=409, code="decision_state")


def test_stakeholders__of_a_draft(world):
    acme, other = world.organisation(), world.organisation()
    person, b, c = acme.member(), acme.member(name="Bo"), acme.member(name="Cy")
    decision = acme.decision("consent", by=person)
    path = f"{decision.path}/stakeholders"
    put = person.put(f"{path}/{b.member_id}", {"roles": ["facilitator", "members"], "level": "affected", "weight": 7}).json()
    assert (put["display_name"], put["roles"], put["level"], put["weight"]) == ("Bo", ["facilitator", "members"], "affected", 7)
    assert person.put(f"{path}/{b.member_id}", {"roles": ["members"]}).json()["weight"] == 1
    person.put(f"{path}/{c.member_id}", {"roles": ["facilitator"], "level": "organisation"})
    assert [s["display_name"] for s in person.pages(path, limit=1)] == ["Bo", "Cy", "Member"]
    assert [s["display_name"] for s in person.pages(path, role="facilitator,proposer")] == ["Cy", "Member"]
    assert [s["display_name"] for s in person.pages(path, level="organisation")] == ["Cy"]
    person.problem("PUT", f"{path}/{b.member_id}", {"roles": ["members", "voters"]}, status=422, code="invalid_body", pointer="/roles/1")
    person.problem("PUT", f"{path}/{b.member_id}", {"roles": []}, status=422, code="invalid_body", pointer="/roles")
    for stranger in (NOBODY, other.owner.member_id):
        person.problem("PUT", f"{path}/{stranger}", {"roles": ["members"]}, status=404, code="not_found")
    b.problem("PUT", f"{path}/{b.member_id}", {"roles": ["members"]}, status=403, code="permission_denied")
    person.delete(f"{path}/{b.member_id}")
    person.problem("DELETE", f"{path}/{b.member_id}", status=404, code="not_found")
    person.put(f"{path}/{b.member_id}", {"roles": ["members"]})
    person.post(f"{decision.path}/open")
    person.problem("PUT", f"{path}/{b.member_id}", {"roles": ["members"]}, status=409, code="decision_state")
    person.problem("DELETE", f"{path}/{b.member_id}", status=409, code="decision_state")


# ---- opening it ----

def test_decision_open__tells_everything_that_is_missing(world):
    acme = world.organisation()
    leaver = acme.member()
    decision = acme.decision("consent", stakeholders={"facilitator": [leaver]}, options={"x": "X"}, due_at="2020-01-01T00:00:00Z",
                             configuration={"rule": {"max_rounds": -1, "colour": "red"}, "phases": {"nap": {"duration": "P1D"}}})
    acme.owner.delete(f"{acme.path}/members/{leaver.member_id}")
    problem = acme.owner.problem("POST", f"{decision.path}/open", status=422, code="decision_not_ready")
    found = {(fault["pointer"], fault["code"]) for fault in problem["errors"]}
    assert found == {("/configuration/phases/nap", "unknown_phase"), ("/due_at", "in_the_past"),
                     (f"/stakeholders/{leaver.member_id}", "unknown_reference")}
    acme.owner.patch(decision.path, {"configuration": {"phases": None}, "due_at": None})
    problem = acme.owner.problem("POST", f"{decision.path}/open", status=422, code="decision_not_ready")
    assert {fault["pointer"] for fault in problem["errors"]} == {
        "/configuration/rule/max_rounds", "/configuration/rule/colour", f"/stakeholders/{leaver.member_id}"}
    acme.owner.patch(decision.path, {"configuration": {"rule": None}})
    problem = acme.owner.problem("POST", f"{decision.path}/open", status=422, code="decision_not_ready")
    found = [(fault["pointer"], fault["code"]) for fault in problem["errors"]]
    assert ("/stakeholders", "role_too_few") in found and ("/options", "options_not_allowed") in found
    assert [(m["pointer"], m["code"]) for m in actions(acme.owner, decision)["missing"]] == found
    assert state(acme.owner, decision)["status"] == "draft"


def test_decision_open__roles_of_another_framework_are_in_the_way(world):
    acme = world.organisation()
    decision = acme.decision("majority", stakeholders={"voters": [acme.owner]})
    acme.owner.patch(decision.path, {"framework": "consent"})
    acme.owner.problem("POST", f"{decision.path}/open", status=422, code="decision_not_ready",
                       pointer=f"/stakeholders/{acme.owner.member_id}")


def test_rule_a__what_is_open_is_frozen(world):
    acme = world.organisation()
    person, newcomer = acme.member(), acme.member()
    acme.owner.post(f"{acme.path}/frameworks", {"copy_of": {"framework": "majority"}, "key": "ours", "name": "Ours"})
    acme.owner.post(f"{acme.path}/frameworks/ours/publish")
    decision = acme.decision("ours", by=person, stakeholders={"voters": [person]}, open=True)
    before = included(person, decision, "definition")
    acme.owner.patch(f"{acme.path}/frameworks/ours", {"definition": {"rule": {"quorum": [1, 1], "minimum": 5}}})
    acme.owner.post(f"{acme.path}/frameworks/ours/publish")
    person.problem("PATCH", decision.path, {"title": "Other"}, status=409, code="decision_state")
    newcomer.problem("PUT", f"{decision.path}/ballots/me", {"ballot": YES}, status=403, code="permission_denied")
    assert included(person, decision, "definition") == before
    vote(person, decision, YES)
    closed(person, decision, "adopted")
    later = acme.decision("ours", by=person, stakeholders={"voters": [person]}, open=True)
    vote(person, later, YES)
    closed(person, later, "no_quorum")


def test_decision_open__once(world):
    acme = world.organisation()
    person = acme.member()
    decision = acme.decision(by=person, stakeholders={"voters": [person, acme.owner]})
    assert [s["notified_at"] for s in included(person, decision, "stakeholders")] == [None, None]
    acme.member().problem("POST", f"{decision.path}/open", status=403, code="permission_denied")
    opened = person.post(f"{decision.path}/open").json()
    assert (opened["status"], opened["phase"], opened["round"]) == ("open", "vote", 1)
    assert all(s["notified_at"] == opened["opened_at"] or s["notified_at"][:26] == opened["opened_at"][:26]
               for s in included(person, decision, "stakeholders"))
    person.problem("POST", f"{decision.path}/open", status=409, code="decision_state")


def test_decision_open__the_wish_ends_the_last_phase(world):
    acme = world.organisation()
    due = soon(hours=5)
    decision = acme.decision(stakeholders={"voters": [acme.owner]}, due_at=due, open=True)
    assert acme.owner.get(decision.path).json()["phase_due_at"] == due


@pytest.mark.parametrize("action", ["advance", "close", "withdraw", "revisions", "inputs", "ballots/me"])
def test_a_draft_takes_nothing_yet(world, action):
    acme = world.organisation()
    person = acme.member()
    decision = acme.decision("consent", by=person)
    body = {"revisions": {"text": "New"}, "inputs": {"type": "question", "data": {"text": "?"}}, "ballots/me": {"ballot": YES}}.get(action)
    method = "PUT" if action == "ballots/me" else "POST"
    person.problem(method, f"{decision.path}/{action}", body, status=409, code="decision_state")


# ---- reading ----

def test_decision_list__filters_and_orders(world):
    acme = world.organisation()
    a, b = acme.member(), acme.member()
    team = acme.team()
    first = acme.decision(by=a, title="First 100%", due_at=soon(days=9))
    second = acme.decision("schulze", by=b, title="Second", team_id=team.id, stakeholders={"voters": [a]}, due_at=soon(days=2))
    third = acme.decision(by=a, title="Third", stakeholders={"voters": [a, b]}, open=True)
    fourth = acme.decision(by=b, title="Fourth", stakeholders={"voters": [b]}, open=True)
    vote(b, fourth, YES)
    path = f"{acme.path}/decisions"

    def titles(**filters):
        return [item["title"].split(" ")[0] for item in a.pages(path, **filters)]

    assert titles(limit=1) == titles() == ["Fourth", "Third", "Second", "First"]
    by_due = titles(sort="due_at", limit=1)
    assert by_due[0] == "Second" and by_due[-1] == "First" and set(by_due[1:3]) == {"Third", "Fourth"}
    assert titles(status="draft,in_force") == ["Fourth", "Second", "First"]
    assert titles(outcome="adopted") == ["Fourth"]
    assert titles(team_id=team.id) == titles(framework="schulze") == titles(framework=acme.framework_id("schulze")) == ["Second"]
    assert titles(proposer_id=a.member_id) == ["Third", "First"]
    assert titles(stakeholder_id=b.member_id) == ["Fourth", "Third"]
    assert titles(created_after=second["created_at"]) == ["Fourth", "Third"]
    assert titles(created_before=second["created_at"]) == ["First"]
    assert titles(due_before=soon(days=3)) == ["Second"]
    assert titles(q="100") == ["First"] and titles(q="0_%") == []
    assert "text" not in a.get(path).json()["items"][0]
    assert a.get(f"{path}?include=text").json()["items"][0]["text"] == "What is proposed."
    counted = a.get(path, headers={"Prefer": "count=exact"}, params={"status": "open"})
    assert counted.json()["count"] == 1 and first and third


def test_private_teams__their_decisions_exist_for_those_inside_and_stakeholders(world):
    acme = world.organisation()
    inside, stakeholder, outside = acme.member(), acme.member(), acme.member()
    team = acme.team(members=[inside], visibility="private")
    decision = acme.decision(by=inside, team_id=team.id, stakeholders={"voters": [stakeholder]}, open=True)
    for person in (inside, stakeholder, acme.owner):
        assert person.get(decision.path).json()["id"] == decision.id
        assert [item["id"] for item in person.pages(f"{acme.path}/decisions")] == [decision.id]
    assert outside.pages(f"{acme.path}/decisions") == []
    for path in ("", "/status", "/outcome", "/count-report", "/record", "/actions", "/options", "/stakeholders", "/ballots", "/inputs", "/revisions"):
        outside.problem("GET", decision.path + path, status=404, code="not_found")
    for path in ("/open", "/advance", "/close", "/withdraw", "/recount"):
        outside.problem("POST", decision.path + path, status=404, code="not_found")
    outside.problem("PUT", f"{decision.path}/ballots/me", {"ballot": YES}, status=404, code="not_found")


def test_other_organisations__find_nothing(world):
    acme, other = world.organisation(), world.organisation()
    decision = acme.decision(stakeholders={"voters": [acme.owner]}, open=True)
    for path in (decision.path, f"{other.path}/decisions/{decision.id}"):
        other.owner.problem("GET", path, status=404, code="not_found")
        other.owner.problem("PUT", f"{path}/ballots/me", {"ballot": YES}, status=404, code="not_found")
        other.owner.problem("POST", f"{path}/withdraw", status=404, code="not_found")
    acme.owner.problem("GET", f"{acme.path}/decisions/{NOBODY}", status=404, code="not_found")
    assert state(acme.owner, decision)["ballots_cast"] == 0


def test_status__is_a_gate(world):
    acme = world.organisation()
    a, b = acme.member(), acme.member()
    decision = acme.decision(by=a, stakeholders={"voters": [a, b]})
    assert state(a, decision)["adopted"] is False
    a.post(f"{decision.path}/open")
    first = a.get(f"{decision.path}/status")
    vote(a, decision, YES)
    second = a.get(f"{decision.path}/status")
    assert first.headers["etag"] != second.headers["etag"]
    assert (second.json()["status"], second.json()["adopted"], second.json()["ballots_cast"]) == ("open", False, 1)
    assert second.json()["due_at"]
    vote(b, decision, YES)
    assert state(b, decision) == {"id": decision.id, "status": "in_force", "phase": "vote", "round": 1, "revision": 1, "outcome": "adopted",
                                  "adopted": True, "due_at": None, "ballots_cast": 2}


def test_outcome_and_count__are_not_there_before_the_end(world):
    acme = world.organisation()
    decision = acme.decision(stakeholders={"voters": [acme.owner]}, open=True)
    for method, path in (("GET", "outcome"), ("GET", "count-report"), ("POST", "recount")):
        acme.owner.problem(method, f"{decision.path}/{path}", status=409, code="decision_state")


def test_actions__say_who_may_do_what(world):
    acme = world.organisation()
    a, b, f = acme.member(), acme.member(), acme.member()
    decision = acme.decision("consent", by=a, stakeholders={"members": [a, b], "facilitator": [f]})
    assert actions(a, decision)["may"]["open"] and not actions(b, decision)["may"]["open"]
    a.post(f"{decision.path}/open")
    assert actions(a, decision)["may"] == {"open": False, "vote": False, "options": False, "inputs": ["question", "answer"], "advance": False,
                                           "close": False, "revise": True, "withdraw": True}
    assert actions(f, decision)["may"]["advance"] and not actions(f, decision)["waiting"]
    assert actions(b, decision)["roles"] == ["members"]
    question = say(b, decision, "question", {"text": "Why?"})
    assert [(m["pointer"], m["code"]) for m in actions(f, decision)["missing"]] == [(f"/inputs/{question['id']}", "input_missing")]
    assert actions(a, decision)["waiting"] and not actions(f, decision)["may"]["advance"]
    office = actions(acme.owner, decision)
    assert office["roles"] == [] and office["may"]["inputs"] == [] and office["may"]["withdraw"] and not office["may"]["vote"]


def test_record__as_json_and_as_madr(world):
    acme = world.organisation()
    a, b = acme.member(name="Ann"), acme.member()
    acme.owner.patch(f"{acme.path}/members/{b.member_id}", {"display_name": 'Bo "the\nbuilder"'})
    decision = acme.decision("single_decider", by=a, title="Which\nway", text="We stand at a fork.", options={"l": "Left", "r": "Right"},
                             stakeholders={"decider": [a], "informed": [b]}, open=True)
    markdown = {"Accept": "text/markdown"}
    draft = b.get(f"{decision.path}/record", headers=markdown).text
    assert "status: proposed" in draft and "Not decided yet." in draft
    say(a, decision, "decision", {"choice": "r", "rationale": "It is *shorter*."})
    record = b.get(f"{decision.path}/record").json()
    assert (record["outcome"], record["winners"], record["rationale"]) == ("adopted", ["r"], "It is *shorter*.")
    assert [i["type"] for i in record["inputs"]] == ["decision"] and record["ballots"] == []
    assert record["count_report"] == b.get(f"{decision.path}/count-report").json()
    answer = b.get(f"{decision.path}/record", headers=markdown)
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    lines = answer.text.split("\n")
    assert lines[:2] == ["---", "status: accepted"] and re.fullmatch(r"date: \d{4}-\d\d-\d\d", lines[2])
    assert lines[3:5] == ['decision-makers: ["Ann"]', 'informed: ["Bo \\"the builder\\""]']
    for heading in ("# Which way", "## Context and Problem Statement", "## Considered Options", "## Decision Outcome", "## More Information"):
        assert heading in lines
    assert "* Left" in lines and "> We stand at a fork." in lines
    assert 'Chosen option: "Right", because:' in lines and "> It is *shorter*." in lines
    b.problem("GET", f"{decision.path}/record", status=406, code="not_acceptable", headers={"Accept": "image/png"})


def test_inputs__are_listed_in_their_order(world):
    acme = world.organisation()
    a, b = acme.member(), acme.member()
    decision = acme.decision("consent", by=a, stakeholders={"members": [a, b], "facilitator": [acme.owner]}, open=True)
    asked = say(b, decision, "question", {"text": "Why?"})
    answered = say(a, decision, "answer", {"text": "Because."}, subject=asked["id"])
    say(acme.owner, decision, "question", {"text": "When?"})
    path = f"{decision.path}/inputs"
    assert a.get(f"{path}/{answered['id']}").json() == answered and answered["subject"] == asked["id"]
    assert [i["type"] for i in a.pages(path, limit=1)] == ["question", "answer", "question"]
    assert [i["id"] for i in a.pages(path, type="answer")] == [i["id"] for i in a.pages(path, subject=asked["id"])] == [answered["id"]]
    assert len(a.pages(path, member_id=b.member_id)) == 1 and len(a.pages(path, phase="clarify")) == 3
    assert a.pages(path, phase="react") == a.pages(path, revision=2) == []
    a.problem("GET", f"{path}/{NOBODY}", status=404, code="not_found")


def test_a_deadline_holds_when_nobody_looks(world, sql, start_service):
    """The background closes what is due, exactly once, also with several instances."""
    acme = world.organisation()
    decision = acme.decision(stakeholders={"voters": [acme.owner, acme.member()]}, open=True)
    vote(acme.owner, decision, YES)
    elapse(sql, decision, "8 days")
    start_service(COHELM_SETTLE_SECONDS="1")
    for _ in range(100):
        rows = sql.execute("select status, outcome from decisions where id = %s", [decision.id]).fetchall()
        if rows == [("in_force", "adopted")]:
            break
        sql.execute("select pg_sleep(0.1)")
    assert rows == [("in_force", "adopted")]
    assert [e["type"] for e in events(acme, decision)][-3:] == ["ballot.cast", "decision.closed", "decision.sealed"]


@pytest.mark.parametrize("look", ["", "/status", "/outcome", "/count-report", "/record", "/actions"])
def test_a_deadline_holds_when_somebody_looks(world, sql, look):
    acme = world.organisation()
    decision = acme.decision(stakeholders={"voters": [acme.owner, acme.member()]}, open=True)
    vote(acme.owner, decision, NO)
    elapse(sql, decision, "8 days")
    answer = acme.owner.get(decision.path + look).json()
    assert answer.get("outcome", "rejected") == "rejected"
    assert sql.execute("select outcome, closed_at = phase_due_at from decisions where id = %s", [decision.id]).fetchall() == [("rejected", True)]
    closed(acme.owner, decision, "rejected")


def test_a_deadline_holds_in_lists(world, sql):
    acme = world.organisation()
    decisions = [acme.decision(stakeholders={"voters": [acme.owner]}, open=True) for _ in range(3)]
    for decision in decisions:
        elapse(sql, decision, "8 days")
    assert acme.owner.pages("/v1/me/inbox", organisation_id=acme.id) == []
    assert [item["outcome"] for item in acme.owner.pages(f"{acme.path}/decisions", limit=2)] == ["rejected"] * 3
    assert acme.owner.pages(f"{acme.path}/decisions", status="open") == []


def test_a_service_that_asks_for_a_decision_needs_only_to_read(world):
    acme = world.organisation()
    decision = acme.decision(stakeholders={"voters": [acme.owner]}, open=True)
    narrow = world.service.client(acme.owner.subject, scope="decision.read")
    assert narrow.get(f"{decision.path}/status").json()["status"] == "open"
    narrow.problem("PUT", f"{decision.path}/ballots/me", {"ballot": YES}, status=403, code="insufficient_scope")
    assert str(uuid.UUID(decision.id)) == decision.id
