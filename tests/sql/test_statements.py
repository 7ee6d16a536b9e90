# SPDX-License-Identifier: Apache-2.0
"""Each statement of sql/queries is prepared and described by a real server, as the service's role, and its columns are compared with the
response schema of its operation."""

import json
import os
import pathlib
import re
import sys

import psycopg
import pytest

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "openapi"))
from queries import read_statements, without_filters  # noqa: E402

FILES = sorted((ROOT / "sql" / "queries").rglob("*.sql"))
GEN = ROOT / os.environ.get("COHELM", "build/cohelm")
DOCUMENT = json.loads((GEN.parent / "gen" / "openapi.json").read_text())
OPERATIONS = {operation["operationId"]: operation for item in DOCUMENT["paths"].values()
              for method, operation in item.items() if isinstance(operation, dict) and "operationId" in operation}

# PostgreSQL type → what it is in JSON. json and jsonb are whatever the statement makes of them.
TYPES = {"bool": "boolean", "int2": "integer", "int4": "integer", "int8": "integer", "text": "string", "varchar": "string",
         "name": "string", "uuid": "string", "timestamptz": "string", "date": "string", "_text": "array", "_uuid": "array",
         "_int4": "array", "_int8": "array", "json": None, "jsonb": None, "xid8": "integer"}
CONTROL = {"_status", "_code", "_detail", "_errors", "_permission", "_etag", "_location", "_settle"}

# Of each list with filters the statement for when none is given, as the compiler makes it.
ALL = {name + ".all": (name, all_of.sql) for name, statement in read_statements(ROOT / "sql" / "queries", None).items()
       if statement.result == "list" and (all_of := without_filters(statement))}


def resolve(schema):
    while "$ref" in schema:
        node = DOCUMENT
        for part in schema["$ref"].removeprefix("#/").split("/"):
            node = node[part.replace("~1", "/").replace("~0", "~")]
        schema = node
    return schema


def properties(schema):
    schema = resolve(schema)
    found = dict(schema.get("properties", {}))
    required = set(schema.get("required", []))
    for part in schema.get("allOf", []):
        more, needed = properties(part)
        found |= more
        required |= needed
    return found, required


def response_schema(operation):
    """The JSON schema of the row: of the item for a list; None where there is no body."""
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            schema = resolve(response).get("content", {}).get("application/json", {}).get("schema")
            if schema is None:
                return None
            if operation.get("x-list"):
                return resolve(schema)["properties"]["items"]["items"]
            return schema
    return None


@pytest.fixture(scope="module")
def connection(database):
    with psycopg.connect(database.service_url, autocommit=True) as connection:
        names = dict(connection.execute("select oid, typname from pg_type").fetchall())
        yield connection.pgconn, names


def describe(connection, sql):
    pgconn, names = connection
    prepared = pgconn.prepare(b"", sql.encode())
    assert prepared.status == psycopg.pq.ExecStatus.COMMAND_OK, prepared.error_message.decode()
    described = pgconn.describe_prepared(b"")
    return [(described.fname(i).decode(), names[described.ftype(i)]) for i in range(described.nfields)]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_statement(connection, path):
    columns = describe(connection, path.read_text())
    assert {kind for _, kind in columns} <= set(TYPES), "a column type that the service does not know"
    names = [name for name, _ in columns if not name.startswith("_")]
    assert len(names) == len(set(names)), "a column twice"
    if path.parent.name == "steps":
        return
    operation = OPERATIONS.get(path.stem.split(".")[0])
    assert operation, "no operation of this name"
    cursor = re.search(r"^-- cursor: (.*)$", path.read_text(), re.M)
    keys = cursor[1].split(", ") if cursor else []
    assert set(keys) <= {name for name, _ in columns}
    assert {name for name, _ in columns if name.startswith("_")} <= CONTROL | set(keys)
    schema = response_schema(operation)
    if schema is None or operation.get("x-handler"):
        return
    known, required = properties(schema)
    assert set(names) <= set(known), "columns that the response schema lacks"
    assert required <= set(names), "required members without a column"
    for name, kind in columns:
        if name.startswith("_") or TYPES[kind] is None:
            continue
        types = resolve(known[name]).get("type", TYPES[kind])
        types = types if isinstance(types, list) else [types]
        assert TYPES[kind] in types or (TYPES[kind] == "integer" and "number" in types), f"{name} is {kind}"
        if kind == "uuid":
            assert resolve(known[name]).get("format") == "uuid", f"{name} lacks format uuid"
        if kind == "timestamptz":
            assert resolve(known[name]).get("format") == "date-time", f"{name} lacks format date-time"


@pytest.mark.parametrize("name", ALL)
def test_a_list_without_filters_has_the_same_columns(connection, name):
    filtered, sql = ALL[name]
    path, = (path for path in FILES if path.stem == filtered)
    assert describe(connection, sql) == describe(connection, path.read_text())


def test_every_result_kind_fits_its_statement():
    for path in FILES:
        text = path.read_text()
        kind = re.search(r"^-- result: (one|list|none)$", text, re.M)
        assert kind, f"{path} does not say its result"
        if kind[1] == "list":
            assert "\n-- cursor: " in text, f"{path} is a list without a cursor"


# Small, without a tenant, read whole.
READ_WHOLE = {"permissions", "built_in_roles", "built_in_frameworks", "delegation_meanings", "event_epochs"}


def scans(plan):
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for child in plan.get("Plans", []):
        yield from scans(child)


TEXTS = {path.stem: path.read_text() for path in FILES} | {name: sql for name, (_, sql) in ALL.items()}


@pytest.mark.parametrize("name", TEXTS)
def test_no_statement_reads_a_whole_table(database, name):
    """With the settings of the service's connections a plan reads a table from end to end only where no index serves."""
    with psycopg.connect(database.service_url, autocommit=True) as connection:
        for setting in re.findall(r"-c ((?:enable_\w+|plan_cache_mode|random_page_cost)=\S+?)[ \"]", (ROOT / "service/db.c").read_text()):
            connection.execute("set " + setting)
        connection.execute("set cohelm.epoch = 1")
        connection.execute("prepare examined as " + TEXTS[name])
        count, = connection.execute("select cardinality(parameter_types) from pg_prepared_statements where name = 'examined'").fetchone()
        nulls = f"({', '.join(['null'] * count)})" if count else ""
        (plan,), = connection.execute(f"explain (format json) execute examined{nulls}").fetchall()
    assert set(scans(plan[0]["Plan"])) <= READ_WHOLE
