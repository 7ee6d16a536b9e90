# SPDX-License-Identifier: Apache-2.0
"""What change sets rest on in the database."""

import json
import uuid

import pytest

# Pairs of documents; the merge patch between them must lead from the first to the second (RFC 7396, appendix A, has the rules).
PAIRS = [
    ({}, {}), ({"a": 1}, {}), ({}, {"a": 1}), ({"a": 1}, {"a": 2}), ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}),
    ({"a": {"b": {"c": 1}}}, {"a": {"b": {"d": [1, {"e": None}]}}}), ({"a": [1, 2]}, {"a": [1]}), ({"a": "x"}, {"a": {"b": "x"}}),
    ({"a": {"b": 1}}, {"a": "x"}), ({"a": {}}, {"a": {"b": {}}}), ({"a": 1, "b": {"c": True}}, {"b": {"c": False}, "d": ""}),
]


@pytest.mark.parametrize("now, wanted", PAIRS + [(b, a) for a, b in PAIRS])
def test_patch_between__leads_from_one_to_the_other(sql, now, wanted):
    found, = sql.execute("select merge_patch(n, patch_between(n, w)) from (select %s::jsonb n, %s::jsonb w) d",
                         (json.dumps(now), json.dumps(wanted))).fetchone()
    assert found == wanted


def test_adopted__speaks_for_one_decision_in_its_organisation(sql, world):
    acme, other = world.organisation(), world.organisation()
    decision = acme.decision(stakeholders={"voters": [acme.owner]})

    def ask(decision_id, organisation_id, organisation):
        return sql.execute("select member_id, role, granted from adopted(row(%s, %s)::adopted_decision, %s, 'team.create')",
                           (decision_id, organisation_id, organisation)).fetchall()

    assert ask(decision.id, acme.id, acme.id) == [(None, "owner", True)]
    assert ask(decision.id, acme.id, other.id) == []
    assert ask(decision.id, other.id, other.id) == []
    assert ask(uuid.uuid4(), acme.id, acme.id) == []
