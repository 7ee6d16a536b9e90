# SPDX-License-Identifier: Apache-2.0
"""Every id in every path, replaced by that of another organisation's resource of the same kind: it does not exist here, not even for
an owner. Derived from the document."""

import uuid

import pytest

from derive import CONTRACT, call, parameters


def is_id(text):
    try:
        return bool(uuid.UUID(str(text)))
    except ValueError:
        return False


def cases():
    for operation in CONTRACT.operations:
        if "{organisation}" in operation.template:
            for parameter in parameters(operation):
                if parameter["in"] == "path" and parameter["name"] != "organisation":
                    yield pytest.param(operation, parameter["name"], id=f"{operation.id}-{parameter['name']}")


@pytest.mark.parametrize("operation, parameter", cases())
def test_id_of_another_organisation(operation, parameter, acme, other):
    if not is_id(other.names[parameter]):
        assert parameter in ("key", "revision", "number", "type"), f"{parameter} is no id: then what is it?"
        parameter = next(name for name in ("decision", "framework") if "{%s}" % name in operation.template)
    names = acme.names | {parameter: other.names[parameter]}
    writes = operation.method != "get"
    answer = call(acme.owner, operation, names, "validate_only=true" if writes else "")
    assert (answer.status_code, answer.json().get("code")) == (404, "not_found")


@pytest.mark.parametrize("operation", [operation for operation in CONTRACT.operations if "{organisation}" in operation.template],
                         ids=lambda operation: operation.id)
def test_own_ids_in_another_organisation(operation, acme, other):
    """What is one's own can't be reached through an organisation that one is not in."""
    writes = operation.method != "get"
    answer = call(acme.owner, operation, acme.names | {"organisation": other.id}, "validate_only=true" if writes else "")
    assert (answer.status_code, answer.json().get("code")) == (404, "not_found")
