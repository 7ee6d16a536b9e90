# SPDX-License-Identifier: Apache-2.0
"""Requests derived from the OpenAPI document: for each operation a path, and the body that the document shows."""

import json
import urllib.parse
import uuid

import pytest

import service as services
from contract import Contract

DOCUMENT = services.DOCUMENT
CONTRACT = Contract(DOCUMENT)


def every(status, *conditions):
    """A parameter for each operation that declares the status and meets the conditions."""
    chosen = [operation for operation in CONTRACT.operations
              if (status is None or status in operation.statuses) and all(condition(operation) for condition in conditions)]
    return pytest.mark.parametrize("operation", chosen, ids=lambda operation: operation.id)


def signed_in(operation):
    return not operation.public


def permission(operation):
    """The permission that it needs, or None where a valid token is enough or none is needed."""
    declared = operation.definition.get("x-permission", "signed_in")
    return None if declared == "signed_in" else declared


def scope(operation):
    """What a narrowed token must be allowed, or None."""
    return permission(operation) or operation.definition.get("x-scope")


def takes(operation, name):
    return name in [parameter["name"] for parameter in parameters(operation)]


def parameters(operation):
    item = DOCUMENT["paths"][operation.template]
    return [CONTRACT.resolve(parameter) for parameter in item.get("parameters", []) + operation.definition.get("parameters", [])]


def body_content(operation):
    return CONTRACT.resolve(operation.definition.get("requestBody", {})).get("content", {})


def json_body(operation):
    return any(media.endswith("json") for media in body_content(operation))


def value(parameter):
    """Something that a parameter may be; as an id, of nothing."""
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
        return media, content.get("example", CONTRACT.resolve(content.get("schema", {})).get("example", {}))
    return None, None


def path_of(operation, names):
    """`names` says what path parameters are; what it does not name is nothing that exists."""
    path, query = operation.template, []
    for parameter in parameters(operation):
        if parameter["in"] == "path":
            path = path.replace("{%s}" % parameter["name"], str(names.get(parameter["name"]) or value(parameter)))
        elif parameter["in"] == "query" and parameter.get("required"):
            query.append(f"{parameter['name']}={value(parameter)}")
    return "?".join([path, "&".join(query)]).rstrip("?")


def call(client, operation, names, query="", headers=None, bare=False, content=None, expect=None):
    """Calls it with everything that it needs. `content` replaces the body that the document shows; `bare` leaves out If-Match.
    A public operation is called without token."""
    client = client.service.anonymous() if operation.public else client
    path = path_of(operation, names)
    if query:
        path += ("&" if "?" in path else "?") + query
    headers, options = dict(headers or {}), {}
    if 428 in operation.statuses and not bare:
        headers.setdefault("If-Match", "*")
    media, body = example(operation)
    if media:
        headers.setdefault("Content-Type", media)
        options["content"] = content or (json.dumps(body) if media.endswith("json") else urllib.parse.urlencode(body))
    return client.request(operation.method.upper(), path, headers=headers, expect=expect, **options)
