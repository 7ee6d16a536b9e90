# SPDX-License-Identifier: Apache-2.0
"""What the engine does for every operation alike, tried on every operation: derived from the document, so that a new operation is
covered without anyone writing a test.

Paths name a real organisation and otherwise things that don't exist: what is tried here is answered before those are looked for."""

import json
import secrets

import psycopg
import pytest

import service as services
from derive import DOCUMENT, call, every, example, json_body, permission, scope, signed_in, takes
from world import World

BODY_MAX = 1024 * 1024


@pytest.fixture(scope="module")
def organisations():
    return {}


@pytest.fixture
def organisation(service, organisations, request):
    """One for all operations, as nothing here changes it; another one for each test, as one caller may not ask so often."""
    name = request.function.__name__
    if name not in organisations:
        organisations[name] = World(service).organisation()
    return organisations[name]


@pytest.fixture
def owner(organisation):
    return organisation.owner


@pytest.fixture
def names(organisation):
    """What paths name: the organisation, and otherwise nothing that exists."""
    return {"organisation": organisation.id}


def test_served_document_is_the_compiled_one(anonymous):
    assert anonymous.get("/openapi.json").json() == DOCUMENT


@every(400)
def test_unknown_query_parameter(operation, owner, names):
    problem = call(owner, operation, names, "no_such_parameter=1", expect=400).json()
    assert problem["code"] == "invalid_parameter"
    assert {"pointer": "query/no_such_parameter", "code": "unknown_parameter"}.items() <= problem["errors"][0].items()


@every(401, signed_in)
def test_without_token(operation, anonymous, names):
    answer = call(anonymous, operation, names, expect=401)
    assert answer.json()["code"] == "unauthenticated"
    assert answer.headers["www-authenticate"].startswith("Bearer")


@every(401, signed_in)
def test_with_a_broken_token(operation, owner, names):
    broken = owner.token[:-6] + ("AAAAAA" if not owner.token.endswith("AAAAAA") else "BBBBBB")
    answer = call(services.Client(owner.service, broken), operation, names, expect=401)
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


@every(403, scope)
def test_scope_without_the_permission(operation, service, owner, names):
    narrow = service.client(owner.subject, scope="no_such.permission")
    problem = call(narrow, operation, names, expect=403).json()
    assert problem["code"] == "insufficient_scope"
    assert problem["permission"] == scope(operation)


@every(404, signed_in, lambda operation: "{organisation}" in operation.template)
def test_outsider(operation, world, names):
    assert call(world.person(), operation, names, expect=404).json()["code"] == "not_found"


@every(406)
def test_nothing_acceptable(operation, owner, names):
    call(owner, operation, names, headers={"Accept": "image/png"}, expect=406)


@every(413)
def test_body_over_the_limit(operation, owner, names):
    """The limit holds for what is sent; one byte less is not refused for its size."""
    media, _ = example(operation)
    for size, too_large in ((BODY_MAX, False), (BODY_MAX + 1, True)):
        answer = call(owner, operation, names, content=b'"' + b"x" * (size - 2) + b'"', headers={"Content-Type": media})
        assert (answer.status_code == 413) == too_large


@every(414)
def test_url_over_the_limit(operation, owner, names):
    assert call(owner, operation, names, "x=" + "x" * 8192, expect=414).json()["code"] == "url_too_long"


@every(431)
def test_headers_over_the_limit(operation, owner, names):
    problem = call(owner, operation, names, headers={"X-Long": "x" * 16 * 1024}, expect=431).json()
    assert problem["code"] == "headers_too_large"


@every(415)
def test_media_type_of_the_body(operation, owner, names):
    call(owner, operation, names, content="x", headers={"Content-Type": "text/plain"}, expect=415)


@every(422, json_body)
def test_unknown_member(operation, owner, names):
    _, body = example(operation)
    problem = call(owner, operation, names, content=json.dumps({**body, "no_such_member": 1}), expect=422).json()
    assert problem["code"] == "invalid_body"
    assert {"pointer": "/no_such_member", "code": "unknown_member"}.items() <= problem["errors"][0].items()


@every(428)
def test_without_the_version(operation, owner, names):
    call(owner, operation, names, bare=True, expect=428)


# ---- limits and faults: on instances of their own ----


@pytest.fixture(scope="module")
def instance(tmp_path_factory, key_file, service):
    """instance(COHELM_X="…"): a service on a database of its own."""
    started = []

    def start(**settings):
        database = services.Database()
        one = services.Service(tmp_path_factory.mktemp("instance"), database.service_url, service.notes,
                               COHELM_KEY_FILE=key_file, **settings)
        one.database = database
        started.append(one)
        one.start()
        if int(settings.get("COHELM_RATE_LIMIT", 600)) > 1:
            organisation = World(one).organisation()
            one.owner, one.names = organisation.owner, {"organisation": organisation.id}
        return one

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
def hasty(instance):
    """It waits for nobody's lock."""
    return instance(COHELM_LOCK_TIMEOUT_MS="20")


@pytest.fixture(scope="module")
def broken(instance):
    """A database in which the service may read and write nothing any more."""
    one = instance()
    with psycopg.connect(one.database.owner_url) as owner:
        owner.execute("revoke all on all tables in schema public from cohelm_service")
    return one


@pytest.fixture(scope="module")
def locked(instance):
    """A database in which every statement waits for a lock until its time is over."""
    one = instance(COHELM_STATEMENT_TIMEOUT_MS="60", COHELM_LOCK_TIMEOUT_MS="30000")
    with psycopg.connect(one.database.owner_url) as owner:
        tables = [row[0] for row in owner.execute("select tablename from pg_tables where schemaname = 'public'")]
        owner.execute("lock table " + ", ".join(tables) + " in access exclusive mode")
        yield one
        owner.rollback()


@pytest.fixture(scope="module")
def gone(instance):
    """A database that lets nobody in any more."""
    one = instance()
    services.cluster("psql", "-q", "-c", f'alter database "{one.database.name}" allow_connections false',
                     "-c", f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{one.database.name}'")
    return one


@every(429)
def test_rate_limit(operation, strict, names):
    """The second request in the window; one without token is counted by the address it comes from."""
    client = strict.anonymous() if operation.public else strict.client()
    first = call(client, operation, names, expect=None)
    assert operation.public or first.status_code != 429
    answer = call(client, operation, names, expect=429)
    assert 1 <= int(answer.headers["retry-after"]) <= 3600


def caller(one, operation):
    """Somebody new where the operation asks the database for nothing: then it is asked who that is."""
    return one.client() if operation.id in ("tally_compute", "framework_choice_compute") else one.owner


@every(409, lambda operation: takes(operation, "Idempotency-Key"))
def test_twin_in_flight(operation, hasty):
    """A request whose key another transaction has claimed and not yet settled."""
    key = secrets.token_hex(16)
    with psycopg.connect(hasty.database.owner_url) as twin:
        twin.execute("insert into idempotency_keys (person_id, operation, key, request_hash) values (%s, %s, %s, '')",
                     (hasty.owner.id, operation.id, key))
        problem = call(hasty.owner, operation, hasty.names, headers={"Idempotency-Key": key}, expect=409).json()
        twin.rollback()
    assert problem["code"] == "idempotency_in_flight"


@every(500)
def test_fault_of_ours(operation, broken):
    problem = call(caller(broken, operation), operation, broken.names, expect=500).json()
    assert problem["code"] == "internal_error"
    assert "permission" not in problem.get("detail", "")


@every(503)
def test_database_gone(operation, gone):
    assert call(gone.owner, operation, gone.names, expect=503).json()["code"] == "unavailable"


@every(504)
def test_statement_too_slow(operation, locked):
    assert call(caller(locked, operation), operation, locked.names, expect=504).json()["code"] == "too_slow"
