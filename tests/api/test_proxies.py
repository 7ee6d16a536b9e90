# SPDX-License-Identifier: Apache-2.0
"""Proxies (FRAMEWORKS.md 3.11): given, taken back, listed, previewed, and counted at the close of a vote."""

import json
import random

import pytest

from deciding import NO, YES, actions, at_once, closed, elapse, events, refuse_ballot, state, unsigned, vote
from test_verify import export, verified, verify

ALLOWED = {"rule": {"proxy": {"allowed": True}}}
NOBODY = "018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2b"


def path(acme, scope):
    return f"{acme.path}/proxies/{scope.id}"


def trust(person, scope, trustee, **fields):
    acme = person.organisation
    return person.put(path(acme, scope), {"trustee_id": trustee and trustee.member_id, **fields})


def chain(person, decision, **params):
    return person.get(f"{decision.path}/proxy-chain", params=params).json()


def group(world, count, framework="majority", configuration=ALLOWED, **fields):
    """An open vote among `count` members, where proxies count."""
    acme = world.organisation()
    people = [acme.member() for _ in range(count)]
    decision = acme.decision(framework, by=people[0], stakeholders={"voters": people}, configuration=configuration, open=True, **fields)
    return acme, people, decision


def count(person, found):
    tally = found["report"]["tally"]["report"]
    return tally["yes"], tally["no"]


def test_a_proxy_is_given_changed_and_taken_back(world):
    acme = world.organisation()
    a, b, c = (acme.member() for _ in range(3))
    team = acme.team(members=[a])
    a.problem("GET", path(acme, acme), status=404, code="not_found")
    first = trust(a, acme, b)
    assert (first.json()["scope"], first.json()["scope_id"], first.json()["trustee_id"]) == ("organisation", acme.id, b.member_id)
    assert a.get(path(acme, acme)).json() == first.json()
    second = trust(a, acme, c, expires_at="2099-01-01T00:00:00Z")
    assert (second.json()["version"], second.json()["expires_at"]) == (2, "2099-01-01T00:00:00Z")
    a.problem("PUT", path(acme, acme), {"trustee_id": None}, status=412, code="precondition_failed", headers={"If-Match": first.headers["etag"]})
    a.problem("DELETE", path(acme, acme), status=412, code="precondition_failed", headers={"If-Match": first.headers["etag"]})
    assert trust(a, team, None).json()["scope"] == "team"
    draft = acme.decision(by=a, stakeholders={"voters": [a]})
    assert trust(a, draft, b).json()["scope"] == "decision"
    assert [p["scope"] for p in a.pages(f"{acme.path}/proxies", limit=1)] == ["organisation", "team", "decision"]
    a.delete(path(acme, acme), headers={"If-Match": second.headers["etag"]})
    a.problem("DELETE", path(acme, acme), status=404, code="not_found")
    assert trust(a, acme, b).headers["etag"] not in (first.headers["etag"], second.headers["etag"])
    types = [e["type"] for e in acme.owner.pages(f"{acme.path}/events") if e["type"].startswith("proxy")]
    assert types == ["proxy.given", "proxy.changed", "proxy.given", "proxy.given", "proxy.withdrawn", "proxy.given"]


def test_every_fault_is_told(world):
    acme, other = world.organisation(), world.organisation()
    a = acme.member()
    problem = a.problem("PUT", path(acme, acme), {"trustee_id": NOBODY, "expires_at": "2001-01-01T00:00:00Z"}, status=422, code="invalid_reference")
    assert [(f["pointer"], f["code"]) for f in problem["errors"]] == [("/trustee_id", "unknown_reference"), ("/expires_at", "in_the_past")]
    problem = a.problem("PUT", path(acme, acme), {"trustee_id": a.member_id}, status=422, code="invalid_body", pointer="/trustee_id")
    assert problem["errors"][0]["code"] == "proxy_to_self"
    a.problem("PUT", path(acme, acme), {"trustee_id": other.owner.member_id}, status=422, code="invalid_reference", pointer="/trustee_id")
    a.problem("PUT", path(acme, acme), {}, status=422, code="invalid_body", pointer="/trustee_id")
    gone = acme.member()
    gone_id = gone.member_id
    acme.owner.delete(f"{acme.path}/members/{gone_id}")
    a.problem("PUT", path(acme, acme), {"trustee_id": gone_id}, status=422, code="invalid_reference", pointer="/trustee_id")
    assert a.pages(f"{acme.path}/proxies") == []


def test_scopes_that_one_may_not_know_of(world):
    acme = world.organisation()
    a, b = acme.member(), acme.member()
    hidden = acme.team(visibility="private")
    decision = acme.decision(team_id=hidden.id, stakeholders={"voters": [acme.owner]})
    for scope in (hidden, decision, world.organisation()):
        a.problem("PUT", path(acme, scope), {"trustee_id": b.member_id}, status=404, code="not_found")
        a.problem("GET", path(acme, scope), status=404, code="not_found")
    watcher = acme.member("observer")
    for scope in (acme, acme.team(), acme.decision(stakeholders={"voters": [acme.owner]})):
        problem = watcher.problem("PUT", path(acme, scope), {"trustee_id": b.member_id}, status=403, code="permission_denied")
        assert problem["permission"] == "proxy.give"
    watcher.problem("DELETE", path(acme, acme), status=403, code="permission_denied")


def test_who_sees_which_proxies(world):
    acme = world.organisation()
    a, b, f = acme.member(), acme.member(), acme.member("facilitator")
    hidden = acme.team(visibility="private", members=[a])
    secret = acme.decision(by=a, stakeholders={"voters": [a, b]}, secret=True)
    public = acme.decision(by=a, stakeholders={"voters": [a, b]})
    for scope in (acme, hidden, secret, public):
        trust(a, scope, b)
    trust(b, acme, f)
    trust(f, acme, a)
    scopes = lambda person, **filters: [p["scope_id"] for p in person.pages(f"{acme.path}/proxies", **filters)]
    assert scopes(a) == [acme.id, hidden.id, secret.id, public.id]
    assert scopes(b) == [acme.id]  # not who trusts them
    assert scopes(f, truster_id=a.member_id) == [acme.id, public.id]  # neither what is hidden nor what is for a secret vote
    assert scopes(f, truster_id=b.member_id) == []  # who trusts the caller stays untold
    assert scopes(acme.owner, truster_id=a.member_id) == [acme.id, hidden.id, public.id]
    assert scopes(acme.owner, trustee_id=b.member_id, scope="team") == [hidden.id]
    told = [e for e in acme.owner.pages(f"{acme.path}/events") if e["data"].get("scope_id") == secret.id]
    assert len(told) == 1 and "trustee_id" not in told[0]["data"]


def test_the_worked_example(world, sql):
    """FRAMEWORKS.md 5: 8 direct voters, 12 trusters with one cycle 6→7→8→6 in which 8 votes directly."""
    acme, people, decision = group(world, 20)
    member = dict(enumerate(people, 1))
    for truster, trustee in ((6, 7), (7, 8), (8, 6), *((n, (n - 11) % 5 + 1) for n in range(11, 21))):
        trust(member[truster], acme, member[trustee])
    for voter in (1, 2, 3, 4, 5, 8, 9, 10):
        vote(member[voter], decision, YES if voter != 8 else NO)
    assert state(people[0], decision)["status"] == "open"  # the others may still vote themselves
    elapse(sql, decision, "8 days")
    found = closed(people[0], decision, "adopted")
    assert count(people[0], found) == (17, 3)
    proxies = found["report"]["proxies"]
    assert (proxies["members"], proxies["weight"], proxies["lost"]) == (12, 12, [])
    assert {"member_id": member[8].member_id, "weight": 3, "carried": 2} in proxies["votes"]
    carried = {c["member_id"]: (c["voter_id"], c["hops"]) for c in proxies["carried"]}
    assert carried[member[7].member_id] == (member[8].member_id, 1) and carried[member[6].member_id] == (member[8].member_id, 2)
    # what counted stays so, whatever the proxies become
    before = people[0].post(f"{decision.path}/recount").text
    for truster in (6, 7, 11):
        member[truster].delete(path(acme, acme))
    trust(member[8], acme, member[1])
    assert people[0].post(f"{decision.path}/recount").text == before
    closed(people[0], decision, "adopted")
    kept = sql.execute("select count(*), count(voter_id) from decision_proxies where decision_id = %s", [decision.id]).fetchone()
    assert kept == (13, 12)


def test_the_record_can_be_counted_by_others(world, service, sql):
    acme, (a, b, c, d), decision = group(world, 4)
    trust(c, acme, b)
    trust(d, acme, c)
    vote(a, decision, YES)
    vote(b, decision, NO)
    elapse(sql, decision, "8 days")
    closed(a, decision, "rejected")
    record = export(a, decision)
    assert [(p["hops"], p["ending"]) for p in record["proxies"]] == [(1, "carried"), (2, "carried")]
    verified(service, record)
    record["proxies"][0]["trustee_id"] = a.member_id
    status, text = verify(service, unsigned(record))
    assert status == 1 and "/proxies: it is not what was sealed" in text and "/outcome: the recount gives adopted" in text


def test_a_cycle_counts_zero_and_voting_oneself_overrides(world, sql):
    acme, (a, b, c, d), decision = group(world, 4)
    for truster, trustee in ((a, b), (b, c), (c, a), (d, c)):
        trust(truster, acme, trustee)
    shown = chain(d, decision)
    assert (shown["end"], shown["loop"]) == ("loop", [c.member_id, a.member_id, b.member_id])
    assert shown["chain"] == [d.member_id, c.member_id, a.member_id, b.member_id]
    assert (shown["allowed"], shown["voter_id"], shown["carried"], shown["weight"]) == (True, None, 0, 1)
    assert (chain(c, decision)["carried"], chain(c, decision)["weight"]) == (3, 4)
    vote(a, decision, YES)
    assert (chain(d, decision)["end"], chain(d, decision)["voter_id"], chain(d, decision)["hops"]) == ("carried", a.member_id, 2)
    assert chain(a, decision)["carried"] == 3
    vote(c, decision, NO)
    assert (chain(a, decision)["carried"], chain(c, decision)["carried"]) == (0, 2)
    a.delete(f"{decision.path}/ballots/me")
    c.delete(f"{decision.path}/ballots/me")
    elapse(sql, decision, "8 days")
    found = closed(a, decision, "rejected")
    assert found["report"]["reason"] == "nobody_voted" or count(a, found) == (0, 0)
    assert {lost["reason"] for lost in found["report"]["proxies"]["lost"]} == {"loop"}


def test_the_most_specific_scope_counts(world, sql):
    acme = world.organisation()
    a, top, below, here, everywhere = (acme.member() for _ in range(5))
    outer = acme.team(members=[a])
    inner = acme.team(parent_id=outer.id, members=[a])
    fields = {"by": acme.owner, "stakeholders": {"voters": [a, top, below, here, everywhere]}, "configuration": ALLOWED, "open": True}
    decision = acme.decision(team_id=inner.id, **fields)
    elsewhere = acme.decision(team_id=outer.id, **fields)
    for scope, trustee in ((acme, everywhere), (outer, top), (inner, below), (decision, here)):
        trust(a, scope, trustee)
        assert chain(a, decision)["chain"] == [a.member_id, trustee.member_id]
    assert chain(a, elsewhere)["chain"] == [a.member_id, top.member_id]
    trust(a, decision, None)
    assert (chain(a, decision)["chain"], chain(a, decision)["end"]) == ([a.member_id], "none")
    a.delete(path(acme, decision))
    trust(a, inner, below, expires_at="2099-01-01T00:00:00Z")
    sql.execute("update proxies set expires_at = now() where scope_id = %s", [inner.id])
    assert chain(a, decision)["chain"] == [a.member_id, top.member_id]


# ---- areas ----

def area_group(world, count, team=None, **fields):
    """As `group`, in the area Contractors below Hiring; with the organisation, both areas and another one."""
    acme = world.organisation()
    hiring = acme.area("Hiring")
    contractors, spending = acme.area("Contractors", hiring.id), acme.area("Spending")
    people = [acme.member() for _ in range(count)]
    fields = {"team_id": acme.team(members=people).id if team else None, **fields}
    decision = acme.decision(by=people[0], stakeholders={"voters": people}, configuration=ALLOWED, open=True, area_id=contractors.id, **fields)
    return acme, people, decision, hiring, contractors, spending


def test_a_proxy_for_an_area(world):
    acme, (a, b, c), _, hiring, _, spending = area_group(world, 3)
    other = world.organisation()
    first = trust(a, hiring, b)
    assert (first.json()["scope"], first.json()["scope_id"], first.json()["trustee_id"]) == ("area", hiring.id, b.member_id)
    assert a.get(path(acme, hiring)).json() == first.json()
    a.problem("PUT", path(acme, other.area()), {"trustee_id": b.member_id}, status=404, code="not_found")
    acme.member("observer").problem("PUT", path(acme, hiring), {"trustee_id": b.member_id}, status=403, code="permission_denied")
    trust(a, acme, c)
    trust(a, spending, None)
    listed = lambda person, **filters: [(p["scope"], p["scope_id"]) for p in person.pages(f"{acme.path}/proxies", **filters)]
    assert listed(a) == [("area", hiring.id), ("organisation", acme.id), ("area", spending.id)]
    for person in (a, acme.owner):  # who may see those of others
        assert listed(person, scope="area", truster_id=a.member_id) == [("area", hiring.id), ("area", spending.id)]
        assert listed(person, scope="organisation", truster_id=a.member_id) == [("organisation", acme.id)]
    assert listed(b) == []
    a.delete(path(acme, hiring), headers={"If-Match": first.headers["etag"]})
    a.problem("GET", path(acme, hiring), status=404, code="not_found")
    acme.owner.delete(spending.path)  # and what was for it
    assert listed(a) == [("organisation", acme.id)]


def test_an_area_counts_before_a_team_and_after_the_decision(world, sql):
    acme = world.organisation()
    a, everywhere, outer, inner, hiring, contractors, here = people = [acme.member() for _ in range(7)]
    top = acme.team(members=[a])
    team = acme.team(parent_id=top.id, members=[a])
    area = acme.area("Hiring")
    below = acme.area("Contractors", area.id)
    fields = {"by": acme.owner, "stakeholders": {"voters": people}, "configuration": ALLOWED, "open": True}
    decision = acme.decision(team_id=team.id, area_id=below.id, **fields)
    above, aside, nowhere = (acme.decision(team_id=team.id, area_id=id, **fields) for id in (area.id, acme.area().id, None))
    to = lambda decision: chain(a, decision)["chain"][1:]
    given = [(acme, everywhere), (top, outer), (team, inner), (area, hiring), (below, contractors), (decision, here)]
    for scope, trustee in given:
        trust(a, scope, trustee)
        assert to(decision) == [trustee.member_id]
    assert to(above) == [hiring.member_id]  # what is for an area below does not reach up
    assert to(aside) == to(nowhere) == [inner.member_id]
    for scope, trustee in reversed(given):  # the nearest that is left, whichever order they were given in
        assert to(decision) == [trustee.member_id]
        a.delete(path(acme, scope))
    assert to(decision) == []
    for scope, trustee in reversed(given):
        trust(a, scope, trustee)
    assert to(decision) == [here.member_id]
    trust(a, decision, here, expires_at="2099-01-01T00:00:00Z")
    trust(a, below, contractors, expires_at="2099-01-01T00:00:00Z")
    sql.execute("update proxies set expires_at = now() where truster_id = %s and expires_at is not null", [a.member_id])
    assert to(decision) == [hiring.member_id]  # what has expired is as if it were not there


def test_explicitly_nobody_in_an_area(world, sql):
    acme, (a, b, c), decision, hiring, contractors, _ = area_group(world, 3, team=True)
    trust(b, acme, a)
    trust(c, acme, a)
    trust(c, hiring, None)
    assert (chain(b, decision)["end"], chain(c, decision)["end"]) == ("unused", "none")
    vote(a, decision, YES)
    assert [chain(p, decision)["end"] for p in (b, c)] == ["carried", "none"]
    assert (chain(a, decision)["carried"], chain(a, decision)["weight"]) == (1, 2)
    trust(c, contractors, a)  # the nearer area says somebody again
    assert chain(c, decision)["end"] == "carried"
    trust(c, contractors, None)
    elapse(sql, decision, "8 days")
    found = closed(a, decision, "adopted")
    assert count(a, found) == (2, 0) and found["report"]["tally"]["quorum"]["eligible"] == 3


def test_a_cycle_over_several_scopes_counts_nobody_twice(world, sql):
    """a trusts b in the organisation, b trusts c in the area above, c trusts a in the area, d trusts c in the team."""
    acme, (a, b, c, d), decision, hiring, contractors, _ = area_group(world, 4, team=True)
    team = type("Team", (), {"id": acme.owner.get(decision.path).json()["team_id"]})
    for truster, scope, trustee in ((a, acme, b), (b, hiring, c), (c, contractors, a), (d, team, c)):
        trust(truster, scope, trustee)
    shown = chain(d, decision)
    assert (shown["end"], shown["loop"]) == ("loop", [c.member_id, a.member_id, b.member_id])
    vote(b, decision, NO)
    assert [chain(p, decision)["voter_id"] for p in (a, c, d)] == [b.member_id] * 3
    assert [chain(p, decision)["hops"] for p in (a, c, d)] == [1, 2, 3]
    b.delete(f"{decision.path}/ballots/me")
    vote(d, decision, YES)
    elapse(sql, decision, "8 days")
    found = closed(a, decision, "adopted")
    assert count(a, found) == (1, 0)
    assert {lost["reason"] for lost in found["report"]["proxies"]["lost"]} == {"loop"}


def test_an_area_proxy_taken_back_late_counts_as_of_the_deadline(world, sql):
    acme, (a, b, c), decision, hiring, _, _ = area_group(world, 3)
    vote(a, decision, YES)
    vote(b, decision, NO)
    trust(c, acme, b)
    trust(c, hiring, a)
    with sql.transaction():
        elapse(sql, decision, "8 days")
        sql.execute("with gone as (delete from proxies where scope_id = %s returning *) "
                    "insert into past_proxies (organisation_id, truster_id, scope_id, began_at, ended_at, trustee_id) "
                    "select organisation_id, truster_id, scope_id, updated_at, now(), trustee_id from gone", [hiring.id])
    closed(a, decision, "adopted")
    rows = sql.execute("select trustee_id::text, voter_id::text from decision_proxies where truster_id = %s", [c.member_id]).fetchall()
    assert rows == [(a.member_id, a.member_id)]


@pytest.mark.parametrize("secret", [False, True])
def test_no_weight_is_lost_or_counted_twice(world, sql, secret):
    """Whatever the scopes: each who votes or comes to one who does counts once. Reckoned here from the proxies alone."""
    dice = random.Random(11 + secret)
    acme, people, decision, hiring, contractors, spending = area_group(world, 16, team=True, secret=secret)
    team = type("Team", (), {"id": acme.owner.get(decision.path).json()["team_id"]})
    order = [acme, team, hiring, contractors, decision]  # the widest first; the other area counts nowhere here
    wins, reaching = {}, set()
    for truster in people[6:]:
        for scope in dice.sample([*order, spending], dice.randint(1, 4)):
            trustee = dice.choice([None, *(p for p in people if p is not truster)])
            trust(truster, scope, trustee)
            place = order.index(scope) if scope in order else -1
            if place > wins.get(truster.member_id, (-1,))[0]:
                wins[truster.member_id] = place, trustee and trustee.member_id
    voters = {person.member_id for person in people[:6]}
    for person in people:
        seen, at = set(), person.member_id
        while at is not None and at not in voters and at not in seen:
            seen.add(at)
            at = wins.get(at, (0, None))[1]
        reaching |= {person.member_id} if at in voters else set()
    assert 6 < len(reaching) < 16
    for number, voter in enumerate(people[:6]):
        vote(voter, decision, NO if number == 5 else YES)
    elapse(sql, decision, "8 days")
    found = closed(people[0], decision, "adopted")
    assert sum(count(people[0], found)) == len(reaching)
    kept = sql.execute("select truster_id::text from decision_proxies where decision_id = %s and voter_id is not null", [decision.id])
    assert {row[0] for row in kept.fetchall()} == reaching - voters


def test_what_is_settled_late_counts_the_proxies_of_the_deadline(world, sql):
    acme, (a, b, c), decision = group(world, 3)
    vote(a, decision, YES)
    vote(b, decision, NO)
    trust(c, acme, a)
    with sql.transaction():
        elapse(sql, decision, "8 days")
        sql.execute("insert into past_proxies (organisation_id, truster_id, scope_id, began_at, ended_at, trustee_id) "
                    "select organisation_id, truster_id, scope_id, updated_at, now() - interval '1 minute', trustee_id from proxies "
                    "where truster_id = %s", [c.member_id])
        sql.execute("update proxies set updated_at = now() - interval '1 minute', trustee_id = %s where truster_id = %s",
                    [b.member_id, c.member_id])
    closed(a, decision, "adopted")


def test_changes_keep_what_was_before(world, sql):
    acme = world.organisation()
    a, b, c = (acme.member() for _ in range(3))
    trust(a, acme, b)
    trust(a, acme, c)
    a.delete(path(acme, acme))
    rows = sql.execute("select trustee_id::text from past_proxies where truster_id = %s order by ended_at", [a.member_id]).fetchall()
    assert rows == [(b.member_id,), (c.member_id,)]


def test_limits_of_the_rule(world, sql):
    acme, (a, b, c, d), decision = group(world, 4, configuration={"rule": {"proxy": {"allowed": True, "max_weight": 2, "max_hops": 1}}})
    trust(b, acme, a)
    trust(c, acme, a)
    trust(d, acme, b)
    vote(a, decision, YES)
    assert [chain(p, decision)["end"] for p in (a, b, c, d)] == ["voted", "carried", "too_heavy", "too_far"]
    elapse(sql, decision, "8 days")
    assert count(a, closed(a, decision, "adopted")) == (2, 0)


def test_where_the_rule_does_not_allow_them_they_count_nothing(world, sql):
    acme, (a, b, c), decision = group(world, 3, configuration={})
    trust(c, acme, a)
    vote(a, decision, YES)
    vote(b, decision, NO)
    assert (chain(c, decision)["allowed"], chain(c, decision)["end"]) == (False, "none")
    elapse(sql, decision, "8 days")
    assert "proxies" not in closed(a, decision, "rejected")["report"]
    proposer = acme.decision("single_decider", by=a, stakeholders={"decider": [b]}, open=True)
    assert (chain(b, proposer)["end"], chain(b, proposer)["weight"]) == ("no_right", 0)


def test_who_has_lost_the_right_to_vote_passes_nothing_on(world, sql):
    acme, (a, b, c, d), decision = group(world, 4)
    outside = acme.member()
    trust(b, acme, a)
    trust(c, acme, b)
    trust(d, acme, outside)
    vote(a, decision, YES)
    assert [chain(p, decision)["end"] for p in (b, c, d, outside)] == ["carried", "carried", "outside", "no_right"]
    acme.owner.delete(f"{acme.path}/members/{b.member_id}")
    assert chain(c, decision)["end"] == "outside"
    acme.owner.delete(f"{acme.path}/members/{a.member_id}")  # a vote cast stays
    elapse(sql, decision, "8 days")
    sql.execute("update members set ended_at = ended_at - interval '8 days' where id = %s", [b.member_id])
    found = closed(c, decision, "adopted")
    assert count(c, found) == (1, 0) and found["report"]["tally"]["quorum"]["eligible"] == 4


def test_whose_chain_one_may_see(world):
    acme, (a, b, c), decision = group(world, 3)
    trust(a, acme, b)
    assert chain(acme.owner, decision, member_id=a.member_id)["chain"] == [a.member_id, b.member_id]
    problem = b.problem("GET", f"{decision.path}/proxy-chain?member_id={a.member_id}", status=403, code="permission_denied")
    assert problem["permission"] == "proxy.read_all"
    assert chain(acme.owner, decision, member_id=acme.member().member_id)["end"] == "no_right"
    for stranger in (NOBODY, world.organisation().owner.member_id):
        acme.owner.problem("GET", f"{decision.path}/proxy-chain?member_id={stranger}", status=404, code="not_found")
        b.problem("GET", f"{decision.path}/proxy-chain?member_id={stranger}", status=403, code="permission_denied")
    world.person().problem("GET", f"{decision.path}/proxy-chain", status=404, code="not_found")


def test_a_decision_that_is_closed_takes_no_proxies(world):
    acme, (a, b), decision = group(world, 2)
    trust(a, decision, b)
    vote(a, decision, YES)
    vote(b, decision, YES)
    a.problem("PUT", path(acme, decision), {"trustee_id": b.member_id}, status=409, code="decision_state")
    a.problem("DELETE", path(acme, decision), status=409, code="decision_state")
    assert chain(a, decision)["end"] == "voted"


def test_fifty_changes_at_once(world, sql):
    """One proxy per truster and scope, whatever happens at once; and each change is in the trail."""
    acme = world.organisation()
    a, b, c = (acme.member() for _ in range(3))
    answers = at_once([lambda t=t: trust(a, acme, t).status_code for t in (b, c) * 25])
    assert answers == [200] * 50
    assert sql.execute("select count(*), max(version) from proxies where truster_id = %s", [a.member_id]).fetchone() == (1, 50)
    trail = sql.execute("select count(*) from events where actor_id = %s and type like 'proxy.%%'", [a.member_id]).fetchone()
    assert trail == (50,)


# ---- secret ballots ----

def secret_group(world, count):
    return group(world, count, configuration=ALLOWED, secret=True)


def test_a_secret_ballot_is_cast_for_those_who_trust(world, sql):
    acme, (a, b, c, d, e), decision = secret_group(world, 5)
    trust(b, acme, a)
    trust(c, acme, b)
    trust(d, acme, a)
    shown = chain(a, decision)
    assert (shown["carried"], shown["weight"], shown["chain"]) == (3, 4, [a.member_id])
    assert (chain(c, decision)["chain"], chain(c, decision)["end"]) == ([c.member_id, b.member_id], None)  # no further than one's own
    acme.owner.problem("GET", f"{decision.path}/proxy-chain?member_id={c.member_id}", status=403, code="ballots_secret")
    vote(d, decision, NO)  # oneself, before the one who is trusted
    vote(a, decision, YES)
    assert (chain(a, decision)["carried"], chain(a, decision)["weight"]) == (2, 3)
    assert (chain(c, decision)["end"], chain(c, decision)["voter_id"]) == ("carried", None)
    refuse_ballot(c, decision, "ballot_final", NO)
    assert not actions(c, decision)["waiting"] and c.pages("/v1/me/inbox") == []
    assert state(a, decision)["ballots_cast"] is None  # two have cast, however much that weighs
    vote(e, decision, NO)
    found = closed(a, decision, "adopted")
    assert count(a, found) == (3, 2)
    assert "proxies" not in found["report"] and a.get(f"{decision.path}/record").json()["proxies"] is None
    rows = sql.execute("select ballot, weight, count from secret_ballots where decision_id = %s", [decision.id]).fetchall()
    assert sorted((r[0]["choice"], r[1], r[2]) for r in rows) == [("no", 1, 2), ("yes", 1, 3)]


def test_two_who_cast_secretly_for_many_stay_hidden(world):
    acme, people, decision = secret_group(world, 6)
    a, b, *others = people
    for truster in others:
        trust(truster, acme, a)
    vote(a, decision, YES)
    vote(b, decision, NO)
    assert a.get(f"{decision.path}/outcome").json()["outcome"] == "adopted"
    a.problem("GET", f"{decision.path}/count-report", status=403, code="participation_hidden")
    text = json.dumps([e for e in events(acme, decision)]) + a.get(f"{decision.path}/record").text
    assert '"choice"' not in text


def try_vote(person, decision):
    """As a client should: again when the service is busy with others."""
    for _ in range(20):
        status = person.request("PUT", f"{decision.path}/ballots/me", {"ballot": YES}, expect=(200, 409, 503)).status_code
        if status != 503:
            return status
    raise AssertionError("busy all the time")


@pytest.mark.parametrize("secret", [False, True])
def test_proxies_and_votes_at_once(world, sql, secret):
    """Whoever is carried at the end has not voted, and all weight is counted once. The last one keeps the vote open: else it is over as soon
    as all have voted or are carried."""
    acme, people, decision = group(world, 25, secret=secret)
    for truster, trustee in zip(people[8:24], people[:8] * 2):
        trust(truster, acme, trustee)
    cast = [lambda p=p: try_vote(p, decision) for p in people[:12]]
    change = [lambda p=p: p.request("DELETE", path(acme, acme), expect=204).status_code for p in people[16:24]]
    at_once(cast + change)
    elapse(sql, decision, "8 days")
    assert people[0].get(f"{decision.path}/outcome").json()["outcome"] == "adopted"
    found = closed(people[0], decision, "adopted")
    yes = count(people[0], found)[0]
    members = sql.execute("select count(voter_id) from decision_proxies where decision_id = %s", [decision.id]).fetchone()[0]
    voters = sql.execute(f"select count(*) from {'secret_voters' if secret else 'ballots'} where decision_id = %s", [decision.id]).fetchone()[0]
    assert yes == voters + members <= 24
