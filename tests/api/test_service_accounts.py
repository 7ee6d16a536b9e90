# SPDX-License-Identifier: Apache-2.0
"""Service accounts and their secrets."""

import concurrent.futures
import datetime
import re
import zlib

import pytest

from test_oauth import grant, system

OTHER_ID = "018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2b"


def make(organisation, by=None, **fields):
    return (by or organisation.owner).post(f"{organisation.path}/service-accounts", {"name": "Robot"} | fields, expect=201).json()


def path_of(organisation, account):
    return f"{organisation.path}/service-accounts/{account['id']}"


def secret_of(organisation, account, by=None, **body):
    return (by or organisation.owner).post(f"{path_of(organisation, account)}/secrets", body or None, expect=201).json()


def in_future(**delta):
    return (datetime.datetime.now(datetime.UTC) + datetime.timedelta(**delta)).strftime("%Y-%m-%dT%H:%M:%SZ")


# ---- accounts ----

def test_service_account__is_a_member(world):
    acme = world.organisation()
    account = make(acme, purpose="Buys", role="observer", scope="decision.read team.*")
    assert (account["role"], account["status"], account["scope"], account["secrets"]) == ("observer", "active", "decision.read team.*", [])
    assert acme.owner.get(path_of(acme, account)).json() == account
    member = acme.owner.get(f"{acme.path}/members/{account['member_id']}").json()
    assert (member["kind"], member["person_id"], member["display_name"], member["role"]) == ("service", account["id"], "Robot", "observer")
    assert [item["id"] for item in acme.owner.pages(f"{acme.path}/members", kind="service")] == [account["member_id"]]
    assert make(acme)["role"] == "member"


def test_service_account__lists(world):
    acme = world.organisation()
    accounts = [make(acme, name=name, role=role) for name, role in
                (("Delta", "member"), ("Alpha", "observer"), ("Gamma", "admin"), ("Beta", "member"))]
    acme.owner.patch(path_of(acme, accounts[0]), {"status": "suspended"})
    path = f"{acme.path}/service-accounts"
    assert [a["name"] for a in acme.owner.pages(path, limit=1)] == ["Alpha", "Beta", "Delta", "Gamma"]
    assert [a["name"] for a in acme.owner.pages(path, limit=3, sort="-created_at")] == ["Beta", "Gamma", "Alpha", "Delta"]
    for sort in ("name", "-created_at"):
        assert {a["name"] for a in acme.owner.pages(path, sort=sort, role="member,observer", limit=1)} == {"Alpha", "Beta", "Delta"}
        assert [a["name"] for a in acme.owner.pages(path, sort=sort, status="suspended")] == ["Delta"]
        assert [a["name"] for a in acme.owner.pages(path, sort=sort, q="AMM")] == ["Gamma"]
    assert acme.owner.pages(path, q="_") == []


def test_service_account__permission(world):
    acme, other = world.organisation(), world.organisation()
    account = make(acme)
    secret = secret_of(acme, account)
    requests = [("GET", "", None), ("PATCH", "", {"name": "X"}), ("DELETE", "", None), ("POST", "/secrets", None),
                ("DELETE", f"/secrets/{secret['id']}", None)]
    people = [(acme.member(role), 403, "permission_denied") for role in ("facilitator", "member", "observer")]
    people += [(other.owner, 404, "not_found")]
    for person, status, code in people:
        for method, below, body in requests:
            person.problem(method, path_of(acme, account) + below, body, status=status, code=code)
        person.problem("GET", f"{acme.path}/service-accounts", status=status, code=code)
        person.problem("POST", f"{acme.path}/service-accounts", {"name": "X"}, status=status, code=code)
    # One organisation's account is not another's.
    for method, below, body in requests:
        other.owner.problem(method, path_of(other, account) + below, body, status=404, code="not_found")
    second = make(acme, name="Second")
    acme.owner.problem("DELETE", f"{path_of(acme, second)}/secrets/{secret['id']}", status=404, code="not_found")
    acme.owner.problem("DELETE", f"{path_of(acme, account)}/secrets/{OTHER_ID}", status=404, code="not_found")
    assert [s["id"] for s in acme.owner.get(path_of(acme, account)).json()["secrets"]] == [secret["id"]]


def test_service_account__all_faults_at_once(world):
    acme = world.organisation()
    path = f"{acme.path}/service-accounts"
    problem = acme.owner.problem("POST", path, {"name": "X", "role": "no_such", "scope": "team.read fly no.* *"}, status=422,
                                 code="invalid_reference")
    assert [(f["pointer"], f["detail"]) for f in problem["errors"]] == [
        ("/role", "There is no such role."), ("/scope", "There is no permission fly."), ("/scope", "There is no permission no.*.")]
    acme.owner.problem("POST", path, {"name": "X", "role": "owner"}, status=422, code="invalid_body", pointer="/role")
    problem = acme.owner.problem("POST", path, {"scope": "A b", "status": "active", "purpose": None}, status=422, code="invalid_body")
    assert {fault["pointer"] for fault in problem["errors"]} == {"/name", "/scope", "/status", "/purpose"}
    account = make(acme)
    problem = acme.owner.problem("PATCH", path_of(acme, account), {"role": "lead", "scope": "fly"}, status=422, code="invalid_reference")
    assert {fault["pointer"] for fault in problem["errors"]} == {"/role", "/scope"}
    acme.owner.problem("PATCH", path_of(acme, account), {"role": "owner"}, status=422, code="invalid_body", pointer="/role")
    assert acme.owner.get(path_of(acme, account)).json() == account


def test_service_account__nobody_rises_through_one(world):
    acme = world.organisation()
    acme.owner.post(f"{acme.path}/roles", {"kind": "organisation", "key": "clerk", "name": "Clerk", "permissions": [
        "organisation.read", "service_account.read", "service_account.manage"]}, expect=201)
    clerk = acme.member("clerk")
    for role in ("member", "admin"):
        clerk.problem("POST", f"{acme.path}/service-accounts", {"name": "X", "role": role}, status=403, code="permission_denied")
    own, above = make(acme, by=clerk, role="clerk"), make(acme, role="admin")
    clerk.problem("PATCH", path_of(acme, own), {"role": "admin"}, status=403, code="permission_denied")
    for body in ({"role": "clerk"}, {"scope": None}, {"status": "suspended"}):
        clerk.problem("PATCH", path_of(acme, above), body, status=403, code="permission_denied")
    clerk.problem("POST", f"{path_of(acme, above)}/secrets", status=403, code="permission_denied")
    secret_of(acme, own, by=clerk)
    clerk.patch(path_of(acme, own), {"name": "Mine"})


def test_service_account__update(world):
    acme = world.organisation()
    account = make(acme, scope="team.read me.* job.read job.delete")  # what no role grants is a scope too
    changed = acme.owner.patch(path_of(acme, account), {"name": "New", "purpose": "P", "role": "observer", "scope": None}).json()
    assert (changed["name"], changed["purpose"], changed["role"], changed["scope"]) == ("New", "P", "observer", None)
    assert acme.owner.get(path_of(acme, account)).json() == changed
    assert acme.owner.get(f"{acme.path}/members/{account['member_id']}").json()["display_name"] == "New"
    # As a member it is changed and removed here only.
    for method, body in (("PATCH", {"role": "admin"}), ("DELETE", None)):
        acme.owner.problem(method, f"{acme.path}/members/{account['member_id']}", body, status=409, code="conflict")


def test_service_account__etag_also_tells_of_its_secrets(world):
    acme = world.organisation()
    account = make(acme)
    tags = [acme.owner.etag(path_of(acme, account))]
    secret = secret_of(acme, account)
    tags.append(acme.owner.etag(path_of(acme, account)))
    system(world, account, secret)
    tags.append(acme.owner.etag(path_of(acme, account)))
    assert len(set(tags)) == 3
    acme.owner.problem("PATCH", path_of(acme, account), {"name": "X"}, headers={"If-Match": tags[0]}, status=412,
                       code="precondition_failed")
    acme.owner.problem("DELETE", path_of(acme, account), headers={"If-Match": tags[0]}, status=412, code="precondition_failed")
    # That a secret was used in between is nobody's change.
    acme.owner.patch(path_of(acme, account), {"name": "X"}, headers={"If-Match": tags[1]})


def test_service_account__suspended_does_nothing(world):
    acme = world.organisation()
    account = make(acme)
    secret = secret_of(acme, account)
    robot = system(world, account, secret)
    robot.get(acme.path)
    acme.owner.patch(path_of(acme, account), {"status": "suspended"})
    robot.problem("GET", acme.path, status=404, code="not_found")
    refused = grant(world.service, account["id"], secret["secret"])
    assert refused.status_code == 400 and refused.json()["error"] == "unauthorized_client"
    acme.owner.patch(path_of(acme, account), {"status": "active"})
    robot.get(acme.path)


def test_service_account__deleted_is_nobody_at_the_next_request(world, sql):
    acme = world.organisation()
    account = make(acme)
    secret = secret_of(acme, account)
    team = acme.team()
    acme.owner.put(f"{team.path}/members/{account['member_id']}", {"role": "lead"})
    robot, late = system(world, account, secret), system(world, account, secret)
    robot.get(acme.path)
    acme.owner.delete(path_of(acme, account))
    robot.problem("GET", acme.path, status=404, code="not_found")
    robot.problem("GET", "/v1/me", status=401, code="invalid_token")
    late.problem("GET", "/v1/me", status=401, code="invalid_token")
    assert grant(world.service, account["id"], secret["secret"]).json()["error"] == "invalid_client"
    acme.owner.problem("GET", path_of(acme, account), status=404, code="not_found")
    member = acme.owner.get(f"{acme.path}/members/{account['member_id']}").json()
    assert (member["status"], member["kind"]) == ("left", "service")
    assert acme.owner.pages(f"{acme.path}/members", team_id=team.id, kind="service") == []
    assert sql.execute("select count(*) from people where id = %s", (account["id"],)).fetchone() == (0,)
    assert sql.execute("select count(*) from service_account_secrets where organisation_id = %s", (acme.id,)).fetchone() == (0,)


# ---- secrets ----

def test_secret__shown_once_stored_as_a_hash(world, sql):
    acme = world.organisation()
    account = make(acme)
    answer = acme.owner.post(f"{path_of(acme, account)}/secrets", {"expires_at": in_future(days=1)}, expect=201)
    secret = answer.json()
    assert answer.headers["cache-control"] == "no-store" and "etag" not in answer.headers
    assert answer.headers["location"].endswith(f"/secrets/{secret['id']}")
    # For secret scanners: a prefix, and CRC-32 of what stands before it at the end.
    assert re.fullmatch(r"chm_[A-Za-z0-9_-]{43}[0-9a-f]{8}", secret["secret"])
    assert int(secret["secret"][-8:], 16) == zlib.crc32(secret["secret"][:-8].encode())
    assert secret["hint"] == secret["secret"][-4:]
    [shown] = acme.owner.get(path_of(acme, account)).json()["secrets"]
    assert shown == {"id": secret["id"], "hint": secret["hint"], "expires_at": secret["expires_at"], "last_used_at": None,
                     "created_at": secret["created_at"]}
    for table in ("service_account_secrets", "audit_log", "events", "idempotency_keys"):
        assert sql.execute(f"select count(*) from {table} x where x::text like %s", (f"%{secret['secret'][4:30]}%",)).fetchone() == (0,)


def test_secret__a_repeated_key_stores_nothing(world, sql):
    """An answer that holds a secret may be kept nowhere, so the key has no effect."""
    acme = world.organisation()
    account = make(acme)
    made = [acme.owner.post(f"{path_of(acme, account)}/secrets", expect=201, headers={"Idempotency-Key": "once"}).json()["secret"]
            for _ in range(2)]
    assert made[0] != made[1]
    assert sql.execute("select count(*) from idempotency_keys where operation = 'service_account_secret_create'").fetchone() == (0,)


@pytest.mark.parametrize("expires_at", ["2020-01-01T00:00:00Z", "1970-01-01T00:00:00+00:00"])
def test_secret__not_expired_before_it_is_made(world, expires_at):
    acme = world.organisation()
    account = make(acme)
    acme.owner.problem("POST", f"{path_of(acme, account)}/secrets", {"expires_at": expires_at}, status=422, code="invalid_body",
                       pointer="/expires_at")
    acme.owner.problem("POST", f"{path_of(acme, account)}/secrets", {"expires_at": "soon", "secret": "x"}, status=422,
                       code="invalid_body", pointer="/secret")
    secret_of(acme, account, expires_at=None)


def test_secret__five_work_at_a_time_however_many_are_asked_for(world):
    acme = world.organisation()
    account = make(acme)
    path = f"{path_of(acme, account)}/secrets"
    with concurrent.futures.ThreadPoolExecutor(12) as pool:
        statuses = sorted(pool.map(lambda _: acme.owner.post(path, expect=None).status_code, range(12)))
    assert statuses == [201] * 5 + [409] * 7
    acme.owner.problem("POST", path, status=409, code="conflict")
    secrets = acme.owner.get(path_of(acme, account)).json()["secrets"]
    assert len(secrets) == 5
    acme.owner.delete(f"{path}/{secrets[2]['id']}")
    acme.owner.post(path, expect=201)


def test_secret__expired_ones_go_when_a_new_one_is_made(world, sql):
    acme = world.organisation()
    account = make(acme)
    old = [secret_of(acme, account, expires_at=in_future(hours=1)) for _ in range(5)]
    sql.execute("update service_account_secrets set expires_at = now() - interval '1 second' where id = any (%s)",
                ([secret["id"] for secret in old[:3]],))
    assert grant(world.service, account["id"], old[0]["secret"]).json()["error"] == "invalid_client"
    new = secret_of(acme, account)
    assert [s["id"] for s in acme.owner.get(path_of(acme, account)).json()["secrets"]] == [s["id"] for s in (*old[3:], new)]


def test_secret__rotation(world):
    acme = world.organisation()
    account = make(acme)
    old, new = secret_of(acme, account), secret_of(acme, account)
    for secret in (old, new):
        system(world, account, secret).get(acme.path)
    acme.owner.delete(f"{path_of(acme, account)}/secrets/{old['id']}")
    acme.owner.problem("DELETE", f"{path_of(acme, account)}/secrets/{old['id']}", status=404, code="not_found")
    assert grant(world.service, account["id"], old["secret"]).json()["error"] == "invalid_client"
    system(world, account, new).get(acme.path)
