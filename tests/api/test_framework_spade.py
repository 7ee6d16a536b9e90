# SPDX-License-Identifier: Apache-2.0
"""SPADE from draft to outcome (FRAMEWORKS.md 2 and 3.12), and options that participants put in an open phase."""

import json

import pytest

from deciding import actions, causes, closed, elapse, refuse_ballot, refuse_input, say, state, vote

OPTION = {"title": "Build in the north", "pros": ["It is dry."], "cons": ["It is far."]}


def put(person, decision, key, **fields):
    return person.put(f"{decision.path}/options/{key}", OPTION | fields).json()


def refuse_option(person, decision, key, code, method="PUT", **fields):
    body = OPTION | fields if method == "PUT" else None
    status = {"permission_denied": 403, "precondition_failed": 412, "not_found": 404}.get(code, 409)
    return person.problem(method, f"{decision.path}/options/{key}", body, status=status, code=code)


def phase(person, decision):
    return state(person, decision)["phase"]


def spade(world, approver=True, consulted=3, **configuration):
    """In the phase of alternatives."""
    acme = world.organisation()
    rosa, axel, people = acme.member(), acme.member(), [acme.member() for _ in range(consulted)]
    decision = acme.decision("spade", by=rosa, open=True, configuration={"rule": configuration},
                             stakeholders={"responsible": [rosa], "consulted": people, **({"approver": [axel]} if approver else {})})
    say(rosa, decision, "statement", {"text": "What, when and why."})
    say(rosa, decision, "statement", {"text": "Who is asked, and why them."})
    return acme, rosa, axel, people, decision


def voted(rosa, people, decision):
    put(rosa, decision, "north")
    put(people[0], decision, "south")
    rosa.post(f"{decision.path}/advance")
    for person, choice in zip(people, ("south", "south", "north")):
        vote(person, decision, {"choice": choice})


def test_spade__from_setting_to_explanation(world):
    acme, rosa, axel, people, decision = spade(world)
    assert actions(rosa, decision)["may"]["options"] and actions(people[0], decision)["may"]["options"]
    assert not actions(axel, decision)["may"]["options"]
    voted(rosa, people, decision)
    assert phase(rosa, decision) == "decide"
    refuse_input(people[0], decision, "permission_denied", "decision", {"choice": "south", "rationale": "Liked."})
    refuse_input(rosa, decision, "input_invalid", "decision", {"choice": "north"}, pointer="/data/rationale")
    say(rosa, decision, "decision", {"choice": "north", "rationale": "The south floods."})  # the votes do not bind
    say(axel, decision, "verdict", {"value": "approve"})
    assert state(rosa, decision)["outcome"] is None  # not closed before the explanation is published
    say(rosa, decision, "statement", {"text": "We build in the north although the south is liked."})
    found = closed(people[0], decision, "adopted")
    assert (found["winners"], found["rationale"]) == (["north"], "The south floods.")
    assert found["report"]["votes"]["report"]["scores"] == {"north": 1, "south": 2}
    assert found["report"]["explanation"]["data"]["text"].startswith("We build in the north")
    assert causes(acme, decision) == ["opened:setting", "all_in:people", "all_in:alternatives", "advance:vote", "all_in:decide", "decided:veto",
                                      "all_in:explain", "all_in:explain"]


def test_spade__two_alternatives_each_with_pros_and_cons(world):
    acme, rosa, axel, people, decision = spade(world)
    put(rosa, decision, "north")
    rosa.problem("POST", f"{decision.path}/advance", status=409, code="phase_incomplete", pointer="/options")
    put(people[0], decision, "south", cons=[])
    problem = rosa.problem("POST", f"{decision.path}/advance", status=409, code="phase_incomplete", pointer="/options/south")
    assert [found["code"] for found in problem["errors"]] == ["option_not_argued", "options_too_few"]
    assert [found["code"] for found in actions(rosa, decision)["missing"]] == ["option_not_argued", "options_too_few"]
    put(people[0], decision, "south", cons=["It floods."])
    rosa.post(f"{decision.path}/advance")
    assert phase(rosa, decision) == "vote"


def test_spade__votes_are_private(world, sql):
    """No operation shows anybody's vote, neither before nor after the end, and no table links one to who cast it."""
    acme, rosa, axel, people, decision = spade(world)
    put(rosa, decision, "north")
    put(rosa, decision, "south")
    rosa.post(f"{decision.path}/advance")
    for person, choice in zip(people[:2], ("south", "north")):
        vote(person, decision, {"choice": choice})
    assert people[0].get(f"{decision.path}/ballots/me").json()["ballot"] is None

    def check():
        rosa.problem("GET", f"{decision.path}/ballots", status=403, code="ballots_secret")
        refuse_ballot(people[0], decision, "ballot_final" if phase(rosa, decision) == "vote" else "phase_closed", {"choice": "north"})
        told = [json.dumps(person.pages(path)) for person in (rosa, acme.owner) for path in (f"{decision.path}/inputs",)]
        told += [json.dumps(acme.owner.pages(f"{acme.path}/{trail}", resource_id=decision.id)) for trail in ("events", "audit-log")]
        assert not [text for text in told if '"choice": "south"' in text]

    check()
    assert state(rosa, decision)["ballots_cast"] is None
    vote(people[2], decision, {"choice": "south"})
    say(rosa, decision, "decision", {"choice": "north", "rationale": "The south floods."})
    check()
    say(axel, decision, "verdict", {"value": "approve"})
    say(rosa, decision, "statement", {"text": "Explained."})
    check()
    record = rosa.get(f"{decision.path}/record").json()
    assert [(o["pros"], o["cons"]) for o in record["options"]] == [(OPTION["pros"], OPTION["cons"])] * 2
    markdown = rosa.get(f"{decision.path}/record", headers={"Accept": "text/markdown"}).text
    assert "### Build in the north\n\n* Good, because It is dry.\n* Bad, because It is far.\n" in markdown
    assert sorted((b["ballot"]["choice"], b["count"]) for b in record["ballots"]) == [("north", 1), ("south", 2)]
    assert sql.execute("select count(*) from ballots where decision_id = %s", [decision.id]).fetchone()[0] == 0


def test_spade__veto_back_to_alternatives_until_max_vetoes(world):
    acme, rosa, axel, people, decision = spade(world, max_vetoes=1)
    voted(rosa, people, decision)
    say(rosa, decision, "decision", {"choice": "north", "rationale": "The south floods."})
    refuse_input(axel, decision, "input_invalid", "verdict", {"value": "veto"}, pointer="/data/text")
    refuse_input(axel, decision, "input_invalid", "verdict", {"value": "reject", "text": "No."}, pointer="/data/value")
    refuse_input(rosa, decision, "permission_denied", "verdict", {"value": "approve"})
    say(axel, decision, "verdict", {"value": "veto", "text": "Ask the neighbours."})
    now = state(rosa, decision)
    assert (now["phase"], now["round"], now["revision"], now["outcome"]) == ("alternatives", 2, 2, None)
    put(people[1], decision, "east")
    rosa.post(f"{decision.path}/advance")
    for person in people:  # they vote anew
        vote(person, decision, {"choice": "east"})
    say(rosa, decision, "decision", {"choice": "east", "rationale": "The neighbours agree."})
    refuse_input(axel, decision, "input_invalid", "verdict", {"value": "veto", "text": "No."}, pointer="/data/value")
    say(axel, decision, "verdict", {"value": "approve"})
    say(rosa, decision, "statement", {"text": "East."})
    found = closed(rosa, decision, "adopted")
    assert (found["winners"], found["report"]["vetoes"]) == (["east"], 1)
    assert found["report"]["votes"]["report"]["scores"] == {"north": 0, "south": 0, "east": 3}
    assert "vetoed:alternatives" in causes(acme, decision)


def test_spade__the_veto_window_passes(world, sql):
    acme, rosa, axel, people, decision = spade(world)
    voted(rosa, people, decision)
    say(rosa, decision, "decision", {"choice": "south", "rationale": "It is near."})
    elapse(sql, decision, "3 days")
    refuse_input(axel, decision, "phase_closed", "verdict", {"value": "veto", "text": "No."})
    say(rosa, decision, "statement", {"text": "South."})
    assert closed(rosa, decision, "adopted")["winners"] == ["south"]


def test_spade__without_an_approver_and_with_few_votes(world):
    acme, rosa, _, people, decision = spade(world, approver=False, consulted=1)
    voted(rosa, people, decision)
    say(rosa, decision, "decision", {"choice": "north", "rationale": "The south floods."})
    assert phase(rosa, decision) == "explain"  # nobody could veto
    say(rosa, decision, "statement", {"text": "North."})
    assert rosa.get(f"{decision.path}/outcome").json()["winners"] == ["north"]
    rosa.problem("GET", f"{decision.path}/count-report", status=403, code="participation_hidden")  # one vote is no secret


def test_spade__votes_can_not_be_made_public(world):
    acme = world.organisation()
    rosa, cora = acme.member(), acme.member()
    decision = acme.decision("spade", by=rosa, stakeholders={"responsible": [rosa], "consulted": [cora]}, secret=False)
    rosa.problem("POST", f"{decision.path}/open", status=422, code="decision_not_ready", pointer="/configuration/rule/secret")


def test_spade__nobody_can_reject(world):
    """The approver may veto; a rejection would be heard and not counted (FRAMEWORKS.md 2: what can't work is refused)."""
    acme = world.organisation()
    source = acme.owner.get(f"{acme.path}/frameworks/spade").json()["definition"] | {"key": "stern"}
    verdict = next(phase for phase in source["phases"] if phase["key"] == "veto")["inputs"][0]
    for values in (["approve", "veto", "reject"], None):
        verdict["values"] = values
        if values is None:
            del verdict["values"]
        problem = acme.owner.problem("POST", f"{acme.path}/frameworks", {"definition": source}, status=422, code="framework_invalid")
        assert [(e["pointer"], e["code"]) for e in problem["errors"]] == [("/definition/phases/5/inputs/0/values", "condition_impossible")]


# ---- options of participants in any framework ----

COLLECT = {
    "key": "collected", "name": "Collected", "roles": [{"key": "voters", "min": 1}, {"key": "chair", "min": 1, "max": 1}],
    "phases": [{"key": "collect", "duration": "P2D", "options": ["voters"], "advance": ["chair"], "ends": ["advance", "deadline"]},
               {"key": "vote", "duration": "P2D", "ballots": ["voters"], "ends": ["deadline", "all_in"]}],
    "rule": {"method": "approval"}}


def collecting(world):
    acme = world.organisation()
    acme.owner.post(f"{acme.path}/frameworks", {"key": "collected", "name": "Collected", "definition": COLLECT})
    acme.owner.post(f"{acme.path}/frameworks/collected/publish")
    chair, a, b = acme.member(), acme.member(), acme.member()
    return acme, chair, a, b, acme.decision("collected", by=chair, stakeholders={"chair": [chair], "voters": [a, b]}, open=True)


def test_options__of_participants(world):
    acme, chair, a, b, decision = collecting(world)
    soup = a.put(f"{decision.path}/options/soup", OPTION | {"title": "Soup"})
    assert soup.json() == {"key": "soup", "title": "Soup", "description": "", "pros": ["It is dry."], "cons": ["It is far."],
                           "proposer_id": a.member_id, "position": 1, "version": 1}
    for person, code in ((chair, "permission_denied"), (b, "permission_denied"), (acme.owner, "permission_denied"), (acme.member(), "permission_denied")):
        refuse_option(person, decision, "soup", code)
        refuse_option(person, decision, "soup", code, method="DELETE")
    assert put(a, decision, "soup", title="Hot soup")["version"] == 2
    a.problem("PUT", f"{decision.path}/options/soup", OPTION, status=412, code="precondition_failed", headers={"If-Match": soup.headers["etag"]})
    a.problem("DELETE", f"{decision.path}/options/soup", status=412, code="precondition_failed", headers={"If-Match": soup.headers["etag"]})
    put(b, decision, "pie")
    put(b, decision, "cake")
    b.delete(f"{decision.path}/options/cake")
    refuse_option(b, decision, "cake", "not_found", method="DELETE")
    assert [o["key"] for o in b.pages(f"{decision.path}/options")] == ["soup", "pie"]
    assert [o["proposer_id"] for o in b.get(f"{decision.path}?include=options").json()["options"]] == [a.member_id, b.member_id]
    chair.post(f"{decision.path}/advance")
    refuse_option(a, decision, "cake", "decision_state")
    refuse_option(a, decision, "soup", "decision_state", method="DELETE")
    for person in a, b:
        vote(person, decision, {"approve": ["pie"]})
    assert closed(a, decision, "adopted")["winners"] == ["pie"]
    refuse_option(a, decision, "cake", "decision_state")
    trail = [e["type"] for e in acme.owner.pages(f"{acme.path}/events", resource_id=decision.id) if e["type"].startswith("decision_option")]
    assert trail == ["decision_option.added", "decision_option.updated", "decision_option.added", "decision_option.added", "decision_option.removed"]


def test_options__too_few_until_the_deadline(world, sql):
    acme, chair, a, b, decision = collecting(world)
    put(a, decision, "soup")
    chair.problem("POST", f"{decision.path}/advance", status=409, code="phase_incomplete", pointer="/options")
    elapse(sql, decision, "2 days")
    refuse_option(a, decision, "pie", "decision_state")
    assert closed(a, decision, "expired")["report"]["reason"] == "options_missing"


def test_options__the_deadline_ends_the_collection(world, sql):
    acme, chair, a, b, decision = collecting(world)
    put(a, decision, "soup")
    put(b, decision, "pie")
    elapse(sql, decision, "2 days")
    assert phase(a, decision) == "vote"
    vote(a, decision, {"approve": ["pie"]})


@pytest.mark.parametrize("by", ["a", "outsider"])
def test_options__of_a_draft_keep_their_arguments(world, by):
    acme = world.organisation()
    a = acme.member()
    made = a.post(f"{acme.path}/decisions", {"title": "Lunch", "framework": "approval", "options": [{"key": "soup", **OPTION}, {"key": "pie", "title": "Pie"}]}).json()
    path = f"{acme.path}/decisions/{made['id']}"
    found = a.pages(f"{path}/options")
    assert [(o["pros"], o["cons"], o["proposer_id"]) for o in found] == [(OPTION["pros"], OPTION["cons"], None), ([], [], None)]
    if by == "outsider":
        world.person("Outsider").problem("PUT", f"{path}/options/soup", OPTION, status=404, code="not_found")
    else:
        acme.member().problem("PUT", f"{path}/options/soup", OPTION, status=403, code="permission_denied")
