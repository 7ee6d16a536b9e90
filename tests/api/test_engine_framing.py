# SPDX-License-Identifier: Apache-2.0
"""Bytes that no HTTP library would send: targets, repeated headers, two framings, formats, sizes at their edge and one beyond.

What follows an answer that must end its connection is looked at too: bytes that two readers may understand differently must not
be read as a next request."""

import json
import socket

import pytest

from client import raw
from deciding import say
from test_decisions_consent import Circle

KIB = 1024
BODY_MAX = 1024 * KIB
TARGET_MAX = 8 * KIB
HOST = "Host: cohelm.example"


def request(line, *headers, body=b""):
    """A request as bytes; `line` without the version."""
    return "\r\n".join([f"{line} HTTP/1.1", *headers, "", ""]).encode("latin-1") + body


@pytest.fixture
def ask(send_raw):
    """ask("GET /", "A: b", …): the answer to a request on a connection of its own, ended by it."""
    def ask(line, *headers, body=b"", host=HOST, timeout=5):
        return send_raw(request(line, host, "Connection: close", *headers, body=body), timeout)
    return ask


def problem(answer, status, code):
    """The answer is that problem, complete and in UTF-8."""
    assert answer.status == status, (answer.status, answer.body)
    assert answer.headers["content-type"] == "application/problem+json"
    found = json.loads(answer.body.decode())
    assert (found["code"], found["status"], found["request_id"]) == (code, status, answer.headers["x-request-id"])
    return found


# ---- targets ----

@pytest.mark.parametrize("target", [
    "/v1/m%00e", "/v1/me%00", "/%00/../v1/me", "/v1/me?a=%00", "/v1/me?%00", "/v1/%ff", "/v1/me?q=%ff", "/v1/%C0%AF", "/v1/%ED%A0%80",
    "/v1/m\xffe", "/v1/me?q=\xff", "/v1/m%e", "/v1/me%2", "/v1/me%zz", "//v1/me", "/v1//me", "//", "///", "/v1/../v1/me", "/v1/./me",
    "/v1/me/..", "/v1/%2e%2e/me", "/v1/.%2E/me", "*", "v1/me", "http:///v1/me", "http:/v1/me", "ftp://cohelm.example/v1/me",
    "http://cohelm.example?a", "http://cohelm.example//v1/me", "//cohelm.example/v1/me", "/v1/me#top",
    "/v1/me?a#top", "/a" * 17, "/v1/me?" + "&".join("abc" for _ in range(65)), "/v1/m\x01e", "/v1/m\x7fe"])
def test_target__what_is_no_sound_path_is_malformed(ask, target):
    found = problem(ask(f"GET {target}"), 400, "malformed_request")
    assert found["detail"]


@pytest.mark.parametrize("target", ["/v1/me/", "/v1/me/x", "/v1", "/", "/V1/me", "/v1/Me", "/v1/me;a=b", "/v1%2Fme", "/v1/me%20", "/v1/me%0A"])
def test_target__another_path_is_not_found(ask, target):
    problem(ask(f"GET {target}"), 404, "not_found")


def test_target__an_encoded_letter_is_the_letter(ask):
    problem(ask("GET /v1/m%65"), 401, "unauthenticated")


@pytest.mark.parametrize("origin", ["http://cohelm.example", "HTTPS://cohelm.example:8080", "http://[::1]"])
def test_target__in_absolute_form_is_the_path_in_it(ask, origin):
    """RFC 9112 section 3.2.2: clients send it to proxies only, and servers must take it."""
    assert problem(ask(f"GET {origin}/v1/me"), 401, "unauthenticated")["instance"] == "/v1/me"
    assert problem(ask(f"GET {origin}/docs?q=a"), 400, "invalid_parameter")["errors"][0]["pointer"] == "query/q"
    problem(ask(f"GET {origin}"), 404, "not_found")


@pytest.mark.parametrize("target", ["*", "http://cohelm.example", "https://[::1]:443"])
def test_target__the_server_itself_has_options(ask, target):
    """RFC 9110 section 9.3.7, RFC 9112 section 3.2.4."""
    answer = ask(f"OPTIONS {target}")
    assert (answer.status, answer.body) == (204, b"")
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
    problem(ask("OPTIONS http://cohelm.example/"), 404, "not_found")


def test_target__of_two_slashes_that_are_encoded_none_parts_segments(world):
    acme = world.organisation()
    acme.owner.problem("GET", f"/v1/organisations/{acme.handle}%2Fteams", status=404, code="not_found")


def test_target__path_and_query_are_two_things(world):
    """One map for both, as the HTTP library has it, would read /members/42?member=7 as the member `7,42`."""
    acme = world.organisation()
    other = acme.member()
    path = f"{acme.path}/members/{acme.owner.member_id}"
    assert acme.owner.get(path).json()["id"] == acme.owner.member_id
    acme.owner.problem("GET", path, status=400, code="invalid_parameter", pointer="query/member", params={"member": other.member_id})
    acme.owner.problem("GET", path, status=400, code="invalid_parameter", pointer="query/organisation", params={"organisation": "x"})


def test_target__a_parameter_given_twice_is_refused(world):
    acme = world.organisation()
    for query in ("limit=1&limit=1", "limit=1&limit=2", "limit=1&%6Cimit=2", "cursor=a&cursor=b"):
        name = query.split("=")[0]
        acme.owner.problem("GET", f"{acme.path}/teams?{query}", status=400, code="invalid_parameter", pointer=f"query/{name}")


def test_target__every_fault_of_the_query_is_told(world):
    acme = world.organisation()
    found = acme.owner.problem("GET", f"{acme.path}/teams?limit=0&x=1&sort=shoe_size&y=&fields=name,nothing", status=400,
                               code="invalid_parameter")
    assert {fault["pointer"] for fault in found["errors"]} == {"query/limit", "query/x", "query/sort", "query/y", "query/fields"}


@pytest.mark.parametrize("length, status", [(TARGET_MAX, 404), (TARGET_MAX + 1, 414), (16 * KIB, 414)])
def test_target__its_length(ask, length, status):
    problem(ask("GET /" + "a" * (length - 1)), status, "not_found" if status == 404 else "url_too_long")


def test_target__far_too_long_is_still_answered(ask):
    """Over 24 KiB the HTTP library answers by itself, without a body of ours."""
    assert ask("GET /" + "a" * (64 * KIB)).status == 414


def test_target__as_a_format(service, ask, send_raw):
    """The library's own start function hands texts with the client's URL to printf: %n in them writes to memory."""
    for attack in ("%n%n%n%n", "%s%s%s%s%s%s%s%s", "%99999999d%n", "%25n%25n%25s", "%1$n", "%*.*s"):
        assert ask(f"GET /{attack}").status in (400, 404)
        assert ask(f"GET /v1/me?{attack}={attack}").status in (400, 401)
        assert ask(f"{attack.replace('%', 'P%')} /{attack}", f"{attack}: {attack}", f"X-Request-Id: {attack}").status in (400, 501)
        for malformed in (f"GET /{attack}\r\n\r\n", f"GET /{attack} HTTP/9.9\r\n\r\n", f"{attack}\r\n\r\n",
                          f"GET /{attack} HTTP/1.1\r\n{attack}\r\n\r\n", f"POST /{attack} HTTP/1.1\r\nContent-Length: {attack}\r\n\r\n",
                          f"POST /{attack} HTTP/1.1\r\n{HOST}\r\nTransfer-Encoding: chunked\r\n\r\n{attack}\r\n",
                          f"GET /{attack} HTTP/1.1\r\n{HOST}\r\nX: {attack * 9000}\r\n\r\n"):
            send_raw(malformed.encode(), timeout=1)
    assert service.process.poll() is None
    assert ask("GET /docs").status == 200


# ---- headers ----

@pytest.mark.parametrize("name, first, second", [
    ("Host", "cohelm.example", "other.example"), ("Authorization", "Bearer a", "Bearer b"), ("Content-Length", "2", "3"),
    ("Content-Length", "2", "2"), ("Content-Type", "application/json", "text/plain"), ("Idempotency-Key", "a", "b"),
    ("X-Request-Id", "a", "b")])
@pytest.mark.parametrize("spelling", [str, str.upper, str.swapcase])
def test_header__what_has_one_value_may_come_once(send_raw, name, first, second, spelling):
    """Also when the second one is written otherwise, which hid it from the HTTP library's map."""
    headers = [f"{name}: {first}", f"{spelling(name)}: {second}"] + ([] if name == "Host" else [HOST])
    answer = send_raw(request("POST /v1/organisations", *headers, body=b"{}"), 2)
    found = problem(answer, 400, "malformed_request")
    assert name in found["detail"]
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("headers, body", [
    (["Content-Length: 3", "Transfer-Encoding: chunked"], b"0\r\n\r\n"),
    (["Transfer-Encoding: chunked", "content-length: 100"], b"2\r\n{}\r\n0\r\n\r\n"),
    (["Content-Length : 40"], b"GET /docs HTTP/1.1\r\nHost: a\r\n\r\n"), (["Content-Length\t: 40"], b""), ([" Content-Length: 2"], b""),
    (["X(y): 1"], b""), (["Content-Length: +2"], b"{}"), (["Content-Length: -2"], b"{}"), (["Content-Length: 0x2"], b"{}"),
    (["Content-Length: 2, 2"], b"{}"), (["Content-Length: 2 2"], b"{}"), (["Content-Length:"], b"{}"),
    (["Transfer-Encoding: chunked"], b"zz\r\n{}\r\n0\r\n\r\n"), (["Transfer-Encoding: chunked"], b"-2\r\n{}\r\n0\r\n\r\n"),
    (["Transfer-Encoding: chunked"], b"2\r\n{}x\r\n0\r\n\r\n"), (["no colon"], b""), (["X: a\rContent-Length: 40"], b"")])
def test_framing__what_two_readers_may_read_differently_ends_the_connection(service, headers, body):
    """A second request follows; were it answered, then somebody before us could be made to think that it is a body."""
    smuggled = request("GET /docs", HOST, "Connection: close")
    first = request("POST /v1/organisations", HOST, *headers, body=body)
    if headers[0].startswith(" "):
        first = request("POST /v1/organisations", *headers, HOST, body=body)
    answer = raw(service.address, first + smuggled, 3)
    assert answer.status == 400, answer.body
    assert answer.headers["connection"] == "close"
    assert b"HTTP/1.1 200" not in answer.body


def test_framing__of_a_coding_that_is_not_known_nothing_is_answered(service):
    smuggled = request("GET /docs", HOST, "Connection: close")
    for coding in ("xchunked", "gzip, chunked", "chunked, identity"):
        answer = raw(service.address, request("POST /v1/organisations", HOST, f"Transfer-Encoding: {coding}") + smuggled, 1)
        assert answer.status in (None, 400)


def test_framing__http_1_0_has_no_chunks(service):
    """RFC 9112 section 6.1: who speaks it does not know them, so somebody between us may see another end."""
    smuggled = request("GET /docs", HOST, "Connection: close")
    chunked = request("POST /v1/organisations", HOST, "Connection: keep-alive", "Transfer-Encoding: chunked", body=b"2\r\n{}\r\n0\r\n\r\n")
    answer = raw(service.address, chunked.replace(b"HTTP/1.1", b"HTTP/1.0") + smuggled, 3)
    problem(answer, 400, "malformed_request")
    assert answer.headers["connection"] == "close"


def test_framing__a_length_beyond_all_numbers_is_too_large(ask):
    assert ask("POST /v1/organisations", "Content-Length: 99999999999999999999999").status == 413
    assert ask("POST /v1/organisations", "Transfer-Encoding: chunked", body=b"fffffffffffffffffffff\r\n").status == 413


def test_header__host_is_needed(send_raw):
    """libmicrohttpd from 1.0 on answers this by itself, with a page of its own."""
    answer = send_raw(request("GET /docs", "Connection: close"))
    assert answer.status == 400
    if "content-type" in answer.headers:
        problem(answer, 400, "malformed_request")
    assert send_raw(b"GET /docs HTTP/1.0\r\n\r\n").status == 200


@pytest.mark.parametrize("host", ["a b", "a\tb", "cohelm.example/x", "user@cohelm.example", "<a>", 'a"b', "a?b", "a#b", "a\\b"])
def test_header__host_is_a_host(ask, host):
    answer = ask("GET /docs", host=f"Host: {host}")
    problem(answer, 400, "malformed_request")
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("host", ["", "[::1]:8080", "127.0.0.1", "a_b.example:80"])
def test_header__host_may_be_any(ask, host):
    assert ask("GET /docs", host=f"Host: {host}").status == 200


def test_header__blanks_around_a_value_are_none_of_it(ask, token):
    """RFC 9110 section 5.5."""
    answer = ask("GET /v1/me", f"Authorization: \t Bearer {token} \t", "X-Request-Id:  named \t ", "If-None-Match:\t* ", "Accept: application/json\t")
    assert (answer.status, answer.headers["x-request-id"]) == (304, "named")
    answer = ask("PATCH /v1/me", f"Authorization: Bearer {token} ", "Content-Type: application/json ", "If-Match: * ", "Content-Length: 13",
                 body=b'{"title":"A"}')
    assert answer.status == 200


@pytest.mark.parametrize("bytes_too_many", [0, 1])
def test_header__together_12_kib(ask, bytes_too_many):
    others = sum(len(f"{line}\r\n") for line in (HOST, "Connection: close", "X: "))
    answer = ask("GET /docs", "X: " + "a" * (12 * KIB - others + bytes_too_many))
    if bytes_too_many:
        problem(answer, 431, "headers_too_large")
    else:
        assert answer.status == 200


def test_header__many_and_long_with_the_longest_target(send_raw):
    """Every cap at its edge at once must fit into the memory of a connection."""
    headers = [HOST, "Connection: close", *(f"X-{n:02}: {'a' * 230}" for n in range(50))]
    size = sum(len(f"{line}\r\n") for line in headers)
    headers.append("Y: " + "b" * (12 * KIB - size - len("Y: \r\n")))
    target = "/docs?q=" + "a" * (8 * KIB - len("/docs?q="))
    problem(send_raw(request(f"GET {target}", *headers)), 400, "invalid_parameter")


def test_header__beyond_the_memory_of_a_connection(ask):
    """Over 24 KiB the HTTP library answers by itself."""
    assert ask("GET /docs", "X: " + "a" * (40 * KIB)).status == 431
    assert ask("GET /docs", *(f"X{number}: a" for number in range(3000))).status == 431


def test_header__control_characters_and_other_encodings_do_no_harm(ask):
    for value in ("a\x01b", "\xff\xfe", "a\x7f", "\x1b[31m", "%s%n", "a" * 1000):
        assert ask("GET /docs", f"X-Request-Id: {value}", f"Accept: {value}", f"Prefer: {value}", f"If-None-Match: {value}",
                   f"Origin: {value}", f"Cookie: {value}", f"traceparent: {value}").status in (200, 400, 406)


# ---- methods and versions ----

@pytest.mark.parametrize("method", ["BREW", "get", "TRACE", "CONNECT", "PROPFIND", "X" * 500])
def test_method__that_nobody_knows(ask, method):
    problem(ask(f"{method} /v1/me"), 501, "method_unknown")


def test_method__of_another_version_of_http(send_raw):
    assert send_raw(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").status == 505
    assert send_raw(b"GET /docs HTTP/3\r\n\r\n").status in (400, 505)


# ---- bodies ----

@pytest.fixture
def token(service):
    return service.client().token


def body_of(size):
    """A JSON text of that size that breaks a rule of the operation."""
    return b'{"x":"' + b"a" * (size - 8) + b'"}'


def chunked(body, size):
    pieces = [body[i:i + size] for i in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


@pytest.mark.parametrize("chunk", [None, 1000, 65536])
@pytest.mark.parametrize("size, status, code", [
    (BODY_MAX, 422, "invalid_body"), (BODY_MAX + 1, 413, "body_too_large"), (3 * BODY_MAX, 413, "body_too_large")])
def test_body__its_size(ask, token, chunk, size, status, code):
    """Cut at the limit, as the HTTP library does by itself, a body may look complete."""
    headers = ["Content-Type: application/json", f"Authorization: Bearer {token}"]
    body = body_of(size)
    if chunk:
        answer = ask("POST /v1/organisations", "Transfer-Encoding: chunked", *headers, body=chunked(body, chunk), timeout=20)
    else:
        answer = ask("POST /v1/organisations", f"Content-Length: {size}", *headers, body=body, timeout=20)
    problem(answer, status, code)


def test_body__what_hides_behind_the_limit_is_not_taken(ask, token):
    """Valid up to the limit, and more after it."""
    body = b'{"handle":"x","name":"x"}'
    body += b" " * (BODY_MAX - len(body)) + b"{}"
    answer = ask("POST /v1/organisations", f"Content-Length: {len(body)}", "Content-Type: application/json",
                 f"Authorization: Bearer {token}", body=body, timeout=20)
    problem(answer, 413, "body_too_large")


@pytest.mark.parametrize("framing, body", [("Content-Length: 100", b'{"handle":'), ("Transfer-Encoding: chunked", b'a\r\n{"handle":\r\n')])
def test_body__that_breaks_off_is_never_carried_out(service, token, sql, framing, body):
    before = sql.execute("select count(*) from organisations").fetchone()
    data = request("POST /v1/organisations", HOST, framing, "Content-Type: application/json", f"Authorization: Bearer {token}", body=body)
    assert raw(service.address, data, 0.5).status is None
    assert sql.execute("select count(*) from organisations").fetchone() == before


def test_body__where_none_is_expected(ask, token):
    for method in ("GET", "DELETE"):
        answer = ask(f"{method} /v1/organisations/nothing", "Content-Length: 2", "Content-Type: application/json",
                     f"Authorization: Bearer {token}", body=b"{}")
        if method == "GET":
            problem(answer, 400, "malformed_request")
        else:
            assert answer.status in (400, 404, 428)


@pytest.mark.parametrize("text, code", [
    (b"", "body_missing"), (b" ", "malformed_json"), (b"{", "malformed_json"), (b"{}{}", "malformed_json"), (b"{}\0", "malformed_json"),
    (b'{"name":"a","name":"b"}', "malformed_json"), (b'{"name":"\xff"}', "malformed_json"), (b'{"name":NaN}', "malformed_json"),
    (b'\xef\xbb\xbf{}', "malformed_json"), (b"\xff\xfe{\0}\0", "malformed_json"), (b"[" * 33 + b"]" * 33, "body_too_deep"),
    (b"[" * 500000, "body_too_deep"), (b'{"a":' * 100000, "body_too_deep"), (b"'", "malformed_json"), (b"1e400", "malformed_json")])
def test_body__that_is_no_json_we_take(world, text, code):
    world.person().problem("POST", "/v1/organisations", status=400, code=code, content=text, headers={"Content-Type": "application/json"})


@pytest.mark.parametrize("text", [b'{"name":"a\\u0000b"}', b'{"name":"\\ud800"}', b"[" * 32 + b"]" * 32, b"0", b"null", b'"x"', b"[]",
                                  b"123456789012345678901234567890", b"-0.0", b"{" + b'"a":1' + b"}"])
def test_body__that_is_json_but_not_the_right_one(world, text):
    answer = world.person().request("POST", "/v1/organisations", content=text, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonx",
                                   "application/json; charset=latin-1", "json", "", "application/json, text/plain", "*/*"])
def test_body__of_another_media_type(world, media):
    answer = world.person().request("POST", "/v1/organisations", content="{}", headers={"Content-Type": media})
    assert answer.status_code in (400, 415) and answer.json()["code"] in ("unsupported_media_type", "malformed_request")


@pytest.mark.parametrize("media", ["application/json", "Application/JSON", "application/json; charset=utf-8", 'application/json;charset="UTF-8"'])
def test_body__of_the_right_media_type(world, media):
    world.person().problem("POST", "/v1/organisations", status=422, code="invalid_body", content="{}", headers={"Content-Type": media})


def test_body__that_is_coded_is_not_taken(world):
    """RFC 9110 sections 8.4.1 and 12.5.3; what is said to be gzip and is plain would be read otherwise by others."""
    person = world.person()
    for coding in ("gzip", "identity, gzip", "br", "x"):
        person.problem("POST", "/v1/organisations", status=415, code="unsupported_media_type", content="{}",
                       headers={"Content-Type": "application/json", "Content-Encoding": coding})
        refused = person.request("PATCH", "/v1/me", content="{}", headers={"Content-Type": "application/json", "Content-Encoding": coding})
        assert refused.headers["accept-encoding"] == "identity"
    for coding in ("", "identity", "Identity"):
        person.problem("POST", "/v1/organisations", status=422, code="invalid_body", content="{}",
                       headers={"Content-Type": "application/json", "Content-Encoding": coding})


def test_body__a_part_of_one_is_not_taken(world):
    """RFC 9110 section 14.5: it would replace the whole."""
    acme = world.organisation()
    team, maria = acme.team(), acme.member()
    acme.owner.problem("PUT", f"{team.path}/members/{maria.member_id}", {"role": "member"}, status=400, code="malformed_request",
                       headers={"Content-Range": "bytes 0-17/100"})
    assert maria.member_id not in [member["member_id"] for member in acme.owner.pages(f"{team.path}/members")]


def test_body__which_types_a_patch_takes_is_told(world, anonymous):
    """RFC 5789 sections 2.2 and 3.1."""
    refused = world.person().request("PATCH", "/v1/me", content="{}", headers={"Content-Type": "text/plain"}, expect=415)
    told = anonymous.request("OPTIONS", "/v1/me", expect=204)
    assert refused.headers["accept-patch"] == told.headers["accept-patch"] == "application/merge-patch+json, application/json"
    assert "accept-patch" not in anonymous.request("OPTIONS", "/v1/organisations", expect=204).headers


def test_body__an_integer_may_be_written_as_any_number(world):
    """3.0 is 3 to JSON Schema; the revision that somebody has read must not be passed over because of its point."""
    circle = Circle(world)
    say(circle.a, circle.decision, "objection", {"policy_broken": "Ours."})
    circle.all_consent(circle.p, circle.b)
    circle.revise()
    for number, status in (("1.0", 409), ("1e0", 409), ("2.0", 201)):
        circle.b.request("POST", f"{circle.decision.path}/inputs", content='{"type":"consent","revision":%s}' % number, expect=status,
                         headers={"Content-Type": "application/json"})


def test_body__a_fraction_is_kept_as_it_was_written(world):
    acme = world.organisation()
    answer = acme.owner.request("PATCH", acme.path, content='{"settings":{"share":0.1,"sum":0.30000000000000004}}', expect=200,
                                headers={"Content-Type": "application/json"})
    assert b'"share":0.1}' in answer.content.replace(b" ", b"") and b"0.30000000000000004" in answer.content


def test_body__an_error_speaks_of_json_only(world):
    refused = world.person().problem("POST", "/v1/organisations", status=400, code="malformed_json", content='{"name":"a\\u0000b"}',
                                     headers={"Content-Type": "application/json"})
    assert refused["detail"] == "The JSON text can't be read: \\u0000 is not allowed at line 1, column 18."


# ---- connections ----

def test_connection__requests_one_after_the_other_without_waiting(service):
    data = b"".join(request(f"GET /problems/{code}", HOST) for code in ("not_found", "conflict", "no_such_code"))
    answer = raw(service.address, data + request("GET /v1/me", HOST, "Connection: close"), 3)
    statuses = [part.split(b" ")[0] for part in (b"HTTP/1.1 %d " % answer.status + answer.body).split(b"HTTP/1.1 ")[1:]]
    assert statuses == [b"200", b"200", b"404", b"401"]


def test_connection__expecting_to_be_told_to_go_on(service, token):
    with socket.create_connection(service.address, timeout=5) as connection:
        connection.sendall(request("POST /v1/organisations", HOST, "Expect: 100-continue", "Content-Length: 2", "Content-Type: application/json",
                                   f"Authorization: Bearer {token}"))
        assert connection.recv(1024) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"{}")
        assert connection.recv(1024).startswith(b"HTTP/1.1 422 ")
