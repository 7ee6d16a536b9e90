# SPDX-License-Identifier: Apache-2.0
"""Votes by majority, approval and Schulze through the API (FRAMEWORKS.md 1, 3.6, 3.7, 3.10, 5)."""

import pytest

import service as services
from deciding import ABSTAIN, NO, YES, actions, causes, closed, elapse, events, refuse_ballot, state, vote, wait_until

# FRAMEWORKS.md 5, the first profile: (voters, ranking); Schulze gives E>A>C>B>D, the path E→A is 25 against A→E 24.
PROFILE = [(5, "ACBED"), (5, "ADECB"), (8, "BEDAC"), (3, "CABED"), (7, "CAEBD"), (2, "CBADE"), (7, "DCEBA"), (8, "EBADC")]


def electorate(world, count, framework="majority", **fields):
    """An open vote among `count` members who all may vote; the first proposed it."""
    acme = world.organisation()
    voters = [acme.member() for _ in range(count)]
    return acme, voters, acme.decision(framework, by=voters[0], stakeholders={"voters": voters}, open=True, **fields)


def cast(decision, voters, choices):
    for voter, choice in zip(voters, choices):
        vote(voter, decision, {"y": YES, "n": NO, "a": ABSTAIN}[choice])


@pytest.mark.parametrize("rule, votes, outcome", [
    ({}, "yyn", "adopted"), ({}, "yn", "rejected"), ({}, "aa", "rejected"), ({}, "yaa", "adopted"),
    ({"threshold": [1, 2], "inclusive": True}, "yyn" "n", "adopted"), ({}, "yynn", "rejected"),
    ({"threshold": [3, 5], "inclusive": True, "base": "cast"}, "yyynn", "adopted"),
    ({"threshold": [3, 5], "base": "cast"}, "yyynn", "rejected"),
    ({"absolute": True}, "yyna", "rejected"), ({"absolute": True}, "yyn", "adopted"),
    ({"tie_break": "casting_vote", "casting_vote": "yes"}, "yn", "adopted"),
    ({"quorum": [1, 1], "quorum_base": "yes_no"}, "yya", "no_quorum"), ({"quorum": [1, 1]}, "yya", "adopted"),
])
def test_majority__all_voted(world, rule, votes, outcome):
    acme, voters, decision = electorate(world, len(votes), configuration={"rule": rule})
    cast(decision, voters, votes)
    closed(voters[0], decision, outcome)
    assert causes(acme, decision) == ["opened:vote", "all_in:vote"]


@pytest.mark.parametrize("rule, votes, outcome", [
    ({}, "y", "adopted"), ({"quorum": [1, 2]}, "y", "no_quorum"), ({"quorum": [1, 3]}, "y", "adopted"), ({"minimum": 2}, "y", "no_quorum"),
    ({"threshold": [1, 2], "base": "eligible"}, "y", "rejected"), ({}, "", "rejected"),
])
def test_majority__at_the_deadline(world, sql, rule, votes, outcome):
    """Rule h: nobody voting is never adoption. Rule g: who did not vote stays in the denominator."""
    acme, voters, decision = electorate(world, 3, configuration={"rule": rule})
    cast(decision, voters, votes)
    elapse(sql, decision, "7 days")
    refuse_ballot(voters[2], decision, "phase_closed", YES)
    closed(voters[0], decision, outcome)
    assert causes(acme, decision) == ["opened:vote", "deadline:vote"]


def test_a_threshold_that_nothing_passes_is_not_opened(world):
    """FRAMEWORKS.md 2: a threshold over 1 can't work, and more than all is none that could be reached. All of them is one that can."""
    acme = world.organisation()
    voter = acme.member()
    draft = acme.decision("majority", by=voter, stakeholders={"voters": [voter]}, configuration={"rule": {"threshold": [1, 1]}})
    voter.problem("POST", f"{draft.path}/open", status=422, code="decision_not_ready", pointer="/configuration/rule/threshold")
    voter.patch(draft.path, {"configuration": {"rule": {"inclusive": True}}})
    voter.post(f"{draft.path}/open", expect=200)
    vote(voter, draft, YES)
    closed(voter, draft, "adopted")


def test_rule_g__a_vote_cast_stays_and_a_missing_one_stays_in_the_denominator(world, sql):
    acme, voters, decision = electorate(world, 4, configuration={"rule": {"threshold": [1, 2], "base": "eligible", "inclusive": True}})
    cast(decision, voters, "yy")
    for voter in voters[1], voters[3]:
        acme.owner.delete(f"{acme.path}/members/{voter.member_id}")
    assert state(voters[0], decision)["status"] == "open"
    vote(voters[2], decision, NO)
    found = closed(voters[0], decision, "adopted")
    assert found["report"]["tally"]["quorum"] == {"met": True, "cast": 3, "eligible": 4}


def test_rule_g__nobody_waits_for_who_left(world, sql):
    """The last whom others wait for leaves: the vote ends with that, though nobody touches the decision, and at that time."""
    acme, voters, decision = electorate(world, 3)
    cast(decision, voters, "yn")
    assert state(voters[0], decision)["status"] == "open"
    acme.owner.delete(f"{acme.path}/members/{voters[2].member_id}")
    wait_until(lambda: voters[0].get(f"{decision.path}/status").json()["status"] != "open")
    closed(voters[0], decision, "rejected")
    assert causes(acme, decision) == ["opened:vote", "all_in:vote"]
    assert sql.execute("select d.closed_at = m.ended_at from decisions d, members m where d.id = %s and m.id = %s",
                       [decision.id, voters[2].member_id]).fetchone() == (True,)


def test_rule_i__whether_the_proposer_votes_is_configuration(world):
    _, voters, decision = electorate(world, 2, configuration={"rule": {"proposer_votes": False}})
    refuse_ballot(voters[0], decision, "permission_denied", YES)
    assert not actions(voters[0], decision)["waiting"]
    vote(voters[1], decision, YES)
    closed(voters[1], decision, "adopted")


def test_rule_k__certain_before_all_voted(world):
    acme, voters, decision = electorate(world, 5, configuration={"rule": {"early_close": True}})
    cast(decision, voters, "yy")
    assert state(voters[0], decision)["status"] == "open"
    vote(voters[2], decision, YES)
    closed(voters[0], decision, "adopted")
    assert causes(acme, decision)[-1] == "certain:vote"


def test_rule_b__a_ballot_may_be_changed_and_taken_back(world):
    acme, voters, decision = electorate(world, 3)
    path = f"{decision.path}/ballots/me"
    voters[0].problem("GET", path, status=404, code="not_found")
    voters[0].problem("DELETE", path, status=404, code="not_found")
    first = voters[0].put(path, {"ballot": YES})
    assert (first.json()["ballot"], first.json()["version"], first.json()["secret"]) == (YES, 1, False)
    second = voters[0].put(path, {"ballot": NO, "revision": 1}, headers={"If-Match": first.headers["etag"]})
    assert (second.json()["ballot"], second.json()["version"]) == (NO, 2)
    voters[0].problem("PUT", path, {"ballot": YES}, status=412, code="precondition_failed", headers={"If-Match": first.headers["etag"]})
    voters[0].problem("DELETE", path, status=412, code="precondition_failed", headers={"If-Match": first.headers["etag"]})
    assert voters[0].get(path).json() == second.json()
    assert not actions(voters[0], decision)["waiting"]
    voters[0].delete(path)
    assert actions(voters[0], decision)["waiting"] and state(voters[0], decision)["ballots_cast"] == 0
    assert voters[0].put(path, {"ballot": YES}).headers["etag"] not in (first.headers["etag"], second.headers["etag"])
    cast(decision, voters[1:], "ny")
    closed(voters[0], decision, "adopted")
    voters[0].problem("DELETE", path, status=409, code="phase_closed")
    assert [e["type"] for e in events(acme, decision)][2:] == [
        "ballot.cast", "ballot.changed", "ballot.withdrawn", "ballot.cast", "ballot.cast", "ballot.cast", "decision.closed", "decision.sealed"]


@pytest.mark.parametrize("votes_too", [True, False])
def test_who_proposed_a_vote_may_withdraw_it(world, votes_too):
    """Also where the framework has no role for a proposer; what one may do is what one is told (actions), and what a simulation says."""
    acme = world.organisation()
    proposer, voter = acme.member(), acme.member()
    decision = acme.decision("approval", by=proposer, options={"x": "X", "y": "Y"}, open=True,
                             stakeholders={"voters": [voter, proposer] if votes_too else [voter]})
    assert actions(proposer, decision)["may"]["withdraw"] and not actions(voter, decision)["may"]["withdraw"]
    voter.problem("POST", f"{decision.path}/withdraw", status=403, code="permission_denied")
    simulated = acme.owner.post(f"{acme.path}/frameworks/approval/simulate", {
        "starts_at": "2026-03-02T09:00:00Z", "proposer": "ann", "electorate": [{"member": name, "roles": ["voters"]} for name in ("ann", "bo")],
        "options": [{"key": "x"}, {"key": "y"}],
        "steps": [{"at": "2026-03-02T10:00:00Z", "action": "withdraw", "member": name} for name in ("bo", "ann")]}).json()
    assert [step["accepted"] for step in simulated["steps"]] == [False, True]
    proposer.post(f"{decision.path}/withdraw")
    assert not actions(proposer, decision)["may"]["withdraw"]
    closed(voter, decision, "withdrawn")


def test_open_ballots_are_open(world):
    acme, voters, decision = electorate(world, 3)
    cast(decision, voters, "yn")
    watcher = acme.member("observer")
    listed = watcher.pages(f"{decision.path}/ballots", limit=1)
    assert [(b["member_id"], b["ballot"]) for b in listed] == sorted([(voters[0].member_id, YES), (voters[1].member_id, NO)], key=lambda b: b[0])
    assert len(watcher.pages(f"{decision.path}/ballots", member_id=voters[1].member_id, revision=1)) == 1
    assert watcher.pages(f"{decision.path}/ballots", revision=2) == []
    watcher.problem("PUT", f"{decision.path}/ballots/me", {"ballot": YES}, status=403, code="permission_denied")


@pytest.mark.parametrize("framework, ballot, pointer, fault", [
    ("majority", {"choice": "maybe"}, "/ballot/choice", "ballot_unknown_option"),
    ("majority", {"approve": ["x"]}, "/ballot/approve", "ballot_kind_mismatch"),
    ("approval", {"approve": ["x", "x"]}, "/ballot/approve/1", "ballot_duplicate_option"),
    ("approval", {"approve": ["w"]}, "/ballot/approve/0", "ballot_unknown_option"),
    ("schulze", {"ranking": [["x"], ["y", "x"]]}, "/ballot/ranking/1/1", "ranking_duplicate_option"),
    ("schulze", {"ranking": [["x"], []]}, "/ballot/ranking/1", "ranking_empty_group"),
])
def test_rule_l__each_refusal_names_the_field_and_the_rule(world, framework, ballot, pointer, fault):
    options = {} if framework == "majority" else {"x": "X", "y": "Y"}
    _, voters, decision = electorate(world, 1, framework, options=options)
    problem = refuse_ballot(voters[0], decision, "ballot_invalid", ballot)
    assert (pointer, fault) in [(found["pointer"], found["code"]) for found in problem["errors"]], problem
    assert state(voters[0], decision)["ballots_cast"] == 0
    refuse_ballot(voters[0], decision, "revision_outdated", ballot, revision=2)


def test_a_vote_can_not_be_closed_by_hand(world):
    acme, voters, decision = electorate(world, 2)
    acme.owner.problem("POST", f"{decision.path}/close", status=409, code="phase_incomplete", pointer=f"/stakeholders/{voters[1].member_id}")
    acme.owner.problem("POST", f"{decision.path}/advance", status=409, code="phase_incomplete")
    voters[1].problem("POST", f"{decision.path}/close", status=403, code="permission_denied")
    voters[0].problem("POST", f"{decision.path}/revisions", {"text": "Other"}, status=403, code="permission_denied")
    acme.owner.problem("POST", f"{decision.path}/revisions", {"text": "Other"}, status=409, code="decision_state")


def test_a_framework_may_let_a_person_close(world):
    acme = world.organisation()
    chair, a, b = acme.member(), acme.member(), acme.member()
    acme.owner.post(f"{acme.path}/frameworks", {"key": "chaired", "name": "Chaired", "definition": {
        "key": "chaired", "name": "Chaired", "roles": [{"key": "chair", "min": 1, "max": 1}, {"key": "voters", "min": 1}],
        "phases": [{"key": "vote", "ballots": ["voters"], "advance": ["chair"], "ends": ["advance"]}], "rule": {"method": "majority"}}})
    acme.owner.post(f"{acme.path}/frameworks/chaired/publish")
    decision = acme.decision("chaired", by=a, stakeholders={"chair": [chair], "voters": [a, b]}, open=True)
    vote(a, decision, YES)
    assert actions(chair, decision)["may"]["close"] and not actions(a, decision)["may"]["close"]
    a.problem("POST", f"{decision.path}/close", status=403, code="permission_denied")
    shut = chair.post(f"{decision.path}/close", {"rationale": "The hall is booked."}).json()
    assert (shut["status"], shut["outcome"]) == ("in_force", "adopted")
    assert chair.post(f"{decision.path}/close").json() == shut  # rule j
    found = closed(a, decision, "adopted")
    assert (found["closed_by"], found["rationale"]) == (chair.member_id, "The hall is booked.")
    assert len([e for e in events(acme, decision) if e["type"] == "decision.closed"]) == 1


@pytest.mark.parametrize("approvals, rule, outcome, winners", [
    (["x", "xy", "y", "x"], {}, "adopted", ["x"]), (["x", "y"], {}, "tied", ["x", "y"]),
    (["x", "y"], {"tie_break": "casting_vote", "casting_vote": "y"}, "adopted", ["y"]),
    (["xy", "xz", "x"], {"seats": 2}, "tied", ["x", "y", "z"]), (["xy", "x", "y", "z"], {"seats": 2}, "adopted", ["x", "y"]),
    (["", "", "x"], {"quorum": [1, 1]}, "adopted", ["x"]),
])
def test_approval(world, approvals, rule, outcome, winners):
    _, voters, decision = electorate(world, len(approvals), "approval", options={"x": "X", "y": "Y", "z": "Z"}, configuration={"rule": rule})
    for voter, approved in zip(voters, approvals):
        vote(voter, decision, {"approve": list(approved)})
    found = closed(voters[0], decision, outcome)
    assert sorted(found["winners"]) == winners
    if outcome == "tied":  # rule f: the tied are named, and that no rule broke it
        assert found["report"]["tally"]["ties"][0]["broken_by"] is None


def test_rule_f__a_lot_names_its_seed(world):
    _, voters, decision = electorate(world, 2, "approval", options={"x": "X", "y": "Y"},
                                     configuration={"rule": {"tie_break": "lot", "seed": "2026-01-01"}})
    vote(voters[0], decision, {"approve": ["x"]})
    vote(voters[1], decision, {"approve": ["y"]})
    report = closed(voters[0], decision, "adopted")["report"]
    assert report["tally"]["ties"] == [{"options": ["x", "y"], "seats": 1, "broken_by": "lot", "seed": "2026-01-01"}]


def test_schulze__the_published_profile_with_weights(world):
    acme = world.organisation()
    voters = [acme.member() for _ in PROFILE]
    stakeholders = [{"member_id": voter.member_id, "roles": ["voters"], "weight": weight} for voter, (weight, _) in zip(voters, PROFILE)]
    decision = acme.decision("schulze", by=voters[0], options=dict.fromkeys("ABCDE", "An option"))
    for stakeholder in stakeholders:
        voters[0].put(f"{decision.path}/stakeholders/{stakeholder['member_id']}",
                      {"roles": ["voters"], "weight": stakeholder["weight"]})
    voters[0].post(f"{decision.path}/open")
    for voter, (_, ranking) in zip(voters, PROFILE):
        vote(voter, decision, {"ranking": [[option] for option in ranking]})
    found = closed(voters[0], decision, "adopted")
    tally = found["report"]["tally"]
    assert (found["winners"], tally["ranking"]) == (["E"], [["E"], ["A"], ["C"], ["B"], ["D"]])
    assert (tally["report"]["paths"]["E"]["A"], tally["report"]["paths"]["A"]["E"]) == (25, 24)
    assert tally["quorum"]["cast"] == 45


CANDIDATES = {"carter": "Jonathan Carter", "chandran": "Sruthi Chandran", "gupta": "Brian Gupta", "none": "None Of The Above"}


def published_ballots():
    """Of the Debian project leader election of 2020, as its tally sheet gives the rank of each candidate; `-`: unranked."""
    sheet = services.ROOT / "tests/unit/data/debian-leader-2020-tally.txt"
    for line in sheet.read_text().splitlines():
        if line.startswith("V: "):
            ranks = dict(zip(CANDIDATES, line[3:7]))
            yield [[key for key in CANDIDATES if ranks[key] == rank] for rank in sorted(set(ranks.values()) - {"-"})]


def test_schulze__a_real_election_by_its_voters(world):
    """339 people, each with their own published ballot; the result is https://www.debian.org/vote/2020/vote_001."""
    acme, ballots = world.organisation(), list(published_ballots())
    voters = [acme.member() for _ in ballots]
    decision = acme.decision("schulze", by=voters[0], options=CANDIDATES, stakeholders={"voters": voters}, open=True)
    for voter, ranking in zip(voters, ballots):
        vote(voter, decision, {"ranking": ranking})
    found = closed(voters[0], decision, "adopted")
    tally = found["report"]["tally"]
    assert (len(ballots), tally["quorum"]["cast"]) == (339, 339)
    assert (found["winners"], tally["ranking"]) == (["carter"], [["carter"], ["chandran"], ["gupta"], ["none"]])
    record = voters[0].request("GET", f"{decision.path}/record", headers={"Accept": "text/markdown"}, expect=200).text
    assert "Jonathan Carter" in record.split("## Decision Outcome")[1].split("\n## ")[0]


def test_a_draft_of_one_request_goes_straight_to_its_end(world):
    """What a system would send: everything at once, voters by team."""
    acme = world.organisation()
    a, b = acme.member(), acme.member()
    team = acme.team(by=acme.owner, members=[a, b])
    made = a.post(f"{acme.path}/decisions", {
        "title": "Lunch", "framework": "approval", "team_id": team.id, "options": [{"key": "soup", "title": "Soup"}, {"key": "pie", "title": "Pie"}],
        "electorate": {"team_id": team.id, "roles": ["voters"]}}).json()
    path = f"{acme.path}/decisions/{made['id']}"
    a.post(f"{path}/open")
    for person in (a, b, acme.owner):
        person.put(f"{path}/ballots/me", {"ballot": {"approve": ["pie"]}})
    assert a.get(f"{path}/outcome").json()["winners"] == ["pie"]
