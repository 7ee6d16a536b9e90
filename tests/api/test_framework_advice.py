# SPDX-License-Identifier: Apache-2.0
"""The advice process, from draft to outcome (FRAMEWORKS.md 3.1)."""

from deciding import actions, causes, closed, elapse, events, refuse_input, say, state

ADVICE = {"text": "Ask the neighbours first."}
TAKEN = {"value": "taken", "text": "So I did."}
YES = {"choice": "yes", "rationale": "All said so."}


class Seeking:
    """Decider d; affected a, b; experts e, f."""

    def __init__(self, world, affected=True, open=True, **rule):
        self.acme = world.organisation()
        self.d, self.a, self.b, self.e, self.f = (self.acme.member(name=name) for name in ("Di", "Ann", "Bo", "Eve", "Fay"))
        roles = {"decider": [self.d], "expert": [self.e, self.f]} | ({"affected": [self.a, self.b]} if affected else {})
        self.decision = self.acme.decision("advice", by=self.d, configuration={"rule": rule}, open=open, stakeholders=roles)

    def advance(self, expect=200):
        return self.d.post(f"{self.decision.path}/advance", expect=expect).json()

    def quotas_unmet(self):
        problem = self.d.problem("POST", f"{self.decision.path}/advance", status=409, code="phase_incomplete")
        return {fault["pointer"] for fault in problem["errors"]}


def missing(person, decision):
    return [(m["pointer"], m["code"]) for m in actions(person, decision)["missing"]]


def expected(person):
    return [item["expected"] for item in person.get("/v1/me/inbox").json()["items"]]


def test_advice_sought_answered_and_decided(world):
    case = Seeking(world)
    decision = case.decision
    assert actions(case.a, decision)["may"]["inputs"] == ["advice"] and actions(case.a, decision)["waiting"]
    assert expected(case.a) == [["advice"]] and expected(case.d) == []
    assert actions(case.d, decision)["may"]["inputs"] == ["response", "declaration"] and not actions(case.d, decision)["waiting"]
    assert missing(case.d, decision) == [("/quotas/affected", "quota_unmet"), ("/quotas/expert", "quota_unmet")]
    assert case.quotas_unmet() == {"/quotas/affected", "/quotas/expert"}
    refuse_input(case.d, decision, "permission_denied", "advice", ADVICE)
    refuse_input(case.d, decision, "input_invalid", "declaration", {"text": "Nobody."}, pointer="/type")
    refuse_input(case.d, decision, "decision_state", "decision", YES)
    affected = say(case.a, decision, "advice", ADVICE)
    assert expected(case.a) == [] and case.quotas_unmet() == {"/quotas/expert"}
    expert = say(case.e, decision, "advice", {"text": "It holds."})
    case.a.problem("POST", f"{decision.path}/advance", status=403, code="permission_denied")
    assert actions(case.d, decision)["may"]["advance"] and missing(case.d, decision) == []
    assert case.advance()["phase"] == "respond"
    assert expected(case.d) == [["response"]] and actions(case.d, decision)["waiting"]
    assert missing(case.d, decision) == [(f"/inputs/{i['id']}", "input_missing") for i in (affected, expert)] or len(missing(case.d, decision)) == 2
    refuse_input(case.d, decision, "input_invalid", "response", {"value": "not_taken"}, affected["id"], pointer="/data/text")
    refuse_input(case.a, decision, "permission_denied", "response", TAKEN, expert["id"])
    say(case.d, decision, "response", TAKEN, affected["id"])
    refuse_input(case.d, decision, "decision_state", "decision", YES)
    say(case.d, decision, "response", {"value": "partly", "text": "Half of it."}, expert["id"])
    assert state(case.d, decision)["phase"] == "decide" and expected(case.d) == [["decision"]]
    refuse_input(case.d, decision, "input_invalid", "decision", {"choice": "no", "rationale": "?"}, pointer="/data/choice")
    say(case.d, decision, "decision", YES)
    report = closed(case.a, decision, "adopted")["report"]
    assert report["quotas"] == {"affected": {"min": 1, "asked": 2, "advised": 1}, "expert": {"min": 1, "asked": 2, "advised": 1}}
    assert {(a["member"], a["response"]["value"]) for a in report["advice"]} == {
        (case.a.member_id, "taken"), (case.e.member_id, "partly")}
    assert causes(case.acme, decision) == ["opened:seek", "advance:respond", "all_in:decide", "decided:decide"]


def test_all_in_moves_on_by_itself(world):
    case = Seeking(world)
    for person in (case.a, case.b, case.e, case.f):
        say(person, case.decision, "advice", ADVICE)
    assert state(case.d, case.decision)["phase"] == "respond"


def test_quotas_may_grow(world):
    case = Seeking(world, min_affected=2, min_expert=2)
    say(case.a, case.decision, "advice", ADVICE)
    say(case.e, case.decision, "advice", ADVICE)
    assert case.quotas_unmet() == {"/quotas/affected", "/quotas/expert"}
    say(case.b, case.decision, "advice", ADVICE)
    assert case.quotas_unmet() == {"/quotas/expert"}
    too_many = Seeking(world, open=False, min_expert=3)
    problem = too_many.d.problem("POST", f"{too_many.decision.path}/open", status=422, code="decision_not_ready")
    assert [(fault["pointer"], fault["code"]) for fault in problem["errors"]] == [("/stakeholders", "role_too_few")]


def test_the_deadline_frees_the_decider_but_not_of_answering(world, sql):
    case = Seeking(world)
    given = say(case.e, case.decision, "advice", ADVICE)
    elapse(sql, case.decision, "8 days")
    refuse_input(case.d, case.decision, "decision_state", "decision", YES)
    say(case.d, case.decision, "response", TAKEN, given["id"])
    say(case.d, case.decision, "decision", YES)
    assert closed(case.a, case.decision, "adopted")["report"]["quotas"]["affected"]["advised"] == 0


def test_adviser_and_decider_in_one_do_not_count(world):
    acme = world.organisation()
    d, a, e = acme.member(), acme.member(), acme.member()
    decision = acme.decision("advice", by=d, stakeholders={"decider": [d], "expert": [d, e], "affected": [a]}, open=True)
    say(d, decision, "advice", ADVICE)
    given = say(a, decision, "advice", ADVICE)
    assert missing(d, decision) == [("/quotas/expert", "quota_unmet")]
    other = say(e, decision, "advice", ADVICE)
    assert state(d, decision)["phase"] == "respond" and len(missing(d, decision)) == 2
    for item in (given, other):
        say(d, decision, "response", TAKEN, item["id"])
    assert expected(d) == [["decision"]]
    say(d, decision, "decision", YES)
    assert [a["counts"] for a in closed(a, decision, "adopted")["report"]["advice"] if a["member"] == d.member_id] == [False]


def test_nobody_affected_must_be_declared(world):
    case = Seeking(world, affected=False)
    say(case.e, case.decision, "advice", ADVICE)
    assert case.quotas_unmet() == {"/quotas/affected"}
    assert expected(case.d) == [["declaration"]] and actions(case.d, case.decision)["waiting"]
    refuse_input(case.d, case.decision, "input_invalid", "declaration", {}, pointer="/data/text")
    say(case.d, case.decision, "declaration", {"text": "It is not built yet."})
    assert expected(case.d) == []
    assert case.advance()["phase"] == "respond"
    say(case.d, case.decision, "response", TAKEN, case.d.pages(f"{case.decision.path}/inputs", type="advice")[0]["id"])
    say(case.d, case.decision, "decision", YES)
    assert closed(case.e, case.decision, "adopted")["report"]["declaration"]["data"]["text"] == "It is not built yet."


def test_without_the_declaration_not_even_the_deadline_helps(world, sql):
    case = Seeking(world, affected=False)
    elapse(sql, case.decision, "8 days")
    assert actions(case.d, case.decision)["may"]["inputs"] == ["response", "declaration"]
    assert missing(case.d, case.decision) == [("/quotas/affected", "input_missing")]
    say(case.d, case.decision, "declaration", {"text": "It is not built yet."})
    say(case.d, case.decision, "decision", YES)
    closed(case.e, case.decision, "adopted")


def test_a_stakeholder_level_tags_too(world):
    case = Seeking(world, affected=False, open=False)
    case.d.put(f"{case.decision.path}/stakeholders/{case.f.member_id}", {"roles": ["expert"], "level": "affected"})
    case.d.post(f"{case.decision.path}/open", expect=200)
    assert case.quotas_unmet() == {"/quotas/affected", "/quotas/expert"} and expected(case.d) == []
    given = say(case.f, case.decision, "advice", ADVICE)
    assert case.advance()["phase"] == "respond"
    say(case.d, case.decision, "response", TAKEN, given["id"])
    say(case.d, case.decision, "decision", YES)
    assert closed(case.e, case.decision, "adopted")["report"]["quotas"]["affected"] == {"min": 1, "asked": 1, "advised": 1}


def test_late_advice_is_kept_for_the_review(world, sql):
    case = Seeking(world)
    elapse(sql, case.decision, "8 days")
    late = say(case.a, case.decision, "advice", {"text": "Wait!"})
    assert late["phase"] == "review" and expected(case.d) == [["decision"]]
    say(case.d, case.decision, "decision", YES)
    closed(case.a, case.decision, "adopted")
    assert actions(case.b, case.decision)["may"]["inputs"] == ["advice"]
    after = say(case.b, case.decision, "advice", {"text": "I would not have done it."})
    refuse_input(case.d, case.decision, "phase_closed", "response", TAKEN, after["id"])
    refuse_input(case.d, case.decision, "permission_denied", "advice", ADVICE)
    record = case.e.get(f"{case.decision.path}/record").json()
    assert [i["type"] for i in record["inputs"]] == ["decision"]
    assert [i["id"] for i in record["late_inputs"]] == [late["id"], after["id"]]
    assert [i["id"] for i in case.e.pages(f"{case.decision.path}/inputs", phase="review")] == [late["id"], after["id"]]
    assert [e["type"] for e in events(case.acme, case.decision)][-1] == "input.given"
    assert closed(case.a, case.decision, "adopted")["report"]["advice"] == []


def test_late_inputs_of_different_types_are_all_kept(world, sql):
    """The review gathers what is late of several phases, in each of which one could have said one thing."""
    acme = world.organisation()
    source = acme.owner.get(f"{acme.path}/frameworks/advice").json()["definition"] | {"key": "heard"}
    source["phases"][1]["inputs"].append({"type": "opinion", "by": ["affected"], "late": True})
    acme.owner.post(f"{acme.path}/frameworks", {"key": "heard", "name": "Heard", "definition": source})
    acme.owner.post(f"{acme.path}/frameworks/heard/publish")
    d, a, e = acme.member(), acme.member(), acme.member()
    decision = acme.decision("heard", by=d, stakeholders={"decider": [d], "affected": [a], "expert": [e]}, open=True)
    elapse(sql, decision, "8 days")
    say(a, decision, "advice", ADVICE)
    opinion = say(a, decision, "opinion", {"text": "It is ugly."})
    advice = say(a, decision, "advice", {"text": "Ask them twice."})
    assert (opinion["version"], advice["version"], advice["phase"]) == (1, 2, "review")
    assert [i["id"] for i in a.pages(f"{decision.path}/inputs")] == [opinion["id"], advice["id"]]


def test_it_is_adopted_or_withdrawn(world):
    case = Seeking(world)
    case.d.post(f"{case.decision.path}/withdraw", expect=200)
    closed(case.a, case.decision, "withdrawn")
    refuse_input(case.a, case.decision, "phase_closed", "advice", ADVICE)


def test_what_can_not_work_is_refused(world):
    acme = world.organisation()
    source = acme.owner.get(f"{acme.path}/frameworks/advice").json()["definition"] | {"key": "ours"}
    del source["roles"][2]["tag"]
    source["phases"][2]["key"] = "review"
    source["phases"][2]["ends"] = ["decided", "quota"]
    source["rule"]["min_affected"] = -1
    problem = acme.owner.problem("POST", f"{acme.path}/frameworks", {"definition": source}, status=422, code="framework_invalid")
    assert {(fault["pointer"], fault["code"]) for fault in problem["errors"]} == {
        ("/definition/rule/min_affected", "too_small"), ("/definition/rule/min_expert", "condition_impossible"),
        ("/definition/phases/2/key", "duplicate"), ("/definition/phases/2/ends", "condition_impossible")}
