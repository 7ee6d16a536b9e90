# SPDX-License-Identifier: Apache-2.0
"""Trying a framework out: what would happen, found as real decisions find it (FRAMEWORKS.md 1, 2, 3.2, 3.6)."""

import pytest

from deciding import NO, YES, closed, events, say, vote
from test_decisions_consent import ARGUED, CRITERIA, Circle, ruling

START = "2026-03-02T09:00:00Z"


def at(day, hour=10):
    return f"2026-03-{day:02}T{hour:02}:00:00Z"


def people(*names, role="voters"):
    return [{"member": name, "roles": [role]} for name in names]


def ballot(day, member, content):
    return {"at": at(day), "action": "ballot", "member": member, "ballot": content}


def simulate(person, acme, framework, expect=200, version=None, **body):
    query = f"?version={version}" if version else ""
    body = {"starts_at": START, "proposer": body["electorate"][0]["member"], **body}
    return person.post(f"{acme.path}/frameworks/{framework}/simulate{query}", body, expect=expect).json()


def who(items, member):
    (found,) = [item for item in items if member in item["members"]]
    return found


def codes(simulated):
    return [step["problem"]["code"] if step["problem"] else None for step in simulated["steps"]]


def happened(simulated):
    return [f"{event['cause']}:{event['phase']}" for event in simulated["events"]]


@pytest.fixture
def acme(world):
    return world.organisation()


def test_majority__all_vote(acme):
    found = simulate(acme.owner, acme, "majority", electorate=people("ann", "bo", "cy"),
                     steps=[ballot(2, "ann", YES), ballot(3, "bo", NO), ballot(4, "cy", YES), ballot(5, "cy", NO)])
    assert (found["framework_key"], found["framework_version"], found["opened"]) == ("majority", 1, True)
    assert codes(found) == [None, None, None, "phase_closed"]
    assert happened(found) == ["opened:vote", "all_in:vote"]
    assert (found["events"][0]["at"], found["events"][1]["at"]) == (START, at(4))
    (phase,) = found["phases"]
    assert (phase["started_at"], phase["due_at"], phase["ended_at"], phase["ended_by"]) == (START, at(9, 9), at(4), "all_in")
    assert [item["members"] for item in phase["who"] if item["vote"]] == [["ann"], ["bo", "cy"]]  # she may withdraw it too
    assert all(item["waiting"] for item in phase["who"])
    assert [m["pointer"] for m in phase["missing"] if m["code"] == "ballot_missing"] == [f"/stakeholders/{n}" for n in ("ann", "bo", "cy")]
    assert (found["status"], found["outcome"], found["who"], found["missing"]) == ("closed", "adopted", [], [])
    assert found["count_report"]["tally"]["quorum"]["cast"] == 3


def test_majority__the_deadline(acme):
    found = simulate(acme.owner, acme, "majority", electorate=people("ann", "bo", "cy"), steps=[ballot(3, "ann", YES)])
    assert (found["status"], found["outcome"], found["count_report"]) == ("open", None, None)
    assert found["ends_at"] == at(3)
    assert [item["members"] for item in found["who"] if item["waiting"]] == [["bo", "cy"]]
    assert found["phases"][0]["ended_at"] is None
    found = simulate(acme.owner, acme, "majority", electorate=people("ann", "bo", "cy"), steps=[ballot(3, "ann", YES), ballot(9, "bo", NO)])
    assert codes(found) == [None, "phase_closed"]
    assert happened(found) == ["opened:vote", "deadline:vote"] and found["events"][1]["at"] == at(9, 9)
    assert found["outcome"] == "adopted"
    silent = simulate(acme.owner, acme, "majority", electorate=people("ann"), ends_at="2027-01-01T00:00:00+01:00")
    assert (silent["outcome"], silent["ends_at"]) == ("rejected", "2026-12-31T23:00:00Z")
    wanted = simulate(acme.owner, acme, "majority", electorate=people("ann"), due_at=at(20), ends_at=at(30))
    assert wanted["events"][1]["at"] == at(20)


def test_weights_leaving_and_changed_ballots(acme):
    electorate = people("ann", "bo") + [{"member": "cy", "roles": ["voters"], "weight": 5}]
    found = simulate(acme.owner, acme, "majority", electorate=electorate, steps=[
        ballot(2, "ann", YES), ballot(3, "ann", NO), {"at": at(3), "action": "leave", "member": "bo"}, ballot(3, "bo", YES),
        {"at": at(3), "action": "leave", "member": "eve"}, ballot(4, "eve", YES), ballot(5, "cy", YES)])
    assert codes(found) == [None, None, None, "permission_denied", "not_found", "permission_denied", None]
    assert (found["outcome"], happened(found)) == ("adopted", ["opened:vote", "all_in:vote"])
    assert found["count_report"]["tally"]["quorum"] == {"met": True, "cast": 6, "eligible": 7}


def test_secret_ballots_are_cast_once(acme):
    found = simulate(acme.owner, acme, "majority", configuration={"rule": {"secret": True}}, electorate=people("ann", "bo"),
                     steps=[ballot(2, "ann", YES), ballot(3, "ann", NO), ballot(4, "bo", YES)])
    assert codes(found) == [None, "ballot_final", None]
    assert found["outcome"] == "adopted"


def test_bad_ballots_name_their_fault(acme):
    found = simulate(acme.owner, acme, "schulze", electorate=people("ann", "bo"), options=[{"key": "a"}, {"key": "b", "title": "B"}, {"key": "c"}],
                     steps=[ballot(2, "ann", {"ranking": [["a"], ["x"], ["a"]]}), ballot(2, "ann", {"ranking": [["a"], ["b"]]})])
    assert codes(found) == ["ballot_invalid", None]
    faults = {(e["pointer"], e["code"]) for e in found["steps"][0]["problem"]["errors"]}
    assert faults == {("/ballot/ranking/1/0", "ballot_unknown_option"), ("/ballot/ranking/2/0", "ranking_duplicate_option")}


CIRCLE = [{"member": "pia", "roles": ["proposer", "members"]}, {"member": "fay", "roles": ["facilitator"]},
          *people("ann", "bo", role="members")]


def step(day, member, action="advance", **fields):
    return {"at": at(day), "action": action, "member": member, **fields}


def give(day, member, type, data=None, **fields):
    return step(day, member, "input", type=type, data=data or {}, **fields)


def test_consent__an_objection_is_integrated_in_a_second_round(acme):
    steps = [
        give(2, "ann", "question", {"text": "Until when?"}),
        step(2, "fay"),                                             # refused: the question has no answer
        give(2, "ann", "answer", {"text": "I say."}, subject=0),    # refused: not her part
        give(2, "pia", "answer", {"text": "June."}, subject=0),
        step(2, "ann"),                                             # refused: only the facilitator moves on
        step(2, "fay"), step(3, None),
        give(3, "pia", "consent"), give(3, "bo", "consent"), give(3, "ann", "objection", ARGUED),
        give(3, "fay", "ruling", {"arguments_given": {"harms_capacity": True}}, subject=9),  # refused: incomplete
        give(3, "fay", "ruling", ruling(*CRITERIA), subject=9),
        step(4, "ann", "revise"),                                   # refused: the proposer's
        step(4, "pia", "revise"),
        give(4, "bo", "consent", revision=1),                       # refused: read the old text
        give(4, "bo", "consent"), give(5, "pia", "consent"), give(6, "ann", "concern", {"text": "Costs."})]
    found = simulate(acme.owner, acme, "consent", electorate=CIRCLE, steps=steps)
    assert {i: code for i, code in enumerate(codes(found)) if code} == {
        1: "phase_incomplete", 2: "permission_denied", 4: "permission_denied", 10: "input_invalid", 12: "permission_denied",
        14: "revision_outdated"}
    assert "/data/arguments_given/newly_caused" in [e["pointer"] for e in found["steps"][10]["problem"]["errors"]]
    assert [e["code"] for e in found["steps"][1]["problem"]["errors"]] == ["input_missing"]
    assert happened(found) == ["opened:clarify", "advance:react", "advance:object", "all_in:integrate", "revised:object",
                               "no_objection:object"]
    assert [(p["phase"], p["round"], p["revision"]) for p in found["phases"]] == [
        ("clarify", 1, 1), ("react", 1, 1), ("object", 1, 1), ("integrate", 1, 1), ("object", 2, 2)]
    assert who(found["phases"][0]["who"], "fay")["advance"] and not who(found["phases"][0]["who"], "ann")["advance"]
    assert who(found["phases"][3]["who"], "pia") | {"members": 0} == {
        "members": 0, "waiting": True, "vote": False, "options": False, "inputs": [], "advance": False, "close": False, "revise": True, "withdraw": True}
    assert set(who(found["phases"][2]["who"], "ann")["inputs"]) == {"consent", "concern", "objection"}
    assert found["outcome"] == "adopted" and found["count_report"]["round"] == 2


def put(day, member, key, argued=True):
    arguments = {"pros": ["It is quick."], "cons": ["It is dear."]} if argued else {}
    return step(day, member, "option", option={"key": key, **arguments})


def test_spade__options_come_while_it_is_open(acme):
    electorate = [{"member": "ria", "roles": ["responsible"]}, {"member": "abe", "roles": ["approver"]}, *people("con", "cid", role="consulted")]
    found = simulate(acme.owner, acme, "spade", electorate=electorate, steps=[
        put(2, "con", "a"),                                            # refused: not yet
        give(2, "ria", "statement", {"text": "The setting."}), give(2, "ria", "statement", {"text": "The people."}),
        put(3, "con", "a"), put(3, "abe", "b"), put(3, "cid", "a"),    # the approver puts none; "a" is not cid's
        step(3, "ria"),                                                # refused: one option is too few
        put(3, "cid", "b", argued=False), step(3, "ria"),              # refused: nothing speaks for it
        put(3, "cid", "b"), step(3, "ria"),
        ballot(4, "con", {"choice": "a"}), ballot(4, "cid", {"choice": "a"}),
        give(5, "ria", "decision", {"choice": "b", "rationale": "It lasts."}), give(6, "abe", "verdict", {"value": "approve"}),
        give(7, "ria", "statement", {"text": "Why."})])
    assert {i: code for i, code in enumerate(codes(found)) if code} == {
        0: "decision_state", 4: "permission_denied", 5: "permission_denied", 6: "phase_incomplete", 8: "phase_incomplete"}
    assert [p["phase"] for p in found["phases"]] == ["setting", "people", "alternatives", "vote", "decide", "veto", "explain"]
    assert who(found["phases"][2]["who"], "con")["options"] and not who(found["phases"][2]["who"], "abe")["options"]
    assert (found["outcome"], found["winners"]) == ("adopted", ["b"])


def test_it_is_what_really_happens(world):
    """The same steps, simulated and taken: same refusals, same events, same report."""
    circle = Circle(world, phase="clarify")
    names = {circle.p.member_id: "pia", circle.f.member_id: "fay", circle.a.member_id: "ann", circle.b.member_id: "bo"}
    for _ in range(2):
        circle.f.post(f"{circle.decision.path}/advance", expect=200)
    for person in (circle.p, circle.a):
        say(person, circle.decision, "consent")
    circle.a.problem("POST", f"{circle.decision.path}/advance", status=403, code="permission_denied")
    say(circle.b, circle.decision, "concern", {"text": "Costs."})
    real = closed(circle.a, circle.decision, "adopted")
    assert set(names) == {s["member_id"] for s in circle.a.get(f"{circle.decision.path}/record").json()["stakeholders"]}
    found = simulate(circle.a, circle.acme, "consent", electorate=CIRCLE, steps=[
        step(2, "fay"), step(2, "fay"), give(3, "pia", "consent"), give(3, "ann", "consent"), step(3, "ann"),
        give(4, "bo", "concern", {"text": "Costs."})])
    assert codes(found) == [None] * 4 + ["permission_denied", None]
    assert happened(found) == [f"{e['data']['cause']}:{e['data']['phase']}" for e in events(circle.acme, circle.decision)
                               if "cause" in e["data"]]
    inputs = {i["id"]: f"{2 + number:08}" for number, i in enumerate(circle.a.pages(f"{circle.decision.path}/inputs"))}
    inputs[max(inputs)] = "00000005"  # a refused step lies between
    report = real["report"]
    for stance in report["stances"]:
        stance |= {"member": names[stance["member"]], "input": inputs[stance["input"]]}
    report["stances"].sort(key=lambda stance: stance["member"])
    assert found["count_report"] == report


def test_it_counts_as_real_votes_are_counted(world):
    acme = world.organisation()
    voters = [acme.member() for _ in range(3)]
    decision = acme.decision("approval", by=voters[0], stakeholders={"voters": voters}, open=True, options={"a": "A", "b": "B"})
    for voter, approved in zip(voters, (["a"], ["a", "b"], ["b"])):
        vote(voter, decision, {"approve": approved})
    voters[0].post(f"{decision.path}/close", expect=(200, 409))
    steps = [ballot(2 + i, name, {"approve": approved}) for i, (name, approved) in enumerate(zip("xyz", (["a"], ["a", "b"], ["b"])))]
    found = simulate(voters[0], acme, "approval", electorate=people(*"xyz"), options=[{"key": "a"}, {"key": "b"}], steps=steps,
                     ends_at="2026-12-01T00:00:00Z")
    real = voters[0].get(f"{decision.path}/record").json()
    if real["outcome"] is None:  # approval waits for its deadline
        assert found["events"][-1]["cause"] == "deadline" and found["events"][-1]["at"] == found["phases"][0]["due_at"]
    assert found["outcome"] == "tied" and found["winners"] == ["a", "b"]


@pytest.mark.parametrize("secret", [False, True])
def test_proxies__the_worked_example(acme, secret):
    """FRAMEWORKS.md 5: 8 direct voters, 12 trusters with one cycle 6→7→8→6 in which 8 votes directly: the weight of 8 is 3, Σ is 20."""
    trust = {"m6": "m7", "m7": "m8", "m8": "m6"} | {f"m{i}": f"m{i % 7 + 10}" for i in range(17, 27)}
    voters = ["m8", *(f"m{i}" for i in range(10, 17))]
    assert len(voters) == 8 and len(set(trust) - set(voters)) == 12
    body = {"electorate": people("m6", "m7", *voters, *(f"m{i}" for i in range(17, 27))), "ends_at": at(30),
            "configuration": {"rule": {"proxy": {"allowed": True}, "secret": secret}},
            "proxies": [{"truster": truster, "trustee": trustee} for truster, trustee in trust.items()],
            "steps": [ballot(2, voter, NO if voter == "m8" else YES) for voter in voters]}
    found = simulate(acme.owner, acme, "majority", **body)
    tally = found["count_report"]["tally"]
    assert tally["quorum"] == {"met": True, "cast": 20, "eligible": 20}
    assert (tally["report"]["no"], tally["report"]["yes"]) == (3, 17)
    body["proxies"] += [{"truster": "m6", "trustee": "m6"}]
    problem = acme.owner.problem("POST", f"{acme.path}/frameworks/majority/simulate", {"starts_at": START, **body}, status=422,
                                 code="invalid_body")
    assert {(e["pointer"], e["code"]) for e in problem["errors"]} == {("/proxies/13/trustee", "cycle"), ("/proxies/13/truster", "not_unique")}
    del body["configuration"]["rule"]["proxy"]
    acme.owner.problem("POST", f"{acme.path}/frameworks/majority/simulate", {"starts_at": START, **body}, status=422, code="invalid_body",
                       pointer="/proxies")


def test_what_can_not_be_opened_says_why(acme):
    found = simulate(acme.owner, acme, "consent", electorate=people("ann", role="members"), steps=[step(3, "ann")], proposer="eve")
    assert (found["opened"], found["status"], found["steps"], found["events"], found["phases"]) == (False, "draft", [], [], [])
    assert [m["code"] for m in found["missing"]] == ["role_too_few"]


def test_every_fault_is_listed(acme):
    body = {"starts_at": START, "ends_at": at(1), "due_at": at(1), "configuration": {},
            "electorate": [*people("ann", "ann"), *people("bo", role="boss")], "options": [{"key": "a"}, {"key": "a"}],
            "steps": [{"at": at(3), "action": "ballot"}, {"at": at(2), "action": "input", "member": "ann"}, {"at": at(2), "action": "leave"}]}
    problem = acme.owner.problem("POST", f"{acme.path}/frameworks/majority/simulate", body, status=422, code="invalid_body")
    assert {(e["pointer"], e["code"]) for e in problem["errors"]} == {
        ("/electorate/1/member", "not_unique"), ("/electorate/2/roles/0", "unknown_role"), ("/options/1/key", "not_unique"),
        ("/steps/0/member", "required"), ("/steps/0/ballot", "required"), ("/steps/1/at", "range_inverted"), ("/steps/1/type", "required"),
        ("/steps/2/member", "required"), ("/ends_at", "range_inverted"), ("/due_at", "in_the_past")}
    body = {"starts_at": START, "electorate": people("ann"), "configuration": {"rule": {"quorum": [2, 1]}}}
    problem = acme.owner.problem("POST", f"{acme.path}/frameworks/majority/simulate", body, status=422, code="invalid_body")
    assert all(e["pointer"].startswith("/configuration/rule/quorum") for e in problem["errors"])
    body = {"starts_at": "1969-12-31T23:59:59Z", "electorate": people("ann")}
    acme.owner.problem("POST", f"{acme.path}/frameworks/majority/simulate", body, status=422, code="invalid_body", pointer="/starts_at")
    many = people(*(f"m{i}" for i in range(101)))
    acme.owner.problem("POST", f"{acme.path}/frameworks/majority/simulate", {"starts_at": START, "electorate": many}, status=422,
                       code="invalid_body", pointer="/electorate")
    acme.owner.problem("POST", f"{acme.path}/frameworks/majority/simulate", status=422, code="invalid_body", pointer="/steps", body={
        "starts_at": START, "electorate": people("a"), "steps": [step(2, None)] * 201})


def test_drafts_and_versions_of_custom_frameworks(acme, world):
    path = f"{acme.path}/frameworks"
    acme.owner.post(path, {"copy_of": {"framework": "majority"}, "key": "ours", "name": "Ours"}, expect=201)
    body = {"electorate": people("ann", "bo"), "steps": [ballot(2, "ann", YES)], "ends_at": at(30)}
    assert simulate(acme.owner, acme, "ours", **body)["framework_version"] is None
    acme.owner.problem("POST", f"{path}/ours/simulate?version=1", {"starts_at": START, **body}, status=404, code="not_found")
    acme.owner.post(f"{path}/ours/publish", expect=200)
    assert simulate(acme.owner, acme, "ours", **body)["framework_version"] == 1
    acme.owner.patch(f"{path}/ours", {"definition": {"rule": {"minimum": 2}}})
    drafted, published = simulate(acme.owner, acme, "ours", **body), simulate(acme.owner, acme, "ours", version=1, **body)
    assert (drafted["framework_version"], drafted["outcome"]) == (None, "no_quorum")
    assert (published["framework_version"], published["outcome"]) == (1, "adopted")
    assert simulate(acme.member("observer"), acme, "ours", **body)["outcome"] == "no_quorum"
    world.person().problem("POST", f"{path}/ours/simulate", {"starts_at": START, **body}, status=404, code="not_found")


def test_nothing_is_stored(acme, sql):
    def counts():
        return [sql.execute(f"select count(*) from {table} where organisation_id = %s", [acme.id]).fetchone()
                for table in ("decisions", "inputs", "ballots", "outcomes", "audit_log", "events")]
    before = counts()
    simulate(acme.owner, acme, "majority", electorate=people("ann"), steps=[ballot(2, "ann", YES)])
    assert counts() == before


def test_every_framework_runs_to_some_end(acme):
    """With everybody in every role, and a person moving on whenever that can be: no framework breaks, and time ends each or it waits."""
    for framework in acme.owner.pages(f"{acme.path}/frameworks", include="definition"):
        roles = framework["definition"]["roles"]
        electorate = [{"member": f"{role['key']}{i}", "roles": [role["key"]]} for role in roles for i in range(max(role["min"], 1))]
        options = [{"key": key} for key in "abc"]
        body = {"electorate": electorate, "options": options, "ends_at": "2030-01-01T00:00:00Z",
                "steps": [{"at": at(2 + i), "action": "advance"} for i in range(20)]}
        found = simulate(acme.owner, acme, framework["key"], **body)
        if not found["opened"]:
            found = simulate(acme.owner, acme, framework["key"], **(body | {"options": []}))
        assert found["opened"], (framework["key"], found["missing"])
        assert found["phases"][0]["who"], framework["key"]
        assert (found["outcome"] is None) == (found["status"] == "open")


def test_the_largest_simulation_takes_no_time_to_speak_of(acme):
    electorate = people(*(f"m{i}" for i in range(100)))
    steps = [ballot(2, f"m{i % 100}", {"ranking": [[f"o{(i + j) % 50}"] for j in range(50)]}) for i in range(199)]
    found = simulate(acme.owner, acme, "schulze", electorate=electorate, options=[{"key": f"o{i}"} for i in range(50)], steps=steps,
                     ends_at="2026-12-01T00:00:00Z")
    assert found["outcome"] and found["steps"][98]["accepted"]
