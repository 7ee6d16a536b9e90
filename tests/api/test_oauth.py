# SPDX-License-Identifier: Apache-2.0
"""Tokens for service accounts: the client credentials grant (RFC 6749)."""

import base64
import concurrent.futures
import itertools
import time
import urllib.parse
import uuid

import httpx
import jwt
import pytest

from client import Client

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
PATH = "/v1/oauth/token"


def send(service, content="", headers=None, **fields):
    content = content or urllib.parse.urlencode({name: value for name, value in fields.items() if value is not None})
    return service.anonymous().request("POST", PATH, content=content, headers=FORM | (headers or {}))


def grant(service, client_id, client_secret, **fields):
    return send(service, **{"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret} | fields)


def basic(client_id, secret):
    text = f"{urllib.parse.quote_plus(client_id)}:{urllib.parse.quote_plus(secret)}"
    return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}


def system(world, account, secret, **fields):
    """A caller with a token of that service account."""
    answer = grant(world.service, account["id"], secret["secret"], **fields)
    assert answer.status_code == 200, answer.text
    return Client(world.service, answer.json()["access_token"], account["id"])


@pytest.fixture
def acme(world):
    acme = world.organisation()
    acme.accounts = f"{acme.path}/service-accounts"
    acme.account = acme.owner.post(acme.accounts, {"name": "Robot", "scope": "team.* organisation.read member.read"}, expect=201).json()
    acme.secret = acme.owner.post(f"{acme.accounts}/{acme.account['id']}/secrets", expect=201).json()
    acme.credentials = (acme.account["id"], acme.secret["secret"])
    return acme


def error(answer):
    problem = answer.json()
    assert problem["error"] == problem["code"]
    return answer.status_code, problem["error"]


# ---- what is granted ----

def test_token__answer(acme, service):
    answer = grant(service, *acme.credentials)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store" and answer.headers["pragma"] == "no-cache"
    body = answer.json()
    assert body.keys() == {"access_token", "token_type", "expires_in", "scope"}
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 3600, acme.account["scope"])
    keys = jwt.PyJWKClient(f"{service.url}/.well-known/jwks.json")
    key = keys.get_signing_key_from_jwt(body["access_token"])
    claims = jwt.decode(body["access_token"], key, ["ES256"], issuer=service.public_url, options={"verify_aud": False})
    assert claims["sub"] == claims["client_id"] == acme.account["id"]
    assert claims["organisation"] == acme.id and claims["scope"] == acme.account["scope"]
    assert claims["exp"] - claims["iat"] == 3600 and abs(claims["iat"] - time.time()) < 60
    assert jwt.get_unverified_header(body["access_token"])["typ"] in ("at+jwt", "JWT")  # libjwt before 1.12 knows no other


def test_token__acts_as_the_member_within_its_scope(acme, world):
    robot = system(world, acme.account, acme.secret)
    me = robot.get("/v1/me").json()
    assert (me["id"], me["kind"], me["display_name"], me["email"]) == (acme.account["id"], "service", "Robot", None)
    assert me["token"] == {"scope": acme.account["scope"], "organisation_id": acme.id}
    assert [o["id"] for o in robot.pages("/v1/me/organisations")] == [acme.id]
    team = robot.post(f"{acme.path}/teams", {"name": "Made by a robot", "kind": "working_group"}, expect=201).json()
    assert team["created_by"] == acme.account["member_id"]
    robot.problem("GET", f"{acme.path}/roles", status=403, code="insufficient_scope")
    robot.problem("DELETE", f"{acme.path}/members/{acme.owner.member_id}", status=403, code="insufficient_scope")
    robot.problem("PATCH", "/v1/me", {"display_name": "X"}, status=403, code="insufficient_scope")
    other = world.organisation()
    robot.problem("GET", other.path, status=404, code="not_found")


def test_token__role_is_asked_at_each_request(acme, world):
    robot = system(world, acme.account, acme.secret)
    robot.get(f"{acme.path}/members")
    acme.owner.patch(f"{acme.accounts}/{acme.account['id']}", {"role": "admin"})
    private = acme.team(visibility="private")
    robot.get(private.path)
    acme.owner.patch(f"{acme.accounts}/{acme.account['id']}", {"role": "observer"})
    robot.problem("GET", private.path, status=404, code="not_found")


@pytest.mark.parametrize("scope", ["team.read", "team.*", "team.read member.read", "organisation.read"])
def test_token__scope_may_be_narrowed(acme, world, scope):
    answer = grant(world.service, *acme.credentials, scope=scope)
    assert answer.json()["scope"] == scope
    robot = Client(world.service, answer.json()["access_token"])
    assert robot.get("/v1/me").json()["token"]["scope"] == scope


@pytest.mark.parametrize("scope", ["*", "role.read", "team.read role.read", "te.*", "fly", "openid", " ", "team.read  member.read", "m*"])
def test_token__scope_is_never_widened(acme, service, scope):
    assert error(grant(service, *acme.credentials, scope=scope)) == (400, "invalid_scope")


def test_token__without_scope_of_the_account_all_of_the_role(world):
    acme = world.organisation()
    account = acme.owner.post(f"{acme.path}/service-accounts", {"name": "Robot", "role": "admin"}, expect=201).json()
    secret = acme.owner.post(f"{acme.path}/service-accounts/{account['id']}/secrets", expect=201).json()
    answer = grant(world.service, account["id"], secret["secret"])
    assert answer.json()["scope"] == "*"
    assert Client(world.service, answer.json()["access_token"]).get(f"{acme.path}/roles").json()["items"]
    for scope in ("*", "team.*", "role.read"):
        assert grant(world.service, account["id"], secret["secret"], scope=scope).json()["scope"] == scope
    assert error(grant(world.service, account["id"], secret["secret"], scope="fly")) == (400, "invalid_scope")


# ---- how a client authenticates ----

def test_token__by_header(acme, service):
    body = {"grant_type": "client_credentials"}
    assert send(service, headers=basic(*acme.credentials), **body).status_code == 200
    # RFC 6749 2.3.1: form-encoded within; whatever may be escaped.
    escaped = "".join(f"%{ord(c):02X}" for c in acme.credentials[1])
    text = base64.b64encode(f"{acme.credentials[0]}:{escaped}".encode()).decode()
    assert send(service, headers={"Authorization": f"basic {text}"}, **body).status_code == 200
    assert send(service, headers=basic(*acme.credentials), client_id=acme.credentials[0], **body).status_code == 200


def test_token__not_in_two_ways(acme, service):
    for extra in ({"client_secret": acme.credentials[1]}, {"client_id": str(uuid.uuid4())}):
        answer = send(service, headers=basic(*acme.credentials), grant_type="client_credentials", **extra)
        assert error(answer) == (400, "invalid_request")


def test_token__wrong_credentials(acme, world):
    service, (client_id, secret) = world.service, acme.credentials
    other = world.organisation()
    stranger = other.owner.post(f"{other.path}/service-accounts", {"name": "Other"}, expect=201).json()
    foreign = other.owner.post(f"{other.path}/service-accounts/{stranger['id']}/secrets", expect=201).json()["secret"]
    for pair in ((client_id, foreign), (stranger["id"], secret), (client_id, secret[:-1]), (client_id, secret + "x"),
                 (client_id, secret[:20] + ("A" if secret[20] != "A" else "B") + secret[21:]), (client_id, "wrong"), (client_id, ""),
                 ("", secret), (str(uuid.uuid4()), secret), ("not-an-id", secret), (acme.account["member_id"], secret),
                 (acme.id, secret), (client_id, "' or 1=1 --")):
        for answer in (grant(service, *pair), send(service, headers=basic(*pair), grant_type="client_credentials")):
            assert error(answer) == (401, "invalid_client"), pair
            assert answer.headers["www-authenticate"].startswith("Basic ")
    assert error(send(service, grant_type="client_credentials")) == (401, "invalid_client")


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic Og==", "Basic YTpi====x", "Basic " + "QQ" * 4000,
                                    "Basic " + base64.b64encode(b"no colon").decode(), "Bearer abc", "Digest x", "Basic gICAgA=="])
def test_token__malformed_header(service, header):
    assert error(send(service, headers={"Authorization": header}, grant_type="client_credentials")) == (401, "invalid_client")


def test_token__a_bearer_token_is_no_client(acme, service):
    answer = send(service, headers={"Authorization": f"Bearer {acme.owner.token}"}, grant_type="client_credentials")
    assert error(answer) == (401, "invalid_client")


# ---- what a request must be ----

def test_token__grant_type(acme, service):
    for wrong in ("password", "authorization_code", "refresh_token", "CLIENT_CREDENTIALS"):
        assert error(grant(service, *acme.credentials, grant_type=wrong)) == (400, "unsupported_grant_type")
    for missing in (None, ""):
        assert error(grant(service, *acme.credentials, grant_type=missing)) == (400, "invalid_request")


def test_token__form(acme, service):
    client_id, secret = acme.credentials
    good = urllib.parse.urlencode({"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret})
    assert send(service, good + "&audience=x&resource=").status_code == 200  # RFC 6749 3.2: unknown ones are ignored
    for bad in (good + "&grant_type=client_credentials", good + "&x=%zz", good + "&x=%00", good + "&x=%FF",
                good + "&scope=" + "x" * 5000):
        assert error(send(service, bad)) == (400, "invalid_request"), bad
    empty = service.anonymous().request("POST", PATH, headers=FORM)
    assert error(empty) == (400, "invalid_request")
    caller = service.anonymous()
    caller.problem("POST", PATH, {"grant_type": "client_credentials"}, status=415, code="unsupported_media_type")
    assert caller.request("GET", PATH).status_code == 405


# ---- what else ----

def test_token__use_is_noted_but_not_with_each_token(acme, service, sql):
    path = f"{acme.accounts}/{acme.account['id']}"

    def last_used():
        [secret] = acme.owner.get(path).json()["secrets"]
        return secret["last_used_at"]

    assert last_used() is None
    grant(service, *acme.credentials, scope="fly")
    assert last_used() is None
    assert grant(service, *acme.credentials).status_code == 200
    first = last_used()
    assert first is not None
    assert grant(service, *acme.credentials).status_code == 200
    assert last_used() == first
    sql.execute("update service_account_secrets set last_used_at = now() - interval '2 minutes' where id = %s", (acme.secret["id"],))
    with concurrent.futures.ThreadPoolExecutor(10) as pool:
        assert set(pool.map(lambda _: grant(service, *acme.credentials).status_code, range(10))) == {200}
    assert last_used() > first


def test_token__rate_is_the_clients_own(acme, start_service):
    service = start_service(COHELM_RATE_LIMIT="5", COHELM_RATE_WINDOW="3600")
    addresses = (f"127.0.1.{n}" for n in itertools.count(1))

    def ask(client_id, secret):
        """Each time from another address, which has a rate of its own."""
        with httpx.Client(transport=httpx.HTTPTransport(local_address=next(addresses)), trust_env=False) as http:
            answer = http.post(service.url + PATH, data={
                "grant_type": "client_credentials", "client_id": client_id, "client_secret": secret})
        service.contract.check(answer.request, answer)
        return answer

    other = acme.owner.post(acme.accounts, {"name": "Other"}, expect=201).json()
    other_secret = acme.owner.post(f"{acme.accounts}/{other['id']}/secrets", expect=201).json()
    statuses = [ask(*acme.credentials).status_code for _ in range(7)]
    assert statuses == [200] * 5 + [429] * 2
    limited = ask(*acme.credentials)
    assert limited.json()["code"] == "rate_limited" and int(limited.headers["retry-after"]) > 0
    assert ask(other["id"], other_secret["secret"]).status_code == 200
    # Who can't prove to be the client can't use its rate up.
    assert {ask(other["id"], acme.secret["secret"]).status_code for _ in range(6)} == {401}
    assert ask(other["id"], other_secret["secret"]).status_code == 200
    # One address has no more, whoever asks from there.
    assert [grant(service, str(uuid.uuid4()), "wrong").status_code for _ in range(6)] == [401] * 5 + [429]


def test_token__nothing_secret_is_logged(acme, service):
    grant(service, *acme.credentials)
    token = grant(service, *acme.credentials).json()["access_token"]
    grant(service, acme.credentials[0], "chm_mistyped")
    log = service.log()
    assert acme.credentials[1] not in log and token not in log and "chm_mistyped" not in log
