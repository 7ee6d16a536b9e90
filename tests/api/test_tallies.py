# SPDX-License-Identifier: Apache-2.0
"""POST /v1/tallies: the answer of FRAMEWORKS.md 4, its worked examples, and every fault at once."""

import json

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


# ---- the API and the command line alike ----

RANKING = [{"count": 3, "ranking": [["A"], ["B"], ["C"]]}, {"weight": 2, "ranking": [["C"], ["B"]]}, {"ranking": [["B"]]}]
STARS = [{"count": 3, "scores": {"A": 5, "B": 2}}, {"weight": 2, "scores": {"C": 4, "A": 1}}]
POINTS = [{"count": 3, "points": {"A": 3, "B": 1}}, {"points": {"C": 4}}]
GOOD = {
    "majority": [{"count": 3, "choice": "yes"}, {"choice": "no"}, {"choice": "abstain"}], "approval": [{"count": 2, "approve": ["A", "C"]}, {"approve": []}],
    "plurality": [{"count": 2, "choice": "A"}, {"choice": None}], "score": STARS, "star": STARS, "dot": POINTS, "quadratic": POINTS,
    **{method: RANKING for method in ("borda", "schulze", "ranked_pairs", "minimax", "copeland", "irv", "stv")},
}


@pytest.mark.parametrize("method", GOOD)
def test_both_count_alike(person, service, method):
    options = {} if method == "majority" else {"options": ["A", "B", "C"]}
    body = {"method": method, "ballots": GOOD[method], "electorate": 20, "config": {"quorum": [1, 4]}, **options}
    answer = service.tally("--format", "json", "-", input=json.dumps(body))
    assert json.loads(answer.stdout) == person.post("/v1/tallies", body, expect=200).json()
    assert answer.stderr == ""


def bad(method, fault, pointer, ballot, **config):
    return pytest.param(method, ballot, config, f"/ballots/1{pointer} {fault}", id=f"{method}-{fault}-{pointer.count('/')}")


@pytest.mark.parametrize("method, ballot, config, fault", [
    bad("majority", "ballot_unknown_option", "/choice", {"choice": "perhaps"}),
    bad("plurality", "ballot_unknown_option", "/choice", {"choice": "Z"}),
    bad("plurality", "type", "/choice", {"choice": ["A"]}),
    bad("approval", "ballot_duplicate_option", "/approve/1", {"approve": ["A", "A"]}),
    bad("approval", "too_many_choices", "/approve", {"approve": ["A", "B", "C"]}, max_choices=2),
    bad("schulze", "ranking_duplicate_option", "/ranking/1/0", {"ranking": [["A"], ["A"]]}),
    bad("schulze", "ranking_empty_group", "/ranking/0", {"ranking": [[]]}),
    bad("schulze", "ballot_unknown_option", "/ranking/0/1", {"ranking": [["A", "Z"]]}),
    bad("irv", "ranking_equal_ranks", "/ranking/0", {"ranking": [["A", "B"]]}),
    bad("stv", "ranking_equal_ranks", "/ranking/1", {"ranking": [["C"], ["A", "B"]]}),
    bad("score", "ballot_value_out_of_range", "/scores/A", {"scores": {"A": 11}}),
    bad("star", "ballot_value_out_of_range", "/scores/B", {"scores": {"B": -1}}),
    bad("score", "type", "/scores/A", {"scores": {"A": 1.5}}),
    bad("dot", "ballot_budget_exceeded", "/points", {"points": {"A": 6, "B": 5}}, budget=10),
    bad("dot", "ballot_budget_unspent", "/points", {"points": {"A": 6}}, budget=10, exact=True),
    bad("dot", "ballot_cap_exceeded", "/points/A", {"points": {"A": 5}}, cap=4),
    bad("quadratic", "ballot_budget_exceeded", "/points", {"points": {"A": 3, "B": 1}}, budget=9),
    bad("borda", "ballot_kind_mismatch", "/choice", {"choice": "A"}),
    bad("borda", "required", "/ranking", {}),
    bad("copeland", "too_small", "/count", {"ranking": [["A"]], "count": 0}),
    bad("minimax", "unknown_member", "/voter", {"ranking": [["A"]], "voter": "Maria"}),
])
def test_both_refuse_the_same_bad_ballots(person, service, method, ballot, config, fault):
    first = {**GOOD[method][0], **({"points": {"A": 10}} if config.get("exact") else {})}
    if method == "quadratic" or "cap" in config:
        first = {"points": {"A": 1}}
    body = {"method": method, "ballots": [first, ballot], "config": config}
    if method != "majority":
        body["options"] = ["A", "B", "C"]
    problem = person.problem("POST", "/v1/tallies", body, status=422, code="tally_invalid")
    assert [f"{found['pointer']} {found['code']}" for found in problem["errors"]] == [fault]
    answer = service.tally("--format", "json", "-", input=json.dumps(body))
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == f"cohelm: -: {fault}: {problem['errors'][0]['detail']}\n"
