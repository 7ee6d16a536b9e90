# SPDX-License-Identifier: Apache-2.0
"""Every statement that writes an audit row about a decision puts it into the decision's chain."""

import json
import pathlib

import pytest

QUERIES = pathlib.Path("sql/queries")
WRITERS = sorted(path for folder in ("decisions", "steps") for path in (QUERIES / folder).glob("*.sql")
                 if "insert into audit_log" in path.read_text(encoding="utf-8")
                 and path.stem != "ballot_store_secret")  # the length of the chain would tell how many have voted


def test_there_are_such_statements():
    assert {"decision_create", "decision_store", "decision_seal", "ballot_store", "input_store"} <= {
        path.stem for path in WRITERS}


@pytest.mark.parametrize("path", WRITERS, ids=lambda path: path.stem)
def test_statement_chains_its_audit_rows(path):
    text = path.read_text(encoding="utf-8")
    assert "audit_digest(row(x.*)::audit_log)" in text
    assert "insert into audit_links" in text


def test_the_digest_covers_every_column_but_the_request_and_the_tenant(sql):
    columns = {name for (name,) in sql.execute(
        "select attname from pg_attribute where attrelid = 'audit_log'::regclass and attnum > 0 and not attisdropped")}
    row = {"organisation_id": "018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2b", "id": "018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2c",
           "at": "2026-03-01T09:30:00Z", "actor_id": None, "action": "decision.opened", "resource_id": None, "data": {"a": 1},
           "override": False, "request_id": "r", "decision_id": None}
    other = {"id": "018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2d", "at": "2026-03-01T09:30:00.000001Z",
             "actor_id": "018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2b", "action": "decision.closed",
             "resource_id": "018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2b", "data": {"a": 2}, "override": True,
             "decision_id": "018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2b"}
    assert columns == set(row) == set(other) | {"organisation_id", "request_id"}

    def digest(**changed):
        return sql.execute("select audit_digest(jsonb_populate_record(null::audit_log, %s::jsonb))",
                           (json.dumps(row | changed),)).fetchone()[0]

    digests = [digest()] + [digest(**{name: value}) for name, value in other.items()]
    assert len(set(digests)) == len(digests)
