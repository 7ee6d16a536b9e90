# SPDX-License-Identifier: Apache-2.0
"""Delegation levels (FRAMEWORKS.md 3.13): the board and its history, and what they ask of decisions."""

import pytest

from changing import adopt, change, draft, propose, refuse
from deciding import YES, actions, at_once, closed, say, vote

NOBODY = "018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2b"
NAMES = ["tell", "sell", "consult", "agree", "advise", "inquire", "delegate"]
MEANINGS = {  # level: framework, deciders, duties
    1: ("single_decider", "delegator", []), 2: ("single_decider", "delegator", ["rationale"]),
    3: ("consultative", "delegator", ["input_first"]), 4: ("consent", "both", []), 5: ("advice", "team", ["advice_first"]),
    6: ("consent", "team", ["answer"]), 7: ("consent", "team", []),
}


class Board:
    """A team of a and b, to whom d delegates; x is in no team either. The area Contractors lies below Hiring."""

    def __init__(self, world, **fields):
        self.acme = acme = world.organisation(**fields)
        self.d, self.a, self.b, self.x = (acme.member("facilitator", name) for name in ("Dora", "Anna", "Bert", "Xenia"))
        self.team = acme.team(members=[self.a, self.b])
        acme.owner.delete(f"{self.team.path}/members/{acme.owner.member_id}")  # who made it leads it
        self.hiring = acme.area("Hiring")
        self.contractors = acme.area("Contractors", self.hiring.id)
        self.levels = f"{self.team.path}/delegation-levels"

    def at(self, area):
        return f"{self.levels}/{area.id}"

    def set(self, level, area=None, **fields):
        return self.acme.delegate(self.team.id, (area or self.hiring).id, level, self.d, **fields)

    def draft(self, framework, roles, area=None, **fields):
        stakeholders = {role: [getattr(self, name) for name in names] for role, names in roles.items()}
        return self.acme.decision(framework, by=self.x, stakeholders=stakeholders, team_id=self.team.id,
                                  area_id=(area or self.contractors).id, **fields)

    def faults(self, decision):
        """What keeps it from being opened; it must be told before too."""
        problem = self.acme.owner.problem("POST", f"{decision.path}/open", status=422, code="decision_not_ready")
        missing = actions(self.acme.owner, decision)["missing"]
        assert [(f["pointer"], f["code"]) for f in missing] == [(f["pointer"], f["code"]) for f in problem["errors"]]
        return {(f["pointer"], f["code"]) for f in problem["errors"]}

    def open(self, decision):
        assert actions(self.acme.owner, decision)["missing"] == []
        return self.acme.owner.post(f"{decision.path}/open", expect=200).json()


# ---- the board ----

@pytest.mark.parametrize("level", range(1, 8))
def test_a_level_says_what_it_means(world, level):
    board = Board(world)
    made = board.set(level, note="So we said.")
    framework, deciders, duties = MEANINGS[level]
    assert (made["level"], made["name"], made["framework"], made["deciders"], made["duties"]) == (
        level, NAMES[level - 1], framework, deciders, duties)
    assert (made["team_id"], made["area_id"], made["area_name"], made["inherited_from"]) == (board.team.id, board.hiring.id, "Hiring", None)
    assert (made["delegator_id"], made["note"], made["version"]) == (board.d.member_id, "So we said.", 1)
    assert made["answer_within_days"] == (14 if level == 6 else None)
    assert board.acme.member("observer").get(board.at(board.hiring)).json() == made
    assert board.acme.owner.pages(board.levels) == [made]


def test_a_level_is_set_changed_and_taken_away(world):
    board = Board(world)
    owner, path = board.acme.owner, board.at(board.hiring)
    owner.problem("GET", path, status=404, code="not_found")
    owner.problem("DELETE", path, status=404, code="not_found")
    body = {"level": 6, "delegator_id": board.d.member_id, "answer_within_days": 14, "note": "At first"}
    first = owner.put(path, body)
    second = owner.put(path, {"level": 7, "delegator_id": board.a.member_id}, headers={"If-Match": first.headers["etag"]})
    assert [second.json()[key] for key in ("level", "delegator_id", "answer_within_days", "note", "version")] == [
        7, board.a.member_id, None, "", 2]
    owner.problem("PUT", path, body, status=412, code="precondition_failed", headers={"If-Match": first.headers["etag"]})
    owner.problem("DELETE", path, status=412, code="precondition_failed", headers={"If-Match": first.headers["etag"]})
    assert owner.etag(path) == second.headers["etag"]
    owner.patch(board.hiring.path, {"name": "Hiring people"})  # which the level shows
    owner.get(path, headers={"If-None-Match": second.headers["etag"]}, expect=200)
    owner.problem("DELETE", path, status=412, code="precondition_failed", headers={"If-Match": second.headers["etag"]})
    owner.delete(path, headers={"If-Match": owner.etag(path)})
    owner.problem("GET", path, status=404, code="not_found")
    third = owner.put(path, body)
    assert third.headers["etag"] not in (first.headers["etag"], second.headers["etag"])
    past = owner.pages(f"{path}/history", limit=1)
    assert [(p["level"], p["name"], p["delegator_id"], p["answer_within_days"], p["note"]) for p in past] == [
        (6, "inquire", board.d.member_id, 14, "At first"), (None, None, None, None, ""), (7, "delegate", board.a.member_id, None, ""),
        (6, "inquire", board.d.member_id, 14, "At first")]
    assert {(p["changed_by"], p["decision_id"]) for p in past} == {(owner.member_id, None)}
    assert [p["changed_at"] for p in past] == sorted((p["changed_at"] for p in past), reverse=True)
    types = [e["type"] for e in owner.pages(f"{board.acme.path}/events", resource_id=board.team.id) if e["type"].startswith("delegation")]
    assert types == ["delegation_level.set", "delegation_level.changed", "delegation_level.removed", "delegation_level.set"]
    assert owner.pages(f"{board.at(board.contractors)}/history") == []


def test_every_fault_is_told(world):
    board = Board(world)
    other = Board(world)
    owner, path = board.acme.owner, board.at(board.hiring)
    told = lambda code, **body: {(f["pointer"], f["code"]) for f in owner.problem("PUT", path, body, status=422, code=code)["errors"]}
    good = {"delegator_id": board.d.member_id}
    assert told("invalid_body", level=0, **good) == {("/level", "too_small")}
    assert told("invalid_body", level=8, **good) == {("/level", "too_large")}
    assert told("invalid_body", level=1) == {("/delegator_id", "required")}
    assert told("invalid_body", level=6, **good) == {("/answer_within_days", "required")}
    assert told("invalid_body", level=5, answer_within_days=3, **good) == {("/answer_within_days", "config_conflict")}
    assert told("invalid_body", level=6, answer_within_days=0, **good) == {("/answer_within_days", "too_small")}
    gone = board.acme.member()
    gone_id = gone.member_id
    owner.delete(f"{board.acme.path}/members/{gone_id}")
    for id in (NOBODY, other.d.member_id, gone_id):
        assert told("invalid_reference", level=6, delegator_id=id) == {("/delegator_id", "unknown_reference"), ("/answer_within_days", "required")}
    for team, area in ((board.team.id, NOBODY), (board.team.id, other.hiring.id), (NOBODY, board.hiring.id), (other.team.id, board.hiring.id)):
        for method, body in (("GET", None), ("PUT", {"level": 1, **good}), ("DELETE", None)):
            owner.problem(method, f"{board.acme.path}/teams/{team}/delegation-levels/{area}", body, status=404, code="not_found")
        owner.problem("GET", f"{board.acme.path}/teams/{team}/delegation-levels/{area}/history", status=404, code="not_found")
    assert owner.pages(board.levels) == []


def test_who_may(world):
    board = Board(world)
    board.set(7)
    board.acme.owner.put(f"{board.team.path}/members/{board.a.member_id}", {"role": "lead"})
    body = {"level": 1, "delegator_id": board.d.member_id}
    for person in (board.d, board.a, board.acme.member()):  # not even who delegates, or leads the team
        assert person.problem("PUT", board.at(board.hiring), body, status=403, code="permission_denied")["permission"] == "delegation_level.manage"
        person.problem("DELETE", board.at(board.hiring), status=403, code="permission_denied")
        person.get(board.at(board.hiring))
    admin = board.acme.member("admin")
    admin.put(board.at(board.contractors), body)
    board.acme.owner.patch(board.acme.path, {"governance_mode": "governed"})
    admin.problem("PUT", board.at(board.hiring), body, status=403, code="governed_structure")
    admin.problem("DELETE", board.at(board.hiring), status=403, code="governed_structure")
    board.set(2)
    [entry] = board.acme.owner.pages(f"{board.acme.path}/audit-log", resource_id=board.team.id, override="true")
    assert entry["action"] == "delegation_level.changed"
    hidden = board.acme.team(visibility="private")
    board.acme.delegate(hidden.id, board.hiring.id, 7)
    for path in ("", f"/{board.hiring.id}", f"/{board.hiring.id}/history"):
        board.a.problem("GET", f"{hidden.path}/delegation-levels{path}", status=404, code="not_found")


def test_the_nearest_area_above_says_where_none_is_set(world):
    board = Board(world)
    owner = board.acme.owner
    deep = board.acme.area("Abroad", board.contractors.id)
    board.set(2)
    read = lambda area: (lambda l: (l["level"], l["area_id"], l["area_name"], l["inherited_from"]))(owner.get(board.at(area)).json())
    assert read(deep) == (2, deep.id, "Abroad", board.hiring.id)
    etag = owner.etag(board.at(deep))
    owner.problem("PUT", board.at(deep), {"level": 7, "delegator_id": board.d.member_id}, status=412, code="precondition_failed",
                  headers={"If-Match": etag})  # it is not this one that would be changed
    owner.problem("DELETE", board.at(deep), status=404, code="not_found")
    board.set(5, board.contractors)
    assert read(deep) == (5, deep.id, "Abroad", board.contractors.id)
    board.set(7, deep)
    assert read(deep) == (7, deep.id, "Abroad", None)
    owner.delete(board.at(deep))
    owner.delete(board.at(board.contractors))
    assert read(deep) == (2, deep.id, "Abroad", board.hiring.id)
    owner.patch(board.contractors.path, {"parent_id": None})
    owner.problem("GET", board.at(deep), status=404, code="not_found")
    other = board.acme.team()  # what is for one team says nothing of others, also not of those below
    below = board.acme.team(parent_id=board.team.id)
    for team in (other, below):
        owner.problem("GET", f"{team.path}/delegation-levels/{board.hiring.id}", status=404, code="not_found")


def test_the_board_is_listed_by_area(world):
    board = Board(world)
    spending = board.acme.area("Budget")
    board.set(1)
    board.set(7, spending)
    board.acme.delegate(board.team.id, board.contractors.id, 5, board.a)
    find = lambda **filters: [level["area_name"] for level in board.acme.owner.pages(board.levels, **filters)]
    assert find(limit=1) == ["Budget", "Contractors", "Hiring"]
    assert find(delegator_id=board.d.member_id) == ["Budget", "Hiring"]
    assert find(root=board.hiring.id) == ["Contractors", "Hiring"]


def test_an_area_with_a_level_is_in_use_and_a_team_takes_its_levels_along(world):
    board = Board(world)
    owner = board.acme.owner
    board.set(7, board.contractors)
    assert "delegation levels" in owner.problem("DELETE", board.contractors.path, status=409, code="in_use")["detail"]
    owner.delete(board.team.path)
    owner.delete(board.contractors.path)
    other = board.acme.team()
    board.acme.delegate(other.id, board.hiring.id, 7)
    owner.delete(f"{other.path}/delegation-levels/{board.hiring.id}")
    owner.delete(board.hiring.path)  # what has been is no use of it


def test_an_organisation_is_deleted_with_all_of_it(world, sql):
    board = Board(world)
    board.set(7, board.contractors)
    board.draft("majority", {"voters": ["a"]}, open=True)
    board.a.put(f"{board.acme.path}/proxies/{board.hiring.id}", {"trustee_id": board.b.member_id})
    board.acme.owner.delete(board.acme.path, headers={"If-Match": board.acme.owner.etag(board.acme.path)})
    for table in ("areas", "delegation_levels", "delegation_level_history", "proxies", "decisions"):
        assert sql.execute(f"select count(*) from {table} where organisation_id = %s", [board.acme.id]).fetchone() == (0,)


def test_fifty_changes_at_once(world, sql):
    board = Board(world)
    body = lambda level: {"level": level, "delegator_id": board.d.member_id}
    answers = at_once([lambda n=n: board.acme.owner.request("PUT", board.at(board.hiring), body(n % 5 + 1)).status_code for n in range(50)])
    assert set(answers) == {200}
    versions = sql.execute("select version from delegation_levels where team_id = %s", [board.team.id]).fetchall()
    past = sql.execute("select count(*) from delegation_level_history where team_id = %s", [board.team.id]).fetchall()
    assert (versions, past) == ([(50,)], [(50,)])


# ---- what it asks of decisions ----

FITTING = {  # level: framework, who holds which role
    1: ("single_decider", {"decider": ["d"]}),
    2: ("single_decider", {"decider": ["d"], "informed": ["a"]}),
    3: ("consultative", {"decider": ["d"], "consulted": ["a", "b"]}),
    4: ("consent", {"facilitator": ["x"], "members": ["a", "b", "d"]}),
    5: ("advice", {"decider": ["a"], "affected": ["b"], "expert": ["d"]}),
    6: ("consent", {"facilitator": ["x"], "members": ["a", "b"]}),
    7: ("consent", {"facilitator": ["x"], "members": ["a", "b"]}),
}


@pytest.mark.parametrize("level", range(1, 8))
def test_a_draft_that_fits_is_opened_and_keeps_the_level(world, level):
    board = Board(world)
    board.set(level)
    framework, roles = FITTING[level]
    assert framework == MEANINGS[level][0]
    draft = board.draft(framework, roles)
    assert draft["delegation"] is None
    kept = board.open(draft)["delegation"]
    assert kept == {"level": level, "name": NAMES[level - 1], "area_id": board.hiring.id, "delegator_id": board.d.member_id,
                    "answer_within_days": 14 if level == 6 else None, "deciders": MEANINGS[level][1], "duties": MEANINGS[level][2]}
    board.set(level % 7 + 1)
    board.acme.owner.delete(board.at(board.hiring))
    assert board.acme.owner.get(draft.path).json()["delegation"] == kept
    [listed] = board.acme.owner.pages(f"{board.acme.path}/decisions", area_id=board.contractors.id)
    assert listed["delegation"] == kept
    assert board.acme.owner.get(f"{draft.path}/record").json()["delegation"] == kept


NOT_FITTING = [
    (1, "single_decider", {"decider": ["a"]}, {("a", "level_decider"), (None, "level_decider_missing")}),
    (1, "majority", {"voters": ["d", "a"]}, {("a", "level_decider")}),
    (2, "majority", {"voters": ["d"]}, {("/framework", "level_rationale")}),
    (3, "single_decider", {"decider": ["d"], "informed": ["a"]}, {("/framework", "level_input_first")}),
    (3, "consultative", {"decider": ["a"], "consulted": ["d"]}, {("a", "level_decider"), (None, "level_decider_missing")}),
    (4, "consent", {"facilitator": ["x"], "members": ["a", "b"]}, {(None, "level_decider_missing")}),
    (4, "consent", {"facilitator": ["x"], "members": ["a", "d"]}, {(None, "level_decider_missing")}),
    (4, "consent", {"facilitator": ["x"], "members": ["a", "b", "d", "x"]}, {("x", "level_decider")}),
    (4, "majority", {"voters": ["a", "b", "d"]}, {("/framework", "level_agreement")}),
    (5, "single_decider", {"decider": ["a"]}, {("/framework", "level_input_first")}),
    (5, "advice", {"decider": ["d"], "affected": ["a"], "expert": ["b"]}, {("d", "level_decider"), (None, "level_decider_missing")}),
    (6, "majority", {"voters": ["a", "x"]}, {("x", "level_decider")}),
    (7, "single_decider", {"decider": ["d"]}, {("d", "level_decider"), (None, "level_decider_missing")}),
]


@pytest.mark.parametrize("level, framework, roles, expected", NOT_FITTING)
def test_a_draft_that_contradicts_its_level_is_not_opened(world, level, framework, roles, expected):
    board = Board(world)
    board.set(level)
    draft = board.draft(framework, roles)
    pointer = lambda at: "/stakeholders" if at is None else at if at.startswith("/") else f"/stakeholders/{getattr(board, at).member_id}"
    assert board.faults(draft) == {(pointer(at), code) for at, code in expected}
    assert board.acme.owner.get(draft.path).json()["status"] == "draft"
    board.set(1, board.acme.area())  # another area's level is nothing to it
    board.acme.owner.delete(board.at(board.hiring))
    assert board.open(draft)["delegation"] is None


def test_the_faults_of_the_level_stand_beside_the_others(world):
    board = Board(world)
    board.set(7)
    draft = board.draft("consultative", {"decider": ["x"]})
    found = board.faults(draft)
    assert {("/stakeholders", "role_too_few"), ("/stakeholders", "phase_without_actor"), ("/stakeholders", "level_decider_missing"),
            (f"/stakeholders/{board.x.member_id}", "level_decider")} == found


def test_the_level_of_a_decision_without_team_or_area_is_none(world):
    board = Board(world)
    board.set(1)
    for fields in ({"team_id": board.team.id}, {"area_id": board.contractors.id}):
        decision = board.acme.decision(by=board.x, stakeholders={"voters": [board.x]}, **fields)
        assert board.open(decision)["delegation"] is None


def test_who_is_in_the_team_when_it_opens_counts(world):
    board = Board(world)
    board.set(7)
    draft = board.draft("majority", {"voters": ["a", "x"]})
    assert board.faults(draft) == {(f"/stakeholders/{board.x.member_id}", "level_decider")}
    board.acme.owner.put(f"{board.team.path}/members/{board.x.member_id}", {"ends_on": "2020-01-01"})
    board.faults(draft)
    board.acme.owner.put(f"{board.team.path}/members/{board.x.member_id}", {})
    board.open(draft)


def test_a_group_is_looked_at_as_it_opens(world):
    board = Board(world)
    board.set(7)
    draft = board.draft("majority", {})
    board.x.put(f"{draft.path}/stakeholder-groups/team", {"team_id": board.team.id, "roles": ["voters"]})
    assert board.open(draft)["delegation"]["level"] == 7


def test_a_decision_reopened_fits_the_level_of_then(world):
    board = Board(world)
    board.set(1)
    decision = board.draft("single_decider", {"decider": ["d"]})
    board.open(decision)
    say(board.d, decision, "decision", {"choice": "yes", "rationale": "I say so."})
    found = closed(board.d, decision, "adopted")
    assert found["rationale"] == "I say so."
    board.set(7)
    again = board.acme.owner.post(f"{decision.path}/reopen", expect=201).json()
    assert again["delegation"] is None and again["area_id"] == board.contractors.id
    problem = board.acme.owner.problem("POST", f"{board.acme.path}/decisions/{again['id']}/open", status=422, code="decision_not_ready")
    assert {f["code"] for f in problem["errors"]} == {"level_decider", "level_decider_missing"}


# ---- the framework that a level derives ----

@pytest.mark.parametrize("level", range(1, 8))
def test_without_a_framework_it_is_that_of_the_level(world, level):
    board = Board(world)
    board.set(level)
    body = {"title": "Whom we hire", "team_id": board.team.id.upper(), "area_id": board.contractors.id}
    made = board.x.post(f"{board.acme.path}/decisions", body, expect=201).json()
    assert made["framework_key"] == MEANINGS[level][0]
    named = board.x.post(f"{board.acme.path}/decisions", {**body, "framework": "majority"}, expect=201).json()
    assert named["framework_key"] == "majority"
    roles = ["members" if level in (4, 6, 7) else "decider"]
    full = {**body, "electorate": {"team_id": board.team.id, "roles": roles}, "configuration": {"phases": {}}}
    board.x.post(f"{board.acme.path}/decisions", full, expect=201)
    board.x.problem("POST", f"{board.acme.path}/decisions", {**full, "electorate": {"team_id": board.team.id, "roles": ["nobody"]}},
                    status=422, code="invalid_body", pointer="/electorate/roles/0")


def test_without_a_framework_and_a_level_it_is_refused(world):
    board = Board(world)
    body = {"title": "Whom we hire", "team_id": board.team.id, "area_id": board.contractors.id}
    refused = lambda **fields: board.x.problem("POST", f"{board.acme.path}/decisions", {**body, **fields}, status=422, code="invalid_body",
                                               pointer="/framework")["errors"]
    assert [f["code"] for f in refused()] == ["required"]
    board.set(5)
    refused(team_id=None)
    refused(area_id=None)
    refused(team_id=board.acme.team().id)
    refused(area_id=board.acme.area().id)
    board.x.problem("POST", f"{board.acme.path}/decisions", {**body, "area_id": NOBODY}, status=422, code="invalid_reference",
                    pointer="/area_id")
    hidden = board.acme.team(visibility="private")
    board.acme.delegate(hidden.id, board.contractors.id, 5)
    board.x.problem("POST", f"{board.acme.path}/decisions", {**body, "team_id": hidden.id}, status=422, code="invalid_reference",
                    pointer="/team_id")


# ---- by decision ----

def test_a_decision_changes_levels_and_is_undone(world):
    board = Board(world)
    acme, owner = board.acme, board.acme.owner
    other = acme.team(name="Other")
    board.set(6, note="Before")
    acme.delegate(other.id, board.hiring.id, 3, board.a)
    owner.patch(acme.path, {"governance_mode": "governed"})
    shown = lambda: {team["name"]: [(l["area_name"], l["level"], l["delegator_id"], l["answer_within_days"], l["note"])
                                    for l in owner.pages(f"{acme.path}/teams/{team['id']}/delegation-levels")]
                     for team in owner.pages(f"{acme.path}/teams")}
    before = shown()
    decision = draft(acme)
    put = {"level": 7, "delegator_id": board.d.member_id}
    propose(owner, decision,
            change("delegation_level_put", {"team": board.team.id, "area": board.hiring.id}, put),
            change("delegation_level_put", {"team": board.team.id, "area": board.contractors.id}, put),
            change("area_create", body={"name": "New"}, **{"as": "new"}),
            change("team_create", body={"name": "Crew", "kind": "circle"}, **{"as": "crew"}),
            change("delegation_level_put", {"team": "crew", "area": "new"}, put),
            change("delegation_level_delete", {"team": other.id, "area": board.hiring.id}),
            change("delegation_level_put", {"team": other.id, "area": board.contractors.id}, put),
            change("team_delete", {"team": other.id}))
    assert shown() == before
    changes = adopt(acme, decision)
    assert changes["status"] == "applied", changes
    assert shown() == {board.team["name"]: [("Contractors", 7, board.d.member_id, None, ""), ("Hiring", 7, board.d.member_id, None, "")],
                       "Crew": [("New", 7, board.d.member_id, None, "")]}
    past = owner.pages(f"{board.at(board.hiring)}/history")
    assert [(p["level"], p["changed_by"], p["decision_id"]) for p in past] == [(7, None, decision.id), (6, owner.member_id, None)]
    owner.post(f"{decision.path}/changes/reverse", expect=200)
    assert shown() == before


def test_a_decision_can_t_set_levels_wrongly(world):
    board = Board(world)
    hidden = board.acme.team(visibility="private")
    decision = draft(board.acme)
    good = {"level": 7, "delegator_id": board.d.member_id}
    found = refuse(board.acme.owner, decision,
                   change("delegation_level_put", {"team": board.team.id, "area": NOBODY}, good),
                   change("delegation_level_put", {"team": board.team.id, "area": board.hiring.id}, {**good, "delegator_id": NOBODY}),
                   change("delegation_level_delete", {"team": board.team.id, "area": board.hiring.id}),
                   change("delegation_level_put", {"team": hidden.id, "area": board.hiring.id}, good))
    assert found == {("/changes/0/path", "unknown_reference"), ("/changes/1/body/delegator_id", "unknown_reference"),
                     ("/changes/2/path", "unknown_reference"), ("/changes/3/path/team", "hidden_team")}


def test_a_team_does_not_delegate_to_itself(world):
    """Its lead may open decisions that change the team, but how far it decides by itself is not the team's to say."""
    acme = world.organisation()
    lead = acme.member()
    team, area = acme.team(members=[(lead, "lead"), acme.owner]), acme.area()
    decision = draft(acme, by=lead, voters=[lead, acme.owner], team_id=team.id)
    propose(lead, decision, change("delegation_level_put", {"team": team.id, "area": area.id}, {"level": 7, "delegator_id": lead.member_id}))
    lead.problem("POST", f"{decision.path}/open", status=403, code="permission_denied")
    acme.owner.post(f"{decision.path}/open")
    for person in (lead, acme.owner):
        vote(person, decision, YES)
    closed(lead, decision, "adopted")
    assert lead.get(f"{team.path}/delegation-levels/{area.id}").json()["level"] == 7
