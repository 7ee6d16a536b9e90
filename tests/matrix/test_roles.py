# SPDX-License-Identifier: Apache-2.0
"""Every operation × every kind of caller → what the permission says, derived from the document: x-permission of the operation,
x-permissions of the built-in roles. Real resources stand behind every id. Writes are sent with validate_only, which makes the same
checks and stores nothing, so that no caller spoils it for the next."""

import pytest

from derive import DOCUMENT, call, every, parameters, permission
from world import ROLES, World

GRANTS = DOCUMENT["x-permissions"]
STRANGERS = ("outsider", "suspended", "removed", "invited", "pinned elsewhere")
# Where the role has the permission, but the example asks for more than the permission gives.
NARROWER = {
    ("team_create", "facilitator"): "only working groups without team.create_any",
    ("team_create", "member"): "only working groups without team.create_any",
}

ABSENT = {"ballot_get", "ballot_delete"}  # what each caller would have to make first


def of_an_organisation(operation):
    return "{organisation}" in operation.template


@pytest.fixture(scope="module")
def acme(service):
    """An organisation with a member in each role and something behind every path parameter."""
    world = World(service)
    acme = world.organisation()
    acme.callers = acme.everyone()
    target = acme.member("member", "Target")
    post = acme.owner.post
    account = post(f"{acme.path}/service-accounts", {"name": "Target", "role": "observer"}).json()
    accounts = f"{acme.path}/service-accounts/{account['id']}"
    post(f"{acme.path}/frameworks", {"copy_of": {"framework": "consent"}, "key": "target", "name": "Target"})
    post(f"{acme.path}/frameworks/target/publish")
    acme.names = {
        "organisation": acme.id,
        "member": target.member_id,
        "team": acme.team(members=[target]).id,
        "role": post(f"{acme.path}/roles", {"kind": "organisation", "key": "target", "name": "Target", "permissions": []}).json()["key"],
        "service_account": account["id"],
        "secret": post(f"{accounts}/secrets", {}).json()["id"],
        "framework": "target",
        "number": 1,
    }
    acme.names |= names_of_a_decision(acme, target)
    add_strangers(world, acme)
    return acme


def names_of_a_decision(acme, target):
    """An open decision with options, in a phase that has taken an input."""
    consult = {"key": "consult", "inputs": [{"type": "opinion", "by": ["consulted"]}], "advance": ["decider"], "ends": ["advance"]}
    decide = {"key": "decide", "inputs": [{"type": "decision", "by": ["decider"], "required": True}], "ends": ["decided"]}
    acme.owner.post(f"{acme.path}/frameworks", {"key": "heard", "name": "Heard", "definition": {
        "key": "heard", "name": "Heard", "roles": [{"key": "decider", "min": 1, "max": 1}, {"key": "consulted", "min": 1}],
        "phases": [consult, decide], "rule": {"method": "single_decider"}}})
    acme.owner.post(f"{acme.path}/frameworks/heard/publish")
    decision = acme.decision("heard", by=target, stakeholders={"decider": [target], "consulted": [target]},
                             options={"target": "Target"}, open=True)
    opinion = target.post(f"{decision.path}/inputs", {"type": "opinion", "data": {"text": "Fine"}}).json()
    return {"decision": decision.id, "key": "target", "revision": 1, "input": opinion["id"]}


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


def try_as(acme, caller, operation):
    unknown = [parameter["name"] for parameter in parameters(operation)
               if parameter["in"] == "path" and parameter["name"] not in acme.names]
    assert not unknown, f"{unknown}: give the matrix something to name"
    writes = operation.method != "get"
    return call(acme.callers[caller], operation, acme.names, "validate_only=true" if writes else "")


@pytest.mark.parametrize("caller", STRANGERS)
@every(404, of_an_organisation)
def test_stranger(operation, caller, acme):
    answer = try_as(acme, caller, operation)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("role", ROLES)
@every(403, of_an_organisation, permission)
def test_role(operation, role, acme):
    answer = try_as(acme, role, operation)
    granted = role in GRANTS[permission(operation)]["roles"] and (operation.id, role) not in NARROWER
    problem = answer.json() if answer.status_code >= 400 else {}
    if granted:
        absent = answer.status_code == 404 and operation.id in ABSENT
        assert absent or answer.status_code not in (401, 403, 404), problem
    else:
        assert (answer.status_code, problem["code"]) == (403, "permission_denied")
        assert problem["permission"] == permission(operation) or (operation.id, role) in NARROWER
