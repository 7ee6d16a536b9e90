# SPDX-License-Identifier: Apache-2.0
"""POST /v1/tallies: the answer of FRAMEWORKS.md 4, its worked examples, and every fault at once."""

import pytest

PROFILE = [(5, "ACBED"), (5, "ADECB"), (8, "BEDAC"), (3, "CABED"), (7, "CAEBD"), (2, "CBADE"), (7, "DCEBA"), (8, "EBADC")]
TENNESSEE = [(42, "MNCK"), (26, "NCKM"), (15, "CKNM"), (17, "KCNM")]


@pytest.fixture
def person(world):
    return world.person()


def ballots(profile):
    return [{"count": count, "ranking": [[option] for option in ranking]} for count, ranking in profile]


def count(person, method, ballots, options=(), **fields):
    body = {"method": method, "ballots": ballots, **({"options": list(options)} if options else {}), **fields}
    return person.post("/v1/tallies", body, expect=200).json()


def refuse(person, pointer, fault, code="tally_invalid", **body):
    problem = person.problem("POST", "/v1/tallies", body, status=422, code=code)
    assert (pointer, fault) in [(found["pointer"], found["code"]) for found in problem["errors"]], problem
    return problem


def test_the_example_of_the_document(person):
    found = count(person, "schulze", [{"count": 5, "ranking": [["A"], ["C"], ["B"]]}, {"count": 2, "ranking": [["B"], ["A", "C"]]}], "ABC",
                  electorate=120, config={"strength": "winning_votes", "unranked": "last"})
    assert (found["method"], found["outcome"], found["winners"]) == ("schulze", "adopted", ["A"])
    assert found["quorum"] == {"met": True, "cast": 7, "eligible": 120}
    assert found["report"]["pairwise"]["A"] == {"B": 5, "C": 5}


def test_schulze__the_worked_example(person):
    found = count(person, "schulze", ballots(PROFILE), "ABCDE")
    assert found["ranking"] == [["E"], ["A"], ["C"], ["B"], ["D"]]
    assert (found["report"]["paths"]["E"]["A"], found["report"]["paths"]["A"]["E"]) == (25, 24)
    assert sorted(found["report"]["smith_set"]) == list("ABCDE") and found["report"]["condorcet_winner"] is None


def test_schulze__tennessee(person):
    found = count(person, "schulze", ballots(TENNESSEE), "MNCK")
    assert found["ranking"] == [["N"], ["C"], ["K"], ["M"]] and found["report"]["condorcet_winner"] == "N"


@pytest.mark.parametrize("config, outcome", [({"threshold": [3, 5], "inclusive": True, "base": "cast"}, "adopted"),
                                             ({"threshold": [3, 5], "base": "cast"}, "rejected"), ({}, "adopted"),
                                             ({"quorum": [11, 20]}, "no_quorum")])
def test_majority__six_to_four(person, config, outcome):
    votes = [{"count": 6, "choice": "yes"}, {"count": 4, "choice": "no"}]
    assert count(person, "majority", votes, electorate=20, config=config)["outcome"] == outcome


def test_majority__five_to_five(person):
    votes = [{"weight": 5, "choice": "yes"}, {"count": 5, "choice": "no"}]
    assert count(person, "majority", votes)["outcome"] == "rejected"
    assert count(person, "majority", votes, config={"threshold": [1, 2], "inclusive": True, "base": "yes_no"})["outcome"] == "adopted"


def test_a_tie_is_named(person):
    votes = [{"approve": ["A"]}, {"approve": ["B"]}]
    found = count(person, "approval", votes, "ABC")
    assert (found["outcome"], found["winners"], found["ties"]) == (
        "tied", ["A", "B"], [{"options": ["A", "B"], "seats": 1, "broken_by": None}])
    found = count(person, "approval", votes, "ABC", config={"tie_break": "lot", "seed": "s"})
    assert found["outcome"] == "adopted" and found["ties"][0]["broken_by"] == "lot" and len(found["winners"]) == 1


def test_every_fault_at_once(person):
    problem = refuse(person, "/ballots/1/ranking/0/0", "ballot_unknown_option", method="schulze", options=["A", "B"],
                     ballots=[{"ranking": [["A"], ["A"]]}, {"ranking": [["C"]]}, {"count": 0, "ranking": []}], config={})
    assert ("/ballots/0/ranking/1/0", "ranking_duplicate_option") in [(f["pointer"], f["code"]) for f in problem["errors"]]
    assert len(problem["errors"]) >= 3


@pytest.mark.parametrize("pointer, fault, body", [
    ("/config/colour", "unknown_member", {"method": "schulze", "options": ["A", "B"], "config": {"colour": "red"}, "ballots": []}),
    ("/method", "enum", {"method": "applause", "options": ["A"], "ballots": []}),
    ("/options/1", "not_unique", {"method": "approval", "options": ["A", "A"], "ballots": []}),
])
def test_faults_of_the_set_up(person, pointer, fault, body):
    refuse(person, pointer, fault, **body)


def test_the_form_is_checked_first(person):
    refuse(person, "/ballots", "required", code="invalid_body", method="majority")
    refuse(person, "/winner", "unknown_member", code="invalid_body", method="majority", ballots=[], winner="yes")


def test_nothing_is_stored_and_anybody_signed_in_may(world, anonymous, sql):
    person = world.person()
    before = sql.execute("select count(*) from audit_log").fetchone()
    body = {"method": "majority", "ballots": [{"choice": "yes"}]}
    first = person.post("/v1/tallies", body, headers={"Idempotency-Key": "once-and-again"})
    again = person.post("/v1/tallies", body, headers={"Idempotency-Key": "once-and-again"})
    assert first.json() == again.json() and again.headers["idempotency-replayed"] == "true"
    assert sql.execute("select count(*) from audit_log").fetchone() == before
    anonymous.problem("POST", "/v1/tallies", body, status=401, code="unauthenticated")
