# SPDX-License-Identifier: Apache-2.0
"""Checks every answer of the service against the OpenAPI document it serves, and notes what was seen.

The document is the only source: an answer may have no status, media type, member or header value that it does not declare.
What no document can say (that a problem names its own request, that 401 comes with a challenge) is checked here, once."""

import datetime
import email.utils
import ipaddress
import json
import os
import pathlib
import re
import urllib.parse
import uuid

import jsonschema
import referencing
import referencing.jsonschema
import yaml

METHODS = ("get", "put", "post", "delete", "patch")
REGISTRY = pathlib.Path(__file__).parents[2] / "openapi" / "problems.yaml"

# Headers that an answer has only when there is something to say; every other declared header must be there.
CONDITIONAL = {"link", "idempotency-replayed", "server-timing", "preference-applied", "www-authenticate"}
# Statuses of an operation that come after the principal is known, so that the limits are the principal's.
AFTER_SIGN_IN = {200, 201, 202, 204, 207, 304, 403, 404, 409, 412, 422, 428, 429}
# What a client must never read: words of the database or of our source.
LEAKS = re.compile(r"SQLSTATE|violates \w+ .*constraint|duplicate key value|relation \\?\"|syntax error at|\bpg_\w+|libpq|\.c:\d+|/service/")

formats = jsonschema.FormatChecker(formats=())


@formats.checks("uuid", raises=ValueError)
def _uuid(value):
    return not isinstance(value, str) or str(uuid.UUID(value)) == value


@formats.checks("date-time", raises=ValueError)
def _date_time(value):
    """RFC 3339, and always UTC with Z, as the conventions of the API say."""
    if not isinstance(value, str):
        return True
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z", value):
        return False
    datetime.datetime.fromisoformat(value[:-1])
    return True


@formats.checks("date", raises=ValueError)
def _date(value):
    return not isinstance(value, str) or bool(datetime.date.fromisoformat(value)) and len(value) == 10


@formats.checks("duration")
def _duration(value):
    """RFC 3339 appendix A."""
    return not isinstance(value, str) or bool(
        re.fullmatch(r"P(?!$)(\d+W|(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?)", value))


@formats.checks("email")
def _email(value):
    return not isinstance(value, str) or "@" in email.utils.parseaddr(value)[1]


@formats.checks("uri", raises=ValueError)
def _uri(value):
    return not isinstance(value, str) or bool(urllib.parse.urlsplit(value).scheme)


@formats.checks("uri-reference", raises=ValueError)
def _uri_reference(value):
    return not isinstance(value, str) or urllib.parse.urlsplit(value) is not None


@formats.checks("ipv4", raises=ValueError)
def _ipv4(value):
    return not isinstance(value, str) or bool(ipaddress.IPv4Address(value))


class Violation(AssertionError):
    """The service broke its contract."""


class Operation:
    def __init__(self, method, template, definition):
        self.id = definition["operationId"]
        self.method = method
        self.template = template
        self.segments = template.split("/")
        self.public = definition.get("x-public", False)
        self.list = definition.get("x-list", False)
        self.definition = definition
        self.statuses = {int(status) for status in definition["responses"]}

    def matches(self, segments):
        return len(segments) == len(self.segments) and all(
            own.startswith("{") or own == segment for own, segment in zip(self.segments, segments))

    def literals(self):
        return [not segment.startswith("{") for segment in self.segments]


class Contract:
    def __init__(self, document, directory=None):
        """`document`: as served. `directory`: where what was seen is noted, for coverage.py; None notes nothing."""
        self.document = document
        self.operations = [Operation(method, template, item[method])
                           for template, item in document["paths"].items() for method in METHODS if method in item]
        self.by_id = {operation.id: operation for operation in self.operations}
        resource = referencing.Resource(document, referencing.jsonschema.DRAFT202012)
        self.schemas = referencing.Registry().with_resource("urn:openapi", resource)
        self.validators = {}
        self.problems = yaml.safe_load(REGISTRY.read_text())
        self.seen = set()
        self.notes = None
        if directory:
            directory = pathlib.Path(directory)
            (directory / "openapi.json").write_text(json.dumps(document))
            self.notes = directory / f"seen-{os.getpid()}"

    # ---- what a request means ----

    def at(self, path):
        """The operations of the path template that a path finds; a literal segment beats an argument."""
        segments = path.split("/")
        found = [operation for operation in self.operations if operation.matches(segments)]
        best = max((operation.literals() for operation in found), default=None)
        return [operation for operation in found if operation.literals() == best]

    def operation(self, method, path):
        method = "get" if method == "HEAD" else method.lower()
        return next((operation for operation in self.at(path) if operation.method == method), None)

    # ---- the check ----

    def check(self, request, response):
        """Raises Violation unless `response` keeps to the contract."""
        path = request.url.raw_path.decode().split("?")[0]
        operation = self.operation(request.method, path)
        try:
            self.check_headers(request, response, operation)
            if operation:
                self.check_declared(operation, request, response)
            if response.status_code >= 400 and request.method != "HEAD":
                self.check_problem(path, response)
        except AssertionError as error:
            raise Violation(f"{request.method} {path} ({operation.id if operation else 'no operation'}): {error}\n"
                            f"{response.status_code} {dict(response.headers)}\n{response.text[:2000]}") from None
        if request.method != "HEAD":
            for seen in [operation] if operation else self.at(path):
                self.note(seen, response.status_code)

    def check_headers(self, request, response, operation):
        status, headers = response.status_code, response.headers
        assert headers.get("x-request-id"), "there is no X-Request-Id"
        sent = request.headers.get("x-request-id", "")
        if re.fullmatch(r"[A-Za-z0-9._-]{1,128}", sent):
            assert headers["x-request-id"] == sent, "X-Request-Id is not the one sent"
        assert headers.get("cache-control"), "there is no Cache-Control"
        if status == 401:
            assert headers.get("www-authenticate", "").split(" ")[0] in ("Bearer", "Basic"), "401 without a challenge (RFC 6750, 6749)"
        if status == 403 and "insufficient_scope" in response.text:
            assert 'error="insufficient_scope"' in headers.get("www-authenticate", ""), "the scope is too narrow, but no challenge says so"
        if status == 405 or request.method == "OPTIONS" and "origin" not in request.headers:
            assert headers.get("allow"), f"{status} without Allow"
        if status in (429, 503, 504):
            assert re.fullmatch(r"[1-9]\d*", headers.get("retry-after", "")), f"{status} without Retry-After in seconds"
        if status == 201 and not (operation and operation.definition.get("x-batch")):
            assert headers.get("location"), "201 without Location"
        if "etag" in headers:
            weak = "(W/)?" if operation and operation.id == "decision_record_get" else ""  # each answer is signed anew
            assert re.fullmatch(weak + r'"[\x21\x23-\x7e]+"', headers["etag"]), "the ETag is not a strong one"
        if operation and not operation.public and status in AFTER_SIGN_IN:
            assert re.fullmatch(r'"[\w.-]+";r=\d+;t=\d+', headers.get("ratelimit", "")), "there is no RateLimit"
            assert re.fullmatch(r'"[\w.-]+";q=\d+;w=\d+', headers.get("ratelimit-policy", "")), "there is no RateLimit-Policy"
        if status in (204, 304) or request.method == "HEAD":
            assert not response.content, f"{status} to {request.method} has a body"
        elif status >= 400:
            assert headers.get("content-type") == "application/problem+json", "an error is not application/problem+json"

    def check_declared(self, operation, request, response):
        status = str(response.status_code)
        declared = operation.definition["responses"].get(status)
        assert declared is not None, f"status {status} is not declared"
        declared = self.resolve(declared)
        for name, header in declared.get("headers", {}).items():
            header = self.resolve(header)
            value = response.headers.get(name)
            assert value is not None or not header.get("required", name.lower() not in CONDITIONAL), f"header {name} is missing"
            if value is not None and "schema" in header:
                self.validate(header["schema"], number(value, self.resolve(header["schema"])), f"header {name}")
        if response.content:
            media = response.headers.get("content-type", "").split(";")[0]
            content = declared.get("content", {})
            assert media in content, f"media type {media!r} is not declared for {status}"
            if media.endswith("json"):
                pointer = f"#/paths/{escape(operation.template)}/{operation.method}/responses/{status}"
                if "$ref" in operation.definition["responses"][status]:
                    pointer = operation.definition["responses"][status]["$ref"]
                schema = {"$ref": f"urn:openapi{pointer}/content/{escape(media)}/schema"} if "schema" in content[media] else {}
                self.validate(schema, response.json(), f"body of {status}", partial="fields" in request.url.params)
        elif status != "204" and request.method != "HEAD":
            assert not declared.get("content"), f"{status} has no body"
        if operation.list and status == "200" and response.content:
            self.check_page(request, response)

    def check_page(self, request, response):
        page = response.json()
        limit = int(request.url.params.get("limit", 50))
        assert len(page["items"]) <= limit, "there are more items than the limit"
        following = 'rel="next"' in response.headers.get("link", "")
        assert (page["next_cursor"] is not None) == following, "next_cursor and Link do not agree"

    def check_problem(self, path, response):
        problem, status = response.json(), response.status_code
        missing = {"type", "title", "status", "code", "instance", "request_id"} - problem.keys()
        assert not missing, f"the problem has no {sorted(missing)}"
        kind = self.problems["problems"].get(problem["code"])
        assert kind, f"problem code {problem['code']!r} is not in the registry"
        assert kind["status"] == status == problem["status"], f"{problem['code']} is not the problem of {status}"
        assert kind["title"] == problem["title"], "the title is not the registry's"
        assert problem["type"].endswith(f"/problems/{problem['code']}"), "type is not the page of the code"
        assert problem["request_id"] == response.headers["x-request-id"], "request_id is not X-Request-Id"
        assert problem["instance"].split("?")[0] == path, "instance is not the path asked for"
        for fault in problem.get("errors", []):
            assert fault["code"] in self.problems["faults"], f"fault code {fault['code']!r} is not in the registry"
        if problem["code"] in ("invalid_body", "invalid_parameter"):
            assert problem.get("errors"), "no fault is named"
        leak = LEAKS.search(response.text)
        assert not leak, f"the problem tells of our insides: {leak and leak.group()!r}"

    # ---- means ----

    def resolve(self, node):
        while "$ref" in node:
            target = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def validate(self, schema, value, where, partial=False):
        """`partial`: the caller asked for some members only, so others may be missing from the items of a list."""
        key = json.dumps(schema, sort_keys=True)
        if key not in self.validators:
            self.validators[key] = jsonschema.Draft202012Validator(
                absolute(schema), registry=self.schemas, format_checker=formats)
        errors = [f"{where} at /{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"
                  for error in self.validators[key].iter_errors(value)
                  if not (partial and error.validator == "required" and error.absolute_path)]
        assert not errors, "\n".join(errors)

    def note(self, operation, status):
        if self.notes and (operation.id, status) not in self.seen:
            self.seen.add((operation.id, status))
            with self.notes.open("a") as notes:
                notes.write(f"{operation.id} {status}\n")


def escape(text):
    """A JSON pointer's token in a URI fragment (RFC 6901 section 6)."""
    return urllib.parse.quote(text.replace("~", "~0").replace("/", "~1"), safe="~")


def absolute(schema):
    """References into the document, which a schema taken out of it has lost."""
    if isinstance(schema, dict):
        return {key: f"urn:openapi{value}" if key == "$ref" and value.startswith("#") else absolute(value)
                for key, value in schema.items()}
    return [absolute(item) for item in schema] if isinstance(schema, list) else schema


def number(text, schema):
    """A header's text as the value its schema speaks of."""
    return int(text) if schema.get("type") == "integer" and re.fullmatch(r"-?\d+", text) else text
