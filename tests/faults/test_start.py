# SPDX-License-Identifier: Apache-2.0
"""Starting with what can't work: one clear line and exit code 1. And settings that are read again (SIGHUP)."""

import json
import os
import signal
import socket
import subprocess
import time

import jwt
import psycopg
import pytest

import service as services
from client import Client

SECRET = "0123456789abcdef" * 4


@pytest.fixture
def refusal(tmp_path, database, key_file):
    """refusal(NAME=value, …): what `cohelm serve` says when it refuses to start with these settings; None takes one away."""
    def refuse(command="serve", **settings):
        environment = {"PATH": os.environ["PATH"], "DATABASE_URL": database.service_url, "COHELM_KEY_FILE": str(key_file),
                       "COHELM_LISTEN": f"127.0.0.1:{services.free_port()}", "COHELM_ADMIN_LISTEN": f"127.0.0.1:{services.free_port()}",
                       **{name: value for name, value in os.environ.items() if name.endswith("SAN_OPTIONS")}, **settings}
        environment = {name: str(value) for name, value in environment.items() if value is not None}
        done = subprocess.run([services.BINARY, command], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30)
        assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
        assert done.stdout == "" and done.stderr.endswith("\n") and done.stderr.count("\n") == 1, done.stderr
        assert done.stderr.startswith("cohelm: ")
        return done.stderr.removeprefix("cohelm: ").strip()
    return refuse


def issuers(tmp_path, **fields):
    """A file with one issuer by a shared secret; a field None is left out."""
    secret = fields.pop("secret", SECRET)
    if secret is not None:
        (tmp_path / "secret").write_text(secret)
    issuer = {"issuer": "https://login.example", "audiences": ["cohelm"], "algorithms": ["HS256"], "secret_file": "secret", **fields}
    path = tmp_path / "issuers.json"
    path.write_text(json.dumps({"issuers": [{name: value for name, value in issuer.items() if value is not None}]}))
    return path


# ---- the database ----

def test_start__without_a_database(refusal):
    assert refusal(DATABASE_URL=None) == "DATABASE_URL is not set"


@pytest.mark.parametrize("url", ["postgresql:///cohelm?host=/nonexistent", "postgresql://127.0.0.1:1/cohelm", "postgresql://no-such-host.invalid/cohelm",
                                 "nonsense", "postgresql://[/", "host=/nonexistent nonsense=1", ""])
def test_start__with_a_database_that_can_not_be_reached(refusal, url):
    assert refusal(DATABASE_URL=url).startswith("can't reach the database: ")


def test_start__never_prints_the_password(refusal):
    assert "hunter2" not in refusal(DATABASE_URL="postgresql://cohelm:hunter2@127.0.0.1:1/cohelm")
    assert "hunter2" not in refusal(DATABASE_URL="postgresql://cohelm:hunter2@/cohelm?host=/nonexistent")


def test_start__with_a_server_that_says_nothing(refusal):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        assert "timeout" in refusal(DATABASE_URL=f"postgresql://127.0.0.1:{silent.getsockname()[1]}/cohelm")
        assert time.monotonic() - began < 8


def test_start__with_an_empty_database(refusal, new_database):
    said = refusal(DATABASE_URL=new_database("template1").service_url)
    assert "no Cohelm schema" in said and "cohelm migrate" in said


def change(database, *statements):
    with psycopg.connect(database.owner_url) as owner:
        for statement in statements:
            owner.execute(statement)


def test_start__with_a_schema_that_is_too_old(refusal, new_database):
    database = new_database()
    change(database, "delete from schema_migrations where name = (select max(name) from schema_migrations)")
    said = refusal(DATABASE_URL=database.service_url)
    assert "lacks migration" in said and "cohelm migrate" in said


def test_start__with_a_migration_of_other_contents(refusal, new_database):
    database = new_database()
    change(database, "update schema_migrations set sha256 = repeat('0', 64)")
    assert "lacks migration" in refusal(DATABASE_URL=database.service_url)


def test_start__with_a_schema_that_is_too_new(refusal, new_database, start_service):
    database = new_database()
    change(database, "insert into schema_migrations (name, sha256) values ('9998_expand.sql', repeat('0', 64))")
    start_service(database.service_url).stop()  # the next version's first step suits this one
    change(database, "insert into schema_migrations (name, sha256) values ('9999_contract.sql', repeat('0', 64))")
    said = refusal(DATABASE_URL=database.service_url)
    assert "too new" in said and "9999_contract.sql" in said


def test_start__with_a_database_that_came_from_another_cluster(refusal, new_database, start_service):
    """Numbers of transactions of two clusters are not comparable, so events would lose their order."""
    database = new_database()
    change(database, "update event_epochs set system_identifier = system_identifier + 1")
    said = refusal(DATABASE_URL=database.service_url)
    assert "another cluster" in said and "cohelm migrate" in said
    subprocess.run([services.BINARY, "migrate"], env={"DATABASE_URL": database.owner_url, "PATH": os.environ["PATH"]}, check=True, capture_output=True)
    start_service(database.service_url)


def test_start__without_rights(refusal, new_database):
    database = new_database()
    change(database, "revoke all on schema_migrations from cohelm_service")
    assert refusal(DATABASE_URL=database.service_url)


# ---- settings ----

@pytest.mark.parametrize("name, value", [
    ("COHELM_DB_CONNECTIONS", "-1"), ("COHELM_DB_CONNECTIONS", "257"), ("COHELM_DB_CONNECTIONS", "many"), ("COHELM_DB_CONNECTIONS", ""), ("COHELM_DB_CONNECTIONS", "8 "),
    ("COHELM_DB_CONNECTIONS", "99999999999999999999"), ("COHELM_MAX_CONNECTIONS", "1"), ("COHELM_IDLE_TIMEOUT", "-1"), ("COHELM_DRAIN_SECONDS", "1.5"),
    ("COHELM_STATEMENT_TIMEOUT_MS", "0"), ("COHELM_LOCK_TIMEOUT_MS", "0"), ("COHELM_RATE_LIMIT", "-1"), ("COHELM_RATE_WINDOW", "0"),
    ("COHELM_SETTLE_SECONDS", "0"), ("COHELM_NAMED_STATEMENTS", "yes"), ("COHELM_NAMED_STATEMENTS", ""), ("COHELM_LOG", "loud"),
    ("COHELM_PUBLIC_URL", "cohelm.example"), ("COHELM_PUBLIC_URL", ""), ("COHELM_PUBLIC_URL", "ftp://cohelm.example"), ("COHELM_PUBLIC_URL", "https://"),
    ("COHELM_TRUSTED_PROXY", "proxy.example"), ("COHELM_TRUSTED_PROXY", "192.0.2.0/24"), ("COHELM_TRUSTED_PROXY", "192.0.2.300"),
    ("COHELM_CONFIG", "/nonexistent")])
def test_start__with_a_bad_value(refusal, name, value):
    assert name in refusal(**{name: value})


@pytest.mark.parametrize("name", ["COHELM_LISTEN", "COHELM_ADMIN_LISTEN"])
@pytest.mark.parametrize("value", ["", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:99999", "127.0.0.1:-1", "no-such-host.invalid:80",
                                   "[::1", "192.0.2.1:80"])
def test_start__with_an_address_that_can_not_be_listened_on(refusal, name, value):
    said = refusal(**{name: value})
    assert "listen on" in said and value in said


def test_start__with_a_port_that_is_taken(refusal):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = "127.0.0.1:%d" % taken.getsockname()[1]
        assert "Address already in use" in refusal(COHELM_LISTEN=address)
        assert "Address already in use" in refusal(COHELM_ADMIN_LISTEN=address)


def test_start__values_in_a_file(refusal, tmp_path):
    (tmp_path / "settings").write_text("# ours\nCOHELM_DB_CONNECTIONS=none\n")
    assert "COHELM_DB_CONNECTIONS" in refusal(COHELM_CONFIG=tmp_path / "settings")
    assert "DATABASE_URL" in refusal(COHELM_CONFIG=tmp_path / "settings", COHELM_DB_CONNECTIONS="2", DATABASE_URL=None)  # the environment wins


# ---- keys and issuers ----

def test_start__without_an_audience(refusal, tmp_path):
    assert "COHELM_AUDIENCE" in refusal(COHELM_AUDIENCE="")
    for audiences in (None, []):
        assert "audience" in refusal(COHELM_ISSUERS_FILE=issuers(tmp_path, audiences=audiences))


@pytest.mark.parametrize("secret", ["", "short", "x" * 31, "secret", "changeme"])
def test_start__with_a_weak_secret(refusal, tmp_path, secret):
    assert "secret" in refusal(COHELM_ISSUERS_FILE=issuers(tmp_path, secret=secret))


def test_start__with_issuers_that_can_not_be(refusal, tmp_path):
    assert "elsewhere" in refusal(COHELM_ISSUERS_FILE=issuers(tmp_path, secret_file="elsewhere"))
    assert "algorithm" in refusal(COHELM_ISSUERS_FILE=issuers(tmp_path, algorithms=["none"]))
    assert "algorithm" in refusal(COHELM_ISSUERS_FILE=issuers(tmp_path, algorithms=["HS256", "RS256"]))
    assert refusal(COHELM_ISSUERS_FILE=issuers(tmp_path, issuer=""))
    assert refusal(COHELM_ISSUERS_FILE=issuers(tmp_path, nonsense=1))
    for text in ("", "{", "[]", "{}", '{"issuers": 1}', "\xff"):
        (tmp_path / "broken.json").write_text(text)
        assert refusal(COHELM_ISSUERS_FILE=tmp_path / "broken.json")
    assert "nonexistent" in refusal(COHELM_ISSUERS_FILE="/nonexistent")


def test_start__without_a_key(refusal, tmp_path):
    assert "COHELM_KEY_FILE" in refusal(COHELM_KEY_FILE=None)
    assert "nonexistent" in refusal(COHELM_KEY_FILE="/nonexistent/key.pem")


@pytest.mark.parametrize("text", ["", "nonsense", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_start__with_a_key_file_that_is_none(refusal, tmp_path, text):
    (tmp_path / "key.pem").write_text(text)
    (tmp_path / "key.pem").chmod(0o600)
    assert "key.pem" in refusal(COHELM_KEY_FILE=tmp_path / "key.pem")


def test_start__with_a_directory_for_a_key(refusal, tmp_path):
    (tmp_path / "directory").mkdir(mode=0o700)
    assert "directory" in refusal(COHELM_KEY_FILE=tmp_path / "directory")


def test_start__of_a_command_that_is_none():
    done = subprocess.run([services.BINARY, "dance"], env={}, capture_output=True, text=True)
    assert done.returncode == 2 and "dance" in done.stderr


# ---- SIGHUP ----

def outsider(service, secret=SECRET, issuer="https://login.example"):
    now = int(time.time())
    token = jwt.encode({"iss": issuer, "aud": "cohelm", "sub": "ada", "iat": now, "exp": now + 600}, secret, "HS256")
    return Client(service, token)


def hup(service, said, eventually):
    lines = service.log().count(said)
    service.process.send_signal(signal.SIGHUP)
    eventually(lambda: service.log().count(said) > lines)


def test_reload__issuers_are_read_again(start_service, tmp_path, eventually):
    path = issuers(tmp_path)
    service = start_service(COHELM_ISSUERS_FILE=str(path), COHELM_LOG="info")
    client = outsider(service)
    client.get("/v1/me")
    issuers(tmp_path, secret="another" + SECRET)
    client.get("/v1/me")
    hup(service, "keys and issuers were read anew", eventually)
    client.get("/v1/me", expect=401)
    outsider(service, "another" + SECRET).get("/v1/me")
    service.client().get("/v1/me")


def test_reload__what_can_not_be_read_changes_nothing(start_service, tmp_path, eventually):
    path = issuers(tmp_path)
    service = start_service(COHELM_ISSUERS_FILE=str(path))
    for break_it in (lambda: path.write_text("{"), lambda: issuers(tmp_path, audiences=[]), lambda: issuers(tmp_path, secret="weak"), path.unlink):
        break_it()
        hup(service, "keys and issuers stay as they were", eventually)
        outsider(service).get("/v1/me")
        service.client().get("/v1/me")


def test_reload__under_load_refuses_nobody(start_service, tmp_path, eventually):
    service = start_service(COHELM_ISSUERS_FILE=str(issuers(tmp_path)), COHELM_RATE_LIMIT="1000000", COHELM_LOG="info")
    client = outsider(service)
    for _ in range(20):
        service.process.send_signal(signal.SIGHUP)
        for _ in range(10):
            client.get("/v1/me")
