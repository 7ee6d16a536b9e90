# SPDX-License-Identifier: Apache-2.0
"""The check that every other test relies on must itself find what is wrong: answers made by hand, each with one fault."""

import json

import httpx
import pytest

from contract import Contract, Violation

THING = {"type": "object", "additionalProperties": False, "required": ["id", "at"], "properties": {
    "id": {"type": "string", "format": "uuid"}, "at": {"type": "string", "format": "date-time"}}}
PAGE = {"type": "object", "required": ["items", "next_cursor"], "properties": {
    "items": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}, "next_cursor": {"type": ["string", "null"]}}}
PROBLEM = {"description": "", "content": {"application/problem+json": {"schema": {"type": "object"}}}}
ETAG = {"ETag": {"schema": {"type": "string"}}}
DOCUMENT = {"openapi": "3.1.0", "components": {"schemas": {"Thing": THING}, "responses": {"Problem": PROBLEM}}, "paths": {
    "/v1/things": {"get": {"operationId": "thing_list", "x-list": True, "responses": {
        "200": {"content": {"application/json": {"schema": PAGE}}}}}},
    "/v1/things/{thing}": {"get": {"operationId": "thing_get", "responses": {
        "200": {"headers": ETAG, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
        "404": {"$ref": "#/components/responses/Problem"}}}}}}
HEADERS = {"X-Request-Id": "r1", "Cache-Control": "private, no-cache", "RateLimit": '"default";r=5;t=3',
           "RateLimit-Policy": '"default";q=600;w=60', "Content-Type": "application/json", "ETag": '"1"'}
GOOD = {"id": "018f6d1c-7a1e-7b3a-9c55-2f6f5b0c1a2b", "at": "2026-03-01T09:30:00Z"}
NOT_FOUND = {"type": "/problems/not_found", "title": "There is no such resource", "status": 404, "code": "not_found",
             "instance": "/v1/things/1", "request_id": "r1", "errors": []}


def check(body, status=200, path="/v1/things/1", **headers):
    """Headers are given by name with _ for -; None takes one away."""
    sent = HEADERS | {name.replace("_", "-"): value for name, value in headers.items()}
    sent = {name: value for name, value in sent.items() if value is not None}
    request = httpx.Request("GET", f"http://service{path}")
    Contract(DOCUMENT).check(request, httpx.Response(status, headers=sent, content=json.dumps(body), request=request))


def check_problem(**changes):
    problem = {name: value for name, value in (NOT_FOUND | changes).items() if value is not None}
    check(problem, 404, ETag=None, **{"Content-Type": "application/problem+json"})


def test_good_answers_pass():
    check(GOOD)
    check_problem()
    check({"items": [GOOD], "next_cursor": None}, path="/v1/things")


@pytest.mark.parametrize("body, message", [
    (GOOD | {"secret": 1}, "Additional properties"),
    ({"id": GOOD["id"]}, "'at' is a required property"),
    (GOOD | {"at": "2026-03-01T09:30:00+00:00"}, "is not a 'date-time'"),
    (GOOD | {"at": "2026-02-30T09:30:00Z"}, "is not a 'date-time'"),
    (GOOD | {"id": "1"}, "is not a 'uuid'"),
    (GOOD | {"id": None}, "is not of type 'string'"),
])
def test_body(body, message):
    with pytest.raises(Violation, match=message):
        check(body)


@pytest.mark.parametrize("headers, message", [
    ({"ETag": None}, "header ETag is missing"),
    ({"ETag": 'W/"1"'}, "not a strong one"),
    ({"X_Request_Id": None}, "no X-Request-Id"),
    ({"Cache_Control": None}, "no Cache-Control"),
    ({"RateLimit": None}, "no RateLimit"),
    ({"RateLimit_Policy": "600"}, "no RateLimit-Policy"),
    ({"Content_Type": "text/html"}, "media type 'text/html' is not declared"),
])
def test_headers(headers, message):
    with pytest.raises(Violation, match=message):
        check(GOOD, **headers)


def test_undeclared_status():
    with pytest.raises(Violation, match="status 201 is not declared"):
        check(GOOD, 201, Location="/v1/things/1")


@pytest.mark.parametrize("page, link, message", [
    ({"items": [GOOD] * 3, "next_cursor": None}, None, "more items than the limit"),
    ({"items": [], "next_cursor": "x"}, None, "do not agree"),
    ({"items": [], "next_cursor": None}, '</v1/things?cursor=x>; rel="next"', "do not agree"),
    ({"items": [{"id": "1"}], "next_cursor": None}, None, "items/0"),
])
def test_page(page, link, message):
    with pytest.raises(Violation, match=message):
        check(page, path="/v1/things?limit=2", Link=link)


@pytest.mark.parametrize("changes, message", [
    ({"code": None}, "the problem has no"),
    ({"code": "no_such_code"}, "not in the registry"),
    ({"code": "conflict"}, "is not the problem of 404"),
    ({"status": 400}, "is not the problem of 404"),
    ({"title": "Something else"}, "not the registry's"),
    ({"request_id": "r2"}, "not X-Request-Id"),
    ({"instance": "/"}, "not the path asked for"),
    ({"errors": [{"pointer": "/x", "code": "no_such_fault", "detail": ""}]}, "fault code 'no_such_fault'"),
    ({"detail": 'relation "teams" does not exist'}, "tells of our insides"),
    ({"detail": "insert or update violates foreign key constraint"}, "tells of our insides"),
])
def test_problem(changes, message):
    with pytest.raises(Violation, match=message):
        check_problem(**changes)
