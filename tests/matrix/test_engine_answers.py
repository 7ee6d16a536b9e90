# SPDX-License-Identifier: Apache-2.0
"""What the engine does for every operation alike, tried on every operation: derived from the document, so that a new operation is
covered without anyone writing a test.

Paths name a real organisation and otherwise things that don't exist: what is tried here is answered before those are looked for."""

import json
import secrets
import uuid

import psycopg
import pytest

import service as services
from contract import Contract
from world import World

DOCUMENT = services.DOCUMENT
CONTRACT = Contract(DOCUMENT)
BODY_MAX = 1024 * 1024


def every(status, *conditions):
    """A parameter for each operation that declares the status and meets the conditions."""
    chosen = [operation for operation in CONTRACT.operations
              if status in operation.statuses and all(condition(operation) for condition in conditions)]
    return pytest.mark.parametrize("operation", chosen, ids=lambda operation: operation.id)


def signed_in(operation):
    return not operation.public


def body_content(operation):
    return CONTRACT.resolve(operation.definition.get("requestBody", {})).get("content", {})


def json_body(operation):
    return any(media.endswith("json") for media in body_content(operation))


def takes_key(operation):
    return "Idempotency-Key" in [parameter["name"] for parameter in parameters(operation)]


def parameters(operation):
    item = DOCUMENT["paths"][operation.template]
    return [CONTRACT.resolve(parameter) for parameter in item.get("parameters", []) + operation.definition.get("parameters", [])]


def value(parameter):
    """Something that a parameter may be."""
    schema = CONTRACT.resolve(parameter["schema"])
    if "example" in parameter:
        return parameter["example"]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("format") == "uuid":
        return str(uuid.UUID(int=uuid.uuid4().int & ~(0xF << 76) | 7 << 76))
    if "integer" in schema.get("type", ""):
        return str(schema.get("minimum", 1))
    return "x1"


def example(operation):
    """A body that the document shows, as (media type, value); of a batch, one item that the document shows."""
    repeated = operation.definition.get("x-batch")
    if repeated:
        return "application/json", {"items": [example(CONTRACT.by_id[repeated])[1]]}
    for media, content in body_content(operation).items():
        shown = content.get("example", CONTRACT.resolve(content.get("schema", {})).get("example", {}))
        return media, shown
    return None, None


def path_of(operation, organisation):
    path, query = operation.template, []
    for parameter in parameters(operation):
        if parameter["in"] == "path":
            filler = organisation.id if parameter["name"] == "organisation" else value(parameter)
            path = path.replace("{%s}" % parameter["name"], filler)
        elif parameter["in"] == "query" and parameter.get("required"):
            query.append(f"{parameter['name']}={value(parameter['schema'])}")
    return "?".join([path, "&".join(query)]).rstrip("?")


def call(client, operation, organisation, extra_query="", headers=None, **options):
    """Calls it with everything that it needs, and the example as its body unless `content` is given."""
    path = path_of(operation, organisation)
    if extra_query:
        path += ("&" if "?" in path else "?") + extra_query
    media, body = example(operation)
    headers = dict(headers or {})
    if 428 in operation.statuses and not options.pop("bare", False):
        headers.setdefault("If-Match", "*")
    if media and "content" not in options:
        options["content"] = json.dumps(body) if media.endswith("json") else "a=b"
    if media and "content" in options:
        headers.setdefault("Content-Type", media)
    return client.request(operation.method.upper(), path, headers=headers, **options)


@pytest.fixture(scope="module")
def organisation(service):
    """One for all operations: nothing here changes it."""
    return World(service).organisation()


@pytest.fixture
def owner(service, organisation):
    """The owner, without the rehearsals that accompany ordinary requests."""
    return organisation.owner


def test_served_document_is_the_compiled_one(anonymous):
    assert anonymous.get("/openapi.json").json() == DOCUMENT


@every(400)
def test_unknown_query_parameter(operation, owner, organisation):
    problem = call(owner, operation, organisation, "no_such_parameter=1", expect=400).json()
    assert problem["code"] == "invalid_parameter"
    assert {"pointer": "query/no_such_parameter", "code": "unknown_parameter"}.items() <= problem["errors"][0].items()


@every(401, signed_in)
def test_without_token(operation, anonymous, organisation):
    answer = call(anonymous, operation, organisation, expect=401)
    assert answer.json()["code"] == "unauthenticated"
    assert answer.headers["www-authenticate"].startswith("Bearer")


@every(401, signed_in)
def test_with_a_broken_token(operation, owner, organisation):
    broken = owner.token[:-6] + ("AAAAAA" if not owner.token.endswith("AAAAAA") else "BBBBBB")
    answer = call(services.Client(owner.service, broken), operation, organisation, expect=401)
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


@every(403, lambda operation: operation.definition.get("x-permission", "signed_in") != "signed_in")
def test_scope_without_the_permission(operation, service, organisation):
    narrow = service.client(organisation.owner.subject, scope="no_such.permission")
    problem = call(narrow, operation, organisation, expect=403).json()
    assert problem["code"] == "insufficient_scope"
    assert problem["permission"] == operation.definition["x-permission"]


@every(404, signed_in, lambda operation: "{organisation}" in operation.template)
def test_outsider(operation, world, organisation):
    assert call(world.person(), operation, organisation, expect=404).json()["code"] == "not_found"


@every(406)
def test_nothing_acceptable(operation, owner, organisation):
    call(owner, operation, organisation, headers={"Accept": "image/png"}, expect=406)


@every(413)
def test_body_over_the_limit(operation, owner, organisation):
    """The limit holds for what is sent; one byte less is not refused for its size."""
    media, _ = example(operation)
    for size, too_large in ((BODY_MAX, False), (BODY_MAX + 1, True)):
        answer = call(owner, operation, organisation, content=b'"' + b"x" * (size - 2) + b'"', headers={"Content-Type": media})
        assert (answer.status_code == 413) == too_large


@every(415)
def test_media_type_of_the_body(operation, owner, organisation):
    call(owner, operation, organisation, content="x", headers={"Content-Type": "text/plain"}, expect=415)


@every(422, json_body)
def test_unknown_member(operation, owner, organisation):
    _, body = example(operation)
    problem = call(owner, operation, organisation, content=json.dumps({**body, "no_such_member": 1}), expect=422).json()
    assert problem["code"] == "invalid_body"
    assert {"pointer": "/no_such_member", "code": "unknown_member"}.items() <= problem["errors"][0].items()


@every(428)
def test_without_the_version(operation, owner, organisation):
    call(owner, operation, organisation, bare=True, expect=428)


@every(409, takes_key)
def test_twin_in_flight(operation, owner, organisation, sql, database):
    """A request whose key another transaction has claimed and not yet settled."""
    key = secrets.token_hex(16)
    person = owner.get("/v1/me").json()["id"]
    with psycopg.connect(database.owner_url) as twin:
        twin.execute("insert into idempotency_keys (person_id, operation, key, request_hash) values (%s, %s, %s, '')",
                     (person, operation.id, key))
        problem = call(owner, operation, organisation, headers={"Idempotency-Key": key}, expect=409).json()
        twin.rollback()
    assert problem["code"] == "idempotency_in_flight"


# ---- limits and faults: on instances of their own ----


@pytest.fixture(scope="module")
def instance(tmp_path_factory, key_file, organisation, service):
    """instance(COHELM_X="…"): a service on a database of its own."""
    started = []

    def start(**settings):
        database = services.Database()
        one = services.Service(tmp_path_factory.mktemp("instance"), database.service_url, service.notes,
                               COHELM_KEY_FILE=key_file, **settings)
        one.database = database
        started.append(one)
        return one.start()

    yield start
    for one in started:
        try:
            one.close()
        finally:
            one.database.drop()


@pytest.fixture(scope="module")
def strict(instance):
    """One request a minute for each principal."""
    return instance(COHELM_RATE_LIMIT="1", COHELM_RATE_WINDOW="3600")


@pytest.fixture(scope="module")
def broken(instance):
    """A database in which the service may read and write nothing any more."""
    one = instance()
    one.organisation = World(one).organisation()
    with psycopg.connect(one.database.owner_url) as owner:
        owner.execute("revoke all on all tables in schema public from cohelm_service")
    return one


@pytest.fixture(scope="module")
def locked(instance):
    """A database in which every statement waits for a lock until its time is over."""
    one = instance(COHELM_STATEMENT_TIMEOUT_MS="250", COHELM_LOCK_TIMEOUT_MS="30000")
    one.organisation = World(one).organisation()
    with psycopg.connect(one.database.owner_url) as owner:
        tables = [row[0] for row in owner.execute("select tablename from pg_tables where schemaname = 'public'")]
        owner.execute("lock table " + ", ".join(tables) + " in access exclusive mode")
        yield one
        owner.rollback()


@pytest.fixture(scope="module")
def gone(instance):
    """A database that lets nobody in any more."""
    one = instance()
    one.organisation = World(one).organisation()
    services.cluster("psql", "-q", "-c", f'alter database "{one.database.name}" allow_connections false',
                     "-c", f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{one.database.name}'")
    return one


@every(429)
def test_rate_limit(operation, strict, organisation):
    """The second request in the window; one without token is counted by the address it comes from."""
    client = strict.anonymous() if operation.public else strict.client()
    first = call(client, operation, organisation, expect=None)
    assert operation.public or first.status_code != 429
    answer = call(client, operation, organisation, expect=429)
    assert 1 <= int(answer.headers["retry-after"]) <= 3600


@every(500)
def test_fault_of_ours(operation, broken):
    problem = call(broken.organisation.owner, operation, broken.organisation, expect=500).json()
    assert problem["code"] == "internal_error"
    assert "permission" not in problem.get("detail", "")


@every(503)
def test_database_gone(operation, gone):
    assert call(gone.organisation.owner, operation, gone.organisation, expect=503).json()["code"] == "unavailable"


@every(504)
def test_statement_too_slow(operation, locked):
    assert call(locked.organisation.owner, operation, locked.organisation, expect=504).json()["code"] == "too_slow"
