# SPDX-License-Identifier: Apache-2.0
"""RACI, DACI and RAPID from draft to outcome (FRAMEWORKS.md 2 and 3.12)."""

import pytest

from deciding import actions, causes, closed, elapse, refuse_input, say, state

OPTIONS = {"north": "The northern site", "south": "The southern site"}


def team(world, framework, roles, **fields):
    """An open decision among people by name: {name: role or roles}; the first proposed it."""
    acme = world.organisation()
    people = {name: acme.member(name=name) for name in roles}
    stakeholders = {}
    for name, held in roles.items():
        for role in held.split():
            stakeholders.setdefault(role, []).append(people[name])
    decision = acme.decision(framework, by=next(iter(people.values())), stakeholders=stakeholders, open=True, **fields)
    return acme, people, decision


def phase(person, decision):
    return state(person, decision)["phase"]


def missing(person, decision):
    return [(found["pointer"].split("/")[1], found["code"]) for found in actions(person, decision)["missing"]]


def waits_for(people, decision):
    """Whose inbox the decision is in, with what is expected of them."""
    found = {}
    for name, person in people.items():
        for item in person.pages("/v1/me/inbox"):
            if item["decision_id"] == decision.id:
                found[name] = item["expected"]
        assert actions(person, decision)["waiting"] == (name in found), name
    return found


def advance(person, decision):
    return person.post(f"{decision.path}/advance").json()


# ---- RACI ----

RACI = {"rita": "responsible", "anna": "accountable", "cora": "consulted", "carl": "consulted", "ivan": "informed"}


def row(task, people, **parts):
    return {"task": task, **{part: [people[name].member_id for name in names.split()] for part, names in parts.items()}}


def test_raci__from_assignment_to_sign_off(world):
    acme, people, decision = team(world, "raci", RACI)
    rita, anna, cora, carl, ivan = people.values()
    assert waits_for(people, decision) == {"anna": ["matrix"]}
    matrix = {"rows": [row("Build it", people, responsible="rita", accountable="anna", consulted="cora carl", informed="ivan")]}
    refuse_input(rita, decision, "permission_denied", "matrix", matrix)
    refuse_input(anna, decision, "input_invalid", "matrix", {"rows": [{"accountable": "me"}]}, pointer="/data/rows/0/accountable")
    say(anna, decision, "matrix", matrix)
    assert waits_for(people, decision) == {"cora": ["opinion"], "carl": ["opinion"]}
    refuse_input(rita, decision, "decision_state", "report", {"text": "Built."})  # the consulted are heard before
    say(cora, decision, "opinion", {"text": "Use stone."})
    assert missing(rita, decision) == [("stakeholders", "input_missing")]
    say(carl, decision, "opinion", {"text": "Use wood."})
    say(rita, decision, "report", {"text": "Built."})
    refuse_input(rita, decision, "permission_denied", "verdict", {"value": "approve"})
    say(anna, decision, "verdict", {"value": "approve"})
    assert waits_for(people, decision) == {"anna": ["notice"]}  # the informed are told after
    say(anna, decision, "notice", {"text": "It stands."})
    report = closed(ivan, decision, "adopted")["report"]
    assert (report["findings"], report["informed"]) == ([], [ivan.member_id])
    assert causes(acme, decision) == ["opened:assign", "all_in:consult", "all_in:do", "all_in:sign_off", "all_in:inform", "all_in:inform"]


def test_raci__every_breach_is_a_finding(world, sql):
    acme, people, decision = team(world, "raci", RACI)
    anna = people["anna"]
    say(anna, decision, "matrix", {"rows": [{"task": "Plan it"}, row("Build it", people, responsible="rita", accountable="anna rita", consulted="ivan")]})
    assert phase(anna, decision) == "assign"
    assert [found["pointer"] for found in actions(anna, decision)["missing"]] == [
        "/matrix/rows/0/responsible", "/matrix/rows/0/accountable", "/matrix/rows/1/accountable", "/matrix/rows/1/accountable/1",
        "/matrix/rows/1/consulted/0"]
    say(anna, decision, "matrix", {"rows": [row("Build it", people, responsible="rita", accountable="anna")]})  # mended
    assert phase(anna, decision) == "consult"
    say(people["cora"], decision, "opinion", {"text": "Use stone."})
    elapse(sql, decision, "7 days")
    say(people["rita"], decision, "report", {"text": "Built."})
    elapse(sql, decision, "83 days")
    found = closed(anna, decision, "expired")
    assert [(f["code"], f["role"], f["member"]) for f in found["report"]["findings"]] == [
        ("consulted_not_heard", "consulted", people["carl"].member_id), ("not_signed_off", "accountable", anna.member_id),
        ("informed_not_told", "informed", people["ivan"].member_id)]


def test_raci__sent_back_and_rejected(world):
    acme, people, decision = team(world, "raci", {"rita": "responsible", "anna": "accountable"})
    rita, anna = people.values()
    matrix = {"rows": [row("Build it", people, responsible="rita", accountable="anna")]}
    for verdict in ({"value": "return", "text": "The roof leaks."}, {"value": "reject", "text": "It still leaks."}):
        say(anna, decision, "matrix", matrix)
        say(rita, decision, "report", {"text": "Built."})
        refuse_input(anna, decision, "input_invalid", "verdict", {"value": verdict["value"]}, pointer="/data/text")
        say(anna, decision, "verdict", verdict)
    report = closed(anna, decision, "rejected")["report"]
    assert (report["returns"], report["findings"]) == (1, [])


@pytest.mark.parametrize("roles, code", [({"a": "accountable", "b": "accountable", "r": "responsible"}, "role_too_many"), ({"a": "accountable"}, "role_too_few")])
def test_raci__exactly_one_accountable_and_somebody_responsible(world, roles, code):
    acme = world.organisation()
    stakeholders = {}
    for role in roles.values():
        stakeholders.setdefault(role, []).append(acme.member())
    decision = acme.decision("raci", stakeholders=stakeholders)
    problem = acme.owner.problem("POST", f"{decision.path}/open", status=422, code="decision_not_ready", pointer="/stakeholders")
    assert code in [found["code"] for found in problem["errors"]]


# ---- DACI ----

DACI = {"dora": "driver", "adam": "approver", "cleo": "contributors", "iris": "informed"}


def recommended(people, decision, choice):
    advance(people["dora"], decision)
    say(people["dora"], decision, "recommendation", {"choice": choice, "text": "It is nearer."})


def test_daci__approved(world):
    acme, people, decision = team(world, "daci", DACI, options=OPTIONS)
    dora, adam, cleo, iris = people.values()
    say(dora, decision, "statement", {"text": "Where to build."})
    say(cleo, decision, "opinion", {"text": "The south floods."})
    cleo.problem("POST", f"{decision.path}/advance", status=403, code="permission_denied")
    advance(dora, decision)
    refuse_input(dora, decision, "input_invalid", "recommendation", {"choice": "west", "text": "Far."}, pointer="/data/choice")
    refuse_input(cleo, decision, "permission_denied", "recommendation", {"choice": "south", "text": "Dry."})
    say(dora, decision, "recommendation", {"choice": "north", "text": "It does not flood."})
    assert waits_for(people, decision) == {"adam": ["verdict"]}
    refuse_input(dora, decision, "permission_denied", "verdict", {"value": "approve"})
    refuse_input(adam, decision, "input_invalid", "verdict", {"value": "veto", "text": "No."}, pointer="/data/value")
    say(adam, decision, "verdict", {"value": "approve"})
    assert waits_for(people, decision) == {"dora": ["notice"]}
    say(dora, decision, "notice", {"text": "We build in the north."})
    found = closed(iris, decision, "adopted")
    assert found["winners"] == ["north"]
    assert found["report"]["informed"] == [iris.member_id]


def test_daci__returned_until_max_returns(world):
    acme, people, decision = team(world, "daci", DACI, options=OPTIONS, configuration={"rule": {"max_returns": 1}})
    dora, adam = people["dora"], people["adam"]
    say(dora, decision, "statement", {"text": "Where to build."})
    recommended(people, decision, "south")
    say(adam, decision, "verdict", {"value": "return", "text": "Does it flood?"})
    now = state(adam, decision)
    assert (now["phase"], now["round"], now["revision"]) == ("contribute", 2, 2)
    newest = dora.pages(f"{decision.path}/revisions")[0]
    assert (newest["number"], newest["note"], newest["text"], newest["author_id"]) == (2, "returned", "What is proposed.", adam.member_id)
    recommended(people, decision, "north")
    refuse_input(adam, decision, "input_invalid", "verdict", {"value": "return", "text": "Sure?"}, pointer="/data/value")
    say(adam, decision, "verdict", {"value": "reject", "text": "Too dear."})
    say(dora, decision, "notice", {"text": "We do not build."})
    found = closed(dora, decision, "rejected")
    assert (found["winners"], found["report"]["returns"]) == ([], 1)
    said = [i for i in dora.pages(f"{decision.path}/inputs", type="verdict")]
    assert [(i["revision"], i["data"]["value"]) for i in said] == [(1, "return"), (2, "reject")]
    assert "returned:contribute" in causes(acme, decision)


def test_daci__nobody_to_inform_and_no_options(world):
    acme, people, decision = team(world, "daci", {"dora": "driver", "adam": "approver"})
    dora, adam = people.values()
    say(dora, decision, "statement", {"text": "Whether to build."})
    advance(dora, decision)
    refuse_input(dora, decision, "input_invalid", "recommendation", {"choice": "yes", "text": "Yes."}, pointer="/data/choice")
    say(dora, decision, "recommendation", {"text": "Build."})
    say(adam, decision, "verdict", {"value": "approve"})
    assert closed(dora, decision, "adopted")["winners"] == []


def test_daci__the_driver_is_not_the_approver_unless_configured(world):
    acme = world.organisation()
    dora = acme.member()
    stakeholders = {"driver": [dora], "approver": [dora]}
    decision = acme.decision("daci", by=dora, stakeholders=stakeholders)
    path = f"/stakeholders/{dora.member_id}"
    assert (path, "roles_not_separate") in [(found["pointer"], found["code"]) for found in actions(dora, decision)["missing"]]
    dora.problem("POST", f"{decision.path}/open", status=422, code="decision_not_ready", pointer=path)
    acme.decision("daci", by=dora, stakeholders=stakeholders, configuration={"rule": {"separate_roles": []}}, open=True)


# ---- RAPID ----

RAPID = {"rosa": "recommend", "nina": "input", "axel": "agree", "amos": "agree", "dave": "decide", "pete": "perform"}


def agreeing(world, **configuration):
    acme, people, decision = team(world, "rapid", RAPID, options=OPTIONS, configuration={"rule": configuration})
    say(people["nina"], decision, "opinion", {"text": "The south is cheaper."})
    advance(people["rosa"], decision)
    say(people["rosa"], decision, "recommendation", {"choice": "north", "text": "It is dry."})
    return acme, people, decision


def performed(people, decision, choice):
    dave, pete = people["dave"], people["pete"]
    assert waits_for(people, decision) == {"dave": ["decision"]}
    refuse_input(dave, decision, "input_invalid", "decision", {"choice": choice}, pointer="/data/rationale")
    say(dave, decision, "decision", {"choice": choice, "rationale": "It holds."})
    assert phase(dave, decision) == "perform"  # not closed before the performers are named
    refuse_input(dave, decision, "input_invalid", "performers", {"members": [people["nina"].member_id]}, pointer="/data/members/0")
    say(dave, decision, "performers", {"members": [pete.member_id]})
    found = closed(pete, decision, "adopted")
    assert (found["winners"], found["rationale"]) == ([choice], "It holds.")
    assert found["report"]["performers"]["data"]["members"] == [pete.member_id]
    return found["report"]


def test_rapid__all_agree(world):
    acme, people, decision = agreeing(world)
    axel, amos = people["axel"], people["amos"]
    assert waits_for(people, decision) == {"axel": ["agreement"], "amos": ["agreement"]}
    refuse_input(people["dave"], decision, "decision_state", "decision", {"choice": "north", "rationale": "Now."})
    say(axel, decision, "agreement", {"value": "agree"})
    say(amos, decision, "agreement", {"value": "agree"})
    refuse_input(axel, decision, "phase_closed", "agreement", {"value": "disagree", "text": "I changed my mind."})
    assert performed(people, decision, "north")["dissent"] == []
    assert "no_objection:decide" in causes(acme, decision)


def test_rapid__amended_after_a_disagreement(world):
    acme, people, decision = agreeing(world)
    rosa, axel, amos = people["rosa"], people["axel"], people["amos"]
    refuse_input(axel, decision, "input_invalid", "agreement", {"value": "disagree"}, pointer="/data/text")
    say(axel, decision, "agreement", {"value": "disagree", "text": "The law forbids it."})
    assert waits_for(people, decision) == {"amos": ["agreement"]}
    say(amos, decision, "agreement", {"value": "agree"})
    assert waits_for(people, decision) == {"rosa": ["revision"]}  # who has to amend or escalate
    assert actions(rosa, decision)["missing"] == [{"pointer": f"/stakeholders/{axel.member_id}", "code": "agreement_missing",
                                                   "detail": f"{axel.member_id} does not agree."}]
    rosa.post(f"{decision.path}/revisions", {"text": "The south, with a dam."}, expect=201)
    assert (phase(rosa, decision), state(rosa, decision)["round"]) == ("recommend", 2)
    say(rosa, decision, "recommendation", {"choice": "south", "text": "It is legal."})
    for person in axel, amos:  # all agree anew
        say(person, decision, "agreement", {"value": "agree"})
    performed(people, decision, "south")


def test_rapid__escalated_with_recorded_dissent(world):
    acme, people, decision = agreeing(world, max_rounds=1)
    rosa, axel, amos, dave = (people[name] for name in ("rosa", "axel", "amos", "dave"))
    say(axel, decision, "agreement", {"value": "disagree", "text": "The law forbids it."})
    rosa.problem("POST", f"{decision.path}/revisions", {"text": "Other."}, status=409, code="decision_state", pointer="/round")
    refuse_input(axel, decision, "permission_denied", "escalation", {"text": "Decide."})
    say(rosa, decision, "escalation", {"text": "We can't settle it."})
    dissent = dave.pages(f"{decision.path}/inputs", type="agreement")
    assert [i["data"]["text"] for i in dissent] == ["The law forbids it."]  # the decider sees it
    report = performed(people, decision, "north")
    assert sorted((d["member"], d["value"], d["text"]) for d in report["dissent"]) == sorted([
        (axel.member_id, "disagree", "The law forbids it."), (amos.member_id, "silent", None)])


def test_rapid__against_the_proposal_nobody_performs(world):
    acme, people, decision = team(world, "rapid", {"rosa": "recommend", "dave": "decide", "pete": "perform"})
    advance(people["rosa"], decision)
    say(people["rosa"], decision, "recommendation", {"text": "Build."})
    say(people["dave"], decision, "decision", {"choice": "no", "rationale": "Too dear."})
    assert closed(people["pete"], decision, "rejected")["report"]["performers"] is None
