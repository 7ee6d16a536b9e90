# SPDX-License-Identifier: Apache-2.0
"""What surrounds a decision in force: links to others, taking another's place, deciding again, reviews."""

import datetime

import pytest

from changing import adopt, change, draft, propose, read, refuse
from deciding import NO, YES, at_once, closed, elapse, events, vote
from world import Resource

NOBODY = "01900000-0000-7000-8000-000000000000"


def adopted(acme, by=None, **fields):
    """A decision in force: its proposer is its only voter."""
    by = by or acme.owner
    decision = acme.decision(by=by, stakeholders={"voters": [by]}, open=True, **fields)
    vote(by, decision, YES)
    assert by.get(decision.path).json()["status"] == "in_force"
    return decision


def link(person, decision, type, other, **options):
    return person.put(f"{decision.path}/links/{type}/{other.id}", **options)


def links(person, decision, **filters):
    return [(k["type"], k["direction"], k["decision_id"]) for k in person.pages(f"{decision.path}/links", **filters)]


def refuse_link(person, decision, type, other, status, code):
    return person.problem("PUT", f"{decision.path}/links/{type}/{other.id}", status=status, code=code)


def status(person, decision):
    return person.get(decision.path).json()["status"]


# ---- links ----

def test_links_show_in_both_directions(world):
    acme = world.organisation()
    a, b, c = (acme.decision(title=title) for title in "ABC")
    made = link(acme.owner, a, "depends_on", b, body={"note": "Money"}).json()
    assert (made["type"], made["direction"], made["decision_id"], made["title"], made["note"], made["version"]) == (
        "depends_on", "outgoing", b.id, "B", "Money", 1)
    link(acme.owner, a, "relates_to", c)
    link(acme.owner, c, "relates_to", a)
    assert links(acme.owner, a, limit=1) == [("depends_on", "outgoing", b.id), ("relates_to", "outgoing", c.id), ("relates_to", "incoming", c.id)]
    assert links(acme.owner, b) == [("depends_on", "incoming", a.id)]
    assert links(acme.owner, a, type="relates_to", direction="incoming") == [("relates_to", "incoming", c.id)]
    again = link(acme.owner, a, "depends_on", b, body={"note": "Time"}, headers={"If-Match": acme_etag(acme, a, b)}).json()
    assert (again["note"], again["version"], again["created_at"]) == ("Time", 2, made["created_at"])
    acme.owner.delete(f"{a.path}/links/depends_on/{b.id}")
    assert links(acme.owner, b) == []
    acme.owner.problem("DELETE", f"{a.path}/links/depends_on/{b.id}", status=404, code="not_found")
    assert [e["type"] for e in events(acme, a)] == ["decision.created", "decision_link.added", "decision_link.added", "decision_link.updated",
                                                    "decision_link.removed"]
    acme.owner.delete(c.path)
    assert links(acme.owner, a) == []


def acme_etag(acme, decision, other):
    return link(acme.owner, decision, "depends_on", other, params={"validate_only": "true"}, body={"note": "Money"}).headers["etag"].replace(
        '-2"', '-1"')


def test_links_are_refused_with_the_reason(world):
    acme, other = world.organisation(), world.organisation()
    person = acme.member()
    mine, theirs = acme.decision(by=person), acme.decision()
    refuse_link(person, mine, "relates_to", mine, 409, "conflict")
    refuse_link(person, mine, "relates_to", other.decision(), 404, "not_found")
    refuse_link(person, theirs, "relates_to", mine, 403, "permission_denied")
    person.problem("PUT", f"{mine.path}/links/is_like/{theirs.id}", status=404, code="not_found")
    refuse_link(person, mine, "supersedes", theirs, 409, "decision_state")
    in_force = adopted(acme)
    assert refuse_link(person, mine, "supersedes", in_force, 403, "permission_denied")["permission"] == "decision.review"
    refuse_link(person, mine, "supersedes", adopted(acme, by=person), 403, "permission_denied")  # not by having proposed it
    link(acme.owner, mine, "supersedes", in_force)
    opened = acme.decision(stakeholders={"voters": [person]}, open=True)
    refuse_link(acme.owner, opened, "supersedes", in_force, 409, "decision_state")
    assert links(acme.owner, mine) == [("supersedes", "outgoing", in_force.id)]


def test_at_most_two_hundred_links(world, sql):
    acme = world.organisation()
    a, b, *more = (acme.decision() for _ in range(3))
    sql.execute("""
        with made as (
            insert into decisions (organisation_id, id, title, proposer_id, framework_id, framework_version)
            select organisation_id, gen_random_uuid(), title, proposer_id, framework_id, framework_version
            from decisions cross join generate_series(1, 199) where id = %s
            returning *
        )
        insert into decision_links (organisation_id, decision_id, type, linked_id, id, created_by)
        select organisation_id, %s, 'relates_to', id, gen_random_uuid(), proposer_id from made""", [b.id, a.id])
    link(acme.owner, a, "relates_to", b)
    refuse_link(acme.owner, a, "relates_to", more[0], 409, "conflict")
    link(acme.owner, a, "relates_to", b, body={"note": "Still"})


def test_what_a_private_team_hides_stays_hidden_in_links(world):
    acme = world.organisation()
    inside, outside = acme.member(), acme.member()
    team = acme.team(members=[inside], visibility="private")
    hidden, seen = acme.decision(by=inside, team_id=team.id), acme.decision(by=outside)
    refuse_link(outside, seen, "relates_to", hidden, 404, "not_found")
    link(inside, hidden, "relates_to", seen)
    link(acme.owner, seen, "depends_on", hidden)
    assert links(outside, seen) == []
    assert links(inside, seen) == [("relates_to", "incoming", hidden.id), ("depends_on", "outgoing", hidden.id)]
    outside.problem("DELETE", f"{seen.path}/links/depends_on/{hidden.id}", status=404, code="not_found")
    outside.problem("GET", f"{hidden.path}/links", status=404, code="not_found")


# ---- superseding ----

def test_an_adopted_decision_takes_the_place_of_others(world):
    acme = world.organisation()
    older, kept, untouched = adopted(acme), adopted(acme), adopted(acme)
    acme.owner.post(f"{kept.path}/review", {"verdict": "kept"}, expect=200)
    newer = acme.decision(stakeholders={"voters": [acme.owner]})
    for other in (older, kept):
        link(acme.owner, newer, "supersedes", other)
    acme.owner.post(f"{newer.path}/open")
    acme.owner.problem("DELETE", f"{newer.path}/links/supersedes/{older.id}", status=409, code="decision_state")
    assert status(acme.owner, older) == "in_force"
    vote(acme.owner, newer, YES)
    found = acme.owner.get(older.path).json()
    assert (found["status"], found["outcome"], found["review_at"]) == ("superseded", "adopted", None)
    assert [status(acme.owner, d) for d in (newer, kept, untouched)] == ["in_force", "superseded", "in_force"]
    last = events(acme, older)[-1]
    assert (last["type"], last["actor_id"], last["data"]["superseded_by"]) == ("decision.superseded", None, newer.id)
    closed(acme.owner, older, "adopted")
    acme.owner.problem("POST", f"{older.path}/review", {"verdict": "kept"}, status=409, code="decision_state")


def test_one_that_is_not_adopted_takes_no_place(world):
    acme = world.organisation()
    older = adopted(acme)
    newer = acme.decision(stakeholders={"voters": [acme.owner]})
    link(acme.owner, newer, "supersedes", older)
    acme.owner.post(f"{newer.path}/open")
    vote(acme.owner, newer, NO)
    assert (status(acme.owner, newer), status(acme.owner, older)) == ("closed", "in_force")


def test_two_take_the_place_of_the_same_at_once(world):
    acme = world.organisation()
    older = adopted(acme)
    newer = [acme.decision(stakeholders={"voters": [acme.owner]}) for _ in range(8)]
    for decision in newer:
        link(acme.owner, decision, "supersedes", older)
        acme.owner.post(f"{decision.path}/open")
    at_once([lambda d=d: vote(acme.owner, d, YES) for d in newer])
    assert {status(acme.owner, d) for d in newer} == {"in_force"}
    assert [e["type"] for e in events(acme, older)].count("decision.superseded") == 1


def test_by_a_deadline(world, sql):
    """The outcome comes by itself, and what follows from it too."""
    acme = world.organisation()
    older = adopted(acme)
    newer = acme.decision(stakeholders={"voters": [acme.owner, acme.member()]})
    link(acme.owner, newer, "supersedes", older)
    acme.owner.post(f"{newer.path}/open")
    vote(acme.owner, newer, YES)
    elapse(sql, newer, "8 days")
    assert status(acme.owner, newer) == "in_force"
    assert status(acme.owner, older) == "superseded"


# ---- deciding again ----

def test_reopen__makes_a_draft_like_it(world):
    acme = world.organisation()
    p, a, b, gone = (acme.member(name=name) for name in "PABG")
    first = acme.decision("schulze", by=p, options={"x": "X", "y": "Y"}, stakeholders={"voters": [a, b, gone]}, text="Where?",
                          configuration={"rule": {"strength": "margins"}}, open=True)
    p.problem("POST", f"{first.path}/reopen", status=409, code="decision_state")
    p.post(f"{first.path}/withdraw", expect=200)
    acme.owner.delete(f"{acme.path}/members/{gone.member_id}")
    answer = b.post(f"{first.path}/reopen", expect=201)
    again = b.get(answer.headers["location"] + "?include=options,stakeholders").json()
    assert answer.json()["id"] == again["id"] != first.id
    assert (again["status"], again["title"], again["text"], again["framework_key"], again["configuration"], again["proposer_id"]) == (
        "draft", first["title"], "Where?", "schulze", {"rule": {"strength": "margins"}}, b.member_id)
    assert [(o["key"], o["title"]) for o in again["options"]] == [("x", "X"), ("y", "Y")]
    assert {s["display_name"]: s["roles"] for s in again["stakeholders"]} == {"A": ["voters"], "B": ["voters"]}
    assert links(a, first) == [("relates_to", "incoming", again["id"])]
    opened = b.post(f"{acme.path}/decisions/{again['id']}/open").json()
    assert opened["status"] == "open"


def test_reopen__supersedes_what_is_in_force(world):
    acme = world.organisation()
    first = adopted(acme)
    again = acme.owner.post(f"{first.path}/reopen").json()
    assert links(acme.owner, first) == [("supersedes", "incoming", again["id"])]
    person = acme.member()
    other = person.post(f"{first.path}/reopen").json()
    roles = {s["member_id"]: s["roles"] for s in person.pages(f"{acme.path}/decisions/{other['id']}/stakeholders")}
    assert roles == {acme.owner.member_id: ["voters"], person.member_id: ["proposer"]}
    assert ("relates_to", "incoming", other["id"]) in links(acme.owner, first)
    acme.member("observer").problem("POST", f"{first.path}/reopen", status=403, code="permission_denied")
    path = f"{acme.path}/decisions/{again['id']}"
    acme.owner.post(f"{path}/open")
    acme.owner.put(f"{path}/ballots/me", {"ballot": YES})
    assert (acme.owner.get(path).json()["status"], status(acme.owner, first)) == ("in_force", "superseded")


def reopened(person, acme, decision):
    again = person.post(f"{decision.path}/reopen", expect=201).json()
    return Resource(f"{acme.path}/decisions/{again['id']}", again)


def test_reopen__groups_say_anew_who_is_in_them(world):
    acme = world.organisation()
    stays, goes, comes, named = (acme.member(name=name) for name in ("S", "G", "C", "N"))
    team = acme.team(members=[stays, goes])
    first = acme.decision(by=named, stakeholders={"voters": [named]})
    named.put(f"{first.path}/stakeholder-groups/crew", {"team_id": team.id, "roles": ["voters"], "level": "affected"}, expect=(200, 201))
    named.put(f"{first.path}/stakeholder-groups/owners", {"role": "owner", "roles": ["voters"], "weight": 3}, expect=(200, 201))
    named.post(f"{first.path}/open")
    named.post(f"{first.path}/withdraw", expect=200)
    acme.owner.delete(f"{team.path}/members/{goes.member_id}")
    acme.owner.put(f"{team.path}/members/{comes.member_id}", {"role": "member"})
    again = reopened(stays, acme, first)
    groups = {path: [{k: v for k, v in g.items() if k not in ("created_at", "version")} for g in stays.pages(f"{path}/stakeholder-groups")]
              for path in (first.path, again.path)}
    assert len(groups[first.path]) == 2 and groups[again.path] == groups[first.path]
    assert {s["display_name"] for s in stays.pages(f"{again.path}/stakeholders")} == {"N", "S"}
    stays.post(f"{again.path}/open")
    assert {s["display_name"]: (s["roles"], s["level"], s["weight"]) for s in stays.pages(f"{again.path}/stakeholders")} == {
        "N": (["voters"], "team", 1), "S": (["proposer", "voters"], "affected", 1), "C": (["voters"], "affected", 1), "Owner": (["voters"], "affected", 3)}


def test_reopen__a_group_that_one_may_not_name_is_left_out(world):
    acme = world.organisation()
    insider, outsider = acme.member(name="I"), acme.member(name="O")
    hidden = acme.team(members=[insider], visibility="private")  # whoever makes it is in it too
    first = acme.decision(by=insider)
    insider.put(f"{first.path}/stakeholder-groups/g", {"team_id": hidden.id, "roles": ["voters"]}, expect=(200, 201))
    insider.post(f"{first.path}/open")
    insider.post(f"{first.path}/withdraw", expect=200)
    late = acme.member(name="L")
    acme.owner.put(f"{hidden.path}/members/{late.member_id}", {"role": "member"})
    for person, groups, who in ((outsider, [], {"I", "O", "Owner"}), (insider, ["g"], {"I", "L", "Owner"})):
        again = reopened(person, acme, first)
        assert [g["key"] for g in acme.owner.pages(f"{again.path}/stakeholder-groups")] == groups
        person.post(f"{again.path}/open")
        assert {s["display_name"] for s in person.pages(f"{again.path}/stakeholders")} == who


def test_reopen__proposes_the_same_changes(world, sql):
    acme = world.organisation()
    member, team = acme.member(), acme.team(name="Crew")
    first = draft(acme, by=member, voters=[acme.owner])
    stale = change("team_update", {"team": team.id}, {"name": "Pilots"})
    propose(member, first, change("role_create", body={"kind": "team", "key": "pilot", "name": "Pilot", "permissions": []}), stale)
    acme.owner.post(f"{first.path}/open")
    vote(acme.owner, first, NO)
    acme.owner.delete(team.path)
    again = reopened(member, acme, first)
    old, new = read(member, first), read(member, again)
    assert {name: new[name] for name in ("changes", "status", "revision", "author_id", "authority", "authorised_by", "reverses", "resources", "applied_at")} == {
        "changes": old["changes"], "status": "proposed", "revision": 1, "author_id": member.member_id, "authority": None, "authorised_by": None, "reverses": None,
        "resources": None, "applied_at": None}
    assert [e["type"] for e in events(acme, again)] == ["decision.created", "change_set.proposed"]
    # What holds no more is told as of any proposal: when it is put (again), and when it is to be made.
    assert ("/changes/1/path/team", "unknown_reference") in refuse(member, again, *new["changes"])
    # Who proposes can't let it take effect.
    member.problem("POST", f"{again.path}/open", status=403, code="permission_denied")
    assert adopt(acme, again)["status"] == "failed"
    assert "pilot" not in {role["key"] for role in member.pages(f"{acme.path}/roles")}
    third = reopened(member, acme, again)
    propose(member, third, new["changes"][0])
    assert adopt(acme, third)["status"] == "applied"
    rows = sql.execute("select x.action, l.number from audit_links l join audit_log x on x.organisation_id = l.organisation_id and x.id = l.audit_id "
                       "where l.resource_id = %s order by l.number limit 3", [third.id]).fetchall()
    assert rows == [("decision.created", 1), ("change_set.proposed", 2), ("change_set.proposed", 3)]


def test_reopen__changes_that_one_may_not_propose_are_left_out(world):
    acme = world.organisation()
    insider, outsider = acme.member(), acme.member()
    # Of a private team below one that is open, in a decision of the open one: whoever sees the decision reads its changes, but may name only what they see.
    parent = acme.team(name="Parent", members=[insider])
    hidden = acme.team(name="Hidden", visibility="private", parent_id=parent.id, members=[insider])
    first = draft(acme, by=insider, team_id=parent.id)
    propose(insider, first, change("team_update", {"team": hidden.id}, {"name": "Seen"}))
    acme.owner.post(f"{first.path}/open")
    vote(acme.owner, first, NO)
    left_out = reopened(outsider, acme, first)
    outsider.problem("GET", f"{left_out.path}/changes", status=404, code="not_found")
    assert [e["type"] for e in events(acme, left_out)] == ["decision.created"]
    assert read(insider, reopened(insider, acme, first))["changes"] == read(insider, first)["changes"]
    # A team that has become private since would be shown to everybody.
    second = draft(acme, by=insider)
    open_team = acme.team(name="Open", members=[insider])
    propose(insider, second, change("team_create", body={"name": "Below", "kind": "circle", "parent_id": open_team.id}))
    acme.owner.post(f"{second.path}/open")
    vote(acme.owner, second, NO)
    assert read(outsider, reopened(outsider, acme, second))
    acme.owner.patch(open_team.path, {"visibility": "private"})
    insider.problem("GET", f"{reopened(insider, acme, second).path}/changes", status=404, code="not_found")


def test_reopen__what_is_undone_already_is_not_undone_again(world):
    acme = world.organisation()
    first = draft(acme)
    propose(acme.owner, first, change("team_create", body={"name": "Crew", "kind": "circle"}))
    assert adopt(acme, first)["status"] == "applied"
    undoing = draft(acme)
    acme.owner.put(f"{undoing.path}/changes", {"reverses": first.id})
    acme.owner.post(f"{undoing.path}/open")
    vote(acme.owner, undoing, NO)
    again = reopened(acme.owner, acme, undoing)
    assert read(acme.owner, again)["reverses"] == first.id
    assert adopt(acme, again)["status"] == "applied" and read(acme.owner, first)["status"] == "reversed"
    acme.owner.problem("GET", f"{reopened(acme.owner, acme, again).path}/changes", status=404, code="not_found")


def test_reopen__changes_taken_out_stay_out(world):
    acme = world.organisation()
    first = acme.decision("consent", stakeholders={"members": [acme.owner, acme.member()], "facilitator": [acme.owner]})
    propose(acme.owner, first, change("team_create", body={"name": "Crew", "kind": "circle"}))
    acme.owner.post(f"{first.path}/open")
    acme.owner.delete(f"{first.path}/changes")
    acme.owner.post(f"{first.path}/withdraw", expect=200)
    acme.owner.problem("GET", f"{reopened(acme.owner, acme, first).path}/changes", status=404, code="not_found")


def test_reopen__what_was_due_is_closed_first(world, sql):
    acme = world.organisation()
    first = acme.decision(stakeholders={"voters": [acme.owner]}, open=True)
    elapse(sql, first, "8 days")
    assert acme.owner.post(f"{first.path}/reopen").json()["status"] == "draft"
    assert status(acme.owner, first) == "closed"


def test_reopen__hidden_decisions_are_not_found(world):
    acme = world.organisation()
    inside = acme.member()
    team = acme.team(members=[inside], visibility="private")
    hidden = adopted(acme, by=inside, team_id=team.id)
    acme.member().problem("POST", f"{hidden.path}/reopen", status=404, code="not_found")
    again = inside.post(f"{hidden.path}/reopen").json()
    acme.member().problem("GET", f"{acme.path}/decisions/{again['id']}", status=404, code="not_found")


# ---- reviews ----

def months_later(time, months):
    """The same day of the month, as calendars have it; days here are never after the 28th."""
    at = datetime.datetime.fromisoformat(time.replace("Z", "+00:00"))
    month = at.month - 1 + months
    return at.replace(year=at.year + month // 12, month=month % 12 + 1)


@pytest.mark.parametrize("configuration, months", [({}, 12), ({"review": "P2M"}, 2), ({"review": None}, None)])
def test_review_date__from_the_framework_when_adopted(world, sql, configuration, months):
    acme = world.organisation()
    decision = acme.decision(stakeholders={"voters": [acme.owner]}, configuration=configuration, open=True)
    assert acme.owner.get(decision.path).json()["review_at"] is None
    sql.execute("update decisions set phase_due_at = '2026-01-15T12:00:00Z', opened_at = '2026-01-08T12:00:00Z', phase_started_at = "
                "'2026-01-08T12:00:00Z' where id = %s", [decision.id])
    sql.execute("""insert into ballots (organisation_id, decision_id, member_id, revision, id, ballot, cast_at)
                   select organisation_id, id, proposer_id, 1, gen_random_uuid(), '{"choice": "yes"}', '2026-01-09T12:00:00Z'
                   from decisions where id = %s""", [decision.id])
    found = acme.owner.get(decision.path).json()
    assert found["status"] == "in_force"
    expected = months_later(found["closed_at"], months) if months else None
    assert expected == (datetime.datetime.fromisoformat(found["review_at"].replace("Z", "+00:00")) if months else found["review_at"])


def test_review_date__only_of_what_is_adopted(world):
    acme = world.organisation()
    decision = acme.decision(stakeholders={"voters": [acme.owner]}, open=True)
    vote(acme.owner, decision, NO)
    found = acme.owner.get(decision.path).json()
    assert (found["status"], found["outcome"], found["review_at"]) == ("closed", "rejected", None)
    acme.owner.problem("POST", f"{decision.path}/review", {"verdict": "kept"}, status=409, code="decision_state")


def test_review__keeps_amends_and_retires(world):
    acme = world.organisation()
    person = acme.member()
    decision = adopted(acme, by=person)
    before = person.get(decision.path).json()
    moved = person.post(f"{decision.path}/review", {"review_at": "2040-01-01T00:00:00Z"}, expect=200).json()
    assert (moved["status"], moved["review_at"], moved["version"]) == ("in_force", "2040-01-01T00:00:00Z", before["version"] + 1)
    kept = person.post(f"{decision.path}/review", {"verdict": "kept", "note": "Fine"}, expect=200).json()
    assert kept["status"] == "kept" and "2040" > kept["review_at"] > before["review_at"]
    amended = person.post(f"{decision.path}/review", {"verdict": "amended", "review_at": None}, expect=200).json()
    assert (amended["status"], amended["review_at"]) == ("amended", None)
    stale = {"If-Match": '"1"'}
    person.request("POST", f"{decision.path}/review", {"verdict": "retired"}, headers=stale, expect=412)
    person.problem("POST", f"{decision.path}/review", {"verdict": "retired"}, status=403, code="permission_denied")
    retired = acme.owner.post(f"{decision.path}/review", {"verdict": "retired"}, expect=200).json()
    assert (retired["status"], retired["review_at"], retired["outcome"]) == ("retired", None, "adopted")
    person.problem("POST", f"{decision.path}/review", {"verdict": "kept"}, status=409, code="decision_state")
    closed(person, decision, "adopted")
    told = [(e["type"], e["data"]["verdict"], e["data"]["note"]) for e in events(acme, decision) if "review" in e["type"]]
    assert told == [("decision.review_moved", None, None), ("decision.reviewed", "kept", "Fine"), ("decision.reviewed", "amended", None),
                    ("decision.reviewed", "retired", None)]


def test_review__refusals(world):
    acme = world.organisation()
    decision = adopted(acme)
    path = f"{decision.path}/review"
    acme.owner.problem("POST", path, {"review_at": "2020-01-01T00:00:00Z"}, status=422, code="invalid_body", pointer="/review_at")
    acme.owner.problem("POST", path, {"verdict": "retired", "review_at": "2040-01-01T00:00:00Z"}, status=422, code="invalid_body",
                       pointer="/review_at")
    acme.owner.problem("POST", path, {}, status=422, code="invalid_body")
    problem = acme.member().problem("POST", path, {"verdict": "kept"}, status=403, code="permission_denied")
    assert problem["permission"] == "decision.review"
    world.person().problem("POST", path, {"verdict": "kept"}, status=404, code="not_found")


def test_review__leads_of_the_team_and_those_above(world):
    acme = world.organisation()
    lead, member = acme.member(), acme.member()
    top = acme.team(members=[(lead, "lead"), member])
    decision = adopted(acme, team_id=acme.team(parent_id=top.id).id)
    member.problem("POST", f"{decision.path}/review", {"verdict": "kept"}, status=403, code="permission_denied")
    lead.post(f"{decision.path}/review", {"verdict": "kept"}, expect=200)
    lead.post(f"{decision.path}/review", {"verdict": "retired"}, expect=200)


def test_list__what_is_to_be_reviewed_before_a_time(world):
    acme = world.organisation()
    soon, late, never = (adopted(acme) for _ in range(3))
    for decision, time in ((soon, "2040-01-01T00:00:00Z"), (late, "2041-01-01T00:00:00Z"), (never, None)):
        acme.owner.post(f"{decision.path}/review", {"review_at": time}, expect=200)
    acme.decision()
    for order in ("-created_at", "due_at"):
        for before, expected in (("2040-06-01T00:00:00Z", {soon.id}), ("2050-01-01T00:00:00Z", {soon.id, late.id})):
            assert {d["id"] for d in acme.owner.pages(f"{acme.path}/decisions", review_before=before, sort=order)} == expected


def test_list__by_the_states_after_closing(world):
    acme = world.organisation()
    made = {verdict: adopted(acme) for verdict in ("kept", "amended", "retired")} | {"in_force": adopted(acme)}
    for verdict in ("kept", "amended", "retired"):
        acme.owner.post(f"{made[verdict].path}/review", {"verdict": verdict}, expect=200)
    for name, decision in made.items():
        assert [d["id"] for d in acme.owner.pages(f"{acme.path}/decisions", status=name)] == [decision.id]
    assert acme.owner.pages(f"{acme.path}/decisions", status="closed") == []
    assert len(acme.owner.pages(f"{acme.path}/decisions", outcome="adopted")) == 4
