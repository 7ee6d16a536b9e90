# SPDX-License-Identifier: Apache-2.0
"""Organisations in which something real stands behind every path parameter, made once: what the matrix sends changes nothing."""

import pytest

from world import World


@pytest.fixture(scope="session")
def acme(service):
    """One with a member in each role, and those for whom it does not exist."""
    world = World(service)
    acme = furnish(world)
    acme.callers = acme.everyone()
    add_strangers(world, acme)
    return acme


@pytest.fixture(scope="session")
def other(service):
    """Another one, furnished alike."""
    return furnish(World(service))


def furnish(world):
    """acme.names says what each path parameter may be."""
    acme = world.organisation()
    target = acme.member("member", "Target")
    post = acme.owner.post
    account = post(f"{acme.path}/service-accounts", {"name": "Target", "role": "observer"}).json()
    accounts = f"{acme.path}/service-accounts/{account['id']}"
    post(f"{acme.path}/frameworks", {"copy_of": {"framework": "consent"}, "key": "target", "name": "Target"})
    post(f"{acme.path}/frameworks/target/publish")
    role = post(f"{acme.path}/roles", {"kind": "organisation", "key": "target", "name": "Target", "permissions": []}).json()
    acme.names = {
        "organisation": acme.id,
        "member": target.member_id,
        "team": acme.team(members=[target]).id,
        "area": acme.area().id,
        "role": role["id"],
        "service_account": account["id"],
        "secret": post(f"{accounts}/secrets", {}).json()["id"],
        "framework": acme.framework_id("target"),
        "number": 1,
    }
    acme.delegate(acme.names["team"], acme.names["area"], 7)
    acme.names |= names_of_a_decision(acme, target)
    acme.names["scope"] = acme.names["decision"]
    return acme


def names_of_a_decision(acme, target):
    """An open decision with options and changes, in a phase that has taken an input."""
    consult = {"key": "consult", "inputs": [{"type": "opinion", "by": ["consulted"]}], "advance": ["decider"], "ends": ["advance"]}
    decide = {"key": "decide", "inputs": [{"type": "decision", "by": ["decider"], "required": True}], "ends": ["decided"]}
    acme.owner.post(f"{acme.path}/frameworks", {"key": "heard", "name": "Heard", "definition": {
        "key": "heard", "name": "Heard", "roles": [{"key": "decider", "min": 1, "max": 1}, {"key": "consulted", "min": 1}],
        "phases": [consult, decide], "rule": {"method": "single_decider"}}})
    acme.owner.post(f"{acme.path}/frameworks/heard/publish")
    decision = acme.decision("heard", by=target, stakeholders={"decider": [target], "consulted": [target]},
                             options={"target": "Target"})
    target.put(f"{decision.path}/changes", {"changes": [{"operation": "team_create", "body": {"name": "Target", "kind": "circle"}}]})
    acme.owner.post(f"{decision.path}/open")
    opinion = target.post(f"{decision.path}/inputs", {"type": "opinion", "data": {"text": "Fine"}}).json()
    linked = acme.decision()
    acme.owner.put(f"{decision.path}/links/relates_to/{linked.id}")
    return {"decision": decision.id, "key": "target", "revision": 1, "input": opinion["id"], "type": "relates_to", "linked": linked.id}


def add_strangers(world, acme):
    """Those for whom the organisation does not exist, although some have been in it."""
    people = {name: world.person(name) for name in ("outsider", "invited")}
    people["suspended"], people["removed"] = acme.member("admin"), acme.member("admin")
    acme.owner.post(f"{acme.path}/members", {"email": people["invited"].email, "role": "admin"})
    acme.owner.patch(f"{acme.path}/members/{people['suspended'].member_id}", {"status": "suspended"})
    acme.owner.delete(f"{acme.path}/members/{people['removed'].member_id}")
    elsewhere = world.organisation(owner=world.person())
    admin = acme.member("admin")
    people["pinned elsewhere"] = world.service.client(admin.subject, organisation=elsewhere.id)
    acme.callers |= people
