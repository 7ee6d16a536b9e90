# SPDX-License-Identifier: Apache-2.0
"""A world with something of everything, written down for Schemathesis: what path and body parameters may name, and who asks.

DIRECTORY/<parameter>.dict holds values, one a line in quotes (the dictionary format of libFuzzer); owner.json and member.json say who calls, and
which stranger must see nothing of it (the authentication format of Web Fuzzing Commons)."""

import json
import pathlib
import shutil

from world import World


def write(service, directory):
    world = World(service)
    acme = world.organisation(governance_mode="open")
    people = acme.everyone()
    directory.mkdir(parents=True, exist_ok=True)
    for name, entries in known(world, acme, people).items():
        (directory / f"{name}.dict").write_text("".join(f'"{entry}"\n' for entry in entries))
    stranger = world.organisation().owner
    for role in ("owner", "member"):
        (directory / f"{role}.json").write_text(json.dumps({"auth": [identity("caller", people[role]), identity("stranger", stranger)]}))
    # What must not be deleted, for all the rest would be gone with it: see hooks.py.
    kept = {"organisation": [acme.id, acme.handle], "member": [people["owner"].member_id, people["member"].member_id]}
    (directory / "kept.json").write_text(json.dumps(kept))
    shutil.copy(pathlib.Path(__file__).with_name("schemathesis.toml"), directory)  # which finds the dictionaries beside it


def identity(name, person):
    return {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {person.token}"}]}


def known(world, acme, people):
    """Values by the name of the parameter that takes them."""
    owner, member = people["owner"], people["member"]
    circle = acme.team(name="Circle", kind="circle", members=[(owner, "lead"), member, people["facilitator"]])
    below = acme.team(name="Below", parent_id=circle.id, members=[member])
    areas = [acme.area("Hiring"), acme.area("Spending")]
    acme.delegate(circle.id, areas[0].id, 5)
    account = owner.post(f"{acme.path}/service-accounts", {"name": "Robot", "role": "observer"}, expect=201).json()
    secret = owner.post(f"{acme.path}/service-accounts/{account['id']}/secrets", expect=201).json()
    role = owner.post(f"{acme.path}/roles", {"kind": "organisation", "key": "guest", "name": "Guest", "permissions": ["team.read"]}, expect=201).json()
    framework = owner.post(f"{acme.path}/frameworks", {"copy_of": {"framework": "majority"}, "key": "ours", "name": "Ours"}, expect=201).json()
    owner.post(f"{acme.path}/frameworks/{framework['id']}/publish")
    owner.patch(f"{acme.path}/frameworks/{framework['id']}", {"purpose": "For what matters."})
    invited = owner.post(f"{acme.path}/members", {"email": "nobody@example.org"}, expect=201).json()
    decisions, said = taken(acme, people, circle)
    return {
        "organisation": [acme.id, acme.handle],
        "invitation": [invite(world, person) for person in (owner, member, owner, member)],
        "role": ["member", role["id"], role["key"]],
        "member": [person.member_id for person in people.values()] + [invited["id"], account["id"]],
        "service_account": [account["id"]],
        "secret": [secret["id"]],
        "client_secret": [secret["secret"]],
        "team": [circle.id, below.id],
        "area": [area.id for area in areas],
        "framework": ["majority", "schulze", "consent", "ours", framework["id"]],
        "decision": [decision.id for decision in decisions],
        "input": said,
        "option": ["stay", "move", "wait"],
    }


def invite(world, person):
    other = world.organisation()
    other.owner.post(f"{other.path}/members", {"email": person.email}, expect=201)
    return next(item["id"] for item in person.pages("/v1/me/invitations") if item["organisation_id"] == other.id)


def taken(acme, people, circle):
    """Decisions in every state, in which the owner and the member take part; and what was said about one of them."""
    owner, member = people["owner"], people["member"]
    voters, options = {"voters": [owner, member]}, {"stay": "Stay", "move": "Move", "wait": "Wait"}
    circle_roles = {"proposer": [owner], "facilitator": [owner], "members": [owner, member]}
    drafts = [acme.decision("schulze", stakeholders=voters, options=options, team_id=circle.id) for _ in range(6)]
    vote = acme.decision(stakeholders=voters, open=True)
    secret = acme.decision(stakeholders=voters, secret=True, open=True)
    ranked = acme.decision("schulze", stakeholders=voters, options=options, open=True)
    owner.put(f"{ranked.path}/ballots/me", {"ballot": {"ranking": [["stay"], ["move", "wait"]]}})
    closed = acme.decision(stakeholders=voters, open=True)
    for person in (owner, member):
        person.put(f"{closed.path}/ballots/me", {"ballot": {"choice": "yes"}})
    withdrawn = acme.decision(stakeholders=voters, open=True)
    owner.post(f"{withdrawn.path}/withdraw", {})
    consent = acme.decision("consent", stakeholders=circle_roles, open=True)
    question = member.post(f"{consent.path}/inputs", {"type": "question", "data": {"text": "What does it cost?"}}, expect=201).json()
    objecting = acme.decision("consent", stakeholders=circle_roles, open=True)
    for _ in ("clarify", "react"):
        owner.post(f"{objecting.path}/advance")
    objection = member.post(f"{objecting.path}/inputs", {"type": "objection", "data": {"policy_broken": "Two offers"}}, expect=201).json()
    return [*drafts, vote, secret, ranked, closed, withdrawn, consent, objecting], [question["id"], objection["id"]]
