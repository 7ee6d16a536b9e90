# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI document as it was written: read, bundled into one document, and its operations as objects."""
import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

METHODS = ["get", "post", "put", "patch", "delete"]
WRITES = METHODS[1:]
# Members that hold data, not schemas: a "$ref" in them is just a member.
DATA = {"example", "examples", "default", "enum", "const"}
# Below these members a file reference means a component of this kind.
KINDS = {
    "schema": "schemas", "items": "schemas", "parameters": "parameters", "responses": "responses",
    "requestBody": "requestBodies", "headers": "headers",
}
OPERATION_KEYS = {
    "operationId", "summary", "description", "tags", "parameters", "requestBody", "responses", "deprecated",
    "x-permission", "x-public", "x-list", "x-sort", "x-if-match", "x-include", "x-batch", "x-handler", "x-no-store",
    "x-database", "x-scope", "x-change", "x-job",
}


class Refusals:
    """What is wrong, all of it. `later` is for what is only not written yet: --lenient lets it pass."""

    def __init__(self):
        self.lines, self.later_lines = [], []

    def add(self, where, what):
        self.lines.append(f"{where}: {what}")

    def later(self, where, what):
        self.later_lines.append(f"{where}: {what}")


class Loader(yaml.CSafeLoader):
    """YAML without the surprises of 1.1: only true and false are booleans, dates stay text, keys occur once."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers
                if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.YAMLError(f"line {key.start_mark.line + 1}: {key.value} is given twice")
            seen.add(key.value)
        return super().construct_mapping(node, deep)


Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), list("tf"))


def read_yaml(path, refusals):
    try:
        text = path.read_text(encoding="utf-8")
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.CSafeLoader)):
            refusals.add(path.name, "YAML anchors are not used here; compose with $ref")
        return yaml.load(text, Loader) or {}
    except OSError as error:
        refusals.add(path.name, f"can't be read: {error.strerror}")
    except yaml.YAMLError as error:
        refusals.add(path.name, "is no YAML: " + " ".join(str(error).split()))
    return {}


@dataclass
class Operation:
    id: str
    method: str
    path: str
    node: dict  # of the bundled document; shared with it
    permission: str | None  # None for public and signed_in
    admission: str  # public, signed_in, permission
    parameters: list = field(default_factory=list)  # those of the document, resolved, path ones first in order of the path
    engine_parameters: list = field(default_factory=list)  # those that additions.py gave it, resolved
    statement: object = None
    sorts: list = field(default_factory=list)  # (name, statement)
    own_text: str | None = None  # of the handler's file
    handler_text: str | None = None  # with that of the files it shares steps with
    own_steps: list = field(default_factory=list)  # statements that the handler's file names
    steps: list = field(default_factory=list)  # with those of the shared files
    batch_of: object = None
    success: tuple = (0, {})  # status and response
    codes: set = field(default_factory=set)  # problem codes that its statements and handler name

    @property
    def scope(self):
        """What a narrowed token's scope must contain; None where being signed in is enough."""
        return self.permission or self.node.get("x-scope")

    @property
    def writes(self):
        return self.method != "get"

    @property
    def list(self):
        return self.node.get("x-list") is True

    @property
    def handler(self):
        return self.node.get("x-handler") is True

    @property
    def if_match(self):
        return self.node.get("x-if-match", "none")

    @property
    def includes(self):
        return self.node.get("x-include", [])

    @property
    def sort_names(self):
        return self.node.get("x-sort", [])

    @property
    def idempotent(self):
        """Keys are kept per principal, so a public operation has none; answers are kept with them, so one with a secret has none."""
        return self.method == "post" and self.admission != "public" and not self.no_store

    @property
    def change(self):
        return self.node.get("x-change") is True

    @property
    def job(self):
        return self.node.get("x-job") is True

    @property
    def no_store(self):
        return self.node.get("x-no-store") is True

    @property
    def arguments(self):
        return re.findall(r"\{([^}]*)\}", self.path)

    def find_success(self):
        """The status and response that the document declares, (0, {}) if not exactly one; 207 stands beside another one."""
        found = [(int(s), r) for s, r in self.node.get("responses", {}).items() if s.startswith("2") and s != "207"]
        self.success = found[0] if len(found) == 1 else (0, {})

    def media_types(self):
        return list(self.success[1].get("content", {})) or ["application/json"]

    def body(self):
        """(media type, schema) of the request body, or (None, None)."""
        content = self.node.get("requestBody", {}).get("content", {})
        return next(((name, media.get("schema", {})) for name, media in content.items()), (None, None))


class Bundle:
    """Brings every file that is referred to into one document."""

    def __init__(self, root, refusals):
        self.root, self.refusals = root.resolve(), refusals
        self.files, self.origins, self.components = {}, {}, {}

    def read(self, path):
        if path not in self.files:
            self.files[path] = read_yaml(path, self.refusals)
        return self.files[path]

    def find(self, ref, base):
        """The file and the node that a reference names."""
        name, _, pointer = ref.partition("#")
        path = (base.parent / name).resolve() if name else base
        node = self.read(path)
        for part in pointer.strip("/").split("/"):
            node = node.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(node, dict) else None
        if node is None:
            self.refusals.add(base.name, f"$ref {ref} leads nowhere")
        return path, node

    def document(self):
        main = self.root / "openapi.yaml"
        document = dict(self.read(main))
        paths = document.pop("paths", {})
        for kind, nodes in document.pop("components", {}).items():
            for name in nodes:
                self.component(kind, name, main, nodes[name])
        document["paths"] = {}
        for path, item in paths.items():
            base = main
            if "$ref" in item:
                base, item = self.find(item["$ref"], main)
            document["paths"][path] = self.walk(item or {}, base, "pathItems")
        document["components"] = self.components
        return document

    def component(self, kind, name, path, node):
        origin = self.origins.get((kind, name))
        if origin is None:
            self.origins[kind, name] = path
            self.components.setdefault(kind, {})[name] = {}  # keeps the order of first mention
            self.components[kind][name] = self.walk(node, path, kind)
        elif origin != path:
            self.refusals.add(path.name, f"{name} is also in {origin.name}; names of {kind} are unique")

    def walk(self, node, base, kind):
        if isinstance(node, list):
            return [self.walk(item, base, kind) for item in node]
        if not isinstance(node, dict):
            return node
        result = {}
        for key, value in node.items():
            key = str(key)  # a status may be written without quotes
            if key == "$ref" and isinstance(value, str):
                result[key] = self.reference(value, base, kind)
            elif key in DATA:
                result[key] = value
            elif key == "properties":
                result[key] = {str(name): self.walk(child, base, "schemas") for name, child in value.items()}
            else:
                result[key] = self.walk(value, base, KINDS.get(key, kind))
        return result

    def reference(self, ref, base, kind):
        path, node = self.find(ref, base)
        parts = ref.rpartition("#")[2].strip("/").split("/")
        if len(parts) == 3 and parts[0] == "components":
            kind = parts[1]
        if node is not None:
            self.component(kind, parts[-1], path, node)
        return f"#/components/{kind}/{parts[-1]}"


def resolve(document, node):
    """What a node of the bundled document stands for, following $ref."""
    while isinstance(node, dict) and "$ref" in node:
        for_ref = document
        for part in node["$ref"].strip("#/").split("/"):
            for_ref = for_ref.get(part, {})
        node = for_ref
    return node


def path_pattern_check(path, refusals):
    segments = path.split("/")[1:]
    if not path.startswith("/") or any(not re.fullmatch(r"\{[a-z_]+\}|[A-Za-z0-9._-]+", s) for s in segments):
        refusals.add(path, "segments are either {argument} or plain text")
    if len(segments) > 16 or path.count("{") > 8:
        refusals.add(path, "has more than 16 segments or 8 arguments")


def read_operation(document, path, method, item, refusals):
    node = item[method]
    where = node.get("operationId") or f"{method.upper()} {path}"
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", node.get("operationId", "")):
        refusals.add(where, "operationId must be snake_case")
    for key in sorted(node.keys() - OPERATION_KEYS):
        refusals.add(where, f"{key} is not a key of operations")
    public, permission = node.get("x-public"), node.get("x-permission")
    if (public is True) == isinstance(permission, str):
        refusals.add(where, "needs either x-permission or x-public: true")
    admission = "public" if public else "signed_in" if permission == "signed_in" else "permission"
    scope = node.get("x-scope")
    if scope is not None and (admission != "signed_in" or not re.fullmatch(r"[a-z_]+\.[a-z_]+", str(scope))):
        refusals.add(where, "x-scope is for x-permission: signed_in, and looks like a permission")
    operation = Operation(where, method, path, node, permission if admission == "permission" else None, admission)
    declared = item.get("parameters", []) + node.pop("parameters", [])
    node["parameters"] = declared
    resolved = [resolve(document, parameter) for parameter in declared]
    names = [p.get("name") for p in resolved if p.get("in") == "path"]
    if sorted(names) != sorted(operation.arguments):
        refusals.add(where, f"path parameters {names} are not those of {path}")
    order = {name: position for position, name in enumerate(operation.arguments)}
    places = ["path", "query", "header"]
    for parameter in resolved:
        if parameter.get("in") not in places or not parameter.get("name"):
            refusals.add(where, "a parameter needs a name and in: path, query or header")
            return operation
    operation.find_success()
    operation.parameters = sorted(resolved, key=lambda p: (places.index(p["in"]), order.get(p["name"], 0)))
    return operation


def read_contract(root, refusals):
    """The bundled document and its operations."""
    document = Bundle(root, refusals).document()
    operations, seen = [], set()
    for path, item in document["paths"].items():
        path_pattern_check(path, refusals)
        for method in METHODS:
            if method not in item:
                continue
            operation = read_operation(document, path, method, item, refusals)
            if operation.id in seen:
                refusals.add(operation.id, "is the operationId of two operations")
            seen.add(operation.id)
            operations.append(operation)
        item.pop("parameters", None)
        for key in sorted(item.keys() - set(METHODS) - {"summary", "description"}):
            refusals.add(path, f"{key} is not a method or key of paths")
    return document, operations
