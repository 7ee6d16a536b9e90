# SPDX-License-Identifier: Apache-2.0
"""Every operation × every kind of caller → what the permission says, derived from the document: x-permission of the operation,
x-permissions of the built-in roles. Real resources stand behind every id. Writes are sent with validate_only, which makes the same
checks and stores nothing, so that no caller spoils it for the next."""

import pytest

from derive import DOCUMENT, call, every, parameters, permission
from world import ROLES

GRANTS = DOCUMENT["x-permissions"]
STRANGERS = ("outsider", "suspended", "removed", "invited", "pinned elsewhere")
# Where the role has the permission, but the example asks for more than the permission gives.
NARROWER = {
    ("team_create", "facilitator"): "only working groups without team.create_any",
    ("team_create", "member"): "only working groups without team.create_any",
    ("framework_delete", "facilitator"): "only drafts without team.read_private",
}

ABSENT = {"ballot_get", "ballot_delete", "proxy_get", "proxy_delete", "stakeholder_group_delete"}  # what each caller would have to make first


def of_an_organisation(operation):
    return "{organisation}" in operation.template


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
