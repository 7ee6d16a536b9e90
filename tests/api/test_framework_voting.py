# SPDX-License-Identifier: Apache-2.0
"""The voting frameworks from draft to outcome (FRAMEWORKS.md 3.7 to 3.10, 5). Expectations are published results, or counted by hand beside them."""

import pytest

from deciding import actions, causes, closed, elapse, refuse_ballot, state, vote

# FRAMEWORKS.md 5: M. Schulze's profile, and the capital of Tennessee (Memphis, Nashville, Chattanooga, Knoxville).
SCHULZE = {"ACBED": 5, "ADECB": 5, "BEDAC": 8, "CABED": 3, "CAEBD": 7, "CBADE": 2, "DCEBA": 7, "EBADC": 8}
TENNESSEE = {"MNCK": 42, "NCKM": 26, "CKNM": 15, "KCNM": 17}


def order(text):
    """"AB" as a ranking; "A=BC" has A and B tied."""
    groups = []
    for number, mark in enumerate(text):
        if number and text[number - 1] == "=":
            groups[-1].append(mark)
        elif mark != "=":
            groups.append([mark])
    return {"ranking": groups}


def rankings(profile):
    return [(order(text), weight) for text, weight in profile.items()]


def scores(*ballots):
    return [({"scores": values}, weight) for values, weight in ballots]


def points(*ballots):
    return [({"points": values}, 1) for values in ballots]


def choices(**counts):
    return [({"choice": option}, weight) for option, weight in counts.items()]


def opened(world, framework, options, weights, rule=None):
    """An open vote of people with those weights, proposed by the first."""
    acme = world.organisation()
    voters = [acme.member() for _ in weights]
    decision = acme.decision(framework, by=voters[0], options=dict.fromkeys(options, "An option"), configuration={"rule": rule or {}})
    for voter, weight in zip(voters, weights):
        voters[0].put(f"{decision.path}/stakeholders/{voter.member_id}", {"roles": ["voters"], "weight": weight})
    assert actions(voters[0], decision)["missing"] == []
    voters[0].post(f"{decision.path}/open")
    return acme, voters, decision


def decided(world, framework, options, ballots, outcome, winners, rule=None):
    """The tally of a vote in which everybody votes, which ends it."""
    acme, voters, decision = opened(world, framework, options, [weight for _, weight in ballots], rule)
    for voter, (ballot, _) in zip(voters, ballots):
        assert actions(voter, decision)["may"]["vote"] and actions(voter, decision)["waiting"]
        vote(voter, decision, ballot)
    found = closed(voters[0], decision, outcome)
    assert "".join(sorted(found["winners"])) == winners
    assert causes(acme, decision) == ["opened:vote", "all_in:vote"]
    return found["report"]["tally"]


# ---- choices, ratings, points (3.7, 3.8) ----

@pytest.mark.parametrize("counts, rule, outcome, winners", [
    ({"A": 3, "B": 2, "C": 1}, {}, "adopted", "A"), ({"A": 2, "B": 2, "C": 1}, {}, "tied", "AB"),
    ({"A": 2, "B": 2, "C": 1}, {"tie_break": "casting_vote", "casting_vote": "B"}, "adopted", "B"),
    ({"A": 3, "B": 2, "C": 1}, {"seats": 2}, "adopted", "AB"), ({"A": 3, "B": 1, "C": 1}, {"seats": 2}, "tied", "ABC"),
    ({"A": 1, "B": 2}, {"minimum": 4}, "no_quorum", ""),
])
def test_plurality(world, counts, rule, outcome, winners):
    tally = decided(world, "plurality", "ABC", choices(**counts), outcome, winners, rule)
    assert tally["report"]["scores"] == {"A": 0, "B": 0, "C": 0} | counts


def test_plurality__tennessee(world):
    decided(world, "plurality", "MNCK", choices(M=42, N=26, C=15, K=17), "adopted", "M")


def test_plurality__an_abstention_counts_for_the_quorum_only(world):
    tally = decided(world, "plurality", "AB", [({"choice": "A"}, 1), ({"choice": None}, 2)], "adopted", "A", {"quorum": [1, 1]})
    assert tally["quorum"] == {"met": True, "cast": 3, "eligible": 3}


@pytest.mark.parametrize("rule, outcome, winners, totals", [
    ({}, "adopted", "A", {"A": 8, "B": 5, "C": 3}),  # the sum counts
    ({"unrated": "ignore", "min_ratings": 1}, "adopted", "B", {"A": [8, 3], "B": [5, 1], "C": [3, 2]}),  # the mean counts
    ({"unrated": "ignore", "min_ratings": 2}, "adopted", "A", {"A": [8, 3], "B": [5, 1], "C": [3, 2]}),  # B has one rating
    ({"seats": 2}, "adopted", "AB", {"A": 8, "B": 5, "C": 3}),
])
def test_score(world, rule, outcome, winners, totals):
    ballots = scores(({"A": 3, "B": 5}, 1), ({"A": 3, "C": 2}, 1), ({"A": 2, "C": 1}, 1))
    assert decided(world, "score", "ABC", ballots, outcome, winners, rule)["report"]["scores"] == totals


def test_score__equal_totals_are_a_tie(world):
    decided(world, "score", "AB", scores(({"A": 5, "B": 4}, 1), ({"A": 3, "B": 4}, 1)), "tied", "AB")


@pytest.mark.parametrize("ballots, outcome, winners, broken_by", [
    (scores(({"A": 5, "B": 4}, 3), ({"B": 5}, 2)), "adopted", "A", None),  # B 22, A 15, but three of five rate A higher
    (scores(({"A": 5}, 1), ({"B": 4, "C": 1}, 1)), "adopted", "A", "total"),  # one of two each in the runoff, A 5, B 4
    (scores(({"A": 5}, 1), ({"B": 5}, 1)), "tied", "AB", None),
    # B and C have 4 each, two of three rate B higher than C; A 12
    (scores(({"A": 4, "B": 2, "C": 1}, 2), ({"A": 4, "C": 2}, 1)), "adopted", "A", "head_to_head"),
])
def test_star(world, ballots, outcome, winners, broken_by):
    tally = decided(world, "star", "ABC", ballots, outcome, winners)
    assert set(tally["report"]["runoff"]) == {"A", "B"}
    assert (broken_by in [tie["broken_by"] for tie in tally["ties"]]) or not broken_by


@pytest.mark.parametrize("framework, rule, ballots, outcome, winners, totals", [
    ("dot", {}, points({"A": 7, "B": 3}, {"B": 10}, {}), "adopted", "B", {"A": 7, "B": 13, "C": 0}),
    ("dot", {"exact": True, "budget": 3}, points({"A": 2, "B": 1}, {"C": 3}), "adopted", "C", {"A": 2, "B": 1, "C": 3}),
    ("dot", {}, points({"A": 5, "B": 5}), "tied", "AB", {"A": 5, "B": 5, "C": 0}),
    # one voter of 100 credits has 10 votes for A; three of 16 credits each 4 for B
    ("quadratic", {}, points({"A": 10}, {"B": 4}, {"B": 4}, {"B": 4}), "adopted", "B", {"A": 10, "B": 12, "C": 0}),
    ("quadratic", {}, points({"A": 6, "B": -8}, {"B": 9}), "adopted", "A", {"A": 6, "B": 1, "C": 0}),  # 36 + 64 are 100 credits
])
def test_points(world, framework, rule, ballots, outcome, winners, totals):
    assert decided(world, framework, "ABC", ballots, outcome, winners, rule)["report"]["scores"] == totals


def test_borda__published_profiles(world):
    assert decided(world, "borda", "ABCDE", rankings(SCHULZE), "adopted", "E")["report"]["scores"] == {
        "A": 98, "B": 92, "C": 89, "D": 69, "E": 102}
    assert decided(world, "borda", "MNCK", rankings(TENNESSEE), "adopted", "N")["report"]["scores"] == {"M": 126, "N": 194, "C": 173, "K": 107}


def test_borda__unranked_share_the_places_left(world):
    """A has 2 of the first ballot, B and C share 1 and 0; the second gives B 2 and the others half a point each."""
    tally = decided(world, "borda", "ABC", rankings({"A": 1, "B": 1}), "tied", "AB")
    assert [float(str(tally["report"]["scores"][option])) for option in "ABC"] == [2.5, 2.5, 1.0]


# ---- rounds (3.9) ----

def test_irv__tennessee_in_three_rounds(world):
    rounds = decided(world, "irv", "MNCK", rankings(TENNESSEE), "adopted", "K")["report"]["rounds"]
    assert [found["eliminated"] for found in rounds] == [["C"], ["N"], []]
    assert rounds[2]["tallies"] == {"M": 42, "K": 58}


@pytest.mark.parametrize("profile, rule, outcome, winners, broken_by", [
    ({"ABC": 1, "BCA": 1, "CAB": 1}, {}, "tied", "ABC", None),
    # D drops first; then B and C have 8 each, and C had fewer before
    ({"A": 10, "B": 7, "C": 6, "DC": 2, "DB": 1}, {}, "adopted", "A", "earlier_rounds"),
    ({"A": 5, "B": 3, "C": 1, "D": 1}, {}, "adopted", "A", "joint_elimination"),  # C and D have 2 together, less than B
])
def test_irv__ties_for_elimination(world, profile, rule, outcome, winners, broken_by):
    options = sorted(set("".join(profile)))
    tally = decided(world, "irv", options, rankings(profile), outcome, winners, rule)
    assert broken_by in [tie["broken_by"] for tie in tally["ties"]]


@pytest.mark.parametrize("rule, tallies, exhausted", [("exhaust", {"A": 3, "B": 1, "C": 0}, 1), ("skip", {"A": 3, "B": 1, "C": 1}, 0)])
def test_irv__equal_ranks(world, rule, tallies, exhausted):
    profile = {"A": 3, "B": 1, "A=BC": 1}
    _, voters, decision = opened(world, "irv", "ABC", [1])
    refuse_ballot(voters[0], decision, "ballot_invalid", order("A=BC"), pointer="/ballot/ranking/0")
    first = decided(world, "irv", "ABC", rankings(profile), "adopted", "A", {"equal_ranks": rule})["report"]["rounds"][0]
    assert {option: first["tallies"].get(option, 0) for option in "ABC"} == tallies
    assert first["exhausted"] == exhausted


def test_stv__three_seats(world):
    """The guests' dishes of Wikipedia's article on the single transferable vote: 20 votes, 3 seats, Droop quota 6. Chocolate has 12; of its
    surplus of 6, strawberries get 4 and sweets 2. Pears drop and make oranges 6; sweets drop; oranges, chocolate and strawberries are served."""
    tally = decided(world, "stv", "OPCSW", rankings({"O": 4, "PO": 2, "CS": 8, "CW": 4, "S": 1, "W": 1}), "adopted", "COS", {"seats": 3})
    rounds = tally["report"]["rounds"]
    assert tally["report"]["quota"] == 6
    assert (rounds[0]["tallies"]["C"], rounds[0]["elected"]) == ("12.00000", ["C"])
    assert (rounds[1]["tallies"]["S"], rounds[1]["tallies"]["W"]) == ("5.00000", "3.00000")
    assert "P" in [option for found in rounds for option in found["eliminated"]]


@pytest.mark.parametrize("rule, outcome, winners", [
    ({}, "tied", "ABC"),  # A has the first seat for sure, B and C are equal for the second
    ({"tie_break": "casting_vote", "casting_vote": "C"}, "adopted", "AC"),
])
def test_stv__a_tie_for_the_last_seat(world, rule, outcome, winners):
    tally = decided(world, "stv", "ABC", rankings({"A": 4, "B": 1, "C": 1}), outcome, winners, rule)
    assert tally["ties"][0]["options"] == ["B", "C"]


# ---- pairs (3.10) ----

@pytest.mark.parametrize("framework, winner, report", [
    ("ranked_pairs", "A", {"ranking": [["A"], ["C"], ["E"], ["B"], ["D"]]}),
    ("minimax", "E", {"scores": {"E": 24, "A": 25, "C": 28, "B": 29, "D": 33}}),
    ("copeland", "E", {"scores": {"E": 6, "A": 4, "B": 4, "C": 4, "D": 2}}),  # E beats A, B and D (FRAMEWORKS.md 5)
])
def test_condorcet__the_published_cycle(world, framework, winner, report):
    tally = decided(world, framework, "ABCDE", rankings(SCHULZE), "adopted", winner)
    found = {"ranking": tally["ranking"]} | tally["report"]
    assert {key: found[key] for key in report} == report
    assert (found["smith_set"], found["condorcet_winner"]) == (list("ABCDE"), None)
    assert (found["pairwise"]["E"]["A"], found["pairwise"]["A"]["E"]) == (23, 22)


@pytest.mark.parametrize("framework", ["ranked_pairs", "minimax", "copeland"])
def test_condorcet__a_winner_of_all_pairs_wins(world, framework):
    tally = decided(world, framework, "MNCK", rankings(TENNESSEE), "adopted", "N")
    assert (tally["report"]["condorcet_winner"], tally["report"]["smith_set"]) == ("N", ["N"])


@pytest.mark.parametrize("framework", ["ranked_pairs", "minimax", "copeland"])
@pytest.mark.parametrize("rule, outcome, winners", [
    ({"unranked": "last"}, "adopted", "A"),  # A before B on three ballots of five
    ({"unranked": "ignored"}, "adopted", "B"),  # who ranks A alone says nothing about B
])
def test_condorcet__unranked_options(world, framework, rule, outcome, winners):
    decided(world, framework, "AB", rankings({"A": 3, "BA": 2}), outcome, winners, rule)


@pytest.mark.parametrize("framework", ["ranked_pairs", "minimax", "copeland"])
def test_condorcet__an_even_pair_is_a_tie_that_a_lot_breaks(world, framework):
    decided(world, framework, "AB", rankings({"AB": 2, "BA": 2}), "tied", "AB")
    _, voters, decision = opened(world, framework, "AB", [2, 2], {"tie_break": "lot", "seed": "today"})
    vote(voters[0], decision, order("AB"))
    vote(voters[1], decision, order("BA"))
    found = closed(voters[0], decision, "adopted")
    assert found["report"]["tally"]["ties"][0]["broken_by"] == "lot" and len(found["winners"]) == 1


# ---- what holds for all of them ----

BALLOTS = {"plurality": {"choice": "A"}, "score": {"scores": {"A": 1}}, "star": {"scores": {"A": 1}}, "dot": {"points": {"A": 1}},
           "quadratic": {"points": {"A": 1}}, **dict.fromkeys(["borda", "irv", "stv", "ranked_pairs", "minimax", "copeland"], order("A"))}


@pytest.mark.parametrize("framework", BALLOTS)
def test_deadline__who_has_not_voted_stays_in_the_denominator(world, sql, framework):
    """Rules g and h: with a quorum of two in three, one vote decides nothing, and two do."""
    for voting, outcome in ((1, "no_quorum"), (2, "adopted")):
        acme, voters, decision = opened(world, framework, "AB" if framework != "stv" else "ABC", [1, 1, 1],
                                        {"quorum": [2, 3]} | ({"seats": 1} if framework == "stv" else {}))
        for voter in voters[:voting]:
            vote(voter, decision, BALLOTS[framework])
        assert state(voters[0], decision)["status"] == "open"
        elapse(sql, decision, "7 days")
        found = closed(voters[0], decision, outcome)
        assert found["winners"] == (["A"] if outcome == "adopted" else [])
        assert causes(acme, decision)[-1] == "deadline:vote"
        refuse_ballot(voters[2], decision, "phase_closed", BALLOTS[framework])


@pytest.mark.parametrize("framework", BALLOTS)
def test_deadline__nobody_voting_is_no_adoption(world, sql, framework):
    _, voters, decision = opened(world, framework, "ABC", [1, 1], {"tie_break": "lot", "seed": "x"})
    elapse(sql, decision, "7 days")
    assert closed(voters[0], decision, "rejected")["winners"] == []


@pytest.mark.parametrize("framework, ballot, pointer, fault, rule", [
    ("plurality", {"choice": "Z"}, "/ballot/choice", "ballot_unknown_option", {}),
    ("score", {"scores": {"A": 6}}, "/ballot/scores/A", "ballot_value_out_of_range", {}),
    ("score", {"scores": {"A": 5, "B": -1}}, "/ballot/scores/B", "ballot_value_out_of_range", {}),
    ("star", {"scores": {"A": 6}}, "/ballot/scores/A", "ballot_value_out_of_range", {}),
    ("dot", {"points": {"A": 6, "B": 5}}, "/ballot/points", "ballot_budget_exceeded", {}),
    ("dot", {"points": {"A": 9}}, "/ballot/points", "ballot_budget_unspent", {"exact": True}),
    ("dot", {"points": {"A": 4}}, "/ballot/points/A", "ballot_cap_exceeded", {"cap": 3}),
    ("dot", {"points": {"A": -1}}, "/ballot/points/A", "ballot_value_out_of_range", {}),
    ("quadratic", {"points": {"A": 10, "B": 1}}, "/ballot/points", "ballot_budget_exceeded", {}),
    ("borda", order("ABA"), "/ballot/ranking/2/0", "ranking_duplicate_option", {}),
    ("irv", order("ABZ"), "/ballot/ranking/2/0", "ballot_unknown_option", {}),
    ("stv", order("A=BC"), "/ballot/ranking/0", "ranking_equal_ranks", {}),
    ("copeland", {"approve": ["A"]}, "/ballot/approve", "ballot_kind_mismatch", {}),
    ("minimax", {"ranking": [["A"], []]}, "/ballot/ranking/1", "ranking_empty_group", {}),
])
def test_rule_l__a_ballot_is_refused_whole(world, framework, ballot, pointer, fault, rule):
    _, voters, decision = opened(world, framework, "ABC", [1], rule)
    problem = refuse_ballot(voters[0], decision, "ballot_invalid", ballot)
    assert (pointer, fault) in [(found["pointer"], found["code"]) for found in problem["errors"]], problem
    assert state(voters[0], decision)["ballots_cast"] == 0


@pytest.mark.parametrize("framework, rule, pointer, fault", [
    ("stv", {"seats": 4}, "/configuration/rule/seats", "too_large"), ("star", {"seats": 2}, "/configuration/rule/seats", "too_large"),
    ("score", {"unrated": "ignore"}, "/configuration/rule/min_ratings", "required"),
    ("irv", {"strength": "margins"}, "/configuration/rule/strength", "unknown_member"),
    ("copeland", {"tie_break": "lot"}, "/configuration/rule/seed", "required"),
    ("plurality", {"early_close": True}, "/configuration/rule/early_close", "condition_impossible"),
])
def test_a_configuration_that_can_not_work_is_told_before_opening(world, framework, rule, pointer, fault):
    acme = world.organisation()
    decision = acme.decision(framework, options=dict.fromkeys("ABC", "An option"), stakeholders={"voters": [acme.owner]},
                             configuration={"rule": rule})
    missing = [(found["pointer"], found["code"]) for found in actions(acme.owner, decision)["missing"]]
    assert (pointer, fault) in missing
    problem = acme.owner.problem("POST", f"{decision.path}/open", status=422, code="decision_not_ready")
    assert (pointer, fault) in [(found["pointer"], found["code"]) for found in problem["errors"]]


def test_options_are_demanded(world):
    acme = world.organisation()
    decision = acme.decision("borda", options={"A": "Alone"}, stakeholders={"voters": [acme.owner]})
    acme.owner.problem("POST", f"{decision.path}/open", status=422, code="decision_not_ready", pointer="/options")


PREFERS = {"plurality": lambda first, second: {"choice": first}, "approval": lambda first, second: {"approve": [first]},
           **dict.fromkeys(["score", "star"], lambda first, second: {"scores": {first: 5, second: 1}}),
           **dict.fromkeys(["dot", "quadratic"], lambda first, second: {"points": {first: 2, second: 1}}),
           **dict.fromkeys(["borda", "irv", "schulze", "ranked_pairs", "minimax", "copeland"], lambda first, second: order(first + second))}


@pytest.mark.parametrize("framework", PREFERS)
@pytest.mark.parametrize("share, outcome, winners", [(None, "adopted", "A"), ([3, 5], "rejected", "")])
def test_status_quo__the_winner_must_beat_it_by_the_configured_majority(world, framework, share, outcome, winners):
    """Three of five prefer A to what is now: more than half, not more than 3/5."""
    rule = {"status_quo": "Q"} | ({"against_status_quo": share} if share else {})
    ballots = [(PREFERS[framework]("A", "Q"), 3), (PREFERS[framework]("Q", "A"), 2)]
    report = decided(world, framework, "AQ", ballots, outcome, winners, rule)["report"]
    against = report.get("against_status_quo", {}).get("A") or [report["pairwise"]["A"]["Q"], report["pairwise"]["Q"]["A"]]
    assert against == [3, 2]


def test_status_quo__is_an_option_and_not_for_stv(world):
    acme = world.organisation()
    for framework, rule, code in (("irv", {"status_quo": "Z"}, "unknown_option"), ("stv", {"status_quo": "A"}, "unknown_member"),
                                  ("dot", {"against_status_quo": [1, 2]}, "required")):
        decision = acme.decision(framework, options=dict.fromkeys("ABC", "An option"), stakeholders={"voters": [acme.owner]}, configuration={"rule": rule})
        problem = acme.owner.problem("POST", f"{decision.path}/open", status=422, code="decision_not_ready", pointer="/configuration/rule/status_quo")
        assert code in [found["code"] for found in problem["errors"]]
