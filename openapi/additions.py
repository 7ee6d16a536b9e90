# SPDX-License-Identifier: Apache-2.0
"""What the compiler adds to the document, so that no operation can forget it: common parameters, error answers, headers, security,
list envelopes and closed objects."""
from contract import resolve

BATCH_MAX = 1000
LIST_MAX = 50  # values of a list parameter

PARAMETERS = {
    "limit": {
        "name": "limit", "in": "query", "description": "How many items a page has at most: fewer where they are large.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50}},
    "cursor": {
        "name": "cursor", "in": "query",
        "description": "Where the page begins: the `next_cursor` of the page before it, with the same filters and order.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 2048}},
    "validate_only": {
        "name": "validate_only", "in": "query",
        "description": "Does every check, permissions too, answers as if it were done, and stores nothing.",
        "schema": {"type": "boolean", "default": False}},
    "idempotency_key": {
        "name": "Idempotency-Key", "in": "header",
        "description": "Makes it safe to send the request again within 24 hours: the first answer is given again.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-+.-~-]+$"}},
    "if_match": {
        "name": "If-Match", "in": "header", "description": "The entity tags of which one must be the current one, or `*`.",
        "schema": {"type": "string", "pattern": '^([*]|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$'}},
    "if_none_match": {
        "name": "If-None-Match", "in": "header", "description": "Answers 304 if the entity tag is still the current one.",
        "schema": {"type": "string"}},
    "if_none_match_put": {
        "name": "If-None-Match", "in": "header", "description": "`*` makes it only if there is none yet; with entity tags none of them may be the current one.",
        "schema": {"type": "string", "pattern": '^([*]|(W/)?"[!#-~]*"( *, *(W/)?"[!#-~]*")*)$'}},
    "prefer": {
        "name": "Prefer", "in": "header", "description": "`count=exact` asks for `count`, the number of all items.",
        "schema": {"type": "string"}},
    "prefer_async": {
        "name": "Prefer", "in": "header",
        "description": "`respond-async` (RFC 7240) asks for a job (202) instead of waiting for the answer.",
        "schema": {"type": "string"}},
    "x_request_id": {
        "name": "X-Request-Id", "in": "header",
        "description": "Names the request in answers, logs and the audit log. Unless it is 1 to 128 letters, digits, `.`, `_`, `-`, one is made.",
        "schema": {"type": "string"}},
}
# Headers that the engine reads and judges by itself; they are not in the tables of validate.c.
ENGINE_HEADERS = {"If-Match", "If-None-Match", "Prefer", "X-Request-Id"}
RESERVED = {p["name"] for p in PARAMETERS.values()} | {"fields", "sort", "include"}

HEADERS = {
    "X-Request-Id": ("Names this request.", {"type": "string"}),
    "RateLimit": ("What is left of the limit (r) and seconds until it starts again (t).", {"type": "string"}),
    "RateLimit-Policy": ("Requests (q) per seconds (w).", {"type": "string"}),
    "ETag": ("Changes whenever the resource does. Of a compressed answer it ends in `+gzip`, which `If-Match` passes over.", {"type": "string"}),
    "Location": ("Path of what was made.", {"type": "string", "format": "uri-reference"}),
    "Link": ("The next page: `<url>; rel=\"next\"`.", {"type": "string"}),
    "Idempotency-Replayed": ("`true` on an answer that was given before for this Idempotency-Key.", {"type": "string"}),
    "Preference-Applied": ("`respond-async` where `Prefer` asked for it (RFC 7240).", {"type": "string"}),
    "Retry-After": ("Seconds to wait.", {"type": "integer", "minimum": 0}),
    "WWW-Authenticate": ("How to authenticate (RFC 6750).", {"type": "string"}),
}
PROBLEM_HEADERS = {
    401: ["WWW-Authenticate"], 403: ["WWW-Authenticate"], 429: ["Retry-After"], 503: ["Retry-After"],
    504: ["Retry-After"],
}
NO_OPERATION = (405, 501)  # what requests get that find no operation, so that none can declare it


def problem_schema():
    text = {"type": "string"}
    return {
        "type": "object", "description": "What went wrong (RFC 9457).",
        "required": ["type", "title", "status", "instance", "code", "request_id", "errors"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference", "description": "`/problems/<code>`, which explains it."},
            "title": text, "status": {"type": "integer"},
            "detail": {"type": "string", "description": "What to do about it."},
            "instance": {"type": "string", "format": "uri-reference", "description": "The path of the request."},
            "code": {"type": "string", "description": "Stable: programs decide by it."}, "request_id": text,
            "permission": {"type": "string", "description": "The permission that was missing."},
            "error": {"type": "string", "description": "The code as RFC 6749 names it; in answers to token requests only."},
            "errors": {"type": "array", "description": "All faults of the request.", "items": {"$ref": "#/components/schemas/Fault"}},
        },
    }


def fault_schema(problems):
    return {
        "type": "object", "description": "One thing wrong with what was sent.", "required": ["pointer", "code", "detail"],
        "properties": {
            "pointer": {"type": "string", "description": "JSON pointer (RFC 6901) into the body; elsewhere `query/limit`, `path/team`."},
            "code": {"type": "string", "enum": list(problems["faults"])},
            "detail": {"type": "string"},
        },
    }


def header_refs(names):
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def codes_of(status, kinds):
    return [code for code, kind in kinds.items() if kind["status"] == status]


def narrowed_problem(status, kinds):
    """Problem with the codes that the status has. With types and enum instead of const, which not every generator of clients can combine."""
    properties = {"status": {"type": "integer", "enum": [status]}, "code": {"type": "string", "enum": codes_of(status, kinds)}}
    return {"allOf": [{"$ref": "#/components/schemas/Problem"}, {"type": "object", "properties": properties}]}


def problem_response(status, kinds):
    return {
        "description": "\n".join(f"- `{code}`: {kinds[code]['title']}. {kinds[code]['about']}" for code in codes_of(status, kinds)),
        "headers": header_refs(["X-Request-Id", *PROBLEM_HEADERS.get(status, [])]),
        "content": {"application/problem+json": {"schema": {"$ref": f"#/components/schemas/Problem{status}"}}},
    }


def add_components(document, problems):
    components, kinds = document["components"], problems["problems"]
    schemas = components.setdefault("schemas", {})
    schemas.setdefault("Problem", problem_schema())
    schemas.setdefault("Fault", fault_schema(problems))
    statuses = sorted({kind["status"] for kind in kinds.values()} - set(NO_OPERATION))
    schemas.update({f"Problem{status}": narrowed_problem(status, kinds) for status in statuses})
    components["parameters"] = {**PARAMETERS, **components.get("parameters", {})}
    components["headers"] = {
        **{name: {"description": about, "schema": schema} for name, (about, schema) in HEADERS.items()},
        **components.get("headers", {})}
    components["responses"] = {
        **{f"Problem{status}": problem_response(status, kinds) for status in statuses},
        "NotModified": {"description": "The resource has not changed.", "headers": header_refs(["X-Request-Id", "ETag"])},
        **components.get("responses", {})}


def tell_no_operation(document, kinds):
    lines = [f"- {status} `{code}`: {kinds[code]['title']}. {kinds[code]['about']}" for status in NO_OPERATION for code in codes_of(status, kinds)]
    document["info"]["description"] = "\n".join([document["info"].get("description", ""), "Requests that find no operation get:", "", *lines])


def add_security(document, operations):
    scopes = {name: entry.get("about", name) for name, entry in sorted(document.get("x-permissions", {}).items())}
    scopes |= {operation.scope: operation.node["summary"] for operation in operations if operation.scope and operation.scope not in scopes}
    document["components"]["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                   "description": "An access token of a trusted issuer. Its `scope` narrows what the roles grant."},
        "client_credentials": {
            "type": "oauth2", "description": "Tokens for service accounts (RFC 6749 section 4.4).",
            "flows": {"clientCredentials": {"tokenUrl": "/v1/oauth/token", "scopes": scopes}}},
    }
    for operation in operations:
        scope = [operation.scope] if operation.scope else []
        operation.node["security"] = [] if operation.admission == "public" else [{"bearer": []}, {"client_credentials": scope}]


def columns(document, schema):
    """Names of the members that a response schema may have."""
    schema = resolve(document, schema)
    names = list(schema.get("properties", {}))
    for part in schema.get("allOf", []):
        names += columns(document, part)
    return names


def list_parameter(name, description, values):
    items = {"type": "string", "enum": values} if values else {"type": "string"}
    return {"name": name, "in": "query", "description": description, "style": "form", "explode": False,
            "schema": {"type": "array", "items": items, "minItems": 1, "maxItems": LIST_MAX}}


def add_parameters(document, operation):
    """Common parameters, from the operation's kind; must come before the list envelope."""
    shared, own = [], []
    if operation.list:
        shared += ["limit", "cursor", "prefer"]
        _, response = operation.success
        media = next(iter(response.get("content", {}).values()), {})
        own.append(list_parameter("fields", "Only these members of each item.", columns(document, media.get("schema", {}))))
        if operation.sort_names:
            own.append({"name": "sort", "in": "query", "description": "The order; `-` means descending.",
                        "schema": {"type": "string", "enum": operation.sort_names, "default": operation.sort_names[0]}})
    elif not operation.writes:
        shared.append("if_none_match")
    if operation.includes:
        own.append(list_parameter("include", "Members that appear only when named here.", operation.includes))
    if operation.writes:
        shared.append("validate_only")
    if operation.idempotent:
        shared.append("idempotency_key")
    if operation.job:
        shared.append("prefer_async")
    if operation.if_match == "optional":
        shared.append("if_match")
    if operation.if_match != "none" and operation.method == "put":
        shared.append("if_none_match_put")
    components = document["components"]["parameters"]
    if operation.if_match == "required":
        own.append({**components["if_match"], "required": True})
    operation.engine_parameters = own + [components[name] for name in shared]
    if operation.if_match == "required":
        operation.node["description"] = (operation.node.get("description", "") + "\n\n`If-Match` is required.").strip()
    operation.node["parameters"] += own + [{"$ref": f"#/components/parameters/{name}"} for name in [*shared, "x_request_id"]]


def normalise_lists(operation):
    """List parameters are comma-separated and bounded, also where the document does not say so."""
    for parameter in operation.parameters:
        if parameter.get("schema", {}).get("type") == "array":
            parameter.setdefault("style", "form")
            parameter["explode"] = False
            parameter["schema"].setdefault("minItems", 1)
            parameter["schema"].setdefault("maxItems", LIST_MAX)


def add_envelope(operation):
    _, response = operation.success
    for media_type, media in response.get("content", {}).items():
        if media_type == "application/json":
            media["schema"] = {
                "type": "object", "required": ["items", "next_cursor"],
                "properties": {
                    "items": {"type": "array", "items": media.get("schema", {})},
                    "next_cursor": {"type": ["string", "null"], "description": "The `cursor` of the next page; null on the last one."},
                    "count": {"type": "integer", "minimum": 0, "description": "All items, only with `Prefer: count=exact`."},
                }}


def items_of(schema):
    return {"application/json": {"schema": {
        "type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": schema}}}}}


def add_batch(document, operation):
    """Body and answer of a batch, from the operation that it repeats."""
    _, item = operation.batch_of.body()
    _, response = operation.batch_of.success
    answer = next(iter(response.get("content", {}).values()), {}).get("schema", {})
    body = {"type": "object", "required": ["items"], "additionalProperties": False, "properties": {
        "atomic": {"type": "boolean", "default": True, "description": "All or nothing; else each item by itself (207)."},
        "items": {"type": "array", "minItems": 1, "maxItems": BATCH_MAX, "items": item}}}
    one = {"type": "object", "required": ["status"], "properties": {
        "status": {"type": "integer"}, "body": answer, "problem": {"$ref": "#/components/schemas/Problem"}}}
    node = operation.node
    node.setdefault("requestBody", {"required": True, "content": {"application/json": {"schema": body}}})
    responses = node.setdefault("responses", {})
    if not operation.success[0]:
        responses[str(operation.batch_of.success[0])] = {
            "description": "All items were carried out; their answers in order.", "content": items_of(answer)}
    responses.setdefault("207", {"description": "Not atomic: each item's own status.", "content": items_of(one)})
    operation.find_success()


def complete_body(operation):
    """A body is required unless the document says no; a PATCH takes both media types."""
    request = operation.node.get("requestBody")
    if not request:
        return
    request.setdefault("required", True)
    content = request.get("content", {})
    if operation.method == "patch" and content:
        media = next(iter(content.values()))
        for media_type in ("application/merge-patch+json", "application/json"):
            content.setdefault(media_type, media)


def problem_statuses(operation, kinds):
    """The statuses of problems that this operation can really answer."""
    statuses = {400, 406, 414, 429, 431}
    database = operation.admission != "public" or operation.statement or operation.node.get("x-database")
    statuses |= {500, 503, 504} if database else set()
    has_body = "requestBody" in operation.node
    statuses |= {401} if operation.admission != "public" else set()
    statuses |= {403} if operation.scope else set()
    statuses |= {404} if operation.arguments else set()
    statuses |= {412} if operation.if_match != "none" else set()
    statuses |= {428} if operation.if_match == "required" else set()
    statuses |= {413, 415, 422} if has_body else set()
    if operation.body()[0] == "application/x-www-form-urlencoded":  # token requests, whose faults are 400 (RFC 6749)
        statuses -= {409, 422}
    statuses |= {409, 422} if operation.idempotent else set()
    return statuses | {kinds[code]["status"] for code in operation.codes if code in kinds}


def add_responses(operation, kinds):
    responses = operation.node.setdefault("responses", {})
    status, success = operation.success
    names = ["X-Request-Id"]
    if operation.admission != "public":
        names += ["RateLimit", "RateLimit-Policy"]
    if operation.list:
        names.append("Link")
    elif "content" in success and status in (200, 201) and not operation.no_store and not operation.batch_of:
        names.append("ETag")
    if status == 201 and not operation.batch_of:  # each item of a batch has its own
        names.append("Location")
    if operation.idempotent:
        names.append("Idempotency-Replayed")
    if operation.job:
        responses["202"] = {
            "description": "It is answered later: the job at `Location` says when, and how.",
            "headers": header_refs([*(name for name in names if name != "ETag"), "Location", "Preference-Applied"]),
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Job"}}}}
    for code, response in responses.items():
        if code.startswith("2") and "$ref" not in response and not (operation.job and code == "202"):
            response["headers"] = {**header_refs(names), **response.get("headers", {})}
    if operation.method == "get" and not operation.list and status == 200:
        responses.setdefault("304", {"$ref": "#/components/responses/NotModified"})
    for problem in sorted(problem_statuses(operation, kinds)):
        responses.setdefault(str(problem), {"$ref": f"#/components/responses/Problem{problem}"})
    operation.node["responses"] = dict(sorted(responses.items()))


def schema_children(schema):
    """(schema, is a part of allOf) of every schema directly inside a schema."""
    for child in schema.get("properties", {}).values():
        yield child, False
    for key in ("items", "additionalProperties", "not"):
        if isinstance(schema.get(key), dict):
            yield schema[key], False
    for key in ("anyOf", "oneOf", "allOf"):
        for child in schema.get(key, []):
            yield child, key == "allOf"


def all_schemas(document):
    """Every schema of the document, and the ids of those that an allOf combines."""
    waiting = list(document["components"].get("schemas", {}).values()) + list(media_schemas(document))
    every, combined = [], set()
    while waiting:
        schema = waiting.pop()
        if not isinstance(schema, dict):
            continue
        every.append(schema)
        for child, part in schema_children(schema):
            if part:
                combined |= {id(child), id(resolve(document, child))}
            waiting.append(child)
    return every, combined


def close_objects(document):
    """Objects that list their members and say nothing about further ones have no others, in requests and answers alike. What allOf
    combines stays open; the combination is closed."""
    every, combined = all_schemas(document)
    for schema in every:
        if id(schema) in combined:
            continue
        if "allOf" in schema:
            schema.setdefault("unevaluatedProperties", False)
        elif "properties" in schema:
            schema.setdefault("additionalProperties", False)


def media_schemas(node):
    """Every schema of a body or answer below a node of the document."""
    if isinstance(node, list):
        for item in node:
            yield from media_schemas(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if key == "content" and isinstance(value, dict):
                yield from (media["schema"] for media in value.values() if isinstance(media, dict) and "schema" in media)
            elif key != "schemas":
                yield from media_schemas(value)


def complete(document, operations, problems):
    """Makes the document whole, in place."""
    add_components(document, problems)
    tell_no_operation(document, problems["problems"])
    for operation in operations:
        if operation.batch_of:
            add_batch(document, operation)
        complete_body(operation)
        normalise_lists(operation)
        add_parameters(document, operation)
    for operation in operations:  # batches took their schemas from answers without envelope
        if operation.list:
            add_envelope(operation)
        add_responses(operation, problems["problems"])
    add_security(document, operations)
    close_objects(document)
