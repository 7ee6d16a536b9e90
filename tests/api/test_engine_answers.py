# SPDX-License-Identifier: Apache-2.0
"""What the engine does with every request alike: methods, conditions, lists, cursors, browsers, names of requests, limits, logs."""

import base64
import gzip
import json
import pathlib
import re
import time
import uuid

import pytest

from client import raw
from contract import Contract
import service as services

READS = [operation for operation in Contract(services.DOCUMENT).operations if operation.method == "get"]
ORIGIN = "https://app.example"


def teams(world, count=5):
    acme = world.organisation()
    return acme, [acme.team(name=f"Team {number}") for number in range(count)]


# ---- methods ----

def known_path(operation, acme, team):
    names = {"organisation": acme.id, "team": team.id, "member": acme.owner.member_id, "asset": "docs.css", "code": "not_found",
             "role": "admin"}
    path = operation.template
    for name in re.findall(r"{(\w+)}", path):
        path = path.replace("{%s}" % name, names.get(name, str(uuid.uuid4())))
    return path


@pytest.mark.parametrize("operation", READS, ids=lambda operation: operation.id)
def test_head__is_get_without_the_body(world, operation):
    acme, [team] = teams(world, 1)
    path = known_path(operation, acme, team)
    get, head = acme.owner.request("GET", path), acme.owner.request("HEAD", path)
    assert (head.status_code, head.content) == (get.status_code, b"")
    for name in ("content-type", "etag", "cache-control", "vary"):
        assert head.headers.get(name) == get.headers.get(name), name
    # The request id is one of the body's parts where there is a problem; all ids have the same length.
    assert head.headers.get("content-length") == get.headers.get("content-length")


@pytest.mark.parametrize("name", ["organisation", "team", "role", "framework"])
def test_path__takes_ids_in_capitals(world, name):
    acme, [team] = teams(world, 1)
    role = acme.owner.post(f"{acme.path}/roles", {"key": "scribe", "kind": "team", "name": "Scribe", "permissions": []}, expect=201).json()
    path, found = {"organisation": ("/v1/organisations", acme.id), "team": (f"{acme.path}/teams", team.id), "role": (f"{acme.path}/roles", role["id"]),
                   "framework": (f"{acme.path}/frameworks", acme.framework_id("consent"))}[name]
    assert acme.owner.get(f"{path}/{found.upper()}").json()["id"] == found


@pytest.mark.parametrize("operation", READS, ids=lambda operation: operation.id)
def test_options__says_what_the_path_has(world, anonymous, operation):
    acme, [team] = teams(world, 1)
    path = known_path(operation, acme, team)
    answer = anonymous.request("OPTIONS", path, expect=204)
    declared = {method.upper() for method in services.DOCUMENT["paths"][operation.template]} & {"GET", "PUT", "POST", "PATCH", "DELETE"}
    assert set(answer.headers["allow"].split(", ")) == declared | {"HEAD", "OPTIONS"}
    for method in {"PUT", "POST", "PATCH", "DELETE"} - declared:
        refused = anonymous.problem(method, path, status=405, code="method_not_allowed")
        assert refused["instance"] == path
        assert anonymous.request(method, path).headers["allow"] == answer.headers["allow"]


def test_options__of_a_path_that_is_not_there(service):
    assert service.http.options("/v1/nothing").json()["code"] == "not_found"


# ---- conditions ----

def test_condition__if_none_match(world):
    acme, [team] = teams(world, 1)
    etag = acme.owner.etag(team.path)
    for value in (etag, f"W/{etag}", f'"x", {etag}', f'{etag}, "x"', "*"):
        answer = acme.owner.get(team.path, expect=304, headers={"If-None-Match": value})
        assert answer.content == b"" and answer.headers["etag"] == etag
    for value in ('"x"', 'W/"x"', etag.strip('"'), f'"{etag[1:-1]}0"', "", ","):
        acme.owner.get(team.path, expect=200, headers={"If-None-Match": value})


def test_condition__if_match(world):
    acme, [team] = teams(world, 1)
    etag = acme.owner.etag(team.path)
    for value in ('"x"', f"W/{etag}", f'"{etag[1:-1]}0", "y"', f'"{{}}", "{etag[1:-1]},x"', '"\\"', "\"';--\""):
        acme.owner.problem("PATCH", team.path, {"name": "New"}, status=412, code="precondition_failed", headers={"If-Match": value})
    for value in ("", "x", etag.strip('"'), '"', 'w/"x"', "**", '"x" y', '"a\\"b"'):
        acme.owner.problem("PATCH", team.path, {"name": "New"}, status=400, code="invalid_parameter", pointer="header/If-Match",
                           headers={"If-Match": value})
    assert acme.owner.etag(team.path) == etag
    acme.owner.problem("PATCH", team.path, {"name": "New"}, status=400, code="invalid_parameter", pointer="header/If-Match",
                       headers={"If-Match": b'"\xff"'})
    acme.owner.patch(team.path, {"name": "Any"}, headers={"If-Match": "*"})
    acme.owner.patch(team.path, {"name": "That"}, headers={"If-Match": f'"x", {acme.owner.etag(team.path)}'})
    acme.owner.problem("PATCH", team.path, {"name": "Late"}, status=412, code="precondition_failed", headers={"If-Match": etag})


def test_condition__what_is_included_comes_from_other_rows(world):
    """Whose changes the tag of the one that includes them doesn't know of."""
    acme = world.organisation()
    maria = acme.member()
    path = f"{acme.decision(stakeholders={'voters': [maria]}).path}?include=stakeholders"
    etag = acme.owner.etag(path)
    acme.owner.patch(f"{acme.path}/members/{maria.member_id}", {"display_name": "Renamed"})
    read = acme.owner.get(path, headers={"If-None-Match": etag}).json()
    assert "Renamed" in [stakeholder["display_name"] for stakeholder in read["stakeholders"]]
    changed = acme.owner.patch(path.split("?")[0], {"title": "New"}, headers={"If-Match": etag})
    acme.owner.problem("PATCH", path.split("?")[0], {"title": "Late"}, status=412, code="precondition_failed", headers={"If-Match": etag})
    assert changed.headers["etag"] == acme.owner.etag(path.split("?")[0])


def test_condition__if_match_holds_for_nothing_that_is_yet_to_be_made(world):
    """RFC 9110 section 13.1.1: `*` is true only where there is a representation."""
    acme = world.organisation()
    maria, team, area = acme.member(), acme.team(), acme.area()
    decision = acme.decision()
    made = [(f"{team.path}/members/{maria.member_id}", {"role": "member"}), (f"{acme.path}/proxies/{acme.id}", {"trustee_id": maria.member_id}),
            (f"{team.path}/delegation-levels/{area.id}", {"level": 7, "delegator_id": maria.member_id}),
            (f"{decision.path}/stakeholders/{maria.member_id}", {"roles": ["voters"]}),
            (f"{decision.path}/stakeholder-groups/all", {"role": "member", "roles": ["voters"]}),
            (f"{decision.path}/links/relates_to/{acme.decision().id}", {}), (f"{decision.path}/options/a", {"title": "A"}),
            (f"{decision.path}/changes", {"changes": [{"operation": "team_update", "path": {"team": team.id}, "body": {"name": "New"}}]})]
    for path, body in made:
        for value in ("*", '""', '"x"', '"\\""'):
            answer = acme.owner.request("PUT", path, body, headers={"If-Match": value})
            assert answer.status_code == 412 or (value == '"\\""' and answer.status_code == 400), (path, value, answer.text)
        acme.owner.put(path, body, expect=(200, 201))
        acme.owner.put(path, body, headers={"If-Match": "*"})


def test_condition__if_none_match_of_a_change(world):
    """RFC 9110 section 13.1.2: false is 412 for all but GET and HEAD; `*` makes only what is not there yet."""
    acme, [team] = teams(world, 1)
    maria, area, decision = acme.member(), acme.area(), acme.decision()
    for path, body in ((f"{team.path}/members/{maria.member_id}", {"role": "member"}), (f"{decision.path}/options/a", {"title": "A"}),
                       (f"{acme.path}/proxies/{acme.id}", {"trustee_id": maria.member_id}),
                       (f"{team.path}/delegation-levels/{area.id}", {"level": 7, "delegator_id": maria.member_id})):
        made = acme.owner.put(path, body, headers={"If-None-Match": "*"}, expect=(200, 201))
        for value in ("*", made.headers["etag"], f'W/{made.headers["etag"]}', f'"x", {made.headers["etag"]}'):
            acme.owner.problem("PUT", path, body, status=412, code="precondition_failed", headers={"If-None-Match": value})
        acme.owner.put(path, body, headers={"If-None-Match": '"x"'})
    etag = acme.owner.etag(team.path)
    for method, body in (("PATCH", {"name": "New"}), ("DELETE", None)):
        for value in ("*", etag, f"W/{etag}"):
            acme.owner.problem(method, team.path, body, status=412, code="precondition_failed", headers={"If-None-Match": value})
        acme.owner.problem(method, team.path, body, status=412, code="precondition_failed", headers={"If-Match": etag, "If-None-Match": etag})
        for value in ("", "x", etag.strip('"')):
            acme.owner.problem(method, team.path, body, status=400, code="invalid_parameter", pointer="header/If-None-Match",
                               headers={"If-None-Match": value})
    assert acme.owner.etag(team.path) == etag
    acme.owner.patch(team.path, {"name": "New"}, headers={"If-Match": etag, "If-None-Match": '"x"'})


def test_condition__every_change_has_a_new_tag(world):
    acme, [team] = teams(world, 1)
    seen = {acme.owner.etag(team.path)}
    for number in range(4):
        tag = acme.owner.patch(team.path, {"name": f"N{number}"}).headers["etag"]
        assert tag not in seen and tag == acme.owner.etag(team.path)
        seen.add(tag)


# ---- compression ----

def test_gzip__long_answers_for_those_who_accept_it(service, world):
    acme, _ = teams(world, 5)
    token = {"Authorization": f"Bearer {acme.owner.token}"}

    def fetch(path, accept):
        with service.http.stream("GET", path, headers=token | {"Accept-Encoding": accept}) as answer:
            return answer.headers, b"".join(answer.iter_raw())

    plain = fetch(f"{acme.path}/teams", "identity")
    assert len(plain[1]) > 1024 and "content-encoding" not in plain[0]
    packed = fetch(f"{acme.path}/teams", "gzip")
    assert packed[0]["content-encoding"] == "gzip" and gzip.decompress(packed[1]) == plain[1]
    assert int(packed[0]["content-length"]) == len(packed[1]) < len(plain[1])
    assert "Accept-Encoding" in packed[0]["vary"] and "Accept-Encoding" in plain[0]["vary"]
    for refused in ("", "deflate, br", "gzip;q=0", "notgzip"):
        assert fetch(f"{acme.path}/teams", refused)[1] == plain[1]
    headers, body = fetch("/v1/me", "gzip")
    assert "content-encoding" not in headers and len(body) < 1024
    headers, packed = fetch("/v1/me", "gzip, identity;q=0")
    assert headers["content-encoding"] == "gzip" and gzip.decompress(packed) == body
    assert "content-encoding" not in fetch(f"{acme.path}/teams", "gzip;q=0.5, identity")[0]


def test_gzip__other_bytes_have_another_tag(world):
    """RFC 9110 section 8.8.3.3: a strong tag is of one representation, and coding makes another. For a change it is the same version."""
    acme = world.organisation()
    team = acme.team(purpose="All that we do. " * 100)
    plain, packed = (acme.owner.get(team.path, headers={"Accept-Encoding": coding}).headers for coding in ("identity", "gzip"))
    assert packed["content-encoding"] == "gzip" and packed["etag"] != plain["etag"]
    for coding, sent, answered in (("gzip", packed["etag"], packed["etag"]), ("gzip", f'"x", W/{packed["etag"]}', packed["etag"]),
                                   ("gzip", plain["etag"], plain["etag"]), ("identity", plain["etag"], plain["etag"])):
        for method in ("GET", "HEAD"):
            answer = acme.owner.request(method, team.path, headers={"Accept-Encoding": coding, "If-None-Match": sent}, expect=304)
            assert answer.headers["etag"] == answered and answer.content == b""
    acme.owner.get(team.path, headers={"Accept-Encoding": "identity", "If-None-Match": packed["etag"]}, expect=200)
    changed = acme.owner.patch(team.path, {"name": "New"}, headers={"If-Match": packed["etag"]})
    acme.owner.problem("PATCH", team.path, {"name": "Late"}, status=412, code="precondition_failed", headers={"If-Match": packed["etag"]})
    acme.owner.problem("PATCH", team.path, {"name": "Late"}, status=412, code="precondition_failed",
                       headers={"If-None-Match": changed.headers["etag"]})


# ---- lists ----

def test_list__limit_at_its_edge_and_one_beyond(world):
    acme, made = teams(world, 3)
    assert len(acme.owner.get(f"{acme.path}/teams", params={"limit": 200}).json()["items"]) == 3
    for limit in ("0", "201", "-1", "1.5", "01", "+1", "", "x", "9" * 30, "1e2", " 1"):
        acme.owner.problem("GET", f"{acme.path}/teams", params={"limit": limit}, status=400, code="invalid_parameter", pointer="query/limit")


def test_list__counts_only_when_asked(world):
    acme, made = teams(world, 3)
    assert "count" not in acme.owner.get(f"{acme.path}/teams").json()
    answer = acme.owner.get(f"{acme.path}/teams", params={"limit": 2}, headers={"Prefer": "count=exact"})
    assert answer.json()["count"] == 3 and answer.headers["preference-applied"] == "count=exact"
    second = acme.owner.get(answer.links["next"]["url"], headers={"Prefer": "respond-async, count=exact"})
    assert second.json()["count"] == 3 and len(second.json()["items"]) == 1
    for preference in ("count=exactly", "xcount=exact", "wait;count=exact", 'wait="count=exact"', "count=none, count=exact"):
        assert "count" not in acme.owner.get(f"{acme.path}/teams", headers={"Prefer": preference}).json()
    filtered = acme.owner.get(f"{acme.path}/teams", params={"q": "Team 1"}, headers={"Prefer": 'COUNT="exact"; a=b'})
    assert filtered.json()["count"] == len(filtered.json()["items"]) == 1


def test_list__fields(world):
    acme, made = teams(world, 2)
    for item in acme.owner.get(f"{acme.path}/teams", params={"fields": "name,id"}).json()["items"]:
        assert item.keys() == {"id", "name"}
    for fields in ("name,nothing", "_cursor", "name,", ",", "", "name;id", "organisation_id,_status"):
        acme.owner.problem("GET", f"{acme.path}/teams", params={"fields": fields}, status=400, code="invalid_parameter",
                           pointer="query/fields")


def test_list__the_next_link_is_absolute_and_keeps_the_query(world, service):
    acme, made = teams(world, 3)
    answer = acme.owner.get(f"{acme.path}/teams", params={"limit": 1, "q": "Team & <\"é", "fields": "id"})
    assert answer.json() == {"items": [], "next_cursor": None} and "link" not in answer.headers
    answer = acme.owner.get(f"{acme.path}/teams", params={"limit": 1, "q": "Team", "sort": "-created_at"})
    url = answer.links["next"]["url"]
    assert url.startswith(f"{service.public_url}{acme.path}/teams?")
    assert answer.json()["next_cursor"] in url and "q=Team" in url and "sort=-created_at" in url


# ---- cursors ----

def test_cursor__reads_every_item_once_while_others_come_and_go(world):
    acme, made = teams(world, 9)
    seen, cursor = [], None
    for _ in range(20):
        page = acme.owner.get(f"{acme.path}/teams", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += [item["id"] for item in page["items"]]
        if len(seen) == 4:
            acme.owner.delete(f"{acme.path}/teams/{seen[0]}")
            acme.owner.delete(f"{acme.path}/teams/{seen[3]}")
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) and set(seen) == {team.id for team in made}


def test_cursor__is_good_only_where_it_comes_from(world, start_service):
    acme, _ = teams(world, 3)
    other, _ = teams(world, 3)
    first = acme.owner.get(f"{acme.path}/teams", params={"limit": 1, "kind": "functional"}).json()["next_cursor"]
    good = {"limit": 2, "kind": "functional", "cursor": first, "fields": "id"}
    assert len(acme.owner.get(f"{acme.path}/teams", params=good).json()["items"]) == 2

    def refused(path, caller=acme.owner, **params):
        caller.problem("GET", path, params={"cursor": first} | params, status=400, code="invalid_cursor")

    refused(f"{other.path}/teams", other.owner, kind="functional")
    refused(f"{acme.path}/members")
    refused(f"{acme.path}/roles")
    refused("/v1/me/organisations")
    refused(f"{acme.path}/teams")
    refused(f"{acme.path}/teams", kind="circle")
    refused(f"{acme.path}/teams", kind="functional,circle")
    refused(f"{acme.path}/teams", kind="functional", q="x")
    refused(f"{acme.path}/teams", kind="functional", sort="-created_at")


def test_cursor__can_not_be_made_up(world):
    acme, _ = teams(world, 3)
    path = f"{acme.path}/teams"
    cursor = acme.owner.get(path, params={"limit": 1}).json()["next_cursor"]
    data = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    forged = ["x", "a" * 2048, cursor[:-1], cursor + "A", cursor[1:], cursor.upper(), "A" * len(cursor), cursor + "=", "é", "%00", " "]
    for position in (0, 15, 16, len(data) - 1):
        changed = bytearray(data)
        changed[position] ^= 1
        forged.append(base64.urlsafe_b64encode(changed).decode().rstrip("="))
    forged.append(base64.urlsafe_b64encode(bytes(16) + b'["00000000-0000-0000-0000-000000000000"]').decode().rstrip("="))
    for text in forged:
        acme.owner.problem("GET", path, params={"cursor": text}, status=400, code="invalid_cursor")
    for text in ("", "a" * 2049):
        acme.owner.problem("GET", path, params={"cursor": text}, status=400, code="invalid_parameter", pointer="query/cursor")


def test_cursor__is_good_at_another_instance(world, start_service):
    acme, _ = teams(world, 3)
    twin = start_service().client(acme.owner.subject)
    twin.token = acme.owner.token
    cursor = acme.owner.get(f"{acme.path}/teams", params={"limit": 2}).json()["next_cursor"]
    assert len(twin.get(f"{acme.path}/teams", params={"limit": 2, "cursor": cursor}).json()["items"]) == 1


# ---- browsers ----

@pytest.fixture
def browsers(start_service):
    return start_service(COHELM_CORS_ORIGINS=f"{ORIGIN}, https://other.example")


def test_cors__an_origin_on_the_list(browsers):
    answer = browsers.client().get("/v1/me", headers={"Origin": ORIGIN})
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "access-control-allow-credentials" not in answer.headers and "Origin" in answer.headers["vary"]
    exposed = set(answer.headers["access-control-expose-headers"].split(", "))
    assert exposed == {"ETag", "Link", "Location", "Preference-Applied", "Retry-After", "RateLimit", "RateLimit-Policy", "X-Request-Id",
                       "Idempotency-Replayed"}
    refused = browsers.anonymous().request("GET", "/v1/me", expect=401, headers={"Origin": ORIGIN})
    assert refused.headers["access-control-allow-origin"] == ORIGIN


def test_cors__a_preflight_needs_no_token(browsers):
    wanted = {"Origin": ORIGIN, "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization,if-match"}
    answer = browsers.anonymous().request("OPTIONS", "/v1/me", expect=204, headers=wanted)
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert "PATCH" in answer.headers["access-control-allow-methods"].split(", ")
    allowed = {name.lower() for name in answer.headers["access-control-allow-headers"].split(", ")}
    assert {"authorization", "content-type", "if-match", "idempotency-key", "prefer", "traceparent"} <= allowed


@pytest.mark.parametrize("origin", ["https://app.example.evil.example", "https://app.exampl", "http://app.example", "null", "*", "",
                                    "https://app.example, https://other.example", "HTTPS://APP.EXAMPLE", "https://app.example:443"])
def test_cors__an_origin_that_is_not_on_the_list(browsers, origin):
    wanted = {"Origin": origin, "Access-Control-Request-Method": "PATCH"}
    for answer in (browsers.client().request("GET", "/v1/me", headers={"Origin": origin}),
                   browsers.anonymous().request("OPTIONS", "/v1/me", headers=wanted)):
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert "Origin" in answer.headers["vary"]


def test_cors__nobody_is_on_the_list_by_default(world):
    answer = world.person().get("/v1/me", headers={"Origin": ORIGIN})
    assert not [name for name in answer.headers if name.startswith("access-control")]


# ---- names of requests, traces, times ----

@pytest.mark.parametrize("sent", ["a", "A-1._z", "x" * 128])
def test_request_id__is_taken(anonymous, sent):
    answer = anonymous.request("GET", "/v1/me", headers={"X-Request-Id": sent})
    assert answer.headers["x-request-id"] == sent == answer.json()["request_id"]


@pytest.mark.parametrize("sent", ["", "x" * 129, "a b", "a/b", 'a"b', "a;b", "<script>", "a\tb", "%0a"])
def test_request_id__is_made_when_none_can_be_taken(anonymous, sent):
    made = anonymous.request("GET", "/v1/me", headers={"X-Request-Id": sent}).headers["x-request-id"]
    assert made != sent and uuid.UUID(made).version == 7


def lines_of(service, request_id):
    """The lines about a request, as soon as there is one."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        found = [line for line in service.log().splitlines() if f"id={request_id} " in line]
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f"nothing is logged about {request_id}")


def settled_log(service):
    """The log when it has what was answered before: lines are written a moment after their answers."""
    name = f"last-{uuid.uuid4()}"
    service.anonymous().request("GET", "/v1/me", headers={"X-Request-Id": name}, expect=401)
    lines_of(service, name)
    return service.log()


def trace_of(service, anonymous, value):
    name = f"trace-{uuid.uuid4()}"
    anonymous.request("GET", "/v1/me", headers={"X-Request-Id": name, "traceparent": value})
    return re.search(r" trace=(\S+)", lines_of(service, name)[0])[1]


TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


@pytest.mark.parametrize("value", [f"00-{TRACE}-{PARENT}-01", f"00-{TRACE}-{PARENT}-00", f"cc-{TRACE}-{PARENT}-01", f"cc-{TRACE}-{PARENT}-01-what"])
def test_trace__is_continued(service, anonymous, value):
    """The last two: a later version is read as far as it is known (W3C Trace Context section 4.3)."""
    assert trace_of(service, anonymous, value) == TRACE


@pytest.mark.parametrize("value", [
    "", "00", f"00-{TRACE}-{PARENT}", f"00-{TRACE}-{PARENT}-01-", f"00-{TRACE}-{PARENT}-01-x", f"ff-{TRACE}-{PARENT}-01",
    f"00-{'0' * 32}-{PARENT}-01", f"00-{TRACE}-{'0' * 16}-01", f"00-{TRACE.upper()}-{PARENT}-01", f"00-{TRACE[1:]}-{PARENT}-01",
    f"cc-{TRACE}-{PARENT}-01what", f"0g-{TRACE}-{PARENT}-01", f"00-{TRACE}-{PARENT}-0x"])
def test_trace__is_begun_when_there_is_none_to_continue(service, anonymous, value):
    made = trace_of(service, anonymous, value)
    assert re.fullmatch(r"[0-9a-f]{32}", made) and made != TRACE and made != "0" * 32


def test_server_timing__for_those_who_ask(world):
    person = world.person()
    assert "server-timing" not in person.get("/v1/me").headers
    timing = person.get("/v1/me", headers={"Prefer": "server-timing"}).headers["server-timing"]
    stages = dict(re.fullmatch(r"(\w+);dur=(\d+\.\d+)", part).groups() for part in timing.split(", "))
    assert stages.keys() == {"auth", "validate", "database"} and float(stages["database"]) > 0


# ---- rates ----

def test_rate__counts_down_and_then_refuses(start_service):
    service = start_service(COHELM_RATE_LIMIT="3", COHELM_RATE_WINDOW="3600")
    client = service.client()
    for remaining in (2, 1, 0):
        answer = client.get("/v1/me")
        assert answer.headers["ratelimit-policy"] == '"default";q=3;w=3600'
        assert re.fullmatch(rf'"default";r={remaining};t=\d+', answer.headers["ratelimit"])
    refused = client.request("GET", "/v1/me", expect=429)
    assert refused.json()["code"] == "rate_limited"
    wait = int(refused.headers["retry-after"])
    assert 1 <= wait <= 3600 and refused.headers["ratelimit"] == f'"default";r=0;t={wait}'
    service.client().get("/v1/me")  # each principal has its own


def test_rate__begins_anew_with_the_window(start_service):
    client = start_service(COHELM_RATE_LIMIT="1", COHELM_RATE_WINDOW="1").client()
    deadline = time.monotonic() + 10
    while client.request("GET", "/v1/me").status_code != 429:
        assert time.monotonic() < deadline
    wait = int(client.request("GET", "/v1/me").headers.get("retry-after", 1))
    assert wait == 1
    time.sleep(wait)
    client.get("/v1/me")


def test_rate__none(start_service):
    answer = start_service(COHELM_RATE_LIMIT="0").http.get("/docs")
    assert "ratelimit" not in answer.headers


def docs_as(service, *headers):
    """The status of a request without token, which is counted by address."""
    return raw(service.address, "\r\n".join(["GET /docs HTTP/1.1", "Host: a", "Connection: close", *headers, "", ""]).encode()).status


def test_rate__of_those_without_token_by_the_address_that_a_trusted_proxy_saw(start_service):
    service = start_service(COHELM_TRUSTED_PROXY="127.0.0.1", COHELM_RATE_LIMIT="1", COHELM_RATE_WINDOW="3600")
    assert docs_as(service, "X-Forwarded-For: 192.0.2.1") == 200
    assert docs_as(service, "X-Forwarded-For: 192.0.2.2") == 200
    # What stands before the last address is the client's word.
    assert docs_as(service, "X-Forwarded-For: 192.0.2.3, 192.0.2.1") == 429
    assert docs_as(service, "X-Forwarded-For: 192.0.2.4", "x-forwarded-for: 192.0.2.2") == 429
    assert docs_as(service, "X-Forwarded-For: 2001:db8::1") == 200
    assert docs_as(service, "X-Forwarded-For: 2001:db8::1") == 429
    # Nonsense is no address; then the peer's own counts.
    assert docs_as(service, "X-Forwarded-For: 192.0.2.9:80") == 200
    for nonsense in ("X-Forwarded-For: unknown", "X-Forwarded-For:", "X-Forwarded-For: 192.0.2.8,", "A: b", "X-Forwarded-For: " + "9" * 9000):
        assert docs_as(service, nonsense) == 429


@pytest.mark.parametrize("proxy", ["", "192.0.2.200"])
def test_rate__nobody_else_is_believed(start_service, proxy):
    service = start_service(COHELM_TRUSTED_PROXY=proxy, COHELM_RATE_LIMIT="1", COHELM_RATE_WINDOW="3600")
    assert docs_as(service, "X-Forwarded-For: 192.0.2.1") == 200
    assert docs_as(service, "X-Forwarded-For: 192.0.2.2") == 429


# ---- the log ----

def test_log__one_line_for_a_request(service, world):
    person = world.person()
    name = f"log-{uuid.uuid4()}"
    person.get("/v1/me", headers={"X-Request-Id": name})
    [line] = lines_of(service, name)
    assert re.fullmatch(r"time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z level=info message=request id=\S+ trace=[0-9a-f]{32} method=GET "
                        r"operation=me_get status=200 us=\d+ auth_us=\d+ validate_us=\d+ database_us=\d+ principal=[0-9a-f-]{36}", line)


def test_log__holds_no_token_no_body_and_no_address_of_what_was_asked(service, world):
    acme = world.organisation(name="Secret Organisation 4711")
    acme.owner.problem("POST", f"{acme.path}/teams", {"name": "Secret 0815", "kind": "cube", "secret": "hush"}, status=422, code="invalid_body")
    acme.owner.problem("GET", f"{acme.path}/teams", params={"token": "eyJhbGciOi"}, status=400, code="invalid_parameter")
    service.client("x", exp=1).request("GET", "/v1/me", expect=401)
    log = settled_log(service)
    for secret in (acme.owner.token, acme.owner.token.split(".")[2], "Secret", "hush", "eyJ", acme.owner.email, acme.handle):
        assert secret not in log


def test_log__nobody_writes_a_line_of_their_own(service, send_raw):
    marker = f"forged-{uuid.uuid4()}"
    for text in (f"\n{marker}", f"\r{marker}", f"%0a{marker}", f"%0d%0a{marker}", f"\x0b{marker}", f"\x85{marker}", f"\u2028{marker}"):
        send_raw(f"GET /{text} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode(), timeout=1)
        send_raw(f"GET /docs HTTP/1.1\r\nHost: a\r\nX-Request-Id: {text}\r\ntraceparent: {text}\r\nConnection: close\r\n\r\n".encode(), timeout=1)
        send_raw(f"{text} /docs HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode(), timeout=1)
    assert marker not in settled_log(service)


def test_log__as_little_as_wanted(start_service):
    quiet = start_service(COHELM_LOG="error")
    quiet.client().get("/v1/me")
    assert "message=request" not in quiet.log()
    assert "listening on" in quiet.log()


# ---- the operator's side ----

def families(text):
    """Samples by family, as Prometheus reads them: HELP and TYPE once, before the samples, which stand together."""
    found, family = {}, None
    for line in text.splitlines():
        if line.startswith("# HELP "):
            family = line.split(" ")[2]
            assert family not in found and len(line.split(" ", 3)) == 4
            found[family] = {"samples": {}}
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == family and not found[family]["samples"]
            found[family]["type"] = kind
        else:
            name, labels, value = re.fullmatch(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:{((?:[a-zA-Z_]\w*="[^"\\\n]*",?)*)})? (\S+)', line).groups()
            assert name == family or found[family]["type"] == "histogram" and re.fullmatch(rf"{family}_(bucket|sum|count)", name)
            sample = (name, tuple(sorted(re.findall(r'(\w+)="([^"]*)"', labels or ""))))
            assert sample not in found[family]["samples"], f"{sample} stands there twice"
            found[family]["samples"][sample] = float(value)
    assert text.endswith("\n")
    return found


def test_metrics__can_be_read_and_add_up(start_service, world):
    service = start_service()
    acme = world.organisation()
    twin = service.client(acme.owner.subject)
    twin.token = acme.owner.token
    for _ in range(7):
        twin.get(f"{acme.path}/teams")
    twin.problem("GET", f"{acme.path}/teams", params={"x": 1}, status=400, code="invalid_parameter")
    service.anonymous().problem("GET", "/nothing", status=404, code="not_found")
    found = families(service.metrics())
    assert found["cohelm_requests_total"]["type"] == "counter" and found["cohelm_request_seconds"]["type"] == "histogram"
    labels = (("operation", "team_list"), ("route", "/v1/organisations/{organisation}/teams"))
    requests = found["cohelm_requests_total"]["samples"]
    assert requests[("cohelm_requests_total", (*labels, ("status", "2xx")))] == 7
    assert requests[("cohelm_requests_total", (*labels, ("status", "4xx")))] == 1
    assert requests[("cohelm_requests_total", (("operation", "none"), ("route", "none"), ("status", "4xx")))] == 1
    samples = found["cohelm_request_seconds"]["samples"]
    buckets = [(float(dict(pairs)["le"]), value) for (name, pairs), value in samples.items()
               if name.endswith("_bucket") and dict(pairs)["operation"] == "team_list"]
    assert buckets == sorted(buckets) and buckets[-1][0] == float("inf")
    assert [value for _, value in buckets] == sorted(value for _, value in buckets)
    assert buckets[-1][1] == samples[("cohelm_request_seconds_count", labels)] == 8
    assert 0 < samples[("cohelm_request_seconds_sum", labels)] < 8
    assert acme.id not in service.metrics()


def test_admin__its_three_pages_and_nothing_else(service):
    assert service.admin.get("/live").text == "alive\n"
    assert service.admin.get("/ready").text == "ready\n"
    assert service.admin.get("/metrics").headers["content-type"].startswith("text/plain; version=0.0.4")
    assert service.admin.head("/ready").status_code == 200
    for path in ("/", "/v1/me", "/docs", "/openapi.json", "/metricsx", "/live/"):
        assert service.admin.get(path).status_code == 404
    refused = service.admin.post("/live")
    assert refused.status_code == 405 and refused.headers["allow"] == "GET, HEAD"


def test_admin__is_not_on_the_port_of_the_api(anonymous):
    for path in ("/live", "/ready", "/metrics"):
        anonymous.problem("GET", path, status=404, code="not_found")


def test_admin__does_not_mind_nonsense(service):
    host, port = service.admin_address
    for data in (b"GET /%n%n%s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", b"%n%n%s\r\n\r\n", b"POST /live HTTP/1.1\r\nHost: a\r\n"
                 b"Content-Length: 1000000\r\nConnection: close\r\n\r\n" + b"a" * 1000000, b"\0" * 1000, b"GET / HTTP/1.1\r\n" * 3000):
        raw((host, port), data, 1)
    assert service.admin.get("/ready").status_code == 200
