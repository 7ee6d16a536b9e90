# SPDX-License-Identifier: Apache-2.0
"""POST /v1/framework-choices: the chooser (FRAMEWORKS.md 3.14). All 128 inputs are tried in unit/test_chooser.c."""

import pytest

QUESTIONS = {"A": "quality_matters", "B": "leader_informed", "C": "problem_structured", "D": "acceptance_matters", "E": "leader_accepted",
             "F": "goals_shared", "G": "conflict_likely"}
PATH = "/v1/framework-choices"


def body(yes, model="A"):
    return {"model": model} | {name: letter in yes for letter, name in QUESTIONS.items()}


@pytest.mark.parametrize("yes, left, a, b, rules", [
    ("BF", ["AI", "AII", "CI", "CII", "GII"], "AI", "GII", {}),
    ("DG", ["GII"], "GII", "GII", {"acceptance": ["AI", "AII"], "conflict": ["AI", "AII", "CI"], "fairness": ["AI", "AII", "CI", "CII"]}),
    ("A", ["CII"], "CII", "CII", {"information": ["AI"], "goal_congruence": ["GII"], "unstructured_problem": ["AI", "AII", "CI"]}),
    ("AC", ["AII", "CI", "CII"], "AII", "CII", {"information": ["AI"], "goal_congruence": ["GII"]}),
    ("ABD", ["CI", "CII"], "CI", "CII", {"goal_congruence": ["GII"], "acceptance": ["AI", "AII"]}),
    ("ABDFG", ["GII"], "GII", "GII",
     {"acceptance": ["AI", "AII"], "conflict": ["AI", "AII", "CI"], "acceptance_priority": ["AI", "AII", "CI", "CII"]}),
])
def test_the_rules_that_fire_and_what_they_leave(world, yes, left, a, b, rules):
    frameworks = {"AI": ["single_decider"], "AII": ["consultative"], "CI": ["consultative"], "CII": ["consultative"],
                  "GII": ["consent", "consensus"]}
    person = world.person()
    for model, chosen in (("A", a), ("B", b)):
        assert person.post(PATH, body(yes, model), expect=200).json() == {
            "model": model, "left": left, "chosen": chosen, "frameworks": frameworks[chosen],
            "rules": [{"rule": rule, "strikes": strikes} for rule, strikes in rules.items()]}


def test_the_example_of_the_document_is_true(world, service):
    operation = next(operation for operation in service.contract.operations if operation.id == "framework_choice_compute").definition
    asked, answered = (part["content"]["application/json"]["example"] for part in (operation["requestBody"], operation["responses"]["200"]))
    assert world.person().post(PATH, asked, expect=200).json() == answered


def test_each_framework_is_one_that_every_organisation_has(world):
    acme = world.organisation()
    known = {framework["key"] for framework in acme.owner.pages(f"{acme.path}/frameworks")}
    for yes in ("", "DG", "A"):
        assert set(acme.owner.post(PATH, body(yes), expect=200).json()["frameworks"]) <= known


def test_the_same_question_has_the_same_answer(world):
    person = world.person()
    first, again = (person.post(PATH, body("AC"), expect=200) for _ in range(2))
    assert (first.text, first.headers["etag"]) == (again.text, again.headers["etag"])


def test_every_answer_must_be_yes_or_no(world):
    person = world.person()
    problem = person.problem("POST", PATH, {"model": "C", "quality_matters": 1, "leader_accepted": "yes"}, status=422, code="invalid_body")
    assert {(e["pointer"], e["code"]) for e in problem["errors"]} == {
        ("/model", "enum"), ("/quality_matters", "type"), ("/leader_accepted", "type")} | {
        (f"/{name}", "required") for name in QUESTIONS.values() if name not in ("quality_matters", "leader_accepted")}
