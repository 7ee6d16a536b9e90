# SPDX-License-Identifier: Apache-2.0
"""What every black-box test may use: a running service, callers, a world of its own. See tests/README.md."""

import os

import psycopg
import pytest

import service as services
from client import raw
from world import World


@pytest.fixture(scope="session")
def database():
    """The database of this run's service."""
    database = services.Database()
    yield database
    database.drop()


@pytest.fixture(scope="session")
def key_file(tmp_path_factory):
    """The key of the built-in issuer, the same for all instances, so that a caller's token is good at each."""
    path = tmp_path_factory.mktemp("keys") / "key.pem"
    services.make_key(path)
    return path


@pytest.fixture(scope="session")
def service(tmp_path_factory, database, key_file):
    """The service that tests share. A test that stops it, or needs other settings, starts its own by `start_service`.

    It waits longer for locks than by default: where a test has several requests wait for each other, a machine that stands still for a
    quarter of a second must not turn the one answer that is looked for into 503."""
    service = services.Service(tmp_path_factory.mktemp("service"), database.service_url, os.environ.get("COVERAGE"),
                               rehearse=True, COHELM_KEY_FILE=key_file,
                               COHELM_LOCK_TIMEOUT_MS="10000", COHELM_STATEMENT_TIMEOUT_MS="10000")
    try:
        yield service.start()
    finally:
        service.close()


@pytest.fixture
def start_service(tmp_path, database, key_file):
    """start_service(COHELM_X="…", database_url=…): another instance, by default on the same database; stopped after the test."""
    started = []

    def start(database_url=None, **settings):
        directory = tmp_path / f"service{len(started)}"
        started.append(services.Service(directory, database_url or database.service_url, os.environ.get("COVERAGE"),
                                        **{"COHELM_KEY_FILE": key_file, **settings}))
        return started[-1].start()

    yield start
    failures = []
    for service in started:
        try:
            service.close()
        except AssertionError as failure:
            failures.append(failure)
    if failures:
        raise failures[0]


@pytest.fixture
def new_database():
    """new_database(): another copy of the migrated database; dropped after the test."""
    made = []

    def make(template="cohelm"):
        made.append(services.Database(template=template))
        return made[-1]

    yield make
    for database in made:
        database.drop()


@pytest.fixture
def sql(database):
    """A connection of the shared service's database as its owner, to look into tables; autocommit."""
    with psycopg.connect(database.owner_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def world(service):
    """Makes organisations, people, teams and decisions through the API, each test its own."""
    return World(service)


@pytest.fixture
def anonymous(service):
    """A caller without token."""
    return service.anonymous()


@pytest.fixture
def send_raw(service):
    """send_raw(bytes): what no HTTP library would send; see client.raw."""
    return lambda data, timeout=5: raw(service.address, data, timeout)


# ---- the last line, for tests/run ----

counts = {"passed": 0, "failed": 0}


def pytest_runtest_logreport(report):
    """A test counts once; a fixture that fails after a test that passed counts as a failure of its own."""
    if report.when == "call" and report.passed:
        counts["passed"] += 1
    elif report.failed:
        counts["failed"] += 1


def pytest_collectreport(report):
    if report.failed:
        counts["failed"] += 1


def pytest_unconfigure():
    print(f"\n{counts['passed']} passed, {counts['failed']} failed")
