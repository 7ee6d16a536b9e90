# SPDX-License-Identifier: Apache-2.0
"""The framework that opens when a decision escalates (FRAMEWORKS.md 3.2, 3.4, 3.5): from draft to the outcome of the follow-up."""

import json

import pytest

from changing import change, names, propose, read
from deciding import NO, YES, actions, at_once, closed, elapse, events, say, state, vote
from world import Resource

CRITERIA = ("harms_capacity", "limits_responsibility", "newly_caused", "necessarily_follows")
ARGUED = {"arguments": {criterion: "Because." for criterion in CRITERIA}}
WHY = {"text": "The tests fail."}
TWO_THIRDS = {"framework": "majority", "configuration": {"rule": {"threshold": [2, 3], "inclusive": True, "base": "cast"}}}


class Group:
    """Proposer p, members a, b, c, facilitator f."""

    def __init__(self, world):
        self.acme = world.organisation()
        self.p, self.a, self.b, self.c, self.f = (self.acme.member(name=name) for name in ("Pia", "Ann", "Bo", "Cy", "Fay"))

    def consent(self, fallback="majority", **fields):
        decision = self.acme.decision(
            "consent", by=self.p, text="First", open=True, stakeholders={"members": [self.p, self.a, self.b], "facilitator": [self.f]},
            configuration={"rule": {"max_rounds": 2, "objection_test": "none", "fallback": fallback}}, **fields)
        while state(self.f, decision)["phase"] != "object":
            self.f.post(f"{decision.path}/advance", expect=200)
        return decision

    def object_twice(self, decision):
        for round in (1, 2):
            say(self.p, decision, "consent")
            say(self.b, decision, "consent")
            say(self.a, decision, "objection", {"text": "No."})
            if round == 1:
                self.p.post(f"{decision.path}/revisions", {"text": "Second", "title": "Better"}, expect=201)

    def consensus(self, fallback, **fields):
        decision = self.acme.decision("consensus", by=self.p, open=True, stakeholders={"members": [self.a, self.b, self.c]},
                                      configuration={"rule": {"fallback": fallback}}, **fields)
        self.p.post(f"{decision.path}/advance", expect=200)
        return decision

    def lazy(self, fallback="majority", open=True, **fields):
        return self.acme.decision("lazy_consensus", by=self.p, open=open, stakeholders={"voters": [self.a, self.b, self.c]},
                                  configuration={"rule": {"fallback": fallback}}, **fields)

    def opposed(self, **fields):
        decision = self.lazy(**fields)
        say(self.a, decision, "minus_one", WHY)
        return decision


def escalated(person, decision, reason="max_rounds"):
    found = closed(person, decision, "escalated")
    assert found["report"]["reason"] == reason
    return found


def follow_up(person, decision, outcome=None):
    """The decision that continues it, as the outcome, the record, the event and the links of both name it."""
    outcome = outcome or person.get(f"{decision.path}/outcome").json()
    id = outcome["follow_up_id"]
    assert id
    root = decision.path.rsplit("/", 1)[0]
    next = Resource(f"{root}/{id}", person.get(f"{root}/{id}").json())
    assert person.get(f"{decision.path}/record").json()["follow_up_id"] == id
    assert f"* Continued by: `{id}`" in person.get(f"{decision.path}/record", headers={"Accept": "text/markdown"}).text
    assert links(person, decision) == [("continues", "incoming", id)]
    assert ("continues", "outgoing", decision.id) in links(person, next)
    return next


def links(person, decision):
    return [(link["type"], link["direction"], link["decision_id"]) for link in person.pages(f"{decision.path}/links")]


def roles(person, decision):
    return {s["display_name"]: s["roles"] for s in person.pages(f"{decision.path}/stakeholders")}


def event(acme, decision, type):
    return next(e for e in events(acme, decision) if e["type"] == type)


def own(acme, key, fallback, source="lazy_consensus", publish=True, **members):
    """A framework of the organisation's own with that fallback."""
    definition = acme.owner.get(f"{acme.path}/frameworks/{source}").json()["definition"] | {"key": key, "name": key} | members
    definition["rule"]["fallback"] = fallback
    acme.owner.post(f"{acme.path}/frameworks", {"definition": definition})
    if publish:
        acme.owner.post(f"{acme.path}/frameworks/{key}/publish")


# ---- what follows, from draft to outcome ----

def test_consent_goes_on_as_a_vote_after_the_last_round(world):
    group = Group(world)
    decision = group.consent()
    group.object_twice(decision)
    next = follow_up(group.a, decision, escalated(group.p, decision))
    assert (next["framework_key"], next["status"], next["phase"], next["revision"], next["round"]) == ("majority", "open", "vote", 1, 1)
    assert (next["title"], next["text"], next["proposer_id"], next["secret"]) == ("Better", "Second", group.p.member_id, False)
    assert roles(group.a, next) == {"Pia": ["proposer", "voters"], "Ann": ["voters"], "Bo": ["voters"], "Fay": []}
    assert all(s["notified_at"] for s in group.a.pages(f"{next.path}/stakeholders"))
    told = event(group.acme, decision, "decision.closed")
    assert told["data"]["follow_up_id"] == next.id and "follow_up_obstacle" not in told["data"]
    made = [(e["type"], e["actor_id"]) for e in events(group.acme, next)]
    assert made == [("decision.created", None), ("decision.opened", None)]
    assert event(group.acme, next, "decision.created")["data"]["continues"] == decision.id
    waiting = [item for item in group.b.get("/v1/me/inbox").json()["items"] if item["decision_id"] == next.id]
    assert len(waiting) == 1 and actions(group.b, next)["may"]["vote"] and not actions(group.f, next)["may"]["vote"]
    vote(group.a, next, NO)
    vote(group.b, next, YES)
    vote(group.p, next, YES)
    assert closed(group.a, next, "adopted")["follow_up_id"] is None
    closed(group.a, decision, "escalated")  # its record is as it was sealed


def test_consensus_goes_on_as_a_supermajority(world):
    group = Group(world)
    decision = group.consensus(TWO_THIRDS)
    for person, position in ((group.a, "agree"), (group.b, "agree"), (group.c, "block")):
        say(person, decision, position, WHY)
    next = follow_up(group.a, decision, escalated(group.a, decision))
    assert next["configuration"] == TWO_THIRDS["configuration"]
    assert roles(group.a, next) == {"Pia": ["proposer"], "Ann": ["voters"], "Bo": ["voters"], "Cy": ["voters"]}
    for person, ballot in ((group.a, YES), (group.b, YES), (group.c, NO)):
        vote(person, next, ballot)
    closed(group.a, next, "adopted")


def test_consensus_goes_on_as_a_supermajority_that_is_missed(world):
    group = Group(world)
    decision = group.consensus(TWO_THIRDS)
    for person, position in ((group.a, "agree"), (group.b, "block"), (group.c, "block")):
        say(person, decision, position, WHY)
    next = follow_up(group.a, decision)
    for person, ballot in ((group.a, YES), (group.b, NO), (group.c, NO)):
        vote(person, next, ballot)
    closed(group.a, next, "rejected")


@pytest.mark.parametrize("look", ["outcome", "record", "list", "input"])
def test_lazy_consensus_goes_on_as_a_vote_for_whoever_looks_first(world, sql, look):
    group = Group(world)
    decision = group.opposed()
    elapse(sql, decision, "4 days")
    if look == "list":
        assert {d["status"] for d in group.b.pages(f"{group.acme.path}/decisions")} >= {"closed"}
    elif look == "input":
        group.b.problem("POST", f"{decision.path}/inputs", {"type": "zero", "data": {}}, status=409, code="phase_closed")
    else:
        group.b.get(f"{decision.path}/{look}")
    next = follow_up(group.a, decision, escalated(group.a, decision, "minus_one"))
    assert roles(group.a, next) == {"Pia": ["proposer"], "Ann": ["voters"], "Bo": ["voters"], "Cy": ["voters"]}
    opened = group.a.get(next.path).json()
    assert opened["opened_at"] > group.a.get(decision.path).json()["closed_at"]  # those who vote have all of the time from when they were told
    for person in (group.a, group.b, group.c):
        vote(person, next, NO)
    closed(group.a, next, "rejected")


def test_no_fallback__nothing_follows(world, sql):
    group = Group(world)
    decision = group.consent(fallback=None)
    group.object_twice(decision)
    assert escalated(group.p, decision)["follow_up_id"] is None
    assert links(group.p, decision) == [] and len(group.p.pages(f"{group.acme.path}/decisions")) == 1
    adopted = group.lazy()
    elapse(sql, adopted, "4 days")
    assert closed(group.p, adopted, "adopted")["follow_up_id"] is None


def test_options_of_the_follow_up_are_refused_where_the_method_has_none(world, sql):
    """What can't be opened stays a draft that can be repaired, and says why."""
    group = Group(world)
    decision = group.opposed(fallback="schulze")
    elapse(sql, decision, "4 days")
    next = follow_up(group.p, decision)
    assert (next["status"], next["framework_key"]) == ("draft", "schulze")
    why = event(group.acme, next, "decision.not_opened")
    assert [(e["pointer"], e["code"]) for e in why["data"]["errors"]] == [("/options", "options_too_few")]
    logged = group.acme.owner.pages(f"{group.acme.path}/audit-log", resource_id=next.id)
    assert [e["data"]["errors"] for e in logged if e["action"] == "decision.not_opened"] == [why["data"]["errors"]]
    closed(group.p, decision, "escalated")
    for key in "ab":
        group.p.put(f"{next.path}/options/{key}", {"title": key})
    group.p.post(f"{next.path}/open", expect=200)
    for person in (group.a, group.b, group.c):
        vote(person, next, {"ranking": [["a"], ["b"]]})
    closed(group.a, next, "adopted")


def test_the_draft_may_be_deleted_and_the_outcome_stays(world, sql):
    group = Group(world)
    decision = group.opposed(fallback="single_decider")
    elapse(sql, decision, "4 days")
    next = follow_up(group.p, decision)
    why = event(group.acme, next, "decision.not_opened")["data"]["errors"]
    assert [(e["pointer"], e["code"]) for e in why] == [("/stakeholders", "role_too_many")]
    group.p.delete(next.path)
    assert closed(group.p, decision, "escalated")["follow_up_id"] == next.id and links(group.p, decision) == []


def test_who_has_left_takes_no_part(world, sql):
    group = Group(world)
    decision = group.opposed()
    group.acme.owner.delete(f"{group.acme.path}/members/{group.c.member_id}")
    elapse(sql, decision, "4 days")
    assert roles(group.a, follow_up(group.a, decision)) == {"Pia": ["proposer"], "Ann": ["voters"], "Bo": ["voters"]}


def test_weights_levels_and_the_private_team_stay(world, sql):
    group = Group(world)
    team = group.acme.team(visibility="private", members=[group.p, group.a])
    decision = group.lazy(open=False, team_id=team.id)
    group.p.put(f"{decision.path}/stakeholders/{group.b.member_id}", {"roles": ["voters"], "weight": 5, "level": "affected"})
    group.acme.owner.post(f"{decision.path}/open", expect=200)
    say(group.a, decision, "minus_one", WHY)
    elapse(sql, decision, "4 days")
    next = follow_up(group.b, decision)
    assert next["team_id"] == team.id
    bo = next_stakeholder(group.b, next)
    assert (bo["weight"], bo["level"]) == (5, "affected")
    group.f.problem("GET", next.path, status=404, code="not_found")


@pytest.mark.parametrize("votes", [True, False])
def test_where_nobody_was_the_proposer_whoever_proposed_is(world, sql, votes):
    group = Group(world)
    own(group.acme, "plain", "majority", roles=[{"key": "voters", "min": 1, "max": None}])
    decision = group.acme.decision("plain", by=group.p, stakeholders={"voters": [group.a, group.p] if votes else [group.a]}, open=True)
    say(group.a, decision, "minus_one", WHY)
    elapse(sql, decision, "4 days")
    next = follow_up(group.p, decision)
    assert next["status"] == "open"
    assert roles(group.p, next) == {"Pia": ["proposer", "voters"] if votes else ["proposer"], "Ann": ["voters"]}


def next_stakeholder(person, decision):
    return next(s for s in person.pages(f"{decision.path}/stakeholders") if s["member_id"] == person.member_id)


def test_what_the_decision_changes_and_supersedes_goes_on_with_it(world, sql):
    group = Group(world)
    older = group.acme.decision(stakeholders={"voters": [group.acme.owner]}, open=True)
    vote(group.acme.owner, older, YES)
    decision = group.lazy(open=False)
    group.acme.owner.put(f"{decision.path}/links/supersedes/{older.id}")
    propose(group.p, decision, change("team_create", body={"name": "Harbour", "kind": "circle"}))
    group.acme.owner.post(f"{decision.path}/open", expect=200)
    say(group.a, decision, "minus_one", WHY)
    elapse(sql, decision, "4 days")
    next = follow_up_of_several(group.p, decision)
    carried = read(group.p, next)
    assert (carried["status"], carried["authority"], carried["authorised_by"], carried["author_id"]) == (
        "proposed", "organisation", group.acme.owner.member_id, group.p.member_id)
    authorised = event(group.acme, next, "change_set.authorised")
    assert authorised["actor_id"] is None
    assert "Harbour" not in names(group.acme) and state(group.p, older)["status"] == "in_force"
    for person in (group.a, group.b, group.c):
        vote(person, next, YES)
    closed(group.a, next, "adopted")
    assert read(group.p, next)["status"] == "applied" and "Harbour" in names(group.acme)
    assert state(group.p, older)["status"] == "superseded" and read(group.p, decision)["status"] == "proposed"


def follow_up_of_several(person, decision):
    """As follow_up, of a decision with other links too."""
    id = person.get(f"{decision.path}/outcome").json()["follow_up_id"]
    path = f"{decision.path.rsplit('/', 1)[0]}/{id}"
    return Resource(path, person.get(path).json())


def test_changes_of_a_follow_up_that_stays_a_draft_need_their_own_authority(world, sql):
    """Whoever repairs the draft may not do so under the authority of who opened the decision before."""
    group = Group(world)
    decision = group.lazy("schulze", open=False)
    propose(group.p, decision, change("team_create", body={"name": "Harbour", "kind": "circle"}))
    group.acme.owner.post(f"{decision.path}/open", expect=200)
    say(group.a, decision, "minus_one", WHY)
    elapse(sql, decision, "4 days")
    next = follow_up_of_several(group.p, decision)
    assert (next["status"], read(group.p, next)["authority"]) == ("draft", None)
    for key in "ab":
        group.p.put(f"{next.path}/options/{key}", {"title": key})
    problem = group.p.problem("POST", f"{next.path}/open", status=403, code="permission_denied")
    assert problem["permission"] == "change_set.open"


def test_nobody_decides_alone_on_changes_by_a_fallback(world, sql):
    """Whoever opened the decision with its changes may not be all that is left of the electorate."""
    acme = world.organisation()
    admin, other = acme.member("admin"), acme.member()
    own(acme, "quiet", "majority")
    decision = acme.decision("quiet", by=admin, stakeholders={"voters": [admin, other]})
    propose(admin, decision, change("team_create", body={"name": "Harbour", "kind": "circle"}))
    admin.post(f"{decision.path}/open", expect=200)
    say(other, decision, "minus_one", WHY)
    acme.owner.delete(f"{acme.path}/members/{other.member_id}")
    elapse(sql, decision, "4 days")
    next = follow_up_of_several(admin, decision)
    assert next["status"] == "draft"
    assert [e["code"] for e in event(acme, next, "decision.not_opened")["data"]["errors"]] == ["sole_decider"]


# ---- fallbacks of fallbacks ----

def test_a_fallback_of_a_fallback(world, sql):
    group = Group(world)
    own(group.acme, "second", "majority")
    decision = group.opposed(fallback="second")
    elapse(sql, decision, "4 days")
    second = follow_up(group.a, decision)
    assert second["framework_key"] == "second"
    say(group.b, second, "minus_one", WHY)
    elapse(sql, second, "4 days")
    outcome = escalated(group.a, second, "minus_one")
    third = follow_up_of_several(group.a, second)
    assert (third["framework_key"], third["status"], outcome["follow_up_id"]) == ("majority", "open", third.id)
    assert sorted(links(group.a, second)) == sorted([("continues", "incoming", third.id), ("continues", "outgoing", decision.id)])
    for person in (group.a, group.b, group.c):
        vote(person, third, YES)
    closed(group.a, third, "adopted")


def test_a_circle_of_fallbacks_ends(world, sql):
    """No framework comes twice in a line of decisions."""
    group = Group(world)
    own(group.acme, "ping", "lazy_consensus")
    own(group.acme, "pong", "ping")
    definition = group.acme.owner.get(f"{group.acme.path}/frameworks/ping").json()["definition"]
    definition["rule"]["fallback"] = "pong"
    group.acme.owner.patch(f"{group.acme.path}/frameworks/ping", {"definition": definition})
    group.acme.owner.post(f"{group.acme.path}/frameworks/ping/publish")
    decision = group.acme.decision("ping", by=group.p, stakeholders={"voters": [group.a]}, open=True)
    say(group.a, decision, "minus_one", WHY)
    elapse(sql, decision, "4 days")
    second = follow_up(group.a, decision)
    say(group.a, second, "minus_one", WHY)
    elapse(sql, second, "4 days")
    assert escalated(group.a, second, "minus_one")["follow_up_id"] is None
    told = event(group.acme, second, "decision.closed")["data"]
    assert told["follow_up_obstacle"] == "The framework ping was used before in this line of decisions." and "follow_up_id" not in told
    assert len(group.a.pages(f"{group.acme.path}/decisions")) == 2


def test_a_line_of_decisions_has_an_end(world, sql):
    acme = world.organisation()
    own(acme, "step9", "majority")
    for number in range(8, 0, -1):
        own(acme, f"step{number}", f"step{number + 1}")
    decision = acme.decision("step1", stakeholders={"voters": [acme.owner]}, open=True)
    for number in range(1, 9):
        say(acme.owner, decision, "minus_one", WHY)
        elapse(sql, decision, "4 days")
        decision = follow_up_of_several(acme.owner, decision)
        assert decision["framework_key"] == f"step{number + 1}"
    say(acme.owner, decision, "minus_one", WHY)
    elapse(sql, decision, "4 days")
    assert escalated(acme.owner, decision, "minus_one")["follow_up_id"] is None
    assert event(acme, decision, "decision.closed")["data"]["follow_up_obstacle"].startswith("Too many")


# ---- exactly once ----

def test_fifty_notice_the_escalation_at_once(world, sql):
    group = Group(world)
    decision = group.opposed()
    elapse(sql, decision, "4 days")
    looks = [lambda: group.a.get(decision.path).json()["status"], lambda: state(group.b, decision)["status"],
             lambda: group.a.get(f"{decision.path}/outcome").json()["outcome"], lambda: group.c.get(f"{decision.path}/record").json()["status"],
             lambda: group.p.get(f"{group.acme.path}/decisions", params={"limit": 1}).status_code]
    at_once(looks * 10)
    next = follow_up(group.a, decision, escalated(group.a, decision, "minus_one"))
    assert {d["id"] for d in group.a.pages(f"{group.acme.path}/decisions")} == {decision.id, next.id}
    assert [e["type"] for e in events(group.acme, next)] == ["decision.created", "decision.opened"]


def test_the_last_objection_given_by_fifty_at_once(world, sql):
    group = Group(world)
    decision = group.consensus("majority")
    say(group.a, decision, "agree")
    say(group.b, decision, "agree")
    answers = at_once([lambda: group.c.request("POST", f"{decision.path}/inputs", {"type": "block", "data": WHY}, expect=(201, 409)).status_code] * 50)
    assert answers.count(201) == 1
    follow_up(group.a, decision, escalated(group.a, decision))
    assert sql.execute("select count(*) from decisions where organisation_id = %s", [group.acme.id]).fetchone() == (2,)


def test_validate_only_makes_nothing(world, sql):
    group = Group(world)
    decision = group.consensus("majority")
    say(group.a, decision, "agree")
    say(group.b, decision, "agree")
    group.c.post(f"{decision.path}/inputs", {"type": "block", "data": WHY}, params={"validate_only": "true"})
    assert state(group.c, decision)["status"] == "open"
    assert sql.execute("select count(*) from decisions where organisation_id = %s", [group.acme.id]).fetchone() == (1,)


# ---- what is refused ----

NOWHERE = [("nowhere", "/rule/fallback", "unknown_reference"), ("unpublished", "/rule/fallback", "unknown_reference"),
           ({"framework": "majority", "version": 9}, "/rule/fallback", "unknown_reference"),
           ({"framework": "majority", "version": 1000000000}, "/rule/fallback", "unknown_reference"),
           ({"framework": "majority", "configuration": {"rule": {"threshold": [3, 2]}}}, "/rule/fallback/configuration/rule/threshold", "too_large"),
           ({"framework": "majority", "configuration": {"rule": {"method": "irv"}}}, "/rule/fallback/configuration/rule/method", "read_only")]


@pytest.mark.parametrize("fallback, pointer, code", NOWHERE)
def test_a_fallback_that_can_not_open_is_refused_when_it_is_published_and_opened(world, fallback, pointer, code):
    group = Group(world)
    own(group.acme, "unpublished", "majority", publish=False)
    own(group.acme, "mine", fallback, publish=False)
    problem = group.acme.owner.problem("POST", f"{group.acme.path}/frameworks/mine/publish", status=422, code="framework_invalid",
                                       pointer=f"/definition{pointer}")
    assert [e["code"] for e in problem["errors"]] == [code]
    decision = group.lazy(fallback, open=False)
    assert (f"/configuration{pointer}", code) in {(m["pointer"], m["code"]) for m in actions(group.p, decision)["missing"]}
    problem = group.p.problem("POST", f"{decision.path}/open", status=422, code="decision_not_ready", pointer=f"/configuration{pointer}")
    assert [e["code"] for e in problem["errors"]] == [code]


def test_a_fallback_that_nothing_leads_to_is_refused(world, sql):
    """By this method nothing escalates. One that was accepted once does no harm."""
    acme = world.organisation()
    definition = acme.owner.get(f"{acme.path}/frameworks/single_decider").json()["definition"] | {"key": "mine"}
    with_one = definition | {"rule": definition["rule"] | {"fallback": "majority"}}
    deciding = {"by": acme.owner, "stakeholders": {"decider": [acme.owner]}}

    def refused(method, path, body=None, code="framework_invalid", pointer="/definition/rule/fallback"):
        problem = acme.owner.problem(method, f"{acme.path}/{path}", body, status=422, code=code, pointer=pointer)
        assert [(e["pointer"], e["code"]) for e in problem["errors"]] == [(pointer, "condition_impossible")]

    refused("POST", "frameworks", {"definition": with_one})
    acme.owner.post(f"{acme.path}/frameworks", {"definition": definition}, expect=201)
    refused("PATCH", "frameworks/mine", {"definition": {"rule": {"fallback": "majority"}}})
    sql.execute("update frameworks set draft = %s where organisation_id = %s and key = 'mine'", [json.dumps(with_one), acme.id])
    refused("POST", "frameworks/mine/publish")
    acme.owner.patch(f"{acme.path}/frameworks/mine", {"definition": {"rule": {"fallback": None}}})
    acme.owner.post(f"{acme.path}/frameworks/mine/publish")
    configured = acme.decision("mine", configuration={"rule": {"fallback": "majority"}}, **deciding)
    refused("POST", f"decisions/{configured.id}/open", code="decision_not_ready", pointer="/configuration/rule/fallback")
    sql.execute("update framework_versions set definition = %s where organisation_id = %s and framework_id = %s",
                [json.dumps(with_one), acme.id, acme.framework_id("mine")])
    acme.decision("mine", configuration={"rule": {"expiry": "P9D"}}, open=True, **deciding)


def test_a_framework_does_not_follow_itself(world):
    acme = world.organisation()
    own(acme, "mine", "majority")
    acme.owner.patch(f"{acme.path}/frameworks/mine", {"definition": {"rule": {"fallback": "mine"}}})
    problem = acme.owner.problem("POST", f"{acme.path}/frameworks/mine/publish", status=422, code="framework_invalid",
                                 pointer="/definition/rule/fallback")
    assert [e["code"] for e in problem["errors"]] == ["config_conflict"]


def test_the_framework_is_that_of_the_opening_and_stays(world, sql):
    """Later versions change nothing, and it is not deleted while something may escalate to it."""
    group = Group(world)
    own(group.acme, "mine", "majority", source="lazy_consensus")
    decision = group.opposed(fallback="mine")
    group.acme.owner.patch(f"{group.acme.path}/frameworks/mine", {"name": "Mine, but newer"})
    group.acme.owner.post(f"{group.acme.path}/frameworks/mine/publish")
    group.acme.owner.problem("DELETE", f"{group.acme.path}/frameworks/mine", status=409, code="in_use")
    elapse(sql, decision, "4 days")
    assert follow_up(group.a, decision)["framework_version"] == 1


def test_a_fallback_that_is_gone_keeps_nothing_from_closing(world, sql):
    """As could be of decisions opened before fallbacks opened anything."""
    group = Group(world)
    decision = group.opposed()
    sql.execute("""update decisions set definition = jsonb_set(definition, '{rule,fallback}', '"gone"') where id = %s""", [decision.id])
    elapse(sql, decision, "4 days")
    assert escalated(group.a, decision, "minus_one")["follow_up_id"] is None
    assert event(group.acme, decision, "decision.closed")["data"]["follow_up_obstacle"] == "The fallback framework is there no more."


def test_a_fallback_that_can_not_work_any_more_keeps_nothing_from_closing(world, sql):
    """As could be of frameworks published by an earlier version of the service, which knew other rules."""
    group = Group(world)
    own(group.acme, "mine", "majority")
    decision = group.opposed(fallback="mine")
    sql.execute("""update framework_versions set definition = definition - 'phases'
        where organisation_id = %s and definition ->> 'key' = 'mine'""", [group.acme.id])
    elapse(sql, decision, "4 days")
    assert escalated(group.a, decision, "minus_one")["follow_up_id"] is None
    assert event(group.acme, decision, "decision.closed")["data"]["follow_up_obstacle"] == "The fallback framework can't work any more."


@pytest.mark.parametrize("pinned, version", [(None, 2), (1, 1)])
def test_what_was_opened_before_versions_were_kept_escalates_to_the_latest(world, sql, pinned, version):
    group = Group(world)
    own(group.acme, "mine", "majority")
    decision = group.opposed(fallback="mine")
    group.acme.owner.patch(f"{group.acme.path}/frameworks/mine", {"name": "Mine, but newer"})
    group.acme.owner.post(f"{group.acme.path}/frameworks/mine/publish")
    assert sql.execute("select fallback_version from decisions where id = %s", [decision.id]).fetchone() == (1,)
    sql.execute("update decisions set fallback_version = %s where id = %s", [pinned, decision.id])
    elapse(sql, decision, "4 days")
    assert follow_up(group.a, decision)["framework_version"] == version


def test_a_version_may_be_named(world, sql):
    group = Group(world)
    own(group.acme, "mine", "majority")
    group.acme.owner.patch(f"{group.acme.path}/frameworks/mine", {"name": "Mine, but newer"})
    group.acme.owner.post(f"{group.acme.path}/frameworks/mine/publish")
    decision = group.opposed(fallback={"framework": "mine", "version": 1})
    group.acme.owner.problem("DELETE", f"{group.acme.path}/frameworks/mine", status=409, code="in_use")
    elapse(sql, decision, "4 days")
    assert follow_up(group.a, decision)["framework_version"] == 1


def test_nobody_links_by_hand_what_continues_what(world, sql):
    group = Group(world)
    decision = group.opposed()
    elapse(sql, decision, "4 days")
    next = follow_up(group.a, decision)
    path = f"{next.path}/links/continues/{decision.id}"
    for method in ("PUT", "DELETE"):
        group.acme.owner.problem(method, path, status=404, code="not_found")
    assert [link["decision_id"] for link in group.a.pages(f"{next.path}/links", type="continues")] == [decision.id]


# ---- tried out ----

def simulate(acme, key, fallback, *answers):
    body = {"starts_at": "2026-03-02T09:00:00Z", "ends_at": "2026-03-09T09:00:00Z", "proposer": "pia",
            "configuration": {"rule": {"fallback": fallback}} if fallback else {},
            "electorate": [{"member": "pia", "roles": ["proposer"]}] + [{"member": m, "roles": ["voters"]} for m in ("ann", "bo")],
            "steps": [{"at": "2026-03-02T10:00:00Z", "action": "input", "member": "ann", "type": a, "data": WHY} for a in answers]}
    return acme.owner.post(f"{acme.path}/frameworks/{key}/simulate", body, expect=200).json()


def test_simulate_says_what_would_open(world):
    acme = world.organisation()
    found = simulate(acme, "lazy_consensus", TWO_THIRDS, "minus_one")
    assert found["outcome"] == "escalated"
    assert found["follow_up"] == {"framework_key": "majority", "framework_name": "Yes or no", "framework_version": 1,
                                  "roles": [{"from": "proposer", "to": "proposer"}, {"from": "voters", "to": "voters"}]}
    assert len(acme.owner.pages(f"{acme.path}/decisions")) == 0
    for fallback, answers in ((None, ["minus_one"]), ("majority", []), ("nowhere", ["minus_one"]), ("lazy_consensus", ["minus_one"])):
        assert simulate(acme, "lazy_consensus", fallback, *answers)["follow_up"] is None


def test_the_record_of_a_follow_up_names_what_it_continues_among_the_links_only(world, sql):
    """Others may read it than those who may read the decision before, and of links each sees those that lead where it may read."""
    group = Group(world)
    decision = group.opposed()
    elapse(sql, decision, "4 days")
    next = follow_up(group.a, decision)
    record = group.a.get(f"{next.path}/record").json()
    assert [(link["type"], link["direction"], link["decision_id"]) for link in record.pop("links")] == [("continues", "outgoing", decision.id)]
    assert decision.id not in json.dumps(record)
