# SPDX-License-Identifier: Apache-2.0
"""That there is a private team shows to nobody who does not see it, not by a refusal either: each of these tests does the same with something
that a hidden team stands in the way of and with its twin that nothing does, and both must be answered alike."""

import pytest

from changing import adopt, change, draft, propose, read, refuse
from deciding import YES, closed, vote

SEEN = ["organisation.read", "member.read", "role.read", "team.read", "area.read", "framework.read", "decision.read", "decision.create",
        "decision.update", "decision.open", "change_set.open"]
STRUCTURE = ["team.create_any", "team.update", "team.delete", "area.manage", "role.manage"]


@pytest.fixture
def acme(world):
    return world.organisation()


def office(acme, *permissions):
    """Somebody in a role of the organisation's own, who does not read private teams."""
    acme.owner.post(f"{acme.path}/roles", {"kind": "organisation", "key": "office", "name": "Office", "permissions": [*SEEN, *permissions]})
    person = acme.member()
    acme.owner.patch(f"{acme.path}/members/{person.member_id}", {"role": "office"})
    return person


def chain(acme, length, parent=None, **fields):
    """Teams below each other; the ids, the highest first."""
    made = []
    for _ in range(length):
        parent = acme.team(parent_id=parent, **fields).id
        made.append(parent)
    return made


class Twins:
    """For each kind of thing one that a hidden team holds, and one that is free."""

    def __init__(self, acme):
        self.acme = acme
        self.insider = acme.member()
        self.crew, self.free_team = acme.team(name="Crew"), acme.team(name="Empty")
        self.hidden = acme.team(name="Hidden", visibility="private", parent_id=self.crew.id, members=[self.insider])
        self.ground = chain(acme, 31)[-1]
        self.decided, self.delegated, self.free_area = acme.area("Decided"), acme.area("Delegated"), acme.area("Free")
        self.decision = acme.decision(team_id=self.hidden.id, area_id=self.decided.id)
        acme.delegate(self.hidden.id, self.delegated.id, 7)
        self.role, self.free_role = (acme.owner.post(f"{acme.path}/roles", {
            "kind": "team", "key": key, "name": "Keeper", "permissions": []}, expect=201).json()["id"] for key in ("keeper", "nobody"))
        acme.owner.put(f"{self.hidden.path}/members/{self.insider.member_id}", {"role": "keeper"})
        self.used, self.followed, self.free_framework = (self.framework(key) for key in ("used", "followed", "unused"))
        acme.decision(self.used, team_id=self.hidden.id)
        acme.decision("lazy_consensus", team_id=self.hidden.id, stakeholders={"voters": [self.insider]}, open=True,
                      configuration={"rule": {"fallback": self.followed}})

    def framework(self, key):
        acme = self.acme
        acme.owner.post(f"{acme.path}/frameworks", {"copy_of": {"framework": "majority"}, "key": key}, expect=201)
        acme.owner.post(f"{acme.path}/frameworks/{key}/publish")
        return key

    def pairs(self):
        """(The change of what is held, that of its twin, what may follow either, where and how the first is refused if that is seen.)"""
        def moved(team):
            return change("team_update", {"team": team}, {"parent_id": self.ground})

        def deleted(kind, name):
            return change(f"{kind}_delete", {kind: name})

        below_team = [moved, lambda team: change("team_create", body={"name": "Lower", "kind": "circle", "parent_id": team})]
        in_area = [lambda area: change("area_update", {"area": area}, {"name": "Again"}),
                   lambda area: change("area_create", body={"name": "Below", "parent_id": area}),
                   lambda area: change("delegation_level_put", {"team": self.ground, "area": area},
                                       {"level": 7, "delegator_id": self.acme.owner.member_id})]
        of_role = [lambda role: change("role_update", {"role": role}, {"name": "Again"})]
        of_framework = [lambda key: change("framework_update", {"framework": key}, {"name": "Again"})]
        yield moved(self.crew.id), moved(self.free_team.id), below_team, "/body/parent_id", "too_deep"
        for kind, held, free, following in (("area", self.decided.id, self.free_area.id, in_area),
                                            ("area", self.delegated.id, self.free_area.id, in_area),
                                            ("role", self.role, self.free_role, of_role),
                                            ("framework", self.used, self.free_framework, of_framework),
                                            ("framework", self.followed, self.free_framework, of_framework)):
            yield deleted(kind, held), deleted(kind, free), following, "", "item_refused"


def named(change_made):
    return next(iter(change_made["path"].values()))


def answer(person, acme, *changes):
    """What proposing them is answered, without what differs in any case."""
    found = person.put(f"{draft(acme, by=person).path}/changes", {"changes": list(changes)}, expect=(200, 422))
    body = found.json()
    return found.status_code, body.get("errors"), body.get("status"), body.get("failure")


def test_a_hidden_team_does_not_show_to_whoever_proposes_changes(acme):
    twins, member = Twins(acme), acme.member()
    for held, free, following, pointer, code in twins.pairs():
        assert answer(member, acme, held) == answer(member, acme, free) and answer(member, acme, held)[0] == 200, held
        for after in following:
            told = [answer(member, acme, first, after(named(first))) for first in (held, free)]
            assert told[0] == told[1], (held, told)
        for person in (acme.member("admin"), acme.owner):
            assert refuse(person, draft(acme, by=person), held) == {(f"/changes/0{pointer}", code)}
    # All of it at once, and nothing of it is kept.
    before = [acme.owner.get(path).json() for path in (twins.hidden.path, twins.decision.path)]
    propose(member, draft(acme, by=member), *[held for held, *_ in twins.pairs()])
    assert [acme.owner.get(path).json() for path in (twins.hidden.path, twins.decision.path)] == before
    assert twins.insider.pages(f"{twins.hidden.path}/members")[0]["role"] == "keeper"


def test_who_opens_the_decision_and_sees_what_is_in_the_way_is_told(acme):
    twins, member, admin = Twins(acme), acme.member(), acme.member("admin")
    for held, free, _, pointer, code in twins.pairs():
        decision = draft(acme, by=member)
        propose(member, decision, held)
        problem = admin.problem("POST", f"{decision.path}/open", status=422, code="decision_not_ready", pointer=f"/changes/0{pointer}")
        assert [fault["code"] for fault in problem["errors"]] == [code]


def test_what_only_a_hidden_team_forbids_fails_when_it_is_made(acme):
    """Adoption makes nothing that would break the tree; it says no more than it would of teams that all see."""
    twins, opener = Twins(acme), office(acme)
    decisions = [draft(acme, by=opener), draft(acme, by=opener)]
    for decision, team in zip(decisions, (twins.crew, twins.free_team)):
        propose(opener, decision, change("team_update", {"team": team.id}, {"parent_id": twins.ground}))
        opener.post(f"{decision.path}/open", expect=200)
    acme.team(parent_id=twins.free_team.id, name="Made since")
    found = []
    for decision in decisions:
        vote(acme.owner, decision, YES)
        closed(acme.owner, decision, "adopted")
        found.append(read(opener, decision))
    assert [changes["status"] for changes in found] == ["failed", "failed"]
    assert found[0]["failure"] == found[1]["failure"]
    assert found[0]["failure"]["errors"] == [
        {"pointer": "/changes/0/body/parent_id", "code": "too_deep", "detail": "Teams may be nested 32 deep."}]
    assert acme.owner.get(twins.crew.path).json()["parent_id"] is None
    assert acme.owner.get(twins.hidden.path).json()["path"] == [twins.crew.id, twins.hidden.id]


def test_the_teams_below_that_the_author_sees_are_counted(acme):
    member, insider = acme.member(), acme.member()
    ground, crew = chain(acme, 30)[-1], acme.team()
    move = change("team_update", {"team": crew.id}, {"parent_id": ground})
    open_child = acme.team(parent_id=crew.id)
    propose(member, draft(acme, by=member), move)
    hidden = acme.team(parent_id=crew.id, visibility="private")
    deeper = acme.team(parent_id=hidden.id, members=[insider])
    propose(member, draft(acme, by=member), move)
    assert refuse(insider, draft(acme, by=insider), move) == {("/changes/0/body/parent_id", "too_deep")}
    acme.owner.delete(deeper.path)
    acme.team(parent_id=open_child.id)
    assert refuse(member, draft(acme, by=member), move) == {("/changes/0/body/parent_id", "too_deep")}


def test_who_does_not_see_private_teams_does_not_move_or_delete_what_they_may_hang_on(acme):
    """Whether anything is hidden there or not, which the answers would show. What they lead they see all of."""
    twins, structurer = Twins(acme), office(acme, *STRUCTURE)
    for team in (twins.crew, twins.free_team):
        structurer.patch(team.path, {"purpose": "Theirs"})
        for method, body in (("PATCH", {"parent_id": twins.ground}), ("DELETE", None)):
            assert structurer.problem(method, team.path, body, status=403, code="permission_denied")["permission"] == "team.read_private"
        structurer.patch(team.path, {"parent_id": None, "name": "Where it is"})
    for path in [twins.decided.path, twins.free_area.path, *(f"{acme.path}/roles/{role}" for role in (twins.role, twins.free_role))]:
        assert structurer.problem("DELETE", path, status=403, code="permission_denied")["permission"] == "team.read_private"
    facilitator = acme.member("facilitator")
    for key in (twins.used, twins.followed, twins.free_framework):
        refused = facilitator.problem("DELETE", f"{acme.path}/frameworks/{key}", status=403, code="permission_denied")
        assert refused["permission"] == "team.read_private"
    facilitator.post(f"{acme.path}/frameworks", {"copy_of": {"framework": "majority"}, "key": "draft"}, expect=201)
    facilitator.delete(f"{acme.path}/frameworks/draft")  # which nothing can use
    for key, status in ((twins.used, 409), (twins.followed, 409), (twins.free_framework, 204)):
        acme.owner.delete(f"{acme.path}/frameworks/{key}", expect=status)
    mine = structurer.post(f"{acme.path}/teams", {"name": "Mine", "kind": "circle"}).json()["id"]
    structurer.patch(f"{acme.path}/teams/{mine}", {"parent_id": twins.free_team.id})
    structurer.delete(f"{acme.path}/teams/{mine}")


def test_what_a_hidden_decision_has_changed_does_not_lead_to_it(acme):
    """Neither the history of what it changed nor a decision that undoes it names it to those who do not see it."""
    insider, team, area = acme.member(), acme.team(), acme.area()
    hidden = acme.team(visibility="private", members=[insider])
    change_it = change("delegation_level_put", {"team": team.id, "area": area.id}, {"level": 7, "delegator_id": acme.owner.member_id})
    decision = draft(acme, team_id=hidden.id)
    propose(acme.owner, decision, change_it)
    assert adopt(acme, decision)["status"] == "applied"
    undoing = draft(acme)
    propose(acme.owner, undoing, change_it)
    proposed = acme.owner.put(f"{undoing.path}/changes", {"reverses": decision.id}).json()
    history = f"{team.path}/delegation-levels/{area.id}/history"
    for person, found in ((acme.owner, decision.id), (insider, decision.id), (acme.member(), None), (acme.member("facilitator"), None)):
        assert [row["decision_id"] for row in person.pages(history)] == [found]
        assert read(person, undoing) == proposed | {"reverses": found}
    adopt(acme, undoing)
    reversed_by = acme.member("admin")
    assert reversed_by.post(f"{undoing.path}/changes/reverse").json()["reverses"] == decision.id
    acme.owner.patch(f"{acme.path}/members/{reversed_by.member_id}", {"role": "facilitator"})
    assert read(reversed_by, undoing)["reverses"] is None
