# SPDX-License-Identifier: Apache-2.0
"""The inbox (inbox_list.sql) and the engine (view_owes) are of one mind in every phase of every framework: each is walked through, by people who agree
and by people who don't, and after every step it is asked of everybody whether the decision waits for them."""

import json
import pathlib

import pytest

from deciding import same_inboxes

FRAMEWORKS = {path.stem: json.loads(path.read_text(encoding="utf-8"))
              for path in sorted((pathlib.Path(__file__).parents[2] / "sql/seed/frameworks").glob("*.json"))}
CRITERIA = ("harms_capacity", "limits_responsibility", "newly_caused", "necessarily_follows")
TEXT = {"text": "Said."}
STEPS = 60
WITHOUT_OPTIONS = ("majority", "consent", "consensus", "lazy_consensus", "role_election", "raci")
# Where people may say one of several things, those who don't agree say the first of these.
ROUGH = ["declaration", "objection", "block", "minus_one", "escalation", "question"]
SMOOTH = ["consent", "agree", "plus_one"]


def data_of(type, people, rough):
    """What may be said, the likeliest first."""
    return {
        "nomination": [{"nominee": people[-1].member_id}], "response": [{"value": "taken"}, {"value": "not_taken", **TEXT}],
        "ruling": [{"arguments_given": dict.fromkeys(CRITERIA, rough)}], "objection": [{"arguments": dict.fromkeys(CRITERIA, "Argued")}, {"kind": "risk", **TEXT}],
        "decision": [{"choice": "a", "rationale": "Because."}, {"choice": "adopt", "rationale": "Because."}], "recommendation": [{"choice": "a", **TEXT}, TEXT],
        "verdict": [{"value": value, **TEXT} for value in (("veto", "return", "reject") if rough else ("approve",))],
        "agreement": [{"value": "disagree" if rough else "agree", **TEXT}], "performers": [{"members": [people[-1].member_id]}],
        "matrix": [{"rows": [{"task": "It", **{part: [person.member_id for person in people if person.name.startswith(part)]
                                               for part in ("responsible", "accountable", "consulted", "informed")}}]}],
    }.get(type, [TEXT])


def ballots(rough):
    order = ["b", "a"] if rough else ["a", "b"]
    return [{"choice": "no" if rough else "yes"}, {"choice": order[0]}, {"approve": order[:1]}, {"ranking": [[option] for option in order]},
            {"scores": {"a": 1, "b": 2}}, {"points": {"a": 1, "b": 2}}]


def draft(world, framework, rough, few):
    """Two have each role that several may have; with few, nobody has what nobody need have. Where it is rough one has two roles."""
    acme = world.organisation()
    stakeholders = {role["key"]: [acme.member(name=f"{role['key']} {i}") for i in range(1 if role["max"] == 1 else 2)]
                    for role in framework["roles"] if role["min"] or not few}
    if rough:
        first = next(iter(stakeholders.values()))[0]
        last = [role["key"] for role in framework["roles"] if role["max"] is None and role["key"] in stakeholders][-1:]
        for key in last:
            stakeholders[key] += [first] if first not in stakeholders[key] else []
    by = stakeholders.get("proposer", [acme.owner])[0]
    decision = acme.decision(framework["key"], by=by, stakeholders=stakeholders)
    for key in () if framework["rule"]["method"] in WITHOUT_OPTIONS else ("a", "b"):
        by.put(f"{decision.path}/options/{key}", {"title": key.upper(), "pros": ["Dry"], "cons": ["Far"]}, expect=(200, 201))
    by.post(f"{decision.path}/open")
    return acme, by, decision


def phase_of(person, decision):
    found = person.get(f"{decision.path}/status").json()
    return found["phase"] if found["status"] == "open" else None


def may(person, decision):
    return person.get(f"{decision.path}/actions").json()["may"]


def subjects(person, decision, framework, phase, type):
    """The ids that an input of that type may answer."""
    definition = next(p for p in framework["phases"] if p["key"] == phase)
    on = next((i.get("on") for i in definition.get("inputs", []) if i["type"] == type), None)
    return [i["id"] for i in person.pages(f"{decision.path}/inputs") if i["type"] == on][::-1] if on else [None]


def act(person, people, decision, framework, phase, rough):
    """Says one thing that the person may say, with everything it may be said to, and votes. Whether anything was done."""
    allowed = may(person, decision)
    first = ROUGH if rough else SMOOTH
    done = False
    for type in sorted(allowed["inputs"], key=lambda type: (type not in first, type)):
        for subject in subjects(person, decision, framework, phase, type):
            for data in data_of(type, people, rough):
                body = {"type": type, "data": data, **({"subject": subject} if subject else {})}
                if person.post(f"{decision.path}/inputs", body, expect=(201, 409, 422)).status_code == 201:
                    same_inboxes(person, decision)
                    done = True
                    break
        if done:
            break
    if allowed["vote"]:
        assert any(person.put(f"{decision.path}/ballots/me", {"ballot": ballot}, expect=(200, 422)).status_code == 200 for ballot in ballots(rough))
        same_inboxes(person, decision)
        done = True
    return done


def walk(world, sql, framework, rough=False, few=False):
    """The phases that it came through."""
    acme, by, decision = draft(world, framework, rough, few)
    people = [person for person in decision.people if person is not acme.owner]
    seen = []
    for step in range(STEPS):
        same_inboxes(by, decision)
        phase = phase_of(by, decision)
        if phase is None:
            return set(seen)
        seen.append(phase)
        # Not all of them the first time, so that some are waited for while others are not.
        for person in people if seen.count(phase) > 1 or rough else people[:-1]:
            if phase_of(by, decision) == phase:
                act(person, people, decision, framework, phase, rough)
        if phase_of(by, decision) != phase:
            continue
        if may(acme.owner, decision)["advance"]:
            acme.owner.post(f"{decision.path}/advance", expect=(200, 409))
        elif seen.count(phase) > 2:
            sql.execute("update decisions set phase_due_at = now() where id = %s", [decision.id])
        if rough and step % 4 == 3 and may(by, decision)["revise"]:
            by.post(f"{decision.path}/revisions", {"text": f"Better {step}"}, expect=(200, 201, 409))
    raise AssertionError(f"{framework['key']} does not end: {seen}")


@pytest.mark.parametrize("key", FRAMEWORKS)
def test_every_phase_of(world, sql, key):
    framework = FRAMEWORKS[key]
    walked = walk(world, sql, framework) | walk(world, sql, framework, rough=True) | walk(world, sql, framework, rough=True, few=True)
    assert walked == {phase["key"] for phase in framework["phases"]}
