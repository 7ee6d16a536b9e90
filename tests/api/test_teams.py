# SPDX-License-Identifier: Apache-2.0
"""Teams: who makes, changes, moves and deletes them, who is in them, and who may know of them."""

import collections
import concurrent.futures
import datetime
import random
import uuid

import pytest

NOBODY = str(uuid.UUID("01900000-0000-7000-8000-000000000000"))


def at_once(calls):
    """Runs all calls at the same time; their results."""
    with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]


def names(items):
    return [item["name"] for item in items]


def day(offset):
    return (datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(offset)).isoformat()


def make(person, acme, expect=201, **fields):
    return person.post(f"{acme.path}/teams", {"name": "New", "kind": "working_group", **fields}, expect=expect).json()


def read(person, team):
    return person.get(team.path).json()


def governed(acme, mode="governed"):
    acme.owner.patch(acme.path, {"governance_mode": mode})


# ---- making ----

@pytest.mark.parametrize("role, kind, mode, status", [
    ("owner", "circle", "open", 201), ("admin", "functional", "guided", 201),
    ("member", "working_group", "open", 201), ("facilitator", "working_group", "open", 201),
    ("member", "circle", "open", 403), ("member", "working_group", "guided", 403), ("observer", "working_group", "open", 403),
    ("admin", "circle", "governed", 403), ("owner", "circle", "governed", 201),
])
def test_team_create__who_may(world, role, kind, mode, status):
    acme = world.organisation(governance_mode=mode)
    person = acme.owner if role == "owner" else acme.member(role)
    answer = make(person, acme, expect=status, kind=kind)
    if status == 403:
        assert answer["permission"] == "team.create" if mode != "governed" else answer["code"] == "governed_structure"
        assert acme.owner.pages(f"{acme.path}/teams") == []


def test_team_create__its_maker_leads_it(world):
    acme = world.organisation()
    maria = acme.member("member", "Maria")
    team = make(maria, acme)
    assert team["created_by"] == maria.member_id
    [membership] = maria.pages(f"{acme.path}/teams/{team['id']}/members")
    assert (membership["member_id"], membership["role"]) == (maria.member_id, "lead")


def test_team_create__a_lead_makes_any_kind_below_the_team(world):
    acme = world.organisation(governance_mode="guided")
    maria = acme.member()
    parent = acme.team(members=[(maria, "lead")])
    team = make(maria, acme, kind="circle", parent_id=parent.id)
    assert team["path"] == [parent.id, team["id"]]
    below = make(maria, acme, kind="functional", parent_id=team["id"])
    assert below["path"] == [parent.id, team["id"], below["id"]]
    make(maria, acme, kind="circle", expect=403)


def test_team_create__an_observer_who_leads_a_team_makes_teams_below_it(world):
    acme = world.organisation()
    olga = acme.member("observer")
    parent = acme.team(members=[(olga, "lead")])
    make(olga, acme, kind="circle", parent_id=parent.id)


def test_team_create__a_parent_one_may_not_know_of_does_not_exist(world):
    acme, other = world.organisation(), world.organisation()
    maria = acme.member()
    hidden = acme.team(visibility="private")
    answers = [maria.problem("POST", f"{acme.path}/teams", {"name": "X", "kind": kind, "parent_id": parent},
                             status=status, code=code)
               for kind, status, code in [("working_group", 422, "invalid_reference"), ("circle", 403, "permission_denied")]
               for parent in (hidden.id, NOBODY, other.team().id)]
    for same in (answers[:3], answers[3:]):
        told = [{key: answer.get(key) for key in ("code", "detail", "errors", "permission")} for answer in same]
        assert told[0] == told[1] == told[2]
    assert answers[0]["errors"][0]["pointer"] == "/parent_id"
    assert names(acme.owner.pages(f"{acme.path}/teams")) == [hidden["name"]]


def test_team_create__below_a_private_team_all_are_private(world):
    acme = world.organisation()
    hidden = acme.team(visibility="private")
    assert acme.team(parent_id=hidden.id)["visibility"] == "private"
    acme.owner.problem("POST", f"{acme.path}/teams", {"name": "X", "kind": "circle", "parent_id": hidden.id, "visibility": "open"},
                       status=422, code="invalid_body", pointer="/visibility")


def test_team_create__teams_are_nested_32_deep(world):
    acme = world.organisation()
    team = acme.team()
    for _ in range(31):
        team = acme.team(parent_id=team.id)
    assert len(team["path"]) == 32
    acme.owner.problem("POST", f"{acme.path}/teams", {"name": "X", "kind": "circle", "parent_id": team.id},
                       status=422, code="invalid_body", pointer="/parent_id")
    root = acme.team()
    acme.owner.problem("PATCH", root.path, {"parent_id": team.id}, status=422, code="invalid_body", pointer="/parent_id")


def test_team_create__an_override_is_logged_and_shown(world):
    acme = world.organisation(governance_mode="governed")
    team = acme.team()
    [entry] = acme.owner.pages(f"{acme.path}/audit-log", resource_id=team.id)
    assert entry["action"] == "team.created" and entry["override"] is True
    [event] = acme.owner.pages(f"{acme.path}/events", resource_id=team.id)
    assert event["override"] is True


# ---- finding ----

def test_team_list__pages_filters_and_sorts(world):
    acme = world.organisation()
    root = acme.team(name="Root", kind="circle")
    made = [acme.team(name=name, kind=kind, parent_id=root.id)
            for name, kind in [("delta", "circle"), ("alpha", "functional"), ("charlie 100%", "working_group"),
                               ("bravo", "functional"), ("al_ha", "circle")]]
    below = acme.team(name="Below", parent_id=made[0].id)
    acme.team(name="Elsewhere")
    teams = f"{acme.path}/teams"
    every = acme.owner.pages(teams, limit=2)
    assert [team["id"] for team in every] == [
        team["id"] for team in sorted(every, key=lambda team: (team["name"].encode(), team["id"]))] and len(every) == 8
    newest = acme.owner.pages(teams, limit=3, sort="-created_at")
    assert names(newest) == ["Elsewhere", "Below", "al_ha", "bravo", "charlie 100%", "alpha", "delta", "Root"]
    assert set(names(acme.owner.pages(teams, kind="working_group,functional", limit=2))) >= {"alpha", "bravo", "charlie 100%"}
    assert names(acme.owner.pages(teams, kind="circle", sort="-created_at", limit=1)) == ["al_ha", "delta", "Root"]
    assert len(acme.owner.pages(teams, parent_id=root.id, limit=2)) == 5
    assert set(names(acme.owner.pages(teams, root=made[0].id))) == {"delta", "Below"}
    assert len(acme.owner.pages(teams, root=root.id, sort="-created_at", limit=2)) == 7
    assert names(acme.owner.pages(teams, q="100%")) == ["charlie 100%"]
    assert names(acme.owner.pages(teams, q="L_H")) == ["al_ha"]
    assert below["path"] == [root.id, made[0].id, below.id]


def test_team_list__by_member(world):
    acme = world.organisation()
    maria = acme.member()
    acme.team(name="Other")
    acme.team(name="Hers", members=[maria])
    assert names(acme.owner.pages(f"{acme.path}/teams", member_id=maria.member_id)) == ["Hers"]
    assert names(acme.owner.pages(f"{acme.path}/teams", member_id=maria.member_id, sort="-created_at")) == ["Hers"]


def test_team_list__a_cursor_belongs_to_its_filter(world):
    acme = world.organisation()
    for _ in range(3):
        acme.team()
    page = acme.owner.get(f"{acme.path}/teams", params={"limit": 1}).json()
    acme.owner.problem("GET", f"{acme.path}/teams", params={"cursor": page["next_cursor"], "kind": "circle"},
                       status=400, code="invalid_cursor")


def test_private_team__is_known_to_those_in_it_or_above_it_and_to_admins(world):
    acme = world.organisation()
    above, inside, outside = acme.member(), acme.member(), acme.member("facilitator")
    admin = acme.member("admin")
    parent = acme.team(name="Parent", members=[above])
    hidden = acme.team(name="Hidden", visibility="private", parent_id=parent.id, members=[inside])
    for person in (above, inside, admin, acme.owner):
        assert read(person, hidden)["name"] == "Hidden"
        assert "Hidden" in names(person.pages(f"{acme.path}/teams"))
        assert "Hidden" in names(person.pages(f"{acme.path}/teams", sort="-created_at"))
    assert names(outside.pages(f"{acme.path}/teams")) == ["Parent"]
    assert names(outside.pages(f"{acme.path}/teams", sort="-created_at")) == ["Parent"]
    for method, path, body in [("GET", hidden.path, None), ("PATCH", hidden.path, {"name": "X"}), ("DELETE", hidden.path, None),
                               ("GET", f"{hidden.path}/members", None), ("PUT", f"{hidden.path}/members/{inside.member_id}", {}),
                               ("DELETE", f"{hidden.path}/members/{inside.member_id}", None)]:
        outside.problem(method, path, body, status=404, code="not_found")


def test_private_team__a_membership_opens_it_only_while_it_lasts(world):
    acme = world.organisation()
    maria = acme.member()
    hidden = acme.team(visibility="private")
    membership = f"{hidden.path}/members/{maria.member_id}"
    for dates, status in [({"ends_on": day(-2)}, 404), ({"starts_on": day(2)}, 404), ({"starts_on": day(-2), "ends_on": day(2)}, 200),
                          ({}, 200)]:
        acme.owner.put(membership, {"role": "lead", **dates})
        maria.get(hidden.path, expect=status)
        maria.patch(hidden.path, {"purpose": "Mine"}, expect=status)


# ---- changing ----

def test_team_update__changes_what_is_named_and_nothing_else(world):
    acme = world.organisation()
    team = acme.team(name="Old", purpose="Why")
    changed = acme.owner.patch(team.path, {"name": "Young", "kind": "circle"}).json()
    assert changed == team.data | {"name": "Young", "kind": "circle", "version": 2, "updated_at": changed["updated_at"]}
    assert read(acme.owner, team) == changed
    acme.owner.problem("PATCH", team.path, {"path": []}, status=422, code="invalid_body", pointer="/path")
    acme.owner.problem("PATCH", team.path, {}, status=422, code="invalid_body")


def test_team_update__of_an_older_version_is_refused(world):
    acme = world.organisation()
    team = acme.team()
    etag = acme.owner.etag(team.path)
    acme.owner.patch(team.path, {"name": "One"}, headers={"If-Match": etag})
    acme.owner.problem("PATCH", team.path, {"name": "Two"}, status=412, code="precondition_failed", headers={"If-Match": etag})
    assert read(acme.owner, team)["name"] == "One"


def test_team_update__leads_change_their_own_team(world):
    acme = world.organisation(governance_mode="guided")
    lead, member, above = acme.member(), acme.member(), acme.member()
    parent = acme.team(members=[(above, "lead")])
    team = acme.team(parent_id=parent.id, members=[(lead, "lead"), member])
    lead.patch(team.path, {"name": "By its lead"})
    above.patch(team.path, {"name": "By the lead above"})
    assert member.problem("PATCH", team.path, {"name": "X"}, status=403, code="permission_denied")["permission"] == "team.update"
    lead.problem("PATCH", parent.path, {"name": "X"}, status=403, code="permission_denied")


def test_team_update__a_working_group_does_not_become_a_circle_by_its_own_lead(world):
    acme = world.organisation()
    maria = acme.member()
    team = make(maria, acme)
    maria.problem("PATCH", f"{acme.path}/teams/{team['id']}", {"kind": "circle"}, status=403, code="permission_denied")
    maria.patch(f"{acme.path}/teams/{team['id']}", {"name": "Renamed"})


def test_team_update__in_a_governed_organisation_only_an_owner_overrides(world):
    acme = world.organisation()
    lead, admin = acme.member(), acme.member("admin")
    team = acme.team(members=[(lead, "lead")])
    governed(acme)
    for person in (lead, admin):
        person.problem("PATCH", team.path, {"name": "X"}, status=403, code="governed_structure")
        person.problem("DELETE", team.path, status=403, code="governed_structure")
        person.problem("PUT", f"{team.path}/members/{admin.member_id}", {}, status=403, code="governed_structure")
    acme.owner.patch(team.path, {"name": "Overridden"})
    entries = acme.owner.pages(f"{acme.path}/audit-log", resource_id=team.id, override="true")
    assert [entry["action"] for entry in entries] == ["team.updated"]


def test_team_update__a_move_takes_along_what_is_below(world):
    acme = world.organisation()
    a, b = acme.team(name="A"), acme.team(name="B")
    c = acme.team(name="C", parent_id=a.id)
    d = acme.team(name="D", parent_id=c.id)
    e = acme.team(name="E", parent_id=d.id)
    moved = acme.owner.patch(c.path, {"parent_id": b.id}).json()
    assert moved["parent_id"] == b.id and moved["path"] == [b.id, c.id]
    assert read(acme.owner, e)["path"] == [b.id, c.id, d.id, e.id]
    assert read(acme.owner, d)["version"] == 2 and read(acme.owner, d)["parent_id"] == c.id
    assert acme.owner.patch(c.path, {"parent_id": None}).json()["path"] == [c.id]
    assert read(acme.owner, e)["path"] == [c.id, d.id, e.id]
    assert read(acme.owner, a)["version"] == 1
    told = acme.owner.pages(f"{acme.path}/events", type="team.updated", resource_id=e.id)
    assert [event["data"]["path"] for event in told] == [[b.id, c.id, d.id, e.id], [c.id, d.id, e.id]]


def test_team_update__no_cycles_and_no_parent_from_elsewhere(world):
    acme, other = world.organisation(), world.organisation()
    a = acme.team()
    b = acme.team(parent_id=a.id)
    for parent in (a.id, b.id):
        problem = acme.owner.problem("PATCH", a.path, {"parent_id": parent}, status=422, code="invalid_body", pointer="/parent_id")
        assert problem["errors"][0]["code"] == "cycle"
    for parent in (other.team().id, NOBODY):
        acme.owner.problem("PATCH", a.path, {"parent_id": parent}, status=422, code="invalid_reference", pointer="/parent_id")
    assert read(acme.owner, a) == a.data


def test_team_update__moving_is_placing(world):
    acme = world.organisation()
    lead, elsewhere = acme.member(), acme.member()
    mine = acme.team(kind="circle", members=[(lead, "lead")])
    theirs = acme.team(members=[(elsewhere, "lead")])
    hidden = acme.team(visibility="private")
    lead.problem("PATCH", mine.path, {"parent_id": theirs.id}, status=403, code="permission_denied")
    lead.problem("PATCH", mine.path, {"parent_id": hidden.id}, status=403, code="permission_denied")
    group = make(lead, acme)
    for parent in (hidden.id, NOBODY):
        lead.problem("PATCH", f"{acme.path}/teams/{group['id']}", {"parent_id": parent}, status=422, code="invalid_reference",
                     pointer="/parent_id")
    assert lead.patch(f"{acme.path}/teams/{group['id']}", {"parent_id": theirs.id}).json()["path"][0] == theirs.id


def test_team_update__privacy_covers_what_is_below(world):
    acme = world.organisation()
    a, hidden = acme.team(), acme.team(visibility="private")
    b = acme.team(parent_id=a.id)
    c = acme.team(parent_id=b.id)
    assert acme.owner.patch(a.path, {"visibility": "private"}).json()["visibility"] == "private"
    assert [read(acme.owner, team)["visibility"] for team in (b, c)] == ["private", "private"]
    acme.owner.problem("PATCH", c.path, {"visibility": "open"}, status=422, code="invalid_body", pointer="/visibility")
    acme.owner.patch(a.path, {"visibility": "open"})
    acme.owner.patch(b.path, {"visibility": "open"})
    acme.owner.patch(c.path, {"visibility": "open"})
    acme.owner.patch(b.path, {"parent_id": hidden.id})
    assert [read(acme.owner, team)["visibility"] for team in (b, c)] == ["private", "private"]


def assert_paths_follow_parents(sql, organisation):
    """Walks every team up to its root by parent_id, which is the truth, and compares."""
    teams = {row[0]: row[1:] for row in sql.execute(
        "select id, parent_id, path, visibility from teams where organisation_id = %s", (organisation,))}
    for team in teams:
        chain, at = [], team
        while at is not None:
            assert at not in chain, "a cycle"
            chain.insert(0, at)
            at = teams[at][0]
        assert teams[team][1] == chain


def test_team_update__two_teams_moved_below_each_other_at_once(world, sql):
    acme = world.organisation()
    for _ in range(10):
        a, b = acme.team(), acme.team()
        statuses = at_once([lambda one=one, two=two: acme.owner.request("PATCH", one.path, {"parent_id": two.id}).status_code
                            for one, two in [(a, b), (b, a)]])
        assert sorted(statuses) == [200, 422]
    assert_paths_follow_parents(sql, acme.id)


def test_team_update__moves_and_new_teams_at_once_leave_every_path_right(world, sql):
    acme = world.organisation()
    dice = random.Random(7)
    teams = [acme.team() for _ in range(6)]

    def move():
        one, two = dice.sample(teams, 2)
        return acme.owner.request("PATCH", one.path, {"parent_id": dice.choice([two.id, two.id, None])}).status_code

    def create():
        parent = dice.choice(teams)
        return acme.owner.request("POST", f"{acme.path}/teams", {"name": "N", "kind": "circle", "parent_id": parent.id}).status_code

    for _ in range(4):
        statuses = collections.Counter(at_once([dice.choice([move, create, create]) for _ in range(50)]))
        assert set(statuses) <= {200, 201, 422, 503}, statuses
        assert statuses[200] and statuses[201]
        assert_paths_follow_parents(sql, acme.id)


# ---- deleting ----

def test_team_delete(world):
    acme = world.organisation()
    lead, member = acme.member(), acme.member()
    team = acme.team(name="Gone", members=[(lead, "lead"), member])
    member.problem("DELETE", team.path, status=403, code="permission_denied")
    acme.owner.problem("DELETE", team.path, status=412, code="precondition_failed", headers={"If-Match": '"9"'})
    lead.delete(team.path)
    acme.owner.problem("GET", team.path, status=404, code="not_found")
    acme.owner.problem("DELETE", team.path, status=404, code="not_found")
    event = acme.owner.pages(f"{acme.path}/events", resource_id=team.id)[-1]
    assert event["type"] == "team.deleted" and event["data"]["name"] == "Gone"


def test_team_delete__not_while_something_hangs_on_it(world):
    acme = world.organisation()
    parent, proposing = acme.team(), acme.team()
    child = acme.team(parent_id=parent.id)
    acme.decision(team_id=proposing.id)
    for team in (parent, proposing):
        acme.owner.problem("DELETE", team.path, status=409, code="in_use")
    acme.owner.delete(child.path)
    acme.owner.delete(parent.path)


def test_team_delete__and_a_new_team_below_it_at_once(world, sql):
    acme = world.organisation()
    for _ in range(10):
        team = acme.team()
        made, deleted = at_once([
            lambda: acme.owner.request("POST", f"{acme.path}/teams", {"name": "N", "kind": "circle", "parent_id": team.id}),
            lambda: acme.owner.request("DELETE", team.path)])
        assert (made.status_code, deleted.status_code) in [(201, 409), (422, 204)], (made.text, deleted.text)
    assert_paths_follow_parents(sql, acme.id)


# ---- who is in a team ----

def test_team_member_put__says_all_anew(world):
    acme = world.organisation()
    maria = acme.member("member", "Maria")
    team = acme.team()
    path = f"{team.path}/members/{maria.member_id}"
    first = acme.owner.put(path, {"role": "secretary", "starts_on": "2026-01-01", "ends_on": "2026-01-01"})
    body = first.json()
    assert (body["member_id"], body["team_id"], body["display_name"]) == (maria.member_id, team.id, maria.name)
    assert (body["role"], body["starts_on"], body["ends_on"]) == ("secretary", "2026-01-01", "2026-01-01")
    second = acme.owner.put(path, {}, headers={"If-Match": first.headers["etag"]})
    assert [second.json()[key] for key in ("role", "starts_on", "ends_on", "version")] == ["member", None, None, 2]
    acme.owner.problem("PUT", path, {}, status=412, code="precondition_failed", headers={"If-Match": first.headers["etag"]})
    acme.owner.delete(path, headers={"If-Match": second.headers["etag"]})
    third = acme.owner.put(path, {})
    assert third.headers["etag"] not in (first.headers["etag"], second.headers["etag"])
    actions = [event["type"] for event in acme.owner.pages(f"{acme.path}/events", resource_id=team.id)]
    assert actions == ["team.created", "team_member.added", "team_member.updated", "team_member.removed", "team_member.added"]


def test_team_member_put__all_faults_are_told(world):
    acme = world.organisation()
    team = acme.team()
    path = f"{team.path}/members/{acme.owner.member_id}"
    problem = acme.owner.problem("PUT", path, {"role": "juggler", "starts_on": "2026-02-01", "ends_on": "2026-01-31"},
                                 status=422, code="invalid_reference")
    assert [fault["pointer"] for fault in problem["errors"]] == ["/role", "/ends_on"]
    acme.owner.problem("PUT", path, {"ends_on": "2026-02-30"}, status=422, code="invalid_body", pointer="/ends_on")


def test_team_member_put__only_members_of_the_organisation(world):
    acme, other = world.organisation(), world.organisation()
    team, gone = acme.team(), acme.member()
    acme.owner.delete(f"{acme.path}/members/{gone.member_id}")
    for member in (other.owner.member_id, NOBODY, gone.member_id):
        acme.owner.problem("PUT", f"{team.path}/members/{member}", {}, status=404, code="not_found")
    acme.owner.problem("PUT", f"{acme.path}/teams/{other.team().id}/members/{acme.owner.member_id}", {}, status=404, code="not_found")
    assert len(acme.owner.pages(f"{team.path}/members")) == 1


def test_team_member_put__many_at_once_make_one_membership(world):
    acme = world.organisation()
    maria = acme.member()
    team = acme.team()
    answers = at_once([lambda: acme.owner.request("PUT", f"{team.path}/members/{maria.member_id}", {}) for _ in range(20)])
    assert {answer.status_code for answer in answers} == {200}
    assert sorted(answer.json()["version"] for answer in answers) == list(range(1, 21))
    assert len(acme.owner.pages(f"{team.path}/members")) == 2


def test_team_members__who_may_say(world):
    acme = world.organisation()
    lead, member, other = acme.member(), acme.member(), acme.member()
    team = acme.team(members=[(lead, "lead"), member])
    lead.put(f"{team.path}/members/{other.member_id}", {"role": "representative"})
    for who, whom in [(member, other), (other, member)]:
        problem = who.problem("DELETE", f"{team.path}/members/{whom.member_id}", status=403, code="permission_denied")
        assert problem["permission"] == "team_member.manage"
        who.problem("PUT", f"{team.path}/members/{who.member_id}", {"role": "lead"}, status=403, code="permission_denied")
    lead.delete(f"{team.path}/members/{other.member_id}")
    lead.problem("DELETE", f"{team.path}/members/{other.member_id}", status=404, code="not_found")


@pytest.mark.parametrize("mode", ["open", "governed"])
def test_team_member_delete__leaving_needs_no_permission(world, mode):
    acme = world.organisation()
    maria, observer = acme.member(), acme.member("observer")
    team = acme.team(members=[maria, observer])
    governed(acme, mode)
    for person in (maria, observer):
        person.delete(f"{team.path}/members/{person.member_id}")
        person.problem("DELETE", f"{team.path}/members/{person.member_id}", status=404 if mode == "open" else 404, code="not_found")
    removed = [entry for entry in acme.owner.pages(f"{acme.path}/audit-log", resource_id=team.id)
               if entry["action"] == "team_member.removed"]
    assert [entry["override"] for entry in removed] == [False, False]
    assert {entry["actor_id"] for entry in removed} == {maria.member_id, observer.member_id}


def test_team_member_list__pages_filters_and_sorts(world):
    acme = world.organisation()
    people = [acme.member("member", name) for name in ("Dora", "Anna", "Carl", "Bert")]
    team = acme.team(members=[(person, "secretary" if person.name == "Carl" else "member") for person in people])
    path = f"{team.path}/members"
    acme.owner.put(f"{path}/{people[0].member_id}", {"starts_on": "2020-01-01", "ends_on": "2020-12-31"})
    shown = acme.owner.pages(path, limit=2)
    assert [item["display_name"] for item in shown] == sorted(item["display_name"] for item in shown) and len(shown) == 5
    newest = acme.owner.pages(path, limit=2, sort="-created_at")
    assert [item["display_name"] for item in newest] == ["Bert", "Carl", "Anna", "Dora", acme.owner.name]
    for sort in ("display_name", "-created_at"):
        assert [item["display_name"] for item in acme.owner.pages(path, role="secretary,lead", sort=sort, limit=1)
                if item["role"] == "secretary"] == ["Carl"]
        assert len(acme.owner.pages(path, on="2020-12-31", sort=sort)) == 5
        assert len(acme.owner.pages(path, on="2021-01-01", sort=sort)) == 4
